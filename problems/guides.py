"""What a team usually does about each kind of problem: lists of usual actions, and texts of advice.

Both come with Fixpoint; an installation may put its own in their place, group by group, and go back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from problems.actions import ActionType
from problems.categories import Group, folded
from problems.errors import InputRefused
from problems.people import Organisation

MOST_ACTIONS = 12
MOST_STEPS = 20
LONGEST_TITLE = 120
LONGEST_STEP = 200
LONGEST_ADVICE = 2000
LONGEST_DUE_DAYS = 730


class GuideKind(StrEnum):
    """What a guide is about."""

    ACTIONS = "actions"
    ADVICE = "advice"

    @property
    def label(self) -> str:
        """Plain words for it."""
        return {GuideKind.ACTIONS: "Usual actions", GuideKind.ADVICE: "Advice"}[self]


@dataclass(frozen=True, slots=True)
class Guide:
    """What an installation says for one group in place of what came with Fixpoint; empty ``content``: nothing."""

    id: int
    kind: GuideKind
    group: Group
    content: Mapping[str, Any] = field(default_factory=dict)
    edited_by: str = ""
    edited_at: datetime | None = None
    version: int = 0

    @property
    def is_own(self) -> bool:
        """Tell whether the installation's own content is in force."""
        return bool(self.content)


@dataclass(frozen=True, slots=True)
class UsualAction:
    """One line of a list of usual actions.

    ``kind`` is the kind of organisation that does it, ``known_by`` words that its name may hold; the first
    organisation that fits both is proposed. ``after`` are the places in the list (from 1) of what has to be
    settled first, ``due_days`` the days from today.
    """

    type: ActionType
    title: str
    kind: str
    due_days: int
    known_by: tuple[str, ...] = ()
    after: tuple[int, ...] = ()
    checklist: tuple[str, ...] = ()


def usual_actions(asked: str, rows: Sequence[Mapping[str, Any]]) -> tuple[UsualAction, ...]:
    """Return a checked list of usual actions from plain values, as a guide or a file keeps them.

    Raises
    ------
    InputRefused
        With the number of the line, when one cannot be used: no title, an unknown kind of work, days that are
        no days, or an order that points at itself, onward or outside of the list.
    """
    if len(rows) > MOST_ACTIONS:
        raise InputRefused(asked, f"It has {len(rows)} actions.", f"At most {MOST_ACTIONS} are usual anywhere.")
    return tuple(_usual_action(asked, at, row) for at, row in enumerate(rows, 1))


def _usual_action(asked: str, at: int, row: Mapping[str, Any]) -> UsualAction:
    title, kind = str(row.get("title") or "").strip(), str(row.get("kind") or "").strip()
    due_days, word = row.get("due_days"), str(row.get("type") or "")
    after = tuple(sorted({int(number) for number in row.get("after") or ()}))
    steps = tuple(text for one in row.get("checklist") or () if (text := str(one).strip()))
    where = f"Action {at} of the list"
    if not title or len(title) > LONGEST_TITLE:
        raise InputRefused(asked, f"{where} has no title or a very long one.", f"Say it in {LONGEST_TITLE} characters.")
    if word not in tuple(ActionType):
        known = ", ".join(one.label for one in ActionType)
        raise InputRefused(asked, f"{where} is of no known kind of work.", f"Kinds of work are: {known}.")
    if not isinstance(due_days, int) or not 1 <= due_days <= LONGEST_DUE_DAYS:
        raise InputRefused(asked, f"{where} has no days until it is due.", f"Give 1 to {LONGEST_DUE_DAYS} days.")
    if any(not 1 <= number < at for number in after):
        raise InputRefused(
            asked,
            f"{where} waits for one that does not come before it.",
            "An action can wait for actions above it in the list.",
        )
    if len(steps) > MOST_STEPS or any(len(step) > LONGEST_STEP for step in steps):
        possible = f"At most {MOST_STEPS} steps of {LONGEST_STEP} characters are kept."
        raise InputRefused(asked, f"{where} has too long a checklist.", possible)
    known_by = tuple(text for one in row.get("known_by") or () if (text := str(one).strip()))
    return UsualAction(ActionType(word), title, kind, due_days, known_by, after, steps)


def as_rows(actions: Sequence[UsualAction]) -> list[dict[str, Any]]:
    """Return a list of usual actions as plain values that :func:`usual_actions` reads back."""
    return [
        {
            "type": str(one.type),
            "title": one.title,
            "kind": one.kind,
            "due_days": one.due_days,
            "known_by": list(one.known_by),
            "after": list(one.after),
            "checklist": list(one.checklist),
        }
        for one in actions
    ]


def checked_advice(asked: str, text: str) -> str:
    """Return a text of advice without outer space.

    Raises
    ------
    InputRefused
        When it is empty or too long.
    """
    told = text.strip()
    if not told:
        raise InputRefused(asked, "Nothing is said.", "Write what people can do, in a few plain sentences.")
    if len(told) > LONGEST_ADVICE:
        why = f"The text has {len(told)} characters."
        raise InputRefused(asked, why, f"At most {LONGEST_ADVICE} are kept: nobody reads more.")
    return told


def organisation_for(usual: UsualAction, organisations: Sequence[Organisation]) -> Organisation | None:
    """Return the organisation to propose an action to, or None where none is of its kind.

    Of those of the kind that are not closed, one whose name holds a word the line is known by comes first, in
    the order of these words. An organisation of another kind is proposed where its name holds such a word and
    none of the kind does: what a place calls its services differs more than their names do.
    """
    there = [each for each in organisations if not each.closed]
    of_kind = [each for each in there if same_kind(each.kind, usual.kind)]
    for some in (of_kind, there):
        for word in usual.known_by:
            named = [each for each in some if folded(word) in folded(each.name)]
            if named:
                return named[0]
    return of_kind[0] if len(of_kind) == 1 else None


def same_kind(one: str, other: str) -> bool:
    """Tell whether two words name the same kind of organisation, such as “Council service” and “council”.

    >>> same_kind("Police team", "police"), same_kind("charity", "Outreach"), same_kind("", "")
    (True, True, False)
    """
    return bool(_first_word(one)) and _first_word(one) == _first_word(other)


def _first_word(kind: str) -> str:
    words = folded(kind).split()
    return {"charity": "outreach", "housing": "landlord"}.get(words[0], words[0]) if words else ""


class GuideStore(Protocol):
    """The part of :class:`problems.store.Store` that reads guides."""

    def guides(self) -> list[Guide]:
        """Return every guide that an installation has edited, in order of id."""
        ...


class GuideUnit(Protocol):
    """The part of :class:`problems.store.Unit` that writes guides."""

    def add_guide(self, guide: Guide) -> int:
        """Keep a new guide."""
        ...

    def save_guide(self, guide: Guide, seen_version: int) -> Guide:
        """Write over a guide that is still at ``seen_version``."""
        ...
