"""Reports on moved points are clustered nowhere, drawn nowhere, and counted by area with the reason beside it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from dashboard.mapping import points as map_points
from dashboard.mapping.points import View
from dashboard.parts.refreshing import found_words
from dashboard.shell import hot_spot_words
from problems.areas import Area, AreaKind
from problems.reports import Report, ReportFlag
from problems.sources import PlacePrecision, Source
from problems.store import Box
from problems.use_cases.refreshing import BY_AREA_ONLY
from tests.scenes import CENTRE, DEGREE_EAST, DEGREE_NORTH, Scene, days_before
from tests.screens import keys, page, sit_down, words

TODAY = date(2026, 3, 2)
WHY = "Every one of 12 reports sits on one of 3 points, and only the month is told."
EVERYWHERE = Box(-180.0, -90.0, 180.0, 90.0)


def square(west_m: float, size_m: float = 1000.0) -> dict[str, object]:
    """Return a square whose west side lies that far east of the centre of the scene."""
    west, south = CENTRE[0] + west_m * DEGREE_EAST, CENTRE[1] - size_m / 2 * DEGREE_NORTH
    east, north = west + size_m * DEGREE_EAST, south + size_m * DEGREE_NORTH
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def moved(reports: list[Report]) -> list[Report]:
    flags = ReportFlag.SNAPPED | ReportFlag.MONTH_ONLY
    return [replace(report, source="police", category_name="ASB", flags=flags) for report in reports]


def add_police(scene: Scene) -> None:
    with scene.store.writing() as unit:
        unit.add_source(Source(0, "police", PlacePrecision.SNAPPED, why=WHY))


def add_wards(scene: Scene) -> None:
    with scene.store.writing() as unit:
        wards = [Area(0, AreaKind.WARD, "Northgate", square(-500)), Area(0, AreaKind.WARD, "Southfield", square(500))]
        ids = unit.add_areas(wards)
        places = scene.store.distinct_places()
        inside = np.where(places[:, 0] < CENTRE[0] + 500 * DEGREE_EAST, ids[0], ids[1])
        unit.set_areas(AreaKind.WARD, places, inside)


def test_moved_points_make_no_hot_spot_and_the_refresh_tells_how_many_there_were(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_down(monkeypatch, scene)
    scene.send(*moved(scene.spot((0, 0), days_before(TODAY, 12))), *scene.spot((900, 0), days_before(TODAY, 9)))
    found = scene.refresh()
    assert (found.reports, found.hot_spots, found.excluded_reports) == (9, 1, 0)
    assert found.settings[BY_AREA_ONLY] == 12
    assert "12 reports count by area only" in found_words(found)
    assert scene.store.piles() == []


def test_a_store_of_moved_points_alone_finds_nothing_and_keeps_no_refresh(scene: Scene) -> None:
    scene.send(*moved(scene.spot((0, 0), days_before(TODAY, 12), spread_m=0.0)))
    found = scene.refresh()
    assert (found.id, found.reports, found.hot_spots, found.settings[BY_AREA_ONLY]) == (0, 0, 0, 12)
    assert not any([scene.store.problems(), scene.store.refreshes(), scene.store.piles()])


def test_taking_the_mark_back_lets_them_be_clustered(scene: Scene) -> None:
    scene.send(*moved(scene.spot((0, 0), days_before(TODAY, 12))))
    scene.refresh()
    with scene.store.writing() as unit:
        unit.mark_snapped("police", snapped=False)
    assert scene.refresh().hot_spots == 1


def test_a_hot_spot_counts_no_moved_point_that_happens_to_lie_in_it(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), *moved(scene.spot((0, 0), days_before(TODAY, 30))))
    scene.refresh()
    (problem,) = scene.store.problems()
    assert (problem.reports, problem.incidents) == (9, 9)


def test_moved_points_are_drawn_neither_as_dots_nor_as_hexagons_but_they_count(scene: Scene) -> None:
    scene.send(*moved(scene.spot((0, 0), days_before(TODAY, 12))), *scene.spot((900, 0), days_before(TODAY, 9)))
    picture = map_points.read_points(scene.store)
    assert len(picture.in_view(View(EVERYWHERE, 12)).ids) == 9  # type: ignore[union-attr] # nine are single points
    assert picture.count_moved(View(EVERYWHERE, 12)) == 12
    third_newest = sorted(picture.moved.reported_s.tolist())[-3]
    assert picture.count_moved(View(EVERYWHERE, 12, since_s=third_newest)) == 3
    assert picture.count_moved(View(EVERYWHERE, 12, area_id=77)) == 0


def test_the_map_says_why_some_reports_are_counted_by_area_and_counts_them(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_down(monkeypatch, scene)
    scene.send(*moved(scene.spot((0, 0), days_before(TODAY, 12))), *scene.spot((900, 0), days_before(TODAY, 9)))
    add_police(scene)
    add_wards(scene)
    told = words(page("map"))
    why = "because their places are moved to anonymous points."
    assert f"12 reports of “police” are counted by area only, {why}" in told
    assert WHY in told
    assert "21 reports were counted, 12 of them by area only" in told
    assert "Ward Reports Share Not exact 91 days before Reports per km² Northgate 12 57% 12 0 12" in told
    assert "Southfield 9 43% 0 0 9" in told


def test_a_store_of_moved_points_alone_does_not_look_broken(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    scene.send(*moved(scene.spot((0, 0), days_before(TODAY, 12))))
    add_police(scene)
    told = words(page("map"))
    assert "12 reports were counted, all of them by area only" in told
    assert "No boundaries yet" in told
    assert "Import boundaries" in told
    assert "No hot spots here" in told
    # Neither a dot nor a boundary can be drawn: no blank box, no legend of what cannot be there.
    assert "Dashed outline" not in told
    assert not page("map").get("component_instance")
    assert hot_spot_words(scene.store) == "No hot spots: all reports count by area"
    add_wards(scene)
    with_wards = page("map")
    assert with_wards.get("component_instance")
    assert "Dashed outline" not in words(with_wards)
    assert "find-hot-spots" not in keys(page("map"))
    assert "No hot spots can be found yet: the place of every report is moved or rounded" in told
    add_wards(scene)
    told = words(page("map"))
    assert "No boundaries yet" not in told
    assert "Northgate 12 100%" in told


def test_without_moved_points_the_map_says_nothing_of_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    scene.send(*scene.spot((900, 0), days_before(TODAY, 9)))
    assert "by area" not in words(page("map"))
