"""The list behind a figure of a briefing, at an address of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard.parts.briefing_asked import reports_of, week_words
from dashboard.parts.briefing_figures import PATH, Reading
from dashboard.parts.inbox_list import where
from dashboard.parts.markup import draw, element, link, page_head, problem_link, status_mark, table
from dashboard.parts.notices import empty, remark
from dashboard.parts.reports_table import category_words
from dashboard.wording import NOTHING, count, day, day_of
from problems.briefing.figure import Behind, Listed
from problems.briefing.rows import Row, rows_of
from problems.errors import InputRefused
from problems.inbox import Sight, sight_of
from problems.use_cases.answer_changes import matters_of

_PAGE: Final = 50


def show_list(reading: Reading, asked: str) -> None:
    """Draw the list that an address names: one that stands behind a figure of this briefing, and no other.

    Raises
    ------
    InputRefused
        When no figure of the briefing has this list.
    NotAllowed
        When it is of reports and the reader is a partner.
    """
    rows = [one for one in rows_of(reading.briefing) if one.link == asked]
    behind = _read(asked)
    if not rows or behind is None:
        why = "No figure of this briefing has it; figures may have changed since the address was kept."
        raise InputRefused("This list is not shown.", why, "Open it from the briefing.")
    page_head(_title(rows), week_words(reading.asked.week), kicker="The list behind a figure")
    if rows[0].note:
        draw(element("p", rows[0].note, css="fx-reading"))
    draw(element("p", link(PATH, "Back to the briefing", query=reading.query), css="fx-ways"))
    _DRAWN[behind.listed](reading, behind)


def _title(rows: Sequence[Row]) -> str:
    return " · ".join(dict.fromkeys(one.figure for one in rows[:3]))


def _read(asked: str) -> Behind | None:
    kind, _, rest = asked.partition(":")
    if kind not in tuple(Listed) or not rest:
        return None
    if kind == Listed.REPORTS:
        figure, _, of = rest.partition(":")
        return Behind(Listed.REPORTS, figure=figure, of=of)
    numbers = rest.split(",")
    return Behind(Listed(kind), tuple(map(int, numbers))) if all(one.isdecimal() for one in numbers) else None


def _reports(reading: Reading, behind: Behind) -> None:
    desk = reading.desk
    with st.spinner("Looking for the reports"):
        ids = reports_of(desk, reading.asked, behind)
    if not ids:
        empty("No report is in this list", "The figure counts none.")
        return
    pages = -(-len(ids) // _PAGE)
    chosen = st.number_input(f"Page, 1 to {pages:,}", 1, pages, key="list-page", width=150) if pages > 1 else 1
    start = (int(chosen) - 1) * _PAGE
    newest = ids[::-1][start : start + _PAGE]
    sight = sight_of(desk.principal)
    rows = [
        (
            link("/inbox", one.ref, query={"report": one.ref}) if sight is not Sight.NONE else one.ref,
            category_words(one.report.category, one.report.category_name),
            where(sight, one) if sight is not Sight.NONE else one.report.area or NOTHING,
            day_of(one.report.reported_at, desk.zone),
            one.status.label,
        )
        for one in matters_of(desk.asking[0], newest)
    ]
    heads = ("Report", "Kind", "Where", "Reported", "Status today")
    draw(table("Reports behind the figure, the newest first", heads, rows, stacked=True))
    told = f"{count(len(ids), 'report')} in all. " + ("Category and status are those of today; " if rows else "")
    remark(f"{told}the figure is as known on {day(reading.asked.known_on)}.")


def _problems(reading: Reading, behind: Behind) -> None:
    wanted = dict.fromkeys(behind.ids)
    found = {one.id: one for one in reading.desk.store.problems() if one.id in wanted}
    rows = [
        (problem_link(one), status_mark(one.status), one.area or NOTHING, one.owner or "Nobody", day(one.last_seen_on))
        for one in (found[number] for number in wanted if number in found)
    ]
    heads = ("Problem", "State today", "Area", "Owner", "Last seen")
    draw(table("Problems behind the figure", heads, rows, stacked=True))


def _actions(reading: Reading, behind: Behind) -> None:
    desk = reading.desk
    problems = {one.id: one for one in desk.store.problems()}
    found = {one.id: one for one in desk.store.actions()}
    rows = []
    for one in (found[number] for number in dict.fromkeys(behind.ids) if number in found):
        problem = problems.get(one.problem_id)
        rows.append(
            (
                f"{one.ref} {one.title}",
                problem_link(problem) if problem else NOTHING,
                desk.names.organisation(one.organisation_id),
                day(one.due_on),
                one.status.label,
            )
        )
    heads = ("Action", "Problem", "Organisation", "Due", "Status today")
    draw(table("Actions behind the figure", heads, rows, stacked=True))


def _assessments(reading: Reading, behind: Behind) -> None:
    rows = [
        (
            link("/problem", f"{one.ref} {one.name}", query={"problem": one.ref, "tab": "assess"}),
            day(one.made_on),
            one.verdict.label,
            one.sentence,
        )
        for one in reading.briefing.worked.assessed
        if one.assessment_id in behind.ids
    ]
    heads = ("Problem", "Assessed", "Verdict", "What was found")
    draw(table("Assessments behind the figure", heads, rows, stacked=True))


_DRAWN: Final[Mapping[Listed, Callable[[Reading, Behind], None]]] = {
    Listed.REPORTS: _reports,
    Listed.PROBLEMS: _problems,
    Listed.ACTIONS: _actions,
    Listed.ASSESSMENTS: _assessments,
}
