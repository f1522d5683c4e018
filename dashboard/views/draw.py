"""New area: draw or choose a place, see whether more is reported there than is usual, make it a problem."""

from typing import Final

import streamlit as st

from dashboard import session
from dashboard.mapping import draw_layer, layers
from dashboard.mapping.features import selected_problems
from dashboard.mapping.layers import Asked
from dashboard.parts.area_address import AREA, AskedArea, read_area
from dashboard.parts.area_problem import show_problem_form
from dashboard.parts.area_ways import show_ways, take
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.draw_area import map_link, show_counts, show_overlaps, standing_of, town
from dashboard.parts.markup import draw, element, link, page_head, section, show_sheet
from dashboard.parts.notices import empty, refusal, remark
from dashboard.parts.splitting import PART_OF
from problems.drawing import Drawn, usable
from problems.errors import ProblemError
from problems.use_cases.drawing import MAY_LOOK, metric_epsg

#: The address of the page, below the root.
PATH: Final = "draw"


def show() -> None:
    """Draw the page."""
    desk = this_desk()
    show_sheet()
    page_head("New area", "Draw a place, or choose one, and see whether more is reported there than is usual.")
    if not desk.principal.has(*MAY_LOOK):
        remark(
            "Areas are drawn by officers, coordinators and command: a small area singles out homes, "
            "so those who see counts only do not choose where they are taken."
        )
        map_link()
        return
    if not desk.store.counts().reports:
        empty("No reports yet", "Import reports first: then an area can be compared.", [("/import", "Import a file")])
        return
    spec = st.query_params.get(AREA, "")
    asked, drawn, refused = _read(desk, spec)
    map_side, way_side = st.columns([2, 1], gap="medium")
    with map_side:
        _map(desk, spec, drawn)
        if refused is not None:
            refusal(refused)
    with way_side:
        show_ways(desk)
        map_link()
        _part_link(spec if drawn is not None else "")
    if asked is not None and drawn is not None:
        _show(desk, asked, drawn)
    elif refused is None:
        section("What is reported here")
        draw(element("p", "Nothing is drawn yet.", css="fx-quiet"))


def _part_link(spec: str) -> None:
    """Draw the way back to a problem of which a part is drawn here."""
    ref = st.query_params.get(PART_OF, "")
    if not ref:
        return
    if not spec:
        remark(f"Draw the part of {ref[:12]} that becomes a problem of its own.", tone="accent")
        return
    ask = {"problem": ref, "do": "Split", AREA: spec}
    draw(element("p", link("/combine", f"Use it as a part of {ref[:12]}", query=ask, css="fx-button"), css="fx-ways"))


def _read(desk: Desk, spec: str) -> tuple[AskedArea | None, Drawn | None, ProblemError | None]:
    """Return the area of the address, or the refusal where it cannot be used; all None without one."""
    if not spec:
        return None, None, None
    try:
        asked = read_area(desk, spec)
        epsg = metric_epsg(desk.store, asked.geometry)
        settings = session.get_settings().drawing
        drawn = usable(asked.geometry, epsg=epsg, settings=settings, town=town(desk), limited=asked.limited)
    except ProblemError as refused:
        return None, None, refused
    return asked, drawn, None


def _map(desk: Desk, spec: str, drawn: Drawn | None) -> None:
    days = session.get_settings().detection.window_days
    seen = Asked(days=days, last=layers.last_day(desk.store, desk.today, desk.zone))
    problems = selected_problems(desk.store, seen.of_problems())
    state = layers.map_state(desk.store, session.get_settings(), seen, session.colours(), None, problems)
    with st.container(key="fx-draw"):
        draw_layer.draw(state, draw_layer.area_state(spec, drawn), key="draw-map", changed=take)


def _show(desk: Desk, asked: AskedArea, drawn: Drawn) -> None:
    epsg = metric_epsg(desk.store, drawn.geometry)
    standing = standing_of(desk, drawn, epsg)
    group = show_counts(desk, asked, drawn, standing, epsg)
    overlaps = show_overlaps(desk, drawn, epsg)
    show_problem_form(desk, asked, drawn, group, overlaps, epsg)
