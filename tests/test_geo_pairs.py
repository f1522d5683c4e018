"""Near in place and time: every pair that looking at all of them finds, and no other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.incidents import distinct_incidents, with_duplicates
from geo.pairs import near_pairs


@given(st.integers(0, 2**32), st.integers(0, 60), st.sampled_from([1.0, 25.0, 80.0]), st.sampled_from([1, 600, 9000]))
def test_every_near_pair_is_found_once_and_no_other(seed: int, count: int, within_m: float, within_s: int) -> None:
    rng = np.random.default_rng(seed)
    # Whole numbers, so that distances of exactly the limit occur.
    xy_m = rng.integers(0, 60, (count, 2)).astype(float)
    at_s = rng.integers(0, 20_000, count) + 1_700_000_000
    found = near_pairs(xy_m, at_s, within_m=within_m, within_s=within_s)
    expected = [
        (one, other)
        for one in range(count)
        for other in range(one + 1, count)
        if np.hypot(*(xy_m[one] - xy_m[other])) <= within_m and abs(int(at_s[one] - at_s[other])) <= within_s
    ]
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == expected
    assert (found.metres <= within_m).all()
    assert (found.seconds <= within_s).all()


@pytest.mark.parametrize("wrong", [{"within_m": 0.0}, {"within_s": 0}])
def test_a_limit_of_nothing_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(GeoError):
        near_pairs([(0, 0), (1, 1)], [0, 0], **{"within_m": 5.0, "within_s": 5, **wrong})  # type: ignore[arg-type] # both are numbers


def test_a_place_that_is_missing_is_refused() -> None:
    with pytest.raises(GeoError):
        near_pairs([(0, 0), (np.nan, 1)], [0, 0], within_m=5, within_s=5)


@given(st.integers(0, 2**32), st.integers(1, 40))
def test_without_duplicates_incidents_stay_as_they_are(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    incident = distinct_incidents(*(rng.integers(0, 4, count) for _ in range(4)))
    nothing = np.zeros(count, dtype=np.int64)
    np.testing.assert_array_equal(with_duplicates(incident, np.arange(count) + 1, nothing), incident)


@given(st.integers(0, 2**32), st.integers(2, 40))
def test_a_duplicate_is_one_with_its_main_report_and_takes_nobody_along(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    ids = np.sort(rng.choice(1000, count, replace=False)) + 1
    incident = distinct_incidents(*(rng.integers(0, 3, count) for _ in range(4)))
    is_duplicate = rng.random(count) < 0.4
    is_duplicate[0] = False
    others = ids[~is_duplicate]
    # Some main reports lie outside of what is looked at.
    pool = np.concatenate([others, [5001, 5002]])
    main = np.where(is_duplicate, rng.choice(pool, count), 0)
    together = with_duplicates(incident, ids, main)
    at = {int(number): place for place, number in enumerate(ids)}
    for place in range(count):
        for other in range(count):
            mine, theirs = (int(main[k]) or int(ids[k]) for k in (place, other))
            here, there = at.get(mine), at.get(theirs)
            same = mine == theirs if here is None or there is None else incident[here] == incident[there]
            assert (together[place] == together[other]) == same
    assert sorted(set(together.tolist())) == list(range(len(set(together.tolist()))))


def test_no_report_is_no_incident() -> None:
    assert with_duplicates([], [], []).tolist() == []
