"""What a briefing is made of: ten sections and their header, decisions first. All of it is plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from problems.areas import AreaKind
from problems.briefing.figure import Figure, Section, Withheld
from problems.briefing.happened import BoardMove, FixMade, Worked
from problems.briefing.weeks import IsoWeek
from problems.categories import Group
from problems.comparing_areas import ComparedArea
from problems.problem import ProblemStatus, Remediation
from problems.service import OnTime, OpenAges, WeekFlow
from problems.signals import Signal
from problems.time_to_fix import TimeToFix

#: So many kinds are drawn in a week in which nothing stands out.
_QUIET_CHARTS: Final = 3


@dataclass(frozen=True, slots=True)
class AreaThen:
    """An area as it was drawn and called then; ``id`` is the one that its reports had."""

    id: int
    kind: AreaKind
    name: str
    geometry: Mapping[str, object]
    code: str = ""


@dataclass(frozen=True, slots=True)
class LateFeed:
    """A source from which reports were due and did not come; ``silent_days`` since the newest one."""

    source: str
    newest_on: date
    silent_days: int
    usual_days: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Header:
    """What the briefing is of. ``as_of`` is the last day it tells of, ``known_on`` the day whose knowledge it has.

    ``is_over`` is false for a week that still runs.
    """

    week: IsoWeek
    area: AreaThen | None
    as_of: date
    known_on: date
    is_over: bool
    received: Figure
    closed: Figure
    unplaced: Figure
    unmapped: Figure
    late_feeds: tuple[LateFeed, ...]
    unmapped_names: tuple[tuple[str, str, int], ...]
    sentence: str
    #: Says that the reports are made up; empty where they are not.
    made_up: str = ""


# -- 1 and 2: decisions --


class WantedKind(StrEnum):
    """What somebody has to decide."""

    CLOSE = "close"
    NO_ACTION = "no_action"
    ESCALATE = "escalate"
    MOVE_RESOURCES = "move_resources"
    ADOPT = "adopt"

    @property
    def label(self) -> str:
        """Plain words for it."""
        return {
            WantedKind.CLOSE: "Close",
            WantedKind.NO_ACTION: "Decide on no action",
            WantedKind.ESCALATE: "Escalate",
            WantedKind.MOVE_RESOURCES: "Move resources",
            WantedKind.ADOPT: "Take on",
        }[self]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One decision that is wanted: of which problem, what is recommended, and why."""

    kind: WantedKind
    problem_id: int
    ref: str
    title: str
    recommendation: str
    why: str
    waits_days: int
    owner: str


@dataclass(frozen=True, slots=True)
class DecisionsWanted:
    """At most five decisions, the most pressing first; ``rest`` counts the others by kind, ``every`` has all."""

    wanted: tuple[Wanted, ...]
    rest: Mapping[WantedKind, int]
    count: Figure
    sentence: str
    every: tuple[Wanted, ...] = ()
    rest_figures: tuple[Figure, ...] = ()


class DecisionState(StrEnum):
    """What became of a decision."""

    DONE = "done"
    LATE = "late"
    MOVED = "moved"
    BLOCKED = "blocked"
    OPEN = "open"

    @property
    def label(self) -> str:
        """Plain word for it."""
        return {
            DecisionState.DONE: "Done",
            DecisionState.LATE: "Late",
            DecisionState.MOVED: "Date moved",
            DecisionState.BLOCKED: "Blocked",
            DecisionState.OPEN: "Under way",
        }[self]


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """A decision of the week before (or one of the meeting then): who decided, who does it, and what became of it."""

    at: datetime
    decided: str
    by_name: str
    problem_id: int | None
    ref: str
    title: str
    owner: str
    due_on: date | None
    state: DecisionState
    why: str
    in_meeting: bool


@dataclass(frozen=True, slots=True)
class OwnerCount:
    """How the decisions of one owner stand."""

    owner: str
    counts: Mapping[DecisionState, int]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class LastDecisions:
    """The decisions of the week before, oldest first, and how they stand by owner and in all."""

    taken: tuple[DecisionTaken, ...]
    by_owner: tuple[OwnerCount, ...]
    counts: tuple[Figure, ...]
    sentence: str


