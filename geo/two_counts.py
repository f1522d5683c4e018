"""Whether two counts differ by more than chance, by how much, and which difference could be found at all."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from geo.dispersion import chances, chances_up_to, highest_to_look_at

#: Two differences that are equal on paper are equal here, although their square roots were rounded.
_TIE = 1e-9


def e_test(
    count: int, other: int, *, exposure: float = 1.0, other_exposure: float = 1.0, dispersion: float = 1.0
) -> float | None:
    """Return how often two counts of equal rates would differ at least as much as these do.

    Parameters
    ----------
    count, other : int
        Two counts, at least 0.
    exposure, other_exposure : float
        What each was counted over (days, or area times days), in one unit, above 0.
    dispersion : float
        Variance over mean, at least 1. Above 1 the counts are taken as negative binomial.

    Returns
    -------
    float or None
        Two-sided p-value, between 0 and 1. None when both counts are 0: nothing was seen, so
        nothing can be compared. Exchanging the two changes nothing.

    Raises
    ------
    ValueError
        When a count is negative or not whole, an exposure not above 0 or the dispersion below 1.

    Notes
    -----
    The E-test of Krishnamoorthy and Thomson, Journal of Statistical Planning and Inference 119
    (2004) 23-35, with the score statistic: the probabilities of all pairs of counts that differ at
    least as much are added up, with the common rate as estimated. The pairs are not visited one by
    one: for each first count the others that qualify lie beyond two roots of a quadratic. With a
    dispersion the same sum is taken under the negative binomial law; that is an extension of ours.

    A small value does not say why the counts differ, and a large one does not say that the rates
    are equal. Before and after of one place picked because it was high differ without any cause.

    Examples
    --------
    >>> round(e_test(0, 3), 4), round(e_test(6, 2), 4)
    (0.0884, 0.1749)
    >>> round(e_test(6, 2, dispersion=2.0), 2)
    0.33
    >>> e_test(0, 0) is None
    True
    """
    _check(count, other, exposure, other_exposure, dispersion)
    total = count + other
    if total == 0:
        return None
    share = exposure / (exposure + other_exposure)
    seen = abs(count - total * share)
    if seen <= _TIE * total:
        return 1.0
    bar = seen / math.sqrt(total)
    mean, other_mean = total * share, total * (1 - share)
    first = np.arange(highest_to_look_at(mean, dispersion) + 1, dtype=np.float64)
    # |x - share (x + y)| >= bar sqrt(x + y), solved for the root of x + y on either side.
    root = np.sqrt(bar * bar + 4 * share * first)
    low = ((root - bar) / (2 * share)) ** 2 - first
    high = ((root + bar) / (2 * share)) ** 2 - first
    # Without any report in the first, the second can only be higher; nothing at all is no difference.
    lowest = np.where(first > 0, np.floor(low + _TIE * (1 + first)), -1.0)
    highest = np.ceil(high - _TIE * (1 + high))
    beyond = chances_up_to(lowest, mean=other_mean, dispersion=dispersion) + (
        1 - chances_up_to(highest - 1, mean=other_mean, dispersion=dispersion)
    )
    return min(1.0, float(np.dot(chances(first, mean=mean, dispersion=dispersion), beyond)))


@dataclass(frozen=True, slots=True)
class RateRatio:
    """One rate over another, and the interval that it may well lie in.

    ``ratio`` is None when nothing was counted in the other, ``high`` then is infinite.
    """

    ratio: float | None
    low: float
    high: float


def rate_ratio(
    count: int,
    other: int,
    *,
    exposure: float = 1.0,
    other_exposure: float = 1.0,
    dispersion: float = 1.0,
    alpha: float = 0.05,
) -> RateRatio | None:
    """Return the rate of ``count`` over that of ``other``, with an interval.

    Parameters
    ----------
    count, other, exposure, other_exposure, dispersion
        As in :func:`e_test`.
    alpha : float
        Share of intervals that may miss the true ratio (0.05: a 95 % interval).

    Returns
    -------
    RateRatio or None
        A ratio without a unit: 0.5 means half the rate. None when both counts are 0.

    Raises
    ------
    ValueError
        As in :func:`e_test`; also when alpha is not between 0 and 1.

    Notes
    -----
    Likelihood-score limits without iteration: Graham, Mengersen and Morton, Statistics in Medicine
    22 (2003) 2071-2083, which are Wilson's limits for the share of the first count in both; the
    variance is multiplied by the dispersion. It does not say that anything caused the difference.

    Examples
    --------
    >>> halved = rate_ratio(50, 100)
    >>> halved.ratio, round(halved.low, 2), round(halved.high, 2)
    (0.5, 0.36, 0.7)
    >>> rate_ratio(3, 0).high
    inf
    """
    _check(count, other, exposure, other_exposure, dispersion)
    spread = dispersion * _quantile(1 - _half(alpha)) ** 2
    total = count + other
    if total == 0:
        return None
    middle = 2 * count + spread
    reach = math.sqrt(spread * (spread + 4 * count * other / total))
    whole = 2 * (total + spread)
    # A share of exactly 0 or 1 must not be missed by a rounding error.
    low = 0.0 if count == 0 else (middle - reach) / whole
    high = 1.0 if other == 0 else (middle + reach) / whole
    scale = other_exposure / exposure
    return RateRatio(
        ratio=count / other * scale if other else None,
        low=low / (1 - low) * scale,
        high=high / (1 - high) * scale if high < 1 else math.inf,
    )


def smallest_drop(
    expected: float, beside: float, *, dispersion: float = 1.0, power: float = 0.8, alpha: float = 0.05
) -> float | None:
    """Return the smallest fall of a count that would be found with the wanted certainty.

    Parameters
    ----------
    expected : float
        Count that is expected when nothing has changed, at least 0.
    beside : float
        Variance, for Poisson counts, of all that it is compared with: for one earlier count that
        count itself; for several, each count over its squared weight, added up.
    dispersion : float
        Variance over mean, at least 1.
    power : float
        How often the fall is to be found, between 0.5 and 1.
    alpha : float
        Error rate of the two-sided test, between 0 and 1.

    Returns
    -------
    float or None
        A fall in the unit of ``expected``. None when not even a fall to nothing would be found so
        often.

    Raises
    ------
    ValueError
        When an argument is outside of its range.

    Notes
    -----
    The normal approximation for counts: the fall d for which d = (z[alpha/2] + z[power]) times the
    standard error that remains after the fall. It does not say that a smaller fall cannot have
    happened, only that it would often be missed.

    Examples
    --------
    >>> round(smallest_drop(50, 50), 1)
    24.4
    >>> round(smallest_drop(50, 150), 1)
    35.9
    >>> smallest_drop(5, 5) is None
    True
    """
    if not (math.isfinite(expected) and math.isfinite(beside)) or expected < 0 or beside < 0:
        raise ValueError("Expected counts and variances are 0 or more.")
    if dispersion < 1 or not 0.5 <= power < 1:
        raise ValueError("The dispersion is 1 or more and the power at least 0.5 and below 1.")
    reach = (_quantile(1 - _half(alpha)) + _quantile(power)) ** 2 * dispersion
    # d * d = reach * (expected - d + beside)
    drop = (math.sqrt(reach * reach + 4 * reach * (expected + beside)) - reach) / 2
    return drop if 0 < drop <= expected else None


def _half(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError(f"An alpha of {alpha} makes no sense: it lies between 0 and 1.")
    return alpha / 2


def _quantile(share: float) -> float:
    return NormalDist().inv_cdf(share)


def _check(count: int, other: int, exposure: float, other_exposure: float, dispersion: float) -> None:
    if any(number < 0 or number != int(number) for number in (count, other)):
        raise ValueError(f"Counts are whole numbers of 0 or more, not {count} and {other}.")
    if not all(math.isfinite(over) and over > 0 for over in (exposure, other_exposure)):
        raise ValueError(f"What is counted over must be above 0, not {exposure} and {other_exposure}.")
    if not math.isfinite(dispersion) or dispersion < 1:
        raise ValueError(f"A dispersion of {dispersion} makes no sense here: it must be 1 or more.")
