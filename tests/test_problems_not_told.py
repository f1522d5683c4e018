"""A partner is refused what is not its own, or not shared with it, in the words for what is not there."""

from datetime import timedelta

import pytest

from problems.actions import ActionStatus
from problems.errors import NotAllowed, ProblemError
from problems.lifecycle import MoveAnswers
from problems.store import Store
from problems.use_cases import acting, bulk_acting, working
from tests.scenes import Scene
from tests.test_problems_roles import CASES, Town, empty, is_allowed, principal, town
from tests.test_problems_sharing import place, work

__all__ = ["empty", "town"]


@pytest.mark.parametrize("name", [name for name, (_, letters) in CASES.items() if "p" in letters])
def test_another_organisation_is_told_the_same_whether_it_is_there_or_not(town: Town, name: str, empty: Store) -> None:
    call, letters = CASES[name]
    assert not is_allowed(letters, "p", "another's")
    said = []
    for store in (town.store, empty):
        with pytest.raises(ProblemError) as refused:
            call(town, (store, principal(town, "p", "another's"), town.clock, 1))
        said.append((type(refused.value), str(refused.value)))
    assert said[0] == said[1]


def test_what_was_seen_of_it_before_makes_no_difference(scene: Scene) -> None:
    ours, theirs = scene.organisation("Parks"), scene.organisation("Lighting")
    problem = place(scene)
    work(scene, problem, ours.id)
    other = work(scene, problem, theirs.id)
    ask = (scene.store, scene.partner(ours), scene.clock, 1)
    said = []
    for number in (other.id, 99):
        for version in (other.version, other.version + 1):
            with pytest.raises(NotAllowed) as one:
                acting.move_action(
                    *ask, action_id=number, target=ActionStatus.ACCEPTED, answers=MoveAnswers(), seen_version=version
                )
            with pytest.raises(NotAllowed) as many:
                bulk_acting.postpone_actions(
                    *ask, seen_versions={number: version}, due_on=scene.today + timedelta(days=9), note="It rains."
                )
            said.append((str(one.value).replace(f"A-{number:04d}", "it"), str(many.value)))
    assert len(set(said)) == 1
    assert "It does not exist, or it belongs to another organisation." in said[0][0]


def test_a_note_on_what_is_not_shared_is_refused_as_one_on_what_is_not_there(scene: Scene) -> None:
    who = scene.partner(scene.organisation("Parks"))
    problem = place(scene)
    said = set()
    for number in (problem.id, 99):
        with pytest.raises(NotAllowed, match="It does not exist, or it is not shared with") as refused:
            working.note_problem(scene.store, who, scene.clock, 1, problem_id=number, note="It is dark.")
        said.add(str(refused.value).replace(f"P-{number:04d}", "it"))
    assert len(said) == 1
