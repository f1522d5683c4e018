"""Evidence on the page and at its address: drawn as text, given to those who share in it, and to nobody else."""

import re

import pytest
from cryptography.fernet import Fernet
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.parts.telling import timeline
from dashboard.routes import routes
from dashboard.wording import Names
from data.pictures.preparing import prepare_photo
from data.sealing import KEY_VARIABLE, Sealer
from problems.actions import ActionStatus, ActionType
from problems.errors import NotFound
from problems.events import EventKind, Subject
from problems.lifecycle import MoveAnswers
from problems.people import LAPTOP, Principal, Role
from problems.problem import Problem
from problems.use_cases import acting, evidencing, organising
from problems.visits import Photo, Purpose, Shows
from tests.photos import PARTICULARS, a_photo, a_picture
from tests.scenes import LONDON, OFFICER, VIEWER, Scene, days_before
from tests.screens import keys, markup, run, sit_down, words
from tests.test_dashboard_routes import Client

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://evil.invalid/a.png)"
KEY = Fernet.generate_key().decode()
SCRIPT = """
from dashboard.parts.desk import this_desk
from dashboard.parts.evidence import show_evidence
from dashboard.parts.forms import draw_open_form
from dashboard.parts.notices import said

desk = this_desk()
said()
show_evidence(desk, desk.store.problem(1))
draw_open_form()
"""


@pytest.fixture
def problem(scene: Scene) -> Problem:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 10)))
    scene.refresh()
    return scene.taken_on(scene.store.problem(1))


def add(scene: Scene, problem: Problem, shows: Shows, alt: str, **more: object) -> Photo:
    return evidencing.add_photo(
        scene.store,
        OFFICER,
        scene.clock,
        1,
        problem_id=problem.id,
        picture=a_picture(alt),
        shows=shows,
        alt=alt,
        **more,  # type: ignore[arg-type] # the tests name the fields they fill in
    )


def part() -> AppTest:
    return run(AppTest.from_string(SCRIPT, default_timeout=60))


def test_without_evidence_the_page_says_what_would_help(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem
) -> None:
    sit_down(monkeypatch, scene)
    app = part()
    assert "Nothing yet." in words(app)
    assert "add-visit" in keys(app)
    assert "withdraw-photo" not in keys(app)


def test_before_and_after_stand_side_by_side_with_who_and_when(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem
) -> None:
    sit_down(monkeypatch, scene)
    before = add(scene, problem, Shows.BEFORE, "Six dark lamps", note=HOSTILE)
    second = add(scene, problem, Shows.BEFORE, "The gate, dark")
    after = add(scene, problem, Shows.AFTER, "Six lit lamps")
    evidencing.add_visit(
        scene.store, OFFICER, scene.clock, 1, problem_id=problem.id, visited_on=scene.today, note="All lit."
    )
    app = part()
    drawn = markup(app)
    order = [int(number) for number in re.findall(r'<img src="/api/photos/(\d+)/thumbnail', drawn)]
    assert order == [before.id, after.id, second.id]
    assert 'alt="Six dark lamps"' in drawn
    assert "<img src=x" not in drawn
    told = words(app)
    assert "No photo from after the work yet" in told
    assert "Before · Omar Hale, 2 Mar 2026" in told
    assert "3 photos, 1 visit" in told
    assert "All lit." in told


def test_a_withdrawn_photo_leaves_a_line_and_no_picture(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem
) -> None:
    sit_down(monkeypatch, scene)
    photo = add(scene, problem, Shows.OTHER, "A passer-by")
    evidencing.remove_photo(
        scene.store, OFFICER, scene.clock, 1, photo_id=photo.id, why="A face can be recognised.", seen_version=1
    )
    app = part()
    assert "Withdrawn by Omar Hale on 2 Mar 2026: “A passer-by”" in words(app)
    assert "A face can be recognised." in words(app)
    assert "<img" not in markup(app)


