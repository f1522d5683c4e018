"""The compiled way to cluster in the plane: when it is taken, and how points are laid out for it.

The kernels of :mod:`geo.kernels` give the same answers as the NumPy way of :mod:`geo.clusters`, to
the last bit: they only take weights whose sums are exact. Loading them takes a second or two, and
compiling them, once for a version of their files, some fifteen; so few points do not ask for it, and
a server loads them in the background (:func:`load`). ``python -m geo.engine`` compiles ahead.

What is compiled is kept beside the kernels, else in the cache folder of the user, or in the folder
that ``NUMBA_CACHE_DIR`` names; where none can be written, every process compiles for itself.
"""

import math
import time
from dataclasses import dataclass
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from geo.arrays import Floats, Labels, Mask

if TYPE_CHECKING:
    from geo.kernels.compiled import Frame, Layout

#: So many points are worth loading the kernels for; loaded, they are always taken.
WORTH_LOADING = 50_000
#: Sorting so many points costs about as much as answering for one of them.
_SORTED_FOR_ONE = 10
#: From this minimum on, all weights are added up in strips rather than those of thin cells one by one.
HIGH_MINIMUM = 256.0

# Wider spreads go the other way; 0.7 to 1/4 of a radius a row stays far below the most rows.
_MAX_RADII = 500_000
_MAX_ROWS = 4_000_000
_MOST_POINTS = 2**31 - 2
# Sums of whole multiples of 1/1024 below 2**43 are exact, in whatever order.
_SHARES = 1024.0
_EXACT = 2.0**43
# Cells a hair smaller than the square whose diagonal is the radius: rounding must not part its points.
_CELL = (1.0 - 1e-8) / math.sqrt(2.0)
_HAIR = 1e-8
_SAMPLE = 5_000
_FEWEST_STRIPS, _MOST_STRIPS = 4, 64
_A_SLOT, _MOST_SLOTS = 6, 32


@dataclass(frozen=True, slots=True)
class _Kernels:
    cells: ModuleType
    linking: ModuleType
    strips: ModuleType


_lock = Lock()
_loaded: list[_Kernels] = []


def load() -> bool:
    """Load the kernels, compiling them where nobody has yet; tell whether they are there.

    They are not where numba is not installed or does not go with the NumPy at hand.
    """
    with _lock:
        return _load()


def is_loaded() -> bool:
    """Tell whether the kernels are at hand."""
    return bool(_loaded)


def _load() -> bool:
    if not _loaded:
        try:
            from geo.kernels import cells, linking, strips
        except ImportError:
            return False
        _loaded.append(_Kernels(cells, linking, strips))
    return True


def _kernels(points: int) -> _Kernels | None:
    """Return the kernels where they are at hand or so many points are worth loading them."""
    # While another thread loads, nobody waits for it.
    if not _loaded and points >= WORTH_LOADING and _lock.acquire(blocking=False):
        try:
            _load()
        finally:
            _lock.release()
    return _loaded[0] if _loaded else None


def _compile_ahead() -> int:
    """Say how long it takes to have the kernels at hand, and what is without them."""
    started = time.perf_counter()
    if load():
        print(f"Clustering is compiled ({time.perf_counter() - started:.1f} s).")  # noqa: T201 - a command answers
    else:
        print("numba is not here: hot spots are found with NumPy, the same ones, in about eight times as long.")  # noqa: T201 - a command answers
    return 0


@dataclass(frozen=True, slots=True)
class Plane:
    """Points of which the kernels can be asked, (n, 2) metres, with weights (n,), or none for 1 each.

    ``box`` is the smallest x and y and the largest x and y of everything that is asked.
    """

    kernels: _Kernels
    points: Floats
    weight: Floats
    radius_m: float
    box: tuple[float, float, float, float]

    def grid(self) -> "Grid":
        """Lay the points out for clustering."""
        side_m = self.radius_m * _CELL
        frame, size = self._frame(side_m, side_m)
        cells = self.kernels.cells
        layout = cells.lay_out(self.points, frame, *size, _slots(_crowd(self.points, side_m), size[0]))
        return Grid(self.kernels, layout, frame, self.radius_m, cells.add_up(layout, self.weight))

    def weight_within(self, asked: Floats) -> Floats:
        """Return the weight within the radius of each asked point (k, 2), which lies in the box."""
        cells, side_m = self.kernels.cells, self.radius_m * _CELL
        crowd = _crowd(self.points, self.radius_m)
        # A strip more costs as much as a few places at its ends.
        strips = min(max(round(math.sqrt(crowd)), _FEWEST_STRIPS), _MOST_STRIPS)
        strips = min(strips, int(_MAX_ROWS * self.radius_m / max(self.box[3] - self.box[1], self.radius_m)))
        height_m = self.radius_m / strips * (1.0 + _HAIR)
        frame, size = self._frame(side_m, height_m)
        slots = _slots(crowd / strips, size[0])
        layout = cells.lay_out(self.points, frame, *size, slots)
        at_place = cells.add_up(layout, self.weight)
        about = layout if asked is self.points else cells.lay_out(np.ascontiguousarray(asked), frame, *size, slots)
        rounding = 1e-15 * max(abs(edge) for edge in self.box)
        total = self.kernels.strips.weigh_within(about, layout, at_place, self.radius_m, height_m, strips, rounding)
        within: Floats = cells.spread_sums(about, total)
        return within

    def _frame(self, width_m: float, height_m: float) -> tuple["Frame", tuple[int, int]]:
        west, south, east, north = self.box
        # One more than rounding can need.
        size = int((east - west) / width_m) + 2, int((north - south) / height_m) + 2
        return (west, south, width_m, height_m), size


