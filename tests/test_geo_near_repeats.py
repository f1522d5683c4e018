"""The Knox table counts every pair once, and its p-values are right where nothing is going on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import near_repeats as module
from geo.errors import GeoError
from geo.near_repeats import NearRepeats, near_repeats

BANDS_M, BANDS_DAYS = [0.0, 100.0, 250.0], [0, 7, 14]


def knox(xy: object, day: object, *, seed: int = 1, runs: int = 19) -> NearRepeats:
    return near_repeats(xy, day, within_m=BANDS_M, within_days=BANDS_DAYS, rng=np.random.default_rng(seed), runs=runs)


def by_hand(xy: np.ndarray, day: np.ndarray) -> np.ndarray:
    table = np.zeros((4, 4), dtype=int)
    one, other = np.tril_indices(len(xy), -1)
    metres = np.hypot(*(xy[one] - xy[other]).T)
    apart = np.abs(day[one] - day[other])
    np.add.at(table, (np.searchsorted(BANDS_M, metres), np.searchsorted(BANDS_DAYS, apart)), 1)
    return table


EVENTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 30)), min_size=0, max_size=40)


@given(EVENTS, st.sampled_from([0, 3, 20_000]), st.sampled_from([1, 7, 2_000_000]))
def test_every_pair_is_counted_once_whatever_the_way(
    events: list[tuple[int, int, int]], crowded: int, block: int
) -> None:
    xy = np.array([(50.0 * x, 50.0 * y) for x, y, _ in events]).reshape(-1, 2)
    day = np.array([d for *_, d in events], dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CROWDED", crowded)
        patch.setattr(module, "_BLOCK_PAIRS", block)
        found = knox(xy, day)
    table = by_hand(xy, day)
    assert found.observed.tolist() == table[:3, :3].tolist()
    pairs = max(1, len(day) * (len(day) - 1) // 2)
    expected = table.sum(axis=1)[:3, None] * table.sum(axis=0)[None, :3] / pairs
    assert np.allclose(found.expected, expected, rtol=1e-12)
    assert found.p.tolist() == knox(xy, day).p.tolist(), "blocks and crowds see the same random orders"


@given(EVENTS, st.randoms(use_true_random=False))
def test_counts_do_not_depend_on_the_order_of_the_events(events: list[tuple[int, int, int]], chance: object) -> None:
    turned = list(events)
    chance.shuffle(turned)
    tables = [
        knox(np.array([(50.0 * x, 50.0 * y) for x, y, _ in some]).reshape(-1, 2), [d for *_, d in some] or [])
        if some
        else knox([], np.zeros(0, dtype=int))
        for some in (events, turned)
    ]
    assert (tables[0].observed == tables[1].observed).all()
    assert (tables[0].expected == tables[1].expected).all()


def test_the_expected_number_is_the_mean_over_random_orders() -> None:
    rng = np.random.default_rng(4)
    xy, day = rng.uniform(0, 1000, (80, 2)), rng.integers(0, 60, 80)
    means = np.mean([by_hand(xy, rng.permutation(day))[:3, :3] for _ in range(300)], axis=0)
    found = knox(xy, day).expected
    assert np.allclose(found, means, atol=4 * np.sqrt(found.max() / 300) + 0.05)


def test_p_is_the_share_of_orders_with_at_least_as_many() -> None:
    xy = [(0, 0), (0, 0), (1000, 0), (1000, 0)]
    found = near_repeats(xy, [0, 0, 50, 50], within_m=[10], within_days=[7], rng=np.random.default_rng(2), runs=999)
    assert found.observed.tolist() == [[2]]
    # Of the three ways to pair four events, one puts both pairs on the same day.
    assert found.p[0, 0] == pytest.approx(1 / 3, abs=0.05)
    assert found.p[0, 0] * 1000 == pytest.approx(round(found.p[0, 0] * 1000))


def test_planted_repeats_are_found() -> None:
    rng = np.random.default_rng(6)
    first, day = rng.uniform(0, 5000, (150, 2)), rng.integers(0, 365, 150)
    xy = np.concatenate([first, first[:40] + rng.uniform(-30, 30, (40, 2))])
    days = np.concatenate([day, day[:40] + rng.integers(1, 7, 40)])
    found = near_repeats(xy, days, within_m=[100, 300], within_days=[7, 30], rng=rng, runs=199)
    assert found.p[0, 0] == 1 / 200
    assert found.ratio[0, 0] > 5
    assert found.p[1, 1] > 0.05


def test_without_an_effect_one_test_in_twenty_is_below_5_percent() -> None:
    rng = np.random.default_rng(10)
    found = [
        near_repeats(
            rng.uniform(0, 1500, (120, 2)), rng.integers(0, 90, 120), within_m=[150], within_days=[7], rng=rng, runs=99
        ).p[0, 0]
        for _ in range(200)
    ]
    # 200 tests at 5 %: 10 expected, and 20 or more once in 500.
    assert np.mean(np.array(found) <= 0.05) <= 0.095
    assert 0.4 < np.mean(found) < 0.65


def test_the_same_seed_gives_the_same_result() -> None:
    rng = np.random.default_rng(0)
    xy, day = rng.uniform(0, 600, (60, 2)), rng.integers(0, 40, 60)
    assert (knox(xy, day, seed=5).p == knox(xy, day, seed=5).p).all()
    assert (knox(xy, day, seed=5, runs=99).p != knox(xy, day, seed=6, runs=99).p).any()


@settings(max_examples=10)
@given(st.integers(300, 1500))
def test_a_pile_of_identical_points_is_counted_exactly(size: int) -> None:
    day = np.random.default_rng(size).integers(0, 50, size)
    found = knox(np.full((size, 2), 7.0), day)
    gap = np.abs(day[:, None] - day[None, :])[np.triu_indices(size, 1)]
    assert found.observed[0].cumsum().tolist() == [int((gap <= limit).sum()) for limit in BANDS_DAYS]
    assert np.allclose(found.ratio[0], 1.0)
    assert (found.p[0] == 1.0).all(), "one place alone tells nothing: every order is the same"


def test_a_distance_equal_to_the_limit_is_inside() -> None:
    found = near_repeats(
        [(0.1, 0.0), (0.4, 0.0)], [0, 7], within_m=[0.3], within_days=[7], rng=np.random.default_rng(1), runs=19
    )
    assert found.observed.tolist() == [[1]]


@pytest.mark.parametrize("events", [0, 1])
def test_without_pairs_nothing_is_found(events: int) -> None:
    found = knox(np.zeros((events, 2)), np.zeros(events, dtype=int))
    assert found.observed.sum() == 0
    assert np.isnan(found.ratio).all()
    assert (found.p == 1.0).all()


@pytest.mark.parametrize(
    "change",
    [
        {"within_m": []},
        {"within_m": [100, 100]},
        {"within_m": [-0.5, 3]},
        {"within_m": [np.nan]},
        {"within_days": [7.5]},
        {"within_days": [14, 7]},
        {"runs": 18},
        {"day": [1]},
        {"day": [1.5, 2.5]},
        {"xy_m": [(0, 0), (np.nan, 0)]},
    ],
)
def test_what_cannot_be_counted_is_refused(change: dict[str, object]) -> None:
    asked = {"xy_m": [(0, 0), (1, 1)], "day": [1, 2], "within_m": [100], "within_days": [7], "runs": 19} | change
    with pytest.raises(GeoError):
        near_repeats(rng=np.random.default_rng(1), **asked)
