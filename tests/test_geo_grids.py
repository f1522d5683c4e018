"""Numbers in metres and feet are turned into degrees, and the system they are in is found or left open."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geo.errors import GeoError
from geo.grids import degrees_from, fitting_grids, grid_name, grid_of_pairs, grids_near, only_grid
from geo.projection import to_lon_lat

#: City, a box round it, a point in it, the system that its exports use.
CITIES = {
    "New York": ((-74.3, 40.4, -73.6, 41.0), (-73.9, 40.7), 2263),
    "Boston, feet": ((-71.25, 42.2, -70.9, 42.45), (-71.06, 42.36), 2249),
    "Boston, metres": ((-71.25, 42.2, -70.9, 42.45), (-71.06, 42.36), 26986),
    "Chicago": ((-87.95, 41.6, -87.5, 42.1), (-87.65, 41.88), 3435),
    "Phoenix": ((-112.4, 33.2, -111.8, 33.8), (-112.07, 33.45), 2223),
    "Los Angeles": ((-118.7, 33.7, -118.1, 34.4), (-118.25, 34.05), 2229),
    "London": ((-0.6, 51.2, 0.3, 51.7), (-0.12, 51.5), 27700),
    "Dublin, new": ((-6.5, 53.2, -6.0, 53.5), (-6.26, 53.35), 2157),
    "Dublin, old": ((-6.5, 53.2, -6.0, 53.5), (-6.26, 53.35), 29902),
    "Zurich": ((8.4, 47.3, 8.7, 47.5), (8.54, 47.37), 2056),
    "Amsterdam": ((4.7, 52.2, 5.1, 52.5), (4.9, 52.37), 28992),
    "Montreal": ((-74.0, 45.4, -73.4, 45.75), (-73.57, 45.5), 32188),
    "Leeds in web metres": ((-1.9, 53.6, -1.2, 54.0), (-1.55, 53.8), 3857),
    "Madrid": ((-3.9, 40.3, -3.5, 40.6), (-3.7, 40.42), 32630),
}


def _points(city: str) -> tuple[np.ndarray, np.ndarray]:
    _, middle, epsg = CITIES[city]
    lon_lat = np.random.default_rng(1).normal(middle, 0.02, (80, 2))
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(lon_lat[:, 0], lon_lat[:, 1])
    return np.column_stack((x, y)), lon_lat


@pytest.mark.parametrize("city", CITIES)
def test_the_system_of_a_city_is_found_from_where_it_lies(city: str) -> None:
    xy, lon_lat = _points(city)
    home, _, epsg = CITIES[city]
    fit = only_grid(fitting_grids(xy, home))
    assert fit is not None
    assert fit.grid.epsg == epsg
    assert np.abs(degrees_from(xy, fit.grid.epsg) - lon_lat).max() < 1e-4


@pytest.mark.parametrize("city", CITIES)
def test_degrees_beside_projected_numbers_tell_the_system(city: str) -> None:
    xy, lon_lat = _points(city)
    fit = grid_of_pairs(xy, lon_lat)
    assert fit is not None
    assert np.abs(degrees_from(xy, fit.grid.epsg) - lon_lat).max() < 1e-4


def test_degrees_that_do_not_belong_to_the_numbers_tell_no_system() -> None:
    xy, lon_lat = _points("New York")
    assert grid_of_pairs(xy[::-1], lon_lat) is None
    assert grid_of_pairs(np.zeros((0, 2)), np.zeros((0, 2))) is None


def test_a_wide_home_leaves_several_systems_and_none_is_chosen() -> None:
    xy, _ = _points("New York")
    fits = fitting_grids(xy, (-85.0, 25.0, -67.0, 47.0), called=r"NAD83 / .*ftUS")
    assert only_grid(fits) is None
    assert len(fits) > 3
    assert 2263 in {fit.grid.epsg for fit in fits}


def test_points_of_elsewhere_fit_nowhere() -> None:
    xy, _ = _points("New York")
    assert only_grid(fitting_grids(xy, CITIES["London"][0])) is None


def test_a_known_point_in_feet_lies_where_its_city_says() -> None:
    # A row of New York's export: State Plane feet beside the degrees that the city itself gives.
    assert degrees_from([(1026839, 190733)], 2263)[0] == pytest.approx((-73.846427559, 40.690092328), abs=2e-6)


def test_a_wrong_number_of_a_system_is_refused() -> None:
    with pytest.raises(GeoError, match="No such system"):
        degrees_from([(1.0, 2.0)], 1)
    with pytest.raises(GeoError, match="degrees"):
        grid_name(4326)


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=8), st.sampled_from([27700, 2263, 3857, 2157]))
def test_no_number_breaks_it_and_what_cannot_be_placed_is_nan(xy: list[tuple[float, float]], epsg: int) -> None:
    degrees = degrees_from(np.array(xy, dtype=np.float64).reshape(-1, 2), epsg)
    assert degrees.shape == (len(xy), 2)
    assert (np.isnan(degrees[:, 0]) == np.isnan(degrees[:, 1])).all()


def test_metres_are_read_as_by_the_metric_projection() -> None:
    xy, _ = _points("London")
    assert np.abs(degrees_from(xy, 27700) - to_lon_lat(xy, 27700)).max() < 1e-10


def test_systems_are_asked_for_once() -> None:
    home = CITIES["London"][0]
    assert grids_near(home) is grids_near(home)


@pytest.mark.parametrize(("city", "epsg"), [((-79.38, 43.65), 7991), ((-75.16, 39.95), 2272), ((-75.16, 39.95), 4455)])
def test_the_old_and_the_new_survey_of_a_place_are_not_mistaken_for_each_other(
    city: tuple[float, float], epsg: int
) -> None:
    lon_lat = np.random.default_rng(1).normal(city, 0.02, (80, 2))
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(lon_lat[:, 0], lon_lat[:, 1])
    lon, lat = city
    fits = fitting_grids(np.column_stack((x, y)), (lon - 0.3, lat - 0.3, lon + 0.3, lat + 0.3))
    chosen = only_grid(fits)
    assert epsg in {fit.grid.epsg for fit in fits}
    assert chosen is None or chosen.grid.epsg == epsg
