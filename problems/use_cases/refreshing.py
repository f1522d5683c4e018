"""Refreshing: one run of clustering over a window, matched to the problems, kept as a whole.

The finding happens outside the unit, so nobody waits for it; the matching happens inside, on the
problems as they stand at that moment. A run that fails or is cancelled leaves the old picture.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

import numpy as np

from geo import projection
from problems.clock import Clock, check_day, day_end, day_start
from problems.deciding import Plan, Window, decide, final_successor
from problems.errors import InputRefused, Stale
from problems.events import EventKind, Subject
from problems.finding import Finding, Found, find_hot_spots, references_of
from problems.hot_spots import DAYS_KNOWN, DetectionSettings, HotSpot, Refresh
from problems.matching import Before, match
from problems.naming import Names
from problems.people import Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.progress import Progress, silent
from problems.references import References
from problems.reports import NO_POINTS, ReportPoints
from problems.store import Store
from problems.use_cases.keeping import keep
from problems.use_cases.recurring import Watch
from problems.use_cases.saving import require

MAY_REFRESH = (Role.OFFICER, Role.COORDINATOR, Role.COMMAND, Role.ADMIN, Role.SYSTEM)
LONGEST_WINDOW_DAYS = 3660
#: Among the settings of a refresh: how many reports of its window count by area only, because their places were moved.
BY_AREA_ONLY = "reports_by_area_only"


def refresh(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    settings: DetectionSettings,
    zone: tzinfo,
    as_of: date | None = None,
    window_days: int | None = None,
    progress: Progress = silent,
) -> Refresh:
    """Find the hot spots of a window, match them to the problems, and keep the result.

    Parameters
    ----------
    settings, zone
        How to find, and where a day begins.
    as_of
        Last day of the window; None means the day of the newest report, at most today and not
        before the last refresh.
    window_days
        Length of the window; None takes it from the settings, 0 means every report up to ``as_of``.

    Returns
    -------
    Refresh
        As kept. Where nothing changed since the newest refresh with the same ``as_of``, that
        refresh's id is returned, with what matching found now, and nothing is written. The first
        refresh of a store without placed reports is not kept either (its id is 0).

    Raises
    ------
    InputRefused
        When the window makes no sense, or a later refresh exists: history is never rewritten.
    NotAllowed
        When the principal may only look.
    Stale
        When another refresh ended meanwhile; nothing is kept.
    Cancelled
        When ``progress`` says so; nothing is kept.
    """
    require(principal, "Hot spots were not looked for.", *MAY_REFRESH)
    started = time.perf_counter()
    now = clock()
    seen = store.latest_refresh()
    day = _last_day(store, now, zone, as_of, seen)
    days = settings.window_days if window_days is None else window_days
    _check_window(seen, day, days)
    looked_at = _load(store, day, days, settings, zone)
    points, epsg = looked_at.points, looked_at.epsg
    known_piles = store.piles()
    finding = find_hot_spots(
        points,
        known_piles,
        epsg=epsg,
        settings=settings,
        zone=zone,
        before=looked_at.before,
        window_days=days,
        progress=progress,
    )
    digest = _digest((points, looked_at.before), finding, settings, day, days)
    progress("Matching hot spots to problems", 1.0)
    with store.writing() as unit:
        latest = store.latest_refresh()
        if (latest.id if latest else None) != (seen.id if seen else None):
            raise Stale("What was found was not kept.", "Another refresh ended in the meantime.", "Start it again.")
        window = _window(points, finding, epsg, day, latest)
        names = Names(store)
        # Candidates stand behind the hot spots: they may carry a problem on, and never make one.
        plan = _plan(store, window, (*finding.found, *finding.candidates), points, looked_at.since, settings, zone)
        result = Refresh(
            id=0,
            as_of=day,
            window_days=days,
            started_at=now,
            duration_s=time.perf_counter() - started,
            by=principal.name,
            epsg=epsg,
            input_digest=digest,
            settings={
                **asdict(settings),
                BY_AREA_ONLY: looked_at.by_area_only,
                DAYS_KNOWN: _days_known(store, day, days, zone),
            },
            **_counts(finding, plan),
        )
        if latest is not None and latest.as_of == day and latest.input_digest == digest and not result.new:
            return replace(result, id=latest.id)
        if latest is None and not finding.reports:
            # Nothing was looked at: kept, it would bar an older file from being looked at later.
            return result
        # What a refresh says about a past day is dated by that day, so that a replay has a history.
        moment = min(now, day_end(day, zone) - timedelta(seconds=1))
        return keep(unit, store, principal, moment, result, finding, plan, names)


def _counts(finding: Finding, plan: Plan) -> dict[str, int]:
    return {
        "reports": finding.reports,
        "distinct_incidents": finding.distinct_incidents,
        "clusters": finding.clusters,
        "hot_spots": len(finding.found),
        "excluded_default_points": sum(pile.kept_out for pile in finding.piles),
        "excluded_reports": finding.excluded_reports,
        "unmapped": finding.unmapped,
        "new": sum(index not in plan.problem_of for index in range(len(finding.found))),
        "survived": plan.survived,
        "split": plan.split,
        "merged": plan.merged,
        "dormant": plan.dormant,
        "recurred": plan.recurred,
    }


def _last_day(store: Store, now: datetime, zone: tzinfo, as_of: date | None, latest: Refresh | None) -> date:
    today = now.astimezone(zone).date()
    if as_of is not None:
        check_day(as_of)
        if as_of > today:
            raise InputRefused(
                f"Hot spots as of {as_of} cannot be found.", "That day has not come yet.", f"Today is {today}."
            )
        return as_of
    newest = store.counts().newest_report_at
    day = min(today, newest.astimezone(zone).date()) if newest else today
    return max(day, latest.as_of) if latest else day


def _days_known(store: Store, day: date, days: int, zone: tzinfo) -> int:
    """Return how many of the ``days`` up to ``day`` lie after the first report."""
    oldest = store.counts().oldest_report_at
    return days if oldest is None else min(days, max((day - oldest.astimezone(zone).date()).days + 1, 1))


def _check_window(latest: Refresh | None, day: date, days: int) -> None:
    if not 0 <= days <= LONGEST_WINDOW_DAYS:
        raise InputRefused(
            f"A window of {days} days cannot be used.", "", f"It can be 1 to {LONGEST_WINDOW_DAYS} days, or 0 for all."
        )
    if latest is not None and day < latest.as_of:
        raise InputRefused(
            f"Hot spots as of {day} cannot be found any more.",
            f"They were last found as of {latest.as_of}, and history is never rewritten.",
            f"Choose {latest.as_of} or a later day, or replay the past in an empty store.",
        )


def _metric_epsg(store: Store, points: ReportPoints) -> int:
    known = store.fact("epsg")
    if known:
        return int(known)
    return projection.metric_epsg(points.lon_lat) if len(points) else projection.BRITISH_NATIONAL_GRID


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """The reports of a window and of the time before it, and since when the window runs (None: from the first)."""

    points: ReportPoints
    before: ReportPoints
    since: datetime | None
    epsg: int
    by_area_only: int


def _load(store: Store, day: date, days: int, settings: DetectionSettings, zone: tzinfo) -> _LookedAt:
    since = day_start(day - timedelta(days=days - 1), zone) if days else None
    everything = store.report_points(since, day_end(day, zone))
    # A source that moves its points piles reports up where nothing happened more often than elsewhere.
    points = everything.exact()
    epsg = _metric_epsg(store, points)
    before = NO_POINTS
    if since is not None and settings.background_days:
        before = store.report_points(since - timedelta(days=settings.background_days), since).exact()
    # A place on another continent is a fault in the records: no map of this city can hold it.
    return _LookedAt(
        points.where(projection.holds(points.lon_lat, epsg)),
        before.where(projection.holds(before.lon_lat, epsg)),
        since,
        epsg,
        len(everything) - len(points),
    )


def references(
    store: Store, as_of: date, *, settings: DetectionSettings, zone: tzinfo, window_days: int | None = None
) -> References:
    """Return what areas can be compared with as of a day, for :func:`problems.drawn_standing.judge_area`.

    Parameters
    ----------
    as_of
        Last day of the window, as a rule that of the newest refresh.
    settings, zone, window_days
        As in :func:`refresh`.
    """
    days = settings.window_days if window_days is None else window_days
    looked_at = _load(store, as_of, days, settings, zone)
    return references_of(
        looked_at.points,
        looked_at.before,
        store.piles(),
        epsg=looked_at.epsg,
        settings=settings,
        zone=zone,
        window_days=days,
    )


def _digest(
    looked_at: Sequence[ReportPoints], finding: Finding, settings: DetectionSettings, day: date, days: int
) -> str:
    """Return a fingerprint of everything the result depends on."""
    digest = hashlib.sha256(repr((sorted(asdict(settings).items()), day, days)).encode())
    for points in looked_at:
        for column in (points.ids, points.lon_lat, points.group, points.reported_s, points.reporter, points.main):
            digest.update(np.ascontiguousarray(column).tobytes())
    digest.update(repr([(pile.lon_lat, pile.kept_out) for pile in finding.piles]).encode())
    return digest.hexdigest()


def _window(points: ReportPoints, finding: Finding, epsg: int, day: date, latest: Refresh | None) -> Window:
    return Window(
        as_of=day,
        is_later=latest is None or day > latest.as_of,
        epsg=epsg,
        lon_lat=points.lon_lat,
        group_index=points.group,
        incident=finding.incident,
        ids=points.ids,
    )


def _plan(
    store: Store,
    window: Window,
    found: Sequence[Found],
    points: ReportPoints,
    since: datetime | None,
    settings: DetectionSettings,
    zone: tzinfo,
) -> Plan:
    problems = store.problems()
    ends = {done.id: int(day_end(done.as_of, zone).timestamp()) for done in store.refreshes()}
    by_id = {problem.id: problem for problem in problems}
    matched: list[Problem] = []
    before: list[Before] = []
    for spot in store.last_hot_spots():
        own = by_id[spot.problem_id or 0]
        problem = final_successor(by_id, own)
        # What a refresh let grow together is held by the keeper's own hot spot; only people make one of two places.
        if own is not problem and not _is_live(spot, points):
            continue
        if own is not problem and not _was_merged_by_people(store, own):
            continue
        if problem.dormant_since is None and problem.status is not ProblemStatus.SUPERSEDED:
            matched.append(problem)
            members = np.array(spot.members, dtype=np.int64)
            before.append(Before(problem.id, str(problem.group), members, ends[spot.refresh_id]))
    matching = match(before, found, points.ids, points.reported_s, min_jaccard=settings.match_min_jaccard)
    watch = Watch(store, points, since, window.as_of, window.epsg, settings, zone)
    return decide(window, found, problems, matched, matching, settings, watch.incidents_since_remediation)


def _is_live(spot: HotSpot, points: ReportPoints) -> bool:
    return bool(np.isin(np.array(spot.members, dtype=np.int64), points.ids).any())


def _was_merged_by_people(store: Store, problem: Problem) -> bool:
    ended = [
        event for event in store.events(Subject.PROBLEM, problem.id) if event.changes.get("status") == problem.status
    ]
    return any(event.kind is not EventKind.MERGED for event in ended[-1:])
