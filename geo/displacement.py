"""What work on a place changed there and round about, against places where nothing was done."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from scipy.special import stdtr, stdtrit


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The counts of one area before and after, and its size.

    ``size`` is the area's weight: two when twice as much ground or twice as many places were
    counted, in the same unit for every area that is compared.
    """

    before: int
    after: int
    size: float = 1.0

    def __post_init__(self) -> None:
        if any(number < 0 or number != int(number) for number in (self.before, self.after)):
            raise ValueError(f"Counts are whole numbers of 0 or more, not {self.before} and {self.after}.")
        if not math.isfinite(self.size) or self.size <= 0:
            raise ValueError(f"The size of an area must be above 0, not {self.size}.")


@dataclass(frozen=True, slots=True)
class Difference:
    """A change against the change elsewhere, in counts per unit of size and of time.

    ``low`` and ``high`` bound the interval, ``se`` is the standard error after scaling, ``z`` the
    change over it (None when nothing was counted anywhere). ``freedom`` is None when the interval
    is normal, else the degrees of freedom of Student's law.
    """

    change: float
    se: float
    low: float
    high: float
    freedom: int | None = None

    @property
    def z(self) -> float | None:
        """The change in standard errors, or None without any count."""
        return self.change / self.se if self.se > 0 else None

    @property
    def p_value(self) -> float | None:
        """How often chance alone would bring a change as large, either way, or None without any count."""
        if self.z is None:
            return None
        tail = NormalDist().cdf(-abs(self.z)) if self.freedom is None else float(stdtr(self.freedom, -abs(self.z)))
        return 2 * tail


@dataclass(frozen=True, slots=True)
class Displacement:
    """The weighted displacement difference: in the treated area, in the ring round it, and in both.

    ``ring`` is None when no ring was counted; ``total`` then equals ``local``.
    """

    local: Difference
    ring: Difference | None
    total: Difference


def displacement_difference(
    treated: BeforeAfter,
    control: BeforeAfter,
    *,
    ring: BeforeAfter | None = None,
    ring_control: BeforeAfter | None = None,
    time_weights: tuple[float, float] = (1.0, 1.0),
    dispersion: float = 1.0,
    freedom: int | None = None,
    alpha: float = 0.05,
) -> Displacement:
    """Return the change in the treated area, and round it, beyond the change in control areas.

    Parameters
    ----------
    treated, control : BeforeAfter
        The area where work was done and a comparable one where none was. Several control areas
        are added up, with their number as the size.
    ring, ring_control : BeforeAfter or None
        The surroundings of the treated area, to which trouble may have moved, and a control area
        for them. Both or neither.
    time_weights : tuple of float
        Lengths of the time before and after, in one unit. With (1.5, 1) the changes are counts per
        length of the time after, when the time before was one and a half times as long.
    dispersion : float
        Variance over mean of counts before the work (:func:`geo.dispersion.mean_dispersion`). The
        standard error is multiplied by its square root, never by less than 1.
    freedom : int or None
        Degrees of freedom of a dispersion that was itself measured: places times (periods less
        one). Intervals above a dispersion of 1 then follow Student's law. None: taken as known.
    alpha : float
        Share of intervals that may miss the true change (0.05: 95 % intervals).

    Returns
    -------
    Displacement
        Negative changes are falls.

    Raises
    ------
    ValueError
        When only one of ring and its control is given, or a weight, the dispersion or alpha is out
        of range.

    Notes
    -----
    Wheeler and Ratcliffe, Crime Science 7:11 (2018); weights as in Wheeler's extensions (2021). The
    scaling is that of a quasi-Poisson model, because the plain standard error holds for Poisson
    counts only. The change says nothing about why: it is the work's doing only as far as the control
    would have gone the same way without it, by number and not by share. It does not undo regression
    to the mean unless the control was picked for being as high, in the same period.

    Examples
    --------
    >>> paper = displacement_difference(
    ...     BeforeAfter(207, 110), BeforeAfter(308, 318),
    ...     ring=BeforeAfter(178, 157), ring_control=BeforeAfter(150, 140),
    ... )
    >>> paper.total.change, round(paper.total.se, 1), round(paper.total.z, 2)
    (-118.0, 39.6, -2.98)
    """
    if (ring is None) != (ring_control is None):
        raise ValueError("A ring needs a control area of its own, and the other way round.")
    if not all(math.isfinite(weight) and weight > 0 for weight in time_weights):
        raise ValueError(f"The lengths of the times must be above 0, not {time_weights}.")
    if not math.isfinite(dispersion) or dispersion < 0 or not 0 < alpha < 1:
        raise ValueError("The dispersion is 0 or more, and alpha lies between 0 and 1.")
    if freedom is not None and freedom < 1:
        raise ValueError("The degrees of freedom are 1 or more.")
    law = _Law(max(dispersion, 1.0), freedom if dispersion > 1 else None, alpha)
    here = _difference([treated], [control], time_weights, law)
    if ring is None or ring_control is None:
        return Displacement(here, None, here)
    return Displacement(
        local=here,
        ring=_difference([ring], [ring_control], time_weights, law),
        total=_difference([treated, ring], [control, ring_control], time_weights, law),
    )


