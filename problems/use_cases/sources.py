"""Describing sources: a person says how exact the places of a source are, where the measure is wrong."""

from dataclasses import replace

from problems.clock import Clock
from problems.errors import InputRefused, NotFound
from problems.events import Event, EventKind, Subject, event
from problems.people import Principal, Role
from problems.precision import judge
from problems.sources import PlacePrecision, Source, TimePrecision
from problems.store import Store, Unit
from problems.use_cases.saving import require

MAY_DESCRIBE = (Role.COORDINATOR, Role.ADMIN)


def set_precision(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    source: str,
    precision: PlacePrecision,
    note: str,
    seen_version: int,
) -> Source:
    """Say how exact the places of a source are; all its reports follow, and later imports do not change it.

    Raises
    ------
    NotAllowed
        When the principal is neither coordinator nor administrator.
    InputRefused
        Without a reason.
    NotFound
        When no report of this source was ever kept.
    Stale
        When somebody else saved the source since ``seen_version``.
    """
    asked = f"The places of “{source}” were not described."
    require(principal, asked, *MAY_DESCRIBE)
    why = " ".join(note.split())
    if not why:
        raise InputRefused(asked, "The reason is missing.", "Say in a sentence how you know.")
    with store.writing() as unit:
        before = store.source(source) or _new(store, unit, asked, source)
        wanted = replace(before, precision=precision, decided_by=principal.name, why=why)
        saved = unit.save_source(wanted, seen_version)
        marked = unit.mark_snapped(source, precision is PlacePrecision.SNAPPED)
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.SOURCE,
                    saved.id,
                    EventKind.REVIEWED,
                    changes={"precision": str(precision), "why": why},
                    before={"precision": str(before.precision), "why": before.why},
                    note=why,
                    details={"source": source, "reports": marked},
                )
            ]
        )
    return saved


def measure_source(store: Store, principal: Principal, clock: Clock, seed: int, *, source: str) -> Source | None:
    """Measure how exact the places of a source are from all of its reports; all of them follow.

    What a person decided stays, and a source that is not described is left alone. An import judges by
    a sample of its file, in which reports of a large force seldom share a point.

    Returns
    -------
    Source or None
        As it is kept now, None where it is not described.

    Raises
    ------
    NotAllowed
        When the principal may not import reports.
    """
    asked = f"The places of “{source}” were not measured."
    require(principal, asked, Role.OFFICER, Role.COORDINATOR, Role.ADMIN, Role.SYSTEM)
    with store.writing() as unit:
        kept = store.source(source)
        if kept is None or kept.decided_by:
            return kept
        places = store.source_places(source)
        if not len(places):
            return kept
        verdict = judge(places, month_only=kept.time_precision is TimePrecision.MONTH)
        wanted = replace(kept, precision=verdict.precision, lattice_m=verdict.lattice_m, why=verdict.why)
        if wanted == kept:
            return kept
        if wanted.is_snapped is not kept.is_snapped:
            unit.mark_snapped(source, wanted.is_snapped)
        saved = unit.save_source(wanted, kept.version)
        unit.add_events([_told(clock, principal, kept, saved)])
    return saved


def _told(clock: Clock, principal: Principal, before: Source, after: Source) -> Event:
    return event(
        clock(),
        principal,
        Subject.SOURCE,
        after.id,
        EventKind.EDITED,
        changes={"precision": str(after.precision), "why": after.why},
        before={"precision": str(before.precision), "why": before.why},
        details={"source": after.name},
    )


def _new(store: Store, unit: Unit, asked: str, name: str) -> Source:
    if not any(known.source.name == name for known in store.source_quality()):
        raise NotFound(asked, "There is no such source.", "The Data quality page lists them all.")
    return replace(Source(0, name), id=unit.add_source(Source(0, name)))
