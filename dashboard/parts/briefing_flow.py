"""Sections 5 to 7 of a briefing: what changed, the service, and what partners owe."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.briefing_board import usual
from dashboard.parts.briefing_charts import draw_run_chart, draw_stock_and_flow, run_rows
from dashboard.parts.briefing_figures import Reading, bar, ranged, rests_on, show_figures
from dashboard.parts.markup import draw, element, joined, table
from dashboard.parts.notices import remark
from dashboard.wording import NOTHING
from problems.briefing.briefing import Change, FixOf, PartnerWork, Service
from problems.briefing.changing import called_first
from problems.briefing.figure import Section
from problems.briefing.weeks import IsoWeek
from problems.signals import SignalWord

#: So many run charts are drawn; the others that are called out stand in the table.
MOST_CHARTS: Final = 6
_ROWS: Final = 30
BAND_AND_LINE: Final = (
    "The band is what eight usual weeks make one expect, the broken line the average of the year before; the large dot "
    "is this week."
)


def show_changes(reading: Reading) -> None:
    """Draw a run chart of each series that stands up to having looked at all."""
    shown = reading.briefing.changes.drawn[:MOST_CHARTS]
    if shown:
        columns = st.columns(2) if len(shown) > 1 else [st.container()]
        for place, one in enumerate(shown):
            with columns[place % len(columns)]:
                _chart(reading, one)
        draw(element("p", BAND_AND_LINE, css="fx-quiet"))


def show_more_changes(reading: Reading) -> None:
    """Say how many more series are called out than there are charts."""
    more = len(reading.all.changes.called_out) - MOST_CHARTS
    if more > 0:
        remark(f"{more} more are called out; the table {'on the page ' if reading.slide else ''}has them first.")


def show_series(reading: Reading) -> None:
    """Draw the way to the weeks of each series, and all series as a table."""
    of, week = reading.briefing.changes, reading.asked.week
    if not of.every:
        return
    named = {one.signal.name: one for one in called_first(of.every)}
    chosen = st.selectbox(
        "Look at the weeks of one series",
        list(named),
        index=None,
        format_func=plain_label,
        key="briefing-series",
        placeholder="Choose a series",
        width=420,
    )
    if chosen in named:
        draw_run_chart(named[chosen], week)
        draw(element("p", named[chosen].signal.sentence, " ", BAND_AND_LINE, css="fx-quiet"))
        _same(named[chosen], week)
    with st.expander(f"All {len(named):,} series that were looked at"):
        _every(reading, list(named.values()))


def _chart(reading: Reading, one: Change) -> None:
    number = reading.number(one.figure)
    draw(element("p", element("b", one.signal.name), " ", number, " ", one.signal.word.label.lower(), css="fx-line"))
    draw_run_chart(one, reading.asked.week, tall=bool(reading.slide))
    draw(element("p", one.signal.sentence, css="fx-quiet"))
    if not reading.slide:
        _same(one, reading.asked.week)


def _same(one: Change, week: IsoWeek) -> None:
    with st.expander(plain_label(f"{one.signal.name} as a table")):
        rows = run_rows(one, week)
        draw(table(f"{one.signal.name} by week, newest first", ("Week from", "Reports"), rows, numeric=(1,)))


def _every(reading: Reading, changes: Sequence[Change]) -> None:
    told = [one for one in changes if one.signal.word is not SignalWord.TOO_FEW]
    few = len(changes) - len(told)
    shown = told[:_ROWS]
    rows = [(one.signal.name, reading.number(one.figure), usual(one.figure), one.signal.word.label) for one in shown]
    if rows:
        heads = ("Series", "This week", "Usual", "In words")
        draw(table("Series of this week, what is called out first", heads, rows, numeric=(1,), stacked=True))
    left, named = len(told) - len(shown), {one.key: one for one in reading.briefing.named.get(Section.CHANGES, ())}
    said = [f"{left} more as usual"] * bool(left) + [f"{few} with too few reports to say"] * bool(few)
    if said and named:
        ways = ["All of them: ", reading.number(named["series_all"])]
        ways += [", with too few: ", reading.number(named["series_too_few"])] if few else []
        draw(element("p", f"Not listed: {' and '.join(said)}. ", *ways, ".", css="fx-quiet"))


def show_service(reading: Reading) -> None:
    """Draw the figures of the service."""
    show_figures(reading, reading.briefing.service.figures)


def has_flow(of: Service) -> bool:
    """Tell whether there is anything to draw of the last thirteen weeks."""
    return any(one.received or one.closed or one.open_at_end for one in of.weeks)


def show_flow(reading: Reading) -> None:
    """Draw thirteen weeks of stock and flow."""
    of = reading.briefing.service
    if has_flow(of):
        draw_stock_and_flow(of.weeks, tall=bool(reading.slide))


def show_fixes(reading: Reading) -> None:
    """Draw how long fixes take, by category and by partner."""
    of = reading.briefing.service
    for title, fixes in (("category", of.fix_by_category), ("partner", of.fix_by_partner)):
        if fixes:
            draw(reading.subhead(f"Time to a fix, by {title}"))
            _fixes(reading, title, fixes)
    if of.fix_by_category or of.fix_by_partner:
        words = "Half were fixed within this time; the line is its range. What is still open counts as long as it is."
        draw(element("p", words, css="fx-quiet"))


def _fixes(reading: Reading, title: str, fixes: Sequence[FixOf]) -> None:
    of = reading.all.service
    every = of.fix_by_category if title == "category" else of.fix_by_partner
    most = max((max(one.figure.value or 0, one.figure.high or 0) for one in every), default=0)
    rows = []
    for one in fixes:
        value = one.figure.value
        drawn = ranged(value, one.figure.low, one.figure.high, most) if value is not None else ""
        apart = reading.number(one.apart) if one.apart and one.apart.value else NOTHING
        half = element("span", reading.number(one.figure), drawn)
        rows.append((one.times.name, half, rests_on(one.figure), apart))
    heads = (title.capitalize(), "Half within", "Range and number", "Closed without work")
    draw(table(f"Time to a fix, by {title}", heads, rows, numeric=(3,), stacked=True))


def show_remediation(reading: Reading) -> None:
    """Draw what partner organisations owe, all together."""
    of = reading.briefing.remediation
    total = of.total
    figures = (total.due, total.overdue, total.blocked, total.rework, total.to_accept)
    # Whose they are stands in the sentence above.
    show_figures(reading, [replace(one, label=one.label.removesuffix(f": {total.name}")) for one in figures])


def show_partners(reading: Reading) -> None:
    """Draw what each partner organisation owes."""
    of = reading.briefing.remediation
    if not of.partners:
        return
    most = max((one.overdue.value or 0 for one in reading.all.remediation.partners), default=0) or 1
    heads = ("Organisation", "Late", "Due in the week", "Blocked", "Sent back", "Proposed to accepted")
    rows = [_partner(reading, one, most) for one in of.partners]
    draw(table("Work of each organisation", heads, rows, numeric=(2, 4), stacked=True))


def _partner(reading: Reading, one: PartnerWork, most: float) -> Sequence[object]:
    return (
        one.name,
        element("span", reading.number(one.overdue), bar((one.overdue.value or 0) / most)),
        reading.number(one.due),
        _blocked(reading, one),
        reading.number(one.rework),
        element("span", reading.number(one.to_accept), " ", element("small", rests_on(one.to_accept))),
    )


def _blocked(reading: Reading, one: PartnerWork) -> object:
    if not one.reasons:
        return NOTHING
    words = zip(one.blocked_by, one.reasons, strict=True)
    return joined(element("span", reading.number(figure), f" {reason.lower()} ") for reason, figure in words)
