"""What kind of file this is, before any of it is believed: bytes, compression, encoding.

One pass over the whole file settles everything that must be known before the first row is kept:
that a compressed file is complete, which encoding really fits every byte, and the fingerprint.
"""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from problems.errors import InputRefused
from problems.progress import Progress, silent

READABLE = (
    "Fixpoint reads tables with one row per report: CSV, TSV or semicolon-separated text, also compressed as .gz."
)

_CHUNK_BYTES = 1 << 20
_BUFFER_BYTES = 1 << 18
_GZIP_MAGIC = b"\x1f\x8b"
#: A table of reports shrinks 5 to 30 times; what expands more than this is made to fill memory and discs.
_MAX_EXPANSION = 200
_EXPANSION_CHECKED_FROM_BYTES = 64 << 20
#: Bytes that cp1252 leaves undefined.
_NOT_CP1252 = b"\x81\x8d\x8f\x90\x9d"
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1a\x1b")

_SIGNATURES = (
    (b"PK\x03\x04", "a zip file or an Excel workbook"),
    (b"PK\x05\x06", "an empty zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"SQLite format 3\0", "a database or GeoPackage"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"7z\xbc\xaf", "a 7-Zip file"),
    (b"\x28\xb5\x2f\xfd", "a zstandard file"),
)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the first pass over a file found. ``size_bytes`` is as stored, ``text_bytes`` expanded."""

    path: Path
    sha256: str
    size_bytes: int
    text_bytes: int
    compressed: bool
    encoding: str
    note: str = ""


def asked_for(path: Path) -> str:
    """Return the first sentence of every refusal about ``path``."""
    return f"The file {path.name} cannot be read."


def inspect(path: Path, *, progress: Progress = silent) -> FileFacts:
    """Read the whole file once and settle its compression, encoding and SHA-256.

    Raises
    ------
    InputRefused
        When there is no such file, it is a folder or device, empty, of another format, cut off,
        expands without end, or its bytes fit no encoding.
    """
    _check_path(path)
    try:
        return _inspect(path, progress)
    except OSError as error:
        raise _io_refusal(path, error) from error


def _check_path(path: Path) -> None:
    try:
        if path.is_dir():
            raise InputRefused(asked_for(path), "It is a folder.", "Name one file.")
        if not path.exists():
            raise InputRefused(asked_for(path), "There is no such file.", "Check the name and the folder.")
        if not path.is_file():
            raise InputRefused(asked_for(path), "It is a device, not a file.", "Name a file on disc.")
    except (OSError, ValueError) as error:
        raise InputRefused(asked_for(path), "The name is not one that a file can have.", "") from error


def _inspect(path: Path, progress: Progress) -> FileFacts:
    size_bytes = path.stat().st_size
    with open_bytes(path) as (stream, raw):
        head = stream.read(_CHUNK_BYTES)
        compressed = stream is not raw
        if not head.strip(b"\xef\xbb\xbf \t\r\n\0") and len(head) < _CHUNK_BYTES:
            raise InputRefused(asked_for(path), "The file is empty.", "Export it again.")
        _refuse_other_formats(path, head)
        check = _EncodingCheck(path, head)
        chunk = head
        while chunk:
            check.feed(chunk)
            _refuse_bomb(path, check.text_bytes, size_bytes, compressed=compressed)
            progress("Checking the file", 0.2 * min(1.0, raw.tell() / size_bytes))
            chunk = stream.read(_CHUNK_BYTES)
    encoding, note = check.finish()
    return FileFacts(path, _sha256(path), size_bytes, check.text_bytes, compressed, encoding, note)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def open_bytes(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Open a file, expanded if it is compressed: (the bytes to read, the file as stored).

    Both are the same object for a plain file. The position of the second says how far the reading
    is. Raises :class:`InputRefused` from inside the block when a compressed file is damaged.
    """
    with path.open("rb") as raw:
        magic = raw.read(2)
        raw.seek(0)
        if magic != _GZIP_MAGIC:
            yield raw, raw
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as expanded:
            try:
                yield cast("BinaryIO", io.BufferedReader(expanded, _BUFFER_BYTES)), raw
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise InputRefused(
                    asked_for(path),
                    "The compressed file is cut off or damaged.",
                    "Copy or download it again; nothing of it was kept.",
                ) from error


def _io_refusal(path: Path, error: OSError) -> InputRefused:
    return InputRefused(
        asked_for(path), f"{error.strerror or 'It could not be opened'}.", "Check the file and its rights."
    )


def _refuse_other_formats(path: Path, head: bytes) -> None:
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise InputRefused(asked_for(path), f"It is {what}, which cannot be read yet.", READABLE)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64]
    if text.startswith((b"{", b"[{", b"[\n", b"[\r", b"[ ", b"[]")):
        raise InputRefused(asked_for(path), "It is JSON, which cannot be read yet.", READABLE)
    if text.startswith(b"<"):
        raise InputRefused(asked_for(path), "It is XML or a web page, which cannot be read yet.", READABLE)
    if _utf16(head) is None and _looks_binary(head):
        raise InputRefused(asked_for(path), "It is not text.", READABLE)


