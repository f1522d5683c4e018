"""Take a file's rows into the store: every row counted once, nothing lost, nothing invented."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from problems.clock import Clock
from problems.errors import ProblemError
from problems.events import Event, EventKind, Subject, event
from problems.fingerprints import content_of
from problems.people import Principal, Role
from problems.progress import Progress, silent
from problems.report_columns import ReportColumns, TableStretch
from problems.reports import Batch, BatchState, RejectedRow, Report
from problems.sources import Source, TimePrecision
from problems.store import Store, Unit
from problems.then.changes import REVIVED, as_ranges
from problems.use_cases.restoring import described
from problems.use_cases.saving import require
from problems.use_cases.taking import KeptRows, Run, Tally, TriedRows

__all__ = ["CHUNK_ROWS", "Trial", "accept_import", "content_of"]

#: Rows that come one by one are taken together in as many.
CHUNK_ROWS = 4_000
#: An import that began longer ago and does not write is dead: no store lets anybody wait that long.
LONGEST_WAIT = timedelta(minutes=10)


@dataclass
class Trial:
    """What imports that keep nothing would have left: facts, imports and reports, for the next one to meet."""

    facts: dict[str, str] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    rows: dict[str, TriedRows] = field(default_factory=dict)

    def rejected(self, source: str) -> list[RejectedRow]:
        """Return the first rows of the last file of a source that could not become reports."""
        return list(self.rows[source].rejected) if source in self.rows else []


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
    rows: Iterable[Report | RejectedRow] = (),
    stretches: Iterable[TableStretch] | None = None,
    kind: str = "",
    told_of_source: Source | None = None,
    facts: Mapping[str, str] | None = None,
    share_read: Callable[[], float] = lambda: 0.0,
    progress: Progress = silent,
    dry_run: bool = False,
    trial: Trial | None = None,
) -> Batch:
    """Keep the rows of one file in one unit, and return what became of them.

    A report is the same as a kept one when source and source id agree. Then the row is *unchanged*
    if the feed says what it said last time, else *updated*: the feed's fields replace the kept
    ones, but the status moves only where the feed's own status changed, never by an older outside
    event, never against people who moved it later, and back from an ended state to an open one only
    by a dated change (see :mod:`problems.use_cases.following`). Reports of an undone import are
    accepted again. A file that was imported before with the same columns changes nothing.

    Before the first row, the head of the import is kept as *running* in a unit of its own; it ends
    as *done* with the rows, or as *cancelled* without any. Of imports that run at the same time, the
    one that is kept later has the higher id, whichever began first.

    Parameters
    ----------
    rows, stretches
        In file order, one report or rejected row for each row of the file: one by one, or many
        together.
    kind
        The format of the file in words.
    told_of_source
        What was measured of the source; kept where no person decided otherwise. An empty ``why``
        says that nothing could be measured.
    facts
        Facts to remember in the same unit.
    share_read
        How much of the file has been read, 0 to 1, for the progress.
    dry_run, trial
        Count everything and keep nothing; nobody else's writing waits for it. With ``trial`` the file
        meets what earlier ones of the trial would have left.

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
    now = clock()
    head = Batch(0, source, file_name, sha256, now, now, principal.key, 0, 0, 0, 0, 0, 0, 0, dict(columns), kind)
    taken = _Taken(stretches if stretches is not None else _stretches(rows), share_read, progress)
    if dry_run or trial is not None:
        return _try(store, clock, head, taken, trial or Trial(), told_of_source, facts or {})
    head = _begin(store, head)
    try:
        return _keep(store, principal, clock, head, taken, told_of_source, facts or {})
    except BaseException:
        # What ended it may be the store itself, and is what has to be told.
        with suppress(ProblemError), store.writing() as unit:
            unit.finish_batch(replace(head, finished_at=clock(), state=BatchState.CANCELLED))
        raise


@dataclass
class _Taken:
    """The rows of a file as they come, with what is told about how far they are."""

    stretches: Iterable[TableStretch]
    share_read: Callable[[], float]
    progress: Progress

    def into(self, run: Run) -> Tally:
        for stretch in self.stretches:
            run.take(stretch)
            self.progress(f"{run.tally.rows:,} rows read", 0.2 + 0.78 * self.share_read())
        self.progress("Saving", 0.99)
        return run.tally


def _stretches(rows: Iterable[Report | RejectedRow]) -> Iterator[TableStretch]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK_ROWS)):
        reports = [row for row in chunk if isinstance(row, Report)]
        rejected = tuple(row for row in chunk if isinstance(row, RejectedRow))
        yield TableStretch(ReportColumns.of(reports), rejected)


