"""Columns are recognised by name and by values, and a wrong mapping is refused with what exists."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing import preview
from data.reading.columns import (
    CONFIRMABLE,
    DATE_FIELDS,
    DATE_ORDERS,
    DATE_PRECISIONS,
    FIELDS,
    Columns,
    check_columns,
    columns_from,
    read_columns,
)
from data.reading.questions import check_answered
from data.reading.recognising import Recognition, recognise
from data.reading.statuses import read_status
from data.stores import open_store
from data.taxonomy import load_taxonomy
from problems.errors import InputRefused
from problems.reports import ReportStatus

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")


def _recognise(table: str, zone: str = "Europe/London") -> Recognition:
    header, *rows = [line.split("|") for line in table.strip().splitlines()]
    return recognise(header, rows, load_taxonomy(), "council", zone)


# -- what cannot be told from names --


_HEAD = "ID,Type,Opened,Status,Latitude,Longitude\n"
_ROWS = "".join(f"R{n},Graffiti,2026-01-{n:02d},open,{{0}},{{1}}\n" for n in range(1, 10))
_LEEDS, _BOSTON, _WELLINGTON = (53.8, -1.5), (42.3, -71.1), (-41.3, 174.8)


@pytest.mark.parametrize(
    ("lat_lon", "epsg", "zone", "warned"),
    [
        (_LEEDS, None, LONDON, False),
        (_LEEDS[::-1], None, LONDON, True),
        (_LEEDS[::-1], "27700", NEW_YORK, True),
        (_BOSTON, None, LONDON, False),
        (_BOSTON[::-1], "32619", NEW_YORK, True),
        (_BOSTON, "32619", NEW_YORK, False),
        (_BOSTON[::-1], None, NEW_YORK, False),
        (_LEEDS, "32760", NEW_YORK, False),
        (_WELLINGTON, "32760", NEW_YORK, False),
        (_LEEDS[::-1], "2263", NEW_YORK, False),
    ],
)
def test_swapped_coordinates_are_told_where_the_place_is_known(
    tmp_path: Path, lat_lon: tuple[float, float], epsg: str | None, zone: ZoneInfo, warned: bool
) -> None:
    path = tmp_path / "reports.csv"
    path.write_text(_HEAD + _ROWS.format(*lat_lon), encoding="utf-8")
    with closing(open_store(str(tmp_path / "store.db"))) as store:
        if epsg:
            with store.writing() as unit:
                unit.set_fact("epsg", epsg)
        notes = [note for note in preview(path, zone=zone, store=store).notes if "swapped" in note]
    assert bool(notes) is warned
    assert not warned or "“Latitude” and “Longitude”" in notes[0]


def test_of_two_columns_with_one_name_none_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text(_HEAD.replace("Status", "Latitude") + _ROWS.format(*_LEEDS).replace("open", "53.1"), "utf-8")
    seen = preview(path)
    assert "2 columns are called “Latitude”" in seen.refusal
    assert "“Latitude” and “Latitude (2)”" in seen.refusal.replace("”, “", "” and “")
    names = {"id": "ID", "category": "Type", "reported": "Opened", "lon": "Longitude"}
    said = preview(path, Columns({**names, "lat": "Latitude (2)"}))
    assert said.refusal == ""
    assert said.first_reports[0].lon_lat == (-1.5, 53.8)


def test_a_name_that_two_unused_columns_have_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text(_HEAD.replace("\n", ",Flag,Flag\n") + _ROWS.format(*_LEEDS).replace("\n", ",1,2\n"), "utf-8")
    assert preview(path).refusal == ""


@pytest.mark.parametrize(
    ("name", "values", "is_id"),
    [
        ("Reference number", range(30), True),
        ("Ref", range(5), True),
        ("Case no.", range(5), True),
        ("Number", range(30), True),
        ("Number", range(10), False),
        ("Number", [*range(29), 3], False),
    ],
)
def test_a_number_is_a_reference_only_where_it_tells_all_reports_apart(
    name: str, values: Iterable[int], is_id: bool
) -> None:
    rows = "\n".join(f"{value}|Graffiti|2026-01-31|53.8|-1.5" for value in values)
    found = _recognise(f"{name}|Type|Opened|Latitude|Longitude\n{rows}")
    assert (found.columns.names.get("id") == name) is is_id


# -- recognition --


def test_a_column_is_taken_by_its_values_where_the_name_misleads() -> None:
    found = _recognise(
        "id|Date|Location|Description\n1|2015-01-13|(51.5, -0.1)|Graffiti\n2|2015-01-14|(51.6, -0.2)|Flytipping\n"
    )
    assert found.columns.names == {"id": "id", "reported": "Date", "category": "Description", "lat_lon": "Location"}
    address = _recognise("id|Date|Location|Lat|Lng\n1|2015-01-13|12 Mill Lane|51.5|-0.1\n")
    assert address.columns.names["address"] == "Location"
    assert "lat_lon" not in address.columns.names


def test_the_category_is_the_column_that_the_taxonomy_knows() -> None:
    found = _recognise(
        "Department|Service|Opened|Y|X\n"
        "Street Team|Graffiti Removal|2015-01-13|51.5|-0.1\n"
        "Lamp Team|Street Light Outages|2015-01-14|51.6|-0.2\n"
    )
    assert found.columns.names["category"] == "Service"
    assert (found.columns.names["lat"], found.columns.names["lon"]) == ("Y", "X")


def test_british_grid_is_recognised_and_other_grids_are_asked_for() -> None:
    british = _recognise("Opened|Easting|Northing\n2015-01-13|530076.239|182797.685\n")
    assert british.columns.epsg == 27700
    assert british.questions == ()
    header = ["Opened", "X Coordinate (State Plane)", "Y Coordinate (State Plane)"]
    american = _recognise("|".join(header) + "\n2015-01-13|1026839|190733\n", "America/New_York")
    assert american.columns.epsg is None
    check_columns(american.columns, header)
    with pytest.raises(InputRefused, match="EPSG number"):
        check_answered(american.questions)


def test_every_recognised_field_has_a_column_examples_and_a_confidence(shared: Path) -> None:
    seen = preview(shared / "realdata" / "boston311_2015" / "HEAD_untouched_Street_Light_Outages.csv")
    assert {column.field for column in seen.recognised} <= FIELDS.keys()
    for column in seen.recognised:
        assert column.column in seen.header
        assert column.examples
        assert 0 < column.confidence <= 1
        assert column.label == FIELDS[column.field]
    assert len(seen.first_rows) == 8
    assert seen.refusal == ""
    assert seen.first_reports[0].category == "LGT-OUT"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "boston311_2015/boston311_2015_neighbourhood_types.csv.gz",
            {
                "id": "CASE_ENQUIRY_ID",
                "category": "TYPE",
                "reported": "OPEN_DT",
                "closed": "CLOSED_DT",
                "status": "CASE_STATUS",
                "lat": "LATITUDE",
                "lon": "LONGITUDE",
                "address": "Location",
            },
        ),
        (
            "nyc311/export_41col_1000_2018.csv",
            {"id": "Unique Key", "category": "Complaint Type", "reported": "Created Date", "area": "Borough"},
        ),
        (
            "camden_police_api_2019/UNTOUCHED_Police_API_Sample_July_2019.csv",
            {"id": "ID", "category": "Category", "reported": "Epoch", "lat": "Latitude", "address": "Street Name"},
        ),
        ("uk_asb_2022/UNTOUCHED_lancashire_asb.tab.gz", {"reported": "month", "lat": "latitude", "lon": "longitude"}),
        (
            "chicago311_vacant_buildings/chicago311_vacant_and_snow.csv.gz",
            {"category": "SR_TYPE", "reported": "CREATED_DATE"},
        ),
    ],
)
def test_real_feeds_are_recognised_without_a_mapping(shared: Path, name: str, expected: dict[str, str]) -> None:
    seen = preview(shared / "realdata" / name)
    assert seen.refusal == ""
    assert {field: seen.columns.names.get(field) for field in expected} == expected


def test_us_and_british_order_of_the_same_table_give_the_same_dates(shared: Path) -> None:
    folder = shared / "realdata" / "dirty_files"
    iso, dmy = preview(folder / "boston311-100.csv"), preview(folder / "boston311-dmy-100.csv")
    assert dmy.columns.date_orders["reported"] == "dmy"
    assert [report.reported_at for report in dmy.first_reports] == [report.reported_at for report in iso.first_reports]


def test_a_table_without_places_or_dates_is_refused_with_its_columns(shared: Path) -> None:
    assert "coordinates" in preview(shared / "realdata" / "dirty_files" / "bikes.csv").refusal
    assert "Property Type" in preview(shared / "realdata" / "dirty_files" / "data.csv").refusal


# -- the columns file --


def _toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "columns.toml"
    path.write_text(text, encoding="utf-8")
    return path


_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
_MAPPINGS = st.builds(
    Columns,
    names=st.dictionaries(st.sampled_from(list(FIELDS)), _TEXT, min_size=1),
    date_orders=st.dictionaries(st.sampled_from(DATE_FIELDS), st.sampled_from(DATE_ORDERS)),
    zone=st.none() | st.sampled_from(["Europe/Paris", "America/New_York"]),
    epsg=st.none() | st.integers(1024, 32767),
    no_place=st.booleans(),
    date_precision=st.dictionaries(st.sampled_from(DATE_FIELDS), st.sampled_from(DATE_PRECISIONS)),
    lon_first=st.booleans(),
    confirmed=st.lists(st.sampled_from(CONFIRMABLE), unique=True).map(tuple),
)


@given(_MAPPINGS)
def test_a_mapping_survives_its_file(columns: Columns) -> None:
    assert columns_from(columns.to_toml()) == columns


def test_a_mapping_in_a_file_and_with_its_source_is_the_same(tmp_path: Path) -> None:
    columns = Columns({"reported": 'The "date" \\ of\tit', "lat_lon": "Ort"}, {"reported": "dmy"}, "Europe/Paris", 2154)
    assert read_columns(_toml(tmp_path, columns.to_toml())) == columns == columns_from(columns.to_toml())
    with pytest.raises(InputRefused, match="not TOML"):
        columns_from("columns = ")


def test_one_date_order_holds_for_all_date_columns(tmp_path: Path) -> None:
    text = 'date_order = "mdy"\n[columns]\nreported = "a"\nclosed = "b"\nlat_lon = "c"\n'
    assert read_columns(_toml(tmp_path, text)).date_orders == {"reported": "mdy", "closed": "mdy"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns = ", "not TOML"),
        ("", "It says nothing."),
        ('[columns]\ncolour = "a"\n', "Fields are: id, category"),
        ("[columns]\nreported = 3\n", "lines of text"),
        ('colour = 1\n[columns]\nreported = "a"\n', "Settings are: columns"),
        ('date_order = "ydm"\n[columns]\nreported = "a"\n', "Possible are: iso"),
        ('date_precision = "year"\n[columns]\nreported = "a"\n', "Possible are: moment, day, month"),
        ('lon_first = 1\n[columns]\nreported = "a"\n', "true or false"),
        ('confirmed = ["colour"]\n[columns]\nreported = "a"\n', "some of: swapped, zone"),
        ('confirmed = "zone"\n[columns]\nreported = "a"\n', "some of: swapped, zone"),
        ('zone = "Mars/North"\n[columns]\nreported = "a"\n', "not a time zone"),
        ('zone = "../secret"\n[columns]\nreported = "a"\n', "not a time zone"),
        ('epsg = "x"\n[columns]\nreported = "a"\n', "not an EPSG number"),
        ('no_place = "yes"\n[columns]\nreported = "a"\n', "true or false"),
    ],
)
def test_a_wrong_columns_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputRefused, match=r"columns\.toml") as refusal:
        read_columns(_toml(tmp_path, text))
    assert said in str(refusal.value)


def test_a_missing_or_binary_columns_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        read_columns(tmp_path / "nowhere.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputRefused, match="not TOML"):
        read_columns(tmp_path / "binary.toml")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"reported": "Opened", "lat_lon": "Nowhere"}, "There is no column “Nowhere”"),
        ({"reported": "Opened"}, "No columns with coordinates"),
        ({"lat_lon": "Place"}, "No column with the date"),
        ({"reported": "Opened", "lat": "Place"}, "none for the longitude"),
    ],
)
def test_a_mapping_that_the_file_cannot_fill_is_refused_with_what_exists(names: dict[str, str], said: str) -> None:
    with pytest.raises(InputRefused) as refusal:
        check_columns(Columns(names), ["Opened", "Place"])
    assert said in str(refusal.value)
    assert "Opened, Place" in str(refusal.value)


@pytest.mark.parametrize("epsg", [1, 4326])
def test_a_coordinate_system_that_cannot_be_is_refused(epsg: int) -> None:
    names = {"reported": "Opened", "easting": "X", "northing": "Y"}
    check_columns(Columns(names, epsg=2263), ["Opened", "X", "Y"])
    with pytest.raises(InputRefused, match=f"EPSG:{epsg} is no coordinate system"):
        check_columns(Columns(names, epsg=epsg), ["Opened", "X", "Y"])


# -- status words --


@pytest.mark.parametrize(
    ("word", "closed", "status", "resolution"),
    [
        ("Closed", True, ReportStatus.RESOLVED, "unspecified"),
        ("Completed", False, ReportStatus.RESOLVED, "unspecified"),
        ("Fixed - Council", True, ReportStatus.RESOLVED, "fixed"),
        ("Open", True, ReportStatus.NEW, ""),
        ("Completed - Dup", True, ReportStatus.DUPLICATE, ""),
        ("In Progress", False, ReportStatus.IN_PROGRESS, ""),
        ("not_ours", False, ReportStatus.NOT_OURS, ""),
        ("", True, ReportStatus.RESOLVED, "unspecified"),
        ("", False, ReportStatus.NEW, ""),
        ("???", False, ReportStatus.NEW, ""),
    ],
)
def test_status_words_follow_the_lifecycle(word: str, closed: bool, status: ReportStatus, resolution: str) -> None:
    assert read_status(word, closed=closed) == (status, resolution)


def test_no_word_of_a_feed_makes_a_report_verified() -> None:
    assert read_status("verified", closed=True)[0] is ReportStatus.RESOLVED