def _looks_binary(head: bytes) -> bool:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    # A few stray control characters make a faulty row, not another kind of file.
    return controls > len(head) * (0.05 if len(head) < 2_000 else 0.01)


def _utf16(head: bytes) -> str | None:
    """Return the UTF-16 variant of ``head``, by its mark or by the empty half of every letter."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0:4000:2], head[1:4000:2]
    if odd and odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even and even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _refuse_bomb(path: Path, text_bytes: int, size_bytes: int, *, compressed: bool) -> None:
    if compressed and text_bytes > _EXPANSION_CHECKED_FROM_BYTES and text_bytes > _MAX_EXPANSION * size_bytes:
        raise InputRefused(
            asked_for(path),
            f"It expands to more than {_MAX_EXPANSION} times its size, which no table of reports does.",
            "Expand it yourself and import the table.",
        )


class _EncodingCheck:
    """Finds the one encoding that fits every byte of a file, fed chunk by chunk."""

    def __init__(self, path: Path, head: bytes) -> None:
        self.path = path
        self.text_bytes = 0
        self._wide = _utf16(head)
        self._marked = head.startswith(codecs.BOM_UTF8)
        self._decoder = codecs.getincrementaldecoder(self._wide or "utf-8")()
        self._line = 1
        self._misfit_line = 0
        self._saw_utf8 = False
        self._fits_cp1252 = True

    def feed(self, chunk: bytes) -> None:
        self.text_bytes += len(chunk)
        if self._fits_cp1252 and len(chunk.translate(None, _NOT_CP1252)) != len(chunk):
            self._fits_cp1252 = False
        if not self._misfit_line:
            self._decode(chunk, final=False)

    def _decode(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._saw_utf8 |= not self._decoder.decode(chunk, final).isascii()
            self._line += chunk.count(b"\n")
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            self._misfit_line = self._line + good.count(b"\n")
            self._saw_utf8 |= not good.isascii()

    def finish(self) -> tuple[str, str]:
        if not self._misfit_line:
            self._decode(b"", final=True)
        if not self._misfit_line:
            return (self._wide, "") if self._wide else ("utf-8-sig", "")
        if self._wide or self._marked:
            named = "UTF-16" if self._wide else "UTF-8"
            raise self._refusal(f"It says it is {named}, but the text of line {self._misfit_line} is not.")
        if self._saw_utf8:
            raise self._refusal(
                f"It mixes encodings: most of it is UTF-8, but the text of line {self._misfit_line} is not."
            )
        if not self._fits_cp1252:
            raise self._refusal(
                f"The letters of line {self._misfit_line} fit no encoding (UTF-8, UTF-16, Windows-1252)."
            )
        return "cp1252", (
            f"The file is not UTF-8 (first seen in line {self._misfit_line}); it was read as Windows-1252. "
            "Look at the accents and signs in the preview."
        )

    def _refusal(self, why: str) -> InputRefused:
        return InputRefused(asked_for(self.path), why, "Export it again, or save it as CSV UTF-8.")
