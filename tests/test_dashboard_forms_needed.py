"""A form names what it needs before anybody fills it in."""

from datetime import timedelta

import pytest

from problems.actions import ActionStatus
from tests.scenes import COORDINATOR, OFFICER, Scene, days_before
from tests.screens import click, page, sit_down, words
from tests.test_problems_owing import move, partner, propose


@pytest.fixture
def town(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.organisation("Lighting")
    scene.today += timedelta(days=1)
    sit_down(monkeypatch, scene, COORDINATOR)
    return scene


def test_taking_on_names_what_it_needs(town: Scene) -> None:
    opened = click(page("problem", problem="P-0001"), "move-P-0001-confirmed")
    assert "Needed: “Name”, “Owner”, “Objective” and “Next review”." in words(opened)


def test_reporting_work_as_done_names_the_sentence_and_not_what_may_stay_empty(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.taken_on(town.store.problem(1))
    who = partner(town)
    move(town, who, propose(town, "Renew the column"), ActionStatus.ACCEPTED)
    sit_down(monkeypatch, town, who)
    done = click(page("organisation"), "move-A-0001-done")
    assert "Needed: “What residents could be told”." in words(done)
    sit_down(monkeypatch, town, COORDINATOR)
    added = words(click(page("problem", problem="P-0001", tab="respond"), "add-action"))
    assert "Needed: “What is to be done” and “Organisation”." in added


def test_a_visit_names_what_it_needs(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, OFFICER)
    seen = words(click(page("problem", problem="P-0001", tab="respond"), "add-visit"))
    assert "Needed: “Day of the visit” and “What was seen”." in seen
