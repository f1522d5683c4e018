"""The filters above the map, bound to the address: what is seen can be sent to a colleague as a link."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard import design, session
from dashboard.mapping import layers as map_layers
from dashboard.mapping.layers import Asked
from dashboard.mapping.places import Also
from dashboard.wording import day
from problems.areas import Area
from problems.categories import Group
from problems.hot_spots import Refresh
from problems.problem import Remediation
from problems.store import Store

_PERIODS: Final[Mapping[str, int]] = {
    "Last 4 weeks": 28,
    "Last 13 weeks": 91,
    "Last 12 months": 365,
    "Everything": 0,
}
_USUAL: Final = "Last 13 weeks"
_EVERYWHERE: Final = "Everywhere"


def draw(store: Store, shown: Refresh | None = None) -> Asked:
    """Draw the filters and return what they ask for. The period ends with the newest report.

    Where a past refresh is ``shown``, the period is the window that it looked at.
    """
    zone = session.get_settings().zone
    last = map_layers.last_day(store, session.get_clock()().astimezone(zone).date(), zone)
    areas = _by_words(store.areas())
    # On a phone the filters fold away behind this switch, which the style sheet hides on wider screens.
    with st.container(key="fx-fold", horizontal=True, vertical_alignment="center", gap="small"):
        st.toggle("Filters", key="show_filters")
        told = st.empty()
    with st.container(key="fx-filters", horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = st.selectbox(
            "Period of the reports",
            list(_PERIODS),
            index=list(_PERIODS).index(_USUAL),
            key="period",
            bind="query-params",
            disabled=shown is not None,
        )
        groups = st.multiselect(
            "Category",
            list(Group),
            format_func=_label,
            placeholder="All categories",
            key="category",
            bind="query-params",
        )
        remediations = st.multiselect(
            "Status",
            list(Remediation),
            format_func=_label,
            placeholder="All statuses",
            key="status",
            bind="query-params",
        )
        area = st.selectbox("Area", [_EVERYWHERE, *areas], key="area", bind="query-params")
        also = st.selectbox("On the map", list(Also), format_func=_label, key="outlined", bind="query-params")
        with st.container(gap="xsmall", width="content"):
            everything = st.toggle("Also ended and quiet ones", key="ended", bind="query-params")
            incidents = st.toggle(
                "Count distinct incidents",
                key="incidents",
                bind="query-params",
                help="Reports of one reporter, place, day and kind are one incident, and so are merged duplicates.",
            )
    chosen = areas.get(area)
    words = f"As known on {day(shown.as_of)}" if shown else period
    told.html(design.note(_chosen_words(words, [*groups, *remediations], area, everything=everything)))
    return Asked(
        days=shown.window_days if shown else _PERIODS[period],
        last=shown.as_of if shown else last,
        groups=tuple(groups),
        remediations=tuple(remediations),
        area_id=chosen.id if chosen else None,
        everything=everything,
        incidents=incidents,
        on=shown.as_of if shown else None,
        also=also or Also.NOTHING,
    )


def _chosen_words(period: str, choices: Sequence[Group | Remediation], area: str, *, everything: bool) -> str:
    """Return what is chosen on one line, for the screen on which the filters are folded away."""
    words = [period, *(choice.label for choice in choices)]
    if area != _EVERYWHERE:
        words.append(area)
    if everything:
        words.append("ended and quiet ones too")
    return ", ".join(words)


def _label(choice: Group | Remediation | Also) -> str:
    return choice.label


def _by_words(areas: Sequence[Area]) -> dict[str, Area]:
    """Return the areas by what they are called in the list: “Ward: Northgate”."""
    ordered = sorted(areas, key=lambda area: (area.kind.value != "ward", area.kind.value, area.name))
    return {f"{area.kind.value.capitalize()}: {area.name}": area for area in ordered}
