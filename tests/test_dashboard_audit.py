"""The record of changes on the command line and on the page: checked, exported, and named where it is broken."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from dashboard.commands.main import main
from data.stores import open_store
from problems.people import SYSTEM
from problems.use_cases import organising
from tests.scenes import COORDINATOR, VIEWER, Scene, days_before
from tests.screens import click, keys, page, sit_down, words
from tests.test_data_audit import tamper


@pytest.fixture
def store_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "city.db"
    monkeypatch.setenv("FIXPOINT_STORE", f"sqlite:///{path}")
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    with closing(open_store(str(path))) as store:
        scene = Scene(store)
        for name in ("Lighting", "Parks", "Roads"):
            organising.add_organisation(store, SYSTEM, scene.clock, 1, name=name, kind="council")
    return path


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def audit_check(told: dict[str, object]) -> dict[str, object]:
    checks: list[dict[str, object]] = told["checks"]  # type: ignore[assignment] # the doctor's list
    return next(check for check in checks if check["name"] == "audit")


def test_the_doctor_checks_the_record_and_tells_its_last_hash(
    store_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = asked(capsys, "doctor")
    with closing(open_store(str(store_file))) as store:
        head = store.verify_audit().head
    assert code == 0
    assert audit_check(told)["message"] == f"All 3 recorded changes fit together. The last hash is {head}."
    assert asked(capsys, "doctor", "--noted-hash", head.upper())[0] == 0
    code, told = asked(capsys, "doctor", "--noted-hash", "f" * 64)
    assert (code, "not that of any event" in str(audit_check(told)["message"])) == (1, True)


def test_the_doctor_names_the_first_event_that_does_not_fit(
    store_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(f"sqlite:///{store_file}", "UPDATE event SET by_name = 'Nobody' WHERE id = 2")
    code, told = asked(capsys, "doctor")
    assert code == 1
    assert str(audit_check(told)["message"]).startswith("Event 2 does not follow on event 1")


def test_the_record_is_exported_by_the_command(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for fmt in ("jsonl", "csv"):
        out = tmp_path / f"audit.{fmt}"
        code, told = asked(capsys, "export", "audit", "--format", fmt, "--out", str(out))
        assert (code, told["written"]) == (0, 3)
        assert len(out.read_text(encoding="utf-8").splitlines()) == 3 + (fmt == "csv")
    code, told = asked(capsys, "export", "audit", "--format", "geojson", "--out", str(tmp_path / "x"))
    assert (code, "csv, jsonl" in str(told["error"])) == (2, True)


@pytest.fixture
def town(scene: Scene) -> Scene:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 10)))
    scene.refresh()
    return scene


def test_health_says_when_the_record_was_checked_and_checks_it(monkeypatch: pytest.MonkeyPatch, town: Scene) -> None:
    sit_down(monkeypatch, town, COORDINATOR)
    app = page("setup", part="Health")
    assert "Nobody has checked yet that it is unaltered." in words(app)
    app = click(app, "check-audit")
    assert "Checked 2 Mar 2026" in words(app)
    assert "recorded changes fit together" in words(app)


def test_who_only_looks_is_not_asked_to_check(monkeypatch: pytest.MonkeyPatch, town: Scene) -> None:
    sit_down(monkeypatch, town, VIEWER)
    assert "check-audit" not in keys(page("setup", part="Health"))
