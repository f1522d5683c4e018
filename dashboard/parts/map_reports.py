"""The newest reports that the filters of the map leave, to be ticked: a problem can be made of them."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.mapping import points as map_points
from dashboard.mapping.layers import Asked
from dashboard.parts.adopt_forms import ADOPT, adopt_form
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import open_form
from dashboard.parts.notices import refusal, remark
from dashboard.parts.reports_table import category_words
from dashboard.parts.ticks import map_tick_key
from dashboard.wording import day_of
from problems.errors import InputRefused, ProblemError
from problems.figures import latest_reports
from problems.reports import Report
from problems.use_cases.drawing import MAY_DRAW

_SHOWN: Final = 25
_REFUSED: Final = "map_reports_refused"


def show_map_reports(desk: Desk, asked: Asked) -> None:
    """Draw the newest reports that the filters leave, each with a box, for those who may make problems."""
    if not desk.principal.has(*MAY_DRAW) or asked.on is not None:
        return
    if isinstance(refused := st.session_state.pop(_REFUSED, None), ProblemError):
        refusal(refused)
    with st.expander(f"The newest {_SHOWN} reports of what is shown, to make a problem of", key="map-reports"):
        reports = _newest(desk, asked, desk.zone)
        if not reports:
            remark("No report fits the filters. Widen the period or the kinds.")
            return
        with st.form("map-reports-form", border=False, enter_to_submit=False):
            for report in reports:
                kind = category_words(report.category, report.category_name)
                words = (
                    f"{report.ref}  {kind}, {report.address or 'no address'}, {day_of(report.reported_at, desk.zone)}"
                )
                st.checkbox(plain_label(words), key=map_tick_key(report.id))
            versions = {report.id: report.version for report in reports}
            st.form_submit_button(ADOPT, key="map-reports-go", on_click=_go_on, args=(versions,))


def _newest(desk: Desk, asked: Asked, zone: tzinfo) -> Sequence[Report]:
    points = map_points.cache.get(desk.store)
    chosen = points.points.where(points.selected(asked.view(zone)))
    return latest_reports(desk.store, chosen, _SHOWN)


def _go_on(versions: dict[int, int]) -> None:
    ticked = {number: version for number, version in versions.items() if st.session_state.get(map_tick_key(number))}
    try:
        if not ticked:
            why = "No report is ticked."
            raise InputRefused("No problem was made.", why, "Tick the reports that tell of one place.")
        open_form(adopt_form(this_desk(), ticked))
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
