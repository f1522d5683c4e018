"""The ground of the sample city: where it lies, its areas, its streets and every house on them.

The city is invented; it lies in open country in the east of England, so that the national grid
(EPSG:27700) fits. Its lines are drawn with street ranks: 0 water, 1 main road, 2 secondary road,
3 residential street, 4 the edge of a park (a closed line that may be filled).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from data.sample import names
from data.sample.streets import MAIN, RESIDENTIAL, SECONDARY, Line, Network, build_network, cut_by
from geo.projection import to_lon_lat
from problems.areas import Area, AreaKind, Street

EPSG = 27700
#: Easting and northing of the city's centre on the national grid, in metres.
ORIGIN_M = np.array([508_000.0, 386_000.0])
Xy = npt.NDArray[np.float64]
_STEP_M = {MAIN: 24.0, SECONDARY: 20.0, RESIDENTIAL: 16.0}
_SETBACK_M = {MAIN: 12.0, SECONDARY: 10.0, RESIDENTIAL: 8.0}


@dataclass(frozen=True)
class Houses:
    """Every address as columns: xy_m (n, 2) around the centre, its street (index), number, ward, kerb_m (n, 2)."""

    xy_m: Xy
    kerb_m: Xy
    street: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    rank: npt.NDArray[np.int64]
    ward: npt.NDArray[np.int64]
    quarter: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of addresses."""
        return len(self.number)


@dataclass(frozen=True)
class Ground:
    """The whole ground: the network, named boundaries (in metres) and the addresses."""

    network: Network
    wards: tuple[tuple[str, Polygon], ...]
    beats: tuple[tuple[str, Polygon], ...]
    quarters: tuple[tuple[str, Polygon], ...]
    houses: Houses
    streets: tuple[Line, ...]

    @property
    def town_hall_m(self) -> Xy:
        """Where the Town Hall stands: the point that addresses without a match fall back to."""
        return np.array([38.0, 281.0])

    def address(self, house: int) -> str:
        """Return the postal line of a house, such as ``12 Oak Road``."""
        return f"{self.houses.number[house]} {self.streets[self.houses.street[house]].name}"

    def areas(self) -> list[Area]:
        """Return wards, beats and neighbourhoods as boundaries in lon/lat."""
        kinds = ((AreaKind.WARD, self.wards), (AreaKind.BEAT, self.beats), (AreaKind.NEIGHBOURHOOD, self.quarters))
        return [Area(0, kind, name, _shape(piece)) for kind, pieces in kinds for name, piece in pieces]

    def drawn_streets(self) -> list[Street]:
        """Return the river, the parks' edges and the streets as lines in lon/lat."""
        return [Street(0, line.name, line.rank, _shape(line.line)) for line in self.network.lines]


def build_ground(seed: int) -> Ground:
    """Return the ground of the city for ``seed``; equal seeds give equal ground."""
    rng = np.random.default_rng([seed, 1])
    network = build_network(rng)
    wards = _cut(names.WARDS, network, rng)
    beats = _cut(names.BEATS, network, rng)
    quarters = _cut(names.NEIGHBOURHOODS, network, rng)
    streets = tuple(line for line in network.lines if line.rank in _STEP_M)
    houses = _houses(streets, network, wards, quarters)
    return Ground(network, wards, beats, quarters, houses, streets)


def city_lon_lat(xy_m: Xy) -> Xy:
    """Return the lon/lat (n, 2), rounded to seven decimals, of points in metres around the centre."""
    return np.round(to_lon_lat(xy_m + ORIGIN_M, EPSG), 7)


def _cut(labels: tuple[str, ...], network: Network, rng: np.random.Generator) -> tuple[tuple[str, Polygon], ...]:
    return tuple(zip(labels, cut_by(len(labels), network.edge, rng), strict=True))


def _shape(geometry: BaseGeometry) -> dict[str, object]:
    drawn = shapely.transform(geometry, city_lon_lat)
    return {str(key): part for key, part in shapely.geometry.mapping(drawn).items()}


def _houses(
    streets: tuple[Line, ...],
    network: Network,
    wards: tuple[tuple[str, Polygon], ...],
    quarters: tuple[tuple[str, Polygon], ...],
) -> Houses:
    lines = np.array([line.line for line in streets])
    ranks = np.array([line.rank for line in streets])
    steps = np.array([_STEP_M[line.rank] for line in streets])
    per_side = np.maximum(1, ((shapely.length(lines) - 24) / steps).astype(np.int64))
    street = np.repeat(np.arange(len(streets)), per_side * 2)
    order = np.arange(len(street)) - np.repeat(np.cumsum(per_side * 2) - per_side * 2, per_side * 2)
    along = 12 + steps[street] * (order // 2 + 0.5)
    side = np.where(order % 2 == 0, 1.0, -1.0)
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines[street], along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[street], along + 1))
    step = ahead - here
    step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)[:, None]
    outward = np.column_stack([-step[:, 1], step[:, 0]]) * side[:, None]
    setback = np.array([_SETBACK_M[rank] for rank in ranks])[street]
    xy = np.round(here + outward * setback[:, None], 2)
    kerb = np.round(here + outward * 4.0, 2)
    keep_out = shapely.union_all([network.river.buffer(45), *(park for _, park in network.parks)])
    shapely.prepare(keep_out)
    dry = shapely.contains_xy(network.edge, xy) & ~shapely.contains_xy(keep_out, xy)
    xy, street = xy[dry], street[dry]
    return Houses(xy, kerb[dry], street, order[dry] + 1, ranks[street], _piece(xy, wards), _piece(xy, quarters))


def _piece(xy_m: Xy, pieces: tuple[tuple[str, Polygon], ...]) -> npt.NDArray[np.int64]:
    found = np.zeros(len(xy_m), dtype=np.int64)
    for k, (_, piece) in enumerate(pieces):
        shapely.prepare(piece)
        found[shapely.contains_xy(piece, xy_m)] = k
    return found
