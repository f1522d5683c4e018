"""All areas of a kind beside each other: their reports for each kilometre of street, or whatever is known of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.area_sizes import street_km
from geo.boundaries import surface_km2
from problems.areas import AreaKind, Street
from problems.briefing.briefing import AreaThen
from problems.briefing.then import WEEKS_OF_FLOW, Then
from problems.briefing.weeks import Moment
from problems.comparing_areas import LEAST_COMPARED, ComparedArea, Comparison, compare_areas
from problems.service import FEWEST_TOLD

_WEEKS_BEFORE: Final = 52
#: So many weeks before the last one have to be read, so that the year before is a whole one.
WEEKS_COMPARED: Final = WEEKS_OF_FLOW + _WEEKS_BEFORE - 1
#: Less of a street than this is the end of one that belongs to the neighbour.
_LEAST_KM: Final = 0.05


class Against(StrEnum):
    """What the reports of an area are held against."""

    STREETS = "streets"
    GROUND = "ground"
    YEAR = "year"

    @property
    def label(self) -> str:
        """Plain words for it."""
        return {
            Against.STREETS: "Kilometres of street",
            Against.GROUND: "Square kilometres",
            Against.YEAR: "Its own year before",
        }[self]

    @property
    def unit(self) -> str:
        """One unit of it, behind “for each”."""
        return {
            Against.STREETS: "km of street",
            Against.GROUND: "km\N{SUPERSCRIPT TWO}",
            Against.YEAR: "report of the year before",
        }[self]


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area: its reports of the last weeks, its size, how it compares (None: it has no size), open problems."""

    area: AreaThen
    reports: int
    size: float | None
    compared: ComparedArea | None
    problems: int

    @property
    def rate(self) -> float | None:
        """Its reports for each unit of its size; None without a size, or of so few reports that none is told."""
        return self.reports / self.size if self.size and self.reports >= FEWEST_TOLD else None


@dataclass(frozen=True, slots=True)
class AreasCompared:
    """The areas of a kind by name, never by rate. ``possible`` is what they can be held against.

    ``comparison`` is None where they cannot be compared, or the reader is not shown it; ``sentence`` says why.
    """

    kind: AreaKind
    against: Against
    possible: tuple[Against, ...]
    moment: Moment
    rows: tuple[AreaRow, ...]
    comparison: Comparison | None
    sentence: str
    caveats: tuple[str, ...]


def sizes_possible(areas: Sequence[AreaThen], streets: Sequence[Street]) -> dict[Against, list[float]]:
    """Return how large areas are in each unit that is known: kilometres of street where streets are, and of ground."""
    shapes = [one.geometry for one in areas]
    found: dict[Against, list[float]] = {}
    lines = [np.asarray(one.geometry["coordinates"])[:, :2] for one in streets if _is_line(one.geometry)]
    if lines and areas:
        length = street_km(shapes, lines)
        if (length >= _LEAST_KM).sum() >= LEAST_COMPARED:
            found[Against.STREETS] = [float(one) if one >= _LEAST_KM else 0.0 for one in length]
    found[Against.GROUND] = [surface_km2(one) for one in shapes]
    return found


def _is_line(geometry: Mapping[str, object]) -> bool:
    line = geometry.get("coordinates")
    return geometry.get("type") == "LineString" and isinstance(line, list) and len(line) > 1


def compared(
    then: Then,
    kind: AreaKind,
    against: Against | None,
    sizes: Mapping[Against, Sequence[float]],
    problems: Mapping[int, int],
    *,
    with_reports: bool,
) -> AreasCompared:
    """Hold the reports of thirteen weeks against the size of each area.

    Parameters
    ----------
    against
        None: the first that is known of kilometres of street, of ground, and the year before.
    sizes
        Of the areas of the kind in the order of ``then.areas``, as :func:`sizes_possible` returns them.
    problems
        Open problems by the id of the area.
    with_reports
        Whether the reader is shown counts of reports.
    """
    areas = [one for one in then.areas if one.kind is kind]
    now, before = reports_by_area(then, kind, areas)
    known = {**sizes, Against.YEAR: [float(one) for one in before]}
    chosen = against if against in known else next(iter(known))
    comparison, said = _held(then, kind, areas, now, known[chosen], chosen)
    if not with_reports:
        comparison, said = None, "How areas compare is not shared with partner organisations."
    found = iter(comparison.areas if comparison else ())
    rows = []
    for at, area in enumerate(areas):
        size = float(known[chosen][at]) or None
        one = next(found) if comparison and size else None
        rows.append(AreaRow(area, int(now[at]) if with_reports else 0, size, one, problems.get(area.id, 0)))
    rows.sort(key=lambda one: (one.area.name.casefold(), one.area.id))
    caveats = _caveats(then, kind, areas, now, chosen) if with_reports else ()
    return AreasCompared(kind, chosen, tuple(known), then.moment, tuple(rows), comparison, said, tuple(caveats))


