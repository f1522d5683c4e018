"""A small city in which work on one of four equal places has ended: what assessments are tested on."""

from datetime import date, timedelta

from problems.gathering import Rules
from problems.hot_spots import DetectionSettings
from problems.lifecycle import MoveAnswers
from problems.problem import Problem, ProblemStatus
from problems.use_cases import acting
from tests.scenes import COORDINATOR, LONDON, Scene

#: East and north of the centre: the treated place first, then three that nobody works on.
PLACES = ((0.0, 0.0), (1500.0, 0.0), (0.0, 1500.0), (-1500.0, 200.0))
FOUND = date(2025, 6, 1)
DONE = FOUND + timedelta(days=100)
TODAY = DONE + timedelta(days=140)


def rules() -> Rules:
    return Rules(DetectionSettings(), LONDON)


def days(first: date, last: date, step: int) -> list[date]:
    """Return every ``step``-th day from ``first`` to ``last``."""
    return [first + timedelta(days=at) for at in range(0, (last - first).days + 1, step)]


def found_city(scene: Scene) -> Problem:
    """Fill a scene with four equal places and find them; return the first, detected."""
    scene.today = FOUND
    for place in PLACES:
        scene.send(*scene.spot(place, days(FOUND - timedelta(days=89), FOUND, 3), code="LGT-OUT"))
    scene.send(*(scene.report((x, 700.0), FOUND, code="WST-DUMP") for x in range(-2000, 2000, 100)))
    scene.refresh()
    return scene.store.problem(1)


def work_on(scene: Scene, problem: Problem, done: date) -> Problem:
    """Take a problem on today, and report its work as done on a later day."""
    scene.taken_on(problem)
    scene.today = done
    scene.move(COORDINATOR, problem, ProblemStatus.PLANNED, note="Renew the column.")
    organisation = next(iter(scene.store.organisations()), None) or scene.organisation()
    action = acting.add_action(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=problem.id,
        organisation_id=organisation.id,
        type=acting.ActionType.REPAIR,
        title="Renew the column",
    )
    for target, note in ((acting.ActionStatus.ACCEPTED, ""), (acting.ActionStatus.DONE, "It stands.")):
        action = acting.move_action(
            scene.store,
            scene.partner(organisation),
            scene.clock,
            1,
            action_id=action.id,
            target=target,
            answers=MoveAnswers(note=note),
            seen_version=action.version,
        )
    return scene.move(COORDINATOR, problem, ProblemStatus.REMEDIATED, note="All lamps are lit again.")


def treated_city(scene: Scene, *, every_days_after: int = 30, today: date = TODAY) -> Problem:
    """Return a problem whose work ended on ``DONE``; before it one report in three days came from each place.

    Afterwards one in ``every_days_after`` comes from the treated place, and as before from the others.
    """
    problem = work_on(scene, found_city(scene), DONE)
    scene.today = today
    for place in PLACES:
        scene.send(*scene.spot(place, days(FOUND + timedelta(days=1), DONE, 3)))
    scene.send(*scene.spot(PLACES[0], days(DONE + timedelta(days=1), today, every_days_after)))
    for place in PLACES[1:]:
        scene.send(*scene.spot(place, days(DONE + timedelta(days=1), today, 3)))
    scene.send(scene.report((4000.0, 4000.0), today, code="WST-DUMP"))
    return scene.store.problem(problem.id)
