"""Guides: what an installation puts in place of the usual actions and the advice that came with Fixpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from problems.categories import Group
from problems.clock import Clock
from problems.errors import InputRefused, Stale
from problems.events import EventKind, Subject, event
from problems.guides import Guide, GuideKind, as_rows, checked_advice, usual_actions
from problems.people import Principal, Role
from problems.store import Store
from problems.use_cases.saving import require

MAY_GUIDE = (Role.COORDINATOR, Role.ADMIN)


def replace_usual_actions(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    group: Group,
    rows: Sequence[Mapping[str, Any]],
    seen_version: int,
) -> Guide:
    """Put a list of usual actions in force for a group and return it as kept.

    Parameters
    ----------
    rows
        The list as plain values; see :func:`problems.guides.usual_actions`.
    seen_version
        Version of what was seen; 0 where the installation never said anything about the group.

    Raises
    ------
    NotAllowed
        When the principal is neither a coordinator nor an administrator.
    InputRefused
        When the list is empty or a line of it cannot be used.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"The usual actions for {group.label.lower()} were not changed."
    require(principal, asked, *MAY_GUIDE)
    if not rows:
        possible = "Keep one action, or go back to the list that came with Fixpoint."
        raise InputRefused(asked, "The list would be empty.", possible)
    content = {"actions": as_rows(usual_actions(asked, rows))}
    return _put(store, principal, clock, asked, GuideKind.ACTIONS, group, content, seen_version)


def replace_advice(
    store: Store, principal: Principal, clock: Clock, seed: int, *, group: Group, text: str, seen_version: int
) -> Guide:
    """Put a text of advice in force for a group and return it as kept.

    Raises
    ------
    NotAllowed
        When the principal is neither a coordinator nor an administrator.
    InputRefused
        When the text is empty or too long.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"The advice for {group.label.lower()} was not changed."
    require(principal, asked, *MAY_GUIDE)
    content = {"text": checked_advice(asked, text)}
    return _put(store, principal, clock, asked, GuideKind.ADVICE, group, content, seen_version)


def restore_guide(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    kind: GuideKind,
    group: Group,
    seen_version: int,
) -> Guide:
    """Go back to what came with Fixpoint for a group; what was there before stays in the record of changes.

    Raises
    ------
    NotAllowed
        When the principal is neither a coordinator nor an administrator.
    InputRefused
        When it is in force already.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"{kind.label} for {group.label.lower()}: nothing was changed."
    require(principal, asked, *MAY_GUIDE)
    return _put(store, principal, clock, asked, kind, group, {}, seen_version)


def _put(
    store: Store,
    principal: Principal,
    clock: Clock,
    asked: str,
    kind: GuideKind,
    group: Group,
    content: Mapping[str, Any],
    seen_version: int,
) -> Guide:
    with store.writing() as unit:
        now = clock()
        before = next((one for one in store.guides() if (one.kind, one.group) == (kind, group)), None)
        if (before.version if before else 0) != seen_version:
            by = before.edited_by if before else ""
            why = f"{by or 'Somebody'} saved in the meantime."
            raise Stale(asked, why, "Look at what is there now and try again.", changed_by=by)
        was = dict(before.content) if before else {}
        if was == content:
            raise InputRefused(asked, "It says that already.", "There is nothing to do.")
        after = Guide(before.id if before else 0, kind, group, content, principal.name, now, seen_version)
        if before is None:
            saved = replace(after, id=unit.add_guide(after), version=1)
        else:
            saved = unit.save_guide(after, seen_version)
        told = event(
            now,
            principal,
            Subject.GUIDE,
            saved.id,
            EventKind.EDITED,
            changes={"content": content},
            before={"content": was},
            details={"kind": str(kind), "group": str(group), "version": saved.version},
        )
        unit.add_events([told])
    return saved
