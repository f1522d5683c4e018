"""The lists behind the figures of a briefing: as many rows as each counts, and a way to one from every count."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.parts.briefing_asked import FIGURE, LIST
from problems.actions import ActionStatus, ActionType
from problems.areas import AreaKind
from problems.briefing.briefing import Briefing
from problems.briefing.figure import Behind, Figure, Listed, Section, Unit
from problems.briefing.lists import ReportsBehind
from problems.briefing.naming import series_in
from problems.briefing.opening import figures_in, opened_by
from problems.briefing.then import Then, load_then
from problems.briefing.weeks import IsoWeek, Moment
from problems.lifecycle import MoveAnswers
from problems.people import Principal
from problems.problem import ProblemStatus
from problems.reports import ReportFlag, ReportStatus
from problems.sharing import SharingLevel
from problems.store import Store
from problems.use_cases import acting, meeting
from problems.use_cases import briefing as use_case
from problems.use_cases.briefing import brief, reports_behind
from problems.use_cases.sharing import set_sharing
from problems.use_cases.undoing import undo_import
from tests.briefed import LISTED, STANDARDS, briefed, ended
from tests.sampling import SAMPLE_ZONE, sample_clock
from tests.scenes import COMMANDER, COORDINATOR, Scene, days_before
from tests.screens import markup, page, sit_down, words
from tests.test_problems_areas import bring, square

MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=6)
WEEK = IsoWeek(2026, 10)
#: Numbers of a table of the page that open no list, each with its reason: (heading of the table, of the column).
NO_LIST = {
    ("Problem", "Weeks"): "An age, not a count.",
    ("Week from", "Reports"): "The words of a chart: each week has a briefing of its own.",
    ("Week from", "Open at the start"): "As above.",
    ("Week from", "In"): "As above.",
    ("Week from", "Out"): "As above.",
    ("Week from", "Open at the end"): "As above.",
}


@pytest.fixture
def rich(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A week with something in every section: moves, work that is late, blocked and sent back, and odd reports."""
    scene.today = MONDAY - timedelta(days=40)
    bring(scene, *(square(name, east, 700.0) for name, east in (("A", -100), ("B", 700), ("C", 1500), ("D", 2300))))
    for back in (9, 8, 7, 6):
        scene.today = MONDAY - timedelta(weeks=back)
        scene.send(*scene.spot((0, 0), days_before(scene.today, 7, step=1)))
        scene.send(*scene.spot((900, 0), days_before(scene.today, 7, step=1), code="WST-DUMP"))
        scene.send(*scene.spot((1800, 0), days_before(scene.today, 7, step=1), code="WST-DUMP"))
        scene.refresh()
    lighting, waste = scene.organisation("Lighting"), scene.organisation("Waste")
    ask = (scene.store, COORDINATOR, scene.clock, 1)
    scene.today = MONDAY - timedelta(days=5)
    scene.taken_on(scene.store.problem(2))
    for at, organisation in enumerate((lighting, waste, waste)):
        acting.add_action(
            *ask, problem_id=2, organisation_id=organisation.id, type=ActionType.REPAIR, title=f"Clear it, {at}",
            due_on=scene.today + timedelta(days=2 + 4 * at),
        )  # fmt: skip
    meeting.decide_in_meeting(*ask, week=WEEK.before, text="Write to the landlord", owner="Omar")
    meeting.decide_in_meeting(*ask, week=WEEK.before, text="Light the path", owner="Cora", problem_id=1)
    scene.today = MONDAY + timedelta(days=1)
    scene.remediated(scene.store.problem(1))
    partner = scene.partner(waste)
    for number in (2, 3):
        _moved(scene, partner, number, ActionStatus.ACCEPTED, MoveAnswers())
    _moved(scene, partner, 2, ActionStatus.BLOCKED, MoveAnswers(reason="access", note="The gate is locked."))
    _moved(scene, partner, 3, ActionStatus.DONE, MoveAnswers(note="Cleared."))
    _moved(scene, COORDINATOR, 3, ActionStatus.IN_PROGRESS, MoveAnswers(note="Still there."))
    scene.assessed(1)
    scene.today = SUNDAY
    new = [scene.report((at * 150.0, 0), MONDAY + timedelta(days=at % 5)) for at in range(24)]
    new[:3] = [ended(one, timedelta(hours=5)) for one in new[:3]]
    new[3:5] = [ended(one, timedelta(minutes=3)) for one in new[3:5]]
    new[5] = ended(new[5], timedelta(days=1), resolution="administrative_timeout", status=ReportStatus.NO_ACTION)
    new[6] = replace(new[6], status=ReportStatus.DUPLICATE, main_id=1)
    new[7] = replace(new[7], lon_lat=None, flags=ReportFlag.PLACE_MISSING)
    new[8] = replace(new[8], category=None, category_name="Odd thing")
    twice = [scene.report((5.0, 5.0), MONDAY + timedelta(days=1), reporter="one and the same") for _ in range(3)]
    scene.send(*new, *twice)
    scene.today = MONDAY + timedelta(days=7)
    sit_down(monkeypatch, scene, COMMANDER)
    return scene


