"""Answering reports: every move of the report machine, for one report or for many in one unit.

The moves themselves, who may make them and what they need are in :mod:`problems.lifecycle`; here is
what else a move changes, and what stands against it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from problems.clock import Clock
from problems.errors import InputRefused, MoveRefused
from problems.events import EventKind
from problems.followups import Followup, Matter, opened_again
from problems.lifecycle import Move, MoveAnswers, check_move, roles_to
from problems.people import Principal, Role
from problems.reasons import Reason
from problems.reports import Report, ReportStatus
from problems.store import Store, Unit
from problems.targets import WorkingDays
from problems.use_cases.answer_changes import Outcomes, check_sees, matters_in, one_by_one, save_matter, the_one
from problems.use_cases.checks import LONGEST_NAME, LONGEST_NOTE, checked_text
from problems.use_cases.merging import check_fits, check_main, put_under, unmerge_in
from problems.use_cases.report_changes import reports_seen

#: Leaving one of these for an open state is a re-opening, which is counted.
_REOPENED_FROM = frozenset({ReportStatus.RESOLVED, ReportStatus.VERIFIED, ReportStatus.NO_ACTION})
#: So many duplicates are named in a refusal.
_NAMED = 5
#: What a move to each of these ends with, where the person does not say it with a reason.
_ENDS_WITH = {ReportStatus.NOT_OURS: str(Reason.NOT_OURS)}


def move_reports(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    target: ReportStatus,
    answers: MoveAnswers,
    seen_versions: Mapping[int, int],
    days: WorkingDays,
) -> Outcomes:
    """Move reports to ``target`` in one unit and return what became of each.

    Those that cannot be moved are named with the reason and stay as they are; the others are moved.

    Parameters
    ----------
    target
        ``duplicate`` makes them duplicates of the report ``answers.target_id``; from ``duplicate`` they
        are taken apart again.
    seen_versions
        The version of each of them that the person had on the screen, by id.
    days
        The calendar that waits are counted by: a move ends a running wait where it ends the matter.

    Raises
    ------
    InputRefused
        When no report or too many are chosen, or what was filled in fits no report.
    MoveRefused, NotFound
        When the report that they shall be duplicates of cannot stand for others.
    """
    now = clock()
    asked = f"The report was not moved to “{target.label}”."
    _check_answers_fit(asked, answers, now.date())
    with store.writing() as unit:
        # Again: this may have waited for its turn, and what happens is told in order.
        now = clock()
        # Whoever may not merge is not told either whether there is such a main report.
        merges = target is ReportStatus.DUPLICATE and principal.has(*roles_to(target))
        main = _main_for(store, unit, asked, answers) if merges else None

        def change(matter: Matter) -> Matter:
            move = check_move(matter.ref, matter.status, target, principal, answers, done_by=matter.followup.done_by)
            check_sees(asked, principal, matter, as_other=principal.has(*(move.roles - {Role.PARTNER})))
            if main is not None:
                return _merged(store, unit, now, principal, main, matter, answers)
            if matter.status is ReportStatus.DUPLICATE:
                unmerge_in(unit, now, principal, [matter.report], answers.note.strip())
                return matters_in(unit, [matter.id])[matter.id]
            _check_visit(asked, matter, answers, now)
            if target is ReportStatus.WITHDRAWN:
                _check_stands_for_none(store, asked, matter)
            after = _moved(matter, target, principal, answers, now, days)
            return save_matter(
                unit, now, principal, matter, after, EventKind.MOVED,
                reason=answers.reason, note=answers.note, details=_details(move, answers),
            )  # fmt: skip

        return one_by_one(store, unit, asked, report_ids, seen_versions, change, principal=principal)


def move_report(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_id: int,
    target: ReportStatus,
    answers: MoveAnswers,
    seen_version: int,
    days: WorkingDays,
) -> Matter:
    """Move one report to ``target`` and return it as saved; see :func:`move_reports`.

    Raises
    ------
    MoveRefused, NotAllowed
        When the table has no such move from here, for this principal, with these answers; a partner
        moves only what was given to their own organisation.
    NotFound
        When there is no such report.
    Stale
        When somebody else saved since ``seen_version``.
    """
    outcomes = move_reports(
        store,
        principal,
        clock,
        seed,
        report_ids=[report_id],
        target=target,
        answers=answers,
        seen_versions={report_id: seen_version},
        days=days,
    )
    return the_one(outcomes)


def _check_answers_fit(asked: str, answers: MoveAnswers, today: date) -> None:
    checked_text(asked, answers.note, LONGEST_NOTE)
    checked_text(asked, answers.owner, LONGEST_NAME)
    checked_text(asked, answers.body, LONGEST_NAME)
    if answers.visited_on and answers.visited_on > today:
        raise InputRefused(
            asked, f"The visit on {answers.visited_on} has not happened yet.", "Give the day of the visit."
        )
    if answers.referred_on and answers.referred_on > today:
        raise InputRefused(
            asked, f"The referral on {answers.referred_on} has not happened yet.", "Give the day of the referral."
        )


def _check_visit(asked: str, matter: Matter, answers: MoveAnswers, now: datetime) -> None:
    """Refuse a visit before the work was said to be done: it cannot have seen it."""
    closed_at = matter.report.closed_at
    if matter.status is not ReportStatus.RESOLVED or answers.visited_on is None or closed_at is None:
        return
    ended_on = closed_at.astimezone(now.tzinfo).date()
    if answers.visited_on < ended_on:
        raise MoveRefused(
            asked,
            f"{matter.ref} was said to be fixed on {ended_on}, after the visit on {answers.visited_on}.",
            "Visit again, and give that day.",
        )


def _check_stands_for_none(store: Store, asked: str, matter: Matter) -> None:
    """Refuse to withdraw a report that others were merged into: nobody would answer theirs any more."""
    others = store.duplicates_of([matter.id]).get(matter.id, ())
    if others:
        named = ", ".join(f"R-{number:06d}" for number in others[:_NAMED])
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        why = f"{matter.ref} stands for {named}{more}."
        raise MoveRefused(asked, why, "Take them apart first, so that they are answered too.")


def _main_for(store: Store, unit: Unit, asked: str, answers: MoveAnswers) -> Report:
    if answers.target_id is None:
        raise MoveRefused(asked, "The main report is not given.", "Give its number, such as R-000123.")
    main = reports_seen(store, unit, asked, [answers.target_id], {})[answers.target_id]
    check_main(main)
    return main


def _merged(
    store: Store, unit: Unit, now: datetime, principal: Principal, main: Report, matter: Matter, answers: MoveAnswers
) -> Matter:
    if matter.id == main.id:
        raise InputRefused(
            f"{matter.ref} was not merged.", "A report cannot be a duplicate of itself.", "Choose another main report."
        )
    check_fits(main, matter.report)
    put_under(unit, store, now, principal, main, [matter.report], answers.note)
    return matters_in(unit, [matter.id])[matter.id]


def _details(move: Move, answers: MoveAnswers) -> dict[str, object]:
    told: dict[str, object] = {"verb": move.verb}
    if answers.visited_on:
        told["visited_on"] = answers.visited_on
    return told


def _moved(
    matter: Matter, target: ReportStatus, principal: Principal, answers: MoveAnswers, now: datetime, days: WorkingDays
) -> Matter:
    report, followup = replace(matter.report, status=target), matter.followup
    if matter.status is ReportStatus.NEW and followup.responded_at is None:
        followup = replace(followup, responded_at=now)
    if not followup.owner or answers.owner.strip():
        followup = replace(followup, owner=answers.owner.strip() or principal.name)
    if target.is_open and not matter.status.is_open:
        return _opened(matter.status, report, followup)
    if target is ReportStatus.VERIFIED:
        return Matter(report, replace(followup, outcome=answers.note.strip()))
    if target.is_open:
        return Matter(report, followup)
    return _ended(report, followup, target, principal, answers, now, days)


def _opened(source: ReportStatus, report: Report, followup: Followup) -> Matter:
    return Matter(
        replace(report, closed_at=None, resolution=""), opened_again(followup, counted=source in _REOPENED_FROM)
    )


def _ended(
    report: Report,
    followup: Followup,
    target: ReportStatus,
    principal: Principal,
    answers: MoveAnswers,
    now: datetime,
    days: WorkingDays,
) -> Matter:
    followup = replace(wait_ended(followup, now, days), outcome=answers.note.strip())
    if target is ReportStatus.RESOLVED:
        followup = replace(followup, done_by=principal.key)
    if target is ReportStatus.NOT_OURS:
        followup = replace(followup, body=answers.body.strip(), referred_on=answers.referred_on)
    reason = answers.reason or _ENDS_WITH.get(target, "")
    return Matter(replace(report, closed_at=now, resolution=reason), followup)


def wait_ended(followup: Followup, now: datetime, days: WorkingDays) -> Followup:
    """Return a follow-up whose running wait, if any, is over and counted."""
    if followup.waiting_since is None:
        return followup
    since = followup.waiting_since.astimezone(now.tzinfo).date()
    waited = followup.waited_days + days.between(since, now.date())
    return replace(followup, waiting_since=None, waiting_for="", waited_days=waited)
