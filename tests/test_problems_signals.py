from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.errors import InputRefused
from problems.signals import Signal, SignalWord, weekly_signals

FIRST = date(2024, 1, 1)


def starts(weeks: int) -> list[date]:
    return [FIRST + timedelta(weeks=week) for week in range(weeks)]


def told(row: Sequence[float], *, usable: list[bool] | None = None) -> Signal:
    return weekly_signals([row], ["Lights"], starts(len(row)), usable=usable).every[0]


def test_a_week_like_the_others_is_as_usual_and_the_sentence_says_the_range() -> None:
    found = told([8, 7, 9, 8, 6, 10, 8, 8, 9])
    assert found.word is SignalWord.USUAL
    assert found.sentence == "9 this week, 3 to 15 expected: as usual."
    assert found.band is not None
    assert (found.band.expected, found.band.weeks) == (8.0, 8)


def test_a_week_far_above_is_called_out_and_one_far_below_too() -> None:
    usual = [20, 18, 22, 21, 19, 20, 18, 22]
    more, less = told([*usual, 45]), told([*usual, 3])
    assert (more.word, less.word) == (SignalWord.MORE, SignalWord.LESS)
    assert more.sentence.endswith("expected: more than usual.")
    assert less.sentence.startswith("3 this week, ")
    assert less.sentence.endswith("expected: less than usual.")


def test_the_same_week_is_called_out_alone_and_not_among_four_hundred() -> None:
    row = [20, 18, 22, 21, 19, 20, 18, 22, 36]
    assert told(row).word is SignalWord.MORE
    rng = np.random.default_rng(5)
    table = np.vstack([row, rng.poisson(20, (399, 9))])
    among = weekly_signals(table, [f"S{number:03d}" for number in range(400)], starts(9))
    assert among.every[0].word is SignalWord.EDGE
    assert among.every[0].sentence == (
        "36 this week, 11 to 30 expected: a little more than that, but about 20 of the series are so by chance."
    )
    assert among.looked_at == 400


def test_few_reports_are_too_few_to_say_whatever_the_percent() -> None:
    found = told([1, 0, 0, 1, 0, 0, 1, 0, 4])
    assert found.word is SignalWord.TOO_FEW
    assert found.sentence.endswith("too few to say.")
    assert "%" not in found.sentence


def test_fewer_than_six_weeks_tell_nothing() -> None:
    found = told([9, 9, 9, 9, 9, 40])
    assert found.word is SignalWord.NO_BASE
    assert found.band is None
    assert told([9]).word is SignalWord.NO_BASE
    assert weekly_signals([[9]], ["Lights"], starts(1)).sentence.startswith("Nothing could be compared")


def test_a_week_with_missing_days_is_neither_judged_nor_a_base() -> None:
    row = [8.0, 7, 9, 8, 6, 10, 8, 8, 9, 0]
    usable = [True] * 9 + [False]
    assert told(row, usable=usable).word is SignalWord.NOT_COMPARED
    gap = [8.0, 7, 9, 8, float("nan"), 6, 10, 8, 8, 9]
    found = told(gap, usable=[True] * 4 + [False] + [True] * 5)
    assert found.band == told([8, 7, 9, 8, 6, 10, 8, 8, 9]).band


def test_a_step_that_has_lasted_is_usual_for_its_band_and_said_to_be_above_the_year() -> None:
    found = told([10, 11, 9, 10] * 11 + [40, 42, 38, 39, 41, 40, 39, 41, 40])
    assert (found.word, found.above_line) == (SignalWord.USUAL, 1)
    assert found.line is not None
    assert found.line.weeks == 44
    assert found.sentence == (
        "40 this week, 26 to 56 expected: as usual. The last weeks were like it; "
        "the year before them had 4 to 17 a week."
    )
    assert told([10, 11, 9, 10] * 13).above_line == 0
    assert told([10, 11, 9, 10] * 6 + [40] * 9).line is None, "half a year is no year"


