"""The forms that write actions down: one, the usual ones together, and what is said of one afterwards."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form
from dashboard.wording import count
from data.calendars import working_days
from data.guides import actions_of, advice_of
from problems.actions import Action, ActionType, Particulars
from problems.errors import InputRefused
from problems.guides import UsualAction, organisation_for
from problems.people import Role
from problems.problem import Problem
from problems.sharing import is_own
from problems.use_cases import acting, particulars, suggesting_actions

_LEAVE_OUT: Final = 0  # a select box cannot hold None among other choices


def may_edit(desk: Desk, action: Action) -> bool:
    """Tell whether the person may change what is written about an action."""
    if desk.principal.has(Role.COORDINATOR):
        return True
    return desk.principal.has(Role.PARTNER) and is_own(desk.principal, action)


def add_action_form(desk: Desk, problem: Problem) -> Form:
    """Return the form that proposes an action on a problem."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        kind = ActionType(str(answers.get("type") or ActionType.INSPECT))
        saved = acting.add_action(
            *at.asking,
            problem_id=problem.id,
            organisation_id=_given_organisation("The action was not added.", answers.get("organisation_id")),
            type=kind,
            title=_text(answers.get("title")),
            due_on=answers.get("due_on"),
            person=_text(answers.get("person")),
            particulars=Particulars(
                cost=_cost("The action was not added.", answers.get("cost")),
                waits_for=tuple(answers.get("waits_for") or ()),
                checklist=_steps(answers.get("checklist")),
                advice=advice_of(at.store, problem.group) if kind is ActionType.ADVISE else "",
            ),
        )
        return f"“{saved.title}” is proposed to {at.names.organisation(saved.organisation_id)}."

    questions = (
        Field("title", "What is to be done", placeholder="Repair the lamp by the underpass", needed=True),
        Field("type", "Kind of work", "choice", ActionType.REPAIR, {kind: kind.label for kind in ActionType}),
        Field("organisation_id", "Organisation", "choice", choices=desk.open_organisations(), needed=True),
        Field("due_on", "Due", "day", _working_day(desk.today, 14)),
        Field("person", "Person (if known)"),
        *_particular_questions(desk, problem.id, None),
    )
    return Form(f"{problem.ref}: Add an action", "Add action", questions, save)


def edit_action_form(desk: Desk, action: Action) -> Form:
    """Return the form that changes what is written about an action."""
    coordinates = desk.principal.has(Role.COORDINATOR)

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        asked = f"{action.ref} was not changed."
        now = at.store.action(action.id)
        saved = particulars.edit_action(
            *at.asking,
            action_id=action.id,
            title=_text(answers.get("title")) if coordinates else now.title,
            person=_text(answers.get("person")),
            particulars=Particulars(
                cost=_cost(asked, answers.get("cost")),
                waits_for=tuple(answers.get("waits_for") or ()) if coordinates else now.waits_for,
                checklist=_steps(answers.get("checklist")),
                advice=_text(answers.get("advice")) if coordinates else now.advice,
            ),
            seen_version=seen_version,
        )
        return f"{saved.ref} “{saved.title}” is saved."

    def renew(at: Desk) -> Form:
        return edit_action_form(at, at.store.action(action.id))

    title = Field("title", "What is to be done", value=action.title, needed=True)
    questions: list[Field] = [title] if coordinates else []
    questions.append(Field("person", "Person (if known)", value=action.person))
    questions += _particular_questions(desk, action.problem_id, action, with_order=coordinates)
    if coordinates and action.type is ActionType.ADVISE:
        text = action.advice or advice_of(desk.store, desk.store.problem(action.problem_id).group)
        questions.append(Field("advice", "Advice to be given", "text", text))
    return Form(f"{action.ref}: Edit", "Save", tuple(questions), save, action, action.title, renew=renew)


def _particular_questions(
    desk: Desk, problem_id: int, action: Action | None, *, with_order: bool = True
) -> tuple[Field, ...]:
    cost = "" if action is None or action.cost is None else str(action.cost)
    steps = "\n".join(step.text for step in action.checklist) if action else ""
    others = {
        other.id: f"{other.ref} {other.title}"
        for other in desk.store.actions(problem_id)
        if action is None or other.id != action.id
    }
    asked = [Field("cost", "Cost (if known)", value=cost, placeholder="1200", help="Whole units of money.")]
    if others and with_order:
        chosen = tuple(action.waits_for) if action else ()
        asked.append(Field("waits_for", "Waits for", "many", chosen, others, placeholder="Nothing"))
    asked.append(Field("checklist", "Steps, one on each line (if there are some)", "text", steps))
    return tuple(asked)


