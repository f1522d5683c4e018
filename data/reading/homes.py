"""Where the reports of a deployment lie, as far as its coordinate system or its time zone tell."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np

from geo.grids import Box, area_of

__all__ = ["Box", "around", "better_zone", "home_of", "look_swapped"]

_MOST = 0.9
_GREAT_BRITAIN = (-9.0, 49.5, 2.5, 61.5)
#: Time zones that one country has, with the national system that is made for that country.
_NATIONAL_GRIDS = {
    "Europe/Dublin": 2157,
    "Europe/Amsterdam": 28992,
    "Europe/Zurich": 2056,
    "Europe/Paris": 2154,
    "Europe/Brussels": 31370,
    "Europe/Stockholm": 3006,
    "Pacific/Auckland": 2193,
}
#: Round the chief city of a time zone: enough to propose a system, never to choose one.
_AROUND_DEG = (15.0, 12.0)
_PLACE = re.compile(r"([+-])(\d{2,3})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?$")
_FAR_HOURS = 2.0


def home_of(epsg: str | None, zone: str) -> Box | None:
    """Return the box (west, south, east, north) that the reports of a deployment lie in, or None if that is unknown.

    Known from the metric coordinate system of its reports, and before the first hot spots from a
    time zone that only one country has.
    """
    if epsg == "27700" or (epsg is None and zone == "Europe/London"):
        return _GREAT_BRITAIN
    if epsg is None:
        return area_of(_NATIONAL_GRIDS[zone]) if zone in _NATIONAL_GRIDS else None
    if not re.fullmatch(r"32[67]\d\d", epsg):
        return None
    west = int(epsg[3:]) * 6 - 186
    # Half a zone more on each side: a city near the edge of its zone reaches over.
    return west - 3, *((0, west + 9, 84) if epsg[2] == "6" else (-80, west + 9, 0))


def look_swapped(lon_lat: Sequence[tuple[float, float]], home: Box) -> bool:
    """Tell whether places (longitude, latitude) lie in ``home`` (west, south, east, north) only the other way round."""
    west, south, east, north = home
    here = sum(west <= lon <= east and south <= lat <= north for lon, lat in lon_lat)
    other_way = sum(west <= lat <= east and south <= lon <= north for lon, lat in lon_lat)
    return other_way >= _MOST * len(lon_lat) > 0 and here <= (1 - _MOST) * len(lon_lat)


def around(zone: str) -> Box | None:
    """Return a wide box round the chief city of a time zone, or None for a zone without one."""
    place = _cities().get(zone)
    if place is None:
        return None
    lon, lat = place
    east, north = _AROUND_DEG
    return max(lon - east, -180.0), max(lat - north, -85.0), min(lon + east, 180.0), min(lat + north, 85.0)


def better_zone(lon: float, lat: float, zone: str) -> str | None:
    """Return the time zone of the nearest city where clocks of ``zone`` are far from the sun at a place, or None.

    Parameters
    ----------
    lon, lat
        A place in the middle of the reports.
    """
    if abs(lon / 15 - _standard_hours(zone)) < _FAR_HOURS:
        return None
    names, places = zip(*_cities().items(), strict=True) if _cities() else ((), ())
    if not names:
        return None
    lons, lats = np.radians(np.array(places)).T
    here_lon, here_lat = np.radians(lon), np.radians(lat)
    near = np.sin(lats) * np.sin(here_lat) + np.cos(lats) * np.cos(here_lat) * np.cos(lons - here_lon)
    found = str(names[int(np.argmax(near))])
    return found if abs(_standard_hours(found) - _standard_hours(zone)) >= 1 else None


def _standard_hours(zone: str) -> float:
    """Return what clocks of a zone are ahead of UTC when they are not put forward."""
    try:
        told = ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return 0.0
    offsets = [datetime(2025, month, 1, tzinfo=told).utcoffset() or timedelta() for month in (1, 7)]
    return min(offsets).total_seconds() / 3_600


@lru_cache(maxsize=1)
def _cities() -> dict[str, tuple[float, float]]:
    """Return (longitude, latitude) of the chief city of every time zone that has one."""
    try:
        told = files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    except (ModuleNotFoundError, OSError):
        return {}
    cities: dict[str, tuple[float, float]] = {}
    for line in told.splitlines():
        cells = line.split("\t")
        if len(cells) >= 3 and (found := _PLACE.match(cells[1])):
            lat = int(found[2]) + int(found[3]) / 60 + int(found[4] or 0) / 3_600
            lon = int(found[6]) + int(found[7]) / 60 + int(found[8] or 0) / 3_600
            cities[cells[2]] = (lon * (-1 if found[5] == "-" else 1), lat * (-1 if found[1] == "-" else 1))
    return cities
