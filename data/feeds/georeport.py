"""One page of a GeoReport v2 server, JSON or XML, read piece by piece into flat records.

A page is taken as a whole or not at all: what ends in the middle, holds something else, or tries to
make the reader grow is refused before a record of it counts.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from data.reading.dates import read_date
from data.reading.places import read_number, usable

#: The fields of a service request that are kept, in the order of the merged table.
FIELDS = (
    "service_request_id",
    "service_name",
    "service_code",
    "description",
    "status",
    "status_notes",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "zipcode",
    "lat",
    "long",
    "agency_responsible",
    "jurisdiction_id",
)
_WANTED = frozenset(FIELDS)
_LISTS = frozenset({"service_requests", "requests", "service_request", "request"})
_DEEPEST = 20
_LONGEST_FIELD = 20_000
_ERROR_FIELDS = ("code", "description")

Record = dict[str, str]


class BrokenPage(Exception):
    """The page ends in the middle or cannot be read; asking for it again may help. ``str()`` says what it is."""


class OtherContent(Exception):
    """The answer is whole and is not a list of service requests; ``str()`` says what it is instead."""


def read_page(path: Path, form: str) -> Iterator[Record]:
    """Go through the service requests of one page without holding them all.

    Parameters
    ----------
    form
        ``json`` or ``xml``: what was asked for.

    Raises
    ------
    BrokenPage, OtherContent
        At the place of the fault, which may be after many records: none of them may be used before
        the iterator has ended.
    """
    with path.open("rb") as file:
        start = file.read(2_000)
        _refuse_other_form(start, form)
        file.seek(3 if start.startswith(b"\xef\xbb\xbf") else 0)
        yield from (_read_json(file) if form == "json" else _read_xml(file))


def _refuse_other_form(start: bytes, form: str) -> None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text:
        raise BrokenPage("sent an empty answer")
    if text.startswith((b"<!doctype html", b"<html")) or b"<html" in text:
        raise OtherContent("answered with a web page")
    is_markup = text.startswith(b"<")
    if is_markup and form == "json":
        raise OtherContent("answered with XML where JSON was asked for; if it has no JSON, set format = “xml”")
    if text.startswith((b"{", b"[")) and form == "xml":
        raise OtherContent("answered with JSON where XML was asked for; set format = “json”")
    if not is_markup and form == "xml":
        raise OtherContent("answered with something that is not XML")


# -- JSON --


def _read_json(file: BinaryIO) -> Iterator[Record]:
    import ijson

    try:
        # As floats: integers without an end, which Python refuses to convert, would bring the parser down.
        yield from _records(_shallow(ijson.basic_parse(file, use_float=True)))
    except (ijson.JSONError, UnicodeDecodeError) as error:
        if "premature EOF" in str(error):
            raise BrokenPage("sent JSON that ends in the middle") from error
        if "overflow" in str(error):
            raise OtherContent("answered with a number that is too long to be read") from error
        raise BrokenPage("sent something that is not JSON") from error


def _shallow(events: Iterator[tuple[str, object]]) -> Iterator[tuple[int, str, object]]:
    """Yield (depth, event, value) and refuse nesting that no list of requests has."""
    depth = 0
    for event, value in events:
        if event in {"end_map", "end_array"}:
            depth -= 1
        yield depth, event, value
        if event in {"start_map", "start_array"}:
            depth += 1
            if depth > _DEEPEST:
                raise OtherContent("answered with JSON that is nested too deeply for a list of requests")


def _records(events: Iterator[tuple[int, str, object]]) -> Iterator[Record]:
    depth, event, value = next(events)
    if event == "start_array":
        yield from _list(events, depth + 1)
    elif event == "start_map":
        yield from _wrapped(events)
    else:
        raise OtherContent("answered with a single value, not with a list of requests")
    # To the very end: an answer may be broken behind its list.
    for _, _, value in events:
        if value is not None:
            raise OtherContent("answered with more than a list of requests")


def _wrapped(events: Iterator[tuple[int, str, object]]) -> Iterator[Record]:
    """Read ``{"service_requests": [...]}``, which some servers send in place of the bare list."""
    found, key = False, ""
    told: Record = {}
    for depth, event, value in events:
        if depth == 0:
            break
        if depth == 1 and event == "map_key":
            key = str(value)
        elif depth == 1 and event == "start_array" and key in _LISTS:
            found = True
            yield from _list(events, 2)
        elif depth == 1 and key in _ERROR_FIELDS:
            told[key] = _text(value)
    if not found:
        raise OtherContent(f"answered with {_error_words(told) or 'an object that is not a list of requests'}")


def _list(events: Iterator[tuple[int, str, object]], at: int) -> Iterator[Record]:
    """Read the objects of a list whose members are at depth ``at``, until the list ends."""
    for depth, event, value in events:
        if depth < at:
            return
        if event == "start_map" and depth == at:
            yield _object(events, at)
        elif value is not None and depth == at:
            raise OtherContent("answered with a list of something other than requests")


def _object(events: Iterator[tuple[int, str, object]], at: int) -> Record:
    """Read the plain fields of one object, also where it is wrapped once more (``{"request": {…}}``)."""
    record: Record = {}
    key = ""
    for depth, event, value in events:
        if depth <= at:
            break
        if event == "map_key":
            key = str(value)
        elif event == "start_map" and depth == at + 1 and key in _LISTS:
            record.update(_object(events, depth))
        elif depth == at + 1 and (key in _WANTED or key == "code") and value is not None:
            record[key] = _text(value)
    return record


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    # Half a pair of surrogates, which JSON can spell, cannot be written to any file.
    return str(value)[:_LONGEST_FIELD].replace("\0", " ").encode(errors="replace").decode().strip()


# -- XML --


def _read_xml(file: BinaryIO) -> Iterator[Record]:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        yield from _requests(iterparse(file, events=("start", "end"), forbid_dtd=True))
    except DefusedXmlException as error:
        raise OtherContent("sent XML with definitions of its own, which are never read") from error
    except ParseError as error:
        if any(word in str(error) for word in ("no element found", "unclosed token", "partial character")):
            raise BrokenPage("sent XML that ends in the middle") from error
        raise BrokenPage("sent something that is not XML") from error
    except (LookupError, ValueError) as error:
        raise BrokenPage("sent XML in an encoding that cannot be read") from error


def _requests(events: Iterator[tuple[str, Element]]) -> Iterator[Record]:
    _, root = next(events)
    name = _name(root)
    if name not in _LISTS | {"errors"}:
        raise OtherContent(f"answered with XML of another kind (<{name[:40]}>)")
    depth = 0
    for event, element in events:
        if event == "start":
            depth += 1
            if depth > _DEEPEST:
                raise OtherContent("answered with XML that is nested too deeply for a list of requests")
            continue
        depth -= 1
        if depth == 0:
            record = {
                _name(child): _text(child.text)
                for child in element
                if _name(child) in _WANTED or _name(child) == "code"
            }
            root.clear()
            if name == "errors":
                raise OtherContent(f"answered with {_error_words(record) or 'an error'}")
            yield record


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


# -- what a record says --


def refuse_errors(first: Mapping[str, str]) -> None:
    """Refuse an answer whose first record is an error of the server.

    Raises
    ------
    OtherContent
        With the server's own words.
    """
    if "service_request_id" not in first and "requested_datetime" not in first and (told := _error_words(first)):
        raise OtherContent(f"answered with {told}")


def _error_words(record: Mapping[str, str]) -> str:
    if not record.get("code"):
        return ""
    words = " ".join(record.get("description", "").split())[:200]
    return f"an error ({record['code'][:20]}{': ' if words else ''}{words})"


def moment_of(record: Mapping[str, str], field: str, zone: tzinfo) -> datetime | None:
    """Return a date of a record in UTC, or None where there is none that can be read."""
    told = record.get(field, "")
    return read_date(told, "iso", zone) if told else None


def place_of(record: Mapping[str, str]) -> tuple[float, float] | None:
    """Return (longitude, latitude) of a record, or None where it has no usable place."""
    return usable(read_number(record.get("long", "")), read_number(record.get("lat", "")))
