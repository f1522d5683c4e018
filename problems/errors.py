"""Errors that are fit to be shown to the person who caused them.

::

    ProblemError            a refusal: what was asked, why not, what is possible
    ├── InputRefused        a file, a column, a setting or an option that cannot be used
    │   └── AreaUnknown     no area, or more than one, is called so
    ├── StoreRefused        the store cannot be opened (unknown URL, newer schema, locked)
    ├── MoveRefused         the lifecycle does not allow this move, or something it needs is missing
    ├── NotAllowed          the principal's roles do not include this action
    ├── NotFound            no such problem, action, report …
    └── Stale               someone else saved first; carries what they changed
    Cancelled               the person stopped a long job (not a refusal: nothing was wrong)

A bug is none of these and is never caught.
"""

from collections.abc import Mapping


class ProblemError(Exception):
    """A refusal in three parts: what was asked, why not, what is possible instead.

    ``str(error)`` is the whole sentence, ready to be shown.
    """

    def __init__(self, asked: str, why: str, possible: str = "") -> None:
        self.asked = asked
        self.why = why
        self.possible = possible
        super().__init__(" ".join(part for part in (asked, why, possible) if part))


class InputRefused(ProblemError):
    """A file, a column, a setting or an option cannot be used."""


class AreaUnknown(InputRefused):
    """No area, or more than one, is called so."""


class StoreRefused(ProblemError):
    """The store cannot be opened or is not fit for this program."""


class MoveRefused(ProblemError):
    """The lifecycle has no such move from here, or something that the move needs is missing."""


class NotAllowed(ProblemError):
    """The roles of the principal do not include this action."""


class NotFound(ProblemError):
    """Nothing has this identity."""


class Stale(ProblemError):
    """Someone else saved first. ``changes`` maps a field to (value that was seen, value now)."""

    def __init__(
        self,
        asked: str,
        why: str,
        possible: str = "",
        *,
        changes: Mapping[str, tuple[object, object]] | None = None,
        changed_by: str = "",
    ) -> None:
        super().__init__(asked, why, possible)
        self.changes = dict(changes or {})
        self.changed_by = changed_by


class Cancelled(Exception):
    """A long job was stopped by the person who started it; nothing of it was kept."""
