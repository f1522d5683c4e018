"""Areas: all wards, beats or neighbourhoods beside each other without a ranking, and the page of each."""

from pathlib import Path
from typing import Final

import streamlit as st

from dashboard.parts.area_sections import show_area
from dashboard.parts.areas_asked import AGAINST, AREA, KIND, area_asked, compared_areas
from dashboard.parts.areas_funnel import show_areas, show_funnel
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element, joined, link, page_head, section, show_sheet
from dashboard.parts.nothing_known import nothing_known
from dashboard.parts.notices import empty, refusal, remark
from dashboard.wording import day
from problems.areas import AreaKind
from problems.briefing.areas_compared import Against, AreasCompared
from problems.errors import ProblemError
from problems.seeing import whole

PATH: Final = "areas"
_YEAR: Final = "each area’s own year before"
_LEAD: Final = "What is open in each area, how it is served, and where reports differ by more than chance."
_SHEET: Final = Path(__file__).parents[1] / "assets" / "briefing.css"


def show() -> None:
    """Draw the page: all areas of a kind, or the one that the address names."""
    desk = this_desk()
    show_sheet()
    st.html(_SHEET)
    if nothing_known(desk, "Areas", _LEAD, "Areas are compared by their reports."):
        return
    if not whole(desk.store).areas():
        page_head("Areas", _LEAD)
        text = "Wards, beats or neighbourhoods are loaded once, from a file of the council or the police."
        empty("No boundaries are loaded yet", text, [("/setup", "Load boundaries")])
        return
    words = st.query_params.get(AREA, "")
    if words:
        _one(desk, words)
    else:
        _all(desk)


def _one(desk: Desk, words: str) -> None:
    try:
        with st.spinner("Looking at the area"):
            found = area_asked(desk, words)
    except ProblemError as refused:
        page_head("Areas", _LEAD)
        refusal(refused)
        draw(element("p", link(f"/{PATH}", "All areas"), css="fx-ways"))
        return
    week = found.briefing.header.as_of
    lead = f"Problems and fixes as they stand on {day(found.on)}; service and what changed up to {day(week)}."
    page_head(found.area.name, lead, kicker=found.area.kind.label)
    show_area(desk, found)


def _all(desk: Desk) -> None:
    page_head("Areas", _LEAD)
    try:
        with st.spinner("Counting the areas"):
            found = compared_areas(desk)
    except ProblemError as refused:
        refusal(refused)
        if KIND in st.query_params:
            draw(element("p", link(f"/{PATH}", "Show the areas that there are"), css="fx-ways"))
        return
    _choices(desk, found)
    last, known = found.moment.as_of, found.moment.known_on
    told = f"Reports of the 13 weeks up to {day(last)}, and problems as they stood at the end of {day(known)}."
    draw(element("p", told, css="fx-quiet"))
    section("Beside each other", f"reports for each {found.against.unit}" if found.comparison else "")
    draw(element("p", found.sentence, css="fx-reading fx-brief-said"))
    if found.comparison is not None and found.against is not Against.YEAR:
        remark(f"Held against {found.against.label.lower()} here; in the caveats of the briefing against {_YEAR}.")
    show_funnel(found)
    section(f"All {found.kind.plural}", "in the order of their names")
    show_areas(found)
    if found.caveats:
        section("How sure this is")
        draw(element("ul", joined(element("li", one) for one in found.caveats), css="fx-cautions"))
        if found.comparison and found.comparison.left_out:
            remark(f"Not compared, as their size is not known: {', '.join(found.comparison.left_out)}.")


def _choices(desk: Desk, found: AreasCompared) -> None:
    kinds = [kind for kind in AreaKind if whole(desk.store).areas(kind) or kind is found.kind]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="areas-choices"):
        if len(kinds) > 1:
            _choose("Areas", KIND, {str(one): f"{one.label}s" for one in kinds}, str(found.kind))
        if found.comparison is not None or len(found.possible) > 1:
            names = {str(one): Against(one).label for one in found.possible}
            _choose("Held against", AGAINST, names, str(found.against))


def _choose(label: str, name: str, words: dict[str, str], now: str) -> None:
    held = f"areas-{name}"
    st.session_state[held] = now

    def chosen() -> None:
        st.query_params[name] = str(st.session_state[held])

    st.selectbox(label, list(words), format_func=lambda one: words.get(one, one), key=held, on_change=chosen, width=230)
