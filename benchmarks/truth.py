"""How many planted hot spots are found, and how many of those found are real, beside other methods.

``python benchmarks/truth.py [SEEDS [NULL_RUNS]]``: cities of 7,000, 22,000 and 63,000 reports in the window
(:mod:`cities`), SEEDS (1) of each with 60 planted places, then NULL_RUNS (2) of each without any. A hot spot
is real, and a planted place found, when the two share at least 0.3 of all the reports of both: the rule by
which Fixpoint knows a problem again. ``python benchmarks/truth.py references [SEEDS]`` compares what a place can
be compared with.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.backgrounds import blend, core_test, from_reference
from benchmarks.cities import EARLIER_WINDOWS, GROUP_SHARES, WINDOW_DAYS, City, CityPlan, build
from geo.background import Background, weight_within
from geo.clusters import find_clusters, split_wide
from geo.outlines import width_m
from geo.projection import to_lon_lat
from geo.significance import Verdict, judge
from problems.finding import find_hot_spots
from problems.hot_spots import DetectionSettings
from problems.reports import ReportPoints

DENSITIES = (7_000, 22_000, 63_000)
SHARED = 0.3
EPSG = 27700
#: Somewhere in Great Britain; any place would do.
CORNER_M = np.array([400_000.0, 300_000.0])
RADIUS_M, MIN_REPORTS, WIDEST_M = 75.0, 8, 400.0
#: Above this HDBSCAN takes minutes.
MOST_FOR_HDBSCAN = 22_000

Ints = npt.NDArray[np.int64]
#: The rows of each place that a method calls a hot spot.
Method = Callable[[City], Sequence[Ints]]


@dataclass
class Tally:
    """What a method did over some cities."""

    called: int = 0
    real: int = 0
    found: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    planted: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    widest_m: float = 0.0
    biggest: float = 0.0
    seconds: float = 0.0

    def add(self, city: City, called: Sequence[Ints], seconds: float) -> None:
        """Count what was called a hot spot in a city."""
        size = np.bincount(city.spot[city.spot >= 0], minlength=len(city.planted.size))
        seen: set[int] = set()
        for rows in called:
            numbers, shared = np.unique(city.spot[rows][city.spot[rows] >= 0], return_counts=True)
            same = shared / (len(rows) + size[numbers] - shared) >= SHARED
            seen.update(numbers[same].tolist())
            self.real += bool(same.any())
            self.widest_m = max(self.widest_m, width_m(city.xy_m[rows]))
            self.biggest = max(self.biggest, len(rows) / len(city.xy_m))
        self.called += len(called)
        self.seconds = max(self.seconds, seconds)
        for chronic in (True, False):
            self.planted[chronic] += int((city.planted.chronic == chronic).sum())
            self.found[chronic] += sum(bool(city.planted.chronic[number]) == chronic for number in seen)

    def row(self, name: str) -> str:
        """Return one line of the table."""
        total, found = sum(self.planted.values()), sum(self.found.values())
        shares = [f"{self.found[each] / max(self.planted[each], 1):8.0%}" for each in (True, False)]
        real = f"{self.real / self.called:8.0%}" if self.called else "       -"
        return (
            f"  {name:44s}{found / max(total, 1):8.0%}{''.join(shares)}{real}{self.widest_m:9,.0f} m"
            f"{self.biggest:8.1%}{self.seconds:8.2f} s"
        )


HEAD = f"  {'':44s}{'found':>8s}{'chronic':>8s}{'new':>8s}{'real':>8s}{'widest':>11s}{'biggest':>8s}{'slowest':>10s}"


# -- Fixpoint itself, through the door that a refresh uses --


def points_of(city: City) -> tuple[ReportPoints, ReportPoints]:
    """Return the reports of the window and of the year before it as Fixpoint loads them; each has its own reporter."""
    rng = np.random.default_rng(0)
    now, before = len(city.xy_m), len(city.earlier_xy_m)
    ends, begins = 1_700_000_000, 1_700_000_000 - WINDOW_DAYS * 86_400
    return (
        _points(city.xy_m, city.group, rng.integers(begins, ends, now), before),
        _points(
            city.earlier_xy_m, city.earlier_group, begins - 1 - city.earlier_window * WINDOW_DAYS * 86_400
            - rng.integers(0, WINDOW_DAYS * 86_400, before), 0,
        ),
    )  # fmt: skip


def _points(xy_m: npt.NDArray[np.float64], group: Ints, at_s: Ints, first: int) -> ReportPoints:
    ids = np.arange(first + 1, first + 1 + len(xy_m))
    none = np.zeros(len(ids), dtype=np.int64)
    lon_lat = to_lon_lat(xy_m + CORNER_M, EPSG)
    return ReportPoints(ids, lon_lat, group.astype(np.int8), at_s, ids, none.astype(np.bool_), none)


def fixpoint(settings: DetectionSettings, *, with_candidates: bool = False, earlier: bool = True) -> Method:
    """Return Fixpoint's own finding with some settings."""

    def method(city: City) -> Sequence[Ints]:
        points, before = points_of(city)
        found = find_hot_spots(
            points, [], epsg=EPSG, settings=settings, zone=UTC, window_days=WINDOW_DAYS,
            before=before if earlier else before.where(np.zeros(len(before), dtype=np.bool_)),
        )  # fmt: skip
        listed = (*found.found, *found.candidates) if with_candidates else found.found
        return [np.searchsorted(points.ids, one.members) for one in listed]

    return method


