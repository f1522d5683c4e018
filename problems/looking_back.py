"""A store as it was known at the end of a past day, for reading: what pages show of today they show of that day too.

What was told later is not told, problems and actions stand where they stood, and the clock is that of the last
moment of the day. Who may see what is decided by today, also of what was known on a past day.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any, Final, cast

from problems.actions import Action
from problems.advice import AdviceGiven
from problems.case_review import Told
from problems.categories import Group
from problems.clock import day_end
from problems.errors import InputRefused, NotFound
from problems.events import Event, Subject
from problems.history import History
from problems.hot_spots import HotSpot, Refresh
from problems.kept_assessments import KeptAssessment
from problems.problem import Problem
from problems.reports import Report, ReportPoints
from problems.store import Store
from problems.store_values import Box
from problems.visits import Photo, Visit

#: Answers that are the same on every day, or tell of the installation: names, boundaries, settings.
OF_EVERY_DAY: Final = frozenset(
    {
        *("version", "reports_version", "fact", "organisations", "people", "areas", "streets", "sources", "source"),
        *("guides", "picture", "has_photos", "categories_of", "duplicates_of", "merged_reports", "aparts", "counts"),
        *("hot_spots", "places_of", "snapped_reports", "piles"),
    }
)
_A_MOMENT: Final = timedelta(microseconds=1)


def look_back(store: Store, day: date, zone: tzinfo) -> Store:
    """Return ``store`` as it was known at the end of a day in a zone; what is not kept of the past it refuses in words.

    Raises
    ------
    InputRefused
        For a day that no report can be of.
    """
    return cast(Store, LookedBack(store, day, zone))


def last_moment(day: date, zone: tzinfo) -> datetime:
    """Return the last moment of a day, as aware UTC."""
    return day_end(day, zone) - _A_MOMENT


class LookedBack:
    """A store as it was known at the end of a day; nothing can be written."""

    def __init__(self, store: Store, day: date, zone: tzinfo) -> None:
        self.now_known = store
        self.day = day
        self._zone = zone
        self._until = day_end(day, zone)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return what is the same on every day; refuse the rest."""
        if name in OF_EVERY_DAY:
            return cast("Callable[..., Any]", getattr(self.now_known, name))
        if name.startswith("_") or not hasattr(type(self.now_known), name):
            raise AttributeError(name)
        return self._refused

    def _refused(self, *_args: object, **_named: object) -> object:
        raise InputRefused(
            "This is not shown as it was on a past day.",
            "How every report stood is not kept for each day.",
            "The weekly briefing counts the reports of a past week as they were known; go back to today for the rest.",
        )

    def writing(self) -> object:
        """Refuse: the past is not written to."""
        raise InputRefused(
            "Nothing was changed.",
            f"You look at {self.day.day} {self.day:%B} {self.day.year}, and the past cannot be changed.",
            "Go back to today, then do it again.",
        )

    # -- problems and the work on them --

    @cached_property
    def _history(self) -> History:
        return History(self.now_known, self._zone)

    @cached_property
    def _problems(self) -> list[Problem]:
        return self._history.problems_on(self.day)

    @cached_property
    def _actions(self) -> list[Action]:
        return self._history.actions_on(self.day)

    def problems(self) -> list[Problem]:
        """Return the problems as they stood, in order of id."""
        return list(self._problems)

    def problem(self, problem_id: int) -> Problem:
        """Return a problem as it stood."""
        found = next((one for one in self._problems if one.id == problem_id), None)
        if found is None:
            raise NotFound(
                f"There is no problem {problem_id} to show.",
                f"It was not known on {self.day.day} {self.day:%B} {self.day.year}.",
                "Choose a later day, or go back to today.",
            )
        return found

    def actions(self, problem_id: int | None = None) -> list[Action]:
        """Return the actions (of one problem) as they stood, in order of id."""
        return [one for one in self._actions if problem_id in (None, one.problem_id)]

    def action(self, action_id: int) -> Action:
        """Return an action as it stood."""
        found = next((one for one in self._actions if one.id == action_id), None)
        if found is None:
            raise NotFound(
                f"There is no action {action_id} to show.",
                f"It was not known on {self.day.day} {self.day:%B} {self.day.year}.",
                "Choose a later day, or go back to today.",
            )
        return found

    def events(
        self,
        subject: Subject | None = None,
        subject_id: int | None = None,
        until: datetime | None = None,
        since: datetime | None = None,
    ) -> list[Event]:
        """Return what had happened by then."""
        return self.now_known.events(subject, subject_id, self._by_then(until), since)

    def _by_then(self, until: datetime | None) -> datetime:
        return self._until if until is None else min(until, self._until)

    # -- places --

    @cached_property
    def _refreshed(self) -> list[Refresh]:
        return [one for one in self.now_known.refreshes() if one.as_of <= self.day]

    def refreshes(self) -> list[Refresh]:
        """Return the refreshes up to the day, newest first."""
        return list(self._refreshed)

    def latest_refresh(self, until: date | None = None) -> Refresh | None:
        """Return the newest refresh up to the day."""
        return self.now_known.latest_refresh(self.day if until is None else min(until, self.day))

    def last_hot_spots(self, until: date | None = None) -> list[HotSpot]:
        """Return the last hot spots of each problem up to the day."""
        return self.now_known.last_hot_spots(self.day if until is None else min(until, self.day))

    def hot_spots_of(self, problem_id: int) -> list[HotSpot]:
        """Return the hot spots that had been matched to a problem."""
        known = {one.id for one in self._refreshed}
        return [one for one in self.now_known.hot_spots_of(problem_id) if one.refresh_id in known]

    def reports(self, ids: Sequence[int]) -> list[Report]:
        """Return the reports that had come in, as they were told: how they stand is not of that day."""
        return [one for one in self.now_known.reports(ids) if one.reported_at < self._until]

    def report_points(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        groups: Iterable[Group] | None = None,
        box: Box | None = None,
    ) -> ReportPoints:
        """Return the placed reports that had come in."""
        return self.now_known.report_points(since, self._by_then(until), groups, box)

    def reports_of_known_reporters(self, since: datetime, groups: Iterable[Group]) -> list[Told]:
        """Return the reports of those who report repeatedly that had come in."""
        told = self.now_known.reports_of_known_reporters(since, groups)
        return [one for one in told if one.reported_at < self._until]

    # -- what was seen on site, and what was concluded --

    def assessments(self, problem_id: int | None = None) -> list[KeptAssessment]:
        """Return the assessments that had been kept, newest first."""
        return [one for one in self.now_known.assessments(problem_id) if one.made_at < self._until]

    def assessment(self, assessment_id: int) -> KeptAssessment:
        """Return an assessment that had been kept."""
        found = self.now_known.assessment(assessment_id)
        if found.made_at >= self._until:
            raise NotFound(
                f"There is no assessment {assessment_id} to show.", "It was kept later.", "Go back to today."
            )
        return found

    def advice_given(self, problem_id: int | None = None) -> list[AdviceGiven]:
        """Return where advice had been given."""
        return [one for one in self.now_known.advice_given(problem_id) if one.at < self._until]

    def visits(self, problem_id: int) -> list[Visit]:
        """Return the visits that had been noted, the latest day first."""
        return [one for one in self.now_known.visits(problem_id) if one.at < self._until]

    def photos(self, problem_id: int) -> list[Photo]:
        """Return the photos that had been kept; one that was withdrawn since stays withdrawn."""
        return [one for one in self.now_known.photos(problem_id) if one.at < self._until]

    def photo(self, photo_id: int) -> Photo:
        """Return a photo that had been kept."""
        found = self.now_known.photo(photo_id)
        if found.at >= self._until:
            raise NotFound("There is no such photo.", "It was added later.", "Go back to today.")
        return found
