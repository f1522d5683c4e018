"""``serve`` and ``demo``: the address, the sample city in one piece, and a server that starts and stops."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from dashboard.commands import output as commands_output
from dashboard.commands import serving as commands_serving
from dashboard.commands.main import main
from data.sample.city import SampleCounts
from data.stores import open_store
from problems.clock import utc_now
from problems.errors import InputRefused, StoreRefused
from problems.progress import Progress, silent
from problems.reports import Batch
from problems.store import Store

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "fixpoint.db"
    monkeypatch.setenv("FIXPOINT_STORE", str(path))
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    monkeypatch.delenv("FIXPOINT_ZONE", raising=False)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text("id,category,reported_at,latitude,longitude\n1,Graffiti,2025-03-01,53.5,-2.2\n", encoding="utf-8")
    return path


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    capsys.readouterr()
    assert main([*map(str, arguments)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.splitlines()[-1]


# -- the address --


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_refused_before_anything_is_built(
    taken_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FIXPOINT_STORE", raising=False)
    monkeypatch.setattr(commands_serving, "SAMPLE_STORE", tmp_path / "var" / "sample-city.db")
    sentence = refused(capsys, "serve", "--demo", "--port", taken_port)
    assert f"Another program already uses port {taken_port}." in sentence
    assert f"--port {taken_port + 1}" in sentence
    assert list(tmp_path.iterdir()) == []


def test_an_address_of_another_machine_is_refused(store_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is not an address of this machine" in refused(capsys, "serve", "--host", "192.0.2.1", "--port", "8631")


def test_the_address_to_open_is_one_that_a_browser_can_open() -> None:
    assert commands_serving.address("127.0.0.1", 8501) == "http://127.0.0.1:8501"
    assert commands_serving.address("::1", 8501) == "http://[::1]:8501"


def test_a_server_answers_to_its_own_names_only() -> None:
    assert commands_serving.names_of("127.0.0.1") == ["127.0.0.1", "localhost"]
    assert commands_serving.names_of("::1") == ["127.0.0.1", "::1", "localhost"]


def test_without_accounts_nobody_but_this_computer_is_let_in(
    store_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = refused(capsys, "serve", "--host", "0.0.0.0", "--port", "8632")  # noqa: S104 - it is refused
    assert "There are no accounts yet" in sentence
    assert "ssh -L 8632:127.0.0.1:8632" in sentence
    for host in ("127.0.0.1", "127.8.0.1", "::1", "localhost"):
        commands_serving.require_this_computer(host, 8632)


# -- the sample city --


class SmallCity:
    """Stands in for the generator, which has tests of its own and takes half a minute."""

    def __init__(self, *, stop_after: float = 2.0) -> None:
        self.stop_after = stop_after
        self.built = 0

    def __call__(
        self,
        store: Store,
        _clock: object,
        _seed: int,
        *,
        zone: object,
        progress: Progress = silent,
        sealer: object = None,
    ) -> SampleCounts:
        assert zone
        del sealer
        self.built += 1
        with store.writing() as unit:
            unit.set_fact("synthetic", "1")
            unit.add_batch(Batch(0, "sample", "week.csv", "0" * 64, NOON, NOON, "Fixpoint", 0, 0, 0, 0, 0, 0, 0))
        for share in (0.0, 0.5, 1.0):
            if share >= self.stop_after:
                raise KeyboardInterrupt
            progress("Building", share)
        return SampleCounts(1, 2, 3, 4)


@pytest.fixture
def small_city(monkeypatch: pytest.MonkeyPatch) -> SmallCity:
    city = SmallCity()
    monkeypatch.setattr(commands_serving, "load_sample_city", city)
    return city


def test_the_demo_fills_a_new_store_and_says_with_what(
    store_file: Path, small_city: SmallCity, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [told[name] for name in ("reports", "problems", "actions", "refreshes")] == [1, 2, 3, 4]
    store = open_store(str(store_file))
    assert store.fact("synthetic") == "1"
    store.close()


def test_a_demo_that_is_stopped_leaves_nothing_behind(
    store_file: Path, small_city: SmallCity, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_city.stop_after = 0.5
    assert main(["demo"]) == 130
    capsys.readouterr()
    assert main(["demo", "--json"]) == 130
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"error": {"kind": "Stopped", "message": "Stopped. Nothing half-done was kept."}}
    assert list(tmp_path.iterdir()) == []


def test_the_demo_never_mixes_with_real_reports(
    store_file: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(good)]) == 0
    before = sha256(store_file.read_bytes()).hexdigest()
    refused(capsys, "demo")
    assert "reports of your own" in refused(capsys, "serve", "--demo", "--port", free_port())
    assert sha256(store_file.read_bytes()).hexdigest() == before


def test_a_sample_city_with_reports_of_ones_own_is_served_and_called_so(
    store_file: Path, good: Path, small_city: SmallCity, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo"]) == 0
    assert main(["import", str(good)]) == 0
    capsys.readouterr()
    commands_serving.prepare_demo(commands_output.Output(), {"FIXPOINT_STORE": str(store_file)})
    said = capsys.readouterr().err
    assert "together with reports that were imported" in said
    assert "no report, street or person in it is real" not in said
    assert small_city.built == 1


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_serving_the_demo_builds_its_own_store_once(
    tmp_path: Path, small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "var" / "sample-city.db"
    monkeypatch.setattr(commands_serving, "SAMPLE_STORE", own)
    monkeypatch.setenv("FIXPOINT_STORE", "")
    for _start in range(2):
        commands_serving.prepare_demo(commands_output.Output(), os.environ)
        assert os.environ["FIXPOINT_STORE"] == f"sqlite:///{own}"
    assert small_city.built == 1
    assert not [path.name for path in own.parent.iterdir() if "building" in path.name]


def test_what_a_killed_build_left_is_removed_and_a_running_one_is_not(tmp_path: Path, small_city: SmallCity) -> None:
    path = tmp_path / "city.db"
    killed, running = tmp_path / "city.db.building-999999999", tmp_path / f"city.db.building-{os.getppid()}"
    for folder in (killed, running):
        folder.mkdir()
        (folder / "city.db").write_bytes(b"half")
    commands_serving.build_sample_file(path, silent, utc_now, 1)
    assert path.stat().st_size > 1000
    assert (killed.exists(), running.exists()) == (False, True)


def test_a_build_never_replaces_a_store_that_came_into_being_meanwhile(tmp_path: Path, small_city: SmallCity) -> None:
    path = tmp_path / "city.db"
    path.write_bytes(b"somebody else's")
    commands_serving.build_sample_file(path, silent, utc_now, 1)
    assert path.read_bytes() == b"somebody else's"


def without_links(_path: Path, _target: Path) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_build_arrives_where_the_file_system_has_no_links(
    tmp_path: Path, small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", without_links)
    path = tmp_path / "city.db"
    commands_serving.build_sample_file(path, silent, utc_now, 1)
    store = open_store(str(path))
    assert store.fact("synthetic") == "1"
    store.close()
    path.write_bytes(b"somebody else's")
    commands_serving.build_sample_file(path, silent, utc_now, 1)
    assert path.read_bytes() == b"somebody else's"


def test_no_process_is_asked_by_signal_where_that_would_stop_it(
    tmp_path: Path, small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands_serving, "_SIGNAL_0_ASKS", False)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("it was signalled"))
    (tmp_path / f"city.db.building-{os.getppid()}").mkdir()
    commands_serving.build_sample_file(tmp_path / "city.db", silent, utc_now, 1)


def test_a_demo_in_a_place_that_cannot_be_written_is_refused(tmp_path: Path, small_city: SmallCity) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(StoreRefused, match="FIXPOINT_STORE"):
        commands_serving.build_sample_file(tmp_path / "file" / "city.db", silent, utc_now, 1)


def test_check_free_frees_the_port_again() -> None:
    port = free_port()
    for _twice in range(2):
        commands_serving.check_free("127.0.0.1", port)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(InputRefused):
        commands_serving.check_free("127.0.0.1", port)


# -- the server --


def test_a_server_says_its_address_when_it_answers_and_stops_at_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, str(ROOT / "dashboard"), "serve", "--port", str(port)],
        cwd=tmp_path,
        env={**os.environ, "FIXPOINT_STORE": str(tmp_path / "x.db")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            assert server.stdout
            url = next(line.split()[3] for line in server.stdout if line.startswith("Fixpoint is ready:"))
            assert url == f"http://127.0.0.1:{port}"
            with urllib.request.urlopen(url) as page:  # noqa: S310 - our own http address
                assert page.status == 200
            server.send_signal(signal.SIGINT)
            rest = server.stdout.read()
            assert server.wait() == 0
        finally:
            server.kill()
    assert "Traceback" not in rest
    assert rest.splitlines()[-1] == "Fixpoint has stopped."
