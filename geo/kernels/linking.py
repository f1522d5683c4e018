"""Density clustering in cells: a cell's diagonal is within the radius, so that its places all reach each other.

A cell with the minimum weight is core as a whole, its cores are linked as they are, and of two cells
only one pair of cores has to be found.
"""

import numpy as np
from numba import float64, types

from geo.arrays import Floats, Labels, Mask
from geo.kernels.compiled import FLOATS, FRAME, INTS, LAYOUT, MASK, Frame, Indices, Layout, compiled, part

_NOISE = -1
# Places within the radius lie at most so many cells apart.
_REACH = 2
# Distances that differ from the radius by less than this share of it are told apart place by place.
_HAIR = 1e-7


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
def _first_from(xs: Floats, begin: int, end: int, x: float) -> int:
    """Return the first of a run in the order of x that is not west of ``x``."""
    while begin < end:
        middle = (begin + end) // 2
        if xs[middle] < x:
            begin = middle + 1
        else:
            end = middle
    return begin


@part
def _core_box(layout: Layout, core: Mask, cell: int) -> tuple[float, float, float, float]:
    """Return the smallest x and y and the largest x and y of the cores of a cell."""
    xs, ys, cell_start = layout[1], layout[2], layout[4]
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for place in range(cell_start[cell], cell_start[cell + 1]):
        if core[place]:
            west, east = min(west, xs[place]), max(east, xs[place])
            south, north = min(south, ys[place]), max(north, ys[place])
    return west, south, east, north


@part
def _reach_each_other(layout: Layout, core: Mask, radius: float, one: int, other: int) -> bool:
    """Tell whether a core of one cell is within the radius of a core of another."""
    xs, ys, cell_start, column = layout[1], layout[2], layout[4], layout[5]
    limit, reach = radius * radius, radius * (1.0 + _HAIR)
    west, south, east, north = _core_box(layout, core, other)
    begin, end = cell_start[one], cell_start[one + 1]
    low, high = cell_start[other], cell_start[other + 1]
    # The side that faces the other cell first: most neighbours turn out to be linked at once.
    east_first = column[other] > column[one]
    for step in range(end - begin):
        place = end - 1 - step if east_first else begin + step
        x, y = xs[place], ys[place]
        if not core[place] or max(west - x, x - east, south - y, y - north) > reach:
            continue
        for found in range(_first_from(xs, low, high, x - reach), high):
            across, along = xs[found] - x, ys[found] - y
            if core[found] and across * across + along * along <= limit:
                return True
            if across > reach:
                break
    return False


@part
def _join(layout: Layout, core: Mask, has_core: Mask, radius: float, parent: Indices, beside: bool) -> None:
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
                if mine != theirs and _reach_each_other(layout, core, radius, cell, other):
                    parent[max(mine, theirs)] = min(mine, theirs)


@compiled(types.Tuple((INTS, INTS, INTS))(LAYOUT, MASK, float64))
def connect(layout: Layout, core: Mask, radius: float) -> tuple[Indices, Indices, Indices]:
    """Return the part of each cell, named by one of its cells, -1 without a core; the parts; their smallest cores."""
    xs, ys, cell_start = layout[1], layout[2], layout[4]
    cells = len(cell_start) - 1
    has_core, parent = np.empty(cells, np.bool_), np.arange(cells).astype(np.int32)
    for cell in range(cells):
        has_core[cell] = core[cell_start[cell] : cell_start[cell + 1]].any()
    _join(layout, core, has_core, radius, parent, True)
    _join(layout, core, has_core, radius, parent, False)
    smallest = np.full(cells, -1, np.int32)
    for cell in range(cells):
        if not has_core[cell]:
            parent[cell] = -1
            continue
        first = cell_start[cell]
        while not core[first]:
            first += 1
        root = _root(parent, cell)
        parent[cell] = root
        so_far = smallest[root]
        if so_far < 0 or xs[first] < xs[so_far] or (xs[first] == xs[so_far] and ys[first] < ys[so_far]):
            smallest[root] = first
    parts = np.flatnonzero(smallest >= 0).astype(np.int32)
    return parent, parts, smallest[parts]


@part
def _nearer(layout: Layout, core: Mask, place: int, found: int, best: float, so_far: int) -> bool:
    """Tell whether a core is nearer to a place than the best so far, or as near with smaller coordinates."""
    xs, ys = layout[1], layout[2]
    across, along = xs[found] - xs[place], ys[found] - ys[place]
    square = across * across + along * along
    if not core[found] or square > best:
        return False
    if square < best or so_far < 0:
        return True
    return bool(xs[found] < xs[so_far] or (xs[found] == xs[so_far] and ys[found] < ys[so_far]))


@part
def _nearest_in(layout: Layout, core: Mask, place: int, cell: int, best: float, so_far: int) -> tuple[float, int]:
    """Look at the cores of a cell from the x of the place outwards, as far as they can be nearer."""
    xs, ys, cell_start = layout[1], layout[2], layout[4]
    begin, end = cell_start[cell], cell_start[cell + 1]
    middle = _first_from(xs, begin, end, xs[place])
    for side in range(2):
        found = middle if side == 0 else middle - 1
        while begin <= found < end:
            across = xs[found] - xs[place]
            if across * across > best:
                break
            if _nearer(layout, core, place, found, best, so_far):
                along = ys[found] - ys[place]
                best, so_far = across * across + along * along, found
            found += 1 if side == 0 else -1
    return best, so_far


@part
def _nearest(
    layout: Layout, frame: Frame, core: Mask, part_of: Indices, radius: float, place: int, cell: int,
    near: Indices, near_row: Indices, count: int,
) -> int:  # fmt: skip
    """Return the nearest core within the radius, -1 where there is none."""
    x, y, column = layout[1][place], layout[2][place], layout[5]
    best, so_far = _nearest_in(layout, core, place, cell, radius * radius, -1)
    for at in range(count):
        other = near[at]
        if other == cell or part_of[other] < 0:
            continue
        # Rounding is that of the radius, however near the best is.
        if _gap(x, y, frame, column[other], near_row[at]) <= best + _HAIR * radius * radius:
            best, so_far = _nearest_in(layout, core, place, other, best, so_far)
    return so_far


@compiled(INTS(LAYOUT, FRAME, MASK, INTS, INTS, float64))
def label_places(layout: Layout, frame: Frame, core: Mask, part_of: Indices, number: Indices, radius: float) -> Labels:
    """Return the cluster of each place, -1 for noise, from the part of each cell and the number of each part."""
    cell_start, row_start = layout[4], layout[6]
    label = np.full(len(core), _NOISE, np.int32)
    for cell in range(len(part_of)):
        for place in range(cell_start[cell], cell_start[cell + 1]):
            if core[place]:
                label[place] = number[part_of[cell]]
    ahead = np.zeros(2 * _REACH + 1, np.int32)
    near, near_row = np.empty((2 * _REACH + 1) ** 2, np.int32), np.empty((2 * _REACH + 1) ** 2, np.int32)
    for row in range(len(row_start) - 1):
        for cell in range(row_start[row], row_start[row + 1]):
            count = -1
            for place in range(cell_start[cell], cell_start[cell + 1]):
                if core[place]:
                    continue
                if count < 0:
                    count = _cells_near(layout, cell, row, ahead, near, near_row)
                found = _nearest(layout, frame, core, part_of, radius, place, cell, near, near_row, count)
                if found >= 0:
                    label[place] = label[found]
    return label
