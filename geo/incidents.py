"""Distinct incidents: what is counted instead of rows."""

import numpy as np
import numpy.typing as npt

from geo.arrays import Ints, as_codes


def distinct_incidents(place: npt.ArrayLike, reporter: npt.ArrayLike, day: npt.ArrayLike, group: npt.ArrayLike) -> Ints:
    """Return a number for each report, equal for reports of one distinct incident.

    Reports of one reporter, at one place, on one day, about one group of categories tell of one
    incident. Reporter 0 means "not known" and counts as one reporter: reports without a reporter
    count once for each place, day and group.

    Parameters
    ----------
    place, reporter, day, group : array_like, shape (n,), integer
        Codes of any size; ``place`` as in :class:`geo.piles.Places`, ``day`` a local day number.

    Returns
    -------
    ndarray, shape (n,), int64
        0 .. k-1, equal for the reports of one incident, in ascending order of (place, reporter,
        day, group), so that the order of the reports does not matter.

    Raises
    ------
    GeoError
        When the lengths differ or a code is not a whole number.

    Notes
    -----
    It is a guard against one caller who reports the same thing over and over, not a proof that two
    incidents are different: two neighbours who report the same dark lamp are two.

    Examples
    --------
    >>> distinct_incidents([0, 0, 0, 1], [7, 7, 8, 7], [5, 5, 5, 5], [1, 1, 1, 1]).tolist()
    [0, 0, 1, 2]
    """
    length = np.asarray(place).shape[0] if np.asarray(place).ndim else 0
    incident = _ranks(as_codes(place, "place", length))
    for codes, name in ((reporter, "reporter"), (day, "day"), (group, "group")):
        rank = _ranks(as_codes(codes, name, length))
        # Ranks stay below n, so the combined key stays below n * n: no overflow up to 3e9 reports.
        incident = _ranks(incident * (int(rank.max(initial=0)) + 1) + rank)
    return incident


def with_duplicates(incident: npt.ArrayLike, ids: npt.ArrayLike, main: npt.ArrayLike) -> Ints:
    """Return incidents in which what people called duplicates is one with its main report.

    Parameters
    ----------
    incident : array_like, shape (n,), integer
        As :func:`distinct_incidents` gives it.
    ids : array_like, shape (n,), integer
        Numbers of the reports, ascending.
    main : array_like, shape (n,), integer
        The number of the report of which each is a duplicate, 0 for none.

    Returns
    -------
    ndarray, shape (n,), int64
        0 .. k-1. Duplicates whose main report is not among the ids are one incident for each main
        report. A report that shared its place and day with a duplicate stays the incident it was.

    Raises
    ------
    GeoError
        When the lengths differ or a code is not a whole number.

    Examples
    --------
    >>> with_duplicates([0, 1, 2, 3, 3], [10, 11, 12, 13, 14], [0, 0, 10, 7, 7]).tolist()
    [0, 1, 0, 2, 2]
    """
    codes = as_codes(incident, "incident", np.asarray(incident).size)
    numbers, mains = as_codes(ids, "ids", len(codes)), as_codes(main, "main", len(codes))
    if not mains.any():
        return codes
    merged = np.flatnonzero(mains)
    at = np.minimum(np.searchsorted(numbers, mains[merged]), len(numbers) - 1)
    is_here = numbers[at] == mains[merged]
    together = codes.copy()
    together[merged[is_here]] = codes[at[is_here]]
    away = merged[~is_here]
    together[away] = int(codes.max()) + 1 + _ranks(mains[away])
    return _ranks(together)


def _ranks(codes: Ints) -> Ints:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
