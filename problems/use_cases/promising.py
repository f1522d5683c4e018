"""Promising: how many working days each category has to a first response and to an end."""

from problems.clock import Clock
from problems.events import EventKind, Subject, event
from problems.people import Principal, Role
from problems.store import Store
from problems.targets import TARGETS_FACT, Targets
from problems.use_cases.saving import require

MAY_PROMISE = (Role.ADMIN,)


def replace_targets(
    store: Store, principal: Principal, clock: Clock, seed: int, *, text: str, before: Targets, after: Targets
) -> int:
    """Put other targets in place and return how many categories have others than before.

    Due dates follow at once, those of open reports too: nothing about a due date is stored.

    Parameters
    ----------
    text
        The targets as they are kept; empty goes back to those of the program.
    before, after
        The targets in force, and those that ``text`` tells.

    Raises
    ------
    NotAllowed
        When the principal is no administrator.
    """
    require(principal, "The targets were not changed.", *MAY_PROMISE)
    changed = sorted(code for code in {*before, *after} if before.get(code) != after.get(code))
    with store.writing() as unit:
        unit.set_fact(TARGETS_FACT, text)
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.STORE,
                    0,
                    EventKind.EDITED,
                    changes={"targets": {code: _told(after, code) for code in changed}},
                    before={"targets": {code: _told(before, code) for code in changed}},
                )
            ]
        )
    return len(changed)


def _told(targets: Targets, code: str) -> list[int | None]:
    known = targets.get(code)
    return [None, None] if known is None else [known.response_days, known.resolution_days]
