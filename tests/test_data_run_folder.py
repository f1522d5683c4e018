"""What is put aside lies in one folder of this process, goes with it, and never outlives it for long."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import run_folder

ROOT = Path(__file__).resolve().parent.parent
#: Puts something aside, says where, and waits.
WAITS = """
import sys
from data.run_folder import put_aside
(put_aside("upload") / "names.csv").write_text("x")
print(put_aside("upload").parent, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def folder_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    run_folder.remove_own()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    run_folder.remove_own()


def _other() -> tuple["subprocess.Popen[str]", Path]:
    other = subprocess.Popen(
        [sys.executable, "-c", WAITS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    return other, Path(other.stdout.readline().strip())


def _end(other: "subprocess.Popen[str]") -> None:
    other.kill()
    other.communicate()


def test_the_folder_is_private_and_goes_with_its_process(tmp_path: Path) -> None:
    aside = run_folder.put_aside("upload")
    assert aside.parent == run_folder.run_folder()
    assert stat.S_IMODE(aside.parent.stat().st_mode) == 0o700
    run_folder.remove_own()
    assert list(tmp_path.iterdir()) == []
    other, folder = _other()
    assert (folder.parent, folder.is_dir()) == (tmp_path, True)
    other.communicate("")
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_what_a_killed_process_left_is_removed_and_nothing_of_a_living_one(tmp_path: Path) -> None:
    mine = run_folder.run_folder()
    killed, left = _other()
    living, used = _other()
    try:
        assert run_folder.sweep() == 0
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        assert left.exists()
        assert run_folder.sweep() == 1
        assert (left.exists(), used.exists(), mine.exists()) == (False, True, True)
    finally:
        _end(killed)
        _end(living)


def test_folders_of_earlier_versions_go_after_a_day_and_others_stay(tmp_path: Path) -> None:
    names = ("fixpoint-upload-abc", "fixpoint-reading-def", "fixpoint-upload-new", "fixpoint-notes", "other")
    for name in names:
        (tmp_path / name).mkdir()
        if not name.endswith("new"):
            long_ago = time.time() - 2 * 24 * 3_600
            os.utime(tmp_path / name, (long_ago, long_ago))
    assert run_folder.sweep() == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fixpoint-notes", "fixpoint-upload-new", "other"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such links for everybody")
def test_a_link_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "fixpoint-run-999999999-abc").symlink_to(tmp_path / "mine")
    assert run_folder.sweep() == 0
    assert (tmp_path / "mine").is_dir()
