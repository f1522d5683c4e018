"""Organisations and people: who can own work, and who works with the store."""

from dataclasses import replace

from problems.clock import Clock
from problems.errors import InputRefused
from problems.events import EventKind, Subject, event
from problems.people import Organisation, Person, Principal, Role
from problems.store import Store
from problems.use_cases.checks import LONGEST_NAME, check_organisation, checked_text
from problems.use_cases.saving import require
from problems.words import has_words

#: Roles that a person can hold; the system's own is not among them.
HUMAN_ROLES = tuple(role for role in Role if role is not Role.SYSTEM)


def add_organisation(
    store: Store, principal: Principal, clock: Clock, seed: int, *, name: str, kind: str, email: str = ""
) -> Organisation:
    """Add a partner organisation and return it as saved.

    Raises
    ------
    NotAllowed
        When the principal is neither a coordinator nor an administrator.
    InputRefused
        When the name is empty, too long, or taken (whatever its case).
    """
    asked = "The organisation was not added."
    require(principal, asked, Role.ADMIN, Role.COORDINATOR, Role.SYSTEM)
    wanted = checked_text(asked, name, LONGEST_NAME)
    if not has_words(wanted):
        raise InputRefused(asked, "It has no name.", "Give the name that people know it by.")
    with store.writing() as unit:
        same = next((known for known in store.organisations() if known.name.casefold() == wanted.casefold()), None)
        if same is not None:
            way = "It was closed: open it again." if same.closed else "Choose it from the list."
            raise InputRefused(asked, f"“{wanted}” is already there.", way)
        organisation = Organisation(0, wanted, checked_text(asked, kind, LONGEST_NAME), email.strip())
        organisation = replace(organisation, id=unit.add_organisation(organisation))
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.ORGANISATION,
                    organisation.id,
                    EventKind.CREATED,
                    changes={"name": organisation.name, "kind": organisation.kind},
                )
            ]
        )
    return organisation


def add_person(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    name: str,
    role: Role,
    organisation_id: int | None = None,
) -> Person:
    """Add somebody who works with the store and return them as saved.

    Raises
    ------
    NotAllowed
        When the principal is not an administrator.
    InputRefused
        When the name is empty or taken, the role is not a person's, a partner has no organisation, or it is closed.
    """
    asked = "The person was not added."
    require(principal, asked, Role.ADMIN, Role.SYSTEM)
    wanted = checked_text(asked, name, LONGEST_NAME)
    if not has_words(wanted):
        raise InputRefused(asked, "The name is empty.", "Give the name that colleagues know.")
    if role not in HUMAN_ROLES:
        raise InputRefused(asked, f"“{role}” is not a person's role.", f"Roles are: {', '.join(HUMAN_ROLES)}.")
    with store.writing() as unit:
        check_organisation(store, asked, organisation_id)
        if role is Role.PARTNER and organisation_id is None:
            raise InputRefused(asked, "A partner acts for an organisation.", "Choose the organisation.")
        if any(known.name.casefold() == wanted.casefold() for known in store.people()):
            raise InputRefused(asked, f"“{wanted}” is already there.", "Add something that tells the two apart.")
        # Nobody is ever removed, so the running number stays unique.
        person = Person(0, f"person-{len(store.people()) + 1}", wanted, role, organisation_id)
        person = replace(person, id=unit.add_person(person))
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.PERSON,
                    person.id,
                    EventKind.CREATED,
                    changes={"name": person.name, "role": str(person.role), "organisation_id": organisation_id},
                )
            ]
        )
    return person
