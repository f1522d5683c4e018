"""Laying points out in cells, and clustering them there.

Points are sorted into rows, in each row by x and then y; points on identical coordinates are one
*place*. Rows are cut into cells, of which only those that hold a place are listed. Weights are
whole numbers, so that their sums are exact in any order.
"""

import numpy as np
from numba import float64, types

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

_NOISE = -1
_REACH = 2
_FEW = 24
# Distances that differ from the radius by less than this share are told apart point by point.
_HAIR = 1e-7


# -- laying out --


@compiled(types.UniTuple(float64, 4)(READ_POINTS))
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


# -- clustering: cells whose points all reach each other --


@part
def _cells_near(layout: Layout, cell: int, row: int, ahead: Indices, near: Indices, near_row: Indices) -> int:
    """List the cells in reach of a cell, itself included; cells are asked for in their order."""
    column, row_start = layout[5], layout[6]
    count = 0
    for step in range(2 * _REACH + 1):
        other = row + step - _REACH
        if other < 0 or other >= len(row_start) - 1:
            continue
        at, end = max(ahead[step], row_start[other]), row_start[other + 1]
        while at < end and column[at] < column[cell] - _REACH:
            at += 1
        ahead[step] = at
        while at < end and column[at] <= column[cell] + _REACH:
            near[count], near_row[count] = at, other
            count += 1
            at += 1
    return count


@part
def _gap(x: float, y: float, frame: Frame, column: int, row: int) -> float:
    """Return the squared distance from a point to a cell, 0 inside."""
    east, north = x - frame[0] - column * frame[2], y - frame[1] - row * frame[3]
    across = max(-east, east - frame[2], 0.0)
    along = max(-north, north - frame[3], 0.0)
    return across * across + along * along


@part
def _weight_round(
    layout: Layout, frame: Frame, weight: Floats, x: float, y: float, radius: float, enough: float, own: float,
    cell: int, near: Indices, near_row: Indices, count: int,
) -> float:  # fmt: skip
    """Return the weight within the radius of a place, or any that is enough."""
    xs, ys, cell_start, column = layout[1], layout[2], layout[4], layout[5]
    limit = radius * radius
    total = own
    for at in range(count):
        other = near[at]
        if other == cell or _gap(x, y, frame, column[other], near_row[at]) > limit * (1.0 + _HAIR):
            continue
        for place in range(cell_start[other], cell_start[other + 1]):
            east, north = xs[place] - x, ys[place] - y
            if east * east + north * north <= limit:
                total += weight[place]
        if total >= enough:
            break
    return total


@compiled(MASK(LAYOUT, FRAME, FLOATS, float64, float64))
def dense(layout: Layout, frame: Frame, weight: Floats, radius: float, minimum: float) -> Mask:
    """Return which places have the minimum weight within the radius."""
    xs, ys, cell_start, row_start = layout[1], layout[2], layout[4], layout[6]
    core = np.empty(len(xs), np.bool_)
    ahead = np.zeros(2 * _REACH + 1, np.int32)
    near, near_row = np.empty((2 * _REACH + 1) ** 2, np.int32), np.empty((2 * _REACH + 1) ** 2, np.int32)
    for row in range(len(row_start) - 1):
        for cell in range(row_start[row], row_start[row + 1]):
            begin, end = cell_start[cell], cell_start[cell + 1]
            own = weight[begin:end].sum()
            if own >= minimum:
                core[begin:end] = True
                continue
            count = _cells_near(layout, cell, row, ahead, near, near_row)
            for place in range(begin, end):
                total = _weight_round(
                    layout, frame, weight, xs[place], ys[place], radius, minimum, own, cell, near, near_row, count
                )
                core[place] = total >= minimum
    return core


@part
def _root(parent: Indices, cell: int) -> int:
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@part
def _reach_each_other(
    layout: Layout, frame: Frame, core: Mask, radius: float, one: int, other: int, other_row: int
) -> bool:
    """Tell whether a core of one cell is within the radius of a core of another."""
    xs, ys, cell_start, column = layout[1], layout[2], layout[4], layout[5]
    limit = radius * radius
    begin, end = cell_start[one], cell_start[one + 1]
    # The side that faces the other cell first: most neighbours turn out to be linked at once.
    east_first = column[other] > column[one]
    for step in range(end - begin):
        place = end - 1 - step if east_first else begin + step
        x, y = xs[place], ys[place]
        if not core[place] or _gap(x, y, frame, column[other], other_row) > limit * (1.0 + _HAIR):
            continue
        for found in range(cell_start[other], cell_start[other + 1]):
            east, north = xs[found] - x, ys[found] - y
            if core[found] and east * east + north * north <= limit:
                return True
            if east > radius * (1.0 + _HAIR):
                break
    return False


