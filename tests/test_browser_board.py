"""Moving work on the board in a real browser, on a small store of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from data.stores import open_store
from problems.actions import ActionType
from problems.categories import Group
from problems.lifecycle import MoveAnswers
from problems.people import LAPTOP
from problems.problem import ProblemStatus
from problems.use_cases import acting, drawing, organising, working
from tests.browsing import DESK, PHONE, Visitor, drawn, serving

pytestmark = pytest.mark.browser
SQUARE = {"type": "Polygon", "coordinates": [[[0, 52], [0.002, 52], [0.002, 52.001], [0, 52.001], [0, 52]]]}
MANY = 60


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("board")
    store = open_store(str(folder / "city.db"))
    then = datetime.now(UTC) - timedelta(days=30)
    asking = (store, LAPTOP, lambda: then, 1)
    teams = [organising.add_organisation(*asking, name=name, kind="") for name in ("Lighting", "Police team")]
    drawing.draw_problem(*asking, name="Lamps at the mill", group=Group.LIGHTING, geometry=SQUARE)
    answers = MoveAnswers(owner="Cora", objective="Light", review_on=then.date() + timedelta(days=60))
    working.move_problem(*asking, problem_id=1, target=ProblemStatus.CONFIRMED, answers=answers, seen_version=1)
    for number in range(MANY):
        acting.add_action(
            *asking,
            problem_id=1,
            organisation_id=teams[number % 2].id,
            type=ActionType.REPAIR,
            title=f"Job {number}",
            due_on=then.date() + timedelta(days=number + 2),
        )
    store.close()
    with serving(folder / "city.db", folder / "server.log") as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    yield visitor
    assert visitor.finish() == []


@pytest.mark.parametrize(("width", "job"), [(DESK, "Job 0"), (PHONE, "Job 1")])
def test_one_click_and_a_note_move_an_action_for_good(visit: Visitor, width: int, job: str) -> None:
    page = visit("/board", width=width)
    card = page.locator("[class*='st-key-card-A-']").filter(has=page.get_by_text(job, exact=True))
    card.get_by_role("button", name="Accept").click()
    page.get_by_role("dialog").get_by_label("Note").fill("We start on Monday")
    page.get_by_role("dialog").get_by_role("button", name="Accept").click()
    expect(page.get_by_text(f"“{job}” is now “Accepted”.")).to_be_visible()
    page.reload()
    drawn(page)
    expect(card.get_by_role("button", name="Start work")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_chosen_organisation_is_kept_in_the_address(visit: Visitor) -> None:
    page = visit("/board?organisation=Police+team&late=true")
    shown = page.locator(".fx-card-who")
    expect(shown.first).to_have_text("Police team")
    assert set(shown.all_inner_texts()) == {"Police team"}
    assert "late" in page.locator(".fx-card-when").first.inner_text()


def test_arrow_keys_move_between_the_cards_and_enter_reaches_the_first_button(visit: Visitor) -> None:
    page = visit("/board?lanes=By+organisation")
    cards = page.locator(".fx-card[role='group']")
    expect(page.locator(".fx-card[tabindex='0']")).to_have_count(1)
    cards.first.focus()
    lane = page.locator("[data-testid='stColumn']").filter(has=page.get_by_role("heading", name="Lighting"))
    page.keyboard.press("ArrowDown")
    expect(lane.locator(".fx-card[role='group']").nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    other = page.locator("[data-testid='stColumn']").filter(has=page.get_by_role("heading", name="Police team"))
    expect(other.locator(".fx-card[role='group']").nth(1)).to_be_focused()
    page.keyboard.press("Home")
    expect(other.locator(".fx-card[role='group']").first).to_be_focused()
    expect(page.locator(".fx-card[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Enter")
    focused = page.locator(":focus")
    expect(focused).to_have_role("button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_sentence_that_a_move_worked_leaves_all_that_follows_in_place(visit: Visitor) -> None:
    page = visit("/board?organisation=Police+team")
    below = page.get_by_role("table", name="What each organisation owes").locator("xpath=..")
    before = page.locator("[data-testid='stElementContainer']:has(.fx-lane)").all()
    for one in before:
        one.evaluate("box => { box.dataset.before = 'yes' }")
    card = page.locator("[class*='st-key-card-A-']").filter(has=page.get_by_text("Job 3", exact=True))
    card.get_by_role("button", name="Accept").click()
    page.get_by_role("dialog").get_by_role("button", name="Accept").click()
    expect(page.get_by_text("“Job 3” is now “Accepted”.")).to_be_visible()
    drawn(page)
    # A browser that makes the whole board anew needs twice as long until the new status can be seen.
    expect(page.locator("[data-before='yes']")).to_have_count(len(before))
    expect(below).to_be_visible()


def test_the_table_of_all_work_is_drawn_once_it_is_opened(visit: Visitor) -> None:
    page = visit("/board")
    table = page.get_by_role("table", name="All work that is chosen above")
    expect(table).to_have_count(0)
    page.get_by_text(f"The same as a table, with ended work ({MANY})").click()
    expect(table.get_by_role("row")).to_have_count(MANY + 1)
