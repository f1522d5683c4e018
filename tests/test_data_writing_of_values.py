"""Large numbers with a mark between their thousands, and months in other languages than English, are read as meant."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing import preview
from data.reading.columns import Columns, columns_from
from data.reading.date_arrays import read_dates
from data.reading.dates import month_of, read_date
from data.reading.numbers import grouping_of, read_grouped
from data.reading.recognising import Recognition, recognise
from data.taxonomy import load_taxonomy
from problems.errors import InputRefused

TAXONOMY = load_taxonomy()


def _look(header: str, rows: list[tuple[str, str]], zone: str = "Europe/London") -> Recognition:
    cells = [[f"2026-01-{day + 13}", *row] for day, row in enumerate(rows)]
    return recognise(["Opened", *header.split("|")], cells, TAXONOMY, "council", zone)


@pytest.mark.parametrize(
    ("rows", "mark"),
    [
        ([("530,076", "182,797"), ("529,502", "184,061")], ","),
        ([("530,076.24", "182,797.69"), ("529,502", "184,061")], ","),
        ([("530.076,5", "182.797,5"), ("529.502,1", "184.061,2")], "."),
        ([("530.076", "182.797"), ("529.502", "184.061")], "."),
        ([("530076,5", "182797,5"), ("529502,1", "184061,2")], ""),
        ([("530076.5", "182797.5"), ("529502.1", "184061.2")], ""),
    ],
)
def test_eastings_are_read_with_the_mark_that_all_of_them_have(rows: list[tuple[str, str]], mark: str) -> None:
    found = _look("Easting|Northing", rows)
    assert {"easting", "northing"} <= found.columns.names.keys()
    assert found.columns.thousands == mark
    assert found.columns.epsg == 27700
    assert any("between thousands" in note for note in found.notes) == bool(mark)


@pytest.mark.parametrize("header", ["Latitude|Longitude", "Y|X", "lat|lon"])
def test_degrees_with_a_comma_stay_degrees(header: str) -> None:
    found = _look(header, [("51,529", "-0,126"), ("51,541", "-0,134")])
    assert {"lat", "lon"} <= found.columns.names.keys()
    assert found.columns.thousands == ""


def test_metres_under_the_names_of_both_kinds_are_no_degrees() -> None:
    assert {"easting", "northing"} <= _look(
        "X|Y", [("130,076", "150,797"), ("131,502", "149,061")]
    ).columns.names.keys()


def test_places_with_thousands_end_where_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "metres.csv"
    path.write_text('Opened,Type,Easting,Northing\n2026-01-13,Graffiti,"530,076.239","182,797.685"\n', encoding="utf-8")
    (report,) = preview(path).first_reports
    assert report.lon_lat == pytest.approx((-0.1262, 51.5291), abs=0.001)


@given(st.lists(st.integers(1_000, 99_999_999), min_size=1, max_size=20), st.sampled_from(",."), st.integers(0, 2))
def test_a_number_with_thousands_is_the_number(numbers: list[int], mark: str, decimals: int) -> None:
    other = "." if mark == "," else ","
    written = [f"{number:,}".replace(",", mark) + (other + "25"[:decimals] if decimals else "") for number in numbers]
    assert grouping_of(written) == mark
    fraction = [0.0, 0.2, 0.25][decimals]
    assert read_grouped(written, mark) == pytest.approx(np.array(numbers) + fraction)


def test_one_value_without_the_mark_leaves_the_column_as_it_is() -> None:
    assert grouping_of(["530,076", "0,5"]) == ""
    assert read_grouped(["530,076", "0,5", "x"], ",").tolist()[:2] == [530_076.0, 0.5]


def test_the_mark_survives_its_file_and_another_one_is_refused() -> None:
    columns = Columns({"easting": "E", "northing": "N"}, thousands=",")
    assert columns_from(columns.to_toml()) == columns
    with pytest.raises(InputRefused, match="comma or a point"):
        columns_from(columns.to_toml().replace('","', '";"'))


# -- months --

MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr, short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "de, short": "Jan. Feb. Mär. Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "nl, short": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "es, short": "ene feb mar abr may jun jul ago sep oct nov dic",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "it, short": "gen feb mar apr mag giu lug ago set ott nov dic",
}


@pytest.mark.parametrize("language", MONTHS)
@pytest.mark.parametrize(
    "written", ["{day} {month} 2022", "{day}-{month}-2022", "{day}. {month} 2022 10:30", "{month} 2022"]
)
def test_months_of_other_languages_are_read(language: str, written: str) -> None:
    values = [written.format(day=13, month=month) for month in MONTHS[language].split()]
    day, hour, minute = (13 if "day" in written else 1), *((10, 30) if "10" in written else (0, 0))
    expected = [datetime(2022, month, day, hour, minute, tzinfo=UTC) for month in range(1, 13)]
    assert [read_date(value, "iso", UTC) for value in values] == expected
    assert [read_date(value.upper(), "dmy", UTC) for value in values] == expected
    micros, ok, _empty = read_dates(values * 60, "iso", UTC)
    assert ok.all()
    assert micros[:12].tolist() == [int(moment.timestamp() * 1e6) for moment in expected]


def test_a_word_that_is_no_month_is_no_date() -> None:
    assert [month_of(word) for word in ("jui", "moi", "foo", "montag", "")] == [0] * 5
    assert read_date("13 brumaire 2022", "iso", UTC) is None


def test_dates_in_sentences_of_other_languages_are_read() -> None:
    told = ("lundi 13 août 2022", "1er févr. 2022", "13 de enero de 2022", "Mo, 13. Okt. 2022", "13 ago. 2022")
    assert [f"{read_date(each, 'iso', UTC):%m-%d}" for each in told] == ["08-13", "02-01", "01-13", "10-13", "08-13"]
