"""Is a count more than its place makes one expect? Tails, intervals and many tests at once.

Poisson counts have a variance equal to their mean. Reports often vary more (weather, one keen
caller, a campaign): where reference periods show a dispersion (variance / mean) above 1.2, the
negative binomial with the same mean and that ratio takes its place (the "NB1" of Cameron and
Trivedi, Regression Analysis of Count Data, 2013, section 3.3).
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, btdtria, btdtrib, gammainc, gammaincinv

from geo.arrays import Floats, as_positive
from geo.dispersion import NEARLY_POISSON
from geo.errors import GeoError

# A variance / mean this close to 1 makes no difference that float64 can tell.
_POISSON = 1.0 + 1e-9

PerPlace = npt.NDArray[np.int8]


class Verdict(IntEnum):
    """What can be said about a count: codes of :attr:`Judged.verdict`."""

    NO_REFERENCE = 0
    TOO_FEW = 1
    NOT_MORE = 2
    MORE = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """Counts beside what was expected, one row for each place, all (n,).

    ``ratio`` observed / expected with its interval ``ratio_low`` .. ``ratio_high``; ``p`` the chance of
    a count at least as large; ``q`` the same, adjusted for all that was tested; ``verdict`` int8, a
    :class:`Verdict`. NaN where there is no reference.
    """

    ratio: Floats
    ratio_low: Floats
    ratio_high: Floats
    p: Floats
    q: Floats
    verdict: PerPlace


def upper_tail(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    dispersion: npt.ArrayLike = 1.0,
    expected_se: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the chance of a count at least as large as the observed one.

    Parameters
    ----------
    observed, expected : array_like, shape (n,) or a number
        Counts and expected counts of the same places, 0 or more. A weighted count may be fractional.
    dispersion : array_like
        Variance / mean of such counts (:func:`geo.dispersion.pooled_dispersion`); up to 1.2 counts are Poisson, above
        negative binomial.
    expected_se : array_like
        Standard error of the expected count, in reports; it widens the distribution to the variance
        dispersion * expected + expected_se ** 2, exact for an expected count of a gamma distribution.

    Returns
    -------
    ndarray, shape (n,), float64
        0 to 1; 1 for a count of 0; NaN where nothing was expected, as no reference is not a proof.

    Raises
    ------
    GeoError
        For shapes that do not fit, and for values that are negative or missing.

    Notes
    -----
    The chance is that of one place chosen before looking. It says nothing about the cause, and only
    as much as the expected count is right.

    Examples
    --------
    >>> upper_tail([8, 8, 0], [3, 0, 3]).round(4).tolist()
    [0.0119, nan, 1.0]
    >>> upper_tail(8, 3, dispersion=2).round(4).tolist()
    [0.0547]
    """
    count, usual, spread = _aligned(observed, expected, dispersion, expected_se)
    tail = np.full(len(count), np.nan)
    tail[(usual > 0.0) & (count == 0.0)] = 1.0
    asked = (usual > 0.0) & (count > 0.0)
    plain, wide = asked & (spread <= _POISSON), asked & (spread > _POISSON)
    tail[plain] = gammainc(count[plain], usual[plain])
    over = spread[wide] - 1.0
    tail[wide] = betainc(count[wide], usual[wide] / over, over / spread[wide])
    return tail


def ratio_interval(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    dispersion: npt.ArrayLike = 1.0,
    expected_se: npt.ArrayLike = 0.0,
    level: float = 0.95,
) -> tuple[Floats, Floats]:
    """Return the interval of observed / expected that the counts are in keeping with.

    Parameters
    ----------
    observed, expected, dispersion, expected_se : array_like
        As in :func:`upper_tail`.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    low, high : ndarray, shape (n,), float64
        NaN where nothing was expected. The lower end for a count of 0 is 0.

    Raises
    ------
    GeoError
        As :func:`upper_tail`, and for a level outside of 0 to 1.

    Notes
    -----
    Poisson: Garwood (1936), "Fiducial limits for the Poisson distribution", Biometrika 28: each end is
    the mean for which a count as far out has half of what the level leaves. Negative binomial: the
    same, with the variance / mean held at its value, which takes the dispersion for known; the
    interval is too short when it is a rough figure. Both cover at least the level, for a place chosen
    before looking; the places at the top of a list lie lower than their intervals say.

    Examples
    --------
    >>> [end.round(3).tolist() for end in ratio_interval([10, 0], [5, 5])]
    [[0.959, 0.0], [3.678, 0.738]]
    """
    if not 0.0 < level < 1.0:
        raise GeoError(f"level is {level!r}.", "A confidence lies between 0 and 1.", "Choose 0.95.")
    count, usual, spread = _aligned(observed, expected, dispersion, expected_se)
    rest = (1.0 - level) / 2.0
    low, high = np.zeros(len(count)), np.zeros(len(count))
    some, plain = count > 0.0, spread <= _POISSON
    at = some & plain
    low[at] = gammaincinv(count[at], rest)
    high[plain] = gammaincinv(count[plain] + 1.0, 1.0 - rest)
    at, wide = some & ~plain, ~plain
    over = spread - 1.0
    low[at] = over[at] * btdtrib(count[at], rest, over[at] / spread[at])
    high[wide] = over[wide] * btdtria(rest, count[wide] + 1.0, 1.0 / spread[wide])
    for end in (low, high):
        np.divide(end, usual, out=end, where=usual > 0.0)
        end[usual == 0.0] = np.nan
    return low, high


