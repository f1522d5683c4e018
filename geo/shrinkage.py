"""How many events a place really stands for, when many places are looked at together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import gamma

from geo.arrays import Floats
from geo.errors import GeoError

#: With fewer places than this, what is usual among them is not known and nothing is shrunk.
MIN_PLACES = 10
# Jeffreys' prior: a place without an event is not sure to have none next time.
_ALONE = 0.5


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Expected events of each place (n,), as gamma distributions of ``shape`` / ``rate``.

    ``mean`` is the expected number and ``low`` to ``high`` its 95 % interval. ``kept`` is the share
    of each place's distance from the common mean that is left (1: nothing is shrunk).
    """

    mean: Floats
    low: Floats
    high: Floats
    shape: Floats
    rate: Floats
    kept: float


def shrink(counts: npt.ArrayLike, *, level: float = 0.95) -> Shrunk:
    """Draw the counts of many places towards what is usual among them, as far as chance explains.

    Counts are taken as Poisson, and what they stand for as gamma distributed over the places; its
    mean and variance are taken from the counts themselves, and the intervals are widened for that.

    Parameters
    ----------
    counts : array_like, shape (n,)
        Events of each place in the same time, 0 or more; they may be weighted sums in units of one
        typical event.
    level : float
        Width of the intervals, between 0 and 1.

    Returns
    -------
    Shrunk
        In the order of the places. Under :data:`MIN_PLACES` places ``mean`` is the counts and
        ``kept`` is 1. Where the counts differ no more than chance makes them, little is kept:
        2 / (n - 1). The order of the counts and their mean stay as they are.

    Raises
    ------
    GeoError
        For a missing, infinite or negative count, or a level out of range.

    Notes
    -----
    Clayton and Kaldor (1987), Biometrics 43, for the model; Morris (1983), Journal of the American
    Statistical Association 78, for the shrinking factor and the widening of the intervals. An
    interval holds 95 % over all places; of the few that are unlike all others it holds fewer, since
    they are drawn towards the rest too.

    Examples
    --------
    >>> found = shrink([2, 3, 1, 2, 4, 0, 3, 2, 30, 1])
    >>> found.mean.round(1).tolist()
    [2.1, 3.1, 1.2, 2.1, 4.0, 0.2, 3.1, 2.1, 28.8, 1.2]
    >>> round(found.kept, 2)
    0.95
    """
    amounts = np.asarray(counts, dtype=np.float64)
    if amounts.ndim != 1 or not np.isfinite(amounts).all() or (amounts < 0).any():
        raise GeoError("Counts below 0, missing or infinite were given.", "Events are counted.", "Check the counts.")
    if not 0.0 < level < 1.0:
        raise GeoError(f"The level {level!r} was asked for.", "It lies between 0 and 1.", "Try 0.95.")
    places = len(amounts)
    if places < MIN_PLACES or not amounts.any():
        shape, rate = amounts + _ALONE, np.ones(places)
        return Shrunk(amounts, *_interval(shape, rate, level), shape, rate, 1.0)
    usual, variance = float(amounts.mean()), float(amounts.var(ddof=1))
    # Morris: the factor keeps the share from being overrated, since the variance is an estimate too.
    drawn = (places - 3) / (places - 1) * min(1.0, usual / variance if variance > 0 else 1.0)
    kept = 1.0 - drawn
    mean = usual + kept * (amounts - usual)
    # What is not known: each count, the common mean, and how far to draw.
    spread = mean * kept + usual * drawn / places + 2.0 / (places - 3) * (drawn * (amounts - usual)) ** 2
    shape, rate = mean**2 / spread, mean / spread
    return Shrunk(mean, *_interval(shape, rate, level), shape, rate, kept)


def _interval(shape: Floats, rate: Floats, level: float) -> tuple[Floats, Floats]:
    tail = (1.0 - level) / 2.0
    return gamma.ppf(tail, shape, scale=1.0 / rate), gamma.ppf(1.0 - tail, shape, scale=1.0 / rate)
