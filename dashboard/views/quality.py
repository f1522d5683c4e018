"""Data quality: what each source brings, what is odd in it, the list behind every figure, and whether the map held."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard.parts.backstage import show_backstage
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import draw_open_form
from dashboard.parts.looking_back import show_lost, wait_for_reports
from dashboard.parts.markup import page_head, show_sheet
from dashboard.parts.notices import empty, said
from dashboard.parts.quality_figures import show_source, show_sources
from dashboard.parts.quality_list import back, show_list, show_rejected
from dashboard.remembered import by_reports
from dashboard.route_quality import REJECTED, aspect_of, point_of
from dashboard.wording import day
from problems.errors import NotFound
from problems.quality import RejectedReason, SourceQuality
from problems.sources import Source

#: What the address may ask for.
SOURCE: Final = "source"
SHOW: Final = "show"
POINT: Final = "point"
REASON: Final = "reason"


def show() -> None:
    """Draw the page, or the list that the address asks for."""
    desk = this_desk()
    show_sheet()
    page_head(
        "Data quality", "What each source brings, what is missing or odd in it, and the reports behind every figure."
    )
    said()
    wait_for_reports(desk.store, desk.on)
    show_lost(desk.store)
    rejected = desk.store.rejected_reasons()
    known = _known(desk, rejected)
    if not known and desk.on is not None:
        empty(f"No records were known on {day(desk.on)}", "Choose a later day under Display.")
        return
    if not known:
        empty(
            "No records yet",
            "When reports were imported, this page says how complete, exact and timely they are.",
            [("/import", "Import a file of reports")],
        )
        return
    wanted = st.query_params.get(SOURCE, "")
    if wanted:
        _one(desk, _find(known, wanted), rejected)
    else:
        show_sources(desk, known, rejected)
        if len(known) == 1:
            _figures(desk, known[0], rejected)
        show_backstage(desk)
    draw_open_form()


def _known(desk: Desk, rejected: Sequence[RejectedReason]) -> list[SourceQuality]:
    """Return what is known of each source, also of one of which every row was rejected, by name."""
    counted = {one.source.name: one for one in by_reports(desk.store, "quality", desk.store.source_quality)}
    # What people say of a source changes without any report being written.
    described = {source.name: source for source in desk.store.sources()}
    names = sorted({*counted, *described, *(one.source for one in rejected)}, key=lambda name: (name.casefold(), name))
    return [
        replace(counted.get(name, SourceQuality(Source(0, name))), source=described.get(name, Source(0, name)))
        for name in names
    ]


def _find(known: Sequence[SourceQuality], name: str) -> SourceQuality:
    for each in known:
        if each.source.name == name:
            return each
    raise NotFound(f"There is no source “{name[:60]}”.", "", "The Data quality page without it lists all there are.")


def _one(desk: Desk, each: SourceQuality, rejected: Sequence[RejectedReason]) -> None:
    name, asked = each.source.name, st.query_params.get(SHOW, "")
    back(name, to_figures=bool(asked))
    if asked == REJECTED:
        show_rejected(desk, name, st.query_params.get(REASON))
    elif asked:
        number = st.query_params.get(POINT, "")
        show_list(desk, name, aspect_of(asked), point_of(desk.store, number), point_id=number)
    else:
        _figures(desk, each, rejected)


def _figures(desk: Desk, each: SourceQuality, rejected: Sequence[RejectedReason]) -> None:
    show_source(desk, each, [one for one in rejected if one.source == each.source.name])
