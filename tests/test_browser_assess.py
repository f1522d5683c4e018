"""Assessing in a real browser: kept with the keyboard alone, downloaded, and without barriers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from data.stores import open_store
from tests.assessed import treated_city
from tests.browsing import DESK, PHONE, Visitor, serving
from tests.scenes import Scene
from tests.test_browser_access import THEMES, found

pytestmark = pytest.mark.browser

TAB = "/problem?problem=P-0001&tab=assess"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("assessed")
    store = open_store(str(folder / "city.db"))
    treated_city(Scene(store))
    store.close()
    with serving(folder / "city.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


@pytest.mark.parametrize("theme", THEMES)
def test_no_barrier_is_found_on_an_assessment(visit: Visitor, theme: str) -> None:
    scheme, added = THEMES[theme]
    page = visit(f"{TAB}&{added}", scheme=scheme)
    expect(page.locator(".fx-verdict-word")).to_contain_text("Fell")
    page.get_by_text("Figures for analysts").click()
    assert found(page) == []


def test_it_is_kept_and_computed_again_with_the_keyboard_alone(visit: Visitor) -> None:
    page = visit(TAB, width=DESK)
    keep = page.get_by_role("button", name="Keep this assessment")
    keep.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Assessment 1 is kept: fell.")).to_be_visible()
    again = page.get_by_role("button", name="Compute again")
    again.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("the same verdict and the same figures")).to_be_visible()
    # While a tab is drawn again its old panel stands beside the new one for a moment.
    link = page.get_by_role("link", name="Download JSON")
    expect(link).to_have_count(1)
    with page.expect_download() as download:
        link.click()
    assert re.fullmatch(r"fixpoint-assessment-1\.json", download.value.suggested_filename)


def test_a_comparison_place_is_taken_out_with_the_keyboard_and_the_verdict_follows(visit: Visitor) -> None:
    page = visit(TAB)
    box = page.get_by_role("checkbox", name=re.compile("^A:"))
    expect(box).to_be_checked()
    box.focus()
    page.keyboard.press("Space")
    expect(page.locator(".fx-verdict")).to_contain_text("2 comparison places")
    picture = page.get_by_role("img", name=re.compile("2 of 3 comparison places"))
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0


def test_a_phone_shows_the_whole_tab_without_scrolling_sideways(visit: Visitor) -> None:
    page = visit(TAB, width=PHONE)
    expect(page.locator(".fx-verdict-word")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found(page) == []
