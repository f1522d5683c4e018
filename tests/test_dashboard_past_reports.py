"""Inbox, records, duplicates, search and briefing of a past day: what was known then, and nothing to change it with."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.parts import looking_back, suggested
from data.taxonomy import load_taxonomy, taxonomy_of
from problems.people import Principal
from problems.reports import RejectedRow, ReportStatus
from problems.use_cases import merging, reviewing
from problems.use_cases.answer_changes import matters_of
from problems.use_cases.importing import accept_import
from tests.scenes import COORDINATOR, OFFICER, Scene
from tests.screens import keys, markup, page, sit_down, words
from tests.test_problems_answering import give, move
from tests.test_problems_telling import called, ended, told

R = ReportStatus
THEN = date(2026, 3, 2)
LATER = THEN + timedelta(days=12)


def lamps(scene: Scene, day: date, road: str, count: int = 3) -> None:
    rows = [
        replace(scene.report((5.0 * at, 0), day, code=None if at == 2 else "LGT-OUT"),
                text="Lamp is out", address=f"{at} {road}")
        for at in range(count)
    ]  # fmt: skip
    accept_import(
        scene.store, OFFICER, scene.clock, 1,
        source="council", file_name=f"{road}.csv", sha256=road, columns={},
        rows=[*rows, RejectedRow(9, "date", "x", f"No date in {road}.")],
    )  # fmt: skip


@pytest.fixture
def lived(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Three lamps and a caller on one day; twelve days later all of it has moved on and another file came."""
    monkeypatch.setattr(suggested, "groups", suggested.SuggestedGroups())
    monkeypatch.setattr("dashboard.views.duplicates.groups", suggested.groups)
    lamps(scene, THEN, "Mill Lane")
    matter = called(scene)
    ended(scene, matter)
    scene.today = LATER
    told(scene, [matter])
    give(scene, matters_of(scene.store, [1]), scene.organisation().id)
    move(scene, OFFICER, matters_of(scene.store, [3])[0], R.ACKNOWLEDGED)
    merging.merge_reports(scene.store, OFFICER, scene.clock, 1, main_id=1, duplicate_ids=[2], seen_versions={})
    lamps(scene, LATER, "New Road")
    session.forget()
    return scene


def look(monkeypatch: pytest.MonkeyPatch, scene: Scene, on: date, who: Principal = OFFICER) -> None:
    sit_down(monkeypatch, scene, who)
    monkeypatch.setattr(looking_back, "day_chosen", lambda: on)
    monkeypatch.setattr("dashboard.parts.forms.day_chosen", lambda: on)


def live(shown: AppTest) -> set[str]:
    """Return the keys of the controls that would change something: all buttons but those that only read."""
    reading = ("inbox-csv", "fx-today", "briefing-")
    return {key for key in keys(shown) if not key.startswith(reading)} | {
        str(one.key) for one in shown.checkbox if not str(one.key).startswith("plain")
    }


