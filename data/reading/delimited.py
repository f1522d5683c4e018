"""Read a table of delimited text safely: exact line numbers, bounded memory, no row lost in silence.

The standard ``csv`` module does the quoting, row by row, and finds the line of every row that is broken.
Stretches in which nothing is broken are cut into columns by pyarrow, to the same result.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from data.reading.blocks import (
    BLOCK_ROWS,
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    Block,
    Row,
    Table,
    column_names,
    repeated_names,
)
from data.reading.files import MAX_LINE_CHARACTERS, FileFacts, asked_for, open_bytes
from data.reading.stretches import Stretch, read_stretch
from problems.errors import InputRefused

_MAX_REPAIRS = 1_000
#: Beyond so many faulty rows, when they are more than the good ones, the file is no table.
_FAULTY_FROM = 1_000
_DELIMITERS = (",", ";", "\t", "|")
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_SAMPLE_LINES = 200
_BYTES_AT_ONCE = 1 << 20
_LINE_END = re.compile(r"\r\n?|\n")
#: Characters that are cut into columns at once. Where that fails, ever fewer are tried, down to the least.
_FIRST_STRETCH, _LEAST_STRETCH, _MOST_STRETCH = 1 << 18, 1 << 14, 1 << 22


class DelimitedTable(Table):
    """A table of text: one row per line, cells between delimiters."""

    def __init__(self, facts: FileFacts, delimiter: str, header: Sequence[str], lines: "_Lines", raw: BinaryIO) -> None:
        self.facts = facts
        self.header = column_names(header)
        self.format_name = f"CSV, {_DELIMITER_NAMES[delimiter]}"
        self.notes = (facts.note,) if facts.note else ()
        self.repeated = repeated_names(header)
        self._delimiter = delimiter
        self._lines = lines
        self._raw = raw
        self._good = self._faulty = 0

    def share_read(self) -> float:
        """Return how much of the stored file has been read, 0 to 1."""
        return min(1.0, self._raw.tell() / max(1, self.facts.size_bytes))

    def rows(self) -> Iterator[Row]:
        """Go through the rows after the header; blank rows are passed over.

        A row with too many or too few cells, an unreadable character or a quotation mark that is
        never closed carries a ``fault``; reading goes on with the next line.
        """
        return self._rows(_records(self._lines, self._delimiter))

    def blocks(self, max_rows: int = BLOCK_ROWS) -> Iterator[Block]:
        """Go through the same rows in blocks of at most ``max_rows``."""
        width = len(self.header)
        rows = self._rows(_records(self._lines, self._delimiter))
        size = _FIRST_STRETCH
        # Where one stretch after the other is odd, ever more is read row by row before columns are tried again.
        least = _LEAST_STRETCH
        while text := self._lines.ahead(size):
            stretch = read_stretch(text, self._lines.number + 1, self._delimiter, width)
            if stretch is not None:
                self._lines.pass_over(text, stretch.count)
                self._good += len(stretch.lines)
                yield from _cut(stretch, max_rows)
                row_characters = len(text) / max(1, len(stretch.lines))
                least = _LEAST_STRETCH
                size = min(2 * size, _MOST_STRETCH, max(least, int(row_characters * max_rows * 0.95)))
            elif size > least:
                size = max(least, size // 4)
            else:
                until = self._lines.number + sum(1 for _ in io.StringIO(text, newline=""))
                yield from self._exact_blocks(rows, until, max_rows)
                size = least = min(2 * least, _MOST_STRETCH)

    def _exact_blocks(self, rows: Iterator[Row], until: int, max_rows: int) -> Iterator[Block]:
        """Read row by row up to the line ``until`` at least."""
        taken: list[Row] = []
        for row in rows:
            taken.append(row)
            if len(taken) == max_rows or self._lines.number >= until:
                yield Block.of_rows(taken, len(self.header))
                taken = []
                if self._lines.number >= until:
                    return
        if taken:
            yield Block.of_rows(taken, len(self.header))

    def _rows(self, records: Iterator[tuple[int, Sequence[str], str]]) -> Iterator[Row]:
        width = len(self.header)
        for line, cells, fault in records:
            if not fault and len(cells) == width:
                # A row of empty cells is what a spreadsheet leaves below a table: no report is in it.
                if any(cells):
                    self._good += 1
                    yield Row(line, cells)
            elif fault or any(cell.strip() for cell in cells):
                self._note_faulty(line)
                yield Row(line, cells, fault or f"The row has {len(cells)} cells, but the table has {width} columns.")

    def _note_faulty(self, line: int) -> None:
        """Refuse to go on where most rows cannot be read."""
        self._faulty += 1
        if self._faulty > _FAULTY_FROM and self._faulty > self._good:
            raise InputRefused(
                asked_for(self.facts.path),
                f"Up to line {line:,}, {self._faulty:,} rows cannot be cut into the columns of the table, and only"
                f" {self._good:,} can: perhaps a quotation mark is never closed.",
                "Look at its first lines, and export it again.",
            )


def _cut(stretch: Stretch, max_rows: int) -> Iterator[Block]:
    for first in range(0, len(stretch.lines), max_rows):
        rows = slice(first, first + max_rows)
        yield Block(stretch.lines[rows], tuple(column[rows] for column in stretch.columns))


@contextmanager
def open_delimited(path: Path, facts: FileFacts) -> Iterator[Table]:
    """Open the table of text in ``path``, whose first pass found ``facts``."""
    try:
        with open_bytes(path) as (stream, raw):
            yield _open(path, facts, _Lines(path, stream, facts.encoding), raw)
    except UnicodeDecodeError as error:
        raise InputRefused(asked_for(path), "The file changed while it was being read.", "Try again.") from error
    except OSError as error:
        raise InputRefused(asked_for(path), f"{error.strerror or 'It could not be read'}.", "") from error


def _open(path: Path, facts: FileFacts, lines: "_Lines", raw: BinaryIO) -> DelimitedTable:
    sample = lines.peek(_SAMPLE_LINES)
    declared = _declared_delimiter(sample[0]) if sample else ""
    if declared:
        lines.skip(1)
        sample = sample[1:]
    delimiter = declared or _find_delimiter(path, sample)
    header: Sequence[str] = ()
    for _line, cells, fault in _records(lines, delimiter):
        if fault:
            raise InputRefused(asked_for(path), f"The row of column names cannot be read: {fault}", "")
        if any(cell.strip() for cell in cells):
            header = cells
            break
    if not header:
        raise InputRefused(asked_for(path), "It holds no column names.", "The first row must name the columns.")
    if len(header) > MAX_COLUMNS:
        raise InputRefused(asked_for(path), f"It has {len(header)} columns; {MAX_COLUMNS} are possible.", "")
    if _ends_in_delimiters(sample, delimiter, len(header)):
        header = [*header, ""]
    return DelimitedTable(facts, delimiter, header, lines, raw)


def _declared_delimiter(first: str) -> str:
    """Return the delimiter that a ``sep=;`` line of a spreadsheet declares, or nothing."""
    told = first.strip().casefold()
    return told[4] if len(told) == 5 and told.startswith("sep=") and told[4] in _DELIMITERS else ""


def _find_delimiter(path: Path, sample: Sequence[str]) -> str:
    best, best_score = "", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = [len(cells) for cells in _sample_rows(sample, delimiter) if any(cells)]
        if not widths or widths[0] < 2:
            continue
        score = (round(Counter(widths)[widths[0]] / len(widths), 1), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    if not best:
        raise InputRefused(
            asked_for(path),
            "No columns were found in it.",
            "The first row must hold column names, separated by commas, semicolons, tabs or vertical bars.",
        )
    return best


def _sample_rows(sample: Sequence[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(sample, delimiter=delimiter))
    except csv.Error:
        # The sample may end inside quotes or hold a broken row: what was read before it decides.
        return rows
    return rows


def _ends_in_delimiters(sample: Sequence[str], delimiter: str, width: int) -> bool:
    """Tell whether every row but the header ends in one more delimiter, as some exports write them.

    A single row like that is faulty: a delimiter inside a cell may have shifted all that follows.
    """
    rows = [cells for cells in _sample_rows(sample, delimiter) if any(cells)][1:]
    return bool(rows) and all(len(cells) == width + 1 and not cells[-1] for cells in rows)


class _Lines:
    """The physical lines of a text, numbered, with bounded length and lines put back for repair."""

    def __init__(self, path: Path, stream: BinaryIO, encoding: str) -> None:
        self._path = path
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._waiting: list[str] = []
        #: Text that was read; what stands before ``_at`` was taken.
        self._text = ""
        self._at = 0
        self._all_read = False
        self.number = 0
        self.taken: list[str] = []
        self.ended = False

    def peek(self, count: int) -> list[str]:
        """Return the next lines without taking them."""
        while len(self._waiting) < count and (line := self._read()):
            self._waiting.insert(0, line)
        return self._waiting[: -count - 1 : -1]

    def skip(self, count: int) -> None:
        for _ in range(count):
            next(self, "")
        self.taken.clear()

    def ahead(self, characters: int) -> str:
        """Return whole lines of about so many characters without taking them; nothing at the end."""
        if self._waiting:
            self._text = "".join(reversed(self._waiting)) + self._text[self._at :]
            self._at = 0
            self._waiting.clear()
        self._read_on(characters)
        if len(self._text) - self._at <= characters and self._all_read:
            return self._text[self._at :]
        end = self._text.rfind("\n", self._at, self._at + characters) + 1
        if not end:
            # Lines that end in a carriage return alone: not the last of them, after which a line feed may follow.
            end = self._text.rfind("\r", self._at, self._at + characters - 1) + 1
        return self._text[self._at : end] if end else self._look_at_line()

    def pass_over(self, text: str, lines: int) -> None:
        """Take what :meth:`ahead` returned, which is ``lines`` lines."""
        self._at += len(text)
        self.number += lines
        self.taken.clear()

    def _read_on(self, characters: int) -> None:
        """Read until so many characters wait, or all of the file has been read."""
        if self._all_read or len(self._text) - self._at >= characters:
            return
        parts, waiting = [self._text[self._at :]], len(self._text) - self._at
        while waiting < characters and not self._all_read:
            some = self._stream.read(_BYTES_AT_ONCE)
            self._all_read = not some
            parts.append(self._decoder.decode(some, final=not some))
            waiting += len(parts[-1])
        self._text, self._at = "".join(parts), 0

    def _look_at_line(self) -> str:
        """Return the next line, with what ends it: a line feed, a carriage return, or both."""
        wanted = _LEAST_STRETCH
        while True:
            self._read_on(wanted)
            found = _LINE_END.search(self._text, self._at)
            # After a carriage return at the very end of what was read, a line feed may follow.
            if self._all_read or (found and found.end() < len(self._text)):
                return self._text[self._at : found.end() if found else len(self._text)]
            if wanted > MAX_LINE_CHARACTERS:
                return self._text[self._at :]
            wanted *= 4

    def put_back(self, lines: Sequence[str]) -> None:
        self._waiting.extend(reversed(lines))
        self.number -= len(lines)
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._waiting.pop() if self._waiting else self._read()
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    def _read(self) -> str:
        line = self._look_at_line()
        self._at += len(line)
        if len(line) > MAX_LINE_CHARACTERS:
            raise InputRefused(
                asked_for(self._path),
                f"Line {self.number + len(self._waiting) + 1} is longer than {MAX_LINE_CHARACTERS:,} characters.",
                "A table has one report per line: export it again.",
            )
        return line


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, Sequence[str], str]]:
    """Yield (first line, cells, fault) of every record.

    A record that swallows the rest of the file, or a cell that grows past the limit, has an
    unclosed quotation mark: only its first line is given up and reading goes on with the next.
    """
    repairs = 0
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.taken.clear()
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        if not cells and not lines.ended and len(lines.taken) == 1 and not lines.taken[0].strip():
            continue
        if cells and not lines.ended:
            bad = "\0" in lines.taken[0] if len(lines.taken) == 1 else any("\0" in taken for taken in lines.taken)
            yield first, cells, "The row holds characters that are not text." if bad else ""
            continue
        repairs += 1
        broken, *others = lines.taken
        if repairs > _MAX_REPAIRS:
            raise InputRefused(
                f"The file cannot be read past line {first}.",
                f"More than {_MAX_REPAIRS:,} rows hold a quotation mark that is never closed.",
                "Export it again.",
            )
        lines.put_back(others)
        reader = csv.reader(lines, delimiter=delimiter)
        yield first, broken.rstrip("\r\n").split(delimiter), _fault_of(broken)


def _fault_of(line: str) -> str:
    if len(line) > MAX_CELL_CHARACTERS:
        return f"A cell is longer than {MAX_CELL_CHARACTERS:,} characters."
    return "A quotation mark is opened and never closed."
