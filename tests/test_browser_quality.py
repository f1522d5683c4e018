"""Data quality, counts by area and boundaries in a real browser, on a small store of its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from data.stores import open_store
from problems.areas import Area, AreaKind
from problems.hot_spots import Pile
from problems.reports import Batch, RejectedRow, Report, ReportFlag, ReportStatus
from problems.sources import PlacePrecision, Source, TimePrecision
from tests.browsing import DESK, PHONE, Visitor, drawn, serving
from tests.test_browser_access import found, found_in_every_theme

pytestmark = pytest.mark.browser
LON, LAT = -1.2, 52.9
PAGES = ("/quality", "/quality?source=council", "/quality?source=council&show=place_zero", "/setup?part=Boundaries")
WHY = "Every one of 40 reports sits on one of 2 points, and only the month is told."


def a_report(number: int, at: datetime, **changes: object) -> Report:
    report = Report(
        id=0,
        source="council",
        source_id=f"R{number}",
        category="LGT-OUT",
        category_name="Lamp",
        reported_at=at,
        status=ReportStatus.NEW,
        lon_lat=(LON + number * 1e-4, LAT),
        address="4 Mill Lane",
    )
    return replace(report, **changes)  # type: ignore[arg-type] # the fields that a test names


def square(west: float) -> dict[str, object]:
    ring = [[west, LAT - 0.01], [west + 0.02, LAT - 0.01], [west + 0.02, LAT + 0.01], [west, LAT + 0.01]]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("quality")
    store = open_store(str(folder / "town.db"))
    now = datetime.now(UTC)
    moved = ReportFlag.SNAPPED | ReportFlag.MONTH_ONLY
    reports = [a_report(number, now - timedelta(days=number)) for number in range(12)]
    reports[3] = replace(reports[3], lon_lat=None, flags=ReportFlag.PLACE_ZERO)
    reports += [
        a_report(number, now - timedelta(days=31 * (number % 3)), source="police", flags=moved, lon_lat=(LON, LAT))
        for number in range(40)
    ]
    with store.writing() as unit:
        west, east = unit.add_areas(
            [Area(0, AreaKind.WARD, "Northgate", square(LON - 0.01)), Area(0, AreaKind.WARD, "Far", square(LON + 0.5))]
        )
        batch = unit.add_batch(Batch(0, "council", "a.csv", "0" * 64, now, now, "", 53, 52, 0, 0, 1, 0, 0))
        unit.add_reports(batch, [(report, report.source_id.encode()) for report in reports])
        unit.add_rejected(batch, [RejectedRow(9, "date", "32/13/2026", "Not a date.")])
        unit.add_source(Source(0, "police", PlacePrecision.SNAPPED, TimePrecision.MONTH, why=WHY))
        unit.save_piles([Pile(0, (LON, LAT), 12, 1, 0.3, True, None)])
    with store.writing() as unit:
        places = store.distinct_places()
        unit.set_areas(AreaKind.WARD, places, np.where(places[:, 0] < LON + 0.2, west, east))
    store.close()
    with serving(folder / "town.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


def fits(page: Page) -> bool:
    wide: bool = page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollWidth <= document.documentElement.clientWidth"
    )
    return wide


def test_from_all_sources_to_one_to_a_list_to_its_file(visit: Visitor) -> None:
    page = visit("/quality")
    page.get_by_role("link", name="council").click()
    drawn(page)
    page.get_by_role("link", name="Coordinates are 0, 0").click()
    drawn(page)
    expect(page.get_by_role("cell", name="R-000004")).to_be_visible()
    with page.expect_download() as asked:
        page.get_by_role("link", name="Download all 1 as CSV").click()
    assert asked.value.suggested_filename == "fixpoint-quality-council-place-zero.csv"
    assert "Coordinates are 0, 0" in Path(asked.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="All figures of council").click()
    drawn(page)
    expect(page.get_by_role("heading", name="What is missing or odd")).to_be_visible()


def test_the_map_counts_by_area_what_it_does_not_draw(visit: Visitor) -> None:
    page = visit("/")
    expect(page.get_by_role("heading", name="Counted by area")).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()
    table = page.get_by_role("region", name="Reports by ward in the chosen period")
    expect(table.get_by_role("row", name="Northgate")).to_contain_text("51")


@pytest.mark.parametrize("path", PAGES)
def test_no_barrier_is_found(visit: Visitor, path: str) -> None:
    assert found_in_every_theme(visit(path, width=DESK)) == {}


@pytest.mark.parametrize("path", [*PAGES, "/"])
def test_a_phone_shows_each_page_without_barrier_and_without_moving_sideways(visit: Visitor, path: str) -> None:
    page = visit(path, width=PHONE)
    assert fits(page)
    assert found(page) == []


def test_the_form_about_places_is_no_barrier_either(visit: Visitor) -> None:
    page = visit("/quality?source=police")
    page.get_by_role("button", name="Change how exact they are").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert found(page) == []
