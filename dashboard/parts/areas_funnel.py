"""Areas beside each other: a funnel of what is usual for each size, and the same as a table in order of names."""

from collections.abc import Sequence
from typing import Final

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.parts.areas_asked import AREA
from dashboard.parts.chart_theme import altair_theme
from dashboard.parts.markup import draw, element, link, table
from dashboard.wording import NOTHING
from geo.dispersion import usual_range
from problems.briefing.areas_compared import Against, AreaRow, AreasCompared
from problems.comparing_areas import Place

PATH: Final = "/areas"
_HEIGHT_PX: Final = 360
_STEPS: Final = 60
#: How much of the chart a name of an area takes, in shares of its width and height.
_NAME_ACROSS, _NAME_UP = 0.09, 0.05
_LEVELS: Final = {"95": 0.95, "998": 0.998}


def area_link(row: AreaRow) -> object:
    """Return a link to the page of an area."""
    return link(PATH, row.area.name, query={AREA: f"{row.area.kind}:{row.area.name}"})


def show_funnel(found: AreasCompared) -> None:
    """Draw the funnel; what lies outside of the wider limits is named beside its dot."""
    if found.comparison is None:
        return
    placed = [one for one in found.rows if one.compared is not None]
    st.altair_chart(_chart(found, placed), theme=None, alt=f"{found.sentence} The table beneath has all of them.")
    words = (
        "Each dot is an area. By chance alone 19 in 20 areas lie between the inner lines, 998 in 1,000 "
        "between the outer ones; small areas swing more, which is why the lines open to the left. The level line is "
        "the rate of all."
    )
    draw(element("p", words, css="fx-quiet"))


def _chart(found: AreasCompared, rows: Sequence[AreaRow]) -> alt.LayerChart:
    colours = session.colours()
    unit = found.against.unit
    frame = pd.DataFrame(
        {
            "area": [one.area.name for one in rows],
            "size": [one.compared.size for one in rows if one.compared],
            "rate": [one.reports / one.compared.size for one in rows if one.compared],
            "reports": [one.reports for one in rows],
            "words": [one.compared.place.label for one in rows if one.compared],
            "clear": [one.compared.place.is_clear for one in rows if one.compared],
        }
    )
    limits = _limits(found, float(frame["size"].max()))
    top = max(float(frame["rate"].max()) * 1.15, 2.0 * (found.comparison.target if found.comparison else 0.0))
    # From 0 on, where the lines are wide open; on the right there is room for a name.
    ends = [0.0, float(frame["size"].max()) * 1.12]
    frame["turned"] = turned_names((frame["size"] / ends[1]).tolist(), (frame["rate"] / top).tolist())
    size = alt.X("size:Q", title=found.against.label, scale=alt.Scale(domain=ends, nice=False))
    height = alt.Scale(domain=[0, top], nice=False)
    rate = alt.Y("rate:Q", title=f"Reports for each {unit}", scale=height)
    layers: list[alt.Chart] = []
    for level, dash in (("95", [1, 0]), ("998", [5, 4])):
        for side in ("low", "high"):
            line = alt.Chart(limits).mark_line(color=colours.edge, strokeWidth=1.2, strokeDash=dash, clip=True)
            layers.append(line.encode(x=size, y=alt.Y(f"{side}{level}:Q", scale=height)))
    target = found.comparison.target if found.comparison else 0.0
    level_line = alt.Chart(pd.DataFrame({"target": [target]})).mark_rule(color=colours.ink, strokeWidth=1)
    layers.append(level_line.encode(y=alt.Y("target:Q", scale=height)))
    tooltip = [
        alt.Tooltip("area:N", title="Area"), alt.Tooltip("reports:Q", title="Reports"),
        alt.Tooltip("size:Q", title=found.against.label, format=",.1f"), alt.Tooltip("words:N", title="In words"),
    ]  # fmt: skip
    dots = alt.Chart(frame).encode(x=size, y=rate, tooltip=tooltip)
    shape = dots.mark_point(filled=True, size=70, opacity=1, stroke=colours.paper, strokeWidth=1)
    # Shape as well as colour tells the few that stand out.
    layers.append(shape.transform_filter("!datum.clear").encode(color=alt.value(colours.accent)))
    outside = dots.transform_filter("datum.clear")
    layers.append(outside.mark_point(filled=True, shape="diamond", size=150, opacity=1, color=colours.ink))
    for turned, named in ((False, "!datum.turned"), (True, "datum.turned")):
        words = outside.transform_filter(named).mark_text(
            align="right" if turned else "left", dx=-10 if turned else 10, color=colours.ink, fontSize=13
        )
        layers.append(words.encode(text="area:N"))
    config = altair_theme(colours)["config"]
    return alt.LayerChart(layer=layers, height=_HEIGHT_PX, width="container", config=config)


