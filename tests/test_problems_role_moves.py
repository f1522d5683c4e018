"""Who may make which move of a problem, an action and a report, each from its own status."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from problems.actions import ActionStatus
from problems.lifecycle import ACTION_MOVES, PROBLEM_MOVES, REPORT_MOVES, Move, MoveAnswers
from problems.problem import ProblemStatus
from problems.reports import ReportStatus
from problems.use_cases import (
    acting,
    answering,
    working,
)
from problems.use_cases.answer_changes import the_one
from tests.role_town import DAYS, LETTERS, Town, asking, principal, town
from tests.storing import a_problem, an_action, an_assessment

__all__ = ["town"]


def full_answers(town: Town, move: Move) -> MoveAnswers:
    return MoveAnswers(
        note="The lamp is lit.",
        reason=str(move.reasons[0]) if move.reasons else "",
        visited_on=town.today,
        owner="Cora",
        objective="Light",
        review_on=town.today + timedelta(days=30),
        organisation_id=town.other_id,
        target_id=1,
        outcome="effective",
        body="Water company",
        referred_on=town.today,
    )


@pytest.fixture(scope="module")
def every_status(town: Town) -> dict[ProblemStatus | ActionStatus, int]:
    """Return a problem and an action in each status, by their number."""
    numbers: dict[ProblemStatus | ActionStatus, int] = {}
    group = town.store.problem(1).group
    plain: dict[str, Any] = {"group": group, "done_by": "another", "successor_ids": (), "parent_id": None}
    plain["remediated_on"] = town.today
    with town.store.writing() as unit:
        for status in ProblemStatus:
            numbers[status] = unit.add_problem(a_problem(status=status, **plain))
            unit.add_assessment(an_assessment(numbers[status]))
        unit.add_action(an_action(numbers[ProblemStatus.IN_PROGRESS], town.own_id, status=ActionStatus.DONE))
        # A problem of their own: those that are owed keep one from ending.
        worked_on = unit.add_problem(a_problem(status=ProblemStatus.CONFIRMED, **plain))
        found = {}
        for action_status in ActionStatus:
            action = an_action(
                worked_on,
                town.own_id,
                status=action_status,
                done_by="another",
                blocked_since=None,
                waits_for=(),
            )
            found[action_status] = unit.add_action(action)
    return _apart(numbers, found)


def _apart(problems: dict[Any, int], actions: dict[Any, int]) -> dict[Any, int]:
    # Words of different lists may be equal: "in_progress" is a status of both.
    return {("problem", status): number for status, number in problems.items()} | {
        ("action", status): number for status, number in actions.items()
    }


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize(
    ("source", "target"),
    sorted({(move.source, move.target) for move in PROBLEM_MOVES}),
    ids=str,
)
def test_each_role_makes_its_own_moves_of_a_problem(
    town: Town, every_status: dict[Any, int], source: ProblemStatus, target: ProblemStatus, letter: str
) -> None:
    rows = [move for move in PROBLEM_MOVES if (move.source, move.target) == (source, target)]
    permitted = any(LETTERS[letter] in move.roles for move in rows)
    before = town.store.version()

    def call() -> None:
        working.move_problem(
            *asking(town, principal(town, letter, "own")),
            problem_id=every_status["problem", source],
            target=target,
            answers=full_answers(town, rows[0]),
            seen_version=1,
        )

    assert town.allows(call) == permitted
    assert town.store.version() == before


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize(
    ("source", "target"),
    sorted({(move.source, move.target) for move in ACTION_MOVES}),
    ids=str,
)
def test_each_role_makes_its_own_moves_of_an_action_and_partners_of_their_own_only(
    town: Town, every_status: dict[Any, int], source: ActionStatus, target: ActionStatus, letter: str, whose: str
) -> None:
    rows = [move for move in ACTION_MOVES if (move.source, move.target) == (source, target)]
    permitted = any(LETTERS[letter] in move.roles for move in rows) and (letter != "p" or whose == "own")
    before = town.store.version()

    def call() -> None:
        acting.move_action(
            *asking(town, principal(town, letter, whose)),
            action_id=every_status["action", source],
            target=target,
            answers=full_answers(town, rows[0]),
            seen_version=1,
        )

    assert town.allows(call) == permitted
    assert town.store.version() == before


@pytest.fixture(scope="module")
def report_in_status(town: Town) -> dict[ReportStatus, int]:
    """Return a report in each status that was given to the own organisation, by its number."""
    return {status: town.given(status, done_by="another").id for status in ReportStatus}


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in bulk"])
@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize(
    ("source", "target"),
    sorted({(move.source, move.target) for move in REPORT_MOVES}),
    ids=str,
)
def test_each_role_makes_its_own_moves_of_a_report_and_partners_of_their_own_only(
    town: Town,
    report_in_status: dict[ReportStatus, int],
    source: ReportStatus,
    target: ReportStatus,
    letter: str,
    whose: str,
    alone: bool,
) -> None:
    rows = [move for move in REPORT_MOVES if (move.source, move.target) == (source, target)]
    permitted = any(LETTERS[letter] in move.roles for move in rows) and (letter != "p" or whose == "own")
    ask, number = asking(town, principal(town, letter, whose)), report_in_status[source]
    told: Any = {
        "target": target,
        "answers": replace(full_answers(town, rows[0]), target_id=town.main_id),
        "days": DAYS,
    }
    before = town.store.version()

    def call() -> object:
        if alone:
            return answering.move_report(*ask, report_id=number, seen_version=1, **told)
        return the_one(answering.move_reports(*ask, report_ids=[number], seen_versions={number: 1}, **told))

    assert town.allows(call) == permitted
    assert town.store.version() == before
