"""Whether reports are of another place than those the store holds: a wrong address of a feed is found here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.known_places import known_box
from geo.errors import GeoError
from geo.projection import holds
from problems.store import Store

#: About 100 km: a region fits, the next large city is rarely nearer.
_BESIDE_DEG = 1.0


@dataclass(frozen=True, slots=True)
class Home:
    """Where the reports of a store lie: a metric system, and a box (west, south, east, north) in degrees."""

    epsg: int | None
    box: tuple[float, float, float, float] | None

    def far(self, places: Sequence[tuple[float, float]]) -> int:
        """Return how many of the places (longitude, latitude) lie far from here."""
        if not places:
            return 0
        lon_lat = np.asarray(places, dtype=np.float64)
        is_near = np.ones(len(lon_lat), dtype=np.bool_)
        if self.epsg is not None:
            is_near &= _held(lon_lat, self.epsg)
        if self.box is not None:
            west, south, east, north = self.box
            is_near &= (lon_lat[:, 0] >= west) & (lon_lat[:, 0] <= east)
            is_near &= (lon_lat[:, 1] >= south) & (lon_lat[:, 1] <= north)
        return int(np.count_nonzero(~is_near))


def _held(lon_lat: "np.typing.NDArray[np.float64]", epsg: int) -> "np.typing.NDArray[np.bool_]":
    try:
        return holds(lon_lat, epsg)
    except GeoError:
        return np.ones(len(lon_lat), dtype=np.bool_)


def home_of_store(store: Store) -> Home:
    """Return where the reports of ``store`` lie; an empty store is at home everywhere."""
    epsg = store.fact("epsg")
    return Home(int(epsg) if epsg and epsg.isdigit() else None, known_box(store, _BESIDE_DEG))
