"""The line of a problem and those that branch off: from hot spots, events and refreshes alone."""

from datetime import date, timedelta

import pytest

from problems.events import Subject
from problems.lineage import MOST_RELATIVES, Lineage, Mark, Turn, lineage, relatives
from problems.problem import Problem, ProblemStatus
from tests.scenes import COORDINATOR, LONDON, Scene
from tests.storing import a_problem


def told(scene: Scene, number: int) -> Lineage:
    problems = scene.store.problems()
    problem = scene.store.problem(number)
    others = relatives(problem, problems)
    everybody = [each.id for each in (problem, *others)]
    return lineage(
        problem,
        others,
        {each: scene.store.hot_spots_of(each) for each in everybody},
        {each: scene.store.events(Subject.PROBLEM, each) for each in everybody},
        scene.store.refreshes(),
        LONDON,
    )


def turns(marks: tuple[Mark, ...]) -> list[tuple[Turn, int | None]]:
    return [(mark.turn, mark.other_id) for mark in marks]


def test_a_place_that_went_quiet_and_woke_has_its_quiet_weeks_in_between(town: Scene) -> None:
    line = told(town, 2).own
    assert turns(line.marks) == [(Turn.FOUND, None), (Turn.QUIET, None), (Turn.WOKE, None)]
    (span,) = line.quiet
    assert span == (line.marks[1].on, line.marks[2].on)
    assert not [seen for seen in line.seen if span[0] <= seen.on < span[1]]
    assert (line.first, line.last) == (line.seen[0].on, town.today)


def test_what_splits_off_is_named_on_both_lines_and_joined_by_a_branch(town: Scene) -> None:
    parent, child = told(town, 3), told(town, 5)
    assert turns(parent.own.marks) == [(Turn.FOUND, None), (Turn.SPLIT, 5)]
    assert turns(child.own.marks) == [(Turn.SPLIT_OFF, 3)]
    assert [line.problem.id for line in parent.relatives] == [5]
    for each in (parent, child):
        (branch,) = each.branches
        assert (branch.from_id, branch.to_id, branch.turn) == (3, 5, Turn.SPLIT_OFF)
        assert branch.on == child.own.first


def test_what_people_merged_ends_its_line_and_joins_the_other(town: Scene) -> None:
    town.move(COORDINATOR, town.store.problem(4), ProblemStatus.SUPERSEDED, target_id=1, note="One place.")
    kept, gone = told(town, 1), told(town, 4)
    assert (Turn.MERGED_IN, 4) in turns(kept.own.marks)
    assert turns(gone.own.marks)[-1] == (Turn.MERGED_AWAY, 1)
    assert gone.own.last == town.today
    assert [(b.from_id, b.to_id, b.turn) for b in kept.branches] == [(4, 1, Turn.MERGED_AWAY)]


def test_every_refresh_that_saw_it_is_on_the_line_with_its_incidents(town: Scene) -> None:
    own = told(town, 1).own
    spots = {spot.refresh_id: spot.incidents for spot in town.store.hot_spots_of(1)}
    as_of = {done.id: done.as_of for done in town.store.refreshes()}
    assert [(seen.on, seen.incidents) for seen in own.seen] == [(as_of[one], n) for one, n in sorted(spots.items())]


def test_a_problem_drawn_by_hand_that_nobody_saw_has_a_line_without_weeks() -> None:
    drawn = a_problem(id=9, successor_ids=(), status=ProblemStatus.CONFIRMED)
    told_of_it = lineage(drawn, [], {}, {}, [], LONDON)
    assert (told_of_it.own.seen, told_of_it.own.marks, told_of_it.branches, told_of_it.looked) == ((), (), (), ())
    assert told_of_it.first == told_of_it.last == date(2026, 3, 29)


def test_nearest_relatives_only_and_not_too_many_of_them() -> None:
    problem = a_problem(id=1, parent_id=None, successor_ids=())
    children = [a_problem(id=number, parent_id=1, successor_ids=()) for number in range(2, 10)]
    grandchild, stranger = (a_problem(id=20, parent_id=2, successor_ids=()), a_problem(id=21, successor_ids=()))
    found = relatives(problem, [problem, *children, grandchild, stranger])
    assert [each.id for each in found] == list(range(2, 10))
    drawn = lineage(problem, found, {}, {}, [], LONDON)
    assert len(drawn.relatives) == MOST_RELATIVES
    assert drawn.more == len(children) - MOST_RELATIVES


@pytest.mark.parametrize("back", [0, 5, 12])
def test_the_days_that_were_looked_at_are_those_of_the_refreshes(town: Scene, back: int) -> None:
    looked = told(town, 1).looked
    assert looked[-1 - back] == town.today - back * timedelta(weeks=1)


def test_a_problem_that_is_its_own_relative_by_mistake_is_not_drawn_twice() -> None:
    problem: Problem = a_problem(id=1, parent_id=1, successor_ids=(1,))
    assert relatives(problem, [problem]) == []
