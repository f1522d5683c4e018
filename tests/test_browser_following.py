"""Weeks and lineage in a real browser: the map is replayed in place, the picture is drawn, a proposal answered."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browsing import DESK, PHONE, Visitor, drawn, maps_drawn, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url(town_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("following")
    shutil.copyfile(town_file, folder / "town.db")
    with serving(folder / "town.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


def map_of(page: Page) -> FrameLocator:
    maps_drawn(page)
    return page.frame_locator(".st-key-fx-map iframe")


def shown_week(page: Page) -> str:
    return str(page.get_by_role("slider").get_attribute("aria-valuetext"))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_step_back_and_the_way_to_the_latest_do_not_mount_the_map_anew(visit: Visitor, width: int) -> None:
    page = visit("/", width=width)
    frame = map_of(page)
    frame.locator("#map_div").evaluate("element => { element.dataset.marked = 'same'; }")
    latest = shown_week(page)
    with page.expect_response(re.compile(r"/api/problems\?.*on=2")), page.expect_response(re.compile(r"/api/view\?")):
        page.get_by_role("button", name="Previous week").click()
    expect(page).to_have_url(re.compile(r"week=\d{4}-\d{2}-\d{2}"))
    expect(page.get_by_role("status").filter(has_text="You are looking at the past")).to_be_visible()
    week = re.search(r"week=([\d-]+)", page.url)
    assert week is not None
    day = date.fromisoformat(week[1])
    expect(frame.locator(f"#map_div.fx-past[data-marked=same][data-on='{day}']")).to_be_attached()
    expect(frame.locator("#map_div")).to_have_attribute("data-past", f"As known on {day.day} {day:%b} {day.year}")
    assert shown_week(page) == f"Week to {day.day} {day:%B} {day.year}" != latest
    assert fits(page)
    page.get_by_role("button", name="Latest").click()
    expect(frame.locator("#map_div[data-marked=same][data-on='']:not(.fx-past)")).to_be_attached()
    expect(page.get_by_text("You are looking at the past")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("week="))


def test_the_weeks_are_gone_through_by_keyboard(visit: Visitor) -> None:
    page = visit("/")
    frame = map_of(page)
    slider = page.get_by_role("slider", name="Replay the weeks")
    slider.focus()
    slider.press("ArrowLeft")
    expect(frame.locator("#map_div.fx-past")).to_be_attached()
    one_back = frame.locator("#map_div").get_attribute("data-on") or ""
    drawn(page)
    slider.press("Home")
    expect(frame.locator(f"#map_div.fx-past:not([data-on='{one_back}'])")).to_be_attached()
    drawn(page)
    expect(page.get_by_role("button", name="Previous week")).to_be_disabled()
    page.get_by_role("button", name="Next week").press("Enter")
    expect(page.get_by_role("button", name="Previous week")).to_be_enabled()


def test_a_link_to_a_week_and_a_problem_opens_as_it_was_sent(visit: Visitor) -> None:
    first = visit("/")
    map_of(first)
    first.get_by_role("slider").press("Home")
    expect(first).to_have_url(re.compile("week="))
    week = first.url.partition("week=")[2]
    replayed = map_of(first).locator(f"#map_div[data-on='{week}']")
    now = int(replayed.get_attribute("data-problems") or 0)
    page = visit(f"/?week={week}&problem=P-0001", width=PHONE)
    frame = map_of(page)
    expect(page.locator(".st-key-fx-panel")).to_contain_text("So it stood on")
    assert int(frame.locator("#map_div").get_attribute("data-problems") or 0) == now > 0


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_weeks_of_a_problem_are_a_picture_with_words_and_a_table(visit: Visitor, width: int, scheme: str) -> None:
    page = visit("/problem?problem=P-0003", width=width, scheme=scheme)
    image = page.get_by_role("img", name=re.compile("P-0003 was a hot spot in"))
    expect(image).to_be_visible()
    assert image.evaluate("image => image.complete && image.naturalHeight > 0")
    assert fits(page)
    page.get_by_text("The same as a table").first.click()
    expect(page.get_by_role("table", name="What happened week by week")).to_contain_text("Split: a part became P-0005")
    page.locator(".fx-lineage").get_by_role("link", name="P-0005").click()
    page.wait_for_url(re.compile("problem=P-0005"))
    drawn(page)
    expect(page.get_by_text("It came out of")).to_be_visible()


def test_a_proposed_merge_is_declined_with_a_reason_and_stays_declined(visit: Visitor) -> None:
    page = visit("/problem?problem=P-0001", width=PHONE)
    expect(page.locator(".fx-proposal")).to_contain_text("Its place has grown together with P-0004")
    assert fits(page)
    page.get_by_role("button", name="Leave them two").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Why").fill("Two owners.")
    form.get_by_role("button", name="Leave them two").click()
    expect(page.get_by_text("It is not proposed again for 90 days.")).to_be_visible()
    expect(page.get_by_text("The proposed merge with P-0004 was declined.")).to_be_visible()
    expect(page.get_by_role("button", name="Leave them two")).to_have_count(0)
    other = visit("/problem?problem=P-0004")
    expect(other.get_by_role("button", name="Leave them two")).to_have_count(0)
