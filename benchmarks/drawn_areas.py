"""How often an area that somebody draws is called more than usual where nothing is wrong.

``python benchmarks/drawn_areas.py [TOWNS [AREAS]]``: made-up towns of 9 km2 with busy and quiet blocks and a year
and a quarter of reports, nothing planted, in three kinds: every kind of report has one share everywhere; shares differ
by 45 % from block to block; incidents come in bunches, variance twice the mean. In each of TOWNS (2) towns of each kind
AREAS (10) circles of 75 to 250 m are drawn anywhere, and one of 75 m round the place where most reports of a
kind lie together.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from geo.drawn import round_points
from geo.projection import to_lon_lat
from geo.significance import Verdict
from problems.drawn_standing import AreaJudged, judge_area
from problems.finding import GROUPS, references_of
from problems.hot_spots import DetectionSettings
from problems.references import References
from problems.reports import ReportPoints

LAST, DAYS = date(2026, 3, 2), 455
SIDE_M, BLOCK_M, EPSG = 3_000.0, 200.0, 27700
#: Somewhere in Great Britain; any place would do.
CORNER_M = np.array([450_000.0, 330_000.0])
SHARES = (0.2, 0.1, 0.1, 0.15, 0.1, 0.15, 0.1, 0.05, 0.05)
SETTINGS = DetectionSettings()
KINDS = {
    "one share everywhere": {"uneven": False},
    "shares differ by 45 %": {},
    "incidents in bunches": {"uneven": False, "bunched": True},
}


@dataclass(frozen=True)
class Town:
    """A town without any hot spot: its reports with their places in metres (n, 2), and what areas are compared with."""

    points: ReportPoints
    xy_m: npt.NDArray[np.float64]
    in_window: npt.NDArray[np.bool_]
    references: References

    def judge(self, centre_m: npt.NDArray[np.float64], radius_m: float) -> AreaJudged:
        """Judge a circle."""
        area = round_points(to_lon_lat(centre_m[None] + CORNER_M, EPSG), radius_m=radius_m, epsg=EPSG)
        return judge_area(self.points, area, self.references, last=LAST, epsg=EPSG, zone=UTC, incident=self.points.ids)

    def worst(self, group: int) -> npt.NDArray[np.float64]:
        """Return the place in the window with most reports of a kind within 75 m."""
        own = self.xy_m[self.in_window & (self.points.group == group)]
        near = (np.hypot(*(own[:, None] - own[None]).transpose(2, 0, 1)) <= 75.0).sum(axis=1)
        worst: npt.NDArray[np.float64] = own[near.argmax()]
        return worst


def town(rng: np.random.Generator, reports: int, *, uneven: bool = True, bunched: bool = False) -> Town:
    """Return a town in which nothing changes and no place has more than it is used to."""
    across = int(SIDE_M / BLOCK_M)
    busy = rng.gamma(1.0, 1.0, across * across)
    rows = []
    for kind, part in enumerate(SHARES):
        weight = busy * (rng.gamma(5.0, 0.2, across * across) if uneven else 1.0)
        times = rng.geometric(2 / 3, int(reports * part)) if bunched else np.ones(int(reports * part), dtype=np.int64)
        times = times[: int(np.searchsorted(times.cumsum(), int(reports * part))) + 1]
        block = rng.choice(across * across, size=len(times), p=weight / weight.sum())
        at = np.column_stack((block % across, block // across)) * BLOCK_M + rng.uniform(0, BLOCK_M, (len(times), 2))
        told = np.column_stack((at, np.full(len(times), kind), rng.uniform(-0.4, DAYS - 0.6, len(times))))
        rows.append(np.repeat(told, times, axis=0))
    table = np.vstack(rows)
    noon = datetime(LAST.year, LAST.month, LAST.day, 12, tzinfo=UTC)
    ids = np.arange(1, len(table) + 1)
    none = np.zeros(len(table), dtype=np.int64)
    told_s = (noon.timestamp() - 86_400 * table[:, 3]).astype(np.int64)
    lon_lat, group = to_lon_lat(table[:, :2] + CORNER_M, EPSG), table[:, 2].astype(np.int8)
    points = ReportPoints(ids, lon_lat, group, told_s, ids, none.astype(np.bool_), none)
    begins = datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC) - timedelta(days=SETTINGS.window_days - 1)
    now = told_s >= begins.timestamp()
    compared = references_of(
        points.where(now),
        points.where(~now),
        [],
        epsg=EPSG,
        settings=SETTINGS,
        zone=UTC,
        window_days=SETTINGS.window_days,
    )
    return Town(points, table[:, :2], now, compared)


def anywhere(rng: np.random.Generator, here: Town) -> AreaJudged:
    """Judge a circle that was drawn without looking."""
    return here.judge(rng.uniform(300.0, SIDE_M - 300.0, 2), float(rng.choice([75.0, 150.0, 250.0])))


def main() -> None:
    """Print the tables."""
    towns = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    areas = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    print(f"{'':28s}{'any kind, drawn anywhere':>28s}{'worst place: chosen before':>30s}{'picked':>8s}")
    for name, kind in KINDS.items():
        called = chosen = picked = 0
        for number in range(towns):
            rng = np.random.default_rng((7, number))
            here = town(rng, 20_000, **kind)
            for _ in range(areas):
                called += any(one.verdict is Verdict.MORE for one in anywhere(rng, here).standings)
            group = int(rng.integers(0, len(GROUPS)))
            worst = here.judge(here.worst(group), 75.0).of(GROUPS[group])
            chosen += worst.verdict is Verdict.MORE
            picked += worst.verdict_picked is Verdict.MORE
        print(f"{name:28s}{called / (towns * areas):28.1%}{chosen / towns:30.0%}{picked / towns:8.0%}", flush=True)
    print(f"{towns} towns of each kind, {towns * areas} areas drawn anywhere")


if __name__ == "__main__":
    main()
