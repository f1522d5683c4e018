"""Rejected rows of one import as a file that can be corrected and imported again."""

import io
from typing import Final

from data.reading.numbers import read_number
from data.writing import csv_writer, safe_cell
from problems.errors import NotFound
from problems.reports import Batch
from problems.store import Store

#: Columns that are put behind those of the file; an import passes over them.
WHY_COLUMNS: Final = ("rejected: line", "rejected: column", "rejected: value", "rejected: why")
#: What stands in a kept row in place of who reported it.
_REPORTER_HIDDEN: Final = "[reporter]"


def rejected_csv(store: Store, batch_id: int) -> tuple[Batch, str]:
    """Return an import and its rejected rows: the columns of its file, then where each was wrong and why.

    Corrected and imported from the same source, the file adds those reports alone: what is here
    already is recognised. Contact details are masked, and text that a spreadsheet would run as a
    formula gets an apostrophe in front.

    Raises
    ------
    NotFound
        When there is no such import.
    """
    batch = next((one for one in store.batches() if one.id == batch_id), None)
    if batch is None:
        raise NotFound(f"There is no import {batch_id}.", "", "The Import page lists them all.")
    rows = store.rejected_rows(batch_id)
    columns = list(dict.fromkeys(column for row in rows for column in row.row))
    out = io.StringIO(newline="")
    writer = csv_writer(out)
    writer.writerow([*(safe_cell(column) for column in columns), *WHY_COLUMNS])
    for row in rows:
        told = (str(row.line), row.column, row.value, row.reason)
        writer.writerow([*(_cell(row.row.get(column, "")) for column in columns), *(safe_cell(one) for one in told)])
    return batch, out.getvalue()


def _cell(text: str) -> str:
    """Return a cell of the file as it was, unless a spreadsheet would run it; a longitude below 0 is a number."""
    if text == _REPORTER_HIDDEN:
        return ""  # imported again, all of them would become one and the same person
    return text if read_number(text) is not None else safe_cell(text)
