"""What is worked out from all reports together, once for each state of the store: trends, priorities, patterns.

A list of three hundred problems is drawn again with every click, and must not count the town again.
What depends on reports and footprints is kept until one of them changes; what depends on actions and
statuses too, until anything is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dashboard import session
from dashboard.mapping import points as map_points
from dashboard.parts.desk import Desk
from dashboard.remembered import Remembered, State
from dashboard.wording import local_day
from geo import projection
from geo.near_repeats import NearRepeats
from problems.accuracy import HORIZON_DAYS, MapAccuracy, has_horizon, map_accuracy, town_area
from problems.analysing import (
    PlaceWeeks,
    TownIncidents,
    candidates,
    place_weeks,
    recent_rows,
    town_incidents,
    trends_of,
)
from problems.categories import Group
from problems.hot_spots import Refresh
from problems.near_repeats import near_repeat_table
from problems.piling import on_default_points
from problems.priority import Priority, priorities
from problems.problem import Problem
from problems.progress import Progress, silent
from problems.sharing import is_placed
from problems.store import Store
from problems.trends import Trend

#: How many refreshes are checked against what came after them, so that no two look at the same days.
REFRESHES_CHECKED: Final = 13
#: The answers of this process, shared by all pages.
kept: Final = Remembered(most=32, one_at_a_time=True)


def last_known_day(desk: Desk) -> date:
    """Return the day up to which there are reports, at the latest today."""
    newest = desk.store.counts().newest_report_at
    return desk.today if newest is None else min(desk.today, local_day(newest, desk.zone))


def metric_epsg(store: Store) -> int:
    """Return the metric coordinate system of the store, else the one that fits its reports."""
    known = store.fact("epsg")
    if known:
        return int(known)
    points = map_points.cache.get(store).points
    return projection.metric_epsg(points.lon_lat) if len(points) else projection.BRITISH_NATIONAL_GRID


def town(desk: Desk) -> TownIncidents:
    """Return the distinct incidents of the town, up to the last day that is known."""
    last = last_known_day(desk)
    piles = [pile for pile in desk.store.piles() if pile.kept_out]
    state = (desk.store, desk.store.reports_version(), last, tuple(sorted(pile.lon_lat for pile in piles)))

    def ask() -> TownIncidents:
        drawn = map_points.cache.get(desk.store)
        incident = drawn.incidents(desk.store, session.get_settings().detection, desk.zone)
        here = incident >= 0  # what lies on another continent is in no outline of this town
        # A default point is no place: what is counted there would repeat and grow where nothing happened.
        here &= ~on_default_points(drawn.points.lon_lat, piles, metric_epsg(desk.store))
        return town_incidents(drawn.points.where(here), incident[here], last, desk.zone)

    return kept.once("town", state, ask)


@dataclass(frozen=True)
class Going:
    """The weeks of every problem and where it is going, by its id."""

    weeks: Mapping[int, PlaceWeeks]
    trends: Mapping[int, Trend]


def going(desk: Desk, problems: Sequence[Problem] | None = None) -> Going:
    """Return the weeks and the trend of every problem; ``problems`` spares reading them again."""
    state = (desk.store, desk.store.version(), last_known_day(desk))
    found = kept.find("going", state)
    if isinstance(found, Going):
        return found
    every = _placed(desk, problems)
    # A note on a problem is a new version of the store, but moves no outline.
    outlines = hash(tuple((each.id, each.group, repr(each.footprint)) for each in every))
    by_outline = (desk.store, desk.store.reports_version(), last_known_day(desk), outlines)

    def ask() -> Going:
        weeks = place_weeks(town(desk), every, metric_epsg(desk.store))
        return Going(weeks, trends_of(weeks))

    answer = kept.once("going by outline", by_outline, ask)
    kept.keep("going", state, answer)
    return answer


def _placed(desk: Desk, problems: Sequence[Problem] | None) -> list[Problem]:
    """Return the problems (all, where none are given) without those whose place is not shared with the reader."""
    every = desk.store.problems() if problems is None else problems
    return [each for each in every if is_placed(each)]


def trends_for(desk: Desk, problems: Sequence[Problem] | None = None) -> Mapping[int, Trend]:
    """Return where every problem is going, by its id; see :func:`problems.trends.trends`."""
    return going(desk, problems).trends


def priorities_for(desk: Desk, problems: Sequence[Problem] | None = None) -> Mapping[int, Priority]:
    """Return the priority of every open problem by its id, the first in the list first."""
    settings = session.get_settings()
    state = (desk.store, desk.store.version(), last_known_day(desk), desk.today, settings.priority.version)

    def ask() -> Mapping[int, Priority]:
        return _priorities(desk, [each for each in _placed(desk, problems) if each.status.is_open])

    return kept.once("priorities", state, ask)


def _priorities(desk: Desk, open_problems: Sequence[Problem]) -> Mapping[int, Priority]:
    settings = session.get_settings()
    epsg, window_days, all_of_it = metric_epsg(desk.store), settings.detection.window_days, town(desk)
    rows = {each.id: recent_rows(all_of_it, each, epsg=epsg, window_days=window_days) for each in open_problems}
    categories = desk.store.categories_of(
        sorted({number for each in rows.values() for number in all_of_it.report[each].tolist()})
    )
    late: dict[int, list[int]] = {}
    for action in desk.store.actions():
        if days := action.days_late(desk.today):
            late.setdefault(action.problem_id, []).append(days)
    known = candidates(all_of_it, open_problems, rows, categories, trends_for(desk), late)
    return {each.problem_id: each for each in priorities(known, settings.priority, seed=desk.seed)}


def near_repeats_kept(desk: Desk, group: Group) -> NearRepeats | None:
    """Return the near repeats of a group where they were worked out for the present reports, else None."""
    found = kept.find("near repeats", _reports_state(desk), key=group)
    return found if isinstance(found, NearRepeats) else None


def find_near_repeats(desk: Desk, group: Group, progress: Progress = silent) -> NearRepeats:
    """Work out the near repeats of a group in the whole town, and keep them."""
    state = _reports_state(desk)
    found = near_repeat_table(town(desk), group, epsg=metric_epsg(desk.store), seed=desk.seed, progress=progress)
    kept.keep("near repeats", state, found, key=group)
    return found


def _reports_state(desk: Desk) -> State:
    return desk.store, desk.store.reports_version(), last_known_day(desk)


@dataclass(frozen=True)
class Backstage:
    """How well the map held: the refreshes that were checked, the latest first, and on what ground."""

    checked: Sequence[MapAccuracy]
    area_km2: float
    from_boundaries: bool
    too_young: int


def backstage(desk: Desk) -> Backstage:
    """Check the outlines of past refreshes against the four weeks after each, the latest first.

    Only refreshes of which these weeks are complete, and no two that look at the same days.
    """
    refreshes = desk.store.refreshes()
    piles = tuple((pile.id, pile.kept_out) for pile in desk.store.piles())
    state = (*_reports_state(desk), len(refreshes), refreshes[0].id if refreshes else 0, piles)

    def ask() -> Backstage:
        all_of_it, last = town(desk), last_known_day(desk)
        study = town_area(desk.store.areas(), all_of_it, metric_epsg(desk.store))
        old = [each for each in refreshes if has_horizon(each, last)]
        checked = [
            map_accuracy(each, desk.store.hot_spots(each.id), all_of_it, study, desk.store.piles())
            for each in _apart(old)
            if study.area_km2
        ]
        return Backstage(checked, study.area_km2, study.from_boundaries, len(refreshes) - len(old))

    return kept.once("backstage", state, ask)


def _apart(refreshes: Sequence[Refresh]) -> list[Refresh]:
    """Return the latest refreshes (newest first) of which no two look at the same days after them."""
    chosen: list[Refresh] = []
    for each in refreshes:
        if len(chosen) < REFRESHES_CHECKED and (not chosen or (chosen[-1].as_of - each.as_of).days >= HORIZON_DAYS):
            chosen.append(each)
    return chosen
