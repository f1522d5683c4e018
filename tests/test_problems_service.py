from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.errors import InputRefused
from problems.reasons import Reason
from problems.reports import ReportStatus
from problems.service import (
    ENDINGS,
    NOT_ENDED,
    Ending,
    WeekFlow,
    ages_of_open,
    days_words,
    endings,
    on_time,
    stock_and_flow,
)
from problems.targets import NO_TARGET, WorkingDays, day_number

MONDAY = date(2026, 3, 2)
M = day_number(MONDAY)
HOUR = 3600


def ending_of(status: ReportStatus, reason: str = "", *, after_s: int = 5 * HOUR, until_s: int = 10**9) -> Ending:
    found = endings(
        np.array([tuple(ReportStatus).index(status)], dtype=np.int8),
        np.array([reason]),
        np.array([1000]),
        np.array([0 if status.is_open else 1000 + after_s]),
        until_s=until_s,
    )
    return ENDINGS[int(found[0])]


# -- how it ended --


@pytest.mark.parametrize(
    ("status", "reason", "ending"),
    [
        (ReportStatus.NEW, "", Ending.OPEN),
        (ReportStatus.IN_PROGRESS, "", Ending.OPEN),
        (ReportStatus.RESOLVED, Reason.FIXED, Ending.FIXED),
        (ReportStatus.RESOLVED, Reason.CLEANED, Ending.FIXED),
        (ReportStatus.VERIFIED, Reason.UNSPECIFIED, Ending.FIXED),
        (ReportStatus.RESOLVED, Reason.UNSPECIFIED, Ending.SAID),
        (ReportStatus.RESOLVED, "", Ending.SAID),
        (ReportStatus.RESOLVED, Reason.ADMINISTRATIVE_TIMEOUT, Ending.ADMINISTRATIVE),
        (ReportStatus.RESOLVED, Reason.GONE_ON_ARRIVAL, Ending.WITHOUT_WORK),
        (ReportStatus.NO_ACTION, Reason.COST, Ending.WITHOUT_WORK),
        (ReportStatus.NOT_OURS, "", Ending.WITHOUT_WORK),
        (ReportStatus.DUPLICATE, "", Ending.SET_ASIDE),
        (ReportStatus.WITHDRAWN, "", Ending.SET_ASIDE),
    ],
)
def test_only_what_was_fixed_counts_as_fixed(status: ReportStatus, reason: str, ending: Ending) -> None:
    assert ending_of(status, reason) is ending
    assert ending.is_fix is (ending in (Ending.FIXED, Ending.SAID))


def test_what_ends_within_minutes_of_its_receipt_is_instant_unless_a_visit_says_otherwise() -> None:
    assert ending_of(ReportStatus.RESOLVED, Reason.FIXED, after_s=600) is Ending.INSTANT
    assert ending_of(ReportStatus.RESOLVED, Reason.FIXED, after_s=601) is Ending.FIXED
    assert ending_of(ReportStatus.RESOLVED, Reason.FIXED, after_s=-50) is Ending.INSTANT
    assert ending_of(ReportStatus.VERIFIED, Reason.FIXED, after_s=60) is Ending.FIXED
    assert ending_of(ReportStatus.DUPLICATE, after_s=60) is Ending.SET_ASIDE


def test_what_ends_later_is_open_still() -> None:
    assert ending_of(ReportStatus.RESOLVED, Reason.FIXED, until_s=1000 + 5 * HOUR - 1) is Ending.OPEN
    assert ending_of(ReportStatus.RESOLVED, Reason.FIXED, until_s=1000 + 5 * HOUR) is Ending.FIXED


def test_every_ending_has_plain_words() -> None:
    assert len({each.label for each in Ending}) == len(Ending)


# -- stock and flow --


def test_a_small_week_adds_up_as_counted_by_hand() -> None:
    received = np.array([M - 9, M - 3, M, M + 2, M + 6, M + 7])
    ended = np.array([M - 8, M + 1, NOT_ENDED, M + 2, M + 8, NOT_ENDED])
    kinds = np.array([ENDINGS.index(each) for each in (Ending.FIXED, Ending.FIXED, Ending.OPEN, Ending.INSTANT)])
    ending = np.append(kinds, [ENDINGS.index(Ending.SAID), 0]).astype(np.int8)
    first, second = stock_and_flow(received, ended, MONDAY, 2, ending=ending)
    assert (first.open_at_start, first.received, first.closed, first.open_at_end) == (1, 3, 2, 2)
    assert first.closed_as == {Ending.FIXED: 1, Ending.INSTANT: 1}
    assert (second.starts_on, second.open_at_start, second.received, second.closed, second.open_at_end) == (
        MONDAY + timedelta(days=7), 2, 1, 1, 2,
    )  # fmt: skip # one line reads like the week above
    assert second.closed_as == {Ending.SAID: 1}


spells = st.lists(
    st.tuples(st.integers(-60, 60), st.one_of(st.just(None), st.integers(-5, 60))), min_size=0, max_size=60
)


@given(spells, st.integers(-40, 40), st.integers(1, 8))
def test_what_is_open_is_what_was_open_and_came_in_and_did_not_go_out(
    rows: list[tuple[int, int | None]], start: int, weeks: int
) -> None:
    received = np.array([M + day for day, _ in rows], dtype=np.int64)
    ended = np.array([NOT_ENDED if lasted is None else M + day + lasted for day, lasted in rows], dtype=np.int64)
    flows = stock_and_flow(received, ended, MONDAY + timedelta(days=start), weeks)
    for before, after in pairwise(flows):
        assert before.open_at_end == after.open_at_start
    for week, flow in enumerate(flows):
        last = M + start + 7 * week + 6
        is_open = (received <= last) & ((ended == NOT_ENDED) | (np.maximum(ended, received) > last))
        assert flow.open_at_end == int(is_open.sum())


