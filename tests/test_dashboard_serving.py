"""The pages “Service” and “You said, we did”, and the command ``told``: figures, lists, files, who is shown what."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.commands import told as command
from dashboard.commands.main import main
from dashboard.handouts import handouts
from dashboard.parts import looking_back
from dashboard.parts.serving_charts import chart_words
from data.settings import Settings
from problems.events import EventKind, Subject
from problems.problem import ProblemStatus
from problems.public import PublicLevel
from problems.sample_city import ALL_SYNTHETIC, SYNTHETIC_FACT
from problems.store import Store
from problems.themes.page import Course, Direction, Piece
from tests.fixed import TODAY, add_pair, street_through, verified
from tests.scenes import COMMANDER, COORDINATOR, LONDON, OFFICER, VIEWER, Scene, scene
from tests.screens import click, keys, markup, page, run, sit_down, words
from tests.storing import an_area, empty_url

__all__ = ["scene"]


ALLOWED = EventKind.PHOTO_ALLOWED


@pytest.fixture
def town(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A town with one verified fix, its photos, and twenty-four reports that nobody answered."""
    street_through(scene)
    add_pair(scene, verified(scene))
    sit_down(monkeypatch, scene, COMMANDER)
    return scene


def lists(app: AppTest) -> dict[str, str]:
    """Return the lists that the page opens, by the label that a screen reader is told."""
    return {
        label: parse_qs(urlsplit(href.replace("&amp;", "&")).query)["list"][0]
        for label, href in re.findall(r'<a aria-label="([^"]+)"[^>]*href="([^"]+)"', markup(app))
    }


def test_six_themes_stand_in_their_order_with_a_reading_each(town: Scene) -> None:
    shown = page("serving")
    heads = re.findall(r"<h2[^>]*>([^<]+)</h2>", markup(shown))
    assert heads == [
        "Trust and confidence", "Information sharing", "Relationship building", "Prevention and advice",
        "Positive perception", "Solving problems early", "How to read it",
    ]  # fmt: skip
    assert "The whole place, 8 Dec 2025 to 8 Mar 2026, as known on 9 Mar 2026." in words(shown)
    assert words(shown).count("Too few to say whether it") + words(shown).count("by more than chance") >= 6


def test_every_figure_opens_its_list(town: Scene) -> None:
    opened = lists(page("serving"))
    assert opened["1, Fixes verified on site: see the list"] == "verified"
    for key in opened.values():
        assert "Back to the themes" in words(page("serving", list=key))
    shown = words(page("serving", list="verified"))
    assert "P-0001 Street lighting" in shown
    assert "Owner Fixes verified" in shown
    assert "1 problem in all." in shown
    assert "Reported Status today In time" in words(page("serving", list="first_response"))
    assert "24 reports in all, of which 0 count. The figure is as known on 9 Mar 2026." in words(
        page("serving", list="first_response")
    )


def test_time_and_area_are_chosen_in_the_address(town: Scene) -> None:
    shown = page("serving")
    shown.selectbox(key="serving-weeks").set_value(26)
    run(shown)
    assert shown.query_params["weeks"] == "26"
    assert "8 Sep 2025 to 8 Mar 2026" in words(shown)
    assert "No wards, beats or neighbourhoods were known then." in words(page("serving", area="Nowhere"))
    assert "is no number of weeks" in words(page("serving", weeks="many"))
    assert "2026-W99 cannot be looked at" in words(page("serving", until="2026-W99"))


@pytest.mark.parametrize("name", ["serving", "told"])
def test_an_area_is_chosen_in_the_address_and_left_out_again(town: Scene, name: str) -> None:
    area = an_area()
    with town.store.writing() as unit:
        unit.add_areas([area])
    shown = page(name)
    shown.selectbox(key=f"{name}-area").set_value(f"{area.kind}:{area.name}")
    run(shown)
    assert shown.query_params["area"] == f"{area.kind}:{area.name}"
    shown.selectbox(key=f"{name}-area").set_value("")
    run(shown)
    assert "area" not in shown.query_params


def test_a_csv_of_the_page_is_handed_out_once(town: Scene) -> None:
    shown = click(page("serving"), "serving-csv")
    (token,) = re.findall(r"/api/handout/([\w-]+)", markup(shown))
    kept = handouts.take(token)
    assert kept.file_name == "service-themes-2026-W10-13-weeks-known-2026-03-09.csv"
    assert kept.content.startswith(b'"theme","measure"')


def test_without_a_report_the_page_says_where_to_begin(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, COMMANDER)
    assert "There is no report yet" in words(page("serving"))
    assert "There is no report yet" in words(page("told"))
    scene.send(scene.report((0, 0), scene.today))
    assert "There is no problem yet" in words(page("told"))


