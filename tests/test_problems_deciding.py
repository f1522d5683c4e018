"""Places that fall apart or grow together, and who decides about them."""

from dataclasses import replace
from datetime import date, timedelta

from problems.events import EventKind, Subject
from problems.people import SYSTEM
from problems.problem import Problem, ProblemStatus
from problems.public import PublicLevel, chosen_public_level
from problems.use_cases.publishing import set_public_level
from tests.scenes import COORDINATOR, Scene, days_before

TODAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


def kinds(scene: Scene, problem: Problem) -> list[EventKind]:
    return [one.kind for one in scene.store.events(Subject.PROBLEM, problem.id)]


def split_scene(scene: Scene) -> date:
    """Two halves that are joined by a bridge in the first window and apart in the second."""
    scene.settings = replace(scene.settings, window_days=30)
    old = days_before(TODAY - timedelta(days=20), 8, step=1)
    halves = [
        *scene.spot((-90, 0), days_before(TODAY, 12, step=1)),
        *scene.spot((90, 0), days_before(TODAY, 9, step=1)),
    ]
    bridge = [scene.report((x, 0), day) for x, day in zip((-60, -45, -30, -15, 15, 30, 45, 60), old, strict=True)]
    centre = [scene.report((0, y), day) for y, day in zip((-8, -4, 0, 4, 8), old[:5], strict=True)]
    later = TODAY + timedelta(days=14)
    fresh = [
        *scene.spot((-90, 0), days_before(later, 10, step=1)),
        *scene.spot((90, 0), days_before(later, 9, step=1)),
    ]
    scene.send(*halves, *bridge, *centre, *fresh)
    return later


def test_an_untouched_problem_that_falls_apart_names_its_parts(scene: Scene) -> None:
    later = split_scene(scene)
    assert scene.refresh(TODAY).hot_spots == 1
    apart = scene.refresh(later)
    assert (apart.hot_spots, apart.split, apart.new) == (2, 1, 1)
    parent, child = scene.store.problems()
    assert child.parent_id == parent.id
    assert EventKind.SPLIT in kinds(scene, parent)
    assert {spot.change for spot in scene.store.hot_spots(apart.id)} == {"split"}


def test_a_problem_that_people_work_on_is_not_split_but_asked_about(scene: Scene) -> None:
    later = split_scene(scene)
    scene.refresh(TODAY)
    pinned = scene.taken_on(scene.store.problem(1))
    scene.refresh(later)
    problem = scene.store.problem(1)
    assert problem.footprint == pinned.footprint
    assert (problem.status, problem.version) == (ProblemStatus.CONFIRMED, pinned.version)
    assert kinds(scene, problem)[-1] is EventKind.PROPOSED


def merge_scene(scene: Scene) -> date:
    """Two places that a bridge joins two weeks later."""
    later = TODAY + timedelta(days=14)
    scene.send(*scene.spot((-90, 0), days_before(TODAY, 14)), *scene.spot((90, 0), days_before(TODAY, 10)))
    scene.refresh(TODAY)
    assert len(scene.store.problems()) == 2
    return later


def bridge(scene: Scene, later: date) -> None:
    scene.today = later
    days = days_before(later, 12, step=1)
    scene.send(*[scene.report((-55 + 10 * at, 0), day) for at, day in enumerate(days)])


def test_untouched_problems_that_grow_together_become_one(scene: Scene) -> None:
    later = merge_scene(scene)
    bridge(scene, later)
    joined = scene.refresh(later)
    assert (joined.hot_spots, joined.merged, joined.new) == (1, 1, 0)
    keeper, gone = scene.store.problems()
    assert (keeper.status, gone.status) == (ProblemStatus.DETECTED, ProblemStatus.SUPERSEDED)
    assert gone.successor_ids == (keeper.id,)


def test_residents_are_told_no_more_of_what_grew_together_than_of_the_strictest(scene: Scene) -> None:
    later = merge_scene(scene)
    for problem, level in zip(scene.store.problems(), (None, PublicLevel.NOTHING), strict=True):
        if level is not None:
            set_public_level(
                scene.store, COORDINATOR, scene.clock, 1, problem_id=problem.id, level=level,
                seen_version=problem.version,
            )  # fmt: skip
    bridge(scene, later)
    scene.refresh(later)
    keeper, gone = scene.store.problems()
    assert gone.status is ProblemStatus.SUPERSEDED
    assert chosen_public_level(keeper) is PublicLevel.NOTHING
    told = scene.store.events(Subject.PROBLEM, keeper.id)
    assert any(one.details.get("public_level") == "nothing" and one.by == SYSTEM.key for one in told)


def test_two_problems_that_people_work_on_are_never_merged_but_asked_about_once(scene: Scene) -> None:
    later = merge_scene(scene)
    for problem in scene.store.problems():
        scene.taken_on(problem)
    bridge(scene, later)
    scene.refresh(later)
    scene.refresh(later + WEEK)
    assert [problem.status for problem in scene.store.problems()] == [ProblemStatus.CONFIRMED] * 2
    for problem in scene.store.problems():
        assert kinds(scene, problem).count(EventKind.PROPOSED) == 1


def test_what_people_merged_stays_merged(scene: Scene) -> None:
    scene.send(
        *scene.spot((-100, 0), days_before(TODAY + WEEK, 12)), *scene.spot((100, 0), days_before(TODAY + WEEK, 12))
    )
    scene.refresh(TODAY)
    kept, gone = scene.store.problems()
    scene.move(COORDINATOR, gone, ProblemStatus.SUPERSEDED, target_id=kept.id, note="One place to us.")
    found = scene.refresh(TODAY + WEEK)
    assert (found.hot_spots, found.new) == (2, 0)
    now = scene.store.problem(kept.id)
    assert now.incidents == 24
    assert {spot.problem_id for spot in scene.store.hot_spots(found.id)} == {kept.id}
    assert scene.refresh(TODAY + 2 * WEEK).new == 0
    assert len(scene.store.problems()) == 2


def test_a_problem_that_people_work_on_keeps_the_place_when_an_untouched_one_grows_into_it(scene: Scene) -> None:
    later = TODAY + timedelta(days=14)
    scene.send(*scene.spot((-90, 0), days_before(TODAY, 10)), *scene.spot((90, 0), days_before(TODAY, 20)))
    scene.refresh(TODAY)
    small = min(scene.store.problems(), key=lambda problem: problem.incidents)
    scene.taken_on(small)
    bridge(scene, later)
    scene.refresh(later)
    worked_on, other = scene.store.problem(small.id), next(p for p in scene.store.problems() if p.id != small.id)
    assert (other.status, other.successor_ids) == (ProblemStatus.SUPERSEDED, (small.id,))
    assert worked_on.last_seen_on == later
    assert worked_on.incidents == 42
    scene.refresh(later + WEEK)
    assert kinds(scene, worked_on).count(EventKind.MERGED) == 1
