"""The table of moves: complete, without dead ends, and strict about who and what."""

from collections import deque
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems import lifecycle
from problems.actions import ActionStatus
from problems.errors import MoveRefused, NotAllowed
from problems.lifecycle import MoveAnswers, check_move, moves_for, moves_from
from problems.people import LAPTOP, Principal, Role
from problems.problem import ProblemStatus
from problems.reports import ReportStatus

STARTS = {
    ReportStatus: {ReportStatus.NEW},
    ProblemStatus: {ProblemStatus.DETECTED},
    ActionStatus: {ActionStatus.PROPOSED},
}
EVERY_STATE = [state for kind in STARTS for state in kind]
EVERY_MOVE = [*lifecycle.REPORT_MOVES, *lifecycle.PROBLEM_MOVES, *lifecycle.ACTION_MOVES]


def principal(*roles: Role) -> Principal:
    return Principal("somebody", "Somebody", frozenset(roles))


def full_answers(move: lifecycle.Move) -> MoveAnswers:
    return MoveAnswers(
        note="The lamp is lit.",
        reason=str(move.reasons[0]) if move.reasons else "",
        visited_on=date(2026, 3, 1),
        owner="Cora",
        objective="Light",
        review_on=date(2026, 4, 1),
        organisation_id=1,
        target_id=2,
        outcome="effective",
        body="Water company",
        referred_on=date(2026, 3, 1),
    )


@pytest.mark.parametrize("kind", STARTS, ids=lambda kind: kind.__name__)
def test_every_state_can_be_reached(kind: type) -> None:
    seen = set(STARTS[kind])
    waiting = deque(seen)
    while waiting:
        for move in moves_from(waiting.popleft()):
            if move.target not in seen:
                seen.add(move.target)
                waiting.append(move.target)
    assert seen == set(kind)


def test_only_a_merged_problem_is_an_end() -> None:
    assert [state for state in EVERY_STATE if not moves_from(state)] == [ProblemStatus.SUPERSEDED]


@pytest.mark.parametrize("state", EVERY_STATE, ids=lambda state: f"{type(state).__name__}.{state}")
def test_a_move_that_the_table_lacks_is_refused_with_what_is_possible(state: lifecycle.State) -> None:
    allowed = {move.target for move in moves_from(state)}
    for target in type(state):
        if target in allowed:
            continue
        with pytest.raises(MoveRefused) as refused:
            check_move("P-0001", state, target, LAPTOP, MoveAnswers())
        for possible in allowed:
            assert possible.label in str(refused.value)


@pytest.mark.parametrize("move", EVERY_MOVE, ids=lambda move: f"{move.source}-{move.target}")
def test_each_role_may_make_exactly_the_moves_of_the_table(move: lifecycle.Move) -> None:
    permitted = {role for other in moves_from(move.source) if other.target is move.target for role in other.roles}
    for role in Role:
        if role in permitted:
            assert check_move("X", move.source, move.target, principal(role), full_answers(move)).target is move.target
        else:
            with pytest.raises(NotAllowed):
                check_move("X", move.source, move.target, principal(role), full_answers(move))


@given(st.sampled_from([move for move in EVERY_MOVE if move.needs]), st.data())
def test_a_move_without_one_of_its_answers_is_refused_by_name(move: lifecycle.Move, draw: st.DataObject) -> None:
    need = draw.draw(st.sampled_from(move.needs))
    field = {
        "note": "note",
        "reason": "reason",
        "visit": "visited_on",
        "owner": "owner",
        "objective": "objective",
        "review": "review_on",
        "organisation": "organisation_id",
        "target": "target_id",
        "outcome": "outcome",
        "body": "body",
        "referred": "referred_on",
    }[need]
    empty = MoveAnswers()
    complete = full_answers(move)
    missing = MoveAnswers(
        **{name: getattr(empty if name == field else complete, name) for name in MoveAnswers.__dataclass_fields__}
    )
    role = next(iter(move.roles))
    with pytest.raises(MoveRefused) as refused:
        check_move("X", move.source, move.target, principal(role), missing)
    assert need.label.lower() in str(refused.value)


def test_a_reason_of_another_move_is_refused() -> None:
    answers = MoveAnswers(note="Nothing there.", reason="fixed")
    with pytest.raises(MoveRefused, match="not a reason for this move"):
        check_move("P-1", ProblemStatus.DETECTED, ProblemStatus.DISMISSED, principal(Role.COORDINATOR), answers)


@pytest.mark.parametrize(
    ("state", "target"),
    [
        (ReportStatus.RESOLVED, ReportStatus.VERIFIED),
        (ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED),
        (ActionStatus.DONE, ActionStatus.VERIFIED),
    ],
)
def test_whoever_reported_the_work_done_cannot_confirm_it(state: lifecycle.State, target: lifecycle.State) -> None:
    officer = principal(Role.OFFICER)
    answers = MoveAnswers(note="Seen.", visited_on=date(2026, 3, 1))
    with pytest.raises(MoveRefused, match="cannot confirm it"):
        check_move("X", state, target, officer, answers, done_by=officer.key)
    assert target not in {move.target for move in moves_for(state, officer, done_by=officer.key)}
    assert check_move("X", state, target, officer, answers, done_by="another").target is target


def test_a_coordinator_may_send_back_work_that_they_reported_themselves() -> None:
    coordinator = principal(Role.COORDINATOR, Role.OFFICER)
    answers = MoveAnswers(note="Still dark.")
    move = check_move("A-1", ActionStatus.DONE, ActionStatus.IN_PROGRESS, coordinator, answers, done_by=coordinator.key)
    assert move.verb == "Send back"


def test_the_refusal_reads_as_a_sentence_with_all_that_is_possible() -> None:
    with pytest.raises(MoveRefused) as refused:
        check_move("P-0014", ProblemStatus.PLANNED, ProblemStatus.CLOSED, LAPTOP, MoveAnswers())
    assert str(refused.value) == (
        "Problem P-0014 is “Response planned” and cannot become “Closed”. "
        "From “Response planned” it can become: Being analysed, Merged or split, No action, Work under way."
    )
