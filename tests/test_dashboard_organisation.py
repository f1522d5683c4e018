"""My organisation, Decisions and Search as pages."""

from datetime import timedelta

import pytest

from dashboard.wording import day
from problems.actions import Action, ActionStatus
from problems.people import Principal
from problems.problem import ProblemStatus
from problems.sharing import SharingLevel
from problems.use_cases import commanding
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, VIEWER, Scene, days_before
from tests.screens import click, keys, markup, page, sit_down, words
from tests.test_problems_owing import move, partner, propose
from tests.test_problems_sharing import share


@pytest.fixture
def town(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    scene.organisation("Lighting")
    scene.organisation("Parks")
    sit_down(monkeypatch, scene)
    return scene


def sent_back(scene: Scene, who: Principal) -> Action:
    done = move(scene, who, propose(scene, "Renew the column", 2), ActionStatus.ACCEPTED)
    done = move(scene, who, done, ActionStatus.DONE, note="New lamp.")
    return move(scene, OFFICER, done, ActionStatus.IN_PROGRESS, note="Still dark at 22:00.")


def test_a_partner_answers_in_one_click_and_sees_what_came_back_and_why(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = partner(town)
    back, asked = sent_back(town, who), propose(town, "Cut back the tree")
    propose(town, "Sweep the square", organisation_id=2)
    town.today += timedelta(days=5)
    sit_down(monkeypatch, town, who)
    shown = page("organisation")
    text = words(shown)
    assert "1 request for work waits for an answer." in text
    assert "Wait for an answer 1" in text
    assert "Sent back 1" in text
    assert "3 days late" in text
    assert "“Still dark at 22:00.”" in text
    assert "Sweep the square" not in text
    assert not shown.selectbox
    assert text.index("Waits for your answer") < text.index("Sent back reported as done")
    after = click(shown, f"do-{asked.ref}-accepted")
    assert "“Cut back the tree” is now “Accepted”." in words(after)
    assert town.store.action(asked.id).status is ActionStatus.ACCEPTED
    assert f"move-{back.ref}-done" in keys(after)


def test_a_click_on_an_old_page_is_refused_in_words(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = propose(town, "Cut back the tree")
    sit_down(monkeypatch, town, partner(town))
    shown = page("organisation")
    move(town, partner(town), asked, ActionStatus.ACCEPTED)
    assert "saved in the meantime" in words(click(shown, f"do-{asked.ref}-accepted"))


def test_a_coordinator_chooses_the_organisation_by_the_address(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    propose(town, "Sweep the square", organisation_id=2)
    sit_down(monkeypatch, town, COORDINATOR)
    assert "Sweep the square" in words(page("organisation"))
    shown = page("organisation", org="Lighting")
    assert "Nothing is owed" in words(shown)
    assert "None is open" in words(shown)
    assert "Nothing is done yet" in words(shown)


def test_a_store_without_organisations_says_where_they_are_added(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    shown = page("organisation")
    assert "No organisation yet" in words(shown)
    assert 'href="/setup"' in markup(shown)


def test_command_decides_on_a_card_with_the_facts_and_others_read_it(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    commanding.ask_no_action(
        town.store, COORDINATOR, town.clock, 1, problem_id=1, reason="cost", note="Too dear for one lamp."
    )
    town.today += timedelta(days=4)
    sit_down(monkeypatch, town, COMMANDER)
    text = words(page("decisions"))
    assert "Waiting for 4 days" in text
    assert "“Too dear for one lamp.”" in text
    assert "12 distinct incidents in 12 reports" in text
    assert "Nothing, and nothing is planned" in text
    assert "Not recorded" in text
    sit_down(monkeypatch, town, OFFICER)
    read_only = page("decisions")
    assert "You may read this; command decides." in words(read_only)
    assert not [key for key in keys(read_only) if key.startswith("decide-")]


def test_a_decision_is_one_click_with_a_reason_and_told_afterwards(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    commanding.ask_no_action(
        town.store, COORDINATOR, town.clock, 1, problem_id=1, reason="cost", note="Too dear for one lamp."
    )
    sit_down(monkeypatch, town, COMMANDER)
    shown = click(page("decisions"), "decide-no_action_asked-P-0001-0")
    assert shown.text_area(key="form_note").value == "Too dear for one lamp."
    after = click(shown, "form-save")
    assert town.store.problem(1).status is ProblemStatus.NO_ACTION
    assert "Nothing waits for a decision" in words(after)
    assert "Cost out of proportion: Too dear for one lamp." in words(after)


def test_the_search_groups_what_it_found_and_says_when_there_is_nothing(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(town, "Renew the column")
    assert "Found: 1 action." in words(page("search", q="column"))
    assert "Nothing fits “zzz”" in words(page("search", q="zzz"))
    assert 'href="/problem?problem=P-0001"' in markup(page("search", q="p-1"))
    sit_down(monkeypatch, town, VIEWER)
    assert "Nothing fits “column”" in words(page("search", q="column"))
    assert "No open work names Vera Lunt" in words(page("search"))


def test_a_partner_is_offered_moves_of_its_own_work_only_and_lands_where_the_work_is(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, others = propose(town, "Cut back the tree"), propose(town, "Sweep the square", organisation_id=2)
    sit_down(monkeypatch, town, partner(town))
    shown = page("problem", problem="P-0001")
    assert "Cut back the tree" in words(shown)
    assert "Sweep the square" in words(shown), "what the others do is seen"
    assert f"move-{own.ref}-accepted" in keys(shown)
    assert not [key for key in keys(shown) if others.ref in key and key.startswith(("move-", "more-"))]
    assert "What your organisation does about it is under “Respond”." in words(shown)
    board = keys(page("board"))
    assert f"move-{own.ref}-accepted" in board
    assert f"move-{others.ref}-accepted" not in board
    sit_down(monkeypatch, town, COORDINATOR)
    assert "Reports over time" in words(page("problem", problem="P-0001")), "others begin with what was found"


def test_what_is_accepted_stands_under_a_name_of_its_own(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    who = partner(town)
    move(town, who, propose(town, "Renew the column"), ActionStatus.ACCEPTED)
    propose(town, "Cut back the tree")
    sit_down(monkeypatch, town, who)
    text = words(page("organisation"))
    assert "Owed in all 2" in text
    assert "To be done 1: accepted, what is due first on top" in text


def test_a_decision_says_what_is_still_owed_and_offers_no_end_before(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    commanding.ask_no_action(
        town.store, COORDINATOR, town.clock, 1, problem_id=1, reason="cost", note="Too dear for one lamp."
    )
    propose(town, "Renew the column")
    sit_down(monkeypatch, town, COMMANDER)
    shown = page("decisions")
    assert "Still owed A-0001 Renew the column. A coordinator ends it first" in words(shown)
    assert [button.label for button in shown.button if str(button.key).startswith("decide-")] == ["Work goes on"]


def test_a_card_dates_its_assessment_and_tells_one_from_before_the_return(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    problem = scene.remediated(scene.store.problem(1))
    scene.move(OFFICER, problem, ProblemStatus.VERIFIED, note="Lit.", visited_on=scene.today)
    scene.assessed()
    kept = f"Did it work Assessed on {day(scene.today)}: Reports fell."
    sit_down(monkeypatch, scene, COMMANDER)
    text = words(page("decisions"))
    assert f"12 distinct incidents in 12 reports of its last hot spot, on {day(scene.today)}" in text
    assert kept in text
    assert "before it came back" not in text
    scene.today += timedelta(days=9)
    scene.move(COORDINATOR, problem, ProblemStatus.RECURRED, note="Dark again.")
    text = words(page("decisions"))
    back = f"That was before it came back on {day(scene.today)}; nothing later is counted in it."
    assert f"{kept} {back}" in text
    scene.today += timedelta(days=1)
    scene.assessed()
    again = words(page("decisions"))
    assert f"Assessed on {day(scene.today)}: Reports fell." in again
    assert "before it came back" not in again


def test_open_is_what_the_list_calls_so_and_what_has_gone_quiet_is_beside_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    who = scene.partner(scene.organisation("Parks"))
    share(scene, 1, 1, SharingLevel.EXISTS)
    sit_down(monkeypatch, scene, who)
    assert "1 open, 1 in all" in words(page("organisation"))
    for _ in range(2):
        scene.today += timedelta(days=150)
        scene.refresh()
    sit_down(monkeypatch, scene, who)
    assert "0 open, 1 gone quiet, 1 in all" in words(page("organisation"))
