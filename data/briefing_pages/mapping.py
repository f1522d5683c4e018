"""The map of a briefing: footprints and marks in a plane, drawn as SVG or as the shapes of a slide."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from shapely import LineString

from data.briefing_pages.colours import MARKS, Colours
from data.briefing_pages.drawing import Drawing
from data.briefing_pages.parts import MapChart
from problems.problem import Remediation

#: Metres of a degree of latitude.
_DEGREE_M: Final = 111_320.0
#: The least that a map shows, so that a single place is not drawn as large as a town.
_LEAST_M: Final = 800.0
_EDGE: Final = 0.04
#: Areas so many times as wide as what lies in them are not shown whole.
_MUCH: Final = 1.6
_MARK: Final = 8.5
#: Radius of the ring round a place that lasts, in points, and what a legend says of it.
RING: Final = 6.4
LASTS: Final = "hot in more than half of the weeks"
#: Points by which an outline may be drawn otherwise than it is; those of fewer points are drawn as they are.
_SEEN: Final = 0.35
_FEW_POINTS: Final = 40
_OUTLINE: Final = "#1d2429"
#: The name of an area is that high, and stands in one of these places about its middle, the nearest first.
_NAME_HIGH: Final = 9
_ABOUT: Final = sorted(itertools.product(range(-36, 37, 6), range(-40, 41, 5)), key=lambda at: (math.hypot(*at), at))
#: What it counts against a place that the name leaves its area there, as much as half of a mark.
_LEAVES: Final = 25.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A problem on the map: where its mark stands, its footprint, and its number among the ten at the top."""

    x: float
    y: float
    remediation: Remediation
    rings: tuple[tuple[Point, ...], ...]
    rank: int | None
    name: str
    lasts: bool


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """A map in points, y downwards. ``scale`` is the length of its bar in points and in metres."""

    width: float
    height: float
    areas: tuple[tuple[str, tuple[tuple[Point, ...], ...]], ...]
    marks: tuple[PlacedMark, ...]
    scale: tuple[float, int]


def placed(chart: MapChart, width: float, height: float) -> DrawnMap:
    """Lay the places of a map out on ``width`` by ``height`` points, north upwards, equal in both directions."""
    middle = [one.lon_lat for one in chart.map.places]
    points = _in_view(chart)
    lon_0, lat_0 = (sum(side) / len(middle) for side in zip(*middle, strict=True))
    east_m = _DEGREE_M * math.cos(math.radians(lat_0))

    def metres(point: Point) -> Point:
        return (point[0] - lon_0) * east_m, (point[1] - lat_0) * _DEGREE_M

    sides = [sorted(side) for side in zip(*(metres(one) for one in points), strict=True)]
    centre = tuple((side[0] + side[-1]) / 2 for side in sides)
    spans = [max(_LEAST_M, (side[-1] - side[0]) * (1 + 2 * _EDGE)) for side in sides]
    by_m = min(width / spans[0], height / spans[1])

    def on_paper(point: Point) -> Point:
        x, y = metres(point)
        return width / 2 + (x - centre[0]) * by_m, height / 2 - (y - centre[1]) * by_m

    def drawn(geometry: Mapping[str, object]) -> tuple[tuple[Point, ...], ...]:
        return tuple(_seen([on_paper(point) for point in ring]) for ring in _rings(geometry))

    # What the work needs most is drawn last, on top.
    order = list(Remediation)[::-1]
    marks = [
        PlacedMark(
            *on_paper(one.lon_lat),
            one.remediation,
            drawn(one.footprint),
            chart.ranks.get(one.problem_id),
            one.ref,
            one.lasts,
        )
        for one in sorted(chart.map.places, key=lambda one: (order.index(one.remediation), one.problem_id))
    ]
    areas = tuple((one.name, drawn(one.geometry)) for one in chart.map.outlines)
    return DrawnMap(width, height, areas, tuple(marks), _scale(width, by_m))


def _in_view(chart: MapChart) -> list[Point]:
    """Return the points that the map has to show: the places, and the areas where these are not much larger."""
    own = [one.lon_lat for one in chart.map.places]
    own += [point for one in chart.map.places for ring in _rings(one.footprint) for point in ring]
    areas = [point for one in chart.map.outlines for ring in _rings(one.geometry) for point in ring]
    spans = [[max(side) - min(side) for side in zip(*points, strict=True)] for points in (own, [*own, *areas])]
    larger = any(whole > _MUCH * part for part, whole in zip(*spans, strict=True))
    return own if larger else own + areas


