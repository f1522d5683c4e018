"""One page for a browser: everything in one file, without scripts and without anything asked of other places."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from data.briefing_pages.colours import MARKS, ON_SCREEN
from data.briefing_pages.drawing import bar_chart, flow_chart, run_chart
from data.briefing_pages.mapping import LASTS, map_drawing, mark_svg, ring_svg
from data.briefing_pages.parts import (
    Chart,
    Column,
    FlowChart,
    Grid,
    MapChart,
    Pages,
    Part,
    RunChart,
    breakable,
    plain,
    short_day,
)
from data.briefing_pages.setting import pages_of
from data.html_frame import html_file
from problems.briefing.briefing import Briefing

_SHEET: Final = Path(__file__).with_name("briefing.css")
#: Longer tables are folded away.
_LONGEST: Final = 20
_RUN: Final = (330.0, 150.0)
_FLOW: Final = (420.0, 200.0)
_BARS: Final = 380.0
_MAP: Final = (560.0, 400.0)


def briefing_html(briefing: Briefing) -> bytes:
    """Return a briefing as one page in UTF-8, with a light, a dark and a printed look; always the same bytes."""
    pages = pages_of(briefing)
    body = [
        "<main>",
        *_head(pages),
        *(line for part in pages.parts for line in _section(part)),
        "</main></body></html>",
    ]
    return html_file(f"{pages.title}: {pages.week}, {pages.place}", _SHEET, body)


def _head(pages: Pages) -> Iterator[str]:
    yield f'<header><p class="kicker">{escape(pages.title)}</p><h1>{escape(pages.week)}</h1>'
    yield f'<p class="quiet">{escape(pages.place)}. {escape(pages.known)}</p></header>'
    terms = "".join(
        f"<div><dt>{escape(one.label)}</dt><dd><b>{escape(one.words)}</b>{_note(one.note)}</dd></div>"
        for one in pages.figures
    )
    yield f'<dl class="figures">{terms}</dl>'
    yield from (f'<p class="warn">{escape(one)}</p>' for one in pages.warnings)


def _note(words: str) -> str:
    return f' <span class="quiet">{escape(words)}</span>' if words else ""


def _section(part: Part) -> Iterator[str]:
    name = f"part-{part.section.value.replace('_', '-')}"
    yield f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(part.heading)}</h2>'
    yield f"<p>{escape(part.sentence)}</p>"
    if part.lines:
        yield f'<ul class="small">{"".join(f"<li>{escape(one)}</li>" for one in part.lines)}</ul>'
    if part.charts:
        yield f'<div class="charts">{"".join(_figure(one) for one in part.charts)}</div>'
    for one in part.grids:
        folded = len(one.rows) > _LONGEST
        table = _table(one)
        yield (
            f"<details><summary>{escape(one.caption)}: {len(one.rows)}</summary>{table}</details>" if folded else table
        )
    if part.charts:
        yield from _twins(part.charts)
    yield "</section>"


def _figure(chart: Chart) -> str:
    alt, look = plain(chart.alt), "inherit"
    if isinstance(chart, MapChart):
        drawn = map_drawing(chart, ON_SCREEN, look, *_MAP).svg(alt)
        return f'<figure class="map"><h3>{escape(chart.title)}</h3>{drawn}{_legend(chart)}</figure>'
    if isinstance(chart, RunChart):
        drawn, said = run_chart(chart, ON_SCREEN, look, *_RUN).svg(alt), plain(chart.signal.sentence)
        keys = _keys(
            ("accent", "Reports by week"), ("band", "Usual now (8 weeks)"), ("muted", "Dashed: the year before")
        )
    elif isinstance(chart, FlowChart):
        drawn, said = flow_chart(chart, ON_SCREEN, look, *_FLOW).svg(alt), ""
        keys = _keys(("accent", "In"), ("second", "Out"), ("ink", "Line: open at the end of the week"))
    else:
        drawn, said = bar_chart(chart, ON_SCREEN, look, _BARS, 15.0).svg(alt), ""
        keys = _keys(*zip(("accent", "second"), chart.kinds, strict=False)) if len(chart.kinds) > 1 else ""
    caption = f"<figcaption>{escape(said)}</figcaption>" if said else ""
    return f"<figure><h3>{escape(plain(chart.title))}</h3>{drawn}{keys}{caption}</figure>"


def _keys(*keys: tuple[str, str]) -> str:
    rows = "".join(
        f'<li><span class="swatch" aria-hidden="true" style="background:var(--{colour})"></span>{escape(words)}</li>'
        for colour, words in keys
    )
    return f'<ul class="legend">{rows}</ul>'


def _legend(chart: MapChart) -> str:
    counts = {one.label: one.words for one in chart.map.by_remediation}
    rows = "".join(
        f"<li>{mark_svg(state)}{escape(f'{state.label} {counts[state.label]}')}</li>"
        for state in MARKS
        if state.label in counts
    )
    ranked = "<li>1 to 10: places in the table of the problem board</li>" if chart.ranks else ""
    ring = f"<li>{ring_svg()}{escape(LASTS)}</li>" if any(one.lasts for one in chart.map.places) else ""
    return f'<ul class="legend">{rows}{ring}{ranked}</ul>'


def _table(grid: Grid) -> str:
    caption = escape(grid.caption)
    head = "".join(
        f'<th scope="col"{_number(one.is_number)}>{escape(one.name) or "Place"}</th>' for one in grid.columns
    )
    body = "".join(f"<tr>{''.join(_cell(grid, at, cell) for at, cell in enumerate(row))}</tr>" for row in grid.rows)
    wide = ' class="wide"' if len(grid.columns) > 4 else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">'
        f"<table{wide}><caption>{caption}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(grid: Grid, at: int, cell: str) -> str:
    # The number of a row does not name it; the cell after it does.
    named = 1 if grid.columns[0].is_number else 0
    kind, scope = ("th", ' scope="row"') if at == named else ("td", "")
    return f"<{kind}{scope}{_number(grid.columns[at].is_number)}>{escape(breakable(cell))}</{kind}>"


def _number(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def _twins(charts: tuple[Chart, ...]) -> Iterator[str]:
    """Go through the tables of the charts whose numbers stand in no other table."""
    for chart in charts:
        found = chart_table(chart)
        if found is not None:
            yield f"<details><summary>Numbers of “{escape(plain(chart.title))}”</summary>{_table(found)}</details>"


def chart_table(chart: Chart) -> Grid | None:
    """Return the numbers of a chart as a table; None where the section has them already."""
    if isinstance(chart, FlowChart):
        columns = (Column("Week of"), Column("In", is_number=True), Column("Out", is_number=True),
                   Column("Open at the end", is_number=True))  # fmt: skip
        rows = tuple(
            (short_day(one.starts_on), f"{one.received:,}", f"{one.closed:,}", f"{one.open_at_end:,}")
            for one in chart.weeks
        )
        return Grid(chart.title, columns, rows)
    if isinstance(chart, RunChart):
        weeks = (Column("Week of"), Column("Reports", is_number=True))
        counts = tuple((short_day(chart.week_start(at)), f"{count:,}") for at, count in enumerate(chart.counts))
        return Grid(f"Reports by week, {chart.title}", weeks, counts)
    return None
