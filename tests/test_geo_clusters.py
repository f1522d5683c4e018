import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.cluster import DBSCAN
from sklearn.datasets import load_iris

from geo import engine, neighbours
from geo.clusters import Clusters, find_clusters, split_wide
from geo.errors import GeoError
from geo.outlines import width_m


@pytest.fixture(autouse=True, scope="module", params=["compiled", "NumPy"])
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "NumPy":
            patch.setattr(engine, "plane", lambda *_: None)
        else:
            assert engine.load()
        yield


# Whole metres make ties of distance and coordinates frequent.
points_near_each_other = st.integers(0, 70).flatmap(
    lambda n: arrays(np.int64, (n, 2), elements=st.integers(0, 40)).map(lambda xy: xy.astype(float))
)


def partition(label: np.ndarray, rows: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(rows[label[rows] == each].tolist()) for each in np.unique(label[rows])}


def assert_same_as_peer(xy: np.ndarray, found: Clusters, radius: float, minimum: float, weights=None) -> None:
    peer = DBSCAN(eps=radius, min_samples=minimum).fit(xy, sample_weight=weights)
    core = np.zeros(len(xy), dtype=bool)
    core[peer.core_sample_indices_] = True
    assert np.array_equal(found.core, core)
    assert partition(found.label, np.flatnonzero(core)) == partition(peer.labels_, np.flatnonzero(core))
    assert np.array_equal(found.label == -1, peer.labels_ == -1)


@pytest.mark.parametrize("case", [0, 1])
def test_iris_in_four_dimensions_equals_the_published_clusters(shared: Path, case: int) -> None:
    expected = json.loads((shared / "golden/g01_dbscan_iris.json").read_text())["cases"][case]
    found = find_clusters(load_iris().data, radius_m=expected["eps"], min_weight=expected["min_pts"])
    assert found.count == expected["n_clusters"]
    assert (found.label == -1).sum() == expected["noise"]
    assert sorted(np.bincount(found.label[found.label >= 0])) == sorted(expected["sizes"])


@pytest.mark.parametrize("case", [0, 1])
def test_robberies_equal_the_published_core_points(shared: Path, case: int) -> None:
    expected = json.loads((shared / "golden/g02_dbscan_memphis.json").read_text())["cases"][case]
    xy_m = np.genfromtxt(shared / "golden/memphis_robberies_2019.csv", delimiter=",", skip_header=1, usecols=(4, 5))
    found = find_clusters(xy_m, radius_m=expected["eps"], min_weight=expected["min_pts"])
    assert found.count == expected["n_clusters"]
    assert (found.label == -1).sum() == expected["noise"]
    assert found.core.sum() == expected["core"]
    assert sorted(np.bincount(found.label[found.core]), reverse=True) == expected["core_sizes"]


@given(points_near_each_other, st.integers(1, 20), st.integers(1, 8))
def test_cores_their_clusters_and_noise_equal_scikit_learn(xy: np.ndarray, radius: int, minimum: int) -> None:
    found = find_clusters(xy, radius_m=radius, min_weight=minimum)
    if len(xy):
        assert_same_as_peer(xy, found, radius, minimum)


@given(st.integers(0, 2**32 - 1), st.floats(1.0, 400.0), st.integers(2, 30))
@settings(max_examples=20)
def test_a_lumpy_city_equals_scikit_learn(seed: int, radius: float, minimum: int) -> None:
    random = np.random.default_rng(seed)
    centres = random.uniform(0, 4000, (8, 2))
    lumps = centres[random.integers(0, 8, 700)] + random.normal(0, 50, (700, 2))
    xy = np.vstack((lumps, random.uniform(0, 4000, (500, 2)))) + np.array([430_000, 434_000])
    assert_same_as_peer(xy, find_clusters(xy, radius_m=radius, min_weight=minimum), radius, minimum)


@given(points_near_each_other, st.integers(1, 20), st.integers(1, 8), st.randoms(use_true_random=False))
def test_order_of_points_does_not_matter(xy: np.ndarray, radius: int, minimum: int, random) -> None:
    order = np.array(random.sample(range(len(xy)), len(xy)), dtype=np.int64)
    weights = np.linspace(0.1, 0.7, len(xy))
    there = find_clusters(xy, radius_m=radius, min_weight=minimum * 0.3, weights=weights)
    back = find_clusters(xy[order], radius_m=radius, min_weight=minimum * 0.3, weights=weights[order])
    assert np.array_equal(there.label[order], back.label)
    assert np.array_equal(there.core[order], back.core)


