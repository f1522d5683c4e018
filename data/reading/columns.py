"""Which column of a file holds what: the mapping, its file form, and the names seen in the wild."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from geo.errors import GeoError
from geo.grids import grid_name
from problems.errors import InputRefused

#: Every field that a column can fill, with what a person calls it.
FIELDS: Mapping[str, str] = {
    "id": "Reference number",
    "category": "Category",
    "text": "What was reported",
    "reported": "Date reported",
    "occurred": "Date it happened",
    "closed": "Date closed",
    "due": "Date due",
    "updated": "Date last updated",
    "status": "Status",
    "lat": "Latitude",
    "lon": "Longitude",
    "lat_lon": "Latitude and longitude in one",
    "easting": "Easting",
    "northing": "Northing",
    "address": "Address",
    "area": "Area",
    "channel": "How it was reported",
    "asset": "Asset or unit number",
    "reporter": "Who reported it",
    "reported_time": "Time reported",
    "occurred_time": "Time it happened",
    "closed_time": "Time closed",
}
#: Times of day in a column of their own, with the date field that each belongs to.
TIME_FIELDS: Mapping[str, str] = {"reported_time": "reported", "occurred_time": "occurred", "closed_time": "closed"}
DATE_FIELDS = ("reported", "occurred", "closed", "due", "updated")
#: iso 2026-01-31, dmy 31/01/2026, mdy 01/31/2026, epoch seconds (or milliseconds) since 1970, serial days
#: as a spreadsheet counts them, with the time as a fraction: 46053.5.
DATE_ORDERS = ("iso", "dmy", "mdy", "epoch", "serial")
#: How exact the dates of a column are.
DATE_PRECISIONS = ("moment", "day", "month")
#: What can be confirmed to be as it stands: coordinates that look swapped, the time zone of this installation,
#: that no row tells its category, that reports read from other columns than last time are other reports, and that
#: reports with known numbers are the same although their dates and places changed.
CONFIRMABLE = ("swapped", "zone", "fixed_category", "other_columns", "same_numbers")
#: What one answer can tell for every row of a file that has no column for it.
FIXABLE = ("reported", "category")
_PLACE_FIELDS = frozenset({"lat", "lon", "lat_lon", "easting", "northing"})
_FIXED_YEARS = range(1950, 2101)
_MAX_FIXED = 300


@dataclass(frozen=True)
class Columns:
    """How to read one source's tables.

    Attributes
    ----------
    names : field (a key of :data:`FIELDS`) to column name
    date_orders : date field to one of :data:`DATE_ORDERS`; a date that is ISO is read in any order
    zone : time zone of dates without one; None for the zone of the deployment
    epsg : projected coordinate system of easting and northing, in metres or feet
    no_place : the table tells no place, and that is known
    date_precision : date field to one of :data:`DATE_PRECISIONS`, where it was found out
    lon_first : the longitude comes first in cells that hold a plain pair of numbers
    confirmed : what was asked and is right as it stands, of :data:`CONFIRMABLE`
    fixed : field (of :data:`FIXABLE`) to what holds for every row: a day or a month, a category's code or name
    thousands : the mark between the thousands of easting and northing, a comma or a point; "" for none
    partial : these are answers, and corrections of what is recognised in the file; alone they do not suffice
    """

    names: Mapping[str, str] = field(default_factory=dict)
    date_orders: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = None
    epsg: int | None = None
    no_place: bool = False
    date_precision: Mapping[str, str] = field(default_factory=dict)
    lon_first: bool = False
    confirmed: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    thousands: str = ""
    partial: bool = field(default=False, compare=False)

    def precision(self, name: str) -> str:
        """Return how exact the dates of a date field are, of :data:`DATE_PRECISIONS`."""
        if name in self.fixed:
            return "day" if self.fixed[name].count("-") == 2 else "month"
        return self.date_precision.get(name, "moment")

    @property
    def month_only(self) -> tuple[str, ...]:
        """The date fields of which only the month is known."""
        return tuple(name for name in DATE_FIELDS if self.precision(name) == "month")

    def _told_by(self, name: str) -> bool:
        return name in self.names or name in self.fixed

    def with_fixed(self, name: str, value: str) -> "Columns":
        """Return this with what holds for every row: ``value`` for the field ``name`` of :data:`FIXABLE`.

        Raises
        ------
        InputRefused
            For a date that is no day and no month of the calendar, and for an empty category.
        """
        return replace(self, fixed={**self.fixed, name: fixed_value(name, value)})

    @property
    def has_place(self) -> bool:
        """Tell whether some column, or pair of columns, gives coordinates."""
        return bool({"lat", "lon"} <= self.names.keys() or "lat_lon" in self.names or "easting" in self.names)

    def over(self, found: "Columns") -> "Columns":
        """Return these over those that were found in the file: what is said here holds, the rest as it was found.

        What was found out about a column does not hold for another one that takes its place.
        """
        names = self._names_over(found)
        same = {f for f, column in names.items() if found.names.get(f) == column}
        orders = {f: order for f, order in found.date_orders.items() if f in same}
        precise = {f: each for f, each in found.date_precision.items() if f in same and f not in self.date_orders}
        if self.no_place or _places(names) != _places(found.names):
            confirmed = tuple(each for each in found.confirmed if each != "swapped")
            found = replace(found, epsg=None, no_place=False, lon_first=False, thousands="", confirmed=confirmed)
        return Columns(
            names,
            {f: order for f, order in {**orders, **self.date_orders}.items() if f in names},
            self.zone or found.zone,
            self.epsg or found.epsg,
            self.no_place or found.no_place,
            {f: each for f, each in {**precise, **self.date_precision}.items() if f in names},
            self.lon_first or found.lon_first,
            tuple(dict.fromkeys((*found.confirmed, *self.confirmed))),
            {**{f: value for f, value in found.fixed.items() if f not in names}, **self.fixed},
            self.thousands or found.thousands,
        )

    def _names_over(self, found: "Columns") -> dict[str, str]:
        gone = set(self.fixed)
        if self.no_place or _places(self.names):
            gone |= _PLACE_FIELDS
        kept = {f: column for f, column in found.names.items() if f not in gone and column not in self.names.values()}
        names = {f: column for f in FIELDS if (column := self.names.get(f, kept.get(f)))}
        # A time in a column of its own belongs to the column of days beside it.
        other_days = {time for time, day in TIME_FIELDS.items() if names.get(day) != found.names.get(day)}
        return {f: column for f, column in names.items() if f in self.names or f not in other_days}

    def with_more(self, names: Mapping[str, str]) -> "Columns":
        """Return these with columns for fields that had none."""
        added = {f: c for f, c in names.items() if f not in self.names and c not in self.names.values()}
        fixed = {f: value for f, value in self.fixed.items() if f not in added}
        names = {**self.names, **added}
        return replace(self, names=names, fixed=fixed, no_place=self.no_place and not _places(added))

    def told(self) -> dict[str, str]:
        """Return everything as plain words, as an import remembers it."""
        told = dict(self.names)
        told.update({f"{name} date order": order for name, order in self.date_orders.items()})
        if self.zone:
            told["time zone"] = self.zone
        if self.epsg:
            told["coordinate system"] = f"EPSG:{self.epsg}"
        if self.month_only:
            told["months only"] = ", ".join(self.month_only)
        days = [name for name in DATE_FIELDS if self._told_by(name) and self.precision(name) == "day"]
        if days:
            told["days only"] = ", ".join(days)
        if self.lon_first:
            told["pairs"] = "longitude first"
        if self.thousands:
            told["thousands"] = self.thousands
        told.update({f"{name} of every row": value for name, value in self.fixed.items()})
        return told

    def to_toml(self) -> str:
        """Return the file that :func:`read_columns` reads back to this."""
        lines = [f"no_place = {str(self.no_place).lower()}"] if self.no_place else []
        lines += [f"zone = {quoted(self.zone)}"] if self.zone else []
        lines += [f"epsg = {self.epsg}"] if self.epsg else []
        lines += [f"thousands = {quoted(self.thousands)}"] if self.thousands else []
        lines += ["lon_first = true"] if self.lon_first else []
        lines += [f"confirmed = [{', '.join(map(quoted, self.confirmed))}]"] if self.confirmed else []
        lines += ["", "[columns]", *(f"{name} = {quoted(column)}" for name, column in self.names.items())]
        tables = {"date_order": self.date_orders, "date_precision": self.date_precision, "fixed": self.fixed}
        for table, told in tables.items():
            if told:
                lines += ["", f"[{table}]", *(f"{name} = {quoted(value)}" for name, value in told.items())]
        return "\n".join(lines).lstrip() + "\n"


def quoted(text: str) -> str:
    """Return a text as TOML writes it, in quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in escaped) + '"'


