"""The street network of the sample city, in metres around the city's centre.

Main roads run from two hubs, one on each side of a river, and are joined by an inner and an outer
ring; secondary roads are the edges of a relaxed Voronoi pattern; between them every quarter has
its own slightly bent grid of residential streets. Parks stay empty and only the main roads cross
the river. Everything is warped a little so that nothing is straight for long.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
import shapely.ops
from shapely import LineString, MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.sample import names

#: Half the width and height of the box that holds the city, in metres.
HALF_BOX_M = (4700.0, 3700.0)
WATER, MAIN, SECONDARY, RESIDENTIAL, GREEN = range(5)

_HUB = np.array([0.0, 250.0])
_SOUTH_HUB = np.array([-250.0, -1750.0])
_RIVER_WIDTH_M = 70.0
Xy = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A street, the river or the edge of a park. ``rank`` is one of the constants above."""

    name: str
    rank: int
    line: LineString


@dataclass(frozen=True)
class Network:
    """What lies on the ground: the edge of the city, its lines, its parks and its river."""

    edge: Polygon
    lines: tuple[Line, ...]
    parks: tuple[tuple[str, Polygon], ...]
    river: LineString


def warp(xy_m: Xy) -> Xy:
    """Return ``xy_m`` (n, 2) moved by a smooth field of at most about 110 m, the same for every line."""
    x, y = xy_m[:, 0], xy_m[:, 1]
    dx = 70 * np.sin(y / 780 + 0.6) + 40 * np.sin(x / 510 + y / 690)
    dy = 70 * np.sin(x / 830 - 0.4) + 40 * np.sin(y / 470 - x / 640)
    return np.column_stack([x + dx, y + dy])


def city_edge(rng: np.random.Generator) -> Polygon:
    """Return the outline of the city: an ellipse of about 9 x 7 km with bays."""
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    phase = rng.uniform(0, 2 * np.pi, 3)
    bays = sum(size * np.sin(k * angle + phase[i]) for i, (k, size) in enumerate(((2, 0.04), (3, 0.05), (5, 0.03))))
    reach = 0.88 + np.asarray(bays)
    return Polygon(np.column_stack([4450 * reach * np.cos(angle), 3450 * reach * np.sin(angle)]))


def cut_by(cells: int, edge: Polygon, rng: np.random.Generator) -> list[Polygon]:
    """Return ``edge`` cut into ``cells`` pieces that tile it: no gap, no overlap, shared corners.

    The pieces are a Voronoi pattern of evenly spread seeds with bent borders, ordered from the
    centre outwards.
    """
    bent = _pattern(_spread(cells, edge, rng), edge, 150.0)
    # Snapping to a millimetre makes shared borders identical, so that the pieces fit exactly.
    borders = shapely.set_precision(shapely.union_all([bent, edge.exterior]), 0.001)
    pieces = [piece for piece in shapely.get_parts(shapely.polygonize([borders])) if edge.buffer(1).contains(piece)]
    return _joined(pieces, cells)


def _pattern(seeds: Xy, edge: Polygon, step_m: float) -> BaseGeometry:
    """Return the bent borders between ``seeds``, reaching well beyond the edge."""
    drawn = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=edge.buffer(2000), only_edges=True)
    bent: BaseGeometry = shapely.transform(shapely.segmentize(drawn, step_m), warp)
    return bent


def _joined(pieces: list[Polygon], cells: int) -> list[Polygon]:
    # A bent border can cut a corner off at the city's edge: the crumb goes to its largest neighbour.
    pieces = sorted(pieces, key=lambda piece: -piece.area)
    kept, crumbs = pieces[:cells], pieces[cells:]
    for crumb in crumbs:
        shared = [shapely.intersection(crumb, piece).length for piece in kept]
        best = int(np.argmax(shared))
        joined = shapely.union(kept[best], crumb)
        if isinstance(joined, Polygon):
            kept[best] = joined
    return sorted(kept, key=lambda piece: float(np.hypot(piece.centroid.x, piece.centroid.y)))


def _spread(count: int, edge: Polygon, rng: np.random.Generator) -> Xy:
    west, south, east, north = edge.bounds
    xy = np.column_stack([rng.uniform(west, east, 6000), rng.uniform(south, north, 6000)])
    inside = xy[shapely.contains_xy(edge, xy)]
    seeds = inside[:count].copy()
    for _ in range(12):
        nearest = np.argmin(((inside[:, None, :] - seeds[None, :, :]) ** 2).sum(axis=2), axis=1)
        for k in range(count):
            seeds[k] = inside[nearest == k].mean(axis=0)
    return seeds