def q_values(p: npt.ArrayLike, *, family: int | None = None, dependent: bool = False) -> Floats:
    """Return p adjusted for many tests: the share of false alarms among all that are as small.

    Parameters
    ----------
    p : array_like, shape (n,)
        0 to 1, NaN for what was not tested.
    family : int, optional
        How many tests were made in all; the number of p where not given. Where only what stood out
        was kept (clusters found by looking everywhere), pass the number of places looked at: the
        others count as tests that found nothing.
    dependent : bool
        Hold under any dependence of the tests (Benjamini and Yekutieli 2001), which costs a factor of
        about ln(family).

    Returns
    -------
    ndarray, shape (n,), float64
        At least p, at most 1, in the same order as p; NaN where p is.

    Raises
    ------
    GeoError
        For p outside of 0 to 1, or a family smaller than the tests passed.

    Notes
    -----
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1). Of all places with
    q up to 0.05, one in twenty is a false alarm on average over many maps. It does not say which, and
    does not hold for a part of them picked afterwards.

    Examples
    --------
    >>> q_values([0.01, 0.04, 0.03, float("nan")]).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    >>> q_values([0.01], family=100).tolist()
    [1.0]
    """
    array = np.asarray(p, dtype=np.float64)
    if array.ndim != 1 or (array < 0.0).any() or (array > 1.0).any():
        raise GeoError(
            f"p of the shape {array.shape} with values outside of 0 to 1 was passed.",
            "A chance lies between 0 and 1.",
            "Pass one p for each test, NaN for what was not tested.",
        )
    tested = np.flatnonzero(~np.isnan(array))
    tests = len(tested) if family is None else family
    if tests < len(tested):
        raise GeoError(
            f"A family of {tests} tests was named.", f"{len(tested)} were passed.", "Count all tests that were made."
        )
    q = np.full(len(array), np.nan)
    if len(tested):
        order = tested[np.argsort(array[tested], kind="stable")]
        factor = float((1.0 / np.arange(1, tests + 1)).sum()) if dependent else 1.0
        raised = array[order] * (tests * factor) / np.arange(1, len(order) + 1)
        least = np.minimum.accumulate(raised[::-1])[::-1]
        # Rounding must not put q below p or above 1.
        q[order] = np.clip(least, array[order], 1.0)
    return q


def judge(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    dispersion: npt.ArrayLike = 1.0,
    expected_se: npt.ArrayLike = 0.0,
    family: int | None = None,
    fewest: float = 5.0,
    most_false: float = 0.05,
    level: float = 0.95,
) -> Judged:
    """Judge counts of places against what was expected there.

    Parameters
    ----------
    observed, expected, dispersion, expected_se : array_like
        As in :func:`upper_tail`.
    family : int, optional
        How many places were looked at in all; see :func:`q_values`. Clusters need it: a place that
        was picked because its count is large is not one of n tests.
    fewest : float
        Where neither the count nor the expected count reaches it, there are too few to say.
    most_false : float
        Largest q that counts as more than expected.
    level : float
        Confidence of the interval.

    Returns
    -------
    Judged
        In the order of the places. NO_REFERENCE where nothing was expected (not tested, whatever the
        count); TOO_FEW places keep their p and q, as a test left out because of its outcome would
        make the others look better than they are.

    Raises
    ------
    GeoError
        As :func:`upper_tail`, :func:`ratio_interval` and :func:`q_values`.

    Notes
    -----
    Not MORE does not mean that all is well: a place may be bad and always have been so, then the bad
    is expected. MORE does not say by how much: look at the lower end of the ratio.

    Examples
    --------
    >>> judged = judge([30, 6, 2, 9], [10, 5, 0.2, 0])
    >>> [Verdict(code).name for code in judged.verdict]
    ['MORE', 'NOT_MORE', 'TOO_FEW', 'NO_REFERENCE']
    """
    count, usual, _ = _aligned(observed, expected, dispersion, expected_se)
    p = upper_tail(count, usual, dispersion=dispersion, expected_se=expected_se)
    q = q_values(p, family=family)
    low, high = ratio_interval(count, usual, dispersion=dispersion, expected_se=expected_se, level=level)
    ratio = np.full(len(count), np.nan)
    np.divide(count, usual, out=ratio, where=usual > 0.0)
    verdict = np.where(q <= most_false, Verdict.MORE, Verdict.NOT_MORE).astype(np.int8)
    verdict[np.maximum(count, usual) < as_positive(fewest, "fewest")] = Verdict.TOO_FEW
    verdict[usual == 0.0] = Verdict.NO_REFERENCE
    return Judged(ratio, low, high, p, q, verdict)


def _aligned(
    observed: npt.ArrayLike, expected: npt.ArrayLike, dispersion: npt.ArrayLike, expected_se: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Return counts, expected counts and the variance / mean of every place, (n,) each."""
    passed = [np.asarray(each, dtype=np.float64) for each in (observed, expected, dispersion, expected_se)]
    if any(not np.isfinite(each).all() or (each < 0.0).any() for each in passed):
        raise GeoError(
            "Counts, expected counts, dispersion or standard errors hold a negative or missing value.",
            "Each of them is 0 or more.",
            "Pass 0 for a place without reports, and 1 for a dispersion that is not known.",
        )
    try:
        count, usual, ratio, error = np.broadcast_arrays(*(np.atleast_1d(each) for each in passed))
    except ValueError:
        count = np.empty((0, 0))
    if count.ndim != 1:
        raise GeoError(
            f"Values of the shapes {', '.join(str(each.shape) for each in passed)} were passed.",
            "There must be one of each for every place.",
            "Pass arrays of one length, or single numbers.",
        )
    spread = np.where(ratio > NEARLY_POISSON, ratio, 1.0)
    added = np.divide(error * error, usual, out=np.zeros(len(count)), where=usual > 0.0)
    return count.copy(), usual.copy(), spread + added
