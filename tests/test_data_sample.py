"""The loaded sample city: it is whole, alive, and made through the real use cases."""

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from data.sample.city import LOADING, REFUSED, WEEKS, load_sample_city
from data.sample.ground import EPSG, ORIGIN_M, build_ground
from data.sample.spots import Fate, plant_spots
from data.sample.streets import HALF_BOX_M
from data.stores import SqlStore, open_store
from data.targets import targets_of
from data.taxonomy import load_taxonomy
from geo.projection import to_metres
from problems.actions import ActionStatus
from problems.areas import AreaKind
from problems.assessment import assess
from problems.categories import Group
from problems.entries import BY_HAND
from problems.errors import Cancelled, InputRefused
from problems.events import EventKind, Subject
from problems.gathering import Choices, Rules, gather
from problems.hot_spots import DetectionSettings, PileDecision
from problems.inbox import WAITING, Asked, clocks, counts_of
from problems.people import SYSTEM, Role
from problems.problem import ProblemStatus
from problems.reports import ReportStatus
from problems.store import Unit
from problems.targets import WorkingDays
from problems.use_cases.refreshing import refresh
from problems.verdicts import Verdict
from tests.sampling import SAMPLE_NOW, SAMPLE_SEED, SAMPLE_ZONE, sample_clock
from tests.storing import a_person, a_pile, a_refresh, an_event

TODAY = SAMPLE_NOW.astimezone(SAMPLE_ZONE).date()


def test_there_are_about_thirty_thousand_reports_over_three_years(sample_read_only: SqlStore) -> None:
    counts = sample_read_only.counts()
    assert 29_000 <= counts.reports <= 31_000
    assert counts.oldest_report_at is not None
    assert counts.newest_report_at is not None
    assert 1080 <= (SAMPLE_NOW - counts.oldest_report_at).days <= 1097
    assert timedelta() <= SAMPLE_NOW - counts.newest_report_at < timedelta(days=1)


def test_every_leaf_and_the_usual_gaps_occur(sample_read_only: SqlStore) -> None:
    reports = list(sample_read_only.all_reports())
    leaves = Counter(report.category for report in reports)
    assert leaves.keys() - {None} == load_taxonomy().categories.keys()
    assert min(leaves.values()) >= 30
    assert {report.group for report in reports} == {*Group, None}
    assert sum(report.lon_lat is None for report in reports) >= 30
    assert {report.status for report in reports} == {*ReportStatus}
    assert all(report.closed_at is None or report.closed_at >= report.reported_at for report in reports)
    assert all(report.reported_at <= SAMPLE_NOW for report in reports)
    assert all(report.occurred_at is not None and report.occurred_at <= report.reported_at for report in reports)


def test_new_reports_are_open_and_old_ones_mostly_ended(sample_read_only: SqlStore) -> None:
    still_open = {ReportStatus.NEW, ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS}
    ages = [((SAMPLE_NOW - report.reported_at).days, report.status) for report in sample_read_only.all_reports()]
    young = [status in still_open for age, status in ages if age <= 2]
    old = [status in still_open for age, status in ages if age > 200]
    assert np.mean(young) > 0.8
    assert np.mean(old) < 0.1


def test_a_few_people_report_again_and_again(sample_read_only: SqlStore) -> None:
    often = Counter(report.reporter for report in sample_read_only.all_reports() if report.reporter)
    assert sum(count >= 20 for count in often.values()) >= 8
    assert sum(count == 1 for count in often.values()) > 2000


def test_lights_fail_in_winter_and_hedges_grow_in_summer(sample_read_only: SqlStore) -> None:
    months = Counter(
        (report.category, report.occurred_at.month)
        for report in sample_read_only.all_reports()
        if report.category in {"LGT-OUT", "VIS-VEG"} and report.occurred_at is not None
    )
    winter, summer = (11, 12, 1), (6, 7, 8)
    assert sum(months["LGT-OUT", m] for m in winter) > 1.3 * sum(months["LGT-OUT", m] for m in summer)
    assert sum(months["VIS-VEG", m] for m in summer) > 2 * sum(months["VIS-VEG", m] for m in winter)


