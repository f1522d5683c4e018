"""Charts as SVG: the same drawing for the printed pages and for the page of a browser.

Lengths are points of the drawing; what is drawn is a picture, the words for it are the ``alt`` of the chart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

from data.briefing_pages.colours import Colours
from data.briefing_pages.parts import BarChart, FlowChart, RunChart, shortened
from problems.signals import Range

#: What an axis is divided by: one of these times a power of ten.
_STEPS: Final = (1, 2, 5, 10)
_TEXT: Final = 7.5


@dataclass
class Drawing:
    """An SVG that is being drawn, ``width`` by ``height`` points."""

    width: float
    height: float
    colours: Colours
    font: str = "inherit"
    marks: list[str] = field(default_factory=list)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Draw a filled rectangle."""
        self.marks.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" style="fill:{fill}"/>'
        )

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "") -> None:
        """Draw a line through points."""
        path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
        dashed = f";stroke-dasharray:{dash}" if dash else ""
        style = f"fill:none;stroke:{colour};stroke-width:{width};stroke-linejoin:round{dashed}"
        self.marks.append(f'<path d="{path}" style="{style}"/>')

    def path(self, path: str, style: str) -> None:
        """Draw a path in a style of its own."""
        self.marks.append(f'<path d="{path}" style="{style}"/>')

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a filled circle."""
        self.marks.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" style="fill:{fill}"/>')

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "start", colour: str = "", size: float = _TEXT,
        bold: bool = False, halo: bool = False,
    ) -> None:  # fmt: skip
        """Write words; ``halo`` puts paper behind them so that they can be read over lines."""
        style = f"fill:{colour or self.colours.ink};font-size:{size}px;text-anchor:{anchor}"
        style += ";font-weight:bold" if bold else ""
        said = escape(words)
        if halo:
            under = f"{style};stroke:{self.colours.paper};stroke-width:2.4;stroke-linejoin:round"
            self.marks.append(f'<text x="{x:.2f}" y="{y:.2f}" style="{under}">{said}</text>')
        self.marks.append(f'<text x="{x:.2f}" y="{y:.2f}" style="{style}">{said}</text>')

    def svg(self, alt: str = "") -> str:
        """Return the drawing; with ``alt`` it is a picture with that name, without it is for a frame that has one."""
        voice = f'role="img" aria-label="{escape(alt, quote=True)}"' if alt else 'aria-hidden="true"'
        size = f'width="{self.width:g}" height="{self.height:g}" viewBox="0 0 {self.width:g} {self.height:g}"'
        opened = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {voice} style="font-family:{self.font}">'
        return f"{opened}{''.join(self.marks)}</svg>"


def axis_steps(most: float) -> list[int]:
    """Return two to five even numbers from 0 up to at least ``most``.

    >>> axis_steps(41), axis_steps(0), axis_steps(1890)
    ([0, 20, 40, 60], [0, 1], [0, 500, 1000, 1500, 2000])
    """
    top = max(1.0, most)
    power = 10 ** math.floor(math.log10(top))
    steps = [max(1, round(step * power / 10)) for step in (*_STEPS, 20, 50, 100)]
    step = next(one for one in steps if math.ceil(top / one) <= 4)
    return list(range(0, step * math.ceil(top / step) + 1, step))


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a chart is drawn: from ``left`` to ``right`` and down to ``bottom``; ``most`` is at the top."""

    left: float
    right: float
    top: float
    bottom: float
    most: float

    def y(self, value: float) -> float:
        """Return the height of a value."""
        return self.bottom - (self.bottom - self.top) * value / self.most

    def x(self, at: float, count: int) -> float:
        """Return the middle of one of ``count`` columns."""
        return self.left + (self.right - self.left) * (at + 0.5) / count


def _framed(drawing: Drawing, most: float, *, left: float = 26, right: float = 8, bottom: float = 14) -> _Frame:
    steps = axis_steps(most)
    frame = _Frame(left, drawing.width - right, 6, drawing.height - bottom, steps[-1])
    for step in steps:
        height = frame.y(step)
        drawing.line([(frame.left, height), (frame.right, height)], drawing.colours.hairline, 0.6)
        drawing.text(
            frame.left - 4, height + 2.5, f"{step:,}", anchor="end", colour=drawing.colours.muted, size=_TEXT - 0.5
        )
    return frame


def run_chart(chart: RunChart, colours: Colours, font: str, width: float, height: float) -> Drawing:
    """Draw the weeks of a series as a line, over the band of what is usual now and the line of the year."""
    drawing = Drawing(width, height, colours, font)
    band, line = chart.signal.band, chart.signal.line
    most = max([*chart.counts, *(one.high for one in (band, line) if one is not None)])
    frame = _framed(drawing, most, right=20)
    count = len(chart.counts)
    if band is not None:
        _band(drawing, frame, band, count)
    if line is not None:
        level = frame.y(line.expected)
        drawing.line([(frame.left, level), (frame.right, level)], colours.muted, 0.9, "3 2.4")
    points = [(frame.x(at, count), frame.y(value)) for at, value in enumerate(chart.counts)]
    drawing.line(points, colours.accent, 1.2)
    x, y = points[-1]
    drawing.circle(x, y, 2.6, colours.warn if chart.signal.word.is_called_out else colours.accent)
    drawing.text(x + 4, y + 2.5, f"{chart.counts[-1]:,}", bold=True, halo=True)
    _weeks_below(drawing, frame, chart)
    return drawing


