"""Density clustering (DBSCAN) of weighted points, the same whatever their order.

Ester, Kriegel, Sander and Xu (1996), "A density-based algorithm for discovering clusters in large
spatial databases with noise", KDD-96. What differs from the paper is only what it leaves open: a
border point in reach of several clusters goes to the nearest core point, and clusters are numbered
by where they are. Compare with other implementations by core points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo import engine
from geo.arrays import Floats, Ints, Labels, Mask, as_points, as_positive
from geo.errors import GeoError
from geo.neighbours import Neighbours, neighbours, weight_near
from geo.outlines import width_m

NOISE = -1

# Receives the weight within the radius of every point, (n,) float64 in the order of the points, and
# returns which points are dense enough for their place, (n,) bool.
CoreTest = Callable[[Floats], Mask]
# Receives a radius and the rows of the points that are looked at with it, (k,) int64, and returns the
# test for them: it receives their weights within that radius and answers for them alone, (k,).
CoreTestFor = Callable[[float, Ints], CoreTest]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The result of one run: ``label`` (n,) int32 with -1 for noise, ``core`` (n,) bool, ``count``."""

    label: Labels
    core: Mask
    count: int


def find_clusters(
    xy_m: npt.ArrayLike,
    *,
    radius_m: float,
    min_weight: float,
    weights: npt.ArrayLike | None = None,
    is_core: CoreTest | None = None,
) -> Clusters:
    """Find the clusters of weighted points.

    A point is *core* when the weight of the points within the radius (distance <= radius, itself
    included) reaches the minimum and ``is_core``, where given, agrees. Core points within the
    radius of each other are in one cluster. Any other point with a core point within the radius is
    a border point of the cluster of the nearest one (ties: the core point with the smaller
    coordinates). The rest is noise. Clusters are numbered in ascending order of their smallest core
    point (first coordinate, then second ...), so the order of the points does not matter.

    Parameters
    ----------
    xy_m : array_like, shape (n, d)
        Metres; any number of dimensions.
    radius_m : float
        Above 0.
    min_weight : float
        Above 0; without weights a number of points.
    weights : array_like, shape (n,), optional
        0 or more; 1 where not given. Points on identical coordinates are collapsed: a pile of
        15,000 costs no more than one point.
    is_core : callable, optional
        The seam for a statistical test: receives the weight within the radius, (n,), and returns
        which points qualify besides reaching the minimum, (n,) bool. Points on identical
        coordinates qualify together when one of them does.

    Returns
    -------
    Clusters
        In the order of the points.

    Raises
    ------
    GeoError
        For NaN, infinity, other shapes, negative weights, a radius or minimum that is not above 0,
        or an answer of ``is_core`` that is not a mask of the points.

    Notes
    -----
    Many points in the plane, with weights such as whole numbers, are clustered by compiled loops, during which other
    threads run on (:mod:`geo.engine`); anything else with NumPy. Both give the same clusters. Time
    and memory grow with the number of places. A cluster says that points are close together, not
    that there are more than the place makes one expect, and nothing about its width: see
    :func:`split_wide`.

    Examples
    --------
    >>> found = find_clusters([(0, 0), (0, 9), (9, 0), (500, 500)], radius_m=10, min_weight=3)
    >>> found.label.tolist(), found.core.tolist(), found.count
    ([0, 0, 0, -1], [True, False, False, False], 1)
    """
    points = as_points(xy_m, "xy_m", columns=None)
    radius = as_positive(radius_m, "radius_m")
    minimum = as_positive(min_weight, "min_weight")
    weight = np.empty(0) if weights is None else _as_weights(weights, len(points))
    if len(points) == 0:
        return Clusters(np.empty(0, dtype=np.int32), np.empty(0, dtype=bool), 0)
    plane = engine.plane(points, weight, radius)
    if plane is None:
        return _without_kernels(points, weight, radius, minimum, is_core)
    if is_core is None and minimum < engine.HIGH_MINIMUM:
        grid = plane.grid()
        return Clusters(*grid.labels(grid.dense(minimum)))
    within = plane.weight_within(plane.points)
    chosen = within >= minimum
    if is_core is not None:
        chosen &= _answer(is_core, within)
    grid = plane.grid()
    return Clusters(*grid.labels(grid.places_of(chosen)))