def test_every_problem_status_and_several_outcomes_occur(sample_read_only: SqlStore) -> None:
    problems = sample_read_only.problems()
    assert {problem.status for problem in problems} == {*ProblemStatus}
    assert {"effective", "no_effect", "inconclusive"} <= {problem.outcome for problem in problems}
    assert 100 <= len(problems) <= 220
    assert any(problem.reopened for problem in problems)


def test_every_action_status_occurs_and_some_are_late(sample_read_only: SqlStore) -> None:
    actions = sample_read_only.actions()
    assert {action.status for action in actions} == {*ActionStatus}
    late = [action.days_late(TODAY) for action in actions]
    assert sum(0 < days < 7 for days in late) >= 1
    assert sum(days >= 7 for days in late) >= 2
    assert any(action.moved_count >= 2 for action in actions)
    assert any(action.status is ActionStatus.BLOCKED and action.reason for action in actions)


def test_every_stage_of_the_board_has_something_to_show(sample_read_only: SqlStore) -> None:
    problems = sample_read_only.problems()
    count = Counter(problem.status for problem in problems)
    new = [one for one in problems if one.status is ProblemStatus.DETECTED and one.dormant_since is None]
    assert len(new) >= 3
    assert count[ProblemStatus.IN_PROGRESS] >= 8
    assert min(count[ProblemStatus.REMEDIATED], count[ProblemStatus.VERIFIED]) >= 2
    assert count[ProblemStatus.REMEDIATED] + count[ProblemStatus.VERIFIED] >= 5
    assert count[ProblemStatus.CLOSED] >= 15
    assert 3 <= count[ProblemStatus.RECURRED] <= 6


def test_trouble_that_moved_on_is_seen_at_both_places(sample_read_only: SqlStore) -> None:
    problems = sample_read_only.problems()
    xy_m = to_metres(np.array([problem.lon_lat for problem in problems]), EPSG) - ORIGIN_M
    seen = {}
    for spot in plant_spots(build_ground(SAMPLE_SEED), SAMPLE_SEED):
        if spot.fate in (Fate.DISPLACED, Fate.ECHO):
            apart_m = np.hypot(*(xy_m - np.array(spot.centre_m)).T)
            near = [one for one, m in zip(problems, apart_m, strict=True) if m < 120 and one.group == spot.group]
            seen[spot.fate] = near
    told = [event for one in seen[Fate.DISPLACED] for event in sample_read_only.events(Subject.PROBLEM, one.id)]
    assert any(event.changes.get("outcome") == "inconclusive" for event in told)
    assert {one.id for one in seen[Fate.ECHO]} - {one.id for one in seen[Fate.DISPLACED]}


def test_nothing_that_people_did_was_refused(sample_read_only: SqlStore) -> None:
    assert sample_read_only.fact(REFUSED) == ""