def _rings(geometry: Mapping[str, object]) -> Iterator[tuple[Point, ...]]:
    coordinates = geometry.get("coordinates") or ()
    if geometry.get("type") == "Polygon":
        polygons = [coordinates]
    elif geometry.get("type") == "MultiPolygon":
        polygons = list(cast("Sequence[object]", coordinates))
    else:
        polygons = []
    for polygon in polygons:
        for ring in cast("Sequence[Sequence[Sequence[float]]]", polygon):
            yield tuple((float(point[0]), float(point[1])) for point in ring)


def _seen(ring: Sequence[Point]) -> tuple[Point, ...]:
    """Return a ring without the points that nobody could see: a coast has thousands, and slides take long over each."""
    if len(ring) <= _FEW_POINTS:
        return tuple(ring)
    kept = LineString(ring).simplify(_SEEN)
    return tuple((x, y) for x, y in kept.coords)


def _scale(width: float, by_m: float) -> tuple[float, int]:
    longest = width / 4 / by_m
    power = 10 ** math.floor(math.log10(longest))
    length = max(step * power for step in (1, 2, 5) if step * power <= longest)
    return length * by_m, round(length)


def scale_words(metres: int) -> str:
    """Return a length in words: “500 m”, “2 km”."""
    return f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"


def map_drawing(chart: MapChart, colours: Colours, font: str, width: float, height: float) -> Drawing:
    """Draw the map: areas, footprints, marks by shape and colour, and the numbers of the ten at the top."""
    laid = placed(chart, width, height)
    drawing = Drawing(width, height, colours, font)
    drawing.marks.append(f'<clipPath id="map-edge"><rect width="{width:g}" height="{height:g}"/></clipPath>')
    drawing.marks.append('<g clip-path="url(#map-edge)">')
    drawing.rectangle(0, 0, width, height, colours.land)
    for _, rings in laid.areas:
        drawing.path(_path(rings), f"fill:none;stroke:{colours.boundary};stroke-width:0.7")
    for one in laid.marks:
        fill = MARKS[one.remediation].fill
        if one.rings:
            style = f"fill:{fill};fill-opacity:0.3;fill-rule:evenodd;stroke:{fill};stroke-width:0.8"
            drawing.path(_path(one.rings), style)
    for one in laid.marks:
        _mark(drawing, one.x, one.y, one.remediation)
        if one.lasts:
            _ring(drawing, one.x, one.y)
    numbers = _number_places(laid)
    _area_names(drawing, laid, [*((one.x, one.y) for one in laid.marks), *(at for at, _ in numbers)])
    for (x, y), rank in numbers:
        drawing.text(x, y + 3, str(rank), anchor="middle", size=8.5, bold=True, halo=True)
    _scale_bar(drawing, laid)
    drawing.marks.append("</g>")
    return drawing


def _path(rings: Sequence[Sequence[Point]]) -> str:
    return "".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ring) + "Z" for ring in rings if ring)


def _mark(drawing: Drawing, x: float, y: float, remediation: Remediation, size: float = _MARK) -> None:
    by = size / 24
    drawing.marks.append(
        f'<path transform="translate({x - size / 2:.2f} {y - size / 2:.2f}) scale({by:.4f})" '
        f'd="{MARKS[remediation].path}" style="fill:{MARKS[remediation].fill};stroke:{_OUTLINE};'
        f'stroke-width:{0.8 / by:.2f};stroke-linejoin:round"/>'
    )


def _ring(drawing: Drawing, x: float, y: float) -> None:
    style = f"fill:none;stroke:{_OUTLINE};stroke-width:0.7"
    drawing.marks.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{RING:.2f}" style="{style}"/>')


def ring_svg() -> str:
    """Return the ring round a place that lasts, alone, for a legend; :data:`LASTS` stands beside it."""
    side = 2 * RING + 1
    drawing = Drawing(side, side, Colours(*("none",) * len(Colours.__dataclass_fields__)))
    _ring(drawing, side / 2, side / 2)
    return drawing.svg()


