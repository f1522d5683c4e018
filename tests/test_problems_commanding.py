"""What waits for a decision of command, and deciding it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.case_review import REPORTS, WITHIN_DAYS, due_since
from problems.decisions import DecisionKind, Docket, only_for_command
from problems.errors import InputRefused, MoveRefused, NotAllowed, Stale
from problems.people import Principal
from problems.problem import ProblemStatus
from problems.use_cases import commanding
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, VIEWER, Scene, days_before

EPSG = 27700


@pytest.fixture
def town(scene: Scene) -> Scene:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    return scene


def waiting(scene: Scene, who: Principal = COMMANDER) -> Docket:
    return commanding.decisions_waiting(scene.store, who, scene.clock, 1, zone=LONDON, epsg=EPSG)


def kinds(scene: Scene) -> list[DecisionKind]:
    return [one.kind for one in waiting(scene).waiting]


def asking(scene: Scene, who: Principal) -> tuple[Any, Any, Any, Any]:
    return scene.store, who, scene.clock, 1


def test_what_only_command_may_move_is_what_the_page_is_about() -> None:
    sources = {source for source, _target in only_for_command()}
    assert {target for _source, target in only_for_command()} == {
        ProblemStatus.CLOSED,
        ProblemStatus.NO_ACTION,
        ProblemStatus.CONFIRMED,
    }
    assert {ProblemStatus.VERIFIED, ProblemStatus.RECURRED, ProblemStatus.NO_ACTION} <= sources


def test_a_verified_problem_waits_for_an_assessment_and_then_for_command(town: Scene) -> None:
    problem = town.remediated(town.store.problem(1))
    town.move(OFFICER, problem, ProblemStatus.VERIFIED, visited_on=town.today, note="Lit.")
    assert kinds(town) == []
    assert [one.id for one in waiting(town).unassessed] == [1]
    town.today += timedelta(days=30)
    town.assessed()
    found = waiting(town)
    assert [(one.kind, one.since.date()) for one in found.waiting] == [(DecisionKind.CLOSE, town.today)]
    assert [one.title for one in found.waiting[0].done] == ["Renew the column"]
    assert found.waiting[0].assessment is not None
    assert found.unassessed == ()
    town.move(COMMANDER, town.store.problem(1), ProblemStatus.CLOSED, outcome="effective", note="It worked.")
    assert kinds(town) == []
    (taken,) = waiting(town).taken
    assert (taken.event.by_name, taken.event.note) == (COMMANDER.name, "It worked.")


def test_what_came_back_waits_since_the_day_it_did(town: Scene) -> None:
    problem = town.remediated(town.store.problem(1))
    town.today += timedelta(days=9)
    town.move(COORDINATOR, problem, ProblemStatus.RECURRED, note="Dark again.")
    town.today += timedelta(days=9)
    (one,) = waiting(town).waiting
    assert (one.kind, (town.today - one.since.date()).days) == (DecisionKind.RECURRED, 9)


def test_no_action_is_asked_for_once_and_answered_by_command(town: Scene) -> None:
    town.taken_on(town.store.problem(1))
    ask = {"problem_id": 1, "reason": "cost", "note": "It would cost more than it helps."}
    commanding.ask_no_action(*asking(town, COORDINATOR), **ask)
    (one,) = waiting(town).waiting
    assert one.kind is DecisionKind.NO_ACTION_ASKED
    assert one.asked is not None
    assert (one.asked.by_name, one.asked.reason) == (COORDINATOR.name, "cost")
    with pytest.raises(MoveRefused, match="has asked for it already"):
        commanding.ask_no_action(*asking(town, OFFICER), **ask)
    with pytest.raises(NotAllowed):
        commanding.decline_no_action(*asking(town, COORDINATOR), problem_id=1, note="No.")
    with pytest.raises(InputRefused, match="No reason is given"):
        commanding.decline_no_action(*asking(town, COMMANDER), problem_id=1, note=" ")
    commanding.decline_no_action(*asking(town, COMMANDER), problem_id=1, note="Residents wait for it.")
    assert kinds(town) == []
    assert [each.event.note for each in waiting(town).taken] == ["Residents wait for it."]
    with pytest.raises(MoveRefused):
        commanding.decline_no_action(*asking(town, COMMANDER), problem_id=1, note="Again.")
    commanding.ask_no_action(*asking(town, OFFICER), **ask)
    answers = {"reason": "cost", "note": "So be it.", "review_on": town.today + timedelta(days=30)}
    town.move(COMMANDER, town.store.problem(1), ProblemStatus.NO_ACTION, **answers)
    assert kinds(town) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [({"reason": "fixed"}, "It needs a reason"), ({"note": " "}, "Nothing says why"), ({"reason": ""}, "a reason")],
)
def test_a_request_without_a_reason_is_refused_in_words(town: Scene, change: dict[str, str], why: str) -> None:
    town.taken_on(town.store.problem(1))
    ask: dict[str, Any] = {"problem_id": 1, "reason": "cost", "note": "Too dear.", **change}
    with pytest.raises(InputRefused, match=why):
        commanding.ask_no_action(*asking(town, OFFICER), **ask)
    assert kinds(town) == []


def test_no_action_is_not_asked_for_where_it_cannot_be_decided(town: Scene) -> None:
    with pytest.raises(MoveRefused, match="Detected"):
        commanding.ask_no_action(*asking(town, OFFICER), problem_id=1, reason="cost", note="Too dear.")


def test_no_action_comes_back_to_command_on_the_day_of_its_review_and_may_stand(town: Scene) -> None:
    town.taken_on(town.store.problem(1))
    review_on = town.today + timedelta(days=30)
    left = town.move(
        COMMANDER, town.store.problem(1), ProblemStatus.NO_ACTION, reason="cost", note="Dear.", review_on=review_on
    )
    town.today += timedelta(days=29)
    assert kinds(town) == []
    town.today += timedelta(days=1)
    assert kinds(town) == [DecisionKind.REVIEW_DUE]
    again: dict[str, Any] = {"problem_id": 1, "note": "As before.", "seen_version": left.version}
    with pytest.raises(InputRefused, match="no later day"):
        commanding.keep_no_action(*asking(town, COMMANDER), review_on=town.today, **again)
    later = town.today + timedelta(days=90)
    saved = commanding.keep_no_action(*asking(town, COMMANDER), review_on=later, **again)
    assert (saved.review_on, saved.status) == (later, ProblemStatus.NO_ACTION)
    assert kinds(town) == []
    with pytest.raises(Stale):
        commanding.keep_no_action(*asking(town, COMMANDER), review_on=later, **again)
    assert "As before." in [each.event.note for each in waiting(town).taken]


def test_three_reports_of_one_reporter_in_six_months_call_for_a_case_review(scene: Scene) -> None:
    days = days_before(scene.today, 12)
    spot = scene.spot((0, 0), days, code="ASB-GRP")
    scene.send(*(replace(one, reporter="key-1" if at in (2, 5, 11) else f"other-{at}") for at, one in enumerate(spot)))
    scene.refresh()
    assert kinds(scene) == []
    scene.taken_on(scene.store.problem(1))
    (one,) = waiting(scene).waiting
    assert one.kind is DecisionKind.CASE_REVIEW
    assert one.review is not None
    assert (one.review.reporters, one.review.reports, one.since.date()) == (1, 3, days[11])
    commanding.review_case(*asking(scene, COMMANDER), problem_id=1, note="Patrols from Friday.")
    assert kinds(scene) == []
    assert [each.event.note for each in waiting(scene).taken] == ["Patrols from Friday."]


def test_reports_made_long_after_what_happened_do_not_call_for_a_case_review(scene: Scene) -> None:
    spot = scene.spot((0, 0), days_before(scene.today, 12), code="ASB-GRP")
    scene.send(*(replace(one, reporter="k", occurred_at=one.reported_at - timedelta(days=40)) for one in spot))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    assert kinds(scene) == []


@given(st.lists(st.integers(0, 1000), max_size=12))
def test_a_case_review_is_due_just_where_three_reports_lie_within_six_months(days: list[int]) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    found = due_since([start + timedelta(days=one) for one in days])
    ordered = sorted(days)
    fits = [
        ordered[at + REPORTS - 1]
        for at in range(len(ordered) - REPORTS + 1)
        if ordered[at + REPORTS - 1] - ordered[at] <= WITHIN_DAYS
    ]
    assert found == (start + timedelta(days=fits[0]) if fits else None)


def test_viewers_and_partners_are_not_shown_what_waits(town: Scene) -> None:
    for who in (VIEWER, town.partner(town.organisation())):
        with pytest.raises(NotAllowed):
            waiting(town, who)
    assert waiting(town, OFFICER).waiting == ()
