"""The map's picture of the reports is read again when reports were written, and for nothing else."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dashboard.mapping.points import MapPoints, PointsCache, read_points
from data.stores import SqlStore, open_store
from problems.store import Store
from tests.storing import a_report, an_area, an_event, empty_url, keep_reports


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(empty_url("sqlite", tmp_path))) as opened:
        yield opened


def test_a_note_on_a_problem_does_not_make_the_map_read_every_report_again(store: SqlStore) -> None:
    read: list[MapPoints] = []

    def reading(asked: Store) -> MapPoints:
        read.append(read_points(asked))
        return read[-1]

    cache = PointsCache(reading)
    keep_reports(store, [a_report(1)])
    assert len(cache.get(store).points) == 1
    with store.writing() as unit:
        unit.add_events([an_event()])
    assert cache.get(store) is read[0]
    keep_reports(store, [a_report(2)])
    assert len(cache.get(store).points) == 2
    with store.writing() as unit:
        unit.add_areas([an_area()])
    assert len(cache.get(store).geometries) == 1
    assert len(read) == 3
