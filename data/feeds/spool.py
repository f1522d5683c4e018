"""Where the pages of a pull wait until all of them are there: one folder for each pull, whole pages only.

A page is two files, ``page-000001.jsonl`` with its records and ``page-000001.json``, the entry of the
journal: window, page, counts, SHA-256. The entry is written last and by renaming, so that a page is
there with its entry or does not count. What is only half there is called ``*.part`` and removed at the
next start.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.sql.locks import Door
from problems.errors import InputRefused, StoreRefused

_PLAN = "pull.json"
_PART = ".part"
_REFUSED = "refused-"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the journal: its number from 1, what was asked and what it held."""

    number: int
    entry: Mapping[str, Any]
    records: Path


class Spool:
    """The pages of one source that wait to be imported.

    Parameters
    ----------
    folder
        The folder of the source; each unfinished pull has one below it.
    store_key
        Which store the pages are for: several stores may share a folder.
    """

    def __init__(self, folder: Path, store_key: str) -> None:
        self._folder = folder
        self._store_key = store_key

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from pulling the same source; raises :class:`InputRefused` when somebody does."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InputRefused(
                f"Pages cannot be kept in “{self._folder}”.",
                f"{error.strerror or error}.",
                "Make it writable, or set folder in the section [open311] of the settings.",
            ) from error
        holder = Door(self._folder / "lock", 0.0).entered()
        try:
            holder.__enter__()
        except StoreRefused as error:
            raise InputRefused(
                f"“{self._folder.name}” is not pulled twice at the same time.",
                "Another pull of it is running.",
                "Wait until it has ended, or stop it.",
            ) from error
        try:
            yield
        finally:
            holder.__exit__(None, None, None)

    def waiting(self) -> "Pull | None":
        """Return the pull that was begun and not imported, or None; the newest, should there be several."""
        return next(iter(self._pulls()), None)

    def _pulls(self) -> list["Pull"]:
        if not self._folder.is_dir():
            return []
        folders = [one for one in self._folder.iterdir() if one.is_dir() and not one.name.startswith(_REFUSED)]
        opened = (_opened(one) for one in sorted(folders, reverse=True))
        return [pull for pull in opened if pull is not None and pull.plan.get("store") == self._store_key]

    def begin(self, name: str, plan: Mapping[str, Any]) -> "Pull":
        """Begin a pull; ``plan`` is what it was asked for, as JSON carries it."""
        folder = self._folder / name
        again = 1
        while folder.exists():
            again += 1
            folder = self._folder / f"{name}-{again}"
        folder.mkdir(mode=0o700)
        told = {**plan, "store": self._store_key}
        _write_whole(folder / _PLAN, json.dumps(told).encode())
        return Pull(folder, told)

    def clear(self) -> None:
        """Throw the unfinished pulls away; refused ones stay, for whoever wants to look at them."""
        for pull in self._pulls():
            pull.remove()


class Pull:
    """One unfinished pull: its plan, the whole pages so far, and room for the next."""

    def __init__(self, folder: Path, plan: Mapping[str, Any]) -> None:
        self.folder = folder
        self.plan = plan

    def tidy(self) -> None:
        """Remove what is only half there: parts, and records without an entry."""
        for path in self.folder.iterdir():
            is_lone = (
                path.suffix == ".jsonl" and path.stem.startswith("page-") and not path.with_suffix(".json").exists()
            )
            if path.name.endswith(_PART) or is_lone:
                path.unlink()

    def part(self, name: str) -> Path:
        """Return the path of a file that does not count and is removed at the next start."""
        return self.folder / f"{name}{_PART}"

    def records_of(self, number: int) -> Path:
        """Return the path of the records of a page."""
        return self.folder / f"page-{number:06d}.jsonl"

    def keep(self, number: int, records: Path, entry: Mapping[str, Any]) -> None:
        """Make a page count: ``records`` is a finished part, ``entry`` what the journal says of it."""
        target = self.records_of(number)
        told = {**entry, "sha256": _digest(records)}
        records.replace(target)
        _write_whole(target.with_suffix(".json"), json.dumps(told).encode())

    def pages(self) -> list[Page]:
        """Return the pages in order, each checked against its entry.

        Raises
        ------
        InputRefused
            When a page was changed or is missing since it was kept.
        """
        found: list[Page] = []
        for number, path in enumerate(sorted(self.folder.glob("page-*.json")), start=1):
            records = path.with_suffix(".jsonl")
            entry = _read_json(path)
            is_next = path.stem == f"page-{number:06d}"
            if not is_next or entry is None or not records.is_file() or _digest(records) != entry.get("sha256"):
                raise InputRefused(
                    "The pull cannot go on from where it was.",
                    f"Of the kept pages in “{self.folder}”, number {number} is missing or was changed.",
                    "Run it with --restart: the pages are fetched anew.",
                )
            found.append(Page(number, entry, records))
        return found

    def count(self) -> int:
        """Return how many whole pages there are, without looking into them."""
        return sum(1 for _ in self.folder.glob("page-*.json"))

    def refuse(self) -> Path:
        """Keep the pages apart, where no pull goes on from them; return the folder."""
        target = self.folder.with_name(f"{_REFUSED}{self.folder.name}")
        if target.exists():
            shutil.rmtree(target)
        self.folder.replace(target)
        self.folder = target
        return target

    def remove(self) -> None:
        """Remove the pages, which were imported. The plan goes first: without it nothing here counts."""
        (self.folder / _PLAN).unlink(missing_ok=True)
        shutil.rmtree(self.folder)


def read_records(path: Path) -> Iterator[dict[str, str]]:
    """Go through the records of a kept page."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def write_records(path: Path, records: Iterable[Mapping[str, str]]) -> None:
    """Write records so that they are on the disk when this returns."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
        file.flush()
        os.fsync(file.fileno())


def _opened(folder: Path) -> Pull | None:
    plan = _read_json(folder / _PLAN)
    return Pull(folder, plan) if plan is not None else None


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}{_PART}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # pragma: no cover - a folder cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
