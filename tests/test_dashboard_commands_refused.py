"""The command line on bad input: one sentence that says what to do, exit code 2, nothing half-written."""

import gzip
import itertools
import json
import sqlite3
from pathlib import Path

import pytest

from dashboard.commands import output as commands_output
from dashboard.commands import working as commands_working
from dashboard.commands.main import main
from data.stores import open_store

HEADER = "id,category,reported_at,latitude,longitude\n"
ROW = "1,Graffiti,2025-03-01,53.5,-2.2\n"


@pytest.fixture
def store_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "fixpoint.db"
    monkeypatch.setenv("FIXPOINT_STORE", str(path))
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    monkeypatch.delenv("FIXPOINT_ZONE", raising=False)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text(HEADER + ROW, encoding="utf-8")
    return path


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that must be refused, in both ways of speaking, and return its sentence."""
    capsys.readouterr()
    asked = [*map(str, arguments)]
    assert main(asked) == 2
    said = capsys.readouterr()
    assert said.out == ""
    sentence = said.err.splitlines()[-1]
    assert "Traceback" not in said.err
    assert sentence.endswith((".", "csv", "db"))
    if asked[0] != "serve":
        assert main([*asked, "--json"]) == 2
        (line,) = capsys.readouterr().out.splitlines()
        assert json.loads(line)["error"]["message"] == sentence
    return sentence


def kept(store_file: Path) -> int:
    store = open_store(str(store_file))
    try:
        return store.counts().reports + store.counts().batches
    finally:
        store.close()


# -- the store itself --


@pytest.mark.parametrize(
    ("by", "ending"),
    [
        ("a second name", ""),
        *itertools.product(["its name", "a relative name", "a link"], ["", "-wal", "-shm", "-lock", "-journal"]),
    ],
)
def test_an_export_never_writes_over_the_store(
    by: str,
    ending: str,
    store_file: Path,
    good: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["import", str(good)]) == 0
    monkeypatch.chdir(tmp_path)
    own = tmp_path / f"fixpoint.db{ending}"
    names = {"its name": own, "a relative name": Path(own.name)}
    if by not in names:
        names[by] = tmp_path / "out.csv"
        own.touch()
        (names[by].symlink_to if by == "a link" else names[by].hardlink_to)(own)
    assert "belongs to the store itself" in refusal(capsys, "export", "reports", "--out", names[by])
    assert kept(store_file) == 2


# -- days --


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-05", "1899-12-31", "2201-01-01"])
@pytest.mark.parametrize("command", ["refresh", "problems"])
def test_a_day_that_no_report_can_be_of_is_refused(
    day: str, command: str, store_file: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(good)]) == 0
    assert "1900 to 2200" in refusal(capsys, command, "--as-of", day)


# -- options and places --


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["refresh", "--window-days", "x"], "--window-days must be a whole number from 1 to 3660."),
        (["refresh", "--window-days", "1.5"], "--window-days must be a whole number from 1 to 3660."),
        (["refresh", "--window-days", "0"], "--window-days must be a whole number from 1 to 3660."),
        (["serve", "--port", "70000"], "--port must be a whole number from 1 to 65535."),
        (["demo", "--seed", "-1"], "--seed must be a whole number from 0 to 2147483647."),
    ],
)
def test_a_wrong_number_is_refused_in_plain_words(
    asked: list[str], said: str, store_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(asked) == 2
    assert capsys.readouterr().err.startswith(said)


def test_a_source_that_is_no_name_is_refused(store_file: Path, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentence = refusal(capsys, "import", good, "--source", "s" * 5000)
    assert "1 to 60 characters" in sentence
    assert len(sentence) < 300
    assert kept(store_file) == 0


def test_the_doctor_tells_a_place_where_no_store_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("FIXPOINT_STORE", str(tmp_path / "file" / "x" / "y.db"))
    assert main(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [check["name"] for check in told["checks"] if not check["ok"]] == ["store"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# -- files --


def bad_files() -> dict[str, bytes]:
    return {
        "empty.csv": b"",
        "only-a-head.csv": HEADER.encode(),
        "binary.csv": bytes(range(256)) * 64,
        "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(2000),
        "cut.csv.gz": gzip.compress((HEADER + ROW * 5000).encode())[:-40],
        "no-place.csv": b"id,category,reported_at\n1,Graffiti,2025-03-01\n",
        "cut.geojson": b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geom',
        "not-reports.json": b'{"hello": "world"}',
    }


@pytest.mark.parametrize("name", bad_files())
def test_a_file_that_cannot_be_read_is_refused_by_name(
    name: str, store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(bad_files()[name])
    assert name in refusal(capsys, "import", path)
    assert kept(store_file) == 0


def test_a_file_that_is_not_there_is_refused(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "absent.csv" in refusal(capsys, "import", tmp_path / "absent.csv")
    assert str(tmp_path.name) in refusal(capsys, "import", tmp_path)


def test_a_file_in_the_wrong_encoding_is_read_right_or_refused_but_never_garbled(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes((HEADER.replace("\n", ",text\n") + ROW.replace("\n", ",café\n")).encode("latin-1"))
    code = main(["import", str(path)])
    assert code in {0, 2}
    store = open_store(str(store_file))
    texts = [report.text for report in store.all_reports()]
    store.close()
    assert texts == (["café"] if code == 0 else [])


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("not toml at all", "columns.toml"),
        ('[columns]\nwhere = "x"\n', "where"),
        ('[columns]\nlat = "latitude"\nlon = "no such column"\n', "no such column"),
        ("", "columns.toml"),
    ],
)
def test_a_wrong_columns_file_is_refused(
    content: str, named: str, store_file: Path, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = tmp_path / "columns.toml"
    columns.write_text(content, encoding="utf-8")
    assert named in refusal(capsys, "import", good, "--columns", columns)
    assert "absent.toml" in refusal(capsys, "import", good, "--columns", tmp_path / "absent.toml")
    assert kept(store_file) == 0


def test_files_before_the_refused_one_stay_and_are_named(
    store_file: Path, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    after = tmp_path / "after.csv"
    after.write_text(HEADER + ROW.replace("1,", "2,", 1), encoding="utf-8")
    assert main(["import", str(good), str(empty), str(after), "--json"]) == 2
    said = capsys.readouterr()
    told = json.loads(said.out)["error"]
    assert "empty.csv" in told["message"]
    assert told["message"].endswith("Already imported and kept: good.csv.")
    assert [file["accepted"] for file in told["files"]] == [1]
    store = open_store(str(store_file))
    assert [report.source_id for report in store.all_reports()] == ["1"]
    store.close()


def test_ctrl_c_in_the_middle_of_an_import_keeps_nothing_of_it(
    store_file: Path, good: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_output: object, message: str, _share: float) -> None:
        if message.startswith("Saving"):
            raise KeyboardInterrupt

    monkeypatch.setattr(commands_output.Output, "progress", stop)
    assert main(["import", str(good)]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "Stopped. Nothing half-done was kept."
    assert kept(store_file) == 0


# -- the store --


@pytest.mark.parametrize(
    "url", ["mysql://council/reports", "sqlite://", "postgresql://nobody@127.0.0.1:1/nothing", "nonsense:thing"]
)
@pytest.mark.parametrize("command", [["problems"], ["refresh"], ["demo"]])
def test_a_store_that_cannot_be_opened_is_refused(
    url: str, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIXPOINT_STORE", url)
    refusal(capsys, *command)


def newer(store_file: Path) -> None:
    open_store(str(store_file)).close()
    with sqlite3.connect(store_file) as connection:
        (table,) = next(
            row
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE name LIKE '%version%' AND type = 'table'"
            )
        )
        connection.execute(f"UPDATE {table} SET version_num = '9999'")  # noqa: S608 - the name comes from the database
    connection.close()


def test_a_store_with_a_newer_schema_is_refused_and_left_alone(
    store_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer(store_file)
    before = store_file.read_bytes()
    assert "newer" in refusal(capsys, "problems")
    assert store_file.read_bytes() == before


def test_a_file_that_is_no_store_is_refused_and_left_alone(
    store_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store_file.write_text("a shopping list", encoding="utf-8")
    refusal(capsys, "problems")
    assert store_file.read_text(encoding="utf-8") == "a shopping list"


def test_the_doctor_says_what_is_wrong_with_exit_code_1(
    store_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    newer(store_file)
    assert main(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert [check["name"] for check in told["checks"] if not check["ok"]] == ["store"]
    monkeypatch.setenv("FIXPOINT_ZONE", "Middle-earth/Shire")
    assert main(["doctor"]) == 1
    assert "WRONG" in capsys.readouterr().out


# -- options --


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["import"],
        ["refresh", "--window-days", "0"],
        ["refresh", "--window-days", "3661"],
        ["refresh", "--window-days", "many"],
        ["refresh", "--all", "--window-days", "30"],
        ["refresh", "--as-of", "31/12/2025"],
        ["refresh", "--as-of", "2025-02-30"],
        ["refresh", "--as-of", "9999-12-31"],
        ["problems", "--as-of", "yesterday"],
        ["problems", "--as-of", "２０２５-01-01"],
        ["export", "problems"],
        ["export", "secrets", "--out", "x.csv"],
        ["export", "problems", "--format", "pdf", "--out", "x.csv"],
        ["export", "problems", "--out", "no/such/folder/x.csv"],
        ["demo", "--seed", "-1"],
        ["serve", "--port", "0"],
        ["serve", "--port", "70000"],
        ["serve", "--nonsense"],
    ],
    ids=" ".join,
)
def test_a_request_that_makes_no_sense_is_refused(
    arguments: list[str],
    store_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    refusal(capsys, *arguments)
    assert not (tmp_path / "x.csv").exists()


def test_an_empty_source_is_refused(store_file: Path, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refusal(capsys, "import", good, "--source", " ")


def test_a_refused_export_leaves_the_file_that_was_there(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("last week", encoding="utf-8")
    refusal(capsys, "export", "problems", "--format", "pdf", "--out", out)
    assert out.read_text(encoding="utf-8") == "last week"


def test_history_is_not_rewritten(store_file: Path, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(good)]) == 0
    assert main(["refresh", "--as-of", "2025-03-20"]) == 0
    assert "2025-03-20" in refusal(capsys, "refresh", "--as-of", "2025-03-19")


def test_a_bug_is_not_dressed_up_as_a_refusal(store_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_options: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(commands_working, "run_problems", broken)
    with pytest.raises(ZeroDivisionError):
        main(["problems"])
