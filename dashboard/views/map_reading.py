"""The map in words: one sentence, the comparison beside a figure, the legend."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from dashboard import design
from dashboard.mapping.layers import Asked, Picture, largest_open
from dashboard.wording import count, day
from problems.problem import Problem, Remediation

#: Why a map is empty on which every report counts by area.
NO_DOTS = (
    "The places of all reports are moved or rounded. As dots they would point at the wrong door, "
    "so they are counted in the table by area, and the map shows the boundaries only."
)
#: The same where there are no boundaries to draw either.
NOTHING_TO_DRAW = (
    "The places of all reports are moved or rounded. As dots they would point at the wrong door, so nothing "
    "is drawn. With boundaries they are counted by area, and the map shows the boundaries."
)
#: Under this many reports a percentage says nothing.
LEAST_FOR_PERCENT = 10


def sentence(asked: Asked, seen: Picture) -> str:
    """Return what the map shows in one or two sentences, for those who cannot see it, and for all others."""
    period = f"From {day(asked.first)} to {day(asked.last)}" if asked.first else f"Up to {day(asked.last)}"
    what = ("distinct incident was", "distinct incidents were") if seen.incidents else ("report was", "reports were")
    told = f"{period}, {count(seen.reports, *what)} counted{_by_area(seen)}"
    largest = largest_open(seen.problems)
    if largest is None:
        return f"{told}; no open problem fits these filters."
    place = (
        f"The largest open problem is {largest.ref}, {largest.name}, with "
        f"{count(largest.incidents, 'distinct incident')}: {largest.status.label.lower()}."
    )
    return f"{told}, and {count(len(seen.problems), 'problem is', 'problems are')} on the map. {place}"


def _by_area(seen: Picture) -> str:
    if not seen.moved:
        return ""
    return ", all of them by area only" if seen.moved == seen.reports else f", {seen.moved:,} of them by area only"


def under_way(problems: Sequence[Problem]) -> str:
    """Return how many of the problems are being worked on or wait for a check."""
    working = sum(problem.status.remediation is Remediation.IN_PROGRESS for problem in problems)
    waiting = sum(problem.status.remediation is Remediation.AWAITING_CHECK for problem in problems)
    return f"{working} in progress, {waiting} awaiting a check"


def span(first: date | None, last: date) -> str:
    """Return a period by its first and last day, in the same words wherever reports are counted."""
    return f"{day(first)} to {day(last)}" if first else f"up to {day(last)}"


def compared(asked: Asked, seen: Picture) -> str:
    """Return the period and the comparison with the one before; without percentages where counts are small."""
    if seen.reports_before is None:
        return span(asked.first, asked.last)
    return f"{span(asked.first, asked.last)}, {_with_before(asked, seen, seen.reports_before)}"


def _with_before(asked: Asked, seen: Picture, before: int) -> str:
    if before < LEAST_FOR_PERCENT or seen.reports < LEAST_FOR_PERCENT:
        return f"{before:,} in the {asked.days} days before"
    change = round(100 * (seen.reports - before) / before)
    way = "about as many as" if change == 0 else f"{abs(change)}% {'more' if change > 0 else 'fewer'} than"
    return f"{way} in the {asked.days} days before"


def legend(*, dots: bool = True) -> str:
    """Return the legend: status marks with their words, outlines, and the fixed classes of density.

    ``dots`` tells that the reader sees single reports when zoomed in.
    """
    marks = "".join(f"<li>{design.status_html(status)}</li>" for status in Remediation)
    found = '<li><span class="fx-dashed"></span><span>Dashed outline: found, nobody has taken it on yet</span></li>'
    return (
        f'<div class="fx-legends"><ul class="fx-legend" aria-label="Problems by status">{marks}{found}</ul>'
        '<ul class="fx-legend" aria-label="Reports in a hexagon"><li>Reports in a hexagon (volume, not risk):</li>'
        f"{_classes()}<li>{'Single dots when zoomed in' if dots else 'Never single reports'}</li></ul></div>"
    )


def _classes() -> str:
    lows = design.DENSITY_FROM
    words = [*(f"{low}–{after - 1}" for low, after in pairwise(lows)), f"{lows[-1]} or more"]
    return "".join(
        f'<li><span class="fx-swatch fx-density-{step}"></span><span>{design.safe_html(text)}</span></li>'
        for step, text in enumerate(words, start=1)
    )
