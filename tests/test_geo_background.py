from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from geo import engine
from geo.background import Background, blend, core_test, from_earlier, from_everything, from_reference, weight_within
from geo.clusters import find_clusters, split_wide
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


def fields(found: Background) -> np.ndarray:
    return np.array([found.count, found.factor, found.radius_m])


@given(seeds, st.integers(1, 300), st.integers(1, 30))
def test_every_point_equals_brute_force(seed: int, radius: int, enough: int) -> None:
    at, reference, weights = town(seed)
    found = from_reference(
        at, reference, radius_m=radius, scale=0.3, enough=enough, widest_m=radius * 7, weights=weights
    )
    for place, (count, factor, reached) in zip(at, fields(found).T, strict=True):
        square = ((reference - place) ** 2).sum(axis=1)
        totals = [weights[square <= (radius * step) ** 2].sum() for step in (1, 2, 4)]
        step = next((i for i, total in enumerate(totals) if total >= enough), 2)
        assert reached == radius * 2**step
        assert count == pytest.approx(totals[step])
        assert factor == pytest.approx(0.3 / 4**step)


@given(seeds, st.randoms(use_true_random=False))
def test_order_origin_and_unit_of_length_do_not_matter(seed: int, random) -> None:
    at, reference, weights = town(seed)
    order, places = random.sample(range(80), 80), random.sample(range(25), 25)
    there = from_reference(at, reference, radius_m=64, scale=0.3, weights=weights)
    back = from_reference(at[places] + 4096, reference[order] + 4096, radius_m=64, scale=0.3, weights=weights[order])
    in_feet = from_reference(at * 4, reference * 4, radius_m=256, scale=0.3, weights=weights)
    np.testing.assert_allclose(fields(back), fields(there)[:, places])
    np.testing.assert_allclose(fields(in_feet)[:2], fields(there)[:2])


def test_weights_count_as_repeated_points() -> None:
    at, reference, _ = town(3)
    times = np.arange(80) % 4
    repeated = weight_within(at, np.repeat(reference, times, axis=0), radius_m=90)
    assert np.array_equal(weight_within(at, reference, radius_m=90, weights=times), repeated)


def test_earlier_periods_are_scaled_by_length_and_all_categories_by_share() -> None:
    at, reference, _ = town(4)
    within = weight_within(at, reference, radius_m=500)
    earlier = from_earlier(at, reference, radius_m=500, window_days=90, earlier_days=270, enough=1)
    assert earlier.expected == pytest.approx(within / 3)
    assert earlier.expected_se == pytest.approx(np.sqrt(within) / 3)
    assert from_everything(at, reference, radius_m=500, share=0.2, enough=1).expected == pytest.approx(within / 5)


def test_a_place_far_from_all_references_has_none() -> None:
    found = from_everything([(0, 0), (9e5, 0)], [(0, 0)] * 30, radius_m=75, share=0.1)
    assert found.count.tolist() == [30, 0]
    assert found.radius_m.tolist() == [75, 1200]
    assert core_test(found)(np.array([30.0, 30.0])).tolist() == [True, False]
    assert from_everything([(0, 0)], [], radius_m=75, share=0.1).count.tolist() == [0]
    assert from_everything([], [(0, 0)], radius_m=75, share=0.1).expected.shape == (0,)


# -- the blend --

positive = st.floats(0.01, 50.0)


def background(count: float, factor: float) -> Background:
    return Background(np.array([count]), np.array([factor]), np.array([75.0]))


@given(st.integers(0, 300), positive, st.integers(1, 300), positive, st.floats(0.1, 100.0))
def test_a_blend_lies_between_and_rests_on_more_than_the_local_reports(
    count, factor, prior_count, each, weight
) -> None:
    prior, local = background(prior_count, each), background(count, factor)
    mixed = blend(prior, local, prior_weight=weight)
    low, high = sorted((prior.expected[0], local.expected[0]))
    assert low * (1 - 1e-9) <= mixed.expected[0] <= high * (1 + 1e-9)
    assert count < mixed.count[0] <= count + min(weight, prior_count)


def test_without_a_prior_or_with_a_firm_one_a_blend_is_the_one_that_is_left() -> None:
    local = background(8, 0.25)
    assert blend(background(0, 0.1), local).expected == local.expected
    firm = blend(background(1e12, 3e-12), local, prior_weight=1e9)
    assert firm.expected == pytest.approx([3.0], rel=1e-6)


