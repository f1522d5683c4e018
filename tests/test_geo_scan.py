import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import poisson

from geo.errors import GeoError
from geo.scan import _none_in_three, _none_in_two, busiest, scan_p

whole_days = arrays(np.int64, st.integers(0, 40), elements=st.integers(0, 60))


def share_without(count: int, rate: float, windows: float, *, runs: int, seed: int) -> float:
    """Return in how many of the simulated times no stretch holds so many events."""
    random = np.random.default_rng(seed)
    numbers = random.poisson(rate * windows, runs)
    times = np.where(
        np.arange(numbers.max()) < numbers[:, None], random.uniform(0, windows, (runs, numbers.max())), 9e9
    )
    times.sort(axis=1)
    gaps = times[:, count - 1 :] - times[:, : times.shape[1] - count + 1]
    real = times[:, count - 1 :] < 9e9
    return float(1.0 - ((gaps <= 1.0) & real).any(axis=1).mean())


@pytest.mark.parametrize("case", [0, 1])
def test_the_published_chances_differ_by_one_left_out_term_and_the_exponent(shared: Path, case: int) -> None:
    """The peer sums the last part of Naus's third equation one term short, and extrapolates by L - k."""
    golden = json.loads((shared / "golden/g14_naus_scan.json").read_text())["cases"][case]
    count, rate = golden["n"], golden["mu"]
    two, three = _none_in_two(count, rate), _none_in_three(count, rate)
    last = count - 1
    term = (last - 1) * poisson.cdf(last - 2, rate) - rate * poisson.cdf(last - 3, rate)
    short = three + poisson.pmf(2 * count - last, rate) * poisson.pmf(last, rate) * term
    peer = 1 - two * (short / two) ** (golden["L"] - golden["k"])
    assert peer == pytest.approx(golden["p"], rel=1e-8)
    assert scan_p(count, per_window=rate, windows=golden["L"]) == pytest.approx(golden["p"], rel=3e-3)


@pytest.mark.parametrize(("count", "rate"), [(1, 0.5), (2, 1.0), (3, 3.0), (3, 0.7), (5, 3.0), (6, 2.0)])
def test_no_such_stretch_in_two_or_three_windows_has_the_chance_of_a_simulation(count: int, rate: float) -> None:
    for windows, exact in ((2, _none_in_two), (3, _none_in_three)):
        chance = exact(count, rate)
        found = share_without(count, rate, windows, runs=100_000, seed=17)
        assert found == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / 100_000))


def test_the_term_that_the_peer_leaves_out_belongs_there() -> None:
    found = share_without(3, 3.0, 3, runs=400_000, seed=23)
    chance = _none_in_three(3, 3.0)
    term = poisson.pmf(4, 3.0) * poisson.pmf(2, 3.0) * poisson.cdf(0, 3.0)
    error = np.sqrt(chance * (1 - chance) / 400_000)
    assert abs(found - chance) < 4 * error
    assert abs(found - (chance + term)) > 4 * error


@pytest.mark.parametrize(("count", "rate", "windows"), [(5, 1.0, 20), (4, 0.5, 52), (7, 2.0, 12)])
def test_the_chance_of_a_long_time_is_that_of_a_simulation(count: int, rate: float, windows: int) -> None:
    found = 1 - share_without(count, rate, windows, runs=60_000, seed=29)
    assert scan_p(count, per_window=rate, windows=windows) == pytest.approx(found, abs=0.008)


@given(st.integers(1, 40), st.floats(0.01, 30.0), st.floats(1.0, 500.0))
def test_more_events_are_never_less_surprising_and_a_longer_time_never_more(count, rate, windows) -> None:
    chance = scan_p(count, per_window=rate, windows=windows)
    assert 0.0 <= chance <= 1.0
    assert scan_p(count + 1, per_window=rate, windows=windows) <= chance + 1e-9
    assert scan_p(count, per_window=rate, windows=windows * 2) >= chance - 1e-9


@given(whole_days, st.integers(1, 20))
def test_the_busiest_stretch_is_the_one_that_begins_with_some_event(days: np.ndarray, window: int) -> None:
    expected = max((int(((days >= day) & (days <= day + window)).sum()) for day in days), default=0)
    assert busiest(days, window) == expected


@given(whole_days, st.integers(1, 20), st.integers(-10_000, 10_000), st.randoms(use_true_random=False))
def test_order_and_origin_of_time_do_not_matter(days: np.ndarray, window: int, shift: int, random) -> None:
    order = np.array(random.sample(range(len(days)), len(days)), dtype=np.int64)
    assert busiest(days[order] + shift, window) == busiest(days, window)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: scan_p(0, per_window=1.0, windows=5.0),
        lambda: scan_p(2, per_window=0.0, windows=5.0),
        lambda: scan_p(2, per_window=1.0, windows=0.5),
        lambda: busiest([1.0, np.nan], 1.0),
        lambda: busiest([[1.0, 2.0]], 1.0),
        lambda: busiest([1.0], 0.0),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask) -> None:
    with pytest.raises(GeoError, match=r"\. .+\. "):
        ask()
