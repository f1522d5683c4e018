"""The part of the import page that pulls from servers: what stands where, a job with an end, and refusals."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import jobs, session
from data.feeds.fetching import Line
from data.feeds.servers import Feeds
from data.settings import read_settings
from tests.open311_server import City, Handler, Request, requests_over, serving
from tests.scenes import COORDINATOR, VIEWER, Scene
from tests.screens import click, keys, run, sit_down, words

PAGE = """
from dashboard.parts.desk import this_desk
from dashboard.parts.feeds import show_feeds
show_feeds(this_desk())
"""
JOB = "pull city"


@pytest.fixture
def city(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """Let the page work on a scene whose settings allow one server."""
    jobs.dismiss(JOB)
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    sit_down(monkeypatch, scene, COORDINATOR)
    monkeypatch.setattr(Line, "_pause", lambda _line, _seconds: None)
    with serving(City(requests_over(80, 45))) as running:
        feeds = Feeds((running.server(overlap_days=366),), tmp_path / "spool")
        settings = replace(read_settings(), feeds=feeds)
        monkeypatch.setattr(session, "get_settings", lambda: settings)
        # The scene's own day decides what "the last 90 days" are: the requests are moved to end there.
        moved = scene.clock() - _newest(running)
        for one in running.held:
            one["requested_datetime"] = f"{_at(one) + moved:%Y-%m-%dT%H:%M:%SZ}"
        yield running


def _at(one: Request) -> datetime:
    return datetime.fromisoformat(one["requested_datetime"])


def _newest(city: City) -> datetime:
    return max(_at(one) for one in city.held)


def shown() -> AppTest:
    return run(AppTest.from_string(PAGE, default_timeout=60))


def pulled(page: AppTest, key: str = "pull-city") -> AppTest:
    click(page, key)
    job = jobs.find(JOB)
    assert job is not None
    assert job.ended.wait(60)
    return run(page)


def test_without_a_server_the_page_says_which_setting_allows_one(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    sit_down(monkeypatch, scene)
    page = shown()
    assert "No server is configured" in words(page)
    assert "[[open311.servers]]" in words(page)
    assert keys(page) == set()
    sit_down(monkeypatch, scene, COORDINATOR)
    assert "open311" not in words(shown())


def test_a_server_is_listed_pulled_and_then_says_up_to_when(scene: Scene, city: City) -> None:
    page = shown()
    assert "city 127.0.0.1 – the first pull brings the last 90 days" in words(page)
    pulled(page)
    assert scene.store.counts().reports == 45
    assert "of 45 rows, 45 new" in words(page)
    assert "the first pull brings" not in words(page)
    (batch,) = scene.store.batches()
    assert (batch.source, batch.by) == ("city", COORDINATOR.key)


def test_a_pull_that_broke_off_says_why_and_offers_to_go_on(scene: Scene, city: City) -> None:
    def trick(handler: Handler, _query: dict[str, str], number: int) -> bool:
        if number > 3:
            handler.answer(b"", status=500)
        return number > 3

    city.trick = trick
    page = pulled(shown())
    assert "reports a fault of its own (500)" in words(page)
    assert "not finished: 3 pages up to" in words(page)
    assert scene.store.counts().reports == 0
    city.trick = None
    asked = len(city.asked)
    pulled(page)
    assert scene.store.counts().reports == 45
    assert city.pages_asked()[asked] not in city.pages_asked()[:3]


def test_an_unfinished_pull_can_be_begun_anew(scene: Scene, city: City) -> None:
    def trick(handler: Handler, _query: dict[str, str], number: int) -> bool:
        if number == 2:
            handler.answer(b"", status=403)
        return number == 2

    city.trick = trick
    page = pulled(shown())
    city.trick = None
    asked = len(city.asked)
    pulled(page, "repull-city")
    assert city.pages_asked()[asked] == city.pages_asked()[0]
    assert scene.store.counts().reports == 45


def test_a_running_pull_can_be_stopped_and_its_pages_stay(scene: Scene, city: City) -> None:
    def stalling(handler: Handler, _query: dict[str, str], number: int) -> bool:
        if number == 3:
            job = jobs.find(JOB)
            assert job is not None
            job.cancel()
            handler.city.over.wait(20)
        return number == 3

    city.trick = stalling
    page = pulled(shown())
    job = jobs.find(JOB)
    assert job is not None
    assert job.state is jobs.JobState.CANCELLED
    assert "not finished: 2 pages" in words(page)
    assert "pull-city" in keys(page)


def test_who_may_not_import_sees_the_servers_and_no_button(
    scene: Scene, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "principal", lambda: VIEWER)
    # Even where everything could be read.
    monkeypatch.setattr(session, "seen_store", lambda: scene.store)
    page = shown()
    assert "127.0.0.1" in words(page)
    assert keys(page) == set()
