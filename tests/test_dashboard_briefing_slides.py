"""How sections are cut into slides: nothing is left out, nothing stands alone that fits, long weeks get more slides."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from types import SimpleNamespace
from typing import cast

import pytest

from dashboard.parts.briefing_asked import AskedBriefing
from dashboard.parts.briefing_cut import ROOM, cut, short
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.briefing_slides import Slide, slides_of
from dashboard.parts.desk import Desk
from problems.briefing.briefing import Briefing, DecisionState, DecisionTaken
from problems.briefing.weeks import IsoWeek
from tests.briefed import briefed
from tests.scenes import VIEWER, Scene

WEEK = IsoWeek(2026, 10)
LONG = "they wait for the owner of the land, who has not answered since the spring, and for the weather to turn"


@pytest.fixture
def briefing(scene: Scene) -> Briefing:
    """Return the briefing of a week with a few reports."""
    scene.today = date(2026, 3, 8)
    scene.send(*[scene.report((at * 200.0, 0), date(2026, 3, 2)) for at in range(4)])
    return briefed(scene, WEEK)


def reading_of(briefing: Briefing) -> Reading:
    """Return a slide of a briefing for somebody who is not at the meeting."""
    desk = cast("Desk", SimpleNamespace(principal=VIEWER))
    return Reading(desk, AskedBriefing(WEEK, briefing.header.known_on), briefing, slide=1)


def slides(briefing: Briefing, name: str) -> list[tuple[str, Slide]]:
    """Return the slides whose headings begin with a name."""
    found = [(title, cast("partial[None]", drawn)) for title, drawn in slides_of(reading_of(briefing))]
    return [(title, drawn.keywords["slide"]) for title, drawn in found if title.startswith(name)]


def taken(number: int, why: str = "") -> DecisionTaken:
    """Return a decision of the meeting before."""
    return DecisionTaken(
        datetime(2026, 2, 25, tzinfo=UTC), f"Light the path {number}", "Clio Marsh", None, "", "", "Amira Holt",
        date(2026, 4, 1), DecisionState.OPEN, why, True,
    )  # fmt: skip


def last_week(briefing: Briefing, decisions: list[DecisionTaken]) -> Briefing:
    """Return a briefing with these decisions of the week before."""
    return replace(briefing, last_decisions=replace(briefing.last_decisions, taken=tuple(decisions)))


def test_twelve_decisions_stand_on_several_counted_slides_in_their_order(briefing: Briefing) -> None:
    decisions = [taken(number) for number in range(12)]
    found = slides(last_week(briefing, decisions), "2. Last week")
    assert [title for title, _ in found] == [f"2. Last week’s decisions ({at} of 2)" for at in (1, 2)]
    assert [one for _, slide in found for one in slide.shown.last_decisions.taken] == decisions


def test_decisions_with_long_reasons_need_more_slides_and_are_cut_with_a_sign(briefing: Briefing) -> None:
    found = slides(last_week(briefing, [taken(number, why=LONG) for number in range(12)]), "2. Last week")
    assert len(found) == 5
    reasons = [one.why for _, slide in found for one in slide.shown.last_decisions.taken]
    assert len(reasons) == 12
    assert all(one.endswith("…") and len(one) <= 90 for one in reasons)


def test_a_section_on_one_slide_is_not_counted(briefing: Briefing) -> None:
    assert [title for title, _ in slides(briefing, "9.")] == ["9. What worked"]


def test_bars_of_a_piece_have_the_scale_of_the_whole(briefing: Briefing) -> None:
    whole = reading_of(briefing)
    piece = replace(whole, briefing=last_week(briefing, [taken(1)]), whole=briefing)
    assert (whole.all, piece.all) == (briefing, briefing)


@pytest.mark.parametrize("heights", [[100] * 13, [50, 400, 50, 50, 400, 10], [700, 20], [645], []])
def test_each_row_stands_on_one_slide_and_no_slide_is_higher_than_its_room(heights: list[int]) -> None:
    pieces = cut(heights, ROOM - 200, ROOM, 100)
    assert [at for start, stop in pieces for at in range(start, stop)] == list(range(len(heights)))
    for at, (start, stop) in enumerate(pieces):
        room = ROOM if at else ROOM - 200
        assert stop - start == 1 or sum(heights[start:stop]) + (100 if stop == len(heights) else 0) <= room


def test_rows_are_shared_out_evenly() -> None:
    assert cut([100] * 7, 600, 600) == [(0, 4), (4, 7)]


def test_a_text_that_fits_is_left_whole() -> None:
    assert (short("Long Lane", 9), short("Long Lane", 8)) == ("Long Lane", "Long…")