def test_the_day_of_display_is_the_day_of_knowledge(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    town.today = date(2026, 3, 30)
    town.move(OFFICER, town.store.problem(1), ProblemStatus.IN_PROGRESS, note="Dark again.")
    monkeypatch.setattr(looking_back, "day_chosen", lambda: TODAY)
    for name in ("serving", "told"):
        assert "as known on 9 Mar 2026" in words(page(name, **({"from": "2026-03-01", "to": "2026-03-09"})))
    town.today = date(2026, 5, 4)
    asked = words(page("serving", list="first_response"))
    assert "Reported Status on 9 Mar 2026 In time" in asked
    assert "Status today" not in asked
    assert "It has held so far" in words(page("told", **{"from": "2026-03-01", "to": "2026-03-09"}))


def test_a_file_of_a_past_day_is_noted_today_and_the_page_says_so(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "That it was made goes into the record of today."
    asked = {"from": "2026-03-01", "to": "2026-03-31"}
    assert said not in words(page("told", **asked))
    town.today = date(2026, 3, 30)
    monkeypatch.setattr(looking_back, "day_chosen", lambda: TODAY)
    shown = page("told", **asked)
    assert said in words(shown)
    click(shown, "told-make.html")
    (noted,) = [one for one in town.store.events(Subject.STORE) if one.kind is EventKind.HANDED_OUT]
    assert noted.details["known_on"] == "2026-03-09"
    assert noted.at.date() == date(2026, 3, 30)


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ((20,) * 6, "Each dot is 1 week: the share answered in time, out of those due."),
        (
            (20,) * 5 + (3,),
            "Each dot is 1 week: the share answered in time, out of those due. Times with fewer than 10 are left out.",
        ),
        ((3,) * 6, "Each bar is 1 week. Filled: answered in time; outlined: all due."),
        ((None,) * 6, "Each bar is 1 week: how many were answered in time."),
    ],
)
def test_a_chart_says_what_its_marks_stand_for(totals: tuple[int | None, ...], said: str) -> None:
    pieces = tuple(Piece(date(2026, 3, 2), date(2026, 3, 8), 2, total) for total in totals)
    of = "" if totals[0] is None else "due"
    assert chart_words(Course(pieces, Direction.NO_CHANGE, "", "answered in time", of)) == said


def test_residents_page_is_previewed_as_they_will_read_it(town: Scene) -> None:
    shown = words(page("told", **{"from": "2026-03-01", "to": "2026-03-31"}))
    assert "1 fix was verified on site in this time." in shown
    assert "Street lighting, Mill Lane" in shown
    assert "Council lighting: repaired it." in shown
    assert "Before. The lamp is dark." in shown
    assert "Told up to 9 March 2026; March 2026 is not over." in shown
    town.today = date(2026, 4, 1)
    assert "is not over" not in words(page("told", **{"from": "2026-03-01", "to": "2026-03-31"}))


def test_days_within_a_month_stand_for_the_month(town: Scene) -> None:
    for first, last in (("2026-03-03", "2026-03-03"), ("2026-03-05", "2026-03-09")):
        shown = words(page("told", **{"from": first, "to": last}))
        assert "The whole place, 1 March to 31 March 2026" in shown
        assert "1 fix was verified on site in this time." in shown


def test_a_file_is_made_handed_out_once_and_noted(town: Scene) -> None:
    shown = page("told", **{"from": "2026-03-01", "to": "2026-03-31"})
    for key in ("told-make.html", "told-make.pdf"):
        shown = click(shown, key)
    tokens = re.findall(r"/api/handout/([\w-]+)", markup(shown))
    files = [handouts.take(token) for token in tokens]
    assert [one.content[:5] for one in files] == [b"<!doc", b"%PDF-"]
    noted = [one for one in town.store.events(Subject.STORE) if one.kind is EventKind.HANDED_OUT]
    assert [one.details["file"] for one in noted] == [one.file_name for one in files]
    assert {one.by_name for one in noted} == {"Clio Marsh"}


def test_an_empty_time_says_what_to_do(town: Scene) -> None:
    shown = words(page("told", **{"from": "2026-02-01", "to": "2026-02-28"}))
    assert "No fix was verified in this time" in shown
    assert "A fix is told once somebody who did not do the work has been there" in shown
    assert "is not a day" in words(page("told", **{"from": "soon"}))
    assert "ends before it begins" in words(page("told", **{"from": "2026-03-09", "to": "2026-03-05"}))


def test_viewers_are_refused_on_both_pages(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "principal", lambda: VIEWER)
    for name in ("serving", "told"):
        assert "Vera Lunt may not" in words(page(name))


