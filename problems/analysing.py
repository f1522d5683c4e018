"""Evidence from the town's reports: each place's weeks against what is expected there, and what is inside it.

What counts is the distinct incident, on the day of its first report. A week begins on a Monday, and
weeks of which reports still arrive (:data:`problems.figures.INCOMPLETE_DAYS`) are never compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

from geo.dispersion import mean_dispersion
from geo.footprints import near
from geo.geojson import bounds
from geo.scores import count_scores
from problems.categories import Group
from problems.figures import INCOMPLETE_DAYS
from problems.finding import GROUPS, local_days
from problems.priority import Candidate
from problems.problem import Problem
from problems.reports import ReportPoints
from problems.trends import Trend, TrendWord, trends

#: The trend looks at half a year, against the place's share in the year before it.
ANALYSED_WEEKS = 26
EARLIER_WEEKS = 52
#: A shorter time before says too little about a place's share.
MIN_EARLIER_WEEKS = 26
#: With fewer incidents a week in the rest of the town there is no town to compare with.
MIN_TOWN_PER_WEEK = 5.0
# Jeffreys' prior: a place without an earlier incident is not sure to have none.
_UNSEEN = 0.5
_EPOCH = date(1970, 1, 1)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TownIncidents:
    """The distinct incidents of a town (n,), from south to north.

    ``day`` is the local day number (since 1970) of the first report, ``report`` its id, ``group`` an
    index into ``tuple(Group)`` or -1 where its category is unmapped. ``first`` and ``last`` are the
    days between which the town is known; later reports are dated in the future and left out.
    """

    lon_lat: Floats
    group: npt.NDArray[np.int8]
    day: Ints
    report: Ints
    first: date
    last: date

    def inside(self, footprint: Mapping[str, object], group: Group, epsg: int) -> Ints:
        """Return the rows of a group's incidents inside an outline, ascending."""
        _, south, _, north = bounds(footprint)
        low, high = np.searchsorted(self.lon_lat[:, 1], [south, np.nextafter(north, np.inf)])
        rows = (low + np.flatnonzero(self.group[low:high] == GROUPS.index(group))).astype(np.int64)
        return np.asarray(rows[near(self.lon_lat[rows], footprint, epsg=epsg)], dtype=np.int64)


def town_incidents(points: ReportPoints, incident: npt.NDArray[np.int64], last: date, zone: tzinfo) -> TownIncidents:
    """Return the distinct incidents of a town up to ``last``, each on the day of its first report.

    ``incident`` (n,) is equal for the reports of one, as :func:`problems.finding.incident_index` gives it.
    """
    by_time = np.lexsort((points.ids, points.reported_s))
    rows = by_time[np.unique(incident[by_time], return_index=True)[1]]
    day = local_days(points.reported_s[rows], zone)
    known = day <= (last - _EPOCH).days
    rows, day = rows[known], day[known]
    order = np.lexsort((points.ids[rows], points.lon_lat[rows, 1]))
    rows, day = rows[order], day[order]
    first = _EPOCH + timedelta(days=int(day.min())) if len(day) else last
    return TownIncidents(points.lon_lat[rows], points.group[rows], day, points.ids[rows], first, last)


@dataclass(frozen=True, slots=True)
class PlaceWeeks:
    """The incidents of one place by week, the oldest first.

    ``counts`` holds complete weeks from the Monday ``first`` on, ``coming`` the weeks after them, of
    which reports still arrive. ``expected`` and ``z`` are about the last of the complete weeks, which
    the trend looks at. ``against_town`` tells that the town's own ups and downs were taken out,
    ``against_earlier`` that the place's share is that of the year before.
    """

    first: date
    counts: tuple[int, ...]
    coming: tuple[int, ...]
    expected: tuple[float, ...]
    z: tuple[float, ...]
    against_town: bool
    against_earlier: bool

    @property
    def analysed(self) -> tuple[int, ...]:
        """The incidents of the weeks that the trend looks at."""
        return self.counts[len(self.counts) - len(self.z) :]

    def week(self, number: int) -> date:
        """Return the Monday of a week, counted from the first."""
        return self.first + timedelta(weeks=number)


