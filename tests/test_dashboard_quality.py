"""Data quality: figures of each source, the list behind each of them, the file of each list, and the override."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import numpy as np
import pytest

from problems.errors import InputRefused, NotAllowed, NotFound, Stale
from problems.events import EventKind, Subject
from problems.hot_spots import Pile
from problems.people import Role
from problems.quality import Rhythm, rhythm
from problems.reports import Batch, RejectedRow, ReportFlag, ReportStatus
from problems.sources import PlacePrecision, Source, TimePrecision
from problems.use_cases.sources import measure_source, set_precision
from tests.scenes import CENTRE, COORDINATOR, OFFICER, VIEWER, Scene, days_before
from tests.screens import click, markup, page, sit_down, words
from tests.test_dashboard_routes import Answer, Client

TODAY = date(2026, 3, 2)
HOSTILE = "=HYPERLINK(1)"


@pytest.fixture
def mixed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A council with daily reports, some odd, and a police source that was measured as moved."""
    odd = scene.spot((0, 0), days_before(TODAY, 10))
    odd[0] = replace(odd[0], lon_lat=None, flags=ReportFlag.PLACE_ZERO, address=HOSTILE)
    odd[1] = replace(odd[1], flags=ReportFlag.CLOSED_BEFORE_REPORTED, status=ReportStatus.RESOLVED)
    odd[2] = replace(odd[2], category=None, category_name="Purple elephants", text="call me", flags=ReportFlag.MASKED)
    police = [
        replace(one, source="police", flags=ReportFlag.SNAPPED | ReportFlag.MONTH_ONLY)
        for one in scene.spot((0, 0), days_before(TODAY, 4), spread_m=0.0)
    ]
    scene.send(*odd, *police)
    now = scene.clock()
    head = Batch(0, "council", "scene.csv", "1" * 64, now, now, "scene", 3, 0, 0, 0, 3, 0, 0)
    with scene.store.writing() as unit:
        unit.add_source(Source(0, "police", PlacePrecision.SNAPPED, why="Every one of 4 reports sits on one point."))
        unit.add_rejected(
            unit.add_batch(head),
            [RejectedRow(number, "date", f"32/13/{number}", "Not a date.", {}) for number in (3, 4)]
            + [RejectedRow(5, "id", "", "No id.", {})],
        )
        unit.save_piles([Pile(0, CENTRE, 4, 1, 0.3, True, None)])
    sit_down(monkeypatch, scene)
    return scene


def test_an_empty_store_says_what_to_do(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, scene)
    shown = page("quality")
    assert "No records yet" in words(shown)
    assert 'href="/import"' in markup(shown)


def test_all_sources_stand_beside_each_other(mixed: Scene) -> None:
    told = words(page("quality"))
    assert "council 10 90% 90% 10% 3 Exact places" in told
    assert "police 4 100% 100% none 0 Places moved to anonymous points" in told


def test_a_source_tells_what_is_missing_or_odd_and_links_to_the_list_of_each(mixed: Scene) -> None:
    shown = page("quality", source="council")
    told = words(shown)
    assert "With a place 90% 1 without" in told
    assert "Without a place 1 10%" in told
    assert "Coordinates are 0, 0 1 10%" in told
    assert "Closed before it was reported 1 10%" in told
    assert "Contact details masked 1 10%" in told
    assert "Came late" not in told
    assert "Not a date. date 2" in told
    assert 'href="/quality?source=council&amp;show=place_zero"' in markup(shown)
    police = words(page("quality", source="police"))
    assert "Every one of 4 reports sits on one point." in police
    assert "They count by area only: no dots, and no hot spots." in police
    assert "52.90000, -1.20000 4 100% Not reviewed yet: kept out" in police


def test_a_list_shows_the_reports_without_what_people_said(mixed: Scene) -> None:
    told = words(page("quality", source="council", show="masked"))
    assert "Contact details masked 1 report" in told
    assert "Purple elephants" in told
    assert "call me" not in told
    assert "Download all 1 as CSV" in told
    assert "All figures of council" in told
    point = words(page("quality", source="police", show="point", point="1"))
    assert "On the point 52.90000, -1.20000 4 reports" in point
    assert "There are none." in words(page("quality", source="council", show="late"))
    rejected = words(page("quality", source="council", show="rejected", reason="Not a date."))
    assert "Rejected: Not a date. 2 rows" in rejected
    assert "32/13/3" in rejected
    assert "3 rows" in words(page("quality", source="council", show="rejected"))


