"""Set a briefing into parts: which tables and charts stand in which section, in plain words."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from data.briefing_pages.parts import (
    DASH,
    BarChart,
    Column,
    FlowChart,
    Grid,
    KeyFigure,
    MapChart,
    Pages,
    Part,
    RunChart,
    day_words,
    grid,
    plain,
    short_day,
)
from problems.briefing.briefing import Briefing, Change, FixOf, PartnerWork
from problems.briefing.figure import TOO_FEW, Figure, Section, Unit
from problems.briefing.happened import Worked
from problems.briefing.weeks import IsoWeek
from problems.service import days_words
from problems.verdicts import Verdict

#: Weeks that a run chart shows, and the most charts that are drawn; more stand in the table.
WEEKS_DRAWN: Final = 53
_MOST_CHARTS: Final = 6
_MOST_BARS: Final = 6
_LEAST_FLOW_WEEKS: Final = 2
_NOBODY: Final = "nobody"
_FIGURE_COLUMNS: Final = (
    Column("What", 3.1), Column("Value", 1.45, is_number=True), Column("Likely range", 1.45, is_number=True),
    Column("Out of", 0.8, is_number=True),
)  # fmt: skip


def pages_of(briefing: Briefing) -> Pages:
    """Return a briefing as parts; sections that the reader is not shown say so and hold nothing."""
    header = briefing.header
    hidden = {one.section: one.why for one in briefing.withheld}
    place = header.area.name if header.area else "The whole place"
    week = header.week
    made = [
        _decisions(briefing), _last(briefing), _board(briefing), _map(briefing), _changes(briefing),
        _service(briefing), _remediation(briefing), _residents(briefing), _worked(briefing), _caveats(briefing),
    ]  # fmt: skip
    parts = [Part(one.section, hidden[one.section], withheld=True) if one.section in hidden else one for one in made]
    known = f"Told up to {day_words(header.as_of)}, as known on {day_words(header.known_on)}."
    return Pages(
        title="Weekly briefing",
        place=plain(place),
        week=_week_words(week),
        known=known if header.is_over else f"{known} The week is not over.",
        known_on=header.known_on,
        figures=_key_figures(briefing, hidden=frozenset(hidden)),
        warnings=tuple(plain(one) for one in (header.made_up, *(late.sentence for late in header.late_feeds)) if one),
        sentence=plain(header.sentence),
        parts=tuple(parts),
    )


def _week_words(week: IsoWeek) -> str:
    days = week.words.partition(", ")[2]
    year = "" if days.endswith(str(week.last.year)) else f" {week.last.year}"
    return f"Week {week.number}, {days}{year}"


def _key_figures(briefing: Briefing, *, hidden: frozenset[Section]) -> tuple[KeyFigure, ...]:
    header = briefing.header
    found = [KeyFigure("Reports in", header.received.words), KeyFigure("Reports out", header.closed.words)]
    if Section.SERVICE not in hidden:
        found.append(KeyFigure("Open at the end", briefing.service.backlog.words))
    lost = header.unplaced
    found.append(KeyFigure("Without a place", _value_told(lost), range_of(lost) or ("of reports in" if lost.n else "")))
    found.append(KeyFigure("Without a category", header.unmapped.words))
    late = len(header.late_feeds)
    found.append(KeyFigure("Sources late", str(late) if late else "none"))
    return tuple(found)


def range_of(figure: Figure) -> str:
    """Return the interval of a figure in words; empty where it has none."""
    if figure.low is None or figure.value is None:
        return ""
    if figure.unit is Unit.SHARE:
        low, high = round(100 * figure.low), round(100 * (figure.high or 0.0))
        if low == high:
            return "under 1 %" if not high else f"about {high} %"
        return f"{low} to {high} %"
    if figure.unit is Unit.DAYS:
        return _days_range(figure.low, figure.high)
    return f"{figure.low:,.0f} or more" if figure.high is None else f"{figure.low:,.0f} to {figure.high:,.0f}"


def _days_range(low: float | None, high: float | None) -> str:
    if low is None:
        return DASH
    return f"at least {days_words(low)}" if high is None else f"{days_words(low).split()[0]} to {days_words(high)}"


def value_of(figure: Figure) -> str:
    """Return the value of a figure in words, with its unit where that is days."""
    if figure.unit is Unit.DAYS and figure.value is not None:
        return days_words(figure.value)
    return figure.words


def _figures(caption: str, figures: Sequence[Figure]) -> tuple[Grid, ...]:
    rows = [(one.label, _value_told(one), range_of(one) or DASH, _number(one)) for one in figures]
    return grid(caption, _FIGURE_COLUMNS, rows)


def _value_told(figure: Figure) -> str:
    if figure.value is None and figure.unit is Unit.SHARE and not figure.n:
        return "none to tell of"
    return value_of(figure)


def _number(figure: Figure) -> str:
    counts = figure.unit in (Unit.SHARE, Unit.DAYS)
    return f"{figure.n:,}" if counts and figure.n is not None else DASH


# -- 1 to 4 --


def _decisions(briefing: Briefing) -> Part:
    of = briefing.decisions
    columns = (Column("Decision", 1.0), Column("Problem", 1.7), Column("Recommended, and why", 3.6),
               Column("Owner", 1.0), Column("Waits", 0.7, is_number=True))  # fmt: skip
    rows = [
        (one.kind.label, f"{one.ref} {one.title}", f"{one.recommendation} {one.why}", one.owner or _NOBODY,
         days_words(one.waits_days))
        for one in of.wanted
    ]  # fmt: skip
    rest = ", ".join(f"{count} × {kind.label.lower()}" for kind, count in of.rest.items() if count)
    more = (f"Also wanted: {rest}.",) if rest else ()
    return Part(
        Section.DECISIONS, plain(of.sentence), more, grid("Decisions wanted, most pressing first", columns, rows)
    )


def _last(briefing: Briefing) -> Part:
    of = briefing.last_decisions
    columns = (Column("How it stands", 1.0), Column("Decided", 1.4), Column("Problem", 2.4), Column("Owner", 1.1),
               Column("Due", 0.9, is_number=True), Column("Why", 1.6))  # fmt: skip
    rows = [
        (one.state.label, one.decided, f"{one.ref} {one.title}".strip() or DASH, one.owner or _NOBODY,
         short_day(one.due_on), one.why or DASH)
        for one in of.taken
    ]  # fmt: skip
    return Part(Section.LAST_DECISIONS, plain(of.sentence), (), grid("Decisions of the week before", columns, rows))


def _board(briefing: Briefing) -> Part:
    of = briefing.board
    states = grid(
        "Problems by state, and the moves of the week",
        (Column("State", 2.4), Column("Now", 0.7, is_number=True), Column("Came", 0.7, is_number=True),
         Column("Left", 0.7, is_number=True)),
        [(one.now.label, one.now.words, one.came, one.left) for one in of.states],
    )  # fmt: skip
    columns = (
        Column("", 0.3, is_number=True), Column("Problem", 3.8), Column("Weeks", 0.6, is_number=True),
        Column("28 days", 0.8, is_number=True), Column("Expected", 0.9, is_number=True), Column("Owner", 1.3),
        Column("Next step", 2.1), Column("Due", 1.15, is_number=True), Column("State", 1.65),
    )  # fmt: skip
    top = [
        (place, f"{one.ref} {one.name}", one.weeks_active, one.incidents.words,
         range_of(one.incidents) or one.incidents.no_range, one.owner or _NOBODY, one.next_step,
         short_day(one.due_on), one.status.label)
        for place, one in enumerate(of.top, start=1)
    ]  # fmt: skip
    caption = "The ten at the top: incidents of 28 days, beside what its own year before makes one expect"
    bars = tuple((one.now.label, (round(one.now.value or 0),)) for one in of.states if one.now.value)
    charts = (BarChart("Problems by state", ("Problems",), bars),) if bars else ()
    return Part(Section.BOARD, plain(of.sentence), (), (*states, *grid(caption, columns, top)), charts)


def _map(briefing: Briefing) -> Part:
    of = briefing.map
    ranks = {one.problem_id: place for place, one in enumerate(briefing.board.top, start=1)}
    columns = (Column("Problem", 3.0), Column("State of the work", 1.4), Column("Weeks hot", 0.8, is_number=True),
               Column("Weeks looked at", 0.9, is_number=True))  # fmt: skip
    rows = [(f"{one.ref} {one.name}", one.remediation.label, one.weeks_hot, one.weeks_looked) for one in of.places]
    charts = (MapChart(of, ranks),) if of.places else ()
    return Part(Section.MAP, plain(of.sentence), (), grid("The places on the map", columns, rows), charts)


# -- 5 to 8 --


def _changes(briefing: Briefing) -> Part:
    of = briefing.changes
    columns = (Column("What, and where", 2.4), Column("This week", 0.8, is_number=True),
               Column("Expected", 0.9, is_number=True), Column("Reading", 3.6))  # fmt: skip
    rows = [
        (one.signal.name, one.signal.count, range_of(one.figure) or "not known", one.signal.sentence)
        for one in of.called_out
    ]
    charts = tuple(_run_chart(briefing, one) for one in of.drawn[:_MOST_CHARTS] if len(one.weeks) > 1)
    return Part(Section.CHANGES, plain(of.sentence), (), grid("What stands out", columns, rows), charts)


def _run_chart(briefing: Briefing, change: Change) -> RunChart:
    counts = change.weeks[-WEEKS_DRAWN:]
    first = briefing.header.week.first - timedelta(weeks=len(counts) - 1)
    return RunChart(plain(change.signal.name), first, counts, change.signal)


def _service(briefing: Briefing) -> Part:
    of = briefing.service
    by_what = (("category", of.fix_by_category), ("partner", of.fix_by_partner))
    fixes = [one for what, fixes in by_what for one in _fixes(what, fixes)]
    some = any(one.received or one.closed or one.open_at_end for one in of.weeks)
    charts = (FlowChart(of.weeks),) if some and len(of.weeks) >= _LEAST_FLOW_WEEKS else ()
    return Part(Section.SERVICE, plain(of.sentence), (), (*_figures("The service", of.figures), *fixes), charts)


def _fixes(what: str, fixes: Sequence[FixOf]) -> tuple[Grid, ...]:
    columns = (
        Column(what.capitalize(), 2.35), Column("Half fixed in", 1.8, is_number=True),
        Column("Likely, days", 1.3, is_number=True), Column("Out of", 0.8, is_number=True),
        Column("Fixed", 0.7, is_number=True), Column("Open", 0.7, is_number=True),
    )  # fmt: skip
    return grid(f"Time to a fix by {what}, 13 weeks", columns, [_fix(one) for one in fixes])


def _fix(one: FixOf) -> tuple[object, ...]:
    times = one.times
    counts = (f"{times.count:,}", f"{times.fixed:,}", f"{times.open:,}")
    if times.median is None:
        return (times.name, TOO_FEW, DASH, *counts)
    half = "not reached" if times.median.days is None else days_words(times.median.days)
    likely = _days_range(times.median.low_days, times.median.high_days).replace(" days", "").replace(" day", "")
    return (times.name, half, likely, *counts)


def _remediation(briefing: Briefing) -> Part:
    of = briefing.remediation
    columns = (
        Column("Partner", 2.4), Column("Accepted in", 1.3, is_number=True), Column("Due", 0.6, is_number=True),
        Column("Late", 0.6, is_number=True), Column("Blocked", 0.7, is_number=True),
        Column("Sent back", 0.95, is_number=True), Column("Blocked by", 1.6),
    )  # fmt: skip
    every = (of.total, *of.partners) if of.partners else ()
    bars = tuple((plain(one.name), (_count(one.overdue), _count(one.due))) for one in of.partners)
    shown = tuple([row for row in bars if any(row[1])][:_MOST_BARS])
    charts = (BarChart("Work by partner", ("Late", "Due in the week"), shown),) if shown else ()
    grids = grid("Work of the partners", columns, [_partner(one) for one in every])
    return Part(Section.REMEDIATION, plain(of.sentence), (), grids, charts)


def _count(figure: Figure) -> int:
    return round(figure.value or 0)


def _partner(work: PartnerWork) -> tuple[object, ...]:
    reasons = ", ".join(f"{reason} {len(ids)}" for reason, ids in work.blocked_by.items())
    accepted = value_of(work.to_accept)
    counts = (work.due.words, work.overdue.words, work.blocked.words, work.rework.words)
    return (work.name, accepted, *counts, reasons or DASH)


def _residents(briefing: Briefing) -> Part:
    of = briefing.residents
    return Part(Section.RESIDENTS, plain(of.sentence), (), _figures("What residents were told and said", of.figures))


# -- 9 and 10 --


def _worked(briefing: Briefing) -> Part:
    of = briefing.worked
    columns = (Column("Problem", 1.8), Column("Verdict", 1.0), Column("Change", 1.1, is_number=True),
               Column("What was found", 3.4))  # fmt: skip
    rows = [
        (f"{one.ref} {one.name}", one.verdict.label, _change_words(one), f"{one.sentence} {one.displacement}".strip())
        for one in of.assessed
    ]
    return Part(Section.WORKED, plain(of.sentence), (), grid("Assessments of the week", columns, rows))


def _change_words(one: Worked) -> str:
    figure = one.figure
    told = one.verdict in (Verdict.FELL, Verdict.DID_NOT_FALL, Verdict.ROSE)
    if not told or figure.value is None:
        return DASH
    if figure.low is None or figure.high is None:
        return _signed(figure.value)
    return f"{_signed(figure.value)} ({_signed(figure.low)} to {_signed(figure.high)})"


def _signed(number: float) -> str:
    return f"{number:+,.0f}".replace("-", "−")


def _caveats(briefing: Briefing) -> Part:
    of = briefing.caveats
    lines = [*of.sentences, *(one.sentence for one in of.faults)]
    columns = (Column("Area", 1.6), Column("Reports", 0.8, is_number=True), Column("Usual", 1.0, is_number=True),
               Column("Reading", 2.4))  # fmt: skip
    rows = [(one.name, f"{one.count:,}", f"{one.low95:,} to {one.high95:,}", one.place.label) for one in of.areas]
    areas = grid("Reports of 13 weeks beside what the year before of each area makes usual", columns, rows)
    return Part(Section.CAVEATS, plain(of.areas_sentence), tuple(plain(one) for one in lines), areas)
