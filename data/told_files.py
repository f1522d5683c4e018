"""Files of “You said, we did”: each kind a function from the fixes to bytes, named by its suffix."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from data.stores import SqlStore
from data.writing import replaced_bytes
from problems.errors import InputRefused
from problems.file_names import plain_name
from problems.fixes.digest import Digest
from problems.store import Store

Renderer = Callable[[Digest], bytes]


def _html(digest: Digest) -> bytes:
    from data.told_pages.html_file import told_html

    return told_html(digest)


def _pdf(digest: Digest) -> bytes:
    from data.told_pages.pdf_file import told_pdf

    return told_pdf(digest)


#: The files that can be written, by suffix. What makes them is imported when it is needed.
TOLD_RENDERERS: Final[Mapping[str, Renderer]] = {".html": _html, ".pdf": _pdf}


def told_renderer(out: Path) -> Renderer:
    """Return what makes the file ``out``.

    Raises
    ------
    InputRefused
        When its suffix names no kind of file.
    """
    found = TOLD_RENDERERS.get(out.suffix.casefold())
    if found is None:
        why = f"“{out.suffix}” is no kind of file for it." if out.suffix else "Its name has no suffix."
        raise InputRefused(f"The fixes cannot be written to {out.name}.", why, "Kinds are: .html, .pdf.")
    return found


def write_told(store: Store, digest: Digest, out: Path) -> None:
    """Write the fixes to a file of the kind that its suffix names: whole, or not at all.

    Raises
    ------
    InputRefused
        When there is no such kind, or the file cannot be written there: above all not over the store.
    """
    render = told_renderer(out)
    asked = f"The fixes cannot be written to {out}."
    if isinstance(store, SqlStore) and store.owns(out):
        raise InputRefused(asked, "That file belongs to the store itself.", "Name another file.")
    content = render(digest)
    with replaced_bytes(asked, out) as stream:
        stream.write(content)


def told_file_name(digest: Digest) -> str:
    """Return what a file is called, without its suffix: place, time and day of knowledge, in plain letters."""
    named = plain_name(digest.area)
    period = digest.period
    head = f"you-said-we-did-{named}" if named else "you-said-we-did"
    return f"{head}-{period.first.isoformat()}-to-{period.last.isoformat()}-known-{digest.known_on.isoformat()}"
