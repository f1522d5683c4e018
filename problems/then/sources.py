"""Sources as they were described: what imports measured and people decided since is taken back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from problems.events import Event, EventKind, Subject
from problems.sources import PlacePrecision, Source, TimePrecision
from problems.store import Store

_EARLIER: Final = "\x00earlier"


def sources_then(store: Store, known_at: datetime) -> tuple[tuple[Source, ...], dict[str, bool]]:
    """Return the sources as they were described at a moment, by name, and which were of another mark.

    The second tells of each source whose reports are marked otherwise now whether they were marked as moved
    to points then.
    """
    told = [*store.events(Subject.IMPORT, since=known_at), *store.events(Subject.SOURCE, since=known_at)]
    was: dict[str, dict[str, Any] | None] = {}
    # The first change of each field tells what was so before all of them.
    for one in sorted(told, key=lambda each: each.id):
        _note(was, one)
    now = {one.name: one for one in store.sources()}
    then = {name: _as_described(store, one, was[name], known_at) if name in was else one for name, one in now.items()}
    known = tuple(one for one in then.values() if one is not None)
    snapped = {
        name: one is not None and one.is_snapped
        for name, one in then.items()
        if now[name].is_snapped is not (one is not None and one.is_snapped)
    }
    return tuple(sorted(known, key=lambda one: (one.name.casefold(), one.name))), snapped


def _note(was: dict[str, dict[str, Any] | None], one: Event) -> None:
    name = str(one.details.get("source", ""))
    if one.subject is Subject.IMPORT:
        if "source" not in one.before:
            return
        described = one.before["source"]
        if described is None:
            was.setdefault(name, None)
            return
        before: Mapping[str, Any] = described if isinstance(described, dict) else {}
    else:
        # A person's decision does not say who had decided before it; the earlier ones do.
        before = {**one.before, "decided_by": _EARLIER} if one.kind is EventKind.REVIEWED else one.before
    held = was.setdefault(name, {})
    if held is not None:
        for field, value in before.items():
            held.setdefault(field, value)


def _as_described(store: Store, now: Source, was: Mapping[str, Any] | None, known_at: datetime) -> Source | None:
    if was is None:
        return None
    lattice, by = was.get("lattice_m", now.lattice_m), was.get("decided_by", now.decided_by)
    return replace(
        now,
        precision=PlacePrecision(str(was.get("precision", now.precision))),
        time_precision=TimePrecision(str(was.get("time_precision", now.time_precision))),
        lattice_m=float(lattice) if isinstance(lattice, (int, float)) else None,
        why=str(was.get("why", now.why) or ""),
        columns=str(was.get("columns", now.columns) or ""),
        decided_by=_decided_by(store, now, known_at) if by == _EARLIER else str(by or ""),
    )


def _decided_by(store: Store, source: Source, known_at: datetime) -> str:
    """Return who had said how exact a source is; empty where nobody had."""
    told = store.events(Subject.SOURCE, source.id, known_at)
    return next((one.by_name for one in reversed(told) if one.kind is EventKind.REVIEWED), "")