def fixed_value(name: str, value: str) -> str:
    """Return what a person gave for every row, as it is kept: 2022-03-05 or 2022-03, or the words for a category.

    Raises
    ------
    InputRefused
        As :meth:`Columns.with_fixed`.
    """
    told = " ".join(value.split())
    if name == "category":
        if told and len(told) <= _MAX_FIXED and told.isprintable():
            return told
        raise InputRefused("A category was given for every row.", "It is empty or too long.", "Name one category.")
    asked = f"“{told[:40]}” was given as the date of every row."
    found = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", told, re.ASCII)
    if found is None:
        raise InputRefused(asked, "It is not a day or a month.", "Write a day as 2022-03-05 or a month as 2022-03.")
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        told = date(year, month, day).isoformat()
    except ValueError as error:
        raise InputRefused(asked, "The calendar does not have it.", "Write a day such as 2022-03-05.") from error
    if year not in _FIXED_YEARS:
        raise InputRefused(asked, "No report is of that year.", f"Years are {_FIXED_YEARS[0]} to {_FIXED_YEARS[-1]}.")
    return told if found[3] else told[:7]


def read_columns(path: Path) -> Columns:
    """Read a mapping from a TOML file.

    The file has a table ``[columns]`` (field = "column name") and may have ``date_order`` (one of
    :data:`DATE_ORDERS`, or a table per date field), ``zone``, ``epsg`` and ``no_place``. One that does not
    tell the date and the place is partial: it answers questions, and corrects what is recognised in a file.

    Raises
    ------
    InputRefused
        When the file is missing, not TOML, or names a field, order, zone or setting that does not
        exist; the sentence lists those that do.
    """
    asked = f"The columns file {path.name} cannot be used."
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputRefused(asked, f"{error.strerror}.", "Check the name and the folder.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputRefused(asked, f"It is not TOML: {error}.", 'Write lines such as: reported = "OPEN_DT".') from error
    return _columns(asked, told)


def columns_from(toml: str, asked: str = "The columns of this source cannot be used.") -> Columns:
    """Read back what :meth:`Columns.to_toml` wrote, as it is kept with a source.

    Raises
    ------
    InputRefused
        As :func:`read_columns`.
    """
    try:
        return _columns(asked, tomllib.loads(toml))
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(asked, f"It is not TOML: {error}.", 'Write lines such as: reported = "OPEN_DT".') from error


_SETTINGS = (
    *("columns", "date_order", "zone", "epsg", "no_place", "date_precision", "lon_first"),
    *("confirmed", "fixed", "thousands"),
)


def _columns(asked: str, told: Mapping[str, object]) -> Columns:
    unknown = sorted(told.keys() - set(_SETTINGS))
    if unknown:
        raise InputRefused(asked, f"“{unknown[0]}” is not a setting.", f"Settings are: {', '.join(_SETTINGS)}.")
    names = _texts(asked, "columns", told.get("columns", {}), FIELDS)
    if not told:
        raise InputRefused(asked, "It says nothing.", f"Name columns for some of these fields: {', '.join(FIELDS)}.")
    fixed = _fixed(asked, told)
    dated = "reported" in names or "reported" in fixed
    partial = not dated or not (told.get("no_place") or _PLACE_FIELDS & names.keys())
    dates = [name for name in DATE_FIELDS if partial or name in names]
    orders = _of_dates(asked, told, dates, "date_order", "order", DATE_ORDERS)
    precisions = _of_dates(asked, told, dates, "date_precision", "precision", DATE_PRECISIONS)
    zone, epsg = told.get("zone"), told.get("epsg")
    if zone is not None and not _is_zone(zone):
        raise InputRefused(asked, f"“{zone}” is not a time zone.", "Write one such as Europe/London.")
    if epsg is not None and (not isinstance(epsg, int) or isinstance(epsg, bool)):
        raise InputRefused(asked, f"“{epsg}” is not an EPSG number.", "Write a number such as 27700.")
    confirmed = told.get("confirmed", [])
    if not isinstance(confirmed, list) or not all(each in CONFIRMABLE for each in confirmed):
        raise InputRefused(asked, f"confirmed is “{confirmed}”.", f"It lists some of: {', '.join(CONFIRMABLE)}.")
    return Columns(
        names,
        orders,
        str(zone) if zone else None,
        epsg,
        _flag(asked, told, "no_place"),
        precisions,
        _flag(asked, told, "lon_first"),
        tuple(confirmed),
        fixed,
        _thousands(asked, told.get("thousands", "")),
        partial,
    )


def _thousands(asked: str, mark: object) -> str:
    if mark not in ("", ",", "."):
        raise InputRefused(asked, f"thousands is “{mark}”.", "It is a comma or a point.")
    return str(mark)


def _fixed(asked: str, told: Mapping[str, object]) -> dict[str, str]:
    given = told.get("fixed", {})
    if isinstance(given, dict):
        # A day without quotation marks is a date of TOML.
        given = {name: str(value) if isinstance(value, date) else value for name, value in given.items()}
    return {name: fixed_value(name, value) for name, value in _texts(asked, "fixed", given, FIXABLE).items()}


def _of_dates(
    asked: str, told: Mapping[str, object], dates: Sequence[str], setting: str, word: str, possible: Sequence[str]
) -> dict[str, str]:
    given = told.get(setting, {})
    if isinstance(given, str):
        given = dict.fromkeys(dates, given)
    values = _texts(asked, setting, given, DATE_FIELDS)
    for wrong in (value for value in values.values() if value not in possible):
        raise InputRefused(asked, f"“{wrong}” is not a date {word}.", f"Possible are: {', '.join(possible)}.")
    return values


def _flag(asked: str, told: Mapping[str, object], setting: str) -> bool:
    value = told.get(setting, False)
    if not isinstance(value, bool):
        raise InputRefused(asked, f"{setting} is “{value}”.", "Write true or false.")
    return value


def _texts(asked: str, setting: str, told: object, allowed: Mapping[str, str] | Sequence[str]) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise InputRefused(asked, f"[{setting}] must hold lines of text.", 'Write lines such as: reported = "OPEN_DT".')
    for name in told:
        if name not in allowed:
            raise InputRefused(asked, f"“{name}” is not a field of [{setting}].", f"Fields are: {', '.join(allowed)}.")
    return dict(told)


def _is_zone(zone: object) -> bool:
    try:
        ZoneInfo(str(zone))
    except (ValueError, OSError, KeyError):  # an unknown zone is a KeyError, a hostile one any of the three
        return False
    return True


def _places(names: Mapping[str, str]) -> dict[str, str]:
    return {f: column for f, column in names.items() if f in _PLACE_FIELDS}


def has_columns(header: Sequence[str]) -> str:
    """Say which columns a file has."""
    return f"The file has: {', '.join(header[:60])}{' …' if len(header) > 60 else ''}."


_PAIRS = (("lat", "lon"), ("lon", "lat"), ("easting", "northing"), ("northing", "easting"))


def check_columns(columns: Columns, header: Sequence[str]) -> None:
    """Refuse a mapping that this table cannot fill.

    Raises
    ------
    InputRefused
        When a column is not in the table (its columns are listed), no date reported or no place is
        mapped, only half of a pair of coordinates, or a coordinate system that does not exist.
    """
    asked = "The file cannot be read with these columns."
    listed = has_columns(header)
    for name, column in columns.names.items():
        if column not in header:
            raise InputRefused(asked, f"There is no column “{column}” for “{FIELDS[name].lower()}”.", listed)
    for one, other in (*_PAIRS, *TIME_FIELDS.items()):
        if one in columns.names and other not in columns.names:
            raise InputRefused(
                asked,
                f"There is a column for the {FIELDS[one].lower()} but none for the {FIELDS[other].lower()}.",
                listed,
            )
    for name in (name for name in columns.fixed if name in columns.names):
        raise InputRefused(
            asked,
            f"The {FIELDS[name].lower()} is told by the column “{columns.names[name]}” and given for every row too.",
            "Leave one of the two out.",
        )
    if "reported" not in columns.names and "reported" not in columns.fixed:
        raise InputRefused(
            asked,
            "No column with the date of the report was found.",
            'Say which one it is, or of which day or month all rows are: “fixed.reported = "2022-03"”. ' + listed,
        )
    if not columns.has_place and not columns.no_place:
        raise InputRefused(
            asked,
            "No columns with coordinates were found.",
            f"Say which ones they are, or that this file has no places. {listed}",
        )
    if "easting" in columns.names and columns.epsg is not None:
        try:
            grid_name(columns.epsg)
        except GeoError as error:
            raise InputRefused(
                "The eastings and northings cannot be read with these columns.",
                f"EPSG:{columns.epsg} is no coordinate system of metres or feet.",
                "Give the EPSG number of one, such as 27700 for the British National Grid.",
            ) from error