def test_who_does_not_share_in_the_problem_sees_that_there_is_a_reason(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem
) -> None:
    add(scene, problem, Shows.BEFORE, "Six dark lamps")
    sit_down(monkeypatch, scene, VIEWER)
    app = part()
    assert "shown to those who work on the problem" in words(app)
    assert "Six dark lamps" not in markup(app)
    assert keys(app) == set()


def test_a_partner_is_asked_for_photos_of_their_own_actions_only(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem
) -> None:
    lighting, parks = scene.organisation("Council lighting"), scene.organisation("Parks")
    for organisation, title in ((lighting, "Renew the lamps"), (parks, "Cut the hedge")):
        acting.add_action(
            scene.store,
            LAPTOP,
            scene.clock,
            1,
            problem_id=problem.id,
            organisation_id=organisation.id,
            type=ActionType.REPAIR,
            title=title,
        )
    sit_down(monkeypatch, scene, scene.partner(lighting))
    app = part()
    assert app.selectbox(key=f"photo-about-{problem.id}-0").options == ["A-0001 Renew the lamps"]
    assert "add-visit" not in keys(app)


def test_a_photo_begins_with_what_was_done_last(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem
) -> None:
    who = scene.partner(scene.organisation("Council lighting"))
    for title in ("Renew the lamps", "Paint the columns"):
        acting.add_action(
            scene.store,
            LAPTOP,
            scene.clock,
            1,
            problem_id=problem.id,
            organisation_id=1,
            type=ActionType.REPAIR,
            title=title,
        )
    sit_down(monkeypatch, scene, who)
    assert part().radio(key=f"photo-shows-{problem.id}-0").value is Shows.BEFORE
    for target, note in ((ActionStatus.ACCEPTED, ""), (ActionStatus.DONE, "Painted.")):
        acting.move_action(
            scene.store, who, scene.clock, 1, action_id=2, target=target, answers=MoveAnswers(note=note),
            seen_version=scene.store.action(2).version,
        )  # fmt: skip
    app = part()
    assert app.radio(key=f"photo-shows-{problem.id}-0").value is Shows.AFTER
    assert app.selectbox(key=f"photo-about-{problem.id}-0").value == 2


def test_a_visit_is_added_and_a_photo_withdrawn_by_their_forms(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem
) -> None:
    add(scene, problem, Shows.BEFORE, "Six dark lamps")
    sit_down(monkeypatch, scene)
    app = part()
    app.button(key="add-visit").click()
    run(app)
    app.text_area(key="form_note").set_value("Two lamps are still dark.")
    app.button(key="form-save").click()
    run(app)
    assert "The visit on 2 Mar 2026 is kept." in words(app)
    app.button(key="withdraw-photo").click()
    run(app)
    app.selectbox(key="form_photo_id").select_index(0)
    app.text_area(key="form_why").set_value("Wrong street.")
    app.button(key="form-save").click()
    run(app)
    assert scene.store.photo(1).withdrawn_why == "Wrong street."
    assert scene.store.visits(problem.id)[0].note == "Two lamps are still dark."


def test_a_photo_without_a_file_or_without_words_is_refused_and_nothing_typed_is_lost(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem
) -> None:
    sit_down(monkeypatch, scene)
    app = part()
    app.text_input(key=f"photo-alt-{problem.id}-0").set_value("Six dark lamps")
    app.button(key=f"photo-save-{problem.id}-0").click()
    run(app)
    assert "No file is chosen." in words(app)
    assert app.text_input(key=f"photo-alt-{problem.id}-0").value == "Six dark lamps"


def test_the_timeline_tells_of_visits_and_photos(scene: Scene, problem: Problem) -> None:
    photo = add(scene, problem, Shows.AFTER, HOSTILE, note="From the gate")
    evidencing.remove_photo(scene.store, OFFICER, scene.clock, 1, photo_id=photo.id, why="Blurred.", seen_version=1)
    told = timeline(scene.store.events(Subject.PROBLEM, problem.id), {}, Names(LONDON, {}))
    assert (told[0].what, told[0].note) == (f"Photo withdrawn (after): “{HOSTILE}”.", "Blurred.")
    assert told[1].what == f"Photo added (after): “{HOSTILE}”."


