"""The history of imports: one import in full, its rejected rows, and taking it back."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import jobs
from dashboard.parts.batches import oddities, rejected_words
from dashboard.parts.counting import IMPORT_JOB
from dashboard.route_files import exported
from dashboard.views import imports
from data.importing import import_file
from problems.errors import InputRefused, NotFound
from problems.people import LAPTOP
from problems.reports import Batch, BatchState, RejectedRow, ReportFlag
from tests.scenes import COORDINATOR, LONDON, OFFICER, Scene
from tests.screens import click, keys, markup, page, run, sit_down, words
from tests.storing import a_batch

Bring = Callable[..., Batch]
HEAD = "reference,category,reported at,latitude,longitude,description,reporter"
ROWS = [
    f"R{n},Street light not working,2026-02-{n:02d} 10:00,52.9000{n},-1.2000{n},Lamp {n} is dark,Ann" for n in (1, 2)
]
BAD = "R99,Street light not working,not a day,52.9,-1.2,=Lamp,Bob"


@pytest.fixture(autouse=True)
def desk(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.dismiss(IMPORT_JOB)
    sit_down(monkeypatch, scene)


@pytest.fixture
def bring(scene: Scene, tmp_path: Path) -> Bring:
    def one(*rows: str, name: str = "reports.csv", head: str = HEAD) -> Batch:
        path = tmp_path / name
        path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        return import_file(scene.store, LAPTOP, scene.clock, 1, path=path, zone=LONDON)

    return one


def shown_import(batch: Batch) -> AppTest:
    return page("imports", **{"import": str(batch.id)})


def test_a_link_to_one_import_shows_it_in_full(scene: Scene, bring: Bring) -> None:
    batch = bring(*ROWS, BAD)
    shown = shown_import(batch)
    text = words(shown)
    assert "All imports" in text
    assert f"Import {batch.id}: reports.csv" in text
    assert "Imports so far" not in text
    assert f"Imported by This computer, 2 Mar 2026, 12:00 State Done Format {batch.kind}" in text
    assert "date reported: reported at" in text
    assert "Dates year first Dates read as of Europe/London" in text
    assert "Rejected rows by reason" in markup(shown)


def test_what_an_import_changed_is_listed_without_the_words_of_residents(scene: Scene, bring: Bring) -> None:
    bring(*ROWS)
    changed = bring(ROWS[0].replace("is dark", "hums").replace("02-01 10:00", "02-01 11:00"), name="second.csv")
    text = words(shown_import(changed))
    assert "R1 date reported 1 Feb 2026, 10:00 1 Feb 2026, 11:00" in text
    assert "text changed" in text
    assert "hums" not in text


def test_an_import_is_undone_with_a_reason_and_stays_listed(scene: Scene, bring: Bring) -> None:
    batch = bring(*ROWS)
    shown = click(shown_import(batch), f"undo-{batch.id}")
    assert "2 new reports of it will be counted nowhere." in words(shown)
    assert "importing the same file again brings its reports back" in words(shown)
    click(shown, "form-save")
    assert "No reason is given." in words(shown)
    assert scene.store.counts().reports == 2
    shown.text_area(key="form_note").input("A test file")
    click(shown, "form-save")
    assert scene.store.counts().reports == 0
    assert scene.store.batches()[0].state is BatchState.UNDONE
    assert "reports.csv was undone: 2 reports taken back." in words(shown)
    text = words(shown_import(batch))
    assert "Undone by This computer, 2 Mar 2026, 12:00: 2 reports taken back. “A test file”" in text
    assert f"undo-{batch.id}" not in keys(shown)
    again = bring(*ROWS)
    assert (again.accepted, scene.store.counts().reports) == (2, 2)


def test_an_earlier_import_is_not_undone_under_a_later_one(scene: Scene, bring: Bring) -> None:
    first = bring(*ROWS)
    bring(ROWS[0].replace("dark", "dim"), name="later.csv")
    shown = click(shown_import(first), f"undo-{first.id}")
    shown.text_area(key="form_note").input("My words")
    click(shown, "form-save")
    assert "Undo import 2 (later.csv) first." in words(shown)
    assert shown.text_area(key="form_note").value == "My words"
    assert scene.store.counts().reports == 2


def test_what_was_written_stays_after_a_refusal_when_a_run_did_not_reach_its_field(
    scene: Scene, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bring(*ROWS)
    bring(ROWS[0].replace("dark", "dim"), name="later.csv")
    shown = click(shown_import(first), f"undo-{first.id}")
    shown.text_area(key="form_note").input("My words")
    click(shown, "form-save")
    with monkeypatch.context() as broken_off:
        broken_off.setattr(imports, "draw_open_form", lambda: None)
        run(shown)
    assert run(shown).text_area(key="form_note").value == "My words"


def test_only_those_who_may_are_offered_to_undo(scene: Scene, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = bring(*ROWS)
    for who, offered in ((OFFICER, False), (COORDINATOR, True)):
        sit_down(monkeypatch, scene, who)
        assert (f"undo-{batch.id}" in keys(shown_import(batch))) is offered


def test_an_import_that_is_not_there_is_not_shown(scene: Scene, bring: Bring) -> None:
    bring(*ROWS)
    shown = page("imports", **{"import": "77"})
    assert shown.selectbox(key="import").value is None
    shown.selectbox(key="import").set_value("1")
    assert run(shown).query_params["import"] == "1"


# -- rejected rows --


def downloaded(scene: Scene, number: str) -> str:
    return bytes(exported(lambda: scene.store, "rejected.csv", {"import": number}).body).decode("utf-8-sig")


def test_rejected_rows_are_corrected_and_imported_alone(scene: Scene, bring: Bring) -> None:
    batch = bring(*ROWS, BAD)
    head, row = downloaded(scene, str(batch.id)).splitlines()
    names, cells = csv.reader([head, row])
    told = ["rejected: line", "rejected: column", "rejected: value", "rejected: why"]
    assert names == [*HEAD.split(","), *told]
    # A place west of Greenwich stays a number, a formula does not stay one, and nobody is called “[reporter]”.
    assert cells[:6] == ["R99", "Street light not working", "not a day", "52.9", "-1.2", "'=Lamp"]
    assert cells[6:10] == ["", "4", "reported at", "not a day"]
    corrected = bring(row.replace("not a day", "2026-02-09", 1), name="corrected.csv", head=head)
    assert (corrected.accepted, corrected.rejected) == (1, 0)
    assert {report.source_id for report in scene.store.all_reports()} == {"R1", "R2", "R99"}
    assert next(report for report in scene.store.all_reports() if report.source_id == "R99").lon_lat == (-1.2, 52.9)


def test_rejected_rows_of_no_import_are_refused(scene: Scene) -> None:
    with pytest.raises(NotFound):
        downloaded(scene, "7")
    for number in ("-1", "1 or 1=1", "٣", "9" * 30):
        with pytest.raises(InputRefused):
            downloaded(scene, number)


def test_columns_are_downloaded_only_as_the_command_line_reads_them(scene: Scene) -> None:
    told = '[columns]\nreported = "reported at"\n'
    answer = exported(lambda: scene.store, "columns.toml", {"columns": told})
    assert bytes(answer.body).decode() == told
    assert answer.headers["content-disposition"] == 'attachment; filename="columns.toml"'
    for wrong in ("<script>", "", "[columns]\nx = 'y'", "x" * 30_000):
        with pytest.raises(InputRefused):
            exported(lambda: scene.store, "columns.toml", {"columns": wrong})


# -- counts --


def test_closing_within_a_minute_is_not_told_of_dates_without_a_time(scene: Scene, bring: Bring) -> None:
    head = "reference,category,reported at,closed at,latitude,longitude"
    exact = [
        f"E{n},Street light not working,2026-02-0{n} 10:00:00,2026-02-0{n} 10:00:30,52.9,-1.2" for n in range(1, 5)
    ]
    assert bring(*exact, name="exact.csv", head=head).flagged["CLOSED_AT_ONCE"] == 4
    head = head.replace("reported at", "opened").replace("closed at", "closed")
    rows = [f"R{n},Street light not working,2026-02-0{n},2026-02-0{n},52.9000{n},-1.2" for n in range(1, 5)]
    assert "CLOSED_AT_ONCE" not in bring(*rows, head=head).flagged


def test_everything_odd_about_taken_rows_is_told_once_and_in_words() -> None:
    flagged = {flag.name: 2 for flag in ReportFlag if flag.name}
    told = oddities(a_batch(flagged=flagged, unplaced=4, unmapped=1, late=2, masked=3))
    named = [what.lstrip("– ").casefold() for what, _, _ in told]
    assert sorted(named) == sorted(set(named))
    shown = {flag.label.casefold() for flag in ReportFlag} - {"came late", "contact details masked"}
    assert shown <= set(named)
    assert told[0] == ("Without a place", "4", "kept, but not on the map")
    assert oddities(a_batch(unplaced=0, unmapped=0)) == []


def test_a_row_without_a_value_at_fault_is_shown_by_how_it_begins() -> None:
    row = RejectedRow(3, "", "", "Too few columns.", {"a": "R7", "b": "", "c": "Graffiti"})
    assert rejected_words(row) == "R7, Graffiti"
    assert rejected_words(RejectedRow(3, "a", "x", "No.", {"a": "R7"})) == "x"
