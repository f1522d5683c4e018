"""The forms with which command decides, and others ask for a decision."""

from datetime import date, timedelta
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form
from dashboard.wording import day
from problems.decisions import Asked
from problems.errors import InputRefused
from problems.problem import Problem
from problems.reasons import NO_ACTION_REASONS
from problems.use_cases import commanding

#: A decision on no action is looked at again after so long, unless somebody says otherwise.
NEXT_REVIEW: Final = timedelta(days=182)


def ask_no_action_form(problem: Problem) -> Form:
    """Return the form that asks command for no action."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        commanding.ask_no_action(
            *at.asking,
            problem_id=problem.id,
            reason=str(answers.get("reason") or ""),
            note=str(answers.get("note") or ""),
        )
        return f"Command is asked to decide on no action for {problem.ref}."

    reasons = {reason: reason.label for reason in NO_ACTION_REASONS}
    questions = (
        Field("reason", "Reason", "choice", choices=reasons, needed=True),
        Field("note", "What residents could be told", "text", needed=True),
    )
    intro = f"{problem.name}: command decides whether nothing more is done. Until then it stays where it is."
    return Form(f"{problem.ref}: Ask for no action", "Ask command", questions, save, intro=intro)


def decline_form(problem: Problem, asked: Asked) -> Form:
    """Return the form that answers a request for no action with no."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        commanding.decline_no_action(*at.asking, problem_id=problem.id, note=str(answers.get("note") or ""))
        return f"{problem.ref} goes on being worked on."

    intro = f"{asked.by_name} asked on {day(asked.at.date())}: “{asked.note}”"
    questions = (Field("note", "Why it goes on", "text", needed=True),)
    return Form(f"{problem.ref}: Work goes on", "Work goes on", questions, save, intro=intro)


def stands_form(desk: Desk, problem: Problem) -> Form:
    """Return the form that lets a decision on no action stand until another review."""

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        review_on = answers.get("review_on")
        if not isinstance(review_on, date):
            raise InputRefused(f"The decision on {problem.ref} was not kept.", "No day is given.", "Choose a day.")
        saved = commanding.keep_no_action(
            *at.asking,
            problem_id=problem.id,
            review_on=review_on,
            note=str(answers.get("note") or ""),
            seen_version=seen_version,
        )
        return f"The decision on {saved.ref} stands until {day(saved.review_on)}."

    questions = (
        Field("note", "Why it stands", "text", needed=True),
        Field("review_on", "Next review", "day", desk.today + NEXT_REVIEW, needed=True),
    )
    return Form(f"{problem.ref}: No action stands", "It stands", questions, save, problem)


def case_form(problem: Problem) -> Form:
    """Return the form that keeps what came of a case review."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        commanding.review_case(*at.asking, problem_id=problem.id, note=str(answers.get("note") or ""))
        return f"The case review of {problem.ref} is kept."

    questions = (Field("note", "What was decided for those who reported", "text", needed=True),)
    intro = "Write nobody’s name: the timeline is read by everybody with whom the problem is shared."
    return Form(f"{problem.ref}: Case review", "Case reviewed", questions, save, intro=intro)
