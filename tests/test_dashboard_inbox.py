"""The inbox page: what waits, one report, many at once, who is to be told, and what each role is shown."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard.handouts import Handouts, handouts
from dashboard.parts.inbox_list import ROWS
from problems.errors import NotFound
from problems.followups import Satisfaction
from problems.people import Principal, Role
from problems.reports import ReportStatus
from problems.use_cases import telling
from problems.use_cases.answer_changes import matters_of
from tests.scenes import OFFICER, VIEWER, Scene, days_before
from tests.screens import click, keys, markup, page, run, sit_down, words
from tests.test_dashboard_routes import Client
from tests.test_problems_answering import give, move, moved
from tests.test_problems_telling import KEY, called, ended

R = ReportStatus
TODAY = date(2026, 3, 2)


def lamps(scene: Scene, count: int = 3, **fields: object) -> None:
    reports = [scene.report((5.0 * at, 0), TODAY - timedelta(days=1 + at)) for at in range(count)]
    scene.send(
        *(replace(one, text="Lamp is out", address=f"{at} Mill Lane", **fields) for at, one in enumerate(reports))
    )  # type: ignore[arg-type] # fields of a report


def tick(app, *numbers: int):  # type: ignore[no-untyped-def] # an AppTest, which has no public types
    for number in numbers:
        app.checkbox(key=f"tick-{number}").check()
    return app


def choose(app, label: str):  # type: ignore[no-untyped-def] # as above
    app.selectbox(key="inbox_do").set_value(label)
    return app


def test_what_waits_is_counted_and_listed_with_the_latest_first(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    scene.send(replace(scene.report((0, 0), TODAY - timedelta(days=90)), status=R.IN_PROGRESS, address="Old Road"))
    sit_down(monkeypatch, scene, OFFICER)
    shown = words(page("inbox"))
    assert "New 3 Acknowledged 0 Under way 1" in shown
    assert "4 reports" in shown
    assert shown.index("Old Road") < shown.index("Mill Lane")
    assert "over three times the target" in shown


def test_several_are_acknowledged_by_one_click_and_the_refused_ones_are_named(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene)
    scene.send(replace(scene.report((0, 0), TODAY), status=R.IN_PROGRESS))
    sit_down(monkeypatch, scene, OFFICER)
    app = choose(tick(page("inbox"), 1, 2, 4), "Withdraw")
    click(app, "inbox-go")
    app.selectbox(key="form_reason").set_value("reporter_error")
    app.text_area(key="form_note").set_value("You told us it was a mistake.")
    done = click(app, "form-save")
    assert "3 reports are now “Withdrawn”." in words(done)
    app = choose(tick(page("inbox"), 3), "Acknowledge")
    assert "1 report is now “Acknowledged”." in words(click(app, "inbox-go"))
    assert [one.status for one in matters_of(scene.store, [1, 2, 3, 4])] == [
        R.WITHDRAWN, R.WITHDRAWN, R.ACKNOWLEDGED, R.WITHDRAWN,
    ]  # fmt: skip


def test_what_somebody_else_changed_meanwhile_is_named_and_the_rest_is_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene, OFFICER)
    app = choose(tick(page("inbox"), 1, 2), "Acknowledge")
    move(scene, COORDINATOR_OFFICER, matters_of(scene.store, [1])[0], R.ACKNOWLEDGED)
    shown = words(click(app, "inbox-go"))
    assert "1 report is now “Acknowledged”." in shown
    assert "1 report stayed as it is: R-000001 Cora Reid changed R-000001 in the meantime." in shown


COORDINATOR_OFFICER = Principal("cora", "Cora Reid", frozenset({Role.COORDINATOR, Role.OFFICER}))


@pytest.mark.parametrize(
    ("ticked", "label", "why"), [((), "Acknowledge", "No report is ticked"), ((1,), None, "not chosen what")]
)
def test_nothing_is_done_without_reports_or_without_a_task(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, ticked: tuple[int, ...], label: str | None, why: str
) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene, OFFICER)
    app = tick(page("inbox"), *ticked)
    if label:
        choose(app, label)
    before = scene.store.version()
    assert why in words(click(app, "inbox-go"))
    assert scene.store.version() == before


def test_all_on_the_page_are_ticked_and_unticked_by_one_click(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    sit_down(monkeypatch, scene, OFFICER)
    app = click(page("inbox"), "inbox-all")
    assert [box.value for box in app.checkbox] == [True] * 3
    assert [box.value for box in click(app, "inbox-none").checkbox] == [False] * 3


def test_filters_are_in_the_address(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    scene.send(replace(scene.report((0, 0), TODAY, code="WST-DUMP"), address="9 Tip Road"))
    give(scene, matters_of(scene.store, [2]), scene.organisation().id)
    sit_down(monkeypatch, scene, OFFICER)
    for query, there, gone in (
        ({"inbox_find": "tip"}, "9 Tip Road", "Mill Lane"),
        ({"inbox_category": "Rubbish and litter"}, "9 Tip Road", "Mill Lane"),
        ({"inbox_assigned": "Council lighting"}, "1 Mill Lane", "Tip Road"),
        ({"inbox_assigned": "Nobody yet"}, "9 Tip Road", "1 Mill Lane"),
        ({"inbox_status": "Acknowledged"}, "No report fits", "Mill Lane"),
    ):
        shown = words(page("inbox", **query))
        assert there in shown, query
        assert gone not in shown, query


@pytest.mark.parametrize(("order", "first"), [("Newest first", "Tip Road"), ("Oldest first", "2 Mill Lane")])
def test_the_order_is_in_the_address(scene: Scene, monkeypatch: pytest.MonkeyPatch, order: str, first: str) -> None:
    lamps(scene)
    scene.send(replace(scene.report((0, 0), TODAY, code="WST-DUMP"), address="Tip Road"))
    sit_down(monkeypatch, scene, OFFICER)
    shown = words(page("inbox", inbox_order=order))
    others = {"Tip Road", "0 Mill Lane", "1 Mill Lane", "2 Mill Lane"} - {first}
    assert all(shown.index(first) < shown.index(other) for other in others)


def test_a_long_list_comes_in_pages_and_a_page_too_far_is_the_last_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene, ROWS + 3)
    sit_down(monkeypatch, scene, OFFICER)
    assert len(page("inbox").checkbox) == ROWS
    assert len(page("inbox", inbox_page="2").checkbox) == 3
    narrowed = page("inbox", inbox_page="2", inbox_find="7 Mill")
    assert len(narrowed.checkbox) >= 1


def test_one_report_tells_its_clocks_its_words_and_what_happened(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    moved(scene, OFFICER, matters_of(scene.store, [1]), R.ACKNOWLEDGED)
    sit_down(monkeypatch, scene, OFFICER)
    app = page("inbox", report="R-000001")
    shown = words(app)
    assert "Street light not working" in shown
    assert "Lamp is out" in shown
    assert "First response, working days 1 of 5" in shown
    assert "To the end, every day 1 as the resident sees it" in shown
    assert "Omar Hale Status: “New” is now “Acknowledged”. Owner: Omar Hale." in shown
    labels = {str(button.label) for button in app.button}
    assert {"Start work", "Resolve", "Give to an organisation", "Waiting for somebody"} <= labels
    assert "Verify on site" not in labels


def button_key(app, label: str) -> str:  # type: ignore[no-untyped-def] # as above
    return next(str(button.key) for button in app.button if button.label == label)


def test_the_second_editor_sees_what_the_first_changed_and_keeps_their_own_words(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene, status=R.ACKNOWLEDGED)
    sit_down(monkeypatch, scene, OFFICER)
    app = page("inbox", report="1")
    click(app, button_key(app, "Resolve"))
    app.selectbox(key="form_reason").set_value("fixed")
    app.text_area(key="form_note").set_value("My own words.")
    give(scene, matters_of(scene.store, [1]), scene.organisation().id)
    shown = click(app, "form-save")
    assert "Omar Hale saved first." in words(shown)
    assert "Given to was “–”, is now “Council lighting”." in words(shown)
    assert shown.text_area(key="form_note").value == "My own words."
    assert "is now “Said to be fixed”" in words(click(shown, "form-save"))
    assert matters_of(scene.store, [1])[0].followup.outcome == "My own words."


def test_where_the_move_is_gone_the_words_go_along_to_what_is_possible(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene, status=R.ACKNOWLEDGED)
    sit_down(monkeypatch, scene, OFFICER)
    app = page("inbox", report="1")
    click(app, button_key(app, "Resolve"))
    app.text_area(key="form_note").set_value("My own words.")
    move(scene, COORDINATOR_OFFICER, matters_of(scene.store, [1])[0], R.WITHDRAWN, reason="artefact", note="Twice.")
    shown = words(click(app, "form-save"))
    assert "“Resolve” is no longer possible: R-000001 is “Withdrawn” now." in shown
    assert "You wrote: “My own words.”" in shown


def test_four_eyes_the_page_does_not_offer_what_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    matter = matters_of(scene.store, [1])[0]
    move(scene, OFFICER, matter, R.ACKNOWLEDGED)
    move(scene, OFFICER, matter, R.RESOLVED, reason="fixed", note="Lit.")
    sit_down(monkeypatch, scene, OFFICER)
    assert "Verify on site" not in {str(each.label) for each in page("inbox", report="1").button}
    sit_down(monkeypatch, scene, Principal("olga", "Olga", frozenset({Role.OFFICER})))
    assert "Verify on site" in {str(each.label) for each in page("inbox", report="1").button}


def test_nobody_is_shown_more_than_they_may_see(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    scene.send(replace(scene.report((0, 0), TODAY, code="DSP-NOISE"), text="Shouting", address="7 Quiet Close"))
    partner = scene.partner(scene.organisation())
    give(scene, matters_of(scene.store, [1, 4]), partner.organisation_id)
    sit_down(monkeypatch, scene, partner)
    shown = markup(page("inbox"))
    assert "0 Mill Lane" in shown
    assert "1 Mill Lane" not in shown
    for hidden in ("Lamp is out", "Shouting", "7 Quiet Close"):
        assert hidden not in shown
        assert hidden not in markup(page("inbox", plain="true"))
        assert hidden not in markup(page("inbox", report="4"))
    # As if there were none: that somebody else was given it is not told either.
    assert "There is no report R-000002" in words(page("inbox", report="2"))
    sit_down(monkeypatch, scene, VIEWER)
    for query in ({}, {"report": "1"}, {"part": "To be told"}):
        app = page("inbox", **query)
        assert "Mill Lane" not in markup(app)
        assert keys(app) == set()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("R-000099", "There is no report R-000099"),
        ("banana", "is not the number of a report"),
        ("1' OR 1=1", "is not the number of a report"),
        ("9" * 40, "is not the number of a report"),
    ],
)
def test_a_report_that_is_not_there_is_a_sentence(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, typed: str, said: str
) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    shown = words(page("inbox", report=typed))
    assert said in shown


def test_text_of_strangers_stays_text(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "<img src=x onerror=alert(1)> ![x](https://evil.example/x.png) ${alert(1)}"
    scene.send(replace(scene.report((0, 0), TODAY), text=evil, address=evil, category=None, category_name=evil))
    sit_down(monkeypatch, scene, OFFICER)
    for query in ({}, {"plain": "true"}, {"report": "1"}):
        app = page("inbox", **query)
        assert "<img" not in markup(app)
        assert "${" not in markup(app)
        assert "evil" not in " ".join(str(each.label) for each in [*app.button, *app.checkbox])


def test_empty_lists_say_what_to_do(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene, OFFICER)
    assert "No reports yet" in words(page("inbox"))
    assert "Nobody waits to hear from you" in words(page("inbox", part="To be told"))
    lamps(scene, 1, status=R.VERIFIED)
    assert "Nothing waits for you" in words(page("inbox"))


# -- to be told --


@pytest.fixture
def to_tell(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("FIXPOINT_CONTACT_KEY", KEY)
    for number in (1, 2):
        ended(scene, called(scene, number))
    sit_down(monkeypatch, scene, OFFICER)
    return scene


def test_who_was_told_leaves_the_list(to_tell: Scene) -> None:
    app = page("inbox", part="To be told")
    assert "2 reporters to be told" in words(app)
    assert "New lamp fitted." in words(app)
    shown = words(click(tick(app, 1), "told-mark"))
    assert "1 reporter noted as told." in shown
    assert "1 reporter to be told" in shown


def test_letters_are_handed_out_once_and_name_nobody_on_the_page(to_tell: Scene) -> None:
    app = click(click(page("inbox", part="To be told"), "told-all"), "told-letters")
    assert "2 letters made." in words(app)
    assert "ann1@example.invalid" not in markup(app)
    address = next(part for part in markup(app).split('"') if part.startswith("/api/handout/"))
    client = Client(["127.0.0.1"])
    first, second = client.get(address), client.get(address)
    assert first.headers["cache-control"] == "no-store"
    assert b"ann1@example.invalid" in first.content
    assert (second.status, b"no longer there" in second.content) == (404, True)
    assert "Download letters.csv" not in words(run(app))


def test_a_share_of_few_answers_is_not_told(to_tell: Scene) -> None:
    assert "Too few answers 0 of the 10 that it takes" in words(page("inbox", part="To be told"))
    for number in range(3, 13):
        matter = ended(to_tell, called(to_tell, number))
        asking = (to_tell.store, OFFICER, to_tell.clock, 1)
        (done,) = telling.mark_told(*asking, report_ids=[matter.id], seen_versions={}).done
        answer = Satisfaction.YES if number > 4 else Satisfaction.NO
        telling.record_satisfaction(*asking, report_id=matter.id, satisfied=answer, seen_version=done.version)
    shown = words(page("inbox", part="To be told"))
    assert "Satisfied 80% between 49% and 94%, of 10 answers" in shown


def test_a_receipt_tells_the_sentence(to_tell: Scene) -> None:
    receipt = to_tell.store.reports([1])[0].source_id
    app = page("report", part="Look up a receipt")
    app.text_input(key="receipt_typed").set_value(receipt)
    assert "It is said to be fixed. =New lamp fitted." in words(click(app, "receipt-look"))


# -- files --


def test_the_list_is_handed_out_as_it_is_filtered_and_runs_in_no_spreadsheet(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps(scene)
    scene.send(replace(scene.report((0, 0), TODAY), text="=HYPERLINK(1)", address="9 Tip Road"))
    sit_down(monkeypatch, scene, OFFICER)
    app = click(page("inbox", inbox_find="tip"), "inbox-csv")
    token = next(part for part in markup(app).split('"') if part.startswith("/api/handout/")).rpartition("/")[2]
    file = handouts.take(token)
    rows = file.content.decode("utf-8-sig").splitlines()
    assert (file.file_name, len(rows)) == ("inbox.csv", 2)
    assert '"\'=HYPERLINK(1)"' in rows[1]


def test_a_partner_is_handed_no_words_and_no_place_of_people(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.send(replace(scene.report((0, 0), TODAY, code="DSP-NOISE"), text="Shouting", address="7 Quiet Close"))
    partner = scene.partner(scene.organisation())
    give(scene, matters_of(scene.store, [1]), partner.organisation_id)
    sit_down(monkeypatch, scene, partner)
    app = click(page("inbox"), "inbox-csv")
    token = next(part for part in markup(app).split('"') if part.startswith("/api/handout/")).rpartition("/")[2]
    content = handouts.take(token).content.decode()
    assert "R-000001" in content
    assert "Quiet Close" not in content
    assert "Shouting" not in content


def test_handouts_do_not_pile_up() -> None:
    kept = Handouts()
    tokens = [kept.keep("a.csv", b"x") for _ in range(60)]
    assert len(set(tokens)) == 60
    assert not kept.is_waiting(tokens[0])
    assert kept.take(tokens[-1]).content == b"x"
    with pytest.raises(NotFound):
        kept.take("guessed")


def test_a_report_is_linked_to_the_nearest_problem_first(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in ((0.0, 0.0), (900.0, 0.0)):
        scene.send(*scene.spot(at, days_before(scene.today, 12)))
    scene.refresh()
    scene.send(scene.report((880, 0), scene.today))
    near, far = sorted(scene.store.problems(), key=lambda one: -one.lon_lat[0])
    sit_down(monkeypatch, scene, OFFICER)
    shown = page("inbox", report="R-000025")
    next(button for button in shown.button if button.label == "Link to a problem").click()
    run(shown)
    offered = shown.selectbox(key="form_problem_id").options
    assert [each.split()[0] for each in offered] == [near.ref, far.ref]
    assert offered[0].endswith(" m away")


def test_a_partner_without_reports_is_led_to_its_work(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lamps(scene)
    scene.organisation("Lighting")
    sit_down(monkeypatch, scene, scene.partner(scene.store.organisations()[0]))
    shown = page("inbox")
    assert "No report that was given to your organisation is open." in words(shown)
    assert 'href="/organisation"' in markup(shown)
    assert "See who is to be told" not in words(shown)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (R.NEW, "It came in from “council” on 2 Mar 2026. Nobody has done anything with it yet."),
        (R.IN_PROGRESS, "It came in from “council” on 2 Mar 2026, and was “Under way” there already. Nothing was done"),
    ],
)
def test_a_report_with_which_nothing_was_done_here_says_how_it_came(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, status: ReportStatus, said: str
) -> None:
    lamps(scene, status=status)
    sit_down(monkeypatch, scene, OFFICER)
    shown = words(page("inbox", report="1"))
    assert f"What happened {said}" in shown
    move(scene, OFFICER, matters_of(scene.store, [1])[0], R.WITHDRAWN, reason="artefact", note="Twice.")
    assert "It came in from" not in words(page("inbox", report="1"))
