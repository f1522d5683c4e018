"""“Service” and “You said, we did” in a browser: nothing for axe-core, a phone, a list, and the residents’ file."""

from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browsing import DESK, PHONE, Visitor, drawn
from tests.test_browser_access import found, found_in_every_theme

pytestmark = pytest.mark.browser
#: The sample city has fixes in this time, whatever the day it was built on.
TOLD = "/told?from=2025-10-01&to=2026-03-31"
PATHS = ("/serving?until=2026-W11", TOLD)


@pytest.mark.parametrize("path", PATHS)
def test_no_barrier_is_found_and_nothing_is_wider_than_a_phone(visit: Visitor, path: str) -> None:
    assert found_in_every_theme(visit(path, width=DESK)) == {}
    page = visit(path, width=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found(page) == []


def test_a_figure_leads_to_its_list_and_back(visit: Visitor) -> None:
    page = visit(PATHS[0])
    page.get_by_role("link", name="Fixes verified on site: see the list").click()
    expect(page.get_by_role("heading", name="Fixes verified on site", level=1)).to_be_visible()
    drawn(page)
    assert found(page) == []
    page.get_by_role("link", name="Back to the themes").click()
    expect(page.get_by_role("heading", name="How are we serving people?", level=1)).to_be_visible()


def test_the_page_for_residents_is_downloaded_and_stands_alone(visit: Visitor, tmp_path: Path) -> None:
    page: Page = visit(TOLD)
    page.get_by_role("button", name="Make the page for a browser").click()
    way = page.get_by_role("link", name="Download you-said-we-did")
    expect(way).to_be_visible()
    with page.expect_download() as download:
        way.click()
    file = tmp_path / "fixes.html"
    download.value.save_as(file)
    content = file.read_text(encoding="utf-8")
    assert "<article>" in content
    alone = page.context.new_page()
    alone.set_content(content)
    expect(alone.get_by_role("heading", level=1)).to_be_visible()
    assert Axe().run(alone, options={"resultTypes": ["violations"]})["violations"] == []
    for width in (DESK, PHONE):
        alone.set_viewport_size({"width": width, "height": 900})
        assert alone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
