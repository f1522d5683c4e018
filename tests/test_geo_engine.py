"""The compiled way: the same answers as NumPy and scikit-learn, taken only where it is worth it, never in the way."""

import sys
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import DBSCAN

from geo import clusters, engine
from geo.background import weight_within
from geo.clusters import Clusters, find_clusters
from geo.errors import GeoError
from geo.kernels import cells, compiled, linking, strips
from geo.neighbours import neighbours, weight_near

NOTHING = np.empty(0)
seeds = st.integers(0, 2**32 - 1)
radii = st.sampled_from([0.1, 1 / 3, 1.0, 7.0, 12.5, 40.0, 500.0])
origins = st.sampled_from([(0.0, 0.0), (430_000.0, 434_000.0), (-3e6, 9e6)])


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    assert engine.load()


def town(seed: int, origin: tuple[float, float]) -> np.ndarray:
    """Whole metres, tenths and anything, so that ties of distance, piles and lines of cells occur."""
    random = np.random.default_rng(seed)
    size, span = random.integers(1, 250), random.integers(1, 80)
    xy = random.uniform(0, span, (size, 2))
    if seed % 3:
        xy = np.round(xy, seed % 3 - 1)
    xy[random.random(size) < 0.2] = xy[0]
    return xy + np.array(origin)


def assert_same(found: Clusters, other: Clusters) -> None:
    assert found.count == other.count
    assert np.array_equal(found.core, other.core)
    assert np.array_equal(found.label, other.label)


def with_numpy(xy: np.ndarray, radius: float, minimum: float, weights=NOTHING, is_core=None) -> Clusters:
    return clusters._without_kernels(xy, weights, radius, minimum, is_core)


# -- the same answers --


@given(seeds, origins, radii, st.sampled_from([1.0, 2.0, 5.0, 8.5, 60.0]))
@settings(max_examples=150)
def test_clusters_are_those_of_numpy_and_cores_those_of_scikit_learn(seed, origin, radius, minimum) -> None:
    xy = town(seed, origin)
    found = find_clusters(xy, radius_m=radius, min_weight=minimum)
    assert_same(found, with_numpy(xy, radius, minimum))
    if origin == (0.0, 0.0):
        peer = DBSCAN(eps=radius, min_samples=int(np.ceil(minimum))).fit(xy)
        assert np.flatnonzero(found.core).tolist() == peer.core_sample_indices_.tolist()
        assert np.array_equal(found.label < 0, peer.labels_ < 0)


