"""A refresh finds, matches and keeps; a second one changes nothing; people are never overruled."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from problems.categories import Group
from problems.errors import Cancelled, InputRefused, NotAllowed, Stale
from problems.events import EventKind, Subject
from problems.people import SYSTEM
from problems.problem import Problem, ProblemStatus
from problems.use_cases.refreshing import refresh
from tests.scenes import COORDINATOR, LONDON, VIEWER, Scene, days_before
from tests.storing import empty_url

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
        store = open_store(empty_url("sqlite", tmp_path_factory.mktemp("order")))
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
    assert (back.new, back.recurred) == (0, 0)
    assert [spot.change for spot in scene.store.hot_spots(back.id)] == [EventKind.WOKE]
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


def test_a_wide_band_of_reports_is_cut_into_places_of_at_most_400_m(scene: Scene) -> None:
    rows = [scene.report((25.0 * at, 0), day) for at, day in enumerate(days_before(TODAY, 60, step=1))]
    scene.send(*rows, *[scene.report((25.0 * at, 9), TODAY) for at in range(60)])
    found = scene.refresh()
    assert found.hot_spots > found.clusters
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
    from problems.use_cases import drawing

    corners = [[-1.201, 52.8995], [-1.199, 52.8995], [-1.199, 52.9005], [-1.201, 52.9005], [-1.201, 52.8995]]
    drawn = drawing.draw_problem(
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


def test_a_place_on_another_continent_does_not_stop_the_map(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), replace(scene.report((0, 0), TODAY), lon_lat=(90.0, 0.5)))
    found = scene.refresh()
    assert (found.hot_spots, found.reports, found.epsg) == (1, 9, 27700)


def test_reports_without_a_category_are_counted_as_taking_no_part(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), scene.report((0, 0), TODAY, code=None))
    found = scene.refresh()
    assert (found.reports, found.unmapped, found.distinct_incidents) == (10, 1, 9)
