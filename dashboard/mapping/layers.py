"""What the Map page shows of the store, for one set of filters: problems, counts, the state of the map."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo

import numpy as np

from dashboard import session
from dashboard.design import Palette
from dashboard.mapping import live_layer
from dashboard.mapping import points as map_points
from dashboard.mapping.features import STEP_DEGREES, selected_problems
from dashboard.mapping.places import Also
from dashboard.mapping.points import MapPoints, View
from dashboard.mapping.query import ProblemFilter
from dashboard.wording import day
from data.settings import Settings
from problems import figures
from problems.categories import Group
from problems.clock import day_end, day_start
from problems.hot_spots import Refresh
from problems.people import LAPTOP
from problems.problem import Problem, ProblemStatus, Remediation
from problems.store import Box, Store

_EVERYWHERE = Box(-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asks to see. ``days`` 0 is everything; the period ends with ``last``.

    ``on`` is the past day as of which problems are shown, None for as they are; ``also`` says which
    places are outlined besides them.
    """

    days: int
    last: date
    groups: tuple[Group, ...] = ()
    remediations: tuple[Remediation, ...] = ()
    area_id: int | None = None
    everything: bool = False
    incidents: bool = False
    on: date | None = None
    also: Also = Also.NOTHING

    @property
    def first(self) -> date | None:
        """The first day of the period, or None for everything."""
        return first_of(self.last, self.days)

    def before(self) -> "Asked":
        """Return the same question over the period of the same length just before."""
        return replace(self, last=self.last - timedelta(days=self.days))

    def view(self, zone: tzinfo) -> View:
        """Return the question for the reports, everywhere."""
        return View(
            box=_EVERYWHERE,
            zoom=0,
            since_s=int(day_start(self.first, zone).timestamp()) if self.first else None,
            until_s=int(day_end(self.last, zone).timestamp()),
            groups=frozenset(self.groups),
            area_id=self.area_id,
        )

    def of_problems(self) -> ProblemFilter:
        """Return the question for the problems."""
        wanted = figures.Filters(
            groups=frozenset(self.groups),
            remediations=frozenset(self.remediations),
            include_quiet=self.everything,
            include_ended=self.everything,
        )
        return ProblemFilter(wanted, self.area_id, on=self.on, also=self.also, who=session.principal())

    def view_parameters(self, version: int) -> Mapping[str, str]:
        """Return the parameters that the layer adds to ``/api/view``."""
        first = {"from": self.first.isoformat()} if self.first else {}
        return {**first, "to": self.last.isoformat(), **self._shared(version)}

    def problem_parameters(self, version: int) -> Mapping[str, str]:
        """Return the parameters that the layer adds to ``/api/problems``."""
        everything = {"all": "1"} if self.everything else {}
        on = {"on": self.on.isoformat()} if self.on else {}
        places = {"places": self.also.value} if self.also is not Also.NOTHING else {}
        key = session.principal().key
        who = {session.WORKING_AS: key} if key != LAPTOP.key else {}
        return {"status": ",".join(self.remediations), **everything, **on, **places, **who, **self._shared(version)}

    def _shared(self, version: int) -> Mapping[str, str]:
        area = {"area": str(self.area_id)} if self.area_id is not None else {}
        return {"groups": ",".join(self.groups), **area, "v": str(version)}


@dataclass(frozen=True, slots=True)
class Picture:
    """What the filters leave: the problems, the reports of the period and those of the one before.

    ``moved`` of the reports lie on points that their source moved: counted by area, drawn nowhere. With
    ``incidents`` both numbers are distinct incidents.
    """

    problems: Sequence[Problem]
    reports: int
    reports_before: int | None
    moved: int = 0
    incidents: bool = False


def picture(store: Store, asked: Asked, zone: tzinfo) -> Picture:
    """Count and select for the asked. ``reports_before`` is None where nothing is comparable."""
    points = map_points.cache.get(store)
    if asked.incidents:
        return _incidents(store, points, asked, zone)
    moved = points.count_moved(asked.view(zone))
    reports = int(points.selected(asked.view(zone)).sum()) + moved
    before = None
    if asked.days:
        oldest = min(of.reported_s.min(initial=2**62) for of in (points.points, points.moved))
        earlier = asked.before().view(zone)
        if earlier.since_s is not None and oldest <= earlier.since_s:
            before = int(points.selected(earlier).sum()) + points.count_moved(earlier)
    return Picture(selected_problems(store, asked.of_problems()), reports, before, moved)


