"""Rows become reports many at a time: every cell lands in its field, every odd one is marked or rejected."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reading.blocks import Block, Row
from data.reading.columns import Columns
from data.reading.content_keys import ContentKeys
from data.reading.row_ids import read_ids
from data.reading.rows import RowReader
from data.taxonomy import load_taxonomy
from problems.categories import FeedName, Taxonomy
from problems.fingerprints import content_of
from problems.report_columns import objects
from problems.reports import RejectedRow, Report, ReportFlag, ReportStatus

HEADER = ("ID", "Type", "Opened", "Closed", "Due", "Status", "Lat", "Lon", "Pair", "Notes", "Who", "Asset")
FIELDS = {
    "id": "ID",
    "category": "Type",
    "reported": "Opened",
    "closed": "Closed",
    "due": "Due",
    "status": "Status",
    "lat": "Lat",
    "lon": "Lon",
    "lat_lon": "Pair",
    "text": "Notes",
    "reporter": "Who",
    "asset": "Asset",
}
TAXONOMY = load_taxonomy()
ROW = {"ID": "1", "Type": "Graffiti", "Opened": "2026-01-13", "Lat": "51.5", "Lon": "-0.1"}


def _reader(without: Sequence[str] = (), header: Sequence[str] = HEADER, **told: Any) -> RowReader:
    names = {field: column for field, column in FIELDS.items() if field not in without}
    columns = told.pop("columns", Columns(names, {"reported": "iso", "closed": "iso", "due": "iso"}))
    settings: dict[str, Any] = {"source": "council", "taxonomy": TAXONOMY, "zone": ZoneInfo("Europe/London"), **told}
    return RowReader(columns, header, **settings)


def _row(line: int = 2, /, **cells: str) -> Row:
    return Row(line, [{**ROW, **cells}.get(name, "") for name in HEADER])


def _one(reader: RowReader | None = None, /, **cells: str) -> Any:
    (found,) = (reader or _reader()).read([_row(**cells)])
    return found


def test_every_cell_lands_in_its_field() -> None:
    found = _one(Closed="2026-01-14 10:30", Due="2026-07-01", Status="Closed", Notes=" Tag ", Who="Ann Lee", Asset="L7")
    assert found.source_id == "1"
    assert (found.category, found.category_name) == ("DMG-GRAF", "Graffiti")
    assert found.reported_at == datetime(2026, 1, 13, tzinfo=UTC)
    assert found.closed_at == datetime(2026, 1, 14, 10, 30, tzinfo=UTC)
    assert found.due_at == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert (found.status, found.resolution) == (ReportStatus.RESOLVED, "unspecified")
    assert (found.lon_lat, found.text, found.asset) == ((-0.1, 51.5), "Tag", "L7")
    assert found.reporter
    assert "ann" not in found.reporter


@pytest.mark.parametrize(
    ("cells", "flag"),
    [
        ({"Lat": "", "Lon": ""}, ReportFlag.PLACE_MISSING),
        ({"Lat": "n/a", "Lon": "-0.1"}, ReportFlag.PLACE_MISSING),
        ({"Lat": "0", "Lon": "0.0"}, ReportFlag.PLACE_ZERO),
        ({"Lat": "51.5", "Lon": "-190"}, ReportFlag.PLACE_OUTSIDE),
        ({"Lat": "182797", "Lon": "530076"}, ReportFlag.PLACE_FEET),
        ({"Lat": "north", "Lon": "-0.1"}, ReportFlag.PLACE_UNREADABLE),
    ],
)
def test_a_report_without_a_usable_place_says_why(cells: dict[str, str], flag: ReportFlag) -> None:
    found = _one(**cells)
    assert (found.lon_lat, found.flags) == (None, flag)


def test_a_pair_in_one_cell_helps_where_the_two_columns_do_not() -> None:
    assert _one(Lat="", Lon="", Pair="(51.5, -0.1)").lon_lat == (-0.1, 51.5)
    assert _one(Lat="0", Lon="0", Pair="").flags == ReportFlag.PLACE_ZERO
    assert _one(Lat="", Lon="", Pair="somewhere").flags == ReportFlag.PLACE_UNREADABLE


def test_places_far_from_home_are_faults_whatever_stands_beside_them() -> None:
    home = (-9.0, 49.5, 2.5, 61.5)
    far, here = {"Lat": "40.7", "Lon": "-73.9"}, {"Lat": "51.5", "Lon": "-0.1"}
    for rows in ([far], [far, far, here], [here, here, far]):
        found = list(_reader(home=home).read([_row(line, **cells) for line, cells in enumerate(rows)]))
        assert [one.flags for one in found if isinstance(one, Report)] == [
            ReportFlag.PLACE_OUTSIDE if cells is far else 0 for cells in rows
        ]
    assert _one(_reader(home=home), Lat="-0.1", Lon="51.5").flags == ReportFlag.PLACE_SWAPPED
    assert _one(**far).lon_lat == (-73.9, 40.7)


def test_contacts_are_masked_marked_and_counted() -> None:
    block = Block.of_rows(
        [_row(1, Notes="call 212-555-1234 or a@b.org"), _row(2, Notes="Tag"), _row(3, Notes="to c@d.org")], len(HEADER)
    )
    (stretch,) = _reader().stretches([block])
    assert stretch.reports.masked.tolist() == [2, 0, 1]
    assert (stretch.reports.flags & int(ReportFlag.MASKED) > 0).tolist() == [True, False, True]
    assert "212" not in stretch.reports.text[0]


def test_a_month_without_a_day_is_marked() -> None:
    assert _one(Opened="2026-01").flags == ReportFlag.MONTH_ONLY
    assert _one(Opened="2026-01-01").flags == 0
    monthly = Columns(FIELDS, {"reported": "iso", "closed": "iso", "due": "iso"}, date_precision={"reported": "month"})
    assert _one(_reader(columns=monthly), Opened="2026-01-01").flags == ReportFlag.MONTH_ONLY


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"Opened": ""}, "Opened", "The date of the report is missing."),
        ({"Opened": "soon", "Closed": "soon"}, "Opened", "Date reported: this cannot be read"),
        ({"Closed": "31/31/2026"}, "Closed", "Date closed: this cannot be read"),
        ({"Due": "some day"}, "Due", "Date due: this cannot be read"),
        ({"Opened": "1900-01-01"}, "Opened", "The date of the report is before 1950."),
    ],
)
def test_a_row_whose_dates_cannot_be_read_is_rejected_with_its_first_reason(
    cells: dict[str, str], column: str, reason: str
) -> None:
    found = _one(Who="Ann Lee", Notes="a@b.org", **cells)
    assert isinstance(found, RejectedRow)
    assert (found.line, found.column, found.value) == (2, column, cells[column])
    assert found.reason.startswith(reason)
    assert found.row["ID"] == "1"
    assert "Ann" not in str(found.row)
    assert "a@b" not in str(found.row)


def test_rows_come_in_their_order_with_faults_and_rejected_ones_at_their_place() -> None:
    rows = [
        _row(2),
        Row(3, ["too", "short"], "The row has 2 cells."),
        _row(4, Opened="soon"),
        _row(5, ID="5"),
        Row(6, ["x"], "y"),
    ]
    found = list(_reader().read(rows))
    kinds = [one.source_id if isinstance(one, Report) else one.line for one in found]
    assert kinds == ["1", 3, 4, "5", 6]


def test_a_name_that_changed_its_meaning_is_read_by_the_day_of_the_report() -> None:
    names = [
        FeedName("*", "Lamp", "LGT-OUT", valid_to=date(2026, 1, 13)),
        FeedName("*", "Lamp", "DMG-GRAF", valid_from=date(2026, 1, 14)),
    ]
    reader = _reader(taxonomy=Taxonomy.build(TAXONOMY.categories.values(), names))
    days = ("2026-01-13 23:59", "2026-01-14 00:00", "2026-01-13")
    found = list(reader.read([_row(line, Type="Lamp", Opened=day) for line, day in enumerate(days)]))
    assert [one.category for one in found if isinstance(one, Report)] == ["LGT-OUT", "DMG-GRAF", "LGT-OUT"]


def test_text_is_cut_to_what_is_kept_and_holds_no_nul() -> None:
    found = _one(ID="7" * 400, Notes="é" * 5_000, Type="x\0y")
    assert (len(found.source_id), len(found.text)) == (300, 4_000)
    assert found.category_name == "x\ufffdy"


_CELL = st.sampled_from(
    ["", "1", "2026-01-13", "13/01/2026", "0", "51.5", "n/a", "Graffiti", "Closed", "é\n", "a@b.org"]
)


@given(rows=st.lists(st.lists(_CELL, min_size=len(HEADER), max_size=len(HEADER)), max_size=12), cut=st.integers(1, 12))
def test_where_a_table_is_cut_into_blocks_changes_nothing(rows: list[list[str]], cut: int) -> None:
    table = [Row(line, cells) for line, cells in enumerate(rows, start=2)]
    whole = list(_reader().read(table))
    reader = _reader()
    pieces = [reader.read(table[first : first + cut]) for first in range(0, len(table), cut)]
    assert [one for piece in pieces for one in piece] == whole
    assert len(whole) == len(table)
    again = _reader()
    blocks = [Block.of_rows(table[first : first + cut], len(HEADER)) for first in range(0, len(table), cut)]
    for stretch in again.stretches(blocks):
        assert list(stretch.contents or ()) == [content_of(report) for report in stretch.reports.reports()]


# -- identities of rows without an id --


def test_a_key_made_from_content_is_the_one_that_older_stores_hold() -> None:
    found = _one(_reader(without=("id",)), Notes="Tag")
    told = ("2026-01-13T00:00:00+00:00", (-0.1, 51.5), "Graffiti", "Tag", "")
    digest = blake2b(repr(told).encode(), digest_size=12).hexdigest()
    assert found.source_id == f"content-{digest}-1"
    placeless = _one(_reader(without=("id",)), Lat="", Lon="")
    digest = blake2b(repr((told[0], None, "Graffiti", "", "")).encode(), digest_size=12).hexdigest()
    assert placeless.source_id == f"content-{digest}-1"


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=8), max_size=8))
def test_equal_rows_are_numbered_in_their_order_across_stretches(stretches: list[list[str]]) -> None:
    keys, counted = ContentKeys(), dict[str, int]()
    for texts in stretches:
        count = len(texts)
        filled = keys.fill(
            objects([""] * count),
            np.zeros(count, dtype=np.int64),
            lambda which: np.zeros((len(which), 2)),
            objects([""] * count),
            objects(texts),
            objects([""] * count),
        )
        for text, key in zip(texts, filled.tolist(), strict=True):
            counted[text] = counted.get(text, 0) + 1
            assert key.endswith(f"-{counted[text]}")
    assert len(counted) == len(set("".join(map("".join, stretches))))


def test_ids_that_are_there_stay_and_only_missing_ones_are_made() -> None:
    found = list(_reader().read([_row(2, ID="7"), _row(3, ID=" "), _row(4, ID="")]))
    ids = [one.source_id for one in found if isinstance(one, Report)]
    assert ids[0] == "7"
    assert [identity.rsplit("-", 1)[1] for identity in ids[1:]] == ["1", "2"]


@pytest.mark.parametrize("word", ["N/A", "n/a", "NULL", "None", "-", "--", "–", "unknown", "TBC", "nan", " \u00a0", ""])
def test_a_word_for_no_id_is_no_id(word: str) -> None:
    first, second = _reader().read([_row(2, ID=word, Notes="here"), _row(3, ID=word, Notes="there")])
    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert first.source_id.startswith("content-")
    assert second.source_id.startswith("content-")
    assert first.source_id != second.source_id


@pytest.mark.parametrize("own", ["0", "00", "A-", "NA-17", "none-3", "unknown 7", "\u00e9"])
def test_what_may_count_something_stays_an_id(own: str) -> None:
    assert _one(ID=own).source_id == own


@given(st.lists(st.text(alphabet="ab\0\ufffd~", max_size=320), min_size=1, unique=True))
def test_different_ids_stay_different_and_can_be_kept(ids: list[str]) -> None:
    told = [f"x{own}y" for own in ids]
    found = read_ids(pa.array(told, pa.large_string()))
    assert len(set(found)) == len(told)
    assert all(len(own) <= 300 and "\0" not in own for own in found)
    assert [own for own in told if len(own) <= 300 and "\0" not in own] == [
        own for own, was in zip(found, told, strict=True) if len(was) <= 300 and "\0" not in was
    ]


def test_ids_longer_than_can_be_kept_differ_by_their_ends() -> None:
    found = read_ids(pa.array(["é" * 300, "é" * 301, "é" * 302], pa.large_string())).tolist()
    assert found[0] == "é" * 300
    assert len(set(found)) == 3
    assert all(own.startswith("é" * 200) for own in found)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["51.5", "-0.1", "0", "41.85", "95", "", "x", "1,234"]),
            st.sampled_from(["-0.1", "51.5", "0", "-87.61", "200", "N/A", "x"]),
            st.sampled_from(["", "(51.6, -0.2)", "(41.8, -87.6)"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_row_without_id_is_the_same_one_when_home_gets_known(places: list[tuple[str, str, str]]) -> None:
    rows = [_row(line, ID="", Lat=lat, Lon=lon, Pair=pair) for line, (lat, lon, pair) in enumerate(places)]
    homes = (None, (-9.0, 49.5, 2.5, 61.5), (-88.0, 41.0, -87.0, 42.0))
    ids = [[one.source_id for one in _reader(home=home).read(rows) if isinstance(one, Report)] for home in homes]
    assert len(ids[0]) == len(rows)
    assert ids[0] == ids[1] == ids[2]


def test_the_key_of_a_row_without_id_is_the_one_of_the_first_release() -> None:
    content = ("2026-01-13T00:00:00+00:00", (-0.1, 51.5), "Graffiti", "A tag", "")
    digest = blake2b(repr(content).encode(), digest_size=12).hexdigest()
    found = _reader(home=(-88.0, 41.0, -87.0, 42.0)).read([_row(line, ID="", Notes="A tag") for line in (2, 3)])
    assert [one.source_id for one in found if isinstance(one, Report)] == [f"content-{digest}-1", f"content-{digest}-2"]
