"""The weeks of one place against its usual weeks: a run chart, what it says in a sentence, and its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dashboard.design import Html
from dashboard.parts.markup import draw, element, table
from dashboard.parts.week_bars import BAND, WeekBars, draw_week_bars
from dashboard.wording import NOTHING, count, day, listed, number
from geo.run_chart import MIN_BASELINE_WEEKS, RunChart, run_chart
from problems.analysing import PlaceWeeks

_NAMED: Final = 3


@dataclass(frozen=True)
class Usual:
    """Which weeks tell what is usual: the first ``weeks``, and whether the place was picked for some of them."""

    weeks: int
    is_clean: bool


def usual_weeks(weeks: PlaceWeeks, picked_from: date | None, work_done_on: date | None) -> Usual:
    """Return the weeks before the place was picked; if these are too few, those before the work was done.

    ``picked_from`` is the first day of the window for which it was picked, None for a hand-drawn place.
    """

    def before(end: date | None) -> int:
        if end is None:
            return len(weeks.counts)
        return min(len(weeks.counts), max(0, (end - weeks.first).days // 7))

    clean = min(before(picked_from), before(work_done_on))
    return Usual(clean, True) if clean >= MIN_BASELINE_WEEKS else Usual(before(work_done_on), False)


def show_weeks(weeks: PlaceWeeks, usual: Usual, marks: Sequence[tuple[date, str]] = ()) -> None:
    """Draw the weeks with the range of a usual week; rules for ``marks`` (day, words)."""
    chart = run_chart(weeks.counts, baseline_weeks=usual.weeks) if weeks.counts else None
    said = reading(weeks, usual, chart)
    draw(element("p", said, css="fx-reading"))
    if not (any(weeks.counts) or any(weeks.coming)):
        return
    notes = [f"Open bars: the last weeks, for which reports still come in.{f' {BAND}' if chart else ''}"]
    if chart is not None and not usual.is_clean:
        notes.append(
            "The usual weeks include those for which this place was picked as a hot spot: they were high, so "
            "what comes after looks lower than it is."
        )
    bars = WeekBars(weeks.first, (*weeks.counts, *weeks.coming), len(weeks.counts), chart, marks)
    draw_week_bars(bars, said=said, notes=notes, rows=_table(weeks, usual, chart))


def reading(weeks: PlaceWeeks, usual: Usual, chart: RunChart | None) -> str:
    """Say in words what a usual week is and which weeks were not."""
    if not any(weeks.counts):
        return f"No incident of this kind inside the outline in {count(len(weeks.counts), 'complete week')}."
    if chart is None:
        known = "complete" if usual.weeks == len(weeks.counts) else "before the work"
        return f"Too few weeks to say what is usual here: {usual.weeks} {known}, and it takes {MIN_BASELINE_WEEKS}."
    until = day(weeks.week(usual.weeks) - timedelta(days=1))
    said = f"A usual week has {_range_words(chart)} ({count(usual.weeks, 'week')} to {until})."
    after = len(weeks.counts) - usual.weeks
    if not after:
        return said
    unusual = _unusual(weeks, usual, chart)
    if not unusual:
        return f"{said} None of the {count(after, 'week')} since was unusual."
    return f"{said} Of the {count(after, 'week')} since: {'; '.join(unusual)}."


def _range_words(chart: RunChart) -> str:
    if not chart.high:
        return "no incident at all"
    mean = "hardly any" if chart.centre < 0.05 else number(round(chart.centre, 1))
    return f"{chart.low} to {count(chart.high, 'incident')}, {mean} on average"


def _unusual(weeks: PlaceWeeks, usual: Usual, chart: RunChart) -> list[str]:
    """Say which weeks after the usual ones lie outside, and which long runs on one side of the average there are."""
    later = [at for at in chart.outside if at >= usual.weeks]
    high = [at for at in later if weeks.counts[at] > chart.high]
    low = [at for at in later if weeks.counts[at] < chart.low]
    said = [f"{_weeks_words(weeks, at)} {side}" for at, side in ((high, "above it"), (low, "below it")) if at]
    # Where a usual week has nothing, a week with nothing lies on the average and breaks no run: there is none to tell.
    for run in chart.runs if chart.centre else ():
        if run.stop <= usual.weeks:
            continue
        long = count(run.stop - run.start, "week")
        side = "above" if run.above else "below"
        begin = day(weeks.week(run.start))
        said.append(f"{long} in a row from {begin} on lay {side} average")
    return said


def _weeks_words(weeks: PlaceWeeks, at: Sequence[int]) -> str:
    if len(at) > _NAMED:
        return f"{len(at)} were"
    return f"{listed([f'the week from {day(weeks.week(each))}' for each in at])} {'was' if len(at) == 1 else 'were'}"


def _table(weeks: PlaceWeeks, usual: Usual, chart: RunChart | None) -> Html:
    complete = len(weeks.counts)
    first_expected = complete - len(weeks.expected)
    rows = []
    for at, incidents in enumerate((*weeks.counts, *weeks.coming)):
        told = at - first_expected
        expected = f"{weeks.expected[told]:.1f}" if 0 <= told < len(weeks.expected) else NOTHING
        rows.append((day(weeks.week(at)), incidents, expected, _remark(at, incidents, complete, usual, chart)))
    heads = ("Week from", "Distinct incidents", "Expected here", "")
    return table("Distinct incidents by week, newest first", heads, rows[::-1], numeric=(1, 2))


def _remark(at: int, incidents: int, complete: int, usual: Usual, chart: RunChart | None) -> str:
    if at >= complete:
        return "still coming in"
    if chart is None:
        return ""
    if at in chart.outside:
        return "above the usual range" if incidents > chart.high else "below the usual range"
    return "counted as usual" if at < usual.weeks else ""
