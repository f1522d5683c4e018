"""Shares of a few answers, with how far they may be off."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share with its interval, all from 0 to 1; ``count`` of ``total``."""

    count: int
    total: int
    share: float
    low: float
    high: float


def proportion(count: int, total: int, *, level: float = 0.95) -> Proportion:
    """Return the share of ``count`` among ``total`` with Wilson's interval.

    Parameters
    ----------
    count, total : int
        From 0 to ``total``; ``total`` from 1.
    level : float
        How often the interval holds the true share in the long run.

    Notes
    -----
    Wilson (1927). Unlike the textbook interval it never leaves 0 to 1 and is not empty where all answers
    are equal. It tells nothing about those who did not answer.

    Examples
    --------
    >>> found = proportion(8, 10)
    >>> round(found.low, 3), round(found.high, 3)
    (0.49, 0.943)
    """
    from scipy.stats import binomtest

    if not 0 <= count <= total or total < 1:
        raise ValueError(f"{count} of {total} is no share")
    interval = binomtest(count, total).proportion_ci(confidence_level=level, method="wilson")
    return Proportion(count, total, count / total, float(interval.low), float(interval.high))
