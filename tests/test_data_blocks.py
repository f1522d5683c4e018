"""Text that is cut into columns at once gives the rows, lines and faults that reading row by row gives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.reading import delimited
from data.reading.stretches import read_stretch
from data.reading.tables import Row, open_table

_PLAIN = st.text(st.sampled_from("abcé7 .;|'"), max_size=6)
_ODD = st.sampled_from(['"', '""', 'a"b', '"x', 'x"', "\r", "a\nb", "\ufeff", " ", '"" x'])
_CELL = st.one_of(_PLAIN, _PLAIN, _PLAIN, st.builds('"{}"'.format, _PLAIN), _ODD)
_QUOTED = st.builds('"{}\n{}"'.format, _PLAIN, _PLAIN)
_ROW = st.lists(st.one_of(_CELL, _QUOTED), min_size=1, max_size=4).map(",".join)
_WHOLE = st.tuples(_CELL, _CELL, _CELL).map(",".join)
_LINES = st.lists(st.one_of(_WHOLE, _WHOLE, _WHOLE, _ROW, st.just(""), st.just(",,")), max_size=30)


@pytest.fixture(autouse=True)
def _small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_FIRST_STRETCH", 64)
    monkeypatch.setattr(delimited, "_LEAST_STRETCH", 8)
    monkeypatch.setattr(delimited, "_MOST_STRETCH", 256)


def _rows(path: Path) -> list[tuple[int, list[str], str]]:
    with open_table(path) as table:
        return [(row.line, list(row.cells), row.fault) for row in table.rows()]


def _block_rows(path: Path, max_rows: int) -> Iterator[Row]:
    with open_table(path) as table:
        for block in table.blocks(max_rows):
            rows = list(block.rows())
            assert 0 < len(rows) <= max_rows
            yield from rows


def _check(path: Path, text: str, max_rows: int) -> None:
    path.write_bytes(text.encode())
    assert [(row.line, list(row.cells), row.fault) for row in _block_rows(path, max_rows)] == _rows(path)


@given(
    lines=_LINES, ending=st.sampled_from(["\n", "\r\n"]), last=st.booleans(), max_rows=st.integers(1, 9)
)  # fmt: skip
@example(lines=['"a",b,c', "", "d,e,f"], ending="\r\n", last=False, max_rows=1)
@example(lines=['a,"b\nb",c', "d,e,f", "g,h"], ending="\n", last=True, max_rows=9)
@example(lines=["a,b,c", '"d,e,f', "g,h,i", "j,k,l"], ending="\n", last=True, max_rows=9)
@example(lines=["a,b,c", ",,", '"",,""', " ,,", "d,e,f"], ending="\n", last=True, max_rows=9)
def test_blocks_hold_the_rows_that_the_exact_reader_finds(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], ending: str, last: bool, max_rows: int
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    _check(path, ending.join(["one,two,three", "sure,is,here", *lines]) + (ending if last else ""), max_rows)


def test_one_broken_row_among_many_is_found_at_its_line_and_the_others_are_whole(tmp_path: Path) -> None:
    lines = ["id,text,place", *(f"{n},text {n},{n % 7}" for n in range(2_000))]
    lines[701] = "700,text,with,too,many"
    lines[1500] = '1499,"never closed,3'
    _check(tmp_path / "many.csv", "\n".join(lines) + "\n", 500)
    faults = [row for row in _block_rows(tmp_path / "many.csv", 500) if row.fault]
    assert [row.line for row in faults] == [702, 1501]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_blocks_are_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = "id;text\r\n" + "".join(f'{n};"Café {n}"\r\n' for n in range(200))
    path = tmp_path / "any.csv"
    path.write_bytes(text.encode(encoding))
    assert [list(row.cells) for row in _block_rows(path, 50)] == [[str(n), f"Café {n}"] for n in range(200)]


def test_a_stretch_knows_the_line_of_every_row() -> None:
    stretch = read_stretch('a,b\n"x\ny",z\n\nc,d\n', 10, ",", 2)
    assert stretch is not None
    assert stretch.lines.tolist() == [10, 11, 14]
    assert [column.to_pylist() for column in stretch.columns] == [["a", "x\ny", "c"], ["b", "z", "d"]]
    assert stretch.count == 5


@pytest.mark.parametrize("text", ['a"b,c\n', '"a"b,c\n', 'a, "b"\n', '"a,b\n', "a\rb,c\n", "a,b\0\n", "a,b,c\n", "a\n"])
def test_what_could_be_read_in_two_ways_is_left_to_the_exact_reader(text: str) -> None:
    assert read_stretch(text, 1, ",", 2) is None
