"""Making a problem of an area that somebody drew, chose from a list or pasted: as first-class as a found one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

import numpy as np

from geo import projection
from geo.drawn import without_places
from geo.errors import GeoError
from problems.categories import Group
from problems.clock import Clock, day_end, day_start
from problems.drawing import ASKED, DrawingSettings, Drawn, Overlap, overlapping, usable
from problems.errors import InputRefused
from problems.events import EventKind
from problems.figures import area_points
from problems.finding import CLEAR_OF_DEFAULT_M, count_incidents
from problems.hot_spots import DetectionSettings
from problems.lifecycle import MoveAnswers, check_move
from problems.naming import Names
from problems.people import Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.store import Box, Store, Unit
from problems.use_cases.checks import LONGEST_NAME, check_answers_fit, check_name, checked_text, created_event
from problems.use_cases.saving import plain, require, save
from problems.words import has_words

#: Small areas single out homes: whoever sees counts only does not choose where they are taken.
MAY_LOOK = (Role.OFFICER, Role.COORDINATOR, Role.COMMAND)
#: An officer proposes; a coordinator takes on, at once or later, or dismisses.
MAY_DRAW = (Role.OFFICER, Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who takes a drawn problem on, what for, and until when it is looked at again; all or nothing."""

    owner: str = ""
    owner_organisation_id: int | None = None
    objective: str = ""
    review_on: date | None = None

    @property
    def is_given(self) -> bool:
        """Whether somebody is to take the problem on at once."""
        return bool(self.owner.strip() or self.objective.strip())

    def answers(self) -> MoveAnswers:
        """Return the answers that taking on asks for."""
        return MoveAnswers(
            owner=self.owner,
            owner_organisation_id=self.owner_organisation_id,
            objective=self.objective,
            review_on=self.review_on,
        )


