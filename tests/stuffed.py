"""A briefing with more of everything than two pages hold, made of a real one, and one whose names are odd."""

from dataclasses import replace
from datetime import UTC, date, datetime

from problems.briefing.briefing import (
    Briefing,
    Change,
    DecisionState,
    DecisionTaken,
    FixOf,
    LateFeed,
    PartnerWork,
    TopProblem,
    Wanted,
    WantedKind,
)
from problems.briefing.figure import Figure, Unit, counted
from problems.briefing.happened import Worked
from problems.problem import ProblemStatus
from problems.signals import Range, Signal, SignalWord
from problems.time_to_fix import Quantile, TimeToFix
from problems.verdicts import Verdict

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Road by the old goods station, east side"


def stuffed(briefing: Briefing, name: str = LONG) -> Briefing:
    """Return a briefing in which every list is long and everything is called ``name``."""
    return replace(
        briefing,
        header=replace(briefing.header, late_feeds=(_late(name),) * 12),
        decisions=replace(briefing.decisions, wanted=(_wanted(name),) * 5, rest={WantedKind.ADOPT: 19}),
        last_decisions=replace(briefing.last_decisions, taken=(_taken(name),) * 25),
        board=replace(briefing.board, top=tuple(_top(at, name) for at in range(1, 11))),
        changes=replace(briefing.changes, called_out=tuple(_change(at, name) for at in range(9))),
        service=replace(briefing.service, fix_by_category=(_fix(name),) * 15, fix_by_partner=(_fix(name),) * 25),
        remediation=replace(briefing.remediation, partners=tuple(_partner(at, name) for at in range(40))),
        worked=replace(briefing.worked, assessed=(_worked(name),) * 9),
        caveats=replace(briefing.caveats, sentences=(f"{name} was left out." * 3,) * 20),
    )


def _late(name: str) -> LateFeed:
    return LateFeed(name, date(2026, 2, 1), 30, 1.0, f"“{name}” brought nothing since 2026-02-01: 30 days, 1 is usual.")


def _wanted(name: str) -> Wanted:
    return Wanted(WantedKind.ESCALATE, 7, "P-0007", name, f"Ask {name}.", f"{name} is late. " * 6, 41, name)


def _taken(name: str) -> DecisionTaken:
    at = datetime(2026, 2, 25, 9, tzinfo=UTC)
    return DecisionTaken(
        at, f"Meet {name}", name, 7, "P-0007", name, name, date(2026, 3, 9), DecisionState.LATE, name, True
    )


def _top(at: int, name: str) -> TopProblem:
    incidents = Figure(f"incidents_{at}", name, Unit.INCIDENTS, 30 - at, "", 30 - at, 4, 19)
    day = date(2026, 3, 20)
    return TopProblem(
        at, f"P-{at:04}", name, name, name, 12, incidents, name, f"{name}: {name}", day, 3, ProblemStatus.REMEDIATED
    )


def _change(at: int, name: str) -> Change:
    band, line = Range(20.0, 11, 29, 8, 4.1, 0.0001, 0.001), Range(18.0, 9, 27, 44, 4.4, 0.0001, 0.001)
    said = "41 this week, 11 to 29 expected: more than usual."
    signal = Signal(f"{name} {at}", 41, SignalWord.MORE, said, band, line, 0, 1.4)
    figure = Figure(f"change_{at}", name, Unit.REPORTS, 41, said, 41, 11, 29)
    return Change("LGT", name, None, "", signal, (*range(10, 30), *range(30, 10, -1), 41), figure)


def _fix(name: str) -> FixOf:
    times = TimeToFix(name, 40, 22, 0, 15, 1, 0, Quantile(19.2, 11.0, None), Quantile(None, 40.0, None), 90.0)
    return FixOf(times, Figure("fix", name, Unit.DAYS, 19.2, times.sentence, 40, 11.0))


def _partner(at: int, name: str) -> PartnerWork:
    one = counted(f"due_{at}", name, Unit.ACTIONS, at + 1)
    accepted = Figure(f"accept_{at}", name, Unit.DAYS, None, "", 4)
    return PartnerWork(at, f"{name} {at}", accepted, one, one, one, {name: (1, 2)}, one)


def _worked(name: str) -> Worked:
    figure = Figure("worked_1", name, Unit.INCIDENTS, -12.0, name, None, -21.0, -3.0)
    return Worked(
        1, 7, "P-0007", name, date(2026, 3, 4), Verdict.FELL, figure, f"Round about {name}.", f"{name} fell. " * 9
    )
