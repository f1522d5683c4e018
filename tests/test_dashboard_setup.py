import pytest

from dashboard import session
from dashboard.views.setup import NAMES, PARTS, POINTS
from problems.hot_spots import Pile, PileDecision
from problems.people import Role
from problems.use_cases import reviewing
from tests.scenes import COORDINATOR, OFFICER, VIEWER, Scene
from tests.screens import click, keys, page, sit_down, words


@pytest.fixture
def piled(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A store with one heavy point under review."""
    with scene.store.writing() as unit:
        unit.save_piles([Pile(0, (-1.2, 52.9), 412, 5, 0.031, True, None)])
    sit_down(monkeypatch, scene)
    return scene


def test_an_empty_store_can_be_set_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    assert "None yet. Add the services, teams and landlords" in words(page("setup"))
    assert "No point stands out." in words(page("setup", part=POINTS))
    assert "Every category name is known." in words(page("setup", part=NAMES))
    text = words(page("setup", part="Settings"))
    assert "at least 8 distinct incidents" in text
    assert "Europe/London" in text


def test_an_organisation_and_a_person_are_added(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    shown = click(page("setup"), "add-organisation")
    shown.text_input(key="form_name").input("Harbour Homes")
    click(shown, "form-save")
    assert [each.name for each in scene.store.organisations()] == ["Harbour Homes"]
    click(shown, "add-person")
    shown.text_input(key="form_name").input("Priya Shah")
    shown.selectbox(key="form_role").set_value(Role.PARTNER)
    click(shown, "form-save")
    assert "A partner acts for an organisation." in words(shown)
    shown.selectbox(key="form_organisation_id").set_value(1)
    click(shown, "form-save")
    assert [(each.name, each.role, each.organisation_id) for each in scene.store.people()] == [
        ("Priya Shah", Role.PARTNER, 1)
    ]


def test_a_name_that_is_taken_is_refused_in_words(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    scene.organisation("Harbour Homes")
    shown = click(page("setup"), "add-organisation")
    shown.text_input(key="form_name").input("harbour homes")
    click(shown, "form-save")
    assert "“harbour homes” is already there." in words(shown)


def test_a_point_is_decided_and_taken_back(piled: Scene) -> None:
    shown = page("setup", part=POINTS)
    assert "52.90000, -1.20000 · 412 reports in 5 kinds, 3.1% of all" in words(shown)
    assert "Not reviewed yet: kept out" in words(shown)
    click(shown, "pile-1-repeat_address")
    click(shown, "form-save")
    assert piled.store.piles()[0].decision is PileDecision.REPEAT_ADDRESS
    assert "Real address with repeat reports, This computer: counted" in words(shown)
    click(shown, "pile-1-unreviewed")
    click(shown, "form-save")
    assert piled.store.piles()[0].decision is PileDecision.UNREVIEWED


def test_the_second_to_decide_on_a_point_is_told_of_the_first(piled: Scene) -> None:
    shown = click(page("setup", part=POINTS), "pile-1-default_point")
    reviewing.decide_pile(
        piled.store,
        OFFICER,
        piled.clock,
        1,
        pile_id=1,
        decision=PileDecision.REPEAT_ADDRESS,
        seen_version=piled.store.piles()[0].version,
    )
    click(shown, "form-save")
    assert "Omar Hale saved first." in words(shown)
    assert "Decision was “Not reviewed yet”, is now “Real address with repeat reports”." in words(shown)
    assert piled.store.piles()[0].decision is PileDecision.REPEAT_ADDRESS


def test_only_those_who_may_change_something_are_offered_it(piled: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, piled, VIEWER)
    # Even where everything could be read.
    monkeypatch.setattr(session, "seen_store", lambda: piled.store)
    assert [keys(page("setup", part=part)) for part in PARTS] == [set()] * len(PARTS)
    sit_down(monkeypatch, piled, COORDINATOR)
    assert "add-organisation" in keys(page("setup"))
    assert "add-person" not in keys(page("setup"))
    assert "find-hot-spots" in keys(page("setup", part="Settings"))
    assert "pile-1-default_point" in keys(page("setup", part=POINTS))


def test_health_says_what_the_store_holds(piled: Scene) -> None:
    text = words(page("setup", part="Health"))
    assert "File on this computer (SQLite)" in text
    assert "Hot spots were last looked for never" in text
