"""Where a problem came from and what became of it: its weeks as a hot spot, and how it touches its relatives.

Pure: problems, hot spots, events and refreshes go in, a small structure comes out that a page can draw.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum

from problems.events import Event, EventKind
from problems.hot_spots import HotSpot, Refresh
from problems.problem import Problem, ProblemStatus

#: More relatives than these are counted, not drawn.
MOST_RELATIVES = 5


class Turn(StrEnum):
    """What can happen to a place over the weeks."""

    FOUND = "found"
    DRAWN = "drawn"
    SPLIT_OFF = "split_off"
    SPLIT = "split"
    MERGED_IN = "merged_in"
    MERGED_AWAY = "merged_away"
    QUIET = "quiet"
    WOKE = "woke"
    CAME_BACK = "came_back"

    @property
    def label(self) -> str:
        """Plain words for it."""
        return {
            Turn.FOUND: "Found",
            Turn.DRAWN: "Drawn by hand",
            Turn.SPLIT_OFF: "Split off",
            Turn.SPLIT: "Split",
            Turn.MERGED_IN: "Merged in",
            Turn.MERGED_AWAY: "Merged away",
            Turn.QUIET: "Quiet",
            Turn.WOKE: "Active again",
            Turn.CAME_BACK: "Came back",
        }[self]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day; ``other_id`` is the problem it happened with, where there is one."""

    on: date
    turn: Turn
    other_id: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What one refresh saw of a problem, in all of its places together."""

    on: date
    incidents: int


@dataclass(frozen=True, slots=True)
class Line:
    """The life of one problem from its first day to ``last``: its end, or the newest refresh.

    ``quiet`` are the spans in which it was dormant, the end included in none of them.
    """

    problem: Problem
    first: date
    last: date
    seen: tuple[Seen, ...]
    quiet: tuple[tuple[date, date], ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """Where the line of one problem leaves (``Turn.SPLIT_OFF``) or joins (``Turn.MERGED_AWAY``) that of another."""

    on: date
    from_id: int
    to_id: int
    turn: Turn


@dataclass(frozen=True, slots=True)
class Lineage:
    """A problem's line, those of its nearest relatives by the day on which they touch it, and how they touch.

    ``looked`` are the days as of which hot spots were looked for, ascending; ``more`` counts relatives left out.
    """

    own: Line
    relatives: tuple[Line, ...]
    branches: tuple[Branch, ...]
    looked: tuple[date, ...]
    more: int = 0

    @property
    def first(self) -> date:
        """The first day of all lines."""
        return min(line.first for line in (self.own, *self.relatives))

    @property
    def last(self) -> date:
        """The last day of all lines."""
        return max(line.last for line in (self.own, *self.relatives))


def relatives(problem: Problem, problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that a problem split off from, split into, absorbed or went into, in order of id."""
    return [
        other
        for other in problems
        if other.id != problem.id
        and (
            other.id == problem.parent_id
            or other.parent_id == problem.id
            or other.id in problem.successor_ids
            or problem.id in other.successor_ids
        )
    ]


def lineage(
    problem: Problem,
    others: Sequence[Problem],
    spots_of: Mapping[int, Sequence[HotSpot]],
    events_of: Mapping[int, Sequence[Event]],
    refreshes: Sequence[Refresh],
    zone: tzinfo,
) -> Lineage:
    """Put the line of a problem and those of its relatives together.

    Parameters
    ----------
    problem, others
        The problem, and its :func:`relatives`.
    spots_of, events_of
        By problem id, for all of them: every hot spot matched to it, and its events in the order they were kept.
    refreshes
        All of them, in any order.
    zone
        Where a day begins.
    """
    as_of = {done.id: done.as_of for done in refreshes}
    looked = tuple(sorted(set(as_of.values())))
    everybody = [problem, *others]
    branches = tuple(sorted(_branches(problem, others, events_of, zone), key=_by_day))
    lines = {
        each.id: _line(each, spots_of.get(each.id, ()), events_of.get(each.id, ()), as_of, looked, branches, zone)
        for each in everybody
    }
    touched = list(dict.fromkeys(b.from_id if b.to_id == problem.id else b.to_id for b in branches))
    drawn = touched[:MOST_RELATIVES]
    return Lineage(
        own=lines[problem.id],
        relatives=tuple(lines[number] for number in drawn),
        branches=tuple(b for b in branches if {b.from_id, b.to_id} <= {problem.id, *drawn}),
        looked=looked,
        more=len(touched) - len(drawn),
    )


def _by_day(branch: Branch) -> tuple[date, int, int]:
    return branch.on, branch.from_id, branch.to_id


def _day(one: Event, zone: tzinfo) -> date:
    return one.at.astimezone(zone).date()


