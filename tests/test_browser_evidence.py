"""Evidence in a real browser: a photo is sent, shown without its particulars, and withdrawn."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from data.stores import open_store
from problems.categories import Group
from problems.people import LAPTOP
from problems.use_cases import drawing
from tests.browsing import DESK, PHONE, ROOT, Visitor, drawn, serving, uploaded
from tests.photos import PARTICULARS, a_photo

pytestmark = pytest.mark.browser

#: The part by itself, as a page puts it among others, with our own addresses and guards round it.
_APP = """
import sys
sys.path.insert(0, {root!r})
import streamlit as st
from starlette.middleware import Middleware
from dashboard.routes import AllowedHosts, OwnOriginOnly, routes
guards = [Middleware(AllowedHosts, hosts=lambda: ["127.0.0.1"]), Middleware(OwnOriginOnly, image_sources=lambda: [])]
app = st.App({page!r}, routes=routes(), middleware=guards)
"""
_PAGE = """
import streamlit as st
from dashboard import design, session
from dashboard.parts.desk import this_desk
from dashboard.parts.evidence import show_evidence
from dashboard.parts.forms import draw_open_form
from dashboard.parts.markup import show_sheet
from dashboard.parts.notices import said
st.set_page_config(page_title="Evidence", layout="wide")
st.html(design.css(dark=session.is_dark(), contrast=False))
show_sheet()
desk = this_desk()
said()
show_evidence(desk, desk.store.problem(int(st.query_params.get("problem", "1"))))
draw_open_form()
st.html('<footer class="fx-footer"></footer>')
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("evidence")
    store = open_store(str(folder / "city.db"))
    ring = [[-1.2, 52.9], [-1.198, 52.9], [-1.198, 52.901], [-1.2, 52.901], [-1.2, 52.9]]
    for name in ("Lamps at the mill", "Lamps at the quay", "Lamps at the gate"):
        drawing.draw_problem(
            store,
            LAPTOP,
            lambda: datetime.now(UTC),
            1,
            name=name,
            group=Group.LIGHTING,
            geometry={"type": "Polygon", "coordinates": [ring]},
            beside=[problem.id for problem in store.problems()],
        )
    store.close()
    shutil.copytree(ROOT / "dashboard" / ".streamlit", folder / ".streamlit")
    (folder / "page.py").write_text(_PAGE, encoding="utf-8")
    (folder / "app.py").write_text(_APP.format(root=str(ROOT), page=str(folder / "page.py")), encoding="utf-8")
    with serving(folder / "city.db", folder / "server.log", folder / "app.py", PYTHONPATH=str(ROOT)) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


def send(page: Page, content: bytes, name: str, shows: str, alt: str) -> None:
    # The form for the next photo replaces that of the last one: what is put into the old one is gone.
    drawn(page)
    if not page.get_by_label("What can be seen on it").is_visible():
        page.get_by_text("Add a photo", exact=True).click()
    payload: FilePayload = {"name": name, "mimeType": "image/jpeg", "buffer": content}
    page.locator("input[type=file]").set_input_files(payload)
    uploaded(page, name)
    page.get_by_text(shows, exact=True).last.click()
    page.get_by_label("What can be seen on it").fill(alt)
    page.get_by_role("button", name="Add the photo").click()


def loaded(page: Page, alt: str) -> None:
    """Wait until the picture with these words is there with its pixels."""
    picture = page.get_by_role("img", name=alt, exact=True)
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    page.wait_for_function(
        "alt => [...document.images].some(one => one.alt === alt && one.complete && one.naturalWidth > 100)", arg=alt
    )


@pytest.mark.parametrize(("width", "number"), [(DESK, 1), (PHONE, 2)])
def test_before_and_after_are_sent_and_stand_side_by_side(visit: Visitor, width: int, number: int) -> None:
    page = visit(f"/?problem={number}", width=width)
    send(page, a_photo(seed=number), "IMG 1.jpg", "Before", "Six dark lamps along the path")
    expect(page.locator("[role=status], [role=alert]").filter(visible=True)).to_have_text("The photo is kept.")
    loaded(page, "Six dark lamps along the path")
    send(page, a_photo(800, 600, seed=number + 5), "IMG 2.jpg", "After", "The same lamps, lit")
    loaded(page, "The same lamps, lit")
    sides = [page.get_by_role("img", name=alt).bounding_box() for alt in ("Six dark lamps", "The same lamps, lit")]
    assert all(sides)
    assert abs(sides[0]["y"] - sides[1]["y"]) < 3
    assert sides[0]["x"] + sides[0]["width"] <= sides[1]["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_popup() as larger:
        page.get_by_role("link", name="The same lamps, lit").click()
    answer = larger.value.request.get(larger.value.url)
    assert answer.headers["content-type"] == "image/jpeg"
    assert PARTICULARS.encode() not in answer.body()
    larger.value.close()


def test_what_is_no_photo_is_refused_and_what_was_typed_stays(visit: Visitor) -> None:
    page = visit("/?problem=3")
    send(page, b"\x7fELF" + b"\0" * 500, "holiday.jpg", "Before", "A program in disguise")
    expect(page.get_by_text("By its content it is not a photo, whatever it is called.")).to_be_visible()
    expect(page.get_by_label("What can be seen on it")).to_have_value("A program in disguise")
    assert page.locator("figure img").count() == 0
