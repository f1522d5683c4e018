"""The three machines walked at random: no move but those of the table, and the record always tells where it stands."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.stores import SqlStore, open_store
from problems import lifecycle
from problems.actions import Action, ActionStatus, ActionType
from problems.categories import Group
from problems.errors import ProblemError
from problems.events import EventKind, Subject
from problems.history import fold
from problems.lifecycle import Move, MoveAnswers, State, check_move, moves_from
from problems.people import SYSTEM, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.reasons import NO_ACTION_REASONS, RESOLUTIONS, Reason
from problems.reports import ReportStatus
from problems.use_cases import acting, drawing, organising, working
from tests.storing import an_assessment

# -- the tables, row by row, as they were agreed --

#: o officer, p partner, c coordinator, m command, s Fixpoint itself; * not by whoever said that it is done.
REPORT_ROWS = """
new: acknowledged o, duplicate o, not_ours o, no_action o, withdrawn o
acknowledged: in_progress op, resolved op, duplicate o, no_action o, not_ours op, withdrawn o
in_progress: resolved op, acknowledged op, duplicate o, not_ours op, no_action c, withdrawn o
resolved: verified o*, in_progress oc
verified: in_progress oc
no_action: acknowledged c
not_ours: acknowledged o
duplicate: acknowledged o
withdrawn: acknowledged o
"""
PROBLEM_ROWS = """
detected: confirmed c, dismissed c, superseded sc
confirmed: analysing oc, planned c, no_action m, superseded sc
analysing: planned c, no_action m, superseded sc
planned: in_progress s, analysing c, no_action m, superseded sc
in_progress: remediated c, planned c, analysing c, no_action m, superseded sc
remediated: verified o*, in_progress oc, recurred sc
verified: closed m, in_progress oc, recurred sc
closed: recurred sc
recurred: analysing c, planned c, closed m, no_action m
no_action: recurred sc, confirmed m
dismissed: detected s
superseded:
"""
ACTION_ROWS = """
proposed: accepted p, declined p, cancelled c
accepted: in_progress p, done p, blocked p, cancelled c
in_progress: done p, blocked p, cancelled c
blocked: in_progress p, declined p, cancelled c
done: verified o*, in_progress o*, in_progress c
verified: in_progress o
declined: proposed c
cancelled: proposed c
"""
LETTERS = {"o": Role.OFFICER, "p": Role.PARTNER, "c": Role.COORDINATOR, "m": Role.COMMAND, "s": Role.SYSTEM}
MACHINES: dict[type, tuple[tuple[Move, ...], str, State]] = {
    ReportStatus: (lifecycle.REPORT_MOVES, REPORT_ROWS, ReportStatus.NEW),
    ProblemStatus: (lifecycle.PROBLEM_MOVES, PROBLEM_ROWS, ProblemStatus.DETECTED),
    ActionStatus: (lifecycle.ACTION_MOVES, ACTION_ROWS, ActionStatus.PROPOSED),
}
Row = tuple[str, str, frozenset[Role], bool]


def agreed(rows: str) -> set[Row]:
    found: set[Row] = set()
    for line in rows.strip().splitlines():
        source, _, told = line.partition(":")
        for each in filter(None, told.strip().split(", ")):
            target, who = each.split()
            found.add((source, target, frozenset(LETTERS[one] for one in who.rstrip("*")), who.endswith("*")))
    return found


@pytest.mark.parametrize("kind", MACHINES, ids=lambda kind: kind.__name__)
def test_the_table_is_what_was_agreed_row_by_row(kind: type) -> None:
    moves, rows, _first = MACHINES[kind]
    assert {(str(one.source), str(one.target), one.roles, one.four_eyes) for one in moves} == agreed(rows)
    assert {line.partition(":")[0] for line in rows.strip().splitlines()} == {str(state) for state in kind}  # type: ignore[attr-defined] # an enumeration


def test_the_codes_that_end_a_report_are_those_that_were_agreed() -> None:
    codes = (
        "fixed made_safe replaced secured cleaned mediated enforced gone_on_arrival below_threshold"
        " private_land_no_power insufficient_information resolved_itself cost legal administrative_timeout"
    )
    # That nothing was said is for feeds alone: people say it.
    assert {str(code) for code in (*RESOLUTIONS, *NO_ACTION_REASONS)} == set(codes.split())


@pytest.mark.parametrize("kind", MACHINES, ids=lambda kind: kind.__name__)
def test_from_every_state_the_work_can_come_to_a_good_end(kind: type) -> None:
    """What was merged into another is the one intended end without a way out."""
    good = {ReportStatus: ReportStatus.VERIFIED, ProblemStatus: ProblemStatus.CLOSED}.get(kind, ActionStatus.VERIFIED)
    moves = MACHINES[kind][0]
    reaching: set[State] = {good}
    while more := {one.source for one in moves if one.target in reaching} - reaching:
        reaching |= more
    assert set(kind) - reaching <= {ProblemStatus.SUPERSEDED}  # type: ignore[call-overload] # an enumeration


@pytest.mark.parametrize("kind", MACHINES, ids=lambda kind: kind.__name__)
@given(steps=st.lists(st.tuples(st.integers(0, 20), st.sampled_from(list(Role)), st.booleans()), max_size=40))
def test_a_walk_makes_every_move_of_the_table_and_no_other(kind: type, steps: list[tuple[int, Role, bool]]) -> None:
    state = MACHINES[kind][2]
    states = list(kind)  # type: ignore[call-overload] # an enumeration
    for number, role, claimed in steps:
        target = states[number % len(states)]
        who = Principal("walker", "Walker", frozenset({role}))
        done_by = who.key if claimed else "another"
        rows = [one for one in moves_from(state) if one.target is target and role in one.roles]
        possible = any(not (one.four_eyes and claimed) for one in rows)
        try:
            made = check_move("X", state, target, who, answers(rows[0] if rows else None), done_by=done_by)
        except ProblemError:
            assert not possible, (state, target, role)
        else:
            assert possible
            assert made.target is target
            state = target


def answers(move: Move | None, **more: object) -> MoveAnswers:
    """Return everything that a move can ask for."""
    day = datetime(2026, 3, 1, tzinfo=UTC).date()
    given: dict[str, object] = {
        "note": "The lamp is lit.",
        "reason": str(move.reasons[0]) if move and move.reasons else "",
        "visited_on": day,
        "owner": "Cora",
        "objective": "Light",
        "review_on": day,
        "organisation_id": 1,
        "target_id": 1,
        "outcome": "effective",
        "body": "Water company",
        "referred_on": day,
    }
    return MoveAnswers(**given | more)  # type: ignore[arg-type] # the fields are named above


# -- problems and actions, through the use cases --


@dataclass
class Town:
    """A store, a clock that may even be set back, and the people of the walk."""

    store: SqlStore
    now: datetime = datetime(2026, 3, 2, 12, tzinfo=UTC)
    people: list[Principal] = field(default_factory=list)
    #: The version of the store before the last thing that was tried: with a refusal nothing at all is written.
    version_before: int = 0

    def clock(self) -> datetime:
        return self.now

    def asking(self, who: Principal) -> tuple[SqlStore, Principal, object, int]:
        return self.store, who, self.clock, 1

    def drawn(self, name: str) -> Problem:
        ring = [[-1.2, 52.9], [-1.198, 52.9], [-1.198, 52.901], [-1.2, 52.901], [-1.2, 52.9]]
        area = {"type": "Polygon", "coordinates": [ring]}
        coordinator = next(one for one in self.people if one.has(Role.COORDINATOR))
        beside = [problem.id for problem in self.store.problems()]
        return drawing.draw_problem(
            *self.asking(coordinator),
            name=f"{name} {len(beside) + 1}",
            group=Group.LIGHTING,
            geometry=area,
            beside=beside,
        )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    path = tmp_path_factory.mktemp("town") / "town.db"
    with closing(open_store(str(path), durable=False)) as store:
        made = Town(store)
        for name in ("Lighting", "Parks"):
            organisation = organising.add_organisation(*made.asking(SYSTEM), name=name, kind="council")
            made.people.append(Principal(f"p{organisation.id}", name, frozenset({Role.PARTNER}), organisation.id))
        for role in (Role.OFFICER, Role.COORDINATOR, Role.COMMAND, Role.VIEWER, Role.ADMIN):
            made.people.append(Principal(str(role), role.label, frozenset({role})))
        made.people += [SYSTEM, Principal("both", "Both", frozenset({Role.COORDINATOR, Role.OFFICER, Role.PARTNER}))]
        made.drawn("The one that others are merged into")
        yield made
        found = store.verify_audit()
        assert found.ok, found.why


#: All that can be tried: another status of the problem, one of an action, or a new action.
TARGETS: tuple[State | None, ...] = (*ProblemStatus, *ActionStatus, None)


def likely(town: Town, problem_id: int, number: int) -> tuple[int, Principal]:
    """Return something that the table allows just now, and somebody who may do it."""
    actions = town.store.actions(problem_id)
    now = [town.store.problem(problem_id).status, *([actions[number % len(actions)].status] if actions else [])]
    possible = [
        (TARGETS.index(move.target, 0 if isinstance(state, ProblemStatus) else len(ProblemStatus)), who)
        for state in now
        for move in moves_from(state)
        if move.target is not ProblemStatus.SUPERSEDED
        for who in town.people
        if who.has(*move.roles)
    ]
    return possible[number % len(possible)] if possible else (0, town.people[0])


def step(town: Town, problem_id: int, number: int, who: Principal, which: int = 0) -> None:
    """Try one of all things that can be done, with all that it could ask for."""
    store, problem = town.store, town.store.problem(problem_id)
    actions = store.actions(problem_id)
    target = TARGETS[number % len(TARGETS)]
    if target is ProblemStatus.CLOSED and number % 2:
        with store.writing() as unit:
            unit.add_assessment(an_assessment(problem_id, town.now))
    town.version_before = store.version()
    if target is None:
        acting.add_action(
            *town.asking(who),
            problem_id=problem_id,
            organisation_id=1 + which % 2,
            type=ActionType.REPAIR,
            title="Renew the column",
        )
    elif isinstance(target, ProblemStatus):
        rows = [one for one in moves_from(problem.status) if one.target is target]
        working.move_problem(
            *town.asking(who),
            problem_id=problem_id,
            target=target,
            answers=answers(
                rows[0] if rows else None,
                review_on=town.now.date() + timedelta(days=30),
                visited_on=town.now.date(),
            ),
            seen_version=problem.version,
        )
    elif actions:
        action = actions[which % len(actions)]
        rows = [one for one in moves_from(action.status) if one.target is target]
        acting.move_action(
            *town.asking(who),
            action_id=action.id,
            target=ActionStatus(str(target)),
            answers=answers(rows[0] if rows else None, organisation_id=3 - action.organisation_id),
            seen_version=action.version,
        )


def check_record(town: Town, problem_id: int) -> None:
    """Everything that is kept is what its events tell, and no clock runs backwards."""
    problem = town.store.problem(problem_id)
    told = town.store.events(Subject.PROBLEM, problem_id)
    assert fold(problem, told) == problem
    assert problem.version == 1 + sum(1 for one in told if one.changes and one.kind is not EventKind.CREATED)
    for action in town.store.actions(problem_id):
        events = town.store.events(Subject.ACTION, action.id)
        assert fold(action, events) == action
        assert action.blocked_days >= 0
        assert (action.blocked_since is not None) == (action.status is ActionStatus.BLOCKED)
        assert (action.done_at is not None) == (action.status in (ActionStatus.DONE, ActionStatus.VERIFIED))


def check_moves(before: Problem | Action, after: Problem | Action, who: Principal) -> None:
    """A status that changed did so by a move of the table that this principal, or Fixpoint, may make."""
    if before.status is after.status:
        return
    rows = [one for one in moves_from(before.status) if one.target is after.status]
    assert rows, (before.status, after.status)
    assert any(who.has(*one.roles) or Role.SYSTEM in one.roles for one in rows)
    claimed = before.done_by
    if any(one.four_eyes for one in rows) and all(one.four_eyes for one in rows if who.has(*one.roles)):
        assert who.key != claimed
    if isinstance(before, Action) and not who.has(Role.OFFICER, Role.COORDINATOR):
        assert who.organisation_id == before.organisation_id


def check_path(before: Problem, passed: list[ProblemStatus], after: Problem, who: Principal) -> None:
    """What one move led through is what the events tell: the first step is the person's, all others Fixpoint's."""
    assert [before.status, *passed][-1] is after.status
    for status, by in zip(passed, [who, *[SYSTEM] * len(passed)], strict=False):
        stepped = replace(before, status=status)
        check_moves(before, stepped, by)
        before = stepped


#: Numbers up to here are anything at all; above, something likely, so that a walk comes far.
EVERYTHING = 1_000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 4 * EVERYTHING), st.integers(0, 8), st.integers(-3, 72)), min_size=10, max_size=60
    ),
    start=st.integers(0, 9),
)
def test_whatever_people_try_the_record_tells_what_is_so(
    town: Town, steps: list[tuple[int, int, int]], start: int
) -> None:
    problem_id = town.drawn("Lamps").id
    for number, person, hours in [*_beaten_path()[:start], *steps]:
        town.now += timedelta(hours=hours)
        what, who = number, town.people[person % len(town.people)]
        if number > EVERYTHING:
            what, who = likely(town, problem_id, number)
        before = town.store.problem(problem_id)
        actions = {one.id: one for one in town.store.actions(problem_id)}
        known = len(town.store.events(Subject.PROBLEM, problem_id))
        try:
            step(town, problem_id, what, who, number if number > EVERYTHING else 0)
        except ProblemError:
            assert town.store.problem(problem_id) == before
            assert {one.id: one for one in town.store.actions(problem_id)} == actions
            assert town.store.version() == town.version_before
        told = town.store.events(Subject.PROBLEM, problem_id)
        passed = [ProblemStatus(one.changes["status"]) for one in told[known:] if "status" in one.changes]
        check_path(before, passed, town.store.problem(problem_id), who)
        for action in town.store.actions(problem_id):
            if action.id in actions:
                check_moves(actions[action.id], action, who)
    check_record(town, problem_id)


def _beaten_path() -> list[tuple[int, int, int]]:
    """Return steps from the first day to the end, so that a walk may begin anywhere on the way."""
    problems, actions = list(ProblemStatus), list(ActionStatus)
    partner, officer, coordinator, command = 0, 2, 3, 4
    steps = [
        (ProblemStatus.CONFIRMED, coordinator),
        (ProblemStatus.PLANNED, coordinator),
        (None, coordinator),
        (ActionStatus.ACCEPTED, partner),
        (ActionStatus.IN_PROGRESS, partner),
        (ActionStatus.DONE, partner),
        (ProblemStatus.REMEDIATED, coordinator),
        (ProblemStatus.VERIFIED, officer),
        (ProblemStatus.CLOSED, command),
    ]
    found = []
    for target, person in steps:
        if target is None:
            number = len(TARGETS) - 1
        else:
            of_problem = isinstance(target, ProblemStatus)
            number = problems.index(target) if of_problem else len(problems) + actions.index(target)
        found.append((number, person, 1))
    return found


_UNDER_WAY = 5


def test_the_beaten_path_leads_from_the_first_day_to_the_end(town: Town) -> None:
    problem_id = town.drawn("Lamps").id
    for number, person, _hours in _beaten_path():
        step(town, problem_id, number, town.people[person])
    assert town.store.problem(problem_id).status is ProblemStatus.CLOSED
    assert [one.status for one in town.store.actions(problem_id)] == [ActionStatus.DONE]


def test_a_clock_that_is_set_back_makes_no_blocked_time(town: Town) -> None:
    problem_id = town.drawn("Lamps").id
    for number, person, _hours in _beaten_path()[:_UNDER_WAY]:
        step(town, problem_id, number, town.people[person])
    for target, hours in ((ActionStatus.BLOCKED, 0), (ActionStatus.IN_PROGRESS, -5)):
        town.now += timedelta(hours=hours)
        step(town, problem_id, len(ProblemStatus) + list(ActionStatus).index(target), town.people[0])
    action = town.store.actions(problem_id)[0]
    assert (action.status, action.blocked_days) == (ActionStatus.IN_PROGRESS, 0.0)


def test_every_reason_code_ends_or_stops_something() -> None:
    used = {reason for moves, _rows, _first in MACHINES.values() for move in moves for reason in move.reasons}
    assert used == set(Reason) - {Reason.UNSPECIFIED}
