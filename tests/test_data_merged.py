"""Duplicates, receipts and contacts are read the same way on every database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from data.stores import SqlStore, open_store
from problems.categories import Group
from problems.duplicates import Apart, Contact
from problems.reports import ReportFlag, ReportStatus
from problems.store import Box
from tests.scenes import Scene
from tests.storing import BACK_ENDS, empty_url


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(empty_url(request.param, tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def scene(store: SqlStore) -> Scene:
    """Return a store with a main report (1), a duplicate without a place (2), and others (3 to 6)."""
    scene = Scene(store)
    day = scene.today
    lamp = [scene.report((10.0 * at, 0), day - timedelta(days=at)) for at in range(6)]
    scene.send(
        lamp[0],
        replace(lamp[1], lon_lat=None, reporter="ann", status=ReportStatus.DUPLICATE, main_id=1),
        replace(lamp[2], status=ReportStatus.DUPLICATE),
        replace(lamp[3], flags=ReportFlag.SNAPPED | ReportFlag.LATE),
        replace(lamp[4], undone=True, status=ReportStatus.DUPLICATE, main_id=1),
        replace(lamp[5], status=ReportStatus.RESOLVED),
    )
    return scene


def test_duplicates_count_where_their_main_report_lies(scene: Scene) -> None:
    points = scene.store.report_points()
    assert points.ids.tolist() == [1, 2, 4, 6]
    assert points.main.tolist() == [0, 1, 0, 0]
    assert points.lon_lat[0].tolist() == points.lon_lat[1].tolist()
    assert points.snapped.tolist() == [False, False, True, False]
    lon, lat = points.lon_lat[0]
    box = Box(lon - 1e-5, lat - 1e-5, lon + 1e-5, lat + 1e-5)
    assert scene.store.report_points(None, None, [Group.LIGHTING], box).ids.tolist() == [1, 2]
    assert scene.store.report_points(None, None, [Group.WASTE], box).ids.tolist() == []
    noon = scene.clock() - timedelta(days=1)
    assert scene.store.report_points(noon, None, None, box).ids.tolist() == [1]
    assert scene.store.report_points(None, noon, None, box).ids.tolist() == [2]


def test_open_reports_are_placed_told_by_a_category_and_not_moved(scene: Scene) -> None:
    found = scene.store.open_reports(scene.clock() - timedelta(days=30))
    assert found.ids.tolist() == [1]
    assert found.leaf.tolist() == ["LGT-OUT"]
    assert found.reported_s.tolist() == scene.store.report_points().reported_s[:1].tolist()
    assert len(scene.store.open_reports(scene.clock())) == 0


def test_what_was_merged_is_listed_by_main_report(scene: Scene) -> None:
    assert scene.store.merged_reports() == {1: (2,)}


def test_a_report_is_found_by_what_its_source_calls_it(scene: Scene) -> None:
    known = scene.store.report_known_as("council", "1")
    assert known is not None
    assert known.id == 1
    assert scene.store.report_known_as("by hand", "1") is None


def test_a_report_without_an_import_is_kept(scene: Scene) -> None:
    with scene.store.writing() as unit:
        unit.add_reports(None, [(replace(scene.report((0, 0), scene.today), source="by hand"), b"x")])
    known = scene.store.report_known_as("by hand", "7")
    assert known is not None
    assert known.batch_id is None


def test_decisions_and_contacts_are_kept_and_removed(scene: Scene) -> None:
    now = scene.clock()
    with scene.store.writing() as unit:
        unit.add_apart(Apart(0, 1, 3, "Omar", now))
        unit.add_apart(Apart(0, 1, 4, "Omar", now))
        unit.add_contact(Contact(0, 3, b"\x00sealed", now))
        unit.add_contact(Contact(0, 1, b"sealed", now))
    first, second = scene.store.aparts()
    assert scene.store.reports_with_contact() == [1, 3]
    with scene.store.writing() as unit:
        assert unit.remove_aparts([first.id]) == 1
        assert unit.remove_contacts([3, 99]) == 1
    assert scene.store.aparts() == [second]
    assert scene.store.reports_with_contact() == [1]
