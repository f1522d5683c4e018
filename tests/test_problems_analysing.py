"""Weeks of places against the rest of the town: known answers, quiet edges, and how often a steady place grows."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.trends import EPSG, begun, ended, place_at, steady, town_of, towns
from problems.analysing import (
    ANALYSED_WEEKS,
    EARLIER_WEEKS,
    PlaceWeeks,
    TownIncidents,
    candidates,
    place_weeks,
    recent_rows,
    town_incidents,
    trends_of,
)
from problems.categories import Group
from problems.finding import incident_index
from problems.hot_spots import DetectionSettings
from problems.trends import TrendWord
from tests.scenes import LONDON, Scene, days_before

MONDAY = date(2024, 1, 1)


def weeks_of(counts: list[int], rest: int | list[int] = 20, last: date | None = None) -> PlaceWeeks:
    """Return the weeks of one place with these weekly counts, beside a town with ``rest`` others a week."""
    others = np.broadcast_to(rest, len(counts)).astype(np.int64)
    town = town_of(np.random.default_rng(1), np.array([counts]), others, last=last)
    return place_weeks(town, [place_at(0)], EPSG)[0]


def test_counts_are_by_week_and_the_last_fortnight_is_still_coming_in() -> None:
    found = weeks_of([1, 2, 3, 4, 5, 6])
    assert found.first == MONDAY
    assert found.counts == (1, 2, 3, 4)
    assert found.coming == (5, 6)
    assert found.week(3) == MONDAY + timedelta(weeks=3)


@pytest.mark.parametrize(("days", "complete"), [(0, 4), (-1, 3), (-7, 3), (-8, 2)])
def test_a_week_is_complete_a_fortnight_after_its_sunday(days: int, complete: int) -> None:
    last = MONDAY + timedelta(days=41 + days)
    assert len(weeks_of([1] * 6, last=last).counts) == complete


def test_only_half_a_year_is_looked_at_against_the_year_before() -> None:
    found = weeks_of([1] * 120)
    assert len(found.counts) == ANALYSED_WEEKS + EARLIER_WEEKS
    assert len(found.z) == len(found.expected) == ANALYSED_WEEKS
    assert found.against_earlier
    assert not weeks_of([1] * (ANALYSED_WEEKS + 20)).against_earlier


def test_what_is_expected_follows_the_rest_of_the_town() -> None:
    rest = [20] * 78 + [40] * 2
    rest[60] = 60
    found = weeks_of([2] * 80, rest)
    usual = (104 + 0.5) / (20 * 52)
    assert found.against_town
    assert found.expected[0] == pytest.approx(20 * usual)
    assert found.expected[60 - 52] == pytest.approx(60 * usual)
    assert found.z[60 - 52] < -1.6, "two where six were to be expected"


def test_a_place_without_a_town_is_compared_with_its_own_mean_week() -> None:
    found = weeks_of([2] * 80, rest=2)
    assert not found.against_town
    assert set(np.round(found.expected, 6)) == {round(104.5 / 52, 6)}


def test_weeks_before_the_first_report_of_the_kind_are_not_quiet_weeks() -> None:
    found = weeks_of([0] * 40 + [2] * 20, rest=[0] * 40 + [30] * 20)
    assert found.first == MONDAY + timedelta(weeks=40)
    assert trends_of({0: found})[0].word is TrendWord.STEADY


def test_a_season_that_the_town_shares_is_no_trend() -> None:
    wave = 20 + 18 * np.sin(np.arange(80) / 12)
    told = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = weeks_of(rng.poisson(wave / 4).tolist(), rng.poisson(wave * 10).tolist())
        told.append(trends_of({0: found})[0].word)
    assert told.count(TrendWord.STEADY) >= 17
    alone = weeks_of(np.round(wave / 4).astype(int).tolist(), rest=1)
    assert trends_of({0: alone})[0].word is TrendWord.GROWING, "the same season without the town beside it"


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ([0] * 66 + [3] * 14, TrendWord.NEW),
        ([1] * 66 + [4] * 14, TrendWord.GROWING),
        ([3] * 30 + [0] * 36 + [3] * 14, TrendWord.GROWING),
        ([2] * 80, TrendWord.STEADY),
        ([2] * 79 + [9], TrendWord.STEADY),
        ([4] * 60 + [1] * 20, TrendWord.FALLING),
        ([2] * 70 + [0] * 10, TrendWord.GONE),
        ([2] * 70 + [0] * 8 + [1, 1], TrendWord.FALLING),
        ([0] * 80, TrendWord.TOO_FEW),
    ],
)
def test_the_word_is_what_one_would_say_of_the_counts(counts: list[int], word: TrendWord) -> None:
    found = trends_of({0: weeks_of(counts)})[0]
    assert found.word is word, found.sentence


def test_one_high_last_week_of_a_long_known_place_is_not_new() -> None:
    found = trends_of({0: weeks_of([1] * 77 + [7, 1, 1])})[0]
    assert found.pattern == "new"
    assert found.word is TrendWord.STEADY
    assert "for the first time in 26 weeks" in found.sentence


def test_a_short_history_says_too_few() -> None:
    found = trends_of({0: weeks_of([5] * 11)})[0]
    assert found.word is TrendWord.TOO_FEW


def test_steady_places_are_hardly_ever_called_growing() -> None:
    """A small run of benchmarks/trends.py, whose figures the page on methods tells."""
    words: Counter[TrendWord] = towns(np.random.default_rng(5), 12, 80, 2.0, steady)
    assert words[TrendWord.GROWING] / sum(words.values()) < 0.05
    assert words[TrendWord.NEW] == 0


def test_places_that_began_and_that_ended_are_found() -> None:
    assert towns(np.random.default_rng(6), 8, 80, 4.0, begun)[TrendWord.NEW] >= 24
    assert towns(np.random.default_rng(7), 8, 80, 2.0, ended)[TrendWord.GONE] >= 28


# -- from the store's reports --


def incidents_of(scene: Scene) -> TownIncidents:
    points = scene.store.report_points()
    incident = incident_index(points, epsg=EPSG, settings=DetectionSettings(), zone=LONDON)
    return town_incidents(points, incident, scene.today, LONDON)


def test_an_incident_counts_once_on_the_day_it_was_first_told(scene: Scene) -> None:
    told = days_before(scene.today, 12)
    scene.send(*scene.spot((0, 0), told), scene.report((20.0, 0.0), told[0]), scene.report((900.0, 0.0), told[3]))
    scene.refresh()
    town = incidents_of(scene)
    (problem,) = scene.store.problems()
    rows = town.inside(problem.footprint, problem.group, EPSG)
    assert len(town.day) == 13, "the second report of one lamp on one day tells nothing new"
    assert len(rows) == 12
    assert (town.first, town.last) == (told[0], scene.today)
    assert town.inside(problem.footprint, Group.WASTE, EPSG).tolist() == []


def test_what_is_dated_in_the_future_is_left_out(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), [scene.today, scene.today + timedelta(days=5)]))
    assert incidents_of(scene).day.tolist() == [(scene.today - date(1970, 1, 1)).days]


def test_candidates_hold_the_incidents_of_the_window_with_their_leaves(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)), *scene.spot((0, 0), [date(2025, 1, 7)]))
    scene.refresh()
    (problem,) = scene.store.problems()
    town = incidents_of(scene)
    rows = recent_rows(town, problem, epsg=EPSG, window_days=90)
    leaves = dict.fromkeys(town.report[rows[:5]].tolist(), "LGT-OUT")
    (found,) = candidates(town, [problem], {problem.id: rows}, leaves, {}, {problem.id: [3]})
    assert sorted(found.ages_days) == [3.0 * step for step in range(12)]
    assert sorted(set(found.categories)) == ["LGT", "LGT-OUT"]
    assert (found.trend, found.days_late) == (TrendWord.TOO_FEW, (3,))


def test_an_empty_store_has_no_weeks(scene: Scene) -> None:
    town = incidents_of(scene)
    nothing: npt.NDArray[np.int64] = town.day
    assert len(nothing) == 0
    (found,) = place_weeks(town, [place_at(0)], EPSG).values()
    assert (found.counts, found.z) == ((), ())
    assert trends_of({0: found})[0].word is TrendWord.TOO_FEW
