"""Halves of characters in JSON stay told apart, wherever the reading of the file is cut."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import ijson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing import import_file
from data.reading.surrogates import JsonStream
from data.stores import open_store
from problems.people import LAPTOP

PARTS = ["a", "\\\\", "\\n", "\\u00e9", "\\ud83d\\ude00", '\\"', "é", "ud800", "0" * 14]


@given(st.lists(st.sampled_from(PARTS), max_size=40), st.integers(1, 40))
def test_whole_characters_are_read_as_before_wherever_the_reading_is_cut(parts: list[str], size: int) -> None:
    told = f'["{"".join(parts)}"]'.encode()
    (read,) = ijson.items(JsonStream(io.BytesIO(told), lambda: None), "item", buf_size=size)
    assert read == json.loads(told)[0]


@given(st.lists(st.sampled_from([*PARTS, "\\ud800", "\\udc01"]), max_size=40), st.integers(1, 40))
def test_reading_halves_never_breaks_the_file(parts: list[str], size: int) -> None:
    told = f'["{"".join(parts)}", "end"]'.encode()
    assert list(ijson.items(JsonStream(io.BytesIO(told), lambda: None), "item", buf_size=size))[1] == "end"


@pytest.mark.parametrize("by_line", [True, False])
def test_ids_that_differ_in_half_a_character_are_different_reports(tmp_path: Path, *, by_line: bool) -> None:
    ids = ["A1", "A\\ud800", "A\\ud801", "A\\ud83d\\ude00"]
    records = [
        f'{{"ID":"{own}","Type":"Graffiti","Opened":"2026-01-0{day}","Latitude":51.5,"Longitude":-0.1}}'
        for day, own in enumerate(ids, start=1)
    ]
    path = tmp_path / ("reports.jsonl" if by_line else "reports.json")
    path.write_text("\n".join(records) if by_line else f"[{','.join(records)}]", encoding="utf-8")
    store = open_store(str(tmp_path / "store.db"))
    import_file(store, LAPTOP, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC), 1, path=path)
    assert {one.source_id for one in store.all_reports()} == {"A1", "A\\ud800", "A\\ud801", "A😀"}
    store.close()
