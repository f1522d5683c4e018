"""Boundaries as they were drawn then: what another file puts in their place is kept as a fact of the store."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from problems.areas import Area, AreaKind
from problems.briefing.briefing import AreaThen
from problems.errors import AreaUnknown
from problems.events import Event, Subject
from problems.store import Store, Unit

#: Names, in the event that tells of new boundaries, the fact that holds those before; empty where there were none.
FORMER: Final = "former"


def keep_former(unit: Unit, now: datetime, kind: AreaKind, before: Sequence[Area]) -> str:
    """Keep the boundaries of a kind as they were before others came, and return the name of the fact."""
    if not before:
        return ""
    name = f"areas_{kind}_until_{int(now.timestamp() * 1_000_000)}"
    rows = [{"id": one.id, "name": one.name, "code": one.code, "geometry": one.geometry} for one in before]
    unit.set_fact(name, json.dumps(rows))
    return name


def areas_then(store: Store, known_at: datetime, told: Sequence[Event]) -> tuple[list[AreaThen], frozenset[AreaKind]]:
    """Return the boundaries as they were known at a moment, by kind and name, and the kinds that changed since.

    Parameters
    ----------
    told
        The events about boundaries, in their order. Of those that came before events named the former boundaries
        nothing is known: today's are taken.
    """
    found: list[AreaThen] = []
    changed: set[AreaKind] = set()
    for kind in AreaKind:
        later = next((one for one in told if one.at >= known_at and one.changes.get("kind") == kind), None)
        if later is None or (FORMER not in later.details and later.details.get("removed")):
            found += [AreaThen(one.id, one.kind, one.name, one.geometry, one.code) for one in store.areas(kind)]
            continue
        changed.add(kind)
        name = str(later.details.get(FORMER, ""))
        kept: list[dict[str, Any]] = json.loads(store.fact(name) or "[]") if name else []
        found += [AreaThen(one["id"], kind, one["name"], one["geometry"], one["code"]) for one in kept]
    return found, frozenset(changed)


def events_of_areas(store: Store) -> list[Event]:
    """Return the events about boundaries, in their order."""
    return store.events(Subject.AREA)


def area_called(areas: Sequence[AreaThen], words: str) -> AreaThen:
    """Return the area that is called so, or has this number or official code.

    Raises
    ------
    AreaUnknown
        When there is none, or more than one.
    """
    asked = f"The briefing of “{words[:60]}” was not made."
    kind, _, rest = words.strip().casefold().rpartition(":")
    fitting = [one for one in areas if kind in ("", one.kind)]
    found = [one for one in fitting if one.name.casefold() == rest or (one.code and one.code.casefold() == rest)]
    found = found or [one for one in fitting if kind and str(one.id) == rest]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        kinds = ", ".join(f"{one.kind}:{one.name}" for one in found)
        raise AreaUnknown(asked, "Several areas are called so.", f"Say which: {kinds}.")
    if not areas:
        raise AreaUnknown(asked, "No wards, beats or neighbourhoods were known then.", "Leave the area out.")
    names = sorted({one.name for one in areas})
    listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    raise AreaUnknown(asked, "No area was called so then.", f"Areas were: {listed}.")
