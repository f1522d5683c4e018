"""Files are read with exact line numbers in every encoding, or refused in one sentence."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reading.blocks import MAX_CELL_CHARACTERS
from data.reading.delimited import MAX_LINE_CHARACTERS
from data.reading.tables import Row, open_table
from problems.errors import Cancelled, InputRefused

HEADER = ["id", "Straße", "text"]


def _write(folder: Path, content: bytes, name: str = "reports.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _read(path: Path) -> tuple[tuple[str, ...], list[Row]]:
    with open_table(path) as table:
        return table.header, list(table.rows())


def _refusal(path: Path) -> str:
    with pytest.raises(InputRefused) as refusal, open_table(path) as table:
        list(table.rows())
    told = str(refusal.value)
    assert path.name in told or "line" in told
    assert "\n" not in told
    return told


CELL = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], max_codepoint=0x2FFF) | st.sampled_from('\n,;\t|"'), max_size=12
)


@given(
    rows=st.lists(st.tuples(st.integers(1, 10**9).map(str), CELL, CELL), min_size=1, max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    compressed=st.booleans(),
)
def test_every_cell_survives_any_encoding_delimiter_and_line_end(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    encoding: str,
    delimiter: str,
    line_end: str,
    compressed: bool,
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER)
    writer.writerows(rows)
    content = text.getvalue().encode(encoding)
    path = _write(tmp_path_factory.mktemp("any"), gzip.compress(content) if compressed else content)
    header, read = _read(path)
    assert header == tuple(HEADER)
    assert [tuple(row.cells) for row in read] == rows
    assert not any(row.fault for row in read)


def test_windows_1252_is_read_and_said_aloud(tmp_path: Path) -> None:
    path = _write(tmp_path, "id;Straße\n1;Brébeuf – “Café”\n".encode("cp1252"))
    with open_table(path) as table:
        assert table.format_name == "CSV, semicolon"
        assert [list(row.cells) for row in table.rows()] == [["1", "Brébeuf – “Café”"]]
        assert "Windows-1252" in table.notes[0]
        assert "line 1" in table.notes[0]


def test_a_late_misfit_byte_is_found_before_the_first_row(tmp_path: Path) -> None:
    content = b"id,text\n" + b"1,plain\n" * 300_000 + b"2,caf\xe9\n"
    with open_table(_write(tmp_path, content)) as table:
        assert table.facts.encoding == "cp1252"
        assert "line 300002" in table.notes[0]
        assert list(table.rows())[-1].cells == ["2", "café"]


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    content = b'id,text\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n3,a,b\r\n4\r\n,\r\n5,"y"'
    _, rows = _read(_write(tmp_path, content))
    assert [(row.line, bool(row.fault)) for row in rows] == [(2, False), (5, False), (6, True), (7, True), (9, False)]
    assert rows[0].cells == ["1", "two\r\nlines"]
    assert rows[2].fault == "The row has 3 cells, but the table has 2 columns."


def test_an_unclosed_quotation_mark_costs_one_row_and_not_the_rest(tmp_path: Path) -> None:
    lines = ["id,text", *(f"{n},plain" for n in range(2, 3000))]
    lines[10] = '11,"never closed'
    _, rows = _read(_write(tmp_path, "\n".join(lines).encode()))
    assert [row.line for row in rows] == list(range(2, 3000))
    assert [row.line for row in rows if row.fault] == [11]
    assert rows[9].fault == "A quotation mark is opened and never closed."


def test_endless_repairs_of_quotation_marks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filler = "x" * (MAX_CELL_CHARACTERS + 10)
    path = _write(tmp_path, ("id,text\n" + f'1,"{filler}\n' * 3).encode())
    _, rows = _read(path)
    assert [(row.line, bool(row.fault)) for row in rows] == [(2, True), (3, True), (4, True)]
    monkeypatch.setattr("data.reading.delimited._MAX_REPAIRS", 2)
    assert "never closed" in _refusal(path)


def test_a_row_with_nul_characters_is_faulty(tmp_path: Path) -> None:
    content = b"id,text\n" + b"1,plain words here\n" * 200 + b"2,\0hidden\n"
    _, rows = _read(_write(tmp_path, content))
    assert [row.line for row in rows if row.fault] == [202]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "empty"),
        (b"just one column\n1\n2\n", "No columns were found"),
        (b'{"reports": []}', "JSON"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"PK\x03\x04" + bytes(100), "zip file is cut off"),
        (b"SQLite format 3\0" + bytes(100), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (bytes(range(256)) * 20, "not text"),
        (b"\x7fELF" + bytes(500), "program"),
        (b"id,t\xc3\xa9xt\n1,fine \xc3\xa9\n2,bad \xe9\n", "mixes encodings"),
        (b"\xef\xbb\xbfid,text\n1,bad \xe9\n", "It says it is UTF-8"),
        (b"id,text\n1,bad \x81\xfe\n", "fit no encoding"),
        ("id,text\n1,odd".encode("utf-16") + b"x", "It says it is UTF-16"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in _refusal(_write(tmp_path, content))


@pytest.mark.parametrize("kept", [20, 300, -4])
def test_a_cut_off_gzip_is_refused(tmp_path: Path, kept: int) -> None:
    whole = gzip.compress(b"id,text\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(5000)))
    assert "cut off" in _refusal(_write(tmp_path, whole[:kept], "cut.csv.gz"))


def test_a_gzip_that_expands_without_end_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, gzip.compress(b"id,text\n" + b"1,a\n" * 25_000_000, 9), "bomb.csv.gz")
    assert "expands" in _refusal(path)


def test_missing_files_folders_and_devices_are_refused(tmp_path: Path) -> None:
    assert "no such file" in _refusal(tmp_path / "nowhere.csv")
    assert "folder" in _refusal(tmp_path)
    assert "device" in _refusal(Path("/dev/zero"))
    assert "name" in _refusal(Path("a" * 5000))
    assert "name" in _refusal(Path("nul\0byte.csv"))


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    content = b"id,text\n1," + b"x" * (MAX_LINE_CHARACTERS + 5) + b"\n"
    assert "longer than" in _refusal(_write(tmp_path, content))
    assert "columns" in _refusal(_write(tmp_path, b",".join(b"c%d" % n for n in range(3000)) + b"\n1,2\n"))


def test_column_names_are_unique_and_never_empty(tmp_path: Path) -> None:
    header, _ = _read(_write(tmp_path, b",Name,name,Name\n1,2,3,4\n"))
    assert header == ("column 1", "Name", "name", "Name (2)")


def test_a_declared_separator_is_used(tmp_path: Path) -> None:
    header, rows = _read(_write(tmp_path, b"sep=;\r\nid;a,b\r\n1;2,3\r\n"))
    assert header == ("id", "a,b")
    assert [(row.line, list(row.cells)) for row in rows] == [(3, ["1", "2,3"])]


def test_a_delimiter_at_the_end_of_every_row_is_no_fault_but_in_one_row_it_is(tmp_path: Path) -> None:
    header, rows = _read(_write(tmp_path, b"id,text\n1,a,\n2,b,\n"))
    assert header == ("id", "text", "column 3")
    assert not any(row.fault for row in rows)
    _, rows = _read(_write(tmp_path, b"id,text\n1,a,\n2,b\n"))
    assert [bool(row.fault) for row in rows] == [True, False]


def test_reading_stops_when_asked(tmp_path: Path) -> None:
    def stop(_message: str, _share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled), open_table(_write(tmp_path, b"id,text\n1,2\n"), progress=stop):
        pass


@pytest.mark.parametrize(
    ("name", "rows", "faults"),
    [
        ("boston311-100.csv", 100, []),
        ("boston311-dmy-100.csv", 100, []),
        ("boston311-100-bad.tsv", 100, [41]),
        ("data.csv", 1200, []),
    ],
)
def test_dirty_files_are_read_whole(shared: Path, name: str, rows: int, faults: list[int]) -> None:
    _, read = _read(shared / "realdata" / "dirty_files" / name)
    assert len(read) == rows
    assert [row.line for row in read if row.fault] == faults
