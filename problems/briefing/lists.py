"""The lists of reports behind the figures of a briefing, each by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import numpy as np

from problems.areas import AreaKind
from problems.briefing import scope as of
from problems.briefing import serving
from problems.briefing.boarding import DAYS_OF_TOP, incidents_of, spans_known
from problems.briefing.scope import Mask, Scope
from problems.hot_spots import DetectionSettings
from problems.reports import ReportFlag


@dataclass(frozen=True, slots=True)
class ReportsBehind:
    """The reports behind a figure, by ascending id.

    Behind a share are all that it is of, and ``counted`` are those that it tells of, headed ``said``. Behind incidents
    is the first report of each, and ``told`` says of each what is headed ``said``.
    """

    ids: list[int]
    counted: frozenset[int] | None = None
    said: str = ""
    told: Mapping[int, str | date] = field(default_factory=dict)


def _both(rows: Callable[[Scope], Mask], counted: Callable[[Scope], Mask]) -> Callable[[Scope], tuple[Mask, Mask]]:
    return lambda scope: (rows(scope), counted(scope))


#: Lists of what is counted.
COUNTS: Final[Mapping[str, Callable[[Scope], Mask]]] = {
    "received": of.received,
    "aside": of.aside,
    "closed": of.closed,
    "backlog": of.backlog,
    "instant": of.instant,
    "administrative": of.administrative,
    "unmapped": of.unmapped,
    "reopened": of.reopened,
    "fix": serving.timed,
    "without_work": serving.closed_without_work,
    "of_late": of.of_late,
}
#: Lists behind shares: what heads the column of those that count, all that the share is of, and these.
SHARES: Final[Mapping[str, tuple[str, Callable[[Scope], tuple[Mask, Mask]]]]] = {
    "unplaced": ("Without a usable place", _both(of.received, of.unplaced)),
    "to_tell": ("Told", _both(of.to_tell, of.told)),
    "answered": ("Satisfied", _both(of.answered, of.satisfied)),
    "responded": ("In time", serving.responded_in_week),
    "due_net": ("In time", serving.due_net),
    "due_gross": ("In time", serving.due_gross),
}
#: Lists of incidents at the place of a problem: of the present 28 days, and of those that they are held against.
INCIDENTS: Final = ("incidents", "incidents_before")
NAMES: Final = (*COUNTS, *SHARES, *INCIDENTS)


def listed(scope: Scope, figure: str, of: str, settings: DetectionSettings) -> ReportsBehind:
    """Return the reports behind a figure.

    ``of`` narrows it: to a kind of report (``LGT``, ``LGT-OUT``), one in an area (``LGT@ward:3``), those with a flag
    (``#LATE``), or those that were given to an organisation (``+4``). Of incidents it is the number of the problem.

    Raises
    ------
    KeyError, ValueError
        When there is no such list.
    """
    if figure in INCIDENTS:
        return _incidents(scope, int(of), settings, before=figure != "incidents")
    own, narrowed = scope.reports.columns.ids, _narrowed(scope, of)
    if figure in COUNTS:
        return ReportsBehind([int(one) for one in own[COUNTS[figure](scope) & narrowed]])
    said, masks = SHARES[figure]
    rows, counted = masks(scope)
    ids, counting = (own[mask & narrowed].tolist() for mask in (rows, rows & counted))
    return ReportsBehind(ids, frozenset(counting), said)


def _narrowed(scope: Scope, of: str) -> Mask:
    own = scope.reports.columns
    mask = np.ones(len(own), dtype=np.bool_)
    code, _, area = of.partition("@")
    if code.startswith("#"):
        mask = mask & ((own.flags & int(ReportFlag[code[1:]])) != 0)
    elif code.startswith("+"):
        mask = mask & (own.organisation == int(code[1:]))
    elif code:
        mask = mask & np.isin(own.leaf, [at for at, word in enumerate(own.words) if word.startswith(code)])
    if area:
        kind, _, number = area.partition(":")
        mask = mask & (getattr(own, str(AreaKind(kind))) == int(number))
    return mask


def _incidents(scope: Scope, problem_id: int, settings: DetectionSettings, *, before: bool) -> ReportsBehind:
    problem = {one.id: one for one in scope.problems}[problem_id]
    found = incidents_of(scope.then, settings, problem)
    keep = (found.span > 0) & (found.span <= spans_known(scope.then)) if before else found.span == 0
    order = np.argsort(found.first[keep])
    ids, spans, sizes = (column[keep][order].tolist() for column in (found.first, found.span, found.reports))
    if not before:
        told = {one: f"{size} report" + ("" if size == 1 else "s") for one, size in zip(ids, sizes, strict=True)}
        return ReportsBehind(ids, said="Told of by", told=told)
    last = scope.moment.as_of
    ends = {one: last - timedelta(days=DAYS_OF_TOP * span) for one, span in zip(ids, spans, strict=True)}
    return ReportsBehind(ids, said=f"In the {DAYS_OF_TOP} days up to", told=ends)
