"""Duplicates: several reports of one occurrence, and what people decided about them.

A *main* report stands for the occurrence, its duplicates point at it (``Report.main_id``), and no
duplicate is itself a main. Nothing of a duplicate is lost: it counts as a report and as a reporter of
its main, but the two are one incident.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from problems.reports import Report


@dataclass(frozen=True, slots=True)
class Apart:
    """A person's decision that two reports are not about the same occurrence. ``first_id < second_id``."""

    id: int
    first_id: int
    second_id: int
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class KeptApart:
    """One decision of a person: none of these reports (ascending) is about the same occurrence as another."""

    report_ids: tuple[int, ...]
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """How the reporter of one report can be reached, sealed: only who has the key can read it."""

    id: int
    report_id: int
    sealed: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OpenReports:
    """Open reports with a place and a category, as columns ordered by id.

    Attributes
    ----------
    ids : (n,) int64, ascending
    lon_lat : (n, 2) float64, degrees
    leaf : (n,) text, leaf codes
    reported_s : (n,) int64, seconds since 1970 UTC
    """

    ids: npt.NDArray[np.int64]
    lon_lat: npt.NDArray[np.float64]
    leaf: npt.NDArray[np.str_]
    reported_s: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of reports."""
        return len(self.ids)

    def where(self, keep: npt.NDArray[np.bool_]) -> "OpenReports":
        """Return the rows for which ``keep`` (n,) is true, in the same order."""
        return OpenReports(self.ids[keep], self.lon_lat[keep], self.leaf[keep], self.reported_s[keep])


def decisions_apart(aparts: Iterable[Apart]) -> list[KeptApart]:
    """Return the decisions that pairs come from, the latest first.

    Pairs that one person decided at one moment are one decision where reports join them.
    """
    decided: dict[tuple[datetime, str], list[set[int]]] = {}
    for one in aparts:
        together = decided.setdefault((one.decided_at, one.decided_by), [])
        joined = {one.first_id, one.second_id}
        for other in [each for each in together if each & joined]:
            together.remove(other)
            joined |= other
        together.append(joined)
    found = [KeptApart(tuple(sorted(ids)), by, at) for (at, by), groups_then in decided.items() for ids in groups_then]
    return sorted(found, key=lambda each: (each.decided_at, each.report_ids), reverse=True)


def reporters_of(reports: Iterable[Report]) -> int:
    """Return how many people told of one occurrence; those who are not known count as one together."""
    return len({report.reporter for report in reports})


def earliest_of(reports: Iterable[Report]) -> Report:
    """Return the report from which the clocks of an occurrence run: the earliest one, ties to the lower number."""
    return min(reports, key=lambda report: (report.reported_at, report.id))
