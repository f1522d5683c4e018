"""How long somebody who changes a status waits until they see the new one, on the sample city.

``python benchmarks/moving.py [--times N] [--store FILE]``: from the click on the button that confirms a change, on the
page of a problem and on the board, until the browser has drawn the new status; each time in a session of its own, after
the change before was taken back. Beside it, as the peer, a page that is nothing but Streamlit: a form with one field,
which writes one row into SQLite and runs again. The page itself notes the moments, so that what drives the browser
takes no part. Then the same without a browser: the use case, and the script of the page after it.

``work`` is processor time of the server. A made-up city is built first where no store of one is given; a given one is
copied and stays as it is. Needs Chromium (``CHROMIUM`` names it).
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, Page

from data.sample.city import load_sample_city
from data.stores import SqlStore, open_store
from problems.actions import Action, ActionStatus
from problems.lifecycle import MoveAnswers
from problems.ordering import in_the_way
from problems.people import LAPTOP
from problems.problem import Problem, ProblemStatus
from problems.use_cases import acting, working
from tests.browsing import chromium, drawn, serving
from tests.sampling import SAMPLE_SEED, SAMPLE_ZONE

AIM_MS = 300.0
_WORK = (ProblemStatus.PLANNED, ProblemStatus.IN_PROGRESS, ProblemStatus.ANALYSING)
_DOING = (ActionStatus.ACCEPTED, ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED)
_WORDS = "Seen again on the way."

#: Notes the moment of the click, and then, picture by picture, when the words are there.
_WATCH = """([where, words]) => {
    window.took = new Promise((tell) => {
        addEventListener("click", () => {
            const begun = performance.now();
            const look = () => {
                const found = document.querySelector(where);
                if (found && found.textContent.includes(words)) tell(performance.now() - begun);
                else requestAnimationFrame(look);
            };
            look();
        }, {capture: true, once: true});
    });
}"""

_PEER = """
import sqlite3
from pathlib import Path

import streamlit as st

with sqlite3.connect(Path(__file__).with_name("peer.db")) as rows:
    rows.execute("CREATE TABLE IF NOT EXISTS move (at INTEGER PRIMARY KEY, note TEXT)")
    (moves,) = rows.execute("SELECT count(*) FROM move").fetchone()
    st.html(f'<p class="status">Status {moves} of many</p>')
    with st.form("move"):
        note = st.text_input("Note")
        if st.form_submit_button("Save", key="save"):
            rows.execute("INSERT INTO move (note) VALUES (?)", (note,))
            rows.commit()
            st.rerun()
"""


@dataclass
class Times:
    """What one way took, click by click: milliseconds until drawn, and milliseconds of the server's processor."""

    drawn_ms: list[float] = field(default_factory=list)
    work_ms: list[float] = field(default_factory=list)


def clock() -> datetime:
    """Return the moment that it is."""
    return datetime.now(UTC)


# -- the city, and what is moved in it --


def back_to_planned(store: SqlStore, problem_id: int) -> Problem:
    """Put a problem back to “planned”, from where it can go back to analysis."""
    problem = store.problem(problem_id)
    return (
        _moved_problem(store, problem, ProblemStatus.PLANNED)
        if problem.status is not ProblemStatus.PLANNED
        else problem
    )


def _moved_problem(store: SqlStore, problem: Problem, target: ProblemStatus) -> Problem:
    return working.move_problem(
        store, LAPTOP, clock, 1, problem_id=problem.id, target=target, answers=MoveAnswers(note=_WORDS),
        seen_version=problem.version,
    )  # fmt: skip


def back_to_blocked(store: SqlStore, action_id: int) -> Action:
    """Put an action back to “blocked”, from where its work can start."""
    action = store.action(action_id)
    return _moved_action(store, action, ActionStatus.BLOCKED) if action.status is not ActionStatus.BLOCKED else action


