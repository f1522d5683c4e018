"""What a form names as needed is all that it needs: each of it is refused when empty, and the rest may stay empty."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from dashboard.parts import advice_given, decision_forms, leaving_forms, move_forms, publishing_forms, report_forms
from dashboard.parts.action_forms import add_action_form, edit_action_form
from dashboard.parts.adopt_forms import adopt_form, take_on_form
from dashboard.parts.briefing_meeting import decision_form, note_form, settle_form
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.evidence_forms import visit_form
from dashboard.parts.forms import Field, Form
from dashboard.parts.sharing import sharing_form
from dashboard.parts.undo import undo_form
from dashboard.views import setup
from problems.actions import ActionStatus, ActionType, Particulars
from problems.briefing.meetings import Settled
from problems.briefing.weeks import IsoWeek
from problems.decisions import Asked
from problems.errors import ProblemError
from problems.lifecycle import MoveAnswers
from problems.problem import ProblemStatus
from problems.reports import ReportStatus
from problems.use_cases import acting, advising, commanding, leaving
from problems.use_cases.answer_changes import matters_of
from problems.use_cases.meeting import decide_in_meeting
from problems.use_cases.sharing import look_at_sharing
from tests.scenes import COMMANDER, COORDINATOR, Scene, days_before
from tests.screens import sit_down
from tests.test_problems_owing import propose


@dataclass
class Town:
    """A town with a problem that is taken on (1), one that is not (2), an action, and two organisations."""

    scene: Scene
    desk: Desk

    def ask(self, who: Any = COORDINATOR) -> tuple[Any, Any, Any, int]:
        return self.scene.store, who, self.scene.clock, 1

    def problem(self, number: int = 1) -> Any:
        return self.scene.store.problem(number)

    def move(self, number: int, target: str) -> Form:
        moves = move_forms.problem_moves(self.desk, self.problem(number))
        move = next(one for one in moves if one.target == target)
        return move_forms.move_problem_form(self.desk, self.problem(number), move)

    def without_work(self) -> None:
        cancelled = {"reason": "no_longer_needed", "note": "Not needed."}
        action = self.scene.store.action(1)
        acting.move_action(
            *self.ask(), action_id=1, target=ActionStatus.CANCELLED, answers=MoveAnswers(**cancelled),
            seen_version=action.version,
        )  # fmt: skip

    def no_action(self) -> Form:
        self.without_work()
        return self.move(1, "no_action")

    def work(self, target: str) -> Form:
        action = self.scene.store.action(1)
        move = next(one for one in move_forms.action_moves(self.desk, action) if one.target == target)
        return move_forms.move_action_form(self.desk, action, move)

    def report(self, label: str) -> Form:
        matter = matters_of(self.scene.store, [30])[0]
        return report_forms.one_form(self.desk, matter, report_forms.tasks_for(self.desk, [matter])[label])

    def declined(self) -> Form:
        reason = {"problem_id": 1, "reason": "cost", "note": "Too dear."}
        commanding.ask_no_action(*self.ask(), **reason)
        return decision_forms.decline_form(self.problem(), Asked("Cora", "cost", "Too dear.", self.scene.clock()))

    def stands(self) -> Form:
        self.without_work()
        later = self.scene.today + timedelta(days=9)
        self.scene.move(
            COMMANDER, self.problem(), ProblemStatus.NO_ACTION, reason="cost", note="Dear.", review_on=later
        )
        return decision_forms.stands_form(self.desk, self.problem())

    def settled(self, state: Settled) -> Form:
        week = IsoWeek.of(self.scene.today)
        return settle_form(self.desk, decide_in_meeting(*self.ask(), week=week, text="Look again."), state)

    def advised(self) -> Any:
        advise = ActionType.ADVISE
        return acting.add_action(
            *self.ask(),
            problem_id=1,
            organisation_id=1,
            type=advise,
            title="Tell them",
            particulars=Particulars(advice="Cut the hedge."),
        )

    def withdrawn(self) -> Form:
        day = self.scene.today
        given = advising.give_advice(*self.ask(), action_id=self.advised().id, given_on=day, place="The whole problem")
        return advice_given._withdraw_form(self.problem(), [given])

    def opened_again(self) -> Form:
        leaving.close_organisation(*self.ask(self.desk.principal), organisation_id=2, seen_version=1)
        return leaving_forms.open_again_form(self.scene.store.organisations())

    def shared(self) -> Form:
        return sharing_form(self.desk, self.problem(), look_at_sharing(*self.ask(), problem_id=1))


FORMS: dict[str, Callable[[Town], Form]] = {
    "take on": lambda town: take_on_form(town.desk, town.problem(2)),
    "dismiss": lambda town: town.move(2, "dismissed"),
    "plan": lambda town: town.move(1, "planned"),
    "no action": lambda town: town.no_action(),
    "make a problem of reports": lambda town: adopt_form(town.desk, {30: 1, 31: 1}),
    "edit a problem": lambda town: move_forms.edit_problem_form(town.desk, town.problem()),
    "note": lambda town: move_forms.note_form(town.problem()),
    "visit": lambda town: visit_form(town.desk, town.problem(), []),
    "share": Town.shared,
    "what residents are told": lambda town: publishing_forms.level_form(town.desk, town.problem()),
    "ask for no action": lambda town: decision_forms.ask_no_action_form(town.problem()),
    "work goes on": Town.declined,
    "no action stands": Town.stands,
    "case review": lambda town: decision_forms.case_form(town.problem()),
    "add an action": lambda town: add_action_form(town.desk, town.problem()),
    "edit an action": lambda town: edit_action_form(town.desk, town.scene.store.action(1)),
    "postpone": lambda town: move_forms.postpone_form(town.desk, town.scene.store.action(1)),
    "accept": lambda town: town.work("accepted"),
    "decline": lambda town: town.work("declined"),
    "cancel": lambda town: town.work("cancelled"),
    "give advice": lambda town: advice_given._give_form(town.desk, town.problem(), [town.advised()]),
    "withdraw advice": Town.withdrawn,
    "meeting note": lambda town: note_form(IsoWeek.of(town.scene.today)),
    "meeting decision": lambda town: decision_form(town.desk, IsoWeek.of(town.scene.today)),
    "decision done": lambda town: town.settled(Settled.DONE),
    "decision moved": lambda town: town.settled(Settled.MOVED),
    "decision blocked": lambda town: town.settled(Settled.BLOCKED),
    "give a report": lambda town: town.report(report_forms.GIVE),
    "link a report": lambda town: town.report(report_forms.LINK),
    "pause a report": lambda town: town.report(report_forms.PAUSE),
    "withdraw a report": lambda town: town.report("Withdraw"),
    "not ours": lambda town: town.report("Not ours"),
    "undo an import": lambda town: undo_form(town.scene.store.batches()[0]),
    "add an organisation": lambda _town: setup._organisation_form(),
    "add a person": lambda town: setup._person_form(town.desk),
    "open an organisation again": Town.opened_again,
}


@pytest.fixture
def town(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Town:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)), *scene.spot((900, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    scene.organisation("Lighting")
    scene.organisation("Parks")
    propose(scene, "Renew the column")
    known = [scene.report((2_000 + 5 * at, 0), scene.today) for at in range(9)]
    scene.send(*(replace(one, status=ReportStatus.ACKNOWLEDGED) for one in known))
    sit_down(monkeypatch, scene)
    return Town(scene, this_desk())


def filled(town: Town, question: Field) -> Any:
    """Return an answer to a question: what it is filled in with, or else something."""
    if question.name == "level":
        return list(question.choices)[-1]  # the first is what is so already
    if question.kind in ("line", "text"):
        return "Some other words"
    if question.value not in (None, "", ()):
        return question.value
    if question.kind == "choice":
        return next(iter(question.choices))
    return town.scene.today + timedelta(days=30)


def emptied(question: Field) -> Any:
    return {"line": "", "text": "", "many": ()}.get(question.kind)


def is_refused(town: Town, form: Form, answers: dict[str, Any]) -> bool:
    assert form.save is not None
    try:
        form.save(town.desk, answers, form.seen.version if form.seen else 0)
    except ProblemError:
        return True
    return False


@pytest.mark.parametrize("make", FORMS.values(), ids=FORMS.keys())
def test_what_is_named_as_needed_is_all_that_is_needed(town: Town, make: Callable[[Town], Form]) -> None:
    form = make(town)
    least = {each.name: filled(town, each) if each.needed else emptied(each) for each in form.questions}
    for each in form.questions:
        if each.needed:
            assert is_refused(town, form, least | {each.name: emptied(each)}), (
                f"{each.label} is named, and may be empty"
            )
    assert not is_refused(town, form, least), "something is needed that is not named"
