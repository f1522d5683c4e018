"""Import a file of reports, or look at what an import would make of it."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.equal_rows import in_kept_order
from data.known_numbers import known_numbers_question
from data.known_places import known_box
from data.last_time import last_time_question
from data.missing_columns import missing_questions
from data.reading.ahead import read_ahead
from data.reading.columns import Columns, check_columns
from data.reading.files import FileFacts, asked_for, inspect
from data.reading.homes import Box, home_of
from data.reading.questions import Question, check_answered, gone_on_without
from data.reading.recognising import AS_TOLD, ColumnSample, RecognisedColumn, recognise, settle
from data.reading.rows import RowReader
from data.reading.tables import Block, Row, Table, open_table
from data.remembering import home_that_holds, measured, newly_filled, remembered_columns
from data.source_names import checked_source
from data.taxonomy import load_taxonomy, taxonomy_of
from problems.categories import Taxonomy
from problems.clock import Clock
from problems.errors import InputRefused
from problems.people import Principal
from problems.progress import Progress, silent
from problems.report_columns import Floats, Ints, ReportColumns
from problems.reports import Batch, RejectedRow, Report
from problems.sample_city import ALL_SYNTHETIC, MIXED, SYNTHETIC_FACT
from problems.sources import TimePrecision
from problems.store import Store
from problems.use_cases.importing import Trial, accept_import
from problems.use_cases.sources import measure_source

DEFAULT_SOURCE = "council"
DEFAULT_ZONE = ZoneInfo("Europe/London")

#: Why a column is taken that the last file of the source had.
AS_LAST_TIME = "as in the last file of this source"
#: The sample holds the first rows and then every 50th, because exports are often sorted by category.
_SAMPLE_FIRST = 300
_SAMPLE_EVERY = 50
_SAMPLE_SPAN = 60_000
_PREVIEW_ROWS = 8
_PREVIEW_ERRORS = 20
#: A city grows over the edges of what is known of it.
_BESIDE_DEG = 0.3
_REPORTER_KEY_FACT = "reporter_key"


def _unheard(_note: str) -> None:
    """Say nothing."""


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
    #: What the values leave open; :func:`data.reading.questions.answered` answers one.
    questions: tuple[Question, ...] = ()


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
    fixed: Mapping[str, str] | None = None,
    zone: tzinfo = DEFAULT_ZONE,
    dry_run: bool = False,
    trial: Trial | None = None,
    progress: Progress = silent,
    note: Callable[[str], None] = _unheard,
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
    fixed
        What holds for every row of a file that has no column for it (:attr:`Columns.fixed`).
    zone
        Zone of the deployment, for dates that tell none.
    dry_run, trial
        Count everything and keep nothing. With ``trial`` the file meets what earlier ones of it would have left.
    note
        Told how the file is read where nobody answered a question that the import can go on without.

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
    source = checked_source(store, source)
    facts = inspect(path, progress=progress)
    taxonomy = taxonomy_of(store)
    with open_table(path, facts=facts) as table:
        seen = _look_at(path, facts, taxonomy, source, zone, columns, store)
        seen = _with_missing(seen, taxonomy, source, file_name or path.name, fixed or {})
        seen = _with_last_time(seen, store, taxonomy, source, zone)
        check_answered(seen.questions, table.header)
        check_columns(seen.columns, table.header)
        _check_repeated(seen)
        for told in seen.notes:
            progress(told, 0.2)
        for told in gone_on_without(seen.questions):
            note(told)
        tried = trial.facts if trial is not None else {}
        key = tried.get(_REPORTER_KEY_FACT) or store.fact(_REPORTER_KEY_FACT) or secrets.token_hex(16)
        lon_lat = _places(seen, taxonomy, source, zone)
        home = home_that_holds(_home(store, zone), lon_lat)
        reader = _reader(seen.columns, seen.header, source, taxonomy, zone, key, home)
        with read_ahead(reader.stretches(table.blocks())) as stretches:
            batch = accept_import(
                store,
                principal,
                clock,
                seed,
                source=source,
                file_name=file_name or path.name,
                sha256=facts.sha256,
                columns={"time zone": str(zone), **seen.columns.told()},
                stretches=in_kept_order(store, source, stretches),
                kind=table.format_name,
                told_of_source=measured(source, seen.columns, seen.header, lon_lat, seen.empty()),
                facts=_facts(store, {_REPORTER_KEY_FACT: key} if "reporter" in seen.columns.names else {}),
                share_read=table.share_read,
                progress=progress,
                dry_run=dry_run,
                trial=trial,
            )
    if batch.id and seen.columns.precision("reported") == TimePrecision.MONTH:
        # A sample says too little: reports of a large force seldom share a point with others of a thousand.
        measure_source(store, principal, clock, seed, source=source)
    return batch


def _facts(store: Store, facts: Mapping[str, str]) -> Mapping[str, str]:
    return {**facts, SYNTHETIC_FACT: MIXED} if store.fact(SYNTHETIC_FACT) == ALL_SYNTHETIC else facts


def preview(
    path: Path,
    columns: Columns | None = None,
    *,
    source: str = DEFAULT_SOURCE,
    zone: tzinfo = DEFAULT_ZONE,
    store: Store | None = None,
    file_name: str | None = None,
    anew: bool = False,
) -> Preview:
    """Look at a file as an import would read it, without keeping anything.

    Parameters
    ----------
    columns
        A corrected mapping; recognised from the file where it is None.
    store
        Whose own category names are used, besides the shipped ones.
    anew
        Recognise the columns although the source had the same ones before.

    Raises
    ------
    InputRefused
        When the file cannot be read at all. Columns that do not suffice are told in ``refusal``,
        so that they can be corrected.
    """
    source = checked_source(store, source)
    facts = inspect(path)
    taxonomy = taxonomy_of(store) if store else load_taxonomy()
    seen = _look_at(path, facts, taxonomy, source, zone, columns, store, anew=anew)
    seen = _with_missing(seen, taxonomy, source, file_name or path.name, {})
    seen = _with_last_time(seen, store, taxonomy, source, zone)
    refusal, read = "", []
    try:
        check_answered(seen.questions, seen.header)
        check_columns(seen.columns, seen.header)
        _check_repeated(seen)
        home = home_that_holds(_home(store, zone), _places(seen, taxonomy, source, zone))
        reader = _reader(seen.columns, seen.header, source, taxonomy, zone, "", home)
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
        questions=seen.questions,
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
    questions: tuple[Question, ...] = ()

    def empty(self) -> list[str]:
        """Return the columns without any value in the sampled rows."""
        filled = {place for row in self.rows for place, cell in enumerate(row.cells) if cell.strip()}
        return [name for place, name in enumerate(self.header) if place not in filled]


def _look_at(
    path: Path,
    facts: FileFacts,
    taxonomy: Taxonomy,
    source: str,
    zone: tzinfo,
    columns: Columns | None,
    store: Store | None,
    *,
    anew: bool = False,
) -> _Seen:
    home = _near(store) or _home(store, zone)
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
    samples = {name: ColumnSample(name, (cells[place] for cells in whole)) for place, name in enumerate(header)}
    why, told_before = AS_TOLD, None
    if (columns is None or columns.partial) and store is not None and not anew:
        told_before = remembered_columns(store.source(source), header, samples)
    more: dict[str, RecognisedColumn] = {}
    if told_before is not None:
        if store is not None and (filled := newly_filled(store.source(source), samples)):
            found = recognise(header, whole, taxonomy, source, str(zone), home)
            told_before = told_before.with_more({f: c for f, c in found.columns.names.items() if c in filled})
            more = {each.field: each for each in found.fields if each.column in filled}
        columns, why = columns.over(told_before) if columns else told_before, AS_LAST_TIME
    if columns is None or (columns.partial and _fits(columns, header)):
        found = recognise(header, whole, taxonomy, source, str(zone), home, columns)
        told = (*notes, *found.notes)
        return _Seen(header, format_name, rows, found.columns, found.fields, told, repeated, found.questions)
    fields = tuple(
        more.get(name, RecognisedColumn(name, column, samples[column].examples, 1.0, why))
        for name, column in columns.names.items()
        if column in samples
    )
    if not _fits(columns, header):
        return _Seen(header, format_name, rows, columns, fields, tuple(notes))
    settled = settle(columns, samples, str(zone), home)
    return _Seen(
        header, format_name, rows, settled.columns, fields, (*notes, *settled.notes), questions=settled.questions
    )


def _with_missing(seen: _Seen, taxonomy: Taxonomy, source: str, file_name: str, fixed: Mapping[str, str]) -> _Seen:
    """Take what was given for every row, and ask for what neither a column nor a person tells."""
    if not _fits(seen.columns, seen.header):
        return seen
    columns = seen.columns
    for name, value in fixed.items():
        columns = columns.with_fixed(name, value)
    asked = tuple(each for each in seen.questions if each.field in columns.names or each.field not in fixed)
    missing = missing_questions(columns, asked, taxonomy, source, file_name)
    return replace(seen, columns=columns, questions=(*asked, *missing))


def _with_last_time(seen: _Seen, store: Store | None, taxonomy: Taxonomy, source: str, zone: tzinfo) -> _Seen:
    """Ask whether the reports are others than before, once nothing else about the columns is open."""
    if store is None or any(question.needed for question in seen.questions) or not _fits(seen.columns, seen.header):
        return seen

    def ids() -> Sequence[str]:
        return list(_sampled(seen, taxonomy, source, zone).source_id)

    asked = last_time_question(store, source, seen.columns, seen.header, ids)
    if asked is None and "id" in seen.columns.names and store.has_reports_of(source):
        asked = known_numbers_question(store, source, seen.columns, _sampled(seen, taxonomy, source, zone))
    return replace(seen, questions=(*seen.questions, asked)) if asked else seen


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
    rows: list[Row] = []
    seen = 0
    for block in table.blocks():
        fault_lines = np.array([fault.line for fault in block.faults], dtype=np.int64)
        # Each row's number among all of them, those with a fault counted at their place.
        numbers = seen + np.arange(len(block.lines)) + np.searchsorted(fault_lines, block.lines)
        fault_numbers = seen + np.arange(len(fault_lines)) + np.searchsorted(block.lines, fault_lines)
        which = pa.array(np.flatnonzero(_is_sampled(numbers)))
        faults = [block.faults[place] for place in np.flatnonzero(_is_sampled(fault_numbers)).tolist()]
        columns = tuple(column.take(which) for column in block.columns)
        rows += Block(block.lines[which.to_numpy()], columns, tuple(faults)).rows()
        seen += len(block.lines) + len(block.faults)
        if seen >= _SAMPLE_SPAN:
            break
    return rows


def _is_sampled(numbers: Ints) -> npt.NDArray[np.bool_]:
    sampled: npt.NDArray[np.bool_] = (numbers < _SAMPLE_FIRST) | (
        (numbers % _SAMPLE_EVERY == 0) & (numbers < _SAMPLE_SPAN)
    )
    return sampled


def _home(store: Store | None, zone: tzinfo) -> Box | None:
    return home_of(store.fact("epsg") if store else None, str(zone))


def _near(store: Store | None) -> Box | None:
    """Return where the reports or the boundaries of the store lie: much closer than a coordinate system tells."""
    return known_box(store, _BESIDE_DEG, boundaries=True) if store else None


def _places(seen: _Seen, taxonomy: Taxonomy, source: str, zone: tzinfo) -> Floats:
    """Return the places of the sampled rows, shape (n, 2), wherever they lie."""
    return _sampled(seen, taxonomy, source, zone).lon_lat


def _sampled(seen: _Seen, taxonomy: Taxonomy, source: str, zone: tzinfo) -> ReportColumns:
    block = Block.of_rows(seen.rows, len(seen.header))
    reader = _reader(seen.columns, seen.header, source, taxonomy, zone, "")
    return next(reader.stretches([block])).reports


def _reader(
    columns: Columns,
    header: Sequence[str],
    source: str,
    taxonomy: Taxonomy,
    zone: tzinfo,
    key: str,
    home: Box | None = None,
) -> RowReader:
    return RowReader(
        columns,
        header,
        source=source,
        taxonomy=taxonomy,
        zone=ZoneInfo(columns.zone) if columns.zone else zone,
        reporter_key=key.encode(),
        home=home,
    )
