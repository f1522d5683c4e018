"""Decisions: what the card of a problem says of where it came from, of what was assessed, and of what it cost."""

from datetime import timedelta

import pytest

from problems.actions import ActionStatus, Particulars
from problems.people import LAPTOP
from problems.problem import ProblemStatus
from problems.use_cases import commanding
from problems.use_cases.particulars import edit_action
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, Scene, days_before
from tests.screens import page, sit_down, words
from tests.test_problems_adopting import adopt, lamps
from tests.test_problems_owing import move, propose


@pytest.fixture
def town(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    sit_down(monkeypatch, scene, COMMANDER)
    return scene


def ask(scene: Scene) -> None:
    commanding.ask_no_action(scene.store, COORDINATOR, scene.clock, 1, problem_id=1, reason="cost", note="Too dear.")


def came_back(town: Scene) -> None:
    """Bring the problem to where it was verified, assessed nine days before it came back."""
    problem = town.remediated(town.store.problem(1))
    town.move(OFFICER, problem, ProblemStatus.VERIFIED, note="Lit.", visited_on=town.today)
    town.assessed()
    town.today += timedelta(days=9)
    town.move(COORDINATOR, problem, ProblemStatus.RECURRED, note="Dark again.")


def test_the_card_of_a_hot_spot_says_when_it_was_found_last(town: Scene) -> None:
    town.taken_on(town.store.problem(1))
    ask(town)
    found = "12 distinct incidents in 12 reports of its last hot spot, on 2 Mar 2026"
    assert found in words(page("decisions"))


def test_the_card_of_what_was_made_of_reports_tells_of_no_hot_spot(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(scene, lamps(scene))
    scene.today += timedelta(days=3)
    ask(scene)
    sit_down(monkeypatch, scene, COMMANDER)
    shown = words(page("decisions"))
    made = (
        "3 distinct incidents in 3 reports when it was made, on 2 Mar 2026; it has not been found as a hot spot since"
    )
    assert made in shown
    assert "its last hot spot" not in shown


def test_both_cards_of_one_problem_say_that_its_assessment_is_from_before_it_came_back(town: Scene) -> None:
    came_back(town)
    town.today += timedelta(days=1)
    ask(town)
    before = "That was before it came back on 11 Mar 2026; nothing later is counted in it."
    assert words(page("decisions")).count(before) == 2


def test_what_was_assessed_after_it_came_back_counts(town: Scene) -> None:
    came_back(town)
    town.today += timedelta(days=1)
    town.assessed()
    ask(town)
    assert "before it came back" not in words(page("decisions"))


def test_the_card_of_what_came_back_says_who_puts_it_back_to_work(town: Scene) -> None:
    came_back(town)
    shown = page("decisions")
    who = "That is for a coordinator to do on its page, by “Analyse again” or “Plan the response”."
    assert f"Working on it again {who} Its owner is Cora Reid." in words(shown)
    assert {"Analyse again", "Plan the response"}.isdisjoint(button.label for button in shown.button)


def test_whoever_commands_and_coordinates_puts_it_back_to_work_from_the_card(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    came_back(town)
    sit_down(monkeypatch, town, LAPTOP)
    shown = page("decisions")
    assert {"Analyse again", "Plan the response", "Close the problem"} <= {button.label for button in shown.button}
    assert "Working on it again" not in words(shown)


def test_the_cost_says_how_many_actions_have_none_noted(town: Scene) -> None:
    town.taken_on(town.store.problem(1))
    town.organisation()
    plain = propose(town, "Cut back the tree")
    edit_action(
        town.store, COORDINATOR, town.clock, 1,
        action_id=plain.id, title=plain.title, person="", particulars=Particulars(cost=420), seen_version=plain.version,
    )  # fmt: skip
    propose(town, "Renew the column")
    # Nobody pays for work that nobody does, and nobody misses its cost.
    dear = propose(town, "Build a wall")
    dear = edit_action(
        town.store, COORDINATOR, town.clock, 1,
        action_id=dear.id, title=dear.title, person="", particulars=Particulars(cost=9_000), seen_version=dear.version,
    )  # fmt: skip
    for left in (dear, propose(town, "Move the bench")):
        move(town, COORDINATOR, left, ActionStatus.CANCELLED, reason="no_longer_needed", note="Not needed.")
    ask(town)
    assert "Cost 420, and 1 action without a cost noted" in words(page("decisions"))
