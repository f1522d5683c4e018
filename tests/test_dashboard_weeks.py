"""The map replays the weeks: problems, figures, table and panel as they were known then."""

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.mapping import past
from dashboard.mapping.features import problems_json
from dashboard.mapping.layers import Asked
from dashboard.mapping.query import ProblemFilter, problem_filter
from dashboard.views.map_weeks import week_words
from problems.errors import InputRefused
from problems.events import EventKind, Subject
from problems.hot_spots import Refresh
from tests.scenes import Scene, days_before
from tests.screens import click, keys, page, run, sit_down, words
from tests.storing import a_refresh

WEEK = timedelta(weeks=1)


@pytest.fixture
def desk(town: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    sit_down(monkeypatch, town)
    return town


def week_of(shown: AppTest) -> list[str]:
    value = shown.query_params.get("week", [])
    return [value] if isinstance(value, str) else list(value)


def test_the_latest_is_shown_as_it_is_without_a_mark(desk: Scene) -> None:
    shown = page("map")
    assert "You are looking at the past" not in words(shown)
    assert shown.select_slider(key="week-shown").value == desk.today
    assert shown.button(key="week-after").disabled
    assert shown.button(key="week-latest").disabled


def test_a_step_back_shows_the_week_before_and_says_so(desk: Scene) -> None:
    shown = click(page("map"), "week-before")
    before = desk.today - WEEK
    assert week_of(shown) == [before.isoformat()]
    first = before - timedelta(days=41)
    assert f"known on {_day(before)}, with the reports from {_day(first)} to {_day(before)}" in words(shown)
    click(shown, "week-latest")
    assert week_of(shown) == []
    assert "You are looking at the past" not in words(shown)


def test_the_slider_leads_to_any_week_and_its_end_to_the_latest(desk: Scene) -> None:
    shown = page("map")
    shown.select_slider(key="week-shown").set_value(desk.today - 20 * WEEK)
    assert week_of(run(shown)) == [(desk.today - 20 * WEEK).isoformat()]
    shown.select_slider(key="week-shown").set_value(desk.today)
    assert week_of(run(shown)) == []


def test_the_table_of_a_past_week_lists_the_problems_of_then(desk: Scene) -> None:
    split = next(one.at.date() for one in desk.store.events(Subject.PROBLEM, 3) if one.kind is EventKind.SPLIT)
    then = words(page("map", week=(split - WEEK).isoformat(), plain="true"))
    after = words(page("map", week=split.isoformat(), plain="true"))
    assert "P-0005" not in then
    assert "P-0005" in after
    assert "All problems as a CSV file" not in then, "the files hold today's"


def test_statuses_are_those_of_then(desk: Scene) -> None:
    first = desk.today - 29 * WEEK
    asked = Asked(42, first, on=first)
    known = {problem.id: problem.status.value for problem in past.problems_known(desk.store, asked.on)}
    assert set(known.values()) == {"detected"}
    assert "confirmed" in {problem.status.value for problem in desk.store.problems()}
    assert "No open problem" not in words(page("map", week=first.isoformat()))


def test_the_panel_shows_the_chosen_problem_as_it_stood_then(desk: Scene) -> None:
    first = desk.today - 29 * WEEK
    text = words(page("map", week=first.isoformat(), problem="P-0001"))
    assert f"So it stood on {_day(first)}." in text
    assert "Nobody yet" in text
    assert "What you can do next" not in text


def test_a_problem_that_was_not_known_yet_is_answered_in_words(desk: Scene) -> None:
    first = desk.today - 29 * WEEK
    assert f"P-0005 was not known yet on {_day(first)}." in words(page("map", week=first.isoformat(), problem="P-0005"))


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "1999-01-01", "<b>"])
def test_a_week_that_is_not_kept_is_refused_in_words_and_the_latest_shown(desk: Scene, text: str) -> None:
    shown = words(page("map", week=text))
    assert f"The map was asked for the week to “{text}”, which cannot be shown." in shown
    assert "You are looking at the past" not in shown


def test_with_one_refresh_there_is_a_sentence_and_no_slider(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    sit_down(monkeypatch, scene)
    shown = page("map")
    assert "once hot spots were looked for on two days" in words(shown)
    assert not keys(shown) & {"week-before", "week-after", "week-latest"}


def test_hot_spots_are_looked_for_in_the_present_only(desk: Scene) -> None:
    def offers(shown: AppTest) -> bool:
        return any(button.label == "Find hot spots again" for button in shown.button)

    assert offers(page("map"))
    assert not offers(page("map", week=(desk.today - WEEK).isoformat()))


def test_the_address_of_the_problems_answers_as_of_a_day(desk: Scene) -> None:
    first = desk.today - 29 * WEEK
    now = problems_json(desk.store, ProblemFilter())
    then = problems_json(desk.store, problem_filter({"on": first.isoformat()}))
    assert now.count(b'"ref"') > then.count(b'"ref"') > 0
    with pytest.raises(InputRefused, match="not a day"):
        problem_filter({"on": "soon"})


def test_of_two_refreshes_of_a_day_the_later_one_is_replayed(desk: Scene) -> None:
    day = desk.today
    done: list[Refresh] = [
        a_refresh(id=number, as_of=on) for number, on in ((3, day), (2, day - WEEK), (1, day - WEEK))
    ]
    assert [each.id for each in past._weeks(done)] == [2, 3]


def test_what_was_written_since_is_seen_when_the_past_is_asked_again(desk: Scene) -> None:
    day = desk.today - WEEK
    assert past.problems_known(desk.store, day) is past.problems_known(desk.store, day)
    before = past.weeks(desk.store)
    desk.refresh(desk.today + WEEK)
    assert len(past.weeks(desk.store)) == len(before) + 1


def test_a_week_is_called_by_its_last_day_in_full() -> None:
    assert week_words(date(2026, 10, 12)) == "Week to 12 October 2026"


def _day(value: date) -> str:
    return f"{value.day} {value:%b} {value.year}"
