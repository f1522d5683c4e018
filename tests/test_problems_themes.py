"""The six service themes: each measure worked out by hand, hidden where too few, as known on a day."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from data.serving_files import COLUMNS, serving_csv
from problems.actions import ActionStatus, ActionType, Particulars
from problems.briefing.composing import scope_of
from problems.briefing.then import load_then
from problems.briefing.weeks import IsoWeek, Moment
from problems.errors import InputRefused, NotAllowed
from problems.followups import Followup, Satisfaction
from problems.lifecycle import MoveAnswers
from problems.looking_back import look_back
from problems.problem import ProblemStatus
from problems.reports import ReportStatus
from problems.themes.course import course_of_count, course_of_share, course_of_state
from problems.themes.page import Direction, Piece, ServicePage, Span, Theme
from problems.themes.states import states_of
from problems.themes.working import prevention
from problems.use_cases import acting
from problems.use_cases.advising import give_advice, withdraw_advice
from problems.use_cases.combining import merge_problems
from problems.use_cases.serving import serve_themes
from tests.briefed import STANDARDS, ended
from tests.fixed import TODAY, verified
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, VIEWER, Scene, days_before, scene
from tests.test_problems_advice import one_place

__all__ = ["scene"]
WEEK = IsoWeek(2026, 10)
SUNDAY = WEEK.last
ASKED = {name: value for name, value in STANDARDS.items() if name != "kinds"}


def served(scene: Scene, span: Span | None = None, **asked: object) -> ServicePage:
    return serve_themes(scene.store, COMMANDER, scene.clock, 1, span=span or Span(WEEK), **ASKED, **asked)  # type: ignore[arg-type] # named by the tests


def figure(page: ServicePage, key: str) -> tuple[float | None, int | None]:
    measure = page.measure(key)
    assert measure is not None
    return measure.figure.value, measure.figure.n


def act(scene: Scene, problem_id: int, kind: ActionType, *, to: int, done: bool = False, **more: object) -> int:
    """Propose an action to an organisation that accepts it, and may do it, at once; return its number."""
    known = {one.id: one for one in scene.store.organisations()}
    action = acting.add_action(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=problem_id, organisation_id=to, type=kind,
        title=f"{kind.label}", **more,  # type: ignore[arg-type] # named by the tests
    )  # fmt: skip
    for target in (ActionStatus.ACCEPTED, *((ActionStatus.DONE,) if done else ())):
        action = acting.move_action(
            scene.store, scene.partner(known[to]), scene.clock, 1, action_id=action.id, target=target,
            answers=MoveAnswers(note="Spoke with twelve households."), seen_version=action.version,
        )  # fmt: skip
    return action.id


def taken_on(scene: Scene, number: int, code: str = "LGT-OUT") -> list[int]:
    """Take on so many problems of a kind, found in February; return their numbers."""
    scene.today = date(2026, 2, 9)
    for at in range(number):
        scene.send(*scene.spot((at * 700.0, 400.0), days_before(scene.today, 12, step=1), code=code))
    scene.refresh()
    found = [one for one in scene.store.problems() if one.status is ProblemStatus.DETECTED]
    scene.today = date(2026, 2, 13)
    for one in found:
        scene.taken_on(one)
    return [one.id for one in found]


def test_first_response_is_counted_when_it_is_decided(scene: Scene) -> None:
    # Promised are two working days. Eight ended the day after, four are open and late since long, one came in today.
    scene.today = TODAY
    monday = date(2026, 3, 2)
    own = [scene.report((at * 90.0, 0), monday) for at in range(12)]
    own[:8] = [ended(one, timedelta(days=1)) for one in own[:8]]
    scene.send(*own, scene.report((0, 900.0), SUNDAY))
    page = served(scene)
    assert figure(page, "first_response") == (pytest.approx(8 / 12), 12)
    measure = page.measure("first_response")
    assert measure is not None
    assert measure.counted is not None
    assert len(measure.ids) == 12
    assert len(measure.counted) == 8
    trend = page.themes[0].course
    assert [(one.count, one.total) for one in trend.pieces[-1:]] == [(8, 12)]
    assert trend.direction is Direction.TOO_FEW


def test_under_ten_no_share_is_told_but_its_list_is_there(scene: Scene) -> None:
    scene.today = TODAY
    scene.send(*(ended(scene.report((at * 90.0, 0), date(2026, 3, 2)), timedelta(days=1)) for at in range(9)))
    measure = served(scene).measure("first_response")
    assert measure is not None
    assert (measure.figure.value, measure.figure.words) == (None, "too few to say")
    assert measure.figure.sentence == "First response in time: 9 of 9, too few to say."
    assert len(measure.ids) == 9


def test_told_satisfied_opened_again_and_seen_are_each_of_their_own_whole(scene: Scene) -> None:
    scene.today = TODAY
    monday = date(2026, 3, 2)
    own = [ended(scene.report((at * 90.0, 0), monday), timedelta(days=1)) for at in range(20)]
    own[0] = replace(own[0], status=ReportStatus.VERIFIED)
    scene.send(*own)
    told_at = scene.clock() - timedelta(days=2)
    with scene.store.writing() as unit:
        for number in range(1, 16):
            answer = (Satisfaction.YES if number < 8 else Satisfaction.NO) if number < 13 else None
            unit.save_followup(
                Followup(
                    number, outcome="The lamp is lit again.", told_at=told_at if number < 15 else None,
                    satisfied=answer, reopened=1 if number < 4 else 0,
                )
            )  # fmt: skip
    page = served(scene)
    assert figure(page, "told") == (pytest.approx(14 / 15), 15)
    assert figure(page, "satisfied") == (pytest.approx(7 / 12), 12)
    assert figure(page, "answered") == (pytest.approx(12 / 14), 14)
    assert figure(page, "opened_again") == (pytest.approx(3 / 20), 20)
    assert figure(page, "checked") == (pytest.approx(1 / 20), 20)


def test_two_active_organisations_make_a_problem_a_shared_one(scene: Scene) -> None:
    ids = taken_on(scene, 10)
    first, second = scene.organisation("Lighting").id, scene.organisation("Parks").id
    for number in ids[:4]:
        act(scene, number, ActionType.REPAIR, to=first)
    for number in ids[:3]:
        act(scene, number, ActionType.CLEAN, to=second)
    acting.add_action(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=ids[3], organisation_id=second, type=ActionType.CLEAN,
        title="Only proposed",
    )  # fmt: skip
    scene.today = TODAY
    page = served(scene)
    assert figure(page, "together") == (pytest.approx(0.3), 10)
    measure = page.measure("together")
    assert measure is not None
    assert measure.counted is not None
    assert set(measure.counted.tolist()) == set(ids[:3])
    assert figure(page, "accepted") == (None, 8), "eight proposals are too few"
    pieces = page.themes[1].course.pieces
    assert [(one.count, one.total) for one in pieces[-5:]] == [(0, 0), (3, 10), (3, 10), (3, 10), (3, 10)]


def test_a_meeting_counts_for_28_days_and_a_promise_by_its_first_day(scene: Scene) -> None:
    ids = taken_on(scene, 10)
    own = scene.organisation("Community team").id
    due = scene.today + timedelta(days=3)
    for number in ids[:2]:
        act(scene, number, ActionType.ENGAGE, to=own, done=True, due_on=due)
    act(scene, ids[2], ActionType.REPAIR, to=own, due_on=due)
    scene.today = TODAY
    page = served(scene)
    assert figure(page, "met") == (pytest.approx(0.2), 10)
    kept = page.measure("kept")
    assert kept is not None
    assert kept.counted is not None
    assert (len(kept.ids), len(kept.counted)) == (3, 2)
    assert page.themes[2].to_do == ""
    later = IsoWeek.of(date(2026, 3, 20))
    scene.today = date(2026, 3, 23)
    assert figure(served(scene, Span(later)), "met") == (0.0, 10), "five weeks ago is not lately"


def test_without_a_meeting_or_advice_the_page_says_how_to_record_one(scene: Scene) -> None:
    taken_on(scene, 1)
    scene.today = TODAY
    page = served(scene)
    assert "add an action of the kind “Meet residents”" in page.themes[2].to_do
    assert "“Give advice”" in page.themes[3].to_do
    assert "No fix was verified yet" in page.themes[4].to_do


def test_advice_counts_for_problems_of_property_and_disputes(scene: Scene) -> None:
    ids = taken_on(scene, 10, code="PRP-EMPTY")
    own, advice = scene.organisation("Housing").id, Particulars(advice="Lock the back gate.")
    for number in ids[:2]:
        action = act(scene, number, ActionType.ADVISE, to=own, particulars=advice)
        give_advice(scene.store, OFFICER, scene.clock, 1, action_id=action, given_on=scene.today)
    scene.today = TODAY
    page = served(scene)
    assert figure(page, "advised") == (pytest.approx(0.2), 10)
    again = page.measure("again")
    assert again is not None
    assert again.figure.value is None
    assert "too few to say" in again.figure.sentence


def test_verified_fixes_and_the_time_to_take_on_are_those_of_the_time(scene: Scene) -> None:
    problem = verified(scene)
    page = served(scene)
    assert figure(page, "verified") == (1, 1)
    measure = page.measure("verified")
    assert measure is not None
    assert measure.ids.tolist() == [problem.id]
    assert page.themes[4].course.direction is Direction.TOO_FEW
    adopted = page.measure("adopted")
    assert adopted is not None
    assert adopted.counted is not None
    assert (adopted.ids.tolist(), adopted.counted.tolist()) == ([problem.id], [problem.id])


def test_a_problem_that_was_fixed_twice_says_so_in_the_lists_of_its_figures(scene: Scene) -> None:
    problem = verified(scene)
    scene.move(COORDINATOR, problem, ProblemStatus.RECURRED, note="Dark again.")
    scene.today = date(2026, 3, 16)
    again = scene.move(COORDINATOR, scene.store.problem(problem.id), ProblemStatus.PLANNED, note="Renew the cable.")
    act(scene, again.id, ActionType.REPAIR, to=scene.store.organisations()[0].id, done=True)
    again = scene.move(COORDINATOR, scene.store.problem(again.id), ProblemStatus.REMEDIATED, note="New cable.")
    scene.move(OFFICER, again, ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    scene.today = date(2026, 3, 23)
    page = served(scene, Span(IsoWeek.of(date(2026, 3, 16))))
    fixes, back = page.measure("verified"), page.measure("recurrence")
    assert fixes is not None
    assert back is not None
    assert (fixes.figure.value, fixes.ids.tolist(), fixes.told) == (2, [problem.id], {problem.id: "2"})
    assert fixes.figure.sentence == "2 fixes were verified on site, of 1 problem: all there are, so no range."
    assert (back.figure.n, back.ids.tolist(), back.told) == (2, [problem.id], {problem.id: "1 of 2 fixes"})
    assert back.figure.sentence.endswith("What was fixed again counts again: 1 problem in all.")


def test_each_problem_with_advice_says_how_many_of_its_places_count(scene: Scene) -> None:
    # Seven places of four problems were watched for ninety days; that of a fifth problem was not.
    known = [one_place(number, int(at < 2), (0, 1, 0, 1)) for at, number in enumerate((1, 1, 2, 2, 3, 3, 4))]
    known = [replace(one, given=replace(one.given, id=at, lon_lat=(float(at), 0.0))) for at, one in enumerate(known)]
    running = one_place(5, 0, (1, 1, 1, 1), days=20)
    repeats = [*known, running]
    scene.today = TODAY
    taken_on(scene, 1)
    scene.today = TODAY
    then = load_then(scene.store, Moment(WEEK, LONDON, SUNDAY, TODAY), {})
    scope = scope_of(then, None, {}, ASKED["days"])  # type: ignore[arg-type] # it is the calendar
    given = [one.given for one in repeats]
    (again,) = prevention(scope, Span(WEEK), states_of(scope), given, repeats).others
    assert again.ids.tolist() == [1, 2, 3, 4, 5]
    assert list(again.told.values())[:4] == ["2 of 2 places", "0 of 2 places", "0 of 2 places", "0 of 1 place"]
    assert again.told[5].startswith("Not counted")
    assert again.figure.n == 7


def test_ten_taken_on_after_four_days_have_a_middle_of_four(scene: Scene) -> None:
    taken_on(scene, 10)
    scene.today = TODAY
    value, n = figure(served(scene), "adopted")
    assert (value, n) == (pytest.approx(4.0), 10)


def test_a_past_day_is_told_as_it_was_known(scene: Scene) -> None:
    verified(scene)
    live = served(scene, known_on=TODAY)
    scene.today = date(2026, 3, 30)
    scene.send(*(scene.report((at * 90.0, 0), date(2026, 3, 3)) for at in range(30)))
    scene.move(OFFICER, scene.store.problem(1), ProblemStatus.IN_PROGRESS, note="Dark again.")
    then = served(scene, known_on=TODAY)
    assert serving_csv(then) == serving_csv(live)
    now = served(scene)
    assert figure(now, "first_response") != figure(live, "first_response")


def test_advice_that_was_withdrawn_or_merged_later_stays_in_the_past(scene: Scene) -> None:
    ids = taken_on(scene, 10, code="PRP-EMPTY")
    own, advice = scene.organisation("Housing").id, Particulars(advice="Lock the back gate.")
    actions = [act(scene, number, ActionType.ADVISE, to=own, particulars=advice) for number in ids[:2]]
    ask = (scene.store, COORDINATOR, scene.clock, 1)
    first, second = (give_advice(*ask, action_id=one, given_on=scene.today) for one in actions)
    scene.today = TODAY
    live, noted = served(scene, known_on=TODAY), scene.store.advice_given()
    assert figure(live, "advised") == (pytest.approx(0.2), 10)
    scene.today = date(2026, 3, 30)
    withdraw_advice(*ask, problem_id=first.problem_id, advice_id=first.id, why="Wrong house.", seen_version=1)
    merge_problems(*ask, survivor_id=ids[5], other_ids=[second.problem_id], note="One.", seen_versions={})
    then = look_back(scene.store, TODAY, LONDON)
    assert [(one.id, one.problem_id, one.stands) for one in then.advice_given()] == [
        (one.id, one.problem_id, True) for one in noted
    ]
    assert [one.id for one in then.advice_given(second.problem_id)] == [second.id]
    assert serving_csv(served(scene, known_on=TODAY)) == serving_csv(live)
    now = look_back(scene.store, scene.today, LONDON).advice_given()
    assert {one.id: (one.problem_id, one.stands) for one in now} == {
        first.id: (first.problem_id, False),
        second.id: (ids[5], True),
    }


@pytest.mark.parametrize("who", ["viewer", "partner"])
def test_viewers_and_partners_are_refused(scene: Scene, who: str) -> None:
    taken_on(scene, 1)
    asking = VIEWER if who == "viewer" else scene.partner(scene.organisation("Other"))
    with pytest.raises(NotAllowed):
        serve_themes(scene.store, asking, scene.clock, 1, span=Span(WEEK), **ASKED)


def test_times_that_cannot_be_told_are_refused_in_words(scene: Scene) -> None:
    taken_on(scene, 1)
    scene.today = TODAY
    with pytest.raises(InputRefused, match="14 weeks cannot be looked at"):
        Span(WEEK, 14)
    with pytest.raises(InputRefused, match="had not begun"):
        served(scene, Span(IsoWeek(2026, 20)))
    with pytest.raises(InputRefused, match="has not come yet"):
        served(scene, known_on=date(2026, 4, 1))
    with pytest.raises(InputRefused, match="No wards, beats or neighbourhoods"):
        served(scene, area="Nowhere")
    with pytest.raises(InputRefused, match="they begin on"):
        served(scene, Span(IsoWeek(2020, 1)))


def test_the_table_has_every_measure_and_every_piece(scene: Scene) -> None:
    verified(scene)
    page = served(scene)
    rows = list(csv.DictReader(io.StringIO(serving_csv(page).decode())))
    assert list(rows[0]) == list(COLUMNS)
    for theme in page.themes:
        own = [one for one in rows if one["theme"] == theme.theme.label]
        assert len(own) == len(theme.measures) + 13 + 1
        assert own[-1]["note"] == theme.course.sentence
    assert len(page.themes) == len(Theme) == 6


# -- what the course supports --


def pieces(*counts: int, total: int | None = None) -> list[Piece]:
    span = Span(WEEK)
    return [Piece(first, last, count, total) for (first, last), count in zip(span.pieces(), counts, strict=True)]


def test_only_what_stands_out_is_called_a_rise() -> None:
    flat = course_of_share(pieces(*([5, 6] * 6), 5, total=12), "told", "due")
    assert flat.direction is Direction.NO_CHANGE
    rising = course_of_share(pieces(*range(2, 15), total=20), "told", "due")
    assert rising.direction is Direction.RISING
    assert rising.sentence == "It rises by more than chance: 27 of 120 in the first half, 77 of 140 in the second."


def test_a_state_is_compared_at_its_two_ends_only() -> None:
    same = course_of_state(pieces(*([8] * 12), 9, total=20), "met", "at work")
    assert same.sentence == "No change beyond chance: 8 of 20 at the beginning, 9 of 20 at the end."
    rose = course_of_state(pieces(1, *([9] * 11), 19, total=20), "met", "at work")
    assert rose.direction is Direction.RISING
    few = course_of_state(pieces(*([8] * 13), total=9), "met", "at work")
    assert few.direction is Direction.TOO_FEW


def test_counts_below_ten_have_no_course() -> None:
    assert course_of_count(pieces(*([0] * 6), *([1] * 7)), "verified").direction is Direction.TOO_FEW
    falls = course_of_count(pieces(*range(26, 0, -2)), "verified")
    assert (falls.direction, falls.sentence) == (
        Direction.FALLING,
        "It falls by more than chance: 126 in the first 6 of 13 pieces, 56 in the rest.",
    )


@pytest.mark.parametrize("weeks", [13, 26, 52])
def test_pieces_tile_the_time(weeks: int) -> None:
    span = Span(WEEK, weeks)
    found = list(span.pieces())
    assert (found[0][0], found[-1][1], len(found)) == (span.first_on, SUNDAY, 13)
    assert all(one[1] + timedelta(days=1) == other[0] for one, other in pairwise(found))
