"""Is this week like the weeks before it? Counts of many series, each against its own weeks.

Three things make a usual week look unusual: too few counts for a rule of thumb, counts that swing more
than chance alone (weather, one keen caller), and a base of few weeks that is itself a matter of chance.
The law used here allows for all three. What a usual week is has no trend in it: eight weeks are short
enough for that, and a long base is only drawn as a line to look at.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, nbinom, norm
from scipy.stats import t as student

from geo.arrays import Floats, Ints, Mask
from geo.dispersion import NEARLY_POISSON
from geo.errors import GeoError

#: Weeks in the band, and in the line of a year.
BAND_WEEKS, LINE_WEEKS = 8, 52
#: With fewer weeks nothing is said about a usual one.
LEAST_WEEKS = 6
#: The weeks of a band are looked for in so many times as many, should some be of no use.
_REACH = 2
#: As many degrees of freedom as the swing of all other series together counts for.
COMMON_FREEDOM = 8.0
# From so many blocks on, beside the newest, the wildest is pulled in.
_LEAST_BLOCKS = 4
# Half an event more (Jeffreys): eight weeks without any do not prove that there are never any.
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Swing:
    """How much the counts of each series swing, (n,) each.

    ``dispersion`` variance / mean, at least 1; ``freedom`` how many degrees of freedom it rests on, infinite
    where the counts are taken for Poisson.
    """

    dispersion: Floats
    freedom: Floats


@dataclass(frozen=True, slots=True)
class WeekTest:
    """One week of each series against its base, (n,) each; NaN (ranges: -1) where the base is too short.

    ``expected`` count; ``low`` to ``high`` what is usual, both included; ``p`` two-sided; ``z`` the same as
    standard deviations of a normal law, negative for less than expected; ``weeks`` of the base;
    ``dispersion`` what the range was made with.
    """

    expected: Floats
    low: Ints
    high: Ints
    p: Floats
    z: Floats
    weeks: Ints
    dispersion: Floats


def latest_weeks(usable: npt.ArrayLike, weeks: int) -> Mask:
    """Return which weeks are the base of each series: the last usable ones.

    Parameters
    ----------
    usable : array_like of bool, shape (n, t)
        The weeks before this one, the oldest first; False for a week with missing days or a faulty feed.
    weeks : int
        How many are wanted, from 1. They are looked for in the last ``2 * weeks``.

    Returns
    -------
    ndarray of bool, shape (n, t)

    Notes
    -----
    Shewhart's rational subgroups (1931): like is compared with like and near. It does not know which weeks
    are faulty; the caller does.

    Examples
    --------
    >>> latest_weeks([[True, True, False, True]], 2).tolist()
    [[False, True, False, True]]
    """
    fit = np.asarray(usable, dtype=np.bool_).copy()
    fit[:, : max(0, fit.shape[1] - _REACH * weeks)] = False
    later = np.cumsum(fit[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(fit & (later <= weeks))


def week_swing(
    counts: npt.ArrayLike,
    usable: npt.ArrayLike,
    *,
    season: npt.ArrayLike = 1.0,
    block_weeks: int = BAND_WEEKS + 1,
    common_freedom: float = COMMON_FREEDOM,
) -> Swing:
    """Return how much more than Poisson the weeks of each series swing.

    Each series is cut, from its last week backwards, into blocks as long as a band with the week that is held
    against it, and the weeks of a block are compared with the mean of that block: a slow change over the
    year is not taken for swing. What few weeks tell badly is steadied by the other series.

    Parameters
    ----------
    counts : array_like, shape (n, t)
        Reports of n series in t weeks, the oldest first; the week that is judged is not among them.
    usable : array_like of bool, shape (n, t) or (t,)
        False for weeks that are left out.
    season : array_like, shape (n, t) or (t,)
        How busy each week is by the season, in any unit, above 0.
    block_weeks : int
        Length of a block, from 2.
    common_freedom : float
        Weight of the other series, in degrees of freedom; 0 for each series by itself.

    Returns
    -------
    Swing
        In the order of the series. Up to 1.2 counts are taken for Poisson with certainty.

    Raises
    ------
    GeoError
        For shapes that do not fit, negative or missing counts, a season not above 0.

    Notes
    -----
    Pearson's statistic over its degrees of freedom as a ratio of sums (:func:`geo.dispersion.pooled_dispersion`
    block by block), drawn towards the median of all series as variances are by Smyth (2004), Statistical
    Applications in Genetics and Molecular Biology 3, with a fixed weight. Where four blocks or more are known beside
    the newest, the wildest of them is pulled in to the next (and the mean corrected for that), so that one week
    of storm does not widen the range for a year; a storm within the band does, until it has left it. Weeks
    that hang together from one to the next (a storm of a fortnight) swing more against a band than this says.

    Examples
    --------
    >>> calm, wild = [5, 4, 6, 5, 4, 6, 5, 4, 6], [0, 14, 1, 0, 15, 2, 0, 12, 1]
    >>> week_swing([calm, wild], np.ones(9, bool), common_freedom=0).dispersion.round(1).tolist()
    [1.0, 8.6]
    """
    table, fit, busy = _tables(counts, usable, season)
    if block_weeks < 2:
        raise GeoError(f"Blocks of {block_weeks} weeks were asked for.", "One week has no swing.", "Use 9.")
    block = (np.cumsum(fit[:, ::-1], axis=1)[:, ::-1] - 1) // block_weeks
    parts = [_block(table, busy, fit & (block == number)) for number in range(int(block.max(initial=-1)) + 1)]
    none = np.zeros((len(table), 0))
    squares, usual, freedom = (np.column_stack((none, *(part[of] for part in parts))) for of in range(3))
    squares = _pulled_in(squares, usual, block_weeks - 1)
    total, free = usual.sum(axis=1), freedom.sum(axis=1)
    own = np.divide(squares.sum(axis=1), total, out=np.ones(len(table)), where=total > 0)
    others = np.minimum(common_freedom, free.sum() - free)
    common = _usual_swing(own, total, free)
    weight = np.maximum(free + others, 1e-9)
    spread = np.maximum(1.0, (own * free + common * others) / weight)
    return Swing(spread, np.where(spread <= NEARLY_POISSON, np.inf, np.maximum(weight, 1.0)))


def judge_week(
    now: npt.ArrayLike,
    counts: npt.ArrayLike,
    base: npt.ArrayLike,
    swing: Swing,
    *,
    season: npt.ArrayLike = 1.0,
    season_now: npt.ArrayLike = 1.0,
    season_error: npt.ArrayLike = 0.0,
    level: float = 0.95,
    least_weeks: int = LEAST_WEEKS,
) -> WeekTest:
    """Hold this week of each series against its base.

    Parameters
    ----------
    now : array_like, shape (n,)
        Reports of this week.
    counts : array_like, shape (n, t)
        Those of the weeks before, the oldest first.
    base : array_like of bool, shape (n, t) or (t,)
        Which of them are the base (:func:`latest_weeks`).
    swing : Swing
        Of the same series (:func:`week_swing`).
    season, season_now : array_like, shapes (n, t) or (t,), and (n,) or a number
        How busy the weeks before and this one are by the season, in one unit, above 0.
    season_error : array_like, shape (n,) or a number
        Standard error of the logarithm of ``season_now`` over the base's mean season.
    level : float
        Share of usual weeks that lie in the range.
    least_weeks : int
        A shorter base says nothing.

    Returns
    -------
    WeekTest
        In the order of the series.

    Raises
    ------
    GeoError
        For shapes that do not fit, negative or missing counts, a season not above 0, a level out of range.

    Notes
    -----
    The rate of the base is gamma distributed round what was counted (half an event added), so that this week's Poisson
    count is negative binomial with the variance (1 + 1/weeks) times its mean; counts that swing get dispersion times
    that ("NB1", Cameron and Trivedi 1986). p doubles the smaller tail and counts half of the outcome itself (mid-p,
    Lancaster 1961). As the dispersion is an estimate, tails are read from Student's law of its freedom in
    place of the normal one. benchmarks/signals.py measures how often it errs.

    A small p says that the week is unlike its base, not why. One series in four hundred is beyond z = 3 by
    chance: where many are looked at, adjust p (:func:`geo.significance.q_values`).

    Examples
    --------
    >>> calm = [[8, 7, 9, 8, 6, 10, 8, 8]]
    >>> swing = week_swing(calm, np.ones(8, bool))
    >>> found = judge_week([21], calm, np.ones(8, bool), swing)
    >>> found.expected.round(1).tolist(), found.low.tolist(), found.high.tolist(), found.z.round(1).tolist()
    ([8.0], [3], [15], [3.5])
    """
    table, fit, busy = _tables(counts, base, season)
    count, this, error = (
        np.broadcast_to(np.asarray(each, dtype=np.float64), len(table)) for each in (now, season_now, season_error)
    )
    if not all(np.isfinite(each).all() for each in (count, this, error)) or (count < 0).any() or (this <= 0).any():
        raise GeoError(
            "This week's counts or season hold a missing or negative value.",
            "A count is 0 or more and a season above 0.",
            "Pass one of each for every series.",
        )
    if not 0.0 < level < 1.0:
        raise GeoError(f"level is {level!r}.", "A share of weeks lies between 0 and 1.", "Choose 0.95.")
    weeks = fit.sum(axis=1)
    told = weeks >= max(least_weeks, 1)
    total, span = (np.where(fit, each, 0.0).sum(axis=1) for each in (table, busy))
    part = np.divide(this, span, out=np.ones(len(table)), where=span > 0)
    mean = (total + _HALF) * part
    ratio = swing.dispersion * (1.0 + part) + mean * error**2
    size, chance = mean / (ratio - 1.0), 1.0 / ratio
    there = nbinom.pmf(count, size, chance)
    above = nbinom.sf(count, size, chance) + there / 2
    below = nbinom.cdf(count, size, chance) - there / 2
    tail = np.clip(np.minimum(above, below), 1e-300, 0.5)
    p = np.minimum(1.0, 2.0 * _wider(tail, swing.freedom))
    z = np.where(above < below, 1.0, -1.0) * norm.isf(p / 2)
    # The tails that Student's law makes as large as half of what the level leaves.
    edge = norm.sf(_student_isf((1.0 - level) / 2.0, swing.freedom))
    low, high = nbinom.ppf(edge, size, chance), nbinom.isf(edge, size, chance)
    return WeekTest(
        expected=np.where(told, total * part, np.nan),
        low=np.where(told, low, -1).astype(np.int64),
        high=np.where(told, high, -1).astype(np.int64),
        p=np.where(told, p, np.nan),
        z=np.where(told, z, np.nan),
        weeks=weeks.astype(np.int64),
        dispersion=np.where(told, swing.dispersion, np.nan),
    )


def root_score(
    now: npt.ArrayLike, before: npt.ArrayLike, *, dispersion: npt.ArrayLike = 1.0, weeks: npt.ArrayLike = 1.0
) -> Floats:
    """Return how many standard deviations a count is from the mean of ``weeks`` like it, by square roots.

    Parameters
    ----------
    now, before : array_like, shape (n,) or a number
        This count, and the mean of those before, 0 or more.
    dispersion : array_like
        Variance / mean of such counts, above 0.
    weeks : array_like
        How many counts the mean is of, above 0: with 1 it is sqrt(2) (sqrt(now) - sqrt(before)) / sqrt(dispersion).

    Returns
    -------
    ndarray, shape (n,), float64

    Raises
    ------
    GeoError
        For negative or missing counts, or a dispersion or number of weeks that is not above 0.

    Notes
    -----
    The root of a Poisson count has a variance of about 1/4 (Bartlett 1936). To be worked out on paper; from
    about ten on it is close to :func:`judge_week`. Below, it is not: at a mean of 2 to 4 it is beyond 3 in 1 to 2 % of
    usual weeks. The often used 2 (sqrt(now) - sqrt(before)) takes the count before for certain.

    Examples
    --------
    >>> root_score(25, 9).round(2).tolist(), root_score(25, 9, dispersion=2, weeks=8).round(2).tolist()
    ([2.83], [2.67])
    """
    count, mean, spread, base = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in (now, before, dispersion, weeks))
    )
    if not ((count >= 0) & (mean >= 0) & (spread > 0) & (base > 0)).all():
        raise GeoError(
            "A root score of a negative or missing value was asked for.",
            "Counts are 0 or more, a dispersion and a number of weeks above 0.",
            "Check the counts.",
        )
    return np.asarray(2.0 * (np.sqrt(count) - np.sqrt(mean)) / np.sqrt(spread * (1.0 + 1.0 / base)))


def _block(table: Floats, busy: Floats, inside: Mask) -> tuple[Floats, Floats, Floats]:
    """Return squared distances from the mean of a block, what chance makes of them, and its freedom, (n,) each."""
    share = np.where(inside, busy, 0.0)
    whole = share.sum(axis=1, keepdims=True)
    share = np.divide(share, whole, out=np.zeros_like(share), where=whole > 0)
    total = np.where(inside, table, 0.0).sum(axis=1)
    squares = (np.where(inside, table - total[:, None] * share, 0.0) ** 2).sum(axis=1)
    usual = total * (1.0 - (share * share).sum(axis=1)) * (whole[:, 0] > 0)
    return squares, usual, np.where(total > 0, np.maximum(inside.sum(axis=1) - 1.0, 0.0), 0.0)


def _pulled_in(squares: Floats, usual: Floats, freedom: int) -> Floats:
    """Return the squares (n, blocks) with the wildest of the older blocks pulled in to the next.

    The newest block, the first, stays as it is: what is in the band must be in its range, or the weeks after a storm
    would all be less than usual.
    """
    older, chance = squares[:, 1:], usual[:, 1:]
    if older.shape[1] < _LEAST_BLOCKS:
        return squares
    ratio = np.divide(older, chance, out=np.zeros_like(older), where=chance > 0)
    told = (chance > 0).sum(axis=1)
    most = np.sort(ratio, axis=1)[:, -2]
    left = np.array([_left_by_chance(int(number), freedom) for number in range(older.shape[1] + 1)])
    pulled = np.minimum(older, most[:, None] * chance) / left[told][:, None]
    return np.column_stack((squares[:, 0], np.where(told[:, None] >= _LEAST_BLOCKS, pulled, older)))


@lru_cache(maxsize=128)
def _left_by_chance(blocks: int, freedom: int) -> float:
    """Return the mean swing that is left of 1 where the wildest of so many blocks is pulled in to the next."""
    if blocks < _LEAST_BLOCKS:
        return 1.0
    swing = np.linspace(0.0, 12.0, 4_001)
    below = chi2.cdf(swing * freedom, freedom)
    return 1.0 - float(np.trapezoid(below ** (blocks - 1) * (1.0 - below), swing))


def _usual_swing(own: Floats, usual: Floats, freedom: Floats) -> float:
    """Return the middle of how much the series swing: a few that were hit by a storm do not speak for all."""
    # A series with hardly any report a week says too little about swing to have a vote.
    told = usual >= freedom
    told &= freedom > 0
    if not told.any():
        return max(1.0, float((own * usual).sum() / usual.sum())) if usual.any() else 1.0
    middle = chi2.ppf(0.5, freedom[told]) / freedom[told]
    return float(np.median(own[told] / middle))


def _wider(tail: Floats, freedom: Floats) -> Floats:
    """Return Student's tail at the quantile at which the normal law has ``tail``."""
    certain = np.isinf(freedom)
    return np.asarray(np.where(certain, tail, student.sf(norm.isf(tail), np.where(certain, 1.0, freedom))))


