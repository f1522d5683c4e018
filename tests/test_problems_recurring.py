"""Problems that come back after the work on them was done, and those that do not."""

from datetime import date, timedelta

from problems.problem import ProblemStatus
from tests.scenes import COMMANDER, OFFICER, Scene, days_before

TODAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


def test_reports_after_the_work_bring_a_problem_back(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)), scene.report((4000, 0), TODAY - timedelta(days=600)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=60)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 4)))
    back = scene.refresh()
    problem = scene.store.problem(1)
    assert back.recurred == 1
    assert (problem.status, problem.reopened) == (ProblemStatus.RECURRED, 1)


def test_two_reports_after_the_work_are_no_recurrence(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)), scene.report((4000, 0), TODAY - timedelta(days=600)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=60)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 2)))
    assert scene.refresh().recurred == 0
    assert scene.store.problem(1).status is ProblemStatus.REMEDIATED


def test_as_many_reports_as_before_the_trouble_are_no_recurrence(scene: Scene) -> None:
    usual = days_before(TODAY - timedelta(days=120), 40, step=9)
    scene.send(*scene.spot((0, 0), usual), *scene.spot((0, 0), days_before(TODAY, 20)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=60)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 6, step=9)))
    assert scene.refresh().recurred == 0


def test_a_recurrence_must_exceed_what_was_usual_and_not_only_what_was_expected(scene: Scene) -> None:
    usual = days_before(TODAY - timedelta(days=120), 24, step=15)
    scene.send(*scene.spot((0, 0), usual), *scene.spot((0, 0), days_before(TODAY, 20)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.today = TODAY + timedelta(days=60)
    # Four are expected in 60 days and up to eight usual: six are more than expected, and no recurrence.
    scene.send(*scene.spot((0, 0), days_before(scene.today, 6, step=9)))
    assert scene.refresh().recurred == 0
    scene.send(*scene.spot((0, 0), days_before(scene.today, 6, step=8)))
    assert scene.refresh().recurred == 1


def test_work_that_was_closed_as_useless_does_not_come_back(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)), scene.report((4000, 0), TODAY - timedelta(days=600)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    scene.move(OFFICER, scene.store.problem(1), ProblemStatus.VERIFIED, visited_on=TODAY, note="Seen.")
    scene.assessed()
    scene.move(COMMANDER, scene.store.problem(1), ProblemStatus.CLOSED, outcome="no_effect", note="Reports went on.")
    scene.today = TODAY + timedelta(days=60)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    assert scene.refresh().recurred == 0
    assert scene.store.problem(1).status is ProblemStatus.CLOSED
