"""A store of a past day answers as the store of that day did, and cannot be written to."""

from datetime import date, timedelta

import pytest

from problems.errors import InputRefused, NotFound
from problems.events import Subject
from problems.lifecycle import MoveAnswers
from problems.looking_back import OF_EVERY_DAY, OF_REPORTS, LookedBack, last_moment, look_back
from problems.problem import ProblemStatus
from problems.seeing import seen_as_today, seen_by, whole
from problems.sharing import SharingLevel
from problems.store import Store
from problems.use_cases import commanding, owing, sharing, working
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, Scene, days_before
from tests.test_problems_history import TODAY, lived

#: What belongs to the installation, to single people, or to what works the past out itself.
REFUSED = {
    *("as_known", "audit_lines", "briefing_columns", "briefing_columns_of", "close", "contact", "named_reports"),
    "one_state",
    *("report_changes", "reported_times", "spots_seen", "verify_audit"),
}
WEEK = timedelta(days=7)
DAYS = (TODAY, TODAY + WEEK, TODAY + 2 * WEEK)


def told(scene: Scene, day: date) -> dict[str, object]:
    """Return what the use cases behind the pages answer, as asked at the end of a day."""
    store = look_back(scene.store, day, LONDON)
    asking = (store, COMMANDER, lambda: last_moment(day, LONDON), 1)
    docket = commanding.decisions_waiting(*asking, zone=LONDON)
    return {
        "statuses": [one.status for one in store.problems()],
        "events": len(store.events()),
        "of the problem": [one.kind for one in store.events(Subject.PROBLEM, 1)],
        "waiting": [(one.problem.id, one.kind) for one in docket.waiting],
        "assessments": len(store.assessments()),
        "refreshes": [one.as_of for one in store.refreshes()],
        "visits": [one.visited_on for one in store.visits(1)],
        "reports": len(store.report_points()),
    }


def test_what_was_told_on_a_day_is_told_of_that_day_ever_after(scene: Scene) -> None:
    """What the store says at the end of each day is noted; after more days it says the same of each."""
    scene.send(*scene.spot((0, 0), days_before(TODAY, 9)))
    scene.refresh(TODAY)
    scene.remediated(scene.store.problem(1))
    noted = {TODAY: told(scene, TODAY)}
    scene.today = DAYS[1]
    scene.send(*scene.spot((0, 0), [DAYS[1]] * 2))
    scene.refresh()
    scene.move(OFFICER, scene.store.problem(1), ProblemStatus.VERIFIED, visited_on=scene.today, note="Lit.")
    noted[DAYS[1]] = told(scene, DAYS[1])
    scene.today = DAYS[2]
    scene.assessed()
    noted[DAYS[2]] = told(scene, DAYS[2])
    scene.today += WEEK
    scene.move(COMMANDER, scene.store.problem(1), ProblemStatus.CLOSED, outcome="inconclusive", note="Too early.")
    assert {day: told(scene, day) for day in DAYS} == noted
    assert [noted[day]["statuses"] for day in DAYS] == [
        [ProblemStatus.REMEDIATED],
        [ProblemStatus.VERIFIED],
        [ProblemStatus.VERIFIED],
    ]
    assert [noted[day]["visits"] for day in DAYS] == [[], [DAYS[1]], [DAYS[1]]]
    assert [noted[day]["assessments"] for day in DAYS] == [0, 0, 1]
    assert [bool(noted[day]["waiting"]) for day in DAYS] == [False, False, True]


def test_the_past_is_not_written_to(scene: Scene) -> None:
    lived(scene)
    store = look_back(scene.store, TODAY, LONDON)
    version = scene.store.version()
    with pytest.raises(InputRefused, match="the past cannot be changed"):
        working.note_problem(store, OFFICER, scene.clock, 1, problem_id=1, note="Too late for that.")
    with pytest.raises(InputRefused, match="the past cannot be changed"):
        working.move_problem(
            store,
            OFFICER,
            scene.clock,
            1,
            problem_id=1,
            target=ProblemStatus.VERIFIED,
            answers=MoveAnswers(visited_on=TODAY, note="Lit."),
            seen_version=store.problem(1).version,
        )
    assert scene.store.version() == version


def test_what_was_not_known_yet_is_not_there(scene: Scene) -> None:
    lived(scene)
    store = look_back(scene.store, TODAY - timedelta(days=1), LONDON)
    assert store.problems() == []
    assert store.actions() == []
    with pytest.raises(NotFound, match="not known on 1 March 2026"):
        store.problem(1)
    with pytest.raises(NotFound, match="not known on 1 March 2026"):
        store.action(1)
    with pytest.raises(NotFound, match="kept later"):
        store.assessment(scene.store.assessments()[0].id)


def test_what_is_not_kept_of_the_past_is_refused_in_words(scene: Scene) -> None:
    store = look_back(scene.store, TODAY, LONDON)
    with pytest.raises(InputRefused, match="kept as it is now only"):
        store.contact(1)
    with pytest.raises(AttributeError):
        store.no_such_answer()  # type: ignore[attr-defined] # that is what is asked here


def test_every_question_to_a_store_is_answered_of_a_past_day_or_refused() -> None:
    """A new question has to be thought of here: what it tells of a past day, or that it is refused."""
    asked = {name for each in Store.__mro__ for name in vars(each) if not name.startswith("_")}
    own = {name for name in vars(LookedBack) if not name.startswith("_")}
    assert asked - own - OF_EVERY_DAY - OF_REPORTS == REFUSED
    assert not OF_EVERY_DAY & OF_REPORTS
    assert not own & (OF_EVERY_DAY | OF_REPORTS)


def test_who_may_see_what_is_decided_by_today(scene: Scene) -> None:
    lived(scene)
    lighting = scene.organisation("Street lighting")
    partner = scene.partner(lighting)
    then = look_back(scene.store, TODAY + WEEK, LONDON)

    def shared() -> list[int]:
        today = seen_by(scene.store, partner)
        seen = seen_as_today(then, today)
        assert whole(seen) is then
        return [one.id for one in seen.problems()]

    assert shared() == []
    sharing.set_sharing(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=2, organisation_id=lighting.id,
        level=SharingLevel.WITHOUT_NOTES, seen_version=scene.store.problem(2).version,
    )  # fmt: skip
    assert shared() == [2]
    assert seen_as_today(then, scene.store) is then


def test_what_was_owed_is_told_as_it_was_owed(scene: Scene) -> None:
    lived(scene)
    (organisation,) = {one.organisation_id for one in scene.store.actions()}
    asking = (COORDINATOR, lambda: last_moment(TODAY, LONDON), 1)
    before = look_back(scene.store, TODAY - timedelta(days=1), LONDON)
    then = look_back(scene.store, TODAY, LONDON)
    none, some = (
        owing.organisation_work(store, *asking, organisation_id=organisation, zone=LONDON) for store in (before, then)
    )
    assert (none.live, none.waiting_for_check) == ((), ())
    assert [one.title for one in some.waiting_for_check] == [one.title for one in scene.store.actions()]
