"""A hot spot has more than its place would usually bring; what is busy, alone or unknown is told as that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.footprints import near
from geo.geojson import from_geojson
from geo.projection import to_lon_lat, to_metres
from geo.significance import Verdict
from problems.categories import Group
from problems.drawn_standing import judge_area
from problems.finding import Finding, find_hot_spots, references_of
from problems.hot_spots import DetectionSettings, Pile, PileDecision, Standing
from problems.references import References, Told
from problems.reports import NO_POINTS, ReportPoints
from problems.use_cases.refreshing import references
from tests.scenes import LONDON, Scene, days_before

EPSG = 27700
CORNER_M = np.array([450_000.0, 330_000.0])
#: Monday noon, somewhere in March; the window of the tests ends then.
NOW_S = 1_772_452_800
DAY_S = 86_400
SETTINGS = DetectionSettings()
MARKET_M = (1_500.0, 1_500.0)


def reports(
    parts: list[tuple[int, np.ndarray]], *, first: int = 1, ends_s: int = NOW_S, days: int = 90
) -> ReportPoints:
    """Return reports of (group, places in metres), one reporter each, spread evenly over the days."""
    xy_m = np.vstack([np.empty((0, 2)), *(places for _group, places in parts)])
    group = np.concatenate([np.zeros(0, dtype=np.int8), *(np.full(len(places), own) for own, places in parts)])
    ids = np.arange(first, first + len(xy_m))
    at_s = ends_s - 1 - (ids * 7_919) % (days * DAY_S)
    lon_lat = to_lon_lat(xy_m + CORNER_M, EPSG) if len(xy_m) else np.zeros((0, 2))
    none = np.zeros(len(ids), dtype=np.int64)
    return ReportPoints(ids, lon_lat, group.astype(np.int8), at_s, ids, none.astype(np.bool_), none)


def town(rng: np.random.Generator, *, busy: float = 0.3, number: int = 2_400) -> list[tuple[int, np.ndarray]]:
    """Return reports of three groups on 3 km by 3 km, of which a part is at a market of 200 m."""
    parts = []
    for group, share in enumerate((0.5, 0.3, 0.2)):
        count = rng.poisson(number * share)
        at_market = rng.binomial(count, busy)
        market = np.array(MARKET_M) + rng.uniform(-100, 100, (at_market, 2))
        parts.append((group, np.vstack((market, rng.uniform(0, 3_000, (count - at_market, 2))))))
    return parts


def bunch(rng: np.random.Generator, at_m: tuple[float, float], number: int, *, spread_m: float = 25.0) -> np.ndarray:
    return np.array(at_m) + rng.normal(0, spread_m, (number, 2))


def find(points: ReportPoints, before: ReportPoints = NO_POINTS, settings: DetectionSettings = SETTINGS) -> Finding:
    return find_hot_spots(points, [], epsg=EPSG, settings=settings, zone=UTC, before=before)


def middle_m(lon_lat: tuple[float, float]) -> np.ndarray:
    return np.asarray(to_metres(np.array([lon_lat]), EPSG)[0] - CORNER_M)


def year_before(rng: np.random.Generator, extra: list[tuple[int, np.ndarray]] | None = None) -> ReportPoints:
    parts = [part for _ in range(4) for part in town(rng)] + (extra or [])
    return reports(parts, first=1_000_001, ends_s=NOW_S - 90 * DAY_S, days=360)


def test_a_busy_place_with_its_share_of_everything_is_no_hot_spot() -> None:
    points = reports(town(np.random.default_rng(1)))
    at_market = np.hypot(*(to_metres(points.lon_lat, EPSG) - CORNER_M - np.array(MARKET_M)).T) < 100
    assert int((at_market & (points.group == 0)).sum()) > 200
    found = find(points)
    assert found.found == ()
    assert found.looked_at > 2_000


@pytest.mark.parametrize("is_chronic", [False, True])
def test_a_place_with_more_than_usual_is_a_hot_spot_whether_it_is_new_or_was_always_there(is_chronic: bool) -> None:
    rng = np.random.default_rng(2)
    points = reports([*town(rng), (2, bunch(rng, (700, 2_200), 14))])
    extra = [(2, bunch(rng, (700, 2_200), 56))] if is_chronic else []
    (spot,) = find(points, year_before(rng, extra)).found
    assert (spot.group, spot.standing) == (tuple(Group)[2], Standing.HOT_SPOT)
    assert np.hypot(*(middle_m(spot.lon_lat) - (700, 2_200))) < 40
    assert 14 <= spot.incidents <= 20
    assert spot.expected is not None
    assert spot.expected < 4
    assert spot.ratio == pytest.approx(spot.incidents / spot.expected)
    assert spot.ratio_low is not None
    assert spot.ratio_high is not None
    assert spot.ratio is not None
    assert 1 < spot.ratio_low < spot.ratio < spot.ratio_high
    assert spot.q_value is not None
    assert spot.q_value < 0.05
    assert spot.dispersion == pytest.approx(1.0, abs=0.3)


def test_towns_without_hot_spots_have_none() -> None:
    called = []
    for seed in range(12):
        rng = np.random.default_rng([seed, 5])
        called.append(len(find(reports(town(rng)), year_before(rng)).found))
    assert sum(called) <= 1


def test_what_chance_may_bring_is_a_candidate() -> None:
    rng = np.random.default_rng(3)
    points = reports([*town(rng), (2, bunch(rng, (700, 2_200), 14))])
    strict = find(points, settings=replace(SETTINGS, most_false=1e-9, most_chance=0.01))
    assert strict.found == ()
    assert {one.standing for one in strict.candidates} == {Standing.CANDIDATE}
    assert any(np.hypot(*(middle_m(one.lon_lat) - (700, 2_200))) < 60 for one in strict.candidates)


@pytest.mark.parametrize(
    ("parts", "hot"),
    [
        ([], 0),
        ([(0, np.array([[5.0, 5.0]] * 3))], 0),
        ([(0, np.array([[5.0, 5.0]] * 40))], 1),
        ([(0, np.array([[5.0, 5.0]] * 9)), (1, np.array([[900.0, 5.0]] * 9))], 2),
    ],
    ids=["nothing", "three reports", "all at one place", "two places and no more"],
)
def test_without_anything_to_compare_with_density_alone_counts_and_says_so(
    parts: list[tuple[int, np.ndarray]], hot: int
) -> None:
    found = find(reports(parts))
    assert [one.standing for one in found.found] == [Standing.UNTESTED] * hot
    assert all(one.expected is None and one.ratio is None and one.q_value is None for one in found.found)
    assert (found.candidates, found.mixed) == ((), ())


def test_all_reports_as_one_window_are_compared_with_each_other() -> None:
    rng = np.random.default_rng(4)
    points = reports([*town(rng), (1, bunch(rng, (2_500, 600), 20))])
    found = find_hot_spots(points, [], epsg=EPSG, settings=SETTINGS, zone=UTC, window_days=0)
    assert [one.standing for one in found.found] == [Standing.HOT_SPOT]


@hypothesis_settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_the_reports_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(6)
    parts = [*town(rng, number=900), (0, bunch(rng, (700, 2_200), 22)), (1, bunch(rng, (2_300, 400), 15))]
    points, before = reports(parts), year_before(rng)
    shuffle = np.random.default_rng(seed)

    def shuffled(some: ReportPoints) -> ReportPoints:
        order = shuffle.permutation(len(some))
        return ReportPoints(
            some.ids[order], some.lon_lat[order], some.group[order], some.reported_s[order], some.reporter[order],
            some.snapped[order], some.main[order],
        )  # fmt: skip

    assert figures(find(shuffled(points), shuffled(before))) == figures(find(points, before))


def figures(found: Finding) -> list[tuple[object, ...]]:
    return [
        (one.group, one.standing, one.members.tolist(), one.outline, one.expected, one.q_value, one.lon_lat)
        for one in (*found.found, *found.candidates, *found.mixed)
    ]


def test_outlines_of_one_group_neither_overlap_nor_have_spikes_and_a_wide_place_is_split() -> None:
    rng = np.random.default_rng(7)
    street = np.column_stack((rng.uniform(300, 1_500, 260), rng.normal(2_300, 12, 260)))
    points = reports([*town(rng), (1, street), (1, bunch(rng, (1_640, 2_310), 40))])
    found = find(points)
    shapes = [from_geojson(one.outline) for one in found.found]
    assert len(shapes) >= 4
    assert all(one.width_m <= SETTINGS.max_width_m for one in found.found)
    for number, shape in enumerate(shapes):
        metres = shapely.transform(shape, lambda corners: to_metres(corners, EPSG))
        assert metres.is_valid
        # What is narrower than 12 m is gone after shrinking and growing by 6 m: hardly anything is.
        assert metres.buffer(-6).buffer(6).area > 0.95 * metres.area
        # Neighbours share edges, whose corners are rounded to a centimetre.
        assert all(shape.intersection(other).area * 7.5e9 < 0.5 for other in shapes[:number])
    for one in found.found:
        inside = near(points.lon_lat[np.isin(points.ids, one.members)], one.outline, epsg=EPSG, distance_m=1.0)
        assert inside.mean() > 0.8


def test_more_of_everything_than_before_shows_in_the_mixed_view_alone() -> None:
    rng = np.random.default_rng(8)
    risen = [(group, bunch(rng, (2_400, 2_400), 12, spread_m=30)) for group in range(3)]
    found = find(reports([*town(rng), *risen]), year_before(rng))
    assert [one.group for one in found.mixed] == [None]
    assert np.hypot(*(middle_m(found.mixed[0].lon_lat) - (2_400, 2_400))) < 50
    with pytest.raises(ValueError, match="belongs to no group"):
        _ = found.mixed[0].own_group


def test_a_default_point_is_kept_out_of_the_comparison_too() -> None:
    rng = np.random.default_rng(9)
    point = np.array([[700.0, 2_200.0]])
    lon, lat = to_lon_lat(point + CORNER_M, EPSG)[0]
    pile = Pile(1, (float(lon), float(lat)), 400, 1, 0.1, False, None, PileDecision.DEFAULT_POINT)
    points = reports([*town(rng), (0, bunch(rng, (700, 2_200), 22))])
    parts = [part for _ in range(4) for part in town(rng)]
    with_pile = reports([*parts, (1, np.repeat(point, 400, axis=0))], first=1_000_001, ends_s=NOW_S - 90 * DAY_S)
    options: dict[str, Any] = {"epsg": EPSG, "settings": SETTINGS, "zone": UTC, "before": with_pile}
    known = find_hot_spots(points, [pile], **options)
    unknown = find_hot_spots(points, [], **options)
    assert [one.standing for one in known.found] == [Standing.HOT_SPOT]
    assert known.found[0].expected is not None
    assert known.found[0].expected < 5
    assert unknown.found == ()


@pytest.mark.parametrize(("repeats", "low", "high"), [(1, 1.0, 1.1), (3, 2.4, 3.2)])
def test_the_swing_of_ordinary_places_is_measured_over_the_windows_before(
    repeats: int, low: float, high: float
) -> None:
    rng = np.random.default_rng(10)
    xy_m, at_s = rng.uniform(0, 4_000, (1_500, 2)), rng.uniform(0, 360, 1_500)
    xy_m, at_s = np.repeat(xy_m, repeats, axis=0), np.repeat(at_s, repeats)
    before = Told(xy_m, np.zeros(len(xy_m), dtype=np.int8), (NOW_S - at_s * DAY_S).astype(np.int64))
    nothing = Told(np.zeros((0, 2)), np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int64))
    assert low <= References(nothing, before, SETTINGS, 90).swing(0) <= high
    assert References(nothing, before, SETTINGS, 90).swing(1) == SETTINGS.unknown_swing


def test_where_too_little_is_known_counts_are_taken_to_swing_twice_as_much_as_chance() -> None:
    rng = np.random.default_rng(10)
    xy_m, at_s = rng.uniform(0, 4_000, (1_500, 2)), rng.uniform(0, 200, 1_500)
    before = Told(xy_m, np.zeros(len(xy_m), dtype=np.int8), (NOW_S - at_s * DAY_S).astype(np.int64))
    nothing = Told(np.zeros((0, 2)), np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int64))
    assert References(nothing, before, SETTINGS, 90).swing(0) == 2.0
    assert References(nothing, nothing, SETTINGS, 90).swing(None) == 2.0
    assert References(nothing, before, SETTINGS, 0).swing(0) == 2.0


def test_a_town_whose_reports_come_in_bunches_has_no_hot_spot_when_little_is_known_of_it() -> None:
    rng = np.random.default_rng(12)
    # Every incident is told again by others nearby, on other days: the variance of counts is above twice the mean.
    places = rng.uniform(0, 3_000, (1_500, 2))
    bunches = np.repeat(places, rng.integers(1, 5, len(places)), axis=0) + rng.normal(0, 25, (1, 2))
    kinds = rng.integers(0, 3, len(places))
    points = reports([(kind, bunches[rng.permutation(len(bunches))][: 1_200 + kind]) for kind in range(3)])
    assert len(kinds)
    found = find_hot_spots(points, [], epsg=EPSG, settings=SETTINGS, zone=UTC)
    assert found.found == ()


def test_an_area_that_was_drawn_is_judged_by_the_same_comparison() -> None:
    rng = np.random.default_rng(11)
    points = reports([*town(rng), (2, bunch(rng, (700, 2_200), 14))])
    options: dict[str, Any] = {"epsg": EPSG, "zone": UTC}
    window: dict[str, Any] = options | {"settings": SETTINGS, "window_days": 90}
    references, last = references_of(points, year_before(rng), [], **window), datetime.fromtimestamp(NOW_S, UTC).date()
    bad, market = (drawn(at, 90.0) for at in ((700.0, 2_200.0), MARKET_M))
    more = judge_area(points, bad, references, last=last, **options).of(tuple(Group)[2])
    assert more.verdict is Verdict.MORE
    assert more.incidents >= 14
    usual = judge_area(points, market, references, last=last, **options).of(Group.LIGHTING)
    assert usual.verdict is Verdict.NOT_MORE
    assert usual.incidents > 150
    assert usual.ratio == pytest.approx(1.0, abs=0.25)


def drawn(at_m: tuple[float, float], reach_m: float) -> dict[str, object]:
    ring = np.array(at_m) + reach_m * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    return {"type": "Polygon", "coordinates": [to_lon_lat(ring + CORNER_M, EPSG).tolist()]}


def test_a_candidate_makes_no_problem_and_carries_a_known_one_on(scene: Scene) -> None:
    everywhere = [scene.report((300 + 90 * n, 1_000 + 70 * (n % 9)), scene.today, code="WST-DUMP") for n in range(60)]
    spot = scene.spot((0, 0), days_before(scene.today, 14))
    scene.send(*everywhere, *spot)
    scene.settings = replace(scene.settings, most_false=1e-200)
    first = scene.refresh()
    assert (first.hot_spots, first.new, scene.store.problems()) == (0, 0, [])
    (candidate,) = scene.store.places_of(first.id)
    assert (candidate.standing, candidate.problem_id) == (Standing.CANDIDATE, None)
    scene.settings = DetectionSettings()
    second = scene.refresh()
    (problem,) = scene.store.problems()
    assert (second.hot_spots, second.new) == (1, 1)
    scene.settings = replace(scene.settings, most_false=1e-200)
    third = scene.refresh(scene.today + timedelta(days=7))
    (candidate,) = scene.store.places_of(third.id)
    assert (candidate.standing, candidate.problem_id, candidate.change) == (Standing.CANDIDATE, problem.id, "survived")
    assert scene.store.problem(problem.id).misses == 0
    assert (third.hot_spots, third.new, third.dormant) == (0, 0, 0)


def test_an_area_of_a_store_is_compared_with_the_reports_that_a_refresh_compares_with(scene: Scene) -> None:
    everywhere = [scene.report((300 + 90 * n, 1_000 + 70 * (n % 9)), scene.today, code="WST-DUMP") for n in range(60)]
    scene.send(*everywhere, *scene.spot((0, 0), days_before(scene.today, 14)))
    found = scene.refresh()
    (problem,) = scene.store.problems()
    (spot,) = scene.store.hot_spots(found.id)
    compared = references(scene.store, found.as_of, settings=scene.settings, zone=LONDON)
    told = judge_area(
        scene.store.report_points(), problem.footprint, compared, last=found.as_of, epsg=found.epsg, zone=LONDON
    ).of(problem.group)
    assert spot.standing is Standing.HOT_SPOT
    assert told.verdict is told.verdict_picked is Verdict.MORE
    assert told.incidents == spot.incidents == 14
    assert told.expected is not None
    assert told.expected < 1
