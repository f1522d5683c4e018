"""Matching by live sets: pure arithmetic on ids."""

from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from problems.categories import Group
from problems.finding import Found
from problems.matching import Before, Matching, match

IDS = np.arange(100, dtype=np.int64)
#: Report i was made at second i; the refresh before saw those before second 80, this one all from 20 on.
SECONDS = np.arange(100, dtype=np.int64)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def found(members: Iterable[int], group: Group = Group.LIGHTING) -> Found:
    ids = np.array(sorted(members), dtype=np.int64)
    return Found(group, (0.0, 0.0), 1.0, {}, len(ids), len(ids), 0, NOON, NOON, ids)


def before(problem_id: int, members: Iterable[int], group: Group = Group.LIGHTING) -> Before:
    return Before(problem_id, str(group), np.array(sorted(members), dtype=np.int64), 80)


def matched(old: list[Before], new: list[Found]) -> Matching:
    return match(old, new, IDS[20:], SECONDS[20:], min_jaccard=0.3)


def test_reports_that_left_or_entered_the_window_do_not_count_against_a_match() -> None:
    result = matched([before(1, range(40))], [found([*range(20, 40), *range(80, 100)])])
    assert result.kept == {0: 0}
    assert result.split == {}
    assert result.merged == {}


def test_another_group_is_never_the_same_problem() -> None:
    assert matched([before(1, range(20, 40))], [found(range(20, 40), Group.WASTE)]).kept == {}


def test_a_jaccard_index_below_the_limit_is_another_problem() -> None:
    assert matched([before(1, range(20, 60))], [found(range(50, 70))]).kept == {}


def test_a_split_names_its_parts_and_the_largest_keeps_the_identity() -> None:
    result = matched([before(1, range(20, 60))], [found(range(20, 44)), found(range(44, 60))])
    assert result.kept == {0: 0}
    assert result.split == {0: (0, 1)}


def test_a_part_below_a_quarter_is_no_part() -> None:
    assert matched([before(1, range(20, 60))], [found(range(20, 52)), found(range(52, 60))]).split == {}


def test_a_merge_names_every_problem_that_went_into_it() -> None:
    result = matched([before(1, range(20, 40)), before(2, range(40, 50))], [found(range(20, 50))])
    assert result.kept == {0: 0}
    assert result.merged == {0: (0, 1)}


def test_ties_go_to_the_older_problem_and_then_to_the_lowest_report() -> None:
    twins = [before(1, range(20, 40)), before(2, range(20, 40))]
    assert matched(twins, [found(range(20, 40))]).kept == {0: 0}
    assert matched([before(1, range(20, 40))], [found(range(20, 30)), found(range(30, 40))]).kept == {0: 0}


@given(st.lists(st.sets(st.integers(20, 79), min_size=4), min_size=1, max_size=6))
def test_matching_a_picture_with_itself_keeps_every_identity(groups: list[set[int]]) -> None:
    taken: set[int] = set()
    apart = []
    for members in groups:
        if rest := members - taken:
            apart.append(rest)
            taken |= rest
    result = matched([before(at, members) for at, members in enumerate(apart)], [found(members) for members in apart])
    assert result.kept == {at: at for at in range(len(apart))}
    assert (result.split, result.merged) == ({}, {})


@given(
    st.lists(st.sets(st.integers(0, 99), min_size=1), max_size=5),
    st.lists(st.sets(st.integers(20, 99), min_size=1), max_size=5),
)
def test_nothing_is_matched_twice(old: list[set[int]], new: list[set[int]]) -> None:
    result = matched([before(at, members) for at, members in enumerate(old)], [found(members) for members in new])
    assert len(set(result.kept.values())) == len(result.kept)


def test_a_part_of_exactly_a_quarter_is_a_part_and_less_is_not() -> None:
    assert matched([before(1, range(20, 60))], [found(range(20, 50)), found(range(50, 60))]).split == {0: (0, 1)}
    assert matched([before(1, range(20, 60))], [found(range(20, 51)), found(range(51, 60))]).split == {}


def test_exactly_half_of_a_problem_went_into_a_hot_spot_and_less_did_not() -> None:
    big = [*range(20, 40), *range(60, 70)]
    assert matched([before(1, range(20, 40)), before(2, range(60, 80))], [found(big)]).merged == {0: (0, 1)}
    assert matched([before(1, range(20, 40)), before(2, range(60, 80))], [found(big[:-1])]).merged == {}


def test_a_jaccard_index_of_exactly_the_limit_keeps_the_number() -> None:
    assert matched([before(1, range(20, 26))], [found(range(23, 30))]).kept == {0: 0}
    assert matched([before(1, range(20, 26))], [found(range(23, 31))]).kept == {}


def test_all_pairs_together_count_not_the_best_pair_first() -> None:
    """The best pair alone is 1 with 1 (10 of 12); but then 2 is left without any."""
    old = [before(1, [*range(20, 30), 60]), before(2, range(29, 33))]
    new = [found([*range(20, 29), 29, 30]), found([60, *range(20, 24)])]
    indices = {(0, 0): 10 / 12, (1, 0): 2 / 13, (0, 1): 5 / 11}
    assert max(indices, key=lambda pair: indices[pair]) == (0, 0)
    assert matched(old, new).kept == {0: 0}, "2 with 1 is below the limit: nothing is gained by giving it away"
    old[1] = before(2, range(22, 31))
    assert matched(old, new).kept == {0: 1, 1: 0}, "8 of 12 and 5 of 11 are more than 10 of 12 alone"
