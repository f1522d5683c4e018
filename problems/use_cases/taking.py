"""One import under way: tell new rows from changed and known ones, flag what is odd, count everything once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt

from geo.boundaries import Boundaries
from problems.areas import AreaKind
from problems.clock import Clock
from problems.events import Event, EventKind, Subject, event
from problems.fingerprints import contents_of, says_the_same, seen_only
from problems.followups import FOLLOWUP_FIELDS, Followup, opened_again
from problems.people import Principal
from problems.report_columns import NEVER, Ints, ReportColumns, TableStretch, microseconds_of
from problems.reports import COARSE_DATES, Batch, RejectedRow, Report, ReportFlag
from problems.seen_keys import SeenKeys
from problems.sources import Source
from problems.store import ChangedReport, KnownReport, SaidByPeople, Store, Unit
from problems.use_cases.following import follow
from problems.use_cases.saving import plain

_SECOND_US = 1_000_000
_DAY_US = 86_400 * _SECOND_US
_AT_ONCE_US = 60 * _SECOND_US
_SHOWN_REJECTED = 20
#: Clocks and zones differ by less than this.
_FUTURE = timedelta(days=1)


@dataclass
class Tally:
    """What became of the rows so far."""

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    updated: int = 0
    rejected: int = 0
    unplaced: int = 0
    unmapped: int = 0
    late: int = 0
    masked: int = 0
    reopened: int = 0
    flagged: Counter[str] = field(default_factory=Counter)

    def counted(self, batch: Batch) -> Batch:
        """Return the import with these counts."""
        return replace(
            batch,
            rows=self.rows,
            accepted=self.accepted,
            unchanged=self.unchanged,
            updated=self.updated,
            rejected=self.rejected,
            unplaced=self.unplaced,
            unmapped=self.unmapped,
            late=self.late,
            masked=self.masked,
            flagged={
                flag.name: self.flagged[flag.name] for flag in ReportFlag if flag.name and self.flagged[flag.name]
            },
        )

    def look_at(self, columns: ReportColumns) -> None:
        """Count what is missing or odd about accepted and updated rows."""
        self.unplaced += int(np.count_nonzero(~columns.placed))
        self.unmapped += sum(code is None for code in columns.category.tolist())
        self.masked += int(columns.masked.sum())
        for flag in ReportFlag:
            if flag.name and (found := int(np.count_nonzero(columns.flags & int(flag)))):
                self.flagged[flag.name] += found


@dataclass(frozen=True, slots=True)
class Sorted:
    """Where the rows of a stretch belong, as places in it; ``known`` has the kept report of each but the new ones."""

    new: Ints
    revived: Ints
    changed: Ints
    known: Mapping[str, KnownReport]


class Rows(Protocol):
    """Where the rows of a file go: into the store, or nowhere but into the counts."""

    repeated: bool

    def known(self, columns: ReportColumns, contents: Sequence[bytes]) -> Mapping[str, KnownReport]:
        """Return what is known of these reports, by source id, earlier rows of the file among it."""
        ...

    def reject(self, rows: Sequence[RejectedRow]) -> None:
        """Keep rows that could not become reports."""
        ...

    def take(self, columns: ReportColumns, contents: Sequence[bytes], fates: Sorted) -> int:
        """Keep new, revived and changed reports; return how many the feed opened again."""
        ...


class Run:
    """One import under way."""

    def __init__(self, store: Store, rows: Rows, batch: Batch, source: Source | None) -> None:
        self.tally = Tally()
        self._rows = rows
        self._latest = SeenKeys()
        self._future_us = microseconds_of(batch.started_at + _FUTURE)
        self._snapped = source is not None and source.is_snapped
        coarse = {name for told in COARSE_DATES for name in batch.columns.get(told, "").split(", ")}
        self._told_by_minute = coarse.isdisjoint(("reported", "closed"))
        newest = store.newest_report_at(batch.source, batch.started_at)
        self._late_before_us = NEVER if newest is None else microseconds_of(newest) - _DAY_US
        self._boundaries = {
            f"{kind}_id": Boundaries([area.id for area in areas], [area.geometry for area in areas])
            for kind in AreaKind
            if (areas := store.areas(kind))
        }

    def take(self, stretch: TableStretch) -> None:
        """Take the rows of a stretch of the file."""
        self.tally.rows += len(stretch)
        self.tally.rejected += len(stretch.rejected)
        if stretch.rejected:
            self._rows.reject(stretch.rejected)
        if not len(stretch.reports):
            return
        columns = stretch.reports
        contents = contents_of(columns) if stretch.contents is None else stretch.contents
        surpassed = self._surpassed(columns)
        if surpassed.any():
            self.tally.unchanged += int(np.count_nonzero(surpassed))
            left = np.flatnonzero(~surpassed)
            columns, contents = columns.take(left), [contents[place] for place in left.tolist()]
        for turn in self._turns(columns, contents):
            if turn is None:
                self._take_turn(columns, contents)
            else:
                self._take_turn(columns.take(turn), [contents[place] for place in turn.tolist()])

    def _surpassed(self, columns: ReportColumns) -> npt.NDArray[np.bool_]:
        """Return which rows the file itself makes out of date: it tells the same id with a later change.

        Looks at the rows so far and at those of the stretch. Otherwise a file that lists both would change
        the report there and back every day.
        """
        changed_at = columns.updated_at
        dated: npt.NDArray[np.bool_] = changed_at != NEVER
        if not dated.any():
            return dated
        keys, which = np.unique(_keys(columns.source_id.tolist()), return_inverse=True)
        found, latest = self._latest.find(keys)
        latest = np.where(found, latest, NEVER)
        np.maximum.at(latest, which, changed_at)
        self._latest.put(keys, latest)
        surpassed: npt.NDArray[np.bool_] = dated & (changed_at < latest[which])
        return surpassed

    def _turns(self, columns: ReportColumns, contents: Sequence[bytes]) -> Iterator[Ints | None]:
        """Yield places so that each id comes once at a time, None for all of them at once.

        A row about an id is kept before the next one about it is looked at. A row that says what the row
        before it about the same id says is counted here.
        """
        ids = columns.source_id.tolist()
        if len(set(ids)) == len(ids):
            yield None
            return
        waiting: list[list[int]] = []
        turns: dict[str, int] = {}
        latest: dict[str, bytes] = {}
        for place, (key, content) in enumerate(zip(ids, contents, strict=True)):
            if latest.get(key) == content:
                self.tally.unchanged += 1
                continue
            latest[key] = content
            turn = turns[key] = turns.get(key, -1) + 1
            if turn == len(waiting):
                waiting.append([])
            waiting[turn].append(place)
        yield from (np.array(places, dtype=np.int64) for places in waiting)

    def _take_turn(self, columns: ReportColumns, contents: Sequence[bytes]) -> None:
        fates = self._sorted(columns, contents)
        taken = np.concatenate([fates.new, fates.revived, fates.changed])
        taken.sort()
        self.tally.accepted += len(fates.new) + len(fates.revived)
        self.tally.updated += len(fates.changed)
        self.tally.unchanged += len(columns) - len(taken)
        if not len(taken):
            return
        is_first = np.ones(len(columns), dtype=np.bool_)
        is_first[fates.changed] = False
        late = is_first & (columns.reported_at < self._late_before_us)
        self.tally.late += int(np.count_nonzero(late[taken]))
        columns = self._looked_at(columns.flagged(ReportFlag.LATE, late))
        self.tally.look_at(columns if len(taken) == len(columns) else columns.take(taken))
        self.tally.reopened += self._rows.take(columns, contents, fates)

    def _sorted(self, columns: ReportColumns, contents: Sequence[bytes]) -> Sorted:
        known = self._rows.known(columns, contents)
        if not known:
            return Sorted(np.arange(len(columns)), _places([]), _places([]), known)
        new: list[int] = []
        revived: list[int] = []
        changed: list[int] = []
        for place, key in enumerate(columns.source_id.tolist()):
            kept = known.get(key)
            if kept is None:
                new.append(place)
            elif kept.undone:
                revived.append(place)
            elif not self._rows.repeated and not says_the_same(kept.content, contents[place], columns, place):
                changed.append(place)
        return Sorted(_places(new), _places(revived), _places(changed), known)

    def _looked_at(self, columns: ReportColumns) -> ReportColumns:
        """Return the reports with what their times, their source and the boundaries tell."""
        reported, closed = columns.reported_at, columns.closed_at
        is_closed = closed != NEVER
        # Of a day or a month nobody can tell how soon after it something was closed.
        by_minute = ((columns.flags & int(ReportFlag.MONTH_ONLY)) == 0) & self._told_by_minute
        at_once = by_minute & is_closed & (closed >= reported) & (closed - reported < _AT_ONCE_US)
        columns = (
            columns.flagged(ReportFlag.CLOSED_BEFORE_REPORTED, is_closed & (closed < reported))
            .flagged(ReportFlag.CLOSED_AT_ONCE, at_once)
            .flagged(ReportFlag.REPORTED_IN_FUTURE, reported > self._future_us)
            .flagged(ReportFlag.SNAPPED, np.full(len(columns), self._snapped))
        )
        if not self._boundaries:
            return columns
        return columns.within(
            **{name: boundaries.ids_at(columns.lon_lat) for name, boundaries in self._boundaries.items()}
        )


@dataclass
class KeptRows:
    """Rows that are kept in the unit of their import."""

    store: Store
    unit: Unit
    principal: Principal
    clock: Clock
    batch: Batch
    repeated: bool
    _seen: SeenKeys = field(default_factory=SeenKeys)
    _had_reports: bool = False
    #: What was undone and came back, with the import that had brought it before.
    revived: list[tuple[int | None, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Ask once whether the source has reports: without any, only this file's own rows can be known."""
        self._had_reports = self.store.has_reports_of(self.batch.source)

    def known(self, columns: ReportColumns, contents: Sequence[bytes]) -> Mapping[str, KnownReport]:
        """Return what is kept of these reports, by source id, earlier rows of the file among it."""
        del contents
        ids: list[str] = columns.source_id.tolist()
        if not self._had_reports:
            keys = _keys(ids)
            maybe, _ = self._seen.find(keys)
            # What is new is seen from now on; a number that two ids share costs one more question.
            self._seen.put(keys[~maybe])
            ids = [ids[place] for place in np.flatnonzero(maybe).tolist()]
        return self.unit.known_reports(self.batch.source, ids) if ids else {}

    def reject(self, rows: Sequence[RejectedRow]) -> None:
        """Keep rows that could not become reports, but for those of a file that was imported before."""
        if not self.repeated:
            self.unit.add_rejected(self.batch.id, rows)

    def take(self, columns: ReportColumns, contents: Sequence[bytes], fates: Sorted) -> int:
        """Keep new, revived and changed reports; return how many the feed opened again."""
        if len(fates.new) == len(columns):
            self.unit.add_report_columns(self.batch.id, columns, contents)
            return 0
        if len(fates.new):
            new = [contents[place] for place in fates.new.tolist()]
            self.unit.add_report_columns(self.batch.id, columns.take(fates.new), new)
        if len(fates.revived):
            self._revive(columns, contents, fates)
        return self._update(columns, contents, fates) if len(fates.changed) else 0

    def _revive(self, columns: ReportColumns, contents: Sequence[bytes], fates: Sorted) -> None:
        same: list[int] = []
        others: list[tuple[Report, bytes]] = []
        for place in fates.revived.tolist():
            kept = fates.known[columns.source_id[place]]
            if kept.content == contents[place]:
                same.append(kept.id)
            else:
                others.append((replace(columns.report(place), id=kept.id), contents[place]))
        before = self.unit.reports([*same, *(one.id for one, _ in others)])
        self.revived += [(one.batch_id, one.id) for one in before]
        self.unit.mark_undone(self.batch.id, same, undone=False)
        if others:
            self.unit.update_reports(self.batch.id, others)

    def _update(self, columns: ReportColumns, contents: Sequence[bytes], fates: Sorted) -> int:
        # From the unit: an earlier row of this very file may have changed them.
        ids = [fates.known[columns.source_id[place]].id for place in fates.changed.tolist()]
        kept = {before.id: before for before in self.unit.reports(ids)}
        said = self.unit.said_by_people(ids)
        mains = self.store.duplicates_of(ids)
        followups = self.unit.followups(ids)
        now = self.clock()
        nobody = SaidByPeople()
        merged: list[ChangedReport] = []
        told: list[Event] = []
        reopened = 0
        for number, place in zip(ids, fates.changed.tolist(), strict=True):
            before, was = kept[number], fates.known[columns.source_id[place]].content
            followed = follow(before, columns.report(place), was, said.get(number, nobody), is_main=number in mains)
            content = contents[place] if followed.heard else seen_only(was, contents[place])
            merged.append(ChangedReport(followed.after, content, followed.fields))
            reopened += followed.reopened
            changes, was_so = dict(followed.changes), dict(followed.before)
            if followed.reopened:
                opened = self._opened(followups.get(number, Followup(number)))
                changes, was_so = changes | opened[0], was_so | opened[1]
            details: dict[str, object] = {
                "batch_id": self.batch.id,
                "batch_before": before.batch_id,
                "was": was.hex(),
                "version": before.version + 1,
            }
            told.append(
                event(
                    now,
                    self.principal,
                    Subject.REPORT,
                    number,
                    followed.kind or EventKind.NOTED,
                    changes=changes,
                    before=was_so,
                    note=followed.note,
                    details={**details, **({"outside": followed.outside} if followed.outside else {})},
                )
            )
        self.unit.change_reports(self.batch.id, merged)
        self.unit.add_events(told)
        return reopened

    def _opened(self, before: Followup) -> tuple[dict[str, object], dict[str, object]]:
        """Keep that the feed opened a report again; return what changed in its follow-up, and what was so before."""
        after = opened_again(before, counted=True)
        self.unit.save_followup(after)
        names = [name for name in FOLLOWUP_FIELDS if getattr(before, name) != getattr(after, name)]
        changes, was_so = ({name: plain(getattr(one, name)) for name in names} for one in (after, before))
        return changes, was_so


