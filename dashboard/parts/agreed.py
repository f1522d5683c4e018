"""What is agreed about a problem: what is to be reached, and when it is looked at again."""

from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, facts, section
from dashboard.wording import day, review_state
from problems.figures import is_review_late
from problems.problem import Problem
from problems.reasons import Outcome


def show_agreed(desk: Desk, problem: Problem) -> None:
    """Draw the objective, the next review and, once there are any, the end of the work and the outcome."""
    section("What is agreed")
    outcome = Outcome(problem.outcome).label if problem.outcome in tuple(Outcome) else ""
    pairs: list[tuple[str, object]] = [
        ("Objective", problem.objective or "None written yet"),
        ("Next review", _review(desk, problem)),
    ]
    if problem.remediated_on:
        pairs.append(("Work reported done", day(problem.remediated_on)))
    if outcome:
        pairs.append(("Outcome", outcome))
    draw(facts(pairs))


def _review(desk: Desk, problem: Problem) -> Html:
    if is_review_late(problem, desk.today):
        return element("span", review_state(problem.review_on, desk.today), css="fx-late")
    return element("span", day(problem.review_on) if problem.review_on else "None planned")
