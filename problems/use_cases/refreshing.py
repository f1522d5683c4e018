"""Refreshing: one run of clustering over a window, matched to the problems, kept as a whole.

The finding happens outside the unit, so nobody waits for it; the matching happens inside, on the
problems as they stand at that moment. A run that fails or is cancelled leaves the old picture.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta, tzinfo

import numpy as np

from geo import projection
from problems.clock import Clock, day_end, day_start
from problems.deciding import Change, Plan, Window, decide
from problems.errors import InputRefused
from problems.events import EventKind, Subject, event
from problems.finding import Finding, Found, find_hot_spots
from problems.hot_spots import DetectionSettings, HotSpot, Refresh
from problems.matching import Before, match
from problems.naming import Names, leading_category
from problems.people import SYSTEM, Principal, Role
from problems.problem import UNTOUCHED, Problem, ProblemStatus
from problems.progress import Progress, silent
from problems.reports import ReportPoints
from problems.store import Store, Unit
from problems.use_cases.recurring import Watch
from problems.use_cases.saving import require, save_problem
from problems.use_cases.working import created_event

MAY_REFRESH = (Role.OFFICER, Role.COORDINATOR, Role.COMMAND, Role.ADMIN, Role.SYSTEM)
LONGEST_WINDOW_DAYS = 3660
#: Proposals that nobody answered are repeated after this many days.
REPEAT_PROPOSAL_DAYS = 90


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
        Last day of the window; None means the day of the newest report, at most today.
    window_days
        Length of the window; None takes it from the settings, 0 means every report up to ``as_of``.

    Returns
    -------
    Refresh
        As kept. Where nothing changed since the newest refresh with the same ``as_of``, that
        refresh's id is returned, with what matching found now, and nothing is written.

    Raises
    ------
    InputRefused
        When the window makes no sense, or a later refresh exists: history is never rewritten.
    NotAllowed
        When the principal may only look.
    Cancelled
        When ``progress`` says so; nothing is kept.
    """
    require(
        principal,
        "Hot spots were not looked for.",
        Role.OFFICER,
        Role.COORDINATOR,
        Role.COMMAND,
        Role.ADMIN,
        Role.SYSTEM,
    )
    started = time.perf_counter()
    now = clock()
    day = _last_day(store, now, zone, as_of)
    days = settings.window_days if window_days is None else window_days
    _check_window(store, day, days)
    since = day_start(day - timedelta(days=days - 1), zone) if days else None
    points = store.report_points(since, day_end(day, zone))
    epsg = _metric_epsg(store, points)
    known_piles = store.piles()
    finding = find_hot_spots(points, known_piles, epsg=epsg, settings=settings, zone=zone, progress=progress)
    digest = _digest(points, finding, settings, day, days)
    progress("Matching hot spots to problems", 1.0)
    with store.writing() as unit:
        latest = store.latest_refresh()
        window = _window(points, finding, epsg, day, latest)
        names = Names(store)
        plan = _plan(store, window, finding.found, points, since, settings, zone)
        result = Refresh(
            id=0,
            as_of=day,
            window_days=days,
            started_at=now,
            duration_s=time.perf_counter() - started,
            by=principal.name,
            reports=finding.reports,
            distinct_incidents=finding.distinct_incidents,
            clusters=finding.clusters,
            hot_spots=len(finding.found),
            excluded_default_points=sum(pile.kept_out for pile in finding.piles),
            excluded_reports=finding.excluded_reports,
            new=len(finding.found) - len(plan.problem_of),
            survived=plan.survived,
            split=plan.split,
            merged=plan.merged,
            dormant=plan.dormant,
            recurred=plan.recurred,
            epsg=epsg,
            input_digest=digest,
            settings=asdict(settings),
        )
        if latest is not None and latest.as_of == day and latest.input_digest == digest and not result.new:
            return replace(result, id=latest.id)
        # What a refresh says about a past day is dated by that day, so that a replay has a history.
        moment = min(now, day_end(day, zone) - timedelta(seconds=1))
        return _keep(store, unit, principal, moment, result, finding, plan, names)


def _last_day(store: Store, now: datetime, zone: tzinfo, as_of: date | None) -> date:
    today = now.astimezone(zone).date()
    if as_of is not None:
        if as_of > today:
            raise InputRefused(
                f"Hot spots as of {as_of} cannot be found.", "That day has not come yet.", f"Today is {today}."
            )
        return as_of
    newest = store.counts().newest_report_at
    return min(today, newest.astimezone(zone).date()) if newest else today


def _check_window(store: Store, day: date, days: int) -> None:
    if not 0 <= days <= LONGEST_WINDOW_DAYS:
        raise InputRefused(
            f"A window of {days} days cannot be used.", "", f"It can be 1 to {LONGEST_WINDOW_DAYS} days, or 0 for all."
        )
    latest = store.latest_refresh()
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


