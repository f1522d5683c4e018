"""What every store keeps of taking in reports: sources, flags, boundaries, duplicates, contacts, undone imports."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.stores import SqlStore, open_store
from problems.areas import AreaCount, AreaKind
from problems.categories import Group
from problems.duplicates import Apart, Contact
from problems.errors import Stale
from problems.hot_spots import Pile
from problems.quality import Aspect, RejectedReason
from problems.reports import BatchState, ReportFlag, ReportStatus
from problems.sources import PlacePrecision, Source, TimePrecision
from problems.store import Store
from tests.storing import BACK_ENDS, NOON, a_batch, a_rejected_row, a_report, an_area, empty_url, keep_reports

WEST, EAST = (-1.60, 53.80), (-1.50, 53.80)


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(empty_url(request.param, tmp_path))) as opened:
        yield opened


def a_source(**changes: Any) -> Source:
    told = Source(
        id=0,
        name="police",
        precision=PlacePrecision.SNAPPED,
        time_precision=TimePrecision.MONTH,
        lattice_m=11.12,
        columns='[columns]\nid = "Crime ID"\n',
        decided_by="Cora Reid",
        why="Every one of 40 reports sits on one of 9 points, and only the month is told.",
    )
    return replace(told, **changes)


def keep_source(store: SqlStore, **changes: Any) -> Source:
    with store.writing() as unit:
        unit.add_source(a_source(**changes))
    kept = store.source(changes.get("name", "police"))
    assert kept is not None
    return kept


# -- sources --


def test_sources_come_back_as_they_were_kept_by_name(store: SqlStore) -> None:
    assert (store.sources(), store.source("police")) == ([], None)
    kept = keep_source(store)
    plain = keep_source(store, name="Council", precision=PlacePrecision.EXACT, lattice_m=None, columns="")
    assert kept == a_source(id=kept.id)
    assert kept.is_snapped
    assert store.sources() == [plain, kept]
    assert store.source("nobody") is None


def test_the_second_to_save_a_source_is_told_what_changed(store: SqlStore) -> None:
    seen = keep_source(store)
    with store.writing() as unit:
        saved = unit.save_source(replace(seen, precision=PlacePrecision.EXACT, why="Checked."), seen.version)
    assert saved.version == seen.version + 1
    assert store.source("police") == saved
    with pytest.raises(Stale) as stale, store.writing() as unit:
        unit.save_source(replace(seen, precision=PlacePrecision.ROUNDED), seen.version)
    assert stale.value.changes["precision"] == (PlacePrecision.ROUNDED, PlacePrecision.EXACT)
    assert store.source("police") == saved


def test_all_reports_of_a_source_are_marked_as_moved_and_cleared_again(store: SqlStore) -> None:
    masked = a_report(1, source="police", flags=ReportFlag.MASKED | ReportFlag.LATE)
    keep_reports(store, [masked, a_report(2, source="police"), a_report(3)])
    versions = [store.reports_version()]
    with store.writing() as unit:
        assert unit.mark_snapped("police", snapped=True) == 2
    versions.append(store.reports_version())
    assert store.report_points().snapped.tolist() == [True, True, False]
    assert store.reports([1])[0].flags == ReportFlag.MASKED | ReportFlag.LATE | ReportFlag.SNAPPED
    with store.writing() as unit:
        assert unit.mark_snapped("police", snapped=True) == 0
    versions.append(store.reports_version())
    with store.writing() as unit:
        assert unit.mark_snapped("police", snapped=False) == 2
    versions.append(store.reports_version())
    assert store.reports([1, 2])[0].flags == ReportFlag.MASKED | ReportFlag.LATE
    assert not store.report_points().snapped.any()
    assert [later - earlier for earlier, later in pairwise(versions)] == [1, 0, 1]


# -- boundaries --


def test_reports_follow_the_boundaries_that_are_set_and_lose_them_with_the_layer(store: SqlStore) -> None:
    far = (3.0, 50.0)
    reports = [a_report(number, lon_lat=place) for number, place in enumerate([WEST, EAST, WEST, far, None])]
    keep_reports(store, reports)
    assert store.distinct_places().tolist() == sorted([list(WEST), list(EAST), list(far)])
    with store.writing() as unit:
        west, east = unit.add_areas([an_area(name="West", code="W1"), an_area(name="East")])
        (beat,) = unit.add_areas([an_area(kind=AreaKind.BEAT, name="B1")])
        places = np.array([WEST, EAST, far])
        assert unit.set_areas(AreaKind.WARD, places, np.array([west, east, 0])) == 3
        assert unit.set_areas(AreaKind.BEAT, places, np.array([beat, beat, beat])) == 4
    assert [report.ward_id for report in store.reports([1, 2, 3, 4, 5])] == [west, east, west, None, None]
    assert [report.beat_id for report in store.reports([1, 2, 3, 4, 5])] == [beat, beat, beat, beat, None]
    assert {area.name: area.code for area in store.areas(AreaKind.WARD)} == {"West": "W1", "East": ""}
    with store.writing() as unit:
        assert unit.set_areas(AreaKind.WARD, places, np.array([west, east, 0])) == 0
        assert unit.set_areas(AreaKind.WARD, places, np.array([east, 0, 0])) == 3
    assert [report.ward_id for report in store.reports([1, 2, 3])] == [east, None, east]
    with store.writing() as unit:
        assert unit.remove_areas(AreaKind.WARD) == 2
        assert unit.remove_areas(AreaKind.WARD) == 0
    assert [report.ward_id for report in store.reports([1, 2, 3])] == [None] * 3
    assert store.reports([1])[0].beat_id == beat
    assert [area.name for area in store.areas()] == ["B1"]


def test_the_places_of_a_source_are_given_row_by_row(store: SqlStore) -> None:
    reports = [
        a_report(1, lon_lat=WEST),
        a_report(2, lon_lat=WEST),
        a_report(3, lon_lat=None),
        a_report(4, lon_lat=EAST, source="police"),
        a_report(5, lon_lat=EAST, undone=True),
    ]
    keep_reports(store, reports)
    assert store.source_places("council").tolist() == [list(WEST), list(WEST)]
    assert store.source_places("nobody").shape == (0, 2)


def test_places_are_matched_to_the_last_digit(store: SqlStore) -> None:
    near = (np.nextafter(WEST[0], 0.0), WEST[1])
    keep_reports(store, [a_report(1, lon_lat=WEST), a_report(2, lon_lat=(float(near[0]), near[1]))])
    assert len(store.distinct_places()) == 2
    with store.writing() as unit:
        (only,) = unit.add_areas([an_area()])
        assert unit.set_areas(AreaKind.WARD, np.array([WEST]), np.array([only])) == 1
    assert [report.ward_id for report in store.reports([1, 2])] == [only, None]


def test_a_store_without_places_has_none(store: SqlStore) -> None:
    assert store.distinct_places().shape == (0, 2)
    with store.writing() as unit:
        assert unit.set_areas(AreaKind.WARD, np.empty((0, 2)), np.empty(0, dtype=np.int64)) == 0
        assert unit.add_areas([]) == []
    assert store.area_counts(AreaKind.WARD) == []


def test_reports_are_counted_by_boundary_period_and_group(store: SqlStore) -> None:
    snapped = {"flags": ReportFlag.SNAPPED, "ward_id": 7}
    main = a_report(1, ward_id=7, reported_at=NOON)
    others = [
        a_report(2, reported_at=NOON, category="WST-DUMP", **snapped),
        a_report(3, reported_at=NOON + timedelta(days=40), **snapped),
        a_report(4, reported_at=NOON, ward_id=3),
        a_report(5, reported_at=NOON),
        a_report(6, reported_at=NOON, lon_lat=None),
        a_report(7, reported_at=NOON, ward_id=7, status=ReportStatus.WITHDRAWN),
        a_report(8, reported_at=NOON, ward_id=7, status=ReportStatus.DUPLICATE),
        a_report(9, reported_at=NOON, ward_id=7, undone=True),
        a_report(10, reported_at=NOON, ward_id=3, status=ReportStatus.DUPLICATE, main_id=4),
    ]
    keep_reports(store, [main, *others])
    assert store.area_counts(AreaKind.WARD) == [AreaCount(3, 2, 0), AreaCount(7, 3, 2), AreaCount(None, 1, 0)]
    soon = store.area_counts(AreaKind.WARD, NOON, NOON + timedelta(days=1))
    assert soon == [AreaCount(3, 2, 0), AreaCount(7, 2, 1), AreaCount(None, 1, 0)]
    assert store.area_counts(AreaKind.WARD, NOON + timedelta(days=1)) == [AreaCount(7, 1, 1)]
    assert store.area_counts(AreaKind.WARD, groups=[Group.WASTE]) == [AreaCount(7, 1, 1)]
    assert store.area_counts(AreaKind.BEAT) == [AreaCount(None, 6, 2)]


# -- duplicates, contacts, undone imports --


def test_decisions_that_two_reports_differ_are_kept_in_order(store: SqlStore) -> None:
    first = Apart(0, 1, 2, "Cora Reid", NOON)
    second = Apart(0, 1, 9, "Omar Hale", NOON + timedelta(hours=1))
    with store.writing() as unit:
        numbers = [unit.add_apart(first), unit.add_apart(second)]
    assert store.aparts() == [replace(first, id=numbers[0]), replace(second, id=numbers[1])]


def test_the_duplicates_of_a_report_are_found(store: SqlStore) -> None:
    double = {"status": ReportStatus.DUPLICATE, "main_id": 1}
    keep_reports(store, [a_report(1), a_report(2, **double), a_report(3), a_report(4, **double)])
    assert store.duplicates_of([1, 2, 3, 99]) == {1: (2, 4)}
    assert store.duplicates_of([]) == {}


def test_a_sealed_contact_is_kept_apart_from_its_report_and_removed_for_good(store: SqlStore) -> None:
    keep_reports(store, [a_report(1), a_report(2)])
    sealed = Contact(0, 1, b"\x00\xffsealed", NOON)
    with store.writing() as unit:
        number = unit.add_contact(sealed)
    assert store.contact(1) == replace(sealed, id=number)
    assert store.contact(2) is None
    with store.writing() as unit:
        assert unit.remove_contacts([1, 2]) == 1
        assert unit.remove_contacts([1]) == 0
    assert store.contact(1) is None


def test_reports_of_an_undone_import_count_nowhere(store: SqlStore) -> None:
    kept, gone = a_report(1, category=None), a_report(2, category=None, category_name="Ghost", undone=True)
    keep_reports(store, [kept, replace(gone, reported_at=NOON + timedelta(days=900))])
    assert store.report_points().ids.tolist() == [1]
    assert [report.id for report in store.all_reports()] == [1]
    assert store.unmapped_names() == [("council", "Street light out", 1)]
    counts = store.counts()
    assert (counts.reports, counts.placed, counts.unmapped) == (1, 1, 1)
    assert counts.newest_report_at == kept.reported_at
    assert [report.undone for report in store.reports([1, 2])] == [False, True]
    with store.writing() as unit:
        known = unit.known_reports("council", ["R1", "R2"])
    assert {name: one.undone for name, one in known.items()} == {"R1": False, "R2": True}
    assert [(one.source.name, one.reports) for one in store.source_quality()] == [("council", 1)]
    assert store.reports_about("council", Aspect.ALL, 9)[1] == 1


# -- quality --


def test_the_quality_of_each_source_is_counted_at_once(store: SqlStore) -> None:
    police = keep_source(store)
    zero = ReportFlag.PLACE_ZERO | ReportFlag.MASKED
    ahead = NOON + timedelta(days=800)
    keep_reports(
        store,
        [
            a_report(1, reported_at=NOON),
            a_report(2, reported_at=NOON, lon_lat=None, flags=zero, status=ReportStatus.RESOLVED),
            a_report(3, reported_at=NOON + timedelta(days=2), category=None, flags=ReportFlag.MASKED),
            a_report(4, reported_at=ahead, flags=ReportFlag.REPORTED_IN_FUTURE, status=ReportStatus.VERIFIED),
        ],
    )
    council, described = store.source_quality()
    assert described.source == police
    assert (described.reports, described.newest_at, described.days) == (0, None, ())
    assert (council.source, council.source.id) == (Source(0, "council"), 0)
    assert (council.reports, council.placed, council.mapped, council.closed) == (4, 3, 3, 2)
    assert dict(council.flags) == {ReportFlag.PLACE_ZERO: 1, ReportFlag.MASKED: 2, ReportFlag.REPORTED_IN_FUTURE: 1}
    assert (council.oldest_at, council.newest_at) == (NOON, ahead)
    first = int(NOON.timestamp()) // 86_400
    assert council.days == (first, first + 2)


def test_each_figure_has_the_list_of_its_reports_behind_it(store: SqlStore) -> None:
    reports = [
        a_report(1, lon_lat=None, flags=ReportFlag.PLACE_ZERO),
        a_report(2, category=None, status=ReportStatus.RESOLVED),
        a_report(3, lon_lat=WEST, status=ReportStatus.RESOLVED),
        a_report(4, lon_lat=(WEST[0] + 4e-6, WEST[1] - 4e-6)),
        a_report(5, lon_lat=(WEST[0] + 4e-5, WEST[1])),
        a_report(6, source="police", lon_lat=WEST),
    ]
    keep_reports(store, reports)

    def about(aspect: Aspect, point: tuple[float, float] | None = None) -> list[int]:
        found, total = store.reports_about("council", aspect, 9, point)
        assert total == len(found)
        assert [one.id for one in store.every_report_about("council", aspect, point)] == sorted(one.id for one in found)
        return [one.id for one in found]

    assert about(Aspect.ALL) == [5, 4, 3, 2, 1]
    assert about(Aspect.UNPLACED) == about(Aspect.PLACE_ZERO) == [1]
    assert about(Aspect.UNMAPPED) == [2]
    assert about(Aspect.OPEN) == [5, 4, 1]
    assert about(Aspect.POINT, WEST) == [4, 3]
    assert about(Aspect.LATE) == []
    assert [one.id for one in store.reports_about("council", Aspect.ALL, 2)[0]] == [5, 4]
    assert store.reports_about("council", Aspect.ALL, 2)[1] == 5
    point = Pile(1, WEST, 3, 1, 0.5, True, None)
    assert store.reports_on([point, replace(point, lon_lat=(9.0, 9.0))]) == [{"council": 2, "police": 1}, {}]


def test_rejected_rows_are_counted_by_reason_and_listed(store: SqlStore) -> None:
    rows = [a_rejected_row(line, reason="Not a date.") for line in (3, 4)]
    with store.writing() as unit:
        first = unit.add_batch(a_batch())
        unit.add_rejected(first, [*rows, a_rejected_row(9, column="id", reason="No id.")])
        unit.add_rejected(unit.add_batch(a_batch(source="police")), [a_rejected_row(1)])
    assert store.rejected_reasons() == [
        RejectedReason("council", "date", "Not a date.", 2),
        RejectedReason("council", "id", "No id.", 1),
        RejectedReason("police", "date", "Not a date.", 1),
    ]
    found, total = store.rejected_about("council", "Not a date.", 1)
    assert ([one.line for one in found], total) == ([3], 2)
    found, total = store.rejected_about("council", None, None)
    assert ([one.line for one in found], total) == ([3, 4, 9], 3)
    assert store.rejected_about("nobody", None, 5) == ([], 0)
    with store.writing() as unit:
        unit.finish_batch(a_batch(id=first, state=BatchState.UNDONE))
    assert [one.source for one in store.rejected_reasons()] == ["police"]
    assert store.rejected_about("council", None, None) == ([], 0)


def test_the_store_fulfils_the_protocol(store: SqlStore) -> None:
    protocol: Store = store
    assert protocol.source_quality() == []
