"""Turn the rows of a table into reports, or into rejected rows with a reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from hashlib import blake2b
from itertools import islice

import numpy as np

from data.reading.columns import FIELDS, Columns
from data.reading.dates import read_date
from data.reading.masks import mask_contacts
from data.reading.places import read_number, read_pair, usable
from data.reading.statuses import read_status
from data.reading.tables import Row
from geo.errors import GeoError
from geo.projection import to_lon_lat
from problems.categories import Taxonomy, folded
from problems.errors import InputRefused
from problems.reports import RejectedRow, Report

_BLOCK_ROWS = 2_000
_MAX_TEXT = 4_000
_MAX_SHORT_TEXT = 300
_MAX_REJECTED_CELL = 500
#: Earlier dates are the nulls of databases (1899, 1900, 1904), which say nothing about when it was reported.
_FIRST_YEAR = 1950
#: How a row's reporter looks where it is shown again: the name itself is never kept.
_REPORTER_HIDDEN = "[reporter]"

LonLat = tuple[float, float]


class RowReader:
    """Reads rows of one table into reports.

    Parameters
    ----------
    columns
        A complete mapping (see :func:`data.reading.recognising.complete`) that fits ``header``.
    zone
        Zone of dates that tell none.
    reporter_key
        Secret of the store with which reporters become one-way keys.
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
    ) -> None:
        self._columns = columns
        self._header = header
        self._source = source
        self._taxonomy = taxonomy
        self._zone = zone
        self._reporter_key = reporter_key[:64]
        self._place = {field: header.index(column) for field, column in columns.names.items()}
        self._projected = "easting" in self._place and not ({"lat", "lat_lon"} & self._place.keys())
        self._codes: dict[str, str | None] = {}
        self._repeats: dict[bytes, int] = {}
        self._orders = {field: columns.date_orders.get(field, "iso") for field in ("reported", "occurred", "closed")}
        self.masked = 0

    def read(self, rows: Iterable[Row]) -> Iterator[Report | RejectedRow]:
        """Go through ``rows`` in order; exactly one report or rejected row for each."""
        remaining = iter(rows)
        while block := list(islice(remaining, _BLOCK_ROWS)):
            places = self._project(block) if self._projected else None
            for number, row in enumerate(block):
                yield self._read(row, places[number] if places else None)

    def _read(self, row: Row, projected: LonLat | None) -> Report | RejectedRow:
        if row.fault:
            return self._rejected(row, "", "", row.fault)
        cells = row.cells
        told = self._cell(cells, "reported")
        if not told:
            return self._rejected(row, "reported", "", "The date of the report is missing.")
        dates: dict[str, datetime | None] = {}
        for field, order in self._orders.items():
            value = self._cell(cells, field)
            dates[field] = read_date(value, order, self._zone) if value else None
            if value and dates[field] is None:
                return self._rejected(
                    row, field, value, f"{FIELDS[field]}: this cannot be read as {_ORDER_WORDS[order]}."
                )
        reported_at = dates["reported"]
        if reported_at is None:
            raise AssertionError("a date that is there and cannot be read was rejected above")
        if reported_at.year < _FIRST_YEAR:
            return self._rejected(row, "reported", told, f"The date of the report is before {_FIRST_YEAR}.")
        return self._report(cells, reported_at, dates, projected if self._projected else self._lon_lat(cells))

    def _report(
        self,
        cells: Sequence[str],
        reported_at: datetime,
        dates: Mapping[str, datetime | None],
        lon_lat: LonLat | None,
    ) -> Report:
        closed_at = dates["closed"]
        name = self._cell(cells, "category")[:_MAX_SHORT_TEXT]
        text = self._text(cells)
        address = self._cell(cells, "address")[:_MAX_SHORT_TEXT]
        status, resolution = read_status(self._cell(cells, "status"), closed=closed_at is not None)
        own_id = self._cell(cells, "id")[:_MAX_SHORT_TEXT]
        return Report(
            id=0,
            source=self._source,
            source_id=own_id or self._content_key(reported_at, lon_lat, name, text, address),
            category=self._code(name, reported_at),
            category_name=name,
            reported_at=reported_at,
            status=status,
            lon_lat=lon_lat,
            occurred_at=dates["occurred"],
            closed_at=closed_at,
            resolution=resolution,
            address=address,
            text=text,
            area=self._cell(cells, "area")[:_MAX_SHORT_TEXT],
            channel=self._cell(cells, "channel")[:_MAX_SHORT_TEXT],
            reporter=self._reporter(self._cell(cells, "reporter")),
        )

    def _cell(self, cells: Sequence[str], field: str) -> str:
        place = self._place.get(field)
        return "" if place is None else cells[place].strip()

    def _text(self, cells: Sequence[str]) -> str:
        text = self._cell(cells, "text")[:_MAX_TEXT]
        if len(text) < 6:
            return text
        text, masked = mask_contacts(text)
        self.masked += masked
        return text

    def _code(self, name: str, reported_at: datetime) -> str | None:
        """Look a name up, once for all rows unless its meaning changed over time."""
        if not name:
            return None
        if name in self._codes:
            return self._codes[name]
        day = reported_at.astimezone(self._zone).date()
        code = self._taxonomy.code_for(self._source, name, day)
        rows = self._taxonomy.names.get(folded(name), ())
        if not any(row.valid_from or row.valid_to for row in rows):
            self._codes[name] = code
        return code

    def _lon_lat(self, cells: Sequence[str]) -> LonLat | None:
        if "lat" in self._place:
            found = usable(read_number(self._cell(cells, "lon")), read_number(self._cell(cells, "lat")))
            if found or "lat_lon" not in self._place:
                return found
        pair = read_pair(self._cell(cells, "lat_lon"))
        return usable(*pair) if pair else None

    def _project(self, block: Sequence[Row]) -> list[LonLat | None]:
        """Turn eastings and northings of many rows into degrees at once."""
        places: list[LonLat | None] = [None] * len(block)
        known: list[int] = []
        metres: list[LonLat] = []
        for number, row in enumerate(block):
            if row.fault:
                continue
            east, north = read_number(self._cell(row.cells, "easting")), read_number(self._cell(row.cells, "northing"))
            if east is not None and north is not None and (east or north):
                known.append(number)
                metres.append((east, north))
        if known:
            for number, (lon, lat) in zip(known, self._degrees(metres), strict=True):
                places[number] = usable(lon, lat)
        return places

    def _degrees(self, metres: Sequence[LonLat]) -> list[LonLat]:
        epsg = self._columns.epsg or 0
        try:
            degrees = to_lon_lat(np.asarray(metres, dtype=np.float64), epsg)
        except GeoError as error:
            raise InputRefused("The eastings and northings cannot be read.", str(error)) from error
        # Seven decimals are a centimetre: the rest is noise of the projection.
        return [(round(float(lon), 7), round(float(lat), 7)) for lon, lat in degrees]

    def _reporter(self, told: str) -> str:
        if not told:
            return ""
        same = " ".join(told.casefold().split()).encode()
        return blake2b(same, key=self._reporter_key, digest_size=12).hexdigest()

    def _content_key(self, reported_at: datetime, lon_lat: LonLat | None, name: str, text: str, address: str) -> str:
        """Make an identity from the content; rows that are equal in all of it are numbered."""
        content = repr((reported_at.isoformat(), lon_lat, name, text, address)).encode()
        digest = blake2b(content, digest_size=12).digest()
        again = self._repeats.get(digest, 0) + 1
        self._repeats[digest] = again
        return f"content-{digest.hex()}-{again}"

    def _rejected(self, row: Row, field: str, value: str, reason: str) -> RejectedRow:
        kept: dict[str, str] = {}
        reporter = self._columns.names.get("reporter")
        for place, cell in enumerate(row.cells):
            column = self._header[place] if place < len(self._header) else f"cell {place + 1}"
            # In a shifted row the reporter may stand in any cell: contacts are masked in all of them.
            shown = mask_contacts(_clean(cell[:_MAX_REJECTED_CELL]))[0]
            kept[column] = _REPORTER_HIDDEN if column == reporter and cell.strip() else shown
        column = self._columns.names.get(field, "")
        return RejectedRow(row.line, column, mask_contacts(_clean(value[:_MAX_REJECTED_CELL]))[0], reason, kept)


_ORDER_WORDS = {
    "iso": "a date with the year first",
    "dmy": "a date in the order day/month/year",
    "mdy": "a date in the order month/day/year",
    "epoch": "seconds since 1970",
    "serial": "days as a spreadsheet counts them",
}


def _clean(text: str) -> str:
    # NUL cannot be kept by every database.
    return text.replace("\0", "\ufffd")
