"""The page of the weekly briefing: figures that open their lists, the meeting, other weeks, and who is shown what."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.handouts import handouts
from dashboard.parts import forms, looking_back
from data.briefing_files import RENDERERS
from problems.actions import ActionType
from problems.briefing.meetings import Settled
from problems.briefing.weeks import IsoWeek
from problems.people import Principal, Role
from problems.use_cases import acting
from problems.use_cases.meeting import decide_in_meeting, meeting_of, note_meeting, settle_decision
from tests.briefed import ended
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, VIEWER, Scene, days_before
from tests.screens import click, keys, markup, page, run, sit_down, words

MONDAY = date(2026, 3, 2)
WEEK = IsoWeek(2026, 10)
ADMIN = Principal("ada", "Ada Stone", frozenset({Role.ADMIN}))


@pytest.fixture
def week(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Week 10 on the Monday after it: thirteen reports, three of them ended, and a problem with late work."""
    scene.today = MONDAY - timedelta(days=14)
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problem(1))
    lighting = scene.organisation("Lighting")
    acting.add_action(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=1, organisation_id=lighting.id,
        type=ActionType.REPAIR, title="Renew the column", due_on=scene.today + timedelta(days=2),
    )  # fmt: skip
    scene.today = MONDAY + timedelta(days=6)
    new = [scene.report((at * 200.0, 900.0), MONDAY + timedelta(days=at % 5)) for at in range(13)]
    new[:3] = [ended(one, timedelta(hours=5)) for one in new[:3]]
    scene.send(*new)
    scene.today = MONDAY + timedelta(days=7)
    sit_down(monkeypatch, scene, COMMANDER)
    return scene


def lists(app: AppTest) -> dict[str, str]:
    """Return the lists that the page opens, by the label that a screen reader is told."""
    found = {}
    for label, href in re.findall(r'<a aria-label="([^"]+)"[^>]*href="([^"]+)"', markup(app)):
        asked = parse_qs(urlsplit(href.replace("&amp;", "&")).query)
        found[label] = asked.get("list", [""])[0]
    return found


def test_the_latest_week_that_is_over_is_told_as_known_on_its_monday_after(week: Scene) -> None:
    shown = page("briefing")
    text = words(shown)
    assert "Week 10, 2 to 8 March 2026 Briefing" in text
    assert "The whole place, up to 8 Mar 2026, as known on 9 Mar 2026." in text
    assert "13 reports came in" in text
    assert "Reports in 13 Reports out 3" in text
    assert shown.selectbox(key="briefing-week").value == "2026-W10"
    assert shown.date_input(key="briefing-known").value == week.today


def test_decisions_come_first_and_all_ten_sections_follow_in_their_order(week: Scene) -> None:
    heads = re.findall(r"<h2>([^<]+)</h2>", markup(page("briefing")))
    assert heads == [
        "The week", "1. Decisions wanted today", "2. Last week’s decisions", "3. Problem board", "4. Map",
        "5. What changed", "6. Service", "7. Partner remediation", "8. Residents", "9. What worked", "10. Caveats",
        "This meeting",
    ]  # fmt: skip


def test_every_figure_opens_the_rows_that_it_counts(week: Scene) -> None:
    opened = lists(page("briefing"))
    assert opened["13, Reports in: see the list"] == "reports:received"
    assert opened["1, Late: see the list"] == "actions:1"
    reports = words(page("briefing", list="reports:received"))
    assert "13 reports in all." in reports
    assert len(re.findall(r'href="/problem', markup(page("briefing", list="problems:1")))) == 1
    assert reports.count("Said to be fixed") == 3
    actions = words(page("briefing", list="actions:1"))
    assert "A-0001 Renew the column P-0001" in actions
    for address in set(opened.values()):
        assert "The list behind a figure" in words(page("briefing", list=address)), address


@pytest.mark.parametrize("asked", ["reports:everything", "problems:999", "problems:x", "nothing", "actions:"])
def test_a_list_that_no_figure_has_is_refused_in_words(week: Scene, asked: str) -> None:
    text = words(page("briefing", list=asked))
    assert "This list is not shown." in text
    assert "Back to the briefing" in text


def test_a_week_is_chosen_by_stepping_and_stays_in_the_address(week: Scene) -> None:
    shown = click(page("briefing"), "briefing-before")
    assert shown.query_params["week"] == "2026-W09"
    assert "Week 9, 23 February to 1 March 2026" in words(shown)
    assert "as known on 2 Mar 2026" in words(shown)
    shown = click(shown, "briefing-after")
    assert "Week 10, 2 to 8 March 2026" in words(shown)


