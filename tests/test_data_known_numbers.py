"""A file of elsewhere whose numbers are known is asked about before it replaces anything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.importing import import_file, preview
from data.reading.columns import Columns, columns_from
from data.reading.questions import SAME_NUMBERS
from data.stores import open_store
from problems.errors import InputRefused
from problems.people import LAPTOP
from problems.reports import Batch
from problems.store import Store
from problems.use_cases.undoing import undo_import
from tests.storing import empty_url

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    yield opened
    opened.close()


def _file(folder: Path, *, day: date, lat: float, count: int = 12, status: str = "Open") -> Path:
    path = folder / f"{day}-{lat}-{count}-{status}.csv"
    rows = [f"{n},Graffiti,{day + timedelta(days=n % 3)},{lat + n / 1e4},-0.1,{status}" for n in range(1, count + 1)]
    path.write_text("\n".join(["Reference,Type,Opened,Latitude,Longitude,Status", *rows, ""]), encoding="utf-8")
    return path


def _import(store: Store, path: Path, source: str = "council", columns: Columns | None = None) -> Batch:
    return import_file(store, LAPTOP, lambda: NOW, 1, path=path, source=source, columns=columns)


def _asked(store: Store, path: Path, source: str = "council") -> bool:
    return [each.field for each in preview(path, store=store, source=source).questions] == [SAME_NUMBERS]


def test_the_numbers_of_another_city_replace_nothing_unasked(store: Store, tmp_path: Path) -> None:
    _import(store, _file(tmp_path, day=date(2026, 1, 5), lat=51.5))
    elsewhere = _file(tmp_path, day=date(2026, 2, 5), lat=52.5)
    assert _asked(store, elsewhere)
    with pytest.raises(InputRefused, match="of another source") as refused:
        _import(store, elsewhere)
    assert '“confirmed = ["same_numbers"]”' in str(refused.value)
    assert _import(store, elsewhere, source="parks").accepted == 12
    assert _import(store, elsewhere, columns=columns_from(f'confirmed = ["{SAME_NUMBERS}"]')).updated == 12
    # What was confirmed of one file is not confirmed of the next.
    assert _asked(store, _file(tmp_path, day=date(2026, 1, 5), lat=51.5))


def test_reports_that_moved_on_are_not_asked_about(store: Store, tmp_path: Path) -> None:
    _import(store, _file(tmp_path, day=date(2026, 1, 5), lat=51.5))
    assert _import(store, _file(tmp_path, day=date(2026, 1, 5), lat=51.5, status="Closed")).updated == 12
    # Corrected places, or corrected dates, of the same reports.
    assert not _asked(store, _file(tmp_path, day=date(2026, 1, 5), lat=52.5))
    assert not _asked(store, _file(tmp_path, day=date(2026, 2, 5), lat=51.5))
    assert not _asked(store, _file(tmp_path, day=date(2026, 2, 5), lat=52.5, count=4))
    assert not _asked(store, _file(tmp_path, day=date(2026, 2, 5), lat=52.5), source="parks")


def test_what_was_undone_is_replaced_unasked(store: Store, tmp_path: Path) -> None:
    batch = _import(store, _file(tmp_path, day=date(2026, 1, 5), lat=51.5))
    undo_import(store, LAPTOP, lambda: NOW, 1, batch_id=batch.id, note="wrong city")
    assert not _asked(store, _file(tmp_path, day=date(2026, 2, 5), lat=52.5))


def test_numbers_of_reports_without_a_place_tell_by_their_kind(store: Store, tmp_path: Path) -> None:
    def placeless(day: date, kind: str) -> Path:
        path = tmp_path / f"{kind}.csv"
        rows = [f"{n},{kind},{day}" for n in range(1, 9)]
        path.write_text("\n".join(["Reference,Type,Opened", *rows, ""]), encoding="utf-8")
        return path

    without = replace(columns_from('[columns]\nid="Reference"\ncategory="Type"\nreported="Opened"'), no_place=True)
    _import(store, placeless(date(2026, 1, 5), "Graffiti"), columns=without)
    assert [each.field for each in preview(placeless(date(2026, 2, 5), "Litter"), without, store=store).questions] == [
        SAME_NUMBERS
    ]
