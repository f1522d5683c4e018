"""What the rules ask of a store about answering reports: who waits, what was done, who has to be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from problems.followups import Followup, Satisfaction
from problems.inbox import Asked, InboxColumns
from problems.reports import ReportStatus


class InboxStore(Protocol):
    """The part of :class:`problems.store.Store` that is about answering reports."""

    def inbox(self, asked: Asked) -> InboxColumns:
        """Return the reports that are asked for as columns, ordered by id; those of undone imports are left out."""
        ...

    def statuses(self) -> Mapping[ReportStatus, int]:
        """Return how many reports have each status; those of undone imports are left out."""
        ...

    def report_sources(self) -> list[str]:
        """Return the names of the sources that reports are kept of, in order."""
        ...

    def followups(self, report_ids: Sequence[int]) -> Mapping[int, Followup]:
        """Return what people did about these reports, by id; those about which nobody did anything are left out."""
        ...

    def to_be_told(self) -> list[int]:
        """Return the ended reports whose reporter can be reached and was not told, those that ended first first.

        A duplicate ends with its main report. Only what ended with a sentence for the reporter is among them.
        """
        ...

    def earliest_of_duplicates(self, report_ids: Sequence[int]) -> Mapping[int, datetime]:
        """Return when the earliest duplicate of each of these reports was reported; those without are left out."""
        ...

    def answers_on_satisfaction(self) -> Mapping[Satisfaction, int]:
        """Return how many reporters answered what when they were asked whether they are satisfied."""
        ...


class InboxUnit(Protocol):
    """The part of :class:`problems.store.Unit` that is about answering reports."""

    def followups(self, report_ids: Sequence[int]) -> Mapping[int, Followup]:
        """Return what people did about these reports as this unit has it by now."""
        ...

    def save_followup(self, followup: Followup) -> None:
        """Keep what people did about a report; save the report in the same unit, its version counts for both."""
        ...
