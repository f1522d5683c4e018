"""Targets as a list that people edit, the calendar in the settings, and the two put in place."""

from datetime import date
from pathlib import Path

import pytest

from data.calendars import CALENDARS, working_days
from data.settings import read_settings
from data.targets import read_targets, shipped_targets, targets_csv, targets_of
from data.taxonomy import load_taxonomy
from problems.errors import InputRefused, NotAllowed
from problems.events import Subject
from problems.people import Principal, Role
from problems.targets import Target
from problems.use_cases.promising import replace_targets
from tests.scenes import COORDINATOR, Scene

CATEGORIES = load_taxonomy().categories
ADMIN = Principal("ada", "Ada Lind", frozenset({Role.ADMIN}))


def edited(code: str, line: str) -> bytes:
    """Return the shipped list with the row of a category replaced."""
    text = targets_csv(shipped_targets(), CATEGORIES)
    rows = [line if row.startswith(f'"{code}"') else row for row in text.splitlines()]
    return "\n".join(row for row in rows if row).encode()


def test_every_category_has_both_targets() -> None:
    assert all(one.response_days is not None and one.resolution_days is not None for one in shipped_targets().values())
    assert shipped_targets().keys() == CATEGORIES.keys()


def test_the_list_is_read_back_as_it_was_written() -> None:
    assert read_targets("t.csv", targets_csv(shipped_targets(), CATEGORIES).encode(), CATEGORIES) == shipped_targets()


def test_a_spreadsheet_may_part_cells_with_semicolons_and_leave_cells_empty() -> None:
    text = targets_csv(shipped_targets(), CATEGORIES).replace('","', '";"')
    assert read_targets("t.csv", text.encode(), CATEGORIES) == shipped_targets()
    found = read_targets("t.csv", edited("LGT-OUT", "LGT-OUT,Lamp,,"), CATEGORIES)
    assert found["LGT-OUT"] == Target(None, None)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("LGT-XXX,Lamp,1,2", r"Line 2: the code “LGT-XXX” is not in the list"),
        ("LGT-DAMAGE,Lamp,1,2", "LGT-DAMAGE is there twice"),
        ("LGT-OUT,Lamp,soon,2", "response_days is “soon”"),
        ("LGT-OUT,Lamp,-1,2", "response_days is “-1”"),
        ("LGT-OUT,Lamp,1.5,2", "whole days"),
        ("LGT-OUT,Lamp,1,4000", "is no target"),
        ("LGT-OUT,Lamp,9,2", "The first response comes first"),
        ("LGT-OUT,Lamp,1,2,3", "more cells than there are columns"),
        ("", "LGT-OUT is missing"),
    ],
)
def test_a_mistake_is_refused_with_its_line(row: str, why: str) -> None:
    with pytest.raises(InputRefused, match=why):
        read_targets("t.csv", edited("LGT-OUT", row), CATEGORIES)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"code\nLGT-OUT", b"x" * 300_000])
def test_what_is_no_list_of_targets_is_refused(content: bytes) -> None:
    with pytest.raises(InputRefused, match=r"The category file t\.csv cannot be"):
        read_targets("t.csv", content, CATEGORIES)


def test_other_targets_hold_at_once_and_are_told_and_taken_back(scene: Scene) -> None:
    text = edited("LGT-OUT", "LGT-OUT,Lamp,1,3").decode()
    after = read_targets("t.csv", text.encode(), CATEGORIES)
    asking = (scene.store, ADMIN, scene.clock, 1)
    assert replace_targets(*asking, text=text, before=targets_of(scene.store), after=after) == 1
    assert targets_of(scene.store)["LGT-OUT"] == Target(1, 3)
    told = scene.store.events(Subject.STORE)[-1]
    assert (told.before, told.changes) == ({"targets": {"LGT-OUT": [5, 14]}}, {"targets": {"LGT-OUT": [1, 3]}})
    replace_targets(*asking, text="", before=targets_of(scene.store), after=shipped_targets())
    assert targets_of(scene.store) == shipped_targets()


def test_only_administrators_promise(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        replace_targets(scene.store, COORDINATOR, scene.clock, 1, text="", before={}, after={})


# -- the calendar --


def settings_of(tmp_path: Path, content: str) -> object:
    file = tmp_path / "settings.toml"
    file.write_text(f"[targets]\n{content}\n", encoding="utf-8")
    return read_settings({"FIXPOINT_SETTINGS": str(file)}).calendar


@pytest.mark.parametrize("name", CALENDARS)
def test_each_calendar_can_be_chosen(tmp_path: Path, name: str) -> None:
    assert settings_of(tmp_path, f'calendar = "{name}"').calendar == name  # type: ignore[attr-defined] # calendar settings


def test_own_days_and_another_week_can_be_chosen(tmp_path: Path) -> None:
    lines = 'working_week = ["mon", "tue", "wed", "thu", "fri", "sat"]\nclosed_days = [2026-12-24, 2026-12-31]'
    chosen = settings_of(tmp_path, lines)
    days = working_days(chosen)  # type: ignore[arg-type] # calendar settings
    assert days.after(date(2026, 12, 23), 1) == date(2026, 12, 29), "closed, Christmas, Boxing Day"
    assert days.name == "Mon, Tue, Wed, Thu, Fri, Sat, public holidays of England, 2 closed days of our own"


@pytest.mark.parametrize(
    "line",
    [
        'calendar = "mars"',
        "calendar = 3",
        'working_week = ["monday"]',
        "working_week = []",
        'working_week = "mon"',
        'closed_days = ["2026-12-24"]',
        "closed_days = [2026-12-24T10:00:00]",
        "closed_days = 2026-12-24",
        'kalender = "england"',
    ],
)
def test_a_calendar_that_is_not_understood_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputRefused, match="targets"):
        settings_of(tmp_path, line)
