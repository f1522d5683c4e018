"""Nothing in a file is computed, no work goes on without a word, and no file is lost for one record."""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from data.reading.guarded import Frames
from data.reading.tables import open_table
from problems.errors import InputRefused
from tests.files import layer


def _write(folder: Path, content: bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


#: Opens a file, tells the number of the child, and waits.
OPENS = """
import sys
from pathlib import Path
from data.reading.tables import open_table
with open_table(Path(sys.argv[1])) as table:
    print(table._frames._child.pid, flush=True)
    sys.stdin.read()
"""
#: Written into the schema at once: SQLite looks through all tables for each that it is told to create.
MANY_TABLES = """
    PRAGMA writable_schema = ON;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20001)
    INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql)
    SELECT 'table', 't' || i, 't' || i, town.rootpage, 'CREATE TABLE t' || i || ' (a)'
    FROM n, (SELECT rootpage FROM sqlite_master WHERE name = 'gpkg_contents') AS town
"""


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("CREATE VIEW aside AS SELECT 1 AS fid", "“aside” in it is a view"),
        ("CREATE VIEW rtree_a AS SELECT 1 AS fid", "“rtree_a” in it is a view"),
        ("CREATE VIRTUAL TABLE words USING fts5(a)", "is computed while it is read"),
        ("CREATE VIRTUAL TABLE rtree_words USING fts5(a)", "is computed while it is read"),
        ("CREATE /* */ VIEW aside AS SELECT 1 AS fid", "“aside” in it is a view"),
        ("ALTER TABLE town ADD COLUMN b AS (upper(a))", "a column that is computed"),
        ("UPDATE gpkg_contents SET data_type = 'orders'", "of an unknown kind"),
        (
            (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)"
                " INSERT INTO gpkg_contents (table_name, data_type, identifier) SELECT i, 'attributes', i FROM n"
            ),
            "more than 1,000 layers",
        ),
        (MANY_TABLES, "more than 20,000 tables"),
    ],
)
def test_nothing_computed_hides_in_a_geopackage(tmp_path: Path, script: str, said: str) -> None:
    path = layer(tmp_path / "town.gpkg", {"a": ["1"]}, [shapely.Point(0, 1)], "EPSG:4326")
    opened = sqlite3.connect(path)
    opened.executescript(f"BEGIN; {script}; COMMIT")
    opened.close()
    with pytest.raises(InputRefused, match=said), open_table(path):
        pass


@pytest.mark.parametrize("name", ["a.geojson", "a.jsonl", "a.gpkg", "a.parquet"])
def test_an_honest_file_that_is_slow_to_read_is_heard_of_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = _slow(tmp_path / name, 3_000)
    heard: list[float] = []
    take = Frames._take

    def taken(frames: Frames, size: int) -> bytes:
        heard.append(os.times().elapsed)
        return take(frames, size)

    monkeypatch.setattr(Frames, "_take", taken)
    with open_table(path) as table:
        assert sum(len(block.lines) for block in table.blocks()) == 3_000
    # More words than blocks of 5,000 rows have: by count, nothing would be heard between the first and the last.
    assert len(heard) > 2 * 4


