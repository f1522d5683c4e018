"""Zip files: which one table is inside, read with counted bytes and never unpacked by its own names.

A workbook (.xlsx, .ods) is a zip file too. Sizes that the directory of a zip declares are checked,
but not believed: what is read is counted.
"""

import io
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from data.reading.formats import HEAD_BYTES, READABLE, Kind, asked_for, kind_of
from problems.errors import InputRefused

#: What expands more than this is made to fill memory and discs: tables and workbooks shrink 5 to 50 times.
MAX_EXPANSION = 100
_EXPANSION_CHECKED_FROM_BYTES = 16 << 20
_MAX_WORKBOOK_BYTES = 1 << 30
_MAX_DIRECTORY_BYTES = 2 << 20
_BUFFER_BYTES = 1 << 18
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError)

_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".ods")
_TABLES = (
    ".csv", ".tsv", ".tab", ".psv", ".json", ".jsonl", ".ndjson", ".geojson", ".xml", ".xls", ".gpkg", ".parquet",
    ".geoparquet", *_WORKBOOKS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packed:
    """What a zip file holds: a workbook (the zip itself), one table, or the parts of one Shapefile."""

    kind: Kind
    #: Names inside of the zip; empty for a workbook, whose zip is read as a whole.
    members: tuple[str, ...] = ()


class _ShortReads(io.FileIO):
    """A file that refuses to be read into memory at once: a directory may claim to be gigabytes long."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = os.fstat(self.fileno()).st_size - self.tell() if size is None or size < 0 else size
        if wanted > _MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("a directory larger than any that holds a table")
        return super().read(size) or b""


@contextmanager
def open_zip(path: Path) -> Iterator[tuple[zipfile.ZipFile, BinaryIO]]:
    """Open a zip file: (the zip, the file as stored). Damage found inside of the block is refused in words."""
    try:
        with _ShortReads(path, "r") as raw, zipfile.ZipFile(cast("BinaryIO", raw)) as opened:
            yield opened, cast("BinaryIO", raw)
    except _DAMAGED as error:
        raise InputRefused(
            asked_for(path),
            "The zip file is cut off, damaged or packed in a way that is not known.",
            "Copy or download it again, or unpack it yourself; nothing of it was kept.",
        ) from error


def look_into(path: Path) -> Packed:
    """Find the one table that a zip file holds.

    Raises
    ------
    InputRefused
        Where it holds none or several, is protected, is damaged, or is made to expand without end.
    """
    with open_zip(path) as (opened, _raw):
        members = [member for member in opened.infolist() if not _is_by_the_way(member)]
        _refuse_unfit(path, members)
        names = [member.filename for member in members]
        if "[Content_Types].xml" in names or "mimetype" in names:
            return Packed(_office_kind(path, opened, names))
        shapes = [name for name in names if _ending(name) == ".shp"]
        # Map programs write a description beside each Shapefile.
        beside = tuple(f"{shape}.xml".casefold() for shape in shapes)
        tables = [name for name in names if _ending(name) in _TABLES and name.casefold() not in beside] + shapes
        tables = tables or [name for name in names if _ending(name) == ".txt"] or names
        if len(tables) != 1:
            raise _no_single_table(path, tables)
        if shapes:
            return Packed(Kind.SHAPEFILE, _parts_of(path, shapes[0], names))
        return Packed(_kind_of_member(path, opened, tables[0]), (tables[0],))


def _is_by_the_way(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member was put there by an operating system."""
    place = PurePosixPath(member.filename)
    return member.is_dir() or "__MACOSX" in place.parts or place.name in {".DS_Store", "Thumbs.db", "desktop.ini"}


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.casefold()


def _refuse_unfit(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise InputRefused(asked_for(path), "The zip file is protected by a password.", "Save it without a password.")
    for member in members:
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
            raise InputRefused(
                asked_for(path), "The zip file holds a name that leads out of its folder.", "Pack the table again."
            )
    expanded = sum(member.file_size for member in members)
    refuse_expansion(path, expanded, path.stat().st_size)


def refuse_expansion(path: Path, expanded_bytes: int, stored_bytes: int, most: int = MAX_EXPANSION) -> None:
    """Refuse what grows more than ``most`` times when it is expanded."""
    if expanded_bytes > _EXPANSION_CHECKED_FROM_BYTES and expanded_bytes > most * stored_bytes:
        raise InputRefused(
            asked_for(path),
            f"It expands to more than {most} times its size, which no table of reports does.",
            "Expand it yourself and import the table.",
        )


def _office_kind(path: Path, opened: zipfile.ZipFile, names: Sequence[str]) -> Kind:
    if any(name.startswith("xl/") for name in names):
        return Kind.WORKBOOK
    if "mimetype" in names:
        with opened.open("mimetype") as stream:
            if stream.read(100).startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
                return Kind.WORKBOOK
    raise InputRefused(asked_for(path), "It is a document of an office program, but not a workbook.", READABLE)


def _no_single_table(path: Path, tables: Sequence[str]) -> InputRefused:
    if not tables:
        return InputRefused(asked_for(path), "The zip file is empty.", READABLE)
    listed = ", ".join(f"“{PurePosixPath(name).name[:60]}”" for name in sorted(tables)[:12])
    return InputRefused(
        asked_for(path),
        f"The zip file holds {len(tables)} files that may be tables: {listed}{' …' if len(tables) > 12 else ''}.",
        "Unpack it and import them one by one.",
    )


def _parts_of(path: Path, shape: str, names: Sequence[str]) -> tuple[str, ...]:
    stem = shape[: -len(".shp")].casefold()
    parts = {_ending(name): name for name in names if name[: -len(_ending(name)) or None].casefold() == stem}
    missing = [part for part in (".shx", ".dbf") if part not in parts]
    if missing:
        raise InputRefused(
            asked_for(path),
            f"The Shapefile in it has no {' and no '.join(missing)}.",
            "Zip the .shp together with its .dbf, .shx and .prj.",
        )
    return tuple(parts[part] for part in _SHAPE_PARTS if part in parts)


def _kind_of_member(path: Path, opened: zipfile.ZipFile, name: str) -> Kind:
    with opened.open(name) as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        if head.startswith(b"PK") and _ending(name) in _WORKBOOKS:
            return Kind.WORKBOOK
        raise InputRefused(
            asked_for(path), "The zip file holds another packed file.", "Unpack it and import the table inside."
        )
    if not head:
        raise InputRefused(asked_for(path), "The file is empty.", "Export it again.")
    return kind_of(path, head)


@contextmanager
def open_member(path: Path, name: str) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Open one member of a zip file: (its bytes expanded, the zip as stored)."""
    with open_zip(path) as (opened, raw), opened.open(name) as stream:
        yield cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", stream), _BUFFER_BYTES)), raw


def repack(path: Path, told_of: Path, target: Path) -> None:
    """Write the workbook ``path`` to ``target``, member by member, each read to its counted end.

    A reader of workbooks believes the sizes in the directory; in the copy they are true.
    Refusals name ``told_of``.
    """
    total = 0
    stored = path.stat().st_size
    with open_zip(path) as (opened, _raw), zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        members = [member for member in opened.infolist() if not member.is_dir()]
        _refuse_unfit(told_of, members)
        for name in dict.fromkeys(member.filename for member in members):
            with opened.open(name) as stream, copy.open(zipfile.ZipInfo(name), "w", force_zip64=True) as kept:
                while chunk := stream.read(1 << 20):
                    total += len(chunk)
                    refuse_expansion(told_of, total, stored)
                    if total > _MAX_WORKBOOK_BYTES:
                        raise InputRefused(
                            asked_for(told_of), "It is too large for a workbook.", "Save the sheet as CSV."
                        )
                    kept.write(chunk)
