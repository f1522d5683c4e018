"""Reports, distinct incidents and reporters stand beside each other wherever a place is counted."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from problems.use_cases.merging import merge_reports
from tests.scenes import OFFICER, Scene
from tests.screens import page, sit_down, words

DAY = date(2026, 3, 1)


@pytest.fixture
def merged(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return a hot spot of 9 incidents in 12 reports, of which 3 are duplicates of the first."""
    days = [DAY - timedelta(days=3 * back) for back in range(9)]
    scene.send(*(replace(one, reporter=f"r{at}") for at, one in enumerate(scene.spot((0, 0), days))))
    scene.send(*(scene.report((2, at), DAY, reporter=f"again{at}") for at in range(3)))
    versions = {report.id: report.version for report in scene.store.all_reports()}
    merge_reports(scene.store, OFFICER, scene.clock, 1, main_id=1, duplicate_ids=[10, 11, 12], seen_versions=versions)
    scene.refresh()
    sit_down(monkeypatch, scene, OFFICER)
    return scene


def test_a_problem_tells_reports_incidents_and_reporters(merged: Scene) -> None:
    shown = words(page("problem", problem="P-0001"))
    assert "Reports 12 tell of 9 distinct incidents, from 12 known reporters" in shown
    assert "9 distinct incidents in 12 reports from 12 known reporters" in words(page("map", problem="P-0001"))


def test_duplicates_are_told_with_their_main_report(merged: Scene) -> None:
    shown = words(page("problem", problem="P-0001"))
    assert shown.count("Street light not working, and 3 duplicates") == 1
    assert shown.count("Street light not working") == 9


def test_the_figures_of_the_map_count_reports_or_distinct_incidents(merged: Scene) -> None:
    assert "Reports 12" in words(page("map"))
    shown = words(page("map", incidents="true"))
    assert "Distinct incidents 9" in shown
    assert "9 distinct incidents were counted" in shown


def test_an_incident_counts_in_the_week_of_its_earliest_report(scene: Scene) -> None:
    from problems.figures import problem_weeks
    from tests.scenes import LONDON

    scene.send(scene.report((0, 0), DAY), scene.report((1, 0), DAY - timedelta(days=14)))
    merge_reports(scene.store, OFFICER, scene.clock, 1, main_id=1, duplicate_ids=[2], seen_versions={1: 1, 2: 1})
    weeks = problem_weeks(
        scene.store.report_points(),
        DAY - timedelta(days=14),
        DAY,
        epsg=27700,
        settings=scene.settings,
        zone=LONDON,
    )
    assert [(week.reports, week.incidents) for week in weeks] == [(1, 1), (0, 0), (1, 0)]
