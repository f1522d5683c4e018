import csv
import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.errors import GeoError
from geo.piles import collapse, find_piles
from geo.projection import to_metres

THRESHOLDS = {"min_reports": 10, "kept_out_reports": 50, "kept_out_share": 0.01}
coordinates = arrays(np.float64, st.tuples(st.integers(0, 60), st.just(2)), elements=st.floats(-3, 3, width=16))


def test_identical_coordinates_are_one_place() -> None:
    places = collapse([(5.0, 5.0), (90.0, 1.0), (5.0, 5.0)])
    assert places.place.tolist() == [0, 1, 0]
    assert places.count.tolist() == [2, 1]
    assert places.xy_m.tolist() == [[5.0, 5.0], [90.0, 1.0]]


@given(coordinates, st.randoms(use_true_random=False))
def test_order_of_reports_does_not_matter(xy: np.ndarray, random) -> None:
    order = np.array(random.sample(range(len(xy)), len(xy)), dtype=np.int64)
    there, back = collapse(xy), collapse(xy[order])
    assert np.array_equal(there.xy_m, back.xy_m)
    assert np.array_equal(there.place[order], back.place)
    assert np.array_equal(there.count, back.count)


@given(coordinates)
def test_other_reports_do_not_move_a_place(xy: np.ndarray) -> None:
    half = xy[: len(xy) // 2]
    alone, among = collapse(half), collapse(np.vstack((half, half)))
    assert np.array_equal(alone.xy_m, among.xy_m)
    assert np.array_equal(alone.count * 2, among.count)


@given(coordinates)
def test_a_place_is_where_a_report_is_and_within_the_tolerance_of_each_of_its_reports(xy: np.ndarray) -> None:
    places = collapse(xy, tolerance_m=0.5)
    assert places.count.sum() == len(xy)
    assert {tuple(place) for place in places.xy_m} <= {tuple(point) for point in xy}
    away = np.abs(places.xy_m[places.place] - xy)
    assert (away < 0.5).all()


def test_no_report_makes_no_place() -> None:
    places = collapse([])
    assert (places.xy_m.shape, places.place.shape, places.count.shape) == ((0, 2), (0,), (0,))
    assert find_piles(places, [], **THRESHOLDS) == []


def city(*piles: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return 3,000 scattered reports of nine groups, and piles of (reports, groups) on a line."""
    xy = [np.column_stack((np.arange(3000.0), np.full(3000, 1000.0)))]
    group = [np.arange(3000) % 9]
    for number, (reports, groups) in enumerate(piles):
        xy.append(np.tile((number * 10.0, 0.0), (reports, 1)))
        group.append(np.arange(reports) % groups)
    return np.vstack(xy), np.concatenate(group)


def test_a_pile_of_every_kind_of_report_is_kept_out() -> None:
    xy, group = city((400, 8))
    (pile,) = find_piles(collapse(xy), group, **THRESHOLDS)
    assert (pile.reports, pile.groups, pile.heavy) == (400, 8, True)
    assert pile.share == pytest.approx(400 / 3400)


@pytest.mark.parametrize(
    ("reports", "groups", "why"),
    [(400, 3, "few kinds"), (49, 9, "too few"), (9, 9, "not even a pile")],
)
def test_a_repeat_address_is_listed_but_stays_in(reports: int, groups: int, why: str) -> None:
    xy, group = city((reports, groups))
    found = find_piles(collapse(xy), group, **THRESHOLDS)
    assert [pile.heavy for pile in found] == ([False] if reports >= 10 else []), why


def test_a_small_share_of_the_reports_stays_in() -> None:
    xy, group = city((60, 9))
    (pile,) = find_piles(collapse(xy), group, **(THRESHOLDS | {"kept_out_share": 0.02}))
    assert not pile.heavy


def test_a_file_of_one_group_can_have_a_default_point_too() -> None:
    xy, _ = city((400, 1))
    (pile,) = find_piles(collapse(xy), np.zeros(3400, dtype=int), **THRESHOLDS)
    assert pile.heavy


def test_the_largest_pile_comes_first_and_equal_ones_from_west_to_east() -> None:
    xy, group = city((12, 1), (40, 1), (12, 1))
    places = collapse(xy)
    found = find_piles(places, group, **THRESHOLDS)
    assert [pile.reports for pile in found] == [40, 12, 12]
    assert places.xy_m[[pile.place for pile in found], 0].tolist() == [10.0, 0.0, 20.0]


@pytest.mark.parametrize("change", [{"min_reports": 0}, {"kept_out_share": 1.5}, {"kept_out_groups": 0}])
def test_thresholds_that_mean_nothing_are_refused(change) -> None:
    with pytest.raises(GeoError):
        find_piles(collapse([(0, 0)]), [1], **(THRESHOLDS | change))


def test_groups_of_other_reports_are_refused() -> None:
    with pytest.raises(GeoError, match="one value for each of the 1 reports"):
        find_piles(collapse([(0, 0)]), [1, 2], **THRESHOLDS)


def test_a_tolerance_of_zero_is_refused() -> None:
    with pytest.raises(GeoError, match="tolerance_m"):
        collapse([(0, 0)], tolerance_m=0)


@pytest.mark.parametrize("file", ["all159types", "neighbourhood_types"])
@pytest.mark.parametrize("days", [90, 365, 10_000])
def test_of_a_real_city_only_the_city_hall_is_kept_out(shared: Path, file: str, days: int) -> None:
    opened, group, lon_lat = [], [], []
    with gzip.open(shared / f"realdata/boston311_2015/boston311_2015_{file}.csv.gz", "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            month, day_of_month, year = row["OPEN_DT"][:10].split("/")
            opened.append(date(int(year), int(month), int(day_of_month)))
            group.append(row["Department"])
            lon_lat.append((float(row["LONGITUDE"]), float(row["LATITUDE"])))
    day = np.array([each.toordinal() for each in opened])
    # The publisher's departments stand for the groups: whose work it is, not the raw type.
    code = np.unique(group, return_inverse=True)[1]
    window = day > date(2015, 12, 31).toordinal() - days
    places = collapse(to_metres(np.array(lon_lat)[window], 32619))
    heavy = [pile for pile in find_piles(places, code[window], **THRESHOLDS) if pile.heavy]
    city_hall = to_metres([(-71.0587, 42.3594)], 32619)[0]
    away_m = [np.hypot(*(places.xy_m[pile.place] - city_hall)) for pile in heavy]
    assert min(away_m) < 1
    assert max(away_m) <= 25


def test_a_pile_right_beside_a_default_point_is_the_same_default_address() -> None:
    town_hall = [(0.0, 0.0)] * 400
    beside, elsewhere = [(14.0, 0.0)] * 30, [(90.0, 0.0)] * 30
    group = np.arange(460) % 6
    found = find_piles(collapse(town_hall + beside + elsewhere), group, **THRESHOLDS)
    assert [(pile.reports, pile.heavy) for pile in found] == [(400, True), (30, True), (30, False)]
