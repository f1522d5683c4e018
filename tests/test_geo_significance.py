from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chi2, false_discovery_control, nbinom, poisson

from geo.errors import GeoError
from geo.significance import Verdict, judge, q_values, ratio_interval, upper_tail

chances = arrays(np.float64, st.integers(1, 30), elements=st.floats(0.0, 1.0))


# -- tails --


@given(st.integers(0, 400), st.floats(0.001, 300.0))
def test_the_tail_equals_poisson(count: int, expected: float) -> None:
    assert upper_tail(count, expected)[0] == pytest.approx(poisson.sf(count - 1, expected), rel=1e-9, abs=1e-300)


@given(st.integers(0, 400), st.floats(0.01, 300.0), st.floats(1.21, 20.0))
def test_the_tail_of_dispersed_counts_equals_the_negative_binomial(count: int, expected: float, ratio: float) -> None:
    peer = nbinom(expected / (ratio - 1), 1 / ratio)
    assert peer.var() == pytest.approx(ratio * expected)
    found = upper_tail(count, expected, dispersion=ratio)[0]
    assert found == pytest.approx(peer.sf(count - 1), rel=1e-7, abs=1e-250)


@pytest.mark.parametrize("ratio", [0.4, 1.0, 1.1, 1.2])
def test_a_dispersion_up_to_the_threshold_is_taken_for_chance(ratio: float) -> None:
    assert upper_tail(9, 4.0, dispersion=ratio)[0] == upper_tail(9, 4.0)[0]


def test_an_unsure_expected_count_gives_the_mixture_of_poisson_over_a_gamma() -> None:
    mean, error = 4.0, 1.5
    random = np.random.default_rng(5)
    drawn = random.poisson(random.gamma((mean / error) ** 2, error**2 / mean, 400_000))
    for count in (3, 6, 9, 14):
        found = upper_tail(count, mean, expected_se=error)[0]
        assert found == pytest.approx((drawn >= count).mean(), abs=4 * np.sqrt(found / 400_000))


@given(st.floats(0.1, 100.0), st.floats(1.0, 9.0), st.floats(0.0, 9.0))
def test_more_reports_are_never_less_surprising(expected: float, ratio: float, error: float) -> None:
    tail = upper_tail(np.arange(0.0, 60.0, 0.5), expected, dispersion=ratio, expected_se=error)
    assert tail[0] == 1.0
    assert (np.diff(tail) <= 1e-12).all()


def test_nothing_expected_is_no_proof_of_anything() -> None:
    judged = judge([0, 50], [0, 0])
    assert judged.verdict.tolist() == [Verdict.NO_REFERENCE] * 2
    assert np.isnan([judged.ratio, judged.ratio_low, judged.ratio_high, judged.p, judged.q]).all()


# -- intervals --


