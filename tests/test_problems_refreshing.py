"""A refresh finds, matches and keeps; a second one changes nothing; people are never overruled."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.footprints import near
from problems.categories import Group
from problems.errors import Cancelled, InputRefused, NotAllowed, Stale
from problems.events import EventKind, Subject
from problems.hot_spots import PileDecision
from problems.people import SYSTEM
from problems.problem import Problem, ProblemStatus
from problems.use_cases import reviewing
from problems.use_cases.refreshing import refresh
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, VIEWER, Scene, days_before

TODAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


def kinds(scene: Scene, problem: Problem) -> list[EventKind]:
    return [one.kind for one in scene.store.events(Subject.PROBLEM, problem.id)]


def test_eight_incidents_at_one_place_become_a_problem_with_its_facts(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), scene.report((2000, 0), TODAY))
    found = scene.refresh()
    assert (found.hot_spots, found.new, found.reports, found.distinct_incidents) == (1, 1, 10, 10)
    (problem,) = scene.store.problems()
    assert problem.status is ProblemStatus.DETECTED
    assert (problem.reports, problem.incidents, problem.category) == (9, 9, "LGT-OUT")
    assert 30 < problem.width_m < 45
    assert problem.lon_lat == pytest.approx((-1.2, 52.9), abs=2e-4)


def test_seven_incidents_are_too_few(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 7)))
    assert scene.refresh().hot_spots == 0
    assert scene.store.problems() == []


def test_rows_of_one_reporter_on_one_day_count_once(scene: Scene) -> None:
    rows = [scene.report((0, 0), TODAY, reporter="r1") for _ in range(20)]
    scene.send(*rows)
    found = scene.refresh()
    assert (found.reports, found.distinct_incidents, found.hot_spots) == (20, 1, 0)


def test_groups_do_not_add_up_to_a_hot_spot(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 5)), *scene.spot((0, 0), days_before(TODAY, 5), code="WST-DUMP"))
    assert scene.refresh().hot_spots == 0


def test_a_second_refresh_keeps_every_id_and_writes_nothing(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 12)), *scene.spot((900, 0), days_before(TODAY, 12)))
    first = scene.refresh()
    before, version = scene.store.problems(), scene.store.version()
    second = scene.refresh()
    assert (second.id, second.new, second.survived) == (first.id, 0, 2)
    assert (scene.store.problems(), scene.store.version()) == (before, version)


def test_next_week_the_problem_keeps_its_id(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY + WEEK, 20)))
    scene.refresh(TODAY)
    later = scene.refresh(TODAY + WEEK)
    assert (later.new, later.survived) == (0, 1)
    (problem,) = scene.store.problems()
    assert problem.last_seen_on == TODAY + WEEK
    assert problem.incidents == 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.randoms(use_true_random=False))
def test_order_of_reports_does_not_matter(tmp_path_factory: pytest.TempPathFactory, shuffler: random.Random) -> None:
    from data.stores import open_store

    def outcome(order: list[int]) -> list[tuple[object, ...]]:
        store = open_store(str(tmp_path_factory.mktemp("order") / "s.db"))
        scene = Scene(store)
        rows = [*scene.spot((0, 0), days_before(TODAY, 11)), *scene.spot((130, 40), days_before(TODAY, 9), spread_m=45)]
        rows += [scene.report((x * 150, 700), TODAY) for x in range(12)]
        scene.send(*[rows[at] for at in order])
        scene.refresh()
        found = sorted((p.lon_lat, round(p.width_m, 6), p.incidents, str(p.footprint)) for p in store.problems())
        store.close()
        return found

    order = list(range(32))
    shuffler.shuffle(order)
    assert outcome(order) == outcome(list(range(32)))


def test_a_place_without_reports_goes_quiet_after_two_weeks_and_is_never_deleted(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), scene.report((3000, 0), TODAY + 20 * WEEK))
    scene.refresh(TODAY)
    gone = TODAY + timedelta(days=100)
    assert scene.refresh(gone).dormant == 0
    assert scene.refresh(gone).dormant == 0, "the same day twice is not two runs"
    assert scene.refresh(gone + WEEK).dormant == 1
    (problem,) = scene.store.problems()
    assert problem.dormant_since == gone + WEEK
    assert kinds(scene, problem) == [EventKind.CREATED, EventKind.DORMANT]


def test_a_quiet_place_that_turns_hot_again_is_the_same_problem(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    scene.refresh(TODAY)
    quiet = TODAY + timedelta(days=110)
    scene.refresh(quiet)
    scene.refresh(quiet + WEEK)
    again = quiet + 5 * WEEK
    scene.today = again
    scene.send(*scene.spot((10, 5), days_before(again, 10)))
    back = scene.refresh(again)
    assert (back.new, back.recurred) == (0, 1)
    (problem,) = scene.store.problems()
    assert problem.dormant_since is None
    assert kinds(scene, problem)[-1] is EventKind.WOKE


def test_after_twelve_quiet_weeks_the_place_gets_a_new_problem(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    scene.refresh(TODAY)
    quiet = TODAY + timedelta(days=110)
    scene.refresh(quiet)
    scene.refresh(quiet + WEEK)
    again = quiet + 15 * WEEK
    scene.today = again
    scene.send(*scene.spot((0, 0), days_before(again, 10)))
    assert scene.refresh(again).new == 1
    assert len(scene.store.problems()) == 2


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


def test_reports_after_the_work_bring_a_problem_back(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)), scene.report((4000, 0), TODAY - timedelta(days=600)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=60)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 4)))
    back = scene.refresh()
    problem = scene.store.problem(1)
    assert back.recurred == 1
    assert (problem.status, problem.reopened) == (ProblemStatus.RECURRED, 1)


def test_two_reports_after_the_work_are_no_recurrence(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)), scene.report((4000, 0), TODAY - timedelta(days=600)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=60)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 2)))
    assert scene.refresh().recurred == 0
    assert scene.store.problem(1).status is ProblemStatus.REMEDIATED


def test_as_many_reports_as_before_the_trouble_are_no_recurrence(scene: Scene) -> None:
    usual = days_before(TODAY - timedelta(days=120), 40, step=9)
    scene.send(*scene.spot((0, 0), usual), *scene.spot((0, 0), days_before(TODAY, 20)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=60)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 6, step=9)))
    assert scene.refresh().recurred == 0


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


def test_a_wide_band_of_reports_is_cut_into_places_of_at_most_400_m(scene: Scene) -> None:
    rows = [scene.report((25.0 * at, 0), day) for at, day in enumerate(days_before(TODAY, 60, step=1))]
    scene.send(*rows, *[scene.report((25.0 * at, 9), TODAY) for at in range(60)])
    found = scene.refresh()
    assert found.clusters == 1
    assert found.hot_spots > 1
    assert max(problem.width_m for problem in scene.store.problems()) <= 400


def test_without_a_day_it_is_the_day_of_the_newest_report(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY - timedelta(days=500), 9)))
    found = refresh(scene.store, SYSTEM, scene.clock, 1, settings=scene.settings, zone=LONDON)
    assert (found.as_of, found.hot_spots) == (TODAY - timedelta(days=500), 1)


def test_all_reports_take_part_whatever_their_age(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9, step=60)))
    assert scene.refresh(window_days=90).hot_spots == 0
    assert scene.refresh(window_days=0).hot_spots == 1


def test_history_is_not_rewritten_and_the_future_not_known(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    scene.refresh(TODAY)
    with pytest.raises(InputRefused, match="history is never rewritten"):
        scene.refresh(TODAY - WEEK)
    with pytest.raises(InputRefused, match="has not come yet"):
        refresh(
            scene.store, SYSTEM, scene.clock, 1, settings=scene.settings, zone=LONDON, as_of=TODAY + timedelta(days=1)
        )
    with pytest.raises(InputRefused, match="1 to 3660"):
        scene.refresh(window_days=-1)


def test_who_may_only_look_cannot_refresh(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        refresh(scene.store, VIEWER, scene.clock, 1, settings=scene.settings, zone=LONDON)


def test_a_cancelled_refresh_keeps_nothing(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    version = scene.store.version()

    def stop(_message: str, share: float) -> None:
        if share >= 1.0:
            raise Cancelled

    with pytest.raises(Cancelled):
        refresh(scene.store, SYSTEM, scene.clock, 1, settings=scene.settings, zone=LONDON, progress=stop)
    assert (scene.store.version(), scene.store.problems(), scene.store.refreshes()) == (version, [], [])


def test_an_empty_store_has_nothing_and_says_so(scene: Scene) -> None:
    found = scene.refresh()
    assert (found.reports, found.hot_spots, found.distinct_incidents) == (0, 0, 0)


def test_a_drawn_problem_takes_the_hot_spot_inside_it(scene: Scene) -> None:
    from problems.use_cases import working

    corners = [[-1.201, 52.8995], [-1.199, 52.8995], [-1.199, 52.9005], [-1.201, 52.9005], [-1.201, 52.8995]]
    drawn = working.draw_problem(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        name="Dark alley",
        group=Group.LIGHTING,
        geometry={"type": "Polygon", "coordinates": [corners]},
    )
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    found = scene.refresh()
    assert (found.new, len(scene.store.problems())) == (0, 1)
    assert scene.store.problem(drawn.id).incidents == 9


def test_what_a_refresh_says_about_a_past_day_is_dated_by_that_day(scene: Scene) -> None:
    day = TODAY - timedelta(days=400)
    scene.send(*scene.spot((0, 0), days_before(day, 9)))
    scene.refresh(day)
    (problem,) = scene.store.problems()
    assert problem.created_at.date() == day
    assert scene.store.refreshes()[0].started_at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_place_keeps_its_problem_when_months_lie_between_two_refreshes(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 12)))
    scene.refresh(TODAY)
    later = TODAY + timedelta(days=120)
    scene.today = later
    scene.send(*scene.spot((8, 8), days_before(later, 10)))
    found = scene.refresh(later)
    assert (found.new, found.survived) == (0, 1)
    assert [problem.last_seen_on for problem in scene.store.problems()] == [later]


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


def test_looking_into_an_empty_store_does_not_bar_an_older_file(scene: Scene) -> None:
    assert refresh(scene.store, SYSTEM, scene.clock, 1, settings=scene.settings, zone=LONDON).id == 0
    assert scene.store.refreshes() == []
    scene.send(*scene.spot((0, 0), days_before(TODAY - timedelta(days=900), 9)))
    assert refresh(scene.store, SYSTEM, scene.clock, 1, settings=scene.settings, zone=LONDON).hot_spots == 1


def test_without_a_day_it_is_never_before_the_last_refresh(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY - timedelta(days=5), 9)))
    scene.refresh(TODAY)
    again = refresh(scene.store, SYSTEM, scene.clock, 1, settings=scene.settings, zone=LONDON)
    assert (again.as_of, again.survived) == (TODAY, 1)


def test_a_refresh_that_another_one_overtook_keeps_nothing(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    overtaken = False

    def overtake(_message: str, share: float) -> None:
        nonlocal overtaken
        if share >= 1.0 and not overtaken:
            overtaken = True
            scene.refresh(TODAY)

    with pytest.raises(Stale, match="Another refresh"):
        refresh(scene.store, SYSTEM, scene.clock, 1, settings=scene.settings, zone=LONDON, progress=overtake)
    assert len(scene.store.refreshes()) == 1


@pytest.mark.parametrize(("left", "goes_quiet"), [(4, False), (3, True)])
def test_half_of_the_minimum_keeps_a_problem_awake(scene: Scene, left: int, goes_quiet: bool) -> None:
    later = TODAY + timedelta(days=91)
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), *scene.spot((0, 0), days_before(later, left)))
    scene.refresh(TODAY)
    scene.refresh(later)
    scene.refresh(later + WEEK)
    assert (scene.store.problem(1).dormant_since is not None) == goes_quiet


@pytest.mark.parametrize(("near", "is_same"), [(5, True), (4, False)])
def test_half_of_the_reports_near_the_old_footprint_make_it_the_same_place(
    scene: Scene, near: int, is_same: bool
) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    scene.refresh(TODAY)
    later = TODAY + timedelta(days=120)
    scene.today = later
    days = days_before(later, 10)
    # The old footprint ends 57 m from the centre; near it is up to 132 m.
    scene.send(*[scene.report((120 if at < near else 150, 0), day) for at, day in enumerate(days)])
    assert (scene.refresh(later).new == 0) == is_same


def test_a_recurrence_must_exceed_what_was_usual_and_not_only_what_was_expected(scene: Scene) -> None:
    usual = days_before(TODAY - timedelta(days=120), 24, step=15)
    scene.send(*scene.spot((0, 0), usual), *scene.spot((0, 0), days_before(TODAY, 20)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=60)
    # Four are expected in 60 days and up to eight usual: six are more than expected, and no recurrence.
    scene.send(*scene.spot((0, 0), days_before(scene.today, 6, step=9)))
    assert scene.refresh().recurred == 0
    scene.send(*scene.spot((0, 0), days_before(scene.today, 6, step=8)))
    assert scene.refresh().recurred == 1


def test_work_that_was_closed_as_useless_does_not_come_back(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)), scene.report((4000, 0), TODAY - timedelta(days=600)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.move(OFFICER, scene.store.problem(1), ProblemStatus.VERIFIED, visited_on=TODAY, note="Seen.")
    scene.move(COMMANDER, scene.store.problem(1), ProblemStatus.CLOSED, outcome="no_effect", note="Reports went on.")
    scene.today = TODAY + timedelta(days=60)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    assert scene.refresh().recurred == 0
    assert scene.store.problem(1).status is ProblemStatus.CLOSED


def test_what_a_refresh_tells_never_comes_before_what_people_did(scene: Scene) -> None:
    day = TODAY - timedelta(days=400)
    scene.send(*scene.spot((0, 0), days_before(day, 9)))
    scene.refresh(day)
    scene.taken_on(scene.store.problem(1))
    for late in (95, 102):
        scene.refresh(day + timedelta(days=late))
    told = scene.store.events(Subject.PROBLEM, 1)
    assert told[-1].kind is EventKind.DORMANT
    assert [one.at for one in told] == sorted(one.at for one in told)


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


def test_a_place_on_another_continent_does_not_stop_the_map(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), replace(scene.report((0, 0), TODAY), lon_lat=(90.0, 0.5)))
    found = scene.refresh()
    assert (found.hot_spots, found.reports, found.epsg) == (1, 9, 27700)


def test_reports_without_a_category_are_counted_as_taking_no_part(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), scene.report((0, 0), TODAY, code=None))
    found = scene.refresh()
    assert (found.reports, found.unmapped, found.distinct_incidents) == (10, 1, 9)
