"""Which boundary holds which point: for reports by the million, and boundaries as councils publish them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.arrays import Floats, Ints, as_codes
from geo.errors import GeoError
from geo.geojson import from_geojson

#: The id of no boundary.
NOWHERE = 0
_AREAS = ("Polygon", "MultiPolygon")
_ELLIPSOID = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class _Boundary:
    id: int
    shape: BaseGeometry


class Boundaries:
    """Boundaries that were read once and can be asked about any number of points.

    Parameters
    ----------
    ids : sequence of int
        One for each geometry, above 0, none twice.
    geometries : sequence of mapping
        GeoJSON polygons or multipolygons in degrees (WGS 84), longitude first. One that crosses
        itself is mended, see :func:`mended`.

    Raises
    ------
    GeoError
        For ids that do not fit, and for a geometry that has no surface.

    Examples
    --------
    >>> west = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    >>> east = {"type": "Polygon", "coordinates": [[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]}
    >>> Boundaries([7, 4], [west, east]).ids_at([(0.5, 0.5), (1.0, 0.5), (9.0, 9.0), (float("nan"), 0.0)]).tolist()
    [7, 4, 0, 0]
    """

    def __init__(self, ids: Sequence[int], geometries: Sequence[Mapping[str, object]]) -> None:
        numbers = as_codes(np.asarray(ids, dtype=np.int64), "ids", len(geometries)).tolist()
        if len(set(numbers)) != len(numbers) or min(numbers, default=1) <= NOWHERE:
            raise GeoError(
                "Boundaries were to be numbered.", "An id is repeated or not above 0.", "Number them from 1."
            )
        found = [_Boundary(number, mended(shape)[0]) for number, shape in zip(numbers, geometries, strict=True)]
        #: Asked in this order, so that the lowest id has what two of them hold.
        self._boundaries = sorted(found, key=lambda one: one.id)
        for one in self._boundaries:
            shapely.prepare(one.shape)

    def __len__(self) -> int:
        """Return the number of boundaries."""
        return len(self._boundaries)

    def ids_at(self, lon_lat: npt.ArrayLike) -> Ints:
        """Return the id of the boundary that holds each point.

        Parameters
        ----------
        lon_lat : array_like, shape (n, 2)
            Degrees, longitude first; rows with NaN are allowed.

        Returns
        -------
        ndarray, shape (n,), int64
            0 for a point in none of them, and for a row with NaN. A point on a shared edge, or where
            boundaries overlap, belongs to the lowest id.

        Raises
        ------
        GeoError
            For another shape.
        """
        points = np.asarray(lon_lat, dtype=np.float64).reshape(-1, 2) if np.size(lon_lat) == 0 else np.asarray(lon_lat)
        if points.ndim != 2 or points.shape[1] != 2:
            raise GeoError(f"lon_lat has the shape {points.shape}.", "Points are rows of two degrees.", "Pass (n, 2).")
        lon, lat = (points[:, axis].astype(np.float64) for axis in (0, 1))
        placed = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        # By longitude, so that each boundary is asked about a slice; equal places stand together and are asked once.
        order = placed[np.lexsort((lat[placed], lon[placed]))]
        lon, lat = lon[order], lat[order]
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = (np.diff(lon) != 0.0) | (np.diff(lat) != 0.0)
        distinct = self._at_distinct(lon[first], lat[first])
        found = np.zeros(len(points), dtype=np.int64)
        found[order] = distinct[np.cumsum(first) - 1]
        return found

    def _at_distinct(self, lon: Floats, lat: Floats) -> Ints:
        """Return the ids for places (k,) that are sorted by longitude."""
        found = np.full(len(lon), NOWHERE, dtype=np.int64)
        # A prepared area against the points in its box: many times faster than a tree of areas.
        for one in self._boundaries:
            west, south, east, north = one.shape.bounds
            begin, end = np.searchsorted(lon, west, side="left"), np.searchsorted(lon, east, side="right")
            here = slice(int(begin), int(end))
            near = np.flatnonzero((found[here] == NOWHERE) & (lat[here] >= south) & (lat[here] <= north)) + here.start
            if len(near):
                found[near[shapely.intersects_xy(one.shape, lon[near], lat[near])]] = one.id
        return found


def surface_km2(geometry: Mapping[str, object]) -> float:
    """Return the surface of a boundary in square kilometres, on the WGS 84 ellipsoid.

    Raises
    ------
    GeoError
        As :func:`mended`.

    Examples
    --------
    >>> tenth = {"type": "Polygon", "coordinates": [[[0, 60], [0.1, 60], [0.1, 60.1], [0, 60.1], [0, 60]]]}
    >>> round(surface_km2(tenth), 1)
    62.1
    """
    square_m, _ = _ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(mended(geometry)[0]))
    return abs(float(square_m)) / 1e6


def mended(geometry: Mapping[str, object]) -> tuple[BaseGeometry, bool]:
    """Return a boundary as a valid area, and whether it had to be mended.

    Parameters
    ----------
    geometry : mapping
        GeoJSON Polygon or MultiPolygon in degrees; it may cross itself.

    Returns
    -------
    tuple of shapely geometry and bool
        What it encloses, as a Polygon or MultiPolygon; lines and points that mending leaves are
        dropped, they hold nobody.

    Raises
    ------
    GeoError
        When it is not an area, or encloses nothing.

    Examples
    --------
    >>> bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    >>> shape, changed = mended(bow)
    >>> shape.area, changed
    (0.5, True)
    """
    shape = shapely.force_2d(from_geojson(geometry))
    if shape.geom_type not in _AREAS:
        raise GeoError(f"A {shape.geom_type} was passed as a boundary.", "It is not an area.", "Pass a polygon.")
    is_valid = bool(shapely.is_valid(shape))
    if not is_valid:
        parts = shapely.get_parts(shapely.make_valid(shape))
        # A collection within a collection does not come out of mending; lines and points may.
        shape = shapely.union_all([part for part in parts if part.geom_type in _AREAS])
    if shape.is_empty or shape.area == 0.0:
        raise GeoError("A boundary was to be read.", "It encloses nothing.", "Leave it out.")
    return shape, not is_valid
