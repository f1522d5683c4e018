"""People work on problems and actions: by the table, with versions, and everything on the timeline."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from problems.actions import Action, ActionStatus, ActionType
from problems.categories import Group
from problems.errors import InputRefused, MoveRefused, NotAllowed, Stale
from problems.events import EventKind, Subject
from problems.lifecycle import MoveAnswers
from problems.people import Organisation, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.use_cases import acting, drawing, working
from problems.verdicts import Verdict
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, VIEWER, Scene, days_before

TODAY = date(2026, 3, 2)
ACTION_MOVES = {
    ActionStatus.ACCEPTED: "",
    ActionStatus.IN_PROGRESS: "",
    ActionStatus.DONE: "It is lit again.",
}


@pytest.fixture
def problem(scene: Scene) -> Problem:
    scene.send(*scene.spot((0, 0), days_before(TODAY, 10)))
    scene.refresh()
    return scene.store.problem(1)


@pytest.fixture
def planned(scene: Scene, problem: Problem) -> Problem:
    scene.taken_on(problem)
    return scene.move(COORDINATOR, problem, ProblemStatus.PLANNED, note="Renew the columns.")


@pytest.fixture
def lighting(scene: Scene) -> Organisation:
    return scene.organisation("Council lighting")


def propose(scene: Scene, problem: Problem, organisation: Organisation, due_on: date | None = None) -> Action:
    return acting.add_action(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=problem.id,
        organisation_id=organisation.id,
        type=ActionType.REPAIR,
        title="Renew column 14",
        due_on=due_on,
    )


def move(
    scene: Scene, who: Principal, action: Action, target: ActionStatus, answers: MoveAnswers | None = None
) -> Action:
    return acting.move_action(
        scene.store,
        who,
        scene.clock,
        1,
        action_id=action.id,
        target=target,
        answers=answers or MoveAnswers(note=ACTION_MOVES.get(target, "")),
        seen_version=action.version,
    )


def test_taking_on_sets_owner_objective_and_review_and_pins_the_footprint(scene: Scene, problem: Problem) -> None:
    taken = scene.taken_on(problem)
    assert (taken.status, taken.owner, taken.objective) == (ProblemStatus.CONFIRMED, "Cora Reid", "No more dark nights")
    scene.today = TODAY + timedelta(days=7)
    scene.send(*scene.spot((60, 0), days_before(scene.today, 14, step=1)))
    scene.refresh()
    now = scene.store.problem(problem.id)
    assert (now.footprint, now.lon_lat, now.width_m) == (taken.footprint, taken.lon_lat, taken.width_m)
    assert now.incidents > taken.incidents


def test_a_refused_move_changes_nothing(scene: Scene, problem: Problem) -> None:
    version = scene.store.version()
    with pytest.raises(MoveRefused):
        scene.move(COORDINATOR, problem, ProblemStatus.CLOSED, note="Enough.")
    with pytest.raises(NotAllowed):
        scene.move(VIEWER, problem, ProblemStatus.DISMISSED, reason="artefact", note="Nothing.")
    assert (scene.store.problem(1), scene.store.version()) == (problem, version)


def test_the_second_of_two_editors_is_told_what_changed_and_by_whom(scene: Scene, problem: Problem) -> None:
    scene.taken_on(problem)
    with pytest.raises(Stale) as stale:
        working.edit_problem(
            scene.store,
            COORDINATOR,
            scene.clock,
            1,
            problem_id=problem.id,
            seen_version=problem.version,
            objective="Something else",
        )
    assert stale.value.changed_by == "Cora Reid"
    assert stale.value.changes["objective"] == ("", "No more dark nights")


def test_the_second_of_two_movers_is_told_what_changed_and_by_whom(scene: Scene, problem: Problem) -> None:
    scene.taken_on(problem)
    with pytest.raises(Stale) as stale:
        working.move_problem(
            scene.store,
            OFFICER,
            scene.clock,
            1,
            problem_id=problem.id,
            target=ProblemStatus.DISMISSED,
            answers=MoveAnswers(reason="artefact", note="Nothing there."),
            seen_version=problem.version,
        )
    assert stale.value.changed_by == "Cora Reid"
    assert stale.value.changes["status"] == ("detected", "confirmed")


@pytest.mark.parametrize(
    ("target_id", "why"), [(999, "no problem 999"), (1, "into itself"), (3, "graffiti"), (4, "Dismissed")]
)
def test_a_problem_is_merged_only_into_an_open_one_of_its_kind(scene: Scene, target_id: int, why: str) -> None:
    days = days_before(TODAY, 9)
    scene.send(*scene.spot((0, 0), days), *scene.spot((600, 0), days), *scene.spot((900, 0), days, code="DMG-GRAF"))
    scene.send(*scene.spot((0, 900), days))
    scene.refresh()
    lit = [one for one in scene.store.problems() if one.group is Group.LIGHTING]
    other = next(one for one in scene.store.problems() if one.group is Group.DAMAGE)
    scene.move(COORDINATOR, lit[2], ProblemStatus.DISMISSED, reason="artefact", note="Nothing there.")
    chosen = {3: other.id, 4: lit[2].id, 1: lit[0].id}.get(target_id, target_id)
    with pytest.raises(MoveRefused, match=why):
        scene.move(COORDINATOR, lit[0], ProblemStatus.SUPERSEDED, target_id=chosen, note="One place.")
    merged = scene.move(COORDINATOR, lit[0], ProblemStatus.SUPERSEDED, target_id=lit[1].id, note="One place.")
    assert merged.successor_ids == (lit[1].id,)


def test_a_refresh_does_not_make_an_open_form_stale(scene: Scene, problem: Problem) -> None:
    seen = problem.version
    scene.today = TODAY + timedelta(days=7)
    scene.send(*scene.spot((5, 5), days_before(scene.today, 4)))
    scene.refresh()
    assert scene.store.problem(1).incidents != problem.incidents
    edited = working.edit_problem(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=1, seen_version=seen, name="Dark Mill Lane"
    )
    assert edited.name == "Dark Mill Lane"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"owner": "x" * 121, "objective": "Light", "review_on": TODAY}, "121 characters"),
        ({"owner": "Cora", "objective": "x" * 4001, "review_on": TODAY}, "4001 characters"),
        (
            {"owner": "Cora", "owner_organisation_id": 77, "objective": "Light", "review_on": TODAY},
            "no organisation 77",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_when_taking_on(
    scene: Scene, problem: Problem, answers: dict[str, object], why: str
) -> None:
    with pytest.raises(InputRefused, match=why):
        scene.move(COORDINATOR, problem, ProblemStatus.CONFIRMED, **answers)
    assert scene.store.problem(1) == problem


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"visited_on": TODAY + timedelta(days=1), "note": "Lit."}, "not happened yet"),
        ({"visited_on": TODAY, "note": "x" * 4001}, "4001 characters"),
    ],
)
def test_answers_that_make_no_sense_are_refused(
    scene: Scene, problem: Problem, answers: dict[str, object], why: str
) -> None:
    scene.remediated(problem)
    with pytest.raises((MoveRefused, InputRefused), match=why):
        scene.move(OFFICER, problem, ProblemStatus.VERIFIED, **answers)


def test_a_review_in_the_past_is_refused(scene: Scene, problem: Problem) -> None:
    with pytest.raises(MoveRefused, match="has passed"):
        scene.move(
            COORDINATOR,
            problem,
            ProblemStatus.CONFIRMED,
            owner="Cora",
            objective="Light",
            review_on=TODAY - timedelta(days=1),
        )


def test_the_first_action_that_starts_puts_the_problem_under_way(
    scene: Scene, planned: Problem, lighting: Organisation
) -> None:
    action = propose(scene, planned, lighting)
    action = move(scene, scene.partner(lighting), action, ActionStatus.ACCEPTED)
    assert scene.store.problem(1).status is ProblemStatus.PLANNED
    move(scene, scene.partner(lighting), action, ActionStatus.IN_PROGRESS)
    assert scene.store.problem(1).status is ProblemStatus.IN_PROGRESS
    assert scene.store.events(Subject.PROBLEM, 1)[-1].by_name == "Fixpoint"


def test_work_that_is_still_owed_keeps_a_problem_from_being_done(
    scene: Scene, planned: Problem, lighting: Organisation
) -> None:
    owed, other = propose(scene, planned, lighting), propose(scene, planned, lighting, due_on=TODAY)
    partner = scene.partner(lighting)
    owed = move(scene, partner, owed, ActionStatus.ACCEPTED)
    move(scene, partner, owed, ActionStatus.IN_PROGRESS)
    with pytest.raises(MoveRefused, match=rf"{owed.ref} “Renew column 14”, {other.ref}"):
        scene.move(COORDINATOR, planned, ProblemStatus.REMEDIATED, note="All lit.")


def test_a_partner_moves_only_the_work_of_their_own_organisation(
    scene: Scene, planned: Problem, lighting: Organisation
) -> None:
    action = propose(scene, planned, lighting)
    stranger = scene.partner(scene.organisation("Housing"))
    with pytest.raises(NotAllowed, match="another organisation"):
        move(scene, stranger, action, ActionStatus.ACCEPTED)


def test_declined_work_is_proposed_to_another_organisation(
    scene: Scene, planned: Problem, lighting: Organisation
) -> None:
    housing = scene.organisation("Housing")
    action = propose(scene, planned, lighting)
    declined = move(
        scene,
        scene.partner(lighting),
        action,
        ActionStatus.DECLINED,
        MoveAnswers(note="Private road.", reason="not_ours"),
    )
    again = move(
        scene,
        COORDINATOR,
        declined,
        ActionStatus.PROPOSED,
        MoveAnswers(note="Their estate.", organisation_id=housing.id),
    )
    assert (again.organisation_id, again.status) == (housing.id, ActionStatus.PROPOSED)


def test_a_moved_due_date_keeps_the_first_promise_and_counts(
    scene: Scene, planned: Problem, lighting: Organisation
) -> None:
    action = propose(scene, planned, lighting, due_on=TODAY + timedelta(days=7))
    for week in (2, 3):
        action = acting.postpone_action(
            scene.store,
            COORDINATOR,
            scene.clock,
            1,
            action_id=action.id,
            due_on=TODAY + timedelta(weeks=week),
            note="Waiting for the column.",
            seen_version=action.version,
        )
    assert (action.moved_count, action.first_promised_on) == (2, TODAY + timedelta(days=7))
    scene.today = TODAY + timedelta(days=30)
    assert action.days_late(scene.today) == 9


def test_blocked_time_is_summed(scene: Scene, planned: Problem, lighting: Organisation) -> None:
    partner = scene.partner(lighting)
    action = move(scene, partner, propose(scene, planned, lighting), ActionStatus.ACCEPTED)
    blocked = MoveAnswers(note="No parts.", reason="waiting_parts")
    action = move(scene, partner, action, ActionStatus.BLOCKED, blocked)
    scene.today = TODAY + timedelta(days=5)
    action = move(scene, partner, action, ActionStatus.IN_PROGRESS)
    action = move(scene, partner, action, ActionStatus.BLOCKED, blocked)
    scene.today = TODAY + timedelta(days=8)
    action = move(scene, partner, action, ActionStatus.IN_PROGRESS)
    assert action.blocked_days == pytest.approx(8)
    assert action.blocked_since is None


def test_work_that_was_sent_back_is_not_done(scene: Scene, planned: Problem, lighting: Organisation) -> None:
    partner = scene.partner(lighting)
    action = move(scene, partner, propose(scene, planned, lighting), ActionStatus.ACCEPTED)
    action = move(scene, partner, action, ActionStatus.DONE)
    action = move(scene, OFFICER, action, ActionStatus.IN_PROGRESS, MoveAnswers(note="Still dark."))
    assert (action.done_at, action.done_by) == (None, "")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"title": "  "}, "no title"),
        ({"due_on": TODAY - timedelta(days=1)}, "has passed"),
        ({"organisation_id": 999}, "no organisation 999"),
    ],
)
def test_an_action_that_makes_no_sense_is_refused(
    scene: Scene, planned: Problem, lighting: Organisation, changed: dict[str, object], why: str
) -> None:
    wanted = {"problem_id": planned.id, "organisation_id": lighting.id, "type": ActionType.CLEAN, "title": "Sweep"}
    with pytest.raises(InputRefused, match=why):
        acting.add_action(scene.store, COORDINATOR, scene.clock, 1, **(wanted | changed))  # type: ignore[arg-type] # named by the parameters
    assert scene.store.actions() == []


def test_nobody_adds_work_to_a_problem_that_is_not_taken_on(
    scene: Scene, problem: Problem, lighting: Organisation
) -> None:
    with pytest.raises(InputRefused, match="Detected"):
        propose(scene, problem, lighting)


def test_a_whole_life_is_on_the_timeline_and_ends_closed(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=TODAY, note="All lamps lit at 21:00.")
    scene.assessed()
    closed = scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="effective", note="Reports stopped.")
    assert (closed.status, closed.outcome) == (ProblemStatus.CLOSED, "effective")
    moved = [one for one in scene.store.events(Subject.PROBLEM, 1) if one.kind is EventKind.MOVED]
    assert [one.changes["status"] for one in moved] == [
        "confirmed",
        "planned",
        "in_progress",
        "remediated",
        "verified",
        "closed",
    ]
    assert moved[-2].details["visited_on"] == "2026-03-02"


def test_a_problem_is_closed_only_with_an_assessment_of_the_work_that_was_last_done(
    scene: Scene, problem: Problem
) -> None:
    def close() -> Problem:
        return scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="effective", note="Reports stopped.")

    scene.remediated(problem)
    verified = scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=TODAY, note="All lamps lit at 21:00.")
    with pytest.raises(MoveRefused, match=r"Nobody has kept an assessment.*tab “Assess”.*“Keep this assessment”"):
        close()
    assert scene.store.problem(1) == verified
    scene.assessed()
    scene.today += timedelta(days=3)
    scene.move(OFFICER, problem, ProblemStatus.IN_PROGRESS, note="Dark again.")
    scene.move(COORDINATOR, problem, ProblemStatus.REMEDIATED, note="Mended anew.")
    scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    with pytest.raises(MoveRefused, match=r"made on 2 Mar 2026, before the work was last reported done on 5 Mar 2026"):
        close()
    scene.assessed()
    assert close().status is ProblemStatus.CLOSED


@pytest.mark.parametrize("verdict", Verdict)
def test_work_is_said_to_have_worked_only_where_the_reports_fell(
    scene: Scene, problem: Problem, verdict: Verdict
) -> None:
    scene.remediated(problem)
    scene.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=TODAY, note="All lamps lit at 21:00.")
    scene.assessed(verdict=verdict)
    if verdict is not Verdict.FELL:
        with pytest.raises(MoveRefused, match=f"as “It worked”.*of 2 Mar 2026, found: {verdict.label}"):
            scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="effective", note="Reports stopped.")
        assert scene.store.problem(1).status is ProblemStatus.VERIFIED
    outcome = "effective" if verdict is Verdict.FELL else "no_effect"
    closed = scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome=outcome, note="Counted.")
    assert closed.outcome == outcome


def test_what_came_back_is_closed_only_with_an_assessment(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    scene.move(COORDINATOR, problem, ProblemStatus.RECURRED, note="It is dark again.")
    with pytest.raises(MoveRefused, match="assessment"):
        scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="no_effect", note="It did not help.")
    with pytest.raises(NotAllowed):
        scene.move(OFFICER, problem, ProblemStatus.CLOSED, outcome="no_effect", note="It did not help.")
    scene.assessed()
    closed = scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome="no_effect", note="It did not help.")
    assert closed.status is ProblemStatus.CLOSED


def test_the_coordinator_who_reported_it_done_cannot_verify_it(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    both = replace(COORDINATOR, roles=frozenset({Role.COORDINATOR, Role.OFFICER}))
    with pytest.raises(MoveRefused, match="cannot confirm"):
        scene.move(both, problem, ProblemStatus.VERIFIED, visited_on=TODAY, note="Lit.")


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 50], [0, 50], [0, 50]]]},
        {"type": "Polygon", "coordinates": [["a", "b"]]},
        {"type": "Polygon", "coordinates": [[[0, 50], [float("nan"), 51], [1, 50]]]},
    ],
)
def test_what_is_no_area_is_refused(scene: Scene, geometry: dict[str, object]) -> None:
    with pytest.raises(InputRefused):
        drawing.draw_problem(scene.store, COORDINATOR, scene.clock, 1, name="X", group=Group.WASTE, geometry=geometry)
    assert scene.store.problems() == []


def test_notes_are_kept_in_the_writers_words_and_empty_ones_refused(scene: Scene, problem: Problem) -> None:
    text = "<b>Dark</b> ${x} `y` 🌒"
    working.note_problem(scene.store, OFFICER, scene.clock, 1, problem_id=1, note=f"  {text} ")
    assert scene.store.events(Subject.PROBLEM, 1)[-1].note == text
    with pytest.raises(InputRefused, match="empty"):
        working.note_problem(scene.store, OFFICER, scene.clock, 1, problem_id=1, note="  ")


def test_today_is_the_day_of_the_place_not_of_greenwich(scene: Scene, problem: Problem) -> None:
    scene.remediated(problem)
    just_after_midnight = datetime(2026, 7, 1, 0, 30, tzinfo=LONDON)
    saved = working.move_problem(
        scene.store,
        OFFICER,
        lambda: just_after_midnight,
        1,
        problem_id=problem.id,
        target=ProblemStatus.VERIFIED,
        answers=MoveAnswers(visited_on=date(2026, 7, 1), note="Lit at midnight."),
        seen_version=scene.store.problem(problem.id).version,
    )
    assert saved.status is ProblemStatus.VERIFIED
    assert scene.store.events(Subject.PROBLEM, 1)[-1].at == just_after_midnight
