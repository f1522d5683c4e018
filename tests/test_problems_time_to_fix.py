from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pytest

from geo.survival import Quantile
from problems.errors import InputRefused
from problems.service import ENDINGS, Ending
from problems.time_to_fix import TimeToFix, recurrence, time_to_fix, times_to_fix

DAY = 86_400
TODAY = date(2026, 11, 23)


def codes(kinds: list[Ending]) -> npt.NDArray[np.int8]:
    return np.array([ENDINGS.index(each) for each in kinds], dtype=np.int8)


def fixes(lasts: Sequence[float | None], *, kinds: list[Ending] | None = None, until: int = 1000) -> TimeToFix:
    """Return the figures of reports that came in on day 100 and lasted so many days (None: open)."""
    kinds = kinds or [Ending.OPEN if last is None else Ending.FIXED for last in lasts]
    received = np.full(len(lasts), 100 * DAY)
    ended = np.array([0 if last is None else round((100 + last) * DAY) for last in lasts])
    return time_to_fix("Lights", received, ended, codes(kinds), since_s=50 * DAY, until_s=until * DAY)


def test_with_every_fix_known_the_middle_is_the_middle() -> None:
    found = fixes([float(day) for day in range(1, 12)])
    assert found.median is not None
    assert found.median.days == 6.0
    assert found.sentence.startswith("Half were fixed within 6 days (")
    assert found.sentence.endswith("; of 11 reports 11 were fixed and 0 are open.")


def test_what_is_open_makes_the_time_longer_than_the_closed_ones_say() -> None:
    rng = np.random.default_rng(4)
    lasts = rng.exponential(60 / np.log(2), 4000)
    received = rng.integers(0, 140, 4000) * DAY
    ended = received + np.round(lasts * DAY).astype(np.int64)
    is_open = ended > 150 * DAY
    ending = np.where(is_open, ENDINGS.index(Ending.OPEN), ENDINGS.index(Ending.FIXED)).astype(np.int8)
    found = time_to_fix("All", received, np.where(is_open, 0, ended), ending, since_s=0, until_s=150 * DAY)
    assert found.median is not None
    assert found.median.days == pytest.approx(60, rel=0.06)
    assert np.median(lasts[~is_open]) < 40
    assert found.open == is_open.sum()


def test_half_not_reached_is_said_plainly() -> None:
    found = fixes([2.0, 3.0, 4.0, *[None] * 9], until=190)
    assert found.sentence == (
        "Half fixed: not reached within the 90 days that are known; of 12 reports 3 were fixed and 9 are open."
    )
    nine = fixes([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, None, None, None, None], until=190)
    assert "nine in ten: not reached" in nine.sentence


def test_fewer_than_ten_reports_have_no_time() -> None:
    found = fixes([1.0] * 9)
    assert (found.count, found.median, found.ninetieth) == (9, None, None)
    assert found.sentence == "9 reports: too few to say how long a fix takes."


def test_instant_and_administrative_closes_are_counted_apart_and_duplicates_nowhere() -> None:
    plain = [float(day) for day in range(1, 11)]
    kinds = [Ending.FIXED] * 9 + [Ending.SAID]
    found = fixes(
        [*plain, 0.0, 0.001, 300.0, 5.0, 7.0],
        kinds=[*kinds, Ending.INSTANT, Ending.INSTANT, Ending.ADMINISTRATIVE, Ending.SET_ASIDE, Ending.SET_ASIDE],
    )
    assert (found.count, found.fixed, found.said, found.instant, found.administrative) == (10, 10, 1, 2, 1)
    assert found.median == fixes(plain).median


def test_what_ended_without_work_is_followed_up_to_then_and_is_no_fix() -> None:
    lasts: list[float | None] = [float(day) for day in range(1, 13)]
    kinds = [Ending.FIXED] * 6 + [Ending.WITHOUT_WORK] * 6
    found = fixes(lasts, kinds=kinds)
    assert (found.count, found.fixed, found.open) == (12, 6, 0)
    assert found.median is not None
    assert found.median.days == 6.0
    assert found.ninetieth is not None
    assert found.ninetieth.days is None


