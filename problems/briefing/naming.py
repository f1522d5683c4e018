"""The counts that the sentences of a briefing tell and no figure beside them does, each with its list."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from problems.briefing.boarding import behind_problems
from problems.briefing.briefing import Briefing, Change
from problems.briefing.figure import Behind, Figure, Listed, Section, Unit, counted
from problems.briefing.scope import Scope, aside, behind
from problems.figures import is_live
from problems.problem import ProblemStatus
from problems.signals import SignalWord

#: Lists of series by name: those of these words; every other name is that of one word.
_SERIES: Final[Mapping[str, frozenset[SignalWord]]] = {
    "all": frozenset(SignalWord),
    "called_out": frozenset(one for one in SignalWord if one.is_called_out),
    "suppressed": frozenset({SignalWord.TOO_FEW, SignalWord.NO_BASE}),
    "too_few": frozenset({SignalWord.TOO_FEW}),
}


def series_in(changes: Sequence[Change], name: str) -> list[Change]:
    """Return the series of a list, in their order; none where there is no such list."""
    words = _SERIES.get(name, frozenset())
    return [one for one in changes if one.signal.word in words]


def named_in(scope: Scope, briefing: Briefing) -> dict[Section, tuple[Figure, ...]]:
    """Return what the sentences of the sections that are shown count, by section."""
    hidden = {one.section for one in briefing.withheld}
    found = {
        Section.HEADER: _header(scope),
        Section.LAST_DECISIONS: _decided(briefing),
        Section.BOARD: _board(scope),
        Section.MAP: _map(briefing),
        Section.CHANGES: _changes(briefing),
        Section.REMEDIATION: _owed(scope),
        Section.WORKED: _assessed(briefing),
    }
    return {section: tuple(figures) for section, figures in found.items() if section not in hidden}


def _header(scope: Scope) -> Iterator[Figure]:
    beside = int(aside(scope).sum())
    yield counted("aside", "Duplicates or withdrawn", Unit.REPORTS, beside, behind("aside"))


def _decided(briefing: Briefing) -> Iterator[Figure]:
    number = len(briefing.last_decisions.taken)
    every = Behind(Listed.DECISIONS, tuple(range(1, number + 1)))
    yield counted("decided", "All decisions of the week before", Unit.DECISIONS, number, every)


def _board(scope: Scope) -> Iterator[Figure]:
    live = [one for one in scope.problems if is_live(one)]
    untouched = [one for one in live if one.status is ProblemStatus.DETECTED]
    quiet = [one for one in scope.problems if one.status is ProblemStatus.DETECTED and not is_live(one)]
    for key, label, own in (
        ("on_board", "On the board", live),
        ("untouched", "Nobody has taken on", untouched),
        ("gone_quiet", "Gone quiet, and nobody took on", quiet),
    ):
        yield counted(key, label, Unit.PROBLEMS, len(own), behind_problems(own))


def _map(briefing: Briefing) -> Iterator[Figure]:
    of = briefing.map
    told = [("on_map", "On the map", of.places)]
    if any(one.weeks_looked > 1 for one in of.places):
        told.append(("lasting", "Hot in more than half of the weeks", tuple(one for one in of.places if one.lasts)))
    for key, label, places in told:
        ids = tuple(one.problem_id for one in places)
        yield counted(key, label, Unit.PROBLEMS, len(ids), Behind(Listed.PROBLEMS, ids))


def _changes(briefing: Briefing) -> Iterator[Figure]:
    for name, label in (
        ("called_out", "Series that stand out"),
        ("too_few", "Series with too few reports"),
        ("all", "All series"),
    ):
        number = len(series_in(briefing.changes.every, name))
        yield counted(f"series_{name}", label, Unit.SERIES, number, Behind(Listed.SERIES, figure=name))


def _owed(scope: Scope) -> Iterator[Figure]:
    own = [one for one in scope.actions if scope.own is None or one.organisation_id == scope.own]
    ids = tuple(one.id for one in own if one.status.is_owed)
    yield counted("owed", "Owed", Unit.ACTIONS, len(ids), Behind(Listed.ACTIONS, ids))


def _assessed(briefing: Briefing) -> Iterator[Figure]:
    ids = tuple(one.assessment_id for one in briefing.worked.assessed)
    yield counted("assessed", "Assessments kept", Unit.ASSESSMENTS, len(ids), Behind(Listed.ASSESSMENTS, ids))
