"""How much more counts swing than chance alone would make them, and the law of counts that swing so.

Two measures of variance over mean are kept, which are the same for one place or for places that are alike:

- :func:`pooled_dispersion` adds up squares and what chance would make of them over all places, then divides: every
  report counts alike. It stays right for places with hardly any reports each (squares of 150 m), and for periods of
  unequal length. What is usual for hot spots is judged with it.
- :func:`mean_dispersion` divides place by place, then takes the mean: every place counts alike. It is for a
  few places with several reports a period each, of which a single busy one must not speak for all: a problem and its
  comparison places. Assessments that were kept are computed again with it, to the same figures.
"""

import math

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammaln, pdtr

from geo.errors import GeoError

#: So close to 1 the negative binomial law is the Poisson law, and its parameters lose their digits.
_SAME_AS_POISSON = 1 + 1e-6

#: Below this the plain Poisson law is close enough, and one parameter fewer is to be known.
NEARLY_POISSON = 1.2


def pooled_dispersion(counts: npt.ArrayLike, *, lengths: npt.ArrayLike | None = None) -> float:
    """Return how much more than Poisson counts vary from period to period: variance / mean, every report alike.

    Parameters
    ----------
    counts : array_like, shape (n, t)
        Counts of n places in t reference periods, 0 or more; not the window that is judged.
    lengths : array_like, shape (t,), optional
        Lengths of the periods in one unit (days), above 0; equal where not given.

    Returns
    -------
    float
        Squared distances of all counts from the mean of their place over what Poisson counts of these
        totals have: 1 on average for Poisson counts however small they are. NaN without any report,
        or with one period only.

    Raises
    ------
    GeoError
        For other shapes, negative or missing counts, or lengths not above 0.

    Notes
    -----
    The index of dispersion (Fisher, Thornton and Mackenzie 1922; for equal means Pearson's statistic
    over its degrees of freedom) as a ratio of sums: the mean of the ratios reads low for small
    dispersed counts (:func:`mean_dispersion`). Busy places weigh more. Its standard error for Poisson
    counts of n like places is about sqrt(2 / (n * (t - 1))): with n * t below 100 it is a rough figure.
    A season or a trend that all places share counts as dispersion. One figure for all places: that some
    places vary more than others is not seen.

    Examples
    --------
    >>> round(pooled_dispersion([[2, 6, 4], [9, 1, 2]]), 3)
    2.875
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0.0).any():
        raise GeoError(
            f"The dispersion of counts of the shape {table.shape} was asked for.",
            "There must be a row for each place, a column for each period, and counts of 0 or more.",
            "Pass 0 for a period without reports.",
        )
    share = np.ones(table.shape[1]) if lengths is None else np.asarray(lengths, dtype=np.float64)
    if share.shape != (table.shape[1],) or not np.isfinite(share).all() or (share <= 0.0).any():
        raise GeoError(
            f"Lengths of the shape {share.shape} were passed for {table.shape[1]} periods.",
            "Each period has a length above 0.",
            "Pass the days of each period.",
        )
    share = share / share.sum()
    total = table.sum(axis=1)
    usual = float(total.sum() * (1.0 - (share * share).sum()))
    if table.shape[1] < 2 or usual <= 0.0:
        return float("nan")
    return float(((table - total[:, None] * share[None, :]) ** 2).sum() / usual)


def mean_dispersion(counts: npt.ArrayLike) -> float | None:
    """Return the variance of counts over their mean, each place against its own mean, every place alike.

    Parameters
    ----------
    counts : (places, periods) int
        Counts of periods of equal length, at least 0; a single row may be given as (periods,).

    Returns
    -------
    float or None
        Pearson's chi square over its degrees of freedom: about 1 when the counts are Poisson, 2
        when their variance is twice their mean. Not cut off at 1. None when there are fewer than
        two periods or no place has any count.

    Raises
    ------
    ValueError
        When a count is negative or not finite, or the array has more than two dimensions.

    Notes
    -----
    McCullagh and Nelder, Generalized Linear Models (1989), 4.5 and 6.2.3. The result does not tell
    of swings that are slower than the whole series (a season, a year), nor of how one period hangs
    together with the next: both make two long windows differ more than this says. It reads low for
    small counts that swing (measured, true value 2.5, 26 periods: 2.46 with 3 a period, 2.35 with 1, 1.84 with
    0.1; four periods: 2.20, 1.93, 1.67): where there are many such places :func:`pooled_dispersion` is right.

    Examples
    --------
    >>> mean_dispersion([2, 4, 6])
    1.0
    >>> mean_dispersion([[2, 4, 6], [20, 40, 60]])
    5.5
    """
    table = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError("The counts must be a table of places by periods with numbers of 0 or more.")
    means = table.mean(axis=1) if table.shape[1] else np.zeros(len(table))
    seen = means > 0
    freedom = int(seen.sum()) * (table.shape[1] - 1)
    if freedom < 1:
        return None
    squares = (table[seen] - means[seen, None]) ** 2 / means[seen, None]
    return float(squares.sum() / freedom)


def chances(counts: npt.ArrayLike, *, mean: float, dispersion: float = 1.0) -> npt.NDArray[np.float64]:
    """Return how likely each count is when ``mean`` are expected.

    Parameters
    ----------
    counts : (n,) int
        Counts, at least 0.
    mean : float
        Expected count, at least 0.
    dispersion : float
        Variance over mean, at least 1: Poisson at 1, negative binomial above.

    Returns
    -------
    (n,) float64
        Probabilities, in the order of the counts.

    Raises
    ------
    ValueError
        When the mean is negative or the dispersion below 1.

    Notes
    -----
    The negative binomial whose variance is proportional to its mean (Cameron and Trivedi 1986,
    "NB1"): sums of such counts keep the same dispersion. It describes how counts swing, not why.

    Examples
    --------
    >>> chances([0, 1], mean=1.0).round(4).tolist()
    [0.3679, 0.3679]
    >>> chances([0, 1], mean=1.0, dispersion=2.0).round(4).tolist()
    [0.5, 0.25]
    """
    _check(mean, dispersion)
    number = np.asarray(counts, dtype=np.float64)
    if mean == 0:
        return np.where(number == 0, 1.0, 0.0)
    if dispersion < _SAME_AS_POISSON:
        return np.asarray(np.exp(number * math.log(mean) - mean - gammaln(number + 1)))
    size = mean / (dispersion - 1)
    ways = gammaln(number + size) - gammaln(size) - gammaln(number + 1)
    return np.asarray(np.exp(ways - size * math.log(dispersion) + number * math.log1p(-1 / dispersion)))


def chances_up_to(counts: npt.ArrayLike, *, mean: float, dispersion: float = 1.0) -> npt.NDArray[np.float64]:
    """Return how likely it is to see each count or fewer; 0 for a negative one.

    Parameters, errors and the law are those of :func:`chances`.

    Notes
    -----
    The upper tail of count k is ``1 - chances_up_to(k - 1)``. It says how rare a count is when the mean
    is right, not whether the mean is.

    Examples
    --------
    >>> chances_up_to([-1, 0, 1], mean=1.0, dispersion=2.0).round(4).tolist()
    [0.0, 0.5, 0.75]
    """
    _check(mean, dispersion)
    number = np.asarray(counts, dtype=np.float64)
    if mean == 0:
        return np.where(number >= 0, 1.0, 0.0)
    usable = np.maximum(number, 0.0)
    if dispersion < _SAME_AS_POISSON:
        total = pdtr(usable, mean)
    else:
        total = betainc(mean / (dispersion - 1), usable + 1, 1 / dispersion)
    return np.where(number >= 0, total, 0.0)


def usual_range(*, mean: float, dispersion: float = 1.0, level: float = 0.95) -> tuple[int, int]:
    """Return the lowest and the highest count that are still usual when ``mean`` are expected.

    Parameters
    ----------
    mean, dispersion : float
        As in :func:`chances`.
    level : float
        Share of counts that the range is to hold at least, between 0 and 1.

    Returns
    -------
    tuple of int
        The two quantiles that leave at most half of ``1 - level`` outside on either side. It holds
        ``level`` or a little more, because counts are whole. The mean is taken as known: a mean
        that was itself counted in few periods makes the true range wider.

    Raises
    ------
    ValueError
        When the mean is negative, the dispersion below 1 or the level not between 0 and 1.

    Notes
    -----
    The law is that of :func:`chances`. The range is that of one count: of many, some lie outside by
    chance, and it does not say which.

    Examples
    --------
    >>> usual_range(mean=3.0)
    (0, 7)
    >>> usual_range(mean=3.0, dispersion=2.0)
    (0, 9)
    """
    _check(mean, dispersion)
    if not 0 < level < 1:
        raise ValueError(f"A level of {level} makes no sense: it lies between 0 and 1.")
    numbers = np.arange(highest_to_look_at(mean, dispersion) + 1)
    below = chances_up_to(numbers, mean=mean, dispersion=dispersion)
    tail = (1 - level) / 2
    return int(np.searchsorted(below, tail)), int(np.searchsorted(below, 1 - tail))


def highest_to_look_at(mean: float, dispersion: float) -> int:
    """Return a count so high that what lies above it has a chance of less than 1e-12.

    Notes
    -----
    A bound for adding up probabilities under the law of :func:`chances`; it says nothing about which
    counts are usual.

    Examples
    --------
    >>> bool(chances_up_to([highest_to_look_at(5.0, 3.0)], mean=5.0, dispersion=3.0)[0] > 1 - 1e-12)
    True
    """
    return math.ceil(mean + 10 * math.sqrt(mean * dispersion) + 40 * dispersion)


def _check(mean: float, dispersion: float) -> None:
    if not math.isfinite(mean) or mean < 0:
        raise ValueError(f"An expected number of {mean} makes no sense: it must be 0 or more.")
    if not math.isfinite(dispersion) or dispersion < 1:
        raise ValueError(f"A dispersion of {dispersion} makes no sense here: it must be 1 or more.")
