"""Taking on: a hot spot under a name that people use, or a selection of reports as a problem of their own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Any

from geo.drawn import hull_round
from problems.categories import Group
from problems.clock import Clock
from problems.drawing import DrawingSettings
from problems.errors import InputRefused, NotFound
from problems.events import EventKind
from problems.followups import Matter
from problems.hot_spots import DetectionSettings
from problems.lifecycle import check_move
from problems.naming import Names
from problems.people import Principal
from problems.problem import Problem, ProblemStatus, problem_ref
from problems.reports import Report, ReportFlag
from problems.store import Store
from problems.use_cases.answer_changes import MOST_AT_ONCE, matters_in, save_matter
from problems.use_cases.checks import LONGEST_NAME, check_answers_fit, check_name, check_reaches, checked_text
from problems.use_cases.drawing import MAY_DRAW, Plan, keep_drawn, metric_epsg, prepared
from problems.use_cases.report_changes import check_report_seen
from problems.use_cases.saving import check_seen, require, save
from problems.words import has_words

#: A problem of reports reaches so far beyond their places, in metres.
MARGIN_M = 30.0
_ASKED = "No problem was made of these reports."


@dataclass(frozen=True, slots=True)
class Selection:
    """Reports of which a problem could be made.

    ``groups`` counts them by kind, most first. ``geometry`` is the ground round those of the most frequent (or the
    chosen) kind that have a place, ``name`` what it could be called. ``linked`` tells which of them tell of another
    problem already, ``left_out`` those of another kind or of none, ``unplaced`` those without an exact place.
    """

    group: Group
    groups: Mapping[Group, int]
    reports: tuple[Report, ...]
    geometry: Mapping[str, Any]
    name: str
    linked: Mapping[int, int]
    left_out: tuple[Report, ...]
    unplaced: tuple[Report, ...]


def take_on(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    name: str,
    plan: Plan,
    seen_version: int,
) -> Problem:
    """Take a detected problem on under a name, with owner, objective and next review, and return it as saved.

    Raises
    ------
    NotAllowed, MoveRefused
        As :func:`problems.use_cases.working.move_problem`.
    InputRefused
        When the name is empty, too long, or that of another open problem about the same kind.
    NotFound, Stale
        When there is no such problem, or somebody else saved it since ``seen_version``.
    """
    asked = f"{problem_ref(problem_id)} was not taken on."
    answers, target = plan.answers(), ProblemStatus.CONFIRMED
    check_reaches(asked, principal, target)
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        check_seen(store, asked, problem, seen_version)
        move = check_move(problem.ref, problem.status, target, principal, answers, done_by=problem.done_by)
        check_answers_fit(store, asked, answers, now.date())
        if not has_words(name):
            raise InputRefused(asked, "It needs a name.", "Say what and where, such as a street.")
        after = replace(
            problem,
            name=checked_text(asked, name, LONGEST_NAME),
            status=target,
            owner=answers.owner,
            owner_organisation_id=plan.owner_organisation_id,
            objective=answers.objective,
            review_on=plan.review_on,
        )
        if after.name != problem.name:
            check_name(asked, after, store.problems())
        details = {"verb": move.verb}
        return save(unit, now, principal, problem, after, seen_version, EventKind.MOVED, details=details)


def look_at_selection(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    group: Group | None = None,
    margin_m: float = MARGIN_M,
) -> Selection:
    """Return what a problem of some reports would be, without making it.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    InputRefused, NotFound
        When none is chosen or too many are, one is not there, none has a category or an exact place.
    """
    require(principal, _ASKED, *MAY_DRAW)
    return _selection(store, report_ids, group, margin_m)


def _selection(store: Store, report_ids: Sequence[int], group: Group | None, margin_m: float) -> Selection:
    wanted = sorted(set(report_ids))
    if not wanted:
        raise InputRefused(_ASKED, "No report is chosen.", "Tick the reports that tell of one place.")
    if len(wanted) > MOST_AT_ONCE:
        raise InputRefused(_ASKED, f"{len(wanted):,} reports are chosen.", f"Choose at most {MOST_AT_ONCE}.")
    reports = [report for report in store.reports(wanted) if not report.undone]
    missing = sorted(set(wanted) - {report.id for report in reports})
    if missing:
        raise NotFound(_ASKED, f"There is no report R-{missing[0]:06d}.", "Choose others.")
    groups = _by_kind(reports)
    chosen = group or next(iter(groups))
    if chosen not in groups:
        why = f"None of them is about {chosen.label.lower()}."
        raise InputRefused(_ASKED, why, f"They are about: {', '.join(one.label.lower() for one in groups)}.")
    of_kind = tuple(report for report in reports if report.group is chosen)
    places = [report.lon_lat for report in of_kind if _is_exact(report) and report.lon_lat is not None]
    if not places:
        why = f"None of the reports about {chosen.label.lower()} has an exact place."
        raise InputRefused(_ASKED, why, "Choose others, or draw the area.")
    geometry = hull_round(places, margin_m=margin_m, epsg=metric_epsg(store, {"coordinates": [[places[0]]]}))
    ids = [report.id for report in of_kind]
    return Selection(
        group=chosen,
        groups=groups,
        reports=of_kind,
        geometry=geometry,
        name=_suggested(store, chosen, ids, places),
        linked={
            number: told.problem_id
            for number, told in sorted(store.followups(ids).items())
            if told.problem_id is not None
        },
        left_out=tuple(report for report in reports if report.group is not chosen),
        unplaced=tuple(report for report in of_kind if not _is_exact(report)),
    )


def _by_kind(reports: Sequence[Report]) -> dict[Group, int]:
    counts = {group: sum(report.group is group for report in reports) for group in Group}
    found = {group: number for group, number in sorted(counts.items(), key=lambda pair: -pair[1]) if number}
    if not found:
        raise InputRefused(_ASKED, "None of them has a category.", "Choose categories for them first.")
    return found


def _is_exact(report: Report) -> bool:
    return report.lon_lat is not None and ReportFlag.SNAPPED not in report.flags


def _suggested(store: Store, group: Group, ids: Sequence[int], places: Sequence[tuple[float, float]]) -> str:
    lon = sum(place[0] for place in places) / len(places)
    lat = sum(place[1] for place in places) / len(places)
    names = Names(store)
    place = names.street_at(ids, (lon, lat)) or names.area((lon, lat)) or f"near {lat:.4f}, {lon:.4f}"
    return f"{group.label}, {place}"[:LONGEST_NAME]


def adopt_reports(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_ids: Sequence[int],
    name: str,
    plan: Plan | None = None,
    group: Group | None = None,
    margin_m: float = MARGIN_M,
    beside: Collection[int] = (),
    take_linked: bool = False,
    seen_versions: Mapping[int, int] | None = None,
    drawing: DrawingSettings | None = None,
    detection: DetectionSettings | None = None,
    zone: tzinfo = UTC,
) -> Problem:
    """Make a problem of reports, link them to it, and return it.

    Its outline is the ground round their places. With an owner or an objective it is taken on at once. Reports that
    tell of another problem already stay there unless ``take_linked``.

    Parameters
    ----------
    group
        The kind of the problem; needed where the reports are of several: the others are left out.
    beside
        The open problems about the same kind in this place that the person has seen.
    seen_versions
        The versions of the reports that the person had on the screen.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator, or an officer who gives a plan.
    InputRefused, NotFound
        As :func:`look_at_selection`, when the reports are of several kinds and none is chosen, when they lie too far
        apart, and as :func:`problems.use_cases.drawing.draw_problem`.
    MoveRefused, Stale
        When the plan is not whole, or somebody else saved one of the reports.
    """
    require(principal, _ASKED, *MAY_DRAW)
    now = clock()
    seen = _selection(store, report_ids, group, margin_m)
    if group is None and (len(seen.groups) > 1 or seen.left_out):
        kinds = ", ".join(f"{one.label.lower()} ({number})" for one, number in seen.groups.items())
        raise InputRefused(_ASKED, f"They are of several kinds: {kinds}.", "Say which kind the problem is about.")
    made = prepared(
        store,
        _ASKED,
        now,
        name=name,
        group=seen.group,
        geometry=seen.geometry,
        epsg=metric_epsg(store, seen.geometry),
        town=None,
        drawing=drawing or DrawingSettings(),
        detection=detection or DetectionSettings(),
        zone=zone,
    )
    with store.writing() as unit:
        # Again: this may have waited for its turn, and what happens is told in order.
        now = clock()
        matters = matters_in(unit, [report.id for report in seen.reports])
        for number, version in (seen_versions or {}).items():
            if number in matters:
                check_report_seen(store, _ASKED, matters[number].report, version)
        along = [one for one in matters.values() if take_linked or one.followup.problem_id is None]
        how = f"made of {len(seen.reports)} report{'' if len(seen.reports) == 1 else 's'}"
        details = {"linked": [one.id for one in along]}
        problem = keep_drawn(
            unit, store, _ASKED, now, principal, made, plan=plan, beside=beside, how=how, details=details
        )
        note = f"{problem.ref} was made of it."
        for matter in along:
            if matter.followup.problem_id != problem.id:
                after = Matter(matter.report, replace(matter.followup, problem_id=problem.id))
                save_matter(unit, now, principal, matter, after, EventKind.EDITED, note=note)
    return problem