# -- what others do, and the recipes on the way --


def dbscan(radius_m: float, fewest: int, *, per_group: bool) -> Method:
    """Return scikit-learn's DBSCAN, of each group or of all reports together."""
    from sklearn.cluster import DBSCAN

    return lambda city: _labelled(city, lambda xy: DBSCAN(eps=radius_m, min_samples=fewest).fit_predict(xy), per_group)


def hdbscan_leaf(fewest: int, *, per_group: bool) -> Method:
    """Return scikit-learn's HDBSCAN that takes the leaves of its tree."""
    from sklearn.cluster import HDBSCAN

    def fit(xy: npt.NDArray[np.float64]) -> Ints:
        return np.asarray(HDBSCAN(min_cluster_size=fewest, cluster_selection_method="leaf", copy=True).fit_predict(xy))

    return lambda city: _labelled(city, fit, per_group)


def _labelled(city: City, fit: Callable[[npt.NDArray[np.float64]], Ints], per_group: bool) -> list[Ints]:
    called = []
    for group in range(len(GROUP_SHARES)) if per_group else (None,):
        rows = np.flatnonzero(city.group == group) if group is not None else np.arange(len(city.group))
        label = fit(city.xy_m[rows])
        called += [rows[label == each] for each in range(int(label.max()) + 1)]
    return called


def recipe(reference: str, *, split: bool = True, tested: bool = True) -> Method:
    """Return a step of the design: a reference for the core test, then splitting, then the test of clusters."""

    def method(city: City) -> Sequence[Ints]:
        called: list[Ints] = []
        for group in range(len(GROUP_SHARES)):
            rows = np.flatnonzero(city.group == group)
            own = city.xy_m[rows]
            usual = _usual(city, group, own, reference)
            options = {"radius_m": RADIUS_M, "min_weight": MIN_REPORTS, "is_core": core_test(usual)}
            found = find_clusters(own, **options)
            found = split_wide(own, found, **options, max_width_m=WIDEST_M) if split else found
            parts = [np.flatnonzero(found.label == each) for each in range(found.count)]
            if tested and parts:
                within = weight_within(own, own, radius_m=RADIUS_M)
                best = np.array([part[within[part].argmax()] for part in parts])
                told = judge(within[best], usual.expected[best], family=len(city.xy_m))
                parts = [part for part, each in zip(parts, told.verdict, strict=True) if each == Verdict.MORE]
            called += [rows[part] for part in parts]
        return called

    return method


def _usual(city: City, group: int, own: npt.NDArray[np.float64], reference: str) -> Background:
    earlier = city.earlier_xy_m[city.earlier_group == group]
    now = from_reference(own, city.xy_m, radius_m=RADIUS_M, scale=len(own) / len(city.xy_m))
    if reference == "everything":
        return now
    before = from_reference(own, earlier, radius_m=RADIUS_M, scale=1 / EARLIER_WINDOWS)
    if reference == "earlier":
        return before
    if reference == "blend":
        return blend(now, before)
    larger = now.expected >= before.expected
    return Background(
        np.where(larger, now.count, before.count),
        np.where(larger, now.factor, before.factor),
        np.maximum(now.radius_m, before.radius_m),
    )


# -- the tables --


