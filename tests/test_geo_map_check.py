"""A map checked against what came after it: known answers on a square town, and bounds that always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.map_check import check_map, study_area

EPSG = 32631
#: On this meridian and the equator a thousandth of a degree is about 111 m both ways.
WEST = 3.0


def box(west: float, south: float, size: float) -> dict[str, object]:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [[[WEST + lon, lat] for lon, lat in ring]]}


def at(*places: tuple[float, float]) -> list[tuple[float, float]]:
    return [(WEST + lon, lat) for lon, lat in places]


TOWN = study_area([box(0, 0, 0.01)], [], EPSG)


def test_only_outlines_of_the_own_kind_count() -> None:
    events = at((0.0005, 0.0005), (0.0006, 0.0006), (0.009, 0.009))
    own = check_map([[box(0, 0, 0.001)], []], [4.0, 0.0], TOWN, [events, []])
    other = check_map([[box(0, 0, 0.001)], []], [4.0, 0.0], TOWN, [[], events])
    assert (own.hits, own.events, round(own.share, 4)) == (2, 3, 0.01)
    assert own.pai == pytest.approx((2 / 3) / 0.01, rel=1e-3)
    assert own.rri == 2.0
    assert (other.hits, other.events) == (0, 3)
    assert np.isnan(other.rri)


def test_the_share_is_that_of_the_kinds_as_often_as_they_come() -> None:
    found = check_map([[box(0, 0, 0.002)], [box(0, 0, 0.001)]], [1, 1], TOWN, [at((0.009, 0.009)) * 3, at((0.009, 0))])
    assert found.share == pytest.approx((3 * 0.04 + 0.01) / 4, rel=1e-3)


def test_what_lies_outside_the_town_does_not_count() -> None:
    found = check_map([[box(0, 0, 0.001)]], [1.0], TOWN, [at((0.0005, 0.0005), (0.5, 0.5))])
    assert (found.hits, found.events, found.outside) == (1, 1, 1)


def test_the_best_choice_of_as_much_ground_has_a_pei_of_one() -> None:
    # Four squares of a quarter of the outline each, all events in them: nothing could have held more.
    events = at(*[(0.0002 + 0.0004 * step, 0.0005) for step in range(4)])
    good = check_map([[box(0, 0, 0.0018)]], [4.0], TOWN, [events])
    bad = check_map([[box(0.006, 0.006, 0.0018)]], [4.0], TOWN, [events])
    assert good.pei == 1.0
    assert bad.pei == 0.0


def test_nothing_drawn_or_nothing_come_gives_no_figure() -> None:
    nothing = check_map([[]], [0.0], TOWN, [at((0.001, 0.001))])
    assert (nothing.hits, nothing.share) == (0, 0.0)
    assert np.isnan([nothing.pai, nothing.pei]).all()
    quiet = check_map([[box(0, 0, 0.001)]], [2.0], TOWN, [[]])
    assert quiet.events == 0
    assert np.isnan([quiet.pai, quiet.rri]).all()


@given(st.lists(st.tuples(st.floats(0, 0.0099), st.floats(0, 0.0099)), max_size=30), st.floats(0.0005, 0.009))
def test_no_map_holds_more_than_the_best_one(places: list[tuple[float, float]], size: float) -> None:
    found = check_map([[box(0, 0, size)]], [1.0], TOWN, [at(*places)])
    assert 0 <= found.hits <= found.events == len(places)
    assert np.isnan(found.pei) or 0.0 <= found.pei <= 1.0
    assert np.isnan(found.pai) or found.pai_low <= found.pai <= found.pai_high


def test_without_boundaries_a_stray_report_does_not_make_the_town_large() -> None:
    rng = np.random.default_rng(4)
    places = np.column_stack([WEST + rng.uniform(0, 0.01, 500), rng.uniform(0, 0.01, 500)])
    town = study_area([], np.vstack([places, [[WEST + 2.0, 2.0]]]), EPSG)
    assert not town.from_boundaries
    assert 0.8 < town.area_km2 < 1.25
    assert study_area([], [], EPSG).area_km2 == 0
    assert study_area([], places[:1], EPSG).area_km2 == 0


def test_kinds_that_do_not_fit_are_refused() -> None:
    with pytest.raises(GeoError, match="kinds"):
        check_map([[]], [], TOWN, [[]])
