"""Exports of many cities are recognised without a mapping, and what is open is asked, not guessed."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from data.reading.columns import FIELDS, Columns, check_columns
from data.reading.questions import AS_IT_IS, EPSG, NO_PLACE, SWAP, SWAPPED, ZONE, Question, answered, check_answered
from data.reading.recognising import ColumnSample, Recognition, recognise, settle
from data.reading.settling import Settled
from data.reading.tables import open_table
from data.taxonomy import load_taxonomy
from problems.errors import InputRefused
from tests.cities import CITIES

TAXONOMY = load_taxonomy()
LONDON, NEW_YORK = "Europe/London", "America/New_York"
Box = tuple[float, float, float, float]


def _look(table: str, zone: str = LONDON, home: Box | None = None) -> Recognition:
    header, *rows = [line.split("|") for line in table.strip().splitlines()]
    return recognise(header, rows, TAXONOMY, "council", zone, home)


def _again(table: str, columns: Columns, zone: str = LONDON, home: Box | None = None) -> Settled:
    header, *rows = [line.split("|") for line in table.strip().splitlines()]
    samples = {name: ColumnSample(name, (row[place] for row in rows)) for place, name in enumerate(header)}
    return settle(columns, samples, zone, home)


def _only_question(found: Recognition | Settled) -> Question:
    (question,) = found.questions
    return question


@pytest.mark.parametrize("city", CITIES)
def test_exports_of_cities_are_recognised_with_at_most_one_question(city: str) -> None:
    zone, table, expected, asked = CITIES[city]
    found = _look(table, zone)
    assert {field: found.columns.names.get(field) for field in expected} == expected
    assert tuple(question.field for question in found.questions) == asked
    assert {column.field for column in found.fields} == found.columns.names.keys()
    for column in found.fields:
        assert 0 < column.confidence <= 1
        assert column.examples
        assert column.why
        assert column.label == FIELDS[column.field]


@pytest.mark.parametrize("city", ["Houston", "Philadelphia", "Zurich", "Leeds fly-tipping", "New Orleans", "Toronto"])
def test_what_was_recognised_is_remembered_and_needs_no_second_answer(city: str) -> None:
    zone, table, _, _ = CITIES[city]
    found = _look(table, zone)
    columns = found.columns
    for question in found.questions:
        columns = answered(columns, question, question.proposed or question.answers[0].value)
    again = _again(table, columns, zone)
    assert [question for question in again.questions if question.field != NO_PLACE] == []
    assert again.columns == _again(table, again.columns, zone).columns


REAL = [
    ("boston311_2015/HEAD_untouched_Street_Light_Outages.csv", NEW_YORK, ()),
    ("boston311_2015/boston311_2015_all159types.csv.gz", NEW_YORK, ()),
    ("nyc311/export_41col_1000_2018.csv", NEW_YORK, ()),
    ("nyc311/export_41col_924_noise_night.csv", NEW_YORK, ("reported",)),
    ("nyc311/export_41col_5895_animals.csv.gz", NEW_YORK, ()),
    ("nyc311/soda_2012_1000.json.gz", NEW_YORK, ()),
    ("camden_police_api_2019/UNTOUCHED_Police_API_Sample_July_2019.csv", LONDON, ()),
    ("uk_asb_2022/UNTOUCHED_lancashire_asb.tab.gz", LONDON, ()),
    ("chicago311_vacant_buildings/chicago311_vacant_and_snow.csv.gz", "America/Chicago", ()),
    ("open311/fgregg__bloomington_requests.json", "America/Indiana/Indianapolis", ()),
    ("open311/fgregg__san_francisco_requests.xml", "America/Los_Angeles", ()),
    ("open311/bensheldon__requests_many.xml", "America/Toronto", ()),
    ("dirty_files/boston311-100-bad.tsv", NEW_YORK, ()),
    ("dirty_files/boston311-dmy-100.csv", NEW_YORK, ()),
    ("dirty_files/boston311-100-with-fake-pii.csv", NEW_YORK, ()),
]


@pytest.mark.parametrize(("name", "zone", "asked"), REAL)
def test_real_files_are_recognised_with_at_most_one_question(
    shared: Path, name: str, zone: str, asked: tuple[str, ...]
) -> None:
    with open_table(shared / "realdata" / name) as table:
        header = table.header
        rows = [
            row.cells
            for number, row in enumerate(islice(table.rows(), 60_000))
            if not row.fault and (number < 300 or number % 50 == 0)
        ]
    found = recognise(header, rows, TAXONOMY, "council", zone)
    check_columns(found.columns, header)
    assert tuple(question.field for question in found.questions) == asked
    if not asked:
        check_answered(found.questions)
        assert "reported" in found.columns.date_orders


# -- dates --

_AMBIGUOUS = "Opened|Lat|Long\n01/02/2015|51.5|-0.1\n03/04/2015|51.6|-0.1\n"


def test_an_order_that_the_values_leave_open_is_asked_with_what_each_answer_means() -> None:
    found = _look(_AMBIGUOUS)
    question = _only_question(found)
    assert (question.field, question.proposed, question.confidence) == ("reported", "dmy", 0.5)
    assert question.answers[0].example == "“01/02/2015” is day 1 of month 2"
    assert question.answers[1].example == "“01/02/2015” is day 2 of month 1"
    assert "reported" not in found.columns.date_orders
    assert found.fields[0].confidence == 0.5
    with pytest.raises(InputRefused, match="day/month or month/day") as refusal:
        check_answered(found.questions)
    assert '“date_order.reported = "dmy"”' in str(refusal.value)
    assert _only_question(_look(_AMBIGUOUS, NEW_YORK)).proposed == "mdy"


@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_an_answer_settles_the_order_for_all_columns_written_alike(order: str) -> None:
    table = "Opened|Closed|Lat|Long\n01/02/2015|02/02/2015|51.5|-0.1\n"
    question = _only_question(_look(table))
    columns = answered(_look(table).columns, question, order)
    assert columns.date_orders == {"reported": order, "closed": order}
    assert _again(table, columns).questions == ()
    with pytest.raises(InputRefused, match="not an answer"):
        answered(columns, question, "ydm")


def test_a_column_written_alike_settles_an_open_order_and_another_one_does_not() -> None:
    alike = _look("Opened|Printed|Lat|Long\n01/02/2015|13/02/2015|51.5|-0.1\n")
    assert alike.columns.date_orders == {"reported": "dmy"}
    assert "like “Printed”" in alike.notes[0]
    other = _look("Opened|Printed|Lat|Long\n01/02/2015 10:00:00 AM|13/02/2015|51.5|-0.1\n")
    assert _only_question(other).proposed == "mdy"


@pytest.mark.parametrize(
    ("name", "values", "order", "precision"),
    [
        ("Month", ["2022-01", "2022-02"], "iso", "month"),
        ("Month", ["Jan 2022", "Feb 2022"], "iso", "month"),
        ("Month", ["2022-01-01", "2022-02-01"], "iso", "month"),
        ("Opened", ["2022-01-01", "2022-02-01", "2022-03-01"], "iso", "month"),
        ("Opened", ["2022-01-01", "2022-02-01"], "iso", "day"),
        ("Opened", ["2022-01-01", "2022-02-01", "2022-03-02"], "iso", "day"),
        ("Opened", ["2022-01-01 00:00", "2022-02-01 00:00", "2022-03-01 08:00"], "iso", "moment"),
        ("Epoch", ["06/01/2019 12:00:00 AM", "07/01/2019 12:00:00 AM", "08/01/2020 12:00:00 AM"], "mdy", "month"),
        ("Opened", ["01/06/2019", "01/07/2019", "01/08/2020"], "dmy", "month"),
        ("Opened", ["1420459241", "1420459841"], "epoch", "moment"),
        ("Opened", ["43831", "43832", "43833"], "serial", "day"),
        ("Opened", ["43831.5", "43832"], "serial", "moment"),
    ],
)
def test_the_order_and_precision_of_dates_are_found_from_the_values(
    name: str, values: list[str], order: str, precision: str
) -> None:
    rows = "\n".join(f"{value}|51.5|-0.1" for value in values)
    columns = _look(f"{name}|Lat|Long\n{rows}").columns
    assert columns.date_orders == {"reported": order}
    assert columns.date_precision == {"reported": precision}
    assert columns.month_only == (("reported",) if precision == "month" else ())


def test_days_of_one_january_are_asked_and_not_taken_for_months() -> None:
    rows = "\n".join(f"01/{day:02d}/2015|51.5|-0.1" for day in range(1, 12))
    assert _only_question(_look(f"Opened|Lat|Long\n{rows}", NEW_YORK)).field == "reported"


def test_numbers_are_days_of_a_spreadsheet_only_where_the_name_says_date() -> None:
    table = "Opened|Parcel|Lat|Long\n2015-01-13|43831|51.5|-0.1\n2015-01-14|43832|51.6|-0.1\n"
    assert _look(table).columns.names["reported"] == "Opened"
    assert "reported" not in _look(table.replace("Opened|", "Remark|").replace("2015-01-", "lamp ")).columns.names


def test_of_several_unnamed_columns_of_dates_none_is_taken() -> None:
    table = "Alpha|Beta|Lat|Long\n2015-01-13|2015-01-14|51.5|-0.1\n2015-01-15|2015-01-16|51.6|-0.1\n"
    found = _look(table)
    question = _only_question(found)
    assert [answer.value for answer in question.answers] == ["Alpha", "Beta"]
    assert answered(found.columns, question, "Beta").names["reported"] == "Beta"


def test_words_for_nothing_do_not_spoil_a_column() -> None:
    rows = "\n".join(
        f"2015-01-{day:02d}|{'N/A' if day % 3 else '51.5'}|{'NULL' if day % 3 else '-0.1'}" for day in range(1, 20)
    )
    found = _look(f"Opened|Lat|Long\n{rows}")
    assert {"lat", "lon"} <= found.columns.names.keys()


# -- coordinate systems --

_HOMES: dict[int, tuple[str, Box, tuple[float, float]]] = {
    2263: (NEW_YORK, (-74.3, 40.4, -73.6, 41.0), (-73.9, 40.7)),
    2249: (NEW_YORK, (-71.25, 42.2, -70.9, 42.45), (-71.06, 42.36)),
    26986: (NEW_YORK, (-71.25, 42.2, -70.9, 42.45), (-71.06, 42.36)),
    3435: ("America/Chicago", (-87.95, 41.6, -87.5, 42.1), (-87.65, 41.88)),
    2223: ("America/Phoenix", (-112.4, 33.2, -111.8, 33.8), (-112.07, 33.45)),
    27700: (LONDON, (-1.9, 53.6, -1.2, 54.0), (-1.55, 53.8)),
    2157: ("Europe/Dublin", (-6.5, 53.2, -6.0, 53.5), (-6.26, 53.35)),
    3857: (LONDON, (-1.9, 53.6, -1.2, 54.0), (-1.55, 53.8)),
    32630: ("Europe/Madrid", (-3.9, 40.3, -3.5, 40.6), (-3.7, 40.42)),
}


def _projected(epsg: int, names: str = "X|Y") -> str:
    middle = _HOMES[epsg][2]
    lon_lat = np.random.default_rng(epsg).normal(middle, 0.02, (40, 2))
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(lon_lat[:, 0], lon_lat[:, 1])
    rows = [f"2015-01-{n % 28 + 1:02d} 10:00|{e:.2f}|{n_m:.2f}" for n, (e, n_m) in enumerate(zip(x, y, strict=True))]
    return "\n".join([f"Opened|{names}", *rows])


@pytest.mark.parametrize("epsg", _HOMES)
def test_a_projected_system_is_found_from_where_the_other_reports_lie(epsg: int) -> None:
    zone, home, _ = _HOMES[epsg]
    found = _look(_projected(epsg), zone, home)
    assert found.questions == ()
    assert found.columns.epsg == epsg
    assert any("were read as" in note for note in found.notes)


def test_feet_in_columns_called_latitude_and_longitude_are_read_as_what_they_are() -> None:
    zone, home, _ = _HOMES[2263]
    found = _look(_projected(2263, "Longitude|Latitude"), zone, home)
    assert found.columns.names == {"reported": "Opened", "easting": "Longitude", "northing": "Latitude"}
    assert found.columns.epsg == 2263
    assert "too large for degrees" in next(column.why for column in found.fields if column.field == "easting")


def test_a_system_that_is_not_certain_is_asked_with_where_the_reports_would_lie() -> None:
    found = _look(_projected(2263, "X Coordinate (State Plane)|Y Coordinate (State Plane)"), NEW_YORK)
    question = _only_question(found)
    assert question.field == EPSG
    assert found.columns.epsg is None
    assert len(question.answers) > 1
    assert all("the reports then lie round" in answer.example for answer in question.answers)
    with pytest.raises(InputRefused, match="EPSG number"):
        check_answered(found.questions)
    assert answered(found.columns, question, "2263").epsg == 2263
    with pytest.raises(InputRefused, match="not an EPSG number"):
        answered(found.columns, question, "New York")


@pytest.mark.parametrize(
    ("names", "epsg"), [("OSGB X|OSGB Y", 27700), ("ITM_X|ITM_Y", 2157), ("X_WebMercator|Y_WebMercator", 3857)]
)
def test_a_system_named_in_the_columns_is_taken(names: str, epsg: int) -> None:
    table = _projected(epsg, names)
    header, *rows = [line.split("|") for line in table.splitlines()]
    columns = Columns({"reported": "Opened", "easting": header[1], "northing": header[2]})
    samples = {name: ColumnSample(name, (row[place] for row in rows)) for place, name in enumerate(header)}
    assert settle(columns, samples, "Asia/Tokyo").columns.epsg == epsg


def test_british_metres_that_could_be_irish_ones_are_asked() -> None:
    # Chester in the British grid is a place by Belfast in the Irish one: both are in this time zone.
    chester = "Opened|Easting|Northing\n2015-01-13|340100|366200\n2015-01-14|340900|366900\n"
    question = _only_question(_look(chester))
    assert question.proposed == "27700"
    assert "29902" in {answer.value for answer in question.answers}
    assert _look(chester, home=(-3.2, 53.0, -2.5, 53.4)).columns.epsg == 27700


def test_degrees_are_used_where_a_file_gives_both_and_their_agreement_is_told() -> None:
    table = (
        "Opened|Easting|Northing|Latitude|Longitude\n"
        "2015-01-13|530076.239|182797.685|51.529117|-0.126199\n2015-01-14|529502.201|184061.663|51.540608|-0.134005\n"
    )
    found = _look(table)
    assert {"lat", "lon"} <= found.columns.names.keys()
    assert "easting" not in found.columns.names
    assert "agree with latitude and longitude (British National Grid)" in found.notes[0]
    wrong = _look(table.replace("51.5", "52.5"))
    assert not any("agree" in note for note in wrong.notes)


# -- places, zones --


@pytest.mark.parametrize(
    ("table", "swapped"),
    [
        ("Opened|Lat|Long\n2015-01-13|-1.5|53.8\n2015-01-14|-1.6|53.7\n", {"lat": "Long", "lon": "Lat"}),
        ("Opened|Location\n2015-01-13|(-1.5, 53.8)\n2015-01-14|(-1.6, 53.7)\n", {"lat_lon": "Location"}),
    ],
)
def test_places_that_are_swapped_throughout_are_asked_about(table: str, swapped: dict[str, str]) -> None:
    found = _look(table)
    question = next(question for question in found.questions if question.field == SWAPPED)
    assert question.proposed == SWAP
    turned = answered(found.columns, question, SWAP)
    assert {field: turned.names[field] for field in swapped} == swapped
    assert turned.lon_first is ("lat_lon" in swapped)
    kept = answered(found.columns, question, AS_IT_IS)
    for columns in (turned, kept):
        assert SWAPPED not in {question.field for question in _again(table, columns).questions}


def test_longitudes_beyond_the_pole_tell_that_places_are_swapped_even_where_home_is_unknown() -> None:
    found = _look("Opened|Lat|Long\n2015-01-13|-118.2|34.0\n2015-01-14|-118.3|34.1\n", "America/Los_Angeles")
    assert SWAPPED in {question.field for question in found.questions}


def test_dates_of_places_far_from_the_time_zone_are_asked_about_without_stopping_the_import() -> None:
    table = "Opened|Lat|Long\n" + "".join(f"2015-01-13 10:{n}0|42.3{n}|-71.1\n" for n in range(6))
    found = _look(table)
    question = _only_question(found)
    assert (question.field, question.proposed, question.needed) == (ZONE, NEW_YORK, False)
    check_answered(found.questions)
    assert answered(found.columns, question, NEW_YORK).zone == NEW_YORK
    assert _again(table, answered(found.columns, question, AS_IT_IS)).questions == ()
    assert _look(table, NEW_YORK).questions == ()
    assert _look(table.replace("|42", "Z|42")).questions == ()


def test_a_place_is_found_by_its_values_where_the_names_say_nothing() -> None:
    table = "Opened|P1|P2|Cost\n2015-01-13|53.81234|-1.51234|53.1\n2015-01-14|53.82345|-1.52345|80.0\n"
    names = _look(table, home=(-2.0, 53.5, -1.0, 54.2)).columns.names
    assert (names["lat"], names["lon"]) == ("P1", "P2")


def test_a_file_without_coordinates_is_taken_only_when_that_is_said() -> None:
    found = _look("Opened|Ward\n2015-01-13|Armley\n")
    question = _only_question(found)
    assert (question.field, question.proposed) == (NO_PLACE, None)
    assert "“Ward”" in question.text
    assert answered(found.columns, question, "yes").no_place
    with pytest.raises(InputRefused, match="no_place = true"):
        check_answered(found.questions)


# -- category and status --


def test_of_several_columns_the_one_that_the_taxonomy_knows_is_the_category_and_it_is_said_why() -> None:
    found = _look(
        "SUBJECT|REASON|TYPE|Opened|Lat|Long\n"
        "Public Works|Street Lights|Street Light Outages|2015-01-13|42.3|-71.1\n"
        "Public Works|Graffiti|Graffiti Removal|2015-01-14|42.4|-71.1\n",
        NEW_YORK,
    )
    (category,) = (column for column in found.fields if column.field == "category")
    assert category.column == "TYPE"
    assert "100% of the sampled values are known category names, more than of “REASON” or “SUBJECT”" in category.why


def test_a_column_that_says_the_same_of_all_is_no_category_beside_one_that_does_not() -> None:
    found = _look("Type|Reason|Opened|Lat|Long\nRequest|Lamp|2015-01-13|51.5|-0.1\nRequest|Wall|2015-01-14|51.6|-0.1\n")
    assert found.columns.names["category"] == "Reason"


def test_status_is_found_by_its_words_where_the_name_says_nothing() -> None:
    found = _look(
        "Type|Opened|Where it stands|Lat|Long\nLamp|2015-01-13|Open|51.5|-0.1\nWall|2015-01-14|Closed|51.6|-0.1\n"
    )
    assert found.columns.names["status"] == "Where it stands"


def test_an_answer_moves_a_column_from_the_field_that_had_it() -> None:
    columns = Columns({"text": "Note", "reported": "Opened"})
    question = Question("category", "Which?", ())
    with pytest.raises(InputRefused):
        answered(columns, question, "Note")
    possible = replace(question, answers=_only_question(_look(_AMBIGUOUS)).answers)
    assert answered(columns, possible, "dmy").names == {"text": "Note", "reported": "Opened", "category": "dmy"}


# -- whatever comes --

_CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["01/02/2015", "2015-01-13", "51.5", "-0.1", "(51.5, -0.1)", "530076", "182797", "Closed", "N/A", ""]
    ),
)
_NAME = st.one_of(
    st.text(max_size=8), st.sampled_from([*CITIES["Austin"][1].split("\n")[1].split("|"), "x", "y", "Date"])
)


@given(
    st.lists(_NAME, min_size=1, max_size=7, unique=True),
    st.lists(st.lists(_CELL, min_size=7, max_size=7), max_size=8),
    st.sampled_from([LONDON, NEW_YORK, "UTC"]),
    st.sampled_from([None, (-1.9, 53.6, -1.2, 54.0)]),
)
def test_whatever_stands_in_a_table_is_recognised_or_asked_and_every_answer_can_be_given(
    header: list[str], rows: list[list[str]], zone: str, home: Box | None
) -> None:
    cells = [row[: len(header)] for row in rows]
    found = recognise(header, cells, TAXONOMY, "council", zone, home)
    assert set(found.columns.names.values()) <= set(header)
    assert len(set(found.columns.names.values())) == len(found.columns.names)
    samples = {name: ColumnSample(name, (row[place] for row in cells)) for place, name in enumerate(header)}
    for question in found.questions:
        for answer in question.answers:
            changed = answered(found.columns, question, answer.value)
            left = settle(changed, samples, zone, home).questions
            assert question.field not in {each.field for each in left if each.text == question.text}


@given(
    st.dictionaries(st.sampled_from(list(FIELDS)), st.sampled_from("ABCDEFG"), min_size=1),
    st.lists(st.lists(_CELL, min_size=7, max_size=7), max_size=6),
    st.sampled_from([None, 27700, 2263, 4326, 1]),
)
def test_a_mapping_that_a_person_gave_is_settled_whatever_the_columns_hold(
    names: dict[str, str], rows: list[list[str]], epsg: int | None
) -> None:
    samples = {name: ColumnSample(name, (row[place] for row in rows)) for place, name in enumerate("ABCDEFG")}
    settled = settle(Columns(names, epsg=epsg), samples, LONDON)
    assert settled.columns.names == names
    assert {question.field for question in settled.questions} <= {*names, EPSG, SWAPPED, ZONE}
    assert settle(settled.columns, samples, LONDON).columns == settled.columns


def test_what_was_reported_is_not_taken_from_how_it_ended_where_another_column_tells() -> None:
    head = "Unique Key|Created Date|Complaint Type|Descriptor|Resolution Description|Latitude|Longitude\n"
    rows = [
        f"{n}|2026-02-0{n} 10:00|Graffiti|{('Tags', 'On a wall')[n % 2]}|Cleaned by team {n}.|40.70{n}|-74.00{n}\n"
        for n in range(1, 9)
    ]
    assert _look(head + "".join(rows), NEW_YORK).columns.names["text"] == "Descriptor"
    lone = _look((head + "".join(rows)).replace("Descriptor", "Extra"), NEW_YORK)
    (text,) = [each for each in lone.fields if each.field == "text"]
    assert (text.column, text.confidence < 0.5) == ("Resolution Description", True)
