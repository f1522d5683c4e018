"""Who may do what: every use case, for every role, on what is their own and on what is another's.

What was agreed: viewers see aggregates only; partners work on their own organisation's actions and on problems
shared with it, without reporters' particulars; officers on reports, visits and notes; coordinators on problems,
actions and merges; command decides on no action and closing; administrators look after people, categories and
retention and decide no case.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from data.stores import open_store
from data.taxonomy import taxonomy_of
from problems.actions import Action, ActionStatus, ActionType, Particulars
from problems.areas import AreaKind
from problems.categories import Group
from problems.duplicates import Contact
from problems.entries import Caller, Channel, Entry
from problems.errors import NotAllowed
from problems.feed_names import all_rows
from problems.guides import GuideKind
from problems.hot_spots import DetectionSettings, PileDecision
from problems.lifecycle import ACTION_MOVES, PROBLEM_MOVES, Move, MoveAnswers
from problems.people import Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.sources import PlacePrecision, Source
from problems.use_cases import (
    acting,
    advising,
    areas,
    bulk_acting,
    contacting,
    evidencing,
    guiding,
    importing,
    leaving,
    merging,
    organising,
    particulars,
    refreshing,
    reporting,
    reviewing,
    sources,
    suggesting_actions,
    undoing,
    working,
)
from problems.visits import Purpose, Shows
from tests.photos import a_picture, unsealed
from tests.scenes import CENTRE, COORDINATOR, LONDON, OFFICER, Scene, days_before
from tests.storing import a_batch, a_person, a_pile, a_problem, an_action, an_area

LETTERS = {
    "v": Role.VIEWER,
    "p": Role.PARTNER,
    "o": Role.OFFICER,
    "c": Role.COORDINATOR,
    "m": Role.COMMAND,
    "a": Role.ADMIN,
    "s": Role.SYSTEM,
}
AROUND = {"type": "Polygon", "coordinates": [[[-1.3, 52.8], [-1.1, 52.8], [-1.1, 53], [-1.3, 53], [-1.3, 52.8]]]}
RECEIPT = "FX-7777-777J"


@dataclass
class Town(Scene):
    """A store in which everything can be tried; what is tried is taken back at once."""

    own_id: int = 0
    other_id: int = 0
    batch_id: int = 0
    problem: Problem | None = None
    action: Action | None = None

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Let every unit of the block end as if it had never been opened."""
        original = self.store.writing

        @contextmanager
        def undone() -> Iterator[Any]:
            with original() as unit:
                yield unit
                raise Undone

        self.store.writing = undone  # type: ignore[method-assign] # put back below
        try:
            yield
        except Undone:
            pass
        finally:
            self.store.writing = original  # type: ignore[method-assign] # as it was


