"""What a page says where nothing is known yet: of today, and of a past day that lies before the first import."""

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.parts.markup import page_head
from dashboard.parts.notices import empty
from dashboard.wording import day, local_day
from problems.reports import BatchState
from problems.seeing import whole


def nothing_known(desk: Desk, title: str, lead: str, text: str) -> bool:
    """Draw a page that has no report to tell of, and tell whether that was so; ``text`` is what it tells of reports.

    How every report stood on a past day is not worked out for it: whatever was imported by then was known.
    """
    if desk.on is None:
        if whole(desk.store).counts().reports:
            return False
        page_head(title, lead)
        empty("There is no report yet", text, [("/import", "Import reports")])
        return True
    done = (one.finished_at for one in session.get_store().batches() if one.state is BatchState.DONE)
    first = min(done, default=None)
    if (first is not None and first <= desk.clock()) or whole(desk.store).counts().reports:
        return False
    page_head(title, lead)
    begun = f" The first reports were imported on {day(local_day(first, desk.zone))}." if first else ""
    empty(f"No report was known on {day(desk.on)}", f"{text}{begun} Choose a later day, or go back to today.")
    return True
