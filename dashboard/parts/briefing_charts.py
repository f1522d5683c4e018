"""The charts of a briefing: run charts with band and line, stock and flow; each with a table of the same."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.parts.chart_theme import altair_theme
from dashboard.parts.markup import draw, element, table
from dashboard.wording import day
from problems.briefing.briefing import Change
from problems.briefing.weeks import IsoWeek
from problems.service import WeekFlow

_RUN_HEIGHT_PX: Final = 170
#: On the wall.
_RUN_TALL_PX: Final = 280
_FLOW_HEIGHT_PX: Final = 200
_FLOW_TALL_PX: Final = 360
_WALL_TYPE_PX: Final = 16
#: How many weeks the band is of; it is drawn under them and under the week that is judged.
_BAND_WEEKS: Final = 8


def draw_run_chart(change: Change, week: IsoWeek, *, tall: bool = False) -> None:
    """Draw the weeks of one series: the band of eight weeks, the line of the year, this week as a large dot."""
    chart = _run_chart(change, week, _RUN_TALL_PX if tall else _RUN_HEIGHT_PX)
    st.altair_chart(chart, theme=None, alt=f"{change.signal.name} by week. {change.signal.sentence}")


def run_rows(change: Change, week: IsoWeek) -> list[tuple[object, ...]]:
    """Return the weeks of a series, the newest first: first day, reports."""
    starts = _starts(len(change.weeks), week)
    return [(day(first), number) for first, number in zip(reversed(starts), reversed(change.weeks), strict=True)]


def _starts(weeks: int, week: IsoWeek) -> list[date]:
    return [week.first - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]


def _run_chart(change: Change, week: IsoWeek, height_px: int) -> alt.LayerChart:
    colours, signal = session.colours(), change.signal
    starts = _starts(len(change.weeks), week)
    frame = pd.DataFrame({"week": pd.to_datetime(starts), "number": change.weeks})
    frame["now"] = [at == len(starts) - 1 for at in range(len(starts))]
    highest = max([*change.weeks, signal.band.high if signal.band else 0, 4])
    axis = alt.Axis(format="%b %Y", labelOverlap=True, tickCount=5)
    week_axis = alt.X("week:T", title=None, axis=axis)
    height = alt.Y(
        "number:Q", title="Reports a week", scale=alt.Scale(domain=[0, highest + 1]), axis=alt.Axis(tickMinStep=1)
    )
    layers: list[alt.Chart] = []
    if signal.band is not None and len(starts) > 1:
        first = starts[max(0, len(starts) - 1 - _BAND_WEEKS)]
        ends = {"week": [pd.Timestamp(first)], "until": [pd.Timestamp(starts[-1] + timedelta(days=3))]}
        band = alt.Chart(pd.DataFrame(ends | {"low": [signal.band.low], "high": [signal.band.high]}))
        layers.append(
            band.mark_rect(color=colours.wash, stroke=colours.edge, strokeWidth=0.6).encode(
                x=week_axis, x2="until:T", y="low:Q", y2="high:Q"
            )
        )
    if signal.line is not None:
        line = alt.Chart(pd.DataFrame({"expected": [signal.line.expected]}))
        layers.append(line.mark_rule(color=colours.edge, strokeDash=[5, 4], strokeWidth=1.4).encode(y="expected:Q"))
    tooltip = [
        alt.Tooltip("week:T", title="Week from", format="%d %b %Y"),
        alt.Tooltip("number:Q", title="Reports"),
    ]
    base = alt.Chart(frame).encode(x=week_axis, y=height, tooltip=tooltip)
    layers.append(base.mark_line(color=colours.accent, strokeWidth=1.6, point={"color": colours.accent, "size": 14}))
    layers.append(
        base.transform_filter("datum.now").mark_point(
            color=colours.ink, filled=True, size=90, stroke=colours.paper, strokeWidth=1.5
        )
    )
    config = altair_theme(colours, _WALL_TYPE_PX if height_px == _RUN_TALL_PX else None)["config"]
    return alt.LayerChart(layer=layers, height=height_px, width="container", config=config)


def draw_stock_and_flow(weeks: Sequence[WeekFlow], *, tall: bool = False) -> None:
    """Draw what came in (up) and what ended (down) by week, and beside it what was open at the end of each."""
    left, right = st.columns(2)
    with left:
        draw(element("p", "In and out, by week", css="fx-chart-title"))
        said = "; ".join(f"week of {day(one.starts_on)}: {one.received} in, {one.closed} out" for one in weeks[-4:])
        st.altair_chart(_flow(weeks, tall=tall), theme=None, alt=f"Reports in and out by week. The last four: {said}.")
        draw(element("p", "Above the line came in, open bars below it ended.", css="fx-quiet"))
    with right:
        draw(element("p", "Open at the end of the week", css="fx-chart-title"))
        said = f"from {weeks[0].open_at_end:,} to {weeks[-1].open_at_end:,}"
        st.altair_chart(
            _stock(weeks, tall=tall), theme=None, alt=f"Open reports at the end of each of {len(weeks)} weeks, {said}."
        )
    if tall:
        return
    with st.expander("The same as a table"):
        rows = [
            (day(one.starts_on), one.open_at_start, one.received, one.closed, one.open_at_end)
            for one in reversed(weeks)
        ]
        heads = ("Week from", "Open at the start", "In", "Out", "Open at the end")
        draw(table("Stock and flow by week, newest first", heads, rows, numeric=(1, 2, 3, 4)))


def _flow(weeks: Sequence[WeekFlow], *, tall: bool) -> alt.LayerChart:
    colours = session.colours()
    frame = pd.DataFrame(
        {
            "week": pd.to_datetime([one.starts_on for one in weeks]),
            "until": pd.to_datetime([one.starts_on + timedelta(days=6) for one in weeks]),
            "received": [one.received for one in weeks],
            "closed": [one.closed for one in weeks],
            "down": [-one.closed for one in weeks],
            "none": 0,
        }
    )
    week = alt.X("week:T", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True, tickCount=5))
    tooltip = [
        alt.Tooltip("week:T", title="Week from", format="%d %b %Y"),
        alt.Tooltip("received:Q", title="In"),
        alt.Tooltip("closed:Q", title="Out"),
    ]
    base = alt.Chart(frame).encode(x=week, x2="until:T", y2="none:Q", tooltip=tooltip)
    axis = alt.Axis(labelExpr="abs(datum.value)", tickMinStep=1)
    most = 1.15 * max(1, *(max(one.received, one.closed) for one in weeks))
    height = alt.Y("received:Q", title="Reports a week", axis=axis, scale=alt.Scale(domain=[-most, most], nice=False))
    up = base.mark_rect(color=colours.accent).encode(y=height)
    down = base.mark_rect(fill="transparent", stroke=colours.accent, strokeWidth=1.2).encode(y="down:Q")
    zero = alt.Chart(pd.DataFrame({"none": [0]})).mark_rule(color=colours.ink).encode(y="none:Q")
    config = altair_theme(colours, _WALL_TYPE_PX if tall else None)["config"]
    return alt.LayerChart(
        layer=[up, down, zero], height=_FLOW_TALL_PX if tall else _FLOW_HEIGHT_PX, width="container", config=config
    )


def _stock(weeks: Sequence[WeekFlow], *, tall: bool) -> alt.LayerChart:
    colours = session.colours()
    frame = pd.DataFrame(
        {
            "week": pd.to_datetime([one.starts_on for one in weeks]),
            "until": pd.to_datetime([one.starts_on + timedelta(days=6) for one in weeks]),
            "open": [one.open_at_end for one in weeks],
            "none": 0,
        }
    )
    week = alt.X("week:T", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True, tickCount=5))
    tooltip = [alt.Tooltip("week:T", title="Week from", format="%d %b %Y"), alt.Tooltip("open:Q", title="Open")]
    bars = (
        alt.Chart(frame)
        .mark_rect(color=colours.density[3])
        .encode(
            x=week,
            x2="until:T",
            y=alt.Y("open:Q", title="Open reports", axis=alt.Axis(tickMinStep=1)),
            y2="none:Q",
            tooltip=tooltip,
        )
    )
    config = altair_theme(colours, _WALL_TYPE_PX if tall else None)["config"]
    return alt.LayerChart(
        layer=[bars], height=_FLOW_TALL_PX if tall else _FLOW_HEIGHT_PX, width="container", config=config
    )
