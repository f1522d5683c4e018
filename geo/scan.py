"""Say how unusual the busiest stretch of time is, when every stretch was looked at.

Naus (1982), "Approximations for distributions of scan statistics", Journal of the American
Statistical Association 77(377).
"""

import numpy as np
import numpy.typing as npt
from scipy.stats import poisson

from geo.arrays import Floats, as_points, as_positive
from geo.errors import GeoError


def busiest(times: npt.ArrayLike, window: float) -> int:
    """Return the largest number of events in any stretch of a given length.

    Parameters
    ----------
    times : array_like, shape (n,)
        In any order, in the unit of ``window`` (days).
    window : float
        Length of the stretch, above 0; both ends belong to it.

    Returns
    -------
    int
        0 without events.

    Raises
    ------
    GeoError
        For other shapes, times that are not finite, or a window that is not above 0.

    Notes
    -----
    Events recorded by the day lie together by that alone: seven days are a window of 6, not of 7, as
    both ends count. How unusual the number is says :func:`scan_p`.

    Examples
    --------
    >>> busiest([1, 2, 2.5, 9], 1.5)
    3
    """
    ordered = np.sort(np.asarray(times, dtype=np.float64), axis=None)
    as_points(ordered[:, None], "times", columns=1)
    if np.ndim(times) != 1:
        raise GeoError("times has another shape than a list.", "Events follow each other.", "Pass the shape (n,).")
    until = np.searchsorted(ordered, ordered + as_positive(window, "window"), side="right")
    return int((until - np.arange(len(ordered))).max(initial=0))


def scan_p(count: int, *, per_window: float, windows: float) -> float:
    """Return the chance that some stretch of time holds at least so many events.

    Parameters
    ----------
    count : int
        Events in the busiest stretch, 1 or more.
    per_window : float
        Events expected in one stretch, above 0.
    windows : float
        Length of the whole time in stretches, 1 or more: a year scanned with a week has 52.1.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    GeoError
        For a count below 1, an expected number that is not above 0, or less than one window.

    Notes
    -----
    Naus (1982), theorem for Poisson events, extrapolated from two and three windows; with less than
    two windows it is rough. The events must come at one constant rate: a season, or weekends, make
    busy stretches that are no surprise. An expected number that was taken from the same events makes
    the chance too large for short times. It does not say what is behind the stretch.

    Examples
    --------
    >>> round(scan_p(6, per_window=0.6, windows=208), 5)
    0.03902
    """
    if count != int(count) or count < 1:
        raise GeoError(
            f"A busiest stretch of {count} events was asked for.", "It holds at least one.", "Pass 1 or more."
        )
    rate, length = as_positive(per_window, "per_window"), as_positive(windows, "windows")
    if length < 1.0:
        raise GeoError(
            f"A time of {windows} windows was asked for.", "A window fits into the time.", "Choose a shorter window."
        )
    two, three = _none_in_two(int(count), rate), _none_in_three(int(count), rate)
    if not 0.0 < three <= two:
        # Rounding has eaten chances this near to 0: so many in some stretch are no surprise at all.
        return 1.0
    none = float(two * (three / two) ** (length - 2.0))
    return min(max(1.0 - none, 0.0), 1.0)


def _none_in_two(count: int, rate: float) -> float:
    """Return the exact chance that no stretch of a time of two windows holds so many events."""

    def below(most: int) -> float:
        return float(poisson.cdf(most, rate))

    def exactly(number: int) -> float:
        return float(poisson.pmf(number, rate))

    return (
        below(count - 1) ** 2
        - (count - 1) * exactly(count) * exactly(count - 2)
        - (count - 1 - rate) * exactly(count) * below(count - 3)
    )


def _none_in_three(count: int, rate: float) -> float:
    """Return the exact chance that no stretch of a time of three windows holds so many events."""
    # Entry r + 5 is that of r events, so that the terms may reach below 0.
    steps = np.arange(-5, 2 * count)
    below: Floats = poisson.cdf(steps, rate)
    exactly: Floats = poisson.pmf(steps, rate)
    top = count + 5
    a1 = 2 * exactly[top] * below[top - 1] * ((count - 1) * below[top - 2] - rate * below[top - 3])
    a2 = (
        (count - 1) * (count - 2) * below[top - 3]
        - 2 * (count - 2) * rate * below[top - 4]
        + rate * rate * below[top - 5]
    )
    first = np.arange(1, count)
    a3 = (exactly[2 * count - first + 5] * below[first + 4] ** 2).sum()
    later = np.arange(2, count)
    a4 = (later - 1) * below[later + 3] - rate * below[later + 2]
    a4 = (exactly[2 * count - later + 5] * exactly[later + 5] * a4).sum()
    return float(below[top - 1] ** 3 - a1 + 0.5 * exactly[top] ** 2 * a2 + a3 - a4)
