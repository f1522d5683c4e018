"""What ``serve`` and ``demo`` do: the sample city, the port, and the server itself."""

import contextlib
import errno
import os
import shutil
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import MutableMapping
from ipaddress import ip_address
from pathlib import Path

from dashboard.commands.contacts import drop_quietly
from dashboard.commands.opening import opened_store
from dashboard.commands.output import FINE, Output, count
from data.sample.city import LOADING, SampleCounts, load_sample_city
from data.sealing import put_key_beside, sealer_beside
from data.settings import SEED, read_settings
from data.sql.engine import address_of
from data.stores import open_store
from problems.clock import Clock, utc_now
from problems.errors import InputRefused, StoreRefused
from problems.progress import Progress
from problems.sample_city import ALL_SYNTHETIC, MIXED, SYNTHETIC_FACT

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "dashboard" / "app.py"
SAMPLE_STORE = ROOT / "var" / "sample-city.db"

_STORE_VARIABLE = "FIXPOINT_STORE"
_BUILDING = ".building-"
_MADE_UP = "The sample city is made up: no report, street or person in it is real."
_MIXED = "The store holds the made-up sample city, together with reports that were imported."
#: Elsewhere signal 0 asks whether a process runs; on Windows it is Ctrl-C. What a killed build left stays there.
_SIGNAL_0_ASKS = os.name != "nt"
_WAIT_FOR_SERVER_S = 120.0
_BETWEEN_TRIES_S = 0.2


# -- serve --


def run_serve(output: Output, *, demo: bool, host: str | None, port: int | None) -> int:
    """Check the address and the store, fill the demo's store where it is empty, and serve until stopped."""
    settings = read_settings()
    host, port = host or settings.host, port or settings.port
    check_free(host, port)
    require_this_computer(host, port)
    if demo:
        prepare_demo(output, os.environ)
    else:
        _check_store(output)
    with opened_store() as (store, _settings):
        drop_quietly(output, store)
    threading.Thread(target=_say_when_ready, args=(output, host, port), daemon=True).start()
    _run_streamlit(host, port)
    output.note("Fixpoint has stopped.")
    return FINE


