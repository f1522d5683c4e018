"""Write problems, hot spots, reports and rejected rows to a file: whole or not at all."""

import csv
import io
import json
import os
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from data.stores import SqlStore
from problems.errors import InputRefused
from problems.events import Event, Subject
from problems.hot_spots import HotSpot
from problems.problem import Problem
from problems.questions import QUESTION, Question, answers_in, current
from problems.reports import RejectedRow, Report
from problems.store import Store

if TYPE_CHECKING:
    from _csv import Writer

FORMATS = ("geojson", "csv")
#: A cell that starts like this is run as a formula by spreadsheets, also in its full-width form.
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
#: Letters and marks that nobody sees.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")

Geometry = Mapping[str, object]
Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Content:
    """What can be written: the names of its fields, and its rows with a geometry each."""

    fields: Sequence[str]
    rows: Callable[[Store], Iterator[tuple[Fields, Geometry | None]]]


def export(store: Store, what: str, fmt: str, out: Path) -> int:
    """Write ``what`` is kept to the file ``out`` and return the number of rows.

    GeoJSON follows RFC 7946 (longitude first, WGS 84, a null geometry where there is no place).
    CSV is UTF-8, every cell in quotation marks; text that a spreadsheet would run as a formula gets an
    apostrophe in front. Times are ISO 8601 in UTC. The file appears when it is complete; an
    earlier one stays until then.

    Parameters
    ----------
    what
        ``problems``, ``hot-spots`` (of the latest refresh), ``reports`` or ``rejected`` (rows that
        no import could take).
    fmt
        ``geojson`` or ``csv``.

    Raises
    ------
    InputRefused
        When one of them is unknown, or the file cannot be written there: above all not over the store.
    """
    asked = f"The {what} cannot be written to {out}."
    if what not in CONTENTS:
        raise InputRefused(f"“{what}” cannot be written.", "", f"Possible are: {', '.join(CONTENTS)}.")
    if fmt not in FORMATS:
        raise InputRefused(f"“{fmt}” is not a format for files.", "", f"Formats are: {', '.join(FORMATS)}.")
    if isinstance(store, SqlStore) and store.owns(out):
        raise InputRefused(asked, "That file belongs to the store itself.", "Name another file.")
    content = CONTENTS[what]
    with replaced(asked, out) as stream:
        write = _write_geojson if fmt == "geojson" else _write_csv
        return write(stream, content.fields, content.rows(store))


@contextmanager
def replaced(asked: str, out: Path) -> Iterator[TextIO]:
    """Open a text file beside ``out`` that takes its place at the end, or vanishes."""
    with replaced_bytes(asked, out) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        yield text
        text.flush()
        text.detach()


@contextmanager
def replaced_bytes(asked: str, out: Path) -> Iterator[BinaryIO]:
    """Open a file beside ``out`` that takes its place at the end, or vanishes."""
    try:
        if out.is_dir():
            raise InputRefused(asked, "That is a folder.", "Name a file in it.")
        if not out.parent.is_dir():
            raise InputRefused(asked, f"There is no folder {out.parent}.", "Make it first, or name another.")
        descriptor, name = tempfile.mkstemp(prefix=f".{out.name[:100]}.", suffix=".part", dir=out.parent)
    except (OSError, ValueError) as error:
        raise InputRefused(asked, _said(error), "Name another file.") from error
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(out)
    except OSError as error:
        raise InputRefused(asked, _said(error), "Name another file, or make room.") from error
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _said(error: Exception) -> str:
    told = error.strerror if isinstance(error, OSError) else ""
    return f"{told or 'The name is not one that a file can have'}."


def _umask() -> int:
    # mkstemp makes the file private; it should end up as any file that the user writes.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _write_geojson(stream: TextIO, _fields: Sequence[str], rows: Iterator[tuple[Fields, Geometry | None]]) -> int:
    count = 0
    stream.write('{"type": "FeatureCollection", "features": [')
    for fields, geometry in rows:
        feature = {
            "type": "Feature",
            "geometry": None if geometry is None else dict(geometry),
            "properties": {name: _json_ready(value) for name, value in fields.items()},
        }
        stream.write(",\n" if count else "\n")
        stream.write(json.dumps(feature, ensure_ascii=False, allow_nan=False))
        count += 1
    stream.write("\n]}\n")
    return count


