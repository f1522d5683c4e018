"""Places of the deployment that are not reports: boundaries and streets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class AreaKind(StrEnum):
    """What kind of boundary an area is: police, council or everyday."""

    BEAT = "beat"
    WARD = "ward"
    NEIGHBOURHOOD = "neighbourhood"

    @property
    def label(self) -> str:
        """Plain name of the kind."""
        return _KIND_LABELS[self]

    @property
    def plural(self) -> str:
        """Plain name of several of the kind, within a sentence."""
        return f"{_KIND_LABELS[self].lower()}s"


_KIND_LABELS = {
    AreaKind.BEAT: "Beat",
    AreaKind.WARD: "Ward",
    AreaKind.NEIGHBOURHOOD: "Neighbourhood",
}


@dataclass(frozen=True, slots=True)
class Area:
    """A named boundary. ``geometry`` is a GeoJSON polygon or multipolygon in lon/lat, ``code`` an official number."""

    id: int
    kind: AreaKind
    name: str
    geometry: Mapping[str, object]
    code: str = ""


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many placed reports lie in an area (None: in none of its kind); ``snapped`` of them on moved points."""

    area_id: int | None
    reports: int
    snapped: int


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address as reports write it, where most of them put it, and how many do."""

    address: str
    lon_lat: tuple[float, float]
    reports: int


@dataclass(frozen=True, slots=True)
class Street:
    """A street for drawing and for naming problems. ``geometry`` is a GeoJSON line in lon/lat."""

    id: int
    name: str
    rank: int
    geometry: Mapping[str, object]
