"""The three state machines as one table: what may become what, who may do it, what it needs.

Pages, importers, tests and the documentation all read :data:`REPORT_MOVES`,
:data:`PROBLEM_MOVES` and :data:`ACTION_MOVES`; no rule about states lives anywhere else.
A state says where the matter stands; lateness, dormancy and priority are separate facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from problems.actions import ActionStatus as A
from problems.errors import MoveRefused, NotAllowed
from problems.people import Principal, Role, any_of
from problems.problem import ProblemStatus as P
from problems.reasons import (
    CANCELLATIONS,
    DISMISSALS,
    NO_ACTION_REASONS,
    OBSTACLES,
    REFUSALS,
    RESOLUTIONS,
    Outcome,
    Reason,
)
from problems.reports import ReportStatus as R
from problems.words import has_words, readable

State = P | A | R


class Need(StrEnum):
    """Something that a move asks for before it can be made."""

    NOTE = "note"
    REASON = "reason"
    VISIT = "visit"
    OWNER = "owner"
    OBJECTIVE = "objective"
    REVIEW = "review"
    ORGANISATION = "organisation"
    TARGET = "target"
    OUTCOME = "outcome"
    BODY = "body"
    REFERRED = "referred"

    @property
    def label(self) -> str:
        """What a form calls it."""
        return {
            Need.NOTE: "What residents could be told",
            Need.REASON: "Reason",
            Need.VISIT: "Day of the visit",
            Need.OWNER: "Owner",
            Need.OBJECTIVE: "Objective",
            Need.REVIEW: "Next review",
            Need.ORGANISATION: "Organisation",
            Need.TARGET: "What it belongs to",
            Need.OUTCOME: "Outcome of the assessment",
            Need.BODY: "Responsible body",
            Need.REFERRED: "Day of the referral",
        }[self]


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move.

    ``four_eyes``: not by whoever claimed the work was done. ``assessed``: only when an assessment of
    the work is kept.
    """

    source: State
    target: State
    roles: frozenset[Role]
    verb: str
    needs: tuple[Need, ...] = ()
    reasons: tuple[Reason, ...] = ()
    four_eyes: bool = False
    assessed: bool = False


@dataclass(frozen=True, slots=True)
class MoveAnswers:
    """What the person filled in for a move; empty where nothing was given. Texts are kept without unseen signs.

    ``due_on`` no move needs: it is when work that is proposed once more is due.
    """

    note: str = ""
    reason: str = ""
    visited_on: date | None = None
    owner: str = ""
    owner_organisation_id: int | None = None
    objective: str = ""
    review_on: date | None = None
    organisation_id: int | None = None
    target_id: int | None = None
    outcome: str = ""
    body: str = ""
    referred_on: date | None = None
    due_on: date | None = None

    def __post_init__(self) -> None:
        """Take out of the texts what nobody can see."""
        for name in ("note", "owner", "objective", "body"):
            object.__setattr__(self, name, readable(getattr(self, name)))

    def given(self, need: Need) -> bool:
        """Tell whether ``need`` has been filled in; a text has to have words."""
        return bool(
            {
                Need.NOTE: has_words(self.note),
                Need.REASON: self.reason,
                Need.VISIT: self.visited_on,
                Need.OWNER: has_words(self.owner),
                Need.OBJECTIVE: has_words(self.objective),
                Need.REVIEW: self.review_on,
                Need.ORGANISATION: self.organisation_id,
                Need.TARGET: self.target_id,
                Need.OUTCOME: self.outcome,
                Need.BODY: has_words(self.body),
                Need.REFERRED: self.referred_on,
            }[need]
        )


OFFICER = frozenset({Role.OFFICER})
COORDINATOR = frozenset({Role.COORDINATOR})
COMMAND = frozenset({Role.COMMAND})
PARTNER = frozenset({Role.PARTNER})
SYSTEM = frozenset({Role.SYSTEM})
_ENDED_NEEDS = (Need.REASON, Need.NOTE)


