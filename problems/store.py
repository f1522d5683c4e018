"""What the rules ask of a store. :mod:`data` has the stores; the rules know only this protocol.

Reading is done on the store itself, each call a consistent picture of its own. Writing is done in
a *unit*: everything inside ``with store.writing() as unit`` is kept together or not at all, and
one unit is open at a time. The pattern of every use case is load, decide, save. The clock is read inside the unit
where it says when something happened: who had to wait for others comes after them in the history too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from problems.actions import Action
from problems.advice import AdviceStore, AdviceUnit
from problems.areas import Area, AreaKind, Street
from problems.assessment_store import AssessmentStore, AssessmentUnit
from problems.audit import AuditStore
from problems.briefing.columns import BriefingStore
from problems.categories import Group
from problems.duplicates import Apart, Contact, OpenReports
from problems.events import Event, Subject
from problems.evidence_store import EvidenceStore, EvidenceUnit
from problems.guides import GuideStore, GuideUnit
from problems.hot_spots import HotSpot, Pile, Refresh
from problems.inbox_store import InboxStore, InboxUnit
from problems.people import Organisation, Person
from problems.place_store import PlaceStore
from problems.problem import Problem
from problems.quality_store import QualityStore
from problems.report_columns import ReportColumns
from problems.reports import Batch, RejectedRow, Report, ReportPoints
from problems.search_store import SearchStore
from problems.sources import Source
from problems.store_values import Box, ChangedReport, KnownReport, NameUse, SaidByPeople, StoreCounts
from problems.then.changes import PastStore

__all__ = ["Box", "ChangedReport", "KnownReport", "NameUse", "SaidByPeople", "Store", "StoreCounts", "Unit"]


class Unit(AssessmentUnit, InboxUnit, EvidenceUnit, GuideUnit, AdviceUnit, Protocol):
    """One transaction. Leaving it normally keeps everything, an exception keeps nothing.

    ``add_*`` ignore the ``id`` (and ``batch_id``) of what they are given and return the id they
    gave. ``save_*`` write over the record with the same id if its stored version is
    ``seen_version``, raise :class:`problems.errors.Stale` if not, and return the record with its new
    version (``seen_version + 1``).
    """

    def known_reports(self, source: str, source_ids: Sequence[str]) -> Mapping[str, KnownReport]:
        """Return what is kept of ``source_ids``, by source id; absent ones are left out."""
        ...

    def reports(self, ids: Sequence[int]) -> list[Report]:
        """Return the reports with these ids as this unit has them by now, in ascending order of id."""
        ...

    def add_batch(self, batch: Batch) -> int:
        """Keep the head of an import; its counts are still to come."""
        ...

    def finish_batch(self, batch: Batch) -> None:
        """Replace the counts, times and state of the batch with this id."""
        ...

    def make_newest(self, batch: Batch) -> int:
        """Give the head of an import that has no rows yet the highest id of all, and return it."""
        ...

    def many_reports(self) -> AbstractContextManager[None]:
        """Prepare for many new reports inside the block: the same result, sooner."""
        ...

    def add_report_columns(self, batch_id: int, columns: ReportColumns, contents: Sequence[bytes]) -> None:
        """Keep many new reports, each with its content fingerprint."""
        ...

    def batch_reports(self, batch_id: int) -> list[int]:
        """Return the ids of the reports that an import was the last one to write, in ascending order."""
        ...

    def said_by_people(self, ids: Sequence[int]) -> Mapping[int, SaidByPeople]:
        """Return what people said of these reports; those of which they said nothing are left out."""
        ...

    def events_of_reports(self, ids: Sequence[int]) -> list[Event]:
        """Return the events about these reports, in their order."""
        ...

    def mark_undone(self, batch_id: int, ids: Sequence[int], *, undone: bool) -> int:
        """Mark reports as undone, or bring them back with the import ``batch_id``; return how many."""
        ...

    def add_reports(self, batch_id: int | None, reports: Sequence[tuple[Report, bytes]]) -> None:
        """Keep new reports, each with its content fingerprint; None is no import: entered by hand."""
        ...

    def update_reports(self, batch_id: int | None, reports: Sequence[tuple[Report, bytes]]) -> None:
        """Replace kept reports (by id) with a newer content and its fingerprint."""
        ...

    def change_reports(self, batch_id: int | None, changed: Sequence[ChangedReport]) -> None:
        """Write what is different about kept reports: the same as replacing them, sooner."""
        ...

    def add_rejected(self, batch_id: int, rows: Sequence[RejectedRow]) -> None:
        """Keep rows that could not become reports."""
        ...

    def map_category(
        self,
        source: str | None,
        name: str,
        code: str | None,
        *,
        was: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """Give every report called ``name`` whose category is ``was`` the category ``code``; return how many.

        None stands for a report without a category. Only reports with ``since <= reported_at < until``
        change; those of undone imports change too, and are not counted.
        """
        ...

    def add_refresh(self, refresh: Refresh) -> int:
        """Keep a refresh."""
        ...

    def add_hot_spots(self, hot_spots: Sequence[HotSpot]) -> list[int]:
        """Keep the hot spots of a refresh (``refresh_id`` set) and return their ids in order."""
        ...

    def save_piles(self, piles: Sequence[Pile]) -> None:
        """Add piles (``id`` 0) or replace the counts of kept ones; decisions stay as they are."""
        ...

    def save_pile_decision(self, pile: Pile, seen_version: int) -> Pile:
        """Keep a person's decision about a pile."""
        ...

    def add_problem(self, problem: Problem) -> int:
        """Keep a new problem."""
        ...

    def save_problem(self, problem: Problem, seen_version: int) -> Problem:
        """Write over a problem that is still at ``seen_version``."""
        ...

    def save_sightings(self, problems: Sequence[Problem]) -> None:
        """Write what a refresh saw of problems: their ``SIGHTING_FIELDS`` and nothing else.

        Nobody edits these, so the version stays and nobody's open form goes stale.
        """
        ...

    def add_action(self, action: Action) -> int:
        """Keep a new action."""
        ...

    def save_action(self, action: Action, seen_version: int) -> Action:
        """Write over an action that is still at ``seen_version``."""
        ...

    def save_report(self, report: Report, seen_version: int) -> Report:
        """Write over a report that is still at ``seen_version`` (a person's edit)."""
        ...

    def add_events(self, events: Sequence[Event]) -> None:
        """Append events in this order; nothing ever changes or removes one."""
        ...

    def add_organisation(self, organisation: Organisation) -> int:
        """Keep a new organisation."""
        ...

    def save_organisation(self, organisation: Organisation, seen_version: int) -> Organisation:
        """Write over an organisation that is still at ``seen_version``."""
        ...

    def add_person(self, person: Person) -> int:
        """Keep a new person."""
        ...

    def save_person(self, person: Person, seen_version: int) -> Person:
        """Write over a person that is still at ``seen_version``."""
        ...

    def add_areas(self, areas: Sequence[Area]) -> list[int]:
        """Keep boundaries and return their ids in order."""
        ...

    def remove_areas(self, kind: AreaKind) -> int:
        """Remove the boundaries of one kind, and from the reports that lay in them; return how many."""
        ...

    def set_areas(self, kind: AreaKind, lon_lat: npt.NDArray[np.float64], area_ids: npt.NDArray[np.int64]) -> int:
        """Say in which boundary of a kind each different place (k, 2) lies (0: none), for all reports there.

        Return how many reports changed.
        """
        ...

    def add_source(self, source: Source) -> int:
        """Keep a new source of reports."""
        ...

    def save_source(self, source: Source, seen_version: int) -> Source:
        """Write over a source that is still at ``seen_version``."""
        ...

    def mark_snapped(self, source: str, snapped: bool) -> int:
        """Set or clear the flag ``SNAPPED`` on every report of a source; return how many changed."""
        ...

    def add_apart(self, apart: Apart) -> int:
        """Keep the decision that two reports are not the same."""
        ...

    def remove_aparts(self, apart_ids: Sequence[int]) -> int:
        """Take decisions that two reports are not the same back; return how many there were."""
        ...

    def add_contact(self, contact: Contact) -> int:
        """Keep a sealed contact."""
        ...

    def remove_contacts(self, report_ids: Sequence[int]) -> int:
        """Remove the contacts of these reports for good; return how many there were."""
        ...

    def add_streets(self, streets: Sequence[Street]) -> None:
        """Keep streets."""
        ...

    def set_fact(self, name: str, value: str) -> None:
        """Remember a fact about the whole store (its metric CRS, that it is synthetic …)."""
        ...


