"""Pages run without a browser, on the store of a scene."""

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from problems.people import LAPTOP, Principal
from tests.scenes import Scene


def sit_down(monkeypatch: pytest.MonkeyPatch, scene: Scene, who: Principal = LAPTOP) -> None:
    """Let the pages work on the store and the clock of ``scene``, asked by ``who``."""
    monkeypatch.setenv("FIXPOINT_STORE", "sqlite:///:memory:")
    monkeypatch.setattr(session, "get_store", lambda: scene.store)
    monkeypatch.setattr(session, "get_clock", lambda: scene.clock)
    monkeypatch.setattr(session, "principal", lambda: who)
    session.forget()


def page(module: str, **query: str) -> AppTest:
    """Run a page with the parameters of its address."""
    app = AppTest.from_string(f"from dashboard.views import {module}\n{module}.show()\n", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return run(app)


def run(app: AppTest) -> AppTest:
    """Run a page again; a bug on it fails the test."""
    app.run()
    assert not app.exception, [fault.value for fault in app.exception]
    return app


def click(app: AppTest, key: str) -> AppTest:
    """Click the button with this key."""
    app.button(key=key).click()
    return run(app)


def markup(app: AppTest) -> str:
    """Return all markup that the page drew, without its style sheets."""
    drawn = (str(each.proto.body) for each in app.get("html"))
    return "\n".join(body for body in drawn if not body.startswith("<style"))


def words(app: AppTest) -> str:
    """Return the text of the page as a reader sees it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup(app))).split())


def keys(app: AppTest) -> set[str]:
    """Return the keys of the buttons on the page."""
    return {str(button.key) for button in app.button}
