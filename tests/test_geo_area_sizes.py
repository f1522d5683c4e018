"""How many kilometres of street lie in each area."""

import numpy as np
import pytest

from geo.area_sizes import street_km
from tests.test_problems_areas import square


def test_a_street_is_shared_out_between_the_areas_that_it_runs_through() -> None:
    west, east = square("West", 0), square("East", 1000)
    middle_south, middle_north = west.geometry["coordinates"][0][0], west.geometry["coordinates"][0][2]  # type: ignore[index] # a polygon
    lat = (middle_south[1] + middle_north[1]) / 2
    wide = middle_north[0] - middle_south[0]
    # From the middle of the west to the end of the east: half a kilometre, and a whole one.
    line = np.array([[middle_south[0] + wide / 2, lat], [middle_south[0] + 2 * wide, lat]])
    found = street_km([west.geometry, east.geometry], [line, line[:1]])
    assert found == pytest.approx([0.5, 1.0], rel=0.01)


def test_without_streets_there_are_no_kilometres() -> None:
    assert street_km([square("West", 0).geometry], []).tolist() == [0.0]
    assert street_km([], [np.array([[0.0, 52.0], [0.1, 52.0]])]).tolist() == []
