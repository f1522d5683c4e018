"""What several use cases check: texts, days and organisations; and the event that begins a problem."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from problems.errors import InputRefused, MoveRefused
from problems.events import Event, EventKind, Subject, event
from problems.lifecycle import MoveAnswers, State, roles_to
from problems.people import Principal, Role
from problems.problem import Problem
from problems.seeing import READS_EVERYTHING
from problems.store import Store
from problems.use_cases.saving import require, told
from problems.words import readable

LONGEST_NOTE = 4000
LONGEST_NAME = 120
#: A second click comes within seconds of the first; who says the very same again later means it.
ONE_CLICK = timedelta(seconds=10)


def checked_text(asked: str, text: str, longest: int) -> str:
    """Return ``text`` without outer space and unseen signs, or refuse more than ``longest`` characters."""
    stripped = readable(text)
    if len(stripped) > longest:
        raise InputRefused(
            asked, f"The text has {len(stripped)} characters.", f"At most {longest} are kept: shorten it."
        )
    return stripped


def check_reaches(asked: str, principal: Principal, target: State) -> None:
    """Refuse whoever can bring nothing there, before any other refusal tells them how it stands.

    Those who read everything are told by the table of moves, which knows more to say.
    """
    if not principal.has(*READS_EVERYTHING):
        require(principal, asked, *(roles_to(target) or {Role.SYSTEM}))


def check_name(asked: str, problem: Problem, problems: Iterable[Problem]) -> None:
    """Refuse a name that another open problem about the same kind has: nobody could tell them apart."""
    name = problem.name.strip().casefold()
    for other in problems:
        same = other.group is problem.group and other.name.strip().casefold() == name
        if same and other.id != problem.id and other.status.is_open:
            raise InputRefused(
                asked,
                f"{other.ref} is called “{other.name}” already.",
                "Say what tells them apart, such as a house number or “east end”.",
            )


def check_answers_fit(store: Store, asked: str, answers: MoveAnswers, today: date) -> None:
    """Refuse days that make no sense, texts that are too long, and whoever is not there (any more)."""
    if answers.visited_on and answers.visited_on > today:
        raise MoveRefused(
            asked, f"The visit on {answers.visited_on} has not happened yet.", "Give the day of the visit."
        )
    if answers.review_on and answers.review_on < today:
        raise MoveRefused(asked, f"The review date {answers.review_on} has passed.", "Choose today or a later day.")
    checked_text(asked, answers.owner, LONGEST_NAME)
    checked_text(asked, answers.objective, LONGEST_NOTE)
    check_person(store, asked, answers.owner)
    check_organisation(store, asked, answers.owner_organisation_id)


def check_organisation(store: Store, asked: str, organisation_id: int | None) -> None:
    """Refuse an organisation that does not exist or is closed; None is no organisation."""
    if organisation_id is None:
        return
    found = next((known for known in store.organisations() if known.id == organisation_id), None)
    if found is None:
        raise InputRefused(asked, f"There is no organisation {organisation_id}.", "Choose one from the list.")
    if found.closed:
        raise InputRefused(asked, f"{found.name} is closed.", "Choose another organisation.")


def check_person(store: Store, asked: str, name: str) -> None:
    """Refuse to give work to somebody who is known to have left; names that nobody knows are free."""
    wanted = name.strip().casefold()
    if wanted and any(each.name.casefold() == wanted and not each.active for each in store.people()):
        raise InputRefused(asked, f"{name.strip()} has left.", "Choose somebody who is there.")


def created_event(at: datetime, principal: Principal, problem: Problem, details: Mapping[str, object]) -> Event:
    """Return the event that begins a problem: all its fields, so that a fold can start from it."""
    return event(at, principal, Subject.PROBLEM, problem.id, EventKind.CREATED, changes=told(problem), details=details)


def is_told(told: Event, events: Iterable[Event]) -> bool:
    """Tell whether the same person told the very same within the last seconds: then this is a second click."""
    return any(one.by == told.by and is_second_click(one.at, told.at) and _same(one, told) for one in events)


def is_second_click(first: datetime, second: datetime) -> bool:
    """Tell whether two equal changes came so soon after each other that one was meant."""
    return timedelta() <= second - first <= ONE_CLICK


def _same(one: Event, other: Event) -> bool:
    return replace(one, id=0, at=other.at) == replace(other, id=0)
