"""Counts by area: what can be said of reports whose points their source moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from dashboard.mapping import points as map_points
from dashboard.mapping.layers import Asked
from dashboard.remembered import by_reports
from geo.boundaries import surface_km2
from problems.areas import Area, AreaKind
from problems.clock import day_end, day_start
from problems.precision import COARSE_M
from problems.sources import Source
from problems.store import Store

_ORDER: Final = (AreaKind.WARD, AreaKind.NEIGHBOURHOOD, AreaKind.BEAT)


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area of the table. ``before`` is None where nothing is comparable, ``km2`` where it has no surface."""

    name: str
    reports: int
    moved: int
    before: int | None
    km2: float | None


@dataclass(frozen=True, slots=True)
class MovedSource:
    """A source whose points were moved: how many reports count by area only, and why.

    ``is_coarse`` tells that they were rounded to a coarse grid.
    """

    name: str
    reports: int
    why: str
    is_coarse: bool = False

    @property
    def because(self) -> str:
        """What is the matter with its places, as the end of a sentence."""
        return "their places are rounded" if self.is_coarse else "their places are moved to anonymous points"


def moved_sources(store: Store) -> list[MovedSource]:
    """Return the sources that have reports on moved points, most reports first; none for nearly every store."""
    if not len(map_points.cache.get(store).moved):
        return []
    found = by_reports(store, "sources", store.snapped_reports)
    known = {source.name: source for source in store.sources()}
    told = []
    for name, number in found.items():
        source = known.get(name, Source(0, name))
        told.append(MovedSource(name, number, source.why, (source.lattice_m or 0.0) >= COARSE_M))
    return sorted(told, key=lambda one: (-one.reports, one.name))


def kinds(store: Store) -> list[AreaKind]:
    """Return the kinds of boundaries that there are, wards first."""
    there = {area.kind for area in store.areas()}
    return [kind for kind in _ORDER if kind in there]


def area_rows(store: Store, asked: Asked, kind: AreaKind, zone: tzinfo) -> list[AreaRow]:
    """Return the areas of a kind with their reports, most first; those outside of all of them come last."""
    now = _counted(store, asked, kind, zone)
    before = _counted(store, asked.before(), kind, zone) if asked.days else {}
    areas = {area.id: area for area in store.areas(kind)}
    surfaces = by_reports(store, "surfaces", lambda: _surfaces(list(areas.values())), key=kind)
    rows = []
    for number, area in areas.items():
        reports, moved = now.get(number, (0, 0))
        earlier = before.get(number, (0, 0))[0] if asked.days else None
        rows.append(AreaRow(area.name, reports, moved, earlier, surfaces.get(number)))
    rows.sort(key=lambda row: (-row.reports, row.name))
    outside, moved_outside = now.get(None, (0, 0))
    if outside:
        earlier = before.get(None, (0, 0))[0] if asked.days else None
        rows.append(AreaRow("", outside, moved_outside, earlier, None))
    return rows


def _counted(store: Store, asked: Asked, kind: AreaKind, zone: tzinfo) -> dict[int | None, tuple[int, int]]:
    since = day_start(asked.first, zone) if asked.first else None
    until = day_end(asked.last, zone)
    groups = asked.groups or None
    key = (kind, since, until, groups)
    counts = by_reports(store, "counts", lambda: store.area_counts(kind, since, until, groups), key=key)
    return {one.area_id: (one.reports, one.snapped) for one in counts}


def _surfaces(areas: Sequence[Area]) -> dict[int, float]:
    return {area.id: surface_km2(area.geometry) for area in areas}
