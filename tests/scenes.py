"""Small stores for the tests of rules: a few reports, people and organisations, and a clock to turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.stores import open_store
from problems.hot_spots import DetectionSettings, Refresh
from problems.lifecycle import MoveAnswers
from problems.people import SYSTEM, Organisation, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.reports import Batch, Report, ReportStatus
from problems.store import Store
from problems.use_cases import acting, organising, working
from problems.use_cases.refreshing import refresh
from problems.verdicts import Verdict
from tests.storing import an_assessment, empty_url

LONDON = ZoneInfo("Europe/London")
CENTRE = (-1.2, 52.9)
#: Degrees of one metre east and north at the centre of the scenes.
DEGREE_EAST, DEGREE_NORTH = 1 / 67_300, 1 / 111_300

COORDINATOR = Principal("cora", "Cora Reid", frozenset({Role.COORDINATOR}))
OFFICER = Principal("omar", "Omar Hale", frozenset({Role.OFFICER}))
COMMANDER = Principal("clio", "Clio Marsh", frozenset({Role.COMMAND}))
VIEWER = Principal("vera", "Vera Lunt", frozenset({Role.VIEWER}))


@dataclass
class Scene:
    """A store with a clock that only moves when a test moves it."""

    store: Store
    today: date = date(2026, 3, 2)
    settings: DetectionSettings = field(default_factory=DetectionSettings)
    sent: int = 0

    def clock(self) -> datetime:
        return datetime.combine(self.today, time(12), tzinfo=UTC)

    def report(
        self,
        place_m: tuple[float, float],
        day: date,
        *,
        code: str | None = "LGT-OUT",
        reporter: str = "",
        address: str = "",
    ) -> Report:
        """Return a report a few metres east and north of the centre."""
        self.sent += 1
        lon_lat = (CENTRE[0] + place_m[0] * DEGREE_EAST, CENTRE[1] + place_m[1] * DEGREE_NORTH)
        return Report(
            id=0,
            source="council",
            source_id=str(self.sent),
            category=code,
            category_name=code or "Unknown",
            reported_at=datetime.combine(day, time(10), tzinfo=UTC),
            status=ReportStatus.NEW,
            lon_lat=lon_lat,
            reporter=reporter,
            address=address,
        )

    def spot(
        self, centre_m: tuple[float, float], days: Sequence[date], *, code: str = "LGT-OUT", spread_m: float = 20.0
    ) -> list[Report]:
        """Return one report a day round a centre, spread the same way every time."""
        angles = np.arange(len(days)) * 2.4
        return [
            self.report(
                (centre_m[0] + spread_m * float(np.cos(angle)), centre_m[1] + spread_m * float(np.sin(angle))),
                day,
                code=code,
            )
            for angle, day in zip(angles, days, strict=True)
        ]

    def send(self, *reports: Report) -> None:
        """Put reports into the store."""
        now = self.clock()
        head = Batch(0, "council", "scene.csv", "0" * 64, now, now, "scene", 0, 0, 0, 0, 0, 0, 0)
        with self.store.writing() as unit:
            unit.add_reports(unit.add_batch(head), [(report, report.source_id.encode()) for report in reports])

    def refresh(self, day: date | None = None, window_days: int | None = None) -> Refresh:
        """Refresh as of a day (today), with the clock on that day if it is later."""
        if day is not None and day > self.today:
            self.today = day
        return refresh(
            self.store,
            SYSTEM,
            self.clock,
            1,
            settings=self.settings,
            zone=LONDON,
            as_of=day or self.today,
            window_days=window_days,
        )

    def move(self, who: Principal, problem: Problem, target: ProblemStatus, **answers: object) -> Problem:
        """Move a problem as it stands now."""
        return working.move_problem(
            self.store,
            who,
            self.clock,
            1,
            problem_id=problem.id,
            target=target,
            answers=MoveAnswers(**answers),  # type: ignore[arg-type] # the tests name the fields they fill in
            seen_version=self.store.problem(problem.id).version,
        )

    def organisation(self, name: str = "Council lighting") -> Organisation:
        return organising.add_organisation(self.store, SYSTEM, self.clock, 1, name=name, kind="council")

    def partner(self, organisation: Organisation, key: str = "piet") -> Principal:
        return Principal(key, f"Partner {key}", frozenset({Role.PARTNER}), organisation.id)

    def taken_on(self, problem: Problem) -> Problem:
        """Take a detected problem on."""
        return self.move(
            COORDINATOR,
            problem,
            ProblemStatus.CONFIRMED,
            owner="Cora Reid",
            objective="No more dark nights",
            review_on=self.today + timedelta(days=30),
        )

    def remediated(self, problem: Problem) -> Problem:
        """Take a detected problem through to work that is reported as done."""
        self.taken_on(problem)
        self.move(COORDINATOR, problem, ProblemStatus.PLANNED, note="Renew the column.")
        known = self.store.organisations()
        organisation = known[0] if known else self.organisation()
        action = acting.add_action(
            self.store,
            COORDINATOR,
            self.clock,
            1,
            problem_id=problem.id,
            organisation_id=organisation.id,
            type=acting.ActionType.REPAIR,
            title="Renew the column",
        )
        partner = self.partner(organisation)
        for target, note in ((acting.ActionStatus.ACCEPTED, ""), (acting.ActionStatus.DONE, "New column stands.")):
            action = acting.move_action(
                self.store,
                partner,
                self.clock,
                1,
                action_id=action.id,
                target=target,
                answers=MoveAnswers(note=note),
                seen_version=action.version,
            )
        return self.move(COORDINATOR, problem, ProblemStatus.REMEDIATED, note="All lamps are lit again.")

    def assessed(self, problem_id: int = 1, verdict: Verdict = Verdict.FELL) -> None:
        """Keep an assessment of a problem as of today, without counting anything."""
        with self.store.writing() as unit:
            unit.add_assessment(an_assessment(problem_id, self.clock(), verdict=verdict))


def days_before(last: date, count: int, step: int = 3) -> list[date]:
    """Return ``count`` days up to ``last``, ``step`` days apart, oldest first."""
    return [last - timedelta(days=step * back) for back in range(count)][::-1]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an empty scene and close its store."""
    store = open_store(empty_url("sqlite", tmp_path, "scene.db"))
    try:
        yield Scene(store)
    finally:
        store.close()
