"""How long the briefing of a week takes, for the whole place and for all its areas, each with its PDF.

``python benchmarks/briefing.py [--reports N] [--areas N] [--store FILE]``: three years of made-up reports, hot spots
and problems in a store; then the briefing of the last week and its PDF, and the same of every area in one go. Beside
it, as the peer, plain pandas: it reads the same reports with ``read_sql`` and counts what sections 5 and 6 count (every
kind in every area by week, in, out, open, ages, times to a fix of what was closed), without intervals, tests, problems
or what was known when. ``work`` is processor time; the peer comes first and last, so that what the machine does beside
shows.

A made-up store is built first where none is given; a given one is only read. At a million reports that takes minutes.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pandas as pd

from data.briefing_files import renderer_for
from data.stores import SqlStore, open_store
from problems.areas import Area, AreaKind
from problems.briefing.weeks import IsoWeek
from problems.fingerprints import contents_of
from problems.hot_spots import DetectionSettings
from problems.people import SYSTEM
from problems.report_columns import NEVER, ReportColumns, objects
from problems.reports import Batch
from problems.targets import WorkingDays
from problems.use_cases.briefing import brief, briefs_by_area
from problems.use_cases.refreshing import refresh

REPORTS, AREAS = 20_000, 12
LAST = datetime(2026, 11, 22, 20, tzinfo=UTC)
DAYS = 1_100
ZONE = ZoneInfo("Europe/London")
WEEK = IsoWeek(2026, 47)
CODES = (
    "LGT-OUT", "WST-FLY", "WST-BIN", "DMG-GRF", "ASB-GRP", "DSP-NOI", "PRP-VAC", "VEH-ABN", "VIS-HED", "OTH-GEN",
)  # fmt: skip
_WIDE, _HIGH, _WEST, _SOUTH = 0.2, 0.15, -1.3, 52.8
_DAY_S = 86_400
_A_SECOND = 1_000_000


def main(given: Sequence[str] | None = None) -> None:
    """Build or open a store, measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=REPORTS)
    parser.add_argument("--areas", type=int, default=AREAS)
    parser.add_argument("--store", type=Path, help="one that this built before with --keep, or any other")
    parser.add_argument("--keep", type=Path, help="build the store here, for the next time")
    asked = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as folder:
        path = asked.store or asked.keep or Path(folder) / "city.db"
        if asked.store is None:
            began = time.perf_counter()
            build(path, asked.reports, asked.areas)
            print(f"{asked.reports:,} reports in {asked.areas} areas, made in {time.perf_counter() - began:.0f} s")
        measure(path)


# -- a made-up store --


