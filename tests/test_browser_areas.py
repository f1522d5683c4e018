"""The areas in a real browser: nothing for axe-core, nothing wider than a phone, and the way to an area and back."""

import pytest
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, Visitor
from tests.test_browser_access import found, found_in_every_theme

pytestmark = pytest.mark.browser
AREA = "/areas?area=ward:Abbey"


@pytest.mark.parametrize("path", ["/areas?kind=neighbourhood", AREA])
def test_no_barrier_is_found_on_the_areas(visit: Visitor, path: str) -> None:
    assert found_in_every_theme(visit(path, width=DESK)) == {}


@pytest.mark.parametrize("path", ["/areas", AREA])
def test_nothing_of_the_areas_is_wider_than_a_phone(visit: Visitor, path: str) -> None:
    page = visit(path, width=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found(page) == []


def test_a_name_leads_to_the_page_of_the_area_and_back(visit: Visitor) -> None:
    page = visit("/areas")
    page.get_by_role("link", name="Abbey").click()
    expect(page.get_by_role("heading", name="Abbey", level=1)).to_be_visible()
    page.get_by_role("link", name="All wards").click()
    expect(page.get_by_role("heading", name="All wards")).to_be_visible()
