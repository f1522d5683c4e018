"""How busy each time of the year is, from two years of weeks or more."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.arrays import Floats
from geo.errors import GeoError

#: Two years, and so many reports in them, are needed before a season is taken for one.
LEAST_WEEKS, LEAST_REPORTS = 104, 500
#: Waves a year: 1 for warm and cold, 2 for what comes twice (spring and autumn).
_WAVES = (1, 2)
_STEPS = 50
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Season:
    """A year's course as waves: ``weights`` (4,) of the logarithm, ``covariance`` (4, 4) of these."""

    weights: Floats
    covariance: Floats

    def factors(self, year_share: npt.ArrayLike) -> Floats:
        """Return how busy moments of the year are, (t,), 1 on a geometric average over the year.

        ``year_share`` (t,) is the part of the year that has passed, 0 to 1: week 53 needs no rule of its own.
        """
        return np.asarray(np.exp(_waves(year_share) @ self.weights))

    def error(self, at: float, base: npt.ArrayLike) -> float:
        """Return the standard error of the logarithm of the factor at ``at`` over the mean factor of ``base`` (t,)."""
        beside = _waves(base)
        weight = np.exp(beside @ self.weights)
        step = _waves([at])[0] - (beside * (weight / weight.sum())[:, None]).sum(axis=0)
        return float(np.sqrt(max(0.0, step @ self.covariance @ step)))


def season_of(counts: npt.ArrayLike, year_share: npt.ArrayLike, usable: npt.ArrayLike) -> Season | None:
    """Return the course of the year of weekly counts, or None where too little is known.

    Parameters
    ----------
    counts : array_like, shape (t,)
        Reports of successive weeks, the oldest first: best of a whole category, as a single area has too few.
    year_share : array_like, shape (t,)
        Part of the year that has passed in the middle of each week, 0 to 1.
    usable : array_like of bool, shape (t,)
        False for weeks that are left out.

    Returns
    -------
    Season or None
        None under 104 usable weeks or 500 reports in them.

    Raises
    ------
    GeoError
        For shapes that do not fit, or negative or missing counts in usable weeks.

    Notes
    -----
    Poisson regression on a constant, a steady change from year to year and two waves (Serfling 1963, Public Health
    Reports 78, for the waves; McCullagh and Nelder 1989 for the fit); the covariance is scaled by the
    dispersion of what is left. Waves are smooth: the week of a holiday, which moves or is short, is not in
    them and stands out every year. Two years cannot tell a season from two like accidents.

    Examples
    --------
    >>> weeks = np.arange(156)
    >>> found = season_of(np.round(40 * np.exp(0.5 * np.cos(2 * np.pi * weeks / 52))), weeks / 52 % 1, weeks >= 0)
    >>> found.factors([0.0, 0.5]).round(2).tolist()
    [1.65, 0.61]
    """
    count, share, fit = np.asarray(counts, float), np.asarray(year_share, float), np.asarray(usable, bool)
    if count.ndim != 1 or share.shape != count.shape or fit.shape != count.shape:
        raise GeoError(
            f"A season of weeks of the shapes {count.shape}, {share.shape} and {fit.shape} was asked for.",
            "Each week has a count, a time of the year and a mark whether it is used.",
            "Pass three rows of one length.",
        )
    count, share, order = count[fit], share[fit], np.flatnonzero(fit)
    if not np.isfinite(count).all() or (count < 0).any() or not np.isfinite(share).all():
        raise GeoError(
            "Weekly counts are negative or missing.", "A count is 0 or more.", "Mark such weeks as unusable."
        )
    if len(count) < LEAST_WEEKS or count.sum() < LEAST_REPORTS:
        return None
    years = (order - order.mean()) / 52.0
    design = np.column_stack((np.ones(len(count)), years, _waves(share)))
    fitted = _poisson_fit(design, count)
    if fitted is None:
        return None
    weights, covariance = fitted
    return Season(weights[2:], covariance[2:, 2:])


def _waves(year_share: npt.ArrayLike) -> Floats:
    turn = 2 * np.pi * np.asarray(year_share, dtype=np.float64)
    return np.column_stack([wave(number * turn) for number in _WAVES for wave in (np.cos, np.sin)])


def _poisson_fit(design: Floats, count: Floats) -> tuple[Floats, Floats] | None:
    """Return weights and their covariance, or None where the steps do not come to rest."""
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(count.mean())
    for _ in range(_STEPS):
        mean = np.exp(np.clip(design @ weights, -30.0, 30.0))
        inner = design.T @ (mean[:, None] * design)
        if np.linalg.cond(inner) > 1e12:
            return None
        step = np.linalg.solve(inner, design.T @ (count - mean))
        weights = weights + step
        if np.abs(step).max() < _CLOSE:
            swing = float(((count - mean) ** 2 / mean).sum()) / (len(count) - design.shape[1])
            return weights, np.linalg.inv(inner) * max(1.0, swing)
    return None
