"""Which days an assessment compares: a time before the work that did not pick the place, and a time after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from problems.baseline import Baseline
from problems.clock import day_words
from problems.errors import InputRefused
from problems.events import EventKind, Subject
from problems.evidence import AssessmentSettings, Window
from problems.hot_spots import HotSpot, Refresh
from problems.problem import Problem, ProblemStatus
from problems.store import Store

#: Longer windows than half a year would mix seasons.
MOST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class ProblemDates:
    """The days of a problem that an assessment goes by.

    ``picked`` is the window of the refresh whose outline was pinned, ``first_picked`` that of the
    first one that found the place; both None for a problem drawn by hand. ``began_on`` is when work
    first began, ``done_on`` when it was last reported done. Reports are known from ``oldest`` to
    ``newest``.
    """

    picked: Window | None
    first_picked: Window | None
    began_on: date | None
    done_on: date | None
    oldest: date
    newest: date


def problem_dates(store: Store, problem: Problem, today: date, zone: tzinfo) -> ProblemDates:
    """Read the days of a problem from its events and hot spots."""
    counts = store.counts()
    oldest, newest = (
        today if at is None else min(today, at.astimezone(zone).date())
        for at in (counts.oldest_report_at, counts.newest_report_at)
    )
    moves = [
        (one.at.astimezone(zone).date(), str(one.changes["status"]))
        for one in store.events(Subject.PROBLEM, problem.id)
        if one.kind is not EventKind.CREATED and "status" in one.changes
    ]
    taken_on = next((on for on, status in moves if status != ProblemStatus.DETECTED), None)
    began_on = next((on for on, status in moves if status == ProblemStatus.IN_PROGRESS), None)
    spots = store.hot_spots_of(problem.id)
    picked, first_picked = None, None
    if spots:
        refreshes = {one.id: one for one in store.refreshes()}
        first_picked = _window_of(refreshes[spots[0].refresh_id], oldest)
        picked = _window_of(_pinned_by(spots, refreshes, taken_on), oldest)
    return ProblemDates(picked, first_picked, began_on, problem.remediated_on, oldest, newest)


def _pinned_by(spots: list[HotSpot], refreshes: Mapping[int, Refresh], taken_on: date | None) -> Refresh:
    """Return the refresh whose outline is the pinned one: the last before the problem was taken on."""
    seen = [refreshes[spot.refresh_id] for spot in spots]
    return next((one for one in reversed(seen) if taken_on is None or one.as_of <= taken_on), seen[0])


def _window_of(refresh: Refresh, oldest: date) -> Window:
    first = refresh.as_of - timedelta(days=refresh.window_days - 1) if refresh.window_days else oldest
    return Window(min(first, refresh.as_of), refresh.as_of)


def baselines(dates: ProblemDates, done_on: date, settings: AssessmentSettings) -> dict[Baseline, Window]:
    """Return the times that may stand for “before”, the fairest first; whole weeks, at most half a year.

    The time since the place was picked says best what it was like when the work began. Where that is
    too short, the time before it first became a hot spot is tried, and last the time that picked it.
    """
    ends = min(done_on, dates.began_on or done_on) - timedelta(days=1)
    if dates.picked is None or dates.first_picked is None:
        tried = {Baseline.BEFORE_WORK: (dates.oldest, ends)}
    else:
        tried = {
            Baseline.AFTER_FOUND: (dates.picked.last + timedelta(days=1), ends),
            Baseline.BEFORE_FOUND: (dates.oldest, min(ends, dates.first_picked.first - timedelta(days=1))),
            Baseline.WHEN_FOUND: (dates.oldest, ends),
        }
    found = {kind: _whole_weeks_to(last, first) for kind, (first, last) in tried.items()}
    enough = settings.min_before_weeks * 7
    last_resort = list(tried)[-1]
    return {
        kind: window
        for kind, window in found.items()
        if window is not None and (window.days >= enough or kind is last_resort)
    }


def time_after(dates: ProblemDates, done_on: date, settings: AssessmentSettings) -> Window | None:
    """Return the whole weeks after the work for which reports are complete, or None without any."""
    weeks = min(MOST_WEEKS, (dates.newest - timedelta(days=settings.incomplete_days) - done_on).days // 7)
    return Window(done_on + timedelta(days=1), done_on + timedelta(weeks=weeks)) if weeks > 0 else None


def _whole_weeks_to(last: date, earliest: date) -> Window | None:
    weeks = min(MOST_WEEKS, ((last - earliest).days + 1) // 7)
    return Window(last - timedelta(days=7 * weeks - 1), last) if weeks > 0 else None


def checked_day(ref: str, dates: ProblemDates, chosen: date | None, today: date) -> date:
    """Return the day on which the work was done: the one that was chosen, else the problem's own.

    Raises
    ------
    InputRefused
        When none is known, it has not come yet, or it lies before all reports.
    """
    asked = f"{ref} cannot be assessed."
    done_on = chosen or dates.done_on
    if done_on is None:
        raise InputRefused(
            asked, "No day is known on which the work was done.", "Report the work as done, or choose the day yourself."
        )
    if done_on > today:
        raise InputRefused(asked, f"{day_words(done_on)} has not come yet.", f"Choose a day up to {day_words(today)}.")
    if done_on <= dates.oldest:
        raise InputRefused(
            asked,
            f"Reports are known from {day_words(dates.oldest)} on, and the work was done before.",
            "Choose a later day.",
        )
    return done_on


def too_early(ref: str, done_on: date, settings: AssessmentSettings) -> InputRefused:
    """Return the refusal for work that was done so lately that not one week after it is complete."""
    first = done_on + timedelta(days=7 + settings.incomplete_days)
    fair = done_on + timedelta(days=settings.min_after_days + settings.incomplete_days)
    return InputRefused(
        f"It is too early to assess {ref}.",
        f"The work was done on {day_words(done_on)}, and not one whole week after it is complete: "
        f"reports still come in for {settings.incomplete_days} days.",
        f"A first look is possible with reports up to {day_words(first)}, "
        f"a verdict with reports up to {day_words(fair)}.",
    )
