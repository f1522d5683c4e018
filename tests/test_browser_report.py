"""Writing a report down and reviewing duplicates in a real browser, on a small store of its own."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from data.stores import open_store
from problems.areas import Area, AreaKind
from problems.reports import Batch, Report, ReportStatus
from tests.browsing import DESK, PHONE, Visitor, drawn, serving
from tests.test_browser_access import found, found_in_every_theme

pytestmark = pytest.mark.browser
LON, LAT = -1.2, 52.9
RECEIPT = re.compile(r"FX-[0-9A-Z]{4}-[0-9A-Z]{4}")


def lamp(number: int, at: datetime, lon: float) -> Report:
    return Report(
        id=0,
        source="council",
        source_id=f"{lon}/{number}",
        category="LGT-OUT",
        category_name="Lamp",
        reported_at=at,
        status=ReportStatus.NEW,
        lon_lat=(lon, LAT),
        address="4 Mill Lane",
        text="The lamp is dark",
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("written")
    store = open_store(str(folder / "town.db"))
    now = datetime.now(UTC)
    ring = [[LON - 0.02, LAT - 0.01], [LON + 0.02, LAT - 0.01], [LON + 0.02, LAT + 0.01], [LON - 0.02, LAT + 0.01]]
    square = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    reports = [lamp(number, now - timedelta(days=3 - number), lon) for lon in (LON, LON + 0.005) for number in range(2)]
    with store.writing() as unit:
        unit.add_areas([Area(0, AreaKind.WARD, "Northgate", square)])
        batch = unit.add_batch(Batch(0, "council", "a.csv", "0" * 64, now, now, "", 4, 4, 0, 0, 0, 0, 0))
        unit.add_reports(batch, [(report, report.source_id.encode()) for report in reports])
    store.close()
    with serving(folder / "town.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


def written(page: Page) -> Page:
    """Wait until the form is drawn, its map included."""
    frame = page.locator(".st-key-fx-place iframe").content_frame
    frame.locator("#map_div[data-kind][data-streets]").wait_for()
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    return page


def reach(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Walk to an element with the keyboard alone."""
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("the keyboard does not reach it")


def choose(page: Page, label: str, typed: str) -> None:
    reach(page, page.get_by_role("combobox", name=label))
    page.keyboard.type(typed)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "kind"), [(DESK, "Dumped rubbish"), (PHONE, "Abandoned vehicle")])
def test_a_report_is_written_down_with_the_keyboard_alone(visit: Visitor, width: int, kind: str) -> None:
    page = written(visit("/report", width=width))
    page.keyboard.press("Tab")
    choose(page, "Category", kind)
    reach(page, page.get_by_role("textbox", name="What was seen"))
    page.keyboard.type("It blocks the verge")
    choose(page, "How it came in", "By phone")
    reach(page, page.get_by_role("textbox", name="Latitude, longitude"))
    page.keyboard.type(f"{LAT}, {LON}")
    page.keyboard.press("Tab")
    expect(page.get_by_text("In Northgate.")).to_be_visible()
    expect(page.get_by_text("No open report about")).to_be_visible()
    reach(page, page.get_by_role("button", name="Save the report"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your receipt number is")).to_be_visible()
    expect(page.get_by_text("it is on the map now")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_press_on_the_map_gives_the_place_and_what_is_known_there(visit: Visitor) -> None:
    page = written(visit("/report"))
    choose_by_mouse(page, "Category", "Street light not working")
    choose_by_mouse(page, "How it came in", "By phone")
    page.get_by_role("textbox", name="What was seen").fill("The lamp is dark")
    frame = page.locator(".st-key-fx-place iframe").content_frame
    frame.locator("#map_div").click(position={"x": 60, "y": 200})
    expect(page.get_by_role("textbox", name="Latitude, longitude")).not_to_have_value("")
    expect(frame.locator(".fx-pin")).to_have_count(1)
    page.get_by_role("textbox", name="Latitude, longitude").fill(f"{LAT}, {LON}")
    page.keyboard.press("Enter")
    add = page.get_by_role("button", name="The same: add to R-000001")
    expect(add).to_be_visible()
    expect(frame.locator(f"#map_div[data-place='{round(LON / 1e-5)},{round(LAT / 1e-5)}']")).to_be_visible()
    add.click()
    expect(page.get_by_text("added to R-000001, which now has one more reporter")).to_be_visible()
    number = RECEIPT.search(page.locator(".fx-receipt").inner_text())
    assert number
    page.get_by_text("Look up a receipt", exact=True).click()
    page.get_by_role("textbox", name="Receipt number").fill(number[0].lower())
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("Somebody had reported it before you")).to_be_visible()


def choose_by_mouse(page: Page, label: str, typed: str) -> None:
    page.get_by_role("combobox", name=label).fill(typed)
    page.get_by_role("option").first.click()


@pytest.mark.parametrize("path", ["/report", "/duplicates", "/duplicates?plain=true", "/duplicates?part=Merged"])
def test_no_barrier_is_found_on_the_new_pages(visit: Visitor, path: str) -> None:
    page = visit(path)
    if path == "/report":
        written(page)
    assert found_in_every_theme(page) == {}


@pytest.mark.parametrize("path", ["/report", "/duplicates"])
def test_nothing_is_wider_than_a_phone_and_no_barrier_is_found_there(visit: Visitor, path: str) -> None:
    page = visit(path, width=PHONE)
    if path == "/report":
        written(page)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found(page) == []


def test_duplicates_are_merged_and_taken_apart_with_the_keyboard(visit: Visitor) -> None:
    page = visit("/duplicates")
    merge = page.get_by_role("button", name="Merge into the oldest").last
    expect(merge).to_be_visible()
    reach(page, merge)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 report merged into")).to_be_visible()
    page.goto(f"{visit.url}/duplicates?part=Merged")
    drawn(page)
    split = page.get_by_role("button", name="Take apart").first
    expect(split).to_be_visible()
    reach(page, split)
    page.keyboard.press("Enter")
    expect(page.get_by_text("taken apart: each is followed up by itself again")).to_be_visible()
