"""An uploaded file is kept while its session looks at it, and not a moment longer."""

import gc
from pathlib import Path

import pytest
import streamlit as st
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from dashboard import app
from dashboard.parts import upload as uploads
from data import run_folder
from tests.loops import run_apart


def _uploaded(name: str, content: bytes = b"a,b\n1,2\n") -> UploadedFile:
    return UploadedFile(UploadedFileRec("one", name, "text/csv", content), FileURLs())


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> set[uploads._Box]:
    """Return what is emptied when the session ends."""
    boxes: set[uploads._Box] = set()
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(uploads, "_boxes_of_session", lambda: boxes)
    return boxes


def test_the_copy_goes_when_the_session_ends_and_comes_back_with_it(session: set[uploads._Box]) -> None:
    kept = uploads.keep(_uploaded("a.csv"))
    assert kept is not None
    assert kept == uploads.kept_upload()
    path = kept.path
    assert path.read_bytes() == b"a,b\n1,2\n"
    del kept
    uploads._empty(session)
    gc.collect()
    assert not path.parent.exists()
    again = uploads.keep(_uploaded("a.csv"))
    assert again is not None
    assert again.path.exists()


def test_a_job_that_reads_the_copy_keeps_it_after_the_session(session: set[uploads._Box]) -> None:
    read_by_a_job = uploads.keep(_uploaded("a.csv"))
    uploads._empty(session)
    gc.collect()
    assert read_by_a_job is not None
    assert read_by_a_job.path.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Süd 2024.csv", "Süd 2024.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.csv", "a.csv"),
        ("<b>.csv", "_b_.csv"),
        ("..", "upload"),
        ("", "upload"),
        ("a\0\n.csv", "a__.csv"),
        ("x" * 300 + ".geojson", "x" * 60 + ".geojson"),
    ],
)
def test_refusals_name_the_file_as_its_owner_does_and_it_leads_nowhere(
    session: set[uploads._Box], name: str, kept: str
) -> None:
    copy = uploads.keep(_uploaded(name))
    assert copy is not None
    assert (copy.path.name, copy.name) == (kept, name)
    assert copy.path.parent.parent == run_folder.run_folder()


def test_a_server_that_stops_leaves_nothing_behind(session: set[uploads._Box], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "warm", lambda: None)

    async def served() -> None:
        async with app._lifespan(app.app):
            kept = uploads.keep(_uploaded("a.csv"))
            assert kept is not None
            assert kept.path.exists()
            folders.append(run_folder.run_folder())

    folders: list[Path] = []
    run_apart(served())
    assert not folders[0].exists()
