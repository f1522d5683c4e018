"""One area: what is open in it, which fixes were verified and whether they held, and how it is drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final

from problems.areas import AreaKind
from problems.briefing.areas_compared import AreasCompared
from problems.briefing.boarding import next_step
from problems.briefing.briefing import AreaThen, Briefing
from problems.briefing.scope import Scope
from problems.events import Event
from problems.figures import is_live
from problems.problem import Problem, ProblemStatus
from problems.reasons import Outcome
from problems.verified_spells import verified_spells

#: So far back are verified fixes told.
WEEKS_OF_FIXES: Final = 26


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """A problem that is open in an area, with what has to be done next and by when."""

    problem: Problem
    next_step: str
    due_on: date | None
    days_late: int


@dataclass(frozen=True, slots=True)
class VerifiedFix:
    """A fix that somebody went to see. ``until`` is the day it did not hold any more, None while it does.

    ``became`` is the status that it has, or had from that day; ``days`` is how long it held, or has held so far;
    ``outcome`` is what it was closed as.
    """

    problem_id: int
    ref: str
    name: str
    verified_on: date
    until: date | None
    became: ProblemStatus
    days: int
    outcome: Outcome | None = None

    @property
    def words(self) -> str:
        """Whether it held, in words."""
        long = f"{self.days} {'day' if self.days == 1 else 'days'}"
        if self.days >= 14:
            long = f"{self.days // 7} weeks"
        if self.until is None:
            closed = ", and the problem is closed" if self.became is ProblemStatus.CLOSED else ""
            outcome = f" as “{self.outcome.label}”" if self.outcome else ""
            return f"Has held for {long} so far{closed}{outcome}."
        if self.became is ProblemStatus.CLOSED:
            return f"Closed after {long}{f' as “{self.outcome.label}”' if self.outcome else ''}."
        if self.became is ProblemStatus.RECURRED:
            return f"Came back after {long}."
        if self.became is ProblemStatus.SUPERSEDED:
            return f"Held for {long}; then the problem was merged or split."
        return f"Did not stay fixed: {self.became.label.lower()} after {long}."


@dataclass(frozen=True, slots=True)
class AreaPage:
    """One area as its reader may see it.

    ``on`` is the day whose end problems and fixes are told of; ``briefing`` is of the last week that was over then.
    ``gone_quiet`` counts what nobody took on and that is no hot spot any more. ``among`` is None for partners.
    """

    area: AreaThen
    on: date
    briefing: Briefing
    open: tuple[OpenProblem, ...]
    gone_quiet: int
    fixes: tuple[VerifiedFix, ...]
    among: AreasCompared | None
    remarks: tuple[str, ...]

    @property
    def fixes_sentence(self) -> str:
        """How many fixes were verified, and how many of them held; to a partner, of those that are shared with it."""
        one, many = ("", "") if self.among is not None else (" that is shared with you", " that are shared with you")
        if not self.fixes:
            return f"No fix{one} was verified here in the last {WEEKS_OF_FIXES} weeks."
        held = sum(each.until is None for each in self.fixes)
        number = f"{len(self.fixes)} fixes{many} were" if len(self.fixes) != 1 else f"1 fix{one} was"
        if len(self.fixes) == 1:
            said = "it has held so far" if held else "it did not hold"
        elif held == len(self.fixes):
            said = "all have held so far"
        else:
            said = f"{held} of them {'has' if held == 1 else 'have'} held so far"
        return f"{number} verified in the last {WEEKS_OF_FIXES} weeks; {said}."

    @property
    def problems_sentence(self) -> str:
        """How many problems are open, late and without an owner; to a partner, of what is shared with it."""
        whole, number = self.among is not None, len(self.open)
        if not self.open:
            said = "No problem is open here." if whole else "No problem that is shared with you is open here."
        else:
            late = sum(one.days_late > 0 for one in self.open)
            is_one = "is" if number == 1 else "are"
            told = "" if whole else f" that {is_one} shared with you"
            nobody = f", {sum(not one.problem.owner for one in self.open)} without an owner" if whole else ""
            said = f"{number} {'problem' if number == 1 else 'problems'}{told} {is_one} open here: {late} late{nobody}."
        if self.gone_quiet:
            said += (
                f" {self.gone_quiet} more that nobody took on {'has' if self.gone_quiet == 1 else 'have'} gone quiet."
            )
        return said


def open_problems(scope: Scope) -> tuple[list[OpenProblem], int]:
    """Return what is open in a place, the most late first and then what is due first, and how many have gone quiet."""
    found = []
    for one in scope.problems:
        if is_live(one):
            step, due_on = next_step(scope, one)
            late = max(0, (scope.moment.as_of - due_on).days) if due_on else 0
            found.append(OpenProblem(one, step, due_on, late))
    found.sort(key=lambda one: (-one.days_late, one.due_on or date.max, one.problem.id))
    quiet = sum(one.status is ProblemStatus.DETECTED and not is_live(one) for one in scope.problems)
    return found, quiet


def verified_fixes(
    problems: Sequence[Problem], events: Mapping[int, Sequence[Event]], *, on: date, zone: tzinfo
) -> list[VerifiedFix]:
    """Return the fixes that were verified in the last weeks up to a day, the newest first, and whether each held.

    A fix that came undone and was verified again is two fixes, see :func:`problems.verified_spells.verified_spells`.
    """
    since = on - timedelta(weeks=WEEKS_OF_FIXES) + timedelta(days=1)
    found = []
    for problem in problems:
        for one in verified_spells(events.get(problem.id, ()), zone):
            if since <= one.began <= on:
                days = ((one.until or on) - one.began).days
                found.append(
                    VerifiedFix(
                        problem.id, problem.ref, problem.name, one.began, one.until, one.became, days, one.outcome
                    )
                )
    return sorted(found, key=lambda one: (-one.verified_on.toordinal(), one.problem_id))


def drawn_anew(
    now: AreaThen, before: Sequence[tuple[date, AreaKind, Sequence[Mapping[str, object]]]], since: date, on: date
) -> Iterator[str]:
    """Say where the boundaries of an area changed from one day to another, both included.

    ``now`` are those of the later day, ``before`` those that were replaced, and on which day.
    """
    for day, kind, rows in before:
        if kind is not now.kind or not since <= day <= on:
            continue
        own = next((one for one in rows if str(one["name"]).casefold() == now.name.casefold()), None)
        what = "its boundaries came in new on" if own is None else "it was drawn anew on"
        if own is None or own["geometry"] != now.geometry:
            was = " It was not among the areas before, or had another name." if own is None else ""
            yield (
                f"{now.name}: {what} {day.isoformat()}.{was} All that is told here counts within its boundaries of "
                "today, also of the time before."
            )