def test_the_inbox_shows_what_waited_then(lived: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    look(monkeypatch, lived, THEN)
    shown = page("inbox")
    text = words(shown)
    assert "New 3 Acknowledged 0 Under way 0" in text
    assert "Said to be fixed 1" in text
    assert "3 reports" in text
    assert "New Road" not in text
    assert "Council lighting" not in text
    assert not live(shown)
    sit_down(monkeypatch, lived, OFFICER)
    monkeypatch.setattr(looking_back, "day_chosen", lambda: None)
    assert "New Road" in words(page("inbox"))


def test_one_report_of_a_past_day_stands_as_it_stood(lived: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    look(monkeypatch, lived, THEN)
    shown = page("inbox", report="R-000002")
    text = words(shown)
    assert "What is known New" in text
    assert "Duplicate of" not in text
    assert "Nobody has done anything with it yet." in text
    assert "What can be done now" not in text
    assert not live(shown)
    missing = words(page("inbox", report="R-000006"))
    assert "It was not known on 2 Mar 2026" in missing


def test_a_partner_is_not_told_that_nobody_knew_of_the_report_of_another(
    lived: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = lived.partner(lived.organisation("Highways"), "hal")
    look(monkeypatch, lived, LATER, other)
    said = "It was not known on 14 Mar 2026, or it is not your organisation’s."
    assert [said in words(page("inbox", report=one)) for one in ("R-000002", "R-000099")] == [True, True]


def test_who_was_to_be_told_then_is_listed_without_a_way_to_tell_them(
    lived: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(monkeypatch, lived, THEN)
    shown = page("inbox", part="To be told")
    assert "1 reporter to be told" in words(shown)
    assert "New lamp fitted." in words(shown)
    assert not live(shown)
    look(monkeypatch, lived, LATER)
    assert "Nobody waited to hear from you" in words(page("inbox", part="To be told"))


def test_before_anything_was_known_the_pages_say_so(lived: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    look(monkeypatch, lived, THEN - timedelta(days=1))
    assert "No report was known yet." in words(page("inbox"))
    assert "No records were known on 1 Mar 2026" in words(page("quality"))
    shown = page("problem")
    assert "No problem was known on 1 Mar 2026 Choose a later day under Display." in words(shown)
    assert 'href="/import"' not in markup(shown)
    shown = page("told")
    assert "No report was known on 1 Mar 2026" in words(shown)
    assert "The first reports were imported on 2 Mar 2026. Choose a later day, or go back to today." in words(shown)
    assert 'href="/import"' not in markup(shown)
    look(monkeypatch, lived, THEN - timedelta(days=1), lived.partner(lived.store.organisations()[0]))
    assert "No problem that your organisation sees was known on 1 Mar 2026" in words(page("problem"))


def test_the_records_are_those_of_the_day(lived: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    look(monkeypatch, lived, THEN, COORDINATOR)
    shown = page("quality", source="council")
    text = words(shown)
    assert "Reports 3 and 1 row rejected" in text
    assert "1 without" in text
    assert "No date in Mill Lane." in text
    assert "New Road" not in text
    assert not live(shown)
    rejected = page("quality", source="council", show="rejected")
    assert "Download" not in words(rejected)
    assert "made of today’s records only" in words(rejected)


def test_a_figure_that_cannot_be_known_says_so_in_its_place(lived: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    before = taxonomy_of(lived.store)
    names = [one for rows in before.names.values() for one in rows]
    listed = [*names, replace(names[0], source="*", name="Unknown", code="LGT-OUT")]
    reviewing.replace_names(
        lived.store, COORDINATOR, lived.clock, 1, text="", names=listed, taxonomy=load_taxonomy(), past_too=True
    )
    look(monkeypatch, lived, THEN, COORDINATOR)
    text = words(page("quality", source="council"))
    assert "With a category Not known" in text
    assert "Without a category Not known Not known" in text
    assert "The list of category names was replaced later" in text
    assert "is not known" in words(page("quality", source="council", show="unmapped"))


def test_duplicates_are_those_of_the_day_and_nothing_can_be_decided(
    lived: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(monkeypatch, lived, THEN)
    review = page("duplicates")
    assert "1 group to review" in words(review)
    assert "among the reports as they were known then" in words(review)
    assert not live(review)
    assert "Nothing is merged" in words(page("duplicates", part="Merged"))
    look(monkeypatch, lived, LATER)
    merged = page("duplicates", part="Merged")
    assert "1 main report with duplicates" in words(merged)
    assert not live(merged)


def test_search_finds_what_was_known_and_shows_how_it_stood(lived: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    look(monkeypatch, lived, THEN)
    assert "R-000002" in words(page("search", q="R-000002"))
    assert "Nothing fits" in words(page("search", q="R-000006"))
    assert "Nothing fits" in words(page("search", q="New Road"))
    assert "Mill Lane" in words(page("search", q="Mill Lane"))


def test_nothing_can_be_merged_or_split_on_a_past_day(lived: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lived.send(*lived.spot((0, 3000), [LATER - timedelta(days=one) for one in range(12)]))
    lived.refresh()
    look(monkeypatch, lived, LATER, COORDINATOR)
    shown = page("combine", problem="P-0001")
    assert "Nothing can be merged or split on a past day" in words(shown)
    assert not live(shown)
    assert not shown.multiselect


def test_the_briefing_takes_the_day_as_its_own_unless_another_is_chosen(
    lived: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = THEN + timedelta(days=7)
    look(monkeypatch, lived, on, COORDINATOR)
    text = words(page("briefing", week="2026-W10"))
    assert "as known on 9 Mar 2026" in text
    chosen = words(page("briefing", week="2026-W10", known="2026-03-14"))
    assert "as known on 14 Mar 2026" in chosen
    assert "9 Mar 2026" not in chosen.split("as known on", 1)[1][:200]
    assert markup(page("briefing")).count("fx-error") == 0
