"""Trends have the published figures, and classes follow their definitions."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau, theilslopes

from geo.errors import GeoError
from geo.trends import PATTERNS, Pattern, emerging, mann_kendall

ROWS = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(2, 14)), elements=st.integers(-4, 4).map(float))
RISING = [2.1, 2.3, 2.5, 2.8, 3.0, 3.2, 3.5, 3.9, 4.2, 5.0]


def name_of(z: list[float]) -> str:
    return PATTERNS[int(emerging(z).code[0])].value


def test_the_reference_classes_and_sums_are_met(shared: Path) -> None:
    golden = json.loads((shared / "golden" / "g12_emerging.json").read_text(encoding="utf-8"))
    assert tuple(golden["precedence"]) == PATTERNS
    cases = golden["cases"]
    # The last case reads "none (current text) / sporadic (older text)": the current text is followed.
    expected = [case["expected"].split(" ")[0] for case in cases]
    found = emerging([case["z"] for case in cases])
    assert [PATTERNS[code].value for code in found.code] == expected
    assert found.trend.s.tolist() == [case["mk_S"] for case in cases]


def test_the_reference_mann_kendall_test_is_met(shared: Path) -> None:
    for case in json.loads((shared / "golden" / "g12_emerging.json").read_text(encoding="utf-8"))["mann_kendall"]:
        test = mann_kendall(case["x"])
        assert int(test.s[0]) == case["S"]
        for found, key in ((test.variance, "var"), (test.z, "z"), (test.p, "p"), (test.slope, "sen_slope")):
            assert float(found[0]) == pytest.approx(case[key], rel=1e-8)


def test_a_tied_row_has_the_variance_of_the_formula() -> None:
    """Ten values, ties of 2 and 3: (10*9*25 - 2*1*9 - 3*2*11) / 18."""
    test = mann_kendall([1, 1, 2, 3, 3, 3, 4, 5, 6, 7])
    assert float(test.variance[0]) == pytest.approx((2250 - 18 - 66) / 18, rel=1e-12)
    assert int(test.s[0]) == 45 - 1 - 3
    assert float(test.z[0]) == pytest.approx(40 / np.sqrt(2166 / 18), rel=1e-12)


def test_a_row_that_never_changes_has_no_trend() -> None:
    test = mann_kendall([[3.0] * 12])
    assert (test.z.tolist(), test.p.tolist(), test.slope.tolist(), test.variance.tolist()) == (
        [0.0],
        [1.0],
        [0.0],
        [0.0],
    )


@given(ROWS)
def test_s_and_slope_are_those_of_scipy(rows: np.ndarray) -> None:
    test = mann_kendall(rows)
    for row, s, slope in zip(rows, test.s, test.slope, strict=True):
        time = np.arange(len(row))
        assert slope == pytest.approx(theilslopes(row, time)[0], abs=1e-12)
        tau = kendalltau(time, row).statistic
        if len(set(row)) > 1:
            ties = np.unique(row, return_counts=True)[1]
            pairs = len(row) * (len(row) - 1) / 2
            assert s == pytest.approx(tau * np.sqrt(pairs * (pairs - (ties * (ties - 1) / 2).sum())), abs=1e-6)


@given(ROWS)
def test_time_turned_round_turns_the_trend_round(rows: np.ndarray) -> None:
    test, back = mann_kendall(rows), mann_kendall(rows[:, ::-1])
    assert back.s.tolist() == (-test.s).tolist()
    assert np.allclose(back.p, test.p, rtol=1e-12)
    assert np.allclose(back.slope, -test.slope)


@given(ROWS)
def test_places_do_not_change_one_another(rows: np.ndarray) -> None:
    together = emerging(rows)
    assert together.code.tolist() == [int(emerging(row).code[0]) for row in rows]
    assert together.trend.p.tolist() == [float(mann_kendall(row).p[0]) for row in rows]


def test_nine_of_ten_hot_but_not_the_last_is_historical_as_esri_says() -> None:
    assert name_of([2.5] * 9 + [0.2]) == "historical"


def test_nine_of_ten_are_nearly_always_and_eight_are_not() -> None:
    hot = [3.1, 2.9, 3.3, 3.0, 3.2, 2.8, 3.4, 2.95, 3.15]
    assert name_of([*hot[:4], 0.1, *hot[4:]]) == "persistent"
    assert name_of([*hot[:4], 0.1, *hot[4:8], 0.1, hot[8]]) == "sporadic"
    assert name_of([0.1, *RISING[1:]]) == "intensifying", "nearly always comes before a run at the end"


def test_the_limits_themselves_are_hot_and_cold() -> None:
    limit = 1.959963984540054
    assert name_of([0.0] * 9 + [limit]) == "new"
    assert name_of([0.0] * 9 + [np.nextafter(limit, 0)]) == "none"
    assert name_of([limit, -limit, *[0.0] * 7, limit]) == "oscillating"
    assert name_of([limit, np.nextafter(-limit, 0), *[0.0] * 7, limit]) == "sporadic"


def test_a_first_hot_period_is_new_even_after_a_cold_one() -> None:
    assert name_of([-3.0] + [0.0] * 8 + [2.5]) == "new"


@given(arrays(np.float64, (5, 10), elements=st.sampled_from([-3.0, 0.0, 2.5, 4.0])))
def test_every_class_keeps_what_it_promises(rows: np.ndarray) -> None:
    found = emerging(rows)
    for row, code in zip(rows, found.code, strict=True):
        pattern, hot = PATTERNS[code], row > 2
        if pattern in {Pattern.HISTORICAL, Pattern.NONE}:
            assert not hot[-1]
            assert (hot.sum() >= 9) == (pattern is Pattern.HISTORICAL)
        else:
            assert hot[-1]
        if pattern in {Pattern.INTENSIFYING, Pattern.PERSISTENT, Pattern.DIMINISHING}:
            assert hot.sum() >= 9
        if pattern is Pattern.SPORADIC:
            assert not (row < -2).any()


def test_many_places_with_long_rows_are_the_same_as_one_by_one() -> None:
    rows = np.random.default_rng(3).integers(0, 9, (1500, 60)).astype(float)
    test = mann_kendall(rows)
    for place in (0, 554, 555, 556, 1499):
        assert test.s[place] == mann_kendall(rows[place]).s[0]
        assert test.slope[place] == mann_kendall(rows[place]).slope[0]


@pytest.mark.parametrize("rows", [[], [1.0], [[1.0], [2.0]], [[1.0, np.nan]], [[1.0, np.inf]], [[[1.0, 2.0]]]])
def test_what_has_no_direction_is_refused(rows: list[object]) -> None:
    with pytest.raises(GeoError):
        mann_kendall(rows)


@pytest.mark.parametrize("limits", [{"hot_z": 0.0}, {"share": 1.1}, {"alpha": 0.0}, {"hot_z": float("nan")}])
def test_limits_out_of_range_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(GeoError):
        emerging([RISING], **limits)


def test_no_place_has_no_class() -> None:
    assert emerging(np.zeros((0, 12))).code.tolist() == []
