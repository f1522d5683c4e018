"""The rules of the house that a machine can check: layout, sizes, names, reasons, forbidden sinks."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("geo", "problems", "data", "dashboard")
LONGEST_MODULE = 450
LONGEST_FUNCTION = 60
LARGEST_FILE_KIB = 1024

SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").glob("*.py"))
EVERY_PYTHON_FILE = [*SOURCES, *TESTS, *sorted((ROOT / "benchmarks").glob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    assert git, "git is needed to know which files are kept"
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def every_function() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in EVERY_PYTHON_FILE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


# -- layout --


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in EVERY_PYTHON_FILE}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name_of(path)}:{node.name}": length
        for path, node in every_function()
        if (length := _lines_of_code(node)) > LONGEST_FUNCTION
    }
    assert long == {}


def _lines_of_code(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function without its docstring: telling more must not be punished."""
    documented = ast.get_docstring(node) is not None
    first = node.body[1] if documented and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or first.lineno) - first.lineno + 1


def test_no_folder_is_deeper_than_two() -> None:
    assert [name_of(path) for path in SOURCES if len(path.relative_to(ROOT).parts) > 3] == []


def test_tests_are_flat_and_named_for_what_they_test() -> None:
    assert [path.name for path in (ROOT / "tests").rglob("*.py") if path.parent != ROOT / "tests"] == []
    assert not (ROOT / "tests" / "__init__.py").exists()
    allowed = re.compile(r"test_(geo|problems|data|dashboard|browser)_\w+\.py|test_(house|docs|smoke)\.py")
    assert [path.name for path in TESTS if path.name.startswith("test_") and not allowed.fullmatch(path.name)] == []


def test_no_module_of_the_dashboard_hides_a_package() -> None:
    """``streamlit run`` puts dashboard/ on the path: dashboard/data.py would be imported as ``data``."""
    hidden = {*PACKAGES, "tests", *sys.stdlib_module_names}
    inside = {path.stem if path.is_file() else path.name for path in (ROOT / "dashboard").iterdir()}
    assert inside & hidden == set()


def test_names_say_what_a_thing_is() -> None:
    vague = {"data", "item", "items", "handler", "manager", "helper", "helpers", "utils", "util", "process", "info"}
    modules = [name_of(path) for path in EVERY_PYTHON_FILE if set(path.stem.split("_")) & (vague - {"data"})]
    assert modules == []
    assert [f"{name_of(path)}:{name}" for path in SOURCES for name in _names_bound_in(path) if name in vague] == []


def _names_bound_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name.casefold().strip("_")


# -- reasons --


def test_every_exception_to_a_rule_carries_its_reason() -> None:
    bare = re.compile(
        r"#\s*(?:noqa(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(?:\[[^\]]*\])?)\s*(?P<why>.*)$"
    )
    missing = []
    for path in EVERY_PYTHON_FILE:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = bare.search(line)
            if found and path != Path(__file__) and len(found["why"].strip(" -–—#")) < 4:
                missing.append(f"{name_of(path)}:{number}: {line.strip()}")
    assert missing == []


def test_every_skip_and_expected_failure_carries_its_reason() -> None:
    unexplained = []
    for path in TESTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"skip", "skipif", "xfail"}:
                words = [*node.args, *(key.value for key in node.keywords if key.arg in {"reason", "msg"})]
                if not any(isinstance(word, ast.Constant | ast.JoinedStr | ast.Name) for word in words):
                    unexplained.append(f"{name_of(path)}:{node.lineno}")
            if isinstance(node, ast.Attribute) and ast.unparse(node) in {"pytest.mark.skip", "pytest.mark.xfail"}:
                called = any(
                    isinstance(call, ast.Call) and call.func is node
                    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                )
                source = path.read_text(encoding="utf-8").splitlines()[node.lineno - 1]
                if not called and "(" not in source:
                    unexplained.append(f"{name_of(path)}:{node.lineno}")
    assert unexplained == []


