"""Set the fixes of a place into texts and pictures, the same for the page of a browser and the printed one."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from data.briefing_pages.parts import day_words, plain
from data.reading.masks import mask_contacts
from problems.fixes.digest import PROFILE, Digest, Fix, Shot

TITLE: Final = "You said, we did"
MISSING: Final = "The picture is not kept any more."
_LONGEST_PX: Final = 800
_MOST_PIXELS: Final = 50_000_000
_AT: Final = re.compile(r"\S*[@＠]\S*")


@dataclass(frozen=True)
class Picture:
    """A photo, drawn anew: ``jpeg`` is empty where there is none to show."""

    side: str
    alt: str
    jpeg: bytes
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Story:
    """One fix in words, with its pictures."""

    title: str
    rows: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class ToldPages:
    """All that a file shows: months with their fixes, or none of them and a sentence that says so."""

    place: str
    period: str
    known: str
    known_on: date
    sentence: str
    months: tuple[tuple[str, tuple[Story, ...]], ...]
    report_at: str
    profile: str
    made_up: str


def told_pages(digest: Digest) -> ToldPages:
    """Return the texts and pictures of a file."""
    known = f"As known on {day_words(digest.known_on)}."
    return ToldPages(
        place=plain(digest.place),
        period=f"Fixes verified {digest.period.words}",
        known=" ".join(one for one in (known, digest.unfinished) if one),
        known_on=digest.known_on,
        sentence=plain(digest.sentence),
        months=tuple(_months(digest)),
        report_at=plain(digest.report_at),
        profile=PROFILE,
        made_up=digest.made_up,
    )


def _months(digest: Digest) -> Iterator[tuple[str, tuple[Story, ...]]]:
    months: dict[date, list[Story]] = {}
    for fix in digest.fixes:
        months.setdefault(fix.verified_in, []).append(_story(fix))
    for month, stories in months.items():
        yield f"{month:%B %Y}", tuple(stories)


def _story(fix: Fix) -> Story:
    rows = (("You said", fix.said), ("We did", fix.did), ("Checked", fix.checked), ("Since then", fix.held_words))
    shots = (("Before", fix.before), ("After", fix.after))
    pictures = tuple(_picture(side, shot) for side, shot in shots if shot is not None)
    return Story(plain(fix.title), tuple((name, plain(words)) for name, words in rows), pictures)


def _picture(side: str, shot: Shot) -> Picture:
    # A description is for everybody: whatever looks like an address of anybody goes, however odd it is.
    alt = _AT.sub("[…]", plain(mask_contacts(shot.alt)[0]))
    drawn = redrawn(shot.content)
    return Picture(side, alt, *drawn) if drawn else Picture(side, alt, b"")


def redrawn(content: bytes) -> tuple[bytes, int, int] | None:
    """Return a kept picture drawn anew, smaller and with nothing beside its pixels; None where it cannot be drawn.

    The same picture gives the same bytes.
    """
    from PIL import Image, UnidentifiedImageError

    if not content:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as kept:
            if kept.width * kept.height > _MOST_PIXELS:
                return None
            pixels = kept.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError):
        return None
    pixels.thumbnail((_LONGEST_PX, _LONGEST_PX))
    bare = Image.new("RGB", pixels.size)
    bare.paste(pixels)
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=80)
    return file.getvalue(), bare.width, bare.height
