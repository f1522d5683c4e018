"""Areas beside each other: which differ from the rest by more than areas of their size do by chance.

A ranking always has a first and a last place, and small areas take both. A funnel draws what is usual for each
size, so that only what lies outside of it asks for a reason.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from geo.arrays import Floats, Ints
from geo.dispersion import NEARLY_POISSON, usual_range
from geo.errors import GeoError

#: With fewer areas how much they swing is not known, and chance alone is allowed for.
LEAST_AREAS = 10
#: Share of the areas that is pulled in on each side before the swing is measured.
PULLED_IN = 0.1


@dataclass(frozen=True, slots=True)
class Funnel:
    """Areas against the rate of all of them, (n,) each, in their order.

    ``rate`` of each area and ``target``, that of all, are counts by one unit of exposure. ``expected`` counts;
    ``low95`` to ``high95`` and ``low998`` to ``high998`` are usual counts, both included: one area in twenty, and
    one in five hundred, lies outside by chance. ``dispersion`` is how many times more than chance the areas
    swing, 1 up to 1.2.
    """

    rate: Floats
    target: float
    expected: Floats
    low95: Ints
    high95: Ints
    low998: Ints
    high998: Ints
    dispersion: float


def winsorised_dispersion(z: npt.ArrayLike) -> float:
    """Return how much more than chance areas swing, without letting a few odd ones decide.

    The tenth that lies highest, and the tenth that lies lowest, are pulled in to the next of the others.

    Parameters
    ----------
    z : array_like, shape (n,)
        How far each area is from the rate of all, in standard deviations of chance.

    Returns
    -------
    float
        At least 1: variance over that of chance. 1 under :data:`LEAST_AREAS` areas.

    Raises
    ------
    GeoError
        For missing values or another shape.

    Notes
    -----
    Spiegelhalter (2005), Statistics in Medicine 24, "Funnel plots for comparing institutional performance", and
    "Handling over-dispersion of performance indicators" (Quality and Safety in Health Care 14). His mean square of
    the pulled-in values is divided by what it is for chance alone (0.68), which he leaves out: without it the limits
    are a sixth too narrow. It takes all areas for more uneven than chance, not for good or bad.

    Examples
    --------
    >>> z = [0.1, -0.4, 0.9, -1.2, 2.0, -2.2, 0.6, -0.7, 1.4, -0.2, 0.3, 25.0]
    >>> round(winsorised_dispersion(z), 2)
    1.69
    """
    values = np.asarray(z, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise GeoError(
            f"The swing of areas of the shape {values.shape} was asked for.",
            "Each area has one value.",
            "Leave out areas without residents or reports.",
        )
    if len(values) < LEAST_AREAS:
        return 1.0
    pulled = max(1, round(PULLED_IN * len(values)))
    ordered = np.sort(values)
    drawn_in = np.clip(values, ordered[pulled], ordered[-1 - pulled])
    part = pulled / len(values)
    edge = float(norm.isf(part))
    by_chance = 1.0 - 2.0 * part - 2.0 * edge * float(norm.pdf(edge)) + 2.0 * part * edge**2
    return max(1.0, float((drawn_in**2).mean()) / by_chance)


def funnel(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> Funnel:
    """Return what is usual for areas of each size.

    Parameters
    ----------
    counts : array_like, shape (n,)
        Reports of each area in one period, 0 or more.
    exposure : array_like, shape (n,)
        What they are held against, above 0: residents in thousands, or open reports.

    Returns
    -------
    Funnel
        In the order of the areas.

    Raises
    ------
    GeoError
        For shapes that do not fit, no area at all, negative or missing counts, an exposure not above 0.

    Notes
    -----
    The rate of all areas is the target; usual counts are quantiles of the Poisson law, or of the negative binomial
    one where the areas swing more than 1.2 (:func:`winsorised_dispersion`): right for few reports, too. Each area
    is part of the target, which pulls it towards the middle: with very few areas of which one is large the funnel says
    little. Residents are not those who pass through, and a rate of reports is also one of reporting. Being
    outside is a question, not an answer; of five hundred usual areas one is outside of the wider limits.

    Examples
    --------
    >>> found = funnel([30, 12, 4, 55], [10, 5, 2, 10])
    >>> round(found.target, 2), found.expected.round(1).tolist()
    (3.74, [37.4, 18.7, 7.5, 37.4])
    >>> found.low95.tolist(), found.high95.tolist()
    ([26, 11, 3, 26], [50, 28, 13, 50])
    """
    count, size = np.asarray(counts, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    fits = count.ndim == 1 and count.shape == size.shape and len(count) > 0
    if not fits or not (np.isfinite(count) & np.isfinite(size) & (count >= 0) & (size > 0)).all():
        raise GeoError(
            f"A funnel of counts of the shape {count.shape} and sizes of the shape {size.shape} was asked for.",
            "Each area has a count of 0 or more and a size above 0.",
            "Leave out areas without residents or reports.",
        )
    target = float(count.sum() / size.sum())
    expected = target * size
    # Twice the difference of roots: the variance is 1 whatever the size, and few reports do not lean to one side.
    z = 2.0 * (np.sqrt(count + 0.375) - np.sqrt(expected + 0.375))
    measured = winsorised_dispersion(z)
    dispersion = measured if measured > NEARLY_POISSON else 1.0
    limits = [
        [usual_range(mean=float(mean), dispersion=dispersion, level=level) for mean in expected]
        for level in (0.95, 0.998)
    ]
    near, far = (np.array(each, dtype=np.int64) for each in limits)
    return Funnel(count / size, target, expected, near[:, 0], near[:, 1], far[:, 0], far[:, 1], dispersion)
