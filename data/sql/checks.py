"""What ``doctor`` asks of a store; looking changes and creates nothing."""

import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from data.sql import schema
from data.sql.engine import Address, address_of, engines_for, refusing
from data.sql.migrating import check_fit
from problems.errors import StoreRefused

#: From this version on, two connections that checkpoint at once cannot damage the file.
_SAFE_SQLITE = (3, 51, 3)
_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. A warning is worth knowing, but nothing is broken."""

    name: str
    ok: bool
    message: str
    is_warning: bool = False


def check_store(url: str) -> list[Check]:
    """Look at the store at ``url`` and say what is right and wrong with it, most basic first.

    Nothing that stays is created or changed: a store that does not exist yet is reported as such.
    """
    try:
        address = address_of(url)
        if address.path is not None and not address.path.exists():
            return [_place_for(address.path), *_sqlite_version()]
        return _look(address)
    except StoreRefused as refusal:
        return [Check("store", False, str(refusal))]


def _place_for(path: Path) -> Check:
    folder = next((one for one in path.parents if one.exists()), path.parent)
    try:
        # Asking for the rights is not enough: some places refuse even those who have all of them.
        with tempfile.TemporaryDirectory(dir=folder):
            pass
    except OSError as error:
        why = f"There is no store at “{path}” yet, and none can be made in “{folder}”: {error.strerror or error}."
        return Check("store", False, f"{why} Set FIXPOINT_STORE to a file in a folder that you may write to.")
    return Check("store", True, f"There is no store at “{path}” yet; it is created when it is first used.", True)


def _look(address: Address) -> list[Check]:
    engines = engines_for(address, wait_s=_WAIT_S)
    try:
        with refusing(address, _WAIT_S), engines.reader.connect() as connection:
            version = check_fit(connection, str(address))
            checks = [Check("store", True, f"The store {address} opens."), _schema(version)]
            if connection.dialect.name == "sqlite":
                checks += [*_sqlite_version(), *_file_checks(connection, address)]
            else:
                server = connection.exec_driver_sql("SHOW server_version").scalar_one()
                checks.append(Check("database", True, f"PostgreSQL {server}."))
            if version == schema.SCHEMA_VERSION:
                checks.append(_rows(connection))
            return checks
    finally:
        engines.reader.dispose()
        engines.writer.dispose()


def _schema(version: str | None) -> Check:
    if version == schema.SCHEMA_VERSION:
        return Check("schema", True, f"The schema is {version}, the newest.")
    found = "empty" if version is None else f"at schema {version}"
    return Check("schema", True, f"The store is {found}; it is brought to {schema.SCHEMA_VERSION} when opened.", True)


def _sqlite_version() -> list[Check]:
    checks = [Check("database", True, f"SQLite {sqlite3.sqlite_version}.")]
    if sqlite3.sqlite_version_info < _SAFE_SQLITE:
        checks.append(
            Check(
                "checkpoints",
                True,
                "This SQLite is older than 3.51.3: two programs that checkpoint one file at the same moment can damage "
                "it. Fixpoint keeps its own programs from doing so; do not open the store with other programs while "
                "it runs.",
                True,
            )
        )
    return checks


def _file_checks(connection: Connection, address: Address) -> list[Check]:
    mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    damage = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(5)")]
    whole = damage == ["ok"]
    return [
        Check("write-ahead log", mode == "wal", f"The journal is in {mode.upper()} mode."),
        Check("integrity", whole, "No damage was found." if whole else f"The file is damaged: {'; '.join(damage)}"),
        _writable(address.path),
    ]


def _writable(path: Path | None) -> Check:
    import os

    if path is None or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return Check("writable", True, "The store can be written.")
    return Check("writable", False, f"“{path}” and its folder must be writable for the user who runs Fixpoint.")


def _rows(connection: Connection) -> Check:
    tables = (schema.report, schema.problem, schema.action, schema.refresh, schema.batch, schema.event)
    counted = (
        f"{connection.execute(select(func.count()).select_from(one)).scalar_one():,} {one.name}" for one in tables
    )
    return Check("rows", True, f"Rows: {', '.join(counted)}.")
