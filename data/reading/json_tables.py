"""Read records from JSON, JSON lines and GeoJSON as a stream; runs in the child process.

A first pass over all records finds every field, so that one which only appears late is not lost.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, Final

import ijson
import numpy as np

from data.reading.blocks import MAX_COLUMNS, Block, Row, in_blocks
from data.reading.child import Opened, Tell
from data.reading.flattening import flatten, text_of
from data.reading.geometry import (
    UNKNOWN_SYSTEM,
    features_of,
    is_known,
    place_names,
    place_of,
    shape_of,
    texts,
    to_degrees,
)
from data.reading.json_places import Place, find_records
from data.reading.open311 import refuse_services
from data.reading.streams import has_long_number
from data.reading.surrogates import JsonStream, written_out
from problems.errors import InputRefused

_MAX_LINE_BYTES: Final = 4_000_000
_KEPT_SHAPES: Final = 5_000
_NOT_A_RECORD: Final = "It is not a record with named fields."
_BROKEN_LINE: Final = "The line is no valid JSON."
_NO_PLACE: Final = "Its place holds a number that is too large for any place."


@dataclass(frozen=True, slots=True)
class _Survey:
    """What the first pass found. ``system`` is that of the geometries, "" for degrees."""

    place: Place
    header: list[str]
    geometry: bool = False
    system: str = ""
    known_system: bool = True
    notes: list[str] = field(default_factory=list)

    @classmethod
    def kept(cls, layout: Mapping[str, Any]) -> "_Survey":
        return cls(**{**layout, "place": Place(**layout["place"])})


def open_table(path: Path, tell: Tell, layout: Mapping[str, Any] | None) -> Opened:
    """Open the records in ``path``; see :class:`data.reading.child.Opened`."""
    survey = _Survey.kept(layout) if layout else _survey(path, tell)
    names = survey.header
    if survey.geometry:
        names = [*names, *place_names(names, degrees=survey.known_system)]
    notes = [*survey.notes]
    if survey.geometry and not survey.known_system:
        notes.append(UNKNOWN_SYSTEM.format(x=names[-2], y=names[-1]))
    return Opened(tuple(names), _format_name(survey), _blocks(path, survey, tell), tuple(notes), asdict(survey))


def _format_name(survey: _Survey) -> str:
    if survey.geometry:
        return "GeoJSON, one feature per line" if survey.place.by_line else "GeoJSON"
    if "service_request_id" in survey.header:
        return "Open311 JSON"
    return "JSON lines" if survey.place.by_line else "JSON"


# -- records --


def _records(path: Path, place: Place, tell: Tell) -> Iterator[tuple[int, Any, float]]:
    """Yield (number, record, share of the file read); a line that is no JSON comes as its error."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as stream:
        if stream.read(3) != b"\xef\xbb\xbf":
            stream.seek(0)
        if place.by_line:
            yield from _by_line(stream, size)
            return
        try:
            bounded = JsonStream(stream, lambda: tell("Reading the records", stream.tell() / size))
            found = ijson.items(bounded, place.prefix, multiple_values=True, buf_size=1 << 18)
            for number, record in enumerate(found, start=1):
                bounded.next_record()
                yield number, record, stream.tell() / size
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise _broken(error, stream.tell() >= size) from error


def _by_line(stream: BinaryIO, size: int) -> Iterator[tuple[int, Any, float]]:
    number = read = 0
    while line := stream.readline(_MAX_LINE_BYTES + 1):
        number += 1
        read += len(line)
        if len(line) > _MAX_LINE_BYTES:
            raise InputRefused("", f"Line {number} is longer than {_MAX_LINE_BYTES:,} characters.", "Export it again.")
        line = line.strip(b" \t\r\n\x1e")
        if line:
            record = _Faulty(line[:500].decode("utf-8", "replace"))
            if not has_long_number(line):
                with suppress(ValueError, RecursionError):
                    record = json.loads(written_out(line), parse_float=Decimal)
            yield number, record, read / size


@dataclass(frozen=True, slots=True)
class _Faulty:
    told: str


def _broken(error: Exception, ended: bool) -> InputRefused:
    if "premature" in str(error) or "ncomplete" in str(error):
        return InputRefused("", "The JSON is cut off: its end is missing.", "Copy or download it again.")
    near = "near its end" if ended else "before its end"
    return InputRefused("", f"It is no valid JSON: it breaks {near}.", "Export it again.")


# -- the first pass --