def test_a_season_that_was_there_two_years_running_is_no_signal() -> None:
    weeks = 157
    wave = 30 * np.exp(0.8 * np.sin(2 * np.pi * (np.arange(weeks) - 150) / 52.18))
    counts = np.round([wave * 10, wave])
    plain, seasonal = (
        weekly_signals(counts, ["City", "Northside"], starts(weeks), pools=pools).every[1] for pools in (None, [0, 0])
    )
    assert (plain.seasonal, seasonal.seasonal) == (False, True)
    assert plain.band is not None
    assert seasonal.band is not None
    assert abs(seasonal.band.z) < 0.5 < plain.band.z


def test_with_less_than_two_years_no_season_is_taken() -> None:
    table = np.full((1, 60), 30)
    assert not weekly_signals(table, ["City"], starts(60), pools=[0]).every[0].seasonal


def test_the_sentence_of_the_week_counts_what_stands_out() -> None:
    calm, wild = [20, 18, 22, 21, 19, 20, 18, 22, 21], [20, 18, 22, 21, 19, 20, 18, 22, 60]
    both = weekly_signals([calm, wild], ["Lights", "Noise"], starts(9))
    assert [one.name for one in both.called_out] == ["Noise"]
    assert both.sentence == "1 of 2 series that were compared is unlike its usual weeks."
    assert weekly_signals([calm], ["Lights"], starts(9)).sentence == (
        "The one series that was compared is not unlike its usual weeks by more than chance."
    )
    assert weekly_signals(np.zeros((0, 9)), [], starts(9)).every == ()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(0, 40), min_size=12, max_size=12), min_size=2, max_size=8), st.randoms())
def test_the_order_of_the_series_does_not_matter(rows: list[list[int]], shuffler: "st.randoms") -> None:  # type: ignore[valid-type] # a strategy's value
    names = [f"S{number}" for number in range(len(rows))]
    order = list(range(len(rows)))
    shuffler.shuffle(order)  # type: ignore[attr-defined] # see above
    straight = weekly_signals(rows, names, starts(12)).every
    mixed = weekly_signals([rows[at] for at in order], [names[at] for at in order], starts(12)).every
    for at, one in zip(order, mixed, strict=True):
        assert one.word is straight[at].word
        assert one.sentence == straight[at].sentence


def test_no_sentence_ever_shows_a_percent_or_a_number_that_is_none() -> None:
    rng = np.random.default_rng(1)
    table = rng.negative_binomial(0.5, 0.2, (300, 70))
    table[:40, -1] += 30
    table[40:60, :] = 0
    for one in weekly_signals(table, [str(number) for number in range(300)], starts(70)).every:
        assert not any(word in one.sentence for word in ("%", "nan", "-1", "None to"))


def test_hardly_any_week_without_a_change_has_a_series_called_out() -> None:
    rng = np.random.default_rng(9)
    names = [str(number) for number in range(150)]
    called = 0
    for _ in range(40):
        means = rng.uniform(1, 40, 150)[:, None] * np.ones(53)
        called += bool(weekly_signals(rng.negative_binomial(means, 0.5), names, starts(53)).called_out)
    assert called <= 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": [[1, 2]], "names": ["a", "b"], "week_starts": starts(2)},
        {"counts": [[1, -2]], "names": ["a"], "week_starts": starts(2)},
        {"counts": [[1, 2]], "names": ["a"], "week_starts": [FIRST, FIRST + timedelta(days=8)]},
        {"counts": [[1, 2]], "names": ["a"], "week_starts": starts(2), "pools": [1]},
        {"counts": [[1, 2]], "names": ["a"], "week_starts": starts(2), "usable": [True]},
    ],
)
def test_tables_that_make_no_sense_are_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(InputRefused, match=r"\. "):
        weekly_signals(**wrong)  # type: ignore[arg-type] # wrong on purpose
