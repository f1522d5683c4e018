"""Slides (16:9) with charts and tables that can be edited, a map of shapes, and notes for whoever speaks."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Pt

from data.briefing_pages.colours import PRINTED
from data.briefing_pages.drawing import axis_steps
from data.briefing_pages.parts import (
    BarChart,
    Chart,
    FlowChart,
    Grid,
    MapChart,
    Pages,
    Part,
    RunChart,
    breakable,
    plain,
    short_day,
    shortened,
)
from data.briefing_pages.setting import pages_of
from data.briefing_pages.slide_map import draw_map
from problems.briefing.briefing import Briefing
from problems.briefing.figure import Section

_INCH: Final = 914_400
_WIDTH, _HEIGHT = round(13.333 * _INCH), round(7.5 * _INCH)
_LEFT, _TOP = round(0.6 * _INCH), round(1.75 * _INCH)
_ACROSS, _DOWN = _WIDTH - 2 * _LEFT, round(4.95 * _INCH)
_BELOW: Final = (_LEFT, round(6.55 * _INCH), _ACROSS, round(0.4 * _INCH))
_GAP: Final = round(0.35 * _INCH)
#: Where what follows a title begins, and how wide the headings beside sentences are.
_UNDER_TITLE, _ASIDE = round(1.2 * _INCH), round(3.0 * _INCH)
#: Up to so many sentences are set larger; the letters of one in smaller type: two lines.
_FEWEST_TOLD: Final = 6
_SHORT: Final = 200
#: Rows of a table on one slide, and the letters of one line over its whole width.
_ROWS: Final = 12
_LETTERS: Final = 165
_FEW_ROWS: Final = 5
#: The most rows, and the size of letters that they are set in.
_SIZES: Final = ((7, 14.0), (10, 12.5), (99, 11.0))
#: The layout of python-pptx’s own deck that has a title and nothing else.
_TITLE_ONLY: Final = 5
_NAMES_SHOWN: Final = 14
_SERIF, _SANS = "Georgia", "Calibri"
#: Files in a zip have no earlier day.
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_WRITTEN_AT: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

#: Inches before and after the words of a cell, and how wide a bold letter is for its height, at the most.
_BEFORE: Final = 0.12
_AFTER: Final = 0.06
_MARGINS: Final = round((_BEFORE + _AFTER + 0.02) * _INCH)
_LETTER: Final = 0.8
Box = tuple[int, int, int, int]


def briefing_pptx(briefing: Briefing) -> bytes:
    """Return a briefing as slides: a title, then each section; the same briefing gives the same bytes."""
    pages = pages_of(briefing)
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(_WIDTH), Emu(_HEIGHT)
    _say_of(deck, pages)
    _title_slide(deck, pages)
    short = [one for one in pages.parts if one.is_short]
    for part in pages.parts:
        if part.section is Section.CAVEATS:
            _told_in_a_sentence(deck, pages, short)
        if not part.is_short:
            _slides_of(deck, pages, part)
    out = io.BytesIO()
    deck.save(out)
    return settled(out.getvalue(), pages_day(pages))


def pages_day(pages: Pages) -> datetime:
    """Return the moment that the file says it was made at: the day of the briefing, never that of the writing."""
    return datetime.combine(pages.known_on, time(), tzinfo=UTC)


def _say_of(deck: Deck, pages: Pages) -> None:
    of = deck.core_properties
    of.title = f"{pages.title}: {pages.week}, {pages.place}"
    of.author, of.last_modified_by, of.language = "Fixpoint", "Fixpoint", "en"
    made_at = pages_day(pages).replace(tzinfo=None)
    of.created = of.modified = of.last_printed = made_at
    of.revision = 1


def settled(content: bytes, made_at: datetime) -> bytes:
    """Return an Office file whose parts bear no time of writing, nor those of the workbooks within it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            inner = old.read(name)
            if name.endswith(".xlsx"):
                inner = settled(inner, made_at)
            elif name == "docProps/core.xml":
                inner = _dated(inner, made_at)
            new.writestr(zipfile.ZipInfo(name, _STAMP), inner, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _dated(core: bytes, made_at: datetime) -> bytes:
    return _WRITTEN_AT.sub(rf"\g<1>{made_at:%Y-%m-%dT%H:%M:%SZ}".encode(), core)


# -- slides --


def _title_slide(deck: Deck, pages: Pages) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    _title(slide, pages.week, 40, (_LEFT, round(1.5 * _INCH), _ACROSS, round(1.0 * _INCH)))
    _words(slide, pages.title.upper(), 16, (_LEFT, round(1.05 * _INCH), _ACROSS, round(0.45 * _INCH)), PRINTED.accent)
    _words(slide, shortened(pages.place, 90), 22, (_LEFT, round(2.5 * _INCH), _ACROSS, round(0.5 * _INCH)), PRINTED.ink)
    _words(slide, pages.known, 14, (_LEFT, round(3.05 * _INCH), _ACROSS, round(0.4 * _INCH)), PRINTED.muted)
    width = _ACROSS // len(pages.figures)
    for at, one in enumerate(pages.figures):
        x = _LEFT + at * width
        _words(slide, one.label, 13, (x, round(4.1 * _INCH), width, round(0.35 * _INCH)), PRINTED.muted)
        _words(slide, one.words, 30, (x, round(4.45 * _INCH), width, round(0.65 * _INCH)), PRINTED.accent, bold=True)
        if one.note:
            _words(slide, one.note, 12, (x, round(5.1 * _INCH), width, round(0.35 * _INCH)), PRINTED.muted)
    warnings = [shortened(one, 150) for one in pages.warnings[:3]]
    if warnings:
        _words(slide, "\n".join(warnings), 14, (_LEFT, round(5.7 * _INCH), _ACROSS, round(1.2 * _INCH)), PRINTED.warn)
    _notes(slide, [pages.known, *pages.warnings])


def _told_in_a_sentence(deck: Deck, pages: Pages, parts: Sequence[Part]) -> None:
    """Add one slide of all sections that are told in a sentence: none of them has a slide of its own."""
    if not parts:
        return
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    _headed(slide, pages, "In a sentence")
    told = [(Section.HEADER.label, pages.sentence), *((one.heading, one.sentence) for one in parts)]
    height = (_TOP + _DOWN - _UNDER_TITLE) // max(len(told), _FEWEST_TOLD)
    for at, (heading, sentence) in enumerate(told):
        top = _UNDER_TITLE + at * height
        _words(slide, heading, 13, (_LEFT, top, _ASIDE, height), PRINTED.accent, bold=True)
        words = shortened(sentence, _SHORT if len(told) > _FEWEST_TOLD else 2 * _SHORT)
        _words(
            slide,
            words,
            15 if len(told) <= _FEWEST_TOLD else 13,
            (_LEFT + _ASIDE, top, _ACROSS - _ASIDE, height),
            PRINTED.ink,
        )
    _notes(slide, [f"{heading}: {sentence}" for heading, sentence in told])


def _slides_of(deck: Deck, pages: Pages, part: Part) -> None:
    # The map says where; the list of its places is in the other files.
    grids = () if part.section is Section.MAP else part.grids
    contents: list[Chart | Grid] = [*part.charts, *(piece for one in grids for piece in _cut(one))]
    notes = [part.sentence, *part.lines]
    first = True
    groups = _groups(contents)
    for group in groups:
        slide = _section_slide(deck, pages, part, first=first)
        first = False
        _notes(slide, [*notes, *(plain(one.alt) for one in group if not isinstance(one, Grid))])
        width = (_ACROSS - _GAP * (len(group) - 1)) // max(1, len(group))
        for at, one in enumerate(group):
            box = (_LEFT + at * (width + _GAP), _TOP, width, _DOWN)
            if isinstance(one, Grid):
                _table(slide, one, box)
            else:
                _chart(slide, one, box)
        if group is groups[-1] and len(part.lines) == 1:
            _words(slide, shortened(part.lines[0], 200), 14, _BELOW, PRINTED.muted)
    if len(part.lines) > 1 or (part.lines and not groups):
        _lines(_section_slide(deck, pages, part, first=first), part)


def _lines(slide: Slide, part: Part) -> None:
    words = "\n".join(shortened(one, 240) for one in part.lines[:10])
    _words(slide, words, 16, (_LEFT, _TOP, _ACROSS, _DOWN), PRINTED.ink)
    _notes(slide, [part.sentence, *part.lines])


def _cut(grid: Grid) -> Iterator[Grid]:
    slides = -(-len(grid.rows) // _ROWS)
    # Shared out evenly: no slide is left with a single row.
    rows = -(-len(grid.rows) // max(1, slides))
    for start in range(0, len(grid.rows), rows or 1):
        caption = grid.caption if not start else f"{grid.caption} (continued)"
        yield Grid(caption, grid.columns, grid.rows[start : start + rows])


def _groups(contents: Sequence[Chart | Grid]) -> list[list[Chart | Grid]]:
    """Return what stands together on a slide: two charts, or a chart beside a narrow table; else one thing alone."""
    found: list[list[Chart | Grid]] = []
    for one in contents:
        last = found[-1] if found else []
        fits = len(last) == 1 and not isinstance(last[0], Grid | MapChart) and _is_narrow(one)
        if fits:
            last.append(one)
        else:
            found.append([one])
    return found


def _is_narrow(one: Chart | Grid) -> bool:
    return len(one.columns) <= 4 and len(one.rows) <= 12 if isinstance(one, Grid) else not isinstance(one, MapChart)


def _section_slide(deck: Deck, pages: Pages, part: Part, *, first: bool) -> Slide:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    heading = part.heading if first else f"{part.heading}, continued"
    _headed(slide, pages, heading)
    said = shortened(part.sentence, 260)
    _words(slide, said, 15, (_LEFT, round(0.95 * _INCH), _ACROSS, round(0.75 * _INCH)), PRINTED.ink)
    return slide


def _headed(slide: Slide, pages: Pages, heading: str) -> None:
    _title(slide, heading, 26, (_LEFT, round(0.35 * _INCH), _ACROSS, round(0.6 * _INCH)))
    foot = f"{pages.title}, {pages.week}, {shortened(pages.place, 60)}"
    _words(slide, foot, 10, (_LEFT, round(7.0 * _INCH), _ACROSS, round(0.3 * _INCH)), PRINTED.muted)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())


def _title(slide: Slide, words: str, size: float, box: Box) -> None:
    shape = slide.shapes.title
    if shape is None:
        raise ValueError("the layout of the slides has no title")
    shape.left, shape.top, shape.width, shape.height = (Emu(side) for side in box)
    frame = shape.text_frame
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.margin_left = frame.margin_right = 0
    _write(frame.paragraphs[0], words, size, PRINTED.accent, bold=True, font=_SERIF)


def _words(slide: Slide, words: str, size: float, box: Box, colour: str, *, bold: bool = False) -> None:
    frame = slide.shapes.add_textbox(*(Emu(side) for side in box)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    for at, line in enumerate(words.split("\n")):
        paragraph = frame.paragraphs[0] if not at else frame.add_paragraph()
        _write(paragraph, line, size, colour, bold=bold)


def _write(
    paragraph: Any, words: str, size: float, colour: str, *, bold: bool = False, font: str = _SANS, right: bool = False
) -> None:
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = breakable(words)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
    run.font.color.rgb = _rgb(colour)


def _notes(slide: Slide, sentences: Sequence[str]) -> None:
    frame = slide.notes_slide.notes_text_frame
    if frame is not None:
        frame.text = "\n".join(dict.fromkeys(one for one in sentences if one))


# -- tables and charts --


def _table(slide: Slide, grid: Grid, box: Box) -> None:
    left, top, width, height = box
    _words(slide, grid.caption, 12, (left, top - round(0.05 * _INCH), width, round(0.3 * _INCH)), PRINTED.muted)
    rows = len(grid.rows) + 1
    pitch = min(round(0.55 * _INCH), (height - round(0.35 * _INCH)) // rows)
    size = next(size for most, size in _SIZES if rows <= most)
    frame = slide.shapes.add_table(
        rows, len(grid.columns), Emu(left), Emu(top + round(0.3 * _INCH)), Emu(width), Emu(pitch * rows)
    )
    frame.name = grid.caption
    _described(frame, grid.caption)
    table = frame.table
    table.horz_banding = False
    widths = column_widths(grid, width, size)
    # Two lines in a cell at most, three where there are few rows, so that a table never runs off its slide.
    lines = 3 if rows <= _FEW_ROWS else 2
    line = _LETTERS * width / _ACROSS * _SIZES[-1][1] / size
    letters = [max(4, round(lines * line * one / width)) for one in widths]
    for at, one in enumerate(grid.columns):
        table.columns[at].width = Emu(widths[at])
        _fill(table.cell(0, at), one.name, size, right=one.is_number, head=True)
    for down, row in enumerate(grid.rows, start=1):
        for at, cell in enumerate(row):
            right = grid.columns[at].is_number
            _fill(table.cell(down, at), shortened(cell, letters[at]), size, right=right, head=False)
    for one in table.rows:
        one.height = Emu(pitch)


def column_widths(grid: Grid, width: int, size: float) -> list[int]:
    """Return how wide the columns of a table are: as the grid says, but none breaks a word of its head or a number."""
    whole = sum(one.width for one in grid.columns)
    wanted = [width * one.width / whole for one in grid.columns]
    letter = Pt(size) * _LETTER
    margins = _MARGINS
    least = []
    for at, one in enumerate(grid.columns):
        words = one.name.split() + ([part for row in grid.rows for part in row[at].split()] if one.is_number else [])
        least.append(letter * max(map(len, words), default=1) + margins)
    short = sum(max(0.0, low - has) for low, has in zip(least, wanted, strict=True))
    spare = sum(max(0.0, has - low) for low, has in zip(least, wanted, strict=True))
    if not short or short > spare:
        return [round(one) for one in wanted]
    return [
        round(low if has < low else has - (has - low) * short / spare) for low, has in zip(least, wanted, strict=True)
    ]


def _fill(cell: Any, words: str, size: float, *, right: bool, head: bool) -> None:
    cell.margin_left, cell.margin_right = Emu(round(_BEFORE * _INCH)), Emu(round(_AFTER * _INCH))
    cell.margin_top = cell.margin_bottom = Emu(round(0.02 * _INCH))
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb(PRINTED.band if head else PRINTED.paper)
    _write(cell.text_frame.paragraphs[0], words, size, PRINTED.ink, bold=head, right=right)


def _described(frame: Any, words: str) -> None:
    frame._element.nvGraphicFramePr.cNvPr.set("descr", words)


def _chart(slide: Slide, chart: Chart, box: Box) -> None:
    if isinstance(chart, MapChart):
        draw_map(slide, chart, box)
        return
    kind, series, names, colours = _drawn_as(chart)
    figures = CategoryChartData()
    figures.categories = names
    for name, values in series:
        figures.add_series(name, values)
    frame = slide.shapes.add_chart(kind, *(Emu(side) for side in box), figures)
    frame.name = plain(chart.title)
    _described(frame, plain(chart.alt))
    drawn = frame.chart
    drawn.has_title = True
    drawn.chart_title.text_frame.text = shortened(plain(chart.title), 80)
    drawn.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(13)
    drawn.font.size, drawn.font.name = Pt(11), _SANS
    drawn.has_legend = len(series) > 1
    if drawn.legend is not None:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn.value_axis.major_gridlines.format.line.color.rgb = _rgb(PRINTED.hairline)
    _even_steps(drawn.value_axis, max(value or 0 for _, values in series for value in values))
    if len(names) > _NAMES_SHOWN:
        _thin(drawn.category_axis, len(names))
    for one, colour in zip(drawn.plots[0].series, colours, strict=True):
        _coloured(one, colour, is_line=kind is XL_CHART_TYPE.LINE)
    if isinstance(chart, BarChart):
        drawn.category_axis.reverse_order = True
        drawn.plots[0].has_data_labels = True
        drawn.plots[0].gap_width = 60


def _even_steps(axis: Any, most: float) -> None:
    steps = axis_steps(most)
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, steps[-1], steps[1]
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0", False


def _thin(axis: Any, count: int) -> None:
    """Name about every eighth place of an axis; python-pptx has no word for it."""
    skip = str(-(-count // 8))
    element = axis._element
    for name in ("tickLblSkip", "tickMarkSkip"):
        mark = element.makeelement(qn(f"c:{name}"), {"val": skip})
        element.find(qn("c:noMultiLvlLbl")).addprevious(mark)


def _coloured(series: Any, colour: str, *, is_line: bool) -> None:
    if is_line:
        series.smooth = False
        series.format.line.color.rgb = _rgb(colour)
        series.format.line.width = Pt(2.25 if colour == PRINTED.accent else 1.5)
    else:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _rgb(colour)


Series = list[tuple[str, Sequence[float | None]]]


def _drawn_as(chart: RunChart | FlowChart | BarChart) -> tuple[XL_CHART_TYPE, Series, list[str], tuple[str, ...]]:
    """Return the kind of a chart, its series, the names of its places, and its colours."""
    both = (PRINTED.accent, PRINTED.second)
    if isinstance(chart, BarChart):
        rows: Series = [(kind, [values[at] for _, values in chart.rows]) for at, kind in enumerate(chart.kinds)]
        return XL_CHART_TYPE.BAR_CLUSTERED, rows, [shortened(name, 40) for name, _ in chart.rows], both[: len(rows)]
    if isinstance(chart, FlowChart):
        flows: Series = [("In", [one.received for one in chart.weeks]), ("Out", [one.closed for one in chart.weeks])]
        return XL_CHART_TYPE.COLUMN_CLUSTERED, flows, [short_day(one.starts_on) for one in chart.weeks], both
    count = len(chart.counts)
    band, line = chart.signal.band, chart.signal.line
    lines: Series = [("Reports by week", list(chart.counts))]
    colours = [PRINTED.accent]
    if band is not None:
        before: list[float | None] = [None] * max(0, count - band.weeks - 1)
        width = count - len(before)
        lines += [
            ("Usual now, from", [*before, *[band.low] * width]),
            ("Usual now, to", [*before, *[band.high] * width]),
        ]
        colours += [PRINTED.second, PRINTED.second]
    if line is not None:
        lines.append(("The year before", [round(line.expected, 1)] * count))
        colours.append(PRINTED.muted)
    return XL_CHART_TYPE.LINE, lines, [short_day(chart.week_start(at)) for at in range(count)], tuple(colours)
