"""What a refresh means for the problems: who keeps an identity, what is new, quiet, or back.

Everything is decided here from what was loaded, and nothing is saved: the result is a plan that
:mod:`problems.use_cases.refreshing` writes in one unit. A problem that people work on is never
redrawn, merged or split: that is proposed on its timeline.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from geo.footprints import near
from problems.events import EventKind
from problems.finding import GROUPS, Found
from problems.hot_spots import DetectionSettings, Standing
from problems.matching import CONTINUES, Matching
from problems.problem import UNTOUCHED, Problem, ProblemStatus

#: A refresh may bring these back when their place turns hot again.
RETURNING = frozenset({ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED, ProblemStatus.CLOSED, ProblemStatus.NO_ACTION})
#: Half of a hot spot's reports inside an old footprint make it the same place.
SAME_PLACE = 0.5
#: Half of the minimum keeps a problem from going quiet.
HOLDS = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """A problem as it becomes, with the event that tells it."""

    before: Problem
    after: Problem
    kind: EventKind
    note: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a refresh will write.

    ``problem_of`` maps a hot spot's position to the problem it belongs to; positions that are
    absent become new problems (mere candidates do not), with a parent in ``parent_of`` where they split off.
    """

    problem_of: dict[int, Problem]
    change_of: dict[int, EventKind]
    parent_of: dict[int, int]
    changes: tuple[Change, ...]
    sightings: tuple[Problem, ...]
    survived: int
    split: int
    merged: int
    dormant: int
    recurred: int


@dataclass(frozen=True, slots=True)
class Window:
    """The reports of the refresh's window, as columns (n,), and which refresh looks at them."""

    as_of: date
    is_later: bool
    epsg: int
    lon_lat: npt.NDArray[np.float64]
    group_index: npt.NDArray[np.int8]
    incident: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int64]


def counted(incidents: int) -> str:
    """Return a number of incidents in words: “1 incident”, “12 incidents”."""
    return f"{incidents} incident{'' if incidents == 1 else 's'}"


def final_successor(by_id: Mapping[int, Problem], problem: Problem) -> Problem:
    """Return the problem that stands for ``problem`` now: itself, or what it was merged into in the end."""
    seen = {problem.id}
    while problem.status is ProblemStatus.SUPERSEDED and problem.successor_ids:
        problem = by_id[problem.successor_ids[0]]
        if problem.id in seen:
            break
        seen.add(problem.id)
    return problem


def incidents_inside(window: Window, problem: Problem) -> int:
    """Return the distinct incidents of the problem's group inside its footprint in the window."""
    return len(np.unique(window.incident[_rows_inside(window, problem)]))


def _rows_inside(window: Window, problem: Problem) -> npt.NDArray[np.int64]:
    rows = np.flatnonzero(window.group_index == GROUPS.index(problem.group))
    return rows[near(window.lon_lat[rows], problem.footprint, epsg=window.epsg)]


def share_inside(window: Window, found: Found, problem: Problem, radius_m: float) -> float:
    """Return the share (0 to 1) of a hot spot's reports that lie within ``radius_m`` of a footprint."""
    rows = np.searchsorted(window.ids, found.members)
    return float(near(window.lon_lat[rows], problem.footprint, epsg=window.epsg, distance_m=radius_m).mean())


