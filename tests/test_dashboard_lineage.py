"""A problem's weeks as a picture with its twins, and what is proposed about it."""

import base64
import re
from datetime import date, timedelta

import pytest
from defusedxml.ElementTree import fromstring

from dashboard import design
from dashboard.parts.lineage import mark_words, reading
from dashboard.parts.lineage_picture import SHAPES, height_px, picture, rows
from problems.events import EventKind, Subject
from problems.lineage import Line, Lineage, Mark, Seen, Turn
from problems.problem import ProblemStatus
from tests.scenes import COORDINATOR, OFFICER, Scene, days_before
from tests.screens import click, keys, markup, page, run, sit_down, words
from tests.storing import a_problem

FIRST = date(2026, 1, 5)
HOSTILE = "<img src=x onerror=alert(1)>"
SVG = "{http://www.w3.org/2000/svg}"


def told(weeks: int = 10, **own: object) -> Lineage:
    looked = tuple(FIRST + timedelta(weeks=week) for week in range(weeks))
    problem = a_problem(id=7, name=HOSTILE, **own)
    line = Line(
        problem,
        looked[0],
        looked[-1],
        tuple(Seen(day, 8 + at) for at, day in enumerate(looked) if not 3 <= at < 6),
        ((looked[4], looked[6]),) if weeks > 6 else (),
        (Mark(looked[0], Turn.FOUND), Mark(looked[-1], Turn.CAME_BACK)),
    )
    return Lineage(line, (), (), looked)


def test_the_picture_is_a_document_that_any_reader_of_svg_accepts_and_holds_no_text_of_people() -> None:
    drawn = picture(told(), design.LIGHT, dark=False)
    root = fromstring(drawn)
    assert root.get("height") == str(height_px(told()))
    assert "alert" not in drawn
    assert "Found" in {text.text for text in root.iter(f"{SVG}text")}


def test_weeks_without_a_hot_spot_are_a_gap_in_the_band() -> None:
    root = fromstring(picture(told(), design.LIGHT, dark=False))
    bands = [svg for svg in root.iter(f"{SVG}svg") if svg.get("preserveAspectRatio")]
    assert len(bands) == 2
    left, right = (float((band.get("x") or "").rstrip("%")) for band in bands)
    assert left < right
    dotted = [line for line in root.iter(f"{SVG}line") if "still" in (line.get("class") or "")]
    assert len(dotted) == 1


def test_the_width_of_the_band_is_by_incidents() -> None:
    root = fromstring(picture(told(), design.LIGHT, dark=False))
    band = [svg for svg in root.iter(f"{SVG}svg") if svg.get("preserveAspectRatio")][-1]
    points = [pair.split(",") for pair in (band[0].get("points") or "").split()]
    heights = [float(y) for _, y in points[: len(points) // 2]]
    assert heights == sorted(heights)
    assert heights[-1] == pytest.approx(10.0), "the most incidents are the full width of 20 pixels"


@pytest.mark.parametrize("weeks", [1, 2, 200])
def test_short_and_long_lives_are_drawn(weeks: int) -> None:
    root = fromstring(picture(told(weeks), design.DARK, dark=True))
    months = [text for text in root.iter(f"{SVG}text") if "month" in (text.get("class") or "")]
    assert 1 <= len(months) <= 6


def test_every_turn_has_a_shape_and_words() -> None:
    assert set(SHAPES) == set(Turn)
    assert len({turn.label for turn in Turn}) == len(Turn)
    assert mark_words(Mark(FIRST, Turn.MERGED_AWAY, 3)) == "Merged into P-0003"
    assert mark_words(Mark(FIRST, Turn.MERGED_IN)) == "Merged in"


def test_the_reading_says_what_the_picture_shows() -> None:
    text = reading(told())
    assert text.startswith("P-0007 was a hot spot in 7 of 10 refreshes. At most 17 distinct incidents, on 9 Mar 2026.")
    assert "Found on 5 Jan 2026." in text
    assert "Came back on 9 Mar 2026." in text


def test_rows_do_not_lie_on_each_other() -> None:
    other = told().own
    several = Lineage(told().own, (other, other), (), told().looked)
    tops = [row.top_px for row in rows(several)]
    assert tops == sorted(set(tops))
    assert all(row.top_px < row.middle_px < height_px(several) for row in rows(several))


def test_the_page_shows_the_picture_with_its_words_and_its_table(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town)
    shown = page("problem", problem="P-0003")
    drawn = markup(shown)
    (image,) = re.findall(r'<img[^>]*role="img"[^>]*>', drawn)
    assert "P-0003 was a hot spot in 30 of 30 refreshes" in image
    assert "Split: a part became P-0005" in image
    (address,) = re.findall(r"base64,([^\"]+)", image)
    assert base64.b64decode(address).startswith(b"<svg")
    assert 'href="/problem?problem=P-0005"' in drawn
    text = words(shown)
    assert "What happened week by week" in text
    assert "Distinct incidents of P-0003 by refresh" in text


def test_after_one_refresh_there_are_no_weeks_to_draw(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    sit_down(monkeypatch, scene)
    shown = page("problem", problem="P-0001")
    assert "fx-lineage" not in markup(shown)
    assert "From week to week" not in words(shown)


def proposal_of(town: Scene, number: int) -> int:
    told = town.store.events(Subject.PROBLEM, number)
    return next(one.id for one in told if one.kind is EventKind.PROPOSED)


def test_a_coordinator_accepts_a_merge_with_one_click(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, COORDINATOR)
    shown = page("problem", problem="P-0004")
    text = words(shown)
    assert "Its place has grown together with P-0001" in text
    assert "Merging ends P-0004 and goes on as P-0001; there is no way back." in text
    click(shown, f"accept-{proposal_of(town, 4)}")
    assert "Accepted. It goes on as P-0001." in words(shown)
    assert "It goes on as P-0001" in words(shown)
    assert town.store.problem(4).status is ProblemStatus.SUPERSEDED


def test_a_coordinator_declines_with_a_reason(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, COORDINATOR)
    key = f"decline-{proposal_of(town, 1)}"
    shown = click(page("problem", problem="P-0001"), key)
    click(shown, "form-save")
    assert "It needs a reason." in words(shown)
    shown.text_area(key="form_note").set_value("Two owners.")
    click(shown, "form-save")
    text = words(run(shown))
    assert "Two owners." in text
    assert key not in keys(shown)
    assert "The proposed merge with P-0004 was declined." in text
    assert town.store.problem(4).status is ProblemStatus.CONFIRMED


def test_others_see_the_proposal_and_who_can_answer_it(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, OFFICER)
    shown = page("problem", problem="P-0001")
    assert "A coordinator can accept or decline it." in words(shown)
    assert not [key for key in keys(shown) if key.startswith(("accept-", "decline-"))]


def test_an_answer_that_came_too_late_says_so(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, COORDINATOR)
    shown = page("problem", problem="P-0001")
    town.move(COORDINATOR, town.store.problem(4), ProblemStatus.SUPERSEDED, target_id=1, note="One place.")
    click(shown, f"accept-{proposal_of(town, 1)}")
    assert "The proposal was not answered." in words(shown)
