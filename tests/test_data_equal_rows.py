"""Equal rows without ids are told apart by what is kept of them: their order in a file opens and closes nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from data.equal_rows import in_kept_order
from data.importing import DEFAULT_ZONE, import_file
from data.reading.blocks import Block, Row
from data.reading.columns import Columns
from data.reading.rows import RowReader
from data.stores import open_store
from data.taxonomy import load_taxonomy
from problems.people import LAPTOP
from problems.reports import Batch
from problems.store import Store
from problems.use_cases.importing import accept_import
from tests.storing import empty_url

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEADER = "Type,Opened,Closed,Status,Latitude,Longitude,Notes\n"
OPEN = "Graffiti,2026-01-01,,Open,51.5,-0.1,t\n"
CLOSED = OPEN.replace(",,Open", ",,Closed")
EARLY, LATE = (OPEN.replace(",,Open", f",2026-01-{day},Closed") for day in ("05", "09"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    yield opened
    opened.close()


def _import(store: Store, folder: Path, *rows: str) -> Batch:
    path = folder / "reports.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return import_file(store, LAPTOP, lambda: NOW, 1, path=path)


def _said(store: Store) -> list[tuple[str, str, datetime | None]]:
    return sorted((one.source_id, str(one.status), one.closed_at) for one in store.all_reports())


@pytest.mark.parametrize("rows", [(OPEN, CLOSED), (OPEN, EARLY, LATE, OPEN), (LATE, OPEN, OPEN, EARLY, CLOSED)])
def test_another_order_of_equal_rows_changes_nothing(store: Store, tmp_path: Path, rows: Sequence[str]) -> None:
    _import(store, tmp_path, *rows)
    before = _said(store)
    for seed in range(4):
        shuffled = np.random.default_rng(seed).permutation(np.array(rows)).tolist()
        assert _import(store, tmp_path, *shuffled).unchanged == len(rows)
        assert _said(store) == before


def test_a_file_with_the_closed_one_of_two_equal_rows_does_not_close_the_other(store: Store, tmp_path: Path) -> None:
    _import(store, tmp_path, OPEN, EARLY)
    before = _said(store)
    assert _import(store, tmp_path, EARLY).unchanged == 1
    assert _said(store) == before


def test_one_of_two_equal_rows_closes_once(store: Store, tmp_path: Path) -> None:
    _import(store, tmp_path, OPEN, EARLY)
    batch = _import(store, tmp_path, LATE, EARLY)
    assert (batch.updated, batch.unchanged) == (1, 1)
    assert [told[2] and told[2].day for told in _said(store)] == [9, 5]


def test_one_more_equal_row_is_one_more_report(store: Store, tmp_path: Path) -> None:
    _import(store, tmp_path, OPEN, EARLY)
    batch = _import(store, tmp_path, EARLY, OPEN, OPEN)
    assert (batch.accepted, batch.unchanged) == (1, 2)


@pytest.mark.parametrize("seed", range(20))
def test_blocks_of_any_size_give_every_row_a_number_of_its_own(store: Store, seed: int) -> None:
    chance = np.random.default_rng(seed)
    header = tuple(HEADER.strip().split(","))
    names = {"category": "Type", "reported": "Opened", "closed": "Closed", "status": "Status", "text": "Notes"}
    columns = Columns({**names, "lat": "Latitude", "lon": "Longitude"})
    for day in range(4):
        likely = [OPEN, CLOSED, EARLY, LATE, OPEN.replace(",t", ",u")]
        told = [likely[which] for which in chance.integers(0, len(likely), chance.integers(1, 10))]
        rows = [Row(line, row.strip().split(",")) for line, row in enumerate(told)]
        size = int(chance.integers(1, 10))
        blocks = [Block.of_rows(rows[at : at + size], len(header)) for at in range(0, len(rows), size)]
        reader = RowReader(columns, header, source="council", taxonomy=load_taxonomy(), zone=DEFAULT_ZONE)
        stretches = list(in_kept_order(store, "council", reader.stretches(blocks)))
        ids = Counter(own for stretch in stretches for own in stretch.reports.source_id)
        assert set(ids.values()) == {1}
        assert ids.total() == len(told)
        keys = {own.rpartition("-")[0] for own in ids}
        kept = {one.source_id for one in store.all_reports()} | ids.keys()
        for key in keys:
            numbers = sorted(int(own.rpartition("-")[2]) for own in kept if own.startswith(key))
            assert numbers == list(range(1, len(numbers) + 1))
        accept_import(
            store,
            LAPTOP,
            lambda: NOW,
            1,
            source="council",
            file_name=f"{day}.csv",
            sha256=f"{seed}-{day}",
            columns={},
            stretches=stretches,
        )
