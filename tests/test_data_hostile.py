"""Hostile files are refused in words within 10 s of work and 512 MB; nothing else is read, fetched or written."""

import functools
import gzip
import http.server
import io
import json
import os
import resource
import sqlite3
import struct
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from data.reading.drivers import ALLOWED_DRIVERS
from data.reading.guarded import SILENT_S, _environment
from data.reading.tables import open_table
from problems.errors import InputRefused
from tests.files import layer, packed, parts_of, workbook

MOST_S = 10.0
MOST_BYTES = 512 << 20
PLANTED = "the-secret-of-this-machine"

#: Opens the file that it is told, in a process of its own, and says what came of it and what it took.
PROBE = """
import os, resource, sys
from pathlib import Path
from data.reading.tables import open_table
from problems.errors import InputRefused
try:
    with open_table(Path(sys.argv[1])) as table:
        rows = sum(len(block.lines) + len(block.faults) for block in table.blocks())
    print("read", rows, table.format_name)
except InputRefused as refused:
    print("refused", refused)
# Seconds of work, its own and the child's: a busy machine takes no part in them.
took = sum(os.times()[:4])
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
status = Path("/proc/self/status")
# What Linux gives as the usage of a process counts the process that started it too.
own = int(status.read_text().partition("VmHWM:")[2].split()[0]) if status.exists() else 0
print(took, max(own, child) * (1 if sys.platform == "darwin" else 1024))
"""


