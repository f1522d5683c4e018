"""Areas drawn by hand: is the area usable, does it lie in the town, and which problems are there already.

An area may come from a mouse, from a list of boundaries or from text that somebody pasted, so nothing
about it is taken for granted: corners are counted before anything is built from them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.boundaries import surface_km2
from geo.coverage import together
from geo.drawn import middle, shares, width_of
from geo.errors import GeoError
from geo.geojson import bounds, from_geojson
from problems.errors import InputRefused
from problems.problem import Problem
from problems.store import Box

ASKED = "This area cannot be used."
#: Text longer than this is not read: a street corner takes twenty signs, and no drawn area has 20,000.
LONGEST_TEXT = 400_000
#: A GeoJSON multipolygon has its numbers in the fifth list at most.
_DEEPEST = 5
#: Boundaries as councils publish them: a county with all its islands has fewer.
_MOST_CORNERS_EVER = 500_000
_M2_IN_KM2 = 1e6
_NO_GROUND = "It encloses no ground."
_THREE_CORNERS = "Draw an area with at least three corners that are not in one line."
#: From here on two areas are about the same place: a quarter of the smaller one is shared.
SAME_PLACE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class DrawingSettings:
    """What may be drawn. ``largest_km2`` is for a deployment to choose, the rest keeps nonsense out.

    ``beyond_m`` is how far outside of everything known an area may begin.
    """

    largest_km2: float = 4.0
    smallest_m2: float = 100.0
    most_corners: int = 2_000
    most_pieces: int = 60
    beyond_m: float = 2_000.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area that can be used.

    ``geometry`` is a valid GeoJSON polygon or multipolygon in degrees, ``lon_lat`` a point inside it.
    ``mended`` tells that its lines crossed and that it is now what they enclose.
    """

    geometry: Mapping[str, Any]
    lon_lat: tuple[float, float]
    km2: float
    width_m: float
    pieces: int
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Overlap:
    """A problem in or across an area: the share of the area that it covers, and of it that the area covers."""

    problem: Problem
    of_area: float
    of_problem: float

    @property
    def is_same_place(self) -> bool:
        """Whether the two are about the same place."""
        return max(self.of_area, self.of_problem) >= SAME_PLACE_SHARE


def usable(
    geometry: Mapping[str, object],
    *,
    epsg: int,
    settings: DrawingSettings,
    town: Box | None = None,
    limited: bool = True,
) -> Drawn:
    """Return an area as it can be used, or refuse it in words.

    Rings that are not closed are closed; lines that cross each other are mended to what they enclose.

    Parameters
    ----------
    geometry
        What was drawn: a GeoJSON Polygon or MultiPolygon in degrees, as nobody has checked it.
    epsg
        Metric CRS of the deployment.
    settings
        What may be drawn.
    town
        The box of all that is known, see :func:`town_box`; None where nothing is.
    limited
        Whether the largest area and the most corners hold; a boundary may be looked at whatever its size.

    Raises
    ------
    InputRefused
        For what is no area, has fewer than three corners or too many, encloses nothing, is larger than
        the limit or lies outside of the town.
    """
    closed = _closed(geometry, settings.most_corners if limited else _MOST_CORNERS_EVER)
    try:
        whole = together([closed])
        was_mended = not from_geojson(closed).is_valid
        km2 = surface_km2(whole)
    except GeoError as nothing:
        raise InputRefused(ASKED, _NO_GROUND, _THREE_CORNERS) from nothing
    if km2 * _M2_IN_KM2 < 1:
        raise InputRefused(ASKED, _NO_GROUND, _THREE_CORNERS)
    pieces = len(whole["coordinates"]) if whole["type"] == "MultiPolygon" else 1
    _check_size(km2, pieces, settings, limited=limited)
    _check_place(whole, epsg, settings, town)
    return Drawn(whole, middle(whole), km2, width_of(whole, epsg=epsg), pieces, was_mended)


def is_too_large(drawn: Drawn, settings: DrawingSettings) -> bool:
    """Tell whether an area is larger than a problem may be."""
    return drawn.km2 > settings.largest_km2


