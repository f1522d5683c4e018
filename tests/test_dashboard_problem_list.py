"""The list of problems: “open” is what the map, the areas and the briefing call so."""

from datetime import timedelta

import pytest

from problems.figures import Filters, is_live, map_figures
from tests.scenes import Scene, days_before
from tests.screens import page, sit_down, words


@pytest.fixture
def faded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A problem that is open, and two that nobody took on and that have gone quiet."""
    for east in (0, 900, 1800):
        scene.send(*scene.spot((east, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    for _ in range(2):
        scene.today += timedelta(days=150)
        scene.refresh()
    sit_down(monkeypatch, scene)
    return scene


def test_open_has_one_meaning_on_list_and_map_and_what_went_quiet_is_counted_beside_it(faded: Scene) -> None:
    problems = faded.store.problems()
    assert [is_live(one) for one in problems] == [True, False, False]
    figures = map_figures(problems, faded.store.actions(), 0, Filters(), faded.today)
    assert figures.open_problems == 1
    assert "1 problem of 3; 2 more that nobody took on have gone quiet" in words(page("problem"))
    assert "0 problems of 3; 1 more that nobody took on has gone quiet" in words(page("problem", find="P-0002"))
    for status, told in (("Gone quiet", "2 problems of 3"), ("Ended", "0 problems of 3"), ("All", "3 problems of 3")):
        text = words(page("problem", list_status=status))
        assert told in text
        assert "more that nobody took on" not in text
