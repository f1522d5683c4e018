"""Read one fetched page into the spool: its records, what they tell about the walk, and whether they are ours."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from pathlib import Path

from data.feeds.elsewhere import Home
from data.feeds.georeport import OtherContent, Record, moment_of, place_of, read_page, refuse_errors
from data.feeds.spool import write_records
from data.feeds.walking import PageFacts, Window

_NO_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What one page held. ``placed`` of its records have a place, ``far`` of those lie far from home."""

    facts: PageFacts
    ids: frozenset[int]
    placed: int
    far: int


@dataclass(slots=True)
class _Sums:
    rows: int = 0
    new: int = 0
    outside: int = 0
    strays: int = 0
    newest_s: float | None = None
    with_id: int = 0
    ids: set[int] = field(default_factory=set)
    places: list[tuple[float, float]] = field(default_factory=list)


class PageReader:
    """Reads the pages of one pull.

    Parameters
    ----------
    jurisdiction_id
        Of the records; one of another jurisdiction refuses the page. Empty where any will do.
    zone
        Zone of dates without one.
    """

    def __init__(self, form: str, jurisdiction_id: str, zone: tzinfo, home: Home) -> None:
        self._form = form
        self._jurisdiction_id = jurisdiction_id
        self._zone = zone
        self._home = home

    def read(self, fetched: Path, kept: Path, window: Window, seen: set[int]) -> ReadPage:
        """Read the whole page and write its records to ``kept``.

        Parameters
        ----------
        seen
            Keys of the records that came in this window before.

        Raises
        ------
        BrokenPage, OtherContent
            When the page is not whole or holds something else.
        """
        sums = _Sums()
        write_records(kept, self._records(fetched, window, seen, sums))
        if sums.rows and not sums.with_id:
            raise OtherContent("answered with a list in which no entry has a service_request_id")
        if not sums.new:
            # A page that says nothing new only marks the end of a window: its records are here already.
            write_records(kept, ())
        facts = PageFacts(sums.rows, sums.new, sums.outside, sums.strays, sums.newest_s)
        return ReadPage(facts, frozenset(sums.ids), len(sums.places), self._home.far(sums.places))

    def _records(self, fetched: Path, window: Window, seen: set[int], sums: _Sums) -> Iterator[Record]:
        for record in read_page(fetched, self._form):
            if not sums.rows:
                refuse_errors(record)
            self._check_jurisdiction(record)
            self._add(sums, record, window, seen)
            yield record

    def _add(self, sums: _Sums, record: Record, window: Window, seen: set[int]) -> None:
        sums.rows += 1
        sums.with_id += bool(record.get("service_request_id"))
        key = key_of(record)
        sums.new += key not in seen and key not in sums.ids
        sums.ids.add(key)
        requested = moment_of(record, "requested_datetime", self._zone)
        updated = moment_of(record, "updated_datetime", self._zone)
        is_updated_inside = updated is not None and window.holds(updated)
        sums.outside += not window.holds(requested) and not is_updated_inside
        sums.strays += not window.holds(requested, _NO_SLACK)
        if requested is not None:
            sums.newest_s = max(sums.newest_s or requested.timestamp(), requested.timestamp())
        if place := place_of(record):
            sums.places.append(place)

    def _check_jurisdiction(self, record: Record) -> None:
        told = record.get("jurisdiction_id", "")
        if told and self._jurisdiction_id and told.casefold() != self._jurisdiction_id.casefold():
            raise Elsewhere(
                f"The server answers for the jurisdiction “{told[:60]}”, not for “{self._jurisdiction_id[:60]}”."
            )


class Elsewhere(Exception):
    """The reports are of another place; ``str()`` says in a sentence how that shows."""


def key_of(record: Record) -> int:
    """Return what tells a record apart within one run of the program: its id, or all it says where it has none."""
    return hash(record.get("service_request_id") or tuple(sorted(record.items())))


def check_home(placed: int, far: int, *, at_end: bool) -> None:
    """Refuse reports most of which lie far from home.

    Parameters
    ----------
    at_end
        All pages are in, so that a few reports decide.

    Raises
    ------
    Elsewhere
        When that is so, and there are enough of them to say it.
    """
    if far * 2 > placed >= (3 if at_end else 20):
        raise Elsewhere(f"{far:,} of {placed:,} places lie far from the reports that this store holds.")
