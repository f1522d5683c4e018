"""Whether events that are close in place are close in time more often than by chance."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints, as_codes, as_points
from geo.errors import GeoError

# Rounding must not lose a pair whose distance is the limit itself.
_HAIR = 1e-9
# Pairs that are held at a time: about 20 bytes each.
_BLOCK_PAIRS = 2_000_000
# Two places with more pairs than this between them are counted from sorted times, pair by pair never.
_CROWDED = 20_000


@dataclass(frozen=True, slots=True)
class NearRepeats:
    """Pairs of events by how far apart they are in place (a bands) and time (b bands).

    Band k of places is above ``within_m[k - 1]`` and at most ``within_m[k]`` metres, the first one
    from 0; the same holds for ``within_days``. ``observed`` (a, b) counts pairs, ``expected`` is
    what the same places and the same days give on average when they have nothing to do with each
    other, ``p`` the share of random orders with at least as many pairs. ``events`` and ``runs``
    say how many of each there were.
    """

    within_m: tuple[float, ...]
    within_days: tuple[int, ...]
    observed: Ints
    expected: Floats
    p: Floats
    events: int
    runs: int

    @property
    def ratio(self) -> Floats:
        """Observed / expected (a, b); NaN where nothing is expected."""
        missing = np.full(self.observed.shape, np.nan)
        return np.asarray(np.divide(self.observed, self.expected, out=missing, where=self.expected > 0))


class _Crowd(NamedTuple):
    """Two places with very many pairs, or one place with itself, and the band of their distance."""

    first: Ints
    second: Ints
    band: int


def near_repeats(
    xy_m: npt.ArrayLike,
    day: npt.ArrayLike,
    *,
    within_m: npt.ArrayLike,
    within_days: npt.ArrayLike,
    rng: np.random.Generator,
    runs: int = 999,
) -> NearRepeats:
    """Count pairs of events by distance and time, and compare with the days in random order.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Places of distinct incidents, in metres. Rows that tell of one incident (same place, same
        day) must be collapsed by the caller: each would be a near repeat of the other.
    day : array_like, shape (n,), integer
        Local day number of each incident.
    within_m : array_like, shape (a,)
        Upper ends of the distance bands in metres, ascending, each included. A first band of 0.5
        holds what is at the same place.
    within_days : array_like, shape (b,), integer
        Upper ends of the time bands in days, ascending, each included.
    rng : numpy.random.Generator
        Seeded by the caller: one seed gives one result.
    runs : int
        Random orders, at least 19; the smallest possible p is 1 / (1 + runs).

    Returns
    -------
    NearRepeats
        ``expected`` is exact (pairs in the distance band x share of all pairs in the time band).
        ``p`` is one-sided, (1 + orders with at least as many) / (1 + runs). The observed and
        expected figures do not depend on the order of the events; p does as far as chance goes.

    Raises
    ------
    GeoError
        For bands that do not ascend, too few runs, other shapes, NaN or infinity.

    Notes
    -----
    Knox (1964), Applied Statistics 13; Johnson et al. (2007), Journal of Quantitative Criminology
    23; p-values as in North, Curtis and Sham (2002), American Journal of Human Genetics 71. It
    does not tell whether one event caused the next: a place that is bad for one season gives the
    same picture (the places' rhythm is taken to be the same everywhere). Each cell is a test of
    its own: choose the cell before looking, or correct for their number.

    Only pairs within the largest distance are looked at, in blocks of bounded size; time grows
    with their number times ``runs``. Piles of identical points are counted from sorted times.

    Examples
    --------
    >>> xy, days = [(0, 0), (0, 50), (900, 0), (900, 50), (5000, 0)], [0, 2, 40, 43, 90]
    >>> found = near_repeats(xy, days, within_m=[100], within_days=[7], rng=np.random.default_rng(1), runs=99)
    >>> found.observed.tolist(), found.expected.tolist(), found.ratio.tolist()
    ([[2]], [[0.4]], [[5.0]])
    """
    points = as_points(xy_m, "xy_m")
    days = as_codes(day, "day", len(points))
    metres, limits = _as_bands(within_m, "within_m"), _as_bands(within_days, "within_days")
    if (limits != np.floor(limits)).any():
        raise GeoError("within_days holds parts of days.", "Days are whole.", "Give whole days.")
    if runs < 19:
        raise GeoError(f"{runs} runs were asked for.", "Fewer than 19 cannot reach p = 0.05.", "Give 999 runs.")
    days = days - days.min(initial=0)
    within = limits.astype(np.int64)
    seeds = rng.integers(0, 2**63, size=runs)
    pairs = np.zeros(len(metres), dtype=np.int64)
    sums = np.zeros((runs + 1, len(metres), len(within)), dtype=np.int64)
    for first, second, ends in _blocks(points, metres):
        pairs += np.diff(ends)
        for run, order in _orders(days, seeds):
            apart = np.abs(order[first] - order[second])
            for band in range(len(metres)):
                part = apart[ends[band] : ends[band + 1]]
                sums[run, band] += [np.count_nonzero(part <= limit) for limit in within]
    crowds = list(_crowds(points, metres))
    for crowd in crowds:
        pairs[crowd.band] += _pairs_between(crowd)
    for run, order in _orders(days, seeds) if crowds else ():
        for crowd in crowds:
            sums[run, crowd.band] += _near_in_time(order, crowd, within)
    counts = np.diff(sums, axis=2, prepend=0)
    return _result(metres, within, pairs, counts, days)


def _result(metres: Floats, within: Ints, pairs: Ints, counts: Ints, days: Ints) -> NearRepeats:
    everyone = np.arange(len(days))
    in_time = np.diff(_near_in_time(days, _Crowd(everyone, everyone, 0), within), prepend=0)
    all_pairs = max(1, len(days) * (len(days) - 1) // 2)
    at_least = (counts[1:] >= counts[0]).sum(axis=0)
    return NearRepeats(
        within_m=tuple(metres.tolist()),
        within_days=tuple(within.tolist()),
        observed=counts[0],
        expected=pairs[:, None] * (in_time / all_pairs)[None, :],
        p=(1.0 + at_least) / len(counts),
        events=len(days),
        runs=len(counts) - 1,
    )


def _as_bands(ends: npt.ArrayLike, name: str) -> Floats:
    bands = np.asarray(ends, dtype=np.float64)
    if bands.ndim != 1 or not bands.size or not np.isfinite(bands).all() or (np.diff(bands, prepend=-1) <= 0).any():
        raise GeoError(f"{name} is {ends!r}.", "Bands end at ascending numbers from 0 on.", "Try [100, 200, 300].")
    if bands[0] < 0:
        raise GeoError(f"{name} begins with {bands[0]:g}.", "Nothing is nearer than 0.", "Begin at 0 or above.")
    return bands


def _orders(days: Ints, seeds: npt.NDArray[np.int64]) -> Iterator[tuple[int, Ints]]:
    """Give the days as they are (run 0), then in random orders: the same ones every time."""
    yield 0, days
    for run, seed in enumerate(seeds.tolist(), 1):
        yield run, np.random.default_rng(seed).permutation(days)


class _Places(NamedTuple):
    """Distinct points (k, 2), the rows of events by place, where each place's rows begin, how many."""

    xy_m: Floats
    rows: Ints
    begins: Ints
    size: Ints


def _places(points: Floats) -> _Places:
    xy_m, place, size = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    rows = np.argsort(place.ravel(), kind="stable").astype(np.int64)
    return _Places(xy_m, rows, np.cumsum(size) - size, size.astype(np.int64))


def _place_pairs(places: _Places, metres: Floats) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Give pairs of places within the largest distance, each with itself too, and their bands."""
    limits = metres * (1.0 + _HAIR)
    if not len(places.xy_m):
        return
    tree = cKDTree(places.xy_m)
    near = tree.query_ball_point(places.xy_m, limits[-1], return_length=True)
    block_of = np.cumsum(near) // _BLOCK_PAIRS
    for rows in np.split(np.arange(len(near)), np.flatnonzero(np.diff(block_of)) + 1):
        found = cKDTree(places.xy_m[rows]).sparse_distance_matrix(tree, limits[-1], output_type="ndarray")
        first, second = rows[found["i"]], found["j"].astype(np.int64)
        once = first < second
        band = np.searchsorted(limits, found["v"][once])
        yield first[once], second[once], band
        # A place is in the first band with itself.
        yield rows, rows, np.zeros(len(rows), dtype=np.int64)


def _blocks(points: Floats, metres: Floats) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Give pairs of events in blocks, sorted by band, and where each band begins and the last ends."""
    places = _places(points)
    for first, second, band in _place_pairs(places, metres):
        product = places.size[first] * places.size[second]
        light = np.flatnonzero(product <= _CROWDED)
        block_of = np.cumsum(product[light]) // _BLOCK_PAIRS
        for part in np.split(light, np.flatnonzero(np.diff(block_of)) + 1):
            one, other, bands = _event_pairs(places, first[part], second[part], band[part])
            by_band = np.argsort(bands, kind="stable")
            ends = np.searchsorted(bands[by_band], np.arange(len(metres) + 1))
            if len(one):
                yield one[by_band], other[by_band], ends.astype(np.int64)


def _event_pairs(places: _Places, first: Ints, second: Ints, band: Ints) -> tuple[Ints, Ints, Ints]:
    wide = places.size[second]
    product = places.size[first] * wide
    pair = np.repeat(np.arange(len(first)), product)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(product) - product, product)
    one = places.begins[first[pair]] + within // wide[pair]
    other = places.begins[second[pair]] + within % wide[pair]
    # Inside a place every pair comes twice, and every event with itself: one of them is meant.
    once = one < other
    return places.rows[one[once]], places.rows[other[once]], band[pair[once]]


