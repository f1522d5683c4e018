"""Spells of being verified: from the day on which somebody saw that a fix is in order to the day it was not any more.

Whoever counts verified fixes counts these: the areas, the service themes, and what residents are told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from typing import Final

from problems.events import Event
from problems.problem import ProblemStatus
from problems.reasons import Outcome

_HOLDS: Final = (ProblemStatus.VERIFIED, ProblemStatus.CLOSED)
#: Closed like this, a fix is not said to have held.
FAILED: Final = (Outcome.NO_EFFECT, Outcome.WORSE)


@dataclass(frozen=True, slots=True)
class VerifiedSpell:
    """One fix: the local day it was verified on, and the day it did not hold any more (None while it does).

    ``became`` is the status that it has, or had from that day; ``outcome`` what it was closed as, where it was.
    """

    began: date
    until: date | None = None
    became: ProblemStatus = ProblemStatus.VERIFIED
    outcome: Outcome | None = None
    #: The place of the entry that began it among those of its problem.
    entry: int = field(default=0, compare=False)


def verified_spells(events: Sequence[Event], zone: tzinfo) -> Iterator[VerifiedSpell]:
    """Go through the fixes of one problem, the oldest first.

    A fix that came undone and was verified again is two; one that is verified while it holds, or closed, goes on. It
    ends where the problem is closed as without effect or worse.
    """
    held: VerifiedSpell | None = None
    for at, one in enumerate(events):
        if "status" not in one.changes:
            continue
        status, day = ProblemStatus(str(one.changes["status"])), one.at.astimezone(zone).date()
        if held is None:
            held = VerifiedSpell(day, entry=at) if status is ProblemStatus.VERIFIED else None
            continue
        outcome = _outcome(one) if status is ProblemStatus.CLOSED else None
        if status in _HOLDS and outcome not in FAILED:
            held = replace(held, became=status, outcome=outcome)
            continue
        yield replace(held, until=day, became=status, outcome=outcome)
        held = None
    if held is not None:
        yield held


def _outcome(event: Event) -> Outcome | None:
    told = event.changes.get("outcome")
    return Outcome(str(told)) if told in tuple(Outcome) else None