class TriedRows:
    """Rows that are counted and not kept: what they would have left is remembered as numbers."""

    def __init__(self, store: Store, source: str) -> None:
        self.repeated = False
        #: The first rows of the file under way that could not become reports.
        self.rejected: list[RejectedRow] = []
        self._store, self._source = store, source
        self._has_reports = store.has_reports_of(source)
        self._seen = SeenKeys()

    def of_file(self, *, repeated: bool) -> "TriedRows":
        """Return this for the next file."""
        self.repeated = repeated
        self.rejected = []
        return self

    def known(self, columns: ReportColumns, contents: Sequence[bytes]) -> Mapping[str, KnownReport]:
        """Return what is known of these reports: of those that a row of the trial told of, as that row told it."""
        ids: list[str] = columns.source_id.tolist()
        known = dict(self._store.known_reports(self._source, ids)) if self._has_reports else {}
        told = np.fromiter((int.from_bytes(content[1:9], "little", signed=True) for content in contents), np.int64)
        seen, last = self._seen.find(_keys(ids))
        for place in np.flatnonzero(seen).tolist():
            content = contents[place] if last[place] == told[place] else b""
            known[ids[place]] = KnownReport(0, content)
        keys, first = np.unique(_keys(ids), return_index=True)
        self._seen.put(keys, told[first])
        return known

    def reject(self, rows: Sequence[RejectedRow]) -> None:
        """Remember the first of them, to be shown."""
        self.rejected += rows[: max(0, _SHOWN_REJECTED - len(self.rejected))]

    def take(self, columns: ReportColumns, contents: Sequence[bytes], fates: Sorted) -> int:
        """Keep nothing."""
        del columns, contents, fates
        return 0


def _places(listed: Sequence[int]) -> Ints:
    return np.array(listed, dtype=np.int64)


def _keys(ids: Sequence[str]) -> Ints:
    # Within one process, never kept. Two ids that share one of 2^64 numbers would be taken for one.
    return np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
