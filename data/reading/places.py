"""Coordinates as feeds write them: a pair in one cell, whole columns, and what cannot be a place."""

import json
import re
import struct
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.homes import Box, home_of, look_swapped
from data.reading.numbers import read_number, read_numbers
from data.reading.strings import Strings, as_strings, is_missing
from geo.grids import inside

__all__ = [
    "Box",
    "PlaceFault",
    "common_fault",
    "home_of",
    "look_swapped",
    "on_british_grid",
    "place_rows",
    "read_number",
    "read_pair",
    "read_pairs",
    "usable",
]

_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_EXACT = r"[-+]?\d{1,3}\.\d{3,}"
_PAIR = re.compile(rf"\(?\s*({_NUMBER})\s*[,;]\s*({_NUMBER})\s*\)?$")
_SPACED = re.compile(rf"\(?\s*({_EXACT})\s+({_EXACT})\s*\)?$")
#: The same pair as arrow reads it: most columns hold nothing else.
_PLAIN_PAIR = r"^\(?(?P<one>-?[0-9]{1,3}(?:\.[0-9]{1,17})?)[ ]?,[ ]?(?P<other>-?[0-9]{1,3}(?:\.[0-9]{1,17})?)\)?$"
#: “123 MAIN ST / NEW YORK, NY / (40.7, -73.9)”: an address and a pair in brackets after it.
_AFTER_ADDRESS = re.compile(rf"\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)\s*$")
_WKT = re.compile(
    rf"(?:SRID=4326;\s*)?POINT\s*Z?\s*\(\s*({_NUMBER})\s+({_NUMBER})(?:\s+{_NUMBER})?\s*\)$", re.IGNORECASE
)
_TOLD = {
    name: re.compile(rf"[\"']{letters}[\"']\s*:\s*[\"']?({_NUMBER})[\"']?\s*[,}}]", re.IGNORECASE)
    for name, letters in (("lat", "lat(?:itude)?"), ("lon", "(?:lon|lng|long|longitude)"))
}
#: A point in degrees as PostGIS writes it out: byte order, kind with system, system 4326, x and y.
_BINARY = re.compile(r"0101000020E6100000([0-9A-F]{32})$|0101000000([0-9A-F]{32})$", re.IGNORECASE)
#: The British National Grid covers this many metres east and north.
GRID_EAST_M = 700_000
GRID_NORTH_M = 1_300_000
#: Closer than this to 0,0 (about 11 km of open sea) a place is a null that became a number.
_NULL_ISLAND_DEG = 0.1
#: Nothing in degrees is as large.
_LEAST_FEET = 400.0
#: Farther than this from where the reports of a deployment lie, a place is a fault of the record.
_FAR_DEG = 3.0
_MOST = 0.9

Floats = npt.NDArray[np.float64]


class PlaceFault(IntEnum):
    """Why a row has no place; the numbers are those of the flags of a report."""

    NONE = 0
    MISSING = 1
    ZERO = 2
    SWAPPED = 4
    OUTSIDE = 8
    FEET = 16
    UNREADABLE = 32


def read_pair(value: str, *, lon_first: bool = False) -> tuple[float, float] | None:
    """Return (longitude, latitude) of a cell that holds both, or None.

    Read are “(lat, lon)” with or without brackets, also after an address; “POINT (lon lat)”; GeoJSON and
    other JSON with both halves; and a point as a geographic database writes it out.

    Parameters
    ----------
    lon_first
        Plain pairs have the longitude first. Points and JSON say which is which.
    """
    value = value.strip()
    if value[:1] == "{":
        return _read_json(value)
    if found := _PAIR.match(value) or _SPACED.match(value) or _AFTER_ADDRESS.search(value):
        one, other = float(found[1]), float(found[2])
        return (one, other) if lon_first else (other, one)
    if found := _WKT.match(value):
        return float(found[1]), float(found[2])
    if found := _BINARY.match(value):
        lon, lat = struct.unpack("<2d", bytes.fromhex(found[1] or found[2]))
        return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None
    return None


def _read_json(value: str) -> tuple[float, float] | None:
    try:
        told = json.loads(value)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and str(told.get("type", "")).casefold() == "point":
        return _point(told.get("coordinates"))
    # A dictionary as another program prints it is not JSON, but names its halves all the same.
    lat, lon = _TOLD["lat"].search(value), _TOLD["lon"].search(value)
    return (float(lon[1]), float(lat[1])) if lat and lon else None


def _point(coordinates: Any) -> tuple[float, float] | None:
    if not isinstance(coordinates, list) or len(coordinates) not in (2, 3):
        return None
    lon, lat = (read_number(str(part)) for part in coordinates[:2])
    return (lon, lat) if lon is not None and lat is not None else None


