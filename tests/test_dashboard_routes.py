import asyncio
import json
import re
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from dashboard import session
from dashboard.mapping import points as map_points
from dashboard.routes import AllowedHosts, OwnOriginOnly, routes
from geo import hexagons
from problems.areas import Area, AreaKind, Street
from problems.categories import Group
from problems.problem import Problem, ProblemStatus
from problems.reports import Batch, Report, ReportStatus
from problems.store import Box, Store
from tests.loops import run_apart

SQUARE = {"type": "Polygon", "coordinates": [[[-1.6, 53.8], [-1.5, 53.8], [-1.5, 53.9], [-1.6, 53.9], [-1.6, 53.8]]]}
LINE = {"type": "LineString", "coordinates": [[-1.6, 53.8], [-1.5, 53.85]]}
HOSTILE = "<img src=x onerror=alert(1)>${alert(2)}"


class Answer:
    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.content = b"".join(message.get("body", b"") for message in messages[1:])

    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    """Speaks to the routes as a browser would, without a network."""

    def __init__(self, hosts: list[str]) -> None:
        self.app = Starlette(
            routes=routes(),
            middleware=[
                Middleware(AllowedHosts, hosts=lambda: hosts),
                Middleware(OwnOriginOnly, image_sources=lambda: ["https://tiles.example"]),
            ],
        )

    def get(self, address: str, **headers: str) -> Answer:
        path, _, query = address.partition("?")
        given = {"host": "127.0.0.1:8501", **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "http",
            "http_version": "1.1",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "server": ("127.0.0.1", 8501),
            "client": ("127.0.0.1", 50_000),
        }
        messages: list[dict[str, Any]] = []

        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            message = next(asked, None)
            if message is None:  # the browser stays and waits for the answer
                await asyncio.Event().wait()
            return message or {}

        async def send(message: Any) -> None:
            messages.append(message)

        run_apart(self.app(scope, receive, send))
        return Answer(messages)


def report(number: int, lon: float, lat: float, *, category: str, at: datetime) -> Report:
    return Report(
        0, "test", str(number), category, category, at, ReportStatus.NEW, (lon, lat), text=HOSTILE, address=HOSTILE
    )


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Store]:
    monkeypatch.setenv("FIXPOINT_STORE", f"sqlite:///{tmp_path / 'map.db'}")
    session.forget()
    yield session.get_store()
    session.forget()


@pytest.fixture
def client() -> Client:
    return Client(["127.0.0.1", "localhost"])


def fill(store: Store, count: int, *, category: str = "WST-01", at: datetime | None = None) -> None:
    rng = np.random.default_rng(5)
    places = np.column_stack((rng.uniform(-1.6, -1.5, count), rng.uniform(53.8, 53.9, count)))
    now = at or datetime(2026, 3, 2, 12, tzinfo=UTC)
    offset = store.counts().reports
    with store.writing() as unit:
        batch = unit.add_batch(Batch(0, "test", "t.csv", f"{count:064d}", now, now, "t", count, count, 0, 0, 0, 0, 0))
        rows = [
            (report(offset + number, lon, lat, category=category, at=now), f"{offset + number}".encode())
            for number, (lon, lat) in enumerate(places.tolist())
        ]
        unit.add_reports(batch, rows)


def add_problem(store: Store, status: ProblemStatus, *, group: Group = Group.WASTE, at: tuple[float, float]) -> int:
    problem = Problem(
        0, HOSTILE, group, f"{group}-01", status, at, 120.0, SQUARE, datetime(2026, 1, 1, tzinfo=UTC), owner=HOSTILE
    )
    with store.writing() as unit:
        return unit.add_problem(problem)


VIEW = "/api/view?bbox=-1.7,53.7,-1.4,54.0&z=13"


def test_few_reports_are_single_points_with_ids_and_places_only(store: Store, client: Client) -> None:
    fill(store, 40)
    answer = client.get(VIEW)
    assert answer.status == 200
    seen = answer.json()
    assert (seen["kind"], seen["reports"]) == ("points", 40)
    order = tuple(Group)
    points = store.report_points()
    assert [row[0] for row in seen["rows"]] == points.ids.tolist()
    assert {row[3] for row in seen["rows"]} == {order.index(Group.WASTE)}
    np.testing.assert_allclose(np.array(seen["rows"])[:, 1:3] * 1e-5, points.lon_lat, atol=6e-6)


def test_many_reports_are_counted_and_every_one_once(store: Store, client: Client) -> None:
    fill(store, map_points.MAX_POINTS + 1)
    seen = client.get(VIEW).json()
    assert seen["kind"] == "hexagons"
    assert seen["resolution"] == hexagons.resolution_for_zoom(13)
    assert sum(row[0] for row in seen["rows"]) == seen["reports"] == map_points.MAX_POINTS + 1
    assert all(len(row) >= 1 + 2 * 5 for row in seen["rows"])


