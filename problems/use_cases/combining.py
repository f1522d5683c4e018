"""Making one problem of several, and several of one: everything that hangs on them goes along, nothing is lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

import numpy as np

from geo import projection
from geo.footprints import near
from problems.clock import Clock
from problems.combining import (
    Belongings,
    MergePreview,
    Part,
    belongings_of,
    check_merge,
    check_split,
    joined_place,
    merge_warnings,
    place_of,
    placed,
    rest_of,
    status_of_part,
)
from problems.drawing import DrawingSettings, usable
from problems.events import EventKind, Subject
from problems.followups import Matter
from problems.history import is_drawn
from problems.hot_spots import DetectionSettings
from problems.inbox import Asked
from problems.lifecycle import MoveAnswers, check_move
from problems.naming import Names
from problems.people import SYSTEM, Principal, Role
from problems.problem import UNTOUCHED, Problem, ProblemStatus, problem_ref
from problems.public import joined_shares
from problems.store import Store, Unit
from problems.use_cases.answer_changes import matters_in, save_matter
from problems.use_cases.checks import LONGEST_NAME, LONGEST_NOTE, check_name, checked_text, created_event
from problems.use_cases.drawing import counted
from problems.use_cases.saving import check_seen, require, save
from problems.words import readable

MAY_COMBINE = (Role.COORDINATOR,)
_NOT_MERGED = "The problems were not merged."


def look_at_merge(
    store: Store, principal: Principal, clock: Clock, seed: int, *, survivor_id: int, other_ids: Sequence[int]
) -> MergePreview:
    """Return what merging problems will do, without doing it.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused, MoveRefused, NotFound
        As :func:`merge_problems`.
    """
    require(principal, _NOT_MERGED, *MAY_COMBINE)
    stays = store.problem(survivor_id)
    goes = [(problem, belongings(store, problem.id)) for problem in map(store.problem, other_ids)]
    check_merge(_NOT_MERGED, stays, goes)
    return MergePreview(
        stays,
        tuple(goes),
        assessments=sum(len(store.assessments(problem.id)) for problem, _ in goes),
        entries=sum(len(store.events(Subject.PROBLEM, problem.id)) for problem, _ in goes),
        warnings=merge_warnings(stays, goes, epsg=metric(store, stays)),
    )


def merge_problems(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    survivor_id: int,
    other_ids: Sequence[int],
    note: str,
    seen_versions: Mapping[int, int],
) -> Problem:
    """Let several problems go on as one of them, and return it as saved.

    Actions, visits, photos and linked reports of the others go along; their assessments and what happened to them
    stay on their pages, which point to the one that goes on, and are shown on its page too. Its outline becomes the
    ground of all of them, and residents are told no more of it than of the strictest of them.

    Parameters
    ----------
    note
        What residents could be told.
    seen_versions
        The versions that the person had on the screen, by problem; each is checked.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused, MoveRefused
        When fewer than two are named, or they cannot become one; see :func:`problems.combining.check_merge`.
    NotFound, Stale
        When one of them is not there, or somebody else saved it since it was seen.
    """
    require(principal, _NOT_MERGED, *MAY_COMBINE)
    with store.writing() as unit:
        now = clock()
        stays = store.problem(survivor_id)
        goes = [store.problem(number) for number in other_ids]
        for problem in (stays, *goes):
            check_seen(store, _NOT_MERGED, problem, seen_versions.get(problem.id, problem.version))
        told = checked_text(_NOT_MERGED, note, LONGEST_NOTE)
        return combine(unit, store, now, principal, stays, goes, told)[-1]


def combine(
    unit: Unit, store: Store, at: datetime, principal: Principal, stays: Problem, goes: Sequence[Problem], note: str
) -> list[Problem]:
    """Write a merge inside a unit and return those that ended, in their order, and at last the one that goes on."""
    having = [(problem, belongings(store, problem.id)) for problem in goes]
    check_merge(_NOT_MERGED, stays, having)
    ended = []
    for problem, has in having:
        answers = MoveAnswers(note=note, target_id=stays.id)
        move = check_move(
            problem.ref, problem.status, ProblemStatus.SUPERSEDED, principal, answers, done_by=problem.done_by
        )
        after = replace(problem, status=ProblemStatus.SUPERSEDED, successor_ids=(stays.id,))
        details = {"verb": move.verb, "successors": [stays.id], "along": has.numbers}
        ended.append(
            save(unit, at, principal, problem, after, problem.version, EventKind.MOVED, note=note, details=details)
        )
        why = f"{problem.ref} was merged into {stays.ref}; this goes along."
        carry(unit, at, principal, has, stays.id, why)
    after, was = _with_ground_of(store, stays, goes)
    after = replace(after, shares=joined_shares(stays, goes))
    details = {"with": [problem.id for problem in goes], **({"place_was": was} if was else {})}
    saved = save(unit, at, principal, stays, after, stays.version, EventKind.MERGED, note=note, details=details)
    if any(has.begun for _, has in having):
        saved = _begun(unit, at, saved, "Work that came along is under way.")
    return [*ended, saved]


def _with_ground_of(
    store: Store, stays: Problem, goes: Sequence[Problem]
) -> tuple[Problem, Mapping[str, object] | None]:
    """Return the problem on the ground of all, and its place as it was; a refresh draws what nobody took on."""
    if stays.status in UNTOUCHED and not is_drawn(store.events(Subject.PROBLEM, stays.id)):
        return stays, None
    epsg = metric(store, stays)
    ground = joined_place(stays, goes, epsg=epsg)
    if ground is None:
        return stays, None
    lon_lat, width_m = placed(ground, epsg=epsg)
    return replace(stays, footprint=ground, lon_lat=lon_lat, width_m=width_m), place_of(stays)


def _begun(unit: Unit, at: datetime, problem: Problem, note: str) -> Problem:
    """Return the problem as under way where its response was planned only."""
    if problem.status is not ProblemStatus.PLANNED:
        return problem
    after = replace(problem, status=ProblemStatus.IN_PROGRESS)
    return save(unit, at, SYSTEM, problem, after, problem.version, EventKind.MOVED, note=note)


def belongings(store: Store, problem_id: int) -> Belongings:
    """Return everything that hangs on a problem."""
    return Belongings(
        actions=tuple(store.actions(problem_id)),
        visits=tuple(store.visits(problem_id)),
        photos=tuple(store.photos(problem_id)),
        report_ids=tuple(store.inbox(Asked(problem_id=problem_id)).ids.tolist()),
        advice=tuple(store.advice_given(problem_id)),
    )


def carry(unit: Unit, at: datetime, principal: Principal, has: Belongings, to_id: int, note: str) -> None:
    """Put what hangs on a problem to another one, each with its event; owed work stays owed."""
    for action in has.actions:
        along = replace(action, problem_id=to_id)
        details = {"problem_id": to_id}
        save(unit, at, principal, action, along, action.version, EventKind.EDITED, note=note, details=details)
    for given in has.advice:
        unit.save_advice_given(replace(given, problem_id=to_id), given.version)
    unit.move_evidence([visit.id for visit in has.visits], [photo.id for photo in has.photos], to_id)
    for matter in matters_in(unit, has.report_ids).values():
        followup = replace(matter.followup, problem_id=to_id)
        save_matter(unit, at, principal, matter, Matter(matter.report, followup), EventKind.EDITED, note=note)


def metric(store: Store, problem: Problem) -> int:
    """Return the metric CRS of the store, else the one that fits the problem's place."""
    known = store.fact("epsg")
    return int(known) if known else projection.metric_epsg(np.array([problem.lon_lat]))


