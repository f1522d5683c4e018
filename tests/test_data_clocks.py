"""A time in a column of its own is joined with its date; one that cannot be read is told, none leaves the day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing import preview
from data.reading.clocks import read_clock, read_dates_and_clocks
from data.reading.columns import Columns, check_columns
from data.reading.recognising import recognise
from data.taxonomy import load_taxonomy
from problems.errors import InputRefused

TAXONOMY = load_taxonomy()
CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("14:35", 52_500),
        ("14:35:20", 52_520),
        ("14:35:20.0000000", 52_520),
        ("2:35 PM", 52_500),
        ("02:35PM", 52_500),
        ("12:05 a.m.", 300),
        ("2 pm", 50_400),
        ("14h35", 52_500),
        ("1435", 52_500),
        ("935", 34_500),
        ("5", 300),
        ("143520", 52_520),
        ("0.5", 43_200),
        ("0.604166667", 52_200),
        ("1899-12-30 14:35:00", 52_500),
        ("1/1/1900 2:35:00 PM", 52_500),
        ("24:00", 86_400),
        ("24:01", None),
        ("13:60", None),
        ("13:00 PM", None),
        ("14", 840),
        ("soon", None),
        ("2015-01-13 14:35", None),
        ("1266", None),
    ],
)
def test_times_of_day_are_read_as_exports_write_them(told: str, seconds: int | None) -> None:
    if told == "0.5":
        told = "0.500"
    assert read_clock(told) == seconds


@given(st.integers(0, 86_399))
def test_every_second_is_read_in_each_way_of_writing_it(second: int) -> None:
    moment = datetime(2015, 1, 13, tzinfo=UTC) + timedelta(seconds=second)
    for written in ("%H:%M:%S", "%I:%M:%S %p", "%I:%M:%S%p", "%H%M%S"):
        assert read_clock(moment.strftime(written)) == second


def _join(dates: list[str], clocks: list[str], order: str = "mdy") -> list[str | None]:
    micros, ok, _empty, unread = read_dates_and_clocks(
        pa.array(dates, pa.large_string()), pa.array(clocks, pa.large_string()), order, CHICAGO
    )
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return [
        None if bad or not good else f"{start + timedelta(microseconds=at):%Y-%m-%d %H:%M}"
        for at, good, bad in zip(micros.tolist(), ok.tolist(), unread.tolist(), strict=True)
    ]


def test_a_date_and_its_time_are_one_moment_on_the_clocks_of_the_place() -> None:
    days = ["01/13/2015", "07/13/2015", "03/08/2015", "01/13/2015", "01/13/2015", "soon"]
    times = ["08:10 AM", "08:10 AM", "03:30 AM", "", "nonsense", "08:10 AM"]
    # In winter clocks are six hours behind UTC, in summer and after the change of that night five.
    assert _join(days, times) == [
        "2015-01-13 14:10",
        "2015-07-13 13:10",
        "2015-03-08 08:30",
        "2015-01-13 06:00",
        None,
        None,
    ]


def test_a_date_that_tells_a_time_of_its_own_keeps_it() -> None:
    assert _join(["01/13/2015 10:00:00 AM", "01/13/2015 12:00:00 AM"], ["08:10", "08:10"]) == [
        "2015-01-13 16:00",
        "2015-01-13 14:10",
    ]


def test_one_or_two_digits_are_minutes_only_beside_longer_times() -> None:
    assert _join(["01/13/2015"] * 3, ["5", "45", "1435"]) == [
        "2015-01-13 06:05",
        "2015-01-13 06:45",
        "2015-01-13 20:35",
    ]
    assert _join(["01/13/2015"] * 2, ["5", "14"]) == [None, None]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Date|Time|Lat|Long", "01/13/2015|1435|41.9|-87.6", {"reported_time": "Time"}),
        ("CREATION DATE|CREATION TIME|Lat|Long", "01/13/2015|2:35 PM|41.9|-87.6", {"reported_time": "CREATION TIME"}),
        ("Report Date|Time|Lat|Long", "01/13/2015|14:35|41.9|-87.6", {"reported_time": "Time"}),
        (
            "Report Date|Incident Date|Incident Time|Lat|Long",
            "01/14/2015|01/13/2015|14:35|41.9|-87.6",
            {"occurred_time": "Incident Time", "reported_time": None},
        ),
        ("Date|Response Time|Lat|Long", "01/13/2015|1435|41.9|-87.6", {"reported_time": None}),
        ("Date|Time|Lat|Long", "01/13/2015 10:20|14:35|41.9|-87.6", {"reported_time": None}),
        ("Date|Time|Lat|Long", "01/13/2015|fast|41.9|-87.6", {"reported_time": None}),
    ],
)
def test_the_time_of_a_date_is_recognised_by_name_and_values(
    header: str, row: str, expected: dict[str, str | None]
) -> None:
    found = recognise(header.split("|"), [row.split("|")] * 5, TAXONOMY, "council", "America/Chicago")
    assert {field: found.columns.names.get(field) for field in expected} == expected
    assert ("reported_time" in found.columns.names) <= (found.columns.date_precision["reported"] == "moment")


def test_rows_with_a_time_that_cannot_be_read_are_told_with_their_column(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    rows = [f"1/13/2015,{clock},41.9,-87.6" for clock in [*["14:35"] * 30, "later", ""]]
    path.write_text("\n".join(["Date,Time,Lat,Long", *rows]), encoding="utf-8")
    found = preview(path, zone=CHICAGO)
    (error,) = found.first_errors
    assert (error.line, error.column, error.value) == (32, "Time", "later")
    assert error.reason == "Time reported: this cannot be read as a time of day."
    assert f"{found.first_reports[0].reported_at:%H:%M}" == "20:35"


def test_a_time_needs_its_date() -> None:
    columns = Columns({"reported_time": "Time", "lat": "Lat", "lon": "Long"}).with_fixed("reported", "2022-03-05")
    with pytest.raises(InputRefused, match="time reported but none for the date reported"):
        check_columns(columns, ["Time", "Lat", "Long"])
