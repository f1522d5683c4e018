"""What was known of all reports at a moment, as a store needs it to answer as it did then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import numpy as np

from geo.boundaries import Boundaries
from problems.areas import Area, AreaKind
from problems.duplicates import Apart
from problems.events import Event, EventKind, Subject
from problems.followups import FOLLOWUP_FIELDS, Followup, followup_fields
from problems.reports import Batch, BatchState, Report, ReportFlag, ReportStatus
from problems.sources import Source
from problems.store import Store
from problems.targets import Targets
from problems.then.apart import aparts_then
from problems.then.changes import ReportChange, TakenBack, finished_at, later_changes, take_back
from problems.then.names import LIST_REPLACED, categories_then, lists_replaced
from problems.then.sources import sources_then
from problems.then.targets import other_targets

_MOMENTS: Final = frozenset({"reported_at", "occurred_at", "closed_at", "due_at", "updated_at"})
_PLACED: Final = frozenset({"lon_lat", "ward_id", "beat_id", "neighbourhood_id"})
_REPORT_FIELDS: Final = frozenset(Report.__dataclass_fields__) - {"id", "version", "batch_id", "undone"}


@dataclass(frozen=True)
class KnownThen:
    """What is to be taken back of all reports, and what else was different about them.

    Attributes
    ----------
    known_at
        The first moment of which nothing was known.
    version
        That of the store before it was asked: what was written since is not taken back.
    batches
        The imports that were finished, as they stood; ``undone`` are those of them that were undone by then.
    sources
        The sources as they were described; ``snapped`` tells of those that are different now whether their
        reports were marked as moved to points.
    no_contact_now
        Reports whose contact was dropped since.
    areas
        The boundaries of today, in which a report is looked for that lay elsewhere.
    notes
        What cannot be taken back, in words; without ``knows_categories`` the categories are among it.
    """

    known_at: datetime
    version: int
    told: TakenBack
    batches: tuple[Batch, ...]
    undone: frozenset[int]
    sources: tuple[Source, ...]
    snapped: Mapping[str, bool]
    aparts: tuple[Apart, ...]
    no_contact_now: frozenset[int]
    other_targets: Targets
    areas: tuple[Area, ...] = ()
    knows_categories: bool = True
    notes: tuple[str, ...] = ()

    @property
    def touched(self) -> frozenset[int]:
        """The reports that were not as they are now, or not known."""
        return frozenset(self.told.values) | frozenset(self.told.batch) | self.told.came_later

    @property
    def standing(self) -> list[int]:
        """The imports that stood, in order of id."""
        return sorted(one.id for one in self.batches if one.id not in self.undone)

    @cached_property
    def _finished(self) -> frozenset[int]:
        return frozenset(one.id for one in self.batches)

    def is_known(self, batch_id: int | None, *, undone: bool) -> bool:
        """Tell whether a report of an import, marked as undone or not, was there."""
        if not batch_id:
            return not undone
        return batch_id in self._finished and not (undone and batch_id in self.undone)

    def reports_then(self, reports: Sequence[Report]) -> list[Report]:
        """Return those of the ``touched`` reports that were known, as they were."""
        found: list[Report] = []
        moved: list[Report] = []
        for one in reports:
            if one.id in self.told.came_later:
                continue
            was = self.told.values.get(one.id, {})
            batch_id = self.told.batch.get(one.id, one.batch_id or 0)
            if not self.is_known(batch_id, undone=bool(was.get("undone", one.undone))):
                continue
            read = {name: _read(name, value) for name, value in was.items() if name in _REPORT_FIELDS}
            then = replace(one, batch_id=batch_id or None, undone=False, **read)
            (moved if _PLACED & read.keys() else found).append(then)
        return sorted([*found, *self._placed(moved)], key=lambda one: one.id)

    def _placed(self, reports: Sequence[Report]) -> list[Report]:
        """Return reports that lay elsewhere in the boundaries of today that hold them."""
        if not reports:
            return []
        lon_lat = np.array([one.lon_lat or (np.nan, np.nan) for one in reports], dtype=np.float64)
        found = list(reports)
        for kind in AreaKind:
            own = [one for one in self.areas if one.kind is kind]
            held = Boundaries([one.id for one in own], [one.geometry for one in own]).ids_at(lon_lat).tolist()
            found = [
                replace(one, **{f"{kind}_id": number or None})  # type: ignore[arg-type] # the names of three ids
                for one, number in zip(found, held, strict=True)
            ]
        return found

    def followups_then(self, followups: Mapping[int, Followup]) -> dict[int, Followup]:
        """Return what people had done about the ``touched`` reports; those of which they had not are left out."""
        found: dict[int, Followup] = {}
        for number in self.touched - self.told.came_later:
            was = followup_fields(self.told.values.get(number, {}))
            if not was and number not in followups:
                continue
            then = replace(followups.get(number, Followup(number)), **was)
            if then != Followup(number):
                found[number] = then
        return found


def known_reports(store: Store, known_at: datetime) -> KnownThen:
    """Return what was known of the reports at a moment: of what was kept before it."""
    # First of all: whatever is written while the rest is read makes the store another than this.
    version = store.version()
    batches = [one for one in store.batches() if one.state is not BatchState.RUNNING]
    changes = later_changes(store, known_at, batches)
    told = store.events(Subject.STORE)
    later = [one for one in told if one.at >= known_at]
    sources, snapped = sources_then(store, known_at)
    replaced = lists_replaced(later)
    return KnownThen(
        known_at=known_at,
        version=version,
        told=taken_back(store, changes, finished_at(batches), told, known_at),
        batches=tuple(_as_it_stood(one, known_at) for one in batches if one.finished_at < known_at),
        undone=frozenset(one.id for one in batches if one.undone_at is not None and one.undone_at < known_at),
        sources=sources,
        snapped=snapped,
        aparts=aparts_then(store, changes, known_at),
        no_contact_now=frozenset(one.report_id for one in changes if one.details.get("contact") == "dropped"),
        other_targets=other_targets(told, known_at),
        areas=tuple(store.areas()),
        knows_categories=not replaced,
        notes=(LIST_REPLACED,) if replaced else (),
    )


def taken_back(
    store: Store,
    changes: Sequence[ReportChange],
    finished: Mapping[int, datetime],
    told: Sequence[Event],
    known_at: datetime,
) -> TakenBack:
    """Return what was so of reports before what was kept later of them, and of the names of their categories.

    Parameters
    ----------
    changes, told
        Of the reports, those of :func:`problems.then.changes.later_changes`; of the store, all that are kept.
    finished
        When each import was kept, by its id.
    """
    found = take_back(changes, known_at, finished)
    values = {number: dict(was) for number, was in found.values.items()}
    names = [one for one in told if one.at >= known_at]
    for number, category in categories_then(store, changes, names).items():
        values.setdefault(number, {})["category"] = category
    for number in {one.report_id for one in changes if _put_back_work(one)} - found.came_later:
        for name, value in _work_on(store, number, known_at).items():
            values[number].setdefault(name, value)
    return TakenBack(values, found.batch, found.came_later)


def _put_back_work(one: ReportChange) -> bool:
    """Tell whether undoing an import put back what people did, of which its event does not say what was so before."""
    return one.kind == EventKind.UNDONE and not one.changed.isdisjoint(set(FOLLOWUP_FIELDS) - one.before.keys())


def _work_on(store: Store, number: int, known_at: datetime) -> dict[str, object]:
    """Return what is told of the work on a report by the events that were kept before a moment."""
    state: dict[str, Any] = dict.fromkeys(FOLLOWUP_FIELDS)
    none = Followup(number)
    state = {name: getattr(none, name) for name in state}
    for one in store.events(Subject.REPORT, number, known_at):
        state.update({name: value for name, value in one.changes.items() if name in state})
    return state


def _as_it_stood(batch: Batch, known_at: datetime) -> Batch:
    if batch.undone_at is None or batch.undone_at < known_at:
        return batch
    return replace(batch, state=BatchState.DONE, undone_at=None, undone_by="")


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _MOMENTS:
        return datetime.fromisoformat(str(value))
    if name == "status":
        return ReportStatus(str(value))
    if name == "flags":
        return ReportFlag(int(str(value)))
    return tuple(value) if name == "lon_lat" else value