@given(st.integers(0, 500), st.floats(0.1, 100.0), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_of_poisson_counts_is_garwoods(count: int, expected: float, level: float) -> None:
    (low,), (high,) = ratio_interval(count, expected, level=level)
    rest = (1 - level) / 2
    assert low == pytest.approx(chi2.ppf(rest, 2 * count) / 2 / expected if count else 0.0, rel=1e-9)
    assert high == pytest.approx(chi2.isf(rest, 2 * count + 2) / 2 / expected, rel=1e-9)


@given(st.integers(0, 300), st.floats(1.21, 15.0))
def test_the_ends_of_a_dispersed_interval_leave_equal_tails(count: int, ratio: float) -> None:
    (low,), (high,) = ratio_interval(count, 1.0, dispersion=ratio)
    assert nbinom.cdf(count, high / (ratio - 1), 1 / ratio) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert nbinom.sf(count - 1, low / (ratio - 1), 1 / ratio) == pytest.approx(0.025, rel=1e-6)
    else:
        assert low == 0.0


@given(st.integers(0, 200), st.floats(0.1, 50.0), st.floats(1.0, 5.0), st.floats(0.1, 50.0))
def test_a_ratio_lies_in_its_interval_and_scales_with_what_was_expected(count, expected, ratio, factor) -> None:
    low, high = ratio_interval(count, expected, dispersion=ratio)
    assert low[0] <= count / expected < high[0]
    less = ratio_interval(count, expected * factor, dispersion=ratio)
    assert [less[0][0] * factor, less[1][0] * factor] == pytest.approx([low[0], high[0]])


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("mean", [1.0, 5.0, 25.0])
def test_intervals_cover_at_least_their_level(mean: float, ratio: float) -> None:
    counts = np.arange(0, 400)
    chance = poisson.pmf(counts, mean) if ratio == 1 else nbinom.pmf(counts, mean / (ratio - 1), 1 / ratio)
    low, high = ratio_interval(counts, mean, dispersion=ratio)
    covered = chance[(low <= 1.0) & (high >= 1.0)].sum()
    assert 0.95 <= covered < 0.995


# -- many tests --


@given(chances, st.booleans())
def test_q_values_equal_scipy(p: np.ndarray, dependent: bool) -> None:
    peer = false_discovery_control(p, method="by" if dependent else "bh")
    assert q_values(p, dependent=dependent) == pytest.approx(peer)


@given(chances, st.integers(0, 200), st.booleans())
def test_a_family_counts_what_was_looked_at_as_if_it_had_been_passed(p: np.ndarray, more: int, dependent) -> None:
    peer = q_values(np.concatenate((p, np.ones(more))), dependent=dependent)[: len(p)]
    assert q_values(p, family=len(p) + more, dependent=dependent) == pytest.approx(peer)


@given(chances, st.randoms(use_true_random=False))
def test_q_values_keep_the_order_of_p_and_do_not_depend_on_the_order_of_tests(p: np.ndarray, random) -> None:
    order = random.sample(range(len(p)), len(p))
    q = q_values(p)
    assert np.array_equal(q_values(p[order]), q[order])
    assert (q >= p).all()
    assert all(a <= b for a, b in pairwise(q[np.argsort(p)]))


def test_what_was_not_tested_has_no_q_and_costs_the_others_nothing() -> None:
    q = q_values([0.01, np.nan, 0.2])
    assert np.isnan(q[1])
    assert q[[0, 2]].tolist() == q_values([0.01, 0.2]).tolist()
    assert q_values([]).shape == (0,)
    assert np.isnan(q_values([np.nan])).all()


# -- verdicts and error rates --


def test_too_few_reports_are_counted_as_a_test_but_not_judged() -> None:
    judged = judge([4, 40, 10], [0.01, 10, 10])
    assert judged.verdict.tolist() == [Verdict.TOO_FEW, Verdict.MORE, Verdict.NOT_MORE]
    assert judged.q[0] < 1e-6
    assert judged.q.tolist() == q_values(judged.p).tolist()


def test_few_reports_where_many_were_expected_are_enough_to_say_not_more() -> None:
    assert judge([0], [12.0]).verdict.tolist() == [Verdict.NOT_MORE]


@given(st.integers(1, 20), st.randoms(use_true_random=False), st.integers(0, 2**32 - 1))
def test_order_of_places_does_not_matter(size: int, random, seed: int) -> None:
    order = random.sample(range(size), size)
    counts = np.random.default_rng(seed).poisson(6.0, size)
    there, back = judge(counts, 4.0), judge(counts[order], 4.0)
    assert np.array_equal(there.verdict[order], back.verdict)
    assert np.array_equal(there.q[order], back.q)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_map_without_hot_spots_has_one_false_alarm_in_twenty_maps_at_most(ratio: float) -> None:
    random = np.random.default_rng(11)
    expected = random.gamma(2.0, 4.0, 500) + 0.5
    shape = (200, 500)
    counts = (
        random.poisson(expected, shape)
        if ratio == 1.0
        else random.negative_binomial(np.broadcast_to(expected / (ratio - 1), shape), 1 / ratio)
    )
    wrong = sum((judge(each, expected, dispersion=ratio).verdict == Verdict.MORE).any() for each in counts)
    # The upper 99.9 % point of a binomial of 200 maps at 5 %.
    assert wrong <= 20


def test_poisson_on_dispersed_counts_is_wrong_far_more_often() -> None:
    counts = np.random.default_rng(11).negative_binomial(8.0, 0.5, (200, 500))
    wrong = [judge(each, 8.0).verdict == Verdict.MORE for each in counts]
    assert np.mean([each.any() for each in wrong]) > 0.9


def test_of_planted_hot_spots_most_are_found_and_few_alarms_are_false() -> None:
    random, false, found = np.random.default_rng(3), [], []
    for _ in range(100):
        truth = np.arange(400) < 40
        expected = random.gamma(3.0, 3.0, 400) + 1.0
        more = judge(random.poisson(expected * np.where(truth, 3.0, 1.0)), expected).verdict == Verdict.MORE
        false.append((more & ~truth).sum() / max(more.sum(), 1))
        found.append(more[truth].mean())
    assert np.mean(false) < 0.05
    assert np.mean(found) > 0.7


@pytest.mark.parametrize(
    "ask",
    [
        lambda: upper_tail([1, 2], [1, 2, 3]),
        lambda: upper_tail([[1, 2]], [1, 2]),
        lambda: upper_tail([-1], [1]),
        lambda: upper_tail([1], [np.nan]),
        lambda: upper_tail([1], [1], dispersion=np.nan),
        lambda: ratio_interval([1], [1], level=1.0),
        lambda: q_values([0.5, 1.1]),
        lambda: q_values([0.5, 0.1], family=1),
        lambda: judge([1], [1], fewest=0.0),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask) -> None:
    with pytest.raises(GeoError, match=r"\. .+\. "):
        ask()
