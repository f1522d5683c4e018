"""Places that belong to no problem, drawn only when asked for: candidates, all kinds together, and squares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np

from dashboard import session
from dashboard.remembered import Remembered
from dashboard.wording import count
from geo import areas as geo_areas
from problems.categories import Group
from problems.grid_check import GridCheck, check_grid
from problems.hot_spots import HotSpot, Refresh, Standing
from problems.standing import sentence
from problems.store import Store
from problems.use_cases.refreshing import references


class Also(StrEnum):
    """What is outlined besides the problems."""

    NOTHING = "nothing"
    CANDIDATES = "candidates"
    TOGETHER = "together"
    SQUARES = "squares"

    @property
    def label(self) -> str:
        """The choice in words."""
        return {
            Also.NOTHING: "Problems only",
            Also.CANDIDATES: "Also candidates",
            Also.TOGETHER: "Also all kinds together",
            Also.SQUARES: "Also squares above the usual",
        }[self]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A place that is outlined, with what is said of it; ``quiet`` for what claims nothing."""

    lon_lat: tuple[float, float]
    outline: Mapping[str, object]
    incidents: int
    words: str
    quiet: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """The places that were asked for, most incidents first, and what they have in common, in words."""

    places: Sequence[Outlined] = ()
    summary: str = ""


#: The page and the map ask at the same moment: the second waits for the answer of the first.
_checked: Final = Remembered(most=8, one_at_a_time=True)


def places_seen(
    store: Store,
    also: Also,
    *,
    groups: frozenset[Group] = frozenset(),
    area_id: int | None = None,
    on: date | None = None,
) -> Seen:
    """Return the places of the last refresh (on or before the day ``on``) that are outlined besides problems.

    ``groups`` leaves places of these only, none of them all. All kinds together have no group, so that it does
    not touch them. A place lies in an area when its centre does.
    """
    refresh = store.latest_refresh(until=on) if also is not Also.NOTHING else None
    if refresh is None:
        return Seen()
    seen = _squares(store, refresh, groups) if also is Also.SQUARES else _found(store, refresh, also, groups)
    if area_id is None or not seen.places:
        return seen
    geometry = next((area.geometry for area in store.areas() if area.id == area_id), None)
    if geometry is None:
        return Seen()
    inside = geo_areas.inside(np.array([place.lon_lat for place in seen.places]), geometry)
    return Seen([place for place, here in zip(seen.places, inside.tolist(), strict=True) if here], seen.summary)


def _found(store: Store, refresh: Refresh, also: Also, groups: frozenset[Group]) -> Seen:
    kept = [place for place in store.places_of(refresh.id) if _is(place, also, groups)]
    ordered = sorted(kept, key=lambda place: (-place.incidents, place.id))
    quiet = also is Also.CANDIDATES
    days = refresh.days_known
    return Seen(
        [
            Outlined(place.lon_lat, place.outline, place.incidents, sentence(place, days=days), quiet)
            for place in ordered
        ]
    )


def _is(place: HotSpot, also: Also, groups: frozenset[Group]) -> bool:
    if also is Also.TOGETHER:
        return place.group is None
    is_candidate = place.group is not None and place.problem_id is None and place.standing is Standing.CANDIDATE
    return is_candidate and (not groups or place.group in groups)


def _squares(store: Store, refresh: Refresh, groups: frozenset[Group]) -> Seen:
    checked = _check(store, refresh)
    small, wide = (min(checked.sides), max(checked.sides)) if checked.squares else (0.0, 0.0)
    kept = [square for square in checked.squares if not groups or square.group in groups]
    finer = [square for square in kept if square.side_m == small]
    spots = store.hot_spots(refresh.id)
    agree = sum(any(spot.group is square.group and square.holds(spot.lon_lat) for spot in spots) for square in finer)
    summary = f"Squares were compared with what is usual in them {checked.looked_at:,} times."
    if finer:
        summary = (
            f"{count(len(finer), 'square')} of {small:.0f} m and {len(kept) - len(finer)} of {wide:.0f} m stand out "
            f"in {checked.looked_at:,} comparisons. In or beside {agree} of the {len(finer)} smaller ones lies "
            "a hot spot of the same kind."
        )
    days = refresh.days_known
    return Seen(
        [
            Outlined(square.lon_lat, square.outline, square.incidents, square.words(days), quiet=False)
            for square in finer
        ],
        summary,
    )


def _check(store: Store, refresh: Refresh) -> GridCheck:
    settings = session.get_settings()

    def ask() -> GridCheck:
        compared = references(
            store, refresh.as_of, settings=settings.detection, zone=settings.zone, window_days=refresh.window_days
        )
        return check_grid(compared, epsg=refresh.epsg)

    key = (refresh.as_of, refresh.window_days, settings.detection)
    return _checked.once("squares", (store, store.reports_version()), ask, key=key)
