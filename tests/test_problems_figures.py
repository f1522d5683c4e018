"""Figures that pages show: counted by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from problems import figures
from problems.actions import Action, ActionStatus, ActionType
from problems.categories import Group
from problems.figures import Filters
from problems.problem import Problem, ProblemStatus, Remediation
from tests.scenes import LONDON, Scene, days_before

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROBLEM = Problem(
    1,
    "A",
    Group.LIGHTING,
    "LGT-OUT",
    ProblemStatus.DETECTED,
    (0.0, 52.0),
    50.0,
    {},
    NOON,
    area="North",
    last_event_at=NOON,
)
ACTION = Action(1, 1, 7, ActionType.REPAIR, "Repair", ActionStatus.ACCEPTED, NOON)


def test_a_quiet_problem_leaves_the_map_only_while_nobody_took_it_on() -> None:
    quiet = replace(PROBLEM, dormant_since=TODAY)
    assert not figures.is_live(quiet)
    assert figures.is_live(replace(quiet, status=ProblemStatus.PLANNED))
    assert not figures.is_live(replace(quiet, status=ProblemStatus.CLOSED))


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(), [1, 2]),
        (Filters(groups=frozenset({Group.WASTE})), [2]),
        (Filters(areas=frozenset({"North"})), [1]),
        (Filters(remediations=frozenset({Remediation.RESOLVED})), [4]),
        (Filters(include_quiet=True), [1, 2, 3]),
        (Filters(include_ended=True), [1, 2, 4]),
        (Filters(groups=frozenset({Group.DISPUTES})), []),
    ],
)
def test_filters_leave_what_they_name(filters: Filters, kept: list[int]) -> None:
    problems = [
        PROBLEM,
        replace(PROBLEM, id=2, group=Group.WASTE, area="South"),
        replace(PROBLEM, id=3, dormant_since=TODAY, area="East"),
        replace(PROBLEM, id=4, status=ProblemStatus.CLOSED, area="East"),
    ]
    assert [problem.id for problem in figures.selected(problems, filters)] == kept


def test_work_that_is_done_is_not_late() -> None:
    assert replace(ACTION, status=ActionStatus.DONE, due_on=TODAY - timedelta(days=9)).days_late(TODAY) == 0
    assert replace(ACTION, due_on=TODAY).days_late(TODAY) == 0
    assert replace(ACTION, due_on=TODAY - timedelta(days=9)).days_late(TODAY) == 9


def test_declined_and_cancelled_work_does_not_count_as_progress() -> None:
    statuses = [
        ActionStatus.VERIFIED,
        ActionStatus.DONE,
        ActionStatus.BLOCKED,
        ActionStatus.DECLINED,
        ActionStatus.CANCELLED,
    ]
    progress = figures.remediation_progress([replace(ACTION, status=status) for status in statuses])
    assert (progress.verified, progress.done, progress.total) == (1, 2, 3)


def test_weeks_begin_on_monday_empty_ones_are_kept_and_the_last_are_incomplete(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10, step=1)))
    scene.send(scene.report((0, 0), TODAY - timedelta(days=35), reporter="r"))
    scene.send(scene.report((0, 0), TODAY - timedelta(days=35), reporter="r"))
    points = scene.store.report_points()
    weeks = figures.problem_weeks(
        points, TODAY - timedelta(days=40), TODAY, epsg=27700, settings=scene.settings, zone=LONDON
    )
    assert [week.starts_on.weekday() for week in weeks] == [0] * len(weeks)
    assert weeks[0].starts_on <= TODAY - timedelta(days=40) < weeks[1].starts_on
    assert [(week.reports, week.incidents) for week in weeks] == [
        (0, 0),
        (2, 1),
        (0, 0),
        (0, 0),
        (2, 2),
        (7, 7),
        (1, 1),
    ]
    assert [week.complete for week in weeks] == [True, True, True, True, False, False, False]


def test_reports_in_a_footprint_are_those_of_its_group_inside_it(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)), scene.report((0, 0), TODAY, code="WST-DUMP"))
    scene.send(scene.report((400, 0), TODAY))
    scene.refresh()
    problem = scene.store.problem(1)
    inside = figures.problem_points(scene.store, problem, NOON - timedelta(days=90), NOON, 27700)
    assert len(inside) == 9
    assert [report.reported_at for report in figures.latest_reports(scene.store, inside, 2)] == sorted(
        (report.reported_at for report in scene.store.reports(inside.ids.tolist())), reverse=True
    )[:2]
