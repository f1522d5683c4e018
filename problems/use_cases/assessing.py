"""Assessing: what the work on a problem achieved, kept with everything that it was made from."""

from dataclasses import replace

from problems.assessment import assess
from problems.clock import Clock
from problems.errors import NotAllowed
from problems.events import EventKind, Subject, event
from problems.gathering import Choices, Gathered, Rules, gather
from problems.kept_assessments import KeptAssessment, MadeAgain, kept, made_again
from problems.people import Principal, Role
from problems.problem import problem_ref
from problems.seeing import READS_EVERYTHING, seen_by, whole
from problems.sharing import is_placed
from problems.store import Store
from problems.use_cases.checks import is_second_click
from problems.use_cases.saving import require

MAY_ASSESS = (Role.OFFICER, Role.COORDINATOR)
_NOT_SHOWN = "What the work achieved is not shown."


def look_at(
    store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int, choices: Choices, rules: Rules
) -> Gathered:
    """Count what an assessment needs, without keeping anything; whoever sees the place of the problem may look.

    Raises
    ------
    InputRefused
        As :func:`problems.gathering.gather`.
    NotAllowed
        When its place is not shared with them, or there may be no such problem.
    NotFound
        When there is no such problem.
    """
    every = whole(store)
    _check_sees(every, principal, problem_id)
    today = clock().astimezone(rules.zone).date()
    return gather(every, every.problem(problem_id), today, choices, rules)


def keep_assessment(
    store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int, choices: Choices, rules: Rules
) -> KeptAssessment:
    """Assess a problem with the reports of today and keep the result, with an entry on its timeline.

    The counting happens outside the unit, so nobody waits for it. Nothing about the problem changes:
    whether it is closed, and how, is a person's move. The very same of the same person within seconds is a second
    click: it returns the first one's.

    Raises
    ------
    NotAllowed
        When the principal is neither an officer nor a coordinator.
    InputRefused
        As :func:`problems.gathering.gather`.
    NotFound
        When there is no such problem.
    """
    require(principal, f"The assessment of {problem_ref(problem_id)} was not kept.", *MAY_ASSESS)
    problem = store.problem(problem_id)
    now = clock()
    gathered = gather(store, problem, now.astimezone(rules.zone).date(), choices, rules)
    assessment = assess(gathered.evidence, rules.assessment)
    record = kept(assessment, gathered.layout, problem.id, now, principal.key, principal.name)
    with store.writing() as unit:
        for one in store.assessments(problem.id):
            if replace(record, id=one.id, made_at=one.made_at) == one and is_second_click(one.made_at, now):
                return one
        number = unit.add_assessment(record)
        told = event(
            now,
            principal,
            Subject.PROBLEM,
            problem.id,
            EventKind.ASSESSED,
            note=assessment.sentence,
            details={"assessment_id": number, "verdict": assessment.verdict.value, "method": assessment.method},
        )
        unit.add_events([told])
    return store.assessment(number)


def compute_again(store: Store, principal: Principal, clock: Clock, seed: int, *, assessment_id: int) -> MadeAgain:
    """Make a kept assessment again from its evidence, without today's reports; whoever sees its problem may look.

    Raises
    ------
    NotFound
        When there is no such assessment.
    InputRefused
        When what is kept was changed outside of the store.
    """
    every = whole(store)
    if not principal.has(*READS_EVERYTHING):
        seen = {one.id for one in seen_by(every, principal).assessments()}
        if assessment_id not in seen:
            raise NotAllowed(_NOT_SHOWN, "It does not exist, or it is not shared with you.", "Ask a coordinator.")
    return made_again(every.assessment(assessment_id))


def _check_sees(every: Store, principal: Principal, problem_id: int) -> None:
    """Refuse whoever does not see the place of a problem, in the same words whether there is one or not."""
    if principal.has(*READS_EVERYTHING):
        return
    shared = (one for one in seen_by(every, principal).problems() if is_placed(one))
    if problem_id not in {one.id for one in shared}:
        raise NotAllowed(_NOT_SHOWN, "The problem does not exist, or it is not shared with you.", "Ask a coordinator.")
