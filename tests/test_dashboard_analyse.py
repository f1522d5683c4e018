"""What the analysis of a problem says on the page, the order of the list, and how the map held."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import analysed, jobs, session
from dashboard.parts import analyse
from dashboard.parts.desk import this_desk
from dashboard.parts.priority import nth
from dashboard.parts.trend_marks import problem_trend_mark, trend_mark, trend_text
from dashboard.remembered import Remembered
from problems.areas import Area, AreaKind
from problems.categories import Group
from problems.problem import Problem
from problems.reports import Report
from problems.trends import TrendWord
from tests.scenes import CENTRE, COORDINATOR, Scene, days_before
from tests.screens import click, keys, markup, page, run, sit_down, words
from tests.test_dashboard_routes import Client

TODAY = date(2026, 3, 2)
TAB = """
import streamlit as st
from dashboard.parts.analyse import show_analysis
from dashboard.parts.desk import this_desk
desk = this_desk()
show_analysis(desk, desk.store.problem(int(st.query_params["problem"])))
"""


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no answer from one test to the next."""
    monkeypatch.setattr(analysed, "kept", Remembered(most=32, one_at_a_time=True))


def spread(scene: Scene, start: date, weeks: int, per_week: int, *, east: float, seed: int = 1) -> list[Report]:
    """Return reports all over the town, so that a place has something to be compared with."""
    rng = np.random.default_rng(seed)
    return [
        scene.report(
            (east + float(rng.uniform(0, 3_000)), float(rng.uniform(0, 3_000))),
            start + timedelta(weeks=week, days=int(rng.integers(0, 7))),
        )
        for week in range(weeks)
        for _ in range(per_week)
    ]


def evening(report: Report) -> Report:
    """Let it have happened on the evening before it was told."""
    happened = datetime.combine(report.reported_at.date() - timedelta(days=1), datetime.min.time(), UTC)
    return replace(report, occurred_at=happened + timedelta(hours=22))


