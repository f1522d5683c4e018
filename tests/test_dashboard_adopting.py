"""The pages on which problems are taken on, shared, merged, split and asked about."""

import json
from datetime import timedelta
from typing import Any

import pytest

from dashboard.mapping.features import problems_json
from dashboard.mapping.query import ProblemFilter
from dashboard.route_files import exported
from problems.errors import NotAllowed
from problems.people import SYSTEM, Principal, Role
from problems.problem import ProblemStatus
from problems.questions import Question
from problems.seeing import seen_by
from problems.sharing import SharingLevel
from problems.use_cases import organising, referring
from problems.use_cases.questioning import answer_question
from problems.use_cases.sharing import set_sharing
from tests.scenes import OFFICER, VIEWER, Scene, days_before
from tests.screens import click, keys, markup, page, sit_down, words
from tests.test_problems_combining import a_problem_at, asking, merge, square, work_on


@pytest.fixture
def town(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Two problems side by side that people work on, each with an action, a visit, photos and a linked report."""
    sit_down(monkeypatch, scene)
    for at in range(2):
        work_on(scene, a_problem_at(scene, at).id, at)
    return scene


def test_a_merge_is_seen_before_it_is_done_and_everything_goes_along(town: Scene) -> None:
    shown = page("combine", problem="P-0002")
    assert "nothing happens before you say so" in words(shown)
    shown.multiselect(key="merge-with-P-0002").select(1)
    shown.run()
    assert not shown.exception
    text = words(shown)
    assert "P-0002 ends and goes on as P-0001. This goes along:" in text
    assert "1 (1 owed) 1 2 1" in text
    assert "There is no undo." in text
    done = click(shown, "merge-do")
    assert "It goes on as P-0001" in words(done)
    assert town.store.problem(2).status is ProblemStatus.SUPERSEDED
    told = words(page("problem", problem="P-0001"))
    assert "P-0002 became one with it." in told
    assert "P-0002: Drawn by hand" in told, "what happened to it is told here too"


def test_a_split_offers_what_was_merged_in_with_all_that_came_along(town: Scene) -> None:
    merge(town, 1, 2)
    shown = page("combine", problem="P-0001", do="Split")
    shown.multiselect(key="split-parts-P-0001").select("merged-2")
    shown.run()
    assert not shown.exception
    assert "New: Place 1 50% 1 1" in words(shown)
    done = click(shown, "split-do")
    assert "P-0003 Place 1" in words(done)
    assert [one.title for one in town.store.actions(3)] == ["Work 1"]


def test_who_may_not_merge_is_told_who_does(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, OFFICER)
    assert "Coordinators merge and split problems" in words(page("combine", problem="P-0001"))
    assert "No problem is chosen" in words(page("combine"))


def test_ticked_reports_of_the_inbox_become_a_problem(town: Scene) -> None:
    town.send(*(town.report((900 + 20 * at, 0), town.today, address="4 Mill Lane") for at in range(2)))
    shown = page("inbox")
    for number in (3, 4):
        shown.checkbox(key=f"tick-{number}").check()
    shown.selectbox(key="inbox_do").select("Make a problem of these")
    shown = click(shown, "inbox-go")
    assert shown.text_input(key="form_name").value == "Street lighting, Mill Lane"
    shown.text_input(key="form_owner").input("Cora")
    refused = click(shown, "form-save")
    assert "This move needs: objective" in words(refused)
    refused.text_area(key="form_objective").input("Light")
    click(refused, "form-save")
    made = town.store.problem(3)
    assert (made.name, made.status, made.owner) == ("Street lighting, Mill Lane", ProblemStatus.CONFIRMED, "Cora")


def test_linked_reports_are_told_before_a_problem_is_made_of_them(town: Scene) -> None:
    shown = page("inbox")
    for number in (1, 2):
        shown.checkbox(key=f"tick-{number}").check()
    shown.selectbox(key="inbox_do").select("Make a problem of these")
    shown = click(shown, "inbox-go")
    assert "2 reports of them tell of P-0001 and P-0002 already." in words(shown)


def test_an_answer_is_written_and_read_with_its_versions(town: Scene) -> None:
    shown = click(page("problem", problem="P-0001", tab="analyse"), "answer-causes")
    shown.text_area(key="form_text").input("Lads after school.")
    click(shown, "form-save")
    shown = page("problem", problem="P-0001", tab="analyse")
    assert "Lads after school." in words(shown)
    assert "3 questions open" in words(shown)
    assert "Answered “Who causes it" in words(shown)
    exports = exported(lambda: town.store, "problems.csv")
    assert "Lads after school." in bytes(exports.body).decode()


def test_the_second_to_answer_reads_the_first_and_keeps_their_words(town: Scene) -> None:
    shown = click(page("problem", problem="P-0001", tab="analyse"), "answer-causes")
    answer_question(
        *asking(town, OFFICER), problem_id=1, question=Question.CAUSES, text="The pub.", seen_version=0
    )  # fmt: skip
    shown.text_area(key="form_text").input("Lads after school.")
    shown = click(shown, "form-save")
    assert "Omar Hale wrote: “The pub.”" in words(shown)
    assert shown.text_area(key="form_text").value == "Lads after school."
    click(shown, "form-save")
    assert "Lads after school." in words(page("problem", problem="P-0001", tab="analyse"))


def partner(town: Scene, level: SharingLevel | None) -> Any:
    organisation = town.store.organisations()[0]
    if level is not None:
        version = town.store.problem(1).version
        set_sharing(*asking(town), problem_id=1, organisation_id=organisation.id, level=level, seen_version=version)
    person = organising.add_person(
        *asking(town, SYSTEM), name="Piet", role=Role.PARTNER, organisation_id=organisation.id
    )
    return person.principal()


def test_a_partner_finds_its_own_work_and_nothing_of_the_rest_on_every_page(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_problem_at(town, 6)
    who = partner(town, SharingLevel.EXISTS)
    sit_down(monkeypatch, town, who)
    listed = words(page("problem"))
    assert "2 problems of 2" in listed
    assert "Place 0" not in listed
    assert "Place 6" not in listed
    own = words(page("problem", problem="P-0001"))
    assert "Your organisation sees that this problem exists" in own
    assert "Work 0" in own
    assert "Light 0" not in own
    assert "Place 0" not in own
    assert "Problem not found" in words(page("problem", problem="P-0003"))
    assert "Place 0" not in words(page("board"))
    shapes = json.loads(problems_json(seen_by(town.store, who), ProblemFilter()))
    assert [one["ref"] for one in shapes["problems"]] == ["P-0002"]


def test_files_hold_what_is_shared_with_whoever_asks(town: Scene) -> None:
    who = partner(town, SharingLevel.EXISTS)
    seen = seen_by(town.store, who)
    text = bytes(exported(lambda: seen, "problems.csv", {}).body).decode()
    assert "Place 0" not in text
    assert "Place 1" in text
    assert "Light 1" not in text
    shapes = json.loads(bytes(exported(lambda: seen, "problems.geojson", {}).body))
    assert [one["geometry"] is None for one in shapes["features"]] == [True, False]
    assert b"Place 0" not in bytes(exported(lambda: seen, "hot-spots.geojson", {}).body)
    with pytest.raises(NotAllowed):
        exported(lambda: seen, "reports.csv", {})


def test_who_sees_a_problem_is_shown_and_changed_in_place(town: Scene) -> None:
    shown = page("problem", problem="P-0001", tab="respond")
    assert "The problem, without notes and objective Has work on it" in words(shown)
    shown = click(shown, "share")
    shown.selectbox(key="form_organisation_id").select(town.store.organisations()[0].id)
    shown.selectbox(key="form_level").select("full")
    click(shown, "form-save")
    shown = page("problem", problem="P-0001", tab="respond")
    assert "Everything but who reported Chosen by a coordinator" in words(shown)
    assert "Who sees it: Council lighting, everything but who reported." in words(shown)


def test_what_calls_for_attention_stands_on_the_page_and_in_the_list(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.today += timedelta(days=40)
    text = words(page("problem", problem="P-0001"))
    assert "Overdue The review was due 10 days ago." in text
    assert "Stalled Nothing has happened for 40 days." in text
    assert "Overdue Stalled" in words(page("problem"))
    sit_down(monkeypatch, town, VIEWER)
    assert "share" not in keys(page("problem", problem="P-0001", tab="respond"))


def test_a_link_that_is_taken_back_leaves_the_split_as_it_was(town: Scene) -> None:
    referring.link_reports(*asking(town, OFFICER), report_ids=[1], problem_id=None, seen_versions={})
    spec = "_".join(f"{round(lon * 1e5)}.{round(lat * 1e5)}" for lon, lat in square(0, 0.5, 0.9)["coordinates"][0][:4])
    shown = page("combine", problem="P-0001", do="Split", shape=f"ring_{spec}")
    assert "those that lie in it" in words(shown)
    assert "/draw?part_of=P-0001" in markup(shown)


def test_who_takes_a_hot_spot_on_is_its_owner_unless_they_say_otherwise(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    team = scene.organisation("Safety team")
    cora = Principal("cora", "Cora Reid", frozenset({Role.COORDINATOR}), team.id)
    sit_down(monkeypatch, scene, cora)
    shown = click(page("problem", problem="P-0001"), "move-P-0001-confirmed")
    assert shown.text_input(key="form_owner").value == "Cora Reid"
    assert shown.selectbox(key="form_owner_organisation_id").value == team.id
    shown.text_area(key="form_objective").input("No more dark nights")
    click(shown, "form-save")
    taken = scene.store.problem(1)
    assert (taken.owner, taken.owner_organisation_id) == ("Cora Reid", team.id)


def test_no_press_merges_everything_there_is(town: Scene) -> None:
    shown = page("combine", problem="P-0002")
    assert shown.multiselect(key="merge-with-P-0002").proto.select_all == 0