def _moves(
    sources: State | Sequence[State],
    target: State,
    roles: frozenset[Role],
    verb: str,
    needs: tuple[Need, ...] = (),
    *,
    reasons: tuple[Reason, ...] = (),
    four_eyes: bool = False,
    assessed: bool = False,
) -> tuple[Move, ...]:
    listed = [sources] if isinstance(sources, (P, A, R)) else list(sources)
    return tuple(Move(source, target, roles, verb, needs, reasons, four_eyes, assessed) for source in listed)


_WORKING_REPORT = (R.ACKNOWLEDGED, R.IN_PROGRESS)
_REFERRAL = (Need.BODY, Need.REFERRED, Need.NOTE)

REPORT_MOVES: tuple[Move, ...] = (
    *_moves(R.NEW, R.ACKNOWLEDGED, OFFICER, "Acknowledge"),
    *_moves(R.ACKNOWLEDGED, R.IN_PROGRESS, OFFICER | PARTNER, "Start work"),
    *_moves(_WORKING_REPORT, R.RESOLVED, OFFICER | PARTNER, "Resolve", _ENDED_NEEDS, reasons=RESOLUTIONS),
    *_moves(R.IN_PROGRESS, R.ACKNOWLEDGED, OFFICER | PARTNER, "Put back"),
    *_moves(R.RESOLVED, R.VERIFIED, OFFICER, "Verify on site", (Need.VISIT, Need.NOTE), four_eyes=True),
    *_moves((R.RESOLVED, R.VERIFIED), R.IN_PROGRESS, OFFICER | COORDINATOR, "Re-open", (Need.NOTE,)),
    *_moves(
        (R.NEW, R.ACKNOWLEDGED, R.IN_PROGRESS), R.DUPLICATE, OFFICER, "Mark as duplicate", (Need.TARGET, Need.NOTE)
    ),
    *_moves((R.NEW, R.ACKNOWLEDGED), R.NO_ACTION, OFFICER, "No action", _ENDED_NEEDS, reasons=NO_ACTION_REASONS),
    *_moves(R.IN_PROGRESS, R.NO_ACTION, COORDINATOR, "No action", _ENDED_NEEDS, reasons=NO_ACTION_REASONS),
    *_moves(R.NEW, R.NOT_OURS, OFFICER, "Not ours", _REFERRAL),
    *_moves(_WORKING_REPORT, R.NOT_OURS, OFFICER | PARTNER, "Not ours", _REFERRAL),
    *_moves(
        (R.NEW, R.ACKNOWLEDGED, R.IN_PROGRESS),
        R.WITHDRAWN,
        OFFICER,
        "Withdraw",
        _ENDED_NEEDS,
        reasons=(Reason.REPORTER_ERROR, Reason.ARTEFACT),
    ),
    *_moves(R.NO_ACTION, R.ACKNOWLEDGED, COORDINATOR, "Re-open", (Need.NOTE,)),
    *_moves(R.NOT_OURS, R.ACKNOWLEDGED, OFFICER, "Came back to us", (Need.NOTE,)),
    *_moves(R.WITHDRAWN, R.ACKNOWLEDGED, OFFICER, "Take back", (Need.NOTE,)),
    *_moves(R.DUPLICATE, R.ACKNOWLEDGED, OFFICER, "Not a duplicate", (Need.NOTE,)),
)

_WORKED_ON = (P.CONFIRMED, P.ANALYSING, P.PLANNED, P.IN_PROGRESS)
_NO_ACTION_NEEDS = (Need.REASON, Need.NOTE, Need.REVIEW)