def _moved(scene: Scene, who: Principal, number: int, target: ActionStatus, answers: MoveAnswers) -> None:
    action = scene.store.action(number)
    ask = (scene.store, who, scene.clock, 1)
    acting.move_action(*ask, action_id=number, target=target, answers=answers, seen_version=action.version)


def _list_of(ask: tuple[Any, ...], briefing: Briefing, behind: Behind, **asked: Any) -> ReportsBehind:
    """Return what the list of a figure holds: what the page draws one row of each."""
    if behind.listed is Listed.REPORTS:
        return reports_behind(*ask, week=briefing.header.week, behind=behind, **asked)
    store = ask[0]
    known: dict[Listed, set[int]] = {
        Listed.PROBLEMS: {one.id for one in store.problems()},
        Listed.ACTIONS: {one.id for one in store.actions()},
        Listed.ASSESSMENTS: {one.assessment_id for one in briefing.worked.assessed},
        Listed.MOVES: {one.id for one in briefing.board.moves},
        Listed.WANTED: set(range(1, len(briefing.decisions.every) + 1)),
        Listed.DECISIONS: set(range(1, len(briefing.last_decisions.taken) + 1)),
        Listed.FIXES: set(range(1, len(briefing.worked.fixes) + 1)),
    }
    if behind.listed is Listed.SERIES:
        return ReportsBehind(list(range(len(series_in(briefing.changes.every, behind.figure)))))
    return ReportsBehind(sorted(known[behind.listed] & set(behind.ids)))


def _expected(figure: Figure) -> int:
    """Return how many rows stand behind a figure: what it counts, or all that a share or a time is of."""
    # A change that an assessment found is no count: the assessment itself is behind it.
    if figure.key.startswith("worked_"):
        return 1
    return figure.n or 0 if figure.value is None or figure.unit in (Unit.SHARE, Unit.DAYS) else round(figure.value)


def _check(ask: tuple[Any, ...], briefing: Briefing, **asked: Any) -> Iterator[Figure]:
    for section, figure in figures_in(briefing):
        if figure.behind is None:
            assert not figure.n, (section, figure)
            continue
        found = _list_of(ask, briefing, figure.behind, **asked)
        assert len(found.ids) == _expected(figure), (section, figure)
        if found.counted is not None and figure.value is not None and figure.key != "recurrence":
            assert len(found.counted) == round(figure.value * len(found.ids)), (section, figure)
        yield figure


