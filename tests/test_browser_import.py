"""Importing a file in a real browser, into an empty store."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESK, PHONE, Visitor, drawn, serving
from tests.test_browser_access import found

pytestmark = pytest.mark.browser

HEAD = "reference,category,reported at,latitude,longitude,description"


def reports(prefix: str) -> bytes:
    today = datetime.now(UTC).date()
    rows = [
        f"{prefix}{n},Street light not working,{today - timedelta(days=n)} 10:00,52.9000{n},-1.2000{n},Lamp {n} is dark"
        for n in range(10)
    ]
    return "\n".join([HEAD, *rows, f"{prefix}x,Street light not working,some day,52.9,-1.2,Lamp", ""]).encode()


def ambiguous(prefix: str) -> bytes:
    """Return a file whose dates can be read in two ways, with columns that no file had before."""
    rows = [f"{prefix}{n},Purple {prefix},0{n}/04/2026,52.9000{n},-1.2000{n},Lamp {n} is dark,x" for n in (3, 5, 7)]
    return "\n".join([f"{HEAD},{prefix}", *rows, ""]).encode()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("imports")
    with serving(folder / "city.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


def choose(page: Page, name: str, content: bytes) -> None:
    field = page.locator("input[type=file]").first
    field.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def press(page: Page, name: str) -> None:
    """Press a button when the page stands still: one that is just being drawn may be drawn anew under the hand."""
    button = page.get_by_role("button", name=name)
    expect(button).to_be_visible()
    drawn(page)
    button.click()


def close_messages(page: Page) -> None:
    """Close every message, those that earlier tests left included: they are there for everybody."""
    close = page.get_by_role("button", name="Close this message")
    expect(close.first).to_be_visible()
    drawn(page)
    for left in range(close.count() - 1, -1, -1):
        close.first.click()
        expect(close).to_have_count(left)
        drawn(page)


def put_away(page: Page) -> None:
    """Close what an import left on the page, so that the next test finds it as it was."""
    page.get_by_role("button", name="Import another file").click()
    expect(page.get_by_role("button", name="Import another file")).to_have_count(0)


@pytest.mark.parametrize(("width", "prefix"), [(DESK, "D"), (PHONE, "P")])
def test_a_file_becomes_reports_and_hot_spots(visit: Visitor, width: int, prefix: str) -> None:
    page = visit("/import", width=width)
    name = f"reports-{prefix}.csv"
    choose(page, name, reports(prefix))
    expect(page.get_by_text("Lamp 1 is dark").first).to_be_visible()
    expect(page.get_by_text("some day").first).to_be_visible()
    press(page, "Count the whole file")
    press(page, "Import 10 reports")
    expect(page.get_by_text(f"{name}: of 11 rows, 10 new and 1 rejected.")).to_be_visible()
    press(page, "Find hot spots")
    expect(page.get_by_text("1 hot spot up to")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    close_messages(page)
    put_away(page)
    expect(page.get_by_role("link", name=name)).to_have_count(1)
    page.get_by_role("link", name=name).click()
    drawn(page)
    expect(page.get_by_role("link", name="Download 1 rejected row as CSV")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download 1 rejected row as CSV").click()
    with kept.value.path().open(encoding="utf-8-sig", newline="") as file:
        head, row = csv.reader(file)
    assert ",".join(head).startswith(HEAD)
    assert row[:3] == [f"{prefix}x", "Street light not working", "some day"]


@pytest.mark.parametrize(("width", "scheme", "added"), [(DESK, "light", ""), (PHONE, "light", "?contrast=true")])
def test_no_barrier_is_found_while_a_file_is_asked_about_and_counted(
    visit: Visitor, width: int, scheme: str, added: str
) -> None:
    page = visit(f"/import{added}", width=width, scheme=scheme)
    choose(page, "open.csv", ambiguous(f"W{width}"))
    expect(page.get_by_role("radiogroup", name="3rd of April")).to_be_visible()
    drawn(page)
    assert found(page) == []
    page.get_by_role("radiogroup").get_by_text("The 3rd of April").click()
    page.get_by_text("Columns as a file").click()
    press(page, "Count the whole file")
    expect(page.get_by_role("button", name="Import 3 reports")).to_be_visible()
    drawn(page)
    assert found(page) == []


def test_what_a_file_leaves_open_is_asked_with_the_keyboard(visit: Visitor) -> None:
    page = visit("/import")
    choose(page, "open.csv", ambiguous("A"))
    question = page.get_by_role("radiogroup", name="is 03/04/2026 the 3rd of April, or the 4th of March?")
    expect(question).to_be_visible()
    expect(question.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Count the whole file")).to_have_count(0)
    question.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("3 Apr 2026").first).to_be_visible()
    page.get_by_role("button", name="Count the whole file").press("Enter")
    page.get_by_role("button", name="Import 3 reports").press("Enter")
    expect(page.get_by_text("open.csv: of 3 rows, 3 new.")).to_be_visible()
    put_away(page)
    page.get_by_role("button", name="Choose category").last.click()
    page.get_by_role("dialog").get_by_role("combobox").first.fill("Animals")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use this category").click()
    expect(page.get_by_text("3 reports called “Purple A” have a category now.")).to_be_visible()


def test_an_import_is_undone_and_brought_back_by_the_same_file(visit: Visitor) -> None:
    page = visit("/import", width=PHONE)
    for _ in range(2):
        choose(page, "again.csv", ambiguous("U"))
        page.get_by_role("radiogroup", name="3rd of April").get_by_text("The 3rd of April").click()
        press(page, "Count the whole file")
        press(page, "Import 3 reports")
        expect(page.get_by_text("again.csv: of 3 rows, 3 new.")).to_be_visible()
        page.get_by_role("link", name="See this import in full").click()
        drawn(page)
        page.get_by_role("button", name="Undo this import").click()
        form = page.get_by_role("dialog")
        expect(form.get_by_text("3 new reports of it will be counted nowhere.")).to_be_visible()
        form.get_by_role("textbox").fill("Only a test")
        form.get_by_role("button", name="Undo this import").click()
        expect(page.get_by_text("again.csv was undone: 3 reports taken back.")).to_be_visible()
        expect(page.get_by_text("“Only a test”")).to_be_visible()
        page.get_by_role("link", name="All imports").click()
        drawn(page)
        expect(page.get_by_role("button", name="Import another file")).to_have_count(0)


def test_a_file_and_its_answers_survive_leaving_the_page(visit: Visitor) -> None:
    page = visit("/import")
    choose(page, "left.csv", ambiguous("L"))
    question = page.get_by_role("radiogroup", name="3rd of April")
    question.get_by_text("The 4th of March").click()
    expect(page.get_by_text("4 Mar 2026").first).to_be_visible()
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    page.get_by_role("button", name="Data", exact=True).click()
    page.get_by_role("menuitem", name="Import", exact=True).click()
    expect(page.get_by_text("left.csv is still here.")).to_be_visible()
    expect(page.get_by_text("4 Mar 2026").first).to_be_visible()
    page.get_by_role("button", name="Put it away").click()
    expect(page.get_by_text("left.csv is still here.")).to_have_count(0)


def test_counting_is_stopped_in_the_middle(visit: Visitor, tmp_path: Path) -> None:
    page = visit("/import")
    line = "{},Street light not working,2026-02-03 10:00,52.90001,-1.20001,Lamp {} is dark and has been so for long"
    path = tmp_path / "long.csv"
    path.write_text("\n".join([HEAD, *(line.format(n, n) for n in range(400_000))]))
    page.locator("input[type=file]").first.set_input_files(path)
    press(page, "Count the whole file")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. Nothing was changed.")).to_be_visible()
    expect(page.get_by_text("long.csv").last).to_be_visible()
    close_messages(page)
    expect(page.get_by_role("button", name="Count the whole file")).to_be_visible()


def test_a_file_that_is_no_table_is_refused_in_words(visit: Visitor) -> None:
    page = visit("/import")
    choose(page, "paper.csv", b"%PDF-1.7 \x00\x01 nothing to read")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Count the whole file")).to_have_count(0)
