"""Read a Parquet table, also with places as in GeoParquet; runs in the child process."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data.reading.arrow_texts import as_text, blocks_of
from data.reading.blocks import MAX_COLUMNS, Block
from data.reading.child import Opened, Tell
from data.reading.geometry import UNKNOWN_SYSTEM, is_known, of_binary, place_names, texts, to_degrees
from problems.errors import InputRefused

_BATCH_ROWS: Final = 5_000
#: A shape may have thousands of corners: few are taken at once, so that there is a word between them.
_BATCH_SHAPES: Final = 500
_DEEPEST: Final = 6
_WGS84: Final = "OGC:CRS84"
#: The id or the moment of a report takes more than a byte; a file that claims more rows was made to fill memory.
_ROWS_PER_BYTE: Final = 1
_ROWS_CHECKED_FROM: Final = 1_000_000


def open_table(path: Path, tell: Tell, layout: Mapping[str, Any] | None) -> Opened:
    """Open the table in ``path``; see :class:`data.reading.child.Opened`."""
    try:
        source = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
        schema = source.schema_arrow
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged() from error
    _refuse_unfit(source, path.stat().st_size)
    geometry, system = _geometry(schema)
    fields = [name for name, _kind in _flat(schema) if name != geometry]
    if len(fields) > MAX_COLUMNS:
        raise InputRefused("", f"It has {len(fields):,} columns; {MAX_COLUMNS} are possible.", "")
    known = is_known(system)
    places = list(place_names(fields, degrees=known)) if geometry else []
    shapes = layout["shapes"] if layout else _count_shapes(source, geometry, tell)
    notes = []
    if shapes:
        are = "row has a line or an area" if shapes == 1 else "rows have lines or areas"
        notes.append(f"{shapes:,} {are} instead of a point: a point on it was taken as its place.")
    if geometry and not known:
        notes.append(UNKNOWN_SYSTEM.format(x=places[0], y=places[1]))
    blocks = _blocks(source, geometry, system if known else None, shapes, tell)
    name = "GeoParquet" if geometry else "Parquet"
    return Opened((*fields, *places), name, blocks, tuple(notes), {"shapes": shapes})


def _damaged() -> InputRefused:
    return InputRefused("", "The Parquet file is cut off or damaged.", "Copy or download it again.")


def _refuse_unfit(source: pq.ParquetFile, size: int) -> None:
    rows = source.metadata.num_rows
    if rows < 1:
        raise InputRefused("", "It holds no rows.", "Export it again.")
    if rows > _ROWS_CHECKED_FROM and rows > _ROWS_PER_BYTE * size:
        raise InputRefused(
            "", f"It claims to hold {rows:,} rows in {size:,} bytes, which no table of reports does.", ""
        )


def _geometry(schema: pa.Schema) -> tuple[str, str | None]:
    """Return the column with the places and its coordinate system, as the metadata of GeoParquet tell them."""
    try:
        told = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
        name = told["primary_column"]
        column = told["columns"][name]
    except (KeyError, TypeError, ValueError):
        return "", None
    if column.get("encoding") != "WKB" or name not in schema.names:
        return "", None
    if "crs" not in column:
        return str(name), _WGS84
    system = column["crs"]
    return str(name), json.dumps(system) if isinstance(system, dict) else system and str(system)


def _flat(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    return [pair for field in schema for pair in _parts(field.name, field.type, 0)]


def _parts(name: str, kind: pa.DataType, depth: int) -> Iterator[tuple[str, pa.DataType]]:
    if pa.types.is_struct(kind) and depth < _DEEPEST:
        for field in kind:
            yield from _parts(f"{name}.{field.name}", field.type, depth + 1)
    else:
        yield name, kind


def _columns(column: pa.Array, depth: int = 0) -> Iterator[pa.Array]:
    if pa.types.is_struct(column.type) and depth < _DEEPEST:
        for part in column.flatten():
            yield from _columns(part, depth + 1)
    else:
        yield as_text(column)


def _batches(source: pq.ParquetFile, rows: int, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    try:
        yield from source.iter_batches(batch_size=rows, columns=columns, use_threads=False)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged() from error


def _count_shapes(source: pq.ParquetFile, geometry: str, tell: Tell) -> int:
    """Count the rows whose place is no point."""
    count = 0
    for batch in _batches(source, _BATCH_SHAPES, [geometry]) if geometry else ():
        tell("Looking at the places", 0.0)
        shapes = shapely.from_wkb(np.asarray(_binary(batch.column(0)), dtype=object), on_invalid="ignore")
        rest = ~shapely.is_missing(shapes) & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
        count += int(rest.sum())
    return count


def _binary(column: pa.Array) -> list[bytes | None]:
    told: list[bytes | None] = (column.storage if isinstance(column, pa.ExtensionArray) else column).to_pylist()
    return told


def _blocks(
    source: pq.ParquetFile, geometry: str, system: str | None, shapes: int, tell: Tell
) -> Iterator[tuple[Block, float]]:
    first = 1
    transformer = to_degrees(system)
    total = source.metadata.num_rows
    for batch in _batches(source, _BATCH_SHAPES if shapes else _BATCH_ROWS):
        tell("Reading the rows", min(1.0, first / total))
        columns: list[pa.Array] = []
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name != geometry:
                columns.extend(_columns(column))
        if geometry:
            columns += texts(*of_binary(_binary(batch.column(geometry))), transformer)
        for block in blocks_of(columns, first):
            yield block, min(1.0, first / total)
        first += batch.num_rows