def returning(
    window: Window,
    now: Sequence[Found],
    taken: Mapping[int, object],
    problems: Sequence[Problem],
    settings: DetectionSettings,
) -> dict[int, Problem]:
    """Return which still unmatched hot spots belong to a problem that was quiet, ended or drawn.

    Tried before a new identity is issued: problems that lost their hot spot in this run (when the
    last refresh is longer ago than the window, no report is in both), that went quiet at most
    ``wake_within_weeks`` ago, whose remediation is still watched, or that were drawn by hand; best
    share first, then the older problem. A mere candidate brings nothing back.
    """
    candidates = [problem for problem in problems if _may_return(problem, window.as_of, settings)]
    pairs = [
        (-share, problem.id, index)
        for index, found in enumerate(now)
        if index not in taken and found.standing is not Standing.CANDIDATE
        for problem in candidates
        if problem.group is found.group
        and (share := share_inside(window, found, problem, settings.radius_m)) >= SAME_PLACE
    ]
    by_id = {problem.id: problem for problem in candidates}
    result: dict[int, Problem] = {}
    used: set[int] = set()
    for _share, problem_id, index in sorted(pairs):
        if index not in result and problem_id not in used:
            result[index] = by_id[problem_id]
            used.add(problem_id)
    return result


def _may_return(problem: Problem, as_of: date, settings: DetectionSettings) -> bool:
    if problem.status is ProblemStatus.SUPERSEDED:
        return False
    if problem.hot_spot_id is None:
        return True
    watched = problem.remediated_on is not None and as_of - problem.remediated_on <= timedelta(
        days=settings.recurrence_watch_days
    )
    if problem.dormant_since is None:
        return True
    quiet_weeks = (as_of - problem.dormant_since).days / 7
    return quiet_weeks <= settings.wake_within_weeks or watched


def decide(
    window: Window,
    now: Sequence[Found],
    problems: Sequence[Problem],
    matched: Sequence[Problem],
    matching: Matching,
    settings: DetectionSettings,
    came_back: Callable[[Problem], int],
) -> Plan:
    """Decide what the refresh means.

    Parameters
    ----------
    window, now
        The reports looked at and the hot spots found in them.
    problems
        Every problem, in order of id.
    matched
        The problems that ``matching`` counts its positions in.
    came_back
        Returns how many incidents since the remediation of a problem make it a recurrence, or 0.
    """
    problem_of = {index: matched[row] for index, row in matching.kept.items()}
    kept_ids = {problem.id for problem in problem_of.values()}
    back = returning(window, now, problem_of, [p for p in problems if p.id not in kept_ids], settings)
    again = {was.id: _came_again(window, was, now[index], came_back, settings) for index, was in back.items()}
    # Beside the place of work that is finished, and no recurrence of it, lies a place of its own.
    back = {index: was for index, was in back.items() if not _has_ended_quietly(was) or again[was.id]}
    problem_of |= back
    _prefer_worked_on(problem_of, matching, matched)
    placed_ids = {problem.id for problem in problem_of.values()}
    change_of = dict.fromkeys(matching.kept, EventKind.SURVIVED)
    change_of |= {index: EventKind.WOKE if was.dormant_since else EventKind.SURVIVED for index, was in back.items()}
    parent_of = _name_splits(matching, matched, problem_of, change_of)
    told = _tell_splits(matching, matched)
    merged = 0
    for index, rows in matching.merged.items():
        others = {matched[row].id: matched[row] for row in rows if matched[row].id not in placed_ids}
        if index in problem_of and others:
            merged += 1
            change_of[index] = EventKind.MERGED
            told.extend(_tell_merge(problem_of[index], list(others.values())))
    woken = [change for index, problem in back.items() if (change := _wake(problem, now[index], again[problem.id]))]
    gone = {change.after.id for change in told if change.after.status is ProblemStatus.SUPERSEDED}
    elsewhere = gone | {problem.id for problem in back.values()}
    returned = [
        change
        for problem in problems
        if problem.id not in elsewhere and (change := _recur(problem, came_back(problem)))
    ]
    known = placed_ids | gone | {change.after.id for change in told if change.kind is EventKind.PROPOSED}
    lost = [problem for problem in problems if problem.id not in known and _is_worked_on(problem)]
    for problem, index in _lies_in(window, now, lost, settings):
        if index in problem_of:
            told.extend(_tell_merge(problem_of[index], [problem]))
    settled = placed_ids | gone | {change.after.id for change in returned}
    held, quiet = _quieten(window, [problem for problem in problems if problem.id not in settled], settings)
    changes = [*told, *woken, *returned, *quiet]
    return Plan(
        problem_of=problem_of,
        change_of=change_of,
        parent_of=parent_of,
        changes=tuple(changes),
        sightings=tuple(held),
        survived=sum(kind is EventKind.SURVIVED for kind in change_of.values()),
        split=len(matching.split),
        merged=merged,
        dormant=len(quiet),
        recurred=sum(change.kind is EventKind.RECURRED for change in changes),
    )