def test_only_what_lies_in_the_box_is_sent(store: Store, client: Client) -> None:
    fill(store, 200)
    lon_lat = store.report_points().lon_lat
    inside = int(((lon_lat[:, 0] <= -1.55) & (lon_lat[:, 1] <= 53.85)).sum())
    assert client.get("/api/view?bbox=-1.6,53.8,-1.55,53.85&z=14").json()["reports"] == inside
    assert client.get("/api/view?bbox=10,50,11,51&z=14").json() == {"kind": "points", "reports": 0, "rows": []}


def test_days_are_those_of_the_deployment_and_both_ends_count(store: Store, client: Client) -> None:
    fill(store, 3, at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))  # half past midnight of 1 July in London
    assert session.get_settings().zone == ZoneInfo("Europe/London")
    assert client.get(f"{VIEW}&from=2026-07-01&to=2026-07-01").json()["reports"] == 3
    assert client.get(f"{VIEW}&to=2026-06-30").json()["reports"] == 0


def test_groups_and_area_limit_the_reports(store: Store, client: Client) -> None:
    fill(store, 30)
    fill(store, 12, category="LGT-01")
    west = [[-1.7, 53.7], [-1.55, 53.7], [-1.55, 54.0], [-1.7, 54.0], [-1.7, 53.7]]
    with store.writing() as unit:
        unit.add_areas([Area(0, AreaKind.WARD, HOSTILE, {"type": "Polygon", "coordinates": [west]})])
    assert client.get(f"{VIEW}&groups=LGT").json()["reports"] == 12
    assert client.get(f"{VIEW}&groups=LGT,WST").json()["reports"] == 42
    area = store.areas()[0].id
    expected = int((store.report_points().lon_lat[:, 0] < -1.55).sum())
    assert 0 < client.get(f"{VIEW}&area={area}").json()["reports"] == expected < 42
    assert client.get(f"{VIEW}&area=999").json()["reports"] == 0


def test_a_new_report_is_seen_at_once(store: Store, client: Client) -> None:
    fill(store, 5)
    assert client.get(VIEW).json()["reports"] == 5
    fill(store, 2)
    assert client.get(VIEW).json()["reports"] == 7


