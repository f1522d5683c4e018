"""Facts beside the status of a report: to whom it was given, of which problem it tells, for whom it waits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from problems.clock import Clock
from problems.errors import InputRefused, MoveRefused
from problems.events import EventKind, Subject, event
from problems.followups import Matter
from problems.people import Principal, Role
from problems.problem import Problem, ProblemStatus, problem_ref
from problems.reasons import OBSTACLES
from problems.reports import ReportStatus
from problems.store import Store, Unit
from problems.targets import WorkingDays
from problems.use_cases.answer_changes import EVERY_REPORT, Outcomes, check_sees, one_by_one, save_matter
from problems.use_cases.answering import wait_ended
from problems.use_cases.checks import LONGEST_NAME, LONGEST_NOTE, check_organisation, check_person, checked_text
from problems.use_cases.saving import require
from problems.words import has_words

#: Work on these can stand still; what nobody has looked at waits for us.
CAN_WAIT = (ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS)
_NAMED = 20


def give_reports(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    organisation_id: int | None,
    owner: str = "",
    referred_on: date | None = None,
    note: str = "",
    seen_versions: Mapping[int, int],
) -> Outcomes:
    """Refer open reports to an organisation of ours, in one unit, and return what became of each.

    Parameters
    ----------
    organisation_id
        None takes them back from the organisation that has them.
    owner
        Who sees to it there; empty leaves the owner as they are.
    referred_on
        The day of the referral (today).

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    InputRefused
        When the organisation is unknown or closed, the owner has left, or the day is to come.
    """
    asked = "The report was not referred."
    require(principal, asked, *EVERY_REPORT)
    now = clock()
    told = checked_text(asked, note, LONGEST_NOTE)
    name = checked_text(asked, owner, LONGEST_NAME)
    day = referred_on or now.date()
    if day > now.date():
        raise InputRefused(asked, f"The referral on {day} has not happened yet.", "Give the day of the referral.")

    def change(matter: Matter) -> Matter:
        _check_open(asked, matter)
        followup = replace(
            matter.followup,
            organisation_id=organisation_id,
            referred_on=None if organisation_id is None else day,
            owner=name or matter.followup.owner,
        )
        if followup == matter.followup:
            raise MoveRefused(asked, f"{matter.ref} is with them already.", "Choose another organisation.")
        return save_matter(unit, now, principal, matter, Matter(matter.report, followup), EventKind.EDITED, note=told)

    with store.writing() as unit:
        # Again: this may have waited for its turn, and what happens is told in order.
        now = clock()
        check_organisation(store, asked, organisation_id)
        check_person(store, asked, name)
        return one_by_one(store, unit, asked, report_ids, seen_versions, change)


def link_reports(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    problem_id: int | None,
    note: str = "",
    seen_versions: Mapping[int, int],
) -> Outcomes:
    """Say of which problem reports tell, in one unit; None says that they tell of none.

    The link stands beside the hot spot that the reports may be in: it is for reports that lie outside, came
    later, or have no place. The problem's timeline tells of it too.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    NotFound, MoveRefused
        When there is no such problem, or it was merged into another.
    """
    asked = "The report was not linked."
    require(principal, asked, *EVERY_REPORT)
    told = checked_text(asked, note, LONGEST_NOTE)
    with store.writing() as unit:
        now = clock()
        problem = None if problem_id is None else _linkable(store, asked, problem_id)
        left: dict[int, list[str]] = {}

        def change(matter: Matter) -> Matter:
            was = matter.followup.problem_id
            if was == problem_id:
                where = f"tells of {problem.ref}" if problem else "tells of no problem"
                raise MoveRefused(asked, f"{matter.ref} {where} already.", "Choose another problem.")
            if was is not None:
                left.setdefault(was, []).append(matter.ref)
            after = Matter(matter.report, replace(matter.followup, problem_id=problem_id))
            return save_matter(unit, now, principal, matter, after, EventKind.EDITED, note=told)

        outcomes = one_by_one(store, unit, asked, report_ids, seen_versions, change)
        if problem is not None and outcomes.done:
            _tell_problem(unit, now, principal, problem.id, [one.ref for one in outcomes.done], "linked")
        for number, refs in left.items():
            _tell_problem(unit, now, principal, number, refs, "unlinked")
        return outcomes


def _linkable(store: Store, asked: str, problem_id: int) -> Problem:
    problem = store.problem(problem_id)
    if problem.status is ProblemStatus.SUPERSEDED:
        onward = ", ".join(problem_ref(number) for number in problem.successor_ids) or "the one it became"
        raise MoveRefused(asked, f"{problem.ref} is “{problem.status.label}”.", f"Choose {onward}.")
    return problem


def _tell_problem(
    unit: Unit, at: datetime, principal: Principal, problem_id: int, refs: Sequence[str], what: str
) -> None:
    named = ", ".join(refs[:_NAMED]) + (f" and {len(refs) - _NAMED} more" if len(refs) > _NAMED else "")
    tells = "tells" if len(refs) == 1 else "tell"
    verb = tells if what == "linked" else f"no longer {tells}"
    note = f"{named} {verb} of this problem."
    details: dict[str, object] = {what: len(refs)}
    unit.add_events([event(at, principal, Subject.PROBLEM, problem_id, EventKind.NOTED, note=note, details=details)])


def pause_reports(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    reason: str,
    note: str,
    seen_versions: Mapping[int, int],
) -> Outcomes:
    """Note that reports wait for somebody else: from today their net clock stands still.

    Raises
    ------
    NotAllowed
        When the principal is neither officer, coordinator nor partner.
    InputRefused
        When the reason is not one for waiting, or nothing is said for the resident.
    """
    asked = "The report was not set to waiting."
    require(principal, asked, *EVERY_REPORT, Role.PARTNER)
    if reason not in tuple(OBSTACLES):
        known = ", ".join(one.label for one in OBSTACLES)
        raise InputRefused(asked, f"“{reason}” is not a reason to wait.", f"Reasons are: {known}.")
    told = checked_text(asked, note, LONGEST_NOTE)
    if not has_words(told):
        raise InputRefused(asked, "Nothing is said that residents could be told.", "Say what it waits for.")

    def change(matter: Matter) -> Matter:
        check_sees(asked, principal, matter, as_other=principal.has(*EVERY_REPORT))
        if matter.status not in CAN_WAIT:
            raise MoveRefused(asked, f"{matter.ref} is “{matter.status.label}”.", "Only what is worked on can wait.")
        if matter.is_waiting:
            raise MoveRefused(asked, f"{matter.ref} is waiting already.", "Let its work go on first.")
        after = Matter(matter.report, replace(matter.followup, waiting_since=now, waiting_for=reason))
        return save_matter(unit, now, principal, matter, after, EventKind.EDITED, reason=reason, note=told)

    with store.writing() as unit:
        now = clock()
        return one_by_one(store, unit, asked, report_ids, seen_versions, change, principal=principal)


def resume_reports(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    note: str = "",
    seen_versions: Mapping[int, int],
    days: WorkingDays,
) -> Outcomes:
    """Let work on waiting reports go on: their net clock runs again, the working days of the wait are counted.

    Raises
    ------
    NotAllowed
        When the principal is neither officer, coordinator nor partner.
    """
    asked = "The wait was not ended."
    require(principal, asked, *EVERY_REPORT, Role.PARTNER)
    told = checked_text(asked, note, LONGEST_NOTE)

    def change(matter: Matter) -> Matter:
        check_sees(asked, principal, matter, as_other=principal.has(*EVERY_REPORT))
        if not matter.is_waiting:
            raise MoveRefused(asked, f"{matter.ref} is not waiting.", "Look again.")
        after = Matter(matter.report, wait_ended(matter.followup, now, days))
        return save_matter(unit, now, principal, matter, after, EventKind.EDITED, note=told)

    with store.writing() as unit:
        now = clock()
        return one_by_one(store, unit, asked, report_ids, seen_versions, change, principal=principal)


def _check_open(asked: str, matter: Matter) -> None:
    if not matter.status.is_open:
        raise MoveRefused(asked, f"{matter.ref} is “{matter.status.label}”.", "Only open reports can be referred.")
