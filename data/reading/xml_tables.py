"""Read Open311 requests, and other plain lists of records, from XML as a stream; runs in the child process.

defusedxml refuses entities and what they would fetch. A record is forgotten as soon as it is read.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from data.reading.blocks import MAX_COLUMNS, Block, Row, in_blocks
from data.reading.child import Opened, Tell
from data.reading.open311 import refuse_services
from data.reading.streams import RecordStream
from problems.errors import InputRefused

_DEEPEST: Final = 50
_MAX_ELEMENTS: Final = 20_000
_REQUESTS: Final = frozenset({"request", "service_request"})
_NEEDED: Final = "Open311 requests, or a list of records whose fields are elements of their own, can be read."
#: Outermost elements of maps and feeds, with what people call them.
_OTHERS: Final = {
    "kml": "a KML map",
    "gpx": "a GPX track",
    "rss": "a news feed",
    "feed": "a news feed",
    "osm": "an extract of OpenStreetMap",
    "svg": "a drawing",
    "html": "a web page",
    "OGRVRTDataSource": "a description that points to other files",
    "FeatureCollection": "a GML map",
    "Workbook": "an old kind of workbook (save it as .xlsx)",
    "Envelope": "a message of a web service",
    "schema": "the description of a format",
}


def open_table(path: Path, tell: Tell, layout: Mapping[str, Any] | None) -> Opened:
    """Open the records in ``path``; see :class:`data.reading.child.Opened`."""
    survey = dict(layout) if layout else _survey(path, tell)
    header = tuple(survey["header"])
    name = "Open311 XML" if "service_request_id" in header else "XML"
    return Opened(header, name, _blocks(path, header, tell), (), survey)


def _survey(path: Path, tell: Tell) -> dict[str, Any]:
    fields: dict[str, None] = {}
    for _number, record, share in _records(path, tell):
        tell("Looking for the columns", share)
        fields.update(dict.fromkeys(record))
        if len(fields) > MAX_COLUMNS:
            raise InputRefused("", f"It has more than {MAX_COLUMNS:,} different fields.", "Export fewer of them.")
    if not fields:
        raise InputRefused("", "It is XML, but no list of records was found in it.", _NEEDED)
    refuse_services(fields)
    return {"header": list(fields)}


def _blocks(path: Path, header: tuple[str, ...], tell: Tell) -> Iterator[tuple[Block, float]]:
    share = [0.0]
    for block in in_blocks(_rows(path, header, share, tell), len(header)):
        yield block, share[0]


def _rows(path: Path, header: tuple[str, ...], share: list[float], tell: Tell) -> Iterator[Row]:
    known = set(header)
    for number, cells, read in _records(path, tell):
        share[0] = read
        tell("Reading the records", read)
        row = [cells.get(name, "") for name in header]
        if unknown := next((name for name in cells if name not in known), ""):
            yield Row(number, row, f"It has a field “{unknown[:60]}” that was not there when the file was opened.")
        elif any(row):
            yield Row(number, row)


def _records(path: Path, tell: Tell) -> Iterator[tuple[int, dict[str, str], float]]:
    """Yield (number, fields, share of the file read) of every record."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as stream:
        try:
            bounded = RecordStream(stream, lambda: tell("Reading the records", stream.tell() / size))
            found = _elements(iterparse(bounded, ("start", "end"), forbid_dtd=True))
            for number, record in enumerate(found, start=1):
                bounded.next_record()
                yield number, record, stream.tell() / size
        except DefusedXmlException as error:
            raise InputRefused(
                "", "Its XML defines entities or a document type, which can hide harm.", "Export it without them."
            ) from error
        except (ParseError, UnicodeError, LookupError, ValueError) as error:
            raise _broken(error) from error


def _elements(events: Iterator[tuple[str, Element]]) -> Iterator[dict[str, str]]:
    """Yield each record; elements that were read are let go at once."""
    above: list[Element] = []
    level = held = 0
    for event, element in events:
        if event == "start":
            above.append(element)
            held += 1
            if len(above) > _DEEPEST or held > _MAX_ELEMENTS:
                raise InputRefused("", "It is nested deeper than any list of reports.", _NEEDED)
            if len(above) == 1:
                _refuse_root(_name(element))
            elif not level and _name(element) in _REQUESTS:
                level = len(above)
            continue
        depth = len(above)
        above.pop()
        if not level and depth > 2 and not len(element):
            # The first field that is found tells how deep the records are.
            level = depth - 1
        if level and depth == level:
            yield dict(_fields(element, ""))
        if above and (depth <= level or not level):
            above[-1].clear()
            held = len(above)


def _refuse_root(name: str) -> None:
    if name in _OTHERS:
        raise InputRefused("", f"It is XML, but {_OTHERS[name]}, not a list of reports.", _NEEDED)
    if name == "services":
        refuse_services({"service_code", "service_name", "metadata"})
    if name == "service_definition":
        refuse_services({"variable", "code", "datatype"})
    if name == "errors":
        raise InputRefused("", "It is the error message of an Open311 feed.", "Download the requests again.")


def _fields(element: Element, outer: str) -> Iterator[tuple[str, str]]:
    for part in element:
        name = outer + _name(part)
        if len(part):
            yield from _fields(part, f"{name}.")
        else:
            yield name, (part.text or "").strip()


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _broken(error: Exception) -> InputRefused:
    line = getattr(error, "position", (0, 0))[0]
    if "no element found" in str(error) or "unclosed" in str(error):
        return InputRefused("", "The XML is cut off: its end is missing.", "Copy or download it again.")
    return InputRefused("", f"It is no valid XML: it breaks in line {line:,}.", "Export it again.")
