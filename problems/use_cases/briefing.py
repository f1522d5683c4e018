"""The briefing of a week: for the whole place or an area, as it was known on some day."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, tzinfo

from problems.areas import AreaKind
from problems.briefing.areas_then import area_called
from problems.briefing.briefing import AreaThen, Briefing
from problems.briefing.composing import compose_for, scope_of
from problems.briefing.figure import Behind
from problems.briefing.heading import kind_of_areas
from problems.briefing.lists import NAMES, ReportsBehind, listed
from problems.briefing.then import Then, load_then
from problems.briefing.weeks import IsoWeek, Moment
from problems.clock import Clock
from problems.errors import InputRefused
from problems.hot_spots import DetectionSettings
from problems.people import Principal, Role
from problems.progress import Progress, silent
from problems.seeing import whole
from problems.sharing import EVERYWHERE
from problems.store import Store
from problems.targets import Targets, WorkingDays
from problems.use_cases.saving import require

#: Who is shown the whole of it; partners are shown what is shared with them and their own work.
MAY_READ = (*EVERYWHERE, Role.ADMIN, Role.SYSTEM)
MAY_READ_SOME = (*MAY_READ, Role.PARTNER)
_ASKED = "The briefing was not made."


def brief(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    week: IsoWeek,
    zone: tzinfo,
    settings: DetectionSettings,
    targets: Targets,
    days: WorkingDays,
    kinds: Mapping[str, str],
    area: str = "",
    known_on: date | None = None,
) -> Briefing:
    """Return the briefing of a week.

    Parameters
    ----------
    week
        Which one; of the one that still runs, the days so far.
    zone, settings, targets, days
        Those of the deployment today; targets that were others then are taken back.
    kinds
        What the categories are called, by leaf code.
    area
        The name, official code or ``kind:id`` of an area as it was drawn then; empty for the whole place.
    known_on
        The day as of whose end everything is told; None: the last day of the week (or today, if that is earlier).
        What was kept later is not in it, so that the same question always has the same answer.

    Returns
    -------
    Briefing
        What the reader may see of it; :attr:`problems.briefing.briefing.Briefing.withheld` names what is left out.

    Raises
    ------
    NotAllowed
        For a viewer.
    InputRefused
        For a week that has not begun or lies before the first report, a day before the week, and an area that
        was not there.
    """
    with whole(store).one_state() as state:
        then = _then(state, principal, clock, week, zone, known_on, kinds)
        return compose_for(state, principal, then, _area(then, area), targets, days, settings)


def _area(then: Then, words: str) -> AreaThen | None:
    return area_called(then.areas, words) if words.strip() else None


def briefs_by_area(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    week: IsoWeek,
    zone: tzinfo,
    settings: DetectionSettings,
    targets: Targets,
    days: WorkingDays,
    kinds: Mapping[str, str],
    kind: AreaKind | None = None,
    known_on: date | None = None,
    progress: Progress = silent,
) -> Iterator[Briefing]:
    """Yield the briefing of every area of a kind as it was drawn then, by name; everything is loaded once.

    All of them are of one state of the store, which is held open until the last is taken or the iterator is let go:
    take them in one thread. What all areas share, such as the tests of what changed, is worked out with the first of
    them. Without a kind they are those that the briefing of the whole place compares.

    Raises
    ------
    NotAllowed, InputRefused
        As :func:`brief`; also where no area of the kind was known.
    """
    with ExitStack() as opened:
        state = opened.enter_context(whole(store).one_state())
        then = _then(state, principal, clock, week, zone, known_on, kinds)
        wanted = kind or kind_of_areas(then, None)
        areas = [one for one in then.areas if one.kind is wanted]
        if not areas:
            what = wanted.plural if wanted else "wards, beats or neighbourhoods"
            why = f"No {what} were known on {then.moment.known_on.isoformat()}."
            raise InputRefused(_ASKED, why, "Import boundaries, or choose another kind.")
        return _each(opened.pop_all(), state, principal, then, areas, targets, days, settings, progress)


def _each(
    opened: ExitStack,
    state: Store,
    principal: Principal,
    then: Then,
    areas: Sequence[AreaThen],
    targets: Targets,
    days: WorkingDays,
    settings: DetectionSettings,
    progress: Progress,
) -> Iterator[Briefing]:
    with opened:
        for at, area in enumerate(areas):
            progress(f"Briefing of {area.name}", at / len(areas))
            yield compose_for(state, principal, then, area, targets, days, settings)


def reports_behind(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    week: IsoWeek,
    zone: tzinfo,
    settings: DetectionSettings,
    targets: Targets,
    days: WorkingDays,
    behind: Behind,
    area: str = "",
    known_on: date | None = None,
) -> ReportsBehind:
    """Return the reports behind a figure of a briefing, and which of them a share counts.

    Raises
    ------
    NotAllowed
        For viewers and partners.
    InputRefused
        As :func:`brief`, and when no list has this name.
    """
    asked = "The list was not made."
    require(principal, asked, *MAY_READ)
    if behind.figure not in NAMES:
        raise InputRefused(asked, f"There is no list “{behind.figure[:40]}”.", f"Lists are: {', '.join(NAMES)}.")
    then = _then(store, principal, clock, week, zone, known_on, {})
    scope = scope_of(then, _area(then, area), targets, days)
    try:
        return listed(scope, behind.figure, behind.of, settings)
    except (KeyError, ValueError) as unknown:
        raise InputRefused(asked, f"“{behind.of[:40]}” names no part of it.", "Open it from the briefing.") from unknown


def _then(
    store: Store,
    principal: Principal,
    clock: Clock,
    week: IsoWeek,
    zone: tzinfo,
    known_on: date | None,
    kinds: Mapping[str, str],
) -> Then:
    require(principal, _ASKED, *MAY_READ_SOME)
    return load_then(whole(store), _moment(clock, week, zone, known_on), kinds)


def _moment(clock: Clock, week: IsoWeek, zone: tzinfo, known_on: date | None) -> Moment:
    asked = f"The briefing of {week.words} was not made."
    today = clock().astimezone(zone).date()
    if week.first > today:
        raise InputRefused(asked, "It has not begun.", f"The present week is {IsoWeek.of(today)}.")
    known = min(week.last, today) if known_on is None else known_on
    if known > today:
        raise InputRefused(asked, f"{known.isoformat()} has not come yet.", f"Today is {today.isoformat()}.")
    if known < week.first:
        why = f"On {known.isoformat()} the week had not begun."
        raise InputRefused(asked, why, f"Ask for it as known on {week.first.isoformat()} or later.")
    return Moment(week, zone, min(week.last, known), known)
