"""The evidence of an assessment, counted from the store: nothing is kept here and nothing judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.discs import distance_m, within
from problems.assessment_times import (
    ProblemDates,
    baselines,
    checked_day,
    problem_dates,
    time_after,
    too_early,
)
from problems.baseline import Baseline
from problems.clock import check_day, day_end, day_start, day_words
from problems.controls import (
    ControlSettings,
    Incidents,
    Proposal,
    day_number,
    incidents_of,
    metres,
    propose_controls,
    worked_on,
)
from problems.errors import InputRefused
from problems.evidence import AssessmentSettings, Evidence, PlaceCounts, Selection, Window
from problems.hot_spots import DetectionSettings
from problems.kept_assessments import ControlArea, Layout
from problems.problem import Problem
from problems.store import Store


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may choose for an assessment; None leaves it to the rules.

    ``done_on`` is the day the work was done, ``baseline`` and ``before`` the time before (an exact
    window wins), ``after`` the time after, ``controls`` the numbers of the comparison places.
    """

    done_on: date | None = None
    baseline: Baseline | None = None
    before: Window | None = None
    after: Window | None = None
    controls: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What an assessment is made from, where it was counted, and the times that could be chosen."""

    evidence: Evidence
    layout: Layout
    possible: Mapping[Baseline, Window]


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings by which evidence is gathered."""

    detection: DetectionSettings
    zone: tzinfo
    assessment: AssessmentSettings = field(default_factory=AssessmentSettings)
    controls: ControlSettings = field(default_factory=ControlSettings)


def gather(store: Store, problem: Problem, today: date, choices: Choices, rules: Rules) -> Gathered:
    """Count what an assessment of a problem needs.

    Raises
    ------
    InputRefused
        When the problem has no outline, no day is known on which the work was done, the days make
        no sense or lie in the future, or it is too early for any count.
    """
    _check_outline(problem)
    dates = problem_dates(store, problem, today, rules.zone)
    done_on = checked_day(problem.ref, dates, choices.done_on, today)
    possible = baselines(dates, done_on, rules.assessment)
    baseline, before = _before(problem, done_on, dates, choices, possible)
    after = _after(problem, done_on, dates, choices, rules.assessment, today)
    known = store.fact("epsg")
    epsg = int(known) if known else projection.metric_epsg([problem.lon_lat])
    ranked_in = dates.picked or before
    counted = Window(min(before.first, ranked_in.first), max(dates.newest, after.last, ranked_in.last))
    incidents = incidents_of(store, problem, counted, epsg=epsg, settings=rules.detection, zone=rules.zone)
    away_m = distance_m(incidents.xy_m, problem.footprint, epsg=epsg)
    proposal = _proposal(store, problem, incidents, away_m, ranked_in, epsg, rules)
    taken = _taken(problem, proposal, choices, rules.controls)
    count = _Counting(incidents, before, after)
    evidence = _evidence(problem, count, away_m, proposal, taken, rules.controls.ring_m)
    evidence = replace(
        evidence,
        assessed_on=min(today, dates.newest),
        controls_same_band=dates.picked is not None,
        selection=None if dates.picked is None else _selection(dates.picked, incidents, away_m, proposal),
    )
    layout = _layout(problem, dates, done_on, baseline, choices, rules)
    weeks, complete = _weeks(incidents, away_m <= 0, before.first, dates.newest, rules.assessment)
    areas = _areas(proposal, taken, count, epsg)
    layout = replace(
        layout, weeks_from=before.first, weeks=weeks, complete_weeks=complete, areas=areas, radius_m=proposal.radius_m
    )
    return Gathered(evidence, layout, possible)


def _check_outline(problem: Problem) -> None:
    if not problem.footprint.get("coordinates"):
        raise InputRefused(
            f"{problem.ref} cannot be assessed.", "It has no outline in which to count.", "Draw its area on the map."
        )


