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
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

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
    # The pages of a profile share a process, which stays while one of them does: a new one costs a third of a visit.
    "--process-per-site",
    # A page lives for seconds here: making its scripts faster takes longer than they then save.
    "--js-flags=--no-opt",
    # No name and no address is reached but this machine's own: what a page asks of others is noted, and goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
DESK, PHONE, WALL = 1440, 390, 1920
_START_S, _ANSWER_MS = 90, 45_000
_BETWEEN_TRIES_S = 0.1
_STOP_S = 5
expect.set_options(timeout=_ANSWER_MS)
_KEPT_PROFILES = 4
_FORGOTTEN = "cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage"
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
            try:
                server.wait(timeout=_STOP_S)
            except subprocess.TimeoutExpired:
                # A browser that is kept for the next visit holds connections open, for which a server would wait.
                server.kill()


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


@dataclass(frozen=True)
class Profile:
    """A browser profile for one visit at a time: a later visit finds the scripts and styles loaded, and nothing else.

    Loading and compiling the framework's scripts again would be most of the work of a visit.
    """

    context: BrowserContext
    url: str
    touch: bool
    staying: Page

    @classmethod
    def new(cls, browser: Browser, url: str, touch: bool) -> "Profile":
        """Make a profile for the pages of a server; it has a finger if ``touch``."""
        context = browser.new_context(has_touch=touch)
        context.set_default_timeout(_ANSWER_MS)
        staying = context.new_page()
        staying.goto(f"{url}/healthz")
        return cls(context, url, touch, staying)

    def opened(self) -> Page:
        """Open an empty page and forget everything that an earlier visit left."""
        self.context.clear_cookies()
        page = self.context.new_page()
        session = self.context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": _FORGOTTEN})
        session.detach()
        return page


@dataclass
class Profiles:
    """The profiles of a browser that no visit uses now, the one used last at the end."""

    idle: list[Profile] = field(default_factory=list)

    def taken(self, browser: Browser, url: str, touch: bool) -> Profile:
        """Return an idle profile for these pages, or a new one."""
        for at, profile in enumerate(self.idle):
            if (profile.url, profile.touch) == (url, touch):
                return self.idle.pop(at)
        return Profile.new(browser, url, touch)

    def put_back(self, profile: Profile) -> None:
        """Close the pages of a profile and keep it for another visit."""
        for page in profile.context.pages:
            if page != profile.staying:
                page.close()
        self.idle.append(profile)
        while len(self.idle) > _KEPT_PROFILES:
            self.idle.pop(0).context.close()


_PROFILES: "WeakKeyDictionary[Browser, Profiles]" = WeakKeyDictionary()


@dataclass
class Visitor:
    """Opens pages of the app and takes note of everything that must not happen."""

    browser: Browser
    url: str
    faults: list[str] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)

    def __call__(self, path: str = "/", *, width: int = DESK, height: int = 900, scheme: str = "light") -> Page:
        """Open ``path`` in a profile of its own, without a past, and return the page when it is drawn."""
        profile = self._idle.taken(self.browser, self.url, touch=width <= PHONE)
        self.profiles.append(profile)
        profile.context.on("request", self._notice)
        page = profile.opened()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.on("pageerror", lambda fault: self.faults.append(f"script failed: {fault}"))
        page.on("console", self._listen)
        page.on("websocket", lambda socket: self._own("ws" + self.url.removeprefix("http"), socket.url))
        page.goto(self.url + path)
        drawn(page)
        return page

    @property
    def _idle(self) -> Profiles:
        return _PROFILES.setdefault(self.browser, Profiles())

    def _notice(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self._own(self.url, request.url)

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
        """Close every page and return what must not have happened."""
        for profile in self.profiles:
            for page in profile.context.pages:
                shown = page.locator("[data-testid=stException], [data-testid=fx-fault]")
                self.faults += [f"fault on {page.url}: {text}" for text in shown.all_inner_texts()]
            profile.context.remove_listener("request", self._notice)
            self._idle.put_back(profile)
        self.profiles.clear()
        return self.faults


def drawn(page: Page) -> None:
    """Wait until the script has run and the frame round the page is there."""
    page.locator(".fx-footer").wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def uploaded(page: Page, name: str) -> None:
    """Wait until a file that was put into a field is sent whole: its name stands there before that."""
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    for unsent in ("stFileChipIconSpinner", "stFileChipIconError"):
        expect(page.get_by_test_id(unsent)).to_have_count(0)
    drawn(page)


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