def _write_csv(stream: TextIO, fields: Sequence[str], rows: Iterator[tuple[Fields, Geometry | None]]) -> int:
    count = 0
    writer = csv_writer(stream)
    writer.writerow(fields)
    for values, _geometry in rows:
        writer.writerow([_cell(values[name]) for name in fields])
        count += 1
    return count


def _json_ready(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _json_ready(part) for key, part in value.items()}
    return value


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet runs: numbers stay numbers, text stays text."""
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    text = json.dumps(_json_ready(value), ensure_ascii=False) if isinstance(value, Mapping) else str(value)
    return safe_cell(text)


def safe_cell(text: str) -> str:
    """Return ``text`` as a cell that spreadsheets show and never run.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("Mill Lane")
    ("'=HYPERLINK(1)", 'Mill Lane')
    """
    return f"'{text}" if _first_shown(text) in _FORMULA_STARTS else text


def _first_shown(text: str) -> str:
    """Return the first sign that is no blank and not invisible, "" where there is none; tabs and line ends count."""
    for sign in text:
        if sign in _FORMULA_STARTS:
            return sign
        if not sign.isspace() and unicodedata.category(sign) not in {"Cf", "Cc", "Mn"} and sign not in _FILLERS:
            return sign
    return ""


def csv_writer(stream: TextIO) -> "Writer":
    """Return a writer that puts every cell in quotation marks.

    Where a spreadsheet takes the semicolon for what parts cells, a text such as “x;=1+1” would else
    become two cells, and the second would be run.
    """
    return csv.writer(stream, quoting=csv.QUOTE_ALL)


def _point(lon_lat: tuple[float, float] | None) -> Geometry | None:
    return None if lon_lat is None else {"type": "Point", "coordinates": [lon_lat[0], lon_lat[1]]}


def _place(lon_lat: tuple[float, float] | None) -> dict[str, object]:
    lon, lat = lon_lat or (None, None)
    return {"longitude": lon, "latitude": lat}


def _problem_fields(problem: Problem, answers: Mapping[Question, str]) -> dict[str, object]:
    return {
        "id": problem.ref,
        "name": problem.name,
        "status": str(problem.status),
        "sara_stage": str(problem.status.stage),
        "group": str(problem.group),
        "category": problem.category,
        "reports": problem.reports,
        "incidents": problem.incidents,
        **_place(problem.lon_lat if any(problem.lon_lat) else None),
        "width_m": round(problem.width_m, 1),
        "area": problem.area,
        "owner": problem.owner,
        "objective": problem.objective,
        "review_on": problem.review_on,
        "outcome": problem.outcome,
        "created_at": problem.created_at,
        "last_seen_on": problem.last_seen_on,
        "dormant_since": problem.dormant_since,
        **{f"answer_{question}": answers.get(question, "") for question in Question},
    }


def _hot_spot_fields(hot_spot: HotSpot) -> dict[str, object]:
    return {
        "id": hot_spot.id,
        "refresh_id": hot_spot.refresh_id,
        "group": str(hot_spot.group),
        "category": hot_spot.category,
        "reports": hot_spot.reports,
        "incidents": hot_spot.incidents,
        "reporters": hot_spot.reporters,
        **_place(hot_spot.lon_lat),
        "width_m": round(hot_spot.width_m, 1),
        "first_at": hot_spot.first_at,
        "last_at": hot_spot.last_at,
        "problem_id": hot_spot.problem_id,
        "change": hot_spot.change,
        "standing": str(hot_spot.standing),
        "usual": _rounded(hot_spot.expected, 2),
        "times_usual": _rounded(hot_spot.ratio, 2),
        "times_usual_low": _rounded(hot_spot.ratio_low, 2),
        "times_usual_high": _rounded(hot_spot.ratio_high, 2),
        "q_value": _rounded(hot_spot.q_value, 6),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _report_fields(report: Report) -> dict[str, object]:
    return {
        "id": report.id,
        "ref": report.ref,
        "main_id": report.main_id,
        "source": report.source,
        "source_id": report.source_id,
        "category": report.category,
        "category_name": report.category_name,
        "status": str(report.status),
        "resolution": report.resolution,
        "reported_at": report.reported_at,
        "occurred_at": report.occurred_at,
        "closed_at": report.closed_at,
        **_place(report.lon_lat),
        "address": report.address,
        "area": report.area,
        "asset": report.asset,
        "channel": report.channel,
        "text": report.text,
    }


def _rejected_fields(row: RejectedRow) -> dict[str, object]:
    return {
        "line": row.line,
        "column": row.column,
        "value": row.value,
        "reason": row.reason,
        "row": row.row,
    }


def _problems(store: Store) -> Iterator[tuple[Fields, Geometry | None]]:
    told: dict[int, list[Event]] = defaultdict(list)
    for one in store.events(Subject.PROBLEM):
        if QUESTION in one.details:
            told[one.subject_id].append(one)
    return _rows_of(store.problems(), {number: current(answers_in(events)) for number, events in told.items()})


def _rows_of(
    problems: Sequence[Problem], answers: Mapping[int, Mapping[Question, str]]
) -> Iterator[tuple[Fields, Geometry | None]]:
    return ((_problem_fields(problem, answers.get(problem.id, {})), _ground(problem)) for problem in problems)


def _ground(problem: Problem) -> Geometry | None:
    if problem.footprint:
        return problem.footprint
    # Where the place is not shared, there is none to write.
    return _point(problem.lon_lat) if problem.width_m or any(problem.lon_lat) else None


def _hot_spots(store: Store) -> Iterator[tuple[Fields, Geometry | None]]:
    refresh = store.latest_refresh()
    found = store.hot_spots(refresh.id) if refresh else []
    return ((_hot_spot_fields(hot_spot), hot_spot.outline or _point(hot_spot.lon_lat)) for hot_spot in found)


def _reports(store: Store) -> Iterator[tuple[Fields, Geometry | None]]:
    return ((_report_fields(report), _point(report.lon_lat)) for report in store.all_reports())


def _rejected(store: Store) -> Iterator[tuple[Fields, Geometry | None]]:
    for batch in sorted(store.batches(), key=lambda batch: batch.id):
        for row in store.rejected_rows(batch.id):
            yield {"import": batch.id, "file": batch.file_name, "source": batch.source, **_rejected_fields(row)}, None


CONTENTS: Mapping[str, _Content] = {
    "problems": _Content(
        (
            *("id", "name", "status", "sara_stage", "group", "category", "reports", "incidents"),
            *("longitude", "latitude", "width_m", "area", "owner", "objective", "review_on", "outcome"),
            *("created_at", "last_seen_on", "dormant_since"),
            *(f"answer_{question}" for question in Question),
        ),
        _problems,
    ),
    "hot-spots": _Content(
        (
            *("id", "refresh_id", "group", "category", "reports", "incidents", "reporters", "longitude", "latitude"),
            *("width_m", "first_at", "last_at", "problem_id", "change"),
            *("standing", "usual", "times_usual", "times_usual_low", "times_usual_high", "q_value"),
        ),
        _hot_spots,
    ),
    "reports": _Content(
        (
            *("id", "ref", "main_id", "source", "source_id", "category", "category_name", "status", "resolution"),
            *("reported_at", "occurred_at", "closed_at", "longitude", "latitude", "address", "area", "asset"),
            *("channel", "text"),
        ),
        _reports,
    ),
    "rejected": _Content(("import", "file", "source", "line", "column", "value", "reason", "row"), _rejected),
}
