"""Sentences of a briefing that lie beside each other say what each is of, and their numbers add up."""

from datetime import date, timedelta

import pytest

from problems.briefing.comparing import compared
from problems.briefing.weeks import IsoWeek
from problems.themes.course import course_of_count
from problems.themes.page import Piece
from tests.briefed import briefed
from tests.scenes import Scene, scene
from tests.test_problems_areas import bring, square

__all__ = ["scene"]
MONDAY = date(2026, 3, 2)
WEEK = IsoWeek.of(MONDAY)


@pytest.fixture
def city(scene: Scene) -> Scene:
    """Twenty weeks of two reports in each of four wards, street lights and rubbish."""
    scene.today = WEEK.last
    scene.send(
        *[
            scene.report((200.0 + 1000.0 * ward, 300.0), MONDAY - timedelta(weeks=back), code=code)
            for back in range(20)
            for ward in range(4)
            for code in ("LGT-OUT", "WST-DUMP")
        ]
    )
    bring(scene, *(square(name, 1000.0 * at) for at, name in enumerate(("Docks", "Abbey", "Castle", "Bridge"))))
    return scene


def test_an_area_names_the_same_number_of_series_as_the_whole_place_and_says_what_the_tests_are(city: Scene) -> None:
    whole = briefed(city, WEEK).changes
    series = sum(one.signal.band is not None for one in whole.every)
    assert f"None of the {series} series that were compared" in whole.sentence
    assert briefed(city, WEEK, area="Abbey").changes.sentence == (
        f"None of the 2 kinds of report here stands out, judged together with {series} series of the whole place "
        f"({whole.looked_at} tests: each against its usual weeks and, where it is known, against its year before)."
    )


def test_the_caveats_count_what_was_too_few_among_all_series(city: Scene) -> None:
    assert "10 of 10 series had too few reports to say anything; no percent of fewer than ten is told." in (
        briefed(city, WEEK).caveats.sentences
    )


def test_the_caveats_name_what_areas_are_held_against_and_that_another_page_takes_another(city: Scene) -> None:
    said = briefed(city, WEEK).caveats.areas_sentence
    assert said.startswith("Reports of 13 weeks, each ward held against its own year before: ")
    assert said.endswith(
        "The page Areas holds them against streets or ground where these are known: it may read otherwise."
    )


def test_two_weeks_and_a_longer_time_each_say_what_they_compare(city: Scene) -> None:
    said = compared(briefed(city, WEEK), briefed(city, WEEK.before, known_on=city.today)).sentence
    assert "Only these two weeks are compared" in said
    pieces = [Piece(MONDAY, MONDAY, 5, None) for _ in range(13)]
    assert course_of_count(pieces, "verified").sentence == (
        "Over the whole of this time it neither rises nor falls by more than chance; two single weeks may still differ."
    )
