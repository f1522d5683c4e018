"""Advice as it was known at a moment: what was withdrawn since stood, and it hung on the problem of its action."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from problems.actions import Action
from problems.advice import AdviceGiven
from problems.events import EventKind, Subject
from problems.store import Store


def advice_then(store: Store, known_at: datetime) -> list[AdviceGiven]:
    """Return where advice had been given, newest day first; one that was withdrawn later stands."""
    # Before the events: what is withdrawn meanwhile still stands here, or is told by one of them.
    given = store.advice_given()
    later = {
        one.details.get("advice_id")
        for one in store.events(Subject.ACTION, since=known_at)
        if one.kind is EventKind.ADVISED and one.details.get("withdrawn")
    }
    return [
        replace(one, withdrawn_by="", withdrawn_why="") if one.id in later else one
        for one in given
        if one.at < known_at
    ]


def where_it_hung(given: Iterable[AdviceGiven], actions: Iterable[Action]) -> list[AdviceGiven]:
    """Return advice with the problems that its ``actions`` were on: a merge or a split puts both to another."""
    problem_of = {one.id: one.problem_id for one in actions}
    return [replace(one, problem_id=problem_of.get(one.action_id, one.problem_id)) for one in given]
