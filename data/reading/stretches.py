"""Cut a stretch of delimited text into columns at once, where that gives what the exact reader gives.

What could be read in two ways (a quotation mark inside a cell, a lone carriage return, a NUL, a row of
another width) is not read here: the caller reads that stretch row by row.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from data.reading.blocks import MAX_CELL_CHARACTERS

Integers = npt.NDArray[np.int64]

_NEWLINE, _RETURN, _QUOTE = ord("\n"), ord("\r"), ord('"')
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole rows. ``lines`` is the line of each, ``count`` how many lines there are, blank ones among them."""

    lines: Integers
    columns: tuple[pa.Array, ...]
    count: int


def read_stretch(text: str, first_line: int, delimiter: str, width: int) -> Stretch | None:
    """Cut whole lines of text into ``width`` columns, or return None where they must be read one by one.

    Parameters
    ----------
    first_line
        The number of the first line of ``text`` in its file.
    """
    letters = text.encode()
    if width < 2 or b"\0" in letters or letters.startswith(_BYTE_ORDER_MARK):
        return None
    if b"\r" in letters and letters.count(b"\r") != letters.count(b"\r\n"):
        return None
    coded = np.frombuffer(letters, dtype=np.uint8)
    line_ends = np.flatnonzero(coded == _NEWLINE)
    if not letters.endswith(b"\n"):
        line_ends = np.append(line_ends, len(letters))
    row_ends = line_ends
    if b'"' in letters:
        quotes = np.flatnonzero(coded == _QUOTE)
        if len(quotes) % 2 or not _are_plain(coded, quotes, ord(delimiter)):
            return None
        row_ends = line_ends[np.searchsorted(quotes, line_ends) % 2 == 0]
    starts = np.concatenate([[0], row_ends[:-1] + 1])
    lengths = row_ends - starts
    lengths -= (lengths > 0) & (coded[np.maximum(row_ends, 1) - 1] == _RETURN)
    if lengths.max(initial=0) > MAX_CELL_CHARACTERS:
        return None
    lines = first_line + np.searchsorted(line_ends, starts)[lengths > 0]
    columns = _columns(letters, delimiter, width, quoted_lines=len(row_ends) < len(line_ends))
    if columns is None or len(columns[0]) != len(lines):
        return None
    if (lengths < 3 * width).any():
        lines, columns = _filled(lines, columns)
    return Stretch(lines, columns, len(line_ends))


def _are_plain(coded: npt.NDArray[np.uint8], quotes: Integers, delimiter: int) -> bool:
    """Tell whether quotation marks stand round whole cells only, or twice inside such a cell."""
    opening, closing = quotes[::2], quotes[1::2]
    before = coded[np.maximum(opening, 1) - 1]
    opens = (opening == 0) | (before == delimiter) | (before == _NEWLINE)
    opens[1:] |= opening[1:] == closing[:-1] + 1
    after = coded[np.minimum(closing + 1, len(coded) - 1)]
    closes = (closing == len(coded) - 1) | (after == delimiter) | (after == _NEWLINE) | (after == _RETURN)
    closes[:-1] |= closing[:-1] + 1 == opening[1:]
    return bool(opens.all() and closes.all())


def _columns(letters: bytes, delimiter: str, width: int, *, quoted_lines: bool) -> tuple[pa.Array, ...] | None:
    names = [str(place) for place in range(width)]
    try:
        table = csv.read_csv(
            pa.BufferReader(letters),
            read_options=csv.ReadOptions(column_names=names, block_size=len(letters) + 1, use_threads=False),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=quoted_lines),
            convert_options=csv.ConvertOptions(
                check_utf8=False, column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return tuple(column.combine_chunks() for column in table.columns)


def _filled(lines: Integers, columns: tuple[pa.Array, ...]) -> tuple[Integers, tuple[pa.Array, ...]]:
    """Leave out the rows in which every cell is empty."""
    empty = np.ones(len(lines), dtype=np.bool_)
    for column in columns:
        empty &= pc.equal(column, "").to_numpy(zero_copy_only=False)
        if not empty.any():
            return lines, columns
    keep = pa.array(~empty)
    return lines[~empty], tuple(column.filter(keep) for column in columns)