def test_a_coordinator_allows_photos_and_chooses_what_is_told(town: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "principal", lambda: COORDINATOR)
    shown = page("problem", problem="P-0001", tab="respond")
    assert {"public-photo", "publish"} <= keys(shown)
    assert "residents may see it" in words(shown)
    assert "kind, street, who did what, and photos that are allowed (usual for its kind)" in words(shown)
    shown = click(shown, "publish")
    shown.selectbox(key="form_level").set_value(str(PublicLevel.AREA))
    shown = click(shown, "form-save")
    assert town.store.problem(1).shares == {"public": "area"}
    assert "(chosen by a coordinator)" in words(shown)
    assert "What residents are told: kind of problem and area" in words(page("problem", problem="P-0001"))
    shown = click(shown, "public-photo")
    shown.selectbox(key="form_photo_id").set_value(1)
    shown.selectbox(key="form_may").set_value("no")
    click(shown, "form-save")
    assert [one.details["public"] for one in town.store.events(Subject.PROBLEM, 1) if one.kind is ALLOWED][-1] is False
    monkeypatch.setattr(session, "principal", lambda: OFFICER)
    assert not {"public-photo", "publish"} & keys(page("problem", problem="P-0001", tab="respond"))


# -- the command --


@pytest.fixture
def city(town: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The town in a store that the command line opens, on the day of the scene."""

    @contextmanager
    def opened() -> Iterator[tuple[Store, Settings]]:
        yield town.store, Settings(store_url=empty_url("sqlite", tmp_path, "city.db"), zone=LONDON)

    monkeypatch.setattr(command, "opened_store", opened)
    monkeypatch.setattr(command, "clock_in", lambda _zone: town.clock)
    return town


def test_the_command_tells_and_writes_the_fixes(
    city: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "fixes.pdf"
    asked = ["told", "--from", "2026-03-01", "--to", "2026-03-31"]
    assert main([*asked, "--out", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["fixes"], answer["file"]) == (1, str(out))
    assert out.read_bytes().startswith(b"%PDF-")
    assert answer["is_over"] is False
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "March 2026: Street lighting, Mill Lane" in told
    assert "Told up to 9 March 2026; March 2026 is not over." in told
    assert main(["told", "--from", "2026-03", "--to", "2026-03"]) == 0
    assert capsys.readouterr().out == told


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--out", "fixes.docx"], "Kinds are: .html, .pdf"),
        (["--all-areas"], "Name a folder: --out fixes/"),
        (["--all-areas", "--area", "Abbey", "--out", "x"], "--area names one of them"),
        (["--all-areas", "--kind", "street", "--out", "x"], "is no kind of area"),
        (["--all-areas", "--out", "x"], "No wards, beats or neighbourhoods were known"),
        (["--all-areas", "--kind", "beats", "--out", "x"], "No beats were known"),
        (["--kind", "ward"], "--kind is of --all-areas"),
        (["--known-on", "soon"], "soon"),
        (["--from", "2026-03-03", "--to", "2026-03-03"], "Ask for 2026-03-01 to 2026-03-31."),
        (["--from", "2026-13"], "“2026-13” is not a month for --from. Write it as a month: 2025-12."),
        (["--to", "0000-03"], "“0000-03” is not a month for --to."),
        (["--to", "March"], "Write it as a month, 2025-12, or as year-month-day: 2025-12-31."),
    ],
)
def test_the_command_refuses_in_words(
    city: Scene, more: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["told", "--from", "2026-03-01", "--to", "2026-03-31", *more]) == 2
    assert said in capsys.readouterr().err
    assert not [one for one in tmp_path.iterdir() if one.suffix in (".docx", ".html", ".pdf")]


def test_the_help_says_which_words_of_people_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["told", "--help"]) == 0
    assert "but the descriptions of photos" in " ".join(capsys.readouterr().out.split())


def test_all_areas_are_written_with_a_list_of_contents(city: Scene, tmp_path: Path) -> None:
    one = an_area()
    with city.store.writing() as unit:
        unit.add_areas([replace(one, name="Abbey / East"), replace(one, name="Abbey - East")])
        unit.set_fact(SYNTHETIC_FACT, ALL_SYNTHETIC)
    folder = tmp_path / "fixes"
    asked = ["told", "--from", "2026-03-01", "--to", "2026-03-31", "--all-areas", "--kind", str(one.kind)]
    assert main([*asked, "--out", str(folder)]) == 0
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 5, "two areas of one plain name are kept apart"
    [contents] = [name for name in names if name.endswith("_contents.html")]
    listed = (folder / contents).read_text(encoding="utf-8")
    assert all(name in listed for name in names if name != contents)
    assert "The data hold a made-up sample city" in listed