@part
def _join(
    layout: Layout, frame: Frame, core: Mask, has_core: Mask, radius: float, parent: Indices, beside: bool
) -> None:
    """Join cells that are linked: those that touch first, which leaves little to do for the others."""
    column, row_start = layout[5], layout[6]
    ahead = np.zeros(2 * _REACH + 1, np.int32)
    near, near_row = np.empty((2 * _REACH + 1) ** 2, np.int32), np.empty((2 * _REACH + 1) ** 2, np.int32)
    for row in range(len(row_start) - 1):
        for cell in range(row_start[row], row_start[row + 1]):
            if not has_core[cell]:
                continue
            for at in range(_cells_near(layout, cell, row, ahead, near, near_row)):
                other = near[at]
                touches = abs(near_row[at] - row) <= 1 and abs(column[other] - column[cell]) <= 1
                if other <= cell or not has_core[other] or touches != beside:
                    continue
                mine, theirs = _root(parent, cell), _root(parent, other)
                if mine != theirs and _reach_each_other(layout, frame, core, radius, cell, other, near_row[at]):
                    parent[max(mine, theirs)] = min(mine, theirs)


@part
def _number(layout: Layout, core: Mask, has_core: Mask, parent: Indices) -> tuple[Indices, int]:
    """Return the number of the connected part of each cell, by its smallest core, and how many there are."""
    xs, ys, cell_start = layout[1], layout[2], layout[4]
    cells = len(parent)
    smallest = np.full(cells, -1, np.int32)
    for cell in range(cells):
        if not has_core[cell]:
            continue
        first = cell_start[cell]
        while not core[first]:
            first += 1
        root = _root(parent, cell)
        so_far = smallest[root]
        if so_far < 0 or xs[first] < xs[so_far] or (xs[first] == xs[so_far] and ys[first] < ys[so_far]):
            smallest[root] = first
    roots = np.flatnonzero(smallest >= 0).astype(np.int32)
    x, y = xs[smallest[roots]], ys[smallest[roots]]
    _sort(x, y, roots, 0, len(roots))
    number = np.full(cells, _NOISE, np.int32)
    for at in range(len(roots)):
        number[roots[at]] = at
    for cell in range(cells):
        if has_core[cell]:
            number[cell] = number[_root(parent, cell)]
    return number, len(roots)


@part
def _nearest(
    layout: Layout, frame: Frame, core: Mask, has_core: Mask, radius: float, place: int,
    near: Indices, near_row: Indices, count: int,
) -> int:  # fmt: skip
    """Return the cell of the nearest core within the radius, -1 where there is none."""
    xs, ys, cell_start, column = layout[1], layout[2], layout[4], layout[5]
    x, y = xs[place], ys[place]
    best, best_place, cell = radius * radius, -1, -1
    for at in range(count):
        other = near[at]
        if not has_core[other] or _gap(x, y, frame, column[other], near_row[at]) > best * (1.0 + _HAIR):
            continue
        for found in range(cell_start[other], cell_start[other + 1]):
            east, north = xs[found] - x, ys[found] - y
            square = east * east + north * north
            if not core[found] or square > best:
                continue
            tie = square == best and best_place >= 0
            later = tie and (xs[best_place] < xs[found] or (xs[best_place] == xs[found] and ys[best_place] < ys[found]))
            if not later:
                best, best_place, cell = square, found, other
    return cell


@compiled(types.Tuple((INTS, types.int64))(LAYOUT, FRAME, MASK, float64))
def label_places(layout: Layout, frame: Frame, core: Mask, radius: float) -> tuple[Labels, int]:
    """Return the cluster of each place, -1 for noise, and the number of clusters."""
    cell_start, row_start = layout[4], layout[6]
    cells = len(cell_start) - 1
    has_core, parent = np.empty(cells, np.bool_), np.arange(cells).astype(np.int32)
    for cell in range(cells):
        has_core[cell] = core[cell_start[cell] : cell_start[cell + 1]].any()
    _join(layout, frame, core, has_core, radius, parent, True)
    _join(layout, frame, core, has_core, radius, parent, False)
    number, clusters = _number(layout, core, has_core, parent)
    label = np.empty(len(core), np.int32)
    ahead = np.zeros(2 * _REACH + 1, np.int32)
    near, near_row = np.empty((2 * _REACH + 1) ** 2, np.int32), np.empty((2 * _REACH + 1) ** 2, np.int32)
    for row in range(len(row_start) - 1):
        for cell in range(row_start[row], row_start[row + 1]):
            count = -1
            for place in range(cell_start[cell], cell_start[cell + 1]):
                if core[place]:
                    label[place] = number[cell]
                    continue
                if count < 0:
                    count = _cells_near(layout, cell, row, ahead, near, near_row)
                found = _nearest(layout, frame, core, has_core, radius, place, near, near_row, count)
                label[place] = number[found] if found >= 0 else _NOISE
    return label, clusters
