"""What belongs to an action: order, checklist, cost, both clocks; the usual actions; many at once; who leaves."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.guides import actions_of, advice_of, shipped_actions, shipped_advice
from problems.actions import Action, ActionStatus, ActionType, Particulars
from problems.categories import Group
from problems.errors import InputRefused, MoveRefused, NotAllowed, Stale
from problems.events import Subject
from problems.guides import GuideKind, as_rows, organisation_for, usual_actions
from problems.history import fold
from problems.lifecycle import MoveAnswers
from problems.ordering import check_order, in_order
from problems.people import LAPTOP, Organisation, Person, Principal, Role
from problems.use_cases import acting, bulk_acting, guiding, leaving, organising, particulars, suggesting_actions
from tests.scenes import COORDINATOR, OFFICER, Scene, days_before
from tests.storing import an_action

A = ActionStatus
ADMIN = Principal("ada", "Ada Min", frozenset({Role.ADMIN}))


@pytest.fixture
def worked(scene: Scene) -> Scene:
    """A problem that is taken on, and two organisations."""
    scene.send(*scene.spot((0, 0), days_before(scene.today, 10)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    scene.organisation("Council lighting")
    scene.organisation("Parks and trees")
    return scene


def asking(scene: Scene, who: Principal = COORDINATOR) -> Any:
    return scene.store, who, scene.clock, 1


def propose(scene: Scene, title: str = "Renew column 14", **more: object) -> Action:
    given_to = {"organisation_id": 1, "type": ActionType.REPAIR, "due_on": scene.today + timedelta(days=5), **more}
    return acting.add_action(*asking(scene), problem_id=1, title=title, **given_to)


def move(scene: Scene, number: int, target: A, who: Principal = LAPTOP, **answers: object) -> Action:
    return acting.move_action(
        *asking(scene, who),
        action_id=number,
        target=target,
        answers=MoveAnswers(**answers),
        seen_version=scene.store.action(number).version,
    )


def wait(scene: Scene, number: int, before: int) -> Action:
    now, wanted = scene.store.action(number), Particulars(waits_for=(before,))
    return particulars.edit_action(
        *asking(scene), action_id=number, title=now.title, person="", particulars=wanted, seen_version=now.version
    )


def check_record(scene: Scene) -> None:
    for one in scene.store.actions():
        assert fold(one, scene.store.events(Subject.ACTION, one.id)) == one


# -- order --


def test_an_action_that_waits_starts_only_when_the_other_is_settled(worked: Scene) -> None:
    propose(worked, "Inspect")
    propose(worked, "Repair", particulars=Particulars(waits_for=(1,)))
    move(worked, 2, A.ACCEPTED)
    for target, note in ((A.IN_PROGRESS, ""), (A.DONE, "Lit.")):
        with pytest.raises(MoveRefused, match=r"It waits for A-0001 “Inspect” \(proposed\)"):
            move(worked, 2, target, note=note)
    move(worked, 1, A.ACCEPTED)
    move(worked, 1, A.DONE, note="Three lamps.")
    assert move(worked, 2, A.IN_PROGRESS).status is A.IN_PROGRESS
    check_record(worked)


def test_what_is_cancelled_is_in_nobodys_way_and_what_is_declined_still_is(worked: Scene) -> None:
    propose(worked, "Inspect")
    propose(worked, "Repair", particulars=Particulars(waits_for=(1,)))
    move(worked, 2, A.ACCEPTED)
    move(worked, 1, A.DECLINED, reason="not_ours", note="Private road.")
    with pytest.raises(MoveRefused, match="declined"):
        move(worked, 2, A.IN_PROGRESS)
    move(worked, 1, A.PROPOSED, organisation_id=2, note="Parks do it.")
    move(worked, 1, A.CANCELLED, reason="cost", note="Too dear.")
    assert move(worked, 2, A.IN_PROGRESS).status is A.IN_PROGRESS


def test_actions_never_wait_for_each_other_in_a_ring(worked: Scene) -> None:
    for title, before in (("One", ()), ("Two", (1,)), ("Three", (2,))):
        propose(worked, title, particulars=Particulars(waits_for=before))
    with pytest.raises(InputRefused, match="A-0003, which waits for A-0002, which waits for A-0001: for itself"):
        particulars.edit_action(
            *asking(worked),
            action_id=1,
            title="One",
            person="",
            particulars=Particulars(waits_for=(3,)),
            seen_version=1,
        )
    with pytest.raises(InputRefused, match="wait for itself"):
        particulars.edit_action(
            *asking(worked),
            action_id=1,
            title="One",
            person="",
            particulars=Particulars(waits_for=(1,)),
            seen_version=1,
        )
    with pytest.raises(InputRefused, match="A-0099 is no action of this problem"):
        propose(worked, "Four", particulars=Particulars(waits_for=(99,)))


@given(st.lists(st.tuples(st.integers(1, 6), st.sets(st.integers(1, 6), max_size=4)), max_size=25))
def test_whatever_is_asked_the_accepted_order_can_be_worked_off(asks: list[tuple[int, set[int]]]) -> None:
    known = {number: an_action(1, 1, id=number, waits_for=()) for number in range(1, 7)}
    for number, before in asks:
        try:
            waits_for = check_order("No.", known[number], before, known)
        except InputRefused:
            continue
        known[number] = replace(known[number], waits_for=waits_for)
    placed: set[int] = set()
    for one in in_order(list(known.values())):
        assert set(one.waits_for) <= placed
        placed.add(one.id)
    assert placed == set(known)


# -- checklist, cost, clocks --


def test_a_step_says_who_ticked_it_and_keeps_its_tick_when_the_list_is_edited(worked: Scene) -> None:
    action = propose(worked, particulars=Particulars(checklist=("Look", "Order", "Repair"), cost=900))
    partner = worked.partner(worked.store.organisations()[0])
    ticked = particulars.tick_step(*asking(worked, partner), action_id=action.id, step=1, text="Order", ticked=True)
    assert [step.is_ticked for step in ticked.checklist] == [False, True, False]
    assert ticked.checklist[1].ticked_by == "Partner piet"
    again = particulars.tick_step(*asking(worked, OFFICER), action_id=action.id, step=1, text="Order", ticked=True)
    assert (again.version, again.checklist[1].ticked_by) == (ticked.version, "Partner piet")
    edited = particulars.edit_action(
        *asking(worked),
        action_id=action.id,
        title=action.title,
        person="",
        particulars=Particulars(checklist=("Order", "Paint")),
        seen_version=again.version,
    )
    assert [(step.text, step.is_ticked) for step in edited.checklist] == [("Order", True), ("Paint", False)]
    assert edited.cost is None
    with pytest.raises(InputRefused, match="changed in the meantime"):
        particulars.tick_step(*asking(worked), action_id=action.id, step=1, text="Order", ticked=False)
    check_record(worked)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (Particulars(cost=-1), "cannot be meant"),
        (Particulars(cost=10**10), "cannot be meant"),
        (Particulars(checklist=("Look", "Look")), "say the same"),
        (Particulars(checklist=tuple(f"Step {n}" for n in range(21))), "21 steps"),
        (Particulars(advice="Lock it."), "kind “Repair”"),
    ],
)
def test_what_cannot_be_kept_of_an_action_is_refused_in_words(worked: Scene, what: Particulars, why: str) -> None:
    with pytest.raises(InputRefused, match=why):
        propose(worked, particulars=what)
    assert worked.store.actions() == []


def test_a_partner_may_not_change_what_was_agreed(worked: Scene) -> None:
    propose(worked)
    partner = worked.partner(worked.store.organisations()[0])
    with pytest.raises(NotAllowed, match="what was agreed"):
        particulars.edit_action(
            *asking(worked, partner), action_id=1, title="Less", person="", particulars=Particulars(), seen_version=1
        )


def test_blocked_days_stop_the_net_clock_and_not_the_gross_one(worked: Scene) -> None:
    propose(worked)
    worked.today += timedelta(days=3)
    accepted = move(worked, 1, A.ACCEPTED)
    assert accepted.days_to_accept() == 3
    move(worked, 1, A.BLOCKED, reason="weather", note="Wet.")
    worked.today += timedelta(days=10)
    blocked = worked.store.action(1)
    assert (blocked.gross_days(worked.clock()), blocked.net_days(worked.clock())) == (13, 3)
    move(worked, 1, A.IN_PROGRESS)
    worked.today += timedelta(days=2)
    move(worked, 1, A.DONE, note="Lit.")
    worked.today += timedelta(days=30)
    done = worked.store.action(1)
    assert (done.gross_days(worked.clock()), done.net_days(worked.clock())) == (15, 5)
    check_record(worked)


# -- the usual actions --


def test_every_kind_of_problem_has_usual_actions_and_advice() -> None:
    assert set(shipped_actions()) == set(shipped_advice()) == set(Group)
    for usual in shipped_actions().values():
        assert usual_actions("No.", as_rows(usual)) == usual
        assert usual[0].due_days < usual[-1].due_days
    assert [one.type for one in shipped_actions()[Group.LIGHTING]] == ["inspect", "repair", "clean", "inspect"]


def test_the_organisation_is_chosen_by_kind_and_by_its_name() -> None:
    cut = shipped_actions()[Group.LIGHTING][2]
    police, lamps, parks = (
        Organisation(1, "Police team", "Police team"),
        Organisation(2, "Street lighting", "Council service"),
        Organisation(3, "Parks and Trees", "council"),
    )
    assert organisation_for(cut, [police, lamps, parks]) == parks
    assert organisation_for(cut, [police, lamps]) == lamps
    assert organisation_for(cut, [police, lamps, replace(lamps, id=4, name="Housing")]) is None
    assert organisation_for(cut, [replace(parks, closed=True)]) is None


def test_a_plan_is_added_whole_with_its_order_or_not_at_all(worked: Scene) -> None:
    plan = [
        suggesting_actions.Planned(ActionType.INSPECT, "Inspect", 1, worked.today, checklist=("Count",)),
        suggesting_actions.Planned(ActionType.REPAIR, "Repair", 1, None, after=(0,)),
        suggesting_actions.Planned(ActionType.INSPECT, "Re-visit", 2, None, after=(0, 1)),
    ]
    broken = [*plan[:2], replace(plan[2], organisation_id=None)]
    with pytest.raises(InputRefused, match="Nobody is chosen for “Re-visit”"):
        suggesting_actions.add_actions(*asking(worked), problem_id=1, planned=broken)
    past = [replace(plan[0], due_on=worked.today - timedelta(days=1))]
    with pytest.raises(InputRefused, match="has passed"):
        suggesting_actions.add_actions(*asking(worked), problem_id=1, planned=past)
    assert worked.store.actions() == []
    suggesting_actions.add_actions(*asking(worked), problem_id=1, planned=plan)
    assert [one.waits_for for one in worked.store.actions()] == [(), (1,), (1, 2)]
    check_record(worked)


def test_an_own_list_is_in_force_until_the_one_that_came_with_fixpoint_is_restored(worked: Scene) -> None:
    rows = [{"type": "repair", "title": "Mend it", "kind": "council", "due_days": 7}]
    ask = asking(worked)
    guiding.replace_usual_actions(*ask, group=Group.LIGHTING, rows=rows, seen_version=0)
    assert [one.title for one in actions_of(worked.store, Group.LIGHTING)] == ["Mend it"]
    with pytest.raises(Stale):
        guiding.replace_usual_actions(*ask, group=Group.LIGHTING, rows=rows, seen_version=0)
    guiding.restore_guide(*ask, kind=GuideKind.ACTIONS, group=Group.LIGHTING, seen_version=1)
    assert actions_of(worked.store, Group.LIGHTING) == shipped_actions()[Group.LIGHTING]
    kept = worked.store.events(Subject.GUIDE)
    assert kept[1].before["content"]["actions"][0]["title"] == "Mend it"
    guiding.replace_advice(*ask, group=Group.LIGHTING, text=" Cut it. ", seen_version=0)
    assert advice_of(worked.store, Group.LIGHTING) == "Cut it."


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"title": " "}, "no title"),
        ({"type": "pray"}, "no known kind of work"),
        ({"due_days": 0}, "no days"),
        ({"after": [1]}, "does not come before it"),
        ({"checklist": ["x" * 201]}, "too long a checklist"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_number(row: dict[str, object], why: str) -> None:
    fine = {"type": "repair", "title": "Mend it", "kind": "council", "due_days": 7}
    with pytest.raises(InputRefused, match=f"Action 1 of the list .*{why}"):
        usual_actions("No.", [{**fine, **row}])


# -- many at once --


def test_each_of_many_is_told_how_it_went_and_the_others_are_done(worked: Scene) -> None:
    for number in range(4):
        propose(worked, f"Job {number}")
    move(worked, 2, A.CANCELLED, reason="cost", note="Too dear.")
    move(worked, 3, A.ACCEPTED)
    day = worked.today + timedelta(days=30)
    seen = {1: 1, 2: 2, 3: 1, 4: 1, 9: 1}
    outcomes = bulk_acting.postpone_actions(*asking(worked), seen_versions=seen, due_on=day, note="Frost.")
    assert [one.id for one in outcomes.done] == [1, 4]
    assert [ref for ref, _ in outcomes.refused] == ["A-0002", "A-0003", "A-0009"]
    assert isinstance(outcomes.refused[1][1], Stale)
    assert [one.due_on == day for one in worked.store.actions()] == [True, False, False, True]
    first = worked.store.action(1)
    assert (first.moved_count, first.first_promised_on) == (1, worked.today + timedelta(days=5))
    with pytest.raises(InputRefused, match="has passed"):
        bulk_acting.postpone_actions(
            *asking(worked), seen_versions={1: 2}, due_on=worked.today - timedelta(days=1), note="Frost."
        )
    check_record(worked)


def test_another_organisation_is_always_asked_first(worked: Scene) -> None:
    for number in range(4):
        propose(worked, f"Job {number}", person="Piet")
    move(worked, 2, A.ACCEPTED)
    move(worked, 3, A.ACCEPTED)
    move(worked, 3, A.BLOCKED, reason="weather", note="Wet.")
    move(worked, 4, A.ACCEPTED)
    move(worked, 4, A.DONE, note="Lit.")
    seen = {one.id: one.version for one in worked.store.actions()}
    outcomes = bulk_acting.assign_actions(*asking(worked), seen_versions=seen, organisation_id=2, note="Parks do it.")
    assert [ref for ref, _ in outcomes.refused] == ["A-0004"]
    for one in outcomes.done:
        assert (one.status, one.organisation_id, one.person) == (A.PROPOSED, 2, "")
        assert one.accepted_at is None
        assert one.blocked_since is None
        assert one == worked.store.action(one.id)
    told = [one.changes["status"] for one in worked.store.events(Subject.ACTION, 2) if "status" in one.changes]
    assert told == ["proposed", "accepted", "cancelled", "proposed"]
    check_record(worked)


# -- who leaves --


def partners(scene: Scene) -> tuple[Person, Person, Person]:
    people = [
        organising.add_person(*asking(scene, ADMIN), name=name, role=Role.PARTNER, organisation_id=own)
        for name, own in (("Piet Lund", 1), ("Mo Hall", 1), ("Eva Tree", 2))
    ]
    return people[0], people[1], people[2]


def test_nobody_leaves_before_somebody_else_has_their_work(worked: Scene) -> None:
    piet, mo, eva = partners(worked)
    propose(worked, "Mine", person="Piet Lund")
    propose(worked, "Ours", person="Mo Hall")
    move(worked, 1, A.ACCEPTED)
    ask = asking(worked, ADMIN)
    with pytest.raises(InputRefused, match="still has 1 to do: A-0001"):
        leaving.end_person(*ask, person_id=piet.id, seen_version=1)
    with pytest.raises(InputRefused, match="another organisation"):
        leaving.end_person(*ask, person_id=piet.id, to_person_id=eva.id, seen_version=1)
    assert worked.store.action(1).person == "Piet Lund"
    left = leaving.end_person(*ask, person_id=piet.id, to_person_id=mo.id, seen_version=1)
    assert not left.active
    assert [(one.person, one.status) for one in worked.store.actions()] == [
        ("Mo Hall", A.ACCEPTED),
        ("Mo Hall", A.PROPOSED),
    ]
    with pytest.raises(InputRefused, match="has left"):
        propose(worked, "Late", person="piet lund")
    check_record(worked)


def test_an_organisation_closes_only_when_its_people_and_its_work_have_gone_elsewhere(worked: Scene) -> None:
    piet, mo, _ = partners(worked)
    propose(worked, "Mine")
    move(worked, 1, A.ACCEPTED)
    close = {"organisation_id": 1, "seen_version": 1}
    with pytest.raises(InputRefused, match="Mo Hall, Piet Lund still act for it"):
        leaving.close_organisation(*asking(worked), **close)
    for person in (piet, mo):
        leaving.end_person(*asking(worked, ADMIN), person_id=person.id, seen_version=1)
    with pytest.raises(InputRefused, match="still has 1 to do: A-0001"):
        leaving.close_organisation(*asking(worked), **close)
    with pytest.raises(NotAllowed, match="only a coordinator"):
        leaving.close_organisation(*asking(worked, ADMIN), **close, to_organisation_id=2)
    assert not worked.store.organisations()[0].closed
    leaving.close_organisation(*asking(worked), **close, to_organisation_id=2)
    moved = worked.store.action(1)
    assert (moved.organisation_id, moved.status) == (2, A.PROPOSED)
    with pytest.raises(InputRefused, match="is closed"):
        propose(worked, "Late")
    with pytest.raises(InputRefused, match="is closed"):
        leaving.bring_back_person(*asking(worked, ADMIN), person_id=piet.id, seen_version=2)
    check_record(worked)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(["Piet Lund", "Mo Hall", ""]), min_size=1, max_size=6))
def test_handing_over_loses_no_work_and_leaves_none_behind(worked: Scene, names: list[str]) -> None:
    people = worked.store.people() or list(partners(worked))
    there = {each.name: each for each in people}
    before = len(worked.store.actions())
    for number, name in enumerate(names):
        propose(worked, f"Job {before + number}", person=name)
    piet = next(each for each in worked.store.people() if each.name == "Piet Lund")
    ask = asking(worked, ADMIN)
    left = leaving.end_person(*ask, person_id=piet.id, to_person_id=there["Mo Hall"].id, seen_version=piet.version)
    actions = worked.store.actions()
    assert len(actions) == before + len(names)
    assert all(one.person != "Piet Lund" for one in actions)
    assert sum(one.person == "" for one in actions[before:]) == names.count("")
    assert len(leaving.owed_by_person(worked.store, left)) == 0
    leaving.bring_back_person(*ask, person_id=piet.id, seen_version=left.version)


def test_days_to_accept_begin_anew_with_each_organisation(worked: Scene) -> None:
    propose(worked)
    worked.today += timedelta(days=9)
    move(worked, 1, A.DECLINED, reason="not_ours", note="Not ours.")
    move(worked, 1, A.PROPOSED, organisation_id=2, note="Yours.")
    worked.today += timedelta(days=2)
    assert move(worked, 1, A.ACCEPTED).days_to_accept() == 2
    kept = worked.store.action(1)
    assert (kept.due_on, kept.first_promised_on) == (None, date(2026, 3, 7)), "the day had passed"


def test_work_that_is_proposed_once_more_gets_a_day_of_its_own_and_the_first_promise_stays(worked: Scene) -> None:
    first = propose(worked).due_on
    assert first is not None
    worked.today += timedelta(days=9)
    move(worked, 1, A.DECLINED, reason="not_ours", note="Not ours.")
    with pytest.raises(InputRefused, match="has passed"):
        move(worked, 1, A.PROPOSED, organisation_id=2, note="Yours.", due_on=first)
    later = worked.today + timedelta(days=14)
    again = move(worked, 1, A.PROPOSED, organisation_id=2, note="Yours.", due_on=later)
    assert (again.due_on, again.first_promised_on, again.moved_count) == (later, first, 1)
    assert again.days_late(worked.today) == 0