@pytest.fixture
def known_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load what was known once for all lists of a test."""
    loaded: dict[Moment, Then] = {}

    def load(store: Store, moment: Moment, kinds: Mapping[str, str]) -> Then:
        if moment not in loaded:
            loaded[moment] = load_then(store, moment, kinds)
        return loaded[moment]

    monkeypatch.setattr(use_case, "load_then", load)


@pytest.mark.usefixtures("known_once")
def test_every_list_of_a_rich_week_holds_as_many_rows_as_its_figure_counts(rich: Scene) -> None:
    ask = (rich.store, COMMANDER, rich.clock, 1)
    found = {one.key: one for one in _check(ask, briefed(rich, WEEK), **LISTED)}
    with_rows = {key for key, one in found.items() if one.n}
    assert {
        "aside", "incidents_1", "before_1", "came_remediated", "left_detected", "apart_fix_LGT", "suppressed",
        "series_all", "wanted", "decided", "blocked_2_0", "rework_2", "overdue_1", "due_2", "recurrence", "on_board",
        "untouched", "on_map", "owed", "assessed", "unplaced", "on_time_net", "first_response", "on_time_gross",
    } <= with_rows  # fmt: skip


@pytest.mark.usefixtures("known_once")
def test_every_list_of_the_sample_city_holds_as_many_rows_as_its_figure_counts(sample_store: Store) -> None:
    ask = (sample_store, COMMANDER, sample_clock, 7)
    asked = {**LISTED, "zone": SAMPLE_ZONE, "known_on": sample_clock().date()}
    week = IsoWeek.of(sample_clock().date()).before
    standards = {**STANDARDS, "zone": SAMPLE_ZONE, "known_on": sample_clock().date()}
    whole = list(_check(ask, brief(*ask, week=week, **standards), **asked))
    assert len(whole) > 300
    area = next(one.name for one in sample_store.areas(AreaKind.WARD))
    assert list(_check(ask, brief(*ask, week=week, area=area, **standards), **asked, area=area))


def test_no_count_of_the_page_is_without_a_way_to_its_list(rich: Scene) -> None:
    shown = markup(page("briefing"))
    without = [(first, name, number) for first, name, number in _numbers(shown) if (first, name) not in NO_LIST]
    assert without == []
    assert "Its own usual" in shown, "a hot spot is held against others, the board against the place itself"
    # What is looked for is there: without their links the same cells are found.
    bare = re.sub(r"</?a\b[^>]*>", "", shown)
    assert {("State", "Came"), ("State", "Left"), ("Problem", "28 days"), ("Organisation", "Sent back")} <= {
        (first, name) for first, name, _ in _numbers(bare)
    }


def _numbers(shown: str) -> Iterator[tuple[str, str, str]]:
    """Go through the numbers above nought of tables and key figures that are no links: table, column, number."""
    for label, value in re.findall(r"<dt>(.*?)</dt><dd[^>]*><b[^>]*>(.*?)</b>", shown, re.DOTALL):
        if re.match(r"[1-9]", value):
            yield "figure", label, value
    for one in re.findall(r"<table.*?</table>", shown, re.DOTALL):
        heads = [_text(each) for each in re.findall(r"<th[^>]*>(.*?)</th>", one, re.DOTALL)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", one, re.DOTALL):
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
            for name, cell in zip(heads, cells, strict=False):
                if "<a " not in cell and re.fullmatch(r"[1-9][\d,]*( [a-z ]+)?", _text(cell)):
                    yield heads[0], name, _text(cell)


def _text(cell: str) -> str:
    return re.sub(r"<[^>]+>", "", cell).strip()


def _rows(shown: AppTest) -> list[list[str]]:
    """Return the cells of the only table of a list."""
    (one,) = re.findall(r"<table.*?</table>", markup(shown), re.DOTALL)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", one, re.DOTALL)[1:]
    return [[_text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]


def test_every_list_is_drawn_with_as_many_rows(rich: Scene) -> None:
    seen: set[Listed] = set()
    for _, figure in figures_in(briefed(rich, WEEK, known_on=rich.today)):
        way = figure.behind
        if way is not None and figure.n and way.listed not in seen:
            seen.add(way.listed)
            assert len(_rows(page("briefing", **{LIST: way.address}))) == min(50, _expected(figure)), figure
    assert seen == set(Listed)


def test_a_report_whose_import_was_undone_since_keeps_its_row_and_nothing_of_it_is_shown(rich: Scene) -> None:
    known = rich.today.isoformat()
    asked = {LIST: "reports:unplaced", "week": str(WEEK), "known": known}
    before = _rows(page("briefing", **asked))
    rich.today += timedelta(days=3)
    undo_import(rich.store, COORDINATOR, rich.clock, 1, batch_id=max(one.id for one in rich.store.batches()))
    share = briefed(rich, WEEK, known_on=rich.today - timedelta(days=3)).header.unplaced
    after = page("briefing", **asked)
    rows = _rows(after)
    assert len(rows) == len(before) == share.n == 26
    assert "26 reports in all, of which 1 counts." in words(after)
    assert [(row[0], row[-1]) for row in rows] == [(row[0], row[-1]) for row in before]
    assert {tuple(row[1:-1]) for row in rows} == {("–", "–", "–", "Taken back since")}
    assert "Taken back since" not in str(before)


def test_a_list_that_figures_have_in_common_is_headed_as_the_one_that_was_clicked(rich: Scene) -> None:
    figures = [one for _, one in figures_in(briefed(rich, WEEK, known_on=rich.today)) if one.n and one.behind]
    late, due = (next(one for one in figures if one.key == key) for key in ("overdue_2", "due_2"))
    assert late.behind is not None
    assert late.behind == due.behind
    overview = markup(page("briefing"))
    for one, other in ((late, due), (due, late)):
        assert f"figure={one.key}" in overview
        shown = markup(page("briefing", **{LIST: late.behind.address, FIGURE: one.key}))
        assert re.findall(r"<h1[^>]*>(.*?)</h1>", shown) == [one.label]
        assert (one.sentence in shown, other.sentence in shown) == (True, False)
    # Which of them a former address meant is not known.
    for key in ("", "backlog"):
        shown = markup(page("briefing", **{LIST: late.behind.address, FIGURE: key}))
        assert (late.sentence in shown, due.sentence in shown) == (False, False)


def test_every_figure_leads_to_a_list_that_is_headed_as_itself(rich: Scene) -> None:
    told = briefed(rich, WEEK, known_on=rich.today)
    both = set()
    for _, one in figures_in(told):
        if one.behind is not None and one.behind.opens and one.n:
            heads = dict(opened_by(told, one.behind.address, one.key))
            assert heads[one.label] == one.sentence
            both |= {one.key} if len(heads) > 1 else set()
    # The header says the same of the same reports as the service, under another name.
    assert both == {"received", "closed"}
    (heads,) = re.findall(
        r"<h1[^>]*>(.*?)</h1>", markup(page("briefing", **{LIST: "reports:received", FIGURE: "received"}))
    )
    assert heads == "Reports in · Received"


def test_the_moves_of_a_state_say_from_where_to_where_when_and_by_whom(rich: Scene) -> None:
    (state,) = (one for one in briefed(rich, WEEK).board.states if one.status is ProblemStatus.REMEDIATED)
    assert state.moves_in.behind is not None
    rows = _rows(page("briefing", **{LIST: state.moves_in.behind.address}))
    assert [row[1:] for row in rows] == [["Work under way", "Work done, awaiting check", "3 Mar 2026", "Cora Reid"]]
    assert rows[0][0].startswith("P-0001 ")


def test_the_incidents_of_a_problem_are_its_first_reports_with_how_many_tell_of_each(rich: Scene) -> None:
    rows = _rows(page("briefing", **{LIST: "reports:incidents:1"}))
    assert [row[-1] for row in rows].count("3 reports") == 1
    assert {row[-1] for row in rows} == {"1 report", "3 reports"}


def test_what_incidents_are_held_against_says_in_which_days_each_was(rich: Scene) -> None:
    (top,) = (one for one in briefed(rich, WEEK).board.top if one.problem_id == 1)
    assert top.before is not None
    rows = _rows(page("briefing", **{LIST: "reports:incidents_before:1"}))
    assert len(rows) == top.before.value
    assert {row[-1] for row in rows} <= {"8 Feb 2026", "11 Jan 2026", "14 Dec 2025"}


def test_a_share_opens_all_that_it_is_of_and_says_which_count(rich: Scene) -> None:
    shown = page("briefing", **{LIST: "reports:unplaced"})
    assert [row[-1] for row in _rows(shown)].count("Yes") == 1
    assert "26 reports in all, of which 1 counts." in words(shown)


def test_a_partner_is_told_no_name_and_no_report_that_is_not_shared(
    rich: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    waste = rich.partner(rich.store.organisations()[1])
    found = briefed(rich, WEEK, who=waste)
    assert {one.problem_id for one in found.board.moves} <= {2}
    whole = {one.id: one for one in briefed(rich, WEEK).board.moves}
    assert set(whole) > {one.id for one in found.board.moves}
    sit_down(monkeypatch, rich, waste)
    assert "reports:" not in markup(page("briefing"))
    for address in ("reports:incidents:1", "moves:" + ",".join(map(str, whole)), "series:all"):
        assert "<table" not in markup(page("briefing", **{LIST: address})), address
    # What a figure of its own briefing opens is refused under one head, too.
    for address in ("reports:aside", "reports:unplaced", "reports:closed"):
        refused = page("briefing", **{LIST: address})
        assert opened_by(found, address), address
        assert markup(refused).count("<h1") == 1, address
        assert "Partner" in words(refused)
    assert found.named.get(Section.CHANGES) is None


def test_of_a_problem_that_is_only_known_to_exist_moves_are_told_without_the_name(
    rich: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    parks = rich.organisation("Parks")
    set_sharing(
        rich.store, COORDINATOR, rich.clock, 1, problem_id=1, organisation_id=parks.id, level=SharingLevel.EXISTS,
        seen_version=rich.store.problem(1).version,
    )  # fmt: skip
    who = rich.partner(parks)
    (state,) = (one for one in briefed(rich, WEEK, who=who).board.states if one.status is ProblemStatus.REMEDIATED)
    assert state.moves_in.behind is not None
    sit_down(monkeypatch, rich, who)
    rows = _rows(page("briefing", **{LIST: state.moves_in.behind.address}))
    assert [row[1:] for row in rows] == [["Work under way", "Work done, awaiting check", "3 Mar 2026", "Not told"]]
    assert "Cora Reid" not in str(rows)
