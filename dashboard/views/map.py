"""The Map: where reports concentrate, which problems they became, and what is being done about them."""

from contextlib import nullcontext
from typing import Final

import streamlit as st

from dashboard import design, session
from dashboard.mapping import layers as map_layers
from dashboard.mapping import live_layer, past
from dashboard.mapping.layers import Asked, Picture
from dashboard.mapping.places import Also, places_seen
from dashboard.parts.by_area import show_by_area
from dashboard.parts.desk import this_desk
from dashboard.parts.forms import draw_open_form
from dashboard.parts.map_reports import show_map_reports
from dashboard.parts.markup import draw, element, link, show_sheet
from dashboard.parts.notices import said
from dashboard.parts.refreshing import offer_refresh, watch_refresh
from dashboard.views import map_filters, map_panel, map_reading, map_weeks, setup, welcome
from dashboard.views.draw import PATH as DRAW
from dashboard.views.map_places import show_places
from dashboard.wording import count, day, share
from problems.errors import NotFound, ProblemError
from problems.figures import map_figures
from problems.hot_spots import Refresh
from problems.problem import Problem, problem_number
from problems.seeing import whole
from problems.sharing import is_placed
from problems.store import Store
from problems.use_cases.drawing import MAY_LOOK

_PROBLEM: Final = "problem"


def show() -> None:
    """Draw the Map page, or the welcome of an empty store."""
    store = session.seen_store()
    if welcome.shown_instead(store):
        return
    show_sheet()
    with st.container(key="fx-top"):
        head = st.container(key="fx-top-head")
        figures = st.container(key="fx-top-figures")
    shown, unknown = map_weeks.chosen(store)
    asked = map_filters.draw(store, shown)
    if unknown:
        st.html(design.error_state(unknown.asked, unknown.why, unknown.possible))
    map_weeks.draw(store, shown)
    map_weeks.mark(shown)
    seen = map_layers.picture(store, asked, session.get_settings().zone)
    head.html(design.page_head("Where reports concentrate", map_reading.sentence(asked, seen)))
    figures.html(_figures(store, asked, seen))
    # Where nothing can be drawn as a dot, the counts by area are the picture.
    only_by_area = bool(seen.moved) and seen.moved == seen.reports
    if only_by_area:
        show_by_area(this_desk(), asked)
    _desk(asked)
    if not only_by_area:
        show_by_area(this_desk(), asked)
    _refresh_row(store, shown)


def _figures(store: Store, asked: Asked, seen: Picture) -> str:
    zone = session.get_settings().zone
    today = asked.on or session.get_clock()().astimezone(zone).date()
    wanted = asked.of_problems().wanted
    figures = map_figures(seen.problems, past.actions_known(store, asked.on), seen.reports, wanted, today)
    cells = [
        design.KeyFigure("Open problems", f"{figures.open_problems:,}", map_reading.under_way(seen.problems)),
        design.KeyFigure("Not taken on yet", f"{figures.not_taken_on:,}", "hot spots waiting for a decision"),
        design.KeyFigure(
            "Distinct incidents" if seen.incidents else "Reports",
            f"{figures.reports:,}",
            map_reading.compared(asked, seen),
        ),
        design.KeyFigure("Actions late", f"{figures.late_actions:,}", "promised, due and not done"),
    ]
    return design.key_figures(cells)


# -- map, panel and table: one fragment, so that choosing a problem runs only this ------------------


