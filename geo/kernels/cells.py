"""Laying points out in cells.

Points are sorted into rows, in each row by x and then y; points on identical coordinates are one
*place*. Rows are cut into cells, of which only those that hold a place are listed. Weights are
whole numbers, so that their sums are exact in any order.
"""

import numpy as np
from numba import types

from geo.arrays import Floats, Labels, Mask
from geo.kernels.compiled import (
    FLOATS,
    FRAME,
    INTS,
    LAYOUT,
    MASK,
    READ_FLOATS,
    READ_POINTS,
    Frame,
    Indices,
    Layout,
    compiled,
    part,
)

# A run that takes more moves a point than this is sorted in the other way.
_FEW = 24


# -- laying out --


@compiled(FRAME(READ_POINTS))
def extent(points: Floats) -> tuple[float, float, float, float]:
    """Return the smallest x and y and the largest x and y of at least one point."""
    west = east = points[0, 0]
    south = north = points[0, 1]
    for at in range(len(points)):
        x, y = points[at, 0], points[at, 1]
        west, east = min(west, x), max(east, x)
        south, north = min(south, y), max(north, y)
    return west, south, east, north


@part
def _sift(xs: Floats, ys: Floats, order: Indices, low: int, root: int, size: int) -> None:
    x, y, number = xs[low + root], ys[low + root], order[low + root]
    child = 2 * root + 1
    while child < size:
        at = low + child
        if child + 1 < size and (xs[at] < xs[at + 1] or (xs[at] == xs[at + 1] and ys[at] < ys[at + 1])):
            child, at = child + 1, at + 1
        if not (x < xs[at] or (x == xs[at] and y < ys[at])):
            break
        xs[low + root], ys[low + root], order[low + root] = xs[at], ys[at], order[at]
        root, child = child, 2 * child + 1
    xs[low + root], ys[low + root], order[low + root] = x, y, number