def test_what_is_not_there_is_refused_in_words(mixed: Scene) -> None:
    for query in ({"source": "nobody"}, {"source": "council", "show": "nonsense"}):
        with pytest.raises((NotFound, InputRefused), match="There is no"):
            _run(query)
    with pytest.raises(NotFound, match="no point 99"):
        _run({"source": "police", "show": "point", "point": "99"})


def _run(query: dict[str, str]) -> None:
    """Show the page as the frame does, which turns a refusal into words."""
    from streamlit import config
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_string("from dashboard.views import quality\nquality.show()\n", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    # A server that ran in this process before leaves its settings, and those hide what went wrong.
    shown = config.get_option("client.showErrorDetails")
    config.set_option("client.showErrorDetails", "full")
    try:
        app.run()
    finally:
        config.set_option("client.showErrorDetails", shown)
    (fault,) = app.exception
    kind = {"NotFound": NotFound, "InputRefused": InputRefused}[fault.proto.type.rpartition(".")[2]]
    raise kind(fault.message, "")


@pytest.mark.parametrize("query", [{}, {"source": "council"}, {"source": "council", "show": "masked"}])
def test_data_quality_is_for_those_who_handle_reports(
    mixed: Scene, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    sit_down(monkeypatch, mixed, VIEWER)
    with pytest.raises(AssertionError, match="Vera Lunt may not"):
        page("quality", **query)


def test_a_quiet_feed_is_told_with_its_usual_rhythm(mixed: Scene) -> None:
    assert "(late)" not in words(page("quality"))
    mixed.today += timedelta(days=60)
    assert "(late)" in words(page("quality"))
    told = words(page("quality", source="council"))
    assert "usually every" in told
    assert "Is the feed still sent?" in told


# -- the override --


def test_a_coordinator_says_how_exact_the_places_are_and_all_reports_follow(
    mixed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_down(monkeypatch, mixed, COORDINATOR)
    shown = click(page("quality", source="police"), "set-precision")
    shown.selectbox(key="form_precision").set_value(PlacePrecision.EXACT)
    click(shown, "form-save")
    assert "The reason is missing." in words(shown)
    shown.text_area(key="form_why").input("The force gave us exact points.")
    click(shown, "form-save")
    assert "police: exact places." in words(shown)
    source = mixed.store.source("police")
    assert source is not None
    assert (source.precision, source.decided_by, source.why) == (
        PlacePrecision.EXACT,
        "Cora Reid",
        "The force gave us exact points.",
    )
    assert not mixed.store.report_points().snapped.any()
    (told,) = mixed.store.events(Subject.SOURCE)
    assert (told.kind, told.changes["precision"], told.before["precision"]) == (EventKind.REVIEWED, "exact", "snapped")


def describe(scene: Scene, source: str, precision: PlacePrecision, seen_version: int = 1, **who: object) -> Source:
    principal = who.get("principal", COORDINATOR)
    return set_precision(
        scene.store,
        principal,  # type: ignore[arg-type] # a principal
        scene.clock,
        1,
        source=source,
        precision=precision,
        note="They told us.",
        seen_version=seen_version,
    )


def test_a_source_that_nobody_described_is_described_by_the_first_decision(mixed: Scene) -> None:
    assert mixed.store.source("council") is None
    saved = describe(mixed, "council", PlacePrecision.SNAPPED)
    assert mixed.store.source("council") == saved
    assert mixed.store.report_points().snapped.all()


def test_the_second_to_describe_a_source_is_told_of_the_first(mixed: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, mixed, COORDINATOR)
    shown = click(page("quality", source="police"), "set-precision")
    describe(mixed, "police", PlacePrecision.ROUNDED)
    shown.text_area(key="form_why").input("Checked on the ground.")
    click(shown, "form-save")
    assert "Cora Reid saved first." in words(shown)
    assert "Places was “Places moved to anonymous points”, is now “Rounded places”." in words(shown)
    with pytest.raises(Stale):
        describe(mixed, "police", PlacePrecision.EXACT, seen_version=1)


def test_who_may_not_describe_sources_and_which_there_are_not(mixed: Scene) -> None:
    with pytest.raises(NotAllowed):
        describe(mixed, "police", PlacePrecision.EXACT, principal=OFFICER)
    with pytest.raises(NotFound, match="There is no such source"):
        describe(mixed, "nobody", PlacePrecision.EXACT)
    assert OFFICER.has(Role.OFFICER)
    assert mixed.store.source("nobody") is None


# -- the measure --


def month_only(scene: Scene, *, each: int, decided_by: str = "") -> None:
    """Keep reports of a force that tells months: ``each`` of them on every one of 40 exact points."""
    places = np.random.default_rng(5).uniform((-1.25, 52.85), (-1.15, 52.95), (40, 2))
    reports = [scene.report((0, 0), TODAY) for _ in range(40 * each)]
    scene.send(
        *(
            replace(report, source="force", lon_lat=tuple(places[number % 40].tolist()))
            for number, report in enumerate(reports)
        )
    )
    with scene.store.writing() as unit:
        unit.add_source(Source(0, "force", time_precision=TimePrecision.MONTH, decided_by=decided_by))


def test_a_source_is_measured_by_all_of_its_reports(scene: Scene) -> None:
    month_only(scene, each=3)
    measured = measure_source(scene.store, OFFICER, scene.clock, 1, source="force")
    assert measured is not None
    assert measured.why == "Every one of 120 reports sits on one of 40 points, and only the month is told."
    assert measured.is_snapped
    assert scene.store.report_points().snapped.all()
    version = scene.store.version()
    assert measure_source(scene.store, OFFICER, scene.clock, 1, source="force") == measured
    assert scene.store.version() == version


def test_what_a_person_decided_is_measured_no_more(scene: Scene) -> None:
    month_only(scene, each=3, decided_by="Cora Reid")
    measured = measure_source(scene.store, OFFICER, scene.clock, 1, source="force")
    assert measured is not None
    assert measured.precision is PlacePrecision.EXACT
    assert measure_source(scene.store, OFFICER, scene.clock, 1, source="nobody") is None
    with pytest.raises(NotAllowed):
        measure_source(scene.store, VIEWER, scene.clock, 1, source="force")


# -- the rhythm --


def test_a_rhythm_is_told_from_the_gaps_between_days_with_reports() -> None:
    daily, monthly = list(range(100, 140)), list(range(0, 400, 30))
    assert rhythm(daily, 141) == Rhythm(1, 2, is_late=False)
    assert rhythm(daily, 143) == Rhythm(1, 4, is_late=True)
    assert rhythm(monthly, 390 + 85) == Rhythm(30, 85, is_late=False)
    assert rhythm(monthly, 390 + 95) == Rhythm(30, 95, is_late=True)
    assert rhythm([1, 2, 3], 400) is None
    assert rhythm([], 400) is None
    assert rhythm([*daily, 9999], 141) == Rhythm(1, 2, is_late=False)


def test_gaps_that_come_now_and_then_are_no_reason_to_worry() -> None:
    weekdays = [day for day in range(70) if day % 7 < 5]
    assert rhythm(weekdays, weekdays[-1] + 3) == Rhythm(1, 3, is_late=False)
    assert rhythm(weekdays, weekdays[-1] + 4) == Rhythm(1, 4, is_late=True)


# -- the files --


def ask(**query: str) -> Answer:
    return Client(["127.0.0.1"]).get(f"/api/quality.csv?{urlencode(query)}")


def rows_of(**query: str) -> list[dict[str, str]]:
    answer = ask(**query)
    assert answer.status == 200, answer.content
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_each_list_is_a_file_with_harmless_cells_and_without_what_people_said(mixed: Scene) -> None:
    (zero,) = rows_of(source="council", show="place_zero")
    assert zero["address"] == f"'{HOSTILE}"
    assert (zero["longitude"], zero["what_is_odd"]) == ("", "Coordinates are 0, 0")
    assert "text" not in zero
    assert "reporter" not in zero
    assert len(rows_of(source="council", show="all")) == 10
    assert len(rows_of(source="police", show="point", point="1")) == 4
    assert rows_of(source="nobody", show="all") == []
    rejected = rows_of(source="council", show="rejected", reason="Not a date.")
    assert [row["value"] for row in rejected] == ["32/13/3", "32/13/4"]
    assert len(rows_of(source="council", show="rejected")) == 3


def test_a_file_that_is_not_there_is_refused_in_words(mixed: Scene) -> None:
    answer = ask(source="council", show="nonsense")
    assert (answer.status, "There is no list “nonsense”." in answer.json()["error"]) == (400, True)
    answer = ask(source="police", show="point", point="99")
    assert answer.status == 404
