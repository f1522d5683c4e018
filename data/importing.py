"""Import a file of reports, or look at what an import would make of it."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from data.reading.columns import Columns, check_columns
from data.reading.files import FileFacts, asked_for, inspect
from data.reading.places import home_of, look_swapped, read_number
from data.reading.recognising import ColumnSample, RecognisedColumn, complete, recognise
from data.reading.rows import RowReader
from data.reading.tables import Row, Table, open_table
from data.taxonomy import load_taxonomy, taxonomy_of
from problems.categories import Taxonomy
from problems.clock import Clock
from problems.errors import InputRefused
from problems.people import Principal
from problems.progress import Progress, silent
from problems.reports import Batch, RejectedRow, Report
from problems.store import Store, Unit
from problems.use_cases.importing import accept_import

DEFAULT_SOURCE = "council"
DEFAULT_ZONE = ZoneInfo("Europe/London")

#: The sample holds the first rows and then every 50th, because exports are often sorted by category.
_SAMPLE_FIRST = 300
_SAMPLE_EVERY = 50
_SAMPLE_SPAN = 60_000
_PREVIEW_ROWS = 8
_PREVIEW_ERRORS = 20
_REPORTER_KEY_FACT = "reporter_key"
#: The fact that tells whether a store holds the sample city, and its values.
SYNTHETIC_FACT, ALL_SYNTHETIC, MIXED = "synthetic", "1", "mixed"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file looks like before it is imported.

    ``refusal`` says in one sentence why the file cannot be imported with these columns; it is empty
    where it can. ``rows_seen`` of the rows were looked at, ``first_errors`` are of those.
    """

    file_name: str
    encoding: str
    format_name: str
    compressed: bool
    header: tuple[str, ...]
    recognised: tuple[RecognisedColumn, ...]
    columns: Columns
    first_rows: tuple[Mapping[str, str], ...]
    first_reports: tuple[Report, ...]
    first_errors: tuple[RejectedRow, ...]
    notes: tuple[str, ...]
    refusal: str
    rows_seen: int


def import_file(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    path: Path,
    file_name: str | None = None,
    source: str = DEFAULT_SOURCE,
    columns: Columns | None = None,
    zone: tzinfo = DEFAULT_ZONE,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Batch:
    """Import one file of reports.

    Into the sample city too, for trying out: the store then no longer holds made-up reports alone,
    which its fact ``synthetic`` tells from then on ("mixed").

    Parameters
    ----------
    file_name
        What people call the file, where ``path`` is a temporary copy.
    source
        Who the reports come from. Together with a report's own id it identifies the report.
    columns
        Which column holds what; recognised from the file where it is None.
    zone
        Zone of the deployment, for dates that tell none.
    dry_run
        Count everything and keep nothing.

    Returns
    -------
    Batch
        ``rows = accepted + unchanged + updated + rejected``.

    Raises
    ------
    InputRefused
        When the file or the columns cannot be used; nothing of it was kept.
    Cancelled
        From ``progress``; nothing of it was kept.
    """
    source = _checked_source(source)
    facts = inspect(path, progress=progress)
    taxonomy = taxonomy_of(store)
    with open_table(path, facts=facts) as table:
        seen = _look_at(path, facts, taxonomy, source, zone, columns, store)
        check_columns(seen.columns, table.header)
        _check_repeated(seen)
        for note in seen.notes:
            progress(note, 0.2)
        key = store.fact(_REPORTER_KEY_FACT) or secrets.token_hex(16)
        reader = _reader(seen.columns, table.header, source, taxonomy, zone, key)
        return accept_import(
            store,
            principal,
            clock,
            seed,
            source=source,
            file_name=file_name or path.name,
            sha256=facts.sha256,
            columns=seen.columns.told(),
            rows=reader.read(table.rows()),
            facts=_facts(store, {_REPORTER_KEY_FACT: key} if "reporter" in seen.columns.names else {}),
            share_read=table.share_read,
            progress=progress,
            dry_run=dry_run,
        )


def _facts(store: Store, facts: Mapping[str, str]) -> Mapping[str, str]:
    return {**facts, SYNTHETIC_FACT: MIXED} if store.fact(SYNTHETIC_FACT) == ALL_SYNTHETIC else facts


class _NotKept(Exception):
    """Ends the unit of a rehearsal."""


class _Rehearsal:
    """A store and its unit in one: what is asked of them is passed on, what the unit wrote is seen."""

    def __init__(self, store: Store, unit: Unit) -> None:
        self._store, self._unit = store, unit
        self._facts: dict[str, str] = {}
        self._batches: list[Batch] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit if hasattr(Unit, name) else self._store, name)

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        yield cast(Unit, self)

    def fact(self, name: str) -> str | None:
        return self._facts.get(name) or self._store.fact(name)

    def set_fact(self, name: str, value: str) -> None:
        self._facts[name] = value
        self._unit.set_fact(name, value)

    def batches(self) -> list[Batch]:
        return [*reversed(self._batches), *self._store.batches()]

    def finish_batch(self, batch: Batch) -> None:
        self._batches.append(batch)
        self._unit.finish_batch(batch)


