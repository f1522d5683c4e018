"""The forms that work on problems and actions: each asks exactly what its move needs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, TypedDict

from dashboard.parts.action_forms import edit_action_form, may_edit
from dashboard.parts.adopt_forms import take_on_form
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form
from dashboard.parts.photo_questions import keep_photo, photo_given, photo_questions
from dashboard.parts.take_on_questions import NOBODY, REVIEW_AFTER
from dashboard.wording import day, listed
from problems.actions import Action, ActionStatus
from problems.errors import InputRefused
from problems.kept_assessments import of_its_work, outcomes_of
from problems.lifecycle import Move, MoveAnswers, Need, moves_for
from problems.problem import Problem, ProblemStatus
from problems.reasons import Outcome
from problems.sharing import is_own
from problems.use_cases import acting, working

#: Moves that end, undo or refuse something: offered, but never as the first thing to do.
#: Work that is proposed once more is due after so long, or on the day that it was due.
_TIME_TO_ANSWER: Final = timedelta(days=21)
_ASIDE: Final = frozenset(
    {
        ProblemStatus.DISMISSED,
        ProblemStatus.NO_ACTION,
        ProblemStatus.SUPERSEDED,
        ProblemStatus.RECURRED,
        ActionStatus.DECLINED,
        ActionStatus.CANCELLED,
        ActionStatus.BLOCKED,
    }
)

#: What such a sentence says, by example: it is written for residents, by people who think of colleagues.
_EXAMPLES: Final[Mapping[tuple[object, object], str]] = {
    (ActionStatus.PROPOSED, ActionStatus.DECLINED): "The drains belong to the water company; we passed it on",
    (ActionStatus.ACCEPTED, ActionStatus.DONE): "All six lamps have new heads",
    (ActionStatus.IN_PROGRESS, ActionStatus.DONE): "All six lamps have new heads",
    (ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED): "We wait for the parts, which are due in March",
    (ActionStatus.DONE, ActionStatus.VERIFIED): "We were there after dark: every lamp is lit",
    (ActionStatus.DONE, ActionStatus.IN_PROGRESS): "Two of the six lamps are still dark; we come again",
    (ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED): "We were there on two evenings and saw nobody",
    (ProblemStatus.REMEDIATED, ProblemStatus.IN_PROGRESS): "Groups still meet there; the work goes on",
}


def leading_first(moves: Iterable[Move]) -> list[Move]:
    """Return moves in the order to offer them: onward, then back, then those that set work aside."""

    def place(move: Move) -> tuple[bool, bool, int]:
        order = [str(state) for state in type(move.source)]
        source, target = order.index(str(move.source)), order.index(str(move.target))
        return move.target in _ASIDE, target < source, target

    return sorted(moves, key=place)


def sets_aside(move: Move) -> bool:
    """Tell whether a move ends or stops the work: never the first thing to do."""
    return move.target in _ASIDE


def is_onward(move: Move) -> bool:
    """Tell whether a move brings the work nearer to its end: it alone may be the first thing to do.

    What came back stands apart from the order of the statuses: everything but setting it aside is onward.
    """
    if move.target in _ASIDE:
        return False
    order = [str(state) for state in type(move.source)]
    return move.source is ProblemStatus.RECURRED or order.index(str(move.target)) > order.index(str(move.source))


def problem_moves(desk: Desk, problem: Problem) -> list[Move]:
    """Return the moves that the person may make with a problem now; merging has a page of its own."""
    possible = moves_for(problem.status, desk.principal, done_by=problem.done_by) if desk.on is None else []
    return leading_first(move for move in possible if move.target is not ProblemStatus.SUPERSEDED)


def action_moves(desk: Desk, action: Action) -> list[Move]:
    """Return the moves that the person may make with an action now; none where it belongs to another organisation.

    Work is not sent back to an organisation that was closed; :func:`closed_words` says so.
    """
    closed = _is_of_closed(desk, action)
    return leading_first(move for move in _moves_of(desk, action) if not (closed and _owes_again(action, move)))


def closed_words(desk: Desk, action: Action) -> str:
    """Say which moves are not offered because the organisation was closed, and what is possible; empty where none."""
    if not _is_of_closed(desk, action):
        return ""
    kept_back = [move.verb for move in _moves_of(desk, action) if _owes_again(action, move)]
    if not kept_back:
        return ""
    named, who = listed([f"“{verb}”" for verb in kept_back], last="or"), desk.names.organisation(action.organisation_id)
    return f"No {named}: {who} was closed. Open it again, or add the work as an action of another organisation."


def _moves_of(desk: Desk, action: Action) -> list[Move]:
    if desk.on is not None or not is_own(desk.principal, action):
        return []
    return list(moves_for(action.status, desk.principal, done_by=action.done_by))


def _is_of_closed(desk: Desk, action: Action) -> bool:
    return any(each.closed for each in desk.organisations if each.id == action.organisation_id)


def _owes_again(action: Action, move: Move) -> bool:
    return acting.is_owed_again(action, ActionStatus(str(move.target)))


def move_problem_form(desk: Desk, problem: Problem, move: Move) -> Form:
    """Return the form that moves a problem."""
    target = ProblemStatus(str(move.target))

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        saved = working.move_problem(
            *at.asking,
            problem_id=problem.id,
            target=target,
            answers=move_answers(answers),
            seen_version=seen_version,
        )
        return f"{saved.ref} is now “{saved.status.label}”."

    intro = f"{problem.name}: from “{problem.status.label}” to “{target.label}”."
    if move.assessed and of_its_work(problem, desk.store.assessments(problem.id)) is None:
        intro += " First an officer or coordinator keeps an assessment of the work, on the tab “Assess”."
    if owed := working.owed_before(desk.store.actions(problem.id), target):
        intro += f" First the work that is still owed has to be done, declined or cancelled: {owed}."
    questions = _questions(desk, move, problem=problem)

    def renew(at: Desk) -> Form:
        now = at.store.problem(problem.id)
        possible = problem_moves(at, now)
        same = next((each for each in possible if each.target is move.target), None)
        if same is not None:
            return move_problem_form(at, now, same)
        onward = tuple((each.verb, move_problem_form(at, now, each)) for each in possible)
        return _no_longer(now, now.status.label, move, onward)

    if (move.source, target) == (ProblemStatus.DETECTED, ProblemStatus.CONFIRMED):
        return replace(take_on_form(desk, problem), renew=renew)
    return Form(f"{problem.ref}: {move.verb}", move.verb, questions, save, problem, intro, renew=renew)


def move_action_form(desk: Desk, action: Action, move: Move) -> Form:
    """Return the form that moves an action; a note can always be added."""
    target = ActionStatus(str(move.target))

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        picture = photo_given(at, f"{action.ref} is not “{target.label}” yet.", answers)
        saved = acting.move_action(
            *at.asking,
            action_id=action.id,
            target=target,
            answers=move_answers(answers),
            seen_version=seen_version,
        )
        return f"“{saved.title}” is now “{saved.status.label}”.{keep_photo(at, saved, picture, answers)}"

    intro = f"{action.title}: from “{action.status.label}” to “{target.label}”."
    questions = _questions(desk, move)
    if target is ActionStatus.PROPOSED:
        due_on = max(action.due_on or desk.today, desk.today + _TIME_TO_ANSWER)
        questions = (*questions, Field("due_on", "Due date", "day", due_on))
    if Need.NOTE not in move.needs:
        questions = (*questions, Field("note", "Note (if there is something to say)", "text"))
    if target is ActionStatus.DONE:
        questions = (*questions, *photo_questions(desk))

    def renew(at: Desk) -> Form:
        now = at.store.action(action.id)
        possible = action_moves(at, now)
        same = next((each for each in possible if each.target is move.target), None)
        if same is not None:
            return move_action_form(at, now, same)
        onward = tuple((each.verb, move_action_form(at, now, each)) for each in possible)
        return _no_longer(now, now.status.label, move, onward)

    return Form(f"{action.ref}: {move.verb}", move.verb, questions, save, action, intro, renew=renew)


def _no_longer(now: Problem | Action, label: str, move: Move, onward: tuple[tuple[str, Form], ...]) -> Form:
    """Return what stands where a move is not possible any more: what is so now, and what can be done."""
    offer = "This is possible now:" if onward else "Nothing is waiting for you here now."
    intro = f"“{move.verb}” is no longer possible: {now.ref} is “{label}” now. {offer}"
    return Form(f"{now.ref}: {move.verb}", move.verb, seen=now, intro=intro, onward=onward)


def postpone_form(desk: Desk, action: Action) -> Form:
    """Return the form that moves an action's due date."""

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        saved = acting.postpone_action(
            *at.asking,
            action_id=action.id,
            due_on=_given_day(f"The due date of {action.ref} was not moved.", answers.get("due_on")),
            note=_text(answers.get("note")),
            seen_version=seen_version,
        )
        return f"“{saved.title}” is now due on {day(saved.due_on)}."

    later = max(desk.today, action.due_on or desk.today) + timedelta(days=7)
    questions = (
        Field("due_on", "New due date", "day", later, needed=True),
        Field("note", "Why it moves", "text", needed=True),
    )
    intro = f"{action.title}: due {day(action.due_on)}." if action.due_on else f"{action.title}: no due date yet."

    def renew(at: Desk) -> Form:
        return postpone_form(at, at.store.action(action.id))

    return Form(f"{action.ref}: Move the due date", "Move the due date", questions, save, action, intro, renew=renew)


