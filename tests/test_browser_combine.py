"""Merging and splitting in a real browser: seen before the click, without a barrier, on every screen."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from data.stores import open_store
from problems.actions import ActionType
from problems.categories import Group
from problems.people import LAPTOP
from problems.use_cases import acting, drawing, organising
from tests.browsing import DESK, PHONE, Visitor, drawn, serving
from tests.test_browser_access import found

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("combine")
    store = open_store(str(folder / "city.db"))
    asking = (store, LAPTOP, lambda: datetime.now(UTC), 1)
    owner = organising.add_organisation(*asking, name="Street lighting", kind="Council service")
    review_on = datetime.now(UTC).date() + timedelta(days=30)
    for at, name in enumerate(("Lamps at the mill", "Lamps at the quay")):
        west = -1.2 + at * 0.004
        ring = [[west, 52.9], [west + 0.002, 52.9], [west + 0.002, 52.901], [west, 52.901], [west, 52.9]]
        plan = drawing.Plan("Cora", owner.id, "Light", review_on)
        problem = drawing.draw_problem(
            *asking, name=name, group=Group.LIGHTING, geometry={"type": "Polygon", "coordinates": [ring]}, plan=plan
        )
        acting.add_action(
            *asking, problem_id=problem.id, organisation_id=owner.id, type=ActionType.REPAIR, title=f"Renew lamp {at}"
        )
    store.close()
    with serving(folder / "city.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_a_merge_is_seen_before_it_is_done_and_no_barrier_is_found(visit: Visitor, width: int, scheme: str) -> None:
    page = visit("/combine?problem=P-0001", width=width, scheme=scheme)
    drawn(page)
    page.get_by_label("Which problems are one with P-0001?").click()
    page.get_by_role("option").filter(has_text="P-0002").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("There is no undo.")).to_be_visible()
    expect(page.get_by_role("button", name="Merge P-0002 into P-0001")).to_be_visible()
    assert found(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_two_problems_become_one_and_one_becomes_two_again(visit: Visitor) -> None:
    page = visit("/combine?problem=P-0001")
    drawn(page)
    page.get_by_label("Which problems are one with P-0001?").click()
    page.get_by_role("option").filter(has_text="P-0002").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Merge P-0002 into P-0001").click()
    page.get_by_role("link", name="Open P-0001").click()
    expect(page.get_by_text("P-0002 became one with it.")).to_be_visible()
    page.get_by_role("link", name="Merge or split").click()
    page.get_by_text("Split", exact=True).click()
    page.get_by_label("Which parts become problems of their own?").click()
    page.get_by_role("option").filter(has_text="merged in").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Split P-0001 into 2 problems").click()
    expect(page.get_by_role("link", name="P-0003 Lamps at the quay")).to_be_visible()
