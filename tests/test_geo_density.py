import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gaussian_kde

from geo.density import gaussian_density, quartic_density
from geo.errors import GeoError

seeds = st.integers(0, 2**32 - 1)


def town(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.uniform(0, 900, (12, 2)), random.uniform(0, 900, (30, 2)), random.uniform(0, 4, 30)


def test_robberies_equal_the_published_density(shared: Path) -> None:
    golden = json.loads((shared / "golden/g07_kde.json").read_text())["gaussian_sd1000"]
    xy_m = np.genfromtxt(shared / "golden/memphis_robberies_2019.csv", delimiter=",", skip_header=1, usecols=(4, 5))
    at = [(x, y) for x in golden["x"] for y in golden["y"]]
    found = gaussian_density(at, xy_m, bandwidth_m=1000)
    np.testing.assert_allclose(found, np.ravel(golden["z_rows_x_cols_y"]), rtol=1e-8)


@given(seeds)
def test_weighted_density_equals_scipy(seed: int) -> None:
    at, points, weights = town(seed)
    peer = gaussian_kde(points.T, weights=weights)
    peer.set_bandwidth(1.0)
    # The peer's kernel has the shape of the points; whitening makes it round.
    root = np.linalg.cholesky(peer.covariance)
    whiten = np.linalg.inv(root) * 100.0
    found = gaussian_density(at @ whiten.T, points @ whiten.T, bandwidth_m=100, weights=weights)
    np.testing.assert_allclose(found * np.linalg.det(whiten), peer(at.T), rtol=1e-6)


@given(seeds)
def test_quartic_density_equals_all_pairs(seed: int) -> None:
    at, points, weights = town(seed)
    distance = np.hypot(*(at[:, None] - points[None]).transpose(2, 0, 1))
    kernel = np.where(distance <= 200, (1 - (distance / 200) ** 2) ** 2, 0.0) * 3 / np.pi / 200**2
    found = quartic_density(at, points, radius_m=200, weights=weights)
    np.testing.assert_allclose(found, kernel @ weights / weights.sum(), rtol=1e-9, atol=1e-18)


@pytest.mark.parametrize(("density", "width"), [(gaussian_density, "bandwidth_m"), (quartic_density, "radius_m")])
def test_the_density_of_the_plane_is_one(density, width: str) -> None:
    at = np.stack(np.meshgrid(np.arange(-800, 1800, 10.0), np.arange(-800, 1800, 10.0)), axis=-1).reshape(-1, 2)
    points = np.random.default_rng(4).uniform(0, 1000, (9, 2))
    assert density(at, points, **{width: 120.0}).sum() * 100 == pytest.approx(1.0, rel=1e-5)


@given(seeds, st.randoms(use_true_random=False))
def test_order_origin_and_unit_do_not_matter(seed: int, random) -> None:
    at, points, weights = town(seed)
    order = random.sample(range(len(points)), len(points))
    for density, width in ((gaussian_density, "bandwidth_m"), (quartic_density, "radius_m")):
        there = density(at, points, **{width: 150.0}, weights=weights)
        moved = density(at + 4096.0, points[order] + 4096.0, **{width: 150.0}, weights=weights[order] * 3.0)
        in_feet = density(at * 4, points * 4, **{width: 600.0}, weights=weights) * 16
        np.testing.assert_allclose(moved, there, rtol=1e-7, atol=1e-18)
        np.testing.assert_allclose(in_feet, there, rtol=1e-9, atol=1e-18)


def test_many_places_are_answered_in_blocks_as_one_by_one() -> None:
    random = np.random.default_rng(8)
    at, points = random.uniform(0, 5000, (300, 2)), random.uniform(0, 5000, (4000, 2))
    alone = [gaussian_density(each[None], points, bandwidth_m=90)[0] for each in at[::37]]
    np.testing.assert_allclose(gaussian_density(at, points, bandwidth_m=90)[::37], alone, rtol=1e-12)


def test_no_points_have_no_density_and_no_places_no_answer() -> None:
    for density, width in ((gaussian_density, "bandwidth_m"), (quartic_density, "radius_m")):
        assert np.isnan(density([(0, 0)], [], **{width: 5.0})).all()
        assert np.isnan(density([(0, 0)], [(0, 0)], **{width: 5.0}, weights=[0.0])).all()
        assert density([], [(0, 0)], **{width: 5.0}).shape == (0,)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: gaussian_density([(0, 0)], [(0, 0)], bandwidth_m=0.0),
        lambda: gaussian_density([(0, 0)], [(0, np.nan)], bandwidth_m=5.0),
        lambda: gaussian_density([(0, 0)], [(0, 0)], bandwidth_m=5.0, weights=[-1.0]),
        lambda: quartic_density([(0, 0)], [(0, 0)], radius_m=5.0, weights=[1.0, 2.0]),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask) -> None:
    with pytest.raises(GeoError, match=r"\. .+\. "):
        ask()
