"""Searching from one box: problems, work, reports, assets, addresses, streets and areas that somebody may see."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from problems.actions import Action
from problems.areas import Area
from problems.clock import Clock
from problems.errors import InputRefused
from problems.inbox import Sight, sight_of
from problems.looking_back import LookedBack
from problems.people import Principal
from problems.problem import Problem
from problems.receipts import read_receipt
from problems.reports import Report
from problems.search_store import FoundText
from problems.seeing import seen_by
from problems.store import Store

#: So many of each kind are found.
MOST: Final = 12
LONGEST: Final = 200
_MOST_DIGITS: Final = 12
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, each kind with the best matches first; ``own`` is the open work of whoever asks.

    ``more`` tells of which kinds there is more than is listed, by the name of the field.
    """

    words: str
    problems: tuple[Problem, ...] = ()
    actions: tuple[Action, ...] = ()
    reports: tuple[Report, ...] = ()
    assets: tuple[FoundText, ...] = ()
    addresses: tuple[FoundText, ...] = ()
    streets: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    own: tuple[Action, ...] = ()
    own_reports: int = 0
    more: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was found, whatever the own work is."""
        kinds = ("problems", "actions", "reports", "assets", "addresses", "streets", "areas")
        return not any(getattr(self, kind) for kind in kinds)


def search(store: Store, principal: Principal, clock: Clock, seed: int, *, words: str) -> Results:
    """Look for what somebody typed, among what they may see.

    A number or reference alone comes first in its kind, then names that begin with what was typed, then those
    that hold every word of it. Without words only the own open work is told: actions that name the principal.

    Raises
    ------
    InputRefused
        When the text is longer than 200 characters.
    """
    typed = " ".join(words.split())
    if len(typed) > LONGEST:
        raise InputRefused("Nothing was looked for.", f"That is {len(typed):,} characters.", f"Type at most {LONGEST}.")
    seen = seen_by(store, principal)
    actions = seen.actions()
    own = [one for one in actions if one.status.is_owed and is_of(principal, one.person)]
    own.sort(key=lambda one: (one.due_on is None, one.due_on or one.created_at.date(), one.id))
    if not typed:
        return Results("", own=tuple(own))
    more: set[str] = set()

    def best(kind: str, found: Sequence[Found]) -> tuple[Found, ...]:
        if len(found) > MOST:
            more.add(kind)
        return tuple(found[:MOST])

    all_sight = sight_of(principal) is Sight.ALL
    parts = typed.casefold().split()
    names = _names_of_today(store, principal)
    streets = sorted({one.name for one in seen.streets()}, key=str.casefold)
    return Results(
        typed,
        problems=best(
            "problems",
            ranked(
                seen.problems(),
                typed,
                lambda one: (one.ref, str(one.id), f"P-{one.id}", one.name, names.problems.get(one.id, "")),
            ),
        ),
        actions=best(
            "actions",
            ranked(
                actions,
                typed,
                lambda one: (one.ref, f"A-{one.id}", one.title, one.person, names.actions.get(one.id, "")),
            ),
        ),
        reports=best("reports", _reports(store, principal, typed)),
        assets=best("assets", seen.find_assets(typed, MOST + 1) if all_sight else ()),
        addresses=best("addresses", seen.find_addresses(parts, MOST + 1) if all_sight else ()),
        streets=best("streets", ranked(streets, typed, lambda one: (one,))),
        areas=best("areas", ranked(seen.areas(), typed, lambda one: (one.name, one.code))),
        own=tuple(own),
        more=frozenset(more),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """What problems and actions are called today, by id."""

    problems: Mapping[int, str]
    actions: Mapping[int, str]


def _names_of_today(store: Store, principal: Principal) -> _Names:
    """Return the names of today where a past day is searched: people look for what they know something by."""
    if not isinstance(store, LookedBack):
        return _Names({}, {})
    today = seen_by(store.now_known, principal)
    problems = {one.id: one.name for one in today.problems()}
    return _Names(problems, {one.id: one.title for one in today.actions()})


def is_of(principal: Principal, person: str) -> bool:
    """Tell whether work names the principal: actions and reports keep the name of a person."""
    return bool(person.strip()) and person.strip().casefold() == principal.name.casefold()


def ranked(found: Iterable[Found], typed: str, names: Callable[[Found], tuple[str, ...]]) -> list[Found]:
    """Return what fits the words, exact names first, then those that begin so, then the rest, in their order."""
    whole = typed.casefold()
    parts = whole.split()
    placed: list[tuple[int, int, Found]] = []
    for place, one in enumerate(found):
        told = [name.casefold() for name in names(one) if name]
        if whole in told:
            placed.append((0, place, one))
        elif any(name.startswith(whole) for name in told):
            placed.append((1, place, one))
        elif all(any(part in name for name in told) for part in parts):
            placed.append((2, place, one))
    return [one for _rank, _place, one in sorted(placed, key=lambda each: each[:2])]


def _reports(store: Store, principal: Principal, typed: str) -> list[Report]:
    """Return the reports that a number names: ours, a receipt's, or that of the system that sent it."""
    sight = sight_of(principal)
    if sight is Sight.NONE:
        return []
    numbers: list[int] = []
    digits = typed.upper().removeprefix("R-")
    if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
        numbers.append(int(digits))
    for told in dict.fromkeys((*_receipt(typed), typed)):
        for source in store.report_sources():
            known = store.report_known_as(source, told)
            numbers += [known.id] if known else []
    wanted = list(dict.fromkeys(numbers))
    by_id = {one.id: one for one in seen_by(store, principal).reports(wanted) if not one.undone}
    return [by_id[number] for number in wanted if number in by_id]


def _receipt(typed: str) -> tuple[str, ...]:
    try:
        return (read_receipt(typed),)
    except InputRefused:
        return ()
