"""What a refresh proposes about problems that people work on, and what an answer does."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from problems.errors import InputRefused, MoveRefused, NotAllowed
from problems.events import EventKind, Subject
from problems.people import Principal
from problems.problem import Problem, ProblemStatus
from problems.proposals import Proposal, ProposalKind, merges_into, open_proposals, waiting
from problems.use_cases import acting
from problems.use_cases.proposing import accept_proposal, decline_proposal
from tests.scenes import COORDINATOR, OFFICER, Scene, days_before
from tests.storing import a_problem

TODAY = date(2026, 3, 2)
WEEK = timedelta(weeks=1)


def proposals(scene: Scene, number: int) -> list[Proposal]:
    by_id = {each.id: each for each in scene.store.problems()}
    return open_proposals(by_id[number], scene.store.events(Subject.PROBLEM, number), by_id, scene.clock())


def asked(scene: Scene, number: int) -> int:
    return sum(one.kind is EventKind.PROPOSED for one in scene.store.events(Subject.PROBLEM, number))


def accept(scene: Scene, proposal: Proposal, who: Principal = COORDINATOR, note: str = "") -> Problem:
    return accept_proposal(
        scene.store, who, scene.clock, 1, problem_id=proposal.problem.id, proposal_id=proposal.event_id, note=note
    )


def decline(scene: Scene, proposal: Proposal, who: Principal = COORDINATOR, note: str = "Two owners.") -> Problem:
    return decline_proposal(
        scene.store, who, scene.clock, 1, problem_id=proposal.problem.id, proposal_id=proposal.event_id, note=note
    )


def grown_together(scene: Scene, weeks: int = 3) -> None:
    """Two problems that people work on, with reports for so many weeks, and a bridge between them."""
    later = TODAY + 2 * WEEK
    end = later + weeks * WEEK
    ways = [*days_before(later, 20, 2), *days_before(end, 7 * weeks // 2, 2)]
    scene.send(*scene.spot((-90, 0), [day for day in ways if day <= TODAY]))
    scene.send(*scene.spot((90, 0), [day for day in ways if day <= TODAY]))
    scene.refresh(TODAY)
    for problem in scene.store.problems():
        scene.taken_on(problem)
    scene.today = end
    for x in (-90, 90):
        scene.send(*scene.spot((x, 0), [day for day in ways if day > TODAY]))
    bridge = days_before(end, 12 + 7 * weeks, 1)
    scene.send(*[scene.report((-55 + 10 * (at % 12), 0), day) for at, day in enumerate(bridge)])
    scene.today = later
    scene.refresh(later)


def fallen_apart(scene: Scene) -> None:
    """One problem that people work on, whose reports lie in two places two weeks later."""
    scene.settings = replace(scene.settings, window_days=30)
    old = days_before(TODAY - timedelta(days=20), 13, step=1)
    later = TODAY + 2 * WEEK
    scene.send(
        *scene.spot((-90, 0), days_before(later, 26, step=1)),
        *scene.spot((90, 0), days_before(later, 23, step=1)),
        *[scene.report((-60 + 10 * at, 0), day) for at, day in enumerate(old)],
    )
    scene.refresh(TODAY)
    scene.taken_on(scene.store.problem(1))
    scene.refresh(later)


def test_what_grew_together_is_proposed_to_both_and_nothing_is_done(scene: Scene) -> None:
    grown_together(scene)
    for number, other in ((1, 2), (2, 1)):
        (one,) = proposals(scene, number)
        assert (one.kind, [each.id for each in one.others]) == (ProposalKind.MERGE, [other])
    assert {each.status for each in scene.store.problems()} == {ProblemStatus.CONFIRMED}


def test_a_merge_waits_once_in_the_list_until_it_is_answered(scene: Scene) -> None:
    def listed() -> list[tuple[int, ProposalKind]]:
        told = waiting(scene.store.problems(), scene.store.events(Subject.PROBLEM), scene.clock())
        return [(each.problem.id, each.kind) for each in told]

    assert listed() == []
    grown_together(scene)
    assert listed() == [(1, ProposalKind.MERGE)]
    decline(scene, proposals(scene, 2)[0])
    assert listed() == []


def test_an_accepted_merge_ends_the_younger_problem_and_takes_its_owed_work_along(scene: Scene) -> None:
    grown_together(scene)
    work = acting.add_action(
        scene.store, COORDINATOR, scene.clock, 1,
        problem_id=2, organisation_id=scene.organisation().id, type=acting.ActionType.REPAIR, title="New lamp",
    )  # fmt: skip
    goes_on = accept(scene, proposals(scene, 2)[0])
    kept, gone = scene.store.problems()
    assert goes_on.id == kept.id == 1
    assert (gone.status, gone.successor_ids) == (ProblemStatus.SUPERSEDED, (1,))
    assert scene.store.action(work.id).problem_id == 1
    assert proposals(scene, 1) == proposals(scene, 2) == []
    scene.refresh(scene.today + WEEK)
    assert asked(scene, 1) == 1, "what was answered is not asked again"
    assert len(scene.store.problems()) == 2


def test_a_declined_merge_is_not_proposed_again_for_90_days_and_then_it_is(scene: Scene) -> None:
    grown_together(scene, weeks=15)
    start = scene.today
    scene.refresh(start + WEEK)
    decline(scene, proposals(scene, 1)[0])
    assert proposals(scene, 1) == proposals(scene, 2) == []
    for week in range(2, 14):
        scene.refresh(start + week * WEEK)
    assert (asked(scene, 1), asked(scene, 2)) == (1, 1)
    scene.refresh(start + 14 * WEEK)
    assert (asked(scene, 1), asked(scene, 2)) == (2, 2), "91 days after the answer it is still so"
    assert {each.status for each in scene.store.problems()} == {ProblemStatus.CONFIRMED}


def test_an_answer_stands_on_both_timelines_with_its_words(scene: Scene) -> None:
    grown_together(scene)
    decline(scene, proposals(scene, 2)[0], note="  Two causes.  ")
    for number in (1, 2):
        told = scene.store.events(Subject.PROBLEM, number)[-1]
        assert (told.kind, told.note, told.details["answer"]) == (EventKind.REVIEWED, "Two causes.", "declined")


def test_an_answer_is_given_once_and_by_a_coordinator(scene: Scene) -> None:
    grown_together(scene)
    one, other = proposals(scene, 1)[0], proposals(scene, 2)[0]
    version = scene.store.version()
    for answer in (accept, decline):
        with pytest.raises(NotAllowed):
            answer(scene, one, OFFICER)
    with pytest.raises(InputRefused, match="needs a reason"):
        decline(scene, one, note=" ")
    assert scene.store.version() == version, "a refused answer writes nothing"
    decline(scene, one)
    for proposal in (one, other):
        with pytest.raises(MoveRefused, match="answered it meanwhile"):
            accept(scene, proposal)


def test_a_proposal_that_nobody_answers_is_repeated_after_90_days(scene: Scene) -> None:
    grown_together(scene, weeks=15)
    start = scene.today
    for week in range(1, 13):
        scene.refresh(start + week * WEEK)
    assert asked(scene, 1) == 1
    scene.today = start + timedelta(days=91)
    assert proposals(scene, 1) == [], "what is asked stands for 90 days"
    scene.refresh(start + 13 * WEEK)
    assert asked(scene, 1) == 2
    assert len(proposals(scene, 1)) == 1


def test_parts_kept_apart_are_two_problems(scene: Scene) -> None:
    fallen_apart(scene)
    (one,) = proposals(scene, 1)
    assert (one.kind, [part.id for part in one.others]) == (ProposalKind.SPLIT, [2])
    assert accept(scene, one).id == 1
    assert proposals(scene, 1) == []
    assert scene.store.problem(2).status is ProblemStatus.DETECTED


def test_a_declined_split_leaves_one_problem_that_is_seen_in_both_places(scene: Scene) -> None:
    fallen_apart(scene)
    decline(scene, proposals(scene, 1)[0], note="One alley to us.")
    assert scene.store.problem(2).successor_ids == (1,)
    found = scene.refresh(scene.today + timedelta(days=1))
    assert (found.new, found.hot_spots) == (0, 2)
    assert {spot.problem_id for spot in scene.store.hot_spots(found.id)} == {1}
    assert asked(scene, 1) == 1


def test_a_proposal_about_a_problem_that_ended_is_no_longer_open(scene: Scene) -> None:
    grown_together(scene)
    scene.move(COORDINATOR, scene.store.problem(1), ProblemStatus.SUPERSEDED, target_id=2, note="One place.")
    assert proposals(scene, 1) == proposals(scene, 2) == []


@pytest.mark.parametrize(
    ("older", "younger", "goes"),
    [
        (ProblemStatus.CONFIRMED, ProblemStatus.IN_PROGRESS, 2),
        (ProblemStatus.CONFIRMED, ProblemStatus.REMEDIATED, 1),
        (ProblemStatus.RECURRED, ProblemStatus.PLANNED, 2),
        (ProblemStatus.VERIFIED, ProblemStatus.RECURRED, None),
    ],
)
def test_the_older_problem_keeps_its_number_where_the_younger_can_be_merged_away(
    older: ProblemStatus, younger: ProblemStatus, goes: int | None
) -> None:
    pair = a_problem(id=1, status=older), a_problem(id=2, status=younger)
    for one, other in (pair, pair[::-1]):
        way = merges_into(one, other)
        assert (way[0].id if way else None) == goes