PROBLEM_MOVES: tuple[Move, ...] = (
    *_moves(P.DETECTED, P.CONFIRMED, COORDINATOR, "Take on", (Need.OWNER, Need.OBJECTIVE, Need.REVIEW)),
    *_moves(P.DETECTED, P.DISMISSED, COORDINATOR, "Dismiss", _ENDED_NEEDS, reasons=DISMISSALS),
    *_moves(P.CONFIRMED, P.ANALYSING, OFFICER | COORDINATOR, "Start analysis"),
    *_moves((P.CONFIRMED, P.ANALYSING), P.PLANNED, COORDINATOR, "Plan the response", (Need.NOTE,)),
    *_moves(P.PLANNED, P.IN_PROGRESS, SYSTEM, "First action started"),
    *_moves(P.PLANNED, P.ANALYSING, COORDINATOR, "Back to analysis", (Need.NOTE,)),
    *_moves(P.IN_PROGRESS, P.REMEDIATED, COORDINATOR, "Work is done", (Need.NOTE,)),
    *_moves(P.IN_PROGRESS, P.PLANNED, COORDINATOR, "Back to planning", (Need.NOTE,)),
    *_moves(P.IN_PROGRESS, P.ANALYSING, COORDINATOR, "Back to analysis", (Need.NOTE,)),
    *_moves(P.REMEDIATED, P.VERIFIED, OFFICER, "Verify on site", (Need.VISIT, Need.NOTE), four_eyes=True),
    *_moves(P.REMEDIATED, P.IN_PROGRESS, OFFICER | COORDINATOR, "Visit failed", (Need.VISIT, Need.NOTE)),
    *_moves(P.VERIFIED, P.IN_PROGRESS, OFFICER | COORDINATOR, "Re-open the work", (Need.NOTE,)),
    *_moves(P.VERIFIED, P.CLOSED, COMMAND, "Close the problem", (Need.OUTCOME, Need.NOTE), assessed=True),
    *_moves(
        (P.REMEDIATED, P.VERIFIED, P.CLOSED, P.NO_ACTION),
        P.RECURRED,
        SYSTEM | COORDINATOR,
        "It came back",
        (Need.NOTE,),
    ),
    *_moves(P.RECURRED, P.ANALYSING, COORDINATOR, "Analyse again"),
    *_moves(P.RECURRED, P.PLANNED, COORDINATOR, "Plan the response", (Need.NOTE,)),
    *_moves(P.RECURRED, P.CLOSED, COMMAND, "Close the problem", (Need.OUTCOME, Need.NOTE), assessed=True),
    *_moves(
        (*_WORKED_ON, P.RECURRED),
        P.NO_ACTION,
        COMMAND,
        "Decide on no action",
        _NO_ACTION_NEEDS,
        reasons=NO_ACTION_REASONS,
    ),
    *_moves(P.NO_ACTION, P.CONFIRMED, COMMAND, "Take on again", (Need.OWNER, Need.OBJECTIVE, Need.REVIEW)),
    *_moves(P.DISMISSED, P.DETECTED, SYSTEM, "Grew past the threshold again"),
    *_moves(
        (P.DETECTED, *_WORKED_ON), P.SUPERSEDED, SYSTEM | COORDINATOR, "Merge into another", (Need.TARGET, Need.NOTE)
    ),
)

_NOT_DONE = (A.PROPOSED, A.ACCEPTED, A.IN_PROGRESS, A.BLOCKED)

ACTION_MOVES: tuple[Move, ...] = (
    *_moves(A.PROPOSED, A.ACCEPTED, PARTNER, "Accept"),
    *_moves((A.PROPOSED, A.BLOCKED), A.DECLINED, PARTNER, "Decline", _ENDED_NEEDS, reasons=REFUSALS),
    *_moves((A.ACCEPTED, A.BLOCKED), A.IN_PROGRESS, PARTNER, "Start work"),
    *_moves((A.ACCEPTED, A.IN_PROGRESS), A.DONE, PARTNER, "Done", (Need.NOTE,)),
    *_moves((A.ACCEPTED, A.IN_PROGRESS), A.BLOCKED, PARTNER, "Blocked", _ENDED_NEEDS, reasons=OBSTACLES),
    *_moves(_NOT_DONE, A.CANCELLED, COORDINATOR, "Cancel this action", _ENDED_NEEDS, reasons=CANCELLATIONS),
    *_moves(A.DONE, A.VERIFIED, OFFICER, "Check passed", (Need.NOTE,), four_eyes=True),
    *_moves(A.DONE, A.IN_PROGRESS, OFFICER, "Send back", (Need.NOTE,), four_eyes=True),
    *_moves(A.DONE, A.IN_PROGRESS, COORDINATOR, "Send back", (Need.NOTE,)),
    *_moves(A.VERIFIED, A.IN_PROGRESS, OFFICER, "Came undone", (Need.NOTE,)),
    *_moves(A.DECLINED, A.PROPOSED, COORDINATOR, "Propose to another", (Need.ORGANISATION, Need.NOTE)),
    *_moves(A.CANCELLED, A.PROPOSED, COORDINATOR, "Propose again", (Need.NOTE,)),
)

