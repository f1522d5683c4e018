"""The forms for people who leave and organisations that close; what they still owe is listed and handed over."""

from collections.abc import Sequence
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form
from dashboard.wording import count, listed
from problems.errors import InputRefused
from problems.people import Organisation, Person
from problems.use_cases import leaving
from problems.use_cases.leaving import Owed

_NOBODY: Final = 0  # a select box cannot hold None among other choices


def leave_form(desk: Desk, people: Sequence[Person]) -> Form:
    """Return a form that asks who has left, and goes on to what they still owe."""
    there = [each for each in people if each.active and each.key != desk.principal.key]
    onward = tuple((f"{each.name} ({each.role.label.lower()})", _one_leaves(desk, each)) for each in there)
    return Form("Who has left?", "Somebody has left", intro="Their name stays on what they did.", onward=onward)


def _one_leaves(desk: Desk, person: Person) -> Form:
    owed = leaving.owed_by_person(desk.store, person)
    same = [
        each
        for each in desk.store.people()
        if each.active and each.id != person.id and each.organisation_id == person.organisation_id
    ]

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        saved = leaving.end_person(
            *at.asking,
            person_id=person.id,
            to_person_id=answers.get("to") or None,
            seen_version=person.version,
        )
        return f"{saved.name} has left. {_handed(owed)}".rstrip()

    questions = (Field("to", "Who takes it over", "choice", None, {each.id: each.name for each in same}),)
    intro = _owed_words(person.name, owed)
    if owed.actions and not same:
        intro += " No colleague of theirs is known: add one first, or give the actions to others on the board."
    return Form(f"{person.name} has left", "Say that they have left", questions if len(owed) else (), save, None, intro)


def back_form(people: Sequence[Person]) -> Form:
    """Return the form that brings somebody back who had left."""
    gone = {each.id: each for each in people if not each.active}

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        person = gone.get(answers.get("person_id") or _NOBODY)
        if person is None:
            raise InputRefused("Nobody was brought back.", "Nobody is chosen.", "Choose who is back.")
        saved = leaving.bring_back_person(*at.asking, person_id=person.id, seen_version=person.version)
        return f"{saved.name} is back. What was handed over stays where it is."

    questions = (
        Field("person_id", "Who", "choice", choices={each.id: each.name for each in gone.values()}, needed=True),
    )
    return Form("Somebody is back", "Bring back", questions, save)


def close_form(desk: Desk, organisations: Sequence[Organisation]) -> Form:
    """Return a form that asks which organisation closes, and goes on to what it still owes."""
    there = [each for each in organisations if not each.closed]
    onward = tuple((each.name, _one_closes(desk, each)) for each in there)
    return Form(
        "Which organisation?", "Close an organisation", intro="It can be given no work any more.", onward=onward
    )


def open_again_form(organisations: Sequence[Organisation]) -> Form:
    """Return the form that lets an organisation take work again that was closed."""
    closed = {each.id: each for each in organisations if each.closed}

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        chosen = closed.get(answers.get("organisation_id") or _NOBODY)
        if chosen is None:
            raise InputRefused("No organisation was opened again.", "None is chosen.", "Choose which one.")
        saved = leaving.open_organisation(*at.asking, organisation_id=chosen.id, seen_version=chosen.version)
        return f"{saved.name} takes work again. What was handed over stays where it is."

    choices = {each.id: each.name for each in closed.values()}
    return Form(
        "Open an organisation again",
        "Open again",
        (Field("organisation_id", "Which", "choice", choices=choices, needed=True),),
        save,
    )


def _one_closes(desk: Desk, organisation: Organisation) -> Form:
    owed = leaving.owed_by_organisation(desk.store, organisation.id)

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        saved = leaving.close_organisation(
            *at.asking,
            organisation_id=organisation.id,
            to_organisation_id=answers.get("to") or None,
            note=str(answers.get("note") or ""),
            seen_version=organisation.version,
        )
        return f"{saved.name} is closed. {_handed(owed)}".rstrip()

    others = {number: name for number, name in desk.open_organisations().items() if number != organisation.id}
    questions = (
        Field("to", "Who is asked to take it over", "choice", None, others),
        Field("note", "Why (those who are asked read it)", "text", f"{organisation.name} is closed."),
    )
    title = f"Close {organisation.name}"
    intro = _owed_words(organisation.name, owed)
    return Form(title, "Close it", questions if len(owed) else (), save, None, intro)


def _owed_words(name: str, owed: Owed) -> str:
    if not len(owed):
        return f"{name} owes nothing any more."
    kinds = [
        count(len(owed.actions), "action") if owed.actions else "",
        count(len(owed.problems), "problem") if owed.problems else "",
        count(len(owed.matters), "report") if owed.matters else "",
    ]
    return f"{name} still has {listed([kind for kind in kinds if kind])} to do: {owed.words}."


def _handed(owed: Owed) -> str:
    if not len(owed):
        return ""
    return f"What was still to do ({owed.words}) is handed over."
