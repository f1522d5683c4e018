"""The desk at which the people of the sample city work: every click goes through the use cases.

The desk knows who may do what, asks the person with the right role, and reads the version on the
screen just before each move, as a page does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import numpy as np

from data.guides import shipped_advice
from data.sample.analyses import ANALYSES
from data.sample.ground import EPSG
from data.sample.people import COSTS, ORGANISATIONS, PEOPLE, STEPS, Work
from data.sample.photos import made_up_photo
from problems.actions import Action, ActionStatus, ActionType, Particulars
from problems.decisions import Decision
from problems.errors import InputRefused
from problems.gathering import Choices, Rules
from problems.hot_spots import DetectionSettings
from problems.kept_assessments import KeptAssessment
from problems.lifecycle import MoveAnswers
from problems.people import SYSTEM, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.questions import Question
from problems.reasons import Reason
from problems.store import Store
from problems.use_cases.acting import add_action, move_action, postpone_action
from problems.use_cases.advising import give_advice
from problems.use_cases.assessing import keep_assessment
from problems.use_cases.commanding import ask_no_action, decisions_waiting, keep_no_action, review_case
from problems.use_cases.evidencing import add_photo
from problems.use_cases.organising import add_organisation, add_person
from problems.use_cases.particulars import tick_step
from problems.use_cases.publishing import allow_photo
from problems.use_cases.questioning import answer_question
from problems.use_cases.working import edit_problem, move_problem, note_problem
from problems.visits import Shows

A = ActionStatus
P = ProblemStatus


@dataclass
class Desk:
    """Acts in the name of the city's people at the simulated time ``now``."""

    store: Store
    seed: int
    rng: np.random.Generator
    now: datetime
    organisations: dict[str, int]
    people: list[tuple[Principal, Role, str | None]]
    zone: tzinfo
    #: Seals the originals of photos; without it nobody takes any.
    seal_photo: Callable[[bytes], bytes] | None = None

    def clock(self) -> datetime:
        """Return the simulated time."""
        return self.now

    def who(self, role: Role, organisation: str | None = None) -> Principal:
        """Return one of the people with ``role`` (in an organisation), drawn with the desk's generator."""
        fitting = [
            principal
            for principal, held, own in self.people
            if held is role and (organisation is None or own == organisation)
        ]
        return fitting[int(self.rng.integers(len(fitting)))]

    def problem(self, problem_id: int) -> Problem:
        """Return a problem as it stands now."""
        return self.store.problem(problem_id)

    def move(self, problem_id: int, target: ProblemStatus, role: Role, **answers: object) -> Problem:
        """Move a problem as somebody with ``role``."""
        seen = self.store.problem(problem_id)
        return move_problem(
            self.store, self.who(role), self.clock, self.seed,
            problem_id=problem_id, target=target, answers=MoveAnswers(**answers),  # type: ignore[arg-type] # checked by the rules
            seen_version=seen.version,
        )  # fmt: skip

    def take_on(self, problem_id: int, target: ProblemStatus, objective: str, review_on: date) -> Problem:
        """Take a problem on with an owner, an objective and a review date."""
        role = Role.COMMAND if self.problem(problem_id).status is P.NO_ACTION else Role.COORDINATOR
        owner = self.who(Role.COORDINATOR)
        return self.move(
            problem_id,
            target,
            role,
            owner=owner.name,
            owner_organisation_id=owner.organisation_id,
            objective=objective,
            review_on=review_on,
        )

    def note(self, problem_id: int, text: str) -> None:
        """Leave a note on a problem's timeline."""
        note_problem(self.store, self.who(Role.OFFICER), self.clock, self.seed, problem_id=problem_id, note=text)

    def photo(self, problem_id: int, shows: Shows) -> None:
        """Let the first of the officers take a photo of a place, where there is anything to be seen of its problem."""
        taken = self.seal_photo and made_up_photo(
            self.problem(problem_id).group, shows, problem_id, self.now.date(), self.seal_photo
        )
        if taken:
            picture, alt = taken
            # Nobody is drawn by chance: the city is the same with photos and without.
            officer = next(principal for principal, held, _ in self.people if held is Role.OFFICER)
            photo = add_photo(
                self.store, officer, self.clock, self.seed,
                problem_id=problem_id, picture=picture, shows=shows, alt=alt,
            )  # fmt: skip
            # Two in three are good enough for residents to see; nobody asked about the others.
            if problem_id % 3:
                coordinator = next(principal for principal, held, _ in self.people if held is Role.COORDINATOR)
                allow_photo(
                    self.store, coordinator, self.clock, self.seed,
                    photo_id=photo.id, public=True, seen_version=photo.version,
                )  # fmt: skip

    def answer(self, problem_id: int, question: Question) -> None:
        """Write down the answer to a question of the analysis."""
        answer_question(
            self.store, self.who(Role.OFFICER), self.clock, self.seed,
            problem_id=problem_id, question=question, seen_version=0,
            text=ANALYSES[self.problem(problem_id).group][question],
        )  # fmt: skip

    def leave(self, problem_id: int, days: int) -> None:
        """Let command decide that no action on a problem stands, until a later review."""
        keep_no_action(
            self.store, self.who(Role.COMMAND), self.clock, self.seed,
            problem_id=problem_id, review_on=self.now.date() + timedelta(days=days),
            note="Looked at again: still few reports, and nothing that we could do better.",
            seen_version=self.problem(problem_id).version,
        )  # fmt: skip

    def waiting_for_command(self) -> Sequence[Decision]:
        """Return what waits for a decision of command."""
        asking = (self.store, self.who(Role.COMMAND), self.clock, self.seed)
        return decisions_waiting(*asking, zone=self.zone, epsg=EPSG).waiting

    def review_case(self, problem_id: int, note: str) -> None:
        """Let command look at the case of those who reported again and again."""
        review_case(
            self.store, self.who(Role.COMMAND), self.clock, self.seed, problem_id=problem_id, note=note
        )  # fmt: skip

    def ask_no_action(self, problem_id: int) -> None:
        """Ask command for no action on a problem."""
        ask_no_action(
            self.store, self.who(Role.OFFICER), self.clock, self.seed,
            problem_id=problem_id, reason=str(Reason.COST),
            note="What was tried held for weeks only, and what is left to try would cost more than it saves.",
        )  # fmt: skip

    def assess(self, problem_id: int) -> KeptAssessment | None:
        """Keep an assessment of a problem's work as the first of the officers; None where it is too early for one."""
        officer = next(principal for principal, held, _own in self.people if held is Role.OFFICER)
        try:
            return keep_assessment(
                self.store, officer, self.clock, self.seed,
                problem_id=problem_id, choices=Choices(), rules=Rules(DetectionSettings(), self.zone),
            )  # fmt: skip
        except InputRefused:
            return None

    def review_later(self, problem_id: int, days: int) -> None:
        """Set the next review of a problem."""
        seen = self.problem(problem_id)
        edit_problem(
            self.store, self.who(Role.COORDINATOR), self.clock, self.seed,
            problem_id=problem_id, seen_version=seen.version, review_on=self.now.date() + timedelta(days=days),
        )  # fmt: skip

    def propose(self, problem_id: int, work: Work, due_in_days: float) -> Action:
        """Propose an action to the organisation that does such work."""
        return add_action(
            self.store, self.who(Role.COORDINATOR), self.clock, self.seed,
            problem_id=problem_id, organisation_id=self.organisations[work.organisation], type=work.type,
            title=work.title, due_on=self.now.date() + timedelta(days=max(2, round(due_in_days))),
            person=self.who(Role.PARTNER, work.organisation).name,
            particulars=Particulars(
                cost=COSTS.get(work.type),
                checklist=STEPS.get(work.type, ()),
                advice=shipped_advice()[self.problem(problem_id).group] if work.type is ActionType.ADVISE else "",
            ),
        )  # fmt: skip

    def tick_off(self, action_id: int) -> None:
        """Tick every step of an action, and note that its advice was given, as the person named in it."""
        seen = self.store.action(action_id)
        by = next((who for who, _, _ in self.people if who.name == seen.person), None)
        person = by or next(who for who, role, _ in self.people if role is Role.COORDINATOR)
        if person.organisation_id != seen.organisation_id and not person.has(Role.COORDINATOR):
            return
        asking = (self.store, person, self.clock, self.seed)
        for at, step in enumerate(seen.checklist):
            tick_step(*asking, action_id=action_id, step=at, text=step.text, ticked=True)
        given = any(one.action_id == action_id for one in self.store.advice_given(seen.problem_id))
        if seen.advice and not given:
            give_advice(*asking, action_id=action_id, given_on=self.now.date())

    def act(self, action_id: int, target: ActionStatus, role: Role = Role.PARTNER, **answers: object) -> Action:
        """Move an action as a partner of its organisation, or as somebody with another ``role``."""
        seen = self.store.action(action_id)
        owner = next(key for key, number in self.organisations.items() if number == seen.organisation_id)
        person = self.who(role, owner if role is Role.PARTNER else None)
        return move_action(
            self.store, person, self.clock, self.seed,
            action_id=action_id, target=target, answers=MoveAnswers(**answers),  # type: ignore[arg-type] # checked by the rules
            seen_version=seen.version,
        )  # fmt: skip

    def postpone(self, action_id: int, days: int, note: str) -> Action:
        """Move the due date of an action."""
        seen = self.store.action(action_id)
        base = max(seen.due_on or self.now.date(), self.now.date())
        return postpone_action(
            self.store, self.who(Role.COORDINATOR), self.clock, self.seed,
            action_id=action_id, due_on=base + timedelta(days=days), note=note, seen_version=seen.version,
        )  # fmt: skip


def open_desk(store: Store, seed: int, now: datetime, zone: tzinfo) -> Desk:
    """Add the organisations and the people to the store and return their desk."""
    desk = Desk(store, seed, np.random.default_rng([seed, 5]), now, {}, [], zone)
    for key, (name, kind) in ORGANISATIONS.items():
        email = f"{key}@fernwick.invalid"
        saved = add_organisation(store, SYSTEM, desk.clock, seed, name=name, kind=kind, email=email)
        desk.organisations[key] = saved.id
    for name, role, own in PEOPLE:
        organisation_id = desk.organisations[own] if own else None
        person = add_person(store, SYSTEM, desk.clock, seed, name=name, role=role, organisation_id=organisation_id)
        desk.people.append((person.principal(), role, own))
    return desk
