import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from geo.errors import GeoError
from geo.outlines import apart, outline, width_m

scattered = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=40)


@given(scattered)
def test_an_outline_holds_its_cores_and_stays_near_them(points) -> None:
    shape = outline(points, radius_m=75)
    cores = shapely.MultiPoint(points)
    assert shape.is_valid
    assert shape.covers(cores)
    assert shape.within(cores.buffer(0.8 * 75))


@given(scattered, st.randoms(use_true_random=False))
def test_order_of_cores_does_not_matter(points, random) -> None:
    shuffled = random.sample(points, len(points))
    assert outline(points, radius_m=75).equals_exact(outline(shuffled, radius_m=75))


@given(st.floats(1, 75), st.floats(0, np.pi))
def test_cores_within_the_radius_are_in_one_piece(distance: float, angle: float) -> None:
    other = (distance * np.cos(angle), distance * np.sin(angle))
    assert outline([(0, 0), other], radius_m=75 * (1 + 1e-12)).geom_type == "Polygon"


def test_a_chain_at_exactly_the_radius_is_one_piece_without_thin_necks() -> None:
    shape = outline([(x, 0) for x in range(0, 400, 75)], radius_m=75)
    assert shape.geom_type == "Polygon"
    assert shape.buffer(-5).geom_type == "Polygon"


def test_a_gap_is_not_bridged() -> None:
    shape = outline([(0, 0), (200, 0)], radius_m=75)
    assert shape.geom_type == "MultiPolygon"
    assert not shape.covers(shapely.Point(100, 0))


def test_a_large_hole_stays_and_a_small_one_is_filled() -> None:
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    circle = np.column_stack((np.cos(angle), np.sin(angle)))
    assert not outline(circle * 150, radius_m=75).covers(shapely.Point(0, 0))
    assert outline(circle * 45, radius_m=75).covers(shapely.Point(0, 0))


def test_very_many_cores_are_drawn_like_few() -> None:
    dense = np.random.default_rng(2).uniform(0, 300, (20_000, 2))
    shape = outline(dense, radius_m=75)
    square = shapely.box(-37.5, -37.5, 337.5, 337.5)
    assert shape.geom_type == "Polygon"
    assert len(shape.exterior.coords) < 200
    assert shape.symmetric_difference(square).area < 0.06 * square.area


@given(scattered)
def test_width_is_the_largest_distance(points) -> None:
    assert width_m(points) == pytest.approx(pdist(points).max() if len(points) > 1 else 0.0)


@pytest.mark.parametrize("points", [[(1, 1)], [(1, 1), (1, 1)], [(0, 0), (5, 0), (3, 0)]])
def test_width_of_a_place_or_a_line(points) -> None:
    assert width_m(points) == (5.0 if len(points) == 3 else 0.0)


squares = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(3, 30), st.integers(3, 30)).map(
        lambda b: shapely.box(b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
    max_size=7,
)


@given(squares)
def test_no_two_outlines_overlap_and_none_is_lost(polygons) -> None:
    pieces = apart(polygons)
    assert len(pieces) == len(polygons)
    assert all(piece.is_valid and piece.area > 0 for piece in pieces)
    assert all(piece.difference(polygon).area < 1e-9 for piece, polygon in zip(pieces, polygons, strict=True))
    shared = [one.intersection(other).area for at, one in enumerate(pieces) for other in pieces[:at]]
    assert max(shared, default=0.0) < 1e-6


def test_outlines_that_do_not_meet_stay_as_they_are() -> None:
    polygons = [shapely.box(0, 0, 1, 1), shapely.box(5, 5, 9, 9)]
    assert apart(polygons) == polygons


def test_an_outline_covered_by_smaller_ones_keeps_a_spot() -> None:
    left, right, over = shapely.box(0, 0, 50, 50), shapely.box(50, 0, 100, 50), shapely.box(10, 5, 90, 40)
    pieces = apart([left, right, over])
    assert 0 < pieces[2].area < 0.05 * left.area or pieces[2].area > 0.9 * over.area
    assert pieces[0].area + pieces[1].area > 0.4 * (left.area + right.area)
    same = apart([left, left, left])
    assert all(piece.area > 0 for piece in same)
    assert same[0].intersection(same[2]).area == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("polygon", [shapely.Polygon(), shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])])
def test_an_outline_without_ground_or_that_crosses_itself_is_refused(polygon) -> None:
    with pytest.raises(GeoError, match="Outline 1"):
        apart([shapely.box(0, 0, 1, 1), polygon])


@pytest.mark.parametrize(
    ("points", "radius"), [([], 75), ([(0, np.nan)], 75), ([(0, 0)], 0), ([(0, 0)], np.inf), ([(0, 0, 0)], 75)]
)
def test_an_outline_of_nothing_is_refused(points, radius: float) -> None:
    with pytest.raises(GeoError):
        outline(points, radius_m=radius)


def test_the_width_of_nothing_is_refused() -> None:
    with pytest.raises(GeoError):
        width_m([])
