"""Turn the rows of a table into reports, or into rejected rows with a reason: many rows at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, tzinfo
from hashlib import blake2b
from itertools import chain, islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.blocks import BLOCK_ROWS, Block, Row
from data.reading.clocks import read_dates_and_clocks
from data.reading.columns import DATE_FIELDS, FIELDS, Columns
from data.reading.content_keys import ContentKeys
from data.reading.date_arrays import read_dates
from data.reading.homes import Box
from data.reading.masks import LINK_MASK, MASK, mask_column, mask_contacts
from data.reading.row_ids import read_ids
from data.reading.row_places import PlaceReader
from data.reading.statuses import read_status
from data.reading.strings import as_strings, bytes_of, trimmed
from problems.categories import Taxonomy, folded
from problems.fingerprints import contents_of
from problems.report_columns import NEVER, Objects, ReportColumns, TableStretch, moment_of, objects
from problems.reports import RejectedRow, Report, ReportFlag

_MAX_TEXT = 4_000
_MAX_SHORT_TEXT = 300
_MAX_REJECTED_CELL = 500
#: Earlier dates are the nulls of databases (1899, 1900, 1904), which say nothing about when it was reported.
_FIRST_YEAR = 1950
_FIRST_US = int(np.datetime64(f"{_FIRST_YEAR}-01-01", "us").astype(np.int64))
#: How a row's reporter looks where it is shown again: the name itself is never kept.
_REPORTER_HIDDEN = "[reporter]"
_MONTH_ALONE = r"^(\d{4}[-/.]\d{1,2}|\d{1,2}/\d{4}|\pL{3,10}\.?,?[-/ ]\d{4})$"

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_Read = tuple[Integers, Mask, Mask]


class RowReader:
    """Reads rows of one table into reports.

    Parameters
    ----------
    columns
        A complete mapping (see :func:`data.reading.settling.settle`) that fits ``header``.
    zone
        Zone of dates that tell none.
    reporter_key
        Secret of the store with which reporters become one-way keys.
    home
        West, south, east, north of where the reports of this table lie, where most of them do lie
        there: what lies far from it has no place.
    """

    def __init__(
        self,
        columns: Columns,
        header: Sequence[str],
        *,
        source: str,
        taxonomy: Taxonomy,
        zone: tzinfo,
        reporter_key: bytes = b"",
        home: Box | None = None,
    ) -> None:
        self._columns = columns
        self._header = header
        self._source = source
        self._taxonomy = taxonomy
        self._zone = zone
        self._reporter_key = reporter_key[:64]
        self._place = {field: header.index(column) for field, column in columns.names.items()}
        self._places = PlaceReader(columns, home)
        self._keys = ContentKeys()
        self._codes: dict[str, str | None] = {}
        told = self._place.keys() | columns.fixed.keys()
        self._orders = {name: columns.date_orders.get(name, "iso") for name in DATE_FIELDS if name in told}

    def stretches(self, blocks: Iterable[Block]) -> Iterator[TableStretch]:
        """Go through ``blocks`` in order; exactly one report or rejected row for each row."""
        for block in blocks:
            reports, _lines, rejected = self._read(block)
            # Made here, where another thread may be busy writing meanwhile.
            yield TableStretch(reports, tuple(rejected), tuple(contents_of(reports)))

    def read(self, rows: Iterable[Row]) -> Iterator[Report | RejectedRow]:
        """Go through ``rows`` in order; exactly one report or rejected row for each."""
        remaining = iter(rows)
        while taken := list(islice(remaining, BLOCK_ROWS)):
            reports, lines, rejected = self._read(Block.of_rows(taken, len(self._header)))
            told: list[tuple[int, Report | RejectedRow]] = [(row.line, row) for row in rejected]
            told += zip(lines.tolist(), reports.reports(), strict=True)
            yield from (row for _line, row in sorted(told, key=lambda one: one[0]))

    def _read(self, block: Block) -> tuple[ReportColumns, Integers, list[RejectedRow]]:
        """Return the reports of a block, the line of each, and its rejected rows in order."""
        cells = {field: trimmed(as_strings(block.columns[place])) for field, place in self._place.items()}
        for field, value in self._columns.fixed.items():
            cells[field] = pa.repeat(pa.scalar(value, pa.large_string()), len(block.lines))
        dates, unread = self._dates(cells)
        rejected = [self._rejected(fault, "", "", fault.fault) for fault in block.faults]
        good = np.ones(len(block.lines), dtype=np.bool_)
        for where, field, reason in chain(self._faults(dates), unread):
            found = np.flatnonzero(where & good)
            good[found] = False
            rejected += self._rejected_rows(block, found, field, reason)
        rejected.sort(key=lambda row: row.line)
        if not good.all():
            keep = pa.array(good)
            cells = {field: values.filter(keep) for field, values in cells.items()}
        times = {name: np.where(ok, micros, NEVER)[good] for name, (micros, ok, _empty) in dates.items()}
        return self._reports(cells, times, int(np.count_nonzero(good))), block.lines[good], rejected

    def _dates(self, cells: dict[str, pa.Array]) -> tuple[dict[str, _Read], list[tuple[Mask, str, str]]]:
        """Return the dates of a block by field, and where a time beside one cannot be read."""
        dates, unread = dict[str, _Read](), []
        for name, order in self._orders.items():
            time = f"{name}_time"
            if time not in cells:
                dates[name] = read_dates(cells[name], order, self._zone)
                continue
            micros, ok, empty, bad = read_dates_and_clocks(cells[name], cells[time], order, self._zone)
            dates[name] = micros, ok, empty
            unread.append((bad, time, f"{FIELDS[time]}: this cannot be read as a time of day."))
        return dates, unread

    def _faults(self, dates: dict[str, _Read]) -> Iterator[tuple[Mask, str, str]]:
        """Yield which rows cannot become reports, with the field and the reason; the first one of a row holds."""
        reported, _ok, empty = dates["reported"]
        yield empty, "reported", "The date of the report is missing."
        for name, order in self._orders.items():
            _micros, ok, nothing = dates[name]
            yield ~ok & ~nothing, name, f"{FIELDS[name]}: this cannot be read as {_ORDER_WORDS[order]}."
        yield reported < _FIRST_US, "reported", f"The date of the report is before {_FIRST_YEAR}."

    def _reports(self, cells: dict[str, pa.Array], times: dict[str, Integers], count: int) -> ReportColumns:
        nothing = objects([""] * count)
        never = np.full(count, NEVER, dtype=np.int64)
        zeros = np.zeros(count, dtype=np.int64)
        short = {
            field: _cut(_clean(cells[field]), _MAX_SHORT_TEXT)
            for field in ("category", "area", "channel", "asset")
            if field in cells
        }
        kept = {field: _told(values) for field, values in short.items() if field != "category"}
        text, masked = _without_contacts(cells.get("text"), _MAX_TEXT, count)
        # “Behind the shop, ring 0115 …”: who leaves a number leaves it in any field for words.
        address, in_address = _without_contacts(cells.get("address"), _MAX_SHORT_TEXT, count)
        masked += in_address
        lon_lat, why = self._places.read(cells, count)
        names, code = self._categories(short.get("category"), times["reported"], count)
        status, resolution = self._statuses(cells.get("status"), times.get("closed", never) != NEVER, count)
        flags = why.astype(np.int64)
        flags[masked > 0] |= int(ReportFlag.MASKED)
        flags[self._tells_month_only(cells["reported"])] |= int(ReportFlag.MONTH_ONLY)
        ids = read_ids(cells["id"]) if "id" in cells else nothing
        return ReportColumns(
            source=self._source,
            source_id=self._keys.fill(
                ids,
                times["reported"],
                lambda which: self._places.told(cells, which, lon_lat, why),
                names,
                text,
                address,
            ),
            category=code,
            category_name=names,
            status=status,
            resolution=resolution,
            reported_at=times["reported"],
            occurred_at=times.get("occurred", never),
            closed_at=times.get("closed", never),
            due_at=times.get("due", never),
            updated_at=times.get("updated", never),
            lon_lat=lon_lat,
            address=address,
            text=text,
            area=kept.get("area", nothing),
            channel=kept.get("channel", nothing),
            reporter=self._reporters(cells.get("reporter"), nothing),
            asset=kept.get("asset", nothing),
            flags=flags,
            ward_id=zeros,
            beat_id=zeros,
            neighbourhood_id=zeros,
            masked=masked,
        )

    def _categories(self, values: pa.Array | None, reported: Integers, count: int) -> tuple[Objects, Objects]:
        if values is None:
            return objects([""] * count), objects([None] * count)
        coded = values.dictionary_encode()
        codes = coded.indices.to_numpy()
        names = coded.dictionary.to_pylist()
        found = objects(None if self._changed_meaning(name) else self._code(name) for name in names)[codes]
        for number, name in enumerate(names):
            if self._changed_meaning(name):
                for place in np.flatnonzero(codes == number).tolist():
                    found[place] = self._taxonomy.code_for(self._source, name, self._day(int(reported[place])))
        return objects(names)[codes], found

    def _changed_meaning(self, name: str) -> bool:
        return any(row.valid_from or row.valid_to for row in self._taxonomy.names.get(folded(name), ()))

    def _code(self, name: str) -> str | None:
        if name and name not in self._codes:
            self._codes[name] = self._taxonomy.code_for(self._source, name, date.max)
        return self._codes.get(name)

    def _day(self, reported_us: int) -> date:
        moment = moment_of(reported_us)
        if moment is None:
            raise AssertionError("a report without a date was rejected")
        return moment.astimezone(self._zone).date()

    def _statuses(self, values: pa.Array | None, closed: Mask, count: int) -> tuple[Objects, Objects]:
        words, codes = [""], np.zeros(count, dtype=np.int64)
        if values is not None and count:
            coded = values.dictionary_encode()
            words, codes = coded.dictionary.to_pylist(), coded.indices.to_numpy()
        told = [read_status(word, closed=is_closed) for word in words for is_closed in (False, True)]
        places = codes * 2 + closed
        return objects(status for status, _ in told)[places], objects(resolution for _, resolution in told)[places]

    def _tells_month_only(self, values: pa.Array) -> Mask | slice:
        if "reported" in self._columns.month_only:
            return slice(None)
        found: Mask = pc.match_substring_regex(values, _MONTH_ALONE).to_numpy(zero_copy_only=False)
        return found

    def _reporters(self, values: pa.Array | None, nothing: Objects) -> Objects:
        if values is None:
            return nothing
        coded = values.dictionary_encode()
        keys = objects(self._reporter(told) for told in coded.dictionary.to_pylist())
        found: Objects = keys[coded.indices.to_numpy()]
        return found

    def _reporter(self, told: str) -> str:
        if not told:
            return ""
        same = " ".join(told.casefold().split()).encode()
        return blake2b(same, key=self._reporter_key, digest_size=12).hexdigest()

    def _rejected_rows(self, block: Block, places: Integers, field: str, reason: str) -> list[RejectedRow]:
        if not len(places):
            return []
        which = pa.array(places)
        rows = zip(*(column.take(which).to_pylist() for column in block.columns), strict=True)
        at = self._place[field]
        return [
            self._rejected(Row(line, cells), field, cells[at].strip(), reason)
            for line, cells in zip(block.lines[places].tolist(), rows, strict=True)
        ]

    def _rejected(self, row: Row, field: str, value: str, reason: str) -> RejectedRow:
        kept: dict[str, str] = {}
        reporter = self._columns.names.get("reporter")
        for place, cell in enumerate(row.cells):
            column = self._header[place] if place < len(self._header) else f"cell {place + 1}"
            # In a shifted row the reporter may stand in any cell: contacts are masked in all of them.
            shown = mask_contacts(_without_nul(cell[:_MAX_REJECTED_CELL]))[0]
            kept[column] = _REPORTER_HIDDEN if column == reporter and cell.strip() else shown
        column = self._columns.names.get(field, "")
        return RejectedRow(row.line, column, mask_contacts(_without_nul(value[:_MAX_REJECTED_CELL]))[0], reason, kept)


_ORDER_WORDS = {
    "iso": "a date with the year first",
    "dmy": "a date in the order day/month/year",
    "mdy": "a date in the order month/day/year",
    "epoch": "seconds since 1970",
    "serial": "days as a spreadsheet counts them",
}


def _without_nul(text: str) -> str:
    # NUL cannot be kept by every database.
    return text.replace("\0", "\ufffd")


def _clean(values: pa.Array) -> pa.Array:
    _offsets, letters = bytes_of(values)
    if letters.all():
        return values
    return pc.replace_substring(values, "\0", "\ufffd")


def _without_contacts(values: pa.Array | None, longest: int, count: int) -> tuple[Objects, Integers]:
    """Return texts without contact details, and how many there were in each."""
    masked = np.zeros(count, dtype=np.int64)
    if values is None:
        return objects([""] * count), masked
    before = _cut(_clean(values), longest)
    after, found = mask_column(before)
    told: Objects = after.to_numpy(zero_copy_only=False)
    if found:
        for place in np.flatnonzero(pc.not_equal(before, after).to_numpy(zero_copy_only=False)).tolist():
            was = before[place].as_py()
            masked[place] = sum(told[place].count(mask) - was.count(mask) for mask in (MASK, LINK_MASK))
    return told, masked


def _cut(values: pa.Array, longest: int) -> pa.Array:
    """Return texts cut to ``longest`` characters."""
    offsets, _letters = bytes_of(values)
    if np.diff(offsets).max(initial=0) <= longest:
        return values
    return pc.utf8_slice_codeunits(values, 0, longest)


def _told(values: pa.Array) -> Objects:
    """Return texts, equal ones as one object."""
    coded = values.dictionary_encode()
    told: Objects = objects(coded.dictionary.to_pylist())[coded.indices.to_numpy()]
    return told
