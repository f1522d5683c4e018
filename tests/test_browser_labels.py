"""Names that came with a file are shown as they are, in a real browser: no address in them becomes a link."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import Visitor, drawn, serving
from tests.test_browser_import import HEAD, choose, press

pytestmark = pytest.mark.browser

NAME = "Lamp https://evil.example www.evil.example a@evil.example [x](http://evil.example)"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("labels")
    with serving(folder / "city.db", folder / "server.log") as address:
        yield address


def test_a_hostile_category_yields_no_link(browser: Browser, url: str) -> None:
    day = datetime.now(UTC).date() - timedelta(days=3)
    rows = [f'{n},"{NAME}",{day} 10:00,52.9000{n},-1.2000{n},dark' for n in range(3)]
    visit = Visitor(browser, url)
    page = visit("/import")
    choose(page, "names.csv", "\n".join([HEAD, *rows, ""]).encode())
    press(page, "Count the whole file")
    press(page, "Import 3 reports")
    expect(page.get_by_text("names.csv: of 3 rows, 3 new.")).to_be_visible()
    expect(page.get_by_text("evil.example").first).to_be_visible()
    drawn(page)
    assert page.locator("a[href*=evil]").count() == 0
    assert visit.finish() == []
