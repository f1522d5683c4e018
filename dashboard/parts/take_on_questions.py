"""What is asked wherever a problem is taken on: owner, objective, next review."""

from datetime import timedelta
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Field
from problems.lifecycle import Need

#: A problem that is taken on is looked at again after four weeks unless somebody says otherwise.
REVIEW_AFTER: Final = timedelta(days=28)
NOBODY: Final = 0  # the choice "no organisation", because a select box cannot hold None among others


def plan_questions(desk: Desk) -> tuple[Field, ...]:
    """Return the questions for a plan, nothing filled in but the day of the review."""
    return (
        Field("owner", Need.OWNER.label, placeholder="Name of the person"),
        Field(
            "owner_organisation_id",
            "Owner’s organisation",
            "choice",
            NOBODY,
            {NOBODY: "None", **desk.open_organisations()},
        ),
        Field("objective", Need.OBJECTIVE.label, "text", placeholder="What is to be different"),
        Field("review_on", Need.REVIEW.label, "day", desk.today + REVIEW_AFTER, low=desk.today),
    )