def compared(settings: DetectionSettings) -> dict[str, Method]:
    """Return what is compared in the first table."""
    return {
        "DBSCAN 100 m/5, all categories": dbscan(100.0, 5, per_group=False),
        "DBSCAN 75 m/8, all categories": dbscan(75.0, 8, per_group=False),
        "HDBSCAN leaf 15, all categories": hdbscan_leaf(15, per_group=False),
        "DBSCAN 75 m/8 per category": dbscan(75.0, 8, per_group=True),
        "+ core test, all categories x share": recipe("everything", split=False, tested=False),
        "+ split above 400 m": recipe("everything", tested=False),
        "+ test of clusters": recipe("everything"),
        "Fixpoint, candidates too": fixpoint(settings, with_candidates=True),
        "Fixpoint": fixpoint(settings),
    }


def references(settings: DetectionSettings) -> dict[str, Method]:
    """Return what a place can be compared with, all with the core test, splitting and the test of clusters."""
    return {
        "all categories x share of the town": recipe("everything"),
        "the same category earlier": recipe("earlier"),
        "blend of both": recipe("blend"),
        "the larger of both": recipe("larger"),
        "others x share round about, window only": fixpoint(settings, earlier=False),
        "others x share round about (Fixpoint)": fixpoint(settings),
        "  ... taken for exact": fixpoint(replace(settings, usual_spread=0.0)),
        "  ... spread of 30 %": fixpoint(replace(settings, usual_spread=0.3)),
    }


def planted(methods: dict[str, Method], seeds: int, plan: CityPlan) -> None:
    """Print what the methods find where hot spots were planted, at each density."""
    for reports in DENSITIES:
        cities = [build(replace(plan, reports=reports), seed) for seed in range(1, seeds + 1)]
        times = np.concatenate([1.0 + one.planted.size / np.maximum(one.planted.usual, 1e-9) for one in cities])
        print(f"{reports:,} reports, {seeds} cities, planted places at least {times.min():.1f} times the usual")
        print(HEAD)
        for name, method in methods.items():
            if name.startswith("HDBSCAN") and reports > MOST_FOR_HDBSCAN:
                continue
            tally = Tally()
            for city in cities:
                started = time.process_time()
                called = method(city)
                tally.add(city, called, time.process_time() - started)
            print(tally.row(name), flush=True)
        print()


def nothing(settings: DetectionSettings, runs: int, plan: CityPlan, known_days: int | None = None) -> None:
    """Print how many hot spots are called in cities without any; ``known_days`` before the window are known of them."""
    for reports in DENSITIES:
        hot, candidates = [], []
        for seed in range(1_000, 1_000 + runs):
            points, before = points_of(build(replace(plan, reports=reports, planted=0), seed))
            if known_days is not None:
                before = before.where(before.reported_s >= points.reported_s.min() - known_days * 86_400)
            finding = find_hot_spots(
                points, [], epsg=EPSG, settings=settings, zone=UTC, window_days=WINDOW_DAYS, before=before
            )
            hot.append(len(finding.found))
            candidates.append(len(finding.candidates))
        print(
            f"  {reports:6,} reports, {runs} cities: {np.mean(hot):.2f} hot spots a city (most {max(hot)}),"
            f" {np.mean(candidates):.2f} candidates",
            flush=True,
        )


def main() -> None:
    """Print the tables."""
    asked = sys.argv[1:]
    settings, plan = DetectionSettings(), CityPlan(0)
    if asked and asked[0] == "references":
        seeds = int(asked[1]) if len(asked) > 1 else 3
        planted(references(settings), seeds, plan)
        return
    seeds = int(asked[0]) if asked else 1
    runs = int(asked[1]) if len(asked) > 1 else 2
    if seeds:
        planted(compared(settings), seeds, plan)
    bunches = replace(plan, repeats=1.5)
    for told, city, known_days in (
        ()
        if not runs
        else (
            ("Nothing planted", plan, None),
            ("Nothing planted, no seasons", replace(plan, seasons=False), None),
            ("Nothing planted, incidents in bunches (variance 2 x mean)", bunches, None),
            ("Nothing planted, incidents in bunches, 200 days known before", bunches, 200),
            ("Nothing planted, incidents in bunches, nothing known before", bunches, 0),
            ("Nothing planted, shares differ by 30 % from block to block", replace(plan, rough=0.3), None),
        )
    ):
        print(told)
        nothing(settings, runs, city, known_days)


if __name__ == "__main__":
    main()
