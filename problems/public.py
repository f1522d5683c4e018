"""What residents may be told of a problem and shown of its photos: the public share profile.

Nothing is public by itself. A problem is told with its street only where its kind is a matter of things and not of
people, or a coordinator said so; a photo only where a coordinator allowed it. Days are told by month, counts under
three as "1 or 2", places by street or area and never by a point. Of what anybody wrote only the description of a photo
is told, which is allowed together with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from problems.categories import Group
from problems.events import Event, EventKind
from problems.problem import Problem
from problems.sharing import LEAST_ADDRESSES
from problems.visits import Photo

#: The key among the shares of a problem that holds its level for the public; organisations are numbers.
PUBLIC: Final = "public"
#: Of people and their homes the street is told, and disputes are told at all, only with so many reports behind them,
#: from no fewer addresses than partners need (:data:`problems.sharing.LEAST_ADDRESSES`).
LEAST_REPORTS: Final = 20
#: Smaller counts are told as a range.
LEAST_COUNTED: Final = 3


class PublicLevel(StrEnum):
    """How much of a fix residents are told, from nothing upward."""

    NOTHING = "nothing"
    AREA = "area"
    STREET = "street"

    @property
    def label(self) -> str:
        """Plain words for the level."""
        return {
            PublicLevel.NOTHING: "Nothing",
            PublicLevel.AREA: "Kind of problem and area, without street and photos",
            PublicLevel.STREET: "Kind, street, who did what, and photos that are allowed",
        }[self]

    @property
    def rank(self) -> int:
        """Return a number that is higher the more is told."""
        return list(PublicLevel).index(self)


@dataclass(frozen=True, slots=True)
class Backing:
    """How many reports stand behind a fix, and from how many addresses; duplicates and withdrawn ones do not count."""

    reports: int
    addresses: int

    @property
    def is_enough(self) -> bool:
        """Whether nobody can be recognised among them."""
        return self.reports >= LEAST_REPORTS and self.addresses >= LEAST_ADDRESSES


_BY_GROUP: Final[Mapping[Group, PublicLevel]] = {
    Group.DISPUTES: PublicLevel.NOTHING,
    Group.ANTISOCIAL: PublicLevel.AREA,
    Group.PROPERTY: PublicLevel.AREA,
    Group.OTHER: PublicLevel.AREA,
}


def default_public_level(group: Group) -> PublicLevel:
    """Return the level that a kind of problem has unless a coordinator chooses another one."""
    return _BY_GROUP.get(group, PublicLevel.STREET)


def chosen_public_level(problem: Problem) -> PublicLevel | None:
    """Return the level that a coordinator chose, None where nobody did."""
    told = problem.shares.get(PUBLIC, "")
    return PublicLevel(told) if told in tuple(PublicLevel) else None


def joined_shares(stays: Problem, goes: Iterable[Problem]) -> Mapping[str, str]:
    """Return the shares of the problem that goes on once others are one with it.

    Residents are told no more of the ground that joins than of each part before: the strictest level holds.
    """
    strictest = min((_level_before(one) for one in goes), key=lambda one: one.rank)
    if strictest.rank >= _level_before(stays).rank:
        return stays.shares
    return {**stays.shares, PUBLIC: str(strictest)}


def _level_before(problem: Problem) -> PublicLevel:
    """Return the level that was chosen or is usual, whatever stands behind the problem."""
    return chosen_public_level(problem) or default_public_level(problem.group)


def public_level(problem: Problem, behind: Backing) -> PublicLevel:
    """Return how much of a problem residents are told, with what stands ``behind`` it.

    A dispute is about people who live side by side: it is never told with its street, and not at all with fewer than
    twenty reports, or where they come from one or two addresses. With as little behind them the other kinds that are
    about people are not told with their street either, whatever was chosen.
    """
    level = _level_before(problem)
    if problem.group is Group.DISPUTES:
        most = PublicLevel.AREA if behind.is_enough else PublicLevel.NOTHING
    elif default_public_level(problem.group) is PublicLevel.AREA and not behind.is_enough:
        most = PublicLevel.AREA
    else:
        most = PublicLevel.STREET
    return min(level, most, key=lambda one: one.rank)


def public_photos(photos: Iterable[Photo], events: Iterable[Event]) -> list[Photo]:
    """Return those of a problem's photos that may be shown to the public.

    Parameters
    ----------
    photos
        Those of the problem and its actions.
    events
        Those about the problem and its actions. What was allowed for another problem, before a merge or a split,
        has to be allowed again, also a photo of an action that went along.
    """
    allowed: dict[tuple[object, object], bool] = {}
    for one in sorted(events, key=lambda each: each.id):
        if one.kind is EventKind.PHOTO_ALLOWED:
            of = one.details.get("photo_id"), one.details.get("problem_id")
            allowed[of] = one.details.get("public") is True
    return [one for one in photos if not one.is_withdrawn and allowed.get((one.id, one.problem_id), False)]


def masked_count(number: int) -> str:
    """Return a count as the public is told it.

    >>> masked_count(0), masked_count(2), masked_count(1234)
    ('0', '1 or 2', '1,234')
    """
    return "1 or 2" if 0 < number < LEAST_COUNTED else f"{number:,}"