@given(points_near_each_other, st.integers(1, 20), st.integers(1, 8))
def test_duplicates_and_weights_say_the_same(xy: np.ndarray, radius: int, minimum: int) -> None:
    places, place, count = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    rows = find_clusters(xy, radius_m=radius, min_weight=minimum)
    weighted = find_clusters(places, radius_m=radius, min_weight=minimum, weights=count)
    assert np.array_equal(rows.label, weighted.label[place])
    assert np.array_equal(rows.core, weighted.core[place])


@given(points_near_each_other, st.integers(1, 20), st.integers(1, 8))
def test_the_plane_and_the_tree_agree(xy: np.ndarray, radius: int, minimum: int) -> None:
    plane = find_clusters(xy, radius_m=radius, min_weight=minimum)
    space = find_clusters(np.column_stack((xy, np.zeros(len(xy)))), radius_m=radius, min_weight=minimum)
    assert np.array_equal(plane.label, space.label)
    assert np.array_equal(plane.core, space.core)


def test_small_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    xy = np.random.default_rng(4).uniform(0, 900, (400, 2))
    at_once = find_clusters(xy, radius_m=45, min_weight=5)
    monkeypatch.setattr(neighbours, "BLOCK_PAIRS", 7)
    bit_by_bit = find_clusters(xy, radius_m=45, min_weight=5)
    assert at_once.count > 1
    assert np.array_equal(at_once.label, bit_by_bit.label)


def test_the_radius_includes_its_edge() -> None:
    assert find_clusters([(0, 0), (75, 0)], radius_m=75, min_weight=2).count == 1
    assert find_clusters([(0, 0), (75.001, 0)], radius_m=75, min_weight=2).count == 0


def test_clusters_are_numbered_from_west_to_east() -> None:
    east, west = [(900, 0), (901, 0)], [(10, 500), (11, 500)]
    assert find_clusters(east + west, radius_m=5, min_weight=2).label.tolist() == [1, 1, 0, 0]


def test_a_border_point_goes_to_the_nearest_core() -> None:
    left, right = [(0, 0), (-6, 0), (-6, 1)], [(20, 0), (26, 0), (26, 1)]
    found = find_clusters([*left, *right, (11, 0)], radius_m=12, min_weight=4)
    assert np.flatnonzero(found.core).tolist() == [0, 3]
    assert found.label.tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_between_two_cores_a_border_point_goes_to_the_smaller_coordinates() -> None:
    left, right = [(0, 0), (-6, 0), (-6, 1)], [(20, 0), (26, 0), (26, 1)]
    found = find_clusters([*right, (10, 0), *left], radius_m=10, min_weight=4)
    assert np.flatnonzero(found.core).tolist() == [0, 4]
    assert found.label.tolist() == [1, 1, 1, 0, 0, 0, 0]


def test_the_core_test_sees_the_weight_within_the_radius_in_the_order_of_the_points() -> None:
    seen: list[np.ndarray] = []

    def busy_enough(within: np.ndarray) -> np.ndarray:
        seen.append(within)
        return within >= 4

    xy = [(500, 0), (0, 0), (1, 0), (500, 0), (2, 0)]
    found = find_clusters(xy, radius_m=5, min_weight=2, weights=[1, 2, 1, 1, 1], is_core=busy_enough)
    assert seen[0].tolist() == [2, 4, 4, 2, 4]
    assert found.core.tolist() == [False, True, True, False, True]
    assert found.label.tolist() == [-1, 0, 0, -1, 0]


def test_a_core_test_never_lowers_the_minimum() -> None:
    everyone = find_clusters([(0, 0), (1, 0)], radius_m=5, min_weight=3, is_core=lambda w: np.ones(len(w), dtype=bool))
    assert everyone.count == 0


def test_a_pile_is_one_weighted_place() -> None:
    xy = np.vstack((np.zeros((15_000, 2)), np.random.default_rng(1).uniform(0, 5000, (2_000, 2))))
    found = find_clusters(xy, radius_m=75, min_weight=8)
    assert (found.label[:15_000] == found.label[0]).all()
    assert found.core[:15_000].all()


def test_no_point_makes_no_cluster() -> None:
    found = find_clusters([], radius_m=75, min_weight=8)
    assert (found.label.shape, found.core.shape, found.count) == ((0,), (0,), 0)


