import json
import math
from pathlib import Path

import pytest

from geo.displacement import (
    BeforeAfter,
    Undefined,
    dispersion_of_changes,
    displacement_difference,
    displacement_quotient,
)


@pytest.fixture(scope="module")
def wdd(shared: Path) -> list[dict[str, list[int]]]:
    cases: list[dict[str, list[int]]] = json.loads((shared / "golden/g08_wdd.json").read_text("utf-8"))["cases"]
    return cases


def pair(counts: list[int]) -> BeforeAfter:
    return BeforeAfter(*counts)


def test_the_difference_of_the_paper_is_met_to_eight_digits(wdd: list[dict[str, list[int]]]) -> None:
    case = wdd[0]
    result = displacement_difference(
        pair(case["treated"]),
        pair(case["control"]),
        ring=pair(case["disp_treated"]),
        ring_control=pair(case["disp_control"]),
    )
    assert result.ring is not None
    measured = [result.local.change, result.local.se, result.ring.change, result.ring.se, result.total.change]
    assert measured == pytest.approx([case[k] for k in ("est_local", "se_local", "est_disp", "se_disp", "est")], 1e-8)
    total = [result.total.se, result.total.z, result.total.low, result.total.high]
    assert total == pytest.approx([case["se"], case["z"], *case["ci"]], rel=1e-8)


def test_the_other_published_cases_are_met_as_far_as_they_were_rounded(wdd: list[dict[str, list[int]]]) -> None:
    for case in wdd[1:]:
        before, after = case.get("time_weights", [1, 1])
        result = displacement_difference(
            pair(case["treated"]), pair(case["control"]), time_weights=(before, after), alpha=0.1
        ).total
        assert result.change == case["est"]
        assert [round(result.low, 1), round(result.high, 1)] == case["ci_round1"]
        assert round(result.se, 1) == case["se_round1"]


def test_sizes_of_areas_weigh_as_published() -> None:
    result = displacement_difference(
        BeforeAfter(207, 110, 1.2),
        BeforeAfter(308, 318, 0.9),
        ring=BeforeAfter(178, 157, 1.5),
        ring_control=BeforeAfter(150, 140, 1.6),
    ).total
    assert [result.change, result.se, result.low] == pytest.approx([-99.69444444, 35.4280755, -169.1321965], rel=1e-8)


def test_dispersion_widens_by_its_root_and_never_narrows() -> None:
    here, there = BeforeAfter(100, 60), BeforeAfter(90, 95)
    plain = displacement_difference(here, there).local
    assert displacement_difference(here, there, dispersion=4.0).local.se == pytest.approx(2 * plain.se)
    assert displacement_difference(here, there, dispersion=0.3).local == plain


def test_a_measured_dispersion_makes_the_interval_wider_than_a_known_one() -> None:
    here, there = BeforeAfter(100, 60), BeforeAfter(90, 95)
    known, measured = (
        displacement_difference(here, there, dispersion=2.0, freedom=freedom).local for freedom in (None, 10)
    )
    # The 0.975 quantile of Student's law with ten degrees of freedom.
    assert measured.change - measured.low == pytest.approx(2.2281388520 * measured.se, rel=1e-8)
    assert known.p_value is not None
    assert measured.p_value is not None
    assert measured.p_value > known.p_value


def test_nothing_counted_anywhere_has_no_z() -> None:
    nothing = displacement_difference(BeforeAfter(0, 0), BeforeAfter(0, 0)).local
    assert (nothing.change, nothing.z, nothing.p_value) == (0.0, None, None)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="ring needs a control"):
        displacement_difference(BeforeAfter(1, 1), BeforeAfter(1, 1), ring=BeforeAfter(1, 1))
    with pytest.raises(ValueError, match="whole numbers"):
        BeforeAfter(-1, 1)
    with pytest.raises(ValueError, match="above 0"):
        BeforeAfter(1, 1, size=0)
    with pytest.raises(ValueError, match="lengths"):
        displacement_difference(BeforeAfter(1, 1), BeforeAfter(1, 1), time_weights=(0, 1))
    with pytest.raises(ValueError, match="dispersion"):
        displacement_difference(BeforeAfter(1, 1), BeforeAfter(1, 1), dispersion=math.nan)


def test_changes_of_controls_tell_of_drift_only_where_there_are_three() -> None:
    assert dispersion_of_changes([BeforeAfter(50, 10), BeforeAfter(50, 90)]) is None
    assert dispersion_of_changes([BeforeAfter(0, 0)] * 3) is None
    assert dispersion_of_changes([BeforeAfter(50, 40)] * 3) == 0.0
    # Twice the time before: halves of the counts before, quarters of their variance.
    longer = dispersion_of_changes([BeforeAfter(100, after) for after in (40, 50, 60)], (2, 1))
    assert longer == pytest.approx(100 / 75)


def test_the_published_quotients_are_met(shared: Path) -> None:
    golden = json.loads((shared / "golden/g10_wdq.json").read_text("utf-8"))
    case = golden["cases"][0]
    result = displacement_quotient(pair(case["treated"]), pair(case["buffer"]), pair(case["control"]))
    assert (result.success, result.surroundings, result.quotient) == (case["success"], case["buffer_measure"], -1.0)
    case = golden["derived_from_formula"][0]
    derived = displacement_quotient(pair(case["treated"]), pair(case["buffer"]), pair(case["control"]))
    assert derived.quotient == pytest.approx(case["wdq"], rel=1e-8)


def test_a_quotient_without_a_fall_or_with_a_zero_is_none_and_says_why() -> None:
    some = BeforeAfter(30, 30)
    for treated in (BeforeAfter(30, 30), BeforeAfter(30, 45), BeforeAfter(7, 7)):
        assert displacement_quotient(treated, some, some).why is Undefined.NO_FALL
    for six in ((0, 1, 1, 1, 1, 1), (9, 0, 1, 1, 1, 1), (9, 1, 1, 0, 1, 1), (9, 1, 1, 1, 0, 1), (9, 1, 1, 1, 1, 0)):
        result = displacement_quotient(BeforeAfter(*six[:2]), BeforeAfter(*six[2:4]), BeforeAfter(*six[4:]))
        assert (result.quotient, result.why) == (None, Undefined.ZERO_COUNT)
    assert all(why.label for why in Undefined)
