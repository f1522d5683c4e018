"""Days begin and end at midnight of the deployment's zone, and only in years that reports can be of."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.clock import day_end, day_start
from problems.errors import InputRefused

LONDON, KIRITIMATI = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Kiritimati")


def test_a_day_is_as_long_as_the_clocks_make_it() -> None:
    day = date(2026, 3, 29)
    assert day_start(day, LONDON) == datetime(2026, 3, 29, tzinfo=UTC)
    assert day_end(day, LONDON) == datetime(2026, 3, 29, 23, tzinfo=UTC)


@pytest.mark.parametrize("zone", [UTC, LONDON, KIRITIMATI, ZoneInfo("America/Los_Angeles")])
@given(day=st.dates())
def test_every_day_is_a_day_or_refused_in_a_sentence(zone: ZoneInfo, day: date) -> None:
    if 1900 <= day.year <= 2200:
        assert day_start(day, zone) < day_end(day, zone)
        return
    for edge in (day_start, day_end):
        with pytest.raises(InputRefused, match="from 1900 to 2200"):
            edge(day, zone)
