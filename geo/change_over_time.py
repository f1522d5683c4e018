"""Whether shares, counts or times changed over a row of periods by more than chance."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import fisher_exact, norm
from scipy.stats import t as student

from geo.arrays import Floats
from geo.errors import GeoError

#: With fewer periods no line can be told from chance.
MIN_PERIODS = 4


class Change(NamedTuple):
    """A test for a line: ``z`` above 0 is a rise, ``p`` two-sided, ``dispersion`` what its spread was widened by."""

    z: float
    p: float
    dispersion: float


_NONE = Change(0.0, 1.0, 1.0)


def share_change(counts: npt.ArrayLike, totals: npt.ArrayLike) -> Change:
    """Test whether a share rises or falls along equal periods.

    Parameters
    ----------
    counts, totals : array_like, shape (k,)
        ``counts`` out of ``totals`` in each period, the oldest first; at least four periods.

    Returns
    -------
    Change
        No change (z = 0, p = 1) where all or none are counted, or all lie in one period.

    Raises
    ------
    GeoError
        When there are fewer periods, or a count is not between 0 and its total.

    Notes
    -----
    Cochran (1954) and Armitage (1955). Where the shares scatter about the line by more than chance would let them,
    the variance is multiplied by that; p is Student's with two degrees of freedom fewer than periods, so that few
    periods claim little. It says nothing about why a share changed.

    Examples
    --------
    >>> found = share_change([2, 4, 5, 8], [10, 10, 10, 10])
    >>> round(found.z, 2), found.p < 0.12
    (2.69, True)
    """
    count, total = _rows(counts), _rows(totals)
    if len(count) != len(total) or (count < 0).any() or (count > total).any():
        raise GeoError("A share over time was asked for.", "A count lies outside of its total.", "Give 0 to the total.")
    every = float(total.sum())
    if every == 0:
        return _NONE
    time, share = np.arange(len(count), dtype=np.float64), float(count.sum()) / every
    spread = float((total * time**2).sum() - (total * time).sum() ** 2 / every)
    variance = share * (1.0 - share) * spread
    if variance <= 0.0:
        return _NONE
    z = float((time * (count - total * share)).sum()) / variance**0.5
    filled = total > 0
    expected = total[filled] * share
    scatter = float(((count[filled] - expected) ** 2 / (expected * (1.0 - share))).sum())
    return _widened(z, scatter, int(filled.sum()))


def count_change(counts: npt.ArrayLike) -> Change:
    """Test whether counts rise or fall along equal periods.

    Parameters
    ----------
    counts : array_like, shape (k,)
        One count for each period, the oldest first; at least four.

    Returns
    -------
    Change
        As of :func:`share_change`; no change where nothing was counted.

    Raises
    ------
    GeoError
        When there are fewer periods, or a count is below 0.

    Notes
    -----
    The score test of a Poisson rate that changes along a line, widened for scatter beyond Poisson's.

    Examples
    --------
    >>> count_change([4, 4, 4, 4]).z
    0.0
    """
    count = _rows(counts)
    if (count < 0).any():
        raise GeoError("Counts over time were asked for.", "One is below 0.", "Counts are 0 or more.")
    mean = float(count.mean())
    if mean == 0.0:
        return _NONE
    time = np.arange(len(count), dtype=np.float64)
    away = time - time.mean()
    z = float((away * count).sum()) / (mean * float((away**2).sum())) ** 0.5
    return _widened(z, float(((count - mean) ** 2).sum()) / mean, len(count))


def pace_change(days: npt.ArrayLike, ended: npt.ArrayLike, began: npt.ArrayLike) -> Change:
    """Test whether things end sooner or later the later they began, those that have not ended yet included.

    Parameters
    ----------
    days, ended, began : array_like, shape (n,)
        How long each was watched, whether it had ended by then, and when it began (any unit).

    Returns
    -------
    Change
        ``z`` above 0: those that began later end sooner. No change without any end, or where all began at once.

    Notes
    -----
    The score test of Cox's model with one covariate, which is the log-rank test for a trend; tied ends have the
    variance of the hypergeometric distribution.

    Examples
    --------
    >>> pace_change([9, 9, 9, 1, 1, 1], [True] * 6, [0, 0, 0, 1, 1, 1]).z > 2
    True
    """
    time, end, when = _floats(days), np.asarray(ended, dtype=np.bool_), _floats(began)
    score = variance = 0.0
    for at in np.unique(time[end]):
        risk = time >= at
        number, ends = int(risk.sum()), int((end & (time == at)).sum())
        mean = float(when[risk].mean())
        score += float(when[end & (time == at)].sum()) - ends * mean
        if number > 1:
            variance += ends * (number - ends) / (number - 1) * float(when[risk].var())
    if variance <= 0.0:
        return _NONE
    z = score / variance**0.5
    return Change(z, min(1.0, 2.0 * float(norm.sf(abs(z)))), 1.0)


def two_shares(count: int, total: int, other: int, other_total: int) -> float:
    """Return how likely two shares differ so by chance alone: ``count`` of ``total``, ``other`` of ``other_total``.

    Raises
    ------
    GeoError
        When a count is not between 0 and its total.

    Notes
    -----
    Fisher's exact test (1922), two-sided. Where both are of the same things at two times it claims less than it could:
    they resemble each other. It does not say why they differ.

    Examples
    --------
    >>> round(two_shares(1, 10, 9, 10), 4)
    0.0011
    """
    if not (0 <= count <= total and 0 <= other <= other_total):
        raise GeoError("Two shares were compared.", "A count lies outside of its total.", "Give 0 to the total.")
    if not total or not other_total:
        return 1.0
    return float(fisher_exact([[count, total - count], [other, other_total - other]]).pvalue)


def _widened(z: float, scatter: float, periods: int) -> Change:
    left = periods - 2
    if left < 1:
        return _NONE
    dispersion = max(1.0, (scatter - z * z) / left)
    found = z / dispersion**0.5
    return Change(found, min(1.0, 2.0 * float(student.sf(abs(found), left))), dispersion)


def _rows(values: npt.ArrayLike) -> Floats:
    found = _floats(values)
    if found.ndim != 1 or len(found) < MIN_PERIODS or not np.isfinite(found).all():
        asked = f"A change over {found.size} periods was asked for."
        raise GeoError(asked, f"It takes {MIN_PERIODS} or more, each with a number.", "Give more periods.")
    return found


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
