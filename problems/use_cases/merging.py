"""Merging: several reports of one occurrence become one main report and its duplicates, and back.

A duplicate points at its main report and never at another duplicate: when a report that has
duplicates becomes one itself, they move along to its new main report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import combinations

from problems.clock import Clock
from problems.duplicates import Apart
from problems.errors import InputRefused, MoveRefused
from problems.events import EventKind, Subject, event
from problems.lifecycle import MoveAnswers, check_move, roles_to
from problems.people import Principal, Role
from problems.reports import Report, ReportStatus
from problems.store import Store, Unit
from problems.use_cases.checks import LONGEST_NOTE, checked_text
from problems.use_cases.report_changes import reports_seen, save_report_change
from problems.use_cases.saving import require

_NOT_MERGED = "The reports were not merged."
_NOT_APART = "The reports were not kept apart."


def merge_reports(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    main_id: int,
    duplicate_ids: Sequence[int],
    note: str = "",
    seen_versions: Mapping[int, int],
) -> Report:
    """Make reports duplicates of a main report, in one unit, and return the main report.

    Parameters
    ----------
    main_id
        The report that stands for the occurrence from now on.
    duplicate_ids
        The others. What is a duplicate of the main report already stays as it is; the duplicates of
        a report that becomes a duplicate move along with it.
    note
        What residents could be told; empty names the main report.
    seen_versions
        The version of every one of these reports that the person had on the screen, by id.

    Raises
    ------
    MoveRefused, NotAllowed
        When a report cannot become a duplicate, or the main report cannot stand for others.
    InputRefused
        When nothing is left to merge, the kinds differ, or only a duplicate has a place.
    NotFound
        When there is no such report.
    Stale
        When somebody else changed one of them in between.
    """
    require(principal, _NOT_MERGED, *roles_to(ReportStatus.DUPLICATE))
    with store.writing() as unit:
        now = clock()
        others = [number for number in dict.fromkeys(duplicate_ids) if number != main_id]
        if not others or main_id in duplicate_ids:
            raise InputRefused(_NOT_MERGED, "A report cannot be a duplicate of itself.", "Choose at least two reports.")
        wanted = [main_id, *others]
        current = {report.id: report for report in unit.reports(wanted)}
        if all(number in current and current[number].main_id == main_id for number in others):
            return current[main_id]
        found = reports_seen(store, unit, _NOT_MERGED, wanted, seen_versions)
        put_under(unit, store, now, principal, found[main_id], [found[number] for number in others], note)
        return found[main_id]


def put_under(
    unit: Unit,
    store: Store,
    at: datetime,
    principal: Principal,
    main: Report,
    others: Sequence[Report],
    note: str,
    details: Mapping[str, object] | None = None,
) -> None:
    """Make ``others`` duplicates of ``main`` in an open unit; refuse as :func:`merge_reports` does."""
    told = checked_text(_NOT_MERGED, note, LONGEST_NOTE) or f"Already reported as {main.ref}, and followed up there."
    check_main(main)
    moving = [report for report in others if report.main_id != main.id]
    for report in moving:
        check_fits(main, report)
        check_move(
            report.ref,
            report.status,
            ReportStatus.DUPLICATE,
            principal,
            MoveAnswers(note=told, target_id=main.id),
        )
    along = store.duplicates_of([report.id for report in moving])
    for report in moving:
        after = replace(report, status=ReportStatus.DUPLICATE, main_id=main.id)
        save_report_change(unit, at, principal, report, after, EventKind.MOVED, note=told, details=details)
        for follower in unit.reports(along.get(report.id, ())):
            save_report_change(
                unit,
                at,
                principal,
                follower,
                replace(follower, main_id=main.id),
                EventKind.EDITED,
                note=f"{report.ref} became a duplicate of {main.ref}; its own duplicates moved along.",
            )
    together = {main.id, *(report.id for report in moving), *(one for ids in along.values() for one in ids)}
    unit.remove_aparts([one.id for one in store.aparts() if {one.first_id, one.second_id} <= together])
    added = sorted(together - {main.id})
    unit.add_events(
        [event(at, principal, Subject.REPORT, main.id, EventKind.MERGED, note=told, details={"duplicates": added})]
    )


def check_main(main: Report) -> None:
    """Refuse a report that cannot stand for others."""
    possible = "Choose another report as the main one."
    if main.status is ReportStatus.DUPLICATE:
        if main.main_id is not None:
            possible = f"Choose R-{main.main_id:06d} as the main report."
        raise MoveRefused(_NOT_MERGED, f"{main.ref} is itself a duplicate.", possible)
    if main.status is ReportStatus.WITHDRAWN:
        raise MoveRefused(_NOT_MERGED, f"{main.ref} was withdrawn.", possible)


def check_fits(main: Report, report: Report) -> None:
    """Refuse a report that cannot be a duplicate of ``main``."""
    if report.main_id is not None:
        possible = "Take it apart first."
        raise MoveRefused(_NOT_MERGED, f"{report.ref} is already a duplicate of R-{report.main_id:06d}.", possible)
    if main.group and report.group and main.group is not report.group:
        kinds = f"{main.ref} is about {main.group.label.lower()}, {report.ref} about {report.group.label.lower()}."
        raise InputRefused(_NOT_MERGED, kinds, "Correct the category first if one of them is wrong.")
    if main.lon_lat is None and report.lon_lat is not None:
        why = f"{main.ref} has no place on the map, {report.ref} has one."
        raise InputRefused(_NOT_MERGED, why, f"Choose {report.ref} as the main report.")


def unmerge_reports(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    note: str = "",
    seen_versions: Mapping[int, int],
) -> list[Report]:
    """Take duplicates apart from their main report, in one unit; each is followed up by itself again.

    Raises
    ------
    MoveRefused, NotAllowed
        When one of them is not a duplicate, or the principal may not do that.
    NotFound
        When there is no such report.
    Stale
        When somebody else changed one of them in between.
    """
    asked = "The reports were not taken apart."
    told = checked_text(asked, note, LONGEST_NOTE) or "Not the same after all: followed up by itself."
    with store.writing() as unit:
        now = clock()
        found = reports_seen(store, unit, asked, report_ids, seen_versions)
        for report in found.values():
            if report.status is not ReportStatus.DUPLICATE:
                raise MoveRefused(asked, f"{report.ref} is “{report.status.label}”, not a duplicate.", "Look again.")
            check_move(report.ref, report.status, ReportStatus.ACKNOWLEDGED, principal, MoveAnswers(note=told))
        return unmerge_in(unit, now, principal, list(found.values()), told)


def unmerge_in(unit: Unit, at: datetime, principal: Principal, reports: Sequence[Report], note: str) -> list[Report]:
    """Take duplicates apart from their main report in an open unit; whether that may be is checked before."""
    apart: list[Report] = []
    left: dict[int, list[int]] = {}
    for report in reports:
        after = replace(report, status=ReportStatus.ACKNOWLEDGED, main_id=None)
        apart.append(save_report_change(unit, at, principal, report, after, EventKind.MOVED, note=note))
        if report.main_id is not None:
            left.setdefault(report.main_id, []).append(report.id)
    unit.add_events(
        [
            event(at, principal, Subject.REPORT, main, EventKind.SPLIT, note=note, details={"duplicates": ids})
            for main, ids in left.items()
        ]
    )
    return apart


def keep_apart(
    store: Store, principal: Principal, clock: Clock, seed: int, *, report_ids: Sequence[int]
) -> list[tuple[int, int]]:
    """Remember that none of these reports is about the same occurrence as another; return the new pairs.

    They are not suggested to each other again until :func:`no_longer_apart` takes it back.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    MoveRefused
        When one of them is a duplicate of another one.
    NotFound
        When there is no such report.
    """
    require(principal, _NOT_APART, Role.OFFICER, Role.COORDINATOR)
    with store.writing() as unit:
        now = clock()
        found = reports_seen(store, unit, _NOT_APART, report_ids, {})
        for report in found.values():
            if report.main_id in found:
                why = f"{report.ref} is a duplicate of R-{report.main_id:06d}."
                raise MoveRefused(_NOT_APART, why, "Take it apart first.")
        known = {(one.first_id, one.second_id) for one in store.aparts()}
        new = [pair for pair in combinations(sorted(found), 2) if pair not in known]
        for first, second in new:
            unit.add_apart(Apart(0, first, second, principal.name, now))
        _tell(unit, now, principal, new, "apart")
    return new


def no_longer_apart(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    decided_at: datetime | None = None,
) -> list[tuple[int, int]]:
    """Take back that these reports are about different occurrences; return the pairs that were apart.

    With ``decided_at`` only what was decided at that moment.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    """
    require(principal, "The decision was not taken back.", Role.OFFICER, Role.COORDINATOR)
    wanted = set(report_ids)
    with store.writing() as unit:
        decided = [
            one
            for one in store.aparts()
            if {one.first_id, one.second_id} <= wanted and decided_at in (None, one.decided_at)
        ]
        unit.remove_aparts([one.id for one in decided])
        pairs = [(one.first_id, one.second_id) for one in decided]
        _tell(unit, clock(), principal, pairs, "no_longer_apart")
    return pairs


def _tell(unit: Unit, at: datetime, principal: Principal, pairs: Sequence[tuple[int, int]], what: str) -> None:
    others: dict[int, list[int]] = {}
    for first, second in pairs:
        others.setdefault(first, []).append(second)
        others.setdefault(second, []).append(first)
    unit.add_events(
        [
            event(at, principal, Subject.REPORT, number, EventKind.REVIEWED, details={what: ids})
            for number, ids in sorted(others.items())
        ]
    )
