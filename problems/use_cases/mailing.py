"""Keeping which briefing was mailed to whom, so that nobody gets it twice and nobody is left out."""

from collections.abc import Mapping
from datetime import date, timedelta

from problems.briefing.mailing import Mail, Mailed, MailState, details_of, mailed, told_first
from problems.briefing.weeks import IsoWeek
from problems.clock import Clock
from problems.errors import InputRefused
from problems.events import EventKind, Subject, event
from problems.people import Organisation, Principal, Role
from problems.store import Store
from problems.use_cases.saving import require

#: So long a mail that was begun is left to whoever began it: a run that was killed cannot say what became of it.
LEFT_TO_OTHERS = timedelta(minutes=15)
_MAY_MAIL = (Role.SYSTEM, Role.ADMIN)
_ASKED = "The briefing was not mailed."


def mails_sent(
    store: Store, principal: Principal, clock: Clock, seed: int, *, week: IsoWeek
) -> tuple[Mapping[str, Mailed], date | None]:
    """Return what became of every mail by its key, and the day of knowledge of the first one sent of a week.

    Raises
    ------
    NotAllowed
        For all but administrators and Fixpoint itself.
    """
    require(principal, _ASKED, *_MAY_MAIL)
    events = store.events(Subject.STORE)
    return mailed(events), told_first(events, week)


def begin_mail(
    store: Store, principal: Principal, clock: Clock, seed: int, *, mail: Mail, known_on: date, again: bool = False
) -> int | None:
    """Keep that a mail is about to be sent, and return its number: 1, and one more for each time it was sent before.

    None: it was sent already (and is not wanted ``again``), or another run began it in the last 15 minutes.

    Raises
    ------
    NotAllowed
        For all but administrators and Fixpoint itself.
    """
    require(principal, _ASKED, *_MAY_MAIL)
    with store.writing() as unit:
        now = clock()
        before = mailed(store.events(Subject.STORE)).get(mail.key)
        if before is not None and not again and (before.sent or is_with_others(before, clock)):
            return None
        details = details_of(mail, MailState.BEGUN, known_on)
        unit.add_events([event(now, principal, Subject.STORE, 0, EventKind.MAILED, details=details)])
    return 1 + (before.sent if before else 0)


def is_with_others(known: Mailed, clock: Clock) -> bool:
    """Tell whether another run began a mail so lately that it may still be sending it."""
    return known.state is MailState.BEGUN and clock() - known.at < LEFT_TO_OTHERS


def end_mail(
    store: Store, principal: Principal, clock: Clock, seed: int, *, mail: Mail, known_on: date, why: str = ""
) -> None:
    """Keep what became of a mail that was begun: the server took it, or ``why`` it did not.

    Raises
    ------
    NotAllowed
        For all but administrators and Fixpoint itself.
    """
    require(principal, _ASKED, *_MAY_MAIL)
    details = details_of(mail, MailState.NOT_SENT if why else MailState.SENT, known_on, why)
    with store.writing() as unit:
        unit.add_events([event(clock(), principal, Subject.STORE, 0, EventKind.MAILED, details=details)])


def reader_for(
    store: Store, principal: Principal, clock: Clock, seed: int, *, organisation: str, addresses: tuple[str, ...]
) -> Principal:
    """Return in whose eyes a briefing for some addresses is made: those of a partner organisation, else everybody's.

    Raises
    ------
    NotAllowed
        For all but administrators and Fixpoint itself.
    InputRefused
        When there is no such organisation, it was closed, or an address without an organisation is that of one.
    """
    require(principal, _ASKED, *_MAY_MAIL)
    listed = store.organisations()
    if not organisation:
        _check_nobody_elses(listed, addresses)
        return principal
    found = next((one for one in listed if one.name.casefold() == organisation.casefold()), None)
    if found is None:
        names = ", ".join(one.name for one in listed if not one.closed) or "none yet"
        raise InputRefused(_ASKED, f"There is no organisation “{organisation[:60]}”.", f"There are: {names}.")
    if found.closed:
        raise InputRefused(_ASKED, f"The organisation “{found.name}” was closed.", "Take it out of the recipients.")
    return Principal(f"mail:{found.id}", found.name, frozenset({Role.PARTNER}), found.id)


def _check_nobody_elses(listed: list[Organisation], addresses: tuple[str, ...]) -> None:
    owners = {one.email.casefold(): one for one in listed if one.email}
    for address in addresses:
        if owner := owners.get(address.casefold()):
            why = f"{address} is the address of the organisation “{owner.name}”, and would be told everything."
            raise InputRefused(_ASKED, why, f'Write organisation = "{owner.name}", or name another address.')
