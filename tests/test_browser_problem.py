"""Working on a problem in a real browser, on a small store of its own, because the tests change it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from data.stores import open_store
from problems.categories import Group
from problems.people import LAPTOP
from problems.use_cases import drawing, organising
from tests.browsing import DESK, PHONE, Visitor, drawn, serving

pytestmark = pytest.mark.browser

HOSTILE = "Lamps ![x](http://evil.invalid/a.png) <img src=http://evil.invalid/b.png onerror=alert(1)>"


def square(west: float) -> dict[str, object]:
    east = west + 0.002
    return {
        "type": "Polygon",
        "coordinates": [[[west, 52.9], [east, 52.9], [east, 52.901], [west, 52.901], [west, 52.9]]],
    }


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("problems")
    store = open_store(str(folder / "city.db"))
    asking = (store, LAPTOP, lambda: datetime.now(UTC), 1)
    organising.add_organisation(*asking, name="Street lighting", kind="Council service")
    for number, name in enumerate(["Lamps at the mill", "Lamps at the quay", "Two people, one lamp", HOSTILE]):
        drawing.draw_problem(*asking, name=name, group=Group.LIGHTING, geometry=square(-1.2 + number / 100))
    store.close()
    with serving(folder / "city.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


def take_on(page: Page, owner: str) -> None:
    page.get_by_role("button", name="Take on").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Owner", exact=True).fill(owner)
    form.get_by_label("Objective").fill("Light by June")
    form.get_by_role("button", name="Take on").click()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(("width", "ref"), [(DESK, "P-0001"), (PHONE, "P-0002")])
def test_a_changed_status_is_still_there_after_loading_the_page_again(visit: Visitor, width: int, ref: str) -> None:
    page = visit(f"/problem?problem={ref}", width=width)
    take_on(page, "Cora Reid")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text(f"{ref} is now “Taken on”.")).to_be_visible()
    page.reload()
    drawn(page)
    expect(page.locator(".fx-line")).to_contain_text("Taken on")
    expect(page.locator(".fx-line")).to_contain_text("Cora Reid")
    expect(page.locator(".fx-timeline")).to_contain_text("Status changed from “Detected” to “Taken on”.")
    assert fits(page)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_problem_is_opened_from_the_list_and_has_an_address_of_its_own(visit: Visitor, width: int) -> None:
    page = visit("/problem", width=width)
    assert fits(page)
    expect(page).to_have_title("Problems · Fixpoint")
    listed = page.get_by_role("region", name="Problems", exact=True)
    assert width == DESK or listed.evaluate("one => one.scrollWidth <= one.clientWidth")
    expect(listed.get_by_role("cell", name="Street lighting", exact=True).first).to_be_visible(visible=width == DESK)
    page.get_by_role("link", name="Lamps at the mill").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lamps at the mill")
    expect(page).to_have_title(re.compile(r"^P-000\d Lamps at the mill · Fixpoint$"))
    expect(page).to_have_url(re.compile(r"/problem\?problem=P-0001"))


def test_the_stages_are_tabs_that_the_keyboard_moves_and_the_address_keeps(visit: Visitor) -> None:
    page = visit("/problem?problem=P-0003&tab=analyse")
    expect(page.get_by_role("tab", name="Analyse")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("heading", name="What is agreed")).to_be_visible()
    page.get_by_role("tab", name="Analyse").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Actions")).to_be_visible()
    expect(page).to_have_url(re.compile("tab=respond"))
    page.get_by_role("tab", name="Scan").click()
    expect(page.get_by_role("heading", name="Reports over time")).to_be_visible()
    expect(page).not_to_have_url(re.compile("tab="))


def test_the_second_person_to_save_is_told_what_changed_and_loses_nothing(visit: Visitor) -> None:
    first, second = visit("/problem?problem=P-0003"), visit("/problem?problem=P-0003")
    second.get_by_role("button", name="Edit").click()
    second.get_by_label("Name", exact=True).fill("The lamp by the bridge")
    first.get_by_role("button", name="Edit").click()
    first.get_by_label("Objective").fill("Repair it before winter")
    first.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(first.get_by_role("dialog")).to_have_count(0)
    second.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert")).to_contain_text("Objective was “–”, is now “Repair it before winter”.")
    expect(second.get_by_label("Name", exact=True)).to_have_value("The lamp by the bridge")


def test_hostile_names_are_text_and_call_nobody(visit: Visitor) -> None:
    page = visit("/problem?problem=P-0004")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(HOSTILE)
    assert page.locator("img[src*=evil]").count() == 0


def test_an_unknown_problem_leads_to_the_list(visit: Visitor) -> None:
    page = visit("/problem?problem=P-9999")
    page.get_by_role("link", name="See all problems").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Problems")
