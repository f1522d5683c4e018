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
from geo.dispersion import pooled_dispersion
from geo.significance import upper_tail
from geo.surroundings import Ring, Surroundings
from problems.hot_spots import DetectionSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DAY_S = 86_400
#: How much counts swing is measured in squares of this side, about as large as the circle of the search.
SWING_SQUARE_M = 150.0
#: So many periods are needed to measure a swing, and so many counts free to swing.
PARTS_OF_A_WINDOW, LEAST_PERIODS, LEAST_FREEDOM = 3, 3, 200


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
    _swings: dict[int | None, float] = field(default_factory=dict, repr=False, compare=False)

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
        """Return by how much more than chance the counts of ordinary places swing from window to window, at least 1.

        The variance over the mean in squares of about the size of a hot spot, over whole windows before
        this one. What all places share (a season) is taken out, and so are places that had as much as
        half of what makes a hot spot. Where fewer than three windows are known, the setting
        ``unknown_swing`` takes its place, or what thirds of a window say where that is more: counts of short
        periods swing less than those of a window, and would call dozens of ordinary places hot.
        """
        if group not in self._swings:
            self._swings[group] = self._swing(group)
        return self._swings[group]

    def _swing(self, group: int | None) -> float:
        unknown = self.settings.unknown_swing
        rows = np.ones(len(self.before), dtype=np.bool_) if group is None else self.before.group == group
        if not rows.any() or self.window_days < 1:
            return unknown
        # Counted back from the newest, so that only the oldest period may be cut short, and is left out.
        back_s = self.before.at_s.max() - self.before.at_s
        parts = 1 if back_s.max() >= LEAST_PERIODS * self.window_days * DAY_S else PARTS_OF_A_WINDOW
        length_s = self.window_days * DAY_S / parts
        # A period that is known but for a tenth counts as a whole one.
        periods = int(float(back_s.max()) / length_s + 0.1)
        table = _table(self.before.xy_m[rows], (back_s[rows] // length_s).astype(np.int64), periods)
        table = table[table.sum(axis=1) < 0.5 * self.settings.min_incidents * periods / parts]
        table = table[:, table.sum(axis=0) > 0.0]
        if table.shape[1] < LEAST_PERIODS or len(table) * (table.shape[1] - 1) < LEAST_FREEDOM:
            return unknown
        return max(1.0 if parts == 1 else unknown, pooled_dispersion(table, lengths=table.sum(axis=0)))


def _table(xy_m: Floats, period: Ints, periods: int) -> Floats:
    """Return counts of squares (rows) in the first ``periods``; squares without any are left out."""
    counted = period < periods
    if not counted.any():
        return np.zeros((0, periods))
    square = np.floor(xy_m[counted] / SWING_SQUARE_M).astype(np.int64)
    square -= square.min(axis=0)
    at = np.unique(square[:, 0] * (int(square[:, 1].max()) + 1) + square[:, 1], return_inverse=True)[1]
    cell = at * periods + period[counted]
    return np.bincount(cell, minlength=(int(at.max()) + 1) * periods).reshape(-1, periods).astype(np.float64)


@dataclass
class CoreRule:
    """Which places are dense enough for what is usual there, at any radius.

    A place qualifies when the minimum lies within the radius and chance would hardly bring as many;
    where nothing is there to compare with, the minimum alone decides. ``reached_m`` (n,) is the radius
    with which each place qualified last, ``chance`` (n,) how likely its count was (1 where it never did).
    """

    xy_m: Floats
    surroundings: Surroundings
    swing: float
    settings: DetectionSettings
    reached_m: Floats = field(init=False)
    chance: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Begin with places that have not qualified."""
        self.reached_m = np.zeros(len(self.xy_m))
        self.chance = np.ones(len(self.xy_m))

    def at(self, radius_m: float, rows: Ints) -> CoreTest:
        """Return the test of some places for a radius."""

        def test(within: Floats) -> npt.NDArray[np.bool_]:
            qualified = np.zeros(len(within), dtype=np.bool_)
            dense = np.flatnonzero(within >= self.settings.min_incidents)
            usual = self.surroundings.usual(self.xy_m[rows[dense]], radius_m=radius_m)
            chance = chances(within[dense], usual, self.swing)
            qualified[dense] = ~(chance >= self.settings.most_chance)
            self.reached_m[rows[qualified]] = radius_m
            self.chance[rows[dense]] = np.where(np.isnan(chance), 1.0, chance)
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
