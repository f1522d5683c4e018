"""What every browser test rests on: a visit begins without a past, and asks nobody else without being told on."""

import pytest
from playwright.sync_api import Browser

from tests.browsing import Visitor

pytestmark = pytest.mark.browser

LEAVE = """() => {
    document.cookie = 'left=cookie; max-age=3600';
    localStorage.setItem('left', 'local');
    sessionStorage.setItem('left', 'session');
    return new Promise(done => {
        const asked = indexedDB.open('left');
        asked.onsuccess = () => done(asked.result.close());
    });
}"""
LEFT = """async () => [
    document.cookie.includes('left='), localStorage.getItem('left'), sessionStorage.getItem('left'),
    (await indexedDB.databases()).some(one => one.name === 'left'),
]"""
FELT = "[navigator.maxTouchPoints > 0, innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"


def test_nothing_of_an_earlier_visit_is_left(browser: Browser, app_url: str) -> None:
    for _ in range(2):
        visitor = Visitor(browser, app_url)
        page = visitor("/setup")
        assert page.evaluate(LEFT) == [False, None, None, False]
        page.evaluate(LEAVE)
        assert page.evaluate(LEFT) == [True, "local", "session", True]
        assert visitor.finish() == []


def test_two_visits_at_a_time_know_nothing_of_each_other(visit: Visitor) -> None:
    first, second = visit("/setup"), visit("/setup")
    first.evaluate(LEAVE)
    assert second.evaluate(LEFT) == [False, None, None, False]


def test_each_visit_has_the_screen_and_the_scheme_that_it_asks_for(browser: Browser, app_url: str) -> None:
    for width, scheme in ((390, "dark"), (1440, "light"), (390, "light"), (1440, "dark")):
        visitor = Visitor(browser, app_url)
        assert visitor("/setup", width=width, scheme=scheme).evaluate(FELT) == [width == 390, width, scheme == "dark"]
        assert visitor.finish() == []


@pytest.mark.parametrize("outside", ["https://fixpoint.example/a.png", "http://192.0.2.1/a.png"])
def test_a_page_that_asks_somebody_else_is_told_on_and_gets_no_answer(
    browser: Browser, app_url: str, outside: str
) -> None:
    visitor = Visitor(browser, app_url)
    page = visitor("/setup")
    heard = page.evaluate(
        "address => new Promise(done => {"
        " const image = new Image(); image.onload = () => done('answered'); image.onerror = () => done('nothing');"
        " image.src = address; })",
        outside,
    )
    assert heard == "nothing"
    assert f"asked outside: {outside}" in visitor.finish()
