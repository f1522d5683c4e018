"""Work reported as done with its photo in one form: both are kept, or nothing is and it is said why."""

import pytest
from cryptography.fernet import Fernet
from streamlit.testing.v1 import AppTest

from data.sealing import KEY_VARIABLE
from problems.actions import Action, ActionStatus
from problems.people import Principal
from problems.use_cases import acting
from problems.visits import Shows
from tests.photos import a_photo
from tests.scenes import COORDINATOR, Scene, days_before
from tests.screens import keys, page, run, sit_down, words
from tests.test_problems_owing import move, partner, propose

SEEN = "The lamps along the path, lit"
DONE = "All six lamps have new heads"


@pytest.fixture(autouse=True)
def _sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, Fernet.generate_key().decode())


@pytest.fixture
def town(scene: Scene) -> Scene:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    scene.organisation("Lighting")
    return scene


@pytest.fixture
def who(town: Scene) -> Principal:
    return partner(town)


@pytest.fixture
def work(town: Scene, who: Principal) -> Action:
    action = propose(town, "Renew the lamps")
    move(town, who, action, ActionStatus.ACCEPTED)
    move(town, who, town.store.action(action.id), ActionStatus.IN_PROGRESS)
    return town.store.action(action.id)


def opened(monkeypatch: pytest.MonkeyPatch, town: Scene, who: Principal, work: Action) -> AppTest:
    sit_down(monkeypatch, town, who)
    app = page("organisation")
    app.button(key=f"move-{work.ref}-done").click()
    run(app)
    return app


def filled_in(app: AppTest, content: bytes | None, alt: str, note: str = DONE) -> AppTest:
    app.text_area(key="form_note").set_value(note)
    app.text_input(key="form_photo_alt").set_value(alt)
    if content is not None:
        app.file_uploader(key="form_photo").set_value(("IMG 1.jpg", content, "image/jpeg"))
    app.button(key="form-save").click()
    run(app)
    return app


def test_work_is_done_and_its_photo_kept_with_one_click(
    monkeypatch: pytest.MonkeyPatch, town: Scene, who: Principal, work: Action
) -> None:
    app = filled_in(opened(monkeypatch, town, who, work), a_photo(), SEEN)
    assert "“Renew the lamps” is now “Done, not checked”. Its photo is kept." in words(app)
    (photo,) = town.store.photos(work.problem_id)
    assert (photo.action_id, photo.shows, photo.alt, photo.by) == (work.id, Shows.AFTER, SEEN, who.key)
    assert town.store.action(work.id).status is ActionStatus.DONE


def test_a_photo_is_not_needed(monkeypatch: pytest.MonkeyPatch, town: Scene, who: Principal, work: Action) -> None:
    app = filled_in(opened(monkeypatch, town, who, work), None, "")
    assert "“Renew the lamps” is now “Done, not checked”." in words(app)
    assert "photo is kept" not in words(app)
    assert list(town.store.photos(work.problem_id)) == []


@pytest.mark.parametrize(
    ("content", "alt", "why"),
    [
        (b"\x7fELF" + b"\0" * 500, SEEN, "By its content it is not a photo, whatever it is called."),
        (a_photo(), " ", "Nobody says what can be seen on the photo."),
        (None, SEEN, "A photo is described, and none is chosen."),
    ],
    ids=["a program", "without words", "without a file"],
)
def test_nothing_is_changed_by_what_is_refused_and_what_was_typed_stays(
    monkeypatch: pytest.MonkeyPatch,
    town: Scene,
    who: Principal,
    work: Action,
    content: bytes | None,
    alt: str,
    why: str,
) -> None:
    app = filled_in(opened(monkeypatch, town, who, work), content, alt)
    assert why in words(app)
    assert town.store.action(work.id) == work
    assert list(town.store.photos(work.problem_id)) == []
    assert app.text_area(key="form_note").value == DONE
    assert (app.file_uploader(key="form_photo").value is not None) == (content is not None)


def test_what_somebody_else_saved_between_takes_neither_the_words_nor_the_photo(
    monkeypatch: pytest.MonkeyPatch, town: Scene, who: Principal, work: Action
) -> None:
    app = opened(monkeypatch, town, who, work)
    acting.postpone_action(
        town.store, COORDINATOR, town.clock, 1, action_id=work.id, due_on=town.today.replace(day=30),
        note="The parts are late.", seen_version=work.version,
    )  # fmt: skip
    filled_in(app, a_photo(), SEEN)
    assert town.store.action(work.id).status is ActionStatus.IN_PROGRESS
    assert app.text_area(key="form_note").value == DONE
    app.button(key="form-save").click()
    run(app)
    assert "Its photo is kept." in words(app)
    assert len(list(town.store.photos(work.problem_id))) == 1


def test_work_is_done_where_only_its_photo_cannot_be_kept(
    monkeypatch: pytest.MonkeyPatch, town: Scene, who: Principal, work: Action
) -> None:
    filled_in(opened(monkeypatch, town, who, work), a_photo(), SEEN)
    move(town, COORDINATOR, town.store.action(work.id), ActionStatus.IN_PROGRESS, note="Two are still dark.")
    app = filled_in(opened(monkeypatch, town, who, work), a_photo(), SEEN, "Both are lit now")
    assert "is now “Done, not checked”. The photo was not kept. It is there already." in words(app)
    assert town.store.action(work.id).status is ActionStatus.DONE


def test_nobody_is_asked_for_a_photo_of_work_that_is_not_done(
    monkeypatch: pytest.MonkeyPatch, town: Scene, who: Principal, work: Action
) -> None:
    sit_down(monkeypatch, town, who)
    app = page("organisation")
    app.button(key=f"move-{work.ref}-blocked").click()
    run(app)
    assert "form_photo_alt" not in keys(app)
    assert not app.get("file_uploader")
