"""Adding up weights within a radius, in strips of a part of the radius.

A circle meets a strip, whose places are in the order of x, in one run. The middle of the run lies
inside of the circle wherever its places are across the strip, and is taken from running totals; only
both ends are looked at place by place. Weights are whole numbers: their sums are exact.
"""

from math import sqrt

import numpy as np
from numba import float64, types

from geo.arrays import Floats
from geo.kernels.compiled import FLOATS, LAYOUT, Layout, compiled, part

# What is so close to the edge of the circle, as a share of the radius, is looked at place by place.
_HAIR = 1e-8


@part
def _half_chord(radius: float, away: float) -> float:
    """Return half the length of the chord so far from the centre, -1 beyond the circle."""
    square = radius * radius - away * away
    return sqrt(square) if square >= 0.0 else -1.0


@part
def _within_run(layout: Layout, weight: Floats, begin: int, end: int, x: float, y: float, limit: float) -> float:
    xs, ys = layout[1], layout[2]
    total = 0.0
    for at in range(begin, end):
        east, north = xs[at] - x, ys[at] - y
        if east * east + north * north <= limit:
            total += weight[at]
    return total


@part
def _add_strip(
    asked: Layout, layout: Layout, weight: Floats, running: Floats, total: Floats,
    first: int, last: int, begin: int, end: int, radius: float, outer: float, inner: float,
) -> None:  # fmt: skip
    """Add the places ``begin`` to ``end`` of one strip to the asked places ``first`` to ``last``."""
    xs = layout[1]
    limit = radius * radius
    left = middle = beyond = right = begin
    for at in range(first, last):
        x, y = asked[1][at], asked[2][at]
        while left < end and xs[left] < x - outer:
            left += 1
        while right < end and xs[right] <= x + outer:
            right += 1
        if left >= right:
            continue
        if inner <= 0.0:
            total[at] += _within_run(layout, weight, left, right, x, y, limit)
            continue
        while middle < end and xs[middle] < x - inner:
            middle += 1
        while beyond < end and xs[beyond] <= x + inner:
            beyond += 1
        total[at] += _within_run(layout, weight, left, middle, x, y, limit)
        total[at] += running[beyond] - running[middle]
        total[at] += _within_run(layout, weight, beyond, right, x, y, limit)


@compiled(FLOATS(LAYOUT, LAYOUT, FLOATS, float64, float64, types.int64, float64))
def weigh_within(
    asked: Layout, layout: Layout, weight: Floats, radius: float, height: float, reach: int, rounding: float
) -> Floats:
    """Return the weight within the radius of each asked place; so many strips make up the radius.

    The rows of both layouts are the same strips of this height; ``rounding`` is what coordinates of
    their size may be off by.
    """
    running = np.zeros(len(weight) + 1)
    for at in range(len(weight)):
        running[at + 1] = running[at] + weight[at]
    total = np.zeros(len(asked[1]))
    cell, asked_cell = layout[4], asked[4]
    row_start, asked_row = layout[6], asked[6]
    rows = len(row_start) - 1
    slack = _HAIR * radius + rounding
    for row in range(rows):
        first, last = asked_cell[asked_row[row]], asked_cell[asked_row[row + 1]]
        if first == last:
            continue
        for other in range(max(row - reach, 0), min(row + reach + 1, rows)):
            begin, end = cell[row_start[other]], cell[row_start[other + 1]]
            if begin == end:
                continue
            nearest, farthest = max(abs(other - row) - 1, 0) * height, (abs(other - row) + 1) * height
            outer = _half_chord(radius, max(nearest - slack, 0.0)) + slack
            inner = _half_chord(radius, farthest + slack) - slack
            _add_strip(asked, layout, weight, running, total, first, last, begin, end, radius, outer, inner)
    return total
