"""Places are read from any of the ways in which feeds write them; what is no place keeps its reason."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reading.homes import around, better_zone, home_of
from data.reading.numbers import read_number, read_numbers
from data.reading.places import PlaceFault, common_fault, place_rows, read_pair, read_pairs, usable
from data.reading.strings import is_missing

LEEDS = (-1.9, 53.6, -1.2, 54.0)
BOSTON = (-71.2, 42.2, -70.9, 42.45)


# -- one value --


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("(42.3504, -71.0867)", (-71.0867, 42.3504)),
        ("51.5, -0.1", (-0.1, 51.5)),
        ("51.501 -0.102", (-0.102, 51.501)),
        ("123 MAIN ST\nNEW YORK, NY 10001\n(40.7, -73.9)", (-73.9, 40.7)),
        ("POINT (-71.1 42.3)", (-71.1, 42.3)),
        ("SRID=4326;POINT(-71.1 42.3)", (-71.1, 42.3)),
        ("POINT Z (-71.1 42.3 12)", (-71.1, 42.3)),
        ('{"type": "Point", "coordinates": [-73.9, 40.7]}', (-73.9, 40.7)),
        ('{"type":"Point","coordinates":["-73.9","40.7",3]}', (-73.9, 40.7)),
        ("{'type': 'Point', 'coordinates': [-73.9, 40.7]}", None),
        ('{"latitude": "40.7", "longitude": "-73.9", "human_address": "{}"}', (-73.9, 40.7)),
        ("{'latitude': '40.7', 'longitude': '-73.9'}", (-73.9, 40.7)),
        ('{"type": "Point", "coordinates": [1]}', None),
        ('{"type": "Polygon", "coordinates": [[[1, 2]]]}', None),
        ("0101000020E6100000" + struct.pack("<2d", -75.125, 40.5).hex().upper(), (-75.125, 40.5)),
        ("0101000020E6100000" + "FF" * 16, None),
        ("1 City Hall Plz, Boston", None),
        ("12 Mill Lane (flat 3, 4th floor)", None),
        ("1051000, 194000", None),
        ("10 20", None),
        ("{" * 3_000, None),
        ("", None),
    ],
)
def test_pairs_of_coordinates_are_read_latitude_first_and_points_longitude_first(
    text: str, pair: tuple[float, float] | None
) -> None:
    assert read_pair(text) == pair
    lat_lon, empty = read_pairs([text])
    assert lat_lon[0].tolist() == pytest.approx([pair[1], pair[0]] if pair else [math.nan, math.nan], nan_ok=True)
    assert empty.tolist() == [text == ""]


_PAIRS = st.one_of(
    st.tuples(st.floats(-180, 180), st.floats(-180, 180)).map(str),
    st.tuples(st.integers(-999, 999), st.integers(-999, 999)).map(lambda pair: f"{pair[0]},{pair[1]}"),
    st.text("()-+0123456789., ;\n", max_size=14),
    st.sampled_from(["", "N/A", "POINT (-71.1 42.3)", "MAIN ST (40.7, -73.9)", "\xa0(51.5, -0.1)", "(51.5,  -0.1 )"]),
)


@given(st.lists(_PAIRS, max_size=8), st.booleans())
def test_a_column_of_pairs_is_read_as_its_values_one_by_one(values: list[str], lon_first: bool) -> None:
    lat_lon, empty = read_pairs(values, lon_first=lon_first)
    told = [read_pair(value, lon_first=lon_first) for value in values]
    expected = [[pair[1], pair[0]] if pair else [math.nan, math.nan] for pair in told]
    assert [list(map(repr, row)) for row in lat_lon.tolist()] == [list(map(repr, row)) for row in expected]
    assert empty.tolist() == [is_missing(value) for value in values]


def test_a_pair_may_have_the_longitude_first_and_a_point_says_so_itself() -> None:
    assert read_pair("(-71.1, 42.3)", lon_first=True) == (-71.1, 42.3)
    assert read_pair("POINT (-71.1 42.3)", lon_first=True) == (-71.1, 42.3)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(0.0, 0.0), (42.35, -171.0), (200.0, 10.0), (None, 51.0), (-0.1, None), (3_680_000.0, 530_000.0), (0.01, -0.02)],
)
def test_null_swapped_and_projected_values_are_no_place(lon: float | None, lat: float | None) -> None:
    assert usable(lon, lat) is None


@pytest.mark.parametrize(
    ("text", "number"), [("51,5", 51.5), (" -0.1 ", -0.1), ("1e3", 1000.0), ("+5", 5.0), ("5.", 5.0), (".5", 0.5)]
)
def test_numbers_may_have_a_decimal_comma(text: str, number: float) -> None:
    assert read_number(text) == number
    assert read_numbers([text]).tolist() == [number]


@pytest.mark.parametrize("text", ["", "nan", "inf", "n/a", "1,234,567", "--1", "1e999", "1_000", "0x10", "12 34"])
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    assert read_number(text) is None
    assert np.isnan(read_numbers([text])).all()


@given(
    st.lists(
        st.one_of(
            st.text(max_size=10),
            st.text("0123456789.,-+eE_ ", max_size=12),
            st.floats().map(repr),
            st.integers().map(str),
            st.sampled_from(["NaN", "-", "N/A", "", "1" * 400, "\xa01.5", "１.5"]),
        ),
        max_size=8,
    )
)
def test_a_column_of_numbers_is_read_as_its_values_one_by_one(values: list[str]) -> None:
    told = [read_number(value) for value in values]
    expected = [math.nan if number is None else number for number in told]
    assert read_numbers(values).tolist() == pytest.approx(expected, nan_ok=True, rel=0, abs=0)


# -- rows --

_LEEDS_ROWS = [("53.8", "-1.5"), ("53.81", "-1.51"), ("53.82", "-1.52"), ("53.83", "-1.53"), ("53.84", "-1.54")]


@pytest.mark.parametrize(
    ("lat", "lon", "fault"),
    [
        ("53.8", "-1.5", PlaceFault.NONE),
        ("51.5", "-0.1", PlaceFault.NONE),
        ("", "", PlaceFault.MISSING),
        ("53.8", "", PlaceFault.MISSING),
        ("N/A", "NULL", PlaceFault.MISSING),
        ("0", "0.0", PlaceFault.ZERO),
        ("0.05", "-0.02", PlaceFault.ZERO),
        ("-1.5", "53.8", PlaceFault.SWAPPED),
        ("40.7", "-73.9", PlaceFault.OUTSIDE),
        ("53.8", "1.5e2", PlaceFault.OUTSIDE),
        ("91", "-1.5", PlaceFault.OUTSIDE),
        ("433913", "427711", PlaceFault.FEET),
        ("53.8", "427711", PlaceFault.FEET),
        ("by the church", "-1.5", PlaceFault.UNREADABLE),
        ("53.8.1", "", PlaceFault.UNREADABLE),
    ],
)
def test_a_row_keeps_the_reason_why_it_has_no_place(lat: str, lon: str, fault: PlaceFault) -> None:
    lats, lons = zip(*_LEEDS_ROWS, (lat, lon), strict=True)
    lon_lat, why = place_rows(lats, lons, LEEDS)
    assert why.dtype == np.int8
    assert PlaceFault(int(why[-1])) is fault
    assert not why[:-1].any()
    assert np.isnan(lon_lat[-1]).all() == (fault is not PlaceFault.NONE)
    if fault is PlaceFault.NONE:
        assert lon_lat[-1].tolist() == [float(lon), float(lat)]


def test_far_places_are_no_fault_where_most_lie_far_or_home_is_unknown() -> None:
    lats, lons = ["42.3", "42.31", "53.8"], ["-71.1", "-71.12", "-1.5"]
    assert place_rows(lats, lons, LEEDS)[1].tolist() == [0, 0, 0]
    assert place_rows(lats, lons)[1].tolist() == [0, 0, 0]
    lats, lons = [*lats[::-1], "53.9", "53.7"], [*lons[::-1], "-1.5", "-1.4"]
    assert place_rows(lats, lons, LEEDS)[1].tolist() == [0, 8, 8, 0, 0]


def test_numbers_are_taken_as_well_as_text() -> None:
    lon_lat, why = place_rows(np.array([53.8, np.nan]), np.array([-1.5, -1.5]), LEEDS)
    assert why.tolist() == [PlaceFault.NONE, PlaceFault.MISSING]
    assert lon_lat[0].tolist() == [-1.5, 53.8]
    assert place_rows([], [], LEEDS)[0].shape == (0, 2)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("-71.1", "42.3")] * 19 + [("42.3", "-71.1")], PlaceFault.SWAPPED),
        ([("-71.1", "42.3")] * 8 + [("42.3", "-71.1")] * 2, PlaceFault.NONE),
        ([("2955000", "775000")] * 10 + [("", "")] * 5 + [("0", "0")], PlaceFault.FEET),
        ([("", "")] * 4, PlaceFault.NONE),
    ],
)
def test_a_fault_that_nearly_all_rows_share_is_one_of_the_columns(
    rows: list[tuple[str, str]], fault: PlaceFault
) -> None:
    lats, lons = zip(*rows, strict=True)
    assert common_fault(place_rows(lats, lons, BOSTON)[1]) is fault


_CELLS = st.one_of(
    st.floats(-200, 200).map(repr),
    st.floats(-2, 2).map(repr),
    st.sampled_from(["", "N/A", "0", "53.8", "-1.5", "433913", "x", "91"]),
    st.text(max_size=5),
)


@given(st.lists(st.tuples(_CELLS, _CELLS), max_size=12), st.sampled_from([LEEDS, BOSTON, None]))
def test_every_row_has_either_a_usable_place_or_a_reason(
    rows: list[tuple[str, str]], home: tuple[float, float, float, float] | None
) -> None:
    lats, lons = [lat for lat, _ in rows], [lon for _, lon in rows]
    lon_lat, why = place_rows(lats, lons, home)
    assert (np.isnan(lon_lat).all(axis=1) == (why != PlaceFault.NONE)).all()
    assert {PlaceFault(int(each)) for each in why} <= set(PlaceFault)
    for (lat, lon), place, fault in zip(rows, lon_lat, why, strict=True):
        if fault == PlaceFault.NONE:
            assert usable(read_number(lon), read_number(lat)) == (place[0], place[1])
        if usable(read_number(lon), read_number(lat)) is None:
            assert fault != PlaceFault.NONE
        if fault == PlaceFault.MISSING:
            assert is_missing(lat) or is_missing(lon)


# -- where a deployment is --


def test_home_is_known_from_the_metric_system_and_from_zones_of_one_country() -> None:
    assert home_of(None, "Europe/London") == home_of("27700", "America/New_York")
    west, south, east, north = home_of(None, "Europe/Zurich") or (0, 0, 0, 0)
    assert west < 8.5 < east
    assert south < 47.4 < north
    assert home_of(None, "America/New_York") is None
    assert home_of("32619", "America/New_York") == (-75, 0, -63, 84)


@pytest.mark.parametrize(
    ("place", "zone", "better"),
    [
        ((-71.06, 42.36), "Europe/London", "America/New_York"),
        ((-87.65, 41.88), "Europe/London", "America/Chicago"),
        ((-71.06, 42.36), "America/New_York", None),
        ((-1.5, 53.8), "Europe/London", None),
        ((-3.7, 40.4), "Europe/Madrid", None),
        ((103.8, 1.35), "Asia/Singapore", None),
        ((75.0, 31.0), "Asia/Shanghai", "Asia/Kolkata"),
        ((-1.5, 53.8), "UTC", None),
    ],
)
def test_a_time_zone_far_from_the_places_is_found_out(
    place: tuple[float, float], zone: str, better: str | None
) -> None:
    found = better_zone(*place, zone)
    assert (found is None) is (better is None)
    assert better != "America/New_York" or found == better


def test_a_zone_lies_round_its_chief_city() -> None:
    west, south, east, north = around("America/Chicago") or (0, 0, 0, 0)
    assert west < -87.65 < east
    assert south < 41.88 < north
    assert around("UTC") is None
