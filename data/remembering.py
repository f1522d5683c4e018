"""What is kept of a source between its files: how exact it is, and how its columns are read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

import numpy as np

from data.reading.columns import Columns, columns_from
from data.reading.dates import find_order
from data.reading.questions import OTHER_COLUMNS, SAME_NUMBERS
from data.reading.samples import ColumnSample
from geo.grids import Box, inside
from problems.precision import judge
from problems.report_columns import Floats
from problems.sources import Source, TimePrecision

#: Places far from home are faults only in files that mostly tell of home; this far is far.
_FAR_DEG = 3.0
_HEADER, _EMPTY = "# header ", "# empty "


def measured(name: str, columns: Columns, header: Sequence[str], lon_lat: Floats, empty: Sequence[str] = ()) -> Source:
    """Return a source as a sample of its file shows it.

    Parameters
    ----------
    lon_lat
        Places of the sampled rows in degrees, shape (n, 2), NaN for none. Without any, nothing is
        said about how exact they are: ``why`` is empty.
    empty
        Columns without any value in the sampled rows: what they hold is not known yet.
    """
    time_precision = TimePrecision(columns.precision("reported"))
    # That the reports of one file are others than those before says nothing about the next file.
    confirmed = tuple(each for each in columns.confirmed if each not in (OTHER_COLUMNS, SAME_NUMBERS))
    unheard = json.dumps([column for column in empty if column not in columns.names.values()])
    told = f"{_HEADER}{_digest(header)}\n{_EMPTY}{unheard}\n{replace(columns, confirmed=confirmed).to_toml()}"
    if not np.isfinite(lon_lat).all(axis=1).any():
        return Source(0, name, time_precision=time_precision, columns=told)
    verdict = judge(lon_lat, time_precision is TimePrecision.MONTH)
    return Source(0, name, verdict.precision, time_precision, verdict.lattice_m, told, why=verdict.why)


def remembered_columns(
    source: Source | None, header: Sequence[str], samples: Mapping[str, ColumnSample]
) -> Columns | None:
    """Return how the last file of a source was read, if it had the same columns in the same order.

    An order of dates that does not fit the values of this file is left out: what the values say wins, and
    what they leave open is asked again where the kept order cannot be either of the two. A date that was
    given for every row was that of the last file only.
    """
    if source is None or not source.columns.startswith(f"{_HEADER}{_digest(header)}\n"):
        return None
    columns = columns_from(source.columns)
    orders = {
        field: order
        for field, order in columns.date_orders.items()
        if _fits(order, samples[columns.names[field]].values)
    }
    precision = {field: told for field, told in columns.date_precision.items() if field in orders}
    return replace(columns, date_orders=orders, date_precision=precision, fixed=lasting(columns))


def newly_filled(source: Source | None, samples: Mapping[str, ColumnSample]) -> set[str]:
    """Return the columns that the last file of a source left empty, and this one does not."""
    lines = source.columns.splitlines() if source is not None else []
    told = next((line.removeprefix(_EMPTY) for line in lines if line.startswith(_EMPTY)), "[]")
    return {column for column in json.loads(told) if column in samples and any(samples[column].values)}


def lasting(columns: Columns) -> dict[str, str]:
    """Return what a person gave for every row of a file that holds for the next one too: all but its date."""
    return {field: value for field, value in columns.fixed.items() if field != "reported"}


def _fits(order: str, values: Sequence[str]) -> bool:
    found = find_order(values)[0]
    return found == order or (not found and (order in ("dmy", "mdy") or not any(values)))


def home_that_holds(home: Box | None, lon_lat: Floats) -> Box | None:
    """Return ``home`` (west, south, east, north) if most of the sampled places (n, 2) lie there, else None."""
    placed = np.isfinite(lon_lat).all(axis=1)
    if home is None or 2 * np.count_nonzero(inside(lon_lat, home, _FAR_DEG)) <= np.count_nonzero(placed):
        return None
    return home


def _digest(header: Sequence[str]) -> str:
    return blake2b("\0".join(header).encode("utf-8", "replace"), digest_size=16).hexdigest()
