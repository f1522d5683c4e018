"""The command line on good input: each row of its table, and one JSON object for each answer."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.commands import output as commands_output
from dashboard.commands.doctor import LOCK, check_packages
from dashboard.commands.main import main
from data.stores import open_store

ROOT = Path(__file__).resolve().parent.parent
IMPORT_COUNTS = ("rows", "accepted", "unchanged", "updated", "rejected", "unplaced", "unmapped")


@pytest.fixture
def store_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a store that does not exist yet."""
    path = tmp_path / "store" / "fixpoint.db"
    monkeypatch.setenv("FIXPOINT_STORE", str(path))
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    monkeypatch.delenv("FIXPOINT_ZONE", raising=False)
    return path


@pytest.fixture
def reports_file(tmp_path: Path) -> Path:
    """Write twenty dark lamps within 40 m of each other on twenty days, one unplaced, one unmapped, one unreadable."""
    rows = [
        [f"R-{number}", "Street light not working", f"2025-03-{number + 1:02d}", 53.48 + number * 2e-5, -2.24, "dark"]
        for number in range(20)
    ]
    rows.append(["R-20", "Street light not working", "2025-03-25", "", "", "somewhere"])
    rows.append(["R-21", "Flying saucer", "2025-03-26", 53.6, -2.1, "bright"])
    rows.append(["R-22", "Street light not working", "one fine day", 53.6, -2.1, "dark"])
    path = tmp_path / "march.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "category", "reported_at", "latitude", "longitude", "text"], *rows])
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> dict[str, object]:
    """Run a command with --json and return its one object."""
    capsys.readouterr()
    assert main([*map(str, arguments), "--json"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    told = json.loads(lines[0])
    assert isinstance(told, dict)
    return told


def words(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    capsys.readouterr()
    assert main([*map(str, arguments)]) == 0
    return capsys.readouterr().out


# -- import --


def test_an_import_counts_every_row_once(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "import", reports_file)
    assert [told[name] for name in IMPORT_COUNTS] == [23, 22, 0, 0, 1, 1, 1]
    assert told["duration_s"] >= 0
    assert [file["file"] for file in told["files"]] == ["march.csv"]


def test_a_second_import_changes_nothing(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file)
    told = answer(capsys, "import", reports_file)
    assert [told[name] for name in ("rows", "accepted", "unchanged", "updated", "rejected")] == [23, 0, 22, 0, 1]


def test_a_dry_run_counts_the_same_and_keeps_nothing(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dry = answer(capsys, "import", reports_file, "--dry-run")
    assert main(["problems"]) == 0
    store = open_store(str(store_file))
    assert store.counts().is_empty
    store.close()
    wet = answer(capsys, "import", reports_file)
    assert [dry[name] for name in IMPORT_COUNTS] == [wet[name] for name in IMPORT_COUNTS]


def test_a_dry_run_of_files_that_overlap_counts_what_would_happen(
    store_file: Path, reports_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = reports_file.read_text(encoding="utf-8").replace("text\n", "reporter\n")
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(rows, encoding="utf-8")
    second.write_text(rows.replace("dark", "very dark", 3) + "R-0,Graffiti,2025-04-01,53.5,-2.2,x\n", encoding="utf-8")
    asked = ("import", first, second, first)
    dry = answer(capsys, *asked, "--dry-run")
    wet = answer(capsys, *asked)
    counts = [[[file[name] for name in IMPORT_COUNTS] for file in told["files"]] for told in (dry, wet)]
    assert counts[0] == counts[1]
    assert (dry["accepted"], dry["updated"]) == (22, 4)


def test_the_sample_city_says_from_then_on_that_reports_were_imported_into_it(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(str(store_file))
    with store.writing() as unit:
        unit.set_fact("synthetic", "1")
    assert main(["import", str(reports_file), "--dry-run"]) == 0
    assert "sample city" not in capsys.readouterr().err
    assert store.fact("synthetic") == "1"
    assert main(["import", str(reports_file)]) == 0
    assert "the made-up sample city, together with reports that you imported" in capsys.readouterr().err
    assert store.fact("synthetic") == "mixed"
    store.close()


def test_several_files_are_counted_together_and_one_by_one(
    store_file: Path, reports_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "april.csv"
    other.write_text(reports_file.read_text(encoding="utf-8").replace("R-", "S-"), encoding="utf-8")
    told = answer(capsys, "import", reports_file, other)
    assert told["rows"] == 46
    assert [(file["file"], file["accepted"]) for file in told["files"]] == [("march.csv", 22), ("april.csv", 22)]


def test_ids_are_unique_within_their_source(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file, "--source", "council")
    assert answer(capsys, "import", reports_file, "--source", "police")["accepted"] == 22


def test_columns_can_be_told(store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "odd.csv"
    table.write_text("k,q,w,up,side\n1,Graffiti,03/04/2025,53.5,-2.2\n", encoding="utf-8")
    told = tmp_path / "columns.toml"
    told.write_text(
        '[columns]\nid = "k"\ncategory = "q"\nreported = "w"\nlat = "up"\nlon = "side"\n'
        '[date_order]\nreported = "dmy"\n',
        encoding="utf-8",
    )
    assert answer(capsys, "import", table, "--columns", told)["accepted"] == 1
    store = open_store(str(store_file))
    (report,) = store.all_reports()
    store.close()
    assert report.reported_at.isoformat()[:7] == "2025-04"
    assert report.lon_lat == (-2.2, 53.5)


@pytest.mark.parametrize("name", ["far.csv", "far.json"])
def test_dates_of_far_away_are_told_to_be_read_in_the_zone_of_this_installation(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    rows = [
        {
            "id": f"N{n}",
            "category": "Graffiti",
            "reported_at": f"2025-03-0{n}T10:0{n}:00.000",
            "latitude": f"40.70{n}",
            "longitude": f"-74.00{n}",
        }
        for n in range(1, 9)
    ]
    path = tmp_path / name
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows), ""]
    path.write_text(json.dumps(rows) if name.endswith("json") else "\n".join(lines), encoding="utf-8")
    told = answer(capsys, "import", path, "--dry-run")
    (note,) = told["files"][0]["notes"]
    assert note == (
        "The reports lie round 40.70, -74.00, where clocks are far from those of Europe/London; the dates were read as"
        ' Europe/London. To read them otherwise: zone = "America/New_York" in a columns file.'
    )
    assert main(["import", str(path)]) == 0
    assert f"Warning: {name}: The reports lie round 40.70, -74.00" in capsys.readouterr().err
    store = open_store(str(store_file))
    assert store.batches()[0].columns["time zone"] == "Europe/London"
    store.close()


# -- refresh, problems --


def test_a_refresh_says_what_it_found_as_of_the_newest_report(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file)
    told = answer(capsys, "refresh")
    assert {name: told[name] for name in told if name != "duration_s"} == {
        "as_of": "2025-03-26",
        "window_days": 90,
        "reports": 21,
        "distinct_incidents": 20,
        "clusters": 1,
        "hot_spots": 1,
        "new": 1,
        **dict.fromkeys(("survived", "split", "merged", "dormant", "recurred"), 0),
        **dict.fromkeys(("excluded_default_points", "excluded_reports", "excluded_share"), 0),
        "unchanged": False,
        "unmapped": 1,
        "epsg": 27700,
    }
    assert "1 report without a category took no part" in words(capsys, "refresh")


def test_a_second_refresh_changes_nothing_and_keeps_every_id(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file)
    answer(capsys, "refresh")
    before = answer(capsys, "problems")["problems"]
    told = answer(capsys, "refresh")
    assert (told["unchanged"], told["new"], told["survived"]) == (True, 0, 1)
    assert answer(capsys, "problems")["problems"] == before


def test_a_refresh_can_look_at_all_or_at_few_days(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file)
    told = answer(capsys, "refresh", "--window-days", 10)
    assert (told["window_days"], told["reports"], told["hot_spots"]) == (10, 5, 0)
    told = answer(capsys, "refresh", "--all")
    assert (told["window_days"], told["reports"], told["hot_spots"]) == (0, 21, 1)


def test_a_refresh_without_a_day_says_which_day_it_took(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file)
    assert main(["refresh"]) == 0
    said = capsys.readouterr()
    assert "The newest report is of 2025-03-26, so the window ends there." in said.err
    assert "1 hot spot in the 90 days from 2024-12-27 to 2025-03-26" in said.out


def test_problems_are_listed_with_what_a_script_needs(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file)
    answer(capsys, "refresh")
    (problem,) = answer(capsys, "problems")["problems"]
    assert (problem["id"], problem["status"], problem["category"]) == ("P-0001", "detected", "LGT-OUT")
    assert (problem["reports"], problem["incidents"], problem["owner"]) == (20, 20, "")
    assert problem["centre"] == pytest.approx([-2.24, 53.48019], abs=1e-5)
    assert problem["width_m"] == pytest.approx(42.3, abs=0.3)


def test_problems_of_a_day_before_any_was_found_are_none(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file)
    answer(capsys, "refresh")
    assert answer(capsys, "problems", "--as-of", "2025-03-01") == {"as_of": "2025-03-01", "problems": []}


def test_the_list_of_problems_is_a_table_for_people(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "There are no problems yet" in words(capsys, "problems")
    answer(capsys, "import", reports_file)
    answer(capsys, "refresh")
    head, row = words(capsys, "problems").splitlines()
    assert head.split() == ["Problem", "Status", "Category", "Reports", "Width", "(m)", "Owner", "Name"]
    assert row.startswith("P-0001   Detected  Street lighting       20")


# -- export --


@pytest.mark.parametrize(("what", "rows"), [("problems", 1), ("hot-spots", 1), ("reports", 22), ("rejected", 1)])
@pytest.mark.parametrize("fmt", ["csv", "geojson"])
def test_an_export_writes_what_it_says(
    store_file: Path,
    reports_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    what: str,
    rows: int,
    fmt: str,
) -> None:
    answer(capsys, "import", reports_file)
    answer(capsys, "refresh")
    out = tmp_path / f"out.{fmt}"
    assert answer(capsys, "export", what, "--format", fmt, "--out", out)["written"] == rows
    content = out.read_text(encoding="utf-8")
    if fmt == "geojson":
        assert len(json.loads(content)["features"]) == rows
    else:
        assert len(list(csv.DictReader(content.splitlines()))) == rows


# -- doctor --


def test_the_doctor_finds_a_good_installation_in_order(
    store_file: Path, reports_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "import", reports_file)
    told = answer(capsys, "doctor")
    assert told["ok"] is True
    assert {"python", "packages", "settings", "base map", "store", "schema"} <= {
        check["name"] for check in told["checks"]
    }


def test_the_doctor_creates_nothing(store_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "doctor")["ok"] is True
    assert not store_file.parent.exists()


def test_the_doctor_tells_a_package_that_is_not_the_locked_one() -> None:
    lock = LOCK.read_text(encoding="utf-8")
    assert check_packages(lock).ok
    changed = check_packages(lock.replace("typer==", "typer==99."))
    assert not changed.ok
    assert "typer is" in changed.message
    missing = check_packages(lock + "\nno-such-package==1.0 \\\n    --hash=sha256:00\n")
    assert not missing.ok
    assert "no-such-package is missing" in missing.message
    assert not check_packages("").ok


# -- how it speaks --


def test_help_appears_without_loading_the_heavy_libraries() -> None:
    script = (
        "import sys\n"
        "from dashboard.commands.main import main\n"
        "main([])\n"
        "print([name for name in ('numpy', 'pandas', 'sqlalchemy', 'streamlit', 'scipy') if name in sys.modules])\n"
    )
    shown = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Commands:" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("start", [["-m", "dashboard"], [str(ROOT / "dashboard")]])
def test_the_program_starts_as_a_module_and_from_any_folder_as_a_path(start: list[str], tmp_path: Path) -> None:
    folder = ROOT if start[0] == "-m" else tmp_path
    shown = subprocess.run(
        [sys.executable, *start, "problems", "--json"],
        cwd=folder,
        env={"FIXPOINT_STORE": str(tmp_path / "x.db"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    assert json.loads(shown.stdout)["problems"] == []


def test_names_from_files_cannot_steer_the_terminal() -> None:
    hostile = "Mill\x1b[2J Lane\u202e\nnext\x9b0m\u2028"
    assert commands_output.plain(hostile) == "Mill [2J Lane  next 0m "
    assert all("\x1b" not in line for line in commands_output.table(["Name"], [[hostile]]))


def test_progress_in_a_log_is_a_line_for_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    output = commands_output.Output()
    for number in range(1000):
        output.progress(f"{number:,} rows read", number / 1000)
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 10


def test_progress_on_a_terminal_is_one_line_that_goes_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    output = commands_output.Output()
    output.progress("Reading", 0.5)
    output.answer({}, ["Done."])
    said = capsys.readouterr()
    assert said.err == "\r\x1b[2KReading … 50%\r\x1b[2K"
    assert said.out == "Done.\n"


def test_whoever_stops_reading_the_answer_gets_no_complaint(store_file: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "problems"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout
    assert program.stderr
    program.stdout.close()
    assert program.stderr.read() == b""
    program.stderr.close()
    assert program.wait() == 0


def test_a_dry_run_says_how_the_columns_were_read_and_which_rows_are_wrong(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.csv"
    path.write_text(
        "Reference,Type,Opened,Latitude,Longitude\n1,Graffiti,2026-01-13,51.5,-0.1\n2,Graffiti,soon,51.5,-0.1\n"
    )
    (told,) = answer(capsys, "import", path, "--dry-run")["files"]
    assert told["columns"]["reported"] == "Opened"
    (rejected,) = told["first_rejected"]
    assert (rejected["line"], rejected["column"], rejected["value"]) == (3, "Opened", "soon")
    capsys.readouterr()
    assert main(["import", str(path), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "date reported from “Opened”" in said
    assert "Line 3, Opened “soon”: " in said
