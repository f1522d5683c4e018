"""Find the fixes that were verified in a time, and put them into words that the public may be told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Final

import numpy as np

from geo import areas
from geo.boundaries import Boundaries
from problems.actions import Action, ActionStatus, ActionType
from problems.briefing.columns import BriefingColumns
from problems.briefing.scope import Scope
from problems.briefing.then import Reports
from problems.events import Event, Subject
from problems.fixes.digest import Digest, Fix, Held, Period, Shot
from problems.fixes.digest import Work as WorkDone
from problems.naming import NAMING_DISTANCE_M, Names
from problems.problem import UNTOUCHED, Problem, ProblemStatus
from problems.public import Backing, PublicLevel, masked_count, public_level, public_photos
from problems.reasons import Outcome
from problems.store import Store
from problems.targets import day_number
from problems.time_to_fix import WATCHED_DAYS
from problems.verified_spells import verified_spells
from problems.visits import Photo, Purpose, Shows

#: A street is told only where so many reports lie so near that none of them is anybody's.
_NEAR_M: Final = 250.0
_YEAR: Final = timedelta(days=365)
_DONE: Final = frozenset({ActionStatus.DONE, ActionStatus.VERIFIED})
#: What was looked at, said or met is no work that puts a place in order, unless nothing else was done.
_BESIDE: Final = frozenset({ActionType.INSPECT, ActionType.ENGAGE, ActionType.ADVISE})
_DID: Final = {
    ActionType.REPAIR: "Repaired it",
    ActionType.SECURE: "Made it secure",
    ActionType.CLEAN: "Cleaned up",
    ActionType.PATROL: "Went there again and again",
    ActionType.MEDIATE: "Brought people together to settle it",
    ActionType.ENFORCE: "Enforced the rules",
    ActionType.ADVISE: "Gave advice",
    ActionType.ENGAGE: "Met residents",
    ActionType.INSPECT: "Inspected it",
    ActionType.DESIGN: "Changed how the place is built",
}
#: What closing a problem says of its fix; one that worked is told by how long it has held.
_CLOSED: Final[Mapping[str, tuple[Held, str]]] = {
    Outcome.NO_EFFECT: (Held.NO_HELP, "We looked at the reports before and after: the work made no difference."),
    Outcome.WORSE: (Held.NO_HELP, "We looked at the reports before and after: it got worse all the same."),
    Outcome.INCONCLUSIVE: (Held.UNKNOWN, "We looked at the reports before and after: they are too few to say more."),
    Outcome.NOT_ASSESSABLE: (Held.UNKNOWN, "Whether the work made a difference cannot be told."),
}


@dataclass(frozen=True)
class _Verified:
    """A problem and the last moment of the period at which its fix was verified, with what came after."""

    problem: Problem
    at: datetime
    visited_on: date
    since: tuple[Event, ...]


def digest_of(scope: Scope, store: Store, period: Period, known_on: date, report_at: str) -> Digest:
    """Return what residents are told of a place and a time; photos that were withdrawn since are left out."""
    found = list(_verified(scope, period))
    behind = {one.problem.id: _behind(scope, store, one) for one in found}
    levels = {one.problem.id: _level(store, one.problem, behind[one.problem.id]) for one in found}
    told = [one for one in found if levels[one.problem.id] is not PublicLevel.NOTHING]
    streets = _streets(scope.then.reports, store, [one for one in told if levels[one.problem.id] is PublicLevel.STREET])
    fixes = [
        _fix(scope, store, one, behind[one.problem.id].reports, streets.get(one.problem.id, ""), levels[one.problem.id])
        for one in told
    ]
    # Within a month the order must not tell the day.
    fixes.sort(key=lambda one: (-day_number(one.verified_in), one.area, one.kind, one.street, one.problem_id))
    return Digest(
        area=scope.area.name if scope.area else "",
        period=period,
        known_on=known_on,
        fixes=tuple(fixes),
        untold=masked_count(len(found) - len(told)),
        working_on=masked_count(sum(one.status.is_open and not _rests(one) for one in scope.problems)),
        report_at=report_at,
        made_up=scope.then.made_up,
    )


def _rests(problem: Problem) -> bool:
    return problem.status in UNTOUCHED or problem.status in (ProblemStatus.VERIFIED, ProblemStatus.REMEDIATED)


def _verified(scope: Scope, period: Period) -> Iterator[_Verified]:
    zone = scope.moment.zone
    for problem in scope.problems:
        told = scope.then.work.events.get(problem.id, ())
        found = [one for one in verified_spells(told, zone) if period.first <= one.began <= period.last]
        if found:
            at = found[-1].entry
            yield _Verified(problem, told[at].at, _visited_on(told[at], zone), tuple(told[at + 1 :]))


def _visited_on(verified: Event, zone: tzinfo) -> date:
    """Return the day of the visit, that of the entry where none was named."""
    named = verified.details.get("visited_on")
    return date.fromisoformat(str(named)) if named else verified.at.astimezone(zone).date()


def _level(store: Store, problem: Problem, behind: Backing) -> PublicLevel:
    """Return the level as it was known then, or that of today where less is told now."""
    today = public_level(store.problem(problem.id), behind)
    return min(public_level(problem, behind), today, key=lambda one: one.rank)


def _behind(scope: Scope, store: Store, found: _Verified) -> Backing:
    """Count the reports of the problem's kind in its footprint, in the year before the work was done."""
    problem, own = found.problem, scope.then.reports
    if not problem.footprint.get("coordinates"):
        return Backing(0, 0)
    done = problem.remediated_on or found.at.astimezone(scope.moment.zone).date()
    columns = own.columns
    kinds = [at for at, word in enumerate(columns.words) if word.startswith(problem.group)]
    rows = np.isin(columns.leaf, kinds) & np.isfinite(columns.lon_lat[:, 0]) & own.counts
    rows &= (own.day >= day_number(done - _YEAR)) & (own.day <= day_number(done))
    if not rows.any():
        return Backing(0, 0)
    held = Boundaries([1], [problem.footprint]).ids_at(columns.lon_lat[rows])
    there = columns.where(np.flatnonzero(rows)[held == 1])
    return Backing(len(there), _addresses(store, there))


