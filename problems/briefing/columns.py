"""Reports as columns for a briefing, as they are kept and as they were known (:mod:`problems.then.changes`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from problems.followups import Satisfaction
from problems.reports import ReportStatus
from problems.then.changes import ReportChange, TakenBack

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
STATUSES: Final = tuple(ReportStatus)
ANSWERS: Final = tuple(Satisfaction)


@dataclass(frozen=True, slots=True)
class BriefingColumns:
    """Reports as columns of one length, ordered by id.

    Attributes
    ----------
    ids, batch, main : (n,) int64
        ``batch`` is the import that wrote it last, 0 for none (entered by hand); ``main`` 0 for no duplicate.
    status, satisfied : (n,) int8
        Index into :data:`STATUSES`; into :data:`ANSWERS`, -1 for no answer.
    leaf, resolution, source : (n,) int32
        Index into ``words``, in which all texts are kept once. Of an unmapped report the leaf is "".
    reported_s, closed_s, occurred_s, responded_s, waiting_since_s, told_s : (n,) int64
        Seconds since 1970 UTC, 0 for never.
    lon_lat : (n, 2) float64
        NaN without a place.
    areas : mapping of kind to (n,) int64
        The boundary that holds it, 0 for none: keys ``ward``, ``beat``, ``neighbourhood``.
    reporter : (n,) int64
        Equal for equal reporters (of two in 10^15 as well), 0 for an unknown one.
    flags, waited_days, organisation, reopened : (n,) int64
    outcome, undone : (n,) bool
        Whether it has a sentence for the reporter; whether its import is undone.
    """

    words: tuple[str, ...]
    ids: Ints
    status: npt.NDArray[np.int8]
    leaf: Small
    resolution: Small
    source: Small
    reported_s: Ints
    closed_s: Ints
    occurred_s: Ints
    lon_lat: npt.NDArray[np.float64]
    ward: Ints
    beat: Ints
    neighbourhood: Ints
    batch: Ints
    main: Ints
    flags: Ints
    reporter: Ints
    undone: npt.NDArray[np.bool_]
    responded_s: Ints
    waiting_since_s: Ints
    waited_days: Ints
    organisation: Ints
    told_s: Ints
    satisfied: npt.NDArray[np.int8]
    reopened: Ints
    outcome: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of reports."""
        return len(self.ids)

    def where(self, keep: npt.NDArray[np.bool_] | Ints) -> "BriefingColumns":
        """Return the rows for which ``keep`` is true, or at these places."""
        return replace(self, **{name: getattr(self, name)[keep] for name in self.__slots__ if name != "words"})


@dataclass(frozen=True, slots=True)
class ReportedTimes:
    """When reports came in and of which category, ``leaf`` as in :class:`BriefingColumns`; in no order."""

    words: tuple[str, ...]
    reported_s: Ints
    leaf: Small


@dataclass(frozen=True, slots=True)
class SpotSeen:
    """That a refresh found a place of a problem; ``is_hot`` where it was more than a candidate."""

    problem_id: int
    refresh_id: int
    is_hot: bool


class BriefingStore(Protocol):
    """The part of :class:`problems.store.Store` that briefings are made from."""

    def briefing_columns(self, since: datetime, ended_since: datetime, until: datetime) -> BriefingColumns:
        """Return the reports of ``since <= reported_at < until``, and the older ones that had not ended before a time.

        That time is ``ended_since``. Those of undone imports are among them.
        """
        ...

    def reported_times(
        self, since: datetime, until: datetime, batches: Sequence[int], without: Sequence[int] = ()
    ) -> ReportedTimes:
        """Return when reports of ``since <= reported_at < until`` came in: those of these imports, or of none.

        Left out are duplicates, withdrawn reports, those of undone imports, and the ids ``without``.
        """
        ...

    def briefing_columns_of(self, ids: Sequence[int]) -> BriefingColumns:
        """Return the reports with these ids."""
        ...

    def report_changes(self, since: datetime) -> list[ReportChange]:
        """Return the changes of reports that were kept from a moment on, in the order they were kept."""
        ...

    def named_reports(self, source: str | None, name: str, code: str | None) -> list[int]:
        """Return the reports of a source (None: of all) that a feed called ``name`` and that have this category."""
        ...

    def spots_seen(self) -> list[SpotSeen]:
        """Return which refresh found a place of which problem, in order of refresh."""
        ...


_MOMENTS = {
    "reported_at": "reported_s",
    "closed_at": "closed_s",
    "occurred_at": "occurred_s",
    "responded_at": "responded_s",
    "waiting_since": "waiting_since_s",
    "told_at": "told_s",
}
_NUMBERS = {
    "main_id": "main",
    "flags": "flags",
    "ward_id": "ward",
    "beat_id": "beat",
    "neighbourhood_id": "neighbourhood",
    "waited_days": "waited_days",
    "organisation_id": "organisation",
    "reopened": "reopened",
}


def as_known(columns: BriefingColumns, told: TakenBack) -> BriefingColumns:
    """Return columns with what was so then in place of what was learnt later; reports that came later stay in."""
    place = {int(number): at for at, number in enumerate(columns.ids) if int(number) in told.values}
    if not place:
        return columns
    changed: dict[str, npt.NDArray[Any]] = {
        name: getattr(columns, name).copy() for name in columns.__slots__ if name != "words"
    }
    words = list(columns.words)
    numbers = {word: at for at, word in enumerate(words)}
    for number, at in place.items():
        for name, value in told.values[number].items():
            _put(changed, at, name, value, words, numbers)
        if number in told.batch:
            changed["batch"][at] = told.batch[number]
    return BriefingColumns(tuple(words), **changed)


def _put(
    columns: Mapping[str, npt.NDArray[Any]], at: int, name: str, value: Any, words: list[str], numbers: dict[str, int]
) -> None:
    if name in _MOMENTS:
        columns[_MOMENTS[name]][at] = 0 if value is None else int(datetime.fromisoformat(str(value)).timestamp())
    elif name in _NUMBERS:
        columns[_NUMBERS[name]][at] = int(value or 0)
    elif name == "status":
        columns["status"][at] = STATUSES.index(ReportStatus(str(value)))
    elif name in ("category", "resolution"):
        text = str(value or "")
        if text not in numbers:
            numbers[text] = len(words)
            words.append(text)
        columns["leaf" if name == "category" else name][at] = numbers[text]
    elif name == "lon_lat":
        columns["lon_lat"][at] = (np.nan, np.nan) if value is None else tuple(value)
    elif name == "satisfied":
        columns["satisfied"][at] = -1 if value is None else ANSWERS.index(Satisfaction(str(value)))
    elif name in ("outcome", "undone"):
        columns[name][at] = bool(value)
