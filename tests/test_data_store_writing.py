"""Units: together or not at all, one after the other, and nobody's work overwritten unseen."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from data.stores import SqlStore, open_store
from problems.errors import NotFound, Stale, StoreRefused
from problems.events import Subject
from problems.hot_spots import PileDecision
from problems.reports import ReportStatus
from tests.storing import (
    BACK_ENDS,
    a_hot_spot,
    a_person,
    a_pile,
    a_problem,
    a_refresh,
    a_report,
    an_action,
    an_area,
    an_event,
    an_organisation,
    empty_url,
    keep_reports,
    run_sql,
)


@pytest.fixture(params=BACK_ENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_url(request.param, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(open_store(url)) as opened:
        yield opened


def keep_one_of_each(store: SqlStore) -> None:
    """Keep one record of every kind that people edit, each with the id 1."""
    keep_reports(store, [a_report(1)])
    with store.writing() as unit:
        unit.add_organisation(an_organisation())
        unit.add_person(a_person())
        unit.add_problem(a_problem())
        unit.add_action(an_action(1, 1))
        unit.save_piles([a_pile(decision=PileDecision.UNREVIEWED, decided_by="")])


class Broken(Exception):
    """What goes wrong in the middle of a unit."""


def write_much_and_break(store: SqlStore) -> None:
    with store.writing() as unit:
        unit.add_reports(unit.add_batch(store.batches()[0]), [(a_report(2), b"c")])
        unit.save_problem(replace(store.problem(1), name="Lost"), 1)
        unit.add_hot_spots([a_hot_spot(unit.add_refresh(a_refresh()))])
        unit.add_events([an_event()])
        unit.set_fact("epsg", "1")
        raise Broken


def write_in_a_unit_inside_a_unit(store: SqlStore) -> None:
    with store.writing() as unit:
        unit.set_fact("a", "1")
        with store.writing():
            pytest.fail("two units were open at once")


def test_an_exception_keeps_nothing_of_a_unit(store: SqlStore) -> None:
    keep_one_of_each(store)
    before = store.version()
    with pytest.raises(Broken):
        write_much_and_break(store)
    assert store.version() == before
    assert store.problem(1).name != "Lost"
    assert (store.counts().reports, store.counts().batches, store.counts().refreshes) == (1, 1, 0)
    assert store.events() == []
    assert store.fact("epsg") is None


def test_the_version_grows_by_one_for_each_unit_that_wrote(store: SqlStore) -> None:
    assert store.version() == 0
    with store.writing() as unit:
        unit.set_fact("a", "1")
        unit.set_fact("b", "2")
        assert store.version() == 0
    assert store.version() == 1
    with store.writing() as unit:
        unit.known_reports("council", ["R1"])
        unit.add_events([])
        assert unit.map_category(None, "nobody uses this", "LGT01") == 0
    assert store.version() == 1, "nothing was written"
    with store.writing() as unit:
        unit.add_events([an_event()])
    assert store.version() == 2


def test_the_version_of_the_reports_grows_only_with_what_a_map_of_them_shows(store: SqlStore) -> None:
    keep_one_of_each(store)
    seen = store.reports_version()

    def grew(write: Callable[[Any], object]) -> bool:
        nonlocal seen
        with store.writing() as unit:
            write(unit)
        before, seen = seen, store.reports_version()
        assert seen in {before, before + 1}
        return seen > before

    batch_id = store.batches()[0].id
    (report,) = store.reports([1])
    assert not grew(lambda unit: unit.add_events([an_event()]))
    assert not grew(lambda unit: unit.save_problem(replace(store.problem(1), name="Noted"), store.problem(1).version))
    assert not grew(lambda unit: unit.set_fact("a", "1"))
    assert not grew(lambda unit: unit.map_category(None, "nobody uses this", "LGT01"))
    assert not grew(lambda unit: (unit.add_areas([]), unit.add_reports(batch_id, []), unit.set_fact("a", "2")))
    assert grew(lambda unit: unit.add_reports(batch_id, [(a_report(2, category=None), b"")]))
    assert grew(lambda unit: unit.map_category(None, report.category_name, "LGT01"))
    assert grew(lambda unit: unit.update_reports(batch_id, [(replace(report, id=1, lon_lat=None), b"x")]))
    assert grew(lambda unit: unit.save_report(replace(store.reports([1])[0], area="Elsewhere"), report.version + 1))
    assert grew(lambda unit: unit.add_areas([an_area()]))


def test_a_unit_reads_the_reports_that_it_wrote(store: SqlStore) -> None:
    keep_reports(store, [a_report(1)])
    with store.writing() as unit:
        unit.update_reports(store.batches()[0].id, [(a_report(1, id=1, text="By now"), b"new")])
        assert [report.text for report in unit.reports([1, 7])] == ["By now"]
        assert store.reports([1])[0].text == a_report(1).text


EDITS: dict[str, Callable[[Any, SqlStore, int], Any]] = {
    "report": lambda unit, store, seen: unit.save_report(
        replace(store.reports([1])[0], status=ReportStatus.RESOLVED, lon_lat=None), seen
    ),
    "problem": lambda unit, store, seen: unit.save_problem(replace(store.problem(1), name="Mine"), seen),
    "action": lambda unit, store, seen: unit.save_action(replace(store.action(1), title="Mine"), seen),
    "organisation": lambda unit, store, seen: unit.save_organisation(
        replace(store.organisations()[0], name="Mine"), seen
    ),
    "person": lambda unit, store, seen: unit.save_person(replace(store.people()[0], name="Mine"), seen),
    "point": lambda unit, store, seen: unit.save_pile_decision(
        replace(store.piles()[0], decision=PileDecision.REPEAT_ADDRESS, decided_by="me"), seen
    ),
}
READ: dict[str, Callable[[SqlStore], Any]] = {
    "report": lambda store: store.reports([1])[0],
    "problem": lambda store: store.problem(1),
    "action": lambda store: store.action(1),
    "organisation": lambda store: store.organisations()[0],
    "person": lambda store: store.people()[0],
    "point": lambda store: store.piles()[0],
}


@pytest.mark.parametrize("kind", EDITS)
def test_a_saved_record_is_returned_with_its_next_version(store: SqlStore, kind: str) -> None:
    keep_one_of_each(store)
    before = READ[kind](store)
    with store.writing() as unit:
        saved = EDITS[kind](unit, store, 1)
    assert saved == READ[kind](store)
    assert saved != before
    assert (before.version, saved.version) == (1, 2)
    with store.writing() as unit:
        assert EDITS[kind](unit, store, 2).version == 3


@pytest.mark.parametrize("kind", EDITS)
@pytest.mark.parametrize("seen_version", [0, 2])
def test_a_record_at_another_version_is_not_overwritten(store: SqlStore, kind: str, seen_version: int) -> None:
    keep_one_of_each(store)
    before, version = READ[kind](store), store.version()
    with pytest.raises(Stale, match=f"Your change to the {kind}"), store.writing() as unit:
        EDITS[kind](unit, store, seen_version)
    assert READ[kind](store) == before
    assert store.version() == version


def test_who_comes_second_is_told_what_was_changed_and_by_whom(store: SqlStore) -> None:
    keep_one_of_each(store)
    seen = store.problem(1)
    with store.writing() as unit:
        unit.save_problem(replace(seen, owner="PC Ward", review_on=None), seen.version)
        unit.add_events([an_event(by_name="Ann"), an_event(by_name="PC Ward"), an_event(Subject.ACTION, 1)])
    with pytest.raises(Stale) as caught, store.writing() as unit:
        unit.save_problem(replace(seen, owner="Sgt Bell", name="Mine"), seen.version)
    assert caught.value.changed_by == "PC Ward"
    assert caught.value.changes == {
        "owner": ("Sgt Bell", "PC Ward"),
        "name": ("Mine", seen.name),
        "review_on": (seen.review_on, None),
    }
    assert "P-0001" in str(caught.value)
    assert "PC Ward" in str(caught.value)


def test_saving_what_does_not_exist_is_refused(store: SqlStore) -> None:
    with pytest.raises(NotFound), store.writing() as unit:
        unit.save_problem(a_problem(id=404), 1)


def test_a_decision_about_a_point_leaves_its_counts_alone(store: SqlStore) -> None:
    keep_one_of_each(store)
    seen = store.piles()[0]
    with store.writing() as unit:
        unit.save_piles([replace(seen, reports=999)])
    with store.writing() as unit:
        saved = unit.save_pile_decision(replace(seen, decision=PileDecision.DEFAULT_POINT, decided_by="me"), 1)
    assert (saved.reports, saved.decision, saved.version) == (999, PileDecision.DEFAULT_POINT, 2)


def test_what_a_refresh_saw_leaves_people_and_versions_alone(store: SqlStore) -> None:
    keep_one_of_each(store)
    before = store.problem(1)
    with store.writing() as unit:
        unit.save_sightings([replace(before, reports=77, misses=5, owner="nobody", name="Other")])
        unit.save_sightings([])
    assert store.problem(1) == replace(before, reports=77, misses=5)


def test_twenty_people_editing_at_once_lose_nothing(store: SqlStore) -> None:
    with store.writing() as unit:
        unit.add_problem(a_problem(reports=0))
    conflicts: list[Stale] = []
    failures: list[BaseException] = []

    def edit_five_times(name: str) -> None:
        for _ in range(5):
            while True:
                seen = store.problem(1)
                try:
                    with store.writing() as unit:
                        unit.save_problem(replace(seen, reports=seen.reports + 1, owner=name), seen.version)
                        unit.add_events([an_event(by_name=name)])
                    break
                except Stale as stale:
                    conflicts.append(stale)

    def work(name: str) -> None:
        try:
            edit_five_times(name)
        except BaseException as error:  # noqa: BLE001 - shown by the test, whatever it is
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"person {at}",)) for at in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    kept = store.problem(1)
    assert (kept.reports, kept.version, len(store.events()), store.version()) == (100, 101, 100, 101)
    assert all(stale.changes for stale in conflicts), "every conflict says what changed"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET note = 'never happened' WHERE id = 1",
        "UPDATE event SET note = note",
        "DELETE FROM event WHERE id = 1",
        "DELETE FROM event",
    ],
)
def test_events_are_never_changed_or_removed(store: SqlStore, url: str, change: str) -> None:
    with store.writing() as unit:
        unit.add_events([an_event(), an_event()])
    with pytest.raises(DBAPIError, match="events are never changed or removed"):
        run_sql(url, change)
    assert store.events() == [an_event(id=1), an_event(id=2)]


def test_events_are_never_replaced(store: SqlStore, url: str) -> None:
    with store.writing() as unit:
        unit.add_events([an_event()])
    row = (
        "INTO event (id, at, by, by_name, subject, subject_id, kind, changes, before, reason, note, details) "
        "VALUES (1, 0, 'x', 'x', 'problem', 1, 'noted', '{}', '{}', '', '', '{}')"
    )
    if url.startswith("sqlite"):
        attempts = ["INSERT OR REPLACE " + row, "REPLACE " + row, "UPDATE OR REPLACE event SET id = 1"]
    else:
        attempts = ["INSERT " + row + " ON CONFLICT (id) DO UPDATE SET note = 'never'", "TRUNCATE event"]
    for attempt in attempts:
        # Another program's connection: it has not asked for recursive triggers.
        with pytest.raises(DBAPIError, match="events are never changed or removed"):
            run_sql(url, attempt)
    assert store.events() == [an_event(id=1)]


def test_readers_see_the_last_kept_state_while_a_unit_is_open(store: SqlStore) -> None:
    keep_one_of_each(store)
    seen: list[object] = []

    def look() -> None:
        seen.append((store.problem(1).name, store.version(), store.counts().reports, len(store.report_points())))

    look()
    with store.writing() as unit:
        unit.save_problem(replace(store.problem(1), name="Not yet"), 1)
        unit.add_reports(1, [(a_report(2), b"c")])
        look()
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert seen[0] == seen[1] == seen[2]
    assert store.problem(1).name == "Not yet"
    assert len(store.report_points()) == 2


def test_a_unit_inside_a_unit_is_a_bug_and_leaves_the_door_free(store: SqlStore) -> None:
    with pytest.raises(RuntimeError, match="already open"):
        write_in_a_unit_inside_a_unit(store)
    assert store.fact("a") is None
    with store.writing() as unit:
        unit.set_fact("a", "2")
    assert store.fact("a") == "2"


def test_readers_cannot_write(store: SqlStore) -> None:
    with store._engines.reader.connect() as connection, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        connection.exec_driver_sql("INSERT INTO fact (name, value) VALUES ('a', 'b')")


def test_who_waits_too_long_for_somebody_elses_unit_is_refused(store: SqlStore, url: str) -> None:
    with closing(open_store(url, wait_s=0.05)) as impatient:
        with store.writing() as unit:
            unit.set_fact("a", "1")
            with pytest.raises(StoreRefused, match="else has been writing"), impatient.writing():
                pytest.fail("two units were open at once")
            assert impatient.fact("a") is None
        with impatient.writing() as unit:
            unit.set_fact("a", "2")
    assert store.fact("a") == "2"


def test_a_second_thread_of_the_same_program_waits_its_turn(url: str) -> None:
    refusals: list[str] = []
    with closing(open_store(url, wait_s=0.05)) as store:

        def write() -> None:
            try:
                with store.writing():
                    refusals.append("two units were open at once")
            except StoreRefused as refusal:
                refusals.append(str(refusal))

        with store.writing():
            other = threading.Thread(target=write)
            other.start()
            other.join()
    assert len(refusals) == 1
    assert "else has been writing" in refusals[0]


def test_two_reports_with_one_identity_are_never_kept(store: SqlStore) -> None:
    keep_reports(store, [a_report(1)])
    with pytest.raises(DBAPIError):
        keep_reports(store, [a_report(2), a_report(1)])
    assert store.counts().reports == 1


def test_nothing_can_point_at_what_does_not_exist(store: SqlStore) -> None:
    with pytest.raises(DBAPIError), store.writing() as unit:
        unit.add_action(an_action(404, 404))
    assert store.actions() == []
