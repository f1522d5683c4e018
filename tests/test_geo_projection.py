from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.errors import GeoError
from geo.projection import metric_epsg, to_lon_lat, to_metres

BRITISH = {
    "Leeds": (-1.55, 53.80), "London": (-0.12, 51.50), "Dover": (1.31, 51.13), "Penzance": (-5.54, 50.12),
    "Lowestoft": (1.75, 52.48), "Holyhead": (-4.63, 53.31), "Stranraer": (-5.02, 54.90), "Douglas": (-4.48, 54.15),
    "Campbeltown": (-5.60, 55.42), "Stornoway": (-6.39, 58.21), "Castlebay": (-7.49, 56.95), "Lerwick": (-1.14, 60.15),
    "Scilly": (-6.31, 49.91), "Brighton": (-0.14, 50.82), "Hull": (-0.33, 53.74), "St Davids": (-5.27, 51.88),
}  # fmt: skip
ELSEWHERE = {
    "Dublin": (-6.26, 53.35, 32629), "Belfast": (-5.93, 54.60, 32630), "Bangor": (-5.67, 54.66, 32630),
    "Rosslare": (-6.34, 52.25, 32629), "Ballycastle": (-6.24, 55.20, 32629), "Calais": (1.86, 50.96, 32631),
    "Boulogne": (1.61, 50.73, 32631), "Dieppe": (1.08, 49.92, 32631), "Cherbourg": (-1.62, 49.64, 32630),
    "Jersey": (-2.11, 49.19, 32630), "Brest": (-4.49, 48.39, 32630), "Ostend": (2.91, 51.23, 32631),
    "Boston": (-71.06, 42.36, 32619), "Sydney": (151.21, -33.87, 32756), "Quito": (-78.47, -0.18, 32717),
    "Tórshavn": (-6.77, 62.01, 32629), "Suva": (178.44, -18.14, 32760),
}  # fmt: skip


@pytest.mark.parametrize("town", BRITISH)
def test_great_britain_uses_the_national_grid(town: str) -> None:
    assert metric_epsg([BRITISH[town]]) == 27700


@pytest.mark.parametrize("town", ELSEWHERE)
def test_everywhere_else_uses_its_utm_zone(town: str) -> None:
    lon, lat, epsg = ELSEWHERE[town]
    assert metric_epsg([(lon, lat)]) == epsg


def test_a_few_wrong_points_do_not_move_the_centre() -> None:
    assert metric_epsg([BRITISH["Leeds"]] * 9 + [(0.0, 0.0)] * 4) == 27700


def test_the_date_line_has_a_zone() -> None:
    assert metric_epsg([(180.0, 10.0)]) == 32660
    assert metric_epsg([(-180.0, 10.0)]) == 32601


@pytest.mark.parametrize("lat", [85.0, -81.0])
def test_the_poles_have_none(lat: float) -> None:
    with pytest.raises(GeoError, match="84 N and 80 S"):
        metric_epsg([(0.0, lat)])


def test_no_point_has_no_system() -> None:
    with pytest.raises(GeoError, match="Import reports"):
        metric_epsg([])


@pytest.mark.parametrize("epsg", [4326, 4258, 3857, 3395, 2249, 999999])
@pytest.mark.parametrize("project", [to_metres, to_lon_lat])
def test_a_system_that_is_not_metric_is_refused(project, epsg: int) -> None:
    with pytest.raises(GeoError, match=f"EPSG:{epsg} was asked for.*Choose a metric one"):
        project([(0.5, 0.5)], epsg)


@pytest.mark.parametrize("wrong", [(np.nan, 53.0), (-1.5, np.inf), (430_000.0, 434_000.0), (53.8, -91.5)])
def test_points_that_are_not_degrees_are_refused(wrong) -> None:
    with pytest.raises(GeoError):
        to_metres([(-1.55, 53.80), wrong], 27700)
    with pytest.raises(GeoError):
        metric_epsg([wrong])


def test_points_that_the_system_cannot_hold_are_refused() -> None:
    with pytest.raises(GeoError, match="can hold"):
        to_lon_lat([(1e12, 1e12)], 32630)


def test_a_known_point_of_the_national_grid() -> None:
    # Ordnance Survey's worked example, Caister water tower: good to the few metres of the shift.
    (found,) = to_metres([(1.716038, 52.657979)], 27700)
    assert np.hypot(*(found - (651409.804, 313177.450))) < 5


@given(st.lists(st.tuples(st.floats(-1.7, -1.3), st.floats(53.6, 54.0)), max_size=20))
def test_there_and_back_is_the_same_place(lon_lat) -> None:
    there = to_metres(lon_lat, 27700)
    assert there.shape == (len(lon_lat), 2)
    assert np.allclose(to_lon_lat(there, 27700), np.reshape(lon_lat, (-1, 2)), atol=5e-8, rtol=0)


def test_metres_are_metres_on_the_ground() -> None:
    lon_lat = np.array([(-1.55, 53.80), (-1.549, 53.80), (-1.55, 53.801)])
    xy_m = to_metres(lon_lat, metric_epsg(lon_lat))
    east = Geod(ellps="WGS84").inv(*lon_lat[0], *lon_lat[1])[2]
    north = Geod(ellps="WGS84").inv(*lon_lat[0], *lon_lat[2])[2]
    assert np.hypot(*(xy_m[1] - xy_m[0])) == pytest.approx(east, rel=1e-3)
    assert np.hypot(*(xy_m[2] - xy_m[0])) == pytest.approx(north, rel=1e-3)


def test_threads_share_the_cached_projection() -> None:
    lon_lat = np.random.default_rng(3).uniform((-1.7, 53.6), (-1.3, 54.0), (2_000, 2))
    expected = to_metres(lon_lat, 27700)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: to_metres(lon_lat, 27700), range(40)))
    assert all(np.array_equal(each, expected) for each in found)