def more_form(desk: Desk, action: Action, moves: Iterable[Move]) -> Form:
    """Return a form that only offers the other things that can be done with an action."""
    onward = [(move.verb, move_action_form(desk, action, move)) for move in moves]
    if action.status.is_owed:
        onward.append(("Move the due date", postpone_form(desk, action)))
    if may_edit(desk, action):
        onward.append(("Edit", edit_action_form(desk, action)))
    return Form(f"{action.ref}: What happened?", "More", intro=action.title, onward=tuple(onward))


def edit_problem_form(desk: Desk, problem: Problem) -> Form:
    """Return the form that changes what is written about a problem."""

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        saved = working.edit_problem(
            *at.asking, problem_id=problem.id, seen_version=seen_version, **_edited(at, problem, answers)
        )
        return f"{saved.ref} is saved."

    def renew(at: Desk) -> Form:
        return edit_problem_form(at, at.store.problem(problem.id))

    owner, *beside = _owner_questions(desk, problem)
    questions = (
        Field("name", "Name", value=problem.name, needed=True),
        # What is written once may be changed, not taken away.
        replace(owner, needed=bool(problem.owner)),
        *beside,
        Field("objective", Need.OBJECTIVE.label, "text", problem.objective, needed=bool(problem.objective)),
        Field("review_on", Need.REVIEW.label, "day", problem.review_on),
    )
    return Form(f"{problem.ref}: Edit", "Save", questions, save, problem, renew=renew)


