"""Distinct incidents: several reports by one person, at one place, on one day, of one group count once."""

from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

from geo import incidents, projection
from geo.piles import Places, collapse
from problems.hot_spots import DetectionSettings
from problems.reports import ReportPoints


def local_days(seconds: npt.NDArray[np.int64], zone: tzinfo) -> npt.NDArray[np.int64]:
    """Return the day number (since 1970-01-01, in ``zone``) of each time in seconds UTC.

    The offset from UTC is taken once per UTC day, at noon: within the hours of a clock change a
    report may be put on the neighbouring day.
    """
    if len(seconds) == 0:
        return np.zeros(0, dtype=np.int64)
    utc_days = seconds // 86400
    days, index = np.unique(utc_days, return_inverse=True)
    noon = [datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=int(day)) for day in days]
    offsets = np.array([moment.astimezone(zone).utcoffset() or timedelta() for moment in noon])
    offset_s = np.array([offset.total_seconds() for offset in offsets], dtype=np.int64)
    return np.asarray((seconds + offset_s[index]) // 86400, dtype=np.int64)


def incidents_at(points: ReportPoints, places: Places, zone: tzinfo) -> npt.NDArray[np.int64]:
    """Return a number for each report (n,), equal for reports of one distinct incident, given their places.

    What people called duplicates is one incident with its main report.
    """
    if len(points) == 0:
        return np.zeros(0, dtype=np.int64)
    day = local_days(points.reported_s, zone)
    told = incidents.distinct_incidents(places.place, points.reporter, day, points.group)
    return incidents.with_duplicates(told, points.ids, points.main)


def incident_index(
    points: ReportPoints, *, epsg: int, settings: DetectionSettings, zone: tzinfo
) -> npt.NDArray[np.int64]:
    """Return a number for each report (n,), equal for reports of one distinct incident."""
    if len(points) == 0:
        return np.zeros(0, dtype=np.int64)
    places = collapse(projection.to_metres(points.lon_lat, epsg), tolerance_m=settings.same_place_m)
    return incidents_at(points, places, zone)


def count_incidents(points: ReportPoints, *, epsg: int, settings: DetectionSettings, zone: tzinfo) -> int:
    """Return how many distinct incidents a set of reports tells of."""
    return len(np.unique(incident_index(points, epsg=epsg, settings=settings, zone=zone)))
