"""Places that belong to no problem: only when asked for, in words, with a way to look closer, and never as problems."""

from dataclasses import replace

import pytest

from dashboard.mapping import places
from dashboard.mapping.features import problems_json
from dashboard.mapping.places import Also, places_seen
from dashboard.mapping.query import ProblemFilter, problem_filter
from problems.categories import Group
from problems.errors import InputRefused
from problems.grid_check import GridCheck, Square
from problems.hot_spots import Standing
from tests.scenes import CENTRE, Scene
from tests.screens import page, run, sit_down, words
from tests.storing import a_hot_spot

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-1.56, 53.8], [-1.55, 53.8], [-1.55, 53.81], [-1.56, 53.81], [-1.56, 53.8]]],
}


@pytest.fixture
def desk(town: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    sit_down(monkeypatch, town)
    latest = town.store.latest_refresh()
    assert latest is not None
    weak = a_hot_spot(latest.id, lon_lat=CENTRE, outline=SQUARE, problem_id=None, change="", ratio_low=0.8)
    with town.store.writing() as unit:
        unit.add_hot_spots(
            [
                replace(weak, standing=Standing.CANDIDATE, incidents=9, expected=6.0),
                replace(weak, standing=Standing.CANDIDATE, incidents=11, group=Group.LIGHTING, problem_id=1),
                replace(weak, group=None, category="", incidents=55),
            ]
        )
    return town


def test_candidates_are_drawn_only_when_asked_for(desk: Scene) -> None:
    shown = page("map")
    assert "not clearly above the usual" not in words(shown)
    shown.selectbox(key="outlined").set_value(Also.CANDIDATES)
    told = words(run(shown))
    found = "9 incidents of rubbish and litter in 42 days where about 6 would be usual for a place like it"
    assert f"{found}: not clearly more" in told
    assert "Counts and reports" in told
    assert "1 place" in told


def test_what_carries_a_problem_on_is_no_place_of_its_own(desk: Scene) -> None:
    seen = places_seen(desk.store, Also.CANDIDATES)
    assert [(place.incidents, place.quiet) for place in seen.places] == [(9, True)]
    assert places_seen(desk.store, Also.CANDIDATES, groups=frozenset({Group.LIGHTING})).places == []


def test_all_kinds_together_are_one_layer_whatever_kind_is_chosen(desk: Scene) -> None:
    seen = places_seen(desk.store, Also.TOGETHER, groups=frozenset({Group.LIGHTING}))
    assert (seen.places[0].incidents, seen.places[0].quiet) == (55, False)
    assert seen.places == places_seen(desk.store, Also.TOGETHER).places
    assert "55 incidents of all kinds" in seen.places[0].words


def test_squares_say_how_far_they_agree_with_the_hot_spots(desk: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    square = Square(Group.WASTE, 250.0, CENTRE, SQUARE, 20, 6.0, 5.0, 0.001)
    found = GridCheck((square, replace(square, side_m=400.0)), 1_234)
    monkeypatch.setattr(places, "check_grid", lambda *_, **__: found)
    seen = places_seen(desk.store, Also.SQUARES)
    assert seen.summary.startswith("1 square of 250 m and 1 of 400 m stand out in 1,234 comparisons. In or beside 0 of")
    assert [place.incidents for place in seen.places] == [20]
    assert places_seen(desk.store, Also.SQUARES, groups=frozenset({Group.LIGHTING})).places == []


def test_an_even_town_says_that_no_square_stands_out(desk: Scene) -> None:
    shown = page("map")
    shown.selectbox(key="outlined").set_value(Also.SQUARES)
    assert "no square with its neighbours is clearly above the usual" in words(run(shown))


def test_the_map_is_told_outlines_and_nothing_that_people_wrote(desk: Scene) -> None:
    import json

    def told(also: Also) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(problems_json(desk.store, ProblemFilter(also=also)))["places"]
        return found

    assert told(Also.NOTHING) == []
    assert [set(place) for place in told(Also.CANDIDATES)] == [{"at", "quiet", "outline"}]


def test_a_choice_that_is_none_is_refused_in_words() -> None:
    assert problem_filter({"places": "candidates"}).also is Also.CANDIDATES
    with pytest.raises(InputRefused, match="there is no such choice"):
        problem_filter({"places": "everything"})
