"""The list behind a figure of a briefing, at an address of its own: as many rows as the figure counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

import streamlit as st

from dashboard.parts.briefing_asked import reports_of, week_words
from dashboard.parts.briefing_board import DECISION_HEADS, decision_row, usual
from dashboard.parts.briefing_figures import PATH, Reading
from dashboard.parts.listed_rows import Row, Rows, draw_rows, paged, report_rows, told_in_all
from dashboard.parts.markup import draw, element, link, page_head, problem_link, status_mark
from dashboard.parts.notices import empty
from dashboard.parts.untold import if_told
from dashboard.wording import NOTHING, count, day, day_of
from problems.briefing.changing import called_first
from problems.briefing.figure import NOT_TOLD, Behind, Listed
from problems.briefing.lists import ReportsBehind
from problems.briefing.naming import series_in
from problems.briefing.opening import opened_by
from problems.errors import InputRefused

_T = TypeVar("_T")


def show_list(reading: Reading, asked: str, key: str = "") -> None:
    """Draw the list that an address names: one that stands behind a figure of this briefing, and no other.

    ``key`` is that of the figure that was clicked, which has it in common with others at times.

    Raises
    ------
    InputRefused
        When no figure of the briefing has this list.
    NotAllowed
        When it is of reports and the reader is a partner.
    """
    opened, behind = opened_by(reading.briefing, asked, key), Behind.read(asked)
    if not opened or behind is None:
        why = "No figure of this briefing has it; figures may have changed since the address was kept."
        raise InputRefused("This list is not shown.", why, "Open it from the briefing.")
    # What may be refused comes before anything is drawn.
    found = _found(reading, behind)
    title = " · ".join(list(dict.fromkeys(label for label, _ in opened))[:3])
    page_head(title, week_words(reading.asked.week), kicker="The list behind a figure")
    sentences = {sentence for _, sentence in opened}
    # Of several figures none is known to be the one that was meant.
    if len(sentences) == 1 and any(sentences):
        draw(element("p", *sentences, css="fx-reading"))
    draw(element("p", link(PATH, "Back to the briefing", query=reading.query), css="fx-ways"))
    noun, drawn = _DRAWN[behind.listed]
    if not found.ids:
        empty("Nothing is in this list", "The figure counts none.")
        return
    rows = drawn(reading, behind, paged(found.ids, "list-page"))
    told = {one: day(words) if isinstance(words, date) else words for one, words in found.told.items()}
    draw_rows(f"Behind the figure: {title}", rows, counted=found.counted, told=told, said=found.said)
    known = f"he figure is as known on {day(reading.asked.known_on)}."
    after = f"Category and status are those of today; t{known}" if behind.listed is Listed.REPORTS else f"T{known}"
    told_in_all(count(len(found.ids), noun, _MANY.get(noun, "")), found.counted, after)


def _found(reading: Reading, behind: Behind) -> ReportsBehind:
    """Return what is in a list, in the order in which it is shown, and what counts."""
    if behind.listed is Listed.REPORTS:
        with st.spinner("Looking for the reports"):
            found = reports_of(reading.desk, reading.asked, behind)
        # The newest first.
        return ReportsBehind(found.ids[::-1], found.counted, found.said, found.told)
    if behind.listed is Listed.SERIES:
        return ReportsBehind(list(range(len(series_in(reading.briefing.changes.every, behind.figure)))))
    ids = list(dict.fromkeys(behind.ids))
    if behind.listed is Listed.FIXES:
        fixes = reading.briefing.worked.fixes
        came_back = frozenset(at for at in ids if fixes[at - 1].came_back)
        return ReportsBehind(ids, came_back, reading.briefing.worked.recurrence.label)
    return ReportsBehind(ids)


def _reports(reading: Reading, _behind: Behind, ids: Sequence[int]) -> Rows:
    return report_rows(reading.desk, ids, "Status today")


def _problems(reading: Reading, _behind: Behind, ids: Sequence[int]) -> Rows:
    found = {one.id: one for one in reading.desk.store.problems()}
    rows: dict[int, Row] = {
        one.id: (problem_link(one), status_mark(one.status), one.area or NOTHING,
                 if_told(one, one.owner or "Nobody"), if_told(one, day(one.last_seen_on)))
        for one in (found[number] for number in ids if number in found)
    }  # fmt: skip
    return ("Problem", "State today", "Area", "Owner", "Last seen"), rows


def _actions(reading: Reading, _behind: Behind, ids: Sequence[int]) -> Rows:
    desk = reading.desk
    problems = {one.id: one for one in desk.store.problems()}
    found = {one.id: one for one in desk.store.actions()}
    rows: dict[int, Row] = {}
    for one in (found[number] for number in ids if number in found):
        problem = problems.get(one.problem_id)
        rows[one.id] = (
            f"{one.ref} {one.title}",
            problem_link(problem) if problem else NOTHING,
            desk.names.organisation(one.organisation_id),
            day(one.due_on),
            one.status.label,
        )
    return ("Action", "Problem", "Organisation", "Due", "Status today"), rows


def _assessments(reading: Reading, _behind: Behind, ids: Sequence[int]) -> Rows:
    rows: dict[int, Row] = {
        one.assessment_id: (
            link("/problem", f"{one.ref} {one.name}", query={"problem": one.ref, "tab": "assess"}),
            day(one.made_on),
            one.verdict.label,
            one.sentence,
        )
        for one in reading.briefing.worked.assessed
        if one.assessment_id in ids
    }
    return ("Problem", "Assessed", "Verdict", "What was found"), rows


def _moves(reading: Reading, _behind: Behind, ids: Sequence[int]) -> Rows:
    rows: dict[int, Row] = {
        one.id: (
            reading.problem(one.problem_id, one.ref, one.name),
            status_mark(one.was) if one.was else "New",
            status_mark(one.now),
            day_of(one.at, reading.desk.zone),
            one.by_name or NOT_TOLD,
        )
        for one in reading.briefing.board.moves
        if one.id in ids
    }
    return ("Problem", "From", "To", "When", "By"), rows


def _wanted(reading: Reading, _behind: Behind, ids: Sequence[int]) -> Rows:
    rows: dict[int, Row] = {
        at: (one.kind.label, reading.problem(one.problem_id, one.ref, one.title), f"{one.recommendation} {one.why}",
             count(one.waits_days, "day"), one.owner or "Nobody")
        for at, one in _at(reading.briefing.decisions.every, ids)
    }  # fmt: skip
    return ("Decision", "Problem", "What is recommended", "Waits", "Owner"), rows


def _decisions(reading: Reading, _behind: Behind, ids: Sequence[int]) -> Rows:
    taken = reading.briefing.last_decisions.taken
    return DECISION_HEADS, {at: tuple(decision_row(reading, one)) for at, one in _at(taken, ids)}


def _fixes(reading: Reading, _behind: Behind, ids: Sequence[int]) -> Rows:
    rows: dict[int, Row] = {
        at: (reading.problem(one.problem_id, one.ref, one.name), day(one.fixed_on), day(one.returned_on))
        for at, one in _at(reading.briefing.worked.fixes, ids)
    }
    return ("Problem", "Fixed", "Came back on"), rows


def _series(reading: Reading, behind: Behind, ids: Sequence[int]) -> Rows:
    every = called_first(series_in(reading.briefing.changes.every, behind.figure))
    shown = ((at, every[at]) for at in ids)
    rows: dict[int, Row] = {
        at: (one.signal.name, reading.number(one.figure), usual(one.figure), one.signal.word.label) for at, one in shown
    }
    return ("Series", "This week", "Usual", "In words"), rows


def _at(every: Sequence[_T], ids: Sequence[int]) -> Iterable[tuple[int, _T]]:
    """Go through what stands at these places, from 1."""
    return ((at, every[at - 1]) for at in ids)


_MANY: Final = {"fix": "fixes", "series": "series"}
#: What one row of each kind of list is called, and what draws it.
_DRAWN: Final[Mapping[Listed, tuple[str, Callable[[Reading, Behind, Sequence[int]], Rows]]]] = {
    Listed.REPORTS: ("report", _reports),
    Listed.PROBLEMS: ("problem", _problems),
    Listed.ACTIONS: ("action", _actions),
    Listed.ASSESSMENTS: ("assessment", _assessments),
    Listed.MOVES: ("move", _moves),
    Listed.WANTED: ("decision", _wanted),
    Listed.DECISIONS: ("decision", _decisions),
    Listed.FIXES: ("fix", _fixes),
    Listed.SERIES: ("series", _series),
}