def test_an_equal_seed_and_day_give_an_equal_city(
    sample_read_only: SqlStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = open_store(str(tmp_path_factory.mktemp("again") / "x.db"), durable=False)

    def stop_after_some_weeks(message: str, share: float) -> None:
        if message.startswith("Week 8 "):
            raise Cancelled

    with pytest.raises(Cancelled):
        load_sample_city(store, sample_clock, SAMPLE_SEED, zone=SAMPLE_ZONE, progress=stop_after_some_weeks)
    again = store.events()
    reports = store.reports(range(1, 2001))
    store.close()
    assert len(again) > 1000
    assert again == sample_read_only.events()[: len(again)]
    first = sample_read_only.reports(range(1, 2001))
    assert [(one.source_id, one.lon_lat, one.text) for one in reports] == [
        (one.source_id, one.lon_lat, one.text) for one in first
    ]


def test_weekly_refreshes_find_a_steady_number_of_hot_spots(sample_read_only: SqlStore) -> None:
    refreshes = sample_read_only.refreshes()
    assert len(refreshes) == WEEKS + 1
    assert refreshes[0].as_of == TODAY
    gaps = {(newer.as_of - older.as_of).days for newer, older in itertools.pairwise(refreshes)}
    assert gaps == {7}
    assert min(one.hot_spots for one in refreshes[:52]) >= 15
    assert max(one.hot_spots for one in refreshes) <= 60
    assert sum(one.recurred for one in refreshes) >= 3


def test_no_hot_spot_is_wider_than_allowed(sample_read_only: SqlStore) -> None:
    widths = [spot.width_m for one in sample_read_only.refreshes() for spot in sample_read_only.hot_spots(one.id)]
    assert len(widths) > 1000
    assert max(widths) <= DetectionSettings().max_width_m


def test_the_town_hall_pile_waits_for_review_and_is_kept_out(sample_read_only: SqlStore) -> None:
    piles = sample_read_only.piles()
    town_hall_m = build_ground(SAMPLE_SEED).town_hall_m
    heaviest_m = to_metres(np.array([piles[0].lon_lat]), EPSG)[0] - ORIGIN_M
    assert np.hypot(*(heaviest_m - town_hall_m)) < 1
    assert piles[0].decision is PileDecision.UNREVIEWED
    assert piles[0].kept_out
    assert 0.02 < piles[0].share < 0.08
    assert [pile.decision for pile in piles].count(PileDecision.REPEAT_ADDRESS) == 1
    latest = sample_read_only.latest_refresh()
    assert latest is not None
    assert latest.excluded_default_points >= 1


def test_imports_add_up_and_keep_rejected_rows(sample_read_only: SqlStore) -> None:
    batches = sample_read_only.batches()
    assert len(batches) == 2 * WEEKS + 1, "one before each refresh, and of each Monday; the city ends on a Wednesday"
    by_hand = len(sample_read_only.inbox(Asked(source=BY_HAND)))
    assert sum(batch.accepted for batch in batches) == sample_read_only.counts().reports - by_hand
    assert all(sum(getattr(batch, name) for batch in batches) > 10 for name in ("updated", "unchanged", "rejected"))
    rejected = sample_read_only.rejected_rows()
    assert len(rejected) == sum(batch.rejected for batch in batches)
    assert all(row.reason and row.line >= 2 for row in rejected)


def test_history_never_runs_backwards_or_ahead(sample_read_only: SqlStore) -> None:
    at = [told.at for told in sample_read_only.events()]
    assert at == sorted(at)
    assert at[-1] <= SAMPLE_NOW


def test_whoever_reported_work_done_did_not_check_it(sample_read_only: SqlStore) -> None:
    checked = 0
    for action in sample_read_only.actions():
        told = sample_read_only.events(Subject.ACTION, action.id)
        done_by = ""
        for one in told:
            if one.kind is EventKind.MOVED and one.changes.get("status") == "done":
                done_by = one.by
            if one.kind is EventKind.MOVED and one.changes.get("status") == "verified":
                assert one.by != done_by
                checked += 1
    assert checked > 20


def test_the_inbox_is_alive(sample_read_only: SqlStore) -> None:
    store = sample_read_only
    columns = store.inbox(Asked(statuses=frozenset(WAITING)))
    counts = counts_of(columns, clocks(columns, targets_of(store), WorkingDays(), TODAY, SAMPLE_ZONE))
    assert counts.new >= 10
    assert counts.acknowledged >= 100
    assert counts.waiting >= 3
    assert 0 < counts.very_late < counts.late < counts.open
    assert len(store.inbox(Asked(assigned=True))) >= 50
    by_hand = store.inbox(Asked(source=BY_HAND))
    assert len(by_hand) >= 25
    followups = store.followups(by_hand.ids.tolist()).values()
    assert sum(bool(one.outcome) for one in followups) >= 10
    assert any(one.reopened for one in followups)
    assert any(one.body for one in followups)


def test_people_hold_every_human_role(sample_read_only: SqlStore) -> None:
    people = sample_read_only.people()
    assert {person.role for person in people} == {role for role in Role if role is not Role.SYSTEM}
    owners = {person.organisation_id for person in people if person.role is Role.PARTNER}
    assert owners == {organisation.id for organisation in sample_read_only.organisations()}


def test_the_store_says_what_it_is(sample_read_only: SqlStore) -> None:
    store = sample_read_only
    facts = {name: store.fact(name) for name in ("synthetic", "sample_seed", "city_name", "epsg")}
    assert facts == {"synthetic": "1", "sample_seed": str(SAMPLE_SEED), "city_name": "Fernwick", "epsg": str(EPSG)}
    assert not store.fact(LOADING)
    assert len(store.areas(AreaKind.WARD)) == 8
    assert len(store.areas(AreaKind.BEAT)) == 5


def test_nothing_lies_outside_the_city(sample_read_only: SqlStore) -> None:
    xy_m = to_metres(sample_read_only.report_points().lon_lat, EPSG) - ORIGIN_M
    assert (np.abs(xy_m) <= np.array(HALF_BOX_M)).all()


def test_another_refresh_today_changes_no_problem(sample_store: SqlStore) -> None:
    before = {problem.id: problem.status for problem in sample_store.problems()}
    refresh(
        sample_store,
        SYSTEM,
        sample_clock,
        SAMPLE_SEED,
        settings=DetectionSettings(),
        zone=SAMPLE_ZONE,
    )
    assert {problem.id: problem.status for problem in sample_store.problems()} == before


def test_a_store_that_holds_something_is_refused(sample_store: SqlStore) -> None:
    version = sample_store.version()
    with pytest.raises(InputRefused, match="already holds something"):
        load_sample_city(sample_store, sample_clock, 1, zone=SAMPLE_ZONE)
    assert sample_store.version() == version


@pytest.mark.parametrize(
    "write",
    [
        lambda unit: unit.add_refresh(a_refresh()),
        lambda unit: unit.add_person(a_person()),
        lambda unit: unit.save_piles([a_pile()]),
        lambda unit: unit.add_events([an_event()]),
        lambda unit: unit.set_fact("epsg", "27700"),
    ],
)
def test_a_store_that_holds_anything_at_all_is_refused_before_anything_is_written(
    write: Callable[[Unit], object], tmp_path: Path
) -> None:
    store = open_store(str(tmp_path / "x.db"))
    with store.writing() as unit:
        write(unit)
    with pytest.raises(InputRefused, match="already holds something"):
        load_sample_city(store, sample_clock, 1, zone=SAMPLE_ZONE)
    assert store.version() == 1
    store.close()


def test_a_cancelled_load_is_told_apart_from_a_city(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('cancelled') / 'x.db'}")

    def stop_at_the_second_week(message: str, share: float) -> None:
        assert 0 <= share <= 1
        if message.startswith("Week 1 "):
            raise Cancelled

    with pytest.raises(Cancelled):
        load_sample_city(store, sample_clock, 3, zone=SAMPLE_ZONE, progress=stop_at_the_second_week)
    assert store.fact("synthetic") == "1"
    with pytest.raises(InputRefused, match="stopped half-way"):
        load_sample_city(store, sample_clock, 3, zone=SAMPLE_ZONE)
    store.close()


def test_work_that_ended_can_be_assessed_and_the_verdicts_differ(sample_read_only: SqlStore) -> None:
    rules = Rules(DetectionSettings(), SAMPLE_ZONE)
    verdicts = Counter[Verdict]()
    for problem in sample_read_only.problems():
        if problem.remediated_on is None or problem.remediated_on > TODAY - timedelta(days=60):
            continue
        evidence = gather(sample_read_only, problem, TODAY, Choices(), rules).evidence
        verdicts[assess(evidence).verdict] += 1
    assert {Verdict.FELL, Verdict.TOO_FEW} <= verdicts.keys()
    assert verdicts.total() >= 20
    # The places that nobody gets round to are there so that one place can be compared fairly.
    spots = plant_spots(build_ground(SAMPLE_SEED), SAMPLE_SEED)
    assert sum(spot.fate is Fate.ENDURING for spot in spots) == 3
