"""Problems that come back after the work on them was done, and those that do not."""

import math
from datetime import date, timedelta

import numpy as np
import pytest

from geo.rates import upper_count
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


def test_the_upper_end_of_what_is_usual_allows_for_what_is_not_known_and_for_looking_every_week() -> None:
    # Checked against the quantile of a Poisson count whose mean is gamma distributed, by simulation.
    rng = np.random.default_rng(3)
    ahead = rng.poisson(rng.gamma(12.5, 90 / 365, 400_000))
    assert upper_count(12, 365, 90) == int(np.quantile(ahead, 0.995))
    weeks = np.cumsum(rng.poisson(3 / 90 * 7, (4_000, 25)), axis=1)
    known = rng.poisson(3 / 90 * 365, 4_000)
    limits = np.array(
        [[upper_count(count, 365, 7 * week) for week in range(1, 26)] for count in range(known.max() + 1)]
    )
    called = ((weeks > limits[known]) & (weeks >= 3)).any(axis=1).mean()
    assert called < 0.03


@pytest.mark.parametrize(("known", "known_days", "days"), [(-1, 365, 90), (3, 0, 90), (3, 365, math.nan)])
def test_impossible_counts_and_times_have_no_upper_end(known: int, known_days: float, days: float) -> None:
    with pytest.raises(ValueError, match="make no sense"):
        upper_count(known, known_days, days)
