"""Visits and photos: kept with who, when and what for, shown to those who share in them, never erased silently."""

from datetime import timedelta
from hashlib import sha256

import pytest

from problems.actions import Action, ActionType
from problems.errors import InputRefused, NotAllowed, NotFound, Stale
from problems.events import EventKind, Subject
from problems.history import fold
from problems.people import Organisation, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.use_cases import acting, evidencing, working
from problems.visits import Photo, Purpose, Shows
from tests.photos import a_picture, unsealed
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, VIEWER, Scene, days_before

ADMIN = Principal("ada", "Ada Finch", frozenset({Role.ADMIN}))


@pytest.fixture
def problem(scene: Scene) -> Problem:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 10)))
    scene.refresh()
    return scene.taken_on(scene.store.problem(1))


@pytest.fixture
def lighting(scene: Scene) -> Organisation:
    return scene.organisation("Council lighting")


@pytest.fixture
def action(scene: Scene, problem: Problem, lighting: Organisation) -> Action:
    return acting.add_action(
        *asking(scene, COORDINATOR),
        problem_id=problem.id,
        organisation_id=lighting.id,
        type=ActionType.REPAIR,
        title="Renew column 14",
    )


def asking(scene: Scene, who: Principal) -> tuple[object, ...]:
    return scene.store, who, scene.clock, 1


def add(scene: Scene, who: Principal, problem: Problem, words: str = "one", **more: object) -> Photo:
    given = {"shows": Shows.BEFORE, "alt": "Six dark lamps along the path"} | more
    return evidencing.add_photo(*asking(scene, who), problem_id=problem.id, picture=a_picture(words), **given)


def test_a_photo_is_kept_with_who_when_and_what_it_shows(scene: Scene, problem: Problem) -> None:
    photo = add(scene, OFFICER, problem, note="Seen from the gate")
    assert scene.store.photos(problem.id) == [photo]
    assert (photo.by, photo.by_name, photo.at, photo.shows) == ("omar", "Omar Hale", scene.clock(), Shows.BEFORE)
    told = scene.store.events(Subject.PROBLEM, problem.id)[-1]
    assert (told.kind, told.note, told.by_name) == (EventKind.PHOTO_ADDED, "Seen from the gate", "Omar Hale")
    assert told.details["original_sha256"] == sha256(b"original one").hexdigest()
    assert told.details["shown_sha256"] == sha256(b"shown one").hexdigest()


def test_what_is_shown_are_the_pictures_that_were_kept(scene: Scene, problem: Problem) -> None:
    photo = add(scene, OFFICER, problem)
    for purpose, content in ((Purpose.SHOWN, b"shown one"), (Purpose.THUMBNAIL, b"small one")):
        shown = evidencing.see_photo(*asking(scene, COMMANDER), photo_id=photo.id, purpose=purpose)
        assert shown == (photo, content)
    with pytest.raises(NotFound, match="kept apart"):
        evidencing.see_photo(*asking(scene, COORDINATOR), photo_id=photo.id, purpose=Purpose.ORIGINAL)


def test_looking_at_an_original_leaves_a_trace(scene: Scene, problem: Problem) -> None:
    photo = add(scene, OFFICER, problem)
    assert scene.store.picture(photo.original_sha256, Purpose.ORIGINAL) == b"sealed original one"
    kept = evidencing.see_original(*asking(scene, COORDINATOR), photo_id=photo.id, opened=unsealed)
    assert kept == (photo, b"original one")
    told = scene.store.events(Subject.PROBLEM, problem.id)[-1]
    assert (told.kind, told.by_name, told.details["original"]) == (EventKind.REVIEWED, "Cora Reid", "shown")
    with pytest.raises(NotFound, match="not what was uploaded"):
        evidencing.see_original(*asking(scene, COORDINATOR), photo_id=photo.id, opened=lambda _: b"another")


def test_the_same_original_of_the_same_is_refused_and_of_another_kept_once(
    scene: Scene, problem: Problem, action: Action
) -> None:
    add(scene, OFFICER, problem)
    with pytest.raises(InputRefused, match="there already"):
        add(scene, OFFICER, problem, shows=Shows.AFTER)
    assert add(scene, OFFICER, problem, action_id=action.id).action_id == action.id
    assert len(scene.store.photos(problem.id)) == 2


