"""Actions that wait for each other: what is still in the way, and that no two wait for each other in a ring."""

from collections.abc import Iterable, Mapping, Sequence

from problems.actions import SETTLED, Action
from problems.errors import InputRefused, MoveRefused

_POSSIBLE = "Wait until that is done, or ask a coordinator to let this one start without it."


def in_the_way(action: Action, known: Mapping[int, Action]) -> list[Action]:
    """Return what ``action`` waits for that is not settled yet, in order of id.

    Declined work is in the way still: a coordinator finds somebody else for it, or no longer waits for it.
    """
    there = (known[number] for number in sorted(action.waits_for) if number in known)
    return [one for one in there if one.status not in SETTLED]


def check_may_start(asked: str, action: Action, known: Mapping[int, Action], *, titled: bool = True) -> None:
    """Refuse to start an action while something that it waits for is not settled.

    Not ``titled``, the titles stay untold: whoever asks does not see the others' work.

    Raises
    ------
    MoveRefused
        With what is in the way and how it stands.
    """
    waiting = in_the_way(action, known)
    if waiting:
        named = ", ".join(
            f"{one.ref}{f' “{one.title}”' if titled else ''} ({one.status.label.lower()})" for one in waiting
        )
        raise MoveRefused(asked, f"It waits for {named}.", _POSSIBLE)


def check_order(asked: str, action: Action, waits_for: Iterable[int], known: Mapping[int, Action]) -> tuple[int, ...]:
    """Return the ids that ``action`` may wait for, sorted, each once.

    ``known`` are the actions of its problem by id, itself among them once it is kept.

    Raises
    ------
    InputRefused
        When one is unknown, of another problem or the action itself, or when they would wait for each other
        in a ring.
    """
    wanted = tuple(sorted(set(waits_for)))
    for number in wanted:
        other = known.get(number)
        # What it waits for already may have gone to another problem when the two were split.
        if other is None or (other.problem_id != action.problem_id and number not in action.waits_for):
            raise InputRefused(asked, f"A-{number:04d} is no action of this problem.", "Choose one from the list.")
        ring = _way_back(number, action.id, known)
        if ring:
            way = ", which waits for ".join(f"A-{step:04d}" for step in ring)
            why = "It would wait for itself." if number == action.id else f"It would wait for {way}: for itself."
            raise InputRefused(asked, why, "Choose actions that come before it.")
    return wanted


def in_order(actions: Sequence[Action]) -> list[Action]:
    """Return actions so that each comes after those it waits for, otherwise in their order."""
    left, placed, found = list(actions), set[int](), list[Action]()
    numbers = {one.id for one in actions}
    while left:
        ready = next((one for one in left if not (set(one.waits_for) & numbers) - placed), left[0])
        left.remove(ready)
        placed.add(ready.id)
        found.append(ready)
    return found


def _way_back(start: int, goal: int, known: Mapping[int, Action]) -> list[int]:
    """Return the way from one action along what it waits for to another, or nothing."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        if way[-1] == goal:
            return way
        for onward in known[way[-1]].waits_for if way[-1] in known else ():
            if onward not in seen:
                seen.add(onward)
                ways.append([*way, onward])
    return []
