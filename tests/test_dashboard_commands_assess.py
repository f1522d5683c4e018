"""``assess`` on the command line: it prints, and keeps only when it is told to."""

import json
from pathlib import Path

import pytest

from dashboard.commands.main import main
from data.stores import open_store
from tests.assessed import treated_city
from tests.scenes import Scene


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fill the store that the command line opens."""
    path = tmp_path / "city.db"
    monkeypatch.setenv("FIXPOINT_STORE", str(path))
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    store = open_store(str(path))
    treated_city(Scene(store))
    store.close()
    return path


def kept(path: Path) -> int:
    store = open_store(str(path))
    try:
        return len(store.assessments())
    finally:
        store.close()


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["assess", *arguments]) == code
    found = capsys.readouterr()
    return found.out if code == 0 else found.err


def test_it_prints_the_verdict_and_keeps_nothing(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "P-0001").splitlines()
    assert lines[0].startswith("Fell. 32 incidents in the 98 days before, 5 in the 126 days after.")
    assert any(line.startswith("Against 3 comparison places: -3") for line in lines)
    values = json.loads(told(capsys, "1", "--json"))
    assert (values["problem"], values["verdict"], values["kept"]) == ("P-0001", "fell", False)
    assert values["evidence"]["treated"]["before"] == 32
    assert kept(city) == 0


def test_it_keeps_when_it_is_told_to(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Kept as assessment 1 of P-0001." in told(capsys, "p-0001", "--keep")
    assert json.loads(told(capsys, "P-0001", "--keep", "--json"))["assessment"] == 1, "the same at once is kept once"
    assert kept(city) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("P-0099",), "There is no problem"),
        (("rubbish",), "not a problem's reference"),
        (("P-0001", "--before", "soon"), "no time before"),
        (("P-0001", "--done-on", "yesterday"), "is not a day for --done-on"),
        (("P-0001", "--done-on", "2020-01-01"), "the work was done before"),
        (("P-0002",), "No day is known on which the work was done"),
    ],
)
def test_what_cannot_be_assessed_is_refused_in_words(
    city: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert words in told(capsys, *arguments, code=2)
    assert kept(city) == 0
