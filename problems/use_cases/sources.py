"""Describing sources: a person says how exact the places of a source are, where the measure is wrong."""

from dataclasses import replace

from problems.clock import Clock
from problems.errors import InputRefused, NotFound
from problems.events import EventKind, Subject, event
from problems.people import Principal, Role
from problems.sources import PlacePrecision, Source
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


def _new(store: Store, unit: Unit, asked: str, name: str) -> Source:
    if not any(known.source.name == name for known in store.source_quality()):
        raise NotFound(asked, "There is no such source.", "The Data quality page lists them all.")
    return replace(Source(0, name), id=unit.add_source(Source(0, name)))
