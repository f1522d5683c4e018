import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.parts.move_forms import is_onward
from dashboard.parts.telling import timeline
from dashboard.parts.timeline import stages
from dashboard.wording import Names
from problems.actions import ActionStatus, ActionType
from problems.events import Event, EventKind, Subject, event
from problems.lifecycle import MoveAnswers, moves_from
from problems.people import LAPTOP, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.reports import ReportStatus
from problems.sharing import SharingLevel
from problems.targets import WorkingDays
from problems.use_cases import acting, answering, drawing, evidencing, referring, working
from problems.use_cases.sharing import set_sharing
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, VIEWER, Scene, days_before
from tests.screens import click, keys, markup, page, run, sit_down, words

HOSTILE = "![x](http://evil.example/a.png) <img src=x onerror=alert(1)> ${evil} `tick`"


@pytest.fixture
def problem(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Problem:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    sit_down(monkeypatch, scene)
    return scene.store.problem(1)


def test_an_empty_store_greets_with_where_to_begin(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    shown = page("problem")
    assert "No problems yet" in words(shown)
    assert 'href="/import"' in markup(shown)


def test_the_list_opens_each_problem_by_its_address(problem: Problem) -> None:
    shown = page("problem")
    assert 'href="/problem?problem=P-0001"' in markup(shown)
    assert "1 problem of 1" in words(shown)
    assert "Detected" in words(shown)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"find": "p-0001"}, "1 problem of 1"),
        ({"find": "no such street"}, "0 problems of 1"),
        ({"list_status": "Ended"}, "0 problems of 1"),
        ({"list_kind": "Street lighting"}, "1 problem of 1"),
        ({"list_kind": "Vehicles"}, "0 problems of 1"),
        ({"list_owner": "Nobody yet"}, "1 problem of 1"),
    ],
)
def test_the_list_is_filtered_by_its_address(problem: Problem, filters: dict[str, str], expected: str) -> None:
    assert expected in words(page("problem", **filters))


def test_the_page_shows_where_the_problem_stands(scene: Scene, problem: Problem) -> None:
    scene.taken_on(problem)
    text = words(page("problem", problem="P-0001"))
    assert "Taken on" in text
    assert "Owner: Cora Reid" in text
    assert "12 distinct incidents" in text
    assert "Status changed from “Detected” to “Taken on”." in text
    assert "No more dark nights" in words(page("problem", problem="P-0001", tab="analyse"))