# -- 3 and 4: problems --


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many problems stand in a state, and how many moves into and out of it the week had."""

    status: ProblemStatus
    now: Figure
    moves_in: Figure
    moves_out: Figure

    @property
    def came(self) -> int:
        """How many came into it in the week."""
        return round(self.moves_in.value or 0)

    @property
    def left(self) -> int:
        """How many left it in the week."""
        return round(self.moves_out.value or 0)


@dataclass(frozen=True, slots=True)
class TopProblem:
    """One of the ten problems at the top of the board.

    ``incidents`` are the distinct ones of the last 28 days, its ``low`` to ``high`` the range that is usual in 28
    days at that place (None where too little is known), ``before`` those of the spans that make one expect it.
    Incidents and ``owner`` are not told to a partner that is told only that the problem exists.
    """

    problem_id: int
    ref: str
    name: str
    area: str
    kind: str
    weeks_active: int
    incidents: Figure
    owner: str
    next_step: str
    due_on: date | None
    days_late: int
    status: ProblemStatus
    before: Figure | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The problem board; ``top`` in the order of the most late and the most incidents."""

    states: tuple[StateCount, ...]
    opened: Figure
    ended: Figure
    recurred: Figure
    top: tuple[TopProblem, ...]
    sentence: str
    moves: tuple[BoardMove, ...] = ()


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A footprint on the map: the state of its remediation, and in how many of the last weeks it was hot."""

    problem_id: int
    ref: str
    name: str
    footprint: Mapping[str, object]
    lon_lat: tuple[float, float]
    remediation: Remediation
    weeks_hot: int
    weeks_looked: int

    @property
    def lasts(self) -> bool:
        """Whether it was hot in more than half of the weeks that were looked at."""
        return self.weeks_looked > 0 and 2 * self.weeks_hot > self.weeks_looked


@dataclass(frozen=True, slots=True)
class MapOfProblems:
    """The map. ``outlines`` are the areas that it is drawn on: the one that it is of, or those of the whole place."""

    places: tuple[MapPlace, ...]
    by_remediation: tuple[Figure, ...]
    sentence: str
    outlines: tuple[AreaThen, ...] = ()


# -- 5: what changed --


@dataclass(frozen=True, slots=True)
class Change:
    """One series: a kind of report in an area (id None: the whole place), with its signal and its weeks.

    ``weeks`` are the last counts, the week of the briefing last.
    """

    code: str
    kind: str
    area_id: int | None
    area: str
    signal: Signal
    weeks: tuple[int, ...]
    figure: Figure


@dataclass(frozen=True, slots=True)
class Changes:
    """Every series that was looked at; ``called_out`` are those that stand up to having looked at all."""

    every: tuple[Change, ...]
    called_out: tuple[Change, ...]
    looked_at: int
    sentence: str

    @property
    def drawn(self) -> tuple[Change, ...]:
        """What run charts show: what is called out; where nothing is, the largest kinds beside their usual weeks."""
        if self.called_out:
            return self.called_out
        whole = [one for one in self.every if one.area_id is None] or self.every
        groups = set(Group)
        kinds = [one for one in whole if one.code in groups and one.signal.band is not None and one.signal.count]
        return tuple(sorted(kinds, key=lambda one: (-one.signal.count, one.kind))[:_QUIET_CHARTS])


# -- 6 to 8: service, partners, residents --


@dataclass(frozen=True, slots=True)
class FixOf:
    """How long fixes take of one kind of report or by one partner: the middle, and those ``apart`` without work."""

    times: TimeToFix
    figure: Figure
    apart: Figure | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """The service: in, out, open, how old, in time, time to a fix, and thirteen weeks of stock and flow.

    ``instant`` and ``administrative`` are closes that nobody worked on: they are told apart from all the others.
    """

    received: Figure
    closed: Figure
    backlog: Figure
    median_age: Figure
    ninetieth_age: Figure
    ages: OpenAges
    on_time: OnTime
    on_time_net: Figure
    on_time_gross: Figure
    instant: Figure
    administrative: Figure
    fix_all: FixOf
    fix_by_category: tuple[FixOf, ...]
    fix_by_partner: tuple[FixOf, ...]
    weeks: tuple[WeekFlow, ...]
    figures: tuple[Figure, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class PartnerWork:
    """How the work of one organisation stands (id None: of all together)."""

    organisation_id: int | None
    name: str
    to_accept: Figure
    due: Figure
    overdue: Figure
    blocked: Figure
    blocked_by: Mapping[str, tuple[int, ...]]
    rework: Figure
    reasons: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class PartnerRemediation:
    """What the partner organisations owe, all together first, then each that owes or did anything."""

    total: PartnerWork
    partners: tuple[PartnerWork, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Residents:
    """What residents were told, and what they said."""

    first_response: Figure
    told: Figure
    satisfied: Figure
    reopened: Figure
    case_reviews: Figure
    sentence: str

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures in their order."""
        return (self.first_response, self.told, self.satisfied, self.reopened, self.case_reviews)


# -- 9 and 10 --


@dataclass(frozen=True, slots=True)
class WhatWorked:
    """The assessments kept in the week, and how many there are of all weeks so far."""

    assessed: tuple[Worked, ...]
    recurrence: Figure
    sentence: str
    fixes: tuple[FixMade, ...] = ()


@dataclass(frozen=True, slots=True)
class Caveats:
    """What the figures do not say. ``areas`` are the reports of the last weeks beside each other, never ranked."""

    areas: tuple[ComparedArea, ...]
    area_figures: tuple[Figure, ...]
    areas_sentence: str
    suppressed: Figure
    faults: tuple[Figure, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """The briefing of one week for one reader. What is ``withheld`` from the reader is empty.

    ``named`` are the counts that the sentence of a section tells and no figure of it does.
    """

    header: Header
    decisions: DecisionsWanted
    last_decisions: LastDecisions
    board: Board
    map: MapOfProblems
    changes: Changes
    service: Service
    remediation: PartnerRemediation
    residents: Residents
    worked: WhatWorked
    caveats: Caveats
    withheld: tuple[Withheld, ...] = ()
    named: Mapping[Section, tuple[Figure, ...]] = field(default_factory=dict)

    def sentences(self) -> Iterator[tuple[Section, str]]:
        """Go through the sections with the sentence that each begins with."""
        yield Section.HEADER, self.header.sentence
        yield Section.DECISIONS, self.decisions.sentence
        yield Section.LAST_DECISIONS, self.last_decisions.sentence
        yield Section.BOARD, self.board.sentence
        yield Section.MAP, self.map.sentence
        yield Section.CHANGES, self.changes.sentence
        yield Section.SERVICE, self.service.sentence
        yield Section.REMEDIATION, self.remediation.sentence
        yield Section.RESIDENTS, self.residents.sentence
        yield Section.WORKED, self.worked.sentence
        yield Section.CAVEATS, self.caveats.areas_sentence
