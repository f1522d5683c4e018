"""The Assess tab: the verdict, what it is compared with, and what is kept."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.parts.run_chart import chart_of, reading
from problems.baseline import Baseline
from problems.gathering import Choices, Gathered
from problems.people import LAPTOP, Principal
from problems.problem import Problem, ProblemStatus
from problems.use_cases import assessing
from tests.assessed import DONE, FOUND, PLACES, days, found_city, rules, treated_city, work_on
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, VIEWER, Scene
from tests.screens import click, keys, markup, page, run, sit_down, words
from tests.test_dashboard_routes import Client


@pytest.fixture
def treated(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Problem:
    problem = treated_city(scene)
    sit_down(monkeypatch, scene)
    return problem


def tab(ref: str = "P-0001") -> AppTest:
    return page("problem", problem=ref, tab="assess")


def gathered(scene: Scene) -> Gathered:
    return assessing.look_at(scene.store, LAPTOP, scene.clock, 1, problem_id=1, choices=Choices(), rules=rules())


def test_the_verdict_its_counts_and_its_limits_are_in_words(treated: Problem) -> None:
    text = words(tab())
    assert "Did it work? reports to 27 Jan 2026" in text
    assert "↓ Fell 32 incidents in the 98 days before, 5 in the 126 days after." in text
    assert "It does not prove that the work is the cause." in text
    assert "In the 14 weeks before, 2.3 incidents a week were usual" in text
    assert "This place 32 5" in text
    assert "Comparison place A 32 42" in text
    assert "Change here against comparison places (WDD)" in text
    assert "This place against itself (E-test)" in text
    assert "None kept yet." in text


def test_keeping_lists_it_with_its_date_and_puts_it_on_the_timeline(scene: Scene, treated: Problem) -> None:
    shown = click(tab(), "keep-assessment")
    record = scene.store.assessments(1)[0]
    text = words(shown)
    assert "Assessment 1 is kept: fell." in text
    assert "1: Fell 27 Jan 2026, 12:00 · This computer" in text
    assert f"This computer Kept an assessment. {record.sentence}" in text
    assert f'href="/api/assessment/{record.id}.csv"' in markup(shown)
    again = click(shown, "again-1")
    assert "the same verdict and the same figures" in words(again)
    assert "the same verdict" not in words(click(again, "again-1"))


def test_a_changed_method_is_said_when_it_is_computed_again(scene: Scene, treated: Problem) -> None:
    record = assessing.keep_assessment(
        scene.store, OFFICER, scene.clock, 1, problem_id=1, choices=Choices(), rules=rules()
    )
    with scene.store.writing() as unit:
        unit.add_assessment(replace(record, method="wdd-0"))
        unit.add_assessment(replace(record, evidence={}))
    shown = tab()
    assert "it was wdd-0, today it is wdd-2" in words(click(shown, "again-2"))
    assert "Assessment 3 cannot be made again." in words(click(shown, "again-3"))


@pytest.mark.parametrize(("who", "may"), [(OFFICER, True), (COORDINATOR, True), (VIEWER, False), (COMMANDER, False)])
def test_only_officers_and_coordinators_are_offered_to_keep_it(
    scene: Scene, treated: Problem, monkeypatch: pytest.MonkeyPatch, who: Principal, may: bool
) -> None:
    sit_down(monkeypatch, scene, who)
    shown = tab()
    assert ("keep-assessment" in keys(shown)) is may
    assert ("you can look at it" in words(shown)) is not may
    assert "Fell" in words(shown)


def test_comparison_places_are_taken_out_and_put_back_and_the_choice_is_kept(scene: Scene, treated: Problem) -> None:
    shown = tab()
    assert [box.value for box in shown.checkbox] == [True, True, True]
    shown.checkbox[0].uncheck()
    run(shown)
    assert "2 comparison places" in words(shown)
    assert "With fewer than three comparison places" in words(shown)
    click(shown, "keep-assessment")
    assert [area["taken"] for area in scene.store.assessments(1)[0].layout["areas"]] == [False, True, True]
    shown.checkbox[0].check()
    run(shown)
    assert "About 42 would be expected from 3 comparison places" in words(shown)


def test_a_chosen_day_is_said_as_such_and_leads_to_other_times(treated: Problem) -> None:
    shown = tab()
    shown.date_input[0].set_value(DONE - timedelta(days=10))
    run(shown)
    assert "Work done on 30 Aug 2025 (a day chosen here, not the day that was reported)" in words(shown)
    shown.radio[0].set_value(Baseline.WHEN_FOUND)
    run(shown)
    assert "No time before the work is long enough" in words(shown)
    shown.checkbox[0].uncheck()
    run(shown)
    # What was chosen for that day makes no sense for another one: the rules choose again.
    shown.date_input[0].set_value(FOUND - timedelta(days=60))
    run(shown)
    assert "No fair comparison" in words(shown)


def test_a_baseline_that_picked_the_place_has_a_banner(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    work_on(scene, found_city(scene), FOUND + timedelta(days=21))
    scene.today = FOUND + timedelta(days=120)
    for place in PLACES[1:]:
        scene.send(*scene.spot(place, days(FOUND, scene.today, 3)))
    sit_down(monkeypatch, scene)
    shown = tab()
    assert re.search('class="fx-note fx-note-warn"[^>]*>No time before the work is long enough', markup(shown))
    assert "places that are picked for being high mostly fall by themselves" in words(shown)


def test_where_nothing_can_be_assessed_it_says_what_to_do(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = found_city(scene)
    sit_down(monkeypatch, scene)
    shown = tab()
    assert "P-0001 cannot be assessed. No day is known on which the work was done." in words(shown)
    assert "keep-assessment" not in keys(shown)
    assert [day.label for day in shown.date_input] == ["Work done on"]
    work_on(scene, problem, FOUND + timedelta(days=100))
    assert "It is too early to assess P-0001." in words(tab())


def test_a_city_without_anything_alike_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.today = FOUND
    scene.send(*scene.spot((0, 0), days(FOUND - timedelta(days=89), FOUND, 3)))
    scene.refresh()
    work_on(scene, scene.store.problem(1), DONE)
    scene.today = DONE + timedelta(days=140)
    scene.send(scene.report((3000, 0), scene.today))
    sit_down(monkeypatch, scene)
    text = words(tab())
    assert "No fair comparison" in text
    assert "No comparison place was found" in text


def test_a_fitting_outcome_is_offered_where_the_problem_can_be_closed(scene: Scene, treated: Problem) -> None:
    scene.move(OFFICER, treated, ProblemStatus.VERIFIED, note="Seen.", visited_on=scene.today)
    assert "Fitting outcome when it is closed: “It worked”." in words(tab())


def test_the_sketch_is_a_picture_with_words_and_calls_nobody(treated: Problem) -> None:
    shown = markup(tab())
    words_of_it = 'alt="Sketch of the city: P-0001 and 3 of 3 comparison places, listed beside."'
    (tag,) = (one for one in re.findall(r"<img[^>]*>", shown) if words_of_it in one)
    picture = unquote(tag.split("data:image/svg+xml,")[1].split('"')[0])
    assert picture.count("<circle") == 3 + 2
    assert "http://www.w3.org/2000/svg" in picture
    assert picture.count("http") == 1


def test_the_reading_of_the_weeks_says_what_the_chart_shows(scene: Scene, treated: Problem) -> None:
    found = gathered(scene)
    fallen = reading(found.layout, chart_of(found.layout, found.evidence))
    assert re.search(r"\d+ weeks in a row, those from .+ to .+, lay below that average: more than chance", fallen)
    steady = replace(found.layout, weeks=(3, 2) * 17)
    told = reading(steady, chart_of(steady, found.evidence))
    assert "give no signal: that does not say that nothing changed" in told
    assert "too short" in reading(found.layout, None)
    loud = replace(found.layout, weeks=((3, 2) * 10 + (40,) + (3, 2) * 7)[:34])
    assert "1 week of 17 lay outside of that range" in reading(loud, chart_of(loud, found.evidence))


# -- files --


def test_a_kept_assessment_is_downloaded_with_everything_it_was_made_from(scene: Scene, treated: Problem) -> None:
    record = assessing.keep_assessment(
        scene.store, OFFICER, scene.clock, 1, problem_id=1, choices=Choices(), rules=rules()
    )
    client = Client([])
    told = client.get(f"/api/assessment/{record.id}.json")
    assert told.headers["content-disposition"] == 'attachment; filename="fixpoint-assessment-1.json"'
    assert told.json()["evidence"] == json.loads(json.dumps(record.evidence))
    assert (told.json()["problem"], told.json()["verdict"]) == ("P-0001", "fell")
    rows = dict(csv.reader(io.StringIO(client.get("/api/assessment/1.csv").content.decode("utf-8-sig"))))
    assert (rows["verdict"], rows["evidence.treated.before"]) == ("fell", "32")
    assert float(rows["figures.displacement.local.change"]) == record.figures["displacement"]["local"]["change"]


@pytest.mark.parametrize("name", ["9.csv", "1.txt", "one.json", "-1.csv", f"{'9' * 30}.csv"])
def test_a_file_that_is_not_there_is_refused(scene: Scene, treated: Problem, name: str) -> None:
    assert Client([]).get(f"/api/assessment/{name}").status == 404
