import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.regression_to_mean import comparable_places, control_candidates, expected_next


@pytest.mark.parametrize(("mean", "known_fall"), [(5, 0.53), (20, 0.35)])
def test_the_fall_of_the_five_highest_of_equal_places_is_foretold(mean: int, known_fall: float) -> None:
    rng = np.random.default_rng(5)
    fell, foretold = [], []
    for _ in range(200):
        before, after = rng.poisson(mean, 200), rng.poisson(mean, 200)
        all_of_them = comparable_places(before)
        assert all_of_them.dispersion is not None
        top = np.argsort(-before, kind="stable")[:5]
        again = [
            expected_next(int(one), mean=all_of_them.mean, dispersion=all_of_them.dispersion) for one in before[top]
        ]
        fell.append(1 - after[top].sum() / before[top].sum())
        foretold.append(1 - sum(again) / before[top].sum())
    assert np.mean(fell) == pytest.approx(known_fall, abs=0.02)
    assert np.mean(foretold) == pytest.approx(known_fall, abs=0.03)


@given(st.integers(0, 200), st.floats(0, 50), st.floats(0, 20), st.floats(0.1, 5))
def test_a_place_is_expected_between_its_count_and_the_mean(
    count: int, mean: float, dispersion: float, own: float
) -> None:
    again = expected_next(count, mean=mean, dispersion=dispersion, own_dispersion=own)
    assert min(count, mean) - 1e-9 <= again <= max(count, mean) + 1e-9


def test_places_without_counts_have_no_dispersion() -> None:
    assert comparable_places([]).dispersion is None
    assert comparable_places([4]).dispersion is None
    assert comparable_places([0, 0]).dispersion is None


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(0, 30))
def test_order_of_places_does_not_matter(counts: list[int], treated: int) -> None:
    order = np.random.default_rng(len(counts)).permutation(len(counts))
    ids, away = np.arange(len(counts)), np.linspace(0, 900, len(counts))
    first = control_candidates(ids, counts, away, treated_count=treated, ring_m=100)
    again = control_candidates(ids[order], np.array(counts)[order], away[order], treated_count=treated, ring_m=100)
    assert first == again
    assert all(counts[one] <= 2 * treated and 2 * counts[one] >= treated and away[one] > 100 for one in first)


def test_ring_and_treated_places_are_no_controls() -> None:
    found = control_candidates(
        [1, 2, 3], [20, 20, 20], [0, 100, 101], treated_count=20, ring_m=100, usable=[True, True, True]
    )
    assert found == (3,)
    assert control_candidates([3], [20], [101], treated_count=20, ring_m=100, usable=[False]) == ()
    assert control_candidates([], [], [], treated_count=20, ring_m=100) == ()


def test_a_place_far_down_the_ranking_is_no_control() -> None:
    counts = [20] * 40 + [12]
    found = control_candidates(range(41), counts, [500] * 41, treated_count=21, ring_m=100, wanted=50)
    assert found == tuple(range(40))


def test_unequal_lists_are_refused() -> None:
    with pytest.raises(ValueError, match="one count and one distance"):
        control_candidates([1, 2], [1], [1], treated_count=1, ring_m=100)
    with pytest.raises(ValueError, match="0 or more"):
        control_candidates([1], [1], [float("nan")], treated_count=1, ring_m=100)
    with pytest.raises(ValueError, match="0 or more"):
        expected_next(-1, mean=1, dispersion=1)
