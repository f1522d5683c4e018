"""Some values of one column, and what they look like."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np

from data.reading.clocks import looks_like_clock, tells_own_clock
from data.reading.column_names import folded_name
from data.reading.dates import looks_like_date, looks_like_epoch, looks_like_serial
from data.reading.numbers import grouping_of, read_grouped, read_number
from data.reading.places import read_pair
from data.reading.statuses import known_status
from data.reading.strings import is_missing

_EXAMPLES = 3
_FIRST_LOOK = 40


class ColumnSample:
    """Sampled cells of one column. Shares are of the values that are filled."""

    def __init__(self, name: str, values: Iterable[str]) -> None:
        self.name = name
        self.folded = folded_name(name)
        self.cells = [value.strip() for value in values]
        self.values = [value for value in self.cells if value]

    def share(self, test: Callable[[str], object]) -> float:
        """Return the share of values for which ``test`` is true; 0 for an empty column."""
        return self._share(self._counted, test)

    def share_told(self, test: Callable[[str], object]) -> float:
        """Return the share among the values that are not words for nothing, such as “N/A”."""
        return self._share(Counter({value: n for value, n in self._counted.items() if not is_missing(value)}), test)

    def _share(self, counted: Counter[str], test: Callable[[str], object]) -> float:
        # Most columns that do not fit show it at once; the others are long lists of few different values.
        first = list(counted)[:_FIRST_LOOK]
        if not first or not any(test(value) for value in first):
            return 0.0
        return sum(times for value, times in counted.items() if test(value)) / counted.total()

    @cached_property
    def _counted(self) -> Counter[str]:
        return Counter(self.values)

    @cached_property
    def told(self) -> list[str]:
        """The values that are not words for nothing."""
        return [value for value in self.values if not is_missing(value)]

    @cached_property
    def plain_dates(self) -> float:
        """Share of values that are dates with a day, month and year."""
        return self.share_told(looks_like_date)

    @cached_property
    def dates(self) -> float:
        """Share of values that are dates in some order, or seconds since 1970."""
        return max(self.plain_dates, self.share_told(lambda value: looks_like_date(value) or looks_like_epoch(value)))

    @cached_property
    def named_dates(self) -> float:
        """Share of values that are dates where the name says that they are: days of a spreadsheet too."""
        return max(self.dates, self.share_told(looks_like_serial))

    @cached_property
    def clocks(self) -> float:
        """Share of values that are times of day."""
        return self.share_told(looks_like_clock)

    @cached_property
    def own_clocks(self) -> float:
        """Share of values that are dates with a time of day other than midnight."""
        return self.share_told(tells_own_clock)

    @cached_property
    def pairs(self) -> float:
        """Share of values that are a pair of coordinates."""
        return self.share_told(read_pair)

    @cached_property
    def numbers(self) -> float:
        """Share of values that are numbers."""
        if self.grouping:
            return 1.0
        return self.share_told(lambda value: read_number(value) is not None)

    @cached_property
    def statuses(self) -> float:
        """Share of values that are known words for a status."""
        return self.share(known_status)

    @cached_property
    def distinct(self) -> float:
        """Share of values that are different."""
        return len(self._counted) / len(self.values) if self.values else 0.0

    @property
    def kinds(self) -> int:
        """The number of different values."""
        return len(self._counted)

    def within(self, limit: float) -> float:
        """Return the share of numbers between ``-limit`` and ``limit``."""
        return self.share_told(lambda value: (number := read_number(value)) is not None and -limit <= number <= limit)

    def beyond(self, limit: float) -> float:
        """Return the share of numbers farther from 0 than ``limit``."""
        if self.grouping:
            numbers = np.abs(read_grouped(self.told, self.grouping))
            return float((numbers > limit).mean())
        return self.share_told(lambda value: (number := read_number(value)) is not None and abs(number) > limit)

    @cached_property
    def grouping(self) -> str:
        """The mark between thousands that every value may be read with, or nothing."""
        return grouping_of(self.told) if self.told else ""

    @property
    def examples(self) -> tuple[str, ...]:
        """The first few different values."""
        return tuple(dict.fromkeys(value[:80] for value in self.values))[:_EXAMPLES]
