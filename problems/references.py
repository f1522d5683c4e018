"""What is usual at a place: the reports that hot spots are compared with, and the rule for dense places.

Compared with are all other reports there (of other groups, now and in the time before) and the group's
own reports round about; never the tested reports themselves, nor what the same place had of the same
group before: a place that has always been bad is still a hot spot. Why: docs/decisions/0013.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from geo.background import Background
from geo.clusters import CoreTest
from geo.significance import dispersion, upper_tail
from geo.surroundings import Ring, Surroundings
from problems.hot_spots import DetectionSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DAY_S = 86_400
#: How much counts swing is measured in squares of this side, about as large as the circle of the search.
SWING_SQUARE_M = 150.0
#: So many periods make a window, and so many are needed to measure a swing; fewer squares say too little.
PERIODS_A_WINDOW, LEAST_PERIODS, LEAST_FREEDOM = 3, 3, 200


@dataclass(frozen=True, slots=True)
class Told:
    """Distinct incidents as columns, default points left out.

    ``xy_m`` (n, 2) metres, ``group`` (n,) index into ``tuple(Group)`` or -1, ``at_s`` (n,) seconds UTC.
    """

    xy_m: Floats
    group: npt.NDArray[np.int8]
    at_s: Ints

    def __len__(self) -> int:
        """Return the number of incidents."""
        return len(self.xy_m)


@dataclass(frozen=True)
class References:
    """The incidents of a window and of the time before it, asked for what is usual.

    ``now`` are those of the window, ``before`` those of at most ``background_days`` before it.
    """

    now: Told
    before: Told
    settings: DetectionSettings
    window_days: int
    _kept: dict[int | None, Surroundings] = field(default_factory=dict, repr=False, compare=False)

    def surroundings(self, group: int | None) -> Surroundings:
        """Return what tells the usual number for a group; None for all groups together, told by the time before."""
        if group not in self._kept:
            own = self.now.group >= 0 if group is None else self.now.group == group
            # All groups together have no others beside them: they are told by the time before.
            others = np.zeros(len(self.now), dtype=np.bool_) if group is None else ~own
            earlier = self.before.xy_m if group is None else self.before.xy_m[self.before.group != group]
            self._kept[group] = Surroundings(
                self.now.xy_m[own],
                np.ones(int(own.sum())),
                np.concatenate((self.now.xy_m[others], earlier)),
                ring=Ring(outer_m=self.settings.around_m),
                prior_weight=self.settings.around_worth,
                spread=self.settings.usual_spread,
                fewest=float(self.settings.min_reference),
            )
        return self._kept[group]

    def swing(self, group: int | None) -> float:
        """Return by how much more than chance the counts of ordinary places swing from month to month, at least 1.

        The variance over the mean in squares of about the size of a hot spot, over thirds of a window
        before this one. What all places share (a season) is taken out, and so are places that had as
        much as half of what makes a hot spot. 1 where too little is known.
        """
        rows = np.ones(len(self.before), dtype=np.bool_) if group is None else self.before.group == group
        if not rows.any() or self.window_days < 1:
            return 1.0
        length_s = self.window_days * DAY_S / PERIODS_A_WINDOW
        # Counted back from the newest, so that only the oldest period may be cut short, and is left out.
        newest = int(self.before.at_s.max())
        period = ((newest - self.before.at_s[rows]) // length_s).astype(np.int64)
        periods = int((newest - int(self.before.at_s.min())) // length_s)
        square = np.floor(self.before.xy_m[rows] / SWING_SQUARE_M).astype(np.int64)
        square -= square.min(axis=0)
        key = square[:, 0] * (int(square[:, 1].max()) + 1) + square[:, 1]
        whole = period < periods
        if periods < LEAST_PERIODS or not whole.any():
            return 1.0
        at = np.unique(key[whole], return_inverse=True)[1]
        table = np.zeros((int(at.max()) + 1, periods))
        np.add.at(table, (at, period[whole]), 1.0)
        most = 0.5 * self.settings.min_incidents * periods / PERIODS_A_WINDOW
        table = table[table.sum(axis=1) < most]
        table = table[:, table.sum(axis=0) > 0.0]
        if table.shape[1] < LEAST_PERIODS or len(table) * (table.shape[1] - 1) < LEAST_FREEDOM:
            return 1.0
        return max(1.0, dispersion(table, lengths=table.sum(axis=0)))


@dataclass
class CoreRule:
    """Which places are dense enough for what is usual there, at any radius.

    A place qualifies when the minimum lies within the radius and chance would hardly bring as many;
    where nothing is there to compare with, the minimum alone decides. ``reached_m`` (n,) is the radius
    with which each place qualified last.
    """

    xy_m: Floats
    surroundings: Surroundings
    swing: float
    settings: DetectionSettings
    reached_m: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Begin with places that have not qualified."""
        self.reached_m = np.zeros(len(self.xy_m))

    def at(self, radius_m: float, rows: Ints) -> CoreTest:
        """Return the test of some places for a radius."""

        def test(within: Floats) -> npt.NDArray[np.bool_]:
            qualified = np.zeros(len(within), dtype=np.bool_)
            dense = np.flatnonzero(within >= self.settings.min_incidents)
            usual = self.surroundings.usual(self.xy_m[rows[dense]], radius_m=radius_m)
            chance = chances(within[dense], usual, self.swing)
            qualified[dense] = ~(chance >= self.settings.most_chance)
            self.reached_m[rows[qualified]] = radius_m
            return qualified

        return test

    def usual_inside(self, parts: Sequence[Ints]) -> Background:
        """Return what is usual in the circles round the dense places of each part."""
        return self.surroundings.usual_inside(
            [self.xy_m[part] for part in parts], [self.reached_m[part] for part in parts]
        )


def chances(counts: Floats, usual: Background, swing: float) -> Floats:
    """Return the chance of as many or more, (n,); NaN where nothing is there to compare with."""
    return upper_tail(counts, usual.expected, dispersion=swing, expected_se=usual.expected_se)
