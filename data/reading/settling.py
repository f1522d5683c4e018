"""Decide what a mapping leaves open from the values, and ask where they do not decide."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC

import numpy as np
import numpy.typing as npt

from data.reading.column_names import NAMES
from data.reading.columns import DATE_FIELDS, FIELDS, TIME_FIELDS, Columns, quoted
from data.reading.dates import find_order, match_date, read_date
from data.reading.homes import Box, around, better_zone, home_of
from data.reading.numbers import read_grouped, read_numbers
from data.reading.places import PlaceFault, common_fault, place_rows, read_pairs
from data.reading.questions import AS_IT_IS, EPSG, SWAP, SWAPPED, ZONE, Answer, Question, order_question
from data.reading.samples import ColumnSample
from data.reading.statuses import known_status
from geo.errors import GeoError
from geo.grids import GridFit, degrees_from, fitting_grids, grid_of_pairs, inside, only_grid
from geo.projection import BRITISH_NATIONAL_GRID, metric_epsg

Samples = Mapping[str, ColumnSample]
Floats = npt.NDArray[np.float64]

_MARKS = {",": "a comma", ".": "a point"}
_WORDS = {"dmy": "day/month", "mdy": "month/day"}
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4})")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}")
_CLOCK_HALF = re.compile(r"[AaPp]\.?[Mm]\.?\s*$")
_MONTHS_AT_LEAST = 3
_YEARS_AT_LEAST = 2
_SURE_ROWS = 20
_MOST = 0.9
_FEW_PLACES = 3
_EARTH: Box = (-180.0, -85.0, 180.0, 85.0)
_NORTHERN_IRELAND = (-8.2, 54.0, -5.4, 55.4)
#: What the name of a column says about its coordinate system: a system, or what the names of systems must hold.
_NAMED_GRIDS: tuple[tuple[str, int | str], ...] = (
    (r"british ?national ?grid|osgb|\bbng\b", BRITISH_NATIONAL_GRID),
    (r"irish ?transverse|\bitm\b", 2157),
    (r"rijksdriehoek|\brd[ _]?new\b|\b[xy][ _]?rd\b|\brd[ _]?[xy]\b", 28992),
    (r"lambert ?93", 2154),
    (r"lv ?95", 2056),
    (r"lv ?03", 21781),
    (r"web ?mercator|pseudo.?mercator", 3857),
    (r"state ?plane", r"^NAD(?:83|27) / (?!UTM)"),
    (r"irish ?grid", r"Irish Grid"),
    (r"\butm\b", r"UTM zone"),
)


@dataclass(frozen=True, slots=True)
class Settled:
    """A mapping with all that the values decide, what was decided, and what is left to ask."""

    columns: Columns
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def settle(columns: Columns, samples: Samples, zone_name: str, home: Box | None = None) -> Settled:
    """Decide what a mapping leaves open: orders and precision of dates, the grid, what stands where.

    Parameters
    ----------
    samples
        By the name of their column; row by row.
    zone_name
        Time zone of the deployment.
    home
        West, south, east, north of where its reports lie; where it is None, the time zone tells a little.
    """
    columns = replace(columns, names={f: c for f, c in columns.names.items() if c in samples} if samples else {})
    dated = _settle_dates(columns, samples, zone_name)
    placed = _settle_grid(dated.columns, samples, zone_name, home)
    columns = placed.columns
    swapped = tuple(_swapped_question(columns, samples, zone_name, home))
    zoned = tuple(_zone_question(columns, samples, zone_name))
    # The zone is told where the import goes on without an answer (questions.gone_on_without).
    notes = (*dated.notes, *placed.notes, *(question.text for question in swapped))
    notes = (*notes, *_unknown_statuses(columns, samples))
    return Settled(columns, notes, (*dated.questions, *placed.questions, *swapped, *zoned))


def _unknown_statuses(columns: Columns, samples: Samples) -> Iterator[str]:
    """Name the words for a status that say nothing: the closing date decides then."""
    if "status" in columns.names:
        told = dict.fromkeys(samples[columns.names["status"]].told)
        unknown = [f"“{word[:40]}”" for word in told if known_status(word) is None]
        if unknown:
            more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
            yield (
                f"Status: {', '.join(unknown[:3])}{more} is not a known word for a status; such rows count as open,"
                " or as resolved where they have a closing date."
            )


# -- dates --


def _settle_dates(columns: Columns, samples: Samples, zone_name: str) -> Settled:
    names = columns.names.keys()
    fields = [field for field in DATE_FIELDS if field in names]
    orders, precision, notes = dict(columns.date_orders), dict(columns.date_precision), list[str]()
    for field in fields:
        if field not in orders and (order := _own_order(samples[columns.names[field]])):
            orders[field] = order
    questions: dict[str, Question] = {}
    for field in (each for each in fields if each not in orders):
        sample = samples[columns.names[field]]
        settled, by = _order_of_others(sample, samples, {columns.names[f]: o for f, o in orders.items()})
        if settled:
            orders[field] = settled
            notes.append(f"{FIELDS[field]}: read as {_WORDS[settled]} like “{by}”, which is written alike.")
        elif asked := questions.get(_style(sample)):
            questions[_style(sample)] = replace(asked, alike=(*asked.alike, field))
        else:
            example = _telling_example(sample)
            asked = order_question(field, sample.name, *_proposed(sample, zone_name), example)
            questions[_style(sample)] = asked
    # A time in a column of its own makes a moment of a day.
    precision.update({TIME_FIELDS[time]: "moment" for time in TIME_FIELDS if {time, TIME_FIELDS[time]} <= names})
    for field in (each for each in fields if each in orders and each not in precision):
        precision[field] = _precision(samples[columns.names[field]], orders[field])
        if precision[field] == "month":
            notes.append(f"{FIELDS[field]}: only the month is told.")
    return Settled(
        replace(columns, date_orders=orders, date_precision=precision), tuple(notes), tuple(questions.values())
    )


def _telling_example(sample: ColumnSample) -> str:
    """Return a value that is two different days, depending on how it is read."""
    written = [(value, found) for value in sample.told if (found := _NUMERIC.match(value))]
    telling = (value for value, found in written if found[1].zfill(2) != found[2].zfill(2) and _may_be_both(found))
    return next(telling, written[0][0])


def _may_be_both(found: re.Match[str]) -> bool:
    return int(found[1]) <= 12 and int(found[2]) <= 12


def _own_order(sample: ColumnSample) -> str:
    """Return the order that the values of one column decide, or nothing."""
    order, _ = find_order(sample.told)
    if not order and all(_DOTTED.match(value) for value in sample.told):
        return "dmy"  # nobody writes the month first with points
    return order or _order_of_months(sample)


def _order_of_months(sample: ColumnSample) -> str:
    """Return the order in which every value is the first of a month, in several months of several years."""
    parts = {found.groups() if (found := _NUMERIC.match(value)) else () for value in sample.told}
    if () in parts or len({year for _, _, year in parts}) < _YEARS_AT_LEAST:
        return ""
    firsts, seconds = {int(first) for first, _, _ in parts}, {int(second) for _, second, _ in parts}
    if seconds == {1} and len(firsts) >= _MONTHS_AT_LEAST:
        return "mdy"
    return "dmy" if firsts == {1} and len(seconds) >= _MONTHS_AT_LEAST else ""


def _order_of_others(sample: ColumnSample, samples: Samples, decided: Mapping[str, str]) -> tuple[str, str]:
    """Return (order, column) that settles a column: one that is written alike, if all such agree."""
    style = _style(sample)
    found: dict[str, str] = {}
    for name, other in samples.items():
        if name == sample.name or other.plain_dates < 0.9 or _style(other) != style:
            continue
        order = decided.get(name) or _own_order(other)
        if order in _WORDS:
            found.setdefault(order, name)
    return next(iter(found.items())) if len(found) == 1 else ("", "")


def _style(sample: ColumnSample) -> str:
    """Return how the first value is written: marks, and whether there is a time with AM and PM."""
    value = next((value for value in sample.told if _NUMERIC.match(value)), "")
    return re.sub(r"[AaPp]\.?[Mm]", "#", re.sub(r"\d+", "0", value))


def _proposed(sample: ColumnSample, zone_name: str) -> tuple[str, str]:
    if any(_CLOCK_HALF.search(value) for value in sample.told[:50]):
        return "mdy", "times with AM and PM are mostly written month first"
    order = "mdy" if zone_name.startswith(("America/", "US/")) else "dmy"
    return order, f"{_WORDS[order]} is usual in the time zone {zone_name}"


def _precision(sample: ColumnSample, order: str) -> str:
    """Return whether the values of a column tell a moment, a day or a month."""
    values = list(dict.fromkeys(sample.told))
    found = [match_date(value, order) for value in values] if order not in ("epoch", "serial") else []
    if found and all(each and each.groupdict().get("day") is None for each in found):
        return "month"
    read = [read_date(value, order, UTC) for value in values]
    moments = [moment for moment in read if moment is not None]
    if not moments or any((moment.hour, moment.minute, moment.second) != (0, 0, 0) for moment in moments):
        return "moment"
    months = {(moment.year, moment.month) for moment in moments if moment.day == 1}
    named = "month" in sample.folded
    many = len(months) >= _MONTHS_AT_LEAST or named or len(sample.told) >= _SURE_ROWS
    return "month" if many and all(moment.day == 1 for moment in moments) else "day"


# -- coordinates --


def _settle_grid(columns: Columns, samples: Samples, zone_name: str, home: Box | None) -> Settled:
    note = _agreement(columns, samples)
    if note or {"lat", "lat_lon"} & columns.names.keys() or not {"easting", "northing"} <= columns.names.keys():
        return Settled(columns, (note,) if note else ())
    columns, notes = _with_thousands(columns, samples)
    settled = _settle_system(columns, samples, zone_name, home)
    return replace(settled, notes=(*notes, *settled.notes))


def _with_thousands(columns: Columns, samples: Samples) -> tuple[Columns, tuple[str, ...]]:
    """Find the mark between thousands: three digits after it cannot be decimals, no place has so few metres."""
    east, north = (samples[columns.names[field]] for field in ("easting", "northing"))
    marks = {east.grouping, north.grouping} - {""}
    if columns.thousands or len(marks) != 1:
        return columns, ()
    mark = marks.pop()
    note = f"“{east.name}” and “{north.name}”: read with {_MARKS[mark]} between thousands."
    return replace(columns, thousands=mark), (note,)


def _settle_system(columns: Columns, samples: Samples, zone_name: str, home: Box | None) -> Settled:
    xy = _points(samples, columns)
    if columns.epsg is not None or len(xy) == 0:
        return Settled(columns)
    names = f"{columns.names['easting']} {columns.names['northing']}"
    named = _named_grid(names)
    national = home_of(None, zone_name)
    sure_home = home or national
    if isinstance(named, int):
        return Settled(replace(columns, epsg=named), (f"{names}: read as EPSG:{named}, as the names say.",))
    where = sure_home or around(zone_name) or _EARTH
    fits = _fits(xy, where, named or "", zone_name)
    found = only_grid(fits) if sure_home else None
    if not fits and home:
        # A file of elsewhere: it is asked about, with what is likely there.
        fits = _fits(xy, national or around(zone_name) or _EARTH, named or "", zone_name)
    if found:
        note = f"Easting and Northing were read as {_plain(found)}: the reports lie round {_shown(found)}."
        return Settled(replace(columns, epsg=found.grid.epsg), (note,))
    return Settled(columns, (), (_grid_question(columns, fits),))


def _fits(xy: Floats, where: Box, called: str, zone_name: str) -> list[GridFit]:
    return [fit for fit in fitting_grids(xy, where, called=called) if _in_country(fit, zone_name, where)]


def _agreement(columns: Columns, samples: Samples) -> str:
    """Say which system projected columns are in where the file gives degrees too, which are used."""
    if not {"lat", "lon"} <= columns.names.keys():
        return ""
    east = next((s for s in samples.values() if s.folded in NAMES["easting"] and s.beyond(400) >= 0.5), None)
    north = next((s for s in samples.values() if s.folded in NAMES["northing"] and s.beyond(400) >= 0.5), None)
    if east is None or north is None:
        return ""
    numbers = [read_numbers(samples[name].cells) for name in (columns.names["lon"], columns.names["lat"])]
    lon_lat, xy = np.column_stack(numbers), np.column_stack([read_grouped(s.cells, s.grouping) for s in (east, north)])
    both = np.isfinite(lon_lat).all(axis=1) & np.isfinite(xy).all(axis=1)
    both &= (np.abs(lon_lat[:, 0]) <= 180) & (np.abs(lon_lat[:, 1]) < 90)
    fit = grid_of_pairs(xy[both], lon_lat[both]) if both.any() else None
    if fit is None:
        return ""
    return f"“{east.name}” and “{north.name}” agree with latitude and longitude ({_plain(fit)}): the degrees are used."


def _points(samples: Samples, columns: Columns) -> Floats:
    cells = [samples[columns.names[field]].cells for field in ("easting", "northing")]
    xy = np.column_stack([read_grouped(each, columns.thousands) for each in cells])
    known: Floats = xy[np.isfinite(xy).all(axis=1) & (xy != 0).all(axis=1)]
    return known


def _named_grid(names: str) -> int | str | None:
    told = re.sub(r"[_()]+", " ", names.casefold())
    return next((grid for pattern, grid in _NAMED_GRIDS if re.search(pattern, told)), None)


def _in_country(fit: GridFit, zone_name: str, where: Box) -> bool:
    """Tell whether points lie in the country of the time zone: the box round Great Britain holds Ireland too."""
    if zone_name != "Europe/London" or where != home_of(None, zone_name):
        return True
    point = np.array([fit.example])
    return metric_epsg(point) == BRITISH_NATIONAL_GRID or bool(inside(point, _NORTHERN_IRELAND).all())


def _grid_question(columns: Columns, fits: list[GridFit]) -> Question:
    answers = tuple(
        Answer(str(fit.grid.epsg), f"EPSG:{fit.grid.epsg} {_plain(fit)}", f"the reports then lie round {_shown(fit)}")
        for fit in fits[:6]
    )
    east, north = columns.names["easting"], columns.names["northing"]
    return Question(
        EPSG,
        f"“{east}” and “{north}” are projected coordinates: in which coordinate system? Give its EPSG number.",
        answers,
        answers[0].value if answers else None,
        f"epsg = {answers[0].value if answers else 2263}",
    )


def _plain(fit: GridFit) -> str:
    datum, _, name = fit.grid.name.partition(" / ")
    name = f"{name} of 1927" if datum == "NAD27" else name
    return name.replace("(ftUS)", "in US survey feet").replace("(ft)", "in feet")


def _shown(fit: GridFit) -> str:
    return f"{fit.example[1]:.4f}, {fit.example[0]:.4f}"


def _degrees(columns: Columns, samples: Samples) -> tuple[Floats, Floats]:
    """Return (latitudes, longitudes) of the sampled rows as they are written."""
    if {"lat", "lon"} <= columns.names.keys():
        return (read_numbers(samples[columns.names["lat"]].cells), read_numbers(samples[columns.names["lon"]].cells))
    if "lat_lon" in columns.names:
        pairs, _ = read_pairs(samples[columns.names["lat_lon"]].cells, lon_first=columns.lon_first)
        return pairs[:, 0], pairs[:, 1]
    if columns.epsg and {"easting", "northing"} <= columns.names.keys():
        try:
            degrees = degrees_from(_points(samples, columns), columns.epsg)
        except GeoError:
            return np.zeros(0), np.zeros(0)
        return degrees[:, 1], degrees[:, 0]
    return np.zeros(0), np.zeros(0)


def _swapped_question(columns: Columns, samples: Samples, zone_name: str, home: Box | None) -> Iterator[Question]:
    if SWAPPED in columns.confirmed or not {"lat", "lat_lon"} & columns.names.keys():
        return
    lat, lon = _degrees(columns, samples)
    fault = common_fault(place_rows(lat, lon, home or home_of(None, zone_name))[1])
    known = np.isfinite(lat) & np.isfinite(lon)
    beyond_pole = (np.abs(lat) > 90) & (np.abs(lat) <= 180) & (np.abs(lon) <= 90)
    if known.sum() < 2 or (fault is not PlaceFault.SWAPPED and beyond_pole[known].mean() < _MOST):
        return
    names = [columns.names[field] for field in ("lat", "lon", "lat_lon") if field in columns.names][:2]
    if "lat" not in columns.names:
        check, toml = f"Check the column “{names[0]}”.", "lon_first = true"
    else:
        check = f"Check the columns “{names[0]}” and “{names[1]}”."
        toml = f"columns.lat = {quoted(names[1])}\ncolumns.lon = {quoted(names[0])}"
    first = int(np.flatnonzero(known)[0])
    yield Question(
        SWAPPED,
        f"Latitude and longitude look swapped: read as they are, the reports lie far from here. {check}",
        (
            Answer(SWAP, "swap them", f"latitude {lon[first]:.4f}, longitude {lat[first]:.4f}"),
            Answer(AS_IT_IS, "they are right", f"latitude {lat[first]:.4f}, longitude {lon[first]:.4f}"),
        ),
        SWAP,
        toml,
    )


def _zone_question(columns: Columns, samples: Samples, zone_name: str) -> Iterator[Question]:
    if columns.zone or ZONE in columns.confirmed or not _tells_local_time(columns, samples):
        return
    lat, lon = _degrees(columns, samples)
    lon_lat, why = place_rows(lat, lon)
    if (why == PlaceFault.NONE).sum() < _FEW_PLACES:
        return
    middle = np.nanmedian(lon_lat, axis=0)
    better = better_zone(float(middle[0]), float(middle[1]), zone_name)
    if better:
        yield Question(
            ZONE,
            f"The reports lie round {middle[1]:.2f}, {middle[0]:.2f}, where clocks are far from those of {zone_name}:"
            " in which time zone are the dates?",
            (Answer(better, better, "that of the nearest city"), Answer(AS_IT_IS, zone_name, "as set up here")),
            better,
            f'zone = "{better}"',
            needed=False,
        )


def _tells_local_time(columns: Columns, samples: Samples) -> bool:
    """Tell whether some date tells a time of day and not by which clock; also one whose order is not known yet."""
    for field in (each for each in DATE_FIELDS if each in columns.names and each not in columns.date_orders):
        if any(":" in value for value in samples[columns.names[field]].told[:1]):
            return True
    for field, order in columns.date_orders.items():
        if order == "epoch" or field not in columns.names or columns.date_precision.get(field) != "moment":
            continue
        found = match_date(samples[columns.names[field]].told[0], order) if samples[columns.names[field]].told else None
        if order == "serial" or (found and not found.groupdict().get("offset")):
            return True
    return False
