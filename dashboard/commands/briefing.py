"""What ``brief`` does: the briefing of a week as text, and as a file."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dashboard.commands.opening import opened_store, week_and_day
from dashboard.commands.output import FINE, Output, table
from data.briefing_files import renderer_for, write_briefing
from data.briefing_pages.parts import Paper
from data.calendars import working_days
from data.settings import SEED
from data.targets import targets_of
from data.taxonomy import names_of_kinds
from problems.briefing.briefing import Briefing
from problems.briefing.changing import called_first
from problems.briefing.figure import Figure, Section
from problems.briefing.rows import rows_of
from problems.clock import clock_in
from problems.people import SYSTEM
from problems.use_cases.briefing import brief

_SERIES = 8


def run_brief(
    output: Output, *, week: str, area: str, known_on: str | None, out: Path | None, paper: str | None
) -> int:
    """Print the briefing of a week (empty: the last whole one), or write it to a file."""
    size = None if paper is None else Paper.read(paper)
    if out is not None:
        renderer_for(out)  # refused before the work, not after it
    with opened_store() as (store, settings):
        clock = clock_in(settings.zone)
        wanted, known = week_and_day(week, known_on, clock().date())
        found = brief(
            store,
            SYSTEM,
            clock,
            SEED,
            week=wanted,
            zone=settings.zone,
            settings=settings.detection,
            targets=targets_of(store),
            days=working_days(settings.calendar),
            kinds=names_of_kinds(),
            area=area,
            known_on=known,
        )
        if out is not None:
            write_briefing(store, found, out, size or settings.paper)
    rows = rows_of(found)
    values = {
        "week": str(found.header.week),
        "area": found.header.area.name if found.header.area else "",
        "as_of": found.header.as_of.isoformat(),
        "known_on": found.header.known_on.isoformat(),
        "file": "" if out is None else str(out),
        "figures": len(rows),
        "sentences": {str(section): sentence for section, sentence in found.sentences()},
    }
    written = [] if out is None else [f"The briefing was written to {out}."]
    output.answer(values, [*lines_of(found), *written])
    return FINE


def lines_of(briefing: Briefing) -> Iterator[str]:
    """Go through the lines of a briefing for a terminal."""
    of = briefing.header
    place = f", {of.area.name}" if of.area else ""
    yield f"Briefing of {of.week.words}{place} (up to {of.as_of.isoformat()}, as known on {of.known_on.isoformat()})"
    hidden = {one.section: one.why for one in briefing.withheld}
    for section, sentence in briefing.sentences():
        yield ""
        yield section.label if section is Section.HEADER else f"{section.number}. {section.label}"
        yield f"   {hidden.get(section, sentence)}"
        if section not in hidden:
            yield from (f"   {line}" for line in _lines(briefing, section))


def _lines(briefing: Briefing, section: Section) -> list[str]:
    if section is Section.HEADER:
        made_up = [briefing.header.made_up] if briefing.header.made_up else []
        return [*made_up, briefing.header.unplaced.sentence, *(one.sentence for one in briefing.header.late_feeds)]
    if section is Section.DECISIONS:
        rows = [(one.kind.label, one.ref, one.title, one.recommendation, one.why) for one in briefing.decisions.wanted]
        return table(("Decision", "Problem", "Place", "Recommended", "Why"), rows) if rows else []
    if section is Section.LAST_DECISIONS:
        taken = briefing.last_decisions.taken
        last = [(one.state.label, one.decided, one.ref, one.owner or "nobody", one.why) for one in taken]
        return table(("State", "Decision", "Problem", "Owner", "Why"), last) if last else []
    if section is Section.BOARD:
        return _board(briefing)
    if section is Section.CHANGES:
        called = [one for one in called_first(briefing.changes.every) if one.signal.word.is_called_out]
        return [f"{one.signal.name}: {one.signal.sentence}" for one in called[:_SERIES]]
    if section is Section.SERVICE:
        return _said(briefing.service.figures[3:-1])
    if section is Section.REMEDIATION:
        total = briefing.remediation.total
        return _said((total.due, total.overdue, total.blocked, total.rework))
    if section is Section.RESIDENTS:
        return _said(briefing.residents.figures[3:])
    if section is Section.WORKED:
        return [f"{one.ref} {one.name}: {one.sentence}" for one in briefing.worked.assessed]
    return list(briefing.caveats.sentences) if section is Section.CAVEATS else []


def _board(briefing: Briefing) -> list[str]:
    states = [(one.now.label, one.now.words, str(one.came), str(one.left)) for one in briefing.board.states]
    top = [
        (
            one.ref,
            one.name,
            one.incidents.words,
            _band(one.incidents),
            one.owner or "nobody",
            one.next_step,
            _day(one.due_on),
            one.status.label,
        )
        for one in briefing.board.top
    ]
    heads = ("Problem", "Place", "28 days", "Its own usual", "Owner", "Next", "Due", "State")
    return [
        *(table(("State", "Now", "Came", "Left"), states) if states else []),
        *(["", *table(heads, top)] if top else []),
    ]


def _band(figure: Figure) -> str:
    return figure.no_range if figure.low is None or figure.high is None else f"{figure.low:g} to {figure.high:g}"


def _day(due_on: date | None) -> str:
    return due_on.isoformat() if due_on else ""


def _said(figures: tuple[Figure, ...]) -> list[str]:
    return [one.sentence for one in figures]
