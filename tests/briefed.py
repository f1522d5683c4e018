"""Briefings for the tests: the same place, zone, targets and calendar, asked for in one line."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from data.briefing_files import briefing_csv
from problems.briefing.briefing import Briefing
from problems.briefing.weeks import IsoWeek
from problems.hot_spots import DetectionSettings
from problems.people import Principal
from problems.reports import Report, ReportStatus
from problems.targets import Target, WorkingDays
from problems.use_cases.briefing import brief
from tests.scenes import COMMANDER, LONDON, Scene

DAYS = WorkingDays()
TARGETS = {"LGT-OUT": Target(2, 5), "WST-DUMP": Target(1, 3)}
KINDS = {"LGT-OUT": "Street light out"}
STANDARDS: dict[str, Any] = {
    "zone": LONDON,
    "settings": DetectionSettings(),
    "targets": TARGETS,
    "days": DAYS,
    "kinds": KINDS,
}
LISTED: dict[str, Any] = {"zone": LONDON, "settings": DetectionSettings(), "targets": TARGETS, "days": DAYS}


def week_of(day: date) -> IsoWeek:
    return IsoWeek.of(day)


def briefed(scene: Scene, week: IsoWeek, *, who: Principal = COMMANDER, **asked: Any) -> Briefing:
    """Return the briefing of a week as somebody is shown it on the day of the scene."""
    return brief(scene.store, who, scene.clock, 1, week=week, **STANDARDS, **asked)


def annex(scene: Scene, week: IsoWeek, **asked: Any) -> bytes:
    """Return the CSV annex of a week."""
    return briefing_csv(briefed(scene, week, **asked))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def ended(
    report: Report, after: timedelta, *, resolution: str = "fixed", status: ReportStatus = ReportStatus.RESOLVED
) -> Report:
    """Return a report that ended some time after it was made."""
    return replace(report, status=status, resolution=resolution, closed_at=report.reported_at + after)
