"""Two hundred people edit the same few problems: nothing is lost, and every conflict is told, on both databases."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import count, pairwise
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from data.stores import SqlStore, open_store
from problems.actions import ActionStatus, ActionType
from problems.errors import ProblemError, Stale
from problems.events import Event, Subject
from problems.followups import Followup, Matter, told_fields
from problems.history import fold
from problems.lifecycle import MoveAnswers
from problems.people import LAPTOP, Principal
from problems.problem import Problem, ProblemStatus
from problems.use_cases import acting, commanding, evidencing, referring, working
from problems.use_cases.answer_changes import matters_of
from problems.use_cases.saving import plain
from tests.editors import EDITS_EACH, REPORTS, Told, clock, opened, prepare, texts_in, work_together
from tests.scenes import Scene
from tests.storing import BACK_ENDS, empty_url
from tests.test_problems_answering import give, sent

EDITORS = 200
#: All have opened what they edit before the first one saves; so many of them are saving at any moment.
AT_ONCE = 16
CLICKS = 6
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(params=BACK_ENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_url(request.param, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(open_store(url)) as opened:
        prepare(opened)
        yield opened


def check_nothing_is_lost(store: SqlStore, told: Told) -> None:
    """Check what was kept against what ``EDITORS`` people were told."""
    assert told.failures == []
    assert len(told.texts) == len(set(told.texts)) == EDITORS * EDITS_EACH
    assert sorted(texts_in(store)) == sorted(told.texts), "one event for every accepted edit, with its own words"
    assert sum(told.conflicts.values()) > EDITORS, "too few got into each other's way to try anything out"
    assert store.verify_audit().ok
    for record in (*store.problems(), *store.actions()):
        events = store.events(Subject.PROBLEM if isinstance(record, Problem) else Subject.ACTION, record.id)
        assert fold(record, events) == record
        # The first of them created it, at version 1.
        assert record.version == sum(bool(one.changes) for one in events)
        check_order(events)
    for matter in matters_of(store, list(range(1, REPORTS + 1))):
        events = store.events(Subject.REPORT, matter.id)
        assert folded(events).items() <= {name: plain(value) for name, value in told_fields(matter).items()}.items()
        assert matter.version == 1 + len(events)
        check_order(events)


def check_order(events: list[Event]) -> None:
    """Check that the history never goes back in time, so that it can be cut at any moment."""
    assert all(one.at <= other.at for one, other in pairwise(events))


def folded(events: list[Event]) -> dict[str, object]:
    """Return the last value of every field that events changed."""
    last: dict[str, object] = {}
    for one in events:
        last |= one.changes
    return last


def test_200_editors_lose_nothing_and_are_told_every_conflict(store: SqlStore, url: str) -> None:
    with closing(open_store(url)) as other:
        # A file has one store in each process; a server is reached from several machines.
        stores = [store] if url.startswith("sqlite") else [store, other]
        check_nothing_is_lost(store, work_together(opened(stores, range(EDITORS)), AT_ONCE))


def test_200_editors_of_one_file_in_two_processes_lose_nothing_and_are_told_every_conflict(tmp_path: Path) -> None:
    url, told, half = empty_url("sqlite", tmp_path), Told(), EDITORS // 2
    with closing(open_store(url)) as store, ExitStack() as both:
        prepare(store)
        sides = [both.enter_context(editors_apart(url, first, half)) for first in (0, half)]
        for side in sides:
            assert side.stdout is not None
            assert side.stdout.readline() == "ready\n"
        for side in sides:
            assert side.stdin is not None
            side.stdin.write("go\n")
            side.stdin.flush()
        for side in sides:
            assert side.stdout is not None
            texts, conflicts, failures = json.loads(side.stdout.read())
            told.texts += texts
            told.conflicts += Counter(conflicts)
            told.failures += failures
        check_nothing_is_lost(store, told)


def editors_apart(url: str, first: int, count: int) -> subprocess.Popen[str]:
    """Start editors in a process of their own; they say when all of them have opened what they edit."""
    command = [sys.executable, "-m", "tests.editors", url, str(first), str(count), str(AT_ONCE // 2)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


# -- the same thing, at the same moment --


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls at the same moment, and return what each returned or with what it was refused."""
    begin = Barrier(len(calls))

    def answer(call: Callable[[], Any]) -> Any:
        begin.wait()
        try:
            return call()
        except ProblemError as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(answer, calls))


def somebody(name: str) -> Principal:
    return Principal(name.casefold(), name, LAPTOP.roles)


def asking(store: SqlStore, name: str = "Omar") -> tuple[Any, ...]:
    return store, somebody(name), clock, 1


def note(store: SqlStore) -> Any:
    return working.note_problem(*asking(store), problem_id=1, note="The gate is open again.")


def propose(store: SqlStore) -> Any:
    return acting.add_action(
        *asking(store), problem_id=1, organisation_id=1, type=ActionType.REPAIR, title="Mend the gate"
    ).id


