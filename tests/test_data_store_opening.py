"""Opening a store: made when new, brought up to date when old, refused in one sentence when unfit."""

import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import QueuePool

from data.sql import schema
from data.sql.migrating import MIGRATIONS, known_versions
from data.sql.types import PackedIds
from data.stores import SqlStore, check_store, open_store
from problems.errors import StoreRefused
from problems.hot_spots import Standing
from tests.storing import BACK_ENDS, a_problem, a_report, an_event, fresh_url, keep_reports, run_sql


@pytest.fixture(params=BACK_ENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_url(request.param, tmp_path)


def close(store: SqlStore) -> None:
    store.close()


def test_the_migrations_build_exactly_the_tables_of_the_schema(url: str) -> None:
    with closing(open_store(url)) as store, store._reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": schema.VERSION_TABLE, "compare_type": True, "compare_server_default": True},
        )
        assert compare_metadata(context, schema.metadata) == []


def test_the_newest_migration_is_the_schema_of_this_program() -> None:
    script = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])
    assert script.get_heads() == [schema.SCHEMA_VERSION]
    assert known_versions()[-1] == schema.SCHEMA_VERSION
    assert sorted(revision.revision for revision in script.walk_revisions()) == known_versions()


def test_hot_spots_from_before_they_were_compared_are_kept_as_untested(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_newest = ScriptDirectory._upgrade_revs
    with monkeypatch.context() as old:
        old.setattr(ScriptDirectory, "_upgrade_revs", lambda self, _head, now: to_newest(self, "0002", now))
        close(open_store(url))
    counts = (
        "reports, distinct_incidents, clusters, hot_spots, excluded_default_points, excluded_reports, new, survived,"
        " split, merged, dormant, recurred, epsg"
    )
    packed = PackedIds().process_bind_param((4, 5), sqlite.dialect()) or b""
    members = f"X'{packed.hex()}'" if url.startswith("sqlite") else f"'\\x{packed.hex()}'"
    run_sql(
        url,
        # What is written here was written by a program of that time.
        'INSERT INTO refresh (id, as_of, window_days, started_at, duration_s, "by", input_digest, settings, unmapped,'  # noqa: S608 - names of columns alone
        f" {counts})"
        f" VALUES (1, '2026-03-01', 90, 0, 1.5, 'x', '', '{{}}', 0, {', '.join('0' * 13)})",
        "INSERT INTO hot_spot (id, refresh_id, group_code, category,"  # noqa: S608 - the bytes are the test's own
        " lon, lat, width_m, outline, reports, incidents, reporters, first_at, last_at, change, members)"
        " VALUES (7, 1, 'WST', 'WST02', -1.5, 53.8, 80.0, '{}', 9, 9, 3, 0, 0, 'created', " + members + ")",
    )
    with closing(open_store(url)) as store:
        (kept,) = store.hot_spots(1)
        assert (kept.id, kept.group, kept.incidents, kept.standing) == (7, "WST", 9, Standing.UNTESTED)
        assert kept.members == (4, 5)
        assert (kept.expected, kept.ratio, kept.q_value, kept.dispersion) == (None, None, None, None)
    assert run_sql(url, "SELECT version_num FROM fixpoint_schema_version") == [(schema.SCHEMA_VERSION,)]


def test_a_store_is_kept_when_it_is_closed_and_opened_again(url: str) -> None:
    with closing(open_store(url)) as store:
        keep_reports(store, [a_report()])
    with closing(open_store(url)) as store:
        assert store.counts().reports == 1
        assert store.version() == 1


def test_a_newer_schema_is_refused_and_left_as_it_is(url: str) -> None:
    close(open_store(url))
    run_sql(url, "UPDATE fixpoint_schema_version SET version_num = '9999'")
    with pytest.raises(StoreRefused, match=r"newer Fixpoint.*9999.*Update this program"):
        open_store(url)
    assert run_sql(url, "SELECT version_num FROM fixpoint_schema_version") == [("9999",)]
    assert [check.ok for check in check_store(url)] == [False]


def test_many_programs_may_start_at_once(url: str) -> None:
    failures: list[BaseException] = []
    together = threading.Barrier(6)

    def start() -> None:
        try:
            together.wait()
            close(open_store(url))
        except BaseException as error:  # noqa: BLE001 - shown by the test, whatever it is
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with closing(open_store(url)) as store:
        assert store.version() == 0


def test_tables_of_another_program_are_left_alone(url: str) -> None:
    run_sql(url, "CREATE TABLE report (note TEXT)", "INSERT INTO report VALUES ('theirs')")
    with pytest.raises(StoreRefused, match="another program"):
        open_store(url)
    assert run_sql(url, "SELECT note FROM report") == [("theirs",)]
    assert not check_store(url)[0].ok


def test_a_good_store_passes_its_checks(url: str) -> None:
    with closing(open_store(url)) as store:
        keep_reports(store, [a_report()])
        checks = {check.name: check for check in check_store(url)}
    assert all(check.ok for check in checks.values())
    assert "1 report" in checks["rows"].message
    assert schema.SCHEMA_VERSION in checks["schema"].message
    if url.startswith("sqlite"):
        assert {"integrity", "write-ahead log", "writable"} <= set(checks)
        is_old = sqlite3.sqlite_version_info < (3, 51, 3)
        assert ("checkpoints" in checks) is is_old


def test_a_path_is_a_store_and_missing_folders_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    close(open_store("new/folder/with 100% ü.db"))
    assert (tmp_path / "new" / "folder" / "with 100% ü.db").stat().st_size > 0
    close(open_store("sqlite:///relative.db"))
    assert (tmp_path / "relative.db").exists()


def test_a_file_store_writes_ahead_and_is_safe(tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path / "a.db"))) as store:
        settings: dict[str, object] = {}
        with store.writing() as unit:
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "query_only"):
                settings[name] = unit._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        with store._reading() as connection:
            query_only = connection.exec_driver_sql("PRAGMA query_only").scalar()
    full = 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "query_only": 0,
    }
    assert query_only == 1


