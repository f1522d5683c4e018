"""Planning a response when the work on it has begun already: the plan is under way at once."""

from datetime import timedelta

import pytest

from problems.actions import ActionStatus
from problems.events import Subject
from problems.people import Organisation
from problems.problem import Problem, ProblemStatus
from tests.scenes import COORDINATOR, Scene, days_before
from tests.test_problems_working import TODAY, move, propose


@pytest.fixture
def problem(scene: Scene) -> Problem:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)))
    scene.refresh()
    return scene.store.problem(1)


@pytest.fixture
def lighting(scene: Scene) -> Organisation:
    return scene.organisation("Council lighting")


@pytest.mark.parametrize("last", [ActionStatus.IN_PROGRESS, ActionStatus.DONE])
def test_a_response_that_is_planned_after_the_work_began_is_under_way_at_once(
    scene: Scene, problem: Problem, lighting: Organisation, last: ActionStatus
) -> None:
    taken = scene.taken_on(problem)
    action = move(scene, scene.partner(lighting), propose(scene, taken, lighting), ActionStatus.ACCEPTED)
    move(scene, scene.partner(lighting), action, last)
    assert scene.store.problem(1).status is ProblemStatus.CONFIRMED
    planned = scene.move(COORDINATOR, problem, ProblemStatus.PLANNED, note="Renew the column.")
    assert planned.status is scene.store.problem(1).status is ProblemStatus.IN_PROGRESS
    assert [each.by_name for each in scene.store.events(Subject.PROBLEM, 1)[-2:]] == ["Cora Reid", "Fixpoint"]


def test_work_of_an_earlier_round_does_not_put_a_new_plan_under_way(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    scene.today = TODAY + timedelta(days=30)
    scene.move(COORDINATOR, problem, ProblemStatus.RECURRED, note="It is dark again.")
    scene.move(COORDINATOR, problem, ProblemStatus.ANALYSING)
    assert scene.move(COORDINATOR, problem, ProblemStatus.PLANNED, note="Another lamp.").status is ProblemStatus.PLANNED
