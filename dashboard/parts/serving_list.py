"""The list behind a measure of the service themes: every one of it, and whether it counts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.inbox_list import where
from dashboard.parts.markup import draw, element, link, page_head, problem_link, status_mark, table
from dashboard.parts.notices import empty, remark
from dashboard.parts.reports_table import category_words
from dashboard.wording import NOTHING, count, day, day_of
from problems.briefing.figure import Listed
from problems.inbox import Sight, sight_of
from problems.seeing import whole
from problems.themes.page import Measure, ServicePage
from problems.use_cases.answer_changes import matters_of

_PAGE: Final = 50
Row = tuple[object, ...]
#: The heads of a list, and its rows by the number of what they tell of.
_Rows = tuple[tuple[str, ...], dict[int, Row]]


def show_theme_list(desk: Desk, page: ServicePage, measure: Measure, query: Mapping[str, str]) -> None:
    """Draw the list behind a measure."""
    told = f"{page.place}, {day(page.span.first_on)} to {day(page.moment.as_of)}"
    page_head(measure.figure.label, told, kicker="The list behind a figure")
    draw(element("p", measure.figure.sentence, css="fx-reading"))
    draw(element("p", link("/serving", "Back to the themes", query=query), css="fx-ways"))
    ids = measure.ids.tolist()
    if not ids:
        empty("Nothing is in this list", "The figure counts none.")
        return
    shown = _paged(ids[::-1])
    counted = None if measure.counted is None else set(measure.counted.tolist())
    heads, found = _ROWS[measure.listed](desk, shown)
    rows: list[Row] = list(found.values())
    if counted is not None:
        heads = (*heads, measure.said)
        rows = [(*row, "Yes" if number in counted else "No") for number, row in found.items()]
    elif measure.told:
        heads = (*heads, measure.said)
        rows = [(*row, measure.told.get(number, NOTHING)) for number, row in found.items()]
    draw(table(f"Behind the figure: {measure.figure.label}", heads, rows, stacked=True))
    words = "" if counted is None else f", of which {len(counted):,} count"
    noun = {Listed.REPORTS: "report", Listed.ACTIONS: "action"}.get(measure.listed, "problem")
    remark(f"{count(len(ids), noun)} in all{words}. The figure is as known on {day(page.moment.known_on)}.")


def _paged(ids: Sequence[int]) -> list[int]:
    pages = -(-len(ids) // _PAGE)
    chosen = st.number_input(f"Page, 1 to {pages:,}", 1, pages, key="theme-page", width=150) if pages > 1 else 1
    start = (int(chosen) - 1) * _PAGE
    return list(ids[start : start + _PAGE])


def _reports(desk: Desk, ids: Sequence[int]) -> _Rows:
    sight = sight_of(desk.principal)
    rows: dict[int, Row] = {
        one.id: (
            link("/inbox", one.ref, query={"report": one.ref}) if sight is not Sight.NONE else one.ref,
            category_words(one.report.category, one.report.category_name),
            where(sight, one) if sight is not Sight.NONE else one.report.area or NOTHING,
            day_of(one.report.reported_at, desk.zone),
            one.status.label,
        )
        for one in matters_of(whole(desk.store), list(ids))
    }
    status = "Status today" if desk.on is None else f"Status on {day(desk.on)}"
    return ("Report", "Kind", "Where", "Reported", status), rows


def _problems(desk: Desk, ids: Sequence[int]) -> _Rows:
    known = {one.id: one for one in desk.store.problems()}
    rows: dict[int, Row] = {
        one.id: (problem_link(one), status_mark(one.status), one.area or NOTHING, one.owner or "Nobody")
        for one in (known[number] for number in ids if number in known)
    }
    return ("Problem", "State", "Area", "Owner"), rows


def _actions(desk: Desk, ids: Sequence[int]) -> _Rows:
    known = {one.id: one for one in desk.store.actions()}
    problems = {one.id: one for one in desk.store.problems()}
    rows: dict[int, Row] = {}
    for one in (known[number] for number in ids if number in known):
        problem = problems.get(one.problem_id)
        rows[one.id] = (
            f"{one.ref} {one.title}",
            problem_link(problem) if problem else NOTHING,
            desk.names.organisation(one.organisation_id),
            day(one.first_promised_on),
            one.status.label,
        )
    return ("Action", "Problem", "Organisation", "First promised for", "Status"), rows


_ROWS: Final[Mapping[Listed, Callable[[Desk, Sequence[int]], _Rows]]] = {
    Listed.REPORTS: _reports,
    Listed.PROBLEMS: _problems,
    Listed.ACTIONS: _actions,
}