def test_a_blend_is_nearer_to_the_truth_than_either_and_its_tail_has_its_level() -> None:
    random, places = np.random.default_rng(6), 20_000
    usual = random.uniform(1.0, 6.0, places)
    truth = usual * random.gamma(5.0, 1 / 5.0, places)
    prior = Background(np.full(places, 1e6), usual / 1e6, np.full(places, 75.0))
    local = Background(random.poisson(truth * 2.0).astype(float), np.full(places, 0.5), np.full(places, 75.0))
    mixed = blend(prior, local, prior_weight=5.0)
    far = [np.mean((each.expected - truth) ** 2) for each in (mixed, prior, local)]
    assert far[0] < 0.85 * min(far[1:])
    tail = upper_tail(random.poisson(truth), mixed.expected, expected_se=mixed.expected_se)
    for level in (0.05, 0.01, 0.001):
        assert (tail < level).mean() < level + 4 * np.sqrt(level / places)
    plain = upper_tail(random.poisson(truth), mixed.expected)
    assert (plain < 0.001).mean() > 0.002


# -- the core test --


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20), st.floats(0.1, 20.0))
def test_a_point_is_core_exactly_when_poisson_says_so(within: list[int], expected: float) -> None:
    size = len(within)
    found = Background(np.full(size, 1.0), np.full(size, expected), np.full(size, 75.0))
    said = core_test(found)(np.array(within, dtype=float))
    assert said.tolist() == [bool(poisson.sf(n - 1, expected) < 1e-4) for n in within]
    unsure = core_test(found, unsure=True)(np.array(within, dtype=float))
    assert not (unsure & ~said).any()


def test_the_busy_centre_is_no_cluster_and_the_quiet_hot_spot_is() -> None:
    random = np.random.default_rng(9)
    centre, spot = np.array([2000.0, 2000.0]), np.array([600.0, 600.0])
    others = np.vstack((random.uniform(0, 4000, (3000, 2)), centre + random.normal(0, 150, (3000, 2))))
    category = np.vstack((random.uniform(0, 4000, (300, 2)), centre + random.normal(0, 150, (300, 2))))
    points = np.vstack((category, spot + random.normal(0, 25, (15, 2))))
    everything = np.vstack((others, points))
    usual = from_everything(points, everything, radius_m=75, share=len(points) / len(everything))
    dense = find_clusters(points, radius_m=75, min_weight=8)
    found = find_clusters(points, radius_m=75, min_weight=8, is_core=core_test(usual))
    fitting = split_wide(points, found, radius_m=75, min_weight=8, max_width_m=400, is_core=core_test(usual))
    assert dense.label[300:600].max() >= 0
    assert found.count == fitting.count == 1
    assert (found.label[:600][np.hypot(*(points[:600] - spot).T) > 200] == -1).all()
    assert (found.label[600:] == 0).all()


@pytest.mark.parametrize("unsure", [False, True])
def test_a_city_without_hot_spots_has_few_false_cores(unsure: bool) -> None:
    random = np.random.default_rng(12)
    false = tested = 0
    for _ in range(6):
        middles, weight = random.uniform(0, 3000, (12, 2)), random.dirichlet(np.ones(12))
        everything = middles[random.choice(12, 6000, p=weight)] + random.normal(0, 300, (6000, 2))
        points = everything[random.random(6000) < 0.1]
        usual = from_everything(points, everything, radius_m=75, share=len(points) / 6000)
        within = weight_within(points, points, radius_m=75)
        false += int(core_test(usual, unsure=unsure)(within).sum())
        tested += len(points)
    assert false / tested < 2e-3


@pytest.mark.parametrize(
    "ask",
    [
        lambda: from_reference([(0, 0)], [(0, 0)], radius_m=75, scale=1.0, widest_m=50),
        lambda: from_reference([(0, 0)], [(0, 0)], radius_m=75, scale=0.0),
        lambda: from_reference([(0, 0)], [(0, 0)], radius_m=75, scale=1.0, weights=[-1.0]),
        lambda: from_reference([(0, np.nan)], [(0, 0)], radius_m=75, scale=1.0),
        lambda: from_everything([(0, 0)], [(0, 0)], radius_m=75, share=-0.1),
        lambda: from_earlier([(0, 0)], [(0, 0)], radius_m=75, window_days=90, earlier_days=0),
        lambda: weight_within([(0, 0)], [(0, 0)], radius_m=75, weights=[1.0, 2.0]),
        lambda: blend(background(1, 1), from_reference([], [(0, 0)], radius_m=75, scale=1.0)),
        lambda: blend(background(1, 1), background(1, 1), prior_weight=0.0),
        lambda: core_test(background(1, 1))(np.array([1.0, 2.0])),
        lambda: core_test(background(1, 1), most_chance=0.0),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask) -> None:
    with pytest.raises(GeoError, match=r"\. .+\. "):
        ask()
