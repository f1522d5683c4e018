"""A briefing beside that of an earlier week: what is different, in words that the numbers support."""

from datetime import date

import streamlit as st

from dashboard.parts.briefing_asked import briefing_of, week_words
from dashboard.parts.briefing_choice import week_against
from dashboard.parts.briefing_figures import Reading, figure_words
from dashboard.parts.markup import draw, element, section, table
from dashboard.parts.notices import refusal, remark
from dashboard.wording import day
from problems.briefing.comparing import Compared, compared, differences
from problems.errors import ProblemError


def show_comparison(reading: Reading) -> None:
    """Draw the figures of both weeks side by side, where an earlier week is asked for; a refusal stays in its place."""
    try:
        week = week_against(reading.asked)
        if week is None:
            return
        other = reading.asked.of_week(week, reading.desk.today)
        section("Compared with an earlier week", week_words(week))
        with st.spinner(f"Making the briefing of {week_words(week)}"):
            before = briefing_of(reading.desk, other)
        found = compared(reading.briefing, before)
    except ProblemError as refused:
        refusal(refused)
        return
    draw(element("p", f"{found.sentence} Known on {_days(reading, other.known_on)}.", css="fx-reading"))
    hidden = {one.section for one in (*reading.briefing.withheld, *before.withheld)}
    rows = [one for one in found.rows if one.section not in hidden]
    different = differences(rows)
    everything = st.toggle("Also what is the same", key="briefing-same") if len(different) < len(rows) else True
    shown = rows if everything else different
    if not shown:
        remark("No figure is different.")
        return
    heads = ("Section", "Figure", "This week", "Then", "The difference in words")
    body = [_row(reading, one, Reading(reading.desk, other, before)) for one in shown]
    draw(table("The figures of both weeks", heads, body, stacked=True))


def _days(reading: Reading, known: date) -> str:
    mine = reading.asked.known_on
    return day(mine) if known == mine else f"{day(mine)} and on {day(known)}"


def _row(reading: Reading, one: Compared, then: Reading) -> tuple[object, ...]:
    before = then.number(one.before) if one.before.behind else figure_words(one.before)
    return one.section.label, one.now.label, reading.number(one.now), before, one.sentence
