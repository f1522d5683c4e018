"""The queue of unmapped names, what people decided, and the list of names under Setup."""

from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.parts.unmapped import Waiting, waiting_names
from dashboard.views.setup import NAMES
from data.taxonomy import listable, listed_taxonomy, names_csv, taxonomy_of
from problems.categories import FeedName
from problems.feed_names import all_rows
from problems.people import LAPTOP
from problems.use_cases import reviewing
from tests.scenes import COMMANDER, OFFICER, Scene
from tests.screens import click, keys, markup, page, run, sit_down, words

DAY = date(2026, 2, 10)


@pytest.fixture(autouse=True)
def desk(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)


def sent(scene: Scene, name: str, times: int = 1, text: str = "", source: str = "council") -> None:
    reports = (scene.report((0, 0), DAY, code=None) for _ in range(times))
    scene.send(*(replace(one, category_name=name, text=text, source=source) for one in reports))


def codes(scene: Scene) -> dict[str, str | None]:
    return {report.category_name: report.category for report in scene.store.all_reports()}


def labels(shown: AppTest) -> list[str]:
    return [str(box.label) for box in shown.checkbox if str(box.key).startswith("tick-name-")]


def names() -> AppTest:
    return page("setup", part=NAMES)


def test_spellings_of_a_name_wait_as_one_and_most_come_first() -> None:
    unmapped = [("council", "Lamps", 2), ("council", "Purple", 4), ("council", "LAMPS!", 3), ("police", "lamps", 1)]
    assert waiting_names(unmapped) == [
        Waiting("council", "LAMPS!", ("LAMPS!", "Lamps"), 5),
        Waiting("council", "Purple", ("Purple",), 4),
        Waiting("police", "lamps", ("lamps",), 1),
    ]


def test_many_names_can_be_searched(scene: Scene) -> None:
    for number in range(21):
        sent(scene, f"Purple thing {number}", 1)
    shown = names()
    shown.text_input(key="unmapped_search").set_value("THING 20")
    assert len(labels(run(shown))) == 0
    assert "Purple thing 20" in words(shown)
    assert "Purple thing 19" not in words(shown)


def test_the_queue_shows_what_was_said_under_a_name(scene: Scene) -> None:
    sent(scene, "Purple elephants", 2, "Two elephants behind the school")
    sent(scene, "Graffitti", 3, "Tags on the wall")
    shown = names()
    assert labels(shown) == ["Graffitti · council · 3 reports", "Purple elephants · council · 2 reports"]
    assert "For example “Two elephants behind the school”" in words(shown)


