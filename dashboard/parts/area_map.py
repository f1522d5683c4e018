"""The small map of one area: its border, the streets as hairlines, and its problems with their footprints."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import numpy as np

from dashboard import session
from dashboard.analysed import metric_epsg
from dashboard.design import STATUS, Html, Palette
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, joined
from dashboard.parts.places_sketch import streets_in_metres
from geo import projection
from problems.briefing.area_page import AreaPage, OpenProblem
from problems.problem import Remediation
from problems.seeing import whole
from problems.sharing import is_placed

_WIDTH: Final = 640.0
_HEIGHT: Final = 460.0
_MARGIN: Final = 18.0
_MARK_PX: Final = 16.0
Ring = Sequence[Sequence[float]]


def show_area_map(desk: Desk, page: AreaPage) -> None:
    """Draw where an area and its open problems lie; the list beside it names them."""
    store = whole(desk.store)
    rings = list(_rings(page.area.geometry))
    corners = np.array([each[:2] for ring in rings for each in ring], dtype=np.float64)
    epsg = metric_epsg(store) or projection.metric_epsg(corners)
    at = projection.to_metres(corners, epsg)
    low, high = at.min(axis=0), at.max(axis=0)
    span = np.maximum(high - low, 200.0)
    scale = float(min((_WIDTH - 2 * _MARGIN) / span[0], (_HEIGHT - 2 * _MARGIN) / span[1]))
    middle = (low + high) / 2

    def path(points: np.ndarray[Any, np.dtype[np.float64]]) -> str:
        x = _WIDTH / 2 + (points[:, 0] - middle[0]) * scale
        y = _HEIGHT / 2 - (points[:, 1] - middle[1]) * scale
        return "M" + " L".join(f"{one:.1f} {two:.1f}" for one, two in zip(x.tolist(), y.tolist(), strict=True))

    def ring_path(ring: Ring) -> str:
        return f"{path(projection.to_metres(np.array(ring, dtype=np.float64)[:, :2], epsg))}Z"

    margin = 1.1 * span
    near = [line for line in streets_in_metres(store, epsg) if (np.abs(line - middle) < margin).all(axis=1).any()]
    shapes = [
        element("path", css="ground", d=" ".join(ring_path(ring) for ring in rings)),
        element("path", css="street", d=" ".join(path(line) for line in near) or "M0 0"),
        element("path", css="border", d=" ".join(ring_path(ring) for ring in rings)),
    ]
    for one in page.open:
        own = " ".join(ring_path(ring) for ring in _rings(one.problem.footprint))
        if own:
            shapes.append(element("path", css=f"place {one.problem.status.remediation.value}", d=own))
    shapes += [
        _mark(one, path(projection.to_metres(np.array([one.problem.lon_lat]), epsg)))
        for one in page.open
        if is_placed(one.problem)
    ]
    box = f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"
    drawn = element("svg", _sheet(session.colours()), joined(shapes), xmlns="http://www.w3.org/2000/svg", viewBox=box)
    told = f"Map of {page.area.name} with its open problems. {page.problems_sentence} They are listed as a table."
    draw(element("img", css="fx-sketch fx-area-map", src=f"data:image/svg+xml,{quote(drawn)}", alt=told))


def _rings(geometry: Mapping[str, object]) -> Iterator[Ring]:
    found: Any = geometry.get("coordinates") or []
    if geometry.get("type") == "Polygon":
        yield from found
    elif geometry.get("type") == "MultiPolygon":
        for one in found:
            yield from one


def _sheet(colours: Palette) -> Html:
    fills = joined(Html(f".{each.value}{{fill:{STATUS[each].fill}}}") for each in Remediation)
    return element(
        "style",
        f".ground{{fill:{colours.land};fill-rule:evenodd}}"
        f".street{{fill:none;stroke:{colours.street};stroke-width:1}}"
        f".border{{fill:none;stroke:{colours.boundary};stroke-width:2}}"
        f".place{{fill-opacity:.3;stroke:{colours.mark_outline};stroke-width:1}}"
        f".mark{{stroke:{colours.mark_outline};stroke-width:2}}",
        fills,
    )


def _mark(one: OpenProblem, at: str) -> Html:
    mark = STATUS[one.problem.status.remediation]
    size = _MARK_PX / 24
    x, y = (float(part) for part in at.removeprefix("M").split())
    moved = f"translate({x - 12 * size:.1f} {y - 12 * size:.1f}) scale({size:.3f})"
    return element("path", css=f"mark {one.problem.status.remediation.value}", d=mark.path, transform=moved)
