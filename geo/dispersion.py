"""How much more counts swing than chance alone would make them, and the law of counts that swing so."""

import math

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammaln, pdtr

#: So close to 1 the negative binomial law is the Poisson law, and its parameters lose their digits.
_SAME_AS_POISSON = 1 + 1e-6

#: Below this the plain Poisson law is close enough, and one parameter fewer is to be known.
NEARLY_POISSON = 1.2


def dispersion_of(counts: npt.ArrayLike) -> float | None:
    """Return the variance of counts over their mean, each place against its own mean.

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
    together with the next: both make two long windows differ more than this says.

    Examples
    --------
    >>> dispersion_of([2, 4, 6])
    1.0
    >>> dispersion_of([[2, 4, 6], [20, 40, 60]])
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