@part
def _heap_sort(xs: Floats, ys: Floats, order: Indices, low: int, high: int) -> None:
    size = high - low
    for root in range(size // 2 - 1, -1, -1):
        _sift(xs, ys, order, low, root, size)
    for last in range(size - 1, 0, -1):
        at = low + last
        xs[low], xs[at] = xs[at], xs[low]
        ys[low], ys[at] = ys[at], ys[low]
        order[low], order[at] = order[at], order[low]
        _sift(xs, ys, order, low, 0, last)


@part
def _sort(xs: Floats, ys: Floats, order: Indices, low: int, high: int) -> None:
    """Sort a run by x, then y: a pile or a run in order costs one look at each point."""
    moves = 0
    for at in range(low + 1, high):
        x, y, number = xs[at], ys[at], order[at]
        hole = at
        while hole > low and (x < xs[hole - 1] or (x == xs[hole - 1] and y < ys[hole - 1])):
            xs[hole], ys[hole], order[hole] = xs[hole - 1], ys[hole - 1], order[hole - 1]
            hole -= 1
        xs[hole], ys[hole], order[hole] = x, y, number
        moves += at - hole
        if moves > _FEW * (high - low):
            _heap_sort(xs, ys, order, low, high)
            return


@part
def _by_row_and_slot(points: Floats, frame: Frame, slots: int, parts: int, rows: int) -> tuple[Indices, Indices]:
    """Return the points in the order of rows, in a row by slot, and where each row begins."""
    west, south, width, height = frame
    size = len(points)
    slot_m = width / parts
    begin = np.zeros(slots + 1, np.int32)
    for at in range(size):
        begin[int((points[at, 0] - west) / slot_m) + 1] += 1
    for slot in range(slots):
        begin[slot + 1] += begin[slot]
    by_slot, row_of = np.empty(size, np.int32), np.empty(size, np.int32)
    first = np.zeros(rows + 1, np.int32)
    for at in range(size):
        slot = int((points[at, 0] - west) / slot_m)
        row = int((points[at, 1] - south) / height)
        by_slot[begin[slot]], row_of[begin[slot]] = at, row
        begin[slot] += 1
        first[row + 1] += 1
    for row in range(rows):
        first[row + 1] += first[row]
    order, place = np.empty(size, np.int32), first.copy()
    for at in range(size):
        row = row_of[at]
        order[place[row]] = by_slot[at]
        place[row] += 1
    return order, first


@part
def _sort_row(
    points: Floats, frame: Frame, parts: int, order: Indices, xs: Floats, ys: Floats, low: int, high: int
) -> None:
    """Fill in the coordinates of one row and sort it: it is in the order of slots already."""
    west, slot_m = frame[0], frame[2] / parts
    begin, slot = low, -1
    for at in range(low, high):
        xs[at], ys[at] = points[order[at], 0], points[order[at], 1]
        this = int((xs[at] - west) / slot_m)
        if this != slot:
            _sort(xs, ys, order, begin, at)
            begin, slot = at, this
    _sort(xs, ys, order, begin, high)


@compiled(LAYOUT(READ_POINTS, FRAME, types.int64, types.int64, types.int64))
def lay_out(points: Floats, frame: Frame, columns: int, rows: int, parts: int) -> Layout:
    """Sort points into cells; ``parts`` slots a cell make runs short enough to be sorted quickly."""
    size = len(points)
    order, first = _by_row_and_slot(points, frame, columns * parts, parts, rows)
    xs, ys = np.empty(size), np.empty(size)
    place_start, cell_start = np.empty(size + 1, np.int32), np.empty(size + 1, np.int32)
    cell_column, row_start = np.empty(size, np.int32), np.empty(rows + 1, np.int32)
    places = cells = 0
    slot_m = frame[2] / parts
    for row in range(rows):
        row_start[row] = cells
        _sort_row(points, frame, parts, order, xs, ys, first[row], first[row + 1])
        for at in range(first[row], first[row + 1]):
            x, y = xs[at], ys[at]
            fresh = at == first[row]
            if not fresh and x == xs[places - 1] and y == ys[places - 1]:
                continue
            column = int((x - frame[0]) / slot_m) // parts
            if fresh or column != cell_column[cells - 1]:
                cell_column[cells], cell_start[cells] = column, places
                cells += 1
            xs[places], ys[places], place_start[places] = x, y, at
            places += 1
    row_start[rows], cell_start[cells], place_start[places] = cells, places, size
    return (
        order, xs[:places], ys[:places], place_start[: places + 1], cell_start[: cells + 1], cell_column[:cells].copy(),
        row_start,
    )  # fmt: skip


@compiled(FLOATS(LAYOUT, READ_FLOATS))
def add_up(layout: Layout, weights: Floats) -> Floats:
    """Return the weight of each place; without weights each point counts 1."""
    order, place_start = layout[0], layout[3]
    places = len(place_start) - 1
    total = np.empty(places)
    for place in range(places):
        begin, end = place_start[place], place_start[place + 1]
        if len(weights) == 0:
            total[place] = end - begin
        else:
            total[place] = 0.0
            for at in range(begin, end):
                total[place] += weights[order[at]]
    return total


@compiled(MASK(LAYOUT, types.Array(types.boolean, 1, "C", readonly=True)))
def any_at(layout: Layout, chosen: Mask) -> Mask:
    """Return the places with a chosen point."""
    order, place_start = layout[0], layout[3]
    places = np.empty(len(place_start) - 1, np.bool_)
    for place in range(len(places)):
        found = False
        for at in range(place_start[place], place_start[place + 1]):
            found = found or chosen[order[at]]
        places[place] = found
    return places


@compiled(types.Tuple((INTS, MASK))(LAYOUT, INTS, MASK))
def spread(layout: Layout, label: Labels, core: Mask) -> tuple[Labels, Mask]:
    """Return label and core of each point from those of its place."""
    order, place_start = layout[0], layout[3]
    of_point, is_core = np.empty(len(order), np.int32), np.empty(len(order), np.bool_)
    for place in range(len(label)):
        for at in range(place_start[place], place_start[place + 1]):
            of_point[order[at]], is_core[order[at]] = label[place], core[place]
    return of_point, is_core


@compiled(FLOATS(LAYOUT, FLOATS))
def spread_sums(layout: Layout, total: Floats) -> Floats:
    """Return the sum of each point from that of its place."""
    order, place_start = layout[0], layout[3]
    of_point = np.empty(len(order))
    for place in range(len(total)):
        for at in range(place_start[place], place_start[place + 1]):
            of_point[order[at]] = total[place]
    return of_point
