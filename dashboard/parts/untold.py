"""What stands where a reader is not told: never the words for what is not there."""

from problems.briefing.figure import NOT_TOLD
from problems.problem import Problem
from problems.sharing import is_placed


def if_told(problem: Problem, value: object) -> object:
    """Return what is known of a problem, or that it is not told, where its reader only knows that it exists."""
    return value if is_placed(problem) else NOT_TOLD
