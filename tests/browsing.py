"""What the browser tests share: a server on a copy of the sample city, and a browser that tells on it.

A visit fails when the page asked anybody but our own server for anything, when a script of a page
failed, when the console reported an error, or when the app showed a fault.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE, WALL = 1440, 390, 1920
_START_S, _ANSWER_MS = 90, 45_000
_BETWEEN_TRIES_S = 0.1
expect.set_options(timeout=_ANSWER_MS)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def browser_path() -> str | None:
    """Return the browser to drive: ``CHROMIUM``, or the first one that is installed."""
    return next(
        (found for name in (os.environ.get("CHROMIUM", ""), *_NAMES) if name and (found := shutil.which(name))), None
    )


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(store: Path, log: Path, script: Path = ROOT / "dashboard" / "app.py", **environ_too: str) -> Iterator[str]:
    """Serve the app (or another ``script``) on ``store`` and yield its address; stop it at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {**os.environ, "FIXPOINT_STORE": f"sqlite:///{store}", **environ_too}
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    with (
        log.open("wb") as written,
        subprocess.Popen(command, cwd=store.parent, env=environ, stdout=written, stderr=written) as server,
    ):
        try:
            _wait_until_healthy(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    never = threading.Event()  # a server that is starting gives no signal: it can only be asked again
    end = time.monotonic() + _START_S
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), _asked(f"{url}/healthz") as answer:
            if answer.status == 200:
                return
        never.wait(_BETWEEN_TRIES_S)
    raise RuntimeError(f"The app did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _asked(url: str) -> HTTPResponse:
    answer: HTTPResponse = urllib.request.urlopen(url, timeout=5)  # noqa: S310 - our own http address
    return answer


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser with nothing of its own going to the network."""
    path = browser_path()
    if path is None:
        raise RuntimeError("No Chromium is installed: set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """Opens pages of the app and takes note of everything that must not happen."""

    browser: Browser
    url: str
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(self, path: str = "/", *, width: int = DESK, height: int = 900, scheme: str = "light") -> Page:
        """Open ``path`` in a fresh profile and return the page when it is drawn."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            has_touch=width <= PHONE,
        )
        context.set_default_timeout(_ANSWER_MS)
        self.contexts.append(context)
        context.route("**/*", self._guard)
        page = context.new_page()
        page.on("pageerror", lambda fault: self.faults.append(f"script failed: {fault}"))
        page.on("console", self._listen)
        page.on("websocket", lambda socket: self._own("ws" + self.url.removeprefix("http"), socket.url))
        page.goto(self.url + path)
        drawn(page)
        return page

    def _guard(self, route: Route) -> None:
        if route.request.url.startswith(("data:", "blob:")) or self._own(self.url, route.request.url):
            route.continue_()
        else:
            route.abort()

    def _own(self, ours: str, asked: str) -> bool:
        if urlsplit(asked).netloc == urlsplit(ours).netloc:
            return True
        self.faults.append(f"asked outside: {asked}")
        return False

    def _listen(self, message: ConsoleMessage) -> None:
        # On a page with an address of its own the framework first asks below that address, then at the root.
        probed = "/_stcore/" in str(message.location.get("url", ""))
        if message.type == "error" and not probed:
            self.faults.append(f"console: {message.text}")

    def finish(self) -> list[str]:
        """Close everything and return what must not have happened."""
        for context in self.contexts:
            for page in context.pages:
                shown = page.locator("[data-testid=stException], [data-testid=fx-fault]")
                self.faults += [f"fault on {page.url}: {text}" for text in shown.all_inner_texts()]
            context.close()
        return self.faults


def drawn(page: Page) -> None:
    """Wait until the script has run and the frame round the page is there."""
    page.locator(".fx-footer").wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def maps_drawn(page: Page) -> None:
    """Wait until every map on the page has its reports and problems, and no element is still to come."""
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    # The frame of a map comes after the place for it: a place without its frame is waited for too.
    for place in page.locator(".st-key-fx-map, .st-key-fx-locator").all():
        frame = place.locator("iframe").content_frame
        frame.locator("#map_div[data-problems][data-kind][data-streets]").wait_for()
    for place in page.locator(".st-key-fx-place").all():
        place.locator("iframe").content_frame.locator("#map_div[data-streets]").wait_for()


@pytest.fixture(scope="session")
def app_url(sample_store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Serve the app on a copy of the sample city, once for all browser tests of this process."""
    folder = tmp_path_factory.mktemp("served")
    store = folder / "city.db"
    shutil.copyfile(sample_store_file, store)
    with serving(store, folder / "server.log") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Start the browser once."""
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, app_url: str) -> Generator[Visitor]:
    """Return the visitor, and fail the test afterwards for whatever must not have happened."""
    visitor = Visitor(browser, app_url)
    yield visitor
    assert visitor.finish() == []