@pytest.mark.parametrize(
    "address",
    [
        "/api/view",
        "/api/view?bbox=1,2,3&z=10",
        "/api/view?bbox=a,b,c,d&z=10",
        "/api/view?bbox=nan,0,1,1&z=10",
        "/api/view?bbox=2,0,1,1&z=10",
        "/api/view?bbox=0,0,1,1&z=99",
        "/api/view?bbox=0,0,1,1&z=9&to=9999-12-31",
        "/api/view?bbox=0,0,1,1&z=9&from=0001-01-05",
        "/api/view?bbox=0,0,1,1&z=-1",
        "/api/view?bbox=0,0,1,1&z=3&groups=XXX",
        "/api/view?bbox=0,0,1,1&z=3&from=yesterday",
        "/api/view?bbox=0,0,1,1&z=3&from=2026-02-02&to=2026-02-01",
        "/api/view?bbox=0,0,1,1&z=3&area=north",
        "/api/problems?status=<script>",
        "/api/export/secrets.csv",
        "/api/export/problems.exe",
    ],
)
def test_a_bad_question_is_answered_with_a_sentence(store: Store, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status == 400
    assert re.match(r"[A-Z“].{20,}[.]$", answer.json()["error"])


def test_problems_carry_ids_and_our_own_words_but_no_text_of_people(store: Store, client: Client) -> None:
    number = add_problem(store, ProblemStatus.IN_PROGRESS, at=(-1.55, 53.85))
    found = add_problem(store, ProblemStatus.DETECTED, group=Group.LIGHTING, at=(-1.51, 53.81))
    fill(store, 5)
    answer = client.get("/api/problems")
    first, second = answer.json()["problems"]
    assert first["id"] == number
    assert first["ref"] == f"P-{number:04d}"
    assert (first["remediation"], first["status"], first["group"]) == (
        "in_progress",
        "Work under way",
        "Rubbish and litter",
    )
    assert first["at"] == [-155_000, 5_385_000]
    assert first["outline"][0][:2] == [-160_000, 5_380_000]
    assert (second["id"], second["found"], first["found"]) == (found, True, False)
    for address in ("/api/problems", VIEW, "/api/areas", "/api/streets"):
        assert b"onerror" not in client.get(address).content


def test_problems_are_filtered_by_status_group_and_area(store: Store, client: Client) -> None:
    working = add_problem(store, ProblemStatus.IN_PROGRESS, at=(-1.55, 53.85))
    lighting = add_problem(store, ProblemStatus.DETECTED, group=Group.LIGHTING, at=(-1.51, 53.81))
    closed = add_problem(store, ProblemStatus.CLOSED, at=(-1.3, 53.2))
    with store.writing() as unit:
        unit.add_areas([Area(0, AreaKind.BEAT, "North", SQUARE)])
    area = store.areas()[0].id

    def shown(query: str) -> list[int]:
        return [problem["id"] for problem in client.get(f"/api/problems?{query}").json()["problems"]]

    assert shown("") == [working, lighting]
    assert shown("all=1") == [working, lighting, closed]
    assert shown("status=resolved") == [closed]
    assert shown("groups=LGT") == [lighting]
    assert shown(f"all=1&area={area}") == [working, lighting]
    assert shown("area=999") == []


def test_what_a_browser_has_already_is_not_sent_again(store: Store, client: Client) -> None:
    with store.writing() as unit:
        unit.add_streets([Street(0, HOSTILE, 1, LINE)])
    first = client.get("/api/streets")
    assert first.json() == {"streets": [[1, [-160_000, 5_380_000, -150_000, 5_385_000]]]}
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get("/api/streets", if_none_match=first.headers["etag"])
    assert (again.status, again.content) == (304, b"")
    with store.writing() as unit:
        unit.add_streets([Street(0, "New Road", 2, LINE)])
    assert client.get("/api/streets", if_none_match=first.headers["etag"]).status == 200


def test_exports_are_downloads_that_nobody_keeps(store: Store, client: Client) -> None:
    add_problem(store, ProblemStatus.IN_PROGRESS, at=(-1.55, 53.85))
    answer = client.get("/api/export/problems.csv")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="fixpoint-problems.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"P-0001" in answer.content or b"\n1," in answer.content
    assert json.loads(client.get("/api/export/problems.geojson").content)["type"] == "FeatureCollection"


def test_assets_come_from_here(client: Client) -> None:
    for path, kind in (
        ("leaflet/leaflet.js", "javascript"),
        ("leaflet/leaflet.css", "css"),
        ("live-layer.js", "javascript"),
    ):
        answer = client.get(f"/assets/{path}")
        assert answer.status == 200
        assert kind in answer.headers["content-type"]
        assert "max-age" in answer.headers["cache-control"]
    assert client.get("/assets/../routes.py").status == 404


def test_foreign_host_names_are_refused_everywhere(store: Store, client: Client) -> None:
    for address in ("/healthz", "/api/problems", "/assets/live-layer.js"):
        assert client.get(address, host="evil.example").status == 421
        assert client.get(address, host="127.0.0.1.evil.example").status == 421
        assert client.get(address, host="localhost:8501").status == 200


def test_the_browser_is_told_to_ask_nobody_else(store: Store, client: Client) -> None:
    policy = client.get("/healthz").headers["content-security-policy"]
    assert "default-src 'self';" in policy
    assert "img-src 'self' data: blob: https://tiles.example;" in policy
    assert "connect-src 'self' data: blob:;" in policy


def test_health_says_when_the_store_cannot_be_opened(
    store: Store, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/healthz").json()["ok"] is True
    session.forget()
    monkeypatch.setenv("FIXPOINT_STORE", "nonsense://")
    answer = client.get("/healthz")
    assert answer.status == 503
    assert answer.json()["ok"] is False
    assert client.get("/api/problems").status == 503


def test_parents_are_those_of_the_grid() -> None:
    import h3

    rng = np.random.default_rng(2)
    lon_lat = np.column_stack((rng.uniform(-179, 179, 300), rng.uniform(-85, 85, 300)))
    cell, _, cell_of = hexagons.hexagons(lon_lat, map_points.FINEST)
    finest = cell[cell_of]
    for resolution in (0, 4, 9, map_points.FINEST):
        expected = [h3.str_to_int(h3.cell_to_parent(h3.int_to_str(int(one)), resolution)) for one in finest]
        assert map_points.parents(finest, resolution).tolist() == expected


def test_one_stray_point_does_not_shrink_the_map() -> None:
    lon_lat = np.vstack((np.random.default_rng(1).uniform((-1.6, 53.8), (-1.5, 53.9), (500, 2)), [[0.0, 0.0]]))
    box = map_points.extent(lon_lat)
    assert box is not None
    assert -1.62 <= box.west < box.east <= -1.48
    assert 53.78 <= box.south < box.north <= 53.92
    assert map_points.extent(np.zeros((0, 2))) is None
    assert map_points.extent(np.zeros((0, 2)), [SQUARE]) == Box(-1.6, 53.8, -1.5, 53.9)
