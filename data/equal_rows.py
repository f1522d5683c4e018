"""Rows that say the same and have no id: told apart by what was kept of them, not by their order in the file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from data.reading.content_keys import numbered_key
from problems.fingerprints import contents_of, old_content_of, says_the_same
from problems.report_columns import Objects, ReportColumns, TableStretch
from problems.store import KnownReport, Store

#: So many numbers of one key are looked up at once beyond those of the file.
_MORE = 4


def in_kept_order(store: Store, source: str, stretches: Iterable[TableStretch]) -> Iterator[TableStretch]:
    """Yield stretches in which equal rows have the numbers that they had in earlier files, whatever their order.

    Rows with one key but for its number may differ in status and in closing time. A row that says all
    that a kept report says is that report, also where the other rows are missing in the file; what is
    left over is numbered in the order of the file.
    """
    if not store.has_reports_of(source):
        yield from stretches
        return
    matching = _Matching(store, source)
    for stretch in stretches:
        contents = stretch.contents or tuple(contents_of(stretch.reports))
        yield replace(stretch, reports=matching.matched(stretch.reports, contents), contents=contents)


@dataclass(frozen=True, slots=True)
class _Row:
    place: int
    number: int


class _Matching:
    def __init__(self, store: Store, source: str) -> None:
        self._store, self._source = store, source
        #: Numbers that were given by now, of the keys where those are not just the first ones.
        self._given: dict[str, set[int]] = {}

    def matched(self, columns: ReportColumns, contents: Sequence[bytes]) -> ReportColumns:
        ids: list[str] = columns.source_id.tolist()
        rows: dict[str, list[_Row]] = defaultdict(list)
        for place, own in enumerate(ids):
            if found := numbered_key(own):
                rows[found[0]].append(_Row(place, found[1]))
        known = self._known([ids[row.place] for of_key in rows.values() for row in of_key])

        def settled(row: _Row) -> bool:
            kept = known.get(ids[row.place])
            if kept is None:
                return row.number == 1
            return says_the_same(kept.content, contents[row.place], columns, row.place)

        moved = {key: of_key for key, of_key in rows.items() if key in self._given or not all(map(settled, of_key))}
        if not moved:
            return columns
        kept_of = self._kept({key: max(row.number for row in of_key) for key, of_key in moved.items()})
        changed = columns.source_id.copy()
        for key, of_key in moved.items():
            self._number(key, of_key, kept_of[key], _Said(columns, contents), changed)
        return replace(columns, source_id=changed)

    def _number(self, key: str, rows: Sequence[_Row], kept: Mapping[int, bytes], said: "_Said", ids: Objects) -> None:
        given = self._given.pop(key, None) or set(range(1, rows[0].number))
        free = {number: content for number, content in kept.items() if number not in given}
        by_content: dict[bytes, list[int]] = defaultdict(list)
        for number in sorted(free, reverse=True):
            by_content[free[number]].append(number)
        waiting = []
        for row in rows:
            same = next((by_content[told].pop() for told in said.ways(row.place) if by_content.get(told)), None)
            if same is None:
                waiting.append(row)
            else:
                given.add(same)
                ids[row.place] = f"{key}-{same}"
        number = 1
        for row in waiting:
            while number in given:
                number += 1
            given.add(number)
            ids[row.place] = f"{key}-{number}"
        if max(given) != len(given):
            self._given[key] = given

    def _kept(self, most: Mapping[str, int]) -> dict[str, dict[int, bytes]]:
        """Return the fingerprints of all that is kept under each key, by number."""
        kept: dict[str, dict[int, bytes]] = {key: {} for key in most}
        first, last = dict.fromkeys(most, 1), {key: number + _MORE for key, number in most.items()}
        while last:
            asked = {f"{key}-{number}": (key, number) for key in last for number in range(first[key], last[key] + 1)}
            for own, report in self._known(list(asked)).items():
                key, number = asked[own]
                kept[key][number] = report.content
            first = {key: number + 1 for key, number in last.items() if number in kept[key]}
            last = {key: 2 * number for key, number in first.items()}
        return kept

    def _known(self, ids: Sequence[str]) -> Mapping[str, KnownReport]:
        return self._store.known_reports(self._source, ids) if ids else {}


@dataclass(frozen=True, slots=True)
class _Said:
    """What the rows of a stretch say, as fingerprints of any age."""

    columns: ReportColumns
    contents: Sequence[bytes]

    def ways(self, place: int) -> Iterator[bytes]:
        yield self.contents[place]
        old = old_content_of(self.columns.report(place))
        if says_the_same(old, self.contents[place], self.columns, place):
            yield old
