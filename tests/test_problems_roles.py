"""Who may do what: every use case, for every role, on what is their own and on what is another's.

What was agreed: viewers see aggregates only; partners work on their own organisation's actions and on problems
shared with it, without reporters' particulars; officers on reports, visits and notes; coordinators on problems,
actions and merges; command decides on no action and closing; administrators look after people, categories and
retention and decide no case.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from data.stores import open_store
from data.taxonomy import taxonomy_of
from problems.actions import ActionType
from problems.areas import AreaKind
from problems.categories import Group
from problems.entries import Caller, Channel, Entry
from problems.errors import NotAllowed
from problems.feed_names import all_rows
from problems.followups import Satisfaction
from problems.hot_spots import DetectionSettings, PileDecision
from problems.people import Role
from problems.sources import PlacePrecision
from problems.store import Store
from problems.targets import Target
from problems.use_cases import (
    acting,
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
from tests.adopting_cases import ADOPTING_CASES
from tests.assessed import rules
from tests.briefing_cases import BRIEFING_CASES
from tests.photos import a_picture, unsealed
from tests.plan_cases import PLAN_CASES
from tests.role_town import (
    DAYS,
    EVERY_PARTNER,
    EVERYBODY,
    LETTERS,
    Town,
    asking,
    choices,
    keep_assessment,
    principal,
    town,
)
from tests.scenes import CENTRE, LONDON, OFFICER, VIEWER
from tests.serving_cases import SERVING_CASES
from tests.storing import a_problem, an_area

__all__ = ["town"]

AROUND = {"type": "Polygon", "coordinates": [[[-1.3, 52.8], [-1.1, 52.8], [-1.1, 53], [-1.3, 53], [-1.3, 52.8]]]}
RECEIPT = "FX-7777-777J"


def entry() -> Entry:
    return Entry(category="LGT-OUT", text="Dark", channel=Channel.PHONE, lon_lat=CENTRE)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("empty") / "town.db"
    with closing(open_store(str(path), durable=False)) as store:
        yield store


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
    **ADOPTING_CASES,
    **PLAN_CASES,
    **BRIEFING_CASES,
    **SERVING_CASES,
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
        EVERYBODY.replace(EVERY_PARTNER, "p"),
    ),
    "assessing.keep_assessment": (keep_assessment, "oc"),
    "assessing.compute_again": (
        lambda town, ask: assessing.compute_again(*ask, assessment_id=town.assessment_id),
        EVERYBODY.replace(EVERY_PARTNER, "p"),
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


@pytest.mark.parametrize("name", CASES)
def test_whoever_may_neither_do_it_nor_read_it_is_not_told_what_is_there(town: Town, name: str, empty: Store) -> None:
    """Else asking for one number after the other would tell which there are."""
    call, letters = CASES[name]
    for letter in {"v", "p"} - set(letters.lower()):
        with pytest.raises(NotAllowed):
            call(town, (empty, principal(town, letter, "own"), town.clock, 1))


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


@pytest.mark.parametrize("name", sorted(set(CASES) - {"refreshing.refresh", "assessing.keep_assessment"}))
def test_what_waited_for_its_turn_is_told_with_the_time_of_its_turn(town: Town, name: str) -> None:
    """Else what was kept later would bear an earlier time, and a past day be told wrongly."""
    call, letters = CASES[name]
    entered, original, told = [False], town.store.writing, []

    @contextmanager
    def after_a_wait() -> Iterator[Any]:
        with original() as unit:
            entered[0] = True
            keep = unit.add_events
            unit.add_events = lambda events: (told.extend(events), keep(events))[1]
            yield unit

    def clock() -> datetime:
        return town.clock() + timedelta(hours=1 if entered[0] else 0)

    letter = next(one for one in LETTERS if one in letters.replace(EVERY_PARTNER, "p"))
    town.store.writing = after_a_wait  # type: ignore[method-assign] # put back below
    try:
        town.allows(lambda: call(town, (town.store, principal(town, letter, "own"), clock, 1)))
    finally:
        town.store.writing = original  # type: ignore[method-assign] # as it was
    assert {one.at for one in told} <= {town.clock() + timedelta(hours=1)}


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