def build_network(rng: np.random.Generator) -> Network:
    """Return the network of a city drawn with ``rng``; equal generators draw equal cities."""
    edge = city_edge(rng)
    river = _river(rng)
    water = river.buffer(_RIVER_WIDTH_M / 2 + 15)
    parks = _parks(edge, water, rng)
    mains = _main_roads(edge)
    main_lines = MultiLineString([line.line for line in mains])
    keep_out = shapely.union_all([water, *(park for _, park in parks)])
    taken = {line.name for line in mains}
    secondary = _secondary_roads(edge, keep_out, main_lines, taken, rng)
    borders = [edge.exterior, *(line.line for line in mains), *(line.line for line in secondary), water.exterior]
    quarters = shapely.get_parts(shapely.polygonize([shapely.set_precision(shapely.union_all(borders), 0.001)]))
    streets = _residential_streets(list(quarters), edge, keep_out, taken, rng)
    clipped = LineString(shapely.get_coordinates(river)[np.abs(shapely.get_coordinates(river)[:, 0]) <= HALF_BOX_M[0]])
    greens = [Line(name, GREEN, LineString(park.exterior)) for name, park in parks]
    lines = (Line(names.RIVER_NAME, WATER, clipped), *greens, *mains, *secondary, *streets)
    return Network(edge, lines, tuple(parks), clipped)


def _river(rng: np.random.Generator) -> LineString:
    x = np.arange(-5200.0, 5201.0, 60.0)
    phase = rng.uniform(-0.5, 0.5)
    y = -900 + 0.05 * x + 230 * np.sin(x / 1150 + phase) + 90 * np.sin(x / 430 + 1 + phase)
    return LineString(np.column_stack([x, y]))


def _blob(centre: Xy, reach_m: float, rng: np.random.Generator) -> Polygon:
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    reach = reach_m * (1 + 0.18 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.1 * np.sin(3 * angle + rng.uniform(0, 6)))
    return Polygon(centre + np.column_stack([1.25 * reach * np.cos(angle), 0.85 * reach * np.sin(angle)]))


def _parks(edge: Polygon, water: Polygon, rng: np.random.Generator) -> list[tuple[str, Polygon]]:
    places = ((-1500, 900), (2600, 1500), (900, -850), (700, 900), (-2900, -1100), (1500, -2300), (-700, 2300))
    parks = []
    for name, place in zip(names.PARKS, places, strict=True):
        reach_m = 320.0 if name != "Priory Gardens" else 150.0
        blob = _blob(np.array(place, dtype=float) + rng.uniform(-150, 150, 2), reach_m, rng)
        rest = shapely.difference(shapely.intersection(blob, edge.buffer(-80)), water)
        parts = [part for part in shapely.get_parts(rest) if part.geom_type == "Polygon"]
        parks.append((name, max(parts, key=lambda part: float(part.area))))
    return parks


