"""What an area holds, whatever way it was given: counts beside what is usual, what is there already."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.mapping import points as map_points
from dashboard.mapping.layers import last_day
from dashboard.parts.area_address import AskedArea
from dashboard.parts.area_words import (
    CAVEAT,
    USUAL_FROM,
    ratio_words,
    sentence,
    surface_words,
    usual,
    verdict_words,
)
from dashboard.parts.charts import weekly_bars
from dashboard.parts.desk import Desk
from dashboard.parts.footprint import WEEKS_SHOWN, total_words
from dashboard.parts.markup import draw, element, link, problem_link, section, status_mark, table
from dashboard.parts.notices import remark
from dashboard.parts.reports_table import show_reports
from dashboard.remembered import by_reports
from dashboard.wording import count, day, listed, metres, share
from geo.footprints import near
from problems.categories import Group
from problems.clock import day_end, day_start
from problems.drawing import Drawn, Overlap, overlapping, town_box
from problems.drawn_standing import AreaJudged, KindJudged, judge_area
from problems.figures import area_points, problem_weeks
from problems.store import Box
from problems.use_cases.drawing import without_default_points
from problems.use_cases.refreshing import references

#: The kind that is looked at, in the address.
KIND: Final = "shape_kind"
_OVERLAPS_SHOWN: Final = 12


def town(desk: Desk) -> Box | None:
    """Return the box of all reports and boundaries, worked out once for each state of them."""

    def ask() -> Box | None:
        known = map_points.cache.get(desk.store)
        return town_box(known.points.lon_lat, known.geometries.values())

    return by_reports(desk.store, "town", ask)


def standing_of(desk: Desk, drawn: Drawn, epsg: int) -> AreaJudged:
    """Return how every kind stands in an area, over the window that ends with the last report."""
    settings = session.get_settings().detection
    known = map_points.cache.get(desk.store)
    piles = [pile for pile in desk.store.piles() if pile.kept_out]
    last = last_day(desk.store, desk.today, desk.zone)
    key = (last, epsg, settings, tuple(pile.lon_lat for pile in piles))
    compared = by_reports(
        desk.store,
        "usual",
        lambda: references(desk.store, last, settings=settings, zone=desk.zone),
        key=key,
    )

    def ask() -> AreaJudged:
        return judge_area(
            known.points,
            drawn.geometry,
            compared,
            last=last,
            epsg=epsg,
            zone=desk.zone,
            piles=piles,
            incident=known.incidents(desk.store, settings, desk.zone),
        )

    return by_reports(desk.store, "area", ask, key=(str(drawn.geometry), *key))


def show_counts(desk: Desk, asked: AskedArea, drawn: Drawn, standing: AreaJudged, epsg: int) -> Group:
    """Draw what is reported in an area, kind by kind, and then one kind closely; return that kind."""
    section("What is reported here", f"{day(standing.first)} to {day(standing.last)}")
    _about(desk, asked, drawn, standing, epsg)
    seen = [one for one in standing.standings if one.incidents]
    if not seen:
        remark(f"No report with a category came from here in these {standing.days} days.")
    else:
        _table(seen)
        absent = [one.group.label.lower() for one in standing.standings if not one.incidents]
        if absent:
            remark(f"No report of {listed(absent)}.")
        remark(f"{CAVEAT} {USUAL_FROM}", tone="accent")
    return _one_kind(desk, drawn, standing, epsg)


def _about(desk: Desk, asked: AskedArea, drawn: Drawn, standing: AreaJudged, epsg: int) -> None:
    told = f"{asked.how[:1].upper()}{asked.how[1:]}: {surface_words(drawn.km2)}, {metres(drawn.width_m)} wide"
    draw(
        element("p", f"{told}, in {count(drawn.pieces, 'piece')}." if drawn.pieces > 1 else f"{told}.", css="fx-quiet")
    )
    if drawn.mended:
        remark(
            "The lines crossed each other, so the area was mended: it is now what they enclose. Look at the map "
            "whether that is what you meant, else clear it and draw it again.",
            tone="warn",
        )
    left_out = standing.left_out
    if left_out:
        remark(f"{count(left_out, 'report')} on default points are left out: those are no real places.")
    if standing.unmapped:
        remark(f"{count(standing.unmapped, 'report')} without a category took no part.")
    moved = map_points.cache.get(desk.store).moved
    if len(moved) and near(moved.lon_lat, drawn.geometry, epsg=epsg).any():
        remark("Reports whose places were moved by their source count by boundary only, not in a drawn area.")


def _table(seen: Sequence[KindJudged]) -> None:
    rows = [
        (
            one.group.label,
            f"{one.reports:,}",
            f"{one.incidents:,}",
            usual(one.expected),
            ratio_words(one),
            verdict_words(one),
        )
        for one in seen
    ]
    heads = ("Kind", "Reports", "Distinct incidents", "Usual", "Times usual, with interval", "More than chance?")
    draw(table("What is reported in the area, by kind", heads, rows, numeric=(1, 2, 3), stacked=True))


def _one_kind(desk: Desk, drawn: Drawn, standing: AreaJudged, epsg: int) -> Group:
    section("One kind, closely")
    groups = [one.group for one in standing.standings]
    chosen = st.selectbox(
        "Kind", groups, format_func=lambda group: group.label, key=KIND, bind="query-params", width=320
    )
    group = Group(chosen or groups[0])
    draw(element("p", sentence(standing.of(group), standing.days), css="fx-lead", role="status"))
    footprint = without_default_points(desk.store, drawn, epsg)
    first = standing.last - timedelta(days=standing.last.weekday(), weeks=WEEKS_SHOWN - 1)
    since, until = day_start(first, desk.zone), day_end(standing.last, desk.zone)
    points = area_points(desk.store, footprint, [group], since, until, epsg)
    settings = session.get_settings().detection
    weeks = problem_weeks(points, first, standing.last, epsg=epsg, settings=settings, zone=desk.zone)
    words = total_words(weeks)
    if words:
        draw(element("p", words[:1].upper() + words[1:] + ".", css="fx-quiet"))
    weekly_bars(weeks)
    show_reports(desk, points)
    return group


def show_overlaps(desk: Desk, drawn: Drawn, epsg: int) -> list[Overlap]:
    """Draw which problems and hot spots share ground with the area, and return them."""
    found = overlapping(drawn.geometry, desk.store.problems(), epsg=epsg)
    section("What is here already", count(len(found), "problem") if found else "")
    if not found:
        remark("No problem and no hot spot shares ground with this area.")
        return found
    rows = [
        (
            problem_link(one.problem),
            status_mark(one.problem.status),
            one.problem.group.label,
            share(one.of_area),
            share(one.of_problem),
        )
        for one in found[:_OVERLAPS_SHOWN]
    ]
    heads = ("Problem", "Status", "Kind", "Of this area it covers", "Of it lies in here")
    draw(table("Problems that share ground with the area", heads, rows, stacked=True))
    if len(found) > _OVERLAPS_SHOWN:
        remark(f"{len(found) - _OVERLAPS_SHOWN} more share ground with it.")
    return found


def map_link() -> None:
    """Draw the way back to the map."""
    draw(element("p", link("/", "Back to the map"), css="fx-ways"))
