"""A second opinion on the map: squares that hold more than usual together with their neighbours (Gi*).

Hot spots are found by distances between incidents and know no grid. Squares on a fixed grid are the
other common way; where both agree the place stands firm. A grid has a defect of its own: where its
lines run decides what falls together, so two sizes are looked at and what only one of them shows is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.links import links_within
from geo.local_g import gi_star, pearson_residuals, two_sided_p
from geo.significance import q_values, upper_tail
from problems.categories import Group
from problems.finding import GROUPS
from problems.hot_spots import Standing
from problems.references import References
from problems.standing import sentence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: The sizes of squares that are looked at, in metres.
SIDES_M = (250.0, 400.0)
#: Fewer squares than this are no map to standardise by.
FEWEST_SQUARES = 30


@dataclass(frozen=True, slots=True)
class Square:
    """A square that stands out, with its eight neighbours: incidents found and usual in all nine, and Gi* in z."""

    group: Group
    side_m: float
    lon_lat: tuple[float, float]
    outline: Mapping[str, object]
    incidents: int
    expected: float
    z: float
    q_value: float
    ratio_low: float | None = None
    ratio_high: float | None = None

    @property
    def standing(self) -> Standing:
        """What may be said: only squares that stand out are kept."""
        return Standing.HOT_SPOT

    def words(self, days: int) -> str:
        """Say in a sentence what was found over a window of so many days."""
        side = round(self.side_m)
        return f"{sentence(self, days=days)} Counted in a square of {side} m and its eight neighbours."

    def holds(self, lon_lat: tuple[float, float]) -> bool:
        """Tell whether a point lies in the square or one of its neighbours."""
        ring = np.array(self.outline["coordinates"])[0]
        low, high = ring.min(axis=0), ring.max(axis=0)
        point, side = np.array(lon_lat), high - low
        return bool(((point >= low - side) & (point <= high + side)).all())


@dataclass(frozen=True, slots=True)
class GridCheck:
    """The squares of both sizes that stand out, most incidents first, and how many were looked at."""

    squares: tuple[Square, ...] = ()
    looked_at: int = 0

    @property
    def sides(self) -> set[float]:
        """The sizes of the squares that stand out, in metres."""
        return {square.side_m for square in self.squares}

    def of(self, side_m: float) -> list[Square]:
        """Return the squares of one size."""
        return [square for square in self.squares if square.side_m == side_m]


def check_grid(
    references: References, *, epsg: int, groups: Iterable[Group] = GROUPS, sides_m: Sequence[float] = SIDES_M
) -> GridCheck:
    """Look for squares that hold more than usual, group by group.

    A square stands out when its Gi* on residuals (found - usual) / sqrt(usual) is high, and when chance
    hardly brings as many to it and its neighbours, both after allowing for every square, group and size that was
    looked at (Benjamini-Hochberg). Groups with fewer squares than :data:`FEWEST_SQUARES` are left out.

    Parameters
    ----------
    references
        The incidents of the window and what tells what is usual.
    epsg
        Metric CRS of the deployment.
    groups, sides_m
        What to look at.

    Returns
    -------
    GridCheck
        The same whatever the order of the reports.

    Notes
    -----
    Gi* (Ord and Getis 1995) on raw counts would only show where people are: 167 false squares of 1,600 in a
    city without any hot spot, against fewer than one on residuals. Squares overlap neither street nor
    border: what stands out is a neighbourhood of three squares a side, not an address.
    """
    tested = [
        found for side_m in sides_m for group in groups if (found := _look(references, group, side_m)) is not None
    ]
    if not tested:
        return GridCheck()
    family = sum(len(each.z) for each in tested)
    q_of_z = q_values(np.concatenate([each.p_of_z for each in tested]), family=family)
    q_of_count = q_values(np.concatenate([each.p_of_count for each in tested]), family=family)
    q = np.maximum(q_of_z, q_of_count)
    squares: list[Square] = []
    begin = 0
    for each in tested:
        own = q[begin : begin + len(each.z)]
        begin += len(each.z)
        standing_out = np.flatnonzero(own <= references.settings.most_false)
        squares += [each.square(int(row), float(own[row]), epsg) for row in standing_out]
    order = sorted(squares, key=lambda square: (-square.incidents, square.side_m, square.group, square.lon_lat))
    return GridCheck(tuple(order), family)


@dataclass(frozen=True, slots=True)
class _Looked:
    """One group in squares of one size, (n,) each; ``low_m`` (n, 2) their south-western corners."""

    group: Group
    side_m: float
    low_m: Floats
    found: Floats
    usual: Floats
    z: Floats
    p_of_z: Floats
    p_of_count: Floats

    def square(self, row: int, q_value: float, epsg: int) -> Square:
        west, south = self.low_m[row].tolist()
        east, north = west + self.side_m, south + self.side_m
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        ring = projection.to_lon_lat(np.array(corners), epsg).round(7).tolist()
        lon, lat = projection.to_lon_lat(self.low_m[row : row + 1] + 0.5 * self.side_m, epsg)[0]
        return Square(
            group=self.group,
            side_m=self.side_m,
            lon_lat=(round(float(lon), 7), round(float(lat), 7)),
            outline={"type": "Polygon", "coordinates": [ring]},
            incidents=int(self.found[row]),
            expected=float(self.usual[row]),
            z=float(self.z[row]),
            q_value=q_value,
        )


def _look(references: References, group: Group, side_m: float) -> _Looked | None:
    index = GROUPS.index(group)
    own = references.now.xy_m[references.now.group == index]
    everything = np.concatenate((references.now.xy_m, references.before.xy_m))
    if len(own) == 0:
        return None
    square, at = np.unique(np.floor(everything / side_m).astype(np.int64), axis=0, return_inverse=True)
    is_own = np.zeros(len(everything))
    is_own[: len(references.now)][references.now.group == index] = 1.0
    count = np.bincount(at, weights=is_own, minlength=len(square))
    middle = (square + 0.5) * side_m
    # A circle as large as the square.
    usual = references.surroundings(index).usual(middle, radius_m=side_m / np.sqrt(np.pi))
    known = np.flatnonzero((usual.count > 0.0) & (usual.expected > 0.0))
    if len(known) < FEWEST_SQUARES:
        return None
    count, middle, expected = count[known], middle[known], usual.expected[known]
    links = links_within(middle, side_m * 1.5)
    z = gi_star(pearson_residuals(count, expected), links)
    p = np.where(z > 0.0, two_sided_p(z), 1.0)
    around: Floats = count + links @ count
    usual_around: Floats = expected + links @ expected
    # What tells the usual number is shared by neighbours: their errors add up rather than cancel. Taken as
    # independent they let two squares a city through where nothing is wrong.
    error: Floats = usual.expected_se[known]
    error_around: Floats = error + links @ error
    return _Looked(
        group=group,
        side_m=side_m,
        low_m=np.asarray(square[known] * side_m, dtype=np.float64),
        found=around,
        usual=usual_around,
        z=z,
        p_of_z=np.nan_to_num(p, nan=1.0),
        p_of_count=upper_tail(around, usual_around, dispersion=references.swing(index), expected_se=error_around),
    )
