"""The lineage of a problem as a picture: weeks from left to right, one line a problem, its width by incidents.

The picture is an SVG document of its own, because pages are stripped of SVG. It has no view box: places across are
shares of the width, so that type and marks keep their size on every screen; rules in it leave words out where it is
narrow.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dashboard.design import SANS, Palette, palette, safe_html
from problems.lineage import Branch, Line, Lineage, Mark, Turn

#: Where a line's name, the words of its marks and its middle are, in pixels from the top of its row.
NAME_PX: Final = 18
_WORDS_PX, _OWN_PX, _RELATIVE_PX, _AXIS_PX = 16, 30, 24, 22
_THICK_PX: Final = 20.0
_THIN_PX: Final = 2.5
_LEFT, _RIGHT = 2.0, 98.0
#: Words of neighbouring marks need this share of the width between them.
_ROOM: Final = 11.0
_NARROW_PX: Final = 560
_MOST_TICKS: Final = 6

#: The shape of each turn, round the middle (0, 0) of its mark.
SHAPES: Final = {
    Turn.FOUND: "M0-5.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11Z",
    Turn.DRAWN: "M-5-5H5V5H-5Z",
    Turn.SPLIT_OFF: "M6-6.5V6.5L-6 0Z",
    Turn.SPLIT: "M6-6.5V6.5L-6 0Z",
    Turn.MERGED_IN: "M-6-6.5V6.5L6 0Z",
    Turn.MERGED_AWAY: "M-6-6.5V6.5L6 0Z",
    Turn.QUIET: "M-2-6H2V6H-2Z",
    Turn.WOKE: "M-1.6-6H1.6V-1.6H6V1.6H1.6V6H-1.6V1.6H-6V-1.6H-1.6Z",
    Turn.CAME_BACK: "M0-7.2 7.2 0 0 7.2-7.2 0Z",
}
#: Drawn open: they say that something ends.
_OPEN: Final = frozenset({Turn.MERGED_AWAY, Turn.QUIET})


@dataclass(frozen=True, slots=True)
class Row:
    """Where a line lies in the picture: the top of its row and its middle, in pixels."""

    line: Line
    top_px: int
    middle_px: int


def rows(told: Lineage) -> list[Row]:
    """Return where each line lies, the problem's own first."""
    top, placed = 0, []
    for line in (told.own, *told.relatives):
        own = line is told.own
        middle = top + NAME_PX + (_WORDS_PX + _OWN_PX // 2 if own else _RELATIVE_PX // 2)
        placed.append(Row(line, top, middle))
        top += NAME_PX + (_WORDS_PX + _OWN_PX if own else _RELATIVE_PX)
    return placed


def height_px(told: Lineage) -> int:
    """Return the height of the picture."""
    relatives = len(told.relatives) * (NAME_PX + _RELATIVE_PX)
    return NAME_PX + _WORDS_PX + _OWN_PX + relatives + _AXIS_PX


def address(svg: str) -> str:
    """Return an SVG document as an address for an image."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode('utf-8')).decode('ascii')}"


def picture(told: Lineage, colours: Palette, *, dark: bool) -> str:
    """Return the lineage as an SVG document."""
    placed = rows(told)
    at = {row.line.problem.id: row.middle_px for row in placed}
    most = max((seen.incidents for row in placed for seen in row.line.seen), default=1)
    parts = [
        *_axis(told, height_px(told)),
        *(_branch(told, branch, at) for branch in told.branches),
        *(part for row in placed for part in _line(told, row, most)),
        *(part for row in placed for part in _marks(told, row)),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="{height_px(told)}">'
        f"<style>{_rules(colours, dark=dark)}</style>{''.join(parts)}</svg>"
    )


def mark_picture(turn: Turn, colours: Palette, *, dark: bool) -> str:
    """Return one mark as an SVG document, for the legend."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="18" height="18" viewBox="-9 -9 18 18">'
        f'<style>{_rules(colours, dark=dark)}</style><path d="{SHAPES[turn]}" class="{_css(turn)}"/></svg>'
    )


def _rules(colours: Palette, *, dark: bool) -> str:
    more = palette(dark=dark, contrast=True)
    words = (
        f"text{{font:12px {SANS}}}.month{{font-size:11px}}"
        f"@media (max-width:{_NARROW_PX}px){{.word,.between{{display:none}}}}"
    )
    return f"{_colour_rules(colours)}@media (prefers-contrast:more){{{_colour_rules(more)}}}{words}"


def _colour_rules(colours: Palette) -> str:
    return (
        f".own{{fill:{colours.accent}}}.other{{fill:{colours.edge}}}"
        f".thread{{stroke:{colours.edge};stroke-width:1.5}}.still{{stroke-dasharray:2 4}}"
        f".branch{{stroke:{colours.ink};stroke-width:1.5}}.grid{{stroke:{colours.hairline};stroke-width:.7}}"
        f".full{{fill:{colours.ink};stroke:{colours.surface};stroke-width:1.5}}"
        f".open{{fill:{colours.surface};stroke:{colours.ink};stroke-width:1.8}}"
        f".word{{fill:{colours.ink}}}.month{{fill:{colours.muted}}}"
    )