def test_the_day_of_knowledge_can_be_changed(week: Scene) -> None:
    shown = page("briefing")
    shown.date_input(key="briefing-known").set_value(MONDAY + timedelta(days=5))
    shown = run(shown)
    assert shown.query_params["known"] == "2026-03-07"
    # The reports of the week were imported on the Sunday: on Saturday nobody knew them.
    assert "Nothing came in" in words(shown)
    shown = click(shown, "briefing-today")
    assert "13 reports came in" in words(shown)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"week": "2026-W20"}, "It has not begun."),
        ({"week": "2020-W20"}, "was not made."),
        ({"week": "soon"}, "“soon” is not a week."),
        ({"week": "2026-W99"}, "2026 has the weeks 1 to 53."),
        ({"known": "someday"}, "“someday” is not a day."),
        ({"known": "2026-12-01"}, "has not come yet"),
        ({"area": "Nowhere"}, "The briefing of “Nowhere” was not made."),
    ],
)
def test_what_cannot_be_told_is_refused_in_words_with_the_choices_at_hand(
    week: Scene, query: dict[str, str], said: str
) -> None:
    shown = page("briefing", **query)
    assert said in words(shown)
    assert shown.selectbox(key="briefing-week")


def test_without_a_report_the_page_says_where_to_begin(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    shown = page("briefing")
    assert "There is no report yet" in words(shown)
    assert 'href="/import"' in markup(shown)


def test_an_earlier_week_is_compared_in_words_and_a_later_one_is_refused(week: Scene) -> None:
    text = words(page("briefing", against="2026-W08"))
    assert "Compared with an earlier week Week 8, 16 to 22 February 2026" in text
    assert "13, 12 more than 1: more than weeks usually differ." in text
    assert "too few to say" in text.casefold()
    assert "The second week is not earlier." in words(page("briefing", against="2026-W11"))


def test_a_decision_of_the_meeting_is_recorded_and_asked_after_the_week_after(week: Scene) -> None:
    shown = click(page("briefing"), "decide")
    shown.text_area(key="form_text").input("Light the path")
    shown.text_input(key="form_owner").input("Omar")
    shown = click(shown, "form-save")
    assert "The briefing of the next week asks what became of it." in words(shown)
    assert "Light the path – Omar 16 Mar 2026 Under way" in words(shown)
    week.today += timedelta(days=2)
    later = page("briefing", week="2026-W11")
    assert "up to 11 Mar 2026, as known on 11 Mar 2026. The week is not over." in words(later)
    assert "1 decision in the week before: 1 under way." in words(later)
    assert "Under way Light the path Clio Marsh, 9 Mar 2026 – Omar 16 Mar 2026" in words(later)
    number = meeting_of(week.store, COMMANDER, week.clock, 1, week=WEEK)[1][0].id
    later = click(later, f"settle-{number}-{Settled.BLOCKED}")
    later = click(later, "form-save")
    assert "No reason is given." in words(later)
    later.text_area(key="form_note").input("No column in stock")
    later = click(later, "form-save")
    assert "“Light the path” is now “Blocked”." in words(later)
    assert "1 decision in the week before: 1 blocked." in words(later)


def test_a_decision_is_done_or_moved_to_another_day(week: Scene) -> None:
    ask = (week.store, COMMANDER, week.clock, 1)
    week.today = MONDAY
    one = decide_in_meeting(
        *ask, week=WEEK.before, text="Write to the landlord", owner="Cora", due_on=MONDAY + timedelta(days=8)
    )
    week.today = MONDAY + timedelta(days=7)
    shown = click(page("briefing"), f"settle-{one.id}-{Settled.MOVED}")
    shown.text_area(key="form_note").input("He is away")
    shown.date_input(key="form_due_on").set_value(week.today + timedelta(days=9))
    shown = click(shown, "form-save")
    assert "due 18 Mar 2026. Today: Date moved: He is away" in words(shown)
    shown = click(shown, f"settle-{one.id}-{Settled.DONE}")
    shown = click(shown, "form-save")
    # The briefing tells the end of its week; beside it stands how it is on the day of the meeting.
    text = words(shown)
    assert "Write to the landlord Cora, due 18 Mar 2026. Today: Done" in text
    assert "1 decision in the week before: 1 under way." in text


def test_what_is_wanted_is_filled_in_where_it_is_recorded(week: Scene) -> None:
    shown = click(page("briefing"), "decide-escalate-P-0001")
    assert shown.text_area(key="form_text").value == "Ask Lighting at a higher level."
    assert shown.selectbox(key="form_problem").value == 1
    shown = click(shown, "form-save")
    assert "Ask Lighting at a higher level. P-0001" in words(shown)


def test_a_note_is_kept_and_shown_to_who_reads_the_meeting(week: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, week, OFFICER)
    shown = click(page("briefing"), "note")
    shown.text_area(key="form_text").input("The <b>lamps</b> were talked about")
    shown = click(shown, "form-save")
    assert "The <b>lamps</b> were talked about" in words(shown)
    assert "Omar Hale, 9 Mar 2026" in words(shown)
    assert "decide" not in keys(shown)
    sit_down(monkeypatch, week, ADMIN)
    read = page("briefing")
    assert "were talked about" in words(read)
    assert not {"note", "decide"} & keys(read)


def test_of_a_past_day_the_meeting_is_told_as_it_was_then(week: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = (week.store, COMMANDER, week.clock, 1)
    then = week.today
    write = decide_in_meeting(*ask, week=WEEK.before, text="Write to the landlord")
    note_meeting(*ask, week=WEEK, text="The lamps were talked about")
    week.today += timedelta(days=30)
    settle_decision(*ask, decision_id=write.id, state=Settled.DONE)
    note_meeting(*ask, week=WEEK, text="Written a month later")
    decide_in_meeting(*ask, week=WEEK, text="Light the path")
    asked = {"week": str(WEEK)}
    later = words(page("briefing", **asked))
    assert "as it stands today Write to the landlord Nobody named. Today: Done" in later
    assert "Written a month later" in later
    for module in (looking_back, forms):
        monkeypatch.setattr(module, "day_chosen", lambda: then)
    text = words(page("briefing", **asked))
    assert "as it stood on 9 Mar 2026 Write to the landlord Nobody named. That day: Under way" in text
    assert "The lamps were talked about" in text
    assert "Written a month later" not in text
    assert "Light the path" not in text
    before = words(page("briefing", **asked, known="2026-03-08"))
    assert "Nothing was noted or decided by 8 Mar 2026." in before


def test_a_partner_reads_what_is_shared_and_no_list_of_reports(week: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, week, week.partner(week.store.organisations()[0]))
    shown = page("briefing")
    text = words(shown)
    assert "Not shown to you" in text
    assert "This is not shared with partner organisations." in text
    assert "1 action is owed: 1 late" in text
    assert "This meeting" not in text
    assert not [one for one in lists(shown).values() if one.startswith("reports:")]
    assert not {"note", "decide"} & keys(shown)


def test_a_viewer_is_told_whose_it_is(week: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, week, VIEWER)
    assert "13" not in words(page("briefing"))


def test_every_kind_of_file_is_made_when_it_is_asked_for_and_handed_out(week: Scene) -> None:
    shown = page("briefing")
    assert {f"make{suffix}" for suffix in RENDERERS} <= keys(shown)
    shown = click(shown, "make.csv")
    token = re.search(r'href="/api/handout/([^"?]+)', markup(shown))
    assert token is not None
    found = handouts.take(token[1])
    assert found.file_name == "briefing-2026-W10-known-2026-03-09.csv"
    assert b'"Reports in","13"' in found.content


def test_slides_show_one_section_each_and_are_left_in_one_click(week: Scene) -> None:
    shown = click(page("briefing"), "briefing-present")
    seen = []
    for _ in range(30):
        title = re.search(r"<h1>([^<]+)</h1>", markup(shown))
        assert title is not None
        seen.append(title[1])
        if shown.button(key="slide-after").disabled:
            break
        shown = click(shown, "slide-after")
    assert seen[:3] == ["The week", "1. Decisions wanted today", "2. Last week’s decisions"]
    assert seen[-2:] == ["10. Caveats", "This meeting"]
    assert "note-slide" in keys(shown)
    shown = click(shown, "slide-before")
    assert "10. Caveats" in words(shown)
    shown = click(shown, "slide-leave")
    assert "present" not in shown.query_params
    assert "1. Decisions wanted today" in words(shown)


@pytest.mark.parametrize("slide", ["0", "99", "-1", "x", "1e3"])
def test_a_slide_that_is_not_there_shows_one_that_is(week: Scene, slide: str) -> None:
    assert "Week 10, 2 to 8 March 2026" in words(page("briefing", present="true", slide=slide))


def test_the_weeks_of_one_series_are_told_as_a_chart_and_as_a_table(week: Scene) -> None:
    shown = page("briefing")
    series = shown.selectbox(key="briefing-series")
    series.select(series.options[0])
    shown = run(shown)
    assert "2 Mar 2026 13" in words(shown)