def _check_size(km2: float, pieces: int, settings: DrawingSettings, *, limited: bool) -> None:
    if km2 * _M2_IN_KM2 < settings.smallest_m2:
        raise InputRefused(
            ASKED,
            f"It is only {km2 * _M2_IN_KM2:.0f} m² large.",
            f"Draw at least {settings.smallest_m2:.0f} m², about a house with its garden.",
        )
    if limited and km2 > settings.largest_km2:
        raise InputRefused(
            ASKED,
            f"It covers {km2:,.1f} km².",
            f"At most {settings.largest_km2:g} km² can be drawn here (`largest_km2` in the settings): "
            "a place that a team can walk. Draw a smaller one.",
        )
    if pieces > settings.most_pieces:
        raise InputRefused(
            ASKED, f"It falls into {pieces} separate pieces.", f"At most {settings.most_pieces}: draw fewer."
        )


def _check_place(geometry: Mapping[str, object], epsg: int, settings: DrawingSettings, town: Box | None) -> None:
    west, south, east, north = bounds(geometry)
    outside = "It lies outside of the area that the reports come from."
    possible = "Draw it where reports are. In GeoJSON the longitude comes first."
    corners = np.array([[west, south], [east, north]])
    if not projection.holds(corners, epsg).all():
        raise InputRefused(ASKED, outside, possible)
    if town is None:
        return
    away_north = max(south - town.north, town.south - north, 0.0)
    away_east = max(west - town.east, town.west - east, 0.0)
    squeeze = float(np.cos(np.radians((south + north) / 2)))
    away_m = float(np.hypot(away_north, away_east * squeeze)) * 111_320.0
    if away_m > settings.beyond_m:
        raise InputRefused(ASKED, f"{outside[:-1]}, by {away_m / 1000:,.0f} km.", possible)


def town_box(lon_lat: npt.NDArray[np.float64], geometries: Iterable[Mapping[str, object]] = ()) -> Box | None:
    """Return the box of the reports (n, 2) and the boundaries, or None without any.

    One report in a thousand on each side is left out: some are always on the wrong continent.
    """
    boxes = [bounds(geometry) for geometry in geometries if geometry]
    if len(lon_lat):
        low, high = np.quantile(lon_lat, (0.001, 0.999), axis=0, method="nearest").tolist()
        boxes.append((low[0], low[1], high[0], high[1]))
    if not boxes:
        return None
    edges = np.array(boxes)
    west, south = edges[:, :2].min(axis=0).tolist()
    east, north = edges[:, 2:].max(axis=0).tolist()
    return Box(west, south, east, north)


def overlapping(geometry: Mapping[str, object], problems: Sequence[Problem], *, epsg: int) -> list[Overlap]:
    """Return the problems whose footprint shares ground with an area, the largest common ground first."""
    placed = [problem for problem in problems if problem.footprint]
    found = shares(geometry, [problem.footprint for problem in placed], epsg=epsg).tolist()
    common = [Overlap(problem, *share) for problem, share in zip(placed, found, strict=True) if max(share) >= 0.01]
    return sorted(common, key=lambda one: (-one.of_area, -one.of_problem, one.problem.id))


# -- what somebody hands in --


def read_pasted(text: str) -> Mapping[str, object]:
    """Return the one area in a GeoJSON text: a geometry, a Feature, or a FeatureCollection with one area.

    Raises
    ------
    InputRefused
        When it is not GeoJSON, holds no area or several, or is not in degrees.
    """
    asked = "This text cannot be used as an area."
    if len(text) > LONGEST_TEXT:
        why = f"It is {len(text):,} signs long."
        raise InputRefused(asked, why, f"At most {LONGEST_TEXT:,} are read: paste one area, with fewer corners.")
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as unreadable:
        why = "It is not GeoJSON."
        possible = 'Paste text that begins like {"type": "Polygon", "coordinates": [[['
        raise InputRefused(asked, why, possible) from unreadable
    found = list(_areas_in(asked, read))
    if len(found) != 1:
        why = f"It holds {len(found)} areas." if found else "There is no area in it."
        raise InputRefused(asked, why, "Paste exactly one Polygon or MultiPolygon.")
    return found[0]


