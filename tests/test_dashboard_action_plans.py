"""The usual actions, checklists, advice and work on several actions, on the pages."""

from datetime import timedelta

import pytest

from data.guides import shipped_actions
from problems.actions import ActionStatus, ActionType, Particulars
from problems.categories import Group
from problems.people import LAPTOP, Role
from problems.use_cases import acting, guiding, organising
from tests.scenes import COORDINATOR, Scene, days_before
from tests.screens import click, keys, page, run, sit_down, words
from tests.test_problems_owing import move


@pytest.fixture
def worked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    scene.organisation("Street lighting")
    scene.organisation("Parks and trees")
    sit_down(monkeypatch, scene)
    return scene


def test_the_usual_actions_are_proposed_to_those_who_do_such_work_and_changed_before(worked: Scene) -> None:
    shown = click(page("problem", problem="P-0001", tab="respond"), "add-usual")
    assert shown.selectbox(key="form_organisation_2").value == 2
    shown.text_input(key="form_title_0").input("Walk the alley")
    shown.selectbox(key="form_organisation_1").set_value(0)
    click(shown, "form-save")
    usual = shipped_actions()[Group.LIGHTING]
    kept = worked.store.actions()
    assert [one.title for one in kept] == ["Walk the alley", usual[2].title, usual[3].title]
    # What waited for the one that is left out waits for what that one waited for.
    assert [one.waits_for for one in kept] == [(), (1,), (1, 2)]
    assert "3 actions proposed." in words(shown)
    assert f"Waits for A-0001 Walk the alley and A-0002 {usual[2].title}" in words(shown)


@pytest.mark.parametrize("away", range(7))
def test_no_usual_action_is_suggested_for_a_day_on_which_nobody_works(worked: Scene, away: int) -> None:
    worked.today += timedelta(days=away)
    shown = click(page("problem", problem="P-0001", tab="respond"), "add-usual")
    for at, one in enumerate(shipped_actions()[Group.LIGHTING]):
        due, wanted = shown.date_input(key=f"form_due_{at}").value, worked.today + timedelta(days=one.due_days)
        assert due.weekday() < 5
        # As many days as are usual, and never so many more that a holiday would not explain it.
        assert wanted <= due <= wanted + timedelta(days=4)


