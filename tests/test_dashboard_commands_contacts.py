"""Contacts are dropped when their time is over: by command, and whenever hot spots are looked for."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.commands.main import main
from data.stores import open_store
from problems.clock import utc_now
from problems.duplicates import Contact
from problems.reports import ReportStatus
from tests.scenes import Scene


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a store with two contacts, one of a report that was closed 91 days ago."""
    file = tmp_path / "town.db"
    store = open_store(str(file))
    long_ago = utc_now() - timedelta(days=91)
    scene = Scene(store, today=long_ago.date())
    lamp = scene.report((0, 0), scene.today)
    scene.send(lamp, replace(scene.report((500, 0), scene.today), status=ReportStatus.RESOLVED, closed_at=long_ago))
    with store.writing() as unit:
        for number in (1, 2):
            unit.add_contact(Contact(0, number, b"sealed", long_ago))
    store.close()
    monkeypatch.setenv("FIXPOINT_STORE", str(file))
    return file


def test_the_command_drops_what_is_due_and_says_what_stays(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contacts", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"dropped": 1, "kept": 1}
    assert main(["contacts"]) == 0
    assert "Dropped 0 contacts" in capsys.readouterr().out


def test_looking_for_hot_spots_drops_what_is_due(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["refresh"]) == 0
    assert "Dropped 1 contact of reports that were closed more than 90 days ago" in capsys.readouterr().err
    store = open_store(str(town))
    assert store.reports_with_contact() == [1]
    store.close()
