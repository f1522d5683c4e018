"""What ``told`` does: the verified fixes of a place and a time for residents, as text, a file, or a folder of them."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dashboard.commands.opening import day, kind_of_area, opened_store
from dashboard.commands.output import FINE, Output
from data.settings import SEED, Settings
from data.told_files import TOLD_RENDERERS, told_file_name, told_renderer, write_told
from data.writing import replaced_bytes
from problems.areas import AreaKind
from problems.clock import clock_in
from problems.errors import InputRefused
from problems.fixes.digest import Digest, Period
from problems.people import SYSTEM
from problems.store import Store
from problems.use_cases.telling_fixes import note_fixes_told, tell_fixes, tell_fixes_by_area

_OF_ALL = "The fixes of all areas were not told."


def _end_of_month(text: str, option: str, *, last: bool = False) -> date:
    """Return the day that ``text`` names; of a month (2026-07) its first day, or its last one.

    Raises
    ------
    InputRefused
        When it is neither a day of the calendar nor a month.
    """
    if not re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII):
        return day(text, option, "Write it as a month, 2025-12, or as year-month-day: 2025-12-31.")
    year, month = (int(part) for part in text.split("-"))
    if not year or not 1 <= month <= 12:
        raise InputRefused(f"“{text}” is not a month for {option}.", "", "Write it as a month: 2025-12.")
    found = day(f"{text}-01", option)
    return found.replace(day=monthrange(year, month)[1]) if last else found


def run_told(
    output: Output,
    *,
    first: str,
    last: str,
    area: str,
    all_areas: bool,
    kind: str,
    known_on: str | None,
    report_at: str,
    out: Path | None,
) -> int:
    """Print the fixes, write them to a file, or those of all areas (of a ``kind``) to a folder, one of each."""
    period = Period(_end_of_month(first, "--from"), _end_of_month(last, "--to", last=True))
    known = None if known_on is None else day(known_on, "--known-on")
    chosen = kind_of_area(kind, _OF_ALL) if kind else None
    if all_areas:
        folder = _folder(area, out)
    elif chosen is not None:
        raise InputRefused("The fixes were not told.", "--kind is of --all-areas.", "Leave it out, or add --all-areas.")
    elif out is not None:
        told_renderer(out)  # refused before the work, not after it
    with opened_store() as (store, settings):
        asked: dict[str, Any] = {"period": period, "zone": settings.zone, "known_on": known, "report_at": report_at}
        if all_areas:
            return _all_areas(output, store, settings, chosen, folder, asked)
        found = tell_fixes(store, SYSTEM, clock_in(settings.zone), SEED, area=area, **asked)
        if out is not None:
            write_told(store, found, out)
            _note(store, settings, found, out)
    values = {
        "area": found.area,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "known_on": found.known_on.isoformat(),
        "fixes": len(found.fixes),
        "is_over": found.is_over,
        "sentence": found.sentence,
        "file": "" if out is None else str(out),
    }
    written = [] if out is None else [f"The fixes were written to {out}."]
    output.answer(values, [*_lines(found), *written])
    return FINE


def _lines(digest: Digest) -> Iterator[str]:
    yield f"{digest.place}, {digest.period.words} (as known on {digest.known_on.isoformat()})"
    if digest.made_up:
        yield digest.made_up
    if digest.unfinished:
        yield digest.unfinished
    yield digest.sentence
    for fix in digest.fixes:
        yield ""
        yield f"{fix.verified_in:%B %Y}: {fix.title}"
        yield from (f"   {one}" for one in (fix.said, fix.did, fix.held_words))


def _folder(area: str, out: Path | None) -> Path:
    if area:
        raise InputRefused(_OF_ALL, "--area names one of them.", "Leave --area or --all-areas out.")
    if out is None:
        raise InputRefused(_OF_ALL, "Nothing says where to write them.", "Name a folder: --out fixes/")
    if out.exists() and not out.is_dir():
        raise InputRefused(_OF_ALL, f"{out} is a file.", "Name a folder.")
    return out


def _all_areas(
    output: Output, store: Store, settings: Settings, kind: AreaKind | None, folder: Path, asked: dict[str, Any]
) -> int:
    digests = tell_fixes_by_area(
        store, SYSTEM, clock_in(settings.zone), SEED, kind=kind, progress=output.progress, **asked
    )
    _make(folder)
    rows: list[tuple[Digest, list[str]]] = []
    taken: set[str] = set()
    for digest in digests:
        name = _free(told_file_name(digest), taken)
        files = [f"{name}{suffix}" for suffix in TOLD_RENDERERS]
        for file in files:
            write_told(store, digest, folder / file)
        _note(store, settings, digest, folder / name)
        rows.append((digest, files))
    # No area can take this name: theirs have a hyphen where this has an underscore.
    contents = f"{told_file_name(replace(rows[0][0], area=''))}_contents.html"
    with replaced_bytes("The list of contents was not written.", folder / contents) as stream:
        stream.write(_contents(rows))
    values = {
        "folder": str(folder),
        "areas": [{"area": one.area, "fixes": len(one.fixes), "files": files} for one, files in rows],
    }
    unfinished = [rows[0][0].unfinished] if rows[0][0].unfinished else []
    lines = [*unfinished, *(f"{one.place}: {one.sentence}" for one, _ in rows)]
    output.answer(values, [*lines, f"{len(rows)} areas were written to {folder}; {contents} lists them."])
    return FINE


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        asked = f"The fixes cannot be written to {folder}."
        raise InputRefused(asked, f"{error.strerror or error}.", "Name another folder.") from error


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no other area has: two may be the same in plain letters."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def _note(store: Store, settings: Settings, digest: Digest, out: Path) -> None:
    note_fixes_told(store, SYSTEM, clock_in(settings.zone), SEED, digest=digest, file_name=out.name)


def _contents(rows: list[tuple[Digest, list[str]]]) -> bytes:
    def links(files: list[str]) -> str:
        return ", ".join(f'<a href="{quote(one)}">{Path(one).suffix[1:].upper()}</a>' for one in files)

    lines = "".join(f"<li>{escape(one.place)}: {escape(one.sentence)} ({links(files)})</li>\n" for one, files in rows)
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>You said, we did: all areas</title></head>'
    )
    notes = [note for one, _ in rows[:1] for note in (one.made_up, one.unfinished) if note]
    runs = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f"{head}<body><main><h1>You said, we did</h1>{runs}<ul>\n{lines}</ul></main></body></html>\n".encode()