def split_wide(
    xy_m: npt.ArrayLike,
    clusters: Clusters,
    *,
    radius_m: float,
    min_weight: float,
    max_width_m: float,
    shrink: float = 0.75,
    weights: npt.ArrayLike | None = None,
    is_core: CoreTest | None = None,
    core_test_for: CoreTestFor | None = None,
) -> Clusters:
    """Split clusters that are too wide to be one place of work.

    The points of every cluster wider than ``max_width_m`` (largest distance between two of its
    points) are clustered again among themselves with the radius times ``shrink``, and so on, until
    every cluster fits. Points that fall out become noise. What would vanish altogether (a long
    street, even all along), and what is still too wide at a hundredth of the radius (a carpet of
    reports), is cut along a fixed square grid instead, of which a square keeps its points when it
    holds a core point and the minimum weight. Clusters are numbered anew.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Metres.
    clusters : Clusters
        From :func:`find_clusters` with the same points and the same keyword values.
    radius_m, min_weight, weights, is_core
        As they were there.
    core_test_for : callable, optional
        Makes the test anew for each smaller radius, in place of ``is_core``.
    max_width_m : float
        Above 0.
    shrink : float
        Between 0 and 1, both excluded.

    Returns
    -------
    Clusters
        In the order of the points; no cluster is wider than ``max_width_m``.

    Raises
    ------
    GeoError
        As :func:`find_clusters`, for points that are not in the plane or do not belong to
        ``clusters``, and for a ``shrink`` outside of 0 to 1.

    Notes
    -----
    ``is_core`` gets the weight within the smaller radius, 0 for every point outside of the cluster
    that is being split: a test made for the first radius is strict here. ``core_test_for`` is not.

    Examples
    --------
    >>> street = [(x, 0) for x in range(0, 300, 10)] + [(x, 0) for x in range(340, 600, 10)]
    >>> wide = find_clusters(street, radius_m=60, min_weight=3)
    >>> found = split_wide(street, wide, radius_m=60, min_weight=3, max_width_m=400)
    >>> wide.count, found.count
    (1, 2)
    """
    points = as_points(xy_m, "xy_m")
    weight = _as_weights(weights, len(points))
    radius, most_m = as_positive(radius_m, "radius_m"), as_positive(max_width_m, "max_width_m")
    if clusters.label.shape != (len(points),):
        raise GeoError(
            f"Clusters of {len(clusters.label)} points were to be split.",
            f"{len(points)} points were passed.",
            "Pass the points that were clustered.",
        )
    if not 0.0 < shrink < 1.0:
        raise GeoError(f"shrink is {shrink}.", "The radius must become smaller.", "Choose a number between 0 and 1.")
    core = clusters.core.copy()
    waiting = [(members, radius) for members in _members(clusters)]
    fitting: list[Ints] = []
    while waiting:
        members, reached_m = waiting.pop()
        if _fits(points[members], most_m):
            fitting.append(members)
        elif reached_m < radius / 100.0:
            fitting += _squares(points, weight, core, members, most_m, min_weight)
        else:
            found = find_clusters(
                points[members],
                radius_m=reached_m * shrink,
                min_weight=min_weight,
                weights=weight[members],
                is_core=_remade(is_core, core_test_for, reached_m * shrink, members, len(points)),
            )
            if found.count == 0:
                # Even all along its length: a smaller radius would lose the whole of it.
                fitting += _squares(points, weight, core, members, most_m, min_weight)
                continue
            core[members] = found.core
            waiting += [(members[part], reached_m * shrink) for part in _members(found)]
    return _numbered(points, core, fitting)


