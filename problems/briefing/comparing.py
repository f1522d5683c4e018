"""Two weeks beside each other: what is different, in words that the numbers support."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.weekly import judge_week, week_swing
from problems.areas import AreaKind
from problems.briefing.briefing import Briefing
from problems.briefing.figure import NOT_TOLD, TOO_FEW, Figure, Section, Unit
from problems.errors import InputRefused
from problems.service import FEWEST_TOLD, days_words

#: Counts of what comes and goes in a week: whether two of them differ by more than chance can be told.
_FLOWS: Final = frozenset({"received", "closed", "instant", "administrative", "reopened"})
#: Under so many, in both weeks, nothing is said of a difference.
_FEWEST: Final = 5
_TWO_WEEKS: Final = (
    "Only these two weeks are compared: whether something rises or falls over a longer time is told on the page "
    "Service."
)
#: Chance alone goes beyond it once in twenty times.
_RARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both weeks; ``sentence`` says how they differ, or that this cannot be told."""

    section: Section
    now: Figure
    before: Figure
    sentence: str


@dataclass(frozen=True, slots=True)
class BriefingComparison:
    """The figures of a briefing beside those of an earlier week, in the order of the sections."""

    now: Briefing
    before: Briefing
    rows: tuple[Compared, ...]
    sentence: str


def figures_of(briefing: Briefing) -> Iterator[tuple[Section, Figure]]:
    """Go through the figures of a briefing that each week has, in the order of the sections."""
    header, board = briefing.header, briefing.board
    yield from ((Section.HEADER, one) for one in (header.received, header.closed, header.unplaced, header.unmapped))
    yield Section.DECISIONS, briefing.decisions.count
    yield from ((Section.LAST_DECISIONS, one) for one in briefing.last_decisions.counts)
    yield from ((Section.BOARD, one.now) for one in board.states)
    yield from ((Section.BOARD, one) for one in (board.opened, board.ended, board.recurred))
    yield from ((Section.MAP, one) for one in briefing.map.by_remediation)
    yield from ((Section.SERVICE, one) for one in briefing.service.figures)
    total = briefing.remediation.total
    yield from (
        (Section.REMEDIATION, one) for one in (total.to_accept, total.due, total.overdue, total.blocked, total.rework)
    )
    yield from ((Section.RESIDENTS, one) for one in briefing.residents.figures)
    yield Section.WORKED, briefing.worked.recurrence
    yield Section.CAVEATS, briefing.caveats.suppressed


def compared(now: Briefing, before: Briefing) -> BriefingComparison:
    """Hold a briefing beside that of an earlier week of the same place.

    Raises
    ------
    InputRefused
        When they are of different places, or the second is not of an earlier week.
    """
    asked = f"{now.header.week} and {before.header.week} were not compared."
    if before.header.week >= now.header.week:
        raise InputRefused(asked, "The second week is not earlier.", "Choose an earlier week.")
    if _place(now) != _place(before):
        raise InputRefused(asked, "They are of different places.", "Choose the same area for both.")
    earlier = {(section, one.key): one for section, one in figures_of(before)}
    swing = _swing(now)
    rows = []
    for section, one in figures_of(now):
        other = earlier.get((section, one.key))
        if other is None:
            # What a week does not list, such as a state in which no problem was, is none.
            other = Figure(one.key, one.label, one.unit, 0.0, f"{one.label}: 0.", 0)
        rows.append(Compared(section, one, other, _sentence(one, other, swing)))
    weeks = f"{now.header.week} beside {before.header.week}"
    redrawn = _redrawn(now, before)
    return BriefingComparison(now, before, tuple(rows), f"{weeks}{redrawn}. {_TWO_WEEKS}")


def _place(briefing: Briefing) -> tuple[AreaKind, str] | None:
    area = briefing.header.area
    return None if area is None else (area.kind, area.name.casefold())


def _redrawn(now: Briefing, before: Briefing) -> str:
    one, other = now.header.area, before.header.area
    if one is None or other is None or one.geometry == other.geometry:
        return ""
    return ": the area was drawn anew in between, so that both are of different ground"


def _swing(briefing: Briefing) -> float:
    """Return how many times more than chance the reports of a place swing from week to week."""
    flows = briefing.service.weeks[:-1]
    if len(flows) < 2:
        return 1.0
    counts = np.array([[one.received for one in flows]], dtype=np.float64)
    return float(week_swing(counts, np.ones(counts.shape, dtype=np.bool_)).dispersion[0])


def _sentence(now: Figure, before: Figure, swing: float) -> str:
    if now.withheld or before.withheld:
        return f"{NOT_TOLD}."
    if now.unit is Unit.SHARE:
        return _of_shares(now, before)
    if now.unit is Unit.DAYS:
        return _of_days(now, before)
    if now.value is None or before.value is None:
        return f"{TOO_FEW.capitalize()}."
    number, other = round(now.value), round(before.value)
    difference = number - other
    if not difference:
        return f"{number:,} in both weeks."
    told = f"{number:,}, {abs(difference):,} {'more' if difference > 0 else 'fewer'} than {other:,}"
    if now.key not in _FLOWS:
        return f"{told}."
    if max(number, other) < _FEWEST:
        return f"{told}: {TOO_FEW} whether that is more than chance."
    return f"{told}: {_flow_words(number, other, swing)}."


def _flow_words(number: int, other: int, swing: float) -> str:
    # As a week is held against its band, with a band of the one week.
    from geo.weekly import Swing

    freedom = np.array([12.0 if swing > 1.0 else math.inf])
    found = judge_week(
        [number], [[other]], np.ones((1, 1), dtype=np.bool_), Swing(np.array([swing]), freedom), least_weeks=1
    )
    beyond = float(found.p[0]) < _RARE
    return "more than weeks usually differ" if beyond else "no more than weeks usually differ"


def _of_shares(now: Figure, before: Figure) -> str:
    numbers = (now.value, now.low, now.high, before.value, before.low, before.high)
    if any(one is None for one in numbers) or min(now.n or 0, before.n or 0) < FEWEST_TOLD:
        return f"{TOO_FEW.capitalize()}."
    share, low, high, was, was_low, was_high = (float(one or 0.0) for one in numbers)
    # Newcombe's interval of a difference, from Wilson's of each.
    gap = share - was
    least = gap - math.hypot(share - low, was_high - was)
    most = gap + math.hypot(high - share, was - was_low)
    told = f"{round(100 * share)} % of {now.n:,}, {round(100 * was)} % of {before.n:,} then"
    if least > 0 or most < 0:
        return f"{told}: {'higher' if gap > 0 else 'lower'} in this week alone, by {_points(least, most)}."
    return f"{told}: not clearly different."


def _points(least: float, most: float) -> str:
    low, high = sorted((abs(round(100 * least)), abs(round(100 * most))))
    return f"{low} to {high} points"


def _of_days(now: Figure, before: Figure) -> str:
    if now.value is None or before.value is None:
        return f"{TOO_FEW.capitalize()}."
    told = f"{days_words(now.value)}, {days_words(before.value)} then"
    if now.low is None or before.low is None:
        return f"{told}."
    high, was_high = (math.inf if one.high is None else one.high for one in (now, before))
    if now.low > was_high or before.low > high:
        return f"{told}: {'longer' if now.value > before.value else 'shorter'}, their ranges do not meet."
    return f"{told}: not clearly different."


def differences(rows: Sequence[Compared]) -> list[Compared]:
    """Return the rows of which something is different."""
    return [one for one in rows if one.now.value != one.before.value]
