"""Where a place is going, in five words that need no statistics, and why that word was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.trends import PATTERNS, Emerging, Pattern, emerging
from problems.errors import InputRefused

Floats = npt.NDArray[np.float64]

#: Below these nothing is said: ten periods, and twenty distinct incidents over all of them.
MIN_PERIODS = 10
MIN_REPORTS = 20
#: A place is gone only when nothing came in so many last periods, nor since ...
GONE_PERIODS = 4
#: ... and, unless it fell before, so many were usual in that time (by chance nothing comes in 2 %).
GONE_MISSED = 4.0
#: A rise or fall is not said where so many last periods had fewer, or more, than as many before them.
OF_LATE = 8
#: So many incidents before the periods are still none: a new place may have had a stray one.
STRAY = 2


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
    Pattern.HISTORICAL: TrendWord.GONE,
}
_HOT_NOW = frozenset(
    {Pattern.NEW, Pattern.CONSECUTIVE, Pattern.INTENSIFYING, Pattern.PERSISTENT, Pattern.OSCILLATING, Pattern.SPORADIC}
)

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
    z: npt.ArrayLike,
    reports: Sequence[int] | npt.NDArray[np.int64],
    *,
    counts: Sequence[Sequence[int]] | None = None,
    coming: Sequence[int] | None = None,
    earlier: Sequence[int] | None = None,
    period: str = "week",
    alpha: float = 0.05,
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
    counts : (m, t), optional
        Distinct incidents of each place in each period. With them *new* is said only of a place
        without any in the first half of the periods, and *gone* only where none came in at least the
        last :data:`GONE_PERIODS`; z-scores alone cannot tell.
    coming : (m,), optional
        Incidents since the last complete period: a place where something came since is not *gone*.
    earlier : (m,), optional
        Incidents before the periods, as far as is known: a place that had more than
        :data:`STRAY` is not *new*.
    period
        What one period is called: week, month ...
    alpha
        Largest p of a rise or fall.

    Returns
    -------
    list of Trend
        In the order of the places. *Too few to say* under :data:`MIN_PERIODS` periods or
        :data:`MIN_REPORTS` incidents. Where a place comes and goes (Esri's classes *none*, *sporadic*,
        *oscillating*), its rise or fall decides.

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
    totals = np.asarray(reports)
    told = None if counts is None else np.asarray(counts)
    since, before = (np.zeros(len(totals), int) if each is None else np.asarray(each) for each in (coming, earlier))
    _check(scores, totals, told, since, before)
    places, periods = scores.shape
    if periods < MIN_PERIODS or places == 0:
        return [_too_few(periods, int(total), period) for total in totals]
    found = emerging(scores, alpha=alpha)
    return [
        _one(
            _Seen.of(found, place, periods, alpha, None if told is None else told[place], since, before),
            int(total),
            period,
        )
        if total >= MIN_REPORTS
        else _too_few(periods, int(total), period)
        for place, total in enumerate(totals)
    ]


def _check(
    scores: Floats,
    totals: npt.NDArray[Any],
    told: npt.NDArray[Any] | None,
    since: npt.NDArray[Any],
    before: npt.NDArray[Any],
) -> None:
    fit = scores.ndim == 2 and totals.shape == since.shape == before.shape == (len(scores),)
    if not fit or (totals < 0).any():
        raise InputRefused(
            f"Trends of {totals.size} counts and z-scores of the shape {scores.shape} were asked for.",
            "Each place has one row of z-scores and one count of 0 or more.",
            "Give both for the same places.",
        )
    if told is not None and (told.shape != scores.shape or (told < 0).any()):
        raise InputRefused(
            f"Counts of the shape {told.shape} and z-scores of the shape {scores.shape} were given.",
            "Each z-score is that of one count of 0 or more.",
            "Give both for the same places and periods.",
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of one place; ``began_late`` and ``silent`` (last periods with nothing) are None without counts.

    ``missed`` is how many incidents the periods before make one expect in the silent ones; ``turned``
    tells that what rose or fell over all periods did not of late.
    """

    pattern: Pattern
    hot: int
    periods: int
    direction: int
    s: int
    p: float
    slope: float
    began_late: bool | None = None
    silent: int | None = None
    missed: float = 0.0
    turned: bool = False

    @classmethod
    def of(
        cls,
        found: Emerging,
        place: int,
        periods: int,
        alpha: float,
        counts: npt.NDArray[Any] | None,
        since: npt.NDArray[Any],
        before: npt.NDArray[Any],
    ) -> "_Seen":
        p = float(found.trend.p[place])
        seen = cls(
            pattern=PATTERNS[int(found.code[place])],
            hot=int(found.hot[place]),
            periods=periods,
            direction=int(np.sign(found.trend.s[place])) if p <= alpha else 0,
            s=int(found.trend.s[place]),
            p=p,
            slope=float(found.trend.slope[place]),
        )
        if counts is None:
            return seen
        last = int(np.flatnonzero(counts)[-1]) + 1 if counts.any() else 0
        silent = 0 if since[place] else len(counts) - last
        return replace(
            seen,
            began_late=not counts[: len(counts) // 2].any() and int(before[place]) <= STRAY,
            silent=silent,
            missed=float(counts.sum()) / max(last, 1) * silent,
            turned=_turned(counts, seen.direction),
        )

    @property
    def ended(self) -> bool | None:
        """Tell whether nothing came for long enough, or None where that is not known."""
        return None if self.silent is None else self.silent >= GONE_PERIODS

    @property
    def word(self) -> TrendWord:
        """The word for everyone."""
        word = self._word()
        return TrendWord.STEADY if self.turned and word in {TrendWord.GROWING, TrendWord.FALLING} else word

    def _word(self) -> TrendWord:
        if self.ended and (self.direction < 0 or self.missed >= GONE_MISSED):
            return TrendWord.GONE
        word = _WORDS.get(self.pattern) or self._by_direction()
        if word is TrendWord.GONE and self.ended is False:
            return self._by_direction()
        if self.began_late and (word is TrendWord.GROWING or self.pattern in _HOT_NOW):
            return TrendWord.NEW
        if word is TrendWord.NEW and self.began_late is False:
            # One high period of a place that was there all the time is nothing new.
            return self._by_direction()
        return word

    def _by_direction(self) -> TrendWord:
        if self.direction > 0:
            return TrendWord.GROWING
        if self.direction == 0:
            return TrendWord.STEADY
        return TrendWord.GONE if self.hot and self.ended is None and self.pattern is Pattern.NONE else TrendWord.FALLING


def _turned(counts: npt.NDArray[Any], direction: int) -> bool:
    """Tell whether the last periods lie on the other side of those before them than the rise or fall of all says."""
    if not direction or len(counts) < 2 * OF_LATE:
        return False
    late, before = int(counts[-OF_LATE:].sum()), int(counts[-2 * OF_LATE : -OF_LATE].sum())
    return (late - before) * direction < 0


def _too_few(periods: int, reports: int, period: str) -> Trend:
    sentence = (
        f"Too few to say: {_counted(reports, 'report')} in {_counted(periods, period)}. "
        f"It takes at least {MIN_REPORTS} reports and {_counted(MIN_PERIODS, period)}."
    )
    return Trend(TrendWord.TOO_FEW, sentence, "No test was made.", periods, reports)


def _one(seen: _Seen, reports: int, period: str) -> Trend:
    tooltip = (
        f"{seen.pattern.value.capitalize()}: {_EXPLAINED[seen.pattern]}. Mann-Kendall test on z: "
        f"S = {seen.s}, p {_p_text(seen.p)}; {round(seen.slope, 2) + 0.0:+.2f} z per {period}."
    )
    return Trend(
        word=seen.word,
        sentence=_sentence(seen, period),
        tooltip=tooltip,
        periods=seen.periods,
        reports=reports,
        hot_periods=seen.hot,
        pattern=seen.pattern,
        p=seen.p,
        slope=seen.slope,
    )


def _sentence(seen: _Seen, period: str) -> str:
    hot, pattern, word, of = seen.hot, seen.pattern, seen.word, _counted(seen.periods, period)
    share = f"Above what is usual in {hot} of {of}"
    if word is TrendWord.NEW and seen.began_late:
        return f"Next to nothing before, and nothing in the first {seen.periods // 2} of {of}; reports came since."
    if word is TrendWord.GONE and seen.silent:
        return (
            f"No report in the last {_counted(seen.silent, period)}, where about {seen.missed:.0f} were usual before."
        )
    if seen.turned and word is TrendWord.STEADY:
        rose, fewer = ("Rose", "fewer") if seen.direction > 0 else ("Fell", "more")
        return f"{rose} over {of}, but the last {OF_LATE} had {fewer} than the {OF_LATE} before."
    if pattern is Pattern.NONE:
        before = f"Not above what is usual in the last {period}"
        ending = {
            TrendWord.GROWING: f"Rising over {of}, though not above what is usual in the last {period}.",
            TrendWord.FALLING: f"Falling over {of}.",
            TrendWord.GONE: f"{before}; it was in {hot} of {of}, and has fallen since.",
            TrendWord.STEADY: f"No clear rise or fall over {of}"
            + (f"; above what is usual in {hot} of them." if hot else "."),
        }
        return ending.get(word, ending[TrendWord.STEADY])
    going = {1: "it is rising", -1: "but it is falling", 0: "it comes and goes"}[seen.direction]
    return {
        Pattern.NEW: f"Above what is usual in the last {period}, for the first time in {of}.",
        Pattern.CONSECUTIVE: f"Above what is usual in each of the last {_counted(hot, period)}, and never before.",
        Pattern.INTENSIFYING: f"{share}, and rising.",
        Pattern.PERSISTENT: f"{share}, without a clear rise or fall.",
        Pattern.DIMINISHING: f"{share}, but falling.",
        Pattern.OSCILLATING: f"{share}, the last one included, and below it at other times: {going}.",
        Pattern.HISTORICAL: f"{share}, but not in the last {period}.",
        Pattern.SPORADIC: f"{share}, the last one included: {going}.",
    }[pattern]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _p_text(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"
