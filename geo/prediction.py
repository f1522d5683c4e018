"""Whether the map of one window holds the events of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from scipy.stats import beta
from shapely.geometry.base import BaseGeometry

from geo.arrays import Floats, Ints, as_points
from geo.errors import GeoError

# A share of 0.3 must be reached by three tenths whatever the rounding.
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class RankedMap:
    """What the best k units of a map hold, for every k; each array (n,) in the order of the ranking.

    ``order`` are the rows of the units, ``share`` is their share of the whole area or street
    length, ``hits`` their events of the next window, ``hit_rate`` the share of all these events.
    ``pai`` = hit_rate / share; ``pei`` = hits / the most that any choice of as much area could
    hold; ``rri`` = events predicted / hits. NaN where a divisor is 0.
    """

    order: Ints
    share: Floats
    hits: Ints
    hit_rate: Floats
    pai: Floats
    pei: Floats
    rri: Floats


class AtShare(NamedTuple):
    """The figures of a :class:`RankedMap` at one coverage; ``units`` is how many units that is."""

    units: int
    share: float
    hits: int
    hit_rate: float
    pai: float
    pei: float
    rri: float


class OutlineAccuracy(NamedTuple):
    """What outlines hold of the next window's events.

    ``hits`` of ``events`` inside the study area lie in the outlines, which cover ``share`` of it;
    ``outside`` events lie beyond the study area and do not count. ``pai`` comes with an exact
    (Clopper-Pearson) 95 % interval of the hit rate, divided by the share.
    """

    hits: int
    events: int
    outside: int
    share: float
    hit_rate: float
    pai: float
    pai_low: float
    pai_high: float


def ranked_map(
    predicted: npt.ArrayLike, observed: npt.ArrayLike, size: npt.ArrayLike, *, rank_by: npt.ArrayLike | None = None
) -> RankedMap:
    """Compare a ranked map of cells, areas or streets with the events of the next window.

    Parameters
    ----------
    predicted : array_like, shape (n,)
        Events that the map leads to expect in each unit, 0 or more.
    observed : array_like, shape (n,), integer
        Events of the next window in each unit, 0 or more.
    size : array_like, shape (n,)
        Area (m2) or street length (m) of each unit, above 0.
    rank_by : array_like, shape (n,), optional
        What the map ranks by, highest first; predicted / size by default.

    Returns
    -------
    RankedMap
        Among equal ranks the units with the fewest events for their size come first: the worst
        case, since the map did not tell them apart. The figures then do not depend on the order of
        the units.

    Raises
    ------
    GeoError
        When lengths differ, or a value is missing, negative or, for ``size``, 0.

    Notes
    -----
    PAI: Chainey, Tompson and Uhlig (2008), Security Journal 21. PEI: Hunt (2016), "Do crime hot
    spots move?", with the best choice by density, the last unit in part. RRI as predicted /
    recaptured, the way ptools has it (after Levine 2008, Security Journal 21): 1 is right, above 1
    is too many predicted. PAI grows as the share shrinks: compare maps at the same share only. None
    of the three says that going there helps, and events that are found because people look there
    confirm any map.

    Examples
    --------
    >>> found = ranked_map([3, 2, 1], [6, 3, 0], [1, 1, 1])
    >>> found.pai.tolist(), found.pei.tolist(), found.rri.round(3).tolist()
    ([2.0, 1.5, 1.0], [1.0, 1.0, 1.0], [0.5, 0.556, 0.667])
    """
    expected, sizes = _as_amounts(predicted, "predicted"), _as_amounts(size, "size")
    events = _as_amounts(observed, "observed")
    score = expected / np.maximum(sizes, np.finfo(float).tiny) if rank_by is None else _as_row(rank_by, "rank_by")
    if not len(expected) == len(events) == len(sizes) == len(score):
        raise GeoError(
            f"A map of {len(expected)} predictions, {len(events)} counts and {len(sizes)} sizes was given.",
            "Every unit has one of each.",
            "Give arrays of the same length.",
        )
    if (sizes == 0).any() or (events != np.floor(events)).any():
        raise GeoError(
            "The map has a unit without a size, or part of an event.",
            "A size is above 0 and events are whole.",
            "Leave out units without a size.",
        )
    density = events / sizes
    # The size comes last so that equal units do not depend on their order: the larger one is worse.
    order = np.lexsort((-sizes, density, -score)).astype(np.int64)
    covered, hits = np.cumsum(sizes[order]), np.cumsum(events[order])
    share = covered / sizes.sum() if len(sizes) else covered
    hit_rate = _ratio(hits, np.full(len(hits), events.sum()))
    return RankedMap(
        order=order,
        share=share,
        hits=hits.astype(np.int64),
        hit_rate=hit_rate,
        pai=_ratio(hit_rate, share),
        pei=_ratio(hits, _best_hits(events, sizes, covered)),
        rri=_ratio(np.cumsum(expected[order]), hits),
    )


def _best_hits(events: Floats, sizes: Floats, covered: Floats) -> Floats:
    """Return the most events that can lie in each covered size, the last unit counted in part."""
    best = np.argsort(-events / sizes, kind="stable")
    ends = np.concatenate([[0.0], np.cumsum(sizes[best])])
    return np.asarray(np.interp(covered, ends, np.concatenate([[0.0], np.cumsum(events[best])])), dtype=np.float64)


def at_share(ranked: RankedMap, share: float) -> AtShare | None:
    """Return the figures of the best units that together cover at most a share of the whole.

    Parameters
    ----------
    ranked : RankedMap
        From :func:`ranked_map`.
    share : float
        Above 0, at most 1: what can be covered.

    Returns
    -------
    AtShare or None
        None where already the first unit is larger. It says nothing about other shares.

    Raises
    ------
    GeoError
        For a share out of range.

    Notes
    -----
    As for :func:`ranked_map`. Units are not cut: what the next one would add is left out, so a
    coarse map may cover far less than the share that was asked for.

    Examples
    --------
    >>> at_share(ranked_map([3, 2, 1], [6, 3, 0], [1, 1, 1]), 0.5)
    AtShare(units=1, share=0.3333333333333333, hits=6, hit_rate=0.6666666666666666, pai=2.0, pei=1.0, rri=0.5)
    """
    if not 0.0 < share <= 1.0:
        raise GeoError(f"The share {share!r} was asked for.", "A share is above 0 and at most 1.", "Try 0.05.")
    units = int(np.searchsorted(ranked.share, share * (1.0 + _HAIR), side="right"))
    if units == 0:
        return None
    last = units - 1
    return AtShare(
        units,
        float(ranked.share[last]),
        int(ranked.hits[last]),
        float(ranked.hit_rate[last]),
        float(ranked.pai[last]),
        float(ranked.pei[last]),
        float(ranked.rri[last]),
    )


def outline_accuracy(outlines: Sequence[BaseGeometry], study: BaseGeometry, xy_m: npt.ArrayLike) -> OutlineAccuracy:
    """Count how many of the next window's events lie in last window's outlines.

    Parameters
    ----------
    outlines : sequence of shapely geometry
        Outlines of hot spots, in metres. Where they overlap, area and events count once; what
        reaches beyond the study area is cut off.
    study : shapely geometry
        The area that was looked at, in metres; not empty.
    xy_m : array_like, shape (n, 2)
        Distinct incidents of the next window, in metres.

    Returns
    -------
    OutlineAccuracy
        ``hit_rate`` is NaN without events, ``pai`` also without any outlined area. A point on an
        edge is inside.

    Raises
    ------
    GeoError
        For NaN or infinity, or a study area without area.

    Notes
    -----
    Chainey, Tompson and Uhlig (2008). The interval takes events as independent; repeats at one
    place make it too narrow. Outlines have no ranking, so PEI and RRI are not defined for them.
    Parts of the study area where nobody can report make every map look better.

    Examples
    --------
    >>> found = outline_accuracy([shapely.box(0, 0, 10, 10)], shapely.box(0, 0, 100, 10), [(5, 5), (5, 6), (50, 5)])
    >>> found.hits, found.events, found.share, round(found.pai, 3)
    (2, 3, 0.1, 6.667)
    """
    points = as_points(xy_m, "xy_m")
    whole = float(study.area)
    if not whole > 0.0:
        raise GeoError("A study area without area was given.", "Nothing can be a share of it.", "Give a polygon.")
    covered = shapely.intersection(shapely.union_all(list(outlines)), study)
    shapely.prepare(study)
    shapely.prepare(covered)
    is_inside = shapely.intersects_xy(study, points[:, 0], points[:, 1])
    hits = int((shapely.intersects_xy(covered, points[:, 0], points[:, 1]) & is_inside).sum())
    events, share = int(is_inside.sum()), float(covered.area) / whole
    low = float(beta.ppf(0.025, hits, events - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, events - hits)) if hits < events else 1.0
    rate = hits / events if events else np.nan
    scale = share if share > 0.0 and events else np.nan
    return OutlineAccuracy(hits, events, len(points) - events, share, rate, rate / scale, low / scale, high / scale)


def _as_row(values: npt.ArrayLike, name: str) -> Floats:
    row = np.asarray(values, dtype=np.float64)
    if row.ndim != 1 or not np.isfinite(row).all():
        raise GeoError(f"{name} has the shape {row.shape}, or a value is missing.", "Each unit has one.", "Fill it in.")
    return row


def _as_amounts(values: npt.ArrayLike, name: str) -> Floats:
    row = _as_row(values, name)
    if (row < 0).any():
        raise GeoError(f"{name} holds a value below 0.", "There is no less than nothing.", "Check the values.")
    return row


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0), dtype=np.float64)
