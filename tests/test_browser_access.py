"""Nothing for axe-core to find on any page, in any theme, with forms open and in the map's frame."""

from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

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


def found(page: Page) -> list[str]:
    """Return what axe-core finds on the page and in its frames: rule, element, why."""
    drawn(page)
    maps_drawn(page)
    # What is about to be drawn anew is faded out until then: nobody is meant to read it.
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    page.wait_for_function(NOTHING_FADES)
    axe = Axe()
    faults = []
    for frame in page.frames:
        spared = (NOT_OURS, *OF_WHOLE_PAGES) if frame != page.main_frame else (NOT_OURS,)
        # Every rule runs; only what is in order is not told element by element, which takes longer than to judge it.
        answer: dict[str, Any] = axe.run(frame, options={"resultTypes": ["violations"]})
        faults += [
            f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for fault in answer["violations"]
            if fault["id"] not in spared
            for node in fault["nodes"]
            if not any(fault["id"] == rule and node["html"].startswith(begun) for rule, begun in LIST_OF_THE_FRAMEWORK)
        ]
    return faults


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", PAGES)
def test_no_barrier_is_found_on_a_page(visit: Visitor, path: str, theme: str) -> None:
    scheme, added = THEMES[theme]
    joined = f"{path}{'&' if '?' in path else '?'}{added}" if added else path
    page = visit(joined, width=DESK, scheme=scheme)
    assert found(page) == []


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
