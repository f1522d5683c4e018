"""Nothing for axe-core to find on any page, in any theme, with forms open and in the map's frame."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dashboard.design import palette, variables
from tests.browsing import DESK, PHONE, Visitor, drawn, maps_drawn

pytestmark = pytest.mark.browser

THEMES = {"light": ("light", ""), "dark": ("dark", ""), "contrast": ("light", "contrast=true")}
#: Rules about whole pages; the map's frame is a part of one, which has its heading and landmarks.
OF_WHOLE_PAGES = ("landmark-one-main", "page-has-heading-one", "region", "bypass")
#: Of the framework's own file uploader (Streamlit 1.67): the label on its drop zone, which its button repeats.
NOT_OURS = "presentation-role-conflict"
#: The framework’s list of pages on a phone (Streamlit 1.67): under a heading, a box is between the list and its items.
LIST_OF_THE_FRAMEWORK = (
    ("list", '<ul data-testid="stSidebarNavItems"'),
    ("listitem", '<li class="st-emotion-cache'),
)
#: The rules that look at colours, which are all that a theme changes: the page's elements stay the same.
OF_COLOURS = ("color-contrast", "link-in-text-block")
_PAINTED = ("--fx-land", "--fx-ink")
_HAS_COLOURS = """([place, colours]) => {
  const style = getComputedStyle(document.querySelector(place));
  return colours.every(([name, colour]) => style.getPropertyValue(name).trim() === colour);
}"""
NOTHING_FADES = "!document.getAnimations().some(one => one instanceof CSSTransition && one.playState === 'running')"
PAGES = (
    "/?plain=true",
    "/?week=2026-03-11",
    "/problem",
    "/problem?problem=P-0003",
    "/board?several=true",
    "/import",
    "/setup",
    "/setup?part=Usual+actions+and+advice",
)


def found(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe-core finds on the page and in its frames, by these rules or by all: rule, element, why."""
    drawn(page)
    maps_drawn(page)
    # What is about to be drawn anew is faded out until then: nobody is meant to read it.
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    page.wait_for_function(NOTHING_FADES)
    # Only what is in order is not told element by element, which takes longer than to judge it.
    options: dict[str, Any] = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    axe = Axe()
    faults = []
    for frame in page.frames:
        spared = (NOT_OURS, *OF_WHOLE_PAGES) if frame != page.main_frame else (NOT_OURS,)
        answer: dict[str, Any] = axe.run(frame, options=options)
        faults += [
            f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for fault in answer["violations"]
            if fault["id"] not in spared
            for node in fault["nodes"]
            if not any(fault["id"] == rule and node["html"].startswith(begun) for rule, begun in LIST_OF_THE_FRAMEWORK)
        ]
    return faults


def found_in_every_theme(page: Page) -> dict[str, list[str]]:
    """Return what axe-core finds on a page that was opened in the light theme, by theme where it finds anything.

    Every rule runs in the light theme, and those of colours in the others. The page stays open: loading it for each
    theme takes longer than most of what is looked for.
    """
    faults = {"light": found(_dressed(page))}
    _switch_contrast(page, on=True)
    faults["contrast"] = found(_dressed(page, contrast=True), OF_COLOURS)
    page.emulate_media(color_scheme="dark")
    # The page hears of a change of the device when it is drawn the next time.
    _switch_contrast(page, on=False)
    faults["dark"] = found(_dressed(page, dark=True), OF_COLOURS)
    return {theme: told for theme, told in faults.items() if told}


def _switch_contrast(page: Page, *, on: bool) -> None:
    page.get_by_role("button", name="Display").click()
    switch = page.get_by_role("switch", name="High contrast")
    switch.press("Space")
    expect(switch).to_be_checked(checked=on)
    page.keyboard.press("Escape")
    expect(switch).to_have_count(0)


def _dressed(page: Page, *, dark: bool = False, contrast: bool = False) -> Page:
    """Wait until the page and its maps have the colours of a theme."""
    colours = variables(palette(dark=dark, contrast=contrast))
    page.wait_for_function(_HAS_COLOURS, arg=[":root", _colours_of(colours)])
    drawn(page)
    maps_drawn(page)
    for frame in page.frames:
        if frame != page.main_frame and frame.locator("#map_div").count():
            frame.wait_for_function(_HAS_COLOURS, arg=["#map_div", _colours_of(colours)])
    return page


def _colours_of(variables: Mapping[str, str]) -> list[list[str]]:
    return [[name, value] for name, value in variables.items() if name in _PAINTED]


@pytest.mark.parametrize("path", PAGES)
def test_no_barrier_is_found_on_a_page(visit: Visitor, path: str) -> None:
    assert found_in_every_theme(visit(path, width=DESK)) == {}


@pytest.mark.parametrize("path", ["/?problem=P-0003", "/problem?problem=P-0003"])
def test_no_barrier_is_found_on_a_phone(visit: Visitor, path: str) -> None:
    assert found(visit(path, width=PHONE)) == []


@pytest.mark.parametrize("theme", THEMES)
def test_no_barrier_is_found_in_an_open_form(visit: Visitor, theme: str) -> None:
    scheme, added = THEMES[theme]
    page = visit(f"/problem?problem=P-0003&{added}", scheme=scheme)
    maps_drawn(page)
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert found(page) == []
