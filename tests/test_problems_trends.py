"""Five words for where a place is going, and none where there is too little to say."""

import numpy as np
import pytest

from geo.trends import Pattern
from problems.errors import InputRefused
from problems.trends import Trend, TrendWord, trends

QUIET = [0.1, 0.2, -0.1, 0.3, 0.2, 0.1, -0.2, 0.3]


def trend(z: list[float], reports: int = 60) -> Trend:
    return trends([z], [reports])[0]


@pytest.mark.parametrize(
    ("z", "pattern", "word"),
    [
        ([*QUIET, 0.1, 3.0], Pattern.NEW, TrendWord.NEW),
        ([*QUIET, 2.5, 3.0], Pattern.CONSECUTIVE, TrendWord.GROWING),
        ([2.1, 2.3, 2.5, 2.8, 3.0, 3.2, 3.5, 3.9, 4.2, 5.0], Pattern.INTENSIFYING, TrendWord.GROWING),
        ([2.5, 2.6] * 5, Pattern.PERSISTENT, TrendWord.STEADY),
        ([5.0, 4.2, 3.9, 3.5, 3.2, 3.0, 2.8, 2.5, 2.3, 2.1], Pattern.DIMINISHING, TrendWord.FALLING),
        ([-2.5, 0.1, 2.4, 0.3, -2.6, 0.2, 0.1, 2.5, 0.3, 2.7], Pattern.OSCILLATING, TrendWord.STEADY),
        ([2.5] * 9 + [0.2], Pattern.HISTORICAL, TrendWord.GONE),
        ([0.1, 2.5, 0.2, 0.3, 2.6, 0.1, 0.2, 2.4, 0.3, 2.7], Pattern.SPORADIC, TrendWord.STEADY),
        ([3.0, 2.9, 2.8, 2.7, 2.6, 1.5, 1.2, 0.9, 0.4, 0.1], Pattern.NONE, TrendWord.GONE),
        ([1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], Pattern.NONE, TrendWord.FALLING),
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0], Pattern.NONE, TrendWord.GROWING),
        ([*QUIET, 0.1, 0.4], Pattern.NONE, TrendWord.STEADY),
    ],
)
def test_every_class_has_its_word(z: list[float], pattern: Pattern, word: TrendWord) -> None:
    found = trend(z)
    assert (found.pattern, found.word) == (pattern, word)
    assert pattern.value in found.tooltip.casefold()


@pytest.mark.parametrize(("periods", "reports"), [(9, 500), (10, 19), (2, 0), (0, 0)])
def test_too_little_is_called_too_few_and_no_test_is_made(periods: int, reports: int) -> None:
    found = trend([3.0] * periods, reports)
    assert found.word is TrendWord.TOO_FEW
    assert (found.pattern, found.p, found.slope) == (None, None, None)
    assert "at least 20 reports and 10 weeks" in found.sentence


def test_ten_periods_and_twenty_reports_are_enough() -> None:
    assert trend([3.0] * 10, 20).word is TrendWord.STEADY


def test_sentences_use_no_word_of_statistics() -> None:
    rows = np.random.default_rng(5).choice([-3.0, 0.1, 0.4, 2.5, 3.0], (300, 10))
    for found in trends(rows, [50] * 300):
        assert not {"significant", "z", "p", "kendall", "sporadic", "persistent"} & set(
            found.sentence.casefold().split()
        )
        assert found.sentence.endswith(".")


def test_the_sentence_names_the_period_it_was_told() -> None:
    assert trends([[*QUIET, 0.1, 3.0]], [30], period="month")[0].sentence == (
        "Above what is usual in the last month, for the first time in 10 months."
    )


@pytest.mark.parametrize(("z", "reports"), [([[1.0] * 10], [1, 2]), ([[1.0] * 10], [-1]), ([1.0] * 10, [1])])
def test_counts_that_do_not_fit_the_places_are_refused(z: list[object], reports: list[int]) -> None:
    with pytest.raises(InputRefused):
        trends(z, reports)


def test_no_place_has_no_trend() -> None:
    assert trends(np.zeros((0, 10)), []) == []


def test_a_rise_over_the_year_is_not_called_growing_when_the_last_weeks_fell() -> None:
    rising = [week // 6 for week in range(26)]
    risen = [*rising[:18], *([1] * 8)]
    z = [(count - 1) / 1.5 for count in rising]
    grows, turned = trends([z, z], [sum(rising), sum(risen)], counts=[rising, risen])
    assert grows.word is TrendWord.GROWING
    assert turned.word is TrendWord.STEADY
    assert turned.sentence == "Rose over 26 weeks, but the last 8 had fewer than the 8 before."
