"""Which weekly series are unlike their usual weeks, and the sentence that the numbers support.

A series is one category in one area: all of them that somebody could look at are passed together, because
the more one looks at the more stands out by chance. A page that shows some of them shows the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.seasons import Season, season_of
from geo.significance import q_values
from geo.weekly import BAND_WEEKS, LEAST_WEEKS, LINE_WEEKS, WeekTest, judge_week, latest_weeks, week_swing
from problems.errors import InputRefused

#: Where neither the count nor what is expected reaches it, there are too few to say.
FEWEST: Final = 5
#: A line of the year takes at least so many weeks before those of the band.
LEAST_LINE_WEEKS: Final = 26
#: Largest share of false alarms among the series that are called out.
MOST_FALSE: Final = 0.05

Counts = npt.NDArray[np.int64]
Usable = npt.NDArray[np.bool_]


class SignalWord(StrEnum):
    """How this week of one series compares with its usual weeks."""

    MORE = "more"
    LESS = "less"
    EDGE = "edge"
    USUAL = "usual"
    TOO_FEW = "too_few"
    NO_BASE = "no_base"
    NOT_COMPARED = "not_compared"

    @property
    def label(self) -> str:
        """The word as it is shown."""
        return {
            SignalWord.MORE: "More than usual",
            SignalWord.LESS: "Less than usual",
            SignalWord.EDGE: "At the edge of the usual",
            SignalWord.USUAL: "As usual",
            SignalWord.TOO_FEW: "Too few to say",
            SignalWord.NO_BASE: "Too few weeks known",
            SignalWord.NOT_COMPARED: "Not compared",
        }[self]

    @property
    def is_called_out(self) -> bool:
        """Whether it stands up to having looked at all the series."""
        return self in (SignalWord.MORE, SignalWord.LESS)


@dataclass(frozen=True, slots=True)
class Range:
    """What is usual: ``expected`` reports, ``low`` to ``high`` both included, from ``weeks`` weeks.

    ``z`` is how far this week is from it in standard deviations, ``p`` how often chance alone goes so far,
    ``q`` the same adjusted for all the series that were looked at.
    """

    expected: float
    low: int
    high: int
    weeks: int
    z: float
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class Signal:
    """One series this week: the word, the sentence, and what they rest on.

    ``band`` is that of the last eight usable weeks, ``line`` that of the rest of the year before; None where too
    few weeks are known. ``above_line`` tells that a week like its band is unlike that year: 1 above, -1 below, else 0.
    ``dispersion`` is how many times more than chance its weeks swing. ``seasonal`` tells that the time
    of the year was allowed for.
    """

    name: str
    count: int
    word: SignalWord
    sentence: str
    band: Range | None = None
    line: Range | None = None
    above_line: int = 0
    dispersion: float | None = None
    seasonal: bool = False


@dataclass(frozen=True, slots=True)
class Signals:
    """All series of a week, in the order they were given; ``looked_at`` tests were made."""

    every: tuple[Signal, ...]
    looked_at: int

    @property
    def called_out(self) -> tuple[Signal, ...]:
        """Those that stand up to having looked at all, what is least likely first."""
        found = [one for one in self.every if one.word.is_called_out]
        return tuple(sorted(found, key=lambda one: (one.band.p if one.band else 1.0, one.name)))

    @property
    def sentence(self) -> str:
        """Say how many stand out of how many."""
        if not self.looked_at:
            return "Nothing could be compared: too few weeks are known before this one."
        compared = sum(one.band is not None for one in self.every)
        found = len(self.called_out)
        of = f"{compared:,} series that were compared" if compared != 1 else "the one series that was compared"
        if not found:
            return (
                f"None of the {of} is unlike its usual weeks by more than chance."
                if compared != 1
                else ("The one series that was compared is not unlike its usual weeks by more than chance.")
            )
        return f"{found} of {of} {'is' if found == 1 else 'are'} unlike {'its' if found == 1 else 'their'} usual weeks."


def weekly_signals(
    counts: npt.ArrayLike,
    names: Sequence[str],
    week_starts: Sequence[date],
    *,
    usable: npt.ArrayLike | None = None,
    pools: npt.ArrayLike | None = None,
    most_false: float = MOST_FALSE,
) -> Signals:
    """Hold the last week of every series against its usual weeks.

    Parameters
    ----------
    counts : array_like, shape (n, t)
        Reports of n series in t successive weeks; the last column is the week that is judged.
    names : (n,)
        What each series is called: "Street lighting in Northside".
    week_starts : (t,)
        The first day of each week, seven days apart.
    usable : array_like of bool, shape (t,) or (n, t), optional
        False for weeks with missing days or a faulty feed: they are no base, and are not judged.
    pools : array_like, shape (n,), optional
        The row that tells the season of each series, such as its category in the whole city; without it
        (or -1) no season is allowed for. With less than two years known none is either.
    most_false : float
        Share of false alarms among those that are called out.

    Returns
    -------
    Signals
        In the order of the series. Both tests of each series, against its band and against the year, are of
        one family (Benjamini and Hochberg).

    Raises
    ------
    InputRefused
        When shapes do not fit, counts are negative, or the weeks do not follow each other.

    Notes
    -----
    A series that is called out is unlike its weeks, not why. One that is not may have changed all the same:
    of few reports only a large change can be told from chance. The more series are passed, the larger it must be.
    """
    if not names:
        return Signals((), 0)
    table, fit, pool = _checked(counts, names, week_starts, usable, pools)
    before, fit_before, judged = table[:, :-1], fit[:, :-1], fit[:, -1]
    seasons = _seasons(table, fit, pool, week_starts)
    reach = slice(max(0, before.shape[1] - LINE_WEEKS), None)
    newest = latest_weeks(fit_before, BAND_WEEKS)
    band = _compared(table, newest, fit_before, seasons, reach, BAND_WEEKS + 1, LEAST_WEEKS)
    # Without the weeks of the band: a step that has lasted must not hide in its own yardstick.
    year = fit_before & ~newest
    year[:, : reach.start] = False
    line = _compared(table, year, year, seasons, reach, LINE_WEEKS + 1, LEAST_LINE_WEEKS)
    p = np.concatenate([np.where(judged, band.p, np.nan), np.where(judged, line.p, np.nan)])
    q_band, q_line = np.split(q_values(p), 2)
    told = np.isfinite(band.p) & judged
    edges = round(0.05 * int(told.sum()))
    found = tuple(
        _signal(
            name,
            int(table[row, -1]),
            _range(band, q_band, row),
            _range(line, q_line, row),
            judged=bool(judged[row]),
            most_false=most_false,
            edges=edges,
            dispersion=float(band.dispersion[row]),
            seasonal=seasons.known[row],
        )
        for row, name in enumerate(names)
    )
    return Signals(found, int(np.isfinite(p).sum()))


@dataclass(frozen=True, slots=True)
class _Seasons:
    """How busy every week is for each series (n, t), with the season it is from, if any."""

    busy: npt.NDArray[np.float64]
    known: list[bool]
    of_row: list[Season | None]
    year_share: npt.NDArray[np.float64]


def _seasons(table: npt.NDArray[np.float64], fit: Usable, pool: Counts, starts: Sequence[date]) -> _Seasons:
    middles = [start + timedelta(days=3) for start in starts]
    share = np.array([(day - date(day.year, 1, 1)).days / 365.25 for day in middles])
    found: dict[int, Season | None] = {-1: None}
    for row in np.unique(pool[pool >= 0]).tolist():
        found[row] = season_of(table[row, :-1], share[:-1], fit[row, :-1])
    of_row = [found[row] for row in pool.tolist()]
    busy = np.stack([np.ones(len(starts)) if one is None else one.factors(share) for one in of_row])
    return _Seasons(busy, [one is not None for one in of_row], of_row, share)


def _compared(
    table: npt.NDArray[np.float64],
    base: Usable,
    fit: Usable,
    seasons: _Seasons,
    reach: slice,
    block_weeks: int,
    least_weeks: int,
) -> WeekTest:
    before, busy = table[:, :-1], seasons.busy[:, :-1]
    swing = week_swing(before[:, reach], fit[:, reach], season=busy[:, reach], block_weeks=block_weeks)
    error = [
        one.error(float(seasons.year_share[-1]), seasons.year_share[:-1][base[row]])
        if one is not None and base[row].any()
        else 0.0
        for row, one in enumerate(seasons.of_row)
    ]
    now = np.nan_to_num(table[:, -1])
    return judge_week(
        now,
        before,
        base,
        swing,
        season=busy,
        season_now=seasons.busy[:, -1],
        season_error=error,
        least_weeks=least_weeks,
    )


def _range(test: WeekTest, q: npt.NDArray[np.float64], row: int) -> Range | None:
    if not np.isfinite(test.p[row]):
        return None
    return Range(
        expected=float(test.expected[row]),
        low=int(test.low[row]),
        high=int(test.high[row]),
        weeks=int(test.weeks[row]),
        z=float(test.z[row]),
        p=float(test.p[row]),
        q=float(q[row]),
    )


def _signal(
    name: str,
    count: int,
    band: Range | None,
    line: Range | None,
    *,
    judged: bool,
    most_false: float,
    edges: int,
    dispersion: float,
    seasonal: bool,
) -> Signal:
    if not judged:
        said = "Days are missing from this week, or its feed was faulty: it is not compared."
        return Signal(name, count, SignalWord.NOT_COMPARED, said)
    if band is None:
        said = f"{_this_week(count)}. Fewer than {LEAST_WEEKS} usable weeks are known before it: too few to say."
        return Signal(name, count, SignalWord.NO_BASE, said)
    word = _word(count, band, most_false)
    above = 0
    if word is SignalWord.USUAL and line is not None and line.q <= most_false:
        above = 1 if line.z > 0 else -1
    sentence = f"{_this_week(count)}, {range_words(band.low, band.high)} expected: {_ending(word, count, band, edges)}."
    if above and line is not None:
        sentence += f" The last weeks were like it; the year before them had {range_words(line.low, line.high)} a week."
    return Signal(name, count, word, sentence, band, line, above, dispersion, seasonal)


def _word(count: int, band: Range, most_false: float) -> SignalWord:
    if max(float(count), band.expected) < FEWEST:
        return SignalWord.TOO_FEW
    if band.q <= most_false:
        return SignalWord.MORE if band.z > 0 else SignalWord.LESS
    return SignalWord.USUAL if band.low <= count <= band.high else SignalWord.EDGE


def _ending(word: SignalWord, count: int, band: Range, edges: int) -> str:
    if word is not SignalWord.EDGE:
        return word.label.lower()
    side = "a little more" if count > band.high else "a little less"
    by_chance = f"about {edges} of the series are so by chance" if edges > 1 else "one series in twenty is so by chance"
    return f"{side} than that, but {by_chance}"


def range_words(low: int, high: int) -> str:
    """Return a range as people say it: "5 to 11", or one number where both ends are the same."""
    return str(low) if low == high else f"{low} to {high}"


def _this_week(count: int) -> str:
    return f"{count} this week" if count else "None this week"


def _checked(
    counts: npt.ArrayLike,
    names: Sequence[str],
    starts: Sequence[date],
    usable: npt.ArrayLike | None,
    pools: npt.ArrayLike | None,
) -> tuple[npt.NDArray[np.float64], Usable, Counts]:
    table = np.asarray(counts, dtype=np.float64)
    shape = (len(names), len(starts))
    fits = table.shape == shape and len(starts) >= 1
    steps = {(later - earlier).days for earlier, later in pairwise(starts)}
    if not fits or steps - {7}:
        raise InputRefused(
            f"Counts of the shape {table.shape} for {len(names)} series and {len(starts)} weeks were given.",
            "There is a row for each series and a column for each week, and the weeks follow each other.",
            "Give a count for every week, 0 where nothing was reported.",
        )
    mark = np.ones(shape[1], dtype=np.bool_) if usable is None else np.asarray(usable, dtype=np.bool_)
    pool = np.full(shape[0], -1) if pools is None else np.asarray(pools, dtype=np.int64)
    if mark.shape not in (shape, shape[1:]) or pool.shape != shape[:1] or (pool >= shape[0]).any() or (pool < -1).any():
        raise InputRefused(
            f"Marks of the shape {mark.shape} and season rows of the shape {pool.shape} were given.",
            "Each week is usable or not, and each season is told by one of the series.",
            "Give a mark for each week and the number of a row for each series.",
        )
    fit = np.broadcast_to(mark, shape)
    used = table[fit]
    if not np.isfinite(used).all() or (used < 0).any():
        raise InputRefused(
            "A weekly count is negative or missing.",
            "A week has 0 reports or more.",
            "Mark a week of which nothing is known as not usable.",
        )
    return np.where(fit | np.isfinite(table), table, 0.0), fit, pool
