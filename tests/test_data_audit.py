"""The audit chain: whatever is done to an event behind Fixpoint's back is found, on both databases."""

# ruff: noqa: S608 - the statements are the attacks themselves, and are written here
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.auditing import check_audit, export_audit, last_verification, verify_and_note
from data.sql.migrating import MIGRATIONS
from data.stores import SqlStore, open_store
from problems.audit import BEGINNING, AuditHead, AuditLine, KeptEvent, hash_of, verified
from problems.errors import InputRefused
from problems.events import Event, Subject
from tests.storing import BACK_ENDS, NOON, an_event, fresh_url, run_sql

EVENTS = 12


@pytest.fixture(params=BACK_ENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_url(request.param, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(open_store(url)) as opened:
        for number in range(EVENTS // 3):
            with opened.writing() as unit:
                unit.add_events([an_event(Subject.PROBLEM, number + 1), an_event(note="“Gone” 🏚\n")])
                unit.add_events([an_event(at=NOON + timedelta(days=number), organisation_id=None)])
        yield opened


def tamper(url: str, *statements: str) -> None:
    """Do what somebody with the password of the database could do: take the triggers off first."""
    if url.startswith("sqlite"):
        run_sql(url, *(f"DROP TRIGGER event_no_{change}" for change in ("update", "delete", "replace")), *statements)
    else:
        run_sql(url, "ALTER TABLE event DISABLE TRIGGER ALL", *statements)


def clock() -> datetime:
    return NOON


def test_what_was_kept_properly_fits(store: SqlStore) -> None:
    found = store.verify_audit()
    assert (found.ok, found.events, found.broken) == (True, EVENTS, 0)
    lines = list(store.audit_lines())
    assert lines[0].previous == BEGINNING
    assert found.head == lines[-1].hash
    assert len({line.hash for line in lines}) == EVENTS


def test_an_empty_store_fits(url: str) -> None:
    with closing(open_store(url)) as empty:
        assert empty.verify_audit() == verified([], AuditHead())


@pytest.mark.parametrize(
    "column",
    [
        "at = at + 1",
        "by = 'p2'",
        "by_name = 'Sgt Ball'",
        "subject = 'action'",
        "subject_id = 9",
        "kind = 'noted'",
        """changes = '{"status": "closed"}'""",
        "before = '{}'",
        "reason = 'cleaned'",
        "note = note || ' '",
        """details = '{"overlap": 0.6}'""",
        "organisation_id = 4",
        "hash = '" + "a" * 64 + "'",
    ],
)
def test_changing_any_column_is_found_and_the_first_event_named(store: SqlStore, url: str, column: str) -> None:
    tamper(url, f"UPDATE event SET {column} WHERE id = 5")
    found = store.verify_audit()
    assert (found.ok, found.first_broken_id) == (False, 5)
    assert "Event 5 does not follow on event 4" in found.why


def test_changing_the_number_of_the_last_event_is_found(store: SqlStore, url: str) -> None:
    tamper(url, f"UPDATE event SET id = 99 WHERE id = {EVENTS}")
    assert store.verify_audit().first_broken_id == 99


@pytest.mark.parametrize(
    ("number", "first"), [(1, 2), (6, 7), (EVENTS, None)], ids=["the first", "one in the middle", "the last"]
)
def test_removing_an_event_is_found(store: SqlStore, url: str, number: int, first: int | None) -> None:
    tamper(url, f"DELETE FROM event WHERE id = {number}")
    found = store.verify_audit()
    assert not found.ok
    assert found.first_broken_id == first


def test_removing_every_event_is_found(store: SqlStore, url: str) -> None:
    tamper(url, "DELETE FROM event")
    assert "12" in store.verify_audit().why


def test_two_events_that_change_places_are_found(store: SqlStore, url: str) -> None:
    tamper(url, *(f"UPDATE event SET id = {to} WHERE id = {of}" for of, to in ((3, 99), (8, 3), (99, 8))))
    assert store.verify_audit().first_broken_id == 3


@pytest.mark.parametrize("number", [-1, EVENTS + 1])
@pytest.mark.parametrize("own", ["''", "(SELECT event_hash FROM store_state)"])
def test_an_event_that_was_put_in_is_found(store: SqlStore, url: str, number: int, own: str) -> None:
    columns = "at, by, by_name, subject, subject_id, kind, changes, before, reason, note, details"
    tamper(url, f"INSERT INTO event (id, {columns}, hash) SELECT {number}, {columns}, {own} FROM event WHERE id = 1")
    assert store.verify_audit().first_broken_id == number


def test_the_end_of_the_chain_in_the_store_cannot_be_moved_unseen(store: SqlStore, url: str) -> None:
    for change in ("events = events - 1", "event_id = 11", f"event_hash = '{BEGINNING}'"):
        kept = run_sql(url, "SELECT events, event_id, event_hash FROM store_state")[0]
        run_sql(url, f"UPDATE store_state SET {change}")
        assert not store.verify_audit().ok, change
        run_sql(url, f"UPDATE store_state SET events = {kept[0]}, event_id = {kept[1]}, event_hash = '{kept[2]}'")
    assert store.verify_audit().ok


def test_a_chain_that_was_made_anew_as_a_whole_is_found_by_a_noted_hash(store: SqlStore, url: str) -> None:
    noted = store.verify_audit().head
    assert store.verify_audit(noted=noted).ok
    lines = [line.event for line in store.audit_lines()]
    last, changes = BEGINNING, []
    for event in lines:
        note = "Another story." if event.id == 2 else event.note
        forged = event._replace(note=note)
        last = hash_of(last, forged.text)
        changes.append(f"UPDATE event SET hash = '{last}' WHERE id = {event.id}")
    tamper(
        url,
        "UPDATE event SET note = 'Another story.' WHERE id = 2",
        *changes,
        f"UPDATE store_state SET event_hash = '{last}'",
    )
    assert store.verify_audit().ok, "nothing in the store itself can tell"
    assert "noted hash" in store.verify_audit(noted=noted).why


def test_units_of_many_writers_make_one_chain(store: SqlStore, url: str) -> None:
    def write(opened: SqlStore) -> None:
        for _ in range(10):
            with opened.writing() as unit:
                unit.add_events([an_event(), an_event()])

    with closing(open_store(url)) as other:
        threads = [threading.Thread(target=write, args=(one,)) for one in (store, other, store, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = store.verify_audit()
    assert (found.ok, found.events) == (True, EVENTS + 80)


def test_a_unit_that_is_given_up_leaves_no_gap(store: SqlStore) -> None:
    def give_up() -> None:
        with store.writing() as unit:
            unit.add_events([an_event()])
            raise RuntimeError("given up")

    with pytest.raises(RuntimeError, match="given up"):
        give_up()
    with store.writing() as unit:
        unit.add_events([an_event()])
    assert store.verify_audit().ok
    assert store.events()[-1].id == EVENTS + 1


# -- the migration --


def before_the_chain(url: str, count: int) -> list[tuple[object, ...]]:
    """Make a store of the schema before the chain with ``count`` events, some numbers left out."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine

    from data.sql.schema import VERSION_TABLE

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])
    earlier = script.get_revision("0006").down_revision
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))

    def steps(revision: object, _context: object) -> object:
        return script._upgrade_revs(earlier, revision)

    with engine.begin() as connection, EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE, transactional_ddl=True)
        environment.run_migrations()
    engine.dispose()
    rows = ", ".join(
        f"({2 * number + 1}, {number * 10**6 + 7}, 'p', 'Añy “x”', 'problem', 1, 'noted', '{{\"a\":  {number / 7}}}',"
        " '{}', '', 'line\none', '{}', NULL)"
        for number in range(count)
    )
    run_sql(
        url,
        "INSERT INTO event (id, at, by, by_name, subject, subject_id, kind, changes, before, reason, note, details,"
        f" organisation_id) VALUES {rows}",
    )
    return run_sql(url, "SELECT id, at, by_name, note FROM event ORDER BY id")


def test_what_was_there_before_is_chained_and_unchanged(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import data.sql.audit as reading

    kept = before_the_chain(url, 30)
    monkeypatch.setattr(reading, "_ROWS_AT_ONCE", 7)
    with closing(open_store(url)) as opened:
        assert run_sql(url, "SELECT id, at, by_name, note FROM event ORDER BY id") == kept
        assert opened.verify_audit().events == 30
        assert opened.verify_audit().ok
        with opened.writing() as unit:
            unit.add_events([an_event()])
        assert opened.events()[-1].id == 60
        assert opened.verify_audit().ok


def test_events_stay_guarded_after_the_migration(url: str) -> None:
    from sqlalchemy.exc import DBAPIError

    before_the_chain(url, 3)
    with closing(open_store(url)):
        for change in ("UPDATE event SET note = ''", "DELETE FROM event"):
            with pytest.raises(DBAPIError, match="never changed or removed"):
                run_sql(url, change)


# -- outside --


def read_back(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_the_export_holds_every_event_with_its_hashes(store: SqlStore, tmp_path: Path) -> None:
    out = tmp_path / "audit.jsonl"
    assert export_audit(store, "jsonl", out) == EVENTS
    told = read_back(out)
    assert [line["event"]["id"] for line in told] == list(range(1, EVENTS + 1))  # type: ignore[index] # an object
    assert told[0]["previous"] == BEGINNING
    assert told[-1]["hash"] == store.verify_audit().head
    assert told[1]["event"]["note"] == "“Gone” 🏚\n"  # type: ignore[index] # an object


def test_the_script_of_the_documents_checks_an_export_without_fixpoint(
    store: SqlStore, tmp_path: Path, root: Path
) -> None:
    """It is run as it stands there, on a good file and on one that somebody has been at."""
    documented = (root / "docs" / "audit.md").read_text(encoding="utf-8")
    script = re.search(r"```python\n(.*?)```", documented, re.DOTALL)
    assert script is not None
    out = tmp_path / "audit.jsonl"
    export_audit(store, "jsonl", out)

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-c", script[1], str(out)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    good = run()
    assert (good.returncode, store.verify_audit().head in good.stdout) == (0, True), good.stderr
    lines = out.read_text(encoding="ascii").splitlines(keepends=True)
    for bad in (lines[:3] + lines[4:], [lines[0].replace("Seen it.", "Seen"), *lines[1:]], [lines[1], lines[0]]):
        out.write_text("".join(bad), encoding="ascii")
        assert run().returncode == 1


def test_the_export_for_spreadsheets_says_from_and_to(store: SqlStore, tmp_path: Path) -> None:
    import csv

    with store.writing() as unit:
        unit.add_events([an_event(note="=HYPERLINK(1)")])
    out = tmp_path / "audit.csv"
    export_audit(store, "csv", out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert (rows[0]["from"], rows[0]["to"], rows[0]["by_name"]) == ("confirmed", "analysing", "Sgt Bell")
    assert rows[-1]["note"] == "'=HYPERLINK(1)"
    assert rows[-1]["hash"] == store.verify_audit().head


def test_the_export_never_writes_over_the_store(store: SqlStore, url: str, tmp_path: Path) -> None:
    if url.startswith("sqlite"):
        with pytest.raises(InputRefused, match="belongs to the store"):
            export_audit(store, "jsonl", Path(url.removeprefix("sqlite:///")))
    with pytest.raises(InputRefused, match="csv, jsonl"):
        export_audit(store, "geojson", tmp_path / "x")


def test_checking_is_noted_in_the_store_and_names_what_is_broken(store: SqlStore, url: str) -> None:
    assert last_verification(store) is None
    assert verify_and_note(store, clock).ok
    kept = last_verification(store)
    assert kept is not None
    assert (kept[0], kept[1].ok, kept[1].events) == (NOON, True, EVENTS)
    tamper(url, "UPDATE event SET note = 'x' WHERE id = 4")
    check = check_audit(url, clock)
    assert (check.ok, "Event 4" in check.message) == (False, True)
    assert last_verification(store)[1].ok is False  # type: ignore[index] # just noted


def test_checking_tells_how_far_it_is_and_can_be_stopped(store: SqlStore) -> None:
    told: list[float] = []
    store.verify_audit(lambda _doing, share: told.append(share))
    assert told[-1] == 1.0


# -- the rule itself --

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(texts, min_size=2, max_size=6, unique=True), st.data())
def test_any_edit_of_any_chain_is_found(notes: list[str], draw: st.DataObject) -> None:
    lines = chain_of(notes)
    head = AuditHead(len(lines), len(lines), lines[-1].hash)
    assert verified(lines, head).ok
    edit: Callable[[list[AuditLine], int], list[AuditLine]] = draw.draw(
        st.sampled_from(
            [
                lambda kept, at: kept[:at] + kept[at + 1 :],
                lambda kept, at: [*kept[:at], kept[at - 1], *kept[at:]] if at else [kept[1], *kept],
                lambda kept, at: [*kept[:at], *kept[at:][::-1]] if at < len(kept) - 1 else kept[::-1],
            ]
        )
    )
    changed = relinked(edit(lines, draw.draw(st.integers(0, len(lines) - 1))))
    assert not verified(changed, head).ok


def chain_of(notes: list[str]) -> list[AuditLine]:
    last, lines = BEGINNING, []
    for number, note in enumerate(notes, 1):
        event = KeptEvent(number, 0, "p", "P", None, "problem", 1, "noted", "", note, "{}", "{}", "{}")
        lines.append(AuditLine(event, last, hash_of(last, event.text)))
        last = lines[-1].hash
    return lines


def relinked(lines: list[AuditLine]) -> list[AuditLine]:
    """Return the lines as a store hands them out: each with the hash that is kept for the one before it."""
    before = [BEGINNING, *(line.hash for line in lines)]
    return [AuditLine(line.event, last, line.hash) for line, last in zip(lines, before, strict=False)]


@given(texts, texts, st.dictionaries(texts, st.floats(allow_nan=False) | texts | st.none(), max_size=3))
def test_the_text_of_an_event_is_one_line_of_json_that_says_what_was_kept(
    note: str, name: str, changes: dict[str, object]
) -> None:
    kept = KeptEvent(1, 0, "p", name, 3, "problem", 1, "noted", "", note, "{}", json.dumps(changes), "{}")
    assert "\n" not in kept.text
    assert kept.text.isascii()
    told = json.loads(kept.text)
    assert (told["note"], told["by_name"], told["changes"]) == (note, name, changes)
    assert told["at"] == datetime(1970, 1, 1, tzinfo=UTC).isoformat(timespec="microseconds")


def test_events_know_nothing_of_the_chain() -> None:
    assert "hash" not in Event.__dataclass_fields__
