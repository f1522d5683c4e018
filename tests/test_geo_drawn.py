"""Areas that people choose are as large as they say, and cover what they should."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.boundaries import surface_km2
from geo.drawn import along_lines, middle, round_points, shares, width_of, without_places
from geo.errors import GeoError
from geo.footprints import near

LON, LAT, EPSG = -1.2, 52.9, 27700
METRES = st.floats(5, 2_000)


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> dict[str, object]:
    """Return a box by metres east and north of the middle."""
    west, east = (LON + edge / 67_300 for edge in (west_m, east_m))
    south, north = (LAT + edge / 111_300 for edge in (south_m, north_m))
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


@given(METRES)
def test_a_circle_has_the_surface_and_the_width_of_its_radius(radius_m: float) -> None:
    circle = round_points([(LON, LAT)], radius_m=radius_m, epsg=EPSG)
    assert surface_km2(circle) * 1e6 == pytest.approx(math.pi * radius_m**2, rel=0.01)
    assert width_of(circle, epsg=EPSG) == pytest.approx(2 * radius_m, rel=0.01)
    assert middle(circle) == pytest.approx((LON, LAT), abs=1e-5)


@given(METRES, st.lists(st.tuples(st.floats(-800, 800), st.floats(-800, 800)), min_size=1, max_size=5))
def test_round_points_holds_each_of_them_and_what_is_well_within_reach(
    radius_m: float, places: list[tuple[float, float]]
) -> None:
    points = np.array([(LON + east / 67_300, LAT + north / 111_300) for east, north in places])
    area = round_points(points, radius_m=radius_m, epsg=EPSG)
    assert near(points, area, epsg=EPSG).all()
    assert near(points + np.array([0.0, 0.95 * radius_m / 111_300]), area, epsg=EPSG).all()
    assert not near(points[:1] + np.array([0.0, (radius_m + 2_000) / 111_300]), area, epsg=EPSG).any()


def test_a_strip_reaches_as_far_to_each_side_as_was_asked() -> None:
    street = {"type": "LineString", "coordinates": [[LON, LAT], [LON + 400 / 67_300, LAT]]}
    strip = along_lines([street], within_m=30, epsg=EPSG)
    beside = np.array([[LON + 200 / 67_300, LAT + off / 111_300] for off in (0, 28, -28, 33, -33)])
    assert near(beside, strip, epsg=EPSG).tolist() == [True, True, True, False, False]


def test_the_pieces_of_a_street_become_one_area() -> None:
    pieces = [
        {"type": "LineString", "coordinates": [[LON, LAT], [LON + 0.001, LAT]]},
        {"type": "MultiLineString", "coordinates": [[[LON + 0.001, LAT], [LON + 0.002, LAT]]]},
    ]
    assert along_lines(pieces, within_m=20, epsg=EPSG)["type"] == "Polygon"


@pytest.mark.parametrize("lines", [[], [{"type": "Point", "coordinates": [LON, LAT]}]])
def test_a_strip_along_nothing_is_refused(lines: list[dict[str, object]]) -> None:
    with pytest.raises(GeoError, match="no line"):
        along_lines(lines, within_m=30, epsg=EPSG)


def test_an_area_round_no_point_is_refused() -> None:
    with pytest.raises(GeoError, match="Name at least one point"):
        round_points([], radius_m=10, epsg=EPSG)


def test_the_middle_of_a_bent_area_lies_in_it() -> None:
    bent = {
        "type": "Polygon",
        "coordinates": [[[0, 50], [1, 50], [1, 51], [0.9, 51], [0.9, 50.1], [0, 50.1], [0, 50]]],
    }
    assert near(np.array([middle(bent)]), bent, epsg=32631).all()


@given(st.floats(-300, 300), st.floats(-300, 300), st.floats(20, 400))
def test_shares_are_those_of_the_common_ground(east: float, north: float, side: float) -> None:
    own, other = box(0, 0, 100, 100), box(east, north, east + side, north + side)
    wide = max(0.0, min(100, east + side) - max(0, east))
    high = max(0.0, min(100, north + side) - max(0, north))
    (found,) = shares(own, [other], epsg=EPSG)
    assert found == pytest.approx((wide * high / 1e4, wide * high / side**2), abs=0.01)
    (turned,) = shares(other, [own], epsg=EPSG)
    assert turned[::-1] == pytest.approx(found, abs=1e-6)


def test_discs_are_cut_only_round_places_inside() -> None:
    own = box(0, 0, 100, 100)
    inside, outside = (LON + 50 / 67_300, LAT + 50 / 111_300), (LON + 5_000 / 67_300, LAT)
    assert without_places(own, [outside], clear_m=5, epsg=EPSG) == own
    assert without_places(own, np.zeros((0, 2)), clear_m=5, epsg=EPSG) == own
    cut = without_places(own, [inside, outside], clear_m=5, epsg=EPSG)
    assert not near(np.array([inside]), cut, epsg=EPSG).any()
    assert surface_km2(own) - surface_km2(cut) == pytest.approx(math.pi * 25 / 1e6, rel=0.05)