def test_a_file_that_is_thrown_away_unless_finished_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path / "a.db"), durable=False)) as store:
        with store.writing() as unit:
            assert unit._connection.exec_driver_sql("PRAGMA synchronous").scalar() == 0
        keep_reports(store, [a_report()])
    with closing(open_store(str(tmp_path / "a.db"))) as store:
        assert store.counts().reports == 1


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://root:secret@db/fixpoint", "“mysql:…” is not a store"),
        ("http://example.org/x.db", "“http:…”"),
        ("sqlite:relative.db", "“sqlite:…”"),
        ("sqlite://", "no file"),
        ("sqlite:///:memory:", "no file"),
        (":memory:", "no file"),
        ("", "no file"),
        ("postgresql://user:secret@host:notaport/x", "“postgresql:…”"),
    ],
)
def test_an_address_that_is_no_store_is_refused(
    address: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreRefused, match=says) as caught:
        open_store(address)
    assert "FIXPOINT_STORE can be" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert [check.ok for check in check_store(address)] == [False]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["postgresql://u:secret@127.0.0.1:1/x", "postgres://u:secret@127.0.0.1:1/x"])
def test_a_server_that_does_not_answer_is_refused_without_showing_the_password(address: str) -> None:
    with pytest.raises(StoreRefused, match="cannot be reached") as caught:
        open_store(address)
    assert "secret" not in str(caught.value)
    assert not check_store(address)[0].ok


def test_files_that_are_no_store_are_refused_and_left_alone(tmp_path: Path) -> None:
    contents = {
        "text.db": b"id,lon,lat\n1,2,3\n" * 400,
        "truncated.db": b"SQLite format 3\x00",
        "damaged.db": b"SQLite format 3\x00" + b"\xff" * 9000,
    }
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(StoreRefused, match=name):
            open_store(str(path))
        assert not check_store(str(path))[0].ok
        assert path.read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(contents)


def test_places_where_no_file_can_be_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("x")
    for place in (tmp_path, tmp_path / "a file" / "x.db", Path("/proc/fixpoint/x.db")):
        with pytest.raises(StoreRefused, match=r"cannot be opened.*Set FIXPOINT_STORE"):
            open_store(str(place))


def test_looking_at_a_store_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    checks = check_store(str(tmp_path / "new" / "x.db"))
    assert checks[0].ok
    assert checks[0].is_warning
    assert list(tmp_path.iterdir()) == []


def test_damage_inside_a_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(open_store(str(path))) as store:
        keep_reports(store, [a_report(n) for n in range(2000)])
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xee" * 4096
    path.write_bytes(content)
    assert any(not check.ok for check in check_store(str(path)))


_KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from data.stores import open_store
from tests.storing import a_batch, a_report, keep_reports, an_event
store = open_store(sys.argv[1])
keep_reports(store, [a_report(n) for n in range(50)])
print("kept", flush=True)
with store.writing() as unit:
    batch_id = unit.add_batch(a_batch())
    unit.add_reports(batch_id, [(a_report(n), b"c") for n in range(50, 9000)])
    unit.add_events([an_event()])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_program_that_is_killed_while_writing_leaves_nothing_half_written(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "a.db"
    run = subprocess.run(
        [sys.executable, "-c", _KILLED, str(path), str(root)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (-signal.SIGKILL, "kept\n"), run.stderr
    with closing(open_store(str(path))) as store:
        assert (store.counts().reports, store.counts().batches, store.events()) == (50, 1, [])
        with store.writing() as unit:
            unit.add_problem(a_problem())
            unit.add_events([an_event()])
        assert store.version() == 2
    assert all(check.ok for check in check_store(str(path)))


def test_a_store_that_a_newer_program_closed_badly_stays_readable(tmp_path: Path) -> None:
    # A copy made with its log beside it, as a backup program would take it from a running system.
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    with closing(open_store(str(path))) as store:
        keep_reports(store, [a_report()])
        for end in ("", "-wal"):
            copy.with_name(copy.name + end).write_bytes(path.with_name(path.name + end).read_bytes())
    with closing(open_store(str(copy))) as store:
        assert store.counts().reports == 1


def test_when_no_connection_comes_free_it_is_said_in_words(url: str) -> None:
    with closing(open_store(url)) as store:
        reader = store._engines.reader
        pool = QueuePool(reader.pool._creator, pool_size=1, max_overflow=0, timeout=0.05)
        reader.pool, large = pool, reader.pool
        try:
            with pool.connect(), pytest.raises(StoreRefused, match="none of its connections came free"):
                store.version()
        finally:
            reader.pool = large
            pool.dispose()
        assert store.version() == 0