def test_texts_of_reports_are_for_those_who_handle_them(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(scene, "Purple elephants", 1, "Two elephants behind the school")
    sit_down(monkeypatch, scene, COMMANDER)
    shown = names()
    assert "Purple elephants · council · 1 report" in words(shown)
    assert "behind the school" not in words(shown)
    assert keys(shown) == set()


def test_a_near_name_is_offered_and_taken_by_one_click(scene: Scene) -> None:
    sent(scene, "Graffitti", 3)
    sent(scene, "Purple elephants")
    shown = names()
    assert [str(button.label) for button in shown.button if str(button.key).startswith("suggested-")] == [
        "Use “Graffiti or fly-posting”"
    ]
    assert codes(scene) == {"Graffitti": None, "Purple elephants": None}
    click(shown, "suggested-0")
    assert codes(scene)["Graffitti"] == "DMG-GRAF"
    assert "“Graffitti”: 3 reports are now “Graffiti or fly-posting”." in words(shown)


def test_several_names_get_one_category_at_once(scene: Scene) -> None:
    for name in ("Purple elephants", "Green mice", "Blue cats"):
        sent(scene, name)
    shown = names()
    assert shown.button(key="map-several").disabled
    for box in [box for box in shown.checkbox if "Blue" in str(box.label) or "Green" in str(box.label)]:
        box.check()
    shown.selectbox(key="several_code").set_value("DSP-ANIMAL")
    run(shown)
    assert shown.button(key="map-several").label == "Use for 2 names"
    click(shown, "map-several")
    assert codes(scene) == {"Purple elephants": None, "Green mice": "DSP-ANIMAL", "Blue cats": "DSP-ANIMAL"}
    assert "2 names: 2 reports are now “Animals causing nuisance”." in words(shown)


def test_a_name_is_given_a_category_for_some_days_only(scene: Scene) -> None:
    sent(scene, "Purple elephants")
    shown = click(names(), "map-0")
    shown.selectbox(key="form_code").set_value("DSP-ANIMAL")
    shown.date_input(key="form_valid_from").set_value(date(2026, 3, 1))
    shown.date_input(key="form_valid_to").set_value(date(2026, 2, 1))
    click(shown, "form-save")
    assert "The last day is before the first." in words(shown)
    assert shown.selectbox(key="form_code").value == "DSP-ANIMAL"
    shown.date_input(key="form_valid_to").set_value(None)
    click(shown, "form-save")
    assert codes(scene) == {"Purple elephants": None}  # it is of February
    assert "is “Animals causing nuisance” from 1 Mar 2026" in words(shown)
    assert taxonomy_of(scene.store).code_for("council", "Purple elephants", date(2026, 3, 1)) == "DSP-ANIMAL"


def test_a_decision_is_changed_and_taken_back(scene: Scene) -> None:
    sent(scene, "Purple elephants", 2)
    shown = click(names(), "map-0")
    shown.selectbox(key="form_code").set_value("DSP-ANIMAL")
    click(shown, "form-save")
    click(shown, "remap-0")
    shown.selectbox(key="form_code").set_value("OTH-OTHER")
    click(shown, "form-save")
    assert codes(scene) == {"Purple elephants": "OTH-OTHER"}
    click(shown, "unmap-0")
    assert "wait for a category again" in words(shown)
    click(shown, "form-save")
    assert codes(scene) == {"Purple elephants": None}
    assert "2 reports changed" in words(shown)
    assert "unmap-0" not in keys(shown)


def test_a_name_is_left_for_later_and_waits_at_the_end(scene: Scene) -> None:
    sent(scene, "Purple elephants", 5)
    sent(scene, "Green mice", 2)
    sent(scene, "Blue cats")
    shown = click(names(), "later-0")
    assert labels(shown) == ["Green mice · council · 2 reports", "Blue cats · council · 1 report"]
    assert "Purple elephants · council · 5 reports" in words(shown)
    again = next(str(button.key) for button in shown.button if button.label == "Take up again")
    assert labels(click(shown, again))[0] == "Purple elephants · council · 5 reports"


def test_names_of_one_source_can_be_looked_at(scene: Scene) -> None:
    sent(scene, "Purple elephants")
    sent(scene, "Green mice", source="police")
    shown = names()
    shown.selectbox(key="unmapped_source").set_value("police")
    assert labels(run(shown)) == []  # one name alone needs no ticking
    assert "Green mice · police · 1 report" in words(shown)
    assert "Purple elephants" not in words(shown)


def test_a_name_that_holds_markup_is_shown_as_it_is(scene: Scene) -> None:
    sent(scene, "<b>*odd*</b> [x](http://e.example)")
    assert "&lt;b&gt;*odd*&lt;/b&gt; [x](http://e.example) · council · 1 report" in markup(names())
    sent(scene, "Green mice")
    shown = names()
    assert "<b>*odd" not in markup(shown)
    label = labels(shown)[0]
    assert label.startswith("\\<b\\>\\*odd\\*\\</b\\> \\[x\\]")


def test_officers_see_the_queue_without_its_buttons(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(scene, "Purple elephants")
    sit_down(monkeypatch, scene, OFFICER)
    shown = names()
    assert "Coordinators and administrators choose what these names mean." in words(shown)
    assert keys(shown) == set()
    assert not shown.file_uploader


# -- the list of names --


def edited(scene: Scene, *more: FeedName) -> bytes:
    return names_csv(listable([*more, *all_rows(taxonomy_of(scene.store))])).encode()


def with_list(content: bytes) -> AppTest:
    shown = names()
    shown.file_uploader(key="names_list").set_value(("names.csv", content, "text/csv"))
    return run(shown)


def test_an_edited_list_is_counted_and_then_put_in_place(scene: Scene) -> None:
    sent(scene, "Purple elephants", 3)
    shown = with_list(edited(scene, FeedName("council", "Purple elephants", "DSP-ANIMAL")))
    assert "Names: 1 new." in words(shown)
    assert "New: “Purple elephants”." in words(shown)
    assert shown.checkbox(key="names_past").label == "Change 3 reports that are here already, too"
    assert codes(scene) == {"Purple elephants": None}
    click(shown, "names-use")
    assert codes(scene) == {"Purple elephants": "DSP-ANIMAL"}
    assert "3 reports changed" in words(shown)
    assert words(shown).count("The list of names is in place: 3 reports changed.") == 2
    click(shown, "names-shipped")
    click(shown, "form-save")
    assert codes(scene) == {"Purple elephants": None}
    assert "names-shipped" not in keys(shown)


def test_a_list_with_a_mistake_is_refused_with_its_line(scene: Scene) -> None:
    shown = with_list(edited(scene) + b"council,Purple elephants,NOT-THERE,,\r\n")
    lines = len(all_rows(taxonomy_of(scene.store))) + 2
    assert f"Line {lines}: the code “NOT-THERE” is not in the list of categories." in words(shown)
    assert "names-use" not in keys(shown)
    assert scene.store.fact("category_names") is None


def test_the_list_can_be_downloaded_and_says_where_it_comes_from(scene: Scene) -> None:
    shown = names()
    assert 'href="/api/export/category-names.csv"' in markup(shown)
    assert "the list that came with Fixpoint" in words(shown)
    reviewing.replace_names(
        *(scene.store, LAPTOP, scene.clock, 1),
        text=edited(scene).decode(),
        names=all_rows(taxonomy_of(scene.store)),
        taxonomy=listed_taxonomy(scene.store),
        past_too=False,
    )
    assert "a list of this installation" in words(names())