def reports_by_area(
    then: Then, kind: AreaKind, areas: Sequence[AreaThen]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the reports of the last thirteen weeks, and of the fifty-two before, of each area in its order."""
    own = then.reports
    week = own.week
    late = own.counts & (week >= 0) & (week < WEEKS_OF_FLOW)
    before = own.counts & (week >= WEEKS_OF_FLOW) & (week < WEEKS_OF_FLOW + _WEEKS_BEFORE)
    held = getattr(own.columns, str(kind))
    ids = np.array([one.id for one in areas], dtype=np.int64)
    order = np.argsort(ids)
    counts = []
    for mask in (late, before):
        here = held[mask]
        at = np.searchsorted(ids[order], here)
        there = at < len(ids)
        there[there] = ids[order][at[there]] == here[there]
        found = np.zeros(len(ids), dtype=np.int64)
        found[order] = np.bincount(at[there], minlength=len(ids))
        counts.append(found)
    return counts[0], counts[1]


def _held(
    then: Then,
    kind: AreaKind,
    areas: Sequence[AreaThen],
    counts: npt.NDArray[np.int64],
    sizes: Sequence[float],
    against: Against,
) -> tuple[Comparison | None, str]:
    if then.first_day is None or not counts.sum():
        return None, f"No report of the last {WEEKS_OF_FLOW} weeks lies in any of the {kind.plural}."
    if sum(size > 0 for size in sizes) < LEAST_COMPARED:
        why = "had reports in the year before" if against is Against.YEAR else "have a known size"
        return None, f"Fewer than {LEAST_COMPARED} {kind.plural} {why}: what is usual cannot be told."
    names = [one.name for one in areas]
    found = compare_areas(names, [int(one) for one in counts], [size or None for size in sizes])
    return found, f"{found.sentence}{_swing(found, kind)}"


def _swing(found: Comparison, kind: AreaKind) -> str:
    if found.dispersion <= 1.0:
        return ""
    return (
        f" {kind.plural.capitalize()} swing {found.dispersion:.1f} times as much as chance alone would make them, and "
        "the limits allow for that."
    )


def _caveats(
    then: Then, kind: AreaKind, areas: Sequence[AreaThen], counts: npt.NDArray[np.int64], against: Against
) -> Iterator[str]:
    yield (
        "Reports say where people report, not where most happens: where few report there may be as much trouble, and "
        "where many pass through there are more to report."
    )
    if against is not Against.YEAR:
        yield "How many people live in each area is not kept here, so that no rate is by residents."
    silent = [one.name for one, count in zip(areas, counts, strict=True) if not count]
    if silent:
        names = ", ".join(sorted(silent)[:FEWEST_TOLD])
        more = f" and {len(silent) - FEWEST_TOLD} more" if len(silent) > FEWEST_TOLD else ""
        yield f"No report at all in {WEEKS_OF_FLOW} weeks: {names}{more}. That is no proof that nothing happens there."
    own = then.reports
    late = own.counts & (own.week >= 0) & (own.week < WEEKS_OF_FLOW)
    left = int(late.sum()) - int(counts.sum())
    if left:
        what = "1 report lies" if left == 1 else f"{left:,} reports lie"
        of = f"of {int(late.sum()):,} in {WEEKS_OF_FLOW} weeks"
        yield f"{what} in none of the {kind.plural} or without a place, {of}."
