"""Merging and splitting problems: what may become one, what may fall into two, and what goes along.

Pure: what was loaded goes in, and the answer is a refusal in words or an account of what will happen. The use cases in
:mod:`problems.use_cases.combining` write it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geo.coverage import together
from geo.drawn import middle, shares, width_of, without_areas
from problems.actions import Action, ActionStatus
from problems.advice import AdviceGiven
from problems.errors import InputRefused, MoveRefused
from problems.lifecycle import moves_from
from problems.problem import UNTOUCHED, Problem, ProblemStatus
from problems.public import joined_shares
from problems.visits import Photo, Visit
from problems.words import has_words

#: The work on these was reported as done; owed work does not fit to that.
WORK_IS_DONE = frozenset({ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED})
#: A problem can be split while people work on it and nobody has said that the work is done.
CAN_SPLIT = (ProblemStatus.CONFIRMED, ProblemStatus.ANALYSING, ProblemStatus.PLANNED, ProblemStatus.IN_PROGRESS)
_BEGUN = frozenset({ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED, ActionStatus.DONE, ActionStatus.VERIFIED})
#: So much of a part has to lie in the problem that it is a part of, and so little may be shared by two parts.
LEAST_INSIDE, MOST_SHARED = 0.5, 0.01
MOST_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Belongings:
    """What hangs on a problem and goes where it goes: work, evidence, advice that was given, and linked reports."""

    actions: tuple[Action, ...] = ()
    visits: tuple[Visit, ...] = ()
    photos: tuple[Photo, ...] = ()
    report_ids: tuple[int, ...] = ()
    advice: tuple[AdviceGiven, ...] = ()

    @property
    def owed(self) -> tuple[Action, ...]:
        """The actions that are still owed."""
        return tuple(action for action in self.actions if action.status.is_owed)

    @property
    def numbers(self) -> dict[str, list[int]]:
        """Return the numbers of all that goes along, as an event keeps them."""
        found = {
            "actions": [action.id for action in self.actions],
            "visits": [visit.id for visit in self.visits],
            "photos": [photo.id for photo in self.photos],
            "reports": list(self.report_ids),
        }
        return {name: numbers for name, numbers in found.items() if numbers}

    @property
    def begun(self) -> bool:
        """Whether anybody has begun with any of the work."""
        return any(action.status in _BEGUN for action in self.actions)


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge will do: ``stays`` goes on, each of ``goes`` ends in it with what it has, ``warnings`` in words.

    ``assessments`` and ``entries`` count what stays on the pages of those that end, from where it is shown.
    """

    stays: Problem
    goes: tuple[tuple[Problem, Belongings], ...]
    assessments: int
    entries: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a problem: its name and ground, and what goes with it.

    ``report_ids`` None takes the linked reports whose place lies in the part.
    """

    name: str
    geometry: Mapping[str, object]
    action_ids: tuple[int, ...] = ()
    visit_ids: tuple[int, ...] = ()
    photo_ids: tuple[int, ...] = ()
    report_ids: tuple[int, ...] | None = None


def merged_in(problems: Iterable[Problem], problem_id: int) -> list[Problem]:
    """Return every problem that ended in this one, also by way of another, in order of id."""
    by_successor: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.status is ProblemStatus.SUPERSEDED:
            for number in problem.successor_ids:
                by_successor.setdefault(number, []).append(problem)
    found: dict[int, Problem] = {}
    waiting = [problem_id]
    while waiting:
        for problem in by_successor.get(waiting.pop(), []):
            if problem.id not in found and problem.id != problem_id:
                found[problem.id] = problem
                waiting.append(problem.id)
    return [found[number] for number in sorted(found)]


def can_go(problem: Problem) -> bool:
    """Tell whether a problem can end in another one."""
    return any(move.target is ProblemStatus.SUPERSEDED for move in moves_from(problem.status))


def goes_on_best(problems: Sequence[Problem]) -> Problem:
    """Return which of several problems fits best to go on: the one that cannot end, else the furthest, else the oldest.

    Raises
    ------
    ValueError
        Without a problem.
    """
    order = list(ProblemStatus)
    return min(problems, key=lambda one: (can_go(one), -order.index(one.status), one.id))


def check_merge(asked: str, stays: Problem, goes: Sequence[tuple[Problem, Belongings]]) -> None:
    """Refuse what cannot become one problem.

    Raises
    ------
    InputRefused
        When fewer than two or too many are named, or one is named twice.
    MoveRefused
        When they are of two groups, or one of them has come so far that it cannot end, or the one that goes on
        cannot take the work of the others.
    """
    numbers = [stays.id, *(problem.id for problem, _ in goes)]
    if len(goes) == 0 or len(set(numbers)) < len(numbers):
        raise InputRefused(asked, "Two different problems are needed.", "Choose at least one more.")
    if len(numbers) > MOST_AT_ONCE:
        raise InputRefused(asked, f"{len(numbers)} problems are chosen.", f"Merge at most {MOST_AT_ONCE} at once.")
    if not stays.status.is_open:
        raise MoveRefused(asked, f"{stays.ref} is “{stays.status.label}”.", "Choose one that is open to go on.")
    for problem, belongings in goes:
        _check_goes(asked, stays, problem, belongings)


def _check_goes(asked: str, stays: Problem, goes: Problem, belongings: Belongings) -> None:
    if goes.group is not stays.group:
        kinds = f"{goes.ref} is about {goes.group.label.lower()}, {stays.ref} about {stays.group.label.lower()}."
        raise MoveRefused(asked, kinds, "Only problems about the same kind become one.")
    if not can_go(goes):
        why = f"{goes.ref} is “{goes.status.label}”: such work is not merged away."
        raise MoveRefused(asked, why, f"Let {goes.ref} go on, or bring it to an end first.")
    if stays.status in UNTOUCHED and (goes.status not in UNTOUCHED or belongings.actions):
        why = f"Nobody has taken {stays.ref} on, and people work on {goes.ref}."
        raise MoveRefused(asked, why, f"Let {goes.ref} go on, or take {stays.ref} on first.")
    if stays.status in WORK_IS_DONE and belongings.owed:
        owed = ", ".join(action.ref for action in belongings.owed[:6])
        why = f"{stays.ref} is “{stays.status.label}”, and {goes.ref} still owes {owed}."
        raise MoveRefused(asked, why, f"Re-open the work of {stays.ref} first, or finish what {goes.ref} owes.")


def merge_warnings(stays: Problem, goes: Sequence[tuple[Problem, Belongings]], *, epsg: int) -> tuple[str, ...]:
    """Return what somebody should know before a merge, in sentences."""
    back = "There is no undo. The way back is to split the problem again: everything that came along can go with the "
    first = f" Before that, {stays.ref} has to be taken on." if stays.status in UNTOUCHED else ""
    stay = "stays" if len(goes) == 1 else "stay"
    told = [f"{back}part, which gets a new number; {_refs([one for one, _ in goes])} {stay} ended.{first}"]
    for problem, belongings in goes:
        lost = [
            f"{word} “{theirs}”"
            for word, theirs, ours in (
                ("owner", problem.owner, stays.owner),
                ("objective", problem.objective, stays.objective),
            )
            if theirs and theirs != ours
        ]
        if lost:
            ends = "ends" if len(lost) == 1 else "end"
            kept = "it" if len(lost) == 1 else "them"
            told.append(f"The {' and '.join(lost)} of {problem.ref} {ends} with it; its page keeps {kept}.")
        if problem.shares and problem.shares != stays.shares:
            told.append(f"Who sees the problem follows {stays.ref}, not {problem.ref}.")
        if joined_shares(stays, [problem]) != stays.shares:
            told.append(f"Residents will be told no more of {stays.ref} than they are of {problem.ref}.")
        if problem.footprint and stays.footprint and not shares(stays.footprint, [problem.footprint], epsg=epsg).any():
            told.append(f"{problem.ref} and {stays.ref} share no ground: the problem will consist of separate places.")
        if problem.status in UNTOUCHED and belongings.visits:
            told.append(f"Nobody had taken {problem.ref} on, and it was visited.")
    return tuple(told)


def _refs(problems: Sequence[Problem]) -> str:
    return ", ".join(problem.ref for problem in problems)


def place_of(problem: Problem) -> dict[str, object]:
    """Return where a problem is, as the event keeps it that changes it."""
    lon, lat = problem.lon_lat
    return {"footprint": dict(problem.footprint), "lon_lat": [lon, lat], "width_m": problem.width_m}


def joined_place(stays: Problem, goes: Iterable[Problem], *, epsg: int) -> Mapping[str, object] | None:
    """Return the ground of several problems as one; None where none of them has any."""
    grounds = [problem.footprint for problem in (stays, *goes) if problem.footprint.get("coordinates")]
    return together(grounds) if grounds else None


def placed(geometry: Mapping[str, object], *, epsg: int) -> tuple[tuple[float, float], float]:
    """Return the middle (longitude, latitude) and the width in metres of a ground."""
    return middle(geometry), width_of(geometry, epsg=epsg)


def rest_of(asked: str, problem: Problem, parts: Sequence[Part], *, epsg: int) -> Mapping[str, object]:
    """Return the ground that is left to a problem without its parts.

    Raises
    ------
    InputRefused
        When the problem has no outline, a part lies elsewhere, two parts overlap, or nothing is left.
    """
    if not problem.footprint.get("coordinates"):
        raise InputRefused(asked, f"{problem.ref} has no outline.", "Draw an area for it first.")
    for at, part in enumerate(parts):
        inside = float(shares(problem.footprint, [part.geometry], epsg=epsg)[0][1])
        if inside < LEAST_INSIDE:
            why = f"Only {inside:.0%} of “{part.name}” lies in {problem.ref}."
            raise InputRefused(asked, why, "Draw the part inside its outline, or make a problem of its own of it.")
        others = [other.geometry for other in parts[at + 1 :]]
        if others and float(shares(part.geometry, others, epsg=epsg).max()) > MOST_SHARED:
            raise InputRefused(asked, f"“{part.name}” overlaps another part.", "Draw parts that do not overlap.")
    rest = without_areas(problem.footprint, [part.geometry for part in parts], epsg=epsg)
    if rest is None:
        why = f"The parts cover all of {problem.ref}."
        raise InputRefused(asked, why, f"Leave ground for {problem.ref} itself: it goes on as one of the parts.")
    return rest


def check_split(asked: str, problem: Problem, parts: Sequence[Part], has: Belongings) -> None:
    """Refuse parts that cannot be made of a problem, whatever their ground.

    Raises
    ------
    MoveRefused
        When nobody works on the problem, or its work was reported as done.
    InputRefused
        When there is no part or too many, one has no name, or something is given to two parts or is not there.
    """
    if problem.status not in CAN_SPLIT:
        possible = ", ".join(f"“{status.label}”" for status in CAN_SPLIT)
        raise MoveRefused(asked, f"It is “{problem.status.label}”.", f"It can be split while it is {possible}.")
    if not parts:
        raise InputRefused(asked, "No part is given.", "Draw at least one part that becomes a problem of its own.")
    if len(parts) >= MOST_AT_ONCE:
        raise InputRefused(asked, f"{len(parts)} parts are given.", f"At most {MOST_AT_ONCE - 1} at once.")
    if any(not has_words(part.name) for part in parts):
        raise InputRefused(asked, "A part has no name.", "Say what and where, such as a street.")
    names = [part.name.strip().casefold() for part in parts]
    if len(set(names)) < len(names):
        raise InputRefused(asked, "Two parts have the same name.", "Give each a name of its own.")
    _check_given(asked, "action", [part.action_ids for part in parts], {one.id for one in has.actions})
    _check_given(asked, "visit", [part.visit_ids for part in parts], {one.id for one in has.visits})
    _check_given(asked, "photo", [part.photo_ids for part in parts], {one.id for one in has.photos})
    _check_given(asked, "report", [part.report_ids or () for part in parts], set(has.report_ids))


def _check_given(asked: str, word: str, given: Sequence[Sequence[int]], there: set[int]) -> None:
    every = [number for numbers in given for number in numbers]
    if len(set(every)) < len(every):
        raise InputRefused(asked, f"One {word} is given to two parts.", "Give it to one of them.")
    if not there.issuperset(every):
        raise InputRefused(asked, f"One {word} is not of this problem.", "Choose from those that are listed.")


def belongings_of(part: Part, has: Belongings, inside: Iterable[int]) -> Belongings:
    """Return what goes with a part: what was given to it, and the evidence of the actions among it.

    ``inside`` are the linked reports whose place lies in the part, for where nobody chose.
    """
    actions = tuple(one for one in has.actions if one.id in part.action_ids)
    visits = tuple(
        one for one in has.visits if (one.action_id in part.action_ids if one.action_id else one.id in part.visit_ids)
    )
    photos = tuple(
        one for one in has.photos if (one.action_id in part.action_ids if one.action_id else one.id in part.photo_ids)
    )
    wanted = set(inside) if part.report_ids is None else set(part.report_ids)
    advice = tuple(one for one in has.advice if one.action_id in part.action_ids)
    return Belongings(actions, visits, photos, tuple(one for one in has.report_ids if one in wanted), advice)


def status_of_part(problem: Problem, has: Belongings) -> ProblemStatus:
    """Return the status with which a part begins: that of the problem, unless nobody has begun with its work."""
    if problem.status is ProblemStatus.IN_PROGRESS and not has.begun:
        return ProblemStatus.PLANNED
    return problem.status