def test_a_withdrawn_photo_is_shown_to_nobody_and_the_record_says_why(scene: Scene, problem: Problem) -> None:
    photo = add(scene, OFFICER, problem)
    gone = evidencing.remove_photo(
        *asking(scene, COORDINATOR), photo_id=photo.id, why="A face can be recognised.", seen_version=1
    )
    assert (gone.withdrawn_by, gone.withdrawn_why, gone.withdrawn_at) == (
        "Cora Reid",
        "A face can be recognised.",
        scene.clock(),
    )
    with pytest.raises(NotFound, match="withdrawn"):
        evidencing.see_photo(*asking(scene, OFFICER), photo_id=photo.id, purpose=Purpose.SHOWN)
    told = scene.store.events(Subject.PROBLEM, problem.id)
    assert [one.kind for one in told[-2:]] == [EventKind.PHOTO_ADDED, EventKind.PHOTO_WITHDRAWN]
    assert told[-1].note == "A face can be recognised."
    assert scene.store.photos(problem.id) == [gone], "nothing is erased"
    original = evidencing.see_original(*asking(scene, OFFICER), photo_id=photo.id, opened=unsealed)
    assert original[1] == b"original one"
    with pytest.raises(InputRefused, match="already"):
        evidencing.remove_photo(*asking(scene, OFFICER), photo_id=photo.id, why="Again.", seen_version=2)
    assert add(scene, OFFICER, problem).id != photo.id, "it may be added again"


def test_withdrawing_needs_a_reason_and_the_photo_as_it_is(scene: Scene, problem: Problem) -> None:
    photo = add(scene, OFFICER, problem)
    with pytest.raises(InputRefused, match="No reason"):
        evidencing.remove_photo(*asking(scene, OFFICER), photo_id=photo.id, why="  ", seen_version=1)
    with pytest.raises(Stale):
        evidencing.remove_photo(*asking(scene, OFFICER), photo_id=photo.id, why="Blurred.", seen_version=7)
    with pytest.raises(NotFound):
        evidencing.remove_photo(*asking(scene, OFFICER), photo_id=99, why="Blurred.", seen_version=1)


def test_partners_see_and_add_what_is_their_own(scene: Scene, problem: Problem, action: Action) -> None:
    own = scene.partner(scene.store.organisations()[0])
    other = scene.partner(scene.organisation("Parks"), "pia")
    of_action = add(scene, own, problem, "action", action_id=action.id, shows=Shows.AFTER)
    of_problem = add(scene, OFFICER, problem, "problem")
    for photo in (of_action, of_problem):
        assert evidencing.see_photo(*asking(scene, own), photo_id=photo.id, purpose=Purpose.SHOWN)[0] == photo
        for outside in (other, VIEWER, ADMIN):
            with pytest.raises(NotAllowed):
                evidencing.see_photo(*asking(scene, outside), photo_id=photo.id, purpose=Purpose.THUMBNAIL)
    with pytest.raises(NotAllowed, match="their own actions"):
        add(scene, own, problem, "three")
    with pytest.raises(NotAllowed, match="their own actions"):
        add(scene, other, problem, "four", action_id=action.id)
    with pytest.raises(NotAllowed, match="another organisation"):
        evidencing.remove_photo(*asking(scene, own), photo_id=of_problem.id, why="No.", seen_version=1)
    assert evidencing.remove_photo(*asking(scene, own), photo_id=of_action.id, why="Blurred.", seen_version=1)
    assert evidencing.visible(other, scene.store, scene.store.photos(problem.id)) == []


def test_a_partner_with_an_action_beside_does_not_see_photos_of_anothers(
    scene: Scene, problem: Problem, action: Action
) -> None:
    parks = scene.organisation("Parks")
    acting.add_action(
        *asking(scene, COORDINATOR),
        problem_id=problem.id,
        organisation_id=parks.id,
        type=ActionType.CLEAN,
        title="Cut the hedge",
    )
    of_action = add(scene, OFFICER, problem, "action", action_id=action.id)
    of_problem = add(scene, OFFICER, problem, "problem")
    gardener = scene.partner(parks, "pia")
    assert evidencing.visible(gardener, scene.store, [of_action, of_problem]) == [of_problem]
    with pytest.raises(NotAllowed):
        evidencing.see_photo(*asking(scene, gardener), photo_id=of_action.id, purpose=Purpose.SHOWN)