def _moved_action(store: SqlStore, action: Action, target: ActionStatus) -> Action:
    answers = MoveAnswers(note=_WORDS, reason="weather" if target is ActionStatus.BLOCKED else "")
    return acting.move_action(
        store, LAPTOP, clock, 1, action_id=action.id, target=target, answers=answers, seen_version=action.version
    )


def chosen(store: SqlStore) -> tuple[int, int]:
    """Return the numbers of the problem with the most actions that is worked on, and of the action due first."""
    actions = store.actions()
    worked = [one for one in store.problems() if one.status in _WORK]
    problem = max(worked, key=lambda one: sum(each.problem_id == one.id for each in actions))
    by_id = {one.id: one for one in actions}
    free = [one for one in actions if one.status in _DOING and one.due_on and not in_the_way(one, by_id)]
    return problem.id, min(free, key=lambda one: (one.due_on, one.id)).id


# -- in the browser --


def clicks(
    browser: Browser, url: str, path: str, times: int, before: Callable[[], None], prepare: Callable[[Page], None],
    watched: Callable[[int], tuple[str, str]], button: str, ready: Callable[[Page], None],
) -> Times:  # fmt: skip
    """Return what ``times`` changes took, and one before them that does not count."""
    found = Times()
    for turn in range(times + 1):
        before()
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url + path)
        ready(page)
        prepare(page)
        page.evaluate(_WATCH, list(watched(turn)))
        begun = _work_s(url)
        page.locator(f".st-key-{button} button").click()
        drawn_ms = float(page.evaluate("window.took"))
        ready(page)
        if turn:
            found.drawn_ms.append(drawn_ms)
            found.work_ms.append((_work_s(url) - begun) * 1000)
        page.close()
    return found


def _work_s(url: str) -> float:
    """Return the processor time that the server at ``url`` has used so far, 0 where that cannot be read."""
    port = f"--server.port={urlsplit(url).port}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if port in (folder / "cmdline").read_bytes().split(b"\0"):
                ticks = (folder / "stat").read_text().rsplit(") ", 1)[1].split()[11:13]
                return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue
    return 0.0


def on_the_problem_page(browser: Browser, url: str, store: SqlStore, problem_id: int, times: int) -> Times:
    """Take a planned problem back to analysis, with a note, on its page."""
    ref = store.problem(problem_id).ref

    def prepare(page: Page) -> None:
        page.locator(f".st-key-move-{ref}-analysing button").click()
        page.get_by_role("dialog").locator(".st-key-form_note textarea").fill(_WORDS)

    def before() -> None:
        back_to_planned(store, problem_id)

    status = (".fx-line", ProblemStatus.ANALYSING.label)
    return clicks(browser, url, f"/problem?problem={ref}", times, before, prepare, lambda _: status, "form-save", drawn)


def on_the_board(
    browser: Browser, url: str, store: SqlStore, action_id: int, times: int, *, sentence: bool = False
) -> Times:
    """Let the work of a blocked action begin, on its card; ``sentence`` waits for the sentence on top that says so."""
    ref = store.action(action_id).ref

    def before() -> None:
        back_to_blocked(store, action_id)

    def prepare(page: Page) -> None:
        page.locator(f".st-key-move-{ref}-in_progress button").click()
        page.get_by_role("dialog").locator(".st-key-form-save button").wait_for()

    card = (f".st-key-card-{ref}", f"{ActionStatus.IN_PROGRESS.label} today")
    status = (".fx-note-accent[role=status]", "is now") if sentence else card
    return clicks(browser, url, "/board", times, before, prepare, lambda _: status, "form-save", drawn)


def on_the_peer(browser: Browser, url: str, times: int) -> Times:
    """Save one row with a page of a few lines."""

    def prepare(page: Page) -> None:
        page.get_by_label("Note").fill(_WORDS)

    def ready(page: Page) -> None:
        page.locator(".st-key-save button").wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    def status(turn: int) -> tuple[str, str]:
        return ".status", f"Status {turn + 1} of many"

    return clicks(browser, url, "/", times, lambda: None, prepare, status, "save", ready)


