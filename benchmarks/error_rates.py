"""How often chance alone is taken for a hot spot, and how many planted ones are found.

``python benchmarks/error_rates.py [TOWNS [SIZE]]``: simulated towns of 36 km2 with busy and quiet
quarters, 25,000 reports of all categories and 2,500 of the one that is looked at; half of the towns
have 15 planted hot spots of SIZE (25) reports. Once the category has one share everywhere, once its
shares differ by 45 % between the quarters. A cluster is real when its densest place lies within
100 m of a planted one.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.backgrounds import blend, core_test, from_reference
from geo.background import Background, weight_within
from geo.clusters import find_clusters, split_wide
from geo.dispersion import mean_dispersion, pooled_dispersion
from geo.links import links_within
from geo.local_g import gi_star, pearson_residuals, two_sided_p
from geo.significance import Verdict, judge, q_values

SIDE_M, RADIUS_M, MIN_REPORTS, WIDEST_M = 6_000.0, 75.0, 8, 400.0
REPORTS, SHARE, PLANTED, EARLIER_WINDOWS = 25_000, 0.1, 15, 4
TOWNS, SIZE = 4, 25

Points = npt.NDArray[np.float64]


@dataclass
class Tally:
    """What a method did over all towns."""

    clusters: int = 0
    real: int = 0
    found: int = 0
    planted: int = 0
    alarms: list[int] = field(default_factory=list)

    def row(self, name: str) -> str:
        """Return one line of the table."""
        share = f"{self.real / self.clusters:9.0%}" if self.clusters else "        -"
        return f"{name:38s}{np.mean(self.alarms):14.2f}{self.found / self.planted:9.0%}{share}"


def town(rng: np.random.Generator, planted: int, *, size: int, uneven: bool) -> tuple[Points, Points, Points, Points]:
    """Return reports of all categories, of the one, of the one in earlier windows, and the planted places."""
    middles, part = rng.uniform(0, SIDE_M, (40, 2)), rng.dirichlet(np.full(40, 0.7))

    # The mean share is kept, and varies from quarter to quarter with a standard deviation of 45 %.
    own = part * rng.gamma(5.0, 1 / 5.0, 40) if uneven else part
    own = own / own.sum()

    def usual(number: int, quarters: Points) -> Points:
        lumpy = middles[rng.choice(40, int(number * 0.6), p=quarters)] + rng.normal(0, 180, (int(number * 0.6), 2))
        return np.vstack((lumpy, rng.uniform(0, SIDE_M, (number - len(lumpy), 2))))

    spots = rng.uniform(300, SIDE_M - 300, (planted, 2))
    planted_xy = np.repeat(spots, size, axis=0) + rng.normal(0, 30, (planted * size, 2))
    category = np.vstack((usual(rng.poisson(REPORTS * SHARE), own), planted_xy))
    everything = np.vstack((usual(rng.poisson(REPORTS * (1 - SHARE)), part), category))
    return everything, category, usual(rng.poisson(REPORTS * SHARE * EARLIER_WINDOWS), own), spots


def hot_spots(category: Points, usual: Background | None, *, unsure: bool, tested: bool) -> Points:
    """Return the densest place of every cluster that passes."""
    is_core = None if usual is None else core_test(usual, unsure=unsure)
    keys = {"radius_m": RADIUS_M, "min_weight": MIN_REPORTS}
    whole = find_clusters(category, **keys, is_core=is_core)
    found = split_wide(category, whole, **keys, max_width_m=WIDEST_M, is_core=is_core)
    within = weight_within(category, category, radius_m=RADIUS_M)
    members = [np.flatnonzero((found.label == each) & found.core) for each in range(found.count)]
    best = np.array([part[within[part].argmax()] for part in members], dtype=np.int64)
    if usual is not None and tested and len(best):
        error = usual.expected_se[best] if unsure else 0.0
        judged = judge(within[best], usual.expected[best], expected_se=error, family=len(category))
        best = best[judged.verdict == Verdict.MORE]
    return category[best]


def measure(towns: int, *, size: int, uneven: bool) -> None:
    """Print the table of clustering."""
    tallies: dict[str, Tally] = {}
    for number in range(2 * towns):
        rng = np.random.default_rng(number)
        everything, category, earlier, spots = town(rng, PLANTED if number % 2 else 0, size=size, uneven=uneven)
        now = from_reference(category, everything, radius_m=RADIUS_M, scale=len(category) / len(everything))
        before = from_reference(category, earlier, radius_m=RADIUS_M, scale=1 / EARLIER_WINDOWS)
        both = blend(now, before)
        methods = {
            "density alone": (None, False, False),
            "all categories, core test": (now, False, False),
            "all categories, core test, FDR": (now, False, True),
            "earlier, core test": (before, False, False),
            "earlier, core test, FDR": (before, False, True),
            "blend, core test": (both, False, False),
            "blend, core test, FDR": (both, False, True),
            "blend with its error, core test, FDR": (both, True, True),
        }
        for name, (usual, unsure, tested) in methods.items():
            hot = hot_spots(category, usual, unsure=unsure, tested=tested)
            tally = tallies.setdefault(name, Tally())
            if len(spots) == 0:
                tally.alarms.append(len(hot))
                continue
            near = np.hypot(*(hot[:, None] - spots[None]).transpose(2, 0, 1)) <= 100.0
            tally.clusters += len(hot)
            tally.real += int(near.any(axis=1).sum())
            tally.found += int(near.any(axis=0).sum())
            tally.planted += len(spots)
    print(
        f"{'different shares' if uneven else 'one share everywhere':38s}{'false a town':>14s}{'found':>9s}{'real':>9s}"
    )
    for name, tally in tallies.items():
        print(tally.row(name))


def measure_cells(maps: int) -> None:
    """Print how many of 1,600 cells without any hot spot are marked."""
    x, y = np.meshgrid(np.arange(40.0), np.arange(40.0))
    near = links_within(np.column_stack((x.ravel(), y.ravel())), 1.5)
    rng = np.random.default_rng(1)
    marked: dict[str, list[int]] = {"Gi* on counts": [], "Gi* on residuals": [], "Poisson, each cell": []}
    for _ in range(maps):
        expected = np.exp(rng.normal(0, 0.5, 1600) + np.repeat(rng.normal(0, 0.8, (8, 8)), 5, 0).repeat(5, 1).ravel())
        expected *= 6.0
        counts = rng.poisson(expected)
        for name, values in (("counts", counts), ("residuals", pearson_residuals(counts, expected))):
            z = gi_star(values, near)
            marked[f"Gi* on {name}"].append(int(((q_values(two_sided_p(z)) <= 0.05) & (z > 0)).sum()))
        marked["Poisson, each cell"].append(int((judge(counts, expected).verdict == Verdict.MORE).sum()))
    for name, cells in marked.items():
        print(f"{name:38s}{np.mean(cells):14.2f} of 1,600 cells, {np.mean(np.array(cells) > 0):.0%} of maps")


def measure_dispersion(towns: int) -> None:
    """Print both measures of counts whose variance is 2.5 times their mean, by the mean of a period."""
    rng = np.random.default_rng(3)
    for periods, places in ((26, 400), (4, 2000)):
        for mean in (0.1, 1.0, 3.0):
            means = mean * np.linspace(0.5, 1.5, places)[:, None] * np.ones(periods)
            drawn = [rng.negative_binomial(means / 1.5, 1 / 2.5) for _ in range(towns)]
            pooled, by_place = (
                np.mean([each(counts) for counts in drawn]) for each in (pooled_dispersion, mean_dispersion)
            )
            print(f"{periods:3d} periods of {mean:3.1f} reports{'':13s}{pooled:14.2f}{by_place:9.2f}")


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else TOWNS
    reports = int(sys.argv[2]) if len(sys.argv) > 2 else SIZE
    measure(runs, size=reports, uneven=False)
    print()
    measure(runs, size=reports, uneven=True)
    print(f"\nno hot spot at all, {25 * runs} maps, q <= 0.05")
    measure_cells(25 * runs)
    print(f"\n{'dispersion 2.5, measured as':38s}{'pooled':>14s}{'mean':>9s}")
    measure_dispersion(2 * runs)
