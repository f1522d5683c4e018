"""Installed as people install it: a fresh environment, the locked list, no development dependency."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").casefold() in {"1", "true", "yes"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the locked list into a fresh environment and return its Python."""
    folder = tmp_path_factory.mktemp("installed")
    uv = [sys.executable, "-m", "uv"]
    python = folder / "env" / "bin" / "python"
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder / "env")], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r"]
    done = subprocess.run([*install, str(ROOT / "requirements.txt")], capture_output=True, text=True, check=False)
    if done.returncode and "hash" in done.stderr.casefold():
        pytest.fail(done.stderr)
    if done.returncode:
        message = f"the packages could not be fetched: {done.stderr.strip()[-300:]}"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    return python


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what runs, and nothing that only the tests need."""
    folder = tmp_path_factory.mktemp("checkout")
    for package in ("geo", "problems", "data", "dashboard"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", folder)
    return folder


def run(python: Path, checkout: Path, store: Path, *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [str(python), "-W", "error::DeprecationWarning:dashboard", "-m", "dashboard", *arguments, "--json"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "HOME": str(store.parent), "FIXPOINT_STORE": str(store)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert isinstance(told, dict)
    return told


def test_it_runs_without_development_dependencies(installed: Path, checkout: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports.csv"
    rows = [f"R-{day},Graffiti,2025-03-{day:02d},{53.48 + day * 1e-5},-2.24" for day in range(1, 11)]
    reports.write_text("\n".join(["id,category,reported_at,latitude,longitude", *rows]), encoding="utf-8")
    store = tmp_path / "fixpoint.db"
    assert run(installed, checkout, store, "import", str(reports))["accepted"] == 10
    assert run(installed, checkout, store, "refresh")["hot_spots"] == 1
    assert run(installed, checkout, store, "export", "problems", "--out", str(tmp_path / "p.csv"))["written"] == 1
    assert run(installed, checkout, store, "doctor")["ok"] is True


def test_every_module_imports_without_development_dependencies(installed: Path, checkout: Path) -> None:
    """Tests would not notice an import of pytest or scikit-learn in a module that people run."""
    modules = [
        ".".join(path.relative_to(checkout).with_suffix("").parts)
        for package in ("geo", "problems", "data", "dashboard")
        for path in sorted((checkout / package).rglob("*.py"))
        if "migrations" not in path.parts and path.stem not in {"__init__", "__main__", "app"}
    ]
    script = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nimport dashboard.app"
    done = subprocess.run(
        [str(installed), "-c", script, *modules], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
