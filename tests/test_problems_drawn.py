"""Drawn problems are first-class: who may make them, beside what, and how refreshes follow them."""

from datetime import date, timedelta
from typing import Any

import pytest

from problems.categories import Group
from problems.drawing import DrawingSettings
from problems.errors import InputRefused, MoveRefused, NotAllowed
from problems.events import EventKind, Subject
from problems.history import problems_on
from problems.hot_spots import PileDecision
from problems.people import Principal
from problems.problem import Problem, ProblemStatus
from problems.use_cases import reviewing
from problems.use_cases.drawing import Plan, draw_problem, metric_epsg
from tests.scenes import (
    CENTRE,
    COMMANDER,
    COORDINATOR,
    DEGREE_EAST,
    DEGREE_NORTH,
    LONDON,
    OFFICER,
    VIEWER,
    Scene,
    days_before,
)

TODAY = date(2026, 3, 2)
PLAN = Plan("Cora Reid", None, "No more dark nights", TODAY + timedelta(days=28))


def square(half_m: float = 60.0, east_m: float = 0.0) -> dict[str, object]:
    corners = [(-half_m, -half_m), (half_m, -half_m), (half_m, half_m), (-half_m, half_m), (-half_m, -half_m)]
    ring = [[CENTRE[0] + (east_m + east) * DEGREE_EAST, CENTRE[1] + north * DEGREE_NORTH] for east, north in corners]
    return {"type": "Polygon", "coordinates": [ring]}


def draw(scene: Scene, who: Principal = COORDINATOR, **more: Any) -> Problem:
    told: dict[str, Any] = {"name": "Dark alley", "group": Group.LIGHTING, "geometry": square(), "zone": LONDON} | more
    return draw_problem(scene.store, who, scene.clock, 1, **told)


def test_with_a_plan_it_is_taken_on_at_once_and_both_steps_are_on_the_timeline(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 5)))
    drawn = draw(scene, plan=PLAN, how="drawn on the map")
    assert scene.store.problem(drawn.id) == drawn
    assert (drawn.status, drawn.owner, drawn.review_on) == (ProblemStatus.CONFIRMED, "Cora Reid", PLAN.review_on)
    assert (drawn.reports, drawn.incidents, drawn.version) == (5, 5, 2)
    created, moved = scene.store.events(Subject.PROBLEM, drawn.id)
    assert created.details["drawn"] is True
    assert created.details["how"] == "drawn on the map"
    assert (moved.kind, moved.changes["status"]) == (EventKind.MOVED, "confirmed")


def test_without_a_plan_it_waits_to_be_taken_on(scene: Scene) -> None:
    drawn = draw(scene, plan=Plan(review_on=TODAY))
    assert (drawn.status, drawn.owner, drawn.review_on) == (ProblemStatus.DETECTED, "", None)
    assert scene.taken_on(drawn).status is ProblemStatus.CONFIRMED


@pytest.mark.parametrize("plan", [Plan(owner="Cora"), Plan(objective="Light"), Plan("Cora", None, "Light", None)])
def test_half_a_plan_is_refused_and_nothing_is_kept(scene: Scene, plan: Plan) -> None:
    with pytest.raises(MoveRefused, match="needs"):
        draw(scene, plan=plan)
    assert scene.store.problems() == []
    assert scene.store.events() == []


def test_a_plan_with_a_day_that_has_passed_or_an_unknown_organisation_is_refused(scene: Scene) -> None:
    for plan in (Plan("Cora", None, "Light", TODAY - timedelta(days=1)), Plan("Cora", 99, "Light", TODAY)):
        with pytest.raises((MoveRefused, InputRefused)):
            draw(scene, plan=plan)
    assert scene.store.problems() == []


def test_an_officer_proposes_and_takes_nothing_on(scene: Scene) -> None:
    proposed = draw(scene, OFFICER)
    assert proposed.status is ProblemStatus.DETECTED
    with pytest.raises(NotAllowed, match="Only a coordinator may do that; Omar Hale may not"):
        draw(scene, OFFICER, name="Dark underpass", geometry=square(east_m=500), plan=PLAN)
    assert len(scene.store.problems()) == 1


@pytest.mark.parametrize("who", [COMMANDER, VIEWER])
def test_others_neither_draw_nor_propose(scene: Scene, who: Principal) -> None:
    with pytest.raises(NotAllowed, match="Only a coordinator or an officer may do that"):
        draw(scene, who)
    assert scene.store.problems() == []


def test_a_second_click_makes_no_second_problem(scene: Scene) -> None:
    first = draw(scene, plan=PLAN)
    assert draw(scene, plan=PLAN) == first
    assert len(scene.store.problems()) == 1
    assert len(scene.store.events(Subject.PROBLEM, first.id)) == 2


def test_an_open_problem_about_the_same_kind_is_named_and_can_stand_beside(scene: Scene) -> None:
    first = draw(scene)
    with pytest.raises(InputRefused, match=rf"{first.ref} \(Dark alley\)"):
        draw(scene, name="Dark lane", geometry=square(50))
    second = draw(scene, name="Dark lane", geometry=square(50), beside=[first.id])
    (created,) = scene.store.events(Subject.PROBLEM, second.id)
    assert created.details["beside"] == [first.id]
    third = draw(scene, name="Rubbish", group=Group.WASTE)
    assert third.group is Group.WASTE
    assert draw(scene, name="Next door", geometry=square(east_m=121)).ref == "P-0004"