def _addresses(store: Store, there: BriefingColumns) -> int:
    """Return from how many addresses reports come at the least: told by their points, reporters and written addresses.

    One household may write from several points, and one address may be written by several people: the fewest count.
    """
    if not len(there):
        return 0
    point = np.unique(there.lon_lat.round(5), axis=0, return_inverse=True)[1].reshape(-1)
    # Who did not say who they are, or where, is known by the point alone.
    reporters = np.unique(np.where(there.reporter != 0, there.reporter, -1 - point))
    point_of = dict(zip(there.ids.tolist(), point.tolist(), strict=True))
    written = {
        " ".join(one.address.casefold().split()) or point_of[one.id] for one in store.reports(there.ids.tolist())
    }
    return min(int(point.max()) + 1, len(reporters), len(written))


def _streets(reports: Reports, store: Store, found: Sequence[_Verified]) -> dict[int, str]:
    """Return the street of each problem from the map of streets, where enough reports lie around it."""
    streets = Names(store).streets
    if not streets or not found:
        return {}
    places = np.array([one.problem.lon_lat for one in found])
    nearest = areas.nearest_line(places, [one.geometry for one in streets], within_m=NAMING_DISTANCE_M)
    told: dict[int, str] = {}
    lon_lat = reports.columns.lon_lat
    lon_lat = lon_lat[np.isfinite(lon_lat[:, 0]) & reports.counts]
    for one, (lon, lat), at in zip(found, places.tolist(), nearest.tolist(), strict=True):
        east = (lon_lat[:, 0] - lon) * 111_320.0 * float(np.cos(np.radians(lat)))
        north = (lon_lat[:, 1] - lat) * 110_574.0
        near = lon_lat[np.hypot(east, north) <= _NEAR_M]
        if at >= 0 and Backing(len(near), len(np.unique(near.round(5), axis=0))).is_enough:
            told[one.problem.id] = streets[at].name
    return told


