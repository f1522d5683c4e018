"""Dates are read one by one and by the column to the same moment, and never by a guess."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reading.date_arrays import offsets_at, read_dates
from data.reading.dates import find_order, read_date
from data.reading.strings import is_missing

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # moves its clocks by half an hour
ORDERS = ("iso", "dmy", "mdy", "epoch", "serial")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "order", "told"),
    [
        ("2015-07-01", "iso", "2015-06-30T23:00:00+00:00"),
        ("2015-07-01 13:05", "dmy", "2015-07-01T12:05:00+00:00"),
        ("2015-07-01T13:05:06.123Z", "iso", "2015-07-01T13:05:06+00:00"),
        ("2015-07-01T13:05:06-0400", "iso", "2015-07-01T17:05:06+00:00"),
        ("2015-07-01 13:05:06+00", "iso", "2015-07-01T13:05:06+00:00"),
        ("2015/07/01 13:05:06+05:30", "mdy", "2015-07-01T07:35:06+00:00"),
        ("20150701", "iso", "2015-06-30T23:00:00+00:00"),
        ("2022-01", "iso", "2022-01-01T00:00:00+00:00"),
        ("Jan 2022", "iso", "2022-01-01T00:00:00+00:00"),
        ("January-2022", "dmy", "2022-01-01T00:00:00+00:00"),
        ("02/2022", "mdy", "2022-02-01T00:00:00+00:00"),
        ("01/02/2015 12:40:41 PM", "mdy", "2015-01-02T12:40:41+00:00"),
        ("01/02/2015 12:40:41 AM", "dmy", "2015-02-01T00:40:41+00:00"),
        ("1.2.15 7:05", "dmy", "2015-02-01T07:05:00+00:00"),
        ("5 Jan 2015", "mdy", "2015-01-05T00:00:00+00:00"),
        ("2021 Jan 04 08:00:21 PM", "dmy", "2021-01-04T20:00:21+00:00"),
        ("31-JAN-15", "iso", "2015-01-31T00:00:00+00:00"),
        ("5 Sept 2015 08:00", "iso", "2015-09-05T07:00:00+00:00"),
        ("Jan  5 2015 12:01AM", "dmy", "2015-01-05T00:01:00+00:00"),
        ("Monday, January 5, 2015", "dmy", "2015-01-05T00:00:00+00:00"),
        ("1420459241", "epoch", "2015-01-05T12:00:41+00:00"),
        ("1420459241000", "epoch", "2015-01-05T12:00:41+00:00"),
        ("43831.5", "serial", "2020-01-01T12:00:00+00:00"),
        ("43983", "serial", "2020-05-31T23:00:00+00:00"),
        ("2020-06-01", "serial", "2020-05-31T23:00:00+00:00"),
        ("25/10/2015 01:30", "dmy", "2015-10-25T00:30:00+00:00"),
    ],
)
def test_dates_are_read_in_the_order_of_their_column(value: str, order: str, told: str) -> None:
    moment = read_date(value, order, LONDON)
    assert moment is not None
    assert moment.isoformat() == told


@pytest.mark.parametrize(
    ("value", "order"),
    [
        ("31/12/2015", "mdy"),
        ("12/31/2015", "dmy"),
        ("12/31/2015", "iso"),
        ("2015-02-30", "iso"),
        ("2015-01-01 25:00", "iso"),
        ("1/1/2015 13:00 PM", "mdy"),
        ("0900-01-01", "iso"),
        ("soon", "iso"),
        ("101001242404", "iso"),
        ("20151331", "iso"),
        ("Market 2000", "iso"),
        ("Marble Arch 5 2015", "iso"),
        ("2015-02 +01:00", "iso"),
        ("43831.5", "iso"),
        ("", "iso"),
        ("9" * 400, "epoch"),
        ("2015-01-01T00:00:00+99:99", "iso"),
    ],
)
def test_what_is_no_date_in_this_order_is_not_guessed(value: str, order: str) -> None:
    assert read_date(value, order, LONDON) is None


@given(
    moment=st.datetimes(datetime(1951, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    style=st.sampled_from(
        [("iso", "%Y-%m-%d %H:%M:%S"), ("dmy", "%d/%m/%Y %H:%M:%S"), ("mdy", "%m/%d/%Y %I:%M:%S %p")]
    ),
)
def test_a_written_date_is_read_back(moment: datetime, style: tuple[str, str]) -> None:
    order, pattern = style
    assert read_date(moment.strftime(pattern), order, UTC) == moment.replace(microsecond=0)


@given(st.text(max_size=40), st.sampled_from(ORDERS))
def test_no_text_breaks_the_reading_of_dates(value: str, order: str) -> None:
    moment = read_date(value, order, NEW_YORK)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["13/01/2015", "01/02/2015"], "dmy"),
        (["01/13/2015", "01/02/2015"], "mdy"),
        (["2015-01-13", "2015-01-02"], "iso"),
        (["1420459241"], "epoch"),
        (["43831.5", "43832"], "serial"),
        (["20150113"], "iso"),
        (["01/02/2015", "03/04/2015"], ""),
        (["01/02/2015 01:00 PM"], ""),
    ],
)
def test_the_order_is_decided_by_values_that_fit_one_order_only(values: list[str], order: str) -> None:
    assert find_order(values)[0] == order


# -- whole columns --

_PATTERNS = (
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %H:%M",
    "%d.%m.%y",
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S+02:00",
    "%Y/%m/%d %H:%M:%S-05",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y%m%d",
    "%Y-%m",
    "%d %b %Y %H:%M",
    "%d-%b-%y",
    "%B %d, %Y %I:%M %p",
    "%A, %d %B %Y",
    "%b %Y",
    "%Y %b %d %I:%M:%S %p",
    "%m/%Y",
    " %d/%m/%Y ",
)
_MOMENTS = st.datetimes(datetime(1890, 1, 1), datetime(2110, 1, 1))  # noqa: DTZ001 - what clocks show
_WRITTEN = st.builds(lambda moment, pattern: moment.strftime(pattern), _MOMENTS, st.sampled_from(_PATTERNS))
_ODD = st.one_of(
    st.text(max_size=24),
    st.text("0123456789/-:. APMapmTZ+", max_size=24),
    st.sampled_from(["N/A", "null", "-", "NaN", "", "  ", "31/04/2015", "29/02/2015", "2/30/2015", "99/99/9999",
                     "2015-01-01T10:00:00+25:00", "2015-01-01T10:00:00-23:59", "13:00 PM", "１２/０１/２０１５",
                     "2015-03-29 01:30", "2015-10-25 01:30", "2015-03-08 02:30:00", "2015-11-01 01:30:00"]),
    st.integers(-10**13, 10**13).map(str),
    st.floats(20_000, 60_000).map(lambda number: f"{number:.6f}"),
    st.integers(0, 2 * 10**9).map(lambda number: f"{number}.25"),
)  # fmt: skip


def _agrees(values: Sequence[str], order: str, zone: ZoneInfo) -> None:
    micros, ok, empty = read_dates(pa.array(values), order, zone)
    assert micros.dtype == np.int64
    for value, told, is_date, is_empty in zip(values, micros.tolist(), ok.tolist(), empty.tolist(), strict=True):
        moment = None if is_missing(value) else read_date(value, order, zone)
        expected = None if moment is None else (moment - EPOCH) // timedelta(microseconds=1)
        assert (told if is_date else None, is_empty) == (expected, is_missing(value)), value


@given(
    st.lists(_WRITTEN | _ODD, max_size=12), st.sampled_from(ORDERS), st.sampled_from([LONDON, NEW_YORK, LORD_HOWE, UTC])
)
def test_a_column_is_read_as_its_values_one_by_one(values: list[str], order: str, zone: ZoneInfo) -> None:
    _agrees(values, order, zone)


@given(
    st.sampled_from(_PATTERNS),
    st.lists(_MOMENTS, min_size=60, max_size=90),
    st.lists(_ODD, max_size=5),
    st.sampled_from(ORDERS),
    st.sampled_from([LONDON, NEW_YORK, LORD_HOWE, UTC]),
)
def test_a_long_column_of_one_way_of_writing_is_read_as_its_values_one_by_one(
    pattern: str, moments: list[datetime], odd: list[str], order: str, zone: ZoneInfo
) -> None:
    _agrees([*odd, *(moment.strftime(pattern) for moment in moments)], order, zone)


@given(
    st.text("0123456789", min_size=20, max_size=20).map(list),
    st.sampled_from(["00/00/0000 00:00:00 AM", "0000-00-00T00:00:00+0000", "0000-00-00", "0/0/00", "0000000000",
                     "-000000000", "000000000000", "0000000000000", "00000000", "00000.00"]),
    st.randoms(use_true_random=False),
    st.sampled_from(ORDERS),
)  # fmt: skip
def test_any_digits_in_a_way_of_writing_are_judged_as_one_by_one(
    digits: list[str], pattern: str, shuffler: Random, order: str
) -> None:
    values = ["".join(shuffler.choice(digits) if sign == "0" else sign for sign in pattern) for _ in range(70)]
    _agrees(values, order, NEW_YORK)


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, LORD_HOWE, ZoneInfo("Africa/Monrovia")])
@given(st.integers(1900, 2090), st.integers(0, 366 * 24 * 4))
def test_hours_that_clocks_show_twice_or_never_are_read_as_the_time_zone_has_them(
    zone: ZoneInfo, year: int, quarter: int
) -> None:
    around = np.arange(quarter - 8, quarter + 8) * 900 + int((datetime(year, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
    told = offsets_at(around.astype(np.int64), zone)
    for local_s, offset_s in zip(around.tolist(), told.tolist(), strict=True):
        offset = (datetime(1970, 1, 1) + timedelta(seconds=local_s)).replace(tzinfo=zone).utcoffset()  # noqa: DTZ001 - what clocks show
        assert offset == timedelta(seconds=offset_s)


def test_every_quarter_hour_of_a_change_of_clocks_is_read_right() -> None:
    for day in ("2015-03-29", "2015-10-25", "2015-03-08", "2015-11-01"):
        values = [f"{day} {quarter // 4:02d}:{quarter % 4 * 15:02d}:59" for quarter in range(96)]
        for zone in (LONDON, NEW_YORK):
            _agrees(values, "iso", zone)


@pytest.mark.parametrize(
    "values",
    [
        pa.chunked_array([["2015-01-01", None], ["N/A"]]),
        pa.array(["2015-01-01", None, "N/A"]).dictionary_encode(),
        pa.array(["left out", "2015-01-01", None, "N/A"])[1:],
        np.array(["2015-01-01", None, "N/A"], dtype=object),
        ["2015-01-01", None, "N/A"],
    ],
)
def test_a_column_may_come_as_any_array_of_text(values: object) -> None:
    micros, ok, empty = read_dates(values, "iso", UTC)  # type: ignore[arg-type] # each of them is allowed
    assert micros.tolist() == [1420070400000000, 0, 0]
    assert ok.tolist() == [True, False, False]
    assert empty.tolist() == [False, True, True]


def test_a_column_without_values_is_read() -> None:
    assert [len(part) for part in read_dates([], "iso", UTC)] == [0, 0, 0]
    assert read_dates(["", None], "mdy", NEW_YORK)[2].all()


def test_one_mistyped_value_among_many_does_not_decide_for_all() -> None:
    plain = [f"0{n % 9 + 1}/03/2024" for n in range(29)]
    assert find_order([*plain, "12/13/2024"])[0] == ""
    assert find_order([*plain[:9], "12/13/2024"])[0] == "mdy"
    assert find_order([*plain, *(f"{n}/03/2024" for n in range(13, 31)), "12/13/2024"])[0] == "dmy"
