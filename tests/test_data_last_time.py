"""Reports without reference numbers that are read otherwise than last time are asked about, never counted twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.importing import import_file, preview
from data.reading.columns import Columns, columns_from
from data.reading.questions import AS_IT_IS, OTHER_COLUMNS, Question, answered
from data.stores import open_store
from problems.errors import InputRefused
from problems.people import LAPTOP
from problems.reports import Batch
from problems.store import Store
from problems.use_cases.undoing import undo_import
from tests.storing import empty_url

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEADER = "Type,Opened,Latitude,Longitude,Notes,Remarks\n"
ROWS = [f"Graffiti,2026-01-{day:02d},51.5{day},-0.1,tag {day},seen {day}\n" for day in range(1, 10)]
TABLE = HEADER + "".join(ROWS)
READ = Columns({"category": "Type", "reported": "Opened", "lat": "Latitude", "lon": "Longitude", "text": "Notes"})
WITHOUT_TEXT = replace(READ, names={field: column for field, column in READ.names.items() if field != "text"})
OTHER_TEXT = replace(READ, names={**READ.names, "text": "Remarks"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    yield opened
    opened.close()


def _file(folder: Path, text: str = TABLE, name: str = "reports.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _import(store: Store, path: Path, **told: object) -> Batch:
    return import_file(store, LAPTOP, lambda: NOW, 1, path=path, **told)  # type: ignore[arg-type]  # tests name them


def _asked(store: Store, path: Path, columns: Columns | None) -> Question:
    (found,) = (each for each in preview(path, columns, store=store).questions if each.field == OTHER_COLUMNS)
    return found


@pytest.mark.parametrize("columns", [WITHOUT_TEXT, OTHER_TEXT])
def test_the_same_rows_from_other_columns_are_not_counted_twice_unasked(
    store: Store, tmp_path: Path, columns: Columns
) -> None:
    path = _file(tmp_path)
    _import(store, path, columns=READ)
    with pytest.raises(InputRefused, match=r"read otherwise \(what was reported: from “Notes”, now from") as refused:
        _import(store, path, columns=columns)
    assert 'confirmed = ["other_columns"]' in str(refused.value)
    assert store.counts().reports == len(ROWS)


def test_the_answer_as_last_time_reads_the_rows_as_known_ones(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path)
    _import(store, path, columns=READ)
    asked = _asked(store, path, WITHOUT_TEXT)
    assert asked.proposed == asked.answers[0].value
    found = preview(path, answered(WITHOUT_TEXT, asked, asked.answers[0].value), store=store)
    assert found.questions == ()
    again = _import(store, path, columns=found.columns)
    assert (again.unchanged, again.accepted) == (len(ROWS), 0)


def test_other_reports_are_taken_once_a_person_says_so_for_this_file_alone(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path)
    _import(store, path, columns=READ)
    said = answered(OTHER_TEXT, _asked(store, path, OTHER_TEXT), AS_IT_IS)
    assert columns_from(said.to_toml()) == said
    assert _import(store, path, columns=said).accepted == len(ROWS)
    assert _asked(store, path, READ).needed


def test_numbers_that_come_or_go_are_asked_about(store: Store, tmp_path: Path) -> None:
    numbered = "ID," + HEADER + "".join(f"R{place},{row}" for place, row in enumerate(ROWS))
    with_ids = _file(tmp_path, numbered, "numbered.csv")
    _import(store, with_ids)
    asked = _asked(store, _file(tmp_path), None)
    assert "reference number: from “ID”, now from no column" in asked.text
    assert [each.value for each in asked.answers] == [AS_IT_IS]


def test_a_column_with_a_new_name_is_no_question_where_its_rows_are_known(store: Store, tmp_path: Path) -> None:
    _import(store, _file(tmp_path), columns=READ)
    renamed = _file(tmp_path, TABLE.replace("Notes", "Text of it"), "renamed.csv")
    columns = replace(READ, names={**READ.names, "text": "Text of it"})
    assert _import(store, renamed, columns=columns).unchanged == len(ROWS)
    new = _file(tmp_path, TABLE.replace("Notes", "Words").replace("tag", "another"), "new.csv")
    assert _asked(store, new, replace(READ, names={**READ.names, "text": "Words"})).needed


def test_reports_with_numbers_may_be_read_from_any_columns(store: Store, tmp_path: Path) -> None:
    numbered = _file(tmp_path, "ID," + HEADER + "".join(f"R{place},{row}" for place, row in enumerate(ROWS)))
    names = {"id": "ID", **READ.names}
    _import(store, numbered, columns=Columns(names))
    assert _import(store, numbered, columns=Columns({**names, "text": "Remarks"})).updated == len(ROWS)


def test_a_source_without_reports_asks_nothing(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path)
    _import(store, path, columns=READ)
    assert preview(path, WITHOUT_TEXT, store=store, source="another").questions == ()


def test_columns_of_an_import_that_was_undone_are_not_those_of_last_time(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path)
    wrong = _import(store, path, columns=WITHOUT_TEXT)
    undo_import(store, LAPTOP, lambda: NOW, 1, batch_id=wrong.id)
    assert _import(store, path, columns=READ).accepted == len(ROWS)


def test_metres_and_answers_for_every_row_are_read_as_last_time_too(store: Store, tmp_path: Path) -> None:
    table = "Opened,E,N,Remarks\n" + "".join(f"{day:02d}/01/2026,5300{day},1800{day},r{day}\n" for day in range(10, 29))
    path = _file(tmp_path, table)
    read = Columns({"reported": "Opened", "easting": "E", "northing": "N"}, {"reported": "dmy"}, epsg=27700)
    read = read.with_fixed("category", "Graffiti")
    first = _import(store, path, columns=read)
    other = replace(read, names={**read.names, "text": "Remarks"}, fixed={})
    again = answered(other, _asked(store, path, other), _asked(store, path, other).answers[0].value)
    assert _import(store, path, columns=again).unchanged == first.accepted == 19