def read_pairs(values: Strings, *, lon_first: bool = False) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Read a column of cells that hold both coordinates.

    Returns
    -------
    lat_lon : ndarray, shape (n, 2), float64
        NaN where :func:`read_pair` reads nothing.
    empty : ndarray, shape (n,), bool
        Where nothing is there to read.
    """
    told = as_strings(values)
    halves = pc.extract_regex(told, _PLAIN_PAIR)
    one, other = (pc.struct_field(halves, name).cast(pa.float64()) for name in ("one", "other"))
    lat, lon = (other, one) if lon_first else (one, other)
    lat_lon = np.column_stack([half.to_numpy(zero_copy_only=False) for half in (lat, lon)]).astype(np.float64)
    empty = np.zeros(len(told), dtype=np.bool_)
    left = np.flatnonzero(np.isnan(lat_lon[:, 0]))
    coded = told.take(left).dictionary_encode()
    rest, codes = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    read = [read_pair(value, lon_first=lon_first) for value in rest]
    lat_lon[left] = np.array([pair[::-1] if pair else (np.nan, np.nan) for pair in read]).reshape(-1, 2)[codes]
    empty[left] = np.array([is_missing(value) for value in rest], dtype=np.bool_)[codes]
    return lat_lon, empty


def usable(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """Return (longitude, latitude) if they can be a place of a report, or None.

    Not usable: a missing half, 0,0, and anything outside the globe, which also finds swapped values
    of the Americas and feet or metres written into columns of degrees.
    """
    if lon is None or lat is None or not -180 <= lon <= 180 or not -90 < lat < 90:
        return None
    if abs(lon) < _NULL_ISLAND_DEG and abs(lat) < _NULL_ISLAND_DEG:
        return None
    return lon, lat


def place_rows(
    lat: Strings | Floats, lon: Strings | Floats, home: Box | None = None
) -> tuple[Floats, npt.NDArray[np.int8]]:
    """Give each row its place, or the reason why it has none. Nothing is repaired.

    Parameters
    ----------
    lat, lon
        n texts or numbers; NaN is a cell without anything in it.
    home
        West, south, east, north of where the reports of this deployment lie.

    Returns
    -------
    lon_lat : ndarray, shape (n, 2), float64
        NaN where the row has no place.
    why : ndarray, shape (n,), int8
        A :class:`PlaceFault` each. Far-off places are told only where most of the others lie at home.
    """
    lats, lat_state = _numbers(lat)
    lons, lon_state = _numbers(lon)
    why = np.maximum(lat_state, lon_state).astype(np.int8)
    told = why == PlaceFault.NONE
    near_zero = told & (np.abs(lats) < _NULL_ISLAND_DEG) & (np.abs(lons) < _NULL_ISLAND_DEG)
    feet = told & ((np.abs(lats) >= _LEAST_FEET) | (np.abs(lons) >= _LEAST_FEET))
    off = told & ~feet & ((np.abs(lats) >= 90) | (np.abs(lons) > 180))
    why[near_zero], why[feet], why[off] = PlaceFault.ZERO, PlaceFault.FEET, PlaceFault.OUTSIDE
    lon_lat = np.column_stack((lons, lats))
    if home is not None:
        judged = told & ~near_zero & ~feet
        here = inside(lon_lat, home, _FAR_DEG)
        swapped = judged & ~here & inside(lon_lat[:, ::-1], home, _FAR_DEG)
        why[swapped] = PlaceFault.SWAPPED
        others = judged & ~swapped
        if here[others].sum() * 2 > others.sum():
            why[others & ~here] = PlaceFault.OUTSIDE
    lon_lat[why != PlaceFault.NONE] = np.nan
    return lon_lat, why


def _numbers(values: Strings | Floats) -> tuple[Floats, npt.NDArray[np.int8]]:
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        numbers = values.astype(np.float64)
        return numbers, np.where(np.isfinite(numbers), PlaceFault.NONE, PlaceFault.MISSING).astype(np.int8)
    told: pa.Array = as_strings(values)
    numbers = read_numbers(told)
    state = np.zeros(len(told), dtype=np.int8)
    lost = np.flatnonzero(np.isnan(numbers))
    coded = told.take(lost).dictionary_encode()
    missing = np.array([is_missing(text) for text in coded.dictionary.to_pylist()], dtype=np.bool_)
    state[lost] = np.where(missing[coded.indices.to_numpy()], PlaceFault.MISSING, PlaceFault.UNREADABLE)
    return numbers, state


def common_fault(why: npt.NDArray[np.int8]) -> PlaceFault:
    """Return the fault that nearly all rows with coordinates share: then the columns are wrong, not the rows."""
    told = why[(why != PlaceFault.MISSING) & (why != PlaceFault.UNREADABLE) & (why != PlaceFault.ZERO)]
    for fault in (PlaceFault.SWAPPED, PlaceFault.FEET):
        if len(told) and (told == fault).sum() >= _MOST * len(told):
            return fault
    return PlaceFault.NONE


def on_british_grid(easting: float, northing: float) -> bool:
    """Tell whether the metres lie on the British National Grid, away from its corner."""
    return 1_000 < easting < GRID_EAST_M and 1_000 < northing < GRID_NORTH_M
