"""The weekly briefing in a real browser: nothing for axe-core, the keyboard, a phone, the wall, a file and a list."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import DESK, PHONE, WALL, Visitor, drawn
from tests.test_browser_access import THEMES, found, found_in_every_theme

pytestmark = pytest.mark.browser
#: The last whole week of the sample city; today's weeks have no report in it.
WEEK = "/briefing?week=2026-W11"
ON_THE_WALL = f"{WEEK}&present=true&slide=2"
PATHS = (f"{WEEK}&against=2026-W10", ON_THE_WALL, f"{WEEK}&list=reports:received")

#: Sections that every week has slides of.
SECTIONS_PRESENTED = ("The week", "1. ", "2. ", "3. ", "4. ", "5. ", "6. ", "7. ", "8. ", "9. ", "10. ", "This meeting")
CHARTS_ARE_DRAWN = """() => [...document.querySelectorAll("[data-testid=stVegaLiteChart]")]
  .every((one) => one.querySelector("svg, canvas"))"""
#: Words and pictures of a slide that lie under the bar or beside the screen, and words under 16 px.
WRONG_ON_SLIDE = """() => {
  const bar = document.querySelector(".st-key-fx-present-ways").getBoundingClientRect().top;
  const found = [];
  for (const one of document.querySelectorAll(".st-key-fx-present *")) {
    const box = one.getBoundingClientRect();
    const words = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
    const picture = ["IMG", "svg", "CANVAS"].includes(one.tagName);
    if (box.width < 2 || box.height < 2 || !(words || picture)) continue;
    if (box.bottom > bar || box.right > innerWidth) found.push(`${words || one.tagName} lies at ${box.bottom}`);
    const size = parseFloat(getComputedStyle(one).fontSize);
    if (words && size < 16) found.push(`${words} is set in ${size} px`);
  }
  const main = document.querySelector("[data-testid=stMain]");
  if (main.scrollHeight > main.clientHeight) found.push(`the page is ${main.scrollHeight} high`);
  return found;
}"""


def title(page: Page) -> str:
    """Return what the page is headed once it has settled."""
    drawn(page)
    return page.locator("h1").inner_text()


def press(page: Page, key: str) -> None:
    """Press a key once the page hears it: what listens comes after what is drawn."""
    drawn(page)
    page.locator("html[data-fx-keys=slides]").wait_for(state="attached")
    page.keyboard.press(key)


@pytest.mark.parametrize("path", [path for path in PATHS if path != ON_THE_WALL])
def test_no_barrier_is_found_on_the_briefing(visit: Visitor, path: str) -> None:
    assert found_in_every_theme(visit(path, width=DESK)) == {}


@pytest.mark.parametrize("theme", THEMES)
def test_no_barrier_is_found_on_the_wall(visit: Visitor, theme: str) -> None:
    # There is no bar to switch the contrast in: it is asked for in the address.
    scheme, added = THEMES[theme]
    assert found(visit(f"{ON_THE_WALL}&{added}" if added else ON_THE_WALL, width=DESK, scheme=scheme)) == []


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_a_phone(visit: Visitor, path: str) -> None:
    page = visit(path, width=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found(page) == []


def test_a_figure_leads_to_its_rows_and_back(visit: Visitor) -> None:
    page = visit(WEEK)
    figure = page.get_by_role("link", name="Reports in: see the list")
    number = figure.inner_text()
    figure.click()
    expect(page.get_by_text(f"{number} reports in all.")).to_be_visible()
    page.get_by_role("link", name="Back to the briefing").click()
    expect(page.get_by_role("heading", name="Briefing", level=1)).to_be_visible()


def test_arrow_keys_go_through_the_slides_and_escape_leaves(visit: Visitor) -> None:
    page = visit(WEEK)
    page.get_by_role("button", name="Present it").click()
    expect(page.get_by_role("heading", name="The week", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    press(page, "ArrowRight")
    expect(page.get_by_role("heading", name="1. Decisions wanted today (1 of 2)", level=1)).to_be_visible()
    press(page, "PageDown")
    expect(page.get_by_role("heading", name="1. Decisions wanted today (2 of 2)", level=1)).to_be_visible()
    press(page, "ArrowLeft")
    expect(page.get_by_role("heading", name="1. Decisions wanted today (1 of 2)", level=1)).to_be_visible()
    assert "slide=2" in page.url
    press(page, "Escape")
    expect(page.get_by_role("heading", name="Briefing", level=1)).to_be_visible()
    assert "present" not in page.url


def test_keys_that_are_typed_into_a_note_do_not_turn_the_slide(visit: Visitor) -> None:
    page = visit(f"{WEEK}&present=true&slide=3")
    page.get_by_role("button", name="Add a note").click()
    note = page.get_by_role("dialog").get_by_label("Note")
    note.fill("All were there")
    note.press("ArrowLeft")
    note.press("PageUp")
    page.get_by_role("dialog").get_by_role("button", name="Keep the note").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert title(page) == "1. Decisions wanted today (2 of 2)"
    page.get_by_role("button", name="Notes").click()
    expect(page.get_by_text("All were there")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(DESK, 800), (WALL, 1080)])
def test_every_slide_fits_the_wall_in_type_that_can_be_read(visit: Visitor, width: int, height: int) -> None:
    page = visit(f"{WEEK}&present=true&slide=1", width=width, height=height)
    place = page.locator(".fx-slide-place")
    slides = int(place.inner_text().rpartition(" ")[2])
    found = {}
    for at in range(1, slides + 1):
        expect(place).to_have_text(f"{at} of {slides}")
        drawn(page)
        page.wait_for_function(CHARTS_ARE_DRAWN)
        found[page.locator("h1").inner_text()] = page.evaluate(WRONG_ON_SLIDE)
        if at < slides:
            press(page, "ArrowRight")
    assert {title: wrong for title, wrong in found.items() if wrong} == {}
    assert len(found) == slides >= len(SECTIONS_PRESENTED)
    assert [name for name in SECTIONS_PRESENTED if not any(one.startswith(name) for one in found)] == []


def test_the_annex_is_downloaded(visit: Visitor) -> None:
    page = visit(WEEK)
    page.get_by_role("button", name="Make CSV annex").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download briefing-").click()
    assert waiting.value.suggested_filename.endswith(".csv")
    assert "Reports in" in waiting.value.path().read_text(encoding="utf-8")
