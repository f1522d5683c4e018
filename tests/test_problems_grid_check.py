"""Squares above the usual: found where something was put, nowhere else, whatever the order."""

import numpy as np
import pytest

from problems.categories import Group
from problems.finding import GROUPS
from problems.grid_check import SIDES_M, GridCheck, check_grid
from problems.hot_spots import DetectionSettings
from problems.references import References, Told

EPSG = 27700
CORNER_M = np.array([400_000.0, 300_000.0])
MIDDLE_M = CORNER_M + 2_000.0
LIGHTING, WASTE = GROUPS.index(Group.LIGHTING), GROUPS.index(Group.WASTE)


def town(planted: int = 0, *, seed: int = 3, order: int | None = None) -> References:
    """Return a town of 4 km with an even mixture of two kinds, and so many lights more round its middle."""
    rng = np.random.default_rng(seed)
    xy_m = np.vstack((CORNER_M + rng.uniform(0, 4_000, (3_000, 2)), MIDDLE_M + rng.normal(0, 50, (planted, 2))))
    group = np.concatenate((np.where(rng.random(3_000) < 0.3, LIGHTING, WASTE), np.full(planted, LIGHTING)))
    if order is not None:
        shuffled = np.random.default_rng(order).permutation(len(xy_m))
        xy_m, group = xy_m[shuffled], group[shuffled]
    now = Told(xy_m, group.astype(np.int8), np.zeros(len(xy_m), dtype=np.int64))
    before = Told(np.zeros((0, 2)), np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int64))
    return References(now, before, DetectionSettings(), 90)


@pytest.mark.parametrize("seed", range(3))
def test_in_an_even_town_no_square_stands_out(seed: int) -> None:
    found = check_grid(town(seed=seed), epsg=EPSG)
    assert (found.squares, found.looked_at > 500) == ((), True)


def test_squares_stand_out_where_lights_were_broken_and_say_what_is_usual() -> None:
    found = check_grid(town(90), epsg=EPSG)
    assert {square.group for square in found.squares} == {Group.LIGHTING}
    first = found.of(SIDES_M[0])[0]
    assert first.incidents > 2 * first.expected > 40
    assert first.words(90).endswith(
        "would be usual for a place like it. Counted in a square of 250 m and its eight neighbours."
    )
    hot = np.array([square.lon_lat for square in found.squares])
    assert first.holds(tuple(hot.mean(axis=0)))
    assert not first.holds((first.lon_lat[0] + 0.02, first.lon_lat[1]))


def test_the_order_of_the_reports_does_not_matter() -> None:
    assert check_grid(town(90, order=1), epsg=EPSG) == check_grid(town(90, order=2), epsg=EPSG)


def test_a_kind_with_too_few_squares_is_left_out() -> None:
    told = Told(
        MIDDLE_M + np.array([[0.0, 0.0], [600.0, 0.0]]), np.zeros(2, dtype=np.int8), np.zeros(2, dtype=np.int64)
    )
    nothing = Told(np.zeros((0, 2)), np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int64))
    assert check_grid(References(told, nothing, DetectionSettings(), 90), epsg=EPSG) == GridCheck()
    assert check_grid(References(nothing, nothing, DetectionSettings(), 90), epsg=EPSG) == GridCheck()
