from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import engine
from geo.background import Background, weight_within
from geo.errors import GeoError
from geo.significance import upper_tail

seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(autouse=True, scope="module", params=["compiled", "NumPy"])
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "NumPy":
            patch.setattr(engine, "plane", lambda *_: None)
        else:
            assert engine.load()
        yield


def town(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    at = random.integers(0, 600, (25, 2)).astype(float)
    reference = np.vstack((random.integers(0, 600, (40, 2)), random.integers(250, 300, (40, 2)))).astype(float)
    return at, reference, random.integers(0, 5, 80) / 4.0


@given(seeds, st.integers(1, 300))
def test_every_weight_equals_brute_force(seed: int, radius: int) -> None:
    at, reference, weights = town(seed)
    square = ((at[:, None] - reference[None]) ** 2).sum(axis=2)
    assert weight_within(at, reference, radius_m=radius, weights=weights) == pytest.approx(
        np.where(square <= radius**2, weights, 0.0).sum(axis=1)
    )


@given(seeds, st.randoms(use_true_random=False))
def test_order_origin_and_unit_of_length_do_not_matter(seed: int, random) -> None:
    at, reference, weights = town(seed)
    order, places = random.sample(range(80), 80), random.sample(range(25), 25)
    there = weight_within(at, reference, radius_m=64, weights=weights)
    back = weight_within(at[places] + 4096, reference[order] + 4096, radius_m=64, weights=weights[order])
    np.testing.assert_allclose(back, there[places])
    np.testing.assert_allclose(weight_within(at * 4, reference * 4, radius_m=256, weights=weights), there)


def test_weights_count_as_repeated_points() -> None:
    at, reference, _ = town(3)
    times = np.arange(80) % 4
    repeated = weight_within(at, np.repeat(reference, times, axis=0), radius_m=90)
    assert np.array_equal(weight_within(at, reference, radius_m=90, weights=times), repeated)


def test_an_expectation_that_holds_for_gamma_distributed_places_has_a_tail_of_its_level() -> None:
    """Places whose true mean spreads by 45 % round what is said: with that error the tail keeps its level."""
    random, places = np.random.default_rng(6), 20_000
    usual = random.uniform(1.0, 6.0, places)
    truth = usual * random.gamma(5.0, 1 / 5.0, places)
    said = Background(np.full(places, 5.0), usual / 5.0, np.full(places, 75.0))
    tail = upper_tail(random.poisson(truth), said.expected, expected_se=said.expected_se)
    for level in (0.05, 0.01, 0.001):
        assert (tail < level).mean() < level + 4 * np.sqrt(level / places)
    plain = upper_tail(random.poisson(truth), said.expected)
    assert (plain < 0.001).mean() > 0.002


@pytest.mark.parametrize(
    "ask",
    [
        lambda: weight_within([(0, 0)], [(0, 0)], radius_m=0),
        lambda: weight_within([(0, np.nan)], [(0, 0)], radius_m=75),
        lambda: weight_within([(0, 0)], [(0, 0)], radius_m=75, weights=[-1.0]),
        lambda: weight_within([(0, 0)], [(0, 0)], radius_m=75, weights=[1.0, 2.0]),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask) -> None:
    with pytest.raises(GeoError, match=r"\. .+\. "):
        ask()
