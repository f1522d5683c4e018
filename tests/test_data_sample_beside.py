from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data.sample import beside
from data.sample.city import SampleCounts
from data.stores import open_store
from problems.errors import Cancelled, InputRefused
from problems.progress import Progress, silent
from problems.reports import Batch
from problems.store import Store

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


def small_city(
    store: Store, _clock: object, _seed: int, *, zone: object, progress: Progress = silent, sealer: object = None
) -> SampleCounts:
    """Stand in for the generator, which has tests of its own and takes half a minute."""
    with store.writing() as unit:
        unit.set_fact("synthetic", "1")
        unit.add_batch(Batch(0, "sample", "week.csv", "0" * 64, NOON, NOON, "Fixpoint", 0, 0, 0, 0, 0, 0, 0))
    progress("Building", 0.5)
    return SampleCounts(1, 2, 3, 4)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(beside, "load_sample_city", small_city)
    return tmp_path / "city.db"


def fill(store: Store, file: Path, progress: Progress = silent) -> SampleCounts:
    return beside.fill_open_store(store, str(file), lambda: NOON, 7, zone=ZoneInfo("Europe/London"), progress=progress)


def test_a_store_that_is_open_sees_the_whole_city_at_once(file: Path) -> None:
    store, another = open_store(str(file)), open_store(str(file))
    before = store.version()
    assert fill(store, file) == SampleCounts(1, 2, 3, 4)
    for each in (store, another):
        assert each.fact("synthetic") == "1"
        assert each.counts().batches == 1
        assert each.version() != before
    with another.writing() as unit:
        unit.set_fact("note", "still writable")
    assert store.fact("note") == "still writable"
    store.close()
    another.close()


def stopping(_message: str, _share: float) -> None:
    raise Cancelled


def breaking(_message: str, _share: float) -> None:
    raise RuntimeError("a bug")


@pytest.mark.parametrize(("ending", "raised"), [(stopping, Cancelled), (breaking, RuntimeError)])
def test_a_load_that_does_not_end_well_changes_nothing(file: Path, ending: Progress, raised: type[Exception]) -> None:
    store = open_store(str(file))
    with pytest.raises(raised):
        fill(store, file, ending)
    assert store.counts().is_empty
    assert store.fact("synthetic") != "1"
    assert [each.name for each in file.parent.iterdir() if "sample" in each.name] == []
    assert fill(store, file).reports == 1
    store.close()


def test_reports_that_came_in_meanwhile_are_never_replaced(file: Path) -> None:
    store = open_store(str(file))

    def import_meanwhile(_message: str, _share: float) -> None:
        with store.writing() as unit:
            unit.add_batch(Batch(0, "council", "own.csv", "1" * 64, NOON, NOON, "Cora", 0, 0, 0, 0, 0, 0, 0))

    with pytest.raises(InputRefused, match="already holds something"):
        fill(store, file, import_meanwhile)
    assert [batch.source for batch in store.batches()] == ["council"]
    store.close()


def test_a_server_is_filled_in_place_and_says_what_a_stop_leaves(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(str(file))
    server: Callable[[str], bool] = beside.is_in_a_file
    assert server(str(file))
    assert not server("postgresql://fixpoint@localhost/fixpoint")
    with pytest.raises(InputRefused, match="in part"):
        beside.fill_open_store(
            store, "postgresql://fixpoint@localhost/fixpoint", lambda: NOON, 7, zone=UTC, progress=stopping
        )
    store.close()
