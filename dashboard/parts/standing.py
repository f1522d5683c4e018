"""How a problem's place stands against what is usual there, in the one sentence of :mod:`problems.standing`."""

from dashboard.parts.desk import Desk
from problems.problem import Problem
from problems.standing import sentence

#: Said of a problem that no refresh has seen as a hot spot.
NEVER_SEEN = "Drawn by hand, and not found as a hot spot so far."


def standing_words(desk: Desk, problem: Problem) -> str:
    """Return how the last hot spot of a problem stood, over the window of the refresh that saw it."""
    spot = next((spot for spot in desk.store.hot_spots_of(problem.id) if spot.id == problem.hot_spot_id), None)
    if spot is None:
        return NEVER_SEEN
    days = next((done.window_days for done in desk.store.refreshes() if done.id == spot.refresh_id), 0)
    return sentence(spot, days=days)
