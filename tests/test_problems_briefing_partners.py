"""The partners of a briefing stand in one order in every file: the most pressing first."""

from datetime import timedelta

import pytest

from data.briefing_files import briefing_csv
from data.briefing_pages.setting import pages_of
from problems.actions import ActionStatus, ActionType
from problems.briefing.figure import Section
from problems.lifecycle import MoveAnswers
from problems.reasons import Reason
from problems.use_cases import acting
from tests.briefed import briefed, week_of
from tests.scenes import COORDINATOR, Scene, days_before, scene
from tests.test_problems_briefing import SUNDAY

__all__ = ["scene"]
WEEK = week_of(SUNDAY)


@pytest.fixture
def week(scene: Scene) -> Scene:
    """A problem on which four organisations work, named so that the alphabet is the wrong order."""
    scene.today = SUNDAY - timedelta(days=10)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problems()[0])
    return scene


def owed(scene: Scene, name: str, *days: int, blocked: bool = False) -> None:
    """Have an organisation owe an action on each day before (negative: late) or after the last one of the week."""
    organisation = scene.organisation(name)
    partner = scene.partner(organisation)
    answers = {
        ActionStatus.ACCEPTED: MoveAnswers(),
        ActionStatus.BLOCKED: MoveAnswers(note="It rains.", reason=str(Reason.WEATHER)),
    }
    for at in days:
        action = acting.add_action(
            scene.store, COORDINATOR, scene.clock, 1, problem_id=1, organisation_id=organisation.id,
            type=ActionType.REPAIR, title=f"Work {at} of {name}", due_on=SUNDAY + timedelta(days=at),
        )  # fmt: skip
        for target in answers if blocked else ():
            action = acting.move_action(
                scene.store, partner, scene.clock, 1, action_id=action.id, target=target,
                answers=answers[target], seen_version=action.version,
            )  # fmt: skip


def test_partners_stand_by_late_blocked_and_due_before_their_name(week: Scene) -> None:
    for name, days, blocked in (
        ("Aster", (9,), True), ("Birch", (0,), False), ("Cedar", (-9,), False), ("Dill", (-9,), True),
        ("Elm", (-9, -8), False), ("Fern", (0,), False),
    ):  # fmt: skip
        owed(week, name, *days, blocked=blocked)
    week.today = SUNDAY
    found = briefed(week, WEEK)
    order = ["Elm", "Dill", "Cedar", "Aster", "Birch", "Fern"]
    assert [one.name for one in found.remediation.partners] == order
    part = pages_of(found).part(Section.REMEDIATION)
    assert [row[0] for row in part.grids[0].rows] == ["All organisations", *order]
    rows = briefing_csv(found).decode().splitlines()
    late = [row.split('"Late: ')[1].split('"')[0] for row in rows if '"7 ' in row and '"Late: ' in row]
    assert late == ["All organisations", *order]
