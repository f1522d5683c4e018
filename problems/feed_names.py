"""What people decided about the names that feeds use, read from the record of changes.

The names in force are, first to last: what people decided one by one, newest first, then the list
(the one that came with the program, or the one that somebody put in its place). A new list holds
all that was decided before it, so it ends those decisions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from problems.categories import Category, FeedName, Taxonomy, folded
from problems.events import Event, EventKind

#: The fact that holds the list of this deployment as CSV, and the field of the event that tells of a new list.
NAMES_FACT = "category_names"

NameKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody's decision what a name means; ``reports`` got their category by it at once."""

    row: FeedName
    at: datetime
    by_name: str
    reports: int

    @property
    def key(self) -> NameKey:
        """Equal for spellings of one name in one source."""
        return name_key(self.row.source, self.row.name)


def name_key(source: str, name: str) -> NameKey:
    """Return what is equal for spellings of one name in one source; ``*`` is every source."""
    return source.casefold(), folded(name)


def decisions(events: Iterable[Event]) -> list[Decision]:
    """Return the decisions in force, newest first, from the events about the store in their order."""
    kept: list[Decision] = []
    for told in events:
        if told.kind is EventKind.EDITED and NAMES_FACT in told.changes:
            kept = []
        elif told.kind is EventKind.REVIEWED and "category" in told.changes and "name" in told.details:
            decision = _decision(told)
            if not decision.row.code or not (decision.row.valid_from or decision.row.valid_to):
                kept = [one for one in kept if one.key != decision.key]
            if decision.row.code:
                kept.insert(0, decision)
    return kept


def _decision(told: Event) -> Decision:
    row = FeedName(
        str(told.details.get("source") or "*"),
        str(told.details["name"]),
        str(told.changes["category"] or ""),
        _day(told.details.get("valid_from")),
        _day(told.details.get("valid_to")),
    )
    return Decision(row, told.at, told.by_name, int(str(told.details.get("reports") or 0)))


def _day(told: object) -> date | None:
    return date.fromisoformat(str(told)) if told else None


def left_for_later(events: Iterable[Event]) -> frozenset[NameKey]:
    """Return the names that somebody chose to leave for later and that nobody took up since."""
    left: set[NameKey] = set()
    for told in events:
        if told.kind is EventKind.NOTED and "later" in told.details:
            key = name_key(str(told.details.get("source") or "*"), str(told.details.get("name") or ""))
            (left.add if told.details["later"] else left.discard)(key)
    return frozenset(left)


def in_force(categories: Iterable[Category], listed: Iterable[FeedName], decided: Iterable[Decision]) -> Taxonomy:
    """Return the taxonomy with what people decided before the listed names: the first row that holds wins."""
    return Taxonomy.build(categories, [*(one.row for one in decided), *listed])


def all_rows(taxonomy: Taxonomy) -> list[FeedName]:
    """Return every row of a taxonomy's names, those of one name in their order."""
    return [row for rows in taxonomy.names.values() for row in rows]
