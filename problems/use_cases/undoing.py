"""Take an import back: nothing is erased, and what people worked on since stays."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from problems.clock import Clock
from problems.errors import InputRefused, NotFound
from problems.events import Event, EventKind, Subject, event
from problems.followups import followup_fields
from problems.people import Principal, Role
from problems.reports import Batch, BatchState, Report, ReportFlag, ReportStatus
from problems.sources import Source
from problems.store import ChangedReport, Store, Unit
from problems.use_cases.checks import LONGEST_NOTE, checked_text
from problems.use_cases.following import FED_FIELDS
from problems.use_cases.restoring import described, restore_source
from problems.use_cases.saving import plain, require

_NAMED = 100
#: Reports that are taken back together: all of a large import would not fit into memory.
_AT_ONCE = 5_000
_WORK = frozenset({EventKind.MOVED, EventKind.EDITED, EventKind.MERGED})
_TIMES = frozenset({"reported_at", "occurred_at", "closed_at", "due_at", "updated_at"})


@dataclass(frozen=True, slots=True)
class _Restored:
    """A report as it was before the import, with the import and the fingerprint it had then."""

    before: Report
    after: Report
    batch_id: int | None
    content: bytes
    followup: Mapping[str, object] = field(default_factory=dict)


def undo_import(store: Store, principal: Principal, clock: Clock, seed: int, *, batch_id: int, note: str = "") -> Batch:
    """Take back an import, in one unit, and return it as it is kept from then on.

    Possible where no later import of its source told again of reports that were there before: the
    newest can always be taken back, an earlier one where every file since brought only new reports.

    Reports that it brought are marked as undone and counted nowhere; reports that it changed become
    what they were before, and so does what was measured of the source, unless a person decided about
    it. Reports that people moved, edited or merged since stay as they are: the event about the import
    counts and names them. Importing the file again brings all back.

    Parameters
    ----------
    note
        Why, in the person's own words; may be empty.

    Raises
    ------
    NotAllowed
        For anyone but coordinators and administrators.
    NotFound
        When there is no such import.
    InputRefused
        When nothing of it is there, or a later import of its source has to be undone first.
    """
    asked = f"Import {batch_id} was not undone."
    require(principal, asked, Role.COORDINATOR, Role.ADMIN)
    told = checked_text(asked, note, LONGEST_NOTE)
    with store.writing() as unit:
        now = clock()
        batches = store.batches()
        batch = _undoable(batches, batch_id, asked)
        done = _Done()
        ids = unit.batch_reports(batch.id)
        for start in range(0, len(ids), _AT_ONCE):
            _take_back(store, unit, now, principal, batch, ids[start : start + _AT_ONCE], done)
        source = None if _later(batches, batch) else store.source(batch.source)
        restore_source(unit, source, store.events(Subject.IMPORT, batch.id))
        undone = replace(batch, state=BatchState.UNDONE, undone_at=now, undone_by=principal.key)
        unit.finish_batch(undone)
        unit.add_events([_told(now, principal, batch, done, source, told)])
    return undone


@dataclass
class _Done:
    """What became of the reports of the import so far; ``kept`` are those that people worked on."""

    undone: int = 0
    put_back: int = 0
    kept: list[int] = field(default_factory=list)


def _take_back(
    store: Store, unit: Unit, now: datetime, principal: Principal, batch: Batch, ids: Sequence[int], done: _Done
) -> None:
    """Take back what an import made of some of its reports."""
    events = unit.events_of_reports(ids)
    worked_on = _worked_on(batch, events)
    restored = _restored(unit, batch, events, worked_on)
    changed = {one.before.id for one in restored}
    new = [number for number in ids if number not in changed and number not in worked_on]
    # A report that goes must not take along what people merged into it, whenever that was.
    mains = set(store.duplicates_of(new))
    new = [number for number in new if number not in mains]
    unit.mark_undone(batch.id, new, undone=True)
    _put_back(unit, restored)
    unit.add_events([_told_of_report(now, principal, batch, one) for one in restored])
    done.undone += len(new)
    done.put_back += len(restored)
    done.kept += sorted(worked_on | mains)


def _told(at: datetime, principal: Principal, batch: Batch, done: _Done, source: Source | None, note: str) -> Event:
    return event(
        at,
        principal,
        Subject.IMPORT,
        batch.id,
        EventKind.UNDONE,
        changes={"state": BatchState.UNDONE.value},
        before={"state": batch.state.value, **({} if source is None else {"source": described(source)})},
        note=note,
        details={
            "source": batch.source,
            "file_name": batch.file_name,
            "undone": done.undone,
            "put_back": done.put_back,
            "kept": len(done.kept),
            "kept_reports": [f"R-{number:06d}" for number in done.kept[:_NAMED]],
        },
    )


def _undoable(batches: Sequence[Batch], batch_id: int, asked: str) -> Batch:
    found = next((batch for batch in batches if batch.id == batch_id), None)
    if found is None:
        raise NotFound(asked, "There is no such import.", "The history lists all there are.")
    if found.state is BatchState.UNDONE:
        raise InputRefused(asked, "It was undone before.", "Importing the file again brings its reports back.")
    if found.state is not BatchState.DONE:
        raise InputRefused(asked, "It was cut short: nothing of it was kept.", "Import the file again.")
    building = [batch for batch in _later(batches, found) if batch.unchanged or batch.updated]
    if building:
        newest = max(building, key=lambda batch: batch.id)
        raise InputRefused(
            asked,
            f"Later files of “{found.source}” told of reports that were there before.",
            f"Undo import {newest.id} ({newest.file_name}) first.",
        )
    return found


def _later(batches: Sequence[Batch], batch: Batch) -> list[Batch]:
    """Return the imports of the same source that were kept after ``batch`` and still stand."""
    return [one for one in batches if one.source == batch.source and one.state is BatchState.DONE and one.id > batch.id]


def _worked_on(batch: Batch, events: Iterable[Event]) -> set[int]:
    """Return the reports of an import that people changed since, or made the main one of others."""
    return {
        one.subject_id
        for one in events
        if one.kind in _WORK and "batch_id" not in one.details and one.at >= batch.started_at
    }


def _restored(unit: Unit, batch: Batch, events: Iterable[Event], worked_on: set[int]) -> list[_Restored]:
    """Return the reports that the import changed, as they were before it."""
    own: dict[int, list[Event]] = defaultdict(list)
    for one in events:
        if one.details.get("batch_id") == batch.id and one.kind is not EventKind.UNDONE:
            own[one.subject_id].append(one)
    # A report that this very import brought and then changed has nothing to go back to.
    earlier = {
        number: told
        for number, told in own.items()
        if number not in worked_on and told[0].details.get("batch_before") != batch.id
    }
    found = []
    for report in unit.reports(list(earlier)):
        values: dict[str, object] = {}
        for one in reversed(earlier[report.id]):
            values |= one.before
        first = earlier[report.id][0].details
        came_with = first["batch_before"]
        number = came_with if isinstance(came_with, int) else None
        was = bytes.fromhex(str(first["was"]))
        found.append(_Restored(report, _with(report, values), number, was, followup_fields(values)))
    return found


def _with(report: Report, values: Mapping[str, object]) -> Report:
    read = {name: _read(name, value) for name, value in values.items() if name in FED_FIELDS}
    return replace(report, **read)  # type: ignore[arg-type] # each value was read as its field is kept


def _read(name: str, value: object) -> object:
    if value is None:
        return None
    if name in _TIMES:
        return datetime.fromisoformat(str(value))
    if name == "status":
        return ReportStatus(str(value))
    if name == "flags":
        return ReportFlag(int(str(value)))
    if name == "lon_lat" and isinstance(value, list):
        return tuple(value)
    return value


def _put_back(unit: Unit, restored: Sequence[_Restored]) -> None:
    by_batch: dict[int | None, list[ChangedReport]] = defaultdict(list)
    for one in restored:
        names = [name for name in FED_FIELDS if getattr(one.before, name) != getattr(one.after, name)]
        by_batch[one.batch_id].append(ChangedReport(one.after, one.content, names))
    for batch_id, reports in by_batch.items():
        unit.change_reports(batch_id, reports)
    again = {one.before.id: one.followup for one in restored if one.followup}
    for number, followup in unit.followups(list(again)).items():
        unit.save_followup(replace(followup, **again[number]))  # type: ignore[arg-type] # read as its fields are kept


def _told_of_report(at: datetime, principal: Principal, batch: Batch, one: _Restored) -> Event:
    names = [name for name in FED_FIELDS if getattr(one.before, name) != getattr(one.after, name)]
    # The words themselves are in the report and in the event that this one takes back.
    told = [name for name in names if name not in ("text", "address", "reporter")]
    return event(
        at,
        principal,
        Subject.REPORT,
        one.before.id,
        EventKind.UNDONE,
        changes={
            **{name: plain(getattr(one.after, name)) for name in told},
            **{name: plain(value) for name, value in one.followup.items()},
        },
        before={name: plain(getattr(one.before, name)) for name in told},
        details={"batch_id": batch.id, "fields": names, "version": one.before.version + 1},
    )
