"""Who may take on, share, ask about, merge and split problems."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from geo.geojson import bounds
from problems.combining import Part
from problems.problem import ProblemStatus
from problems.questions import Question
from problems.sharing import SharingLevel
from problems.use_cases import adopting, combining, questioning, sharing
from problems.use_cases.drawing import Plan


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


def _plan(town: Any) -> Plan:
    return Plan("Cora", None, "Light", town.today + timedelta(days=30))


#: As in :mod:`tests.test_problems_roles`.
ADOPTING_CASES: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "adopting.take_on": (
        lambda town, ask: adopting.take_on(
            *ask, problem_id=town.found_id, name="Lamps", plan=_plan(town), seen_version=1
        ),
        "c",
    ),
    "adopting.look_at_selection": (lambda _town, ask: adopting.look_at_selection(*ask, report_ids=[1, 2]), "oc"),
    "adopting.adopt_reports": (
        lambda town, ask: adopting.adopt_reports(
            *ask, report_ids=[1, 2], name="Two", beside=[one.id for one in town.store.problems()]
        ),
        "oc",
    ),
    "questioning.answer_question": (
        lambda _town, ask: questioning.answer_question(
            *ask, problem_id=1, question=Question.CAUSES, text="Wind.", seen_version=0
        ),
        "oc",
    ),
    "sharing.look_at_sharing": (lambda _town, ask: sharing.look_at_sharing(*ask, problem_id=1), "ocm"),
    "sharing.set_sharing": (
        lambda town, ask: sharing.set_sharing(
            *ask, problem_id=1, organisation_id=town.other_id, level=SharingLevel.FULL, seen_version=_version(town)
        ),
        "c",
    ),
    "combining.look_at_merge": (lambda town, ask: combining.look_at_merge(*ask, **_merged(town)), "c"),
    "combining.merge_problems": (
        lambda town, ask: combining.merge_problems(*ask, **_merged(town), note="One.", seen_versions={}),
        "c",
    ),
    "combining.split_problem": (_split, "c"),
}
