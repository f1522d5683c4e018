"""The page of duplicates: side by side, merged by one click, taken apart by one click."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard import session
from dashboard.parts import suggested
from dashboard.parts.desk import this_desk
from problems.people import Principal
from problems.reports import ReportStatus
from problems.use_cases.reporting import correct_report
from tests.scenes import COORDINATOR, OFFICER, VIEWER, Scene
from tests.screens import click, keys, markup, page, run, sit_down, words

DAY = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def fresh_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggested, "groups", suggested.SuggestedGroups())
    monkeypatch.setattr("dashboard.views.duplicates.groups", suggested.groups)


def lamps(scene: Scene, count: int = 3) -> None:
    days = [DAY - timedelta(days=3 - at) for at in range(count)]
    scene.send(*(replace(scene.report((5.0 * at, 0), day), text="Lamp is out") for at, day in enumerate(days)))


def test_a_group_shows_its_reports_with_the_reason_for_each(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene)
    shown = words(page("duplicates"))
    assert "1 group to review" in shown
    assert "The earliest" in shown
    assert "5 m apart, 1 day apart, same kind, similar words" in shown


def test_one_click_merges_the_group_and_one_click_takes_it_apart(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene)
    done = click(page("duplicates"), "merge-1")
    assert "2 reports merged into R-000001: one incident now." in words(done)
    assert scene.store.merged_reports() == {1: (2, 3)}
    merged = page("duplicates", part="Merged")
    assert "3 reports of one incident, 1 reporter" in words(merged)
    assert "R-000002, R-000003, merged by This computer" in words(merged)
    assert "2 reports taken apart" in words(click(merged, "split-1"))
    assert scene.store.merged_reports() == {}


def test_another_report_can_be_chosen_as_the_main_one(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene)
    app = page("duplicates")
    app.selectbox(key="main-1").set_value(3)
    assert app.button(key="merge-1").label == "Merge into the oldest"
    run(app)
    assert app.button(key="merge-1").label == "Merge into R-000003"
    click(app, "merge-1")
    assert scene.store.merged_reports() == {3: (1, 2)}


def test_what_is_not_the_same_is_not_shown_again_until_it_is_taken_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene, 2)
    sit_down(monkeypatch, scene)
    assert "Nothing to review" in words(click(page("duplicates"), "apart-1"))
    apart = page("duplicates", part="Not the same")
    assert "1 decision to keep reports apart" in words(apart)
    click(apart, "back-0")
    assert "1 group to review" in words(page("duplicates"))


def test_one_decision_about_five_reports_is_one_line_and_taken_back_by_one_click(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene, 5)
    sit_down(monkeypatch, scene)
    (group,) = suggested.groups.get(this_desk())
    click(page("duplicates"), f"apart-{group.main_id}")
    assert len(scene.store.aparts()) == len(group.ids) * (len(group.ids) - 1) // 2 > 1
    apart = page("duplicates", part="Not the same")
    assert "1 decision to keep reports apart" in words(apart)
    assert f"the {len(group.ids)} reports may be suggested again" in words(click(apart, "back-0"))
    assert scene.store.aparts() == []


def test_only_what_is_ticked_is_decided_and_the_rest_says_what_it_is_still_similar_to(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene)
    app = page("duplicates")
    app.checkbox(key="tick-1-3").uncheck()
    run(app)
    click(app, "apart-1")
    assert [(one.first_id, one.second_id) for one in scene.store.aparts()] == [(1, 2)]
    again = page("duplicates")
    assert "Not the same as R-000002, but still similar to the others here" in words(again)
    again.checkbox(key="tick-1-1").uncheck()
    assert "Tick at least two reports" in words(run(again))
    assert "merge-1" not in keys(again)


def test_a_group_can_be_merged_in_part(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene)
    app = page("duplicates")
    app.checkbox(key="tick-1-1").uncheck()
    run(app)
    assert app.button(key="merge-1").label == "Merge into R-000002"
    click(app, "merge-1")
    assert scene.store.merged_reports() == {2: (3,)}


def test_whoever_is_late_is_told_and_nothing_is_merged(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene, 2)
    sit_down(monkeypatch, scene)
    app = page("duplicates")
    from data.reading.masks import mask_contacts
    from data.taxonomy import load_taxonomy

    correct_report(
        scene.store,
        OFFICER,
        scene.clock,
        1,
        report_id=2,
        seen_version=1,
        categories=load_taxonomy().categories,
        mask=mask_contacts,
        text="Lamp is broken",
    )
    # The button still carries the versions that were on the screen.
    assert f"{OFFICER.name} changed R-000002" in words(click(app, "merge-1"))
    assert scene.store.merged_reports() == {}


def test_filters_are_in_the_address_and_leave_what_they_name(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene, 2)
    scene.send(*(scene.report((800.0 + at, 0), DAY, code="WST-DUMP") for at in range(2)))
    sit_down(monkeypatch, scene)
    assert "2 groups to review" in words(page("duplicates"))
    shown = words(page("duplicates", category="Rubbish and litter"))
    assert "1 group to review" in shown
    assert "Dumped rubbish" in shown
    assert "No group fits the filters" in words(page("duplicates", category="Vehicles"))


def test_the_plain_table_says_the_same(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene, 2)
    sit_down(monkeypatch, scene)
    table = markup(page("duplicates", plain="true"))
    assert "Groups to review" in table
    assert table.count("<tr ") == 3


@pytest.mark.parametrize(("who", "buttons"), [(OFFICER, True), (COORDINATOR, False)])
def test_only_who_may_merge_has_the_button(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, who: Principal, buttons: bool
) -> None:
    lamps(scene, 2)
    sit_down(monkeypatch, scene, who)
    shown = keys(page("duplicates"))
    assert ("merge-1" in shown) is buttons
    assert "apart-1" in shown


def test_single_reports_are_not_for_everybody(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene, VIEWER)
    # Even where everything could be read.
    monkeypatch.setattr(session, "seen_store", lambda: scene.store)
    app = page("duplicates")
    assert "Lamp is out" not in markup(app)
    assert keys(app) == set()


def test_text_of_strangers_stays_text(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "<img src=x onerror=alert(1)> ![x](https://evil.example/x.png) ${alert(1)}"
    scene.send(*(replace(scene.report((at, 0), DAY), text=evil, address=evil) for at in range(2)))
    sit_down(monkeypatch, scene)
    app = page("duplicates")
    assert "<img" not in markup(app)
    assert "${" not in markup(app)
    assert "evil" not in " ".join(str(each.label) for each in app.button)
    click(app, "merge-1")
    assert "<img" not in markup(page("duplicates", part="Merged"))


def test_an_empty_list_says_what_to_do(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    assert "Nothing to review" in words(page("duplicates"))
    assert "listed here" in words(page("duplicates", part="Merged"))
    assert "listed here" in words(page("duplicates", part="Not the same"))


def test_groups_are_worked_out_again_when_something_changed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene, 2)
    sit_down(monkeypatch, scene)
    assert "1 group" in words(page("duplicates"))
    with scene.store.writing() as unit:
        (second,) = unit.reports([2])
        unit.save_report(replace(second, status=ReportStatus.RESOLVED), second.version)
    assert "Nothing to review" in words(page("duplicates"))