def _arm(start: Xy, degrees: float, length_m: float, bend: float) -> LineString:
    along = np.linspace(0, length_m, max(3, int(length_m // 60)))
    turn = np.deg2rad(degrees) + bend * np.sin(along / 900)
    steps = np.column_stack([np.cos(turn), np.sin(turn)]) * (along[1] - along[0])
    return LineString(np.vstack([start, start + np.cumsum(steps[1:], axis=0)]))


def _arc(centre: Xy, reach_m: tuple[float, float], from_degrees: float, to_degrees: float) -> LineString:
    angle = np.deg2rad(np.linspace(from_degrees, to_degrees, 60))
    wobble = 1 + 0.06 * np.sin(3 * angle + 0.5)
    reach = np.column_stack([reach_m[0] * wobble * np.cos(angle), reach_m[1] * wobble * np.sin(angle)])
    return LineString(centre + reach)


def _main_roads(edge: Polygon) -> list[Line]:
    found = [(names.HIGH_STREET, LineString(np.linspace(_HUB, _SOUTH_HUB, 30)))]
    for name, degrees in zip(names.RADIAL_NAMES, (92, 52, 12, -14, 142, 172, 199), strict=True):
        found.append((name, _arm(_HUB, degrees, 6000, 0.16)))
    for name, degrees in zip(names.SOUTH_ROAD_NAMES, (-95, -40, -150, -8), strict=True):
        found.append((name, _arm(_SOUTH_HUB, degrees, 5000, 0.14)))
    for k, name in enumerate(names.INNER_RING):
        found.append((name, _arc(_HUB, (820, 620), 45 + 90 * k, 135 + 90 * k)))
    for k, name in enumerate(names.OUTER_RING):
        found.append((name, _arc(np.array([0.0, -150.0]), (2750, 2150), 135 - 90 * k, 45 - 90 * k)))
    roads: list[Line] = []
    for name, line in found:
        bent = shapely.transform(line, warp)
        inside = shapely.intersection(bent, edge)
        parts = [part for part in shapely.get_parts(inside) if part.length > 100]
        roads.extend(Line(name, MAIN, part) for part in parts[:1])
    return roads


def _secondary_roads(
    edge: Polygon, keep_out: BaseGeometry, mains: MultiLineString, taken: set[str], rng: np.random.Generator
) -> list[Line]:
    bent = _pattern(_spread(70, edge, rng), edge, 80.0)
    # Beside a main road a second one leads nowhere; what is left between two crossings is one road.
    rest = shapely.difference(shapely.intersection(bent, edge.buffer(-120)), keep_out)
    rest = shapely.difference(rest, mains.buffer(35))
    merged = shapely.line_merge(rest)
    parts = [part for part in shapely.get_parts(merged) if part.length > 150]
    chosen = names.street_names(len(parts), secondary=True, taken=taken, rng=rng)
    near = mains.buffer(60)
    roads = []
    for name, part in zip(chosen, parts, strict=True):
        line = _reaching(part, mains) if part.intersects(near) else part
        roads.append(Line(name, SECONDARY, line))
    return roads


def _reaching(line: LineString, mains: MultiLineString) -> LineString:
    xy = [tuple(point) for point in shapely.get_coordinates(line)]
    for at_end in (0, -1):
        end = shapely.points(xy[at_end])
        if 0 < end.distance(mains) < 60:
            touch = shapely.get_coordinates(shapely.shortest_line(end, mains))[1]
            xy.insert(0 if at_end == 0 else len(xy), tuple(touch))
    return LineString(xy)


def _residential_streets(
    quarters: Sequence[Polygon], edge: Polygon, keep_out: BaseGeometry, taken: set[str], rng: np.random.Generator
) -> list[Line]:
    lines: list[LineString] = []
    for quarter in quarters:
        # The outer rim thins out: a city ends in fields, not at a wall.
        if quarter.area < 12_000 or (quarter.distance(edge.exterior) < 1 and rng.random() < 0.08):
            continue
        ground = shapely.difference(quarter, keep_out)
        if ground.area > 12_000:
            lines.extend(_grid(ground, quarter, rng))
    chosen = names.street_names(len(lines), secondary=False, taken=taken, rng=rng)
    # A metre is less than the width of a drawn line and halves what the map has to carry.
    return [Line(name, RESIDENTIAL, _plainer(line)) for name, line in zip(chosen, lines, strict=True)]


def _plainer(line: LineString) -> LineString:
    return LineString(shapely.get_coordinates(shapely.simplify(line, 1.0)))


def _grid(ground: BaseGeometry, quarter: Polygon, rng: np.random.Generator) -> list[LineString]:
    frame = shapely.get_coordinates(shapely.oriented_envelope(quarter))
    sides = np.diff(frame, axis=0)
    longest = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    turn = np.arctan2(longest[1], longest[0]) + rng.normal(0, 0.06)
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]])
    centre = np.array([quarter.centroid.x, quarter.centroid.y])
    reach = float(np.hypot(*(np.ptp(frame, axis=0)))) / 2
    gap, cross_gap, bend = rng.uniform(95, 135), rng.uniform(210, 340), rng.normal(0, 0.00009)
    rows = np.arange(-reach + rng.uniform(0, gap), reach, gap)
    reach_along = np.arange(-reach, reach + 1, 40.0)
    curve = bend * reach_along**2
    drawn = [LineString(centre + np.outer(reach_along, along) + np.outer(row + curve, across)) for row in rows]
    for place in np.arange(-reach + rng.uniform(0, cross_gap), reach, cross_gap):
        first = 0
        while first < len(rows) - 1:
            last = min(len(rows) - 1, first + int(rng.integers(1, 5)))
            if rng.random() < 0.72:
                shift = place + rng.normal(0, cross_gap / 6)
                ends = np.array([rows[first], rows[last]]) + bend * shift**2
                drawn.append(LineString(centre + shift * along + np.outer(ends, across)))
            first = last
    pieces = shapely.get_parts(shapely.intersection(np.array(drawn), ground))
    long_enough = (shapely.get_type_id(pieces) == 1) & (shapely.length(pieces) > 70)
    return [_shortened(piece, rng) for piece in pieces[long_enough]]


def _shortened(line: LineString, rng: np.random.Generator) -> LineString:
    # Some streets are closed at one end.
    if line.length < 160 or rng.random() > 0.22:
        return line
    cut = rng.uniform(40, 90)
    start, end = (cut, line.length) if rng.random() < 0.5 else (0.0, line.length - cut)
    return LineString(shapely.get_coordinates(shapely.ops.substring(line, start, end)))
