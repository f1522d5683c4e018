"""What a problem page offers while work on the problem is still owed."""

import pytest

from problems.actions import ActionStatus
from problems.people import LAPTOP
from problems.problem import ProblemStatus
from tests.scenes import OFFICER, Scene, days_before
from tests.screens import click, page, sit_down, words
from tests.test_problems_guards import move


def test_work_that_is_owed_comes_before_the_next_step_and_the_form_names_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.remediated(scene.store.problem(1))
    (action,) = scene.store.actions(1)
    step = f"move-P-0001-{ProblemStatus.VERIFIED}"
    sit_down(monkeypatch, scene, LAPTOP)
    assert page("problem", problem="P-0001").button(key=step).proto.type == "primary"
    move(scene, OFFICER, action, ActionStatus.IN_PROGRESS, note="It flickers.")
    shown = page("problem", problem="P-0001")
    assert shown.button(key=step).proto.type == "secondary"
    assert f"has to be done, declined or cancelled: {action.ref} “{action.title}”." in words(click(shown, step))
