import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.discs import area_m2, busiest_discs, distance_m, empty_squares, within
from geo.errors import GeoError

coordinates = st.integers(0, 400)
clouds = st.lists(st.tuples(coordinates, coordinates), max_size=60)


@given(clouds, st.integers(1, 120), st.randoms())
def test_discs_hold_what_they_say_overlap_nowhere_and_do_not_depend_on_the_order(
    cloud: list[tuple[int, int]], radius: int, chance: object
) -> None:
    points = np.array(cloud, dtype=float).reshape(-1, 2)
    found = busiest_discs(points, radius_m=radius)
    turned = busiest_discs(points[::-1], radius_m=radius)
    assert found.centre_m.tolist() == turned.centre_m.tolist()
    assert found.counts.tolist() == sorted(found.counts.tolist(), reverse=True)
    for at, (centre, count) in enumerate(zip(found.centre_m, found.counts, strict=True)):
        assert int(within(points, tuple(centre), outer_m=radius).sum()) == count
        assert all(np.hypot(*(centre - other)) > 2 * radius for other in found.centre_m[:at])
    # Every point is in a disc or so near to one that its own disc would overlap it.
    for point in points:
        assert min(np.hypot(*(found.centre_m - point).T)) <= 2 * radius


def test_the_heaviest_place_comes_first_and_equals_from_the_south_west() -> None:
    found = busiest_discs([(500, 0), (0, 0), (0, 500), (2, 500)], radius_m=10)
    assert found.centre_m.tolist() == [[0, 500], [0, 0], [500, 0]]
    assert found.counts.tolist() == [2, 1, 1]


def test_no_point_makes_no_disc_and_bad_points_are_refused() -> None:
    assert len(busiest_discs([], radius_m=5).counts) == 0
    with pytest.raises(GeoError):
        busiest_discs([(float("nan"), 0)], radius_m=5)
    with pytest.raises(GeoError):
        busiest_discs([(0, 0)], radius_m=0)


def test_squares_with_something_else_are_counted_once_and_those_with_a_point_never() -> None:
    ground = [(at, 5) for at in range(0, 1000, 10)]
    side = 50 * np.sqrt(np.pi)
    assert empty_squares([], ground, radius_m=50) == int(990 // side) + 1
    assert empty_squares(ground, ground, radius_m=50) == 0


def test_an_area_and_a_distance_are_in_metres_of_the_ground() -> None:
    ring = [[-1.0, 53.0], [-0.999, 53.0], [-0.999, 53.001], [-1.0, 53.001], [-1.0, 53.0]]
    square = {"type": "Polygon", "coordinates": [ring]}
    # 67.1 m by 111.3 m at 53 degrees north.
    assert area_m2(square, epsg=27700) == pytest.approx(67.1 * 111.3, rel=0.01)
    assert area_m2({"type": "Point", "coordinates": [-1, 53]}, epsg=27700) == 0
    assert len(distance_m([], square, epsg=27700)) == 0
