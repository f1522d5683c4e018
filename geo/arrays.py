"""The array types of this package and the checks that every public function makes first."""

import math

import numpy as np
import numpy.typing as npt

from geo.errors import GeoError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Labels = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def as_points(points: npt.ArrayLike, name: str, *, columns: int | None = 2) -> Floats:
    """Return points as an (n, columns) array of finite floats.

    Parameters
    ----------
    points : array_like, shape (n, columns)
        Zero points are fine, also as an empty list.
    name : str
        What the caller calls them; it appears in the refusal.
    columns : int or None
        How many columns there must be; None allows any number from one on.

    Raises
    ------
    GeoError
        For another shape, or for a coordinate that is missing (NaN) or infinite.

    Examples
    --------
    >>> as_points([(0, 1), (2, 3)], "xy_m").shape
    (2, 2)
    >>> as_points([], "xy_m").shape
    (0, 2)
    """
    array = np.asarray(points, dtype=np.float64)
    if array.size == 0 and array.ndim <= 2:
        width = columns or (array.shape[1] if array.ndim == 2 else 2)
        return np.empty((0, width or 2))
    if array.ndim != 2 or (columns is not None and array.shape[1] != columns):
        raise GeoError(
            f"{name} has the shape {array.shape}.",
            "Points are rows of coordinates, one row for each point.",
            f"Pass an array of the shape (n, {columns or 'dimensions'}).",
        )
    unusable = ~np.isfinite(array).all(axis=1)
    if unusable.any():
        raise GeoError(
            f"{name} holds {int(unusable.sum())} points with a missing or infinite coordinate "
            f"(the first in row {int(unusable.argmax())}).",
            "Such a point is nowhere.",
            "Leave out reports without a usable place before asking.",
        )
    return array


def as_lon_lat(lon_lat: npt.ArrayLike) -> Floats:
    """Return points as an (n, 2) array of degrees, longitude first.

    Raises
    ------
    GeoError
        For another shape, NaN or infinity, and for values outside -180..180 and -90..90 (often
        swapped columns, or metres).

    Examples
    --------
    >>> as_lon_lat([(-1.5, 53.8)]).tolist()
    [[-1.5, 53.8]]
    """
    array = as_points(lon_lat, "lon_lat")
    outside = (np.abs(array[:, 0]) > 180.0) | (np.abs(array[:, 1]) > 90.0)
    if outside.any():
        lon, lat = array[int(outside.argmax())].tolist()
        raise GeoError(
            f"lon_lat holds the point ({lon:g}, {lat:g}).",
            "Longitudes lie between -180 and 180 and latitudes between -90 and 90.",
            "Check that the columns are degrees, longitude first, and not metres.",
        )
    return array


def as_positive(value: float, name: str) -> float:
    """Return a number that is finite and above zero, or refuse it by its name.

    Examples
    --------
    >>> as_positive(75, "radius_m")
    75.0
    """
    number = float(value)
    if not math.isfinite(number) or number <= 0.0:
        raise GeoError(f"{name} is {value!r}.", "It must be a finite number above 0.", "Choose a number above 0.")
    return number


def as_codes(codes: npt.ArrayLike, name: str, length: int) -> Ints:
    """Return whole numbers as an int64 array of a given length.

    Raises
    ------
    GeoError
        For another length or shape, and for values that are not whole numbers.

    Examples
    --------
    >>> as_codes([3, 1], "group", 2).tolist()
    [3, 1]
    """
    array = np.asarray(codes)
    if array.shape != (length,):
        raise GeoError(
            f"{name} has the shape {array.shape}.",
            f"There must be one value for each of the {length} reports.",
            f"Pass an array of the shape ({length},).",
        )
    if array.size and array.dtype.kind not in "iub":
        raise GeoError(f"{name} holds values of the type {array.dtype}.", "Codes are whole numbers.", "Pass integers.")
    return array.astype(np.int64)
