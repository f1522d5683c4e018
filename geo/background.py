"""What a place makes one expect within a radius, from reports other than those that are tested.

Two references are at hand. All categories in the same window say how busy a place is now; the same
category in earlier periods says what the place always had. :func:`blend` weighs them by what each
is worth. The estimates are gamma distributed (Clayton and Kaldor 1987, "Empirical Bayes estimates of
age-standardized relative risks", Biometrics 43(3)): ``count`` reference reports, each standing for
``factor`` expected ones.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo import engine
from geo.arrays import Floats, Mask, as_points, as_positive
from geo.clusters import CoreTest
from geo.errors import GeoError
from geo.neighbours import neighbours, weight_near
from geo.significance import upper_tail


@dataclass(frozen=True, slots=True)
class Background:
    """What is expected within the radius of every point, (n,) each.

    ``count`` reference reports stand behind it (their weight; a blend adds what its prior is worth),
    each for ``factor`` expected ones; they lie within ``radius_m``, which is wider than asked where
    there were few. A count of 0 is no reference, not an expectation of nothing.
    """

    count: Floats
    factor: Floats
    radius_m: Floats

    @property
    def expected(self) -> Floats:
        """Return the expected counts, (n,)."""
        return self.count * self.factor

    @property
    def expected_se(self) -> Floats:
        """Return the standard errors of the expected counts from the number of references, (n,)."""
        return np.sqrt(self.count) * self.factor


def weight_within(
    at_xy_m: npt.ArrayLike, xy_m: npt.ArrayLike, *, radius_m: float, weights: npt.ArrayLike | None = None
) -> Floats:
    """Return the weight of the points within a radius of every place.

    Parameters
    ----------
    at_xy_m : array_like, shape (k, 2)
        Places, metres.
    xy_m : array_like, shape (n, 2)
        Points, metres.
    radius_m : float
        Above 0; a distance of exactly the radius counts.
    weights : array_like, shape (n,), optional
        0 or more; 1 where not given.

    Returns
    -------
    ndarray, shape (k,), float64
        0 where nothing is near.

    Raises
    ------
    GeoError
        For NaN, infinity, other shapes, negative weights or a radius that is not above 0.

    Notes
    -----
    A count within a circle knows no river, no railway and no border of the town.

    Examples
    --------
    >>> weight_within([(0, 0), (90, 0)], [(0, 0), (3, 4)], radius_m=5).tolist()
    [2.0, 0.0]
    """
    asked, points, weight = as_points(at_xy_m, "at_xy_m"), as_points(xy_m, "xy_m"), _as_weights(weights, xy_m)
    radius = as_positive(radius_m, "radius_m")
    plane = engine.plane(points, weight, radius, asked)
    return plane.weight_within(asked) if plane else weight_near(neighbours(points, radius), asked, weight)


def from_reference(
    at_xy_m: npt.ArrayLike,
    reference_xy_m: npt.ArrayLike,
    *,
    radius_m: float,
    scale: float,
    enough: float = 20.0,
    widest_m: float | None = None,
    weights: npt.ArrayLike | None = None,
) -> Background:
    """Return what is expected round every point from reference reports, each standing for ``scale``.

    Parameters
    ----------
    at_xy_m : array_like, shape (k, 2)
        The points that are tested, metres.
    reference_xy_m : array_like, shape (n, 2)
        Reference reports, metres.
    radius_m : float
        The radius of the test, above 0.
    scale : float
        Expected reports for one reference report, above 0: :func:`from_everything` and
        :func:`from_earlier` work it out.
    enough : float
        Where fewer reference reports lie within the radius it is doubled until there are as many.
    widest_m : float, optional
        The radius is not doubled beyond it; 16 times the radius where not given.
    weights : array_like, shape (n,), optional
        Weights of the reference reports; 1 where not given.

    Returns
    -------
    Background
        In the order of the points.

    Raises
    ------
    GeoError
        As :func:`weight_within`; for numbers that are not above 0, or a ``widest_m`` below the radius.

    Notes
    -----
    A wider circle stands for the smaller one by area, as if all of it were alike: at a shore or a
    park it expects too little, and what is found there is overstated.

    Examples
    --------
    >>> found = from_reference([(0, 0)], [(0, 0), (90, 0), (0, 90), (90, 90)], radius_m=50, scale=0.5, enough=3)
    >>> found.radius_m.tolist(), found.count.tolist(), found.expected.tolist()
    ([100.0], [3.0], [0.375])
    """
    asked, points = as_points(at_xy_m, "at_xy_m"), as_points(reference_xy_m, "reference_xy_m")
    weight = _as_weights(weights, points)
    radius, each, least = as_positive(radius_m, "radius_m"), as_positive(scale, "scale"), as_positive(enough, "enough")
    widest = 16.0 * radius if widest_m is None else as_positive(widest_m, "widest_m")
    if widest < radius:
        raise GeoError(
            f"A reference radius of at most {widest:g} m was asked for.",
            f"The radius of the test is {radius:g} m.",
            "Choose one that is not smaller.",
        )
    count, reached = np.zeros(len(asked)), np.full(len(asked), radius)
    few, wide = np.arange(len(asked)), radius
    while len(few) and wide <= widest:
        count[few] = weight_within(asked[few], points, radius_m=wide, weights=weight)
        reached[few] = wide
        few, wide = few[count[few] < least], wide * 2.0
    return Background(count, each * np.square(radius / reached), reached)


def from_everything(
    at_xy_m: npt.ArrayLike,
    everything_xy_m: npt.ArrayLike,
    *,
    radius_m: float,
    share: float,
    enough: float = 20.0,
    widest_m: float | None = None,
    weights: npt.ArrayLike | None = None,
) -> Background:
    """Return what is expected when the category had its usual share of all reports everywhere.

    Parameters
    ----------
    at_xy_m, radius_m, enough, widest_m, weights
        As in :func:`from_reference`.
    everything_xy_m : array_like, shape (n, 2)
        Reports of all categories in the same window, metres; or of all others.
    share : float
        Reports of the category divided by the reports of ``everything_xy_m``, in the whole town;
        above 0.

    Returns
    -------
    Background
        In the order of the points.

    Raises
    ------
    GeoError
        As :func:`from_reference`.

    Notes
    -----
    It takes out how busy a place is, not what kind of place it is: litter by a market is above its
    share without anything being wrong. With the category among all, a hot spot raises its own
    expectation by ``share`` of itself, and no point is without a reference; without it, the share is
    category / others, and a place where several categories rise together stands out less.

    Examples
    --------
    >>> from_everything([(0, 0)], [(0, 0)] * 40, radius_m=75, share=0.1).expected.tolist()
    [4.0]
    """
    return from_reference(
        at_xy_m,
        everything_xy_m,
        radius_m=radius_m,
        scale=as_positive(share, "share"),
        enough=enough,
        widest_m=widest_m,
        weights=weights,
    )


def from_earlier(
    at_xy_m: npt.ArrayLike,
    earlier_xy_m: npt.ArrayLike,
    *,
    radius_m: float,
    window_days: float,
    earlier_days: float,
    enough: float = 20.0,
    widest_m: float | None = None,
    weights: npt.ArrayLike | None = None,
) -> Background:
    """Return what is expected when the window were like the days before it.

    Parameters
    ----------
    at_xy_m, radius_m, enough, widest_m, weights
        As in :func:`from_reference`.
    earlier_xy_m : array_like, shape (n, 2)
        Reports of the same category before the window, metres.
    window_days, earlier_days : float
        Lengths of the window and of the time that ``earlier_xy_m`` covers, above 0.

    Returns
    -------
    Background
        In the order of the points.

    Raises
    ------
    GeoError
        As :func:`from_reference`.

    Notes
    -----
    A place that has always been bad expects to be bad: what stands out is new or growing, and a
    chronic hot spot is hidden. A season, or a new way to report, moves all places: use whole years,
    or scale the lengths.

    Examples
    --------
    >>> from_earlier([(0, 0)], [(0, 0)] * 40, radius_m=75, window_days=90, earlier_days=360).expected.tolist()
    [10.0]
    """
    return from_reference(
        at_xy_m,
        earlier_xy_m,
        radius_m=radius_m,
        scale=as_positive(window_days, "window_days") / as_positive(earlier_days, "earlier_days"),
        enough=enough,
        widest_m=widest_m,
        weights=weights,
    )


def blend(prior: Background, local: Background, *, prior_weight: float = 5.0) -> Background:
    """Return the local background, drawn towards a prior one where it rests on few reports.

    Parameters
    ----------
    prior : Background
        What places like this one expect, usually :func:`from_everything`.
    local : Background
        What this place had, usually :func:`from_earlier`; of the same points and radius.
    prior_weight : float
        Above 0: how many expected reports the prior is worth. True means of places spread round the
        prior by a share of 1 / sqrt(prior_weight): 5 says 45 %.

    Returns
    -------
    Background
        The mean and error of a gamma distribution; the mean lies between the two. Where the prior has
        no reference it is the local one alone. ``radius_m`` is the wider of the two.

    Raises
    ------
    GeoError
        For backgrounds of different points, or a weight that is not above 0.

    Notes
    -----
    The prior loses weight where it rests on few reports itself (1 / prior_weight + 1 / count). The
    weight is a choice that belongs beside the result. As in :func:`from_earlier`, what is chronic is
    in part expected.

    Examples
    --------
    >>> prior = from_everything([(0, 0)], [(0, 0)] * 4000, radius_m=75, share=0.001)
    >>> local = from_earlier([(0, 0)], [(0, 0)] * 40, radius_m=75, window_days=90, earlier_days=360)
    >>> blend(prior, local).expected.round(2).tolist()
    [8.57]
    """
    weight = as_positive(prior_weight, "prior_weight")
    if len(prior.count) != len(local.count):
        raise GeoError(
            f"Backgrounds of {len(prior.count)} and {len(local.count)} points were to be blended.",
            "They must be of the same points.",
            "Ask for both with the same points.",
        )
    worth = weight * prior.count / (weight + prior.count)
    rate = 1.0 / local.factor + np.divide(worth, prior.expected, out=np.zeros(len(worth)), where=worth > 0.0)
    return Background(local.count + worth, 1.0 / rate, np.maximum(prior.radius_m, local.radius_m))


def core_test(
    background: Background, *, most_chance: float = 1e-4, dispersion: npt.ArrayLike = 1.0, unsure: bool = False
) -> CoreTest:
    """Return the test that only lets points be core where chance hardly brings as many.

    Parameters
    ----------
    background : Background
        Of the points and the radius that are clustered.
    most_chance : float
        A point is core when a count as large has a smaller chance; above 0.
    dispersion : array_like
        As in :func:`geo.significance.upper_tail`.
    unsure : bool
        Allow for the error of the expected counts; without it they are taken for exact.

    Returns
    -------
    CoreTest
        For ``is_core`` of :func:`geo.clusters.find_clusters`. It refuses counts of other points. Where
        there is no reference no point is core.

    Notes
    -----
    The chance is that of one point. Over 20,000 points, 1e-4 lets about two by that are nothing, and
    they overlap: test the clusters that come out (:func:`geo.significance.judge`).

    Examples
    --------
    >>> from geo.clusters import find_clusters
    >>> points = [(0, 0)] * 12 + [(500, 0)] * 12
    >>> usual = from_everything(points, [(0, 0)] * 400 + [(500, 0)] * 40, radius_m=75, share=0.05)
    >>> found = find_clusters(points, radius_m=75, min_weight=8, is_core=core_test(usual))
    >>> found.label[[0, 11, 12, 23]].tolist()
    [-1, -1, 0, 0]
    """
    chance = as_positive(most_chance, "most_chance")
    expected = background.expected
    error = background.expected_se if unsure else np.zeros(len(expected))

    def test(within: Floats) -> Mask:
        if len(within) != len(expected):
            raise GeoError(
                f"{len(within)} points were tested.",
                f"The background is that of {len(expected)} points.",
                "Ask for the background of the points that are clustered.",
            )
        surprising: Mask = upper_tail(within, expected, dispersion=dispersion, expected_se=error) < chance
        return surprising

    return test


def _as_weights(weights: npt.ArrayLike | None, points: npt.ArrayLike) -> Floats:
    length = len(np.asarray(points))
    weight = np.ones(length) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (length,) or not np.isfinite(weight).all() or (weight < 0.0).any():
        raise GeoError(
            f"Weights of the shape {weight.shape} were passed for {length} points.",
            "Each point has one weight of 0 or more.",
            "Leave out points without a weight.",
        )
    return weight
