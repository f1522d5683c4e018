from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import wording
from dashboard.parts import markup
from dashboard.parts.footprint import reading, total_words
from problems.actions import Action, ActionStatus, ActionType
from problems.figures import Week

LONDON = ZoneInfo("Europe/London")
TODAY = date(2026, 3, 29)


def action(status: ActionStatus, due_on: date | None) -> Action:
    return Action(1, 1, 1, ActionType.REPAIR, "Lamp", status, datetime(2026, 3, 1, tzinfo=UTC), due_on=due_on)


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (None, "No due date"),
        (TODAY, "Due today"),
        (TODAY + timedelta(days=1), "Due tomorrow"),
        (TODAY + timedelta(days=12), "Due in 12 days"),
        (TODAY - timedelta(days=1), "1 day late"),
        (TODAY - timedelta(days=30), "30 days late"),
    ],
)
def test_lateness_is_said_in_words(due_on: date | None, words: str) -> None:
    assert wording.lateness(action(ActionStatus.ACCEPTED, due_on), TODAY) == words


@pytest.mark.parametrize("status", [status for status in ActionStatus if not status.is_owed])
def test_ended_work_is_never_late(status: ActionStatus) -> None:
    assert wording.lateness(action(status, TODAY - timedelta(days=30)), TODAY) == ""


def test_times_are_shown_in_the_deployments_zone() -> None:
    assert wording.moment(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), LONDON) == "28 Mar 2026, 23:30"
    assert wording.moment(datetime(2026, 3, 29, 23, 30, tzinfo=UTC), LONDON) == "30 Mar 2026, 00:30"
    assert wording.day_of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), LONDON) == "1 Jul 2026"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0%"),
        (0.0004, "under 0.1%"),
        (0.031, "3.1%"),
        (0.5, "50%"),
        (0.99, "99%"),
        (0.996, "99.6%"),
        (0.999, "99.9%"),
        (0.9996, "over 99.9%"),
        (1, "100%"),
    ],
)
def test_a_share_that_is_neither_nothing_nor_all_is_never_shown_as_such(value: float, words: str) -> None:
    assert wording.share(value).replace("0.0%", "0%") == words


def test_counts_agree_with_their_noun() -> None:
    assert [wording.count(number, "entry", "entries") for number in (0, 1, 1204)] == [
        "0 entries",
        "1 entry",
        "1,204 entries",
    ]


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    made = markup.element("p", text, title=text)
    inside = made.removeprefix("<p").removesuffix("</p>")
    assert "<" not in inside
    assert not set("`${}\\") & set(inside)


def test_only_finished_markup_is_drawn() -> None:
    with pytest.raises(TypeError, match="safe_html"):
        markup.draw("<b>raw</b>")  # type: ignore[arg-type] # what the test is about


@pytest.mark.parametrize("path", ["https://evil.invalid", "//evil.invalid", "/\\evil.invalid", "javascript:alert(1)"])
def test_links_lead_to_our_own_pages_only(path: str) -> None:
    with pytest.raises(ValueError, match="not an address of our own"):
        markup.link(path, "here")


def weeks(*reports: int, incomplete: int = 2) -> list[Week]:
    first = date(2026, 1, 5)
    return [
        Week(first + timedelta(weeks=place), number, number, place < len(reports) - incomplete)
        for place, number in enumerate(reports)
    ]


def test_the_reading_compares_complete_weeks_only() -> None:
    told = reading(weeks(*[4] * 8, *[1] * 8, 90, 90))
    assert told == "1 report a week in the 8 complete weeks to 26 Apr 2026, against 4 a week in the 8 before."
    assert "as many as" in reading(weeks(*[3] * 16, 0, 0))


def test_a_place_without_reports_says_so() -> None:
    assert reading(weeks(*[0] * 20)) == "No report of this kind came from inside the outline in the past 20 weeks."
    assert total_words(weeks(*[0] * 20)) == ""