def draw_problem(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    name: str,
    group: Group,
    geometry: Mapping[str, object],
    epsg: int | None = None,
    plan: Plan | None = None,
    beside: Collection[int] = (),
    how: str = "",
    town: Box | None = None,
    drawing: DrawingSettings | None = None,
    detection: DetectionSettings | None = None,
    zone: tzinfo = UTC,
) -> Problem:
    """Make a problem of an area, with its footprint pinned from the start, and return it.

    Saving the same area under the same name again returns the problem that has it, so that a second
    click makes no second problem.

    Parameters
    ----------
    geometry
        The area: a GeoJSON Polygon or MultiPolygon in degrees.
    epsg
        Metric CRS of the deployment (that of the store, else the one that fits the place).
    plan
        Owner, objective and next review; with an owner or an objective it is taken on at once, without
        it waits to be taken on.
    beside
        The open problems about the same kind in this place that the person has seen and means this one
        to stand beside.
    how
        How the area was chosen, in words for the timeline.
    town
        The box of all that is known, see :func:`problems.drawing.town_box`.

    Raises
    ------
    NotAllowed
        When the principal may not draw problems, or only propose them and a plan is given.
    InputRefused
        When the name is empty, the area cannot be used, or an open problem about the same kind is
        there already and is not in ``beside``.
    MoveRefused
        When the plan is not whole.
    """
    asked = "The drawn problem was not kept."
    require(principal, asked, *MAY_DRAW)
    now = clock()
    made = prepared(
        store,
        asked,
        now,
        name=name,
        group=group,
        geometry=geometry,
        epsg=epsg or metric_epsg(store, geometry),
        town=town,
        drawing=drawing or DrawingSettings(),
        detection=detection or DetectionSettings(),
        zone=zone,
    )
    with store.writing() as unit:
        # Again: this may have waited for its turn, and what happens is told in order.
        now = clock()
        return keep_drawn(unit, store, asked, now, principal, made, plan=plan, beside=beside, how=how)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A problem that is not kept yet, and the ground that was asked for, which its outline may not fill."""

    problem: Problem
    asked_for: Mapping[str, object]
    epsg: int


def prepared(
    store: Store,
    asked: str,
    now: datetime,
    *,
    name: str,
    group: Group,
    geometry: Mapping[str, object],
    epsg: int,
    town: Box | None,
    drawing: DrawingSettings,
    detection: DetectionSettings,
    zone: tzinfo,
) -> Prepared:
    """Return the problem that an area makes, counted and named, or refuse the area or the name in words."""
    if not has_words(name):
        raise InputRefused(asked, "It needs a name.", "Say what and where, such as a street.")
    given = checked_text(asked, name, LONGEST_NAME)
    drawn = usable(geometry, epsg=epsg, settings=drawing, town=town)
    footprint = without_default_points(store, drawn, epsg)
    reports, incidents = counted(store, footprint, group, now, epsg, detection, zone)
    problem = Problem(
        id=0,
        name=given,
        group=group,
        category="",
        status=ProblemStatus.DETECTED,
        lon_lat=drawn.lon_lat,
        width_m=drawn.width_m,
        footprint=footprint,
        created_at=now,
        area=Names(store).area(drawn.lon_lat),
        reports=reports,
        incidents=incidents,
        last_event_at=now,
    )
    return Prepared(problem, drawn.geometry, epsg)


def keep_drawn(
    unit: Unit,
    store: Store,
    asked: str,
    now: datetime,
    principal: Principal,
    made: Prepared,
    *,
    plan: Plan | None,
    beside: Collection[int],
    how: str,
    details: Mapping[str, object] | None = None,
) -> Problem:
    """Keep a prepared problem, take it on where the plan says so, and return it, or the one that is the same."""
    problem, problems = made.problem, store.problems()
    there = same_kind_there(made.asked_for, problem.group, problems, epsg=made.epsg)
    same = next((one.problem for one in there if _is_same(one.problem, problem)), None)
    if same is not None:
        return same
    _check_not_there(asked, there, beside)
    check_name(asked, problem, problems)
    problem = replace(problem, id=unit.add_problem(problem))
    told = {
        "drawn": True,
        "how": how,
        "footprint": plain(problem.footprint),
        "reports": problem.reports,
        "incidents": problem.incidents,
        "beside": sorted(one.problem.id for one in there),
        **(details or {}),
    }
    unit.add_events([created_event(now, principal, problem, told)])
    if plan is not None and plan.is_given:
        problem = _taken_on(store, unit, now, principal, problem, plan)
    return problem


def metric_epsg(store: Store, geometry: Mapping[str, object]) -> int:
    """Return the metric CRS of the store, else the one that fits the first corner of an area.

    Raises
    ------
    InputRefused
        When the area has no corner in degrees.
    """
    known = store.fact("epsg")
    if known:
        return int(known)
    corner: object = geometry.get("coordinates")
    while isinstance(corner, (list, tuple)) and corner and isinstance(corner[0], (list, tuple)):
        corner = corner[0]
    try:
        return projection.metric_epsg(np.asarray(corner, dtype=np.float64)[None, :2])
    except (GeoError, TypeError, ValueError, IndexError) as nowhere:
        raise InputRefused(ASKED, "Its corners are not in degrees.", "Draw a closed area on the map.") from nowhere


def same_kind_there(
    geometry: Mapping[str, object], group: Group, problems: Sequence[Problem], *, epsg: int
) -> list[Overlap]:
    """Return the open problems about a kind that are about the same place as an area, the largest share first."""
    of_kind = [problem for problem in problems if problem.group is group and problem.status.is_open]
    return [one for one in overlapping(geometry, of_kind, epsg=epsg) if one.is_same_place]


def _is_same(known: Problem, wanted: Problem) -> bool:
    return known.name == wanted.name and plain(known.footprint) == plain(wanted.footprint)


def _check_not_there(asked: str, there: Sequence[Overlap], beside: Collection[int]) -> None:
    unseen = [one.problem for one in there if one.problem.id not in beside]
    if unseen:
        named = ", ".join(f"{problem.ref} ({problem.name})" for problem in unseen[:3])
        raise InputRefused(
            asked,
            f"An open problem about {unseen[0].group.label.lower()} is here already: {named}.",
            "Open that one, or say that this is a problem of its own.",
        )


def without_default_points(store: Store, drawn: Drawn, epsg: int) -> dict[str, object]:
    """Return the area without the points that are no places, as the outlines of hot spots are drawn."""
    out = [pile.lon_lat for pile in store.piles() if pile.kept_out]
    if not out:
        return dict(drawn.geometry)
    return without_places(drawn.geometry, out, clear_m=CLEAR_OF_DEFAULT_M, epsg=epsg)


def counted(
    store: Store,
    footprint: Mapping[str, object],
    group: Group,
    now: datetime,
    epsg: int,
    settings: DetectionSettings,
    zone: tzinfo,
) -> tuple[int, int]:
    """Return the reports and the distinct incidents in the area, over the window that ends with the last report."""
    newest = store.counts().newest_report_at
    last = min(now, newest or now).astimezone(zone).date()
    since = day_start(last - timedelta(days=settings.window_days - 1), zone)
    points = area_points(store, footprint, [group], since, day_end(last, zone), epsg)
    return len(points), count_incidents(points, epsg=epsg, settings=settings, zone=zone)


def _taken_on(store: Store, unit: Unit, now: datetime, principal: Principal, problem: Problem, plan: Plan) -> Problem:
    answers, target = plan.answers(), ProblemStatus.CONFIRMED
    asked = "The drawn problem was not taken on, and nothing was kept."
    move = check_move("in this area", problem.status, target, principal, answers, done_by="")
    check_answers_fit(store, asked, answers, now.date())
    after = replace(
        problem,
        status=target,
        owner=answers.owner,
        owner_organisation_id=plan.owner_organisation_id,
        objective=answers.objective,
        review_on=plan.review_on,
    )
    details = {"verb": move.verb}
    return save(unit, now, principal, problem, after, problem.version, EventKind.MOVED, details=details)
