"""The rows of the lists behind figures: page by page, each row under its number, and whether it counts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.inbox_list import where
from dashboard.parts.markup import draw, link, table
from dashboard.parts.notices import remark
from dashboard.parts.reports_table import category_words
from dashboard.wording import NOTHING, day_of
from problems.inbox import Sight, sight_of
from problems.seeing import whole
from problems.use_cases.answer_changes import matters_of

_PAGE: Final = 50
#: The state of a report that is not kept any more: its import was undone.
TAKEN_BACK: Final = "Taken back since"
Row = tuple[object, ...]
#: The heads of a list, and its rows by the number of what they tell of.
Rows = tuple[tuple[str, ...], dict[int, Row]]


def paged(ids: Sequence[int], key: str) -> list[int]:
    """Return the rows of the page that is chosen; the choice is drawn where there are several."""
    pages = -(-len(ids) // _PAGE)
    chosen = st.number_input(f"Page, 1 to {pages:,}", 1, pages, key=key, width=150) if pages > 1 else 1
    start = (int(chosen) - 1) * _PAGE
    return list(ids[start : start + _PAGE])


def draw_rows(
    caption: str, rows: Rows, *, counted: Collection[int] | None, told: Mapping[int, str], said: str = ""
) -> None:
    """Draw a list; ``said`` heads what is told of each row: whether it is among the ``counted``, or its words."""
    heads, found = rows
    drawn = list(found.values())
    if counted is not None:
        heads = (*heads, said)
        drawn = [(*row, "Yes" if number in counted else "No") for number, row in found.items()]
    elif told:
        heads = (*heads, said)
        drawn = [(*row, told.get(number, NOTHING)) for number, row in found.items()]
    draw(table(caption, heads, drawn, stacked=True))


def told_in_all(number: str, counted: Collection[int] | None, after: str) -> None:
    """Say beneath a list how many rows it has on all its pages (“3 reports”), and how many of them count."""
    words = "" if counted is None else f", of which {len(counted):,} count{'s' if len(counted) == 1 else ''}"
    remark(f"{number} in all{words}. {after}")


def report_rows(desk: Desk, ids: Sequence[int], status: str) -> Rows:
    """Return reports as far as the reader may see them, under the head of their status: a row for each of the ids.

    One whose import was undone since is in the figures of the days before, and nothing of it is shown but that.
    """
    sight = sight_of(desk.principal)
    found: dict[int, Row] = {
        one.id: (
            link("/inbox", one.ref, query={"report": one.ref}) if sight is not Sight.NONE else one.ref,
            category_words(one.report.category, one.report.category_name),
            where(sight, one) if sight is not Sight.NONE else one.report.area or NOTHING,
            day_of(one.report.reported_at, desk.zone),
            one.status.label,
        )
        for one in matters_of(whole(desk.store), list(ids))
    }
    undone = whole(desk.store).reports([number for number in ids if number not in found])
    found |= {one.id: (one.ref, NOTHING, NOTHING, NOTHING, TAKEN_BACK) for one in undone}
    rows = {number: found[number] for number in ids if number in found}
    return ("Report", "Kind", "Where", "Reported", status), rows
