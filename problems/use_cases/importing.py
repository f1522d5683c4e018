"""Take a file's rows into the store: every row counted once, nothing lost, nothing invented."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from itertools import islice

from problems.clock import Clock
from problems.events import Event, EventKind, Subject, event
from problems.people import Principal, Role
from problems.progress import Progress, silent
from problems.reports import Batch, RejectedRow, Report, ReportStatus
from problems.store import KnownReport, Store, Unit
from problems.use_cases.saving import plain, require

#: Small enough for first progress within a second, large enough that the store is not the bottleneck.
CHUNK_ROWS = 4_000

_OPEN = frozenset({ReportStatus.NEW, ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS})
_CONTENT_BYTES = 16
_STATUS_BYTES = 8


class _DryRun(Exception):
    """Ends the unit of a dry run."""


def content_of(report: Report) -> bytes:
    """Return the fingerprint of what the feed says about a report.

    The first 16 bytes are of everything, the last 8 of the status alone, so that a later import can
    tell what the feed itself said last time from what people made of it. The category code is left
    out: it follows from the name and may be mapped by people.
    """
    told = (
        report.category_name,
        report.reported_at.isoformat(),
        report.occurred_at.isoformat() if report.occurred_at else "",
        report.lon_lat,
        report.address,
        report.text,
        report.area,
        report.channel,
        report.reporter,
    )
    status = _status_of(report)
    whole = blake2b(repr(told).encode(), digest_size=_CONTENT_BYTES)
    whole.update(status)
    return whole.digest() + status


def _status_of(report: Report) -> bytes:
    closed = report.closed_at.isoformat() if report.closed_at else ""
    return blake2b(f"{report.status}|{report.resolution}|{closed}".encode(), digest_size=_STATUS_BYTES).digest()


def accept_import(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    source: str,
    file_name: str,
    sha256: str,
    columns: Mapping[str, str],
    rows: Iterable[Report | RejectedRow],
    facts: Mapping[str, str] | None = None,
    share_read: Callable[[], float] = lambda: 0.0,
    progress: Progress = silent,
    dry_run: bool = False,
) -> Batch:
    """Keep the rows of one file in one unit, and return what became of them.

    A report is the same as a kept one when source and source id agree. Then the row is *unchanged*
    if the feed says what it said last time, else *updated*: the feed's fields replace the kept
    ones, but the status moves only where the feed's own status changed, never back from an ended
    state to an open one, and never against people who moved it later than the feed's closing time.
    A file that was imported before with the same columns changes nothing.

    Parameters
    ----------
    rows
        In file order, one report or rejected row for each row of the file.
    facts
        Facts to remember in the same unit.
    share_read
        How much of the file has been read, 0 to 1, for the progress.
    dry_run
        Count everything and keep nothing.

    Returns
    -------
    Batch
        With ``id`` 0 after a dry run.

    Raises
    ------
    NotAllowed
        When the principal may not import.
    Cancelled
        From ``progress``; nothing of the file was kept.
    """
    asked = f"The file {file_name} was not imported."
    require(principal, asked, Role.OFFICER, Role.COORDINATOR, Role.ADMIN, Role.SYSTEM)
    head = Batch(0, source, file_name, sha256, clock(), clock(), principal.key, 0, 0, 0, 0, 0, 0, 0, dict(columns))
    repeated = _was_imported(store, head)
    finished = head
    try:
        with store.writing() as unit:
            batch_id = unit.add_batch(head)
            run = _Run(store, unit, principal, clock, replace(head, id=batch_id), repeated)
            _take_all(run, rows, share_read, progress)
            finished = run.finished()
            unit.finish_batch(finished)
            for name, value in (facts or {}).items():
                unit.set_fact(name, value)
            unit.add_events([_imported(principal, finished)])
            if dry_run:
                raise _DryRun
    except _DryRun:
        finished = replace(finished, id=0)
    return finished


def _take_all(
    run: "_Run", rows: Iterable[Report | RejectedRow], share_read: Callable[[], float], progress: Progress
) -> None:
    for chunk in _chunks(rows):
        run.take(chunk)
        progress(f"{run.count.rows:,} rows read", 0.2 + 0.78 * share_read())
    progress("Saving", 0.99)


def _chunks(rows: Iterable[Report | RejectedRow]) -> Iterator[list[Report | RejectedRow]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK_ROWS)):
        yield chunk


def _was_imported(store: Store, head: Batch) -> bool:
    same = (head.source, head.sha256, dict(head.columns))
    return any((batch.source, batch.sha256, dict(batch.columns)) == same for batch in store.batches())


def _imported(principal: Principal, batch: Batch) -> Event:
    counts = ("rows", "accepted", "unchanged", "updated", "rejected", "unplaced", "unmapped")
    return event(
        batch.finished_at,
        principal,
        Subject.IMPORT,
        batch.id,
        EventKind.IMPORTED,
        changes={name: getattr(batch, name) for name in counts},
        details={"source": batch.source, "file_name": batch.file_name, "sha256": batch.sha256},
    )


@dataclass
class _Count:
    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    updated: int = 0
    rejected: int = 0
    unplaced: int = 0
    unmapped: int = 0


@dataclass
class _Run:
    """One import under way: what was counted, and what waits to be written with the chunk."""

    store: Store
    unit: Unit
    principal: Principal
    clock: Clock
    batch: Batch
    repeated: bool
    count: _Count = field(default_factory=_Count)

    def take(self, chunk: Sequence[Report | RejectedRow]) -> None:
        reports = [row for row in chunk if isinstance(row, Report)]
        rejected = [row for row in chunk if isinstance(row, RejectedRow)]
        self.count.rows += len(chunk)
        self.count.rejected += len(rejected)
        if rejected:
            self.unit.add_rejected(self.batch.id, rejected)
        for told in self._rounds(reports):
            self._take_round(told)

    def _rounds(self, reports: Sequence[Report]) -> Iterator[list[tuple[Report, bytes]]]:
        """Yield reports so that each id comes once at a time: a row about it is kept before the next is read.

        A row that says what the row before it about the same id says is counted here.
        """
        waiting: list[list[tuple[Report, bytes]]] = []
        turns: dict[str, int] = {}
        latest: dict[str, bytes] = {}
        for report in reports:
            key, content = report.source_id, content_of(report)
            if latest.get(key) == content:
                self.count.unchanged += 1
                continue
            latest[key] = content
            turn = turns[key] = turns.get(key, -1) + 1
            if turn == len(waiting):
                waiting.append([])
            waiting[turn].append((report, content))
        yield from waiting

    def _take_round(self, told: Sequence[tuple[Report, bytes]]) -> None:
        known = self.unit.known_reports(self.batch.source, [report.source_id for report, _ in told])
        new: list[tuple[Report, bytes]] = []
        changed: list[tuple[Report, bytes]] = []
        for report, content in told:
            kept = known.get(report.source_id)
            if kept is not None and (self.repeated or kept.content == content):
                self.count.unchanged += 1
                continue
            self.count.accepted += kept is None
            self.count.updated += kept is not None
            self._count_gaps(report)
            (new if kept is None else changed).append((report, content))
        if new:
            self.unit.add_reports(self.batch.id, new)
        if changed:
            self._update(changed, known)

    def _count_gaps(self, report: Report) -> None:
        self.count.unplaced += report.lon_lat is None
        self.count.unmapped += report.category is None

    def _update(self, changed: Sequence[tuple[Report, bytes]], known: Mapping[str, KnownReport]) -> None:
        # From the unit: an earlier row of this very file may have changed them.
        kept = {before.id: before for before in self.unit.reports([known[one.source_id].id for one, _ in changed])}
        merged: list[tuple[Report, bytes]] = []
        told: list[Event] = []
        for report, content in changed:
            was = known[report.source_id]
            merged.append((self._merge(kept[was.id], report, was.content, content, told), content))
        self.unit.update_reports(self.batch.id, merged)
        self.unit.add_events(told)

    def _merge(self, before: Report, report: Report, was: bytes, now: bytes, told: list[Event]) -> Report:
        """Return the kept report with the feed's newer fields, and its status where it may move.

        What happens to the status is added to ``told``.
        """
        differs = was[_CONTENT_BYTES:] != now[_CONTENT_BYTES:] and _status_of(before) != now[_CONTENT_BYTES:]
        moves = differs and self._may_move(before, report, was)
        stands = report if moves else before
        after = replace(
            report,
            id=before.id,
            category=report.category or self._kept_category(before, report),
            version=before.version,
            status=stands.status,
            resolution=stands.resolution,
            closed_at=stands.closed_at,
            main_id=before.main_id,
        )
        if not differs:
            return after
        changes = _status_fields(report)
        told.append(
            event(
                self.clock(),
                self.principal,
                Subject.REPORT,
                before.id,
                EventKind.MOVED if moves else EventKind.NOTED,
                changes=changes if moves else {},
                before=_status_fields(before) if moves else {},
                note="" if moves else "The feed says otherwise; the status stays as people or a newer time set it.",
                details={"outside": changes, "batch_id": self.batch.id},
            )
        )
        return after

    @staticmethod
    def _kept_category(before: Report, report: Report) -> str | None:
        return before.category if before.category_name == report.category_name else None

    def _may_move(self, before: Report, report: Report, was: bytes) -> bool:
        if before.status not in _OPEN and report.status in _OPEN:
            return False
        if before.main_id is not None:
            # People said that it is told of by another report: what becomes of it follows that one.
            return False
        if _status_of(before) == was[_CONTENT_BYTES:]:
            return True
        outside_at = report.closed_at
        moved_at = self._last_move_by_people(before.id)
        return moved_at is None or (outside_at is not None and outside_at > moved_at)

    def _last_move_by_people(self, report_id: int) -> datetime | None:
        moves = [
            one.at
            for one in self.store.events(Subject.REPORT, report_id)
            if one.kind is EventKind.MOVED and "batch_id" not in one.details
        ]
        return max(moves, default=None)

    def finished(self) -> Batch:
        return replace(
            self.batch,
            finished_at=self.clock(),
            rows=self.count.rows,
            accepted=self.count.accepted,
            unchanged=self.count.unchanged,
            updated=self.count.updated,
            rejected=self.count.rejected,
            unplaced=self.count.unplaced,
            unmapped=self.count.unmapped,
        )


def _status_fields(report: Report) -> dict[str, object]:
    return {
        "status": plain(report.status),
        "resolution": report.resolution,
        "closed_at": plain(report.closed_at) if report.closed_at else None,
    }
