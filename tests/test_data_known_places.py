"""What a store knows of its city settles in which coordinate system a file is, and asks about files of elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pyproj import Transformer

from data.importing import preview
from data.known_places import known_box
from data.stores import open_store
from problems.areas import AreaKind
from problems.store import Store
from tests.storing import a_report, an_area, empty_url, keep_reports

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    yield opened
    opened.close()


def _places(count: int, middle: tuple[float, float], seed: int = 1) -> list[tuple[float, float]]:
    lon_lat = np.random.default_rng(seed).normal(middle, 0.03, (count, 2))
    return [(float(lon), float(lat)) for lon, lat in lon_lat]


def _keep(store: Store, places: list[tuple[float, float]]) -> None:
    keep_reports(store, [replace(a_report(number), lon_lat=place) for number, place in enumerate(places, start=1)])


def _feet(folder: Path, middle: tuple[float, float], epsg: int) -> Path:
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(*np.array(_places(40, middle, 2)).T)
    lines = [
        f"2026-01-{n % 28 + 1:02d},Graffiti,{e:.1f},{n_ft:.1f}" for n, (e, n_ft) in enumerate(zip(x, y, strict=True))
    ]
    path = folder / "feet.csv"
    path.write_text("\n".join(["Opened,Type,X,Y", *lines]), encoding="utf-8")
    return path


def test_feet_of_the_city_of_the_store_are_read_without_a_question(store: Store, tmp_path: Path) -> None:
    path = _feet(tmp_path, (-73.95, 40.7), 2263)
    assert [each.field for each in preview(path, zone=NEW_YORK, store=store).questions] == ["epsg"]
    _keep(store, _places(60, (-73.95, 40.7)))
    found = preview(path, zone=NEW_YORK, store=store, source="parks")
    assert found.questions == ()
    assert found.columns.epsg == 2263
    lon, lat = found.first_reports[0].lon_lat or (0.0, 0.0)
    assert (lon, lat) == pytest.approx((-73.95, 40.7), abs=0.2)


def test_boundaries_tell_where_the_city_is_before_the_first_report(store: Store, tmp_path: Path) -> None:
    square = [[-74.1, 40.5], [-73.7, 40.5], [-73.7, 40.9], [-74.1, 40.9], [-74.1, 40.5]]
    ward = an_area(id=0, kind=AreaKind.WARD, geometry={"type": "Polygon", "coordinates": [square]})
    with store.writing() as unit:
        unit.add_areas([ward])
    assert known_box(store, 0.3) is None
    assert known_box(store, 0.3, boundaries=True) == pytest.approx((-74.4, 40.2, -73.4, 41.2))
    assert preview(_feet(tmp_path, (-73.95, 40.7), 2263), zone=NEW_YORK, store=store).columns.epsg == 2263


def test_a_file_of_another_city_is_asked_about_with_what_is_likely(store: Store, tmp_path: Path) -> None:
    _keep(store, _places(60, (-73.95, 40.7)))
    found = preview(_feet(tmp_path, (-84.39, 33.75), 2240), zone=NEW_YORK, store=store)
    (question,) = found.questions
    assert question.field == "epsg"
    assert question.answers


def test_a_few_reports_do_not_tell_where_a_city_is(store: Store) -> None:
    assert known_box(store, 0.3) is None
    _keep(store, _places(19, (-73.95, 40.7)))
    assert known_box(store, 0.3) is None


def test_the_box_leaves_out_single_wild_places(store: Store) -> None:
    _keep(store, [*_places(300, (-73.95, 40.7)), (12.0, 48.0)])
    west, south, east, north = known_box(store, 0.3) or (0.0, 0.0, 0.0, 0.0)
    assert -74.5 < west < east < -73.4
    assert 40.2 < south < north < 41.2
