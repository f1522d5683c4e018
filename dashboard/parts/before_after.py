"""Where it was and where it is now: the reports before the work and since, on two small maps of one scale."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from dashboard import session
from dashboard.design import Html, Palette
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, joined, section, table
from dashboard.parts.notices import remark
from dashboard.parts.places_sketch import streets_in_metres
from dashboard.wording import count, day, number
from geo.discs import distance_m
from geo.drawn import in_metres
from problems.controls import incidents_of
from problems.evidence import Window
from problems.gathering import Gathered, Rules
from problems.people import Role
from problems.problem import Problem

_SIDE: Final = 320.0
_MARGIN: Final = 12.0
#: Single reports are places of people: these see them on a map.
_MAY_SEE: Final = (Role.OFFICER, Role.COORDINATOR, Role.COMMAND)
#: With more marks than this a map of this size is a blot; the newest are drawn.
_MOST: Final = 600

Points = npt.NDArray[np.float64]


def show_before_after(desk: Desk, problem: Problem, gathered: Gathered, rules: Rules, *, epsg: int) -> None:
    """Draw the incidents of the two times that an assessment compares, and their counts as a table."""
    if not desk.principal.has(*_MAY_SEE):
        return
    evidence, ring_m = gathered.evidence, gathered.layout.ring_m
    whole = Window(evidence.before.first, evidence.after.last)
    found = incidents_of(desk.store, problem, whole, epsg=epsg, settings=rules.detection, zone=rules.zone)
    away_m = distance_m(found.xy_m, problem.footprint, epsg=epsg)
    near = away_m <= ring_m
    section("Where, before and since", f"the outline and {ring_m:.0f} m round it")
    panels = (("Before", evidence.before), ("Since", evidence.after))
    shape = in_metres(problem.footprint, epsg=epsg)
    rings = [np.asarray(part.exterior.coords) for part in shape.geoms]
    streets = streets_in_metres(desk.store, epsg)
    drawn = [
        _panel(name, window, _shown(found.xy_m, near & found.of(window)), rings, streets, ring_m)
        for name, window in panels
    ]
    draw(element("div", joined(drawn), css="fx-beside"))
    inside = [int(np.count_nonzero(found.of(window) & (away_m <= 0))) for _, window in panels]
    around = [int(np.count_nonzero(found.of(window) & near & (away_m > 0))) for _, window in panels]
    rows = [
        (
            name,
            f"{day(window.first)} to {day(window.last)}",
            window.days,
            inside[at],
            _weekly(inside[at], window),
            around[at],
        )
        for at, (name, window) in enumerate(panels)
    ]
    heads = ("Time", "From, to", "Days", "Inside the outline", "A week", f"In the {ring_m:.0f} m around")
    draw(table("Distinct incidents before the work and since", heads, rows, numeric=(2, 3, 4, 5), stacked=True))
    if evidence.before.days != evidence.after.days:
        remark("The two times are of different lengths: compare the figures a week, not the marks.")


def _weekly(incidents: int, window: Window) -> str:
    return number(round(7 * incidents / window.days, 1))


def _shown(xy_m: Points, chosen: npt.NDArray[np.bool_]) -> Points:
    return xy_m[np.flatnonzero(chosen)[-_MOST:]]


def _panel(
    name: str, window: Window, at: Points, rings: Sequence[Points], streets: Sequence[Points], ring_m: float
) -> Html:
    corners = np.concatenate(rings)
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    reach = float((corners.max(axis=0) - corners.min(axis=0)).max()) / 2 + ring_m
    scale = (_SIDE / 2 - _MARGIN) / reach

    def place(xy: Points) -> Points:
        return np.column_stack((_SIDE / 2 + (xy[:, 0] - middle[0]) * scale, _SIDE / 2 - (xy[:, 1] - middle[1]) * scale))

    parts = [
        _sheet(session.colours()),
        element("path", css="street", d=_path([place(line) for line in streets], closed=False) or "M0 0"),
        element("path", css="outline", d=_path([place(ring) for ring in rings], closed=True)),
        *(element("circle", css="mark", cx=f"{x:.1f}", cy=f"{y:.1f}", r="4") for x, y in place(at).tolist()),
    ]
    box = f"0 0 {_SIDE:.0f} {_SIDE:.0f}"
    picture = element("svg", joined(parts), xmlns="http://www.w3.org/2000/svg", viewBox=box)
    told = f"{name}: {count(len(at), 'incident')} in {window.days} days"
    image = element("img", src=f"data:image/svg+xml,{quote(picture)}", alt=f"{told}; the table below counts them.")
    return element("figure", image, element("figcaption", told))


def _path(lines: Sequence[Points], *, closed: bool) -> str:
    seen = [line for line in lines if closed or ((line >= 0) & (line <= _SIDE)).all(axis=1).any()]
    end = " Z" if closed else ""
    return " ".join("M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in line.tolist()) + end for line in seen)


def _sheet(colours: Palette) -> Html:
    return element(
        "style",
        f".street{{fill:none;stroke:{colours.edge};stroke-width:.8;opacity:.5}}"
        f".outline{{fill:none;stroke:{colours.ink};stroke-width:1.8}}"
        f".mark{{fill:{colours.accent};stroke:{colours.paper};stroke-width:1;opacity:.85}}",
    )
