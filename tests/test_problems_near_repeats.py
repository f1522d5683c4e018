"""One sentence about near repeats, and none from too little."""

import numpy as np
import pytest

from geo.near_repeats import NearRepeats
from problems.errors import InputRefused
from problems.near_repeats import near_repeat_finding


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