def _prefer_worked_on(problem_of: dict[int, Problem], matching: Matching, matched: Sequence[Problem]) -> None:
    """Where places grew together, let a problem that people work on keep the hot spot, the oldest of them first."""
    for index, rows in matching.merged.items():
        keeper = problem_of.get(index)
        if keeper is None or keeper.status not in UNTOUCHED:
            continue
        elsewhere = {problem.id for other, problem in problem_of.items() if other != index}
        worked_on = [
            matched[row]
            for row in rows
            if matched[row].status.is_open and matched[row].status not in UNTOUCHED and matched[row].id not in elsewhere
        ]
        if worked_on:
            problem_of[index] = min(worked_on, key=lambda problem: problem.id)


def _name_splits(
    matching: Matching,
    matched: Sequence[Problem],
    problem_of: Mapping[int, Problem],
    change_of: dict[int, EventKind],
) -> dict[int, int]:
    """Mark the hot spots that are parts of a problem, and return the parent of those that become new ones."""
    parent_of: dict[int, int] = {}
    for row, children in matching.split.items():
        for child in children:
            if child not in problem_of:
                parent_of[child] = matched[row].id
            if child not in problem_of or matching.kept.get(child) == row:
                change_of[child] = EventKind.SPLIT
    return parent_of


def _tell_splits(matching: Matching, matched: Sequence[Problem]) -> list[Change]:
    changes = []
    for row, children in matching.split.items():
        parent = matched[row]
        kind = EventKind.SPLIT if parent.status in UNTOUCHED else EventKind.PROPOSED
        note = f"Its reports now lie in {len(children)} separate places."
        changes.append(Change(parent, parent, kind, note, {"proposal": "split", "parts": len(children)}))
    return changes


def _tell_merge(keeper: Problem, others: Sequence[Problem]) -> list[Change]:
    """Supersede what nobody works on into ``keeper``, and ask about what people work on."""
    joined = [other for other in others if other.status in UNTOUCHED]
    asked = [other for other in others if other.status not in UNTOUCHED]
    changes: list[Change] = [
        Change(
            other,
            replace(other, status=ProblemStatus.SUPERSEDED, successor_ids=(keeper.id,)),
            EventKind.MERGED,
            f"Grew together with {keeper.ref}.",
            {"with": [keeper.id]},
        )
        for other in joined
    ]
    if joined:
        refs = ", ".join(other.ref for other in joined)
        details = {"with": [other.id for other in joined]}
        changes.append(Change(keeper, keeper, EventKind.MERGED, f"{refs} grew into its place.", details))
    for other in asked:
        for one, another in ((other, keeper), (keeper, other)):
            note = f"Its place has grown together with {another.ref}: merge the two?"
            asking: dict[str, object] = {"proposal": "merge", "with": [another.id]}
            changes.append(Change(one, one, EventKind.PROPOSED, note, asking))
    return changes


def _is_worked_on(problem: Problem) -> bool:
    return problem.status.is_open and problem.status not in UNTOUCHED and problem.dormant_since is None


