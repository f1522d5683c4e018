"""A briefing as known on a day: whatever happens later, the same question has the same answer, to the byte."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.stores import SqlStore, open_store
from data.taxonomy import taxonomy_of
from problems.actions import ActionStatus, ActionType
from problems.briefing.briefing import Briefing
from problems.briefing.columns import BriefingColumns, as_known
from problems.briefing.weeks import IsoWeek, day_of_meeting
from problems.briefing.work_then import Work, work_then
from problems.followups import Satisfaction
from problems.hot_spots import DetectionSettings
from problems.lifecycle import MoveAnswers
from problems.people import LAPTOP, SYSTEM
from problems.problem import ProblemStatus
from problems.reports import Report, ReportStatus
from problems.targets import Target
from problems.then.changes import ReportChange, take_back
from problems.use_cases import (
    acting,
    answering,
    meeting,
    merging,
    promising,
    referring,
    reviewing,
    telling,
    undoing,
    working,
)
from problems.use_cases.briefing import brief
from problems.use_cases.importing import accept_import
from problems.use_cases.refreshing import refresh
from tests.briefed import DAYS, STANDARDS, TARGETS, annex, at, briefed, ended
from tests.scenes import COORDINATOR, LONDON, OFFICER, Scene, days_before
from tests.storing import BACK_ENDS, fresh_url
from tests.test_problems_areas import bring, square

MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=6)
WEEK = IsoWeek(2026, 10)
LATER = SUNDAY + timedelta(days=9)


def take(scene: Scene, name: str, *rows: Report) -> int:
    """Import rows as one file on the day of the scene, and return its number."""
    kept = accept_import(
        scene.store, LAPTOP, scene.clock, 1,
        source="council", file_name=f"{name}.csv", sha256=name, columns={}, rows=rows,
    )  # fmt: skip
    return kept.id


def rows_of_town(scene: Scene) -> list[Report]:
    """Return 40 reports of eight weeks, some of them ended, of which the first twelve lie together."""
    rows = scene.spot((0, 0), days_before(SUNDAY, 12, step=2))
    rows += [scene.report((300.0 * one, 900.0), SUNDAY - timedelta(days=2 * one), code="WST-DUMP") for one in range(26)]
    rows += [scene.report((0, 1800.0), MONDAY, code=None), scene.report((0, 2000.0), MONDAY, code=None)]
    for place in range(14, 30, 2):
        rows[place] = ended(rows[place], timedelta(days=1))
    return [replace(one, updated_at=one.closed_at or one.reported_at) for one in rows]


@pytest.fixture
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """A town on the Sunday of a week, with a problem that is worked on; in SQLite, unless a test asks for another."""
    store = open_store(fresh_url(getattr(request, "param", "sqlite"), tmp_path))
    scene = Scene(store)
    scene.today = SUNDAY
    take(scene, "first", *rows_of_town(scene))
    bring(scene, square("West", -1500, 3000), square("East", 1500, 3000))
    scene.refresh()
    scene.taken_on(store.problem(1))
    lighting = scene.organisation()
    acting.add_action(
        *ask(scene), problem_id=1, organisation_id=lighting.id, type=ActionType.REPAIR, title="Renew column 14",
        due_on=SUNDAY + timedelta(days=3),
    )  # fmt: skip
    move(scene, 1, ReportStatus.RESOLVED, reason="fixed", note="The lamp is lit.")
    yield scene
    store.close()


def ask(scene: Scene, who: Any = COORDINATOR) -> Any:
    return scene.store, who, scene.clock, 1


def move(scene: Scene, number: int, target: ReportStatus, **answers: Any) -> None:
    if scene.store.reports([number])[0].status is ReportStatus.NEW:
        _moved(scene, number, ReportStatus.ACKNOWLEDGED, owner="Omar")
    _moved(scene, number, target, **answers)


def _moved(scene: Scene, number: int, target: ReportStatus, **answers: Any) -> None:
    answering.move_report(
        *ask(scene, OFFICER), report_id=number, target=target, answers=MoveAnswers(**answers),
        seen_version=scene.store.reports([number])[0].version, days=DAYS,
    )  # fmt: skip


def late_reports(scene: Scene) -> None:
    take(scene, "late", *[scene.report((50.0 * one, 40.0), MONDAY) for one in range(9)])


def feed_closes(scene: Scene) -> None:
    rows = [ended(one, timedelta(hours=30)) for one in _resent(scene)]
    take(scene, "closed", *[replace(one, updated_at=at(LATER, 8), category="LGT-OUT") for one in rows])


def _resent(scene: Scene) -> list[Report]:
    """Return reports of the first file as the feed tells of them again."""
    return [replace(one, id=0, batch_id=None) for one in scene.store.reports([5, 14, 20])]


def people_work_on_reports(scene: Scene) -> None:
    move(scene, 1, ReportStatus.IN_PROGRESS, reason="", note="Dark again.")
    move(scene, 3, ReportStatus.RESOLVED, reason="fixed", note="Lit.")
    merging.merge_reports(*ask(scene, OFFICER), main_id=6, duplicate_ids=[7, 8], seen_versions={})
    given = scene.store.organisations()[0].id
    referring.give_reports(*ask(scene, OFFICER), report_ids=[9], organisation_id=given, note="", seen_versions={})


def names_are_mapped(scene: Scene) -> None:
    taxonomy = taxonomy_of(scene.store)
    reviewing.map_name(*ask(scene), source=None, name="Unknown", code="LGT-OUT", taxonomy=taxonomy)


def import_is_undone(scene: Scene) -> None:
    undoing.undo_import(*ask(scene, LAPTOP), batch_id=scene.store.batches()[0].id)


def areas_are_drawn_anew(scene: Scene) -> None:
    bring(scene, square("North", -3000, 2500), square("West", 0, 2500))


def work_goes_on(scene: Scene) -> None:
    scene.move(COORDINATOR, scene.store.problem(1), ProblemStatus.PLANNED, note="Renew it.")
    partner = scene.partner(scene.store.organisations()[0])
    acting.move_action(
        *ask(scene, partner), action_id=1, target=ActionStatus.ACCEPTED, answers=MoveAnswers(note=""),
        seen_version=scene.store.action(1).version,
    )  # fmt: skip
    acting.postpone_action(
        *ask(scene), action_id=1, due_on=scene.today + timedelta(days=3), note="Frost.",
        seen_version=scene.store.action(1).version,
    )  # fmt: skip
    scene.assessed()
    meeting.decide_in_meeting(*ask(scene), week=WEEK.before, text="Told afterwards")


def refreshed_as_of_the_week(scene: Scene) -> None:
    """Look for hot spots as of the Sunday once more, when more is known: its events are dated by that Sunday."""
    scene.send(*scene.spot((0, 2500), [MONDAY - timedelta(days=one) for one in range(12)], code="WST-DUMP"))
    refresh(scene.store, SYSTEM, scene.clock, 1, settings=DetectionSettings(), zone=LONDON, as_of=SUNDAY)
    assert len(scene.store.problems()) > 1


def other_targets_are_promised(scene: Scene) -> None:
    after = {**TARGETS, "WST-DUMP": Target(40, 40)}
    promising.replace_targets(*ask(scene, LAPTOP), text="x", before=TARGETS, after=after)


CHANGES: dict[str, Callable[[Scene], None]] = {
    one.__name__: one
    for one in (
        late_reports,
        feed_closes,
        people_work_on_reports,
        names_are_mapped,
        import_is_undone,
        areas_are_drawn_anew,
        work_goes_on,
        refreshed_as_of_the_week,
        other_targets_are_promised,
    )
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_that_is_learnt_later_changes_what_was_told(town: Scene, change: str) -> None:
    before, west = annex(town, WEEK), annex(town, WEEK, area="West")
    town.today = LATER
    CHANGES[change](town)
    assert annex(town, WEEK) == before
    assert annex(town, WEEK, area="West") == west
    assert annex(town, WEEK, known_on=SUNDAY) == before


@pytest.mark.parametrize("town", BACK_ENDS, indirect=True)
def test_all_of_it_together_changes_nothing_either_and_is_told_as_known_later(town: Scene) -> None:
    before = annex(town, WEEK)
    for change in CHANGES.values():
        town.today += timedelta(days=2) if town.today > LATER else LATER - SUNDAY
        change(town)
    assert annex(town, WEEK) == before
    now = briefed(town, WEEK, known_on=town.today)
    assert now.header.received.value != briefed(town, WEEK).header.received.value


@pytest.mark.parametrize("town", BACK_ENDS, indirect=True)
def test_what_is_written_while_it_is_made_does_not_show_in_it(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    before = annex(town, WEEK)

    def after_writing(*asked: Any) -> Work:
        monkeypatch.undo()
        late_reports(town)
        names_are_mapped(town)
        working.note_problem(*ask(town), problem_id=1, note="Seen at night.")
        working.edit_problem(*ask(town), problem_id=1, seen_version=2, name="The lamps of Mill Lane")
        return work_then(*asked)

    monkeypatch.setattr("problems.briefing.then.work_then", after_writing)
    assert annex(town, WEEK) == before
    assert annex(town, WEEK) != before


def test_what_came_late_is_in_it_as_known_later(town: Scene) -> None:
    town.today = LATER
    late_reports(town)
    assert briefed(town, WEEK).header.received.value == 10
    assert briefed(town, WEEK, known_on=LATER).header.received.value == 10 + 9


def test_targets_that_were_promised_later_are_held_against_later_weeks_only(town: Scene) -> None:
    due = briefed(town, WEEK).service.on_time
    town.today = LATER
    other_targets_are_promised(town)
    kinder = {**STANDARDS, "targets": {**TARGETS, "WST-DUMP": Target(40, 40)}}
    then = brief(*ask(town), week=WEEK, **kinder)
    assert then.service.on_time == due
    assert due.net_count != brief(*ask(town), week=WEEK, known_on=LATER, **kinder).service.on_time.net_count


def test_a_report_that_is_opened_again_counts_in_the_week_in_which_it_was(town: Scene) -> None:
    town.today = LATER
    move(town, 1, ReportStatus.IN_PROGRESS, note="Dark again.")
    assert briefed(town, WEEK).residents.reopened.value == 0
    assert briefed(town, IsoWeek.of(LATER)).residents.reopened.value == 1


def test_residents_are_counted_who_were_told_and_answered(scene: Scene) -> None:
    scene.today = MONDAY
    take(scene, "one", *[scene.report((90.0 * one, 0), MONDAY - timedelta(days=1)) for one in range(12)])
    for number in range(1, 13):
        move(scene, number, ReportStatus.RESOLVED, reason="fixed", note="The lamp is lit.")
    scene.today = SUNDAY - timedelta(days=1)
    telling.mark_told(*ask(scene, OFFICER), report_ids=list(range(1, 12)), seen_versions={})
    for number in range(1, 11):
        said = Satisfaction.YES if number < 8 else Satisfaction.NO
        version = scene.store.reports([number])[0].version
        telling.record_satisfaction(*ask(scene, OFFICER), report_id=number, satisfied=said, seen_version=version)
    found = briefed(scene, WEEK, known_on=scene.today).residents
    assert (found.told.n, round(found.told.value or 0, 3)) == (12, 0.917)
    assert (found.satisfied.n, found.satisfied.value) == (10, 0.7)
    assert (found.first_response.n, found.first_response.value) == (12, 1.0)
    assert found.satisfied.sentence == "Satisfied, of those who answered: 7 of 10 (40 to 89 %)."


def test_areas_that_were_renamed_are_asked_for_by_the_name_that_they_had(town: Scene) -> None:
    town.today = LATER
    bring(town, square("Old Town", -1500, 3000), square("Quays", 1500, 3000))
    assert briefed(town, WEEK, area="West").header.area is not None
    assert (briefed(town, IsoWeek.of(LATER), area="Quays").header.area or 0) != 0


def test_an_import_that_was_undone_in_time_is_not_in_it(town: Scene) -> None:
    take(town, "wrong", *[town.report((50.0 * one, 60.0), MONDAY) for one in range(5)])
    assert briefed(town, WEEK).header.received.value == 10 + 5
    undoing.undo_import(*ask(town, LAPTOP), batch_id=2)
    assert briefed(town, WEEK).header.received.value == 10


# -- taking back --


def test_of_several_later_changes_the_earliest_tells_what_was_so() -> None:
    def change(number: int, day: int, **before: object) -> ReportChange:
        return ReportChange(number, 7, at(date(2026, 3, day), 12), "edited", before, {}, frozenset(before))

    known_at = at(date(2026, 3, 9), 0)
    changes = [
        change(1, 8, status="new"),
        change(2, 9, status="acknowledged"),
        change(3, 10, status="resolved", flags=4),
    ]
    assert take_back(changes, known_at, {}).values == {7: {"status": "acknowledged", "flags": 4}}


def test_what_an_import_changed_is_dated_by_its_end() -> None:
    known_at = at(date(2026, 3, 9), 0)
    details = {"batch_id": 4, "batch_before": 2}
    one = ReportChange(1, 7, known_at - timedelta(minutes=1), "moved", {"status": "new"}, details, frozenset())
    told = take_back([one], known_at, {4: known_at + timedelta(minutes=1)})
    assert (told.values, told.batch) == ({7: {"status": "new"}}, {7: 2})
    assert take_back([one], known_at, {4: known_at - timedelta(seconds=1)}).values == {}


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_both_databases_tell_the_same_columns(back_end: str, tmp_path: Path) -> None:
    store = open_store(fresh_url(back_end, tmp_path))
    scene = Scene(store)
    scene.today = SUNDAY
    rows = rows_of_town(scene)
    take(scene, "one", *rows)
    everything: BriefingColumns = store.briefing_columns(at(MONDAY, 0), at(MONDAY, 0), at(LATER, 0))
    by_id = {one.id: one for one in store.all_reports()}
    told = [
        one
        for one in by_id.values()
        if one.reported_at >= at(MONDAY, 0) or one.closed_at is None or one.closed_at >= at(MONDAY, 0)
    ]
    assert everything.ids.tolist() == [one.id for one in told]
    assert [everything.words[one] for one in everything.leaf.tolist()] == [one.category or "" for one in told]
    assert [everything.words[one] for one in everything.source.tolist()] == ["council"] * len(told)
    assert everything.reported_s.tolist() == [int(one.reported_at.timestamp()) for one in told]
    assert everything.closed_s.tolist() == [int(one.closed_at.timestamp()) if one.closed_at else 0 for one in told]
    assert everything.lon_lat.tolist() == [list(one.lon_lat or ()) for one in told]
    assert as_known(everything, take_back([], scene.clock(), {})) is everything
    assert store.briefing_columns_of([2, 3, 999]).ids.tolist() == [2, 3]
    began, end = at(date(2025, 1, 1), 0), at(LATER, 0)
    for left_out in ([], [2, 3], sorted(by_id)):
        times = store.reported_times(began, end, [1], left_out)
        found = [(second, times.words[leaf]) for second, leaf in zip(times.reported_s, times.leaf, strict=True)]
        kept = [one for one in by_id.values() if one.id not in left_out]
        assert sorted(found) == sorted((int(one.reported_at.timestamp()), one.category or "") for one in kept)
    assert len(store.reported_times(began, end, []).leaf) == 0
    assert store.named_reports("council", "Unknown", None) == [39, 40]
    store.close()


# -- the sample city --


@pytest.fixture(scope="module")
def asked(sample_read_only: SqlStore) -> dict[str, Any]:
    newest = sample_read_only.counts().newest_report_at
    assert newest is not None
    return {"today": newest.astimezone(LONDON).date(), "clock": lambda: newest + timedelta(hours=2)}


def _brief(store: SqlStore, asked: dict[str, Any], week: IsoWeek, **more: Any) -> Briefing:
    return brief(store, LAPTOP, asked["clock"], 1, week=week, **STANDARDS, **more)


def test_a_week_of_the_sample_city_is_known_whole_on_the_monday_on_which_it_is_talked_about(
    sample_read_only: SqlStore, asked: dict[str, Any]
) -> None:
    assert asked["today"].weekday() != 0, "the city ends on another day than a Monday"
    for back in (1, 2, 9):
        week = IsoWeek.of(asked["today"]).back(back)
        then, now = (
            _brief(sample_read_only, asked, week, known_on=day).header
            for day in (day_of_meeting(week, asked["today"]), asked["today"])
        )
        # Since then some were found to be duplicates; none came in.
        assert then.received.value >= now.received.value > 150
        assert not then.late_feeds


def test_the_figures_of_a_week_of_the_sample_city_are_those_of_pandas(
    sample_read_only: SqlStore, asked: dict[str, Any]
) -> None:
    week = IsoWeek.of(asked["today"]).back(2)
    found = _brief(sample_read_only, asked, week, known_on=asked["today"])
    end = pd.Timestamp(week.last + timedelta(days=1), tz="Europe/London")
    frame = pd.DataFrame(
        [
            (one.reported_at, one.closed_at, str(one.status), one.lon_lat is None, one.category)
            for one in sample_read_only.all_reports()
        ],
        columns=["reported", "closed", "status", "unplaced", "category"],
    )
    frame["reported"] = pd.to_datetime(frame["reported"], utc=True).dt.tz_convert("Europe/London")
    frame["closed"] = pd.to_datetime(frame["closed"], utc=True).dt.tz_convert("Europe/London")
    frame = frame[~frame["status"].isin(["duplicate", "withdrawn"]) & (frame["reported"] < end)]
    start = pd.Timestamp(week.first, tz="Europe/London")
    is_open = ["new", "acknowledged", "in_progress"]
    gone = frame["closed"].notna() & ~frame["status"].isin(is_open) & (frame["closed"] < end)
    own = frame[frame["reported"] >= start]
    assert found.header.received.value == len(own)
    assert found.header.unplaced.n == len(own)
    out = frame[gone]
    ended_at = out["closed"].where(out["closed"] >= out["reported"].dt.normalize(), out["reported"])
    assert found.header.closed.value == int((ended_at >= start).sum())
    left = frame[~gone]
    assert found.service.backlog.value == len(left)
    ages = (end - pd.Timedelta(days=1)).normalize() - left["reported"].dt.normalize()
    days = (ages / pd.Timedelta(days=1)).round()
    assert found.service.median_age.value == pytest.approx(days.quantile(0.5))
    assert found.service.ninetieth_age.value == pytest.approx(days.quantile(0.9))
    lights = own["category"].fillna("").str.startswith("LGT").sum()
    change = next(one for one in found.changes.every if one.code == "LGT" and one.area_id is None)
    assert change.signal.count == lights
    assert change.weeks[-1] == lights


@pytest.mark.parametrize("back", [1, 9, 30])
def test_past_weeks_of_the_sample_city_are_made_again_to_the_byte(
    sample_read_only: SqlStore, asked: dict[str, Any], back: int
) -> None:
    from data.briefing_files import briefing_csv

    week = IsoWeek.of(asked["today"]).back(back)
    once, again = (_brief(sample_read_only, asked, week) for _ in range(2))
    assert briefing_csv(once) == briefing_csv(again)
    assert once.header.known_on == week.last
    problems = sum(one.now.value or 0 for one in once.board.states)
    assert problems > 0
    latest = max(one.at for one in once.last_decisions.taken) if once.last_decisions.taken else None
    assert latest is None or latest < week.starts_at(LONDON)
