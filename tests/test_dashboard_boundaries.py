"""Boundaries on the Setup page and on the command line: looked at, counted, and only then kept."""

import json
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import jobs
from dashboard.commands.main import main
from dashboard.parts.boundaries_desk import AREAS_JOB
from dashboard.views.setup import BOUNDARIES
from data.stores import open_store
from problems.areas import AreaKind
from tests.scenes import CENTRE, DEGREE_EAST, DEGREE_NORTH, OFFICER, Scene
from tests.screens import click, keys, page, run, sit_down, words
from tests.storing import a_report, keep_reports

TODAY = date(2026, 3, 2)


def square(west_m: float, size_m: float = 1000.0) -> list[list[float]]:
    west, south = CENTRE[0] + west_m * DEGREE_EAST, CENTRE[1] - size_m / 2 * DEGREE_NORTH
    east, north = west + size_m * DEGREE_EAST, south + size_m * DEGREE_NORTH
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def layer(names: list[str], wests_m: list[float], **more: list[str]) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {"ward": name, **{key: values[place] for key, values in more.items()}},
            "geometry": {"type": "Polygon", "coordinates": [square(west_m)]},
        }
        for place, (name, west_m) in enumerate(zip(names, wests_m, strict=True))
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture
def placed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    jobs.dismiss(AREAS_JOB)
    scene.send(scene.report((0, 0), TODAY), scene.report((0, 0), TODAY), scene.report((5000, 0), TODAY))
    sit_down(monkeypatch, scene)
    return scene


def upload(content: bytes, name: str = "wards.geojson") -> AppTest:
    shown = page("setup", part=BOUNDARIES)
    shown.file_uploader(key="boundaries-upload").set_value((name, content, "application/geo+json"))
    return run(shown)


def await_job(prefix: str) -> None:
    for name, job in list(jobs._jobs.items()):
        if name.startswith(prefix):
            assert job.ended.wait(60)


def test_a_layer_is_looked_at_counted_and_only_then_kept(placed: Scene) -> None:
    assert "None yet." in words(page("setup", part=BOUNDARIES))
    shown = upload(layer(["Northgate", "Southfield"], [-500, 500]))
    assert "Northgate" in words(shown)
    assert placed.store.areas() == []
    click(shown, "boundaries-count")
    await_job("boundaries-count")
    run(shown)
    assert "Reports inside 2 of 3 with a place" in words(shown)
    assert placed.store.areas() == []
    click(shown, "boundaries-keep")
    await_job(AREAS_JOB)
    run(shown)
    assert (
        "wards.geojson: 2 wards kept, 2 of 3 reports with a place lie in them. 0 problems have another area now."
        in words(shown)
    )
    assert "Next: choose an area on the Map" in words(shown)
    assert [area.name for area in placed.store.areas(AreaKind.WARD)] == ["Northgate", "Southfield"]
    assert "Wards 2 2 1 Northgate, Southfield" in words(shown)


def test_in_doubt_the_page_asks_for_the_column_with_its_values_beside_it(placed: Scene) -> None:
    shown = upload(layer(["Park", "Mill"], [-500, 500], parish=["North", "South"], beat=["Bank", "Dale"]))
    assert "Several columns could name the areas." in words(shown)
    assert "boundaries-count" not in keys(shown)
    (choice,) = [each for each in shown.selectbox if each.label == "Column with the names"]
    assert "parish (North, South …)" in choice.options
    choice.set_value("parish")
    run(shown)
    assert "North" in words(shown)
    assert "boundaries-count" in keys(shown)


def test_a_layer_of_another_town_and_a_file_that_is_none_are_refused_in_words(placed: Scene) -> None:
    shown = click(upload(layer(["Faraway"], [90_000])), "boundaries-count")
    await_job("boundaries-count")
    run(shown)
    assert "None of the 3 placed reports lies in them." in words(shown)
    assert "is no layer of areas" in words(upload(b"id,date\n1,2026-01-01\n", "reports.csv"))


def test_who_may_not_import_boundaries_sees_them_only(placed: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, placed, OFFICER)
    shown = page("setup", part=BOUNDARIES)
    assert keys(shown) == set()
    assert not shown.get("file_uploader")


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "store.db"
    monkeypatch.setenv("FIXPOINT_STORE", f"sqlite:///{path}")
    store = open_store(str(path))
    keep_reports(store, [a_report(1, lon_lat=CENTRE), a_report(2, lon_lat=None)])
    store.close()
    return path


def test_the_command_counts_keeps_and_answers_as_one_object(
    own_store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wards.geojson"
    path.write_bytes(layer(["Northgate", "northgate", "Southfield"], [-500, 500, 1500]))
    assert main(["areas", str(path), "--kind", "ward", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["areas"], told["merged"], told["reports_inside"], told["dry_run"]) == (2, 1, 1, True)
    assert main(["areas", str(path), "--kind", "ward"]) == 0
    said = capsys.readouterr().out
    assert "wards.geojson: 2 wards by the column “ward”." in said
    assert "1 area was put to another of the same name." in said
    assert "1 of 1 placed report lie in them, 0 outside." in said
    store = open_store(str(own_store))
    assert [area.name for area in store.areas()] == ["Northgate", "Southfield"]
    store.close()


def test_the_command_refuses_a_kind_that_is_none(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["areas", "wards.geojson", "--kind", "parish"]) == 2
    assert "Kinds are: beat, ward, neighbourhood." in capsys.readouterr().err
