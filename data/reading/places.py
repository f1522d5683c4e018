"""Coordinates as feeds write them: one value, a pair in one cell, and what cannot be a place."""

import re
from collections.abc import Sequence

from data.reading.numbers import read_number

__all__ = ["home_of", "look_swapped", "on_british_grid", "read_number", "read_pair", "usable"]

_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"\(?\s*({_NUMBER})\s*[,;]\s*({_NUMBER})\s*\)?$")
_WKT = re.compile(rf"POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)$", re.IGNORECASE)
#: The British National Grid covers this many metres east and north.
GRID_EAST_M = 700_000
GRID_NORTH_M = 1_300_000
#: Closer than this to 0,0 (about 11 km of open sea) a place is a null that became a number.
_NULL_ISLAND_DEG = 0.1
_MOST = 0.9
_GREAT_BRITAIN = (-9.0, 49.5, 2.5, 61.5)


def read_pair(value: str) -> tuple[float, float] | None:
    """Return (longitude, latitude) of “(lat, lon)”, “lat, lon” or “POINT (lon lat)”, or None."""
    value = value.strip()
    if found := _PAIR.match(value):
        return float(found[2]), float(found[1])
    if found := _WKT.match(value):
        return float(found[1]), float(found[2])
    return None


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


def home_of(epsg: str | None, zone: str) -> tuple[float, float, float, float] | None:
    """Return the box (west, south, east, north) that the reports of a deployment lie in, or None if that is unknown.

    Known from the metric coordinate system of its reports, and before the first hot spots from a
    time zone that only one country has.
    """
    if epsg == "27700" or (epsg is None and zone == "Europe/London"):
        return _GREAT_BRITAIN
    if epsg is None or not re.fullmatch(r"32[67]\d\d", epsg):
        return None
    west = int(epsg[3:]) * 6 - 186
    # Half a zone more on each side: a city near the edge of its zone reaches over.
    return west - 3, *((0, west + 9, 84) if epsg[2] == "6" else (-80, west + 9, 0))


def look_swapped(lon_lat: Sequence[tuple[float, float]], home: tuple[float, float, float, float]) -> bool:
    """Tell whether places (longitude, latitude) lie in ``home`` (west, south, east, north) only the other way round."""
    west, south, east, north = home
    here = sum(west <= lon <= east and south <= lat <= north for lon, lat in lon_lat)
    other_way = sum(west <= lat <= east and south <= lon <= north for lon, lat in lon_lat)
    return other_way >= _MOST * len(lon_lat) > 0 and here <= (1 - _MOST) * len(lon_lat)


def on_british_grid(easting: float, northing: float) -> bool:
    """Tell whether the metres lie on the British National Grid, away from its corner."""
    return 1_000 < easting < GRID_EAST_M and 1_000 < northing < GRID_NORTH_M
