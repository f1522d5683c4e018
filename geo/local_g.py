"""Local concentration of values among neighbours: Gi, Gi* and the general G.

Getis and Ord (1992), "The analysis of spatial association by use of distance statistics",
Geographical Analysis 24(3); Ord and Getis (1995), "Local spatial autocorrelation statistics",
Geographical Analysis 27(4), from which the standardised forms are; the variance of G with the
correction of 1993 (Geographical Analysis 25(3)).

Weights are a sparse (n, n) array: row i holds what counts as near i. :mod:`geo.links` makes binary
ones, any others serve as well.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array, issparse
from scipy.stats import norm

from geo.arrays import Floats, Mask
from geo.errors import GeoError

# What the variance may lose to rounding before "no spread at all" is the better answer.
_ROUNDING = 1e-12

# Sparse arrays ship no types: (n, n), sparse or dense.
Weights: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class GeneralG:
    """The general G of a map: ``g``, ``expected`` and ``variance`` by chance, ``z``, ``p`` (one-sided).

    ``p`` is the chance of a G at least as large, by the normal approximation.
    """

    g: float
    expected: float
    variance: float
    z: float
    p: float


def gi(values: npt.ArrayLike, weights: Weights) -> Floats:
    """Return how far the neighbours of every place, without itself, lie above or below the rest.

    Parameters
    ----------
    values : array_like, shape (n,)
        Rates or residuals (:func:`pearson_residuals`), finite. Raw counts show where people are.
    weights : sparse or dense array, shape (n, n)
        0 or more; the diagonal is not looked at.

    Returns
    -------
    ndarray, shape (n,), float64
        Standard deviations (z). NaN where nothing can be said: no neighbours, no spread among the
        other values, everyone a neighbour by the same weight, or fewer than three places.

    Raises
    ------
    GeoError
        For other shapes, values that are not finite, or negative weights.

    Notes
    -----
    Ord and Getis (1995), equation 10. z refers to values dealt out at random over the map; it is
    close to normal with many neighbours and no extreme values, poor with few. A high z says that
    high values lie together here. It does not say that this place itself is high, nor why, and one
    z of 2 among a thousand places is what chance brings: adjust for that
    (:func:`geo.significance.q_values`).

    Examples
    --------
    >>> from geo.links import links_of
    >>> street = links_of([[1], [0, 2], [1, 3], [2, 4], [3]])
    >>> gi([1, 1, 2, 8, 9], street).round(2).tolist()
    [-1.13, -1.71, -0.11, 1.17, 1.71]
    """
    value, link = _as_values(values), _as_weights(weights)
    _refuse_unequal(value, link)
    link = _without_diagonal(link)
    size = len(value)
    if size < 3:
        return np.full(size, np.nan)
    value = value - value.mean()
    mean = (value.sum() - value) / (size - 1)
    variance = ((value * value).sum() - value * value) / (size - 1) - mean * mean
    total, square = link.sum(axis=1), link.power(2).sum(axis=1)
    return _standardised(
        link @ value - total * mean,
        np.where(_others_equal(value), 0.0, variance),
        total,
        square,
        size - 1,
    )


def gi_star(values: npt.ArrayLike, weights: Weights, *, own: float | None = 1.0) -> Floats:
    """Return how far every place together with its neighbours lies above or below the map.

    Parameters
    ----------
    values : array_like, shape (n,)
        Rates or residuals (:func:`pearson_residuals`), finite. Raw counts show where people are.
    weights : sparse or dense array, shape (n, n)
        0 or more.
    own : float or None
        Weight of the place itself, put on the diagonal (1 for binary weights); None takes the
        diagonal as it is.

    Returns
    -------
    ndarray, shape (n,), float64
        Standard deviations (z). NaN where nothing can be said: all values equal, everyone a
        neighbour by the same weight, or fewer than two places. A place without neighbours is
        compared by itself alone.

    Raises
    ------
    GeoError
        For other shapes, values that are not finite, or negative weights.

    Notes
    -----
    Ord and Getis (1995), equation 14. On raw counts it finds where many people are, not where there
    is more than usual (in a simulated city without any hot spot it marked 167 of 1,600 cells); see
    also :func:`gi`.

    Examples
    --------
    >>> from geo.links import links_of
    >>> street = links_of([[1], [0, 2], [1, 3], [2, 4], [3]])
    >>> gi_star([1, 1, 2, 8, 9], street).round(2).tolist()
    [-1.47, -1.98, -0.37, 1.47, 1.98]
    """
    value, link = _as_values(values), _as_weights(weights)
    _refuse_unequal(value, link)
    size = len(value)
    if own is not None:
        if not np.isfinite(own) or own < 0.0:
            raise GeoError(f"own is {own!r}.", "A weight is 0 or more.", "Choose 1 for binary weights.")
        link = csr_array(_without_diagonal(link) + diags_array(np.full(size, float(own)), format="csr"))
    if size < 2:
        return np.full(size, np.nan)
    value = value - value.mean()
    variance = 0.0 if value.min() == value.max() else float((value * value).mean())
    total, square = link.sum(axis=1), link.power(2).sum(axis=1)
    # The rounding of the mean is taken out again: it is not always 0 after the subtraction.
    return _standardised(link @ value - total * value.mean(), np.full(size, variance), total, square, size)


def general_g(values: npt.ArrayLike, weights: Weights) -> GeneralG:
    """Return whether high values lie together anywhere on the map, in one figure for all of it.

    Parameters
    ----------
    values : array_like, shape (n,)
        0 or more, at least four of them.
    weights : sparse or dense array, shape (n, n)
        0 or more; the diagonal is not looked at.

    Returns
    -------
    GeneralG
        NaN in every field that cannot be said: ``z`` and ``p`` where the variance is 0 (equal
        values, no links, all linked), all where fewer than two values are above 0.

    Raises
    ------
    GeoError
        For other shapes, fewer than four places, negative values or weights.

    Notes
    -----
    Getis and Ord (1992), moments under random dealing of the values. It does not say where, and high
    and low concentrations can hide each other.

    Examples
    --------
    >>> from geo.links import links_of
    >>> street = links_of([[1], [0, 2], [1, 3], [2, 4], [3]])
    >>> found = general_g([1, 1, 2, 8, 9], street)
    >>> round(found.g, 4), round(found.expected, 4), round(found.z, 2)
    (0.6276, 0.4, 1.17)
    """
    value, link = _as_values(values), _as_weights(weights)
    _refuse_unequal(value, link)
    if len(value) < 4 or (value < 0.0).any():
        raise GeoError(
            f"The general G of {len(value)} values from {value.min(initial=0.0):g} on was asked for.",
            "It needs at least four values, none of them below 0.",
            "Use counts or rates; for residuals look at Gi*.",
        )
    link = _without_diagonal(link)
    size, sums = len(value), [float((value**power).sum()) for power in (1, 2, 3, 4)]
    expected = float(link.sum()) / (size * (size - 1))
    pairs = sums[0] ** 2 - sums[1]
    if pairs <= _ROUNDING * sums[0] ** 2:
        return GeneralG(np.nan, expected, np.nan, np.nan, np.nan)
    g = float(value @ (link @ value)) / pairs
    second = _second_moment(link, sums, size)
    variance = second - expected**2
    if value.min() == value.max() or variance <= _ROUNDING * second:
        return GeneralG(g, expected, 0.0, np.nan, np.nan)
    z = (g - expected) / float(np.sqrt(variance))
    return GeneralG(g, expected, variance, z, float(norm.sf(z)))


def pearson_residuals(observed: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """Return how far counts lie from what was expected, in units of chance: (x - e) / sqrt(e).

    Parameters
    ----------
    observed, expected : array_like, shape (n,)
        Counts and expected counts of the same places and the same time; 0 or more.

    Returns
    -------
    ndarray, shape (n,), float64
        About 0 on average with a standard deviation of about 1 when counts are Poisson and the
        expected counts are right. NaN where nothing was expected: leave such places out of
        :func:`gi_star`, there is nothing to compare them with.

    Raises
    ------
    GeoError
        For other shapes, or values that are negative or not finite.

    Notes
    -----
    Residuals of small expected counts are skewed (below about 1 one report makes a large value), and
    they are no better than the expected counts.

    Examples
    --------
    >>> pearson_residuals([8, 4, 3], [4, 4, 0]).tolist()
    [2.0, 0.0, nan]
    """
    count, usual = _as_values(observed), _as_values(expected)
    if count.shape != usual.shape or (count < 0.0).any() or (usual < 0.0).any():
        raise GeoError(
            f"Residuals of {len(count)} counts and {len(usual)} expected counts were asked for.",
            "Each count needs its expected count, and both are 0 or more.",
            "Pass two arrays of one length without negative values.",
        )
    residual = np.full(len(count), np.nan)
    np.divide(count - usual, np.sqrt(usual), out=residual, where=usual > 0.0)
    return residual


def two_sided_p(z: npt.ArrayLike) -> Floats:
    """Return the chance of a z at least as far from 0, by the normal approximation.

    Parameters
    ----------
    z : array_like, shape (n,)
        From :func:`gi` or :func:`gi_star`.

    Returns
    -------
    ndarray, shape (n,), float64
        NaN where z is NaN.

    Notes
    -----
    Only as good as the approximation, which is poor with few neighbours or very uneven values, and
    of one place that was chosen beforehand: adjust for looking at many.

    Examples
    --------
    >>> two_sided_p([0.0, 1.96, float("nan")]).round(3).tolist()
    [1.0, 0.05, nan]
    """
    p: Floats = 2.0 * norm.sf(np.abs(np.asarray(z, dtype=np.float64)))
    return p


def _as_values(values: npt.ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise GeoError(
            f"Values of the shape {array.shape}, {int((~np.isfinite(array)).sum())} of them not finite, were passed.",
            "Each place has one value that is a number.",
            "Leave out places without a value before asking.",
        )
    return array


def _as_weights(weights: Weights) -> csr_array:
    link = csr_array(weights if issparse(weights) else np.asarray(weights), dtype=np.float64)
    if not np.isfinite(link.data).all() or (link.data < 0.0).any():
        raise GeoError("weights holds a negative or missing value.", "A weight is 0 or more.", "Leave such links out.")
    link.sum_duplicates()
    return link


def _refuse_unequal(value: Floats, link: csr_array) -> None:
    if link.shape != (len(value), len(value)):
        raise GeoError(
            f"weights has the shape {link.shape}.",
            f"There must be a row and a column for each of the {len(value)} places.",
            f"Pass an array of the shape ({len(value)}, {len(value)}).",
        )


def _without_diagonal(link: csr_array) -> csr_array:
    entries = link.tocoo()
    apart = entries.row != entries.col
    return csr_array((entries.data[apart], (entries.row[apart], entries.col[apart])), shape=link.shape)


def _others_equal(value: Floats) -> Mask:
    """Return for which places all the other values are one and the same."""
    ordered = np.sort(value)
    largest = np.where(value == ordered[-1], ordered[-2], ordered[-1])
    smallest = np.where(value == ordered[0], ordered[1], ordered[0])
    equal: Mask = largest == smallest
    return equal


def _standardised(excess: Floats, variance: Floats, total: Floats, square: Floats, size: int) -> Floats:
    """Return the excess in standard deviations of a weighted sum drawn from ``size`` values."""
    spread = size * square - total * total
    sayable = (variance > 0.0) & (spread > _ROUNDING * size * square)
    z = np.full(len(excess), np.nan)
    scale = np.sqrt(np.where(sayable, variance * spread / (size - 1), 1.0))
    np.divide(excess, scale, out=z, where=sayable)
    return z


def _second_moment(link: csr_array, sums: list[float], size: int) -> float:
    """Return the mean of G squared over all ways to deal out the values."""
    both = csr_array(link + link.T)
    s0 = float(link.sum()) ** 2
    s1 = 0.5 * float(both.power(2).sum())
    s2 = float((both.sum(axis=1) ** 2).sum())
    m1, m2, m3, m4 = sums
    numerator = (
        ((size**2 - 3 * size + 3) * s1 - size * s2 + 3 * s0) * m2**2
        - ((size**2 - size) * s1 - 2 * size * s2 + 6 * s0) * m4
        - (2 * size * s1 - (size + 3) * s2 + 6 * s0) * m1**2 * m2
        + (4 * (size - 1) * s1 - 2 * (size + 1) * s2 + 8 * s0) * m1 * m3
        + (s1 - s2 + s0) * m1**4
    )
    ways = size * (size - 1) * (size - 2) * (size - 3)
    return numerator / ((m1**2 - m2) ** 2 * ways)
