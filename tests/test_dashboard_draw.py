"""The page on which areas are drawn: every way to give one, what is said of it, and making it a problem."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.design import safe_html
from dashboard.mapping import draw_layer
from dashboard.parts.area_address import circle_spec, read_area, reports_spec, ring_spec, street_spec
from dashboard.parts.area_words import ratio_words, sentence, surface_words, usual, verdict_words
from dashboard.parts.desk import this_desk
from geo.significance import Verdict
from problems.areas import Area, AreaKind, Street
from problems.categories import Group
from problems.drawing import DrawingSettings, usable
from problems.drawn_standing import KindJudged
from problems.errors import ProblemError
from problems.problem import ProblemStatus
from problems.use_cases.drawing import draw_problem
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
from tests.screens import click, markup, page, run, sit_down, words

TODAY = date(2026, 3, 2)
HOSTILE = "<script>alert(1)</script> ${x} `y` {{z}} ![a](http://evil.example/a.png)"
CIRCLE = circle_spec(CENTRE, 100)


def square(half_m: float) -> dict[str, Any]:
    corners = [(-half_m, -half_m), (half_m, -half_m), (half_m, half_m), (-half_m, half_m), (-half_m, -half_m)]
    return {
        "type": "Polygon",
        "coordinates": [[[CENTRE[0] + x * DEGREE_EAST, CENTRE[1] + y * DEGREE_NORTH] for x, y in corners]],
    }


def written(half_m: float) -> str:
    return json.dumps(square(half_m))


@pytest.fixture
def town(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Return a scene with a bad spot of lighting, other reports round it, a ward and a street."""
    scene.send(
        *scene.spot((0, 0), days_before(TODAY, 20, step=2)),
        *scene.spot((0, 0), days_before(TODAY, 6), code="WST-DMP"),
        *scene.spot((900, 0), days_before(TODAY, 30, step=2), code="WST-DMP", spread_m=300),
        *scene.spot((-900, 0), days_before(TODAY, 12), spread_m=300),
        scene.report((0, 5), TODAY, address="12 Mill Lane"),
    )
    with scene.store.writing() as unit:
        unit.add_areas([Area(0, AreaKind.WARD, "Northgate", square(400)), Area(0, AreaKind.BEAT, "B1", square(3_000))])
        line = {"type": "LineString", "coordinates": [[CENTRE[0] - 0.002, CENTRE[1]], [CENTRE[0] + 0.002, CENTRE[1]]]}
        unit.add_streets([Street(0, "Mill Lane", 1, line)])
    sit_down(monkeypatch, scene, COORDINATOR)
    return scene


def shown(spec: str, **query: str) -> AppTest:
    return page("draw", shape=spec, **query)


# -- what is said --


def test_the_page_says_how_each_kind_stands_and_what_picking_costs(town: Scene) -> None:
    said = words(shown(CIRCLE))
    assert "A circle of 100 m round a point" in said
    assert "21 distinct incidents of street lighting in 90 days where about" in said
    assert "A place that is picked because much was seen there looks worse than it is" in said
    assert "Usual: from all other reports in the same area" in said
    assert "Rubbish and litter 6 6" in said
    assert "No report of" in said
    assert "21 reports of 21 distinct incidents in 52 weeks" in said
    assert "No problem and no hot spot shares ground with this area." in said


def test_another_kind_is_looked_at_and_named_in_the_address(town: Scene) -> None:
    app = shown(CIRCLE)
    app.selectbox(key="shape_kind").set_value(Group.WASTE)
    assert "6 distinct incidents of rubbish and litter" in words(run(app))
    assert "in 90 days" in words(shown(CIRCLE, shape_kind="Rubbish and litter"))


def test_an_area_without_a_report_says_so(town: Scene) -> None:
    said = words(shown(circle_spec((CENTRE[0] + 0.004, CENTRE[1] + 0.004), 50)))
    assert "No report with a category came from here" in said
    assert "Traceback" not in said


def test_crossing_lines_are_mended_and_said_so(town: Scene) -> None:
    lon, lat = (round(degree / 1e-5) for degree in CENTRE)
    bow = f"ring_{lon}.{lat}_{lon + 200}.{lat + 200}_{lon + 200}.{lat}_{lon}.{lat + 200}"
    app = shown(bow)
    assert "the area was mended: it is now what they enclose" in words(app)
    assert "in 2 pieces" in words(app)