@st.fragment
def _desk(asked: Asked) -> None:
    store, settings = session.seen_store(), session.get_settings()
    seen = map_layers.picture(store, asked, settings.zone)
    chosen, missing = _chosen(store, asked)
    nothing_found = not seen.problems and chosen is None and map_layers.only_by_area(store)
    if nothing_found and not missing and not store.areas():
        # There is neither a dot nor a boundary to draw: a map would be a blank box.
        st.html(design.empty_state("No hot spots here", map_reading.NOTHING_TO_DRAW))
        return
    map_side, panel_side = st.columns([2, 1], gap="medium")
    with map_side:
        state = map_layers.map_state(store, settings, asked, session.colours(), chosen, seen.problems)
        with st.container(key="fx-map"):
            live_layer.draw(state, key="map", chosen=_choose)
        if not nothing_found:
            st.html(map_reading.legend(dots=whole(store) is store))
    with panel_side, st.container(key="fx-panel"):
        if missing:
            st.html(design.error_state(missing.asked, missing.why, missing.possible))
        if nothing_found:
            st.html(design.empty_state("No hot spots here", map_reading.NO_DOTS))
        else:
            said()
            map_panel.draw(chosen, seen.problems, _choose, on=asked.on)
        if this_desk().principal.has(*MAY_LOOK):
            draw(element("p", link(f"/{DRAW}", "Draw an area", css="fx-button fx-button-quiet"), css="fx-ways"))
    if not nothing_found:
        map_panel.table(seen.problems, _choose, on=asked.on)
    # The squares of a large town take some seconds the first time; the rest is there at once.
    with st.spinner("Comparing squares with what is usual in them") if asked.also is Also.SQUARES else nullcontext():
        places = places_seen(store, asked.also, groups=frozenset(asked.groups), area_id=asked.area_id, on=asked.on)
    show_places(this_desk(), asked.also, places)
    show_map_reports(this_desk(), asked)
    draw_open_form()


def _choose(ref: str) -> None:
    if ref:
        st.query_params[_PROBLEM] = ref
    else:
        st.query_params.pop(_PROBLEM, None)


def _chosen(store: Store, asked: Asked) -> tuple[Problem | None, ProblemError | None]:
    """Return the problem that the address names, as it is shown, or the refusal where there is none."""
    ref = st.query_params.get(_PROBLEM, "")
    if not ref:
        return None, None
    try:
        problem = store.problem(problem_number(ref))
    except NotFound as missing:
        return None, missing
    if not is_placed(problem):
        where = f"Where {problem.ref} is, is not shared with your organisation."
        return None, NotFound(where, "", "Its own page shows what is: your actions.")
    if asked.on is None:
        return problem, None
    then = next((each for each in past.problems_known(store, asked.on) if each.id == problem.id), None)
    if then is None:
        known = f"{problem.ref} was not known yet on {day(asked.on)}."
        return None, NotFound(known, "", "Go on to a later week, or choose another one.")
    return then, None


# -- the refresh ---------------------------------------------------------------------------------


def _refresh_row(store: Store, shown: Refresh | None) -> None:
    latest = shown or store.latest_refresh()
    looks_after = whole(store) is store
    st.html(design.section_head("Where the hot spots come from"))
    watch_refresh()
    words, button = st.columns([3, 1], vertical_alignment="top", gap="medium")
    with words:
        for remark in _about(latest, by_area_only=map_layers.only_by_area(store)):
            st.html(design.note(remark))
        if latest and latest.excluded_reports and looks_after:
            ask = {setup.PART: setup.POINTS}
            draw(element("p", link("/setup", "Look at the default points in Setup", query=ask), css="fx-note"))
        if latest and latest.unmapped:
            st.html(design.note(f"{count(latest.unmapped, 'report')} without a category took no part."))
            ask = {setup.PART: setup.NAMES}
            if looks_after:
                draw(element("p", link("/setup", "Choose categories for unknown names", query=ask), css="fx-note"))
    with button:
        if shown is None and not map_layers.only_by_area(store):
            offer_refresh(this_desk(), label="Find hot spots again")


def _about(latest: Refresh | None, *, by_area_only: bool) -> list[str]:
    if by_area_only:
        return ["No hot spots can be found yet: the place of every report is moved or rounded, so they count by area."]
    if latest is None:
        return ["Nobody has looked for hot spots yet. “Find hot spots again” does so; it takes a few seconds."]
    window = map_reading.span(map_layers.first_of(latest.as_of, latest.window_days), latest.as_of)
    length = f" ({latest.window_days} days)" if latest.window_days else ""
    found = (
        f"{count(latest.hot_spots, 'hot spot')} from {count(latest.reports, 'report')} "
        f"({count(latest.distinct_incidents, 'distinct incident')}) of {window}{length}."
    )
    if not latest.excluded_reports:
        return [found]
    part = share(map_layers.kept_out_share(latest))
    out = (
        f"Kept out: {count(latest.excluded_reports, 'report')} ({part}) on "
        f"{count(latest.excluded_default_points, 'default point')}. "
        "Those are places that stand for “somewhere in town”, so no hot spot is made of them."
    )
    return [found, out]
