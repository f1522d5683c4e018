"""The first four sections of a briefing: decisions wanted, last week's decisions, the board and the map."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.parts.briefing_figures import AS_BARS, Reading, bar, show_figures
from dashboard.parts.briefing_map import show_places
from dashboard.parts.briefing_meeting import decision_button
from dashboard.parts.markup import draw, element, joined, link, status_mark, table
from dashboard.parts.notices import remark
from dashboard.wording import NOTHING, count, day, day_of
from problems.briefing.briefing import DecisionTaken, OwnerCount, TopProblem, Wanted
from problems.briefing.figure import Figure

DECISION_HEADS: Final = ("State", "Decision", "Problem", "Owner", "Due", "Why")
_HEADS: Final = ("Problem", "28 days", "Its own usual", "Weeks", "Owner", "Next step", "Due", "State")


def show_header(reading: Reading) -> None:
    """Draw what came in and went out."""
    of = reading.briefing.header
    show_figures(reading, (of.received, of.closed, of.unplaced, of.unmapped))


def show_gaps(reading: Reading) -> None:
    """Draw which sources are late, and which names have no category."""
    of = reading.briefing.header
    for feed in of.late_feeds:
        remark(feed.sentence, tone="warn")
    if of.unmapped_names:
        named = "; ".join(f"“{name}” ({source}, {number})" for source, name, number in of.unmapped_names[:5])
        more = len(of.unmapped_names) - 5
        remark(f"Names without a category: {named}{f'; {more} more' if more > 0 else ''}.")


def show_wanted(reading: Reading) -> None:
    """Draw at most five decisions, each with what is recommended and why."""
    for one in reading.briefing.decisions.wanted:
        _wanted(reading, one)


def show_others_wanted(reading: Reading) -> None:
    """Draw how many other decisions are wanted, and where all of them are."""
    of = reading.briefing.decisions
    others: list[object] = []
    for kind, figure in zip(of.rest, of.rest_figures, strict=True):
        others += [", " if others else "Also wanted: ", reading.number(figure), f" to {kind.label.lower()}"]
    if others or of.wanted:
        every = reading.number(of.count)
        words = [*others, ". "] if others else []
        ways = [*words, "All of them: ", every, ". ", link("/decisions", "Go to Decisions"), " to decide."]
        draw(element("p", *ways, css="fx-quiet"))


def _wanted(reading: Reading, one: Wanted) -> None:
    name = reading.problem(one.problem_id, one.ref, one.title)
    waits = f"Waits for {count(one.waits_days, 'day')}. {one.owner or 'Nobody'} has it."
    told = element(
        "div",
        reading.subhead(element("span", one.kind.label, css="fx-kind"), " ", name),
        element("p", element("b", one.recommendation), f" {one.why}"),
        element("p", waits, css="fx-quiet"),
        css="fx-wanted",
    )
    # Of one problem two may be wanted of one kind: its work is late, and its case has to be reviewed.
    at, whole = _in_whole(reading, one)
    key = f"{one.kind}-{one.ref}{f'-{at + 1}' if at else ''}"
    with st.container(key=f"wanted-{key}", horizontal=True, vertical_alignment="center", gap="medium"):
        draw(told)
        decision_button(
            reading, key=f"decide-{key}", text=whole.recommendation, owner=whole.owner, problem_id=one.problem_id
        )


def _in_whole(reading: Reading, one: Wanted) -> tuple[int, Wanted]:
    """Return a decision as the whole briefing has it, and how many of its kind on its problem stand before it."""
    same = [each for each in reading.all.decisions.wanted if (each.kind, each.problem_id) == (one.kind, one.problem_id)]
    # A slide cuts long words: what is recorded has all of them.
    start = one.recommendation.removesuffix("…")
    at = next(at for at, each in enumerate(same) if each.recommendation.startswith(start))
    return at, same[at]


def show_last(reading: Reading) -> None:
    """Draw how many of the decisions of the week before stand how."""
    told = [one for one in reading.briefing.last_decisions.counts if one.value]
    if told:
        show_figures(reading, told)


def show_taken(reading: Reading) -> None:
    """Draw what was decided in the week before with what became of it."""
    taken = reading.briefing.last_decisions.taken
    if taken:
        rows = [decision_row(reading, one) for one in taken]
        draw(table("Decisions of the week before", DECISION_HEADS, rows, stacked=True))


def show_owners(reading: Reading) -> None:
    """Draw how the decisions of each owner stand, where there are several owners."""
    of = reading.briefing.last_decisions
    if len(reading.all.last_decisions.by_owner) > 1 and of.by_owner:
        owners = [(one.owner, _by_state(reading, one)) for one in of.by_owner]
        draw(table("By owner", ("Owner", "Decisions"), owners))


def _by_state(reading: Reading, one: OwnerCount) -> object:
    parts: list[object] = []
    for state, figure in zip(one.counts, one.figures, strict=True):
        parts += [", " if parts else "", reading.number(figure), f" {state.label.lower()}"]
    return element("span", *parts)


def decision_row(reading: Reading, one: DecisionTaken) -> Sequence[object]:
    """Return a decision of the week before with what became of it, as a row."""
    who = element("small", f"{one.by_name}, {day_of(one.at, reading.desk.zone)}")
    return (
        one.state.label,
        element("span", one.decided, element("br"), who),
        reading.problem(one.problem_id, one.ref, one.title),
        one.owner or NOTHING,
        day(one.due_on),
        one.why or NOTHING,
    )


def show_moves(reading: Reading) -> None:
    """Draw what came onto the board, left it and came back in the week."""
    of = reading.briefing.board
    show_figures(reading, (of.opened, of.ended, of.recurred))


def show_states(reading: Reading) -> None:
    """Draw the problems by state with the moves of the week."""
    of = reading.briefing.board
    most = max((one.now.value or 0 for one in reading.all.board.states), default=0) or 1
    rows = [
        (
            status_mark(one.status),
            bar((one.now.value or 0) / most, css="" if one.status.is_open else "fx-ended"),
            reading.number(one.now),
            reading.number(one.moves_in) if one.came else NOTHING,
            reading.number(one.moves_out) if one.left else NOTHING,
        )
        for one in of.states
    ]
    if rows:
        heads = ("State", AS_BARS, "Now", "Came", "Left")
        draw(
            table("Problems by state, with the moves of the week", heads, rows, numeric=(2, 3, 4), narrow_without=(1,))
        )


def show_top(reading: Reading) -> None:
    """Draw the ten problems at the top of the board."""
    of = reading.briefing.board
    if of.top:
        if not reading.slide:
            draw(reading.subhead(f"The {len(of.top)} at the top" if len(of.top) > 1 else "At the top"))
        draw(
            table("The problems at the top of the board", _HEADS, [_top(reading, one) for one in of.top], stacked=True)
        )


def _top(reading: Reading, one: TopProblem) -> Sequence[object]:
    due: object = day(one.due_on)
    if one.days_late:
        due = joined([element("span", f"{day(one.due_on)}, {count(one.days_late, 'day')} late", css="fx-late")])
    return (
        element("span", reading.problem(one.problem_id, one.ref, one.name), element("br"), _where(one)),
        reading.number(one.incidents),
        element("span", _held_against(reading, one), css="fx-whole-line"),
        one.weeks_active,
        one.owner or "Nobody",
        one.next_step,
        due,
        status_mark(one.status),
    )


def _held_against(reading: Reading, one: TopProblem) -> object:
    words = usual(one.incidents)
    return words if one.before is None else reading.number(one.before, words)


def _where(one: TopProblem) -> object:
    return element("small", ", ".join(part for part in (one.kind, one.area) if part))


def usual(figure: Figure) -> str:
    """Return the range that is usual, or that it is not known."""
    return figure.no_range if figure.low is None or figure.high is None else f"{figure.low:g} to {figure.high:g}"


def show_map(reading: Reading) -> None:
    """Draw the map."""
    show_places(reading)
