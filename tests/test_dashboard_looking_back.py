"""Pages of work show a past day: how it stood, what was known, and nothing that could be changed."""

from datetime import date, timedelta

import pytest

from dashboard.parts import looking_back
from tests.scenes import Scene
from tests.screens import keys, page, words
from tests.test_dashboard_board import busy  # noqa: F401 - a fixture


@pytest.fixture
def then(busy: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:  # noqa: F811 - the fixture
    """The board of ten days ago, of which everything is looked at."""
    on = busy.today - timedelta(days=10)
    monkeypatch.setattr(looking_back, "day_chosen", lambda: on)
    monkeypatch.setattr("dashboard.parts.forms.day_chosen", lambda: on)
    return busy


def test_the_board_shows_the_day_and_offers_no_move(then: Scene) -> None:
    shown = page("board")
    text = words(shown)
    assert "Late 0 none" in text
    assert "Due in 5 days" in text
    assert not [key for key in keys(shown) if key.startswith(("move-", "more-", "several"))]


def test_a_problem_of_a_past_day_stands_as_it_stood(then: Scene) -> None:
    shown = page("problem", problem="P-0001", tab="respond")
    assert "Renew the column" in words(shown)
    assert not [key for key in keys(shown) if key.startswith(("move-", "edit", "add-", "photo-"))]


def test_a_problem_that_was_not_known_yet_is_refused_in_words(then: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_back, "day_chosen", lambda: date(2020, 1, 1))
    text = words(page("problem", problem="P-0001"))
    assert "It was not known on 1 January 2020" in text
    assert "go back to today" in text
