"""Drawing an area in a real browser, by mouse, by keyboard and without the map, on a small town of its own."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from data.stores import open_store
from problems.areas import Area, AreaKind, Street
from problems.reports import Batch, Report, ReportStatus
from tests.browsing import DESK, PHONE, Visitor, drawn, serving
from tests.test_browser_access import found, found_in_every_theme
from tests.test_browser_report import reach

pytestmark = pytest.mark.browser
LON, LAT = -1.2, 52.9
CIRCLE = "/draw?shape=circle_-120000.5290000_120"


def report(number: int, at: datetime, place: tuple[float, float], code: str) -> Report:
    return Report(
        id=0,
        source="council",
        source_id=str(number),
        category=code,
        category_name=code,
        reported_at=at,
        status=ReportStatus.NEW,
        lon_lat=place,
        address=f"{number % 40} Mill Lane",
        text="It is dark",
        reporter=f"somebody {number}",
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("drawn")
    store = open_store(str(folder / "town.db"))
    chance, now = np.random.default_rng(4), datetime.now(UTC)
    reports = []
    for number in range(400):
        is_spot = number < 40
        off = chance.normal(0, 0.0004, 2) if is_spot else chance.uniform(-0.02, 0.02, 2)
        code = "LGT-OUT" if is_spot else ("LGT-OUT", "WST-DMP", "DMG-GRF", "VEH-ABN")[number % 4]
        at = now - timedelta(days=float(chance.uniform(1, 85 if is_spot else 460)))
        reports.append(report(number, at, (LON + float(off[0]), LAT + float(off[1]) * 0.6), code))
    ring = [[LON - 0.02, LAT - 0.012], [LON + 0.02, LAT - 0.012], [LON + 0.02, LAT + 0.012], [LON - 0.02, LAT + 0.012]]
    line = {"type": "LineString", "coordinates": [[LON - 0.01, LAT], [LON + 0.01, LAT]]}
    with store.writing() as unit:
        unit.add_areas([Area(0, AreaKind.WARD, "Northgate", {"type": "Polygon", "coordinates": [[*ring, ring[0]]]})])
        unit.add_streets([Street(0, "Mill Lane", 1, line)])
        count = len(reports)
        batch = unit.add_batch(Batch(0, "council", "a.csv", "0" * 64, now, now, "", count, count, 0, 0, 0, 0, 0))
        unit.add_reports(batch, [(each, each.source_id.encode()) for each in reports])
    store.close()
    with serving(folder / "town.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


def map_of(page: Page) -> FrameLocator:
    frame = page.frame_locator(".st-key-fx-draw iframe")
    frame.locator("#map_div[data-drawn][data-problems][data-kind][data-streets]").wait_for()
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    return frame


def judged(page: Page) -> None:
    """Wait until what is reported in the area is told."""
    expect(page.get_by_role("heading", name="One kind, closely")).to_be_visible()
    expect(page.get_by_role("heading", name="Make it a problem")).to_be_visible()
    drawn(page)


def corners(frame: FrameLocator, *places: tuple[int, int]) -> None:
    for number, (x, y) in enumerate(places, start=1):
        frame.locator("#map_div").click(position={"x": x, "y": y})
        frame.locator(f"#map_div[data-corners='{number}']").wait_for()


def middle(frame: FrameLocator) -> tuple[int, int]:
    box = frame.locator("#map_div").bounding_box()
    assert box
    return round(box["width"] / 2), round(box["height"] / 2)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_an_area_is_drawn_by_pressing_its_corners(visit: Visitor, width: int) -> None:
    page = visit("/draw", width=width)
    frame = map_of(page)
    x, y = middle(frame)
    corners(frame, (x - 70, y - 60), (x + 70, y - 60), (x + 70, y + 60))
    frame.get_by_role("button", name="Undo").click()
    frame.locator("#map_div[data-corners='2']").wait_for()
    frame.locator("#map_div").click(position={"x": x + 60, "y": y + 70})
    frame.locator("#map_div[data-corners='3']").wait_for()
    frame.locator("#map_div").click(position={"x": x - 70, "y": y - 60})  # the first corner closes it
    judged(page)
    expect(page).to_have_url(re.compile("shape=ring_"))
    expect(frame.locator(".fx-handle")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_corner_is_moved_by_mouse_and_by_keyboard_and_taken_out(visit: Visitor) -> None:
    page = visit("/draw")
    frame = map_of(page)
    x, y = middle(frame)
    corners(frame, (x - 90, y - 80), (x + 90, y - 80), (x + 90, y + 80), (x - 90, y + 80))
    frame.get_by_role("button", name="Finish").click()
    judged(page)
    first = page.url
    handle = frame.get_by_role("button", name="Corner 2 of 4")
    box = handle.bounding_box()
    assert box
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] - 30, steps=5)
    page.mouse.up()
    page.wait_for_url(lambda url: url != first)
    second = page.url
    frame.get_by_role("button", name="Corner 1 of 4").press("ArrowLeft")
    page.wait_for_url(lambda url: url != second)
    frame.get_by_role("button", name="Corner 3 of 4").press("Delete")
    expect(frame.locator(".fx-handle")).to_have_count(3)
    judged(page)


def test_a_circle_is_pulled_and_cleared(visit: Visitor) -> None:
    page = visit("/draw")
    frame = map_of(page)
    frame.get_by_role("button", name="Circle").click()
    box = frame.locator("#map_div").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    judged(page)
    expect(page).to_have_url(re.compile(r"shape=circle_-1\d+\.52\d+_\d+"))
    frame.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Nothing is drawn yet.")).to_be_visible()
    expect(page).not_to_have_url(re.compile("shape="))


def test_lines_that_cross_are_mended_and_the_map_shows_what_is_taken(visit: Visitor) -> None:
    page = visit("/draw")
    frame = map_of(page)
    x, y = middle(frame)
    corners(frame, (x - 80, y - 80), (x + 80, y + 80), (x + 80, y - 80), (x - 80, y + 80))
    frame.get_by_role("button", name="Finish").click()
    judged(page)
    expect(page.get_by_text("the area was mended")).to_be_visible()
    expect(frame.locator(".fx-handle")).to_have_count(0)


def test_two_corners_are_no_area_and_a_double_click_sets_one_corner(visit: Visitor) -> None:
    page = visit("/draw")
    frame = map_of(page)
    x, y = middle(frame)
    frame.locator("#map_div").dblclick(position={"x": x, "y": y})
    expect(frame.locator("#map_div")).to_have_attribute("data-corners", "1")
    expect(frame.get_by_role("status").filter(has_text="at least three corners")).to_be_visible()
    expect(page.get_by_text("Nothing is drawn yet.")).to_be_visible()


def test_an_area_is_drawn_with_the_keyboard_on_the_map(visit: Visitor) -> None:
    page = visit("/draw")
    frame = map_of(page)
    box = frame.locator("#map_div")
    box.focus()
    for key, number in (("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 3)):
        page.keyboard.press("Enter")
        frame.locator(f"#map_div[data-corners='{number}']").wait_for()
        box.evaluate("() => { window.moved = new Promise(done => window.fixpointDraw._map.once('moveend', done)); }")
        page.keyboard.press(key)
        box.evaluate("async () => { await window.moved; }")
    reach(page, frame.get_by_role("button", name="Finish"))
    page.keyboard.press("Enter")
    judged(page)


def test_a_problem_is_made_without_the_map_and_with_the_keyboard_alone(visit: Visitor) -> None:
    page = visit("/draw")
    map_of(page)
    reach(page, page.get_by_role("radio", name="Draw it on the map"))
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    address = page.get_by_role("textbox", name=re.compile("Address, or latitude"))
    expect(address).to_be_visible()
    drawn(page)
    reach(page, address)
    page.keyboard.type(f"{LAT}, {LON}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Show this area")).to_be_visible()
    drawn(page)
    reach(page, page.get_by_role("button", name="Show this area"))
    page.keyboard.press("Enter")
    judged(page)
    expect(page.get_by_text("more than chance brings").first).to_be_visible()
    reach(page, page.get_by_role("textbox", name="Owner"))
    page.keyboard.type("Cora Reid")
    reach(page, page.get_by_role("textbox", name="Objective"))
    page.keyboard.type("No more dark nights")
    reach(page, page.get_by_role("button", name="Make it a problem"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("is on the map and in the list of problems")).to_be_visible()
    opened = page.get_by_role("link", name=re.compile(r"Show it on the map"))
    reach(page, opened)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("problem=P-"))
    drawn(page)
    frame = page.frame_locator(".st-key-fx-map iframe")
    expect(frame.locator(".fx-problem.fx-chosen")).to_have_attribute("aria-label", re.compile("Street lighting"))
    expect(page.locator(".fx-panel-head")).to_contain_text("Street lighting, Mill Lane")


def test_a_pressed_twice_button_makes_one_problem(visit: Visitor) -> None:
    page = visit("/draw?shape=circle_-118500.5290500_150&shape_kind=Rubbish+and+litter")
    map_of(page)
    judged(page)
    page.get_by_role("button", name="Make it a problem").dblclick()
    expect(page.get_by_text("is on the map and in the list of problems")).to_be_visible()
    drawn(page)
    page.goto(f"{visit.url}/problem?list_kind=Rubbish+and+litter")
    drawn(page)
    expect(page.get_by_text("1 problem of")).to_be_visible()


def test_the_map_leads_to_it_and_an_area_in_the_address_is_there_when_one_comes_back(visit: Visitor) -> None:
    page = visit("/")
    page.get_by_role("link", name="Draw an area").click()
    page.wait_for_url(re.compile("/draw"))
    drawn(page)
    map_of(page)
    page.goto(visit.url + CIRCLE)
    drawn(page)
    frame = map_of(page)
    judged(page)
    expect(frame.locator("#map_div[data-drawn=area]")).to_be_attached()
    expect(frame.locator(".fx-handle")).to_have_count(2)
    page.get_by_role("link", name="Back to the map").click()
    page.wait_for_url(re.compile("/$|/\\?"))
    page.go_back()
    judged(page)


@pytest.mark.parametrize("path", ["/draw", CIRCLE])
def test_no_barrier_is_found_where_areas_are_drawn(visit: Visitor, path: str) -> None:
    page = visit(path)
    map_of(page)
    if path == CIRCLE:
        judged(page)
    assert found_in_every_theme(page) == {}


@pytest.mark.parametrize("path", ["/draw", CIRCLE])
def test_nothing_is_wider_than_a_phone_and_no_barrier_is_found_there(visit: Visitor, path: str) -> None:
    page = visit(path, width=PHONE)
    map_of(page)
    if path == CIRCLE:
        judged(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found(page) == []