class Store(
    PlaceStore,
    QualityStore,
    AssessmentStore,
    InboxStore,
    AuditStore,
    EvidenceStore,
    SearchStore,
    GuideStore,
    AdviceStore,
    BriefingStore,
    PastStore,
    Protocol,
):
    """Everything that is kept, for reading, and the door to writing."""

    def writing(self) -> AbstractContextManager[Unit]:
        """Open the one unit in which things are written."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...

    def version(self) -> int:
        """Return a number that grows with every unit that was kept; the key of every cache."""
        ...

    def reports_version(self) -> int:
        """Return a number that grows with every unit that wrote reports, their categories or boundaries.

        The key of caches that hold nothing else, which a note on a problem should not empty.
        """
        ...

    def fact(self, name: str) -> str | None:
        """Return a fact about the whole store, or None."""
        ...

    def counts(self) -> StoreCounts:
        """Return how much the store holds."""
        ...

    # -- reports --

    def report_points(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        groups: Iterable[Group] | None = None,
        box: Box | None = None,
    ) -> ReportPoints:
        """Return placed reports with ``since <= reported_at < until`` as columns, ordered by id.

        Left out: withdrawn reports, reports marked as duplicates and those of undone imports. Unmapped reports are in
        (group -1) unless ``groups`` is given.
        """
        ...

    def reports(self, ids: Sequence[int]) -> list[Report]:
        """Return the reports with these ids, in ascending order of id; unknown ids are left out."""
        ...

    def categories_of(self, ids: Sequence[int]) -> Mapping[int, str]:
        """Return the leaf code of each of these reports, by id; unmapped and unknown ones are left out."""
        ...

    def all_reports(self) -> Iterator[Report]:
        """Go through every report in order of id without holding them all."""
        ...

    # -- imports --

    def batches(self) -> list[Batch]:
        """Return the imports, newest first."""
        ...

    def known_reports(self, source: str, source_ids: Sequence[str]) -> Mapping[str, KnownReport]:
        """Return what is kept of ``source_ids``, by source id; absent ones are left out."""
        ...

    def has_reports_of(self, source: str) -> bool:
        """Tell whether any report of a source is kept, one of an undone import too."""
        ...

    def newest_report_at(self, source: str, until: datetime) -> datetime | None:
        """Return the newest date up to ``until`` of a source's reports, or None without any."""
        ...

    def unmapped_names(self) -> list[tuple[str, str, int]]:
        """Return (source, name, reports) of the category names that nobody has mapped, most first."""
        ...

    def names_in_use(self) -> list[NameUse]:
        """Return every category name of every source with the category that its reports have, most first.

        Names that only reports of undone imports have are among them, with no report.
        """
        ...

    def unmapped_reports(self, source: str, name: str, limit: int) -> list[Report]:
        """Return the newest unmapped reports of a source with this category name, at most ``limit``."""
        ...

    # -- refreshes --

    def refreshes(self) -> list[Refresh]:
        """Return all refreshes, newest (highest id) first."""
        ...

    def latest_refresh(self, until: date | None = None) -> Refresh | None:
        """Return the newest refresh (with ``as_of`` on or before ``until``), or None."""
        ...

    def hot_spots(self, refresh_id: int) -> list[HotSpot]:
        """Return the hot spots of a refresh, of one group each and no mere candidates, in order of id."""
        ...

    def places_of(self, refresh_id: int) -> list[HotSpot]:
        """Return all that a refresh found, in order of id: hot spots, candidates, and the mixed view."""
        ...

    def last_hot_spots(self, until: date | None = None) -> list[HotSpot]:
        """Return, for every problem, the hot spots that the last refresh to see it matched to it.

        With ``until`` the last refresh with ``as_of`` on or before that day; merged problems have their own then.
        """
        ...

    def hot_spots_of(self, problem_id: int) -> list[HotSpot]:
        """Return the hot spots that were matched to a problem, in order of refresh."""
        ...

    def piles(self) -> list[Pile]:
        """Return the points on the review list, most reports first."""
        ...

    # -- problems --

    def problems(self) -> list[Problem]:
        """Return every problem in order of id."""
        ...

    def problem(self, problem_id: int) -> Problem:
        """Return a problem, or raise :class:`problems.errors.NotFound`."""
        ...

    def actions(self, problem_id: int | None = None) -> list[Action]:
        """Return the actions (of one problem) in order of id."""
        ...

    def action(self, action_id: int) -> Action:
        """Return an action, or raise :class:`problems.errors.NotFound`."""
        ...

    def events(
        self,
        subject: Subject | None = None,
        subject_id: int | None = None,
        until: datetime | None = None,
        since: datetime | None = None,
    ) -> list[Event]:
        """Return events in the order they were kept, with ``since <= at < until`` where they are given."""
        ...

    # -- people and places --

    def organisations(self) -> list[Organisation]:
        """Return the organisations by name."""
        ...

    def people(self) -> list[Person]:
        """Return the people by name."""
        ...

    def aparts(self) -> list[Apart]:
        """Return every decision that two reports are not the same, in order of id."""
        ...

    def duplicates_of(self, report_ids: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        """Return the ids of the duplicates of each of these reports; those without any are left out."""
        ...

    def contact(self, report_id: int) -> Contact | None:
        """Return the sealed contact of a report, or None."""
        ...

    def merged_reports(self) -> Mapping[int, tuple[int, ...]]:
        """Return every main report with its duplicates, by id; of undone imports there are none."""
        ...

    def open_reports(self, since: datetime) -> OpenReports:
        """Return the open, placed, categorised reports since a moment; points that a source moved are left out."""
        ...

    def report_known_as(self, source: str, source_id: str) -> Report | None:
        """Return the report that a source calls ``source_id``, or None."""
        ...

    def reports_with_contact(self) -> list[int]:
        """Return the ids of the reports whose reporter can be reached, in ascending order."""
        ...
