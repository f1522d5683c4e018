"""What an organisation owes, what came back, and how it kept its dates."""

from datetime import date, timedelta

import pytest

from problems.actions import Action, ActionStatus, ActionType
from problems.errors import NotAllowed, NotFound
from problems.lifecycle import MoveAnswers
from problems.owing import FEWEST_FOR_A_MIDDLE, OrganisationWork
from problems.people import Principal
from problems.problem import ProblemStatus
from problems.use_cases import acting
from problems.use_cases.owing import organisation_work
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, VIEWER, Scene, days_before

S = ActionStatus


@pytest.fixture
def town(scene: Scene) -> Scene:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    scene.organisation("Lighting")
    scene.organisation("Parks")
    return scene


def propose(scene: Scene, title: str, due_days: int | None = 10, organisation_id: int = 1) -> Action:
    due_on = None if due_days is None else scene.today + timedelta(days=due_days)
    return acting.add_action(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=1,
        organisation_id=organisation_id,
        type=ActionType.REPAIR,
        title=title,
        due_on=due_on,
    )


def move(scene: Scene, who: Principal, action: Action, target: S, **answers: str) -> Action:
    return acting.move_action(
        scene.store,
        who,
        scene.clock,
        1,
        action_id=action.id,
        target=target,
        answers=MoveAnswers(**answers),  # type: ignore[arg-type] # texts only
        seen_version=scene.store.action(action.id).version,
    )


def partner(scene: Scene) -> Principal:
    return scene.partner(scene.store.organisations()[0])


def work(scene: Scene, who: Principal = COORDINATOR, organisation_id: int = 1) -> OrganisationWork:
    return organisation_work(scene.store, who, scene.clock, 1, organisation_id=organisation_id, zone=LONDON)


def test_each_piece_of_work_is_told_once_under_what_it_waits_for(town: Scene) -> None:
    who = partner(town)
    asked = propose(town, "Asked")
    late = move(town, who, propose(town, "Late", 3), S.ACCEPTED)
    soon = move(town, who, propose(town, "Soon", 1), S.ACCEPTED)
    stuck = move(
        town, who, move(town, who, propose(town, "Stuck"), S.ACCEPTED), S.BLOCKED, reason="weather", note="Wet"
    )
    done = move(town, who, move(town, who, propose(town, "Done"), S.ACCEPTED), S.DONE, note="Done")
    back = move(town, who, move(town, who, propose(town, "Back"), S.ACCEPTED), S.DONE, note="Done")
    back = move(town, OFFICER, back, S.IN_PROGRESS, note="Still dark at number 7.")
    propose(town, "Of others", organisation_id=2)
    found = work(town)
    assert [one.id for one in found.to_answer] == [asked.id]
    assert [one.id for one in found.owed] == [soon.id, late.id]
    assert [one.id for one in found.blocked] == [stuck.id]
    assert [one.id for one in found.waiting_for_check] == [done.id]
    assert [(one.action.id, one.note, one.by_name) for one in found.sent_back] == [
        (back.id, "Still dark at number 7.", OFFICER.name)
    ]
    assert {one.id for one in found.live} == {asked.id, soon.id, late.id, stuck.id, back.id}
    assert [one.id for one in found.shared] == [1]
    assert work(town, organisation_id=2).sent_back == ()


def test_work_that_goes_on_after_it_came_back_is_sent_back_until_it_is_done_again(town: Scene) -> None:
    who = partner(town)
    done = move(town, who, move(town, who, propose(town, "Lamp"), S.ACCEPTED), S.DONE, note="Done")
    back = move(town, COORDINATOR, done, S.IN_PROGRESS, note="No.")
    assert len(work(town).sent_back) == 1
    move(town, who, back, S.DONE, note="Now it is.")
    assert work(town).sent_back == ()
    assert len(work(town).waiting_for_check) == 1


