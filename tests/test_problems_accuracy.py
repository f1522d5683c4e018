"""Did the map hold: which refreshes can be checked, what counts, and what the town is taken to be."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from problems.accuracy import has_horizon, map_accuracy, town_area
from problems.analysing import TownIncidents
from problems.areas import Area, AreaKind
from problems.categories import Group
from problems.finding import GROUPS
from problems.hot_spots import HotSpot, Pile, PileDecision, Refresh
from tests.storing import a_hot_spot, a_refresh

EPSG = 27700
LON, LAT = -1.2, 52.9
AS_OF = date(2026, 1, 10)


def square(west: float, south: float, size: float) -> dict[str, object]:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


TOWN = [Area(1, AreaKind.WARD, "Town", square(LON, LAT, 0.1))]


def town(*told: tuple[float, float, int, Group]) -> TownIncidents:
    """Return incidents: degrees east and north of the corner, days after the refresh, kind."""
    rows = sorted(told, key=lambda one: one[1])
    return TownIncidents(
        np.array([[LON + east, LAT + north] for east, north, _, _ in rows]).reshape(-1, 2),
        np.array([GROUPS.index(group) for *_, group in rows], dtype=np.int8),
        np.array([(AS_OF - date(1970, 1, 1)).days + after for _, _, after, _ in rows], dtype=np.int64),
        np.arange(len(rows)),
        AS_OF - timedelta(days=90),
        AS_OF + timedelta(days=60),
    )


def spot(group: Group = Group.WASTE, incidents: int = 90) -> HotSpot:
    return a_hot_spot(1, group=group, outline=square(LON, LAT, 0.01), incidents=incidents)


REFRESH: Refresh = a_refresh(as_of=AS_OF, window_days=90)
HELD, MISSED = (0.005, 0.005), (0.05, 0.05)


@pytest.mark.parametrize(("days", "known"), [(41, False), (42, True)])
def test_a_refresh_is_checked_when_four_weeks_have_passed_and_come_in(days: int, known: bool) -> None:
    assert has_horizon(REFRESH, AS_OF + timedelta(days=days)) is known


def test_only_the_next_four_weeks_and_the_own_kind_count() -> None:
    told = [
        *((*HELD, day, Group.WASTE) for day in (1, 28)),
        *((*HELD, day, Group.WASTE) for day in (0, 29)),
        (*HELD, 5, Group.VEHICLES),
        (*MISSED, 5, Group.WASTE),
    ]
    everything = town(*told)
    found = map_accuracy(REFRESH, [spot()], everything, town_area(TOWN, everything, EPSG), [])
    assert (found.check.hits, found.check.events) == (2, 4)
    assert found.until == AS_OF + timedelta(days=28)
    assert found.check.rri == pytest.approx(90 * 28 / 90 / 2)
    assert not found.is_enough, "four are too few for a share"


def test_a_map_that_holds_everything_in_a_hundredth_of_the_town_is_worth_a_hundred_times_its_share() -> None:
    everything = town(*((*HELD, 1 + step % 28, Group.WASTE) for step in range(20)))
    found = map_accuracy(REFRESH, [spot()], everything, town_area(TOWN, everything, EPSG), [])
    assert found.is_enough
    assert found.check.pai == pytest.approx(100, rel=0.01)


def test_points_that_are_kept_out_of_the_search_are_left_out() -> None:
    everything = town((*MISSED, 5, Group.WASTE), (*HELD, 5, Group.WASTE))
    study = town_area(TOWN, everything, EPSG)
    pile = Pile(1, (LON + MISSED[0], LAT + MISSED[1]), 99, 1, 0.1, True, None)
    assert map_accuracy(REFRESH, [spot()], everything, study, [pile]).check.events == 1
    real = replace(pile, decision=PileDecision.REPEAT_ADDRESS)
    assert map_accuracy(REFRESH, [spot()], everything, study, [real]).check.events == 2


def test_a_window_without_length_expects_nothing_in_particular() -> None:
    everything = town((*HELD, 5, Group.WASTE))
    found = map_accuracy(replace(REFRESH, window_days=0), [spot()], everything, town_area(TOWN, everything, EPSG), [])
    assert np.isnan(found.check.rri)


def test_the_town_is_its_wards_then_its_beats_and_else_where_reports_lie() -> None:
    everything = town(*((0.01 * east, 0.01 * north, 1, Group.WASTE) for east in range(5) for north in range(5)))
    beat = Area(2, AreaKind.BEAT, "Beat", square(LON, LAT, 0.2))
    assert town_area([beat, *TOWN], everything, EPSG) == town_area(TOWN, everything, EPSG)
    assert town_area([beat], everything, EPSG).area_km2 == pytest.approx(
        4 * town_area(TOWN, everything, EPSG).area_km2, rel=0.02
    )
    assert not town_area([], everything, EPSG).from_boundaries
    assert town_area([], town(), EPSG).area_km2 == 0
