import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import area_of, inside, nearest_line
from geo.errors import GeoError


def square(west: float, south: float, side: float) -> dict[str, object]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def street(*corners: tuple[float, float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": [list(corner) for corner in corners]}


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30))
def test_inside_a_square_edges_included(points) -> None:
    expected = [2 <= x <= 5 and 2 <= y <= 5 for x, y in points]
    assert inside(points, square(2, 2, 3)).tolist() == expected


def test_a_hole_is_outside() -> None:
    ring = square(0, 0, 9)["coordinates"] + square(3, 3, 3)["coordinates"]
    assert inside([(1, 1), (4, 4)], {"type": "Polygon", "coordinates": ring}).tolist() == [True, False]


def test_the_first_area_wins_on_a_shared_edge_and_where_areas_overlap() -> None:
    areas = [square(0, 0, 2), square(2, 0, 2), square(1, 0, 2)]
    assert area_of([(0.5, 1), (2, 1), (3.5, 1), (1.5, 1), (9, 9)], areas).tolist() == [0, 0, 1, 0, -1]
    assert area_of([(2, 1), (1.5, 1)], areas[::-1]).tolist() == [0, 0]


def test_area_of_agrees_with_inside() -> None:
    points = np.random.default_rng(8).uniform(0, 10, (500, 2))
    areas = [square(x, y, 2.5) for x in (0, 3, 6) for y in (0, 3, 6)]
    found = area_of(points, areas)
    assert all(np.array_equal(found == at, inside(points, area)) for at, area in enumerate(areas))
    assert -1 in found


def test_the_nearest_street_on_the_ground_and_not_in_degrees() -> None:
    # 0.0010 degree to the east is 66 m here, 0.0008 degree to the north is 89 m.
    point = (-1.55, 53.80)
    north = street((-1.56, 53.8008), (-1.54, 53.8008))
    east = street((-1.549, 53.79), (-1.549, 53.81))
    assert nearest_line([point], [north, east], within_m=200).tolist() == [1]
    assert nearest_line([point], [north, east], within_m=50).tolist() == [-1]


def test_of_equally_near_streets_the_first_wins() -> None:
    twins = [street((-1.56, 53.801), (-1.54, 53.801))] * 3
    assert nearest_line([(-1.55, 53.80)], twins, within_m=500).tolist() == [0]


def test_a_reach_includes_its_end_and_streets_may_have_parts() -> None:
    parts = {"type": "MultiLineString", "coordinates": [[[-1.7, 53.9], [-1.71, 53.9]], [[-1.56, 53.8], [-1.54, 53.8]]]}
    assert nearest_line([(-1.55, 53.80)], [parts], within_m=1).tolist() == [0]


def test_nothing_to_find_is_minus_one() -> None:
    assert area_of([(0, 0)], []).tolist() == [-1]
    assert area_of([], [square(0, 0, 1)]).tolist() == []
    assert nearest_line([(0, 0)], [], within_m=5).tolist() == [-1]
    assert nearest_line([], [street((0, 0), (1, 1))], within_m=5).tolist() == []
    assert inside([], square(0, 0, 1)).tolist() == []


@pytest.mark.parametrize(
    "geometry", [{"type": "Point", "coordinates": [0, 0]}, {"type": "Polygon", "coordinates": []}, {}]
)
def test_what_is_no_area_is_refused(geometry) -> None:
    with pytest.raises(GeoError):
        inside([(0, 0)], geometry)
    with pytest.raises(GeoError):
        area_of([(0, 0)], [geometry])


def test_what_is_no_line_is_refused() -> None:
    with pytest.raises(GeoError, match="not a line"):
        nearest_line([(0, 0)], [square(0, 0, 1)], within_m=5)
    with pytest.raises(GeoError, match="within_m"):
        nearest_line([(0, 0)], [street((0, 0), (1, 1))], within_m=0)
