import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.overlap import live_overlap

ids = st.sets(st.integers(-5, 30) | st.just(2**62), max_size=15)
families = st.lists(ids, max_size=5)


@given(families, families, ids)
def test_equals_sets(before, now, live) -> None:
    found = live_overlap([sorted(each) for each in before], [sorted(each) for each in now], sorted(live))
    assert found.shared.shape == found.jaccard.shape == (len(before), len(now))
    assert found.before_size.tolist() == [len(each & live) for each in before]
    assert found.now_size.tolist() == [len(each & live) for each in now]
    for row, old in enumerate(before):
        for column, new in enumerate(now):
            either = (old | new) & live
            assert found.shared[row, column] == len(old & new & live)
            assert found.jaccard[row, column] == (len(old & new & live) / len(either) if either else 0.0)


@given(families, ids)
def test_order_and_repetition_inside_a_set_do_not_matter(sets, live) -> None:
    tidy = live_overlap([sorted(each) for each in sets], [sorted(live)], sorted(live))
    untidy = live_overlap([sorted(each, reverse=True) * 2 for each in sets], [[*live, *live]], [*live, *live])
    assert np.array_equal(tidy.shared, untidy.shared)
    assert np.array_equal(tidy.before_size, untidy.before_size)
    assert np.array_equal(tidy.now_size, untidy.now_size)


def test_an_unchanged_hot_spot_in_a_rolling_window_keeps_all_of_its_live_members() -> None:
    last_week, this_week = [1, 2, 3, 4, 5], [4, 5, 6, 7, 8]
    assert live_overlap([last_week], [this_week], [4, 5]).jaccard.tolist() == [[1.0]]
