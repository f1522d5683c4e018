"""Exports are whole, valid, and run no formula."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing import import_file
from data.stores import open_store
from data.writing import CONTENTS, export, safe_cell
from problems.categories import Group
from problems.errors import InputRefused
from problems.hot_spots import Standing
from problems.people import LAPTOP
from problems.problem import Problem, ProblemStatus
from problems.reports import RejectedRow, Report, ReportStatus
from problems.store import Store
from problems.use_cases.importing import accept_import
from tests.storing import a_hot_spot, a_refresh, empty_url

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-0.1, 51.5], [-0.09, 51.5], [-0.09, 51.51], [-0.1, 51.51], [-0.1, 51.5]]],
}
PROBLEM = Problem(
    0,
    "=Mill Lane",
    Group.LIGHTING,
    "LGT-OUT",
    ProblemStatus.CONFIRMED,
    (-0.095, 51.505),
    120.04,
    SQUARE,
    NOW,
    reports=12,
    incidents=9,
    review_on=date(2026, 4, 1),
)
REPORT = Report(
    0,
    "council",
    "a",
    "LGT-OUT",
    "Street lighting",
    NOW,
    ReportStatus.RESOLVED,
    (-0.1, 51.5),
    closed_at=NOW,
    resolution="unspecified",
    text='=cmd|" /C calc"!A0',
    address="“Mill Lane”, 5",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    with opened.writing() as unit:
        unit.add_problem(PROBLEM)
    accept_import(
        opened,
        LAPTOP,
        lambda: NOW,
        1,
        source="council",
        file_name="-reports.csv",
        sha256="x",
        columns={},
        rows=[
            REPORT,
            replace(REPORT, source_id="-b", lon_lat=None, category=None, text="+44 fine"),
            RejectedRow(3, "Opened", "@soon", "It cannot be read.", {"Opened": "@soon", "ID": "3"}),
        ],
    )
    yield opened
    opened.close()


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _geojson(path: Path) -> list[dict[str, object]]:
    collection = json.loads(path.read_text(encoding="utf-8"))
    assert collection.keys() == {"type", "features"}
    assert collection["type"] == "FeatureCollection"
    for feature in collection["features"]:
        assert feature.keys() == {"type", "geometry", "properties"}
        assert feature["type"] == "Feature"
        assert feature["geometry"] is None or {"type", "coordinates"} <= feature["geometry"].keys()
    return list(collection["features"])


@pytest.mark.parametrize(("what", "count"), [("problems", 1), ("hot-spots", 0), ("reports", 2), ("rejected", 1)])
@pytest.mark.parametrize("fmt", ["geojson", "csv"])
def test_the_number_written_is_the_number_in_the_file(
    store: Store, tmp_path: Path, what: str, fmt: str, count: int
) -> None:
    out = tmp_path / f"{what}.{fmt}"
    assert export(store, what, fmt, out) == count
    assert len(_csv(out) if fmt == "csv" else _geojson(out)) == count
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == []


def test_geojson_has_longitude_first_and_null_where_there_is_no_place(store: Store, tmp_path: Path) -> None:
    export(store, "reports", "geojson", tmp_path / "r.geojson")
    placed, unplaced = _geojson(tmp_path / "r.geojson")
    assert placed["geometry"] == {"type": "Point", "coordinates": [-0.1, 51.5]}
    assert unplaced["geometry"] is None
    export(store, "problems", "geojson", tmp_path / "p.geojson")
    (problem,) = _geojson(tmp_path / "p.geojson")
    assert problem["geometry"] == SQUARE
    assert problem["properties"]["id"] == "P-0001"  # type: ignore[index]  # plain JSON


def test_hot_spots_are_written_with_what_is_usual_there(store: Store, tmp_path: Path) -> None:
    with store.writing() as unit:
        refresh_id = unit.add_refresh(a_refresh())
        unit.add_hot_spots(
            [a_hot_spot(refresh_id, problem_id=None), a_hot_spot(refresh_id, standing=Standing.CANDIDATE)]
        )
    assert export(store, "hot-spots", "csv", tmp_path / "h.csv") == 1
    (written,) = _csv(tmp_path / "h.csv")
    told = [written[name] for name in ("standing", "usual", "times_usual", "times_usual_low", "times_usual_high")]
    assert told == ["hot_spot", "3.5", "8.0", "5.25", "11.5"]
    assert written["q_value"] == "0.001"


def test_csv_holds_times_numbers_and_text_as_they_are_meant(store: Store, tmp_path: Path) -> None:
    export(store, "reports", "csv", tmp_path / "r.csv")
    placed, unplaced = _csv(tmp_path / "r.csv")
    assert placed["reported_at"] == "2026-03-02T09:00:00+00:00"
    assert (placed["longitude"], placed["latitude"]) == ("-0.1", "51.5")
    assert placed["address"] == "“Mill Lane”, 5"
    assert (unplaced["longitude"], unplaced["category"]) == ("", "")


@pytest.mark.parametrize("what", list(CONTENTS))
def test_no_cell_of_text_is_run_by_a_spreadsheet(store: Store, tmp_path: Path, what: str) -> None:
    export(store, what, "csv", tmp_path / "out.csv")
    for row in _csv(tmp_path / "out.csv"):
        for column, cell in row.items():
            if column not in ("longitude", "latitude"):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), column
    if what == "reports":
        assert [row["text"] for row in _csv(tmp_path / "out.csv")] == ['\'=cmd|" /C calc"!A0', "'+44 fine"]


@given(st.text(max_size=30))
def test_a_safe_cell_is_harmless_and_loses_nothing(text: str) -> None:
    cell = safe_cell(text)
    assert cell.removeprefix("'") == text or cell == text
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize(
    "before",
    ["\ufeff", "\u00a0", "\u200b", " \u2003", "\u00ad", "\x00", "\v", "\x1f", "\u3164", "\u2800", "\ufe0f", ""],
)
def test_nothing_invisible_hides_a_formula(before: str) -> None:
    assert safe_cell(f"{before}=1+1") == f"'{before}=1+1"
    assert safe_cell(f"{before}1=1") == f"{before}1=1"


@pytest.mark.parametrize("what", list(CONTENTS))
def test_every_cell_is_quoted_so_that_no_other_delimiter_parts_it(store: Store, tmp_path: Path, what: str) -> None:
    export(store, what, "csv", tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(line.startswith('"') and line.endswith('"') for line in lines)


def test_exported_reports_are_read_back_as_the_same_reports(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    export(store, "reports", "csv", out)
    other = open_store(empty_url("sqlite", tmp_path))
    batch = import_file(other, LAPTOP, lambda: NOW, 1, path=out)
    back = list(other.all_reports())
    other.close()
    assert (batch.accepted, batch.unplaced) == (2, 1)
    assert back[0].category == "LGT-OUT"
    assert [report.reported_at for report in back] == [NOW, NOW]
    assert [report.status for report in back] == [ReportStatus.RESOLVED] * 2


@pytest.mark.parametrize(
    ("what", "fmt", "name", "said"),
    [
        ("people", "csv", "out.csv", "Possible are: problems"),
        ("reports", "xlsx", "out.xlsx", "Formats are: geojson, csv"),
        ("reports", "csv", "nowhere/out.csv", "There is no folder"),
        ("reports", "csv", ".", "That is a folder"),
        ("reports", "csv", "n" * 400, "The reports cannot be written"),
    ],
)
def test_what_cannot_be_written_is_refused(
    store: Store, tmp_path: Path, what: str, fmt: str, name: str, said: str
) -> None:
    with pytest.raises(InputRefused) as refusal:
        export(store, what, fmt, tmp_path / name)
    assert said in str(refusal.value)


def test_a_failed_export_leaves_the_earlier_file(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "r.csv"
    out.write_text("earlier", encoding="utf-8")

    def broken(_store: Store) -> Iterator[tuple[dict[str, object], None]]:
        yield dict.fromkeys(CONTENTS["reports"].fields), None
        raise RuntimeError("broken")

    monkeypatch.setitem(CONTENTS, "reports", replace(CONTENTS["reports"], rows=broken))  # type: ignore[arg-type]  # the stand-in yields plain rows
    with pytest.raises(RuntimeError, match="broken"):
        export(store, "reports", "csv", out)
    assert out.read_text(encoding="utf-8") == "earlier"
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
