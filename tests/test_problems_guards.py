"""What stands against a move beside the table: no right to know, owed work, a visit too early, a closed door."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from problems.actions import Action, ActionStatus, ActionType, Particulars
from problems.categories import Group
from problems.errors import InputRefused, MoveRefused, NotAllowed
from problems.events import Subject
from problems.gathering import Choices
from problems.lifecycle import MoveAnswers
from problems.people import Organisation, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.reports import ReportStatus
from problems.seeing import seen_by
from problems.sharing import SharingLevel
from problems.targets import WorkingDays
from problems.use_cases import (
    acting,
    adopting,
    advising,
    answer_changes,
    answering,
    assessing,
    leaving,
    organising,
    referring,
    sharing,
    working,
)
from problems.use_cases.drawing import Plan, draw_problem
from problems.use_cases.saving import require
from tests.assessed import rules
from tests.scenes import CENTRE, COMMANDER, COORDINATOR, DEGREE_EAST, DEGREE_NORTH, OFFICER, VIEWER, Scene, days_before

TODAY = date(2026, 3, 2)


@pytest.fixture
def problem(scene: Scene) -> Problem:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)))
    scene.refresh()
    return scene.store.problem(1)


@pytest.fixture
def lighting(scene: Scene) -> Organisation:
    return scene.organisation("Council lighting")


def asking(scene: Scene, who: Principal) -> Any:
    return scene.store, who, scene.clock, 1


def propose(scene: Scene, organisation: Organisation) -> Action:
    return acting.add_action(
        *asking(scene, COORDINATOR),
        problem_id=1,
        organisation_id=organisation.id,
        type=ActionType.REPAIR,
        title="Renew column 14",
    )


def move(scene: Scene, who: Principal, action: Action, target: ActionStatus, **answers: Any) -> Action:
    version = scene.store.action(action.id).version
    told = MoveAnswers(**answers)
    ask = asking(scene, who)
    return acting.move_action(*ask, action_id=action.id, target=target, answers=told, seen_version=version)


# -- in which words --


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ([Role.COORDINATOR], "Only a coordinator may do that; Vera Lunt may not."),
        ([Role.OFFICER, Role.ADMIN], "Only an administrator or an officer may do that; Vera Lunt may not."),
        (
            [Role.SYSTEM, Role.COORDINATOR, Role.COMMAND, Role.ADMIN],
            "Only an administrator, a commander or a coordinator may do that; Vera Lunt may not.",
        ),
        ([Role.SYSTEM], "Only Fixpoint itself may do that; Vera Lunt may not."),
    ],
)
def test_a_refusal_names_the_roles_in_a_sentence(roles: list[Role], words: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        require(VIEWER, "It was not done.", *roles)
    assert refused.value.why == words


def test_a_move_that_is_not_theirs_is_refused_in_the_same_sentence(scene: Scene, problem: Problem) -> None:
    with pytest.raises(NotAllowed, match=r"Only a coordinator may do that; Omar Hale may not\."):
        scene.move(OFFICER, problem, ProblemStatus.CONFIRMED)


# -- no right to know --


def test_whoever_may_not_see_a_problem_learns_nothing_of_it_from_an_old_version(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    scene.taken_on(problem)
    action = propose(scene, lighting)
    later = scene.today + timedelta(days=9)
    ask = asking(scene, COORDINATOR)
    acting.postpone_action(*ask, action_id=action.id, due_on=later, note="Mr Hale is ill.", seen_version=1)
    for who in (VIEWER, scene.partner(scene.organisation("Parks"))):
        for refused in refusals(scene, who, action):
            assert not any(word in refused for word in ("Taken on", "Proposed”", "saved", "ill", "dark nights"))


def refusals(scene: Scene, who: Principal, action: Action) -> list[str]:
    """Return in which words somebody is refused who asks with old versions of what is not theirs."""
    ask = asking(scene, who)
    plain: dict[str, Any] = {"answers": MoveAnswers(), "seen_version": 1}
    tries: list[Callable[[], object]] = [
        lambda: working.move_problem(*ask, problem_id=1, target=ProblemStatus.ANALYSING, **plain),
        lambda: adopting.take_on(*ask, problem_id=1, name="Mill Lane", plan=Plan(), seen_version=1),
        lambda: acting.move_action(*ask, action_id=action.id, target=ActionStatus.ACCEPTED, **plain),
        lambda: acting.move_action(*ask, action_id=action.id, target=ActionStatus.DONE, **plain),
    ]
    found = []
    for each in tries:
        with pytest.raises(NotAllowed) as refused:
            each()
        found.append(str(refused.value))
    return found


def test_a_partner_without_notes_is_told_no_names_no_places_and_not_who_else_sees_it(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    scene.taken_on(problem)
    parks = scene.organisation("Parks")
    propose(scene, lighting)
    told: dict[str, Any] = {"problem_id": 1, "organisation_id": parks.id, "type": ActionType.ADVISE}
    ask = asking(scene, COORDINATOR)
    advice = acting.add_action(
        *ask, **told, title="Advise", person="Perdita Park", particulars=Particulars(advice="Lock it.")
    )
    advising.give_advice(*ask, action_id=advice.id, given_on=scene.today, place="Mill Lane 14")
    version = scene.store.problem(1).version
    levels: dict[str, Any] = {"organisation_id": parks.id, "level": SharingLevel.FULL, "seen_version": version}
    sharing.set_sharing(*ask, problem_id=1, **levels)
    for organisation, is_told in ((lighting, False), (parks, True)):
        seen = seen_by(scene.store, scene.partner(organisation))
        said = f"{seen.events()} {seen.advice_given(1)} {seen.actions()}"
        for secret in ("Perdita Park", "Mill Lane 14", "'full'"):
            assert (secret in said) is is_told, (organisation.name, secret)


def test_what_stands_in_the_way_has_no_title_for_those_who_do_not_see_it(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    scene.taken_on(problem)
    first, parks = propose(scene, lighting), scene.organisation("Parks")
    told: dict[str, Any] = {"problem_id": 1, "organisation_id": parks.id, "type": ActionType.CLEAN, "title": "Cut"}
    ask, partner = asking(scene, COORDINATOR), scene.partner(parks)
    action = acting.add_action(*ask, **told, particulars=Particulars(waits_for=(first.id,)))
    move(scene, partner, action, ActionStatus.ACCEPTED)
    with pytest.raises(MoveRefused, match=rf"waits for {first.ref} “Renew column 14”"):
        move(scene, partner, action, ActionStatus.IN_PROGRESS)
    version = scene.store.problem(1).version
    level: dict[str, Any] = {"organisation_id": parks.id, "level": SharingLevel.EXISTS}
    sharing.set_sharing(*ask, problem_id=1, seen_version=version, **level)
    with pytest.raises(MoveRefused, match=rf"waits for {first.ref} \(proposed\)"):
        move(scene, partner, action, ActionStatus.IN_PROGRESS)


def test_an_assessment_is_looked_at_by_those_who_see_the_place(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    choices = Choices(done_on=scene.today)
    for who in (scene.partner(scene.organisation("Parks")), scene.partner(scene.organisation("Housing"))):
        with pytest.raises(NotAllowed, match="not shared"):
            assessing.look_at(*asking(scene, who), problem_id=1, choices=choices, rules=rules())
    scene.assessed()
    (kept,) = scene.store.assessments(1)
    with pytest.raises(NotAllowed):
        assessing.compute_again(*asking(scene, who), assessment_id=kept.id)


# -- work that is owed --


def test_nothing_ends_while_work_that_was_sent_back_is_owed(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    (action,) = scene.store.actions(1)
    move(scene, OFFICER, action, ActionStatus.IN_PROGRESS, note="It flickers.")
    with pytest.raises(MoveRefused, match=rf"Work is still owed: {action.ref}"):
        scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    partner = scene.partner(scene.store.organisations()[0])
    move(scene, partner, action, ActionStatus.DONE, note="New lamp.")
    scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    scene.assessed()
    move(scene, OFFICER, action, ActionStatus.IN_PROGRESS, note="It flickers again.")
    with pytest.raises(MoveRefused, match="Work is still owed"):
        scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="effective", note="Lit for good.")


def test_no_action_is_decided_only_when_nobody_is_left_with_work(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    scene.taken_on(problem)
    action = propose(scene, lighting)
    no_action = {"reason": "cost", "note": "Too dear.", "review_on": scene.today + timedelta(days=90)}
    with pytest.raises(MoveRefused, match=rf"Work is still owed: {action.ref}"):
        scene.move(COMMANDER, problem, ProblemStatus.NO_ACTION, **no_action)
    move(scene, COORDINATOR, action, ActionStatus.CANCELLED, reason="cost", note="Too dear.")
    assert scene.move(COMMANDER, problem, ProblemStatus.NO_ACTION, **no_action).status is ProblemStatus.NO_ACTION


def test_work_that_was_done_before_the_new_plan_of_what_came_back_puts_it_under_way(
    scene: Scene, problem: Problem
) -> None:
    scene.remediated(problem)
    scene.today += timedelta(days=5)
    scene.move(COORDINATOR, problem, ProblemStatus.RECURRED, note="Dark again.")
    organisation = scene.store.organisations()[0]
    action = propose(scene, organisation)
    for target in (ActionStatus.ACCEPTED, ActionStatus.DONE):
        move(scene, scene.partner(organisation), action, target, note="New cable.")
    planned = scene.move(COORDINATOR, problem, ProblemStatus.PLANNED, note="Renew the cable.")
    assert planned.status is ProblemStatus.IN_PROGRESS
    done = scene.move(COORDINATOR, problem, ProblemStatus.REMEDIATED, note="Lit again.")
    assert done.status is ProblemStatus.REMEDIATED


def test_a_report_that_stands_for_others_is_not_withdrawn(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 3)))
    ask = asking(scene, OFFICER)

    def moved(numbers: list[int], target: ReportStatus, **answers: Any) -> answer_changes.Outcomes:
        told: dict[str, Any] = {"answers": MoveAnswers(**answers), "seen_versions": {}, "days": WorkingDays()}
        return answering.move_reports(*ask, report_ids=numbers, target=target, **told)

    assert not moved([2, 3], ReportStatus.DUPLICATE, note="The same lamp.", target_id=1).refused
    mistake = {"reason": "reporter_error", "note": "Reported by mistake."}
    ((_ref, why),) = moved([1], ReportStatus.WITHDRAWN, **mistake).refused
    assert "R-000001 stands for R-000002, R-000003." in str(why)
    assert not moved([2, 3], ReportStatus.ACKNOWLEDGED, note="Other lamps.").refused
    assert not moved([1], ReportStatus.WITHDRAWN, **mistake).refused


def test_what_nobody_can_assess_is_closed_as_that_and_as_nothing_else(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10, step=0)))
    ground = a_square()
    problem = draw_problem(*asking(scene, COORDINATOR), name="Lamps", group=Group.LIGHTING, geometry=ground)
    scene.remediated(problem)
    scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    with pytest.raises(MoveRefused, match=r"not one whole week.*“Cannot be assessed”"):
        scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="effective", note="No reports before.")
    closed = scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="not_assessable", note="No reports before.")
    assert (closed.status, closed.outcome) == (ProblemStatus.CLOSED, "not_assessable")


def a_square() -> dict[str, Any]:
    """Return a square of about 300 metres round the centre."""
    (lon, lat), east, north = CENTRE, 150 * DEGREE_EAST, 150 * DEGREE_NORTH
    ring = [[lon + x * east, lat + y * north] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    return {"type": "Polygon", "coordinates": [ring]}


# -- a visit too early --


@pytest.mark.parametrize("target", [ProblemStatus.VERIFIED, ProblemStatus.IN_PROGRESS])
def test_a_visit_before_the_work_was_done_says_nothing_of_it(
    scene: Scene, problem: Problem, target: ProblemStatus
) -> None:
    scene.remediated(problem)
    with pytest.raises(MoveRefused, match="after the visit on 2026-03-01"):
        scene.move(OFFICER, problem, target, visited_on=scene.today - timedelta(days=1), note="I was there.")
    assert scene.store.visits(1) == []
    assert scene.move(OFFICER, problem, target, visited_on=scene.today, note="I was there.").status is target


# -- a closed door --


def test_a_closed_organisation_gets_no_people_and_is_shared_nothing(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    ask, admin = asking(scene, COORDINATOR), Principal("ada", "Ada", frozenset({Role.ADMIN}))
    leaving.close_organisation(*ask, organisation_id=lighting.id, seen_version=lighting.version)
    share: dict[str, Any] = {"problem_id": 1, "organisation_id": lighting.id, "seen_version": problem.version}
    with pytest.raises(InputRefused, match="closed"):
        sharing.set_sharing(*ask, level=SharingLevel.FULL, **share)
    assert sharing.set_sharing(*ask, level=SharingLevel.NOTHING, **share).shares == {str(lighting.id): "nothing"}
    new: dict[str, Any] = {"name": "Piet", "role": Role.PARTNER, "organisation_id": lighting.id}
    with pytest.raises(InputRefused, match="closed"):
        organising.add_person(*asking(scene, admin), **new)


@pytest.mark.parametrize("checked", [ActionStatus.DONE, ActionStatus.VERIFIED])
def test_a_closed_organisation_never_owes_work_again(
    scene: Scene, problem: Problem, lighting: Organisation, checked: ActionStatus
) -> None:
    scene.taken_on(problem)
    action = propose(scene, lighting)
    partner = scene.partner(lighting)
    for target in (ActionStatus.ACCEPTED, ActionStatus.DONE):
        action = move(scene, partner, action, target, note="The lamp is lit.")
    if checked is ActionStatus.VERIFIED:
        action = move(scene, OFFICER, action, checked, note="It shines.")
    ask = asking(scene, COORDINATOR)
    leaving.close_organisation(*ask, organisation_id=lighting.id, seen_version=lighting.version)
    with pytest.raises(InputRefused, match=r"Council lighting was closed\. Open it again, or add the work"):
        move(scene, OFFICER, action, ActionStatus.IN_PROGRESS, note="It is dark.")
    assert scene.store.action(action.id) == action
    leaving.open_organisation(*ask, organisation_id=lighting.id, seen_version=2)
    assert move(scene, OFFICER, action, ActionStatus.IN_PROGRESS, note="It is dark.").status.is_owed


def test_a_closed_organisation_can_be_opened_again_and_is_not_added_twice(scene: Scene, lighting: Organisation) -> None:
    ask = asking(scene, COORDINATOR)
    leaving.close_organisation(*ask, organisation_id=lighting.id, seen_version=lighting.version)
    with pytest.raises(InputRefused, match="open it again"):
        scene.organisation("Council lighting")
    opened = leaving.open_organisation(*ask, organisation_id=lighting.id, seen_version=2)
    assert (opened.closed, opened.version) == (False, 3)
    told = scene.store.events(Subject.ORGANISATION, lighting.id)
    assert [one.changes.get("closed") for one in told] == [None, True, False]
    with pytest.raises(InputRefused, match="not closed"):
        leaving.open_organisation(*ask, organisation_id=lighting.id, seen_version=3)


def test_who_has_left_is_given_nothing_and_nobody_is_left_without_an_owner(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    admin = asking(scene, Principal("ada", "Ada", frozenset({Role.ADMIN})))
    person = organising.add_person(*admin, name="Lea Vane", role=Role.OFFICER)
    leaving.end_person(*admin, person_id=person.id, seen_version=person.version)
    plan = {"objective": "Light", "review_on": scene.today + timedelta(days=30)}
    with pytest.raises(InputRefused, match="lea vane has left"):
        scene.move(COORDINATOR, problem, ProblemStatus.CONFIRMED, owner="lea vane", **plan)
    scene.taken_on(problem)
    ask, version = asking(scene, COORDINATOR), scene.store.problem(1).version
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"owner": "Lea Vane"}, "has left"),
        ({"owner": " "}, "no owner"),
        ({"objective": ""}, "no objective"),
        ({"review_on": scene.today - timedelta(days=1)}, "has passed"),
    ]
    for wrong, why in wrongs:
        with pytest.raises(InputRefused, match=why):
            working.edit_problem(*ask, problem_id=1, seen_version=version, **wrong)
    give: dict[str, Any] = {"report_ids": [1], "organisation_id": lighting.id, "owner": "Lea Vane"}
    with pytest.raises(InputRefused, match="has left"):
        referring.give_reports(*asking(scene, OFFICER), seen_versions={}, **give)


def test_nothing_is_proposed_again_to_an_organisation_that_was_closed(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    scene.taken_on(problem)
    action = propose(scene, lighting)
    move(scene, COORDINATOR, action, ActionStatus.CANCELLED, reason="cost", note="Not now.")
    ask = asking(scene, COORDINATOR)
    leaving.close_organisation(*ask, organisation_id=lighting.id, seen_version=lighting.version)
    again = scene.organisation("Parks")
    with pytest.raises(InputRefused, match="Council lighting is closed"):
        move(scene, COORDINATOR, action, ActionStatus.PROPOSED, note="Now.")
    asked = move(scene, COORDINATOR, action, ActionStatus.PROPOSED, note="Now.", organisation_id=again.id)
    assert (asked.organisation_id, asked.status) == (again.id, ActionStatus.PROPOSED)


# -- words --

THUMB, NOTHING_SEEN = "\U0001f44d\U0001f3fd", "\u200b\u2060 \u00ad"


@pytest.mark.parametrize("text", [THUMB, NOTHING_SEEN, "...", "\x00"])
def test_an_emoji_alone_is_no_sentence_no_reason_and_no_name(
    scene: Scene, problem: Problem, lighting: Organisation, text: str
) -> None:
    scene.taken_on(problem)
    action = propose(scene, lighting)
    ask, later = asking(scene, COORDINATOR), scene.today + timedelta(days=9)
    version = scene.store.problem(1).version
    tries: list[Callable[[], object]] = [
        lambda: scene.move(COORDINATOR, problem, ProblemStatus.PLANNED, note=text),
        lambda: move(scene, COORDINATOR, action, ActionStatus.CANCELLED, reason="cost", note=text),
        lambda: working.note_problem(*ask, problem_id=1, note=text),
        lambda: working.edit_problem(*ask, problem_id=1, name=text, seen_version=version),
        lambda: acting.postpone_action(*ask, action_id=action.id, due_on=later, note=text, seen_version=1),
        lambda: scene.organisation(text),
    ]
    known = scene.store.version()
    for each in tries:
        with pytest.raises((InputRefused, MoveRefused)):
            each()
    assert scene.store.version() == known
    working.note_problem(*ask, problem_id=1, note=f"Lit again {THUMB}")
    assert scene.store.events(Subject.PROBLEM, 1)[-1].note == f"Lit again {THUMB}"


def test_signs_that_nobody_sees_are_not_kept(scene: Scene, problem: Problem) -> None:
    scene.taken_on(problem)
    hidden = "\x00\u202e\ud83d"
    name, note = f"Mill{hidden} Lane", f"Renew{hidden} the\ncolumns."
    version = scene.store.problem(1).version
    working.edit_problem(*asking(scene, COORDINATOR), problem_id=1, name=name, seen_version=version)
    planned = scene.move(COORDINATOR, problem, ProblemStatus.PLANNED, note=note, owner=f"Cora{hidden}")
    assert (planned.name, planned.owner) == ("Mill Lane", "Cora")
    assert scene.store.events(Subject.PROBLEM, 1)[-1].note == "Renew the\ncolumns."
