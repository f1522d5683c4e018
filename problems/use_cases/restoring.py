"""What an import makes of its source, put back: how exact it is, how it is read, and the marks of its reports."""

from collections.abc import Iterable
from dataclasses import replace

from problems.events import Event, EventKind
from problems.sources import PlacePrecision, Source, TimePrecision
from problems.store import Unit
from problems.use_cases.saving import plain

_FIELDS = ("precision", "time_precision", "lattice_m", "why", "decided_by", "columns")


def described(source: Source) -> dict[str, object]:
    """Return what is known of a source, as the event of an import carries it."""
    return {name: plain(getattr(source, name)) for name in _FIELDS}


def restore_source(unit: Unit, now: Source | None, events: Iterable[Event]) -> Source | None:
    """Put a source back to what it was before the import with these events; return it as it is kept.

    What a person decided stays. Imports of older stores do not tell what was before: nothing changes
    then. The marks of the reports follow the source in any case, those that were put back among them.
    """
    if now is None:
        return None
    told = next((one.before for one in events if one.kind is EventKind.IMPORTED and "source" in one.before), None)
    saved = now
    if told is not None and not now.decided_by:
        wanted = _as_before(now, told["source"])
        saved = now if wanted == now else unit.save_source(wanted, now.version)
    unit.mark_snapped(saved.name, saved.is_snapped)
    return saved


def _as_before(now: Source, told: object) -> Source:
    if not isinstance(told, dict):
        return Source(now.id, now.name, version=now.version)
    lattice = told.get("lattice_m")
    return replace(
        now,
        precision=PlacePrecision(str(told.get("precision"))),
        time_precision=TimePrecision(str(told.get("time_precision"))),
        lattice_m=float(lattice) if isinstance(lattice, (int, float)) else None,
        why=str(told.get("why") or ""),
        columns=str(told.get("columns") or ""),
    )