def test_far_apart_points_with_a_tiny_radius_are_found_too() -> None:
    xy = [(0, 0), (0, 0.0005), (1e7, 1e7), (1e7, 1e7 + 0.0005)]
    assert find_clusters(xy, radius_m=0.001, min_weight=2).label.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("xy", "options"),
    [
        ([(0, np.nan)], {}),
        ([(0, np.inf)], {}),
        ([0, 1, 2], {}),
        ([(0, 0)], {"radius_m": 0}),
        ([(0, 0)], {"radius_m": -75}),
        ([(0, 0)], {"radius_m": np.nan}),
        ([(0, 0)], {"min_weight": 0}),
        ([(0, 0)], {"weights": [1, 2]}),
        ([(0, 0)], {"weights": [-1]}),
        ([(0, 0)], {"weights": [np.nan]}),
        ([(0, 0)], {"is_core": lambda within: within}),
    ],
)
def test_what_cannot_be_clustered_is_refused_in_three_parts(xy, options) -> None:
    with pytest.raises(GeoError) as refusal:
        find_clusters(xy, **({"radius_m": 75, "min_weight": 8} | options))
    assert refusal.value.asked
    assert refusal.value.why
    assert refusal.value.possible


def test_what_is_too_wide_is_split_where_it_is_thin() -> None:
    lump = np.column_stack([axis.ravel() for axis in np.meshgrid(np.arange(0, 90, 10.0), np.arange(0, 90, 10.0))])
    xy = np.vstack([lump + np.array([x, 0]) for x in (0, 150, 300)])
    wide = find_clusters(xy, radius_m=75, min_weight=8)
    found = split_wide(xy, wide, radius_m=75, min_weight=8, max_width_m=250)
    assert (wide.count, found.count) == (1, 3)
    assert found.label.tolist() == [0] * 81 + [1] * 81 + [2] * 81


def test_what_fits_is_left_alone() -> None:
    xy = np.random.default_rng(5).normal(0, 30, (100, 2))
    before = find_clusters(xy, radius_m=75, min_weight=8)
    after = split_wide(xy, before, radius_m=75, min_weight=8, max_width_m=400)
    assert np.array_equal(before.label, after.label)
    assert np.array_equal(before.core, after.core)


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([30.0, 150.0, 400.0, 5000.0]),
    st.sampled_from([0.2, 0.75, 0.97]),
    st.integers(1, 12),
)
@settings(max_examples=25)
def test_no_split_cluster_is_too_wide_and_order_does_not_matter(
    seed: int, max_width: float, shrink: float, minimum: int
) -> None:
    random = np.random.default_rng(seed)
    xy = np.vstack((random.uniform(0, 900, (300, 2)), np.round(random.uniform(0, 300, (200, 2)), -1)))
    options = {"radius_m": 75.0, "min_weight": minimum}

    def split(points: np.ndarray) -> Clusters:
        before = find_clusters(points, **options)
        return split_wide(points, before, max_width_m=max_width, shrink=shrink, **options)

    found = split(xy)
    members = [xy[found.label == each] for each in range(found.count)]
    assert all(width_m(part) <= max_width for part in members)
    assert all(found.core[found.label == each].any() for each in range(found.count))
    order = random.permutation(len(xy))
    assert np.array_equal(split(xy[order]).label, found.label[order])


def test_a_carpet_of_reports_is_cut_into_squares() -> None:
    side = np.arange(0, 60, 0.5)
    xy = np.column_stack([axis.ravel() for axis in np.meshgrid(side, side)])
    options = {"radius_m": 75, "min_weight": 1}
    found = split_wide(xy, find_clusters(xy, **options), max_width_m=30, **options)
    assert found.count > 3
    assert (found.label >= 0).all()
    assert max(width_m(xy[found.label == each]) for each in range(found.count)) <= 30


def test_a_split_passes_the_core_test_the_rows_of_the_points() -> None:
    xy = np.column_stack((np.arange(0, 600, 10.0), np.zeros(60)))
    options = {"radius_m": 60, "min_weight": 2, "is_core": lambda within: (within > 0) & (np.arange(60) % 60 != 30)}
    found = split_wide(xy, find_clusters(xy, **options), max_width_m=400, **options)
    assert not found.core[30]
    assert found.count >= 2


@pytest.mark.parametrize("options", [{"shrink": 1.0}, {"shrink": 0.0}, {"max_width_m": 0}])
def test_a_split_that_cannot_end_is_refused(options) -> None:
    found = find_clusters([(0, 0)], radius_m=75, min_weight=1)
    with pytest.raises(GeoError):
        split_wide([(0, 0)], found, **({"radius_m": 75, "min_weight": 1, "max_width_m": 400} | options))


def test_clusters_of_other_points_are_not_split() -> None:
    found = find_clusters([(0, 0)], radius_m=75, min_weight=1)
    with pytest.raises(GeoError, match="2 points were passed"):
        split_wide([(0, 0), (1, 1)], found, radius_m=75, min_weight=1, max_width_m=400)
