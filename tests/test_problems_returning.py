"""How long a place may be quiet and keep its number, when it leaves, and what holds its footprint."""

from datetime import date, timedelta

import pytest

from problems.events import EventKind, Subject
from tests.scenes import Scene, days_before

TODAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


@pytest.mark.parametrize(("weeks", "new"), [(12, 0), (13, 1)])
def test_a_place_keeps_its_number_for_twelve_quiet_weeks_and_no_longer(scene: Scene, weeks: int, new: int) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    scene.refresh(TODAY)
    quiet = TODAY + timedelta(days=110)
    for day in (quiet - WEEK, quiet):
        scene.refresh(day)
    assert scene.store.problem(1).dormant_since == quiet
    again = quiet + weeks * WEEK
    scene.today = again
    scene.send(*scene.spot((0, 0), days_before(again, 10)))
    assert scene.refresh(again).new == new


def test_a_good_week_between_two_bad_ones_keeps_a_place_awake(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    scene.refresh(TODAY)
    bad = TODAY + timedelta(days=100)
    scene.refresh(bad)
    assert scene.store.problem(1).misses == 1
    scene.today = bad + WEEK
    scene.send(*scene.spot((0, 0), days_before(bad + WEEK, 4, step=1)))
    scene.refresh(bad + WEEK)
    assert (scene.store.problem(1).misses, scene.store.problem(1).dormant_since) == (0, None)
    scene.refresh(bad + WEEK + timedelta(days=95))
    assert scene.store.problem(1).dormant_since is None
    scene.refresh(bad + 2 * WEEK + timedelta(days=95))
    assert scene.store.problem(1).dormant_since is not None


def test_a_pinned_footprint_stays_while_the_hot_spot_grows(scene: Scene) -> None:
    later = TODAY + 3 * WEEK
    scene.send(*scene.spot((0, 0), days_before(TODAY, 12)))
    scene.refresh(TODAY)
    pinned = scene.taken_on(scene.store.problem(1))
    scene.today = later
    scene.send(*scene.spot((0, 0), days_before(later, 20, step=1), spread_m=60))
    scene.refresh(later)
    problem = scene.store.problem(1)
    assert problem.incidents > pinned.incidents
    assert (problem.footprint, problem.width_m, problem.lon_lat) == (pinned.footprint, pinned.width_m, pinned.lon_lat)
    (spot,) = scene.store.hot_spots(2)
    assert spot.outline != pinned.footprint


def test_a_refresh_appends_and_never_rewrites_what_was_told(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY + 6 * WEEK, 30)), *scene.spot((700, 0), days_before(TODAY, 9)))
    scene.refresh(TODAY)
    scene.taken_on(scene.store.problem(1))
    told = scene.store.events()
    spots = scene.store.hot_spots(1)
    for week in range(1, 20):
        scene.refresh(TODAY + week * WEEK)
        assert scene.store.events()[: len(told)] == told
        told = scene.store.events()
    assert scene.store.hot_spots(1) == spots
    assert EventKind.DORMANT in {one.kind for one in scene.store.events(Subject.PROBLEM, 2)}
