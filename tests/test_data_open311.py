"""Pulling from Open311 servers: whole pages only, each once, one import, and the same store whatever went wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.feeds import fetching
from data.feeds.fetching import Interrupted, Limits
from data.feeds.open311 import Pulled, pull
from data.feeds.planning import feed_state, last_until
from data.feeds.servers import Feeds, FeedServer
from data.settings import Settings
from data.stores import SqlStore, open_store
from problems.errors import Cancelled, InputRefused, NotAllowed
from problems.people import SYSTEM, Principal, Role
from problems.reports import Report, ReportStatus
from tests.open311_server import NOW, City, Handler, request, requests_over, serving

FAST = Limits(connect_s=5, read_s=1.5, page_s=10, attempts=2, longest_pause_s=0.2)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between attempts nothing is waited for: two seconds more would prove nothing."""
    monkeypatch.setattr(fetching.Line, "_pause", lambda _line, _seconds: None)


class Desk:
    """A store of its own with settings, and pulls into it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.settings = Settings(str(folder / "fixpoint.db"), ZoneInfo("Europe/London"))
        self.store: SqlStore = open_store(self.settings.store_url)
        self.said: list[str] = []
        self.now = NOW

    def pull(self, server: FeedServer, **asked: Any) -> Pulled:
        def progress(message: str, _share: float) -> None:
            self.said.append(message)

        asked = {"limits": FAST, "progress": progress, "environ": {}, "who": SYSTEM, **asked}
        who = asked.pop("who")
        return pull(self.store, who, lambda: self.now, 1, settings=self.settings, server=server, **asked)

    def reports(self) -> dict[str, Report]:
        return {one.source_id: one for one in self.store.all_reports()}

    def told(self) -> list[tuple[object, ...]]:
        return sorted(
            (one.source_id, one.reported_at, one.status, one.closed_at, one.lon_lat, one.text, one.category_name)
            for one in self.store.all_reports()
        )

    def spooled(self) -> list[str]:
        return sorted(
            path.name for path in (self.folder / "open311").rglob("*") if path.is_file() and path.name != "lock"
        )


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    made: list[Desk] = []

    def make(name: str = "one") -> Desk:
        made.append(Desk(tmp_path / name))
        return made[-1]

    yield make
    for each in made:
        each.store.close()


@pytest.fixture
def desk(desks: Callable[[str], Desk]) -> Desk:
    return desks("one")


# -- good servers --


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("habit", ["", "newest_first", "ignores_page", "ignores_dates", "repeats_last", "packed"])
def test_every_request_comes_once_whatever_the_habits_of_the_server(desk: Desk, form: str, habit: str) -> None:
    city = City(requests_over(80, 95), form=form, **({habit: True} if habit else {}))
    with serving(city):
        told = desk.pull(city.server())
    assert set(desk.reports()) == {f"SR-{n}" for n in range(1, 96)}
    assert told.batch is not None
    assert (told.batch.accepted, told.batch.rejected) == (95, 0)
    assert len(city.asked) == told.asked == told.pages < 80
    assert desk.spooled() == []


def test_a_cap_on_each_answer_without_further_pages_makes_the_windows_smaller(desk: Desk) -> None:
    city = City(requests_over(80, 700), most=50, ignores_page=True, newest_first=True)
    with serving(city):
        told = desk.pull(city.server(page_size=100))
    assert len(desk.reports()) == 700
    assert told.notes == ()


def test_what_a_cap_hides_is_told(desk: Desk) -> None:
    city = City([request(n, 30) for n in range(1, 71)], most=50, ignores_page=True)
    with serving(city):
        told = desk.pull(city.server(page_size=100))
    assert len(desk.reports()) == 50
    assert "gives 50 reports at most and has no further pages" in told.notes[0]


def test_a_server_that_ignores_dates_is_left_where_its_reports_become_too_old(desk: Desk) -> None:
    city = City(requests_over(4_000, 1_000), ignores_dates=True, newest_first=True)
    with serving(city):
        told = desk.pull(city.server())
    assert len(city.asked) < 8
    assert "ignores the dates" in told.notes[0]
    assert max((NOW - one.reported_at).days for one in desk.reports().values()) <= 92


def test_each_field_arrives_where_it_belongs(desk: Desk) -> None:
    closed = request(
        1,
        50,
        status="Closed",
        updated_datetime="2025-03-28T10:00:00Z",
        status_notes="Lamp changed",
        address="1 High St",
        expected_datetime="2025-04-02T10:00:00Z",
    )
    city = City([closed, request(2, 40, lat=0, long=0), request(3, 30, lat=None, long=None, service_name=None)])
    with serving(city):
        desk.pull(city.server())
    one, two, three = (desk.reports()[f"SR-{n}"] for n in (1, 2, 3))
    assert (one.status, one.resolution) == (ReportStatus.RESOLVED, "unspecified")
    assert one.closed_at == datetime(2025, 3, 28, 10, tzinfo=UTC)
    assert one.reported_at == NOW - timedelta(hours=50)
    assert (one.updated_at, one.due_at) == (one.closed_at, datetime(2025, 4, 2, 10, tzinfo=UTC))
    assert (one.lon_lat, one.address) == ((-1.2001, 52.9001), "1 High St")
    assert one.text == "Lamp 1 is dark\nStatus: Lamp changed"
    assert (two.status, two.closed_at, two.lon_lat, three.lon_lat) == (ReportStatus.NEW, None, None, None)
    assert three.category_name == "lamp"


def test_a_report_without_a_readable_date_is_rejected_and_costs_no_other(desk: Desk) -> None:
    city = City([])
    with serving(city):
        city.trick = _answers(
            b'[{"service_request_id": "A", "requested_datetime": "?"}, {"service_request_id": "B",'
            b' "requested_datetime": "2025-03-20T10:00:00Z", "updated_datetime": "soon"}]'
        )
        told = desk.pull(city.server(), since=date(2025, 3, 15))
    assert told.batch is not None
    assert (told.batch.accepted, told.batch.rejected) == (1, 1)


def test_texts_of_every_kind_survive_the_way_through_the_spool(desk: Desk) -> None:
    text = 'He said "no", then\r\nleft; 5 < 6 & ünïcode 🦆, a\ttab'
    city = City([request(1, 50, description=text)])
    with serving(city):
        desk.pull(city.server())
    assert desk.reports()["SR-1"].text.split() == text.split()


def _answers(body: bytes, **how: Any) -> Callable[[Handler, dict[str, str], int], bool]:
    def trick(handler: Handler, _query: dict[str, str], _number: int) -> bool:
        handler.answer(body, **how)
        return True

    return trick


# -- the next pull --


def test_the_next_pull_reaches_back_a_little_and_brings_what_changed(desk: Desk) -> None:
    city = City(requests_over(80, 40))
    with serving(city):
        desk.pull(city.server())
        assert last_until(desk.store, "city") == NOW
        desk.now = NOW + timedelta(days=1)
        city.held[0] |= {"status": "closed", "updated_datetime": "2025-03-30T08:00:00Z"}
        city.held.append(request(900, -5))
        city.asked.clear()
        told = desk.pull(city.server(overlap_days=7))
    assert city.asked[0]["start_date"] == "2025-03-22T12:00:00Z"
    assert told.batch is not None
    assert (told.batch.accepted, told.batch.updated) == (1, 1)
    assert desk.reports()["SR-1"].status is ReportStatus.RESOLVED


def test_a_server_that_can_tell_what_changed_is_asked_for_that(desk: Desk) -> None:
    city = City(requests_over(80, 40))
    with serving(city):
        server = city.server(updated_param="updated_after")
        desk.pull(server)
        desk.now = NOW + timedelta(days=1)
        city.held[39] |= {"status": "closed", "updated_datetime": "2025-03-30T08:00:00Z"}
        city.asked.clear()
        told = desk.pull(server)
    assert [query.get("updated_after") for query in city.asked] == ["2025-03-26T12:00:00Z"] * 2
    assert told.batch is not None
    assert (told.batch.rows, told.batch.updated) == (1, 1)


def test_nothing_new_is_an_answer_too(desk: Desk) -> None:
    with serving(City([])) as city:
        told = desk.pull(city.server())
    assert (told.batch, told.records) == (None, 0)
    assert last_until(desk.store, "city") == NOW
    assert desk.spooled() == []


def test_days_are_those_of_the_deployment_and_must_make_sense(desk: Desk) -> None:
    with serving(City(requests_over(80, 5))) as city:
        desk.pull(city.server(), since=date(2025, 3, 1), until=date(2025, 3, 10))
        assert (city.asked[0]["start_date"], city.asked[0]["end_date"]) == (
            "2025-03-01T00:00:00Z",
            "2025-03-11T00:00:00Z",
        )
        for since, until in ((date(2025, 3, 10), date(2025, 3, 1)), (date(2027, 1, 1), None)):
            with pytest.raises(InputRefused, match="before it begins"):
                desk.pull(city.server(), since=since, until=until)


def test_a_dry_run_counts_and_keeps_the_pages_for_the_pull_after_it(desk: Desk) -> None:
    with serving(City(requests_over(80, 30))) as city:
        dry = desk.pull(city.server(), dry_run=True)
        assert dry.batch is not None
        assert (dry.batch.accepted, desk.store.counts().reports) == (30, 0)
        before = len(city.asked)
        wet = desk.pull(city.server())
        assert len(city.asked) == before
    assert wet.batch is not None
    assert (wet.batch.accepted, wet.kept_pages) == (30, wet.pages)


def test_only_those_who_may_import_may_pull(desk: Desk) -> None:
    with serving(City([])) as city, pytest.raises(NotAllowed):
        desk.pull(city.server(), who=Principal("v", "Vera", frozenset({Role.VIEWER})))
    assert city.asked == []


# -- going on --


def _stops_at(number: int) -> Callable[[Handler, dict[str, str], int], bool]:
    def trick(handler: Handler, _query: dict[str, str], asked: int) -> bool:
        if asked < number:
            return False
        handler.answer(b"down", status=500)
        return True

    return trick


@pytest.mark.parametrize("habit", ["", "newest_first", "ignores_page", "ignores_dates", "repeats_last"])
def test_a_pull_that_broke_off_anywhere_ends_in_the_store_of_an_unbroken_one(
    desks: Callable[[str], Desk], habit: str
) -> None:
    habits = {habit: True} if habit else {}
    whole = desks("whole")
    with serving(City(requests_over(80, 45), **habits)) as city:
        whole.pull(city.server())
        asked = city.pages_asked()
    for broken_at in range(2, len(asked) + 1, 3):
        desk = desks(f"broken-{broken_at}")
        with serving(City(requests_over(80, 45), **habits, trick=_stops_at(broken_at))) as city:
            with pytest.raises(Interrupted, match="run the same pull again later"):
                desk.pull(city.server())
            assert desk.store.counts().reports == 0
            assert feed_state(desk.store, desk.settings, city.server()).waiting_pages == broken_at - 1
            city.trick = None
            before = len(city.asked)
            told = desk.pull(city.server())
            assert told.kept_pages == broken_at - 1
            # No page that came whole is asked for a second time.
            assert city.pages_asked()[: broken_at - 1] + city.pages_asked()[before:] == asked
        assert any("Going on after page" in sentence for sentence in desk.said)
        assert desk.told() == whole.told()
        assert desk.spooled() == []


def test_a_pull_that_was_cancelled_goes_on(desk: Desk) -> None:
    def stop(message: str, _share: float) -> None:
        if "page 3" in message:
            raise Cancelled

    with serving(City(requests_over(80, 45))) as city:
        with pytest.raises(Cancelled):
            desk.pull(city.server(), progress=stop)
        assert len(city.asked) == 2
        assert desk.pull(city.server()).kept_pages == 2
    assert len(desk.reports()) == 45


def test_half_pages_left_behind_never_count(desk: Desk) -> None:
    with serving(City(requests_over(80, 45), trick=_stops_at(4))) as city:
        with pytest.raises(Interrupted):
            desk.pull(city.server())
        (folder,) = (path for path in (desk.folder / "open311" / "city").iterdir() if path.is_dir())
        (folder / "page-000004.jsonl").write_text('{"service_request_id": "half"}\n', encoding="utf-8")
        (folder / "page-000004.records.part").write_text('{"service_req', encoding="utf-8")
        city.trick = None
        desk.pull(city.server())
    assert len(desk.reports()) == 45
    assert "half" not in desk.reports()


def test_a_kept_page_that_was_changed_is_found_and_restart_begins_anew(desk: Desk) -> None:
    with serving(City(requests_over(80, 45), trick=_stops_at(4))) as city:
        with pytest.raises(Interrupted):
            desk.pull(city.server())
        page = next(path for path in (desk.folder / "open311").rglob("page-000001.jsonl"))
        page.write_text(page.read_text("utf-8").replace("dark", "bright"), encoding="utf-8")
        city.trick = None
        with pytest.raises(InputRefused, match=r"number 1 is missing or was changed.*--restart"):
            desk.pull(city.server())
        assert desk.pull(city.server(), restart=True).kept_pages == 0
    assert "Lamp 1 is dark" in {one.text for one in desk.reports().values()}


def test_an_unfinished_pull_is_not_mistaken_for_another(desk: Desk) -> None:
    with serving(City(requests_over(80, 45), trick=_stops_at(4))) as city:
        with pytest.raises(Interrupted):
            desk.pull(city.server())
        with pytest.raises(InputRefused, match=r"unfinished pull of 3 pages.*--restart"):
            desk.pull(city.server(), since=date(2025, 3, 1))
        with pytest.raises(InputRefused, match="another address or jurisdiction"):
            desk.pull(city.server(jurisdiction_id="elsewhere.gov"))


def test_two_pulls_of_a_source_do_not_run_at_once(desk: Desk) -> None:
    refused: list[InputRefused] = []

    def second(handler: Handler, _query: dict[str, str], _number: int) -> bool:
        try:
            desk.pull(city.server())
        except InputRefused as error:
            refused.append(error)
        return False

    with serving(City(requests_over(80, 5))) as city:
        city.trick = second
        desk.pull(city.server())
    assert "Another pull of it is running" in str(refused[0])
    assert len(desk.reports()) == 5


def test_an_import_that_was_undone_is_pulled_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from problems.reports import BatchState

    with serving(City(requests_over(80, 5))) as city:
        desk.pull(city.server())
    (batch,) = desk.store.batches()
    monkeypatch.setattr(desk.store, "batches", lambda: [replace(batch, state=BatchState.UNDONE)], raising=False)
    assert last_until(desk.store, "city") is None


# -- another city --


def test_another_citys_reports_are_refused_and_kept_apart(desk: Desk) -> None:
    with serving(City(requests_over(80, 45))) as city:
        desk.pull(city.server())
    before = desk.told()
    boston = [one | {"lat": 42.36 + n / 1e4, "long": -71.06} for n, one in enumerate(requests_over(80, 45))]
    with serving(City(boston)) as city:
        with pytest.raises(InputRefused, match=r"another city’s data.*far from the reports that this store holds"):
            desk.pull(city.server())
        # By the third page it is clear; the rest is not even asked for.
        assert len(city.asked) <= 4
        assert feed_state(desk.store, desk.settings, city.server()).waiting_pages == 0
    assert desk.told() == before
    assert any(path.name.startswith("refused-") for path in (desk.folder / "open311" / "city").iterdir())


def test_a_single_wild_coordinate_refuses_nothing(desk: Desk) -> None:
    with serving(City(requests_over(80, 45))) as city:
        desk.pull(city.server())
        city.held = [request(900, 1, lat=42.0, long=-71.0)]
        desk.pull(city.server())
    assert "SR-900" in desk.reports()


def test_another_jurisdiction_is_refused(desk: Desk) -> None:
    refused = pytest.raises(InputRefused, match=r"the jurisdiction “boston.gov”, not for “leeds.gov.uk”")
    with serving(City(requests_over(80, 5, jurisdiction_id="boston.gov"))) as city, refused:
        desk.pull(city.server(jurisdiction_id="leeds.gov.uk"))
    assert city.asked[0]["jurisdiction_id"] == "leeds.gov.uk"


def test_two_stores_that_share_a_folder_do_not_share_pages(desks: Callable[[str], Desk]) -> None:
    one, two = desks("one"), desks("two")
    shared = Feeds(folder=one.folder / "shared")
    one.settings, two.settings = replace(one.settings, feeds=shared), replace(two.settings, feeds=shared)
    with serving(City(requests_over(80, 45), trick=_stops_at(4))) as city:
        with pytest.raises(Interrupted):
            one.pull(city.server())
        assert feed_state(two.store, two.settings, city.server()).waiting_pages == 0
        assert feed_state(one.store, one.settings, city.server()).waiting_pages == 3
