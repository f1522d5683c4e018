"""The small map of a briefing: streets as hairlines, each problem as the mark of its remediation."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.analysed import metric_epsg
from dashboard.design import STATUS, Html, Palette, status_html
from dashboard.parts.briefing_figures import Reading, rests_on
from dashboard.parts.markup import draw, element, joined, table
from dashboard.parts.places_sketch import streets_in_metres
from geo import projection
from problems.briefing.briefing import MapPlace
from problems.problem import Remediation

_WIDTH: Final = 960.0
_HEIGHT: Final = 560.0
_MARGIN: Final = 30.0
_MARK_PX: Final = 17.0


def show_places(reading: Reading) -> None:
    """Draw the map with its legend, whose counts open their lists, and the places as a table."""
    places = reading.briefing.map.places
    if not places:
        return
    draw(_picture(reading, places))
    _legend(reading)
    if reading.slide:
        return
    with st.expander("The same as a table"):
        heads = ("Problem", "State", "Weeks hot")
        rows = [
            (
                reading.problem(one.problem_id, one.ref, one.name),
                Html(status_html(one.remediation)),
                f"{one.weeks_hot} of {one.weeks_looked}",
            )
            for one in places
        ]
        draw(table("Places on the map", heads, rows, stacked=True))


def _legend(reading: Reading) -> None:
    counts = {one.key: one for one in reading.briefing.map.by_remediation}
    lines = []
    for remediation in Remediation:
        figure = next((one for key, one in counts.items() if key.endswith(str(remediation))), None)
        if figure is not None and figure.value:
            lines.append(
                element("li", Html(status_html(remediation)), " ", reading.number(figure), f" {rests_on(figure)}")
            )
    if any(one.lasts for one in reading.briefing.map.places):
        ring = element("span", css="fx-ring", aria_hidden="true")
        lines.append(element("li", ring, "hot in more than half of the weeks"))
    draw(element("ul", joined(lines), css="fx-legend"))


def _picture(reading: Reading, places: Sequence[MapPlace]) -> Html:
    desk = reading.desk
    lon_lat = np.array([one.lon_lat for one in places], dtype=np.float64)
    epsg = metric_epsg(desk.store) or projection.metric_epsg([places[0].lon_lat])
    at = projection.to_metres(lon_lat, epsg)
    low, high = at.min(axis=0), at.max(axis=0)
    span = np.maximum(high - low, 600.0)
    scale = float(min((_WIDTH - 2 * _MARGIN) / span[0], (_HEIGHT - 2 * _MARGIN) / span[1]))
    middle = (low + high) / 2

    def put(x: float, y: float) -> tuple[float, float]:
        return round(_WIDTH / 2 + (x - middle[0]) * scale, 1), round(_HEIGHT / 2 - (y - middle[1]) * scale, 1)

    lines = [[put(x, y) for x, y in line.tolist()] for line in streets_in_metres(desk.store, epsg)]
    seen = [line for line in lines if any(0 <= x <= _WIDTH and 0 <= y <= _HEIGHT for x, y in line)]
    path = " ".join("M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in line) for line in seen) or "M0 0"
    # What lasts lies on top, and what is set aside below.
    order = sorted(range(len(places)), key=lambda one: (places[one].weeks_hot, places[one].problem_id))
    marks = [_mark(places[one], put(float(at[one][0]), float(at[one][1]))) for one in order]
    box = f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"
    drawn = element(
        "svg",
        _sheet(session.colours()),
        element("path", css="street", d=path),
        joined(marks),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=box,
    )
    told = f"Map of {len(places)} places. {reading.briefing.map.sentence} They are listed beneath."
    return element("img", css="fx-sketch fx-brief-map", src=f"data:image/svg+xml,{quote(drawn)}", alt=told)


def _sheet(colours: Palette) -> Html:
    fills = joined(Html(f".{each.value}{{fill:{mark.fill}}}") for each, mark in STATUS.items())
    return element(
        "style",
        f".street{{fill:none;stroke:{colours.street};stroke-width:1}}"
        f".mark{{stroke:{colours.mark_outline};stroke-width:2}}"
        f".lasts{{fill:none;stroke:{colours.mark_outline};stroke-width:1.8}}",
        fills,
    )


def _mark(place: MapPlace, at: tuple[float, float]) -> Html:
    mark = STATUS[place.remediation]
    size = _MARK_PX / 24
    x, y = at
    shape = element(
        "path",
        css=f"mark {place.remediation.value}",
        d=mark.path,
        transform=f"translate({x - 12 * size:.1f} {y - 12 * size:.1f}) scale({size:.3f})",
    )
    if not place.lasts:
        return shape
    return joined([element("circle", css="lasts", cx=f"{x}", cy=f"{y}", r=f"{_MARK_PX * 0.85:.1f}"), shape])