@pytest.fixture
def busy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return a town with two years of reports and one place that began half a year ago and grows."""
    start = date(2024, 3, 4)
    days = [TODAY - timedelta(days=step) for step in (*range(1, 100, 2), *range(100, 170, 9))]
    scene.send(
        *spread(scene, start, 104, 8, east=500.0),
        *(evening(report) for report in scene.spot((0, 0), sorted(days))),
    )
    scene.refresh(TODAY)
    sit_down(monkeypatch, scene)
    return scene


def tab(problem: Problem) -> AppTest:
    app = AppTest.from_string(TAB, default_timeout=60)
    app.query_params["problem"] = str(problem.id)
    return run(app)


def place_of(scene: Scene) -> Problem:
    return max(scene.store.problems(), key=lambda problem: problem.incidents)


def test_the_tab_says_where_it_is_going_and_why(busy: Scene) -> None:
    shown = tab(place_of(busy))
    told = words(shown)
    assert "↗ Growing" in told
    assert "Usual here: the place’s share in the year before" in told
    assert "In full: " in told
    assert "Mann-Kendall" in told
    assert 'class="fx-trend fx-trend-' in markup(shown)


def test_the_weeks_have_a_sentence_a_chart_and_a_table(busy: Scene) -> None:
    shown = tab(place_of(busy))
    told = words(shown)
    assert "A usual week has 0 to " in told
    assert "in a row from" in told
    assert "Distinct incidents by week, newest first" in told
    assert "still coming in" in told
    assert "counted as usual" in told
    assert len(shown.get("vega_lite_chart")) == 1


def test_the_hours_are_those_of_the_incident_where_they_are_known(busy: Scene) -> None:
    shown = tab(place_of(busy))
    told = words(shown)
    assert "of it falls between 21:00 and 24:00." in told
    assert "when it was reported, not when it happened" not in told
    assert "distinct incidents in the past year" in told
    assert '<th scope="row">21–24</th>' in markup(shown)


def test_hours_of_reports_are_said_to_be_those_of_reports(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 25)))
    scene.refresh(TODAY)
    sit_down(monkeypatch, scene)
    told = words(tab(place_of(scene)))
    assert "of it is reported between 09:00 and 12:00." in told
    assert "This is when it was reported, not when it happened" in told


def test_what_repeats_nearby_is_worked_out_for_the_kind(busy: Scene) -> None:
    told = words(tab(place_of(busy)))
    assert "Does it repeat nearby? Street lighting, the whole town, past year" in told
    assert "After a report, another within 100 m and 7 days" in told
    assert "209 random orders" in told
    assert analysed.near_repeats_kept(this_desk(), Group.LIGHTING) is not None


def test_long_work_on_repeats_waits_to_be_asked_for(busy: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyse, "NEAR_REPEATS_AT_ONCE", 10)
    problem = place_of(busy)
    shown = tab(problem)
    assert "can be stopped" in words(shown)
    assert "near-repeats" in keys(shown)
    click(shown, "near-repeats")
    job = jobs.find("Repeats nearby: Street lighting")
    assert job is not None
    assert job.ended.wait(60)
    jobs.dismiss(job.name)
    assert "random orders" in words(tab(problem))


def test_the_priority_is_told_with_its_parts(busy: Scene) -> None:
    told = words(tab(place_of(busy)))
    assert "points, place 1" in told
    assert "after allowing for chance, times" in told
    assert "open." in told


def test_a_place_with_little_says_so_everywhere(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 12)))
    scene.refresh(TODAY)
    sit_down(monkeypatch, scene)
    told = words(tab(place_of(scene)))
    assert "Too few to say: " in told
    assert "It takes at least 20 reports and 10 weeks." in told
    assert "Too few weeks to say what is usual here" in told
    assert "Too few to say at what hours" in told
    assert "Too few to say whether reports repeat nearby" in told


# -- the list --


def test_the_list_shows_trend_and_priority_and_explains_it(busy: Scene) -> None:
    shown = page("problem")
    told = words(shown)
    assert "Trend Priority" in told
    assert "1st" in told
    assert "Priority is not need" in told
    assert "What counts how much, version 1" in told
    assert 'href="/api/export/priorities.csv"' in markup(shown)


@pytest.fixture
def two(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return two places: an old one with many incidents, and one of last week with fewer of a graver kind."""
    many = [TODAY - timedelta(days=step) for step in range(60, 88)]
    few = [TODAY - timedelta(days=step // 3) for step in range(24)]
    scene.send(*scene.spot((0, 0), many), *scene.spot((2_000, 0), few, code="ASB-NUIS"))
    scene.refresh(TODAY)
    sit_down(monkeypatch, scene)
    return scene


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("Priority", Group.ANTISOCIAL),
        ("Most incidents", Group.LIGHTING),
        ("Last seen", Group.LIGHTING),
        ("Trend, growing first", Group.LIGHTING),
        ("Next review", Group.LIGHTING),
    ],
)
def test_the_list_has_the_order_that_is_asked_for(two: Scene, order: str, first: Group) -> None:
    drawn = markup(page("problem", list_order=order))
    at = {problem.group: drawn.index(f"{problem.ref} ") for problem in two.store.problems()}
    assert min(at, key=lambda group: at[group]) is first


def test_an_ended_problem_has_no_priority(two: Scene) -> None:
    from problems.problem import ProblemStatus
    from problems.reasons import Reason

    problem = two.store.problem(1)
    two.move(COORDINATOR, problem, ProblemStatus.DISMISSED, reason=Reason.ARTEFACT, note="A test of the feed.")
    assert problem.id not in analysed.priorities_for(this_desk())
    assert "only open problems are put in order" in words(tab(two.store.problem(1)))


