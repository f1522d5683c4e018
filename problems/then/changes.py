"""Taking back what was only learnt later about single reports.

The store keeps what is so now, and every change with what was so before. From both follows what was known at any
moment: the changes that were kept later are taken back, and the reports that came later are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from problems.events import EventKind, Subject
from problems.reports import Batch, BatchState

if TYPE_CHECKING:
    from problems.store import Store
    from problems.then.known import KnownThen

#: Events of an import are dated while it runs, and are known from its end on.
_LONGEST_IMPORT: Final = timedelta(days=1)
#: Names, in the event of an import, the undone reports that it brought back: (import before, first, last) each.
REVIVED: Final = "revived"


@dataclass(frozen=True, slots=True)
class ReportChange:
    """One kept change of a report: when, what was so before, and what it tells beside."""

    id: int
    report_id: int
    at: datetime
    kind: str
    before: Mapping[str, Any]
    details: Mapping[str, Any]
    changed: frozenset[str]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What is known of some reports as of a moment: the values that were so then, by report and field.

    ``came_later`` are those that nobody knew yet, ``batch`` the import that had written one last by then.
    """

    values: Mapping[int, Mapping[str, Any]]
    batch: Mapping[int, int]
    came_later: frozenset[int]


class PastStore(Protocol):
    """The part of :class:`problems.store.Store` that is about how reports were known before."""

    def as_known(self, known: "KnownThen") -> "Store":
        """Return a store of the reports as they were known; it holds nothing else, and is for reading only.

        What was written since ``known`` was worked out does not show in it.
        """
        ...

    def one_state(self) -> AbstractContextManager["Store"]:
        """Open the store in the state that it has now, for reading by one thread: what is written then does not show.

        For what takes several calls and has to fit together. It refuses to be written to, closed, or looked back from.
        """
        ...


def is_later(one: ReportChange, known_at: datetime, finished: Mapping[int, datetime]) -> bool:
    """Tell whether a change was not known yet: what an import changed was known when it was finished."""
    number = one.details.get("batch_id")
    if number is None or one.kind == EventKind.UNDONE:
        return one.at >= known_at
    return finished.get(int(number), one.at) >= known_at


def take_back(changes: Iterable[ReportChange], known_at: datetime, finished: Mapping[int, datetime]) -> TakenBack:
    """Return what changes that were kept from ``known_at`` on have to be taken back.

    Parameters
    ----------
    changes
        In the order they were kept; earlier ones are left alone.
    finished
        When each import was kept, by its id: what it changed was kept then, whatever the clock said meanwhile.
    """
    values: dict[int, dict[str, Any]] = {}
    batch: dict[int, int] = {}
    created: set[int] = set()
    for one in changes:
        if not is_later(one, known_at, finished):
            continue
        was = values.setdefault(one.report_id, {})
        for name, value in one.before.items():
            was.setdefault(name, value)
        number = one.details.get("batch_id")
        if one.kind == EventKind.CREATED:
            created.add(one.report_id)
        elif "batch_before" in one.details:
            batch.setdefault(one.report_id, int(one.details["batch_before"] or 0))
        elif one.kind == EventKind.UNDONE and number is not None:
            batch.setdefault(one.report_id, int(number))
    return TakenBack(values, batch, frozenset(created))


def later_changes(store: "Store", known_at: datetime, batches: Sequence[Batch]) -> list[ReportChange]:
    """Return the changes of reports that were not known at a moment, in the order they were kept."""
    finished = finished_at(batches)
    found = [*store.report_changes(known_at - _LONGEST_IMPORT), *_revived(store, known_at)]
    return sorted((one for one in found if is_later(one, known_at, finished)), key=lambda one: one.id)


def finished_at(batches: Iterable[Batch]) -> dict[int, datetime]:
    """Return when each import was kept, by its id."""
    return {one.id: one.finished_at for one in batches if one.state is not BatchState.RUNNING}


def _revived(store: "Store", known_at: datetime) -> list[ReportChange]:
    """Return the coming back of undone reports with later imports, as changes of these reports."""
    found = []
    for one in store.events(Subject.IMPORT, since=known_at):
        ranges: Any = one.details.get(REVIVED, ())
        for before, first, last in ranges:
            details = {"batch_id": one.subject_id, "batch_before": before}
            for number in range(int(first), int(last) + 1):
                change = ReportChange(one.id, number, one.at, REVIVED, {"undone": True}, details, frozenset({"undone"}))
                found.append(change)
    return found


def as_ranges(pairs: Iterable[tuple[int | None, int]]) -> list[list[int]]:
    """Return (import, report) pairs as (import, first report, last report), for the event that tells of them."""
    found: list[list[int]] = []
    for batch, number in sorted(pairs, key=lambda pair: pair[1]):
        if found and found[-1][0] == (batch or 0) and found[-1][2] == number - 1:
            found[-1][2] = number
        else:
            found.append([batch or 0, number, number])
    return found
