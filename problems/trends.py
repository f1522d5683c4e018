"""Where a place is going, in five words that need no statistics, and why that word was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from geo.trends import PATTERNS, Emerging, Pattern, emerging
from problems.errors import InputRefused

#: Below these nothing is said: ten periods, and twenty distinct incidents over all of them.
MIN_PERIODS = 10
MIN_REPORTS = 20


class TrendWord(StrEnum):
    """Where a place is going."""

    NEW = "new"
    GROWING = "growing"
    STEADY = "steady"
    FALLING = "falling"
    GONE = "gone"
    TOO_FEW = "too_few"

    @property
    def label(self) -> str:
        """The word as it is shown."""
        return "Too few to say" if self is TrendWord.TOO_FEW else self.value.capitalize()


_WORDS = {
    Pattern.NEW: TrendWord.NEW,
    Pattern.CONSECUTIVE: TrendWord.GROWING,
    Pattern.INTENSIFYING: TrendWord.GROWING,
    Pattern.PERSISTENT: TrendWord.STEADY,
    Pattern.DIMINISHING: TrendWord.FALLING,
    Pattern.OSCILLATING: TrendWord.STEADY,
    Pattern.HISTORICAL: TrendWord.GONE,
    Pattern.SPORADIC: TrendWord.STEADY,
}

_EXPLAINED = {
    Pattern.NEW: "above what is usual in the last period, and never before",
    Pattern.CONSECUTIVE: "above what is usual in the last periods without a break, and never before them",
    Pattern.INTENSIFYING: "above what is usual nearly always, and more and more so",
    Pattern.PERSISTENT: "above what is usual nearly always, without a clear rise or fall",
    Pattern.DIMINISHING: "above what is usual nearly always, but less and less so",
    Pattern.OSCILLATING: "above what is usual now, but below it at some time before",
    Pattern.HISTORICAL: "above what is usual nearly always, but not in the last period",
    Pattern.SPORADIC: "above what is usual now and, on and off, before",
    Pattern.NONE: "not above what is usual in the last period, and not nearly always before",
}


@dataclass(frozen=True, slots=True)
class Trend:
    """Where one place is going.

    ``sentence`` is for everyone, ``tooltip`` names Esri's class and the test for an analyst.
    ``pattern`` and ``p`` are None where there is too little to say. ``slope`` is the change of the
    z-score per period, ``hot_periods`` how many of ``periods`` were above what is usual.
    """

    word: TrendWord
    sentence: str
    tooltip: str
    periods: int
    reports: int
    hot_periods: int | None = None
    pattern: Pattern | None = None
    p: float | None = None
    slope: float | None = None


def trends(
    z: npt.ArrayLike, reports: Sequence[int] | npt.NDArray[np.int64], *, period: str = "week", alpha: float = 0.05
) -> list[Trend]:
    """Say where each place is going.

    Parameters
    ----------
    z : array_like, shape (m, t)
        z-scores of m places against what is expected there (never of raw counts), in t complete
        periods that do not overlap, the oldest first. Periods of which reports still arrive
        (:data:`problems.figures.INCOMPLETE_DAYS`) are left out by the caller.
    reports : (m,)
        Distinct incidents of each place over all the periods.
    period
        What one period is called: week, month ...
    alpha
        Largest p of a rise or fall.

    Returns
    -------
    list of Trend
        In the order of the places. *Too few to say* under :data:`MIN_PERIODS` periods or
        :data:`MIN_REPORTS` incidents. A place of Esri's class *none* that was above what is usual
        and fell is *gone*; otherwise its rise or fall alone decides.

    Raises
    ------
    InputRefused
        When there is not one count of 0 or more for each place.

    Notes
    -----
    The word tells what happened up to the last period, not why, and not what comes next. It does
    not tell whether a remediation worked: places are chosen when they are high, and fall by
    themselves.

    Examples
    --------
    >>> steady, few = trends([[2.5, 2.6] * 5, [3.0] * 10], [64, 9])
    >>> steady.word.label, few.word.label
    ('Steady', 'Too few to say')
    >>> steady.sentence
    'Above what is usual in 10 of 10 weeks, without a clear rise or fall.'
    """
    scores = np.asarray(z, dtype=np.float64)
    counts = np.asarray(reports)
    if scores.ndim != 2 or counts.shape != (len(scores),) or (counts < 0).any():
        raise InputRefused(
            f"Trends of {counts.size} counts and z-scores of the shape {scores.shape} were asked for.",
            "Each place has one row of z-scores and one count of 0 or more.",
            "Give both for the same places.",
        )
    places, periods = scores.shape
    if periods < MIN_PERIODS or places == 0:
        return [_too_few(periods, int(count), period) for count in counts]
    found = emerging(scores, alpha=alpha)
    return [
        _one(found, place, periods, int(count), period, alpha)
        if count >= MIN_REPORTS
        else _too_few(periods, int(count), period)
        for place, count in enumerate(counts)
    ]


def _too_few(periods: int, reports: int, period: str) -> Trend:
    sentence = (
        f"Too few to say: {_counted(reports, 'report')} in {_counted(periods, period)}. "
        f"It takes at least {MIN_REPORTS} reports and {_counted(MIN_PERIODS, period)}."
    )
    return Trend(TrendWord.TOO_FEW, sentence, "No test was made.", periods, reports)


def _one(found: Emerging, place: int, periods: int, reports: int, period: str, alpha: float) -> Trend:
    pattern = PATTERNS[int(found.code[place])]
    hot, p = int(found.hot[place]), float(found.trend.p[place])
    direction = int(np.sign(found.trend.s[place])) if p <= alpha else 0
    word = _WORDS[pattern] if pattern is not Pattern.NONE else _word_of_none(hot, direction)
    tooltip = (
        f"{pattern.value.capitalize()}: {_EXPLAINED[pattern]}. Mann-Kendall test on z: "
        f"S = {int(found.trend.s[place])}, p {_p_text(p)}; {float(found.trend.slope[place]):+.2f} z per {period}."
    )
    return Trend(
        word=word,
        sentence=_sentence(pattern, word, hot, periods, period),
        tooltip=tooltip,
        periods=periods,
        reports=reports,
        hot_periods=hot,
        pattern=pattern,
        p=p,
        slope=float(found.trend.slope[place]),
    )


def _word_of_none(hot: int, direction: int) -> TrendWord:
    if direction > 0:
        return TrendWord.GROWING
    if direction < 0:
        return TrendWord.GONE if hot else TrendWord.FALLING
    return TrendWord.STEADY


def _sentence(pattern: Pattern, word: TrendWord, hot: int, periods: int, period: str) -> str:
    share = f"Above what is usual in {hot} of {_counted(periods, period)}"
    if pattern is Pattern.NONE:
        before = f"Not above what is usual in the last {period}"
        ending = {
            TrendWord.GROWING: f"{before}, but rising over {_counted(periods, period)}.",
            TrendWord.FALLING: f"{before}, and falling over {_counted(periods, period)}.",
            TrendWord.GONE: f"{before}; it was in {hot} of {_counted(periods, period)}, and has fallen since.",
            TrendWord.STEADY: f"{before}, and no clear rise or fall over {_counted(periods, period)}.",
        }
        return ending[word]
    return {
        Pattern.NEW: f"Above what is usual in the last {period}, for the first time in {_counted(periods, period)}.",
        Pattern.CONSECUTIVE: f"Above what is usual in each of the last {_counted(hot, period)}, and never before.",
        Pattern.INTENSIFYING: f"{share}, and rising.",
        Pattern.PERSISTENT: f"{share}, without a clear rise or fall.",
        Pattern.DIMINISHING: f"{share}, but falling.",
        Pattern.OSCILLATING: f"{share}, the last one included, and below it at other times: it comes and goes.",
        Pattern.HISTORICAL: f"{share}, but not in the last {period}.",
        Pattern.SPORADIC: f"{share}, the last one included: it comes and goes.",
    }[pattern]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _p_text(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"
