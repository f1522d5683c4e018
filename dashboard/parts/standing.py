"""How a problem's place stands against what is usual there, in the one sentence of :mod:`problems.standing`."""

from dashboard.parts.desk import Desk
from dashboard.wording import day
from problems.problem import Problem
from problems.standing import sentence

#: Said of a problem that no refresh has seen as a hot spot.
NEVER_SEEN = "Drawn by hand, and not found as a hot spot so far."


def standing_words(desk: Desk, problem: Problem) -> str:
    """Return how the last hot spot of a problem stood, over the window of the refresh that saw it."""
    spot = next((spot for spot in desk.store.hot_spots_of(problem.id) if spot.id == problem.hot_spot_id), None)
    if spot is None:
        return NEVER_SEEN
    seen_by = next((done for done in desk.store.refreshes() if done.id == spot.refresh_id), None)
    said = sentence(spot, days=seen_by.days_known if seen_by else 0)
    latest = desk.store.latest_refresh()
    if seen_by is None or latest is None or seen_by.as_of == latest.as_of:
        return said
    return f"When it was last a hot spot, on {day(seen_by.as_of)}: {said}"
