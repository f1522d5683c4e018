"""Who may do what with plans: the particulars of actions, many at once, advice, lists, and people who leave."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from problems.actions import ActionType, Particulars
from problems.categories import Group
from problems.guides import GuideKind
from problems.people import Organisation, Principal, Role
from problems.use_cases import acting, advising, bulk_acting, guiding, leaving, particulars, suggesting_actions
from tests.scenes import COORDINATOR
from tests.storing import a_person


def add_plans(town: Any) -> None:
    """Add an action that gives advice, a record of it, an edited text, two people, one who left, and who closed."""
    ask = (town.store, COORDINATOR, town.clock, 1)
    advise = acting.add_action(
        *ask,
        problem_id=1,
        organisation_id=town.own_id,
        type=ActionType.ADVISE,
        title="Tell the neighbours",
        particulars=Particulars(advice="Cut the hedge.", checklist=("Ring the bell",)),
    )
    partner = Principal("piet", "Piet", frozenset({Role.PARTNER}), town.own_id)
    advising.give_advice(town.store, partner, town.clock, 1, action_id=advise.id, given_on=town.today)
    guiding.replace_advice(*ask, group=Group.WASTE, text="Close the lid.", seen_version=0)
    with town.store.writing() as unit:
        unit.add_person(a_person(key="left", name="Ada Left"))
        unit.add_person(a_person(key="there", name="Ben There", active=True))
        town.gone_id = unit.add_organisation(Organisation(0, "Parish wardens", "council", closed=True))


def close_empty(town: Any, ask: Any) -> object:
    """Close an organisation that owes nothing."""
    return leaving.close_organisation(*ask, organisation_id=town.empty_id, seen_version=1)


#: As in :mod:`tests.test_problems_roles`.
PLAN_CASES: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "advising.give_advice": (
        lambda town, ask: advising.give_advice(*ask, action_id=2, given_on=town.today, place="Number 4"),
        "poc",
    ),
    "advising.withdraw_advice": (
        lambda _town, ask: advising.withdraw_advice(*ask, problem_id=1, advice_id=1, why="Twice.", seen_version=1),
        "poc",
    ),
    "bulk_acting.assign_actions": (
        lambda _town, ask: bulk_acting.assign_actions(*ask, seen_versions={1: 1}, person="Ann"),
        "c",
    ),
    "bulk_acting.postpone_actions": (
        lambda town, ask: bulk_acting.postpone_actions(
            *ask, seen_versions={1: 1}, due_on=town.today + timedelta(days=9), note="Parts are late."
        ),
        "pc",
    ),
    "guiding.replace_advice": (
        lambda _town, ask: guiding.replace_advice(*ask, group=Group.LIGHTING, text="Cut it.", seen_version=0),
        "ca",
    ),
    "guiding.replace_usual_actions": (
        lambda _town, ask: guiding.replace_usual_actions(
            *ask,
            group=Group.LIGHTING,
            rows=[{"type": "repair", "title": "Mend it", "kind": "council", "due_days": 7}],
            seen_version=0,
        ),
        "ca",
    ),
    "guiding.restore_guide": (
        lambda _town, ask: guiding.restore_guide(*ask, kind=GuideKind.ADVICE, group=Group.WASTE, seen_version=1),
        "ca",
    ),
    "leaving.bring_back_person": (lambda _town, ask: leaving.bring_back_person(*ask, person_id=1, seen_version=1), "a"),
    "leaving.close_organisation": (close_empty, "ca"),
    "leaving.open_organisation": (
        lambda town, ask: leaving.open_organisation(*ask, organisation_id=town.gone_id, seen_version=1),
        "ca",
    ),
    "leaving.end_person": (lambda _town, ask: leaving.end_person(*ask, person_id=2, seen_version=1), "a"),
    "particulars.edit_action": (
        lambda _town, ask: particulars.edit_action(
            *ask, action_id=1, title="Renew column 14", person="Ann", particulars=Particulars(cost=80), seen_version=1
        ),
        "pc",
    ),
    "particulars.tick_step": (
        lambda _town, ask: particulars.tick_step(*ask, action_id=2, step=0, text="Ring the bell", ticked=True),
        "poc",
    ),
    "suggesting_actions.add_actions": (
        lambda town, ask: suggesting_actions.add_actions(
            *ask,
            problem_id=1,
            planned=[suggesting_actions.Planned(ActionType.CLEAN, "Cut the hedge", town.own_id, None)],
        ),
        "c",
    ),
}
