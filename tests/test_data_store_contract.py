"""What every store must do: keep each record as it is, answer each question, in the promised order."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.stores import SqlStore, open_store
from problems.areas import AreaKind
from problems.categories import Group
from problems.errors import NotFound
from problems.events import Subject
from problems.hot_spots import Standing
from problems.people import Role
from problems.problem import Problem
from problems.reports import Report, ReportStatus
from problems.store import Box, Store
from tests.storing import (
    BACK_ENDS,
    NOON,
    TODAY,
    a_batch,
    a_hot_spot,
    a_person,
    a_pile,
    a_problem,
    a_refresh,
    a_rejected_row,
    a_report,
    a_street,
    an_action,
    an_area,
    an_event,
    an_organisation,
    empty_url,
    keep_reports,
)


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(empty_url(request.param, tmp_path))) as opened:
        yield opened


@pytest.fixture(params=BACK_ENDS, scope="module")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """Return a store with 400 reports of all kinds around one place, many with equal coordinates."""
    rng = np.random.default_rng(7)
    reports = []
    for number in range(400):
        lon, lat = np.round(rng.normal((-1.55, 53.8), 0.02), 3).tolist()
        group = [*Group, None][int(rng.integers(10))]
        reports.append(
            a_report(
                number,
                category=f"{group}01" if group else None,
                reported_at=NOON + timedelta(hours=int(rng.integers(200))),
                status=list(ReportStatus)[int(rng.integers(9))],
                lon_lat=(lon, lat) if rng.random() < 0.9 else None,
                reporter=f"r{rng.integers(40)}" if rng.random() < 0.8 else "",
            )
        )
    with closing(open_store(empty_url(request.param, tmp_path_factory.mktemp("filled")))) as opened:
        keep_reports(opened, reports)
        yield opened


def test_an_empty_store_answers_every_question(store: SqlStore) -> None:
    protocol: Store = store
    assert protocol.version() == 0
    assert protocol.counts().is_empty
    assert protocol.counts().newest_report_at is None
    points = protocol.report_points()
    assert (len(points), points.lon_lat.shape) == (0, (0, 2))
    kinds = [points.ids.dtype, points.lon_lat.dtype, points.group.dtype, points.reported_s.dtype, points.reporter.dtype]
    assert [str(kind) for kind in kinds] == ["int64", "float64", "int8", "int64", "int64"]
    assert protocol.latest_refresh() is None
    assert protocol.fact("epsg") is None
    assert list(protocol.all_reports()) == protocol.reports([1]) == []
    assert len(protocol.report_points(box=Box(-180, -90, 180, 90))) == 0
    lists = [protocol.batches(), protocol.rejected_rows(), protocol.unmapped_names(), protocol.refreshes()]
    lists += [
        protocol.hot_spots(1),
        protocol.places_of(1),
        protocol.hot_spots_of(1),
        protocol.piles(),
        protocol.problems(),
    ]
    lists += [protocol.actions(), protocol.events(), protocol.organisations(), protocol.people()]
    assert not any([*lists, protocol.areas(), protocol.streets()])
    with pytest.raises(NotFound, match="P-0001"):
        protocol.problem(1)
    with pytest.raises(NotFound, match="A-0001"):
        protocol.action(1)


def test_reports_come_back_as_they_were_kept(store: SqlStore) -> None:
    full = a_report(1)
    bare = Report(
        99, "council", "R2", None, "Odd thing", datetime.min.replace(tzinfo=NOON.tzinfo), ReportStatus.NEW, None
    )
    batch_id = keep_reports(store, [full, bare])
    assert store.reports([1, 2]) == [replace(full, id=1, batch_id=batch_id), replace(bare, id=2, batch_id=batch_id)]


def test_the_other_records_come_back_as_they_were_kept(store: SqlStore) -> None:
    with store.writing() as unit:
        batch_id = unit.add_batch(a_batch(id=77))
        unit.add_rejected(batch_id, [a_rejected_row()])
        organisation_id = unit.add_organisation(an_organisation(id=77, version=9))
        person_id = unit.add_person(a_person(organisation_id=organisation_id))
        refresh_id = unit.add_refresh(a_refresh())
        problem_id = unit.add_problem(a_problem(owner_organisation_id=organisation_id))
        child_id = unit.add_problem(a_problem(parent_id=problem_id, review_on=None, last_event_at=None))
        spot_ids = unit.add_hot_spots(
            [a_hot_spot(refresh_id, problem_id=problem_id), a_hot_spot(refresh_id, members=())]
        )
        unit.save_piles([a_pile(last_refresh_id=refresh_id)])
        action_id = unit.add_action(an_action(problem_id, organisation_id))
        unit.add_events([an_event()])
        unit.add_areas([an_area()])
        unit.add_streets([a_street()])
        unit.set_fact("epsg", "27700")
    assert store.batches() == [a_batch(id=batch_id)]
    assert store.rejected_rows(batch_id) == [a_rejected_row()]
    assert store.organisations() == [an_organisation(id=organisation_id)]
    assert store.people() == [a_person(id=person_id, organisation_id=organisation_id)]
    assert store.refreshes() == [a_refresh(id=refresh_id)]
    assert store.problem(problem_id) == a_problem(id=problem_id, owner_organisation_id=organisation_id)
    assert store.problem(child_id) == a_problem(id=child_id, parent_id=problem_id, review_on=None, last_event_at=None)
    assert store.hot_spots(refresh_id) == [
        a_hot_spot(refresh_id, id=spot_ids[0], problem_id=problem_id),
        a_hot_spot(refresh_id, id=spot_ids[1], members=()),
    ]
    assert store.piles() == [a_pile(id=1, last_refresh_id=refresh_id)]
    assert store.action(action_id) == an_action(problem_id, organisation_id, id=action_id)
    assert store.events() == [an_event(id=1)]
    assert store.areas() == [an_area(id=1)]
    assert store.streets() == [a_street(id=1)]
    assert store.fact("epsg") == "27700"


def test_a_fact_can_change(store: SqlStore) -> None:
    for value in ("27700", "32630"):
        with store.writing() as unit:
            unit.set_fact("epsg", value)
    assert store.fact("epsg") == "32630"


def test_text_that_a_database_would_refuse_is_kept_with_a_mark(store: SqlStore) -> None:
    keep_reports(store, [a_report(1, text="a\x00b", address="half \ud800 pair", source_id="x\x00")])
    kept = store.reports([1])[0]
    assert (kept.text, kept.address) == ("a\ufffdb", "half \ufffd pair")
    with store.writing() as unit:
        assert set(unit.known_reports("council", ["x\x00"])) == {"x\x00"}


def test_a_moment_without_a_zone_is_a_bug(store: SqlStore) -> None:
    with pytest.raises(Exception, match="naive"), store.writing() as unit:
        unit.add_problem(a_problem(created_at=NOON.replace(tzinfo=None)))


def test_known_reports_are_found_by_source_and_id(store: SqlStore) -> None:
    keep_reports(store, [a_report(n) for n in range(1300)], lambda report: report.source_id.encode())
    keep_reports(store, [a_report(5, source="police")])
    with store.writing() as unit:
        known = unit.known_reports("council", [f"R{n}" for n in range(1290, 1310)] + ["R5"])
        assert set(known) == {f"R{n}" for n in range(1290, 1300)} | {"R5"}
        assert known["R1295"].content == b"R1295"
        assert unit.known_reports("nobody", ["R5"]) == {}
        assert len(unit.known_reports("council", [f"R{n}" for n in range(1300)])) == 1300
    kept = store.reports([known["R1295"].id])
    assert kept[0].source_id == "R1295"


def test_an_updated_report_keeps_its_id_and_grows_its_version(store: SqlStore) -> None:
    keep_reports(store, [a_report(1), a_report(2)])
    newer = replace(store.reports([2])[0], status=ReportStatus.RESOLVED, lon_lat=(10.0, 50.0), category="VEH01")
    with store.writing() as unit:
        batch_id = unit.add_batch(a_batch(file_name="second.csv"))
        unit.update_reports(batch_id, [(newer, b"new")])
    assert store.reports([1, 2])[1] == replace(newer, batch_id=batch_id, version=2)
    assert store.reports([1])[0].version == 1
    assert store.report_points(box=Box(10, 50, 10, 50), groups=[Group.VEHICLES]).ids.tolist() == [2]
    with store.writing() as unit:
        assert unit.known_reports("council", ["R2"])["R2"].content == b"new"


def test_an_import_is_finished_with_its_counts(store: SqlStore) -> None:
    with store.writing() as unit:
        batch_id = unit.add_batch(a_batch(rows=0, accepted=0, unchanged=0, updated=0, rejected=0))
        done = a_batch(id=batch_id, rows=5, accepted=5, unchanged=0, updated=0, rejected=0, columns={})
        unit.finish_batch(done)
    assert store.batches() == [done]
    with pytest.raises(NotFound), store.writing() as unit:
        unit.finish_batch(a_batch(id=404))


def test_a_mapped_name_gives_its_reports_a_category(store: SqlStore) -> None:
    odd = {"category": None, "category_name": "Odd"}
    keep_reports(
        store,
        [
            a_report(1, **odd),
            a_report(2, **odd, source="police"),
            a_report(3, category=None, category_name="Even"),
            a_report(4, category_name="Odd"),
            a_report(5, **odd),
        ],
    )
    assert store.unmapped_names() == [("council", "Odd", 2), ("council", "Even", 1), ("police", "Odd", 1)]
    assert store.counts().unmapped == 4
    with store.writing() as unit:
        assert unit.map_category("council", "Odd", "WST03") == 2
    assert [(r.category, r.version) for r in store.reports([1, 2, 3, 4, 5])] == [
        ("WST03", 2),
        (None, 1),
        (None, 1),
        ("LGT01", 1),
        ("WST03", 2),
    ]
    assert store.report_points(groups=[Group.WASTE]).ids.tolist() == [1, 5]
    with store.writing() as unit:
        assert unit.map_category(None, "Odd", "WST03") == 1
    assert store.unmapped_names() == [("council", "Even", 1)]


def test_counts_follow_what_is_kept(store: SqlStore) -> None:
    keep_reports(store, [a_report(3), a_report(1, lon_lat=None), a_report(2, category=None)])
    counts = store.counts()
    assert (counts.reports, counts.placed, counts.unmapped, counts.batches) == (3, 2, 1, 1)
    assert counts.oldest_report_at == NOON + timedelta(minutes=1)
    assert counts.newest_report_at == NOON + timedelta(minutes=3)
    with store.writing() as unit:
        problem_id = unit.add_problem(a_problem())
        unit.add_action(an_action(problem_id, unit.add_organisation(an_organisation())))
        unit.add_refresh(a_refresh())
    assert (store.counts().problems, store.counts().actions, store.counts().refreshes) == (1, 1, 1)


hours = st.none() | st.integers(-5, 205)
some_groups = st.none() | st.sets(st.sampled_from(list(Group)))


def matches(report: Report, since: datetime | None, until: datetime | None, groups: set[Group] | None) -> bool:
    return (
        (since is None or since <= report.reported_at)
        and (until is None or report.reported_at < until)
        and (groups is None or report.group in groups)
    )


def moment(hour: int | None) -> datetime | None:
    return None if hour is None else NOON + timedelta(hours=hour)


@given(since=hours, until=hours, groups=some_groups)
def test_points_are_the_placed_reports_of_the_period_and_groups(
    filled: SqlStore, since: int | None, until: int | None, groups: set[Group] | None
) -> None:
    left_out = {ReportStatus.WITHDRAWN, ReportStatus.DUPLICATE}
    expected = [
        report
        for report in filled.all_reports()
        if report.lon_lat and report.status not in left_out and matches(report, moment(since), moment(until), groups)
    ]
    points = filled.report_points(moment(since), moment(until), groups)
    assert points.ids.tolist() == [report.id for report in expected]
    assert points.lon_lat.tolist() == [list(report.lon_lat or ()) for report in expected]
    order = list(Group)
    assert points.group.tolist() == [order.index(report.group) if report.group else -1 for report in expected]
    assert points.reported_s.tolist() == [int(report.reported_at.timestamp()) for report in expected]
    names = [report.reporter for report in expected]
    keys = points.reporter.tolist()
    assert [key == 0 for key in keys] == [name == "" for name in names]
    assert len(set(zip(keys, names, strict=True))) == len(set(keys)) == len(set(names))


edge = st.integers(-1620, -1480).map(lambda n: n / 1000)
height = st.integers(53730, 53870).map(lambda n: n / 1000)


@given(
    lon=st.tuples(edge, edge),
    lat=st.tuples(height, height),
    since=hours,
    until=hours,
    groups=some_groups,
)
def test_a_box_has_what_looking_at_every_report_finds(
    filled: SqlStore,
    lon: tuple[float, float],
    lat: tuple[float, float],
    since: int | None,
    until: int | None,
    groups: set[Group] | None,
) -> None:
    (west, east), (south, north) = sorted(lon), sorted(lat)
    inside = [
        report
        for report in filled.all_reports()
        if report.lon_lat
        and west <= report.lon_lat[0] <= east
        and south <= report.lon_lat[1] <= north
        and matches(report, moment(since), moment(until), groups)
    ]
    box = Box(west, south, east, north)
    left_out = {ReportStatus.WITHDRAWN, ReportStatus.DUPLICATE}
    points = filled.report_points(moment(since), moment(until), groups, box)
    assert points.ids.tolist() == [report.id for report in inside if report.status not in left_out]


def test_reports_come_once_each_in_order_of_id(filled: SqlStore) -> None:
    wanted = [*range(600, 0, -1), 5, 7]
    assert [report.id for report in filled.reports(wanted)] == list(range(1, 401))
    assert [report.id for report in filled.all_reports()] == list(range(1, 401))
    assert filled.reports([]) == []
    mapped = {report.id: report.category for report in filled.all_reports() if report.category}
    assert filled.categories_of(wanted) == mapped


def test_nobody_waits_for_a_walk_through_the_reports_that_was_given_up(store: SqlStore) -> None:
    keep_reports(store, [a_report(n) for n in range(20)])
    walk = store.all_reports()
    assert next(walk).id == 1
    keep_reports(store, [a_report(99)])
    assert len(list(walk)) == 19, "the walk shows the reports as they were when it began"
    assert next(store.all_reports()).id == 1
    assert store.counts().reports == 21


def test_imports_and_rejected_rows_are_in_order(store: SqlStore) -> None:
    with store.writing() as unit:
        first, second = unit.add_batch(a_batch()), unit.add_batch(a_batch())
        unit.add_rejected(second, [a_rejected_row(9), a_rejected_row(2)])
        unit.add_rejected(first, [a_rejected_row(5, column="a"), a_rejected_row(5, column="b")])
    assert [batch.id for batch in store.batches()] == [second, first]
    assert [(row.line, row.column) for row in store.rejected_rows()] == [(5, "a"), (5, "b"), (2, "date"), (9, "date")]
    assert [row.line for row in store.rejected_rows(second)] == [2, 9]


def test_candidates_and_the_mixed_view_are_kept_beside_the_hot_spots(store: SqlStore) -> None:
    with store.writing() as unit:
        refresh_id = unit.add_refresh(a_refresh())
        found = [
            a_hot_spot(refresh_id),
            a_hot_spot(refresh_id, standing=Standing.CANDIDATE, q_value=0.4, ratio_low=0.9),
            a_hot_spot(refresh_id, group=None),
            a_hot_spot(refresh_id, standing=Standing.UNTESTED, expected=None, ratio=None, q_value=None),
        ]
        ids = unit.add_hot_spots(found)
    kept = [replace(spot, id=number) for spot, number in zip(found, ids, strict=True)]
    assert store.places_of(refresh_id) == kept
    assert store.hot_spots(refresh_id) == [kept[0], kept[3]]


def test_refreshes_hot_spots_and_piles_are_in_order(store: SqlStore) -> None:
    with store.writing() as unit:
        ids = [unit.add_refresh(a_refresh(as_of=TODAY + timedelta(days=days))) for days in (0, 7, 3)]
        problem_id = unit.add_problem(a_problem())
        late = unit.add_hot_spots([a_hot_spot(ids[1], problem_id=problem_id, width_m=w) for w in (3.0, 1.0, 2.0)])
        early = unit.add_hot_spots([a_hot_spot(ids[0], problem_id=problem_id), a_hot_spot(ids[0])])
        unit.save_piles([a_pile(reports=5), a_pile(reports=50), a_pile(reports=50)])
        assert unit.add_hot_spots([]) == []
    assert [spot.width_m for spot in store.hot_spots(ids[1])] == [3.0, 1.0, 2.0]
    assert [spot.id for spot in store.hot_spots(ids[1])] == late
    assert [spot.id for spot in store.hot_spots_of(problem_id)] == [early[0], *late]
    assert [refresh.id for refresh in store.refreshes()] == ids[::-1]
    latest = [
        store.latest_refresh(until) for until in (None, TODAY + timedelta(days=3), TODAY, TODAY - timedelta(days=1))
    ]
    assert [one and one.id for one in latest] == [ids[2], ids[2], ids[0], None]
    assert [(pile.reports, pile.id) for pile in store.piles()] == [(50, 2), (50, 3), (5, 1)]


def test_a_refresh_replaces_the_counts_of_a_pile_but_not_its_decision(store: SqlStore) -> None:
    with store.writing() as unit:
        refresh_id = unit.add_refresh(a_refresh())
        unit.save_piles([a_pile()])
    kept = store.piles()[0]
    with store.writing() as unit:
        unit.save_piles(
            [replace(kept, reports=9, groups=1, share=0.5, heavy=False, last_refresh_id=refresh_id, decided_by="x")]
        )
    assert store.piles() == [replace(kept, reports=9, groups=1, share=0.5, heavy=False, last_refresh_id=refresh_id)]
    with pytest.raises(NotFound), store.writing() as unit:
        unit.save_piles([a_pile(id=404)])


def test_events_are_in_the_order_they_were_kept(store: SqlStore) -> None:
    with store.writing() as unit:
        unit.add_events([an_event(subject_id=2, at=NOON + timedelta(days=1)), an_event(subject_id=1, at=NOON)])
        unit.add_events([an_event(Subject.ACTION, 1, at=NOON - timedelta(days=1))])
    assert [(event.id, event.subject_id) for event in store.events()] == [(1, 2), (2, 1), (3, 1)]
    assert [event.id for event in store.events(Subject.PROBLEM)] == [1, 2]
    assert [event.id for event in store.events(Subject.PROBLEM, 1)] == [2]
    assert [event.id for event in store.events(until=NOON)] == [3]
    assert [event.id for event in store.events(until=NOON + timedelta(microseconds=1))] == [2, 3]


def test_people_and_places_are_in_order_on_every_database(store: SqlStore) -> None:
    names = ["beta", "Alpha", "Ärger", "alpha", "Zulu"]
    with store.writing() as unit:
        for at, name in enumerate(names):
            unit.add_organisation(an_organisation(name=name))
            unit.add_person(a_person(key=str(at), name=name, role=Role.COMMAND))
        unit.add_areas([an_area(name=name, kind=AreaKind.BEAT) for name in names] + [an_area()])
        unit.add_streets([a_street(name=name) for name in names])
    expected = ["Alpha", "alpha", "beta", "Zulu", "Ärger"]
    assert [one.name for one in store.organisations()] == expected
    assert [one.name for one in store.people()] == expected
    assert [one.name for one in store.areas(AreaKind.BEAT)] == expected
    assert len(store.areas()) == 6
    assert [one.name for one in store.streets()] == names


def test_problems_and_actions_are_in_order_of_id(store: SqlStore) -> None:
    with store.writing() as unit:
        by = unit.add_organisation(an_organisation())
        first, second = (unit.add_problem(a_problem(name=name)) for name in "ba")
        ids = [unit.add_action(an_action(of, by)) for of in (second, first, second)]
    problems: list[Problem] = store.problems()
    assert [(one.id, one.name) for one in problems] == [(first, "b"), (second, "a")]
    assert [one.id for one in store.actions()] == ids
    assert [one.id for one in store.actions(second)] == [ids[0], ids[2]]


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_a_number_that_no_id_can_be_names_nothing(store: SqlStore, number: int) -> None:
    for ask in (store.problem, store.action, store.photo, store.assessment):
        with pytest.raises(NotFound):
            ask(number)
    assert store.reports([number]) == []
    assert store.followups([number]) == {}
