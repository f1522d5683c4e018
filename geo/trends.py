"""Whether figures rise or fall over time, and what kind of hot spot a row of z-scores tells of."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from geo.arrays import Floats, Ints, as_points
from geo.errors import GeoError

# Places are looked at in blocks, so that many places with long rows stay within memory.
_BLOCK_CELLS = 2_000_000
# 0.9 times 10 must be reached by 9 whatever the rounding.
_HAIR = 1e-9


class Pattern(StrEnum):
    """Esri's classes of emerging hot spots, in the order in which they are tried."""

    NEW = "new"
    CONSECUTIVE = "consecutive"
    INTENSIFYING = "intensifying"
    PERSISTENT = "persistent"
    DIMINISHING = "diminishing"
    OSCILLATING = "oscillating"
    HISTORICAL = "historical"
    SPORADIC = "sporadic"
    NONE = "none"


PATTERNS: tuple[Pattern, ...] = tuple(Pattern)


class MannKendall(NamedTuple):
    """The test of each row (m,): ``s``, its ``variance``, ``z``, two-sided ``p``, and ``slope`` per period."""

    s: Ints
    variance: Floats
    z: Floats
    p: Floats
    slope: Floats


class Emerging(NamedTuple):
    """What a row of z-scores tells of, for each place (m,).

    ``code`` is a position in :data:`PATTERNS`, ``hot`` and ``cold`` count the periods that were
    significantly high and low, ``last_hot`` tells whether the last one was high, ``trend`` is the
    Mann-Kendall test of the row.
    """

    code: Ints
    hot: Ints
    cold: Ints
    last_hot: npt.NDArray[np.bool_]
    trend: MannKendall


