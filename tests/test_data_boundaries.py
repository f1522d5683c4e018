"""Boundary layers: the column that names the areas is found by what is in it, and the areas are made usable."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.boundaries import boundaries_of, look_at
from data.importing import import_file
from data.stores import open_store
from geo.boundaries import surface_km2
from geo.coverage import light
from problems.areas import AreaKind
from problems.clock import utc_now
from problems.errors import InputRefused
from problems.hot_spots import DetectionSettings
from problems.people import SYSTEM
from problems.use_cases.areas import import_areas
from problems.use_cases.refreshing import BY_AREA_ONLY, refresh

BOW = [[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]


def ring(west: float, size: float = 1.0) -> list[list[float]]:
    return [[west, 50], [west + size, 50], [west + size, 50 + size], [west, 50 + size], [west, 50]]


def write(folder: Path, *rows: dict[str, Any], rings: list[list[list[float]]] | None = None) -> Path:
    """Write a GeoJSON layer with one square for each row, side by side."""
    shapes = rings or [ring(float(place)) for place in range(len(rows))]
    features = [
        {"type": "Feature", "properties": row, "geometry": {"type": "Polygon", "coordinates": [shape]}}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    path = folder / "wards.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def rows_of(**columns: list[Any]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@pytest.mark.parametrize(
    ("columns", "expected", "code"),
    [
        ({"name": ["Park", "Mill"]}, "name", ""),
        ({"WD22CD": ["E05000001", "E05000002"], "WD22NM": ["Park", "Mill"]}, "WD22NM", "WD22CD"),
        (
            {"WD22NM": ["Park", "Mill", "Bank"], "LAD22NM": ["Leeds", "Leeds", "York"], "LAT": ["1.5", "2.5", "3.5"]},
            *("WD22NM", ""),
        ),
        ({"objectid": ["E06000008", "E06000009"], "district": ["Blackburn", "Blackpool"]}, "district", "objectid"),
        ({"BoroCD": [206, 404], "Shape_Leng": [35875.7, 1.5], "Shape_Area": [5.5, 6.5]}, "BoroCD", "BoroCD"),
        (
            {"cartodb_id": [1, 2], "Name": ["Roslindale", "Fenway"], "created_at": ["2013-02-19", "2013-02-20"]},
            "Name",
            "",
        ),
        ({"fid": [1, 2], "beat_num": ["1135", "1124"]}, "beat_num", ""),
        ({"Neighborhood": ["A B", "C D"], "url": ["https://a.example", "https://b.example"]}, "Neighborhood", ""),
    ],
)
def test_the_column_with_the_names_is_found(
    tmp_path: Path, columns: dict[str, list[Any]], expected: str, code: str
) -> None:
    layer = look_at(write(tmp_path, *rows_of(**columns)))
    assert (layer.guess, layer.code_column) == (expected, code)
    assert layer.columns[0].name == expected


def test_in_doubt_nothing_is_guessed_and_the_columns_are_told_with_examples(tmp_path: Path) -> None:
    layer = look_at(write(tmp_path, *rows_of(ward=["Park", "Mill"], parish=["North", "South"], beat=["Bank", "Dale"])))
    assert layer.guess == ""
    with pytest.raises(InputRefused, match=r"Several columns could name its areas.*ward \(Park, Mill\)"):
        boundaries_of(layer, AreaKind.WARD)
    assert [area.name for area in boundaries_of(layer, AreaKind.WARD, "PARISH").areas] == ["North", "South"]
    with pytest.raises(InputRefused, match="no column “wrd”"):
        boundaries_of(layer, AreaKind.WARD, "wrd")


def test_a_layer_without_names_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"fid": 1, "Shape_Area": 2.5}, {"fid": 2, "Shape_Area": 3.5})
    with pytest.raises(InputRefused, match="None of its columns holds names"):
        look_at(path)


def test_lines_are_refused_in_words(tmp_path: Path) -> None:
    street = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    layer = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"name": "A"}, "geometry": street}],
    }
    path = tmp_path / "streets.geojson"
    path.write_text(json.dumps(layer), encoding="utf-8")
    with pytest.raises(InputRefused, match="no areas"):
        look_at(path)


def test_parts_of_one_name_become_one_area(tmp_path: Path) -> None:
    rows = rows_of(name=["Park", "Mill", "PARK "], pid=["a", "b", "c"])
    read = boundaries_of(look_at(write(tmp_path, *rows)), AreaKind.NEIGHBOURHOOD, "name")
    assert [(area.name, area.kind) for area in read.areas] == [
        ("Park", AreaKind.NEIGHBOURHOOD),
        ("Mill", AreaKind.NEIGHBOURHOOD),
    ]
    assert (read.merged, read.told_apart) == (1, 0)
    assert read.areas[0].geometry["type"] == "MultiPolygon"
    park, mill = (surface_km2(area.geometry) for area in read.areas)
    assert park == pytest.approx(2 * mill, rel=1e-6)


def test_areas_of_one_name_with_official_codes_of_their_own_are_told_apart(tmp_path: Path) -> None:
    rows = rows_of(ward_name=["Park", "Mill", "Park"], ward_code=["E05000001", "E05000002", "E05000003"])
    read = boundaries_of(look_at(write(tmp_path, *rows)), AreaKind.WARD, "ward_name")
    assert [(area.name, area.code) for area in read.areas] == [
        ("Park (E05000001)", "E05000001"),
        ("Mill", "E05000002"),
        ("Park (E05000003)", "E05000003"),
    ]
    assert (read.merged, read.told_apart) == (0, 2)


def test_areas_that_cross_themselves_are_mended_and_those_without_surface_or_name_left_out(tmp_path: Path) -> None:
    flat = [[5.0, 50.0], [6.0, 51.0], [7.0, 52.0], [5.0, 50.0]]
    path = write(tmp_path, *rows_of(name=["Bow", "Flat", "", "Park"]), rings=[BOW, flat, ring(3), ring(4)])
    read = boundaries_of(look_at(path), AreaKind.WARD)
    assert [area.name for area in read.areas] == ["Bow", "Park"]
    assert (read.mended, read.empty, read.unnamed) == (1, 1, 1)


def test_a_column_that_names_nothing_is_refused(tmp_path: Path) -> None:
    layer = look_at(write(tmp_path, *rows_of(name=["Park", "Mill"], note=["", ""])))
    with pytest.raises(InputRefused, match="No area has a name in the column “note”"):
        boundaries_of(layer, AreaKind.WARD, "note")


@pytest.mark.parametrize(
    ("name", "column", "areas", "told_apart", "mended"),
    [
        ("uk_asb_2022/lancashire_districts.geojson", "district", 14, 0, 0),
        ("uk_asb_2022/lancashire_wards.gpkg", "ward_name", 271, 11, 0),
        ("boston311_2015/boston_neighborhoods.geojson", "name", 26, 0, 4),
        ("nyc311/nyc_community_districts.geojson", "BoroCD", 71, 0, 0),
    ],
)
def test_published_layers_are_read_as_they_are(
    shared: Path, name: str, column: str, areas: int, told_apart: int, mended: int
) -> None:
    read = boundaries_of(look_at(shared / "realdata" / name), AreaKind.WARD)
    assert (read.name_column, len(read.areas), read.merged) == (column, areas, 0)
    assert (read.told_apart, read.mended) == (told_apart, mended)
    assert len({area.name.casefold() for area in read.areas}) == areas


def test_a_published_feed_of_months_counts_by_area_and_by_nothing_else(shared: Path, tmp_path: Path) -> None:
    asb = shared / "realdata" / "uk_asb_2022"
    with closing(open_store(str(tmp_path / "store.db"))) as store:
        asking = (store, SYSTEM, utc_now, 1)
        import_file(*asking, path=asb / "UNTOUCHED_lancashire_asb.tab.gz", source="lancashire")
        read = boundaries_of(look_at(asb / "lancashire_districts.geojson"), AreaKind.WARD)
        done = import_areas(*asking, kind=read.kind, areas=read.areas, file_name=read.file_name)
        assert (done.areas, done.placed, done.inside) == (14, 56_434, 56_434)
        source = store.source("lancashire")
        assert source is not None
        assert source.why == "Every one of 56,434 reports sits on one of 17,848 points, and only the month is told."
        names = {area.id: area.name for area in store.areas()}
        counts = {names[one.area_id or 0]: one.reports for one in store.area_counts(AreaKind.WARD)}
        assert max(counts, key=lambda name: counts[name]) == "Blackpool"
        assert sum(counts.values()) == sum(store.snapped_reports().values()) == 56_434
        found = refresh(*asking, settings=DetectionSettings(), zone=ZoneInfo("Europe/London"), window_days=0)
        assert (found.hot_spots, found.settings[BY_AREA_ONLY]) == (0, 56_434)


def test_a_light_outline_keeps_its_surface(shared: Path) -> None:
    read = boundaries_of(look_at(shared / "realdata/boston311_2015/boston_neighborhoods.geojson"), AreaKind.WARD)
    for area in read.areas:
        assert surface_km2(light(area.geometry)) == pytest.approx(surface_km2(area.geometry), rel=0.01)
