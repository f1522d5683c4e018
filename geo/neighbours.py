"""Which points lie within a radius: the one expensive question of density clustering.

Both classes answer :meth:`near` in blocks of bounded size, so that memory does not grow with the
number of pairs, and by the same rule: squared distance <= radius * radius in float64. They only
differ in how they come by the candidates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints

# Candidate pairs looked at together: some 15 MB, which is faster than larger blocks (measured).
BLOCK_PAIRS = 250_000
# Cells are a hair wider than a whole part of the radius, so that rounding never puts two points
# within the radius further apart than the cells that are searched. It covers so many cells a side.
_HAIR = 1e-9
_MAX_CELLS_A_SIDE = 4_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs within the radius: ``asked`` ascending, ``found`` the neighbour, ``square`` distance."""

    asked: Ints
    found: Ints
    square: Floats


class Neighbours(Protocol):
    """Points that can be asked for their neighbours.

    ``block`` (n,) int64 numbers groups of points that are all within the radius of each other, from
    0 without gaps; a block may be a single point.
    """

    block: Ints

    def near(self, asked: Floats) -> Iterator[Pairs]:
        """Yield every pair of an asked point and a point within the radius, asked points ascending.

        All pairs of one asked point come in the same block.
        """
        ...


def neighbours(points: Floats, radius_m: float) -> Neighbours:
    """Index points for questions within a radius: a grid in the plane, a k-d tree otherwise.

    Examples
    --------
    >>> import numpy as np
    >>> index = neighbours(np.array([[0.0, 0.0], [3.0, 4.0], [9.0, 9.0]]), 5.0)
    >>> [pairs.found.tolist() for pairs in index.near(np.array([[0.0, 0.0]]))]
    [[0, 1]]
    """
    if points.shape[1] == 2 and len(points):
        span = float((points.max(axis=0) - points.min(axis=0)).max())
        if span / radius_m * GridNeighbours.COLUMNS_PER_RADIUS < _MAX_CELLS_A_SIDE:
            return GridNeighbours(points, radius_m)
    return TreeNeighbours(points, radius_m)


def weight_near(index: Neighbours, asked: Floats, weight: Floats) -> Floats:
    """Add up the weight (n,) of the indexed points within the radius of every asked point.

    Examples
    --------
    >>> import numpy as np
    >>> index = neighbours(np.array([[0.0, 0.0], [3.0, 4.0]]), 5.0)
    >>> weight_near(index, np.array([[0.0, 0.0]]), np.array([1.0, 4.0])).tolist()
    [5.0]
    """
    within = np.zeros(len(asked))
    for pairs in index.near(asked):
        if len(pairs.asked):
            first = int(pairs.asked[0])
            part = np.bincount(pairs.asked - first, weights=weight[pairs.found])
            within[first : first + len(part)] += part
    return within


