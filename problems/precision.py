"""How exact the places of a source are, judged from its coordinates, and what follows from it.

A source that moves every incident to one of a few points, or rounds coarsely, piles reports up where
nothing happened more often than elsewhere. Such reports count by area and never as points.
"""

from dataclasses import dataclass

import numpy.typing as npt

from geo.lattice import LEAST_PLACES, Lattice, distinct_places, find_lattice
from problems.sources import PlacePrecision

#: With a grid this coarse, two thirds of the clustering radius, points pile up by rounding alone.
COARSE_M = 50.0
#: Grids finer than this are how numbers are written, not how places are known.
FINE_M = 1.0
#: Fewer rows than this say nothing about repetition.
LEAST_ROWS = 30
#: Where only the month is told and this share of the rows lies on a point with others, points were moved. Low, because
#: who tells months only hides something, and a coordinator can say otherwise.
MOVED_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Verdict:
    """How exact places are; ``lattice_m`` is the widest step of their grid, ``why`` one or two sentences."""

    precision: PlacePrecision
    lattice_m: float | None
    why: str


def judge(lon_lat: npt.ArrayLike, month_only: bool) -> Verdict:
    """Judge how exact the places of a source are.

    Parameters
    ----------
    lon_lat
        Degrees, longitude first, shape (n, 2), one row for each report; rows with NaN are left out.
    month_only
        Whether the source tells only the month of each report.

    Returns
    -------
    Verdict
        *Snapped* where only months are told and a fifth of the reports share their point with others, and where
        the grid is 50 m or coarser; *rounded* where it is coarser than 1 m; else *exact*.

    Notes
    -----
    Repetition alone does not make a source snapped: in feeds with times, many reports on one point
    are one address, or a default point, which the review list is for.
    """
    places, rows = distinct_places(lon_lat)
    lattice = find_lattice(places)
    lattice_m = lattice.widest_m if lattice is not None and lattice.widest_m >= FINE_M else None
    total = int(rows.sum())
    shared = int(rows[rows > 1].sum())
    if month_only and total >= LEAST_ROWS and shared >= MOVED_SHARE * total:
        why = f"Every one of {total:,} reports sits on one of {len(places):,} points, and only the month is told."
        return Verdict(PlacePrecision.SNAPPED, lattice_m, why)
    if lattice is None or lattice_m is None:
        return Verdict(PlacePrecision.EXACT, None, _exact_words(len(places)))
    precision = PlacePrecision.SNAPPED if lattice_m >= COARSE_M else PlacePrecision.ROUNDED
    return Verdict(precision, lattice_m, _grid_words(lattice))


def _exact_words(places: int) -> str:
    if places < LEAST_PLACES:
        return f"{places:,} different places are too few to tell whether they are rounded."
    return f"The {places:,} different places lie on no grid."


def _grid_words(lattice: Lattice) -> str:
    east, north = (f"{step:,.0f}" for step in lattice.step_m)
    how = "rounded in metres" if lattice.decimals is None else f"given with {lattice.decimals} decimals"
    if lattice.decimals == 1:
        how = "given with 1 decimal"
    grid = f"The coordinates are {how}: a grid of {east} by {north} m."
    if lattice.widest_m >= COARSE_M:
        return f"{grid} That is too coarse to look for places where reports concentrate."
    return grid
