"""From the store to a kept assessment and back, on both databases."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.stores import open_store
from problems.assessment import METHOD, assess
from problems.baseline import Baseline
from problems.errors import InputRefused, NotAllowed, NotFound
from problems.events import EventKind, Subject
from problems.evidence import Window
from problems.gathering import Choices, Gathered
from problems.hot_spots import PileDecision
from problems.kept_assessments import KeptAssessment, made_again
from problems.people import Principal
from problems.problem import Problem
from problems.use_cases import assessing, drawing, reviewing
from problems.verdicts import Obstacle, Verdict
from tests.assessed import DONE, FOUND, PLACES, TODAY, days, found_city, rules, treated_city, work_on
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, VIEWER, Scene
from tests.storing import BACK_ENDS, empty_url


@pytest.fixture(params=BACK_ENDS)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with closing(open_store(empty_url(request.param, tmp_path))) as store:
        yield Scene(store)


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Scene]:
    with closing(open_store(str(tmp_path / "quick.db"))) as store:
        yield Scene(store)


def looked(scene: Scene, number: int = 1, **chosen: object) -> Gathered:
    choices = Choices(**chosen)  # type: ignore[arg-type] # the tests name the fields they fill in
    return assessing.look_at(scene.store, VIEWER, scene.clock, 1, problem_id=number, choices=choices, rules=rules())


def keep(scene: Scene, who: Principal = OFFICER, **chosen: object) -> KeptAssessment:
    choices = Choices(**chosen)  # type: ignore[arg-type] # the tests name the fields they fill in
    return assessing.keep_assessment(scene.store, who, scene.clock, 1, problem_id=1, choices=choices, rules=rules())


def test_a_place_that_was_mended_fell_against_places_that_were_not(scene: Scene) -> None:
    treated_city(scene)
    found = looked(scene)
    evidence = found.evidence
    # 14 whole weeks since it was taken on, of which every third day brought one; 18 whole weeks after.
    assert evidence.before == Window(DONE - timedelta(days=98), DONE - timedelta(days=1))
    assert evidence.after == Window(DONE + timedelta(days=1), DONE + timedelta(days=126))
    assert (evidence.treated.before, evidence.treated.after) == (32, 5)
    assert sorted((place.before, place.after) for place in evidence.controls) == [(32, 42)] * 3
    assert evidence.selection is not None
    assert (evidence.selection.window.last, evidence.selection.count) == (FOUND, 30)
    assert not evidence.picked_in_baseline
    assert assess(evidence).verdict is Verdict.FELL


def test_what_is_kept_is_made_again_with_the_same_figures(scene: Scene) -> None:
    problem = treated_city(scene)
    record = keep(scene)
    again = assessing.compute_again(scene.store, VIEWER, scene.clock, 1, assessment_id=record.id)
    assert (again.same, again.method_was) == (True, None)
    assert (again.assessment.verdict, again.assessment.sentence) == (record.verdict, record.sentence)
    assert again.layout == looked(scene).layout
    assert scene.store.assessments(problem.id) == [record]
    assert scene.store.assessments(99) == []
    assert json.loads(json.dumps(record.evidence)) == record.evidence


def test_reports_that_come_later_change_a_new_assessment_and_never_a_kept_one(scene: Scene) -> None:
    treated_city(scene)
    first = keep(scene)
    scene.send(*scene.spot(PLACES[0], days(DONE + timedelta(days=1), TODAY, 1), spread_m=15.0))
    again = assessing.compute_again(scene.store, OFFICER, scene.clock, 1, assessment_id=first.id)
    assert again.same
    second = keep(scene)
    assert (first.verdict, second.verdict) == (Verdict.FELL, Verdict.ROSE)
    assert [one.id for one in scene.store.assessments(1)] == [second.id, first.id]
    assert scene.store.assessment(first.id) == first


def test_keeping_is_on_the_timeline_and_changes_nothing_about_the_problem(scene: Scene) -> None:
    problem = treated_city(scene)
    record = keep(scene, COORDINATOR)
    assert scene.store.problem(1) == problem
    last = scene.store.events(Subject.PROBLEM, 1)[-1]
    assert (last.kind, last.by_name, last.note) == (EventKind.ASSESSED, "Cora Reid", record.sentence)
    assert last.details == {"assessment_id": record.id, "verdict": "fell", "method": METHOD}
    assert (record.made_at, record.by, record.by_name) == (scene.clock(), COORDINATOR.key, "Cora Reid")


@pytest.mark.parametrize("who", [VIEWER, COMMANDER])
def test_whoever_may_only_look_is_refused_in_words_and_nothing_is_kept(quick: Scene, who: Principal) -> None:
    treated_city(quick)
    version = quick.store.version()
    with pytest.raises(NotAllowed, match="Only a coordinator or an officer may do that"):
        keep(quick, who)
    assert quick.store.assessments() == []
    assert quick.store.version() == version


def test_an_unknown_assessment_and_an_unknown_problem_are_refused(quick: Scene) -> None:
    with pytest.raises(NotFound, match="no assessment 7"):
        assessing.compute_again(quick.store, OFFICER, quick.clock, 1, assessment_id=7)
    with pytest.raises(NotFound):
        keep(quick)


def test_a_changed_record_is_refused_and_a_changed_method_is_said(quick: Scene) -> None:
    treated_city(quick)
    record = keep(quick)
    for broken in ({"evidence": {}}, {"layout": {"done_on": "soon"}}, {"settings": {"alpha": 1, "beta": 2}}):
        with pytest.raises(InputRefused, match="cannot be made again"):
            made_again(replace(record, **broken))
    older = made_again(replace(record, method="wdd-0"))
    assert (older.same, older.method_was) == (True, "wdd-0")
    assert not made_again(replace(record, verdict=Verdict.ROSE)).same


# -- which time stands for before --


def test_the_time_that_picked_the_place_is_the_last_resort_and_is_said(quick: Scene) -> None:
    problem = found_city(quick)
    work_on(quick, problem, FOUND + timedelta(days=21))
    quick.today = FOUND + timedelta(days=120)
    quick.send(*quick.spot(PLACES[1], days(FOUND, quick.today, 3)))
    found = looked(quick)
    assert (found.layout.baseline, list(found.possible)) == (Baseline.WHEN_FOUND, [Baseline.WHEN_FOUND])
    assert found.evidence.picked_in_baseline
    assert "places that are picked for being high mostly fall by themselves" in " ".join(assess(found.evidence).caveats)


def test_the_time_before_the_place_was_found_is_taken_when_the_work_began_at_once(quick: Scene) -> None:
    quick.today = FOUND - timedelta(days=200)
    quick.send(*quick.spot(PLACES[0], days(FOUND - timedelta(days=290), FOUND - timedelta(days=90), 7)))
    work_on(quick, found_city(quick), FOUND + timedelta(days=21))
    quick.today = FOUND + timedelta(days=120)
    quick.send(quick.report(PLACES[1], quick.today))
    found = looked(quick)
    assert list(found.possible) == [Baseline.BEFORE_FOUND, Baseline.WHEN_FOUND]
    assert found.evidence.before.last == FOUND - timedelta(days=90)
    assert not found.evidence.picked_in_baseline
    assert looked(quick, baseline=Baseline.WHEN_FOUND).evidence.picked_in_baseline
    with pytest.raises(InputRefused, match="Times that can be compared: before it was found"):
        looked(quick, baseline=Baseline.AFTER_FOUND)


def test_a_place_drawn_by_hand_was_not_picked_and_is_compared_all_the_same(quick: Scene) -> None:
    problem = treated_city(quick)
    drawn = drawing.draw_problem(
        quick.store,
        COORDINATOR,
        quick.clock,
        1,
        name="The same place by hand",
        group=problem.group,
        geometry=problem.footprint,
        beside=[problem.id],
    )
    with pytest.raises(InputRefused, match="No day is known on which the work was done"):
        looked(quick, drawn.id)
    found = looked(quick, drawn.id, done_on=DONE)
    assert (found.layout.chosen, found.layout.baseline) == (True, Baseline.BEFORE_WORK)
    assert found.evidence.selection is None
    # The place itself was worked on under its other number, and everything that touches it is out.
    assert len(found.evidence.controls) == 3


# -- comparison places --


def test_no_comparison_place_lies_where_somebody_worked(quick: Scene) -> None:
    treated_city(quick)
    quick.today = FOUND  # the others were found on the same day
    other = quick.store.problem(2)
    work_on(quick, other, DONE)
    quick.today = TODAY
    found = looked(quick)
    assert len(found.evidence.controls) == 2
    away = [
        abs(area.lon_lat[0] - other.lon_lat[0]) + abs(area.lon_lat[1] - other.lon_lat[1]) for area in found.layout.areas
    ]
    assert min(away) > 0.001


def test_people_take_places_out_and_put_them_back(quick: Scene) -> None:
    treated_city(quick)
    numbers = [area.id for area in looked(quick).layout.areas]
    record = keep(quick, controls=tuple(numbers[:2]))
    assert [area["taken"] for area in record.layout["areas"]] == [True, True, False]
    assert len(record.evidence["controls"]) == len(record.evidence["ring_controls"]) == 2
    none = looked(quick, controls=())
    assert assess(none.evidence).obstacle is Obstacle.NO_CONTROLS
    with pytest.raises(InputRefused, match="not on today's list"):
        looked(quick, controls=(1,))


def test_nothing_alike_in_the_city_is_no_fair_comparison(quick: Scene) -> None:
    quick.today = FOUND
    quick.send(*quick.spot((0, 0), days(FOUND - timedelta(days=89), FOUND, 3)))
    quick.refresh()
    work_on(quick, quick.store.problem(1), DONE)
    quick.today = TODAY
    quick.send(quick.report((3000, 0), TODAY))
    found = looked(quick)
    assert found.layout.areas == ()
    assert assess(found.evidence).verdict is Verdict.NO_FAIR_COMPARISON


# -- what is counted --


def test_duplicates_and_one_callers_repeats_are_one_incident_and_default_points_none(quick: Scene) -> None:
    treated_city(quick)
    usual = looked(quick).evidence.treated
    day = DONE + timedelta(days=10)
    quick.send(*(quick.report((3, 3), day, reporter="key-9") for _ in range(5)))
    assert looked(quick).evidence.treated.after == usual.after + 1
    # A hundred on one point is a default point as soon as a refresh has seen it and somebody has said so.
    quick.send(*(quick.report((8, 8), TODAY - timedelta(days=at % 80), reporter=f"k{at}") for at in range(100)))
    assert looked(quick).evidence.treated.after > usual.after + 50
    quick.refresh()
    pile = quick.store.piles()[0]
    reviewing.decide_pile(
        quick.store,
        OFFICER,
        quick.clock,
        1,
        pile_id=pile.id,
        decision=PileDecision.DEFAULT_POINT,
        seen_version=pile.version,
    )
    assert looked(quick).evidence.treated.after == usual.after + 1


def test_trouble_that_moved_next_door_is_counted_in_the_ring(quick: Scene) -> None:
    treated_city(quick)
    quick.send(*quick.spot((120, 0), days(DONE + timedelta(days=1), TODAY, 2), spread_m=5.0))
    found = looked(quick)
    assert found.evidence.ring is not None
    assert (found.evidence.ring.before, found.evidence.ring.after) == (0, 63)
    assert "Trouble may have moved there." in assess(found.evidence).surroundings


def test_the_weeks_are_whole_and_the_last_fortnight_is_not_complete(quick: Scene) -> None:
    treated_city(quick)
    found = looked(quick)
    layout = found.layout
    assert layout.weeks_from == found.evidence.before.first
    assert sum(layout.weeks[: len(found.evidence.treated.weekly_before)]) == found.evidence.treated.before
    assert len(layout.weeks) - layout.complete_weeks == 2
    assert layout.reports_to >= layout.weeks_from + timedelta(weeks=len(layout.weeks), days=-1)


# -- bad input --


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"done_on": TODAY + timedelta(days=1)}, "has not come yet"),
        ({"done_on": date(2020, 1, 1)}, r"known from \d+ [A-Z][a-z]{2} \d{4} on, and the work was done before"),
        ({"done_on": TODAY}, "too early to assess"),
        (
            {"done_on": TODAY - timedelta(days=1)},
            r"A first look is possible with reports up to \d+ [A-Z][a-z]{2} \d{4},",
        ),
        ({"after": Window(DONE - timedelta(days=5), DONE + timedelta(days=40))}, "begins before the work was done"),
        ({"after": Window(DONE + timedelta(days=1), TODAY + timedelta(days=5))}, "has not come yet"),
        ({"before": Window(FOUND, DONE + timedelta(days=1))}, "does not end before the work was done"),
        ({"before": Window(date(2020, 1, 1), FOUND)}, "Reports are known from"),
        ({"before": Window(FOUND, FOUND - timedelta(days=9))}, "ends before it begins"),
    ],
)
def test_days_that_make_no_sense_are_refused_in_words(quick: Scene, chosen: dict[str, object], words: str) -> None:
    treated_city(quick)
    with pytest.raises(InputRefused, match=words):
        looked(quick, **chosen)


def test_a_problem_without_an_outline_and_one_without_work_are_refused(quick: Scene) -> None:
    problem = found_city(quick)
    with pytest.raises(InputRefused, match="No day is known"):
        looked(quick)
    with quick.store.writing() as unit:
        unit.save_problem(replace(problem, footprint={}), problem.version)
    with pytest.raises(InputRefused, match="no outline"):
        looked(quick, done_on=FOUND)


def test_a_place_without_any_incident_is_too_few_and_has_no_percentage(quick: Scene) -> None:
    treated_city(quick)
    empty: Problem = drawing.draw_problem(
        quick.store,
        COORDINATOR,
        quick.clock,
        1,
        name="An empty park",
        group=quick.store.problem(1).group,
        geometry={
            "type": "Polygon",
            "coordinates": [[[-1.16, 52.9], [-1.159, 52.9], [-1.159, 52.901], [-1.16, 52.901], [-1.16, 52.9]]],
        },
    )
    found = assess(looked(quick, empty.id, done_on=DONE).evidence)
    assert found.verdict in (Verdict.TOO_FEW, Verdict.NO_FAIR_COMPARISON)
    assert "%" not in found.sentence


def test_every_field_of_a_record_is_kept_as_it_is(scene: Scene) -> None:
    treated_city(scene)
    record = keep(scene, done_on=DONE - timedelta(days=7))
    assert all(getattr(record, each.name) not in ("", None, {}) for each in fields(record) if each.name != "obstacle")
    other = replace(record, obstacle="few_here", sentence="“Añy” 🏚 <b>", by="")
    with scene.store.writing() as unit:
        number = unit.add_assessment(other)
    assert scene.store.assessment(number) == replace(other, id=number)