def _branches(
    problem: Problem, others: Sequence[Problem], events_of: Mapping[int, Sequence[Event]], zone: tzinfo
) -> list[Branch]:
    found: list[Branch] = []
    for one in (problem, *others):
        begun = one.created_at.astimezone(zone).date()
        for other in (problem, *others):
            if problem not in (one, other) or one is other:
                continue
            if one.parent_id == other.id:
                found.append(Branch(begun, other.id, one.id, Turn.SPLIT_OFF))
            if other.id in one.successor_ids:
                ended = _superseded_on(events_of.get(one.id, ()), zone) or begun
                found.append(Branch(ended, one.id, other.id, Turn.MERGED_AWAY))
    return found


def _superseded_on(events: Iterable[Event], zone: tzinfo) -> date | None:
    days = [_day(one, zone) for one in events if one.changes.get("status") == ProblemStatus.SUPERSEDED]
    return days[-1] if days else None


def _line(
    problem: Problem,
    spots: Sequence[HotSpot],
    events: Sequence[Event],
    as_of: Mapping[int, date],
    looked: Sequence[date],
    branches: Sequence[Branch],
    zone: tzinfo,
) -> Line:
    begun = problem.created_at.astimezone(zone).date()
    ended = _superseded_on(events, zone) if problem.status is ProblemStatus.SUPERSEDED else None
    last = max(begun, ended or (looked[-1] if looked else begun))
    by_day: dict[date, int] = {}
    newest = {as_of[spot.refresh_id]: spot.refresh_id for spot in spots}
    for spot in spots:
        # A day on which hot spots were looked for twice is told by the second look.
        if newest[as_of[spot.refresh_id]] == spot.refresh_id:
            day = as_of[spot.refresh_id]
            by_day[day] = by_day.get(day, 0) + spot.incidents
    seen = tuple(Seen(day, by_day[day]) for day in sorted(by_day) if day <= last)
    marks = _marks(problem, events, branches, zone)
    return Line(problem, min([begun, *(each.on for each in seen)]), last, seen, _quiet(marks, last), marks)


def _marks(problem: Problem, events: Sequence[Event], branches: Sequence[Branch], zone: tzinfo) -> tuple[Mark, ...]:
    marks = [mark for one in events if (mark := _mark(one, _day(one, zone)))]
    for branch in branches:
        if branch.from_id == problem.id and branch.turn is Turn.SPLIT_OFF:
            marks = _named(marks, Mark(branch.on, Turn.SPLIT, branch.to_id))
        if branch.to_id == problem.id and branch.turn is Turn.MERGED_AWAY:
            marks = _named(marks, Mark(branch.on, Turn.MERGED_IN, branch.from_id))
    order = list(Turn)
    return tuple(sorted(dict.fromkeys(marks), key=lambda mark: (mark.on, order.index(mark.turn), mark.other_id or 0)))


def _named(marks: list[Mark], named: Mark) -> list[Mark]:
    """Return the marks with one that says with whom, instead of one of the same day and kind that does not."""
    anonymous = Mark(named.on, named.turn)
    same_day = [mark for mark in marks if (mark.on, mark.turn, mark.other_id) == (named.on, named.turn, named.other_id)]
    return [*(mark for mark in marks if mark != anonymous), *([] if same_day else [named])]


def _mark(one: Event, on: date) -> Mark | None:
    status = one.changes.get("status")
    if one.kind is EventKind.CREATED:
        parent = one.changes.get("parent_id")
        if isinstance(parent, int):
            return Mark(on, Turn.SPLIT_OFF, parent)
        return Mark(on, Turn.DRAWN if one.details.get("drawn") else Turn.FOUND)
    if status == ProblemStatus.SUPERSEDED:
        successors = one.changes.get("successor_ids")
        return Mark(on, Turn.MERGED_AWAY, successors[0] if isinstance(successors, list) and successors else None)
    if status == ProblemStatus.RECURRED:
        return Mark(on, Turn.CAME_BACK)
    if one.kind is EventKind.SPLIT or (one.kind is EventKind.PROPOSED and one.details.get("proposal") == "split"):
        return Mark(on, Turn.SPLIT)
    plain = {EventKind.MERGED: Turn.MERGED_IN, EventKind.DORMANT: Turn.QUIET, EventKind.WOKE: Turn.WOKE}
    return Mark(on, plain[one.kind]) if one.kind in plain else None


def _quiet(marks: Iterable[Mark], last: date) -> tuple[tuple[date, date], ...]:
    spans: list[tuple[date, date]] = []
    since: date | None = None
    for mark in marks:
        if mark.turn is Turn.QUIET and since is None:
            since = mark.on
        elif mark.turn in (Turn.WOKE, Turn.CAME_BACK) and since is not None:
            spans.append((since, mark.on))
            since = None
    return (*spans, (since, last)) if since is not None else tuple(spans)
