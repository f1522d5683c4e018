"""Charts, each with a sentence that says what it shows and a table twin."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from dashboard.parts.footprint import reading
from dashboard.parts.markup import draw, element, table
from dashboard.parts.week_bars import OPEN_BARS, WeekBars, draw_week_bars
from dashboard.wording import day
from problems.figures import Week

_HEIGHT_PX: Final = 190


def weekly_bars(weeks: Sequence[Week], marks: Sequence[tuple[date, str]] = ()) -> None:
    """Draw reports by week: open bars for weeks that will still grow, rules for ``marks`` (day, words).

    Without a report there is no chart: the sentence says it better.
    """
    draw(element("p", reading(weeks), css="fx-reading"))
    if not any(week.reports for week in weeks):
        return
    bars = WeekBars(
        weeks[0].starts_on,
        [week.reports for week in weeks],
        sum(week.complete for week in weeks),
        marks=marks,
        counted="Reports",
        height_px=_HEIGHT_PX,
    )
    rows = [
        (day(week.starts_on), week.reports, week.incidents, "" if week.complete else "still coming in")
        for week in reversed(weeks)
    ]
    heads = ("Week from", "Reports", "Distinct incidents", "")
    same = table("Reports by week, newest first", heads, rows, numeric=(1, 2))
    draw_week_bars(bars, said=reading(weeks), notes=[OPEN_BARS], rows=same)