@pytest.mark.parametrize(
    "spec",
    [
        "everything",
        "ring_",
        "ring_1.2",
        "ring_a.b_c.d_e.f",
        "ring_999999999.1_1.1_2.2",
        "circle_-120000.5290000_4",
        "circle_-120000.5290000_99999",
        "circle_-120000.5290000",
        "circle_19000000.0_100",
        "boundary_99",
        "boundary_<script>",
        "street_30_Nowhere Street",
        "street_30_",
        f"street_30_{HOSTILE}",
        "reports_75_",
        "reports_75_999",
        "reports_75_" + ".".join("1" * 60),
        "ring_" + "_".join(["-120000.5290000"] * 401),
        "ring_" + "1" * 20_000,
        "circle_1500000.5000000_100",
    ],
)
def test_an_address_that_names_no_usable_area_is_refused(town: Scene, spec: str) -> None:
    desk = this_desk()
    with pytest.raises(ProblemError, match="This area cannot be used"):
        usable(read_area(desk, spec).geometry, epsg=27700, settings=DrawingSettings())


@pytest.mark.parametrize("spec", ["", "everything", "circle_1500000.5000000_100", f"street_30_{HOSTILE}"])
def test_without_a_usable_area_the_page_says_why_and_keeps_the_map(town: Scene, spec: str) -> None:
    app = shown(spec)
    said = words(app)
    assert ("This area cannot be used." in said) == bool(spec)
    assert ("Nothing is drawn yet." in said) == (not spec)
    assert "<script>" not in markup(app)
    assert app.get("component_instance")
    assert not [each for each in app.button if each.key == "area-save"]


def test_what_was_drawn_too_large_is_refused_and_a_boundary_is_not_made_a_problem(town: Scene) -> None:
    assert "At most 4 km² can be drawn here" in words(shown(ring_spec(square(2_000))))
    beat = next(area for area in town.store.areas() if area.name == "B1")
    said = words(shown(f"boundary_{beat.id}"))
    assert "The beat B1: 36.0 km²" in said
    assert "It is too large for one problem" in said


def test_addresses_of_areas_are_read_back_as_they_were_written(town: Scene) -> None:
    desk = this_desk()
    ring = read_area(desk, ring_spec(square(60)))
    assert ring_spec(ring.geometry) == ring_spec(square(60))
    assert read_area(desk, street_spec("Mill Lane", 30)).place == "Mill Lane"
    assert "2 reports" in read_area(desk, reports_spec([2, 1, 1], 75)).how
    with pytest.raises(ProblemError, match="holes"):
        ring_spec({"type": "Polygon", "coordinates": [*square(60)["coordinates"], *square(20)["coordinates"]]})


# -- ways without the map --


def chosen(way: str, **answers: Any) -> AppTest:
    app = page("draw")
    app.radio(key="area_way").set_value(way)
    run(app)
    for key, value in answers.items():
        kinds = {"area_typed": app.text_input, "area_numbers": app.text_area, "area_pasted": app.text_area}
        kinds.get(key, app.selectbox)(key=key).set_value(value)
        run(app)
    return app


@pytest.mark.parametrize(
    ("way", "answers", "said"),
    [
        ("A ward, beat or neighbourhood", {}, "The ward Northgate"),
        ("Along a street", {}, "Within 30 m of Mill Lane"),
        ("Round an address or a point", {"area_typed": "mill lane"}, "A circle of 100 m"),
        ("Round an address or a point", {"area_typed": f"{CENTRE[1]}, {CENTRE[0]}"}, "A circle of 100 m"),
        ("Round reports, by their numbers", {"area_numbers": "R-000001, 2 r-3"}, "Within 75 m of 3 reports"),
        ("From GeoJSON text", {"area_pasted": written(60)}, "Drawn by hand: 14,400 m²"),
    ],
)
def test_every_way_without_the_map_gives_an_area(town: Scene, way: str, answers: dict[str, str], said: str) -> None:
    app = click(chosen(way, **answers), "area-take")
    assert said in words(app)
    assert "What is here already" in words(app)


