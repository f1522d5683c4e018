"""The weekly run chart: what a usual week looks like, and weeks that are not usual."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.dispersion import NEARLY_POISSON, chances, chances_up_to, mean_dispersion, usual_range

#: Reports of the last days still come in.
INCOMPLETE_DAYS = 14
#: Weeks in a row on one side of the centre that are no chance any more.
LONG_RUN = 8
#: A shorter baseline says too little about a usual week.
MIN_BASELINE_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Weeks in a row on one side of the centre line: ``start`` to ``stop``, the last not included."""

    start: int
    stop: int
    above: bool


@dataclass(frozen=True, slots=True)
class RunChart:
    """A series of weeks against its own baseline; everything that a drawing needs.

    ``centre`` is the mean week of the baseline, ``low`` and ``high`` the usual range of one week
    (both still usual), ``dispersion`` what the range was made with. ``outside`` are the indices of
    weeks below ``low`` or above ``high``. ``long_below`` and ``long_above`` are how many weeks make
    a long run on either side, ``runs`` those that are as long, in order of time.
    """

    counts: tuple[int, ...]
    baseline_weeks: int
    centre: float
    low: int
    high: int
    dispersion: float
    outside: tuple[int, ...]
    long_below: int
    long_above: int
    runs: tuple[Run, ...]


def complete_weeks(
    days: npt.ArrayLike, *, first_day: int, last_day: int, incomplete_days: int = INCOMPLETE_DAYS
) -> npt.NDArray[np.int64]:
    """Count events by week and leave out the weeks about which reports still come in.

    Parameters
    ----------
    days : (n,) int
        The day of each event, as a number of days (since 1970, say). Days outside are not counted.
    first_day, last_day : int
        The first day of the first week, and the last day that the feed has reached.
    incomplete_days : int
        How many of the last days are still incomplete, at least 0.

    Returns
    -------
    (weeks,) int64
        Whole weeks only, from ``first_day`` on; empty when not one is complete.

    Raises
    ------
    ValueError
        When ``incomplete_days`` is negative.

    Notes
    -----
    It does not say that the weeks kept are final: a feed may be later than its usual fortnight.

    Examples
    --------
    >>> complete_weeks([0, 6, 7, 20, 21], first_day=0, last_day=30).tolist()
    [2, 1]
    """
    if incomplete_days < 0:
        raise ValueError("The number of incomplete days is 0 or more.")
    weeks = max(0, (last_day - incomplete_days - first_day + 1) // 7)
    week = (np.asarray(days, dtype=np.int64) - first_day) // 7
    return np.bincount(week[(week >= 0) & (week < weeks)], minlength=weeks).astype(np.int64)


def run_chart(
    counts: npt.ArrayLike, *, baseline_weeks: int, dispersion: float | None = None, level: float = 0.998
) -> RunChart | None:
    """Return the centre line and the band of a baseline, and what does not fit them.

    Parameters
    ----------
    counts : (weeks,) int
        Counts of whole, complete weeks (:func:`complete_weeks`), the baseline first.
    baseline_weeks : int
        How many weeks, from the first on, tell what is usual. They should lie before the work, and
        should not be the weeks for which the place was picked.
    dispersion : float or None
        Variance over mean of such counts; None measures it in the baseline.
    level : float
        Share of usual weeks inside the band; 0.998 stands for the customary three sigma.

    Returns
    -------
    RunChart or None
        None when the baseline is shorter than eight weeks or the series shorter than the baseline:
        too few to say what is usual.

    Raises
    ------
    ValueError
        When a count is negative or the level not between 0 and 1.

    Notes
    -----
    Shewhart's chart for counts, with the run rule of eight on one side (Western Electric, 1956;
    Perla, Provost and Murray, BMJ Quality and Safety 20, 2011, 46-51). Weeks exactly on the centre
    neither make nor break a run. The band is negative binomial when the dispersion exceeds 1.2. With
    rare events most weeks lie below the mean by nature: then more than eight are asked for, as many
    as make a run about as unlikely as eight throws of a coin (2 ** -8).

    A signal says that weeks differ from the baseline, not why; no signal does not say that nothing
    changed. The centre is taken as known: after a short baseline there are more false signals.

    Examples
    --------
    >>> chart = run_chart([9, 11, 10, 8, 12, 10, 9, 11, 4, 3, 5, 4, 2, 4, 3, 5], baseline_weeks=8)
    >>> chart.centre, chart.low, chart.high, chart.runs
    (10.0, 2, 21, (Run(start=8, stop=16, above=False),))
    """
    series = np.asarray(counts, dtype=np.int64)
    if (series < 0).any():
        raise ValueError("Counts are 0 or more.")
    if baseline_weeks < MIN_BASELINE_WEEKS or len(series) < baseline_weeks:
        return None
    baseline = series[:baseline_weeks]
    centre = float(baseline.mean())
    measured = mean_dispersion(baseline) if dispersion is None else dispersion
    spread = measured if measured is not None and measured > NEARLY_POISSON else 1.0
    low, high = usual_range(mean=centre, dispersion=spread, level=level)
    long_below, long_above = _long_runs(centre, spread)
    return RunChart(
        counts=tuple(series.tolist()),
        baseline_weeks=baseline_weeks,
        centre=centre,
        low=low,
        high=high,
        dispersion=spread,
        outside=tuple(np.flatnonzero((series < low) | (series > high)).tolist()),
        long_below=long_below,
        long_above=long_above,
        runs=_runs(series, centre, long_below, long_above),
    )


def _long_runs(centre: float, dispersion: float) -> tuple[int, int]:
    """Return how many weeks below and above the centre are about as rare as eight equal throws of a coin."""
    under = math.ceil(centre) - 1
    below = float(chances_up_to([under], mean=centre, dispersion=dispersion)[0])
    on_it = float(chances([centre], mean=centre, dispersion=dispersion)[0]) if centre == int(centre) else 0.0
    above = max(0.0, 1 - below - on_it)
    # Weeks on the centre are passed over, so the chances are those of the weeks beside it.
    beside = below + above
    return _weeks_needed(below, beside), _weeks_needed(above, beside)


def _weeks_needed(chance: float, of: float) -> int:
    if chance <= 0 or of <= 0:
        return LONG_RUN
    share = min(chance / of, 1 - 1e-9)  # with very rare events rounding could make it 1
    return max(LONG_RUN, math.floor(LONG_RUN * math.log(0.5) / math.log(share) + 1e-9))


def _runs(series: npt.NDArray[np.int64], centre: float, long_below: int, long_above: int) -> tuple[Run, ...]:
    beside = np.flatnonzero(series != centre)
    above = series[beside] > centre
    edges = np.flatnonzero(np.diff(above)) + 1
    stretches = [part for part in np.split(np.arange(len(beside)), edges) if len(part)]
    return tuple(
        Run(int(beside[part[0]]), int(beside[part[-1]]) + 1, bool(above[part[0]]))
        for part in stretches
        if len(part) >= (long_above if above[part[0]] else long_below)
    )
