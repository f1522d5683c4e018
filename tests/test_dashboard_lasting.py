import gc
from collections.abc import Iterator
from uuid import uuid4

import pytest

from dashboard.lasting import set_aside


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_there_when_it_is_set_aside_is_not_searched_again() -> None:
    mine = [[number] for number in range(10)]
    assert any(one is mine for one in gc.get_objects())
    set_aside(str(uuid4()))
    assert not any(one is mine for one in gc.get_objects())


def test_a_stage_is_set_aside_once() -> None:
    stage = str(uuid4())
    set_aside(stage)
    mine = [[number] for number in range(10)]
    set_aside(stage)
    assert any(one is mine for one in gc.get_objects())


def test_what_is_given_up_later_is_still_found() -> None:
    set_aside(str(uuid4()))
    ring: list[object] = []
    ring.append(ring)
    known = id(ring)
    del ring
    gc.collect()
    assert not any(id(one) == known and one == [one] for one in gc.get_objects() if isinstance(one, list))
