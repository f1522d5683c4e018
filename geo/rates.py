"""How many events a known rate makes usual."""

import math

from scipy.stats import poisson


def upper_count(expected: float, *, level: float = 0.975) -> int:
    """Return the largest count that is still usual when ``expected`` are expected.

    Parameters
    ----------
    expected : float
        Expected number of events, at least 0.
    level : float
        Share of the cases that stay at or below the result (0.975: the upper end of a two-sided
        95 % band).

    Returns
    -------
    int
        The ``level`` quantile of the Poisson distribution. A higher count is more than usual; it
        does not say why.

    Raises
    ------
    ValueError
        When ``expected`` is negative or not finite.

    Notes
    -----
    The expected number is taken as known and the counts as Poisson: counts that swing more exceed it
    more often. It says of one place chosen before looking that its count is high, not why.

    Examples
    --------
    >>> upper_count(0.0), upper_count(3.0)
    (0, 7)
    """
    if not math.isfinite(expected) or expected < 0:
        raise ValueError(f"An expected number of {expected} makes no sense: it must be 0 or more.")
    return int(poisson.ppf(level, expected)) if expected > 0 else 0