# -- one becomes several --


def split_problem(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    parts: Sequence[Part],
    note: str,
    seen_version: int,
    drawing: DrawingSettings | None = None,
    detection: DetectionSettings | None = None,
    zone: tzinfo = UTC,
) -> list[Problem]:
    """Make problems of their own of parts of a problem, and return it and them, in their order.

    The problem itself goes on with its number, its history and the ground that is left. Each part begins with its
    owner, objective and status; actions, visits, photos and linked reports go where they were given, the evidence of
    an action with the action, and all else stays.

    Parameters
    ----------
    note
        Why, for the timelines.
    drawing, detection, zone
        What may be drawn, and how reports in a part are counted.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused, MoveRefused
        When it cannot be split like this; see :func:`problems.combining.check_split` and
        :func:`problems.combining.rest_of`.
    NotFound, Stale
        When it is not there, or somebody else saved it since ``seen_version``.
    """
    asked = f"{problem_ref(problem_id)} was not split."
    require(principal, asked, *MAY_COMBINE)
    told = checked_text(asked, note, LONGEST_NOTE)
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        check_seen(store, asked, problem, seen_version)
        has = belongings(store, problem.id)
        check_split(asked, problem, parts, has)
        epsg = metric(store, problem)
        settings = drawing or DrawingSettings()
        read = [replace(part, geometry=usable(part.geometry, epsg=epsg, settings=settings).geometry) for part in parts]
        rest = rest_of(asked, problem, read, epsg=epsg)
        inside = _linked_inside(store, has.report_ids, read, epsg)
        made = []
        for part, within in zip(read, inside, strict=True):
            along = belongings_of(part, has, within)
            begun = _part_of(store, problem, part, along, now, epsg, detection or DetectionSettings(), zone)
            checked_text(asked, begun.name, LONGEST_NAME)
            check_name(asked, begun, store.problems())
            begun = replace(begun, id=unit.add_problem(begun))
            details = {
                "drawn": True,
                "how": f"split off from {problem.ref}",
                "footprint": dict(begun.footprint),
                "reports": begun.reports,
                "incidents": begun.incidents,
                "along": along.numbers,
            }
            unit.add_events([replace(created_event(now, principal, begun, details), note=told)])
            carry(unit, now, principal, along, begun.id, f"{begun.ref} was split off from {problem.ref}.")
            made.append(begun)
        lon_lat, width_m = placed(rest, epsg=epsg)
        after = replace(problem, footprint=rest, lon_lat=lon_lat, width_m=width_m)
        details = {"parts": [one.id for one in made], "place_was": place_of(problem)}
        kept = save(unit, now, principal, problem, after, seen_version, EventKind.SPLIT, note=told, details=details)
        return [kept, *made]


