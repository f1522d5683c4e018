"""Counts by week as bars, drawn in one way wherever weeks are shown, with the same as a table beneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.design import Html, Palette
from dashboard.parts.chart_theme import altair_theme
from dashboard.parts.markup import draw, element
from geo.run_chart import RunChart

#: Said beneath bars of which the last are open.
OPEN_BARS: Final = "Open bars: the last 14 days, for which reports still come in."
#: Said beneath a band.
BAND: Final = "The band is the range of a usual week, the line its average; a triangle marks a week outside."


@dataclass(frozen=True)
class WeekBars:
    """What is drawn: the counts of weeks from ``first`` on, of which the first ``complete`` ones are all in.

    ``usual`` tells the range of a usual week and which weeks lie outside; ``marks`` are days with words; ``counted`` is
    what is counted, in the plural.
    """

    first: date
    counts: Sequence[int]
    complete: int
    usual: RunChart | None = None
    marks: Sequence[tuple[date, str]] = ()
    counted: str = "Distinct incidents"
    height_px: int = 210

    def week(self, at: int) -> date:
        """Return the first day of a week."""
        return self.first + timedelta(weeks=at)


def draw_week_bars(bars: WeekBars, *, said: str, notes: Sequence[str], rows: Html) -> None:
    """Draw the bars, the notes beneath and the same as a table; ``said`` is for who does not see the picture."""
    st.altair_chart(week_chart(bars), theme=None, alt=f"{bars.counted} by week. {said}")
    for note in notes:
        draw(element("p", note, css="fx-quiet"))
    with st.expander("The same as a table"):
        draw(rows)


def week_chart(bars: WeekBars) -> alt.LayerChart:
    """Return the band of usual weeks, the bars, a triangle over each week outside, and a rule for each mark."""
    colours = session.colours()
    outside = set(bars.usual.outside) if bars.usual else set()
    begins = [bars.week(at) for at in range(len(bars.counts))]
    frame = pd.DataFrame(
        {
            "week": pd.to_datetime(begins),
            "until": pd.to_datetime([begin + timedelta(days=6) for begin in begins]),
            "middle": pd.to_datetime([begin + timedelta(days=3) for begin in begins]),
            "number": bars.counts,
            "none": 0,
            "complete": [at < bars.complete for at in range(len(begins))],
            "unusual": [at in outside for at in range(len(begins))],
        }
    )
    # A triangle stands above its bar.
    top = max(4, *bars.counts, bars.usual.high if bars.usual else 0) + (1 if bars.usual else 0)
    week = alt.X("week:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True, tickCount=6))
    unit = bars.counted.split()[-1].capitalize()
    scale, axis = alt.Scale(domain=[0, top]), alt.Axis(tickMinStep=1)
    height = alt.Y("number:Q", title=f"{unit} a week", scale=scale, axis=axis)
    layers = [*_band(frame, bars.usual, week, colours), _bars(frame, week, height, bars.counted, colours)]
    if outside:
        layers.append(
            alt.Chart(frame[frame["unusual"]])
            .mark_point(shape="triangle-down", color=colours.ink, filled=True, size=55, yOffset=-7)
            .encode(x=alt.X("middle:T", title=None), y=height)
        )
    layers += _rules(bars, colours)
    config = altair_theme(colours)["config"]
    return alt.LayerChart(layer=layers, height=bars.height_px, width="container", config=config)


def _bars(frame: pd.DataFrame, week: alt.X, height: alt.Y, counted: str, colours: Palette) -> alt.Chart:
    drawn: alt.Chart = alt.Chart(frame).mark_rect(stroke=colours.accent, strokeWidth=1.0)
    tooltip = [
        alt.Tooltip("week:T", title="Week from", format="%d %b %Y"),
        alt.Tooltip("number:Q", title=counted),
    ]
    fill = alt.condition("datum.complete", alt.value(colours.accent), alt.value("transparent"))
    return drawn.encode(x=week, x2="until:T", y=height, y2="none:Q", fill=fill, tooltip=tooltip)


def _band(frame: pd.DataFrame, usual: RunChart | None, week: alt.X, colours: Palette) -> list[alt.Chart]:
    if usual is None or frame.empty:
        return []
    ends = {"week": [frame["week"].iloc[0]], "until": [frame["until"].iloc[-1]]}
    base = alt.Chart(pd.DataFrame(ends | {"low": [usual.low], "high": [usual.high], "centre": [usual.centre]})).encode(
        x=week, x2="until:T"
    )
    return [
        base.mark_rect(color=colours.wash, stroke=colours.edge, strokeWidth=0.6).encode(y="low:Q", y2="high:Q"),
        base.mark_rule(color=colours.edge, strokeWidth=1.4).encode(y="centre:Q"),
    ]


def _rules(bars: WeekBars, colours: Palette) -> list[alt.Chart]:
    shown = [(on, words) for on, words in bars.marks if on >= bars.first]
    if not shown:
        return []
    rules = pd.DataFrame({"day": pd.to_datetime([on for on, _ in shown])})
    layers = [alt.Chart(rules).mark_rule(color=colours.ink, strokeDash=[3, 3]).encode(x="day:T")]
    for step, (on, words) in enumerate(shown):
        # Words near the right edge are written to the left of their rule, and no two on one line.
        late = (on - bars.first).days > 5 * len(bars.counts)
        said = alt.Chart(pd.DataFrame({"day": [pd.Timestamp(on)], "words": [words]}))
        layers.append(
            said.mark_text(
                align="right" if late else "left", dx=-4 if late else 4, baseline="top", color=colours.ink
            ).encode(x="day:T", text="words:N", y=alt.value(13 * step))
        )
    return layers
