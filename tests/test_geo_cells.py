from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.cells import cell_of, cell_ranges
from geo.errors import GeoError

lons, lats = st.floats(-180, 180), st.floats(-90, 90)
boxes = st.tuples(lons, lats, lons, lats).map(
    lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
)


def covered(cells: np.ndarray, ranges: list[tuple[int, int]]) -> np.ndarray:
    return np.array([any(first <= cell <= last for first, last in ranges) for cell in cells.tolist()])


def test_cells_are_numbered_from_the_south_west_row_by_row() -> None:
    assert cell_of([(-180, -90), (-179.994, -90), (-180, -89.994)]).tolist() == [0, 1, 72_000]
    assert cell_of([(180, 90)]).dtype == np.int64


def test_no_point_has_no_cell() -> None:
    assert cell_of([]).shape == (0,)


@given(boxes, st.integers(1, 80), st.floats(0, 1), st.floats(0, 1))
def test_every_point_of_a_box_lies_in_a_range(box, most: int, east: float, north: float) -> None:
    west_edge, south_edge, east_edge, north_edge = box
    lon = min(max(west_edge + east * (east_edge - west_edge), west_edge), east_edge)
    lat = min(max(south_edge + north * (north_edge - south_edge), south_edge), north_edge)
    corners = [(west_edge, south_edge), (east_edge, north_edge), (west_edge, north_edge), (east_edge, south_edge)]
    ranges = cell_ranges(*box, max_ranges=most)
    assert covered(cell_of([(lon, lat), *corners]), ranges).all()
    assert len(ranges) <= most
    assert all(first <= last for first, last in ranges)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


@given(boxes, lons, lats)
def test_with_room_for_every_row_nothing_far_outside_is_covered(box, lon: float, lat: float) -> None:
    west, south, east, north = box
    assume(lon < west - 0.006 or lon > east + 0.006 or lat < south - 0.006 or lat > north + 0.006)
    assert not covered(cell_of([(lon, lat)]), cell_ranges(*box, max_ranges=40_000)).any()


def test_a_city_in_view_is_a_range_for_each_row() -> None:
    ranges = cell_ranges(-1.7, 53.70, -1.3, 53.90)
    assert 40 <= len(ranges) <= 42
    assert all(80 <= last - first <= 81 for first, last in ranges)


def test_a_view_of_more_than_the_globe_is_the_globe() -> None:
    assert cell_ranges(-400, -100, 400, 100, max_ranges=1) == [(0, 36_000 * 72_000 - 1)]


@pytest.mark.parametrize("box", [(1, 0, 0, 1), (0, 1, 1, 0), (np.nan, 0, 1, 1)])
def test_a_box_inside_out_is_refused(box) -> None:
    with pytest.raises(GeoError, match="two boxes"):
        cell_ranges(*box)


def test_no_range_at_all_is_refused() -> None:
    with pytest.raises(GeoError, match="max_ranges"):
        cell_ranges(0, 0, 1, 1, max_ranges=0)


def test_points_beyond_the_globe_are_refused() -> None:
    with pytest.raises(GeoError, match="longitude first"):
        cell_of([(53.8, 190.0)])
