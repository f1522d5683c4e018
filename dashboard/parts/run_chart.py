"""The weekly run chart of an assessment: what a usual week was, and the weeks since the work."""

from datetime import date, timedelta
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import design, session
from dashboard.parts.chart_theme import altair_theme
from dashboard.parts.markup import draw, element, section, table
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
    st.altair_chart(_drawn(layout, found), theme=None, alt=f"Incidents by week. {told}")
    band = "Shaded: what a usual week of the time before holds. " if found else ""
    draw(element("p", f"{band}Open marks: the last 14 days, for which reports still come in.", css="fx-quiet"))
    with st.expander("The same as a table"):
        rows = [(day(first), total, words) for first, total, words in reversed(_rows(layout, evidence, found))]
        draw(table("Incidents by week, newest first", ("Week from", "Incidents", ""), rows, numeric=(1,)))


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


def _drawn(layout: Layout, found: RunChart | None) -> alt.LayerChart:
    colours = design.palette(dark=session.is_dark(), contrast=session.wants_contrast())
    weeks = range(len(layout.weeks))
    frame = pd.DataFrame(
        {
            "week": pd.to_datetime([_first(layout, at) for at in weeks]),
            "incidents": layout.weeks,
            "complete": [at < layout.complete_weeks for at in weeks],
            "unusual": [found is not None and at in found.outside for at in weeks],
        }
    )
    top = max(4, *layout.weeks, 0 if found is None else found.high)
    axis = alt.Axis(format="%b %Y", labelOverlap=True, tickCount=6)
    x = alt.X("week:T", title=None, axis=axis)
    y = alt.Y("incidents:Q", title="Incidents a week", scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickMinStep=1))
    base = alt.Chart(frame).encode(x=x, y=y)
    line = base.mark_line(color=colours.accent, strokeWidth=1.2, opacity=0.55)
    marks = base.mark_point(size=46, strokeWidth=1.6, stroke=colours.accent).encode(
        fill=alt.condition("datum.complete", alt.value(colours.accent), alt.value(colours.paper)),
        shape=alt.condition("datum.unusual", alt.value("diamond"), alt.value("circle")),
        size=alt.condition("datum.unusual", alt.value(120), alt.value(46)),
        tooltip=[
            alt.Tooltip("week:T", title="Week from", format="%d %b %Y"),
            alt.Tooltip("incidents:Q", title="Incidents"),
        ],
    )
    layers = [*_usual(frame, found, colours), line, marks, *_work(layout, colours)]
    config = altair_theme(colours)["config"]
    return alt.LayerChart(layer=layers, height=_HEIGHT_PX, width="container", config=config)


def _usual(frame: pd.DataFrame, found: RunChart | None, colours: design.Palette) -> list[alt.Chart]:
    if found is None or frame.empty:
        return []
    ends = pd.DataFrame(
        {
            "from": [frame["week"].iloc[0]],
            "to": [frame["week"].iloc[-1]],
            "low": [found.low],
            "high": [found.high],
            "centre": [found.centre],
        }
    )
    wide = alt.Chart(ends).encode(x="from:T", x2="to:T")
    return [
        wide.mark_rect(color=colours.accent, opacity=0.12).encode(y="low:Q", y2="high:Q"),
        wide.mark_rule(color=colours.muted, strokeDash=[2, 3]).encode(y="centre:Q"),
    ]


def _work(layout: Layout, colours: design.Palette) -> list[alt.Chart]:
    moment = pd.DataFrame({"day": pd.to_datetime([layout.done_on]), "words": ["Work done"]})
    base = alt.Chart(moment).encode(x="day:T")
    # Near the right edge the words would be cut off there.
    late = (layout.done_on - layout.weeks_from).days > 7 * len(layout.weeks) * 0.75
    words = base.mark_text(align="right" if late else "left", dx=-5 if late else 5, baseline="top", color=colours.ink)
    return [base.mark_rule(color=colours.ink, strokeDash=[4, 3]), words.encode(text="words:N", y=alt.value(0))]
