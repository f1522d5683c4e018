"""What a partner organisation shares in: its own actions, and the problems that it owns or has actions on."""

from collections.abc import Sequence

from problems.actions import Action
from problems.errors import NotAllowed
from problems.people import Principal, Role
from problems.problem import Problem

#: Whoever holds one of these works on every problem.
EVERYWHERE = (Role.OFFICER, Role.COORDINATOR, Role.COMMAND)


def shares_in(principal: Principal, problem: Problem, actions: Sequence[Action]) -> bool:
    """Tell whether ``principal`` may look at what was seen on a problem; ``actions`` are those on it.

    Officers, coordinators and command see every problem, partners those of their own organisation;
    a partner without an organisation is the one user of a computer, who acts for all of them.
    """
    if principal.has(*EVERYWHERE):
        return True
    if not principal.has(Role.PARTNER):
        return False
    own = principal.organisation_id
    return own is None or problem.owner_organisation_id == own or any(one.organisation_id == own for one in actions)


def check_shared(asked: str, principal: Principal, problem: Problem, actions: Sequence[Action]) -> None:
    """Refuse whoever does not share in a problem."""
    if not shares_in(principal, problem, actions):
        raise NotAllowed(
            asked,
            f"{problem.ref} is not shared with {principal.name}.",
            "Ask a coordinator: it is shared with the organisations that have an action on it.",
        )


def is_own(principal: Principal, action: Action) -> bool:
    """Tell whether ``principal`` may work on an action: anybody everywhere, a partner on their own."""
    if principal.has(*EVERYWHERE):
        return True
    return principal.has(Role.PARTNER) and principal.organisation_id in (None, action.organisation_id)
