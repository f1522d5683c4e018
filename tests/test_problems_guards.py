"""What stands against a move beside the table: no right to know, owed work, a visit too early, a closed door."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from problems.actions import Action, ActionStatus, ActionType
from problems.errors import InputRefused, MoveRefused, NotAllowed
from problems.lifecycle import MoveAnswers
from problems.people import Organisation, Principal
from problems.problem import Problem, ProblemStatus
from problems.use_cases import acting, adopting, leaving, working
from problems.use_cases.drawing import Plan
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, VIEWER, Scene, days_before

TODAY = date(2026, 3, 2)


@pytest.fixture
def problem(scene: Scene) -> Problem:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)))
    scene.refresh()
    return scene.store.problem(1)


@pytest.fixture
def lighting(scene: Scene) -> Organisation:
    return scene.organisation("Council lighting")


def asking(scene: Scene, who: Principal) -> Any:
    return scene.store, who, scene.clock, 1


def propose(scene: Scene, organisation: Organisation) -> Action:
    return acting.add_action(
        *asking(scene, COORDINATOR),
        problem_id=1,
        organisation_id=organisation.id,
        type=ActionType.REPAIR,
        title="Renew column 14",
    )


def move(scene: Scene, who: Principal, action: Action, target: ActionStatus, **answers: Any) -> Action:
    version = scene.store.action(action.id).version
    told = MoveAnswers(**answers)
    ask = asking(scene, who)
    return acting.move_action(*ask, action_id=action.id, target=target, answers=told, seen_version=version)


# -- no right to know --


def test_whoever_may_not_see_a_problem_learns_nothing_of_it_from_an_old_version(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    scene.taken_on(problem)
    action = propose(scene, lighting)
    later = scene.today + timedelta(days=9)
    ask = asking(scene, COORDINATOR)
    acting.postpone_action(*ask, action_id=action.id, due_on=later, note="Mr Hale is ill.", seen_version=1)
    for who in (VIEWER, scene.partner(scene.organisation("Parks"))):
        for refused in refusals(scene, who, action):
            assert not any(word in refused for word in ("Taken on", "Proposed”", "saved", "ill", "dark nights"))


def refusals(scene: Scene, who: Principal, action: Action) -> list[str]:
    """Return in which words somebody is refused who asks with old versions of what is not theirs."""
    ask = asking(scene, who)
    plain: dict[str, Any] = {"answers": MoveAnswers(), "seen_version": 1}
    tries: list[Callable[[], object]] = [
        lambda: working.move_problem(*ask, problem_id=1, target=ProblemStatus.ANALYSING, **plain),
        lambda: adopting.take_on(*ask, problem_id=1, name="Mill Lane", plan=Plan(), seen_version=1),
        lambda: acting.move_action(*ask, action_id=action.id, target=ActionStatus.ACCEPTED, **plain),
        lambda: acting.move_action(*ask, action_id=action.id, target=ActionStatus.DONE, **plain),
    ]
    found = []
    for each in tries:
        with pytest.raises(NotAllowed) as refused:
            each()
        found.append(str(refused.value))
    return found


# -- work that is owed --


def test_nothing_ends_while_work_that_was_sent_back_is_owed(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    (action,) = scene.store.actions(1)
    move(scene, OFFICER, action, ActionStatus.IN_PROGRESS, note="It flickers.")
    with pytest.raises(MoveRefused, match=rf"Work is still owed: {action.ref}"):
        scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    partner = scene.partner(scene.store.organisations()[0])
    move(scene, partner, action, ActionStatus.DONE, note="New lamp.")
    scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    scene.assessed()
    move(scene, OFFICER, action, ActionStatus.IN_PROGRESS, note="It flickers again.")
    with pytest.raises(MoveRefused, match="Work is still owed"):
        scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="effective", note="Lit for good.")


def test_no_action_is_decided_only_when_nobody_is_left_with_work(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    scene.taken_on(problem)
    action = propose(scene, lighting)
    no_action = {"reason": "cost", "note": "Too dear.", "review_on": scene.today + timedelta(days=90)}
    with pytest.raises(MoveRefused, match=rf"Work is still owed: {action.ref}"):
        scene.move(COMMANDER, problem, ProblemStatus.NO_ACTION, **no_action)
    move(scene, COORDINATOR, action, ActionStatus.CANCELLED, reason="cost", note="Too dear.")
    assert scene.move(COMMANDER, problem, ProblemStatus.NO_ACTION, **no_action).status is ProblemStatus.NO_ACTION


# -- a visit too early --


@pytest.mark.parametrize("target", [ProblemStatus.VERIFIED, ProblemStatus.IN_PROGRESS])
def test_a_visit_before_the_work_was_done_says_nothing_of_it(
    scene: Scene, problem: Problem, target: ProblemStatus
) -> None:
    scene.remediated(problem)
    with pytest.raises(MoveRefused, match="after the visit on 2026-03-01"):
        scene.move(OFFICER, problem, target, visited_on=scene.today - timedelta(days=1), note="I was there.")
    assert scene.store.visits(1) == []
    assert scene.move(OFFICER, problem, target, visited_on=scene.today, note="I was there.").status is target


# -- a closed door --


def test_nothing_is_proposed_again_to_an_organisation_that_was_closed(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    scene.taken_on(problem)
    action = propose(scene, lighting)
    move(scene, COORDINATOR, action, ActionStatus.CANCELLED, reason="cost", note="Not now.")
    ask = asking(scene, COORDINATOR)
    leaving.close_organisation(*ask, organisation_id=lighting.id, seen_version=lighting.version)
    again = scene.organisation("Parks")
    with pytest.raises(InputRefused, match="Council lighting is closed"):
        move(scene, COORDINATOR, action, ActionStatus.PROPOSED, note="Now.")
    asked = move(scene, COORDINATOR, action, ActionStatus.PROPOSED, note="Now.", organisation_id=again.id)
    assert (asked.organisation_id, asked.status) == (again.id, ActionStatus.PROPOSED)