def _area_names(drawing: Drawing, laid: DrawnMap, taken: Sequence[Point]) -> None:
    """Write the names within their areas, the largest first, beside what is ``taken``.

    One that would lie on another name is left out.
    """
    if len(laid.areas) < 2:
        return
    written: list[tuple[float, float, float]] = []
    for name, rings in sorted(laid.areas, key=lambda one: (-max(map(_extent, one[1]), default=0.0), one[0])):
        ring = max(rings, key=_extent, default=())
        inside = [point for point in ring if 0 <= point[0] <= laid.width]
        if not inside:
            continue
        x, middle = (sum(side) / len(inside) for side in zip(*inside, strict=True))
        half = len(name) * 1.9 + 4

        def covered(at: Point, half: float = half, ring: Sequence[Point] = ring) -> float:
            """Return how much of marks and their rings a name would lie on, and of other areas."""
            beside = ((half + RING - abs(x - at[0]), 4 + RING - abs(y - at[1] + 2)) for x, y in taken)
            lies_on = sum(min(across, RING) * down for across, down in beside if across > 0 and down > 0)
            return lies_on + _LEAVES * sum(not _is_inside((at[0] + end, at[1] - 2), ring) for end in (-half, half))

        def is_free(at: Point, half: float = half) -> bool:
            apart = all(
                abs(at[0] - at_x) >= half + other or abs(at[1] - at_y) >= _NAME_HIGH for at_x, at_y, other in written
            )
            return apart and half < at[0] < laid.width - half and 8 < at[1] < laid.height - 8

        around = [(x + across, middle + down) for across, down in _ABOUT]
        within = [at for at in around[1:] if _is_inside(at, ring)]
        if places := [at for at in (around[0], *within) if is_free(at)]:
            x, y = min(places, key=covered)
            written.append((x, y, half))
            drawing.text(x, y, name, anchor="middle", colour=drawing.colours.muted, size=7, halo=True)


def _extent(ring: Sequence[Point]) -> float:
    return math.prod(max(side) - min(side) for side in zip(*ring, strict=True)) if ring else 0.0


def _is_inside(point: Point, ring: Sequence[Point]) -> bool:
    """Tell whether a point lies in a ring: a line from it to the right crosses an odd number of sides."""
    x, y = point
    crossed = 0
    for (x_0, y_0), (x_1, y_1) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y_0 > y) is not (y_1 > y) and x < x_0 + (y - y_0) * (x_1 - x_0) / (y_1 - y_0):
            crossed += 1
    return crossed % 2 == 1


def _number_places(laid: DrawnMap) -> list[tuple[Point, int]]:
    """Return where the numbers of the ten at the top stand: beside their marks, where they cover the fewest others."""
    taken = [(one.x, one.y) for one in laid.marks]
    found = []
    for one in sorted((one for one in laid.marks if one.rank is not None), key=lambda one: one.rank or 0):
        places = [(one.x + dx, one.y + dy) for dx, dy in ((9, 0), (-9, 0), (0, -9), (0, 9.5), (9, -7), (-9, 7))]
        inside = [at for at in places if 5 < at[0] < laid.width - 5 and 6 < at[1] < laid.height - 6] or places
        best = min(inside, key=lambda at: sum(math.dist(at, other) < 9 for other in taken))
        taken.append(best)
        found.append((best, one.rank or 0))
    return found


def _scale_bar(drawing: Drawing, laid: DrawnMap) -> None:
    length, metres = laid.scale
    x, y = 8.0, laid.height - 8
    drawing.line([(x, y - 3), (x, y), (x + length, y), (x + length, y - 3)], drawing.colours.ink, 0.9)
    drawing.text(x + length / 2, y - 3, scale_words(metres), anchor="middle", size=7, halo=True)
    drawing.text(laid.width - 9, 14, "N", anchor="middle", bold=True, size=8, halo=True)
    drawing.line([(laid.width - 9, 26), (laid.width - 9, 17)], drawing.colours.ink, 0.9)
    drawing.path(f"M{laid.width - 11.5:.2f} 19.5L{laid.width - 9:.2f} 15.5L{laid.width - 6.5:.2f} 19.5Z",
                 f"fill:{drawing.colours.ink}")  # fmt: skip


def mark_svg(remediation: Remediation, size: float = 9.0) -> str:
    """Return a mark alone, for a legend; words stand beside it."""
    drawing = Drawing(size + 1, size + 1, Colours(*("none",) * len(Colours.__dataclass_fields__)))
    _mark(drawing, (size + 1) / 2, (size + 1) / 2, remediation, size)
    return drawing.svg()
