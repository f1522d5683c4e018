"""Charts, each with a sentence that says what it shows and a table twin."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import design, session
from dashboard.parts.chart_theme import altair_theme
from dashboard.parts.footprint import reading
from dashboard.parts.markup import draw, element, table
from dashboard.wording import day
from problems.figures import Week

_HEIGHT_PX: Final = 190


def weekly_bars(weeks: Sequence[Week], marks: Sequence[tuple[date, str]] = ()) -> None:
    """Draw reports by week: open bars for weeks that will still grow, rules for ``marks`` (day, words).

    Without a report there is no chart: the sentence says it better.
    """
    draw(element("p", reading(weeks), css="fx-reading"))
    if not any(week.reports for week in weeks):
        return
    st.altair_chart(_bars(weeks, marks), theme=None, alt=f"Reports by week. {reading(weeks)}")
    draw(element("p", "Open bars: the last 14 days, for which reports still come in.", css="fx-quiet"))
    with st.expander("The same as a table"):
        rows = [
            (day(week.starts_on), week.reports, week.incidents, "" if week.complete else "still coming in")
            for week in reversed(weeks)
        ]
        draw(
            table(
                "Reports by week, newest first",
                ("Week from", "Reports", "Distinct incidents", ""),
                rows,
                numeric=(1, 2),
            )
        )


def _bars(weeks: Sequence[Week], marks: Sequence[tuple[date, str]]) -> alt.LayerChart:
    colours = design.palette(dark=session.is_dark(), contrast=session.wants_contrast())
    frame = pd.DataFrame(
        {
            "week": pd.to_datetime([week.starts_on for week in weeks]),
            "reports": [week.reports for week in weeks],
            "incidents": [week.incidents for week in weeks],
            "complete": [week.complete for week in weeks],
        }
    )
    top = max(4, *(week.reports for week in weeks))
    bars = (
        alt.Chart(frame)
        .mark_rect(stroke=colours.accent, strokeWidth=1.2)
        .encode(
            x=alt.X("week:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True, tickCount=6)),
            x2=alt.X2("until:T"),
            y=alt.Y(
                "reports:Q", title="Reports a week", scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickMinStep=1)
            ),
            fill=alt.condition("datum.complete", alt.value(colours.accent), alt.value("transparent")),
            tooltip=[
                alt.Tooltip("week:T", title="Week from", format="%d %b %Y"),
                alt.Tooltip("reports:Q", title="Reports"),
            ],
        )
        .transform_calculate(until="toDate(datum.week) + 6 * 24 * 3600 * 1000", none="0")
    )
    layers: list[alt.Chart] = [bars]
    shown = [(on, words) for on, words in marks if weeks and on >= weeks[0].starts_on]
    if shown:
        moments = pd.DataFrame({"day": pd.to_datetime([on for on, _ in shown]), "words": [words for _, words in shown]})
        base = alt.Chart(moments).encode(x="day:T")
        layers.append(base.mark_rule(color=colours.ink, strokeDash=[3, 3]))
        layers.append(
            base.mark_text(align="left", dx=4, baseline="top", color=colours.ink).encode(text="words:N", y=alt.value(0))
        )
    theme = altair_theme(colours)
    return alt.LayerChart(layer=layers, height=_HEIGHT_PX, width="container", config=theme["config"])
