"""Which problem first: the figure with its parts, how sure its place is, and what counts how much."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard import analysed, session
from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, link, problem_link, table
from dashboard.wording import count
from problems.categories import Group
from problems.priority import Priority, PriorityWeights
from problems.problem import Problem
from problems.trends import TrendWord

_EXPORT: Final = "/api/export/priorities.csv"
_ROWS: Final = 20


def priority_words(desk: Desk, problem: Problem) -> str:
    """Return the priority of an open problem with all its parts in one sentence, or why it has none."""
    if not problem.status.is_open:
        return f"“{problem.status.label}”: only open problems are put in order."
    known = analysed.priorities_for(desk)
    mine = known.get(problem.id)
    if mine is None:
        return "It has no place in the order yet."
    return f"{mine.sentence} {count(len(known), 'problem is', 'problems are')} open."


def rank_words(priority: Priority | None) -> str:
    """Return the place in the order with how sure it is: ``3rd (1st to 9th)``."""
    if priority is None:
        return "–"
    if priority.rank_low == priority.rank_high:
        return nth(priority.rank)
    return f"{nth(priority.rank)} ({nth(priority.rank_low)} to {nth(priority.rank_high)})"


def nth(rank: int) -> str:
    """Return a rank as people say it: ``1st``, ``22nd``, ``113th``."""
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"


def show_priority(known: Mapping[int, Priority], problems: Sequence[Problem]) -> None:
    """Draw how the priority is made, the parts of the first of these problems, and the way to the file with all."""
    by_id = {problem.id: problem for problem in problems}
    weights = session.get_settings().priority
    with st.expander("How the priority is made"):
        draw(element("p", explanation(weights, session.get_settings().detection.window_days)))
        shown = [each for each in known.values() if each.problem_id in by_id][:_ROWS]
        if not shown:
            return
        rows = [_parts(each, by_id[each.problem_id]) for each in shown]
        heads = ("Problem", "Place", "Points", "Incidents", "They weigh", "Allowing for chance", "Trend", "Late work")
        caption = f"The parts of the priority of the first {count(len(rows), 'problem')} in this list"
        draw(table(caption, heads, rows, numeric=(2, 3, 4, 5, 7), stacked=True))
        draw(element("p", link(_EXPORT, f"Download all {len(known):,} as CSV"), css="fx-ways"))
        draw(weights_table(weights))


def explanation(weights: PriorityWeights, window_days: int) -> str:
    """Say how the figure comes about and what it does not say."""
    return (
        f"Each distinct incident of the last {window_days} days inside the outline counts by its kind, and half as "
        f"much after {weights.half_life_days:g} days. The sums are drawn towards what is usual as far as chance "
        "explains the difference, then multiplied by a factor for the trend. Each day that the most overdue action is "
        "late adds "
        f"{weights.overdue_per_day:g} points, for {weights.overdue_most_days} days at most. "
        "The place in brackets is as far up or down as chance may have put it: where two problems share places, their "
        "order is not a finding. Priority is not need: where nobody reports there is none. "
        f"These are version {weights.version} of the weights; whoever runs Fixpoint sets them."
    )


def _parts(each: Priority, problem: Problem) -> tuple[object, ...]:
    return (
        problem_link(problem),
        rank_words(each),
        f"{each.score:.1f}",
        each.incidents,
        f"{each.reported:.1f}",
        f"{each.shrunk:.1f}",
        f"{each.trend.label} × {each.trend_factor:g}",
        f"{each.overdue_points:.1f}",
    )


def weights_table(weights: PriorityWeights) -> Html:
    """Return the weights: kinds of report first, then the words of the trend."""
    groups = [(group.label, f"{weights.severity_of(group.value):g}") for group in Group]
    leaves = [(code, f"{weight:g}") for code, weight in weights.severity.items() if code not in tuple(Group)]
    trend = [(f"Trend: {word.label}", f"× {weights.trend[word]:g}") for word in TrendWord]
    return table(f"What counts how much, version {weights.version}", ("What", "Weight"), [*groups, *leaves, *trend])
