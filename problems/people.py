"""Who acts: roles, principals, people and partner organisations."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; the rules that use the roles are in :mod:`problems.lifecycle`."""

    VIEWER = "viewer"
    PARTNER = "partner"
    OFFICER = "officer"
    COORDINATOR = "coordinator"
    COMMAND = "command"
    ADMIN = "admin"
    SYSTEM = "system"

    @property
    def label(self) -> str:
        """Plain name of the role."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.VIEWER: "Viewer",
    Role.PARTNER: "Partner",
    Role.OFFICER: "Officer",
    Role.COORDINATOR: "Coordinator",
    Role.COMMAND: "Command",
    Role.ADMIN: "Administrator",
    Role.SYSTEM: "Fixpoint",
}


_ONE_OF_THEM = {
    Role.ADMIN: "an administrator",
    Role.COMMAND: "a commander",
    Role.COORDINATOR: "a coordinator",
    Role.OFFICER: "an officer",
    Role.PARTNER: "a partner",
    Role.VIEWER: "a viewer",
}


def any_of(roles: Collection[Role]) -> str:
    """Return roles as a sentence names them: “a coordinator or an officer”; what no person can be is left out."""
    named = [words for role, words in _ONE_OF_THEM.items() if role in roles]
    if not named:
        return "Fixpoint itself"
    *others, last = named
    return f"{', '.join(others)} or {last}" if others else last


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. ``name`` is what the timeline shows; ``key`` never changes."""

    key: str
    name: str
    roles: frozenset[Role]
    organisation_id: int | None = None

    def has(self, *roles: Role) -> bool:
        """Tell whether the principal holds at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)


#: Acts when no person does: refreshes, imports that run on a schedule, moves that follow from others.
SYSTEM = Principal("system", "Fixpoint", frozenset({Role.SYSTEM}))

#: The one user of a laptop installation: every human role, no organisation of their own.
LAPTOP = Principal(
    "laptop",
    "This computer",
    frozenset({Role.OFFICER, Role.COORDINATOR, Role.COMMAND, Role.PARTNER, Role.ADMIN, Role.VIEWER}),
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A partner that can own actions: council service, police team, landlord, outreach."""

    id: int
    name: str
    kind: str
    email: str = ""
    closed: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the store. ``key`` is what events keep, the name may change."""

    id: int
    key: str
    name: str
    role: Role
    organisation_id: int | None
    active: bool = True
    version: int = 1

    def principal(self) -> Principal:
        """Return the principal that this person acts as."""
        return Principal(self.key, self.name, frozenset({self.role}), self.organisation_id)
