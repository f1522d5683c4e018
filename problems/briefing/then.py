"""A moment of the past, with everything that was known at it: loaded once, for the briefings of all areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo.boundaries import Boundaries
from problems.areas import AreaKind
from problems.briefing.areas_then import areas_then, events_of_areas
from problems.briefing.briefing import AreaThen
from problems.briefing.columns import (
    STATUSES,
    BriefingColumns,
    ReportedTimes,
    as_known,
)
from problems.briefing.weeks import IsoWeek, Moment
from problems.briefing.work_then import Work, work_then
from problems.categories import Group
from problems.clock import day_start
from problems.errors import InputRefused
from problems.events import Subject
from problems.finding import local_days
from problems.reports import Batch, BatchState, ReportFlag, ReportPoints, ReportStatus
from problems.sample_city import made_up_in_files
from problems.service import Codes, endings
from problems.store import Store
from problems.targets import Days, Targets, day_number
from problems.then.changes import ReportChange, TakenBack, finished_at, later_changes
from problems.then.known import taken_back
from problems.then.names import LIST_REPLACED, lists_replaced
from problems.then.targets import other_targets

#: So many weeks before this one are counted by area; season and dispersion of a kind need more.
WEEKS_BY_AREA: Final = 60
WEEKS_OF_SEASONS: Final = 160
#: The weeks of stock and flow, and the window of the times to a fix.
WEEKS_OF_FLOW: Final = 13
_ASIDE: Final = [STATUSES.index(one) for one in (ReportStatus.DUPLICATE, ReportStatus.WITHDRAWN)]


@dataclass(frozen=True)
class Reports:
    """The reports that were known then, with what follows from them: arrays of one length.

    ``day`` and ``end_day`` are local days since 1970 (``end_day`` -1 while open), ``week`` counts back from the
    week of the briefing (0), ``counts`` marks those that are neither duplicates nor withdrawn.
    """

    columns: BriefingColumns
    ending: Codes
    day: Days
    end_day: Days
    week: Days
    counts: npt.NDArray[np.bool_]

    def where(self, keep: npt.NDArray[np.bool_]) -> "Reports":
        """Return those for which ``keep`` is true."""
        return Reports(
            self.columns.where(keep), self.ending[keep], self.day[keep], self.end_day[keep], self.week[keep],
            self.counts[keep],
        )  # fmt: skip

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.columns)

    def points(self) -> ReportPoints:
        """Return those with an exact place as points; withdrawn ones and duplicates of nothing are left out."""
        own = self.columns
        groups = {str(group): at for at, group in enumerate(Group)}
        group_of = np.array([groups.get(word[:3], -1) for word in own.words], dtype=np.int8)
        keep = np.isfinite(own.lon_lat[:, 0]) & self.counts & ((own.flags & int(ReportFlag.SNAPPED)) == 0)
        own = own.where(keep)
        none = np.zeros(len(own), dtype=np.int64)
        return ReportPoints(
            own.ids, own.lon_lat, group_of[own.leaf], own.reported_s, own.reporter, none.astype(np.bool_), none
        )


@dataclass(frozen=True)
class Then:
    """Everything that was known at a moment; ``areas`` are drawn and called as they were.

    ``older`` tells when reports came in before those of ``reports``; ``reopened`` are the reports that were opened
    again in the week. ``first_day`` is the day of the first report that was known, ``notes`` what cannot be
    taken back.
    """

    moment: Moment
    work: Work
    reports: Reports
    older: ReportedTimes
    areas: tuple[AreaThen, ...]
    batches: tuple[Batch, ...]
    reopened: frozenset[int]
    first_day: int | None
    notes: tuple[str, ...] = ()
    #: The sentence that says that reports are made up; empty where they are not.
    made_up: str = ""
    #: What the categories are called, by leaf code; those that are not in it are called by their code.
    kinds: Mapping[str, str] = field(default_factory=dict)
    #: Targets that were others then, by category.
    other_targets: Targets = field(default_factory=dict)
    #: What is the same for all areas is worked out once.
    shared: dict[str, Any] = field(default_factory=dict)


def load_then(
    store: Store,
    moment: Moment,
    kinds: Mapping[str, str],
    *,
    weeks_read: int = WEEKS_BY_AREA,
    weeks_of_flow: int = WEEKS_OF_FLOW,
) -> Then:
    """Load what was known at a moment; ``kinds`` are the names of the categories by leaf code.

    Reports of ``weeks_read`` weeks before this one are read as a whole, and the older ones that had not ended
    ``weeks_of_flow`` weeks before it. All of it is read in one state of the store.

    Raises
    ------
    InputRefused
        When nothing was known by then.
    """
    with store.one_state() as state:
        return _loaded(state, moment, kinds, weeks_read, weeks_of_flow)


def _loaded(store: Store, moment: Moment, kinds: Mapping[str, str], weeks_read: int, weeks_of_flow: int) -> Then:
    batches = [one for one in store.batches() if one.state is not BatchState.RUNNING]
    known = [one for one in batches if one.finished_at < moment.known_at and not _is_gone(one, moment.known_at)]
    gone = {one.id for one in batches if _is_gone(one, moment.known_at)}
    finished = finished_at(batches)
    changes = later_changes(store, min(moment.known_at, moment.starts_at), batches)
    store_events = store.events(Subject.STORE)
    told = taken_back(store, changes, finished, store_events, moment.known_at)
    later_words = [one for one in store_events if one.at >= moment.known_at]
    notes = [LIST_REPLACED] if lists_replaced(later_words) else []
    areas, redrawn = areas_then(store, moment.known_at, events_of_areas(store))
    weeks = (weeks_read, weeks_of_flow)
    columns = _columns(store, moment, told, {one.id for one in known}, gone, redrawn, areas, weeks)
    since_seasons = day_start(moment.week.first - timedelta(weeks=WEEKS_OF_SEASONS), moment.zone)
    older = _older(store, moment, told, columns, since_seasons, [one.id for one in known], weeks_read)
    work = work_then(store, moment, store_events)
    first = min((int(one.min()) for one in (columns.reported_s, older.reported_s) if len(one)), default=None)
    if first is None and not work.problems:
        raise _nothing_known(store, moment, batches)
    days = None if first is None else int(local_days(np.array([first]), moment.zone)[0])
    return Then(
        moment, work, _reports(columns, moment), older, tuple(areas), tuple(known),
        _reopened(changes, moment, finished), days, tuple(notes), made_up_in_files(store), kinds,
        other_targets(store_events, moment.known_at),
    )  # fmt: skip


def _nothing_known(store: Store, moment: Moment, batches: Sequence[Batch]) -> InputRefused:
    asked = f"The briefing of {moment.week.words} was not made."
    kept = sorted(one.finished_at for one in batches if one.state is BatchState.DONE)
    oldest = store.counts().oldest_report_at
    if oldest is None or not kept:
        return InputRefused(asked, "Nothing was ever imported: no report is known.", "Import reports first.")
    begin = oldest.astimezone(moment.zone).date()
    if moment.week.last < begin:
        why = f"No report is of that time: they begin on {begin.isoformat()}."
        return InputRefused(asked, why, f"Choose {IsoWeek.of(begin)} or a later week.")
    day = kept[0].astimezone(moment.zone).date().isoformat()
    return InputRefused(
        asked,
        f"Nothing of it was known on {moment.known_on.isoformat()}: the first reports were imported on {day}.",
        f"Ask for the week as known on {day} or a later day.",
    )


def _is_gone(batch: Batch, known_at: datetime) -> bool:
    return batch.undone_at is not None and batch.undone_at < known_at


# -- reports --


def _columns(
    store: Store,
    moment: Moment,
    told: TakenBack,
    batches: set[int],
    gone: set[int],
    redrawn: frozenset[AreaKind],
    areas: Sequence[AreaThen],
    weeks: tuple[int, int],
) -> BriefingColumns:
    since, flow = (day_start(moment.week.first - timedelta(weeks=one), moment.zone) for one in weeks)
    found = store.briefing_columns(since, flow, moment.ends_at)
    touched = np.array(sorted(told.values), dtype=np.int64)
    missing = touched[~np.isin(touched, found.ids, kind="sort")] if len(touched) else touched
    found = as_known(found, told)
    if len(missing):
        found = _joined(found, as_known(store.briefing_columns_of(missing.tolist()), told))
    known = np.isin(found.batch, np.array([0, *batches], dtype=np.int64))
    # What people had worked on stayed when its import was undone.
    known |= np.isin(found.batch, np.array([*gone], dtype=np.int64)) & ~found.undone
    known &= found.reported_s < moment.end_s
    if told.came_later:
        known &= ~np.isin(found.ids, list(told.came_later))
    # Of an import that was undone later its reports were there then.
    known &= ~found.undone | (found.batch > 0)
    found = found.where(known)
    for kind in redrawn:
        own = [one for one in areas if one.kind is kind]
        held = Boundaries([one.id for one in own], [one.geometry for one in own]).ids_at(found.lon_lat)
        found = replace(found, **{str(kind): held})  # type: ignore[arg-type] # a column of whole numbers
    return found


def _joined(one: BriefingColumns, other: BriefingColumns) -> BriefingColumns:
    words = list(dict.fromkeys((*one.words, *other.words)))
    number = {word: at for at, word in enumerate(words)}
    moved = np.array([number[word] for word in other.words], dtype=np.int32)
    columns: dict[str, npt.NDArray[Any]] = {}
    for name in one.__slots__:
        if name == "words":
            continue
        mine, theirs = getattr(one, name), getattr(other, name)
        if name in ("leaf", "resolution", "source"):
            mine = np.array([number[word] for word in one.words], dtype=np.int32)[mine]
            theirs = moved[theirs]
        columns[name] = np.concatenate([mine, theirs])
    order = np.argsort(columns["ids"], kind="stable")
    return BriefingColumns(tuple(words), **{name: column[order] for name, column in columns.items()})


def _older(
    store: Store,
    moment: Moment,
    told: TakenBack,
    columns: BriefingColumns,
    since: datetime,
    batches: Sequence[int],
    weeks_read: int,
) -> ReportedTimes:
    """Return when reports came in before those that are read as a whole; what changed since is among the columns."""
    until = day_start(moment.week.first - timedelta(weeks=weeks_read), moment.zone)
    found = store.reported_times(since, until, batches, sorted(told.values))
    changed = np.isin(columns.ids, list(told.values)) & ~np.isin(columns.status, _ASIDE)
    changed &= (columns.reported_s < int(until.timestamp())) & (columns.reported_s >= int(since.timestamp()))
    words = list(dict.fromkeys((*found.words, *columns.words)))
    number = {word: at for at, word in enumerate(words)}
    own = np.array([number[word] for word in columns.words], dtype=np.int32)[columns.leaf[changed]]
    leaf = np.array([number[word] for word in found.words], dtype=np.int32)[found.leaf]
    return ReportedTimes(
        tuple(words),
        np.concatenate([found.reported_s, columns.reported_s[changed]]),
        np.concatenate([leaf, own]),
    )


def _reports(columns: BriefingColumns, moment: Moment) -> Reports:
    resolution = np.array(columns.words, dtype=np.str_)[columns.resolution] if len(columns) else np.zeros(0, np.str_)
    ending = endings(columns.status, resolution, columns.reported_s, columns.closed_s, until_s=moment.end_s - 1)
    day = local_days(columns.reported_s, moment.zone)
    ended = (columns.closed_s > 0) & (columns.closed_s < moment.end_s) & (ending != 0)
    end_day = np.where(ended, np.maximum(local_days(columns.closed_s, moment.zone), day), -1)
    week = (day_number(moment.week.first) - day + 6) // 7
    return Reports(columns, ending, day, end_day, week, ~np.isin(columns.status, _ASIDE))


def _reopened(changes: Sequence[ReportChange], moment: Moment, finished: Mapping[int, datetime]) -> frozenset[int]:
    until = min(moment.ends_at, moment.known_at)
    found = set()
    for one in changes:
        number = one.details.get("batch_id")
        at = finished.get(int(number), one.at) if number is not None else one.at
        if "reopened" in one.changed and moment.starts_at <= at < until and one.kind != "undone":
            found.add(one.report_id)
    return frozenset(found)
