import json
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.geojson import bounds, from_geojson, to_lon_lat
from geo.outlines import outline
from geo.projection import to_metres

LEEDS = to_metres([(-1.55, 53.80)], 27700)[0]


@given(st.lists(st.tuples(st.integers(-200, 200), st.integers(-200, 200)), min_size=1, max_size=30))
def test_an_outline_stays_where_it_is_and_valid(points) -> None:
    shape = outline(np.array(points) + LEEDS, radius_m=75)
    geometry = to_lon_lat(shape, 27700)
    degrees = from_geojson(geometry)
    assert degrees.is_valid
    back = shapely.transform(degrees, lambda lon_lat: to_metres(lon_lat, 27700))
    assert shapely.hausdorff_distance(shape, back) < 0.02
    assert json.loads(json.dumps(geometry)) == geometry
    assert all(float(f"{value:.7f}") == value for value in shapely.get_coordinates(degrees).ravel())


def test_outer_rings_run_against_the_clock() -> None:
    clockwise = shapely.box(*LEEDS, *(LEEDS + 100), ccw=False)
    assert from_geojson(to_lon_lat(clockwise, 27700)).exterior.is_ccw


def test_several_parts_stay_several() -> None:
    parts = shapely.MultiPolygon([shapely.box(*LEEDS, *(LEEDS + 50)), shapely.box(*(LEEDS + 500), *(LEEDS + 550))])
    geometry = to_lon_lat(parts, 27700)
    assert geometry["type"] == "MultiPolygon"
    assert len(geometry["coordinates"]) == 2


def test_bounds_are_west_south_east_north() -> None:
    square = {"type": "Polygon", "coordinates": [[[-1, 53], [2, 53], [2, 54], [-1, 54], [-1, 53]]]}
    assert bounds(square) == (-1.0, 53.0, 2.0, 54.0)


@pytest.mark.parametrize("shape", [shapely.Polygon(), shapely.box(0, 0, 1e-5, 1e-5)])
def test_an_outline_without_ground_is_refused(shape) -> None:
    with pytest.raises(GeoError, match="Leave it out"):
        to_lon_lat(shape, 32630)


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Circle", "coordinates": [0, 0]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[[0, 0], [1]]]},
        {"type": "Polygon", "coordinates": "53,1"},
        {"type": "Point", "coordinates": [object(), 1]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Point", "coordinates": [float("nan"), 1.0]},
    ],
)
def test_what_is_no_geometry_is_refused(geometry) -> None:
    with pytest.raises(GeoError):
        bounds(geometry)


def test_an_outline_that_geos_cannot_round_at_once_is_rounded_and_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shapely.set_precision

    def refusing(shape: Any, grid: float, mode: str = "valid_output") -> Any:
        if mode == "valid_output":
            raise shapely.errors.GEOSException("TopologyException: unable to assign free hole to a shell")
        return whole(shape, grid, mode=mode)

    rings = [shapely.box(500_000 + 10 * n, 0, 500_009 + 10 * n, 100).exterior for n in range(3)]
    shape = shapely.Polygon(shapely.box(499_990, -10, 500_040, 110).exterior, rings)
    expected = shapely.geometry.shape(to_lon_lat(shape, 32630))
    monkeypatch.setattr(shapely, "set_precision", refusing)
    found = shapely.geometry.shape(to_lon_lat(shape, 32630))
    assert found.is_valid
    assert found.symmetric_difference(expected).area < 1e-12
