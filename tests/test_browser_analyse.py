"""The order of the problems and the check of the map in a real browser, without barriers on desk and phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, Visitor, drawn
from tests.test_browser_access import THEMES, found
from tests.test_browser_quality import fits

pytestmark = pytest.mark.browser


def test_the_list_is_put_in_order_explained_and_downloaded(visit: Visitor) -> None:
    page = visit("/problem")
    first = page.get_by_role("region", name="Problems").locator("tbody tr").first
    expect(first).to_contain_text("1st")
    page.get_by_role("combobox", name="Order").click()
    page.get_by_role("option", name="Trend, growing first").click()
    drawn(page)
    expect(first.locator(".fx-trend")).to_contain_text("Growing")
    expect(page).to_have_url(re.compile("list_order="))
    page.get_by_text("How the priority is made").click()
    expect(page.get_by_text("Priority is not need")).to_be_visible()
    with page.expect_download() as asked:
        page.get_by_role("link", name="as CSV").click()
    assert asked.value.suggested_filename == "fixpoint-priorities.csv"
    assert (
        Path(asked.value.path()).read_text(encoding="utf-8-sig").startswith('"place","place_from","place_to","problem"')
    )


def test_the_quality_page_tells_whether_the_map_held(visit: Visitor) -> None:
    page = visit("/quality")
    expect(page.get_by_role("heading", name="Does the map hold?")).to_be_visible()
    expect(page.get_by_text("times their share.")).to_be_visible()
    table = page.get_by_role("region", name="What the outlines held in the 28 days after each refresh")
    expect(table.locator("tbody tr")).to_have_count(13)


@pytest.mark.parametrize("theme", THEMES)
def test_no_barrier_is_found_in_the_opened_explanation(visit: Visitor, theme: str) -> None:
    scheme, added = THEMES[theme]
    page = visit(f"/problem?{added}", width=DESK, scheme=scheme)
    page.get_by_text("How the priority is made").click()
    expect(page.get_by_text("Priority is not need")).to_be_visible()
    assert found(page) == []


@pytest.mark.parametrize("path", ["/problem", "/quality"])
def test_a_phone_shows_order_and_check_without_moving_sideways(visit: Visitor, path: str) -> None:
    page = visit(path, width=PHONE)
    assert fits(page)
    assert found(page) == []