def _areas_in(asked: str, read: object) -> Iterable[Mapping[str, object]]:
    if not isinstance(read, Mapping):
        return
    _check_degrees(asked, read.get("crs"))
    kind = read.get("type")
    if kind == "FeatureCollection":
        features = read.get("features")
        for feature in features if isinstance(features, list) else ():
            if isinstance(feature, Mapping) and feature.get("type") == "Feature":
                yield from _areas_in(asked, feature)
    elif kind == "Feature":
        geometry = read.get("geometry")
        if isinstance(geometry, Mapping) and geometry.get("type") in ("Polygon", "MultiPolygon"):
            _check_degrees(asked, geometry.get("crs"))
            yield geometry
    elif kind in ("Polygon", "MultiPolygon"):
        yield read


def _check_degrees(asked: str, crs: object) -> None:
    """Refuse a coordinate system other than longitude and latitude, which GeoJSON once could name."""
    named = json.dumps(crs)[:200] if crs is not None else ""
    if named and not any(known in named for known in ("CRS84", "EPSG::4326", "EPSG:4326")):
        raise InputRefused(
            asked, "It names a coordinate system of its own.", "Save it as GeoJSON in longitude and latitude (WGS 84)."
        )


def _closed(geometry: Mapping[str, object], most_corners: int) -> dict[str, object]:
    """Return the geometry with checked corners and closed rings, made of plain lists."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise InputRefused(ASKED, "It is not an area but something else, such as a line.", "Draw a closed area.")
    _check_corners(coordinates, most_corners)
    polygons = coordinates if kind == "MultiPolygon" else [coordinates]
    if not _is_list(polygons) or not polygons or not all(_is_list(rings) and rings for rings in polygons):
        raise InputRefused(ASKED, "It has no corners.", "Draw a closed area.")
    read = [[_ring(ring) for ring in rings] for rings in polygons]
    return {"type": kind, "coordinates": read if kind == "MultiPolygon" else read[0]}


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, (list, tuple))


def _check_corners(coordinates: object, most: int) -> None:
    """Count corners level by level, before anything is built from them; refuse too many and too deep."""
    level: list[object] = [coordinates]
    for _depth in range(_DEEPEST):
        inside = [part for part in level if _is_list(part)]
        corners = sum(not any(_is_list(number) for number in part[:1]) for part in inside)
        if corners > most:
            break
        if not inside:
            return
        level = [part for parts in inside for part in parts]
        if len(level) > 4 * most + 100:
            corners = max(corners, len(level))
            break
    else:
        raise InputRefused(ASKED, "Its lists of corners lie within each other too deeply.", "Draw a closed area.")
    raise InputRefused(ASKED, f"It has more than {most:,} corners.", "Simplify it, or draw it anew.")


def _ring(ring: object) -> list[list[float]]:
    if not _is_list(ring):
        raise InputRefused(ASKED, "Its corners cannot be read.", "Draw a closed area on the map.")
    corners = [_corner(corner) for corner in ring]
    if len({tuple(corner) for corner in corners}) < 3:
        raise InputRefused(ASKED, "It has fewer than three corners.", "Draw a closed area with three or more.")
    return corners if corners[0] == corners[-1] else [*corners, corners[0]]


def _corner(corner: object) -> list[float]:
    if not _is_list(corner) or len(corner) < 2:
        raise InputRefused(ASKED, "Its corners cannot be read.", "Draw a closed area on the map.")
    numbers = list(corner)[:2]
    if any(isinstance(number, bool) or not isinstance(number, (int, float)) for number in numbers):
        raise InputRefused(ASKED, "Its corners are not numbers.", "Draw a closed area on the map.")
    if any(isinstance(number, float) and not isfinite(number) for number in numbers):
        raise InputRefused(ASKED, "Its corners are not numbers.", "Draw a closed area on the map.")
    # A whole number in JSON may be longer than a float can hold.
    lon, lat = (float(number) if abs(number) < 1e9 else 1e9 for number in numbers)
    if abs(lon) > 180 or abs(lat) > 90:
        raise InputRefused(
            ASKED,
            "Its corners are not longitude and latitude in degrees.",
            "Save it in WGS 84 (longitude first); eastings and northings in metres cannot be used here.",
        )
    return [lon, lat]
