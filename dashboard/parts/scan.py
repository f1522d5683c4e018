"""The first stage of a problem's page: what was found, where, and how its reports come in."""

from collections.abc import Sequence

from dashboard.parts.charts import weekly_bars
from dashboard.parts.desk import Desk
from dashboard.parts.footprint import past_year, total_words
from dashboard.parts.lineage import show_lineage
from dashboard.parts.linked_reports import show_linked_reports
from dashboard.parts.locator import show_locator
from dashboard.parts.markup import draw, element, key_figures, section
from dashboard.parts.reports_table import show_reports
from dashboard.parts.standing import standing_words
from dashboard.wording import count, day, day_of, days, days_since, metres
from problems.events import Event
from problems.figures import known_reporters, status_since
from problems.problem import Problem


def show_scan(desk: Desk, problem: Problem, events: Sequence[Event]) -> None:
    """Draw the key figures, the reports over time and as a table, and the place."""
    _figures(desk, problem, events)
    draw(element("p", standing_words(desk, problem), css="fx-lead"))
    show_lineage(desk, problem)
    year = past_year(desk, problem)
    section("Reports over time", total_words(year.weeks))
    marks = [(problem.remediated_on, "Work done")] if problem.remediated_on else []
    weekly_bars(year.weeks, marks)
    show_locator(desk, problem)
    show_reports(desk, year.points)
    show_linked_reports(desk, problem)


def _figures(desk: Desk, problem: Problem, events: Sequence[Event]) -> None:
    age = days_since(problem.created_at, desk.today, desk.zone) or 0
    standing = days_since(status_since(events) or problem.created_at, desk.today, desk.zone) or 0
    key_figures(
        [
            ("Reports", f"{problem.reports:,}", _told_words(desk, problem)),
            _width(problem),
            ("Age", days(age), f"found {day_of(problem.created_at, desk.zone)}"),
            ("In this status", days(standing), problem.status.label),
            ("Last seen", day(problem.last_seen_on), "as a hot spot"),
        ]
    )


def _told_words(desk: Desk, problem: Problem) -> str:
    told = f"tell of {count(problem.incidents, 'distinct incident')}"
    reporters = known_reporters(desk.store, problem)
    return f"{told}, from {count(reporters, 'known reporter')}" if reporters else told


def _width(problem: Problem) -> tuple[str, str, str]:
    if round(problem.width_m):
        return "Width", metres(problem.width_m), "where reports concentrate"
    return "Width", "1 address", "all its reports come from there"
