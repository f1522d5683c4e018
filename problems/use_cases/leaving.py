"""People who leave and organisations that close: what they still owe is listed, and goes to somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from problems.actions import Action
from problems.clock import Clock
from problems.errors import InputRefused, NotAllowed, NotFound
from problems.events import Event, EventKind, Subject, event
from problems.followups import Matter
from problems.inbox import WAITING, Asked
from problems.people import Organisation, Person, Principal, Role
from problems.problem import Problem
from problems.store import Store, Unit
from problems.use_cases.answer_changes import matters_of, save_matter
from problems.use_cases.bulk_acting import reassigned
from problems.use_cases.checks import LONGEST_NOTE, check_organisation, checked_text
from problems.use_cases.saving import require, save

MAY_END_PEOPLE = (Role.ADMIN,)
MAY_CLOSE = (Role.ADMIN, Role.COORDINATOR)
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Owed:
    """What somebody still has to do: actions that are owed, open problems they own, open reports they see to."""

    actions: tuple[Action, ...] = ()
    problems: tuple[Problem, ...] = ()
    matters: tuple[Matter, ...] = ()

    def __len__(self) -> int:
        """Return how many there are in all."""
        return len(self.actions) + len(self.problems) + len(self.matters)

    @property
    def words(self) -> str:
        """What it is, with the first few named."""
        refs = [one.ref for one in self.actions]
        refs += [one.ref for one in self.problems]
        refs += [one.ref for one in self.matters]
        more = f" and {len(refs) - _NAMED:,} more" if len(refs) > _NAMED else ""
        return ", ".join(refs[:_NAMED]) + more


def owed_by_person(store: Store, person: Person) -> Owed:
    """Return what still bears the name of a person."""
    name = person.name.casefold()
    actions = (one for one in store.actions() if one.status.is_owed and one.person.casefold() == name)
    own = (one for one in actions if person.organisation_id in (None, one.organisation_id))
    problems = (one for one in store.problems() if one.status.is_open and one.owner.casefold() == name)
    reports = store.inbox(Asked(statuses=frozenset(WAITING), owner=person.name)).ids.tolist()
    return Owed(tuple(own), tuple(problems), tuple(matters_of(store, reports)))


def owed_by_organisation(store: Store, organisation_id: int) -> Owed:
    """Return what an organisation still has to do."""
    actions = (one for one in store.actions() if one.status.is_owed and one.organisation_id == organisation_id)
    problems = (one for one in store.problems() if one.status.is_open and one.owner_organisation_id == organisation_id)
    reports = store.inbox(Asked(statuses=frozenset(WAITING), organisation_id=organisation_id)).ids.tolist()
    return Owed(tuple(actions), tuple(problems), tuple(matters_of(store, reports)))


def end_person(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    person_id: int,
    seen_version: int,
    to_person_id: int | None = None,
) -> Person:
    """Note that somebody has left, hand what they still owe to a colleague, and return them as saved.

    All of it in one unit: nothing is left behind, and nobody's name is on it who is no longer there.

    Raises
    ------
    NotAllowed
        When the principal is not an administrator.
    InputRefused
        When they have left already, are the one who asks, or still owe something and no colleague is named who
        can take it.
    NotFound, Stale
        When there is no such person, or somebody else saved them since ``seen_version``.
    """
    require(principal, "Nobody was ended.", *MAY_END_PEOPLE)
    with store.writing() as unit:
        now = clock()
        people = {each.id: each for each in store.people()}
        person = people.get(person_id)
        if person is None:
            raise NotFound(f"There is no person {person_id}.", "", "The list shows all there are.")
        asked = f"{person.name} was not ended."
        if not person.active:
            raise InputRefused(asked, "They have left already.", "There is nothing to do.")
        if person.key == principal.key:
            raise InputRefused(asked, "Nobody ends themselves.", "Ask another administrator.")
        owed = owed_by_person(store, person)
        heir = people.get(to_person_id) if to_person_id is not None else None
        if len(owed):
            _check_heir(asked, person, heir, owed)
        saved = unit.save_person(replace(person, active=False), seen_version)
        if heir is not None:
            _hand_to_person(unit, now, principal, owed, heir, f"{person.name} has left.")
        told = {"to": heir.name if heir else "", **_counted(owed)}
        unit.add_events([_ended(now, principal, Subject.PERSON, person.id, "active", True, told)])
    return saved


def close_organisation(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    organisation_id: int,
    seen_version: int,
    to_organisation_id: int | None = None,
    note: str = "",
) -> Organisation:
    """Note that an organisation takes no work any more, propose what it owes to another one, and return it.

    Raises
    ------
    NotAllowed
        When the principal is neither an administrator nor a coordinator; when there is work to be handed over
        and they are no coordinator.
    InputRefused
        When it is closed already, people still act for it, or it owes something and no other organisation is
        named that can be asked.
    NotFound, Stale
        When there is no such organisation, or somebody else saved it since ``seen_version``.
    """
    require(principal, "The organisation was not closed.", *MAY_CLOSE)
    with store.writing() as unit:
        now = clock()
        found = next((each for each in store.organisations() if each.id == organisation_id), None)
        if found is None:
            raise NotFound(f"There is no organisation {organisation_id}.", "", "The list shows all there are.")
        asked = f"{found.name} was not closed."
        if found.closed:
            raise InputRefused(asked, "It is closed already.", "There is nothing to do.")
        still = [each.name for each in store.people() if each.active and each.organisation_id == organisation_id]
        if still:
            why = f"{', '.join(sorted(still))} still {'acts' if len(still) == 1 else 'act'} for it."
            raise InputRefused(asked, why, "Say first that they have left.")
        owed = owed_by_organisation(store, organisation_id)
        text = checked_text(asked, note, LONGEST_NOTE) or f"{found.name} is closed."
        if len(owed):
            _check_successor(store, principal, asked, organisation_id, to_organisation_id, owed)
        saved = unit.save_organisation(replace(found, closed=True), seen_version)
        if to_organisation_id is not None:
            _hand_to_organisation(unit, now, principal, asked, owed, to_organisation_id, text)
        told = {"to": to_organisation_id, **_counted(owed)}
        unit.add_events([_ended(now, principal, Subject.ORGANISATION, found.id, "closed", False, told)])
    return saved


def open_organisation(
    store: Store, principal: Principal, clock: Clock, seed: int, *, organisation_id: int, seen_version: int
) -> Organisation:
    """Note that an organisation that was closed takes work again; what was handed over stays where it is.

    Raises
    ------
    NotAllowed
        When the principal is neither an administrator nor a coordinator.
    InputRefused
        When it is not closed.
    NotFound, Stale
        As for :func:`close_organisation`.
    """
    require(principal, "The organisation was not opened again.", *MAY_CLOSE)
    with store.writing() as unit:
        found = next((each for each in store.organisations() if each.id == organisation_id), None)
        if found is None:
            raise NotFound(f"There is no organisation {organisation_id}.", "", "The list shows all there are.")
        if not found.closed:
            raise InputRefused(f"{found.name} was not opened again.", "It is not closed.", "There is nothing to do.")
        saved = unit.save_organisation(replace(found, closed=False), seen_version)
        unit.add_events([_ended(clock(), principal, Subject.ORGANISATION, found.id, "closed", True, {})])
    return saved


def bring_back_person(
    store: Store, principal: Principal, clock: Clock, seed: int, *, person_id: int, seen_version: int
) -> Person:
    """Note that somebody who had left works here again; what was handed over stays where it is.

    Raises
    ------
    NotAllowed
        When the principal is not an administrator.
    InputRefused
        When they have not left, or their organisation is closed.
    NotFound, Stale
        As for :func:`end_person`.
    """
    require(principal, "Nobody was brought back.", *MAY_END_PEOPLE)
    with store.writing() as unit:
        person = next((each for each in store.people() if each.id == person_id), None)
        if person is None:
            raise NotFound(f"There is no person {person_id}.", "", "The list shows all there are.")
        asked = f"{person.name} was not brought back."
        if person.active:
            raise InputRefused(asked, "They have not left.", "There is nothing to do.")
        check_organisation(store, asked, person.organisation_id)
        saved = unit.save_person(replace(person, active=True), seen_version)
        unit.add_events([_ended(clock(), principal, Subject.PERSON, person.id, "active", False, {})])
    return saved


def _check_heir(asked: str, person: Person, heir: Person | None, owed: Owed) -> None:
    if heir is None:
        why = f"{person.name} still has {len(owed):,} to do: {owed.words}."
        raise InputRefused(asked, why, "Choose the colleague who takes it over.")
    if not heir.active or heir.id == person.id:
        raise InputRefused(asked, f"{heir.name} is leaving or has left.", "Choose somebody who is there.")
    stranger = person.organisation_id is not None and heir.organisation_id != person.organisation_id
    if owed.actions and stranger:
        why = f"{heir.name} acts for another organisation, and {owed.actions[0].ref} belongs to this one."
        raise InputRefused(asked, why, "Choose a colleague, or give the actions to that organisation on the board.")


def _check_successor(
    store: Store, principal: Principal, asked: str, organisation_id: int, successor_id: int | None, owed: Owed
) -> None:
    if successor_id is None:
        why = f"It still has {len(owed):,} to do: {owed.words}."
        raise InputRefused(asked, why, "Choose the organisation that is asked to take it over.")
    if successor_id == organisation_id:
        raise InputRefused(asked, "It cannot take over from itself.", "Choose another organisation.")
    check_organisation(store, asked, successor_id)
    if not principal.has(Role.COORDINATOR):
        why = f"It still has {len(owed):,} to do, and only a coordinator gives work to another organisation."
        raise NotAllowed(asked, why, "Ask a coordinator.")


def _hand_to_person(unit: Unit, now: datetime, principal: Principal, owed: Owed, heir: Person, note: str) -> None:
    for action in owed.actions:
        details = {"problem_id": action.problem_id}
        after = replace(action, person=heir.name)
        save(unit, now, principal, action, after, action.version, EventKind.EDITED, note=note, details=details)
    for problem in owed.problems:
        after_problem = replace(problem, owner=heir.name, owner_organisation_id=heir.organisation_id)
        save(unit, now, principal, problem, after_problem, problem.version, EventKind.EDITED, note=note)
    _hand_reports(unit, now, principal, owed.matters, note, owner=heir.name)


def _hand_to_organisation(
    unit: Unit, now: datetime, principal: Principal, asked: str, owed: Owed, to_id: int, note: str
) -> None:
    for action in owed.actions:
        reassigned(unit, now, principal, asked, action, to_id, "", note)
    for problem in owed.problems:
        after = replace(problem, owner_organisation_id=to_id)
        save(unit, now, principal, problem, after, problem.version, EventKind.EDITED, note=note)
    _hand_reports(unit, now, principal, owed.matters, note, organisation_id=to_id)


def _hand_reports(
    unit: Unit,
    now: datetime,
    principal: Principal,
    matters: Sequence[Matter],
    note: str,
    *,
    owner: str = "",
    organisation_id: int | None = None,
) -> None:
    for matter in matters:
        was = matter.followup
        followup = replace(was, owner=owner, organisation_id=organisation_id or was.organisation_id)
        after = Matter(matter.report, followup)
        save_matter(unit, now, principal, matter, after, EventKind.EDITED, note=note)


def _counted(owed: Owed) -> dict[str, object]:
    return {"actions": len(owed.actions), "problems": len(owed.problems), "reports": len(owed.matters)}


def _ended(
    now: datetime,
    principal: Principal,
    subject: Subject,
    number: int,
    field: str,
    was: bool,
    details: dict[str, object],
) -> Event:
    return event(
        now,
        principal,
        subject,
        number,
        EventKind.EDITED,
        changes={field: not was},
        before={field: was},
        details=details,
    )
