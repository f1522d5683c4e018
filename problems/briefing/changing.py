"""What changed: every kind of report in every area, this week against its usual weeks, judged all together."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from problems.areas import AreaKind
from problems.briefing.briefing import AreaThen, Change, Changes
from problems.briefing.figure import Figure, Unit
from problems.briefing.heading import kind_of_areas
from problems.briefing.scope import Scope, behind
from problems.briefing.then import WEEKS_BY_AREA, WEEKS_OF_SEASONS, Then
from problems.categories import Group
from problems.finding import local_days
from problems.signals import Signal, Signals, weekly_signals
from problems.targets import day_number

#: Days on which nothing came in where so many usually do are missing, not quiet.
_USUAL_OF_A_DAY: Final = 10.0
_WEEKS_SHOWN: Final = 53
_DAYS_OF_A_WEEK: Final = 7

Table = npt.NDArray[np.int64]


def changes_of(scope: Scope) -> Changes:
    """Return what changed; the tests of all areas are of one family, whichever of them is shown."""
    kind = kind_of_areas(scope.then, scope.area)
    key = f"changes:{kind}"
    if key not in scope.then.shared:
        scope.then.shared[key] = _every(scope.then, kind)
    whole: Changes = scope.then.shared[key]
    if scope.area is None:
        return whole
    own = tuple(one for one in whole.every if one.area_id == scope.area.id)
    called = tuple(one for one in whole.called_out if one.area_id == scope.area.id)
    said = f"{len(called)} of {len(own)} kinds of report here stand out"
    said = said if called else f"None of the {len(own)} kinds of report here stands out"
    if not own:
        return Changes((), (), whole.looked_at, "Nothing was reported here: there is nothing to compare.")
    if not whole.looked_at:
        return Changes(own, called, 0, whole.sentence)
    series = sum(one.signal.band is not None for one in whole.every)
    judged = f"{series:,} series" if series != 1 else "the one series"
    tests = f"{whole.looked_at:,} tests" if whole.looked_at != 1 else "1 test"
    how = f"{tests}: each against its usual weeks and, where it is known, against its year before"
    return Changes(own, called, whole.looked_at, f"{said}, judged together with {judged} of the whole place ({how}).")


def _every(then: Then, kind: AreaKind | None) -> Changes:
    weeks = _weeks_known(then)
    rows = _Rows(then, kind, weeks)
    if not rows.names:
        return Changes((), (), 0, "No report is known: there is nothing to compare.")
    starts = [then.moment.week.first - timedelta(weeks=back) for back in range(weeks, -1, -1)]
    counts, usable, pools = rows.table()
    found = weekly_signals(counts, rows.names, starts, usable=usable, pools=pools)
    every = tuple(
        _change(signal, counts[at], *row) for at, (signal, row) in enumerate(zip(found.every, rows.of, strict=True))
    )
    by_name = {one.signal.name: one for one in every}
    called = tuple(by_name[one.name] for one in found.called_out)
    return Changes(every, called, found.looked_at, _sentence(found, judged=bool(usable[:, -1].any())))


def _sentence(found: Signals, *, judged: bool) -> str:
    if not judged:
        return "Days are missing from this week, or it is not over: it is not compared with its usual weeks."
    return found.sentence


def _change(signal: Signal, counts: Table, code: str, label: str, area: AreaThen | None) -> Change:
    band = signal.band
    figure = Figure(
        f"change_{code or 'unmapped'}_{area.id if area else 'all'}",
        signal.name,
        Unit.REPORTS,
        signal.count,
        signal.sentence,
        signal.count,
        None if band is None else band.low,
        None if band is None else band.high,
        behind("received", f"{code}@{area.kind}:{area.id}" if area else code),
    )
    weeks = tuple(int(one) for one in counts[-_WEEKS_SHOWN:])
    return Change(code, label, area.id if area else None, area.name if area else "", signal, weeks, figure)


class _Rows:
    """The series that are looked at: every kind in the whole place, and every group of kinds in every area."""

    def __init__(self, then: Then, kind: AreaKind | None, weeks: int) -> None:
        self._then, self._weeks = then, weeks
        self._own, self._codes, self._week, self._area = _events(then, kind)
        self.of: list[tuple[str, str, AreaThen | None]] = []
        there = np.bincount(self._own, minlength=len(self._codes)) > 0
        present = sorted(code for code, is_there in zip(self._codes, there.tolist(), strict=True) if code and is_there)
        self._groups = [group for group in Group if any(code.startswith(group) for code in present)]
        self.of += [(str(group), group.label, None) for group in self._groups]
        leaves = [code for code in present if sum(other[:3] == code[:3] for other in present) > 1]
        self.of += [(code, then.kinds.get(code, code), None) for code in leaves]
        areas = [one for one in then.areas if one.kind is kind] if kind else []
        self.of += [(str(group), group.label, area) for area in areas for group in self._groups]

    @property
    def names(self) -> list[str]:
        """What each series is called; areas of one name are told apart by their number."""
        seen: dict[str, int] = {}
        names = []
        for _, label, area in self.of:
            name = f"{label} in {area.name}" if area else label
            seen[name] = seen.get(name, 0) + 1
            names.append(name if seen[name] == 1 else f"{name} ({area.id if area else seen[name]})")
        return names

    def table(self) -> tuple[Table, npt.NDArray[np.bool_], Table]:
        """Return the counts by week (this one last), which weeks are usable, and the row that tells the season."""
        usable_weeks = _usable(self._then, self._week, self._weeks)
        counts, usable, pools = [], [], []
        group_row = {str(group): at for at, group in enumerate(self._groups)}
        near = np.arange(self._weeks, -1, -1) <= WEEKS_BY_AREA
        numbers = sorted({area.id for _, _, area in self.of if area is not None})
        held, place = self._by_area(numbers), {number: at for at, number in enumerate(numbers, start=1)}
        whole = held.sum(axis=1)
        of_group = {group: [at for at, code in enumerate(self._codes) if code[:3] == group] for group in group_row}
        for code, _, area in self.of:
            if area is not None:
                counts.append(held[of_group[code], place[area.id]].sum(axis=0))
            else:
                own = of_group[code] if code in of_group else [self._codes.index(code)]
                counts.append(whole[own].sum(axis=0))
            usable.append(usable_weeks & near if area is not None else usable_weeks)
            pools.append(group_row[code[:3]])
        return np.array(counts), np.array(usable), np.array(pools)

    def _by_area(self, numbers: Sequence[int]) -> Table:
        """Return reports by code, area (0: in none of these) and week (the oldest first), all counted in one go."""
        keep = (self._week >= 0) & (self._week <= self._weeks)
        held = self._area[keep]
        at = np.searchsorted(numbers, held)
        known = np.array([*numbers, -1], dtype=np.int64)
        area = np.where(known[at] == held, at + 1, 0)
        shape = (len(self._codes), len(numbers) + 1, self._weeks + 1)
        flat = np.ravel_multi_index((self._own[keep], area, self._weeks - self._week[keep]), shape)
        return np.bincount(flat, minlength=int(np.prod(shape))).astype(np.int64).reshape(shape)


def _events(then: Then, kind: AreaKind | None) -> tuple[Table, list[str], Table, Table]:
    """Return kind (place in the list), the list, week back and area of every report that counts."""
    own, older = then.reports, then.older
    keep = own.counts & (own.week <= WEEKS_BY_AREA)
    words = list(dict.fromkeys((*own.columns.words, *older.words)))
    number = {word: at for at, word in enumerate(words)}
    leaf = np.array([number[word] for word in own.columns.words], dtype=np.int64)[own.columns.leaf[keep]]
    before = np.array([number[word] for word in older.words], dtype=np.int64)[older.leaf]
    monday = day_number(then.moment.week.first)
    week = (monday - local_days(older.reported_s, then.moment.zone) + _DAYS_OF_A_WEEK - 1) // _DAYS_OF_A_WEEK
    held = getattr(own.columns, str(kind))[keep] if kind else np.zeros(int(keep.sum()), dtype=np.int64)
    return (
        np.concatenate([leaf, before]),
        words,
        np.concatenate([own.week[keep], week]),
        np.concatenate([held, np.zeros(len(before), dtype=np.int64)]),
    )


def _weeks_known(then: Then) -> int:
    if then.first_day is None:
        return 0
    back = (day_number(then.moment.week.first) - then.first_day + _DAYS_OF_A_WEEK - 1) // _DAYS_OF_A_WEEK
    return int(min(max(back, 0), WEEKS_OF_SEASONS))


def _usable(then: Then, week: Table, weeks: int) -> npt.NDArray[np.bool_]:
    """Return which weeks are whole: begun with reports known, over, and without a day that is missing."""
    usable = np.ones(weeks + 1, dtype=np.bool_)
    monday = day_number(then.moment.week.first)
    if then.first_day is not None and then.first_day > monday - _DAYS_OF_A_WEEK * weeks:
        usable[0] = False
    usable[-1] = then.moment.is_over
    days = _by_day(then, weeks)
    usual = _usual(days)
    whole: npt.NDArray[np.bool_] = usable & ~((days == 0) & (usual >= _USUAL_OF_A_DAY)).any(axis=1)
    return whole


def _by_day(then: Then, weeks: int) -> Table:
    first = day_number(then.moment.week.first) - _DAYS_OF_A_WEEK * weeks
    own = then.reports.day[then.reports.counts & (then.reports.week <= WEEKS_BY_AREA)]
    day = np.concatenate([own, local_days(then.older.reported_s, then.moment.zone)]) - first
    length = _DAYS_OF_A_WEEK * (weeks + 1)
    counts = np.bincount(day[(day >= 0) & (day < length)], minlength=length)
    return counts.reshape(-1, _DAYS_OF_A_WEEK).astype(np.int64)


def _usual(days: Table) -> npt.NDArray[np.float64]:
    """Return how many usually come on each day of the week: the middle of the weeks round about."""
    usual = np.zeros(days.shape)
    for week in range(len(days)):
        usual[week] = np.median(days[max(0, week - 4) : week + 5], axis=0)
    return usual


def called_first(changes: Sequence[Change]) -> list[Change]:
    """Return series in the order to read them: what is called out, then the largest."""
    return sorted(changes, key=lambda one: (not one.signal.word.is_called_out, -one.signal.count, one.signal.name))
