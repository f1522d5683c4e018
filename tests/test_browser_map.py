import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browsing import DESK, PHONE, Visitor, drawn

pytestmark = pytest.mark.browser


def map_of(page: Page) -> FrameLocator:
    frame = page.frame_locator(".st-key-fx-map iframe")
    frame.locator("#map_div[data-problems][data-kind]").wait_for()
    return frame


def uncovered(frame: FrameLocator) -> Locator:
    """Return a mark that no other mark and no button lies upon."""
    place = frame.locator("html").evaluate(
        """root => [...root.querySelectorAll('.fx-problem')].findIndex(mark => {
            const box = mark.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return top && mark.contains(top);
        })"""
    )
    assert place >= 0
    return frame.locator(".fx-problem").nth(place)


def scripts_run(page: Page) -> Callable[[], int]:
    """Count how often the page's script starts from now on."""
    page.evaluate(
        """() => {
            window.scriptRuns = 0;
            const app = document.querySelector('[data-testid=stApp]');
            new MutationObserver(() => {
                if (app.dataset.testScriptState === 'running') window.scriptRuns += 1;
            }).observe(app, { attributes: true, attributeFilter: ['data-test-script-state'] });
        }"""
    )
    return lambda: int(page.evaluate("window.scriptRuns"))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_map_shows_problems_and_reports_without_sideways_scrolling(visit: Visitor, width: int) -> None:
    page = visit("/", width=width)
    frame = map_of(page)
    assert int(frame.locator("#map_div").get_attribute("data-problems") or 0) > 5
    assert int(frame.locator("#map_div").get_attribute("data-reports") or 0) > 500
    expect(frame.locator(".fx-problem").first).to_be_visible()
    expect(page.get_by_text("Made-up data of the sample city")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_panning_asks_the_server_for_reports_but_runs_no_script(visit: Visitor) -> None:
    page = visit("/")
    frame = map_of(page)
    runs = scripts_run(page)
    with page.expect_response(re.compile(r"/api/view\?")) as answer:
        frame.locator("#map_div").press("ArrowRight")
    assert answer.value.ok
    with page.expect_response(re.compile(r"/api/view\?")):
        frame.get_by_role("button", name="Zoom in").click()
    assert runs() == 0


def test_zooming_in_turns_hexagons_into_single_reports(visit: Visitor) -> None:
    page = visit("/")
    frame = map_of(page)
    expect(frame.locator("#map_div[data-kind=hexagons]")).to_be_attached()
    for _ in range(4):
        with page.expect_response(re.compile(r"/api/view\?")):
            frame.get_by_role("button", name="Zoom in").click()
    expect(frame.locator("#map_div[data-kind=points]")).to_be_attached()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_problem_is_chosen_by_clicking_its_mark(visit: Visitor, width: int) -> None:
    page = visit("/", width=width)
    mark = uncovered(map_of(page))
    ref = mark.get_attribute("data-ref") or ""
    mark.click()
    expect(page.get_by_role("link", name=f"Open {ref}")).to_be_visible()
    expect(page).to_have_url(re.compile(f"problem={ref}"))
    expect(mark).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_problem_is_chosen_by_keyboard(visit: Visitor, key: str) -> None:
    page = visit("/")
    mark = map_of(page).locator(".fx-problem").first
    ref = mark.get_attribute("data-ref") or ""
    assert re.match(rf"{ref}, .+: .+", mark.get_attribute("aria-label") or "")
    assert mark.get_attribute("role") == "button"
    mark.focus()
    mark.press(key)
    expect(page.get_by_role("link", name=f"Open {ref}")).to_be_visible()
    page.get_by_role("link", name=f"Open {ref}").click()
    page.wait_for_url(re.compile(rf"/problem\?problem={ref}"))
    drawn(page)


def test_choosing_and_filtering_do_not_mount_the_map_anew(visit: Visitor) -> None:
    page = visit("/")
    frame = map_of(page)
    frame.locator("#map_div").evaluate("element => { element.dataset.marked = 'same'; }")
    frame.locator(".fx-problem").first.press("Enter")
    expect(page.get_by_role("link", name=re.compile("Open P-"))).to_be_visible()
    with page.expect_response(re.compile(r"/api/view\?.*groups=WST")):
        page.get_by_role("combobox", name=re.compile("Category")).fill("Rubbish")
        page.get_by_role("option", name="Rubbish and litter").click()
    expect(page).to_have_url(re.compile("category=Rubbish"))
    expect(frame.locator("#map_div[data-marked=same]")).to_be_attached()


def test_a_link_with_filters_and_a_problem_opens_as_it_was_sent(visit: Visitor) -> None:
    first = visit("/")
    mark = map_of(first).locator(".fx-problem").first
    ref = mark.get_attribute("data-ref") or ""
    everything = int(map_of(first).locator("#map_div").get_attribute("data-problems") or 0)
    page = visit(f"/?problem={ref}&status=Not+started&period=Last+12+months")
    frame = map_of(page)
    expect(page.get_by_role("link", name=f"Open {ref}")).to_be_visible()
    assert 0 < int(frame.locator("#map_div").get_attribute("data-problems") or 0) < everything
    expect(page).to_have_url(re.compile("period=Last"))


def test_an_unknown_problem_in_the_address_is_answered_in_words(visit: Visitor) -> None:
    page = visit("/?problem=P-999999")
    map_of(page)
    expect(page.locator(".st-key-fx-panel [role=alert]")).to_contain_text("P-999999")


def test_high_contrast_reaches_page_and_map(visit: Visitor) -> None:
    page = visit("/?contrast=true")
    frame = map_of(page)
    expect(frame.locator("#map_div")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_dark_devices_get_the_dark_map(visit: Visitor) -> None:
    page = visit("/", scheme="dark")
    expect(map_of(page).locator("#map_div")).to_have_css("background-color", "rgb(21, 28, 33)")


def test_zoom_buttons_are_large_enough_and_the_frame_can_be_zoomed(visit: Visitor) -> None:
    page = visit("/", width=PHONE)
    frame = map_of(page)
    box = frame.get_by_role("button", name="Zoom in").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    assert "user-scalable" not in frame.locator("html").inner_html()


def test_the_plain_table_lists_what_is_on_the_map(visit: Visitor) -> None:
    page = visit("/?plain=true")
    shown = int(map_of(page).locator("#map_div").get_attribute("data-problems") or 0)
    expect(page.locator(".fx-table tbody tr")).to_have_count(shown)


def test_hot_spots_are_found_again_in_the_background(visit: Visitor) -> None:
    page = visit("/")
    map_of(page)
    page.get_by_role("button", name="Find hot spots again").click()
    expect(page.get_by_text(re.compile(r"\d+ hot spots? up to"))).to_be_visible()
    page.get_by_role("button", name="Close this message").click()
    expect(page.get_by_role("button", name="Find hot spots again")).to_be_visible()
