"""One box for everything: the closest first, and only what somebody may see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from problems.actions import ActionType
from problems.areas import Street
from problems.errors import InputRefused
from problems.followups import Followup
from problems.people import Principal
from problems.use_cases import acting
from problems.use_cases.searching import LONGEST, MOST, Results, ranked, search
from tests.scenes import COORDINATOR, OFFICER, VIEWER, Scene, days_before
from tests.storing import an_area

LINE = {"type": "LineString", "coordinates": [[-1.2, 52.9], [-1.1, 52.9]]}


@pytest.fixture
def town(scene: Scene) -> Scene:
    spot = scene.spot((0, 0), days_before(scene.today, 12))
    scene.send(
        *(replace(one, address=f"{at} Fern Street", asset=f"COL-{at:02d}") for at, one in enumerate(spot)),
        replace(scene.report((900, 0), scene.today), source_id="FX-7777-777J", address="5% Off_Lane", asset="col-99"),
    )
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    lighting = scene.organisation("Lighting")
    acting.add_action(
        scene.store,
        COORDINATOR,
        scene.clock,
        1,
        problem_id=1,
        organisation_id=lighting.id,
        type=ActionType.REPAIR,
        title="Renew the column",
        due_on=scene.today + timedelta(days=5),
        person="Partner piet",
    )
    with scene.store.writing() as unit:
        unit.add_streets([Street(0, "Fern Street", 1, LINE), Street(0, "Oak Lane", 1, LINE)])
        unit.add_areas([an_area(name="Fernside")])
        unit.save_followup(Followup(3, organisation_id=lighting.id))
    return scene


def find(scene: Scene, words: str, who: Principal = OFFICER) -> Results:
    return search(scene.store, who, scene.clock, 1, words=words)


@pytest.mark.parametrize("typed", ["R-000013", "13", "r-13", "FX-7777-777J", "fx 7777777j"])
def test_a_report_is_found_by_its_number_and_by_its_receipt(town: Scene, typed: str) -> None:
    assert [one.id for one in find(town, typed).reports] == [13]


def test_a_number_finds_everything_that_has_it(town: Scene) -> None:
    found = find(town, "1")
    assert [one.id for one in found.problems] == [1]
    assert 1 in [one.id for one in found.reports]
    assert [one.ref for one in find(town, "a-0001").actions] == ["A-0001"]
    assert [one.ref for one in find(town, "P-0001").problems] == ["P-0001"]


@pytest.mark.parametrize(("typed", "texts"), [("COL-1", ["COL-10", "COL-11"]), ("col-11", ["COL-11"]), ("Col-99", [])])
def test_an_asset_is_found_by_how_its_number_begins(town: Scene, typed: str, texts: list[str]) -> None:
    found = find(town, typed).assets
    assert [one.text for one in found if one.text != "col-99"] == texts
    assert all(one.newest for one in found)


def test_an_address_is_found_by_all_its_words_in_any_order_and_case(town: Scene) -> None:
    assert [one.text for one in find(town, "STREET 7 fern").addresses] == ["7 Fern Street"]
    assert [one.text for one in find(town, "5% off_").addresses] == ["5% Off_Lane"]
    assert find(town, "_____").addresses == ()
    found = find(town, "fern street")
    assert (len(found.addresses), "addresses" in found.more) == (MOST, False)
    assert found.streets == ("Fern Street",)
    assert [one.name for one in find(town, "fern").areas] == ["Fernside"]


def test_the_closest_names_come_first() -> None:
    names = ["Old Fern Street", "Fern Street", "Fern", "Oak Lane"]
    assert ranked(names, "fern", lambda one: (one,)) == ["Fern", "Fern Street", "Old Fern Street"]


def test_nothing_is_found_that_is_not_shown(town: Scene) -> None:
    own, other = town.partner(town.store.organisations()[0]), town.partner(town.organisation("Parks"), "paul")
    assert [one.id for one in find(town, "1", own).problems] == [1]
    assert find(town, "1", other).problems == ()
    assert find(town, "renew", other).actions == ()
    assert [one.id for one in find(town, "3", own).reports] == [3]
    assert find(town, "3", other).reports == ()
    for who in (own, other, VIEWER):
        found = find(town, "fern", who)
        assert (found.addresses, found.assets) == ((), ())
        assert found.streets == ("Fern Street",)
    assert find(town, "13", VIEWER).reports == ()


def test_without_words_ones_own_open_work_is_told(town: Scene) -> None:
    own = town.partner(town.store.organisations()[0])
    assert [one.title for one in find(town, "  ", own).own] == ["Renew the column"]
    assert find(town, "", OFFICER).own == ()
    assert find(town, "zzz").is_empty


def test_a_novel_is_refused_in_words(town: Scene) -> None:
    with pytest.raises(InputRefused, match="Type at most 200"):
        find(town, "x" * (LONGEST + 1))


def test_reports_of_an_undone_import_are_not_found(town: Scene) -> None:
    with town.store.writing() as unit:
        unit.mark_undone(1, [8], undone=True)
    assert find(town, "7 fern").addresses == ()
    assert find(town, "COL-07").assets == ()
    assert find(town, "R-000008").reports == ()
