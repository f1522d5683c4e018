"""Telling reporters what became of it: who is still to be told, that they were, and what they said to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from problems.clock import Clock
from problems.entries import BY_HAND, Caller
from problems.errors import InputRefused, MoveRefused, NotFound, ProblemError
from problems.events import EventKind, Subject, event
from problems.followups import Matter, Satisfaction
from problems.people import Principal
from problems.store import Store, Unit
from problems.use_cases.answer_changes import (
    EVERY_REPORT,
    MOST_AT_ONCE,
    Outcomes,
    matters_in,
    matters_of,
    one_by_one,
    save_matter,
    the_one,
)
from problems.use_cases.checks import LONGEST_NOTE, checked_text
from problems.use_cases.contacting import MAY_SEE_CONTACTS
from problems.use_cases.saving import require


@dataclass(frozen=True, slots=True)
class Letter:
    """What one reporter is told: of the report ``told_of``, which is the main one of a duplicate."""

    matter: Matter
    told_of: Matter
    caller: Caller

    @property
    def receipt(self) -> str:
        """The number that the reporter was given; that of the report where it came with a feed."""
        report = self.matter.report
        return report.source_id if report.source == BY_HAND else report.ref


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters that were made, and why others were not."""

    made: tuple[Letter, ...] = ()
    refused: tuple[tuple[str, ProblemError], ...] = ()


def to_be_told(store: Store) -> list[tuple[Matter, Matter]]:
    """Return the reports whose reporter waits to hear, each with the report that tells how it ended."""
    waiting = matters_of(store, store.to_be_told())
    mains = {one.id: one for one in matters_of(store, [each.report.main_id for each in waiting if each.report.main_id])}
    return [(each, mains.get(each.report.main_id or 0, each)) for each in waiting]


def mark_told(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    note: str = "",
    seen_versions: Mapping[int, int],
) -> Outcomes:
    """Note that the reporters of ended reports were told, in one unit, and return what became of each.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    """
    asked = "It was not noted that the reporter was told."
    require(principal, asked, *EVERY_REPORT)
    said = checked_text(asked, note, LONGEST_NOTE)

    def change(matter: Matter) -> Matter:
        told_of = _telling(unit, asked, matter)
        if matter.followup.told_at is not None:
            raise MoveRefused(asked, f"The reporter of {matter.ref} was told already.", "Nothing is left to do.")
        after = Matter(matter.report, replace(matter.followup, told_at=now, told_by=principal.name))
        details = {"told": told_of.followup.outcome and told_of.ref}
        return save_matter(unit, now, principal, matter, after, EventKind.EDITED, note=said, details=details)

    with store.writing() as unit:
        now = clock()
        return one_by_one(store, unit, asked, report_ids, seen_versions, change)


def _telling(unit: Unit, asked: str, matter: Matter) -> Matter:
    """Return the report that tells how this one ended: itself, or its main report."""
    main_id = matter.report.main_id
    told_of = matter if main_id is None else matters_in(unit, [main_id]).get(main_id, matter)
    if told_of.status.is_open:
        raise MoveRefused(
            asked, f"{told_of.ref} is “{told_of.status.label}”.", "There is nothing to tell before it ends."
        )
    if not told_of.followup.outcome:
        raise MoveRefused(
            asked, f"{told_of.ref} ended without a sentence for the reporter.", "Re-open it and end it with one."
        )
    return told_of


def record_satisfaction(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_id: int,
    satisfied: Satisfaction,
    seen_version: int,
    note: str = "",
) -> Matter:
    """Note what a reporter who was told answered, and return the report as saved.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    MoveRefused
        When the reporter was not told yet.
    NotFound
        When there is no such report.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = "The answer was not kept."
    require(principal, asked, *EVERY_REPORT)
    said = checked_text(asked, note, LONGEST_NOTE)

    def change(matter: Matter) -> Matter:
        if matter.followup.told_at is None:
            raise MoveRefused(asked, f"The reporter of {matter.ref} was not told yet.", "Tell them first, then ask.")
        after = Matter(matter.report, replace(matter.followup, satisfied=satisfied))
        return save_matter(unit, now, principal, matter, after, EventKind.EDITED, note=said)

    with store.writing() as unit:
        now = clock()
        return the_one(one_by_one(store, unit, asked, [report_id], {report_id: seen_version}, change))


def write_letters(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    opened: Callable[[bytes], Caller],
) -> Letters:
    """Return what the reporters of ended reports are told, each with how to reach them.

    That each contact was read is kept for good. Writing letters does not say that anybody was told:
    :func:`mark_told` does, when they were sent.

    Parameters
    ----------
    opened
        Opens the seal of a contact; :class:`data.sealing.Sealer` has it.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    InputRefused
        When no report or too many are chosen.
    """
    asked = "The letter was not written."
    require(principal, asked, *MAY_SEE_CONTACTS)
    wanted = list(dict.fromkeys(report_ids))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise InputRefused(asked, f"{len(wanted):,} reports are chosen.", f"Choose from 1 to {MOST_AT_ONCE}.")
    made: list[Letter] = []
    refused: list[tuple[str, ProblemError]] = []
    with store.writing() as unit:
        now = clock()
        found = matters_in(unit, wanted)
        for number in wanted:
            try:
                made.append(_letter(store, unit, asked, found.get(number), number, opened))
            except ProblemError as why:
                refused.append((f"R-{number:06d}", why))
        _trace(unit, now, principal, [letter.matter.id for letter in made])
    return Letters(tuple(made), tuple(refused))


def _letter(
    store: Store, unit: Unit, asked: str, matter: Matter | None, number: int, opened: Callable[[bytes], Caller]
) -> Letter:
    contact = store.contact(number)
    if matter is None or contact is None:
        raise NotFound(asked, "No contact is kept for this report.", "Its reporter cannot be reached.")
    return Letter(matter, _telling(unit, asked, matter), opened(contact.sealed))


def _trace(unit: Unit, at: datetime, principal: Principal, ids: Sequence[int]) -> None:
    details = {"contact": "written to a file"}
    unit.add_events(
        [event(at, principal, Subject.REPORT, number, EventKind.REVIEWED, details=details) for number in ids]
    )
