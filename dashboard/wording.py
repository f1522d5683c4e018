"""Turn facts into plain English: times in the deployment's zone, counts, lateness, events.

Everything here returns plain text. It is made safe for the screen where it is drawn
(:mod:`dashboard.parts.markup`), never here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from problems.actions import Action

NOTHING = "–"


def day(value: date | None) -> str:
    """Return a day such as ``3 Mar 2026``, or a dash for None."""
    return NOTHING if value is None else f"{value.day} {value:%b} {value.year}"


def day_of(at: datetime | None, zone: tzinfo) -> str:
    """Return the day of an aware time in ``zone``."""
    return NOTHING if at is None else day(at.astimezone(zone).date())


def moment(at: datetime | None, zone: tzinfo) -> str:
    """Return an aware time in ``zone`` such as ``3 Mar 2026, 14:05``, or a dash for None."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M}"


def number(value: float) -> str:
    """Return a number with thousands separated by commas and no more decimals than it needs."""
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:,.1f}"


def count(value: int, one: str, many: str = "") -> str:
    """Return ``1 report`` or ``1,204 reports``; ``many`` is for plurals that are not ``one`` + s."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def days(value: int) -> str:
    """Return a number of days in words: ``today``-style zero is ``0 days``."""
    return count(value, "day")


def share(value: float) -> str:
    """Return a share between 0 and 1 as a percentage, never rounding something to nothing or nearly all to all."""
    if 0 < value < 0.001:
        return "under 0.1%"
    if 0.999 < value < 1:
        return "over 99.9%"
    if 0.99 < value < 1:
        return f"{value:.1%}"
    return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"


def metres(value: float) -> str:
    """Return a distance given in metres: ``180 m`` or ``1.2 km``."""
    return f"{value:,.0f} m" if value < 1000 else f"{value / 1000:,.1f} km"


def width_words(width_m: float) -> str:
    """Return how wide a hot spot is: ``180 m``, or that all of it is one address."""
    return metres(width_m) if round(width_m) else "one address"


def duration(seconds: float) -> str:
    """Return how long something took: ``0.4 s``, ``12 s`` or ``3 min 5 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def between(first: datetime | None, last: datetime | None, zone: tzinfo) -> str:
    """Return a span of days in ``zone``: ``1 Jan 2026 to 3 Mar 2026``."""
    if first is None or last is None:
        return NOTHING
    start, end = day_of(first, zone), day_of(last, zone)
    return start if start == end else f"{start} to {end}"


def listed(words: list[str], *, last: str = "and") -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``; ``last`` is the word before the last of them."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def local_day(at: datetime, zone: tzinfo) -> date:
    """Return the day that it is in ``zone`` at the aware time ``at``."""
    return at.astimezone(zone).date()


def days_since(at: datetime | None, today: date, zone: tzinfo) -> int | None:
    """Return the whole days between an aware time and ``today``, or None for None."""
    return None if at is None else max(0, (today - local_day(at, zone)).days)


def lateness(action: Action, today: date) -> str:
    """Say in words how an action stands against its due date on ``today``."""
    if not action.status.is_owed:
        return ""
    if action.due_on is None:
        return "No due date"
    ahead = (action.due_on - today).days
    if ahead < 0:
        return f"{days(-ahead)} late"
    return {0: "Due today", 1: "Due tomorrow"}.get(ahead, f"Due in {days(ahead)}")


def postponed(action: Action) -> str:
    """Say how often the due date moved and what was promised first; empty when it never moved."""
    if action.moved_count == 0:
        return ""
    times = {1: "once", 2: "twice"}.get(action.moved_count, f"{action.moved_count} times")
    return f"Moved {times}, first promised for {day(action.first_promised_on)}"


def days_in_status(action: Action, today: date, zone: tzinfo) -> int:
    """Return for how many whole days an action has had its status."""
    return days_since(action.status_since or action.created_at, today, zone) or 0


def clocks(action: Action, now: datetime) -> str:
    """Say how long an action takes on both clocks; where it was never blocked, they are the same."""
    gross, net = int(action.gross_days(now)), int(action.net_days(now))
    verb = "Took" if action.ended_at() else "Open for"
    told = f"{verb} {days(gross)}"
    return f"{told}, {net} without being blocked" if net != gross else told


def acceptance(action: Action) -> str:
    """Say after how many days an action was accepted; empty while it was not."""
    waited = action.days_to_accept()
    if waited is None:
        return ""
    return "Accepted on the same day" if waited < 1 else f"Accepted after {days(int(waited))}"


def review_state(review_on: date | None, today: date) -> str:
    """Say whether the next review is planned, due or late."""
    if review_on is None:
        return "None planned"
    late = (today - review_on).days
    if late > 0:
        return f"{day(review_on)}, {days(late)} late"
    return f"{day(review_on)}, today" if late == 0 else day(review_on)


@dataclass(frozen=True)
class Names:
    """What turns keys into words: organisations by id, references, and the deployment's zone."""

    zone: tzinfo = UTC
    organisations: Mapping[int, str] = field(default_factory=dict)

    def organisation(self, organisation_id: object) -> str:
        """Return the name of an organisation, or ``nobody yet`` for None."""
        if organisation_id is None:
            return "nobody yet"
        return self.organisations.get(int(str(organisation_id)), f"organisation {organisation_id}")
