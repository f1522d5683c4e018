"""Read the rows and places of a GeoPackage or Shapefile; runs in the child process."""

import re
import sqlite3
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyogrio.raw import open_arrow

from data.reading.arrow_texts import as_text, blocks_of
from data.reading.blocks import MAX_COLUMNS, Block
from data.reading.child import Opened, Tell
from data.reading.geometry import UNKNOWN_SYSTEM, features_of, is_known, of_binary, place_names, texts, to_degrees
from problems.errors import InputRefused

_BATCH_ROWS: Final = 5_000
#: A shape may have thousands of corners: few are taken at once, so that there is a word between them.
_BATCH_SHAPES: Final = 500
_DAMAGED: Final = (DataSourceError, DataLayerError, pa.ArrowException, OSError, sqlite3.Error)
#: A table that drawing programs add for colours and symbols.
_STYLES: Final = "layer_styles"
_MAX_ENTRIES: Final = 20_000
_MAX_LAYERS: Final = 1_000
#: What the standard and its extensions let a table of a GeoPackage hold.
_CONTENTS: Final = frozenset({"features", "attributes", "aspatial", "tiles", "2d-gridded-coverage", "vector-tiles"})
_VIRTUAL: Final = re.compile(r"\s*CREATE\s+VIRTUAL\b", re.IGNORECASE)
_INDEX: Final = re.compile(
    r"CREATE\s+VIRTUAL\s+TABLE\s+(?:\"[^\"]+\"|'[^']+'|\w+)\s+USING\s+\"?rtree\"?\s*\([\w\s,\"]*\)", re.IGNORECASE
)


def open_table(path: Path, tell: Tell, layout: Mapping[str, Any] | None) -> Opened:
    """Open the one layer in ``path``; see :class:`data.reading.child.Opened`."""
    layer = layout["layer"] if layout else _only_layer(path)
    encoding = _encoding(path)
    with _reading(path, layer, encoding) as (meta, _reader):
        fields = [str(name) for name in meta["fields"]]
        geometry, system = str(meta["geometry_type"] or ""), meta["crs"]
        name = meta.get("geometry_name") or "wkb_geometry"
    if len(fields) > MAX_COLUMNS:
        raise InputRefused("", f"It has {len(fields)} columns; {MAX_COLUMNS} are possible.", "")
    shapes = layout["shapes"] if layout else _count_shapes(path, layer, geometry, tell)
    known = is_known(system)
    places = list(place_names(fields, degrees=known)) if geometry else []
    notes = [_shape_note(shapes)] if shapes else []
    if geometry and not known:
        notes.append(UNKNOWN_SYSTEM.format(x=places[0], y=places[1]))
    kind = "Shapefile" if path.suffix == ".shp" else f"GeoPackage, layer “{layer}”"
    blocks = _blocks(
        _Layer(path, layer, encoding, fields, name if geometry else "", system if known else None, shapes), tell
    )
    return Opened((*fields, *places), kind, blocks, tuple(notes), {"layer": layer, "shapes": shapes})


def features(path: Path, tell: Tell) -> Iterator[tuple[Mapping[str, str], Mapping[str, Any]]]:
    """Yield the areas of the one layer: (properties, geometry in degrees)."""
    layer = _only_layer(path)
    with _reading(path, layer, _encoding(path)) as (meta, reader):
        fields, system = [str(name) for name in meta["fields"]], meta["crs"]
        if not meta["geometry_type"]:
            raise InputRefused("", "Its rows have no places.", "Choose a layer of polygons.")
        if not is_known(system):
            raise InputRefused(
                "", "It does not say in which coordinate system its areas are.", "Save it with its system (.prj)."
            )
        name = meta.get("geometry_name") or "wkb_geometry"
        for batch in reader:
            tell("Reading the areas", 0.0)
            cells = [as_text(batch.column(field)).to_pylist() for field in fields]
            shapes = shapely.from_wkb(np.asarray(batch.column(name).to_pylist(), dtype=object), on_invalid="ignore")
            for row, shape in enumerate(features_of(shapes, to_degrees(system))):
                if shape is not None:
                    yield dict(zip(fields, (column[row] for column in cells), strict=True)), shape


class _reading:  # noqa: N801 - used like a function, as other context managers are
    """Open a layer as a stream of batches; what is wrong with it is refused in words."""

    def __init__(
        self, path: Path, layer: str, encoding: str | None, batch_rows: int = _BATCH_SHAPES, **options: Any
    ) -> None:
        self._opened = open_arrow(
            path, layer=layer, encoding=encoding, batch_size=batch_rows, use_pyarrow=True, **options
        )

    def __enter__(self) -> tuple[dict[str, Any], pa.RecordBatchReader]:
        try:
            opened: tuple[dict[str, Any], pa.RecordBatchReader] = self._opened.__enter__()
        except _DAMAGED as error:
            raise _damaged() from error
        return opened

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _DAMAGED):
            raise _damaged() from error


def _damaged() -> InputRefused:
    return InputRefused("", "It is cut off or damaged.", "Copy or download it again; nothing of it was kept.")


def _only_layer(path: Path) -> str:
    """Return the one layer that has rows."""
    if path.suffix == ".gpkg":
        _refuse_unfit_database(path)
    try:
        names = [str(name) for name, _geometry in pyogrio.list_layers(path) if name != _STYLES]
        filled = [name for name in names if pyogrio.read_info(path, layer=name, force_feature_count=True)["features"]]
    except _DAMAGED as error:
        raise _damaged() from error
    if not filled:
        raise InputRefused("", "It holds no rows.", "Export it again.")
    if len(filled) > 1:
        listed = ", ".join(f"“{name[:60]}”" for name in filled[:12])
        raise InputRefused("", f"It holds {len(filled)} layers: {listed}.", "Save the one with the reports on its own.")
    return filled[0]


