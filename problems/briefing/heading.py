"""The header of a briefing and its caveats: what came in, what is missing, and what the figures do not say."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from problems.areas import AreaKind
from problems.briefing.briefing import AreaThen, Caveats, Changes, Header, LateFeed
from problems.briefing.figure import Behind, Figure, Listed, Unit, counted, shared
from problems.briefing.scope import Scope, aside, behind, closed, received, unmapped, unplaced
from problems.briefing.then import Then
from problems.clock import day_words
from problems.comparing_areas import LEAST_COMPARED, ComparedArea, compare_areas
from problems.quality import rhythm
from problems.reports import ReportFlag
from problems.signals import SignalWord
from problems.targets import day_number, day_of

#: What may be wrong with a report that came in, of which the briefing tells.
_FAULTS: Final = (
    ReportFlag.REPORTED_IN_FUTURE,
    ReportFlag.CLOSED_BEFORE_REPORTED,
    ReportFlag.CLOSED_AT_ONCE,
    ReportFlag.LATE,
    ReportFlag.SNAPPED,
    ReportFlag.MONTH_ONLY,
)
#: The weeks of which areas are compared, and those before that make one expect them.
_OTHER_BASE: Final = "The page Areas holds them against streets or ground where these are known: it may read otherwise."
_WEEKS_COMPARED: Final = 13
_WEEKS_BEFORE: Final = 52


def header_of(scope: Scope, names: Sequence[tuple[str, str, int]]) -> Header:
    """Return what the briefing is of; ``names`` are the category names of the week that nobody has mapped."""
    moment = scope.moment
    came, gone = int(received(scope).sum()), int(closed(scope).sum())
    without, unknown, beside = (int(mask(scope).sum()) for mask in (unplaced, unmapped, aside))
    feeds = late_feeds(scope.then)
    more = f", and {beside:,} more that were duplicates or withdrawn" if beside else ""
    said = f"{_times(came, 'report')} came in{more}; {gone:,} ended."
    if not came and not beside:
        said = f"No report came in{' here' if scope.area else ''} this week; {f'{gone:,}' if gone else 'none'} ended."
    if not moment.is_over:
        said = f"The week is not over: this is up to {moment.as_of.isoformat()}. {said}"
    if feeds:
        said += f" {_times(len(feeds), 'source')} should have brought reports and did not: figures may be too low."
    return Header(
        week=moment.week,
        area=scope.area,
        as_of=moment.as_of,
        known_on=moment.known_on,
        is_over=moment.is_over,
        received=counted("received", "Reports in", Unit.REPORTS, came, behind("received")),
        closed=counted("closed", "Reports out", Unit.REPORTS, gone, behind("closed")),
        unplaced=shared("unplaced", "Without a usable place", without, came, behind("unplaced")),
        unmapped=counted("unmapped", "Of an unmapped category", Unit.REPORTS, unknown, behind("unmapped")),
        late_feeds=feeds,
        unmapped_names=tuple(names),
        sentence=said,
        made_up=scope.then.made_up,
    )


def _times(number: int, one: str) -> str:
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def late_feeds(then: Then) -> tuple[LateFeed, ...]:
    """Return the sources that were quiet for longer than they usually are, by name."""
    if "late_feeds" not in then.shared:
        then.shared["late_feeds"] = tuple(_late_feeds(then))
    found: tuple[LateFeed, ...] = then.shared["late_feeds"]
    return found


def _late_feeds(then: Then) -> Iterator[LateFeed]:
    own, today = then.reports.columns, day_number(then.moment.as_of)
    for source in sorted({own.words[one] for one in np.unique(own.source).tolist()}):
        days = np.unique(then.reports.day[own.source == own.words.index(source)])
        found = rhythm(days.tolist(), today)
        if found is None or not found.is_late:
            continue
        newest = day_of(today - found.quiet_days)
        said = (
            f"“{source}” brought nothing since {day_words(newest)}: {found.quiet_days} days, "
            f"where {found.usual_days} {'is' if found.usual_days == 1 else 'are'} usual."
        )
        yield LateFeed(source, newest, found.quiet_days, found.usual_days, said)


# -- 10 --


def caveats_of(scope: Scope, changes: Changes) -> Caveats:
    """Return what the figures do not say."""
    kind = kind_of_areas(scope.then, scope.area)
    areas, said = area_rates(scope.then, kind)
    if scope.area is not None:
        areas = tuple(one for one in areas if one.name == scope.area.name)
    few = sum(one.signal.word in (SignalWord.TOO_FEW, SignalWord.NO_BASE) for one in changes.every)
    own = received(scope)
    faults = []
    for flag in _FAULTS:
        count = int((own & ((scope.reports.columns.flags & int(flag)) != 0)).sum())
        if count:
            name = flag.name or ""
            faults.append(
                counted(f"fault_{name.lower()}", flag.label, Unit.REPORTS, count, behind("received", f"#{name}"))
            )
    return Caveats(
        areas=areas,
        area_figures=_area_figures(scope.then, kind, areas),
        areas_sentence=said,
        suppressed=counted(
            "suppressed", "Series with too few to say", Unit.SERIES, few, Behind(Listed.SERIES, figure="suppressed")
        ),
        faults=tuple(faults),
        sentences=tuple(_sentences(scope, few, len(changes.every))),
    )


def _sentences(scope: Scope, few: int, series: int) -> Iterator[str]:
    yield "Reports say where people report, not where most happens: a place where few report may have as much trouble."
    if few:
        yield f"{few:,} of {series:,} series had too few reports to say anything; no percent of fewer than ten is told."
    moment = scope.moment
    if moment.known_on == moment.as_of:
        yield "Reports of the last days still arrive: what came after this briefing is not in it."
    excluded = next((one for one in reversed(scope.then.work.refreshes) if one.excluded_reports), None)
    if excluded is not None and scope.area is None:
        yield (
            f"{excluded.excluded_reports:,} reports on {_times(excluded.excluded_default_points, 'default point')} "
            "were left out of the search for hot spots: those are no real places."
        )
    yield from scope.then.notes


def kind_of_areas(then: Then, area: AreaThen | None) -> AreaKind | None:
    """Return the kind of areas that a briefing compares: that of its own area, else wards, beats, neighbourhoods."""
    if area is not None:
        return area.kind
    known = {one.kind for one in then.areas}
    return next((kind for kind in (AreaKind.WARD, AreaKind.BEAT, AreaKind.NEIGHBOURHOOD) if kind in known), None)


def area_rates(then: Then, kind: AreaKind | None) -> tuple[tuple[ComparedArea, ...], str]:
    """Hold the reports of each area in the last weeks against what its year before makes one expect."""
    key = f"area_rates:{kind}"
    if key not in then.shared:
        then.shared[key] = _area_rates(then, kind)
    found: tuple[tuple[ComparedArea, ...], str] = then.shared[key]
    return found


def _area_rates(then: Then, kind: AreaKind | None) -> tuple[tuple[ComparedArea, ...], str]:
    if kind is None:
        return (), "No boundaries were known: how areas report cannot be compared."
    areas = [one for one in then.areas if one.kind is kind]
    own, held = then.reports, getattr(then.reports.columns, str(kind))
    now = own.counts & (own.week >= 0) & (own.week < _WEEKS_COMPARED)
    before = own.counts & (own.week >= _WEEKS_COMPARED) & (own.week < _WEEKS_COMPARED + _WEEKS_BEFORE)
    counts, sizes = ([int((mask & (held == one.id)).sum()) for one in areas] for mask in (now, before))
    if sum(size > 0 for size in sizes) < LEAST_COMPARED:
        return (), f"Fewer than {LEAST_COMPARED} {kind.plural} had reports in the year before: too few to compare."
    found = compare_areas([one.name for one in areas], counts, [float(size) for size in sizes])
    lead = f"Reports of {_WEEKS_COMPARED} weeks, each {kind.label.lower()} held against its own year before:"
    return found.areas, f"{lead} {found.sentence} {_OTHER_BASE}"


def _area_figures(then: Then, kind: AreaKind | None, areas: Sequence[ComparedArea]) -> tuple[Figure, ...]:
    """Return areas among the others as figures: their reports, with the counts that are usual for their year before."""
    number = {one.name: one.id for one in then.areas if one.kind is kind}
    return tuple(
        Figure(
            f"area_{number[one.name]}", one.name, Unit.REPORTS, one.count, one.sentence, one.count, one.low95,
            one.high95, behind("of_late", f"@{kind}:{number[one.name]}"),
        )
        for one in areas
    )  # fmt: skip
