"""The first visit: an empty store, the sample city begun and stopped, and a base map that is out of reach."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from data.stores import open_store
from tests.browsing import DESK, PHONE, Visitor, free_port, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    store = tmp_path / "city.db"
    with serving(store, tmp_path / "server.log") as url:
        yield url, store


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_load_that_is_stopped_leaves_the_empty_store(browser: Browser, empty: tuple[str, Path], width: int) -> None:
    url, file = empty
    visitor = Visitor(browser, url)
    page = visitor("/", width=width)
    page.get_by_role("button", name="Load the sample city").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. Nothing was changed.")).to_be_visible()
    expect(page.get_by_role("button", name="Load the sample city")).to_be_visible()
    store = open_store(str(file))
    assert store.counts().is_empty
    assert not store.fact("synthetic")
    store.close()
    assert not list(file.parent.glob("*.sample-*"))
    page.get_by_role("link", name="Import a file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import")
    assert visitor.finish() == []


def test_a_base_map_out_of_reach_gives_way_to_our_own_streets(
    browser: Browser, sample_store_file: Path, tmp_path: Path
) -> None:
    store = tmp_path / "city.db"
    store.write_bytes(sample_store_file.read_bytes())
    tiles = f"https://127.0.0.1:{free_port()}"
    chosen = tmp_path / "fixpoint.toml"
    chosen.write_text(f'[base_map]\nurl = "{tiles}/{{z}}/{{x}}/{{y}}.png"\nattribution = "Our own tiles"\n')
    with serving(store, tmp_path / "server.log", FIXPOINT_SETTINGS=str(chosen)) as url:
        visitor = Visitor(browser, url)
        page = visitor("/")
        frame = page.frame_locator(".st-key-fx-map iframe")
        expect(frame.get_by_role("status")).to_contain_text("The background map cannot be reached")
        expect(frame.locator("#map_div[data-streets]")).to_be_attached()
        expect(frame.locator(".leaflet-tile")).to_have_count(0)
        expect(frame.locator(".fx-problem").first).to_be_visible()
        refused = [fault for fault in visitor.finish() if re.match(rf"asked outside: {re.escape(tiles)}/", fault)]
        assert len(refused) >= 4
        others = [fault for fault in visitor.faults if fault not in refused and "ERR_CONNECTION_REFUSED" not in fault]
        assert others == []
