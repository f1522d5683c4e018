"""Service: how are we serving people? Six themes with one measure each, how it went, and the list behind it."""

from datetime import date
from pathlib import Path
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.design import Html, safe_html
from dashboard.handouts import handouts
from dashboard.parts.area_choice import AREA, area_asked, choose_area, put
from dashboard.parts.briefing_asked import week_words
from dashboard.parts.briefing_figures import figure_words, rests_on
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element, link, page_head, section, show_sheet, table
from dashboard.parts.nothing_known import nothing_known
from dashboard.parts.notices import refusal, remark
from dashboard.parts.serving_charts import draw_course
from dashboard.parts.serving_list import show_theme_list
from dashboard.remembered import Remembered
from dashboard.wording import day
from data.calendars import working_days
from data.serving_files import serving_csv
from data.targets import targets_of
from problems.briefing.figure import Unit
from problems.briefing.weeks import IsoWeek
from problems.errors import InputRefused, ProblemError
from problems.file_names import plain_name
from problems.seeing import whole
from problems.themes.page import LENGTHS, PIECES, Measure, ServicePage, Span, ThemeFigures
from problems.use_cases.serving import serve_themes

PATH: Final = "serving"
_LEAD: Final = "Six reasons for which trust is earned or lost, with one thing each that can be measured."
_WEEKS, _UNTIL, _LIST = "weeks", "until", "list"
_KEYS: Final = {name: f"serving-{name}" for name in (_WEEKS, _UNTIL)}
_FILE: Final = "serving-file"
_LENGTHS: Final = {13: "13 weeks", 26: "26 weeks (half a year)", 52: "52 weeks (a year)"}
_SHEET: Final = Path(__file__).parents[1] / "assets" / "briefing.css"
_made: Final = Remembered(most=20, one_at_a_time=True)


def show() -> None:
    """Draw the page, or the list behind one of its figures."""
    desk = this_desk()
    show_sheet()
    st.html(_SHEET)
    if nothing_known(desk, "How are we serving people?", _LEAD, "The themes tell of reports and work."):
        return
    wanted = st.query_params.get(_LIST, "")
    if not wanted:
        page_head("How are we serving people?", _LEAD)
    try:
        span = _span(desk)
    except InputRefused as refused:
        refusal(refused)
        for name in (_WEEKS, _UNTIL):
            st.query_params.pop(name, None)
        span = _span(desk)
    area = area_asked()
    if not wanted:
        _choices(desk, span)
    try:
        with st.spinner("Working out the six themes"):
            page = _page_of(desk, span, area)
    except ProblemError as refused:
        refusal(refused)
        return
    measure = page.measure(wanted)
    if wanted and measure is not None:
        show_theme_list(desk, page, measure, _query(span, area))
        return
    if wanted:
        refusal(InputRefused("This list is not shown.", "No figure has it.", "Open it from the figure."))
    _whole(desk, page, _query(span, area))


def _known_on(desk: Desk) -> date:
    return desk.on or desk.today


def _span(desk: Desk) -> Span:
    """Return the time that the address asks for; without one thirteen weeks up to the last whole one."""
    usual = IsoWeek.of(_known_on(desk)).before
    told, weeks = st.query_params.get(_UNTIL, ""), st.query_params.get(_WEEKS, "")
    if weeks and not (weeks.isascii() and weeks.isdecimal() and len(weeks) < 4):
        raise InputRefused(f"“{weeks[:20]}” is no number of weeks.", "", "Choose 13, 26 or 52.")
    return Span(IsoWeek.read(told) if told else usual, int(weeks or PIECES))


def _query(span: Span, area: str) -> dict[str, str]:
    found = {_WEEKS: str(span.weeks) if span.weeks != PIECES else "", _UNTIL: str(span.last), AREA: area}
    return {name: value for name, value in found.items() if value}


