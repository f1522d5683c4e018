"""On which level each problem is shared with a partner organisation, and what is left of it on that level.

Officers, coordinators and command see every problem. A partner organisation sees a problem on the level that a
coordinator set for it, else on the one that follows from its work and the kind of the problem. Its own actions it
always sees. Noise and disputes are about people who live side by side: with few reports or addresses behind them
partners learn only that they exist.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from problems.actions import Action
from problems.categories import Group
from problems.events import Event, EventKind, Subject
from problems.people import Principal, Role
from problems.problem import UNTOUCHED, Problem
from problems.visits import Photo, Visit

#: Whoever holds one of these works on every problem.
EVERYWHERE = (Role.OFFICER, Role.COORDINATOR, Role.COMMAND)
#: Partners see a dispute only with so many reports behind it, from so many addresses.
LEAST_REPORTS, LEAST_ADDRESSES = 5, 3
#: What of an event is told without the words that somebody wrote: what became of what.
_UNTOLD_KINDS = frozenset(
    {
        EventKind.NOTED,
        EventKind.VISITED,
        EventKind.PHOTO_ADDED,
        EventKind.PHOTO_WITHDRAWN,
        EventKind.PHOTO_ALLOWED,
        EventKind.ADVISED,
    }
)
_FREE_TEXT = frozenset({"objective", "last_note", "outcome", "done_by", "person", "shares"})
#: Details of events that name reports, or other problems that may not be shared.
_NUMBERS = frozenset({"along", "linked", "unlinked", "beside"})


class SharingLevel(StrEnum):
    """How much of a problem an organisation sees, from nothing upward."""

    NOTHING = "nothing"
    EXISTS = "exists"
    WITHOUT_NOTES = "without_notes"
    FULL = "full"

    @property
    def label(self) -> str:
        """Plain words for the level."""
        return {
            SharingLevel.NOTHING: "Nothing",
            SharingLevel.EXISTS: "That it exists, and their own actions",
            SharingLevel.WITHOUT_NOTES: "The problem, without notes and objective",
            SharingLevel.FULL: "Everything but who reported",
        }[self]

    @property
    def rank(self) -> int:
        """Return a number that is higher the more is seen."""
        return list(SharingLevel).index(self)


def default_level(problem: Problem, organisation_id: int, actions: Iterable[Action]) -> SharingLevel:
    """Return the level that an organisation has unless a coordinator sets another one."""
    if problem.owner_organisation_id == organisation_id:
        return SharingLevel.FULL
    if not any(one.organisation_id == organisation_id for one in actions):
        return SharingLevel.NOTHING
    return SharingLevel.EXISTS if problem.group is Group.DISPUTES else SharingLevel.WITHOUT_NOTES


def level_for(
    organisation_id: int, problem: Problem, actions: Sequence[Action], *, too_few: bool = False
) -> SharingLevel:
    """Return on which level an organisation sees a problem.

    Parameters
    ----------
    actions
        Those on the problem.
    too_few
        Whether too few reports or addresses are behind it for partners; it matters for disputes only.
    """
    told = problem.shares.get(str(organisation_id), "")
    known = tuple(SharingLevel)
    level = SharingLevel(told) if told in known else default_level(problem, organisation_id, actions)
    if level is SharingLevel.NOTHING and any(one.organisation_id == organisation_id for one in actions):
        level = SharingLevel.EXISTS
    if too_few and problem.group is Group.DISPUTES and level.rank > SharingLevel.EXISTS.rank:
        level = SharingLevel.EXISTS
    return level


def level_of(
    principal: Principal, problem: Problem, actions: Sequence[Action], *, too_few: bool = False
) -> SharingLevel:
    """Return on which level somebody sees what was seen, said and done on a problem.

    A partner without an organisation is the one user of a computer, who acts for all of them; whoever is neither
    partner nor works everywhere sees none of it.
    """
    if principal.has(*EVERYWHERE):
        return SharingLevel.FULL
    if not principal.has(Role.PARTNER):
        return SharingLevel.NOTHING
    if principal.organisation_id is None:
        return SharingLevel.FULL
    return level_for(principal.organisation_id, problem, actions, too_few=too_few)


def shares_in(principal: Principal, problem: Problem, actions: Sequence[Action], *, too_few: bool = False) -> bool:
    """Tell whether ``principal`` may look at what was seen on a problem; ``actions`` are those on it."""
    return level_of(principal, problem, actions, too_few=too_few).rank >= SharingLevel.WITHOUT_NOTES.rank


def is_own(principal: Principal, action: Action) -> bool:
    """Tell whether ``principal`` may work on an action: anybody everywhere, a partner on their own."""
    if principal.has(*EVERYWHERE):
        return True
    return principal.has(Role.PARTNER) and principal.organisation_id in (None, action.organisation_id)


# -- what is left of it --


def shown(problem: Problem, level: SharingLevel) -> Problem:
    """Return a problem as somebody on ``level`` is shown it; it must never be saved.

    On :attr:`SharingLevel.EXISTS` its name, place, figures and the days of its work are gone; its kind and area, which
    are left, name it. Of one that nobody took on is left whether it has gone quiet, which keeps it off lists and maps,
    with a day that tells nothing.

    Raises
    ------
    ValueError
        On :attr:`SharingLevel.NOTHING`, where nothing is shown.
    """
    if level is SharingLevel.NOTHING:
        raise ValueError("nothing of this problem is shown")
    if level is SharingLevel.FULL:
        return problem
    if level is SharingLevel.WITHOUT_NOTES:
        return replace(problem, objective="", shares={})
    return replace(
        problem,
        name=f"{problem.group.label}, {problem.area}" if problem.area else problem.group.label,
        category="",
        footprint={},
        lon_lat=(0.0, 0.0),
        width_m=0.0,
        reports=0,
        incidents=0,
        owner="",
        owner_organisation_id=None,
        objective="",
        review_on=None,
        outcome="",
        hot_spot_id=None,
        last_seen_on=None,
        misses=0,
        dormant_since=date.min if problem.dormant_since and problem.status in UNTOUCHED else None,
        remediated_on=None,
        parent_id=None,
        successor_ids=(),
        reopened=0,
        done_by="",
        last_event_at=None,
        shares={},
    )


def is_placed(problem: Problem) -> bool:
    """Tell whether a problem, as it is shown, has a place to draw."""
    return bool(problem.footprint) or any(problem.lon_lat)


def shown_actions(principal: Principal, actions: Iterable[Action], level: SharingLevel) -> list[Action]:
    """Return the actions on a problem as somebody on ``level`` is shown them; their own are always whole."""
    found = []
    for one in actions:
        if is_own(principal, one) or level is SharingLevel.FULL:
            found.append(one)
        elif level is SharingLevel.WITHOUT_NOTES:
            found.append(replace(one, last_note="", person=""))
    return found


def shown_events(
    principal: Principal, events: Iterable[Event], level: SharingLevel, own_actions: Iterable[int]
) -> list[Event]:
    """Return the events about a problem and its actions as somebody on ``level`` is shown them.

    What their own organisation did, and what happened to its actions, is always whole.
    """
    if level is SharingLevel.FULL:
        return list(events)
    actions = set(own_actions)
    found = []
    for one in events:
        own = one.organisation_id is not None and one.organisation_id == principal.organisation_id
        if own or (one.subject is Subject.ACTION and one.subject_id in actions):
            found.append(one)
        elif level is SharingLevel.WITHOUT_NOTES and not _is_untold(one):
            found.append(_without_words(one))
    return found


def _is_untold(one: Event) -> bool:
    """Tell whether an event is somebody else's words alone, or says with whom else a problem is shared."""
    return one.kind in _UNTOLD_KINDS or (one.kind is EventKind.EDITED and "shares" in one.changes)


def _without_words(one: Event) -> Event:
    return replace(
        one,
        note="",
        changes={name: value for name, value in one.changes.items() if name not in _FREE_TEXT},
        before={name: value for name, value in one.before.items() if name not in _FREE_TEXT},
        details={name: value for name, value in one.details.items() if name not in _NUMBERS},
    )


def shown_visits(visits: Iterable[Visit], level: SharingLevel, own_actions: Container[int]) -> list[Visit]:
    """Return the visits to a problem as somebody on ``level`` is shown them; those to their own work are whole."""
    if level is SharingLevel.FULL:
        return list(visits)
    told = [one if one.action_id in own_actions else replace(one, note="") for one in visits]
    return [one for one in told if level is SharingLevel.WITHOUT_NOTES or one.action_id in own_actions]


def shown_photos(photos: Iterable[Photo], level: SharingLevel, own_actions: Container[int]) -> list[Photo]:
    """Return the photos of a problem that somebody on ``level`` is shown: of their own work, and of a shown place."""
    placed = level.rank >= SharingLevel.WITHOUT_NOTES.rank
    return [one for one in photos if one.action_id in own_actions or (placed and one.action_id is None)]