def test_the_file_has_every_open_problem_with_all_parts(two: Scene) -> None:
    answer = Client(["127.0.0.1"]).get("/api/export/priorities.csv")
    assert answer.status == 200
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["place"] for row in rows] == ["1", "2"]
    for row in rows:
        parts = float(row["allowing_for_chance"]) * float(row["trend_factor"]) + float(row["overdue_points"])
        assert float(row["points"]) == pytest.approx(parts, abs=0.01)
        assert int(row["place_from"]) <= int(row["place"]) <= int(row["place_to"])


@pytest.mark.parametrize(
    ("rank", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (21, "21st"), (112, "112th"), (1_003, "1,003rd")],
)
def test_places_are_said_as_people_say_them(rank: int, said: str) -> None:
    assert nth(rank) == said


# -- what is kept --


def test_a_click_works_nothing_out_again_and_a_report_does(busy: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []
    plain = analysed.place_weeks

    def counted(*given: object) -> object:
        worked.append("weeks")
        return plain(*given)  # type: ignore[arg-type] # handed through

    monkeypatch.setattr(analysed, "place_weeks", counted)
    desk = this_desk()
    first = analysed.trends_for(desk)
    assert analysed.trends_for(desk) is first
    assert worked == ["weeks"]
    with busy.store.writing() as unit:
        unit.set_fact("note", "nothing that moves an outline")
    assert analysed.trends_for(desk) is first
    assert worked == ["weeks"]
    busy.send(busy.report((0.0, 0.0), TODAY))
    assert analysed.trends_for(desk) is not first
    assert worked == ["weeks", "weeks"]


def test_the_mark_has_a_sign_a_word_and_the_class(busy: Scene) -> None:
    problem = place_of(busy)
    mark = problem_trend_mark(this_desk(), problem)
    assert 'aria-hidden="true"' in mark
    assert "Mann-Kendall" in mark
    assert "Too few to say" in trend_mark(None)
    assert {trend_text(None).split()[0]} == {"·"}
    signs = {str(trend_mark(None))} | {word.label for word in TrendWord}
    assert len(signs) == 1 + len(TrendWord)


# -- did the map hold --


@pytest.fixture
def followed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return a place found in January of which the next reports came from there, and some from elsewhere."""
    found = date(2026, 1, 12)
    scene.send(*scene.spot((0, 0), days_before(found, 20)))
    scene.refresh(found)
    after = [found + timedelta(days=1 + step) for step in range(24)]
    scene.send(
        *scene.spot((0, 0), after[:18]),
        *scene.spot((1_500, 900), after[18:], spread_m=300.0),
        scene.report((3_000, 0), TODAY),
    )
    scene.today = TODAY
    sit_down(monkeypatch, scene)
    return scene


def ward(scene: Scene) -> Iterator[None]:
    west, south = CENTRE[0] - 0.02, CENTRE[1] - 0.02
    ring = [[west, south], [west + 0.05, south], [west + 0.05, south + 0.04], [west, south + 0.04], [west, south]]
    with scene.store.writing() as unit:
        unit.add_areas([Area(0, AreaKind.WARD, "Northgate", {"type": "Polygon", "coordinates": [ring]})])
    yield


def test_the_quality_page_says_whether_the_map_held(followed: Scene) -> None:
    next(ward(followed))
    told = words(page("quality"))
    assert "the outlines of 12 Jan 2026 covered" in told
    assert "caught 75% of the next four weeks’ reports" in told
    assert "The town is the imported boundaries: 15 km²." in told
    assert "12 Jan 2026 1 " in told
    assert "18 (75%)" in told


def test_without_boundaries_it_says_what_it_measured_on(followed: Scene) -> None:
    assert "since no boundaries were imported" in words(page("quality"))


def test_a_refresh_of_last_week_is_too_young_to_be_checked(two: Scene) -> None:
    told = words(page("quality"))
    assert "Too early to say" in told
    assert "It takes 42 days after hot spots were found" in told
    assert "1 refresh is younger." in told


def test_without_any_refresh_it_says_what_comes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 3)))
    sit_down(monkeypatch, scene)
    assert "Nothing to check yet" in words(page("quality"))
    assert session.get_store() is scene.store
