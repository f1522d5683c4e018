"""What travels to the map: small JSON of ids, numbers and our own words.

Coordinates are whole numbers of 1e-5 degrees (about a metre), which halves what is sent. No name and
no text that a person or a feed wrote is among them: the page draws those, as text.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dashboard.mapping.past import problems_known
from dashboard.mapping.places import Outlined, places_seen
from dashboard.mapping.points import HexagonsInView, PointsInView
from dashboard.mapping.query import ProblemFilter
from dashboard.remembered import by_reports
from geo import areas as geo_areas
from geo import hexagons
from geo.coverage import light
from problems.areas import Area
from problems.categories import Group
from problems.figures import selected
from problems.problem import UNTOUCHED, Problem, Remediation
from problems.sharing import is_placed
from problems.store import Store

#: Coordinates are sent as whole numbers of this share of a degree.
STEP_DEGREES = 1e-5


def view_json(seen: PointsInView | HexagonsInView) -> bytes:
    """Return a view: rows ``[id, lon, lat, group]``, or ``[count, lon, lat, …]`` with the corners."""
    if isinstance(seen, PointsInView):
        rows = np.column_stack((seen.ids, _steps(seen.lon_lat), seen.group.astype(np.int64)))
        return _dump({"kind": "points", "reports": len(rows), "rows": rows.tolist()})
    cells = [
        [count, *corners] for count, corners in zip(seen.count.tolist(), map(_corners, seen.cell.tolist()), strict=True)
    ]
    reports = int(seen.count.sum())
    return _dump({"kind": "hexagons", "reports": reports, "resolution": seen.resolution, "rows": cells})


def selected_problems(store: Store, wanted: ProblemFilter) -> list[Problem]:
    """Return the problems that a filter leaves, in order of id.

    A problem lies in an area when its centre does.
    """
    kept = selected(_with_place(store, wanted), wanted.wanted)
    if wanted.area_id is None or not kept:
        return kept
    geometry = next((area.geometry for area in store.areas() if area.id == wanted.area_id), None)
    if geometry is None:
        return []
    inside = geo_areas.inside(np.array([problem.lon_lat for problem in kept]), geometry)
    return [problem for problem, here in zip(kept, inside.tolist(), strict=True) if here]


def _with_place(store: Store, wanted: ProblemFilter) -> list[Problem]:
    """Return the problems as of the day that is asked for, without those whose place is not shared."""
    return [problem for problem in problems_known(store, wanted.on) if is_placed(problem)]


def problems_json(store: Store, wanted: ProblemFilter) -> bytes:
    """Return problems as features: id, reference, remediation, status and group in words, place, outline.

    ``found`` tells a hot spot of the last refresh that nobody has taken on yet. Places that belong to no problem come
    beside them, where they are asked for.
    """
    shown = selected_problems(store, wanted)
    if wanted.also_id is not None and wanted.also_id not in {problem.id for problem in shown}:
        shown += [problem for problem in _with_place(store, wanted) if problem.id == wanted.also_id]
    seen = places_seen(store, wanted.also, groups=wanted.wanted.groups, area_id=wanted.area_id, on=wanted.on)
    places = [_place(place) for place in seen.places]
    return _dump({"problems": [_feature(problem) for problem in shown], "places": places})


def _place(place: Outlined) -> Mapping[str, object]:
    return {
        "at": _steps(np.array([place.lon_lat]))[0].tolist(),
        "quiet": place.quiet,
        "outline": rings(place.outline),
    }


def _feature(problem: Problem) -> Mapping[str, object]:
    return {
        "id": problem.id,
        "ref": problem.ref,
        "remediation": problem.status.remediation.value,
        "status": problem.status.label,
        "group": problem.group.label,
        "at": _steps(np.array([problem.lon_lat]))[0].tolist(),
        "found": problem.status in UNTOUCHED,
        "outline": rings(problem.footprint),
    }


def streets_json(store: Store) -> bytes:
    """Return streets as ``[rank, [lon, lat, …]]``, one row for every unbroken line."""
    rows = [[street.rank, line] for street in store.streets() for line in _lines(street.geometry)]
    return _dump({"streets": rows})


def areas_json(store: Store) -> bytes:
    """Return boundaries as ``[id, kind, [ring, …]]``, light enough to be drawn: at most 3 m off."""
    return by_reports(store, "outlines", lambda: _outlines(store.areas()))


def _outlines(areas: Sequence[Area]) -> bytes:
    return _dump({"areas": [[area.id, area.kind.value, rings(light(area.geometry))] for area in areas]})


def words() -> Mapping[str, object]:
    """Return what the layer needs to name things: groups in the order of their index, and statuses."""
    return {
        "groups": [group.label for group in Group],
        "remediations": {remediation.value: remediation.label for remediation in Remediation},
    }


@lru_cache(maxsize=50_000)
def _corners(cell: int) -> tuple[int, ...]:
    return tuple(_steps(hexagons.boundary(cell)).ravel().tolist())


def _steps(lon_lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.rint(lon_lat / STEP_DEGREES).astype(np.int64)


def rings(geometry: Mapping[str, object]) -> list[list[int]]:
    """Return the rings of an area, each as a flat list of whole steps; nothing for an empty one."""
    if not geometry:
        return []
    coordinates = geometry["coordinates"]
    polygons: Iterable[Sequence[object]] = (
        [coordinates] if geometry["type"] == "Polygon" else coordinates  # type: ignore[list-item,assignment] # GeoJSON
    )
    return [_flat(ring) for polygon in polygons for ring in polygon]


def _lines(geometry: Mapping[str, object]) -> list[list[int]]:
    coordinates = geometry["coordinates"]
    lines: Iterable[object] = [coordinates] if geometry["type"] == "LineString" else coordinates  # type: ignore[assignment] # GeoJSON
    return [_flat(line) for line in lines]


def _flat(line: object) -> list[int]:
    flat: list[int] = _steps(np.asarray(line, dtype=np.float64)[:, :2]).ravel().tolist()
    return flat


def _dump(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii")
