"""Reviewing what the records cannot say by themselves: default points and unmapped names."""

from dataclasses import replace

from problems.categories import Taxonomy
from problems.clock import Clock
from problems.errors import InputRefused, NotFound
from problems.events import EventKind, Subject, event
from problems.hot_spots import Pile, PileDecision
from problems.people import Principal, Role
from problems.store import Store
from problems.use_cases.saving import require


def decide_pile(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    pile_id: int,
    decision: PileDecision,
    seen_version: int,
) -> Pile:
    """Say what many reports on one point are; the next refresh goes by it. Can be taken back.

    Raises
    ------
    NotAllowed
        When the principal is neither officer, coordinator nor administrator.
    NotFound
        When no such point is on the list.
    Stale
        When somebody else decided since ``seen_version``.
    """
    require(principal, "The point was not reviewed.", Role.OFFICER, Role.COORDINATOR, Role.ADMIN)
    with store.writing() as unit:
        for pile in store.piles():
            if pile.id == pile_id:
                break
        else:
            raise NotFound(f"There is no point {pile_id} under review.", "", "The list shows them all.")
        by = "" if decision is PileDecision.UNREVIEWED else principal.name
        saved = unit.save_pile_decision(replace(pile, decision=decision, decided_by=by), seen_version)
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.DEFAULT_POINT,
                    pile.id,
                    EventKind.REVIEWED,
                    changes={"decision": str(decision)},
                    before={"decision": str(pile.decision)},
                    details={"lon_lat": list(pile.lon_lat), "reports": pile.reports},
                )
            ]
        )
    return saved


def map_name(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    source: str | None,
    name: str,
    code: str,
    taxonomy: Taxonomy,
) -> int:
    """Give every unmapped report called ``name`` (of one source, or of all) a category; return how many.

    Raises
    ------
    NotAllowed
        When the principal is neither coordinator nor administrator.
    InputRefused
        When the category does not exist.
    NotFound
        When no unmapped report has this name.
    """
    asked = f"“{name}” was not mapped."
    require(principal, asked, Role.COORDINATOR, Role.ADMIN)
    if code not in taxonomy.categories:
        raise InputRefused(asked, f"There is no category “{code}”.", "Choose one from the list.")
    with store.writing() as unit:
        mapped = unit.map_category(source, name, code)
        if not mapped:
            raise NotFound(asked, "No unmapped report has this name.", "It may have been mapped a moment ago.")
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.STORE,
                    0,
                    EventKind.REVIEWED,
                    changes={"category": code},
                    details={"name": name, "source": source, "reports": mapped},
                )
            ]
        )
    return mapped