def test_nothing_is_left_unfinished_in_the_code() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError(?:\(\))?$")
    left = [
        f"{name_of(path)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert left == []


def test_tests_wait_for_conditions_and_never_sleep() -> None:
    sleeping = re.compile(r"time\.sleep\(|wait_for_timeout\(")
    found = [name_of(path) for path in TESTS if path != Path(__file__) and sleeping.search(path.read_text("utf-8"))]
    assert found == []


# -- the use cases --


USE_CASES = sorted(path.stem for path in (ROOT / "problems" / "use_cases").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("module_name", USE_CASES)
def test_a_use_case_is_told_the_store_who_asks_the_time_and_the_seed(module_name: str) -> None:
    module = import_module(f"problems.use_cases.{module_name}")
    wrong = {}
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("_") or function.__module__ != module.__name__:
            continue
        first = list(inspect.signature(function).parameters)[:4]
        if "principal" in first and first[:1] == ["store"] and first != ["store", "principal", "clock", "seed"]:
            wrong[name] = first
    assert wrong == {}


def test_the_four_kinds_of_use_case_are_there() -> None:
    assert {"refreshing", "working", "organising", "reviewing", "importing"} <= set(USE_CASES)


def test_rules_never_look_at_a_watch_or_draw_chance() -> None:
    """Time and chance are arguments; the clock of a running installation is in one place."""
    forbidden = re.compile(r"datetime\.now\(|datetime\.today\(|date\.today\(|utcnow\(|time\.time\(|random\.random\(")
    found = [
        name_of(path)
        for path in SOURCES
        if path.parts[-2] in {"geo", "problems", "use_cases"} and path.name != "clock.py"
        if forbidden.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


# -- sinks --

#: What would run a stranger's text as HTML or Markdown, or fetch from outside, and who may use it.
SINKS: dict[str, set[str]] = {
    r"unsafe_allow_html\s*=\s*True": set(),
    r"\bst\.write\(": set(),
    r"\bst\.download_button\(": set(),
    r"\bcomponents\.(?:v1\.)?html\(": set(),
    r"\bst\.(?:map|pydeck_chart|plotly_chart)\(": set(),
    r"\bfolium\.(?:map\.)?(?:Popup|Tooltip|Icon|DivIcon)\b": set(),
    r"\b(?:GeoJsonTooltip|GeoJsonPopup)\b": set(),
    r"\bread_file\(": set(),
    r"\bpickle\b": set(),
    r"\beval\(|\bexec\(": set(),
    r"shell\s*=\s*True": set(),
}


@pytest.mark.parametrize("sink", SINKS)
def test_dangerous_sinks_stay_in_their_rooms(sink: str) -> None:
    found = {name_of(path) for path in SOURCES if re.search(sink, _code_of(path))}
    assert found - SINKS[sink] == set()


@cache
def _code_of(path: Path) -> str:
    """Return a module's code without comments and docstrings, which may name what is forbidden."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


@pytest.mark.parametrize("path", [path for path in SOURCES if "st.html(" in path.read_text("utf-8")], ids=name_of)
def test_html_is_drawn_from_finished_markup_only(path: Path) -> None:
    """What is not from the design module, which escapes, must be fixed text or a number in a format."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    finished = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_finished(node.value, set())
        for name in node.targets
        if isinstance(name, ast.Name)
    }
    drawn = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.html"]
    raw = [ast.unparse(call) for call in drawn if not _is_finished(call.args[0], finished)]
    assert raw == ([] if path.name != "markup.py" else ["st.html(markup)"]), "markup.draw() checks the type itself"


def _is_finished(node: ast.expr, finished: set[str]) -> bool:
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id.isupper() or node.id in finished
    if isinstance(node, ast.Call):
        return re.match(r"design\.|map_reading\.|_[a-z]|''\.join\b", ast.unparse(node.func)) is not None
    if isinstance(node, ast.BinOp):
        return _is_finished(node.left, finished) and _is_finished(node.right, finished)
    if isinstance(node, ast.JoinedStr):
        return all(_is_finished(part, finished) for part in node.values)
    # A format such as ":," takes numbers only.
    return isinstance(node, ast.FormattedValue) and (node.format_spec is not None or _is_finished(node.value, finished))


# -- what is tracked --


def test_no_third_party_script_or_large_file_is_kept() -> None:
    script = re.compile(r"\.min\.(js|css)$|(^|/)node_modules/|leaflet[^/]*\.(js|css)$|jquery|bootstrap")
    files = tracked_files()
    assert [name_of(path) for path in files if script.search(name_of(path))] == []
    assert [name_of(path) for path in files if path.stat().st_size > LARGEST_FILE_KIB * 1024] == []


def test_no_path_of_one_machine_and_no_registry_is_named() -> None:
    machine = re.compile(r"(?<![\w./-])/(?:root|home/[a-z]+|Users/[A-Za-z]+|work)/")
    registry = re.compile(r"--(?:extra-)?index[-]url|https?://[^ )\"]*/simpl[e]\b")
    found = []
    for path in tracked_files():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name_of(path)}: {hit[0]}" for hit in (machine.search(text), registry.search(text)) if hit]
    assert found == []


# -- the lock --


def pinned(name: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE
    ):
        versions.setdefault(package, set()).add(version)
    return versions


def test_the_lock_pins_every_dependency_of_the_project_with_hashes() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = pinned("requirements.txt")
    for line in project["project"]["dependencies"]:
        requirement = Requirement(line)
        versions = locked.get(requirement.name, set())
        assert versions, requirement.name
        assert all(requirement.specifier.contains(version) for version in versions), requirement.name
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / "requirements.txt").read_text(encoding="utf-8").strip())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_tests_run_with_the_versions_that_are_installed_for_people() -> None:
    developers = pinned("requirements-dev.txt")
    different = {
        name: developers.get(name)
        for name, versions in pinned("requirements.txt").items()
        if developers.get(name) != versions
    }
    assert different == {}


# -- the checks of `make check` do what they are there for --


def test_the_import_contracts_forbid_what_they_say(tmp_path: Path) -> None:
    """A stray import upwards must be found: a contract that cannot fail protects nothing."""
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "geo" / "stray.py").write_text("import data\n", encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "geo is not allowed to import data" in found.stdout
