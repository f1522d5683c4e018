"""What one briefing is of: reports, problems and actions of a place that its reader may see; and lists of reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.boundaries import Boundaries
from problems.actions import Action
from problems.areas import AreaKind
from problems.briefing.briefing import AreaThen
from problems.briefing.columns import ANSWERS
from problems.briefing.figure import Behind, Listed
from problems.briefing.then import WEEKS_OF_FLOW, Reports, Then
from problems.briefing.weeks import Moment
from problems.finding import local_days
from problems.followups import Satisfaction
from problems.problem import Problem
from problems.reports import PLACE_FAULTS
from problems.service import ENDINGS, Ending
from problems.sharing import is_placed
from problems.targets import Days, Targets, WorkingDays, day_number

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scope:
    """One place (``area`` None: the whole of it) at one moment, as far as its reader may see it.

    ``reports`` are all that lie in the area, duplicates and withdrawn ones among them; ``actions`` those on the
    ``problems``. ``own`` is the only organisation whose work is shown, None for all; ``told`` are the events that
    the reader is told whole, None for all.
    """

    then: Then
    area: AreaThen | None
    reports: Reports
    problems: tuple[Problem, ...]
    actions: tuple[Action, ...]
    targets: Targets
    days: WorkingDays
    own: int | None = None
    told: frozenset[int] | None = None

    @property
    def moment(self) -> Moment:
        """Which week, as known when."""
        return self.then.moment

    def tells(self, problem: Problem) -> bool:
        """Tell whether the reader is told what happened to a problem and what was found of it.

        Of one that is only known to exist a partner is told how it stands, and since when: its moves, with those to
        “Work done” and “Came back”, but no list of its fixes.
        """
        return self.told is None or is_placed(problem)

    def actions_on(self, problem_id: int) -> list[Action]:
        """Return the actions on a problem."""
        return self._by_problem.get(problem_id, [])

    @cached_property
    def _by_problem(self) -> Mapping[int, list[Action]]:
        found: dict[int, list[Action]] = {}
        for one in self.actions:
            found.setdefault(one.problem_id, []).append(one)
        return found

    @cached_property
    def told_day(self) -> Days:
        """The local day on which each reporter was told, -1 for those who were not."""
        return local_day_or_none(self.reports.columns.told_s, self.moment)

    @cached_property
    def responded_day(self) -> Days:
        """The local day of the first response, or of the end where none was noted; -1 for none."""
        own = self.reports
        noted = local_day_or_none(own.columns.responded_s, self.moment)
        return np.where(noted >= 0, noted, own.end_day)


def local_day_or_none(seconds: npt.NDArray[np.int64], moment: Moment) -> Days:
    """Return local days since 1970, -1 for never and for what is later than the moment."""
    there = (seconds > 0) & (seconds < moment.end_s)
    return np.where(there, local_days(seconds, moment.zone), -1)


def reports_in(then: Then, area: AreaThen | None) -> Reports:
    """Return the reports that lay in an area then."""
    if area is None:
        return then.reports
    held = getattr(then.reports.columns, str(area.kind))
    return then.reports.where(held == area.id)


def problems_in(problems: Sequence[Problem], area: AreaThen | None, areas: Sequence[AreaThen]) -> list[Problem]:
    """Return the problems that lie in an area; ``areas`` are all that there are, of every kind."""
    if area is None:
        return list(problems)
    held = areas_of(problems, [area], areas)
    return [one for one, at in zip(problems, held, strict=True) if at == area.id]


def areas_of(problems: Sequence[Problem], among: Sequence[AreaThen], areas: Sequence[AreaThen]) -> list[int]:
    """Return for each problem the id of that area ``among`` some which holds its middle, 0 for none of them.

    A problem whose place is not shown lies in the one area that it is told to be in: where it lies among areas of
    another kind would say more of its place than is shared.
    """
    if not problems or not among:
        return [0] * len(problems)
    held = Boundaries([one.id for one in among], [one.geometry for one in among]).ids_at(
        np.array([one.lon_lat for one in problems])
    )
    naming: dict[str, AreaThen] = {}
    for each in sorted(areas, key=lambda one: (one.kind is not AreaKind.WARD, one.name)):
        naming.setdefault(each.name, each)
    named = {name: one.id for name, one in naming.items() if one in among}
    return [at if is_placed(one) else named.get(one.area, 0) for one, at in zip(problems, held.tolist(), strict=True)]


# -- lists of reports, each with one definition --


def _is(scope: Scope, *kinds: Ending) -> Mask:
    return np.isin(scope.reports.ending, [ENDINGS.index(one) for one in kinds])


def _in_week(scope: Scope, day: Days) -> Mask:
    found: Mask = (day >= day_number(scope.moment.week.first)) & (day <= day_number(scope.moment.as_of))
    return found


def _of_late(scope: Scope, day: Days) -> Mask:
    first = day_number(scope.moment.week.first) - 7 * (WEEKS_OF_FLOW - 1)
    found: Mask = (day >= first) & (day <= day_number(scope.moment.as_of))
    return found


def received(scope: Scope) -> Mask:
    """Tell which came in in the week, duplicates and withdrawn ones left out."""
    return scope.reports.counts & _in_week(scope, scope.reports.day)


def aside(scope: Scope) -> Mask:
    """Tell which came in in the week and are duplicates, or were withdrawn."""
    return ~scope.reports.counts & _in_week(scope, scope.reports.day)


def closed(scope: Scope) -> Mask:
    """Tell which ended in the week, however."""
    return scope.reports.counts & _in_week(scope, scope.reports.end_day)


def backlog(scope: Scope) -> Mask:
    """Tell which were open at the end."""
    return scope.reports.counts & (scope.reports.end_day < 0)


def instant(scope: Scope) -> Mask:
    """Tell which ended in the week on receipt."""
    return closed(scope) & _is(scope, Ending.INSTANT)


def administrative(scope: Scope) -> Mask:
    """Tell which ended in the week administratively."""
    return closed(scope) & _is(scope, Ending.ADMINISTRATIVE)


def unplaced(scope: Scope) -> Mask:
    """Tell which came in in the week without a place that can be used."""
    own = scope.reports.columns
    found: Mask = received(scope) & (((own.flags & int(PLACE_FAULTS)) != 0) | ~np.isfinite(own.lon_lat[:, 0]))
    return found


def unmapped(scope: Scope) -> Mask:
    """Tell which came in in the week under a name that nobody has mapped."""
    own = scope.reports.columns
    found: Mask = received(scope) & np.isin(own.leaf, [at for at, word in enumerate(own.words) if not word])
    return found


def to_tell(scope: Scope) -> Mask:
    """Tell which ended in the last weeks with a sentence for the reporter."""
    return scope.reports.columns.outcome & _of_late(scope, scope.reports.end_day) & ~_is(scope, Ending.OPEN)


def told(scope: Scope) -> Mask:
    """Tell whose reporter was told, of these."""
    return to_tell(scope) & (scope.told_day >= 0)


def answered(scope: Scope) -> Mask:
    """Tell whose reporter was told in the last weeks and said whether they were satisfied."""
    found: Mask = _of_late(scope, scope.told_day) & (scope.reports.columns.satisfied >= 0)
    return found


def satisfied(scope: Scope) -> Mask:
    """Tell who was satisfied, of these."""
    found: Mask = answered(scope) & (scope.reports.columns.satisfied == ANSWERS.index(Satisfaction.YES))
    return found


def reopened(scope: Scope) -> Mask:
    """Tell which were opened again in the week."""
    found: Mask = np.isin(scope.reports.columns.ids, list(scope.then.reopened))
    return found


def of_late(scope: Scope) -> Mask:
    """Tell which came in in the last weeks, duplicates and withdrawn ones left out."""
    return scope.reports.counts & _of_late(scope, scope.reports.day)


def responded(scope: Scope) -> Mask:
    """Tell which were first answered in the week, or ended in it without an answer before."""
    return scope.reports.counts & _in_week(scope, scope.responded_day)


def behind(figure: str, of: str = "") -> Behind:
    """Return the way to a list of reports."""
    return Behind(Listed.REPORTS, figure=figure, of=of)
