"""The uploaded file of one session, kept in a folder of our own while it is being looked at."""

import re
import shutil
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data.run_folder import put_aside

_KEPT: Final = "fx_upload"
_CHUNK: Final = 1 << 20
_MOST_LETTERS: Final = 60
_UNFIT: Final = re.compile(r"[^\w .()&+,-]")


@dataclass(frozen=True)
class Upload:
    """A copy of an upload on disk; ``name`` is what its owner calls it, never a path.

    The copy is removed with the last reference to it: when its session has ended and no job reads it
    any more, at the latest with this process.
    """

    upload_id: str
    name: str
    path: Path


@dataclass(eq=False)
class _Box:
    """What a session keeps; emptied when it ends, because Streamlit remembers ended sessions for a while."""

    upload: Upload | None = None


def _empty(boxes: set[_Box]) -> None:
    for box in boxes:
        box.upload = None


@st.cache_resource(scope="session", on_release=_empty, show_spinner=False)
def _boxes_of_session() -> set[_Box]:
    return set()


def _box() -> _Box:
    box = st.session_state.get(_KEPT)
    if not isinstance(box, _Box):
        box = st.session_state[_KEPT] = _Box()
    return box


def keep(uploaded: UploadedFile | None) -> Upload | None:
    """Return the copy of ``uploaded``, made once; None where nothing is uploaded."""
    box = _box()
    if uploaded is None:
        box.upload = None
        return None
    if box.upload is not None and box.upload.upload_id == uploaded.file_id and box.upload.path.exists():
        return box.upload
    folder = put_aside("upload")
    # What the file is, its content says; it keeps its name only because refusals tell it.
    path = folder / safe_file_name(uploaded.name)
    uploaded.seek(0)
    with path.open("wb") as copy:
        while chunk := uploaded.read(_CHUNK):
            copy.write(chunk)
    box.upload = Upload(uploaded.file_id, uploaded.name, path)
    weakref.finalize(box.upload, shutil.rmtree, folder, ignore_errors=True)
    _boxes_of_session().add(box)
    return box.upload


def safe_file_name(name: str) -> str:
    """Return ``name`` as one that a file can have anywhere and that leads nowhere.

    >>> safe_file_name("../../etc/Süd 2024.csv")
    'Süd 2024.csv'
    """
    last = _UNFIT.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .") or "upload"
    stem, dot, ending = last.rpartition(".")
    return f"{stem[:_MOST_LETTERS]}{dot}{ending[:10]}" if stem else last[:_MOST_LETTERS]


def kept_upload() -> Upload | None:
    """Return the copy that this session has kept, also after the page was left and came back empty."""
    return _box().upload


def forget_upload() -> None:
    """Let go of the copy, and of the file in the field for files."""
    _box().upload = None
