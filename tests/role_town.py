"""A store in which every role tries every use case; what is tried is taken back at once."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from data.stores import open_store
from data.taxonomy import taxonomy_of
from problems.actions import Action, ActionType
from problems.briefing.weeks import IsoWeek
from problems.duplicates import Contact
from problems.errors import NotAllowed, NotFound
from problems.events import EventKind, Subject, event
from problems.followups import Followup
from problems.gathering import Choices
from problems.kept_assessments import KeptAssessment
from problems.people import SYSTEM, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.reports import Report, ReportStatus
from problems.sources import Source
from problems.targets import WorkingDays
from problems.use_cases import (
    acting,
    assessing,
    evidencing,
    meeting,
    reviewing,
)
from problems.visits import Shows
from tests.assessed import rules
from tests.photos import a_picture
from tests.plan_cases import add_plans
from tests.scenes import COORDINATOR, OFFICER, Scene, days_before
from tests.storing import a_batch, a_pile, a_problem, an_area

LETTERS = {
    "v": Role.VIEWER,
    "p": Role.PARTNER,
    "o": Role.OFFICER,
    "c": Role.COORDINATOR,
    "m": Role.COMMAND,
    "a": Role.ADMIN,
    "s": Role.SYSTEM,
}
EVERY_PARTNER = "P"
EVERYBODY = f"v{EVERY_PARTNER}ocmas"
DAYS = WorkingDays()


@dataclass
class Town(Scene):
    """A store in which everything can be tried; what is tried is taken back at once."""

    own_id: int = 0
    other_id: int = 0
    empty_id: int = 0
    gone_id: int = 0
    batch_id: int = 0
    main_id: int = 0
    free_id: int = 0
    given_id: int = 0
    waiting_id: int = 0
    ended_id: int = 0
    told_id: int = 0
    proposal_id: int = 0
    asked_id: int = 0
    left_id: int = 0
    assessment_id: int = 0
    found_id: int = 0
    decision_id: int = 0
    problem: Problem | None = None
    action: Action | None = None

    def given(self, status: ReportStatus, *, organisation_id: int | None = None, **told: Any) -> Report:
        """Send a report that stands at ``status`` and was given to an organisation (the own one); return it."""
        self.send(replace(self.report((2000.0 + self.sent, 0), self.today - timedelta(days=3)), status=status))
        (number,) = [one for one in range(1, 500) if self._is_newest(one)]
        organisation = self.own_id if organisation_id is None else organisation_id
        with self.store.writing() as unit:
            unit.save_followup(Followup(number, organisation_id=organisation, **told))
        return self.store.reports([number])[0]

    def _is_newest(self, number: int) -> bool:
        return any(one.source_id == str(self.sent) for one in self.store.reports([number]))

    def allows(self, call: Callable[[], object]) -> bool:
        """Do something, take back what it wrote, and tell whether it was allowed; every other refusal is an error."""
        original, undone = self.store.writing, False

        @contextmanager
        def taken_back() -> Iterator[Any]:
            nonlocal undone
            if undone:
                # The first unit is gone, on which this one builds.
                raise _Undone
            with suppress(_Undone), original() as unit:
                yield unit
                undone = unit.wrote
                raise _Undone

        self.store.writing = taken_back  # type: ignore[method-assign] # put back below
        try:
            call()
        except NotAllowed:
            assert not undone, "It wrote something before it asked."
            return False
        except _Undone:
            pass
        except NotFound:
            # What was written is gone when it is read again.
            assert undone
        finally:
            self.store.writing = original  # type: ignore[method-assign] # as it was
        return True


class _Undone(Exception):
    """Takes back what was tried."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    path = tmp_path_factory.mktemp("roles") / "town.db"
    with closing(open_store(str(path), durable=False)) as store:
        made = Town(store)
        made.own_id, made.other_id = made.organisation("Council lighting").id, made.organisation("Parks").id
        made.send(*made.spot((0, 0), days_before(made.today, 60)))
        made.refresh()
        unknown = [replace(made.report((900, 0), made.today, code=None), category_name=name) for name in ("Odd", "Old")]
        made.send(*unknown)
        reviewing.map_name(
            *asking(made, COORDINATOR), source=None, name="Old", code="LGT-OUT", taxonomy=taxonomy_of(store)
        )
        made.problem = made.taken_on(store.problem(1))
        made.action = acting.add_action(
            *asking(made, COORDINATOR),
            problem_id=1,
            organisation_id=made.own_id,
            type=ActionType.REPAIR,
            title="Renew column 14",
        )
        evidencing.add_photo(
            *asking(made, OFFICER), problem_id=1, picture=a_picture(), shows=Shows.BEFORE, alt="Dark", action_id=1
        )
        with store.writing() as unit:
            unit.save_piles([a_pile()])
            unit.add_contact(Contact(0, 1, b"sealed", made.clock()))
            unit.add_source(Source(0, "council"))
            made.batch_id = unit.add_batch(a_batch(source="elsewhere"))
        made.empty_id = made.organisation("Outreach charity").id
        add_plans(made)
        _add_answered(made)
        _add_asked(made)
        yield made


