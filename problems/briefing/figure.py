"""One figure of a briefing: a value with what it rests on, its sentence, and the way to the list behind it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from geo.proportions import Proportion, proportion
from problems.service import FEWEST_TOLD, share_words

#: What is said in place of a figure that too few stand behind.
TOO_FEW: Final = "too few to say"
#: What is said in place of what is not shared with the reader.
NOT_TOLD: Final = "Not told"


class Section(StrEnum):
    """The parts of a briefing, in their order."""

    HEADER = "header"
    DECISIONS = "decisions"
    LAST_DECISIONS = "last_decisions"
    BOARD = "board"
    MAP = "map"
    CHANGES = "changes"
    SERVICE = "service"
    REMEDIATION = "remediation"
    RESIDENTS = "residents"
    WORKED = "worked"
    CAVEATS = "caveats"

    @property
    def number(self) -> int:
        """Its number: 0 for the header, then 1 to 10."""
        return list(Section).index(self)

    @property
    def label(self) -> str:
        """What it is headed."""
        return _HEADINGS[self]


_HEADINGS: Final[Mapping[Section, str]] = {
    Section.HEADER: "The week",
    Section.DECISIONS: "Decisions wanted today",
    Section.LAST_DECISIONS: "Last week’s decisions",
    Section.BOARD: "Problem board",
    Section.MAP: "Map",
    Section.CHANGES: "What changed",
    Section.SERVICE: "Service",
    Section.REMEDIATION: "Partner remediation",
    Section.RESIDENTS: "Residents",
    Section.WORKED: "What worked",
    Section.CAVEATS: "Caveats",
}


class Unit(StrEnum):
    """What a figure counts or measures."""

    REPORTS = "reports"
    PROBLEMS = "problems"
    ACTIONS = "actions"
    INCIDENTS = "incidents"
    DECISIONS = "decisions"
    DAYS = "days"
    WEEKS = "weeks"
    SHARE = "share"
    PEOPLE = "answers"
    SERIES = "series"
    MOVES = "moves"
    ASSESSMENTS = "assessments"


class Listed(StrEnum):
    """What kind of list stands behind a figure."""

    REPORTS = "reports"
    PROBLEMS = "problems"
    ACTIONS = "actions"
    ASSESSMENTS = "assessments"
    MOVES = "moves"
    WANTED = "wanted"
    DECISIONS = "decisions"
    FIXES = "fixes"
    SERIES = "series"


#: More digits than any number of the store has; an address can hold thousands.
_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Behind:
    """The list behind a figure.

    ``ids`` are all of its members where the list is of problems, actions, assessments or moves (their events), and
    their places in the briefing, from 1, where it is of decisions or fixes. Reports and series can be many: they are
    named by ``figure`` and, where one figure has several lists, ``of``. The use case
    :func:`problems.use_cases.briefing.reports_behind` returns the ids of reports. Of decisions and fixes files name
    the ``problems`` that they are about.
    """

    listed: Listed
    ids: tuple[int, ...] = ()
    figure: str = ""
    of: str = ""
    problems: tuple[int, ...] | None = None

    @property
    def address(self) -> str:
        """The list in one short text, for files: ``problems:3,14`` or ``reports:received``."""
        if self.figure:
            return f"{self.listed}:{self.figure}" + (f":{self.of}" if self.of else "")
        return f"{self.listed}:{','.join(map(str, self.ids))}"

    @property
    def in_files(self) -> str:
        """The list as files name it: by numbers that mean something outside of the briefing."""
        return self.address if self.problems is None else Behind(Listed.PROBLEMS, self.problems).address

    @property
    def opens(self) -> bool:
        """Whether there is anything to name the list by."""
        return bool(self.figure or self.ids)

    @classmethod
    def read(cls, address: str) -> "Behind | None":
        """Return the list that an address names, None for what is no address of a list."""
        kind, _, rest = address.partition(":")
        if kind not in tuple(Listed) or not rest:
            return None
        if kind in (Listed.REPORTS, Listed.SERIES):
            figure, _, of = rest.partition(":")
            return cls(Listed(kind), figure=figure, of=of)
        numbers = rest.split(",")
        known = all(one.isdecimal() and len(one) <= _MOST_DIGITS for one in numbers)
        return cls(Listed(kind), tuple(map(int, numbers))) if known else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    ``value`` is None where too few stand behind it, nothing is known, or it is ``withheld`` from the reader;
    ``sentence`` says so. ``n`` is what it is of, ``low`` to ``high`` its interval (95 %). A share is from 0 to 1.
    None of the numbers is ever without end.
    """

    key: str
    label: str
    unit: Unit
    value: float | None
    sentence: str
    n: int | None = None
    low: float | None = None
    high: float | None = None
    behind: Behind | None = None
    withheld: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be shown."""
        numbers = (self.value, self.low, self.high)
        if any(one is not None and not math.isfinite(one) for one in numbers):
            raise ValueError(f"{self.key} is {numbers}")

    @property
    def words(self) -> str:
        """The value as it is shown beside its label: a whole number, or what the sentence says."""
        if self.value is None:
            return NOT_TOLD if self.withheld else TOO_FEW
        if self.unit is Unit.SHARE:
            return f"{round(100 * self.value)} %"
        if float(self.value).is_integer():
            return f"{round(self.value):,}"
        return f"{self.value:,.1f}"

    @property
    def no_range(self) -> str:
        """What is said where it has no range: that none is known, or none is told."""
        return NOT_TOLD if self.withheld else "not known"


def counted(key: str, label: str, unit: Unit, count: int, behind: Behind | None = None, sentence: str = "") -> Figure:
    """Return a figure that is a plain count."""
    return Figure(key, label, unit, count, sentence or f"{label}: {count:,}.", count, behind=behind)


def shared(key: str, label: str, count: int, total: int, behind: Behind | None = None) -> Figure:
    """Return a share with Wilson's interval; under ten it is not told, and the counts are."""
    if total < FEWEST_TOLD:
        said = f"{label}: {count} of {total}, {TOO_FEW}." if total else f"{label}: none to tell of."
        return Figure(key, label, Unit.SHARE, None, said, total, behind=behind)
    found = proportion(count, total)
    return share_figure(key, label, found, behind)


def share_figure(key: str, label: str, found: Proportion, behind: Behind | None = None) -> Figure:
    """Return a share that was worked out already."""
    said = f"{label}: {share_words(found)}."
    return Figure(key, label, Unit.SHARE, found.share, said, found.total, found.low, found.high, behind)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A section that the reader is not shown, and why."""

    section: Section
    why: str = field(default="This is not shared with partner organisations.")
