"""Areas beside each other and the page of one: figures worked out by hand, who is shown what, and changed borders."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from problems.areas import AreaKind, Street
from problems.briefing.area_page import AreaPage, verified_fixes
from problems.briefing.areas_compared import Against, AreasCompared
from problems.briefing.figure import Section
from problems.comparing_areas import Place
from problems.errors import InputRefused, NotAllowed
from problems.events import Event, EventKind, Subject, event
from problems.people import Principal
from problems.problem import ProblemStatus
from problems.reasons import Outcome
from problems.sharing import SharingLevel
from problems.use_cases.looking_at_areas import compare_areas_now, look_at_area
from problems.verified_spells import VerifiedSpell, verified_spells
from tests.briefed import STANDARDS, ended
from tests.scenes import COMMANDER, COORDINATOR, LONDON, VIEWER, Scene, days_before
from tests.storing import a_problem
from tests.test_problems_areas import bring, square
from tests.test_problems_sharing import share

MONDAY = date(2026, 3, 9)
SUNDAY = MONDAY - timedelta(days=1)


@pytest.fixture
def town(scene: Scene) -> Scene:
    """Four wards of 1 km2 from west to east: 40 reports, 10, 12, and none; three more lie in none of them."""
    scene.today = MONDAY
    counts = (40, 10, 12, 0)
    made = [
        scene.report((1000.0 * at + 100 + 15 * number, 300.0), SUNDAY - timedelta(days=number % 60))
        for at, count in enumerate(counts)
        for number in range(count)
    ]
    scene.send(*made, *[scene.report((-900.0, 0.0), SUNDAY) for _ in range(3)])
    bring(scene, *(square(name, 1000.0 * at) for at, name in enumerate(("Docks", "Abbey", "Castle", "Bare"))))
    return scene


def compared(scene: Scene, who: Principal = COMMANDER, **asked: object) -> AreasCompared:
    return compare_areas_now(scene.store, who, scene.clock, 1, zone=LONDON, kinds={}, **asked)  # type: ignore[arg-type] # named by the tests


def looked(scene: Scene, area: str, who: Principal = COMMANDER, **asked: object) -> AreaPage:
    return look_at_area(scene.store, who, scene.clock, 1, area=area, **STANDARDS, **asked)  # type: ignore[arg-type] # named by the tests


# -- beside each other --


def test_areas_stand_in_the_order_of_their_names_with_their_reports_by_ground(town: Scene) -> None:
    found = compared(town)
    assert found.against is Against.GROUND
    assert [(one.area.name, one.reports) for one in found.rows] == [
        ("Abbey", 10), ("Bare", 0), ("Castle", 12), ("Docks", 40),
    ]  # fmt: skip
    docks = found.rows[-1]
    assert docks.size == pytest.approx(1.0, rel=0.02)
    assert docks.rate == pytest.approx(40 / (docks.size or 0))
    # 62 over four square kilometres make 15.5 expected: 40 is far above, 0 far below, 10 and 12 are usual.
    places = {one.area.name: one.compared.place for one in found.rows if one.compared}
    assert places == {
        "Abbey": Place.USUAL, "Bare": Place.FAR_BELOW, "Castle": Place.USUAL, "Docks": Place.FAR_ABOVE,
    }  # fmt: skip
    assert found.sentence.startswith("2 of 4 areas differ from the rest by more than chance: Bare, Docks.")


def test_what_is_not_known_of_the_areas_is_said(town: Scene) -> None:
    told = " ".join(compared(town).caveats)
    assert "No report at all in 13 weeks: Bare." in told
    assert "3 reports lie in none of the wards or without a place, of 65 in 13 weeks." in told
    assert "no rate is by residents" in told


def test_fewer_than_ten_reports_have_no_rate(town: Scene) -> None:
    assert {one.area.name: one.rate is None for one in compared(town).rows} == {
        "Abbey": False, "Bare": True, "Castle": False, "Docks": False,
    }  # fmt: skip


def test_where_streets_are_known_reports_are_held_against_their_length(town: Scene) -> None:
    ring = [one.geometry["coordinates"][0] for one in town.store.areas(AreaKind.WARD)]  # type: ignore[index] # polygons
    lines = []
    for at, corners in enumerate(ring):
        (west, south), (east, north) = corners[0], corners[2]
        lat = (south + north) / 2
        lines.append(Street(0, f"Street {at}", 1, {"type": "LineString", "coordinates": [[west, lat], [east, lat]]}))
    with town.store.writing() as unit:
        unit.add_streets(lines)
    found = compared(town)
    assert found.against is Against.STREETS
    assert found.possible == (Against.STREETS, Against.GROUND, Against.YEAR)
    assert [one.size for one in found.rows] == pytest.approx([1.0] * 4, rel=0.02)
    assert compared(town, against=Against.GROUND).against is Against.GROUND


def test_without_a_year_before_nothing_is_compared_with_it(town: Scene) -> None:
    found = compared(town, against=Against.YEAR)
    assert found.comparison is None
    assert found.sentence == "Fewer than 3 wards had reports in the year before: what is usual cannot be told."
    assert all(one.compared is None for one in found.rows)


def test_the_year_before_is_a_whole_one(town: Scene) -> None:
    # The last thirteen weeks begin on 8 December; the fifty-two before them on 9 December of the year before.
    first, last = date(2024, 12, 9), date(2025, 12, 7)
    days = [first - timedelta(days=1), last + timedelta(days=1), *(first + timedelta(days=7 * at) for at in range(52))]
    own = [town.report((1000.0 * at + 400.0, -300.0), day) for at in range(4) for day in (*days, last)]
    town.send(*(ended(one, timedelta(days=1)) for one in own))
    bring(town, *(square(name, 1000.0 * at) for at, name in enumerate(("Docks", "Abbey", "Castle", "Bare"))))
    # One of each four lies on the day after and counts among the last weeks, one on the day before and not at all.
    assert {one.area.name: one.size for one in compared(town, against=Against.YEAR).rows} == dict.fromkeys(
        ("Abbey", "Bare", "Castle", "Docks"), 53.0
    )


def test_a_kind_without_boundaries_and_a_day_to_come_are_refused(town: Scene) -> None:
    with pytest.raises(InputRefused, match="No beats were known on 2026-03-09"):
        compared(town, kind=AreaKind.BEAT)
    with pytest.raises(InputRefused, match="2026-03-10 has not come yet"):
        compared(town, on=MONDAY + timedelta(days=1))
    with pytest.raises(InputRefused, match="Nothing of it was known on 2026-02-01"):
        compared(town, on=date(2026, 2, 1))


def test_areas_that_tile_the_place_share_out_its_reports(town: Scene) -> None:
    found = compared(town)
    outside = 3
    assert sum(one.reports for one in found.rows) == 65 - outside


# -- one area --


def test_an_area_has_its_open_problems_with_owner_and_day(town: Scene) -> None:
    town.send(*town.spot((1500.0, 0.0), days_before(SUNDAY, 12)))
    town.refresh()
    problem = town.taken_on(next(one for one in town.store.problems() if one.area == "Abbey"))
    bare, abbey = looked(town, "Bare"), looked(town, "ward:Abbey")
    assert bare.problems_sentence == "No problem is open here."
    assert [(one.problem.id, one.problem.owner, one.due_on, one.days_late) for one in abbey.open] == [
        (problem.id, "Cora Reid", problem.review_on, 0)
    ]
    assert abbey.problems_sentence == "1 problem is open here: 0 late, 0 without an owner."
    assert {one.area.name: one.problems for one in compared(town).rows}["Abbey"] == 1
    town.today = MONDAY + timedelta(days=40)
    late = looked(town, "Abbey")
    assert late.open[0].days_late == 10
    assert late.problems_sentence == "1 problem is open here: 1 late, 0 without an owner."


def test_the_service_is_that_of_the_briefing_of_the_last_whole_week(town: Scene) -> None:
    found = looked(town, "Docks")
    assert (found.briefing.header.week.last, found.on) == (SUNDAY, MONDAY)
    assert found.briefing.header.area == found.area
    assert found.briefing.service.backlog.value == 40
    assert found.fixes_sentence == "No fix was verified here in the last 26 weeks."
    assert found.among is not None


def test_a_past_day_is_told_as_it_was_known_then(town: Scene) -> None:
    before = looked(town, "Docks"), compared(town)
    town.today = MONDAY + timedelta(days=9)
    town.send(*[town.report((100.0 + 15 * one, 300.0), SUNDAY) for one in range(9)])
    assert (looked(town, "Docks", on=MONDAY), compared(town, on=MONDAY)) == before
    assert "12 reports lie in none of the wards" in " ".join(compared(town).caveats)


def test_a_renamed_area_is_said_to_be_renamed_and_a_redrawn_one_to_be_drawn_anew(town: Scene) -> None:
    town.today = MONDAY + timedelta(days=2)
    bring(town, square("Docks", 0.0, 1400.0), square("Minster", 1400.0), square("Castle", 2000.0))
    with pytest.raises(InputRefused, match=r"since 2026-03-11 other boundaries .* as known on 2026-03-10"):
        looked(town, "ward:Abbey")
    assert looked(town, "ward:Abbey", on=MONDAY).area.name == "Abbey"
    assert "it was drawn anew on 2026-03-11" in looked(town, "Docks").remarks[0]
    assert "came in new on 2026-03-11" in looked(town, "Minster").remarks[0]
    assert looked(town, "Castle").remarks == ()
    with pytest.raises(InputRefused, match="No area was called so then"):
        looked(town, "Nowhere")


def test_of_a_past_day_no_later_change_of_boundaries_is_told(town: Scene) -> None:
    for days, east_m in ((2, 50.0), (9, 90.0)):
        town.today = MONDAY + timedelta(days=days)
        bring(town, square("Docks", east_m), *(square(name, 1000.0 * at) for at, name in ((1, "Abbey"), (2, "Castle"))))
    assert looked(town, "Docks", on=MONDAY + timedelta(days=1)).remarks == ()
    (first,) = looked(town, "Docks", on=MONDAY + timedelta(days=2)).remarks
    assert "it was drawn anew on 2026-03-11" in first
    assert len(looked(town, "Docks").remarks) == 2


def test_a_partner_sees_what_is_shared_with_it_and_a_viewer_nothing(town: Scene) -> None:
    town.send(*town.spot((1500.0, 0.0), days_before(SUNDAY, 12)))
    town.refresh()
    partner = town.partner(town.organisation())
    found = looked(town, "Abbey", partner)
    assert (found.open, found.among) == ((), None)
    assert Section.SERVICE in {one.section for one in found.briefing.withheld}
    beside = compared(town, partner)
    assert beside.comparison is None
    assert {one.reports for one in beside.rows} == {0}
    assert beside.sentence == "How areas compare is not shared with partner organisations."
    for ask in (lambda: compared(town, VIEWER), lambda: looked(town, "Abbey", VIEWER)):
        with pytest.raises(NotAllowed):
            ask()


def test_a_problem_that_is_only_known_to_exist_is_open_in_the_area_that_it_is_told_to_be_in(town: Scene) -> None:
    town.send(*town.spot((1500.0, 0.0), days_before(SUNDAY, 12)))
    bring(town, square("North", 1000.0, kind=AreaKind.BEAT), kind=AreaKind.BEAT)
    town.refresh()
    problem = town.taken_on(next(one for one in town.store.problems() if one.area == "Abbey"))
    own = town.organisation()
    partner = town.partner(own)
    nothing = "No problem that is shared with you is open here."
    assert looked(town, "Abbey", partner).problems_sentence == nothing
    share(town, problem.id, own.id, SharingLevel.EXISTS)
    found = looked(town, "Abbey", partner)
    assert [(one.problem.id, one.problem.lon_lat) for one in found.open] == [(problem.id, (0.0, 0.0))]
    assert found.problems_sentence == "1 problem that is shared with you is open here: 0 late."
    assert [one.area.name for one in compared(town, partner).rows if one.problems] == ["Abbey"]
    assert looked(town, "Docks", partner).problems_sentence == nothing
    # That it lies in this beat as well would tell more of its place than its ward does.
    assert looked(town, "North", partner).problems_sentence == nothing
    assert len(looked(town, "North").open) == 1


# -- verified fixes --


def moves(*steps: tuple[date, ProblemStatus]) -> list[Event]:
    return [
        event(
            datetime(day.year, day.month, day.day, 12, tzinfo=UTC), COORDINATOR, Subject.PROBLEM, 1, EventKind.MOVED,
            changes={"status": str(status)},
        )
        for day, status in steps
    ]  # fmt: skip


def test_a_fix_that_came_back_and_was_made_again_is_two_fixes() -> None:
    steps = moves(
        (date(2026, 1, 5), ProblemStatus.VERIFIED),
        (date(2026, 1, 12), ProblemStatus.CLOSED),
        (date(2026, 2, 2), ProblemStatus.RECURRED),
        (date(2026, 2, 20), ProblemStatus.VERIFIED),
    )
    found = verified_fixes([a_problem(id=1)], {1: steps}, on=MONDAY, zone=LONDON)
    assert [(one.verified_on, one.until, one.days, one.words) for one in found] == [
        (date(2026, 2, 20), None, 17, "Has held for 2 weeks so far."),
        (date(2026, 1, 5), date(2026, 2, 2), 28, "Came back after 4 weeks."),
    ]


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (ProblemStatus.CLOSED, "Has held for 63 days so far, and the problem is closed."),
        (ProblemStatus.IN_PROGRESS, "Did not stay fixed: work under way after 7 days."),
        (ProblemStatus.SUPERSEDED, "Held for 7 days; then the problem was merged or split."),
    ],
)
def test_what_became_of_a_fix_is_said_in_words(last: ProblemStatus, words: str) -> None:
    steps = moves((date(2026, 1, 5), ProblemStatus.VERIFIED), (date(2026, 1, 12), last))
    (found,) = verified_fixes([a_problem(id=1)], {1: steps}, on=MONDAY, zone=LONDON)
    assert found.words == words.replace("63 days", "9 weeks")


@pytest.mark.parametrize(
    ("outcome", "words", "held"),
    [
        (Outcome.EFFECTIVE, "Has held for 9 weeks so far, and the problem is closed as “It worked”.", True),
        (Outcome.NO_EFFECT, "Closed after 7 days as “No effect”.", False),
        (Outcome.WORSE, "Closed after 7 days as “It got worse”.", False),
    ],
)
def test_what_was_closed_as_without_effect_or_worse_is_not_said_to_have_held(
    town: Scene, outcome: Outcome, words: str, held: bool
) -> None:
    steps = moves((date(2026, 1, 5), ProblemStatus.VERIFIED), (date(2026, 1, 12), ProblemStatus.CLOSED))
    steps[1] = replace(steps[1], changes={**steps[1].changes, "outcome": str(outcome)})
    (found,) = verified_fixes([a_problem(id=1)], {1: steps}, on=MONDAY, zone=LONDON)
    assert found.words == words
    page = replace(looked(town, "Docks"), fixes=(found,))
    said = "it has held so far" if held else "it did not hold"
    assert page.fixes_sentence == f"1 fix was verified in the last 26 weeks; {said}."


def test_a_fix_that_is_looked_at_again_while_it_holds_is_one() -> None:
    steps = moves((date(2026, 1, 5), ProblemStatus.VERIFIED), (date(2026, 1, 12), ProblemStatus.VERIFIED))
    assert list(verified_spells(steps, LONDON)) == [VerifiedSpell(date(2026, 1, 5))]


def test_only_the_last_twenty_six_weeks_count() -> None:
    first = MONDAY - timedelta(weeks=26)
    for day, number in ((first, 0), (first + timedelta(days=1), 1), (MONDAY, 1), (MONDAY + timedelta(days=1), 0)):
        steps = moves((day, ProblemStatus.VERIFIED))
        assert len(verified_fixes([a_problem(id=1)], {1: steps}, on=MONDAY, zone=LONDON)) == number, day
