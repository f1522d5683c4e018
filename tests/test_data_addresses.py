"""Addresses that reports name are found by their words, on every database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.stores import SqlStore, open_store
from problems.reports import ReportFlag, ReportStatus
from tests.storing import BACK_ENDS, a_report, empty_url, keep_reports


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(empty_url(request.param, tmp_path))
    yield store
    store.close()


def kept(store: SqlStore, *rows: tuple[str, tuple[float, float] | None]) -> None:
    base = a_report()
    reports = [
        replace(base, source_id=f"a{number}", address=address, lon_lat=place)
        for number, (address, place) in enumerate(rows)
    ]
    keep_reports(store, reports)


def test_every_word_must_be_there_and_the_most_named_comes_first(store: SqlStore) -> None:
    kept(
        store,
        ("12 Mill Lane", (-1.2, 52.9)),
        ("14 Mill Lane", (-1.3, 52.9)),
        ("14 Mill Lane", (-1.3, 52.9)),
        ("14 Mill Lane", (-1.4, 52.9)),
        ("Mill Road", (-1.5, 52.9)),
        ("12 Mill Lane", None),
    )
    found = store.addresses("LANE mill", 10)
    assert [(one.address, one.lon_lat, one.reports) for one in found] == [
        ("14 Mill Lane", (-1.3, 52.9), 3),
        ("12 Mill Lane", (-1.2, 52.9), 1),
    ]
    assert [one.address for one in store.addresses("mill", 1)] == ["14 Mill Lane"]
    assert store.addresses("mill", 0) == store.addresses("  ", 5) == store.addresses("nowhere", 5) == []


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "\\", "100%"])
def test_signs_of_the_query_language_are_plain_signs(store: SqlStore, words: str) -> None:
    kept(store, ("12 Mill Lane", (-1.2, 52.9)))
    assert store.addresses(words, 5) == []


def test_moved_and_withdrawn_reports_name_no_address(store: SqlStore) -> None:
    base = replace(a_report(), address="12 Mill Lane", lon_lat=(-1.2, 52.9))
    keep_reports(
        store,
        [
            replace(base, source_id="moved", flags=ReportFlag.SNAPPED),
            replace(base, source_id="gone", status=ReportStatus.WITHDRAWN),
        ],
    )
    assert store.addresses("mill", 5) == []
