"""The map of one window against the events of the next: reference values and what cannot be gamed."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.prediction import at_share, outline_accuracy, ranked_map

UNITS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 5), st.sampled_from([1.0, 2.0, 5.0])), min_size=1, max_size=12
)


def test_the_reference_indices_are_met(shared: Path) -> None:
    for case in json.loads((shared / "golden" / "g11_pai.json").read_text(encoding="utf-8"))["cases"]:
        found = ranked_map(case["pred"], case["obs"], case["area"])
        assert found.pai.tolist() == pytest.approx(case["PAI"], rel=1e-8)
        assert found.pei.tolist() == pytest.approx(case["PEI"], rel=1e-8)
        assert found.rri.tolist() == pytest.approx(case["RRI"], rel=1e-8)


def test_a_map_that_ranks_nothing_gets_no_credit_for_lucky_order() -> None:
    found = ranked_map([1, 1, 1, 1], [8, 0, 0, 0], [1, 1, 1, 1])
    assert found.pai.tolist() == [0.0, 0.0, 0.0, 1.0]
    assert found.order.tolist()[-1] == 0


@given(UNITS)
def test_the_order_of_the_units_does_not_matter(units: list[tuple[int, int, float]]) -> None:
    there, back = (ranked_map(*np.array(some).T) for some in (units, units[::-1]))
    for name in ("share", "hits", "pai", "pei", "rri"):
        assert np.allclose(getattr(there, name), getattr(back, name), rtol=1e-12, equal_nan=True), name


@given(UNITS)
def test_no_map_is_better_than_the_best_and_the_whole_area_is_one(units: list[tuple[int, int, float]]) -> None:
    found = ranked_map(*np.array(units).T)
    if not any(events for _, events, _ in units):
        assert np.isnan(found.pai).all()
        return
    assert (found.pei <= 1 + 1e-12).all()
    assert (found.pai[-1], found.pei[-1], found.share[-1]) == pytest.approx((1.0, 1.0, 1.0))
    best = ranked_map([e for _, e, _ in units], [e for _, e, _ in units], [s for *_, s in units])
    assert np.allclose(best.pei[best.hits > 0], 1.0)


def test_units_are_ranked_by_density_unless_told_otherwise() -> None:
    assert ranked_map([4, 3], [1, 1], [8, 1]).order.tolist() == [1, 0]
    assert ranked_map([4, 3], [1, 1], [8, 1], rank_by=[4, 3]).order.tolist() == [0, 1]


def test_street_length_serves_as_size() -> None:
    found = ranked_map([5, 1], [3, 1], [100.0, 300.0])
    assert found.pai[0] == pytest.approx((3 / 4) / (100 / 400))


def test_a_share_takes_whole_units_only() -> None:
    ranked = ranked_map(range(10, 0, -1), [1] * 10, [0.1] * 10)
    found = at_share(ranked, 0.3)
    assert found is not None
    assert (found.units, found.hits) == (3, 3)
    assert at_share(ranked, 0.29).units == 2
    assert at_share(ranked, 0.09) is None
    assert at_share(ranked, 1.0).units == 10


def test_overlapping_outlines_and_what_lies_outside_count_once_and_not() -> None:
    study = shapely.box(0, 0, 100, 100)
    outlines = [shapely.box(-50, 0, 10, 10), shapely.box(0, 0, 10, 10)]
    found = outline_accuracy(outlines, study, [(5, 5), (10, 10), (50, 50), (-20, 5)])
    assert (found.hits, found.events, found.outside, found.share) == (2, 3, 1, 0.01)
    assert found.pai == pytest.approx((2 / 3) / 0.01)


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    """5 of 10: 0.1870860 to 0.8129140, as in any table of exact binomial limits."""
    points = [(0.5, 0.5)] * 5 + [(5.0, 0.5)] * 5
    found = outline_accuracy([shapely.box(0, 0, 1, 1)], shapely.box(0, 0, 10, 1), points)
    assert (found.pai_low * 0.1, found.pai_high * 0.1) == pytest.approx((0.1870860, 0.8129140), abs=1e-7)


def test_without_events_or_outlines_nothing_is_claimed() -> None:
    study = shapely.box(0, 0, 10, 10)
    nothing = outline_accuracy([shapely.box(0, 0, 1, 1)], study, [])
    assert (nothing.events, nothing.hits) == (0, 0)
    assert np.isnan([nothing.hit_rate, nothing.pai, nothing.pai_low, nothing.pai_high]).all()
    no_outline = outline_accuracy([], study, [(1, 1)])
    assert (no_outline.hit_rate, no_outline.share) == (0.0, 0.0)
    assert np.isnan(no_outline.pai)
    assert ranked_map([], [], []).order.tolist() == []


@pytest.mark.parametrize(
    "units",
    [([1], [1], [0]), ([-1], [1], [1]), ([1], [0.5], [1]), ([1], [1], [1, 2]), ([np.nan], [1], [1]), ([[1]], [1], [1])],
)
def test_impossible_maps_are_refused(units: tuple[list[float], list[float], list[float]]) -> None:
    with pytest.raises(GeoError):
        ranked_map(*units)


def test_impossible_shares_and_study_areas_are_refused() -> None:
    with pytest.raises(GeoError):
        at_share(ranked_map([1], [1], [1]), 0.0)
    with pytest.raises(GeoError):
        outline_accuracy([], shapely.Polygon(), [])
    with pytest.raises(GeoError):
        ranked_map([1], [1], [1], rank_by=[1, 2])