def _student_isf(tail: float, freedom: Floats) -> Floats:
    certain = np.isinf(freedom)
    return np.asarray(np.where(certain, norm.isf(tail), student.isf(tail, np.where(certain, 1.0, freedom))))


def _tables(counts: npt.ArrayLike, usable: npt.ArrayLike, season: npt.ArrayLike) -> tuple[Floats, Mask, Floats]:
    """Return counts, which weeks are used, and how busy they are by the season, (n, t) each."""
    table = np.asarray(counts, dtype=np.float64)
    try:
        if table.ndim != 2:
            raise ValueError
        fit = np.broadcast_to(np.asarray(usable, dtype=np.bool_), table.shape)
        busy = np.broadcast_to(np.asarray(season, dtype=np.float64), table.shape)
    except ValueError:
        raise GeoError(
            f"Weeks of the shapes {table.shape}, {np.shape(usable)} and {np.shape(season)} were passed.",
            "There is a row for each series and a column for each week.",
            "Pass counts (series, weeks), and for every week whether it is used.",
        ) from None
    # What a week that is left out holds does not matter: it may be missing.
    used = table[fit]
    if not np.isfinite(used).all() or (used < 0).any() or not (np.isfinite(busy) & (busy > 0)).all():
        raise GeoError(
            "Weekly counts hold a negative or missing value, or a season not above 0.",
            "A count is 0 or more.",
            "Mark a week that is missing as not usable.",
        )
    return np.where(fit, table, 0.0), fit, busy
