"""The sample city for every test: built once per run and copied as a file.

``sample_store_file`` is the finished store, never to be written to; ``sample_store`` is a copy of
one's own, opened. With several test processes the first builds and the others wait for it.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data.sample.city import load_sample_city
from data.stores import SqlStore, open_store

SAMPLE_SEED = 7
SAMPLE_ZONE = ZoneInfo("Europe/London")
#: The moment at which the city of the tests ends.
SAMPLE_NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def sample_clock() -> datetime:
    """Return the moment at which the city of the tests ends."""
    return SAMPLE_NOW


def build_sample_file(path: Path) -> None:
    """Load the sample city into a new store at ``path`` and fold everything into that one file."""
    store = open_store(f"sqlite:///{path}", durable=False)
    load_sample_city(store, sample_clock, SAMPLE_SEED, zone=SAMPLE_ZONE)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    if os.name == "nt":  # one process at a time is enough where there is no flock
        yield
        return
    import fcntl

    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def sample_store_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the finished sample city; copy it, do not write to it."""
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent  # the folder that all test processes of this run share
    ready, making = folder / "fernwick.db", folder / "fernwick-making.db"
    with _locked(folder / "fernwick.lock"):
        if not ready.exists():
            for old in folder.glob("fernwick-making.db*"):
                old.unlink()
            build_sample_file(making)
            making.rename(ready)
    return ready


@pytest.fixture
def sample_store(sample_store_file: Path, tmp_path: Path) -> Iterator[SqlStore]:
    """Return an opened copy of the sample city that the test may change."""
    copy = tmp_path / "fernwick.db"
    shutil.copyfile(sample_store_file, copy)
    store = open_store(f"sqlite:///{copy}")
    yield store
    store.close()


@pytest.fixture(scope="session")
def sample_read_only(sample_store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """Return one opened copy for all tests of a process that only read."""
    copy = tmp_path_factory.mktemp("sample") / "fernwick.db"
    shutil.copyfile(sample_store_file, copy)
    store = open_store(f"sqlite:///{copy}")
    yield store
    store.close()
