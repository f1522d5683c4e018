"""What is asked wherever a problem is taken on: owner, objective, next review."""

from datetime import timedelta
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Field
from problems.lifecycle import Need
from problems.problem import Problem

#: A problem that is taken on is looked at again after four weeks unless somebody says otherwise.
REVIEW_AFTER: Final = timedelta(days=28)
NOBODY: Final = 0  # the choice "no organisation", because a select box cannot hold None among others


def plan_questions(desk: Desk, problem: Problem | None = None) -> tuple[Field, ...]:
    """Return the questions for a plan, filled in with what is written about ``problem`` already."""
    aim = problem.objective if problem else ""
    return (
        Field("owner", Need.OWNER.label, value=problem.owner if problem else "", placeholder="Name of the person"),
        Field(
            "owner_organisation_id",
            "Owner’s organisation",
            "choice",
            (problem.owner_organisation_id or NOBODY) if problem else NOBODY,
            {NOBODY: "None", **desk.open_organisations()},
        ),
        Field("objective", Need.OBJECTIVE.label, "text", aim, placeholder="What is to be different"),
        Field("review_on", Need.REVIEW.label, "day", desk.today + REVIEW_AFTER, low=desk.today),
    )
