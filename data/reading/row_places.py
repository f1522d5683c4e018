"""Where the rows of a table lie, from whichever of their columns tell it."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.reading.columns import Columns
from data.reading.homes import Box
from data.reading.numbers import read_grouped
from data.reading.places import PlaceFault, place_rows, read_pairs
from data.reading.strings import is_missing
from geo.errors import GeoError
from geo.grids import degrees_from, inside
from problems.errors import InputRefused

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Faults = npt.NDArray[np.int8]

PLACE_FIELDS = ("lat", "lon", "lat_lon", "easting", "northing")

#: Farther than this from where the reports of a deployment lie, a place is a fault of the record.
_FAR_DEG = 3.0


class PlaceReader:
    """Reads the places of the rows of one table.

    Parameters
    ----------
    home
        West, south, east, north of where the reports of this table lie; None where that is not known.
    """

    def __init__(self, columns: Columns, home: Box | None) -> None:
        self._columns = columns
        self._home = home

    def read(self, cells: Mapping[str, pa.Array], count: int) -> tuple[Floats, Faults]:
        """Return the places (n, 2) in degrees, longitude first and NaN for none, and why there is none."""
        if "lat" in cells:
            lon_lat, why = place_rows(cells["lat"], cells["lon"], self._home)
            left = np.flatnonzero(why) if "lat_lon" in cells else np.zeros(0, dtype=np.int64)
            if len(left):
                lon_lat[left], again = self._pairs(cells["lat_lon"].take(pa.array(left)))
                # Where neither column helps, the first one tells why, unless nothing stood there.
                why[left] = np.where((again == PlaceFault.NONE) | (why[left] == PlaceFault.MISSING), again, why[left])
        elif "lat_lon" in cells:
            lon_lat, why = self._pairs(cells["lat_lon"])
        elif "easting" in cells:
            lon_lat, why = self._projected(cells["easting"], cells["northing"])
        else:
            return np.full((count, 2), np.nan), np.full(count, PlaceFault.MISSING, dtype=np.int8)
        return self._at_home(lon_lat, why)

    def told(self, cells: Mapping[str, pa.Array], which: Ints, lon_lat: Floats, why: Faults) -> Floats:
        """Return where rows say that they lie, whether or not that can be true: it stays when home gets known.

        Parameters
        ----------
        which
            Places of m rows among those of ``cells``.
        lon_lat, why
            As :meth:`read` returned them for all rows.
        """
        found = lon_lat[which]
        if self._home is None or not len(which):
            return found
        # Where home took nothing away the two agree, but for rows that tell their place twice.
        lost = np.arange(len(which)) if {"lat", "lat_lon"} <= cells.keys() else np.flatnonzero(why[which])
        if len(lost):
            taken = pa.array(which[lost])
            homeless = PlaceReader(self._columns, None)
            told = {name: cells[name].take(taken) for name in PLACE_FIELDS if name in cells}
            found[lost], _why = homeless.read(told, len(lost))
        return found

    def _at_home(self, lon_lat: Floats, why: Faults) -> tuple[Floats, Faults]:
        """Take away places far from home, however many of them stand together."""
        if self._home is not None:
            far = (why == PlaceFault.NONE) & ~inside(lon_lat, self._home, _FAR_DEG)
            why[far] = PlaceFault.OUTSIDE
            lon_lat[far] = np.nan
        return lon_lat, why

    def _pairs(self, values: pa.Array) -> tuple[Floats, Faults]:
        pairs, empty = read_pairs(values, lon_first=self._columns.lon_first)
        lon_lat, why = place_rows(pairs[:, 0], pairs[:, 1], self._home)
        why[np.isnan(pairs[:, 0]) & ~empty] = PlaceFault.UNREADABLE
        return lon_lat, why

    def _projected(self, easting: pa.Array, northing: pa.Array) -> tuple[Floats, Faults]:
        metres = np.column_stack([read_grouped(values, self._columns.thousands) for values in (easting, northing)])
        unread = np.isnan(metres).any(axis=1)
        zero = (metres == 0.0).all(axis=1)
        known = ~unread & ~zero
        degrees = np.full(metres.shape, np.nan)
        if known.any():
            # Seven decimals are a centimetre: the rest is noise of the projection.
            degrees[known] = [(round(lon, 7), round(lat, 7)) for lon, lat in self._degrees(metres[known]).tolist()]
        lon_lat, why = place_rows(degrees[:, 1], degrees[:, 0], self._home)
        why[known & np.isnan(degrees[:, 0])] = PlaceFault.OUTSIDE
        why[zero] = PlaceFault.ZERO
        for place in np.flatnonzero(unread).tolist():
            told = (easting[place].as_py(), northing[place].as_py())
            why[place] = PlaceFault.MISSING if any(map(is_missing, told)) else PlaceFault.UNREADABLE
        return lon_lat, why

    def _degrees(self, metres: Floats) -> Floats:
        try:
            return degrees_from(metres, self._columns.epsg or 0)
        except GeoError as error:
            raise InputRefused("The eastings and northings cannot be read.", str(error)) from error