def test_an_ended_problem_bars_nothing(scene: Scene) -> None:
    first = draw(scene)
    scene.move(COORDINATOR, first, ProblemStatus.DISMISSED, reason="artefact", note="One caller.")
    assert draw(scene).id != first.id


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_that_cannot_be_kept_is_refused(scene: Scene, name: str) -> None:
    with pytest.raises(InputRefused):
        draw(scene, name=name)
    assert scene.store.problems() == []


def test_a_name_is_kept_as_it_was_written(scene: Scene) -> None:
    hostile = "<script>alert(1)</script> ${x} `y` {{z}}"
    assert scene.store.problem(draw(scene, name=f" {hostile} ").id).name == hostile


def test_what_is_too_large_is_refused_by_the_setting(scene: Scene) -> None:
    with pytest.raises(InputRefused, match=r"At most 0\.01 km²"):
        draw(scene, drawing=DrawingSettings(largest_km2=0.01))


def test_corners_that_are_no_degrees_have_no_metric_system(scene: Scene) -> None:
    for coordinates in (None, [], [[["a", "b"]]], [[[457_000, 340_000]]], [[[float("nan"), 1]]]):
        with pytest.raises(InputRefused, match="degrees"):
            metric_epsg(scene.store, {"type": "Polygon", "coordinates": coordinates})


def test_a_default_point_is_cut_out_of_the_footprint(scene: Scene) -> None:
    scene.send(*[scene.report((0, 0), TODAY, code=code) for code in ("LGT-OUT", "WST-DMP", "DMG-GRF", "VEH-ABN") * 15])
    scene.refresh()
    (pile,) = scene.store.piles()
    assert pile.kept_out
    drawn = draw(scene)
    assert len(drawn.footprint["coordinates"]) == 2  # type: ignore[arg-type] # a polygon with one hole
    assert (drawn.reports, drawn.incidents) == (0, 0)
    reviewing.decide_pile(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        pile_id=pile.id,
        decision=PileDecision.REPEAT_ADDRESS,
        seen_version=pile.version,
    )
    assert len(draw(scene, name="Real", beside=[drawn.id]).footprint["coordinates"]) == 1  # type: ignore[arg-type] # as above


# -- refreshes --


@pytest.mark.parametrize("plan", [PLAN, None])
def test_a_hot_spot_inside_belongs_to_it_and_never_redraws_it(scene: Scene, plan: Plan | None) -> None:
    drawn = draw(scene, plan=plan)
    scene.send(*scene.spot((0, 0), days_before(TODAY, 12)))
    for day in (TODAY, TODAY + timedelta(days=7), TODAY + timedelta(days=14)):
        found = scene.refresh(day)
        assert (found.new, found.hot_spots) == (0, 1)
    (now,) = scene.store.problems()
    assert (now.footprint, now.lon_lat, now.width_m) == (drawn.footprint, drawn.lon_lat, drawn.width_m)
    assert (now.id, now.incidents, now.last_seen_on) == (drawn.id, 12, TODAY + timedelta(days=14))


def test_it_is_tried_before_a_new_number_is_given_also_when_the_hot_spot_comes_years_later(scene: Scene) -> None:
    drawn = draw(scene, plan=PLAN)
    scene.refresh()
    later = TODAY + timedelta(days=800)
    scene.today = later
    scene.send(*scene.spot((10, 0), days_before(later, 10)), *scene.spot((700, 0), days_before(later, 10)))
    found = scene.refresh(later)
    assert (found.hot_spots, found.new) == (2, 1)
    assert scene.store.problem(drawn.id).incidents == 10


def test_a_hot_spot_of_another_kind_or_mostly_outside_is_not_taken_for_it(scene: Scene) -> None:
    drawn = draw(scene)
    scene.send(
        *scene.spot((0, 0), days_before(TODAY, 10), code="WST-DMP"), *scene.spot((260, 0), days_before(TODAY, 10))
    )
    assert scene.refresh().new == 2
    assert scene.store.problem(drawn.id).hot_spot_id is None


def test_without_a_hot_spot_it_is_counted_anew_and_stays_on_the_map(scene: Scene) -> None:
    drawn = draw(scene)
    scene.send(*scene.spot((0, 0), days_before(TODAY, 4)))
    scene.refresh()
    now = scene.store.problem(drawn.id)
    assert (now.reports, now.incidents, now.dormant_since, now.version) == (4, 4, None, drawn.version)
    later = TODAY + timedelta(days=200)
    scene.refresh(later)
    assert scene.store.problem(drawn.id).incidents == 0


def test_the_past_shows_it_as_it_was_drawn(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 12)))
    drawn = draw(scene)
    scene.refresh()
    scene.refresh(TODAY + timedelta(days=7))
    for day in (TODAY, TODAY + timedelta(days=7)):
        (then,) = problems_on(scene.store, day, LONDON)
        assert then.footprint == drawn.footprint
        assert then.incidents == 12
    assert problems_on(scene.store, TODAY - timedelta(days=1), LONDON) == []
