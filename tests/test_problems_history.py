"""The fold of the events is the state, today and on any past day."""

from dataclasses import replace
from datetime import date, timedelta

from problems.events import EventKind, Subject
from problems.history import History, fold, problems_on
from problems.problem import ProblemStatus
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, Scene, days_before

TODAY = date(2026, 3, 2)


def lived(scene: Scene) -> None:
    scene.send(
        *scene.spot((0, 0), days_before(TODAY + timedelta(days=21), 20)), *scene.spot((800, 0), days_before(TODAY, 9))
    )
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=7)
    scene.refresh()
    scene.move(OFFICER, scene.store.problem(1), ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    scene.today = TODAY + timedelta(days=14)
    scene.assessed()
    scene.move(COMMANDER, scene.store.problem(1), ProblemStatus.CLOSED, outcome="inconclusive", note="Too early.")


def test_the_fold_of_the_events_equals_what_is_stored(scene: Scene) -> None:
    lived(scene)
    for problem in scene.store.problems():
        assert fold(problem, scene.store.events(Subject.PROBLEM, problem.id)) == problem
    for action in scene.store.actions():
        assert fold(action, scene.store.events(Subject.ACTION, action.id)) == action


def test_past_days_are_shown_as_they_were_known_then(scene: Scene) -> None:
    lived(scene)
    by_day = {
        day: {problem.id: problem for problem in problems_on(scene.store, day, LONDON)}
        for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=7), TODAY + timedelta(days=14))
    }
    statuses = [{number: problem.status for number, problem in known.items()} for known in by_day.values()]
    assert statuses == [
        {},
        {1: ProblemStatus.REMEDIATED, 2: ProblemStatus.DETECTED},
        {1: ProblemStatus.VERIFIED, 2: ProblemStatus.DETECTED},
        {1: ProblemStatus.CLOSED, 2: ProblemStatus.DETECTED},
    ]
    assert by_day[TODAY][1].outcome == ""
    assert by_day[TODAY][1].incidents < by_day[TODAY + timedelta(days=7)][1].incidents


def test_today_is_what_is_stored(scene: Scene) -> None:
    lived(scene)
    stored = [replace(problem, misses=0) for problem in scene.store.problems()]
    assert [replace(problem, misses=0) for problem in problems_on(scene.store, scene.today, LONDON)] == stored


def test_actions_are_shown_as_they_were_known_then(scene: Scene) -> None:
    lived(scene)
    history = History(scene.store, LONDON)
    assert history.actions_on(TODAY - timedelta(days=1)) == []
    assert history.actions_on(scene.today) == scene.store.actions()


def test_a_problem_that_was_merged_later_still_stands_for_itself_then(town: Scene) -> None:
    day = town.today - timedelta(weeks=1)
    before = problems_on(town.store, day, LONDON)
    town.move(COORDINATOR, town.store.problem(4), ProblemStatus.SUPERSEDED, target_id=1, note="One place.")
    town.refresh(town.today + timedelta(weeks=1))
    then = problems_on(town.store, day, LONDON)
    assert [(p.status, p.incidents, p.footprint, p.last_seen_on) for p in then] == [
        (p.status, p.incidents, p.footprint, p.last_seen_on) for p in before
    ]


def test_what_was_quiet_then_is_quiet_then_and_awake_now(town: Scene) -> None:
    quiet = next(one.at.date() for one in town.store.events(Subject.PROBLEM, 2) if one.kind is EventKind.DORMANT)
    by_id = {problem.id: problem for problem in problems_on(town.store, quiet, LONDON)}
    assert by_id[2].dormant_since == quiet
    assert town.store.problem(2).dormant_since is None
    assert by_id[2].last_seen_on is not None
    assert by_id[2].last_seen_on < quiet


def test_the_hot_spots_of_a_past_day_are_those_of_the_last_refresh_to_see_each_problem(town: Scene) -> None:
    newest = {done.id: done.as_of for done in town.store.refreshes()}
    for day in (town.today - timedelta(weeks=30), town.today - timedelta(weeks=16), town.today):
        expected = {}
        for problem in town.store.problems():
            spots = [spot for spot in town.store.hot_spots_of(problem.id) if newest[spot.refresh_id] <= day]
            expected |= {spot.id: spot for spot in spots if spot.refresh_id == spots[-1].refresh_id}
        assert town.store.last_hot_spots(day) == [expected[number] for number in sorted(expected)]