def _survey(path: Path, tell: Tell) -> _Survey:
    place = find_records(path, tell)
    fields = _Fields()
    count = shapes = far = 0
    geometry = False
    for _number, record, share in _records(path, place, tell):
        count += 1
        tell("Looking for the columns", share)
        if not isinstance(record, dict):
            continue
        if _is_feature(record):
            geometry = True
            told = record.get("geometry")
            if isinstance(told, dict):
                point = place_of(told) if told.get("type") == "Point" else None
                shapes += told.get("type") != "Point"
                far += point is not None and (abs(point[0]) > 180.5 or abs(point[1]) > 90.5)
        fields.add(record)
    if not count or (not fields.names and not geometry):
        raise InputRefused("", "It holds no records.", "A list of records, one for each report, is needed.")
    refuse_services(fields.names)
    survey = _Survey(place, list(fields.names), geometry, notes=_shape_notes(shapes))
    return _with_system(survey, far > count / 2) if geometry else survey


class _Fields:
    """The fields of all records, in the order in which they first came."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self._flat: set[tuple[bool | str, ...] | None] = set()

    def add(self, record: Mapping[str, Any]) -> None:
        cells = record.get("properties") if _is_feature(record) else record
        # Most records have the fields of those before them: their cells need not be made for that.
        names = ("id" in record, *cells) if isinstance(cells, dict) and not _has_nested(cells) else None
        if names in self._flat:
            return
        self.names.update(dict.fromkeys(_cells(record)))
        if len(self.names) > MAX_COLUMNS:
            raise InputRefused("", f"It has more than {MAX_COLUMNS:,} different fields.", "Export fewer of them.")
        if names and len(self._flat) < _KEPT_SHAPES:
            self._flat.add(names)


def _has_nested(cells: Mapping[str, Any]) -> bool:
    return any(type(cell) is dict for cell in cells.values())


def _shape_notes(shapes: int) -> list[str]:
    if not shapes:
        return []
    are = "record has a line or an area" if shapes == 1 else "records have lines or areas"
    return [f"{shapes:,} {are} instead of a point: a point on it was taken as its place."]


def _with_system(survey: _Survey, far: bool) -> _Survey:
    system = survey.place.system
    if system:
        return replace(survey, system=system, known_system=is_known(system))
    return replace(survey, known_system=not far)


def _is_feature(record: Mapping[str, Any]) -> bool:
    return record.get("type") == "Feature" and "geometry" in record


def _cells(record: Mapping[str, Any]) -> dict[str, str]:
    if not _is_feature(record):
        return flatten(record)
    properties = record.get("properties")
    cells = flatten(properties) if isinstance(properties, dict) else {}
    if "id" in record and "id" not in cells:
        cells = {"id": text_of(record["id"]), **cells}
    return cells


def features(path: Path, tell: Tell) -> Iterator[tuple[Mapping[str, str], Mapping[str, Any]]]:
    """Yield the areas of a GeoJSON file: (properties, geometry in degrees)."""
    survey = _survey(path, tell)
    if not survey.geometry:
        raise InputRefused("", "It is JSON, but not GeoJSON: it has no places.", "Export the areas as GeoJSON.")
    if not survey.known_system:
        raise InputRefused(
            "", "Its areas are not in degrees, and their coordinate system is not known.", "Export them as WGS84."
        )
    transformer = to_degrees(survey.system)
    for _number, record, share in _records(path, survey.place, tell):
        tell("Reading the areas", share)
        shape = shape_of(record.get("geometry")) if isinstance(record, dict) else None
        area = features_of(np.array([shape], dtype=object), transformer)[0] if shape is not None else None
        if area is not None:
            yield _cells(record), area


# -- rows --


def _blocks(path: Path, survey: _Survey, tell: Tell) -> Iterator[tuple[Block, float]]:
    share = [0.0]
    width = len(survey.header) + 2 * survey.geometry
    transformer = to_degrees(survey.system) if survey.geometry and survey.known_system else None
    for block in in_blocks(_rows(path, survey, share, tell), width):
        columns = block.columns
        if survey.geometry:
            x, y = (np.array([float(cell or "nan") for cell in column.to_pylist()]) for column in columns[-2:])
            columns = (*columns[:-2], *texts(x, y, transformer))
        yield replace(block, columns=columns), share[0]


def _rows(path: Path, survey: _Survey, share: list[float], tell: Tell) -> Iterator[Row]:
    header = survey.header
    known = set(header)
    for number, record, read in _records(path, survey.place, tell):
        share[0] = read
        tell("Reading the records", read)
        if not isinstance(record, dict):
            told = record.told if isinstance(record, _Faulty) else text_of(record)[:500]
            yield Row(number, (told,), _BROKEN_LINE if isinstance(record, _Faulty) else _NOT_A_RECORD)
            continue
        cells = _cells(record)
        row = [cells.get(name, "") for name in header]
        if survey.geometry:
            point = place_of(record.get("geometry"))
            row += [repr(point[0]), repr(point[1])] if point else ["", ""]
            if point and not all(map(isfinite, point)):
                yield Row(number, row, _NO_PLACE)
                continue
        if unknown := next((name for name in cells if name not in known), ""):
            yield Row(number, row, f"It has a field “{unknown[:60]}” that was not there when the file was opened.")
        elif any(row):
            yield Row(number, row)
