"""``brief --all-areas`` on the command line: a folder of files, progress, one JSON object, and refusals in words."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.commands import briefing as one_place
from dashboard.commands import briefing_areas as command
from dashboard.commands.main import main
from data.stores import open_store
from tests.scenes import Scene, days_before
from tests.test_problems_areas import bring, square
from tests.test_problems_briefing import SUNDAY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files go; the store has two wards, twelve reports and a hot spot in the western one."""
    path = tmp_path / "fixpoint.db"
    store = open_store(str(path))
    scene = Scene(store)
    scene.today = SUNDAY
    scene.send(*scene.spot((500, 0), days_before(SUNDAY, 12)))
    bring(scene, square("West", 0), square("East", 1000))
    scene.refresh()
    store.close()
    monkeypatch.setenv("FIXPOINT_STORE", str(path))
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    monkeypatch.setenv("FIXPOINT_ZONE", "Europe/London")
    for module in (command, one_place):
        monkeypatch.setattr(module, "clock_in", lambda _zone: lambda: datetime(2026, 3, 9, 8, tzinfo=UTC))
    return tmp_path / "out"


def test_every_area_has_its_file_and_the_list_names_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["brief", "--week", "2026-W10", "--known-on", "2026-03-09"]
    assert main([*asked, "--all-areas", "--out", str(folder), "--format", "csv,pdf"]) == 0
    told = capsys.readouterr()
    assert told.out == f"2 briefings in {folder}; briefing-2026-W10_contents.csv lists them.\n"
    assert "Briefing of East" in told.err
    rows = list(csv.DictReader((folder / "briefing-2026-W10_contents.csv").read_text().splitlines()))
    assert [(row["area"], row["reports in"], row["problems"]) for row in rows] == [
        ("East", "0", "0"),
        ("West", "3", "1"),
    ]
    for row in rows:
        alone = folder / f"{row['area']}.csv"
        assert main([*asked, "--area", row["area"], "--out", str(alone)]) == 0
        assert alone.read_bytes() == (folder / row["files"].split()[0]).read_bytes()
        assert (folder / row["files"].split()[1]).read_bytes().startswith(b"%PDF")


def test_the_answer_for_programs_names_every_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["brief", "--week", "2026-W10", "--known-on", "2026-03-09", "--all-areas", "--out", str(folder)]
    assert main([*asked, "--format", "csv", "--kind", "wards", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["areas"], told["folder"]) == (2, str(folder))
    assert sorted(told["files"]) == sorted(str(one) for one in folder.iterdir())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--all-areas"], "No folder was named for them. Name one: --out briefings."),
        (["--all-areas", "--area", "West", "--out", "x"], "One area and all areas were asked for."),
        (["--all-areas", "--out", "x", "--format", "doc"], "“.doc” is no kind of file for a briefing."),
        (["--all-areas", "--out", "x", "--kind", "parish"], "“parish” is no kind of area."),
        (["--all-areas", "--out", "x", "--kind", "beat"], "No beats were known on 2026-03-09."),
        (["--format", "pdf"], "--format is of --all-areas"),
        (["--kind", "ward"], "--kind is of --all-areas"),
    ],
)
def test_what_cannot_be_made_of_all_areas_is_refused_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert main(["brief", "--week", "2026-W10", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert list(folder.iterdir()) == []
