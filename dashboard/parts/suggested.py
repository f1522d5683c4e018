"""Groups of reports that may tell of one occurrence: worked out once for each state of the store."""

from collections.abc import Hashable
from datetime import date, timedelta
from threading import Lock
from typing import Final

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.parts.reports_table import taxonomy
from data.alike import likeness
from problems.clock import day_start
from problems.store import Store
from problems.suggesting import SuggestedGroup, suggest_after_import


class SuggestedGroups:
    """The groups of the present state of a store; whoever asks while they are worked out waits for them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[Store, Hashable, list[SuggestedGroup]] | None = None

    def get(self, desk: Desk) -> list[SuggestedGroup]:
        """Return the groups as of today, the surest first."""
        first = first_day(desk)
        state = self._state(desk.store, first)
        with self._lock:
            if self._kept is None or self._kept[0] is not desk.store or self._kept[1] != state:
                found = suggest_after_import(
                    desk.store,
                    since=day_start(first, desk.zone),
                    categories=taxonomy().categories,
                    alike=likeness,
                )
                self._kept = (desk.store, state, found)
            return self._kept[2]

    @staticmethod
    def _state(store: Store, first: date) -> Hashable:
        apart = frozenset((one.first_id, one.second_id) for one in store.aparts())
        piles = frozenset(pile.lon_lat for pile in store.piles() if pile.kept_out)
        return store.reports_version(), first, apart, piles


def first_day(desk: Desk) -> date:
    """Return the first day that the review list looks at: the set number of days up to the newest report."""
    newest = desk.store.counts().newest_report_at
    last = desk.today if newest is None else min(desk.today, newest.astimezone(desk.zone).date())
    return last - timedelta(days=session.get_settings().review_days - 1)


#: The groups of this process.
groups: Final = SuggestedGroups()