def check_free(host: str, port: int) -> None:
    """Make sure that ``host`` and ``port`` can be listened on.

    Raises
    ------
    InputRefused
        When the address is not of this machine, or the port is taken or reserved.
    """
    asked = f"Fixpoint cannot listen on {host}, port {port}."
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except (OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            why = f"Another program already uses port {port}."
            raise InputRefused(asked, why, f"Stop it, or choose another port: --port {_next(port)}.") from error
        if isinstance(error, PermissionError):
            why = f"Port {port} is reserved for the system."
            raise InputRefused(asked, why, "Choose a port from 1024 up: --port 8501.") from error
        why = f"“{host[:60]}” is not an address of this machine."
        raise InputRefused(asked, why, "Leave --host out to listen on this machine only.") from error


def _next(port: int) -> int:
    return port + 1 if port < 65535 else 8501


def require_this_computer(host: str, port: int) -> None:
    """Make sure that ``host`` can be reached from this computer only.

    Raises
    ------
    InputRefused
        For any other address: without accounts, whoever reaches it reads and changes everything.
    """
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    if not is_loopback:
        raise InputRefused(
            f"Fixpoint does not listen on {host}.",
            "There are no accounts yet: everybody who reached it could read and change everything.",
            "Leave --host out. From another computer, use a tunnel:"
            f" ssh -L {port}:127.0.0.1:{port} YOU@THIS-COMPUTER, then open http://127.0.0.1:{port} there.",
        )


def _check_store(output: Output) -> None:
    with opened_store() as (store, _settings):
        if store.counts().is_empty:
            output.note("The store is empty: the first page offers to load the sample city or to import a file.")


def address(host: str, port: int) -> str:
    """Return the address to open in a browser for a server that listens on ``host`` and ``port``."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _say_when_ready(output: Output, host: str, port: int) -> None:
    """Print the address once the server answers, not before: a click on it must work."""
    url = address(host, port)
    end = time.monotonic() + _WAIT_FOR_SERVER_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310 - our own http address
                if answer.status == 200:
                    output.answer({"url": url}, [f"Fixpoint is ready: {url}   (Ctrl-C stops it)"])
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(_BETWEEN_TRIES_S)


def _run_streamlit(host: str, port: int) -> None:
    from streamlit.web import cli

    options = [
        f"--server.address={host}",
        f"--server.port={port}",
        "--server.headless=true",
        "--logger.hideWelcomeMessage=true",
        "--browser.gatherUsageStats=false",
        *(f"--server.allowedHosts={name}" for name in names_of(host)),
    ]
    sys.argv = ["streamlit", "run", str(APP), *options]
    try:
        cli.main(standalone_mode=False)
    except (KeyboardInterrupt, RuntimeError) as stopped:
        # Its command line turns Ctrl-C into an exception of its own, a RuntimeError called Abort.
        if not isinstance(stopped, KeyboardInterrupt) and type(stopped).__name__ != "Abort":
            raise


def names_of(host: str) -> list[str]:
    """Return the names by which a server that listens on ``host`` may be called; any other is refused."""
    return sorted({"127.0.0.1", "localhost", host})


# -- the sample city --


def run_demo(output: Output, *, seed: int | None) -> int:
    """Fill the store, which must be empty, with the sample city."""
    started = time.monotonic()
    chosen = SEED if seed is None else seed
    new_file = _missing_file()
    if new_file is not None:
        loaded = build_sample_file(new_file, output.progress, utc_now, chosen)
    else:
        with opened_store() as (store, settings):
            loaded = load_sample_city(store, utc_now, chosen, zone=settings.zone, progress=output.progress)
    values = {
        "reports": loaded.reports,
        "problems": loaded.problems,
        "actions": loaded.actions,
        "refreshes": loaded.refreshes,
        "duration_s": round(time.monotonic() - started, 3),
    }
    loaded_line = (
        f"The sample city is loaded: {count(loaded.reports, 'report')}, {count(loaded.problems, 'problem')},"
        f" {count(loaded.actions, 'action')}, {count(loaded.refreshes, 'refresh', 'refreshes')}."
    )
    output.answer(values, [loaded_line, "Look at it with: python -m dashboard serve"])
    return FINE


def prepare_demo(output: Output, environ: MutableMapping[str, str]) -> None:
    """Make sure that the demo's store holds the sample city, and that ``FIXPOINT_STORE`` names it.

    Without ``FIXPOINT_STORE`` the demo has a file of its own, so that it never mixes with real reports.
    """
    if not environ.get(_STORE_VARIABLE, "").strip():
        environ[_STORE_VARIABLE] = f"sqlite:///{SAMPLE_STORE}"
    new_file = _missing_file()
    if new_file is not None:
        output.note(_MADE_UP)
        build_sample_file(new_file, output.progress, utc_now, SEED)
    with opened_store() as (store, settings):
        synthetic = store.fact(SYNTHETIC_FACT)
        if store.counts().is_empty or store.fact(LOADING):
            load_sample_city(store, utc_now, SEED, zone=settings.zone, progress=output.progress)
        elif synthetic in {ALL_SYNTHETIC, MIXED}:
            if new_file is None:
                output.note(_MADE_UP if synthetic == ALL_SYNTHETIC else _MIXED)
        else:
            raise StoreRefused(
                "--demo shows the sample city only.",
                f"The store that {_STORE_VARIABLE} names holds reports of your own.",
                f"Leave --demo out to see them, or unset {_STORE_VARIABLE} to see the sample city.",
            )
    output.end_progress()


def _missing_file() -> Path | None:
    """Return the file of the store if it is to be a new one, else None."""
    path = address_of(read_settings().store_url).path
    return path if path is not None and not path.exists() else None


def build_sample_file(path: Path, progress: Progress, clock: Clock, seed: int) -> SampleCounts:
    """Build the sample city in a new SQLite file at ``path``, which is complete or not there.

    It is built in a folder beside its place and moved there at the end, so that a build which was
    stopped or killed is never taken for a city. Where another program was faster, its file stays.
    """
    folder = _folder_beside(path)
    try:
        key, sealer = sealer_beside(path, folder)
        store = open_store(str(folder / path.name), durable=False)
        try:
            loaded = load_sample_city(store, clock, seed, zone=read_settings().zone, progress=progress, sealer=sealer)
        finally:
            store.close()
        left = [file.name for file in folder.iterdir() if file.name.endswith("-wal")]
        if left:
            raise RuntimeError(f"the store did not put everything into its file before closing: {left}")
        with (folder / path.name).open("rb+") as finished:
            os.fsync(finished.fileno())
        with contextlib.suppress(FileExistsError):
            _move_in(folder / path.name, path)
            if key is not None:
                put_key_beside(path, key)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return loaded


def _move_in(finished: Path, path: Path) -> None:
    try:
        # A link, unlike a move, never replaces a file that somebody has open by now.
        path.hardlink_to(finished)
    except FileExistsError:
        raise
    except OSError:
        # Not every file system has links: there an empty file holds the place until the move.
        path.open("xb").close()
        finished.replace(path)


def _folder_beside(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        folder = path.with_name(f"{path.name}{_BUILDING}{os.getpid()}")
        folder.mkdir()
    except OSError as error:
        raise StoreRefused(
            f"The store “{path}” cannot be made.",
            f"{error.strerror or error}.",
            f"Set {_STORE_VARIABLE} to a file in a folder that you may write to.",
        ) from error
    return folder


def _remove_abandoned(path: Path) -> None:
    """Remove what builds left behind that were killed; those of running processes stay."""
    for folder in path.parent.glob(f"{path.name}{_BUILDING}*"):
        number = folder.name.rpartition("-")[2]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process_id: int) -> bool:
    if not _SIGNAL_0_ASKS:
        return True
    with contextlib.suppress(ProcessLookupError, OverflowError):
        try:
            os.kill(process_id, 0)
        except PermissionError:
            return True
        return True
    return False
