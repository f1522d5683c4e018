"""The page of one area: its problems, its service, what changed, what was fixed, and what the figures do not say."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import streamlit as st

from dashboard.design import Html, status_html
from dashboard.parts.area_map import show_area_map
from dashboard.parts.areas_asked import KIND, briefing_asked
from dashboard.parts.briefing_asked import week_words
from dashboard.parts.briefing_charts import draw_run_chart, run_rows
from dashboard.parts.briefing_figures import PATH as BRIEFING
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.briefing_flow import BAND_AND_LINE, show_fixes, show_flow, show_service
from dashboard.parts.desk import Desk
from dashboard.parts.inbox_filters import key
from dashboard.parts.markup import draw, element, joined, link, section, status_mark, table
from dashboard.parts.notices import remark
from dashboard.parts.untold import if_told
from dashboard.wording import NOTHING, count, day
from problems.briefing.area_page import WEEKS_OF_FIXES, AreaPage, OpenProblem, VerifiedFix
from problems.briefing.figure import Section
from problems.inbox import Sight, sight_of
from problems.problem import Problem, Remediation
from problems.use_cases.briefing import MAY_READ

_CHARTS: Final = 4


def show_area(desk: Desk, page: AreaPage) -> None:
    """Draw the page of one area."""
    reading = Reading(desk, briefing_asked(desk, page), page.briefing)
    hidden = {one.section for one in page.briefing.withheld}
    _ways(desk, reading, page)
    for one in page.remarks:
        remark(one, tone="accent")
    _problems(desk, page)
    if Section.SERVICE not in hidden:
        section("Service", week_words(reading.asked.week))
        draw(element("p", page.briefing.service.sentence, css="fx-reading fx-brief-said"))
        show_service(reading)
        show_flow(reading)
        show_fixes(reading)
    if Section.CHANGES not in hidden:
        _changes(reading)
    _fixes(page)
    if Section.CAVEATS not in hidden:
        _caveats(reading, page)
    if hidden:
        section("Not shown to you")
        remark("Service, what changed and how areas compare: this is not shared with partner organisations.")


def _ways(desk: Desk, reading: Reading, page: AreaPage) -> None:
    week = reading.asked.week
    ways = [
        link("/areas", f"All {page.area.kind.plural}", query={KIND: str(page.area.kind)}),
        link(BRIEFING, f"Its briefing of week {week.number}", query=reading.query),
    ]
    if sight_of(desk.principal) is Sight.ALL:
        label = f"{page.area.kind.label}: {page.area.name}"
        ways.append(link("/inbox", "Its reports in the Inbox", query={key("area"): label}))
    if desk.principal.has(*MAY_READ):
        since = page.on - timedelta(weeks=WEEKS_OF_FIXES) + timedelta(days=1)
        asked = {"area": f"{page.area.kind}:{page.area.name}", "from": str(since), "to": str(page.on)}
        ways.append(link("/told", "What residents can be told of it", query=asked))
    draw(element("p", joined(ways, " "), css="fx-ways"))


def _problems(desk: Desk, page: AreaPage) -> None:
    section("Problems", f"as they stand on {day(page.on)}")
    draw(element("p", page.problems_sentence, css="fx-reading fx-brief-said"))
    left, right = st.columns([3, 2])
    with right:
        show_area_map(desk, page)
        _legend([one.problem for one in page.open])
    with left:
        if page.open:
            heads = ("Problem", "State", "Owner", "Next", "Due")
            rows = [_problem(one) for one in page.open]
            draw(table(f"Open problems of {page.area.name}, what is most late first", heads, rows, stacked=True))


def _legend(problems: Sequence[Problem]) -> None:
    shown = {one.status.remediation for one in problems}
    lines = [element("li", Html(status_html(one))) for one in Remediation if one in shown]
    if lines:
        draw(element("ul", joined(lines), css="fx-legend"))


def _problem(one: OpenProblem) -> Sequence[object]:
    own = one.problem
    name = link("/problem", f"{own.ref} {own.name}", query={"problem": own.ref})
    due: object = day(one.due_on) if one.due_on else if_told(own, NOTHING)
    if one.days_late:
        due = element("span", due, element("br"), element("b", f"{count(one.days_late, 'day')} late"))
    return name, status_mark(own.status), if_told(own, own.owner or "Nobody"), one.next_step, due


def _changes(reading: Reading) -> None:
    of, week = reading.briefing.changes, reading.asked.week
    section("What changed", week_words(week))
    draw(element("p", of.sentence, css="fx-reading fx-brief-said"))
    shown = of.drawn[:_CHARTS]
    columns = st.columns(2) if len(shown) > 1 else [st.container()]
    for at, one in enumerate(shown):
        with columns[at % len(columns)]:
            words = element("b", one.signal.name)
            draw(
                element("p", words, " ", reading.number(one.figure), " ", one.signal.word.label.lower(), css="fx-line")
            )
            draw_run_chart(one, week)
            draw(element("p", one.signal.sentence, css="fx-quiet"))
            with st.expander(f"{one.kind} as a table"):
                rows = run_rows(one, week)
                draw(table(f"{one.signal.name}, newest first", ("Week from", "Reports"), rows, numeric=(1,)))
    if shown:
        draw(element("p", BAND_AND_LINE, css="fx-quiet"))
    if len(of.called_out) > len(shown):
        remark(f"{len(of.called_out) - len(shown)} more stand out; the briefing has all of them.")


def _fixes(page: AreaPage) -> None:
    section("Verified fixes", f"the last {WEEKS_OF_FIXES} weeks")
    draw(element("p", page.fixes_sentence, css="fx-reading fx-brief-said"))
    if page.fixes:
        heads = ("Problem", "Verified", "Did it hold")
        rows = [_fix(one) for one in page.fixes]
        draw(table(f"Fixes verified in {page.area.name}, the newest first", heads, rows, stacked=True))


def _fix(one: VerifiedFix) -> Sequence[object]:
    name = link("/problem", f"{one.ref} {one.name}".rstrip(), query={"problem": one.ref})
    return name, day(one.verified_on), one.words if one.until is None else element("b", one.words)


def _caveats(reading: Reading, page: AreaPage) -> None:
    section("How sure this is")
    lines = [element("li", one) for one in page.briefing.caveats.sentences]
    if page.among is not None:
        own = next((one.compared for one in page.among.rows if one.area.id == page.area.id), None)
        if own is not None:
            said = f"Reports of 13 weeks beside the other {page.area.kind.plural}, by {page.among.against.unit}: "
            lines.insert(0, element("li", said, own.sentence))
    draw(element("ul", joined(lines), css="fx-cautions"))
