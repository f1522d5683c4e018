"""The frame round every page: who works, what is said about the data, and the map page filled."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote_plus

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import design, session, shell
from data.stores import SqlStore
from problems.people import LAPTOP, Principal, Role
from tests.screens import markup, run, words

SHELL = str(session.__file__).replace("session.py", "shell.py")


@pytest.fixture
def city(sample_read_only: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlStore]:
    monkeypatch.setenv("FIXPOINT_STORE", "sqlite:///unused.db")
    session.forget()
    monkeypatch.setattr(session, "get_store", lambda: sample_read_only)
    yield sample_read_only
    session.forget()


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return run(app)


def map_arguments(app: AppTest) -> str:
    return "\n".join(str(each.proto.json_args) for each in app.get("component_instance"))


def test_a_made_up_city_is_called_so_and_the_footer_dates_what_is_shown(city: SqlStore) -> None:
    text = words(opened())
    assert "Made-up data of the sample city: nobody and nothing in it is real." in text
    assert "Hot spots as of" in text
    assert "Times in Europe/London" in text


def test_a_made_up_city_with_own_reports_is_called_so(city: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city, "fact", lambda name: "mixed" if name == "synthetic" else None)
    text = words(opened())
    assert "Made-up data of the sample city, together with reports that were imported." in text
    assert "nobody and nothing in it is real" not in text


def test_the_filled_map_page_says_in_words_and_figures_what_it_shows(city: SqlStore) -> None:
    app = opened()
    text = words(app)
    assert "problems are on the map" in text
    for figure in ("Open problems", "Not taken on yet", "Reports", "Actions late"):
        assert figure in text
    assert "Largest on the map" in text
    assert len(app.get("component_instance")) == 1


def test_the_map_says_what_took_no_part_and_leads_to_it(city: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    latest = city.latest_refresh()
    assert latest is not None
    monkeypatch.setattr(city, "latest_refresh", lambda: replace(latest, unmapped=7, excluded_reports=5))
    app = opened()
    assert "7 reports without a category took no part." in words(app)
    assert 'href="/setup?part=Names+of+categories"' in markup(app)
    assert 'href="/setup?part=Points+under+review"' in markup(app)


def test_the_map_asks_for_nothing_outside_and_carries_no_words_of_people(city: SqlStore) -> None:
    given = map_arguments(opened())
    assert "/assets/live-layer.js" in given
    for outside in ("https://", "cdn", "unpkg", "openstreetmap"):
        assert outside not in given
    assert not [problem.name for problem in city.problems() if problem.name in given]


def test_a_problem_that_the_filters_leave_out_is_still_shown_while_it_is_chosen(city: SqlStore) -> None:
    ended = next(problem for problem in city.problems() if not problem.status.is_open)
    app = opened(problem=ended.ref)
    assert f"Open {ended.ref}" in words(app)
    assert "The filters above leave this problem out" in words(app)
    assert "also" in map_arguments(app)
    assert "also" not in map_arguments(opened())


def test_people_of_the_store_can_be_worked_as_and_links_remember_who(city: SqlStore) -> None:
    person = next(each for each in city.people() if each.active)
    app = opened()
    assert app.selectbox(key=session.WORKING_AS).value == ""
    label = session.person_label(person)
    chosen = opened(**{session.WORKING_AS: label, "contrast": "true", "problem": city.problems()[0].ref})
    assert chosen.selectbox(key=session.WORKING_AS).value == person.key
    assert f"as={quote_plus(label)}" in markup(chosen).replace("&amp;", "&")
    assert "contrast=true" in markup(chosen)


def test_nobody_chosen_is_the_person_at_this_computer(city: SqlStore) -> None:
    assert session.principal() == LAPTOP


def test_high_contrast_changes_the_colours_of_the_page(city: SqlStore) -> None:
    def sheets(app: AppTest) -> str:
        return "\n".join(str(each.proto.body) for each in app.get("html"))

    assert f"--fx-paper:{design.LIGHT.paper}" in sheets(opened())
    assert f"--fx-paper:{design.LIGHT_CONTRAST.paper};" in sheets(opened(contrast="true")).split("@media")[0]


def as_one(city: SqlStore, role: Role, **query: str) -> AppTest:
    """Open the map with the eyes of somebody who has a role."""
    person = next(each for each in city.people() if each.role is role)
    return opened(**{session.WORKING_AS: session.person_label(person), **query})


def test_the_sample_city_says_with_whose_eyes_it_is_seen_and_leads_back_in_one_click(city: SqlStore) -> None:
    app = as_one(city, Role.PARTNER)
    person = next(each for each in city.people() if each.role is Role.PARTNER)
    assert f"You see Fixpoint as {session.person_label(person)}." in words(app)
    assert f'"as": "{person.key}"' in map_arguments(app).replace("\\", "")
    app.button(key="fx-back").click()
    run(app)
    assert "You see Fixpoint as" not in words(app)
    assert app.selectbox(key=session.WORKING_AS).value == ""


def test_with_real_reports_nobody_looks_with_others_eyes(city: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city, "fact", lambda name: "mixed" if name == "synthetic" else None)
    app = as_one(city, Role.PARTNER)
    assert "You see Fixpoint as" not in words(app)
    assert app.selectbox(key=session.WORKING_AS).label == "Working as"


def test_what_is_typed_in_the_bar_is_looked_for_on_the_page_of_the_search(city: SqlStore) -> None:
    app = opened()
    name = next(each.name for each in city.problems())
    app.text_input(key="fx_search").set_value(name)
    run(app)
    assert app.text_input(key="q").value == name
    assert "Found:" in words(app)
    assert name in words(app)


def test_a_page_of_others_says_whose_it_is(city: SqlStore) -> None:
    viewer = next(each for each in city.people() if each.role is Role.VIEWER).principal()
    for page in shell._PAGES:
        told = {role for role in Role if page.is_for(Principal("x", "X", frozenset({role}), 1))}
        assert Role.COORDINATOR in told
        assert page.is_for(viewer) == (page.title in ("Map", "Problems", "Search"))


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_the_bar_has_each_page_once_and_no_list_of_a_single_page(role: Role) -> None:
    who = Principal("x", "X", frozenset({role}), 1)
    lists = shell._lists(who)
    assert sorted(path for paths in lists.values() for path in paths) == sorted(page.path for page in shell._PAGES)
    theirs = {page.path for page in shell._PAGES if page.in_bar and page.is_for(who)}
    for under, paths in lists.items():
        assert not under or len(theirs.intersection(paths)) != 1


def test_a_page_of_today_leads_to_those_that_show_the_day_that_was_asked_for(city: SqlStore) -> None:
    shown = opened(on="2026-02-02", contrast="true")
    assert "This page shows today. As known on 2 Feb 2026 there are:" in markup(shown)
    (board,) = re.findall(r'href="(/board[^"]*)"', markup(shown))
    assert board.replace("&amp;", "&") == "/board?contrast=true&on=2026-02-02"
    shown.button(key="fx-today").click().run()
    assert "This page shows today" not in markup(shown)
