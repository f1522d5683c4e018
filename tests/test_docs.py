"""The documents say what is so: commands, links, settings, words, statuses."""

import re
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from dashboard.commands.main import app
from data.feeds.servers import FeedServer
from data.mail_settings import MAIL_KEYS
from data.reading.columns import DATE_ORDERS, FIELDS, read_columns
from data.settings import read_settings
from problems.hot_spots import DetectionSettings
from problems.priority import PriorityWeights
from tests.lifecycle_page import PAGE, page

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
COMMANDS = sorted(command.name or command.callback.__name__ for command in app.registered_commands if command.callback)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def everything() -> str:
    return "\n".join(text(path) for path in DOCUMENTS)


def readme_rows() -> dict[str, str]:
    """Return the README's table of commands: the command's name and its whole first cell."""
    cells = re.findall(r"^\| `python -m dashboard ([a-z]+)([^`]*)`", text(ROOT / "README.md"), re.MULTILINE)
    return {name: name + rest.replace("\\|", "|") for name, rest in cells}


def test_every_command_is_in_the_readme_and_every_one_there_exists() -> None:
    assert (
        sorted(readme_rows())
        == COMMANDS
        == sorted(
            {
                "serve",
                "demo",
                "import",
                "areas",
                "refresh",
                "problems",
                "assess",
                "brief",
                "export",
                "contacts",
                "doctor",
                "told",
            }
        )
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_option_of_a_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from dashboard.commands.main import main

    assert main([name, "--help"]) == 0
    offered = set(re.findall(r"^\s+(?:-\w, )?(--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    assert offered - {"--help", "--json"} == set(re.findall(r"--[a-z-]+", readme_rows()[name]))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_examples_that_name_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from dashboard.commands.main import main

    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"python -m dashboard {name}" in shown.partition("Examples:")[2]


def test_every_command_line_in_documents_and_help_is_understood(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line is parsed as it stands; what it would do is cut off."""
    import shlex

    from dashboard.commands import main as commands

    for name in COMMANDS:
        commands.main([name, "--help"])
    shown = everything() + capsys.readouterr().out
    lines = set(re.findall(r"^ *(?:[A-Z_]+=\S+ )*python -m dashboard ((?:\S| \S)+)", shown, re.MULTILINE))
    assert len(lines) > 15
    for line in lines:
        arguments = shlex.split(line)
        command = next(one for one in app.registered_commands if (one.name or one.callback.__name__) == arguments[0])  # type: ignore[union-attr] # every command has its function
        monkeypatch.setattr(command, "callback", _without_body(command.callback))
        assert commands.main(arguments) == 0, line


def _without_body(function: object) -> object:
    import functools

    @functools.wraps(function)  # type: ignore[arg-type] # a command's function
    def accept(**_answers: object) -> int:
        return 0

    return accept


def test_every_make_target_that_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", text(ROOT / "Makefile"), re.MULTILINE))
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", everything(), re.DOTALL))
    named = set(re.findall(r"`make ([a-z]+)", everything())) | set(re.findall(r"^make ([a-z]+)", shell, re.MULTILINE))
    assert {"run", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text(document)):
        if not re.match(r"https?://|mailto:", target):
            file, _, anchor = target.partition("#")
            found = document.parent / file if file else document
            if not found.exists() or (anchor and anchor not in _anchors(found)):
                broken.append(target)
    assert broken == []


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


def test_files_that_the_documents_name_exist() -> None:
    named = set(re.findall(r"`((?:docs|problems|tests|geo|data|dashboard)/[\w./]+\.\w+)`", everything()))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


# -- the glossary --


def test_the_glossary_explains_the_words_of_the_house_once() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text(ROOT / "docs" / "glossary.md"), re.MULTILINE)
    words = [word.strip() for cell, _meaning in rows for word in cell.split(",")]
    assert len(words) == len(set(words))
    wanted = {
        *("report", "distinct incident", "category", "cluster", "hot spot", "refresh", "problem", "match", "footprint"),
        *("action", "SARA stage", "status", "done", "verified", "recurrence", "displacement", "diffusion of benefits"),
        *("catchment", "control area", "beat", "ward", "neighbourhood", "audit line", "briefing", "principal"),
    }
    assert wanted - set(words) == set()


# -- statuses --


def test_the_page_on_statuses_is_written_from_the_table_of_moves() -> None:
    assert text(PAGE) == page(), "run `make docs`"


# -- settings --


def toml_blocks() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", text(ROOT / "docs" / "operations.md"), re.DOTALL)


def test_the_settings_file_of_the_handbook_is_accepted_and_shows_the_defaults(tmp_path: Path) -> None:
    shown, *_others = toml_blocks()
    file = tmp_path / "settings.toml"
    file.write_text(shown, encoding="utf-8")
    settings = read_settings({"FIXPOINT_SETTINGS": str(file)})
    assert settings.detection == DetectionSettings()
    assert settings.priority == PriorityWeights()
    assert (settings.host, settings.port) == ("127.0.0.1", 8501)
    assert settings.base_map is not None


def test_the_handbook_names_every_setting_and_every_variable() -> None:
    handbook = text(ROOT / "docs" / "operations.md")
    names = DetectionSettings.__dataclass_fields__
    assert [name for name in names if not re.search(rf"\b{name}\b", handbook)] == []
    variables = {"FIXPOINT_STORE", "FIXPOINT_ZONE", "FIXPOINT_SETTINGS", "FIXPOINT_CONTACT_KEY"}
    assert [name for name in sorted(variables) if name not in handbook] == []
    sources = "\n".join(text(path) for package in ("data", "dashboard") for path in (ROOT / package).rglob("*.py"))
    assert set(re.findall(r"FIXPOINT_[A-Z_]+", sources)) == variables


def test_every_setting_that_the_handbook_names_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    lines = [f"{name} = {getattr(DetectionSettings(), name)}" for name in DetectionSettings.__dataclass_fields__]
    file.write_text("\n".join(["[detection]", *lines]), encoding="utf-8")
    assert read_settings({"FIXPOINT_SETTINGS": str(file)}).detection == DetectionSettings()


def test_the_columns_file_of_the_handbook_is_accepted_and_its_fields_are_all_named(tmp_path: Path) -> None:
    _settings, shown, *_others = toml_blocks()
    file = tmp_path / "columns.toml"
    file.write_text(shown, encoding="utf-8")
    assert read_columns(file).names == tomllib.loads(shown)["columns"]
    handbook = text(ROOT / "docs" / "operations.md")
    assert [name for name in (*FIELDS, *DATE_ORDERS) if f"`{name}`" not in handbook] == []


def test_the_open311_server_of_the_handbook_is_accepted_and_its_settings_are_all_named(tmp_path: Path) -> None:
    (shown,) = (block for block in toml_blocks() if "open311" in block)
    file = tmp_path / "settings.toml"
    file.write_text(shown, encoding="utf-8")
    (server,) = read_settings({"FIXPOINT_SETTINGS": str(file)}).feeds.servers
    assert server.source == "boston"
    handbook = text(ROOT / "docs" / "operations.md")
    named = set(re.findall(r"`(\w+)`", handbook)) | set(tomllib.loads(shown)["open311"]["servers"][0])
    assert [one.name for one in fields(FeedServer) if one.name not in named] == []
    assert f"| {server.page_size}, {server.window_days} |" in handbook
    assert f"| {server.overlap_days} |" in handbook


def test_the_mail_settings_of_the_handbook_are_accepted_and_all_named(tmp_path: Path) -> None:
    told = text(ROOT / "docs" / "mail.md")
    (shown,) = re.findall(r"```toml\n(.*?)```", told, re.DOTALL)
    file = tmp_path / "settings.toml"
    file.write_text(shown, encoding="utf-8")
    mail = read_settings({"FIXPOINT_SETTINGS": str(file)}).mail
    assert mail is not None
    assert len(mail.recipients) == 3
    assert [name for name in MAIL_KEYS if f"`{name}`" not in told] == []


def test_the_figures_in_the_page_on_statistics_are_the_defaults() -> None:
    told = text(ROOT / "docs" / "statistics.md")
    defaults = DetectionSettings()
    for figure in (
        f"last {defaults.window_days} days",
        f"at least {defaults.min_incidents} distinct incidents lie within {defaults.radius_m:g} m",
        f"wider than {defaults.max_width_m:g} m",
        f"at least {defaults.match_min_jaccard:g}",
        f"({defaults.pile_kept_out_reports} or more reports in the window",
        f"and {100 * defaults.pile_kept_out_share:g} % of all",
        f"within {defaults.recurrence_watch_days} days",
    ):
        assert figure in " ".join(told.split()), figure


def test_the_backup_of_the_handbook_makes_a_store_that_opens(tmp_path: Path) -> None:
    import subprocess

    from data.stores import open_store

    (tmp_path / "var").mkdir()
    store = open_store(str(tmp_path / "var" / "fixpoint.db"))
    try:
        with store.writing() as unit:
            unit.set_fact("epsg", "27700")
        script = re.search(r"<<'PYTHON'\n(.*?)\nPYTHON", text(ROOT / "docs" / "operations.md"), re.DOTALL)
        assert script
        done = subprocess.run(
            [sys.executable, "-c", script[1]], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout == "ok\n"
    finally:
        store.close()
    restored = open_store(str(tmp_path / "fixpoint-backup.db"))
    assert restored.fact("epsg") == "27700"
    restored.close()


# -- decisions and changes --


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04d}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_the_headings_of_the_others(path: Path) -> None:
    assert re.match(rf"# {path.name[:4]} \S", text(path))
    assert re.search(r"^Status: (proposed|accepted|superseded by \d{4}), \d{4}-\d{2}-\d{2}$", text(path), re.MULTILINE)
    headings = re.findall(r"^##+ (.+)$", text(path), re.MULTILINE)
    assert headings[:4] == ["Context and problem statement", "Considered options", "Decision outcome", "Consequences"]


def test_the_changelog_keeps_its_format() -> None:
    changes = text(ROOT / "CHANGELOG.md")
    assert changes.startswith("# Changelog\n")
    versions = re.findall(r"^## (.+)$", changes, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", version) for version in versions[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", changes, re.MULTILINE)) <= kinds
