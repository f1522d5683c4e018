import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from geo.errors import GeoError
from geo.links import links_of, links_within
from geo.local_g import general_g, gi, gi_star, pearson_residuals, two_sided_p
from geo.significance import q_values


def golden(shared: Path, name: str) -> dict:
    return json.loads((shared / "golden" / name).read_text())


def table(shared: Path, name: str) -> np.ndarray:
    return np.genfromtxt(shared / "golden" / name, delimiter=",", names=True, deletechars="")


# -- the published numbers --


def test_six_places_equal_the_published_z_scores(shared: Path) -> None:
    expected = golden(shared, "g04_gistar_esda.json")
    near = links_within(expected["points"], 15)
    assert gi(expected["y"], near) == pytest.approx(expected["G_z"], rel=1e-8)
    assert gi_star(expected["y"], near) == pytest.approx(expected["Gstar_z"], rel=1e-8)


def test_six_places_equal_the_published_general_g(shared: Path) -> None:
    expected = golden(shared, "g04_gistar_esda.json")
    found = general_g(expected["y"], links_within(expected["points"], 15))
    # Half a unit of the last printed digit.
    assert found.g == pytest.approx(expected["global_G"], abs=5e-9)
    assert found.p == pytest.approx(expected["global_G_p_norm_one_sided"], abs=5e-7)


def test_shares_of_a_row_give_the_z_of_binary_links_unlike_the_peer(shared: Path) -> None:
    """The peer's variance W (n - 1 - W) is that of 0 and 1; equation 10 of 1995 has the sum of squares."""
    expected = golden(shared, "g04_gistar_esda.json")
    near = links_within(expected["points"], 15).toarray()
    shares = near / near.sum(axis=1, keepdims=True)
    assert gi(expected["y"], shares) == pytest.approx(expected["G_z"], rel=1e-8)
    others, number = len(near) - 1, near[0].sum()
    as_if_binary = np.sqrt((others * number / number**2 - 1) / (others - 1))
    z = gi(expected["y"], shares)[0] * as_if_binary
    assert z == pytest.approx(expected["Gi_row_standardised_z0"], rel=1e-8)


@pytest.mark.parametrize("radius", [30, 60, 90, 120, 150])
def test_the_pixels_of_1996_equal_the_published_z_scores_at_every_distance(shared: Path, radius: int) -> None:
    pixels = table(shared, "getisord_1996_spdep.csv")
    near = links_within(np.column_stack((pixels["x"], pixels["y"])), radius)
    z, star = gi(pixels["val"], near), gi_star(pixels["val"], near)
    np.testing.assert_allclose(z, pixels[f"G{radius}"], rtol=1e-8)
    np.testing.assert_allclose(star, pixels[f"Gstar{radius}"], rtol=1e-8)
    printed = golden(shared, "g05_gistar_getisord1996.json")
    if str(radius) in printed["G"]:
        row = printed["row_1based"] - 1
        assert z[row] == pytest.approx(printed["G"][str(radius)], rel=1e-8)
        assert star[row] == pytest.approx(printed["Gstar"][str(radius)], rel=1e-8)


def test_a_city_of_robberies_equals_the_published_z_scores_and_q_values(shared: Path) -> None:
    cells = table(shared, "memphis_gistar_1km.csv")
    near = links_within(np.column_stack((cells["cx"], cells["cy"])), 1000 * np.sqrt(2) + 0.01)
    z = gi_star(cells["n"], near)
    np.testing.assert_allclose(z, cells["gistar"], rtol=1e-8)
    assert z.max() == pytest.approx(golden(shared, "g06_gistar_memphis.json")["max_gistar"], rel=1e-8)
    np.testing.assert_allclose(two_sided_p(z), cells["p"], rtol=1e-8)
    np.testing.assert_allclose(q_values(cells["p"]), cells["p_bh_global"], rtol=1e-8)
    np.testing.assert_allclose(q_values(cells["p"], dependent=True), cells["p_by_global"], rtol=1e-8)


# -- properties --


