"""Comparison places for an assessment: cut as large as the footprint, as high at the same time, left alone since."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.discs import area_m2, busiest_discs, distance_m, empty_squares
from geo.regression_to_mean import ComparablePlaces, comparable_places, control_candidates
from problems.actions import Action, ActionStatus
from problems.clock import day_end, day_start
from problems.evidence import Window
from problems.finding import incident_index, local_days
from problems.hot_spots import DetectionSettings
from problems.problem import Problem, ProblemStatus
from problems.reports import ReportPoints
from problems.store import Store

_EPOCH = date(1970, 1, 1)
#: A comparison place is known by the square of this width in which its centre lies.
_NUMBERED_BY_M = 10.0
#: Work was done, or is under way, on problems that stand here.
_WORKED_ON = frozenset(
    {
        ProblemStatus.IN_PROGRESS,
        ProblemStatus.REMEDIATED,
        ProblemStatus.VERIFIED,
        ProblemStatus.CLOSED,
        ProblemStatus.RECURRED,
    }
)
_BEGUN = frozenset({ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED, ActionStatus.DONE, ActionStatus.VERIFIED})


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """How comparison places are chosen; distances in metres.

    ``ring_m`` is the width of the ring round the footprint to which trouble may move, ``wanted`` how
    many places are compared with unless a person says otherwise, ``shown`` how many are offered,
    ``least_radius_m`` how small a place may be cut.
    """

    ring_m: float = 150.0
    wanted: int = 5
    shown: int = 10
    band_share: float = 0.1
    most_times: float = 2.0
    least_radius_m: float = 30.0


@dataclass(frozen=True, slots=True)
class Incidents:
    """Distinct incidents of one group, each where and when it was first reported.

    Attributes
    ----------
    xy_m : (n, 2) float64, metres of the store's system
    day : (n,) int64, days since 1970 in the deployment's zone
    """

    xy_m: npt.NDArray[np.float64]
    day: npt.NDArray[np.int64]

    def of(self, window: Window) -> npt.NDArray[np.bool_]:
        """Tell which incidents (n,) fall into a window."""
        return (self.day >= day_number(window.first)) & (self.day <= day_number(window.last))


@dataclass(frozen=True, slots=True)
class Proposal:
    """Comparison places, nearest in count first, all of one radius.

    ``numbers`` name them, ``centre_m`` (k, 2) are their centres in metres, ``counts`` their
    incidents in the window for which they were ranked. ``ranked`` is about every place of this size
    in the city, those without any incident included, and the place itself.
    """

    radius_m: float
    numbers: tuple[int, ...]
    centre_m: npt.NDArray[np.float64]
    counts: tuple[int, ...]
    ranked: ComparablePlaces


def day_number(day: date) -> int:
    """Return a day as a number of days since 1970."""
    return (day - _EPOCH).days


def incidents_of(
    store: Store, problem: Problem, window: Window, *, epsg: int, settings: DetectionSettings, zone: tzinfo
) -> Incidents:
    """Return every distinct incident of a problem's group in the city, as finding hot spots counts them.

    Reports on moved points and on default points are left out, duplicates are folded into one.
    """
    since, until = day_start(window.first, zone), day_end(window.last, zone)
    points = store.report_points(since, until, [problem.group]).exact()
    points = points.where(projection.holds(points.lon_lat, epsg))
    xy_m = metres(points.lon_lat, epsg)
    off_default = ~_on_default_point(store, xy_m, epsg, settings)
    points, xy_m = points.where(off_default), xy_m[off_default]
    incident = incident_index(points, epsg=epsg, settings=settings, zone=zone)
    first = _first_reports(points, incident)
    return Incidents(xy_m[first], local_days(points.reported_s[first], zone))


def _first_reports(points: ReportPoints, incident: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    by_time = np.lexsort((points.ids, points.reported_s))
    return np.sort(by_time[np.unique(incident[by_time], return_index=True)[1]])


def _on_default_point(
    store: Store, xy_m: npt.NDArray[np.float64], epsg: int, settings: DetectionSettings
) -> npt.NDArray[np.bool_]:
    on_one = np.zeros(len(xy_m), dtype=np.bool_)
    for pile in store.piles():
        if pile.kept_out and len(xy_m):
            at = metres(np.array([pile.lon_lat]), epsg)[0]
            on_one |= np.hypot(*(xy_m - at).T) <= 2 * settings.same_place_m
    return on_one


def metres(lon_lat: npt.NDArray[np.float64], epsg: int) -> npt.NDArray[np.float64]:
    """Return points (n, 2) in metres; none for none."""
    return projection.to_metres(lon_lat, epsg) if len(lon_lat) else np.zeros((0, 2))


def worked_on(problems: Iterable[Problem], actions: Iterable[Action], but: Problem) -> list[Problem]:
    """Return the other problems at which anybody has worked: no comparison place may touch them."""
    acted = {one.problem_id for one in actions if one.done_at is not None or one.status in _BEGUN}
    return [
        one
        for one in problems
        if one.id != but.id and (one.status in _WORKED_ON or one.remediated_on is not None or one.id in acted)
    ]


def propose_controls(
    ranked: npt.NDArray[np.float64],
    ground: npt.NDArray[np.float64],
    footprint: Mapping[str, object],
    treated_count: int,
    untouchable: Sequence[Mapping[str, object]],
    *,
    epsg: int,
    settings: ControlSettings,
) -> Proposal:
    """Choose places where the same concentrated as much at the same time, and nobody has worked.

    Parameters
    ----------
    ranked : (n, 2) float64
        Incidents of the group in the window for which the place was picked, in metres.
    ground : (m, 2) float64
        Reports of any kind in that window: where the city is.
    footprint, treated_count
        The place itself and its incidents in that window.
    untouchable : sequence of mapping
        Outlines of places that were worked on.
    epsg, settings
        The metric system, and how to choose.

    Returns
    -------
    Proposal
        At most ``settings.shown`` places. Neither they nor the rings round them touch the footprint,
        its ring, or one another's; the places themselves touch no place that was worked on.
    """
    radius_m = max(settings.least_radius_m, math.sqrt(area_m2(footprint, epsg=epsg) / math.pi))
    discs = busiest_discs(ranked, radius_m=radius_m)
    away_m = distance_m(discs.centre_m, footprint, epsg=epsg) - radius_m
    elsewhere = away_m > 0
    centre_m, counts, away_m = discs.centre_m[elsewhere], discs.counts[elsewhere], away_m[elsewhere]
    nothing = empty_squares(ranked, ground, radius_m=radius_m)
    every_count = np.concatenate([counts, [treated_count], np.zeros(nothing, dtype=np.int64)])
    usable = np.ones(len(counts), dtype=np.bool_)
    for outline in untouchable:
        usable &= distance_m(centre_m, outline, epsg=epsg) > radius_m
    # Places without any incident stand in the ranking; they are no candidates, being nowhere.
    everywhere = len(counts) + nothing
    fit = control_candidates(
        np.arange(everywhere),
        np.concatenate([counts, np.zeros(nothing, dtype=np.int64)]),
        np.concatenate([away_m, np.zeros(nothing)]),
        treated_count=treated_count,
        ring_m=2 * settings.ring_m,
        band_share=settings.band_share,
        most_times=settings.most_times,
        wanted=everywhere,
        usable=np.concatenate([usable, np.zeros(nothing, dtype=np.bool_)]),
    )
    chosen = _far_apart(centre_m, fit, 2 * (radius_m + settings.ring_m), settings.shown)
    return Proposal(
        radius_m=radius_m,
        numbers=tuple(_number(centre_m[at]) for at in chosen),
        centre_m=centre_m[chosen],
        counts=tuple(int(counts[at]) for at in chosen),
        ranked=comparable_places(every_count),
    )


def _far_apart(centre_m: npt.NDArray[np.float64], fit: Sequence[int], least_m: float, most: int) -> list[int]:
    """Return the first of the fitting places whose rings do not meet: nothing is counted twice."""
    chosen: list[int] = []
    for at in fit:
        if len(chosen) == most:
            break
        if all(np.hypot(*(centre_m[at] - centre_m[other])) > least_m for other in chosen):
            chosen.append(at)
    return chosen


def _number(centre_m: npt.NDArray[np.float64]) -> int:
    """Return a number for a place that stays the same as long as the place does."""
    east, north = (int(part) for part in np.floor(centre_m / _NUMBERED_BY_M))
    return (east + 10_000_000) * 100_000_000 + north + 10_000_000