def _refuse_unfit_database(path: Path) -> None:
    """Refuse what is no GeoPackage, is cut off, or would compute its rows while they are read."""
    try:
        opened = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            opened.execute("PRAGMA trusted_schema = OFF")
            pages, page_bytes = (opened.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            if path.stat().st_size < pages * page_bytes:
                raise _damaged()
            _refuse_computed(opened)
            _refuse_contents(opened)
        finally:
            opened.close()
    except sqlite3.Error as error:
        raise _damaged() from error


def _at_most(opened: sqlite3.Connection, query: str, most: int, what: str) -> list[tuple[Any, ...]]:
    """Return the rows of ``query``, or refuse where there are more: behind them anything could hide."""
    rows = opened.execute(f"{query} LIMIT {most + 1}").fetchall()
    if len(rows) > most:
        raise InputRefused("", f"It has more than {most:,} {what}.", "Save the layer with the reports on its own.")
    return rows


def _refuse_computed(opened: sqlite3.Connection) -> None:
    """Refuse every view, and every virtual table but the index that a GeoPackage keeps of its places."""
    entries = _at_most(opened, "SELECT name, type, sql FROM sqlite_master", _MAX_ENTRIES, "tables and indexes")
    kinds = {str(name).casefold(): str(kind) for name, kind, _sql in entries}
    if kinds.get("gpkg_contents") not in {"table", "view"}:
        raise InputRefused("", "It is a database, but not a GeoPackage.", "Export the table as CSV.")
    for name, kind, sql in entries:
        virtual = kind == "table" and _VIRTUAL.match(str(sql or ""))
        if kind == "view" or (virtual and not (str(name).startswith("rtree_") and _INDEX.fullmatch(str(sql).strip()))):
            raise InputRefused(
                "",
                f"“{str(name)[:60]}” in it is a view or a table that is computed while it is read.",
                "Save the layer with the reports on its own, as a table.",
            )


def _refuse_contents(opened: sqlite3.Connection) -> None:
    contents = _at_most(opened, "SELECT table_name, data_type FROM gpkg_contents", _MAX_LAYERS, "layers")
    for name, kind in contents:
        if not isinstance(name, str) or kind not in _CONTENTS:
            raise InputRefused("", f"Its layer “{str(name)[:60]}” is of an unknown kind.", "Export it again.")
        columns = opened.execute("SELECT hidden FROM pragma_table_xinfo(?)", (name,)).fetchmany(_MAX_ENTRIES)
        if any(hidden for (hidden,) in columns):
            raise InputRefused(
                "", f"Its layer “{name[:60]}” has a column that is computed while it is read.", "Export it again."
            )


def _encoding(path: Path) -> str | None:
    """Return the encoding of a Shapefile that does not tell it: UTF-8 where every byte fits."""
    if path.suffix != ".shp" or path.with_suffix(".cpg").exists():
        return None
    decoder = getincrementaldecoder("utf-8")()
    with path.with_suffix(".dbf").open("rb") as stream:
        header = stream.read(12)
        stream.seek(max(0, int.from_bytes(header[8:10], "little")))
        try:
            while chunk := stream.read(1 << 20):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return "cp1252"
    return "UTF-8"


def _count_shapes(path: Path, layer: str, geometry: str, tell: Tell) -> int:
    """Count the rows whose place is no point."""
    if not geometry or geometry.startswith(("Point", "2.5D Point", "3D Point")):
        return 0
    count = 0
    with _reading(path, layer, None, columns=[]) as (meta, reader):
        name = meta.get("geometry_name") or "wkb_geometry"
        for batch in reader:
            tell("Looking at the places", 0.0)
            shapes = shapely.from_wkb(np.asarray(batch.column(name).to_pylist(), dtype=object), on_invalid="ignore")
            count += int(
                (~shapely.is_missing(shapes) & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)).sum()
            )
    return count


def _shape_note(shapes: int) -> str:
    are = "row has a line or an area" if shapes == 1 else "rows have lines or areas"
    return f"{shapes:,} {are} instead of a point: a point on it was taken as its place."


@dataclass(frozen=True, slots=True)
class _Layer:
    path: Path
    name: str
    encoding: str | None
    fields: list[str]
    #: The column with the places, "" without; how many of them are no points.
    geometry: str
    system: str | None
    shapes: int


def _blocks(layer: _Layer, tell: Tell) -> Iterator[tuple[Block, float]]:
    first = 1
    transformer = to_degrees(layer.system)
    total = max(1, pyogrio.read_info(layer.path, layer=layer.name, force_feature_count=True)["features"])
    batch_rows = _BATCH_SHAPES if layer.shapes else _BATCH_ROWS
    with _reading(layer.path, layer.name, layer.encoding, batch_rows) as (_meta, reader):
        for batch in reader:
            share = min(1.0, first / total)
            tell("Reading the rows", share)
            columns = [as_text(batch.column(field)) for field in layer.fields]
            if layer.geometry:
                columns += texts(*of_binary(batch.column(layer.geometry).to_pylist()), transformer)
            for block in blocks_of(columns, first):
                yield block, share
            first += batch.num_rows
