"""What kind of file this is, before any of it is believed: bytes, compression, encoding.

One pass over the whole file settles everything that must be known before the first row is kept:
that a compressed file is complete, which encoding really fits every byte, and the fingerprint.
"""

import codecs
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from data.reading.archives import Packed, look_into, open_member
from data.reading.formats import GZIP_MAGIC, READABLE, ZIP_MAGIC, Kind, asked_for, kind_of, utf16_of
from data.reading.gzips import Expanded
from problems.errors import InputRefused
from problems.progress import Progress, silent

__all__ = ["READABLE", "FileFacts", "asked_for", "inspect", "open_bytes"]

_CHUNK_BYTES = 1 << 20
MAX_LINE_CHARACTERS = 4_000_000
_BUFFER_BYTES = 1 << 18
#: A table of reports shrinks 5 to 30 times; what expands more than this is made to fill memory and discs.
_MAX_EXPANSION = 200
_EXPANSION_CHECKED_FROM_BYTES = 64 << 20
#: Bytes that cp1252 leaves undefined.
_NOT_CP1252 = b"\x81\x8d\x8f\x90\x9d"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the first pass over a file found. ``size_bytes`` is as stored, ``text_bytes`` expanded.

    ``encoding`` is empty for formats that are not text or that tell it themselves. ``members`` are
    the parts of a zip file that make the table.
    """

    path: Path
    sha256: str
    size_bytes: int
    text_bytes: int
    compressed: bool
    encoding: str
    note: str = ""
    kind: Kind = Kind.DELIMITED
    members: tuple[str, ...] = ()


def inspect(path: Path, *, progress: Progress = silent) -> FileFacts:
    """Read the whole file once and settle its format, compression, encoding and SHA-256.

    Raises
    ------
    InputRefused
        When there is no such file, it is a folder or device, empty, of another format, cut off,
        expands without end, or its bytes fit no encoding.
    """
    _check_path(path)
    try:
        packed = look_into(path) if _first_bytes(path).startswith(ZIP_MAGIC) else None
        if packed is not None and not (len(packed.members) == 1 and packed.kind.is_text):
            return _whole(path, packed)
        return _inspect(path, packed, progress)
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


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(4)


def _whole(path: Path, packed: Packed) -> FileFacts:
    """Return what is known of a zip file that is no text; its reader counts what it expands to."""
    size_bytes = path.stat().st_size
    return FileFacts(
        path,
        _sha256(path),
        size_bytes,
        size_bytes,
        compressed=bool(packed.members),
        encoding="",
        kind=packed.kind,
        members=packed.members,
    )


def _inspect(path: Path, packed: Packed | None, progress: Progress) -> FileFacts:
    size_bytes = path.stat().st_size
    with open_bytes(path) as (stream, raw):
        head = stream.read(_CHUNK_BYTES)
        compressed = stream is not raw
        if not head.strip(b"\xef\xbb\xbf \t\r\n\0") and len(head) < _CHUNK_BYTES:
            raise InputRefused(asked_for(path), "The file is empty.", "Export it again.")
        if packed is None and head.startswith(ZIP_MAGIC):
            raise InputRefused(
                asked_for(path), "It holds another packed file.", "Unpack it and import the table inside."
            )
        kind = packed.kind if packed else kind_of(path, head)
        check = _EncodingCheck(path, head) if kind.is_text else _Count()
        chunk, longest = head, _LineCheck(path)
        while chunk:
            check.feed(chunk)
            if kind is Kind.DELIMITED:
                longest.feed(chunk)
            _refuse_bomb(path, check.text_bytes, size_bytes, compressed=compressed)
            progress("Checking the file", 0.2 * min(1.0, raw.tell() / size_bytes))
            chunk = stream.read(_CHUNK_BYTES)
    encoding, note = check.finish()
    return FileFacts(
        path,
        _sha256(path),
        size_bytes,
        check.text_bytes,
        compressed,
        encoding,
        note,
        kind,
        packed.members if packed else (),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def open_bytes(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Open a file, expanded if it is compressed: (the bytes to read, the file as stored).

    Both are the same object for a plain file. A zip file is expanded where it holds one table.
    The position of the second says how far the reading is. Raises :class:`InputRefused` from inside
    the block when a compressed file is damaged.
    """
    magic = _first_bytes(path)
    if magic == ZIP_MAGIC:
        packed = look_into(path)
        if len(packed.members) == 1:
            with open_member(path, packed.members[0]) as opened:
                yield opened
            return
    with path.open("rb") as raw:
        if not magic.startswith(GZIP_MAGIC):
            yield raw, raw
            return
        try:
            yield cast("BinaryIO", io.BufferedReader(Expanded(path, raw), _BUFFER_BYTES)), raw
        except (EOFError, zlib.error) as error:
            raise InputRefused(
                asked_for(path),
                "The compressed file is cut off or damaged.",
                "Copy or download it again; nothing of it was kept.",
            ) from error


def _io_refusal(path: Path, error: OSError) -> InputRefused:
    return InputRefused(
        asked_for(path), f"{error.strerror or 'It could not be opened'}.", "Check the file and its rights."
    )


def _refuse_bomb(path: Path, text_bytes: int, size_bytes: int, *, compressed: bool) -> None:
    if compressed and text_bytes > _EXPANSION_CHECKED_FROM_BYTES and text_bytes > _MAX_EXPANSION * size_bytes:
        raise InputRefused(
            asked_for(path),
            f"It expands to more than {_MAX_EXPANSION} times its size, which no table of reports does.",
            "Expand it yourself and import the table.",
        )


class _LineCheck:
    """Refuses a line that is longer than any of a table, as soon as it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = 0

    def feed(self, chunk: bytes) -> None:
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._length = len(chunk) - last - 1 if last >= 0 else self._length + len(chunk)
        # A letter has four bytes at most; the exact limit is kept where the lines are cut.
        if self._length > 4 * MAX_LINE_CHARACTERS:
            raise InputRefused(
                asked_for(self._path),
                f"One of its lines is longer than {MAX_LINE_CHARACTERS:,} characters.",
                "A table has one report per line: export it again.",
            )


class _Count:
    """Counts the bytes of a file whose format tells its encoding itself."""

    def __init__(self) -> None:
        self.text_bytes = 0

    def feed(self, chunk: bytes) -> None:
        self.text_bytes += len(chunk)

    def finish(self) -> tuple[str, str]:
        return "", ""


class _EncodingCheck(_Count):
    """Finds the one encoding that fits every byte of a file, fed chunk by chunk."""

    def __init__(self, path: Path, head: bytes) -> None:
        super().__init__()
        self.path = path
        self._wide = utf16_of(head)
        self._marked = head.startswith(codecs.BOM_UTF8)
        self._decoder = codecs.getincrementaldecoder(self._wide or "utf-8")()
        #: Nothing but ASCII so far, which reads the same in every encoding but the wide ones.
        self._plain = not self._wide
        self._line = 1
        self._misfit_line = 0
        self._saw_utf8 = False
        self._fits_cp1252 = True

    def feed(self, chunk: bytes) -> None:
        super().feed(chunk)
        if self._plain and chunk.isascii():
            self._line += chunk.count(b"\n")
            return
        self._plain = False
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
