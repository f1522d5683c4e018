"""The inbox in a real browser, on a small store of its own: with the keyboard, on a phone, without barriers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from data.stores import open_store
from problems.people import LAPTOP
from problems.reports import Batch, ReportStatus
from problems.use_cases import organising
from tests.browsing import DESK, PHONE, Visitor, serving
from tests.test_browser_access import found, found_in_every_theme
from tests.test_browser_report import lamp, reach

pytestmark = pytest.mark.browser
PATHS = ("/inbox", "/inbox?plain=true", "/inbox?report=R-000001", "/inbox?part=To+be+told", "/setup?part=Targets")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("inbox")
    store = open_store(str(folder / "town.db"))
    now = datetime.now(UTC)
    reports = [lamp(number, now - timedelta(days=20 * number), -1.2 + number / 100) for number in range(30)]
    reports[29] = replace(reports[29], status=ReportStatus.IN_PROGRESS)
    with store.writing() as unit:
        batch = unit.add_batch(Batch(0, "council", "a.csv", "0" * 64, now, now, "", 30, 30, 0, 0, 0, 0, 0))
        unit.add_reports(batch, [(report, report.source_id.encode()) for report in reports])
    organising.add_organisation(store, LAPTOP, lambda: now, 1, name="Lighting", kind="council")
    store.close()
    with serving(folder / "town.db", folder / "server.log", FIXPOINT_CONTACT_KEY="") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


def choose(page: Page, label: str, typed: str) -> None:
    reach(page, page.get_by_role("combobox", name=label))
    page.keyboard.type(typed)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "numbers"), [(DESK, (2, 3)), (PHONE, (4, 5))])
def test_reports_are_ticked_and_acknowledged_with_the_keyboard_alone(
    visit: Visitor, width: int, numbers: tuple[int, int]
) -> None:
    page = visit("/inbox?inbox_order=Newest+first", width=width)
    page.keyboard.press("Tab")
    choose(page, "With the reports that are ticked", "Acknowledge")
    go_on = page.get_by_role("button", name="Go on")
    for number in numbers:
        box = page.get_by_role("checkbox", name=f"R-00000{number}")
        reach(page, box)
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    reach(page, go_on, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 reports are now “Acknowledged”.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_one_report_is_resolved_with_a_reason_and_a_sentence(visit: Visitor) -> None:
    page = visit("/inbox?report=R-000030")
    page.get_by_role("button", name="Resolve").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Reason").fill("Replaced")
    page.get_by_role("option").first.click()
    dialog.get_by_role("textbox", name="What residents could be told").fill("The lamp has a new head.")
    dialog.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("R-000030 is now “Said to be fixed”.")).to_be_visible()
    expect(page.get_by_text("The lamp has a new head.").first).to_be_visible()
    expect(page.get_by_role("button", name="Re-open")).to_be_visible()
    expect(page.get_by_role("button", name="Verify on site")).to_have_count(0)


def test_the_list_is_downloaded_once(visit: Visitor) -> None:
    page = visit("/inbox")
    page.get_by_role("button", name="Make a CSV file").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download inbox.csv").click()
    assert started.value.suggested_filename == "inbox.csv"
    assert b"R-000001" in Path(started.value.path()).read_bytes()


@pytest.mark.parametrize("path", PATHS)
def test_no_barrier_is_found(visit: Visitor, path: str) -> None:
    assert found_in_every_theme(visit(path)) == {}


@pytest.mark.parametrize("path", ["/inbox", "/inbox?plain=true", "/inbox?report=R-000001", "/inbox?part=To+be+told"])
def test_nothing_is_wider_than_a_phone_and_no_barrier_is_found_there(visit: Visitor, path: str) -> None:
    page = visit(path, width=PHONE)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found(page) == []


def test_no_barrier_is_found_in_the_form_for_many(visit: Visitor) -> None:
    page = visit("/inbox?inbox_order=Newest+first")
    page.get_by_role("button", name="Tick all 25 on this page").click()
    expect(page.get_by_role("checkbox", name="R-000001")).to_be_checked()
    page.get_by_role("combobox", name="With the reports that are ticked").fill("Give to")
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert found(page) == []