@contextmanager
def rehearsal(store: Store) -> Iterator[Store]:
    """Yield a store into which several files can be imported one after the other, and keep nothing.

    Each file meets what the files before it would have left, so that what is counted is what would
    happen. Nothing else can be written meanwhile.
    """
    try:
        with store.writing() as unit:
            yield cast(Store, _Rehearsal(store, unit))
            raise _NotKept
    except _NotKept:
        return


def preview(
    path: Path,
    columns: Columns | None = None,
    *,
    source: str = DEFAULT_SOURCE,
    zone: tzinfo = DEFAULT_ZONE,
    store: Store | None = None,
    file_name: str | None = None,
) -> Preview:
    """Look at a file as an import would read it, without keeping anything.

    Parameters
    ----------
    columns
        A corrected mapping; recognised from the file where it is None.
    store
        Whose own category names are used, besides the shipped ones.

    Raises
    ------
    InputRefused
        When the file cannot be read at all. Columns that do not suffice are told in ``refusal``,
        so that they can be corrected.
    """
    facts = inspect(path)
    taxonomy = taxonomy_of(store) if store else load_taxonomy()
    seen = _look_at(path, facts, taxonomy, source, zone, columns, store)
    refusal, read = "", []
    try:
        check_columns(seen.columns, seen.header)
        _check_repeated(seen)
        reader = _reader(seen.columns, seen.header, source, taxonomy, zone, "")
        read = list(reader.read(seen.rows))
    except InputRefused as error:
        refusal = str(error)
    return Preview(
        file_name=file_name or path.name,
        encoding={"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(facts.encoding, facts.encoding.upper()),
        format_name=seen.format_name,
        compressed=facts.compressed,
        header=seen.header,
        recognised=seen.recognised,
        columns=seen.columns,
        first_rows=tuple(dict(zip(seen.header, row.cells, strict=False)) for row in seen.rows[:_PREVIEW_ROWS]),
        first_reports=tuple(islice((row for row in read if isinstance(row, Report)), _PREVIEW_ROWS)),
        first_errors=tuple(islice((row for row in read if isinstance(row, RejectedRow)), _PREVIEW_ERRORS)),
        notes=seen.notes,
        refusal=refusal,
        rows_seen=len(seen.rows),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    header: tuple[str, ...]
    format_name: str
    rows: Sequence[Row]
    columns: Columns
    recognised: tuple[RecognisedColumn, ...]
    notes: tuple[str, ...]
    #: Names that several columns have, and of which nobody said which column is meant.
    unclear: tuple[str, ...] = ()


def _look_at(
    path: Path,
    facts: FileFacts,
    taxonomy: Taxonomy,
    source: str,
    zone: tzinfo,
    columns: Columns | None,
    store: Store | None,
) -> _Seen:
    seen = _seen_in(path, facts, taxonomy, source, zone, columns)
    return replace(
        seen, notes=(*seen.notes, *_swapped(seen, home_of(store.fact("epsg") if store else None, str(zone))))
    )


def _swapped(seen: _Seen, home: tuple[float, float, float, float] | None) -> Iterator[str]:
    """Yield a warning where latitude and longitude look swapped."""
    lat, lon = seen.columns.names.get("lat"), seen.columns.names.get("lon")
    if home is None or lat not in seen.header or lon not in seen.header:
        return
    at_lat, at_lon = seen.header.index(lat), seen.header.index(lon)
    pairs = [(read_number(row.cells[at_lon]), read_number(row.cells[at_lat])) for row in seen.rows if not row.fault]
    if look_swapped([(one, other) for one, other in pairs if one is not None and other is not None], home):
        yield (
            "Latitude and longitude look swapped: read as they are, the reports lie far from here."
            f" Check the columns “{lat}” and “{lon}”."
        )


def _seen_in(
    path: Path, facts: FileFacts, taxonomy: Taxonomy, source: str, zone: tzinfo, columns: Columns | None
) -> _Seen:
    with open_table(path, facts=facts) as table:
        rows = _sample(table)
        header, format_name, notes, repeated = table.header, table.format_name, table.notes, table.repeated
    whole = [row.cells for row in rows if not row.fault]
    if not whole:
        raise InputRefused(
            asked_for(path),
            "It holds column names but no row that can be read.",
            f"The columns are: {', '.join(header[:60])}.",
        )
    found = recognise(header, whole, taxonomy, source, str(zone))
    if columns is None:
        return _Seen(header, format_name, rows, found.columns, found.fields, (*notes, *found.notes), repeated)
    samples = {name: ColumnSample(name, (cells[place] for cells in whole)) for place, name in enumerate(header)}
    completed, more = complete(columns, samples, str(zone)) if _fits(columns, header) else (columns, ())
    told = tuple(
        RecognisedColumn(name, column, samples[column].examples, 1.0, "as you said")
        for name, column in columns.names.items()
        if column in samples
    )
    return _Seen(header, format_name, rows, completed, told, (*notes, *more))


def _check_repeated(seen: _Seen) -> None:
    """Refuse to guess which of several columns with one name was meant."""
    for name in seen.unclear:
        same = [
            column for column in seen.header if column == name or re.fullmatch(re.escape(name) + r" \(\d+\)", column)
        ]
        if not set(same).isdisjoint(seen.columns.names.values()):
            raise InputRefused(
                "The file cannot be read with these columns.",
                f"{len(same)} columns are called “{name}”.",
                f"Say which one holds what: they are told apart as {', '.join(f'“{column}”' for column in same)}.",
            )


def _fits(columns: Columns, header: Sequence[str]) -> bool:
    return all(column in header for column in columns.names.values())


def _sample(table: Table) -> list[Row]:
    return [
        row
        for number, row in enumerate(islice(table.rows(), _SAMPLE_SPAN))
        if number < _SAMPLE_FIRST or number % _SAMPLE_EVERY == 0
    ]


def _reader(
    columns: Columns, header: Sequence[str], source: str, taxonomy: Taxonomy, zone: tzinfo, key: str
) -> RowReader:
    return RowReader(
        columns,
        header,
        source=source,
        taxonomy=taxonomy,
        zone=ZoneInfo(columns.zone) if columns.zone else zone,
        reporter_key=key.encode(),
    )


def _checked_source(source: str) -> str:
    name = " ".join(source.split())
    if not name or len(name) > 60 or not name.isprintable():
        raise InputRefused(
            f"“{source[:80]}” cannot be the name of a source.",
            "It must be 1 to 60 characters.",
            "For example: council.",
        )
    return name
