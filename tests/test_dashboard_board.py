from datetime import timedelta

import pytest

from dashboard.parts import looking_back
from dashboard.wording import day
from problems.actions import Action, ActionStatus, ActionType
from problems.lifecycle import MoveAnswers
from problems.people import LAPTOP
from problems.use_cases import acting, leaving
from tests.scenes import COORDINATOR, Scene, days_before
from tests.screens import click, keys, markup, page, sit_down, words


def propose(scene: Scene, organisation_id: int, title: str, due_days: int | None = 5) -> Action:
    return acting.add_action(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=1,
        organisation_id=organisation_id,
        type=ActionType.REPAIR,
        title=title,
        due_on=None if due_days is None else scene.today + timedelta(days=due_days),
    )


@pytest.fixture
def busy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Two organisations, one late and one timely action, ten days later."""
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    lighting, police = scene.organisation("Lighting"), scene.organisation("Police team")
    propose(scene, lighting.id, "Renew the column", 5)
    propose(scene, police.id, "Patrol on Fridays", 40)
    scene.today += timedelta(days=10)
    sit_down(monkeypatch, scene)
    return scene


def test_an_empty_board_says_how_work_gets_on_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    shown = page("board")
    assert "No work is planned yet" in words(shown)
    assert 'href="/problem"' in markup(shown)


def test_the_board_of_a_day_before_any_work_says_so_and_offers_nothing(
    busy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_back, "day_chosen", lambda: busy.today - timedelta(days=11))
    shown = page("board")
    assert f"No work was planned by {day(busy.today - timedelta(days=11))}" in words(shown)
    assert "Choose a later day under Display, or go back to today." in words(shown)
    assert 'href="/problem"' not in markup(shown)


def test_the_board_says_who_owes_what_and_how_late(busy: Scene) -> None:
    text = words(page("board"))
    assert "Owed 2" in text
    assert "Late 1 up to 5 days" in text
    assert "Renew the column Lighting 5 days late Proposed for 10 days" in text
    assert "Due in 30 days" in text
    assert text.index("Renew the column") < text.index("Patrol on Fridays")


def test_the_totals_count_every_organisation(busy: Scene) -> None:
    text = words(page("board", late="true"))
    assert "Lighting 1 1 5 days 0 0 0" in text
    assert "Police team 1 0 – 0 0 0" in text


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"organisation": "Lighting"}, {"A-0001"}),
        ({"organisation": "Police team"}, {"A-0002"}),
        ({"late": "true"}, {"A-0001"}),
        ({"lanes": "By organisation"}, {"A-0001", "A-0002"}),
        ({"organisation": "Police team", "late": "true"}, set()),
    ],
)
def test_the_board_is_filtered_by_its_address(busy: Scene, query: dict[str, str], titles: set[str]) -> None:
    shown = page("board", **query)
    assert {key.split("-accepted")[0].removeprefix("move-") for key in keys(shown) if "move-A" in key} == titles


def test_one_click_and_a_note_move_an_action(busy: Scene) -> None:
    shown = click(page("board"), "move-A-0001-accepted")
    shown.text_area(key="form_note").input("We start on Monday")
    click(shown, "form-save")
    saved = busy.store.action(1)
    assert saved.status is ActionStatus.ACCEPTED
    assert saved.last_note == "We start on Monday"
    assert "“Renew the column” is now “Accepted”." in words(shown)


def test_declined_work_stays_in_sight_until_another_organisation_is_asked(busy: Scene) -> None:
    action = busy.store.action(1)
    no = MoveAnswers(reason="budget", note="Not this year.")
    partner = busy.partner(busy.store.organisations()[0])
    acting.move_action(
        busy.store,
        partner,
        busy.clock,
        1,
        action_id=1,
        target=ActionStatus.DECLINED,
        answers=no,
        seen_version=action.version,
    )
    shown = page("board")
    assert "Declined, nobody does it 1 piece of work" in words(shown)
    shown = click(shown, "move-A-0001-proposed")
    shown.selectbox(key="form_organisation_id").set_value(busy.store.organisations()[1].id)
    shown.text_area(key="form_note").input("You have a lamp in store.")
    click(shown, "form-save")
    assert busy.store.action(1).status is ActionStatus.PROPOSED
    assert "nobody does it" not in words(shown)


def test_declining_asks_for_a_reason(busy: Scene) -> None:
    shown = click(page("board"), "more-A-0001")
    next(button for button in shown.button if button.label == "Decline").click()
    shown.run()
    shown.text_area(key="form_note").input("It is a private road")
    click(shown, "form-save")
    assert "This move needs: reason." in words(shown)
    shown.selectbox(key="form_reason").set_value("not_ours")
    click(shown, "form-save")
    assert busy.store.action(1).status is ActionStatus.DECLINED
    assert busy.store.action(1).reason == "not_ours"


def test_two_people_moving_one_action_do_not_overwrite_each_other(busy: Scene) -> None:
    shown = click(page("board"), "move-A-0001-accepted")
    acting.postpone_action(
        busy.store, COORDINATOR, busy.clock, 1, action_id=1, due_on=busy.today, note="Asked for", seen_version=1
    )
    click(shown, "form-save")
    assert "Due date was “7 Mar 2026”, is now “12 Mar 2026”." in words(shown)
    assert busy.store.action(1).status is ActionStatus.PROPOSED
    click(shown, "form-save")
    assert busy.store.action(1).status is ActionStatus.ACCEPTED
    assert busy.store.action(1).due_on == busy.today


def test_a_long_lane_draws_few_buttons_until_it_is_asked_for(busy: Scene) -> None:
    for number in range(150):
        propose(busy, 1, f"Job {number}")
    shown = page("board")
    assert len(keys(shown)) < 40
    assert "152" in words(shown)
    shown.toggle(key="all-Proposed").set_value(True)
    shown.run()
    assert len([key for key in keys(shown) if key.startswith("move-A")]) == 152


def test_ended_work_is_in_the_table_and_not_in_the_lanes(busy: Scene) -> None:
    acting.move_action(
        busy.store,
        LAPTOP,
        busy.clock,
        1,
        action_id=1,
        target=ActionStatus.CANCELLED,
        answers=MoveAnswers(reason="cost", note="Too dear"),
        seen_version=1,
    )
    shown = page("board")
    assert "move-A-0001-proposed" not in keys(shown)
    assert "Cancelled" not in words(shown)
    shown.session_state["twin"] = True
    assert "Renew the column Lighting Cancelled" in words(shown.run())


def test_to_cancel_is_never_the_first_thing_to_do(busy: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, busy, COORDINATOR)
    buttons = {button.label for button in page("board").button if str(button.key).startswith(("move-A-", "more-A-"))}
    assert buttons == {"More"}


def test_a_day_that_has_passed_is_refused_in_words_and_nothing_is_saved(busy: Scene) -> None:
    before = busy.store.actions()
    shown = click(page("problem", problem="P-0001", tab="respond"), "add-action")
    shown.selectbox(key="form_organisation_id").set_value(busy.store.organisations()[0].id)
    shown.text_input(key="form_title").set_value("Fit a new lock")
    shown.date_input(key="form_due_on").set_value(busy.today - timedelta(days=22))
    shown = click(shown, "form-save")
    assert "has passed. Choose today or a later day." in words(shown)
    assert busy.store.actions() == before


def test_work_is_not_sent_back_to_a_closed_organisation_and_the_card_says_why(
    busy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lighting = busy.store.organisations()[0]
    who, action = busy.partner(lighting), busy.store.action(1)
    for target in (ActionStatus.ACCEPTED, ActionStatus.DONE):
        action = acting.move_action(
            busy.store, who, busy.clock, 1, action_id=1, target=target,
            answers=MoveAnswers(note="It is lit."), seen_version=action.version,
        )  # fmt: skip
    sit_down(monkeypatch, busy, COORDINATOR)
    shown = page("problem", problem="P-0001", tab="respond")
    assert "was closed" not in words(shown)
    assert "move-A-0001-in_progress" in keys(shown)
    leaving.close_organisation(
        busy.store, COORDINATOR, busy.clock, 1, organisation_id=lighting.id, seen_version=lighting.version
    )
    shown = page("problem", problem="P-0001", tab="respond")
    why = "No “Send back”: Lighting was closed. Open it again, or add the work as an action of another organisation."
    assert why in words(shown)
    assert "move-A-0001-in_progress" not in keys(shown)


def test_no_button_about_work_can_be_taken_for_closing_the_dialog(busy: Scene) -> None:
    shown = click(page("board"), "more-A-0001")
    labels = [str(button.label) for button in shown.button if str(button.key).startswith("onward_")]
    assert [label for label in labels if label.startswith("Cancel")] == ["Cancel this action"]


def test_a_card_shows_the_number_by_which_others_cite_it(busy: Scene) -> None:
    assert "A-0001 Renew the column" in words(page("board"))