class Undone(Exception):
    """Takes back what was tried."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    path = tmp_path_factory.mktemp("roles") / "town.db"
    with closing(open_store(str(path), durable=False)) as store:
        made = Town(store)
        made.own_id, made.other_id = made.organisation("Council lighting").id, made.organisation("Parks").id
        made.send(*made.spot((0, 0), days_before(made.today, 10)))
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
        advise = acting.add_action(
            *asking(made, COORDINATOR),
            problem_id=1,
            organisation_id=made.own_id,
            type=ActionType.ADVISE,
            title="Tell the neighbours",
            particulars=Particulars(advice="Cut the hedge.", checklist=("Ring the bell",)),
        )
        partner = Principal("piet", "Piet", frozenset({Role.PARTNER}), made.own_id)
        advising.give_advice(*asking(made, partner), action_id=advise.id, given_on=made.today)
        guiding.replace_advice(*asking(made, COORDINATOR), group=Group.WASTE, text="Close the lid.", seen_version=0)
        with store.writing() as unit:
            unit.add_person(a_person(key="left", name="Ada Left"))
            unit.add_person(a_person(key="there", name="Ben There", active=True))
            unit.save_piles([a_pile()])
            unit.add_contact(Contact(0, 1, b"sealed", made.clock()))
            unit.add_source(Source(0, "council"))
            made.batch_id = unit.add_batch(a_batch(source="elsewhere"))
        yield made


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

#: Each use case with something real to do, and the letters of the roles that may; a partner on their own only.
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
    "advising.give_advice": (
        lambda town, ask: advising.give_advice(*ask, action_id=2, given_on=town.today, place="Number 4"),
        "poc",
    ),
    "advising.withdraw_advice": (
        lambda _town, ask: advising.withdraw_advice(*ask, problem_id=1, advice_id=1, why="Twice.", seen_version=1),
        "poc",
    ),
    "bulk_acting.assign_actions": (
        lambda _town, ask: bulk_acting.assign_actions(*ask, seen_versions={1: 1}, person="Ann"),
        "c",
    ),
    "bulk_acting.postpone_actions": (
        lambda town, ask: bulk_acting.postpone_actions(
            *ask, seen_versions={1: 1}, due_on=town.today + timedelta(days=9), note="Parts are late."
        ),
        "pc",
    ),
    "guiding.replace_advice": (
        lambda _town, ask: guiding.replace_advice(*ask, group=Group.LIGHTING, text="Cut it.", seen_version=0),
        "ca",
    ),
    "guiding.replace_usual_actions": (
        lambda _town, ask: guiding.replace_usual_actions(
            *ask,
            group=Group.LIGHTING,
            rows=[{"type": "repair", "title": "Mend it", "kind": "council", "due_days": 7}],
            seen_version=0,
        ),
        "ca",
    ),
    "guiding.restore_guide": (
        lambda _town, ask: guiding.restore_guide(*ask, kind=GuideKind.ADVICE, group=Group.WASTE, seen_version=1),
        "ca",
    ),
    "leaving.end_person": (lambda _town, ask: leaving.end_person(*ask, person_id=2, seen_version=1), "a"),
    "leaving.bring_back_person": (lambda _town, ask: leaving.bring_back_person(*ask, person_id=1, seen_version=1), "a"),
    "leaving.close_organisation": (
        lambda town, ask: leaving.close_organisation(*ask, organisation_id=town.other_id, seen_version=1),
        "ca",
    ),
    "particulars.edit_action": (
        lambda _town, ask: particulars.edit_action(
            *ask, action_id=1, title="Renew column 14", person="Ann", particulars=Particulars(cost=80), seen_version=1
        ),
        "pc",
    ),
    "particulars.tick_step": (
        lambda _town, ask: particulars.tick_step(*ask, action_id=2, step=0, text="Ring the bell", ticked=True),
        "poc",
    ),
    "suggesting_actions.add_actions": (
        lambda town, ask: suggesting_actions.add_actions(
            *ask,
            problem_id=1,
            planned=[suggesting_actions.Planned(ActionType.CLEAN, "Cut the hedge", town.own_id, None)],
        ),
        "c",
    ),
    "areas.import_areas": (
        lambda _town, ask: areas.import_areas(
            *ask, kind=AreaKind.WARD, areas=[an_area(geometry=AROUND)], file_name="w.geojson"
        ),
        "cas",
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
    "working.draw_problem": (
        lambda _town, ask: working.draw_problem(
            *ask, name="By hand", group=Group.LIGHTING, geometry=a_problem().footprint
        ),
        "c",
    ),
}
#: These are asked state by state below and in test_problems_merging.py.
ELSEWHERE = {"acting.move_action", "working.move_problem", "merging.unmerge_reports"}


def version(town: Town) -> int:
    return town.store.problem(1).version


def principal(town: Town, letter: str, whose: str) -> Principal:
    """Return somebody with one role, of the organisation that the action is of, or of another one."""
    organisation_id = town.own_id if whose == "own" else town.other_id
    return Principal("somebody", "Somebody", frozenset({LETTERS[letter]}), organisation_id)


def is_allowed(letters: str, letter: str, whose: str) -> bool:
    return letter in letters and (letter != "p" or whose == "own")


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("name", CASES)
def test_each_role_may_do_what_was_agreed_and_nothing_else(town: Town, name: str, letter: str, whose: str) -> None:
    call, letters = CASES[name]
    before = town.store.version()
    with town.trying():
        if is_allowed(letters, letter, whose):
            call(town, asking(town, principal(town, letter, whose)))
        else:
            with pytest.raises(NotAllowed):
                call(town, asking(town, principal(town, letter, whose)))
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

    with town.trying():
        if permitted:
            call()
        else:
            with pytest.raises(NotAllowed):
                call()
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

    with town.trying():
        if permitted:
            call()
        else:
            with pytest.raises(NotAllowed):
                call()
    assert town.store.version() == before


def test_the_matrix_has_a_cell_for_every_role_on_both_sides() -> None:
    cells = list(product(CASES, LETTERS, ("own", "another's")))
    assert len(cells) == len(CASES) * len(Role) * 2
    assert all(set(letters) <= set(LETTERS) for _call, letters in CASES.values())