def _incidents(store: Store, points: MapPoints, asked: Asked, zone: tzinfo) -> Picture:
    """Count distinct incidents; on points that their source moved nobody can tell them apart."""
    incident = points.incidents(store, session.get_settings().detection, zone)

    def counted(view: View) -> int:
        return len(np.unique(incident[points.selected(view)]))

    earlier = asked.before().view(zone) if asked.days else None
    is_known = earlier is not None and points.points.reported_s.min(initial=2**62) <= (earlier.since_s or 0)
    return Picture(
        selected_problems(store, asked.of_problems()),
        counted(asked.view(zone)),
        counted(earlier) if earlier is not None and is_known else None,
        incidents=True,
    )


def first_of(last: date, days: int) -> date | None:
    """Return the first of the ``days`` days that end with ``last``, or None for everything (0 days)."""
    return last - timedelta(days=days - 1) if days else None


def last_day(store: Store, today: date, zone: tzinfo) -> date:
    """Return the day up to which there are reports, at the latest ``today``, which it is without any.

    A single report dated in the future must not move the period away from all the others.
    """
    newest = store.counts().newest_report_at
    return min(newest.astimezone(zone).date(), today) if newest else today


def map_state(
    store: Store,
    settings: Settings,
    asked: Asked,
    colours: Palette,
    chosen: Problem | None,
    seen: Sequence[Problem],
) -> Mapping[str, object]:
    """Return everything that the live layer is told; equal states leave the map alone.

    The chosen problem is drawn even where the filters, which left ``seen``, leave it out.
    """
    version = store.version()
    points = map_points.cache.get(store)
    home = _home(points, asked.area_id)
    also = {"also": str(chosen.id)} if chosen and chosen not in seen else {}
    at = [round(degree / STEP_DEGREES) for degree in chosen.lon_lat] if chosen else None
    return {
        **live_layer.appearance(colours),
        "home": [round(edge, 4) for edge in (home.west, home.south, home.east, home.north)] if home else None,
        "at": at,
        "selected": chosen.ref if chosen else None,
        "area": asked.area_id,
        "view": json.dumps(asked.view_parameters(version), sort_keys=True),
        "problems": json.dumps({**asked.problem_parameters(version), **also}, sort_keys=True),
        "past": f"As known on {day(asked.on)}" if asked.on else None,
        "base": _base(settings),
    }


def _home(points: MapPoints, area_id: int | None) -> Box | None:
    """Return the box that the map opens with: the chosen area, else where the reports are."""
    area = points.geometries.get(area_id or 0)
    if area is not None:
        return map_points.extent(np.zeros((0, 2)), [area])
    drawn = points.points.lon_lat if len(points.points) else points.moved.lon_lat
    return map_points.extent(drawn, list(points.geometries.values()))


def _base(settings: Settings) -> Mapping[str, object] | None:
    base = settings.base_map
    if base is None:
        return None
    return {"url": base.url, "attribution": base.attribution, "maxZoom": 19}


def only_by_area(store: Store) -> bool:
    """Tell whether there are reports with a place, but all on points that their source moved: none is drawn."""
    points = map_points.cache.get(store)
    return len(points.moved) > 0 and not len(points.points)


def kept_out_share(refresh: Refresh) -> float:
    """Return the share of the reports of a refresh that lay on default points and were kept out."""
    return refresh.excluded_reports / refresh.reports if refresh.reports else 0.0


def largest_open(problems: Sequence[Problem]) -> Problem | None:
    """Return the open problem with the most distinct incidents in its last hot spot (ties: lowest id)."""
    asking = [
        problem for problem in problems if problem.status.is_open and problem.status is not ProblemStatus.VERIFIED
    ]
    return max(asking, key=lambda problem: (problem.incidents, -problem.id), default=None)