def build(path: Path, reports: int, areas: int) -> None:
    """Make a store with ``reports`` over three years, in a grid of wards, and the hot spots of the last 90 days."""
    rng = np.random.default_rng(1)
    store = open_store(str(path), durable=False)
    across = max(1, round(areas**0.5))
    down = -(-areas // across)
    with store.writing() as unit:
        wards = np.array(unit.add_areas([_ward(at, across, down) for at in range(across * down)][:areas]))
    made = np.sort(rng.integers(0, DAYS * _DAY_S, reports))
    place, kind = _places(rng, reports)
    closed = made + rng.exponential(12 * _DAY_S, reports).astype(np.int64)
    column = np.clip(((place[:, 0] - _WEST) / _WIDE * across).astype(int), 0, across - 1)
    row = np.clip(((place[:, 1] - _SOUTH) / _HIGH * down).astype(int), 0, down - 1)
    ward = wards[np.minimum(column + across * row, areas - 1)]
    weeks = [0, *range(DAYS - 120, DAYS, 7), DAYS]
    for first, last in pairwise(weeks):
        at = np.flatnonzero((made >= first * _DAY_S) & (made < last * _DAY_S))
        until = LAST - timedelta(days=DAYS - last, seconds=1)
        if len(at):
            _keep(store, until, at, made[at], closed[at], place[at], kind[at], ward[at])
        if last > DAYS - 90:
            refresh(
                store, SYSTEM, lambda until=until: until, 1,  # type: ignore[misc] # a clock that stands still
                settings=DetectionSettings(), zone=ZONE, as_of=until.date(),
            )  # fmt: skip
    store.close()


def _ward(at: int, across: int, down: int) -> Area:
    wide, high = _WIDE / across, _HIGH / down
    west, south = _WEST + wide * (at % across), _SOUTH + high * (at // across)
    ring = [[west, south], [west + wide, south], [west + wide, south + high], [west, south + high], [west, south]]
    return Area(0, AreaKind.WARD, f"Ward {at + 1}", {"type": "Polygon", "coordinates": [ring]})


def _places(rng: np.random.Generator, reports: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return where reports are and of which kind: one in twenty at one of forty places, of one kind each."""
    place = np.column_stack([_WEST + _WIDE * rng.random(reports), _SOUTH + _HIGH * rng.random(reports)])
    kind = rng.integers(0, len(CODES), reports)
    spots = np.column_stack(
        [_WEST + _WIDE * (0.1 + 0.8 * rng.random(40)), _SOUTH + _HIGH * (0.1 + 0.8 * rng.random(40))]
    )
    hot = np.flatnonzero(rng.random(reports) < 0.05)
    spot = rng.integers(0, 40, len(hot))
    place[hot] = spots[spot] + rng.normal(0.0, (0.0003, 0.0002), (len(hot), 2))
    kind[hot] = spot % len(CODES)
    return place, kind


def _keep(
    store: SqlStore,
    until: datetime,
    number: np.ndarray[Any, Any],
    made: np.ndarray[Any, Any],
    closed: np.ndarray[Any, Any],
    place: np.ndarray[Any, Any],
    kind: np.ndarray[Any, Any],
    ward: np.ndarray[Any, Any],
) -> None:
    """Keep the reports of one import."""
    count, start = len(number), int((LAST - timedelta(days=DAYS)).timestamp())
    ended = closed < DAYS * _DAY_S
    none, nothing, never = np.zeros(count, dtype=np.int64), objects([""] * count), np.full(count, NEVER)
    columns = ReportColumns(
        "council",
        source_id=objects(str(one) for one in number),
        category=objects(CODES[one] for one in kind),
        category_name=objects(CODES[one] for one in kind),
        status=objects("resolved" if one else "new" for one in ended),
        resolution=objects("fixed" if one else "" for one in ended),
        reported_at=(made + start) * _A_SECOND,
        closed_at=np.where(ended, (closed + start) * _A_SECOND, NEVER),
        occurred_at=never, due_at=never, updated_at=never,
        lon_lat=place,
        address=nothing, text=nothing, area=nothing, channel=nothing, asset=nothing,
        reporter=objects(f"r{one % 5000}" for one in number),
        flags=none, ward_id=ward, beat_id=none, neighbourhood_id=none, masked=none,
    )  # fmt: skip
    with store.writing() as unit:
        batch = Batch(0, "council", f"{until:%Y-%m-%d}.csv", "0" * 64, until, until, "x", 0, 0, 0, 0, 0, 0, 0)
        number_of = unit.add_batch(batch)
        with unit.many_reports():
            unit.add_report_columns(number_of, columns, contents_of(columns))


# -- measuring --


@dataclass(frozen=True)
class Took:
    """How long something took: seconds on the clock, and of the processor."""

    name: str
    clock_s: float
    work_s: float


def took(name: str, work: Callable[[], object]) -> Took:
    """Return how long ``work`` takes."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Took(name, time.perf_counter() - clock, time.process_time() - processor)


def measure(path: Path) -> None:
    """Print how long the briefing takes beside the peer, on the store at ``path``."""
    asked: dict[str, Any] = {
        "week": WEEK, "zone": ZONE, "settings": DetectionSettings(), "targets": {}, "days": WorkingDays(), "kinds": {},
    }  # fmt: skip
    ask = (SYSTEM, lambda: LAST + timedelta(days=1), 1)
    pdf = renderer_for(Path("briefing.pdf"))
    made: list[int] = []

    def one() -> None:
        store = open_store(str(path))
        pdf(brief(store, *ask, **asked))
        store.close()

    def every() -> None:
        store = open_store(str(path))
        made.append(sum(1 for each in briefs_by_area(store, *ask, **asked) if pdf(each)))
        store.close()

    peer = "pandas: reads and counts sections 5 and 6"
    first = took(peer, lambda: counted_by_pandas(path))
    rows = [took("one briefing with its PDF", one), took("the same again", one), took("all areas, with PDFs", every)]
    last = took(f"{peer}, again", lambda: counted_by_pandas(path))
    base = min(first.work_s, last.work_s)
    for each in (first, *rows, last):
        print(
            f"{each.name:45} {each.clock_s:7.2f} s  work {each.work_s:7.2f} s  {each.work_s / base:5.2f} times the peer"
        )
    print(f"areas: {made[0]}, {rows[2].work_s / max(1, made[0]):.2f} s of work each")


def counted_by_pandas(path: Path) -> dict[str, object]:
    """Return the counts of sections 5 and 6 as a script would make them, from the same reports."""
    since = int((datetime.combine(WEEK.first, datetime.min.time(), UTC) - timedelta(weeks=160)).timestamp()) * _A_SECOND
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        frame = pd.read_sql(
            "SELECT id, category, status, resolution, source, reported_at, closed_at, lon, lat, ward_id, batch_id, "
            "main_id, flags, undone FROM report WHERE reported_at >= ?", connection, params=(since,),
        )  # fmt: skip
    frame = frame[~frame["status"].isin(["duplicate", "withdrawn"]) & (frame["undone"] == 0)]
    reported = pd.to_datetime(frame["reported_at"], unit="us", utc=True).dt.tz_convert(ZONE)
    closed = pd.to_datetime(frame["closed_at"], unit="us", utc=True).dt.tz_convert(ZONE)
    frame["week"] = reported.dt.tz_localize(None).dt.to_period("W-SUN").dt.start_time
    frame["group"] = frame["category"].str[:3]
    monday = pd.Timestamp(WEEK.first)
    by_area = frame.groupby(["group", "ward_id", "week"]).size().unstack(fill_value=0)
    by_kind = frame.groupby(["category", "week"]).size().unstack(fill_value=0)
    usual = by_area.iloc[:, -9:-1]
    is_open = closed.isna()
    days = (closed - reported).dt.total_seconds() / _DAY_S
    return {
        "beyond": (by_area.iloc[:, -1] - usual.mean(axis=1)) / usual.std(axis=1),
        "kinds": by_kind.iloc[:, -1],
        "received": int((frame["week"] == monday).sum()),
        "closed": int((closed.dt.tz_localize(None) >= monday).sum()),
        "open": int(is_open.sum()),
        "by_area": frame[is_open].groupby("ward_id").size(),
        "age": reported[is_open].min(),
        "fixed_within": days.groupby([frame["group"], frame["ward_id"]]).median(),
    }


if __name__ == "__main__":
    main()
