import pytest

from geo.arrays import as_codes, as_lon_lat, as_points, as_positive
from geo.errors import GeoError


def test_a_refusal_has_three_parts_and_is_a_value_error() -> None:
    refusal = GeoError("This was asked.", "This is why not.", "This is possible.")
    assert isinstance(refusal, ValueError)
    assert str(refusal) == "This was asked. This is why not. This is possible."
    assert (refusal.asked, refusal.why, refusal.possible) == tuple(str(refusal).replace(". ", ".|").split("|"))


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (lambda: as_points([(1, 2), (3, float("nan"))], "xy_m"), "xy_m holds 1 points .* row 1"),
        (lambda: as_points([(1, 2, 3)], "xy_m"), r"xy_m has the shape \(1, 3\).*\(n, 2\)"),
        (lambda: as_points(5, "xy_m"), "xy_m has the shape"),
        (lambda: as_lon_lat([(430_000, 434_000)]), "longitude first, and not metres"),
        (lambda: as_positive(-5, "radius_m"), "radius_m is -5"),
        (lambda: as_positive(float("inf"), "radius_m"), "finite number above 0"),
        (lambda: as_codes([1.5], "group", 1), "whole numbers"),
        (lambda: as_codes([1], "group", 2), "one value for each of the 2"),
    ],
)
def test_a_refusal_names_what_it_is_about(check, words: str) -> None:
    with pytest.raises(GeoError, match=words):
        check()


def test_no_points_are_points() -> None:
    assert as_points([], "xy_m").shape == (0, 2)
    assert as_points([], "xy_m", columns=None).shape == (0, 2)
    assert as_codes([], "group", 0).shape == (0,)
