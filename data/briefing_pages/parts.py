"""What every file of a briefing shows: sections with tables and charts, as plain texts and numbers.

The printed pages, the slides and the page for a browser are made of the same parts, so that none of them can tell
a figure that another one does not.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self

from problems.briefing.briefing import MapOfProblems
from problems.briefing.figure import Section
from problems.errors import InputRefused
from problems.service import WeekFlow
from problems.signals import Signal

#: Longer words without a space are given places where they may be broken.
_LONGEST_WORD: Final = 16
_PIECE: Final = 6
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_NO_WIDTH: Final = "\u200b"
#: What joins letters in the scripts that need it; all other signs that nobody sees are left out.
_JOINERS: Final = "\u200c\u200d"
DASH: Final = "–"


class Paper(StrEnum):
    """The size of printed pages."""

    A4 = "a4"
    LETTER = "letter"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the size that is meant.

        Raises
        ------
        InputRefused
            When there is no such size.
        """
        try:
            return cls(text.strip().casefold())
        except ValueError as error:
            sizes = " and ".join(one.value for one in cls)
            raise InputRefused(f"“{text[:40]}” is no size of paper.", "", f"Sizes are {sizes}.") from error

    @property
    def typst_name(self) -> str:
        """What typst calls it."""
        return "a4" if self is Paper.A4 else "us-letter"


def plain(text: object) -> str:
    """Return text on one line without what cannot be printed: controls, unseen signs and halves of letters."""
    spaced = " ".join(str(text).split())
    seen = (one for one in spaced if one in _JOINERS or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return unicodedata.normalize("NFC", "".join(seen))


def breakable(text: str) -> str:
    """Return text whose longest words may be broken, so that none of them runs out of its column.

    >>> breakable("a" * 20).split("\u200b")
    ['aaaaaa', 'aaaaaa', 'aaaaaa', 'aa']
    """
    return _LONG_WORD.sub(lambda word: _NO_WIDTH.join(_pieces(word[0], _PIECE)), text)


def _pieces(word: str, length: int) -> list[str]:
    return [word[start : start + length] for start in range(0, len(word), length)]


def shortened(text: str, longest: int) -> str:
    """Return text of so many letters at most, cut after a word where there is one, with … for what is left out.

    >>> shortened("Rubbish and litter, Long Lane", 20)
    'Rubbish and litter…'
    """
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    in_word = text[longest - 1] != " " and " " in cut[longest // 2 :]
    word = cut.rsplit(" ", 1)[0] if in_word else cut
    return word.rstrip(" ,;:.(“") + "…"


def day_words(day: date | None) -> str:
    """Return a day as it is written in a sentence: “22 November 2026”; nothing for None."""
    return "" if day is None else f"{day.day} {day:%B %Y}"


def short_day(day: date | None) -> str:
    """Return a day for a narrow column: “22 Nov 2026”; a dash for None."""
    return DASH if day is None else f"{day.day} {day:%b %Y}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its width beside the others, and whether it holds numbers."""

    name: str
    width: float = 1.0
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``marks`` are the states whose marks stand before the first cells, one for each row or none."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"{self.caption}: a row does not have {len(self.columns)} cells")


@dataclass(frozen=True, slots=True)
class RunChart:
    """The weeks of one series, oldest first, with what is usual: the band of eight weeks and the line of the year."""

    title: str
    first_week: date
    counts: tuple[int, ...]
    signal: Signal

    @property
    def alt(self) -> str:
        """The chart in words."""
        return (
            f"Reports by week, {self.title}: {len(self.counts)} weeks from {day_words(self.first_week)}, "
            f"between {min(self.counts)} and {max(self.counts)}. {self.signal.sentence}"
        )

    def week_start(self, at: int) -> date:
        """Return the Monday of a week of the chart."""
        return self.first_week + timedelta(weeks=at)


@dataclass(frozen=True, slots=True)
class FlowChart:
    """What came in, went out and was left open, week by week, oldest first."""

    weeks: tuple[WeekFlow, ...]

    @property
    def title(self) -> str:
        """What it is headed."""
        return f"In, out and open, the last {len(self.weeks)} weeks"

    @property
    def alt(self) -> str:
        """The chart in words."""
        first, last = self.weeks[0], self.weeks[-1]
        return (
            f"Reports in and out by week and open at its end, {len(self.weeks)} weeks from "
            f"{day_words(first.starts_on)}: {first.open_at_end:,} open after the first, {last.open_at_end:,} after "
            f"the last, in which {last.received:,} came in and {last.closed:,} ended."
        )


@dataclass(frozen=True, slots=True)
class BarChart:
    """Counts by name in one or two kinds, as horizontal bars."""

    title: str
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def alt(self) -> str:
        """The chart in words: all of its counts."""
        rows = (
            f"{name} {', '.join(f'{count:,} {kind.lower()}' for count, kind in zip(counts, self.kinds, strict=True))}"
            for name, counts in self.rows
        )
        return f"{self.title}: {'; '.join(rows)}."


@dataclass(frozen=True, slots=True)
class MapChart:
    """The map; ``ranks`` are the places of problems among the ten at the top, by id."""

    map: MapOfProblems
    ranks: dict[int, int]

    @property
    def title(self) -> str:
        """What it is headed."""
        return "Places by state of the work"

    @property
    def alt(self) -> str:
        """The map in words."""
        states = ", ".join(f"{one.words} {one.label.lower()}" for one in self.map.by_remediation)
        return f"Map of {len(self.map.places)} places by state of the work: {states}. {self.map.sentence}"


Chart = RunChart | FlowChart | BarChart | MapChart


@dataclass(frozen=True, slots=True)
class Part:
    """One section: its reading in a sentence, further lines, tables and charts. None of these is ever empty."""

    section: Section
    sentence: str
    lines: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()
    withheld: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it is told in its sentence alone."""
        return not (self.lines or self.grids or self.charts)

    @property
    def heading(self) -> str:
        """What it is headed, with its number."""
        number = self.section.number
        return f"{number}. {self.section.label}" if number else self.section.label


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure of the header: its words and what stands below them."""

    label: str
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """A whole briefing, ready to be set: title, place, what it knows, key figures and the sections in order."""

    title: str
    place: str
    week: str
    known: str
    known_on: date
    figures: tuple[KeyFigure, ...]
    warnings: tuple[str, ...]
    sentence: str = ""
    parts: tuple[Part, ...] = field(default=())

    def part(self, section: Section) -> Part:
        """Return the part of a section."""
        return next(one for one in self.parts if one.section is section)


def grid(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> tuple[Grid, ...]:
    """Return a table as a tuple of one; none where it has no rows, so that no empty table is ever shown."""
    cells = tuple(tuple(plain(cell) for cell in row) for row in rows)
    return (Grid(caption, tuple(columns), cells),) if cells else ()
