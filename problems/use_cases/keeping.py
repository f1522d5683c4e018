"""Keeping a refresh: its hot spots, the problems that are new, and what it changed, in one unit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from problems.deciding import Change, Plan
from problems.events import EventKind, Subject, event
from problems.finding import Finding, Found
from problems.history import is_drawn
from problems.hot_spots import HotSpot, Refresh, Standing
from problems.naming import Names, leading_category
from problems.people import SYSTEM, Principal
from problems.problem import UNTOUCHED, Problem, ProblemStatus, problem_ref
from problems.proposals import asked_lately
from problems.public import PUBLIC, joined_shares
from problems.store import Store, Unit
from problems.use_cases.checks import created_event
from problems.use_cases.combining import belongings, carry
from problems.use_cases.saving import save

_STRICTER = "Residents are told no more of it than of each of the problems that are one now."


def keep(
    unit: Unit,
    store: Store,
    principal: Principal,
    now: datetime,
    result: Refresh,
    finding: Finding,
    plan: Plan,
    names: Names,
) -> Refresh:
    """Write a refresh with everything it found and decided, and return it as kept."""
    if store.fact("epsg") is None and finding.reports:
        unit.set_fact("epsg", str(result.epsg))
    result = replace(result, id=unit.add_refresh(result))
    unit.save_piles([replace(pile, last_refresh_id=result.id) for pile in finding.piles])
    saved = _save_changes(store, unit, now, plan.changes)
    # In the order in which the plan counts them; the mixed view belongs to nothing.
    listed = (*finding.found, *finding.candidates)
    codes = store.categories_of([number for found in (*listed, *finding.mixed) for number in found.members.tolist()])
    spots: list[HotSpot] = []
    seen: list[Problem] = []
    for index, found in enumerate(listed):
        problem = plan.problem_of.get(index)
        spot = _hot_spot(found, result.id, codes)
        if problem is None and found.standing is Standing.CANDIDATE:
            spots.append(spot)
            continue
        if problem is None:
            problem = _new_problem(spot, found, now, plan.parent_of.get(index), names)
            problem = replace(problem, id=unit.add_problem(problem))
            unit.add_events([created_event(now, SYSTEM, problem, {"refresh_id": result.id})])
            change = str(plan.change_of.get(index, EventKind.CREATED))
        else:
            problem = saved.get(problem.id, problem)
            change = str(plan.change_of[index])
        spots.append(replace(spot, problem_id=problem.id, change=change))
        seen.append(problem)
    spots.extend(_hot_spot(found, result.id, codes) for found in finding.mixed)
    ids = unit.add_hot_spots(spots)
    kept = [replace(spot, id=spot_id) for spot, spot_id in zip(spots, ids, strict=True)]
    spots_of: dict[int, list[HotSpot]] = {}
    for spot in kept:
        if spot.problem_id is not None:
            spots_of.setdefault(spot.problem_id, []).append(spot)
    by_id = {problem.id: problem for problem in seen}
    sightings = [
        _sighted(problem, own, result.as_of, pinned=_is_pinned(store, problem))
        for number, own in spots_of.items()
        for problem in [by_id[number]]
    ]
    unit.save_sightings([*sightings, *plan.sightings])
    counts = {name: getattr(result, name) for name in ("hot_spots", "new", "survived", "dormant", "recurred")}
    unit.add_events(
        [
            event(
                now,
                principal,
                Subject.REFRESH,
                result.id,
                EventKind.REFRESHED,
                details={"as_of": str(result.as_of)} | counts,
            )
        ]
    )
    return result


def _save_changes(store: Store, unit: Unit, moment: datetime, changes: Sequence[Change]) -> dict[int, Problem]:
    """Save what a refresh changed and return the changed problems by id."""
    saved: dict[int, Problem] = {}
    joined: dict[int, list[Problem]] = {}
    for change in changes:
        before = saved.get(change.before.id, change.before)
        # A refresh about a past day tells nothing that happened before what people did since.
        at = max(moment, before.last_event_at or moment)
        if change.after == change.before:
            if change.kind is EventKind.PROPOSED and asked_lately(
                store.events(Subject.PROBLEM, before.id), change.details, at
            ):
                continue
            told = event(at, SYSTEM, Subject.PROBLEM, before.id, change.kind, note=change.note, details=change.details)
            unit.add_events([told])
            continue
        saved[before.id] = save(
            unit,
            at,
            SYSTEM,
            before,
            replace(change.after, version=before.version),
            before.version,
            change.kind,
            note=change.note,
            details=change.details,
        )
        if change.after.status is ProblemStatus.SUPERSEDED and change.before.status is not ProblemStatus.SUPERSEDED:
            # Somebody may have been there or have linked reports to it, although nobody had taken it on.
            has = belongings(store, before.id)
            (to_id,) = change.after.successor_ids
            carry(unit, at, SYSTEM, has, to_id, f"{before.ref} was merged into {problem_ref(to_id)}; this goes along.")
            joined.setdefault(to_id, []).append(before)
    # Last, so that no other change of the same refresh takes it back.
    for number, goes in joined.items():
        stays = saved.get(number) or store.problem(number)
        saved[number] = _told_no_more(unit, max(moment, stays.last_event_at or moment), stays, goes)
    return saved


def _told_no_more(unit: Unit, at: datetime, stays: Problem, goes: Sequence[Problem]) -> Problem:
    """Return the problem that goes on, told to residents no more than those that are one with it now."""
    shares = joined_shares(stays, goes)
    if shares == stays.shares:
        return stays
    details: dict[str, object] = {"public_level": shares[PUBLIC]}
    after = replace(stays, shares=shares)
    return save(unit, at, SYSTEM, stays, after, stays.version, EventKind.EDITED, note=_STRICTER, details=details)


def _hot_spot(found: Found, refresh_id: int, codes: Mapping[int, str]) -> HotSpot:
    return HotSpot(
        id=0,
        refresh_id=refresh_id,
        group=found.group,
        category=leading_category(codes[number] for number in found.members.tolist() if number in codes),
        lon_lat=found.lon_lat,
        width_m=found.width_m,
        outline=found.outline,
        reports=found.reports,
        incidents=found.incidents,
        reporters=found.reporters,
        first_at=found.first_at,
        last_at=found.last_at,
        members=tuple(found.members.tolist()),
        expected=found.expected,
        q_value=found.q_value,
        standing=found.standing,
        ratio=found.ratio,
        ratio_low=found.ratio_low,
        ratio_high=found.ratio_high,
        dispersion=found.dispersion,
    )


def _new_problem(spot: HotSpot, found: Found, now: datetime, parent_id: int | None, names: Names) -> Problem:
    return Problem(
        id=0,
        name=names.place_name(found),
        group=found.own_group,
        category=spot.category,
        status=ProblemStatus.DETECTED,
        lon_lat=spot.lon_lat,
        width_m=spot.width_m,
        footprint=spot.outline,
        created_at=now,
        reports=spot.reports,
        incidents=spot.incidents,
        area=names.area(spot.lon_lat),
        parent_id=parent_id,
        last_event_at=now,
    )


def _is_pinned(store: Store, problem: Problem) -> bool:
    """Tell whether a refresh leaves the footprint alone: that of what people took on, or drew by hand."""
    return problem.status not in UNTOUCHED or is_drawn(store.events(Subject.PROBLEM, problem.id))


def _sighted(problem: Problem, spots: Sequence[HotSpot], as_of: date, *, pinned: bool) -> Problem:
    """Return the problem with what this refresh saw of it; a pinned footprint stays.

    A problem that others were merged into by hand may be seen in several places: counts add up, and
    the largest place stands for it.
    """
    largest = max(spots, key=lambda spot: (spot.incidents, -spot.id))
    after = replace(
        problem,
        category=largest.category or problem.category,
        reports=sum(spot.reports for spot in spots),
        incidents=sum(spot.incidents for spot in spots),
        hot_spot_id=largest.id,
        last_seen_on=as_of,
        misses=0,
    )
    if not pinned:
        after = replace(after, lon_lat=largest.lon_lat, width_m=largest.width_m, footprint=largest.outline)
    return after
