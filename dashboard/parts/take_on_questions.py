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
    owner, organisation_id = _owner_at_first(desk, problem)
    return (
        Field("owner", Need.OWNER.label, value=owner, placeholder="Name of the person", needed=True),
        Field(
            "owner_organisation_id",
            "Owner’s organisation",
            "choice",
            organisation_id,
            {NOBODY: "None", **desk.open_organisations()},
        ),
        Field("objective", Need.OBJECTIVE.label, "text", aim, placeholder="What is to be different", needed=True),
        Field("review_on", Need.REVIEW.label, "day", desk.today + REVIEW_AFTER, needed=True),
    )


def _owner_at_first(desk: Desk, problem: Problem | None) -> tuple[str, int]:
    """Return the owner to begin with: whoever owns it, or else whoever takes it on, if they work somewhere."""
    if problem is None:
        return "", NOBODY
    who = desk.principal
    if problem.owner or problem.owner_organisation_id or who.organisation_id not in desk.open_organisations():
        return problem.owner, problem.owner_organisation_id or NOBODY
    return who.name, who.organisation_id or NOBODY
