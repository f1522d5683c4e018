"""You said, we did: what residents are told of verified fixes, and the record that a file of it was made."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, tzinfo

from problems.areas import AreaKind
from problems.briefing.areas_then import area_called
from problems.briefing.briefing import AreaThen
from problems.briefing.composing import scope_of
from problems.briefing.heading import kind_of_areas
from problems.briefing.then import Then, load_then
from problems.briefing.weeks import IsoWeek, Moment
from problems.clock import Clock
from problems.errors import InputRefused
from problems.events import EventKind, Subject, event
from problems.fixes.digest import REPORT_AT, Digest, Period
from problems.fixes.finding import digest_of
from problems.people import Principal, Role
from problems.progress import Progress, silent
from problems.seeing import whole
from problems.sharing import EVERYWHERE
from problems.store import Store
from problems.targets import WorkingDays
from problems.use_cases.checks import checked_text
from problems.use_cases.saving import require

MAY_TELL = (*EVERYWHERE, Role.ADMIN, Role.SYSTEM)
_LONGEST_WORDS = 300
_ASKED = "The fixes were not told."


@dataclass(frozen=True)
class _Asked:
    """A time as known on a day, and where residents report."""

    period: Period
    known_on: date
    report_at: str


def tell_fixes(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    period: Period,
    zone: tzinfo,
    area: str = "",
    known_on: date | None = None,
    report_at: str = "",
) -> Digest:
    """Return the verified fixes of a time as the public may be told of them.

    Parameters
    ----------
    area
        The name, official code or ``kind:id`` of an area as it was drawn then; empty for the whole place.
    known_on
        The day as of whose end everything is told; None: today.
    report_at
        Where residents report, in one sentence; empty for general words.

    Raises
    ------
    NotAllowed
        For viewers and partners.
    InputRefused
        For a time that has not begun, a day of knowledge before it or to come, and an area that was not there.
    """
    asked = _asked(principal, clock, period, zone, known_on, report_at)
    with whole(store).one_state() as state:
        return _digest(state, _then(state, asked, zone), asked, area)


def tell_fixes_by_area(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    period: Period,
    zone: tzinfo,
    kind: AreaKind | None = None,
    known_on: date | None = None,
    report_at: str = "",
    progress: Progress = silent,
) -> Iterator[Digest]:
    """Yield the same of every area of a kind as it was drawn then, by name; everything is loaded once.

    All of them are of one state of the store, as those of :func:`problems.use_cases.briefing.briefs_by_area`. Without
    a kind they are those that the briefing of the whole place compares.

    Raises
    ------
    NotAllowed, InputRefused
        As :func:`tell_fixes`; also where no area of the kind was known.
    """
    asked = _asked(principal, clock, period, zone, known_on, report_at)
    with ExitStack() as opened:
        state = opened.enter_context(whole(store).one_state())
        then = _then(state, asked, zone)
        wanted = kind or kind_of_areas(then, None)
        areas = [one for one in then.areas if one.kind is wanted]
        if not areas:
            what = wanted.plural if wanted else "wards, beats or neighbourhoods"
            why = f"No {what} were known on {asked.known_on.isoformat()}."
            raise InputRefused(_ASKED, why, "Import boundaries, or choose another kind.")
        return _each(opened.pop_all(), state, then, areas, asked, progress)


def _each(
    opened: ExitStack, state: Store, then: Then, areas: Sequence[AreaThen], asked: _Asked, progress: Progress
) -> Iterator[Digest]:
    with opened:
        for at, area in enumerate(areas):
            progress(f"Fixes of {area.name}", at / len(areas))
            yield _digest(state, then, asked, f"{area.kind}:{area.id}")


def note_fixes_told(
    store: Store, principal: Principal, clock: Clock, seed: int, *, digest: Digest, file_name: str
) -> None:
    """Keep that a file for the public was made: which, by whom, of which place and time.

    Raises
    ------
    NotAllowed
        For viewers and partners.
    """
    asked = "The file was not handed out."
    require(principal, asked, *MAY_TELL)
    details = {
        "file": file_name[:200],
        "profile": "public",
        "area": digest.area,
        "first": digest.period.first.isoformat(),
        "last": digest.period.last.isoformat(),
        "known_on": digest.known_on.isoformat(),
        "fixes": len(digest.fixes),
    }
    with store.writing() as unit:
        unit.add_events([event(clock(), principal, Subject.STORE, 0, EventKind.HANDED_OUT, details=details)])


def _asked(
    principal: Principal, clock: Clock, period: Period, zone: tzinfo, known_on: date | None, report_at: str
) -> _Asked:
    require(principal, _ASKED, *MAY_TELL)
    today = clock().astimezone(zone).date()
    asked = f"The fixes of {period.words} were not told."
    if period.first > today:
        raise InputRefused(asked, "That time has not begun.", f"Today is {today.isoformat()}.")
    known = today if known_on is None else known_on
    if known > today:
        raise InputRefused(asked, f"{known.isoformat()} has not come yet.", f"Today is {today.isoformat()}.")
    if known < period.first:
        why = f"On {known.isoformat()} that time had not begun."
        raise InputRefused(asked, why, f"Ask for it as known on {period.first.isoformat()} or later.")
    words = checked_text(asked, report_at, _LONGEST_WORDS)
    return _Asked(period, known, words or REPORT_AT)


def _then(store: Store, asked: _Asked, zone: tzinfo) -> Then:
    known = asked.known_on
    moment = Moment(IsoWeek.of(known), zone, known, known)
    # The reports of the year before each fix are counted.
    weeks = 54 + max(0, (known - asked.period.first).days // 7 + 1) + 26
    try:
        return load_then(whole(store), moment, {}, weeks_read=weeks)
    except InputRefused as refused:
        why = f"Nothing was known on {known.isoformat()}: no reports and no problems were kept by then."
        raise InputRefused(
            f"The fixes of {asked.period.words} were not told.", why, "Choose a later day, or import reports."
        ) from refused


def _digest(store: Store, then: Then, asked: _Asked, area: str) -> Digest:
    try:
        held = area_called(then.areas, area) if area.strip() else None
    except InputRefused as refused:
        raise InputRefused(f"The fixes of “{area[:60]}” were not told.", refused.why, refused.possible) from refused
    begun = min((one.created_at for one in then.work.problems), default=None)
    if begun is None or asked.period.last < begun.astimezone(then.moment.zone).date():
        known = "there is none yet" if begun is None else f"it begins in {begun.astimezone(then.moment.zone):%B %Y}"
        why = f"The record of problems does not reach there: {known}."
        raise InputRefused(f"The fixes of {asked.period.words} were not told.", why, "Choose a later time.")
    scope = scope_of(then, held, {}, WorkingDays())
    return digest_of(scope, whole(store), asked.period, asked.known_on, asked.report_at)
