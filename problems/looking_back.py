"""A store as it was known at the end of a past day, for reading: what pages show of today they show of that day too.

What was told later is not told, problems, actions and reports stand where they stood, and the clock is that of the
last moment of the day. Who may see what is decided by today, also of what was known on a past day.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
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
from problems.hot_spots import HotSpot, Pile, PileDecision, Refresh
from problems.kept_assessments import KeptAssessment
from problems.problem import Problem
from problems.reports import ReportPoints
from problems.store import Store
from problems.store_values import Box, StoreCounts
from problems.targets import Targets
from problems.then.advice import advice_then, where_it_hung
from problems.then.known import KnownThen, known_reports
from problems.visits import Photo, Visit

#: Answers that are the same on every day, or tell of the installation: names, boundaries, settings.
OF_EVERY_DAY: Final = frozenset(
    {
        *("version", "reports_version", "fact", "organisations", "people", "areas", "streets"),
        *("guides", "picture", "has_photos", "hot_spots", "places_of"),
    }
)
#: Answers about reports and imports: asked of the reports as they were known.
OF_REPORTS: Final = frozenset(
    {
        *("inbox", "statuses", "report_sources", "followups", "to_be_told", "earliest_of_duplicates"),
        *("answers_on_satisfaction", "reports_with_contact", "report_known_as", "reports", "categories_of"),
        *("all_reports", "area_counts", "snapped_reports", "distinct_places", "source_places", "addresses"),
        *("duplicates_of", "merged_reports", "open_reports", "aparts", "find_addresses", "find_assets"),
        *("source_quality", "reports_about", "every_report_about", "reports_on", "sources", "source"),
        *("rejected_reasons", "rejected_about", "rejected_rows", "batches", "has_reports_of", "newest_report_at"),
        *("unmapped_names", "names_in_use", "unmapped_reports", "known_reports"),
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


def targets_that_day(store: Store) -> Targets:
    """Return the targets that were others on the day that a store tells of, by category; of today's store none."""
    return store.known.other_targets if isinstance(store, LookedBack) else {}


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
        if name in OF_REPORTS:
            return cast("Callable[..., Any]", getattr(self._reports, name))
        if name.startswith("_") or not hasattr(type(self.now_known), name):
            raise AttributeError(name)
        return self._refused

    def _refused(self, *_args: object, **_named: object) -> object:
        raise InputRefused(
            "This is not shown as it was on a past day.",
            "It is kept as it is now only.",
            "Go back to today to see it.",
        )

    def writing(self) -> object:
        """Refuse: the past is not written to."""
        raise InputRefused(
            "Nothing was changed.",
            f"You look at {self.day.day} {self.day:%B} {self.day.year}, and the past cannot be changed.",
            "Go back to today, then do it again.",
        )

    # -- reports --

    @cached_property
    def known(self) -> KnownThen:
        """What was known of the reports."""
        return known_reports(self.now_known, self._until)

    @cached_property
    def _reports(self) -> Store:
        return self.now_known.as_known(self.known)

    def counts(self) -> StoreCounts:
        """Return how much the store held."""
        problems, actions = len(self._problems), len(self._actions)
        counted = self._reports.counts()
        return replace(counted, problems=problems, actions=actions, refreshes=len(self._refreshed))

    def piles(self) -> list[Pile]:
        """Return the points on the review list with what had been decided about them; their counts are today's."""
        # Before the events: what is decided meanwhile does not show here, or is told by one of them.
        points = self.now_known.piles()
        was: dict[int, str] = {}
        for one in self.now_known.events(Subject.DEFAULT_POINT, since=self._until):
            if "decision" in one.before:
                was.setdefault(one.subject_id, str(one.before["decision"]))
        return [
            replace(one, decision=PileDecision(was[one.id]), decided_by=self._decided(one)) if one.id in was else one
            for one in points
        ]

    def _decided(self, pile: Pile) -> str:
        told = self.events(Subject.DEFAULT_POINT, pile.id)
        return told[-1].by_name if told else ""

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

    def report_points(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        groups: Iterable[Group] | None = None,
        box: Box | None = None,
    ) -> ReportPoints:
        """Return the placed reports that had come in."""
        return self._reports.report_points(since, self._by_then(until), groups, box)

    def reports_of_known_reporters(self, since: datetime, groups: Iterable[Group]) -> list[Told]:
        """Return the reports of those who report repeatedly that had come in."""
        told = self._reports.reports_of_known_reporters(since, groups)
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
        """Return where advice had been given; what was withdrawn later stood."""
        return [one for one in self._advice if problem_id in (None, one.problem_id)]

    @cached_property
    def _advice(self) -> list[AdviceGiven]:
        return where_it_hung(advice_then(self.now_known, self._until), self._actions)

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
