"""The weekly run chart of an assessment: what a usual week was, and the weeks since the work."""

from datetime import date, timedelta
from typing import Final

from dashboard.parts.markup import draw, element, section, table
from dashboard.parts.week_bars import BAND, OPEN_BARS, WeekBars, draw_week_bars
from dashboard.wording import count, day, number
from geo.run_chart import RunChart, run_chart
from problems.evidence import Evidence
from problems.kept_assessments import Layout

_HEIGHT_PX: Final = 230
_DAY: Final = timedelta(days=1)


def chart_of(layout: Layout, evidence: Evidence) -> RunChart | None:
    """Return the usual week of the time before and what does not fit it; None when that time is too short."""
    weeks = len(evidence.treated.weekly_before)
    return run_chart(layout.weeks[: layout.complete_weeks], baseline_weeks=weeks)


def show_run_chart(layout: Layout, evidence: Evidence) -> None:
    """Draw the weeks with the usual range, the work marked and the last days open, and the same as a table."""
    section("Week by week", "distinct incidents inside the outline")
    found = chart_of(layout, evidence)
    told = reading(layout, found)
    draw(element("p", told, css="fx-reading"))
    if not any(layout.weeks):
        return
    bars = WeekBars(
        layout.weeks_from,
        layout.weeks,
        layout.complete_weeks,
        found,
        [(layout.done_on, "Work done")],
        height_px=_HEIGHT_PX,
    )
    rows = [(day(first), total, words) for first, total, words in reversed(_rows(layout, evidence, found))]
    same = table("Incidents by week, newest first", ("Week from", "Incidents", ""), rows, numeric=(1,))
    draw_week_bars(bars, said=told, notes=[f"{OPEN_BARS} {BAND}" if found else OPEN_BARS], rows=same)


def reading(layout: Layout, found: RunChart | None) -> str:
    """Say in one or two sentences what a usual week was and what the weeks since the work are like."""
    if found is None:
        return "The time before is too short to say what a usual week is."
    centre = number(round(found.centre, 1))
    incidents = "incident a week was" if centre == "1" else "incidents a week were"
    usual = f"In the {found.baseline_weeks} weeks before, {centre} {incidents} usual"
    since = [at for at in range(len(found.counts)) if _first(layout, at) > layout.done_on]
    if not since:
        return f"{usual}; not one whole week since the work is complete."
    runs = [run for run in found.runs if run.stop > since[0]]
    outside = [at for at in found.outside if at >= since[0]]
    said = f"{usual}, and between {found.low} and {found.high} in any one week."
    if runs:
        side = "above" if runs[-1].above else "below"
        begin, end = (day(_first(layout, at)) for at in (runs[-1].start, runs[-1].stop - 1))
        long = count(runs[-1].stop - runs[-1].start, "week")
        return f"{said} {long} in a row, those from {begin} to {end}, lay {side} that average: more than chance."
    if outside:
        return f"{said} Since the work, {count(len(outside), 'week')} of {len(since)} lay outside of that range."
    return f"{said} The {len(since)} weeks since the work give no signal: that does not say that nothing changed."


def _first(layout: Layout, week: int) -> date:
    return layout.weeks_from + timedelta(weeks=week)


def _rows(layout: Layout, evidence: Evidence, found: RunChart | None) -> list[tuple[date, int, str]]:
    rows = []
    for at, total in enumerate(layout.weeks):
        first = _first(layout, at)
        words = []
        if first + 6 * _DAY <= evidence.before.last:
            words.append("before")
        elif first > layout.done_on:
            words.append("since the work")
        if found is not None and at in found.outside:
            words.append("not usual")
        if at >= layout.complete_weeks:
            words.append("still coming in")
        rows.append((first, total, ", ".join(words)))
    return rows
