"""What a file is, by its first bytes: the name of a file is never trusted."""

import codecs
import re
from enum import StrEnum
from pathlib import Path

from problems.errors import InputRefused

READABLE = (
    "Fixpoint reads tables with one row per report: CSV, TSV or semicolon-separated text, Excel and OpenDocument"
    " workbooks, JSON, JSON lines, GeoJSON, Open311 XML, GeoPackage, Parquet, and a Shapefile in a zip;"
    " also compressed as .gz or as a .zip with one table."
)
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
#: Bytes of a file's beginning that are enough to know what it is.
HEAD_BYTES = 1 << 16

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1a\x1b")
_REFUSED = (
    (b"PK\x05\x06", "It is an empty zip file."),
    (b"%PDF", "It is a PDF document."),
    (b"\x89PNG", "It is a picture."),
    (b"\xff\xd8\xff", "It is a picture."),
    (b"GIF8", "It is a picture."),
    (b"II*\0", "It is a picture."),
    (b"MM\0*", "It is a picture."),
    (b"\x7fELF", "It is a program."),
    (b"MZ\x90", "It is a program."),
    (b"\xcf\xfa\xed\xfe", "It is a program."),
    (b"BZh", "It is a bzip2 file, which cannot be read."),
    (b"\xfd7zXZ", "It is an xz file, which cannot be read."),
    (b"7z\xbc\xaf", "It is a 7-Zip file, which cannot be read."),
    (b"Rar!", "It is a RAR file, which cannot be read."),
    (b"\x28\xb5\x2f\xfd", "It is a zstandard file, which cannot be read."),
)
_SHAPE_MAGIC = b"\x00\x00\x27\x0a"
_TAG = re.compile(r"<(?:[?!/]|[^\W\d][\w:.-]*(?:[\s/>]|\Z))")
_TAG_AS_NAME = re.compile(r"<[^<>]*>[^<>,;|\t]*[,;|\t]")
_JSON_ARRAY = tuple(f"[{after}" for after in '{[]\n\r\t "')


class Kind(StrEnum):
    """A family of formats that one reader reads."""

    DELIMITED = "delimited text"
    JSON = "json"
    XML = "xml"
    WORKBOOK = "workbook"
    GEOPACKAGE = "geopackage"
    SHAPEFILE = "shapefile"
    PARQUET = "parquet"

    @property
    def is_text(self) -> bool:
        """Whether the encoding of the file must be found out; XML tells its own."""
        return self in {Kind.DELIMITED, Kind.JSON}


def asked_for(path: Path) -> str:
    """Return the first sentence of every refusal about ``path``."""
    return f"The file {path.name} cannot be read."


def kind_of(path: Path, head: bytes) -> Kind:
    """Tell what a file is from its first bytes, already expanded; a zip file is not decided here.

    Raises
    ------
    InputRefused
        For pictures, programs, documents, web pages and whatever else is no table.
    """
    if head.startswith(b"SQLite format 3\0"):
        return Kind.GEOPACKAGE
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Kind.WORKBOOK
    _refuse_signatures(path, head)
    wide = utf16_of(head)
    text = head[:4_000].decode(wide or "utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith("{") or text.startswith(_JSON_ARRAY) or text == "[":
        return Kind.JSON
    if text.startswith("<") and not _is_column_name(text):
        return _kind_of_markup(path, text)
    if wide is None and _looks_binary(head):
        raise InputRefused(asked_for(path), "It is not text.", READABLE)
    return Kind.DELIMITED


def _refuse_signatures(path: Path, head: bytes) -> None:
    for signature, what in _REFUSED:
        if head.startswith(signature):
            raise InputRefused(asked_for(path), what, READABLE)
    if head.startswith(_SHAPE_MAGIC):
        raise InputRefused(
            asked_for(path),
            "It is one part of a Shapefile, and the others are missing.",
            "Zip it together with its .dbf, .shx and .prj, and choose the zip.",
        )
    if head[:1] == b"\x03" and 0 < head[2] <= 12 and 0 < head[3] <= 31 and _looks_binary(head):
        raise InputRefused(
            asked_for(path),
            "It is a dBase table, such as one part of a Shapefile; it is not text.",
            "Zip a Shapefile with all its parts, or save the table as CSV.",
        )


def _kind_of_markup(path: Path, text: str) -> Kind:
    start = text.casefold()
    if start.startswith(("<!doctype html", "<html")) or "<html" in start[:2_000]:
        raise InputRefused(
            asked_for(path), "It is a web page, not a table: perhaps the message of a failed download.", READABLE
        )
    return Kind.XML


def _is_column_name(text: str) -> bool:
    """Tell whether a text that begins with "<" is a table whose first column is called so, such as “<5 days”."""
    line = text.partition("\n")[0]
    if not _TAG.match(line) or _TAG_AS_NAME.match(line):
        return True
    return ">" not in line and "=" not in line and any(delimiter in line for delimiter in ",;|\t")


def _looks_binary(head: bytes) -> bool:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    # A few stray control characters make a faulty row, not another kind of file.
    return controls > len(head) * (0.05 if len(head) < 2_000 else 0.01)


def utf16_of(head: bytes) -> str | None:
    """Return the UTF-16 variant of ``head``, by its mark or by the empty half of every letter."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0:4000:2], head[1:4000:2]
    if odd and odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even and even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None
