"""How far a place that was picked because it was high falls by itself, and places to compare it with."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class ComparablePlaces:
    """The counts of all places among which one was picked: their mean, and their variance over it.

    ``dispersion`` is None when there are fewer than two places, or none has any count.
    """

    places: int
    mean: float
    dispersion: float | None


def comparable_places(counts: npt.ArrayLike) -> ComparablePlaces:
    """Return the mean and the dispersion of places in one window.

    Parameters
    ----------
    counts : (n,) int
        Counts of every place that could have been picked, the picked ones and the low ones
        included. Leaving the low ones out makes the fall to be expected look too small.

    Returns
    -------
    ComparablePlaces
        Without an order; the dispersion is the sample variance over the mean.

    Raises
    ------
    ValueError
        When a count is negative or not finite.

    Notes
    -----
    It does not say which of the places are alike in other ways (shops, housing, night life).

    Examples
    --------
    >>> comparable_places([2, 4, 6])
    ComparablePlaces(places=3, mean=4.0, dispersion=1.0)
    """
    known = np.asarray(counts, dtype=np.float64)
    if not np.isfinite(known).all() or (known < 0).any():
        raise ValueError("Counts are 0 or more.")
    mean = float(known.mean()) if len(known) else 0.0
    if len(known) < 2 or mean == 0:
        return ComparablePlaces(len(known), mean, None)
    return ComparablePlaces(len(known), mean, float(known.var(ddof=1)) / mean)


def expected_next(count: int, *, mean: float, dispersion: float, own_dispersion: float = 1.0) -> float:
    """Return the count that a place would have next time if nothing at all were done.

    Parameters
    ----------
    count : int
        What was counted in the window for which the place was picked, at least 0.
    mean, dispersion : float
        Mean of the comparable places, and their variance over it (:func:`comparable_places`).
    own_dispersion : float
        Variance over mean of one place from one window to the next, above 0: 1 when a place whose
        rate stays the same brings Poisson counts.

    Returns
    -------
    float
        A count per window of the same length, between ``mean`` and ``count``.

    Raises
    ------
    ValueError
        When an argument is negative, or ``own_dispersion`` not above 0.

    Notes
    -----
    Linear empirical Bayes (Efron and Morris 1975; Hauer, Observational Before-After Studies in Road
    Safety, 1997): the share ``own_dispersion / dispersion`` of what stands out is chance and goes
    away, all of it when the places differ by no more than chance. It says nothing about a general
    trend, and it is an average: a single place may do otherwise.

    Examples
    --------
    >>> expected_next(20, mean=8.0, dispersion=3.0), expected_next(20, mean=8.0, dispersion=0.9)
    (16.0, 8.0)
    """
    if not all(math.isfinite(number) and number >= 0 for number in (count, mean, dispersion)):
        raise ValueError("Counts, means and dispersions are 0 or more.")
    if not math.isfinite(own_dispersion) or own_dispersion <= 0:
        raise ValueError(f"A dispersion of {own_dispersion} makes no sense here: it must be above 0.")
    chance = min(1.0, own_dispersion / dispersion) if dispersion > 0 else 1.0
    return mean + (1 - chance) * (count - mean)


def control_candidates(
    ids: npt.ArrayLike,
    counts: npt.ArrayLike,
    distance_m: npt.ArrayLike,
    *,
    treated_count: int,
    ring_m: float,
    band_share: float = 0.1,
    most_times: float = 2.0,
    wanted: int = 5,
    usable: npt.ArrayLike | None = None,
) -> tuple[int, ...]:
    """Return places to compare a treated place with, as high as it was in the same window.

    Parameters
    ----------
    ids : (n,) int
        Identities of the other places of the ranking; the treated place is not among them.
    counts : (n,) int
        Their counts in the window for which the treated place was picked.
    distance_m : (n,) float
        Their distance from the treated footprint in metres, 0 inside.
    treated_count : int
        Count of the treated place in that window.
    ring_m : float
        Width of the ring round the footprint to which trouble may move, in metres.
    band_share : float
        Half the width of the ranking band, as a share of all places; at least three ranks.
    most_times : float
        How many times as high as the other either count may be, at least 1.
    wanted : int
        How many to return at most.
    usable : (n,) bool or None
        False for places that cannot serve, because work is or was done there too. They still count
        in the ranking.

    Returns
    -------
    tuple of int
        Identities, nearest in count first; equals by lower identity. Whatever the order of the
        places. Empty when no place qualifies.

    Raises
    ------
    ValueError
        When the arrays differ in length, or a number is negative or not finite.

    Notes
    -----
    A control that was picked for being as high, in the same period, falls back by itself as far as
    the treated place does; that is what makes the comparison fair. It does not say that the places
    are alike otherwise, nor that nobody did anything there.

    Examples
    --------
    >>> control_candidates([1, 2, 3, 4], [30, 21, 18, 2], [500, 900, 40, 700], treated_count=20, ring_m=100)
    (2, 1)
    >>> control_candidates(range(50), range(50), [500] * 50, treated_count=30, ring_m=100, wanted=2)
    (30, 29)
    """
    identity, known, away = np.asarray(ids, np.int64), np.asarray(counts, np.float64), np.asarray(distance_m, float)
    free = np.ones(len(identity), np.bool_) if usable is None else np.asarray(usable, np.bool_)
    if not len(identity) == len(known) == len(away) == len(free):
        raise ValueError("There must be one count and one distance for every place.")
    if not np.isfinite(known).all() or (known < 0).any() or not (away >= 0).all():
        raise ValueError("Counts and distances are 0 or more.")
    if treated_count < 0 or not ring_m >= 0 or not 0 <= band_share <= 1 or most_times < 1 or wanted < 0:
        raise ValueError(
            "The treated count, the ring, the band and the number wanted are 0 or more, the times 1 or more."
        )
    # Counted between the two, so that places of equal count have equal ranks whatever their order.
    ranking = np.sort(known)
    up = np.searchsorted(ranking, known, "left") - np.searchsorted(ranking, treated_count, "left")
    down = np.searchsorted(ranking, treated_count, "left") - np.searchsorted(ranking, known, "right")
    ranks_apart = np.where(known >= treated_count, up, down)
    alike = (known <= treated_count * most_times) & (known * most_times >= treated_count)
    reach = max(3, math.floor(band_share * (len(known) + 1)))
    fit = np.flatnonzero(free & alike & (away > ring_m) & (ranks_apart < reach))
    order = np.lexsort((identity[fit], np.abs(known[fit] - treated_count)))
    return tuple(identity[fit][order][:wanted].tolist())
