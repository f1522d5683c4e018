"""Near repeats of one group in a town: the table, worked out in steps, and what it means in one sentence."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from geo.near_repeats import NearRepeats, near_repeats
from geo.projection import to_metres
from problems.analysing import TownIncidents
from problems.categories import Group
from problems.errors import InputRefused
from problems.finding import GROUPS
from problems.progress import Progress, silent

#: Bands of distance (metres) and of time (days), chosen before anybody looks; the first of each is tested.
WITHIN_M = (100.0, 200.0, 400.0)
WITHIN_DAYS = (7, 14, 28)
#: A year of incidents is compared, in so many random orders, so many at a time.
DAYS = 364
RUNS = 209
_RUNS_A_STEP = 19

#: Fewer incidents in all, or fewer pairs expected in the band, and nothing is said.
MIN_INCIDENTS = 20
MIN_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class NearRepeatFinding:
    """What one band tells: ``is_raised`` is None where there is too little to say."""

    is_raised: bool | None
    sentence: str
    tooltip: str


def near_repeat_table(
    town: TownIncidents, group: Group, *, epsg: int, seed: int, progress: Progress = silent
) -> NearRepeats:
    """Compare how close the incidents of a group are in place and time, over the last year of a town.

    All incidents of one place on one day are taken as one: several neighbours who tell of the same thing
    on the same day would each look like a repeat of the other.

    Parameters
    ----------
    town, group
        The distinct incidents of a town, and which of them.
    epsg
        Metric CRS.
    seed
        Of the random orders: the same seed gives the same table.
    progress
        Told after every step of the random orders; it may raise to stop.

    Returns
    -------
    NearRepeats
        With :data:`RUNS` random orders.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    newest = (town.last - date(1970, 1, 1)).days
    rows = np.flatnonzero((town.group == GROUPS.index(group)) & (town.day > newest - DAYS))
    # Half a metre is one place, as everywhere.
    xy_m = np.round(to_metres(town.lon_lat[rows], epsg) * 2.0) / 2.0 if len(rows) else np.zeros((0, 2))
    apart = np.unique(np.column_stack([xy_m, town.day[rows]]), axis=0)
    steps = RUNS // _RUNS_A_STEP
    whole: NearRepeats | None = None
    at_least = np.zeros((len(WITHIN_M), len(WITHIN_DAYS)))
    for step, rng in enumerate(np.random.default_rng(seed).spawn(steps)):
        progress("Comparing with chance", step / steps)
        whole = near_repeats(
            apart[:, :2],
            apart[:, 2].astype(np.int64),
            within_m=WITHIN_M,
            within_days=WITHIN_DAYS,
            rng=rng,
            runs=_RUNS_A_STEP,
        )
        at_least += np.round(whole.p * (1 + _RUNS_A_STEP)) - 1
    if whole is None:
        raise ValueError("There must be at least one step.")
    return replace(whole, p=(1.0 + at_least) / (1.0 + RUNS), runs=RUNS)


def near_repeat_finding(
    result: NearRepeats, *, place_band: int = 0, time_band: int = 0, alpha: float = 0.05
) -> NearRepeatFinding:
    """Say how much likelier another incident is near a first one, for one band chosen beforehand.

    Parameters
    ----------
    result
        As :func:`geo.near_repeats.near_repeats` gives it, from distinct incidents of one group.
    place_band, time_band
        Positions of the bands; the nearest and soonest by default. Reading through the table for
        the largest figure makes ``alpha`` wrong.
    alpha
        Largest p that is called more than chance.

    Returns
    -------
    NearRepeatFinding
        *Too few to say* with under :data:`MIN_INCIDENTS` incidents or :data:`MIN_EXPECTED`
        expected pairs.

    Raises
    ------
    InputRefused
        For a band that the table does not have.

    Notes
    -----
    The sentence is about pairs in the past; it does not name the next address, and it does not
    say that one incident led to the other.

    Examples
    --------
    >>> import numpy as np
    >>> table = NearRepeats((100.0,), (7,), np.array([[36]]), np.array([[20.0]]), np.array([[0.002]]), 400, 999)
    >>> near_repeat_finding(table).sentence
    'After a report, another within 100 m and 7 days is 1.8 times as likely as by chance.'
    """
    if not (0 <= place_band < len(result.within_m) and 0 <= time_band < len(result.within_days)):
        raise InputRefused(
            f"The bands {place_band} and {time_band} were asked for.",
            f"There are {len(result.within_m)} of distance and {len(result.within_days)} of time.",
            "Count from 0.",
        )
    cell = (place_band, time_band)
    observed, expected, p = int(result.observed[cell]), float(result.expected[cell]), float(result.p[cell])
    where = _where(result, place_band, time_band)
    tooltip = (
        f"{observed} pairs {where}, {expected:.1f} expected; p = {p:.3f} from {result.runs} random orders "
        f"of the days of {result.events} distinct incidents (Knox test)."
    )
    if result.events < MIN_INCIDENTS or expected < MIN_EXPECTED:
        return NearRepeatFinding(
            None,
            f"Too few to say whether reports repeat nearby: {result.events} incidents, "
            f"and {expected:.1f} pairs {where} by chance (it takes {MIN_INCIDENTS} and {MIN_EXPECTED:g}).",
            tooltip,
        )
    if p > alpha:
        return NearRepeatFinding(
            False, f"After a report, another {where} is not clearly likelier than by chance.", tooltip
        )
    times = f"{observed / expected:.1f}"
    if times == "1.0":
        return NearRepeatFinding(True, f"After a report, another {where} is hardly likelier than by chance.", tooltip)
    return NearRepeatFinding(True, f"After a report, another {where} is {times} times as likely as by chance.", tooltip)


def _where(result: NearRepeats, place_band: int, time_band: int) -> str:
    metres, days = result.within_m[place_band], result.within_days[time_band]
    unit = "day" if days == 1 else "days"
    if place_band == 0 and time_band == 0:
        return f"within {metres:g} m and {days} {unit}"
    nearest = f"{result.within_m[place_band - 1]:g} to " if place_band else "up to "
    soonest = f"{result.within_days[time_band - 1] + 1} to " if time_band else "up to "
    return f"{nearest}{metres:g} m away and {soonest}{days} {unit} apart"