# -- the address --


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, scene: Scene, problem: Problem) -> Client:
    """Return a client of our own addresses, and one real photo behind them."""
    sit_down(monkeypatch, scene)
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    evidencing.add_photo(
        scene.store,
        OFFICER,
        scene.clock,
        1,
        problem_id=problem.id,
        picture=prepare_photo(a_photo(), Sealer(KEY)),
        shows=Shows.BEFORE,
        alt="Half dark, half light",
    )
    opened = Client([])
    # Without the guards of the whole app: what the address itself says is looked at here.
    opened.app = Starlette(routes=routes())
    return opened


def test_a_photo_is_a_jpeg_that_nothing_takes_for_anything_else(client: Client) -> None:
    for purpose in (Purpose.SHOWN, Purpose.THUMBNAIL):
        answer = client.get(f"/api/photos/1/{purpose}")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.content.startswith(b"\xff\xd8\xff")
        assert PARTICULARS.encode() not in answer.content
        again = client.get(f"/api/photos/1/{purpose}", if_none_match=answer.headers["etag"])
        assert (again.status, again.content) == (304, b"")


def test_an_original_is_a_file_to_save_with_a_trace(client: Client, scene: Scene) -> None:
    answer = client.get("/api/photos/1/original")
    assert answer.content == a_photo()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="photo-1-original.jpg"'
    assert answer.headers["cache-control"] == "no-store"
    assert scene.store.events(Subject.PROBLEM, 1)[-1].kind is EventKind.REVIEWED


def test_another_site_gets_no_original(client: Client, scene: Scene) -> None:
    before = len(scene.store.events())
    for site in ("cross-site", "same-site"):
        assert client.get("/api/photos/1/original", sec_fetch_site=site).status == 403
    assert len(scene.store.events()) == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_each_role_gets_what_is_its_own(client: Client, scene: Scene, role: Role) -> None:
    organisation = scene.organisation("Parks")
    person = organising.add_person(
        scene.store, LAPTOP, scene.clock, 1, name="Somebody", role=role, organisation_id=organisation.id
    )
    got = {purpose: client.get(f"/api/photos/1/{purpose}?as={person.key}").status for purpose in Purpose}
    seen = 200 if role in (Role.OFFICER, Role.COORDINATOR, Role.COMMAND) else 403
    original = 200 if role in (Role.OFFICER, Role.COORDINATOR) else 403
    assert got == {Purpose.SHOWN: seen, Purpose.THUMBNAIL: seen, Purpose.ORIGINAL: original}


@pytest.mark.parametrize(
    "path",
    [
        "/api/photos/2/shown",
        "/api/photos/0/shown",
        "/api/photos/-1/shown",
        "/api/photos/1/large",
        "/api/photos/1e3/shown",
        "/api/photos/" + "9" * 40 + "/shown",
        "/api/photos/١/shown",
        "/api/photos/..%2f..%2fetc%2fpasswd/shown",
        "/api/photos/1/..%2foriginal",
    ],
)
def test_no_other_address_leads_to_a_file(client: Client, path: str) -> None:
    assert client.get(path).status == 404


def test_a_withdrawn_photo_is_gone_from_its_address(client: Client, scene: Scene) -> None:
    evidencing.remove_photo(scene.store, OFFICER, scene.clock, 1, photo_id=1, why="Blurred.", seen_version=1)
    assert client.get("/api/photos/1/shown").status == 404


def test_who_asks_is_the_person_of_the_address_else_the_one_of_this_computer(
    monkeypatch: pytest.MonkeyPatch, scene: Scene
) -> None:
    sit_down(monkeypatch, scene)
    person = organising.add_person(scene.store, LAPTOP, scene.clock, 1, name="Vera Lunt", role=Role.VIEWER)
    assert session.principal_named(person.key) == Principal(person.key, "Vera Lunt", frozenset({Role.VIEWER}))
    assert session.principal_named("") == LAPTOP
    with pytest.raises(NotFound):
        session.principal_named("nobody")
