"""You said, we did, as PDF: tagged, with a language, a title and words for every picture (PDF/UA-1)."""

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import typst

from data.briefing_pages.colours import PRINTED
from data.briefing_pages.parts import Paper, breakable, shortened
from data.briefing_pages.pdf_file import FONT, UNPRINTABLE, set_in_fonts
from data.told_pages.pages import MISSING, TITLE, ToldPages, told_pages
from problems.fixes.digest import Digest

_TEMPLATE: Final = Path(__file__).with_name("told.typ")
_UNPRINTABLE_SAID: Final = (
    f" Words in a script that no font here has are marked {UNPRINTABLE}; the page for a browser has them whole."
)
_SHORT: Final = 60


def told_pdf(digest: Digest, paper: Paper = Paper.A4) -> bytes:
    """Return the fixes as PDF/UA-1; the same fixes give the same bytes.

    Only where names are in a script that the embedded typeface lacks, the bytes depend on the fonts of the machine.
    """
    pages = told_pages(digest)
    files = {
        f"photo-{number}-{at}.jpg": picture.jpeg
        for number, story in enumerate(_stories(pages))
        for at, picture in enumerate(story.pictures)
        if picture.jpeg
    }
    with TemporaryDirectory(prefix="fixpoint-") as folder:
        shutil.copy(_TEMPLATE, Path(folder) / _TEMPLATE.name)
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return set_in_fonts(
            _told(pages, paper, frozenset(files)),
            _UNPRINTABLE_SAID,
            lambda told, own_only: _compiled(told, Path(folder), pages.known_on, own_only=own_only),
        )


def _compiled(told: Mapping[str, object], folder: Path, known_on: date, *, own_only: bool) -> bytes:
    # The day of knowledge, never that of the printing.
    made_at = datetime.combine(known_on, time(), tzinfo=UTC)
    made = typst.compile(
        str(folder / _TEMPLATE.name),
        root=str(folder),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=own_only,
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst returned {type(made).__name__}, not one file")
    return made


def _stories(pages: ToldPages) -> list[Any]:
    return [story for _, stories in pages.months for story in stories]


def _told(pages: ToldPages, paper: Paper, files: frozenset[str]) -> dict[str, Any]:
    numbers = {id(story): number for number, story in enumerate(_stories(pages))}
    return {
        "title": TITLE,
        "place": breakable(pages.place),
        "place-short": shortened(pages.place, _SHORT),
        "period": pages.period,
        "known": pages.known,
        "made_up": pages.made_up,
        "sentence": breakable(pages.sentence),
        "day": [pages.known_on.year, pages.known_on.month, pages.known_on.day],
        "paper": paper.typst_name,
        "language": "en",
        "fonts": [FONT],
        "note": "",
        "missing": MISSING,
        "colours": {name: getattr(PRINTED, name) for name in PRINTED.__dataclass_fields__},
        "report_at": breakable(pages.report_at),
        "profile": pages.profile,
        "months": [
            {
                "name": month,
                "stories": [
                    {
                        "title": breakable(story.title),
                        "rows": [[name, breakable(words)] for name, words in story.rows],
                        "pictures": [
                            {"side": one.side, "alt": one.alt, "file": _file(numbers[id(story)], at, files)}
                            for at, one in enumerate(story.pictures)
                        ],
                    }
                    for story in stories
                ],
            }
            for month, stories in pages.months
        ],
    }


def _file(number: int, at: int, files: frozenset[str]) -> str:
    name = f"photo-{number}-{at}.jpg"
    return name if name in files else ""
