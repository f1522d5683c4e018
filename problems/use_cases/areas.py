"""Importing boundaries: a layer of wards, beats or neighbourhoods, and every report put into its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from geo.boundaries import Boundaries
from problems.areas import Area, AreaKind
from problems.briefing.areas_then import FORMER, keep_former
from problems.clock import Clock
from problems.errors import InputRefused
from problems.events import EventKind, Subject, event
from problems.naming import area_names, in_naming_order
from problems.people import Principal, Role
from problems.progress import Progress, silent
from problems.store import Store, Unit
from problems.use_cases.saving import differences, require

MAY_IMPORT_AREAS = (Role.COORDINATOR, Role.ADMIN, Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class AreasImported:
    """What an import of boundaries did, or would do.

    ``removed`` boundaries of the kind were there before; ``placed`` is the number of placed reports,
    ``inside`` how many of them lie in the boundaries of this kind now. ``renamed`` problems lie in an
    area of another name than before.
    """

    kind: AreaKind
    file_name: str
    areas: int
    removed: int
    placed: int
    inside: int
    renamed: int = 0

    @property
    def outside(self) -> int:
        """How many placed reports lie in none of them."""
        return self.placed - self.inside


class _DryRun(Exception):
    """Ends the unit of a dry run."""


def import_areas(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    kind: AreaKind,
    areas: Sequence[Area],
    file_name: str,
    replace: bool = True,
    dry_run: bool = False,
    progress: Progress = silent,
) -> AreasImported:
    """Keep the boundaries of one kind in one unit; put every report and problem into the one that holds it.

    Parameters
    ----------
    areas
        The boundaries; their ids do not matter. Where two hold a place, the one that comes first has it.
    replace
        Whether they take the place of the boundaries of this kind that are there; else they are added.
    dry_run
        Count everything and keep nothing.

    Raises
    ------
    NotAllowed
        When the principal is neither coordinator nor administrator.
    InputRefused
        Without a boundary, for one without a name or with a name that is there already, and when not
        one of the placed reports lies in them.
    Cancelled
        From ``progress``; nothing was kept.
    """
    asked = f"The {kind.plural} of {file_name} were not imported."
    require(principal, asked, *MAY_IMPORT_AREAS)
    before = store.areas(kind)
    _check_names(asked, kind, areas, () if replace else before)
    done = AreasImported(kind, file_name, len(areas), len(before) if replace else 0, 0, 0)
    try:
        # Inside the unit nobody else writes, so that no report comes between the looking and the keeping.
        with store.writing() as unit:
            progress("Looking where the reports lie", 0.1)
            places = store.distinct_places()
            kept = () if replace else sorted(before, key=lambda area: area.id)
            ids_at = _ids_at([*kept, *areas], places)
            if len(places) and not (ids_at > len(kept)).any():
                raise _elsewhere(asked, store)
            progress(f"Keeping the {kind.plural}", 0.4)
            if replace:
                unit.remove_areas(kind)
            numbers = np.array([0, *(area.id for area in kept), *unit.add_areas(areas)], dtype=np.int64)
            progress(f"Putting each report into its {kind.label.lower()}", 0.5)
            unit.set_areas(kind, places, numbers[ids_at])
            now = clock()
            unit.add_events([
                event(
                    now, principal, Subject.AREA, 0, EventKind.LOADED,
                    changes={"kind": str(kind), "areas": len(areas)},
                    details={
                        "file_name": file_name, "removed": done.removed,
                        FORMER: keep_former(unit, now, kind, before),
                    },
                )
            ])  # fmt: skip
            points = store.report_points().lon_lat
            inside = int((_ids_at([*kept, *areas], points) > 0).sum())
            others = [area for area in store.areas() if area.kind is not kind]
            renamed = _rename(unit, store, clock(), principal, [*others, *kept, *areas], file_name)
            done = AreasImported(kind, file_name, len(areas), done.removed, len(points), inside, renamed)
            progress("Saving", 0.95)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return done


def _rename(unit: Unit, store: Store, at: datetime, principal: Principal, areas: Sequence[Area], file_name: str) -> int:
    """Give every problem the name of the area around its centre; return how many changed.

    Nobody worked on them, so when somebody last did stays what it was.
    """
    problems = store.problems()
    names = area_names(in_naming_order(areas), [problem.lon_lat for problem in problems])
    told = []
    for problem, name in zip(problems, names, strict=True):
        if problem.area == name:
            continue
        changes, before = differences(problem, unit.save_problem(replace(problem, area=name), problem.version))
        told.append(
            event(
                at, principal, Subject.PROBLEM, problem.id, EventKind.EDITED,
                changes=changes, before=before, details={"boundaries": file_name},
            )
        )  # fmt: skip
    unit.add_events(told)
    return len(told)


def _ids_at(areas: Sequence[Area], lon_lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return for each place the position of its area counted from 1, 0 where there is none."""
    return Boundaries(range(1, len(areas) + 1), [area.geometry for area in areas]).ids_at(lon_lat)


def _check_names(asked: str, kind: AreaKind, areas: Sequence[Area], kept: Sequence[Area]) -> None:
    if not areas:
        raise InputRefused(asked, "There are none in it.", "Choose a file with areas that have names.")
    taken = {area.name.casefold() for area in kept}
    for area in areas:
        name = area.name.strip()
        if not name:
            raise InputRefused(asked, f"One {kind.label.lower()} has no name.", "Give each a name, or leave it out.")
        if name.casefold() in taken:
            raise InputRefused(asked, f"“{name}” comes twice.", "Put its parts together, or give them other names.")
        taken.add(name.casefold())


def _elsewhere(asked: str, store: Store) -> InputRefused:
    placed = store.counts().placed
    told = f"None of the {placed:,} placed reports lies in them." if placed > 1 else "The placed report lies in none."
    return InputRefused(asked, told, "Check that the file is of this town, and that its coordinates are right.")