@pytest.mark.parametrize(
    ("way", "answers", "said"),
    [
        ("Round reports, by their numbers", {}, "None was typed"),
        (
            "Round reports, by their numbers",
            {"area_numbers": "R-999 FX-2222-2222 nonsense"},
            "R-999, FX-2222-2222, nonsense",
        ),
        ("Round reports, by their numbers", {"area_numbers": "1 " * 60}, "60 were typed"),
        ("From GeoJSON text", {"area_pasted": "{}"}, "There is no area in it"),
        ("From GeoJSON text", {"area_pasted": HOSTILE}, "It is not GeoJSON"),
        ("From GeoJSON text", {"area_pasted": written(5_000)}, "At most 4 km²"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_what_was_typed_stays(
    town: Scene, way: str, answers: dict[str, str], said: str
) -> None:
    app = click(chosen(way, **answers), "area-take")
    assert said in words(app)
    for key, value in answers.items():
        assert app.text_area(key=key).value == value


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nowhere at all", "No report names"),
        (HOSTILE, "No report names"),
        ("53.1", "“53.1” is not a place."),
        ("1 2 3", "“1 2 3” is not a place."),
    ],
)
def test_an_address_that_nobody_names_is_answered_in_words(town: Scene, typed: str, said: str) -> None:
    app = chosen("Round an address or a point", area_typed=typed)
    assert said in words(app)
    assert "<script>" not in markup(app)


def test_without_boundaries_and_streets_the_page_says_where_they_come_from(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    assert "No reports yet" in words(page("draw"))
    scene.send(*scene.spot((0, 0), days_before(TODAY, 3)))
    assert "imported under Setup" in words(chosen("A ward, beat or neighbourhood"))
    assert "No streets are drawn here" in words(chosen("Along a street"))


# -- making it a problem --


def filled(app: AppTest, **answers: Any) -> AppTest:
    for label, value in answers.items():
        kind = app.text_area if label == "Objective" else app.text_input
        next(each for each in kind if each.label == label).set_value(value)
    return app


def test_a_coordinator_takes_it_on_at_once(town: Scene) -> None:
    app = filled(shown(CIRCLE), Owner="Cora Reid", Objective="No more dark nights")
    assert next(each for each in app.text_input if each.label == "Name").value == "Street lighting, Mill Lane"
    app = click(app, "area-save")
    (made,) = town.store.problems()
    assert (made.status, made.owner, made.incidents) == (ProblemStatus.CONFIRMED, "Cora Reid", 21)
    assert made.review_on == TODAY + timedelta(days=28)
    assert f"{made.ref} is on the map and in the list of problems, as “Taken on”." in words(app)
    assert "/problem?problem=P-0001" in markup(app)
    assert not [each for each in app.button if each.key == "area-save"]


def test_half_a_plan_is_refused_and_what_was_written_stays(town: Scene) -> None:
    app = click(filled(shown(CIRCLE), Owner="Cora Reid"), "area-save")
    assert "This move needs: objective" in words(app)
    assert next(each for each in app.text_input if each.label == "Owner").value == "Cora Reid"
    assert town.store.problems() == []


def test_an_officer_proposes_it(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, OFFICER)
    app = shown(CIRCLE)
    assert [each.label for each in app.text_input if each.label in ("Name", "Owner")] == ["Name"]
    assert "as “Detected”" in words(click(app, "area-save"))
    assert [problem.status for problem in town.store.problems()] == [ProblemStatus.DETECTED]


def test_command_looks_and_does_not_draw_and_viewers_do_not_look(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, COMMANDER)
    app = shown(CIRCLE)
    assert "Clio Marsh may only look" in words(app)
    assert "Single reports are shown to officers and coordinators." in words(app)
    sit_down(monkeypatch, town, VIEWER)
    said = words(shown(CIRCLE))
    assert "Areas are drawn by officers, coordinators and command" in said
    assert "incidents" not in said


def test_a_problem_about_the_same_kind_is_offered_instead(town: Scene) -> None:
    known = draw_problem(
        town.store, COORDINATOR, town.clock, 1, name=HOSTILE, group=Group.LIGHTING, geometry=square(60), zone=LONDON
    )
    app = shown(CIRCLE)
    said = words(app)
    assert "An open problem about the same kind is here already: P-0001" in said
    assert "Open P-0001 instead" in said
    assert "<script>" not in markup(app)
    assert str(safe_html("<script>")) in markup(app)
    assert not [each for each in app.button if each.key == "area-save"]
    app.checkbox[0].set_value(True)
    app = click(run(app), "area-save")
    assert [problem.id for problem in town.store.problems()] == [known.id, known.id + 1]


def test_two_people_at_once_make_one_problem_each_knowing_of_the_other(town: Scene) -> None:
    mine = shown(CIRCLE)
    draw_problem(
        town.store, COORDINATOR, town.clock, 1, name="Theirs", group=Group.LIGHTING, geometry=square(60), zone=LONDON
    )
    click(mine, "area-save")
    assert [problem.name for problem in town.store.problems()] == ["Theirs"]
    assert "An open problem about the same kind is here already" in words(run(mine))


# -- the map, and words --


def test_the_drawing_map_loads_nothing_from_outside() -> None:
    drawn = draw_layer.build_map().get_root().render()
    assert "/assets/draw-area.js?v=" in drawn
    assert "/assets/draw-area.css?v=" in drawn
    assert "http://" not in drawn
    assert "https://" not in drawn


def test_our_own_script_makes_no_markup_and_asks_nobody() -> None:
    script = (Path(draw_layer.__file__).parents[1] / "assets" / "draw-area.js").read_text(encoding="utf-8")
    for sink in (
        "innerHTML",
        "insertAdjacentHTML",
        "outerHTML",
        "document.write",
        "eval(",
        "fetch(",
        "http:",
        "https:",
        "html:",
    ):
        assert sink not in script


def test_the_map_offers_drawing_to_those_who_may(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'href="/draw"' in markup(page("map"))
    sit_down(monkeypatch, town, VIEWER)
    assert 'href="/draw"' not in markup(page("map"))


def standing(
    verdict: Verdict, picked: Verdict, *, incidents: int = 14, low: float = 2.4, high: float = 7.3
) -> KindJudged:
    expected = None if verdict is Verdict.NO_REFERENCE else 3.2
    return KindJudged(Group.LIGHTING, 15, incidents, 9, expected, 4.4, low, high, 0.001, verdict, 0.01, picked, 183)


@pytest.mark.parametrize(
    ("one", "said", "short"),
    [
        (standing(Verdict.MORE, Verdict.MORE), "even to the worst of about 180 places of this size", "more than usual"),
        (standing(Verdict.MORE, Verdict.NOT_MORE), "chance alone could show as much", "more, unless it was picked"),
        (standing(Verdict.NOT_MORE, Verdict.NOT_MORE), "not sure", "not sure"),
        (
            standing(Verdict.NOT_MORE, Verdict.NOT_MORE, low=0.6),
            "no more than chance brings",
            "no more than chance brings",
        ),
        (standing(Verdict.NOT_MORE, Verdict.NOT_MORE, low=0.1, high=0.7), "fewer than chance", "fewer than usual"),
        (standing(Verdict.TOO_FEW, Verdict.TOO_FEW, incidents=3), "too few to say", "too few to say"),
        (standing(Verdict.NO_REFERENCE, Verdict.NO_REFERENCE), "nobody can say", "nothing to compare with"),
    ],
)
def test_no_sentence_says_more_than_the_judgement(one: KindJudged, said: str, short: str) -> None:
    told = sentence(one, 90)
    assert said in told
    assert told.startswith(f"{one.incidents} distinct incidents of street lighting in 90 days")
    assert verdict_words(one) == short


def test_where_fewer_than_one_is_usual_no_ratio_is_told() -> None:
    rare = replace(standing(Verdict.MORE, Verdict.MORE), expected=0.4)
    assert (
        "in 90 days where fewer than 1 would be usual for a place like it. That is more than chance brings"
        in sentence(rare, 90)
    )
    assert ratio_words(rare) == "–"
    assert ratio_words(standing(Verdict.MORE, Verdict.MORE)) == "4.4 (2.4 to 7.3)"


def test_numbers_are_told_no_more_exactly_than_they_are_known() -> None:
    assert [usual(value) for value in (None, 0.2, 1.04, 3.26, 12.4)] == [
        "not known",
        "fewer than 1",
        "about 1",
        "about 3",
        "about 12",
    ]
    assert [surface_words(value) for value in (0.0142, 0.456, 12.34)] == ["14,200 m²", "0.46 km²", "12.3 km²"]


def test_the_timeline_tells_how_it_was_given_and_what_it_held(town: Scene) -> None:
    draw_problem(
        town.store,
        COORDINATOR,
        town.clock,
        1,
        name="Lane",
        group=Group.LIGHTING,
        geometry=square(60),
        how=f"within 30 m of {HOSTILE}",
        zone=LONDON,
    )
    app = page("problem", problem="P-0001")
    assert "Within 30 m of <script>" in words(app)
    assert "with 21 distinct incidents in 21 reports at the time." in words(app)
    assert "<script>" not in markup(app)
