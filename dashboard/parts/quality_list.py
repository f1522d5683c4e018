"""The list behind one figure of a source: its reports or rejected rows, the newest shown, all to download."""

from datetime import datetime, tzinfo
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.looking_back import knows_categories
from dashboard.parts.markup import draw, element, joined, link, section, table
from dashboard.parts.notices import remark
from dashboard.parts.reports_table import category_words
from dashboard.route_quality import REJECTED
from dashboard.wording import NOTHING, count, moment
from data.quality_files import flags_words
from problems.people import Role
from problems.quality import Aspect
from problems.reports import NO_FLAGS, Report, ReportFlag

SHOWN: Final = 200
_LONGEST_NUMBER: Final = 24
_EXPORT: Final = "/api/quality.csv"
#: Single reports are for those who handle them.
_READERS: Final = (Role.OFFICER, Role.COORDINATOR, Role.ADMIN)


def show_list(
    desk: Desk, source: str, aspect: Aspect, point: tuple[float, float] | None = None, *, point_id: str = ""
) -> None:
    """Draw the newest reports of a source that an aspect is about."""
    title = aspect.label
    if aspect is Aspect.UNMAPPED and not knows_categories(desk.store):
        section(title)
        remark("Which reports had no category on that day is not known.")
        return
    if point is not None:
        title = f"On the point {point[1]:.5f}, {point[0]:.5f}"
    found, total = desk.store.reports_about(source, aspect, SHOWN, point)
    section(title, count(total, "report"))
    query = {"source": source, "show": str(aspect), **({"point": point_id} if point_id else {})}
    if not total:
        remark("There are none.")
    elif not desk.principal.has(*_READERS):
        remark("Single reports are shown to officers and coordinators.")
    else:
        _ways(desk, query, total, len(found))
        heads = ["Report", "Reported", "Address", "Place", "Kind", "Closed", "Number in the source"]
        rows = [_row(desk, report) for report in found]
        # What the whole list is about goes without saying; what else is odd does not.
        odd = [flags_words(report.flags & ~(aspect.flag or NO_FLAGS)) for report in found]
        if any(odd):
            heads.append("What else is odd" if aspect.flag else "What is odd")
            rows = [(*row, words or NOTHING) for row, words in zip(rows, odd, strict=True)]
        draw(table(f"{title}: reports of {source}", heads, rows, narrow_without=range(3, len(heads))))


def show_rejected(desk: Desk, source: str, reason: str | None) -> None:
    """Draw rejected rows of a source, for one reason or for all."""
    found, total = desk.store.rejected_about(source, reason, SHOWN)
    section("Rejected rows" if reason is None else f"Rejected: {reason}", count(total, "row"))
    query = {"source": source, "show": REJECTED, **({"reason": reason} if reason is not None else {})}
    if not total:
        remark("There are none.")
    elif not desk.principal.has(*_READERS):
        remark("Rejected rows are shown to officers and coordinators.")
    else:
        _ways(desk, query, total, len(found))
        rows = [(f"{row.line:,}", row.column or NOTHING, row.value or NOTHING, row.reason) for row in found]
        draw(table(f"Rejected rows of {source}", ("Line", "Column", "Value", "Why"), rows, numeric=(0,)))


def _ways(desk: Desk, query: dict[str, str], total: int, shown: int) -> None:
    if desk.on is not None:
        remark(f"The newest {shown:,} of {total:,} are shown. The file is made of today’s records only.")
        return
    if shown < total:
        remark(f"The newest {shown:,} of {total:,} are shown. The file holds all of them.")
    draw(element("p", link(_EXPORT, f"Download all {total:,} as CSV", query=query), css="fx-ways"))


def back(source: str, *, to_figures: bool) -> None:
    """Draw the way back to all sources, and from a list to the figures of its source."""
    ways = [link("/quality", "All sources")]
    if to_figures:
        ways.append(link("/quality", f"All figures of {source}", query={"source": source}))
    draw(element("p", joined(ways, " "), css="fx-ways"))


def month(at: datetime, zone: tzinfo) -> str:
    """Return the month of a report of which no more is known, such as ``Dec 2022``."""
    return f"{at.astimezone(zone):%b %Y}"


def _row(desk: Desk, report: Report) -> tuple[str, ...]:
    place = f"{report.lon_lat[1]:.5f}, {report.lon_lat[0]:.5f}" if report.lon_lat else NOTHING
    by_month = bool(report.flags & ReportFlag.MONTH_ONLY)
    return (
        report.ref,
        month(report.reported_at, desk.zone) if by_month else moment(report.reported_at, desk.zone),
        report.address or NOTHING,
        place,
        category_words(report.category, report.category_name),
        moment(report.closed_at, desk.zone),
        report.source_id if len(report.source_id) <= _LONGEST_NUMBER else f"{report.source_id[:_LONGEST_NUMBER]}…",
    )