def turned_names(across: Sequence[float], up: Sequence[float]) -> list[bool]:
    """Tell whose name stands on the left of its dot: on the right another dot would lie under it, and none on the left.

    ``across`` and ``up`` are shares of the width and the height of the chart.

    >>> turned_names([0.50, 0.55, 0.90], [0.4, 0.4, 0.4])
    [True, False, False]
    """
    dots = list(zip(across, up, strict=True))

    def is_free(at: int, way: int) -> bool:
        x, y = dots[at]
        return not any(
            0 <= way * (one - x) < _NAME_ACROSS and abs(other - y) < _NAME_UP
            for number, (one, other) in enumerate(dots)
            if number != at
        )

    return [not is_free(at, 1) and is_free(at, -1) for at in range(len(dots))]


def _limits(found: AreasCompared, most: float) -> pd.DataFrame:
    comparison = found.comparison
    sizes = np.linspace(most / _STEPS, most * 1.05, _STEPS)
    rows: dict[str, list[float]] = {"size": sizes.tolist(), "low95": [], "high95": [], "low998": [], "high998": []}
    if comparison is not None:
        for one in sizes.tolist():
            for name, level in _LEVELS.items():
                low, high = usual_range(mean=comparison.target * one, dispersion=comparison.dispersion, level=level)
                rows[f"low{name}"].append(low / one)
                rows[f"high{name}"].append(high / one)
    return pd.DataFrame(rows)


def show_areas(found: AreasCompared) -> None:
    """Draw all areas in the order of their names, each a link to its page."""
    if found.comparison is None:
        plain: list[Sequence[object]] = [(area_link(one), one.problems or NOTHING) for one in found.rows]
        heads: tuple[str, ...] = ("Area", "Open problems")
        if any(one.reports for one in found.rows):
            heads = ("Area", "Open problems", "Reports")
            plain = [(area_link(one), one.problems or NOTHING, f"{one.reports:,}") for one in found.rows]
        draw(table(f"{found.kind.plural.capitalize()} by name", heads, plain, numeric=(1, 2), stacked=True))
        return
    heads = ("Area", "Open problems", "Reports", "Usual for its size", found.against.label, "Rate", "In words")
    if found.against is Against.YEAR:
        heads = (*heads[:4], "Reports of the year before", *heads[5:])
    rows = [_row(one, found.against) for one in found.rows]
    draw(table(f"{found.kind.plural.capitalize()} by name", heads, rows, numeric=(1, 2, 3, 4, 5), stacked=True))
    draw(element("p", f"The rate is reports of 13 weeks for each {found.against.unit}.", css="fx-quiet"))


def _row(one: AreaRow, against: Against) -> Sequence[object]:
    size = NOTHING if one.size is None else f"{one.size:,.0f}" if against is Against.YEAR else f"{one.size:,.1f}"
    if one.compared is None:
        return (
            area_link(one),
            one.problems or NOTHING,
            f"{one.reports:,}",
            NOTHING,
            size,
            NOTHING,
            "No size known",
        )
    rate = "too few" if one.rate is None else f"{one.rate:,.2f}" if one.rate < 10 else f"{one.rate:,.1f}"
    place = one.compared.place
    words = element("b", place.label) if place.is_clear else place.label
    usual = NOTHING if place is Place.TOO_FEW else f"{one.compared.low95:,} to {one.compared.high95:,}"
    return area_link(one), one.problems or NOTHING, f"{one.reports:,}", usual, size, rate, words