@pytest.mark.parametrize("who", [PARTNERLESS := Principal("pat", "Pat", frozenset({Role.PARTNER}), 77), COORDINATOR])
def test_originals_are_for_officers_and_coordinators(scene: Scene, problem: Problem, who: Principal) -> None:
    photo = add(scene, OFFICER, problem)
    if who is COORDINATOR:
        assert evidencing.see_original(*asking(scene, who), photo_id=photo.id, opened=unsealed)
        return
    before = scene.store.verify_audit().events
    with pytest.raises(NotAllowed):
        evidencing.see_original(*asking(scene, who), photo_id=photo.id, opened=unsealed)
    assert scene.store.verify_audit().events == before


def test_a_photo_without_words_or_of_another_problem_is_refused(scene: Scene, problem: Problem, action: Action) -> None:
    scene.send(*scene.spot((3000, 0), days_before(scene.today, 10)))
    scene.refresh()
    elsewhere = scene.store.problem(2)
    for more, says in (
        ({"alt": " "}, "for those who cannot see it"),
        ({"alt": "x" * 301}, "301 characters"),
        ({"visit_id": 5}, "none to this problem"),
    ):
        with pytest.raises(InputRefused, match=says):
            add(scene, OFFICER, problem, **more)
    with pytest.raises(InputRefused, match="another problem"):
        add(scene, OFFICER, elsewhere, action_id=action.id)
    with pytest.raises(NotFound):
        add(scene, OFFICER, problem, action_id=99)
    assert not scene.store.has_photos()
    assert scene.store.picture(a_picture().shown, Purpose.SHOWN) is None  # type: ignore[arg-type] # no hash at all


def test_a_visit_is_kept_with_its_day_and_what_was_seen(scene: Scene, problem: Problem, action: Action) -> None:
    yesterday = scene.today - timedelta(days=1)
    visit = evidencing.add_visit(
        *asking(scene, OFFICER), problem_id=problem.id, visited_on=yesterday, note=" Lit. ", action_id=action.id
    )
    assert scene.store.visits(problem.id) == [visit]
    assert (visit.note, visit.visited_on, visit.by_name, visit.at) == ("Lit.", yesterday, "Omar Hale", scene.clock())
    told = scene.store.events(Subject.ACTION, action.id)[-1]
    assert (told.kind, told.details["visited_on"]) == (EventKind.VISITED, yesterday.isoformat())
    photo = add(scene, OFFICER, problem, visit_id=visit.id)
    assert photo.visit_id == visit.id


def test_a_visit_that_has_not_happened_or_tells_nothing_is_refused(scene: Scene, problem: Problem) -> None:
    tomorrow = scene.today + timedelta(days=1)
    for day, note, says in ((tomorrow, "Lit.", "not come yet"), (None, "Lit.", "missing"), (scene.today, " ", "said")):
        with pytest.raises(InputRefused, match=says):
            evidencing.add_visit(*asking(scene, OFFICER), problem_id=problem.id, visited_on=day, note=note)
    for who in (COORDINATOR, VIEWER, COMMANDER):
        with pytest.raises(NotAllowed):
            evidencing.add_visit(*asking(scene, who), problem_id=problem.id, visited_on=scene.today, note="Lit.")
    assert scene.store.visits(problem.id) == []


def test_a_move_that_asks_for_a_visit_keeps_it_as_one(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 10)))
    scene.refresh()
    done = scene.remediated(scene.store.problem(1))
    scene.move(OFFICER, done, ProblemStatus.VERIFIED, visited_on=scene.today, note="All lit.")
    visits = scene.store.visits(done.id)
    assert [(one.visited_on, one.note, one.by_name) for one in visits] == [(scene.today, "All lit.", "Omar Hale")]


def test_evidence_changes_nothing_else_about_a_problem(scene: Scene, problem: Problem) -> None:
    before = scene.store.problem(problem.id)
    add(scene, OFFICER, problem)
    evidencing.add_visit(*asking(scene, OFFICER), problem_id=problem.id, visited_on=scene.today, note="Dark.")
    after = scene.store.problem(problem.id)
    assert after == before
    assert fold(after, scene.store.events(Subject.PROBLEM, problem.id)) == after


def test_a_partner_notes_only_what_is_shared_with_them(scene: Scene, problem: Problem, action: Action) -> None:
    own = scene.partner(scene.store.organisations()[0])
    other = scene.partner(scene.organisation("Parks"), "pia")
    working.note_problem(*asking(scene, own), problem_id=problem.id, note="Parts are ordered.")
    with pytest.raises(NotAllowed, match="not shared"):
        working.note_problem(*asking(scene, other), problem_id=problem.id, note="Hello.")
