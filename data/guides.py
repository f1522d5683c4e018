"""The usual actions and the advice in force: an installation's own, else those that came with Fixpoint."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from problems.categories import Group
from problems.guides import Guide, GuideKind, UsualAction, checked_advice, usual_actions
from problems.store import Store

ACTIONS_TOML = Path(__file__).with_name("usual_actions.toml")
ADVICE_TOML = Path(__file__).with_name("advice.toml")


@lru_cache(maxsize=1)
def shipped_actions() -> Mapping[Group, tuple[UsualAction, ...]]:
    """Return the lists of usual actions that came with Fixpoint, one for each group."""
    rows = _read(ACTIONS_TOML)
    return {group: usual_actions(f"{ACTIONS_TOML.name}, {group}", rows[group]) for group in Group}


@lru_cache(maxsize=1)
def shipped_advice() -> Mapping[Group, str]:
    """Return the texts of advice that came with Fixpoint, one for each group."""
    texts = _read(ADVICE_TOML)
    return {group: checked_advice(f"{ADVICE_TOML.name}, {group}", texts[group]) for group in Group}


def guide_of(store: Store, kind: GuideKind, group: Group) -> Guide:
    """Return what an installation says about a group in place of what came with Fixpoint; version 0: never."""
    kept = (one for one in store.guides() if (one.kind, one.group) == (kind, group))
    return next(kept, Guide(0, kind, group))


def actions_of(store: Store, group: Group) -> tuple[UsualAction, ...]:
    """Return the usual actions in force for a group."""
    own = guide_of(store, GuideKind.ACTIONS, group)
    return (
        usual_actions("The kept list cannot be read.", own.content["actions"])
        if own.is_own
        else shipped_actions()[group]
    )


def advice_of(store: Store, group: Group) -> str:
    """Return the advice in force for a group."""
    own = guide_of(store, GuideKind.ADVICE, group)
    return str(own.content["text"]) if own.is_own else shipped_advice()[group]


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
