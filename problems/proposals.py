"""What a refresh proposed about a problem that people work on, and has not been answered yet.

A refresh never merges or splits such a problem: it asks on the timeline. What was asked stands until a coordinator
answers, the problems end, or :data:`REPEAT_DAYS` have passed; where it is still so then, the next refresh asks again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from problems.events import Event, EventKind
from problems.lifecycle import moves_from
from problems.problem import UNTOUCHED, Problem, ProblemStatus

#: A proposal that nobody answered, or that was declined, is not repeated for so many days.
REPEAT_DAYS = 90
#: What an answer to a proposal carries in its details, beside those of the proposal.
ANSWER = "answer"
ACCEPTED, DECLINED = "accepted", "declined"


class ProposalKind(StrEnum):
    """What is proposed."""

    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An open proposal about a problem.

    ``event_id`` is the event that asked, ``others`` are the problems that it would be merged with (merge), or the
    problems that its parts became and nobody works on yet (split).
    """

    event_id: int
    at: datetime
    kind: ProposalKind
    problem: Problem
    others: tuple[Problem, ...]
    note: str = ""

    @property
    def details(self) -> Mapping[str, object]:
        """What tells this proposal from another one, as its event carries it."""
        if self.kind is ProposalKind.MERGE:
            return {"proposal": "merge", "with": [other.id for other in self.others]}
        return {"proposal": "split"}


def asked_lately(events: Iterable[Event], details: Mapping[str, object], at: datetime) -> bool:
    """Tell whether the same was proposed or answered within :data:`REPEAT_DAYS` before ``at``.

    A split into another number of parts is another proposal, unless somebody answered the question itself since.
    """
    lately = at - timedelta(days=REPEAT_DAYS)
    for one in events:
        if one.at < lately:
            continue
        if one.kind is EventKind.PROPOSED and dict(one.details) == dict(details):
            return True
        if _is_answer_to(one, details):
            return True
    return False


def open_proposals(
    problem: Problem, events: Iterable[Event], by_id: Mapping[int, Problem], at: datetime
) -> list[Proposal]:
    """Return what is proposed about a problem and not answered yet, oldest first.

    Parameters
    ----------
    problem, events
        The problem, and the events about it in the order they were kept.
    by_id
        Every problem.
    at
        Now.
    """
    if problem.status in UNTOUCHED or not problem.status.is_open:
        return []
    told = list(events)
    found: dict[str, Proposal] = {}
    for place, one in enumerate(told):
        if one.kind is not EventKind.PROPOSED or one.at < at - timedelta(days=REPEAT_DAYS):
            continue
        if any(_is_answer_to(later, one.details) for later in told[place + 1 :]):
            continue
        proposal = _proposal(problem, one, by_id)
        if proposal is not None:
            found[repr(sorted(proposal.details.items()))] = proposal
    return list(found.values())


def waiting(problems: Iterable[Problem], events: Iterable[Event], at: datetime) -> list[Proposal]:
    """Return every proposal that waits for an answer, oldest first; two problems to be merged are one proposal.

    Parameters
    ----------
    problems
        Every problem.
    events
        The events about problems of the last :data:`REPEAT_DAYS` at least, in the order they were kept.
    at
        Now.
    """
    by_id = {problem.id: problem for problem in problems}
    told: dict[int, list[Event]] = {}
    for one in events:
        if one.kind in (EventKind.PROPOSED, EventKind.REVIEWED):
            told.setdefault(one.subject_id, []).append(one)
    found: dict[frozenset[int], Proposal] = {}
    for problem_id, own in sorted(told.items()):
        for proposal in open_proposals(by_id[problem_id], own, by_id, at) if problem_id in by_id else ():
            together = proposal.others if proposal.kind is ProposalKind.MERGE else ()
            found.setdefault(frozenset({problem_id, *(other.id for other in together)}), proposal)
    return sorted(found.values(), key=lambda proposal: (proposal.at, proposal.event_id))


def _is_answer_to(one: Event, details: Mapping[str, object]) -> bool:
    if one.kind is not EventKind.REVIEWED or ANSWER not in one.details:
        return False
    same = one.details.get("proposal") == details.get("proposal")
    return same and one.details.get("with") == details.get("with")


def _proposal(problem: Problem, one: Event, by_id: Mapping[int, Problem]) -> Proposal | None:
    if one.details.get("proposal") == ProposalKind.SPLIT:
        parts = tuple(other for other in by_id.values() if other.parent_id == problem.id and other.status in UNTOUCHED)
        return Proposal(one.id, one.at, ProposalKind.SPLIT, problem, parts, one.note)
    if one.details.get("proposal") != ProposalKind.MERGE:
        return None
    numbers = one.details.get("with")
    others = tuple(by_id[number] for number in numbers if number in by_id) if isinstance(numbers, list) else ()
    if not others or any(not other.status.is_open for other in others):
        return None
    return Proposal(one.id, one.at, ProposalKind.MERGE, problem, others, one.note)


def merges_into(one: Problem, other: Problem) -> tuple[Problem, Problem] | None:
    """Return (what goes, what stays) when two problems become one, or None when neither can go.

    The older one keeps its number, unless it has come so far that it cannot be merged away and the younger can:
    work that waits for a check, or came back, is not ended by a merge.
    """
    older, younger = sorted((one, other), key=lambda problem: problem.id)
    for goes, stays in ((younger, older), (older, younger)):
        if any(move.target is ProblemStatus.SUPERSEDED for move in moves_from(goes.status)):
            return goes, stays
    return None