class _Edits(TypedDict, total=False):
    name: str
    owner: str
    owner_organisation_id: int | None
    objective: str
    review_on: date


def _edited(desk: Desk, problem: Problem, answers: Answers) -> _Edits:
    """Return only what differs from ``problem`` as the form showed it, so that the rest stays as it is."""
    edits: _Edits = {}
    if (name := _text(answers.get("name"))) != problem.name:
        edits["name"] = name
    if (objective := _text(answers.get("objective"))) != problem.objective:
        edits["objective"] = objective
    if (review_on := answers.get("review_on")) and review_on != problem.review_on:
        edits["review_on"] = review_on
    owner, organisation_id = _text(answers.get("owner")), answers.get("owner_organisation_id") or None
    if (owner, organisation_id) != (problem.owner, problem.owner_organisation_id):
        # The two are saved together: the one that was left alone is sent as it is now.
        now = desk.store.problem(problem.id)
        edits["owner"] = owner if owner != problem.owner else now.owner
        same = organisation_id == problem.owner_organisation_id
        edits["owner_organisation_id"] = now.owner_organisation_id if same else organisation_id
    return edits


def note_form(problem: Problem) -> Form:
    """Return the form that adds a note to a problem's timeline."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        working.note_problem(*at.asking, problem_id=problem.id, note=_text(answers.get("note")))
        return "Your note is in the timeline."

    questions = (Field("note", "What happened, or what was seen", "text", needed=True),)
    return Form(f"{problem.ref}: Add a note", "Add note", questions, save)


def move_answers(answers: Answers) -> MoveAnswers:
    """Return what was filled in as the lifecycle wants it: text trimmed, nothing as empty."""
    return MoveAnswers(
        note=_text(answers.get("note")),
        reason=_text(answers.get("reason")),
        visited_on=answers.get("visited_on"),
        owner=_text(answers.get("owner")),
        owner_organisation_id=answers.get("owner_organisation_id") or None,
        objective=_text(answers.get("objective")),
        review_on=answers.get("review_on"),
        organisation_id=answers.get("organisation_id"),
        target_id=answers.get("target_id"),
        outcome=_text(answers.get("outcome")),
        due_on=answers.get("due_on"),
    )


def _questions(desk: Desk, move: Move, *, problem: Problem | None = None) -> tuple[Field, ...]:
    found: list[Field] = []
    for need in move.needs:
        first, *beside = _question(desk, need, move, problem)
        found += [replace(first, needed=True), *beside]
    return tuple(found)


def _question(desk: Desk, need: Need, move: Move, problem: Problem | None) -> tuple[Field, ...]:
    today = desk.today
    if need is Need.OWNER:
        return _owner_questions(desk, problem)
    return (
        {
            Need.NOTE: Field("note", need.label, "text", placeholder=_EXAMPLES.get((move.source, move.target))),
            Need.REASON: Field(
                "reason", need.label, "choice", choices={reason: reason.label for reason in move.reasons}
            ),
            Need.VISIT: Field("visited_on", need.label, "day", today),
            Need.OBJECTIVE: Field("objective", need.label, "text", problem.objective if problem else ""),
            Need.REVIEW: Field("review_on", need.label, "day", today + REVIEW_AFTER),
            Need.ORGANISATION: Field("organisation_id", need.label, "choice", choices=desk.open_organisations()),
            Need.TARGET: Field("target_id", "Continues in", "choice", choices=_others(desk, problem)),
            Need.OUTCOME: Field("outcome", need.label, "choice", choices=_outcomes(desk, problem)),
        }[need],
    )


def _outcomes(desk: Desk, problem: Problem | None) -> dict[Outcome, str]:
    """Return what a problem may be closed as by the newest assessment of its work."""
    newest = of_its_work(problem, desk.store.assessments(problem.id)) if problem else None
    return {outcome: outcome.label for outcome in (outcomes_of(newest) if newest else Outcome)}


def _owner_questions(desk: Desk, problem: Problem | None) -> tuple[Field, ...]:
    return (
        Field("owner", Need.OWNER.label, value=problem.owner if problem else "", placeholder="Name of the person"),
        Field(
            "owner_organisation_id",
            "Owner’s organisation",
            "choice",
            (problem.owner_organisation_id or NOBODY) if problem else NOBODY,
            {NOBODY: "None", **desk.open_organisations()},
        ),
    )


def _others(desk: Desk, problem: Problem | None) -> dict[int, str]:
    """Return the problems that another can be merged into: of its group, and not ended."""
    if problem is None:
        return {}
    return {
        other.id: f"{other.ref} {other.name}"
        for other in desk.store.problems()
        if other.id != problem.id and other.group is problem.group and other.status.is_open
    }


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _given_day(asked: str, value: object) -> date:
    if not isinstance(value, date):
        raise InputRefused(asked, "No day is given.", "Choose the new day.")
    return value
