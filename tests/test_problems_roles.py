"""Who may do what: every use case, for every role, on what is their own and on what is another's.

What was agreed: viewers see aggregates only; partners work on their own organisation's actions and on problems
shared with it, without reporters' particulars; officers on reports, visits and notes; coordinators on problems,
actions and merges; command decides on no action and closing; administrators look after people, categories and
retention and decide no case.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from data.stores import open_store
from data.taxonomy import taxonomy_of
from problems.actions import Action, ActionStatus, ActionType
from problems.areas import AreaKind
from problems.categories import Group
from problems.duplicates import Contact
from problems.entries import Caller, Channel, Entry
from problems.errors import NotAllowed, NotFound
from problems.events import EventKind, Subject, event
from problems.feed_names import all_rows
from problems.followups import Followup, Satisfaction
from problems.gathering import Choices
from problems.hot_spots import DetectionSettings, PileDecision
from problems.kept_assessments import KeptAssessment
from problems.lifecycle import ACTION_MOVES, PROBLEM_MOVES, REPORT_MOVES, Move, MoveAnswers
from problems.people import SYSTEM, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.reports import Report, ReportStatus
from problems.sources import PlacePrecision, Source
from problems.targets import Target, WorkingDays
from problems.use_cases import (
    acting,
    answering,
    areas,
    assessing,
    commanding,
    contacting,
    drawing,
    evidencing,
    importing,
    merging,
    organising,
    owing,
    promising,
    proposing,
    referring,
    refreshing,
    reporting,
    reviewing,
    searching,
    sources,
    telling,
    undoing,
    working,
)
from problems.use_cases.answer_changes import the_one
from problems.visits import Purpose, Shows
from tests.assessed import rules
from tests.photos import a_picture, unsealed
from tests.scenes import CENTRE, COORDINATOR, LONDON, OFFICER, VIEWER, Scene, days_before
from tests.storing import a_batch, a_pile, a_problem, an_action, an_area, an_assessment

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
AROUND = {"type": "Polygon", "coordinates": [[[-1.3, 52.8], [-1.1, 52.8], [-1.1, 53], [-1.3, 53], [-1.3, 52.8]]]}
RECEIPT = "FX-7777-777J"


@dataclass
class Town(Scene):
    """A store in which everything can be tried; what is tried is taken back at once."""

    own_id: int = 0
    other_id: int = 0
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


def entry() -> Entry:
    return Entry(category="LGT-OUT", text="Dark", channel=Channel.PHONE, lon_lat=CENTRE)


def nothing_masked(text: str) -> tuple[str, int]:
    return text, 0


def add_report(town: Town, ask: Any) -> object:
    categories = taxonomy_of(town.store).categories
    return reporting.add_report(*ask, entry=entry(), receipt=RECEIPT, categories=categories, mask=nothing_masked)


def correct_report(town: Town, ask: Any) -> object:
    categories = taxonomy_of(town.store).categories
    version = town.store.reports([1])[0].version
    return reporting.correct_report(
        *ask, report_id=1, seen_version=version, categories=categories, mask=nothing_masked, text="Still dark"
    )


def keep_assessment(town: Town, ask: Any) -> KeptAssessment:
    return assessing.keep_assessment(*ask, problem_id=1, choices=choices(town), rules=rules())


def choices(town: Town) -> Choices:
    return Choices(done_on=town.today - timedelta(days=60))


def draw_problem(town: Town, ask: Any, **more: Any) -> object:
    return drawing.draw_problem(
        *ask,
        name="By hand",
        group=Group.LIGHTING,
        geometry=a_problem().footprint,
        beside=[problem.id for problem in town.store.problems()],
        **more,
    )


def on_report(number: int) -> Any:
    """Return what names one report to a use case that works on many."""
    return {"report_ids": [number], "seen_versions": {}}


def write_letters(town: Town, ask: Any) -> object:
    return telling.write_letters(*ask, report_ids=[town.ended_id], opened=lambda _sealed: Caller("Ann"))


def record_satisfaction(town: Town, ask: Any) -> object:
    return telling.record_satisfaction(*ask, report_id=town.told_id, satisfied=Satisfaction.YES, seen_version=1)


def replace_names(town: Town, ask: Any) -> object:
    taxonomy = taxonomy_of(town.store)
    return reviewing.replace_names(
        *ask, text="x", names=all_rows(taxonomy)[:3], taxonomy=taxonomy, past_too=False, dry_run=True
    )


def accept_import(town: Town, ask: Any) -> object:
    return importing.accept_import(
        *ask, source="council", file_name="a.csv", sha256="0" * 64, columns={}, rows=[town.report((5, 5), town.today)]
    )


def refresh(town: Town, ask: Any) -> object:
    return refreshing.refresh(*ask, settings=DetectionSettings(), zone=LONDON, as_of=town.today, window_days=30)


Call = Callable[[Town, Any], object]

#: Each use case with something real to do, and the letters of the roles that may; a partner on their own
#: only, or on everything where there is a capital letter.
CASES: dict[str, tuple[Call, str]] = {
    "acting.add_action": (
        lambda town, ask: acting.add_action(
            *ask, problem_id=1, organisation_id=town.own_id, type=ActionType.CLEAN, title="Cut the hedge"
        ),
        "c",
    ),
    "acting.postpone_action": (
        lambda town, ask: acting.postpone_action(
            *ask, action_id=1, due_on=town.today + timedelta(days=9), note="Parts are late.", seen_version=1
        ),
        "pc",
    ),
    "areas.import_areas": (
        lambda _town, ask: areas.import_areas(
            *ask, kind=AreaKind.WARD, areas=[an_area(geometry=AROUND)], file_name="w.geojson"
        ),
        "cas",
    ),
    "commanding.decisions_waiting": (
        lambda _town, ask: commanding.decisions_waiting(*ask, zone=LONDON, epsg=27700),
        "ocma",
    ),
    "commanding.ask_no_action": (
        lambda _town, ask: commanding.ask_no_action(*ask, problem_id=1, reason="cost", note="It would cost too much."),
        "oc",
    ),
    "commanding.decline_no_action": (
        lambda town, ask: commanding.decline_no_action(*ask, problem_id=town.asked_id, note="It goes on."),
        "m",
    ),
    "commanding.keep_no_action": (
        lambda town, ask: commanding.keep_no_action(
            *ask,
            problem_id=town.left_id,
            review_on=town.today + timedelta(days=90),
            note="As before.",
            seen_version=town.store.problem(town.left_id).version,
        ),
        "m",
    ),
    "commanding.review_case": (
        lambda _town, ask: commanding.review_case(*ask, problem_id=1, note="Patrols from Friday."),
        "m",
    ),
    "contacting.show_contact": (
        lambda _town, ask: contacting.show_contact(*ask, report_id=1, opened=lambda _sealed: Caller("Ann")),
        "oc",
    ),
    "contacting.drop_old_contacts": (lambda _town, ask: contacting.drop_old_contacts(*ask), "as"),
    "evidencing.add_visit": (
        lambda town, ask: evidencing.add_visit(*ask, problem_id=1, visited_on=town.today, note="Dark."),
        "o",
    ),
    "evidencing.add_photo": (
        lambda _town, ask: evidencing.add_photo(
            *ask, problem_id=1, picture=a_picture("more"), shows=Shows.AFTER, alt="Lit", action_id=1
        ),
        "poc",
    ),
    "evidencing.remove_photo": (
        lambda _town, ask: evidencing.remove_photo(*ask, photo_id=1, why="Blurred.", seen_version=1),
        "oc",
    ),
    "evidencing.see_photo": (
        lambda _town, ask: evidencing.see_photo(*ask, photo_id=1, purpose=Purpose.SHOWN),
        "pocm",
    ),
    "evidencing.see_original": (
        lambda _town, ask: evidencing.see_original(*ask, photo_id=1, opened=unsealed),
        "oc",
    ),
    "importing.accept_import": (accept_import, "ocas"),
    "merging.merge_reports": (
        lambda _town, ask: merging.merge_reports(*ask, main_id=1, duplicate_ids=[2], seen_versions={}),
        "o",
    ),
    "merging.keep_apart": (lambda _town, ask: merging.keep_apart(*ask, report_ids=[1, 2]), "oc"),
    "merging.no_longer_apart": (lambda _town, ask: merging.no_longer_apart(*ask, report_ids=[1, 2]), "oc"),
    "organising.add_organisation": (
        lambda _town, ask: organising.add_organisation(*ask, name="Outreach", kind="charity"),
        "cas",
    ),
    "organising.add_person": (
        lambda _town, ask: organising.add_person(*ask, name="Ann", role=Role.VIEWER),
        "as",
    ),
    "refreshing.refresh": (refresh, "ocmas"),
    "reporting.add_report": (add_report, "oca"),
    "reporting.correct_report": (correct_report, "oc"),
    "reviewing.decide_pile": (
        lambda _town, ask: reviewing.decide_pile(*ask, pile_id=1, decision=PileDecision.REPEAT_ADDRESS, seen_version=1),
        "oca",
    ),
    "reviewing.map_name": (
        lambda town, ask: reviewing.map_name(
            *ask, source=None, name="Odd", code="LGT-OUT", taxonomy=taxonomy_of(town.store)
        ),
        "ca",
    ),
    "reviewing.unmap_name": (
        lambda town, ask: reviewing.unmap_name(*ask, source=None, name="Old", taxonomy=taxonomy_of(town.store)),
        "ca",
    ),
    "reviewing.leave_name": (lambda _town, ask: reviewing.leave_name(*ask, source="council", name="Odd"), "ca"),
    "reviewing.replace_names": (replace_names, "ca"),
    "sources.set_precision": (
        lambda _town, ask: sources.set_precision(
            *ask, source="council", precision=PlacePrecision.SNAPPED, note="They say so.", seen_version=1
        ),
        "ca",
    ),
    "sources.measure_source": (lambda _town, ask: sources.measure_source(*ask, source="council"), "ocas"),
    "undoing.undo_import": (
        lambda town, ask: undoing.undo_import(*ask, batch_id=town.batch_id, note="Wrong file."),
        "ca",
    ),
    "working.edit_problem": (
        lambda town, ask: working.edit_problem(*ask, problem_id=1, seen_version=version(town), name="The lamps"),
        "c",
    ),
    "working.note_problem": (lambda _town, ask: working.note_problem(*ask, problem_id=1, note="Seen."), "pocm"),
    "assessing.look_at": (
        lambda town, ask: assessing.look_at(*ask, problem_id=1, choices=choices(town), rules=rules()),
        EVERYBODY,
    ),
    "assessing.keep_assessment": (keep_assessment, "oc"),
    "assessing.compute_again": (
        lambda town, ask: assessing.compute_again(*ask, assessment_id=town.assessment_id),
        EVERYBODY,
    ),
    "drawing.draw_problem": (draw_problem, "oc"),
    "owing.organisation_work": (
        lambda town, ask: owing.organisation_work(*ask, organisation_id=town.own_id, zone=LONDON),
        "pocm",
    ),
    "promising.replace_targets": (
        lambda _town, ask: promising.replace_targets(*ask, text="x", before={}, after={"LGT-OUT": Target(1, 5)}),
        "a",
    ),
    "proposing.accept_proposal": (
        lambda town, ask: proposing.accept_proposal(*ask, problem_id=1, proposal_id=town.proposal_id),
        "c",
    ),
    "proposing.decline_proposal": (
        lambda town, ask: proposing.decline_proposal(
            *ask, problem_id=1, proposal_id=town.proposal_id, note="Two streets."
        ),
        "c",
    ),
    "referring.give_reports": (
        lambda town, ask: the_one(referring.give_reports(*ask, organisation_id=town.own_id, **on_report(town.free_id))),
        "oc",
    ),
    "referring.link_reports": (
        lambda town, ask: the_one(referring.link_reports(*ask, problem_id=1, **on_report(town.given_id))),
        "oc",
    ),
    "referring.pause_reports": (
        lambda town, ask: the_one(
            referring.pause_reports(*ask, reason="weather", note="It is too wet.", **on_report(town.given_id))
        ),
        "poc",
    ),
    "referring.resume_reports": (
        lambda town, ask: the_one(referring.resume_reports(*ask, days=DAYS, **on_report(town.waiting_id))),
        "poc",
    ),
    "searching.search": (lambda _town, ask: searching.search(*ask, words="lamp"), EVERYBODY),
    "telling.mark_told": (
        lambda town, ask: the_one(telling.mark_told(*ask, **on_report(town.ended_id))),
        "oc",
    ),
    "telling.record_satisfaction": (record_satisfaction, "oc"),
    "telling.write_letters": (write_letters, "oc"),
}
#: These are asked state by state below and in test_problems_merging.py.
ELSEWHERE = {
    "acting.move_action",
    "answering.move_report",
    "answering.move_reports",
    "merging.unmerge_reports",
    "working.move_problem",
}


def version(town: Town) -> int:
    return town.store.problem(1).version


def principal(town: Town, letter: str, whose: str) -> Principal:
    """Return somebody with one role, of the organisation that the action is of, or of another one."""
    organisation_id = town.own_id if whose == "own" else town.other_id
    return Principal("somebody", "Somebody", frozenset({LETTERS[letter]}), organisation_id)


def is_allowed(letters: str, letter: str, whose: str) -> bool:
    if letter == "p":
        return EVERY_PARTNER in letters or ("p" in letters and whose == "own")
    return letter in letters


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("name", CASES)
def test_each_role_may_do_what_was_agreed_and_nothing_else(town: Town, name: str, letter: str, whose: str) -> None:
    call, letters = CASES[name]
    before = town.store.version()
    allowed = town.allows(lambda: call(town, asking(town, principal(town, letter, whose))))
    assert allowed == is_allowed(letters, letter, whose)
    assert town.store.version() == before


def test_no_use_case_is_left_out() -> None:
    """A new use case has to say here who may do it."""
    found = set()
    for path in sorted((Path(__file__).resolve().parent.parent / "problems" / "use_cases").glob("[a-z]*.py")):
        module = import_module(f"problems.use_cases.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            asked = list(inspect.signature(function).parameters)[:4]
            if function.__module__ == module.__name__ and asked == ["store", "principal", "clock", "seed"]:
                found.add(f"{path.stem}.{name}")
    assert found - {name for name in found if name.partition(".")[2].startswith("_")} == {*CASES, *ELSEWHERE}


# -- moves, each from its own status --


def full_answers(town: Town, move: Move) -> MoveAnswers:
    return MoveAnswers(
        note="The lamp is lit.",
        reason=str(move.reasons[0]) if move.reasons else "",
        visited_on=town.today,
        owner="Cora",
        objective="Light",
        review_on=town.today + timedelta(days=30),
        organisation_id=town.other_id,
        target_id=1,
        outcome="effective",
        body="Water company",
        referred_on=town.today,
    )


@pytest.fixture(scope="module")
def every_status(town: Town) -> dict[ProblemStatus | ActionStatus, int]:
    """Return a problem and an action in each status, by their number."""
    numbers: dict[ProblemStatus | ActionStatus, int] = {}
    group = town.store.problem(1).group
    plain: dict[str, Any] = {"group": group, "done_by": "another", "successor_ids": (), "parent_id": None}
    with town.store.writing() as unit:
        for status in ProblemStatus:
            numbers[status] = unit.add_problem(a_problem(status=status, **plain))
            unit.add_assessment(an_assessment(numbers[status]))
        unit.add_action(an_action(numbers[ProblemStatus.IN_PROGRESS], town.own_id, status=ActionStatus.DONE))
        found = {}
        for action_status in ActionStatus:
            action = an_action(
                numbers[ProblemStatus.CONFIRMED],
                town.own_id,
                status=action_status,
                done_by="another",
                blocked_since=None,
            )
            found[action_status] = unit.add_action(action)
    return _apart(numbers, found)


def _apart(problems: dict[Any, int], actions: dict[Any, int]) -> dict[Any, int]:
    # Words of different lists may be equal: "in_progress" is a status of both.
    return {("problem", status): number for status, number in problems.items()} | {
        ("action", status): number for status, number in actions.items()
    }


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize(
    ("source", "target"),
    sorted({(move.source, move.target) for move in PROBLEM_MOVES}),
    ids=str,
)
def test_each_role_makes_its_own_moves_of_a_problem(
    town: Town, every_status: dict[Any, int], source: ProblemStatus, target: ProblemStatus, letter: str
) -> None:
    rows = [move for move in PROBLEM_MOVES if (move.source, move.target) == (source, target)]
    permitted = any(LETTERS[letter] in move.roles for move in rows)
    before = town.store.version()

    def call() -> None:
        working.move_problem(
            *asking(town, principal(town, letter, "own")),
            problem_id=every_status["problem", source],
            target=target,
            answers=full_answers(town, rows[0]),
            seen_version=1,
        )

    assert town.allows(call) == permitted
    assert town.store.version() == before


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize(
    ("source", "target"),
    sorted({(move.source, move.target) for move in ACTION_MOVES}),
    ids=str,
)
def test_each_role_makes_its_own_moves_of_an_action_and_partners_of_their_own_only(
    town: Town, every_status: dict[Any, int], source: ActionStatus, target: ActionStatus, letter: str, whose: str
) -> None:
    rows = [move for move in ACTION_MOVES if (move.source, move.target) == (source, target)]
    permitted = any(LETTERS[letter] in move.roles for move in rows) and (letter != "p" or whose == "own")
    before = town.store.version()

    def call() -> None:
        acting.move_action(
            *asking(town, principal(town, letter, whose)),
            action_id=every_status["action", source],
            target=target,
            answers=full_answers(town, rows[0]),
            seen_version=1,
        )

    assert town.allows(call) == permitted
    assert town.store.version() == before


@pytest.fixture(scope="module")
def report_in_status(town: Town) -> dict[ReportStatus, int]:
    """Return a report in each status that was given to the own organisation, by its number."""
    return {status: town.given(status, done_by="another").id for status in ReportStatus}


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in bulk"])
@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize(
    ("source", "target"),
    sorted({(move.source, move.target) for move in REPORT_MOVES}),
    ids=str,
)
def test_each_role_makes_its_own_moves_of_a_report_and_partners_of_their_own_only(
    town: Town,
    report_in_status: dict[ReportStatus, int],
    source: ReportStatus,
    target: ReportStatus,
    letter: str,
    whose: str,
    alone: bool,
) -> None:
    rows = [move for move in REPORT_MOVES if (move.source, move.target) == (source, target)]
    permitted = any(LETTERS[letter] in move.roles for move in rows) and (letter != "p" or whose == "own")
    ask, number = asking(town, principal(town, letter, whose)), report_in_status[source]
    told: Any = {
        "target": target,
        "answers": replace(full_answers(town, rows[0]), target_id=town.main_id),
        "days": DAYS,
    }
    before = town.store.version()

    def call() -> object:
        if alone:
            return answering.move_report(*ask, report_id=number, seen_version=1, **told)
        return the_one(answering.move_reports(*ask, report_ids=[number], seen_versions={number: 1}, **told))

    assert town.allows(call) == permitted
    assert town.store.version() == before


def test_an_officer_proposes_a_drawn_problem_and_a_coordinator_alone_takes_it_on(town: Town) -> None:
    plan = drawing.Plan("Cora", None, "Light", town.today + timedelta(days=30))

    def drawn(letter: str) -> bool:
        return town.allows(lambda: draw_problem(town, asking(town, principal(town, letter, "own")), plan=plan))

    assert [letter for letter in LETTERS if drawn(letter)] == ["c"]


def test_what_is_tried_counts_as_allowed_only_when_nothing_refused_it(town: Town) -> None:
    note = {"problem_id": 1, "note": "Seen."}
    assert town.allows(lambda: working.note_problem(*asking(town, OFFICER), **note))  # type: ignore[arg-type] # named above
    assert not town.allows(lambda: working.note_problem(*asking(town, VIEWER), **note))  # type: ignore[arg-type] # as above


def test_the_matrix_has_a_cell_for_every_role_on_both_sides() -> None:
    cells = list(product(CASES, LETTERS, ("own", "another's")))
    assert len(cells) == len(CASES) * len(Role) * 2
    assert all(set(letters) <= {*LETTERS, EVERY_PARTNER} for _call, letters in CASES.values())
