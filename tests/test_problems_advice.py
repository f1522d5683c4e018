"""Where advice was given, and whether reports came again there."""

from datetime import date, timedelta
from typing import Any

import pytest

from problems.actions import Action, ActionType, Particulars
from problems.advice import AdviceGiven
from problems.categories import Group
from problems.errors import InputRefused, NotAllowed
from problems.events import EventKind, Subject
from problems.people import Principal
from problems.repeats import FEWEST_PLACES, Repeats, repeats_at, summed
from problems.use_cases import acting, advising
from tests.scenes import CENTRE, COORDINATOR, LONDON, OFFICER, Scene, days_before
from tests.storing import NOON

GIVEN = date(2025, 11, 1)


def asking(scene: Scene, who: Principal = OFFICER) -> Any:
    return scene.store, who, scene.clock, 1


@pytest.fixture
def advised(scene: Scene) -> Scene:
    """One problem with an action that gives advice, and a year of reports."""
    scene.send(*scene.spot((0, 0), days_before(scene.today, 10)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    organisation = scene.organisation()
    acting.add_action(
        *asking(scene, COORDINATOR),
        problem_id=1,
        organisation_id=organisation.id,
        type=ActionType.ADVISE,
        title="Tell the neighbours",
        particulars=Particulars(advice="Cut the hedge."),
    )
    return scene


def give(scene: Scene, **more: Any) -> AdviceGiven:
    return advising.give_advice(*asking(scene), **{"action_id": 1, "given_on": scene.today, **more})


def test_what_was_said_stays_with_the_record_when_the_advice_changes(advised: Scene) -> None:
    given = give(advised, place="Number 4", lon_lat=CENTRE)
    assert (given.text, given.place, given.group) == ("Cut the hedge.", "Number 4", Group.LIGHTING)
    assert advised.store.advice_given(1) == [given]
    told = advised.store.events(Subject.ACTION, 1)[-1]
    assert (told.kind, told.details["place"], told.details["text"]) == (EventKind.ADVISED, "Number 4", "Cut the hedge.")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"given_on": None}, "day is missing"),
        ({"given_on": date(2026, 3, 3)}, "has not come yet"),
        ({"lon_lat": (-1.2, 52.9)}, "place has no name"),
        ({"lon_lat": (-1.2, 95.0), "place": "Number 4"}, "not on the map"),
    ],
)
def test_advice_that_cannot_have_been_given_is_refused(advised: Scene, more: dict[str, Any], why: str) -> None:
    with pytest.raises(InputRefused, match=why):
        give(advised, **more)
    assert advised.store.advice_given() == []


def test_a_double_click_is_kept_once_and_a_mistake_is_withdrawn_once(advised: Scene) -> None:
    given = give(advised)
    with pytest.raises(InputRefused, match="there already"):
        give(advised)
    stranger = advised.partner(advised.organisation("Parks"), "eva")
    withdraw = {"problem_id": 1, "advice_id": given.id, "seen_version": 1}
    with pytest.raises(NotAllowed, match="another organisation"):
        advising.withdraw_advice(*asking(advised, stranger), **withdraw, why="Wrong.")
    with pytest.raises(InputRefused, match="No reason"):
        advising.withdraw_advice(*asking(advised), **withdraw, why=" ")
    advising.withdraw_advice(*asking(advised), **withdraw, why="Another house.")
    assert not advised.store.advice_given(1)[0].stands
    assert give(advised).stands


def counted(scene: Scene, *, lon_lat: tuple[float, float] | None, first: date, last: date) -> Repeats:
    given = AdviceGiven(1, 1, 1, Group.LIGHTING, "Cut.", "Number 4", GIVEN, NOON, "o", "Ola", lon_lat)
    return repeats_at(
        given,
        scene.store.problem(1).footprint,
        scene.store,
        known=(first, last),
        epsg=scene.store.latest_refresh().epsg,
        settings=scene.settings,
        zone=LONDON,
    )


def test_incidents_before_and_after_are_counted_at_the_place_and_the_day_itself_on_neither_side(scene: Scene) -> None:
    scene.send(*scene.spot((0, 0), days_before(date(2026, 2, 28), 10, step=1)))
    scene.refresh()
    at = [-361, -360, -200, -91, -90, -1, 0, 1, 90, 91]
    scene.send(*[scene.report((2.0, 1.0), GIVEN + timedelta(days=day)) for day in at])
    scene.send(scene.report((300.0, 0.0), GIVEN + timedelta(days=5)))
    scene.send(scene.report((2.0, 1.0), GIVEN + timedelta(days=6), code="WST-DUMP"))
    found = counted(scene, lon_lat=CENTRE, first=date(2020, 1, 1), last=date(2026, 3, 2))
    assert (found.before, found.after, found.days, found.is_over) == ((1, 1, 1, 2), 2, 90, True)
    assert found.usual == 1.25
    short = counted(scene, lon_lat=CENTRE, first=GIVEN - timedelta(days=200), last=GIVEN + timedelta(days=30))
    assert (short.before, short.days, short.is_over) == ((1, 2), 30, False)


def one_place(number: int, after: int, before: tuple[int, ...], days: int = 90, given_on: date = GIVEN) -> Repeats:
    given = AdviceGiven(number, 1, number, Group.LIGHTING, "Cut.", "There", given_on, NOON, "o", "Ola")
    return Repeats(given, days, after, before)


def test_few_places_say_nothing_and_many_say_it_beside_what_is_usual() -> None:
    few = [one_place(number, 0, (5, 5, 5, 5)) for number in range(FEWEST_PLACES - 1)]
    assert summed(few).too_few
    assert summed([one_place(number, 0, (0, 0, 0, 1)) for number in range(8)]).too_few
    many = [one_place(number, number % 2, (1, 2, 0, 1)) for number in range(8)]
    found = summed([*many, one_place(9, 7, (1, 1, 1, 1), days=20)])
    assert (found.places, found.running, found.after, found.usual) == (8, 1, 4, 8.0)
    assert found.again is not None
    assert (found.again.count, found.again.total) == (4, 8)
    assert found.again_usual is not None
    assert (found.again_usual.count, found.again_usual.total) == (24, 32)
    assert found.ratio is not None
    assert found.ratio.ratio == pytest.approx(0.5)
    assert found.ratio.low < 0.5 < found.ratio.high


def test_a_place_that_was_advised_twice_counts_once() -> None:
    many = [one_place(number, 1, (1, 2, 0, 1)) for number in range(6)]
    again = one_place(0, 3, (1, 1, 2, 0), given_on=GIVEN + timedelta(days=40))
    assert summed([*many, again]).places == 6
    assert summed([*many, again]).after == 8


def test_advice_is_given_by_actions_that_say_what_it_is(advised: Scene) -> None:
    def add(**more: Any) -> Action:
        given_to = {"problem_id": 1, "organisation_id": 1, "title": "Repair", "type": ActionType.REPAIR, **more}
        return acting.add_action(*asking(advised, COORDINATOR), **given_to)

    with pytest.raises(InputRefused, match="gives no advice"):
        give(advised, action_id=add().id)
    with pytest.raises(InputRefused, match="does not say which advice"):
        give(advised, action_id=add(type=ActionType.ADVISE).id)
