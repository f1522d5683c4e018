"""``import open311`` on the command line: progress, one JSON object, refusals in words, and going on after a kill."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.commands.main import main
from data.feeds.fetching import Line
from data.stores import open_store
from tests.open311_server import PATH, City, Handler, requests_over, serving

ROOT = Path(__file__).resolve().parent.parent
DAYS = ("--since", "2025-01-01", "--until", "2025-03-29")


@pytest.fixture
def city() -> Iterator[City]:
    with serving(City(requests_over(80, 45))) as running:
        yield running


@pytest.fixture
def store_file(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set up a store that does not exist yet and the settings that allow ``city``."""
    settings = tmp_path / "fixpoint.toml"
    settings.write_text(
        f'[[open311.servers]]\nsource = "city"\nurl = "http://127.0.0.1:{city.port}{PATH}"\n'
        "allow_local = true\npage_size = 10\n",
        encoding="utf-8",
    )
    path = tmp_path / "store" / "fixpoint.db"
    monkeypatch.setenv("FIXPOINT_STORE", str(path))
    monkeypatch.setenv("FIXPOINT_SETTINGS", str(settings))
    monkeypatch.delenv("FIXPOINT_ZONE", raising=False)
    monkeypatch.setattr(Line, "_pause", lambda _line, _seconds: None)
    return path


def reports_in(store_file: Path) -> list[tuple[object, ...]]:
    store = open_store(str(store_file))
    try:
        return sorted(
            (one.source, one.source_id, one.reported_at, one.lon_lat, one.text) for one in store.all_reports()
        )
    finally:
        store.close()


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, object]:
    capsys.readouterr()
    assert main(["import", "open311", *arguments, "--json"]) == code
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert isinstance(told, dict)
    return told


def test_a_server_is_pulled_by_name_or_address_with_progress_beside_the_answer(
    store_file: Path, city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "open311", "city", *DAYS]) == 0
    said = capsys.readouterr()
    assert "city: page 1, 0 requests so far" in said.err
    assert "45 requests of 2025-01-01T00:00:00Z to 2025-03-30T00:00:00Z" in said.out
    assert "45 rows = 45 new + 0 changed + 0 here already" in said.out
    told = answer(capsys, f"http://127.0.0.1:{city.port}{PATH}/requests.json", *DAYS)
    assert (told["requests"], told["accepted"], told["unchanged"]) == (45, 0, 45)
    assert {one[0] for one in reports_in(store_file)} == {"city"}


def test_a_dry_run_keeps_the_store_as_it_was(store_file: Path, city: City, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "city", *DAYS, "--dry-run")["accepted"] == 45
    assert reports_in(store_file) == []
    asked = len(city.asked)
    told = answer(capsys, "city", *DAYS)
    assert (told["accepted"], told["asked"], len(city.asked)) == (45, 0, asked)


def test_nothing_to_import_is_said(store_file: Path, city: City, capsys: pytest.CaptureFixture[str]) -> None:
    city.held = []
    assert main(["import", "open311", "city", *DAYS]) == 0
    assert "nothing to import" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("https://evil.example/open311/v2",), "not among the servers of this installation. Configured are: “city”."),
        (("berlin",), "[[open311.servers]]"),
        ((), "exactly one name or address"),
        (("city", "city"), "exactly one name or address"),
        (("city", "--since", "yesterday"), "not a day for --since"),
        (("city", "--since", "2025-03-01", "--until", "2025-02-01"), "before it begins"),
        (("city", "--columns", "c.toml"), "--columns is for files"),
    ],
)
def test_what_cannot_be_pulled_is_refused_in_words(
    store_file: Path, city: City, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    told = answer(capsys, *arguments, code=2)
    assert said in str(told["error"])
    assert city.asked == []


def test_the_options_of_a_pull_are_refused_for_files(store_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "reports.csv", "--restart"]) == 2
    assert "--restart are for import open311" in capsys.readouterr().err


def test_a_server_that_breaks_off_is_told_with_the_way_to_go_on(
    store_file: Path, city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    def trick(handler: Handler, _query: dict[str, str], number: int) -> bool:
        if number > 3:
            handler.answer(b"", status=502)
        return number > 3

    city.trick = trick
    told = answer(capsys, "city", *DAYS, code=2)
    assert "reports a fault of its own (502)" in str(told["error"])
    assert "run the same pull again later" in str(told["error"])
    city.trick = None
    told = answer(capsys, "city", *DAYS)
    assert (told["pages_kept_before"], told["accepted"]) == (3, 45)


def test_ctrl_c_stops_and_says_how_to_go_on(
    store_file: Path, city: City, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Line.fetch

    def interrupted(line: Line, *asked: object) -> object:
        if line.requests == 2:
            raise KeyboardInterrupt
        return fetch(line, *asked)  # type: ignore[arg-type] # passed on as they came

    with monkeypatch.context() as patched:
        patched.setattr(Line, "fetch", interrupted)
        assert main(["import", "open311", "city", *DAYS]) == 130
    assert "2 pages of city wait here. The same command goes on after them" in capsys.readouterr().err
    assert answer(capsys, "city")["pages_kept_before"] == 2
    assert len(reports_in(store_file)) == 45


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("killed_at", [2, 5])
def test_a_pull_that_was_killed_goes_on_and_ends_in_the_same_store(
    store_file: Path, city: City, killed_at: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[subprocess.Popen[bytes]] = []

    def trick(_handler: Handler, _query: dict[str, str], number: int) -> bool:
        if number == killed_at:
            os.kill(running[0].pid, signal.SIGKILL)
            running[0].wait()
        return number == killed_at

    city.trick = trick
    running.append(
        subprocess.Popen(
            [sys.executable, "-m", "dashboard", "import", "open311", "city", *DAYS],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )
    assert running[0].wait(120) == -signal.SIGKILL
    assert reports_in(store_file) == []
    city.trick = None
    assert answer(capsys, "city", *DAYS)["pages_kept_before"] == killed_at - 1
    after = reports_in(store_file)
    # The page under way when it was killed is the only one that was asked for twice.
    again = city.pages_asked()[killed_at:]
    assert again[0] == city.pages_asked()[killed_at - 1]
    assert len(set(city.pages_asked())) == len(city.pages_asked()) - 1
    monkeypatch.setenv("FIXPOINT_STORE", str(store_file.with_name("whole.db")))
    answer(capsys, "city", *DAYS)
    assert after == reports_in(store_file.with_name("whole.db"))
    assert len(after) == 45