def test_a_window_gives_the_time_of_all_although_the_quick_ones_before_it_are_not_seen() -> None:
    rng = np.random.default_rng(5)
    received = np.sort(rng.integers(0, 400 * DAY, 20_000))
    ended = received + np.round(rng.exponential(50, 20_000) * DAY).astype(np.int64)
    until = 400 * DAY
    is_open = ended > until
    ending = np.where(is_open, ENDINGS.index(Ending.OPEN), ENDINGS.index(Ending.FIXED)).astype(np.int8)
    found = time_to_fix("All", received, np.where(is_open, 0, ended), ending, since_s=340 * DAY, until_s=until)
    assert found.median is not None
    assert found.median.days == pytest.approx(50 * np.log(2), rel=0.08)
    assert found.count < 6_000


def test_by_partner_each_has_its_own_reports() -> None:
    received = np.full(30, 100 * DAY)
    ended = (100 + np.arange(30)) * DAY
    which = np.array([0, 1, -1] * 10)
    several = times_to_fix(
        ["North", "South", "Nobody"], which, received, ended, codes([Ending.FIXED] * 30), since_s=0, until_s=200 * DAY
    )
    assert [one.count for one in several] == [10, 10, 0]
    alone = time_to_fix(
        "South", received[which == 1], ended[which == 1], codes([Ending.FIXED] * 10), since_s=0, until_s=200 * DAY
    )
    assert several[1] == alone


def test_columns_and_windows_that_make_no_sense_are_refused() -> None:
    some = np.full(3, DAY)
    with pytest.raises(InputRefused):
        time_to_fix("x", some, some[:2], codes([Ending.FIXED] * 3), since_s=0, until_s=DAY)
    with pytest.raises(InputRefused):
        time_to_fix("x", some, some, codes([Ending.FIXED] * 3), since_s=DAY, until_s=DAY)


# -- what comes back --


def ago(*days: int) -> list[date]:
    return [TODAY - timedelta(days=day) for day in days]


def test_young_fixes_are_neither_good_nor_bad() -> None:
    old, young = ago(*[300] * 20), ago(*[10] * 60)
    back = [day + timedelta(days=90) for day in old[:5]]
    known = recurrence(old, [*back, *[None] * 15], TODAY)
    mixed = recurrence([*old, *young], [*back, *[None] * 75], TODAY)
    assert known.share is not None
    assert mixed.share is not None
    assert known.share.share == mixed.share.share == pytest.approx(0.25)
    assert (mixed.count, mixed.returned, mixed.watched) == (80, 5, 20)
    assert known.sentence == (
        "Of 20 problems fixed, 5 came back within 180 days so far: likely 11 to 47 in a hundred do."
    )
    assert mixed.sentence == (
        "Of 80 problems fixed, 5 came back within 180 days so far; 60 others are not that old yet. "
        "Each counted for as long as it was watched, likely 11 to 47 in a hundred do."
    )


def test_a_return_after_its_time_does_not_count() -> None:
    fixed = ago(*[400] * 12)
    found = recurrence(fixed, [fixed[0] + timedelta(days=180), fixed[1] + timedelta(days=181), *[None] * 10], TODAY)
    assert found.returned == 1
    assert found.share is not None
    assert found.share.share == pytest.approx(1 / 12)


def test_a_past_day_does_not_know_what_came_later() -> None:
    fixed = ago(*[400] * 12, *[30] * 5)
    back: list[date | None] = [TODAY - timedelta(days=390), *[None] * 10, TODAY - timedelta(days=250), *[None] * 5]
    then = recurrence(fixed, back, TODAY - timedelta(days=300), days=90)
    assert (then.count, then.returned) == (12, 1)


def test_few_or_young_problems_are_too_few_to_say() -> None:
    assert recurrence([], [], TODAY).sentence == "No problem was fixed."
    few = recurrence(ago(300, 300), [None, None], TODAY)
    assert (few.share, few.sentence) == (None, "2 problems fixed, 0 came back: too few to say how many do.")
    young = recurrence(ago(*[100] * 15), [None] * 15, TODAY)
    assert young.share is None
    assert young.sentence.endswith("none of the others is 180 days old yet.")


def test_a_return_before_the_fix_is_refused() -> None:
    with pytest.raises(InputRefused, match="before it is fixed"):
        recurrence(ago(10), ago(11), TODAY)
    with pytest.raises(InputRefused):
        recurrence(ago(10), [], TODAY)


def test_the_parts_of_the_sentence_add_up_to_the_whole() -> None:
    median = Quantile(19.0, 18.0, 20.0)
    found = TimeToFix("All", 20, 8, 0, 7, 0, 0, median, Quantile(None, None, None), 90.0)
    assert found.sentence.endswith("; of 20 reports 8 were fixed, 7 are open and 5 ended without a fix.")
