"""Whether reports came again where advice was given, within ninety days, beside what is usual there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from math import cos, radians

import numpy as np

from geo import projection
from geo.dispersion import mean_dispersion
from geo.proportions import Proportion, proportion
from geo.two_counts import RateRatio, rate_ratio
from problems.advice import AdviceGiven
from problems.clock import day_end
from problems.figures import area_points
from problems.hot_spots import DetectionSettings
from problems.incidents import incident_index, local_days
from problems.reports import ReportPoints
from problems.store import Store
from problems.store_values import Box

#: So long after advice reports of the same kind count as a repeat.
REPEAT_DAYS = 90
#: What is usual is told by so many stretches of that length before the advice.
STRETCHES_BEFORE = 4
#: Round an address, reports so near are of the same place.
PLACE_RADIUS_M = 50.0
#: With fewer places, or fewer incidents in all, nothing is said about repeats.
FEWEST_PLACES = 5
FEWEST_INCIDENTS = 10


@dataclass(frozen=True, slots=True)
class Repeats:
    """Distinct incidents at one place: after the advice, and in each stretch of ninety days before it.

    ``days`` of the ninety after it have passed and are covered by reports; ``before`` is oldest first and holds
    only stretches that are covered as a whole.
    """

    given: AdviceGiven
    days: int
    after: int
    before: tuple[int, ...]

    @property
    def is_over(self) -> bool:
        """Tell whether all ninety days have passed."""
        return self.days >= REPEAT_DAYS

    @property
    def usual(self) -> float:
        """Incidents in ninety days before the advice, on average."""
        return sum(self.before) / len(self.before) if self.before else 0.0


@dataclass(frozen=True, slots=True)
class RepeatSummary:
    """Places whose ninety days have passed, together.

    ``again`` is the share of places with a repeat, ``again_usual`` that of the stretches before the advice
    with an incident at the same places. ``ratio`` is the incidents of ninety days after over those before;
    None where ``too_few``.
    """

    places: int
    running: int
    after: int
    usual: float
    too_few: bool
    again: Proportion | None = None
    again_usual: Proportion | None = None
    ratio: RateRatio | None = None


def repeats_at(
    given: AdviceGiven,
    footprint: Mapping[str, object],
    store: Store,
    *,
    known: tuple[date, date],
    epsg: int,
    settings: DetectionSettings,
    zone: tzinfo,
) -> Repeats:
    """Count the distinct incidents of the advice's group at its place.

    ``known`` are the first and the last day of which the store has reports: outside of them no report means
    nothing.

    The day of the advice itself counts on neither side: the report that led to it, and what people told those
    who came, are no repeats.
    """
    first = given.given_on - timedelta(days=REPEAT_DAYS * STRETCHES_BEFORE)
    last = given.given_on + timedelta(days=REPEAT_DAYS)
    since = day_end(first - timedelta(days=1), zone)
    points = _points_at(store, given, footprint, since, day_end(last, zone), epsg)
    incident = incident_index(points, epsg=epsg, settings=settings, zone=zone)
    by_time = np.lexsort((points.ids, points.reported_s))
    firsts = by_time[np.unique(incident[by_time], return_index=True)[1]] if len(points) else by_time
    day = local_days(points.reported_s[firsts], zone) - (given.given_on - date(1970, 1, 1)).days
    before = tuple(
        int(((day >= -REPEAT_DAYS * (back + 1)) & (day < -REPEAT_DAYS * back)).sum())
        for back in reversed(range(STRETCHES_BEFORE))
        if known[0] <= given.given_on - timedelta(days=REPEAT_DAYS * (back + 1))
    )
    passed = max(0, min(REPEAT_DAYS, (known[1] - given.given_on).days))
    return Repeats(given, passed, int(((day > 0) & (day <= REPEAT_DAYS)).sum()), before)


def summed(repeats: Sequence[Repeats]) -> RepeatSummary:
    """Return what the places whose ninety days have passed tell together.

    A place where advice was given twice within ninety days counts once, from the last time: the same incidents
    must not count for both.
    """
    over = watched(repeats)
    running = sum(one.given.stands and not one.is_over for one in repeats)
    stretches = [count for one in over for count in one.before]
    after, before = sum(one.after for one in over), sum(stretches)
    usual = sum(one.usual for one in over)
    if len(over) < FEWEST_PLACES or after + before < FEWEST_INCIDENTS:
        return RepeatSummary(len(over), running, after, usual, too_few=True)
    whole = [one.before for one in over if len(one.before) == STRETCHES_BEFORE]
    spread = (mean_dispersion(whole) if whole else None) or 1.0
    return RepeatSummary(
        len(over),
        running,
        after,
        usual,
        too_few=False,
        again=proportion(sum(one.after > 0 for one in over), len(over)),
        again_usual=proportion(sum(count > 0 for count in stretches), len(stretches)),
        ratio=rate_ratio(
            after,
            before,
            exposure=float(len(over)),
            other_exposure=float(len(stretches)),
            dispersion=max(1.0, spread),
        ),
    )


def watched(repeats: Sequence[Repeats]) -> list[Repeats]:
    """Return the places whose ninety days have passed and of which the time before is known: each once."""
    return _last_of_each([one for one in repeats if one.given.stands and one.is_over and one.before])


def _last_of_each(repeats: Sequence[Repeats]) -> list[Repeats]:
    last: dict[object, Repeats] = {}
    for one in sorted(repeats, key=lambda each: (each.given.given_on, each.given.id)):
        last[(one.given.problem_id, one.given.lon_lat, one.given.group)] = one
    return list(last.values())


def _points_at(
    store: Store,
    given: AdviceGiven,
    footprint: Mapping[str, object],
    since: datetime,
    until: datetime,
    epsg: int,
) -> ReportPoints:
    if given.lon_lat is None:
        return area_points(store, footprint, [given.group], since, until, epsg)
    lon, lat = given.lon_lat
    high = PLACE_RADIUS_M / 100_000
    wide = high / max(0.05, cos(radians(lat)))
    box = Box(lon - wide, lat - high, lon + wide, lat + high)
    points = store.report_points(since, until, [given.group], box).exact()
    if not len(points):
        return points
    away = projection.to_metres(points.lon_lat, epsg) - projection.to_metres(np.array([given.lon_lat]), epsg)
    return points.where(np.hypot(away[:, 0], away[:, 1]) <= PLACE_RADIUS_M)