def _digest(points: ReportPoints, finding: Finding, settings: DetectionSettings, day: date, days: int) -> str:
    """Return a fingerprint of everything the result depends on."""
    digest = hashlib.sha256(repr((sorted(asdict(settings).items()), day, days)).encode())
    for column in (points.ids, points.lon_lat, points.group, points.reported_s, points.reporter):
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
    last = {spot.id: spot for spot in store.last_hot_spots()}
    matched = [
        problem
        for problem in problems
        if problem.hot_spot_id in last
        and problem.dormant_since is None
        and problem.status is not ProblemStatus.SUPERSEDED
    ]
    before = []
    for problem in matched:
        spot = last[problem.hot_spot_id or 0]
        members = np.array(spot.members, dtype=np.int64)
        before.append(Before(problem.id, str(problem.group), members, ends[spot.refresh_id]))
    matching = match(before, found, points.ids, points.reported_s, min_jaccard=settings.match_min_jaccard)
    watch = Watch(store, points, since, window.as_of, window.epsg, settings, zone)
    return decide(window, found, problems, matched, matching, settings, watch.incidents_since_remediation)


def _keep(
    store: Store,
    unit: Unit,
    principal: Principal,
    now: datetime,
    result: Refresh,
    finding: Finding,
    plan: Plan,
    names: Names,
) -> Refresh:
    if store.fact("epsg") is None and finding.reports:
        unit.set_fact("epsg", str(result.epsg))
    result = replace(result, id=unit.add_refresh(result))
    unit.save_piles([replace(pile, last_refresh_id=result.id) for pile in finding.piles])
    saved = _save_changes(store, unit, now, plan.changes)
    codes = store.categories_of([number for found in finding.found for number in found.members.tolist()])
    spots: list[HotSpot] = []
    seen: list[Problem] = []
    for index, found in enumerate(finding.found):
        problem = plan.problem_of.get(index)
        spot = _hot_spot(found, result.id, codes)
        if problem is None:
            problem = _new_problem(spot, found, now, plan.parent_of.get(index), names)
            problem = replace(problem, id=unit.add_problem(problem))
            unit.add_events([created_event(now, SYSTEM, problem, {"refresh_id": result.id})])
            change = str(plan.change_of.get(index, EventKind.CREATED))
        else:
            problem = saved.get(problem.id, problem)
            change = str(plan.change_of[index])
        spots.append(replace(spot, problem_id=problem.id, change=change))
        seen.append(problem)
    ids = unit.add_hot_spots(spots)
    sightings = [
        _sighted(problem, replace(spot, id=spot_id), result.as_of)
        for problem, spot, spot_id in zip(seen, spots, ids, strict=True)
    ]
    unit.save_sightings([*sightings, *plan.sightings])
    counts = {name: getattr(result, name) for name in ("hot_spots", "new", "survived", "dormant", "recurred")}
    unit.add_events(
        [
            event(
                now,
                principal,
                Subject.REFRESH,
                result.id,
                EventKind.REFRESHED,
                details={"as_of": str(result.as_of)} | counts,
            )
        ]
    )
    return result


def _save_changes(store: Store, unit: Unit, now: datetime, changes: Sequence[Change]) -> dict[int, Problem]:
    """Save what a refresh changed and return the changed problems by id."""
    saved: dict[int, Problem] = {}
    for change in changes:
        before = saved.get(change.before.id, change.before)
        if change.after == change.before:
            if change.kind is EventKind.PROPOSED and _already_proposed(store, change, now):
                continue
            told = event(now, SYSTEM, Subject.PROBLEM, before.id, change.kind, note=change.note, details=change.details)
            unit.add_events([told])
            continue
        saved[before.id] = save_problem(
            unit,
            now,
            SYSTEM,
            before,
            replace(change.after, version=before.version),
            before.version,
            change.kind,
            note=change.note,
            details=change.details,
        )
    return saved


def _already_proposed(store: Store, change: Change, now: datetime) -> bool:
    lately = now - timedelta(days=REPEAT_PROPOSAL_DAYS)
    return any(
        told.kind is EventKind.PROPOSED and told.at >= lately and dict(told.details) == dict(change.details)
        for told in store.events(Subject.PROBLEM, change.before.id)
    )


def _hot_spot(found: Found, refresh_id: int, codes: Mapping[int, str]) -> HotSpot:
    return HotSpot(
        id=0,
        refresh_id=refresh_id,
        group=found.group,
        category=leading_category(codes[number] for number in found.members.tolist() if number in codes),
        lon_lat=found.lon_lat,
        width_m=found.width_m,
        outline=found.outline,
        reports=found.reports,
        incidents=found.incidents,
        reporters=found.reporters,
        first_at=found.first_at,
        last_at=found.last_at,
        members=tuple(found.members.tolist()),
    )


def _new_problem(spot: HotSpot, found: Found, now: datetime, parent_id: int | None, names: Names) -> Problem:
    return Problem(
        id=0,
        name=names.place_name(found),
        group=spot.group,
        category=spot.category,
        status=ProblemStatus.DETECTED,
        lon_lat=spot.lon_lat,
        width_m=spot.width_m,
        footprint=spot.outline,
        created_at=now,
        reports=spot.reports,
        incidents=spot.incidents,
        area=names.area(spot.lon_lat),
        parent_id=parent_id,
        last_event_at=now,
    )


def _sighted(problem: Problem, spot: HotSpot, as_of: date) -> Problem:
    """Return the problem with what this refresh saw of it; a taken-on problem keeps its footprint."""
    after = replace(
        problem,
        category=spot.category or problem.category,
        reports=spot.reports,
        incidents=spot.incidents,
        hot_spot_id=spot.id,
        last_seen_on=as_of,
        misses=0,
    )
    if problem.status in UNTOUCHED:
        after = replace(after, lon_lat=spot.lon_lat, width_m=spot.width_m, footprint=spot.outline)
    return after
