"""Service and residents: what came in and went out, how long it takes, what people were told and what they said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from problems.briefing.briefing import FixOf, Residents, Service
from problems.briefing.figure import Behind, Figure, Listed, Unit, counted, share_figure, shared
from problems.briefing.scope import (
    Mask,
    Scope,
    administrative,
    answered,
    backlog,
    behind,
    closed,
    instant,
    local_day_or_none,
    received,
    reopened,
    satisfied,
    to_tell,
    told,
)
from problems.briefing.then import WEEKS_OF_FLOW
from problems.case_review import GROUPS as OF_PEOPLE
from problems.case_review import WITHIN_DAYS, CaseReview, case_reviews
from problems.case_review import Told as ToldOf
from problems.categories import Group
from problems.clock import day_start
from problems.decisions import last_case_review
from problems.problem import UNTOUCHED
from problems.report_columns import EPOCH
from problems.reports import ReportStatus
from problems.service import (
    ENDINGS,
    Ending,
    OnTime,
    OpenAges,
    ages_of_open,
    days_words,
    on_time,
    stock_and_flow,
)
from problems.targets import NO_TARGET, Days, Target, day_number
from problems.time_to_fix import TimeToFix, time_to_fix, times_to_fix

_NOTHING_PROMISED = Target()
_STATUSES = tuple(ReportStatus)


def service_of(scope: Scope) -> Service:
    """Return how the service of a place stands."""
    own, moment = scope.reports, scope.moment
    counts = own.counts
    day, end_day = own.day[counts], own.end_day[counts]
    first = moment.week.first - timedelta(weeks=WEEKS_OF_FLOW - 1)
    weeks = stock_and_flow(day, end_day, first, WEEKS_OF_FLOW, ending=own.ending[counts])
    ages = ages_of_open(day, end_day, moment.as_of)
    due = _resolution(scope)
    whole, by_category, by_partner = _fixes(scope)
    figures = {
        "received": counted("received", "Received", Unit.REPORTS, int(received(scope).sum()), behind("received")),
        "closed": counted("closed", "Closed", Unit.REPORTS, int(closed(scope).sum()), behind("closed")),
        "backlog": counted("backlog", "Open at the end", Unit.REPORTS, int(backlog(scope).sum()), behind("backlog")),
        "median_age": _age("median_age", "Age of what is open, middle", ages.median_days, ages),
        "ninetieth_age": _age("ninetieth_age", "Age of what is open, nine in ten", ages.ninetieth_days, ages),
        "on_time_net": replace(
            _share("on_time_net", "In time, waiting left out", due, net=True), behind=behind("due_net")
        ),
        "on_time_gross": replace(
            _share("on_time_gross", "In time, with every working day", due, net=False), behind=behind("due_gross")
        ),
        "instant": counted(
            "instant", "Closed on receipt", Unit.REPORTS, int(instant(scope).sum()), behind("instant")
        ),
        "administrative": counted(
            "administrative", "Closed administratively", Unit.REPORTS, int(administrative(scope).sum()),
            behind("administrative"),
        ),
    }  # fmt: skip
    return Service(
        **figures,
        ages=ages,
        on_time=due,
        fix_all=whole,
        fix_by_category=tuple(by_category),
        fix_by_partner=tuple(by_partner),
        weeks=tuple(weeks),
        figures=(*figures.values(), whole.figure),
        sentence=_sentence(figures, whole.times),
    )


def _sentence(figures: dict[str, Figure], whole: TimeToFix) -> str:
    came, gone, left = (int(figures[name].value or 0) for name in ("received", "closed", "backlog"))
    grew = came - gone
    change = "as many as a week before" if not grew else f"{abs(grew):,} {'more' if grew > 0 else 'fewer'}"
    stands = "1 report is" if left == 1 else f"{left:,} reports are"
    return f"{stands} open, {change}{'' if not grew else ' than a week before'}. {whole.sentence}"


def _age(key: str, label: str, days: float | None, ages: OpenAges) -> Figure:
    said = ages.sentence if days is None else f"{label}: {days_words(days)}, of {ages.count:,} open."
    return Figure(key, label, Unit.DAYS, days, said, ages.count, behind=behind("backlog"))


def _share(key: str, label: str, due: OnTime, *, net: bool) -> Figure:
    found, of = (due.net, due.net_count) if net else (due.gross, due.gross_count)
    if found is None:
        said = f"{label}: {of} {'was' if of == 1 else 'were'} due, too few to say." if of else f"{label}: none was due."
        return Figure(key, label, Unit.SHARE, None, said, of)
    return share_figure(key, label, found)


def _resolution(scope: Scope) -> OnTime:
    own = scope.reports
    return _held(scope, own.end_day, _waited(scope), _targets(scope, response=False), own.counts)


def _held(scope: Scope, ended: Days, waited: Days, target: Days, keep: Mask) -> OnTime:
    moment = scope.moment
    rows = keep & (target >= 0)
    return on_time(
        first_told(scope)[rows], ended[rows], waited[rows], target[rows], scope.days,
        since=moment.week.first, until=moment.as_of,
    )  # fmt: skip


def _decided(scope: Scope, ended: Days, waited: Days, target: Days, keep: Mask) -> tuple[Mask, Mask]:
    """Tell of which it was decided in the week whether they were in time, and which of these were.

    As :func:`problems.service.on_time` does.
    """
    rows = np.flatnonzero(keep & (target >= 0))
    start = first_told(scope)[rows]
    end = np.where(ended[rows] < 0, np.iinfo(np.int64).max, np.maximum(ended[rows], start))
    late_from = scope.days.reached(start, target[rows] + np.maximum(waited[rows], 0) + 1)
    decided = np.minimum(end, late_from)
    first, last = day_number(scope.moment.week.first), day_number(scope.moment.as_of)
    found = np.zeros((2, len(scope.reports)), dtype=np.bool_)
    found[0, rows] = (decided >= first) & (decided <= last)
    found[1, rows] = found[0, rows] & (end < late_from)
    return found[0], found[1]


def due_net(scope: Scope) -> tuple[Mask, Mask]:
    """Tell of which it was decided in the week whether they ended in time, waiting left out, and which did."""
    own = scope.reports
    return _decided(scope, own.end_day, _waited(scope), _targets(scope, response=False), own.counts)


def due_gross(scope: Scope) -> tuple[Mask, Mask]:
    """Tell of which it was decided in the week whether they ended in time, with every working day, and which did."""
    own = scope.reports
    none = np.zeros(len(own), dtype=np.int64)
    return _decided(scope, own.end_day, none, _targets(scope, response=False), own.counts)


def responded_in_week(scope: Scope) -> tuple[Mask, Mask]:
    """Tell of which it was decided in the week whether the first response was in time, and of which it was."""
    none = np.zeros(len(scope.reports), dtype=np.int64)
    return _decided(scope, scope.responded_day, none, _targets(scope, response=True), _response_known(scope))


def response_decided(scope: Scope) -> tuple[Days, Mask]:
    """Return the day on which it was decided whether each first response was in time, and whether it was.

    The day is -1 where nothing was promised or the answer is not known; it may lie after the moment.
    """
    rows = np.flatnonzero(_response_known(scope) & (_targets(scope, response=True) >= 0))
    start, ended = first_told(scope)[rows], scope.responded_day[rows]
    end = np.where(ended < 0, np.iinfo(np.int64).max, np.maximum(ended, start))
    late_from = scope.days.reached(start, _targets(scope, response=True)[rows] + 1)
    day, in_time = np.full(len(scope.reports), -1, dtype=np.int64), np.zeros(len(scope.reports), dtype=np.bool_)
    day[rows], in_time[rows] = np.minimum(end, late_from), end < late_from
    return day, in_time


def _response_known(scope: Scope) -> Mask:
    own = scope.reports
    # Where somebody moved it and nobody noted when they answered, the time of the answer is not known.
    unknown = (scope.responded_day < 0) & (own.columns.status != _STATUSES.index(ReportStatus.NEW))
    known: Mask = own.counts & ~unknown
    return known


def first_told(scope: Scope) -> Days:
    """Return the day on which each report, or the earliest of its duplicates, came in: clocks run from there."""
    own = scope.reports
    start = own.day.copy()
    duplicates = np.flatnonzero(own.columns.main > 0)
    if len(duplicates):
        at = np.searchsorted(own.columns.ids, own.columns.main[duplicates])
        there = (at < len(start)) & (own.columns.ids[np.minimum(at, len(start) - 1)] == own.columns.main[duplicates])
        np.minimum.at(start, at[there], own.day[duplicates[there]])
    return start


def _waited(scope: Scope) -> Days:
    """Return the working days in which each report waited for somebody else, a running wait up to the end."""
    own, today = scope.reports, day_number(scope.moment.as_of)
    since = local_day_or_none(own.columns.waiting_since_s, scope.moment)
    running = (since >= 0) & (own.end_day < 0)
    end = np.full(len(own), today, dtype=np.int64)
    return np.asarray(own.columns.waited_days + scope.days.count(np.where(running, since, end), end), dtype=np.int64)


def _targets(scope: Scope, *, response: bool) -> Days:
    promised = [scope.targets.get(word, _NOTHING_PROMISED) for word in scope.reports.columns.words]
    days = [one.response_days if response else one.resolution_days for one in promised]
    return np.array([NO_TARGET if one is None else one for one in days], dtype=np.int64)[scope.reports.columns.leaf]


# -- time to a fix --


def _fixes(scope: Scope) -> tuple[FixOf, list[FixOf], list[FixOf]]:
    """Return the times to a fix: of all, by group of categories, and by the partner that reports were given to."""
    own = scope.reports.where(scope.reports.counts)
    since_s, until_s = _window(scope)
    columns = (own.columns.reported_s, own.columns.closed_s, own.ending)
    whole = time_to_fix("All", *columns, since_s=since_s, until_s=until_s)
    groups = tuple(Group)
    place = {str(group): at for at, group in enumerate(groups)}
    of_word = np.array([place.get(word[:3], -1) for word in own.columns.words], dtype=np.int64)
    names = [group.label for group in groups]
    by_group = times_to_fix(names, of_word[own.columns.leaf], *columns, since_s=since_s, until_s=until_s)
    partners = sorted(int(one) for one in np.unique(own.columns.organisation) if one > 0)
    which = np.searchsorted(partners, own.columns.organisation) if partners else np.zeros(len(own), dtype=np.int64)
    which = np.where(np.isin(own.columns.organisation, partners), which, -1)
    names = [scope.then.work.organisations.get(one, f"Organisation {one}") for one in partners]
    by_partner = times_to_fix(names, which, *columns, since_s=since_s, until_s=until_s)
    return (
        _fix_of("fix_all", whole, ""),
        [
            _fix_of(f"fix_{group}", one, str(group))
            for group, one in zip(groups, by_group, strict=True)
            if _is_told(one)
        ],
        [_fix_of(f"fix_by_{to}", one, f"+{to}") for to, one in zip(partners, by_partner, strict=True)],
    )


def _window(scope: Scope) -> tuple[int, int]:
    since = scope.moment.week.first - timedelta(weeks=WEEKS_OF_FLOW - 1)
    return int(day_start(since, scope.moment.zone).timestamp()), scope.moment.end_s


def timed(scope: Scope) -> Mask:
    """Tell which count for the times to a fix: open at some time in the last weeks, instant ones and such left out."""
    own, (since_s, until_s) = scope.reports, _window(scope)
    end = np.where(own.end_day < 0, until_s, np.maximum(own.columns.closed_s, own.columns.reported_s))
    return own.counts & (own.columns.reported_s < until_s) & (end >= since_s) & ~_without_work(scope)


def closed_without_work(scope: Scope) -> Mask:
    """Tell which ended in the last weeks on receipt or administratively, which times to a fix leave out."""
    own, (since_s, until_s) = scope.reports, _window(scope)
    end = np.maximum(own.columns.closed_s, own.columns.reported_s)
    return own.counts & (own.columns.reported_s < until_s) & (end >= since_s) & _without_work(scope)


def _without_work(scope: Scope) -> Mask:
    return np.isin(scope.reports.ending, [ENDINGS.index(one) for one in (Ending.INSTANT, Ending.ADMINISTRATIVE)])


def _is_told(one: TimeToFix) -> bool:
    return bool(one.count or one.instant or one.administrative)


def _fix_of(key: str, found: TimeToFix, of: str) -> FixOf:
    """Return a middle time to a fix as a figure; without a middle its value is None."""
    median = found.median
    days = None if median is None else median.days
    low, high = (None, None) if median is None else (median.low_days, median.high_days)
    label = "Half fixed within" + (f": {found.name}" if of else "")
    middle = Figure(key, label, Unit.DAYS, days, found.sentence, found.count, low, high, behind("fix", of))
    number = found.instant + found.administrative
    name = "Closed without work" + (f": {found.name}" if of else "")
    return FixOf(found, middle, counted(f"apart_{key}", name, Unit.REPORTS, number, behind("without_work", of)))


# -- 8: residents --


def residents_of(scope: Scope) -> Residents:
    """Return what residents were told and what they said."""
    to_hear, heard = int(to_tell(scope).sum()), int(told(scope).sum())
    said, content = int(answered(scope).sum()), int(satisfied(scope).sum())
    back = int(reopened(scope).sum())
    reviews = case_reviews_then(scope)
    first = _first_response(scope)
    ids = tuple(one.problem.id for one in reviews)
    figures = (
        first,
        shared("told", "Told, of those with an outcome", heard, to_hear, behind("to_tell")),
        shared("satisfied", "Satisfied, of those who answered", content, said, behind("answered")),
        counted("reopened", "Opened again", Unit.REPORTS, back, behind("reopened")),
        counted("case_reviews", "Case review due", Unit.PROBLEMS, len(reviews), Behind(Listed.PROBLEMS, ids)),
    )
    return Residents(*figures, sentence=" ".join(one.sentence for one in figures[:3]))


def _first_response(scope: Scope) -> Figure:
    none = np.zeros(len(scope.reports), dtype=np.int64)
    found = _held(scope, scope.responded_day, none, _targets(scope, response=True), _response_known(scope))
    figure = _share("first_response", "First response in time", found, net=False)
    return replace(figure, behind=behind("responded"))


def case_reviews_then(scope: Scope) -> list[CaseReview]:
    """Return the problems in which a case review was due, the longest due first."""
    epsg = scope.then.work.epsg
    open_ones = [
        one for one in scope.problems if one.group in OF_PEOPLE and one.status.is_open and one.status not in UNTOUCHED
    ]
    if epsg is None or not open_ones:
        return []
    if "told_by_reporters" not in scope.then.shared:
        scope.then.shared["told_by_reporters"] = _told_by_reporters(scope)
    told_of: Sequence[ToldOf] = scope.then.shared["told_by_reporters"]
    events = scope.then.work.events
    reviewed = {one.id: at for one in open_ones if (at := last_case_review(events.get(one.id, ()))) is not None}
    return case_reviews(open_ones, told_of, reviewed, epsg=epsg)


def _told_by_reporters(scope: Scope) -> Sequence[ToldOf]:
    # A household may report from beyond the border of an area: its problem is what lies in it.
    own = scope.then.reports
    since = scope.moment.end_s - WITHIN_DAYS * 86_400
    words = [any(word.startswith(group) for group in OF_PEOPLE) for word in own.columns.words]
    keep = np.array(words, dtype=np.bool_)[own.columns.leaf] & own.counts & (own.columns.reporter != 0)
    keep &= (own.columns.reported_s >= since) & np.isfinite(own.columns.lon_lat[:, 0])
    columns = own.columns.where(keep)
    found = []
    for at in range(len(columns)):
        lon, lat = columns.lon_lat[at].tolist()
        occurred = int(columns.occurred_s[at])
        found.append(
            ToldOf(
                reporter=str(int(columns.reporter[at])),
                group=Group(columns.words[int(columns.leaf[at])][:3]),
                reported_at=EPOCH + timedelta(seconds=int(columns.reported_s[at])),
                occurred_at=EPOCH + timedelta(seconds=occurred) if occurred else None,
                lon_lat=(lon, lat),
            )
        )
    return found
