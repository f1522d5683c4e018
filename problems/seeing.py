"""What somebody may look at: a store as one principal sees it, in which everything is closed that is not opened here.

Officers, coordinators, command and administrators read the store itself. A partner reads the problems that are
shared with its organisation and the work on them, each on its level (:mod:`problems.sharing`), and the reports that
were given to it, without their words and reporters. A viewer reads counts and where problems stand, without what
people wrote. Pages and files read through this, so that none of them can forget it; use cases are given the whole
store and check for themselves.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

import numpy as np

from geo import projection
from problems.actions import Action, ActionType
from problems.advice import AdviceGiven
from problems.categories import Group
from problems.errors import NotAllowed, NotFound
from problems.events import Event, EventKind, Subject
from problems.figures import problem_points
from problems.followups import Followup
from problems.hot_spots import HotSpot
from problems.inbox import Asked, InboxColumns, limited
from problems.kept_assessments import KeptAssessment
from problems.looking_back import LookedBack
from problems.people import Principal, Role
from problems.problem import Problem
from problems.reports import Report
from problems.sharing import (
    EVERYWHERE,
    LEAST_ADDRESSES,
    LEAST_REPORTS,
    SharingLevel,
    is_own,
    level_of,
    shown,
    shown_actions,
    shown_events,
    shown_photos,
    shown_visits,
)
from problems.store import Store
from problems.visits import Photo, Visit

#: Whoever holds one of these reads everything.
READS_EVERYTHING = (*EVERYWHERE, Role.ADMIN, Role.SYSTEM)
#: So far back are the reports counted that stand behind a dispute.
_COUNTED_DAYS: Final = 365
#: Places of disputes are shown to viewers only where so many reports came that no household stands out.
FEWEST_OF_A_DISPUTE: Final = 20

#: Answers that tell of no single report and no case: counts, boundaries, names, and numbers that other
#: answers are worked out from (points are drawn for these readers as counts, see :func:`sees_points`).
OPEN: Final = frozenset(
    {
        *("version", "reports_version", "fact", "counts", "refreshes", "latest_refresh", "organisations", "people"),
        *("sources", "source", "areas", "streets", "snapped_reports", "area_counts", "report_points", "statuses"),
        "guides",
        *("piles", "aparts", "merged_reports", "duplicates_of", "earliest_of_duplicates", "answers_on_satisfaction"),
        *("report_sources", "newest_report_at", "has_photos", "categories_of"),
    }
)
#: Answers that are narrowed here to what the principal may see.
NARROWED: Final = frozenset(
    {
        *("problems", "problem", "actions", "action", "events", "hot_spots", "places_of", "last_hot_spots"),
        *(
            "hot_spots_of",
            "assessments",
            "assessment",
            "advice_given",
            "visits",
            "photos",
            "photo",
            "reports",
            "followups",
            "inbox",
        ),
    }
)
_WRITTEN_BY_PEOPLE: Final = frozenset({"objective", "owner", "person", "reason", "last_note", "done_by"})
_OF_A_REPORTER: Final = frozenset({"text", "address", "lon_lat", "reporter", "area", "channel"})
_STANDING: Final = frozenset(EventKind) - {
    EventKind.NOTED,
    EventKind.VISITED,
    EventKind.PHOTO_ADDED,
    EventKind.PHOTO_WITHDRAWN,
    EventKind.PHOTO_ALLOWED,
}
#: Whom a viewer is told of, in place of names.
SOMEBODY: Final = "The team"


def seen_by(store: Store, principal: Principal) -> Store:
    """Return ``store`` as ``principal`` sees it: itself for those who read everything.

    Of a past day somebody sees what is shared with them today.
    """
    if principal.has(*READS_EVERYTHING):
        return store
    if isinstance(store, LookedBack):
        return seen_as_today(cast(Store, store), seen_by(store.now_known, principal))
    return cast(Store, Seen(store, principal))


def seen_as_today(store: Store, today: Store) -> Store:
    """Return the store of a past day as whoever sees ``today`` sees it: what is shared with them today."""
    return cast(Store, Seen(store, today.principal, today)) if isinstance(today, Seen) else store


def whole(store: Store) -> Store:
    """Return the store behind what somebody sees of it: for counts that are the same for everybody."""
    return store.whole if isinstance(store, Seen) else store


def sees_points(principal: Principal) -> bool:
    """Tell whether the map shows single reports as dots; everybody else sees counts, the smallest as “1–2”."""
    return principal.has(*EVERYWHERE, Role.SYSTEM)


def sharing_level(principal: Principal, store: Store, problem_id: int) -> SharingLevel:
    """Return on which level somebody sees what was seen, said and done on a problem; ``store`` may be theirs.

    Raises
    ------
    NotFound
        When there is no such problem.
    """
    every = whole(store)
    problem = every.problem(problem_id)
    return level_of(principal, problem, every.actions(problem.id), too_few=too_few_behind(every, problem))


def too_few_behind(store: Store, problem: Problem) -> bool:
    """Tell whether a dispute has too few reports or addresses behind it, in the past year, to be shown to partners."""
    if problem.group is not Group.DISPUTES:
        return False
    newest = store.counts().newest_report_at
    if newest is None or not problem.footprint.get("coordinates"):
        return True
    known = store.fact("epsg")
    epsg = int(known) if known else projection.metric_epsg(np.array([problem.lon_lat]))
    until = newest + timedelta(seconds=1)
    points = problem_points(store, problem, until - timedelta(days=_COUNTED_DAYS), until, epsg)
    addresses = len(np.unique(points.lon_lat.round(5), axis=0)) if len(points) else 0
    return len(points) < LEAST_REPORTS or addresses < LEAST_ADDRESSES


class Seen:
    """A store as one principal sees it, for reading only.

    ``shared_by`` decides what is shared instead of ``store``: a store of a past day is shared as it is today.
    """

    def __init__(self, store: Store, principal: Principal, shared_by: "Seen | None" = None) -> None:
        self.whole = store
        self.principal = principal
        self._shared_by = shared_by
        self._known_levels: tuple[object, Mapping[int, SharingLevel]] = (None, {})

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return what is open to everybody; refuse the rest."""
        if name in OPEN:
            return cast("Callable[..., Any]", getattr(self.whole, name))
        kept = self.whole.now_known if isinstance(self.whole, LookedBack) else self.whole
        if name.startswith("_") or not hasattr(type(kept), name):
            raise AttributeError(name)
        return self._refused

    def _refused(self, *_args: object, **_named: object) -> object:
        raise NotAllowed(
            "This is not shown.",
            f"Only officers, coordinators and administrators may see it; {self.principal.name} may not.",
            "Ask somebody with one of these roles.",
        )

    @property
    def _is_partner(self) -> bool:
        return self.principal.has(Role.PARTNER)

    # -- problems and the work on them --

    def problems(self) -> list[Problem]:
        """Return the problems that are shared, in order of id, each as far as it is shared."""
        return self.problems_as_shared(self.whole.problems())

    def problems_as_shared(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return those of the problems (as they were known on some day) that are shared today, as far as they are."""
        levels = self._levels()
        kept = [one for one in problems if one.id in levels]
        return [shown(one, levels[one.id]) if self._is_partner else _plain_problem(one) for one in kept]

    def problem(self, problem_id: int) -> Problem:
        """Return a problem; one that is not shared is told in the same words as one that does not exist."""
        found = [one for one in self.whole.problems() if one.id == problem_id]
        kept = self.problems_as_shared(found)
        if not kept:
            asked, possible = f"There is no problem {problem_id} to show.", "The list of problems shows what is shared."
            raise NotFound(asked, "It does not exist, or it is not shared with you.", possible)
        return kept[0]

    def actions(self, problem_id: int | None = None) -> list[Action]:
        """Return the actions (of one problem) on what is shared, in order of id."""
        return self.actions_as_shared(self.whole.actions(problem_id))

    def actions_as_shared(self, actions: Iterable[Action]) -> list[Action]:
        """Return those of the actions (as they were known on some day) that are shared today, as far as they are."""
        levels = self._levels()
        kept = [one for one in actions if one.problem_id in levels]
        if not self._is_partner:
            return [_plain_action(one) for one in kept]
        return [told for one in kept for told in shown_actions(self.principal, [one], levels[one.problem_id])]

    def action(self, action_id: int) -> Action:
        """Return an action on a problem that is shared."""
        asked = f"There is no action {action_id} to show."
        found = next((one for one in self.actions() if one.id == action_id), None)
        if found is None:
            raise NotFound(asked, "It does not exist, or it is not shared with you.", "The board shows what is.")
        return found

    def events(
        self,
        subject: Subject | None = None,
        subject_id: int | None = None,
        until: datetime | None = None,
        since: datetime | None = None,
    ) -> list[Event]:
        """Return what happened with that which is shared; without names and notes for a viewer."""
        if subject is Subject.REPORT:
            return self._events_of_report(subject_id, until, since)
        levels = self._levels()
        work = {one.id: one for one in self.whole.actions() if one.problem_id in levels}
        own = [one.id for one in work.values() if self._is_partner and is_own(self.principal, one)]
        kept: list[Event] = []
        for one in self.whole.events(subject, subject_id, until, since):
            if one.subject is Subject.REFRESH:
                kept.append(one)
                continue
            on = work[one.subject_id].problem_id if one.subject_id in work else None
            level = levels.get(one.subject_id) if one.subject is Subject.PROBLEM else levels.get(on or 0)
            if level is None or one.subject not in (Subject.PROBLEM, Subject.ACTION):
                continue
            kept += shown_events(self.principal, [one], level, own) if self._is_partner else [one]
        return kept if self._is_partner else [_plain_event(one) for one in kept if one.kind in _STANDING]

    def _events_of_report(self, report_id: int | None, until: datetime | None, since: datetime | None) -> list[Event]:
        if report_id is None or not self.reports([report_id]):
            return []
        kept = self.whole.events(Subject.REPORT, report_id, until, since)
        return [replace(one, changes=_hidden(one.changes), before=_hidden(one.before)) for one in kept]

    def _levels(self) -> Mapping[int, SharingLevel]:
        """Return how much is shown of each problem of which anything is, for this state of the store."""
        if self._shared_by is not None:
            return self._shared_by._levels()
        state = self.whole.version()
        if self._known_levels[0] != state:
            told = self._partner_levels() if self._is_partner else self._viewer_levels()
            self._known_levels = (state, told)
        return self._known_levels[1]

    def _partner_levels(self) -> Mapping[int, SharingLevel]:
        by_problem: dict[int, list[Action]] = defaultdict(list)
        for one in self.whole.actions():
            by_problem[one.problem_id].append(one)
        found = {}
        for problem in self.whole.problems():
            level = level_of(self.principal, problem, by_problem[problem.id])
            if level.rank > SharingLevel.EXISTS.rank and self.principal.organisation_id is not None:
                few = too_few_behind(self.whole, problem)
                level = level_of(self.principal, problem, by_problem[problem.id], too_few=few)
            if level is not SharingLevel.NOTHING:
                found[problem.id] = level
        return found

    def _viewer_levels(self) -> Mapping[int, SharingLevel]:
        return {
            one.id: SharingLevel.WITHOUT_NOTES
            for one in self.whole.problems()
            if one.group is not Group.DISPUTES or one.reports >= FEWEST_OF_A_DISPUTE
        }

    def _placed(self) -> frozenset[int]:
        """Return the problems of which the place is shown, and with it what is known of the place."""
        return frozenset(number for number, level in self._levels().items() if level is not SharingLevel.EXISTS)

    # -- places --

    def hot_spots(self, refresh_id: int) -> list[HotSpot]:
        """Return the hot spots of a refresh that belong to what is shared."""
        return self._places(self.whole.hot_spots(refresh_id))

    def places_of(self, refresh_id: int) -> list[HotSpot]:
        """Return what a refresh found, as far as it is shared."""
        return self._places(self.whole.places_of(refresh_id))

    def last_hot_spots(self, until: date | None = None) -> list[HotSpot]:
        """Return the last hot spots of the problems that are shared."""
        return self._places(self.whole.last_hot_spots(until))

    def hot_spots_of(self, problem_id: int) -> list[HotSpot]:
        """Return the hot spots of a problem that is shared."""
        return self.whole.hot_spots_of(problem_id) if problem_id in self._placed() else []

    def _places(self, spots: Sequence[HotSpot]) -> list[HotSpot]:
        shared = self._placed()
        if self._is_partner:
            return [spot for spot in spots if spot.problem_id in shared]
        return [
            spot
            for spot in spots
            if spot.problem_id in shared
            or (spot.problem_id is None and spot.group is not Group.DISPUTES and spot.group is not None)
        ]

    # -- what was seen on site, and what was concluded --

    def assessments(self, problem_id: int | None = None) -> list[KeptAssessment]:
        """Return the kept assessments (of one problem) of what is shared."""
        shared = self._placed()
        return [one for one in self.whole.assessments(problem_id) if one.problem_id in shared]

    def assessment(self, assessment_id: int) -> KeptAssessment:
        """Return an assessment of a problem that is shared."""
        found = next((one for one in self.assessments() if one.id == assessment_id), None)
        if found is None:
            raise NotFound(
                f"There is no assessment {assessment_id} to show.", "", "The page of the problem lists them."
            )
        return found

    def advice_given(self, problem_id: int | None = None) -> list[AdviceGiven]:
        """Return where advice was given (for one problem): by a partner's own organisation, or where all is shared."""
        if not self._is_partner:
            return []
        levels, own = self._levels(), self.principal.organisation_id
        whole = {number for number, level in levels.items() if level is SharingLevel.FULL}
        work = {one.id for one in self.whole.actions(problem_id) if is_own(self.principal, one)}
        return [
            one
            for one in self.whole.advice_given(problem_id)
            if one.problem_id in whole
            or (one.problem_id in levels and (one.action_id in work or one.organisation_id == own))
        ]

    def visits(self, problem_id: int) -> list[Visit]:
        """Return the visits to a problem, for partners with whom it is shared."""
        level = self._levels().get(problem_id)
        if level is None or not self._is_partner:
            return []
        return shown_visits(self.whole.visits(problem_id), level, self._own_work(problem_id))

    def photos(self, problem_id: int) -> list[Photo]:
        """Return the photos of a problem that a partner may look at: those of its own actions, and of none."""
        level = self._levels().get(problem_id)
        if level is None or not self._is_partner:
            return []
        return shown_photos(self.whole.photos(problem_id), level, self._own_work(problem_id))

    def _own_work(self, problem_id: int) -> frozenset[int]:
        return frozenset(one.id for one in self.whole.actions(problem_id) if is_own(self.principal, one))

    def photo(self, photo_id: int) -> Photo:
        """Return a photo that a partner may look at."""
        found = self.whole.photo(photo_id)
        if found not in self.photos(found.problem_id):
            raise NotFound("There is no such photo.", "", "The page of the problem shows all there are.")
        return found

    # -- reports that were given to the organisation --

    def reports(self, ids: Sequence[int]) -> list[Report]:
        """Return those of the reports that were given to the organisation, without words and reporter."""
        own = self.followups(ids)
        return [_plain_report(one) for one in self.whole.reports([number for number in ids if number in own])]

    def followups(self, report_ids: Sequence[int]) -> Mapping[int, Followup]:
        """Return what is known of the work on those reports that were given to the organisation."""
        own = self.principal.organisation_id
        if not self._is_partner or own is None:
            return {}
        found = {number: one for number, one in self.whole.followups(report_ids).items() if one.organisation_id == own}
        # Of a past day what was theirs then, and still is.
        still = found.keys() if self._shared_by is None else self._shared_by.followups(list(found)).keys()
        return {number: one for number, one in found.items() if number in still}

    def inbox(self, asked: Asked) -> InboxColumns:
        """Return the reports of the inbox that were given to the organisation."""
        if not self._is_partner or self.principal.organisation_id is None:
            self._refused()
        found = self.whole.inbox(limited(asked, self.principal))
        if self._shared_by is None:
            return found
        still = self._shared_by.whole.inbox(limited(Asked(), self.principal))
        return found.where(np.isin(found.ids, still.ids))


def _plain_problem(problem: Problem) -> Problem:
    return replace(problem, owner="", objective="", done_by="")


def _plain_action(action: Action) -> Action:
    return replace(action, title=action.type.label, person="", reason="", last_note="", done_by="")


def _plain_event(one: Event) -> Event:
    changes = {name: value for name, value in one.changes.items() if name not in _WRITTEN_BY_PEOPLE}
    if "title" in changes:
        changes["title"] = ActionType(str(changes["type"])).label if "type" in changes else ""
    before = {name: value for name, value in one.before.items() if name not in {*_WRITTEN_BY_PEOPLE, "title"}}
    details = {
        name: one.details[name] for name in ("problem_id", "drawn", "footprint", *_COUNTS) if name in one.details
    }
    return replace(one, by="", by_name=SOMEBODY, note="", reason="", changes=changes, before=before, details=details)


_COUNTS: Final = ("reports", "incidents", "verb")


def _plain_report(report: Report) -> Report:
    plain = replace(report, text="", reporter="", asset=report.asset)
    if report.group in (None, Group.DISPUTES, Group.ANTISOCIAL):
        plain = replace(plain, address="", lon_lat=None)
    return plain


def _hidden(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in _OF_A_REPORTER}
