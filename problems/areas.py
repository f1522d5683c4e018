"""Places of the deployment that are not reports: boundaries and streets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class AreaKind(StrEnum):
    """What kind of boundary an area is: police, council or everyday."""

    BEAT = "beat"
    WARD = "ward"
    NEIGHBOURHOOD = "neighbourhood"


@dataclass(frozen=True, slots=True)
class Area:
    """A named boundary. ``geometry`` is a GeoJSON polygon or multipolygon in lon/lat, ``code`` an official number."""

    id: int
    kind: AreaKind
    name: str
    geometry: Mapping[str, object]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Street:
    """A street for drawing and for naming problems. ``geometry`` is a GeoJSON line in lon/lat."""

    id: int
    name: str
    rank: int
    geometry: Mapping[str, object]
