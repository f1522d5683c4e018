"""Files of a briefing. Each kind of file is a function from a briefing to bytes, named by its suffix."""

import io
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from data.briefing_pages.parts import Paper
from data.stores import SqlStore
from data.writing import csv_writer, replaced_bytes, safe_cell
from problems.briefing.briefing import Briefing
from problems.briefing.rows import COLUMNS, rows_of
from problems.errors import InputRefused
from problems.store import Store

#: Makes the bytes of a file from a briefing. It asks nothing else, so that the same briefing is the same file.
Renderer = Callable[[Briefing], bytes]


def briefing_csv(briefing: Briefing) -> bytes:
    """Return the annex: every figure with n, interval, unit, sentence and the list behind it, one row each.

    UTF-8 with every cell in quotation marks; what a spreadsheet would run as a formula gets an apostrophe in front.
    The same briefing gives the same bytes.
    """
    out = io.StringIO(newline="")
    writer = csv_writer(out)
    writer.writerow(COLUMNS)
    for row in rows_of(briefing):
        writer.writerow([safe_cell(one) if isinstance(one, str) else one for one in row.cells])
    return out.getvalue().encode()


def _pdf(briefing: Briefing, paper: Paper = Paper.A4) -> bytes:
    from data.briefing_pages.pdf_file import briefing_pdf

    return briefing_pdf(briefing, paper)


def _pptx(briefing: Briefing) -> bytes:
    from data.briefing_pages.pptx_file import briefing_pptx

    return briefing_pptx(briefing)


def _html(briefing: Briefing) -> bytes:
    from data.briefing_pages.html_file import briefing_html

    return briefing_html(briefing)


#: The files that can be written, by suffix. What makes them is imported when it is needed.
RENDERERS: Final[Mapping[str, Renderer]] = {".pdf": _pdf, ".pptx": _pptx, ".html": _html, ".csv": briefing_csv}


def renderer_for(out: Path, paper: Paper = Paper.A4) -> Renderer:
    """Return what makes the file ``out``; pages are of that ``paper``.

    Raises
    ------
    InputRefused
        When its suffix names no kind of file.
    """
    found = RENDERERS.get(out.suffix.casefold())
    if found is None:
        kinds = ", ".join(RENDERERS)
        why = f"“{out.suffix}” is no kind of file for a briefing." if out.suffix else "Its name has no suffix."
        raise InputRefused(f"The briefing cannot be written to {out.name}.", why, f"Kinds are: {kinds}.")
    return partial(_pdf, paper=paper) if found is _pdf else found


def write_briefing(store: Store, briefing: Briefing, out: Path, paper: Paper = Paper.A4) -> None:
    """Write a briefing to a file of the kind that its suffix names: whole, or not at all.

    Raises
    ------
    InputRefused
        When there is no such kind, or the file cannot be written there: above all not over the store.
    """
    render = renderer_for(out, paper)
    asked = f"The briefing cannot be written to {out}."
    if isinstance(store, SqlStore) and store.owns(out):
        raise InputRefused(asked, "That file belongs to the store itself.", "Name another file.")
    content = render(briefing)
    with replaced_bytes(asked, out) as stream:
        stream.write(content)
