"""Which boundary holds which point."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import area_of
from geo.boundaries import Boundaries, mended
from geo.errors import GeoError


def square(west: float, south: float, size: float = 1.0) -> dict[str, object]:
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


WEST, EAST = square(0, 0), square(1, 0)
BOW = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
RING = {
    "type": "Polygon",
    "coordinates": [
        [[0, 0], [3, 0], [3, 3], [0, 3], [0, 0]],
        [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]],
    ],
}


def test_each_point_gets_the_boundary_that_holds_it_and_zero_where_none_does() -> None:
    points = [(0.5, 0.5), (1.5, 0.5), (5.0, 5.0), (np.nan, 0.5), (0.5, np.nan), (0.5, 0.5)]
    assert Boundaries([3, 8], [WEST, EAST]).ids_at(points).tolist() == [3, 8, 0, 0, 0, 3]


@pytest.mark.parametrize("ids", [(4, 7), (7, 4)])
def test_the_lowest_id_has_a_shared_border_whatever_the_order(ids: tuple[int, int]) -> None:
    assert Boundaries(ids, [WEST, EAST]).ids_at([(1.0, 0.5)]).tolist() == [4]
    assert Boundaries(ids, [EAST, WEST]).ids_at([(1.0, 0.5)]).tolist() == [4]


def test_a_hole_belongs_to_nobody_and_both_parts_of_a_boundary_do() -> None:
    parts = {"type": "MultiPolygon", "coordinates": [square(10, 0)["coordinates"], square(20, 0)["coordinates"]]}
    found = Boundaries([1, 2], [RING, parts]).ids_at([(1.5, 1.5), (0.5, 0.5), (10.5, 0.5), (20.5, 0.5), (15.0, 0.5)])
    assert found.tolist() == [0, 1, 2, 2, 0]


def test_a_boundary_that_crosses_itself_is_mended() -> None:
    shape, changed = mended(BOW)
    assert (shape.area, changed) == (0.5, True)
    assert mended(WEST)[1] is False
    assert Boundaries([1], [BOW]).ids_at([(0.9, 0.5), (0.5, 0.9)]).tolist() == [1, 0]


def test_a_third_coordinate_does_no_harm() -> None:
    ring = [[0, 0, 9], [1, 0, 9], [1, 1, 9], [0, 0, 9]]
    assert Boundaries([1], [{"type": "Polygon", "coordinates": [ring]}]).ids_at([(0.9, 0.5)]).tolist() == [1]


def test_no_points_and_no_boundaries_are_fine() -> None:
    assert Boundaries([1], [WEST]).ids_at([]).shape == (0,)
    assert Boundaries([1], [WEST]).ids_at(np.empty((0, 2))).shape == (0,)
    assert Boundaries([], []).ids_at([(0.5, 0.5)]).tolist() == [0]
    assert len(Boundaries([1, 2], [WEST, EAST])) == 2


@pytest.mark.parametrize(
    ("ids", "geometries"),
    [
        ([1, 1], [WEST, EAST]),
        ([0], [WEST]),
        ([1], [WEST, EAST]),
        ([1], [{"type": "LineString", "coordinates": [[0, 0], [1, 1]]}]),
        ([1], [{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}]),
        ([1], [{"type": "Polygon", "coordinates": []}]),
        ([1], [{"type": "nothing"}]),
    ],
)
def test_what_is_not_an_area_or_not_numbered_is_refused(ids: list[int], geometries: list[Mapping[str, object]]) -> None:
    with pytest.raises(GeoError):
        Boundaries(ids, geometries)


def test_points_of_another_shape_are_refused() -> None:
    with pytest.raises(GeoError, match="shape"):
        Boundaries([1], [WEST]).ids_at([(1.0, 2.0, 3.0)])


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4)), max_size=6),
    st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), max_size=30),
)
def test_it_agrees_with_asking_one_area_after_the_other(
    squares: list[tuple[int, int, int]], halves: list[tuple[int, int]]
) -> None:
    areas = [square(*one) for one in squares]
    points = np.array(halves, dtype=np.float64).reshape(-1, 2) / 2.0
    found = Boundaries(range(1, len(areas) + 1), areas).ids_at(points)
    assert found.tolist() == (area_of(points, areas) + 1).tolist()
