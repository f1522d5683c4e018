"""What a partner that is only told that a problem exists reads of it in a briefing: on its page and in every file."""

import csv
import io
import re
from datetime import date, timedelta

import pytest

from dashboard.commands.briefing import lines_of
from dashboard.parts.briefing_asked import LIST
from data.briefing_files import RENDERERS, briefing_csv
from problems.briefing.briefing import Briefing
from problems.briefing.comparing import compared
from problems.briefing.figure import Section
from problems.briefing.mailing import body_of
from problems.briefing.opening import figures_in
from problems.briefing.weeks import IsoWeek
from problems.people import Principal
from problems.problem import ProblemStatus
from problems.seeing import seen_by, sharing_level
from problems.sharing import SharingLevel
from problems.use_cases.looking_at_areas import look_at_area
from tests.briefed import STANDARDS, briefed
from tests.scenes import COMMANDER, OFFICER, Scene, days_before
from tests.screens import markup, page, sit_down, words
from tests.test_data_briefing_pages import words_of
from tests.test_problems_areas import bring, square

MONDAY = date(2026, 3, 2)
WEEK = IsoWeek(2026, 10)
FIXED = MONDAY - timedelta(days=12)
#: What was found of the problem, when its work was done, how many incidents it has and who has it.
SECRET = ("Reports fell", "Fell", "18 Feb 2026", "in 28 days", "distinct incident", "Cora Reid")
FILES = (".pdf", ".pptx", ".html", ".csv")


@pytest.fixture
def partner(scene: Scene) -> Principal:
    """A partner with work on a dispute, which was fixed before the week and assessed in it."""
    scene.today = MONDAY - timedelta(days=30)
    bring(scene, square("Abbey", -500.0))
    scene.today = FIXED
    scene.send(*scene.spot((0, 0), days_before(FIXED, 12), code="DSP-NOI"))
    scene.refresh()
    housing = scene.organisation("Housing")
    scene.remediated(scene.store.problem(1))
    scene.today = MONDAY + timedelta(days=1)
    scene.assessed(1)
    scene.today = MONDAY + timedelta(days=7)
    who = scene.partner(housing)
    assert sharing_level(who, seen_by(scene.store, who), 1) is SharingLevel.EXISTS
    return who


def told_in(briefing: Briefing, kind: str) -> str:
    """Return everything that a file, the command line or the mail says."""
    if kind == "lines":
        return "\n".join(lines_of(briefing))
    if kind == "mail":
        return body_of(briefing, page="https://example.org", attached=["briefing.pdf"])
    if kind == ".csv":
        return briefing_csv(briefing).decode()
    return " ".join(words_of(kind, RENDERERS[kind](briefing)).split())


@pytest.mark.parametrize("kind", [*FILES, "lines", "mail"])
def test_no_file_tells_a_partner_what_was_found_of_a_problem_that_it_only_knows_to_exist(
    scene: Scene, partner: Principal, kind: str
) -> None:
    for who in (COMMANDER, partner):
        told = told_in(briefed(scene, WEEK, who=who, known_on=scene.today), kind)
        found = [one for one in SECRET if one in told]
        assert who is COMMANDER or found == []
        assert kind == "mail" or ("P-0001" in told and (who is partner or "Reports fell" in found))


@pytest.mark.parametrize("kind", [*FILES, "lines", "mail"])
def test_no_file_says_that_there_is_none_of_what_is_not_told(scene: Scene, partner: Principal, kind: str) -> None:
    told = told_in(briefed(scene, WEEK, who=partner, known_on=scene.today), kind)
    assert "No problem was fixed" not in told
    assert kind == "mail" or "No fix that is shared with you was made." in told
    assert kind in (".csv", "mail") or "No assessment that is shared with you was kept in this week." in told


def test_fixes_that_are_told_are_not_said_to_be_all_of_them(scene: Scene, partner: Principal) -> None:
    scene.send(*scene.spot((900, 0), days_before(scene.today, 12)))
    scene.refresh()
    own = max(one.id for one in scene.store.problems())
    scene.remediated(scene.store.problem(own))
    scene.assessed(own)
    week = IsoWeek.of(scene.today)
    found = briefed(scene, week, who=partner, known_on=scene.today).worked
    assert found.sentence.startswith("1 assessment that is shared with you was kept in this week: ")
    assert found.sentence.endswith(" Fixes that are not shared with you are not counted.")
    whole = briefed(scene, week, known_on=scene.today).worked
    assert "shared with you" not in whole.sentence


def test_where_nothing_is_shared_it_is_not_said_that_there_is_nothing(scene: Scene, partner: Principal) -> None:
    other = scene.partner(scene.organisation("Parks"))
    for who, board, fixed in (
        (COMMANDER, "1 problem is on the board", "1 problem fixed"),
        (other, "No problem that is shared with you is on the board.", "No fix that is shared with you was made."),
    ):
        found = briefed(scene, WEEK, who=who, known_on=scene.today)
        assert found.board.sentence.startswith(board)
        assert found.worked.recurrence.sentence.startswith(fixed)
    assert found.map.sentence == "No place that is shared with you is on the map."