def _without_kernels(
    points: Floats, weight: Floats, radius: float, minimum: float, is_core: CoreTest | None
) -> Clusters:
    """Find the same clusters in any number of dimensions, with any weights, and where numba is not."""
    first, place = _places(points)
    places = points[first]
    index = neighbours(places, radius)
    at_place = _total(weight if len(weight) else np.ones(len(points)), place, len(places))
    if is_core is None:
        core = _dense(index, places, at_place, minimum)
    else:
        within = weight_near(index, places, at_place)
        agreed = np.zeros(len(places), dtype=bool)
        agreed[place[_answer(is_core, within[place])]] = True
        core = (within >= minimum) & agreed
    label, count = _labels(places, core, radius)
    return Clusters(label[place], core[place], count)


def _as_weights(weights: npt.ArrayLike | None, length: int) -> Floats:
    if weights is None:
        return np.ones(length)
    array = np.asarray(weights, dtype=np.float64)
    if array.shape != (length,):
        raise GeoError(
            f"weights has the shape {array.shape}.",
            f"There must be one weight for each of the {length} points.",
            f"Pass an array of the shape ({length},).",
        )
    if not np.isfinite(array).all() or (array < 0.0).any():
        raise GeoError("weights holds a negative or missing value.", "A weight is 0 or more.", "Leave such points out.")
    return array


def _places(points: Floats) -> tuple[Ints, Ints]:
    """Return a row of each distinct place, in ascending order of coordinates, and the place of each point."""
    order = np.lexsort(points.T[::-1])
    begins = np.ones(len(points), dtype=bool)
    begins[1:] = (points[order[1:]] != points[order[:-1]]).any(axis=1)
    place = np.empty(len(points), dtype=np.int64)
    place[order] = np.cumsum(begins) - 1
    return order[begins], place


def _total(weight: Floats, part: Ints, count: int) -> Floats:
    # Floats add up to slightly different sums in another order; ascending weights settle the order.
    order = np.argsort(weight, kind="stable") if len(weight) and weight.min() != weight.max() else slice(None)
    total: Floats = np.bincount(part[order], weights=weight[order], minlength=count).astype(np.float64)
    return total


def _dense(index: Neighbours, places: Floats, weight: Floats, minimum: float) -> Mask:
    # Where a block alone reaches the minimum, nobody needs to count: blow-ups come from such places.
    core: Mask = (np.bincount(index.block, weights=weight) >= minimum)[index.block]
    open_still = np.flatnonzero(~core)
    core[open_still] = weight_near(index, places[open_still], weight) >= minimum
    return core


def _answer(is_core: CoreTest, within: Floats) -> Mask:
    answer = np.asarray(is_core(within))
    if answer.shape != within.shape or answer.dtype != np.bool_:
        raise GeoError(
            f"The core test answered with the shape {answer.shape} and the type {answer.dtype}.",
            f"It must say yes or no for each of the {len(within)} points.",
            "Return a boolean array of the length of what it received.",
        )
    return answer


def _labels(places: Floats, core: Mask, radius_m: float) -> tuple[Labels, int]:
    """Label places that are in ascending order of coordinates."""
    label = np.full(len(places), NOISE, dtype=np.int32)
    cores = np.flatnonzero(core)
    if len(cores) == 0:
        return label, 0
    index = neighbours(places[cores], radius_m)
    component = _components(index, places[cores], radius_m)
    # Components are numbered by their first core, and cores ascend by coordinates.
    label[cores] = component
    others = np.flatnonzero(~core)
    for pairs in index.near(places[others]):
        # Nearest first, then the smaller coordinates; the first of every asked point is taken.
        order = np.lexsort((pairs.found, pairs.square, pairs.asked))
        asked, at = np.unique(pairs.asked[order], return_index=True)
        label[others[asked]] = component[pairs.found[order][at]]
    return label, int(component.max()) + 1


