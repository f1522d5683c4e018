"""Which reports may be about the same occurrence: suggested to people, never merged by itself.

Two reports of one kind are candidates within the distance and the days that their category allows.
How sure the suggestion is follows from how near they are, how soon after each other they came, and how
much their words agree. Categories without a distance, such as disputes, have no duplicates: every event
is an incident of its own, and others nearby are only related.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.pairs import near_pairs
from problems.categories import Category, Group
from problems.duplicates import Apart, OpenReports
from problems.piling import on_default_points
from problems.reports import Report
from problems.store import Box, Store

#: Tells how much texts agree, pair by pair: 0 to 1. The installation has one in :mod:`data.alike`.
Alike = Callable[[Sequence[str], Sequence[str]], npt.NDArray[np.float64]]

#: How far related events may be apart where a category has no duplicates.
RELATED_M, RELATED_DAYS = 50.0, 14
#: From this score on a pair is put on the review list.
GOOD_SCORE = 0.6
#: A larger group is no list of duplicates but a place that a person should look at as a whole.
LARGEST_GROUP = 12
#: The words of at most so many pairs are compared, the nearest ones first.
MOST_PAIRS = 20_000
SIMILAR_WORDS = 0.75
_DAY_S = 86_400
_NEAR, _SOON, _ALIKE, _OTHER_KIND = 0.45, 0.25, 0.30, 0.7
_METRES_IN_DEGREE = 110_500.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How far apart two reports of one occurrence may be; ``duplicates`` is false for related events only."""

    metres: float
    days: int
    duplicates: bool


@dataclass(frozen=True, slots=True)
class Likely:
    """Another report that may tell of the same: how far apart, in metres and days, how alike, and why."""

    report_id: int
    metres: float
    days: float
    likeness: float
    same_kind: bool
    is_duplicate: bool
    score: float

    @property
    def why(self) -> str:
        """Why it is suggested, in words, such as “12 m apart, 2 days apart, same kind, similar words”."""
        away = "same place" if self.metres < 1 else f"{self.metres:,.0f} m apart"
        days = round(self.days)
        when = "same day" if days == 0 else f"{days} day{'' if days == 1 else 's'} apart"
        kind = "same kind" if self.same_kind else "related kind"
        words = ", similar words" if self.likeness >= SIMILAR_WORDS else ""
        return f"{away}, {when}, {kind}{words}"


