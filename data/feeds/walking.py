"""What to ask a server next: windows of days, pages in them, and what its habits make necessary.

Servers differ: some ignore the page, some repeat the last page for ever, some give a fixed number at
most, some ignore dates. A walk is a fold over what each page held and asks nothing else, so that a
pull that broke off goes on exactly where an unbroken one would be: its kept pages are walked again.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

#: Reports at the edge of a window may lie this far outside: servers take days of their own time zone.
SLACK = timedelta(days=2)
_SMALLEST = timedelta(hours=1)
#: What a server gives at most is a round number.
_ROUND = 50
_MOST_NOTES = 20


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time to ask for, both ends included."""

    since: datetime
    until: datetime

    @property
    def span(self) -> timedelta:
        """How long it is."""
        return self.until - self.since

    def halves(self) -> "tuple[Window, Window]":
        """Return the older and the newer half."""
        middle = self.since + timedelta(seconds=int(self.span.total_seconds() / 2))
        return Window(self.since, middle), Window(middle, self.until)

    def holds(self, at: datetime | None, slack: timedelta = SLACK) -> bool:
        """Tell whether ``at`` lies in it, give or take the slack; no time at all lies in every window."""
        return at is None or self.since - slack <= at <= self.until + slack


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: a window and the number of a page in it, from 1."""

    window: Window
    page: int


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page held: counts, and its newest date as seconds since 1970.

    ``new`` records had not come in this window before; ``outside`` lie outside of the window by both
    dates, ``strays`` by the date of the request and without any slack.
    """

    rows: int
    new: int
    outside: int
    strays: int
    newest_s: float | None

    def told(self) -> dict[str, Any]:
        """Return the facts as JSON carries them; ``PageFacts(**told)`` is the way back."""
        return asdict(self)


class Walk:
    """Goes through the time from ``since`` to ``until``, oldest window first.

    Parameters
    ----------
    by_update
        The server is asked for everything changed since ``since``, in one go: its own parameter
        has no end.
    """

    def __init__(
        self, since: datetime, until: datetime, *, window: timedelta, page_size: int, by_update: bool = False
    ) -> None:
        self._whole = Window(since, until)
        self._page_size = page_size
        self._by_update = by_update
        self._left = [self._whole] if by_update else list(_cut(self._whole, window))[::-1]
        self._page = 1
        self._first: PageFacts | None = None
        self._halves: set[Window] = set()
        self.ignores_dates = False
        self.notes: list[str] = []

    def ask(self) -> Ask | None:
        """Return what to ask for next, or None when everything has been asked for."""
        return Ask(self._left[-1], self._page) if self._left else None

    @property
    def share(self) -> float:
        """How much of the time has been walked, from 0 to 1."""
        if not self._left:
            return 1.0
        whole = self._whole.span.total_seconds()
        done = (self._left[-1].since - self._whole.since).total_seconds()
        # Pages of the window under way count for less and less: nobody knows how many there are.
        share_of_one = self._left[-1].span.total_seconds() * (1 - 1 / self._page) if self._page > 1 else 0.0
        return min(0.99, (done + share_of_one) / whole) if whole > 0 else 0.0

    def take(self, facts: PageFacts) -> None:
        """Take note of the page that :meth:`ask` asked for."""
        window = self._left[-1]
        if self._page == 1:
            self._first = facts
            if facts.rows and facts.outside * 2 > facts.rows:
                self._give_up_dates(window)
        if not self._ends(facts):
            self._page += 1
            return
        self._left.pop()
        if self._page == 2 and facts.rows and not facts.new:
            self._split(window)
        self._page = 1

    def _give_up_dates(self, window: Window) -> None:
        if not self._by_update and not self.ignores_dates:
            self._note("The server ignores the dates that it is asked for, so that everything it has was gone through.")
        self.ignores_dates = True
        self._left = [window]

    def _ends(self, facts: PageFacts) -> bool:
        if not facts.new:
            return True
        first = self._first
        if first is None or self._page == 1:
            return False
        return facts.rows < first.rows or (self.ignores_dates and self._is_past(first, facts))

    def _is_past(self, first: PageFacts, facts: PageFacts) -> bool:
        """Tell whether a server that gives the newest first has come to what is older than was asked for."""
        oldest_wanted = (self._whole.since - SLACK).timestamp()
        if first.newest_s is None or facts.newest_s is None:
            return False
        return facts.newest_s < oldest_wanted <= first.newest_s

    def _split(self, window: Window) -> None:
        """Ask for less at a time where the second page was the first again and the first looks cut off."""
        first = self._first
        if first is None or self.ignores_dates or not self._looks_cut_off(first):
            return
        takes_days_only = window in self._halves and window.span <= SLACK and first.strays > 0
        if self._by_update or takes_days_only or window.span < 2 * _SMALLEST:
            self._note(
                f"The server gives {first.rows:,} reports at most and has no further pages:"
                f" of {_words(window)} some may be missing."
            )
            return
        older, newer = window.halves()
        self._halves |= {older, newer}
        self._left += [newer, older]

    def _looks_cut_off(self, first: PageFacts) -> bool:
        return first.rows >= self._page_size or first.rows % _ROUND == 0

    def _note(self, sentence: str) -> None:
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(sentence)


def _cut(whole: Window, length: timedelta) -> Iterable[Window]:
    start = whole.since
    while start < whole.until:
        end = min(start + length, whole.until)
        yield Window(start, end)
        start = end


def _words(window: Window) -> str:
    start, end = window.since.astimezone(UTC), window.until.astimezone(UTC)
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
