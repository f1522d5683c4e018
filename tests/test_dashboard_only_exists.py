"""What the pages say of a problem of which a partner only knows that it exists: what is not told is not denied."""

import re
from datetime import timedelta

import pytest

from problems.people import Principal
from problems.problem import ProblemStatus
from problems.sharing import SharingLevel
from tests.scenes import COORDINATOR, Scene, days_before
from tests.screens import markup, page, sit_down, words
from tests.test_problems_areas import bring, square
from tests.test_problems_sharing import share


@pytest.fixture
def partner(scene: Scene) -> Principal:
    """A partner that only knows that a problem exists, on which nobody works."""
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    ours = scene.organisation("Parks")
    share(scene, 1, ours.id, SharingLevel.EXISTS)
    return scene.partner(ours)


def cells(drawn: str, caption: str = "Problems") -> list[str]:
    """Return the words of the cells of the only row of a table."""
    (table,) = re.findall(rf"<caption[^>]*>{caption}.*?</table>", drawn, re.DOTALL)
    return [re.sub("<[^>]+>", "", one).strip() for one in re.findall(r"<td.*?</td>", table, re.DOTALL)]


def go_quiet(scene: Scene) -> None:
    for _ in range(2):
        scene.today += timedelta(days=150)
        scene.refresh()


def read(scene: Scene, monkeypatch: pytest.MonkeyPatch, who: Principal, path: str, **asked: str) -> str:
    sit_down(monkeypatch, scene, who)
    return words(page(path, **asked))


def test_since_when_it_is_quiet_is_not_told_and_that_it_is_quiet_is(
    scene: Scene, partner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_quiet(scene)
    assert "Quiet since" in read(scene, monkeypatch, COORDINATOR, "problem", problem="P-0001")
    shown = read(scene, monkeypatch, partner, "problem", problem="P-0001")
    assert "Gone quiet" in shown
    assert "Quiet since" not in shown
    assert "P-0001" not in read(scene, monkeypatch, partner, "problem")
    assert "P-0001" in read(scene, monkeypatch, partner, "problem", list_status="Gone quiet")


def test_neither_returns_nor_quiet_of_one_that_is_worked_on_are_told(
    scene: Scene, partner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.remediated(scene.store.problem(1))
    scene.move(COORDINATOR, scene.store.problem(1), ProblemStatus.RECURRED, note="It came back.")
    scene.move(COORDINATOR, scene.store.problem(1), ProblemStatus.ANALYSING, note="Again.")
    go_quiet(scene)
    whole = read(scene, monkeypatch, COORDINATOR, "problem", problem="P-0001")
    assert "Re-opened 1 time" in whole
    assert "Quiet since" in whole
    shown = read(scene, monkeypatch, partner, "problem", problem="P-0001")
    assert "Being analysed" in shown
    assert "Re-opened" not in shown
    assert "quiet" not in shown.casefold()


def test_on_its_page_what_is_not_told_is_not_said_to_be_missing(
    scene: Scene, partner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.taken_on(scene.store.problem(1))
    assert "Owner: Cora" in read(scene, monkeypatch, COORDINATOR, "problem", problem="P-0001")
    shown = read(scene, monkeypatch, partner, "problem", problem="P-0001")
    for said in (
        "Owner: not told",
        "Your organisation has no action on it. What others do about it is not told.",
        "Only photos of your organisation’s own work, and visits to it, are shared with you.",
        "What happened only what your organisation did, and what happened to its actions",
    ):
        assert said in shown
    assert not re.search("No owner yet|No action yet|Nothing yet|Cora", shown)


def test_on_the_list_no_number_stands_for_what_is_not_told(
    scene: Scene, partner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.taken_on(scene.store.problem(1))
    sit_down(monkeypatch, scene, partner)
    head, *columns = cells(markup(page("problem")))
    assert "P-0001" in head
    assert columns == ["Taken on", "Street lighting", *["Not told"] * 3, "–", *["Not told"] * 3, "–"]
    for owner, number in (("Nobody yet", 0), ("Not told", 1)):
        assert f"{number} problem{'' if number == 1 else 's'} of 1" in words(page("problem", list_owner=owner))


def test_in_its_area_and_behind_a_figure_the_owner_is_not_told(
    scene: Scene, partner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(scene, square("Abbey", -500.0))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    for who, owner in ((COORDINATOR, "Cora"), (partner, "Not told")):
        sit_down(monkeypatch, scene, who)
        (_, _, found, *_) = cells(markup(page("areas", area="Abbey")), "Open problems of Abbey")
        assert found.startswith(owner)
