"""The map on a slide: footprints and marks as shapes that can be moved, coloured and named."""

from typing import Any, Final

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.slide import Slide
from pptx.util import Emu, Pt

from data.briefing_pages.colours import INK, MARKS, PRINTED
from data.briefing_pages.mapping import LASTS, PlacedMark, placed, scale_words
from data.briefing_pages.parts import MapChart, plain
from problems.problem import Remediation

_POINT: Final = 12_700
_MARK: Final = 13
_SHAPES: Final = {
    Remediation.NOT_STARTED: MSO_SHAPE.ISOSCELES_TRIANGLE,
    Remediation.IN_PROGRESS: MSO_SHAPE.RECTANGLE,
    Remediation.AWAITING_CHECK: MSO_SHAPE.DIAMOND,
    Remediation.RESOLVED: MSO_SHAPE.OVAL,
    Remediation.SET_ASIDE: MSO_SHAPE.CROSS,
}
_LEGEND: Final = 190


def draw_map(slide: Slide, chart: MapChart, box: tuple[int, int, int, int]) -> None:
    """Draw the map into a box (left, top, width, height in EMU), with the words of its marks on the right."""
    left, top, width, height = (side / _POINT for side in box)
    laid = placed(chart, width - _LEGEND, height)
    ground = slide.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, Emu(box[0]), Emu(box[1]), Emu(round(laid.width * _POINT)), Emu(box[3])
    )
    ground.name = chart.title
    _describe(ground, plain(chart.alt))
    _colour(ground, PRINTED.land, PRINTED.land, 0.5)
    for name, rings in laid.areas:
        for ring in rings:
            _outline(slide, [(left + min(max(x, 0), laid.width), top + min(max(y, 0), laid.height)) for x, y in ring],
                     name, "", PRINTED.boundary)  # fmt: skip
    for one in laid.marks:
        for ring in one.rings:
            points = [(left + x, top + y) for x, y in ring]
            _outline(slide, points, f"Outline of {one.name}", MARKS[one.remediation].fill, MARKS[one.remediation].fill)
    for one in laid.marks:
        _mark(slide, one, left, top)
    _legend(slide, chart, left + laid.width + 16, top)
    _scale(slide, laid.scale, left + 8, top + laid.height - 14)


def _outline(slide: Slide, points: list[tuple[float, float]], name: str, fill: str, line: str) -> None:
    # A point twice in a row makes a shape of nothing, which some programs refuse.
    kept = [one for at, one in enumerate(points) if not at or one != points[at - 1]]
    if len(kept) < 3:
        return
    start, *rest = [(round(x * _POINT), round(y * _POINT)) for x, y in kept]
    builder = slide.shapes.build_freeform(*start)
    builder.add_line_segments(rest, close=True)
    shape = builder.convert_to_shape()
    shape.name = name
    _describe(shape, "")
    _colour(shape, fill, line, 0.75)


def _mark(slide: Slide, one: PlacedMark, left: float, top: float) -> None:
    corner = (left + one.x - _MARK / 2, top + one.y - _MARK / 2)
    shape = slide.shapes.add_shape(
        _SHAPES[one.remediation], *(Emu(round(side * _POINT)) for side in (*corner, _MARK, _MARK))
    )
    shape.name = f"{one.name}: {one.remediation.label}"
    _describe(shape, shape.name)
    _colour(shape, MARKS[one.remediation].fill, INK, 1.0)
    if one.lasts:
        _ring(slide, left + one.x, top + one.y, f"{one.name}: {LASTS}")
    if one.rank is not None:
        _text(slide, str(one.rank), 12, left + one.x + 5, top + one.y - 11, 24, bold=True)


def _ring(slide: Slide, x: float, y: float, words: str) -> None:
    radius = _MARK * 0.75
    corner = (x - radius, y - radius, 2 * radius, 2 * radius)
    shape = slide.shapes.add_shape(MSO_SHAPE.OVAL, *(Emu(round(side * _POINT)) for side in corner))
    shape.name = words
    _describe(shape, words)
    shape.fill.background()
    shape.line.color.rgb = RGBColor.from_string(INK.lstrip("#").upper())
    shape.line.width = Pt(1.0)


def _legend(slide: Slide, chart: MapChart, left: float, top: float) -> None:
    counts = {one.label: one.words for one in chart.map.by_remediation}
    states = [one for one in MARKS if one.label in counts]
    for at, state in enumerate(states):
        y = top + 10 + 24 * at
        shape = slide.shapes.add_shape(_SHAPES[state], *(Emu(round(side * _POINT)) for side in (left, y, _MARK, _MARK)))
        shape.name = f"Legend: {state.label}"
        _describe(shape, state.label)
        _colour(shape, MARKS[state].fill, INK, 1.0)
        _text(slide, f"{state.label}: {counts[state.label]}", 14, left + 22, y - 6, _LEGEND - 40)
    y = top + 14 + 24 * len(states)
    if any(one.lasts for one in chart.map.places):
        _ring(slide, left + _MARK / 2, y + 7, f"Legend: {LASTS}")
        _text(slide, LASTS.capitalize(), 12, left + 22, y - 4, _LEGEND - 40)
        y += 36
    if chart.ranks:
        _text(slide, "1 to 10: see the problem board", 12, left, y, _LEGEND - 16)


def _scale(slide: Slide, scale: tuple[float, int], left: float, top: float) -> None:
    length, metres = scale
    shape = slide.shapes.add_connector(
        MSO_CONNECTOR.STRAIGHT, *(Emu(round(side * _POINT)) for side in (left, top, left + length, top))
    )
    shape.name = f"Scale: {scale_words(metres)}"
    shape.line.color.rgb = RGBColor.from_string(INK.lstrip("#").upper())
    shape.line.width = Pt(1.5)
    _text(slide, scale_words(metres), 10, left, top - 18, 80)


def _text(slide: Slide, words: str, size: float, left: float, top: float, width: float, *, bold: bool = False) -> None:
    sides = (Emu(round(side * _POINT)) for side in (left, top, width, size * 1.8))
    frame = slide.shapes.add_textbox(*sides).text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text = words
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Calibri"
    run.font.color.rgb = RGBColor.from_string(INK.lstrip("#").upper())


def _describe(shape: Any, words: str) -> None:
    shape._element._nvXxPr.cNvPr.set("descr", words)


def _colour(shape: Any, fill: str, line: str, width: float) -> None:
    shape.shadow.inherit = False
    if fill:
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(fill.lstrip("#").upper())
    else:
        shape.fill.background()
    shape.line.color.rgb = RGBColor.from_string(line.lstrip("#").upper())
    shape.line.width = Pt(width)
