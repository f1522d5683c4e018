"""A small town that is looked at every week: places that split, grow together, go quiet and come back."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.stores import open_store
from problems.hot_spots import DetectionSettings
from tests.scenes import Scene, days_before

WEEK = timedelta(weeks=1)
WEEKS = 30


def every(first: date, last: date, step: int) -> list[date]:
    """Return the days from ``first`` to ``last``, ``step`` days apart."""
    return days_before(last, (last - first).days // step + 1, step=step)


def lived(scene: Scene, today: date) -> None:
    """Live through 30 weeks up to ``today``: P-0001 and P-0004 are taken on and grow together in the last weeks.

    P-0002 goes quiet and wakes, P-0005 splits off from P-0003. The window is 42 days.
    """
    scene.settings = DetectionSettings(window_days=42)
    scene.today = today - WEEKS * WEEK
    weeks = [today - back * WEEK for back in range(WEEKS)][::-1]
    first, bridged, apart = weeks[0], weeks[-4], weeks[15]
    reports = [
        *scene.spot((-90, 0), every(first - 6 * WEEK, today, 2)),
        *scene.spot((90, 0), every(first - 6 * WEEK, today, 3)),
        *[scene.report((-60 + 10 * (at % 12), 0), bridged + timedelta(days=at)) for at in range(21)],
        *scene.spot((2000, 0), every(first - 6 * WEEK, first + 4 * WEEK, 3)),
        *scene.spot((2000, 0), every(first + 15 * WEEK, today, 2)),
        *scene.spot((-90, 2000), every(first - 6 * WEEK, today, 2)),
        *scene.spot((90, 2000), every(first - 6 * WEEK, today, 3)),
        *[
            scene.report((-60 + 10 * (at % 13), 2000), first + timedelta(days=at - 30))
            for at in range((apart - first).days)
        ],
    ]
    reports = sorted((one for one in reports if one.reported_at.date() <= today), key=lambda one: one.reported_at)
    for day in weeks:
        scene.today = day
        since = day - WEEK if day != first else date.min
        scene.send(*[one for one in reports if since < one.reported_at.date() <= day])
        scene.refresh(day)
        if day == weeks[1]:
            for problem in scene.store.problems():
                if abs(problem.lon_lat[1] - 52.9) < 0.005 and abs(problem.lon_lat[0] + 1.2) < 0.005:
                    scene.taken_on(problem)


@pytest.fixture(scope="session")
def town_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the town as it is today; copy it, do not write to it."""
    path = tmp_path_factory.mktemp("town") / "town.db"
    store = open_store(f"sqlite:///{path}", durable=False)
    lived(Scene(store), datetime.now(UTC).date())
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def town(town_file: Path, tmp_path: Path) -> Iterator[Scene]:
    """Yield a copy of the town that the test may change, on the day of its last refresh."""
    copy = tmp_path / "town.db"
    shutil.copyfile(town_file, copy)
    store = open_store(str(copy))
    try:
        latest = store.latest_refresh()
        assert latest is not None
        yield Scene(store, today=latest.as_of, settings=DetectionSettings(window_days=42))
    finally:
        store.close()
