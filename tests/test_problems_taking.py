"""Late, odd and re-opened reports are told apart, and an import that is cut short leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.stores import SqlStore, open_store
from problems.areas import Area, AreaKind
from problems.events import EventKind, Subject, event
from problems.people import LAPTOP
from problems.reports import Batch, BatchState, RejectedRow, Report, ReportFlag, ReportStatus
from problems.sources import PlacePrecision, Source, TimePrecision
from problems.use_cases.importing import LONGEST_WAIT, Trial, accept_import
from tests.storing import BACK_ENDS, empty_url, geometry, run_sql
from tests.taking import BEFORE, START, closed, fed, take

DAY = timedelta(days=1)
REJECTED = RejectedRow(7, "Opened", "soon", "This cannot be read.", {"Opened": "soon"})
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(params=BACK_ENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_url(request.param, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = open_store(url)
    yield opened
    opened.close()


def _flags(store: SqlStore) -> dict[str, ReportFlag]:
    return {report.source_id: report.flags for report in store.all_reports()}


def test_a_file_taken_three_times_leaves_the_identical_store(store: SqlStore, url: str) -> None:
    rows = (
        fed("a"),
        closed("b", BEFORE - DAY),
        fed("a", text="Again"),
        REJECTED,
        fed("c", lon_lat=None),
    )
    first = take(store, *rows)
    assert (first.accepted, first.updated, first.rejected) == (3, 1, 1)

    def kept() -> list[list[Any]]:
        tables = ("report", "rejected_row", "source", "fact")
        return [run_sql(url, f"SELECT * FROM {table} ORDER BY 1") for table in tables]  # noqa: S608 - fixed names

    before = kept()
    for _ in range(2):
        again = take(store, *rows)
        assert (again.rows, again.accepted, again.updated, again.unchanged, again.rejected) == (5, 0, 0, 4, 1)
        assert kept() == before
    assert len(store.batches()) == 3


def test_rows_dated_before_what_an_earlier_file_covered_came_late(store: SqlStore) -> None:
    assert take(store, fed("a"), fed("b", reported_at=BEFORE - 9 * DAY)).late == 0
    second = take(
        store,
        fed("on time", reported_at=BEFORE + DAY),
        fed("same day", reported_at=BEFORE - DAY),
        fed("late", reported_at=BEFORE - DAY - timedelta(seconds=1)),
        fed("b", reported_at=BEFORE - 9 * DAY, text="known"),
        file="two",
    )
    assert (second.accepted, second.updated, second.late) == (3, 1, 1)
    assert second.flagged == {"LATE": 1}
    assert [key for key, flags in _flags(store).items() if flags & ReportFlag.LATE] == ["late"]
    take(store, fed("late", reported_at=BEFORE - 3 * DAY, text="More"), file="three")
    assert _flags(store)["late"] == ReportFlag.LATE


def test_a_date_in_the_future_does_not_make_all_others_late(store: SqlStore) -> None:
    take(store, fed("typo", reported_at=START + 900 * DAY), fed("a"))
    second = take(store, fed("b", reported_at=BEFORE), file="two")
    assert second.late == 0
    assert _flags(store)["typo"] == ReportFlag.REPORTED_IN_FUTURE


def test_odd_closing_times_are_marked_and_kept(store: SqlStore) -> None:
    batch = take(
        store,
        closed("before", BEFORE - DAY),
        closed("at once", BEFORE + timedelta(seconds=59)),
        closed("same moment", BEFORE),
        closed("fine", BEFORE + timedelta(seconds=60)),
        fed("open"),
    )
    assert (batch.accepted, batch.rejected) == (5, 0)
    assert batch.flagged == {"CLOSED_BEFORE_REPORTED": 1, "CLOSED_AT_ONCE": 2}
    flags = _flags(store)
    assert flags["before"] == ReportFlag.CLOSED_BEFORE_REPORTED
    assert flags["at once"] == flags["same moment"] == ReportFlag.CLOSED_AT_ONCE
    assert not flags["fine"] | flags["open"]


def test_an_update_is_told_with_what_was_before(store: SqlStore) -> None:
    take(store, fed("a"))
    batch = take(store, fed("a", text="Two lamps", area="Harehills", lon_lat=(-0.2, 51.4)), file="two")
    (told,) = store.events(Subject.REPORT, 1)
    assert told.kind is EventKind.EDITED
    assert told.before == {"text": "Out", "area": "", "lon_lat": [-0.1, 51.5]}
    assert (told.changes["area"], told.changes["lon_lat"]) == ("Harehills", [-0.2, 51.4])
    assert "Two lamps" not in str(told.changes)
    assert told.details["batch_id"] == batch.id


# -- status --


def _moved_by_hand(store: SqlStore, status: ReportStatus, at: datetime) -> None:
    with store.writing() as unit:
        (report,) = unit.reports([1])
        unit.save_report(replace(report, status=status), report.version)
        unit.add_events([event(at, LAPTOP, Subject.REPORT, 1, EventKind.MOVED, changes={"status": str(status)})])


def test_a_feed_opens_a_closed_report_again_by_a_later_change(store: SqlStore) -> None:
    take(store, closed("a", updated_at=START))
    take(store, fed("a", updated_at=START + DAY), file="two")
    (kept,) = store.all_reports()
    assert (kept.status, kept.closed_at, kept.resolution) == (ReportStatus.IN_PROGRESS, None, "")
    told = store.events(Subject.REPORT, 1)[-1]
    assert (told.kind, told.note) == (EventKind.MOVED, "The feed opened it again.")
    assert store.events(Subject.IMPORT)[-1].changes["reopened"] == 1
    take(store, closed("a", START + 2 * DAY, updated_at=START + 2 * DAY), file="three")
    assert [report.status for report in store.all_reports()] == [ReportStatus.RESOLVED]


@pytest.mark.parametrize("updated_at", [None, START, START - DAY])
def test_a_closed_report_stays_closed_without_a_later_change(store: SqlStore, updated_at: datetime | None) -> None:
    take(store, closed("a", updated_at=START))
    batch = take(store, fed("a", updated_at=updated_at), file="two")
    assert batch.updated == 1
    (kept,) = store.all_reports()
    assert (kept.status, kept.closed_at) == (ReportStatus.RESOLVED, START)
    told = store.events(Subject.REPORT, 1)[-1]
    assert told.kind is EventKind.NOTED
    assert "status" not in told.changes
    assert told.details["outside"] == {"status": "new", "resolution": "", "closed_at": None}


def test_a_feed_does_not_open_again_what_people_closed_later(store: SqlStore) -> None:
    take(store, fed("a", updated_at=BEFORE))
    _moved_by_hand(store, ReportStatus.RESOLVED, START)
    take(store, fed("a", status=ReportStatus.ACKNOWLEDGED, updated_at=START - DAY), file="two")
    assert [report.status for report in store.all_reports()] == [ReportStatus.RESOLVED]
    take(store, fed("a", updated_at=START + DAY), file="three")
    assert [report.status for report in store.all_reports()] == [ReportStatus.IN_PROGRESS]


def test_a_row_that_the_feed_wrote_earlier_changes_nothing(store: SqlStore) -> None:
    take(store, closed("a", updated_at=START, text="Mended", area="New"))
    batch = take(store, fed("a", updated_at=START - DAY, text="Out", area="Old"), file="older")
    assert batch.updated == 1
    (kept,) = store.all_reports()
    assert (kept.status, kept.text, kept.area, kept.updated_at) == (ReportStatus.RESOLVED, "Mended", "New", START)
    assert store.events(Subject.REPORT, 1)[-1].kind is EventKind.NOTED
    assert take(store, fed("a", updated_at=START - DAY, text="Out", area="Old"), file="again").unchanged == 1


def test_an_earlier_closing_of_another_kind_does_not_move_a_closed_report(store: SqlStore) -> None:
    take(store, closed("a", START))
    take(store, fed("a", status=ReportStatus.NOT_OURS, closed_at=START - DAY), file="two")
    assert [report.status for report in store.all_reports()] == [ReportStatus.RESOLVED]
    take(store, closed("a", START - 2 * DAY), file="corrected")
    assert [report.closed_at for report in store.all_reports()] == [START - 2 * DAY]


def test_a_corrected_report_stays_a_duplicate_of_its_main_report(store: SqlStore) -> None:
    take(store, fed("a"), fed("b"))
    with store.writing() as unit:
        (report,) = unit.reports([2])
        unit.save_report(replace(report, main_id=1), report.version)
    take(store, fed("b", text="More"), file="two")
    assert [report.main_id for report in store.all_reports()] == [None, 1]


# -- sources and boundaries --


def test_what_was_measured_of_a_source_is_kept_and_its_points_are_marked(store: SqlStore) -> None:
    exact = Source(0, "council", columns="first", why="No grid.")
    take(store, fed("a"), told_of_source=exact)
    assert not _flags(store)["a"]
    snapped = Source(0, "council", PlacePrecision.SNAPPED, TimePrecision.MONTH, 500.0, "second", why="A grid.")
    batch = take(store, fed("b"), told_of_source=snapped, file="two")
    assert batch.flagged == {"SNAPPED": 1}
    assert set(_flags(store).values()) == {ReportFlag.SNAPPED}
    (source,) = store.sources()
    assert (source.precision, source.lattice_m, source.columns) == (PlacePrecision.SNAPPED, 500.0, "second")


def test_a_persons_decision_about_a_source_is_never_overwritten(store: SqlStore) -> None:
    with store.writing() as unit:
        unit.add_source(Source(0, "council", PlacePrecision.EXACT, decided_by="p1", why="I know."))
    told = Source(0, "council", PlacePrecision.SNAPPED, columns="new", why="A grid.")
    batch = take(store, fed("a"), told_of_source=told)
    assert batch.flagged == {}
    (source,) = store.sources()
    assert (source.precision, source.decided_by, source.why) == (PlacePrecision.EXACT, "p1", "I know.")
    assert source.columns == "new"


def test_reports_are_put_into_the_boundaries_that_hold_them(store: SqlStore) -> None:
    with store.writing() as unit:
        unit.add_areas([Area(0, AreaKind.WARD, "Harehills", geometry()), Area(0, AreaKind.BEAT, "B1", geometry())])
    take(store, fed("in", lon_lat=(-1.549, 53.801)), fed("out"), fed("nowhere", lon_lat=None))
    found = {
        report.source_id: (report.ward_id, report.beat_id, report.neighbourhood_id) for report in store.all_reports()
    }
    assert found == {"in": (1, 2, None), "out": (None, None, None), "nowhere": (None, None, None)}


# -- trials --


def test_a_trial_of_several_files_counts_what_importing_them_would_count(store: SqlStore) -> None:
    take(store, fed("known"))
    files = {
        "two": (fed("a"), fed("b"), fed("a", text="Twice"), REJECTED, fed("known", text="New")),
        "three": (fed("a"), fed("b"), fed("c"), fed("known", text="New")),
        "two again": (fed("a", text="Twice"), fed("b")),
    }
    version, trial = store.version(), Trial()
    tried = [take(store, *rows, file=name.split()[0], trial=trial) for name, rows in files.items()]
    assert store.version() == version
    assert len(store.batches()) == 1
    kept = [take(store, *rows, file=name.split()[0]) for name, rows in files.items()]
    assert [replace(batch, id=0) for batch in kept] == tried


def test_a_dry_run_neither_waits_for_a_writer_nor_keeps_one_waiting(store: SqlStore) -> None:
    with store.writing() as unit:
        unit.set_fact("busy", "1")
        assert take(store, fed("a"), dry_run=True).accepted == 1
    assert store.counts().is_empty


# -- cut short --

_KILLED = """
import os, signal, sys
from dataclasses import replace
sys.path.insert(0, sys.argv[1])
from data.stores import open_store
from problems.use_cases import importing
from tests import test_problems_taking as given

