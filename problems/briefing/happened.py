"""What happened, one row each: the moves on the board, the fixes with their returns, and what assessments found."""

from dataclasses import dataclass
from datetime import date, datetime

from problems.briefing.figure import Figure
from problems.problem import ProblemStatus
from problems.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class BoardMove:
    """One change of status in the week; ``was`` None where the problem began.

    ``id`` is that of its event, ``by_name`` empty where the reader is not told who it was.
    """

    id: int
    problem_id: int
    ref: str
    name: str
    at: datetime
    was: ProblemStatus | None
    now: ProblemStatus
    by_name: str


@dataclass(frozen=True, slots=True)
class FixMade:
    """One fix that was reported; ``came_back`` tells whether its return counts, which is within the days of it."""

    problem_id: int
    ref: str
    name: str
    fixed_on: date
    returned_on: date | None
    came_back: bool


@dataclass(frozen=True, slots=True)
class Worked:
    """One finished assessment: ``figure`` is the change in incidents against the comparison places.

    ``displacement`` says in words what happened round about.
    """

    assessment_id: int
    problem_id: int
    ref: str
    name: str
    made_on: date
    verdict: Verdict
    figure: Figure
    displacement: str
    sentence: str
