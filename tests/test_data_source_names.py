"""A source has one spelling, whatever capitals a person types."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.importing import import_file, preview
from data.source_names import checked_source, known_names
from data.stores import open_store
from problems.errors import InputRefused
from problems.people import LAPTOP
from problems.store import Store
from problems.use_cases.importing import accept_import
from tests.storing import empty_url

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TABLE = "ID,Type,Opened,Latitude,Longitude\n1,Graffiti,2026-01-02,51.5,-0.1\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    yield opened
    opened.close()


def _batch(store: Store, source: str) -> None:
    accept_import(store, LAPTOP, lambda: NOW, 1, source=source, file_name="a.csv", sha256=source, columns={})


def test_the_same_file_under_other_capitals_is_the_same_reports(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text(TABLE, encoding="utf-8")
    for typed in ("Züri", "ZÜRI", " züri ", "Zu\u0308ri"):
        batch = import_file(store, LAPTOP, lambda: NOW, 1, path=path, source=typed)
        assert batch.source == "Züri"
    assert store.counts().reports == 1
    assert preview(path, source="ZÜRI", store=store).recognised[0].why == "as in the last file of this source"


def test_spellings_that_are_kept_apart_already_stay_apart(store: Store) -> None:
    for source in ("Council", "council"):
        _batch(store, source)
    assert [checked_source(store, typed) for typed in ("Council", "council", "COUNCIL")] == [
        "Council",
        "council",
        "council",
    ]
    assert known_names(store) == ["council", "Council"]


def test_another_name_is_another_source(store: Store) -> None:
    _batch(store, "council")
    assert checked_source(store, "Council 2") == "Council 2"
    assert checked_source(None, "  The   police ") == "The police"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 61, "a\0b"])
def test_what_is_no_name_is_refused(store: Store, typed: str) -> None:
    with pytest.raises(InputRefused, match="cannot be the name of a source"):
        checked_source(store, typed)
