"""Piles: many reports on identical coordinates, which are often a default geocode.

A system that cannot place a report writes some default into it, such as the city hall. Measured on
a year of one city: 14.1 % of all rows sat on one point, and plain clustering ranked it first.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.arrays import Floats, Ints, as_codes, as_points, as_positive
from geo.errors import GeoError


@dataclass(frozen=True, slots=True)
class Places:
    """Distinct places behind reports.

    ``xy_m`` (k, 2) metres, ``place`` (n,) int64 the place of each report, ``count`` (k,) int64 the
    reports at each place.
    """

    xy_m: Floats
    place: Ints
    count: Ints


@dataclass(frozen=True, slots=True)
class FoundPile:
    """One place with many reports.

    ``place`` is its row in :class:`Places`, ``groups`` the number of category groups reported
    there, ``share`` its part of all reports (0 to 1), ``heavy`` whether it looks so much like a
    default geocode that it is to stay out of clustering until somebody has looked at it.
    """

    place: int
    reports: int
    groups: int
    share: float
    heavy: bool


def collapse(xy_m: npt.ArrayLike, *, tolerance_m: float = 0.5) -> Places:
    """Collapse reports on identical coordinates to places.

    Points are put into squares of a fixed grid with this side; the points of one square are one
    place, at the smallest (x, then y) of its points, so that a place is always where some report
    is. The grid is anchored at the origin of the coordinate system: the result depends neither on
    the order of the reports nor on which others there are.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Metres.
    tolerance_m : float
        Side of a square, above 0.

    Returns
    -------
    Places
        In ascending order of squares, west to east, then south to north.

    Raises
    ------
    GeoError
        For NaN, infinity, another shape, or a tolerance that is not above 0.

    Notes
    -----
    Equal coordinates are always one place. Two points closer than the tolerance may still fall on
    either side of a grid line and stay two places; clustering treats these as neighbours anyway.

    Examples
    --------
    >>> places = collapse([(10.0, 5.0), (10.2, 5.1), (300.0, 5.0)])
    >>> places.xy_m.tolist(), places.place.tolist(), places.count.tolist()
    ([[10.0, 5.0], [300.0, 5.0]], [0, 0, 1], [2, 1])
    """
    points = as_points(xy_m, "xy_m")
    side_m = as_positive(tolerance_m, "tolerance_m")
    if len(points) == 0:
        return Places(points, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    square = np.floor(points / side_m)
    order = np.lexsort((points[:, 1], points[:, 0], square[:, 1], square[:, 0]))
    begins = np.ones(len(points), dtype=bool)
    begins[1:] = (square[order[1:]] != square[order[:-1]]).any(axis=1)
    place = np.empty(len(points), dtype=np.int64)
    place[order] = np.cumsum(begins) - 1
    return Places(points[order[begins]], place, np.bincount(place).astype(np.int64))


def find_piles(
    places: Places,
    group: npt.ArrayLike,
    *,
    min_reports: int,
    kept_out_reports: int,
    kept_out_share: float,
    kept_out_groups: int = 4,
    beside_m: float = 25.0,
) -> list[FoundPile]:
    """Find the places with many reports and say which of them look like a default geocode.

    Parameters
    ----------
    places : Places
        Of all placed reports of the window, whatever their category.
    group : array_like, shape (n,), integer
        Category group of each report.
    min_reports : int
        From so many reports on, a place is a pile.
    kept_out_reports : int
        A heavy pile has at least so many reports, and ...
    kept_out_share : float
        ... at least this share (0 to 1) of all reports, and ...
    kept_out_groups : int
        ... reports of at least so many different groups, or of all groups that occur, where these
        are fewer.
    beside_m : float
        A pile this close to a heavy one, in metres, is heavy too: the same default address,
        geocoded a little differently.

    Returns
    -------
    list of FoundPile
        Most reports first, then in the order of places.

    Raises
    ------
    GeoError
        When ``group`` has another length, or a threshold cannot be used.

    Notes
    -----
    A default geocode collects whatever could not be placed: many reports, of every kind. A real
    address with many reports has a few kinds. Measured with 50 reports, 1 % and 4 groups on a year
    of Boston's 311 requests, all types and the neighbourhood types alone, over windows of 90 days,
    a year and everything: the city hall (5.6 to 17.4 % of the window, 7 to 9 of 9 groups) is heavy in
    every one, and no other point is by itself (0.46 % at the most); of all years together, the one
    pile beside it (143 reports, 14 m away) has the city hall as its address too. It is a guess all
    the same, which is why somebody reviews it.

    Examples
    --------
    >>> places = collapse([(0.0, 0.0)] * 12 + [(500.0, 0.0)] * 3)
    >>> find_piles(places, [1] * 15, min_reports=10, kept_out_reports=50, kept_out_share=0.01)
    [FoundPile(place=0, reports=12, groups=1, share=0.8, heavy=False)]
    """
    codes = as_codes(group, "group", len(places.place))
    as_positive(min_reports, "min_reports")
    as_positive(kept_out_reports, "kept_out_reports")
    as_positive(kept_out_groups, "kept_out_groups")
    as_positive(beside_m, "beside_m")
    if not 0.0 <= kept_out_share <= 1.0:
        raise GeoError(f"kept_out_share is {kept_out_share}.", "A share lies between 0 and 1.", "Choose such a share.")
    pairs = np.unique(np.column_stack((places.place, codes)), axis=0)
    groups = np.bincount(pairs[:, 0], minlength=len(places.count))
    total = len(places.place)
    kinds = min(kept_out_groups, len(np.unique(codes)))
    flagged = np.flatnonzero(places.count >= min_reports)
    flagged = flagged[np.argsort(-places.count[flagged], kind="stable")]
    reports = places.count[flagged]
    heavy = (reports >= kept_out_reports) & (reports >= kept_out_share * total) & (groups[flagged] >= kinds)
    at = places.xy_m[flagged]
    for centre in at[heavy]:
        heavy |= np.hypot(*(at - centre).T) <= beside_m
    return [
        FoundPile(int(index), int(count), int(groups[index]), int(count) / total, bool(out))
        for index, count, out in zip(flagged, reports, heavy, strict=True)
    ]
