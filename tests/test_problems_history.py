"""The fold of the events is the state, today and on any past day."""

from dataclasses import replace
from datetime import date, timedelta

from problems.events import Subject
from problems.history import fold, problems_on
from problems.problem import ProblemStatus
from tests.scenes import COMMANDER, LONDON, OFFICER, Scene, days_before

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