@dataclass(frozen=True, slots=True)
class Grid:
    """Points laid out in cells of which all points are within the radius of each other."""

    kernels: _Kernels
    layout: "Layout"
    frame: "Frame"
    radius_m: float
    weight: Floats

    def dense(self, minimum: float) -> Mask:
        """Return the places with the minimum weight within the radius."""
        core: Mask = self.kernels.linking.dense(self.layout, self.frame, self.weight, self.radius_m, minimum)
        return core

    def places_of(self, chosen: Mask) -> Mask:
        """Return the places of chosen points (n,)."""
        places: Mask = self.kernels.cells.any_at(self.layout, np.ascontiguousarray(chosen))
        return places

    def labels(self, core: Mask) -> tuple[Labels, Mask, int]:
        """Return the cluster of each point and whether it is core, and the number of clusters."""
        linking = self.kernels.linking
        part_of, parts, first = linking.connect(self.layout, core, self.radius_m)
        number = np.full(len(part_of), -1, dtype=np.int32)
        number[parts[np.lexsort((self.layout[2][first], self.layout[1][first]))]] = np.arange(len(parts))
        label = linking.label_places(self.layout, self.frame, core, part_of, number, self.radius_m)
        of_point, is_core = self.kernels.cells.spread(self.layout, label, core)
        return of_point, is_core, len(parts)


def plane(points: Floats, weight: Floats, radius_m: float, asked: Floats | None = None) -> Plane | None:
    """Return what answers for the points, or None where the NumPy way has to be taken.

    Parameters
    ----------
    points : ndarray, shape (n, d), float64
        Metres, finite.
    weight : ndarray, shape (n,) or (0,), float64
        0 or more; none at all means 1 for each point.
    radius_m : float
        Above 0.
    asked : ndarray, shape (k, 2), float64, optional
        Others than the points that will be asked about.

    Examples
    --------
    >>> few = np.zeros((3, 2))
    >>> answers = plane(few, np.empty(0), 75.0)
    >>> answers is not None if is_loaded() else answers is None
    True
    """
    # Who only asks has few questions as a rule, and sorting many points for them takes no kernels.
    several = len(points) if asked is None else len(asked) + len(points) // _SORTED_FOR_ONE
    if not _suits(points, weight) or not (asked is None or _suits(asked, np.empty(0))):
        return None
    kernels = _kernels(several)
    if kernels is None:
        return None
    points = np.ascontiguousarray(points)
    west, south, east, north = kernels.cells.extent(points)
    if asked is not None:
        box = kernels.cells.extent(np.ascontiguousarray(asked))
        west, south, east, north = min(west, box[0]), min(south, box[1]), max(east, box[2]), max(north, box[3])
    if max(east - west, north - south) >= radius_m * _MAX_RADII:
        return None
    return Plane(kernels, points, weight, radius_m, (west, south, east, north))


def _suits(points: Floats, weight: Floats) -> bool:
    """Tell whether the sums of weights are exact and the numbers of rows fit."""
    if points.shape[1] != 2 or not 0 < len(points) <= _MOST_POINTS:
        return False
    shares = weight * _SHARES
    return bool((shares == np.floor(shares)).all() and weight.sum() < _EXACT)


def _slots(crowd: float, columns: int) -> int:
    """Return how many slots a cell is cut into for sorting: a few places each, not too many a row."""
    return max(int(min(crowd / _A_SLOT, _MOST_SLOTS, _MAX_ROWS / columns)), 1)


def _crowd(points: Floats, side_m: float) -> float:
    """Estimate from a sample how many other places share a square of this side with a place."""
    x, y = points[:: -(-len(points) // _SAMPLE)].T
    places = np.unique(x + 1j * y)
    count = np.unique(np.floor(places.real / side_m) + 1j * np.floor(places.imag / side_m), return_counts=True)[1]
    pairs = len(places) * (len(places) - 1.0)
    return float((count * (count - 1.0)).sum()) / pairs * len(points) if pairs else 0.0


if __name__ == "__main__":
    raise SystemExit(_compile_ahead())