@st.composite
def maps(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size = draw(st.integers(4, 12))
    values = draw(arrays(np.int64, size, elements=st.integers(0, 9))).astype(float)
    weights = draw(arrays(np.int64, (size, size), elements=st.integers(0, 3))) / 2.0
    return values, weights


@given(maps())
def test_z_equals_the_moments_of_a_weighted_sum_of_values_drawn_without_return(case) -> None:
    values, weights = case
    found, star = gi(values, weights), gi_star(values, weights, own=None)
    for i in range(len(values)):
        others = np.delete(np.arange(len(values)), i)
        for z, pool in ((found[i], others), (star[i], np.arange(len(values)))):
            row, rest = weights[i, pool], values[pool]
            # The covariance of draws without return is -variance / (n - 1).
            variance = rest.var() * (row**2 - row.sum() * row / len(pool)).sum() * len(pool) / (len(pool) - 1)
            if variance < 1e-9:
                assert np.isnan(z)
            else:
                assert z == pytest.approx((row @ rest - row.sum() * rest.mean()) / np.sqrt(variance), abs=1e-9)


@given(maps())
def test_general_g_has_the_moments_of_all_ways_to_deal_out_the_values(case) -> None:
    values, weights = case[0][:5], case[1][:5, :5]
    np.fill_diagonal(weights, 0.0)
    if (values > 0).sum() < 2:
        assert np.isnan(general_g(values, weights).g)
        return
    pairs = values.sum() ** 2 - (values**2).sum()
    dealt = np.array(list(permutations(values)))
    every = np.einsum("pi,ij,pj->p", dealt, weights, dealt) / pairs
    found = general_g(values, weights)
    assert found.g == pytest.approx(values @ weights @ values / pairs)
    assert found.expected == pytest.approx(every.mean())
    if every.var() > 1e-9:
        assert found.variance == pytest.approx(every.var(), rel=1e-6)
        assert found.z == pytest.approx((found.g - every.mean()) / every.std(), rel=1e-6, abs=1e-6)


@given(maps(), st.randoms(use_true_random=False))
def test_order_of_places_does_not_matter(case, random) -> None:
    values, weights = case
    order = np.array(random.sample(range(len(values)), len(values)))
    turned = weights[np.ix_(order, order)]
    for z in (gi, gi_star):
        np.testing.assert_allclose(z(values[order], turned), z(values, weights)[order], atol=1e-9)


@given(maps(), st.floats(0.01, 100.0), st.floats(-1000.0, 1000.0), st.floats(0.01, 100.0))
def test_units_of_values_and_weights_do_not_matter(case, scale: float, shift: float, weight: float) -> None:
    values, weights = case
    np.testing.assert_allclose(gi(values * scale + shift, weights * weight), gi(values, weights), atol=1e-6)
    np.testing.assert_allclose(
        gi_star(values * scale + shift, weights * weight, own=None), gi_star(values, weights, own=None), atol=1e-6
    )


@given(st.integers(0, 2**32 - 1), st.floats(5.0, 200.0))
def test_links_within_equal_all_pairs_and_do_not_depend_on_the_origin(seed: int, radius: float) -> None:
    xy = np.random.default_rng(seed).integers(0, 400, (40, 2)).astype(float)
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    expected = (distance <= radius) & ~np.eye(40, dtype=bool)
    assert np.array_equal(links_within(xy, radius).toarray(), expected)
    assert np.array_equal(links_within(xy + np.array([430_000, 5_000_000]), radius).toarray(), expected)


# -- where nothing can be said --


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 + 0.1])
def test_equal_values_have_no_z_whatever_rounding_makes_of_them(constant: float) -> None:
    near = links_of([[1], [0, 2], [1, 3], [2]])
    values = np.full(4, constant)
    assert np.isnan(gi(values, near)).all()
    assert np.isnan(gi_star(values, near)).all()
    assert np.isnan(general_g(values, near).z)


def test_a_place_whose_others_are_all_equal_has_no_gi_but_a_gi_star() -> None:
    near = links_of([[1], [0, 2], [1, 3], [2]])
    values = np.array([0.1, 0.1, 7.0, 0.1])
    assert np.isnan(gi(values, near)).tolist() == [False, False, True, False]
    assert np.isfinite(gi_star(values, near)).all()


def test_an_isolated_place_has_no_gi_and_is_compared_by_itself_in_gi_star() -> None:
    values = np.array([1.0, 2.0, 3.0, 10.0])
    near = links_within([(0, 0), (0, 5), (5, 0), (900, 900)], 10)
    assert np.isnan(gi(values, near)).tolist() == [False, False, False, True]
    assert gi_star(values, near)[3] == pytest.approx((10 - values.mean()) / values.std())


def test_everyone_a_neighbour_by_one_weight_says_nothing() -> None:
    values, shares = np.array([1.0, 2.0, 3.0, 10.0]), np.full((4, 4), 0.1)
    assert np.isnan(gi(values, shares)).all()
    assert np.isnan(gi_star(values, shares, own=None)).all()
    assert np.isnan(general_g(values, shares).z)


def test_no_places_and_too_few_places_are_answered() -> None:
    assert gi([], links_within([], 5)).shape == (0,)
    assert gi_star([], links_of([])).shape == (0,)
    assert np.isnan(gi([1.0, 2.0], links_of([[1], [0]]))).all()
    assert np.isnan(gi_star([1.0], links_of([[]]))).all()


def test_a_stored_diagonal_and_repeated_entries_do_not_change_the_answer() -> None:
    near = links_of([[1, 1], [0, 2], [1, 3], [2]])
    doubled = csr_array((np.full(12, 0.5), (np.repeat(near.tocoo().row, 2), np.repeat(near.tocoo().col, 2))))
    values = [1.0, 5.0, 2.0, 8.0]
    assert np.array_equal(gi(values, doubled), gi(values, near))
    assert np.array_equal(gi(values, near.toarray() + np.eye(4)), gi(values, near))
    assert np.array_equal(gi_star(values, near.toarray() + np.eye(4) * 9), gi_star(values, near))


def test_residuals_are_in_units_of_chance_and_missing_where_nothing_was_expected() -> None:
    residual = pearson_residuals([8, 4, 0, 3, 0], [4, 4, 4, 0, 0])
    assert residual[:3].tolist() == [2.0, 0.0, -2.0]
    assert np.isnan(residual[3:]).all()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: gi([1.0, np.nan, 2.0], links_of([[], [], []])),
        lambda: gi([1.0, 2.0], links_of([[], [], []])),
        lambda: gi_star([1.0, 2.0, 3.0], -np.ones((3, 3))),
        lambda: gi_star([1.0, 2.0, 3.0], links_of([[], [], []]), own=-1.0),
        lambda: general_g([1.0, 2.0, 3.0], links_of([[], [], []])),
        lambda: general_g([1.0, 2.0, 3.0, -1.0], links_of([[], [], [], []])),
        lambda: links_of([[3], [], []]),
        lambda: links_of([[-1], [], []]),
        lambda: links_within([(0, 0)], 0.0),
        lambda: pearson_residuals([1, 2], [1]),
        lambda: pearson_residuals([1, 2], [1, -1]),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask) -> None:
    with pytest.raises(GeoError, match=r"\. .+\. "):
        ask()