# -- the usual actions --


def usual_actions_form(desk: Desk, problem: Problem) -> Form:
    """Return the form that proposes what is usually done about such a problem, to be changed before it is saved."""
    usual = actions_of(desk.store, problem.group)
    advice = advice_of(desk.store, problem.group)

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        planned = _planned(usual, answers, advice)
        saved = suggesting_actions.add_actions(*at.asking, problem_id=problem.id, planned=planned)
        return f"{count(len(saved), 'action')} proposed."

    choices = {_LEAVE_OUT: "Leave this one out", **desk.open_organisations()}
    have = {action.title.casefold() for action in desk.store.actions(problem.id)}
    questions = [
        field
        for at, one in enumerate(usual)
        for field in _usual_questions(desk, at, one, choices, is_there=one.title.casefold() in have)
    ]
    unknown = [at + 1 for at, one in enumerate(usual) if organisation_for(one, desk.organisations) is None]
    intro = "Change what does not fit here. What is left out is not proposed."
    if unknown:
        named = ", ".join(str(number) for number in unknown)
        intro += f" Nobody is known for {named}: choose who does it."
    return Form(f"{problem.ref}: Add the usual actions", "Propose these actions", tuple(questions), save, intro=intro)


def _usual_questions(
    desk: Desk, at: int, usual: UsualAction, choices: Mapping[int, str], *, is_there: bool
) -> tuple[Field, ...]:
    organisation = organisation_for(usual, desk.organisations)
    chosen = _LEAVE_OUT if is_there else organisation.id if organisation else None
    after = f", after {' and '.join(str(number) for number in usual.after)}" if usual.after else ""
    there = " (there already)" if is_there else ""
    return (
        Field(f"title_{at}", f"{at + 1}. {usual.type.label}{after}{there}", value=usual.title),
        Field(f"organisation_{at}", f"{at + 1}. Organisation", "choice", chosen, choices),
        Field(f"due_{at}", f"{at + 1}. Due", "day", _working_day(desk.today, usual.due_days), beside=True),
    )


def _working_day(today: date, days: int) -> date:
    """Return the day after so many, or the first on which people work after it: what is suggested is kept."""
    return working_days(session.get_settings().calendar).after(today + timedelta(days=days), 0)


def _planned(usual: Sequence[UsualAction], answers: Answers, advice: str) -> list[suggesting_actions.Planned]:
    """Return the actions that are not left out; those left out are skipped in the order of the others."""
    kept = [at for at in range(len(usual)) if answers.get(f"organisation_{at}") != _LEAVE_OUT]
    return [
        suggesting_actions.Planned(
            type=usual[at].type,
            title=_text(answers.get(f"title_{at}")),
            organisation_id=answers.get(f"organisation_{at}"),
            due_on=answers.get(f"due_{at}"),
            after=tuple(kept.index(before) for before in _before(usual, at, frozenset(kept))),
            checklist=usual[at].checklist,
            advice=advice if usual[at].type is ActionType.ADVISE else "",
        )
        for at in kept
    ]


def _before(usual: Sequence[UsualAction], at: int, kept: frozenset[int]) -> list[int]:
    """Return the places of what comes before; where one is left out, of what would have come before that one."""
    found: set[int] = set()
    for number in usual[at].after:
        place = number - 1
        found |= {place} if place in kept else set(_before(usual, place, kept))
    return sorted(found)


# -- reading what was typed --


def _steps(value: object) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(value).splitlines() if line.strip())


def _cost(asked: str, value: object) -> int | None:
    typed = _text(value).replace(",", "").replace(" ", "").lstrip("£$€")
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > 12:
        why = f"“{_text(value)[:40]}” is not an amount."
        raise InputRefused(asked, why, "Write a whole number such as 1200, or leave it empty.")
    return int(typed)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _given_organisation(asked: str, value: object) -> int:
    if not isinstance(value, int):
        raise InputRefused(asked, "No organisation is chosen.", "Choose who does the work.")
    return value


def given_day(asked: str, value: object) -> date:
    """Return the day that was given, or refuse."""
    if not isinstance(value, date):
        raise InputRefused(asked, "No day is given.", "Choose the day.")
    return value
