"""Boxes before reports: what something was done with is not ticked any more, and a button says how many it ticks."""

import pytest

from dashboard.parts.inbox_list import ROWS
from problems.reports import ReportStatus
from problems.use_cases.answer_changes import matters_of
from tests.scenes import COORDINATOR, OFFICER, Scene
from tests.screens import click, page, run, sit_down, words
from tests.test_dashboard_inbox import COORDINATOR_OFFICER, button_key, choose, lamps, tick
from tests.test_problems_answering import move


def ticked(app) -> list[int]:  # type: ignore[no-untyped-def] # an AppTest, which has no public types
    return [int(str(box.key).removeprefix("tick-")) for box in app.checkbox if box.value]


def test_what_was_given_away_is_not_in_the_next_action(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    scene.organisation()
    sit_down(monkeypatch, scene, OFFICER)
    app = choose(tick(page("inbox"), 1, 2), "Give to an organisation")
    click(app, "inbox-go")
    app.selectbox(key="form_organisation_id").set_value(1)
    done = run(click(app, "form-save"))
    assert matters_of(scene.store, [1])[0].followup.organisation_id == 1
    assert ticked(done) == []
    opened = click(choose(tick(done, 3), "Give to an organisation"), "inbox-go")
    assert "1 report at once." in words(opened)


def test_what_was_refused_is_not_in_the_next_action_either(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene, OFFICER)
    app = choose(tick(page("inbox"), 1, 2), "Acknowledge")
    move(scene, COORDINATOR_OFFICER, matters_of(scene.store, [1])[0], ReportStatus.ACKNOWLEDGED)
    done = click(app, "inbox-go")
    assert "1 report stayed as it is" in words(done)
    assert ticked(run(done)) == []


def test_where_the_form_is_not_filled_in_the_boxes_stay_as_they_are(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene, OFFICER)
    opened = click(choose(tick(page("inbox"), 1, 2), "Link to a problem"), "inbox-go")
    assert sorted(ticked(click(opened, "form-save"))) == [1, 2]


def test_a_report_of_which_a_problem_was_made_is_not_ticked_any_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene)
    scene.refresh()
    sit_down(monkeypatch, scene, COORDINATOR)
    opened = click(choose(tick(page("inbox"), 1, 2), "Make a problem of these"), "inbox-go")
    done = click(opened, "form-save")
    assert len(scene.store.problems()) == 1
    assert ticked(run(done)) == []


def test_what_was_done_with_one_report_on_its_page_unticks_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene, OFFICER)
    app = page("inbox", report="1")
    app.session_state["tick-1"] = True
    click(click(app, button_key(app, "Acknowledge")), "form-save")
    assert app.session_state["tick-1"] is False


@pytest.mark.parametrize("sent", [ROWS + 3, 2])
def test_the_button_says_how_many_it_ticks(scene: Scene, monkeypatch: pytest.MonkeyPatch, sent: int) -> None:
    lamps(scene, sent)
    sit_down(monkeypatch, scene, OFFICER)
    app = page("inbox")
    on_page = min(sent, ROWS)
    assert app.button(key="inbox-all").label == f"Tick all {on_page} on this page"
    assert len(ticked(click(app, "inbox-all"))) == on_page
