"""Importing a file in a real browser, into an empty store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import DESK, PHONE, Visitor, serving

pytestmark = pytest.mark.browser


def reports(prefix: str) -> bytes:
    today = datetime.now(UTC).date()
    rows = [
        f"{prefix}{n},Street light not working,{today - timedelta(days=n)} 10:00,52.9000{n},-1.2000{n},Lamp {n} is dark"
        for n in range(10)
    ]
    head = "reference,category,reported at,latitude,longitude,description"
    return "\n".join([head, *rows, f"{prefix}x,Street light not working,some day,52.9,-1.2,Lamp", ""]).encode()


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


@pytest.mark.parametrize(("width", "prefix"), [(DESK, "D"), (PHONE, "P")])
def test_a_file_becomes_reports_and_hot_spots(visit: Visitor, width: int, prefix: str) -> None:
    page = visit("/import", width=width)
    name = f"reports-{prefix}.csv"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": reports(prefix)})
    expect(page.get_by_text("Lamp 1 is dark").first).to_be_visible()
    expect(page.get_by_text("some day").first).to_be_visible()
    page.get_by_role("button", name="Count the whole file").click()
    page.get_by_role("button", name="Import 10 reports").click()
    expect(page.get_by_text(f"{name}: of 11 rows, 10 new and 1 rejected.")).to_be_visible()
    page.get_by_role("button", name="Find hot spots").click()
    expect(page.get_by_text("1 hot spot up to")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for close in range(2):
        page.get_by_role("button", name="Close this message").first.click()
        expect(page.get_by_role("button", name="Close this message")).to_have_count(1 - close)


def test_a_file_that_is_no_table_is_refused_in_words(visit: Visitor) -> None:
    page = visit("/import")
    page.locator("input[type=file]").set_input_files(
        {"name": "paper.csv", "mimeType": "text/csv", "buffer": b"%PDF-1.7 \x00\x01 nothing to read"}
    )
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Count the whole file")).to_have_count(0)
