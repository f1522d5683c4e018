"""What the page of the service themes is made of: measures with what they rest on, and how they went."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from problems.briefing.briefing import AreaThen
from problems.briefing.figure import Figure, Listed
from problems.briefing.weeks import IsoWeek, Moment
from problems.errors import InputRefused

Ints = npt.NDArray[np.int64]
#: A time is looked at in so many equal pieces.
PIECES: Final = 13
#: The times that can be chosen, in weeks: a quarter, half a year, a year.
LENGTHS: Final = (13, 26, 52)


class Theme(StrEnum):
    """The six, in their order."""

    TRUST = "trust"
    SHARING = "sharing"
    RELATIONS = "relations"
    PREVENTION = "prevention"
    PERCEPTION = "perception"
    PROACTIVE = "proactive"

    @property
    def label(self) -> str:
        """What it is headed."""
        return _LABELS[self][0]

    @property
    def question(self) -> str:
        """What it asks, in plain words."""
        return _LABELS[self][1]


_LABELS: Final[Mapping[Theme, tuple[str, str]]] = {
    Theme.TRUST: ("Trust and confidence", "Do people hear from us when we said they would?"),
    Theme.SHARING: ("Information sharing", "Do organisations work on the same problems together?"),
    Theme.RELATIONS: ("Relationship building", "Do we meet residents where the problems are, and keep our word?"),
    Theme.PREVENTION: ("Prevention and advice", "Do people get advice where property and disputes are the problem?"),
    Theme.PERCEPTION: ("Positive perception", "Are there fixes that people can see, and are they satisfied?"),
    Theme.PROACTIVE: ("Solving problems early", "How soon is a hot spot taken on once it was found?"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """So many weeks up to the end of ``last``, cut into equal pieces."""

    last: IsoWeek
    weeks: int = PIECES

    def __post_init__(self) -> None:
        """Refuse a length that cannot be cut."""
        if self.weeks not in LENGTHS:
            lengths = ", ".join(map(str, LENGTHS))
            raise InputRefused(f"{self.weeks} weeks cannot be looked at.", "", f"Times are of {lengths} weeks.")

    @property
    def first_on(self) -> date:
        """Its first day."""
        return self.last.first - timedelta(weeks=self.weeks - 1)

    @property
    def last_on(self) -> date:
        """Its last day."""
        return self.last.last

    @property
    def piece_weeks(self) -> int:
        """How many weeks each piece has."""
        return self.weeks // PIECES

    def pieces(self) -> Iterator[tuple[date, date]]:
        """Go through the first and last day of each piece."""
        step = timedelta(weeks=self.piece_weeks)
        for at in range(PIECES):
            yield self.first_on + at * step, self.first_on + (at + 1) * step - timedelta(days=1)


class Direction(StrEnum):
    """Where a measure goes, as far as the numbers support it."""

    RISING = "rising"
    FALLING = "falling"
    NO_CHANGE = "no_change"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the time: ``count`` of ``total``; a plain count has no total."""

    first: date
    last: date
    count: int
    total: int | None = None

    @property
    def share(self) -> float | None:
        """The share, None without a total."""
        return self.count / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Course:
    """How a measure went: its pieces, the oldest first, and what they support in one sentence.

    ``counted`` and ``of`` say what the numbers of a piece are.
    """

    pieces: tuple[Piece, ...]
    direction: Direction
    sentence: str
    counted: str
    of: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened: then there is nothing to draw."""
        return not any(one.total if one.total is not None else one.count for one in self.pieces)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with the list behind it: all of ``ids``, of which ``counted`` are those that it counts (None: all).

    Where one of the list may count more than once, or not at all, ``told`` says of each how it counts.
    """

    figure: Figure
    listed: Listed
    ids: Ints
    counted: Ints | None = None
    said: str = "Counted"
    told: Mapping[int, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What its list is asked for by."""
        return self.figure.key


@dataclass(frozen=True, slots=True)
class ThemeFigures:
    """One theme: its one measure, the others beneath, how the one went, what it does not say, and what to do."""

    theme: Theme
    main: Measure
    others: tuple[Measure, ...]
    course: Course
    caveat: str = ""
    to_do: str = ""

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All of them, the one first."""
        return (self.main, *self.others)


@dataclass(frozen=True, slots=True)
class ServicePage:
    """All six of one place and time, as known on a day."""

    span: Span
    moment: Moment
    area: AreaThen | None
    themes: tuple[ThemeFigures, ...]

    @property
    def place(self) -> str:
        """Where it is of."""
        return self.area.name if self.area else "The whole place"

    def measure(self, key: str) -> Measure | None:
        """Return the measure of a key, None without one."""
        return next((one for theme in self.themes for one in theme.measures if one.key == key), None)