_TABLES: dict[type, tuple[tuple[Move, ...], str]] = {
    P: (PROBLEM_MOVES, "Problem"),
    A: (ACTION_MOVES, "Action"),
    R: (REPORT_MOVES, "Report"),
}


def moves_from(state: State) -> tuple[Move, ...]:
    """Return every move of the table that starts at ``state``, whoever may make it."""
    return tuple(move for move in _TABLES[type(state)][0] if move.source is state)


def roles_to(target: State) -> frozenset[Role]:
    """Return the roles that can bring anything to ``target``, from wherever it stands."""
    rows = _TABLES[type(target)][0]
    return frozenset(role for move in rows if move.target is target for role in move.roles)


def moves_for(state: State, principal: Principal, *, done_by: str = "") -> tuple[Move, ...]:
    """Return the moves from ``state`` that ``principal`` may make now, one per target.

    ``done_by`` is the key of whoever claimed the work done: moves that need a second pair of eyes
    are left out for them.
    """
    found: dict[State, Move] = {}
    for move in moves_from(state):
        if principal.has(*move.roles) and not (move.four_eyes and principal.key == done_by):
            found.setdefault(move.target, move)
    return tuple(found.values())


def check_move(
    ref: str, state: State, target: State, principal: Principal, answers: MoveAnswers, *, done_by: str = ""
) -> Move:
    """Return the move from ``state`` to ``target``, or say why ``principal`` cannot make it.

    Raises
    ------
    MoveRefused
        When the table has no such move, an answer is missing or unknown, or the same person
        claimed the work done.
    NotAllowed
        When the move exists but none of the principal's roles may make it.
    """
    word = _TABLES[type(state)][1]
    asked = f"{word} {ref} is “{state.label}” and cannot become “{target.label}”."
    possible = [move for move in moves_from(state) if move.target is target]
    if not possible:
        onward = sorted({move.target.label for move in moves_from(state)})
        raise MoveRefused(asked, "", _onward(state, onward))
    asked = f"{word} {ref} was not moved to “{target.label}”."
    own = [move for move in possible if principal.has(*move.roles)]
    if not own:
        who = any_of({role for move in possible for role in move.roles})
        raise NotAllowed(asked, f"Only {who} may do that; {principal.name} may not.", "Ask somebody with that role.")
    free = [move for move in own if not (move.four_eyes and principal.key == done_by)]
    if not free:
        raise MoveRefused(
            asked,
            f"{principal.name} reported the work as done, and whoever did that cannot confirm it.",
            "Ask a colleague to check it.",
        )
    _check_answers(asked, free[0], answers)
    return free[0]


def _onward(state: State, onward: Sequence[str]) -> str:
    if not onward:
        return f"“{state.label}” is an end: nothing follows it."
    return f"From “{state.label}” it can become: {', '.join(onward)}."


def _check_answers(asked: str, move: Move, answers: MoveAnswers) -> None:
    missing = [need.label.lower() for need in move.needs if not answers.given(need)]
    if missing:
        why = f"This move needs: {', '.join(missing)}."
        if Need.NOTE in move.needs and answers.note and not answers.given(Need.NOTE):
            why += f" “{answers.note[:20]}” has no words that could be read out."
        raise MoveRefused(asked, why, "Fill that in and try again.")
    if Need.REASON in move.needs and answers.reason not in move.reasons:
        known = ", ".join(reason.label for reason in move.reasons)
        raise MoveRefused(asked, f"“{answers.reason}” is not a reason for this move.", f"Reasons are: {known}.")
    if Need.OUTCOME in move.needs and answers.outcome not in tuple(Outcome):
        raise MoveRefused(
            asked,
            f"“{answers.outcome}” is not an outcome.",
            f"Outcomes are: {', '.join(outcome.label for outcome in Outcome)}.",
        )