def test_a_partner_reads_on_its_own_page_what_its_work_waits_for(
    worked: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title, waits_for in (("Renew", ()), ("Cut back", (1,))):
        acting.add_action(
            worked.store, COORDINATOR, worked.clock, 1, problem_id=1, organisation_id=1 + bool(waits_for),
            type=ActionType.REPAIR, title=title, particulars=Particulars(waits_for=waits_for),
        )  # fmt: skip
    parks = next(one for one in worked.store.organisations() if one.name == "Parks and trees")
    sit_down(monkeypatch, worked, worked.partner(parks))
    assert "Waits for A-0001 Renew" in words(page("organisation"))


def test_a_tick_is_kept_with_a_name(worked: Scene) -> None:
    acting.add_action(
        worked.store, COORDINATOR, worked.clock, 1, problem_id=1, organisation_id=1, type=ActionType.REPAIR,
        title="Renew", particulars=Particulars(checklist=("Look", "Order")),
    )  # fmt: skip
    shown = page("problem", problem="P-0001", tab="respond")
    shown.checkbox(key="step-A-0001-0-1").check()
    run(shown)
    assert [step.ticked_by for step in worked.store.action(1).checklist] == ["This computer", ""]
    assert "1 of 2 steps" in words(shown)
    assert "“Look” ticked" in words(shown)


def test_advice_is_put_into_the_action_and_kept_with_its_place_and_day(worked: Scene) -> None:
    shown = click(page("problem", problem="P-0001", tab="respond"), "add-action")
    shown.text_input(key="form_title").input("Tell the street")
    shown.selectbox(key="form_type").set_value(ActionType.ADVISE)
    shown.selectbox(key="form_organisation_id").set_value(1)
    click(shown, "form-save")
    assert "tell us the number on its column" in words(shown)
    click(shown, "give-advice")
    click(shown, "form-save")
    (given,) = worked.store.advice_given(1)
    assert given.place == worked.store.problem(1).name
    assert "Where advice was given" in words(shown)
    assert "0 in the 0 days so far" in words(shown)


def test_advice_that_nobody_gives_any_more_is_not_told(worked: Scene) -> None:
    advice = Particulars(advice="Tell us the number on its column.")
    action = acting.add_action(
        worked.store, COORDINATOR, worked.clock, 1, problem_id=1, organisation_id=1, type=ActionType.ADVISE,
        title="Tell the street", particulars=advice,
    )  # fmt: skip
    assert advice.advice in words(page("problem", problem="P-0001", tab="respond"))
    move(worked, COORDINATOR, action, ActionStatus.CANCELLED, reason="no_longer_needed", note="Not needed.")
    shown = page("problem", problem="P-0001", tab="respond")
    assert advice.advice not in words(shown)
    assert "give-advice" not in keys(shown)


def test_several_actions_are_given_away_at_once_and_what_stays_is_named(worked: Scene) -> None:
    for title in ("One", "Two", "Three"):
        acting.add_action(
            worked.store, COORDINATOR, worked.clock, 1, problem_id=1, organisation_id=1, type=ActionType.REPAIR,
            title=title,
        )  # fmt: skip
    shown = page("board", several="true")
    click(shown, "board-go")
    assert "No action is ticked." in words(shown)
    for number in (1, 2):
        shown.checkbox(key=f"work-tick-{number}").check()
    shown.selectbox(key="board_do").set_value("Give to somebody else")
    click(shown, "board-go")
    acting.postpone_action(
        worked.store, COORDINATOR, worked.clock, 1, action_id=2, due_on=worked.today, note="Asked for", seen_version=1
    )
    shown.selectbox(key="form_organisation_id").set_value(2)
    shown.text_area(key="form_note").input("Parks have the machine")
    click(shown, "form-save")
    assert "1 action changed hands: A-0001." in words(shown)
    assert "1 action stayed as it is: A-0002 Cora Reid saved in the meantime." in words(shown)
    assert [one.organisation_id for one in worked.store.actions()] == [2, 1, 1]


def test_nobody_leaves_on_the_page_without_a_heir(worked: Scene) -> None:
    ask = (worked.store, COORDINATOR, worked.clock, 1)
    for name in ("Piet Lund", "Mo Hall"):
        organising.add_person(worked.store, LAPTOP, worked.clock, 1, name=name, role=Role.PARTNER, organisation_id=1)
    acting.add_action(*ask, problem_id=1, organisation_id=1, type=ActionType.REPAIR, title="Renew", person="Piet Lund")
    shown = click(page("setup"), "end-person")
    next(button for button in shown.button if button.label == "Piet Lund (partner)").click()
    run(shown)
    assert "Piet Lund still has 1 action to do: A-0001." in words(shown)
    click(shown, "form-save")
    assert "Choose the colleague who takes it over." in words(shown)
    shown.selectbox(key="form_to").set_value(2)
    click(shown, "form-save")
    assert worked.store.action(1).person == "Mo Hall"
    assert "Piet Lund has left." in words(shown)
    assert "back-person" in keys(shown)


def test_the_usual_actions_are_changed_moved_and_restored_on_setup(worked: Scene) -> None:
    shown = page("setup", part="Usual actions and advice")
    assert "as they came with Fixpoint" in words(shown)
    click(shown, "guide-change")
    click(shown, "onward_3")
    shown.text_input(key="form_title").input("Look once more")
    shown.text_input(key="form_due_days").input("soon")
    click(shown, "form-save")
    assert "“soon” are no days." in words(shown)
    shown.text_input(key="form_due_days").input("60")
    click(shown, "form-save")
    assert "Look once more" in words(shown)
    click(shown, "guide-restore")
    click(shown, "form-save")
    assert "as they came with Fixpoint" in words(shown)
    assert "Earlier versions" in {expander.label[:16] for expander in shown.expander}


def test_a_second_editor_of_the_advice_keeps_their_own_words(worked: Scene) -> None:
    shown = click(page("setup", part="Usual actions and advice"), "advice-change")
    guiding.replace_advice(
        worked.store, COORDINATOR, worked.clock, 1, group=Group.LIGHTING, text="Theirs.", seen_version=0
    )
    shown.text_area(key="form_text").input("Mine.")
    click(shown, "form-save")
    assert "Cora Reid saved first." in words(shown)
    assert shown.text_area(key="form_text").value == "Mine."
    click(shown, "form-save")
    assert worked.store.guides()[0].content == {"text": "Mine."}


def test_the_board_has_a_lane_for_each_person(worked: Scene) -> None:
    for person in ("Piet", ""):
        acting.add_action(
            worked.store, COORDINATOR, worked.clock, 1, problem_id=1, organisation_id=1, type=ActionType.REPAIR,
            title="Renew", person=person,
        )  # fmt: skip
    text = words(page("board", lanes="By person"))
    assert text.index("Piet 1") < text.index("No person named 1")
    assert worked.store.action(1).status is ActionStatus.PROPOSED