def _slow(path: Path, count: int) -> Path:
    """Write polygons of 401 corners, which take long to find a place on."""
    circle = shapely.Point(0, 51).buffer(0.01, quad_segs=100)
    if path.suffix == ".gpkg":
        return layer(path, {"a": ["1"] * count}, [circle] * count, "EPSG:4326")
    if path.suffix == ".parquet":
        told = json.dumps({"primary_column": "g", "columns": {"g": {"encoding": "WKB"}}}).encode()
        table = pa.table({"a": ["1"] * count, "g": [shapely.to_wkb(circle)] * count})
        pq.write_table(table.replace_schema_metadata({b"geo": told}), path)
        return path
    one = json.dumps({"type": "Feature", "properties": {"a": "1"}, "geometry": json.loads(shapely.to_geojson(circle))})
    lines = "\n".join([one] * count)
    if path.suffix == ".geojson":
        lines = '{"type": "FeatureCollection", "features": [' + lines.replace("\n", ",\n") + "]}"
    path.write_text(lines, encoding="utf-8")
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children so")
def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    path = _write(tmp_path, json.dumps([{"a": "x" * 500}] * 60_000).encode(), "a.json")
    parent = subprocess.Popen(
        [sys.executable, "-c", OPENS, str(path)],
        cwd=Path(__file__).resolve().parent.parent,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = Path("/proc") / parent.stdout.readline().strip() / "status"
    assert child.exists()
    parent.kill()
    parent.communicate()
    for _ in range(100):
        if not child.exists() or "\nState:\tZ" in child.read_text():
            return
        threading.Event().wait(0.05)
    pytest.fail("it lives on")


def test_the_disc_is_never_filled_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.reading.guarded._MOST_ROOM_BYTES", 3_000_000)
    path = _write(tmp_path, gzip.compress(json.dumps([{"a": os.urandom(500).hex()}] * 4_000).encode()), "a.json.gz")
    with pytest.raises(InputRefused, match="more room than there is"), open_table(path):
        pass
    monkeypatch.setattr("data.reading.guarded._LEFT_FREE_BYTES", 1 << 60)
    with pytest.raises(InputRefused, match=r"0\.0 GB"), open_table(_write(tmp_path, b'[{"a": 1}]', "b.json")):
        pass


@pytest.mark.parametrize("after", [b"", bytes(40_000)])
def test_a_gzip_of_many_members_is_read_whole(tmp_path: Path, after: bytes) -> None:
    rows = [f"{n},{'a' * 100}\n".encode() for n in range(3_000)]
    path = _write(tmp_path, b"".join(map(gzip.compress, [b"id,text\n", *rows])) + after, "a.csv.gz")
    with open_table(path) as table:
        assert sum(len(block.lines) for block in table.blocks()) == 3_000
    with (
        pytest.raises(InputRefused, match="cut off or damaged"),
        open_table(_write(tmp_path, path.read_bytes() + b"xy", "b.gz")),
    ):
        pass


def test_a_line_without_end_is_refused_as_soon_as_it_is_too_long(tmp_path: Path) -> None:
    read: list[float] = []
    path = _write(tmp_path, b"a,b\n" + b"x" * (64 << 20), "a.csv")
    with (
        pytest.raises(InputRefused, match="longer than 4,000,000"),
        open_table(path, progress=lambda _, share: read.append(share)),
    ):
        pass
    assert max(read) < 0.2 * 0.5


def test_a_quotation_mark_that_is_never_closed_is_told_before_the_end(tmp_path: Path) -> None:
    rows = "".join(f"{n},b,c\n" for n in range(3_000))
    path = _write(tmp_path, b"a,b,c\n1,2\n" + rows.replace(",b,", ",b").encode(), "a.csv")
    with pytest.raises(InputRefused, match=r"Up to line 1,0\d\d, 1,001 rows cannot be cut"), open_table(path) as table:
        list(table.blocks())
    with pytest.raises(InputRefused, match="only 0 can"), open_table(path) as table:
        list(table.rows())


def test_faulty_rows_among_more_good_ones_are_told_one_by_one(tmp_path: Path) -> None:
    rows = "".join(f"{n},b,c\n{n},b\n{n},b,c\n" for n in range(1_500))
    path = _write(tmp_path, b"a,b,c\n" + rows.encode(), "a.csv")
    with open_table(path) as table:
        blocks = list(table.blocks())
    assert (sum(len(block.lines) for block in blocks), sum(len(block.faults) for block in blocks)) == (3_000, 1_500)


@pytest.mark.parametrize("number", ["1e400", "1" + 400 * "0"])
@pytest.mark.parametrize("by_line", [False, True])
def test_a_place_beyond_all_numbers_costs_one_record(tmp_path: Path, number: str, *, by_line: bool) -> None:
    one = '{"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [%s, 2]}}'
    lines = [one % 1, one % number, one % 3]
    text = "\n".join(lines) if by_line else f'{{"type": "FeatureCollection", "features": [{",".join(lines)}]}}'
    with open_table(_write(tmp_path, text.encode(), "a.geojson")) as table:
        told = [(row.line, row.fault[:9]) for row in table.rows()]
    assert told == [(1, ""), (2, "Its place"), (3, "")]


@pytest.mark.parametrize("digits", [4_300, 4_301, 200_000])
def test_a_number_that_never_ends_is_refused_at_once(tmp_path: Path, digits: int) -> None:
    records = [{"id": n, "text": "lamp"} for n in range(5_000)]
    told = json.dumps([*records, {"id": 0, "text": "here"}]).replace('"id": 0, "text": "here"', f'"id": {"9" * digits}')
    path = _write(tmp_path, told.encode(), "a.json")
    if digits > 4_300:
        with pytest.raises(InputRefused, match="more than 4,300 digits"), open_table(path):
            pass
    else:
        with open_table(path) as table:
            assert len([*table.rows()][-1].cells[0]) == 4_300


@pytest.mark.parametrize("first", ["<id>", "<5 days", "<under a day", "<", "<id> (new)"])
def test_a_column_whose_name_begins_like_markup_is_no_xml(tmp_path: Path, first: str) -> None:
    with open_table(_write(tmp_path, f"{first},name\n1,a\n".encode(), "a.csv")) as table:
        assert table.header == (first, "name")


def test_a_line_with_a_number_that_never_ends_costs_one_row(tmp_path: Path) -> None:
    path = _write(tmp_path, b'{"id": 1}\n{"id": %s}\n{"id": 3}\n' % (b"9" * 300_000), "a.jsonl")
    with open_table(path) as table:
        assert [(row.line, bool(row.fault)) for row in table.rows()] == [(1, False), (2, True), (3, False)]
