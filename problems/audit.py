"""The audit chain: every event is sealed together with the one before it, so that no change goes unseen.

The hash of an event is the SHA-256 over the hash of the event before it, a line feed, and the event's
own text: one line of JSON in ASCII, its fields in a fixed order, what people and programs wrote in it
to the letter as it is kept. The first event follows on :data:`BEGINNING`. Changing, removing, adding or
moving an event breaks the chain where it happened; cutting its end off is seen by the head, which the
store keeps apart and which somebody should keep elsewhere too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii as _quoted
from typing import NamedTuple, Protocol

from problems.progress import Progress, silent

#: What stands before the first event.
BEGINNING = "0" * 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class KeptEvent(NamedTuple):
    """An event to the letter as it is kept: ``at`` in microseconds since 1970 UTC, the last three as JSON text."""

    id: int
    at: int
    by: str
    by_name: str
    organisation_id: int | None
    subject: str
    subject_id: int
    kind: str
    reason: str
    note: str
    before: str
    changes: str
    details: str

    @property
    def at_utc(self) -> str:
        """When it was, in ISO 8601 with microseconds."""
        return _moment(self.at)

    @property
    def text(self) -> str:
        """What is hashed: one line of JSON in ASCII."""
        organisation = "null" if self.organisation_id is None else str(self.organisation_id)
        return (
            f'{{"id":{self.id},"at":"{self.at_utc}","by":{_quoted(self.by)},"by_name":{_quoted(self.by_name)},'
            f'"organisation_id":{organisation},"subject":{_quoted(self.subject)},"subject_id":{self.subject_id},'
            f'"kind":{_quoted(self.kind)},"reason":{_quoted(self.reason)},"note":{_quoted(self.note)},'
            f'"before":{self.before},"changes":{self.changes},"details":{self.details}}}'
        )


class AuditLine(NamedTuple):
    """One event of the chain with its own hash and that of the event before it, as they are kept."""

    event: KeptEvent
    previous: str
    hash: str

    @property
    def fits(self) -> bool:
        """Tell whether the hash is that of this event after the one before it."""
        try:
            return self.hash == hash_of(self.previous, self.event.text)
        except (TypeError, ValueError, OverflowError):
            # Somebody put a value there that no event has: a text for a number, a moment beyond the calendar.
            return False

    @property
    def json(self) -> str:
        """The line of an export: the hash, the one before, and the text that was hashed, to the letter."""
        return f'{{"hash":"{self.hash}","previous":"{self.previous}","event":{self.event.text}}}'


@dataclass(frozen=True, slots=True)
class AuditHead:
    """Where the chain ends: how many events it has, the number of the last one and its hash."""

    events: int = 0
    last_id: int = 0
    hash: str = BEGINNING


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of checking a chain. ``broken`` counts the events that do not fit, ``why`` names the first."""

    events: int
    head: str
    broken: int = 0
    first_broken_id: int | None = None
    why: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether every event fits and none is missing."""
        return not self.why


@lru_cache(maxsize=64)
def _moment(at: int) -> str:
    # Events that were written together bear the same moment.
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds")


def hash_of(previous: str, text: str) -> str:
    """Return the hash of an event with this text after one with the hash ``previous``.

    >>> hash_of(BEGINNING, '{"id":1}')[:16]
    'cca6fe2b6ac2f23f'
    """
    return sha256(f"{previous}\n{text}".encode()).hexdigest()


def verified(lines: Iterable[AuditLine], head: AuditHead, noted: str = "") -> Verification:
    """Check a chain from its beginning and return what was found.

    Parameters
    ----------
    lines
        Every event in order of id, each with the hash that is kept for the one before it.
    head
        Where the store says that the chain ends.
    noted
        A hash that somebody wrote down earlier: it must be one of the chain's.
    """
    count, broken, last_id, last_hash = 0, 0, 0, BEGINNING
    first: AuditLine | None = None
    before_first = 0
    is_noted = noted in ("", BEGINNING)
    for line in lines:
        count += 1
        if not line.fits:
            broken += 1
            if first is None:
                first, before_first = line, last_id
        last_id, last_hash = line.event.id, line.hash
        is_noted = is_noted or line.hash == noted
    if first is not None:
        return Verification(count, last_hash, broken, first.event.id, _broken_why(first, before_first))
    if (count, last_id, last_hash) != (head.events, head.last_id, head.hash):
        why = (
            f"The last event is {last_id} and there are {count:,}; the store had kept {head.events:,}, the last one "
            f"{head.last_id}: events were removed from the end or added to it."
        )
        return Verification(count, last_hash, why=why)
    if not is_noted:
        return Verification(count, last_hash, why=f"The noted hash {noted[:16]}… is not that of any event.")
    return Verification(count, last_hash)


def _broken_why(line: AuditLine, before_id: int) -> str:
    follows = f"event {before_id}" if before_id else "the beginning"
    return (
        f"Event {line.event.id} does not follow on {follows}: it was changed or added, or one before it was removed or "
        "moved."
    )


class AuditStore(Protocol):
    """The part of :class:`problems.store.Store` that is about the audit chain."""

    def verify_audit(self, progress: Progress = silent, noted: str = "") -> Verification:
        """Check the whole chain as it is at this moment; see :func:`verified`."""
        ...

    def audit_lines(self, progress: Progress = silent) -> Iterable[AuditLine]:
        """Go through the chain in order, as it is at this moment, without holding it."""
        ...
