"""An assessment as it is kept: everything that it was made from, so that it can be made again."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from problems.assessment import METHOD, Assessment, assess
from problems.baseline import Baseline
from problems.errors import InputRefused
from problems.evidence import AssessmentSettings, as_plain, from_plain
from problems.problem import Problem
from problems.reasons import Outcome
from problems.verdicts import Obstacle, Verdict


@dataclass(frozen=True, slots=True)
class ControlArea:
    """A comparison place on the map: a disc round ``lon_lat``.

    ``picked_count`` are its incidents in the window for which it was ranked, ``before`` those in the
    time before; ``taken`` tells whether it is compared with.
    """

    id: int
    lon_lat: tuple[float, float]
    picked_count: int
    before: int
    taken: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Where and when was counted: what the arithmetic does not need, and whoever looks at it does.

    ``done_on`` is the day the work was done; ``chosen`` tells that a person chose it for this
    assessment. ``weeks`` are the incidents of each week from ``weeks_from`` on, of which the first
    ``complete_weeks`` are complete.
    """

    done_on: date
    chosen: bool
    baseline: Baseline
    footprint: Mapping[str, Any]
    radius_m: float
    ring_m: float
    areas: tuple[ControlArea, ...]
    weeks_from: date
    weeks: tuple[int, ...]
    complete_weeks: int
    reports_to: date


@dataclass(frozen=True, slots=True)
class KeptAssessment:
    """One assessment of a problem, kept for good.

    ``settings``, ``evidence``, ``layout`` and ``figures`` are JSON-ready; ``words`` holds the
    ``caveats`` and ``surroundings`` that were said with the ``sentence``. ``method`` is the version
    of the rules by which it was made. ``id`` is 0 until the store has given one.
    """

    id: int
    problem_id: int
    made_at: datetime
    by: str
    by_name: str
    method: str
    verdict: Verdict
    obstacle: str
    sentence: str
    words: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    layout: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What was said with the verdict, the weightiest first."""
        return tuple(str(one) for one in self.words.get("caveats", ()))


@dataclass(frozen=True, slots=True)
class MadeAgain:
    """An assessment made again from its evidence.

    ``same`` tells that verdict and figures are those that were kept; ``method_was`` is the version of
    the rules by which it was kept where it is not today's, else None.
    """

    assessment: Assessment
    layout: Layout
    same: bool
    method_was: str | None


def kept(
    assessment: Assessment, layout: Layout, problem_id: int, at: datetime, by: str, by_name: str
) -> KeptAssessment:
    """Return an assessment as it is to be kept, not yet stored."""
    obstacle: Obstacle | None = assessment.obstacle
    return KeptAssessment(
        id=0,
        problem_id=problem_id,
        made_at=at,
        by=by,
        by_name=by_name,
        method=assessment.method,
        verdict=assessment.verdict,
        obstacle="" if obstacle is None else obstacle.value,
        sentence=assessment.sentence,
        words={"caveats": list(assessment.caveats), "surroundings": assessment.surroundings},
        settings=asdict(assessment.settings),
        evidence=as_plain(assessment.evidence),
        layout=plain(asdict(layout)),
        figures=plain(asdict(assessment.figures)),
    )


def of_its_work(problem: Problem, records: Sequence[KeptAssessment]) -> KeptAssessment | None:
    """Return the newest assessment of the work that was last reported done, or None; ``records`` are the problem's.

    One that was made before that work ended says nothing about it. Where no work was ever reported
    done, any assessment is one of what was done.
    """
    done_on = problem.remediated_on
    fitting = [one for one in records if done_on is None or one.made_at.astimezone(UTC).date() >= done_on]
    return max(fitting, key=lambda one: one.id, default=None)


def outcomes_of(record: KeptAssessment) -> tuple[Outcome, ...]:
    """Return what a problem may be closed as by an assessment of its work: only what fell is said to have worked."""
    return tuple(one for one in Outcome if one is not Outcome.EFFECTIVE or record.verdict is Verdict.FELL)


def made_again(record: KeptAssessment) -> MadeAgain:
    """Make a kept assessment again from its evidence, by the rules of today.

    Raises
    ------
    InputRefused
        When what is kept is not what was kept: somebody changed it outside of the store.
    """
    try:
        settings = AssessmentSettings(**record.settings)
        assessment = assess(from_plain(record.evidence), settings)
        layout = layout_from_plain(record.layout)
    except (KeyError, ValueError, TypeError, InputRefused) as broken:
        raise InputRefused(
            f"Assessment {record.id} cannot be made again.",
            "Its evidence is not what was kept; somebody changed it outside of Fixpoint.",
            "Make a new one with today's reports.",
        ) from broken
    same = assessment.verdict is record.verdict and plain(asdict(assessment.figures)) == record.figures
    return MadeAgain(assessment, layout, same, None if record.method == METHOD else record.method)


def plain(value: Any) -> Any:
    """Return ``value`` as JSON can carry it: days as ISO text, and a number without end as None."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def layout_from_plain(kept_layout: Mapping[str, Any]) -> Layout:
    """Return the layout that :func:`kept` wrote.

    Raises
    ------
    KeyError, ValueError, TypeError
        When the values are others.
    """
    return Layout(
        done_on=date.fromisoformat(kept_layout["done_on"]),
        chosen=bool(kept_layout["chosen"]),
        baseline=Baseline(kept_layout["baseline"]),
        footprint=kept_layout["footprint"],
        radius_m=float(kept_layout["radius_m"]),
        ring_m=float(kept_layout["ring_m"]),
        areas=tuple(_area(one) for one in kept_layout["areas"]),
        weeks_from=date.fromisoformat(kept_layout["weeks_from"]),
        weeks=tuple(int(week) for week in kept_layout["weeks"]),
        complete_weeks=int(kept_layout["complete_weeks"]),
        reports_to=date.fromisoformat(kept_layout["reports_to"]),
    )


def _area(one: Mapping[str, Any]) -> ControlArea:
    lon, lat = one["lon_lat"]
    return ControlArea(one["id"], (lon, lat), one["picked_count"], one["before"], bool(one["taken"]))


def letters(areas: Sequence[ControlArea]) -> dict[int, str]:
    """Return a letter for each comparison place, from A on in their order."""
    return {area.id: chr(ord("A") + at % 26) for at, area in enumerate(areas)}