def visit(store: SqlStore) -> Any:
    return evidencing.add_visit(*asking(store), problem_id=1, visited_on=clock().date(), note="The gate was open.").id


def review(store: SqlStore) -> Any:
    return commanding.review_case(*asking(store), problem_id=1, note="The landlord was written to.").id


@pytest.mark.parametrize("send", [note, propose, visit, review])
def test_what_a_double_click_sends_twice_is_kept_once(store: SqlStore, send: Callable[[SqlStore], Any]) -> None:
    before = len(store.events())
    answers = at_once(*[lambda: send(store)] * CLICKS)
    assert len(store.events()) == before + 1
    assert len(set(answers)) == 1, "each click is answered as the first one"
    assert not isinstance(answers[0], ProblemError)


@pytest.mark.parametrize("send", [note, propose, visit, review])
def test_what_somebody_else_says_in_the_same_words_is_kept_too(
    store: SqlStore, send: Callable[[SqlStore], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(store.events())
    send(store)
    monkeypatch.setitem(globals(), "asking", lambda opened: (opened, somebody("Ana"), clock, 1))
    send(store)
    assert len(store.events()) == before + 2


def test_a_move_that_a_double_click_sends_twice_is_made_once_and_names_who_made_it(store: SqlStore) -> None:
    seen = store.problem(1)

    def send() -> Problem:
        target, answers = ProblemStatus.ANALYSING, MoveAnswers()
        return working.move_problem(
            *asking(store), problem_id=1, target=target, answers=answers, seen_version=seen.version
        )

    answers = at_once(*[send] * CLICKS)
    check_one_and_the_others_told(answers, "status", ("confirmed", "analysing"))
    assert store.problem(1).version == seen.version + 1


def check_one_and_the_others_told(answers: list[Any], name: str, change: tuple[object, object]) -> None:
    """Check that one was kept, and that all others were told by whom, and what it changed."""
    told = [one for one in answers if isinstance(one, Stale)]
    assert len(told) == len(answers) - 1
    kept = [one for one in answers if not isinstance(one, ProblemError)]
    assert len(kept) == 1
    assert {(one.changed_by, one.changes[name]) for one in told} <= {(who, change) for who in ("Omar", "Ana")}


def move(store: SqlStore, name: str, target: ActionStatus, note: str, seen_version: int) -> Any:
    return acting.move_action(
        *asking(store, name), action_id=1, target=target, answers=MoveAnswers(note=note, reason="budget"),
        seen_version=seen_version,
    )  # fmt: skip


def test_of_two_who_accept_the_same_work_one_does_and_the_other_is_told(store: SqlStore) -> None:
    answers = at_once(*[lambda who=who: move(store, who, ActionStatus.ACCEPTED, "", 1) for who in ("Omar", "Ana")])
    check_one_and_the_others_told(answers, "status", ("proposed", "accepted"))
    assert (store.action(1).version, store.action(1).status) == (2, ActionStatus.ACCEPTED)


def test_of_two_who_verify_the_same_work_one_does_and_the_other_is_told(store: SqlStore) -> None:
    move(store, "Piet", ActionStatus.ACCEPTED, "", 1)
    move(store, "Piet", ActionStatus.DONE, "It is clean.", 2)
    answers = at_once(*[lambda who=who: move(store, who, ActionStatus.VERIFIED, who, 3) for who in ("Omar", "Ana")])
    check_one_and_the_others_told(answers, "status", ("done", "verified"))
    assert store.action(1).last_note in ("Omar", "Ana")


def test_of_two_who_link_the_same_report_one_does_and_the_other_is_told(store: SqlStore) -> None:
    (seen,) = matters_of(store, [1])

    def link(who: str, problem_id: int) -> Matter:
        outcomes = referring.link_reports(
            *asking(store, who), report_ids=[1], problem_id=problem_id, seen_versions={1: seen.version}
        )
        for _, why in outcomes.refused:
            raise why
        return outcomes.done[0]

    answers = at_once(lambda: link("Omar", 1), lambda: link("Ana", 2))
    (kept,) = [one for one in answers if isinstance(one, Matter)]
    check_one_and_the_others_told(answers, "problem_id", (None, kept.followup.problem_id))
    told_of_link = [one for one in store.events(Subject.PROBLEM) if "linked" in one.details]
    assert [one.subject_id for one in told_of_link] == [kept.followup.problem_id]


def test_what_is_shown_together_was_kept_together(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves between the two readings of a look: what is told is of one moment."""
    (matter,) = sent(scene)
    organisation = scene.organisation("Street lighting")
    readings = scene.store.followups
    looks = count()

    def followups(ids: list[int]) -> dict[int, Followup]:
        if next(looks) == 0:
            give(scene, [matter], organisation.id)
        return dict(readings(ids))

    monkeypatch.setattr(scene.store, "followups", followups)
    (seen,) = matters_of(scene.store, [matter.id])
    assert seen == matters_of(scene.store, [matter.id])[0]
    assert (seen.followup.organisation_id, seen.version) == (organisation.id, matter.version + 1)
