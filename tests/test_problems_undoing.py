"""An import is taken back without erasing anything, and comes back when the file is imported again."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.stores import SqlStore, open_store
from problems.categories import Category, FeedName, Sensitivity, Taxonomy
from problems.errors import InputRefused, NotAllowed, NotFound
from problems.events import EventKind, Subject, event
from problems.people import LAPTOP, Principal, Role
from problems.reports import Batch, BatchState, RejectedRow, Report, ReportStatus
from problems.sources import PlacePrecision, Source
from problems.use_cases import undoing
from problems.use_cases.importing import accept_import
from problems.use_cases.merging import merge_reports
from problems.use_cases.reviewing import map_name, replace_names
from problems.use_cases.sources import set_precision
from problems.use_cases.undoing import undo_import
from tests.storing import BACK_ENDS, empty_url

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
REJECTED = RejectedRow(7, "Opened", "soon", "This cannot be read.", {"Opened": "soon"})


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(empty_url(request.param, tmp_path))
    yield opened
    opened.close()


def _report(source_id: str, **told: Any) -> Report:
    plain = Report(
        0,
        "council",
        source_id,
        "LGT-OUT",
        "Street lighting",
        START - timedelta(days=30),
        ReportStatus.NEW,
        (-0.1, 51.5),
        text="Lamp is out",
        due_at=START,
    )
    return replace(plain, **told)


def _closed(source_id: str, **told: Any) -> Report:
    return _report(source_id, status=ReportStatus.RESOLVED, resolution="unspecified", closed_at=START, **told)


def _take(store: SqlStore, *rows: Report | RejectedRow, file: str = "one", source: str = "council") -> Batch:
    return accept_import(
        store,
        LAPTOP,
        lambda: START,
        1,
        source=source,
        file_name=f"{file}.csv",
        sha256=file,
        columns={},
        rows=[replace(row, source=source) if isinstance(row, Report) else row for row in rows],
    )


def _undo(store: SqlStore, batch: Batch, principal: Principal = LAPTOP, note: str = "Wrong file") -> Batch:
    return undo_import(store, principal, lambda: START + timedelta(hours=1), 1, batch_id=batch.id, note=note)


def _kept(store: SqlStore) -> dict[str, Report]:
    return {report.source_id: replace(report, version=1) for report in store.all_reports()}


def test_new_reports_are_counted_nowhere_and_nothing_is_erased(store: SqlStore) -> None:
    first = _take(store, _report("a"), REJECTED)
    undone = _undo(store, first)
    assert (undone.state, undone.undone_by, undone.undone_at) == (
        BatchState.UNDONE,
        LAPTOP.key,
        START + timedelta(hours=1),
    )
    assert store.batches() == [undone]
    assert list(store.all_reports()) == []
    assert (store.counts().reports, len(store.report_points())) == (0, 0)
    (report,) = store.reports([1])
    assert (report.undone, report.text) == (True, "Lamp is out")
    assert store.rejected_rows() == []
    assert store.rejected_rows(first.id) == [REJECTED]
    told = store.events(Subject.IMPORT, first.id)[-1]
    assert (told.kind, told.note) == (EventKind.UNDONE, "Wrong file")
    assert (told.details["undone"], told.details["put_back"], told.details["kept"]) == (1, 0, 0)


def test_changed_reports_become_what_they_were_and_new_ones_go(store: SqlStore) -> None:
    _take(store, _report("a"), _report("b"), _report("c"))
    before = _kept(store)
    second = _take(
        store,
        _closed("a", text="Mended", asset="Lamp 7"),
        _report("b", lon_lat=None, occurred_at=START, area="Harehills", category=None, category_name="New"),
        _report("c"),
        _report("d"),
        file="two",
    )
    assert (second.updated, second.accepted, second.unchanged) == (2, 1, 1)
    assert _kept(store) != before
    _undo(store, second)
    assert _kept(store) == before
    told = store.events(Subject.REPORT, 1)
    assert [one.kind for one in told] == [EventKind.MOVED, EventKind.UNDONE]
    assert told[-1].changes["status"] == "new"
    assert store.events(Subject.IMPORT, second.id)[-1].details["put_back"] == 2


def test_the_same_file_brings_everything_back_under_the_same_ids(store: SqlStore) -> None:
    _take(store, _report("a"), _report("b"))
    rows = (_closed("a"), _report("c", text="New one"), REJECTED)
    second = _take(store, *rows, file="two")
    with_it = _kept(store)
    _undo(store, second)
    again = _take(store, *rows, file="two")
    assert (again.accepted, again.updated, again.unchanged, again.rejected) == (1, 1, 0, 1)
    after = _kept(store)
    assert {key: replace(report, batch_id=None) for key, report in after.items()} == {
        key: replace(report, batch_id=None) for key, report in with_it.items()
    }
    assert store.rejected_rows() == [REJECTED]
    assert [one.kind for one in store.events(Subject.REPORT, 1)] == [
        EventKind.MOVED,
        EventKind.UNDONE,
        EventKind.MOVED,
    ]


def test_a_file_that_says_something_else_brings_an_undone_report_back_as_it_says_now(store: SqlStore) -> None:
    _undo(store, _take(store, _report("a"), _report("b")))
    again = _take(store, _report("a"), _report("b", text="Still out"), file="two")
    assert (again.accepted, again.updated) == (2, 0)
    kept = _kept(store)
    assert (kept["a"].id, kept["a"].text, kept["b"].id, kept["b"].text) == (1, "Lamp is out", 2, "Still out")
    _undo(store, again)
    assert _kept(store) == {}


def test_a_report_that_one_file_brought_and_changed_goes_with_it(store: SqlStore) -> None:
    first = _take(store, _report("a"), _closed("a"), _report("b"))
    assert (first.accepted, first.updated) == (2, 1)
    _undo(store, first)
    assert _kept(store) == {}
    assert {report.undone for report in store.reports([1, 2])} == {True}


def test_several_rows_about_one_report_are_all_taken_back(store: SqlStore) -> None:
    _take(store, _report("a"))
    before = _kept(store)
    second = _take(store, _report("a", text="one", area="x"), _report("a", text="two", channel="web"), file="two")
    assert second.updated == 2
    _undo(store, second)
    assert _kept(store) == before


def test_what_people_worked_on_since_stays_and_is_named(store: SqlStore) -> None:
    _take(store, _report("a"))
    second = _take(store, _report("b"), _report("c"), _report("d"), _report("e"), _closed("a"), file="two")
    ids = {report.source_id: report.id for report in store.all_reports()}
    later = START + timedelta(minutes=5)
    with store.writing() as unit:
        for key, kind in (("a", EventKind.MOVED), ("b", EventKind.EDITED)):
            (report,) = unit.reports([ids[key]])
            unit.save_report(replace(report, status=ReportStatus.IN_PROGRESS), report.version)
            unit.add_events([event(later, LAPTOP, Subject.REPORT, ids[key], kind, changes={"status": "in_progress"})])
    merge_reports(
        store, LAPTOP, lambda: later, 1, main_id=ids["c"], duplicate_ids=[ids["d"]], note="The same", seen_versions={}
    )
    _undo(store, second)
    kept = _kept(store)
    assert set(kept) == {"a", "b", "c", "d"}
    assert kept["a"].status is ReportStatus.IN_PROGRESS
    details = store.events(Subject.IMPORT, second.id)[-1].details
    assert (details["undone"], details["put_back"], details["kept"]) == (1, 0, 4)
    assert details["kept_reports"] == [f"R-{ids[key]:06d}" for key in "abcd"]


def test_an_import_can_be_taken_back_where_later_files_brought_only_new_reports(store: SqlStore) -> None:
    march, april, may = (_take(store, _report(name), file=name) for name in ("march", "april", "may"))
    _undo(store, april)
    assert set(_kept(store)) == {"march", "may"}
    again = _take(store, _report("april"), file="april")
    assert (again.accepted, set(_kept(store))) == (1, {"march", "april", "may"})
    _undo(store, march)
    assert set(_kept(store)) == {"april", "may"}
    assert may.accepted == 1


def test_what_later_files_told_again_is_taken_back_after_them(store: SqlStore) -> None:
    first = _take(store, _report("a"))
    second = _take(store, _report("a"), _report("b"), file="two")
    other = _take(store, _report("z"), source="police")
    with pytest.raises(InputRefused, match=rf"Undo import {second.id} \(two.csv\) first"):
        _undo(store, first)
    assert len(_kept(store)) == 3
    _undo(store, other)
    _undo(store, second)
    _undo(store, first)
    assert _kept(store) == {}
    with pytest.raises(InputRefused, match="undone before"):
        _undo(store, first)


def test_an_import_that_was_cut_short_has_nothing_to_take_back(store: SqlStore) -> None:
    def rows() -> Iterator[Report]:
        yield _report("a")
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        accept_import(
            store, LAPTOP, lambda: START, 1, source="council", file_name="f", sha256="f", columns={}, rows=rows()
        )
    cut = store.batches()[0]
    assert cut.state is BatchState.CANCELLED
    with pytest.raises(InputRefused, match="nothing of it was kept"):
        _undo(store, cut)
    with pytest.raises(NotFound):
        undo_import(store, LAPTOP, lambda: START, 1, batch_id=99)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PARTNER, Role.OFFICER, Role.COMMAND])
def test_only_coordinators_and_administrators_take_an_import_back(store: SqlStore, role: Role) -> None:
    first = _take(store, _report("a"))
    with pytest.raises(NotAllowed):
        _undo(store, first, Principal("x", "X", frozenset({role})))
    assert set(_kept(store)) == {"a"}


def test_of_two_imports_at_once_the_one_kept_later_is_the_newest(store: SqlStore) -> None:
    waiting, go = threading.Event(), threading.Event()

    def rows(text: str) -> list[Report]:
        return [_report(str(number), text=text) for number in range(5)]

    def first_to_begin() -> None:
        kept = store.writing
        calls = iter((None, go))

        class Late:
            """The store, whose second unit is opened when the other import has ended."""

            def __getattr__(self, name: str) -> Any:
                return getattr(store, name)

            def writing(self) -> Any:
                if (wait := next(calls)) is not None:
                    waiting.set()
                    wait.wait(30)
                return kept()

        accept_import(
            Late(), LAPTOP, lambda: START, 1,
            source="council", file_name="slow.csv", sha256="slow", columns={}, rows=rows("slow"),
        )  # fmt: skip

    thread = threading.Thread(target=first_to_begin)
    thread.start()
    assert waiting.wait(30)
    quick = _take(store, *rows("quick"), file="quick")
    assert {batch.state for batch in store.batches()} == {BatchState.RUNNING, BatchState.DONE}
    go.set()
    thread.join()
    slow, other = store.batches()
    assert (slow.file_name, slow.state, slow.updated, other) == ("slow.csv", BatchState.DONE, 5, quick)
    assert slow.id > quick.id
    with pytest.raises(InputRefused, match="first"):
        _undo(store, quick)
    _undo(store, slow)
    assert {report.text for report in store.all_reports()} == {"quick"}
    _undo(store, quick)
    assert _kept(store) == {}


def test_what_people_kept_of_an_undone_import_makes_nothing_late(store: SqlStore) -> None:
    rows = (_report("a", reported_at=START - timedelta(days=9)), _report("b", reported_at=START - timedelta(days=1)))
    first = _take(store, *rows)
    with store.writing() as unit:
        (report,) = unit.reports([2])
        unit.save_report(replace(report, status=ReportStatus.IN_PROGRESS), report.version)
        unit.add_events([event(START, LAPTOP, Subject.REPORT, 2, EventKind.MOVED, changes={"status": "in_progress"})])
    _undo(store, first)
    assert (_take(store, *rows).late, _kept(store)["a"].flags) == (0, 0)


def test_a_source_is_described_as_before_and_its_points_with_it(store: SqlStore) -> None:
    exact = Source(0, "council", PlacePrecision.EXACT, columns="id = 'ID'", why="All points differ.")
    snapped = replace(exact, precision=PlacePrecision.SNAPPED, lattice_m=111.0, columns="", why="Few points.")

    def take(file: str, told: Source, *rows: Report) -> Batch:
        return accept_import(
            store, LAPTOP, lambda: START, 1,
            source="council", file_name=file, sha256=file, columns={}, rows=rows, told_of_source=told,
        )  # fmt: skip

    first = take("one", exact, _report("a"), _report("b"))
    before = store.source("council")
    second = take("two", snapped, _closed("a"), _report("c"))
    assert not len(store.report_points().exact())
    _undo(store, second)
    after = store.source("council")
    assert after is not None
    assert before is not None
    assert replace(after, version=1) == replace(before, version=1)
    assert len(store.report_points().exact()) == 2
    third = take("two", snapped, _closed("a"), _report("c"))
    _decide(store, PlacePrecision.SNAPPED)
    _undo(store, third)
    decided = store.source("council")
    assert decided is not None
    assert (decided.precision, decided.decided_by) == (PlacePrecision.SNAPPED, LAPTOP.name)
    assert not len(store.report_points().exact())
    _undo(store, first)
    assert store.counts().reports == 0


def _decide(store: SqlStore, precision: PlacePrecision) -> None:
    kept = store.source("council")
    assert kept is not None
    set_precision(
        store, LAPTOP, lambda: START, 1, source="council", precision=precision, note="Asked.", seen_version=kept.version
    )


def test_what_was_merged_before_an_import_does_not_keep_it(store: SqlStore) -> None:
    _take(store, _report("a"), _report("b"))
    earlier = START - timedelta(hours=1)
    merge_reports(store, LAPTOP, lambda: earlier, 1, main_id=1, duplicate_ids=[2], note="Same", seen_versions={})
    before = _kept(store)
    second = _take(store, _report("a", text="Wrong"), _report("b", text="Wrong"), file="two")
    _undo(store, second)
    assert _kept(store) == before
    assert store.events(Subject.IMPORT, second.id)[-1].details["kept"] == 0


def test_an_import_is_taken_back_in_stretches_as_in_one(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "_AT_ONCE", 3)
    _take(store, *(_report(str(number)) for number in range(10)))
    before = _kept(store)
    second = _take(store, *(_closed(str(number)) for number in range(5, 15)), file="two")
    _undo(store, second)
    assert _kept(store) == before
    details = store.events(Subject.IMPORT, second.id)[-1].details
    assert (details["undone"], details["put_back"], details["kept"]) == (5, 5, 0)


def test_names_get_their_new_meaning_while_their_import_is_undone(store: SqlStore) -> None:
    rows = (
        _report("a", category=None, category_name="Foozle"),
        _report("b", category="DMG-GRAF", category_name="Graffiti"),
        _report("c", category=None, category_name="Lamps"),
        _report("d", category=None, category_name="LAMPS "),
    )
    _take(store, _report("z", category=None, category_name="lamps"))
    second = _take(store, *rows, file="two")
    _undo(store, second)
    codes = ("LGT-OUT", "DMG-GRAF", "DMG-VAND", "WST-DUMP")
    categories = [Category(code, code, next(iter(Sensitivity)), "") for code in codes]
    listed = Taxonomy.build(categories, [FeedName("*", "Graffiti", "DMG-GRAF")])
    with pytest.raises(NotFound):
        map_name(store, LAPTOP, lambda: START, 1, source=None, name="Foozle", code="LGT-OUT", taxonomy=listed)
    assert map_name(store, LAPTOP, lambda: START, 1, source=None, name="lamps", code="LGT-OUT", taxonomy=listed) == 1
    names = [FeedName("*", *told) for told in (("Foozle", "WST-DUMP"), ("Graffiti", "DMG-VAND"), ("lamps", "LGT-OUT"))]
    change = replace_names(store, LAPTOP, lambda: START, 1, text="x", names=names, taxonomy=listed, past_too=True)
    assert change.reports == 0
    _take(store, *rows, file="two")
    kept = {key: report.category for key, report in _kept(store).items()}
    assert kept == {"a": "WST-DUMP", "b": "DMG-VAND", "c": "LGT-OUT", "d": "LGT-OUT", "z": "LGT-OUT"}
    assert store.counts().unmapped == 0
