"""Answering what a refresh proposed: two problems become one or stay two, a problem's parts are its own or not."""

from datetime import datetime

from problems.clock import Clock
from problems.errors import InputRefused, MoveRefused
from problems.events import EventKind, Subject, event
from problems.people import Principal, Role
from problems.problem import Problem
from problems.proposals import ACCEPTED, ANSWER, DECLINED, Proposal, ProposalKind, merges_into, open_proposals
from problems.store import Store, Unit
from problems.use_cases.checks import LONGEST_NOTE, checked_text
from problems.use_cases.combining import combine
from problems.use_cases.saving import require
from problems.words import has_words

MAY_ANSWER = (Role.COORDINATOR,)
_ASKED = "The proposal was not answered."


def accept_proposal(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    proposal_id: int,
    note: str = "",
) -> Problem:
    """Do what a refresh proposed, in one unit, and return the problem that goes on.

    A merge supersedes one of the two; which one says :func:`problems.proposals.merges_into`. A split needs nothing
    done: the parts are problems of their own already, and stay so.

    Parameters
    ----------
    proposal_id
        The ``event_id`` of the :class:`problems.proposals.Proposal`.
    note
        What residents could be told; empty is the sentence of the proposal.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    MoveRefused
        When somebody answered meanwhile, it is no longer so, or neither problem can be merged into the other.
    """
    with store.writing() as unit:
        now = clock()
        proposal = _still_open(store, principal, now, problem_id, proposal_id)
        told = checked_text(_ASKED, note, LONGEST_NOTE)
        _tell(unit, now, principal, proposal, ACCEPTED, told)
        if proposal.kind is ProposalKind.SPLIT:
            return proposal.problem
        (other,) = proposal.others
        way = merges_into(proposal.problem, other)
        if way is None:
            states = f"{proposal.problem.ref} is “{proposal.problem.status.label}”, {other.ref} “{other.status.label}”"
            raise MoveRefused(
                _ASKED, f"{states}: such work is not merged away.", "Decline it, or end one of them first."
            )
        goes, stays = way
        told = told or f"One place with {stays.ref}, and followed up there."
        return combine(unit, store, now, principal, stays, [goes], told)[-1]


def decline_proposal(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    proposal_id: int,
    note: str,
) -> Problem:
    """Leave things as they are, say why, and return the problem; it is not asked again for 90 days.

    Two problems stay two. A problem that fell apart stays one: its parts that nobody works on yet are merged back into
    it, and from then on it is seen in all of them.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused
        When no reason is given.
    MoveRefused
        When somebody answered meanwhile, or it is no longer so.
    """
    with store.writing() as unit:
        now = clock()
        proposal = _still_open(store, principal, now, problem_id, proposal_id)
        why = checked_text(_ASKED, note, LONGEST_NOTE)
        if not has_words(why):
            raise InputRefused(_ASKED, "It needs a reason.", "Say why, so that nobody has to ask again in 90 days.")
        _tell(unit, now, principal, proposal, DECLINED, why)
        if proposal.kind is ProposalKind.SPLIT:
            stays = proposal.problem
            return combine(unit, store, now, principal, stays, proposal.others, why)[-1] if proposal.others else stays
        return store.problem(problem_id)


def _still_open(store: Store, principal: Principal, now: datetime, problem_id: int, proposal_id: int) -> Proposal:
    require(principal, _ASKED, *MAY_ANSWER)
    problem = store.problem(problem_id)
    by_id = {each.id: each for each in store.problems()}
    for proposal in open_proposals(problem, store.events(Subject.PROBLEM, problem_id), by_id, now):
        if proposal.event_id == proposal_id:
            return proposal
    raise MoveRefused(_ASKED, "Somebody answered it meanwhile, or it is no longer so.", "Look at the timeline.")


def _tell(unit: Unit, now: datetime, principal: Principal, proposal: Proposal, answer: str, note: str) -> None:
    """Write the answer on the timeline of everybody who was asked."""
    asked = [(proposal.problem, dict(proposal.details))]
    if proposal.kind is ProposalKind.MERGE:
        asked += [(other, {"proposal": "merge", "with": [proposal.problem.id]}) for other in proposal.others]
    unit.add_events(
        [
            event(
                now,
                principal,
                Subject.PROBLEM,
                problem.id,
                EventKind.REVIEWED,
                note=note,
                details={**details, ANSWER: answer},
            )
            for problem, details in asked
        ]
    )
