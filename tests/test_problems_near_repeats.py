"""One sentence about near repeats, and none from too little."""

from datetime import date, timedelta

import numpy as np
import pytest

from geo.near_repeats import NearRepeats
from problems.analysing import TownIncidents
from problems.categories import Group
from problems.errors import Cancelled, InputRefused
from problems.near_repeats import near_repeat_finding, near_repeat_table


def table(observed: int, expected: float, p: float, events: int = 400) -> NearRepeats:
    return NearRepeats(
        (100.0, 200.0),
        (7, 14),
        np.full((2, 2), observed),
        np.full((2, 2), expected),
        np.full((2, 2), p),
        events,
        999,
    )


def test_a_raised_band_says_how_many_times() -> None:
    found = near_repeat_finding(table(36, 20, 0.001))
    assert found.is_raised is True
    assert found.sentence == "After a report, another within 100 m and 7 days is 1.8 times as likely as by chance."
    assert "36 pairs" in found.tooltip
    assert "20.0 expected" in found.tooltip


def test_bands_further_out_name_both_ends() -> None:
    sentence = near_repeat_finding(table(36, 20, 0.001), place_band=1, time_band=1).sentence
    assert "100 to 200 m away and 8 to 14 days apart" in sentence


def test_chance_is_called_chance_and_gives_no_number() -> None:
    found = near_repeat_finding(table(24, 20, 0.051))
    assert found.is_raised is False
    assert "not clearly likelier" in found.sentence
    assert near_repeat_finding(table(24, 20, 0.05)).is_raised is True


def test_a_small_ratio_is_not_called_one_times_as_likely() -> None:
    assert "hardly likelier" in near_repeat_finding(table(1020, 1000, 0.01)).sentence


@pytest.mark.parametrize(("expected", "events"), [(4.9, 400), (20.0, 19), (0.0, 0)])
def test_too_little_is_called_too_few(expected: float, events: int) -> None:
    found = near_repeat_finding(table(36, expected, 0.001, events))
    assert found.is_raised is None
    assert found.sentence.startswith("Too few to say")


@pytest.mark.parametrize("bands", [{"place_band": 2}, {"time_band": -1}])
def test_a_band_that_is_not_there_is_refused(bands: dict[str, int]) -> None:
    with pytest.raises(InputRefused):
        near_repeat_finding(table(1, 1, 1), **bands)


# -- from a town's incidents --


def town(lon_lat: np.ndarray, day: list[int]) -> TownIncidents:
    newest = date(1970, 1, 1) + timedelta(days=max(day, default=0))
    zeros = np.zeros(len(day), dtype=np.int8)
    return TownIncidents(lon_lat, zeros, np.array(day, dtype=np.int64), np.arange(len(day)), newest, newest)


def test_one_place_on_one_day_counts_once_and_other_years_not_at_all() -> None:
    lon_lat = np.array([[-1.2, 52.9]] * 3 + [[-1.2, 52.9]])
    found = near_repeat_table(town(lon_lat, [20_000, 20_000, 20_003, 19_000]), Group.LIGHTING, epsg=27700, seed=1)
    assert found.events == 2
    assert int(found.observed[0, 0]) == 1
    assert near_repeat_table(town(lon_lat, [20_000] * 4), Group.WASTE, epsg=27700, seed=1).events == 0


def test_the_table_is_the_same_every_time_and_tells_each_step() -> None:
    rng = np.random.default_rng(2)
    lon_lat = np.column_stack([-1.2 + rng.uniform(0, 0.01, 200), 52.9 + rng.uniform(0, 0.01, 200)])
    where = town(lon_lat, rng.integers(20_000, 20_300, 200).tolist())
    steps: list[float] = []
    first = near_repeat_table(where, Group.LIGHTING, epsg=27700, seed=1, progress=lambda _, share: steps.append(share))
    again = near_repeat_table(where, Group.LIGHTING, epsg=27700, seed=1)
    assert first.p.tolist() == again.p.tolist()
    assert (first.runs, len(steps)) == (209, 11)
    assert ((first.p >= 1 / 210) & (first.p <= 1)).all()


def test_repeats_that_were_planted_are_found_and_chance_is_not() -> None:
    rng = np.random.default_rng(4)
    lon_lat = np.column_stack([-1.2 + rng.uniform(0, 0.06, 600), 52.9 + rng.uniform(0, 0.04, 600)])
    day = rng.integers(20_000, 20_300, 600)
    repeated = np.vstack([lon_lat, lon_lat[:150] + 0.0003])
    soon = np.append(day, day[:150] + 3)
    by_chance = near_repeat_table(town(lon_lat, day.tolist()), Group.LIGHTING, epsg=27700, seed=1)
    planted = near_repeat_table(town(repeated, soon.tolist()), Group.LIGHTING, epsg=27700, seed=1)
    assert by_chance.p[0, 0] > 0.05
    assert planted.p[0, 0] == pytest.approx(1 / 210)
    assert near_repeat_finding(planted).is_raised


def test_work_that_is_stopped_ends_at_the_next_step() -> None:
    def stop(_words: str, share: float) -> None:
        if share > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        near_repeat_table(town(np.array([[-1.2, 52.9]]), [20_000]), Group.LIGHTING, epsg=27700, seed=1, progress=stop)