def test_figures_that_do_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="is not 4"):
        WeekFlow(MONDAY, 1, 2, 0, 4)
    with pytest.raises(ValueError, match="add up"):
        WeekFlow(MONDAY, 1, 2, 1, 2, {Ending.FIXED: 2})
    with pytest.raises(InputRefused):
        stock_and_flow(np.zeros(0, int), np.zeros(0, int), MONDAY, 0)


# -- how old --


def test_ages_of_what_is_open_are_those_of_that_day() -> None:
    received = M - np.arange(40)
    ended = np.where(np.arange(40) < 20, NOT_ENDED, M + 1)
    found = ages_of_open(received, ended, MONDAY)
    assert (found.count, found.median_days) == (40, 19.5)
    assert found.ninetieth_days == pytest.approx(35.1)
    assert ages_of_open(received, ended, MONDAY + timedelta(days=1)).count == 20
    assert found.sentence == "40 open: half of them for more than 20 days, one in ten for more than 35 days."


def test_ages_of_fewer_than_ten_are_not_told() -> None:
    few = ages_of_open(M - np.arange(9), np.full(9, NOT_ENDED), MONDAY)
    assert (few.count, few.median_days) == (9, None)
    assert few.sentence == "9 open: too few to say how old they usually are."
    assert ages_of_open(np.zeros(0, int), np.zeros(0, int), MONDAY).sentence == "Nothing is open."


# -- in time --


def in_time(
    start: list[int], ended: list[int], waited: list[int], *, target: int = 5, since: int = 0, until: int = 30
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (in time, decided) net and gross; rows are repeated ten times so that they are told."""
    rows = [np.repeat(np.array(each, dtype=np.int64), 10) for each in (start, ended, waited)]
    found = on_time(
        rows[0],
        rows[1],
        rows[2],
        np.full(len(rows[0]), target, dtype=np.int64),
        WorkingDays(),
        since=MONDAY + timedelta(days=since),
        until=MONDAY + timedelta(days=until),
    )
    assert found.net is not None
    assert found.gross is not None
    return (found.net.count // 10, found.net.total // 10), (found.gross.count // 10, found.gross.total // 10)


def test_a_weekend_after_the_last_day_is_in_time_and_monday_is_late() -> None:
    # Five working days after Monday end on the Monday after; of three reports the last ended on Tuesday.
    assert in_time([M, M, M], [M + 6, M + 7, M + 8], [0, 0, 0]) == ((2, 3), (2, 3))
    # Four days after Monday are over on Friday: the weekend is still in time.
    assert in_time([M, M], [M + 6, M + 7], [0, 0], target=4) == ((1, 2), (1, 2))


def test_waiting_stops_the_net_clock_and_not_the_gross_one() -> None:
    assert in_time([M], [M + 9], [3]) == ((1, 1), (0, 1))


def test_what_is_late_and_open_counts_as_late_and_what_is_not_due_yet_does_not_count() -> None:
    assert in_time([M, M + 28, M], [NOT_ENDED, NOT_ENDED, M + 1], [0, 0, 0]) == ((1, 2), (1, 2))


def test_each_is_decided_in_exactly_one_week() -> None:
    rng = np.random.default_rng(3)
    start = M + rng.integers(-20, 40, 300)
    ended = np.where(rng.random(300) < 0.3, NOT_ENDED, start + rng.integers(0, 30, 300))
    waited, target = rng.integers(0, 4, 300), rng.integers(0, 12, 300)
    calendar = WorkingDays(closed=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))

    def decided(first: int, last: int) -> tuple[int, int]:
        found = on_time(
            start, ended, waited, target, calendar,
            since=MONDAY + timedelta(days=first), until=MONDAY + timedelta(days=last),
        )  # fmt: skip # as one call
        return found.net_count, found.gross_count

    weeks = [decided(7 * week, 7 * week + 6) for week in range(-6, 20)]
    assert tuple(sum(each) for each in zip(*weeks, strict=True)) == decided(-42, 139) == (300, 300)


def test_without_a_target_nothing_is_in_time_or_late_and_few_are_not_told() -> None:
    none = on_time(
        np.full(20, M),
        np.full(20, M),
        np.zeros(20, int),
        np.full(20, NO_TARGET),
        WorkingDays(),
        since=MONDAY,
        until=MONDAY,
    )
    assert (none.net, none.net_count) == (None, 0)
    few = on_time(
        np.full(9, M), np.full(9, M), np.zeros(9, int), np.full(9, 3), WorkingDays(), since=MONDAY, until=MONDAY
    )
    assert (few.net, few.gross_count) == (None, 9)
    assert few.sentence == "9 were due: too few to say how many were in time."
    with pytest.raises(InputRefused):
        on_time(np.zeros(0, int), np.zeros(0, int), np.zeros(0, int), np.zeros(0, int), WorkingDays(),
                since=MONDAY, until=MONDAY - timedelta(days=1))  # fmt: skip # short


def test_the_shares_are_told_with_their_number_and_interval() -> None:
    found = on_time(
        np.full(20, M), np.r_[np.full(15, M), np.full(5, M + 20)], np.zeros(20, int), np.full(20, 3), WorkingDays(),
        since=MONDAY, until=MONDAY + timedelta(days=30),
    )  # fmt: skip # as one call
    assert found.sentence == (
        "In time: 15 of 20 (53 to 89 %), waiting left out; 15 of 20 (53 to 89 %) with every working day."
    )


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 day"), (0.54, "0.5 days"), (3, "3 days"), (9.96, "10 days"), (41.2, "41 days")]
)
def test_times_are_said_as_exactly_as_they_are_known(days: float, words: str) -> None:
    assert days_words(days) == words
