"""The mail that a briefing is sent with: to whom it went already, and what is written in it."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from problems.briefing.briefing import Briefing
from problems.briefing.figure import Section
from problems.briefing.weeks import IsoWeek
from problems.clock import day_words
from problems.events import Event, EventKind
from problems.file_names import plain_name

#: In the details of an event: which mail it is about, and what became of it.
MAIL: Final = "mail"


class MailState(StrEnum):
    """What is known of a mail: somebody began to send it, the mail server took it, or it did not."""

    BEGUN = "begun"
    SENT = "sent"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Mail:
    """One briefing for one address: of a week and an ``area`` (empty: the whole place), as written in the settings.

    ``organisation_id`` is that of the partner whose eyes it is made for; None: everything is told.
    """

    week: IsoWeek
    area: str
    to: str
    organisation_id: int | None = None

    @property
    def key(self) -> str:
        """What the store remembers it by: a fingerprint, so that the record of changes holds no address."""
        named = [str(self.week), self.area.casefold(), self.to.casefold()]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mailed:
    """What became of a mail. ``at`` is when that was, ``known_on`` the day of knowledge that was told.

    ``sent`` counts how often the mail server took it.
    """

    state: MailState
    at: datetime
    known_on: date
    sent: int


def mailed(events: Iterable[Event]) -> dict[str, Mailed]:
    """Return what became of every mail, by its key, as the events about the store tell it."""
    found: dict[str, Mailed] = {}
    for one in events:
        if one.kind is not EventKind.MAILED:
            continue
        key, state = str(one.details[MAIL]), MailState(str(one.details["state"]))
        before = found[key].sent if key in found else 0
        known_on = date.fromisoformat(str(one.details["known_on"]))
        found[key] = Mailed(state, one.at, known_on, before + (state is MailState.SENT))
    return found


def told_first(events: Iterable[Event], week: IsoWeek) -> date | None:
    """Return the day of knowledge of the first mail of a week that was sent, or None.

    Whoever gets the briefing later gets the figures that the others have.
    """
    for one in events:
        is_sent = one.kind is EventKind.MAILED and one.details["state"] == MailState.SENT
        if is_sent and one.details["week"] == str(week):
            return date.fromisoformat(str(one.details["known_on"]))
    return None


def message_id(mail: Mail, number: int, domain: str) -> str:
    """Return the identity of a mail: the same each time the same is tried, another one when it is sent again."""
    return f"<{mail.key[:32]}.{number}@{domain}>"


def one_line(text: str) -> str:
    """Return text on one line, without signs that nobody sees: what stands in the head of a mail.

    >>> one_line("North" + chr(10) + "Bcc: all@example.org")
    'North Bcc: all@example.org'
    """
    apart = "".join(" " if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else one for one in text)
    return " ".join(apart.split())


def subject_of(briefing: Briefing) -> str:
    """Return the subject of the mail: week and area."""
    return one_line(f"Weekly briefing: {briefing.header.week.words}{_place(briefing)}")


def file_name(briefing: Briefing, suffix: str) -> str:
    """Return the name of an attached file: letters of ASCII, figures and hyphens, whatever the area is called."""
    area = briefing.header.area
    if area is None:
        return f"briefing-{briefing.header.week}{suffix}"
    return f"briefing-{briefing.header.week}-{plain_name(area.name) or f'{area.kind}-{area.id}'}{suffix}"


def body_of(briefing: Briefing, *, page: str, attached: Sequence[str]) -> str:
    """Return the text of the mail: what came in and went out, the decisions wanted, the way to the page, the files.

    ``page`` is the public address of the installation, empty where it has none. Lines end with a line feed.
    """
    return "\n".join(_lines(briefing, page, attached)) + "\n"


def _lines(briefing: Briefing, page: str, attached: Sequence[str]) -> Iterator[str]:
    header = briefing.header
    hidden = {one.section: one.why for one in briefing.withheld}
    week = header.week.words
    yield one_line(f"{week[:1].upper()}{week[1:]}{_place(briefing)}")
    over = "" if header.is_over else " The week is not over."
    yield f"Told up to {day_words(header.as_of)}, as known on {day_words(header.known_on)}.{over}"
    if header.made_up:
        yield header.made_up
    yield ""
    yield one_line(hidden.get(Section.HEADER, header.sentence))
    yield from (one_line(one.sentence) for one in header.late_feeds)
    yield ""
    yield Section.DECISIONS.label
    wanted = briefing.decisions
    yield one_line(hidden.get(Section.DECISIONS, wanted.sentence))
    if Section.DECISIONS not in hidden:
        for at, one in enumerate(wanted.wanted, start=1):
            yield one_line(
                f"{at}. {one.kind.label}: {one.ref} {one.title}. {one.recommendation} ({one.why.rstrip('.')})"
            )
    yield ""
    if page:
        yield f"With the list behind every figure: {page_link(briefing, page)}"
    yield f"Attached: {', '.join(attached)}"
    yield ""
    yield "Fixpoint sends this to the addresses that its settings name. Ask whoever runs it to be left out."


def page_link(briefing: Briefing, page: str) -> str:
    """Return the address of the same briefing on the page."""
    header = briefing.header
    asked = {"week": str(header.week), "area": header.area.name if header.area else "", "known": str(header.known_on)}
    return f"{page.rstrip('/')}/briefing?{urlencode({name: told for name, told in asked.items() if told})}"


def _place(briefing: Briefing) -> str:
    return f", {briefing.header.area.name}" if briefing.header.area else ""


def details_of(mail: Mail, state: MailState, known_on: date, why: str = "") -> Mapping[str, object]:
    """Return what an event about a mail keeps: never the address, and nothing of what was written."""
    return {
        MAIL: mail.key,
        "state": str(state),
        "week": str(mail.week),
        "area": mail.area,
        "for_organisation": mail.organisation_id,
        "known_on": known_on.isoformat(),
        **({"why": why} if why else {}),
    }
