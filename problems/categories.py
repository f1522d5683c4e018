"""The category taxonomy: nine groups (the unit of clustering) and their leaves.

The leaves and the names that feeds use for them are rows of CSV files read by
:mod:`data.taxonomy`; here are only the nouns and the look-up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Group(StrEnum):
    """A category group: the first three letters of every leaf code in it."""

    LIGHTING = "LGT"
    PROPERTY = "PRP"
    DISPUTES = "DSP"
    ANTISOCIAL = "ASB"
    DAMAGE = "DMG"
    WASTE = "WST"
    VEHICLES = "VEH"
    OVERGROWTH = "VIS"
    OTHER = "OTH"

    @property
    def label(self) -> str:
        """Plain name of the group."""
        return _GROUP_LABELS[self]


_GROUP_LABELS = {
    Group.LIGHTING: "Street lighting",
    Group.PROPERTY: "Buildings and land",
    Group.DISPUTES: "Noise and disputes",
    Group.ANTISOCIAL: "Antisocial behaviour",
    Group.DAMAGE: "Graffiti and damage",
    Group.WASTE: "Rubbish and litter",
    Group.VEHICLES: "Vehicles",
    Group.OVERGROWTH: "Overgrowth",
    Group.OTHER: "Something else",
}


class Sensitivity(StrEnum):
    """Who may see single reports of a category: everyone, partners, or restricted (people)."""

    OPEN = "O"
    PARTNERS = "P"
    RESTRICTED = "R"


@dataclass(frozen=True, slots=True)
class Category:
    """A leaf of the taxonomy with its defaults. Distances in metres, times in days."""

    code: str
    name: str
    sensitivity: Sensitivity
    lead: str
    duplicate_distance_m: float | None = None
    duplicate_days: int | None = None
    response_days: int | None = None
    resolution_days: int | None = None

    @property
    def group(self) -> Group:
        """The group that the code starts with."""
        return Group(self.code[:3])


@dataclass(frozen=True, slots=True)
class FeedName:
    """A name that a feed uses for a category; source ``*`` holds for every feed."""

    source: str
    name: str
    code: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the name meant this category on ``day`` (both ends included)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name means from ``since`` to before ``until`` (None: open ends); ``code`` None: nothing."""

    since: date | None
    until: date | None
    code: str | None


def folded(name: str) -> str:
    """Return ``name`` without case, punctuation and repeated space, for comparing feed names."""
    return " ".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())


@dataclass(frozen=True)
class Taxonomy:
    """All categories and feed names, with the look-up from a feed's name to a code."""

    categories: Mapping[str, Category]
    names: Mapping[str, tuple[FeedName, ...]] = field(default_factory=dict)

    @classmethod
    def build(cls, categories: Iterable[Category], names: Iterable[FeedName]) -> "Taxonomy":
        """Index ``categories`` by code and ``names`` by their folded form."""
        by_code = {category.code: category for category in categories}
        by_name: dict[str, tuple[FeedName, ...]] = {}
        for name in names:
            key = folded(name.name)
            by_name[key] = (*by_name.get(key, ()), name)
        return cls(by_code, by_name)

    def rows_for(self, source: str, name: str) -> tuple[FeedName, ...]:
        """Return the rows that tell what ``name`` means in ``source``; the first that holds on a day wins."""
        rows = self.names.get(folded(name), ())
        own = [row for row in rows if row.source.casefold() == source.casefold()]
        return (*own, *(row for row in rows if row.source == "*" and row not in own))

    def meanings(self, source: str, name: str) -> list[Meaning]:
        """Return what ``name`` means in ``source`` from the beginning of time to its end, without gaps."""
        turns = {row.valid_from for row in self.rows_for(source, name) if row.valid_from}
        turns |= {_day_after(row.valid_to) for row in self.rows_for(source, name) if row.valid_to}
        days = sorted(turns - {date.min, date.max})
        spans = zip([None, *days], [*days, None], strict=True)
        told: list[Meaning] = []
        for start, until in spans:
            code = self.code_for(source, name, start or date.min)
            since = told.pop().since if told and told[-1].code == code else start
            told.append(Meaning(since, until, code))
        return told

    def codes_of(self, source: str, name: str) -> frozenset[str]:
        """Return every category that ``name`` means in ``source`` at some time."""
        return frozenset(meaning.code for meaning in self.meanings(source, name) if meaning.code)

    def code_for(self, source: str, name: str, day: date) -> str | None:
        """Return the leaf code that ``name`` means in ``source`` on ``day``.

        A code or the plain name of a leaf is understood in every source, so that Fixpoint's own
        exports can be read back. A row for the source itself wins over a row for ``*``. None where
        nothing fits: the report is then *unmapped* and waits in the queue, it is never guessed.
        """
        if name.strip().upper() in self.categories:
            return name.strip().upper()
        for row in self.rows_for(source, name):
            if row.holds_on(day):
                return row.code
        plain = folded(name)
        for category in self.categories.values():
            if folded(category.name) == plain:
                return category.code
        return None


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)
