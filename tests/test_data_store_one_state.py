"""The store in one state: what is written meanwhile does not show in it, and nothing makes it let go of the state."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from data.stores import SqlStore, open_store
from problems.errors import StoreRefused
from problems.then.known import KnownThen, known_reports
from tests.storing import BACK_ENDS, NOON, a_report, empty_url, keep_reports


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(empty_url(request.param, tmp_path))) as opened:
        keep_reports(opened, [a_report(1), a_report(2)])
        yield opened


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda state, known: state.as_known(known), "The reports of a past day were not looked up."),
        (lambda state, _: state.writing(), "Nothing was written."),
        (lambda state, _: state.close(), "The store was not closed."),
    ],
)
def test_what_would_lose_the_state_is_refused_and_the_state_stays(
    store: SqlStore, ask: Callable[[Any, KnownThen], object], said: str
) -> None:
    with store.one_state() as state:
        before = (state.version(), state.counts().reports)
        known = known_reports(state, NOON + timedelta(days=4000))
        keep_reports(store, [a_report(3)])
        with pytest.raises(StoreRefused, match="for reading only") as refused:
            ask(state, known)
        assert refused.value.asked == said
        with state.one_state() as again:
            assert (again.version(), again.counts().reports) == before
        assert (state.version(), state.counts().reports) == before
    assert store.counts().reports == before[1] + 1
    assert store.as_known(known).counts().reports == before[1] + 1