def _css(turn: Turn) -> str:
    return "open" if turn in _OPEN else "full"


def _across(told: Lineage, day: date) -> float:
    """Return how far to the right a day lies, in percent."""
    days = max((told.last - told.first).days, 1)
    return _LEFT + (_RIGHT - _LEFT) * (day - told.first).days / days


def _axis(told: Lineage, height: int) -> Iterable[str]:
    low = height - _AXIS_PX
    ticks = _months(told.first, told.last)
    for place, month in enumerate(ticks):
        x = _across(told, month)
        css = "between" if place % 2 else ""
        side = "end" if x > 92 else "start" if x < 8 else "middle"
        yield f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="{NAME_PX}" y2="{low}" class="grid {css}"/>'
        yield f'<text x="{x:.2f}%" y="{height - 6}" text-anchor="{side}" class="month {css}">{month:%b %Y}</text>'


def _months(first: date, last: date) -> list[date]:
    """Return first days of months between two days, at most six, evenly apart; a short span has its first day."""
    months = []
    year, month = first.year, first.month
    while (start := date(year, month, 1)) <= last:
        if start >= first:
            months.append(start)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    step = -(-len(months) // _MOST_TICKS) or 1
    return months[::step] or [first]


def _branch(told: Lineage, branch: Branch, at: dict[int, int]) -> str:
    x = _across(told, branch.on)
    return f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="{at[branch.from_id]}" y2="{at[branch.to_id]}" class="branch"/>'


def _line(told: Lineage, row: Row, most: int) -> Iterable[str]:
    """Draw a thread for the whole life, dots where it was quiet, and a band over the weeks as a hot spot."""
    line, y = row.line, row.middle_px
    ends = [line.first, *(day for span in line.quiet for day in span), line.last]
    for start, end, quiet in _spans(ends):
        css = "thread still" if quiet else "thread"
        yield f'<line x1="{_across(told, start):.2f}%" x2="{_across(told, end):.2f}%" y1="{y}" y2="{y}" class="{css}"/>'
    own = line is told.own
    thick = _THICK_PX if own else _THICK_PX * 0.7
    for stretch in _stretches(line, told.looked):
        top = []
        for day, incidents in stretch:
            top.append((_across(told, day), max(_THIN_PX, thick * incidents / most) / 2))
        if len(top) == 1:
            top = [(top[0][0] - 0.15, top[0][1]), (top[0][0] + 0.15, top[0][1])]
        # Stretched across its stretch of the width, whatever that is in pixels.
        left, right = top[0][0], top[-1][0]
        points = [f"{1000 * (x - left) / (right - left):.1f},{high:.2f}" for x, high in top]
        under = [f"{1000 * (x - left) / (right - left):.1f},{-high:.2f}" for x, high in reversed(top)]
        yield (
            f'<svg x="{left:.2f}%" width="{right - left:.2f}%" y="{y - _THICK_PX / 2}" height="{_THICK_PX}" '
            f'viewBox="0 {-_THICK_PX / 2} 1000 {_THICK_PX}" preserveAspectRatio="none">'
            f'<polygon points="{" ".join([*points, *under])}" class="{"own" if own else "other"}"/></svg>'
        )


def _spans(ends: Sequence[date]) -> list[tuple[date, date, bool]]:
    """Return (from, to, quiet) between neighbouring ends: awake and quiet take turns."""
    return [(ends[at], ends[at + 1], at % 2 == 1) for at in range(len(ends) - 1) if ends[at] < ends[at + 1]]


def _stretches(line: Line, looked: Sequence[date]) -> list[list[tuple[date, int]]]:
    """Return the runs of refreshes that saw the problem one after the other."""
    place = {day: at for at, day in enumerate(looked)}
    stretches: list[list[tuple[date, int]]] = []
    before: int | None = None
    for seen in line.seen:
        if before is None or place[seen.on] != before + 1:
            stretches.append([])
        stretches[-1].append((seen.on, seen.incidents))
        before = place[seen.on]
    return stretches


def _marks(told: Lineage, row: Row) -> Iterable[str]:
    own = row.line is told.own
    named = _with_room(told, row.line.marks) if own else set()
    for place, mark in enumerate(row.line.marks):
        x = _across(told, mark.on)
        yield (
            f'<svg x="{x:.2f}%" y="{row.middle_px}" overflow="visible" width="1" height="1">'
            f'<path d="{SHAPES[mark.turn]}" class="{_css(mark.turn)}"/></svg>'
        )
        if place in named:
            side = "end" if x > 94 else "start" if x < 6 else "middle"
            y = row.top_px + NAME_PX + _WORDS_PX - 4
            yield f'<text x="{x:.2f}%" y="{y}" text-anchor="{side}" class="word">{safe_html(mark.turn.label)}</text>'


def _with_room(told: Lineage, marks: Sequence[Mark]) -> set[int]:
    """Return which marks have room for their words; the legend below names the others."""
    named: set[int] = set()
    end = -100.0
    for place, mark in enumerate(marks):
        x = _across(told, mark.on)
        if x - end >= _ROOM:
            named.add(place)
            end = x
    return named
