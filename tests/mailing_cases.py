"""A store on a Monday, settings of mail, and the command that mails without waiting."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.commands import briefing as telling
from dashboard.commands import mailing as command
from dashboard.commands.output import Output
from data.stores import open_store
from problems.use_cases.organising import add_organisation
from tests.mail_server import HERE, PASSWORD
from tests.scenes import COORDINATOR, Scene, days_before
from tests.test_problems_briefing import SUNDAY

MONDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
VARIABLE = "MAIL_PASSWORD"
ALL = ("chief@city.example.org", "desk@city.example.org", "night@city.example.org")
Run = Callable[..., int]


@pytest.fixture(scope="session")
def store_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with twelve reports up to a Sunday, and a partner; copy it."""
    path = tmp_path_factory.mktemp("mailing") / "fixpoint.db"
    store = open_store(str(path))
    scene = Scene(store)
    scene.today = SUNDAY
    scene.send(*scene.spot((0, 0), days_before(SUNDAY, 12)))
    scene.refresh()
    add_organisation(store, COORDINATOR, scene.clock, 1, name="Parks", kind="council", email="parks@city.example.org")
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def store_file(store_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the store, on the Monday after its last week."""
    path = tmp_path / "fixpoint.db"
    shutil.copyfile(store_once, path)
    monkeypatch.setenv("FIXPOINT_STORE", str(path))
    monkeypatch.setenv("FIXPOINT_ZONE", "Europe/London")
    monkeypatch.setenv("FIXPOINT_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    set_clock(monkeypatch, MONDAY)
    return path


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    for module in (command, telling):
        monkeypatch.setattr(module, "clock_in", lambda _zone: lambda: now)


@pytest.fixture
def settle(store_file: Path, tmp_path: Path) -> Callable[..., None]:
    """Return what writes the settings; recipients are those of the test, files are the annex."""

    def write(port: int, *groups: dict[str, Any], **more: Any) -> None:
        mail: dict[str, Any] = {
            "host": HERE, "port": port, "security": "none", "from": "fixpoint@city.example.org",
            "formats": ["csv"], "timeout_s": 5, "attempts": 3,
        } | more  # fmt: skip
        lines = ["[mail]", *(f"{key} = {json.dumps(value)}" for key, value in mail.items() if value is not None)]
        for group in groups or ({"to": list(ALL)},):
            lines += ["[[mail.recipients]]", *(f"{key} = {json.dumps(value)}" for key, value in group.items())]
        (tmp_path / "settings.toml").write_text("\n".join(lines), encoding="utf-8")

    return write


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def run(waits: list[float]) -> Run:
    """Return what runs the command without waiting; how long it would have waited is noted."""

    def mail(*, week: str = "2026-W10", again: bool = False, dry_run: bool = False, **more: Any) -> int:
        asked: dict[str, Any] = {"area": "", "known_on": None, "paper": None} | more
        return command.run_mail(Output(), week=week, again=again, dry_run=dry_run, wait=waits.append, **asked)

    return mail