def test_beside_another_week_what_is_not_told_is_not_too_few(scene: Scene, partner: Principal) -> None:
    for who, said in ((COMMANDER, "Too few to say."), (partner, "Not told.")):
        weeks = [briefed(scene, one, who=who, known_on=scene.today) for one in (WEEK, WEEK.before)]
        told = {one.now.key: one.sentence for one in compared(*weeks).rows}
        assert told["recurrence"] == said


def test_neither_page_nor_list_nor_slide_tells_it(
    scene: Scene, partner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = {
        one.behind.address
        for who in (COMMANDER, partner)
        for _, one in figures_in(briefed(scene, WEEK, who=who, known_on=scene.today))
        if one.behind is not None and one.behind.opens
    }
    assert {"assessments:1", "fixes:1", "problems:1", "reports:incidents:1"} <= lists
    asked = [{LIST: one} for one in sorted(lists)] + [{"present": "true", "slide": str(at)} for at in range(1, 12)]
    seen = {}
    for who in (COMMANDER, partner):
        sit_down(monkeypatch, scene, who)
        shown = [words(page("briefing", **one)) for one in ({}, *asked)]
        seen[who.key] = {one for one in SECRET if any(one in each for each in shown)}
    assert seen[COMMANDER.key] >= {"Reports fell", "Fell", "18 Feb 2026", "Cora Reid"}
    assert seen[partner.key] == set()
    for address in ("assessments:1", "fixes:1", "reports:incidents:1"):
        assert "<table" not in markup(page("briefing", **{LIST: address})), address


def test_what_is_not_told_of_the_problem_is_said_and_no_number_stands_for_it(scene: Scene, partner: Principal) -> None:
    found = briefed(scene, WEEK, who=partner, known_on=scene.today)
    (top,) = found.board.top
    assert (top.ref, top.area, top.incidents.value, top.incidents.n, top.before) == (
        "P-0001",
        "Abbey",
        None,
        None,
        None,
    )
    assert (top.owner, top.incidents.words, top.incidents.behind, top.due_on) == ("Not told", "Not told", None, None)
    assert (found.worked.assessed, found.worked.fixes, found.worked.recurrence.n) == ((), (), None)
    assert found.worked.recurrence.words == "Not told"
    rows = list(csv.DictReader(io.StringIO(briefing_csv(found).decode("utf-8-sig"))))
    (row,) = (one for one in rows if one["figure"].startswith("1. P-0001"))
    assert (row["value"], row["n"], row["low"], row["high"], row["link"]) == ("", "", "", "", "")
    assert "only that it exists is shared with you" in row["note"]
    whole = briefed(scene, WEEK, known_on=scene.today)
    assert len(whole.worked.assessed) == len(whole.worked.fixes) == 1


def test_a_problem_of_its_own_is_told_with_its_fixes_and_incidents(scene: Scene, partner: Principal) -> None:
    scene.send(*scene.spot((900, 0), days_before(scene.today, 12)))
    scene.refresh()
    before = {one.id for one in scene.store.problems()}
    scene.remediated(scene.store.problem(max(before)))
    scene.assessed(max(before))
    found = briefed(scene, IsoWeek.of(scene.today), who=partner, known_on=scene.today)
    own, other = found.board.top
    assert (own.problem_id, other.problem_id) == (max(before), 1)
    assert own.incidents.value == 10
    assert [one.problem_id for one in found.worked.fixes] == [max(before)]
    assert [one.problem_id for one in found.worked.assessed] == [max(before)]


def test_the_page_of_its_area_tells_no_verified_fix_of_it(scene: Scene, partner: Principal) -> None:
    scene.today = MONDAY + timedelta(days=2)
    scene.move(OFFICER, scene.store.problem(1), ProblemStatus.VERIFIED, note="It is quiet.", visited_on=scene.today)
    for who, fixes in ((COMMANDER, [1]), (partner, [])):
        found = look_at_area(scene.store, who, scene.clock, 1, area="Abbey", **STANDARDS)
        assert [one.problem_id for one in found.fixes] == fixes
        number = "1 fix was verified" if fixes else "No fix that is shared with you was verified here"
        assert found.fixes_sentence.startswith(f"{number} in the last 26 weeks")


def test_its_moves_are_told_with_states_and_day_and_without_name_and_reason(
    scene: Scene, partner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = IsoWeek.of(FIXED)
    found = briefed(scene, week, who=partner, known_on=scene.today)
    last = found.board.moves[-1]
    assert (last.was, last.now, last.by_name) == ("in_progress", "remediated", "")
    sit_down(monkeypatch, scene, partner)
    named = {figure.key: figure for _, figure in figures_in(found)}
    behind = named["came_remediated"].behind
    assert behind is not None
    shown = words(page("briefing", week=str(week), known=scene.today.isoformat(), **{LIST: behind.address}))
    assert "18 Feb 2026" in shown
    assert "Not told" in shown
    assert not re.search("Cora|All lamps are lit", shown)
    assert Section.WORKED not in {one.section for one in found.withheld}
