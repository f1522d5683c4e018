"""What people said of a report holds against a newer row of its feed, and what a feed says twice is heard once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.stores import SqlStore, open_store
from problems.categories import Group
from problems.events import EventKind, Subject
from problems.people import LAPTOP
from problems.reports import Report, ReportFlag, ReportStatus
from problems.store import Box
from problems.use_cases import importing
from problems.use_cases.merging import merge_reports
from problems.use_cases.report_changes import save_report_change
from tests.storing import BACK_ENDS, empty_url
from tests.taking import BEFORE, START, closed, fed, take

DAY = timedelta(days=1)


@pytest.fixture(params=BACK_ENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_url(request.param, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = open_store(url)
    yield opened
    opened.close()


def _correct(store: SqlStore, number: int, at: datetime = START, **to: Any) -> None:
    with store.writing() as unit:
        (report,) = unit.reports([number])
        save_report_change(unit, at, LAPTOP, report, replace(report, **to), EventKind.EDITED)


def test_what_people_corrected_stays_and_the_event_tells_what_the_feed_says(store: SqlStore) -> None:
    take(store, fed("a"), fed("b"))
    _correct(store, 1, category="WST-DUMP", lon_lat=(-0.11, 51.51), text="Two lamps")
    _correct(store, 1, address="5 High St")
    take(store, closed("a", asset="L7"), closed("b", lon_lat=(-0.2, 51.4)), file="two")
    first, second = store.all_reports()
    assert (first.status, first.asset) == (ReportStatus.RESOLVED, "L7")
    assert (first.category, first.lon_lat) == ("WST-DUMP", (-0.11, 51.51))
    assert (first.text, first.address) == ("Two lamps", "5 High St")
    assert (second.status, second.lon_lat, second.category) == (ReportStatus.RESOLVED, (-0.2, 51.4), "LGT-OUT")
    told = store.events(Subject.REPORT, 1)[-1]
    assert told.kind is EventKind.MOVED
    assert told.note == "The feed says otherwise; what people corrected stays."
    assert told.details["outside"]["lon_lat"] == [-0.1, 51.5]  # type: ignore[index] # what the event holds is plain JSON
    assert told.details["outside"]["category"] == "LGT-OUT"  # type: ignore[index] # the same
    assert "Two lamps" not in str(told)
    _correct(store, 1, lon_lat=(-0.12, 51.52))
    take(store, closed("a", asset="L7", lon_lat=(-0.3, 51.3)), file="three")
    assert next(store.all_reports()).lon_lat == (-0.12, 51.52)
    assert store.events(Subject.REPORT, 1)[-1].kind is EventKind.NOTED


@pytest.mark.parametrize("status", [ReportStatus.DUPLICATE, ReportStatus.WITHDRAWN])
def test_a_report_that_stands_for_others_stays_in_the_count(store: SqlStore, status: ReportStatus) -> None:
    take(store, fed("a"), fed("b"), fed("c"))
    merge_reports(store, LAPTOP, lambda: START, 1, main_id=1, duplicate_ids=[2], seen_versions={})
    take(store, fed("a", status=status), fed("c", status=status), file="two")
    assert [report.status for report in store.all_reports()] == [ReportStatus.NEW, ReportStatus.DUPLICATE, status]
    points = store.report_points()
    assert (points.ids.tolist(), points.main.tolist()) == ([1, 2], [0, 1])
    assert [one.kind for one in store.events(Subject.REPORT, 1)] == [EventKind.MERGED, EventKind.NOTED]


def test_marks_of_odd_closing_times_are_about_the_time_that_is_kept(store: SqlStore) -> None:
    take(store, fed("a"))
    with store.writing() as unit:
        (report,) = unit.reports([1])
        after = replace(report, status=ReportStatus.RESOLVED, closed_at=START)
        save_report_change(unit, START, LAPTOP, report, after, EventKind.MOVED)
    take(store, closed("a", BEFORE - DAY), file="two")
    (kept,) = store.all_reports()
    assert (kept.closed_at, kept.flags) == (START, 0)


def test_many_changes_at_once_leave_what_one_at_a_time_would(store: SqlStore) -> None:
    told = [
        fed("0", text="Mended", address="a\0b", area="Süd"),
        closed("1", reporter="k", channel="app", due_at=START, occurred_at=BEFORE, updated_at=START),
        fed("2", lon_lat=None, flags=ReportFlag.PLACE_MISSING),
        fed("3", category=None, category_name="New", asset="L7"),
        fed("4", lon_lat=(-0.2, 51.4), category="WST-DUMP"),
    ]
    take(store, *(fed(str(number)) for number in range(5)))
    assert take(store, *told, file="two").updated == 5
    kept = [replace(report, id=0, batch_id=None, version=1) for report in store.all_reports()]
    assert kept == [replace(told[0], address="a\ufffdb"), *told[1:]]
    assert {report.version for report in store.all_reports()} == {2}
    assert store.report_points(box=Box(-0.21, 51.39, -0.19, 51.41)).ids.tolist() == [5]
    assert store.report_points(groups=[Group("WST")]).ids.tolist() == [5]


@pytest.mark.parametrize("newest_first", [True, False])
def test_an_older_row_beside_a_newer_one_changes_nothing_however_often_it_comes(
    store: SqlStore, newest_first: bool
) -> None:
    pair = [fed("a", updated_at=START, text="New"), fed("a", updated_at=START - DAY, text="Old")]
    rows = pair if newest_first else pair[::-1]
    take(store, *rows)
    before = list(store.all_reports())
    assert [report.text for report in before] == ["New"]
    for day in range(3):
        again = take(store, *rows, fed(f"of day {day}"), file=f"day {day}")
        assert (again.accepted, again.updated, again.unchanged) == (1, 0, 2)
    assert next(store.all_reports()) == before[0]
    assert store.events(Subject.REPORT, 1) == []


def test_an_older_row_far_behind_a_newer_one_changes_nothing(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS", 1)
    rows = [
        fed("a", updated_at=START, text="New"),
        fed("b"),
        fed("a", updated_at=START - DAY, text="Old"),
    ]
    dry = take(store, *rows, dry_run=True)
    first = take(store, *rows)
    assert (first.accepted, first.updated, first.unchanged) == (dry.accepted, dry.updated, dry.unchanged) == (2, 0, 1)
    assert take(store, *rows, file="two").unchanged == 3
    assert store.events(Subject.REPORT) == []


@pytest.mark.parametrize(("first", "last"), [(ReportStatus.NEW, "resolved"), (ReportStatus.RESOLVED, "in_progress")])
def test_an_older_row_does_not_keep_a_later_one_from_being_heard(
    store: SqlStore, first: ReportStatus, last: str
) -> None:
    def row(status: ReportStatus, at: datetime) -> Report:
        return closed("a", at, updated_at=at) if status is ReportStatus.RESOLVED else fed("a", updated_at=at)

    other = ReportStatus.RESOLVED if first is ReportStatus.NEW else ReportStatus.NEW
    take(store, row(first, START))
    older = row(other, START - DAY)
    assert take(store, older, file="older").updated == 1
    assert take(store, older, file="older again").unchanged == 1
    (kept,) = store.all_reports()
    assert kept.status is first
    take(store, row(other, START + DAY), file="later")
    (kept,) = store.all_reports()
    assert kept.status == last
