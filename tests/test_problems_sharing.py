"""Sharing: what a partner organisation sees of a problem, wherever it looks."""

from collections.abc import Sequence
from dataclasses import MISSING, fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.actions import Action
from problems.categories import Group
from problems.errors import InputRefused, NotFound, Stale
from problems.events import Event, EventKind, Subject
from problems.figures import is_live
from problems.people import LAPTOP, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.seeing import seen_by, sharing_level, too_few_behind
from problems.sharing import SharingLevel, is_placed, level_for, shown, shown_events
from problems.use_cases import acting, evidencing, working
from problems.use_cases.drawing import Plan, draw_problem
from problems.use_cases.sharing import look_at_sharing, set_sharing
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, Scene
from tests.storing import a_problem, an_action, an_event
from tests.test_problems_combining import asking, square

CANARY = "Mrs Canary of number 14 says so"
LEVELS = list(SharingLevel)


def place(scene: Scene, group: Group = Group.LIGHTING) -> Problem:
    plan = Plan(owner="Cora", objective=CANARY, review_on=scene.today + timedelta(days=30))
    return draw_problem(
        *asking(scene), name="Mill Lane 14", group=group, geometry=square(0), plan=plan,
        beside=[one.id for one in scene.store.problems()],
    )  # fmt: skip


def work(scene: Scene, problem: Problem, organisation_id: int, title: str = "Lamp") -> Action:
    return acting.add_action(
        *asking(scene),
        problem_id=problem.id,
        organisation_id=organisation_id,
        type=acting.ActionType.REPAIR,
        title=title,
    )


def share(scene: Scene, number: int, organisation_id: int, level: SharingLevel | None) -> Problem:
    version = scene.store.problem(number).version
    return set_sharing(
        *asking(scene), problem_id=number, organisation_id=organisation_id, level=level, seen_version=version
    )


def everything_said(scene: Scene, who: Principal, number: int) -> str:
    seen = seen_by(scene.store, who)
    visits = evidencing.visits_to_see(who, scene.store, number)
    return repr((seen.problem(number), seen.problems(), seen.actions(), seen.events(), seen.visits(number), visits))


def test_the_level_follows_from_work_and_kind_unless_a_coordinator_says_otherwise() -> None:
    actions = [an_action(1, 7)]
    for group, organisation_id, owner, level in (
        (Group.LIGHTING, 7, None, SharingLevel.WITHOUT_NOTES),
        (Group.DISPUTES, 7, None, SharingLevel.EXISTS),
        (Group.LIGHTING, 8, None, SharingLevel.NOTHING),
        (Group.DISPUTES, 8, 8, SharingLevel.FULL),
    ):
        problem = a_problem(group=group, shares={}, owner_organisation_id=owner)
        assert level_for(organisation_id, problem, actions) is level


@given(
    told=st.sampled_from(["", "rubbish", *LEVELS]),
    group=st.sampled_from(Group),
    owns=st.booleans(),
    works=st.booleans(),
    few=st.booleans(),
)
def test_own_work_is_never_hidden_and_few_disputes_never_shown(
    told: str, group: Group, owns: bool, works: bool, few: bool
) -> None:
    problem = a_problem(group=group, shares={"7": told} if told else {}, owner_organisation_id=7 if owns else None)
    actions: Sequence[Action] = [an_action(1, 7)] if works else []
    level = level_for(7, problem, actions, too_few=few)
    assert level is not SharingLevel.NOTHING or not works
    assert level.rank <= SharingLevel.EXISTS.rank or not (few and group is Group.DISPUTES)


@given(kind=st.sampled_from(EventKind), ours=st.booleans())
def test_others_words_are_told_on_the_full_level_only(kind: EventKind, ours: bool) -> None:
    who = Principal("p", "P", frozenset({Role.PARTNER}), 3)
    said: Event = an_event(
        kind=kind, note=CANARY, changes={"objective": CANARY, "status": "planned"}, before={"objective": CANARY},
        organisation_id=3 if ours else 4,
    )  # fmt: skip
    for level in LEVELS:
        told = repr(shown_events(who, [said], level, []))
        assert (CANARY in told) is (ours or level is SharingLevel.FULL)


def test_nothing_of_a_problem_is_left_where_nothing_is_shared() -> None:
    with pytest.raises(ValueError, match="nothing"):
        shown(a_problem(), SharingLevel.NOTHING)


def test_of_one_that_is_only_known_to_exist_nothing_else_is_left() -> None:
    kept = {"id", "name", "group", "area", "status", "created_at", "version"}
    blank: dict[str, object] = {"category": "", "lon_lat": (0.0, 0.0), "width_m": 0.0, "footprint": {}, "shares": {}}
    problem = a_problem(id=4, parent_id=2, owner_organisation_id=9)
    left = shown(problem, SharingLevel.EXISTS)
    for one in fields(Problem):
        if one.name not in kept:
            nothing = blank.get(one.name, one.default)
            assert nothing is not MISSING
            assert getattr(problem, one.name) != nothing, one.name
            assert getattr(left, one.name) == nothing, one.name
    assert left.name == "Rubbish and litter, Harehills"


def test_whether_it_has_gone_quiet_is_left_of_what_nobody_took_on_and_the_day_is_not() -> None:
    for day in (date(2026, 6, 30), None):
        problem = a_problem(status=ProblemStatus.DETECTED, dormant_since=day)
        left = shown(problem, SharingLevel.EXISTS)
        assert is_live(left) is is_live(problem) is (day is None)
        assert day is None or left.dormant_since != day


