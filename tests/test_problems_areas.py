"""Importing boundaries: kept as a whole, every report put into its own, refused in words."""

from dataclasses import replace
from datetime import date

import pytest

from problems.areas import Area, AreaKind
from problems.errors import Cancelled, InputRefused, NotAllowed
from problems.events import EventKind, Subject
from problems.use_cases.areas import AreasImported, import_areas
from tests.scenes import CENTRE, COORDINATOR, DEGREE_EAST, DEGREE_NORTH, OFFICER, VIEWER, Scene, days_before

TODAY = date(2026, 3, 2)


def square(name: str, west_m: float, size_m: float = 1000.0, kind: AreaKind = AreaKind.WARD) -> Area:
    west, south = CENTRE[0] + west_m * DEGREE_EAST, CENTRE[1] - size_m / 2 * DEGREE_NORTH
    east, north = west + size_m * DEGREE_EAST, south + size_m * DEGREE_NORTH
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Area(0, kind, name, {"type": "Polygon", "coordinates": [ring]}, code=f"E{name[0]}")


def bring(scene: Scene, *areas: Area, kind: AreaKind = AreaKind.WARD, **options: object) -> AreasImported:
    return import_areas(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        kind=kind,
        areas=areas,
        file_name="wards.geojson",
        **options,  # type: ignore[arg-type] # the tests name the options they want
    )


@pytest.fixture
def placed(scene: Scene) -> Scene:
    """Three reports: two in the west, one far in the east, one without a place."""
    scene.send(
        scene.report((0, 0), TODAY),
        scene.report((0, 0), TODAY),
        scene.report((5000, 0), TODAY),
        replace(scene.report((0, 0), TODAY), lon_lat=None),
    )
    return scene


def wards(scene: Scene) -> list[str | None]:
    names = {area.id: area.name for area in scene.store.areas(AreaKind.WARD)}
    return [names[report.ward_id] if report.ward_id else None for report in scene.store.all_reports()]


def test_every_report_is_put_into_the_boundary_that_holds_it(placed: Scene) -> None:
    done = bring(placed, square("West", -500), square("East", 4500))
    assert done == AreasImported(AreaKind.WARD, "wards.geojson", 2, 0, 3, 3)
    assert wards(placed) == ["West", "West", "East", None]
    assert [area.code for area in placed.store.areas()] == ["EE", "EW"]


def test_a_new_layer_takes_the_place_of_the_old_one_of_its_kind_only(placed: Scene) -> None:
    bring(placed, square("Beat 1", -500, kind=AreaKind.BEAT), kind=AreaKind.BEAT)
    bring(placed, square("West", -500), square("East", 4500))
    done = bring(placed, square("Centre", -500))
    assert (done.areas, done.removed, done.inside, done.outside) == (1, 2, 2, 1)
    assert wards(placed) == ["Centre", "Centre", None, None]
    assert [area.name for area in placed.store.areas()] == ["Beat 1", "Centre"]
    assert [bool(report.beat_id) for report in placed.store.all_reports()] == [True, True, False, False]


def test_boundaries_can_be_added_and_those_that_were_there_keep_what_they_hold(placed: Scene) -> None:
    bring(placed, square("West", -500))
    done = bring(placed, square("All", -500, 9000.0), replace=False)
    assert (done.areas, done.removed, done.inside) == (1, 0, 3)
    assert wards(placed) == ["West", "West", "All", None]


def test_a_dry_run_counts_and_keeps_nothing(placed: Scene) -> None:
    version = placed.store.version()
    done = bring(placed, square("West", -500), dry_run=True)
    assert (done.areas, done.placed, done.inside, done.outside) == (1, 3, 2, 1)
    assert placed.store.version() == version
    assert placed.store.areas() == []


def test_what_was_done_is_on_record(placed: Scene) -> None:
    bring(placed, square("West", -500))
    (told,) = placed.store.events(Subject.AREA)
    assert (told.kind, told.by_name, dict(told.changes)) == (
        EventKind.LOADED,
        COORDINATOR.name,
        {"kind": "ward", "areas": 1},
    )
    assert told.details["file_name"] == "wards.geojson"


def test_boundaries_of_another_town_are_refused_and_the_old_ones_stay(placed: Scene) -> None:
    bring(placed, square("West", -500))
    with pytest.raises(InputRefused, match=r"None of the 3 placed reports lies in them\. Check"):
        bring(placed, square("Elsewhere", 90_000))
    assert wards(placed) == ["West", "West", None, None]


def test_a_store_without_reports_takes_boundaries_too(scene: Scene) -> None:
    assert bring(scene, square("West", -500)).areas == 1
    scene.send(scene.report((0, 0), TODAY))
    assert [area.name for area in scene.store.areas()] == ["West"]


@pytest.mark.parametrize(
    ("areas", "told"),
    [
        ([], "There are none in it."),
        ([square(" ", 0)], "One ward has no name."),
        ([square("West", -500), square("WEST", 500)], "“WEST” comes twice."),
    ],
)
def test_boundaries_without_names_or_with_one_twice_are_refused(placed: Scene, areas: list[Area], told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        bring(placed, *areas)


def test_a_name_that_is_there_is_refused_when_adding(placed: Scene) -> None:
    bring(placed, square("West", -500))
    with pytest.raises(InputRefused, match="comes twice"):
        bring(placed, square("west", 4500), replace=False)


def test_problems_found_before_get_the_name_of_the_area_around_them_and_keep_when_somebody_last_worked(
    scene: Scene,
) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 20)))
    scene.refresh(TODAY)
    (problem,) = scene.store.problems()
    assert problem.area == ""
    assert bring(scene, square("West", -500), dry_run=True).renamed == 1
    assert bring(scene, square("West", -500)).renamed == 1
    (named,) = scene.store.problems()
    assert named == replace(problem, area="West", version=problem.version + 1)
    told = scene.store.events(Subject.PROBLEM, problem.id)[-1]
    assert (told.kind, dict(told.changes), dict(told.before)) == (EventKind.EDITED, {"area": "West"}, {"area": ""})
    assert told.details["boundaries"] == "wards.geojson"
    # A ward names a place before a beat does; the same boundaries once more change nothing.
    assert bring(scene, square("Beat 1", -500, kind=AreaKind.BEAT), kind=AreaKind.BEAT).renamed == 0
    assert bring(scene, square("West", -500)).renamed == 0
    assert scene.store.problem(problem.id) == named
    assert bring(scene, square("Centre", -500)).renamed == 1
    assert scene.store.problem(problem.id).area == "Centre"


@pytest.mark.parametrize("who", [OFFICER, VIEWER])
def test_only_coordinators_and_administrators_import_boundaries(placed: Scene, who: object) -> None:
    with pytest.raises(NotAllowed, match="coordinator"):
        import_areas(
            placed.store,
            who,  # type: ignore[arg-type] # a principal
            placed.clock,
            1,
            kind=AreaKind.WARD,
            areas=[square("West", -500)],
            file_name="wards.geojson",
        )
    assert placed.store.areas() == []


def test_stopping_half_way_keeps_the_old_boundaries(placed: Scene) -> None:
    bring(placed, square("West", -500))

    def stop(message: str, share: float) -> None:
        if share >= 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        bring(placed, square("All", -500, 9000.0), progress=stop)
    assert wards(placed) == ["West", "West", None, None]
