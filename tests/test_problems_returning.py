"""How long a place may be quiet and keep its number, when it leaves, and what holds its footprint."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from problems.events import EventKind, Subject
from problems.problem import ProblemStatus
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


@pytest.mark.parametrize("worked_on", [False, True])
def test_what_a_refresh_let_grow_together_comes_apart_again(scene: Scene, worked_on: bool) -> None:
    scene.settings = replace(scene.settings, window_days=30)
    later, last = TODAY + timedelta(days=7), TODAY + timedelta(days=14)
    for x_m in (-90, 90):
        scene.send(*scene.spot((x_m, 0), days_before(last, 40, step=1)))
    scene.refresh(TODAY)
    first, second = scene.store.problems()
    if worked_on:
        scene.taken_on(first)
    bridge_on = later - timedelta(days=28)
    scene.today = later
    scene.send(*[scene.report((-55 + 10 * step, y_m), bridge_on) for step in range(12) for y_m in (0, 5)])
    scene.refresh(later)
    assert scene.store.problem(second.id).status is ProblemStatus.SUPERSEDED
    # A week on, the bridge has left the window: each place has a problem of its own, and keeps it.
    for day in (last, last + timedelta(weeks=1)):
        scene.refresh(day)
        latest = scene.store.latest_refresh()
        assert latest is not None
        spots = scene.store.hot_spots(latest.id)
        owners = {spot.problem_id for spot in spots}
        assert (len(spots), len(owners)) == (2, 2)
        assert first.id in owners
        assert len(scene.store.problems()) == 3
    child = scene.store.problems()[-1]
    assert child.parent_id == first.id


def test_a_place_beside_finished_work_is_one_of_its_own(scene: Scene) -> None:
    scene.settings = replace(scene.settings, window_days=30)
    scene.send(*scene.spot((0, 0), days_before(TODAY, 12, 1)))
    scene.refresh(TODAY)
    done = scene.remediated(scene.store.problems()[0])
    for week in range(1, 9):
        scene.refresh(TODAY + timedelta(weeks=week))
    assert scene.store.problem(done.id).dormant_since is not None
    late = TODAY + timedelta(weeks=14)
    scene.today = late
    scene.send(*scene.spot((110, 0), days_before(late, 12, 1)))
    scene.refresh(late)
    assert scene.store.problem(done.id).status is ProblemStatus.REMEDIATED
    assert len(scene.store.problems()) == 2


def test_the_same_place_after_quiet_weeks_comes_back_with_what_lies_inside(scene: Scene) -> None:
    scene.settings = replace(scene.settings, window_days=30)
    scene.send(*scene.spot((0, 0), days_before(TODAY, 12, 1)))
    scene.refresh(TODAY)
    done = scene.remediated(scene.store.problems()[0])
    for week in range(1, 9):
        scene.refresh(TODAY + timedelta(weeks=week))
    late = TODAY + timedelta(weeks=14)
    scene.today = late
    scene.send(*scene.spot((0, 0), days_before(late, 12, 1)))
    scene.refresh(late)
    back = scene.store.problem(done.id)
    assert (back.status, back.reopened) == (ProblemStatus.RECURRED, 1)
    (told,) = [each for each in scene.store.events(Subject.PROBLEM, done.id) if each.kind is EventKind.RECURRED]
    assert told.details["incidents"] == 12
