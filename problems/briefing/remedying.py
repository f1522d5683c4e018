"""Partner remediation and what worked: how long a yes takes, what is due and late, and what assessments found."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from geo.survival import kaplan_meier
from problems.actions import Action, ActionStatus
from problems.briefing.briefing import PartnerRemediation, PartnerWork, WhatWorked
from problems.briefing.figure import TOO_FEW, Behind, Figure, Listed, Unit, counted
from problems.briefing.happened import FixMade, Worked
from problems.briefing.scope import Scope
from problems.briefing.then import WEEKS_OF_FLOW
from problems.kept_assessments import KeptAssessment
from problems.problem import ProblemStatus
from problems.reasons import Reason
from problems.service import FEWEST_TOLD, days_words
from problems.time_to_fix import WATCHED_DAYS, recurrence

_ALL: Final = "All organisations"
_SENT_BACK: Final = (ActionStatus.DONE, ActionStatus.VERIFIED)


def remediation_of(scope: Scope) -> PartnerRemediation:
    """Return how the work of partner organisations stands: all together, and each, the most pressing first."""
    names = scope.then.work.organisations
    by_organisation: dict[int, list[Action]] = {}
    for one in scope.actions:
        if scope.own is None or one.organisation_id == scope.own:
            by_organisation.setdefault(one.organisation_id, []).append(one)
    every = [one for own in by_organisation.values() for one in own]
    total = _work_of(scope, None, _ALL if scope.own is None else names.get(scope.own, ""), every)
    rows = [
        _work_of(scope, number, names.get(number, f"Organisation {number}"), by_organisation[number])
        for number in by_organisation
    ]
    rows.sort(key=_pressing)
    shown = tuple(one for one in rows if one.to_accept.n or one.due.value or one.overdue.value or one.blocked.value)
    owed = sum(one.status.is_owed for one in every)
    said = "Nothing is owed." if not owed else (
        f"{owed} {'action is' if owed == 1 else 'actions are'} owed: {int(total.overdue.value or 0)} late, "
        f"{int(total.blocked.value or 0)} blocked. {total.to_accept.sentence}"
    )  # fmt: skip
    return PartnerRemediation(total, shown, said)


def _pressing(work: PartnerWork) -> tuple[object, ...]:
    """Return what orders partners: most late first, then most blocked, sent back and due, then by name."""
    counts = (-(one.value or 0.0) for one in (work.overdue, work.blocked, work.rework, work.due))
    return (*counts, work.name.casefold(), work.organisation_id)


def _work_of(scope: Scope, number: int | None, name: str, actions: Sequence[Action]) -> PartnerWork:
    moment, key = scope.moment, "all" if number is None else str(number)
    due = [one for one in actions if one.due_on and moment.week.first <= one.due_on <= moment.week.last]
    late = [one for one in actions if one.days_late(moment.as_of) > 0]
    blocked = [one for one in actions if one.status is ActionStatus.BLOCKED]
    reasons: dict[str, tuple[int, ...]] = {}
    for one in blocked:
        reason = Reason(one.reason).label if one.reason in tuple(Reason) else one.reason or "No reason given"
        reasons[reason] = (*reasons.get(reason, ()), one.id)
    back = [one for one in actions if _was_sent_back(scope, one)]
    done = sum(one.status.is_ended for one in due)
    said = f"Due in the week: {len(due)}, of which {done} {'is' if done == 1 else 'are'} done or ended."
    by_reason = dict(sorted(reasons.items()))
    return PartnerWork(
        organisation_id=number,
        name=name,
        to_accept=_to_accept(scope, key, name, actions),
        due=counted(f"due_{key}", f"Due in the week: {name}", Unit.ACTIONS, len(due), _behind(due), said),
        overdue=counted(f"overdue_{key}", f"Late: {name}", Unit.ACTIONS, len(late), _behind(late)),
        blocked=counted(f"blocked_{key}", f"Blocked: {name}", Unit.ACTIONS, len(blocked), _behind(blocked)),
        blocked_by=by_reason,
        rework=counted(f"rework_{key}", f"Sent back in the week: {name}", Unit.ACTIONS, len(back), _behind(back)),
        reasons=tuple(
            counted(f"blocked_{key}_{at}", f"Blocked, {reason.lower()}: {name}", Unit.ACTIONS, len(ids),
                    Behind(Listed.ACTIONS, ids))
            for at, (reason, ids) in enumerate(by_reason.items())
        ),
    )  # fmt: skip


def _behind(actions: Sequence[Action]) -> Behind:
    return Behind(Listed.ACTIONS, tuple(one.id for one in actions))


def _was_sent_back(scope: Scope, action: Action) -> bool:
    return any(
        one.at >= scope.moment.starts_at
        and one.before.get("status") in _SENT_BACK
        and one.changes.get("status") == ActionStatus.IN_PROGRESS
        for one in scope.then.work.action_events.get(action.id, ())
    )


def _to_accept(scope: Scope, key: str, name: str, actions: Sequence[Action]) -> Figure:
    """Return the middle time from proposed to accepted; what still waits for an answer counts as long as it waits."""
    until = scope.moment.ends_at
    since = until - timedelta(weeks=WEEKS_OF_FLOW)
    rows = [
        (one, one.proposed_at or one.created_at)
        for one in actions
        if (one.proposed_at or one.created_at) >= since
        and (one.accepted_at is not None or one.status is ActionStatus.PROPOSED)
    ]
    label, ids = f"Days from proposed to accepted: {name}", _behind([one for one, _ in rows])
    if len(rows) < FEWEST_TOLD:
        said = f"Proposed to accepted: {len(rows)} in {WEEKS_OF_FLOW} weeks, {TOO_FEW}."
        return Figure(f"to_accept_{key}", label, Unit.DAYS, None, said, len(rows), behind=ids)
    days = np.array([_days(start, one.accepted_at or until) for one, start in rows])
    said_yes = np.array([one.accepted_at is not None for one, _ in rows])
    middle = kaplan_meier(days, said_yes).quantile(0.5)
    if middle.days is None:
        said = f"Proposed to accepted: fewer than half of {len(rows):,} were accepted by the end of the week."
    else:
        said = (
            f"Proposed to accepted: half within {days_words(middle.days)}, of {len(rows):,} in {WEEKS_OF_FLOW} weeks."
        )
    return Figure(
        f"to_accept_{key}", label, Unit.DAYS, middle.days, said, len(rows), middle.low_days, middle.high_days, ids
    )


def _days(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 86_400)


# -- 9: what worked --


def worked_of(scope: Scope) -> WhatWorked:
    """Return what the assessments of the week found, and how many fixes came back."""
    ids = {one.id for one in scope.problems if scope.tells(one)}
    every = [one for one in scope.then.work.assessments if one.problem_id in ids]
    own = [one for one in every if one.made_at >= scope.moment.starts_at]
    found = tuple(_worked(scope, one) for one in sorted(own, key=lambda one: one.id))
    fixes = _fixes(scope)
    back = _recurrence(scope, fixes)
    one, many = ("", "") if scope.told is None else (" that is shared with you", " that are shared with you")
    said = f"No assessment{one} was kept in this week."
    if found:
        number = f"1 assessment{one} was" if len(found) == 1 else f"{len(found)} assessments{many} were"
        said = f"{number} kept in this week: "
        verdicts = [one.verdict.label.lower() for one in found]
        said += ", ".join(f"{verdicts.count(one)} {one}" for one in dict.fromkeys(verdicts)) + "."
    return WhatWorked(found, back, f"{said} {back.sentence}", fixes)


def _worked(scope: Scope, kept: KeptAssessment) -> Worked:
    problem = next(one for one in scope.problems if one.id == kept.problem_id)
    change, low, high = _change(kept.figures)
    label = f"{problem.ref} {problem.name}"
    ids = Behind(Listed.ASSESSMENTS, (kept.id,))
    figure = Figure(f"worked_{kept.id}", label, Unit.INCIDENTS, change, kept.sentence, None, low, high, ids)
    return Worked(
        assessment_id=kept.id,
        problem_id=problem.id,
        ref=problem.ref,
        name=problem.name,
        made_on=kept.made_at.astimezone(scope.moment.zone).date(),
        verdict=kept.verdict,
        figure=figure,
        displacement=str(kept.words.get("surroundings", "")),
        sentence=kept.sentence,
    )


def _change(figures: Mapping[str, Any]) -> tuple[float | None, float | None, float | None]:
    """Return the change in the place against its comparison places with its interval, as it was kept."""
    here = (figures.get("displacement") or {}).get("local") or {}
    change, low, high = (here.get(name) for name in ("change", "low", "high"))
    return (None, None, None) if change is None else (float(change), low, high)


def fixes_and_returns(scope: Scope) -> list[tuple[int, date, date | None]]:
    """Return every fix that the reader is told of: the problem, the day, and the day it came back if it did."""
    found: list[tuple[int, date, date | None]] = []
    for problem in filter(scope.tells, scope.problems):
        days: list[tuple[int, date, date | None]] = []
        for one in scope.then.work.events.get(problem.id, ()):
            status, day = one.changes.get("status"), one.at.astimezone(scope.moment.zone).date()
            if status == ProblemStatus.REMEDIATED:
                days.append((problem.id, day, None))
            elif status == ProblemStatus.RECURRED and days and days[-1][2] is None:
                days[-1] = (*days[-1][:2], day)
        found += days
    return found


def _fixes(scope: Scope) -> tuple[FixMade, ...]:
    named = {one.id: one for one in scope.problems}
    return tuple(
        FixMade(number, named[number].ref, named[number].name, fixed, back,
                back is not None and (back - fixed).days <= WATCHED_DAYS)
        for number, fixed, back in fixes_and_returns(scope)
    )  # fmt: skip


def _recurrence(scope: Scope, fixes: Sequence[FixMade]) -> Figure:
    fixed, returned = [one.fixed_on for one in fixes], [one.returned_on for one in fixes]
    found = recurrence(fixed, returned, scope.moment.as_of)
    problems = tuple(dict.fromkeys(one.problem_id for one in fixes))
    share, said = found.share, found.sentence
    label = f"Came back within {found.days} days"
    hides = not all(map(scope.tells, scope.problems))
    if scope.told is not None and not found.count:
        # What is not told is not nothing.
        said = "No fix that is shared with you was made."
        if hides:
            return Figure("recurrence", label, Unit.SHARE, None, said, withheld=True)
    elif hides:
        said += " Fixes that are not shared with you are not counted."
    return Figure(
        "recurrence", label, Unit.SHARE, None if share is None else share.share,
        said, found.count, None if share is None else share.low, None if share is None else share.high,
        Behind(Listed.FIXES, tuple(range(1, len(fixes) + 1)), problems=problems),
    )  # fmt: skip
