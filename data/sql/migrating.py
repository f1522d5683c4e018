"""Bringing a store's schema up to date: the numbered migrations, run by the program itself."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, select, table, text
from sqlalchemy import column as sql_column

from data.sql.schema import SCHEMA_VERSION, VERSION_TABLE, metadata
from problems.errors import StoreRefused

MIGRATIONS = Path(__file__).parents[1] / "migrations"
#: Any number will do as long as every Fixpoint asks for the same one.
_SERVER_LOCK = 4_617_315_517_961_601


def schema_version(connection: Connection) -> str | None:
    """Return the schema's version in the database, or None where there is no schema at all."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    kept = table(VERSION_TABLE, sql_column("version_num"))
    return connection.execute(select(kept.c.version_num)).scalar()


def check_fit(connection: Connection, shown: str) -> str | None:
    """Return the schema's version, having refused what this program must not touch.

    Raises
    ------
    StoreRefused
        When the schema is newer than this program, or the database is somebody else's.
    """
    version = schema_version(connection)
    if version is None:
        tables = set(inspect(connection).get_table_names())
        foreign = tables if connection.dialect.name == "sqlite" else tables & set(metadata.tables)
        if foreign:
            raise StoreRefused(
                f"{shown} is not a Fixpoint store.",
                f"It already has tables of another program ({', '.join(sorted(foreign)[:3])}).",
                "Set FIXPOINT_STORE to a new file or an empty database.",
            )
        return None
    if version not in known_versions():
        raise StoreRefused(
            f"{shown} was written by a newer Fixpoint.",
            f"Its schema is {version}, this program knows schemas up to {SCHEMA_VERSION}.",
            "Update this program, or set FIXPOINT_STORE to another store.",
        )
    return version


def known_versions() -> list[str]:
    """Return the numbers of the migrations that this program has, oldest first."""
    return sorted(path.name[1:5] for path in MIGRATIONS.glob("m[0-9][0-9][0-9][0-9]_*.py"))


def upgrade(connection: Connection, shown: str) -> None:
    """Run the missing migrations inside the open transaction of ``connection``.

    Several programs may start at once: whoever comes second waits, looks again and finds it done.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _SERVER_LOCK})
    if check_fit(connection, shown) == SCHEMA_VERSION:
        return
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])

    def steps(revision: Any, _context: Any) -> Any:
        # What alembic's own `upgrade` command runs; it has no public name.
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(config, script, fn=steps, destination_rev="head") as environment:
        environment.configure(
            connection=connection, target_metadata=metadata, version_table=VERSION_TABLE, transactional_ddl=True
        )
        environment.run_migrations()
