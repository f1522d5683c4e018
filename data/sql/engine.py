"""How the store is reached: addresses, connections, and what a database's refusal means.

SQLite has one writing connection and many that can only read (``query_only``), which see the last
kept state while a unit is open. PostgreSQL is asked for the same: readers get a read-only picture.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from data.sql.locks import Door, too_long
from problems.errors import StoreRefused

_KINDS = "sqlite:///path/to/file.db, postgresql://user@host/database, or the path of a file"
_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_CONNECT_WAIT_S = 5
#: The rows of a failed statement stay out of error messages and logs: they are people's reports.
_PRIVATE = {"hide_parameters": True}

#: SQLite answers these when the program, not the world, is at fault (a wrong statement, a misuse).
_SQLITE_BUGS = frozenset({1, 21, 25})
_SQLITE_BUSY = frozenset({5, 6})


@dataclass(frozen=True)
class Address:
    """Where a store is. ``path`` is its file, None for a server."""

    url: URL
    path: Path | None

    def __str__(self) -> str:
        """Return what may be shown: the file, or the address without its password."""
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)


def address_of(url: str) -> Address:
    """Return the address that ``url`` means; relative paths count from the current folder.

    Raises
    ------
    StoreRefused
        For a kind of store that Fixpoint does not know, and for a store without a file.
    """
    text = url.strip()
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):", text)
    if scheme is None:
        return _file_address(text)
    # Passwords may stand in an address, so that a refusal names its kind only.
    refused = StoreRefused(
        f"“{scheme[1]}:…” is not a store that can be opened.", "", f"FIXPOINT_STORE can be {_KINDS}."
    )
    if scheme[1] not in _SQLITE | _POSTGRESQL:
        raise refused
    try:
        parsed = make_url(text.replace("postgres://", "postgresql://", 1) if scheme[1] == "postgres" else text)
    except (ArgumentError, ValueError) as error:
        raise refused from error
    if scheme[1] in _SQLITE:
        return _file_address(parsed.database or "")
    return Address(parsed.set(drivername="postgresql+psycopg"), None)


def _file_address(file_name: str) -> Address:
    if not file_name or file_name == ":memory:" or "\x00" in file_name:
        raise StoreRefused("The store has no file.", "Fixpoint keeps everything.", f"FIXPOINT_STORE can be {_KINDS}.")
    path = Path(file_name).expanduser().absolute()
    return Address(URL.create("sqlite", database=str(path)), path)


@dataclass(frozen=True)
class Engines:
    """The two sides of a store's connections, and the door to the writing one."""

    reader: Engine
    writer: Engine
    door: Door

    def dispose(self) -> None:
        """Let go of every connection; the last one that SQLite closes tidies up the file."""
        self.reader.dispose()
        with self.door.entered():
            self.writer.dispose()


def engines_for(address: Address, *, wait_s: float, durable: bool = True) -> Engines:
    """Return the engines for ``address``; nothing is opened yet. Where not ``durable``, no file waits for the disk."""
    if address.path is None:
        return _server_engines(address, wait_s)
    reader = _file_engine(address, wait_s, writing=False, durable=durable)
    writer = _file_engine(address, wait_s, writing=True, durable=durable)
    return Engines(reader, writer, Door(address.path.with_name(address.path.name + "-lock"), wait_s))


def _file_engine(address: Address, wait_s: float, *, writing: bool, durable: bool) -> Engine:
    # One writing connection, handed from thread to thread under the door's lock.
    size: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if writing else {"pool_size": 8, "max_overflow": -1}
    engine = create_engine(
        address.url, connect_args={"check_same_thread": False, "timeout": wait_s}, **_PRIVATE, **size
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: SqliteConnection, _record: object) -> None:
        # Without this the driver starts transactions by its own rules, and late.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA recursive_triggers=ON")
        if writing:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        else:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _server_engines(address: Address, wait_s: float) -> Engines:
    options: dict[str, Any] = {"pool_pre_ping": True, "connect_args": {"connect_timeout": _CONNECT_WAIT_S}, **_PRIVATE}
    reader = create_engine(
        address.url, isolation_level="REPEATABLE READ", pool_size=16, max_overflow=16, **options
    ).execution_options(postgresql_readonly=True)
    writer = create_engine(address.url, isolation_level="READ COMMITTED", pool_size=1, max_overflow=0, **options)

    @event.listens_for(writer, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(wait_s * 1000)}")

    return Engines(reader, writer, Door(None, wait_s))


@contextmanager
def refusing(address: Address, wait_s: float) -> Iterator[None]:
    """Turn what the world did to the database into a refusal; bugs pass through as they are."""
    try:
        yield
    except NoConnectionLeft as error:
        raise StoreRefused(
            "The store did not answer.",
            "Too many questions are put to it at the same time, and none of its connections came free.",
            "Try again in a moment.",
        ) from error
    except DBAPIError as error:
        refusal = _refusal(error, address, wait_s)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: DBAPIError, address: Address, wait_s: float) -> StoreRefused | None:
    if address.path is None:
        return _server_refusal(error, address, wait_s)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None or code & 0xFF in _SQLITE_BUGS or not _is_of_the_world(error):
        return None
    if code & 0xFF in _SQLITE_BUSY:
        return too_long(wait_s)
    return StoreRefused(
        f"The store “{address.path}” cannot be used.",
        f"The database says: {error.orig}.",
        "Check that the disk is not full, that the folder is writable and that the file is a Fixpoint store.",
    )


def _is_of_the_world(error: DBAPIError) -> bool:
    # A damaged or foreign file is reported as a plain DatabaseError.
    return isinstance(error, OperationalError) or type(error.orig).__name__ == "DatabaseError"


def _server_refusal(error: DBAPIError, address: Address, wait_s: float) -> StoreRefused | None:
    if getattr(error.orig, "sqlstate", None) == "55P03":
        return too_long(wait_s)
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    first = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no answer"
    return StoreRefused(
        f"The store {address} cannot be reached.",
        f"The database says: {first}.",
        "Check that the server is running and that the address, user and password in FIXPOINT_STORE are right.",
    )
