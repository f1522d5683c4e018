"""What is usual at a place: busy places expect more, and the tested place tells nothing about itself."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.surroundings import Ring, Surroundings


def town(own_share: float = 0.1, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return reports of a category and others: 4 km a side, a quarter of the others on one busy square of 300 m."""
    rng = np.random.default_rng(seed)

    def laid(number: int) -> np.ndarray:
        busy = rng.uniform(1_850, 2_150, (number // 4, 2))
        return np.vstack((busy, rng.uniform(0, 4_000, (number - len(busy), 2))))

    return laid(round(4_000 * own_share)), laid(round(4_000 * (1 - own_share)))


def around(own: np.ndarray, others: np.ndarray) -> Surroundings:
    return Surroundings(own, np.ones(len(own)), others)


def test_a_busy_place_expects_what_its_busyness_and_the_share_round_about_say() -> None:
    expected = np.mean(
        [around(*town(seed=seed)).usual([(2_000, 2_000), (600, 3_000)], radius_m=75).expected for seed in range(30)],
        axis=0,
    )
    # 100 of the category on 300 m x 300 m, and 300 on the whole town.
    true = np.pi * 75**2 * np.array([100 / 300**2 + 300 / 4_000**2, 300 / 4_000**2])
    np.testing.assert_allclose(expected[0], true[0], rtol=0.25)
    np.testing.assert_allclose(expected[1], true[1], rtol=0.25)


def test_what_lies_at_the_place_itself_does_not_raise_what_is_usual_there() -> None:
    own, others = town()
    place = np.array([[700.0, 700.0]])
    bad = np.vstack((own, place + np.random.default_rng(2).normal(0, 30, (60, 2))))
    before = around(own, others).usual(place, radius_m=75)
    after = around(bad, others).usual(place, radius_m=75)
    assert after.expected[0] == pytest.approx(before.expected[0])


def test_a_category_without_any_report_round_about_expects_next_to_nothing() -> None:
    _own, others = town()
    alone = np.tile([[3_000.0, 1_000.0]], (12, 1))
    usual = around(alone, others).usual(alone[:1], radius_m=75)
    assert 0.0 < usual.expected[0] < 0.05


@pytest.mark.parametrize("others", [0, 20])
def test_hardly_any_report_is_no_reference(others: int) -> None:
    place = np.zeros((10, 2))
    usual = around(place, np.full((others, 2), 600.0)).usual(place[:1], radius_m=75)
    assert usual.count.tolist() == [0.0]
    assert usual.expected.tolist() == [0.0]
    assert usual.expected_se.tolist() == [0.0]


def test_a_category_alone_is_compared_with_its_own_density_round_about() -> None:
    own = np.random.default_rng(3).uniform(0, 6_000, (3_600, 2))
    usual = around(own, np.empty((0, 2))).usual([(3_000, 3_000)], radius_m=75)
    assert usual.expected[0] == pytest.approx(np.pi * 75**2 * 1e-4, rel=0.15)
    # The density round about is only worth so much: true means may lie 70 % off it.
    assert usual.expected_se[0] / usual.expected[0] > 0.7


def test_an_area_expects_what_its_discs_expect() -> None:
    own, others = town()
    it = around(own, others)
    middle = np.array([[1_300.0, 1_300.0]])
    disc = it.usual_inside([middle], [np.array([150.0])])
    drawn = it.usual_in(shapely.Point(1_300, 1_300).buffer(150, quad_segs=64))
    assert disc.expected[0] == pytest.approx(it.usual(middle, radius_m=150).expected[0], rel=0.1)
    assert drawn.expected[0] == pytest.approx(disc.expected[0], rel=0.1)
    twice = it.usual_inside([np.repeat(middle, 5, axis=0)], [np.full(5, 150.0)])
    assert twice.expected[0] == pytest.approx(disc.expected[0])
    assert len(it.usual_inside([], []).expected) == 0


def test_few_reports_widen_the_ring_and_a_wider_ring_is_said() -> None:
    own, others = town()
    near = around(own, others).usual([(2_000, 2_000)], radius_m=75)
    few = around(own[:200:20], others).usual([(2_000, 2_000)], radius_m=75)
    assert near.radius_m.tolist() == [1_000.0]
    assert few.radius_m[0] > 1_000.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_reports_does_not_matter(seed: int) -> None:
    own, others = town()
    rng = np.random.default_rng(seed)
    places = own[:40]
    shuffled = around(rng.permutation(own), rng.permutation(others))
    assert (
        shuffled.usual(places, radius_m=75).expected.tolist()
        == around(own, others).usual(places, radius_m=75).expected.tolist()
    )


def test_weights_of_other_places_are_refused() -> None:
    with pytest.raises(GeoError, match="3 weights were passed for 2 places"):
        Surroundings(np.zeros((2, 2)), np.ones(3), np.zeros((0, 2)), ring=Ring())