def _fix(scope: Scope, store: Store, found: _Verified, reports: int, street: str, level: PublicLevel) -> Fix:
    problem, zone = found.problem, scope.moment.zone
    held, words = _held(scope, found)
    before, after = _photos(scope, store, problem) if level is PublicLevel.STREET else (None, None)
    return Fix(
        problem_id=problem.id,
        kind=problem.group.label,
        street=street,
        area="" if street and scope.area and problem.area == scope.area.name else problem.area,
        reports=masked_count(reports),
        work=_work(scope, found),
        verified_in=found.at.astimezone(zone).date().replace(day=1),
        seen_in=found.visited_on.replace(day=1),
        held=held,
        held_words=words,
        before=before,
        after=after,
    )


def _work(scope: Scope, found: _Verified) -> tuple[WorkDone, ...]:
    names = scope.then.work.organisations
    events = scope.then.work.action_events
    done = [one for one in scope.actions_on(found.problem.id) if _was_done(one, events.get(one.id, ()), found.at)]
    chief = [one for one in done if one.type not in _BESIDE] or done
    rows = [WorkDone(_DID[one.type], names.get(one.organisation_id, "A partner")) for one in chief]
    return tuple(dict.fromkeys(rows))


def _was_done(action: Action, events: Sequence[Event], at: datetime) -> bool:
    """Tell whether an action was done when the fix was verified, whatever became of it since."""
    before = [one.changes["status"] for one in events if "status" in one.changes and one.at <= at]
    if before:
        return before[-1] in _DONE
    return action.status in _DONE and (action.done_at is None or action.done_at <= at)


def _held(scope: Scope, found: _Verified) -> tuple[Held, str]:
    zone = scope.moment.zone
    closed: tuple[Held, str] | None = None
    for one in found.since:
        status, month = one.changes.get("status"), f"{one.at.astimezone(zone):%B %Y}"
        if status == ProblemStatus.RECURRED:
            return Held.CAME_BACK, f"It came back in {month}, and we took it up again."
        if status == ProblemStatus.IN_PROGRESS:
            return Held.UNDONE, f"A later look in {month} found that it was not in order; work went on."
        if status == ProblemStatus.SUPERSEDED:
            return Held.JOINED, "It has since been joined with a place beside it, which we watch as one."
        if status == ProblemStatus.CLOSED:
            closed = _CLOSED.get(str(one.changes.get("outcome", "")))
    if closed is not None:
        return closed
    verified_on = found.at.astimezone(zone).date()
    until = verified_on + timedelta(days=WATCHED_DAYS)
    if scope.moment.as_of >= until:
        return Held.HELD, f"It has held: it did not come back within {WATCHED_DAYS} days."
    return Held.SO_FAR, f"It has held so far; we watch it until {until:%B %Y}."


def _photos(scope: Scope, store: Store, problem: Problem) -> tuple[Shot | None, Shot | None]:
    """Return the last allowed photo from before the work and the last from after it."""
    kept = [one for one in store.photos(problem.id) if one.at < scope.moment.known_at]
    if not kept:
        return None, None
    actions = [one.id for one in scope.then.work.actions if one.problem_id == problem.id]
    then = list(scope.then.work.events.get(problem.id, ()))
    now = store.events(Subject.PROBLEM, problem.id)
    for number in actions:
        then += scope.then.work.action_events.get(number, ())
        now += store.events(Subject.ACTION, number)
    # Whoever took a permission back does not want it shown, whatever was known then.
    allowed = public_photos(public_photos(kept, then), now)
    before, after = ([one for one in allowed if one.shows is side] for side in (Shows.BEFORE, Shows.AFTER))
    return _shot(store, before), _shot(store, after)


def _shot(store: Store, photos: Sequence[Photo]) -> Shot | None:
    if not photos:
        return None
    photo = photos[-1]
    content = store.picture(photo.shown_sha256, Purpose.SHOWN) or b""
    if sha256(content).hexdigest() != photo.shown_sha256:
        content = b""
    return Shot(photo.id, photo.shows, photo.alt, content)
