"""Did the map hold? The outlines of each refresh against the incidents of the four weeks after it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from geo.map_check import MapCheck, StudyArea, check_map, study_area
from problems.analysing import TownIncidents
from problems.areas import Area, AreaKind
from problems.figures import INCOMPLETE_DAYS
from problems.finding import GROUPS
from problems.hot_spots import HotSpot, Pile, Refresh
from problems.piling import on_default_points

#: How far ahead a map is checked.
HORIZON_DAYS = 28
#: With fewer incidents no share is told.
MIN_INCIDENTS = 10
_EPOCH = date(1970, 1, 1)
#: Which boundaries make up the town, the first kind that there is.
_TOWN = (AreaKind.WARD, AreaKind.BEAT, AreaKind.NEIGHBOURHOOD)


@dataclass(frozen=True, slots=True)
class MapAccuracy:
    """What the outlines of one refresh held of the incidents up to ``until``."""

    refresh: Refresh
    until: date
    outlines: int
    check: MapCheck

    @property
    def is_enough(self) -> bool:
        """Tell whether shares can be told."""
        return self.outlines > 0 and self.check.events >= MIN_INCIDENTS and self.check.share > 0


def town_area(areas: Sequence[Area], town: TownIncidents, epsg: int) -> StudyArea:
    """Return what the town is taken to be: its wards, else its beats or neighbourhoods, else where reports lie."""
    for kind in _TOWN:
        geometries = [area.geometry for area in areas if area.kind is kind]
        if geometries:
            return study_area(geometries, town.lon_lat, epsg)
    return study_area([], town.lon_lat, epsg)


def has_horizon(refresh: Refresh, last: date) -> bool:
    """Tell whether all incidents of the four weeks after a refresh are known by ``last``."""
    return refresh.as_of + timedelta(days=HORIZON_DAYS + INCOMPLETE_DAYS) <= last


def map_accuracy(
    refresh: Refresh, spots: Sequence[HotSpot], town: TownIncidents, study: StudyArea, piles: Sequence[Pile]
) -> MapAccuracy:
    """Check the outlines of a refresh against the distinct incidents of the four weeks after it.

    An incident counts as held when it lies in an outline of its own category group. Incidents on points
    that are kept out of clustering are left out: no map of places can hold them. To be expected in an
    outline are as many incidents a day as in the window of the refresh.
    """
    begin = (refresh.as_of - _EPOCH).days
    rows = np.flatnonzero((town.day > begin) & (town.day <= begin + HORIZON_DAYS) & (town.group >= 0))
    rows = rows[~on_default_points(town.lon_lat[rows], piles, study.epsg)]
    per_day = HORIZON_DAYS / refresh.days_known if refresh.days_known else math.nan
    check = check_map(
        [[spot.outline for spot in spots if spot.group is group] for group in GROUPS],
        [per_day * sum(spot.incidents for spot in spots if spot.group is group) for group in GROUPS],
        study,
        [town.lon_lat[rows[town.group[rows] == at]] for at in range(len(GROUPS))],
    )
    return MapAccuracy(refresh, refresh.as_of + timedelta(days=HORIZON_DAYS), len(spots), check)