@dataclass(frozen=True, slots=True)
class SuggestedGroup:
    """Reports that may tell of one occurrence: the earliest, and the others as they stand to it, best first."""

    main_id: int
    others: tuple[Likely, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """All reports of the group, the earliest first."""
        return (self.main_id, *(other.report_id for other in self.others))


def reach_of(category: Category) -> Reach:
    """Return how far apart reports of a category may be and still tell of one occurrence.

    Disputes and antisocial behaviour have no duplicates, whatever is set for them.
    """
    metres, days = category.duplicate_distance_m, category.duplicate_days
    if not metres or not days or category.group in (Group.DISPUTES, Group.ANTISOCIAL):
        return Reach(RELATED_M, RELATED_DAYS, duplicates=False)
    return Reach(metres, days, duplicates=True)


def suggest_for(
    store: Store,
    report: Report,
    *,
    categories: Mapping[str, Category],
    alike: Alike,
    limit: int = 6,
) -> list[tuple[Report, Likely]]:
    """Return the open reports near one that is being entered (or was), the likeliest first.

    Nothing is suggested for a report without a place or a category, nor a report that is itself a
    duplicate, that somebody said is another occurrence, or whose place its source moved.
    """
    if report.lon_lat is None or report.category is None or report.category not in categories:
        return []
    reach = reach_of(categories[report.category])
    since, until = (report.reported_at + sign * timedelta(days=reach.days) for sign in (-1, 1))
    group = Group(report.category[:3])
    points = store.report_points(since, until + timedelta(seconds=1), [group], _box(report.lon_lat, reach.metres))
    points = points.where((points.main == 0) & ~points.snapped & (points.ids != report.id))
    if not len(points):
        return []
    known = store.fact("epsg")
    epsg = int(known) if known else projection.metric_epsg([report.lon_lat])
    if not projection.holds(np.array([report.lon_lat]), epsg).all():
        return []
    here = projection.to_metres([report.lon_lat], epsg)[0]
    metres = np.hypot(*(projection.to_metres(points.lon_lat, epsg) - here).T)
    away = {int(number): float(far) for number, far in zip(points.ids, metres, strict=True) if far <= reach.metres}
    apart = _apart_from(report.id, store.aparts())
    others = [other for other in store.reports(list(away)) if other.status.is_open and other.id not in apart]
    alikes = alike([_words(report)] * len(others), [_words(other) for other in others])
    found = [
        (other, _likely(report, other, away[other.id], float(agree), reach))
        for other, agree in zip(others, alikes, strict=True)
    ]
    return sorted(found, key=lambda pair: (-pair[1].score, pair[0].id))[:limit]


def suggest_after_import(
    store: Store,
    *,
    since: datetime,
    categories: Mapping[str, Category],
    alike: Alike,
) -> list[SuggestedGroup]:
    """Return groups of open reports since a moment that may tell of one occurrence, the surest first.

    Only reports of one category are put together, only where the score is good, and each report once,
    round the earliest. Reports on default points that are kept out of the hot spots stay out here too.
    """
    reports = store.open_reports(since)
    if len(reports) < 2:
        return []
    known = store.fact("epsg")
    epsg = int(known) if known else projection.metric_epsg(reports.lon_lat)
    reports = reports.where(projection.holds(reports.lon_lat, epsg))
    reports = reports.where(~on_default_points(reports.lon_lat, store.piles(), epsg))
    xy_m = projection.to_metres(reports.lon_lat, epsg)
    pairs = _close_pairs(reports, xy_m, categories)
    pairs = _scored(store, reports, pairs, alike)
    return _grouped(reports, pairs, store.aparts())


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of rows (m,) with how far they are apart and how sure it is that they tell of one occurrence."""

    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    metres: npt.NDArray[np.float64]
    days: npt.NDArray[np.float64]
    score: npt.NDArray[np.float64]
    alike: npt.NDArray[np.float64]


def _close_pairs(reports: OpenReports, xy_m: npt.NDArray[np.float64], categories: Mapping[str, Category]) -> _Pairs:
    pieces: list[_Pairs] = []
    for leaf in np.unique(reports.leaf).tolist():
        reach = reach_of(categories[leaf]) if leaf in categories else Reach(0, 0, duplicates=False)
        if not reach.duplicates:
            continue
        rows = np.flatnonzero(reports.leaf == leaf)
        near = near_pairs(xy_m[rows], reports.reported_s[rows], within_m=reach.metres, within_s=reach.days * _DAY_S)
        days = near.seconds / _DAY_S
        score = _NEAR * (1 - near.metres / reach.metres) + _SOON * (1 - days / reach.days)
        pieces.append(_Pairs(rows[near.first], rows[near.second], near.metres, days, score, np.zeros(len(days))))
    if not pieces:
        pieces = [_Pairs(*(np.zeros(0, dtype=kind) for kind in (int, int, float, float, float, float)))]
    columns = ("first", "second", "metres", "days", "score", "alike")
    return _Pairs(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in columns))


def _scored(store: Store, reports: OpenReports, pairs: _Pairs, alike: Alike) -> _Pairs:
    """Add to the score how much the words agree, and leave the pairs that are good."""
    # Whatever the words say, these cannot become good.
    possible = np.flatnonzero(pairs.score + _ALIKE >= GOOD_SCORE)
    chosen = np.sort(possible[np.argsort(-pairs.score[possible], kind="stable")[:MOST_PAIRS]])
    first, second = pairs.first[chosen], pairs.second[chosen]
    asked = np.unique(np.concatenate([first, second]))
    words = {report.id: _words(report) for report in store.reports(reports.ids[asked].tolist())}
    these, those = ([words.get(int(number), "") for number in reports.ids[rows]] for rows in (first, second))
    agree = alike(these, those)
    score = pairs.score[chosen] + _ALIKE * agree
    good = score >= GOOD_SCORE
    return _Pairs(
        first[good], second[good], pairs.metres[chosen][good], pairs.days[chosen][good], score[good], agree[good]
    )


def _grouped(reports: OpenReports, pairs: _Pairs, aparts: Iterable[Apart]) -> list[SuggestedGroup]:
    apart = {(one.first_id, one.second_id) for one in aparts}
    beside: dict[int, list[tuple[int, int]]] = {}
    for at, (one, other) in enumerate(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)):
        # Rows are in order of id, as decisions are.
        if (int(reports.ids[one]), int(reports.ids[other])) not in apart:
            beside.setdefault(one, []).append((other, at))
            beside.setdefault(other, []).append((one, at))
    taken: set[int] = set()
    groups: list[SuggestedGroup] = []
    for row in sorted(beside, key=lambda row: (int(reports.reported_s[row]), row)):
        if row in taken:
            continue
        free = sorted((each for each in beside[row] if each[0] not in taken), key=lambda each: -pairs.score[each[1]])
        group = _without_those_apart(reports, free, apart)[: LARGEST_GROUP - 1]
        if group:
            taken.update(other for other, _ in group)
            taken.add(row)
            others = tuple(_row_likely(reports, pairs, other, at) for other, at in group)
            groups.append(SuggestedGroup(int(reports.ids[row]), others))
    return sorted(groups, key=lambda group: (-max(other.score for other in group.others), group.main_id))


def _without_those_apart(
    reports: OpenReports, wanted: Sequence[tuple[int, int]], apart: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Leave out whoever was said to be another occurrence than one that is already in."""
    kept: list[tuple[int, int]] = []
    for row, at in wanted:
        if not apart or not any(
            (int(reports.ids[min(row, other)]), int(reports.ids[max(row, other)])) in apart for other, _ in kept
        ):
            kept.append((row, at))
    return kept


def _row_likely(reports: OpenReports, pairs: _Pairs, row: int, at: int) -> Likely:
    return Likely(
        report_id=int(reports.ids[row]),
        metres=float(pairs.metres[at]),
        days=float(pairs.days[at]),
        likeness=float(pairs.alike[at]),
        same_kind=True,
        is_duplicate=True,
        score=float(pairs.score[at]),
    )


def _likely(report: Report, other: Report, metres: float, agree: float, reach: Reach) -> Likely:
    days = abs((report.reported_at - other.reported_at).total_seconds()) / _DAY_S
    same = report.category == other.category
    score = _NEAR * (1 - metres / reach.metres) + _SOON * max(0.0, 1 - days / reach.days) + _ALIKE * agree
    return Likely(other.id, metres, days, agree, same, reach.duplicates, score * (1.0 if same else _OTHER_KIND))


def _apart_from(report_id: int, aparts: Iterable[Apart]) -> set[int]:
    pairs = [(one.first_id, one.second_id) for one in aparts]
    return {b if a == report_id else a for a, b in pairs if report_id in (a, b)} if report_id else set()


def _box(lon_lat: tuple[float, float], metres: float) -> Box:
    lon, lat = lon_lat
    north = metres / _METRES_IN_DEGREE
    east = min(180.0, north / max(float(np.cos(np.radians(lat))), 1e-6))
    return Box(max(-180.0, lon - east), max(-90.0, lat - north), min(180.0, lon + east), min(90.0, lat + north))


def _words(report: Report) -> str:
    return f"{report.address} {report.text}".strip()
