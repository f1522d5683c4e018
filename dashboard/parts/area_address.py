"""An area in the address: short text for what was drawn or chosen, read back with every doubt.

``ring_lon.lat_lon.lat_lon.lat`` and ``circle_lon.lat_metres`` are drawn (whole steps of 1e-5 degrees),
``boundary_7``, ``street_30_Mill Lane`` and ``reports_75_12.15`` are chosen. So an area can be sent to a
colleague, and is still there when one comes back from another page.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.mapping.draw_layer import in_steps
from dashboard.mapping.features import STEP_DEGREES, rings
from dashboard.parts.desk import Desk
from dashboard.wording import count
from geo.coverage import light
from geo.drawn import along_lines, round_points
from problems.areas import Area
from problems.drawing import ASKED
from problems.errors import InputRefused, NotFound
from problems.use_cases.drawing import metric_epsg

#: The parameter of the address.
AREA: Final = "shape"
NEAREST_M, FARTHEST_M = 5, 2_000
MOST_REPORTS: Final = 50
_MOST_CORNERS: Final = 400
_LONGEST: Final = 12_000
_PLACE: Final = re.compile(r"(-?\d{1,8})\.(-?\d{1,7})", re.ASCII)
_POSSIBLE: Final = "Draw it on the map, or choose another way to give it."


@dataclass(frozen=True)
class AskedArea:
    """An area as it was asked for: what people call it, and a place to name a problem by, if it has one."""

    spec: str
    geometry: Mapping[str, Any]
    how: str
    place: str = ""
    limited: bool = True


def read_area(desk: Desk, spec: str) -> AskedArea:
    """Return the area that an address names.

    Raises
    ------
    InputRefused, NotFound
        When it cannot be read, or names what is not there.
    """
    kind, _, rest = spec.partition("_")
    reader = _READERS.get(kind)
    if reader is None or not rest or len(spec) > _LONGEST:
        raise InputRefused(ASKED, "The address does not name one.", _POSSIBLE)
    return reader(desk, spec, rest)


def ring_spec(geometry: Mapping[str, object]) -> str:
    """Return the address of an area of one ring.

    Raises
    ------
    InputRefused
        When it has several rings, or more corners than an address can hold.
    """
    found = rings(geometry)
    if len(found) != 1 or len(found[0]) // 2 > _MOST_CORNERS:
        why = "It has holes, several pieces or very many corners."
        raise InputRefused(ASKED, why, f"Paste one outline with up to {_MOST_CORNERS} corners.")
    flat = found[0][:-2] if found[0][:2] == found[0][-2:] else found[0]
    return "ring_" + "_".join(f"{lon}.{lat}" for lon, lat in zip(flat[::2], flat[1::2], strict=True))


def circle_spec(lon_lat: tuple[float, float], radius_m: float) -> str:
    """Return the address of a circle."""
    return f"circle_{in_steps(lon_lat)}_{round(radius_m)}"


def boundary_spec(area: Area) -> str:
    """Return the address of a boundary."""
    return f"boundary_{area.id}"


def street_spec(name: str, within_m: float) -> str:
    """Return the address of the ground along a street."""
    return f"street_{round(within_m)}_{name}"


def reports_spec(ids: Sequence[int], radius_m: float) -> str:
    """Return the address of the ground round some reports."""
    return f"reports_{round(radius_m)}_{'.'.join(str(number) for number in sorted(set(ids)))}"


def _ring(desk: Desk, spec: str, rest: str) -> AskedArea:
    corners = [_place(part) for part in rest.split("_")]
    if len(corners) > _MOST_CORNERS:
        raise InputRefused(ASKED, f"It has {len(corners)} corners.", f"At most {_MOST_CORNERS} can be drawn.")
    ring = [list(corner) for corner in corners]
    return AskedArea(spec, {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, "drawn by hand")


def _circle(desk: Desk, spec: str, rest: str) -> AskedArea:
    where, _, metres = rest.partition("_")
    centre, radius = _place(where), _metres(metres)
    geometry = _round(desk, [centre], radius)
    return AskedArea(spec, geometry, f"a circle of {radius} m round a point")


def _boundary(desk: Desk, spec: str, rest: str) -> AskedArea:
    found = next((area for area in desk.store.areas() if str(area.id) == rest), None)
    if found is None:
        raise NotFound(ASKED, "There is no such boundary.", "Choose one from the list.")
    how = f"the {found.kind.label.lower()} {found.name}"
    # Boundaries have many thousand corners; to be compared and kept they are taken to 3 m.
    return AskedArea(spec, light(found.geometry), how, place=found.name, limited=False)


def _street(desk: Desk, spec: str, rest: str) -> AskedArea:
    metres, _, name = rest.partition("_")
    within = _metres(metres)
    lines = [street.geometry for street in desk.store.streets() if street.name == name]
    if not name or not lines:
        raise NotFound(ASKED, f"There is no street “{name[:60]}”.", "Choose one from the list.")
    geometry = along_lines(lines, within_m=within, epsg=metric_epsg(desk.store, lines[0]))
    return AskedArea(spec, geometry, f"within {within} m of {name}", place=name)


def _reports(desk: Desk, spec: str, rest: str) -> AskedArea:
    metres, _, listed = rest.partition("_")
    radius = _metres(metres)
    ids = [int(part) for part in listed.split(".") if re.fullmatch(r"\d{1,12}", part, re.ASCII)]
    if len(ids) > MOST_REPORTS:
        raise InputRefused(ASKED, f"It is made of {len(ids)} reports.", f"Name at most {MOST_REPORTS}.")
    places = [report.lon_lat for report in desk.store.reports(ids) if report.lon_lat and not report.undone]
    if not places:
        raise NotFound(ASKED, "None of these reports has a place on the map.", "Name others, or draw the area.")
    return AskedArea(spec, _round(desk, places, radius), f"within {radius} m of {count(len(places), 'report')}")


def _round(desk: Desk, places: Sequence[tuple[float, float]], radius: int) -> Mapping[str, Any]:
    epsg = metric_epsg(desk.store, {"coordinates": [[places[0]]]})
    return round_points(places, radius_m=radius, epsg=epsg)


def _place(text: str) -> tuple[float, float]:
    found = _PLACE.fullmatch(text)
    lon, lat = (int(number) * STEP_DEGREES for number in found.groups()) if found else (999.0, 999.0)
    if abs(lon) > 180 or abs(lat) > 90:
        raise InputRefused(ASKED, "Its corners cannot be read.", _POSSIBLE)
    return round(lon, 5), round(lat, 5)


def _metres(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or not NEAREST_M <= int(text) <= FARTHEST_M:
        possible = f"It can be {NEAREST_M} to {FARTHEST_M:,} m."
        raise InputRefused(ASKED, f"“{text[:20]}” is not a distance in metres that can be used.", possible)
    return int(text)


_READERS: Final[Mapping[str, Callable[[Desk, str, str], AskedArea]]] = {
    "ring": _ring,
    "circle": _circle,
    "boundary": _boundary,
    "street": _street,
    "reports": _reports,
}
