"""What became of clusters, beside MONIC (Spiliopoulou et al. 2006): where both agree and where not.

MONIC asks how much of an old cluster one new cluster holds, above 0.7 for survival and 0.3 for a
part. The rule here matches live sets by their Jaccard index first, and then names what happened.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from problems.categories import Group
from problems.matching import CHILD, CONTINUES, Matching, match
from tests.test_problems_matching import before as problem
from tests.test_problems_matching import found


@pytest.fixture(scope="module")
def golden(shared: Path) -> dict[str, object]:
    return json.loads((shared / "golden" / "g13_transitions.json").read_text(encoding="utf-8"))


def matched(old: Iterable[Iterable[int]], new: Iterable[Iterable[int]]) -> Matching:
    """Match with every member in both windows, as MONIC takes it: old reports and new ones alike."""
    ids = np.arange(1, 400, dtype=np.int64)
    problems = [problem(number, members, Group.LIGHTING) for number, members in enumerate(old, 1)]
    spots = [found(members) for members in new]
    return match(problems, spots, ids, np.zeros(len(ids), dtype=np.int64), min_jaccard=0.3)


@pytest.fixture
def result(golden: dict[str, dict[str, list[int]]]) -> Matching:
    return matched(golden["t1"].values(), golden["t2"].values())


def places(golden: dict[str, object], key: str, state: str) -> set[int]:
    return {place for place, name in enumerate(golden[key]) if name == state}


def test_the_thresholds_are_not_monics(golden: dict[str, float]) -> None:
    assert (golden["survival_threshold"], golden["split_threshold"]) == (0.7, 0.3)
    assert (CONTINUES, CHILD) == (0.5, 0.25)


def test_what_survives_for_monic_keeps_its_identity(golden: dict[str, object], result: Matching) -> None:
    survivors = places(golden, "t1_state", "survive")
    assert survivors == {0}
    assert survivors <= set(result.kept.values())
    assert not survivors & set(result.split)
    assert not survivors & {old for olds in result.merged.values() for old in olds}


def test_what_splits_for_monic_splits_into_the_same_parts(golden: dict[str, object], result: Matching) -> None:
    assert set(result.split) == places(golden, "t1_state", "split")
    parts = {part for split in result.split.values() for part in split}
    assert parts == places(golden, "t2_state", "split-child")


def test_what_merges_for_monic_merges_into_the_same_cluster(golden: dict[str, object], result: Matching) -> None:
    assert set(result.merged) == places(golden, "t2_state", "absorbing")
    went_in = {old for olds in result.merged.values() for old in olds}
    assert went_in == places(golden, "t1_state", "merged")


def test_what_emerges_and_what_dies_for_monic_is_matched_to_nothing(
    golden: dict[str, object], result: Matching
) -> None:
    assert not set(result.kept) & places(golden, "t2_state", "emerged")
    assert not set(result.kept.values()) & places(golden, "t1_state", "died")


def test_difference_the_largest_part_of_a_split_keeps_the_identity_where_monic_ends_it(result: Matching) -> None:
    """MONIC: B is gone and two new clusters begin. Here the work on B goes on at its first part."""
    assert result.split == {1: (1, 2)}
    assert result.kept[1] == 1
    assert 2 not in result.kept


def test_difference_a_merged_cluster_keeps_the_oldest_identity_where_monic_ends_both(result: Matching) -> None:
    """MONIC: C and D are absorbed by something new. Here it goes on as C, and names both."""
    assert result.merged == {3: (2, 3)}
    assert result.kept[3] == 2
    assert 3 not in result.kept.values()


def test_difference_identities_kept_are_more_than_monics_survivors(
    golden: dict[str, dict[str, float]], result: Matching
) -> None:
    olds = len(golden["t1"])
    assert golden["ratios"]["survival"] == 1 / olds
    assert len(result.kept) / olds == 3 / olds
    assert golden["ratios"]["absorption"] == sum(len(some) for some in result.merged.values()) / olds


def test_difference_six_tenths_keep_an_identity_that_monic_lets_die() -> None:
    """Overlap 0.6 is below MONIC's 0.7 and one part alone is no split: it would be "died" and "emerged"."""
    result = matched([range(1, 11)], [range(1, 7)])
    assert (result.kept, result.split) == ({0: 0}, {})


def test_difference_growth_can_end_an_identity_that_monic_keeps() -> None:
    """MONIC looks at the old cluster's members only: all of them in one 4 times as large survive."""
    grown = matched([range(1, 11)], [range(1, 41)])
    assert grown.kept == {}, "a Jaccard index of 0.25 is below 0.3: another problem"
    assert matched([range(1, 11)], [range(1, 34)]).kept == {0: 0}, "10 of 33 is enough"


def test_difference_a_part_of_a_quarter_counts_where_monic_wants_three_tenths() -> None:
    result = matched([range(1, 21)], [range(1, 16), range(16, 21)])
    assert result.split == {0: (0, 1)}
    assert result.kept == {0: 0}, "the larger part is a survivor for MONIC, which sees no split"


def test_difference_reports_that_left_the_window_do_not_count_against_survival() -> None:
    """MONIC's overlap of the whole old cluster is 0.4; of what is still in the window it is 1."""
    old = problem(1, range(1, 51), Group.LIGHTING)
    ids = np.arange(31, 100, dtype=np.int64)
    result = match([old], [found(range(31, 51))], ids, np.zeros(len(ids), dtype=np.int64), min_jaccard=0.3)
    assert result.kept == {0: 0}
