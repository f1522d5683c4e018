"""The store that Fixpoint keeps everything in: SQLite in a file, or PostgreSQL for a larger team.

:func:`open_store` is the only way in. Both databases run the same statements and the same numbered
migrations; what differs between them is in :mod:`data.sql.engine`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import NoReturn

from sqlalchemy import Connection, select, update

from data.sql import schema
from data.sql.answering import AnswerReading, AnswerUnit
from data.sql.assessing import AssessingUnit, AssessmentReading
from data.sql.audit import AuditReading, Chain
from data.sql.briefing import BriefingReading
from data.sql.checks import Check, check_store
from data.sql.engine import Address, Engines, address_of, engines_for, refusing
from data.sql.evidence import EvidenceReading, EvidenceUnit
from data.sql.guides import GuideReading, GuideUnit
from data.sql.known import copy_known, passing_engines, see_one_state
from data.sql.merged import MergedReading
from data.sql.migrating import check_fit, upgrade
from data.sql.places import PlaceReading
from data.sql.quality import QualityReading
from data.sql.searching import SearchReading
from problems.audit import AuditHead
from problems.errors import StoreRefused
from problems.then.known import KnownThen, known_reports

__all__ = ["Check", "SqlStore", "check_store", "open_store"]

#: An import of a million rows writes for less than this; an edit waits for it rather than fails.
WRITE_WAIT_S = 60.0
_STATE = schema.store_state.c
_LOCKED_STATE = select(
    _STATE.version, _STATE.reports_version, _STATE.events, _STATE.event_id, _STATE.event_hash
).with_for_update()
_NEW_VERSION = update(schema.store_state)
#: What SQLite, the lock and the seal of contacts keep beside a store's file.
_BESIDE = ("", "-wal", "-shm", "-journal", "-lock", "-contact-key")


class StoreUnit(AssessingUnit, AnswerUnit, EvidenceUnit, GuideUnit):
    """One open unit of a store; it fulfils :class:`problems.store.Unit`."""


class SqlStore(
    MergedReading,
    PlaceReading,
    QualityReading,
    AssessmentReading,
    AnswerReading,
    AuditReading,
    EvidenceReading,
    SearchReading,
    GuideReading,
    BriefingReading,
):
    """A store in a relational database; it fulfils :class:`problems.store.Store`.

    Use it from any number of threads. Reading never waits for writing and sees the last kept state.
    """

    @contextmanager
    def writing(self) -> Iterator[StoreUnit]:
        """Open the one unit in which things are written.

        Raises
        ------
        StoreRefused
            When somebody else keeps writing for too long, or the database cannot keep it.
        """
        with (
            self._engines.door.entered(),
            refusing(self._address, self._wait_s),
            self._engines.writer.begin() as connection,
        ):
            # On a server this row is the lock by which units follow each other.
            version, reports_version, *head = connection.execute(_LOCKED_STATE).one()
            unit = StoreUnit(connection, Chain(AuditHead(*head)))
            yield unit
            if unit.wrote:
                grown = {"version": version + 1, "reports_version": reports_version + unit.wrote_reports}
                end = unit.chain.head
                grown |= {"events": end.events, "event_id": end.last_id, "event_hash": end.hash}
                connection.execute(_NEW_VERSION, grown)

    def owns(self, path: Path) -> bool:
        """Tell whether ``path`` is, by whatever name, the store's own file or one that belongs to it."""
        own = self._address.path
        if own is None:
            return False
        try:
            real = Path(os.path.realpath(path))
        except ValueError:
            return False
        files = [file.with_name(file.name + ending) for file in (own, own.resolve()) for ending in _BESIDE]
        return real in files or any(_is_same(file, path) for file in files)

    def as_known(self, known: KnownThen) -> "SqlStore":
        """Return a store of the reports as they were known; it holds nothing else, and is for reading only.

        Copied into a place of its own that goes with it: whatever is written afterwards, its answers stay. When
        something was written since ``known`` was worked out, it is worked out again, in the state that is copied.
        """
        engines = passing_engines()
        with self._reading() as kept, engines.reader.connect() as then:
            version = see_one_state(kept, then)
            if version != known.version:
                known = known_reports(_OneState(self._address, self._engines, self._wait_s, kept), known.known_at)
            copy_known(kept, then, known)
        return _KnownStore(self._address, engines, self._wait_s)

    @contextmanager
    def one_state(self) -> Iterator["SqlStore"]:
        """Open the store in the state that it has now, for reading by one thread."""
        with self._reading() as kept:
            # A database takes its picture with the first thing that is read.
            kept.execute(select(_STATE.version)).scalar_one()
            yield _OneState(self._address, self._engines, self._wait_s, kept)

    def close(self) -> None:
        """Let go of every connection."""
        self._engines.dispose()