def _choices(desk: Desk, span: Span) -> None:
    known = IsoWeek.of(_known_on(desk))
    weeks = {str(one): week_words(one) for one in (known.back(back) for back in range(1, 105))}
    weeks.setdefault(str(span.last), week_words(span.last))
    st.session_state[_KEYS[_WEEKS]], st.session_state[_KEYS[_UNTIL]] = span.weeks, str(span.last)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="serving-choices"):
        st.selectbox(
            "Time", LENGTHS, format_func=lambda one: _LENGTHS[one], key=_KEYS[_WEEKS], on_change=_put, args=(_WEEKS,),
            width=210,
        )  # fmt: skip
        st.selectbox(
            "Up to", list(weeks), format_func=lambda one: weeks.get(one, one), key=_KEYS[_UNTIL], on_change=_put,
            args=(_UNTIL,), width=290,
        )  # fmt: skip
        choose_area(desk, "serving-area")


def _put(name: str) -> None:
    put(name, str(st.session_state.get(_KEYS[name]) or ""))


def _page_of(desk: Desk, span: Span, area: str) -> ServicePage:
    store, settings = whole(session.get_store()), session.get_settings()
    known = _known_on(desk)
    return _made.once(
        "themes",
        (store, store.version(), desk.today),
        lambda: serve_themes(
            store,
            desk.principal,
            session.get_clock(),
            desk.seed,
            span=span,
            zone=desk.zone,
            settings=settings.detection,
            targets=targets_of(store),
            days=working_days(settings.calendar),
            area=area,
            known_on=known,
        ),
        key=(str(span.last), span.weeks, area, known, desk.principal),
    )


def _whole(desk: Desk, page: ServicePage, query: dict[str, str]) -> None:
    span = page.span
    told = f"{page.place}, {day(span.first_on)} to {day(page.moment.as_of)}, as known on {day(page.moment.known_on)}."
    draw(element("p", told, css="fx-quiet"))
    for figures in page.themes:
        _theme(figures, query)
    section("How to read it")
    remark(
        "Likely ranges hold the true value in 19 of 20 cases. Shares and middle values of fewer than ten are not told. "
        "A rise or fall is named only where it stands out from chance with all six themes looked at together; that it "
        "is not named does not say that nothing changed. None of it says why."
    )
    _file(page)


def _theme(figures: ThemeFigures, query: dict[str, str]) -> None:
    section(figures.theme.label, figures.theme.question)
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        main = figures.main.figure
        number = element("b", _number(figures.main, query), css="fx-few" if main.value is None else "")
        small = rests_on(main)
        value = element("dd", number, element("small", small) if small else Html(""))
        cell = element("div", element("dt", main.label), value)
        draw(element("dl", cell, css="fx-figures fx-brief-figures"))
        if main.unit is Unit.PROBLEMS or (main.value is None and main.n):
            draw(element("p", main.sentence, css="fx-quiet"))
        rows = [(one.figure.label, _number(one, query), rests_on(one.figure) or "–") for one in figures.others]
        if rows:
            draw(table(f"{figures.theme.label}: more", ("Beside it", "Value", "Rests on"), rows))
    with right:
        draw(element("p", figures.course.sentence, css="fx-reading"))
        draw_course(figures)
    if figures.to_do:
        remark(figures.to_do, tone="accent")
    if figures.caveat:
        draw(element("p", figures.caveat, css="fx-quiet"))


def _number(measure: Measure, query: dict[str, str]) -> object:
    """Return the words of a figure, as a link to the list behind it where there is one."""
    words = figure_words(measure.figure)
    if not len(measure.ids):
        return words
    drawn = link(f"/{PATH}", words, query=query | {_LIST: measure.key})
    label = safe_html(f"{words}, {measure.figure.label}: see the list")
    return Html(drawn.replace("<a ", f'<a aria-label="{label}" ', 1))


def _file(page: ServicePage) -> None:
    name = f"service-themes-{page.span.last}-{page.span.weeks}-weeks-known-{page.moment.known_on.isoformat()}"
    if page.area is not None:
        name += f"-{plain_name(page.area.name) or f'{page.area.kind}-{page.area.id}'}"
    if st.button("Make a CSV of this page", key="serving-csv"):
        st.session_state[_FILE] = (name, handouts.keep(f"{name}.csv", serving_csv(page)))
    of, token = st.session_state.get(_FILE, ("", ""))
    if of == name and handouts.is_waiting(token):
        draw(
            element(
                "p", link(f"/api/handout/{token}", f"Download {name}.csv"), " It is handed out once.", role="status"
            )
        )