def _begin(store: Store, head: Batch) -> Batch:
    """Keep the head of the import, and say of those that nobody works on any more that they were cut short."""
    with store.writing() as unit:
        for batch in store.batches():
            # Nobody writes now: what began a moment ago waits for its turn, in this program or another one.
            if batch.state is BatchState.RUNNING and head.started_at - batch.started_at > LONGEST_WAIT:
                unit.finish_batch(replace(batch, state=BatchState.CANCELLED))
        running = replace(head, state=BatchState.RUNNING)
        return replace(running, id=unit.add_batch(running))


def _keep(
    store: Store,
    principal: Principal,
    clock: Clock,
    head: Batch,
    taken: _Taken,
    told_of_source: Source | None,
    facts: Mapping[str, str],
) -> Batch:
    with store.writing() as unit:
        # Asked inside the unit: another import may have begun and ended since this one began.
        batches = store.batches()
        if batches[0].id != head.id:
            head = replace(head, id=unit.make_newest(head))
        repeated = _was_imported(batches, head)
        known = store.source(head.source)
        source = _keep_source(unit, known, told_of_source)
        kept = KeptRows(store, unit, principal, clock, head, repeated=repeated)
        run = Run(store, kept, head, source)
        with unit.many_reports():
            tally = taken.into(run)
        finished = replace(tally.counted(head), finished_at=clock(), state=BatchState.DONE)
        unit.finish_batch(finished)
        for name, value in facts.items():
            unit.set_fact(name, value)
        unit.add_events([_imported(principal, finished, tally, known, kept.revived)])
    return finished


def _try(
    store: Store,
    clock: Clock,
    head: Batch,
    taken: _Taken,
    trial: Trial,
    told_of_source: Source | None,
    facts: Mapping[str, str],
) -> Batch:
    repeated = _was_imported([*trial.batches, *store.batches()], head)
    source = _judged(store.source(head.source), told_of_source)
    tried = trial.rows.setdefault(head.source, TriedRows(store, head.source))
    tally = taken.into(Run(store, tried.of_file(repeated=repeated), head, source))
    finished = replace(tally.counted(head), finished_at=clock(), state=BatchState.DONE)
    trial.batches.append(finished)
    trial.facts.update(facts)
    return finished


def _was_imported(batches: Sequence[Batch], head: Batch) -> bool:
    same = (head.source, head.sha256, dict(head.columns))
    return any(
        batch.state is BatchState.DONE and (batch.source, batch.sha256, dict(batch.columns)) == same
        for batch in batches
    )


def _judged(kept: Source | None, told: Source | None) -> Source | None:
    """Return the source as it is to be kept: what a person decided stays, and what could not be measured."""
    if kept is None or told is None:
        return told or kept
    columns = told.columns or kept.columns
    # Where only months are told, all reports were measured after the import that brought them.
    whole = kept.why and kept.time_precision is told.time_precision is TimePrecision.MONTH
    if kept.decided_by or whole or not told.why:
        return replace(kept, columns=columns)
    return replace(told, id=kept.id, version=kept.version, columns=columns)


def _keep_source(unit: Unit, kept: Source | None, told: Source | None) -> Source | None:
    wanted = _judged(kept, told)
    if wanted is None or wanted == kept:
        return wanted
    if kept is None:
        return replace(wanted, id=unit.add_source(wanted))
    if kept.is_snapped is not wanted.is_snapped:
        unit.mark_snapped(wanted.name, wanted.is_snapped)
    return unit.save_source(wanted, kept.version)


def _imported(
    principal: Principal,
    batch: Batch,
    tally: Tally,
    known: Source | None,
    revived: Sequence[tuple[int | None, int]],
) -> Event:
    counts = ("rows", "accepted", "unchanged", "updated", "rejected", "unplaced", "unmapped", "late", "masked")
    changes: dict[str, object] = {name: getattr(batch, name) for name in counts}
    return event(
        batch.finished_at,
        principal,
        Subject.IMPORT,
        batch.id,
        EventKind.IMPORTED,
        changes={**changes, "reopened": tally.reopened},
        before={"source": None if known is None else described(known)},
        details={
            "source": batch.source,
            "file_name": batch.file_name,
            "sha256": batch.sha256,
            # On a day before this import they were undone, or there with the one before.
            **({REVIVED: as_ranges(revived)} if revived else {}),
        },
    )
