"""Reports by the million are kept exactly as one by one, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sql import bulk
from data.stores import SqlStore, open_store
from problems.fingerprints import content_of, contents_of, says_the_same, status_stands
from problems.report_columns import ReportColumns
from problems.reports import Report, ReportFlag, ReportStatus
from problems.seen_keys import SeenKeys
from tests.storing import BACK_ENDS, NOON, a_batch, a_report, empty_url, run_sql


@pytest.fixture(params=BACK_ENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_url(request.param, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    opened = open_store(url)
    yield opened
    opened.close()


def _odd_reports() -> list[Report]:
    return [
        a_report(1),
        a_report(2, lon_lat=None, category=None, category_name="Añything\x00", occurred_at=None, closed_at=None),
        a_report(3, text="half \ud800 of a pair", reporter="", resolution="", status=ReportStatus.NEW),
        a_report(4, due_at=NOON, updated_at=NOON + timedelta(days=1), asset="L-7", flags=ReportFlag(513)),
        a_report(5, ward_id=3, beat_id=None, neighbourhood_id=9, address="it's; DROP TABLE report --"),
        a_report(6, source_id="R'6\t\\N\n", lon_lat=(180.0, -90.0)),
    ]


@pytest.mark.parametrize("parameters", [1, 60, 4_000])
def test_columns_are_kept_as_single_reports_are(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameters: int
) -> None:
    monkeypatch.setattr(bulk, "_PARAMETERS", parameters)
    reports = _odd_reports()
    columns = ReportColumns.of(reports)
    assert list(columns.reports()) == reports
    kept = []
    back_end = "postgresql" if url.startswith("postgresql") else "sqlite"
    for at_once in (True, False):
        other = empty_url(back_end, tmp_path)
        store = open_store(other)
        contents = [content_of(report) for report in reports]
        with store.writing() as unit:
            batch_id = unit.add_batch(a_batch())
            if at_once:
                with unit.many_reports():
                    unit.add_report_columns(batch_id, columns, contents)
            else:
                unit.add_reports(batch_id, list(zip(reports, contents, strict=True)))
        store.close()
        kept.append(run_sql(other, "SELECT * FROM report ORDER BY id"))
    assert kept[0] == kept[1]
    assert len(kept[0]) == len(reports)


def test_what_is_the_same_throughout_a_stretch_is_kept_too(store: SqlStore) -> None:
    same = {"category": None, "asset": "", "reporter": "", "lon_lat": None, "occurred_at": None, "closed_at": None}
    reports = [a_report(number, **same) for number in range(1, 5)]
    with store.writing() as unit:
        unit.add_report_columns(unit.add_batch(a_batch()), ReportColumns.of(reports), [b"c"] * 4)
    assert [replace(report, id=0, batch_id=None) for report in store.all_reports()] == reports


def test_indexes_are_there_again_after_many_reports_and_after_a_failure(store: SqlStore, url: str) -> None:
    def indexes() -> list[Any]:
        if url.startswith("postgresql"):
            return run_sql(url, "SELECT indexdef FROM pg_indexes WHERE tablename = 'report' ORDER BY indexname")
        return run_sql(url, "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")

    before = indexes()
    assert len(before) >= 4

    def fail() -> None:
        with store.writing() as unit, unit.many_reports():
            unit.add_report_columns(unit.add_batch(a_batch()), ReportColumns.of([a_report(1)]), [b"c"])
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    assert indexes() == before
    assert store.counts().is_empty
    for number in (1, 2):
        with store.writing() as unit, unit.many_reports():
            unit.add_report_columns(unit.add_batch(a_batch()), ReportColumns.of([a_report(number)]), [b"c"])
        assert indexes() == before
    assert store.counts().reports == 2


def test_the_newest_report_of_a_source_is_found_whatever_others_hold(store: SqlStore) -> None:
    assert store.newest_report_at("council", NOON) is None
    assert not store.has_reports_of("council")
    reports = [a_report(1), a_report(2, reported_at=NOON - timedelta(days=2)), a_report(3, source="police")]
    with store.writing() as unit:
        batch_id = unit.add_batch(a_batch())
        unit.add_reports(batch_id, [(report, b"c") for report in reports])
    until = NOON + timedelta(days=1)
    assert store.newest_report_at("council", until) == NOON + timedelta(minutes=1)
    assert store.newest_report_at("council", NOON) == NOON - timedelta(days=2)
    assert store.newest_report_at("nobody", until) is None
    with store.writing() as unit:
        assert unit.mark_undone(batch_id, [1], undone=True) == 1
    assert store.newest_report_at("council", until) == NOON - timedelta(days=2)
    assert store.has_reports_of("police")
    assert store.known_reports("council", ["R1", "R2", "R3"]).keys() == {"R1", "R2"}
    assert store.known_reports("council", ["R1"])["R1"].undone


# -- fingerprints --

_TEXT_FIELDS = ("category_name", "address", "text", "area", "channel", "reporter", "asset", "resolution")
_TIME_FIELDS = ("reported_at", "occurred_at", "closed_at", "due_at", "updated_at")


@given(field=st.sampled_from(_TEXT_FIELDS), value=st.text(min_size=1))
def test_any_text_of_the_feed_changes_the_fingerprint(field: str, value: str) -> None:
    plain = a_report(1, **dict.fromkeys(_TEXT_FIELDS, ""))
    assert content_of(replace(plain, **{field: value})) != content_of(plain)  # type: ignore[arg-type] # text fields


@given(field=st.sampled_from(_TIME_FIELDS), microseconds=st.integers(1, 10**12))
def test_any_time_of_the_feed_changes_the_fingerprint(field: str, microseconds: int) -> None:
    plain = a_report(1, **dict.fromkeys(_TIME_FIELDS, NOON))
    later = NOON + timedelta(microseconds=microseconds)
    assert content_of(replace(plain, **{field: later})) != content_of(plain)  # type: ignore[arg-type] # time fields


def test_places_statuses_and_moved_words_change_the_fingerprint() -> None:
    plain = a_report(1, address="a", text="b")
    others = [
        replace(plain, lon_lat=None),
        replace(plain, lon_lat=(np.nextafter(plain.lon_lat[0], 0), plain.lon_lat[1])),  # type: ignore[index] # it has one
        replace(plain, status=ReportStatus.RESOLVED),
        replace(plain, address="ab", text=""),
        replace(plain, address="b", text="a"),
    ]
    assert len({content_of(report) for report in (plain, *others)}) == len(others) + 1


def test_what_fixpoint_works_out_itself_leaves_the_fingerprint() -> None:
    plain = a_report(1)
    worked_out = replace(
        plain,
        id=9,
        version=3,
        category="DMG-GRAF",
        flags=ReportFlag.LATE,
        ward_id=3,
        main_id=4,
        batch_id=7,
        undone=True,
    )
    assert content_of(worked_out) == content_of(plain)


@given(st.lists(st.builds(a_report, st.integers(1, 50)), max_size=20))
def test_a_fingerprint_does_not_depend_on_the_reports_around_it(reports: list[Report]) -> None:
    assert contents_of(ReportColumns.of(reports)) == [content_of(report) for report in reports]


def test_one_changed_row_in_a_hundred_thousand_changes_one_fingerprint() -> None:
    columns = ReportColumns.of([a_report(1)]).take(np.zeros(100_000, dtype=np.int64))
    before = contents_of(columns)
    columns.text[77_777] = columns.text[77_777] + "."
    after = contents_of(columns)
    assert [place for place in range(100_000) if before[place] != after[place]] == [77_777]


#: Made by the program before due dates were kept, of the report below.
_OLD = bytes.fromhex("2ab562bf4d804e5fde842ddf7b7aa0cfed61d69cd8d223d3")


def test_fingerprints_of_older_stores_are_understood() -> None:
    plain = Report(
        0, "council", "1", "LGT-OUT", "Lamp", datetime(2026, 1, 2, tzinfo=UTC), ReportStatus.NEW, (-0.1, 51.5), text="x"
    )
    columns = ReportColumns.of([plain, replace(plain, text="y"), replace(plain, due_at=NOON)])
    contents = contents_of(columns)
    assert [says_the_same(_OLD, contents[place], columns, place) for place in range(3)] == [True, False, False]
    assert status_stands(plain, _OLD)
    assert not status_stands(replace(plain, closed_at=NOON), _OLD)


# -- keys that came by --


@given(st.lists(st.lists(st.tuples(st.integers(-5, 40), st.integers(0, 9)), max_size=12), max_size=12))
def test_seen_keys_answer_as_a_dictionary_does(stretches: list[list[tuple[int, int]]]) -> None:
    seen, expected = SeenKeys(), dict[int, int]()
    for stretch in stretches:
        told = dict(reversed(stretch))
        seen.put(
            np.array([key for key, _ in stretch], dtype=np.int64),
            np.array([value for _, value in stretch], dtype=np.int64),
        )
        expected |= told
        found, values = seen.find(np.arange(-6, 42))
        assert found.tolist() == [key in expected for key in range(-6, 42)]
        assert values.tolist() == [expected.get(key, 0) for key in range(-6, 42)]