def test_a_failed_visit_is_told_to_those_whose_work_was_done(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    problem = scene.remediated(scene.store.problem(1))
    assert work(scene).failed_visits == ()
    scene.move(OFFICER, problem, ProblemStatus.IN_PROGRESS, visited_on=scene.today, note="Dark again.")
    assert [(one.problem.id, one.note) for one in work(scene).failed_visits] == [(1, "Dark again.")]
    scene.organisation("Parks")
    assert work(scene, organisation_id=2).failed_visits == ()


def test_dates_are_kept_by_the_first_promise_and_by_the_last_one_apart(town: Scene) -> None:
    who = partner(town)
    kept = move(town, who, propose(town, "Kept", 10), S.ACCEPTED)
    moved = move(town, who, propose(town, "Moved", 2), S.ACCEPTED)
    moved = acting.postpone_action(
        town.store,
        who,
        town.clock,
        1,
        action_id=moved.id,
        due_on=town.today + timedelta(days=20),
        note="Parts are late.",
        seen_version=moved.version,
    )
    undated = move(town, who, propose(town, "Undated", None), S.ACCEPTED)
    town.today += timedelta(days=4)
    for one in (kept, moved, undated):
        move(town, who, one, S.DONE, note="Done")
    record = work(town).record
    assert (record.ended, record.dated, record.by_first, record.by_last) == (3, 2, 1, 2)
    assert (record.timed, record.gross_days, record.answer_days) == (3, None, None)


def test_days_blocked_count_in_the_gross_days_and_not_in_the_net_ones(town: Scene) -> None:
    who = partner(town)
    for number in range(FEWEST_FOR_A_MIDDLE):
        start = town.today
        asked = propose(town, f"Lamp {number}")
        town.today += timedelta(days=2)
        accepted = move(town, who, asked, S.ACCEPTED)
        stuck = move(town, who, accepted, S.BLOCKED, reason="weather", note="Wet")
        town.today += timedelta(days=6)
        goes_on = move(town, who, stuck, S.IN_PROGRESS)
        town.today += timedelta(days=3)
        move(town, who, goes_on, S.DONE, note="Done")
        assert town.today - start == timedelta(days=11)
    record = work(town).record
    assert (record.answer_days, record.gross_days, record.net_days) == (2.0, 9.0, 3.0)
    assert (record.answered, record.timed, record.declined) == (FEWEST_FOR_A_MIDDLE, FEWEST_FOR_A_MIDDLE, 0)


def test_what_another_organisation_declined_counts_for_that_one_alone(town: Scene) -> None:
    asked = propose(town, "Lamp")
    said_no = move(town, partner(town), asked, S.DECLINED, reason="not_ours", note="Belongs to the parks.")
    assert work(town).record.declined == 1
    town.today += timedelta(days=5)
    move_to_parks = acting.move_action(
        town.store,
        COORDINATOR,
        town.clock,
        1,
        action_id=said_no.id,
        target=S.PROPOSED,
        answers=MoveAnswers(organisation_id=2, note="Please."),
        seen_version=said_no.version,
    )
    found = work(town, organisation_id=2)
    assert [one.id for one in found.to_answer] == [move_to_parks.id]
    assert (found.record.answered, found.record.declined) == (0, 0)


def test_a_partner_looks_at_its_own_organisation_and_no_other(town: Scene) -> None:
    assert work(town, partner(town)).organisation_id == 1
    for who, number in ((partner(town), 2), (VIEWER, 1)):
        with pytest.raises(NotAllowed):
            work(town, who, number)
    assert work(town, COMMANDER, 2).organisation_id == 2
    with pytest.raises(NotFound):
        work(town, COORDINATOR, 9)


def test_nothing_at_all_is_an_empty_page_and_no_fault(town: Scene) -> None:
    found = work(town)
    assert (found.live, found.shared, found.record.ended, found.record.gross_days) == ((), (), 0, None)
    assert town.today > date(2026, 1, 1)
