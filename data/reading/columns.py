"""Which column of a file holds what: the mapping, its file form, and the names seen in the wild."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from problems.errors import InputRefused

#: Every field that a column can fill, with what a person calls it.
FIELDS: Mapping[str, str] = {
    "id": "Reference number",
    "category": "Category",
    "text": "What was reported",
    "reported": "Date reported",
    "occurred": "Date it happened",
    "closed": "Date closed",
    "status": "Status",
    "lat": "Latitude",
    "lon": "Longitude",
    "lat_lon": "Latitude and longitude in one",
    "easting": "Easting",
    "northing": "Northing",
    "address": "Address",
    "area": "Area",
    "channel": "How it was reported",
    "reporter": "Who reported it",
}
DATE_FIELDS = ("reported", "occurred", "closed")
#: iso 2026-01-31, dmy 31/01/2026, mdy 01/31/2026, epoch seconds (or milliseconds) since 1970, serial days
#: as a spreadsheet counts them, with the time as a fraction: 46053.5.
DATE_ORDERS = ("iso", "dmy", "mdy", "epoch", "serial")

#: Names seen in feeds, folded, best first. A name alone never decides: the values must fit too.
_NAMES: Mapping[str, str] = {
    "id": (
        "caseenquiryid caseid uniquekey servicerequestnumber srnumber servicerequestid requestid ticketid "
        "reportid sourceid crimeid id iddeclaration reference referencenumber reportref ref persistentid "
        "refnumber refno casereference caseref casenumber caseno reportnumber reportno number"
    ),
    "category": (
        "categoryname type complainttype requesttype servicename typeofservicerequest srtype srtypedesc issuetype "
        "problemcode category crimetype subcategory reason requestdetails descriptor group subject "
        "typedeclaration servicecode code"
    ),
    "text": (
        "text detail details description issuedescription title casetitle whatwasreported context statusnotes "
        "resolutiondescription closurereason"
    ),
    "reported": (
        "reportedat reported opendt opened createddate creationdate datetimeinit ticketcreateddatetime "
        "requesteddatetime created confirmed datereported reporteddate datetimeopened dateopened opendate date "
        "epoch month"
    ),
    "occurred": "occurredat occurred incidentdate dateofincident eventdate happened",
    "closed": (
        "closedat closeddt closed closeddate completiondate datetimeclosed dateinvtdone ticketcloseddatetime "
        "fixed dateclosed datetimeresolved resolvedat outcomedate datecancelled"
    ),
    "status": (
        "casestatus status ticketstatus problemstate reportstatus state outcomestatus lastoutcomecategory "
        "outcomecategory"
    ),
    "lat": "latitude lat loclat y",
    "lon": "longitude long lon lng loclong x",
    "lat_lon": "geocodedlocation location point geopoint2d latlon latlong latitudelongitude coordinates",
    "easting": "easting eastings xcoordinatestateplane xcoordinate geox locx srx x",
    "northing": "northing northings ycoordinatestateplane ycoordinate geoy locy sry y",
    "address": (
        "address incidentaddress streetaddress probaddress location locationstreetname streetname place locationname"
    ),
    "area": (
        "neighborhood neighbourhood wardname ward borough area district communityboard communityarea "
        "supervisordistrict policedistrict lsoacode incidentzip"
    ),
    "channel": "source opendatachanneltype channel callertype devicetype siteused reportedas",
    "reporter": "reporter username reportername reporterid customerid callerid email reporteremail",
}
NAMES: Mapping[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _NAMES.items()}


def folded_name(name: str) -> str:
    """Return a column name without case, space, dot, underscore and other marks."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@dataclass(frozen=True)
