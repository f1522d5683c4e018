"""Each role's own pages in a real browser: without barriers, and found with the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsing import PHONE, Visitor, drawn
from tests.test_browser_access import found

pytestmark = pytest.mark.browser
OUTREACH = "as=Esther+Mbeki-Rowe%2C+partner%2C+Lantern+outreach+charity"


def test_no_barrier_is_found_on_the_pages_of_each_role(visit: Visitor) -> None:
    for path, scheme in (("/organisation?" + OUTREACH, "light"), ("/decisions", "dark"), ("/search?q=street", "light")):
        page = visit(path, scheme=scheme)
        assert found(page) == []
        page.close()


def test_what_is_typed_in_the_bar_is_found_with_the_keyboard_alone(visit: Visitor) -> None:
    page = visit("/board")
    drawn(page)
    box = page.get_by_role("textbox", name="Search")
    box.focus()
    page.keyboard.type("P-0003")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?.*q=P-0003"))
    expect(page.get_by_role("table", name="Problems found")).to_contain_text("P-0003")
    # From the page of the search itself one can look for something else, in the same box.
    box.fill("P-0007")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?.*q=P-0007"))
    expect(page.get_by_role("table", name="Problems found")).to_contain_text("P-0007")


def test_on_a_phone_the_list_of_pages_opens_and_leads_on(visit: Visitor) -> None:
    page = visit("/organisation?" + OUTREACH, width=PHONE)
    drawn(page)
    page.get_by_role("button", name="Expand sidebar").click()
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()


def test_on_a_phone_the_bar_says_the_whole_of_what_it_offers(visit: Visitor) -> None:
    page = visit("/board", width=PHONE)
    drawn(page)
    box = page.locator(".st-key-fx-bar").get_by_role("combobox")
    expect(box).to_have_value("View as …")
    assert box.evaluate("each => each.scrollWidth <= each.clientWidth")


@pytest.mark.parametrize("path", ["/inbox", "/duplicates", "/"])
def test_a_switch_that_is_explained_stands_on_the_line_of_its_words(visit: Visitor, path: str) -> None:
    page = visit(path)
    drawn(page)
    switch = page.get_by_test_id("stCheckbox").filter(has_text="Plain table")
    expect(switch.get_by_test_id("stTooltipIcon")).to_be_visible()
    middles = switch.evaluate(
        """each => [each.querySelector("p"), each.querySelector("label > div")].map(part => {
            const box = part.getBoundingClientRect(); return box.top + box.height / 2 })"""
    )
    assert abs(middles[0] - middles[1]) <= 1


def test_on_a_phone_the_people_to_look_as_can_be_told_apart(visit: Visitor) -> None:
    page = visit("/organisation?" + OUTREACH, width=PHONE)
    drawn(page)
    page.get_by_role("combobox").first.click()
    option = page.get_by_role("option", name="Esther Mbeki-Rowe, partner, Lantern outreach charity")
    longest = option.locator("div").last
    expect(longest).to_be_visible()
    assert longest.evaluate("each => each.scrollWidth <= each.clientWidth")
    box = longest.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE


def test_a_partner_on_a_phone_sees_its_own_world_and_goes_back_in_one_click(visit: Visitor) -> None:
    page = visit("/organisation?" + OUTREACH, width=PHONE)
    drawn(page)
    expect(page.get_by_text("You see Fixpoint as Esther Mbeki-Rowe")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Back to everything").click()
    expect(page.get_by_text("You see Fixpoint as")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("as=Esther"))
