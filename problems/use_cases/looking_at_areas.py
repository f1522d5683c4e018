"""The areas of a place, as they are known on a day: all of a kind beside each other, and one of them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo

from problems.areas import AreaKind
from problems.briefing.area_page import AreaPage, drawn_anew, open_problems, verified_fixes
from problems.briefing.areas_compared import WEEKS_COMPARED, Against, AreasCompared, compared, sizes_possible
from problems.briefing.areas_then import FORMER, area_called, events_of_areas
from problems.briefing.briefing import AreaThen
from problems.briefing.composing import compose_for, scope_of, shared_scope
from problems.briefing.heading import kind_of_areas
from problems.briefing.scope import Scope, areas_of
from problems.briefing.then import WEEKS_BY_AREA, Then, load_then
from problems.briefing.weeks import IsoWeek, Moment
from problems.briefing.work_then import work_then
from problems.clock import Clock
from problems.errors import InputRefused
from problems.events import Subject
from problems.figures import is_live
from problems.hot_spots import DetectionSettings
from problems.people import Principal
from problems.seeing import Seen, seen_by, whole
from problems.store import Store
from problems.targets import Targets, WorkingDays
from problems.use_cases.briefing import MAY_READ, MAY_READ_SOME
from problems.use_cases.saving import require

_ASKED = "The areas are not shown."


@dataclass(frozen=True)
class _Looked:
    """What was known on a day: of the last week that was over, and how problems stood at the end of the day."""

    then: Then
    now: Then


def compare_areas_now(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    zone: tzinfo,
    kinds: Mapping[str, str],
    kind: AreaKind | None = None,
    against: Against | None = None,
    on: date | None = None,
) -> AreasCompared:
    """Return all areas of a kind beside each other: thirteen weeks of reports, and their open problems.

    Parameters
    ----------
    kinds
        What the categories are called, by leaf code.
    kind
        None: wards, else beats, else neighbourhoods, whichever there are.
    against
        What the reports are held against; None, or what is not known: the first that is known.
    on
        The day as of whose end it is told, as it was known then; None: today.

    Raises
    ------
    NotAllowed
        For a viewer.
    InputRefused
        When no boundary, or nothing at all, was known then, and for a day that has not come.
    """
    with whole(store).one_state() as state:
        looked = _look(state, principal, clock, zone, kinds, on)
        chosen = kind or kind_of_areas(looked.then, None)
        areas = [one for one in looked.then.areas if one.kind is chosen]
        if chosen is None or not areas:
            what = chosen.plural if chosen else "wards, beats or neighbourhoods"
            why = f"No {what} were known on {looked.now.moment.known_on.isoformat()}."
            raise InputRefused(_ASKED, why, "Import boundaries, or choose another kind or day.")
        return _compared(state, principal, looked, chosen, against)


def look_at_area(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    zone: tzinfo,
    settings: DetectionSettings,
    targets: Targets,
    days: WorkingDays,
    kinds: Mapping[str, str],
    area: str,
    on: date | None = None,
) -> AreaPage:
    """Return one area: its open problems, its service and what changed, verified fixes, and what is not known.

    Parameters
    ----------
    zone, settings, targets, days, kinds
        As for :func:`problems.use_cases.briefing.brief`.
    area
        Its name, official code or ``kind:name`` as it was called then.
    on
        As for :func:`compare_areas_now`.

    Raises
    ------
    NotAllowed
        For a viewer.
    InputRefused
        As :func:`compare_areas_now`, and when no area was called so then.
    """
    with whole(store).one_state() as state:
        looked = _look(state, principal, clock, zone, kinds, on)
        replaced = _replaced(state, zone)
        found = _area(looked, area, replaced)
        scope = _narrowed(state, principal, looked.now, found, targets, days)
        listed, quiet = open_problems(scope)
        day = looked.now.moment.as_of
        told = [one for one in scope.problems if scope.tells(one)]
        among = _compared(state, principal, looked, found.kind, None) if principal.has(*MAY_READ) else None
        since = looked.then.moment.week.first - timedelta(weeks=WEEKS_BY_AREA)
        return AreaPage(
            area=found,
            on=day,
            briefing=compose_for(state, principal, looked.then, found, targets, days, settings),
            open=tuple(listed),
            gone_quiet=quiet,
            fixes=tuple(verified_fixes(told, looked.now.work.events, on=day, zone=zone)),
            among=among,
            remarks=tuple(drawn_anew(found, replaced, since, day)),
        )


def _look(
    store: Store, principal: Principal, clock: Clock, zone: tzinfo, kinds: Mapping[str, str], on: date | None
) -> _Looked:
    require(principal, _ASKED, *MAY_READ_SOME)
    today = clock().astimezone(zone).date()
    day = today if on is None else on
    if day > today:
        raise InputRefused(_ASKED, f"{day.isoformat()} has not come yet.", f"Today is {today.isoformat()}.")
    week = IsoWeek.of(day)
    over = week if day == week.last else week.before
    moment = Moment(week, zone, day, day)
    try:
        with whole(store).one_state() as state:
            then = load_then(state, Moment(over, zone, over.last, day), kinds, weeks_read=WEEKS_COMPARED)
            work = work_then(state, moment, state.events(Subject.STORE))
    except InputRefused as refused:
        raise InputRefused(_ASKED, refused.why, refused.possible) from None
    return _Looked(then, replace(then, moment=moment, work=work, shared={}))


def _narrowed(
    store: Store, principal: Principal, now: Then, area: AreaThen | None, targets: Targets, days: WorkingDays
) -> Scope:
    seen = seen_by(whole(store), principal)
    if not isinstance(seen, Seen):
        return scope_of(now, area, targets, days)
    return shared_scope(seen, now, area, targets, days)


def _compared(
    store: Store, principal: Principal, looked: _Looked, kind: AreaKind, against: Against | None
) -> AreasCompared:
    areas = [one for one in looked.then.areas if one.kind is kind]
    scope = _narrowed(store, principal, looked.now, None, {}, WorkingDays())
    live = [one for one in scope.problems if is_live(one)]
    held = areas_of(live, areas, looked.then.areas)
    sizes = sizes_possible(areas, whole(store).streets())
    return compared(looked.then, kind, against, sizes, Counter(held), with_reports=principal.has(*MAY_READ))


def _replaced(store: Store, zone: tzinfo) -> list[tuple[date, AreaKind, Sequence[Mapping[str, object]]]]:
    """Return the boundaries that others took the place of, with the day: the oldest first."""
    found: list[tuple[date, AreaKind, Sequence[Mapping[str, object]]]] = []
    every = whole(store)
    for one in events_of_areas(every):
        name = str(one.details.get(FORMER, ""))
        if name:
            rows: list[Mapping[str, object]] = json.loads(every.fact(name) or "[]")
            found.append((one.at.astimezone(zone).date(), AreaKind(str(one.changes["kind"])), rows))
    return found


def _area(
    looked: _Looked, words: str, replaced: Sequence[tuple[date, AreaKind, Sequence[Mapping[str, object]]]]
) -> AreaThen:
    asked = f"The page of “{words[:60]}” is not shown."
    try:
        return area_called(looked.then.areas, words)
    except InputRefused as refused:
        name = words.rpartition(":")[2].strip().casefold()
        for day, _, rows in reversed(replaced):
            if any(str(one["name"]).casefold() == name for one in rows):
                why = f"It was renamed or drawn anew: since {day.isoformat()} other boundaries are in its place."
                before = (day - timedelta(days=1)).isoformat()
                raise InputRefused(asked, why, f"Look at it as known on {before}, or choose one of today.") from None
        raise InputRefused(asked, refused.why, refused.possible) from None
