"""``brief`` on the command line: text, one JSON object, a file, and refusals in words."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.commands import briefing as command
from dashboard.commands.main import main
from data.briefing_files import RENDERERS, briefing_csv, renderer_for
from data.stores import open_store
from problems.briefing.figure import Section
from problems.briefing.rows import COLUMNS
from tests.scenes import Scene, days_before
from tests.test_problems_briefing import SUNDAY


@pytest.fixture
def store_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with twelve reports up to a Sunday, looked at on that Sunday."""
    path = tmp_path / "fixpoint.db"
    store = open_store(str(path))
    scene = Scene(store)
    scene.today = SUNDAY
    scene.send(*scene.spot((0, 0), days_before(SUNDAY, 12)))
    scene.refresh()
    store.close()
    monkeypatch.setenv("FIXPOINT_STORE", str(path))
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    monkeypatch.setenv("FIXPOINT_ZONE", "Europe/London")
    monkeypatch.setattr(command, "clock_in", lambda _zone: lambda: datetime(2026, 3, 9, 8, tzinfo=UTC))
    return path


def test_the_sections_are_printed_in_their_order(store_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["brief", "--week", "2026-W10"]) == 0
    told = capsys.readouterr().out
    heads = [f"\n{section.number}. {section.label}\n" for section in Section if section is not Section.HEADER]
    places = [told.index(head) for head in heads]
    assert places == sorted(places)
    assert "3 reports came in; 0 ended." in told
    assert told.startswith("Briefing of week 10 of 2026, 2 to 8 March (up to 2026-03-08, as known on 2026-03-09)")


def test_the_answer_for_programs_is_one_object(store_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["brief", "--week", "2026-W10", "--known-on", "2026-03-09", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["week"], told["as_of"], told["known_on"]) == ("2026-W10", str(SUNDAY), "2026-03-09")
    assert set(told["sentences"]) == set(Section)


def test_the_annex_is_written_whole_and_again_the_same(store_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "briefing.csv"
    assert main(["brief", "--week", "2026-W10", "--out", str(out)]) == 0
    first = out.read_bytes()
    rows = list(csv.reader(first.decode().splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert ["0 The week", "Reports in", "3"] in [row[:3] for row in rows]
    assert main(["brief", "--week", "2026-W10", "--out", str(out)]) == 0
    assert out.read_bytes() == first
    assert [path.name for path in tmp_path.glob(".briefing*")] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--week", "2026-W47"], "It has not begun. The present week is 2026-W11."),
        (["--week", "March"], "“March” is not a week. Write it as year and week: 2026-W47."),
        (
            ["--week", "2026-W10", "--out", "briefing.txt"],
            "“.txt” is no kind of file for a briefing. Kinds are: .pdf, .pptx, .html, .csv",
        ),
        (
            ["--week", "2026-W10", "--out", "b.pdf", "--paper", "A3"],
            "“A3” is no size of paper. Sizes are a4 and letter.",
        ),
        (["--week", "2026-W10", "--out", "briefing"], "Its name has no suffix."),
        (["--week", "2026-W10", "--area", "North"], "No wards, beats or neighbourhoods were known then."),
        (["--week", "2026-W10", "--known-on", "soon"], "“soon” is not a day for --known-on."),
        (["--week", "2026-W10", "--out", "/nowhere/at/all.csv"], "There is no folder /nowhere/at."),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(
    store_file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(["brief", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_briefing_is_never_written_over_the_store(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(store_file)
    before = store_file.read_bytes()
    assert main(["brief", "--week", "2026-W10", "--out", str(link)]) == 2
    assert "belongs to the store itself" in capsys.readouterr().err
    assert store_file.read_bytes() == before


def test_each_kind_of_file_is_named_by_its_suffix() -> None:
    assert renderer_for(Path("A.CSV")) is briefing_csv
    assert all(suffix.startswith(".") and suffix == suffix.casefold() for suffix in RENDERERS)


def test_the_pages_are_written_on_the_paper_that_is_asked_for(store_file: Path, tmp_path: Path) -> None:
    from pypdf import PdfReader

    for size, width in (("a4", 595), ("Letter", 612)):
        out = tmp_path / f"{size}.pdf"
        assert main(["brief", "--week", "2026-W10", "--out", str(out), "--paper", size]) == 0
        assert [round(page.mediabox.width) for page in PdfReader(out).pages] == [width, width]