def _components(index: Neighbours, cores: Floats, radius_m: float) -> Ints:
    """Return the number of the connected part of every core, by first appearance."""
    # Three steps, each of which leaves less to look at: blocks are connected in themselves; the
    # first core of a block stands for it; only blocks that then still have another component within
    # reach (the radius and two block widths of at most 0.6) are looked at core by core.
    component = _joined(index.block, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    first = np.unique(index.block, return_index=True)[1]
    for pairs in neighbours(cores[first], radius_m).near(cores[first]):
        component = _joined(component, first[pairs.asked], first[pairs.found])
    unsettled = np.zeros(len(first), dtype=bool)
    for pairs in neighbours(cores[first], 2.2 * radius_m).near(cores[first]):
        other = component[first[pairs.asked]] != component[first[pairs.found]]
        unsettled[pairs.asked[other]] = True
    asked = np.flatnonzero(unsettled[index.block])
    for pairs in index.near(cores[asked]):
        component = _joined(component, asked[pairs.asked], pairs.found)
    return component


def _joined(component: Ints, left: Ints, right: Ints) -> Ints:
    """Join components over links between their members; the result is numbered by first appearance."""
    size = int(component.max()) + 1
    left, right = component[left], component[right]
    apart = left != right
    if apart.any():
        links = np.ones(int(apart.sum()), dtype=np.int32), (left[apart], right[apart])
        graph = coo_array(links, shape=(size, size))
        component = connected_components(graph, directed=False)[1].astype(np.int64)[component]
    _, first, rank = np.unique(component, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    numbered: Ints = number[rank]
    return numbered


def _members(clusters: Clusters) -> list[Ints]:
    """Return the rows of each cluster, ascending."""
    order = np.argsort(clusters.label, kind="stable")
    ends = np.searchsorted(clusters.label[order], np.arange(clusters.count + 1))
    return [order[begin:end] for begin, end in pairwise(ends.tolist())]


def _fits(points: Floats, max_width_m: float) -> bool:
    spread = points.max(axis=0) - points.min(axis=0)
    return float(np.hypot(*spread)) <= max_width_m or width_m(points) <= max_width_m


def _remade(
    is_core: CoreTest | None, core_test_for: CoreTestFor | None, radius_m: float, members: Ints, length: int
) -> CoreTest | None:
    if core_test_for is not None:
        return core_test_for(radius_m, members)
    return None if is_core is None else _among(is_core, members, length)


def _among(is_core: CoreTest, members: Ints, length: int) -> CoreTest:
    def test(within: Floats) -> Mask:
        everywhere = np.zeros(length)
        everywhere[members] = within
        return is_core(everywhere)[members]

    return test


def _squares(
    points: Floats, weight: Floats, core: Mask, members: Ints, max_width_m: float, min_weight: float
) -> list[Ints]:
    # A hair under the square with this diagonal, so that rounding cannot make it wider.
    side_m = max_width_m / np.sqrt(2.0) * (1.0 - 1e-9)
    square = np.unique(np.floor(points[members] / side_m), axis=0, return_inverse=True)[1]
    parts = [members[square == each] for each in range(int(square.max()) + 1)]
    return [part for part in parts if core[part].any() and weight[part].sum() >= min_weight]


def _numbered(points: Floats, core: Mask, parts: list[Ints]) -> Clusters:
    def smallest_core(part: Ints) -> tuple[float, ...]:
        cores = points[part[core[part]]]
        return tuple(cores[np.lexsort(cores.T[::-1])[0]].tolist())

    label = np.full(len(points), NOISE, dtype=np.int32)
    for number, part in enumerate(sorted(parts, key=smallest_core)):
        label[part] = number
    return Clusters(label, core & (label != NOISE), len(parts))
