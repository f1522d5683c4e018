"""The page on which reports are written down: nothing typed is lost, nothing is kept twice."""

import re
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.parts.place_picker import place_words, read_place
from problems.entries import BY_HAND
from problems.errors import InputRefused
from problems.events import Subject
from problems.reports import ReportStatus
from tests.scenes import CENTRE, COORDINATOR, OFFICER, VIEWER, Scene
from tests.screens import click, keys, markup, page, run, sit_down, words

DAY = date(2026, 3, 1)
POINT = place_words(*CENTRE)


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIXPOINT_CONTACT_KEY", "A" * 43 + "=")


def filled(app: AppTest, point: str = POINT, category: str | None = "LGT-OUT") -> AppTest:
    app.selectbox(key="rep_category").set_value(category)
    app.text_area(key="rep_text").set_value("Lamp is out")
    app.selectbox(key="rep_channel").set_value("phone")
    app.text_input(key="rep_point").set_value(point)
    return run(app)


def receipt_on(app: AppTest) -> str:
    found = re.search(r"FX-\w{4}-\w{4}", words(app))
    assert found
    return found[0]


def test_a_whole_entry_ends_with_the_receipt_that_was_shown(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    app = filled(page("report"))
    number = receipt_on(app)
    saved = click(app, "rep-save")
    assert f"Your receipt number is {number}" in words(saved)
    report = scene.store.report_known_as(BY_HAND, number)
    assert report is not None
    assert (report.category, report.text, report.channel) == ("LGT-OUT", "Lamp is out", "phone")
    assert report.lon_lat == pytest.approx(CENTRE, abs=1e-5)
    again = click(saved, "rep-another")
    assert receipt_on(again) != number
    assert again.text_area(key="rep_text").value == ""


def test_a_refusal_keeps_every_word(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    app = filled(page("report"), category=None)
    app.text_input(key="rep_name").set_value("Ann Cooper")
    number = receipt_on(app)
    app = click(run(app), "rep-save")
    assert "Choose what it is about" in words(app)
    assert app.text_area(key="rep_text").value == "Lamp is out"
    assert app.text_input(key="rep_name").value == "Ann Cooper"
    assert receipt_on(app) == number
    assert scene.store.counts().reports == 0


def test_a_refusal_goes_when_the_answer_changes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    app = click(filled(page("report"), point=""), "rep-save")
    assert "Say where it is" in words(app)
    assert "Say where it is" in words(run(app))
    app.text_input(key="rep_point").set_value(POINT)
    assert "Say where it is" not in words(run(app))
    assert "Your receipt number is" in words(click(app, "rep-save"))


@pytest.mark.parametrize("typed", ["north of the park", "53.8", "1 2 3"])
def test_a_place_that_cannot_be_read_is_said_and_not_guessed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    app = click(filled(page("report"), point=typed), "rep-save")
    assert f"“{typed}” is not a place." in words(app)
    assert scene.store.counts().reports == 0


def test_places_are_read_as_people_write_them() -> None:
    assert read_place("52.9, -1.2") == read_place("52.9 -1.2") == read_place(" 52.90000; -1.2 ") == (-1.2, 52.9)
    assert read_place(" ") is None
    with pytest.raises(InputRefused):
        read_place("52,9 -1,2")


def test_contacts_in_the_text_are_counted_before_it_is_saved(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    app = filled(page("report"))
    app.text_area(key="rep_text").set_value("Call 01632 960 001 or write to ann@example.org")
    app = run(app)
    assert "2 contact details will be taken out of the text" in words(app)
    click(app, "rep-save")
    (report,) = scene.store.all_reports()
    assert "960" not in report.text


def test_it_cannot_have_happened_in_the_future(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    app = filled(page("report"))
    app.time_input(key="rep_time").set_value(time(23, 59))
    assert "in the future" in words(click(run(app), "rep-save"))


def test_what_is_known_nearby_is_shown_before_saving(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(replace(scene.report((10, 0), DAY - timedelta(days=2)), text="The lamp is dark", reporter="bob"))
    sit_down(monkeypatch, scene, OFFICER)
    empty = page("report")
    assert "With a category and a point on the map" in words(empty)
    app = filled(empty)
    assert "10 m apart, 3 days apart, same kind" in words(app)
    assert app.button(key="rep-save").label == "Save as new"
    saved = click(app, "add-1")
    assert "added to R-000001, which now has one more reporter" in words(saved)
    assert scene.store.merged_reports() == {1: (2,)}
    assert len(set(scene.store.report_points().reporter.tolist())) == 2


def test_disputes_nearby_are_related_and_not_offered_as_the_same(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(scene.report((10, 0), DAY, code="DSP-NOISE"))
    sit_down(monkeypatch, scene, OFFICER)
    app = filled(page("report"), category="DSP-NOISE")
    assert "related, not the same" in words(app)
    assert "add-1" not in keys(app)


def test_a_report_without_a_point_is_kept_and_said_to_be_off_the_map(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    app = filled(page("report"), point="")
    app.text_input(key="rep_asset").set_value("L-0417")
    saved = click(run(app), "rep-save")
    assert "not on the map until" in words(saved)
    (report,) = scene.store.all_reports()
    assert (report.lon_lat, report.asset) == (None, "L-0417")


def test_a_contact_is_sealed_and_only_shown_when_asked_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    app = filled(page("report"))
    app.text_input(key="rep_name").set_value("Ann Cooper")
    app.text_input(key="rep_phone").set_value("01632 960 001")
    saved = click(run(app), "rep-save")
    number = receipt_on(saved)
    assert "Ann" not in markup(saved)
    assert not {"rep_name", "rep_phone"} & set(saved.session_state)
    found = look_up(number)
    assert "Your report was received" in words(found)
    assert "Ann" not in markup(found)
    shown = click(found, "rep-contact")
    assert "Ann Cooper" in words(shown)
    assert "That you looked was noted" in words(shown)
    assert "Ann Cooper" not in words(run(shown))
    assert scene.store.events(Subject.REPORT, 1)[-1].details == {"contact": "shown"}
    from data.writing import export

    for fmt in ("csv", "geojson"):
        export(scene.store, "reports", fmt, tmp_path / fmt)
        assert "Ann" not in (tmp_path / fmt).read_text(encoding="utf-8")


def look_up(number: str) -> AppTest:
    app = page("report", part="Look up a receipt")
    app.text_input(key="receipt_typed").set_value(number)
    return click(app, "receipt-look")


def test_a_receipt_tells_where_the_report_stands(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(scene.report((10, 0), DAY))
    sit_down(monkeypatch, scene, OFFICER)
    number = receipt_on(click(filled(page("report")), "add-1"))
    with scene.store.writing() as unit:
        (main,) = unit.reports([1])
        unit.save_report(replace(main, status=ReportStatus.IN_PROGRESS), main.version)
    shown = words(look_up(number.lower().replace("-", "")))
    assert "Somebody had reported it before you" in shown
    assert "Work on it has begun" in shown
    assert "Added to R-000001" in shown


@pytest.mark.parametrize(
    ("typed", "why"),
    [("FX-2222-2223", "must be wrong"), ("FX-2222-2222", "No report was saved with it"), ("hello", "5 signs")],
)
def test_a_receipt_that_is_none_is_said_in_words(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, typed: str, why: str
) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    assert why in words(look_up(typed))


def test_what_was_written_can_be_corrected(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, COORDINATOR)
    number = receipt_on(click(filled(page("report"), point="52.9, -1.3"), "rep-save"))
    app = click(look_up(number), "rep-correct")
    app.text_input(key="form_point").set_value(POINT)
    assert "is corrected" in words(click(app, "form-save"))
    (report,) = scene.store.all_reports()
    assert report.lon_lat == pytest.approx(CENTRE, abs=1e-5)


def test_who_may_only_look_writes_nothing_down(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, VIEWER)
    app = page("report")
    assert keys(app) == set()
    assert not app.text_area
