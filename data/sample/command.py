"""What command of the sample city decides from week to week, and what it has not come to yet."""

from datetime import timedelta
from typing import Final

from data.sample import courses
from data.sample.courses import Course
from data.sample.desk import Desk, P
from problems.decisions import DecisionKind

#: Of what waits at a meeting, so much is decided; the rest waits for the next one.
_DECIDED: Final = 0.7
_CASE_NOTE: Final = "Met with housing and the police team. One officer calls on the household every fortnight."


def meetings(desk: Desk) -> Course:
    """Let command meet every fortnight and decide the reviews that are due, and most of the cases."""
    while True:
        yield courses.later(desk, 12, 16)
        for waiting in desk.waiting_for_command():
            if desk.rng.random() > _DECIDED:
                continue
            desk.now += timedelta(minutes=6)
            if waiting.kind is DecisionKind.REVIEW_DUE:
                desk.leave(waiting.problem.id, int(desk.rng.integers(120, 240)))
            elif waiting.kind is DecisionKind.CASE_REVIEW:
                desk.review_case(waiting.problem.id, _CASE_NOTE)


def ask_for_one(desk: Desk) -> None:
    """Let an officer ask for no action on the oldest of the problems that are being analysed, if there is another."""
    analysed = [one.id for one in desk.store.problems() if one.status is P.ANALYSING]
    if len(analysed) > 1:
        desk.ask_no_action(analysed[0])
