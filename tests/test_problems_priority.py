"""Priority is made of its parts, the same every time, and says how sure it is."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.errors import InputRefused
from problems.priority import Candidate, PriorityWeights, priorities
from problems.trends import TrendWord

CANDIDATES = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(["ASB001", "WST004", "VIS002"]), st.integers(0, 90)), max_size=15),
        st.sampled_from(list(TrendWord)),
        st.lists(st.integers(0, 200), max_size=3),
    ),
    min_size=1,
    max_size=14,
).map(
    lambda rows: [
        Candidate(number, [code for code, _ in told], [float(age) for _, age in told], trend, late)
        for number, (told, trend, late) in enumerate(rows, 1)
    ]
)


def same(problem_id: int, incidents: int, **known: object) -> Candidate:
    return Candidate(problem_id, ["WST001"] * incidents, [0.0] * incidents, **known)


def test_the_parts_make_the_score() -> None:
    told = Candidate(3, ["ASB001", "VIS001"], [0.0, 30.0], TrendWord.GROWING, [5, 12])
    (found,) = priorities([told])
    assert found.reported == pytest.approx(2.0 + 0.5 * 0.5)
    assert (found.trend_factor, found.overdue_points) == (1.25, pytest.approx(1.2))
    assert found.score == pytest.approx(2.25 * 1.25 + 1.2)
    assert found.sentence == (
        "4.0 points, place 1: 2 incidents that weigh 2.2, 2.2 after allowing for chance, times 1.25 (growing), "
        "and 1.2 for overdue work."
    )


def test_a_category_wins_over_its_group() -> None:
    weights = PriorityWeights(version=2, severity={"ASB": 2.0, "ASB007": 5.0})
    assert [weights.severity_of(code) for code in ("ASB007", "ASB001", "LGT001")] == [5.0, 2.0, 1.0]
    assert priorities([same(1, 1)], weights)[0].weights_version == 2


def test_overdue_work_counts_up_to_the_most() -> None:
    assert priorities([same(1, 0, days_late=[400])])[0].overdue_points == pytest.approx(9.0)


@given(CANDIDATES)
def test_every_score_is_the_sum_of_its_parts_and_lies_in_order(candidates: list[Candidate]) -> None:
    found = priorities(candidates)
    assert [one.rank for one in found] == list(range(1, len(candidates) + 1))
    assert sorted(one.problem_id for one in found) == [one.problem_id for one in candidates]
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    for one in found:
        assert one.score == pytest.approx(one.shrunk * one.trend_factor + one.overdue_points, abs=1e-8)
        assert 1 <= one.rank_low <= one.rank <= one.rank_high <= len(candidates)
        assert one.low <= one.high


@given(CANDIDATES, st.integers(0, 99))
def test_no_order_of_problems_or_reports_matters(candidates: list[Candidate], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - an order of a test, no secret
    turned = []
    for one in chance.sample(candidates, len(candidates)):
        told = list(zip(one.categories, one.ages_days, strict=True))
        chance.shuffle(told)
        turned.append(replace(one, categories=[code for code, _ in told], ages_days=[age for _, age in told]))
    assert priorities(turned) == priorities(candidates)


def test_equal_problems_come_by_age_and_their_ranks_are_open() -> None:
    found = priorities([same(number, 6) for number in range(20, 0, -1)])
    assert [one.problem_id for one in found] == list(range(1, 21))
    # Where nothing tells the problems apart, each may have any place.
    assert all(one.rank_low <= 2 and one.rank_high >= 19 for one in found)


def test_a_problem_far_above_the_others_is_surely_first() -> None:
    found = priorities([same(1, 80), *(same(number, number % 4) for number in range(2, 30))])
    assert (found[0].problem_id, found[0].rank_low, found[0].rank_high) == (1, 1, 1)
    assert found[1].rank_high > found[1].rank_low


def test_many_reports_of_little_weight_are_surer_than_few_of_much() -> None:
    """Four of weight 2 and sixteen of weight 0.5 both weigh 8; the unit of chance is between them."""
    few, many = Candidate(1, ["ASB001"] * 4, [0.0] * 4), Candidate(2, ["VIS001"] * 16, [0.0] * 16)
    width = {}
    for one in (few, many):
        (alone,) = priorities([one])
        width[one.problem_id] = alone.high - alone.low
    assert width[1] > 1.5 * width[2]


def test_one_lucky_count_is_drawn_towards_the_others() -> None:
    counts = np.random.default_rng(2).poisson(5, 30)
    found = priorities([same(number, int(count)) for number, count in enumerate(counts, 1)])
    assert found[0].shrunk < found[0].reported
    assert found[-1].shrunk > found[-1].reported


def test_the_seed_changes_intervals_of_ranks_only() -> None:
    candidates = [same(number, number) for number in range(1, 25)]
    one, other = (priorities(candidates, seed=seed) for seed in (1, 2))
    assert [(p.problem_id, p.score, p.low, p.high) for p in one] == [
        (p.problem_id, p.score, p.low, p.high) for p in other
    ]


@pytest.mark.parametrize(
    "candidates",
    [
        [same(1, 2), same(1, 3)],
        [Candidate(1, ["WST001"], [])],
        [Candidate(1, ["WST001"], [-1.0])],
        [Candidate(1, ["WST001"], [float("nan")])],
        [same(1, 1, days_late=[-3])],
    ],
)
def test_impossible_candidates_are_refused(candidates: list[Candidate]) -> None:
    with pytest.raises(InputRefused, match="problem 1"):
        priorities(candidates)


@pytest.mark.parametrize(
    "change",
    [{"half_life_days": 0.0}, {"severity": {"ASB": -1.0}}, {"overdue_per_day": float("nan")}, {"trend": {}}],
)
def test_impossible_weights_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputRefused, match="priority weights"):
        PriorityWeights(**change)


def test_no_problem_has_no_priority() -> None:
    assert priorities([]) == []
