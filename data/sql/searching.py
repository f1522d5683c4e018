"""Searching reports by where they are from, by the thing that they are about, and by who reported again and again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from data.sql import schema
from data.sql.reading import Reading
from problems.case_review import REPORTS, Told
from problems.categories import Group
from problems.reports import ReportStatus
from problems.search_store import FoundText

_report = schema.report.c
_NEWEST = 5
_MOST_WORDS = 8
#: Follows every sign that a number of an asset has.
_LAST_SIGN = "\U0010ffff"


class SearchReading(Reading):
    """What a store says to the search."""

    def find_addresses(self, words: Sequence[str], limit: int) -> list[FoundText]:
        """Return the addresses that hold every one of the words, most reports first; undone imports are left out.

        The index alone is read: it holds every address, and a million of them take a fraction of a second.
        """
        parts = [word for word in words if word][:_MOST_WORDS]
        if not parts or limit <= 0:
            return []
        total = func.count().label("total")
        query = (
            select(_report.address, total)
            .where(schema.SEARCHED_ADDRESSES, *map(self._holds, parts))
            .group_by(_report.address)
            .order_by(total.desc(), _report.address)
            .limit(limit)
        )
        with self._reading() as connection:
            found = [(address, int(number)) for address, number in connection.execute(query)]
            undone = self._undone_of([address for address, _ in found])
            counts = {address: int(number) for address, number in connection.execute(undone)} if found else {}
        left = [FoundText(address, number - counts.get(address, 0)) for address, number in found]
        return [one for one in left if one.reports > 0]

    def find_assets(self, typed: str, limit: int) -> list[FoundText]:
        """Return the numbers of assets that begin with what was typed, in order, with their newest reports."""
        wanted = typed.strip()
        if not wanted or limit <= 0:
            return []
        begins = [self._begins(form) for form in dict.fromkeys((wanted, wanted.upper(), wanted.lower()))]
        names: dict[str, int] = {}
        newest: dict[str, list[int]] = {}
        with self._reading() as connection:
            for condition in begins:
                query = (
                    select(_report.asset, func.count())
                    .where(schema.SEARCHED_ASSETS, condition, _report.undone.is_(False))
                    .group_by(_report.asset)
                    .order_by(_report.asset)
                    .limit(limit)
                )
                names.update({asset: int(number) for asset, number in connection.execute(query)})
            for asset in sorted(names)[:limit]:
                one = (
                    select(_report.id)
                    .where(schema.SEARCHED_ASSETS, _report.asset == asset, _report.undone.is_(False))
                    .order_by(_report.reported_at.desc(), _report.id.desc())
                    .limit(_NEWEST)
                )
                newest[asset] = list(connection.execute(one).scalars())
        return [FoundText(asset, names[asset], tuple(newest[asset])) for asset in sorted(names)[:limit]]

    def reports_of_known_reporters(self, since: datetime, groups: Iterable[Group]) -> list[Told]:
        """Return the placed reports since then, of these groups, of every reporter who made at least three of them.

        Withdrawn reports and those of undone imports are left out; in order of id.
        """
        counts = (
            _report.reported_at >= since,
            _report.group.in_(sorted(set(groups))),
            _report.reporter != "",
            _report.lon.is_not(None),
            _report.undone.is_(False),
            _report.status != ReportStatus.WITHDRAWN,
        )
        often = select(_report.reporter).where(*counts).group_by(_report.reporter).having(func.count() >= REPORTS)
        query = (
            select(_report.reporter, _report.group, _report.reported_at, _report.occurred_at, _report.lon, _report.lat)
            .where(*counts, _report.reporter.in_(often))
            .order_by(_report.id)
        )
        with self._reading() as connection:
            return [
                Told(reporter, Group(group), reported_at, occurred_at, (lon, lat))
                for reporter, group, reported_at, occurred_at, lon, lat in connection.execute(query)
            ]

    def _holds(self, part: str) -> ColumnElement[bool]:
        # SQLite's LIKE takes large and small letters as the same, as ILIKE does on a server.
        like = _report.address.like if self._is_sqlite else _report.address.ilike
        return like(f"%{_escaped(part)}%", escape="/")

    def _begins(self, form: str) -> ColumnElement[bool]:
        if self._is_sqlite:
            return and_(_report.asset >= form, _report.asset < form + _LAST_SIGN)
        return _report.asset.like(f"{_escaped(form)}%", escape="/")

    @property
    def _is_sqlite(self) -> bool:
        return self._engines.reader.dialect.name == "sqlite"

    def _undone_of(self, addresses: Sequence[str]) -> Select[Any]:
        return (
            select(_report.address, func.count())
            .where(schema.SEARCHED_ADDRESSES, _report.address.in_(addresses), _report.undone.is_(True))
            .group_by(_report.address)
        )


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
