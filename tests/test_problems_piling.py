"""Default points: kept out, reviewed, and never inside an outline."""

from datetime import date, timedelta

import numpy as np

from geo.footprints import near
from problems.categories import Group
from problems.hot_spots import PileDecision
from problems.use_cases import reviewing
from tests.scenes import COORDINATOR, Scene, days_before

TODAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


def pile_scene(scene: Scene) -> None:
    """A point that holds a third of all reports, in many groups, beside one real hot spot."""
    codes = ("LGT-OUT", "WST-DUMP", "DMG-GRAF", "VEH-ABAND", "VIS-VEG", "PRP-LAND")
    pile = [
        scene.report((500, 500), TODAY - timedelta(days=day % 80), code=codes[day % 6], reporter=f"r{day}")
        for day in range(120)
    ]
    elsewhere = [scene.report((300 * (at % 15) - 6000, 300 * (at // 15) - 6000), TODAY) for at in range(225)]
    scene.send(*pile, *elsewhere, *scene.spot((0, 0), days_before(TODAY, 9)))


def test_a_default_point_stays_out_until_somebody_says_it_is_real(scene: Scene) -> None:
    pile_scene(scene)
    found = scene.refresh()
    assert (found.excluded_default_points, found.excluded_reports, found.hot_spots) == (1, 120, 1)
    (pile,) = scene.store.piles()
    assert (pile.kept_out, pile.decision, pile.reports) == (True, PileDecision.UNREVIEWED, 120)
    reviewing.decide_pile(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        pile_id=pile.id,
        decision=PileDecision.REPEAT_ADDRESS,
        seen_version=pile.version,
    )
    real = scene.refresh()
    assert real.excluded_reports == 0
    assert real.hot_spots > 1
    assert scene.store.piles()[0].decision is PileDecision.REPEAT_ADDRESS


def test_a_point_called_default_stays_out_however_few_reports_it_has(scene: Scene) -> None:
    pile_scene(scene)
    scene.refresh()
    (pile,) = scene.store.piles()
    reviewing.decide_pile(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        pile_id=pile.id,
        decision=PileDecision.DEFAULT_POINT,
        seen_version=pile.version,
    )
    scene.today = TODAY + timedelta(days=95)
    scene.send(*[scene.report((500, 500), day, reporter=str(day)) for day in days_before(scene.today, 9)])
    assert scene.refresh().hot_spots == 0


def test_no_outline_holds_a_default_point(scene: Scene) -> None:
    pile_scene(scene)
    ring = [
        (500 + 25 * x, 500 + 25 * y) for x, y in ((-1, 0), (1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))
    ]
    scene.send(*[scene.report(place, TODAY) for place in ring])
    scene.refresh()
    (pile,) = scene.store.piles()
    around = [problem for problem in scene.store.problems() if problem.group is Group.LIGHTING]
    near_it = [
        problem for problem in around if near(np.array([pile.lon_lat]), problem.footprint, epsg=27700, distance_m=6)[0]
    ]
    assert len(near_it) == 1
    assert not near(np.array([pile.lon_lat]), near_it[0].footprint, epsg=27700)[0]


def test_one_more_report_beside_a_reviewed_point_does_not_undo_the_review(scene: Scene) -> None:
    pile_scene(scene)
    scene.refresh()
    (pile,) = scene.store.piles()
    real = PileDecision.REPEAT_ADDRESS
    reviewing.decide_pile(
        scene.store, COORDINATOR, scene.clock, 1, pile_id=pile.id, decision=real, seen_version=pile.version
    )
    scene.send(scene.report((499.85, 499.85), TODAY))
    scene.refresh()
    assert [(known.id, known.decision) for known in scene.store.piles()] == [(pile.id, real)]
