"""Merging and splitting problems by people: everything goes along, and nothing is lost or doubled."""

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.stores import open_store
from geo.drawn import shares
from problems.actions import ActionStatus, Particulars
from problems.categories import Group
from problems.combining import Part, goes_on_best
from problems.errors import InputRefused, MoveRefused, NotAllowed, ProblemError, Stale
from problems.events import EventKind, Subject
from problems.followups import Followup, Matter
from problems.followups import fold as fold_matter
from problems.history import History, fold
from problems.inbox import Asked
from problems.lineage import Turn, lineage, relatives
from problems.problem import Problem, ProblemStatus
from problems.public import PublicLevel, chosen_public_level
from problems.use_cases import acting, advising, evidencing, referring, working
from problems.use_cases.combining import look_at_merge, merge_problems, split_problem
from problems.use_cases.drawing import Plan, draw_problem
from problems.use_cases.publishing import allow_photo, allowed_photos, set_public_level
from problems.visits import Shows
from tests.photos import a_picture
from tests.scenes import CENTRE, COORDINATOR, DEGREE_EAST, DEGREE_NORTH, OFFICER, Scene

#: Problems stand side by side, each a square of this side, in metres.
SIDE_M = 100.0


def square(at: int, west: float = 0.0, east: float = 1.0) -> dict[str, Any]:
    """Return the ground of the square ``at`` places east, or a share of its width."""
    low, high = (CENTRE[0] + (at + edge) * SIDE_M * DEGREE_EAST for edge in (west, east))
    south, north = CENTRE[1], CENTRE[1] + SIDE_M * DEGREE_NORTH
    ring = [[low, south], [high, south], [high, north], [low, north], [low, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def asking(scene: Scene, who: Any = COORDINATOR) -> Any:
    return scene.store, who, scene.clock, 1


def a_problem_at(scene: Scene, at: int, group: Group = Group.LIGHTING, *, taken_on: bool = True) -> Problem:
    plan = Plan(owner="Cora", objective=f"Light {at}", review_on=scene.today + timedelta(days=30))
    there = [problem.id for problem in scene.store.problems()]
    return draw_problem(
        *asking(scene),
        name=f"Place {at}",
        group=group,
        geometry=square(at),
        beside=there,
        plan=plan if taken_on else None,
    )


def work_on(scene: Scene, problem_id: int, number: int) -> int:
    """Give a problem an action with a photo, a visit and a photo of its own, and a linked report; return the action."""
    known = scene.store.organisations()
    organisation_id = known[0].id if known else scene.organisation().id
    action = acting.add_action(
        *asking(scene), problem_id=problem_id, organisation_id=organisation_id, type=acting.ActionType.REPAIR,
        title=f"Work {number}",
    )  # fmt: skip
    for action_id in (action.id, None):
        evidencing.add_photo(
            *asking(scene, OFFICER), problem_id=problem_id, picture=a_picture(f"{number}-{action_id}"),
            shows=Shows.BEFORE, alt="Dark", action_id=action_id,
        )  # fmt: skip
    evidencing.add_visit(*asking(scene, OFFICER), problem_id=problem_id, visited_on=scene.today, note="Dark.")
    scene.send(scene.report((problem_id * SIDE_M, 10), scene.today))
    referring.link_reports(
        *asking(scene, OFFICER), report_ids=[max(report.id for report in scene.store.all_reports())],
        problem_id=problem_id, seen_versions={},
    )  # fmt: skip
    return action.id


def merge(scene: Scene, survivor: int, *others: int, note: str = "One place.") -> Problem:
    return merge_problems(*asking(scene), survivor_id=survivor, other_ids=others, note=note, seen_versions={})


def split(scene: Scene, number: int, *parts: Part) -> list[Problem]:
    version = scene.store.problem(number).version
    return split_problem(*asking(scene), problem_id=number, parts=parts, note="Two causes.", seen_version=version)


@dataclass
class Everything:
    """Where everything hangs, by its number."""

    actions: dict[int, int]
    visits: dict[int, int]
    photos: dict[int, int]
    links: dict[int, int]

    @classmethod
    def of(cls, scene: Scene) -> "Everything":
        found = cls({}, {}, {}, {})
        for problem in scene.store.problems():
            for into, those in (
                (found.actions, [one.id for one in scene.store.actions(problem.id)]),
                (found.visits, [one.id for one in scene.store.visits(problem.id)]),
                (found.photos, [one.id for one in scene.store.photos(problem.id)]),
                (found.links, scene.store.inbox(Asked(problem_id=problem.id)).ids.tolist()),
            ):
                for number in those:
                    assert number not in into, "nothing hangs on two problems"
                    into[number] = problem.id
        return found


def check_folds(scene: Scene) -> None:
    """Everything that is stored is what its events say."""
    store = scene.store
    for problem in store.problems():
        assert fold(problem, store.events(Subject.PROBLEM, problem.id)) == problem
    for action in store.actions():
        assert fold(action, store.events(Subject.ACTION, action.id)) == action
    for report in store.all_reports():
        followup = store.followups([report.id]).get(report.id, Followup(report.id))
        told = fold_matter(Matter(report, Followup(report.id)), store.events(Subject.REPORT, report.id))
        assert told.followup.problem_id == followup.problem_id


def test_a_merge_takes_everything_along_and_leaves_a_way_to_the_one_that_goes_on(scene: Scene) -> None:
    first, second, third = (a_problem_at(scene, at) for at in range(3))
    owed = [work_on(scene, problem.id, problem.id) for problem in (first, second, third)]
    before = Everything.of(scene)
    kept = merge(scene, second.id, first.id, third.id)
    after = Everything.of(scene)
    for name in ("actions", "visits", "photos", "links"):
        was, now = getattr(before, name), getattr(after, name)
        assert was.keys() == now.keys()
        assert set(now.values()) == {second.id}
    assert all(scene.store.action(number).status is ActionStatus.PROPOSED for number in owed)
    for gone in (first, third):
        problem = scene.store.problem(gone.id)
        assert (problem.status, problem.successor_ids) == (ProblemStatus.SUPERSEDED, (second.id,))
    assert (shares(kept.footprint, [square(at) for at in range(3)], epsg=27700)[:, 1] > 0.99).all()
    check_folds(scene)


def test_the_lineage_shows_a_merge_and_a_split_by_people(scene: Scene) -> None:
    for at in range(2):
        a_problem_at(scene, at)
    merge(scene, 1, 2)
    scene.today += timedelta(days=7)
    split(scene, 1, Part("East again", square(1)))
    store = scene.store
    problems = store.problems()
    own = store.problem(1)
    told = lineage(
        own, relatives(own, problems), {}, {one.id: store.events(Subject.PROBLEM, one.id) for one in problems}, [],
        scene.clock().tzinfo or None,
    )  # fmt: skip
    assert {(branch.from_id, branch.to_id, branch.turn) for branch in told.branches} == {
        (2, 1, Turn.MERGED_AWAY),
        (1, 3, Turn.SPLIT_OFF),
    }
    assert [(mark.turn, mark.other_id) for mark in told.own.marks] == [
        (Turn.DRAWN, None), (Turn.MERGED_IN, 2), (Turn.SPLIT, 3),
    ]  # fmt: skip


def test_a_day_before_the_merge_shows_the_place_as_it_was(scene: Scene) -> None:
    for at in range(2):
        a_problem_at(scene, at)
    day, was = scene.today, scene.store.problem(1).footprint
    scene.today += timedelta(days=1)
    merge(scene, 1, 2)
    history = History(scene.store, scene.clock().tzinfo)  # type: ignore[arg-type] # the clock is aware
    assert [one.footprint == was for one in history.problems_on(day) if one.id == 1] == [True]
    assert [one.footprint == was for one in history.problems_on(scene.today) if one.id == 1] == [False]


def test_the_way_back_is_a_split_that_takes_along_what_came(scene: Scene) -> None:
    first, second = (a_problem_at(scene, at) for at in range(2))
    for problem in (first, second):
        work_on(scene, problem.id, problem.id)
    merge(scene, first.id, second.id)
    told = scene.store.events(Subject.PROBLEM, second.id)[-1].details["along"]
    assert isinstance(told, dict)
    part = Part(
        "Place 1 again", second.footprint, tuple(told["actions"]), tuple(told["visits"]), tuple(told["photos"]),
        tuple(told["reports"]),
    )  # fmt: skip
    kept, back = split(scene, first.id, part)
    now = Everything.of(scene)
    assert (
        sorted(now.actions.values()) == sorted(now.visits.values()) == sorted(now.links.values()) == [kept.id, back.id]
    )
    assert sorted(now.photos.values()) == [kept.id, kept.id, back.id, back.id]
    assert (back.parent_id, back.status, back.owner) == (first.id, ProblemStatus.CONFIRMED, "Cora")
    assert shares(kept.footprint, [first.footprint], epsg=27700).min() > 0.99
    check_folds(scene)


def test_where_advice_was_given_goes_along_with_the_action_both_ways(scene: Scene) -> None:
    stays, goes = a_problem_at(scene, 0), a_problem_at(scene, 1)
    told: dict[str, Any] = {"problem_id": goes.id, "organisation_id": scene.organisation().id, "title": "Advise"}
    advise = acting.add_action(
        *asking(scene), **told, type=acting.ActionType.ADVISE, particulars=Particulars(advice="Lock the gate.")
    )
    record = advising.give_advice(*asking(scene), action_id=advise.id, given_on=scene.today, place="Number 4")
    merged = merge_problems(
        *asking(scene), survivor_id=stays.id, other_ids=[goes.id], note="One place.", seen_versions={}
    )
    assert [one.id for one in scene.store.advice_given(stays.id)] == [record.id]
    assert scene.store.advice_given(goes.id) == []
    part = Part("East again", square(1), action_ids=(advise.id,))
    _kept, made = split_problem(
        *asking(scene), problem_id=stays.id, parts=[part], note="Two places.", seen_version=merged.version
    )
    assert [one.id for one in scene.store.advice_given(made.id)] == [record.id]
    advising.withdraw_advice(
        *asking(scene), problem_id=made.id, advice_id=record.id, why="Not given.", seen_version=record.version + 2
    )


def test_without_a_choice_a_linked_report_goes_with_the_part_that_it_lies_in(scene: Scene) -> None:
    a_problem_at(scene, 0)
    scene.send(scene.report((20, 50), scene.today), scene.report((80, 50), scene.today))
    referring.link_reports(*asking(scene, OFFICER), report_ids=[1, 2], problem_id=1, seen_versions={})
    split(scene, 1, Part("East half", square(0, 0.5, 1.0)))
    assert Everything.of(scene).links == {1: 1, 2: 2}


def test_a_merge_can_be_looked_at_before(scene: Scene) -> None:
    for at in (0, 3):
        work_on(scene, a_problem_at(scene, at).id, at)
    version = scene.store.version()
    seen = look_at_merge(*asking(scene), survivor_id=1, other_ids=[2])
    ((problem, has),) = seen.goes
    assert (problem.id, len(has.actions), len(has.visits), len(has.photos), len(has.report_ids)) == (2, 1, 1, 2, 1)
    assert "no undo" in seen.warnings[0]
    assert any("share no ground" in one for one in seen.warnings)
    assert any("objective “Light 3” of P-0002 ends with it; its page keeps it." in one for one in seen.warnings)
    assert "has to be taken on" not in seen.warnings[0]
    assert scene.store.version() == version


def test_a_merge_of_places_that_nobody_has_taken_on_says_what_comes_before_a_split(scene: Scene) -> None:
    for at in (0, 3):
        a_problem_at(scene, at, taken_on=False)
    seen = look_at_merge(*asking(scene), survivor_id=1, other_ids=[2])
    assert "P-0002 stays ended. Before that, P-0001 has to be taken on." in seen.warnings[0]


def test_what_cannot_be_merged_is_refused_in_words_and_nothing_changes(scene: Scene) -> None:
    for at in range(2):
        a_problem_at(scene, at)
    a_problem_at(scene, 5, Group.WASTE)
    work_on(scene, 2, 1)
    a_problem_at(scene, 7, taken_on=False)
    version = scene.store.version()
    for survivor, others, words in (
        (1, (), "Two different problems"),
        (1, (1,), "Two different problems"),
        (1, (3,), "Only problems about the same kind"),
        (4, (2,), "Nobody has taken P-0004 on"),
    ):
        with pytest.raises(ProblemError, match=words):
            merge(scene, survivor, *others)
    with pytest.raises(MoveRefused, match="what residents could be told"):
        merge(scene, 1, 2, note=" ")
    with pytest.raises(NotAllowed):
        merge_problems(*asking(scene, OFFICER), survivor_id=1, other_ids=[2], note="x", seen_versions={})
    with pytest.raises(Stale):
        merge_problems(*asking(scene), survivor_id=1, other_ids=[2], note="x", seen_versions={2: 1})
    assert scene.store.version() == version


def test_work_that_is_owed_does_not_end_up_in_a_problem_that_is_said_to_be_done(scene: Scene) -> None:
    a_problem_at(scene, 0)
    a_problem_at(scene, 1, taken_on=False)
    scene.remediated(scene.store.problem(2))
    work_on(scene, 1, 1)
    with pytest.raises(MoveRefused, match="still owes A-0002"):
        merge(scene, 2, 1)
    with pytest.raises(MoveRefused, match="such work is not merged away"):
        merge(scene, 1, 2)
    assert goes_on_best(scene.store.problems()).id == 2


def test_merging_by_a_move_takes_the_work_along_too(scene: Scene) -> None:
    for at in range(2):
        work_on(scene, a_problem_at(scene, at).id, at)
    ended = scene.move(COORDINATOR, scene.store.problem(2), ProblemStatus.SUPERSEDED, note="One place.", target_id=1)
    assert ended.successor_ids == (1,)
    assert set(Everything.of(scene).actions.values()) == {1}


def test_what_cannot_be_split_is_refused_in_words_and_nothing_changes(scene: Scene) -> None:
    a_problem_at(scene, 0)
    a_problem_at(scene, 3, taken_on=False)
    action = work_on(scene, 1, 1)
    half = square(0, 0.5, 1.0)
    version = scene.store.version()
    for number, parts, words in (
        (1, (), "No part is given"),
        (1, (Part(" ", half),), "no name"),
        (1, (Part("A", square(4)),), "lies in P-0001"),
        (1, (Part("A", square(0, -0.1, 1.1)),), "cover all"),
        (1, (Part("A", half), Part("B", square(0, 0.6, 1.0))), "overlaps another"),
        (1, (Part("A", half, (99,)),), "not of this problem"),
        (1, (Part("A", half, (action,)), Part("B", square(0, 0.0, 0.3), (action,))), "given to two parts"),
        (2, (Part("A", square(3, 0.5, 1.0)),), "It can be split while"),
    ):
        with pytest.raises(ProblemError, match=words):
            split(scene, number, *parts)
    with pytest.raises(InputRefused):
        split(scene, 1, Part("A", half), Part("a ", square(0, 0.0, 0.3)))
    assert scene.store.version() == version


def test_a_part_without_begun_work_waits_for_its_first_action(scene: Scene) -> None:
    a_problem_at(scene, 0)
    scene.move(COORDINATOR, scene.store.problem(1), ProblemStatus.PLANNED, note="Repair.")
    action = scene.store.action(work_on(scene, 1, 1))
    partner = scene.partner(scene.store.organisations()[0])
    for target in (ActionStatus.ACCEPTED, ActionStatus.IN_PROGRESS):
        action = acting.move_action(
            *asking(scene, partner), action_id=action.id, target=target, answers=working.MoveAnswers(),
            seen_version=action.version,
        )  # fmt: skip
    kept, part = split(scene, 1, Part("East", square(0, 0.5, 1.0)))
    assert (kept.status, part.status) == (ProblemStatus.IN_PROGRESS, ProblemStatus.PLANNED)
    assert merge(scene, part.id, kept.id).status is ProblemStatus.IN_PROGRESS


def test_what_a_refresh_merges_keeps_its_linked_reports(scene: Scene) -> None:
    from problems.deciding import Change
    from problems.use_cases.keeping import _save_changes

    for at in range(2):
        a_problem_at(scene, at, taken_on=False)
    scene.send(scene.report((120, 10), scene.today))
    referring.link_reports(*asking(scene, OFFICER), report_ids=[1], problem_id=2, seen_versions={})
    gone = scene.store.problem(2)
    after = replace(gone, status=ProblemStatus.SUPERSEDED, successor_ids=(1,))
    with scene.store.writing() as unit:
        _save_changes(scene.store, unit, scene.clock(), [Change(gone, after, EventKind.MERGED)])
    assert Everything.of(scene).links == {1: 1}
    check_folds(scene)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("walks")


@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 9), st.sets(st.integers(0, 3)), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_people_merge_and_split_nothing_is_lost_or_doubled(
    folder: Path, steps: list[tuple[bool, int, int, set[int], bool]]
) -> None:
    name = f"{len(list(folder.iterdir()))}.db"
    with closing(open_store(str(folder / name), durable=False)) as store:
        scene = Scene(store)
        for at in range(3):
            work_on(scene, a_problem_at(scene, at).id, at)
        before = Everything.of(scene)
        for is_merge, one, other, given_away, whole in steps:
            alive = [problem for problem in store.problems() if problem.status.is_open]
            first, second = alive[one % len(alive)], alive[other % len(alive)]
            try:
                if is_merge:
                    merge(scene, first.id, second.id)
                else:
                    actions = [action.id for action in store.actions(first.id)]
                    taken = tuple(number for at, number in enumerate(actions) if at in given_away)
                    west = other % 3
                    split(scene, first.id, Part(f"Part {other}", square(west, 0.0, 1.0 if whole else 0.5), taken))
            except ProblemError:
                pass
            now = Everything.of(scene)
            for kind in ("actions", "visits", "photos", "links"):
                assert getattr(now, kind).keys() == getattr(before, kind).keys()
                assert set(getattr(now, kind).values()) <= {p.id for p in store.problems() if p.status.is_open}
            check_folds(scene)
        assert store.verify_audit().ok


@pytest.mark.parametrize(
    ("stays", "goes", "left"),
    [
        (None, PublicLevel.NOTHING, PublicLevel.NOTHING),
        (PublicLevel.STREET, PublicLevel.AREA, PublicLevel.AREA),
        (PublicLevel.AREA, PublicLevel.STREET, PublicLevel.AREA),
        (PublicLevel.AREA, None, PublicLevel.AREA),
        (None, None, None),
    ],
)
def test_residents_are_told_no_more_after_a_merge_than_of_the_strictest_before(
    scene: Scene, stays: PublicLevel | None, goes: PublicLevel | None, left: PublicLevel | None
) -> None:
    numbers = []
    for at, level in enumerate((stays, goes)):
        problem = a_problem_at(scene, at)
        numbers.append(problem.id)
        if level is not None:
            set_public_level(*asking(scene), problem_id=problem.id, level=level, seen_version=problem.version)
    seen = look_at_merge(*asking(scene), survivor_id=numbers[0], other_ids=numbers[1:])
    is_less = left is not stays
    assert any("Residents will be told no more" in one for one in seen.warnings) == is_less
    assert chosen_public_level(merge(scene, *numbers)) is left
    check_folds(scene)


def test_photos_have_to_be_allowed_again_after_a_merge_also_those_of_actions(scene: Scene) -> None:
    keeper, gone = (a_problem_at(scene, at).id for at in range(2))
    work_on(scene, gone, 1)
    for photo in scene.store.photos(gone):
        allow_photo(*asking(scene), photo_id=photo.id, public=True, seen_version=photo.version)
    assert len(allowed_photos(scene.store, gone, scene.store.photos(gone))) == 2
    merge(scene, keeper, gone)
    photos = scene.store.photos(keeper)
    assert len(photos) == 2
    assert allowed_photos(scene.store, keeper, photos) == []
    for photo in photos:
        allow_photo(*asking(scene), photo_id=photo.id, public=True, seen_version=photo.version)
    assert allowed_photos(scene.store, keeper, scene.store.photos(keeper)) == scene.store.photos(keeper)
