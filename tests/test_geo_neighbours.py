import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from geo import neighbours as module
from geo.neighbours import GridNeighbours, TreeNeighbours, neighbours

plane = arrays(np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=st.integers(-30, 30).map(float))


@pytest.mark.parametrize("kind", [GridNeighbours, TreeNeighbours])
@pytest.mark.parametrize("block", [3, 250_000])
@given(plane, plane, st.sampled_from([0.5, 1.0, 3.0, 7.0, 100.0]))
def test_every_pair_within_the_radius_is_found_once(kind, block: int, points, asked, radius: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK_PAIRS", block)
        blocks = list(kind(points, radius).near(asked))
    who = np.concatenate([pairs.asked for pairs in blocks])
    found = np.concatenate([pairs.found for pairs in blocks])
    square = np.concatenate([pairs.square for pairs in blocks])
    distance = cdist(asked, points, "sqeuclidean")
    expected = set(zip(*(axis.tolist() for axis in np.nonzero(distance <= radius * radius)), strict=True))
    assert len(who) == len(expected)
    assert set(zip(who.tolist(), found.tolist(), strict=True)) == expected
    assert np.array_equal(square, distance[who, found])
    assert (np.diff(who) >= 0).all()


@given(plane, st.sampled_from([0.5, 3.0, 7.0, 100.0]))
def test_all_points_of_a_block_reach_each_other(points, radius: float) -> None:
    block = GridNeighbours(points, radius).block
    assert set(block.tolist()) == set(range(block.max() + 1))
    for each in range(block.max() + 1):
        part = points[block == each]
        assert cdist(part, part).max() <= radius


def test_the_plane_uses_the_grid_and_anything_else_the_tree() -> None:
    assert isinstance(neighbours(np.zeros((3, 2)), 5.0), GridNeighbours)
    assert isinstance(neighbours(np.zeros((3, 3)), 5.0), TreeNeighbours)
    assert isinstance(neighbours(np.array([[0.0, 0.0], [1e12, 0.0]]), 5.0), TreeNeighbours)
    assert list(neighbours(np.empty((0, 2)), 5.0).near(np.zeros((1, 2)))) == []


def test_points_on_the_lines_of_the_grid_are_not_missed() -> None:
    # Whole multiples of the side of a cell, where rounding would put a point into the next one.
    for radius in (0.1, 0.3, 0.7, 75.0, 1 / 3):
        x = np.arange(0, 400) * (radius / 4)
        points = np.column_stack((x, np.zeros(400)))
        expected = (cdist(points, points, "sqeuclidean") <= radius * radius).sum()
        assert sum(len(pairs.found) for pairs in GridNeighbours(points, radius).near(points)) == expected
