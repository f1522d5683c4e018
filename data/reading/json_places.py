"""Find where in a JSON file the list of records is; runs in the child process."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import ijson

from data.reading.child import Tell
from data.reading.streams import RecordStream
from problems.errors import InputRefused

#: What is read to tell JSON lines from one large value.
_PEEK_BYTES: Final = 4_000_000
_DEEPEST: Final = 200
_NEEDED: Final = "A list of records, one for each report, is needed."
#: Lists of records under these names describe the records; they are not the records.
_BESIDES: Final = frozenset({
    "meta", "metadata", "schema", "fields", "columns", "links", "crs", "facets", "parameters", "anyOf", "allOf",
    "oneOf", "definitions", "$defs", "properties",
})  # fmt: skip
_SCHEMA: Final = frozenset({"properties", "$schema", "required", "additionalProperties", "type"})
_SYSTEM: Final = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"([^"{}]{1,200})"')


@dataclass(frozen=True, slots=True)
class Place:
    """Where the records are: one on each line, or under ``prefix``. ``system`` is what an old "crs" member says."""

    by_line: bool
    prefix: str = ""
    system: str = ""


def find_records(path: Path, tell: Tell) -> Place:
    """Find the list of records.

    Raises
    ------
    InputRefused
        Where the file is no JSON, or holds no list of records.
    """
    with path.open("rb") as stream:
        if stream.read(3) != b"\xef\xbb\xbf":
            stream.seek(0)
        start = stream.tell()
        if _is_by_line(stream):
            return Place(by_line=True)
        stream.seek(start)
        try:
            prefix = _prefix(stream, path.stat().st_size, tell)
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise InputRefused(
                "", "It is no valid JSON, or it is cut off: no list of records was found.", "Export it again."
            ) from error
        return Place(by_line=False, prefix=prefix, system=_system(stream))


def _is_by_line(stream: BinaryIO) -> bool:
    """Tell whether the first line is a whole object, and another one follows."""
    whole = False
    for _ in range(100):
        line = stream.readline(_PEEK_BYTES).strip(b" \t\r\n\x1e")
        if line:
            if not line.startswith(b"{"):
                return False
            if whole:
                # What follows a whole object in a file can only be the next record, even a broken one.
                return True
            try:
                json.loads(line)
            except (ValueError, RecursionError):
                return False
            whole = True
    return False


def _prefix(stream: BinaryIO, size: int, tell: Tell) -> str:
    names: list[str] = []
    depth = 0
    for prefix, event, value in ijson.parse(
        RecordStream(stream, lambda: tell("Looking for the records", stream.tell() / max(1, size))), buf_size=1 << 16
    ):
        if event in {"start_map", "start_array"}:
            depth += 1
            if depth > _DEEPEST:
                raise InputRefused("", "It is nested deeper than any table of reports.", _NEEDED)
            if event == "start_map" and _holds_records(prefix):
                return str(prefix)
            if event == "start_array" and prefix == "item":
                raise InputRefused("", "It is a list of lists, without names for the cells.", "Export it as CSV.")
        elif event in {"end_map", "end_array"}:
            depth -= 1
        elif event == "map_key" and not prefix:
            names.append(str(value))
    return _single(names)


def _holds_records(prefix: str) -> bool:
    """Tell whether an object at ``prefix`` is one of a list of records, at most two names deep."""
    *names, last = prefix.split(".")
    return last == "item" and len(names) <= 2 and _BESIDES.isdisjoint(names) and "item" not in names


def _single(names: list[str]) -> str:
    """Return the prefix of a file that is one record itself, or refuse it."""
    if len(_SCHEMA.intersection(names)) >= 2 and "geometry" not in names:
        raise InputRefused("", "It describes a format (a JSON schema) and holds no reports.", _NEEDED)
    if {"service_request_id", "geometry"}.isdisjoint(names):
        raise InputRefused("", "It is JSON, but no list of records was found in it.", _NEEDED)
    return ""


def _system(stream: BinaryIO) -> str:
    """Return the coordinate system that an old GeoJSON file names before or behind its features."""
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(1 << 16)
    stream.seek(max(0, size - (1 << 14)))
    found = _SYSTEM.search(head.partition(b'"features"')[0]) or _SYSTEM.search(stream.read().rpartition(b"]")[2])
    return found[1].decode("utf-8", "replace") if found else ""
