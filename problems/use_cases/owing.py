"""Looking at what an organisation owes and what waits for it."""

from datetime import tzinfo

from problems.clock import Clock
from problems.errors import NotAllowed, NotFound
from problems.events import Event, Subject
from problems.owing import OrganisationWork, work_of
from problems.people import Principal, Role
from problems.seeing import seen_by
from problems.sharing import EVERYWHERE
from problems.store import Store
from problems.use_cases.saving import require

#: Others than partners may look at any organisation; a partner at its own.
MAY_SEE = (*EVERYWHERE, Role.PARTNER)


def organisation_work(
    store: Store, principal: Principal, clock: Clock, seed: int, *, organisation_id: int, zone: tzinfo
) -> OrganisationWork:
    """Return what an organisation owes, what waits for its answer or for others, and how it kept its dates.

    Raises
    ------
    NotAllowed
        When the principal is a partner of another organisation, or neither partner nor officer, coordinator or command.
    NotFound
        When there is no such organisation.
    """
    asked = "The work of this organisation is not shown."
    require(principal, asked, *MAY_SEE)
    own = principal.organisation_id
    if not principal.has(*EVERYWHERE) and own is not None and own != organisation_id:
        raise NotAllowed(asked, "It is another organisation than yours.", "Ask that organisation, or a coordinator.")
    if organisation_id not in {one.id for one in store.organisations()}:
        raise NotFound(asked, f"There is no organisation {organisation_id}.", "Choose one from the list.")
    actions = store.actions()
    wanted = {one.id for one in actions if one.organisation_id == organisation_id}
    told: dict[int, list[Event]] = {number: [] for number in wanted}
    for one in store.events(Subject.ACTION):
        if one.subject_id in wanted:
            told[one.subject_id].append(one)
    visits = store.events(Subject.PROBLEM)
    as_partner = Principal("", "", frozenset({Role.PARTNER}), organisation_id)
    shared = seen_by(store, as_partner).problems()
    return work_of(organisation_id, store.problems(), actions, told, visits, zone, shared)
