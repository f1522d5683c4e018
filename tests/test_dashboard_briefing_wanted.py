"""Decisions that are wanted on page and slide: two of one kind on one problem, and long words that slides cut."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from problems.actions import ActionType
from problems.briefing.figure import Behind, Section, Unit
from problems.briefing.weeks import IsoWeek
from problems.decisions import DecisionKind
from problems.use_cases import acting, commanding
from tests.briefed import briefed
from tests.scenes import COMMANDER, COORDINATOR, LONDON, Scene, days_before
from tests.screens import click, markup, page, sit_down, words
from tests.test_problems_commanding import EPSG

LAST_MONDAY = date(2026, 3, 2)
LONG_NAME = "Northern Boroughs Highways, Street Lighting, Signals and Drainage Maintenance Partnership (East)"
ADVICE = f"Ask {LONG_NAME} at a higher level."


@pytest.fixture
def twice(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A problem whose work is a month late and whose case has to be reviewed: both are put before command."""
    scene.today = LAST_MONDAY - timedelta(days=40)
    spot = scene.spot((0, 0), days_before(scene.today, 12), code="ASB-GRP")
    scene.send(*(replace(one, reporter="one" if at in (2, 5, 11) else f"other {at}") for at, one in enumerate(spot)))
    scene.refresh()
    team = scene.organisation(LONG_NAME)
    scene.taken_on(scene.store.problem(1))
    acting.add_action(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=1, organisation_id=team.id, type=ActionType.REPAIR,
        title="Mend the gate", due_on=scene.today + timedelta(days=2),
    )  # fmt: skip
    scene.today = LAST_MONDAY + timedelta(days=7)
    sit_down(monkeypatch, scene, COMMANDER)
    return scene


@pytest.mark.parametrize("where", [{}, {"present": "true", "slide": "2"}])
def test_two_decisions_of_one_kind_on_a_problem_are_both_drawn_and_recorded_whole(
    twice: Scene, where: dict[str, str]
) -> None:
    wanted = briefed(twice, IsoWeek.of(LAST_MONDAY)).decisions.wanted
    assert [one.ref for one in wanted] == ["P-0001", "P-0001"]
    assert len({one.kind for one in wanted}) == 1
    shown = page("briefing", **where)
    assert [one.label for one in shown.button].count("Record the decision") == 2
    at = next(number for number, one in enumerate(wanted) if one.recommendation == ADVICE)
    opened = click(shown, f"decide-{wanted[at].kind}-P-0001{'-2' if at else ''}")
    assert ADVICE in [area.value for area in opened.text_area]


def test_the_sentence_tells_what_the_page_decisions_lists_and_what_is_for_the_meeting(twice: Scene) -> None:
    waiting = commanding.decisions_waiting(twice.store, COMMANDER, twice.clock, 1, zone=LONDON, epsg=EPSG).waiting
    assert [one.kind for one in waiting] == [DecisionKind.CASE_REVIEW]
    assert briefed(twice, IsoWeek.of(LAST_MONDAY)).decisions.sentence == (
        "2 decisions are wanted: 1 by command on 8 Mar 2026 (the page Decisions shows those of today); "
        "1 by the meeting: work that is long late, and places that nobody has taken on."
    )


def test_an_address_with_thousands_of_digits_is_refused_in_words(twice: Scene) -> None:
    assert Behind.read(f"problems:{'9' * 5000}") is None
    shown = page("briefing", list=f"problems:{'9' * 5000}")
    assert "This list is not shown." in markup(shown)


def test_counts_beside_sentences_are_those_of_the_sentences_and_say_of_what(scene: Scene) -> None:
    for back in (5, 4, 3, 2):
        scene.today = LAST_MONDAY - timedelta(weeks=back)
        scene.send(*scene.spot((0, 0), days_before(scene.today, 7, step=1)))
        scene.refresh()
    scene.today = LAST_MONDAY + timedelta(days=7)
    briefing = briefed(scene, IsoWeek.of(LAST_MONDAY))
    assert [one.lasts for one in briefing.map.places] == [True]
    assert "; 1 of them was hot in more than half of the " in briefing.map.sentence
    [lasting] = [one for one in briefing.named[Section.MAP] if one.key == "lasting"]
    assert lasting.value == 1
    assert briefing.caveats.suppressed.unit is Unit.SERIES
    [assessed] = [one for one in briefing.named[Section.WORKED] if one.key == "assessed"]
    assert assessed.unit is Unit.ASSESSMENTS


def test_a_source_that_stopped_is_named_once_with_a_day_as_people_write_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.today = LAST_MONDAY - timedelta(days=12)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 60, step=1)))
    scene.refresh()
    scene.today = LAST_MONDAY + timedelta(days=7)
    sit_down(monkeypatch, scene, COMMANDER)
    told = words(page("briefing"))
    assert "“council” brought nothing since 18 Feb 2026: 18 days, where 1 is usual." in told
    assert "council: “council”" not in told