@given(seeds, origins, radii, st.sampled_from([0.5, 2.0, 5.0]), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_weights_and_a_core_test_change_nothing_about_it_and_nor_does_the_order(
    seed, origin, radius, minimum, random
) -> None:
    xy = town(seed, origin)
    weights = np.random.default_rng(seed).integers(0, 9, len(xy)) / 4.0
    found = find_clusters(xy, radius_m=radius, min_weight=minimum, weights=weights, is_core=lambda w: w % 2 < 1.5)
    assert_same(found, with_numpy(xy, radius, minimum, weights, lambda w: w % 2 < 1.5))
    order = np.array(random.sample(range(len(xy)), len(xy)), dtype=np.int64)
    again = find_clusters(xy[order], radius_m=radius, min_weight=minimum, weights=weights[order])
    assert_same(again, with_numpy(xy[order], radius, minimum, weights[order]))


@given(seeds, seeds, origins, radii)
@settings(max_examples=150)
def test_the_weight_within_is_that_of_looking_at_every_pair(seed, other_seed, origin, radius) -> None:
    xy, asked = town(seed, origin), town(other_seed, origin) - 15.0
    weights = np.random.default_rng(seed).integers(0, 9, len(xy)).astype(float)
    near = cdist(asked, xy, "sqeuclidean") <= radius * radius
    assert np.array_equal(weight_within(asked, xy, radius_m=radius, weights=weights), near @ weights)
    assert np.array_equal(
        weight_within(xy, xy, radius_m=radius), weight_near(neighbours(xy, radius), xy, np.ones(len(xy)))
    )


@pytest.mark.parametrize("radius", [0.1, 0.3, 0.7, 75.0, 1 / 3])
@pytest.mark.parametrize("part", [1.0, 2.0, 4.0, np.sqrt(2.0), 8.0])
def test_points_on_the_lines_of_cells_and_strips_are_not_missed(radius: float, part: float) -> None:
    side = np.arange(20) * (radius / part)
    xy = np.column_stack([axis.ravel() for axis in np.meshgrid(side, side)])
    assert np.array_equal(
        weight_within(xy, xy, radius_m=radius), weight_near(neighbours(xy, radius), xy, np.ones(len(xy)))
    )
    assert_same(find_clusters(xy, radius_m=radius, min_weight=9), with_numpy(xy, radius, 9))


def test_a_lively_town_of_many_reports_is_the_same_in_both_ways() -> None:
    random = np.random.default_rng(3)
    middles = random.uniform(0, 3000, (40, 2))
    lumps = middles[random.integers(0, 40, 30_000)] + random.normal(0, 60, (30_000, 2))
    xy = np.vstack((lumps, random.uniform(0, 3000, (10_000, 2)), np.full((5_000, 2), 1500.0)))
    found = find_clusters(xy, radius_m=20, min_weight=12)
    assert found.count > 20
    assert_same(found, with_numpy(xy, 20, 12))


def test_a_high_minimum_is_counted_in_another_way_with_the_same_result() -> None:
    xy = np.random.default_rng(8).normal(0, 60, (6_000, 2))
    for minimum in (engine.HIGH_MINIMUM - 1, engine.HIGH_MINIMUM, engine.HIGH_MINIMUM + 30):
        found = find_clusters(xy, radius_m=20, min_weight=minimum)
        assert 0 < found.core.sum() < len(xy)
        assert_same(found, with_numpy(xy, 20, minimum))


# Slow where a pile or a line is looked at pair by pair: these would take minutes.
@pytest.mark.parametrize("shape", ["one spot", "one line", "one line backwards", "two columns", "a lump"])
def test_a_million_reports_close_together_are_soon_done(shape: str) -> None:
    size = 1_000_000
    along = np.arange(size) / size * 40.0
    xy = {
        "one spot": lambda: np.full((size, 2), 3.0),
        "one line": lambda: np.column_stack((np.full(size, 7.0), along)),
        "one line backwards": lambda: np.column_stack((np.full(size, 7.0), along[::-1])),
        "two columns": lambda: np.column_stack((np.where(np.arange(size) % 2, 0.0, 60.0), along)),
        "a lump": lambda: np.random.default_rng(1).uniform(0, 30, (size, 2)),
    }[shape]()
    found = find_clusters(xy, radius_m=50, min_weight=8, is_core=lambda within: within > 8)
    assert found.core.all()
    assert found.count == (2 if shape == "two columns" else 1)


def test_places_beside_many_cores_find_the_nearest_soon() -> None:
    xy = np.random.default_rng(1).uniform(0, 30, (200_000, 2))
    found = find_clusters(xy, radius_m=50, min_weight=8, is_core=lambda within: np.arange(len(within)) % 2 == 0)
    assert (found.label == 0).all()
    assert found.core.mean() == 0.5


def test_an_array_that_must_not_be_written_to_is_enough() -> None:
    xy = town(7, (0.0, 0.0))
    weights = np.ones(len(xy))
    expected = find_clusters(xy, radius_m=5, min_weight=3)
    for array in (xy, weights):
        array.setflags(write=False)
    assert_same(find_clusters(xy, radius_m=5, min_weight=3, weights=weights), expected)
    assert_same(find_clusters(np.asfortranarray(xy), radius_m=5, min_weight=3), expected)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_nowhere_is_refused_before_a_kernel_sees_it(bad: float) -> None:
    with pytest.raises(GeoError):
        find_clusters([(0.0, 0.0), (bad, 1.0)], radius_m=5, min_weight=1)
    with pytest.raises(GeoError):
        weight_within([(0.0, 0.0)], [(0.0, bad)], radius_m=5)


# -- when it is taken --


@pytest.mark.parametrize(
    ("xy", "weight"),
    [
        (np.zeros((4, 3)), NOTHING),
        (np.zeros((0, 2)), NOTHING),
        (np.zeros((4, 2)), np.full(4, 0.1)),
        (np.zeros((4, 2)), np.full(4, 2.0**50)),
        (np.array([[0.0, 0.0], [1e12, 0.0]]), NOTHING),
    ],
)
def test_what_kernels_cannot_do_exactly_goes_the_other_way(xy, weight) -> None:
    assert engine.plane(xy, weight, 5.0) is None


def test_few_points_do_not_wait_for_the_kernels_and_many_load_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_loaded", [])
    assert engine.plane(np.zeros((engine.WORTH_LOADING - 1, 2)), NOTHING, 5.0) is None
    assert not engine.is_loaded()
    assert engine.plane(np.zeros((engine.WORTH_LOADING, 2)), NOTHING, 5.0) is not None
    assert engine.is_loaded()


def test_nobody_waits_while_another_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_loaded", [])
    with engine._lock:
        found = find_clusters(np.zeros((engine.WORTH_LOADING, 2)), radius_m=5, min_weight=3)
    assert (found.count, engine.is_loaded()) == (1, False)


def test_without_numba_the_same_clusters_are_found(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    xy = np.random.default_rng(2).uniform(0, 20_000, (engine.WORTH_LOADING, 2))
    expected = find_clusters(xy, radius_m=75, min_weight=4)
    monkeypatch.setattr(engine, "_loaded", [])
    monkeypatch.setitem(sys.modules, "geo.kernels", None)
    assert not engine.load()
    assert_same(find_clusters(xy, radius_m=75, min_weight=4), expected)
    assert engine._compile_ahead() == 0
    assert "NumPy" in capsys.readouterr().out


# -- how it is compiled --


@pytest.mark.parametrize("module", [cells, linking, strips])
def test_every_kernel_leaves_the_lock_free_and_has_its_types_settled(module: ModuleType) -> None:
    kernels = [each for each in vars(module).values() if getattr(each, "signatures", None)]
    public = [each for each in kernels if not each.__name__.startswith("_")]
    assert public
    assert all(each.targetoptions["nogil"] and not each._can_compile for each in public)


def test_where_no_folder_can_be_written_kernels_are_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    real, tried = compiled.njit, []

    def refuse(*args, **options):
        tried.append(options.get("cache", False))
        if tried[-1]:
            raise RuntimeError("cannot cache function: no locator available")
        return real(*args, **options)

    monkeypatch.setattr(compiled, "njit", refuse)
    double = compiled.compiled(compiled.float64(compiled.float64))(lambda x: 2.0 * x)
    assert double(21.0) == 42.0
    assert tried == [True, False]


@pytest.mark.parametrize("size", [1, 2, 30, 3_000])
@pytest.mark.parametrize("kind", ["anything", "backwards", "few values"])
def test_places_are_laid_out_in_order_whichever_way_they_are_sorted(size: int, kind: str) -> None:
    random = np.random.default_rng(5)
    x = {"anything": random.uniform(0, 1, size), "backwards": 1.0 - np.arange(size) / size}.get(kind)
    x = random.integers(0, 4, size) / 4 if x is None else x
    xy = np.column_stack((x, random.integers(0, 3, size) / 4))
    # One cell and one slot, so that everything is one run.
    order, xs, ys, first, *_ = cells.lay_out(xy, (0.0, 0.0, 2.0, 2.0), 1, 1, 1)
    places = np.unique(xy, axis=0)
    assert np.array_equal(np.column_stack((xs, ys)), places)
    assert sorted(order.tolist()) == list(range(size))
    assert np.array_equal(np.repeat(places, np.diff(first), axis=0), xy[order])
