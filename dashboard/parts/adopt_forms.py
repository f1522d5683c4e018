"""The forms that take on: a hot spot under its own name, and reports as a problem of their own."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form
from dashboard.parts.take_on_questions import plan_questions
from dashboard.parts.ticks import untick
from dashboard.wording import count, listed
from problems.categories import Group
from problems.errors import InputRefused
from problems.people import Role
from problems.problem import Problem, problem_ref
from problems.use_cases.adopting import Selection, adopt_reports, look_at_selection, take_on
from problems.use_cases.drawing import Plan, same_kind_there

ADOPT: Final = "Make a problem of these"
_STAY, _MOVE = "stay", "move"
_NAMING: Final = "Suggested from the street or the ward; call it as people do."


def take_on_form(desk: Desk, problem: Problem) -> Form:
    """Return the form that takes a hot spot on: name, owner, objective and next review at once."""

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        saved = take_on(
            *at.asking,
            problem_id=problem.id,
            name=_text(answers.get("name")),
            plan=given_plan(answers),
            seen_version=seen_version,
        )
        return f"{saved.ref} is now “{saved.status.label}”."

    def renew(at: Desk) -> Form:
        return take_on_form(at, at.store.problem(problem.id))

    name = Field("name", "Name", value=problem.name, help=_NAMING, needed=True)
    questions = (name, *plan_questions(desk, problem))
    intro = "From now on its outline stays as it is, and somebody answers for it."
    return Form(f"{problem.ref}: Take on", "Take on", questions, save, problem, intro, renew=renew)


def adopt_form(desk: Desk, versions: Mapping[int, int]) -> Form:
    """Return the form that makes a problem of reports; ``versions`` are those that were seen, by report.

    Raises
    ------
    InputRefused, NotFound
        When none can be made of them.
    """
    seen = look_at_selection(*desk.asking, report_ids=list(versions))
    beside = _there(desk, seen)

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        chosen = answers.get("group")
        if len(seen.groups) > 1 and chosen is None:
            raise InputRefused("No problem was made.", "The kind is not chosen.", "Say which kind it is about.")
        if beside and not answers.get("beside"):
            why = f"{_refs(beside)} is here already about the same kind."
            raise InputRefused(
                "No problem was made.", why, "Say that this is a problem of its own, or link them there."
            )
        settings = session.get_settings()
        made = adopt_reports(
            *at.asking,
            report_ids=list(versions),
            name=_text(answers.get("name")),
            plan=given_plan(answers) if at.principal.has(Role.COORDINATOR) else None,
            group=Group(str(chosen)) if chosen else None,
            beside=[each.id for each in beside],
            take_linked=answers.get("linked") == _MOVE,
            seen_versions=versions,
            drawing=settings.drawing,
            detection=settings.detection,
            zone=at.zone,
        )
        untick(versions)
        return f"{made.ref} “{made.name}” is made of {count(len(seen.reports), 'report')}; find it under Problems."

    decides = desk.principal.has(Role.COORDINATOR)
    questions = (
        *_kind_question(seen),
        Field("name", "Name", value=seen.name, help=_NAMING, needed=True),
        *(plan_questions(desk) if decides else ()),
        *_linked_question(seen),
        *_beside_question(beside),
    )
    words = count(len(seen.reports), "report")
    verb = "Make it a problem" if decides else "Propose it as a problem"
    return Form(f"{words}: {ADOPT}", verb, questions, save, None, " ".join(_told(seen, decides=decides)))


def given_plan(answers: Answers) -> Plan:
    """Return the plan that was filled in."""
    review_on: Any = answers.get("review_on")
    return Plan(
        owner=_text(answers.get("owner")),
        owner_organisation_id=answers.get("owner_organisation_id") or None,
        objective=_text(answers.get("objective")),
        review_on=review_on if isinstance(review_on, date) else None,
    )


def _told(seen: Selection, *, decides: bool) -> list[str]:
    told = ["Its outline is the ground round their places, and each of them will tell of it."]
    if decides:
        told.append("With an owner and an objective it is taken on at once; left empty, it waits to be taken on.")
    if seen.left_out:
        kinds = listed([f"{number} about {group.label.lower()}" for group, number in seen.groups.items()])
        told.append(f"They are of several kinds: {kinds}. Those of another kind are left out.")
    if seen.unplaced:
        told.append(f"{count(len(seen.unplaced), 'report')} without an exact place will be linked too.")
    if seen.linked:
        refs = listed(sorted({problem_ref(number) for number in seen.linked.values()}))
        verb = "tells" if len(seen.linked) == 1 else "tell"
        told.append(f"{count(len(seen.linked), 'report')} of them {verb} of {refs} already.")
    return told


def _kind_question(seen: Selection) -> tuple[Field, ...]:
    if len(seen.groups) == 1:
        return ()
    choices = {str(group): f"{group.label} ({number})" for group, number in seen.groups.items()}
    return (Field("group", "What the problem is about", "choice", str(seen.group), choices, needed=True),)


def _linked_question(seen: Selection) -> tuple[Field, ...]:
    if not seen.linked:
        return ()
    choices = {_STAY: "They stay with their problem", _MOVE: "They move to the new one"}
    return (Field("linked", "Reports that tell of another problem", "choice", _STAY, choices),)


def _beside_question(beside: list[Problem]) -> tuple[Field, ...]:
    if not beside:
        return ()
    choices = {"yes": "A problem of its own, beside it"}
    return (
        Field(
            "beside",
            f"{_refs(beside)} is here already",
            "choice",
            None,
            choices,
            placeholder="Look at it first",
            needed=True,
        ),
    )


def _refs(problems: list[Problem]) -> str:
    return listed([f"{each.ref} ({each.name})" for each in problems[:3]])


def _there(desk: Desk, seen: Selection) -> list[Problem]:
    known = desk.store.fact("epsg")
    if known is None:
        return []
    found = same_kind_there(seen.geometry, seen.group, desk.store.problems(), epsg=int(known))
    return [one.problem for one in found]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
