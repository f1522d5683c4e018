"""Open the table in a file, whatever format it has.

Every format gives the same: a header, notes for people, and the rows one by one or in blocks of
columns. What the file is, its content says; its name is never trusted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.reading.blocks import BLOCK_ROWS, Block, Row, Table
from data.reading.delimited import open_delimited
from data.reading.files import FileFacts, inspect
from data.reading.formats import Kind
from data.reading.guarded import open_guarded
from problems.progress import Progress, silent

__all__ = ["BLOCK_ROWS", "Block", "Row", "Table", "open_table"]


@contextmanager
def open_table(path: Path, *, facts: FileFacts | None = None, progress: Progress = silent) -> Iterator[Table]:
    """Open the table in ``path``.

    Parameters
    ----------
    facts
        What :func:`data.reading.files.inspect` found, where the file was inspected before.

    Raises
    ------
    InputRefused
        One sentence about why the file cannot be read; see :func:`data.reading.files.inspect`.
    """
    facts = facts or inspect(path, progress=progress)
    opened = open_delimited(path, facts) if facts.kind is Kind.DELIMITED else open_guarded(facts, progress)
    with opened as table:
        yield table
