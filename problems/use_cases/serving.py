"""How are we serving people? The six themes of a place and a time, as known on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import numpy as np

from problems.advice import AdviceGiven
from problems.briefing.areas_then import area_called
from problems.briefing.briefing import AreaThen
from problems.briefing.composing import scope_of
from problems.briefing.scope import Scope
from problems.briefing.then import WEEKS_BY_AREA, Then, load_then
from problems.briefing.weeks import Moment
from problems.categories import Group
from problems.clock import Clock
from problems.errors import InputRefused
from problems.hot_spots import DetectionSettings
from problems.people import Principal
from problems.repeats import REPEAT_DAYS, STRETCHES_BEFORE, Repeats, repeats_at
from problems.reports import ReportPoints
from problems.seeing import whole
from problems.store import Store
from problems.store_values import Box
from problems.targets import Targets, WorkingDays, day_of
from problems.themes.answers import trust
from problems.themes.page import ServicePage, Span
from problems.themes.states import states_of
from problems.themes.working import perception, prevention, proactive, relations, sharing
from problems.then.advice import advice_then, where_it_hung
from problems.use_cases.briefing import MAY_READ
from problems.use_cases.saving import require

_GROUPS = tuple(Group)
_WEEK = timedelta(weeks=1)


def serve_themes(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    span: Span,
    zone: tzinfo,
    settings: DetectionSettings,
    targets: Targets,
    days: WorkingDays,
    area: str = "",
    known_on: date | None = None,
) -> ServicePage:
    """Return the six service themes.

    Parameters
    ----------
    span
        The weeks that are told of.
    zone, settings, targets, days
        Those of the deployment today; targets that were others then are taken back.
    area
        The name, official code or ``kind:id`` of an area as it was drawn then; empty for the whole place.
    known_on
        The day as of whose end everything is told; None: today.

    Raises
    ------
    NotAllowed
        For viewers and partners.
    InputRefused
        For a time that has not begun or lies before the first report, a day before its last week, and an area that
        was not there.
    """
    asked = f"The themes of {span.weeks} weeks up to {span.last_on.isoformat()} were not told."
    require(principal, asked, *MAY_READ)
    today = clock().astimezone(zone).date()
    known = today if known_on is None else known_on
    if known > today:
        raise InputRefused(asked, f"{known.isoformat()} has not come yet.", f"Today is {today.isoformat()}.")
    if span.last.first > known:
        why = f"On {known.isoformat()} the last of these weeks had not begun."
        raise InputRefused(asked, why, "Choose an earlier time or a later day.")
    moment = Moment(span.last, zone, min(span.last_on, known), known)
    try:
        with whole(store).one_state() as state:
            given = [one for one in advice_then(state, moment.known_at) if one.stands and one.at < moment.ends_at]
            then = load_then(state, moment, {}, weeks_read=_weeks_read(span, moment, given), weeks_of_flow=span.weeks)
        held = area_called(then.areas, area) if area.strip() else None
    except InputRefused as refused:
        raise InputRefused(asked, refused.why, refused.possible) from refused
    return _page(span, then, held, targets, days, settings, given)


def _weeks_read(span: Span, moment: Moment, given: Iterable[AdviceGiven]) -> int:
    """Return how many weeks of reports are needed: more where advice is compared with the time before it."""
    usual = max(WEEKS_BY_AREA, span.weeks + 8)
    earliest = min((one.given_on for one in given), default=None)
    if earliest is None:
        return usual
    before = earliest - timedelta(days=REPEAT_DAYS * STRETCHES_BEFORE)
    return max(usual, (moment.week.first - before) // _WEEK + 1)


def _page(
    span: Span,
    then: Then,
    area: AreaThen | None,
    targets: Targets,
    days: WorkingDays,
    settings: DetectionSettings,
    given: list[AdviceGiven],
) -> ServicePage:
    scope = scope_of(then, area, targets, days)
    states = states_of(scope)
    here = {one.id for one in scope.problems}
    own = [one for one in where_it_hung(given, then.work.actions) if one.problem_id in here]
    return ServicePage(
        span,
        then.moment,
        area,
        (
            trust(scope, span),
            sharing(scope, span, states),
            relations(scope, span, states),
            prevention(scope, span, states, own, _repeats(scope, own, settings)),
            perception(scope, span),
            proactive(scope, span),
        ),
    )


@dataclass(frozen=True)
class _PointsThen:
    """The reports of a past moment, as :func:`problems.repeats.repeats_at` asks a store for them."""

    points: ReportPoints

    def report_points(self, since: datetime, until: datetime, groups: Iterable[Group], box: Box) -> ReportPoints:
        wanted = [_GROUPS.index(one) for one in groups]
        at, (lon, lat) = self.points.reported_s, self.points.lon_lat.T
        keep = (at >= since.timestamp()) & (at < until.timestamp()) & np.isin(self.points.group, wanted)
        keep &= (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
        return self.points.where(keep)


def _repeats(scope: Scope, given: list[AdviceGiven], settings: DetectionSettings) -> list[Repeats]:
    then, epsg = scope.then, scope.then.work.epsg
    if not given or epsg is None or then.first_day is None:
        return []
    points = _PointsThen(then.reports.points())
    footprints = {one.id: one.footprint for one in scope.problems}
    known = (day_of(then.first_day), then.moment.as_of)
    return [
        repeats_at(
            one,
            footprints[one.problem_id],
            points,  # type: ignore[arg-type] # it asks for points alone
            known=known,
            epsg=epsg,
            settings=settings,
            zone=then.moment.zone,
        )
        for one in given
        if footprints[one.problem_id].get("coordinates")
    ]
