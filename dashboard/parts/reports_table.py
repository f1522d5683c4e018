"""Single reports as a plain table, with their own words for those who may read them."""

from functools import lru_cache
from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, table
from dashboard.parts.notices import remark
from dashboard.wording import NOTHING, count, moment
from data.taxonomy import load_taxonomy
from problems.categories import Taxonomy
from problems.figures import latest_reports
from problems.people import Role
from problems.reports import Report, ReportPoints

_SHOWN: Final = 25
#: Free text may name neighbours: it stays with those who handle reports.
_READERS: Final = (Role.OFFICER, Role.COORDINATOR)


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """Return the categories, read once."""
    return load_taxonomy()


def category_words(code: str | None, name: str) -> str:
    """Return the plain name of a category, or the feed's own name while it is unmapped."""
    category = taxonomy().categories.get(code or "")
    return category.name if category else name or NOTHING


def show_reports(desk: Desk, points: ReportPoints) -> None:
    """Draw the newest of these reports behind one click."""
    if not len(points):
        return
    if not desk.principal.has(*_READERS):
        remark("Single reports are shown to officers and coordinators.")
        return
    newest = latest_reports(desk.store, points, _SHOWN)
    with st.expander(f"The newest {len(newest)} reports"):
        duplicates = desk.store.duplicates_of([report.id for report in newest])
        rows = [
            (
                moment(report.reported_at, desk.zone),
                _kind(report, len(duplicates.get(report.id, ()))),
                report.address or NOTHING,
                report.text or NOTHING,
            )
            for report in newest
        ]
        draw(table("Newest reports inside the footprint", ("Reported", "Kind", "Where", "What was said"), rows))


def _kind(report: Report, duplicates: int) -> str:
    kind = category_words(report.category, report.category_name)
    return f"{kind}, and {count(duplicates, 'duplicate')}" if duplicates else kind
