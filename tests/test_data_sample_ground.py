"""The ground and the reports of the sample city, before anything is stored."""

import numpy as np
import pytest
import shapely

from data.sample.files import CouncilFiles, file_digest
from data.sample.ground import Ground, build_ground, city_lon_lat
from data.sample.reports import DAY_S, CityReports, build_reports, reporter_key
from data.sample.spots import DAYS, Fate, Spot, plant_spots
from data.sample.streets import HALF_BOX_M, MAIN, RESIDENTIAL, SECONDARY, WATER
from data.sample.texts import LEAVES
from data.taxonomy import load_taxonomy
from geo.projection import metric_epsg
from problems.reports import RejectedRow, Report

LAST_S = 1_773_847_800
FIRST_S = (LAST_S // DAY_S - DAYS) * DAY_S


@pytest.fixture(scope="module")
def ground() -> Ground:
    return build_ground(7)


@pytest.fixture(scope="module")
def spots(ground: Ground) -> list[Spot]:
    return plant_spots(ground, 7)


@pytest.fixture(scope="module")
def reports(ground: Ground, spots: list[Spot]) -> CityReports:
    return build_reports(ground, spots, 7, FIRST_S, LAST_S)


@pytest.mark.parametrize("kind", ["wards", "beats", "quarters"])
def test_areas_tile_the_city(ground: Ground, kind: str) -> None:
    pieces = [piece for _, piece in getattr(ground, kind)]
    whole = shapely.union_all(pieces)
    assert whole.area == pytest.approx(sum(piece.area for piece in pieces), abs=1.0)
    assert shapely.symmetric_difference(whole, ground.network.edge).area < 10.0
    assert all(piece.is_valid and isinstance(piece, shapely.Polygon) for piece in pieces)
    assert min(piece.area for piece in pieces) > 300_000


def test_stored_areas_still_tile_after_rounding(ground: Ground) -> None:
    for kind in ("ward", "beat", "neighbourhood"):
        pieces = [shapely.geometry.shape(area.geometry) for area in ground.areas() if area.kind == kind]
        whole = shapely.union_all(pieces)
        assert sum(piece.area for piece in pieces) == pytest.approx(whole.area, rel=1e-6)


@pytest.mark.parametrize("seed", [0, 1, 7, 2026])
def test_any_seed_draws_a_city_inside_its_box(seed: int) -> None:
    city = build_ground(seed)
    west, south, east, north = shapely.total_bounds([line.line for line in city.network.lines])
    assert -HALF_BOX_M[0] <= west < east <= HALF_BOX_M[0]
    assert -HALF_BOX_M[1] <= south < north <= HALF_BOX_M[1]
    assert len(city.houses) > 30_000
    assert {line.rank for line in city.network.lines} == {0, 1, 2, 3, 4}
    assert sum(line.rank == WATER for line in city.network.lines) == 1


def test_only_main_roads_cross_the_river(ground: Ground) -> None:
    river = ground.network.river
    crossing = {line.rank for line in ground.streets if line.line.crosses(river)}
    bridges = sum(line.line.crosses(river) for line in ground.streets)
    assert crossing == {MAIN}
    assert 2 <= bridges <= 5


def test_street_names_are_given_once(ground: Ground) -> None:
    names = [line.name for line in ground.streets if line.rank in (SECONDARY, RESIDENTIAL)]
    assert len(names) > 600
    assert len(names) == len(set(names))


def test_addresses_are_unique_and_dry(ground: Ground) -> None:
    houses = ground.houses
    assert len(set(zip(houses.street.tolist(), houses.number.tolist(), strict=True))) == len(houses)
    assert not shapely.contains_xy(ground.network.river.buffer(35), houses.xy_m).any()
    for _, park in ground.network.parks:
        assert not shapely.contains_xy(park, houses.xy_m).any()


def test_the_city_lies_where_the_national_grid_fits(ground: Ground) -> None:
    assert metric_epsg(city_lon_lat(ground.houses.xy_m[:100])) == 27700


def test_equal_seeds_give_equal_reports_and_others_do_not(ground: Ground, reports: CityReports) -> None:
    again = build_reports(build_ground(7), plant_spots(build_ground(7), 7), 7, FIRST_S, LAST_S)
    assert np.array_equal(again.xy_m, reports.xy_m)
    assert np.array_equal(again.reported_s, reports.reported_s)
    assert np.array_equal(again.reporter, reports.reporter)
    other = build_reports(ground, plant_spots(ground, 8), 8, FIRST_S, LAST_S)
    assert len(other) != len(reports) or not np.array_equal(other.xy_m, reports.xy_m)


def test_reports_come_in_order_and_in_time(reports: CityReports) -> None:
    assert (np.diff(reports.reported_s) >= 0).all()
    assert reports.reported_s[0] >= FIRST_S
    assert reports.reported_s[-1] <= LAST_S
    assert (reports.occurred_s < reports.reported_s).all()
    assert (reports.acknowledged_s >= reports.reported_s).all()
    assert (reports.closed_s >= reports.acknowledged_s).all()


def test_a_spot_that_was_worked_on_falls_silent(spots: list[Spot], reports: CityReports) -> None:
    ended = [k for k, spot in enumerate(spots) if spot.fate is Fate.WORKED and spot.end < DAYS - 60]
    day = (reports.occurred_s - FIRST_S) // DAY_S
    before = after = 0
    for k in ended:
        own = day[reports.spot == k]
        before += int(((own >= spots[k].end - 60) & (own < spots[k].end)).sum())
        after += int(((own >= spots[k].end) & (own < spots[k].end + 60)).sum())
    assert len(ended) > 15
    assert after < 0.06 * before


def test_a_failed_response_changes_nothing(spots: list[Spot], reports: CityReports) -> None:
    day = (reports.occurred_s - FIRST_S) // DAY_S
    failed = [(k, spot) for k, spot in enumerate(spots) if spot.fate is Fate.FAILED]
    assert len(failed) == 3
    for k, spot in failed:
        assert spot.fixed_on is not None
        own = day[reports.spot == k]
        before = int(((own >= spot.fixed_on - 90) & (own < spot.fixed_on)).sum())
        after = int(((own >= spot.fixed_on) & (own < spot.fixed_on + 90)).sum())
        assert after > 0.4 * before > 0


def test_the_displaced_spot_begins_again_close_by(spots: list[Spot]) -> None:
    first = next(spot for spot in spots if spot.fate is Fate.DISPLACED)
    echo = next(spot for spot in spots if spot.fate is Fate.ECHO)
    assert echo.group == first.group
    assert abs(echo.begin - first.end) <= 14
    assert 150 < np.hypot(*(np.array(echo.centre_m) - np.array(first.centre_m))) < 300


def test_the_recurring_spots_come_back_after_a_quiet_time(spots: list[Spot]) -> None:
    back = [spot for spot in spots if spot.fate is Fate.RECURRED]
    assert len(back) == 5
    for spot in back:
        assert spot.returns is not None
        days = np.arange(DAYS)
        quiet = spot.intensity(days[(days >= spot.end) & (days < spot.returns)])
        busy = spot.intensity(np.array([spot.end - 1, spot.returns + 20]))
        assert quiet.max() < 0.1 * busy.min()


def test_every_leaf_of_the_taxonomy_has_words() -> None:
    assert set(LEAVES) == load_taxonomy().categories.keys()


def test_reporter_keys_tell_nothing_and_differ() -> None:
    keys = {reporter_key(7, number) for number in range(1, 500)}
    assert len(keys) == 499
    assert reporter_key(7, 0) == ""


def test_a_later_file_repeats_no_ended_report(ground: Ground, reports: CityReports) -> None:
    files = CouncilFiles(ground, reports, load_taxonomy(), 7)
    middle_s = FIRST_S + 700 * DAY_S
    first = files.rows(0, middle_s, everything_open=True)
    second = files.rows(middle_s, middle_s + 7 * DAY_S, everything_open=False)
    ended = {row.source_id for row in first if isinstance(row, Report) and row.closed_at is not None}
    again = {row.source_id for row in second if isinstance(row, Report)}
    assert len(ended) > 10_000
    assert not ended & again
    assert all(
        row.closed_at is None or row.closed_at.timestamp() <= middle_s for row in first if isinstance(row, Report)
    )
    assert [row.line for row in first if isinstance(row, RejectedRow)] == [
        number for number, row in enumerate(first, start=2) if isinstance(row, RejectedRow)
    ]
    assert file_digest(first, "a") != file_digest(second, "a")