class Columns:
    """How to read one source's tables.

    Attributes
    ----------
    names : field (a key of :data:`FIELDS`) to column name
    date_orders : date field to one of :data:`DATE_ORDERS`; a date that is ISO is read in any order
    zone : time zone of dates without one; None for the zone of the deployment
    epsg : coordinate system of easting and northing
    no_place : the table tells no place, and that is known
    """

    names: Mapping[str, str] = field(default_factory=dict)
    date_orders: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = None
    epsg: int | None = None
    no_place: bool = False

    @property
    def has_place(self) -> bool:
        """Tell whether some column, or pair of columns, gives coordinates."""
        return bool({"lat", "lon"} <= self.names.keys() or "lat_lon" in self.names or "easting" in self.names)

    def told(self) -> dict[str, str]:
        """Return everything as plain words, as an import remembers it."""
        told = dict(self.names)
        told.update({f"{name} date order": order for name, order in self.date_orders.items()})
        if self.zone:
            told["time zone"] = self.zone
        if self.epsg:
            told["coordinate system"] = f"EPSG:{self.epsg}"
        return told

    def to_toml(self) -> str:
        """Return the file that :func:`read_columns` reads back to this."""
        lines = [f"no_place = {str(self.no_place).lower()}"] if self.no_place else []
        lines += [f"zone = {_quoted(self.zone)}"] if self.zone else []
        lines += [f"epsg = {self.epsg}"] if self.epsg else []
        lines += ["", "[columns]", *(f"{name} = {_quoted(column)}" for name, column in self.names.items())]
        if self.date_orders:
            lines += ["", "[date_order]", *(f'{name} = "{order}"' for name, order in self.date_orders.items())]
        return "\n".join(lines).lstrip() + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def read_columns(path: Path) -> Columns:
    """Read a mapping from a TOML file.

    The file has a table ``[columns]`` (field = "column name") and may have ``date_order`` (one of
    :data:`DATE_ORDERS`, or a table per date field), ``zone``, ``epsg`` and ``no_place``.

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


def _columns(asked: str, told: Mapping[str, object]) -> Columns:
    settings = ("columns", "date_order", "zone", "epsg", "no_place")
    unknown = sorted(told.keys() - set(settings))
    if unknown:
        raise InputRefused(asked, f"“{unknown[0]}” is not a setting.", f"Settings are: {', '.join(settings)}.")
    names = _texts(asked, "columns", told.get("columns", {}), FIELDS)
    order = told.get("date_order", {})
    if isinstance(order, str):
        order = dict.fromkeys([name for name in DATE_FIELDS if name in names], order)
    orders = _texts(asked, "date_order", order, DATE_FIELDS)
    for wrong in (value for value in orders.values() if value not in DATE_ORDERS):
        raise InputRefused(asked, f"“{wrong}” is not a date order.", f"Orders are: {', '.join(DATE_ORDERS)}.")
    zone, epsg, no_place = told.get("zone"), told.get("epsg"), told.get("no_place", False)
    if zone is not None and not _is_zone(zone):
        raise InputRefused(asked, f"“{zone}” is not a time zone.", "Write one such as Europe/London.")
    if epsg is not None and (not isinstance(epsg, int) or isinstance(epsg, bool)):
        raise InputRefused(asked, f"“{epsg}” is not an EPSG number.", "Write a number such as 27700.")
    if not isinstance(no_place, bool):
        raise InputRefused(asked, f"no_place is “{no_place}”.", "Write true or false.")
    if not names:
        raise InputRefused(asked, "It names no column.", f"Fields are: {', '.join(FIELDS)}.")
    return Columns(names, orders, str(zone) if zone else None, epsg, no_place)


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


def check_columns(columns: Columns, header: Sequence[str]) -> None:
    """Refuse a mapping that this table cannot fill.

    Raises
    ------
    InputRefused
        When a column is not in the table (its columns are listed), no date reported or no place is
        mapped, or only half of a pair of coordinates.
    """
    asked = "The file cannot be read with these columns."
    listed = f"The file has: {', '.join(header[:60])}{' …' if len(header) > 60 else ''}."
    for name, column in columns.names.items():
        if column not in header:
            raise InputRefused(asked, f"There is no column “{column}” for “{FIELDS[name].lower()}”.", listed)
    for one, other in (("lat", "lon"), ("lon", "lat"), ("easting", "northing"), ("northing", "easting")):
        if one in columns.names and other not in columns.names:
            raise InputRefused(
                asked,
                f"There is a column for the {FIELDS[one].lower()} but none for the {FIELDS[other].lower()}.",
                listed,
            )
    if "reported" not in columns.names:
        raise InputRefused(asked, "No column with the date of the report was found.", f"Say which one it is. {listed}")
    if not columns.has_place and not columns.no_place:
        raise InputRefused(
            asked,
            "No columns with coordinates were found.",
            f"Say which ones they are, or that this file has no places. {listed}",
        )
    if "easting" in columns.names and not _has_degrees(columns) and columns.epsg is None:
        raise InputRefused(
            asked,
            "It has projected coordinates, but not in the British National Grid, and the system is not known.",
            "Give the EPSG number of the system, such as 32618 for metres in UTM zone 18 north.",
        )


def _has_degrees(columns: Columns) -> bool:
    return "lat_lon" in columns.names or "lat" in columns.names
