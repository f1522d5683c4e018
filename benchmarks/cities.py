"""Made-up cities in which it is known what is a hot spot and what is not.

A city of 12 by 12 km has streets, a river and parks without addresses, a busy centre, busy quarters
and main roads. Six groups of reports share that busyness; each group's share of it drifts over the
town. On top come planted hot spots: half of them *chronic* (there in the year before as well), half
*new*. A null city has the same unevenness and nothing planted.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

Points = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIDE_M = 12_000.0
GROUP_SHARES = (0.28, 0.22, 0.18, 0.14, 0.10, 0.08)
WINDOW_DAYS = 90
EARLIER_WINDOWS = 4
#: The circle in which a planted place must have at least so many times the usual.
RADIUS_M, AT_LEAST = 75.0, 3.0


@dataclass(frozen=True)
class CityPlan:
    """What a city is like.

    ``reports`` in the window, planted ones included; ``planted`` places; ``seasons`` lets groups rise
    and fall over the year; ``repeats`` above 1 makes incidents come in bunches (variance / mean is
    2 * repeats - 1); ``rough`` is how much shares differ from block to block, which no other group
    and no surroundings tell of (a standard deviation of the share, 0.3 is 30 %).
    """

    reports: int
    planted: int = 60
    seasons: bool = True
    repeats: float = 1.0
    rough: float = 0.0


@dataclass(frozen=True)
class Planted:
    """Planted hot spots, (k,) each: place, group, reports in the window, what is usual, and whether it is chronic."""

    xy_m: Points
    group: Ints
    size: Ints
    usual: Points
    chronic: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class City:
    """Reports of the window and of the year before, as columns; ``spot`` is the planted place or -1."""

    xy_m: Points
    group: Ints
    spot: Ints
    earlier_xy_m: Points
    earlier_group: Ints
    planted: Planted


@dataclass(frozen=True)
class _Ground:
    """Addresses (n, 2), how busy each is for every group (groups, n), in expected reports of a window."""

    xy_m: Points
    rate: Points


def build(plan: CityPlan, seed: int) -> City:
    """Return the city of a plan; equal seeds give equal cities."""
    rng = np.random.default_rng([seed, plan.reports])
    ground = _ground(plan, rng)
    planted = _plant(plan, ground, rng)
    usual = ground.rate * max(0.0, 1.0 - planted.size.sum() / plan.reports)
    now = [_drawn(ground.xy_m, rate, plan, rng) for rate in usual]
    xy = [part for part in now]
    group = [np.full(len(part), number) for number, part in enumerate(now)]
    spot = [np.full(len(part), -1) for part in now]
    before, before_group = [], []
    for _ in range(EARLIER_WINDOWS):
        season = rng.uniform(0.6, 1.5, len(GROUP_SHARES)) if plan.seasons else np.ones(len(GROUP_SHARES))
        for number in range(len(GROUP_SHARES)):
            part = _drawn(ground.xy_m, usual[number] * season[number], plan, rng)
            before.append(part)
            before_group.append(np.full(len(part), number))
    across = rng.uniform(60.0, 120.0, len(planted.size))
    for number, size in enumerate(planted.size.tolist()):
        xy.append(_spread(planted.xy_m[number], across[number], size, rng))
        group.append(np.full(size, planted.group[number]))
        spot.append(np.full(size, number))
        if planted.chronic[number]:
            long = _spread(planted.xy_m[number], across[number], int(rng.poisson(size * EARLIER_WINDOWS)), rng)
            before.append(long)
            before_group.append(np.full(len(long), planted.group[number]))
    order = rng.permutation(sum(map(len, xy)))
    return City(
        np.round(np.vstack(xy), 1)[order],
        np.concatenate(group)[order].astype(np.int64),
        np.concatenate(spot)[order].astype(np.int64),
        np.round(np.vstack(before), 1),
        np.concatenate(before_group).astype(np.int64),
        planted,
    )


def _ground(plan: CityPlan, rng: np.random.Generator) -> _Ground:
    xy, is_main = _addresses(rng)
    busy = np.exp(0.6 * _field(xy, 900.0, rng)) * np.where(is_main, 3.0, 1.0)
    centres = np.vstack((np.array([[SIDE_M / 2, SIDE_M / 2]]), rng.uniform(1_000, SIDE_M - 1_000, (25, 2))))
    widths = np.concatenate(([900.0], rng.uniform(120.0, 350.0, 25)))
    tops = np.concatenate(([6.0], rng.uniform(2.0, 6.0, 25)))
    drawn_to = np.ones(len(xy))
    for centre, width, top in zip(centres, widths, tops, strict=True):
        drawn_to += top * np.exp(-np.square(xy - centre).sum(axis=1) / (2 * width * width))
    busy *= drawn_to
    rates = []
    shares = np.array(GROUP_SHARES) * (rng.uniform(0.6, 1.5, len(GROUP_SHARES)) if plan.seasons else 1.0)
    for share in shares / shares.sum():
        own = busy * np.exp(0.45 * _field(xy, 1_500.0, rng))
        if plan.rough:
            block = np.unique(np.floor(xy / 150.0), axis=0, return_inverse=True)[1].ravel()
            own *= rng.gamma(1 / plan.rough**2, plan.rough**2, int(block.max()) + 1)[block]
        rates.append(own / own.sum() * plan.reports * share)
    return _Ground(xy, np.vstack(rates))


def _addresses(rng: np.random.Generator) -> tuple[Points, npt.NDArray[np.bool_]]:
    parts, mains = [], []
    for axis in (0, 1):
        at = 40.0
        number = 0
        while at < SIDE_M:
            along = np.arange(0.0, SIDE_M, 18.0) + rng.uniform(-6, 6, int(np.ceil(SIDE_M / 18.0)))
            across = at + rng.normal(0, 9, len(along)) + 30 * np.sin(along / 900.0 + at)
            line = np.column_stack((along, across) if axis == 0 else (across, along))
            parts.append(line)
            mains.append(np.full(len(line), number % 6 == 0))
            at += rng.uniform(110.0, 220.0)
            number += 1
    xy, is_main = np.vstack(parts), np.concatenate(mains)
    river = np.abs(xy[:, 1] - (0.35 * SIDE_M + 900 * np.sin(xy[:, 0] / 2_300.0))) < 90.0
    parks = rng.uniform(0, SIDE_M, (18, 3)) * np.array([1, 1, 0]) + np.array([0, 0, 1]) * rng.uniform(150, 500, (18, 1))
    green = np.zeros(len(xy), dtype=bool)
    for x, y, reach in parks:
        green |= np.hypot(xy[:, 0] - x, xy[:, 1] - y) < reach
    kept = ~(river | green) & (xy >= 0).all(axis=1) & (xy <= SIDE_M).all(axis=1)
    return xy[kept], is_main[kept]


def _field(xy: Points, scale_m: float, rng: np.random.Generator) -> Points:
    """Return a smooth random field of mean 0 and deviation 1 at the points (n,)."""
    cell = 100.0
    side = int(SIDE_M / cell) + 1
    smooth = gaussian_filter(rng.normal(size=(side, side)), scale_m / cell, mode="wrap")
    found = map_coordinates((smooth - smooth.mean()) / smooth.std(), (xy / cell).T, order=1, mode="nearest")
    return np.asarray(found, dtype=np.float64)


def _drawn(xy: Points, rate: Points, plan: CityPlan, rng: np.random.Generator) -> Points:
    primary = rng.poisson(rate / plan.repeats)
    at = np.repeat(np.arange(len(xy)), primary)
    if plan.repeats > 1.0:
        at = np.repeat(at, rng.geometric(1.0 / plan.repeats, len(at)))
    return np.asarray(xy[at] + rng.normal(0, 8, (len(at), 2)))


def _spread(centre: Points, across_m: float, size: int, rng: np.random.Generator) -> Points:
    away = np.minimum(np.abs(rng.normal(0, across_m / 4, size)), across_m / 2)
    turn = rng.uniform(0, 2 * np.pi, size)
    return np.asarray(centre + np.column_stack((away * np.cos(turn), away * np.sin(turn))))


def _plant(plan: CityPlan, ground: _Ground, rng: np.random.Generator) -> Planted:
    """Put each where people report, and make it at least so many times what is usual there.

    Ten reports where thirty are usual are no hot spot, and nobody can find them: where a place would
    need more than 40 extra reports, another one is taken.
    """
    tree = cKDTree(ground.xy_m)
    total = ground.rate.sum(axis=0)
    chance = total**0.7 / (total**0.7).sum()
    xy, group, size, usual = [], [], [], []
    while len(xy) < plan.planted:
        at = ground.xy_m[rng.choice(len(total), p=chance)]
        own = int(rng.choice(len(GROUP_SHARES), p=GROUP_SHARES))
        usually = float(ground.rate[own, tree.query_ball_point(at, RADIUS_M)].sum())
        needed = int(np.ceil((AT_LEAST - 1.0) * usually))
        drawn = int(rng.integers(10, 41))
        apart = [np.hypot(*(at - other)) for other, of in zip(xy, group, strict=True) if of == own]
        if needed > 40 or min(apart, default=9e9) < 500.0 or not (at > 300).all() or not (at < SIDE_M - 300).all():
            continue
        xy.append(at)
        group.append(own)
        size.append(max(drawn, needed))
        usual.append(usually)
    chronic = np.arange(plan.planted) % 2 == 0
    return Planted(
        np.array(xy).reshape(-1, 2),
        np.array(group, dtype=np.int64),
        np.array(size, dtype=np.int64),
        np.array(usual, dtype=np.float64),
        chronic,
    )
