"""Reports that count by area only: why they are no dots on the map, and how many lie in each area."""

from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.mapping.by_area import AreaRow, area_rows, kinds, moved_sources
from dashboard.mapping.layers import Asked
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, link, section, table
from dashboard.parts.notices import empty, remark
from dashboard.wording import NOTHING, count, number, share
from problems.areas import AreaKind
from problems.sources import PlacePrecision, TimePrecision

_SHOWN: Final = 300
_BOUNDARIES: Final = {"part": "Boundaries"}


def show_by_area(desk: Desk, asked: Asked) -> None:
    """Draw the counts by area of the chosen period, where some source moves its points; else nothing."""
    sources = moved_sources(desk.store)
    if not sources:
        return
    section("Counted by area", "places that are not exact")
    for source in sources:
        reports = count(source.reports, f"report of “{source.name}” is", f"reports of “{source.name}” are")
        remark(f"{reports} counted by area only, because {source.because}. {source.why}".strip())
    there = kinds(desk.store)
    if not there:
        _no_boundaries()
        return
    kind = there[0]
    if len(there) > 1:
        kind = st.selectbox(
            "Counted by", there, format_func=lambda each: each.label, key="counted_by", bind="query-params"
        )
    rows = area_rows(desk.store, asked, kind, desk.zone)
    draw(_table(rows, kind, asked))
    if len(rows) > _SHOWN:
        remark(f"{count(len(rows) - _SHOWN, kind.label.lower())} with fewer reports are not shown.")
    draw(element("p", link("/quality", "See how good the records of each source are"), css="fx-note"))


def show_next_by_area(desk: Desk, source_name: str) -> None:
    """Say after an import that the reports of a source that is not exact count by area, and where; else nothing."""
    source = desk.store.source(source_name)
    if source is None or source.precision is not PlacePrecision.SNAPPED:
        return
    month = ", and only the month of each is known" if source.time_precision is TimePrecision.MONTH else ""
    remark(f"The places of “{source.name}” are not exact{month}: its reports count by area, not for hot spots.")
    if kinds(desk.store):
        way = link("/", "See the counts by area on the Map")
    else:
        way = link("/setup", "Import boundaries, so that they can be counted by area", query=_BOUNDARIES)
    draw(element("p", way, css="fx-ways"))


def _no_boundaries() -> None:
    empty(
        "No boundaries yet",
        "With wards, beats or neighbourhoods, these reports are counted in each of them. "
        "A council or a police force publishes them as GeoJSON, GeoPackage or Shapefile.",
    )
    draw(element("p", link("/setup", "Import boundaries", query=_BOUNDARIES, css="fx-button")))


def _table(rows: list[AreaRow], kind: AreaKind, asked: Asked) -> Html:
    total = sum(row.reports for row in rows)
    mixed = any(0 < row.moved < row.reports for row in rows) or len({row.moved == 0 for row in rows if row.reports}) > 1
    heads = [kind.label, "Reports", "Share"]
    heads += ["Not exact"] if mixed else []
    heads += [f"{asked.days} days before"] if asked.days else []
    heads += ["Reports per km²"]
    drawn = []
    for row in rows[:_SHOWN]:
        cells: list[object] = [row.name or f"Outside every {kind.label.lower()}", f"{row.reports:,}"]
        cells.append(share(row.reports / total) if total else NOTHING)
        cells += [f"{row.moved:,}"] if mixed else []
        cells += [f"{row.before or 0:,}"] if asked.days else []
        cells.append(number(row.reports / row.km2) if row.km2 else NOTHING)
        drawn.append(cells)
    return table(
        f"Reports by {kind.label.lower()} in the chosen period",
        heads,
        drawn,
        numeric=range(1, len(heads)),
        narrow_without=range(3, len(heads)),
    )
