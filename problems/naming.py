"""What a place is called: the street nearest to it, the ward around it, the kind of issue in it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo import areas
from problems.areas import Area, Street
from problems.finding import Found
from problems.store import Store

#: A street farther away than this does not name a place, in metres.
NAMING_DISTANCE_M = 120.0


@dataclass(frozen=True)
class Names:
    """The streets and areas of a store, loaded when the first place asks for its name."""

    store: Store

    @cached_property
    def streets(self) -> Sequence[Street]:
        """The streets that have a name."""
        return [street for street in self.store.streets() if street.name]

    @cached_property
    def areas(self) -> Sequence[Area]:
        """The areas, wards before beats and neighbourhoods."""
        return in_naming_order(self.store.areas())

    def place_name(self, found: Found) -> str:
        """Return a problem's first name, such as “Street lighting, Mill Lane”."""
        place = self.street(found) or self.area(found.lon_lat)
        if not place:
            lon, lat = found.lon_lat
            place = f"near {lat:.4f}, {lon:.4f}"
        return f"{found.own_group.label}, {place}"

    def street(self, found: Found) -> str:
        """Return the street that most reports name in their address, else the nearest one."""
        return self.street_at(found.members.tolist(), found.lon_lat)

    def street_at(self, report_ids: Sequence[int], lon_lat: tuple[float, float]) -> str:
        """Return the street that most of these reports name in their address, else the one nearest to a point."""
        named = Counter(street for report in self.store.reports(report_ids) if (street := street_of(report.address)))
        if named:
            most = max(named.values())
            if most * 3 >= len(report_ids):
                return min(street for street, count in named.items() if count == most)
        if not self.streets:
            return ""
        lines = [street.geometry for street in self.streets]
        index = int(areas.nearest_line(np.array([lon_lat]), lines, within_m=NAMING_DISTANCE_M)[0])
        return self.streets[index].name if index >= 0 else ""

    def area(self, lon_lat: tuple[float, float]) -> str:
        """Return the ward (else any other area) around a point, or an empty string."""
        return area_names(self.areas, [lon_lat])[0]


def in_naming_order(some: Iterable[Area]) -> list[Area]:
    """Return areas with those first that name a place: wards, then beats and neighbourhoods."""
    return sorted(some, key=lambda area: (area.kind != "ward", area.name))


def area_names(ordered: Sequence[Area], lon_lat: Sequence[tuple[float, float]]) -> list[str]:
    """Return for each point (n,) the name of the first of the ``ordered`` areas that holds it, else an empty text."""
    if not ordered or not lon_lat:
        return [""] * len(lon_lat)
    found = areas.area_of(np.array(lon_lat), [area.geometry for area in ordered])
    return [ordered[index].name if index >= 0 else "" for index in found.tolist()]


def leading_category(codes: Iterable[str]) -> str:
    """Return the leaf code that occurs most, ties to the first in the alphabet; empty without any."""
    counted = Counter(codes)
    most = max(counted.values(), default=0)
    return min((code for code, count in counted.items() if count == most), default="")


def street_of(address: str) -> str:
    """Return the street in an address: its first part without the house number.

    >>> street_of("12-14 Mill Lane, Northgate"), street_of("Mill Lane"), street_of("12")
    ('Mill Lane', 'Mill Lane', '')
    """
    first = address.split(",", maxsplit=1)[0].split("  ", maxsplit=1)[0].strip()
    words = first.split()
    while words and any(letter.isdigit() for letter in words[0]):
        words.pop(0)
    return " ".join(words)