class GridNeighbours:
    """A grid in the plane: rows of half a radius, cut into columns of a quarter of a radius.

    Points are sorted by row, then column, so that the candidates of a point are five runs of the
    sorted points, one for each row that it can reach.
    """

    ROWS_PER_RADIUS = 2
    COLUMNS_PER_RADIUS = 4

    def __init__(self, points: Floats, radius_m: float) -> None:
        self._square_m2 = radius_m * radius_m
        self._side_m = np.array([radius_m / self.COLUMNS_PER_RADIUS, radius_m / self.ROWS_PER_RADIUS]) * (1.0 + _HAIR)
        self._origin = points.min(axis=0)
        column, row = self._cells(points)
        # Empty columns at both ends keep a search beyond the edge from running into the next row.
        self._width = int(column.max()) + 2 * self.COLUMNS_PER_RADIUS + 2
        self._rows = int(row.max()) + 1
        key = row * self._width + column
        self._order = np.argsort(key, kind="stable")
        self._key = key[self._order]
        self._x, self._y = np.ascontiguousarray(points[self._order].T)
        # The diagonal of a cell is 0.56 of the radius: its points all lie within the radius.
        begins = np.ones(len(key), dtype=bool)
        begins[1:] = self._key[1:] != self._key[:-1]
        self.block = np.empty(len(key), dtype=np.int64)
        self.block[self._order] = np.cumsum(begins) - 1

    def near(self, asked: Floats) -> Iterator[Pairs]:
        """Yield every pair of an asked point and a point within the radius."""
        cell, begin, end = self._runs(asked)
        candidates = np.cumsum((end - begin).sum(axis=1)[cell])
        start = 0
        while start < len(asked):
            before = int(candidates[start - 1]) if start else 0
            stop = max(int(np.searchsorted(candidates, before + BLOCK_PAIRS, side="right")), start + 1)
            yield self._block(asked, start, begin[cell[start:stop]], end[cell[start:stop]])
            start = stop

    def _runs(self, asked: Floats) -> tuple[Ints, Ints, Ints]:
        """Return the cell of every asked point, and where the five runs of each cell begin and end."""
        # Looked up once for each cell, in ascending order, which saves a fifth of the time of a million points.
        column, row = self._cells(asked)
        edge = self.COLUMNS_PER_RADIUS + 1
        stride = self._width + edge + 1
        row = np.clip(row, -self.ROWS_PER_RADIUS - 1, self._rows + self.ROWS_PER_RADIUS)
        cells, cell = np.unique(row * stride + np.clip(column, -edge, self._width), return_inverse=True)
        row, column = np.divmod(cells + edge, stride)
        column -= edge
        first_column = np.maximum(column - self.COLUMNS_PER_RADIUS, -1)
        last_column = np.minimum(column + self.COLUMNS_PER_RADIUS, self._width - self.COLUMNS_PER_RADIUS - 2)
        steps = np.arange(-self.ROWS_PER_RADIUS, self.ROWS_PER_RADIUS + 1)
        base = (row[:, None] + steps[None, :]) * self._width
        begin = np.searchsorted(self._key, base + first_column[:, None])
        end = np.searchsorted(self._key, base + last_column[:, None], side="right")
        return cell, begin, np.maximum(end, begin)

    def _block(self, asked: Floats, start: int, begin: Ints, end: Ints) -> Pairs:
        lengths = (end - begin).ravel()
        offset = np.cumsum(lengths) - lengths
        candidate = np.arange(int(lengths.sum())) + np.repeat(begin.ravel() - offset, lengths)
        each = (end - begin).sum(axis=1)
        who = np.repeat(np.arange(start, start + len(each)), each)
        square = self._x[candidate]
        square -= asked[who, 0]
        square *= square
        dy = self._y[candidate]
        dy -= asked[who, 1]
        dy *= dy
        square += dy
        close = np.flatnonzero(square <= self._square_m2)
        return Pairs(who[close], self._order[candidate[close]], square[close])

    def _cells(self, points: Floats) -> tuple[Ints, Ints]:
        column, row = np.floor((points - self._origin) / self._side_m).astype(np.int64).T
        return column, row


class TreeNeighbours:
    """A k-d tree in any number of dimensions."""

    _ASKED_TOGETHER = 256

    def __init__(self, points: Floats, radius_m: float) -> None:
        self._points = points
        self._radius_m = radius_m
        self._tree = cKDTree(points) if len(points) else None
        self.block = np.arange(len(points))

    def near(self, asked: Floats) -> Iterator[Pairs]:
        """Yield every pair of an asked point and a point within the radius."""
        if self._tree is None:
            return
        for start in range(0, len(asked), self._ASKED_TOGETHER):
            part = asked[start : start + self._ASKED_TOGETHER]
            found = self._tree.query_ball_point(part, self._radius_m * (1.0 + _HAIR))
            who = np.repeat(np.arange(len(part)), [len(near) for near in found])
            candidate = np.concatenate([np.asarray(near, dtype=np.int64) for near in found])
            square = np.zeros(len(who))
            for dimension in range(part.shape[1]):
                step = self._points[candidate, dimension] - part[who, dimension]
                square += step * step
            close = np.flatnonzero(square <= self._radius_m * self._radius_m)
            yield Pairs(who[close] + start, candidate[close], square[close])
