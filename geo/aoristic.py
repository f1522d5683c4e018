"""At what hours of the week something happens, also where only an interval is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

from geo.arrays import Floats, Ints, Mask, as_codes
from geo.errors import GeoError

HOUR_S = 3_600
DAY_S = 86_400
WEEK_S = 7 * DAY_S
CELLS = 7 * 24

# A power of two: shares are exact in floating point, and so are their sums up to 8 million events.
UNITS = 2**30
# How many pieces of intervals are looked at together.
_BLOCK_PIECES = 2_000_000
_MONDAY = 3  # 1970-01-01 was a Thursday: the third day after a Monday


@dataclass(frozen=True, slots=True)
class WeekHours:
    """How many events fall into each hour of the week, and how many could not be placed.

    ``units`` (7, 24) holds whole numbers, :data:`UNITS` for each event that counts, Monday and
    midnight first. ``exact`` events have a known moment, ``spread`` ones an interval. ``too_long``
    ones have an interval of more than a week; they count (evenly) or not, as was asked. ``no_hour``
    ones have no time of day and never count. The four add up to all events.
    """

    units: Ints
    exact: int
    spread: int
    too_long: int
    no_hour: int

    @property
    def table(self) -> Floats:
        """Events in each hour of the week, (7, 24)."""
        return self.units / UNITS

    @property
    def counted(self) -> int:
        """How many events the table holds; the sum of the table, without any rounding."""
        return int(self.units.sum()) // UNITS


def week_hours(
    from_s: npt.ArrayLike,
    until_s: npt.ArrayLike,
    zone: tzinfo,
    *,
    has_hour: npt.ArrayLike | None = None,
    spread_long: bool = False,
) -> WeekHours:
    """Count events by weekday and hour; an interval counts in every hour it covers, by its share.

    An event whose moment is known counts 1 in its hour. One that happened between two moments is
    shared out over the hours between them in proportion to the time it covers of each.

    Parameters
    ----------
    from_s, until_s : array_like, shape (n,), integer
        Earliest and latest moment of each event, in seconds UTC since 1970; equal where the moment
        is known. The end itself is not part of an interval.
    zone : tzinfo
        Where weekdays and hours are read from the clock. On the days of a clock change the hour
        that is skipped gets nothing, and the one that comes twice gets both.
    has_hour : array_like, shape (n,), bool, optional
        False for events whose source gives a day or a month only: they are left out and counted,
        since their midnight is not a time of day. All True by default.
    spread_long : bool
        Whether intervals of more than a week, which tell nothing about the hour, are spread evenly
        over all 168 hours. They are left out and counted by default.

    Returns
    -------
    WeekHours
        Independent of the order of the events. The sums are exact: what is rounded away from one
        hour of an event is in another hour of the same event (below a billionth of an event).

    Raises
    ------
    GeoError
        When the lengths differ, a value is not a whole number, or an interval ends before it begins.

    Notes
    -----
    Ratcliffe and McCullagh (1998), International Journal of Geographical Information Science 12;
    Ratcliffe (2002), Journal of Quantitative Criminology 18. The method takes every moment of an
    interval as equally likely: long intervals flatten the table, so it shows less contrast than
    there is. It is the hour of the event only where the event's own time is known: the hour of a
    call tells when people call.

    Examples
    --------
    A Monday: one event at 09:15, and one between 22:30 and 00:00.

    >>> from datetime import UTC
    >>> monday = 4 * 86_400
    >>> hours = week_hours([monday + 33_300, monday + 81_000], [monday + 33_300, monday + 86_400], UTC)
    >>> [(hour, float(part)) for hour, part in enumerate(hours.table[0].round(3)) if part]
    [(9, 1.0), (22, 0.333), (23, 0.667)]
    >>> hours.counted, hours.exact, hours.spread
    (2, 1, 1)
    """
    start = as_codes(from_s, "from_s", np.asarray(from_s).size)
    end = as_codes(until_s, "until_s", len(start))
    known = _as_mask(has_hour, len(start))
    _check_order(start, end)
    length = end - start
    too_long = known & (length > WEEK_S)
    exact = known & (length == 0)
    counts = known & ~too_long
    units = _share_out(start[counts], end[counts], zone)
    if spread_long:
        units += int(too_long.sum()) * np.diff(np.arange(CELLS + 1, dtype=np.int64) * UNITS // CELLS)
    return WeekHours(
        units=units.reshape(7, 24),
        exact=int(exact.sum()),
        spread=int((counts & ~exact).sum()),
        too_long=int(too_long.sum()),
        no_hour=int((~known).sum()),
    )


def _as_mask(has_hour: npt.ArrayLike | None, length: int) -> Mask:
    known = np.ones(length, dtype=np.bool_) if has_hour is None else np.asarray(has_hour)
    if known.shape != (length,) or (known.dtype != np.bool_ and length):
        raise GeoError(
            f"has_hour has the shape {known.shape} and the type {known.dtype}.",
            f"There must be True or False for each of the {length} events.",
            "Pass an array of bool.",
        )
    return known.astype(np.bool_)


def _check_order(start: Ints, end: Ints) -> None:
    turned = end < start
    if turned.any():
        raise GeoError(
            f"{int(turned.sum())} intervals end before they begin (the first in row {int(turned.argmax())}).",
            "Nothing can have happened in them.",
            "Leave such events out, or take their time as not known.",
        )


def _share_out(start: Ints, end: Ints, zone: tzinfo) -> Ints:
    """Return the units of each of the 168 hours for intervals of at most a week."""
    units = np.zeros(CELLS, dtype=np.int64)
    for rows in _blocks(start):
        edges, cell = local_hours(int(start[rows].min()), int(end[rows].max()), zone)
        units += _share_block(start[rows], end[rows], edges, cell)
    return units


def _blocks(start: Ints) -> Iterator[Ints]:
    """Give rows in blocks that are close in time, so that no block looks at more years than it needs."""
    by_time = np.argsort(start, kind="stable")
    most = _BLOCK_PIECES // (CELLS + 2)
    for first in range(0, len(by_time), most):
        yield by_time[first : first + most]


def _share_block(start: Ints, end: Ints, edges: Ints, cell: Ints) -> Ints:
    first = np.searchsorted(edges, start, side="right") - 1
    # A known moment has one piece; an interval ends in the piece before the one its end begins.
    last = np.maximum(np.searchsorted(edges, end, side="left") - 1, first)
    pieces = last - first + 1
    event = np.repeat(np.arange(len(start)), pieces)
    piece = np.arange(len(event)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + first[event]
    length = np.maximum(end - start, 1)[event]
    begin = np.maximum(edges[piece], start[event]) - start[event]
    until = np.where(piece == last[event], length, edges[piece + 1] - start[event])
    # Rounding the running total, not each share, leaves every event with exactly UNITS.
    units = until * UNITS // length - begin * UNITS // length
    total = np.zeros(CELLS, dtype=np.int64)
    np.add.at(total, cell[piece], units)
    return total


def local_hours(first_s: int, last_s: int, zone: tzinfo) -> tuple[Ints, Ints]:
    """Return when hours begin on the clocks of a zone, and which hour of the week each is.

    Parameters
    ----------
    first_s, last_s : int
        Seconds UTC; both are inside the result.
    zone : tzinfo
        Offsets may be any number of seconds and may change at any moment, at most once in 6 hours.

    Returns
    -------
    edges : ndarray, shape (k + 1,), int64
        Seconds UTC, ascending; an hour during which the clocks change is two pieces.
    cell : ndarray, shape (k,), int64
        0 (Monday, midnight) to 167 (Sunday, 23 o'clock) for the time from one edge to the next.

    Raises
    ------
    GeoError
        For moments outside the years 1 to 9999.

    Notes
    -----
    A change of the clocks that is taken back within 6 hours is not seen; no zone has had one. It says
    what the clocks showed, not when anything happened.

    Examples
    --------
    >>> from datetime import UTC
    >>> edges, cell = local_hours(4 * 86_400, 4 * 86_400 + 3_600, UTC)
    >>> cell[(edges[:-1] >= 4 * 86_400) & (edges[:-1] <= 4 * 86_400 + 3_600)].tolist()
    [0, 1]
    """
    begins, offsets = _offsets(first_s - DAY_S, last_s + DAY_S, zone)
    ends = np.append(begins[1:], last_s + DAY_S)
    edges, cells = [], []
    for begin, end, offset in zip(begins.tolist(), ends.tolist(), offsets.tolist(), strict=True):
        first_whole = begin + (-(begin + offset)) % HOUR_S
        whole = np.arange(first_whole, end, HOUR_S, dtype=np.int64)
        pieces = whole if first_whole == begin else np.concatenate([[begin], whole])
        edges.append(pieces)
        cells.append(((pieces + offset) // HOUR_S + _MONDAY * 24) % CELLS)
    return np.append(np.concatenate(edges), last_s + DAY_S), np.concatenate(cells)


def _offsets(first_s: int, last_s: int, zone: tzinfo) -> tuple[Ints, Ints]:
    """Return from when each offset from UTC holds, and the offset in seconds."""
    begins, offsets = [first_s], [_offset(first_s, zone)]
    for later in [*range(first_s + DAY_S // 4, last_s, DAY_S // 4), last_s]:
        offset = _offset(later, zone)
        if offset == offsets[-1]:
            continue
        low, high = max(begins[-1], later - DAY_S // 4), later
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(middle, zone) == offsets[-1] else (low, middle)
        begins.append(high)
        offsets.append(offset)
    return np.array(begins, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _offset(moment_s: int, zone: tzinfo) -> int:
    try:
        local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment_s)).astimezone(zone)
    except OverflowError:
        raise GeoError(
            f"A time {moment_s} seconds from 1970 was given.", "No calendar goes that far.", "Check the unit: seconds."
        ) from None
    return int((local.utcoffset() or timedelta()).total_seconds())