def _band(drawing: Drawing, frame: _Frame, band: Range, count: int) -> None:
    # The band is of this week, worked out from the eight before it: it is drawn over these nine.
    weeks = min(count, band.weeks + 1)
    left = frame.x(count - weeks, count) - (frame.right - frame.left) / count / 2
    top, bottom = frame.y(band.high), frame.y(band.low)
    drawing.rectangle(left, top, frame.right - left, max(1.0, bottom - top), drawing.colours.band)
    level = frame.y(band.expected)
    drawing.line([(left, level), (frame.right, level)], drawing.colours.second, 0.8)


def _weeks_below(drawing: Drawing, frame: _Frame, chart: RunChart) -> None:
    count = len(chart.counts)
    last = count - 1
    places = sorted({0, last} | ({last // 2} if count > 8 else set()))
    for at in places:
        day = chart.week_start(at)
        anchor = {0: "start", last: "end"}.get(at, "middle")
        x = {0: frame.left, last: frame.right}.get(at, frame.x(at, count))
        drawing.text(x, drawing.height - 3, f"{day.day} {day:%b %Y}", anchor=anchor, colour=drawing.colours.muted)


def flow_chart(chart: FlowChart, colours: Colours, font: str, width: float, height: float) -> Drawing:
    """Draw what came in and went out as pairs of bars, and below them what was open as a line of its own."""
    drawing = Drawing(width, height, colours, font)
    bars_bottom = height * 0.62
    most = max(max(one.received, one.closed) for one in chart.weeks)
    upper = Drawing(width, bars_bottom, colours, font, drawing.marks)
    frame = _framed(upper, most, bottom=6)
    count = len(chart.weeks)
    step = (frame.right - frame.left) / count
    for at, one in enumerate(chart.weeks):
        x = frame.left + step * (at + 0.14)
        for place, (value, colour) in enumerate(((one.received, colours.accent), (one.closed, colours.second))):
            top = frame.y(value)
            drawing.rectangle(x + place * step * 0.36, top, step * 0.34, frame.bottom - top, colour)
    _open_line(drawing, chart, bars_bottom + 12)
    return drawing


def _open_line(drawing: Drawing, chart: FlowChart, top: float) -> None:
    colours, count = drawing.colours, len(chart.weeks)
    stands = [one.open_at_end for one in chart.weeks]
    # From nought, so that a small change does not look like a large one.
    frame = _Frame(26, drawing.width - 8, top, drawing.height - 14, max(1, *stands))
    drawing.line([(frame.left, frame.bottom), (frame.right, frame.bottom)], colours.hairline, 0.6)
    points = [(frame.x(at, count), frame.y(value)) for at, value in enumerate(stands)]
    drawing.line(points, colours.ink, 1.2)
    for at, anchor in ((0, "start"), (count - 1, "end")):
        x, y = points[at]
        drawing.circle(x, y, 1.8, colours.ink)
        drawing.text(x, y - 4, f"{stands[at]:,} open", anchor=anchor, bold=True, halo=True)
        day = chart.weeks[at].starts_on
        edge = frame.left if at == 0 else frame.right
        drawing.text(edge, drawing.height - 3, f"{day.day} {day:%b %Y}", anchor=anchor, colour=colours.muted)


def bar_chart(chart: BarChart, colours: Colours, font: str, width: float, row: float = 13.0) -> Drawing:
    """Draw counts as horizontal bars with their numbers, two kinds one below the other."""
    kinds = len(chart.kinds)
    drawing = Drawing(width, 4 + len(chart.rows) * row * (1 if kinds == 1 else 1.5), colours, font)
    most = max(1, *(value for _, values in chart.rows for value in values))
    left, right = width * 0.56, width - 22
    fills = (colours.accent, colours.second)
    pitch = (drawing.height - 4) / len(chart.rows)
    thick = (pitch - 3) / kinds
    letters = int((left - 5) / (_TEXT * 0.5))
    for at, (name, values) in enumerate(chart.rows):
        top = 2 + at * pitch
        drawing.text(left - 5, top + pitch / 2 + 1, shortened(name, letters), anchor="end")
        for kind, value in enumerate(values):
            y = top + kind * thick
            length = (right - left) * value / most
            drawing.rectangle(left, y, max(length, 0.6), thick - 1, fills[kind])
            drawing.text(left + length + 3, y + thick / 2 + 2, f"{value:,}", size=_TEXT - 0.5)
    return drawing
