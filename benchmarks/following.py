"""How often a place changes its number from week to week, for our rule and for four others on the same hot spots.

``python benchmarks/following.py [SEEDS]``: a year of weekly refreshes of a made-up city with 40 true spots, through the
use case ``refresh`` on a SQLite store in a temporary folder. Every rule names the hot spots that these refreshes found,
so that only the naming differs. Seeds are fixed: two runs print the same table.

A true spot is seen in a week when a hot spot holds at least four of its reports (half of the minimum): that is one
hot-spot-week. It keeps its number as long as a hot spot bears it that holds at least four of its reports, and a quarter
of those that are in hot spots at all; else it takes the number of the one that holds most, and that is a switch. The
strict count takes that number every week: a spot that lies in two hot spots switches whenever the other one becomes
the larger.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from data.stores import open_store
from geo import projection
from problems.hot_spots import DetectionSettings, HotSpot
from problems.matching import CHILD
from problems.people import SYSTEM
from problems.reports import Batch, Report, ReportStatus
from problems.use_cases.refreshing import refresh

ZONE = ZoneInfo("Europe/London")
FIRST_DAY = date(2025, 1, 6)
SPOTS, WEEKS, WARM_UP_WEEKS = 40, 52, 13
SIDE_M, APART_M = 6_000.0, 320.0
#: Reports that belong to no spot, a week.
SPREAD_EVENLY = 120
EPSG = projection.BRITISH_NATIONAL_GRID
SOUTH_WEST_M = np.array([450_000.0, 340_000.0])
#: The other rules keep a number under these conditions.
NEAREST_M, SURVIVES, WHOLE_JACCARD, MEMORY_WEEKS = 150.0, 0.5, 0.5, 12


@dataclass(frozen=True)
class City:
    """Reports in the order of their days: place (n, 2) in metres, day (n,), true spot (n,) or -1."""

    xy_m: npt.NDArray[np.float64]
    day: npt.NDArray[np.int64]
    spot: npt.NDArray[np.int64]


def make_city(seed: int) -> City:
    """Return a city: some spots drift, lie in two parts, begin or end in the year, or come and go."""
    rng = np.random.default_rng(seed)
    days = 7 * (WEEKS + WARM_UP_WEEKS)
    parts = [_evenly(rng, days), *(_spot(rng, number, middle, days) for number, middle in enumerate(_middles(rng)))]
    xy_m, day, spot = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((rng.random(len(day)), day))
    return City(xy_m[order] + SOUTH_WEST_M, day[order], spot[order])


def _middles(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    middles: list[npt.NDArray[np.float64]] = []
    while len(middles) < SPOTS:
        tried = rng.uniform(300, SIDE_M - 300, 2)
        if all(np.hypot(*(tried - other)) >= APART_M for other in middles):
            middles.append(tried)
    return middles


Columns = tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


def _evenly(rng: np.random.Generator, days: int) -> Columns:
    count = int(rng.poisson(SPREAD_EVENLY * days / 7))
    return rng.uniform(0, SIDE_M, (count, 2)), rng.integers(0, days, count), np.full(count, -1)


def _spot(rng: np.random.Generator, number: int, middle: npt.NDArray[np.float64], days: int) -> Columns:
    """Return the reports of one spot: a rate that wanders by the week, and one of five lives."""
    weeks = days // 7
    wander = np.zeros(weeks)
    for week in range(1, weeks):
        wander[week] = 0.85 * wander[week - 1] + rng.normal(0, 0.22)
    rate = rng.uniform(0.9, 2.6) * np.exp(wander)
    life = number % 5
    if life == 1:
        rate[: int(rng.integers(WARM_UP_WEEKS, weeks - 20))] = 0.0
    elif life == 2:
        rate[int(rng.integers(WARM_UP_WEEKS + 10, weeks - 8)) :] = 0.0
    elif life == 3:
        on, off = int(rng.integers(8, 14)), int(rng.integers(6, 18))
        rate[(np.arange(weeks) + int(rng.integers(0, on + off))) % (on + off) >= on] = 0.0
    week_of = np.repeat(np.arange(weeks), rng.poisson(rate))
    count = len(week_of)
    day = 7 * week_of + rng.integers(0, 7, count)
    spread = rng.uniform(20, 45, 2)
    at = middle + rng.normal(0, 1, (count, 2)) * spread
    heading = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(heading), np.sin(heading)])
    if life == 4:
        at += np.where(rng.random(count) < 0.45, rng.uniform(90, 150), 0.0)[:, None] * along
    if number % 3 == 0:
        at += (day / days)[:, None] * 100.0 * along
    return at, day, np.full(count, number)


@dataclass
class Naming:
    """A rule that gives numbers to the hot spots of one refresh after the other.

    ``score`` returns what naming hot spot j after number i is worth, 0 for nothing; ``memory`` is for how many
    refreshes a number without a hot spot is still tried.
    """

    score: Callable[[HotSpot, HotSpot], float]
    memory: int = 1
    last: dict[int, tuple[int, HotSpot]] = field(default_factory=dict)
    given: int = 0

    def name(self, week: int, spots: Sequence[HotSpot]) -> list[int]:
        """Return a number for each hot spot: best scores first, what is left gets new numbers."""
        pairs = sorted(
            (-worth, number, at)
            for number, (seen, before) in self.last.items()
            if week - seen <= self.memory
            for at, now in enumerate(spots)
            if (worth := self.score(before, now)) > 0
        )
        named: dict[int, int] = {}
        for _, number, at in pairs:
            if at not in named and number not in named.values():
                named[at] = number
        for at in range(len(spots)):
            if at not in named:
                self.given += 1
                named[at] = self.given
        self.last |= {named[at]: (week, spot) for at, spot in enumerate(spots)}
        return [named[at] for at in range(len(spots))]


def near(before: HotSpot, now: HotSpot) -> float:
    """Score by how near the middles are."""
    a, b = projection.to_metres(np.array([before.lon_lat, now.lon_lat]), EPSG)
    return max(0.0, NEAREST_M - float(np.hypot(*(a - b))))


def monic(before: HotSpot, now: HotSpot) -> float:
    """Score by the share of the older hot spot that the newer one holds (Spiliopoulou et al. 2006)."""
    share = len(set(before.members) & set(now.members)) / len(before.members)
    return share if share >= SURVIVES else 0.0


def whole_jaccard(before: HotSpot, now: HotSpot) -> float:
    """Score by the Jaccard index of all members, whether both windows could hold them or not."""
    one, other = set(before.members), set(now.members)
    index = len(one & other) / len(one | other)
    return index if index >= WHOLE_JACCARD else 0.0


SCORES: Mapping[str, Callable[[HotSpot, HotSpot], float]] = {
    "nearest centroid (150 m)": near,
    "MONIC overlap (0.5)": monic,
    "whole-window Jaccard 0.5": whole_jaccard,
}


Rule = tuple[str, int]
OURS: Rule = ("Fixpoint", MEMORY_WEEKS)


@dataclass
class Tally:
    """What one rule made of the year."""

    seen: int = 0
    switches: int = 0
    strict: int = 0
    bore: dict[int, int] = field(default_factory=dict)
    bore_most: dict[int, int] = field(default_factory=dict)

    def count(self, held: Mapping[int, Sequence[int]], numbers: Sequence[int]) -> None:
        """Take one week: the hot spots of each true spot, the largest part first, and the number of every hot spot."""
        for spot, places in held.items():
            here = [numbers[at] for at in places]
            self.seen += 1
            self.strict += self.bore_most.get(spot, here[0]) != here[0]
            self.bore_most[spot] = here[0]
            if self.bore.setdefault(spot, here[0]) not in here:
                self.switches += 1
                self.bore[spot] = here[0]


def held_by(spots: Sequence[HotSpot], city: City) -> dict[int, list[int]]:
    """Return, for every true spot that is seen, the hot spots that hold it, the largest part first."""
    parts: dict[int, list[tuple[int, int]]] = {}
    for at, found in enumerate(spots):
        truth = city.spot[np.array(found.members) - 1]
        names, counts = np.unique(truth[truth >= 0], return_counts=True)
        for spot, count in zip(names.tolist(), counts.tolist(), strict=True):
            parts.setdefault(spot, []).append((-count, at))
    least = DetectionSettings().min_incidents / 2
    held: dict[int, list[int]] = {}
    for spot, counted in parts.items():
        quarter = -sum(count for count, _ in counted) * CHILD
        if real := [at for count, at in sorted(counted) if -count >= max(least, quarter)]:
            held[spot] = real
    return held


def a_year(seed: int, folder: Path) -> tuple[dict[Rule, Tally], float]:
    """Refresh every week of a year and let every rule name what was found; return tallies and seconds a refresh."""
    city = make_city(seed)
    store = open_store(f"sqlite:///{folder / f'city{seed}.db'}", durable=False)
    rules = {(name, memory): Naming(score, memory) for name, score in SCORES.items() for memory in (1, MEMORY_WEEKS)}
    tallies = {name: Tally() for name in (OURS, *rules)}
    sent = 0
    seconds = 0.0
    for week in range(WEEKS):
        last = 7 * (WARM_UP_WEEKS + week) - 1
        today = FIRST_DAY + timedelta(days=last)
        until = int(np.searchsorted(city.day, last, side="right"))
        _send(store, city, sent, until, today)
        sent = until
        started = time.perf_counter()
        done = refresh(store, SYSTEM, partial(_noon, today), seed, settings=DetectionSettings(), zone=ZONE, as_of=today)
        seconds += time.perf_counter() - started
        spots = store.hot_spots(done.id)
        held = held_by(spots, city)
        tallies[OURS].count(held, [spot.problem_id or 0 for spot in spots])
        for name, rule in rules.items():
            tallies[name].count(held, rule.name(week, spots))
    store.close()
    return tallies, seconds / WEEKS


def _noon(day: date) -> datetime:
    return datetime.combine(day, clock_time(23, 30), tzinfo=UTC)


def _send(store: object, city: City, start: int, end: int, today: date) -> None:
    lon_lat = projection.to_lon_lat(city.xy_m[start:end], EPSG)
    reports = [
        Report(
            id=0,
            source="city",
            source_id=str(row),
            category="LGT-OUT",
            category_name="Street light out",
            reported_at=_noon(FIRST_DAY + timedelta(days=int(city.day[row]))) - timedelta(hours=12),
            status=ReportStatus.NEW,
            lon_lat=(float(place[0]), float(place[1])),
        )
        for row, place in zip(range(start, end), lon_lat, strict=True)
    ]
    now = _noon(today)
    head = Batch(0, "city", "city.csv", "0" * 64, now, now, "benchmark", 0, 0, 0, 0, 0, 0, 0)
    with store.writing() as unit:  # type: ignore[attr-defined] # a store as open_store returns it
        unit.add_reports(unit.add_batch(head), [(report, report.source_id.encode()) for report in reports])


def main(seeds: int) -> None:
    """Print one table: switches per 100 hot-spot-weeks by rule and seed."""
    years: list[dict[Rule, Tally]] = []
    with tempfile.TemporaryDirectory(prefix="fixpoint-following-") as folder:
        for seed in range(1, seeds + 1):
            tallies, seconds = a_year(seed, Path(folder))
            years.append(tallies)
            print(f"seed {seed}: {tallies[OURS].seen:,} hot-spot-weeks, {seconds:.2f} s a refresh", flush=True)
    print(f"Switches per 100 hot-spot-weeks, {SPOTS} true spots, {WEEKS} weekly refreshes, {seeds} seeds")
    print(f"  {'rule':26} {'weeks remembered':>16} {'switches':>9} {'strict':>7}   by seed")
    for rule in years[0]:
        name, memory = rule
        weeks = sum(year[rule].seen for year in years)
        switches, strict = (
            100 * sum(counts) / weeks
            for counts in ([year[rule].switches for year in years], [year[rule].strict for year in years])
        )
        each = "  ".join(f"{100 * year[rule].switches / year[rule].seen:4.2f}" for year in years)
        print(f"  {name:26} {memory:16} {switches:9.2f} {strict:7.2f}   {each}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
