"""Real and broken files go through the whole import into a real store."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing import import_file, preview
from data.reading.columns import Columns
from data.reading.questions import answered
from data.stores import open_store
from data.taxonomy import load_taxonomy
from problems.errors import Cancelled, InputRefused
from problems.fingerprints import old_content_of
from problems.people import LAPTOP
from problems.reports import Batch, ReportStatus
from problems.store import Store
from problems.use_cases.reviewing import map_name
from tests.storing import empty_url

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
HEADER = "ID,Type,Opened,Closed,Status,Latitude,Longitude,Notes,User Name\n"
TEXT = Columns(
    {
        "id": "ID",
        "category": "Type",
        "reported": "Opened",
        "closed": "Closed",
        "status": "Status",
        "lat": "Latitude",
        "lon": "Longitude",
        "text": "Notes",
        "reporter": "User Name",
    },
    {"reported": "dmy", "closed": "dmy"},
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    yield opened
    opened.close()


def _file(tmp_path: Path, text: str, name: str = "reports.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _import(store: Store, path: Path, **told: object) -> Batch:
    return import_file(store, LAPTOP, lambda: NOW, 1, path=path, **told)  # type: ignore[arg-type]  # tests name them


def test_a_store_without_the_sample_city_is_not_called_mixed(store: Store, tmp_path: Path) -> None:
    _import(store, _file(tmp_path, HEADER + "1,Graffiti,2026-01-31,,,51.5,-0.1,,\n"))
    assert store.fact("synthetic") is None


def _counts(batch: Batch) -> tuple[int, ...]:
    fates = (batch.accepted, batch.unchanged, batch.updated, batch.rejected)
    assert batch.rows == sum(fates)
    return (batch.rows, *fates, batch.unplaced, batch.unmapped)


def test_each_kind_of_row_ends_where_it_belongs(store: Store, tmp_path: Path) -> None:
    rows = (
        "1,Graffiti,13/01/2026 10:00,,Open,51.5,-0.1,Tag on wall,Ann Lee\n"
        "2,Graffiti,13/07/2026 10:00,14/07/2026,Closed,51.5,-0.1,Tag,ann  lee\n"
        '3,Mystery,13/01/2026,,Open,0,0,"null, island",Bob\n'
        "4,Graffiti,13/01/2026,,Open,-71.1,142.3,swapped,\n"
        "5,Graffiti,13/01/2026,,Open,n/a,,unreadable,\n"
        "6,Graffiti,soon,,Open,51.5,-0.1,call 212-555-1234,Cat Doe\n"
        "7,Graffiti,,,Open,51.5,-0.1,no date,\n"
        "8,Graffiti,13/01/2026,01/31/2026,Open,51.5,-0.1,US date,\n"
        "10,Graffiti,01/01/1900,,Open,51.5,-0.1,null date,\n"
        "9,Graffiti,13/01/2026,too,many,cells,here,for,this,row\n"
    )
    batch = _import(store, _file(tmp_path, HEADER + rows), columns=TEXT)
    assert _counts(batch) == (10, 5, 0, 0, 5, 3, 1)
    assert batch.flagged == {"PLACE_MISSING": 1, "PLACE_ZERO": 1, "PLACE_OUTSIDE": 1, "REPORTED_IN_FUTURE": 1}
    reports = {report.source_id: report for report in store.all_reports()}
    assert reports["1"].reported_at.isoformat() == "2026-01-13T10:00:00+00:00"
    assert reports["2"].reported_at.isoformat() == "2026-07-13T09:00:00+00:00"
    assert (reports["1"].category, reports["1"].lon_lat) == ("DMG-GRAF", (-0.1, 51.5))
    assert (reports["2"].status, reports["2"].resolution) == (ReportStatus.RESOLVED, "unspecified")
    assert (reports["3"].category, reports["3"].category_name, reports["3"].lon_lat) == (None, "Mystery", None)
    assert reports["5"].lon_lat is None
    assert reports["1"].reporter == reports["2"].reporter != reports["3"].reporter
    assert "ann" not in reports["1"].reporter
    rejected = store.rejected_rows(batch.id)
    assert [(row.line, row.column, row.value) for row in rejected] == [
        (7, "Opened", "soon"),
        (8, "Opened", ""),
        (9, "Closed", "01/31/2026"),
        (10, "Opened", "01/01/1900"),
        (11, "", ""),
    ]
    assert rejected[0].reason == "Date reported: this cannot be read as a date in the order day/month/year."
    assert "212" not in rejected[0].row["Notes"]
    assert "Cat" not in str(rejected[0].row)


def test_an_impossible_closing_time_is_kept_for_the_review(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path, HEADER + "1,Graffiti,13/01/2026,01/01/1900,Open,51.5,-0.1,x,\n")
    assert _counts(_import(store, path, columns=TEXT)) == (1, 1, 0, 0, 0, 0, 0)
    (report,) = store.all_reports()
    assert report.closed_at is not None
    assert report.closed_at < report.reported_at


def test_swapped_places_of_the_americas_are_accepted_without_a_place(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path, HEADER + "1,Graffiti,13/01/2026,,Open,-171.1,42.3,x,\n")
    assert _counts(_import(store, path, columns=TEXT)) == (1, 1, 0, 0, 0, 1, 0)


def test_reporter_keys_differ_between_stores(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path, HEADER + "1,Graffiti,13/01/2026,,Open,51.5,-0.1,x,Ann Lee\n")
    other = open_store(empty_url("sqlite", tmp_path))
    _import(store, path, columns=TEXT)
    _import(other, path, columns=TEXT)
    (one,), (two,) = store.all_reports(), other.all_reports()
    other.close()
    assert len(one.reporter) == len(two.reporter) > 0
    assert one.reporter != two.reporter


def test_rows_without_an_id_keep_their_identity_and_their_number(store: Store, tmp_path: Path) -> None:
    text = "Category,Opened,Lat,Long\n" + "Graffiti,2026-01-13,51.5,-0.1\n" * 3 + "Litter,2026-01-13,51.5,-0.1\n"
    assert _counts(_import(store, _file(tmp_path, text)))[:3] == (4, 4, 0)
    longer = _file(tmp_path, text + "Graffiti,2026-01-13,51.5,-0.1\n", "longer.csv")
    assert _counts(_import(store, longer))[:3] == (5, 1, 4)
    assert len({report.source_id for report in store.all_reports()}) == 5


def test_british_grid_references_become_degrees(store: Store, tmp_path: Path) -> None:
    text = "ID,Opened,Easting,Northing\n1,2026-01-13,530076.239,182797.685\n2,2026-01-14,,\n3,2026-01-15,x,y\n"
    assert _counts(_import(store, _file(tmp_path, text)))[:6] == (3, 3, 0, 0, 0, 2)
    placed = next(report for report in store.all_reports() if report.lon_lat)
    assert placed.lon_lat == pytest.approx((-0.126199, 51.529117), abs=5e-5)


def test_an_unknown_coordinate_system_is_refused(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path, "ID,Opened,Easting,Northing\n1,2026-01-13,530076,182797\n")
    columns = Columns({"id": "ID", "reported": "Opened", "easting": "Easting", "northing": "Northing"}, epsg=4326)
    with pytest.raises(InputRefused, match="eastings"):
        _import(store, path, columns=columns)
    assert store.counts().is_empty


def test_a_table_without_places_is_taken_only_when_that_is_said(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path, "ID,Type,Opened\n1,Graffiti,2026-01-13\n")
    with pytest.raises(InputRefused, match="No columns with coordinates"):
        _import(store, path)
    said = Columns({"id": "ID", "category": "Type", "reported": "Opened"}, no_place=True)
    assert _counts(_import(store, path, columns=said)) == (1, 1, 0, 0, 0, 1, 0)


def test_a_zone_of_the_source_wins_over_that_of_the_deployment(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path, "ID,Opened,Lat,Long\n1,2026-01-13 12:00,42.3,-71.1\n")
    columns = Columns({"id": "ID", "reported": "Opened", "lat": "Lat", "lon": "Long"}, zone="America/New_York")
    _import(store, path, columns=columns)
    (report,) = store.all_reports()
    assert report.reported_at == datetime(2026, 1, 13, 17, tzinfo=UTC)


def test_a_name_that_people_mapped_holds_for_later_files(store: Store, tmp_path: Path) -> None:
    row = "{},Lamp trouble,2026-01-13,51.5,-0.1\n"
    header = "ID,Type,Opened,Lat,Long\n"
    earlier = _file(tmp_path, header + row.format(1))
    assert _counts(_import(store, earlier))[-1] == 1
    map_name(
        store, LAPTOP, lambda: NOW, 1, source="council", name="Lamp trouble", code="LGT-OUT", taxonomy=load_taxonomy()
    )
    assert _counts(_import(store, _file(tmp_path, header + row.format(2), "later.csv")))[-1] == 0
    assert {report.category for report in store.all_reports()} == {"LGT-OUT"}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 500, b"a,b\n1,\xff\x81\n", b"a,b\n", b"a,b\n1,2\n"])
def test_a_refused_file_leaves_the_store_as_it_was(store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    version = store.version()
    with pytest.raises(InputRefused):
        _import(store, path)
    assert store.version() == version
    assert store.counts().is_empty


@pytest.mark.parametrize("source", ["", "   ", "x" * 80, "new\x07bell"])
def test_a_source_needs_a_name(store: Store, tmp_path: Path, source: str) -> None:
    with pytest.raises(InputRefused, match="name of a source"):
        _import(store, _file(tmp_path, HEADER), source=source)


def test_progress_grows_and_cancelling_keeps_nothing(store: Store, tmp_path: Path) -> None:
    rows = "".join(f"{n},Graffiti,2026-01-13,51.5,-0.1\n" for n in range(9_000))
    path = _file(tmp_path, "ID,Type,Opened,Lat,Long\n" + rows)
    shares: list[float] = []

    def stop_late(_message: str, share: float) -> None:
        shares.append(share)
        if share > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        _import(store, path, progress=stop_late)
    assert store.counts().is_empty
    assert shares == sorted(shares)
    assert shares[0] <= 0.2


def test_what_was_found_about_a_file_is_said_while_it_is_imported(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    head, row = "ID,Category,Opened,Printed,Lat,Long\n", "1,Café,01/02/2026,{}/02/2026,51.5,-0.1\n"
    path.write_bytes((head + row.format("03")).encode("cp1252"))
    with pytest.raises(InputRefused, match="day/month is usual in the time zone Europe/London"):
        _import(store, path)
    path.write_bytes((head + row.format("13")).encode("cp1252"))
    said: list[str] = []
    _import(store, path, progress=lambda message, _share: said.append(message))
    assert any("Windows-1252" in message for message in said)
    assert any("day/month like “Printed”" in message for message in said)
    (report,) = store.all_reports()
    assert (report.category_name, report.reported_at.month) == ("Café", 2)


CELL = st.text(st.characters(blacklist_categories=["Cs", "Cc"], max_codepoint=0x2FFF), max_size=14)
PLAUSIBLE = st.sampled_from(["2026-01-13", "13/01/2026", "51.5", "-0.1", "", "Graffiti", "Closed", '"', "a\nb", "0"])


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path_factory.mktemp("long")))
    yield opened
    opened.close()


@given(rows=st.lists(st.lists(CELL | PLAUSIBLE, min_size=3, max_size=7), min_size=1, max_size=8))
def test_whatever_stands_in_the_rows_each_is_counted_once(
    long_lived: Store, tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    good = ["sure", "Graffiti", "2026-01-13", "51.5", "-0.1"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["ID", "Type", "Opened", "Lat", "Long"], good, *rows])
    filled = sum(any(cell.strip() for cell in row) if len(row) != 5 else any(row) for row in rows)
    columns = Columns({"id": "ID", "category": "Type", "reported": "Opened", "lat": "Lat", "lon": "Long"})
    before = long_lived.counts()
    batch = _import(long_lived, path, columns=columns, source=f"source {before.batches}")
    assert batch.rows == filled + 1
    assert len(long_lived.rejected_rows(batch.id)) == batch.rejected
    assert long_lived.counts().reports - before.reports == batch.accepted


# -- real files --


def test_boston_neighbourhood_types_import_without_a_mapping_and_repeat_without_a_change(
    store: Store, shared: Path
) -> None:
    path = shared / "realdata" / "boston311_2015" / "boston311_2015_neighbourhood_types.csv.gz"
    first = _import(store, path, zone=NEW_YORK)
    assert _counts(first)[:6] == (27_405, 27_405, 0, 0, 0, 0)
    assert 0 < first.unmapped < first.rows / 3
    again = _import(store, path, zone=NEW_YORK)
    assert _counts(again) == (27_405, 0, 27_405, 0, 0, 0, 0)
    assert store.counts().reports == 27_405
    assert store.counts().unmapped == first.unmapped
    lamps = [name for _, name, _ in store.unmapped_names()]
    assert "Street Light Outages" not in lamps
    assert "Unsatisfactory Living Conditions" in lamps


def test_all_boston_types_import(store: Store, shared: Path) -> None:
    path = shared / "realdata" / "boston311_2015" / "boston311_2015_all159types.csv.gz"
    batch = _import(store, path, zone=NEW_YORK)
    assert _counts(batch)[:6] == (121_245, 121_245, 0, 0, 0, 0)
    counts = store.counts()
    assert (counts.reports, counts.placed) == (121_245, 121_245)
    assert counts.oldest_report_at == datetime(2011, 7, 1, 5, 32, 33, tzinfo=UTC)
    assert counts.newest_report_at == datetime(2016, 1, 1, 4, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "rows", "rejected", "unplaced"),
    [
        ("dirty_files/boston311-100.csv", 100, 0, 0),
        ("dirty_files/boston311-100-bad.tsv", 100, 1, 0),
        ("dirty_files/boston311-100-with-fake-pii.csv", 100, 0, 0),
        ("nyc311/export_41col_1000_2018.csv", 1000, 0, 107),
        ("nyc311/export_41col_924_noise_night.csv", 924, 0, 11),
        ("nyc311/export_41col_5895_animals.csv.gz", 5895, 0, 57),
        ("camden_police_api_2019/UNTOUCHED_Police_API_Sample_July_2019.csv", 4075, 0, 0),
        ("chicago311_vacant_buildings/chicago311_vacant_and_snow.csv.gz", 38_942, 0, 0),
    ],
)
def test_other_real_feeds_reconcile(
    store: Store, shared: Path, name: str, rows: int, rejected: int, unplaced: int
) -> None:
    path = shared / "realdata" / name
    seen = preview(path)
    columns = None
    for question in (each for each in seen.questions if each.needed):
        columns = answered(columns or seen.columns, question, question.proposed or "")
    batch = _import(store, path, columns=columns)
    assert (batch.rows, batch.rejected, batch.unplaced) == (rows, rejected, unplaced)
    assert batch.accepted + batch.unchanged == rows - rejected
    assert store.counts().reports == batch.accepted


def test_day_first_and_year_first_copies_of_a_file_are_the_same_reports(store: Store, shared: Path) -> None:
    folder = shared / "realdata" / "dirty_files"
    _import(store, folder / "boston311-100.csv")
    again = _import(store, folder / "boston311-dmy-100.csv")
    assert (again.unchanged, again.rows) == (100, 100)


def test_a_preview_shows_what_an_import_would_do(shared: Path) -> None:
    seen = preview(shared / "realdata" / "dirty_files" / "boston311-100-bad.tsv")
    assert (seen.format_name, seen.encoding, seen.rows_seen) == ("CSV, tab", "UTF-8", 100)
    assert [row.line for row in seen.first_errors] == [41]
    corrected = preview(
        shared / "realdata" / "dirty_files" / "boston311-100-bad.tsv",
        Columns({"reported": "subject", "lat": "latitude"}),
    )
    assert "none for the longitude" in corrected.refusal
    assert corrected.first_reports == ()


# -- what is kept of a source --


def test_a_file_with_the_same_columns_is_read_as_the_last_one_of_its_source(store: Store, tmp_path: Path) -> None:
    header = "A,B,Opened,Lat,Long\n"
    said = Columns({"id": "A", "text": "B", "reported": "Opened", "lat": "Lat", "lon": "Long"}, zone="America/New_York")
    _import(store, _file(tmp_path, header + "1,Tag,2026-01-13 12:00,51.5,-0.1\n"), columns=said)
    second = _file(tmp_path, header + "2,Lamp,2026-01-14 12:00,51.5,-0.1\n", "second.csv")
    assert preview(second, store=store).columns.names == said.names
    _import(store, second)
    assert [(report.source_id, report.text, report.reported_at.hour) for report in store.all_reports()] == [
        ("1", "Tag", 17),
        ("2", "Lamp", 17),
    ]
    other = _file(tmp_path, "A,B,Opened,Lat,Long,More\n3,Tag,2026-01-15,51.5,-0.1,x\n", "other.csv")
    assert preview(other, store=store).columns.names != said.names
    assert preview(second, store=store, source="police").columns.names != said.names


def test_an_order_of_dates_that_is_remembered_gives_way_to_what_the_values_say(store: Store, tmp_path: Path) -> None:
    header = "ID,Opened,Lat,Long\n"
    _import(store, _file(tmp_path, header + "1,13/01/2026,51.5,-0.1\n"))
    _import(store, _file(tmp_path, header + "2,01/14/2026,51.5,-0.1\n", "second.csv"))
    assert [report.reported_at.day for report in store.all_reports()] == [13, 14]


def test_an_import_remembers_its_format_and_what_was_masked(store: Store, tmp_path: Path) -> None:
    rows = (
        "1,Graffiti,2026-01-13,,,51.5,-0.1,mail a@b.org or call 212-555-1234,\n2,Graffiti,2026-01-14,,,51.5,-0.1,Tag,\n"
    )
    batch = _import(store, _file(tmp_path, HEADER + rows))
    assert (batch.kind, batch.masked, batch.flagged) == ("CSV, comma", 2, {"MASKED": 1})
    assert _import(store, _file(tmp_path, HEADER + rows)).masked == 0


def test_a_store_from_before_due_dates_sees_only_rows_that_say_more(store: Store, tmp_path: Path) -> None:
    rows = "1,Graffiti,2026-01-13,,Open,51.5,-0.1,Tag,Ann Lee\n2,Graffiti,2026-01-14,2026-01-15,Closed,51.5,-0.1,Tag,\n"
    path = _file(tmp_path, HEADER + rows)
    _import(store, path)
    with store.writing() as unit:
        reports = unit.reports([1, 2])
        unit.update_reports(1, [(report, old_content_of(report)) for report in reports])
    again = _import(store, _file(tmp_path, HEADER + rows + "\n", "again.csv"))
    assert (again.unchanged, again.updated) == (2, 0)
    _import(store, path, columns=TEXT)
    due = HEADER.replace("\n", ",Due\n") + rows.replace("\n", ",2026-02-01\n", 1).replace("Tag,\n", "Tag,,\n")
    said = Columns({**TEXT.names, "due": "Due"})
    third = _import(store, _file(tmp_path, due, "due.csv"), columns=said)
    assert (third.unchanged, third.updated) == (1, 1)
    assert [report.due_at is not None for report in store.all_reports()] == [True, False]