def _crowds(points: Floats, metres: Floats) -> Iterator[_Crowd]:
    places = _places(points)
    rows = np.split(places.rows, places.begins[1:]) if len(places.begins) else []
    if int(places.size.max(initial=0)) ** 2 <= _CROWDED:
        return
    for first, second, band in _place_pairs(places, metres):
        crowded = places.size[first] * places.size[second] > _CROWDED
        for one, other, at in zip(first[crowded], second[crowded], band[crowded], strict=True):
            yield _Crowd(rows[one], rows[other], int(at))


def _pairs_between(crowd: _Crowd) -> int:
    if crowd.first is crowd.second:
        return len(crowd.first) * (len(crowd.first) - 1) // 2
    return len(crowd.first) * len(crowd.second)


def _near_in_time(days: Ints, crowd: _Crowd, within: Ints) -> Ints:
    """Return how many pairs are within each number of days, without looking at any pair."""
    few, many = sorted((crowd.first, crowd.second), key=len)
    moments, others = days[few], np.sort(days[many])
    near = np.array(
        [
            int((np.searchsorted(others, moments + limit, "right") - np.searchsorted(others, moments - limit)).sum())
            for limit in within.tolist()
        ],
        dtype=np.int64,
    )
    return (near - len(few)) // 2 if crowd.first is crowd.second else near
