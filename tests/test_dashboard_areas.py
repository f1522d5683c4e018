"""The page of the areas: a table without a ranking, the page of one, past days, and what each reader is shown."""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest

from dashboard import jobs
from dashboard.handouts import handouts
from dashboard.parts import looking_back
from dashboard.parts.areas_funnel import turned_names
from problems.looking_back import LookedBack
from problems.people import Principal, Role
from problems.sharing import SharingLevel
from tests.scenes import COMMANDER, OFFICER, Scene, days_before
from tests.screens import click, markup, page, sit_down, words
from tests.test_problems_areas import bring, square
from tests.test_problems_sharing import share

MONDAY = date(2026, 3, 9)
SUNDAY = MONDAY - timedelta(days=1)


@pytest.fixture
def town(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Three wards with 30, 12 and 4 reports, and a problem in the second."""
    scene.today = MONDAY
    for at, count in enumerate((30, 12, 4)):
        scene.send(
            *scene.spot((1000.0 * at + 500, 0.0), days_before(SUNDAY, count, 1), spread_m=15.0 + 300 * (at != 1))
        )
    bring(scene, square("Docks", 0), square("Abbey", 1000), square("Castle", 2000))
    scene.refresh()
    scene.taken_on(next(one for one in scene.store.problems() if one.area == "Abbey"))
    sit_down(monkeypatch, scene, COMMANDER)
    return scene


def rows(text: str) -> list[list[str]]:
    found = re.findall(r'<tr role="row">(.*?)</tr>', text)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in found]


def test_all_areas_stand_by_name_with_the_numbers_of_the_chart(town: Scene) -> None:
    shown = page("areas")
    table = [row for row in rows(markup(shown)) if row]
    assert [(row[0], row[1], row[2]) for row in table] == [
        ("Abbey", "1", "12"), ("Castle", "–", "4"), ("Docks", "–", "30"),
    ]  # fmt: skip
    assert table[1][5] == "too few"
    assert "differ from the rest by more than chance" in words(shown)
    assert "Reports say where people report" in words(shown)
    assert "/areas?area=ward%3AAbbey" in markup(shown)


def test_an_area_has_its_problems_with_links_and_the_ways_from_it(town: Scene) -> None:
    shown = page("areas", area="ward:Abbey")
    text, drawn = words(shown), markup(shown)
    assert "1 problem is open here: 0 late, 0 without an owner." in text
    assert "Cora Reid" in text
    assert "Taken on" in text
    for address in (
        "/problem?problem=P-0001",
        "/briefing?week=2026-W10&amp;area=ward%3AAbbey",
        "/told?area=ward%3AAbbey&amp;from=",
    ):
        assert address in drawn
    assert "inbox_area" not in drawn  # the Inbox is not for command
    assert "No fix was verified here in the last 26 weeks." in text
    assert "Map of Abbey with its open problems." in drawn
    assert "Reports of 13 weeks beside the other wards" in text


def test_an_area_that_is_not_there_is_refused_with_the_way_back(town: Scene) -> None:
    shown = page("areas", area="ward:Nowhere")
    assert "No area was called so then." in words(shown)
    assert "All areas" in words(shown)


def test_choosing_what_reports_are_held_against_stands_in_the_address(town: Scene) -> None:
    shown = page("areas")
    assert shown.selectbox(key="areas-against").value == "ground"
    shown.selectbox(key="areas-against").select("year").run()
    assert shown.query_params["against"] == "year"
    assert "what is usual cannot be told" in words(shown)
    assert not shown.exception


def test_without_boundaries_the_page_says_where_they_are_loaded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(scene.report((0, 0), scene.today))
    sit_down(monkeypatch, scene, COMMANDER)
    shown = page("areas")
    assert "No boundaries are loaded yet" in words(shown)
    assert "/setup" in markup(shown)


@pytest.mark.parametrize("name", ["areas", "serving", "told"])
def test_before_the_first_import_it_is_said_that_nothing_was_known_that_day(
    town: Scene, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(looking_back, "day_chosen", lambda: date(2026, 3, 1))
    shown = words(page(name))
    assert "No report was known on 1 Mar 2026" in shown
    assert "The first reports were imported on 9 Mar 2026. Choose a later day, or go back to today." in shown
    assert "Import reports" not in shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("areas", "All wards"),
        ("serving", "as known on"),
        ("told", "The record of problems does not reach there: it begins in March 2026."),
    ],
)
def test_of_a_past_day_no_report_is_copied_to_know_that_there_are_some(
    town: Scene, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    def copied(_: LookedBack) -> None:
        raise AssertionError("every report was copied")

    town.today = MONDAY + timedelta(days=7)
    monkeypatch.setattr(LookedBack, "counts", copied)
    monkeypatch.setattr(looking_back, "day_chosen", lambda: MONDAY)
    assert said in words(page(name))


def test_a_partner_is_shown_no_counts_of_reports(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, town, town.partner(town.organisation()))
    shown = page("areas")
    assert [row for row in rows(markup(shown)) if row] == [["Abbey", "–"], ["Castle", "–"], ["Docks", "–"]]
    assert "not shared with partner organisations" in words(shown)
    one = page("areas", area="ward:Abbey")
    assert "Not shown to you" in words(one)
    assert "open at the end" not in words(one).casefold()
    assert "inbox_area" not in markup(one)


def test_what_a_partner_only_knows_to_exist_is_listed_without_a_place_or_an_owner(
    town: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "class%3D%22mark%20" in markup(page("areas", area="ward:Abbey"))
    own = town.organisation()
    share(town, 1, own.id, SharingLevel.EXISTS)
    sit_down(monkeypatch, town, town.partner(own))
    shown = page("areas", area="ward:Abbey")
    assert "1 problem that is shared with you is open here: 0 late." in words(shown)
    (row,) = (one for one in rows(markup(shown)) if one and one[0].startswith("P-0001"))
    assert row[2] == "Not told"
    assert "Map of Abbey" in markup(shown)
    assert "class%3D%22mark%20" not in markup(shown)


@pytest.mark.parametrize("who", [OFFICER, Principal("ada", "Ada Stone", frozenset({Role.ADMIN}))])
def test_staff_see_service_and_what_changed(town: Scene, monkeypatch: pytest.MonkeyPatch, who: Principal) -> None:
    sit_down(monkeypatch, town, who)
    shown = page("areas", area="ward:Docks")
    text = words(shown)
    assert ("inbox_area=Ward" in markup(shown)) == who.has(Role.OFFICER)
    assert "Open at the end" in text
    assert "What changed" in text


# -- the files of all areas, on the page of the briefing --


def test_all_areas_are_made_beside_the_page_and_handed_out_once(town: Scene) -> None:
    shown = page("briefing", week="2026-W10")
    shown.selectbox(key="briefing-all-as").select(".csv").run()
    click(shown, "briefing-all-make")
    job = jobs.find(f"briefings-{COMMANDER.key}")
    assert job is not None
    assert job.ended.wait(60)
    shown.run()
    assert isinstance(job.result, tuple)
    file_name, token, areas = job.result
    assert (file_name, areas) == ("briefings-2026-W10-wards-csv-known-2026-03-09.zip", 3)
    assert f"/api/handout/{token}" in markup(shown)
    with zipfile.ZipFile(io.BytesIO(handouts.take(token).content)) as archive:
        assert len(archive.namelist()) == 4
    jobs.dismiss(job.name)


@pytest.mark.parametrize(
    ("across", "up", "turned"),
    [
        ([0.50, 0.55, 0.90], [0.4, 0.4, 0.4], [True, False, False]),
        ([0.50, 0.55], [0.4, 0.5], [False, False]),
        ([0.45, 0.50, 0.55], [0.4, 0.4, 0.4], [True, False, False]),
    ],
)
def test_no_name_stands_on_the_dot_of_another_area(across: list[float], up: list[float], turned: list[bool]) -> None:
    assert turned_names(across, up) == turned