def _lies_in(
    window: Window, now: Sequence[Found], lost: Sequence[Problem], settings: DetectionSettings
) -> list[tuple[Problem, int]]:
    """Return problems without a hot spot of their own with the one in which their place lies: it holds half of it.

    What grew together long ago shares no live report any more, so that the matching cannot name it; it is still so.
    """
    hot_spot_of = np.full(len(window.ids), -1, dtype=np.int64)
    for index, found in enumerate(now):
        hot_spot_of[np.searchsorted(window.ids, found.members)] = index
    result: list[tuple[Problem, int]] = []
    for problem in lost:
        rows = np.flatnonzero(window.group_index == GROUPS.index(problem.group))
        inside = rows[near(window.lon_lat[rows], problem.footprint, epsg=window.epsg)]
        held = np.bincount(hot_spot_of[inside] + 1, minlength=len(now) + 1)[1:]
        enough = len(inside) >= HOLDS * settings.min_incidents
        if enough and len(held) and held.max() >= CONTINUES * len(inside):
            result.append((problem, int(held.argmax())))
    return result


def _quieten(
    window: Window, unmatched: Sequence[Problem], settings: DetectionSettings
) -> tuple[list[Problem], list[Change]]:
    """Return the unmatched problems that hold on or miss a run, and those that go quiet now.

    One that was drawn by hand and never was a hot spot cannot lose it: it is counted anew.
    """
    held: list[Problem] = []
    quiet: list[Change] = []
    for problem in unmatched:
        if problem.hot_spot_id is None:
            rows = _rows_inside(window, problem)
            anew = replace(problem, reports=len(rows), incidents=len(np.unique(window.incident[rows])))
            held += [anew] if anew != problem else []
            continue
        if problem.dormant_since is not None:
            continue
        if problem.status is ProblemStatus.SUPERSEDED:
            continue
        count = incidents_inside(window, problem)
        misses = 0 if count >= HOLDS * settings.min_incidents else problem.misses + int(window.is_later)
        after = replace(problem, misses=misses)
        if misses >= settings.dormant_after_misses:
            after = replace(after, dormant_since=window.as_of)
            note = f"Quiet: {counted(count)} left in the window."
            quiet.append(Change(problem, after, EventKind.DORMANT, note, {"incidents": count}))
        elif after != problem:
            held.append(after)
    return held, quiet


def _has_ended_quietly(problem: Problem) -> bool:
    return problem.dormant_since is not None and problem.status in RETURNING


def _came_again(
    window: Window, problem: Problem, found: Found, came_back: Callable[[Problem], int], settings: DetectionSettings
) -> int:
    """Return how many incidents inside its footprint make a finished problem come back, or 0.

    Where it had gone quiet a hot spot is there again, which has stood its own test: it is the same place
    when most of it lies inside the footprint, and not only beside it.
    """
    again = came_back(problem)
    if again or not _has_ended_quietly(problem):
        return again
    inside = incidents_inside(window, problem)
    return inside if inside >= max(settings.recurrence_min_incidents, SAME_PLACE * found.incidents) else 0


def _wake(problem: Problem, found: Found, again: int) -> Change | None:
    if problem.dormant_since is None:
        return _recur(problem, again)
    after = replace(problem, dormant_since=None, misses=0)
    if problem.status is ProblemStatus.DISMISSED:
        after = replace(after, status=ProblemStatus.DETECTED)
    if problem.status in RETURNING:
        return _recur(after, again, before=problem)
    return Change(problem, after, EventKind.WOKE, f"Active again: {counted(found.incidents)} in the window.")


def _recur(problem: Problem, count: int, before: Problem | None = None) -> Change | None:
    """Return the change that marks a recurrence, or None when ``count`` is 0 or the status cannot recur."""
    if count == 0 or problem.status not in RETURNING:
        return None
    if problem.status is ProblemStatus.NO_ACTION and before is None:
        return None
    after = replace(problem, status=ProblemStatus.RECURRED, reopened=problem.reopened + 1, outcome="", done_by="")
    note = f"It came back: {counted(count)} inside its footprint."
    return Change(before or problem, after, EventKind.RECURRED, note, {"incidents": count})