def _before(
    problem: Problem,
    done_on: date,
    dates: ProblemDates,
    choices: Choices,
    possible: Mapping[Baseline, Window],
) -> tuple[Baseline, Window]:
    asked = f"{problem.ref} cannot be assessed like this."
    if choices.before is not None:
        _check_window(asked, choices.before, dates)
        if choices.before.last >= done_on:
            raise InputRefused(asked, "The time before does not end before the work was done.", "Let it end earlier.")
        overlaps = dates.picked is not None and dates.picked.overlaps(choices.before)
        return (Baseline.WHEN_FOUND if overlaps else Baseline.BEFORE_WORK), choices.before
    if choices.baseline is not None:
        if choices.baseline not in possible:
            others = ", ".join(one.label.lower() for one in possible) or "none"
            raise InputRefused(
                asked,
                f"“{choices.baseline.label}” is too short or not known.",
                f"Times that can be compared: {others}.",
            )
        return choices.baseline, possible[choices.baseline]
    if not possible:
        raise InputRefused(
            asked,
            f"Not one whole week of reports is known before the work; the first report is of {dates.oldest}.",
            "Import older reports.",
        )
    return next(iter(possible.items()))


def _after(
    problem: Problem,
    done_on: date,
    dates: ProblemDates,
    choices: Choices,
    settings: AssessmentSettings,
    today: date,
) -> Window:
    asked = f"{problem.ref} cannot be assessed like this."
    if choices.after is not None:
        _check_window(asked, choices.after, dates)
        if choices.after.last > today:
            raise InputRefused(asked, f"{choices.after.last} has not come yet.", f"Let it end on {today} or before.")
        if choices.after.first <= done_on:
            raise InputRefused(
                asked,
                f"The time after begins before the work was done on {day_words(done_on)}.",
                "Let it begin the day after.",
            )
        return choices.after
    after = time_after(dates, done_on, settings)
    if after is None:
        raise too_early(problem.ref, done_on, settings)
    return after


def _check_window(asked: str, window: Window, dates: ProblemDates) -> None:
    check_day(window.first)
    check_day(window.last)
    if window.last < window.first:
        raise InputRefused(asked, "A time ends before it begins.", "Give the first day, then the last.")
    if window.first < dates.oldest:
        raise InputRefused(
            asked, f"Reports are known from {day_words(dates.oldest)} on.", "Begin on that day or later."
        )


def _proposal(
    store: Store,
    problem: Problem,
    incidents: Incidents,
    away_m: npt.NDArray[np.float64],
    ranked_in: Window,
    epsg: int,
    rules: Rules,
) -> Proposal:
    in_window = incidents.of(ranked_in)
    everything = store.report_points(day_start(ranked_in.first, rules.zone), day_end(ranked_in.last, rules.zone))
    everything = everything.where(projection.holds(everything.lon_lat, epsg))
    others = worked_on(store.problems(), store.actions(), problem)
    return propose_controls(
        incidents.xy_m[in_window],
        metres(everything.lon_lat, epsg),
        problem.footprint,
        int((in_window & (away_m <= 0)).sum()),
        [one.footprint for one in others if one.footprint.get("coordinates")],
        epsg=epsg,
        settings=rules.controls,
    )


def _taken(problem: Problem, proposal: Proposal, choices: Choices, settings: ControlSettings) -> tuple[int, ...]:
    if choices.controls is None:
        return proposal.numbers[: settings.wanted]
    unknown = set(choices.controls) - set(proposal.numbers)
    if unknown:
        raise InputRefused(
            f"{problem.ref} cannot be compared with these places.",
            "Some of them are not on today's list of comparison places.",
            "Choose among those that are shown.",
        )
    return tuple(number for number in proposal.numbers if number in set(choices.controls))