def mann_kendall(rows: npt.ArrayLike) -> MannKendall:
    """Test each row for a rise or fall that runs through it, and measure how steep it is.

    S counts the pairs of periods in which the later value is higher, minus those in which it is
    lower. Its variance is reduced for ties, z has the continuity correction of 1. The slope is the
    median of the slopes of all pairs (Theil and Sen).

    Parameters
    ----------
    rows : array_like, shape (m, t) or (t,)
        Values of m places in t periods of equal length, the oldest first; at least 2 periods.

    Returns
    -------
    MannKendall
        Arrays of the shape (m,), in the order of the rows. A row that never changes has z = 0 and
        p = 1. ``slope`` is in the unit of the values per period.

    Raises
    ------
    GeoError
        For fewer than 2 periods, another shape, or a value that is missing or infinite.

    Notes
    -----
    Mann (1945), Econometrica 13; Kendall (1975), Rank Correlation Methods; Sen (1968), JASA 63.
    The normal approximation is meant for 10 periods or more. It does not say why something
    changed, nor that it goes on. Periods must not overlap and must be complete: values of rolling
    windows that share days resemble each other, and p is then far too small.

    Examples
    --------
    >>> test = mann_kendall([2.1, 2.3, 2.5, 2.8, 3.0, 3.2, 3.5, 3.9, 4.2, 5.0])
    >>> int(test.s[0]), float(test.variance[0]), round(float(test.z[0]), 4), round(float(test.slope[0]), 4)
    (45, 125.0, 3.9355, 0.2714)
    """
    values = _as_rows(rows)
    places, periods = values.shape
    s, tied, slope = np.zeros(places, dtype=np.int64), np.zeros(places), np.zeros(places)
    block = max(1, _BLOCK_CELLS // (periods * periods))
    for start in range(0, places, block):
        part = slice(start, start + block)
        s[part], tied[part], slope[part] = _pairwise(values[part])
    variance = (periods * (periods - 1) * (2 * periods + 5) - tied) / 18.0
    corrected = np.sign(s) * (np.abs(s) - 1.0)
    z = np.divide(corrected, np.sqrt(variance), out=np.zeros(places), where=(variance > 0) & (s != 0))
    return MannKendall(s, variance, z, np.minimum(1.0, 2.0 * norm.sf(np.abs(z))), slope)


def _pairwise(values: Floats) -> tuple[Ints, Floats, Floats]:
    """Return S, the sum of t(t-1)(2t+5) over the ties, and the median slope of each row."""
    periods = values.shape[1]
    earlier, later = np.triu_indices(periods, k=1)
    rise = values[:, later] - values[:, earlier]
    s = np.sign(rise).sum(axis=1).astype(np.int64)
    slope = np.median(rise / (later - earlier), axis=1)
    # Each of the t values of a tie adds (t-1)(2t+5), so that no tie has to be found by itself.
    same = (values[:, :, None] == values[:, None, :]).sum(axis=2)
    return s, ((same - 1) * (2 * same + 5)).sum(axis=1).astype(np.float64), slope


def emerging(
    z: npt.ArrayLike, *, hot_z: float = 1.959963984540054, share: float = 0.9, alpha: float = 0.05
) -> Emerging:
    """Name the kind of hot spot that each place is, from its z-scores in successive periods.

    Parameters
    ----------
    z : array_like, shape (m, t) or (t,)
        z-scores of m places in t periods that do not overlap, the oldest first; at least 2.
    hot_z : float
        A period is hot from this z on, cold from its negative down (two-sided 5 %).
    share : float
        Share of the periods, above 0 and at most 1, that makes a place hot "nearly always".
    alpha : float
        Largest p of the Mann-Kendall test on z that counts as a rise or fall.

    Returns
    -------
    Emerging
        In the order of the rows. The first class that fits is taken:

        - *new*: hot in the last period and never before;
        - *consecutive*: hot in an unbroken run of at least two last periods, never before that
          run, and not nearly always;
        - *intensifying*, *persistent*, *diminishing*: hot nearly always and in the last period,
          with a rise, with neither, with a fall of z;
        - *oscillating*: hot in the last period, not nearly always, and cold at some time;
        - *historical*: hot nearly always, but not in the last period;
        - *sporadic*: hot in the last period and before, on and off, never cold;
        - *none*: everything else.

    Raises
    ------
    GeoError
        For fewer than 2 periods, another shape, a missing or infinite z, or a limit out of range.

    Notes
    -----
    The definitions are those of ArcGIS Pro, "How Emerging Hot Spot Analysis works". sfdep and
    PyEhsa differ: they call a place that was hot in 9 of 10 periods, but not in the last,
    *persistent*, and one that was hot now and then, but not in the last period, *sporadic*.
    A class says nothing about a cause, nor that one more period would not change it: *new* rests
    on a single period.

    Examples
    --------
    >>> found = emerging([[0.1] * 9 + [3.0], [2.5] * 9 + [0.2], [0.0] * 10])
    >>> [PATTERNS[code].value for code in found.code]
    ['new', 'historical', 'none']
    """
    values = _as_rows(z)
    for limit, name in ((hot_z, "hot_z"), (share, "share"), (alpha, "alpha")):
        if not (0.0 < limit <= (np.inf if name == "hot_z" else 1.0)):
            raise GeoError(f"{name} is {limit!r}.", "It is out of its range.", "Choose 1.96, 0.9 and 0.05 if in doubt.")
    places, periods = values.shape
    is_hot, is_cold = values >= hot_z, values <= -hot_z
    hot, cold = is_hot.sum(axis=1), is_cold.sum(axis=1)
    last_hot = is_hot[:, -1]
    run = np.logical_and.accumulate(is_hot[:, ::-1], axis=1).sum(axis=1)
    often = hot >= share * periods - _HAIR
    trend = mann_kendall(values)
    changes = trend.p <= alpha
    fits = {
        Pattern.NEW: last_hot & (hot == 1),
        Pattern.CONSECUTIVE: (run >= 2) & (run == hot) & ~often,
        Pattern.INTENSIFYING: often & last_hot & changes & (trend.s > 0),
        Pattern.PERSISTENT: often & last_hot & ~changes,
        Pattern.DIMINISHING: often & last_hot & changes & (trend.s < 0),
        Pattern.OSCILLATING: last_hot & ~often & (cold > 0),
        Pattern.HISTORICAL: often & ~last_hot,
        Pattern.SPORADIC: last_hot & ~often & (cold == 0),
        Pattern.NONE: np.ones(places, dtype=np.bool_),
    }
    # argmax finds the first class that fits, which is what precedence means.
    code = np.argmax(np.stack([fits[pattern] for pattern in PATTERNS]), axis=0).astype(np.int64)
    return Emerging(code, hot.astype(np.int64), cold.astype(np.int64), last_hot, trend)


def _as_rows(rows: npt.ArrayLike) -> Floats:
    array = np.asarray(rows, dtype=np.float64)
    values = as_points(array[None, :] if array.ndim == 1 else array, "rows", columns=None)
    if values.shape[1] < 2 or (array.ndim == 1 and array.size < 2):
        raise GeoError(
            f"A trend over {array.shape[-1] if array.ndim else 0} periods was asked for.",
            "One period has no direction.",
            "Give at least 2 periods; 10 or more tell something.",
        )
    return values
