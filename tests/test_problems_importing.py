"""Importing counts every row once, keeps people's decisions, and changes nothing when repeated."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.stores import open_store
from problems.errors import Cancelled, NotAllowed
from problems.events import EventKind, Subject, event
from problems.people import LAPTOP, Principal, Role
from problems.reports import Batch, RejectedRow, Report, ReportStatus
from problems.store import Store
from problems.use_cases import importing
from problems.use_cases.importing import accept_import, content_of
from tests.storing import BACK_ENDS, empty_url

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEFORE = START - timedelta(days=30)


@pytest.fixture(params=BACK_ENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_url(request.param, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def _report(source_id: str, **told: object) -> Report:
    plain = Report(
        0,
        "council",
        source_id,
        "LGT-OUT",
        "Street lighting",
        BEFORE,
        ReportStatus.NEW,
        (-0.1, 51.5),
        text="Lamp is out",
    )
    return replace(plain, **told)  # type: ignore[arg-type]  # the tests name real fields


REJECTED = RejectedRow(7, "Opened", "soon", "Date reported: this cannot be read.", {"Opened": "soon"})


def _take(
    store: Store,
    *rows: Report | RejectedRow,
    file: str = "one",
    at: datetime = START,
    dry_run: bool = False,
    principal: Principal = LAPTOP,
) -> Batch:
    return accept_import(
        store,
        principal,
        lambda: at,
        1,
        source="council",
        file_name=f"{file}.csv",
        sha256=file,
        columns={"id": "ID"},
        rows=rows,
        dry_run=dry_run,
    )


def _counts(batch: Batch) -> tuple[int, int, int, int, int]:
    return batch.rows, batch.accepted, batch.unchanged, batch.updated, batch.rejected


def _kept(store: Store) -> list[Report]:
    return [replace(report, version=1, batch_id=None) for report in store.all_reports()]


def test_every_row_is_kept_or_rejected_with_its_reason(store: Store) -> None:
    batch = _take(store, _report("a"), REJECTED, _report("b", lon_lat=None, category=None, category_name="New thing"))
    assert _counts(batch) == (3, 2, 0, 0, 1)
    assert (batch.unplaced, batch.unmapped) == (1, 1)
    assert [report.source_id for report in store.all_reports()] == ["a", "b"]
    assert store.rejected_rows(batch.id) == [REJECTED]
    assert store.batches() == [batch]
    (told,) = store.events(Subject.IMPORT, batch.id)
    assert told.kind is EventKind.IMPORTED
    assert told.changes["accepted"] == 2


def test_a_repeated_file_changes_nothing(store: Store) -> None:
    rows = (_report("a"), _report("b"), _report("a", text="Second row of the same id"), REJECTED)
    assert _counts(_take(store, *rows)) == (4, 2, 0, 1, 1)
    before = list(store.all_reports())
    for _ in range(2):
        assert _counts(_take(store, *rows)) == (4, 0, 3, 0, 1)
        assert list(store.all_reports()) == before


def test_the_last_row_about_an_id_holds_within_a_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS", 2)
    rows = [_report("a", text=text) for text in ("one", "two", "two", "three", "three")]
    assert _counts(_take(store, *rows)) == (5, 1, 2, 2, 0)
    assert [report.text for report in store.all_reports()] == ["three"]


#: Of examples that each write stores of their own.
EXAMPLES = 40


@settings(max_examples=EXAMPLES)
@given(
    rows=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y"]), st.booleans()), max_size=12),
    chunk=st.integers(1, 5),
)
def test_counts_add_up_and_do_not_depend_on_chunks(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, bool]], chunk: int
) -> None:
    file = [REJECTED if broken else _report(source_id, text=text) for source_id, text, broken in rows]
    seen: dict[str, str] = {}
    expected = [0, 0, 0, 0]
    for source_id, text, broken in rows:
        fate = 3 if broken else 0 if source_id not in seen else 1 if seen[source_id] == text else 2
        expected[fate] += 1
        if not broken:
            seen[source_id] = text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "CHUNK_ROWS", chunk)
        opened = open_store(empty_url("sqlite", tmp_path_factory.mktemp("any")))
        batch = _take(opened, *file)
        kept = {report.source_id: report.text for report in opened.all_reports()}
        opened.close()
    assert _counts(batch) == (len(rows), *expected)
    assert kept == seen


_SAID: dict[str, dict[str, Any]] = {
    "new": {},
    "text": {"text": "Two lamps are out"},
    "busy": {"status": ReportStatus.IN_PROGRESS},
    "done": {"status": ReportStatus.RESOLVED, "resolution": "fixed", "closed_at": START},
    "done later": {"status": ReportStatus.RESOLVED, "resolution": "fixed", "closed_at": START + timedelta(days=1)},
}
_TOLD = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(sorted(_SAID))), min_size=1, max_size=7)


@settings(max_examples=EXAMPLES)
@given(first=_TOLD, then=_TOLD, chunk=st.integers(1, 4))
def test_where_a_file_is_cut_changes_nothing_of_what_is_kept(
    tmp_path_factory: pytest.TempPathFactory, first: list[tuple[str, str]], then: list[tuple[str, str]], chunk: int
) -> None:
    seen = []
    for rows_at_once in (chunk, 100):
        opened = open_store(empty_url("sqlite", tmp_path_factory.mktemp("cut")))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(importing, "CHUNK_ROWS", rows_at_once)
            batches = [
                _take(opened, *(_report(source_id, **_SAID[said]) for source_id, said in rows), file=file)
                for file, rows in (("one", first), ("two", then))
            ]
        kept = list(opened.all_reports())
        for report in kept:
            began = next(said for source_id, said in [*first, *then] if source_id == report.source_id)
            status = _SAID[began].get("status", ReportStatus.NEW)
            for told in opened.events(Subject.REPORT, report.id):
                status = told.changes.get("status", status)
            assert report.status == status, "the status is what its events add up to"
        seen.append((kept, [_counts(batch) for batch in batches]))
        opened.close()
    assert seen[0] == seen[1]


def test_a_status_from_an_earlier_part_of_the_file_is_not_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS", 1)
    _take(store, _report("a"))
    _take(store, _closed(), _closed(text="Mended"), file="two")
    (kept,) = store.all_reports()
    assert (kept.status, kept.closed_at, kept.text) == (ReportStatus.RESOLVED, START, "Mended")


def test_a_dry_run_counts_the_same_and_keeps_nothing(store: Store) -> None:
    _take(store, _report("a"))
    version, before = store.version(), _kept(store)
    rows = (_report("a", text="Still out"), _report("b"), REJECTED)
    dry = _take(store, *rows, file="two", dry_run=True)
    assert dry.id == 0
    assert _kept(store) == before
    assert store.version() == version
    assert len(store.batches()) == 1
    assert store.rejected_rows() == []
    real = _take(store, *rows, file="two")
    assert _counts(real) == _counts(dry) == (3, 1, 0, 1, 1)


def test_a_cancelled_import_keeps_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS", 1)

    def stop(message: str, _share: float) -> None:
        if message.startswith("2 "):
            raise Cancelled

    with pytest.raises(Cancelled):
        accept_import(
            store,
            LAPTOP,
            lambda: START,
            1,
            source="council",
            file_name="f",
            sha256="f",
            columns={},
            rows=[_report("a"), _report("b"), _report("c")],
            progress=stop,
        )
    assert store.counts().is_empty


def test_a_bug_half_way_keeps_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS", 1)

    def rows() -> Iterator[Report]:
        yield _report("a")
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        accept_import(
            store, LAPTOP, lambda: START, 1, source="council", file_name="f", sha256="f", columns={}, rows=rows()
        )
    assert store.counts().is_empty


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PARTNER, Role.COMMAND])
def test_roles_without_reports_cannot_import(store: Store, role: Role) -> None:
    with pytest.raises(NotAllowed):
        _take(store, _report("a"), principal=Principal("x", "X", frozenset({role})))
    assert store.counts().is_empty


def _closed(**told: object) -> Report:
    return _report("a", status=ReportStatus.RESOLVED, resolution="unspecified", closed_at=START, **told)


def test_a_closed_report_of_the_feed_becomes_resolved_with_an_event(store: Store) -> None:
    _take(store, _report("a"))
    _take(store, _closed(), file="two")
    (kept,) = store.all_reports()
    assert (kept.status, kept.resolution, kept.closed_at) == (ReportStatus.RESOLVED, "unspecified", START)
    (told,) = store.events(Subject.REPORT, kept.id)
    assert told.kind is EventKind.MOVED
    assert told.before["status"] == "new"
    assert told.changes["status"] == "resolved"


def _move_by_hand(store: Store, status: ReportStatus, at: datetime) -> None:
    (kept,) = store.all_reports()
    with store.writing() as unit:
        unit.save_report(replace(kept, status=status), kept.version)
        unit.add_events([event(at, LAPTOP, Subject.REPORT, kept.id, EventKind.MOVED, changes={"status": str(status)})])


def test_a_feed_that_says_the_same_again_leaves_the_status_to_people(store: Store) -> None:
    _take(store, _report("a"))
    _move_by_hand(store, ReportStatus.IN_PROGRESS, START)
    assert _counts(_take(store, _report("a", text="More detail"), file="two"))[3] == 1
    (kept,) = store.all_reports()
    assert (kept.status, kept.text) == (ReportStatus.IN_PROGRESS, "More detail")


@pytest.mark.parametrize(
    ("moved_at", "status"),
    [(START - timedelta(days=1), ReportStatus.RESOLVED), (START + timedelta(days=1), ReportStatus.IN_PROGRESS)],
)
def test_an_older_outside_event_is_recorded_and_never_moves_the_state(
    store: Store, moved_at: datetime, status: ReportStatus
) -> None:
    _take(store, _report("a"))
    _move_by_hand(store, ReportStatus.IN_PROGRESS, moved_at)
    _take(store, _closed(), file="two", at=START + timedelta(days=2))
    (kept,) = store.all_reports()
    assert kept.status is status
    last = store.events(Subject.REPORT, kept.id)[-1]
    assert last.details["outside"]["status"] == "resolved"  # type: ignore[index]  # what the event holds is plain JSON
    assert (last.kind is EventKind.MOVED) is (status is ReportStatus.RESOLVED)


def test_an_older_file_does_not_open_a_resolved_report_again(store: Store) -> None:
    _take(store, _closed())
    _take(store, _report("a"), file="older")
    (kept,) = store.all_reports()
    assert (kept.status, kept.closed_at) == (ReportStatus.RESOLVED, START)
    assert _counts(_take(store, _report("a"), file="older again"))[2] == 1


def test_a_category_that_people_mapped_stays_when_the_feed_changes_the_text(store: Store) -> None:
    _take(store, _report("a", category=None, category_name="Lamps"))
    with store.writing() as unit:
        assert unit.map_category("council", "Lamps", "LGT-OUT") == 1
    _take(store, _report("a", category=None, category_name="Lamps", text="New words"), file="two")
    (kept,) = store.all_reports()
    assert (kept.category, kept.text) == ("LGT-OUT", "New words")


def test_two_sources_never_mix(store: Store) -> None:
    _take(store, _report("a"))
    other = accept_import(
        store,
        LAPTOP,
        lambda: START,
        1,
        source="police",
        file_name="p",
        sha256="one",
        columns={"id": "ID"},
        rows=[_report("a", source="police")],
    )
    assert _counts(other) == (1, 1, 0, 0, 0)
    assert store.counts().reports == 2


@given(st.sampled_from(["text", "address", "area", "channel", "reporter", "category_name"]), st.text(min_size=1))
def test_any_field_of_the_feed_changes_the_fingerprint(field: str, value: str) -> None:
    plain = _report("a", text="", category_name="")
    assert content_of(replace(plain, **{field: value})) != content_of(plain)  # type: ignore[arg-type]  # text fields
    assert content_of(replace(plain, category="DMG-GRAF", id=9, version=3)) == content_of(plain)