@dataclass(frozen=True)
class _Counting:
    """Counts incidents of one place in the two windows."""

    incidents: Incidents
    before: Window
    after: Window

    def place(self, number: int, inside: npt.NDArray[np.bool_], *, weekly: bool = True) -> PlaceCounts:
        """Return what a place had; ``inside`` (n,) tells which incidents lie in it."""
        before = inside & self.incidents.of(self.before)
        after = inside & self.incidents.of(self.after)
        weeks: tuple[int, ...] = ()
        if weekly:
            count = self.before.days // 7
            week = (self.incidents.day[before] - day_number(self.before.first)) // 7
            weeks = tuple(np.bincount(week[week < count], minlength=count).tolist())
        return PlaceCounts(number, int(before.sum()), int(after.sum()), weeks)


def _evidence(
    problem: Problem,
    count: _Counting,
    away_m: npt.NDArray[np.float64],
    proposal: Proposal,
    taken: tuple[int, ...],
    ring_m: float,
) -> Evidence:
    xy_m = count.incidents.xy_m
    centres = {number: tuple(at) for number, at in zip(proposal.numbers, proposal.centre_m.tolist(), strict=True)}
    controls, rings = [], []
    for number in taken:
        controls.append(count.place(number, within(xy_m, centres[number], outer_m=proposal.radius_m)))
        round_it = within(xy_m, centres[number], inner_m=proposal.radius_m, outer_m=proposal.radius_m + ring_m)
        rings.append(count.place(number, round_it, weekly=False))
    ring = count.place(problem.id, (away_m > 0) & (away_m <= ring_m), weekly=False)
    return Evidence(
        before=count.before,
        after=count.after,
        assessed_on=count.after.last,
        treated=count.place(problem.id, away_m <= 0),
        controls=tuple(controls),
        ring=ring if rings else None,
        ring_controls=tuple(rings),
    )


def _selection(picked: Window, incidents: Incidents, away_m: npt.NDArray[np.float64], proposal: Proposal) -> Selection:
    return Selection(
        window=picked,
        count=int((incidents.of(picked) & (away_m <= 0)).sum()),
        mean=proposal.ranked.mean,
        dispersion=proposal.ranked.dispersion or 0.0,
    )


def _layout(
    problem: Problem, dates: ProblemDates, done_on: date, baseline: Baseline, choices: Choices, rules: Rules
) -> Layout:
    footprint: dict[str, Any] = dict(problem.footprint)
    return Layout(
        done_on=done_on,
        chosen=done_on != dates.done_on,
        baseline=baseline,
        footprint=footprint,
        radius_m=0.0,
        ring_m=rules.controls.ring_m,
        areas=(),
        weeks_from=done_on,
        weeks=(),
        complete_weeks=0,
        reports_to=dates.newest,
    )


def _weeks(
    incidents: Incidents,
    inside: npt.NDArray[np.bool_],
    first: date,
    newest: date,
    settings: AssessmentSettings,
) -> tuple[tuple[int, ...], int]:
    """Return the incidents of every whole week up to the newest report, and how many weeks are complete."""
    count = max(0, ((newest - first).days + 1) // 7)
    week = (incidents.day[inside] - day_number(first)) // 7
    complete_to = newest - timedelta(days=settings.incomplete_days)
    complete = max(0, ((complete_to - first).days + 1) // 7)
    return tuple(np.bincount(week[(week >= 0) & (week < count)], minlength=count).tolist()), complete


def _areas(proposal: Proposal, taken: tuple[int, ...], count: _Counting, epsg: int) -> tuple[ControlArea, ...]:
    if not proposal.numbers:
        return ()
    lon_lat = projection.to_lon_lat(proposal.centre_m, epsg).round(7).tolist()
    areas = []
    for number, (lon, lat), picked_count, centre in zip(
        proposal.numbers, lon_lat, proposal.counts, proposal.centre_m.tolist(), strict=True
    ):
        inside = within(count.incidents.xy_m, (centre[0], centre[1]), outer_m=proposal.radius_m)
        before = int((inside & count.incidents.of(count.before)).sum())
        areas.append(ControlArea(number, (lon, lat), picked_count, before, number in taken))
    return tuple(areas)
