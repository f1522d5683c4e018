"""What every table gives, whatever its file is: a header, and its rows one by one or block by block."""

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.reading.files import FileFacts

BLOCK_ROWS = 20_000
MAX_COLUMNS = 2_000
MAX_CELL_CHARACTERS = 131_072


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file. ``fault`` says why it cannot be a report, if it cannot."""

    line: int
    cells: Sequence[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a table, column by column.

    Attributes
    ----------
    lines
        Line of each row in the file, or its number among the records, shape (n,), rising.
    columns
        One array of text for each column of the header, each of length n; "" where nothing stands,
        never null.
    faults
        The rows of this stretch that could not be cut into cells, in order; they are not in ``columns``.
    """

    lines: NDArray[np.int64]
    columns: tuple[pa.Array, ...]
    faults: tuple[Row, ...] = ()

    @classmethod
    def of_rows(cls, rows: Iterable[Row], width: int) -> "Block":
        """Gather rows of ``width`` cells, with those that bear a fault apart."""
        whole: list[Row] = []
        faults: list[Row] = []
        for row in rows:
            (faults if row.fault else whole).append(row)
        return cls(
            np.fromiter((row.line for row in whole), np.int64, len(whole)),
            tuple(pa.array([row.cells[place] for row in whole], pa.string()) for place in range(width)),
            tuple(faults),
        )

    def rows(self) -> Iterator[Row]:
        """Go through all rows in the order of the file, with the faults at their place."""
        faults = iter(self.faults)
        fault = next(faults, None)
        texts = [column.to_pylist() for column in self.columns]
        for place, line in enumerate(self.lines.tolist()):
            while fault is not None and fault.line < line:
                yield fault
                fault = next(faults, None)
            yield Row(line, [column[place] for column in texts])
        if fault is not None:
            yield fault
            yield from faults


#: Text of a block that is gathered row by row: rows may be long.
_BLOCK_CHARACTERS = 4 << 20
#: Where rows are slow to read, what there is after so many seconds is a block: whoever waits can stop at it.
_BLOCK_S = 1.0


def in_blocks(rows: Iterable[Row], width: int) -> Iterator[Block]:
    """Gather rows into blocks that are bounded in rows, in text and in time; a cell that is too long is a fault."""
    taken: list[Row] = []
    characters = 0
    since = time.monotonic()
    for row in rows:
        length = sum(map(len, row.cells))
        if length > MAX_CELL_CHARACTERS and not row.fault and max(map(len, row.cells)) > MAX_CELL_CHARACTERS:
            cells = [cell[:500] for cell in row.cells]
            row = Row(row.line, cells, f"A cell is longer than {MAX_CELL_CHARACTERS:,} characters.")  # noqa: PLW2901 - the row as it is kept
            length = sum(map(len, cells))
        taken.append(row)
        characters += length
        if len(taken) >= BLOCK_ROWS or characters > _BLOCK_CHARACTERS or time.monotonic() - since > _BLOCK_S:
            yield Block.of_rows(taken, width)
            taken, characters = [], 0
            since = time.monotonic()
    if taken:
        yield Block.of_rows(taken, width)


class Table(ABC):
    """An opened table: its header, and its rows once through in order.

    Attributes
    ----------
    header
        Unique names, none of them empty.
    format_name
        What the file is, for people: "CSV, comma" or "Excel workbook, sheet “Reports”".
    notes
        What a person should know about how the file was read.
    repeated
        Names that more than one column has; the second is told apart as "Name (2)".
    """

    facts: FileFacts
    header: tuple[str, ...]
    format_name: str
    notes: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Go through the rows after the header; blank rows are passed over.

        A row that cannot be cut into the cells of the header carries a ``fault``; reading goes on
        with the next one.
        """

    def blocks(self, max_rows: int = BLOCK_ROWS) -> Iterator[Block]:
        """Go through the same rows in blocks of at most ``max_rows``."""
        rows = self.rows()
        while taken := list(islice(rows, max_rows)):
            yield Block.of_rows(taken, len(self.header))

    @abstractmethod
    def share_read(self) -> float:
        """Return how much of the file has been read, 0 to 1."""


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Return every column's name, made unique; a column without a name is called by its place."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(header, start=1):
        name = wanted = " ".join(cell.split()) or f"column {place}"
        again = 2
        while name in taken:
            name = f"{wanted} ({again})"
            again += 1
        taken.add(name)
        names.append(name)
    return tuple(names)


def repeated_names(header: Sequence[str]) -> tuple[str, ...]:
    """Return the names that more than one column has."""
    counted = Counter(" ".join(cell.split()) for cell in header)
    return tuple(name for name, times in counted.items() if name and times > 1)
