"""Reports that people had said are not the same: what they took back or merged since was apart then."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from problems.duplicates import Apart
from problems.events import Event, EventKind, Subject
from problems.store import Store
from problems.then.changes import ReportChange

_APART, _NO_LONGER, _TOGETHER = "apart", "no_longer_apart", "duplicates"


def aparts_then(store: Store, later: Iterable[ReportChange], known_at: datetime) -> tuple[Apart, ...]:
    """Return the decisions that two reports are not the same as they stood at a moment, in order of time.

    Parameters
    ----------
    later
        The changes of reports that were kept after it.
    """
    kept = {(one.first_id, one.second_id): one for one in store.aparts() if one.decided_at < known_at}
    touched = sorted({number for one in later for number in _reports_of(one)})
    told = [one for number in touched for one in store.events(Subject.REPORT, number, known_at)]
    # Of what is apart now the record is exact; of the rest the events tell.
    once: dict[tuple[int, int], Apart] = {}
    for one in sorted(told, key=lambda each: each.id):
        _follow(once, one)
    found = {**once, **kept}
    return tuple(
        Apart(at, one.first_id, one.second_id, one.decided_by, one.decided_at)
        for at, one in enumerate(sorted(found.values(), key=lambda one: (one.decided_at, one.first_id)), start=1)
    )


def _reports_of(one: ReportChange) -> Sequence[int]:
    """Return the reports of which a change ended that they were apart."""
    if _NO_LONGER in one.details:
        return [one.report_id, *one.details[_NO_LONGER]]
    if one.kind == EventKind.MERGED and _TOGETHER in one.details:
        return [one.report_id, *one.details[_TOGETHER]]
    return ()


def _follow(apart: dict[tuple[int, int], Apart], one: Event) -> None:
    details: Any = one.details
    for other in details.get(_APART, ()):
        pair = (min(one.subject_id, other), max(one.subject_id, other))
        apart[pair] = Apart(0, *pair, one.by_name, one.at)
    for other in details.get(_NO_LONGER, ()):
        apart.pop((min(one.subject_id, other), max(one.subject_id, other)), None)
    if one.kind is EventKind.MERGED:
        for pair in combinations(sorted({one.subject_id, *details.get(_TOGETHER, ())}), 2):
            apart.pop(pair, None)
