"""Advice that was given: where, when, by whom, in which words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from problems.categories import Group


@dataclass(frozen=True, slots=True)
class AdviceGiven:
    """Advice was given at a place on a day. Without ``lon_lat`` it was the whole problem.

    ``place`` is the place in words, ``text`` what was handed out, ``at`` when it was written down. A record
    that was a mistake says who withdrew it and why; it is counted no more.
    """

    id: int
    action_id: int
    problem_id: int
    group: Group
    text: str
    place: str
    given_on: date
    at: datetime
    by: str
    by_name: str
    lon_lat: tuple[float, float] | None = None
    organisation_id: int | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""
    version: int = 1

    @property
    def stands(self) -> bool:
        """Tell whether it counts: nobody has withdrawn it."""
        return not self.withdrawn_by


class AdviceStore(Protocol):
    """The part of :class:`problems.store.Store` that reads where advice was given."""

    def advice_given(self, problem_id: int | None = None) -> list[AdviceGiven]:
        """Return where advice was given (for one problem), newest day first."""
        ...


class AdviceUnit(Protocol):
    """The part of :class:`problems.store.Unit` that keeps where advice was given."""

    def add_advice_given(self, given: AdviceGiven) -> int:
        """Keep that advice was given."""
        ...

    def save_advice_given(self, given: AdviceGiven, seen_version: int) -> AdviceGiven:
        """Write over a record that is still at ``seen_version``."""
        ...
