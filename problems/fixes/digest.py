"""What residents are told of verified fixes: kind, place, who did what, when, and whether it held."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from problems.categories import Group
from problems.errors import InputRefused
from problems.visits import Shows

#: A longer time is more than one page can tell.
LONGEST_DAYS: Final = 366
#: Said where nobody gave other words.
REPORT_AT = "Tell us: on the council’s web page for reports, by telephone, or at any of our offices."
PROFILE = (
    "Made for the public: places by street or area, times by month, no names, and nothing that residents wrote. "
    "Photos are shown only where they were allowed, drawn anew without what a camera writes into them."
)


#: How a kind is called where somebody reports it.
_REPORTED: Final[Mapping[str, str]] = {
    Group.LIGHTING.label: "broken street lighting",
    Group.PROPERTY.label: "neglected buildings and land",
    Group.VEHICLES.label: "vehicles in the way",
    Group.OTHER.label: "other matters",
}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months from the day ``first`` to the day ``last``, both included: a shorter time would tell the day."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse what is no time, or too long a one, and what are no whole months."""
        asked = f"The fixes from {self.first.isoformat()} to {self.last.isoformat()} were not told."
        if self.last < self.first:
            raise InputRefused(asked, "It ends before it begins.", "Exchange the two days.")
        if (self.last - self.first).days >= LONGEST_DAYS:
            raise InputRefused(asked, "It is longer than a year.", "Ask for a year or less.")
        if (self.first, self.last) != (months := _months(self.first, self.last)):
            why = "Residents are told the month and never the day, so only whole months can be told."
            raise InputRefused(asked, why, f"Ask for {months[0].isoformat()} to {months[1].isoformat()}.")

    @classmethod
    def of_months(cls, first: date, last: date) -> "Period":
        """Return the whole months in which two days lie, and those between."""
        return cls(first, last) if last < first else cls(*_months(first, last))

    @property
    def words(self) -> str:
        """The time in words: “1 July to 30 September 2026”."""
        first, last = self.first, self.last
        begin = f"{first.day} {first:%B}" if first.year == last.year else f"{first.day} {first:%B %Y}"
        end = f"{last.day} {last:%B %Y}"
        return end if first == last else f"{begin} to {end}"


def _months(first: date, last: date) -> tuple[date, date]:
    return first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1])


class Held(StrEnum):
    """What became of a fix."""

    HELD = "held"
    SO_FAR = "so_far"
    CAME_BACK = "came_back"
    UNDONE = "undone"
    JOINED = "joined"
    NO_HELP = "no_help"
    UNKNOWN = "unknown"

    @property
    def is_good(self) -> bool:
        """Whether nothing is known against it."""
        return self not in (Held.CAME_BACK, Held.UNDONE, Held.NO_HELP)


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo that the public may see. ``content`` is empty where the picture is not kept any more."""

    photo_id: int
    shows: Shows
    alt: str
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """What one organisation did, in the words for its kind of work."""

    what: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One verified fix. ``problem_id`` is for our own pages only; no file has it.

    ``street`` is empty where only the area is told. ``verified_in`` is the first day of the month in which it was noted
    as verified, ``seen_in`` of that in which somebody was there; ``reports`` is how many stood behind it, masked.
    """

    problem_id: int
    kind: str
    street: str
    area: str
    reports: str
    work: tuple[Work, ...]
    verified_in: date
    seen_in: date
    held: Held
    held_words: str
    before: Shot | None = None
    after: Shot | None = None

    @property
    def place(self) -> str:
        """Where it was, as it is told."""
        return ", ".join(one for one in (self.street, self.area) if one) or "In this place"

    @property
    def title(self) -> str:
        """What it is headed."""
        return f"{self.kind}, {self.place}"

    @property
    def said(self) -> str:
        """What residents said."""
        if self.reports == "0":
            return "We saw it ourselves: no report of residents is counted at this place."
        what = _REPORTED.get(self.kind, self.kind.lower())
        verb = "report" if self.reports == "1" else "reports"
        return f"{self.reports} {verb} of {what} from this place in the year before it was put in order."

    @property
    def did(self) -> str:
        """What was done, and by whom."""
        if not self.work:
            return "It was put in order; which organisation did it was not noted."
        by: dict[str, list[str]] = {}
        for one in self.work:
            by.setdefault(one.organisation, []).append(one.what)
        return "; ".join(f"{who}: {', '.join(what).lower()}" for who, what in by.items()) + "."

    @property
    def checked(self) -> str:
        """When it was seen on site."""
        return f"Somebody who had not done the work went to see it in {self.seen_in:%B %Y} and found it in order."


@dataclass(frozen=True, slots=True)
class Digest:
    """You said, we did, of one place and time, as known on a day.

    ``untold`` are verified fixes of which nothing single is told, ``working_on`` the problems that are being worked
    on at the end; both are masked.
    """

    area: str
    period: Period
    known_on: date
    fixes: tuple[Fix, ...]
    untold: str
    working_on: str
    report_at: str = REPORT_AT
    #: Says that the reports are made up; empty where they are not.
    made_up: str = ""

    @property
    def place(self) -> str:
        """Where it is of."""
        return self.area or "The whole place"

    @property
    def is_over(self) -> bool:
        """Whether the time was over on the day of knowledge."""
        return self.period.last <= self.known_on

    @property
    def unfinished(self) -> str:
        """Up to when it is told and what is not over, of a time that still runs; empty of one that is over."""
        if self.is_over:
            return ""
        last, known = self.period.last, self.known_on
        is_last_month = (last.year, last.month) == (known.year, known.month)
        runs = f"{last:%B %Y}" if is_last_month else f"the time up to {last.day} {last:%B %Y}"
        return f"Told up to {known.day} {known:%B %Y}; {runs} is not over."

    @property
    def sentence(self) -> str:
        """What there is, in one or two sentences; never more than the numbers support."""
        doing = f"{_are(self.working_on, 'problem', 'being worked on')}."
        if not self.fixes and self.untold == "0":
            return f"No fix was verified in this time; {doing}"
        total = f"{len(self.fixes):,}"
        vain = sum(one.held is Held.NO_HELP for one in self.fixes)
        lost = sum(not one.held.is_good for one in self.fixes) - vain
        bad = [f"{number} did not {what}" for number, what in ((lost, "last"), (vain, "help")) if number]
        shown = " and is told here" if total == "1" else " and are told here"
        hides = self.untold != "0"
        head = f"{_are(total, 'fix', 'verified on site in this time', was=True)}" if self.fixes else ""
        head += shown if head and hides else ""
        if bad:
            head += f", of which {' and '.join(bad)}"
        parts = [one for one in (head, self._kept_back if hides else "") if one]
        return f"{'. '.join(parts)}. {doing[:1].upper()}{doing[1:]}"

    @property
    def _kept_back(self) -> str:
        """How many fixes are not among those that are told, and why."""
        one = self.untold == "1"
        noun = f"more {'was' if one else 'were'}" if self.fixes else f"{'fix was' if one else 'fixes were'}"
        return f"{self.untold} {noun} verified, and not told one by one so that nobody can be recognised"


def _are(number: str, noun: str, rest: str, *, was: bool = False) -> str:
    one = number == "1"
    many = f"{noun}es" if noun.endswith("x") else f"{noun}s"
    verb = ("was" if one else "were") if was else ("is" if one else "are")
    return f"{number if number != '0' else 'no'} {noun if one else many} {verb} {rest}"