def counting_variance(areas: Sequence[BeforeAfter], time_weights: tuple[float, float] = (1.0, 1.0)) -> float:
    """Return the Poisson variance of the added changes of areas, in weighted counts squared.

    Each count divided by its squared weights; what the standard error of
    :func:`displacement_difference` is the square root of, before it is scaled.

    Notes
    -----
    Wheeler and Ratcliffe, Crime Science 7 (2018) 11. It is the chance of counting alone: counts that
    swing more than Poisson counts are not told by it (:func:`dispersion_of_changes`).

    Examples
    --------
    >>> counting_variance([BeforeAfter(80, 20), BeforeAfter(100, 50)], (2, 1))
    115.0
    """
    long_before, long_after = time_weights
    return sum((area.before / long_before**2 + area.after / long_after**2) / area.size**2 for area in areas)


def dispersion_of_changes(areas: Sequence[BeforeAfter], time_weights: tuple[float, float] = (1.0, 1.0)) -> float | None:
    """Return how much more the changes of control areas differ than counting alone would make them.

    Parameters
    ----------
    areas : sequence of BeforeAfter
        Control areas of one size, each on its own.
    time_weights : tuple of float
        As in :func:`displacement_difference`.

    Returns
    -------
    float or None
        The variance of the changes over their mean Poisson variance: about 1 when all areas kept
        one trend. None with fewer than three areas, or without any count.

    Notes
    -----
    The between-area analogue of Pearson's dispersion, for what counts by week cannot show: rates
    that drift from one window to the next, each area by itself. With few areas it is itself
    uncertain: take the larger of the two dispersions. It does not say which area drifted, or why.

    Examples
    --------
    >>> round(dispersion_of_changes([BeforeAfter(50, 40), BeforeAfter(50, 50), BeforeAfter(50, 60)]), 2)
    1.0
    """
    if len(areas) < 3:
        return None
    changes = [_change(area, time_weights) for area in areas]
    usual = math.fsum(counting_variance([area], time_weights) for area in areas) / len(areas)
    middle = math.fsum(changes) / len(changes)
    squares = math.fsum((change - middle) ** 2 for change in changes)
    return squares / (len(areas) - 1) / usual if usual > 0 else None


@dataclass(frozen=True, slots=True)
class _Law:
    """What turns a Poisson variance into an interval."""

    scale: float
    freedom: int | None
    alpha: float

    @property
    def reach(self) -> float:
        """Half the width of the interval, in standard errors."""
        if self.freedom is None:
            return NormalDist().inv_cdf(1 - self.alpha / 2)
        return float(stdtrit(self.freedom, 1 - self.alpha / 2))


def _difference(
    added: Sequence[BeforeAfter],
    taken_off: Sequence[BeforeAfter],
    time_weights: tuple[float, float],
    law: _Law,
) -> Difference:
    change = math.fsum(_change(area, time_weights) for area in added)
    change -= math.fsum(_change(area, time_weights) for area in taken_off)
    se = math.sqrt(counting_variance([*added, *taken_off], time_weights) * law.scale)
    return Difference(change, se, change - law.reach * se, change + law.reach * se, law.freedom)


def _change(area: BeforeAfter, time_weights: tuple[float, float]) -> float:
    return (area.after / time_weights[1] - area.before / time_weights[0]) / area.size


class Undefined(StrEnum):
    """Why a displacement quotient has no value."""

    ZERO_COUNT = "zero_count"
    NO_FALL = "no_fall"

    @property
    def label(self) -> str:
        """Plain words for the reason."""
        return {
            Undefined.ZERO_COUNT: "One of the six counts is zero, and a share of nothing has no meaning.",
            Undefined.NO_FALL: "The place did not fall against its control, so there was nothing to move elsewhere.",
        }[self]


@dataclass(frozen=True, slots=True)
class Quotient:
    """The weighted displacement quotient, or why there is none.

    ``success`` and ``surroundings`` are changes of shares of the control's count, without a unit;
    all three are None when a count is zero, and ``quotient`` alone when the place did not fall.
    """

    quotient: float | None
    success: float | None
    surroundings: float | None
    why: Undefined | None


def displacement_quotient(treated: BeforeAfter, ring: BeforeAfter, control: BeforeAfter) -> Quotient:
    """Return how the surroundings changed for each unit that the treated area fell.

    Parameters
    ----------
    treated, ring, control : BeforeAfter
        Counts of the same two periods. Sizes cancel out and are not used.

    Returns
    -------
    Quotient
        Above 0 the benefits spread, above 1 by more than the fall itself; below 0 trouble moved,
        below -1 by more than the fall.

    Notes
    -----
    WDQ of Bowers and Johnson, Journal of Quantitative Criminology 19 (2003) 275-301, as in Guerette,
    Analyzing Crime Displacement and Diffusion, POP Center tool guide 10 (2009). A descriptor: it has
    no standard error, it swings wildly when the fall is small, and it must not decide anything.

    Examples
    --------
    >>> displacement_quotient(BeforeAfter(100, 50), BeforeAfter(100, 150), BeforeAfter(100, 100)).quotient
    -1.0
    >>> displacement_quotient(BeforeAfter(50, 60), BeforeAfter(9, 9), BeforeAfter(50, 50)).why.value
    'no_fall'
    """
    if not all((treated.before, treated.after, ring.before, ring.after, control.before, control.after)):
        return Quotient(None, None, None, Undefined.ZERO_COUNT)
    success = treated.after / control.after - treated.before / control.before
    surroundings = ring.after / control.after - ring.before / control.before
    # By whole numbers: two shares that are equal must not differ by a rounding error.
    if treated.after * control.before >= treated.before * control.after:
        return Quotient(None, success, surroundings, Undefined.NO_FALL)
    return Quotient(surroundings / success, success, surroundings, None)