class _OneState(SqlStore):
    """A store in the one state that an open connection sees, for reading by one thread."""

    def __init__(self, address: Address, engines: Engines, wait_s: float, seen: Connection) -> None:
        super().__init__(address, engines, wait_s)
        self._seen = seen

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with refusing(self._address, self._wait_s):
            yield self._seen

    def writing(self) -> NoReturn:
        """Refuse: what would be written does not show in this state."""
        self._refuse("Nothing was written.")

    def as_known(self, known: KnownThen) -> NoReturn:  # noqa: ARG002 - it is asked as of any store
        """Refuse: the connection would let go of the state that it holds."""
        self._refuse("The reports of a past day were not looked up.")

    def close(self) -> NoReturn:
        """Refuse: the connections are those of the whole store."""
        self._refuse("The store was not closed.")

    def _refuse(self, asked: str) -> NoReturn:
        why = "It was opened in one state, for reading only, while somebody works something out of it."
        raise StoreRefused(asked, why, "Ask the store that it was opened from.")


class _KnownStore(SqlStore):
    """The reports of a past day. It has one connection, which one thread uses at a time."""

    def __init__(self, address: Address, engines: Engines, wait_s: float) -> None:
        super().__init__(address, engines, wait_s)
        self._turn = RLock()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._turn, super()._reading() as connection:
            yield connection


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def open_store(url: str, *, wait_s: float = WRITE_WAIT_S, durable: bool = True) -> SqlStore:
    """Open a store, creating it and bringing its schema up to date where needed.

    Parameters
    ----------
    url : str
        ``sqlite:///path``, ``postgresql://…``, ``postgresql+psycopg://…`` or the path of a file.
    wait_s : float
        How long a unit waits for somebody else's before it is refused.
    durable : bool
        False: a file that is thrown away unless it is finished. It does not wait for the disk after
        each unit, so that a power cut may damage it; who finishes it puts it on the disk as a whole.

    Raises
    ------
    StoreRefused
        With one sentence that says what to do, and with nothing written.
    """
    address = address_of(url)
    _prepare_file(address)
    engines = engines_for(address, wait_s=wait_s, durable=durable)
    try:
        with refusing(address, wait_s):
            _bring_up_to_date(address, engines)
    except BaseException:
        engines.reader.dispose()
        engines.writer.dispose()
        raise
    return SqlStore(address, engines, wait_s)


def _bring_up_to_date(address: Address, engines: Engines) -> None:
    if address.path is None or address.path.stat().st_size > 0:
        with engines.reader.connect() as connection:
            if check_fit(connection, str(address)) == schema.SCHEMA_VERSION:
                return
    with engines.door.entered(), engines.writer.begin() as connection:
        upgrade(connection, str(address))


def _prepare_file(address: Address) -> None:
    path = address.path
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Opened for writing without changing anything: the plainest question whether it can be used.
        with path.open("r+b" if path.exists() else "ab"):
            pass
    except OSError as error:
        raise StoreRefused(
            f"The store “{path}” cannot be opened.",
            f"{error.strerror or error}.",
            "Set FIXPOINT_STORE to a file in a folder that you may write to.",
        ) from error
    with path.open("rb") as file:
        head = file.read(16)
    if head and head != b"SQLite format 3\x00":
        raise StoreRefused(
            f"The store “{path}” cannot be opened.",
            "The file is not a Fixpoint store.",
            "Set FIXPOINT_STORE to another file; a file that does not exist yet is created.",
        )