def test_each_level_shows_what_it_says_and_no_more(scene: Scene) -> None:
    ours, theirs = scene.organisation("Lighting"), scene.organisation("Parks")
    problem = place(scene)
    own, other = work(scene, problem, ours.id, "Our lamp"), work(scene, problem, theirs.id, "Their hedge")
    working.note_problem(*asking(scene, OFFICER), problem_id=problem.id, note=CANARY)
    evidencing.add_visit(*asking(scene, OFFICER), problem_id=problem.id, visited_on=scene.today, note=CANARY)
    who = scene.partner(ours)
    for level, name, titles, notes in (
        (SharingLevel.NOTHING, "Street lighting", ["Our lamp"], False),
        (SharingLevel.EXISTS, "Street lighting", ["Our lamp"], False),
        (SharingLevel.WITHOUT_NOTES, "Mill Lane 14", ["Our lamp", "Their hedge"], False),
        (SharingLevel.FULL, "Mill Lane 14", ["Our lamp", "Their hedge"], True),
    ):
        share(scene, problem.id, ours.id, level)
        seen = seen_by(scene.store, who)
        assert (seen.problem(problem.id).name, [one.title for one in seen.actions(problem.id)]) == (name, titles)
        assert (CANARY in everything_said(scene, who, problem.id)) is notes
        assert bool(seen.problem(problem.id).footprint) is (name == "Mill Lane 14")
        assert [one.id for one in seen.actions()] == [own.id, other.id][: len(titles)]
    for everybody in (OFFICER, COORDINATOR, COMMANDER, LAPTOP):
        assert CANARY in everything_said(scene, everybody, problem.id)


def test_a_problem_that_is_not_shared_is_not_there(scene: Scene) -> None:
    who = scene.partner(scene.organisation("Parks"))
    problem = place(scene)
    seen = seen_by(scene.store, who)
    assert seen.problems() == []
    with pytest.raises(NotFound) as refused:
        seen.problem(problem.id)
    with pytest.raises(NotFound) as missing:
        seen.problem(999)
    assert str(refused.value).replace(f" {problem.id} ", "") == str(missing.value).replace(" 999 ", "")
    assert len(seen_by(scene.store, COORDINATOR).problems()) == 1


def test_what_has_no_place_for_a_partner_is_on_no_map(scene: Scene) -> None:
    ours = scene.organisation()
    problem = place(scene)
    share(scene, problem.id, ours.id, SharingLevel.EXISTS)
    who = scene.partner(ours)
    (seen,) = seen_by(scene.store, who).problems()
    assert seen.lon_lat == (0.0, 0.0)
    assert not is_placed(seen)


def test_a_dispute_is_shown_to_partners_only_with_five_reports_from_three_addresses(scene: Scene) -> None:
    ours = scene.organisation()
    problem = place(scene, Group.DISPUTES)
    share(scene, problem.id, ours.id, SharingLevel.FULL)
    who = scene.partner(ours)
    places = [(10, 10), (10, 10), (10, 10), (40, 40), (40, 40)]
    for sent in (places[:4], places[4:], [(70, 70)]):
        assert too_few_behind(scene.store, problem)
        assert sharing_level(who, seen_by(scene.store, who), problem.id) is SharingLevel.EXISTS
        scene.send(*(scene.report(one, scene.today, code="DSP-PTY") for one in sent))
    assert not too_few_behind(scene.store, problem)
    assert sharing_level(who, seen_by(scene.store, who), problem.id) is SharingLevel.FULL


def test_who_changed_the_sharing_is_kept_and_the_rules_can_have_it_back(scene: Scene) -> None:
    ours = scene.organisation()
    problem = place(scene)
    share(scene, problem.id, ours.id, SharingLevel.FULL)
    (told,) = (one for one in scene.store.events(Subject.PROBLEM, problem.id) if one.details.get("level") == "full")
    assert (told.by, told.changes) == ("cora", {"shares": {str(ours.id): "full"}})
    assert [(one.level, one.told) for one in look_at_sharing(*asking(scene), problem_id=problem.id)] == [
        (SharingLevel.FULL, SharingLevel.FULL)
    ]
    share(scene, problem.id, ours.id, None)
    assert [one.level for one in look_at_sharing(*asking(scene), problem_id=problem.id)] == [SharingLevel.NOTHING]
    with pytest.raises(InputRefused, match="It is so"):
        share(scene, problem.id, ours.id, None)
    with pytest.raises(InputRefused, match="no organisation 99"):
        share(scene, problem.id, 99, SharingLevel.FULL)
    with pytest.raises(Stale):
        set_sharing(*asking(scene), problem_id=1, organisation_id=ours.id, level=SharingLevel.FULL, seen_version=1)


def test_a_partner_notes_only_on_what_is_shared_beyond_that_it_exists(scene: Scene) -> None:
    ours = scene.organisation()
    problem = place(scene)
    who: Any = scene.partner(ours)
    work(scene, problem, ours.id)
    working.note_problem(*asking(scene, who), problem_id=problem.id, note="Looked at it.")
    share(scene, problem.id, ours.id, SharingLevel.EXISTS)
    with pytest.raises(Exception, match="not shared"):
        working.note_problem(*asking(scene, who), problem_id=problem.id, note="Looked again.")
