import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from geo.errors import GeoError
from geo.funnel import funnel, winsorised_dispersion


def test_limits_of_few_areas_are_the_exact_quantiles_of_poisson() -> None:
    found = funnel([12, 20, 8], [1.0, 2.0, 1.0])
    assert (found.target, found.dispersion) == (10.0, 1.0)
    assert found.expected.tolist() == [10.0, 20.0, 10.0]
    assert found.low95.tolist() == poisson.ppf(0.025, found.expected).tolist()
    assert found.high95.tolist() == poisson.ppf(0.975, found.expected).tolist()
    assert found.low998.tolist() == poisson.ppf(0.001, found.expected).tolist()
    assert found.high998.tolist() == poisson.ppf(0.999, found.expected).tolist()


def test_uneven_areas_get_limits_of_the_negative_binomial() -> None:
    counts = np.array([5, 40, 12, 33, 9, 28, 3, 36, 15, 19, 45, 7])
    found = funnel(counts, np.ones(12))
    ratio, mean = found.dispersion, float(counts.mean())
    assert ratio > 4
    assert found.high95[0] == nbinom.ppf(0.975, mean / (ratio - 1), 1 / ratio)


def test_one_odd_area_does_not_widen_the_limits_of_all() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(40, 30)
    odd = counts.copy()
    odd[4] = 400
    assert winsorised_dispersion(2 * (np.sqrt(odd) - np.sqrt(40))) < 1.7
    found = funnel(odd, np.ones(30))
    assert odd[4] > found.high998[4]


def test_pulling_in_is_done_as_by_hand() -> None:
    z = [0.1, -0.4, 0.9, -1.2, 2.0, -2.2, 0.6, -0.7, 1.4, -0.2, 0.3, 25.0]
    # The highest of twelve becomes 2.0 and the lowest -1.2; of normal values that would leave 0.728.
    assert winsorised_dispersion(z) == pytest.approx(14.8 / 12 / 0.7281, rel=1e-3)
    assert winsorised_dispersion(z[:9]) == 1.0


@pytest.mark.parametrize("areas", [12, 30, 200])
def test_chance_alone_is_measured_as_one(areas: int) -> None:
    rng = np.random.default_rng(1)
    scaled = [winsorised_dispersion(2 * rng.normal(size=areas)) for _ in range(2000)]
    assert np.mean(scaled) == pytest.approx(4.0, rel=0.04)


@pytest.mark.parametrize("dispersion", [1.0, 2.0, 4.0])
def test_as_many_areas_lie_outside_as_the_limits_promise(dispersion: float) -> None:
    rng = np.random.default_rng(7)
    near = far = total = 0
    for _ in range(150):
        size = rng.uniform(0.3, 2.0, 30)
        mean = 20 * size
        counts = (
            rng.poisson(mean) if dispersion == 1.0 else rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion)
        )
        found = funnel(counts, size)
        near += int(((counts < found.low95) | (counts > found.high95)).sum())
        far += int(((counts < found.low998) | (counts > found.high998)).sum())
        total += 30
    assert 0.02 < near / total < 0.06
    assert far / total < 0.006


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0.1, 50.0)), min_size=1, max_size=25), st.randoms())
def test_wider_limits_hold_the_narrower_and_the_order_does_not_matter(
    rows: list[tuple[int, float]],
    shuffler: "st.randoms",  # type: ignore[valid-type] # a strategy's value
) -> None:
    found = funnel([count for count, _ in rows], [size for _, size in rows])
    assert (found.low998 <= found.low95).all()
    assert (found.high95 <= found.high998).all()
    order = list(range(len(rows)))
    shuffler.shuffle(order)  # type: ignore[attr-defined] # see above
    mixed = funnel([rows[at][0] for at in order], [rows[at][1] for at in order])
    assert mixed.dispersion == pytest.approx(found.dispersion)
    assert mixed.target == pytest.approx(found.target)


@pytest.mark.parametrize(
    ("counts", "exposure"), [([], []), ([1], [0.0]), ([-1], [1.0]), ([1, 2], [1.0]), ([float("nan")], [1.0])]
)
def test_areas_without_a_size_are_refused(counts: list[float], exposure: list[float]) -> None:
    with pytest.raises(GeoError):
        funnel(counts, exposure)


def test_missing_values_have_no_swing() -> None:
    with pytest.raises(GeoError):
        winsorised_dispersion([float("nan")] * 12)