# -- without one --


def scripts(store_file: Path, problem_id: int, times: int) -> Iterator[tuple[str, Times]]:
    """Yield what the use case and the script of the page take by themselves, in this process."""
    os.environ["FIXPOINT_STORE"] = f"sqlite:///{store_file}"
    from streamlit.testing.v1 import AppTest

    from dashboard import session

    def script(page: str) -> AppTest:
        return AppTest.from_string(f"from dashboard.views import {page}\n{page}.show()\n", default_timeout=120)

    store = session.get_store()
    found = {name: Times() for name in ("use case", "script of the problem page", "script of the board")}
    pages = [script("problem"), script("board")]
    pages[0].query_params["problem"] = store.problem(problem_id).ref
    for turn in range(times + 1):
        problem = store.problem(problem_id)
        target = ProblemStatus.PLANNED if problem.status is ProblemStatus.ANALYSING else ProblemStatus.ANALYSING
        steps = [lambda seen=problem, to=target: _moved_problem(store, seen, to), *(page.run for page in pages)]
        for times_of, step in zip(found.values(), steps, strict=True):
            begun, worked = time.perf_counter(), time.process_time()
            step()
            if turn:
                times_of.drawn_ms.append((time.perf_counter() - begun) * 1000)
                times_of.work_ms.append((time.process_time() - worked) * 1000)
    yield from found.items()
    session.forget()


@contextmanager
def city(given: Path | None) -> Iterator[Path]:
    """Yield a file with a sample city that may be written to."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "city.db"
        if given is None:
            with closing(open_store(f"sqlite:///{copy}")) as store:
                load_sample_city(store, lambda: clock() - timedelta(hours=1), SAMPLE_SEED, zone=SAMPLE_ZONE)
        else:
            with closing(open_store(str(given))):
                shutil.copyfile(given, copy)
        yield copy


def show(name: str, times: Times, peer: Times | None = None) -> None:
    """Print one line of the table."""
    middle, work = median(times.drawn_ms), median(times.work_ms)
    span = f"{min(times.drawn_ms):6.0f} to {max(times.drawn_ms):6.0f}"
    line = f"{name:<28} {middle:6.0f} ms  {span}  work {work:5.0f} ms"
    if peer:
        line += f"  {middle / median(peer.drawn_ms):4.1f} times, work {work / max(1.0, median(peer.work_ms)):4.1f}"
    print(line)


def main(given: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time from the click on a change of status until it is drawn.")
    parser.add_argument("--times", type=int, default=3, help="changes that are measured of each kind")
    parser.add_argument("--store", type=Path, help="file of a sample city (it stays as it is)")
    asked = parser.parse_args(given)
    print(
        f"load {os.getloadavg()[0]:.1f}; median of {asked.times}, from the fastest to the slowest; aim {AIM_MS:.0f} ms"
    )
    with city(asked.store) as file, chromium() as browser, closing(open_store(f"sqlite:///{file}")) as store:
        problem_id, action_id = chosen(store)
        folder = file.parent
        script = folder / "peer.py"
        script.write_text(_PEER, encoding="utf-8")
        with serving(file, folder / "peer.log", script) as url:
            peer = on_the_peer(browser, url, asked.times)
        with serving(file, folder / "server.log") as url:
            problem = on_the_problem_page(browser, url, store, problem_id, asked.times)
            said = on_the_board(browser, url, store, action_id, asked.times, sentence=True)
            board = on_the_board(browser, url, store, action_id, asked.times)
        show("Streamlit, one row", peer)
        show("problem page", problem, peer)
        show("board, the sentence on top", said, peer)
        show("board, the card", board, peer)
        print("without a browser:")
        for name, times in scripts(file, problem_id, asked.times):
            show(name, times)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