def test_only_the_open_stage_is_made_and_the_address_opens_it(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    told = {
        tab: words(page("problem", problem="P-0001", tab=tab))
        for tab in ("scan", "analyse", "respond", "assess", "rubbish", "")
    }
    alone = {"scan": "Reports over time", "analyse": "What is agreed", "respond": "1 of 1 action done"}
    for tab, heading in alone.items():
        assert [name for name in alone if heading in told[name]] == [tab]
    assert told["rubbish"] == told[""] == told["scan"]
    assert all("What happened" in text and "Owner: Cora Reid" in text for text in told.values())


def test_evidence_stands_where_people_respond(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    evidencing.add_visit(
        scene.store, OFFICER, scene.clock, 1, problem_id=1, visited_on=scene.today, note="Lit at 21:00."
    )
    told = {tab: words(page("problem", problem="P-0001", tab=tab)) for tab in ("scan", "respond")}
    assert "1 visit" in told["respond"]
    # In the other stages the timeline alone tells of it.
    assert "What was seen" in told["respond"]
    assert "What was seen" not in told["scan"]


def test_linked_reports_stand_with_their_state_open_ones_first(scene: Scene, problem: Problem) -> None:
    assert "Reports linked by hand None yet." in words(page("problem", problem="P-0001"))
    asking: Any = (scene.store, OFFICER, scene.clock, 1)
    referring.link_reports(*asking, report_ids=[2, 3, 4], problem_id=1, seen_versions={})
    for target, told in ((ReportStatus.ACKNOWLEDGED, {}), (ReportStatus.RESOLVED, {"reason": "fixed", "note": "Lit."})):
        answering.move_reports(
            *asking, report_ids=[4], target=target, answers=MoveAnswers(**told), seen_versions={}, days=WorkingDays()
        )
    shown = page("problem", problem="P-0001")
    assert "Reports linked by hand 3 reports" in words(shown)
    drawn = markup(shown)
    linked = drawn[drawn.index("Reports linked to this problem") :]
    assert re.findall(r'href="/inbox\?report=(R-\d+)"', linked) == ["R-000003", "R-000002", "R-000004"]
    assert ReportStatus.RESOLVED.label in linked
    assert HOSTILE not in linked


def test_linked_reports_are_shown_to_those_who_see_single_reports(
    scene: Scene, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = scene.organisation("Lighting"), scene.organisation("Parks")
    asking: Any = (scene.store, OFFICER, scene.clock, 1)
    referring.link_reports(*asking, report_ids=[2, 3], problem_id=1, seen_versions={})
    referring.give_reports(*asking, report_ids=[2], organisation_id=own.id, seen_versions={})
    referring.give_reports(*asking, report_ids=[3], organisation_id=other.id, seen_versions={})
    level, version = SharingLevel.WITHOUT_NOTES, scene.store.problem(1).version
    asked: Any = (scene.store, COORDINATOR, scene.clock, 1)
    set_sharing(*asked, problem_id=1, organisation_id=own.id, level=level, seen_version=version)
    seen = {}
    for who in (VIEWER, COMMANDER, COORDINATOR, scene.partner(own)):
        sit_down(monkeypatch, scene, who)
        drawn = markup(page("problem", problem="P-0001"))
        seen[who.key] = re.findall(r'href="/inbox\?report=(R-\d+)"', drawn)
    assert seen == {"vera": [], "clio": [], "cora": ["R-000003", "R-000002"], "piet": ["R-000002"]}


def test_closing_says_that_an_assessment_comes_first(
    scene: Scene, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.remediated(problem)
    scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    sit_down(monkeypatch, scene, COMMANDER)
    shown = click(page("problem", problem="P-0001"), "move-P-0001-closed")
    assert "First an officer or coordinator keeps an assessment of the work" in words(shown)
    shown.selectbox(key="form_outcome").select("effective")
    shown.text_area(key="form_note").input("It is lit.")
    refused = click(shown, "form-save")
    assert "Nobody has kept an assessment of what the work achieved." in words(refused)
    scene.assessed()
    click(refused, "form-save")
    assert scene.store.problem(1).status is ProblemStatus.CLOSED


@pytest.mark.parametrize("ref", ["P-0099", "rubbish", "P-", "-1", "9" * 30])
def test_an_unknown_reference_says_so_and_leads_to_the_list(problem: Problem, ref: str) -> None:
    shown = page("problem", problem=ref)
    assert "Problem not found" in words(shown)
    assert 'href="/problem"' in markup(shown)


@pytest.mark.parametrize(
    ("who", "moves"),
    [
        (COORDINATOR, {"confirmed", "dismissed"}),
        (OFFICER, set()),
        (VIEWER, set()),
        (COMMANDER, set()),
    ],
)
def test_only_the_moves_that_the_person_may_make_are_offered(
    scene: Scene, problem: Problem, monkeypatch: pytest.MonkeyPatch, who: Principal, moves: set[str]
) -> None:
    sit_down(monkeypatch, scene, who)
    offered = {key.removeprefix("move-P-0001-") for key in keys(page("problem", problem="P-0001")) if "move-P" in key}
    assert offered == moves


def test_taking_a_problem_on_asks_for_what_it_needs_and_keeps_it(scene: Scene, problem: Problem) -> None:
    shown = click(page("problem", problem="P-0001"), "move-P-0001-confirmed")
    shown.text_input(key="form_owner").input("Cora Reid")
    shown.text_area(key="form_objective").input("Halve the reports by June")
    click(shown, "form-save")
    saved = scene.store.problem(1)
    assert saved.status is ProblemStatus.CONFIRMED
    assert (saved.owner, saved.objective) == ("Cora Reid", "Halve the reports by June")
    assert saved.review_on == scene.today + timedelta(days=28)
    assert "form-save" not in keys(shown)
    assert "P-0001 is now “Taken on”." in words(shown)


def test_a_missing_answer_is_refused_in_words_and_nothing_typed_is_lost(scene: Scene, problem: Problem) -> None:
    shown = click(page("problem", problem="P-0001"), "move-P-0001-confirmed")
    shown.text_input(key="form_owner").input("Cora Reid")
    click(shown, "form-save")
    assert "This move needs: objective." in words(shown)
    assert shown.text_input(key="form_owner").value == "Cora Reid"
    assert scene.store.problem(1).status is ProblemStatus.DETECTED


def test_the_second_of_two_people_is_told_what_changed_and_keeps_their_words(scene: Scene, problem: Problem) -> None:
    shown = click(page("problem", problem="P-0001"), "edit")
    working.edit_problem(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=1,
        seen_version=problem.version,
        objective="Renew the lamps",
    )
    shown.text_input(key="form_name").input("Lamps at the mill")
    click(shown, "form-save")
    text = words(shown)
    assert "Cora Reid saved first." in text
    assert "Objective was “–”, is now “Renew the lamps”." in text
    assert shown.text_input(key="form_name").value == "Lamps at the mill"
    assert scene.store.problem(1).name == problem.name
    click(shown, "form-save")
    assert scene.store.problem(1).name == "Lamps at the mill"


def test_an_edit_sends_only_what_was_changed(scene: Scene, problem: Problem) -> None:
    shown = click(page("problem", problem="P-0001"), "edit")
    now = scene.taken_on(problem)
    shown.text_input(key="form_name").input("Lamps at the mill")
    click(shown, "form-save")
    assert shown.text_area(key="form_objective").value == now.objective
    click(shown, "form-save")
    saved = scene.store.problem(1)
    assert saved.name == "Lamps at the mill"
    assert (saved.owner, saved.objective, saved.review_on) == (now.owner, now.objective, now.review_on)
    assert now.owner
    assert now.objective


def test_a_move_that_is_no_longer_possible_offers_what_is(scene: Scene, problem: Problem) -> None:
    shown = click(page("problem", problem="P-0001"), "move-P-0001-dismissed")
    scene.taken_on(problem)
    shown.selectbox(key="form_reason").set_value("artefact")
    shown.text_area(key="form_note").input("One bad camera")
    click(shown, "form-save")
    text = words(shown)
    assert "Cora Reid saved first." in text
    assert "Status was “Detected”, is now “Taken on”." in text
    assert "“Dismiss” is no longer possible: P-0001 is “Taken on” now." in text
    assert "You wrote: “One bad camera”" in text
    assert "form-save" not in keys(shown)
    onward = [each for each in shown.button if str(each.key).startswith("onward")]
    next(button for button in onward if button.label == "Plan the response").click()
    run(shown)
    assert shown.text_area(key="form_note").value == "One bad camera"
    click(shown, "form-save")
    assert scene.store.problem(1).status is ProblemStatus.PLANNED


def test_a_move_that_is_still_possible_is_saved_by_the_second_click(scene: Scene, problem: Problem) -> None:
    shown = click(page("problem", problem="P-0001"), "move-P-0001-confirmed")
    working.edit_problem(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=1,
        seen_version=problem.version,
        objective="Renew the lamps",
    )
    shown.text_input(key="form_owner").input("Olga Finch")
    click(shown, "form-save")
    assert "Objective was “–”, is now “Renew the lamps”." in words(shown)
    assert shown.text_area(key="form_objective").value == "Renew the lamps"
    click(shown, "form-save")
    saved = scene.store.problem(1)
    assert (saved.status, saved.owner, saved.objective) == (ProblemStatus.CONFIRMED, "Olga Finch", "Renew the lamps")


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (ProblemStatus.DETECTED, ProblemStatus.CONFIRMED, True),
        (ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED, True),
        (ProblemStatus.RECURRED, ProblemStatus.ANALYSING, True),
        (ProblemStatus.DETECTED, ProblemStatus.DISMISSED, False),
        (ProblemStatus.REMEDIATED, ProblemStatus.IN_PROGRESS, False),
        (ProblemStatus.VERIFIED, ProblemStatus.RECURRED, False),
        (ProblemStatus.CLOSED, ProblemStatus.RECURRED, False),
        (ProblemStatus.NO_ACTION, ProblemStatus.CONFIRMED, False),
        (ActionStatus.PROPOSED, ActionStatus.CANCELLED, False),
    ],
)
def test_only_a_move_that_goes_on_may_be_the_first_thing_to_do(
    source: ProblemStatus | ActionStatus, target: ProblemStatus | ActionStatus, expected: bool
) -> None:
    move = next(each for each in moves_from(source) if each.target is target)
    assert is_onward(move) is expected


def test_whoever_reported_the_work_done_is_not_offered_to_verify_it(
    scene: Scene, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.remediated(problem)
    both = Principal(COORDINATOR.key, COORDINATOR.name, frozenset({Role.COORDINATOR, Role.OFFICER}))
    sit_down(monkeypatch, scene, both)
    assert "move-P-0001-verified" not in keys(page("problem", problem="P-0001"))
    sit_down(monkeypatch, scene, OFFICER)
    assert "move-P-0001-verified" in keys(page("problem", problem="P-0001"))


def test_an_action_is_added_moved_and_postponed_from_the_page(scene: Scene, problem: Problem) -> None:
    lighting = scene.organisation()
    scene.taken_on(problem)
    shown = click(page("problem", problem="P-0001", tab="respond"), "add-action")
    shown.text_input(key="form_title").input("Renew the column")
    shown.selectbox(key="form_organisation_id").set_value(lighting.id)
    click(shown, "form-save")
    action = scene.store.actions(1)[0]
    assert (action.title, action.organisation_id) == ("Renew the column", lighting.id)
    click(shown, "move-A-0001-accepted")
    click(shown, "form-save")
    assert scene.store.action(1).status is ActionStatus.ACCEPTED
    click(shown, "more-A-0001")
    later = next(button for button in shown.button if button.label == "Move the due date")
    later.click()
    run(shown)
    shown.date_input(key="form_due_on").set_value(scene.today + timedelta(days=40))
    shown.text_area(key="form_note").input("Parts are late")
    click(shown, "form-save")
    assert scene.store.action(1).due_on == scene.today + timedelta(days=40)
    assert "Moved once, first promised for 16 Mar 2026" in words(shown)


def test_the_page_counts_what_was_done_and_what_was_checked(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    assert "1 of 1 action done, 0 checked" in words(page("problem", problem="P-0001", tab="respond"))


def test_an_action_without_an_organisation_is_refused_in_words(scene: Scene, problem: Problem) -> None:
    scene.taken_on(problem)
    shown = click(page("problem", problem="P-0001", tab="respond"), "add-action")
    shown.text_input(key="form_title").input("Renew the column")
    click(shown, "form-save")
    assert "No organisation is chosen." in words(shown)
    assert scene.store.actions(1) == []


def test_a_note_is_on_the_timeline_with_its_writer(scene: Scene, problem: Problem) -> None:
    shown = click(page("problem", problem="P-0001"), "add-note")
    shown.text_area(key="form_note").input("It starts after eleven")
    click(shown, "form-save")
    assert "2 Mar 2026, 12:00 · This computer Added a note. It starts after eleven" in words(shown)


def test_hostile_text_is_shown_as_text(scene: Scene, problem: Problem) -> None:
    working.note_problem(scene.store, LAPTOP, scene.clock, 1, problem_id=1, note=HOSTILE)
    working.edit_problem(
        scene.store, LAPTOP, scene.clock, 1, problem_id=1, seen_version=problem.version, name=HOSTILE, owner=HOSTILE
    )
    for shown in (page("problem", problem="P-0001"), page("problem")):
        assert "<img" not in markup(shown)
        assert "${" not in markup(shown)
        assert "`" not in markup(shown)
        assert HOSTILE in words(shown)
        assert not shown.markdown


def test_a_merged_problem_leads_to_the_one_it_goes_on_as(scene: Scene, problem: Problem) -> None:
    other = drawing.draw_problem(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        name="The whole row of lamps",
        group=problem.group,
        geometry={"type": "Polygon", "coordinates": [[[0, 51], [0.001, 51], [0.001, 51.001], [0, 51.001], [0, 51]]]},
    )
    scene.move(COORDINATOR, problem, ProblemStatus.SUPERSEDED, note="One row of lamps", target_id=other.id)
    shown = page("problem", problem="P-0001")
    assert "It goes on as P-0002 The whole row of lamps" in words(shown)
    assert "move-P-0001" not in " ".join(keys(shown))


def test_the_timeline_tells_old_and_new_of_every_known_field(scene: Scene, problem: Problem) -> None:
    lighting = scene.organisation()
    scene.taken_on(problem)
    action = acting.add_action(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=1,
        organisation_id=lighting.id,
        type=ActionType.REPAIR,
        title="Renew the column",
        due_on=scene.today,
    )
    events = [*scene.store.events(Subject.PROBLEM, 1), *scene.store.events(Subject.ACTION, action.id)]
    told = [line.what for line in timeline(events, {action.id: action}, Names(LONDON, {lighting.id: lighting.name}))]
    assert "Action “Renew the column” proposed to Council lighting, due 2 Mar 2026." in told
    assert any("Owner set to “Cora Reid”." in what and "Next review set to “1 Apr 2026”." in what for what in told)


def test_a_line_leads_on_to_the_problems_in_which_one_continues() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    merged = event(at, LAPTOP, Subject.PROBLEM, 1, EventKind.MOVED, changes={"successor_ids": [2, 5]})
    assert [one.what for one in timeline([merged], {}, Names(LONDON, {}))] == ["Continued in P-0002 and P-0005."]


def moved(before: ProblemStatus, after: ProblemStatus) -> Event:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return event(at, LAPTOP, Subject.PROBLEM, 1, EventKind.MOVED, changes={"status": after}, before={"status": before})


@pytest.mark.parametrize(
    ("status", "left", "said"),
    [
        (ProblemStatus.DISMISSED, ProblemStatus.DETECTED, ["ended here", "not reached", "not reached", "not reached"]),
        (ProblemStatus.NO_ACTION, ProblemStatus.PLANNED, ["done", "done", "ended here", "not reached"]),
        (ProblemStatus.CLOSED, ProblemStatus.VERIFIED, ["done", "done", "done", "done"]),
        (ProblemStatus.ANALYSING, ProblemStatus.CONFIRMED, ["done", "now", "to come", "to come"]),
    ],
)
def test_the_stages_say_where_it_is_or_how_far_it_came(
    status: ProblemStatus, left: ProblemStatus, said: list[str]
) -> None:
    assert [words for words, _, _ in stages(status, [moved(left, status)])] == said


def test_reports_of_one_address_have_no_width_in_metres(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12), spread_m=0.0))
    scene.refresh()
    sit_down(monkeypatch, scene)
    text = words(page("problem", problem="P-0001"))
    assert "1 address" in text
    assert " 0 m" not in text


def test_a_place_without_reports_of_late_gets_a_sentence_and_no_chart(scene: Scene, problem: Problem) -> None:
    assert "Open bars" in words(page("problem", problem="P-0001"))
    scene.today += timedelta(days=500)
    scene.send(scene.report((5000, 5000), scene.today))
    text = words(page("problem", problem="P-0001"))
    assert "No report of this kind came from inside the outline" in text
    assert "Open bars" not in text


def test_the_surroundings_of_a_problem_are_drawn_from_our_own_address(problem: Problem) -> None:
    maps = page("problem", problem="P-0001").get("component_instance")
    assert len(maps) == 1
    assert "https://" not in str(maps[0].proto.json_args)
    assert "P-0001" in str(maps[0].proto.json_args)
