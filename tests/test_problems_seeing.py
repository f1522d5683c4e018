"""What each reader is shown of a store: everything that is not opened is closed."""

import inspect
from dataclasses import replace

import pytest

from problems.actions import ActionType
from problems.errors import NotAllowed, NotFound
from problems.events import Subject
from problems.followups import Followup
from problems.inbox import Asked
from problems.people import LAPTOP, SYSTEM, Principal, Role
from problems.seeing import FEWEST_OF_A_DISPUTE, NARROWED, OPEN, SOMEBODY, seen_by, whole
from problems.store import Store
from problems.use_cases import acting, working
from tests.scenes import COORDINATOR, OFFICER, VIEWER, Scene, days_before

#: Told to nobody but those who read everything.
CLOSED = {
    *("writing", "close", "all_reports", "batches", "known_reports", "has_reports_of", "unmapped_names"),
    *("names_in_use", "unmapped_reports", "contact", "open_reports", "report_known_as", "reports_with_contact"),
    *("verify_audit", "audit_lines", "picture", "to_be_told", "distinct_places", "source_places", "addresses"),
    *("rejected_rows", "source_quality", "reports_about", "every_report_about", "reports_on", "rejected_reasons"),
    *("rejected_about", "find_addresses", "find_assets", "reports_of_known_reporters"),
    *("briefing_columns", "briefing_columns_of", "report_changes", "named_reports", "spots_seen", "reported_times"),
    *("as_known", "one_state"),
}


@pytest.fixture
def shared(scene: Scene) -> tuple[Scene, Principal, Principal]:
    """Two problems; the first has an action of the lighting team, who is returned with a partner from the parks."""
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)), *scene.spot((900, 0), days_before(scene.today, 12)))
    scene.refresh()
    lighting, parks = scene.organisation("Lighting"), scene.organisation("Parks")
    for problem in scene.store.problems():
        scene.taken_on(problem)
    acting.add_action(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=1,
        organisation_id=lighting.id,
        type=ActionType.REPAIR,
        title="Renew column 14 for Mrs Canary",
    )
    working.note_problem(scene.store, OFFICER, scene.clock, 1, problem_id=1, note="Canary of number 7 rang.")
    return scene, scene.partner(lighting, "lena"), scene.partner(parks, "paul")


def test_every_question_to_a_store_is_opened_narrowed_or_closed() -> None:
    asked = {name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_")}
    assert asked == OPEN | NARROWED | CLOSED
    assert not (OPEN & NARROWED) | (OPEN & CLOSED) | (NARROWED & CLOSED)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.COORDINATOR, Role.COMMAND, Role.ADMIN, Role.SYSTEM])
def test_those_who_read_everything_read_the_store_itself(scene: Scene, role: Role) -> None:
    assert seen_by(scene.store, Principal("x", "X", frozenset({role}))) is scene.store
    assert seen_by(scene.store, LAPTOP) is scene.store
    assert seen_by(scene.store, SYSTEM) is scene.store


@pytest.mark.parametrize("name", sorted(CLOSED))
def test_what_is_closed_is_refused_in_words(scene: Scene, name: str) -> None:
    with pytest.raises(NotAllowed, match="Vera Lunt may not"):
        getattr(seen_by(scene.store, VIEWER), name)()
    assert whole(seen_by(scene.store, VIEWER)) is scene.store


def test_a_partner_sees_what_is_shared_and_an_unshared_problem_is_as_if_it_were_not(
    shared: tuple[Scene, Principal, Principal],
) -> None:
    scene, lena, paul = shared
    seen = seen_by(scene.store, lena)
    assert [problem.id for problem in seen.problems()] == [1]
    assert [action.title for action in seen.actions()] == ["Renew column 14 for Mrs Canary"]
    assert {one.subject_id for one in seen.events(Subject.PROBLEM)} == {1}
    assert {spot.problem_id for spot in seen.hot_spots(1)} == {1}
    assert seen_by(scene.store, paul).problems() == []
    assert seen_by(scene.store, paul).actions() == []
    assert seen_by(scene.store, paul).events() == [
        one for one in scene.store.events() if one.subject is Subject.REFRESH
    ]
    told = []
    for number in (2, 99):
        with pytest.raises(NotFound) as refused:
            seen.problem(number)
        told.append(str(refused.value).replace(str(number), "N"))
    assert told[0] == told[1]


def test_a_viewer_reads_where_problems_stand_and_nothing_that_people_wrote(
    shared: tuple[Scene, Principal, Principal],
) -> None:
    scene, _lena, _paul = shared
    seen = seen_by(scene.store, VIEWER)
    assert len(seen.problems()) == 2
    everything = repr((seen.problems(), seen.actions(), seen.events(), seen.action(1), seen.problem(1)))
    for canary in ("Canary", "Cora", "Omar", "No more dark nights"):
        assert canary in repr((scene.store.problems(), scene.store.actions(), scene.store.events()))
        assert canary not in everything
    assert {one.by_name for one in seen.events(Subject.PROBLEM)} == {SOMEBODY}
    assert seen.visits(1) == []
    assert seen.photos(1) == []


def test_a_dispute_is_shown_to_viewers_only_where_no_household_stands_out(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12), code="DSP-NGH"))
    scene.refresh()
    assert scene.store.problems()
    assert seen_by(scene.store, VIEWER).problems() == []
    assert seen_by(scene.store, VIEWER).hot_spots(1) == []
    many = days_before(scene.today, FEWEST_OF_A_DISPUTE)
    scene.send(*scene.spot((900, 0), many, code="DSP-NGH"))
    scene.refresh()
    assert [one.reports >= FEWEST_OF_A_DISPUTE for one in seen_by(scene.store, VIEWER).problems()] == [True]


def test_reports_that_were_given_to_an_organisation_come_without_words_and_reporter(scene: Scene) -> None:
    lighting = scene.organisation("Lighting")
    plain = scene.report((0, 0), scene.today, reporter="key-1", address="7 Fern Street")
    fight = scene.report((0, 0), scene.today, reporter="key-2", address="9 Fern Street", code="DSP-NGH")
    scene.send(*(replace(one, text="Mrs Canary says") for one in (plain, fight, replace(plain, source_id="3"))))
    with scene.store.writing() as unit:
        for number in (1, 2):
            unit.save_followup(Followup(number, organisation_id=lighting.id))
    seen = seen_by(scene.store, scene.partner(lighting))
    reports = {one.id: one for one in seen.reports([1, 2, 3])}
    assert set(reports) == {1, 2}
    assert {(one.text, one.reporter) for one in reports.values()} == {("", "")}
    assert (reports[1].address, reports[2].address, reports[2].lon_lat) == ("7 Fern Street", "", None)
    assert seen.inbox(Asked()).ids.tolist() == [1, 2]
    assert seen_by(scene.store, VIEWER).reports([1]) == []
    with pytest.raises(NotAllowed):
        seen_by(scene.store, VIEWER).inbox(Asked())
