"""The uploaded file of one session, kept under a name of our own while it is being looked at."""

import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

_KEPT: Final = "fx_upload"
_CHUNK: Final = 1 << 20
_ENDINGS: Final = frozenset({
    ".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".geojson", ".xml", ".gpkg",
    ".parquet",
})  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """A copy of an upload on disk; ``name`` is what its owner calls it, never a path.

    The copy is removed with the last reference to it, at the latest with the session.
    """

    upload_id: str
    name: str
    path: Path


def keep(uploaded: UploadedFile | None) -> Upload | None:
    """Return the copy of ``uploaded``, made once; None where nothing is uploaded."""
    kept = st.session_state.get(_KEPT)
    if uploaded is None:
        st.session_state.pop(_KEPT, None)
        return None
    if isinstance(kept, Upload) and kept.upload_id == uploaded.file_id:
        return kept
    folder = Path(tempfile.mkdtemp(prefix="fixpoint-upload-"))
    # The content says what the file is; the ending is kept only because refusals name the file.
    ending = Path(uploaded.name).suffix.casefold()
    path = folder / (f"upload{ending}" if ending in _ENDINGS else "upload")
    uploaded.seek(0)
    with path.open("wb") as copy:
        while chunk := uploaded.read(_CHUNK):
            copy.write(chunk)
    upload = Upload(uploaded.file_id, uploaded.name, path)
    weakref.finalize(upload, shutil.rmtree, folder, ignore_errors=True)
    st.session_state[_KEPT] = upload
    return upload


def kept_upload() -> Upload | None:
    """Return the copy that this session has kept, also after the page was left and came back empty."""
    kept = st.session_state.get(_KEPT)
    return kept if isinstance(kept, Upload) else None


def forget_upload() -> None:
    """Let go of the copy, and of the file in the field for files."""
    st.session_state.pop(_KEPT, None)
