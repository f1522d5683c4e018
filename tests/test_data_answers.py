"""What a columns file need not say: answers alone, over what is recognised or remembered."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.importing import AS_LAST_TIME, import_file, preview
from data.reading.columns import Columns, columns_from, read_columns
from data.reading.questions import answered
from data.stores import open_store
from problems.errors import InputRefused
from problems.people import LAPTOP
from problems.reports import Batch, ReportStatus
from problems.store import Store
from tests.storing import empty_url

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    yield opened
    opened.close()


def _file(tmp_path: Path, text: str, name: str = "reports.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _import(store: Store, path: Path, columns: Columns | None = None) -> Batch:
    return import_file(store, LAPTOP, lambda: NOW, 1, path=path, columns=columns)


_AMBIGUOUS = "Case,Type,Opened,Closed,Lat,Long\n1,Tag,01/02/2026,03/02/2026,51.5,-0.1\n2,Tag,03/04/2026,,51.6,-0.1\n"
_TWO_DATES = "Case,Type,A,B,Lat,Long\n" + "".join(
    f"{n},Tag,2026-01-{n + 10},2026-02-{n + 10},51.5,-0.1\n" for n in range(9)
)
_SWAPPED = "Case,Type,Opened,Lat,Long\n" + "".join(f"{n},Tag,2026-01-13,-0.1{n},51.5\n" for n in range(9))
_NO_PLACE = "Case,Type,Opened,Street\n1,Tag,2026-01-13,High Street\n2,Tag,2026-01-14,Low Road\n"
_NO_DATE = "Case,Type,Lat,Long\n1,Tag,51.5,-0.1\n2,Lamp,51.6,-0.1\n"


@pytest.mark.parametrize("text", [_AMBIGUOUS, _TWO_DATES, _SWAPPED, _NO_PLACE, _NO_DATE])
def test_the_line_that_a_refusal_names_is_all_that_a_columns_file_needs(
    store: Store, tmp_path: Path, text: str
) -> None:
    path = _file(tmp_path, text)
    asked = [question for question in preview(path).questions if question.needed]
    with pytest.raises(InputRefused) as refusal:
        _import(store, path)
    for question in asked:
        assert all(line in str(refusal.value) for line in question.toml.splitlines())
    told = tmp_path / "columns.toml"
    told.write_text("\n".join(question.toml for question in asked), encoding="utf-8")
    seen = preview(path)
    for question in asked:
        value = "2022-03" if question.field == "fixed_reported" else question.proposed or question.answers[0].value
        seen = preview(path, answered(seen.columns, question, value))
    batch = _import(store, path, columns=read_columns(told))
    assert asked
    assert batch.accepted == text.count("\n") - 1
    assert batch.columns.items() >= seen.columns.told().items()


def test_answers_correct_one_column_and_leave_the_others_as_they_were_found(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path, _AMBIGUOUS.replace("Closed", "Planned"))
    seen = preview(path, columns_from('date_order = "dmy"\n[columns]\nclosed = "Planned"\nid = "Type"'))
    assert [question for question in seen.questions if question.needed] == []
    assert {field: seen.columns.names[field] for field in ("id", "closed", "reported", "lat")} == {
        "id": "Type",
        "closed": "Planned",
        "reported": "Opened",
        "lat": "Lat",
    }
    assert "category" not in seen.columns.names
    assert {each.field: each.why for each in seen.recognised}["closed"] == "as you said"
    assert "There is no column “Nowhere”" in preview(path, columns_from('columns.closed = "Nowhere"')).refusal


def test_answers_go_over_what_the_source_had_last_time(store: Store, tmp_path: Path) -> None:
    said = Columns(
        {"id": "Case", "text": "Type", "reported": "Opened", "lat": "Lat", "lon": "Long"}, {"reported": "dmy"}
    )
    _import(store, _file(tmp_path, _AMBIGUOUS), columns=said)
    columns = preview(_file(tmp_path, _AMBIGUOUS), columns_from('zone = "Europe/Dublin"'), store=store).columns
    assert (columns.names, columns.date_orders, columns.zone) == (said.names, said.date_orders, "Europe/Dublin")


@pytest.mark.parametrize(
    ("found", "told", "expected"),
    [
        # The order of one column is not that of another, nor is the time of day beside it.
        (
            Columns({"reported": "A", "reported_time": "T", "lat_lon": "P"}, {"reported": "mdy"}),
            'columns.reported = "B"',
            Columns({"reported": "B", "lat_lon": "P"}),
        ),
        (
            Columns({"reported": "A", "reported_time": "T", "lat_lon": "P"}, {"reported": "mdy"}),
            'columns.reported = "A"\nzone = "Europe/Paris"',
            Columns({"reported": "A", "lat_lon": "P", "reported_time": "T"}, {"reported": "mdy"}, "Europe/Paris"),
        ),
        # A grid, swapped coordinates and marks between thousands belong to the columns they were found in.
        (
            Columns({"reported": "A", "easting": "X", "northing": "Y"}, epsg=27700, thousands=","),
            'columns.easting = "X2"\ncolumns.northing = "Y2"',
            Columns({"reported": "A", "easting": "X2", "northing": "Y2"}),
        ),
        (
            Columns({"reported": "A", "lat": "Y", "lon": "X"}, confirmed=("swapped", "zone")),
            'columns.lat = "Y2"\ncolumns.lon = "X2"',
            Columns({"reported": "A", "lat": "Y2", "lon": "X2"}, confirmed=("zone",)),
        ),
        (
            Columns({"reported": "A", "lat": "Y", "lon": "X"}),
            "no_place = true",
            Columns({"reported": "A"}, no_place=True),
        ),
        (
            Columns({"reported": "A"}, no_place=True),
            'columns.lat_lon = "P"',
            Columns({"reported": "A", "lat_lon": "P"}),
        ),
        # What is given for every row goes before a column, and a column before what was given for the last file.
        (
            Columns({"reported": "A", "category": "C", "lat_lon": "P"}),
            'fixed.category = "Graffiti"',
            Columns({"reported": "A", "lat_lon": "P"}, fixed={"category": "Graffiti"}),
        ),
        (
            Columns({"reported": "A", "lat_lon": "P"}, fixed={"category": "Graffiti"}),
            'columns.category = "C"',
            Columns({"reported": "A", "category": "C", "lat_lon": "P"}),
        ),
    ],
)
def test_what_was_found_of_a_column_does_not_hold_for_the_one_in_its_place(
    found: Columns, told: str, expected: Columns
) -> None:
    assert columns_from(told).over(found) == expected


def test_a_column_that_was_empty_in_the_last_file_is_read_when_it_is_filled(store: Store, tmp_path: Path) -> None:
    head = "Reference,Type,Opened,Closed,Status,Description,Lat,Long\n"
    row = "C{0},Graffiti,2026-01-1{0},{1},{2},{3},51.5,-0.1\n"
    _import(store, _file(tmp_path, head + "".join(row.format(n, "", "", "") for n in range(3))))
    filled = "".join(row.format(n, "2026-01-20", "Closed", "On the wall") for n in range(3, 6))
    second = _file(tmp_path, head + filled, "second.csv")
    assert {each.field: each.why == AS_LAST_TIME for each in preview(second, store=store).recognised} == {
        **dict.fromkeys(("id", "category", "reported", "lat", "lon"), True),
        **dict.fromkeys(("closed", "status", "text"), False),
    }
    _import(store, second)
    (report,) = store.reports([6])
    assert (report.status, report.text) == (ReportStatus.RESOLVED, "On the wall")
    assert report.closed_at == datetime(2026, 1, 20, tzinfo=UTC)
