"""Looking for hot spots as a job beside the pages: start it, watch it, say what it found."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import streamlit as st

from dashboard import jobs, session
from dashboard.parts.desk import Desk
from dashboard.wording import count, day, listed
from problems.events import EventKind
from problems.hot_spots import Refresh
from problems.progress import Progress
from problems.use_cases.refreshing import BY_AREA_ONLY, MAY_REFRESH, refresh

#: How a hot spot was matched; every hot spot of a refresh is one of these.
_CHANGES: Final[Mapping[str, str]] = {
    EventKind.CREATED: "new",
    EventKind.SURVIVED: "known already",
    EventKind.SPLIT: "split off",
    EventKind.MERGED: "grown together",
    EventKind.WOKE: "active again",
}


def offer_refresh(desk: Desk, *, label: str = "Find hot spots", primary: bool = False) -> None:
    """Draw the button that starts a refresh, for those who may and while none is running."""
    running = jobs.find(jobs.REFRESH)
    if not desk.principal.has(*MAY_REFRESH) or (running and running.is_running):
        return
    if st.button(label, type="primary" if primary else "secondary", key="find-hot-spots"):
        settings = session.get_settings().detection

        def work(progress: Progress) -> Refresh:
            return refresh(*desk.asking, settings=settings, zone=desk.zone, progress=progress)

        jobs.start(jobs.REFRESH, work)
        st.rerun()


def watch_refresh() -> None:
    """Draw how far a running refresh is, or what the last one found."""
    jobs.watch(jobs.REFRESH, done=found_words)


def found_words(result: object) -> str:
    """Say in one sentence what a refresh found."""
    if not isinstance(result, Refresh):
        return "Hot spots were looked for."
    found = Counter(spot.change for spot in session.seen_store().hot_spots(result.id))
    changes = [f"{found[kind]:,} {word}" for kind, word in _CHANGES.items() if found[kind]]
    told = f": {listed(changes)}" if changes else ""
    back = f" {count(result.recurred, 'problem')} came back after the work was done." if result.recurred else ""
    quiet = f" {count(result.dormant, 'problem')} went quiet." if result.dormant else ""
    by_area = int(result.settings.get(BY_AREA_ONLY, 0))
    moved = (
        f" {count(by_area, 'report counts', 'reports count')} by area only, their places were moved." if by_area else ""
    )
    return f"{count(result.hot_spots, 'hot spot')} up to {day(result.as_of)}{told}.{back}{quiet}{moved}"
