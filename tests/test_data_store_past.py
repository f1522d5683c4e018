"""What every store tells of the hot spots of a past day."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from data.stores import SqlStore, open_store
from tests.storing import BACK_ENDS, TODAY, a_hot_spot, a_problem, a_refresh, empty_url


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(empty_url(request.param, tmp_path))) as opened:
        yield opened


def test_each_problem_has_the_hot_spots_of_the_last_refresh_that_saw_it_by_then(store: SqlStore) -> None:
    days = [TODAY + timedelta(weeks=week) for week in range(3)]
    with store.writing() as unit:
        refreshes = [unit.add_refresh(a_refresh(as_of=day)) for day in days]
        one, other = (unit.add_problem(a_problem(successor_ids=())) for _ in range(2))
        first = unit.add_hot_spots([a_hot_spot(refreshes[0], problem_id=number) for number in (one, other)])
        second = unit.add_hot_spots([a_hot_spot(refreshes[1], problem_id=one) for _ in range(2)])
        third = unit.add_hot_spots([a_hot_spot(refreshes[2], problem_id=other), a_hot_spot(refreshes[2])])

    def seen(weeks: int) -> list[int]:
        return [spot.id for spot in store.last_hot_spots(TODAY + timedelta(weeks=weeks))]

    assert seen(-1) == []
    assert seen(0) == first
    assert seen(1) == [first[1], *second]
    assert seen(2) == [*second, third[0]], "a hot spot of no problem belongs to none"
