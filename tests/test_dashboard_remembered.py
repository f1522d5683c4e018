"""What was worked out is remembered for one state, once for all who ask, and nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from dashboard.remembered import Remembered, by_reports
from tests.scenes import Scene

#: So long a test waits for threads before it says that they wait for each other.
PATIENCE_S = 30.0


def never() -> int:
    raise AssertionError("This was known.")


class Equal:
    """What calls itself equal to everything of its kind."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equal)

    __hash__ = None  # type: ignore[assignment] # a state need not be hashable


@pytest.fixture(params=[False, True], ids=["at once", "one at a time"])
def remembered(request: pytest.FixtureRequest) -> Remembered:
    return Remembered(most=3, one_at_a_time=request.param)


def test_an_answer_is_worked_out_once_for_each_key_and_state(remembered: Remembered) -> None:
    assert remembered.once("size", (1,), lambda: 10, key="a") == 10
    assert remembered.once("size", (1,), never, key="a") == 10
    assert remembered.once("size", (1,), lambda: 11, key="b") == 11
    assert remembered.once("age", (1,), lambda: 12, key="a") == 12
    assert remembered.once("size", (2,), lambda: 13, key="a") == 13
    assert remembered.once("age", (1,), never, key="a") == 12


def test_none_is_an_answer(remembered: Remembered) -> None:
    assert remembered.once("size", (), lambda: None) is None
    assert remembered.once("size", (), never) is None


def test_another_state_forgets_what_was_kept_of_the_one_before(remembered: Remembered) -> None:
    remembered.keep("size", (1,), 10)
    assert remembered.find("size", (2,)) is None
    assert remembered.find("size", (1,)) == 10
    remembered.once("size", (2,), lambda: 20)
    assert remembered.find("size", (1,)) is None


def test_states_are_compared_part_by_part_and_the_same_thing_is_the_same(remembered: Remembered) -> None:
    store, not_a_number = object(), float("nan")
    remembered.keep("size", (store, not_a_number, [1]), 10)
    assert remembered.find("size", (store, not_a_number, [1])) == 10
    assert remembered.find("size", (object(), not_a_number, [1])) is None
    assert remembered.find("size", (store, not_a_number, [1], 2)) is None
    remembered.keep("size", (Equal(),), 11)
    assert remembered.find("size", (Equal(),)) == 11


def test_of_many_answers_those_asked_for_last_are_kept(remembered: Remembered) -> None:
    for key in "abc":
        remembered.keep("size", (), key, key=key)
    remembered.once("size", (), never, key="a")
    remembered.keep("size", (), "d", key="d")
    assert [remembered.find("size", (), key=key) for key in "abcd"] == ["a", None, "c", "d"]


def test_what_fails_is_told_and_asked_again(remembered: Remembered) -> None:
    with pytest.raises(ZeroDivisionError):
        remembered.once("size", (), lambda: 1 // 0)
    assert remembered.once("size", (), lambda: 1) == 1


def test_a_question_may_ask_others_and_itself_for_another_key(remembered: Remembered) -> None:
    def factorial(number: int) -> int:
        return remembered.once("factorial", (), lambda: number * factorial(number - 1) if number else 1, key=number)

    assert factorial(6) == 720
    assert remembered.find("factorial", (), key=6) == 720


def test_an_answer_to_a_state_that_passed_meanwhile_is_told_but_not_kept(remembered: Remembered) -> None:
    def late() -> int:
        remembered.keep("size", (2,), 20)
        return 10

    assert remembered.once("size", (1,), late) == 10
    assert remembered.find("size", (1,)) is None
    assert remembered.find("size", (2,)) == 20


# -- threads --


def together(*asked: Callable[[], object]) -> list[object]:
    """Return what threads answer that begin at the same moment; a test that waits longer has a deadlock."""
    start = Barrier(len(asked))

    def begin(ask: Callable[[], object]) -> object:
        start.wait(PATIENCE_S)
        return ask()

    pool = ThreadPoolExecutor(len(asked))
    try:
        waiting: list[Future[object]] = [pool.submit(begin, ask) for ask in asked]
        return [each.result(PATIENCE_S) for each in waiting]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def test_who_asks_for_the_same_waits_for_it_instead_of_doing_it_twice() -> None:
    remembered, worked = Remembered(most=3, one_at_a_time=True), []

    def ask() -> int:
        worked.append(1)
        return len(worked)

    assert together(*[lambda: remembered.once("size", (), ask)] * 8) == [1] * 8


def test_what_is_known_is_told_while_something_else_is_worked_out() -> None:
    remembered, begun, told = Remembered(most=3, one_at_a_time=True), Event(), Event()
    remembered.keep("known", (), 1)

    def slow() -> bool:
        begun.set()
        return told.wait(PATIENCE_S)

    def quick() -> int:
        assert begun.wait(PATIENCE_S)
        found = remembered.once("known", (), never)
        told.set()
        return found

    assert together(lambda: remembered.once("slow", (), slow), quick) == [True, 1]


def test_without_turns_two_questions_are_worked_out_at_the_same_time() -> None:
    remembered, both = Remembered(most=3), Barrier(2)
    questions = [lambda key=key: remembered.once("size", (), lambda: both.wait(PATIENCE_S), key=key) for key in "ab"]
    assert sorted(str(each) for each in together(*questions)) == ["0", "1"]


def test_questions_that_ask_each_other_in_another_order_never_wait_for_each_other(remembered: Remembered) -> None:
    def one_by(other: str) -> Callable[[], object]:
        def ask() -> object:
            return remembered.once("leaf", (), lambda: 7, key=other)

        return ask

    def chain(first: str, second: str, state: int) -> object:
        return remembered.once(first, (state,), lambda: remembered.once(second, (state,), one_by(second), key=first))

    for state in range(50):
        assert (
            together(*[lambda state=state: chain("a", "b", state), lambda state=state: chain("b", "a", state)] * 2)
            == [7] * 4
        )


def test_under_many_states_and_keys_at_once_every_answer_is_the_right_one(remembered: Remembered) -> None:
    def many(seed: int) -> Callable[[], bool]:
        def ask() -> bool:
            return all(
                remembered.once("sum", (step % 3,), lambda step=step: (step % 3, step % 5), key=step % 5)
                == (step % 3, step % 5)
                for step in range(seed, seed + 400)
            )

        return ask

    assert together(*[many(seed) for seed in range(6)]) == [True] * 6


# -- by reports --


def test_what_follows_from_the_reports_holds_until_one_is_written(scene: Scene) -> None:
    counted = [by_reports(scene.store, "number", lambda: scene.store.counts().reports) for _ in range(2)]
    scene.send(scene.report((0, 0), scene.today))
    assert by_reports(scene.store, "number", lambda: scene.store.counts().reports) == counted[0] + 1
    assert counted[0] == counted[1]
