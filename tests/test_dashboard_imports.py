import gzip
import tomllib
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import jobs, session
from dashboard.jobs import REFRESH as REFRESH_JOB
from dashboard.parts.counting import IMPORT_JOB
from problems.people import Principal, Role
from problems.sources import PlacePrecision, Source
from tests.scenes import COORDINATOR, VIEWER, Scene
from tests.screens import click, keys, markup, page, run, sit_down, words

HEAD = "reference,category,reported at,latitude,longitude,description"
ROWS = [
    f"R{n},Street light not working,2026-02-{n:02d} 10:00,52.9000{n},-1.2000{n},Lamp {n} is dark" for n in range(1, 10)
]
BAD = "R99,Street light not working,not a day,52.9,-1.2,Lamp"
STRANGE = "R98,Purple elephants,2026-02-03 10:00,52.9,-1.2,Elephants"


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


@pytest.fixture(autouse=True)
def desk(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (IMPORT_JOB, REFRESH_JOB):
        jobs.dismiss(name)
    sit_down(monkeypatch, scene)


def upload(content: bytes, name: str = "reports.csv") -> AppTest:
    shown = page("imports")
    shown.file_uploader(key="upload").set_value((name, content, "text/csv"))
    return run(shown)


def await_job(prefix: str) -> None:
    """Wait for the job of this name (or beginning of a name) to end."""
    for name, job in list(jobs._jobs.items()):
        if name.startswith(prefix):
            assert job.ended.wait(60)


def count(shown: AppTest) -> AppTest:
    """Count the whole file and show what was counted."""
    click(shown, "check")
    await_job("count-")
    return run(shown)


def test_a_file_is_looked_at_counted_and_only_then_kept(scene: Scene) -> None:
    shown = upload(table(*ROWS, BAD, STRANGE))
    text = words(shown)
    assert "Lamp 1 is dark" in text
    assert "not a day" in text
    assert "Purple elephants" in text
    assert scene.store.counts().reports == 0
    count(shown)
    assert "Rows 11" in words(shown)
    assert "New reports 10" in words(shown)
    assert "Rejected 1" in words(shown)
    assert scene.store.counts().reports == 0
    click(shown, "commit")
    await_job(IMPORT_JOB)
    run(shown)
    assert scene.store.counts().reports == 10
    assert "reports.csv: of 11 rows, 10 new and 1 rejected." in words(shown)
    assert "find-hot-spots" in keys(shown)


def test_the_same_file_again_would_change_nothing(scene: Scene) -> None:
    for _ in range(2):
        shown = count(upload(table(*ROWS)))
        if "commit" in keys(shown):
            click(shown, "commit")
            await_job(IMPORT_JOB)
            jobs.dismiss(IMPORT_JOB)
    assert "every report in it is here already" in words(shown)
    assert scene.store.counts().batches == 1


def test_a_column_that_was_guessed_wrong_can_be_corrected(scene: Scene) -> None:
    content = b"ref,what,said,when,latitude,longitude\n" + b"\n".join(
        f"R{n},Street light not working,Lamp {n},2026-02-{n:02d},52.9000{n},-1.2000{n}".encode() for n in range(1, 10)
    )
    shown = upload(content)
    choice = next(box for box in shown.selectbox if str(box.key).endswith("-text"))
    choice.set_value("what")
    run(shown)
    table_drawn = markup(shown).split("How the first rows are understood")[-1]
    assert "Street light not working" in table_drawn
    choice = next(box for box in shown.selectbox if str(box.key).endswith("-text"))
    assert choice.value == "what"


def chosen(shown: AppTest, start: str) -> Any:
    return next(box for box in shown.selectbox if str(box.key).startswith(start))


def test_the_order_of_dates_and_their_zone_can_be_corrected(scene: Scene) -> None:
    rows = [f"R{n},Street light not working,0{n}/02/2026 10:00,52.9000{n},-1.2000{n},Lamp {n}" for n in range(1, 8)]
    shown = upload(table(*rows))
    chosen(shown, "order-").set_value("dmy")
    assert "7 Feb 2026, 10:00" in words(run(shown))
    chosen(shown, "order-").set_value("mdy")
    chosen(shown, "zone-").set_value("America/New_York")
    run(shown)
    assert "2 Jul 2026, 15:00" in words(shown)
    kept = tomllib.loads(next(code.value for code in shown.code))
    assert kept["date_order"]["reported"] == "mdy"
    assert kept["zone"] == "America/New_York"
    assert kept["columns"]["reported"] == "reported at"


def answer(shown: AppTest, field: str, value: str) -> AppTest:
    """Answer the question about a field."""
    next(box for box in shown.radio if f"-{field}-" in str(box.key)).set_value(value)
    return run(shown)


def asked(shown: AppTest) -> list[str]:
    return [str(box.label).replace("\\", "") for box in shown.radio]


def test_dates_that_can_be_read_in_two_ways_are_asked_about_and_not_guessed(scene: Scene) -> None:
    rows = [f"R{n},Street light not working,0{n}/04/2026 10:00,52.9000{n},-1.2000{n},Lamp {n}" for n in (3, 5, 7)]
    shown = upload(table(*rows))
    assert asked(shown) == ["Date reported: is 03/04/2026 10:00 the 3rd of April, or the 4th of March?"]
    assert [box.value for box in shown.radio] == [None]
    assert "Most likely: The 3rd of April." in words(shown)
    assert "Answer 1 question above" in words(shown)
    assert "check" not in keys(shown)
    answer(shown, "reported", "mdy")
    assert "4 Mar 2026, 10:00" in words(shown)
    answer(shown, "reported", "dmy")
    assert "3 Apr 2026, 10:00" in words(shown)
    click(count(shown), "commit")
    await_job(IMPORT_JOB)
    assert [report.reported_at.month for report in scene.store.all_reports()] == [4, 4, 4]


def eastings() -> bytes:
    rows = [
        f"R{n},Street light not working,2026-02-0{n},{586000 + n},{4510000 + n},Lamp {n}".encode() for n in range(1, 8)
    ]
    return b"reference,category,reported at,easting,northing,description\n" + b"\n".join(rows) + b"\n"


def test_the_coordinate_system_of_eastings_is_asked_for(scene: Scene) -> None:
    shown = upload(eastings())
    (question,) = shown.radio
    assert "in which coordinate system" in str(question.label)
    assert "EPSG" not in str(question.label) + "".join(question.options)
    assert "check" not in keys(shown)
    answer(shown, "epsg", "\x00other")
    next(box for box in shown.text_input if str(box.key).endswith("-own")).set_value("32618")
    run(shown)
    assert "check" in keys(shown)
    assert "40.7" in words(shown)


def test_a_number_that_is_no_coordinate_system_is_refused_and_stays_written(scene: Scene) -> None:
    shown = answer(upload(eastings()), "epsg", "\x00other")
    next(box for box in shown.text_input if str(box.key).endswith("-own")).set_value("mine")
    run(shown)
    assert "“mine” is not an EPSG number." in words(shown)
    assert next(box for box in shown.text_input if str(box.key).endswith("-own")).value == "mine"
    assert "check" not in keys(shown)


def test_counts_belong_to_the_columns_that_were_counted(scene: Scene) -> None:
    shown = count(upload(table(*ROWS)))
    assert "commit" in keys(shown)
    next(box for box in shown.selectbox if str(box.key).endswith("-text")).set_value("")
    run(shown)
    assert "commit" not in keys(shown)
    assert "check" in keys(shown)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"\x00\x01\x02\x03" * 400, "binary.csv"),
        (HEAD.encode(), "head.csv"),
        (gzip.compress(table(*ROWS), mtime=0)[:60], "cut.csv.gz"),
        (b"%PDF-1.7 nothing to read here", "paper.csv"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(scene: Scene, content: bytes, name: str) -> None:
    shown = upload(content, name)
    assert 'role="alert"' in markup(shown)
    assert not {"check", "commit"} & keys(shown)
    assert scene.store.counts().is_empty


def test_a_file_without_places_asks_whether_that_is_known(scene: Scene) -> None:
    rows = b"\n".join(f"R{n},Street light not working,2026-02-{n:02d}".encode() for n in range(1, 10))
    shown = upload(b"reference,category,reported at\n" + rows + b"\n")
    assert "No columns with coordinates were found." in asked(shown)[0]
    assert "check" not in keys(shown)
    assert "no_place" not in words(shown)
    count(answer(shown, "no_place", "yes"))
    assert "Without a place 9" in words(shown)


def test_a_packed_file_is_read_like_a_plain_one(scene: Scene) -> None:
    assert "Lamp 1 is dark" in words(upload(gzip.compress(table(*ROWS), mtime=0), "reports.csv.gz"))


def test_those_who_may_only_look_are_refused_in_words(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, VIEWER)
    # The page is not offered to viewers; whoever opens it all the same is refused by the use case.
    monkeypatch.setattr(session, "seen_store", lambda: scene.store)
    shown = count(upload(table(*ROWS)))
    assert "may not" in words(shown)
    assert scene.store.counts().is_empty


def test_rejected_rows_of_an_import_are_shown_with_line_and_reason(scene: Scene) -> None:
    click(count(upload(table(*ROWS, BAD))), "commit")
    await_job(IMPORT_JOB)
    jobs.dismiss(IMPORT_JOB)
    shown = page("imports")
    assert 'href="/import?import=1"' in markup(shown)
    batch = scene.store.batches()[0]
    shown.selectbox(key="import").set_value(str(batch.id))
    run(shown)
    rejected = scene.store.rejected_rows(batch.id)[0]
    assert f"{rejected.line} {rejected.column} not a day" in words(shown)
    assert f"{rejected.reason} 1" in words(shown)
    assert f'href="/api/export/rejected.csv?import={batch.id}"' in markup(shown)


def test_hot_spots_are_found_after_an_import(scene: Scene) -> None:
    scene.today = scene.today.replace(month=2, day=20)
    click(count(upload(table(*ROWS))), "commit")
    await_job(IMPORT_JOB)
    shown = click(page("imports"), "find-hot-spots")
    await_job(REFRESH_JOB)
    run(shown)
    assert scene.store.counts().refreshes == 1
    assert "1 hot spot up to 9 Feb 2026: 1 new." in words(shown)


def test_somebody_who_may_not_import_is_not_offered_hot_spots(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    click(count(upload(table(*ROWS))), "commit")
    await_job(IMPORT_JOB)
    sit_down(monkeypatch, scene, Principal("paul", "Paul", frozenset({Role.PARTNER})))
    monkeypatch.setattr(session, "seen_store", lambda: scene.store)
    assert "find-hot-spots" not in keys(page("imports"))
    sit_down(monkeypatch, scene, COORDINATOR)
    assert "find-hot-spots" in keys(page("imports"))


def test_the_one_who_imported_is_told_what_to_do_next(scene: Scene) -> None:
    shown = click(count(upload(table(*ROWS, BAD, STRANGE))), "commit")
    await_job(IMPORT_JOB)
    text = words(run(shown))
    assert "What to do next" in text
    assert "Look at 1 rejected row" in text
    assert "1 report came without a known category" in text
    assert not shown.file_uploader
    click(shown, "another")
    assert len(shown.file_uploader) == 1
    assert "still here" not in words(shown)


def test_the_first_step_after_an_import_of_moved_places_is_to_count_them_by_area(scene: Scene) -> None:
    with scene.store.writing() as unit:
        unit.add_source(Source(0, "council", PlacePrecision.SNAPPED, why="The force says so.", decided_by="Cora"))
    shown = count(upload(table(*ROWS)))
    assert "count by area, not for hot spots" not in words(shown)
    click(shown, "commit")
    await_job(IMPORT_JOB)
    told = words(run(shown))
    assert "The places of “council” are not exact: its reports count by area, not for hot spots." in told
    assert "Import boundaries, so that they can be counted by area" in told


def test_the_second_of_two_who_import_at_once_is_told_and_loses_nothing(scene: Scene) -> None:
    shown = count(upload(table(*ROWS)))
    go_on = Event()
    jobs.start(IMPORT_JOB, lambda _progress: go_on.wait(60), title="Omar Hale imports other.csv", owner=object())
    click(shown, "commit")
    assert "Another import is running: Omar Hale imports other.csv." in words(shown)
    assert scene.store.counts().is_empty
    go_on.set()
    await_job(IMPORT_JOB)
    jobs.dismiss(IMPORT_JOB)
    click(run(shown), "commit")
    await_job(IMPORT_JOB)
    assert scene.store.counts().reports == 9


def test_a_source_is_chosen_from_the_known_ones_and_a_slip_is_remarked_on(scene: Scene) -> None:
    click(count(upload(table(*ROWS))), "commit")
    await_job(IMPORT_JOB)
    jobs.dismiss(IMPORT_JOB)
    shown = upload(table(*ROWS))
    assert shown.selectbox(key="source").options == ["council"]
    again = AppTest.from_string("from dashboard.views import imports\nimports.show()\n", default_timeout=60)
    again.session_state["fx_kept"] = {"source": "Counciil"}
    assert "There is “council” already. Is it the same?" in words(run(again))


def test_a_known_source_is_read_as_last_time(scene: Scene) -> None:
    shown = upload(table(*ROWS))
    chosen_text(shown).set_value("")
    click(count(run(shown)), "commit")
    await_job(IMPORT_JOB)
    jobs.dismiss(IMPORT_JOB)
    assert scene.store.source("council") is not None
    shown = upload(table(*ROWS, STRANGE))
    assert chosen_text(shown).value == ""
    shown.checkbox(key="last-time-council").uncheck()
    assert chosen_text(run(shown)).value == "description"
    other = upload(b"nr,kind,when,lat,lng\n" + b"1,Graffiti,2026-02-03,52.9,-1.2\n" * 3)
    assert "do not fit this file" in words(other)


def chosen_text(shown: AppTest) -> Any:
    return next(box for box in shown.selectbox if str(box.key).endswith("-text"))


def test_columns_are_loaded_from_a_file_and_a_wrong_one_is_refused(scene: Scene) -> None:
    shown = upload(table(*ROWS))
    uploader = next(box for box in shown.file_uploader if str(box.key).startswith("toml-"))
    uploader.set_value(("broken.toml", b"[columns]\nnothing = 'x'\n", "application/toml"))
    assert "broken.toml cannot be used." in words(run(shown))
    columns = b'[columns]\nreported = "reported at"\nlat = "latitude"\nlon = "longitude"\ntext = "category"\n'
    uploader = next(box for box in shown.file_uploader if str(box.key).startswith("toml-"))
    uploader.set_value(("columns.toml", columns, "application/toml"))
    run(shown)
    assert chosen_text(shown).value == "category"
    assert "/api/export/columns.toml?columns=" in markup(shown)


def test_a_known_source_is_asked_again_where_its_dates_are_written_in_another_way(scene: Scene) -> None:
    click(count(upload(table(*ROWS))), "commit")
    await_job(IMPORT_JOB)
    jobs.dismiss(IMPORT_JOB)
    rows = [f"S{n},Street light not working,0{n}/04/2026 10:00,52.9000{n},-1.2000{n},Lamp {n}" for n in (3, 5, 7)]
    shown = upload(table(*rows))
    assert asked(shown) == ["Date reported: is 03/04/2026 10:00 the 3rd of April, or the 4th of March?"]
    answer(shown, "reported", "mdy")
    click(count(shown), "commit")
    await_job(IMPORT_JOB)
    jobs.dismiss(IMPORT_JOB)
    assert asked(upload(table(*rows))) == []  # it was answered for this source


def test_a_file_without_dates_and_kinds_is_imported_by_saying_them_once(scene: Scene) -> None:
    rows = "\n".join(f"{n},-1.2000{n},52.9000{n}" for n in range(1, 8))
    shown = upload(f"POLYID,longitude,latitude\n{rows}\n".encode(), "nottingham_asb.csv")
    assert "Answer 1 question above" in words(shown)
    assert "Most likely: Antisocial behaviour" in words(shown)
    shown = run(_typed(shown, "fixed_reported", "March"))
    assert "not a day or a month" in words(shown)
    shown = run(_typed(shown, "fixed_reported", "2026-01"))
    assert "no category yet" in words(shown)
    next(box for box in shown.selectbox if "-fixed_category-" in str(box.key)).set_value("ASB-GROUP")
    shown = count(run(shown))
    click(shown, "commit")
    await_job(IMPORT_JOB)
    kept = [report for report in scene.store.all_reports() if report.category == "ASB-GROUP"]
    assert len(kept) == 7
    assert {f"{report.reported_at:%Y-%m}" for report in kept} == {"2026-01"}


def _typed(shown: AppTest, field: str, value: str) -> AppTest:
    next(box for box in shown.text_input if f"-{field}-" in str(box.key)).set_value(value)
    return shown


def test_a_file_of_far_away_is_not_counted_before_its_time_zone_is_said(scene: Scene) -> None:
    rows = [f"N{n},Street light not working,0{n}/04/2026 10:00,40.70{n},-74.00{n},Lamp {n}" for n in range(3, 9)]
    shown = upload(table(*rows))
    assert len(asked(shown)) == 2  # the order of the dates and their zone, both at once
    answer(shown, "reported", "mdy")
    assert "Answer 1 question above" in words(shown)
    assert "check" not in keys(shown)
    answer(shown, "zone", "America/New_York")
    click(count(shown), "commit")
    await_job(IMPORT_JOB)
    assert scene.store.batches()[0].columns["time zone"] == "America/New_York"
