"""Grids that coordinates were rounded to."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.lattice import distinct_places, find_lattice
from geo.projection import to_lon_lat

Floats = npt.NDArray[np.float64]


def city(count: int = 400, seed: int = 1) -> Floats:
    """Return exact homes in a town of about 10 km at 53.8 N."""
    return np.random.default_rng(seed).uniform((-1.62, 53.75), (-1.47, 53.84), (count, 2))


@pytest.mark.parametrize(("decimals", "north_m"), [(2, 1112.0), (3, 111.2), (4, 11.1), (5, 1.1), (6, 0.11)])
def test_rounded_degrees_are_recognised_with_their_step_on_the_ground(decimals: int, north_m: float) -> None:
    found = find_lattice(city(2000).round(decimals))
    assert found is not None
    assert found.decimals == decimals
    assert found.step_deg == pytest.approx((10.0**-decimals, 10.0**-decimals))
    assert found.step_m[1] == pytest.approx(north_m, rel=0.05)
    # At 53.8 N a degree of longitude is 0.59 of one of latitude.
    assert found.step_m[0] / found.step_m[1] == pytest.approx(0.591, abs=0.002)
    assert found.widest_m == found.step_m[1]
    assert found.share == 1.0


@pytest.mark.parametrize("decimals", [7, 8, 12])
def test_a_centimetre_or_finer_is_exact(decimals: int) -> None:
    assert find_lattice(city().round(decimals)) is None
    assert find_lattice(city()) is None


def test_steps_of_five_and_of_two_in_the_last_decimal_are_seen() -> None:
    fives = find_lattice((city(2000) / 0.005).round() * 0.005)
    twos = find_lattice((city(2000) / 0.002).round() * 0.002)
    assert fives is not None
    assert twos is not None
    assert fives.step_deg == pytest.approx((0.005, 0.005))
    assert twos.step_deg == pytest.approx((0.002, 0.002))
    assert (fives.decimals, twos.decimals) == (3, 3)


@pytest.mark.parametrize("step_m", [10.0, 100.0, 1000.0])
@pytest.mark.parametrize("epsg", [27700, 32630])
def test_a_grid_of_the_national_system_or_utm_is_recognised_from_degrees(step_m: float, epsg: int) -> None:
    corner = (430_000.0, 430_000.0) if epsg == 27700 else (300_000.0, 5_000_000.0)  # Leeds, or France
    rng = np.random.default_rng(4)
    metres = (rng.uniform(0.0, 20_000.0, (300, 2)) / step_m).round() * step_m + corner
    found = find_lattice(to_lon_lat(np.unique(metres, axis=0), epsg))
    assert found is not None
    assert found.step_m == (step_m, step_m)
    assert found.decimals is None


def test_homes_close_together_are_no_grid_of_kilometres() -> None:
    estate = np.random.default_rng(2).uniform((-1.5500, 53.8000), (-1.5495, 53.8003), (300, 2))
    assert find_lattice(estate) is None


def test_a_few_corrected_places_do_not_hide_a_grid_and_many_do() -> None:
    rounded, exact = city(1000).round(4), city(1000, seed=9)
    few = np.vstack([rounded, exact[:10]])
    many = np.vstack([rounded, exact[:200]])
    found = find_lattice(few)
    assert found is not None
    assert 0.98 <= found.share < 1.0
    assert find_lattice(many) is None


def test_repetition_is_counted_and_rows_without_a_place_are_left_out() -> None:
    town = city(30).round(4)
    rows = np.vstack([np.repeat(town[:1], 40, axis=0), town, [[np.nan, 53.8]], [[np.nan, np.nan]]])
    found = find_lattice(rows)
    assert found is not None
    assert (found.distinct, found.most_repeated) == (30, 41)


@pytest.mark.parametrize("few", [[], np.empty((0, 2)), city(19).round(3), np.repeat(city(3).round(2), 90, axis=0)])
def test_too_few_places_say_nothing(few: npt.ArrayLike) -> None:
    assert find_lattice(few) is None


def test_points_of_another_shape_are_refused() -> None:
    with pytest.raises(GeoError, match="shape"):
        distinct_places([(1.0, 2.0, 3.0)])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=40))
def test_distinct_places_count_every_row_once(pairs: list[tuple[int, int]]) -> None:
    points = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    places, rows = distinct_places(points)
    counted = {tuple(place): number for place, number in zip(places.tolist(), rows.tolist(), strict=True)}
    expected = {pair: pairs.count(pair) for pair in pairs}
    assert counted == expected


def test_places_in_one_line_are_not_called_rounded() -> None:
    along_a_street = np.column_stack([np.full(40, -2.24), 53.48 + np.arange(40) * 2.3e-7 * 97])
    assert find_lattice(along_a_street) is None
