"""The briefing of a week: figures of small scenes worked out by hand, weeks of every kind, and who is shown what."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum

import pytest

from problems.actions import ActionStatus, ActionType
from problems.areas import AreaKind
from problems.briefing.briefing import Briefing, DecisionState, WantedKind
from problems.briefing.comparing import compared
from problems.briefing.figure import Behind, Figure, Listed, Section, Unit, shared
from problems.briefing.lists import NAMES
from problems.briefing.meetings import Settled
from problems.briefing.rows import COLUMNS, rows_of
from problems.briefing.weeks import IsoWeek
from problems.errors import InputRefused, NotAllowed
from problems.lifecycle import MoveAnswers
from problems.problem import ProblemStatus
from problems.reports import ReportFlag, ReportStatus
from problems.service import Ending
from problems.use_cases import acting, meeting
from problems.use_cases.briefing import briefs_by_area, reports_behind
from tests.briefed import LISTED, STANDARDS, annex, briefed, ended, week_of
from tests.scenes import COMMANDER, COORDINATOR, LONDON, VIEWER, Scene, days_before
from tests.test_problems_areas import bring, square

#: A Monday; the day on which most scenes are told of is the Sunday after it.
MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=6)
WEEK = IsoWeek(2026, 10)


@pytest.fixture
def week(scene: Scene) -> Scene:
    """A week of 14 reports: 3 fixed within it, 2 instantly closed, 1 administratively, 1 duplicate; 4 open before."""
    scene.today = MONDAY - timedelta(days=1)
    scene.send(*[scene.report((at * 200.0, 0), MONDAY - timedelta(days=20 + at)) for at in range(4)])
    scene.today = SUNDAY
    new = [scene.report((at * 200.0, 900.0), MONDAY + timedelta(days=at % 5)) for at in range(14)]
    new[:3] = [ended(one, timedelta(hours=5)) for one in new[:3]]
    new[3:5] = [ended(one, timedelta(minutes=3)) for one in new[3:5]]
    new[5] = ended(new[5], timedelta(days=1), resolution="administrative_timeout", status=ReportStatus.NO_ACTION)
    new[6] = replace(new[6], status=ReportStatus.DUPLICATE, main_id=1)
    new[7] = replace(new[7], lon_lat=None, flags=ReportFlag.PLACE_MISSING)
    new[8] = replace(new[8], category=None, category_name="Odd thing")
    scene.send(*new)
    return scene


def test_the_figures_of_a_small_week_are_those_counted_by_hand(week: Scene) -> None:
    found = briefed(week, WEEK)
    assert found.header.received.value == 13
    assert found.header.closed.value == 6
    assert (found.header.unplaced.n, round(found.header.unplaced.value or 0, 4)) == (13, 0.0769)
    assert found.header.unmapped.value == 1
    assert found.header.unmapped_names == (("council", "Odd thing", 1),)
    assert "1 more that were duplicates or withdrawn" in found.header.sentence
    service = found.service
    assert [service.instant.value, service.administrative.value, service.backlog.value] == [2, 1, 11]
    last = service.weeks[-1]
    assert (last.open_at_start, last.received, last.closed, last.open_at_end) == (4, 13, 6, 11)
    assert dict(last.closed_as) == {Ending.FIXED: 3, Ending.INSTANT: 2, Ending.ADMINISTRATIVE: 1}
    assert len(service.weeks) == 13
    # 11 open on Sunday: 4 of 20 to 23 days before the Monday, 7 of this week.
    assert (service.median_age.value, service.median_age.n) == (5.0, 11)
    times = service.fix_all.times
    assert (times.count, times.instant, times.administrative) == (14, 2, 1)


def test_a_share_of_fewer_than_ten_is_not_told(week: Scene) -> None:
    assert shared("x", "X", 3, 9).value is None
    assert shared("x", "X", 3, 9).sentence == "X: 3 of 9, too few to say."
    assert shared("x", "X", 3, 10).words == "30 %"
    for section, figure in _figures(briefed(week, WEEK)):
        if figure.unit is Unit.SHARE and (figure.n or 0) < 10:
            assert figure.value is None, (section, figure)


def test_late_work_and_what_lasts_come_before_the_meeting_with_a_reason(scene: Scene) -> None:
    scene.today = date(2026, 1, 5)
    for _ in range(4):
        scene.today += timedelta(weeks=1)
        scene.send(*scene.spot((0, 0), [scene.today - timedelta(days=one) for one in range(7)]))
        scene.send(*scene.spot((900, 0), [scene.today - timedelta(days=one) for one in range(7)]))
        scene.refresh()
    first = scene.taken_on(scene.store.problem(1))
    lighting = scene.organisation()
    acting.add_action(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=first.id, organisation_id=lighting.id,
        type=ActionType.REPAIR, title="Renew column 14", due_on=scene.today + timedelta(days=2),
    )  # fmt: skip
    scene.today += timedelta(days=20)
    found = briefed(scene, week_of(scene.today))
    kinds = {one.kind: one for one in found.decisions.wanted}
    assert set(kinds) == {WantedKind.ESCALATE, WantedKind.ADOPT}
    assert kinds[WantedKind.ESCALATE].recommendation == "Ask Council lighting at a higher level."
    assert "18 days late" in kinds[WantedKind.ESCALATE].why
    assert kinds[WantedKind.ADOPT].ref == "P-0002"
    assert "in 3 weeks" in kinds[WantedKind.ADOPT].why
    assert found.remediation.total.overdue.value == 1
    assert found.remediation.total.overdue.behind == Behind(Listed.ACTIONS, (1,))
    # The first week had one incident too few.
    assert [(one.weeks_hot, one.weeks_looked) for one in found.map.places] == [(3, 4), (3, 4)]


def test_what_was_decided_in_a_week_is_told_in_the_next_with_what_became_of_it(scene: Scene) -> None:
    scene.today = MONDAY
    scene.send(*scene.spot((0, 0), days_before(MONDAY, 20, step=2)))
    scene.refresh()
    ask = (scene.store, COORDINATOR, scene.clock, 1)
    scene.taken_on(scene.store.problem(1))
    light = meeting.decide_in_meeting(*ask, week=WEEK, text="Light the path", owner="Omar", due_on=SUNDAY, problem_id=1)
    write = meeting.decide_in_meeting(*ask, week=WEEK, text="Write to the landlord", owner="Cora")
    meeting.note_meeting(*ask, week=WEEK, text="All were there.")
    scene.today = MONDAY + timedelta(days=9)
    meeting.settle_decision(*ask, decision_id=write.id, state=Settled.DONE)
    assert briefed(scene, WEEK).last_decisions.taken == ()
    found = briefed(scene, IsoWeek(2026, 11)).last_decisions
    states = {one.decided: one.state for one in found.taken}
    assert states == {
        "Taken on": DecisionState.OPEN,
        "Light the path": DecisionState.LATE,
        "Write to the landlord": DecisionState.DONE,
    }
    assert {one.owner: dict(one.counts) for one in found.by_owner} == {
        "Cora": {DecisionState.DONE: 1},
        "Cora Reid": {DecisionState.OPEN: 1},
        "Omar": {DecisionState.LATE: 1},
    }
    notes, decisions = meeting.meeting_of(*ask, week=WEEK)
    assert [one.text for one in notes] == ["All were there."]
    assert [one.id for one in decisions] == [light.id, write.id]


def test_a_moved_decision_needs_a_day_and_a_reason(scene: Scene) -> None:
    scene.today = MONDAY
    ask = (scene.store, COORDINATOR, scene.clock, 1)
    one = meeting.decide_in_meeting(*ask, week=WEEK, text="Light the path", due_on=SUNDAY)
    with pytest.raises(InputRefused, match="No reason"):
        meeting.settle_decision(*ask, decision_id=one.id, state=Settled.MOVED, due_on=SUNDAY)
    with pytest.raises(InputRefused, match="another day"):
        meeting.settle_decision(*ask, decision_id=one.id, state=Settled.MOVED, note="Frost.")
    moved = meeting.settle_decision(
        *ask, decision_id=one.id, state=Settled.MOVED, note="Frost.", due_on=SUNDAY + timedelta(days=7)
    )
    assert (moved.settled, moved.moved, moved.why) == (Settled.MOVED, 1, "Frost.")
    with pytest.raises(InputRefused, match="has not begun"):
        meeting.note_meeting(*ask, week=IsoWeek(2026, 11), text="x")


# -- weeks --


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026W10", MONDAY, SUNDAY),
    ],
)
def test_weeks_are_those_of_the_calendar(text: str, first: date, last: date) -> None:
    found = IsoWeek.read(text)
    assert (found.first, found.last) == (first, last)
    assert found.back(-1).before == found


@pytest.mark.parametrize(
    "text", ["2025-W53", "2026-W00", "2026-W54", "last week", "2026-47", "", "9999-W01", "２０２６-W01"]
)
def test_what_is_no_week_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputRefused):
        IsoWeek.read(text)


def test_the_week_after_the_53rd_compares_with_it(scene: Scene) -> None:
    scene.today = date(2027, 1, 10)
    scene.send(*[scene.report((at * 300.0, 0), date(2026, 12, 28) + timedelta(days=at)) for at in range(14)])
    now, before = briefed(scene, IsoWeek(2027, 1)), briefed(scene, IsoWeek(2026, 53), known_on=scene.today)
    assert (now.header.received.value, before.header.received.value) == (7, 7)
    rows = {one.now.key: one.sentence for one in compared(now, before).rows}
    assert rows["received"] == "7 in both weeks."
    assert now.service.weeks[-2].starts_on == date(2026, 12, 28)


@pytest.mark.parametrize(("monday", "hours"), [(date(2026, 3, 23), 167), (date(2026, 10, 19), 169), (MONDAY, 168)])
def test_a_week_in_which_the_clocks_change_begins_and_ends_at_midnight(scene: Scene, monday: date, hours: int) -> None:
    found = IsoWeek.of(monday)
    assert (found.ends_at(LONDON) - found.starts_at(LONDON)).total_seconds() == hours * 3600
    scene.today = monday + timedelta(days=10)
    edges = [found.starts_at(LONDON), found.ends_at(LONDON)]
    moments = [edge + timedelta(seconds=one) for edge in edges for one in (-1, 0)]
    scene.send(*[replace(scene.report((at * 300.0, 0), monday), reported_at=one) for at, one in enumerate(moments)])
    assert briefed(scene, found, known_on=scene.today).header.received.value == 2


def test_weeks_of_which_nothing_can_be_told_are_refused_in_words(week: Scene) -> None:
    with pytest.raises(InputRefused, match=r"It has not begun\. The present week is 2026-W10\."):
        briefed(week, IsoWeek(2026, 11))
    with pytest.raises(
        InputRefused, match="Nothing of it was known on 2026-02-22: the first reports were imported on 2026-03-01"
    ):
        briefed(week, IsoWeek(2026, 8))
    with pytest.raises(InputRefused, match="No report is of that time: they begin on 2026-02-07"):
        briefed(week, IsoWeek(2025, 10), known_on=SUNDAY)
    with pytest.raises(InputRefused, match="the week had not begun"):
        briefed(week, WEEK, known_on=MONDAY - timedelta(days=1))
    with pytest.raises(InputRefused, match="has not come yet"):
        briefed(week, WEEK, known_on=SUNDAY + timedelta(days=1))


def test_a_store_without_reports_says_so(scene: Scene) -> None:
    with pytest.raises(InputRefused, match="Nothing was ever imported"):
        briefed(scene, week_of(scene.today))


def test_a_week_without_reports_is_told_plainly(week: Scene) -> None:
    week.today = SUNDAY + timedelta(days=7)
    found = briefed(week, IsoWeek(2026, 11))
    assert found.header.sentence.startswith("No report came in this week; none ended.")
    assert found.header.unplaced.sentence == "Without a usable place: none to tell of."
    assert found.service.weeks[-1].open_at_end == 11
    _check_numbers(found)


def test_in_a_quiet_week_the_largest_kinds_are_drawn_beside_their_usual_weeks(scene: Scene) -> None:
    scene.today = date(2026, 3, 8)
    days = [date(2026, 3, 8) - timedelta(days=back) for back in range(7 * 20)]
    scene.send(*(scene.report((0, 0), one) for one in days))
    changes = briefed(scene, IsoWeek.of(days[0])).changes
    assert changes.called_out == ()
    (drawn,) = changes.drawn
    assert (drawn.signal.count, drawn.area_id) == (7, None)
    assert drawn.signal.band is not None
    assert replace(changes, called_out=changes.every[:1]).drawn == changes.every[:1]


def test_the_week_that_runs_is_told_up_to_today_and_not_judged(week: Scene) -> None:
    found = briefed(week, WEEK, known_on=MONDAY)
    assert not found.header.is_over
    assert found.header.sentence.startswith("The week is not over: this is up to 2026-03-02.")
    assert {one.signal.word.value for one in found.changes.every} == {"not_compared"}


# -- areas --


def test_the_areas_share_out_what_the_whole_place_has(week: Scene) -> None:
    bring(week, square("West", -500, 2000), square("East", 1700, 2000))
    whole = briefed(week, WEEK)
    west, east = briefed(week, WEEK, area="West"), briefed(week, WEEK, area="ward:East")
    assert whole.header.received.value == 13
    # Of 13 every 200 m one has no place, and one lies between the two; the duplicate is one of the others.
    assert (west.header.received.value, east.header.received.value) == (6, 5)
    every = briefs_by_area(week.store, COMMANDER, week.clock, 1, week=WEEK, kind=AreaKind.WARD, **STANDARDS)
    assert list(every) == [east, west]
    with pytest.raises(InputRefused, match=r"No area was called so then\. Areas were: East, West\."):
        briefed(week, WEEK, area="North")
    with pytest.raises(InputRefused, match="No beats were known"):
        briefs_by_area(week.store, COMMANDER, week.clock, 1, week=WEEK, kind=AreaKind.BEAT, **STANDARDS)


# -- lists --


def test_every_figure_of_reports_opens_the_list_that_it_counts(week: Scene) -> None:
    bring(week, *(square(name, east, 700.0) for name, east in (("A", -100), ("B", 700), ("C", 1500), ("D", 2300))))
    counts = {}
    for _, figure in _figures(briefed(week, WEEK)):
        way = figure.behind
        if way is not None and way.listed is Listed.REPORTS:
            found = reports_behind(week.store, COMMANDER, week.clock, 1, week=WEEK, behind=way, **LISTED)
            assert len(found.ids) == (figure.value if figure.unit is Unit.REPORTS else figure.n), figure
            counts[way.address] = len(found.ids)
    assert counts["reports:received"] == 13
    assert counts["reports:fix"] == 14
    assert counts["reports:due_net"] > 0
    assert {"reports:backlog", "reports:instant", "reports:received:LGT"} <= set(counts)


def test_a_list_that_does_not_exist_is_refused(week: Scene) -> None:
    ask = (week.store, COMMANDER, week.clock, 1)
    for way in (
        Behind(Listed.REPORTS, figure="x"),
        *(Behind(Listed.REPORTS, figure="closed", of=one) for one in ("#X", "@x:1", "+y")),
    ):
        with pytest.raises(InputRefused):
            reports_behind(*ask, week=WEEK, behind=way, **LISTED)
    assert len(set(NAMES)) == len(NAMES)


# -- readers --


def test_a_partner_is_shown_what_is_shared_with_it_and_a_viewer_nothing(week: Scene) -> None:
    week.send(*week.spot((0, 0), days_before(SUNDAY, 12)), *week.spot((900, 0), days_before(SUNDAY, 12)))
    week.refresh()
    lighting, parks = week.organisation("Lighting"), week.organisation("Parks")
    for problem in week.store.problems():
        week.taken_on(problem)
        for owner in (lighting, parks)[: 3 - problem.id]:
            acting.add_action(
                week.store, COORDINATOR, week.clock, 1, problem_id=problem.id, organisation_id=owner.id,
                type=ActionType.REPAIR, title=f"Work of {owner.name}", due_on=SUNDAY,
            )  # fmt: skip
    found = briefed(week, WEEK, who=week.partner(parks))
    assert [one.problem_id for one in found.board.top] == [1]
    assert [one.organisation_id for one in found.remediation.partners] == [parks.id]
    assert found.remediation.total.due.behind == Behind(Listed.ACTIONS, (2,))
    assert (found.decisions.wanted, found.changes.every, found.service.weeks, found.caveats.areas) == ((), (), (), ())
    told = "\n".join(str(one) for one in rows_of(found))
    assert "Odd thing" not in told
    assert {one.section for one in found.withheld} >= {Section.DECISIONS, Section.SERVICE, Section.RESIDENTS}
    with pytest.raises(NotAllowed):
        briefed(week, WEEK, who=VIEWER)


# -- two weeks --


def test_two_weeks_are_compared_in_words_that_the_numbers_support(scene: Scene) -> None:
    scene.today = SUNDAY
    scene.send(*[scene.report((at * 300.0, 0), MONDAY - timedelta(days=7)) for at in range(3)])
    scene.send(*[scene.report((at * 300.0, 900.0), MONDAY) for at in range(60)])
    now, before = briefed(scene, WEEK), briefed(scene, IsoWeek(2026, 9), known_on=SUNDAY)
    rows = {(one.section, one.now.key): one.sentence for one in compared(now, before).rows}
    assert rows[Section.HEADER, "received"] == "60, 57 more than 3: more than weeks usually differ."
    assert rows[Section.SERVICE, "backlog"] == "63, 60 more than 3."
    assert rows[Section.SERVICE, "on_time_net"] == "Too few to say."
    with pytest.raises(InputRefused, match="not earlier"):
        compared(before, now)


def test_only_weeks_of_one_place_are_compared(week: Scene) -> None:
    bring(week, square("West", -500))
    with pytest.raises(InputRefused, match="different places"):
        compared(briefed(week, WEEK), briefed(week, IsoWeek(2026, 9), known_on=SUNDAY, area="West"))


# -- the annex --


def test_the_annex_is_one_tidy_table_that_no_spreadsheet_runs(week: Scene) -> None:
    week.send(*week.spot((0, 0), days_before(SUNDAY, 12)))
    week.refresh()
    with week.store.writing() as unit:
        unit.map_category("council", "Odd thing", None)
    problem = week.taken_on(week.store.problem(1))
    action = week.organisation("=cmd|' /C calc'!A1")
    acting.add_action(
        week.store, COORDINATOR, week.clock, 1, problem_id=problem.id, organisation_id=action.id,
        type=ActionType.REPAIR, title="=HYPERLINK(1)", due_on=SUNDAY,
    )  # fmt: skip
    found = annex(week, WEEK).decode()
    rows = list(csv.reader(io.StringIO(found)))
    assert tuple(rows[0]) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    numbers = [cell for row in rows[1:] for cell in row[3:6] if cell]
    assert all(math.isfinite(float(cell)) for cell in numbers)
    assert [int(row[0].split()[0]) for row in rows[1:]] == sorted(int(row[0].split()[0]) for row in rows[1:])


def test_a_problem_that_ended_leaves_the_board_and_is_counted(scene: Scene) -> None:
    scene.today = MONDAY - timedelta(days=7)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.today = MONDAY
    scene.remediated(scene.store.problem(1))
    found = briefed(scene, WEEK)
    states = {one.status: (one.now.value, one.came, one.left) for one in found.board.states}
    assert states[ProblemStatus.REMEDIATED] == (1, 1, 0)
    assert states[ProblemStatus.DETECTED] == (0, 0, 1)
    assert found.board.opened.value == 0
    (top,) = found.board.top
    # Every third day up to the Monday before: seven of them within 28 days.
    assert (top.next_step, top.incidents.value, top.weeks_active) == ("Visit and verify", 7, 1)
    assert found.worked.recurrence.sentence == "1 problem fixed, 0 came back: too few to say how many do."


def test_work_that_was_sent_back_is_rework(scene: Scene) -> None:
    scene.today = MONDAY
    scene.send(*scene.spot((0, 0), days_before(MONDAY, 12)))
    scene.refresh()
    scene.remediated(scene.store.problem(1))
    action = scene.store.action(1)
    acting.move_action(
        scene.store, COORDINATOR, scene.clock, 1, action_id=1, target=ActionStatus.IN_PROGRESS,
        answers=MoveAnswers(note="Still dark."), seen_version=action.version,
    )  # fmt: skip
    assert briefed(scene, WEEK).remediation.total.rework.behind == Behind(Listed.ACTIONS, (1,))


def _figures(briefing: object, section: str = "") -> Iterator[tuple[str, Figure]]:
    """Go through every figure of a briefing, however deep."""
    if isinstance(briefing, Figure):
        yield section, briefing
    elif is_dataclass(briefing):
        for one in fields(briefing):
            yield from _figures(getattr(briefing, one.name), f"{section}.{one.name}")
    elif isinstance(briefing, tuple):
        for each in briefing:
            yield from _figures(each, section)


def _check_numbers(value: object, where: str = "") -> None:
    """Fail at a number without end, however deep; a range that reaches back for ever has None."""
    if is_dataclass(value) and not isinstance(value, Enum):
        for one in fields(value):
            if not where.endswith("swing"):
                _check_numbers(getattr(value, one.name), f"{where}.{one.name}")
    elif isinstance(value, tuple):
        for each in value:
            _check_numbers(each, where)
    elif isinstance(value, float):
        assert math.isfinite(value), where


def test_no_number_of_a_briefing_is_without_end(week: Scene) -> None:
    found: Briefing = briefed(week, WEEK)
    _check_numbers(found)
    with pytest.raises(ValueError, match="nan"):
        Figure("x", "X", Unit.DAYS, math.nan, "")
