"""Where a geometry lies: two columns of text for each, in degrees where the coordinate system is known."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from data.reading.systems import system_of

Floats = NDArray[np.float64]

#: A centimetre: the rest is noise of the projection.
_DECIMALS = 7
UNKNOWN_SYSTEM = (
    "The file does not say in which coordinate system its places are: they are given as they stand in the columns"
    " “{x}” and “{y}”. Say which system it is."
)


def place_names(taken: Sequence[str], *, degrees: bool) -> tuple[str, str]:
    """Return names for the two columns that no other column has."""
    names = ("longitude", "latitude") if degrees else ("x", "y")
    if {name.strip().casefold() for name in taken}.isdisjoint(names):
        return names
    return f"geometry {names[0]}", f"geometry {names[1]}"


def to_degrees(system: str | None) -> "Transformer | None":
    """Return what turns coordinates of ``system`` into longitude and latitude; None where they are that already.

    Raises
    ------
    CRSError
        Where the system is not known.
    """
    if not system:
        return None
    crs = system_of(system)
    if (crs.is_geographic and crs.to_epsg() in {4326, 4979}) or "CRS84" in str(system):
        return None
    return Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True)


def is_known(system: str | None) -> bool:
    """Tell whether coordinates of ``system`` can be turned into degrees."""
    try:
        to_degrees(system)
    except (CRSError, ProjError):
        return False
    return bool(system)


def place_of(geometry: object) -> tuple[float, float] | None:
    """Return the coordinates of a GeoJSON geometry: of a point itself, else of a point on its surface.

    None where there is no geometry, where it is empty, or where it is broken.
    """
    if isinstance(geometry, Mapping) and geometry.get("type") == "Point":
        try:
            x, y = geometry["coordinates"][:2]
            return float(x), float(y)
        except OverflowError:
            return math.inf, math.inf
        except (KeyError, TypeError, ValueError):
            return None
    shape = shape_of(geometry)
    inside = None if shape is None else _inside(shape)
    return None if inside is None else (float(shapely.get_x(inside)), float(shapely.get_y(inside)))


def shape_of(geometry: object) -> shapely.Geometry | None:
    """Return a GeoJSON geometry as a shape; None where it is missing, empty or broken."""
    if not isinstance(geometry, Mapping):
        return None
    try:
        shape = shapely.geometry.shape(_as_floats(geometry))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, shapely.errors.ShapelyError):
        return None
    return None if shape.is_empty else shape


def _as_floats(geometry: Mapping[str, Any]) -> dict[str, Any]:
    if geometry.get("type") == "GeometryCollection":
        return {"type": geometry["type"], "geometries": [_as_floats(part) for part in geometry["geometries"]]}
    return {"type": geometry["type"], "coordinates": _floats(geometry["coordinates"])}


def _floats(numbers: Any) -> Any:
    return [_floats(part) for part in numbers] if isinstance(numbers, list) else float(numbers)


def of_binary(binary: Sequence[bytes | None]) -> tuple[Floats, Floats]:
    """Return x and y of geometries in well-known binary, NaN where there is none; see :func:`place_of`."""
    shapes = shapely.from_wkb(np.asarray(binary, dtype=object), on_invalid="ignore")
    points = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    rest = ~points & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    shapes[rest] = [_inside(shape) for shape in shapes[rest]]
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _inside(shape: shapely.Geometry) -> shapely.Geometry | None:
    try:
        inside = shapely.point_on_surface(shape)
    except shapely.errors.ShapelyError:
        return None
    return inside if shapely.get_type_id(inside) == shapely.GeometryType.POINT else None


def texts(x: Floats, y: Floats, transformer: Transformer | None) -> tuple[pa.Array, pa.Array]:
    """Return both columns, transformed where needed; "" where a place is missing or cannot be transformed."""
    if transformer is not None and len(x):
        x, y = transformer.transform(x, y)
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    known = (np.isfinite(x) & np.isfinite(y)).tolist()
    return _column(x, known), _column(y, known)


def _column(numbers: Floats, known: Sequence[bool]) -> pa.Array:
    told = zip(numbers.tolist(), known, strict=True)
    return pa.array([f"{number:.{_DECIMALS}f}" if there else "" for number, there in told], pa.string())


def features_of(shapes: NDArray[np.object_], transformer: Transformer | None) -> list[dict[str, Any] | None]:
    """Return shapes as GeoJSON geometries in degrees; None for what is no area."""

    def degrees(points: Floats) -> Floats:
        moved = np.column_stack(transformer.transform(points[:, 0], points[:, 1])) if transformer else points
        return np.round(moved, _DECIMALS)

    areas = np.isin(shapely.get_type_id(shapes), [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON])
    areas &= ~shapely.is_empty(shapes)
    moved = shapely.transform(shapely.force_2d(shapes), degrees)
    told = shapely.to_geojson(moved)
    return [json.loads(text) if area else None for text, area in zip(told, areas, strict=True)]
