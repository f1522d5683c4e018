"""Merging: several reports of one occurrence become one, and can be taken apart again."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

import pytest

from problems.categories import Group
from problems.duplicates import earliest_of, reporters_of
from problems.errors import InputRefused, MoveRefused, NotAllowed, NotFound, ProblemError, Stale
from problems.events import EventKind, Subject
from problems.finding import count_incidents
from problems.people import SYSTEM, Principal
from problems.reports import Report, ReportStatus
from problems.store import Box
from problems.use_cases.importing import accept_import
from problems.use_cases.merging import keep_apart, merge_reports, no_longer_apart, unmerge_reports
from tests.scenes import COORDINATOR, LONDON, OFFICER, VIEWER, Scene

DAY = date(2026, 3, 1)
_files = count(1)


def sent(scene: Scene, number: int = 3, **given: object) -> list[Report]:
    """Put a few reports of one lamp into the store and return them as kept."""
    known = {report.id for report in scene.store.all_reports()}
    scene.send(*(scene.report((5.0 * at, 0), DAY, **given) for at in range(number)))  # type: ignore[arg-type] # named
    return [report for report in scene.store.all_reports() if report.id not in known]


def now(scene: Scene, *reports: Report) -> list[Report]:
    return scene.store.reports([report.id for report in reports])


def merge(scene: Scene, main: Report, *others: Report, who: Principal = OFFICER, note: str = "") -> Report:
    return merge_reports(
        scene.store,
        who,
        scene.clock,
        1,
        main_id=main.id,
        duplicate_ids=[other.id for other in others],
        note=note,
        seen_versions={report.id: report.version for report in (main, *others)},
    )


def unmerge(scene: Scene, *reports: Report, who: Principal = OFFICER) -> list[Report]:
    return unmerge_reports(
        scene.store,
        who,
        scene.clock,
        1,
        report_ids=[report.id for report in reports],
        seen_versions={report.id: report.version for report in reports},
    )


def feed(scene: Scene, *reports: Report) -> None:
    accept_import(
        scene.store,
        SYSTEM,
        scene.clock,
        1,
        source="council",
        file_name="again.csv",
        sha256=f"{next(_files):064d}",
        columns={},
        rows=reports,
    )


def test_merged_reports_point_at_their_main_report_and_say_why(scene: Scene) -> None:
    first, second, third = sent(scene)
    merge(scene, first, second, third, note="One lamp, three calls.")
    kept = now(scene, first, second, third)
    assert [report.main_id for report in kept] == [None, first.id, first.id]
    assert [report.status for report in kept] == [ReportStatus.NEW, ReportStatus.DUPLICATE, ReportStatus.DUPLICATE]
    moved = scene.store.events(Subject.REPORT, second.id)[-1]
    assert (moved.kind, moved.note, moved.by_name) == (EventKind.MOVED, "One lamp, three calls.", OFFICER.name)
    assert moved.changes == {"status": "duplicate", "main_id": first.id}
    assert moved.before == {"status": "new", "main_id": None}
    told = scene.store.events(Subject.REPORT, first.id)[-1]
    assert (told.kind, told.details) == (EventKind.MERGED, {"duplicates": [second.id, third.id]})


def test_merging_without_a_note_tells_residents_which_report_is_followed_up(scene: Scene) -> None:
    first, second = sent(scene, 2)
    merge(scene, first, second)
    assert first.ref in scene.store.events(Subject.REPORT, second.id)[-1].note


def test_a_whole_group_is_taken_apart_again_at_once(scene: Scene) -> None:
    first, second, third = sent(scene)
    merge(scene, first, second, third)
    unmerge(scene, *now(scene, second, third))
    kept = now(scene, second, third)
    assert {report.status for report in kept} == {ReportStatus.ACKNOWLEDGED}
    assert {report.main_id for report in kept} == {None}
    split = scene.store.events(Subject.REPORT, first.id)[-1]
    assert (split.kind, split.details) == (EventKind.SPLIT, {"duplicates": [second.id, third.id]})


def test_duplicates_move_along_when_their_main_report_becomes_a_duplicate(scene: Scene) -> None:
    first, second, third = sent(scene)
    merge(scene, second, third)
    merge(scene, first, *now(scene, second))
    assert [report.main_id for report in now(scene, first, second, third)] == [None, first.id, first.id]
    assert scene.store.events(Subject.REPORT, third.id)[-1].changes == {"main_id": first.id}
    assert scene.store.merged_reports() == {first.id: (second.id, third.id)}


def test_there_are_no_chains_and_no_loops(scene: Scene) -> None:
    first, second, third = sent(scene)
    merge(scene, first, second)
    with pytest.raises(MoveRefused, match=f"itself a duplicate.*Choose {first.ref}"):
        merge(scene, *now(scene, second), third)
    with pytest.raises(MoveRefused, match="itself a duplicate"):
        merge(scene, *now(scene, second), *now(scene, first))
    with pytest.raises(MoveRefused, match=f"already a duplicate of {first.ref}.*Take it apart"):
        merge(scene, third, *now(scene, second))
    with pytest.raises(InputRefused, match="duplicate of itself"):
        merge(scene, first, first)
    assert scene.store.merged_reports() == {first.id: (second.id,)}


def test_a_second_click_changes_nothing(scene: Scene) -> None:
    first, second = sent(scene, 2)
    merge(scene, first, second)
    before = scene.store.version()
    merge(scene, first, second)
    assert scene.store.version() == before


@pytest.mark.parametrize("status", [ReportStatus.RESOLVED, ReportStatus.VERIFIED, ReportStatus.WITHDRAWN])
def test_only_an_open_report_becomes_a_duplicate(scene: Scene, status: ReportStatus) -> None:
    first, second = sent(scene, 2)
    set_status(scene, second, status)
    with pytest.raises(MoveRefused, match="cannot become"):
        merge(scene, first, *now(scene, second))
    assert scene.store.merged_reports() == {}


def set_status(scene: Scene, report: Report, status: ReportStatus) -> None:
    with scene.store.writing() as unit:
        unit.save_report(replace(report, status=status), report.version)


def test_a_withdrawn_report_cannot_stand_for_others(scene: Scene) -> None:
    first, second = sent(scene, 2)
    set_status(scene, first, ReportStatus.WITHDRAWN)
    with pytest.raises(MoveRefused, match="was withdrawn"):
        merge(scene, *now(scene, first), second)


def test_reports_of_different_kinds_are_not_merged(scene: Scene) -> None:
    (lamp,), (waste,) = sent(scene, 1), sent(scene, 1, code="WST-DUMP")
    with pytest.raises(InputRefused, match=r"street lighting.*rubbish"):
        merge(scene, lamp, waste)


def test_the_one_with_a_place_is_to_be_the_main_report(scene: Scene) -> None:
    placed = scene.report((0, 0), DAY)
    scene.send(placed, replace(scene.report((0, 0), DAY), lon_lat=None))
    with_place, without = scene.store.all_reports()
    with pytest.raises(InputRefused, match=f"no place.*Choose {with_place.ref}"):
        merge(scene, without, with_place)
    merge(scene, with_place, without)
    points = scene.store.report_points()
    assert points.ids.tolist() == [with_place.id, without.id]
    assert points.lon_lat[0].tolist() == points.lon_lat[1].tolist()
    assert points.main.tolist() == [0, with_place.id]


@pytest.mark.parametrize("who", [VIEWER, COORDINATOR])
def test_the_table_of_moves_says_who_may_merge(scene: Scene, who: Principal) -> None:
    first, second = sent(scene, 2)
    with pytest.raises(NotAllowed, match="Only an officer may do that; "):
        merge(scene, first, second, who=who)
    merge(scene, first, second)
    with pytest.raises(NotAllowed, match="Only an officer may do that; "):
        unmerge(scene, *now(scene, second), who=who)


def test_whoever_is_late_is_told_what_the_other_changed(scene: Scene) -> None:
    first, second, third = sent(scene)
    merge(scene, first, second)
    with pytest.raises(Stale, match=f"{OFFICER.name} changed {second.ref}") as told:
        merge(scene, third, second)
    assert told.value.changed_by == OFFICER.name
    assert told.value.changes == {"status": ("new", "duplicate"), "main_id": (None, first.id)}
    assert scene.store.merged_reports() == {first.id: (second.id,)}


def test_nothing_is_merged_when_one_of_several_cannot_be(scene: Scene) -> None:
    first, second, third = sent(scene)
    set_status(scene, third, ReportStatus.RESOLVED)
    with pytest.raises(ProblemError):
        merge(scene, first, second, *now(scene, third))
    assert now(scene, second) == [second]


def test_what_is_not_there_is_said(scene: Scene) -> None:
    (only,) = sent(scene, 1)
    with pytest.raises(NotFound, match="R-000099"):
        merge_reports(
            scene.store, OFFICER, scene.clock, 1, main_id=only.id, duplicate_ids=[99], seen_versions={only.id: 1}
        )
    with pytest.raises(MoveRefused, match="not a duplicate"):
        unmerge(scene, only)


# -- what is counted --


def test_a_merged_report_stays_a_report_and_a_reporter_but_is_no_incident_of_its_own(scene: Scene) -> None:
    told = [scene.report((0, 0), DAY, reporter="ann"), scene.report((18, 0), DAY - timedelta(days=4), reporter="bob")]
    scene.send(*told, replace(scene.report((9, 0), DAY), reporter=""))
    first, second, third = scene.store.all_reports()
    merge(scene, first, second, third)
    points = scene.store.report_points()
    incidents = count_incidents(points, epsg=27700, settings=scene.settings, zone=LONDON)
    assert (len(points), incidents) == (3, 1)
    together = now(scene, first, second, third)
    assert reporters_of(together) == 3
    assert earliest_of(together).id == second.id


def test_a_hot_spot_counts_reports_incidents_and_reporters_by_themselves(scene: Scene) -> None:
    days = [DAY - timedelta(days=3 * back) for back in range(9)]
    scene.send(*(replace(one, reporter=f"r{at}") for at, one in enumerate(scene.spot((0, 0), days))))
    scene.send(*(scene.report((2, at), DAY, reporter=f"again{at}") for at in range(3)))
    reports = list(scene.store.all_reports())
    scene.refresh()
    (alone,) = scene.store.hot_spots(scene.store.refreshes()[0].id)
    assert (alone.reports, alone.incidents, alone.reporters) == (12, 12, 12)
    merge(scene, reports[0], *reports[9:])
    scene.refresh()
    (spot,) = scene.store.hot_spots(scene.store.refreshes()[0].id)
    assert (spot.reports, spot.incidents, spot.reporters) == (12, 9, 12)
    assert spot.members == alone.members


def test_a_box_and_a_group_find_duplicates_where_their_main_report_lies(scene: Scene) -> None:
    scene.send(scene.report((0, 0), DAY), scene.report((900, 0), DAY, code="LGT-DARK"))
    first, second = scene.store.all_reports()
    merge(scene, first, second)
    assert first.lon_lat
    assert second.lon_lat
    near = Box(first.lon_lat[0] - 1e-4, first.lon_lat[1] - 1e-4, first.lon_lat[0] + 1e-4, first.lon_lat[1] + 1e-4)
    far = Box(second.lon_lat[0] - 1e-4, second.lon_lat[1] - 1e-4, second.lon_lat[0] + 1e-4, second.lon_lat[1] + 1e-4)
    assert scene.store.report_points(None, None, [Group.LIGHTING], near).ids.tolist() == [first.id, second.id]
    assert scene.store.report_points(None, None, [Group.LIGHTING], far).ids.tolist() == []


# -- not the same --


def test_a_decision_that_reports_are_different_is_remembered_once_and_can_be_taken_back(scene: Scene) -> None:
    first, second, third = sent(scene)
    ids = [report.id for report in (first, second, third)]
    assert len(keep_apart(scene.store, COORDINATOR, scene.clock, 1, report_ids=ids)) == 3
    assert keep_apart(scene.store, COORDINATOR, scene.clock, 1, report_ids=ids) == []
    assert scene.store.events(Subject.REPORT, first.id)[-1].details == {"apart": [second.id, third.id]}
    assert len(no_longer_apart(scene.store, OFFICER, scene.clock, 1, report_ids=ids[:2])) == 1
    assert [(one.first_id, one.second_id) for one in scene.store.aparts()] == [
        (first.id, third.id),
        (second.id, third.id),
    ]


def test_merging_overrules_an_earlier_decision_that_they_are_different(scene: Scene) -> None:
    first, second = sent(scene, 2)
    keep_apart(scene.store, OFFICER, scene.clock, 1, report_ids=[first.id, second.id])
    merge(scene, first, second)
    assert scene.store.aparts() == []


def test_a_duplicate_is_not_said_to_be_different_from_its_main_report(scene: Scene) -> None:
    first, second = sent(scene, 2)
    merge(scene, first, second)
    with pytest.raises(MoveRefused, match="Take it apart first"):
        keep_apart(scene.store, OFFICER, scene.clock, 1, report_ids=[first.id, second.id])
    with pytest.raises(NotAllowed):
        keep_apart(scene.store, VIEWER, scene.clock, 1, report_ids=[first.id, second.id])


# -- imports --


@pytest.mark.parametrize("status", [ReportStatus.NEW, ReportStatus.RESOLVED])
def test_a_feed_that_tells_more_about_a_duplicate_leaves_it_a_duplicate(scene: Scene, status: ReportStatus) -> None:
    told = [scene.report((0, 0), DAY), scene.report((5, 0), DAY)]
    feed(scene, *told)
    first, second = scene.store.all_reports()
    merge(scene, first, second)
    later = datetime(2027, 1, 1, tzinfo=told[1].reported_at.tzinfo) if status is ReportStatus.RESOLVED else None
    feed(scene, replace(told[1], text="It is still dark.", status=status, closed_at=later))
    (kept,) = now(scene, second)
    assert (kept.text, kept.status, kept.main_id) == ("It is still dark.", ReportStatus.DUPLICATE, first.id)