def _part_of(
    store: Store,
    problem: Problem,
    part: Part,
    along: Belongings,
    now: datetime,
    epsg: int,
    detection: DetectionSettings,
    zone: tzinfo,
) -> Problem:
    lon_lat, width_m = placed(part.geometry, epsg=epsg)
    reports, incidents = counted(store, part.geometry, problem.group, now, epsg, detection, zone)
    return replace(
        problem,
        id=0,
        name=readable(part.name),
        status=status_of_part(problem, along),
        lon_lat=lon_lat,
        width_m=width_m,
        footprint=part.geometry,
        created_at=now,
        reports=reports,
        incidents=incidents,
        area=Names(store).area(lon_lat),
        hot_spot_id=None,
        last_seen_on=None,
        misses=0,
        dormant_since=None,
        parent_id=problem.id,
        successor_ids=(),
        last_event_at=now,
        version=1,
    )


def _linked_inside(store: Store, report_ids: Iterable[int], parts: Sequence[Part], epsg: int) -> list[list[int]]:
    """Return, for each part, the linked reports whose place lies in it."""
    found = [report for report in store.reports(list(report_ids)) if report.lon_lat is not None]
    if not found:
        return [[] for _ in parts]
    places = np.array([report.lon_lat for report in found])
    taken: set[int] = set()
    inside = []
    for part in parts:
        here = near(places, part.geometry, epsg=epsg)
        own = [report.id for report, is_in in zip(found, here.tolist(), strict=True) if is_in]
        inside.append([number for number in own if number not in taken])
        taken.update(own)
    return inside
