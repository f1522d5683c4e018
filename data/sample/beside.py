"""The sample city for a store that is open already: all of it arrives at once, or nothing does."""

import sqlite3
import tempfile
from contextlib import closing
from datetime import tzinfo
from pathlib import Path

from data.sample.city import SampleCounts, load_sample_city, require_empty
from data.sealing import put_key_beside, sealer_beside
from data.sql.engine import address_of
from data.sql.locks import Door
from data.stores import WRITE_WAIT_S, open_store
from problems.clock import Clock
from problems.errors import Cancelled, InputRefused
from problems.progress import Progress, silent
from problems.store import Store


def is_in_a_file(url: str) -> bool:
    """Tell whether the store at ``url`` is a file, which is filled as a whole or not at all."""
    return address_of(url).path is not None


def fill_open_store(
    store: Store, url: str, clock: Clock, seed: int, *, zone: tzinfo, progress: Progress = silent
) -> SampleCounts:
    """Fill an empty store that others may have open with the sample city.

    A store in a file is built beside its place and copied in as one transaction, so that a load that
    is stopped or killed leaves the empty store. A server's store is filled in place.

    Parameters
    ----------
    store
        The open store, empty.
    url
        Its address, as :func:`data.stores.open_store` takes it.

    Raises
    ------
    InputRefused
        When the store holds anything, or a load into a server's store was stopped half-way.
    Cancelled
        When ``progress`` says so, and nothing was changed.
    """
    require_empty(store)
    path = address_of(url).path
    if path is None:
        return _in_place(store, clock, seed, zone, progress)
    with tempfile.TemporaryDirectory(prefix=f"{path.name}.sample-", dir=path.parent) as folder:
        built = Path(folder) / "city.db"
        # What is copied in waits for the disk as a whole.
        city = open_store(str(built), durable=False)
        key, sealer = sealer_beside(path, Path(folder))
        try:
            loaded = load_sample_city(city, clock, seed, zone=zone, progress=progress, sealer=sealer)
        finally:
            city.close()
        _copy_in(built, path, store)
        if key is not None:
            put_key_beside(path, key)
    return loaded


def _copy_in(built: Path, path: Path, store: Store) -> None:
    # The door keeps every writer out, of this process and of others, between the check and the copy.
    with Door(path.with_name(path.name + "-lock"), WRITE_WAIT_S).entered():
        require_empty(store)
        with (
            closing(sqlite3.connect(built)) as source,
            closing(sqlite3.connect(path, timeout=WRITE_WAIT_S)) as target,
        ):
            source.backup(target)


def _in_place(store: Store, clock: Clock, seed: int, zone: tzinfo, progress: Progress) -> SampleCounts:
    try:
        return load_sample_city(store, clock, seed, zone=zone, progress=progress)
    except Cancelled as stopped:
        raise InputRefused(
            "The sample city is in the database in part.",
            "The load was stopped half-way.",
            "Empty the database (dropdb and createdb do) and start again.",
        ) from stopped
