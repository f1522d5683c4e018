"""Which drawn areas are usable: everything else is refused in words, however it was made."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.categories import Group
from problems.drawing import DrawingSettings, Drawn, overlapping, read_pasted, town_box, usable
from problems.errors import InputRefused
from problems.problem import Problem, ProblemStatus
from problems.store import Box
from tests.scenes import CENTRE, DEGREE_EAST, DEGREE_NORTH
from tests.storing import NOON

SETTINGS = DrawingSettings()
TOWN = Box(CENTRE[0] - 0.05, CENTRE[1] - 0.03, CENTRE[0] + 0.05, CENTRE[1] + 0.03)


def at(*corners_m: tuple[float, float]) -> list[list[float]]:
    """Return corners by metres east and north of the centre of the scenes."""
    return [[CENTRE[0] + east * DEGREE_EAST, CENTRE[1] + north * DEGREE_NORTH] for east, north in corners_m]


def closed(ring: list[Any]) -> list[Any]:
    return [*ring, ring[0]]


def polygon(*rings: list[Any]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


def use(geometry: dict[str, object], settings: DrawingSettings = SETTINGS, **more: Any) -> Drawn:
    return usable(geometry, epsg=27700, settings=settings, town=TOWN, **more)


SQUARE = at((0, 0), (200, 0), (200, 200), (0, 200))


def test_a_square_is_measured_and_its_ring_is_closed() -> None:
    drawn = use(polygon(SQUARE))
    assert drawn.km2 == pytest.approx(0.04, rel=0.01)
    assert drawn.width_m == pytest.approx(283, rel=0.01)
    assert (drawn.pieces, drawn.mended) == (1, False)
    ring = drawn.geometry["coordinates"][0]
    assert ring[0] == ring[-1]
    assert use(polygon([*SQUARE, SQUARE[0]])).geometry == drawn.geometry


def test_crossing_lines_are_mended_to_what_they_enclose_and_it_is_said() -> None:
    bow = use(polygon(at((0, 0), (200, 200), (200, 0), (0, 200))))
    assert bow.mended
    assert bow.pieces == 2
    assert bow.km2 == pytest.approx(0.02, rel=0.01)


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({"type": "Point", "coordinates": [0, 0]}, "not an area"),
        ({"type": "LineString", "coordinates": SQUARE}, "not an area"),
        ({}, "not an area"),
        ({"type": "Polygon"}, "no corners"),
        ({"type": "Polygon", "coordinates": "everywhere"}, "no corners"),
        ({"type": "Polygon", "coordinates": []}, "no corners"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "no corners"),
        (polygon(["a", "b", "c"]), "cannot be read"),
        (polygon([[1], [2], [3]]), "cannot be read"),
        (polygon([["1", "2"], ["3", "4"], ["5", "6"]]), "not numbers"),
        (polygon([[True, False], [False, True], [True, True]]), "not numbers"),
        (polygon([[0, 50], [float("nan"), 51], [1, 50]]), "not numbers"),
        (polygon([[0, 50], [float("inf"), 51], [1, 50]]), "not numbers"),
        (polygon([[10**400, 50], [0, 51], [1, 50]]), "degrees"),
        (polygon([[457_000, 340_000], [457_200, 340_000], [457_100, 340_200]]), "degrees"),
        (polygon(SQUARE[:2]), "three corners"),
        (polygon([SQUARE[0]] * 5), "three corners"),
        (polygon(at((0, 0), (100, 100), (200, 200))), "encloses no ground"),
        (polygon(at((0, 0), (5, 0), (5, 5))), "m² large"),
        (polygon(at((0, 0), (3_000, 0), (3_000, 3_000), (0, 3_000))), r"9\.\d km².*At most 4 km²"),
        (polygon([[10, 50], [10.001, 50], [10.001, 50.001]]), "outside"),
        (polygon([[lat, lon] for lon, lat in SQUARE]), "outside"),
        (polygon([[151, -33], [151.001, -33], [151.001, -33.001]]), "outside"),
    ],
)
def test_what_is_no_usable_area_is_refused_in_words(geometry: dict[str, object], said: str) -> None:
    with pytest.raises(InputRefused, match=said) as refused:
        use(geometry)
    assert refused.value.possible


def test_a_million_corners_are_counted_and_not_built() -> None:
    ring = np.column_stack([np.linspace(-1.2, -1.1, 1_000_000), np.full(1_000_000, 52.9)]).tolist()
    for hostile in (polygon(ring), {"type": "MultiPolygon", "coordinates": [[corner] * 4 for corner in [ring]]}):
        with pytest.raises(InputRefused, match="2,000 corners"):
            use(hostile)


def test_lists_within_lists_without_end_are_refused() -> None:
    deep: list[Any] = []
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(InputRefused):
        use({"type": "Polygon", "coordinates": deep})
    with pytest.raises(InputRefused, match="not GeoJSON"):
        read_pasted('{"type": "Polygon", "coordinates": ' + "[" * 100_000 + "]" * 100_000 + "}")


def test_very_many_pieces_are_refused() -> None:
    squares = [[at((east, 0), (east + 20, 0), (east + 20, 20))] for east in range(-3_000, 3_000, 60)]
    with pytest.raises(InputRefused, match="100 separate pieces"):
        use({"type": "MultiPolygon", "coordinates": squares})


def test_the_largest_area_is_a_setting_and_a_boundary_may_be_looked_at_whatever_its_size() -> None:
    large = polygon(at((0, 0), (2_500, 0), (2_500, 2_500), (0, 2_500)))
    with pytest.raises(InputRefused, match="largest_km2"):
        use(large)
    assert use(large, replace(SETTINGS, largest_km2=10)).km2 == pytest.approx(6.25, rel=0.01)
    assert use(large, limited=False).km2 == pytest.approx(6.25, rel=0.01)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.tuples(inner))
)
def test_whatever_coordinates_hold_the_answer_is_an_area_or_a_refusal(coordinates: object) -> None:
    for kind in ("Polygon", "MultiPolygon"):
        with pytest.raises(InputRefused):
            use({"type": kind, "coordinates": coordinates})


@given(st.lists(st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=1, max_size=12))
def test_any_scrawl_is_mended_or_refused(corners_m: list[tuple[int, int]]) -> None:
    try:
        drawn = use(polygon(at(*corners_m)))
    except InputRefused:
        return
    again = use(dict(drawn.geometry))
    assert not again.mended
    assert again.km2 == pytest.approx(drawn.km2, rel=1e-3)


# -- pasted text --


def test_an_area_is_read_bare_in_a_feature_and_in_a_collection_of_one() -> None:
    bare = polygon(SQUARE)
    feature = {"type": "Feature", "properties": {"name": "<script>"}, "geometry": bare}
    line = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [0, 0]}}
    whole = {"type": "FeatureCollection", "features": [line, feature, None, 7]}
    for written in (bare, feature, whole, {**bare, "crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}):
        assert read_pasted(json.dumps(written))["coordinates"] == [SQUARE]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not GeoJSON"),
        ("POLYGON((0 0, 1 1, 1 0))", "not GeoJSON"),
        ("[1, 2]", "no area"),
        ('"Polygon"', "no area"),
        ('{"type": "FeatureCollection", "features": {}}', "no area"),
        ('{"type": "Point", "coordinates": [0, 0]}', "no area"),
        (
            json.dumps(
                {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon(SQUARE)}] * 2}
            ),
            "2 areas",
        ),
        (json.dumps({**polygon(SQUARE), "crs": {"properties": {"name": "EPSG:27700"}}}), "coordinate system"),
        ("[" + "0," * 300_000 + "0]", "signs long"),
    ],
)
def test_text_that_is_no_single_area_in_degrees_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        read_pasted(text)


# -- the town, and what is there --


def test_one_report_on_another_continent_does_not_make_the_town_larger() -> None:
    points = np.vstack([np.random.default_rng(3).normal(CENTRE, 0.01, (5_000, 2)), [[151.0, -33.0]]])
    town = town_box(points)
    assert town is not None
    assert (town.west, town.east) == pytest.approx((-1.2, -1.2), abs=0.06)
    assert town_box(np.zeros((0, 2))) is None
    assert town_box(np.zeros((0, 2)), [polygon(closed(SQUARE))]) == Box(*SQUARE[0], *SQUARE[2])


def test_overlaps_name_the_problems_with_the_most_common_ground_first() -> None:
    def problem(number: int, footprint: dict[str, object]) -> Problem:
        status = ProblemStatus.DETECTED
        return Problem(number, f"P{number}", Group.WASTE, "", status, CENTRE, 10.0, footprint, NOON)

    half = polygon(closed(at((100, 0), (300, 0), (300, 200), (100, 200))))
    far = polygon(closed(at((900, 0), (999, 0), (999, 200))))
    found = overlapping(
        polygon(closed(SQUARE)), [problem(1, far), problem(2, half), problem(3, polygon(closed(SQUARE)))], epsg=27700
    )
    assert [(one.problem.id, round(one.of_area, 2), round(one.of_problem, 2)) for one in found] == [
        (3, 1.0, 1.0),
        (2, 0.5, 0.5),
    ]
    assert all(one.is_same_place for one in found)
