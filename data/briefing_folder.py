"""The briefings of all areas as files: a folder or one archive, with a list of what is in it."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from data.briefing_files import renderer_for
from data.briefing_pages.parts import Paper
from data.stores import SqlStore
from data.writing import csv_writer, replaced_bytes, safe_cell
from problems.briefing.briefing import Briefing
from problems.errors import InputRefused
from problems.file_names import own_name
from problems.store import Store

_CONTENTS: Final = ("area", "kind", "files", "reports in", "reports out", "open at the end", "problems", "stand out")


@dataclass
class _Names:
    """Gives each area a name for its files; two that would be the same are kept apart by a number."""

    taken: set[str] = field(default_factory=set)

    def of(self, area: str) -> str:
        """Return the next free name of an area."""
        plain = own_name(area)
        name, number = plain, 1
        while name.casefold() in self.taken:
            number += 1
            name = f"{plain}-{number}"
        self.taken.add(name.casefold())
        return name


@dataclass(frozen=True, slots=True)
class AreaFiles:
    """The files of one area, name and content each; ``contents`` is its row of the list, ``stem`` how all begin."""

    stem: str
    files: tuple[tuple[str, bytes], ...]
    contents: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class FolderWritten:
    """What was written: the files in their order, the list last, and of how many areas."""

    files: tuple[Path, ...]
    areas: int


def suffixes_of(formats: str) -> tuple[str, ...]:
    """Return the suffixes that are asked for as ``pdf`` or ``pdf,csv``.

    Raises
    ------
    InputRefused
        When one of them is no kind of file for a briefing, or there is none.
    """
    found = tuple(dict.fromkeys(f".{one.strip().lstrip('.').casefold()}" for one in formats.split(",") if one.strip()))
    if not found:
        raise InputRefused("The briefings were not made.", "No kind of file was named.", "Name one: pdf.")
    for one in found:
        renderer_for(Path(f"briefing{one}"))
    return found


def files_of_areas(briefings: Iterable[Briefing], suffixes: Sequence[str], paper: Paper) -> Iterator[AreaFiles]:
    """Make the files of each area in turn; each is the same to the byte as the one that is made of it alone."""
    names = _Names()
    for one in briefings:
        area = one.header.area
        if area is None:
            raise ValueError("a briefing of the whole place is not one of an area")
        stem, name = f"briefing-{one.header.week}", names.of(area.name)
        made = tuple(
            (f"{stem}-{name}{suffix}", renderer_for(Path(f"briefing{suffix}"), paper)(one)) for suffix in suffixes
        )
        yield AreaFiles(stem, made, _row(one, [of for of, _ in made]))


def _row(one: Briefing, names: Sequence[str]) -> tuple[object, ...]:
    hidden = {each.section.value for each in one.withheld}
    area = one.header.area
    problems = sum(int(state.now.value or 0) for state in one.board.states if state.status.is_open)
    told: tuple[object, ...] = (
        one.service.received.value, one.service.closed.value, one.service.backlog.value,
    )  # fmt: skip
    return (
        area.name if area else "",
        area.kind.label if area else "",
        " ".join(names),
        *(("", "", "") if "service" in hidden else told),
        problems,
        "" if "changes" in hidden else len(one.changes.called_out),
    )


def contents_csv(rows: Iterable[tuple[object, ...]]) -> bytes:
    """Return the list of what was made: one row for each area, in the order of their names."""
    out = io.StringIO(newline="")
    writer = csv_writer(out)
    writer.writerow(_CONTENTS)
    for row in rows:
        writer.writerow([safe_cell(one) if isinstance(one, str) else one for one in row])
    return out.getvalue().encode()


def write_folder(
    store: Store, briefings: Iterable[Briefing], folder: Path, suffixes: Sequence[str], paper: Paper
) -> FolderWritten:
    """Write the files of all areas into a folder, which is made where there is none, and the list last.

    Whoever stops it keeps the files that were finished, and no part of one.

    Raises
    ------
    InputRefused
        When the folder cannot be made, or a file cannot be written there.
    """
    asked = f"The briefings cannot be written to {folder}."
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError:
        raise InputRefused(asked, "That is a file.", "Name a folder.") from None
    except OSError as error:
        why = f"{error.strerror or 'It is no name for a folder'}."
        raise InputRefused(asked, why, "Name a folder that can be made there.") from error
    written: list[Path] = []
    rows: list[tuple[object, ...]] = []
    stem = ""
    for one in files_of_areas(briefings, suffixes, paper):
        for name, content in one.files:
            written.append(_write(store, asked, folder / name, content))
        rows.append(one.contents)
        stem = one.stem
    if rows:
        # No area can take this name: theirs have a hyphen where this has an underscore.
        written.append(_write(store, asked, folder / f"{stem}_contents.csv", contents_csv(rows)))
    return FolderWritten(tuple(written), len(rows))


def _write(store: Store, asked: str, out: Path, content: bytes) -> Path:
    if isinstance(store, SqlStore) and store.owns(out):
        raise InputRefused(asked, f"{out.name} belongs to the store itself.", "Name another folder.")
    with replaced_bytes(asked, out) as stream:
        stream.write(content)
    return out


def zip_of_areas(
    briefings: Iterable[Briefing], suffixes: Sequence[str], paper: Paper = Paper.A4, *, known_on: date
) -> bytes:
    """Return one archive with the files of all areas and their list; its bytes depend on nothing else."""
    out = io.BytesIO()
    rows, stem = [], ""
    day = (max(known_on.year, 1980), known_on.month, known_on.day, 0, 0, 0)
    with zipfile.ZipFile(out, "w") as archive:
        for one in files_of_areas(briefings, suffixes, paper):
            for name, content in one.files:
                _put(archive, name, content, day)
            rows.append(one.contents)
            stem = one.stem
        _put(archive, f"{stem}_contents.csv", contents_csv(rows), day)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes, day: tuple[int, int, int, int, int, int]) -> None:
    entry = zipfile.ZipInfo(name, day)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
