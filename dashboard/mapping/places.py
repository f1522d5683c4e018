"""Places that belong to no problem, drawn only when asked for: candidates, and what all kinds together make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from geo import areas as geo_areas
from problems.categories import Group
from problems.hot_spots import HotSpot, Standing
from problems.store import Store


class Also(StrEnum):
    """What is outlined besides the problems."""

    NOTHING = "nothing"
    CANDIDATES = "candidates"
    TOGETHER = "together"

    @property
    def label(self) -> str:
        """The choice in words."""
        return {
            Also.NOTHING: "Problems only",
            Also.CANDIDATES: "Also candidates",
            Also.TOGETHER: "Also all kinds together",
        }[self]


@dataclass(frozen=True, slots=True)
class Seen:
    """The places that were asked for, most incidents first, with the length in days of the window they are of."""

    places: Sequence[HotSpot] = ()
    days: int = 0


def places_seen(
    store: Store,
    also: Also,
    *,
    groups: frozenset[Group] = frozenset(),
    area_id: int | None = None,
    on: date | None = None,
) -> Seen:
    """Return the places of the last refresh (on or before the day ``on``) that are outlined besides problems.

    ``groups`` leaves candidates of these only, none of them all. All kinds together have no group, so that it does
    not touch them. A place lies in an area when its centre does.
    """
    refresh = store.latest_refresh(until=on) if also is not Also.NOTHING else None
    if refresh is None:
        return Seen()
    kept = [place for place in store.places_of(refresh.id) if _is(place, also, groups)]
    if area_id is not None and kept:
        geometry = next((area.geometry for area in store.areas() if area.id == area_id), None)
        if geometry is None:
            return Seen((), refresh.window_days)
        inside = geo_areas.inside(np.array([place.lon_lat for place in kept]), geometry)
        kept = [place for place, here in zip(kept, inside.tolist(), strict=True) if here]
    return Seen(sorted(kept, key=lambda place: (-place.incidents, place.id)), refresh.window_days)


def _is(place: HotSpot, also: Also, groups: frozenset[Group]) -> bool:
    if also is Also.TOGETHER:
        return place.group is None
    is_candidate = place.group is not None and place.problem_id is None and place.standing is Standing.CANDIDATE
    return is_candidate and (not groups or place.group in groups)
