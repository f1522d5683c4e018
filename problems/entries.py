"""Entries: what somebody types who writes a report down for a resident, or saw something themselves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: The source of reports that were entered by hand; their ``source_id`` is the receipt number.
BY_HAND = "by hand"


class Channel(StrEnum):
    """How a report that is entered by hand came in."""

    PHONE = "phone"
    COUNTER = "counter"
    PATROL = "patrol"
    EMAIL = "e-mail"
    LETTER = "letter"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        """Plain name of the channel."""
        return {
            Channel.PHONE: "By phone",
            Channel.COUNTER: "At the counter",
            Channel.PATROL: "Seen on patrol",
            Channel.EMAIL: "By e-mail",
            Channel.LETTER: "By letter",
            Channel.MEETING: "At a meeting",
        }[self]


@dataclass(frozen=True, slots=True)
class Entry:
    """One report as it was typed.

    ``lon_lat`` is None where the place is known by its address, boundary (``area_id``) or asset number
    only. ``reporter`` is a one-way key, never a name.
    """

    category: str
    text: str
    channel: str
    occurred_at: datetime | None = None
    lon_lat: tuple[float, float] | None = None
    address: str = ""
    asset: str = ""
    area_id: int | None = None
    reporter: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who told of something and how to reach them. Kept apart from the report, and sealed."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not (self.name or self.phone or self.email)
