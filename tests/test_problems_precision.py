"""How exact the places of a source are."""

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from problems.precision import judge
from problems.sources import PlacePrecision

Floats = npt.NDArray[np.float64]


def city(count: int = 1000) -> Floats:
    return np.random.default_rng(1).uniform((-1.62, 53.75), (-1.47, 53.84), (count, 2))


def read_places(path: Path, lon: str, lat: str, delimiter: str = ",") -> Floats:
    """Return the coordinates of a real file, NaN where there are none."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")

    def degree(value: str | None) -> float:
        try:
            return float(value or "")
        except ValueError:
            return float("nan")

    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    return np.array([(degree(row[lon]), degree(row[lat])) for row in rows])


def test_exact_places_stay_exact() -> None:
    verdict = judge(city(), month_only=False)
    assert verdict.precision is PlacePrecision.EXACT
    assert verdict.lattice_m is None


def test_four_decimals_are_rounded_and_told_with_the_step_of_the_grid() -> None:
    verdict = judge(city().round(4), month_only=False)
    assert verdict.precision is PlacePrecision.ROUNDED
    assert verdict.lattice_m == pytest.approx(11.1, abs=0.1)
    assert verdict.why == "The coordinates are given with 4 decimals: a grid of 7 by 11 m."


def test_a_grid_of_a_hundred_metres_is_too_coarse_for_points() -> None:
    verdict = judge(city().round(3), month_only=False)
    assert verdict.precision is PlacePrecision.SNAPPED
    assert verdict.lattice_m == pytest.approx(111.2, abs=0.1)
    assert "3 decimals" in verdict.why
    assert "too coarse" in verdict.why


def test_months_on_few_points_are_anonymous_points() -> None:
    points = city(300)
    rows = points[np.random.default_rng(2).integers(0, 300, 2000)]
    verdict = judge(rows, month_only=True)
    assert verdict.precision is PlacePrecision.SNAPPED
    assert verdict.why.startswith("Every one of 2,000 reports sits on one of ")
    assert "only the month is told" in verdict.why


def test_repetition_alone_is_an_address_and_no_anonymous_point() -> None:
    rows = city(300)[np.random.default_rng(2).integers(0, 300, 2000)]
    assert judge(rows, month_only=False).precision is PlacePrecision.EXACT


def test_months_alone_are_not_enough_either() -> None:
    assert judge(city(), month_only=True).precision is PlacePrecision.EXACT


@pytest.mark.parametrize("month_only", [False, True])
def test_without_places_nothing_is_claimed(month_only: bool) -> None:
    for nothing in (np.empty((0, 2)), np.full((40, 2), np.nan), city(5)):
        verdict = judge(nothing, month_only=month_only)
        assert verdict.precision is PlacePrecision.EXACT
        assert "too few" in verdict.why


REAL = [
    ("uk_asb_2022/UNTOUCHED_lancashire_asb.tab.gz", "longitude", "latitude", True, PlacePrecision.SNAPPED),
    (
        "camden_police_api_2019/UNTOUCHED_Police_API_Sample_July_2019.csv",
        *("Longitude", "Latitude", True, PlacePrecision.SNAPPED),
    ),
    (
        "boston311_2015/boston311_2015_all159types.csv.gz",
        *("LONGITUDE", "LATITUDE", False, PlacePrecision.ROUNDED),
    ),
    (
        "chicago311_vacant_buildings/chicago311_vacant_and_snow.csv.gz",
        *("LONGITUDE", "LATITUDE", False, PlacePrecision.EXACT),
    ),
    ("nyc311/export_41col_1000_2018.csv", "Longitude", "Latitude", False, PlacePrecision.EXACT),
    ("nyc311/export_41col_5895_animals.csv.gz", "Longitude", "Latitude", False, PlacePrecision.EXACT),
    ("nyc311/export_41col_924_noise_night.csv", "Longitude", "Latitude", False, PlacePrecision.EXACT),
]


@pytest.mark.parametrize(("name", "lon", "lat", "month_only", "expected"), REAL, ids=lambda value: str(value)[:30])
def test_real_feeds_are_judged_as_they_are(
    shared: Path, name: str, lon: str, lat: str, month_only: bool, expected: PlacePrecision
) -> None:
    places = read_places(shared / "realdata" / name, lon, lat, "\t" if ".tab" in name else ",")
    verdict = judge(places, month_only=month_only)
    assert verdict.precision is expected
    if "lancashire" in name:
        assert "56,434 reports sits on one of 17,848 points" in verdict.why
    if "Camden" in name or "camden" in name:
        assert "4,075 reports sits on one of 1,045 points" in verdict.why
