import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.hexagons import boundary, hexagons, resolution_for_zoom

city = st.lists(st.tuples(st.floats(-1.7, -1.3), st.floats(53.6, 54.0)), max_size=40)


@given(city, st.integers(6, 12))
def test_every_point_lies_in_its_hexagon_and_is_counted_once(lon_lat, resolution: int) -> None:
    cell, count, cell_of = hexagons(lon_lat, resolution)
    assert (cell.dtype, count.sum(), len(cell_of)) == (np.uint64, len(lon_lat), len(lon_lat))
    assert (np.diff(cell.astype(np.int64)) > 0).all()
    assert np.array_equal(np.bincount(cell_of, minlength=len(cell)), count)
    for point, at in zip(lon_lat, cell_of, strict=True):
        assert shapely.Polygon(boundary(int(cell[at]))).distance(shapely.Point(point)) < 1e-6


@given(city, st.randoms(use_true_random=False))
def test_order_of_points_does_not_matter(lon_lat, random) -> None:
    shuffled = random.sample(lon_lat, len(lon_lat))
    assert np.array_equal(hexagons(lon_lat, 9)[0], hexagons(shuffled, 9)[0])
    assert np.array_equal(hexagons(lon_lat, 9)[1], hexagons(shuffled, 9)[1])


def test_a_ring_is_closed_and_runs_against_the_clock() -> None:
    cell, _, _ = hexagons([(-1.55, 53.8)], 9)
    ring = boundary(int(cell[0]))
    assert np.array_equal(ring[0], ring[-1])
    assert shapely.LinearRing(ring).is_ccw


@pytest.mark.parametrize("zoom", range(6, 20))
def test_hexagons_are_a_finger_wide_on_the_screen(zoom: int) -> None:
    cell, _, _ = hexagons([(-1.55, 52.0)], resolution_for_zoom(zoom))
    px_per_degree = 256 * 2**zoom / 360
    # The web map stretches degrees of latitude by 1 / cos(latitude).
    area_px = shapely.Polygon(boundary(int(cell[0]))).area * px_per_degree**2 / math.cos(math.radians(52.0))
    assert 20 < math.sqrt(area_px * 2 / math.sqrt(3)) < 60


def test_closer_in_is_never_coarser() -> None:
    found = [resolution_for_zoom(zoom / 2) for zoom in range(50)]
    assert found == sorted(found)
    assert set(found) == set(range(3, 14))


@pytest.mark.parametrize("resolution", [-1, 16])
def test_an_unknown_resolution_is_refused(resolution: int) -> None:
    with pytest.raises(GeoError, match="0 to 15"):
        hexagons([(0, 0)], resolution)


def test_the_ring_of_no_cell_is_refused() -> None:
    with pytest.raises(GeoError, match="No such cell"):
        boundary(42)
