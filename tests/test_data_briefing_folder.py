"""The briefings of all areas as files: names that are safe and kept apart, each the same as when it is made alone."""

import csv
import io
import unicodedata
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.briefing_files import briefing_csv
from data.briefing_folder import suffixes_of, write_folder, zip_of_areas
from data.briefing_pages.parts import Paper
from problems.briefing.briefing import Briefing
from problems.briefing.weeks import IsoWeek
from problems.errors import InputRefused
from problems.file_names import own_name
from problems.use_cases.briefing import briefs_by_area
from tests.briefed import STANDARDS, briefed
from tests.scenes import COMMANDER, Scene
from tests.test_problems_areas import bring, square

WEEK = IsoWeek(2026, 10)
NAMES = ("Old Town", "Old/Town", "OLD TOWN!", "../../etc/passwd", "=1+1", "Größe")


@pytest.fixture
def town(scene: Scene) -> Scene:
    """Six wards with awkward names, with a report in the first, the second, and so on."""
    scene.today = date(2026, 3, 8)
    scene.send(*[scene.report((1000.0 * at + 500, 0.0), scene.today - timedelta(days=at % 5)) for at in range(6)])
    bring(scene, *(square(name, 1000.0 * at) for at, name in enumerate(NAMES)))
    return scene


def every(scene: Scene) -> list[Briefing]:
    return list(briefs_by_area(scene.store, COMMANDER, scene.clock, 1, week=WEEK, **STANDARDS))


def test_each_file_is_the_one_that_is_made_of_the_area_alone(town: Scene, tmp_path: Path) -> None:
    written = write_folder(town.store, every(town), tmp_path / "out", [".csv"], Paper.A4)
    listed = list(csv.DictReader(written.files[-1].read_text().splitlines()))
    assert written.areas == len(listed) == 6
    for row in listed:
        alone = briefing_csv(briefed(town, WEEK, area=row["area"].lstrip("'")))
        assert (tmp_path / "out" / row["files"]).read_bytes() == alone


def test_names_are_safe_and_kept_apart(town: Scene, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(town.store, every(town), out, [".csv"], Paper.A4)
    found = sorted(one.name for one in out.iterdir())
    assert found == sorted(
        [
            "briefing-2026-W10_contents.csv", "briefing-2026-W10-1-1.csv", "briefing-2026-W10-Größe.csv",
            "briefing-2026-W10-etc-passwd.csv", "briefing-2026-W10-Old-Town.csv", "briefing-2026-W10-OLD-TOWN-2.csv",
            "briefing-2026-W10-Old-Town-3.csv",
        ]
    )  # fmt: skip
    assert list(tmp_path.glob("*.csv")) == []


@given(some.text(max_size=300))
def test_no_name_leaves_its_folder_or_is_too_long(words: str) -> None:
    name = own_name(words)
    assert name
    assert all(one.isalnum() or one == "-" or unicodedata.category(one) in {"Mn", "Mc"} for one in name)
    assert len(name.encode()) <= 120


def test_whoever_stops_keeps_whole_files_only(town: Scene, tmp_path: Path) -> None:
    def stopped() -> object:
        yield from every(town)[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder(town.store, stopped(), tmp_path / "out", [".csv"], Paper.A4)  # type: ignore[arg-type] # it yields briefings
    kept = sorted((tmp_path / "out").iterdir())
    assert len(kept) == 2
    alone = {briefing_csv(one) for one in every(town)[:2]}
    assert {one.read_bytes() for one in kept} == alone


def test_the_archive_holds_the_same_files_and_is_the_same_each_time(town: Scene, tmp_path: Path) -> None:
    write_folder(town.store, every(town), tmp_path / "out", [".csv"], Paper.A4)
    content = zip_of_areas(every(town), [".csv"], known_on=town.today)
    assert content == zip_of_areas(every(town), [".csv"], known_on=town.today)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held == {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()}


def test_a_folder_that_cannot_be_is_refused(town: Scene, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(InputRefused, match="That is a file"):
        write_folder(town.store, every(town), tmp_path / "taken", [".csv"], Paper.A4)
    with pytest.raises(InputRefused, match="Name a folder that can be made there"):
        write_folder(town.store, every(town), tmp_path / "no" / "such", [".csv"], Paper.A4)
    assert (tmp_path / "taken").read_text() == "mine"


def test_kinds_of_file_are_read_with_commas() -> None:
    assert suffixes_of("pdf, .CSV,pdf") == (".pdf", ".csv")
    for wrong in ("", " , "):
        with pytest.raises(InputRefused, match="No kind of file was named"):
            suffixes_of(wrong)
    with pytest.raises(InputRefused, match="no kind of file for a briefing"):
        suffixes_of("pdf,doc")
