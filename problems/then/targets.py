"""Targets as they were: what somebody promised otherwise since."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from problems.events import Event
from problems.targets import Target, Targets


def other_targets(events: Iterable[Event], known_at: datetime) -> Targets:
    """Return the targets that somebody changed since a moment, as they were; ``events`` are those about the store."""
    found: dict[str, Target] = {}
    for one in events:
        before = one.before.get("targets")
        if one.at >= known_at and isinstance(before, Mapping):
            for code, days in before.items():
                found.setdefault(str(code), Target(*days))
    return found
