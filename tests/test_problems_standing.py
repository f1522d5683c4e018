"""What is said of a place: never more than the test."""

from dataclasses import dataclass

import pytest

from problems.categories import Group
from problems.hot_spots import Standing
from problems.standing import sentence

LIKE_IT = "would be usual for a place like it"


@dataclass(frozen=True)
class Place:
    group: Group | None = Group.LIGHTING
    incidents: int = 14
    standing: Standing = Standing.HOT_SPOT
    expected: float | None = 3.2
    ratio_low: float | None = 2.39
    ratio_high: float | None = 7.34


@pytest.mark.parametrize(
    ("place", "days", "told"),
    [
        (
            Place(),
            90,
            f"14 street-light incidents in 90 days where about 3 {LIKE_IT}: likely 2.3 to 7.4 times the usual.",
        ),
        (
            Place(expected=0.4),
            90,
            f"14 street-light incidents in 90 days where fewer than 1 {LIKE_IT}.",
        ),
        (
            Place(standing=Standing.CANDIDATE, incidents=9, expected=5.6),
            30,
            (
                f"9 street-light incidents in 30 days where about 6 {LIKE_IT}: not clearly more than usual, chance"
                " could bring as many."
            ),
        ),
        (
            Place(group=None),
            9,
            (
                "14 incidents of all kinds in 9 days where about 3 would be usual there before: likely 2.3 to 7.4 times"
                " the usual."
            ),
        ),
        (
            Place(group=None, standing=Standing.UNTESTED, incidents=1, expected=None),
            0,
            "1 incident of any kind so far: nothing to compare with yet.",
        ),
        (
            Place(group=Group.WASTE, incidents=1400, expected=20.4, ratio_low=64.8, ratio_high=72.2),
            1,
            (
                f"1,400 incidents of rubbish and litter in one day where about 20 {LIKE_IT}: likely 64 to 73 times"
                " the usual."
            ),
        ),
    ],
)
def test_a_place_is_told_in_one_plain_sentence(place: Place, days: int, told: str) -> None:
    assert sentence(place, days=days) == told


@pytest.mark.parametrize("group", [*Group, None])
def test_every_group_has_words_for_one_and_for_many(group: Group | None) -> None:
    one, many = (sentence(Place(group=group, incidents=count), days=90) for count in (1, 2))
    assert one.startswith("1 ")
    assert many.startswith("2 ")
    assert "incident " in one
    assert "incidents " in many


def test_a_candidate_is_never_told_as_so_many_times_the_usual() -> None:
    told = sentence(Place(standing=Standing.CANDIDATE), days=90)
    assert "times the usual" not in told
