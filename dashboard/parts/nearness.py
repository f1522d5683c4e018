"""How far problems lie from a place, for the choices in which the nearest comes first."""

from collections.abc import Iterable

import numpy as np

from dashboard.parts.desk import Desk
from geo import projection
from problems.problem import Problem
from problems.use_cases.combining import metric


def nearest_first(desk: Desk, lon_lat: tuple[float, float], problems: Iterable[Problem]) -> list[tuple[Problem, float]]:
    """Return problems with their distance in metres from ``lon_lat`` (degrees), the nearest first."""
    found = list(problems)
    if not found:
        return []
    epsg = metric(desk.store, found[0])
    at = projection.to_metres(np.array([lon_lat, *(one.lon_lat for one in found)]), epsg)
    away = np.hypot(*(at[1:] - at[0]).T).tolist()
    return sorted(zip(found, away, strict=True), key=lambda pair: (pair[1], pair[0].id))
