"""What takes several calls is of one state of the store, whatever is written meanwhile."""

from datetime import timedelta

import pytest

from problems.areas import AreaKind
from problems.briefing.weeks import IsoWeek
from problems.errors import InputRefused
from problems.people import Principal
from problems.public import PublicLevel
from problems.sharing import SharingLevel
from problems.use_cases import looking_at_areas
from problems.use_cases.briefing import briefs_by_area
from problems.use_cases.looking_at_areas import look_at_area
from problems.use_cases.publishing import set_public_level
from problems.use_cases.telling_fixes import tell_fixes_by_area
from tests.briefed import STANDARDS
from tests.fixed import PERIOD, TODAY, verified
from tests.scenes import COMMANDER, COORDINATOR, LONDON, Scene
from tests.test_problems_areas import bring, square
from tests.test_problems_sharing import share


@pytest.fixture
def town(scene: Scene) -> Scene:
    """Two wards, and a verified fix in the second of them."""
    scene.today = TODAY
    bring(scene, square("Abbey", -3000.0), square("Docks", -500.0))
    verified(scene)
    assert scene.store.problem(1).area == "Docks"
    return scene


def parks(town: Scene) -> Principal:
    return town.partner(town.organisation("Parks"))


def checked_out(town: Scene) -> int:
    pool: object = town.store._engines.reader.pool  # type: ignore[attr-defined] # how many connections are in use
    return int(pool.checkedout())  # type: ignore[attr-defined] # as above


def test_the_briefings_of_all_areas_are_of_the_state_in_which_the_first_was_made(town: Scene) -> None:
    who = parks(town)
    ask = (town.store, who, town.clock, 1)
    asked = {"week": IsoWeek.of(town.today), "kind": AreaKind.WARD, **STANDARDS}
    every = briefs_by_area(*ask, **asked)
    first = next(every)
    share(town, 1, who.organisation_id or 0, SharingLevel.FULL)
    (second,) = every
    assert [one.header.area.name for one in (first, second) if one.header.area] == ["Abbey", "Docks"]
    assert second.board.states == ()
    assert [len(one.board.states) for one in briefs_by_area(*ask, **asked)] == [0, 1]
    assert checked_out(town) == 0


def test_the_fixes_of_all_areas_are_of_the_state_in_which_the_first_were_told(town: Scene) -> None:
    ask = (town.store, COMMANDER, town.clock, 1)
    every = tell_fixes_by_area(*ask, period=PERIOD, zone=LONDON, kind=AreaKind.WARD)
    before = [next(every).fixes]
    set_public_level(
        town.store, COORDINATOR, town.clock, 1, problem_id=1, level=PublicLevel.NOTHING,
        seen_version=town.store.problem(1).version,
    )  # fmt: skip
    before += [one.fixes for one in every]
    assert [len(one) for one in before] == [0, 1]
    now = tell_fixes_by_area(*ask, period=PERIOD, zone=LONDON, kind=AreaKind.WARD)
    assert [len(one.fixes) for one in now] == [0, 0]
    assert checked_out(town) == 0


def test_a_page_of_an_area_is_of_one_state(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    who = parks(town)
    told = looking_at_areas.open_problems

    def share_meanwhile(*asked: object) -> object:
        share(town, 1, who.organisation_id or 0, SharingLevel.FULL)
        return told(*asked)  # type: ignore[arg-type] # passed on as it came

    with monkeypatch.context() as patched:
        patched.setattr(looking_at_areas, "open_problems", share_meanwhile)
        town.today += timedelta(days=7)
        ask = (town.store, who, town.clock, 1)
        found = look_at_area(*ask, area="Docks", **STANDARDS)
    assert (found.open, found.briefing.board.states) == ((), ())
    found = look_at_area(*ask, area="Docks", **STANDARDS)
    assert (len(found.open), len(found.briefing.board.states)) == (1, 1)


def test_a_state_that_nobody_goes_on_reading_is_let_go(town: Scene) -> None:
    asked = {"week": IsoWeek.of(town.today), **STANDARDS}
    ask = (town.store, COMMANDER, town.clock, 1)
    with pytest.raises(InputRefused, match="No beats were known"):
        briefs_by_area(*ask, kind=AreaKind.BEAT, **asked)
    with pytest.raises(InputRefused, match="No beats were known"):
        tell_fixes_by_area(*ask, period=PERIOD, zone=LONDON, kind=AreaKind.BEAT)
    assert checked_out(town) == 0
    begun = briefs_by_area(*ask, kind=AreaKind.WARD, **asked)
    next(begun)
    assert checked_out(town) == 1
    del begun
    never_begun = briefs_by_area(*ask, kind=AreaKind.WARD, **asked)
    assert checked_out(town) == 1
    del never_begun
    assert checked_out(town) == 0
