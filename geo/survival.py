"""How long something takes when not everything has ended yet, or was watched from its beginning."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from geo.arrays import Floats, Ints
from geo.errors import GeoError

# Shares that are equal on paper differ by rounding.
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Quantile:
    """The time by which a share has ended, in days, with its interval; None is "not reached"."""

    days: float | None
    low_days: float | None
    high_days: float | None


@dataclass(frozen=True, slots=True)
class EndedShare:
    """The share that has ended by a time, ``low`` to ``high``; ``watched`` were still watched at that time."""

    share: float
    low: float
    high: float
    watched: int


@dataclass(frozen=True, slots=True)
class Survival:
    """What is left open after how long.

    Attributes
    ----------
    at_days : (k,) float64, ascending; the times at which something ended
    remaining : (k,) float64, share still open just after each
    low, high : (k,) float64, pointwise interval of ``remaining``
    at_risk, ended : (k,) int64, how many were watched and open just before, and how many ended then
    spread : (k,) float64, Greenwood's sum: variance of ``remaining`` over its square
    subjects, events : int, how many there are, and of how many the end is known
    watched_until_days : float, the longest time for which any was watched
    until_days, entered_days : (subjects,) float64; how long each was watched, ascending, and from which age on
    level : float, confidence of the intervals
    broken_at_days : float or None; from here on the curve says nothing, because at one time all who were watched
        had ended while others came under watch only later
    """

    at_days: Floats
    remaining: Floats
    low: Floats
    high: Floats
    at_risk: Ints
    ended: Ints
    spread: Floats
    subjects: int
    events: int
    watched_until_days: float
    until_days: Floats
    entered_days: Floats
    level: float
    broken_at_days: float | None

    def quantile(self, share: float) -> Quantile:
        """Return the time by which ``share`` (0 to 1) has ended.

        Its interval are the times at which the interval of the curve holds that share (Brookmeyer and Crowley 1982). An
        end is None where it was not reached, and all are None where the curve is broken before.
        """
        if not 0.0 < share < 1.0:
            raise GeoError(f"The share {share!r} was asked for.", "It lies between 0 and 1.", "Ask for 0.5 or 0.9.")
        days, low, high = (self._first(curve, 1.0 - share) for curve in (self.remaining, self.low, self.high))
        return Quantile(days, low, high)

    def _first(self, curve: Floats, left: float) -> float | None:
        reached = np.flatnonzero(curve <= left + _HAIR)
        if not len(reached):
            return None
        found = float(self.at_days[reached[0]])
        return None if self.broken_at_days is not None and found >= self.broken_at_days else found

    def ended_by(self, days: float) -> EndedShare | None:
        """Return the share that has ended by ``days``, or None where nobody was watched so long and some are left.

        The interval is Wilson's for as many as would have the same variance without any that is still open
        (Dorey and Korn 1987): it is right for few, and where none or all have ended.
        """
        broken = self.broken_at_days is not None and days >= self.broken_at_days
        if broken or (days > self.watched_until_days and not (self.remaining <= 0.0).any()):
            return None
        at = int(np.searchsorted(self.at_days, days, side="right")) - 1
        left, spread = (float(self.remaining[at]), float(self.spread[at])) if at >= 0 else (1.0, 0.0)
        watched = int(((self.until_days >= days) & (self.entered_days <= days)).sum())
        if 0.0 < left < 1.0:
            number = (1.0 - left) / (left * spread)
        else:
            number = float(watched) if left == 1.0 else float(self.at_risk[: at + 1].max())
        low, high = _wilson(1.0 - left, max(number, 1.0), self.level)
        return EndedShare(1.0 - left, low, high, watched)


def kaplan_meier(
    days: npt.ArrayLike, ended: npt.ArrayLike, *, entered_days: npt.ArrayLike = 0.0, level: float = 0.95
) -> Survival:
    """Estimate how long things take, those that have not ended yet included.

    Parameters
    ----------
    days : array_like, shape (n,)
        Age of each, in days, at its end or when last looked at, 0 or more.
    ended : array_like of bool, shape (n,)
        Whether that was its end.
    entered_days : array_like, shape (n,) or a number
        Age, in days, from which each was watched: 0 from its beginning. Those that ended before a window
        began are not in it, so those that were open when it began say nothing about younger ages.
    level : float
        Confidence of the intervals, between 0 and 1.

    Returns
    -------
    Survival
        Empty curve where nothing ended.

    Raises
    ------
    GeoError
        For shapes that do not fit, missing or negative ages, or one that is below the age of entry.

    Notes
    -----
    Kaplan and Meier (1958), Journal of the American Statistical Association 53, with delayed entry; variance
    by Greenwood (1926), intervals on the scale log(-log) (Kalbfleisch and Prentice 1980). Where an end and a last look
    fall on one age, the look counts as after it. It supposes that what is still open will end like what was
    open as long: what was set aside without an end (a duplicate) must not be passed as open for ever. Where
    only few are watched at young ages one end moves all that follows. It says nothing beyond the longest time watched.

    Examples
    --------
    >>> found = kaplan_meier([2, 3, 3, 5, 8, 9], [True, True, False, True, False, False])
    >>> found.at_days.tolist(), found.remaining.round(3).tolist()
    ([2.0, 3.0, 5.0], [0.833, 0.667, 0.444])
    >>> found.quantile(0.5).days, found.quantile(0.9).days
    (5.0, None)
    """
    age, end, entry = _checked(days, ended, entered_days)
    if not 0.0 < level < 1.0:
        raise GeoError(f"level is {level!r}.", "A confidence lies between 0 and 1.", "Choose 0.95.")
    at, number = np.unique(age[end], return_counts=True)
    # Watched from the beginning means at risk at age 0, too.
    begun = np.searchsorted(np.sort(np.where(entry > 0, entry, -1.0)), at, side="left")
    over = np.searchsorted(np.sort(age), at, side="left")
    at_risk = begun - over
    share = np.divide(at_risk - number, at_risk, out=np.ones(len(at)), where=at_risk > 0)
    remaining = np.cumprod(share)
    left = at_risk - number
    steps = np.divide(number, at_risk * left, out=np.full(len(at), np.inf), where=left > 0)
    spread = np.cumsum(steps)
    low, high = _log_log(remaining, spread, level)
    last = float(age.max()) if len(age) else 0.0
    empty = np.flatnonzero(left <= 0)
    broken = float(at[empty[0]]) if len(empty) and (at[empty[0]] < last or (entry > at[empty[0]]).any()) else None
    return Survival(
        at_days=at,
        remaining=remaining,
        low=low,
        high=high,
        at_risk=at_risk.astype(np.int64),
        ended=number.astype(np.int64),
        spread=spread,
        subjects=len(age),
        events=int(end.sum()),
        watched_until_days=last,
        until_days=np.sort(age),
        entered_days=entry[np.argsort(age, kind="stable")],
        level=level,
        broken_at_days=broken,
    )


def _log_log(remaining: Floats, spread: Floats, level: float) -> tuple[Floats, Floats]:
    z = float(norm.ppf((1.0 + level) / 2.0))
    inside = (remaining > 0.0) & (remaining < 1.0)
    safe = np.where(inside, remaining, 0.5)
    reach = z * np.sqrt(np.where(inside, spread, 0.0)) / np.abs(np.log(safe))
    low, high = (np.where(inside, safe ** np.exp(sign * reach), remaining) for sign in (1.0, -1.0))
    # Once nobody is left the curve is 0; how high it may be, nobody who is left can tell: the last bound holds.
    for place in np.flatnonzero(remaining <= 0.0):
        high[place] = high[place - 1] if place else 1.0
    return low, high


def _wilson(share: float, number: float, level: float) -> tuple[float, float]:
    z = float(norm.ppf((1.0 + level) / 2.0))
    middle = (share + z * z / (2 * number)) / (1 + z * z / number)
    reach = z / (1 + z * z / number) * np.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


def _checked(
    days: npt.ArrayLike, ended: npt.ArrayLike, entered_days: npt.ArrayLike
) -> tuple[Floats, npt.NDArray[np.bool_], Floats]:
    age, end = np.asarray(days, dtype=np.float64), np.asarray(ended, dtype=np.bool_)
    entry = np.asarray(entered_days, dtype=np.float64)
    if age.ndim != 1 or end.shape != age.shape or entry.shape not in ((), age.shape):
        raise GeoError(
            f"Ages of the shapes {age.shape}, {end.shape} and {entry.shape} were passed.",
            "Each has an age, whether it ended, and an age of entry.",
            "Pass rows of one length.",
        )
    entry = np.broadcast_to(entry, age.shape)
    if not (np.isfinite(age) & np.isfinite(entry) & (age >= 0) & (entry >= 0) & (age >= entry)).all():
        raise GeoError(
            "An age is missing, negative, or below the age from which it was watched.",
            "Nothing ends before it began, or before anybody looked.",
            "Leave out what ended before the window began.",
        )
    # What was watched for no time at all says nothing; only at age 0 there is nothing before it.
    kept = (age > entry) | (entry == 0)
    return age[kept], end[kept], entry[kept]
