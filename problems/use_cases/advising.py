"""Advice: where it was given, when and by whom; a mistake is withdrawn, never erased."""

from dataclasses import replace
from datetime import date

from problems.actions import Action, ActionStatus, ActionType
from problems.advice import AdviceGiven
from problems.clock import Clock
from problems.errors import InputRefused, NotAllowed, NotFound
from problems.events import EventKind, Subject, event
from problems.people import Principal, Role
from problems.store import Store
from problems.use_cases.checks import LONGEST_NAME, LONGEST_NOTE, checked_text
from problems.use_cases.particulars import action_for
from problems.use_cases.saving import require
from problems.words import has_words

MAY_ADVISE = (Role.PARTNER, Role.OFFICER, Role.COORDINATOR)
#: Advice on what was declined or is no longer wanted was not given.
_NOT_GIVEN = frozenset({ActionStatus.DECLINED, ActionStatus.CANCELLED})
_LON_LAT = ((-180.0, 180.0), (-90.0, 90.0))


def give_advice(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    action_id: int,
    given_on: date | None,
    place: str = "",
    lon_lat: tuple[float, float] | None = None,
) -> AdviceGiven:
    """Keep that the advice of an action was given at a place, and return the record.

    Parameters
    ----------
    given_on
        The day, today or earlier.
    place
        The place in words; empty is the whole problem.
    lon_lat
        Where it is, in degrees, when it is one address; None is the whole problem.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator, nor a partner of the owning organisation.
    InputRefused
        When the action gives no advice, says nothing or is no longer wanted, the day is missing or to come, or
        the same is kept already.
    """
    asked = "That the advice was given was not kept."
    require(principal, asked, *MAY_ADVISE)
    now = clock()
    if given_on is None or given_on > now.date():
        raise InputRefused(asked, "Its day is missing or has not come yet.", "Give the day on which it was given.")
    where = checked_text(asked, place, LONGEST_NAME)
    if lon_lat is not None and not all(low <= one <= high for one, (low, high) in zip(lon_lat, _LON_LAT, strict=True)):
        raise InputRefused(asked, "The place is not on the map.", "Choose one from the list, or the whole problem.")
    if lon_lat is not None and not where:
        raise InputRefused(asked, "The place has no name.", "Say where it was in words.")
    with store.writing() as unit:
        # Again: this may have waited for its turn, and what happens is told in order.
        now = clock()
        action = action_for(asked, principal, store, action_id, MAY_ADVISE)
        _check_gives(asked, action)
        problem = store.problem(action.problem_id)
        given = AdviceGiven(
            id=0,
            action_id=action.id,
            problem_id=problem.id,
            group=problem.group,
            text=action.advice,
            place=where or problem.name,
            given_on=given_on,
            at=now,
            by=principal.key,
            by_name=principal.name,
            lon_lat=lon_lat,
            organisation_id=principal.organisation_id,
        )
        there = [one for one in store.advice_given(problem.id) if one.stands and one.action_id == action.id]
        if any((one.place, one.given_on) == (given.place, given_on) for one in there):
            raise InputRefused(asked, "It is there already.", "There is nothing to do.")
        given = replace(given, id=unit.add_advice_given(given))
        details = {
            "problem_id": problem.id,
            "advice_id": given.id,
            "place": given.place,
            "given_on": given_on.isoformat(),
            "text": given.text,
        }
        unit.add_events([event(now, principal, Subject.ACTION, action.id, EventKind.ADVISED, details=details)])
    return given


def withdraw_advice(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    advice_id: int,
    why: str,
    seen_version: int,
) -> AdviceGiven:
    """Say that a record of advice was a mistake: it is counted no more, and stays in the record.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator, nor a partner whose organisation wrote it down.
    InputRefused
        When no reason is given, or it was withdrawn already.
    NotFound, Stale
        When there is no such record, or somebody else changed it since ``seen_version``.
    """
    asked = "The record of advice was not withdrawn."
    require(principal, asked, *MAY_ADVISE)
    told = checked_text(asked, why, LONGEST_NOTE)
    if not has_words(told):
        raise InputRefused(asked, "No reason is given.", "Say why; it stays in the record.")
    with store.writing() as unit:
        given = next((one for one in store.advice_given(problem_id) if one.id == advice_id), None)
        mine = principal.organisation_id is None or (given and given.organisation_id == principal.organisation_id)
        if not principal.has(Role.OFFICER, Role.COORDINATOR) and not mine:
            not_mine = "It does not exist, or another organisation wrote it down."
            raise NotAllowed(asked, not_mine, "Ask that organisation, or a coordinator.")
        if given is None:
            raise NotFound(asked, f"There is no record of advice {advice_id} there.", "Choose one from the list.")
        if not given.stands:
            raise InputRefused(asked, f"{given.withdrawn_by} has withdrawn it already.", "There is nothing to do.")
        saved = unit.save_advice_given(replace(given, withdrawn_by=principal.name, withdrawn_why=told), seen_version)
        details = {"problem_id": problem_id, "advice_id": given.id, "place": given.place, "withdrawn": True}
        told_of = event(
            clock(), principal, Subject.ACTION, given.action_id, EventKind.ADVISED, note=told, details=details
        )
        unit.add_events([told_of])
    return saved


def _check_gives(asked: str, action: Action) -> None:
    if action.type is not ActionType.ADVISE:
        raise InputRefused(asked, f"{action.ref} gives no advice.", f"Choose one of “{ActionType.ADVISE.label}”.")
    if not action.advice:
        raise InputRefused(asked, f"{action.ref} does not say which advice.", "Write it into the action first.")
    if action.status in _NOT_GIVEN:
        raise InputRefused(asked, f"{action.ref} is “{action.status.label}”.", "Choose one that is wanted.")