def place_weeks(town: TownIncidents, places: Sequence[Problem], epsg: int) -> dict[int, PlaceWeeks]:
    """Count each place's incidents by week and say how unusual each of the last weeks was.

    What is expected in a week is the number of incidents of the group in the rest of the town in that
    week, times the place's share in the year before the weeks that are looked at. Where less than
    half a year lies before them the share is that of the same weeks, and where the rest of the town
    has under five incidents a week the place is compared with its own mean week.

    Returns
    -------
    dict of int to PlaceWeeks
        By problem id, for all of them.

    Notes
    -----
    Weeks before the first incident of the group in the town are not taken for quiet ones: nothing was
    recorded then. A feed that begins in between, with more of one part of town than of another, looks
    like a change. The scores are mid-p scores (:func:`geo.scores.count_scores`), widened by how well
    the share is known and by how much more than chance the group's places swing.
    """
    calendar = _Calendar.of(town)
    week = (town.day - (calendar.first - _EPOCH).days) // 7
    kept = (week >= 0) & (town.group >= 0)
    whole = np.zeros((len(GROUPS), calendar.weeks), dtype=np.int64)
    np.add.at(whole, (town.group[kept], week[kept]), 1)
    counted: dict[int, Ints] = {}
    for place in places:
        rows = town.inside(place.footprint, place.group, epsg)
        mine = week[rows]
        counted[place.id] = np.bincount(mine[mine >= 0], minlength=calendar.weeks).astype(np.int64)
    found: dict[int, PlaceWeeks] = {}
    for group in {place.group for place in places}:
        ids = [place.id for place in places if place.group is group]
        found |= _weeks_of_group(calendar, whole[GROUPS.index(group)], ids, np.array([counted[each] for each in ids]))
    return found


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Weeks from the Monday ``first``: so many in all, the first ``complete`` of them complete."""

    first: date
    weeks: int
    complete: int

    @classmethod
    def of(cls, town: TownIncidents) -> "_Calendar":
        monday = town.first + timedelta(days=-town.first.weekday() % 7)
        newest = town.last - timedelta(days=INCOMPLETE_DAYS - 1)
        complete = max(0, (newest - monday).days // 7)
        cut = max(0, complete - ANALYSED_WEEKS - EARLIER_WEEKS)
        monday += timedelta(weeks=cut)
        return cls(monday, max(0, (town.last - monday).days // 7 + 1), complete - cut)


def _weeks_of_group(calendar: _Calendar, whole: Ints, ids: Sequence[int], counts: Ints) -> dict[int, PlaceWeeks]:
    begun = np.flatnonzero(whole[: calendar.complete])
    start = int(begun[0]) if len(begun) else calendar.complete
    complete = calendar.complete - start
    analysed = min(ANALYSED_WEEKS, complete)
    earlier = complete - analysed
    has_earlier = earlier >= MIN_EARLIER_WEEKS
    mine = counts[:, start : calendar.complete]
    rest = (whole[start : calendar.complete] - mine).astype(np.float64)
    by_town = rest.mean(axis=1) >= MIN_TOWN_PER_WEEK if complete else np.zeros(len(ids), dtype=np.bool_)
    rest[~by_town] = 1.0
    # A week in which nothing came from the rest of the town still expects a little.
    rest = np.maximum(rest, _UNSEEN)
    base = slice(0, earlier) if has_earlier else slice(earlier, complete)
    seen, beside = mine[:, base].sum(axis=1) + _UNSEEN, np.maximum(rest[:, base].sum(axis=1), _UNSEEN)
    expected = rest[:, earlier:] * (seen / beside)[:, None]
    error = rest[:, earlier:] * (np.sqrt(seen) / beside)[:, None]
    spread = max(1.0, mean_dispersion(mine[:, base]) or 1.0) if has_earlier else 1.0
    z = count_scores(mine[:, earlier:], expected, dispersion=spread, expected_se=error)
    return {
        number: PlaceWeeks(
            first=calendar.first + timedelta(weeks=start),
            counts=tuple(mine[row].tolist()),
            coming=tuple(counts[row, calendar.complete :].tolist()),
            expected=tuple(expected[row].tolist()),
            z=tuple(z[row].tolist()),
            against_town=bool(by_town[row]),
            against_earlier=has_earlier,
        )
        for row, number in enumerate(ids)
    }


def trends_of(weeks: Mapping[int, PlaceWeeks]) -> dict[int, Trend]:
    """Return where each place is going, by its id."""
    found: dict[int, Trend] = {}
    for length in {len(each.z) for each in weeks.values()}:
        ids = [number for number, each in weeks.items() if len(each.z) == length]
        counts = [weeks[number].analysed for number in ids]
        scores = np.array([weeks[number].z for number in ids]).reshape(len(ids), length)
        coming = [sum(weeks[number].coming) for number in ids]
        earlier = [sum(weeks[number].counts) - sum(weeks[number].analysed) for number in ids]
        told = trends(scores, [sum(each) for each in counts], counts=counts, coming=coming, earlier=earlier)
        found |= dict(zip(ids, told, strict=True))
    return found


def recent_rows(town: TownIncidents, problem: Problem, *, epsg: int, window_days: int) -> Ints:
    """Return the rows of the incidents inside a problem's footprint on the last ``window_days`` days."""
    rows = town.inside(problem.footprint, problem.group, epsg)
    return np.asarray(rows[town.day[rows] > (town.last - _EPOCH).days - window_days], dtype=np.int64)


def candidates(
    town: TownIncidents,
    problems: Iterable[Problem],
    rows: Mapping[int, Ints],
    categories: Mapping[int, str],
    trend_of: Mapping[int, Trend],
    days_late: Mapping[int, Sequence[int]],
) -> list[Candidate]:
    """Return what is known of each problem for its priority.

    ``rows`` are the incidents that count for each problem, as :func:`recent_rows` gives them, and
    ``categories`` leaf codes by report id. A report whose leaf is not known weighs what its group does.
    """
    newest = (town.last - _EPOCH).days
    found = []
    for problem in problems:
        mine = rows[problem.id]
        codes = [categories.get(number, problem.group.value) for number in town.report[mine].tolist()]
        ages = (newest - town.day[mine]).astype(float).tolist()
        trend = trend_of[problem.id].word if problem.id in trend_of else TrendWord.TOO_FEW
        found.append(Candidate(problem.id, codes, ages, trend, tuple(days_late.get(problem.id, ()))))
    return found
