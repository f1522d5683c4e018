"""Checking the audit chain of a store and writing it to a file that can be checked without Fixpoint."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from data.sql.checks import Check
from data.sql.engine import address_of
from data.stores import SqlStore, open_store
from data.writing import csv_writer, replaced, safe_cell
from problems.audit import AuditLine, Verification
from problems.clock import Clock
from problems.errors import InputRefused, ProblemError, StoreRefused
from problems.progress import Progress, silent
from problems.store import Store

#: The fact that says when the chain was last checked, and what was found.
CHECKED_FACT = "audit_checked"
FORMATS = ("csv", "jsonl")
_WAIT_S = 5.0
_NAMED_AT_MOST = 10
_CSV = (
    "id", "at", "by", "by_name", "organisation_id", "subject", "subject_id", "kind", "from", "to", "reason", "note",
    "before", "changes", "details", "previous", "hash",
)  # fmt: skip


def verify_and_note(store: Store, clock: Clock, progress: Progress = silent, noted: str = "") -> Verification:
    """Check the audit chain of an open store, keep what was found as a fact, and return it."""
    found = store.verify_audit(progress, noted.strip().casefold())
    told = {"at": clock().isoformat(), "events": found.events, "head": found.head, "why": found.why}
    with store.writing() as unit:
        unit.set_fact(CHECKED_FACT, json.dumps(told))
    return found


def last_verification(store: Store) -> tuple[datetime, Verification] | None:
    """Return when the chain was last checked and what was found, or None where nobody has."""
    kept = store.fact(CHECKED_FACT)
    if kept is None:
        return None
    told = json.loads(kept)
    return datetime.fromisoformat(told["at"]), Verification(told["events"], told["head"], why=told["why"])


def check_audit(url: str, clock: Clock, progress: Progress = silent, noted: str = "") -> Check:
    """Check the chain of the store at ``url``, which is there and has the newest schema, and say what was found.

    Parameters
    ----------
    noted
        A hash that was written down earlier, to see that nobody has made the whole chain anew.
    """
    if (path := address_of(url).path) is not None and not path.exists():
        return Check("audit", True, "There is no record of changes yet.", True)
    store = open_store(url, wait_s=_WAIT_S)
    try:
        try:
            found = verify_and_note(store, clock, progress, noted)
        except StoreRefused:
            # Somebody is writing for long, or the store cannot be written at all: it was checked all the same.
            found = store.verify_audit(progress, noted.strip().casefold())
    finally:
        store.close()
    return Check("audit", found.ok, audit_words(found))


def audit_words(found: Verification) -> str:
    """Return what checking the chain found, in one or two sentences."""
    if found.ok:
        return f"All {found.events:,} recorded changes fit together. The last hash is {found.head}."
    more = f" {found.broken:,} of {found.events:,} do not fit." if found.broken > 1 else ""
    return f"{found.why}{more} Compare with an export or a backup that was kept elsewhere."


def export_audit(store: SqlStore, fmt: str, out: Path, progress: Progress = silent) -> int:
    """Write every event with its hash to the file ``out`` and return how many.

    ``jsonl`` has one event to a line, to the letter as it was hashed; ``csv`` is for spreadsheets.

    Raises
    ------
    InputRefused
        When the format is unknown, or the file cannot be written there.
    """
    asked = f"The audit cannot be written to {out}."
    if fmt not in FORMATS:
        raise InputRefused(f"“{fmt[:40]}” is not a format for the audit.", "", f"Formats are: {', '.join(FORMATS)}.")
    if store.owns(out):
        raise InputRefused(asked, "That file belongs to the store itself.", "Name another file.")
    count = 0
    with replaced(asked, out) as stream:
        writer = csv_writer(stream)
        if fmt == "csv":
            writer.writerow(_CSV)
        for line in store.audit_lines(progress):
            count += 1
            if fmt == "csv":
                writer.writerow(list(_cells(line)))
            else:
                stream.write(f"{line.json}\n")
    return count


def _cells(line: AuditLine) -> Iterator[object]:
    event = line.event
    told: dict[str, object] = event._asdict()
    told |= {"at": event.at_utc, "from": _status(event.before), "to": _status(event.changes)}
    told |= {"previous": line.previous, "hash": line.hash}
    for name in _CSV:
        value = told[name]
        yield safe_cell(value) if isinstance(value, str) else value


def _status(kept: str) -> str:
    try:
        told = json.loads(kept)
    except ValueError:
        return ""
    return str(told.get("status", "")) if isinstance(told, dict) else ""


def check_photos(url: str) -> Check | None:
    """Check that the pictures of the store at ``url`` are those that the record tells of; None where there are none."""
    store = open_store(url, wait_s=_WAIT_S)
    try:
        count, altered = store.altered_photos()
    finally:
        store.close()
    if altered:
        named = ", ".join(str(number) for number in altered[:_NAMED_AT_MOST])
        more = f" and {len(altered) - _NAMED_AT_MOST} more" if len(altered) > _NAMED_AT_MOST else ""
        return Check("photos", False, f"Not what was kept, or gone: photos {named}{more}. Compare with a backup.")
    return Check("photos", True, f"Every photo is what was kept ({count:,}).") if count else None


def checked_where_possible(url: str, clock: Clock, progress: Progress = silent, noted: str = "") -> Iterator[Check]:
    """Check the chain and the photos of a store; one that refuses is a check that failed."""
    try:
        yield check_audit(url, clock, progress, noted)
        photos = check_photos(url)
    except ProblemError as refusal:
        yield Check("audit", False, str(refusal))
        return
    if photos is not None:
        yield photos
