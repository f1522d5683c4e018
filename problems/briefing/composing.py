"""Put the sections of a briefing together for one place and one reader."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from problems.actions import Action
from problems.briefing.boarding import board_of, map_of
from problems.briefing.briefing import (
    AreaThen,
    Briefing,
    Changes,
    DecisionsWanted,
    LastDecisions,
)
from problems.briefing.changing import changes_of
from problems.briefing.deciding import decisions_wanted, docket_then, last_decisions
from problems.briefing.figure import Behind, Listed, Section, Unit, Withheld, counted
from problems.briefing.heading import caveats_of, header_of
from problems.briefing.naming import named_in
from problems.briefing.remedying import remediation_of, worked_of
from problems.briefing.scope import Scope, problems_in, reports_in, unmapped
from problems.briefing.serving import residents_of, service_of
from problems.briefing.then import Reports, Then
from problems.events import Subject
from problems.hot_spots import DetectionSettings
from problems.people import Principal
from problems.problem import Problem
from problems.seeing import Seen, seen_by, whole
from problems.store import Store
from problems.targets import Targets, WorkingDays

#: What a partner organisation is not shown: what is decided, and how others are served.
NOT_FOR_PARTNERS = (
    Section.DECISIONS,
    Section.LAST_DECISIONS,
    Section.CHANGES,
    Section.SERVICE,
    Section.RESIDENTS,
    Section.CAVEATS,
)


def scope_of(
    then: Then,
    area: AreaThen | None,
    targets: Targets,
    days: WorkingDays,
    problems: Sequence[Problem] | None = None,
    actions: Sequence[Action] | None = None,
) -> Scope:
    """Return what a briefing is of; ``problems`` and ``actions`` are those that are shown, None for all.

    ``targets`` are today's; those that were others then are taken back.
    """
    own = problems_in(then.work.problems if problems is None else problems, area, then.areas)
    ids = {one.id for one in own}
    every = then.work.actions if actions is None else actions
    on = tuple(one for one in every if one.problem_id in ids)
    promised = {**targets, **then.other_targets}
    return Scope(then, area, reports_in(then, area), tuple(own), on, promised, days)


def shared_scope(seen: Seen, then: Then, area: AreaThen | None, targets: Targets, days: WorkingDays) -> Scope:
    """Return what a briefing is of to somebody who sees what is shared with them."""
    problems, actions = seen.problems_as_shared(then.work.problems), seen.actions_as_shared(then.work.actions)
    told = frozenset(one.id for one in seen.events(Subject.PROBLEM))
    return replace(scope_of(then, area, targets, days, problems, actions), told=told)


def compose_for(
    store: Store,
    principal: Principal,
    then: Then,
    area: AreaThen | None,
    targets: Targets,
    days: WorkingDays,
    settings: DetectionSettings,
) -> Briefing:
    """Return the briefing of a place from what was known then, as far as its reader may see it."""
    seen = seen_by(whole(store), principal)
    if isinstance(seen, Seen):
        return compose_for_partner(shared_scope(seen, then, area, targets, days), principal, settings)
    scope = scope_of(then, area, targets, days)
    return compose(scope, settings, _unmapped_names(whole(store), scope))


def _unmapped_names(store: Store, scope: Scope) -> list[tuple[str, str, int]]:
    """Return (source, name, reports) of the names in the week that nobody had mapped, most first."""
    found = Counter((one.source, one.category_name) for one in store.reports(unmapped_ids(scope)))
    return sorted(((of, name, count) for (of, name), count in found.items()), key=lambda one: (-one[2], one[0], one[1]))


def compose(scope: Scope, settings: DetectionSettings, names: Sequence[tuple[str, str, int]]) -> Briefing:
    """Return the whole briefing of a place."""
    waiting = docket_then(scope)
    changes = changes_of(scope)
    found = Briefing(
        header=header_of(scope, names),
        decisions=decisions_wanted(scope, waiting),
        last_decisions=last_decisions(scope, waiting),
        board=board_of(scope, settings),
        map=map_of(scope),
        changes=changes,
        service=service_of(scope),
        remediation=remediation_of(scope),
        residents=residents_of(scope),
        worked=worked_of(scope),
        caveats=caveats_of(scope, changes),
    )
    return replace(found, named=named_in(scope, found))


def compose_for_partner(scope: Scope, principal: Principal, settings: DetectionSettings) -> Briefing:
    """Return what a partner organisation is shown: what is shared with it, and its own work.

    The reports behind the other sections are none of its own: these are empty.
    """
    none = np.zeros(len(scope.reports), dtype=np.bool_)
    shown = replace(scope, own=principal.organisation_id)
    empty = replace(shown, reports=_none_of(scope.reports, none))
    no_decision = counted("wanted", "Decisions wanted", Unit.DECISIONS, 0, Behind(Listed.PROBLEMS))
    said = Withheld(Section.DECISIONS).why
    changes = Changes((), (), 0, said)
    service, residents = service_of(empty), residents_of(replace(empty, problems=()))
    header = header_of(scope, ())
    found = Briefing(
        header=replace(header, late_feeds=(), received=replace(header.received, behind=None)),
        decisions=DecisionsWanted((), {}, no_decision, said),
        last_decisions=LastDecisions((), (), (), said),
        board=board_of(shown, settings),
        map=map_of(shown),
        changes=changes,
        service=replace(service, weeks=(), figures=(), sentence=said),
        remediation=remediation_of(shown),
        residents=replace(residents, sentence=said),
        worked=worked_of(shown),
        caveats=replace(caveats_of(empty, changes), areas=(), area_figures=(), areas_sentence=said, sentences=(said,)),
        withheld=tuple(Withheld(section) for section in NOT_FOR_PARTNERS),
    )
    return replace(found, named=named_in(shown, found))


def _none_of(reports: Reports, none: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Reports:
    return reports.where(none)


def unmapped_ids(scope: Scope) -> list[int]:
    """Return the reports of the week whose category nobody has mapped."""
    return [int(one) for one in scope.reports.columns.ids[unmapped(scope)]]