def _write(folder: Path, content: bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _probe(path: Path) -> tuple[str, float, int]:
    """Return (what came of opening and reading the file, seconds of work, bytes of the larger process)."""
    told = subprocess.run(
        [sys.executable, "-c", PROBE, str(path)],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.splitlines()
    took, most = told[-1].split()
    return told[0], float(took), int(most)


def _refused(path: Path) -> str:
    """Return the refusal, which must come in time and in bounded memory."""
    told, took, most = _probe(path)
    assert told.startswith("refused The file "), told
    assert PLANTED not in told
    assert most <= MOST_BYTES, f"{most >> 20} MB"
    assert took <= MOST_S, f"{took:.1f} s"
    return told


# -- files that name other files and addresses --


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a server on this machine, and the paths that were asked of it."""
    asked: list[str] = []

    class Asked(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815 - the name that the server looks for

        def log_message(self, *_told: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Asked) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/a.csv", asked
        running.shutdown()


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.vrt", "a.csv", "a.shp", "in.zip", "shape.zip"])
def test_a_file_that_points_elsewhere_reads_and_fetches_nothing(
    tmp_path: Path, server: tuple[str, list[str]], name: str
) -> None:
    address, asked = server
    secret = _write(tmp_path, f"id,text\n1,{PLANTED}\n".encode(), "secret.csv")
    for source in (str(secret), f"/vsicurl/{address}"):
        vrt = (
            f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{source}</SrcDataSource>"
            "</OGRVRTLayer></OGRVRTDataSource>"
        ).encode()
        if name == "in.zip":
            vrt = packed({"a.gpkg": vrt})
        elif name == "shape.zip":
            vrt = packed({f"a{part}": vrt for part in (".shp", ".shx", ".dbf", ".prj")})
        _refused(_write(tmp_path, vrt, name))
    assert asked == []


def test_the_child_has_no_reader_but_the_two_that_are_needed() -> None:
    listed = subprocess.run(
        [sys.executable, "-I", "-c", "import pyogrio; print('\\n'.join(pyogrio.list_drivers()))"],
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    assert {"GPKG", "ESRI Shapefile"} <= set(filter(None, listed)) <= ALLOWED_DRIVERS


# -- files that never end --


def _views(path: Path, *, endless: str) -> None:
    opened = sqlite3.connect(path)
    opened.executescript(f"""
        CREATE VIEW endless AS WITH RECURSIVE n(i) AS ({endless}) SELECT i AS fid, CAST(i AS TEXT) AS text FROM n;
        INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('endless', 'attributes', 'endless');
    """)  # noqa: S608 - the text is the test's own
    opened.close()


@pytest.mark.parametrize(
    "endless", ["SELECT 1 UNION ALL SELECT i + 1 FROM n", "SELECT 1 WHERE 0 UNION ALL SELECT i FROM n WHERE 0"]
)
def test_a_geopackage_with_a_view_is_refused(tmp_path: Path, endless: str) -> None:
    path = layer(tmp_path / "town.gpkg", {"a": ["1"]}, [shapely.Point(0, 1)], "EPSG:4326")
    _views(path, endless=endless)
    assert "“endless” in it is a view" in _refused(path)


def test_a_reader_that_makes_no_headway_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.reading.guarded.SILENT_S", 0.5)
    monkeypatch.setattr(
        "data.reading.guarded._START",
        'import signal, sys; from struct import pack; told = b\'{"doing": "", "share": 0}\';'
        " sys.stdout.buffer.write(pack('>cI', b'P', len(told)) + told); sys.stdout.flush(); signal.pause()",
    )
    with pytest.raises(InputRefused, match="no headway"), open_table(_write(tmp_path, b'[{"a": 1}]', "a.json")):
        pass
    assert SILENT_S < MOST_S


def test_a_child_that_dies_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path, b'[{"a": 1}]', "a.json")
    for start in ("import os; os.abort()", "import sys; sys.stdout.buffer.write(b'H\\xff\\xff\\xff\\xffx')"):
        monkeypatch.setattr("data.reading.guarded._START", start)
        with pytest.raises(InputRefused, match="more memory or time"), open_table(path):
            pass


def test_the_child_ends_with_its_table(tmp_path: Path) -> None:
    path = _write(tmp_path, json.dumps([{"a": "x" * 500}] * 60_000).encode(), "a.json")
    with open_table(path) as table:
        blocks = table.blocks()
        next(blocks)
        child = table._frames._child  # type: ignore[attr-defined]  # the process is no part of a table's promise
        assert child.poll() is None
    assert child.poll() is not None


# -- files that expand --


def _lying(content: bytes, name: bytes) -> bytes:
    """Return a zip whose directory says that the member ``name`` has 100 bytes."""
    raw = bytearray(content)
    place = raw.rindex(b"PK\x01\x02", 0, raw.rindex(name))
    raw[place + 24 : place + 28] = (100).to_bytes(4, "little")
    return bytes(raw)


def _zero_sheet(megabytes: int) -> bytes:
    out = io.BytesIO(workbook({"A": {1: ["a", "b"], 2: [1, 2]}}))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/sharedStrings.xml", "w") as part:
        part.write(b"<sst>")
        for _ in range(megabytes):
            part.write(b"<si><t>aaaaaaa</t></si>\n" * 43_690)
    return out.getvalue()


@pytest.mark.parametrize(("lying", "said"), [(False, "expands"), (True, "damaged")])
def test_a_workbook_that_expands_without_measure_is_refused(tmp_path: Path, *, lying: bool, said: str) -> None:
    content = _zero_sheet(120)
    assert len(content) < 1 << 20
    if lying:
        content = _lying(content, b"xl/sharedStrings.xml")
    assert said in _refused(_write(tmp_path, content, "bomb.xlsx"))


@pytest.mark.parametrize("lying", [False, True])
def test_a_zip_that_expands_without_measure_is_refused(tmp_path: Path, *, lying: bool) -> None:
    content = packed({"a.csv": b"id,text\n" + b"1,a\n" * 40_000_000})
    if lying:
        content = _lying(content, b"a.csv")
    told = _refused(_write(tmp_path, content, "bomb.zip"))
    assert ("damaged" if lying else "expands") in told


@pytest.mark.parametrize("start", [b"id,text\n", b"[", b"<a>", b"PAR1", b"SQLite format 3\0"])
def test_a_gzip_that_expands_without_measure_is_refused(tmp_path: Path, start: bytes) -> None:
    blank, count = (b" " * 1023 + b"\n") * 1024, 600
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    begun = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush equal bytes are packed equally: they are packed once, and written over and over.
    again = packer.compress(blank) + packer.flush(zlib.Z_FULL_FLUSH)
    sum_of_all = functools.reduce(lambda known, _: zlib.crc32(blank, known), range(count), zlib.crc32(start))
    ended = packer.flush() + struct.pack("<II", sum_of_all, len(start) + count * len(blank))
    head = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    path = _write(tmp_path, head + begun + again * count + ended, "bomb.gz")
    assert "expands" in _refused(path)


@pytest.mark.parametrize("content", [b"", b"x"])
def test_a_gzip_of_countless_members_is_refused(tmp_path: Path, content: bytes) -> None:
    members = gzip.compress(b"id,text\n1,a\n") + gzip.compress(content) * 300_000
    assert "packed parts with next to nothing in them" in _refused(_write(tmp_path, members, "a.csv.gz"))


def test_parquet_that_claims_or_holds_without_measure_is_refused(tmp_path: Path) -> None:
    same = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000_000, np.int32)), pa.array(["y" * 1000]))
    pq.write_table(pa.table({"a": same, "b": same}), tmp_path / "claims.parquet", row_group_size=20_000_000)
    assert "claims to hold" in _refused(tmp_path / "claims.parquet")
    long = pa.DictionaryArray.from_arrays(pa.array(np.zeros(900_000, np.int32)), pa.array(["y" * 100_000]))
    pq.write_table(pa.table({"a": long, "b": np.arange(900_000)}), tmp_path / "holds.parquet")
    assert "memory" in _refused(tmp_path / "holds.parquet")


# -- zip files that are not what they say --


def _protected() -> bytes:
    raw = bytearray(packed({"a.csv": b"a,b\n1,2\n"}))
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: packed({"a.zip": packed({"a.csv": b"a,b\n1,2\n"})}), "another packed file"),
        (lambda: packed({"a.csv": packed({"a.csv": b"a,b\n1,2\n"})}), "another packed file"),
        (lambda: gzip.compress(packed({"a.csv": b"a,b\n1,2\n"})), "another packed file"),
        (lambda: packed({"a.csv.gz": gzip.compress(b"a,b\n1,2\n")}), "another packed file"),
        (lambda: packed({"../../a.csv": b"a,b\n1,2\n"}), "out of its folder"),
        (lambda: packed({"/etc/a.csv": b"a,b\n1,2\n"}), "out of its folder"),
        (lambda: packed({"..\\a.csv": b"a,b\n1,2\n"}), "out of its folder"),
        (lambda: packed({}), "empty zip"),
        (lambda: packed({"a.csv": b""}), "empty"),
        (lambda: packed({"a.png": b"\x89PNG\r\n\x1a\n" + bytes(99)}), "picture"),
        (lambda: packed({"a.csv": b"a,b\n1,2\n"})[:-30], "cut off"),
        (lambda: packed({f"{n}.csv": b"a,b\n1,2\n" for n in range(3000)}), "3000 files"),
        (_protected, "password"),
    ],
)
def test_odd_zip_files_are_refused(tmp_path: Path, make: Callable[[], bytes], said: str) -> None:
    path = _write(tmp_path, make(), "odd.zip")
    with pytest.raises(InputRefused, match=said), open_table(path):
        pass
    assert list(tmp_path.iterdir()) == [path]


# -- XML and JSON that hurt --


def test_entities_of_xml_are_refused(tmp_path: Path) -> None:
    secret = _write(tmp_path, PLANTED.encode(), "secret.txt")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for declared in (f'<!ENTITY l0 "ha">{laughs}', f'<!ENTITY l11 SYSTEM "file://{secret}">'):
        text = f"<!DOCTYPE a [{declared}]><service_requests><request><a>&l11;</a></request></service_requests>"
        assert "entities" in _refused(_write(tmp_path, text.encode(), "a.xml"))


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    deep = 200_000
    for content in (
        b"[" * deep,
        b'[{"a":' + b"[" * deep + b"]" * deep + b"}]",
        b'[{"a":' * deep,
        b"<a>" + b"<b>" * deep,
        b'{"id": 1}\n{"a":' + b"[" * deep + b"]" * deep + b"}\n",
    ):
        told, took, most = _probe(_write(tmp_path, content, "deep"))
        assert told.startswith("refused") or "JSON lines" in told
        assert took <= MOST_S
        assert most <= MOST_BYTES


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.xml", "a.csv"])
def test_one_endless_value_is_refused_in_bounded_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    start = {"a.json": b'[{"a": "', "a.jsonl": b'{"a": 1}\n{"a": "', "a.xml": b"<a><b><c>", "a.csv": b"id,text\n1,"}[
        name
    ]
    with path.open("wb") as stream:
        stream.write(start)
        for _ in range(600):
            stream.write(b"x" * (1 << 20))
    _refused(path)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.geojson"])
@pytest.mark.parametrize("digits", [20, 4_300])
def test_whole_numbers_are_read_to_the_last_digit(tmp_path: Path, name: str, digits: int) -> None:
    ids = ["9223372036854775807", "1922337203685477580712345", "101005420892"]
    long = "7" * digits
    records = [f'{{"id": {each}, "Opened": "2015-01-13", "cost": 1.50}}' for each in (*ids, long)]
    if name == "a.geojson":
        point = '"type": "Feature", "geometry": {"type": "Point", "coordinates": [-0.1, 51.5]}'
        records = [f'{{{point}, "properties": {each}}}' for each in records]
        content = f'{{"type": "FeatureCollection", "features": [{", ".join(records)}]}}'
    else:
        content = "\n".join(records) if name == "a.jsonl" else f"[{', '.join(records)}]"
    with open_table(_write(tmp_path, content.encode(), name)) as table:
        rows = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows()]
    assert [row["id"] for row in rows] == [*ids, long]
    assert {row["cost"] for row in rows} == {"1.50"}


def test_a_whole_number_that_takes_too_long_to_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.reading.guarded.SILENT_S", 1.0)
    path = _write(tmp_path, b'[{"id": ' + b"7" * 4_000_000 + b"}]", "a.json")
    with pytest.raises(InputRefused, match=r"a\.json"), open_table(path) as table:
        list(table.rows())


def test_fifty_megabytes_in_one_line_are_read(tmp_path: Path) -> None:
    record = json.dumps({"id": "1", "text": "words " * 20, "place": {"latitude": 1.5, "longitude": 2.5}})
    count = (50 << 20) // len(record)
    told, _, most = _probe(_write(tmp_path, f"[{','.join([record] * count)}]".encode(), "long.json"))
    assert told == f"read {count} JSON"
    assert most <= MOST_BYTES


# -- files that end too early, or are something else --


@pytest.mark.parametrize("kind", ["json", "geojson", "xml", "parquet", "gpkg", "xlsx", "zip"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.98])
def test_what_is_cut_off_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    rows = [{"service_request_id": str(n), "text": "words"} for n in range(2000)]
    if kind == "json":
        whole = json.dumps(rows).encode()
    elif kind == "geojson":
        features = [{"type": "Feature", "properties": row, "geometry": None} for row in rows]
        whole = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    elif kind == "xml":
        requests = "".join(f"<request><id>{n}</id></request>" for n in range(2000))
        whole = f"<service_requests>{requests}</service_requests>".encode()
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "whole")
        whole = (tmp_path / "whole").read_bytes()
    elif kind == "xlsx":
        whole = workbook({"A": {n + 1: [f"a{n}", f"b{n}"] for n in range(2000)}})
    else:
        path = layer(
            tmp_path / "w.gpkg", {"a": [str(n) for n in range(2000)]}, [shapely.Point(0, 1)] * 2000, "EPSG:4326"
        )
        whole = path.read_bytes() if kind == "gpkg" else packed({"a.gpkg": path.read_bytes()})
    path = _write(tmp_path, whole[: int(len(whole) * share)], f"cut.{kind}")
    with pytest.raises(InputRefused) as refused, open_table(path) as table:
        list(table.rows())
    assert str(refused.value).startswith(f"The file cut.{kind} cannot be read.")


@pytest.mark.parametrize("part", [".shp", ".dbf", ".shx"])
def test_a_shapefile_with_a_broken_part_is_refused_or_tells_its_rows(tmp_path: Path, part: str) -> None:
    shape = layer(tmp_path / "a.shp", {"a": [str(n) for n in range(500)]}, [shapely.Point(0, 1)] * 500, "EPSG:4326")
    parts = parts_of(shape)
    parts["a" + part] = parts["a" + part][:300]
    told, took, most = _probe(_write(tmp_path, packed(parts), "a.zip"))
    assert told.startswith(("refused", "read"))
    assert took <= MOST_S
    assert most <= MOST_BYTES


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "picture"),
        (b"\x7fELF" + bytes(500), "program"),
        (b"%PDF-1.7\n" + bytes(500), "PDF"),
        (b"<!DOCTYPE html><html><body>a,b</body></html>", "web page"),
        (b"\n <html><body>a,b</body></html>", "web page"),
        (b"SQLite format 3\0" + bytes(4000), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "damaged"),
        (b"PAR1" + bytes(500) + b"PAR1", "damaged"),
        (b"PAR1" + bytes(500) + b"\xff\xff\xff\x7fPAR1", "damaged"),
        (os.urandom(50_000).replace(b"\n", b""), "not text"),
    ],
)
def test_other_files_named_csv_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = _write(tmp_path, content, "a.csv")
    with pytest.raises(InputRefused, match=said), open_table(path):
        pass


def test_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path, said in ((tmp_path, "folder"), (tmp_path / "pipe.csv", "device")):
        with pytest.raises(InputRefused, match=said), open_table(path):
            pass


def test_the_limits_of_the_child_do_not_bind_its_parent(tmp_path: Path) -> None:
    before = [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)]
    with open_table(_write(tmp_path, b'[{"a": 1}]', "a.json")):
        pass
    assert before == [
        resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)
    ]
