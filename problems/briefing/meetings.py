"""What was noted and decided in the weekly meetings, as it is told by events about the store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from problems.briefing.weeks import IsoWeek
from problems.events import Event, EventKind

#: In the details of an event: the week of whose briefing the meeting was, and the decision that it settles.
MEETING: Final = "meeting"
SETTLES: Final = "settles"
DECIDED: Final = "decided"


class Settled(StrEnum):
    """What became of a decision of a meeting, as somebody said."""

    OPEN = "open"
    DONE = "done"
    MOVED = "moved"
    BLOCKED = "blocked"

    @property
    def label(self) -> str:
        """Plain word for it."""
        return {
            Settled.OPEN: "Under way",
            Settled.DONE: "Done",
            Settled.MOVED: "Date moved",
            Settled.BLOCKED: "Blocked",
        }[self]


@dataclass(frozen=True, slots=True)
class MeetingDecision:
    """Something that was decided in the meeting about the briefing of ``week``; ``id`` is that of its event.

    ``problem_id`` is None where it is about no one problem. ``settled`` is what was last said of it.
    """

    id: int
    week: IsoWeek
    at: datetime
    text: str
    by_name: str
    owner: str
    due_on: date | None
    problem_id: int | None
    settled: Settled = Settled.OPEN
    why: str = ""
    moved: int = 0


@dataclass(frozen=True, slots=True)
class MeetingNote:
    """Something that was noted in the meeting about the briefing of ``week``."""

    week: IsoWeek
    at: datetime
    text: str
    by_name: str


def meeting_notes(events: Iterable[Event]) -> list[MeetingNote]:
    """Return the notes of meetings, in their order."""
    return [
        MeetingNote(IsoWeek.read(str(one.details[MEETING])), one.at, one.note, one.by_name)
        for one in events
        if one.kind is EventKind.NOTED and MEETING in one.details and not one.details.get(DECIDED)
    ]


def meeting_decisions(events: Iterable[Event]) -> list[MeetingDecision]:
    """Return the decisions of meetings as the events about the store tell them, in their order."""
    found: dict[int, MeetingDecision] = {}
    for one in events:
        if one.kind is not EventKind.NOTED:
            continue
        if one.details.get(DECIDED):
            found[one.id] = MeetingDecision(
                one.id, IsoWeek.read(str(one.details[MEETING])), one.at, one.note, one.by_name,
                str(one.details.get("owner", "")), _day(one.details), _number(one.details),
            )  # fmt: skip
        elif isinstance(number := one.details.get(SETTLES), int) and number in found:
            found[number] = _settled(found[number], one)
    return list(found.values())


def _settled(decision: MeetingDecision, one: Event) -> MeetingDecision:
    state = Settled(str(one.details["state"]))
    due_on = _day(one.details) or decision.due_on
    moved = decision.moved + int(due_on != decision.due_on)
    return replace(decision, settled=state, why=one.note, due_on=due_on, moved=moved)


def _day(details: Mapping[str, object]) -> date | None:
    told = details.get("due_on")
    return date.fromisoformat(str(told)) if told else None


def _number(details: Mapping[str, object]) -> int | None:
    told = details.get("problem_id")
    return told if isinstance(told, int) else None