importing.CHUNK_ROWS = 10
store, when = open_store(sys.argv[2]), int(sys.argv[3])
calls = 0

def die(message, share):
    global calls
    calls += 1
    if calls == when:
        os.kill(os.getpid(), signal.SIGKILL)

given.take_many(store, progress=die)
"""


def take_many(store: SqlStore, **told: Any) -> Batch:
    """Take a file whose rows are new, changed and rejected into a store that has some of them."""
    return take(store, *(closed(f"r{number % 30}", text=f"row {number}") for number in range(55)), REJECTED, **told)


@pytest.mark.parametrize("call", [1, 3, 6, 7])
def test_an_import_that_is_killed_leaves_nothing_and_starts_again_as_if_never_begun(
    url: str, tmp_path: Path, call: int
) -> None:
    back_end = "postgresql" if url.startswith("postgresql") else "sqlite"
    clean_url = empty_url(back_end, tmp_path)
    clean, store = open_store(clean_url), open_store(url)
    for opened in (clean, store):
        take(opened, *(fed(f"r{number}") for number in range(5)), file="before")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(ROOT), url, str(call)],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert store.counts().reports == 5
    assert store.rejected_rows() == []
    cut = store.batches()[0]
    assert (cut.state, cut.rows) == (BatchState.RUNNING, 0)
    take_many(store, at=START + LONGEST_WAIT + timedelta(seconds=1))
    take_many(clean)
    assert [batch.state for batch in store.batches()] == [BatchState.DONE, BatchState.CANCELLED, BatchState.DONE]
    for opened in (clean, store):
        opened.close()
    reports = [
        [
            row[1:]
            for row in run_sql(one, "SELECT id, source_id, status, text, content, version FROM report ORDER BY id")
        ]
        for one in (clean_url, url)
    ]
    assert reports[0] == reports[1]
    assert len(reports[0]) == 30
    counted = "SELECT rows, accepted, unchanged, updated, rejected FROM batch ORDER BY id DESC LIMIT 1"
    assert run_sql(clean_url, counted) == run_sql(url, counted)


def test_a_cancelled_import_stays_in_the_history_and_counts_nowhere(store: SqlStore) -> None:
    def rows() -> Iterator[Report]:
        yield fed("a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        accept_import(
            store, LAPTOP, lambda: START, 1, source="council", file_name="f", sha256="one", columns={}, rows=rows()
        )
    (batch,) = store.batches()
    assert (batch.state, batch.rows, batch.accepted) == (BatchState.CANCELLED, 0, 0)
    assert store.counts().batches == 0
    assert take(store, fed("a")).accepted == 1
