"""Who may merge and split problems."""

from collections.abc import Callable
from typing import Any

from geo.geojson import bounds
from problems.combining import Part
from problems.problem import ProblemStatus
from problems.use_cases import combining


def _merged(town: Any) -> Any:
    group = town.store.problem(1).group
    (other, *_) = (
        one.id
        for one in town.store.problems()
        if one.id != 1 and one.group is group and one.status is ProblemStatus.CONFIRMED
    )
    return {"survivor_id": 1, "other_ids": [other]}


def _version(town: Any) -> int:
    return int(town.store.problem(1).version)


def _split(town: Any, ask: Any) -> object:
    west, south, east, north = bounds(town.store.problem(1).footprint)
    middle = (west + east) / 2
    half = [[middle, south], [east, south], [east, north], [middle, north], [middle, south]]
    part = Part("East", {"type": "Polygon", "coordinates": [half]})
    return combining.split_problem(*ask, problem_id=1, parts=[part], note="Two.", seen_version=_version(town))


#: As in :mod:`tests.test_problems_roles`.
COMBINING_CASES: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "combining.look_at_merge": (lambda town, ask: combining.look_at_merge(*ask, **_merged(town)), "c"),
    "combining.merge_problems": (
        lambda town, ask: combining.merge_problems(*ask, **_merged(town), note="One.", seen_versions={}),
        "c",
    ),
    "combining.split_problem": (_split, "c"),
}
