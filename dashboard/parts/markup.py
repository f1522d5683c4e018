"""Finished markup: the one door through which HTML reaches a page.

Text that people or feeds wrote may hold anything. It becomes :class:`~dashboard.design.Html` only by
:func:`~dashboard.design.safe_html`, and only ``Html`` is drawn; it never passes through Markdown, where an
image in a street name would make every reader's browser call a foreign server.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from dashboard import design
from dashboard.design import Html, safe_html
from dashboard.session import stays
from problems.problem import Problem, ProblemStatus

_SHEET: Final = Path(__file__).parents[1] / "assets" / "parts.css"


def joined(parts: Iterable[Html], separator: str = "") -> Html:
    """Return finished pieces one after the other."""
    return Html(separator.join(parts))


def element(tag: str, *children: object, css: str = "", **attributes: str) -> Html:
    """Return an element with escaped children and attributes; ``aria_label`` becomes ``aria-label``."""
    if tag == "br":
        return Html("<br>")  # a closing tag would be read as a second one
    closing = "" if tag == "img" else f"</{tag}>"
    given = {"class": css, **{name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}}
    written = "".join(f' {name}="{safe_html(value)}"' for name, value in given.items() if value != "")
    return Html(f"<{tag}{written}>{joined(safe_html(child) for child in children)}{closing}")


def address(path: str, query: Mapping[str, str] | None = None) -> str:
    """Return an address of our own with its parameters, with whom the person works as, and how it is shown.

    A link loads the page anew, so what is not in the address is forgotten. The bar takes it out of the address of
    the page that it goes to, so it is not taken from there.
    """
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError(f"not an address of our own: {path}")
    given = {**(query or {}), **stays()}
    return f"{path}?{urlencode(given)}" if given else path


def link(path: str, text: object, *, query: Mapping[str, str] | None = None, css: str = "fx-link") -> Html:
    """Return a link to one of our own pages."""
    return element("a", text, css=css, href=address(path, query), target="_self")


def problem_link(problem: Problem) -> Html:
    """Return a link to a problem's page: its reference and name."""
    return link("/problem", f"{problem.ref} {problem.name}", query={"problem": problem.ref})


def status_mark(status: ProblemStatus) -> Html:
    """Return shape, colour and words of a problem's status."""
    return Html(design.status_html(status.remediation, status.label))


def table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    numeric: Sequence[int] = (),
    narrow_without: Sequence[int] = (),
    stacked: bool = False,
) -> Html:
    """Return a plain table that a screen reader can walk; ``numeric`` columns are set to the right.

    ``narrow_without`` are columns that a narrow screen leaves out; a ``stacked`` table shows there the
    cells of a row one below the other, each with its heading. Unlike in
    :func:`dashboard.design.plain_table` a cell may be finished :class:`Html`, such as a link.
    """
    kinds = [
        " ".join(["fx-number"] * (at in numeric) + ["fx-wide"] * (at in narrow_without)) for at in range(len(headings))
    ]
    head = joined(
        element("th", name, scope="col", css=kinds[at], role="columnheader") for at, name in enumerate(headings)
    )
    body = joined(
        element(
            "tr",
            joined(
                element("td", cell, css=kinds[at], role="cell", data_head=headings[at] if stacked else "")
                for at, cell in enumerate(row)
            ),
            role="row",
        )
        for row in rows
    )
    drawn = element(
        "table",
        element("caption", caption, css="fx-unseen"),
        element("thead", element("tr", head, role="row"), role="rowgroup"),
        element("tbody", body, role="rowgroup"),
        css="fx-table fx-stacked" if stacked else "fx-table",
        # Where a narrow screen lays cells out as blocks, browsers forget that it is a table.
        role="table",
    )
    return element("div", drawn, css="fx-table-wrap fx-whole", tabindex="0", role="region", aria_label=caption)


def facts(pairs: Sequence[tuple[str, object]]) -> Html:
    """Return terms with their values, two or three to a row where there is room."""
    rows = joined(element("div", element("dt", name), element("dd", value)) for name, value in pairs)
    return element("dl", rows, css="fx-facts")


def terms(pairs: Sequence[tuple[str, object]]) -> Html:
    """Return terms with their values beside them, one pair a line."""
    return Html(design.terms(pairs))


def draw(markup: Html) -> None:
    """Draw finished markup on the page; plain strings are refused, so that nothing slips through."""
    if not isinstance(markup, Html):
        raise TypeError("only finished markup is drawn: pass text through safe_html")
    st.html(markup)


def show_sheet() -> None:
    """Add the style sheet of the parts to the page; its colours are the tokens of the design."""
    st.html(_SHEET)


def section(title: str, note: str = "") -> None:
    """Draw a section's heading with an optional quiet remark."""
    draw(Html(design.section_head(title, note)))


def page_head(title: str, lead: str = "", *, kicker: str = "") -> None:
    """Draw the head of a page."""
    draw(Html(design.page_head(title, lead, kicker=kicker)))


def key_figures(figures: Sequence[tuple[str, int | str, str]]) -> None:
    """Draw key figures: name, value, and what to compare it with (may be empty)."""
    draw(Html(design.key_figures([design.KeyFigure(name, f"{value}", note) for name, value, note in figures])))
