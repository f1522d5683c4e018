"""Taking on hot spots and selections of reports: named, checked in words, and nothing taken from anybody unseen."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from geo.footprints import near
from problems.actions import ActionStatus
from problems.case_review import CaseReview
from problems.categories import Group
from problems.errors import InputRefused, MoveRefused, NotAllowed, NotFound, ProblemError, Stale
from problems.events import Subject
from problems.flags import FlagKind, flags_for, flags_of
from problems.history import fold
from problems.people import Principal
from problems.problem import Problem, ProblemStatus
from problems.questions import Question, answers_in, current
from problems.use_cases import acting, referring
from problems.use_cases.adopting import adopt_reports, look_at_selection, take_on
from problems.use_cases.drawing import Plan
from problems.use_cases.questioning import answer_question
from tests.scenes import COORDINATOR, LONDON, OFFICER, VIEWER, Scene, days_before
from tests.storing import a_problem, a_report, an_action
from tests.test_problems_combining import a_problem_at, asking


def plan(scene: Scene, **changes: Any) -> Plan:
    given: dict[str, Any] = {"owner": "Cora", "objective": "Light", "review_on": scene.today + timedelta(days=30)}
    return Plan(**given | changes)


def lamps(scene: Scene) -> list[int]:
    """Send three reports about lamps in one street, and return their numbers."""
    places = ((0, 0), (60, 0), (30, 40))
    scene.send(*(scene.report(at, scene.today, address=f"{at[0]} Mill Lane") for at in places))
    return [1, 2, 3]


def adopt(scene: Scene, ids: list[int], who: Principal = COORDINATOR, **more: Any) -> Problem:
    given: dict[str, Any] = {"name": "Mill Lane lamps", "plan": plan(scene)}
    return adopt_reports(*asking(scene, who), report_ids=ids, **given | more)


def links(scene: Scene, ids: list[int]) -> list[int | None]:
    told = scene.store.followups(ids)
    return [told[number].problem_id if number in told else None for number in ids]


def test_reports_become_a_problem_round_their_places_and_tell_of_it(scene: Scene) -> None:
    ids = lamps(scene)
    seen = look_at_selection(*asking(scene, OFFICER), report_ids=ids)
    assert (seen.group, seen.name, seen.linked, seen.left_out) == (
        Group.LIGHTING, "Street lighting, Mill Lane", {}, (),
    )  # fmt: skip
    problem = adopt(scene, ids)
    assert (problem.status, problem.owner, problem.reports) == (ProblemStatus.CONFIRMED, "Cora", 3)
    assert links(scene, ids) == [problem.id] * 3
    places = [report.lon_lat for report in scene.store.reports(ids)]
    assert near(np.array(places), problem.footprint, epsg=27700).all()
    events = scene.store.events(Subject.PROBLEM, problem.id)
    assert events[0].details["linked"] == ids
    assert fold(problem, events) == problem
    assert adopt(scene, ids).id == problem.id, "a second click makes no second problem"


def test_an_officer_proposes_and_takes_nothing_on(scene: Scene) -> None:
    ids = lamps(scene)
    with pytest.raises(NotAllowed):
        adopt(scene, ids, OFFICER)
    assert scene.store.problems() == []
    assert adopt(scene, ids, OFFICER, plan=None).status is ProblemStatus.DETECTED
    with pytest.raises(NotAllowed):
        look_at_selection(*asking(scene, VIEWER), report_ids=ids)


def test_reports_that_tell_of_another_problem_stay_there_unless_somebody_says_so(scene: Scene) -> None:
    other = a_problem_at(scene, 5)
    ids = lamps(scene)
    referring.link_reports(*asking(scene, OFFICER), report_ids=[1], problem_id=other.id, seen_versions={})
    assert look_at_selection(*asking(scene), report_ids=ids).linked == {1: other.id}
    made = adopt(scene, ids)
    assert links(scene, ids) == [other.id, made.id, made.id]
    again = adopt(scene, [1, 2], name="Both of them", take_linked=True, beside=[made.id])
    assert links(scene, ids) == [again.id, again.id, made.id]


def test_mixed_reports_are_asked_about_and_only_the_chosen_kind_is_linked(scene: Scene) -> None:
    ids = lamps(scene)
    scene.send(scene.report((10, 10), scene.today, code="WST-FLY"), scene.report((10, 12), scene.today, code=None))
    with pytest.raises(InputRefused, match=r"several kinds: street lighting \(3\), rubbish and litter \(1\)"):
        adopt(scene, [*ids, 4])
    made = adopt(scene, [*ids, 4, 5], group=Group.LIGHTING)
    assert links(scene, [*ids, 4, 5]) == [made.id] * 3 + [None, None]


def test_what_cannot_become_a_problem_is_refused_in_words_and_nothing_changes(scene: Scene) -> None:
    ids = lamps(scene)
    scene.send(scene.report((0, 0), scene.today, code=None), scene.report((40_000, 0), scene.today))
    a_problem_at(scene, 9)
    version = scene.store.version()
    for chosen, more, words in (
        ([], {}, "No report is chosen"),
        ([99], {}, "no report R-000099"),
        ([4], {}, "None of them has a category"),
        (ids, {"group": Group.WASTE}, "None of them is about rubbish"),
        (ids, {"name": " "}, "needs a name"),
        (ids, {"name": "place 9 "}, "P-0001 is called “Place 9” already"),
        (ids, {"plan": Plan(objective="Light")}, "This move needs: owner, next review"),
        (ids, {"plan": plan(scene, review_on=scene.today - timedelta(days=1))}, "has passed"),
        (ids, {"seen_versions": {1: 7}}, "in the meantime"),
    ):
        with pytest.raises(ProblemError, match=words):
            adopt(scene, chosen, **more)  # type: ignore[arg-type] # each names what it changes
    assert scene.store.version() == version


def test_a_hot_spot_is_taken_on_under_its_own_name_in_one_step(scene: Scene) -> None:
    found = a_problem_at(scene, 0, taken_on=False)
    taken = take_on(*asking(scene), problem_id=found.id, name="The lamps", plan=plan(scene), seen_version=1)
    assert (taken.name, taken.status, taken.version) == ("The lamps", ProblemStatus.CONFIRMED, 2)
    assert fold(taken, scene.store.events(Subject.PROBLEM, taken.id)) == taken
    other = a_problem_at(scene, 2, taken_on=False)
    for name, wanted, words in (
        ("the LAMPS", plan(scene), "called “The lamps” already"),
        ("", plan(scene), "needs a name"),
        ("New", plan(scene, owner=" "), "This move needs: owner"),
        ("New", plan(scene, review_on=scene.today - timedelta(days=1)), "has passed"),
    ):
        with pytest.raises((InputRefused, MoveRefused), match=words):
            take_on(*asking(scene), problem_id=other.id, name=name, plan=wanted, seen_version=1)
    with pytest.raises(Stale):
        take_on(*asking(scene), problem_id=found.id, name="New", plan=plan(scene), seen_version=1)


# -- the questions of the analysis --


def answer(scene: Scene, text: str, seen: int, who: Principal = OFFICER) -> int:
    return answer_question(
        *asking(scene, who), problem_id=1, question=Question.CAUSES, text=text, seen_version=seen
    ).version


def test_answers_are_kept_in_versions_and_the_second_of_two_people_is_told(scene: Scene) -> None:
    a_problem_at(scene, 0)
    assert [answer(scene, "Youths.", 0), answer(scene, "School leavers.", 1)] == [1, 2]
    with pytest.raises(Stale, match="School leavers"):
        answer(scene, "Drinkers.", 1, COORDINATOR)
    with pytest.raises(InputRefused, match="the same"):
        answer(scene, "School leavers. ", 2)
    with pytest.raises(NotAllowed):
        answer(scene, "Drinkers.", 2, VIEWER)
    with pytest.raises(NotFound):
        answer_question(
            *asking(scene, OFFICER), problem_id=9, question=Question.TRIED, text="x", seen_version=0
        )  # fmt: skip
    events = scene.store.events(Subject.PROBLEM, 1)
    kept = answers_in(events)
    assert [one.text for one in kept[Question.CAUSES]] == ["Youths.", "School leavers."]
    assert current(kept)[Question.CAUSES] == "School leavers."
    assert fold(scene.store.problem(1), events) == scene.store.problem(1)
    answer(scene, "", 2)
    assert current(answers_in(scene.store.events(Subject.PROBLEM, 1)))[Question.CAUSES] == ""


# -- what calls for attention --


def test_three_reports_of_one_reporter_within_six_months_call_for_a_case_review(scene: Scene) -> None:
    a_problem_at(scene, 0, Group.ANTISOCIAL)
    days = days_before(scene.today, 3, 60)
    for day in days[:2]:
        scene.send(scene.report((50, 50), day, code="ASB-NUI", reporter="key-1"))
    scene.send(scene.report((50, 50), days[2], code="ASB-NUI", reporter="key-2"))
    assert kinds(scene) == []
    scene.send(scene.report((50, 50), days[2], code="ASB-NUI", reporter="key-1"))
    assert kinds(scene) == [FlagKind.CASE_REVIEW]


def kinds(scene: Scene) -> list[FlagKind]:
    found = flags_for(scene.store, scene.store.problems(), scene.today, LONDON, watch_days=180)
    return [flag.kind for flag in found.get(1, [])]


def test_each_flag_says_why(scene: Scene) -> None:
    today = scene.today
    problem = a_problem(review_on=today - timedelta(days=3), remediated_on=None)
    late = an_action(1, 1, due_on=today - timedelta(days=5))
    flags = flags_of(
        problem, [late], last_event_on=today - timedelta(days=14), case_review=None, today=today, watch_days=180
    )
    assert [(flag.kind, flag.why) for flag in flags] == [
        (FlagKind.OVERDUE, "1 action is late, by up to 5 days. The review was due 3 days ago."),
        (FlagKind.BLOCKED, "“Clear the alley”: weather."),
        (FlagKind.STALLED, "Nothing has happened for 14 days."),
    ]
    review = CaseReview(problem, 1, 3, a_report().reported_at)
    closed = a_problem(status=ProblemStatus.CLOSED, remediated_on=today - timedelta(days=180), review_on=None)
    (watched,) = flags_of(closed, [late], last_event_on=None, case_review=review, today=today, watch_days=180)
    assert (watched.kind, watched.kind.is_warning) == (FlagKind.WATCHED, False)
    assert flags_of(closed, [], last_event_on=None, case_review=review, today=today, watch_days=179) == []


@pytest.mark.parametrize(
    ("status", "done_days_ago", "is_told"),
    [
        (ProblemStatus.PLANNED, None, True),
        (ProblemStatus.RECURRED, 9, True),
        (ProblemStatus.RECURRED, 2, False),
        (ProblemStatus.REMEDIATED, None, False),
        (ProblemStatus.CLOSED, None, False),
    ],
)
def test_declined_work_is_told_of_until_the_problem_is_done_without_it(
    scene: Scene, status: ProblemStatus, done_days_ago: int | None, is_told: bool
) -> None:
    today = scene.today
    declined_at = scene.clock() - timedelta(days=5)
    done_on = None if done_days_ago is None else today - timedelta(days=done_days_ago)
    problem = a_problem(status=status, review_on=None, remediated_on=done_on)
    action = an_action(1, 1, status=ActionStatus.DECLINED, reason="budget", due_on=None, status_since=declined_at)
    flags = flags_of(problem, [action], last_event_on=today, case_review=None, today=today, watch_days=180)
    told = "“Clear the alley”: no budget. Propose it to another organisation."
    assert [flag.why for flag in flags if flag.kind is FlagKind.DECLINED] == [told] * is_told


def test_work_on_an_action_keeps_a_problem_from_being_stalled(scene: Scene) -> None:
    a_problem_at(scene, 0)
    scene.today += timedelta(days=13)
    who, kind = scene.organisation().id, acting.ActionType.REPAIR
    acting.add_action(*asking(scene), problem_id=1, organisation_id=who, type=kind, title="Lamp")
    scene.today += timedelta(days=13)
    assert kinds(scene) == []
    scene.today += timedelta(days=1)
    assert kinds(scene) == [FlagKind.STALLED]
