"""What is usual at a place for one category, told by other reports there and by the category round about.

Two things are known without looking at the tested reports themselves. *How busy the place is*: other
reports within the same radius. *What part of all reports the category has round here*: its reports over
the other ones in a ring round the place, which leaves the place itself out. Their product is what the
place would usually bring; where few other reports lie within the radius it is drawn towards the density
of the category in the ring. A place that has always been bad is still compared with its surroundings.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.arrays import Floats, Ints, as_points, as_positive
from geo.background import Background, weight_within
from geo.errors import GeoError
from geo.neighbours import neighbours

#: Counts in a ring are taken from squares with this side: what is usual drifts slowly, and it saves much work.
SQUARE_M = 200.0
#: Added to the category's count in a ring, so that a ring without any still expects a little.
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Ring:
    """How a place is looked at: a ring from ``inner_m`` to ``outer_m``, all metres.

    The outer end is doubled until the ring holds ``enough`` reports of the category, at most up to
    ``widest_m``; then the whole town stands for it. ``inner_m`` is more than the place itself.
    """

    inner_m: float = 350.0
    outer_m: float = 1_000.0
    widest_m: float = 16_000.0
    enough: float = 30.0


@dataclass(frozen=True)
class Surroundings:
    """Reports of one category and the other reports that they are compared with.

    Parameters
    ----------
    own_xy_m, own_weight : (n, 2), (n,)
        Places of the category in the window, metres, and their weights.
    other_xy_m : (m, 2)
        Other reports, of which none may be among those that are tested: other categories in the
        window, and of earlier periods. There may be none.
    ring : Ring
        How far to look round about.
    prior_weight : float
        How many other reports the density of the ring is worth: a place with as many within the radius
        is told half by them and half by the ring. Above 0.
    spread : float
        By which share true means of ordinary places spread round what the comparison says: it is
        added to the error of every expectation.
    fewest : float
        Reports in the ring, own and others, without which nothing is said.

    Raises
    ------
    GeoError
        For NaN, infinity or other shapes.
    """

    own_xy_m: Floats
    own_weight: Floats
    other_xy_m: Floats
    ring: Ring = Ring()
    prior_weight: float = 2.0
    spread: float = 0.2
    fewest: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what cannot be counted."""
        if len(as_points(self.own_xy_m, "own_xy_m")) != len(self.own_weight):
            raise GeoError(
                f"{len(self.own_weight)} weights were passed for {len(self.own_xy_m)} places.",
                "Each place has one.",
                "Pass 1 for a place with one report.",
            )
        as_points(self.other_xy_m, "other_xy_m")
        as_positive(self.prior_weight, "prior_weight")

    def usual(self, at_xy_m: npt.ArrayLike, *, radius_m: float) -> Background:
        """Return what is usual within a radius of each place.

        Parameters
        ----------
        at_xy_m : array_like, shape (k, 2)
            Places, metres.
        radius_m : float
            Above 0.

        Returns
        -------
        Background
            ``count`` and ``factor`` of a gamma distribution, (k,); ``radius_m`` the outer end of the ring.
            A count of 0 (hardly any report of any kind round about) is no reference.

        Notes
        -----
        The density of the ring knows no river and no park: where other reports are few, a place at a
        shore expects too little.

        Examples
        --------
        >>> grid = np.stack(np.meshgrid(np.arange(0.0, 2000, 20), np.arange(0.0, 2000, 20)), axis=-1).reshape(-1, 2)
        >>> town = Surroundings(grid[::10], np.ones(1000), grid)
        >>> town.usual([(1000, 1000)], radius_m=75).expected.round(1).tolist()
        [4.5]
        """
        asked, radius = as_points(at_xy_m, "at_xy_m"), as_positive(radius_m, "radius_m")
        square, back = _squares_of(asked)
        ring = self._rings((square + 0.5) * SQUARE_M, np.full(len(square), self._inner(radius)))
        near = weight_within(asked, self.other_xy_m, radius_m=radius) if len(self.other_xy_m) else np.zeros(len(asked))
        return self._blended(near, np.full(len(asked), math.pi * radius * radius), ring[back])

    def usual_inside(self, parts: list[Floats], radii_m: list[Floats]) -> Background:
        """Return what is usual inside of each of several areas, each a union of discs.

        Parameters
        ----------
        parts : list of (k, 2) arrays
            Middles of the discs of each area, metres; at least one each.
        radii_m : list of (k,) arrays
            Their radii.

        Returns
        -------
        Background
            One row for each area, as in :meth:`usual`.

        Notes
        -----
        Where discs overlap the ground and the reports there count once.

        Examples
        --------
        >>> grid = np.stack(np.meshgrid(np.arange(0.0, 2000, 20), np.arange(0.0, 2000, 20)), axis=-1).reshape(-1, 2)
        >>> town = Surroundings(grid[::10], np.ones(1000), grid)
        >>> twice = np.array([[1000.0, 1000.0], [1000.0, 1000.0]])
        >>> town.usual_inside([twice], [np.array([75.0, 75.0])]).expected.round(1).tolist()
        [4.5]
        """
        if not parts:
            return Background(np.zeros(0), np.zeros(0), np.zeros(0))
        area, near = np.zeros(len(parts)), np.zeros(len(parts))
        middle, reach = np.zeros((len(parts), 2)), np.zeros(len(parts))
        for number, (part, radius) in enumerate(zip(parts, radii_m, strict=True)):
            shape = shapely.union_all(shapely.buffer(shapely.points(part), radius, quad_segs=8))
            area[number] = shape.area
            middle[number] = part.mean(axis=0)
            reach[number] = (np.hypot(*(part - middle[number]).T) + radius).max()
            near[number] = self._others_in(part, radius)
        ring = self._rings(middle, np.array([self._inner(each) for each in reach.tolist()]))
        return self._blended(near, area, ring)

    def usual_in(self, area: BaseGeometry) -> Background:
        """Return what is usual inside of an area that somebody drew, as one row.

        Parameters
        ----------
        area : shapely geometry
            Polygon or multipolygon, metres.

        Returns
        -------
        Background
            As in :meth:`usual`, (1,).

        Notes
        -----
        The ring is round: of a long strip it takes ground far from its sides.

        Examples
        --------
        >>> grid = np.stack(np.meshgrid(np.arange(0.0, 2000, 20), np.arange(0.0, 2000, 20)), axis=-1).reshape(-1, 2)
        >>> town = Surroundings(grid[::10], np.ones(1000), grid)
        >>> town.usual_in(shapely.box(900, 900, 1100, 1100)).expected.round(1).tolist()
        [12.1]
        """
        shapely.prepare(area)
        middle = np.array([[area.centroid.x, area.centroid.y]])
        near = float(shapely.intersects_xy(area, self.other_xy_m).sum()) if len(self.other_xy_m) else 0.0
        corners = shapely.get_coordinates(area)
        reach = np.hypot(*(corners - middle).T).max(initial=0.0)
        ring = self._rings(middle, np.array([self._inner(float(reach))]))
        return self._blended(np.array([near]), np.array([area.area]), ring)

    @cached_property
    def _squares(self) -> tuple[Floats, Floats, Floats]:
        """Return the middles of the squares that hold reports, and the weights of both kinds there."""
        square, number = _squares_of(np.vstack((self.own_xy_m, self.other_xy_m)))
        own = np.bincount(number[: len(self.own_xy_m)], weights=self.own_weight, minlength=len(square))
        other = np.bincount(number[len(self.own_xy_m) :], minlength=len(square)).astype(np.float64)
        return (square + 0.5) * SQUARE_M, own.astype(np.float64), other

    @cached_property
    def _sorted(self) -> Floats:
        """Return the other reports from west to east."""
        return self.other_xy_m[np.argsort(self.other_xy_m[:, 0], kind="stable")]

    def _rings(self, middle_m: Floats, inner_m: Floats) -> Floats:
        """Return for each middle: own reports, other reports and area (m2) of its ring, and the outer end; (k, 4)."""
        squares, own, other = self._squares
        found = np.zeros((len(middle_m), 4))
        few, wider_m = np.arange(len(middle_m)), self.ring.outer_m
        while len(few) and wider_m <= self.ring.widest_m:
            outer_m = np.maximum(wider_m, 2.0 * inner_m[few])
            found[few] = 0.0
            for pairs in neighbours(squares, float(outer_m.max())).near(middle_m[few]):
                inner_of, outer_of = inner_m[few][pairs.asked], outer_m[pairs.asked]
                inside = (pairs.square > inner_of * inner_of) & (pairs.square <= outer_of * outer_of)
                at, which = pairs.asked[inside], pairs.found[inside]
                for column, weight in enumerate((own, other)):
                    found[few, column] += np.bincount(at, weights=weight[which], minlength=len(few))
            found[few, 2] = math.pi * (outer_m * outer_m - inner_m[few] * inner_m[few])
            found[few, 3] = outer_m
            few, wider_m = few[found[few, 0] < self.ring.enough], wider_m * 2.0
        return found

    def _others_in(self, discs_m: Floats, radius_m: Floats) -> float:
        """Return how many other reports lie within any of the discs."""
        reach = float(radius_m.max())
        west, east = np.searchsorted(
            self._sorted[:, 0], (discs_m[:, 0].min() - reach, discs_m[:, 0].max() + reach), side="left"
        )
        near = self._sorted[west : east + 1]
        near = near[(near[:, 1] >= discs_m[:, 1].min() - reach) & (near[:, 1] <= discs_m[:, 1].max() + reach)]
        inside = np.zeros(len(near), dtype=bool)
        for middle, radius in zip(discs_m, radius_m, strict=True):
            inside |= np.square(near - middle).sum(axis=1) <= radius * radius
        return float(inside.sum())

    def _inner(self, reach_m: float) -> float:
        # Half a diagonal of a square each for what is asked and what is counted, and some room.
        return max(self.ring.inner_m, reach_m + 1.5 * SQUARE_M)

    def _blended(self, near: Floats, area_m2: Floats, ring: Floats) -> Background:
        own, other = ring[:, 0] + _HALF, ring[:, 1]
        known = (ring[:, 0] + ring[:, 1]) >= self.fewest
        density = own * area_m2 / ring[:, 2]
        share = np.divide(own, other, out=np.zeros(len(own)), where=other > 0.0)
        # Drawn towards the ring by numbers of reports, not as a gamma prior of its density would do it: in a
        # square that is ten times as busy as the ring that prior halves what hundreds of others say.
        count = near + self.prior_weight
        expected = (near * near * share + self.prior_weight * density) / count
        # What the share itself is not sure about, and how far ordinary places lie from what is said of them.
        worth = 1.0 / (1.0 / count + 1.0 / own + self.spread**2)
        worth[~known] = 0.0
        return Background(worth, np.where(known, expected / np.where(known, worth, 1.0), 1.0), ring[:, 3])


def _squares_of(points: Floats) -> tuple[Floats, Ints]:
    """Return the column and row of each square that holds points, (k, 2), and the square of each point."""
    at = np.floor(points / SQUARE_M).astype(np.int64)
    if len(at) == 0:
        return np.zeros((0, 2)), np.zeros(0, dtype=np.int64)
    west, south = at.min(axis=0)
    high = int(at[:, 1].max() - south) + 1
    key, number = np.unique((at[:, 0] - west) * high + (at[:, 1] - south), return_inverse=True)
    return np.column_stack((key // high + west, key % high + south)).astype(np.float64), number
