"""The inbox: what is asked for is found, the most late comes first, and nobody sees more than they may."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from problems.areas import Area, AreaKind
from problems.categories import Group
from problems.entries import BY_HAND
from problems.inbox import (
    WAITING,
    Asked,
    InboxColumns,
    Order,
    Sight,
    clocks,
    clocks_of,
    counts_of,
    limited,
    ordered,
    shows_place,
    sight_of,
)
from problems.lifecycle import MoveAnswers
from problems.people import LAPTOP, Principal, Role
from problems.reports import Report, ReportStatus
from problems.targets import Lateness, Target, WorkingDays, day_number
from problems.use_cases import merging, referring
from problems.use_cases.answer_changes import matters_of
from tests.scenes import LONDON, OFFICER, VIEWER, Scene
from tests.test_problems_answering import give, moved

R = ReportStatus
DAYS = WorkingDays()
TARGETS = {"LGT-OUT": Target(2, 5), "WST-DUMP": Target(None, None)}
TODAY = date(2026, 3, 2)
PARTNER_OF_NOBODY = Principal("p", "P", frozenset({Role.PARTNER}))


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def send(scene: Scene, *reports: Report) -> None:
    scene.send(*reports)


@pytest.fixture
def mixed(scene: Scene) -> Scene:
    """Return a scene with reports of every kind: numbers 1 to 6."""
    square = {"type": "Polygon", "coordinates": [[[-2, 52], [-1, 52], [-1, 53], [-2, 53], [-2, 52]]]}
    with scene.store.writing() as unit:
        (ward,) = unit.add_areas([Area(0, AreaKind.WARD, "Northgate", square)])
    send(
        scene,
        replace(scene.report((0, 0), days_ago(1)), text="Lamp flickers", address="4 Mill Lane", ward_id=ward),
        replace(scene.report((0, 0), days_ago(60)), status=R.ACKNOWLEDGED, source="police"),
        replace(scene.report((0, 0), days_ago(6), code="WST-DUMP"), status=R.IN_PROGRESS, text="100% full_bin"),
        replace(scene.report((0, 0), days_ago(8)), status=R.RESOLVED),
        replace(scene.report((0, 0), days_ago(9), code=None), status=R.NEW),
        replace(scene.report((0, 0), days_ago(12)), status=R.NEW, undone=True),
    )
    return scene


def ids(scene: Scene, **asked: object) -> list[int]:
    return scene.store.inbox(Asked(**asked)).ids.tolist()  # type: ignore[arg-type] # the tests name what they ask


def test_each_limit_leaves_what_it_names(mixed: Scene) -> None:
    assert ids(mixed) == [1, 2, 3, 4, 5], "never those of an undone import"
    assert ids(mixed, statuses=frozenset(WAITING)) == [1, 2, 3, 5]
    assert ids(mixed, statuses=frozenset({R.NEW})) == [1, 5]
    assert ids(mixed, statuses=frozenset({R.NEW, R.RESOLVED})) == [1, 4, 5]
    assert ids(mixed, group=Group.WASTE) == [3]
    assert ids(mixed, category="LGT-OUT") == [1, 2, 4]
    assert ids(mixed, unmapped=True) == [5]
    assert ids(mixed, area=(AreaKind.WARD, 1)) == [1]
    assert ids(mixed, source="police") == [2]
    assert ids(mixed, source=BY_HAND) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [("R-000003", [3]), ("r-3", [3]), ("mill LANE", [1]), ("flickers mill", [1]), ("flickers street", []),
     ("100%", [3]), ("full_b", [3]), ("%", [3]), ("'; DROP TABLE report", [])],
)  # fmt: skip
def test_words_are_found_as_they_are_typed(mixed: Scene, words: str, found: list[int]) -> None:
    assert ids(mixed, words=words) == found


def test_who_may_not_read_what_was_said_does_not_find_it_either(mixed: Scene) -> None:
    assert ids(mixed, words="flickers", in_text=False) == []
    assert ids(mixed, words="Mill", in_text=False) == [1]


def test_what_is_given_away_linked_or_waiting_is_found(mixed: Scene) -> None:
    organisation = mixed.organisation()
    give(mixed, matters_of(mixed.store, [2]), organisation.id)
    referring.pause_reports(
        mixed.store, OFFICER, mixed.clock, 1, report_ids=[2], reason="weather", note="Wet.", seen_versions={}
    )
    assert ids(mixed, organisation_id=organisation.id) == [2] == ids(mixed, assigned=True)
    assert ids(mixed, assigned=False) == [1, 3, 4, 5]
    assert ids(mixed, waiting=True) == [2]
    assert ids(mixed, waiting=False) == [1, 3, 4, 5]


def test_both_databases_answer_alike(tmp_path_factory: pytest.TempPathFactory) -> None:
    from data.stores import open_store
    from tests.storing import empty_url

    answers = []
    for back_end in ("sqlite", "postgresql"):
        store = open_store(empty_url(back_end, tmp_path_factory.mktemp(back_end)))
        scene = Scene(store)
        send(scene, *(replace(scene.report((0, 0), days_ago(at)), status=list(R)[at % 9]) for at in range(20)))
        merging.merge_reports(store, LAPTOP, scene.clock, 1, main_id=1, duplicate_ids=[11], seen_versions={})
        moved(scene, OFFICER, matters_of(store, [1, 10, 19]), R.ACKNOWLEDGED)
        columns = store.inbox(Asked(statuses=frozenset(WAITING), words="1"))
        told = store.followups(range(1, 21)), store.statuses(), store.report_sources(), store.to_be_told()
        answers.append((told, [getattr(columns, name).tolist() for name in InboxColumns.__slots__]))
        earliest = store.earliest_of_duplicates([1])
        assert earliest == {1: datetime(2026, 2, 20, 10, tzinfo=UTC)}
        store.close()
    assert answers[0] == answers[1]


# -- clocks --


def test_the_late_come_first_then_the_oldest(mixed: Scene) -> None:
    columns = mixed.store.inbox(Asked(statuses=frozenset(WAITING)))
    held = clocks(columns, TARGETS, DAYS, TODAY, LONDON)
    assert columns.ids[ordered(columns, held, Order.LATE)].tolist() == [2, 5, 3, 1]
    assert columns.ids[ordered(columns, held, Order.OLDEST)].tolist() == [2, 5, 3, 1]
    assert columns.ids[ordered(columns, held, Order.NEWEST)].tolist() == [1, 3, 5, 2]
    assert dict(zip(columns.ids.tolist(), held.lateness.tolist(), strict=True)) == {
        1: Lateness.ON_TIME, 2: Lateness.VERY_LATE, 3: Lateness.ON_TIME, 5: Lateness.ON_TIME,
    }  # fmt: skip
    counts = counts_of(columns, held)
    assert (counts.new, counts.acknowledged, counts.in_progress, counts.late, counts.very_late) == (2, 1, 1, 1, 1)
    assert counts.open == 4


def test_a_report_that_nobody_looked_at_is_due_for_an_answer_first(scene: Scene) -> None:
    send(scene, scene.report((0, 0), days_ago(3)))  # a Friday
    columns = scene.store.inbox(Asked())
    held = clocks(columns, TARGETS, DAYS, TODAY, LONDON)
    assert held.due.tolist() == [day_number(DAYS.after(days_ago(3), 2))]
    moved(scene, OFFICER, matters_of(scene.store, [1]), R.ACKNOWLEDGED)
    held = clocks(scene.store.inbox(Asked()), TARGETS, DAYS, TODAY, LONDON)
    assert held.due.tolist() == [day_number(DAYS.after(days_ago(3), 5))]


def test_many_and_one_agree_on_every_clock(mixed: Scene) -> None:
    referring.pause_reports(
        mixed.store, OFFICER, mixed.clock, 1, report_ids=[2, 3], reason="weather", note="Wet.", seen_versions={}
    )
    today = TODAY + timedelta(days=9)
    columns = mixed.store.inbox(Asked(statuses=frozenset(WAITING)))
    held = clocks(columns, TARGETS, DAYS, today, LONDON)
    for place, matter in enumerate(matters_of(mixed.store, columns.ids.tolist())):
        response, resolution = clocks_of(matter, None, TARGETS, DAYS, today, LONDON)
        late = max(resolution.late_days, response.late_days if matter.status is R.NEW else 0)
        assert held.late[place] == late
        assert held.resolution.net[place] == resolution.net_days


def test_the_clocks_run_from_the_earliest_of_the_duplicates(scene: Scene) -> None:
    send(scene, scene.report((0, 0), days_ago(4)), scene.report((1, 0), days_ago(30)))
    merging.merge_reports(scene.store, OFFICER, scene.clock, 1, main_id=1, duplicate_ids=[2], seen_versions={})
    columns = scene.store.inbox(Asked(statuses=frozenset(WAITING)))
    assert columns.ids.tolist() == [1]
    assert datetime.fromtimestamp(int(columns.reported_s[0]), UTC).date() == days_ago(30)
    earliest = scene.store.earliest_of_duplicates([1])[1]
    _, resolution = clocks_of(matters_of(scene.store, [1])[0], earliest, TARGETS, DAYS, TODAY, LONDON)
    assert resolution.gross_days == 30


def test_an_ended_clock_tells_how_long_it_took_and_runs_no_more(scene: Scene) -> None:
    send(scene, scene.report((0, 0), days_ago(7)))
    moved(scene, OFFICER, matters_of(scene.store, [1]), R.ACKNOWLEDGED)
    moved(scene, OFFICER, matters_of(scene.store, [1]), R.RESOLVED, MoveAnswers(reason="fixed", note="Lit."))
    matter = matters_of(scene.store, [1])[0]
    later = TODAY + timedelta(days=50)
    response, resolution = clocks_of(matter, None, TARGETS, DAYS, later, LONDON)
    assert (response.net_days, resolution.net_days, resolution.gross_days) == (5, 5, 7)
    columns = scene.store.inbox(Asked())
    assert clocks(columns, TARGETS, DAYS, later, LONDON).late.tolist() == [0]


def test_nothing_in_the_inbox_is_nothing_late() -> None:
    none = np.zeros(0, dtype=np.int64)
    columns = InboxColumns(none, none.astype(np.int8), none.astype("U32"), none, none, none, none, none)
    held = clocks(columns, TARGETS, DAYS, TODAY, LONDON)
    assert ordered(columns, held, Order.LATE).tolist() == []
    assert counts_of(columns, held).open == 0


# -- who sees what --


def test_partners_see_what_was_given_to_them_and_no_words(mixed: Scene) -> None:
    partner = mixed.partner(mixed.organisation())
    give(mixed, matters_of(mixed.store, [1]), partner.organisation_id)
    assert sight_of(partner) is Sight.OWN
    asked = limited(Asked(statuses=frozenset(WAITING), assigned=False, words="flickers"), partner)
    assert mixed.store.inbox(asked).ids.tolist() == []
    assert mixed.store.inbox(limited(Asked(), partner)).ids.tolist() == [1]


@pytest.mark.parametrize(
    ("who", "sight"),
    [(OFFICER, Sight.ALL), (LAPTOP, Sight.ALL), (VIEWER, Sight.NONE), (PARTNER_OF_NOBODY, Sight.NONE)],
)
def test_nobody_else_sees_single_reports(who: Principal, sight: Sight) -> None:
    assert sight_of(who) is sight


def test_places_of_reports_about_people_stay_with_officers() -> None:
    from data.taxonomy import load_taxonomy

    categories = load_taxonomy().categories
    assert shows_place(Sight.ALL, None)
    assert shows_place(Sight.OWN, categories["LGT-OUT"])
    assert not shows_place(Sight.OWN, categories["DSP-NOISE"])
    assert not shows_place(Sight.OWN, None)
