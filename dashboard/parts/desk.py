"""What every page has before it: the store, who is asking, the time, and the names for words."""

from dataclasses import dataclass
from datetime import date, tzinfo

from dashboard import session
from dashboard.parts import looking_back
from dashboard.wording import Names, local_day
from problems.clock import Clock
from problems.people import Organisation, Principal
from problems.seeing import whole
from problems.store import Store


@dataclass(frozen=True)
class Desk:
    """The four arguments of every use case, and what a page needs to put facts into words.

    ``store`` is what the person sees of it; use cases are given the whole of it, and check for themselves.
    """

    store: Store
    principal: Principal
    clock: Clock
    seed: int
    zone: tzinfo
    organisations: tuple[Organisation, ...]
    #: The past day that is looked at, None for today: of the past nothing is changed, and no form is offered.
    on: date | None = None

    @property
    def asking(self) -> tuple[Store, Principal, Clock, int]:
        """The first four arguments of every use case."""
        return whole(self.store), self.principal, self.clock, self.seed

    @property
    def today(self) -> date:
        """The day that it is in the deployment's zone."""
        return local_day(self.clock(), self.zone)

    @property
    def names(self) -> Names:
        """What turns keys into words."""
        return Names(self.zone, {each.id: each.name for each in self.organisations})

    def open_organisations(self) -> dict[int, str]:
        """Return the names of the organisations that can be given work, by id."""
        return {each.id: each.name for each in self.organisations if not each.closed}


def this_desk() -> Desk:
    """Return the desk of the person who is looking at the page."""
    return _desk(*looking_back.store_and_clock())


def desk_of_today() -> Desk:
    """Return the desk with the store of today, also while a past day is looked at.

    For a page that has a day of knowledge of its own; ``on`` tells it which one is looked at elsewhere.
    """
    return _desk(session.seen_store(), session.get_clock())


def _desk(store: Store, clock: Clock) -> Desk:
    return Desk(
        store,
        session.principal(),
        clock,
        session.get_seed(),
        session.get_settings().zone,
        tuple(store.organisations()),
        looking_back.day_chosen(),
    )
