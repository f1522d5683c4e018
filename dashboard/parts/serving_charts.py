"""How a measure of the service themes went: a small run chart, and the same numbers as a table."""

from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.parts.chart_theme import altair_theme
from dashboard.parts.markup import draw, element, table
from dashboard.wording import day
from problems.briefing.figure import TOO_FEW
from problems.service import FEWEST_TOLD
from problems.themes.page import Course, Piece, ThemeFigures

_HEIGHT_PX: Final = 150
#: A line of fewer points is none.
_LEAST_POINTS: Final = 4


def draw_course(figures: ThemeFigures) -> None:
    """Draw the course of a theme's one measure; nothing where nothing happened."""
    course = figures.course
    if course.is_empty:
        return
    label = figures.main.figure.label
    chart = _shares(course) if _has_line(course) else _counts(course)
    st.altair_chart(chart, theme=None, alt=f"{label}, in {len(course.pieces)} pieces of the time. {course.sentence}")
    draw(element("p", chart_words(course), css="fx-quiet"))
    with st.expander("The same as a table"):
        heads = ("From", "To", course.counted.capitalize(), *((course.of.capitalize(), "Share") if course.of else ()))
        rows = [_row(one, has_total=bool(course.of)) for one in reversed(course.pieces)]
        draw(table(f"{label}, newest first", heads, rows, numeric=(2, 3, 4) if course.of else (2,)))


def chart_words(course: Course) -> str:
    """Return what is drawn of a course: what a mark stands for, of how long a time, and what is left out."""
    one = course.pieces[0]
    weeks = ((one.last - one.first).days + 1) // 7
    each = "1 week" if weeks == 1 else f"{weeks} weeks"
    if _has_line(course):
        told = f"Each dot is {each}: the share {course.counted}, out of those {course.of}."
        return told if all(_told(course)) else f"{told} Times with fewer than {FEWEST_TOLD} are left out."
    if course.of:
        return f"Each bar is {each}. Filled: {course.counted}; outlined: all {course.of}."
    return f"Each bar is {each}: how many were {course.counted}."


def _row(piece: Piece, *, has_total: bool) -> tuple[object, ...]:
    row = (day(piece.first), day(piece.last), piece.count)
    if not has_total:
        return row
    few = piece.share is None or (piece.total or 0) < FEWEST_TOLD
    return (*row, piece.total, TOO_FEW if few else f"{round(100 * (piece.share or 0.0))} %")


def _told(course: Course) -> list[bool]:
    return [(one.total or 0) >= FEWEST_TOLD for one in course.pieces]


def _has_line(course: Course) -> bool:
    return sum(_told(course)) >= _LEAST_POINTS


def _frame(course: Course) -> pd.DataFrame:
    pieces = course.pieces
    return pd.DataFrame(
        {
            "first": pd.to_datetime([one.first for one in pieces]),
            "until": pd.to_datetime([one.last for one in pieces]),
            "count": [one.count for one in pieces],
            "total": [one.total for one in pieces],
            "share": [one.share for one in pieces],
            "none": 0,
        }
    )


def _when() -> alt.X:
    return alt.X("first:T", title=None, axis=alt.Axis(format="%d %b %y", labelOverlap=True, tickCount=4))


def _shares(course: Course) -> alt.LayerChart:
    """Draw the share of each piece that has enough behind it."""
    colours = session.colours()
    frame = _frame(course)[_told(course)]
    axis = alt.Axis(format="%", tickCount=3)
    height = alt.Y("share:Q", title="Share", axis=axis, scale=alt.Scale(domain=[0, 1]))
    tooltip = [
        alt.Tooltip("first:T", title="From", format="%d %b %Y"),
        alt.Tooltip("share:Q", title="Share", format=".0%"),
        alt.Tooltip("total:Q", title="Out of"),
    ]
    base = alt.Chart(frame).encode(x=_when(), y=height, tooltip=tooltip)
    line = base.mark_line(color=colours.accent, strokeWidth=1.6, point={"color": colours.accent, "size": 26})
    return alt.LayerChart(layer=[line], height=_HEIGHT_PX, width="container", config=altair_theme(colours)["config"])


def _counts(course: Course) -> alt.LayerChart:
    """Draw counts as bars: open ones are all, filled ones those that count."""
    colours = session.colours()
    most = max(1, *(max(one.count, one.total or 0) for one in course.pieces))
    axis = alt.Axis(tickMinStep=1, tickCount=3, format="d")
    height = alt.Y("count:Q", title="Number", axis=axis, scale=alt.Scale(domain=[0, most]))
    tooltip = [
        alt.Tooltip("first:T", title="From", format="%d %b %Y"),
        alt.Tooltip("count:Q", title=course.counted.capitalize()),
        *([alt.Tooltip("total:Q", title=course.of.capitalize())] if course.of else []),
    ]
    base = alt.Chart(_frame(course)).encode(x=_when(), x2="until:T", y2="none:Q", tooltip=tooltip)
    layers = [base.mark_rect(color=colours.accent).encode(y=height)]
    if course.of:
        layers.insert(
            0, base.mark_rect(fill="transparent", stroke=colours.edge, strokeWidth=1.2).encode(y=alt.Y("total:Q"))
        )
    return alt.LayerChart(layer=layers, height=_HEIGHT_PX, width="container", config=altair_theme(colours)["config"])