def _add_answered(made: Town) -> None:
    """Send reports that wait for each of the things that are done about reports."""
    made.main_id = made.given(ReportStatus.ACKNOWLEDGED).id
    made.free_id = made.given(ReportStatus.NEW, organisation_id=made.other_id).id
    made.given_id = made.given(ReportStatus.ACKNOWLEDGED).id
    waits = {"waiting_since": made.clock(), "waiting_for": "weather"}
    made.waiting_id = made.given(ReportStatus.IN_PROGRESS, **waits).id
    made.ended_id = made.given(ReportStatus.RESOLVED, outcome="The lamp is lit.").id
    made.told_id = made.given(ReportStatus.RESOLVED, outcome="The lamp is lit.", told_at=made.clock()).id
    with made.store.writing() as unit:
        unit.add_contact(Contact(0, made.ended_id, b"sealed", made.clock()))


def _add_asked(made: Town) -> None:
    """Keep an assessment, and let a refresh propose to merge the problem with another one."""
    made.assessment_id = keep_assessment(made, asking(made, OFFICER)).id
    with made.store.writing() as unit:
        unit.add_areas([an_area(geometry=a_problem().footprint)])
    week = IsoWeek.of(made.today)
    made.decision_id = meeting.decide_in_meeting(*asking(made, COORDINATOR), week=week, text="Light Mill Lane.").id
    with made.store.writing() as unit:
        found = a_problem(group=made.store.problem(1).group, status=ProblemStatus.DETECTED, name="Found", shares={})
        made.found_id = unit.add_problem(found)
        other = unit.add_problem(a_problem(group=made.store.problem(1).group, status=ProblemStatus.CONFIRMED))
        asked = event(
            made.clock(), SYSTEM, Subject.PROBLEM, 1, EventKind.PROPOSED, details={"proposal": "merge", "with": [other]}
        )
        unit.add_events([asked])
    made.proposal_id = max(one.id for one in made.store.events(Subject.PROBLEM, 1))
    with made.store.writing() as unit:
        plain: dict[str, Any] = {"group": made.store.problem(1).group, "successor_ids": (), "parent_id": None}
        made.asked_id = unit.add_problem(a_problem(status=ProblemStatus.CONFIRMED, **plain))
        made.left_id = unit.add_problem(a_problem(status=ProblemStatus.NO_ACTION, **plain))
        wish = event(
            made.clock(), SYSTEM, Subject.PROBLEM, made.asked_id, EventKind.PROPOSED, details={"proposal": "no_action"}
        )
        unit.add_events([wish])


def asking(town: Town, who: Principal) -> Any:
    return town.store, who, town.clock, 1


def keep_assessment(town: Town, ask: Any) -> KeptAssessment:
    return assessing.keep_assessment(*ask, problem_id=1, choices=choices(town), rules=rules())


def choices(town: Town) -> Choices:
    return Choices(done_on=town.today - timedelta(days=60))


def principal(town: Town, letter: str, whose: str) -> Principal:
    """Return somebody with one role, of the organisation that the action is of, or of another one."""
    organisation_id = town.own_id if whose == "own" else town.other_id
    return Principal("somebody", "Somebody", frozenset({LETTERS[letter]}), organisation_id)
